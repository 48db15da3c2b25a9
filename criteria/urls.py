from django.urls import path

from criteria import views

app_name = "criteria"

SHEET = "phieu/<slug:period>/<slug:criteria_set>/"

urlpatterns = [
    path("phieu/", views.sheet_list, name="sheets"),
    path(f"{SHEET}mo/", views.sheet_open, name="sheet-open"),
    path(f"{SHEET}<int:locality>/", views.sheet, name="sheet"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/", views.cell_history, name="cell"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/luu/", views.cell_save, name="cell-save"),
]
