import io
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from criteria.models import CriteriaSet, Criterion
from directives import actions, queries
from directives.grouping import GROUPINGS
from directives.models import Assignment
from directives.views import board as board_views
from tests.directives.factories import District, draft, issued, notice_003, task

AS_OF = date(2024, 4, 20)
BOARD = reverse("directives:tasks")
WORKBOOK = reverse("directives:tasks-workbook")


@pytest.fixture
def notice(district):
    directive = notice_003(district)
    return actions.issue_directive(directive=directive, by=None)


@pytest.fixture
def board(client, officer):
    client.force_login(officer)

    def get(**parameters):
        return client.get(BOARD, {"ngay": "20/4/2024", **parameters})

    get.client = client
    return get


def rows(response):
    return [row for group in groups(response) for row in group.rows]


def groups(response):
    return response.context["page"].groups


def pages(board, **parameters):
    """Every page from the first on, by its links."""
    response = board(**parameters)
    yield response
    while address := response.context["next_url"]:
        response = board.client.get(BOARD + address)
        yield response


def workbook(client, **parameters):
    response = client.get(WORKBOOK, {"ngay": "20/4/2024", **parameters})
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content)), response


def test_the_cement_registration_is_overdue_five_days_for_each_commune(notice, district, board):
    response = board(trang_thai="overdue")
    found = rows(response)
    assert [row.days for row in found] == [5] * 12
    assert {row.assignment.agency_id for row in found} == {body.pk for body in district.committees}
    assert all("xi măng" in row.assignment.words for row in found)
    assert response.content.decode().count("Quá hạn 5 ngày") == 12


def test_the_summary_counts_by_status_and_says_both_rates(notice, district, officer, board):
    for assignment in Assignment.objects.filter(task__position=3)[:2]:
        actions.complete_assignment(assignment=assignment, done_on=date(2024, 4, 15), note="Đã gửi", by=officer)
    late = Assignment.objects.filter(task__position=3, done_on=None)[0]
    actions.complete_assignment(assignment=late, done_on=date(2024, 4, 18), note="Đã gửi", by=officer)
    summary = board().context["summary"]
    assert summary.total == 106
    assert (summary.overdue, summary.done_on_time, summary.done_late) == (9, 2, 1)
    # Due within seven days of 20/4: the members' first report on 25/4; task 2 on 30/4 is not yet.
    assert summary.due_soon == 5
    assert summary.no_due == 12 + 1 + 3 + 4
    assert summary.total == summary.overdue + summary.in_progress + summary.no_due + summary.done
    assert (str(summary.rates.of_all), str(summary.rates.of_due)) == ("2.83", "25.00")
    text = board().content.decode()
    assert "3 trên 106 phần việc" in text
    assert "3 trên 12 phần việc" in text


def test_bodies_stand_by_most_overdue_and_rows_by_urgency(district, board):
    directive = draft(district)
    task(directive, [district.education, district.health], due_on=date(2024, 4, 10))
    task(directive, [district.education], due_on=date(2024, 4, 5))
    task(directive, [district.health, district.agriculture], due_on=date(2024, 4, 22))
    task(directive, [district.agriculture])
    task(directive, [district.agriculture], due_on=date(2024, 12, 31))
    actions.issue_directive(directive=directive, by=None)
    found = groups(board())
    assert [group.label for group in found] == ["Phòng GD&ĐT", "Trung tâm Y tế huyện", "Phòng NN&PTNT"]
    assert [row.days for row in found[0].rows] == [15, 10]
    assert [row.chip for row in found[2].rows] == ["soon", "progress", "none"]


def test_by_due_date_and_by_directive(notice, district, board):
    assert [group.label for group in groups(board(xem="thoi-han"))] == [
        "Chưa hoàn thành, quá hạn",
        "Sắp đến hạn",
        "Đang thực hiện (trong hạn)",
    ]
    group = groups(board(xem="van-ban"))[0]
    assert group.label == "Thông báo họp ngày 28/03/2024, UBND huyện Tam Đường"
    assert group.tallies.total == 106


@pytest.mark.parametrize("view", GROUPINGS)
def test_the_pages_hold_every_row_once(notice, board, view):
    seen = [row.assignment.pk for page in pages(board, xem=view) for row in rows(page)]
    assert len(seen) == len(set(seen)) == 106


def test_each_filter_narrows_rows_and_figures(notice, district, board):
    agency, commune = district.committees[0], district.communes[0]
    assert {row.assignment.agency_id for row in rows(board(co_quan=agency.pk))} == {agency.pk}
    assert board(co_quan=agency.pk).context["summary"].overdue == 1
    assert {row.assignment.agency_id for row in rows(board(xa=commune.pk))} == {agency.pk}
    other = issued(district, [district.health])
    assert [row.assignment.task__directive_id for row in rows(board(van_ban=other.pk))] == [other.pk]
    assert {row.chip for row in rows(board(trang_thai="due_soon"))} == {"soon"}


def test_work_on_a_criterion(district, officer, board):
    criteria_set = CriteriaSet.objects.create(
        code="s", name="Bộ", short_name="Bộ", subject="commune", tier="basic", is_complete=True
    )
    health = Criterion.objects.create(criteria_set=criteria_set, number=15, name="Y tế", name_status="verified")
    directive = draft(district)
    task(directive, [district.health], criteria=[health])
    task(directive, [district.health])
    actions.issue_directive(directive=directive, by=None)
    assert [row.assignment.task__position for row in rows(board(tieu_chi=health.pk))] == [1]
    assert "15 Y tế" in board().content.decode()


def test_the_day_of_the_address_in_both_ways_of_writing(notice, board):
    assert board(ngay="20/4/2024").context["as_of"] == AS_OF
    assert board(ngay="2024-04-20").context["as_of"] == AS_OF
    assert board(ngay="15/4/2024").context["summary"].overdue == 0
    assert board(ngay="27/3/2024").context["summary"].total == 0


@pytest.mark.parametrize("typed", ["31/2/2024", "abc", "2024-13-01"])
def test_a_wrong_day_gets_a_sentence_and_the_figures_of_today(notice, board, typed):
    response = board(ngay=typed)
    assert response.status_code == 200
    assert response.context["as_of"] == queries.timezone.localdate()
    text = response.content.decode()
    assert "Đang xem số liệu đến hôm nay" in text
    assert f'value="{typed}"' in text


@pytest.mark.parametrize("parameter", ["co_quan", "van_ban", "tieu_chi", "xa"])
@pytest.mark.parametrize("value", ["999999", "abc", "-1", "1" * 30])
def test_what_is_not_there_is_not_found(notice, board, parameter, value):
    assert board(**{parameter: value}).status_code == 404


def test_an_unknown_status_is_not_found(board):
    assert board(trang_thai="xong").status_code == 404


def test_another_district_in_the_address_is_not_found(notice, board):
    other = District(communes=["Mường So"], name="Phong Thổ")
    directive = issued(other, [other.office])
    assert board(co_quan=other.office.pk).status_code == 404
    assert board(xa=other.communes[0].pk).status_code == 404
    assert board(van_ban=directive.pk).status_code == 404


def test_a_commune_officer_sees_their_own_commune_only(notice, client, district):
    client.force_login(district.commune_officer(0))
    response = client.get(BOARD, {"ngay": "20/4/2024"})
    assert {row.assignment.agency_id for row in rows(response)} == {district.committees[0].pk}
    assert response.context["summary"].total == 5  # tasks 1, 2, 3, 5 and, for Sơn Bình, 4
    assert "Của cơ quan tôi" in response.content.decode()
    assert client.get(BOARD, {"xa": district.communes[1].pk}).status_code == 404


def test_illustrative_work_says_so(district, board):
    issued(district, [district.office])
    assert "số liệu minh họa" not in board().content.decode()
    directive = draft(district, is_illustrative=True, meeting_on=date(2024, 4, 1))
    task(directive, [district.office])
    actions.issue_directive(directive=directive, by=None)
    response = board()
    assert response.context["summary"].is_illustrative
    assert "số liệu minh họa" in response.content.decode()


def test_an_empty_board_says_what_to_do(board, client, district):
    assert "Chưa có nhiệm vụ nào. Nhập văn bản đầu tiên." in board().content.decode()
    assert "Không có phần việc nào khớp với bộ lọc." in board(trang_thai="overdue").content.decode()
    client.force_login(district.commune_officer())
    assert "Nhập văn bản đầu tiên" not in client.get(BOARD).content.decode()


@pytest.mark.parametrize("view", [*GROUPINGS, "tong-hop"])
def test_queries_stay_flat(district, board, view):
    def measure():
        with CaptureQueriesContext(connection) as queries_made:
            assert board(xem=view).status_code == 200
        return len(queries_made)

    issued(district, [district.office], due_on=date(2024, 4, 15))
    few = measure()
    for _ in range(3):
        issued(district, [*district.committees, *district.departments], due_on=date(2024, 4, 15))
    issued(district, district.committees, due_on=date(2024, 4, 15), repeats="monthly")
    assert measure() == few <= 6


def test_queries_of_the_workbook_stay_flat(district, client, officer):
    client.force_login(officer)

    def measure():
        with CaptureQueriesContext(connection) as queries_made:
            workbook(client)
        return len(queries_made)

    issued(district, [district.office])
    few = measure()
    issued(district, district.committees, repeats="weekly")
    assert measure() == few <= 9


# -- the workbook equals the board ------------------------------------------------------------------------------------


def table(sheet):
    """The rows under the (1) (2) (3) line."""
    lines = list(sheet.iter_rows(values_only=True))
    start = next(n for n, line in enumerate(lines) if line[0] == "(1)") + 1
    return lines[start:]


@pytest.mark.parametrize("parameters", [{}, {"trang_thai": "overdue"}, {"trang_thai": "due_soon"}, {"co_quan": True}])
def test_the_workbook_equals_the_board(notice, district, officer, client, board, parameters):
    for assignment in Assignment.objects.filter(task__position=3)[:3]:
        actions.complete_assignment(assignment=assignment, done_on=date(2024, 4, 17), note="=1+1 đã gửi", by=officer)
    parameters = {name: district.committees[0].pk if value is True else value for name, value in parameters.items()}
    listed = [row for page in pages(board, **parameters) for row in rows(page)] if not parameters else None
    response = board(**parameters)
    shown = response.context["page"].listed
    summary = response.context["summary"]
    book, answer = workbook(client, **parameters)
    assert answer["Content-Disposition"] == 'attachment; filename="bieu-09-nhiem-vu-2024-04-20.xlsx"'
    numbered = [line for line in table(book["Biểu 09"]) if isinstance(line[0], int)]
    assert len(numbered) == shown
    overdue = [line for line in numbered if (line[7] or "").startswith("! Chưa hoàn thành, quá hạn")]
    if parameters.get("trang_thai") in (None, "overdue"):
        assert len(overdue) == summary.overdue
    if listed:
        by_status = sorted(row.status.label for row in listed)
        assert sorted(re.sub(r"^! | \d+ ngày$", "", line[7]) for line in numbered) == by_status
    total = next(line for line in table(book["Theo cơ quan"]) if line[1] == "Tổng số")
    assert total[2:9] == (
        summary.total,
        summary.done_on_time,
        summary.done_late,
        summary.done_no_due,
        summary.in_progress,
        summary.overdue,
        summary.no_due,
    )
    assert total[9] == pytest.approx(float(summary.rates.of_all))


def test_the_workbook_says_its_day_scope_and_author_and_holds_no_formula(notice, district, officer, client):
    client.force_login(officer)
    work = Assignment.objects.filter(task__position=3)[0]
    actions.complete_assignment(assignment=work, done_on=date(2024, 4, 17), note="=HYPERLINK(1)", by=officer)
    book, _ = workbook(client, trang_thai="done_late")
    sheet = book["Biểu 09"]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    assert "TỔNG HỢP TÌNH HÌNH THỰC HIỆN NHIỆM VỤ" in text
    assert "(Số liệu tính đến ngày 20/04/2024)" in text
    assert "Phạm vi: huyện Tam Đường; lọc theo trạng thái: Hoàn thành quá hạn" in text
    assert "Người lập: Nguyễn Thị Hoa" in text
    assert "=HYPERLINK(1) (ngày 17/04/2024)" in text
    assert not {cell.data_type for row in sheet.iter_rows() for cell in row} & {"f", "e"}
    assert book.properties.creator == "Nguyễn Thị Hoa"
    assert [cell.value for cell in next(r for r in sheet.iter_rows() if r[0].value == "STT")] == [
        "STT",
        "Nội dung nhiệm vụ",
        "Văn bản giao nhiệm vụ (số, ký hiệu, ngày; mục/khoản)",
        "Cơ quan chủ trì",
        "Cơ quan phối hợp",
        "Thời hạn hoàn thành",
        "Kết quả thực hiện (sản phẩm, số văn bản, ngày)",
        "Đánh giá",
        "Nguyên nhân chậm, kiến nghị",
    ]


def test_due_dates_are_dates(notice, client, officer):
    client.force_login(officer)
    book, _ = workbook(client, trang_thai="overdue")
    due = [row[5] for row in book["Biểu 09"].iter_rows() if isinstance(row[0].value, int)]
    assert {(cell.value.date(), cell.number_format) for cell in due} == {(date(2024, 4, 15), "dd/mm/yyyy")}


# -- what dashboards ask ----------------------------------------------------------------------------------------------


def test_bodies_say_since_when_they_are_late(notice, district, officer):
    found = queries.bodies(officer, AS_OF)
    late = [body for body in found if body.tallies.overdue]
    assert found[: len(late)] == late
    assert len(late) == 12
    assert (late[0].tallies.overdue, late[0].tallies.due_soon, late[0].longest_days) == (1, 0, 5)
    first = sorted(district.committees, key=lambda agency: agency.sort_key)[0]
    assert late[0].label == first.label
    assert late[0].url == f"{BOARD}?ngay=2024-04-20&co_quan={first.pk}"
    assert {body.longest_days for body in found[len(late) :]} == {0}
    assert not any(body.tallies.overdue for body in queries.bodies(officer, AS_OF - timedelta(days=5)))


def test_what_is_due_next_is_a_line_a_task_and_day(notice, district, officer):
    """Of notice 003 on 20/4/2024: the members report on 25/4, task 2 is due on 30/4, the members again on 25/5."""
    lines = queries.due_next(officer, AS_OF, limit=3)
    assert [(line.due_on, line.bodies) for line in lines] == [
        (date(2024, 4, 25), 5),
        (date(2024, 4, 30), 12),
        (date(2024, 5, 25), 5),
    ]
    # Work that several bodies have leads to its task, work of one to itself.
    assert "/nhiem-vu/" in lines[0].url
    alone = Assignment.objects.filter(due_on=date(2024, 4, 30)).first()
    Assignment.objects.filter(due_on=date(2024, 4, 30)).exclude(pk=alone.pk).update(reported_on=AS_OF)
    (line,) = [line for line in queries.due_next(officer, AS_OF, limit=3) if line.due_on == date(2024, 4, 30)]
    assert (line.bodies, line.body, line.url) == (1, alone.agency.label, alone.get_absolute_url())


def test_counts_bodies_and_what_is_next_are_a_query_each(notice, officer, django_assert_num_queries):
    officer.place  # noqa: B018 - the person's place is at hand in a page
    with django_assert_num_queries(3):
        queries.summary(officer, AS_OF)
        queries.bodies(officer, AS_OF)
        queries.due_next(officer, AS_OF, limit=5)


def test_a_large_workbook_is_made_aside(notice, officer, client, monkeypatch, tmp_path):
    client.force_login(officer)
    begun = []

    def start(command, *options, **facts):
        begun.append((command, options))
        return SimpleNamespace(token="abc")

    monkeypatch.setattr(board_views, "MOST_AT_ONCE", 20)
    monkeypatch.setattr(board_views.jobs, "start", start)
    answer = client.get(reverse("directives:tasks-workbook") + "?ngay=2024-04-20")
    assert answer["Location"] == reverse("dashboards:job", args=["abc"])
    ((command, options),) = begun
    # What is listed of it is small enough again.
    assert client.get(reverse("directives:tasks-workbook") + "?ngay=2024-04-20&trang_thai=overdue").status_code == 200
    path = tmp_path / "bieu.xlsx"
    call_command(command, *options, "--output", str(path))
    monkeypatch.setattr(board_views, "MOST_AT_ONCE", 10_000)
    page = client.get(reverse("directives:tasks-workbook") + "?ngay=2024-04-20")
    assert table(load_workbook(path)["Biểu 09"]) == table(load_workbook(io.BytesIO(page.content))["Biểu 09"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "khong"}, "--by: không có người dùng “khong”"),
        ({"as_of": "32/1/2024"}, "--as-of: Ngày 32/1/2024 không có trong lịch"),
        ({"filters": "co_quan=999999"}, "--filters: không có nội dung lọc này"),
        ({"output": "/khong/co/x.xlsx"}, "--output: không ghi được"),
    ],
)
def test_the_command_says_what_is_wrong(officer, tmp_path, options, said):
    given = {"by": officer.username, "output": str(tmp_path / "x.xlsx"), **options}
    with pytest.raises(CommandError) as raised:
        call_command("export_tasks", **given)
    assert said in str(raised.value)
    assert not list(tmp_path.iterdir())
