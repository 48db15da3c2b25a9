from django.urls import path

from directives.views import assignments, board, directives, tasks

app_name = "directives"

urlpatterns = [
    path("van-ban/", directives.directive_list, name="list"),
    path("van-ban/moi/", directives.directive_create, name="create"),
    path("van-ban/<int:pk>/", directives.directive_detail, name="detail"),
    path("van-ban/<int:pk>/sua/", directives.directive_edit, name="edit"),
    path("van-ban/<int:pk>/tep/", directives.directive_file, name="file"),
    path("van-ban/<int:pk>/giao-viec/", directives.directive_issue, name="issue"),
    path("van-ban/<int:pk>/nhiem-vu/moi/", tasks.task_create, name="task-create"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/sua/", tasks.task_edit, name="task-edit"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/xoa/", tasks.task_delete, name="task-delete"),
    path("nhiem-vu/", board.task_board, name="tasks"),
    path("nhiem-vu/loc/", board.board_choices, name="tasks-choices"),
    path("nhiem-vu/bieu-09.xlsx", board.task_workbook, name="tasks-workbook"),
    path("nhiem-vu/<int:pk>/hoan-thanh/", assignments.assignment_complete, name="assignment-complete"),
    path("nhiem-vu/<int:pk>/mo-lai/", assignments.assignment_reopen, name="assignment-reopen"),
]
