"""Periods: their form and deadline, who is late, closing and reopening, what is carried over, and past ones as they were."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from criteria.actions.periods import PeriodRefused, carry_over, close_period, open_sheets, reopen_period
from criteria.actions.results import NotOpen, open_assessments, save_results
from criteria.actions.states import move_sheet
from criteria.models import (
    Assessment,
    CriterionLead,
    Evidence,
    IndicatorResult,
    Opinion,
    Period,
    PeriodEvent,
    ResultChange,
    State,
    Status,
    Threshold,
)
from criteria.rules import Entry
from criteria.sheet import load_sheet
from tests import factories
from tests.criteria.test_states import Sheets
from tests.criteria.test_views import person
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db

REPORTED, VERIFIED = Opinion.REPORTED, Opinion.VERIFIED


@pytest.fixture
def office():
    return Sheets()


def page_of(name, *args):
    return reverse(f"criteria:{name}", args=args)


def kinds():
    return list(PeriodEvent.objects.order_by("pk").values_list("kind", flat=True))


# Who keeps them


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(
    ("name", "has_code"),
    [
        ("periods", False),
        ("period-create", False),
        ("period", True),
        ("period-edit", True),
        ("period-close", True),
        ("period-reopen", True),
    ],
)
def test_officers_keep_the_periods_and_nobody_else(office, role, name, has_code):
    if name == "period-reopen":
        office.close()
    address = page_of(name, *([office.period.code] if has_code else []))
    client = office.client(person(office, role))
    expected = 200 if role in (Role.OFFICER, Role.ADMINISTRATOR) else 403
    assert client.get(address).status_code == expected
    offered = "Kỳ đánh giá</a>" in client.get(f"{page_of('sheets')}?ky=2024-q1&bo=bo-thu").content.decode()
    assert offered == (expected == 200)
    if expected == 403:
        assert client.post(address, {"reason": "x", "name": "x"}).status_code in (403, 405)
        assert not PeriodEvent.objects.exists()


# Adding and changing


def typed(**changed):
    return {
        "name": "Quý II/2024",
        "code": "",
        "starts_on": "01/04/2024",
        "ends_on": "30/06/2024",
        "due_on": "5/7/2024",
        **changed,
    }


def test_a_period_is_added_and_its_code_made_of_its_name(office):
    client = office.client(office.officer)
    response = client.post(page_of("period-create"), typed())
    made = Period.objects.get(name="Quý II/2024")
    assert response.url == page_of("period", "quy-ii-2024")
    assert (made.code, made.starts_on, made.ends_on) == ("quy-ii-2024", date(2024, 4, 1), date(2024, 6, 30))
    assert made.due_on == date(2024, 7, 5)
    assert kinds() == ["opened"]
    assert made.events.get().by == office.officer
    # The same words with other signs make the same code: it gets a number.
    client.post(page_of("period-create"), typed(name="Quý II-2024", starts_on="02/04/2024"))
    assert Period.objects.get(name="Quý II-2024").code == "quy-ii-2024-2"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Trường này là bắt buộc."),
        ({"starts_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch"),
        ({"ends_on": "30/03/2024"}, "Ngày cuối kỳ phải sau ngày đầu kỳ."),
        ({"due_on": "1/3/2024"}, "Hạn gửi phiếu phải sau ngày đầu kỳ."),
        ({"name": "Quý I/2024"}, "Đã có kỳ tên này."),
        ({"code": "2024-q1"}, "Đã có kỳ dùng mã này."),
        ({"code": "quý 2"}, "Mã chỉ gồm chữ không dấu"),
        ({"code": "them"}, "dành cho hệ thống"),
        ({"starts_on": "1/1/2024", "ends_on": "31/3/2024"}, "Đã có một kỳ đánh giá với ngày đầu và ngày cuối này."),
    ],
)
def test_what_a_period_cannot_be_is_said_and_what_was_typed_stays(office, changed, sentence):
    response = office.client(office.officer).post(page_of("period-create"), typed(**changed))
    page = response.content.decode()
    assert sentence in page
    shown = fields_of(response)
    assert {name: shown[name] for name in typed()} == typed(**changed)
    assert Period.objects.count() == 1
    assert kinds() == []


def test_no_period_is_put_before_a_closed_one(office):
    office.close()
    early = typed(name="Năm 2023", starts_on="01/01/2023", ends_on="31/12/2023", due_on="")
    page = office.client(office.officer).post(page_of("period-create"), early).content.decode()
    assert "Kỳ Quý I/2024 (đến 31/03/2024) đã khóa, không chèn kỳ mới vào trước được." in page
    assert Period.objects.count() == 1
    assert office.client(office.officer).post(page_of("period-create"), typed()).status_code == 302


def test_a_change_is_logged_from_what_to_what(office):
    client = office.client(office.officer)
    address = page_of("period-edit", office.period.code)
    shown = fields_of(client.get(address))
    assert "code" not in shown
    client.post(address, shown | {"due_on": "5/4/2024"})
    office.period.refresh_from_db()
    assert office.period.due_on == date(2024, 4, 5)
    log = table_of(client.get(page_of("period", office.period.code)), "list")
    assert [str(office.officer), "Sửa kỳ", "hạn gửi phiếu: trống → 05/04/2024"] in [row[1:] for row in log]
    # Saved again as it is, it is no change.
    client.post(address, fields_of(client.get(address)))
    assert kinds() == ["changed"]


def test_two_officers_on_one_period_neither_value_is_lost(office):
    client = office.client(office.officer)
    address = page_of("period-edit", office.period.code)
    first = fields_of(client.get(address))
    office.client(office.administrator).post(address, first | {"due_on": "5/4/2024"})
    response = client.post(address, first | {"due_on": "10/4/2024"})
    page = response.content.decode()
    assert "Hai người cùng sửa một nội dung" in page
    assert "05/04/2024" in page
    assert fields_of(response)["due_on"] == "10/4/2024"
    assert str(office.administrator) in page
    assert Period.objects.get().due_on == date(2024, 4, 5)
    assert client.post(address, fields_of(response)).status_code == 302
    assert Period.objects.get().due_on == date(2024, 4, 10)


def test_the_days_of_a_period_with_results_stay(office):
    office.save("2.1", "50")
    client = office.client(office.officer)
    address = page_of("period-edit", office.period.code)
    response = client.post(address, fields_of(client.get(address)) | {"ends_on": "31/12/2024"})
    assert "Kỳ này đã có 1 phiếu nhập số liệu" in response.content.decode()
    assert Period.objects.get().ends_on == date(2024, 3, 31)


def test_a_closed_period_is_not_changed(office):
    client = office.client(office.officer)
    address = page_of("period-edit", office.period.code)
    shown = fields_of(client.get(address))
    office.close()
    response = client.post(address, shown | {"name": "Khác"}, follow=True)
    assert "đã khóa nên không sửa được" in response.content.decode()
    assert Period.objects.get().name == "Quý I/2024"


# Late


def test_who_is_late_and_by_how_many_days(office):
    today = timezone.localdate()
    due = today - timedelta(days=4)
    Period.objects.update(due_on=due)
    factories.commune("Tả Lèng", office.district)
    sent = office.sheets[office.ban_bo]
    Assessment.objects.filter(pk=sent.pk).update(submitted_on=due + timedelta(days=1), state=State.SUBMITTED)
    client = office.client(office.officer)
    rows = table_of(client.get(page_of("period", office.period.code)), "list")
    late = [row for row in rows if row and row[0].startswith("Xã")]
    day = f"{due + timedelta(days=1):%d/%m/%Y}"
    assert late == [
        ["Xã Sơn Bình", "–Đang nhập", "chưa gửi", "4 ngày"],
        ["Xã Tả Lèng", "chưa mở phiếu", "chưa gửi", "4 ngày"],
        ["Xã Bản Bo", "◐Đã gửi, đang thẩm định", day, "1 ngày"],
    ]
    # The list of periods counts the sheets; the other district's are not this officer's.
    (row,) = table_of(client.get(page_of("periods")), "list")[1:]
    assert row[4:] == ["1/2 phiếu", "2", "0"]
    # On the last day nobody is late.
    Period.objects.update(due_on=today)
    rows = table_of(client.get(page_of("period", office.period.code)), "list")
    assert not [row for row in rows if row and row[0].startswith("Xã")]


def test_in_a_closed_period_days_are_counted_to_its_closing(office):
    Period.objects.update(due_on=date(2024, 4, 5), closed_on=date(2024, 4, 15))
    rows = table_of(office.client(office.officer).get(page_of("period", office.period.code)), "list")
    assert ["Xã Sơn Bình", "–Đang nhập", "chưa gửi", "10 ngày"] in rows


@pytest.mark.parametrize("places", [2, 40])
def test_the_pages_of_periods_take_the_same_queries_however_many_sheets(office, places):
    Period.objects.update(due_on=date(2024, 4, 5))
    for place in factories.communes(places, office.district):
        factories.assessment(place, office.set, office.period)
    client = office.client(office.officer)
    with counted() as queries:
        assert client.get(page_of("periods")).status_code == 200
    # Session, person, counts, periods.
    assert len(queries) == 4, queries
    with counted() as queries:
        assert client.get(page_of("period", office.period.code)).status_code == 200
    # Session, person, period, counts, sets, sheets, places, log.
    assert len(queries) == 8, queries
    with counted() as queries:
        assert client.get(page_of("period-close", office.period.code)).status_code == 200
    # Session, person, period, what is left: mark, number; approved; the list's length and its page.
    assert len(queries) == 8, queries


# Closing and reopening


def test_closing_tells_what_it_leaves_and_asks_first(office):
    Assessment.objects.filter(pk=office.sheet.pk).update(state=State.APPROVED, state_at=timezone.now())
    client = office.client(office.officer)
    address = page_of("period-close", office.period.code)
    page = client.get(address)
    text = page.content.decode()
    # The other district's sheet is counted, for it stays too, and not named.
    assert "2 phiếu chưa duyệt vẫn là chưa duyệt" in text
    assert [row[0] for row in table_of(page, "list")[1:]] == ["Xã Bản Bo"]
    shown = fields_of(page)
    refused = client.post(address, shown)
    assert refused.status_code == 422
    assert "Đánh dấu xác nhận" in refused.content.decode()
    assert not Period.objects.get().closed_on
    before = timezone.now()
    assert client.post(address, shown | {"confirmed": "1"}).url == page_of("period", office.period.code)
    closed = Period.objects.get()
    assert closed.closed_on == timezone.localdate()
    assert before <= closed.closed_at <= timezone.now()
    assert set(Assessment.objects.values_list("state", flat=True)) == {"approved", "draft"}
    event = PeriodEvent.objects.get()
    assert (event.kind, event.note, event.by) == ("closed", "còn 2 phiếu chưa duyệt", office.officer)


def test_a_sheet_that_moved_since_the_list_was_shown_stops_the_closing(office):
    client = office.client(office.officer)
    address = page_of("period-close", office.period.code)
    shown = fields_of(client.get(address)) | {"confirmed": "1"}
    office.put(State.SUBMITTED)
    response = client.post(address, shown)
    assert response.status_code == 422
    assert "Trạng thái các phiếu đã thay đổi" in response.content.decode()
    assert not Period.objects.get().closed_on
    assert client.post(address, fields_of(response) | {"confirmed": "1"}).status_code == 302


def test_a_period_is_not_closed_before_it_ends_nor_twice(office):
    running = Period.objects.create(
        code="nay", name="Kỳ này", starts_on=date(2024, 4, 1), ends_on=timezone.localdate() + timedelta(days=1)
    )
    with pytest.raises(PeriodRefused, match="chưa kết thúc"):
        close_period(period=running, by=office.officer)
    assert "Chưa khóa được" in office.client(office.officer).get(page_of("period-close", "nay")).content.decode()
    close_period(period=office.period, by=office.officer)
    with pytest.raises(PeriodRefused, match="đã khóa từ ngày"):
        close_period(period=office.period, by=office.officer)
    assert kinds() == ["closed"]


def test_a_closed_period_is_reopened_for_a_reason_that_stays(office):
    client = office.client(office.officer)
    address = page_of("period-reopen", office.period.code)
    assert client.get(address).status_code == 404
    close_period(period=office.period, by=office.officer)
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert "Ghi lý do mở lại kỳ." in refused.content.decode()
    assert Period.objects.get().closed_on
    assert client.post(address, {"reason": "Sửa biên bản thẩm định"}).status_code == 302
    period = Period.objects.get()
    assert (period.closed_on, period.closed_at) == (None, None)
    log = table_of(client.get(page_of("period", period.code)), "list")
    assert [str(office.officer), "Mở lại", "Sửa biên bản thẩm định"] in [row[1:] for row in log]
    assert [str(office.officer), "Khóa kỳ", "còn 3 phiếu chưa duyệt"] in [row[1:] for row in log]
    office.save("2.1", "50")


def test_nothing_of_a_closed_period_is_written_by_any_path(office):
    office.enter()
    office.enter(VERIFIED)
    client = office.client(office.officer)
    typed_sheet = fields_of(client.get(office.address()))
    seen = office.locked().token
    close_period(period=office.period, by=office.officer)

    def everything():
        return [list(model.objects.order_by("pk").values()) for model in (Assessment, IndicatorResult, ResultChange)]

    before = everything()
    cell = f"v-{office.cells['2.1']}"
    assert client.post(office.address(), typed_sheet | {cell: "1"}).status_code == 422
    assert client.post(office.address("cell-save", cell="2.1"), typed_sheet | {cell: "1"}).status_code == 422
    assert client.post(office.move_address("submit"), {"seen": seen}).status_code == 422
    assert client.post(office.open_address()).status_code == 404
    for write in (
        lambda: save_results(assessment=office.locked(), opinion=VERIFIED, entries={}, by=None),
        lambda: open_assessments(criteria_set=office.set, period=Period.objects.get(), localities=[]),
        # A period as it was read before it closed does not help.
        lambda: open_sheets(criteria_set=office.set, period=office.period, localities=[], by=None),
        lambda: carry_over([office.sheet], by=None),
    ):
        with pytest.raises(NotOpen), transaction.atomic():
            write()
    assert not move_sheet(office.sheet, move="submit", by=office.officer, seen=None).is_done
    admin = office.client(office.administrator)
    for address, fields in (
        (reverse("admin:criteria_period_change", args=[office.period.pk]), {"name": "x", "closed_on": ""}),
        (reverse("admin:criteria_period_delete", args=[office.period.pk]), {"post": "yes"}),
        (reverse("admin:criteria_assessment_change", args=[office.sheet.pk]), {"source_note": "x"}),
        (reverse("admin:criteria_assessment_delete", args=[office.sheets[office.ban_bo].pk]), {"post": "yes"}),
    ):
        assert admin.get(reverse("admin:criteria_period_changelist")).status_code == 200
        assert admin.post(address, fields).status_code == 403, address
    assert everything() == before
    assert Period.objects.get().closed_on


def test_the_administration_does_not_close_a_period(office):
    admin = office.client(office.administrator)
    address = reverse("admin:criteria_period_change", args=[office.period.pk])
    fields = fields_of(admin.get(address))
    assert "closed_on" not in fields
    admin.post(address, fields | {"closed_on": "31/03/2024"})
    assert Period.objects.get().closed_on is None


# A past period as it was


def cells_of_book(response):
    book = load_workbook(io.BytesIO(response.content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_a_closed_period_reprints_exactly_whatever_changes_later(office):
    office.enter(c2_1="44")
    office.enter(VERIFIED, c2_1="44")
    close_period(period=office.period, by=office.officer)
    # The year of the last day is what sheet, matrix and book are read by.
    client = office.client(office.officer)
    query = f"?ky={office.period.code}&bo={office.set.code}"

    def printed():
        return {
            "matrix": table_of(client.get(reverse("dashboards:matrix") + query), "matrix"),
            "sheet": table_of(client.get(office.address()), "sheet"),
            "book": cells_of_book(client.get(reverse("dashboards:workbook") + query)),
            "commune": table_of(client.get(reverse("dashboards:commune", args=[office.son_binh.pk]) + query), "list"),
        }

    before = printed()
    now = timezone.now()
    # A lower threshold is entered: 44 would pass.
    old = Threshold.objects.get(indicator=office.cells["2.1"])
    Threshold.objects.filter(pk=old.pk).update(replaced_at=now, replaced_by=office.officer)
    Threshold.objects.create(
        indicator_id=office.cells["2.1"], value=40, status=old.status, entered_at=now, entered_by=office.officer
    )
    # Another agency leads from today on.
    today = timezone.localdate()
    CriterionLead.objects.update(until_on=today - timedelta(days=1))
    other = factories.agency(office.district, "Phòng Tài chính")
    CriterionLead.objects.create(criterion=office.set.criteria.get(number=2), agency=other, since_on=today)
    # The next period is worked on.
    after = factories.period(quarter=2)
    open_sheets(criteria_set=office.set, period=after, localities=[office.son_binh], by=office.officer)
    sheet = Assessment.objects.for_writing().get(period=after)
    entries = {office.cells["2.1"]: factories.value("60")}
    with transaction.atomic():
        assert save_results(assessment=sheet, opinion=VERIFIED, entries=entries, by=office.officer).is_written
    # The open one goes by the new threshold.
    assert load_sheet(sheet).rows[office.cells["2.1"]].threshold_value == 40
    assert printed() == before
    assert any("≥ 45" in cell for row in before["sheet"] for cell in row)
    # Open again, it is judged by the thresholds of now, and its history says so.
    reopen_period(period=office.period, reason="thử", by=office.officer)
    assert any("≥ 40" in cell for row in printed()["sheet"] for cell in row)
    office.sheet.refresh_from_db()
    assert office.sheet.strip[1] == "M"
    changes = ResultChange.objects.filter(assessment=office.sheet, source="threshold")
    assert {(c.before["status"], c.after["status"], c.changed_by) for c in changes} == {
        ("unmet", "met", office.officer)
    }


def test_an_approved_sheet_keeps_its_thresholds_while_its_period_is_open(office):
    office.enter()
    office.enter(VERIFIED)
    for move in ("submit", "verify", "approve"):
        assert office.move(move).is_done
    now = timezone.now()
    Threshold.objects.filter(indicator=office.cells["2.1"]).update(replaced_at=now)
    Threshold.objects.create(indicator_id=office.cells["2.1"], value=99, status="verified", entered_at=now)
    row = load_sheet(office.locked()).rows[office.cells["2.1"]]
    assert (row.threshold_value, row.status) == (45, Status.MET)
    # Returned, it goes by the thresholds of now.
    office.move("return", note="mức mới")
    row = load_sheet(office.locked()).rows[office.cells["2.1"]]
    assert (row.threshold_value, row.status) == (99, Status.UNMET)
    office.sheet.refresh_from_db()
    assert office.sheet.strip == "MUM"


# Carried over


def last_year(office, place=None):
    """The last period's sheet of a place: 1.1 verified against what the commune said, 2.1 reported alone."""
    before = Period.objects.filter(code="2023-q4").first() or factories.period(2023, 4)
    sheet = factories.assessment(place or office.son_binh, office.set, before)
    for opinion, entries in (
        (REPORTED, {"1.1": factories.value("90"), "2.1": factories.value("50")}),
        (VERIFIED, {"1.1": factories.value("70", note="theo biên bản")}),
    ):
        with transaction.atomic():
            locked = Assessment.objects.for_writing().get(pk=sheet.pk)
            saved = save_results(
                assessment=locked, opinion=opinion, entries={office.cells[c]: e for c, e in entries.items()}, by=None
            )
            assert saved.is_written
    return sheet


def carried(sheet):
    rows = IndicatorResult.objects.filter(assessment=sheet).select_related("indicator")
    return {(r.indicator.code, r.opinion): (r.value, r.status, r.note, r.is_carried) for r in rows}


def test_what_counted_last_is_carried_into_the_communes_cells(office):
    last_year(office)
    assert carry_over([office.sheet], by=office.officer) == (2, 0)
    assert carried(office.sheet) == {
        ("1.1", "reported"): (Decimal(70), "unmet", "theo biên bản", True),
        ("2.1", "reported"): (Decimal(50), "met", "", True),
    }
    changes = ResultChange.objects.filter(assessment=office.sheet)
    assert {(c.source, c.changed_by, c.after["is_carried"]) for c in changes} == {("carried", office.officer, True)}
    office.sheet.refresh_from_db()
    assert office.sheet.strip == "um-"
    # A second time there is nothing to do.
    assert carry_over([office.sheet], by=office.officer) == (0, 0)


def test_what_somebody_entered_is_left_alone(office):
    last_year(office)
    office.save("2.1", "12", opinion=REPORTED)
    assert carry_over([office.sheet], by=None) == (1, 0)
    assert carried(office.sheet)["2.1", "reported"] == (Decimal(12), "unmet", "", False)


def test_what_can_no_longer_stand_is_skipped_and_counted(office):
    sheet = last_year(office)
    row = IndicatorResult.objects.get(assessment=sheet, indicator=office.cells["2.1"])
    # "Đạt" with 50 stood under a threshold nobody knew; today 50 passes and "chưa đạt" would need a reason.
    row.judgement, row.status = Status.UNMET, Status.UNMET
    row.save()
    assert carry_over([office.sheet], by=None) == (1, 1)
    assert ("2.1", "reported") not in carried(office.sheet)


def test_a_sheet_that_was_sent_takes_nothing(office):
    last_year(office)
    office.put(State.SUBMITTED)
    with pytest.raises(NotOpen):
        carry_over([office.sheet], by=None)
    assert carried(office.sheet) == {}


def test_opening_offers_to_carry_over_and_says_what_came_of_it(office):
    last_year(office)
    last_year(office, office.ban_bo)
    Assessment.objects.filter(period=office.period).delete()
    client = office.client(office.officer)
    page = client.get(f"{page_of('sheets')}?ky={office.period.code}&bo={office.set.code}")
    assert "Chuyển kết quả kỳ trước sang" in page.content.decode()
    assert fields_of(page)["carry"] == "1"
    response = client.post(office.open_address(), {"carry": "1"}, follow=True)
    assert (
        "Đã mở 2 phiếu đánh giá Quý I/2024. Đã chuyển 4 kết quả kỳ trước sang, chờ xã xác nhận lại."
        in response.content.decode()
    )
    assert IndicatorResult.objects.filter(is_carried=True, assessment__period=office.period).count() == 4


def test_without_the_tick_nothing_is_carried(office):
    last_year(office)
    Assessment.objects.filter(period=office.period).delete()
    office.client(office.commune_officer).post(office.open_address(), {"place": office.son_binh.pk})
    assert Assessment.objects.filter(period=office.period).count() == 1
    assert not IndicatorResult.objects.filter(is_carried=True).exists()


@pytest.mark.parametrize("places", [2, 40])
def test_carrying_over_takes_the_same_queries_however_many_places(office, places):
    before = factories.period(2023, 4)
    made = factories.communes(places, office.district)
    old = Assessment.objects.bulk_create(
        Assessment(locality=place, criteria_set=office.set, period=before) for place in made
    )
    IndicatorResult.objects.bulk_create(
        IndicatorResult(
            assessment=sheet,
            indicator_id=office.cells["2.1"],
            opinion=VERIFIED,
            value=50,
            status="met",
            changed_at=timezone.now(),
        )
        for sheet in old
    )
    with transaction.atomic(), counted() as queries:
        opened = open_sheets(criteria_set=office.set, period=office.period, localities=made, by=office.officer)
    assert (opened.sheets, opened.carried) == (places, places)
    # Period, sheets there; set's sheets before, new ones, after; which are new; the sheets with their last ones;
    # indicators, thresholds, results; period; values, history, criteria, strips; of the evidence the sheets it is from,
    # the indicators it goes to, what is there, what comes.
    assert len(queries) == 19, queries


def test_an_entry_of_two_parts_is_carried_whole(office):
    sheet = last_year(office)
    IndicatorResult.objects.filter(assessment=sheet, indicator=office.cells["1.1"]).delete()
    with transaction.atomic():
        locked = Assessment.objects.for_writing().get(pk=sheet.pk)
        entry = Entry(value=Decimal("88.8888"), numerator=Decimal(8), denominator=Decimal(9))
        assert save_results(
            assessment=locked, opinion=REPORTED, entries={office.cells["1.1"]: entry}, by=None
        ).is_written
    carry_over([office.sheet], by=None)
    row = IndicatorResult.objects.get(assessment=office.sheet, indicator=office.cells["1.1"])
    assert (row.value, row.numerator, row.denominator) == (Decimal("88.8888"), 8, 9)


def test_the_evidence_comes_along(office):
    old = last_year(office)
    Evidence.objects.create(
        assessment=old,
        indicator_id=office.cells["2.1"],
        file="evidence/2023/a.pdf",
        name="a.pdf",
        size=1,
        uploaded_at=timezone.now(),
    )
    carry_over([office.sheet], by=office.officer)
    assert Evidence.objects.get(assessment=office.sheet).file.name == "evidence/2023/a.pdf"


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_figures_stay_labelled_when_they_are_carried(office, made_up):
    old = last_year(office)
    Assessment.objects.filter(pk=old.pk).update(is_illustrative=made_up)
    carry_over([office.sheet], by=None)
    office.sheet.refresh_from_db()
    assert office.sheet.is_illustrative is made_up
