"""What the board says is what the dates imply: by hand for a real notice, by the rules in Python for much work."""

import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from directives import actions, queries, rules
from directives.board import PAGE_ROWS, Board, Place
from directives.grouping import GROUPINGS, NONE
from directives.models import Assignment, AssignmentEvent, AssignmentStatus, Task
from directives.models import AssignmentStatus as Status
from directives.queries import Filters, Row
from tests.directives.factories import assignment, draft, notice_003, task
from tests.directives.many import assign, province

BOARD = reverse("directives:tasks")
WORKBOOK = reverse("directives:tasks-workbook")
# The four communes of task 4.
FOUR = ("UBND xã Giang Ma", "UBND xã Nà Tăm", "UBND xã Sơn Bình", "UBND xã Tả Lèng")
EIGHT = (
    "UBND xã Bình Lư",
    "UBND xã Bản Bo",
    "UBND xã Bản Giang",
    "UBND xã Bản Hon",
    "UBND xã Hồ Thầu",
    "UBND xã Khun Há",
    "UBND xã Nùng Nàng",
    "UBND xã Thèn Sin",
)


def walk(board):
    """Every page of a board from the first on."""
    page = board.page()
    yield page
    while page.after:
        page = board.page(after=page.after)
        yield page


def grouped(board):
    """The rows by group, as the pages have them, in order."""
    found = {}
    for page in walk(board):
        assert sum(len(group.rows) for group in page.groups) <= PAGE_ROWS
        for group in page.groups:
            found.setdefault(group.key, []).extend(row.assignment.pk for row in group.rows)
    return found


# -- notice 003, by hand ----------------------------------------------------------------------------------------------

# Overdue, due soon, in time (those due soon too), without due date.
ON_20_APRIL = {
    # Task 3 was due on 15/4; 2 (30/4) and 1 (31/12) are in time, 5 has no date; task 4 (30/9) for four.
    **dict.fromkeys(EIGHT, (1, 0, 2, 1)),
    **dict.fromkeys(FOUR, (1, 0, 3, 1)),
    # Task 6, in quarter III.
    "UBND thị trấn Tam Đường": (0, 0, 1, 0),
    # The members report on the 25th of nine months, first on 25/4; tasks 8, 9, 10 have no date.
    "UBND huyện": (0, 1, 9, 0),
    "Phòng NN&PTNT": (0, 1, 9, 3),
    "Phòng GD&ĐT": (0, 1, 9, 2),
    "Trung tâm Y tế huyện": (0, 1, 9, 2),
    "Hội Phụ nữ huyện": (0, 1, 9, 1),
}
ON_1_OCTOBER = {
    # Tasks 3 and 2, and 4 since yesterday; 1 is in time.
    **dict.fromkeys(EIGHT, (2, 0, 1, 1)),
    **dict.fromkeys(FOUR, (3, 0, 1, 1)),
    "UBND thị trấn Tam Đường": (1, 0, 0, 0),
    # 25/4 to 25/9 are overdue, 25/10 to 25/12 are to come.
    "UBND huyện": (6, 0, 3, 0),
    "Phòng NN&PTNT": (6, 0, 3, 3),
    "Phòng GD&ĐT": (6, 0, 3, 2),
    "Trung tâm Y tế huyện": (6, 0, 3, 2),
    "Hội Phụ nữ huyện": (6, 0, 3, 1),
}
MEMBERS_LATE = [159, 129, 98, 68, 37, 6]
LATE_ON_1_OCTOBER = {
    **dict.fromkeys(EIGHT, [169, 154]),
    **dict.fromkeys(FOUR, [169, 154, 1]),
    "UBND thị trấn Tam Đường": [1],
    **dict.fromkeys(
        ("UBND huyện", "Phòng NN&PTNT", "Phòng GD&ĐT", "Trung tâm Y tế huyện", "Hội Phụ nữ huyện"), MEMBERS_LATE
    ),
}


def figures(tallies):
    return (tallies.overdue, tallies.due_soon, tallies.in_progress, tallies.no_due)


@pytest.mark.parametrize(
    ("day", "expected", "late", "of_summary"),
    [
        (date(2024, 4, 20), ON_20_APRIL, dict.fromkeys(EIGHT + FOUR, [5]), (12, 5, 74, 20, 0, 0)),
        (date(2024, 10, 1), ON_1_OCTOBER, LATE_ON_1_OCTOBER, (59, 0, 27, 20, 49, 34)),
    ],
)
def test_the_board_of_a_real_notice(district, officer, client, day, expected, late, of_summary):
    actions.issue_directive(directive=notice_003(district), by=None)
    board = Board(officer, day, Filters())
    days, heads = {}, {}
    for page in walk(board):
        for group in page.groups:
            heads[group.label] = figures(group.tallies)
            late_days = [row.days for row in group.rows if row.status == AssignmentStatus.OVERDUE]
            days[group.label] = days.get(group.label, []) + late_days
    assert heads == expected
    assert {label: found for label, found in days.items() if found} == late

    summary = board.summary()
    assert (*figures(summary), summary.over_30, summary.over_120) == of_summary
    assert summary.total == 106
    assert vars(summary) == vars(queries.summary(officer, day))
    assert (str(summary.rates.of_all), str(summary.rates.of_due)) == ("0.00", "0.00")

    client.force_login(officer)
    text = client.get(BOARD, {"ngay": day.isoformat(), "xem": "tong-hop"}).content.decode()
    assert "không phải biểu mẫu ban hành" in text
    bodies = board.bodies()
    assert {body.label: figures(body.tallies) for body in bodies} == expected
    for column, total in zip(zip(*(figures(body.tallies) for body in bodies), strict=True), of_summary, strict=False):
        assert sum(column) == total

    book = load_workbook(io.BytesIO(client.get(WORKBOOK, {"ngay": day.isoformat()}).content))
    lines = list(book["Theo cơ quan"].iter_rows(values_only=True))
    in_file = {line[1]: (line[7], line[6], line[8]) for line in lines if isinstance(line[0], int)}
    assert in_file == {label: (overdue, doing, none) for label, (overdue, _, doing, none) in expected.items()}


def test_the_summary_says_how_many_are_late_by_how_much(district, officer, client):
    actions.issue_directive(directive=notice_003(district), by=None)
    client.force_login(officer)
    text = client.get(BOARD, {"ngay": "1/10/2024", "xem": "thoi-han"}).content.decode()
    assert "49 trên 30 ngày" in text
    assert "34 trên 120 ngày" in text
    assert "Quá hạn 169 ngày" in text


@pytest.mark.parametrize(("late", "expected"), [(30, [31, 120, 121]), (120, [121])])
def test_the_groups_of_days_late_at_their_edges(district, officer, late, expected):
    day = date(2024, 10, 1)
    work = task(draft(district))
    Assignment.objects.bulk_create(
        assignment(work, district.office, sequence=n, due_on=day - timedelta(days=n)) for n in (1, 30, 31, 120, 121)
    )
    board = Board(officer, day, Filters(late=late))
    assert sorted(row.days for page in walk(board) for group in page.groups for row in group.rows) == expected
    assert getattr(board.summary(), f"over_{late}") == len(expected)


# -- much work, by the rules ------------------------------------------------------------------------------------------


@pytest.fixture
def much(db):
    where = province(communes=6, departments=4)
    assign(where, 240, timezone.localdate())
    # Fifty and more that nothing but their number tells apart.
    first = Assignment.objects.filter(done_on=None, member=None).exclude(due_on=None)[0]
    Assignment.objects.bulk_create(
        assignment(first.task, first.agency, sequence=1000 + n, due_on=first.due_on, given_on=first.given_on)
        for n in range(120)
    )
    return where


def python_rows(user, day):
    """Every assignment with its status by `rules`, its due date being the one known on the day."""
    found = Assignment.objects.visible_to(user).at(day).prefetch_related("task__criteria", "task__communes")
    return [Row(one, day) for one in found.select_related("agency__locality", "member", "task")]


def simple(row):
    if row.is_done:
        return queries.DONE
    if row.is_due_soon:
        return queries.DUE_SOON
    return "overdue" if row.status == AssignmentStatus.OVERDUE else queries.DOING


DAYS = [0, -40, -400]


@pytest.mark.parametrize("offset", DAYS)
def test_every_filter_lists_what_the_rules_say(much, offset):
    user, day = much.user(), timezone.localdate() + timedelta(days=offset)
    rows = python_rows(user, day)
    expected = {Filters(status=status): [row for row in rows if row.status == status] for status in AssignmentStatus}
    for status, _ in queries.SIMPLE_CHOICES:
        expected[Filters(status=status)] = [row for row in rows if simple(row) == status]
    expected[Filters(status=queries.AWAITING)] = [row for row in rows if row.is_awaiting]
    for late in queries.LATE_GROUPS:
        expected[Filters(late=late)] = [
            row for row in rows if row.status == AssignmentStatus.OVERDUE and row.days > late
        ]
    agency, member, commune, criterion = much.agencies[5], much.members[1], much.communes[2], much.criteria[4]
    directive = rows[0].assignment.task.directive
    expected |= {
        Filters(agency=agency): [row for row in rows if row.assignment.agency_id == agency.pk],
        Filters(person=member): [row for row in rows if row.assignment.member_id == member.pk],
        Filters(directive=directive): [row for row in rows if row.assignment.task.directive_id == directive.pk],
        Filters(commune=commune): [row for row in rows if commune.pk in communes_of(row)],
        Filters(criterion=criterion): [row for row in rows if criterion in row.assignment.task.criteria.all()],
    }
    assert sum(len(expected[Filters(status=status)]) for status, _ in queries.SIMPLE_CHOICES) == len(rows)
    for number, (filters, listed) in enumerate(expected.items()):
        # A day in the past takes SQLite long: there each filter is tried in one of the two views.
        both = ("co-quan", "thoi-han")
        for view in both if offset == 0 else both[number % 2 :][:1]:
            board = Board(user, day, filters, view)
            found = [pk for pks in grouped(board).values() for pk in pks]
            assert len(found) == len(set(found)) == board.page().listed, filters
            assert set(found) == {row.assignment.pk for row in listed}, filters
        assert vars(board.summary()) == vars(queries.summary(user, day, filters))


def communes_of(row):
    """The communes work stands under: a commune body's own, else those the task names."""
    own = row.assignment.agency.locality
    if own.level == "commune":
        return {own.pk}
    return {place.pk for place in row.assignment.task.communes.all()} or {NONE}


KEYS = {
    "co-quan": lambda row: {row.assignment.agency_id},
    "thoi-han": lambda row: {
        4
        if row.is_done
        else 1
        if row.is_due_soon
        else {Status.OVERDUE: 0, Status.IN_PROGRESS: 2, Status.NO_DUE: 3}[row.status],
    },
    "xa": communes_of,
    "van-ban": lambda row: {row.assignment.task.directive_id},
    "tieu-chi": lambda row: {criterion.pk for criterion in row.assignment.task.criteria.all()} or {NONE},
    "nguoi": lambda row: {row.assignment.member_id or NONE},
}


@pytest.mark.parametrize("offset", DAYS[:2])
@pytest.mark.parametrize("view", GROUPINGS)
def test_every_view_has_each_row_once_in_each_of_its_groups(much, view, offset):
    user, day = much.user(), timezone.localdate() + timedelta(days=offset)
    expected = {}
    for row in python_rows(user, day):
        for key in KEYS[view](row):
            expected.setdefault(key, []).append(row)
    board = Board(user, day, Filters(), view)
    found = grouped(board)
    assert {key: sorted(pks) for key, pks in found.items()} == {
        key: sorted(row.assignment.pk for row in rows) for key, rows in expected.items()
    }
    for page in walk(board):
        for group in page.groups:
            assert group.tallies.total == len(expected[group.key])
            assert group.tallies.overdue == sum(row.status == AssignmentStatus.OVERDUE for row in expected[group.key])
            assert group.label


@pytest.mark.parametrize("view", GROUPINGS)
def test_the_way_back_shows_the_same_pages(much, view):
    board = Board(much.user(), timezone.localdate(), Filters(), view)
    there = [pks(page) for page in walk(board)]
    page = list(walk(board))[-1]
    back = [pks(page)]
    while page.before:
        page = board.page(before=page.before)
        back.insert(0, pks(page))
    assert [pk for page in back for pk in page] == [pk for page in there for pk in page]


def pks(page):
    return [(group.key, row.assignment.pk) for group in page.groups for row in group.rows]


def test_a_row_that_moves_on_while_one_pages_takes_no_other_with_it(much):
    """What was behind the place stays behind it, each once, whoever writes in between."""
    user, day = much.user(), timezone.localdate()
    board = Board(user, day, Filters(), "thoi-han")
    first = board.page()
    rest = {pk for page in list(walk(board))[1:] for _, pk in pks(page)}
    gone = first.groups[0].rows[3].assignment.pk
    Assignment.objects.filter(pk=gone).update(reported_on=day, done_on=day)
    seen, page = [], first
    while page.after:
        page = board.page(after=page.after)
        seen += [pk for _, pk in pks(page)]
    assert sorted(seen) == sorted(rest | {gone})


def test_places_in_the_address(much, client):
    user = much.user()
    client.force_login(user)
    place = Place(7, 2, date(2024, 4, 20), 3, 9)
    assert Place.parse(str(place)) == place
    assert Place.parse("7.3..3.9").due_on is None
    for typed in ("x", "1.2.3", "1.2.2024-13-01.3.4", "1.2..3." + "9" * 30, "1.2..3.4.5"):
        assert client.get(BOARD, {"sau": typed}).status_code == 404
    # A group that is not there any more, and a place behind everything: the first page.
    for typed in ("999999.0..1.1", f"{much.agencies[0].pk}.4..1.99999999"):
        assert client.get(BOARD, {"sau": typed}).status_code == 200


# -- how many queries, and what is remembered -------------------------------------------------------------------------


def queries_of(client, **parameters):
    with CaptureQueriesContext(connection) as made:
        assert client.get(BOARD, parameters).status_code == 200
    return len(made)


@pytest.mark.parametrize("view", [*GROUPINGS, "tong-hop"])
def test_queries_do_not_grow_with_the_work(db, client, view):
    where = province(communes=6, departments=4)
    user, today = where.user(), timezone.localdate()
    client.force_login(user)
    counts = []
    for more in (200, 800):
        assign(where, more, today)
        deep = Board(user, today, Filters(), view if view in GROUPINGS else "co-quan").page().after
        counts.append(
            (
                queries_of(client, xem=view),
                queries_of(client, xem=view, sau=str(deep)),
                queries_of(client, xem=view, trang_thai="overdue", co_quan=where.agencies[5].pk),
            )
        )
    assert max(counts[1]) <= max(counts[0]) <= 7
    # The first page just after a change: session, person, state of the work, summary, groups, rows.
    assert counts[0][0] == counts[1][0] <= 6


@pytest.mark.remembers
@pytest.mark.parametrize("view", [*GROUPINGS, "tong-hop"])
def test_a_page_seen_before_asks_who_reads_and_whether_anything_happened(much, client, view):
    client.force_login(much.user())
    queries_of(client, xem=view)
    assert queries_of(client, xem=view) == 3  # session, person, state of the work


@pytest.mark.remembers
def test_what_happens_shows_on_the_next_page(much, client):
    user, today = much.user(), timezone.localdate()
    client.force_login(user)

    def overdue():
        response = client.get(BOARD, {"trang_thai": "overdue"})
        return int(response.content.decode().split('aria-current="true"><b>')[1].split("<")[0])

    before = overdue()
    assert before == queries.summary(user, today).overdue
    late = Assignment.objects.at(today).filter(status_at="overdue", reported_on=None)
    actions.complete_assignment(assignment=late[0], done_on=today, note="xong", by=user)
    assert overdue() == before - 1
    # As another process would: not one signal in this one.
    row = late[0]
    AssignmentEvent.objects.bulk_create(
        [AssignmentEvent(assignment=row, kind="completed", on=today, note="xong", by=user)]
    )
    Assignment.objects.filter(pk=row.pk).update(done_on=today, reported_on=today)
    assert overdue() == before - 2
    actions.extend_assignments(
        assignments=[late[0]], due_on=today + timedelta(days=9), document="CV 1", on=today, by=user
    )
    assert overdue() == before - 3


@pytest.mark.remembers
def test_new_names_show_on_the_next_page(much, client):
    client.force_login(much.user())
    agency = Assignment.objects.order_by("pk")[0].agency
    assert "Văn phòng mới" not in client.get(BOARD, {"co_quan": agency.pk}).content.decode()
    agency.short_name = "Văn phòng mới"
    agency.save()
    assert "Văn phòng mới" in client.get(BOARD, {"co_quan": agency.pk}).content.decode()
    directive = Task.objects.filter(assignments__agency=agency)[0].directive
    client.get(BOARD, {"van_ban": directive.pk})
    actions.update_directive(directive=directive, by=None, number="777/TB-BCĐ")
    assert "777/TB-BCĐ" in client.get(BOARD, {"van_ban": directive.pk}).content.decode()


@pytest.mark.remembers
def test_nobody_is_shown_what_another_remembered(much, client):
    office = much.user()
    commune, other = (much.user(Role.COMMUNE_OFFICER, much.communes[n], much.agencies[4 + n]) for n in (0, 1))
    seen = {}
    for user in (office, commune, other, much.user(Role.COMMITTEE_MEMBER), office):
        client.force_login(user)
        text = client.get(BOARD).content.decode()
        total = int(text.split('figure-label">')[1].split(" ")[0])
        assert total == Assignment.objects.visible_to(user).at(timezone.localdate()).count()
        seen[user] = text
    assert "Nhập văn bản" in seen[office]
    assert "Nhập văn bản" not in seen[commune]
    assert all(agency.label not in seen[commune] for agency in much.agencies if agency != commune.agency)


def test_the_state_of_the_work_changes_though_an_earlier_event_comes_later(much):
    """Two people write at once: the event with the lower number is seen second."""
    from directives.freshness import state_of_work

    def event(pk):
        AssignmentEvent.objects.create(pk=pk, assignment=Assignment.objects.all()[0], kind="progress", note="x")
        return state_of_work()

    last = AssignmentEvent.objects.order_by("-pk")[0].pk
    assert len({state_of_work(), event(last + 2), event(last + 1)}) == 3


# -- the words of a row -----------------------------------------------------------------------------------------------


def test_a_row_says_who_waits_what_was_reported_and_what_was_ordered(district, officer, client):
    today = timezone.localdate()
    directive = draft(district, meeting_on=today - timedelta(days=90))
    for text in ("chờ", "đang làm", "gia hạn", "xong"):
        task(directive, [district.education], text=text, due_on=today + timedelta(days=30))
    actions.issue_directive(directive=directive, by=None)
    rows = {one.task.text: one for one in Assignment.objects.select_related("task")}
    actions.report_done(assignment=rows["chờ"], done_on=today, note="<b>Đã gửi</b>", by=officer)
    actions.report_progress(assignment=rows["đang làm"], note="Còn hai bản", percent=38, by=officer)
    ordered = today + timedelta(days=30)
    later = {"due_on": today + timedelta(days=60), "document": "CV 12", "on": today}
    actions.extend_assignments(assignments=[rows["gia hạn"]], by=officer, **later)
    actions.complete_assignment(assignment=rows["xong"], done_on=today, note="Xong", by=officer)
    department = district.user(Role.SECTOR_OFFICER, agency=district.education)
    buttons = {
        officer: ["Xác nhận", "Báo cáo", "Báo cáo", "Xem"],
        department: ["Xem", "Báo cáo", "Báo cáo", "Xem"],
        district.user(Role.COMMITTEE_MEMBER): ["Xem"] * 4,
    }
    for user, expected in buttons.items():
        client.force_login(user)
        text = client.get(BOARD).content.decode()
        shown = {}
        for name, one in rows.items():
            shown[name] = text.split(f'id="viec-{one.pk}"')[1].split("</tr>")[0]
        found = [
            shown[name].split("btn-sm")[1].split(">")[1].split("<")[0]
            for name in ("chờ", "đang làm", "gia hạn", "xong")
        ]
        assert found == expected
        assert f'href="{rows["chờ"].get_absolute_url()}?next=%2Fnhiem-vu%2F"' in shown["chờ"]
    assert "chờ xác nhận" in shown["chờ"]
    assert "&lt;b&gt;Đã gửi&lt;/b&gt;" in shown["chờ"]
    assert "38 %" in shown["đang làm"]
    assert "Còn hai bản" in shown["đang làm"]
    assert f"hạn gốc {ordered:%d/%m/%Y}" in shown["gia hạn"]


@pytest.mark.parametrize("kind", ["overdue", "soon", "done", "late", "none", "progress"])
def test_the_chip_is_the_one_of_the_other_pages(kind):
    from types import SimpleNamespace

    from django.template.loader import render_to_string

    from directives.rows import _chip

    labels = {"late": "Quá hạn, đã xong", "done": "Hoàn thành", "none": "Không thời hạn"}
    for days in (0, 5) if kind == "soon" else (5,):
        row = SimpleNamespace(chip=kind, days=days, chip_label=labels.get(kind, ""), is_awaiting=False)
        other = {"kind": kind, "days": days, "label": row.chip_label}
        assert _chip(row) == render_to_string("components/task_status.html", other).strip()


# -- the filters ------------------------------------------------------------------------------------------------------


def test_the_lists_to_choose_from_are_there_when_asked_for(much, client):
    client.force_login(much.user())
    agency = much.agencies[5]
    plain = client.get(BOARD, {"co_quan": agency.pk}).content.decode()
    assert 'select name="co_quan"' not in plain
    assert re.search(rf'type="hidden"\s+name="co_quan"\s+value="{agency.pk}"', plain)
    opened = client.get(BOARD, {"co_quan": agency.pk, "loc": 1}).content.decode()
    part = client.get(reverse("directives:tasks-choices"), {"co_quan": agency.pk}, headers={"HX-Request": "true"})
    for text in (opened, part.content.decode()):
        assert f'<option value="{agency.pk}" selected>' in text
        for name in ("xa", "van_ban", "tieu_chi", "nguoi"):
            assert f'<select name="{name}">' in text
    response = client.get(reverse("directives:tasks-choices"), {"co_quan": agency.pk})
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200


def test_rates_are_those_of_the_rules():
    tallies = queries.Tallies(total=27, overdue=3, done_on_time=5, done_late=1)
    assert tallies.rates == rules.completion_rates(done=6, overdue=3, total=27)
    assert (tallies + tallies).rates == tallies.rates
