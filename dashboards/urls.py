from django.urls import path

from dashboards.views import criterion, matrix, mine, overview, places

app_name = "dashboards"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("ma-tran/", matrix.matrix, name="matrix"),
    path("ma-tran/bieu-01-03.xlsx", matrix.workbook, name="workbook"),
    path("tieu-chi/<int:number>/", criterion.criterion, name="criterion"),
    path("cua-toi/", mine.mine, name="mine"),
    path("xa/", places.commune_list, name="communes"),
    path("xa/gan-dat-chuan/", places.near, name="near"),
    path("xa/<int:pk>/", places.commune, name="commune"),
]
