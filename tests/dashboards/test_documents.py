"""The Word documents: each number in them is the one the pages show, and each layout keeps its rules."""

import io
import re
from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from docx import Document

from accounts.models import Role
from communes.models import AgencyKind
from criteria.models import CriterionResult, Status
from dashboards.documents import bulletin, head, work
from dashboards.documents.drafting import DRAFTS, own_template
from dashboards.matrix import load_matrix
from dashboards.views.common import fallen_places, plan_so_far
from directives import actions, queries
from directives.models import Assignment, AssignmentStatus, DocumentKind
from ntm_tracker.documents import Layout
from ntm_tracker.documents.packages import problem_with
from ntm_tracker.documents.rendering import problems_of, text_of
from tests import factories
from tests.directives.factories import District, draft, issued, task
from tests.reading import counted

KINDS = DocumentKind
AS_OF = date(2024, 5, 20)


def address(kind, *, as_file=False, **query):
    name = "dashboards:document-file" if as_file else "dashboards:document-draft"
    return reverse(name, args=[kind.value], query=query)


def taken(client, kind, **query):
    response = client.get(address(kind, as_file=True, **query))
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Disposition"].startswith("attachment")
    return response.content


def tables_of(content):
    """The tables with a border, as texts."""
    tables = Document(io.BytesIO(content)).tables
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in tables
        if table.style.name != "Normal Table"
    ]


@pytest.fixture
def district(db):
    return District()


@pytest.fixture
def officer(district, client):
    person = district.officer()
    client.force_login(person)
    return person


@pytest.fixture
def notice(district, officer):
    """A notice of three tasks: of all communes, of three departments, of one without a deadline; part of it done."""
    directive = draft(district, number="253/TB-UBND", issued_on=date(2024, 3, 30))
    first = task(
        directive, district.committees, text="Báo cáo kết quả rà soát.", due_on=date(2024, 4, 15), section="II.1"
    )
    second = task(directive, district.departments, text="Thẩm định hồ sơ", due_on=date(2024, 6, 30))
    third = task(directive, [district.union], text="Tuyên truyền")
    actions.issue_directive(directive=directive, by=officer)
    parts = list(Assignment.objects.filter(task=first).order_by("agency__sort_key"))
    for part in parts[:3]:
        complete(part, date(2024, 4, 10), "Đã báo cáo", officer)
    complete(parts[3], date(2024, 4, 20), "Báo cáo chậm", officer)
    complete(Assignment.objects.get(task=third), date(2024, 4, 20), "Đã phát động", officer)
    part = Assignment.objects.filter(task=second).first()
    actions.report_done(assignment=part, done_on=date(2024, 5, 1), note="Gửi hồ sơ", by=officer)
    actions.report_progress(assignment=parts[4], percent=40, note="Thiếu số liệu của thôn", by=officer)
    Assignment.objects.filter(pk=parts[4].pk).update(progress_at=timezone.make_aware(timezone.datetime(2024, 5, 2)))
    return directive


def complete(part, day, note, officer):
    actions.complete_assignment(assignment=part, done_on=day, note=note, by=officer)


# -- the report on a notice -------------------------------------------------------------------------------------------


def test_the_report_says_the_numbers_of_the_page(client, district, officer, notice):
    content = taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, ngay="20/05/2024")
    words, filters = text_of(content), queries.Filters(directive=notice)
    summary = queries.summary(officer, AS_OF, filters)
    assert (summary.total, summary.overdue, summary.done_late, summary.awaiting) == (16, 8, 1, 1)
    bodies = queries.bodies(officer, AS_OF, filters)
    for sentence in (
        f"Văn bản giao 3 nhiệm vụ cho {len(bodies)} cơ quan, đơn vị, gồm {summary.total} phần việc",
        f"Đã hoàn thành {summary.done} phần việc: đúng hạn {summary.done_on_time}, quá hạn {summary.done_late}, "
        f"không có thời hạn {summary.done_no_due}.",
        f"Chưa hoàn thành {summary.total - summary.done} phần việc: trong hạn {summary.in_progress}, quá hạn "
        f"{summary.overdue}, không có thời hạn {summary.no_due}. Quá hạn trên 30 ngày: {summary.over_30}. "
        f"Đã báo cáo hoàn thành, chờ xác nhận: {summary.awaiting}.",
        "Tỷ lệ hoàn thành/tổng số: 31,25 %. Tỷ lệ hoàn thành/số nhiệm vụ đến hạn: 38,46 % (5 trên 13 phần việc).",
        "1) Báo cáo kết quả rà soát: hoàn thành 4/12 phần việc, quá hạn 8.",
        "Đến ngày 20/05/2024 còn 8 phần việc quá hạn của 8 cơ quan, đơn vị:",
        "Giang Ma: 40 %; Thiếu số liệu của thôn (báo cáo ngày 02/05/2024).",
        "Đề nghị xem xét, xác nhận 1 phần việc cơ quan đã báo cáo hoàn thành.",
        "Trên đây là báo cáo kết quả thực hiện Thông báo số 253/TB-UBND ngày 30/03/2024 của UBND huyện Tam Đường./.",
    ):
        assert sentence in words


def test_its_tables_add_up_to_the_counts(client, district, officer, notice):
    content = taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, ngay="20/05/2024")
    parts, bodies = tables_of(content)
    filters = queries.Filters(directive=notice)
    summary = queries.summary(officer, AS_OF, filters)
    assert parts[0] == [head for head, _, _ in work.PARTS]
    rows = [row for row in parts[1:] if len(set(row)) > 1]
    by_status = {}
    for row in rows:
        label, _, number = row[7].partition(": ")
        label = re.sub(r" \d+ ngày$", "", label)
        by_status[label] = by_status.get(label, 0) + int(number.split()[0] if number else 1)
    assert by_status == {
        AssignmentStatus.OVERDUE.label: summary.overdue,
        AssignmentStatus.IN_PROGRESS.label: summary.in_progress,
        AssignmentStatus.DONE_ON_TIME.label: summary.done_on_time,
        AssignmentStatus.DONE_LATE.label: summary.done_late,
        AssignmentStatus.DONE_NO_DUE.label: summary.done_no_due,
    }
    late = [row for row in rows if row[7].startswith(AssignmentStatus.OVERDUE.label)]
    assert {row[7] for row in late} == {"Chưa hoàn thành, quá hạn 35 ngày"}
    assert [row[8] for row in late if "Giang Ma" in row[3]] == [
        "40 %; Thiếu số liệu của thôn (báo cáo ngày 02/05/2024)"
    ]
    # The exact words of a task once, its document beside it.
    assert [row[1] for row in rows if row[1]] == ["Báo cáo kết quả rà soát.", "Thẩm định hồ sơ", "Tuyên truyền"]
    expected = [
        [str(number), body.label, *_numbers(body.tallies)]
        for number, body in enumerate(queries.bodies(officer, AS_OF, filters), start=1)
    ]
    assert bodies[1:-1] == expected
    assert bodies[-1] == ["", "Tổng số", *_numbers(summary)]


def test_of_many_late_bodies_the_table_tells_their_number(db, client):
    many = District(communes=[f"Xã {number}" for number in range(25)])
    officer = many.officer()
    client.force_login(officer)
    directive = issued(many, many.committees, due_on=date(2024, 4, 15))
    content = taken(client, KINDS.NOTICE_REPORT, van_ban=directive.pk, ngay="20/05/2024")
    (row,) = [row for row in tables_of(content)[0][1:] if len(set(row)) > 1]
    assert (row[3], row[7]) == ("25 cơ quan, đơn vị", "Chưa hoàn thành, quá hạn 35 ngày: 25 phần việc")
    assert "25 phần việc quá hạn, lâu nhất 35 ngày, của 25 cơ quan, đơn vị." in text_of(content)


def _numbers(counted):
    numbers = (
        counted.total,
        counted.done_on_time,
        counted.done_late,
        counted.done_no_due,
        counted.in_progress,
        counted.overdue,
        counted.no_due,
    )
    return [*map(str, numbers), f"{counted.rates.of_all.normalize():f}".replace(".", ",")]


def test_the_report_keeps_the_layout_of_who_issues_it(client, district, officer, notice):
    state = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk)).split("\n")
    year = timezone.localdate().year
    assert "Số:      /BC-BCĐ" in state
    assert f"Tam Đường, ngày      tháng      năm {year}" in state
    assert "TM. BAN CHỈ ĐẠO" in state
    # To a body above it goes with a form of address, and to oneself without.
    assert "Kính gửi: UBND huyện Tam Đường" in state
    assert "- Như trên;" in state
    assert "- Lưu: VT." in state
    assert f"(Kèm theo Báo cáo số:      /BC-BCĐ ngày      tháng      năm {year} của Ban Chỉ đạo)" in state
    party = district.agency("Huyện ủy Tam Đường", kind=AgencyKind.PARTY)
    lines = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, co_quan=party.pk)).split("\n")
    assert "HUYỆN ỦY TAM ĐƯỜNG" in lines
    assert "Số      -BC/HU" in lines
    assert "T/M BAN THƯỜNG VỤ" in lines
    assert "- Lưu Văn phòng." in lines
    assert [line for line in lines if line.startswith("kết quả thực hiện Thông báo số 253/TB-UBND")]
    assert lines[lines.index("Nơi nhận:") - 2].endswith("của UBND huyện Tam Đường.")
    committee = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, co_quan=district.office.pk)).split("\n")
    at = committee.index("ỦY BAN NHÂN DÂN")
    assert committee[at + 1] == "HUYỆN TAM ĐƯỜNG"
    type(district.office).objects.filter(pk=district.office.pk).update(name="UBND huyện Tam Đường")
    own = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, co_quan=district.office.pk)).split("\n")
    assert not [line for line in own if line.startswith("Kính gửi")]
    assert "- Các cơ quan, đơn vị được giao việc;" in own
    assert "Số:      /BC-UBND" in committee


def test_a_body_reports_its_own_part_in_its_own_name(client, district, notice):
    person = district.user(Role.SECTOR_OFFICER, agency=district.education)
    client.force_login(person)
    words = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, ngay="20/05/2024"))
    assert "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO" in words
    assert "Phòng Giáo dục và Đào tạo báo cáo kết quả thực hiện" in words
    assert "phạm vi: phần việc của cơ quan và việc liên quan" in words
    assert "gồm 1 phần việc" in words
    assert "Số:      /BC-" in words.split("\n")
    page = client.get(address(KINDS.NOTICE_REPORT, van_ban=notice.pk)).content.decode()
    assert "Ban Chỉ đạo các" not in page


def test_the_page_shows_the_numbers_and_remembers_the_choices_in_the_address(client, district, officer, notice):
    party = district.agency("Huyện ủy Tam Đường", kind=AgencyKind.PARTY)
    query = {"van_ban": notice.pk, "ngay": "20/05/2024", "nguoi_ky": "Trần Thị Bình", "chuc_vu": "KT. TRƯỞNG BAN"}
    page = client.get(address(KINDS.NOTICE_REPORT, **query, co_quan="bcd", the_thuc="nha-nuoc", cho="bcd.nha-nuoc"))
    html = page.content.decode()
    assert '<td class="num">16</td>' in html
    for kept in ('value="Trần Thị Bình"', 'value="KT. TRƯỞNG BAN"', 'value="TM. BAN CHỈ ĐẠO"', 'value="20/05/2024"'):
        assert kept in html
    # Another body: what was not touched follows it, the layout too; what was typed stays.
    first = page.context["form"].data
    shown = {name: first[name] for name in ("the_thuc", "quyen_han", "ky_hieu", "cho")}
    page = client.get(address(KINDS.NOTICE_REPORT, **query, **shown, co_quan=party.pk))
    form = page.context["form"].data
    assert (form["the_thuc"], form["quyen_han"], form["ky_hieu"]) == ("dang", "T/M BAN THƯỜNG VỤ", "HU")
    assert (form["nguoi_ky"], form["chuc_vu"]) == ("Trần Thị Bình", "KT. TRƯỞNG BAN")


@pytest.mark.parametrize(
    "name", ["TS. Trần Văn An", "ThS Trần Văn An", "PGS.TS. Trần Văn An", "Ông Trần Văn An", "Đồng chí An"]
)
def test_no_degree_before_the_name_of_who_signs(client, officer, notice, name):
    response = client.get(address(KINDS.NOTICE_REPORT, as_file=True, van_ban=notice.pk, nguoi_ky=name))
    assert response.status_code == 422
    assert "Trước họ tên người ký không ghi" in response.content.decode()


@pytest.mark.parametrize("name", ["Bàn Văn Đức", "Ksor Hlam", "Lò Thị Ông"])
def test_names_that_begin_like_a_degree_stand(client, officer, notice, name):
    assert name in text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, nguoi_ky=name))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"ngay": "31/2/2024"}, "không có trong lịch"),
        ({"ngay": ""}, "Không được để trống"),
        ({"co_quan": "999999"}, "Cơ quan ban hành"),
        ({"the_thuc": "la"}, None),
        ({"noi_nhan": "a\n" * 61}, "nhiều nhất là 60"),
    ],
)
def test_a_wrong_choice_is_told_on_the_page(client, officer, notice, query, told):
    response = client.get(address(KINDS.NOTICE_REPORT, as_file=True, van_ban=notice.pk, **query))
    # A layout nobody knows is that of the body.
    assert response.status_code == (422 if told else 200)
    if told:
        assert told in response.content.decode()


def test_text_of_the_notice_is_text_in_the_document(client, district, officer):
    evil = "Báo cáo <b>{{ 7*7 }} & {% x %}\u202ea\u202c"
    directive = draft(district, title="{{ title }} <i>", issuer="UBND & {{ x }}")
    task(directive, [district.health], text=f"{evil}\ndòng hai", due_on=date(2024, 4, 15))
    actions.issue_directive(directive=directive, by=officer)
    content = taken(client, KINDS.NOTICE_REPORT, van_ban=directive.pk)
    assert evil in text_of(content)
    assert tables_of(content)[0][2][1] == f"{evil}\ndòng hai"
    assert "49" not in text_of(content)


def test_made_up_figures_are_labelled(client, district, officer, notice):
    assert "minh họa" not in text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk))
    type(notice).objects.update(is_illustrative=True)
    words = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk))
    # Under the title, and in each appendix.
    assert words.count("(Số liệu minh họa)") == 3


def test_queries_stay_flat(client, district, officer, notice):
    asked = []
    for _ in range(2):
        with counted() as queries_:
            taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk, ngay="20/05/2024")
        asked.append(len(queries_))
        for number in range(12):
            work_ = task(notice, district.committees, text=f"Việc thêm {number}", due_on=date(2024, 4, 30))
        actions.issue_directive(directive=notice, by=officer)
        assert work_.assignments.count() == 12
    assert asked[0] == asked[1]
    assert asked[0] <= 36


# -- who may ----------------------------------------------------------------------------------------------------------


def test_other_peoples_notices_and_bodies_are_not_found(client, district, officer, notice):
    elsewhere = District(communes=["Xã Khác"], name="Than Uyên")
    client.force_login(elsewhere.officer())
    assert client.get(address(KINDS.NOTICE_REPORT, van_ban=notice.pk)).status_code == 404
    assert client.get(address(KINDS.REMINDER, gui=district.health.pk)).status_code == 404
    for wrong in ("", "x", "9" * 30, "-1"):
        assert client.get(address(KINDS.REMINDER, gui=wrong)).status_code == 404
    assert client.get("/soan-van-ban/la/").status_code == 404


def test_a_draft_has_nothing_to_report(client, district, officer):
    assert client.get(address(KINDS.NOTICE_REPORT, van_ban=draft(district).pk)).status_code == 404


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMINISTRATOR, {"ket-luan", "don-doc", "bien-ban", "tinh-hinh-thang"}),
        (Role.OFFICER, {"ket-luan", "don-doc", "bien-ban", "tinh-hinh-thang"}),
        (Role.COMMITTEE_MEMBER, {"don-doc", "bien-ban", "tinh-hinh-thang"}),
        (Role.SECTOR_OFFICER, set()),
        (Role.COMMUNE_OFFICER, set()),
    ],
)
def test_who_drafts_what(client, district, role, allowed):
    factories.large_set(indicators=1)
    factories.period()
    client.force_login(district.user(role, agency=district.education))
    statuses = {
        kind.value: client.get(address(kind, gui=district.health.pk), follow=True).status_code
        for kind in KINDS
        if kind != KINDS.NOTICE_REPORT
    }
    assert {kind for kind, status in statuses.items() if status == 200} == allowed
    assert set(statuses.values()) <= {200, 403}


# -- the bulletin -----------------------------------------------------------------------------------------------------


@pytest.fixture
def year(db, client):
    made = factories.Year(factories.MIXED_YEAR)
    client.force_login(made.officer)
    return made


def test_the_bulletin_says_the_numbers_of_the_overview(client, year):
    sheet = year.places["Bản Bo"].assessments.get(period=year.now)
    criterion = year.set.criteria.first()
    CriterionResult.objects.create(
        assessment=sheet, criterion=criterion, status=Status.MET, is_verified=True, indicators_met=3, indicators_total=4
    )
    factories.recognition(year.places["Bản Hon"], 2019)
    factories.visit(year.places["Sơn Bình"], year.officer, visited_on=date(2024, 3, 5))
    factories.visit(year.places["Sơn Bình"], year.officer, visited_on=date(2024, 2, 5))
    ask = {"ky": year.now.code, "bo": year.set.code, "thang": "3/2024"}
    overview = client.get(reverse("dashboards:overview", query={"ky": year.now.code, "bo": year.set.code})).context
    matrix = overview["matrix"]
    words = text_of(taken(client, KINDS.BULLETIN, **ask))
    for sentence in (
        f"- {len(matrix.recognised)}/{len(matrix.rows)} xã đã có quyết định công nhận (20 %), trong đó đạt chuẩn 1 xã. "
        f"{len(matrix.full)}/{len(matrix.filled)} xã có số liệu đạt đủ tiêu chí.",
        f"- Bình quân {str(overview['mean']).replace('.', ',')} tiêu chí/xã; tổng số {matrix.total_met} tiêu chí đạt ở "
        f"{len(matrix.filled)} xã.",
        f"thêm {matrix.gained}, mất {matrix.lost} tiêu chí.",
        "- Xã Bản Bo: Đạt 19/19 tiêu chí, 3/4 chỉ tiêu.",
        "- Xã Bản Hon: Đạt 15/19 tiêu chí; chưa đạt tiêu chí 16, 17, 18, 19; được công nhận năm 2019.",
        "- Xã Nà Tăm: chưa có số liệu.",
        "Đã đi kiểm tra, làm việc tại cơ sở 1 lần, ở 1 xã: Sơn Bình.",
        "- 1 xã đã được công nhận nay không còn đủ tiêu chí: Bản Hon.",
        "- 1 xã chưa có số liệu: Nà Tăm.",
        "Tình hình xây dựng nông thôn mới tháng 3 năm 2024",
        f"căn cứ: {matrix.basis}; {matrix.basis_warning}",
    ):
        assert sentence in words, sentence
    for band in matrix.bands:
        assert f"- {band.label} tiêu chí: {len(band.rows)} xã" in words
    for column in matrix.columns:
        if column.unmet_places:
            assert f"- {column.criterion}: {len(column.unmet_places)}/{column.applicable} xã chưa đạt" in words


def test_what_a_place_lacks_is_what_the_bulletin_does_not_count(year):
    sheet = year.places["Bản Bo"].assessments.get(period=year.now)
    for number, criterion in enumerate(year.set.criteria.order_by("number")[:3]):
        CriterionResult.objects.create(
            assessment=sheet,
            criterion=criterion,
            status=Status.UNMET,
            is_verified=True,
            indicators_met=number,
            indicators_total=3,
        )
    matrix = load_matrix(
        user=year.officer, criteria_set=year.set, period=year.now, previous=year.before, with_lacking=True
    )
    met, whole = bulletin.indicators_of(matrix)[year.places["Bản Bo"].pk]
    assert (met, whole) == (3, 9)
    assert [row.lacking for row in matrix.rows if row.name == "Bản Bo"] == [whole - met]


def test_the_bulletin_tells_the_month_and_what_falls_due_in_the_next(client, district, officer):
    factories.large_set(indicators=1)
    factories.period(2024, 2)
    for number, (meeting, due) in enumerate(
        [
            (date(2024, 5, 2), date(2024, 5, 15)),
            (date(2024, 5, 10), date(2024, 6, 20)),
            (date(2024, 4, 1), date(2024, 7, 9)),
        ]
    ):
        directive = draft(district, meeting_on=meeting, title=f"Kết luận {number}")
        task(directive, [district.health], text=f"Việc số {number}", due_on=due)
        actions.issue_directive(directive=directive, by=officer)
    words = text_of(taken(client, KINDS.BULLETIN, ky="2024-q2", bo="bo-lon", thang="05/2024"))
    assert "Trong tháng 5/2024 có 2 văn bản chỉ đạo giao việc:" in words
    assert "về kết luận 1 (1 nhiệm vụ)." in words
    assert "kết luận 2" not in words
    summary = queries.summary(officer, date(2024, 5, 31))
    assert f"Đến ngày 31/05/2024 có {summary.total} phần việc được giao:" in words
    assert "- Trung tâm Y tế huyện hoàn thành 1 phần việc quá hạn." in words
    assert "+ Việc số 1 (thời hạn 20/06/2024; Trung tâm Y tế huyện)." in words
    assert "Việc số 2 (" not in words


def test_the_work_of_a_month_is_counted_to_its_last_day_or_today():
    today = date(2024, 5, 20)
    assert bulletin.as_of_month(date(2024, 3, 1), today) == date(2024, 3, 31)
    assert bulletin.as_of_month(date(2024, 5, 1), today) == today
    assert bulletin.as_of_month(date(2023, 12, 1), today) == date(2023, 12, 31)


@pytest.mark.parametrize("month", ["13/2024", "5", "2024-05", "05/24"])
def test_a_wrong_month_is_told(client, year, month):
    response = client.get(address(KINDS.BULLETIN, as_file=True, ky=year.now.code, bo=year.set.code, thang=month))
    assert response.status_code == 422
    assert "không phải là tháng" in response.content.decode()


def test_a_bulletin_without_periods_says_what_to_do_first(client, officer):
    response = client.get(address(KINDS.BULLETIN))
    assert response.status_code == 200
    assert "Tải văn bản Word" not in response.content.decode()


def test_the_queries_of_a_bulletin_do_not_grow(db, client):
    year = factories.Year(places=3)
    client.force_login(year.officer)
    asked = []
    for _ in range(2):
        with counted() as queries_:
            taken(client, KINDS.BULLETIN, ky=year.now.code, bo=year.set.code)
        asked.append(len(queries_))
        for place in factories.communes(30, year.district):
            factories.assessment(place, year.set, year.now, strip="M" * 15 + "U" * 4)
            factories.visit(place, year.officer, visited_on=date(2024, 3, 1))
    assert asked[0] == asked[1]
    assert asked[0] <= 16


# -- the next notice --------------------------------------------------------------------------------------------------


def test_the_next_notice_takes_up_what_is_late_and_due_and_what_was_decided(client, district, officer):
    today = timezone.localdate()
    meeting = today - timedelta(days=40)
    directive = draft(district, meeting_on=meeting)
    task(directive, district.committees[:2], text="Rà soát hộ nghèo", due_on=today - timedelta(days=9))
    task(directive, [district.health], text="Báo cáo y tế", due_on=today + timedelta(days=20))
    task(directive, [district.education], text="Việc còn xa", due_on=today + timedelta(days=31))
    actions.issue_directive(directive=directive, by=officer)
    actions.record_decision(
        place=district.place, day=today, text="Giao làm đường", leads=[district.agriculture], by=officer
    )
    actions.record_decision(place=district.place, day=today, text="Tổ chức tập huấn", by=officer)
    words = text_of(taken(client, KINDS.NEXT_NOTICE))
    late, due, decided = (
        words[words.index(a) : words.index(b)] for a, b in (("II. ", "III. "), ("III. ", "IV. "), ("IV. ", "Nơi nhận"))
    )
    assert "Còn 2 phần việc quá hạn." in late
    assert "quá hạn lâu nhất 9 ngày; 2 phần việc). Chủ trì: UBND các xã: Bình Lư, Sơn Bình. Thời hạn mới:" in late
    assert "1 phần việc đến hạn;" in due
    assert "1. Báo cáo y tế (Thông báo họp ngày" in due
    assert "Việc còn xa" not in words
    assert "1. Giao làm đường. Chủ trì: Phòng NN&PTNT. Thời hạn: (chưa rõ thời hạn)." in decided
    assert "2. Tổ chức tập huấn. Chủ trì: (chưa rõ cơ quan chủ trì)." in decided
    summary = queries.summary(officer, today)
    assert f"{summary.directives} văn bản giao {summary.total} phần việc." in words


# -- letter and minutes -----------------------------------------------------------------------------------------------


def test_the_letter_names_each_late_part_of_the_body(client, district, officer, notice):
    committee = district.committees[10]
    late = issued(district, [committee], due_on=date(2024, 4, 1), text="Nộp hồ sơ")
    content = taken(client, KINDS.REMINDER, gui=committee.pk, ngay="20/05/2024")
    words, (table,) = text_of(content), tables_of(content)
    summary = queries.summary(officer, AS_OF, queries.Filters(agency=committee))
    assert "Số:      /BCĐ" in words.split("\n")
    assert "V/v đôn đốc thực hiện nhiệm vụ quá hạn" in words
    assert f"Kính gửi: {committee.name}" in words
    assert (
        f"{committee.name} được giao {summary.total} phần việc, đã hoàn thành {summary.done}, còn {summary.overdue} phần "
        f"việc quá hạn, lâu nhất 49 ngày (trên 30 ngày: {summary.over_30}):"
    ) in words
    assert [row[1:2] + row[3:5] for row in table[1:]] == [
        ["Nộp hồ sơ", "01/04/2024", "49"],
        ["Báo cáo kết quả rà soát.", "15/04/2024", "35"],
    ]
    assert late.label in table[1][2]
    assert len(table) - 1 == summary.overdue
    assert words.rstrip().split("Nơi nhận:")[0].rstrip().endswith("./.")
    # A letter has no name of its kind.
    assert "CÔNG VĂN" not in words


def test_a_body_that_is_not_late_gets_no_letter(client, district, officer, notice):
    page = client.get(address(KINDS.REMINDER, gui=district.union.pk))
    assert (page.status_code, "không có phần việc nào quá hạn" in page.content.decode()) == (200, True)
    assert client.get(address(KINDS.REMINDER, as_file=True, gui=district.union.pk)).status_code == 422
    assert "BIÊN BẢN" in text_of(taken(client, KINDS.MINUTES, gui=district.union.pk))


def test_the_minutes_leave_open_what_happens_there(client, district, officer, notice):
    content = taken(client, KINDS.MINUTES, gui=district.committees[10].pk, ngay="20/05/2024")
    lines = text_of(content).split("\n")
    for begin in ("Thời gian bắt đầu:", "Địa điểm:", "Thành phần tham dự:", "Chủ trì:", "Thư ký (người ghi biên bản):"):
        assert [line.strip() for line in lines if line.startswith(begin)] == [begin]
    assert "Số:      /BB-BCĐ" in lines
    assert {"THƯ KÝ", "CHỦ TRÌ"} <= set(lines)
    # Minutes are not dated at their head.
    assert not [line for line in lines if line.startswith("Tam Đường, ngày")]
    assert len(tables_of(content)[0]) == 2


# -- the templates of ours, and the list of them all ------------------------------------------------------------------


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("kind", KINDS)
def test_our_own_templates_may_be_sent_back_as_they_are(kind, layout):
    assert problem_with(own_template(kind, layout)) == ""
    assert problems_of(own_template(kind, layout), DRAFTS[kind].sample) == []


def shape(facts):
    """Which places there are, and which fields their lists have."""
    lists = {
        name: value for name, value in facts.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    return set(facts), {name: {key for one in value for key in one} for name, value in lists.items()}


def test_what_is_filled_in_is_what_the_page_of_the_template_names(client, district, officer, notice, monkeypatch):
    filled = {}
    monkeypatch.setattr(
        "dashboards.documents.drafting.fill", lambda template, facts, **given: filled.update(now=facts) or b""
    )
    factories.large_set(indicators=1)
    factories.period()
    today = timezone.localdate()
    actions.record_decision(place=district.place, day=today, text="Giao", by=officer)
    issued(district, [district.health], due_on=today + timedelta(days=3))
    asked = {
        KINDS.NOTICE_REPORT: {"van_ban": notice.pk},
        KINDS.BULLETIN: {"ky": "2024-q1", "bo": "bo-lon"},
        KINDS.NEXT_NOTICE: {},
        KINDS.REMINDER: {"gui": district.committees[10].pk},
        KINDS.MINUTES: {"gui": district.committees[10].pk},
    }
    for kind, query in asked.items():
        assert client.get(address(kind, as_file=True, **query)).status_code == 200
        names, fields = shape(filled["now"])
        sample_names, sample_fields = shape(DRAFTS[kind].sample)
        assert names == sample_names
        assert {name: fields[name] for name in fields} == {name: sample_fields[name] for name in fields}


def test_the_list_of_documents_leads_to_each(client, district, officer, notice, django_assert_max_num_queries):
    page = Template('{% include "dashboards/_report_documents.html" %}')
    criteria_set, period = factories.large_set(indicators=1), factories.period()
    with django_assert_max_num_queries(4):
        html = page.render(Context({"user": officer, "period": period, "criteria_set": criteria_set}))
    for kind in KINDS:
        assert kind.label in html
    links = re.findall(r'href="([^"]+)"', html)
    assert len(links) > 6
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link
    member = page.render(Context({"user": district.user(Role.COMMUNE_OFFICER, agency=district.committees[0])}))
    assert KINDS.NOTICE_REPORT.label in member
    for hidden in (KINDS.BULLETIN, KINDS.NEXT_NOTICE, KINDS.REMINDER, KINDS.MINUTES):
        assert hidden.label not in member


def test_pages_lead_to_their_documents(client, district, officer, notice):
    html = client.get(notice.get_absolute_url()).content.decode()
    assert address(KINDS.NOTICE_REPORT, van_ban=notice.pk) in html
    board = queries.board_url(co_quan=district.committees[10].pk)
    html = client.get(board).content.decode()
    for kind in (KINDS.REMINDER, KINDS.MINUTES):
        assert f"{address(kind)}?gui={district.committees[10].pk}" in html
    assert address(KINDS.REMINDER) not in client.get(queries.board_url()).content.decode()
    assert address(KINDS.NEXT_NOTICE) in client.get(reverse("directives:list")).content.decode()


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Kết luận cuộc họp.", "về kết luận cuộc họp"),
        ("Về việc rà soát kế hoạch", "về rà soát kế hoạch"),
        ("V/v Tam Đường", "về Tam Đường"),
        ("Chương trình MTQG", "về Chương trình MTQG"),
        ("", ""),
    ],
)
def test_what_a_document_is_about_in_a_sentence(title, words):
    assert head.about(title) == words


@pytest.mark.parametrize(
    ("kind", "layout", "symbol", "line"),
    [
        (KINDS.NOTICE_REPORT, Layout.STATE, "UBND", "Số:      /BC-UBND"),
        (KINDS.NOTICE_REPORT, Layout.PARTY, "HU", "Số      -BC/HU"),
        (KINDS.REMINDER, Layout.STATE, "UBND-NN", "Số:      /UBND-NN"),
        (KINDS.REMINDER, Layout.PARTY, "ĐU", "Số      -CV/ĐU"),
        (KINDS.MINUTES, Layout.STATE, "", "Số:      /BB-"),
    ],
)
def test_the_number_stays_open(kind, layout, symbol, line):
    assert head.number_line(kind, layout, symbol) == line


def test_file_names_are_plain(client, district, officer, notice):
    response = client.get(address(KINDS.NOTICE_REPORT, as_file=True, van_ban=notice.pk, ngay="20/05/2024"))
    assert response["Content-Disposition"] == (
        'attachment; filename="bao-cao-ket-qua-thong-bao-253-tb-ubnd-2024-05-20.docx"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"


def test_without_a_committee_of_the_office_the_peoples_committee_issues(client, district, officer, notice, settings):
    district.agency("Huyện ủy Tam Đường", kind=AgencyKind.PARTY)
    settings.OFFICE_BODY = settings.OFFICE_PARENT = ""
    assert [one.label for one in head.issuers(officer)[:2]] == ["Ủy ban nhân dân huyện", "Huyện ủy Tam Đường"]
    words = text_of(taken(client, KINDS.NOTICE_REPORT, van_ban=notice.pk))
    assert "Số:      /BC-UBND" in words


def test_who_belongs_to_no_body_is_told_so(client, district, notice):
    client.force_login(district.user(Role.SECTOR_OFFICER))
    response = client.get(address(KINDS.NOTICE_REPORT, as_file=True, van_ban=notice.pk))
    assert response.status_code == 422
    assert "Chưa có cơ quan nào để ban hành văn bản" in response.content.decode()


def test_facts_of_an_empty_place(client, officer):
    """Nothing handed out, nothing decided: the draft of the notice is still a draft."""
    words = text_of(taken(client, KINDS.NEXT_NOTICE))
    assert "Không có phần việc nào quá hạn." in words
    assert "0 văn bản giao 0 phần việc." in words


def test_fallen_and_plan_are_those_of_the_overview(year):
    factories.recognition(year.places["Bản Hon"], 2019)
    matrix = load_matrix(user=year.officer, criteria_set=year.set, period=year.now, previous=year.before)
    facts = bulletin.facts(
        user=year.officer,
        matrix=matrix,
        month=date(2024, 3, 1),
        as_of=date(2024, 3, 31),
        fallen=fallen_places(matrix),
        plan=plan_so_far(year.officer, matrix),
    )
    assert facts["ton_tai"][0] == "1 xã đã được công nhận nay không còn đủ tiêu chí: Bản Hon."
