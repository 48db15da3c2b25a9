from django.urls import path

from dashboards.views import matrix, meeting, mine, overview, places

app_name = "dashboards"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("ma-tran/", matrix.matrix, name="matrix"),
    path("ma-tran/bieu-01-03.xlsx", matrix.workbook, name="workbook"),
    path("trinh-chieu/", meeting.meeting, name="meeting"),
    path("trinh-chieu/tai-ve/", meeting.meeting_file, name="meeting-file"),
    path("trinh-chieu/ket-luan/", meeting.decisions, name="meeting-decisions"),
    path("cua-toi/", mine.mine, name="mine"),
    path("xa/", places.commune_list, name="communes"),
    path("xa/gan-dat-chuan/", places.near, name="near"),
    path("xa/<int:pk>/", places.commune, name="commune"),
]
