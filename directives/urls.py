from django.urls import path

from directives.views import assignments, board, directives, following, reminders, tasks

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
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/", following.task, name="task-detail"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/thay-doi/", following.task_change, name="task-change"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/giao-them/", following.task_bodies, name="task-bodies"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/gia-han/", following.task_extend, name="task-extend"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/thu-hoi/", following.task_withdraw, name="task-withdraw"),
    path("van-ban/<int:pk>/nhiem-vu/<int:task_pk>/thay-bang/", following.task_replace, name="task-replace"),
    path("nhiem-vu/", board.task_board, name="tasks"),
    path("nhiem-vu/loc/", board.board_choices, name="tasks-choices"),
    path("nhiem-vu/bieu-09.xlsx", board.task_workbook, name="tasks-workbook"),
    path("nhiem-vu/<int:pk>/", assignments.assignment, name="assignment"),
    path("nhiem-vu/<int:pk>/tien-do/", assignments.assignment_progress, name="assignment-progress"),
    path("nhiem-vu/<int:pk>/hoan-thanh/", assignments.assignment_complete, name="assignment-complete"),
    path("nhiem-vu/<int:pk>/xac-nhan/", assignments.assignment_confirm, name="assignment-confirm"),
    path("nhiem-vu/<int:pk>/tra-lai/", assignments.assignment_return, name="assignment-return"),
    path("nhiem-vu/<int:pk>/mo-lai/", assignments.assignment_reopen, name="assignment-reopen"),
    path("nhiem-vu/<int:pk>/gia-han/", assignments.assignment_extend, name="assignment-extend"),
    path("nhiem-vu/<int:pk>/thu-hoi/", assignments.assignment_withdraw, name="assignment-withdraw"),
    path("nhiem-vu/<int:pk>/khong-doi/", assignments.assignment_unchanged, name="assignment-unchanged"),
    path("nhiem-vu/<int:pk>/tep/<int:file_pk>/", assignments.assignment_file, name="assignment-file"),
    path("nhac-viec/", reminders.reminder_list, name="reminders"),
    path("nhac-viec/thu/", reminders.reminder_mail, name="reminders-mail"),
    path("nhac-viec/lich/", reminders.calendar_create, name="calendar-create"),
    path("nhac-viec/lich/<int:pk>/thu-hoi/", reminders.calendar_revoke, name="calendar-revoke"),
    path("lich/<slug:token>.ics", reminders.calendar_feed, name="calendar"),
]
