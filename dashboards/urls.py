from django.urls import path

from dashboards.views import boundaries, map, matrix, mine, overview, places

app_name = "dashboards"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("ma-tran/", matrix.matrix, name="matrix"),
    path("ma-tran/bieu-01-03.xlsx", matrix.workbook, name="workbook"),
    path("ban-do/", map.map_page, name="map"),
    path("ban-do/ranh-gioi/", boundaries.boundaries, name="boundaries"),
    path("ban-do/ranh-gioi/<int:pk>/bo/", boundaries.remove, name="boundaries-remove"),
    path("cua-toi/", mine.mine, name="mine"),
    path("xa/", places.commune_list, name="communes"),
    path("xa/gan-dat-chuan/", places.near, name="near"),
    path("xa/<int:pk>/", places.commune, name="commune"),
]
