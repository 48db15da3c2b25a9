from django.urls import path

from dashboards.views import (
    boundaries,
    compare,
    criterion,
    guides,
    imports,
    map,
    matrix,
    meeting,
    mine,
    overview,
    places,
    search,
    visits,
)

app_name = "dashboards"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("ma-tran/", matrix.matrix, name="matrix"),
    path("ma-tran/bieu-01-03.xlsx", matrix.workbook, name="workbook"),
    path("ban-do/", map.map_page, name="map"),
    path("ban-do/ranh-gioi/", boundaries.boundaries, name="boundaries"),
    path("ban-do/ranh-gioi/<int:pk>/bo/", boundaries.remove, name="boundaries-remove"),
    path("trinh-chieu/", meeting.meeting, name="meeting"),
    path("trinh-chieu/tai-ve/", meeting.meeting_file, name="meeting-file"),
    path("trinh-chieu/ket-luan/", meeting.decisions, name="meeting-decisions"),
    path("tieu-chi/<int:number>/", criterion.criterion, name="criterion"),
    path("cua-toi/", mine.mine, name="mine"),
    path("xa/", places.commune_list, name="communes"),
    path("xa/gan-dat-chuan/", places.near, name="near"),
    path("xa/<int:pk>/", places.commune, name="commune"),
    path("huong-dan/", guides.my_guide, name="my-guide"),
    path("huong-dan/<slug:slug>/", guides.guide, name="guide"),
    path("xa/<int:pk>/ghi-chep/", visits.create, name="visit-create"),
    path("xa/ghi-chep/<int:pk>/", visits.edit, name="visit-edit"),
    path("xa/ghi-chep/<int:pk>/gach-bo/", visits.strike, name="visit-strike"),
    path("nhap-excel/", imports.import_file, name="import-file"),
    path("nhap-excel/<slug:token>/", imports.import_preview, name="import-preview"),
    path("nhap-excel/<slug:token>/ten-xa/", imports.import_names, name="import-names"),
    path("nhap-excel/<slug:token>/cac-o-can-sua.xlsx", imports.import_errors, name="import-errors"),
    path("so-sanh/", compare.compare, name="compare"),
    path("tim/", search.search, name="search"),
]
