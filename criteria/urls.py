from django.urls import path

from criteria.views import sets, sheets, states

app_name = "criteria"

SHEET = "phieu/<slug:period>/<slug:criteria_set>/"

urlpatterns = [
    path("bo-tieu-chi/", sets.set_list, name="sets"),
    path("bo-tieu-chi/<slug:code>/", sets.set_detail, name="set-detail"),
    path("phieu/", sheets.sheet_list, name="sheets"),
    path(f"{SHEET}mo/", sheets.sheet_open, name="sheet-open"),
    path(f"{SHEET}<int:locality>/", sheets.sheet, name="sheet"),
    path(f"{SHEET}<int:locality>/nhat-ky/", states.sheet_moves, name="sheet-moves"),
    path(f"{SHEET}<int:locality>/chuyen/<slug:move>/", states.sheet_move, name="sheet-move"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/", sheets.cell_history, name="cell"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/luu/", sheets.cell_save, name="cell-save"),
]
