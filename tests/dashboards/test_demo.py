"""The demonstration district: the figures the two notices give, labelled, set up once and only for demonstration."""

import io
import re
from decimal import Decimal

import pytest
import yaml
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from communes.models import Locality
from criteria.conditions import evaluate
from criteria.models import (
    Assessment,
    Condition,
    CriterionResult,
    IndicatorResult,
    Opinion,
    Period,
    Recognition,
    Status,
    Target,
)
from criteria.rules import STRIP
from criteria.sheet import load_sheet
from dashboards import demo
from dashboards.matrix import load_matrix
from directives import queries
from directives.models import Assignment as Part
from directives.models import AssignmentEvent, Directive, Task, TaskEvent
from tests import factories
from tests.reading import table_of

SET = "xa-ntm-2021-2025"
LABEL = "số liệu minh họa"


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    said = []
    with factories.kept(django_db_blocker, lambda: demo.build(say=said.append) or said) as built:
        yield built


@pytest.fixture
def said(kept, db):
    return kept


# Every test reads what was built once; its own changes are rolled back.
pytestmark = pytest.mark.usefixtures("said")


def get(page, period="2024-q1", username="vanphong", args=None):
    client = Client()
    client.force_login(User.objects.get(username=username))
    response = client.get(f"{reverse(page, args=args)}?ky={period}&bo={SET}")
    assert response.status_code == 200
    return response


def words(response):
    """The text of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def matrix(period="2024-q1", before=None):
    return load_matrix(
        user=User.objects.get(username="vanphong"),
        criteria_set=Assessment.objects.first().criteria_set,
        period=Period.objects.get(code=period),
        previous=Period.objects.get(code=before) if before else None,
    )


def sheet_of(name, period):
    return Assessment.objects.with_place().get(locality__name=name, period__code=period)


# The figures of the notices


def test_son_binh_met_15_of_19_in_december_2022_and_not_1_6_11_15():
    sheet = load_sheet(sheet_of("Sơn Bình", "2022-12"))
    assert (sheet.met, sheet.total) == (15, 19)
    assert sheet.unmet_numbers == [1, 6, 11, 15]
    assert sheet.unknown_numbers == []
    page = words(get("dashboards:commune", "2022-12", args=[sheet.assessment.locality_id]))
    assert "15 /19 tiêu chí" in page
    assert "4 tiêu chí chưa đạt" in page
    assert "Thông báo kết luận của Ban Thường vụ Huyện ủy Tam Đường" in page


def test_the_12_communes_met_214_criteria_17_8_on_average_in_the_first_quarter_of_2024():
    data = matrix()
    assert (len(data.rows), len(data.filled), data.total_met) == (12, 12, 214)
    screen = table_of(get("dashboards:matrix"), "matrix")
    assert len(screen) == 2 + 12 + 2
    assert screen[-2][20] == "214"
    assert screen[-1][20] == "TB 17,8"
    assert sum(int(row[20].split("/")[0]) for row in screen[2:-2]) == 214
    assert sum(int(cell) for cell in screen[-2][1:20]) == 214
    overview = words(get("dashboards:overview"))
    assert "bình quân 17,8 tiêu chí/xã" in overview
    assert "214 tiêu chí đạt ở 12 xã" in overview
    assert "đã thẩm định 10/12 xã" in overview


def test_the_file_has_the_same_figures():
    book = load_workbook(io.BytesIO(get("dashboards:workbook").content))
    first, second = ([list(row) for row in book[name].iter_rows(values_only=True)] for name in ("Biểu 01", "Biểu 02"))
    (totals,) = [row for row in first if row[1] == "Tổng số xã đạt"]
    (shares,) = [row for row in first if row[1] == "Tỷ lệ (%)"]
    assert totals[22] == 214
    assert sum(totals[3:22]) == 214
    assert shares[24] == "Bình quân 17,8 tiêu chí/xã"
    assert [row[2] for row in second if row[1] == "Tổng số tiêu chí đạt"] == [214]
    assert [row[2] for row in second if row[1] == "Bình quân tiêu chí/xã"] == [17.83]
    son_binh = next(row for row in first if row[1] == "Sơn Bình")
    assert (son_binh[22], son_binh[24]) == (15, "1, 6, 11, 15")


def test_each_commune_is_what_the_plan_says(said):
    plan = yaml.safe_load((demo.DATA / "tam-duong.yaml").read_text(encoding="utf-8"))
    for period in plan["periods"]:
        for row in matrix(period["code"]).rows:
            assert row.unmet == period["unmet"].get(row.name, []), (period["code"], row.name)
            assert row.unknown == period["unknown"].get(row.name, [])
            assert row.is_reported_only == (row.name in period["reported_only"])


def test_strips_equal_the_stored_criteria_and_these_the_stored_indicators():
    for sheet in Assessment.objects.with_place():
        rows = CriterionResult.objects.filter(assessment=sheet).order_by("criterion__number")
        assert sheet.strip == "".join(STRIP[Status(r.status), r.is_verified] for r in rows)
        assert load_sheet(sheet, with_previous=False).strip == sheet.strip


def test_values_stand_by_the_rules_they_were_entered_by():
    for result in IndicatorResult.objects.select_related("indicator"):
        if result.value is not None and result.indicator.is_share:
            assert 0 <= result.value <= 100
    given = IndicatorResult.objects.get(
        assessment=sheet_of("Sơn Bình", "2022-12"), indicator__code="15.1", opinion=Opinion.VERIFIED
    )
    assert str(given.value.normalize()) == "93.4"


# Labels


@pytest.mark.parametrize("page", ["dashboards:overview", "dashboards:matrix", "dashboards:communes"])
@pytest.mark.parametrize("period", ["2022-12", "2024-q1"])
def test_each_page_of_figures_says_that_they_are_illustrative(page, period):
    assert LABEL in words(get(page, period))


def test_each_commune_and_each_sheet_says_so_too():
    for sheet in Assessment.objects.with_place():
        assert LABEL in words(get("dashboards:commune", sheet.period.code, args=[sheet.locality_id]))
        assert sheet.source_note.lower().count("minh họa") == 1
    for name in ("Sơn Bình", "Bản Bo"):
        sheet = sheet_of(name, "2024-q1")
        client = Client()
        client.force_login(User.objects.get(username="vanphong"))
        assert LABEL in words(client.get(sheet.get_absolute_url()))
        indicator = IndicatorResult.objects.filter(assessment=sheet).first().indicator_id
        args = [sheet.period.code, SET, sheet.locality_id, indicator]
        assert LABEL in words(client.get(reverse("criteria:cell", args=args)))


def test_the_list_of_sheets_says_so_at_each_sheet():
    assert words(get("criteria:sheets")).count(LABEL) == 12


def test_each_sheet_of_the_file_says_so():
    book = load_workbook(io.BytesIO(get("dashboards:workbook").content))
    for sheet in book.worksheets:
        assert any(cell == "SỐ LIỆU MINH HỌA" for row in sheet.iter_rows(values_only=True) for cell in row)


def test_everything_made_up_is_marked_in_the_database():
    assert not Assessment.objects.filter(is_illustrative=False).exists()
    assert not Recognition.objects.filter(is_illustrative=False).exists()
    assert Target.objects.exists()
    assert not Target.objects.filter(is_illustrative=False).exists()
    assert not Directive.objects.filter(is_illustrative=False).exists()
    assert not Directive.objects.filter(source_note="").exists()


# The set-up


def test_the_people_of_the_demonstration_sign_in():
    for username in ("quantri", "vanphong", "phonggiaoduc", "xasonbinh", "bcd"):
        typed = {"username": username, "password": demo.PASSWORD}
        assert Client().post(reverse("accounts:login"), typed).status_code == 302, username
        assert LABEL in words(get("dashboards:overview", username=username))
    assert User.objects.count() == 5
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_district_is_tam_duong_with_its_town():
    places = Locality.objects.communes().order_by("kind")
    assert [place.kind for place in places] == ["thị trấn"] + ["xã"] * 12
    assert Period.objects.get(code="2022-12").closed_on
    assert not Period.objects.get(code="2024-q1").closed_on


def everything():
    return {
        model._meta.label: sorted(map(str, model.objects.values_list()))
        for name in ("accounts", "communes", "criteria", "directives")
        for model in apps.get_app_config(name).get_models()
    }


def test_a_share_given_by_its_parts_is_kept_by_them():
    results = IndicatorResult.objects.filter(assessment__locality__name="Sơn Bình", indicator__code="6.3")
    assert set(results.values_list("numerator", "denominator")) == {(8, 9)}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, None),
        ({"value_type": "percent", "direction": "at_least"}, None),
        ({"value_type": "percent", "direction": "at_least", "threshold": Decimal(90)}, 93),
        ({"value_type": "percent", "direction": "at_least", "threshold": Decimal(99)}, 100),
        ({"value_type": "currency", "direction": "at_most", "threshold": Decimal(0)}, 0),
    ],
)
def test_a_made_up_condition_is_met_and_says_that_it_is_made_up(fields, value):
    condition = Condition(**fields)
    entry = demo.made_up_condition(condition)
    assert entry.value == value
    assert evaluate(condition, entry) == Status.MET
    assert LABEL in entry.note.lower()


def test_running_it_again_changes_nothing(settings):
    settings.DEBUG = True
    before = everything()
    output = io.StringIO()
    call_command("demo", stdout=output)
    assert everything() == before
    assert "giữ nguyên" in output.getvalue()


def test_progress_is_said(said):
    text = "\n".join(map(str, said))
    for step in ("Nạp địa bàn", "Phiếu đánh giá Tháng 12/2022", "Phiếu đánh giá Quý I/2024"):
        assert step in text


def test_it_is_refused_outside_debug(settings):
    settings.DEBUG = False
    before = everything()
    for existing in (True, False):
        if not existing:
            User.objects.filter(username="quantri").update(username="khac")
            before = everything()
        with pytest.raises(CommandError, match="DEBUG=1"):
            call_command("demo")
        assert everything() == before


# States


def test_the_sheets_stand_at_every_state_and_the_past_period_is_closed():
    states = {
        sheet.locality.name: sheet.state for sheet in Assessment.objects.with_place().filter(period__code="2024-q1")
    }
    assert {name for name, state in states.items() if state == "draft"} == {"Khun Há", "Sơn Bình"}
    assert {name for name, state in states.items() if state == "submitted"} == {"Bản Hon", "Giang Ma"}
    assert {name for name, state in states.items() if state == "verified"} == {"Nà Tăm", "Tả Lèng"}
    assert sum(state == "approved" for state in states.values()) == 6
    past = Period.objects.get(code="2022-12")
    assert past.closed_at is not None
    assert past.closed_on.isoformat() == "2023-01-15"
    # Khun Há never said anything of criterion 17; its sheet was left as it was.
    (left,) = Assessment.objects.with_place().filter(period=past).exclude(state="approved")
    assert left.locality.name == "Khun Há"
    assert "còn 1 phiếu chưa duyệt" in words(get("criteria:period", args=["2022-12"]))


def test_the_work_of_the_newest_notices_is_in_every_state():
    officer, today = User.objects.get(username="vanphong"), timezone.localdate()
    found = {}
    for part in Part.objects.filter(task__directive__title__contains="minh họa").at(today):
        found.setdefault(part.status_at, set()).add(str(part.agency))
    assert found["done_late"] == {"UBND xã Giang Ma"}
    assert "UBND xã Sơn Bình" in found["done_on_time"]
    assert found["overdue"] == {"UBND xã Khun Há", "UBND xã Nà Tăm", "Trung tâm Y tế huyện"}
    counted = queries.summary(officer, today)
    assert (counted.awaiting, counted.extended, counted.due_soon) == (1, 1, 4)
    withdrawn = Task.objects.exclude(withdrawn_on=None)
    assert [task.replaced_by is not None for task in withdrawn.order_by("position")] == [True, False]
    assert {event.kind for event in AssignmentEvent.objects.all()} == {
        "issued", "progress", "reported", "completed", "returned", "extended", "withdrawn"
    }  # fmt: skip


def test_each_person_of_the_demonstration_finds_what_waits_for_them():
    board = words(get("directives:tasks"))
    assert board.count("Xác nhận phần việc của UBND xã Sơn Bình") == 1
    own = Part.objects.get(agency__short_name="Phòng GD&ĐT", task__due_on__gt=timezone.localdate())
    client = Client()
    client.force_login(User.objects.get(username="phonggiaoduc"))
    page = words(client.get(own.get_absolute_url()))
    assert "Văn phòng đã trả lại báo cáo hoàn thành" in page
    assert "80 %" in page


def test_what_was_said_of_the_work_is_labelled_and_in_the_order_of_its_days():
    said = AssignmentEvent.objects.exclude(kind="issued").values_list("note", "document")
    said = [*said, *TaskEvent.objects.values_list("note", "document")]
    assert len(said) > 100
    assert all("minh họa" in f"{note} {document}" for note, document in said)
    for part in Part.objects.prefetch_related("events"):
        events = sorted(part.events.all(), key=lambda event: event.pk)
        assert [event.at for event in events] == sorted(event.at for event in events), part
        assert timezone.localdate(events[0].at) == part.given_on
    # A report speaks of the day on which it was made.
    for event in AssignmentEvent.objects.filter(kind="reported"):
        assert timezone.localdate(event.at) == event.on


def test_one_value_differs_and_one_sheet_came_late():
    assert "1 ô xã tự đánh giá khác kết quả thẩm định" in words(get("criteria:differences"))
    queue = words(get("criteria:review"))
    assert "08/04/2024, Cán bộ Văn phòng Điều phối gửi trễ 3 ngày" in queue
