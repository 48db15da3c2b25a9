from django.urls import path

from directives.views import assignments, board, directives, intake, review, tasks

app_name = "directives"

urlpatterns = [
    path("van-ban/", directives.directive_list, name="list"),
    path("van-ban/moi/", directives.directive_create, name="create"),
    path("van-ban/doc/", intake.directive_read, name="read"),
    path("van-ban/<int:pk>/", directives.directive_detail, name="detail"),
    path("van-ban/<int:pk>/sua/", directives.directive_edit, name="edit"),
    path("van-ban/<int:pk>/tep/", directives.directive_file, name="file"),
    path("van-ban/<int:pk>/giao-viec/", directives.directive_issue, name="issue"),
    path("van-ban/<int:pk>/ra-soat/", review.review, name="review"),
    path("van-ban/<int:pk>/ra-soat/dau-van-ban/", review.review_header, name="review-header"),
    path("van-ban/<int:pk>/ra-soat/them/", review.review_add, name="review-add"),
    path("van-ban/<int:pk>/ra-soat/ten-goi/", review.review_name, name="review-name"),
    path("van-ban/<int:pk>/ra-soat/muc-tieu/", review.review_goals, name="review-goals"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/", review.review_task, name="review-task"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/dong/", review.review_row, name="review-row"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/chon/", review.review_include, name="review-include"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/tach/", review.review_split, name="review-split"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/gop/", review.review_join, name="review-join"),
    path("van-ban/<int:pk>/ra-soat/<int:task_pk>/bo/", review.review_delete, name="review-delete"),
    path("van-ban/<int:pk>/nhiem-vu/moi/", tasks.task_create, name="task-create"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/sua/", tasks.task_edit, name="task-edit"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/xoa/", tasks.task_delete, name="task-delete"),
    path("nhiem-vu/", board.task_board, name="tasks"),
    path("nhiem-vu/bieu-09.xlsx", board.task_workbook, name="tasks-workbook"),
    path("nhiem-vu/<int:pk>/hoan-thanh/", assignments.assignment_complete, name="assignment-complete"),
    path("nhiem-vu/<int:pk>/mo-lai/", assignments.assignment_reopen, name="assignment-reopen"),
]
