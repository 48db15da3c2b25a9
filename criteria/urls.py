from django.urls import path

from criteria import set_views, views

app_name = "criteria"

SHEET = "phieu/<slug:period>/<slug:criteria_set>/"

urlpatterns = [
    path("bo-tieu-chi/", set_views.set_list, name="sets"),
    path("bo-tieu-chi/<slug:code>/", set_views.set_detail, name="set-detail"),
    path("phieu/", views.sheet_list, name="sheets"),
    path(f"{SHEET}mo/", views.sheet_open, name="sheet-open"),
    path(f"{SHEET}<int:locality>/", views.sheet, name="sheet"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/", views.cell_history, name="cell"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/luu/", views.cell_save, name="cell-save"),
]
