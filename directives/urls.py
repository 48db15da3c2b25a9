from django.urls import path

from directives import views

app_name = "directives"

urlpatterns = [
    path("van-ban/", views.directive_list, name="list"),
    path("van-ban/moi/", views.directive_create, name="create"),
    path("van-ban/<int:pk>/", views.directive_detail, name="detail"),
    path("van-ban/<int:pk>/sua/", views.directive_edit, name="edit"),
    path("van-ban/<int:pk>/tep/", views.directive_file, name="file"),
    path("van-ban/<int:pk>/giao-viec/", views.directive_issue, name="issue"),
    path("van-ban/<int:pk>/nhiem-vu/moi/", views.task_create, name="task-create"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/sua/", views.task_edit, name="task-edit"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/xoa/", views.task_delete, name="task-delete"),
    path("nhiem-vu/", views.task_board, name="tasks"),
    path("nhiem-vu/bieu-09.xlsx", views.task_workbook, name="tasks-workbook"),
    path("nhiem-vu/<int:pk>/hoan-thanh/", views.assignment_complete, name="assignment-complete"),
    path("nhiem-vu/<int:pk>/mo-lai/", views.assignment_reopen, name="assignment-reopen"),
]
