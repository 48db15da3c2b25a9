"""Lists of tasks from Excel: columns by their synonyms, deadlines as offices write them, a draft and nothing handed out."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.imports.intake import Scope
from directives import exports
from directives.imports import tasks as imports
from directives.models import Assignment, Directive
from directives.queries import Filters
from ntm_tracker.spreadsheet.reading import read_workbook
from tests.directives.factories import District, issued
from tests.workbooks import book, bytes_of, sheet_of, upload

pytestmark = pytest.mark.django_db

HEAD = ["STT", "Nội dung nhiệm vụ", "Đơn vị thực hiện", "Đơn vị phối hợp", "Thời gian hoàn thành"]


@pytest.fixture
def district():
    return District(communes=["Sơn Bình", "Bản Bo"])


def read(district, rows, **more):
    scope = Scope("nhiem-vu.xlsx", district.user(Role.OFFICER), **more)
    table = imports.find(sheet_of(book(rows, name="Nhiệm vụ", start="DANH MỤC NHIỆM VỤ TRỌNG TÂM")), scope)
    return imports.read(table, scope), scope


def deadline(district, cell):
    reading, scope = read(district, [HEAD, [1, "Rà soát trường học", "Phòng Giáo dục và Đào tạo", None, cell]])
    assert reading.is_ready, reading.problems
    imports.write(reading, scope)
    task = Directive.objects.get().tasks.get()
    return task.due_on, task.repeats


@pytest.mark.parametrize(
    ("cell", "due"),
    [
        (date(2025, 6, 30), date(2025, 6, 30)),
        ("30/6/2025", date(2025, 6, 30)),
        ("trước ngày 30/6/2025", date(2025, 6, 30)),
        ("Quý II/2025", date(2025, 6, 30)),
        ("tháng 9/2025", date(2025, 9, 30)),
        ("Năm 2025", date(2025, 12, 31)),
        ("Thường xuyên", None),
        (None, None),
        ("-", None),
    ],
)
def test_deadlines(district, cell, due):
    assert deadline(district, cell) == (due, "")


@pytest.mark.parametrize(
    ("cell", "told"),
    [("31/4/2025", "Ngày 31/4/2025 không có trong lịch."), ("khi nào xong", "không hiểu thời hạn “khi nào xong”")],
)
def test_a_deadline_nobody_understands_is_told_by_cell(district, cell, told):
    reading, _ = read(district, [HEAD, [1, "Rà soát", "Phòng Giáo dục và Đào tạo", None, cell]])
    (problem,) = reading.problems
    assert str(problem).startswith("trang “Nhiệm vụ”, ô E7: ")
    assert told in str(problem)


def test_a_list_becomes_a_draft_that_the_review_shows(district):
    rows = [
        HEAD,
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        ["Thông báo số 12/TB-UBND ngày 05/01/2025", None, None, None, None],
        [1, "Rà soát trường học", str(district.education.name), f"{district.health.name}; {district.union.name}", "30/6/2025"],
        [2, "Nâng cấp đường xã", "UBND các xã", None, "Quý II/2025"],
        [3, "Báo cáo hằng tháng", "Phòng Không Rõ", None, "Thường xuyên"],
        [None, "Tổng cộng: 3 nhiệm vụ"],
        [None, None, None, "Tam Đường, ngày 05 tháng 01 năm 2025"],
        [None, "NGƯỜI LẬP", None, "CHÁNH VĂN PHÒNG"],
    ]  # fmt: skip
    reading, scope = read(district, rows)
    assert (reading.problems, reading.unknown, reading.lines) == ([], [], 3)
    assert reading.changes[2].after == "chưa rõ chủ trì (chưa rõ “Phòng Không Rõ”); Thường xuyên"
    record = imports.write(reading, scope)
    directive = Directive.objects.get()
    assert not directive.is_assigned
    assert not Assignment.objects.exists()
    assert record.leads_to == reverse("directives:review", args=[directive.pk])
    assert record.summary == "bản nháp có 3 nhiệm vụ, chưa giao"
    first, second, third = directive.tasks.order_by("position")
    assert list(first.leads.all()) == [district.education]
    assert set(first.supports.all()) == {district.health, district.union}
    assert first.section == "Thông báo số 12/TB-UBND ngày 05/01/2025"
    assert directive.text[first.start : first.end] == first.text
    assert {agency.locality.name for agency in second.leads.all()} == {"Sơn Bình", "Bản Bo"}
    assert (third.is_included, third.lead_text) == (False, "Phòng Không Rõ")
    client = Client()
    client.force_login(scope.user)
    page = client.get(record.leads_to)
    assert page.status_code == 200
    assert "Nâng cấp đường xã" in page.text


def test_bodies_parted_by_lines_semicolons_and_commas(district):
    names = [district.education.name, district.health.name]
    for text in ("; ".join(names), ", ".join(names), "\n".join(names)):
        reading, _ = read(district, [HEAD, [1, "Việc chung", text, None, None]])
        assert reading.changes[0].after == f"{district.education}, {district.health}; không có thời hạn"


def test_what_is_there_is_not_drafted_again(district):
    rows = [HEAD, [1, "Rà soát trường học", district.education.name, None, "30/6/2025"]]
    reading, scope = read(district, rows)
    imports.write(reading, scope)
    again, _ = read(district, rows)
    assert (again.changes, again.unchanged) == ([], 1)


def test_our_own_table_comes_back_unchanged(district):
    issued(district, [district.education, district.health])
    user = district.user(Role.OFFICER)
    content = bytes_of(exports.task_workbook(user=user, as_of=date(2024, 6, 1), filters=Filters()))
    sheet = read_workbook(upload(content)).sheet("Biểu 09")
    scope = Scope("bieu-09.xlsx", user)
    reading = imports.read(imports.find(sheet, scope), scope)
    assert (reading.problems, reading.changes) == ([], [])
    assert reading.unchanged >= 1


def test_someone_without_a_place_is_told(district):
    reading, _ = read(district, [HEAD, [1, "Việc", "Phòng", None, None]])
    assert reading.is_ready
    everywhere = Scope("a.xlsx", district.user(Role.ADMINISTRATOR))
    everywhere.user.place = None
    rows = book([HEAD, [1, "Việc", "Phòng", None, None]])
    reading = imports.read(imports.find(sheet_of(rows), everywhere), everywhere)
    assert "không gắn với địa bàn nào" in str(reading.problems[0])


def test_a_list_without_end_is_told(district, monkeypatch):
    monkeypatch.setattr(imports, "MOST_TASKS", 2)
    reading, _ = read(district, [HEAD, *([i, f"Việc {i}", "Phòng GD&ĐT", None, None] for i in (1, 2, 3))])
    assert "có 3 nhiệm vụ, mỗi lần nhận 2" in str(reading.problems[0])
