from django.urls import path

from criteria.views import (
    charges,
    columns,
    conditions,
    evidence,
    periods,
    places,
    plans,
    recognition,
    sets,
    sheets,
    states,
    thresholds,
)
from criteria.views import conditions, evidence, periods, set_import, sets, sheets, states, thresholds
from criteria.views import conditions, crosswalk, evidence, periods, set_import, sets, sheets, states, thresholds

app_name = "criteria"

THRESHOLD = "bo-tieu-chi/<slug:code>/muc/<int:indicator>/"
SHEET = "phieu/<slug:period>/<slug:criteria_set>/"
EVIDENCE = f"{SHEET}<int:locality>/minh-chung/"

urlpatterns = [
    path("dia-ban/sap-xep/", places.reorganisations, name="reorganisations"),
    path("dia-ban/sap-xep/<slug:kind>/", places.reorganise_places, name="reorganise"),
    path("bo-tieu-chi/", sets.set_list, name="sets"),
    path("bo-tieu-chi/nhap-excel/", set_import.set_import, name="set-import"),
    path("bo-tieu-chi/nhap-excel/mau/", set_import.set_template, name="set-template"),
    path("bo-tieu-chi/<slug:code>/", sets.set_detail, name="set-detail"),
    path("ky/", periods.period_list, name="periods"),
    path("ky/them/", periods.period_create, name="period-create"),
    path("ky/<slug:code>/", periods.period_detail, name="period"),
    path("ky/<slug:code>/sua/", periods.period_edit, name="period-edit"),
    path("ky/<slug:code>/khoa/", periods.period_close, name="period-close"),
    path("ky/<slug:code>/mo-lai/", periods.period_reopen, name="period-reopen"),
    path("ke-hoach/", plans.plan, name="plan"),
    path("ke-hoach/giao/", plans.plan_edit, name="plan-edit"),
    path("cong-nhan/", recognition.recognition_list, name="recognitions"),
    path("cong-nhan/them/", recognition.recognition_create, name="recognition-create"),
    path("cong-nhan/<int:pk>/", recognition.recognition_edit, name="recognition-edit"),
    path("cong-nhan/<int:pk>/thu-hoi/", recognition.recognition_revoke, name="recognition-revoke"),
    path("cong-nhan/<int:pk>/tep/", recognition.recognition_file, name="recognition-file"),
    path(THRESHOLD, thresholds.threshold_page, name="set-threshold"),
    path(f"{THRESHOLD}doi-chieu/", thresholds.threshold_confirm, name="set-threshold-enter"),
    path(f"{THRESHOLD}doi-chieu/<int:row>/", thresholds.threshold_confirm, name="set-threshold-confirm"),
    path(f"{THRESHOLD}quy-dinh-rieng/", thresholds.threshold_add, name="set-threshold-add"),
    path(f"{THRESHOLD}go/<int:row>/", thresholds.threshold_withdraw, name="set-threshold-withdraw"),
    path("phan-cong/", charges.charge_list, name="charges"),
    path("phan-cong/xa/moi/", charges.charge_create, name="charge-create"),
    path("phan-cong/xa/<int:pk>/", charges.charge_edit, name="charge-edit"),
    path("phan-cong/tieu-chi/", charges.lead_list, name="leads"),
    path("phan-cong/tieu-chi/moi/", charges.lead_create, name="lead-create"),
    path("phan-cong/tieu-chi/<int:pk>/", charges.lead_edit, name="lead-edit"),
    path("phieu/", sheets.sheet_list, name="sheets"),
    path(f"{SHEET}mo/", sheets.sheet_open, name="sheet-open"),
    path(f"{SHEET}quy-doi/", crosswalk.sheet_crosswalk, name="sheet-crosswalk"),
    path(f"{SHEET}<int:locality>/", sheets.sheet, name="sheet"),
    path(f"{SHEET}<int:locality>/nhat-ky/", states.sheet_moves, name="sheet-moves"),
    path(f"{SHEET}<int:locality>/chuyen/<slug:move>/", states.sheet_move, name="sheet-move"),
    path(f"{SHEET}<int:locality>/ke-thua/", places.sheet_inherit, name="sheet-inherit"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/", sheets.cell_history, name="cell"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/luu/", sheets.cell_save, name="cell-save"),
    path("nhap-theo-chi-tieu/", columns.column, name="column"),
    path("nhap-theo-chi-tieu/dan/", columns.column_paste, name="column-paste"),
    path("minh-chung/", evidence.evidence_list, name="evidence-list"),
    path(f"{SHEET}<int:locality>/o/<int:indicator>/minh-chung/", evidence.evidence, name="evidence"),
    path(f"{EVIDENCE}<int:pk>/tai/", evidence.evidence_file, name="evidence-file"),
    path(f"{EVIDENCE}<int:pk>/go/", evidence.evidence_remove, name="evidence-remove"),
    path(f"{EVIDENCE}nop/", evidence.evidence_drop, name="evidence-drop"),
    path(f"{EVIDENCE}nop/<slug:token>/", evidence.evidence_drop_check, name="evidence-drop-check"),
    path(f"{EVIDENCE}zip/", evidence.evidence_zip, name="evidence-zip"),
    path(f"{EVIDENCE}zip/<int:criterion>/", evidence.evidence_zip, name="evidence-zip-criterion"),
    path(f"{SHEET}<int:locality>/dieu-kien/<slug:code>/", conditions.condition, name="condition"),
]
