"""Thresholds entered and confirmed: who may, what is refused by name, and what is judged anew or left as it was."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.actions.thresholds import ThresholdRefused, confirm_threshold, set_threshold, withdraw_threshold
from criteria.models import (
    Assessment,
    CriterionResult,
    IndicatorResult,
    Opinion,
    ResultChange,
    Source,
    State,
    Status,
    Threshold,
    Verification,
)
from criteria.rules import Entry, InvalidEntry
from criteria.sheet import load_sheet
from tests import factories

pytestmark = pytest.mark.django_db

MET, UNMET, UNKNOWN = Status.MET, Status.UNMET, Status.UNKNOWN
DOCUMENT = "2072/QĐ-UBND"


def text_of(answer):
    """The words of a page, as one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


class Office:
    """A district with a commune, its officer and an open sheet of the small set."""

    def __init__(self):
        self.province = factories.province()
        self.district = factories.district(parent=self.province)
        self.commune = factories.commune(parent=self.district, region="TDMNPB", area="III")
        self.set = factories.small_set()
        self.period = factories.period()
        self.officer = factories.user(Role.OFFICER, self.district)
        self.cells = factories.indicators_of(self.set)
        self.sheet = factories.assessment(self.commune, self.set, self.period)

    def save(self, code, entry, sheet=None, opinion=Opinion.REPORTED):
        with transaction.atomic():
            writable = factories.writable(sheet or self.sheet)
            entries = {self.cells[code].pk: entry}
            assert save_results(assessment=writable, opinion=opinion, entries=entries, by=self.officer).is_written

    def status(self, code, sheet=None, opinion=Opinion.REPORTED):
        return IndicatorResult.objects.get(
            assessment=sheet or self.sheet, indicator=self.cells[code], opinion=opinion
        ).status

    def national(self, code):
        return Threshold.objects.at(None).get(indicator=self.cells[code], locality=None, zone="")

    def local(self, code, value, **fields):
        value = None if value is None else Decimal(value)
        fields = {"locality": self.district, "document": DOCUMENT, "by": self.officer, **fields}
        return set_threshold(indicator=self.cells[code], value=value, **fields)

    def row(self, code):
        return load_sheet(factories.writable(self.sheet), with_previous=False).rows[self.cells[code].pk]

    def url(self, name, code, *more):
        return reverse(f"criteria:{name}", args=[self.set.code, self.cells[code].pk, *more])


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def page(office, client):
    client.force_login(office.officer)
    return client


# Confirming


def test_confirming_puts_a_verified_row_beside_the_old_one_and_keeps_both(office):
    old = office.national("1.1")
    Threshold.objects.filter(pk=old.pk).update(status=Verification.RECALLED)
    assert not office.row("1.1").threshold_is_confirmed
    new = confirm_threshold(
        row=old, value=Decimal(85), document="318/QĐ-TTg", note="Phụ lục I", by=office.officer
    ).threshold
    old.refresh_from_db()
    assert (old.value, old.replaced_by, old.replaced_at) == (80, office.officer, new.entered_at)
    assert (new.value, new.status, new.document, new.entered_by) == (85, "verified", "318/QĐ-TTg", office.officer)
    row = office.row("1.1")
    assert row.threshold_is_confirmed
    assert (row.threshold_text, row.threshold_basis) == ("≥ 85 %", "318/QĐ-TTg")


def test_a_yes_or_no_indicator_is_confirmed_without_a_value(office):
    office.cells["1.2"].threshold_status = Verification.RECALLED
    office.cells["1.2"].save()
    assert not office.row("1.2").threshold_is_confirmed
    outcome = set_threshold(indicator=office.cells["1.2"], value=None, document="318/QĐ-TTg", by=office.officer)
    assert outcome.threshold.value is None
    row = office.row("1.2")
    assert row.threshold_is_confirmed
    assert row.threshold_text == "Đạt"
    office.save("1.2", Entry(judgement=MET))
    assert office.status("1.2") == MET


def test_a_row_somebody_replaced_meanwhile_is_refused_with_the_row_that_stands_there(office):
    old = office.national("1.1")
    new = confirm_threshold(row=old, value=Decimal(85), document="A", by=office.officer).threshold
    with pytest.raises(ThresholdRefused, match="vừa thay dòng này bằng “≥ 85 %, theo A”") as refused:
        confirm_threshold(row=old, value=Decimal(90), document="B", by=office.officer)
    assert refused.value.current == new
    assert office.national("1.1") == new


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("1.1", "101", "Tỷ lệ phải từ 0 đến 100"),
        ("1.1", "-1", "không được âm"),
        ("1.1", None, "Nhập mức"),
        ("1.2", "1", "không có mức bằng số"),
        ("2.1", "45.12345", "tối đa 4 chữ số"),
    ],
)
def test_a_threshold_is_checked_like_an_entry(office, code, value, sentence):
    before = Threshold.objects.count()
    with pytest.raises(InvalidEntry, match=sentence):
        office.local(code, value)
    assert Threshold.objects.count() == before


def test_a_count_is_whole(office):
    made = factories.indicator(office.cells["2.1"].criterion, 2, **factories.COUNT)
    with pytest.raises(InvalidEntry, match="số nguyên"):
        set_threshold(indicator=made, value=Decimal("1.5"), document="A", by=office.officer)
    assert set_threshold(indicator=made, value=Decimal(0), document="A", by=office.officer).threshold.value == 0


# Overlap


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ((None, None), (None, None), "huyện Tam Đường: ≥ 60 %"),
        ((2023, 2025), (2025, 2026), "huyện Tam Đường, từ năm 2023 đến năm 2025: ≥ 60 %"),
        ((2024, 2024), (2024, 2024), "huyện Tam Đường, năm 2024: ≥ 60 %"),
        ((2024, None), (2030, 2030), "huyện Tam Đường, từ năm 2024: ≥ 60 %"),
        ((None, 2024), (2020, None), "huyện Tam Đường, đến năm 2024: ≥ 60 %"),
    ],
)
def test_overlapping_years_are_refused_by_name(office, first, second, named):
    office.local("1.1", "60", year_from=first[0], year_to=first[1])
    before = Threshold.objects.count()
    with pytest.raises(ThresholdRefused, match=named) as refused:
        office.local("1.1", "70", year_from=second[0], year_to=second[1])
    assert "bấm “Đối chiếu” ở dòng đó" in str(refused.value)
    assert Threshold.objects.count() == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"year_from": 2023, "year_to": 2024}, {"year_from": 2025, "year_to": 2026}),
        ({}, {"year_from": 2025, "year_to": 2025}),
        ({"zone": "KV3"}, {"zone": "KV2"}),
        ({"zone": "KV3"}, {}),
    ],
)
def test_rows_side_by_side_are_no_overlap(office, first, second):
    office.local("1.1", "60", **first)
    office.local("1.1", "70", **second)
    assert Threshold.objects.at(None).filter(locality=office.district).count() == 2


def test_the_same_years_in_another_place_are_no_overlap(office):
    office.local("1.1", "60")
    office.local("1.1", "65", locality=office.commune)
    assert office.row("1.1").threshold_value == 65
    assert office.row("1.1").threshold_basis == f"{DOCUMENT}, xã Sơn Bình"


# Which applies


def test_of_two_zones_the_narrower_decides(office):
    for zone, value in (("TDMNPB", "75"), ("NHOM1", "70"), ("KV3", "65"), ("BAINGANG", "60"), ("HAIDAO", "55")):
        office.local("1.1", value, locality=None, zone=zone)
    place = office.commune
    steps = [{}, {"commune_group": "NHOM1"}, {"area": "III"}, {"is_coastal_hardship": True}, {"is_island": True}]
    place.area = ""
    shown = []
    for step in steps:
        for name, value in step.items():
            setattr(place, name, value)
        place.save()
        shown.append(office.row("1.1").threshold_text)
    assert shown == ["≥ 75 %", "≥ 70 %", "≥ 65 %", "≥ 60 %", "≥ 55 %"]
    assert office.row("1.1").threshold_basis == f"{DOCUMENT}, Xã đảo"


def test_a_threshold_of_the_place_comes_before_any_zone(office):
    office.local("1.1", "65", locality=None, zone="KV3")
    office.local("1.1", "40")
    assert office.row("1.1").threshold_value == 40
    office.local("1.1", "35", zone="KV3")
    assert office.row("1.1").threshold_value == 35


def test_thresholds_by_year_show_the_year_of_the_sheet(office):
    for year, value in ((2023, "42"), (2024, "45"), (2025, "48")):
        office.local("2.1", value, year_from=year, year_to=year)
    assert office.row("2.1").threshold_text == "≥ 45 triệu đồng"
    assert office.row("2.1").threshold_basis == f"{DOCUMENT}, huyện Tam Đường, năm 2024"


def test_ceiling_and_zero_show_right(office):
    made = factories.indicator(office.cells["2.1"].criterion, 2, **{**factories.COUNT, "direction": "equals"})
    set_threshold(indicator=made, value=Decimal(0), document="A", by=office.officer)
    sheet = load_sheet(factories.writable(office.sheet), with_previous=False)
    assert sheet.rows[made.pk].threshold_text == "= 0 nhà"
    office.local("3.1", "10")
    assert office.row("3.1").threshold_text == "≤ 10 %"
    office.save("3.1", Entry(value=Decimal("10.5")))
    assert office.status("3.1") == UNMET


# Judged anew


def test_results_of_open_sheets_follow_with_history_criteria_and_strip(office):
    office.save("1.2", Entry(judgement=MET))
    office.save("1.1", Entry(value=Decimal(70)))
    office.save("1.1", Entry(value=Decimal(60)), opinion=Opinion.VERIFIED)
    assert (office.status("1.1"), office.status("1.1", opinion=Opinion.VERIFIED)) == (UNMET, UNMET)
    outcome = office.local("1.1", "65")
    assert (outcome.changed_sheets, outcome.approved_sheets, outcome.contradicted) == (1, 0, 0)
    assert (office.status("1.1"), office.status("1.1", opinion=Opinion.VERIFIED)) == (MET, UNMET)
    change = ResultChange.objects.get(source=Source.THRESHOLD)
    assert (change.before["status"], change.after["status"], change.changed_by) == ("unmet", "met", office.officer)
    assert change.after["value"] == "70"
    office.local("1.1", "50", locality=office.commune)
    assert office.status("1.1", opinion=Opinion.VERIFIED) == MET
    office.sheet.refresh_from_db()
    assert office.sheet.strip == "m--"
    assert CriterionResult.objects.get(assessment=office.sheet, criterion__number=1).status == MET


def test_a_threshold_where_there_was_none_decides_the_values_that_waited(office):
    Threshold.objects.filter(indicator=office.cells["2.1"]).delete()
    office.save("2.1", Entry(value=Decimal(50)))
    assert office.status("2.1") == UNKNOWN
    office.local("2.1", "45")
    assert office.status("2.1") == MET


def test_a_judgement_stands_and_is_told_when_the_value_says_otherwise(office):
    Threshold.objects.filter(indicator=office.cells["2.1"]).delete()
    office.save("2.1", Entry(value=Decimal(40), judgement=MET))
    outcome = office.local("2.1", "45")
    assert (outcome.changed_sheets, outcome.contradicted) == (0, 1)
    assert office.status("2.1") == MET


def test_approved_sheets_closed_periods_and_other_places_are_left(office):
    elsewhere = factories.commune("Bản Bo", parent=factories.district("Phong Thổ"))
    neighbour = factories.commune("Nà Tăm", parent=office.district)
    other = factories.assessment(elsewhere, office.set, office.period)
    approved = factories.assessment(neighbour, office.set, office.period)
    before = factories.period(2023, 4)
    closed = factories.assessment(office.commune, office.set, before)
    for sheet in (office.sheet, other, approved, closed):
        office.save("1.1", Entry(value=Decimal(70)), sheet)
    approved.state, approved.state_at = State.APPROVED, timezone.now()
    approved.save()
    before.closed_on, before.closed_at = date(2024, 1, 15), timezone.now()
    before.save()
    outcome = office.local("1.1", "65")
    assert (outcome.changed_sheets, outcome.approved_sheets) == (1, 1)
    assert [office.status("1.1", sheet) for sheet in (office.sheet, other, approved, closed)] == [
        MET,
        UNMET,
        UNMET,
        UNMET,
    ]


def test_a_closed_period_and_an_approved_sheet_reprint_exactly_after_a_threshold_changes(office, page):
    office.save("1.1", Entry(value=Decimal(70)))
    office.period.closed_on, office.period.closed_at = date(2024, 4, 10), timezone.now()
    office.period.save()
    shown = text_of(page.get(office.sheet.get_absolute_url()))
    assert "≥ 80 %" in shown
    office.local("1.1", "65")
    confirm_threshold(row=office.national("1.1"), value=Decimal(60), document="A", by=office.officer)
    assert text_of(page.get(office.sheet.get_absolute_url())) == shown


def test_a_withdrawn_threshold_gives_way_to_the_more_general_one(office):
    office.save("1.1", Entry(value=Decimal(70)))
    row = office.local("1.1", "65").threshold
    assert office.status("1.1") == MET
    outcome = withdraw_threshold(row=row, by=office.officer)
    assert outcome.changed_sheets == 1
    assert office.status("1.1") == UNMET
    with pytest.raises(ThresholdRefused, match="vừa gỡ"):
        confirm_threshold(row=row, value=Decimal(60), document="A", by=office.officer)


def test_the_sets_own_thresholds_are_not_withdrawn_even_when_confirmed(office):
    row = office.national("1.1")
    with pytest.raises(ThresholdRefused, match="không gỡ được"):
        withdraw_threshold(row=row, by=office.officer)
    row = confirm_threshold(row=row, value=Decimal(80), document="A", by=office.officer).threshold
    with pytest.raises(ThresholdRefused, match="không gỡ được"):
        withdraw_threshold(row=row, by=office.officer)


def test_a_carried_result_stays_carried(office):
    office.save("1.1", Entry(value=Decimal(70)))
    IndicatorResult.objects.update(is_carried=True)
    office.local("1.1", "65")
    assert IndicatorResult.objects.get().is_carried
    assert office.status("1.1") == MET


@pytest.mark.parametrize("places", [1, 40])
def test_setting_a_threshold_takes_the_same_queries_however_many_communes(office, places):
    made = factories.communes(places, office.district)
    Assessment.objects.bulk_create(
        Assessment(locality=place, criteria_set=office.set, period=office.period) for place in made
    )
    for sheet in Assessment.objects.for_writing().filter(locality__in=made):
        office.save("1.1", Entry(value=Decimal(70)), sheet)
    with CaptureQueriesContext(connection) as queries:
        outcome = office.local("1.1", "65")
    assert outcome.changed_sheets == places
    # Indicator, living rows, the new one; sheets, periods; indicators, thresholds, results; six of writing; a savepoint.
    assert len(queries) == 15


# On the screen


def test_the_page_shows_what_is_in_force_who_says_so_and_what_was_before(office, page):
    office.local("1.1", "60", year_from=2024, year_to=2025, note="điểm b khoản 2")
    confirm_threshold(row=office.national("1.1"), value=Decimal(85), document="318/QĐ-TTg", by=office.officer)
    text = text_of(page.get(office.url("set-threshold", "1.1")))
    for words in ("huyện Tam Đường", "từ năm 2024 đến năm 2025", "≥ 60 %", DOCUMENT, "điểm b khoản 2", "≥ 85 %"):
        assert words in text
    assert "≥ 80 % ≥ 85 %, theo 318/QĐ-TTg" in text


def test_an_officer_confirms_on_the_screen_and_the_mark_is_lifted_everywhere(office, page):
    row = office.national("1.1")
    Threshold.objects.filter(pk=row.pk).update(status=Verification.RECALLED)
    office.cells["1.1"].threshold_status = Verification.RECALLED
    office.cells["1.1"].save()
    detail = reverse("criteria:set-detail", args=[office.set.code])
    cell = reverse(
        "criteria:cell", args=[office.period.code, office.set.code, office.commune.pk, office.cells["1.1"].pk]
    )
    assert "✓ 3 đã đối chiếu" in text_of(page.get(detail))
    assert "chưa đối chiếu" in text_of(page.get(cell))
    answer = page.post(
        office.url("set-threshold-confirm", "1.1", row.pk), {"value": "80", "document": "318/QĐ-TTg"}, follow=True
    )
    assert "Đã đối chiếu chỉ tiêu 1.1 (cả nước): ≥ 80 %." in text_of(answer)
    assert "✓ 4 đã đối chiếu" in text_of(page.get(detail))
    assert "chưa đối chiếu" not in text_of(page.get(cell))


def test_confirming_asks_for_the_document_and_keeps_what_was_typed(office, page):
    answer = page.post(
        office.url("set-threshold-confirm", "1.1", office.national("1.1").pk), {"value": "8o", "document": ""}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Ghi số văn bản đã đối chiếu." in text
    assert "“8o” không phải là số" in text
    assert 'value="8o"' in text


def test_two_who_confirm_one_row_see_both_values(office, page):
    old = office.national("1.1")
    confirm_threshold(row=old, value=Decimal(85), document="A", by=office.officer)
    answer = page.post(office.url("set-threshold-confirm", "1.1", old.pk), {"value": "90", "document": "B"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "≥ 85 %, theo A" in text
    assert 'value="90"' in text
    # Told, the person may go on: the form now leads to the row that stands there.
    assert office.url("set-threshold-confirm", "1.1", office.national("1.1").pk) in text


def test_a_local_threshold_is_set_on_the_screen_and_the_message_counts_sheets(office, page):
    office.save("1.1", Entry(value=Decimal(70)))
    address = office.url("set-threshold-add", "1.1")
    sent = {"locality": office.district.pk, "zone": "KV3", "value": "65", "document": DOCUMENT}
    sent |= {"year_from": "2024", "year_to": "2025"}
    answer = page.post(address, sent, follow=True)
    assert "Kết quả đổi ở 1 phiếu của kỳ đang mở." in text_of(answer)
    again = page.post(address, {**sent, "value": "66"})
    assert again.status_code == 422
    assert "Trùng với mức đang áp dụng cho Khu vực III, huyện Tam Đường" in again.content.decode()
    assert 'value="66"' in again.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"year_from": "2025", "year_to": "2024"}, "Năm cuối (2024) không thể trước năm đầu (2025)."),
        ({"year_from": "205"}, "Năm phải từ 1990 đến 2100"),
        ({"value": "120"}, "Tỷ lệ phải từ 0 đến 100 (đang nhập 120)."),
        ({"document": ""}, "Ghi số văn bản đã đối chiếu."),
    ],
)
def test_a_wrong_local_threshold_is_told_at_its_field(office, page, fields, sentence):
    sent = {"locality": office.district.pk, "value": "65", "document": DOCUMENT, **fields}
    answer = page.post(office.url("set-threshold-add", "1.1"), sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Threshold.objects.exclude(locality=None).exists()


def test_a_place_out_of_reach_is_no_choice_and_its_rows_are_not_seen(office, page):
    elsewhere = factories.district("Phong Thổ", parent=office.province)
    answer = page.post(
        office.url("set-threshold-add", "1.1"), {"locality": elsewhere.pk, "value": "65", "document": "A"}
    )
    assert "Chọn một địa bàn trong danh sách." in answer.content.decode()
    theirs = office.local("1.1", "61", locality=elsewhere).threshold
    above = office.local("1.1", "62", locality=office.province).threshold
    text = text_of(page.get(office.url("set-threshold", "1.1")))
    assert "Phong Thổ" not in text
    assert "≥ 62 %" in text
    for row in (theirs, above):
        assert page.get(office.url("set-threshold-confirm", "1.1", row.pk)).status_code == 404
        assert page.post(office.url("set-threshold-withdraw", "1.1", row.pk)).status_code == 404


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_read_and_do_not_change(office, client, role):
    client.force_login(factories.user(role, office.commune))
    row = office.national("1.1")
    assert "Đối chiếu với" not in text_of(client.get(office.url("set-threshold", "1.1")))
    for name, more in (("set-threshold-confirm", [row.pk]), ("set-threshold-add", []), ("set-threshold-enter", [])):
        assert client.get(office.url(name, "1.1", *more)).status_code == 403
        assert client.post(office.url(name, "1.1", *more), {"value": "1", "document": "A"}).status_code == 403
    assert client.post(office.url("set-threshold-withdraw", "1.1", row.pk)).status_code == 403
    assert Threshold.objects.filter(indicator=office.cells["1.1"]).count() == 1


def test_a_delegated_indicator_says_who_sets_it_and_then_by_which_document(office, page):
    indicator = office.cells["2.1"]
    Threshold.objects.filter(indicator=indicator).delete()
    indicator.is_delegated, indicator.threshold_status = True, Verification.DELEGATED
    indicator.save()
    address = office.url("set-threshold", "2.1")
    assert "Mức do UBND cấp tỉnh quy định, chưa nhập." in text_of(page.get(address))
    assert office.row("2.1").threshold_basis == "chờ UBND cấp tỉnh quy định"
    office.local("2.1", "48")
    assert office.row("2.1").threshold_basis == f"{DOCUMENT}, huyện Tam Đường"
    detail = text_of(page.get(reverse("criteria:set-detail", args=[office.set.code])))
    assert f"huyện Tam Đường ≥ 48 triệu đồng ({DOCUMENT})" in detail


def test_the_history_of_a_cell_names_the_threshold_that_changed_it(office, page):
    office.save("1.1", Entry(value=Decimal(70)))
    office.local("1.1", "65", year_from=2024, year_to=2024)
    cell = reverse(
        "criteria:cell", args=[office.period.code, office.set.code, office.commune.pk, office.cells["1.1"].pk]
    )
    text = text_of(page.get(cell))
    assert "mức đạt chuẩn thay đổi ≥ 65 %, huyện Tam Đường, năm 2024, theo 2072/QĐ-UBND" in text
    assert "70, chưa đạt 70, đạt" in text


def test_the_page_takes_the_same_queries_however_many_rows(office, page, django_assert_num_queries):
    for year in range(2020, 2030):
        office.local("1.1", str(50 + year % 10), year_from=year, year_to=year)
    with django_assert_num_queries(4):  # session, user with place, indicator, thresholds
        page.get(office.url("set-threshold", "1.1"))
