"""The tables of a report on the demonstration district: every number equals the function that the screen uses."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role, User
from communes.models import Locality
from criteria.counts import rounded, share
from criteria.models import Assessment, CriteriaSet, Criterion, IndicatorResult, Period
from criteria.sheet import load_sheet
from dashboards import demo
from dashboards.matrix import Matrix, MatrixRow
from dashboards.meeting import worst_columns
from dashboards.views import reports as views
from dashboards.workbooks.book import NothingToWrite, seconds, tables_of, write_book
from dashboards.workbooks.report import Report, seen_from
from dashboards.workbooks.tables import MEETING, TABLES
from ntm_tracker.spreadsheet.writing import save_workbook
from tests import factories
from tests.reading import counted

SET = "xa-ntm-2021-2025"
QUERY = f"?ky=2024-q1&bo={SET}"
DAY = date(2024, 10, 20)


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with factories.kept(django_db_blocker, lambda: demo.build(say=lambda line: None)) as built:
        yield built


# Every test reads what was built once; its own changes are rolled back.
pytestmark = pytest.mark.usefixtures("kept", "db")


def report_of(username="vanphong", place=None, as_of=DAY, period="2024-q1"):
    user = User.objects.select_related("place").get(username=username)
    return Report.of(user=user, period=Period.objects.get(code=period), place=place, as_of=as_of)


def place(name):
    return Locality.objects.communes().get(name=name, kind="xã")


def written(report, code):
    return load_workbook(io.BytesIO(save_workbook(write_book(report, tables_of(code)))))


def get(path, username="vanphong", query=QUERY, **kwargs):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.get(reverse(path, kwargs=kwargs) + query)


def table(sheet):
    """The rows below the numbered head down to the first empty one."""
    rows = list(sheet.iter_rows(values_only=True))
    first = next(i for i, row in enumerate(rows) if row[0] == "(1)") + 1
    last = next(
        (i for i, row in enumerate(rows) if i >= first and not any(v not in (None, "") for v in row)), len(rows)
    )
    return rows[first:last]


def text(sheet):
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None)


def number(value, places=1):
    value = rounded(value, places)
    return None if value is None else float(value)


# -- the whole ----------------------------------------------------------------------------------------------------------


def test_the_meeting_workbook_has_a_summary_and_every_table():
    book = written(report_of(), "hop")
    assert book.sheetnames == ["Tổng hợp", *(one.name for one in MEETING)]
    assert len(book["Tổng hợp"]._charts) == 3
    with_sheets = written(report_of(), "hop-10")
    own = [name for name in with_sheets.sheetnames if name.startswith("10 ")]
    assert len(own) == Assessment.objects.filter(period__code="2024-q1", criteria_set__code=SET).count() == 12


def test_every_sheet_says_place_period_basis_date_and_author():
    report = report_of()
    for sheet in written(report, "hop-10"):
        said = text(sheet)
        assert "huyện Tam Đường" in said or sheet.title.startswith("10 ")
        assert "SỐ LIỆU MINH HỌA" in said
        assert f"Người lập: {report.author}, lập ngày" in said
        assert "Căn cứ: " in said or "theo thời hạn trong văn bản" in said
        assert "Kỳ: Quý I/2024" in said or "20/10/2024" in said
        assert "NGƯỜI LẬP BIỂU" in said
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {
            "s",
            "n",
            "d",
        }


def test_the_file_is_named_after_place_period_basis_date_and_author():
    name = report_of().file_name("bieu-01")
    assert name.isascii()
    assert name.startswith("bieu-01-tam-duong-2024-q1-da-tham-dinh-10-12-xa-ngay-")
    assert name.endswith("-can-bo-van-phong-dieu-phoi.xlsx")


def test_the_summary_equals_the_pages():
    report = report_of()
    matrix, tasks = report.matrix, report.board.summary()
    lines = {row[1]: row for row in table(written(report, "hop")["Tổng hợp"])}
    assert lines["Tổng số xã"][2] == len(matrix.rows)
    assert lines["Xã đã có quyết định công nhận"][2:4] == (8, number(share(len(matrix.recognised), len(matrix.rows))))
    assert lines["Xã đạt đủ 19 tiêu chí"][2] == len(matrix.full)
    assert lines["Tổng số tiêu chí đạt"][2] == matrix.total_met
    assert lines["Bình quân tiêu chí/xã"][2] == number(matrix.mean, 2)
    for band in matrix.bands:
        assert lines[f"Xã đạt {band.label[:1].lower() + band.label[1:]} tiêu chí"][2] == len(band.rows)
    for column in worst_columns(matrix)[:8]:
        assert lines[f"{column.criterion.number}. {column.criterion.label}"][2] == len(column.unmet_places)
    assert lines["Tiêu chí được giao"][2] == report.plan.tally.whole
    assert lines["Tiêu chí được giao đã đạt"][2] == report.plan.tally.met
    assert lines["Tổng số phần việc được giao"][2] == tasks.total
    assert lines["Đã hoàn thành"][2] == tasks.done
    assert lines["Chưa hoàn thành, quá hạn"][2] == tasks.overdue
    for body in report.board.late_bodies()[:8]:
        assert lines[body.label][2] == body.overdue


# -- the tables ---------------------------------------------------------------------------------------------------------


def test_the_registered_places_equal_the_plan():
    report = report_of()
    rows = table(written(report, "07")["Biểu 07"])
    assert len(rows) == len(report.plan.registrations) == 3
    for row, (of, one) in zip(rows, report.plan.registrations, strict=True):
        assert row[1] == of.name
        assert row[2].lower() == one.tier.label
        assert row[3:5] == ((one.met, one.applicable) if one.strip else (None, None))
        assert row[5] == (", ".join(map(str, one.left)) or "đủ" if one.strip else "chưa có số liệu")
        assert row[6] == "Năm 2024"
        assert row[7].startswith("★" if one.is_reached else "☆")
    assert "(đỡ đầu)" in rows[0][9]


def test_the_plan_by_place_and_by_criterion_equals_the_page():
    report = report_of()
    plan = report.plan
    *rows, total = table(written(report, "ke-hoach")["KH theo xã"])
    for row, of in zip(rows, plan.planned_rows, strict=True):
        aims = ", ".join(str(aim.number) for aim in of.aims)
        assert row[1:6] == (of.name, aims, of.tally.whole, of.tally.met, number(of.tally.exact_percent))
        assert (row[6] or "").removeprefix("✗ ") == ", ".join(map(str, of.left))
        assert (row[7] or "") == ", ".join(map(str, of.unknown))
    assert total[3:5] == (plan.tally.whole, plan.tally.met)
    *rows, total = table(written(report, "ke-hoach-tieu-chi")["KH theo tiêu chí"])
    for row, column in zip(rows, plan.columns, strict=True):
        assert row[:4] == (column.criterion.number, column.criterion.name, column.tally.whole, column.tally.met)
        assert (row[5] or "") == ", ".join(column.left)
    assert total[2:4] == (plan.tally.whole, plan.tally.met)


def test_without_a_plan_the_tables_say_so():
    report = report_of(period="2022-12")
    assert "Chưa có xã nào đăng ký được công nhận trong năm 2022." in text(written(report, "07")["Biểu 07"])
    assert "Chưa giao kế hoạch năm 2022." in text(written(report, "ke-hoach")["KH theo xã"])


def test_the_work_by_body_equals_the_board():
    report = report_of()
    *rows, total = table(written(report, "co-quan")["Theo cơ quan"])
    for row, body in zip(rows, report.board.bodies(), strict=True):
        assert row[1:4] == (body.label, body.tallies.total, body.tallies.done_on_time)
        assert row[7] == body.overdue
    summary = report.board.summary()
    assert total[2:] == (
        summary.total,
        summary.done_on_time,
        summary.done_late,
        summary.done_no_due,
        summary.in_progress,
        summary.overdue,
        summary.no_due,
        float(summary.rates.of_all),
    )


def test_what_is_overdue_stands_body_by_body_the_worst_first():
    report = report_of(as_of=date(2026, 12, 25))
    rows = table(written(report, "qua-han")["Quá hạn"])
    late = report.board.late_bodies()
    heads = [row[0] for row in rows if isinstance(row[0], str)]
    assert heads == [f"{b.label}: {b.overdue} phần việc quá hạn, lâu nhất {b.longest_days} ngày" for b in late]
    listed = [row for row in rows if isinstance(row[0], int)]
    assert [row[0] for row in listed] == list(range(1, report.board.summary().overdue + 1))
    assert all(row[6] == (date(2026, 12, 25) - row[4].date()).days for row in listed)
    assert rows[-1][1] == f"Tổng số: {len(listed)} phần việc quá hạn"


def test_every_piece_of_work_is_listed_once():
    report = report_of()
    listed = [row for row in table(written(report, "09")["Biểu 09"]) if isinstance(row[0], int)]
    assert len(listed) == report.board.summary().total
    late = [row for row in listed if row[7].startswith("! Chưa hoàn thành, quá hạn")]
    assert len(late) == report.board.summary().overdue


def test_the_sheet_of_a_place_equals_its_assessment():
    report = report_of(place=place("Sơn Bình"))
    assessment = Assessment.objects.with_place().get(
        locality=place("Sơn Bình"), period__code="2024-q1", criteria_set__code=SET
    )
    data = load_sheet(assessment, with_previous=False)
    sheet = written(report, "10")["Biểu 10"]
    *rows, total = table(sheet)
    assert len(rows) == len(data.rows) == 57
    words = {"met": "✓ Đạt", "unmet": "✗ Chưa đạt", "": "– Chưa đánh giá", "na": "∅ Không áp dụng"}
    for row, of in zip(rows, data.rows.values(), strict=True):
        assert row[2] == f"{of.indicator.code} {of.indicator.text}".strip()
        assert row[3].startswith(of.threshold_text or "chưa có mức")
        assert row[3].endswith("◇") is not of.threshold_is_confirmed
        assert (row[5], row[7]) == (words[of.reported.status], words[of.verified.status])
        value = of.verified.entry.value
        if value is not None and of.verified.entry.denominator is None and not of.verified.entry.has_both_genders:
            assert row[6] == float(value)
    heads = [row[1] for row in rows if row[1]]
    assert heads == [f"{c.criterion.name}\n{words[c.status]} ({c.suffix})" for c in data.criteria]
    assert total[6] == f"{data.met}/{data.total} tiêu chí" == "15/19 tiêu chí"
    assert "◇: mức đạt chuẩn chưa đối chiếu" in text(sheet)


def test_a_numerator_is_kept_in_words():
    report = report_of(place=place("Sơn Bình"))
    result = IndicatorResult.objects.filter(
        assessment__locality=place("Sơn Bình"), assessment__period__code="2024-q1", denominator__isnull=False
    ).first()
    assert result is not None
    cells = text(written(report, "10")["Biểu 10"])
    assert f"({int(result.numerator)}/{int(result.denominator)})" in cells


# -- counts alone, and places -------------------------------------------------------------------------------------------

# Lý Nhân, 3/2020: what its bulletin gives of the first eleven communes; counts of 19 criteria, no detail.
LY_NHAN = {
    "Nhân Bình": 18,
    "Văn Lý": 17,
    "Xuân Khê": 18,
    "Nhân Chính": 18,
    "Nhân Mỹ": 17,
    "Chân Lý": 18,
    "Nhân Nghĩa": 18,
    "Đạo Lý": 18,
    "Công Lý": 17,
    "Đồng Lý": 18,
    "Nhân Khang": 18,
    "Nguyên Lý": 18,
}


@pytest.fixture
def ly_nhan():
    report = report_of()
    criteria = list(Criterion.objects.filter(criteria_set=report.criteria_set).order_by("number"))
    rows = [
        MatrixRow(n, "xã", name, "", "", False, 2018, counted=(met, 19))
        for n, (name, met) in enumerate(LY_NHAN.items(), start=1)
    ]
    report.matrix = Matrix(report.criteria_set, report.period, None, criteria, rows)
    return report


def test_places_with_counts_alone_stand_in_their_bands_with_the_mean(ly_nhan):
    rows = table(written(ly_nhan, "02")["Biểu 02"])
    by_band = {row[1]: row for row in rows}
    assert by_band["Xã đạt 19 tiêu chí"][2] == 0
    assert by_band["Xã đạt 15 – 18 tiêu chí"][2:4] == (12, 100.0)
    assert "Nhân Mỹ (17)" in by_band["Xã đạt 15 – 18 tiêu chí"][4]
    assert by_band["Tổng số tiêu chí đạt"][2] == sum(LY_NHAN.values()) == 213
    assert by_band["Bình quân tiêu chí/xã"][2] == 17.75


def test_places_with_counts_alone_say_that_there_is_no_detail(ly_nhan):
    sheet = written(ly_nhan, "01")["Biểu 01"]
    rows = table(sheet)
    for row, (name, met) in zip(rows, LY_NHAN.items(), strict=False):
        assert row[1] == name
        assert row[3] == "không có chi tiết"
        assert row[4:22] == (None,) * 18
        assert row[22] == met
        assert row[25] == f"Chỉ có số tiêu chí đạt: {met}/19"
    assert rows[-2][22] == 213
    first = next(cell.row for cell in sheet["B"] if cell.value == "Nhân Bình")
    assert f"D{first}:V{first}" in {str(one) for one in sheet.merged_cells.ranges}
    left_out = "12 xã chỉ có tổng số tiêu chí đạt, không có chi tiết từng tiêu chí nên không tính"
    assert left_out in text(sheet)
    assert left_out in text(written(ly_nhan, "03")["Biểu 03"])


def test_a_report_is_bounded_by_its_place():
    report = report_of(place=place("Khun Há"))
    assert [row.name for row in report.matrix.rows] == ["Khun Há"]
    whole = report_of().board.summary().total
    assert 0 < report.board.summary().total < whole
    assert report.file_name("x").startswith("x-khun-ha-")
    user = User.objects.get(username="vanphong")
    assert seen_from(user, place("Khun Há")).place == place("Khun Há")
    assert user.place != place("Khun Há")


def test_what_has_no_sheet_is_refused_in_words():
    report = report_of(place=Locality.objects.get(name="Tam Đường", kind="thị trấn"))
    with pytest.raises(NothingToWrite, match="Chưa có phiếu đánh giá nào của thị trấn Tam Đường"):
        write_book(report, tables_of("10"))


# -- the page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["vanphong", "phonggiaoduc", "xasonbinh", "bcd", "quantri"])
def test_everybody_takes_the_tables_of_what_they_see(username):
    page = get("dashboards:reports", username)
    assert page.status_code == 200
    for one in page.context["offers"]:
        if not one.missing:
            answer = get("dashboards:report-file", username, code=one.code)
            assert answer.status_code == 200, one.code
            assert answer["Content-Disposition"].startswith(f'attachment; filename="bieu-{one.code}-')
    if username == "xasonbinh":
        book = load_workbook(io.BytesIO(get("dashboards:report-file", username, code="hop").content))
        assert [row[1] for row in table(book["Biểu 01"])][:-2] == ["Sơn Bình"]


def test_the_page_offers_the_places_below_and_the_way_back():
    offered = get("dashboards:reports").context["places"]
    assert [one.full_name for one in offered[:2]] == ["huyện Tam Đường", "xã Bản Bo"]
    narrow = get("dashboards:reports", query=f"{QUERY}&noi={place('Sơn Bình').pk}")
    assert narrow.context["places"][0].name == "Tam Đường"
    assert f"noi={place('Sơn Bình').pk}" in narrow.content.decode()
    name = get("dashboards:report-file", query=f"{QUERY}&noi={place('Sơn Bình').pk}", code="01")["Content-Disposition"]
    assert "bieu-01-son-binh-2024-q1" in name


@pytest.mark.parametrize("typed", ["0", "x", "²", "9" * 30])
def test_a_place_that_is_not_there_is_not_found(typed):
    for name, kwargs in (("dashboards:reports", {}), ("dashboards:report-file", {"code": "01"})):
        assert get(name, query=f"{QUERY}&noi={typed}", **kwargs).status_code == 404


def test_a_place_elsewhere_is_not_found():
    beyond = factories.commune("Mường Than", factories.district("Than Uyên"))
    assert get("dashboards:reports", query=f"{QUERY}&noi={beyond.pk}").status_code == 404
    assert (
        get("dashboards:report-file", "xasonbinh", f"{QUERY}&noi={place('Khun Há').pk}", code="01").status_code == 404
    )


def test_an_unknown_table_is_not_found():
    assert get("dashboards:report-file", code="04").status_code == 404


def test_what_cannot_be_made_leads_back_with_a_sentence():
    town = Locality.objects.get(name="Tam Đường", kind="thị trấn")
    answer = get("dashboards:report-file", query=f"{QUERY}&noi={town.pk}", code="10")
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('dashboards:reports')}{QUERY}&noi={town.pk}"


def test_queries_do_not_grow_with_the_places():
    client = Client()
    client.force_login(User.objects.get(username="vanphong"))

    def asked(name, **kwargs):
        cache.clear()
        with counted() as queries:
            assert client.get(reverse(name, kwargs=kwargs) + QUERY).status_code == 200
        return len(queries)

    before = asked("dashboards:reports"), asked("dashboards:report-file", code="hop")
    criteria_set, district = CriteriaSet.objects.get(code=SET), place("Sơn Bình").parent
    for one in factories.communes(30, district):
        factories.assessment(one, criteria_set, Period.objects.get(code="2024-q1"), strip="M" * 19)
    after = asked("dashboards:reports"), asked("dashboards:report-file", code="hop")
    assert after == before
    assert before[0] <= 13
    assert before[1] <= 35


def test_long_work_is_made_aside(monkeypatch):
    begun = []

    def start(command, *options, by, title, file_name, back):
        begun.append((command, options, by.username, title, file_name, back))
        return SimpleNamespace(token="abc")

    monkeypatch.setattr(views, "MOST_SECONDS", 0)
    monkeypatch.setattr(views.jobs, "start", start)
    answer = get("dashboards:report-file", query=f"{QUERY}&noi={place('Khun Há').pk}", code="01")
    assert answer["Location"] == reverse("dashboards:job", args=["abc"])
    ((command, options, username, title, file_name, back),) = begun
    assert (command, username) == ("export_workbook", "vanphong")
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert given["--place"] == f"#{place('Khun Há').pk}"
    assert (given["--period"], given["--set"], given["--table"]) == ("2024-q1", SET, "01")
    assert "xã Khun Há" in title
    assert file_name.startswith("bieu-01-khun-ha-")
    assert back.endswith(str(place("Khun Há").pk))

    def refuse(*args, **kwargs):
        raise views.jobs.TooManyJobs("Chờ một phút.")

    monkeypatch.setattr(views.jobs, "start", refuse)
    assert get("dashboards:report-file", code="01")["Location"].startswith(reverse("dashboards:reports"))


def test_the_time_is_reckoned_from_places_and_work():
    report = report_of()
    few = seconds(report, tables_of("01"))
    report.board.summary = lambda: SimpleNamespace(total=100_000)
    assert seconds(report, tables_of("01")) == few < 2
    assert seconds(report, tables_of("09")) > 2


# -- the command --------------------------------------------------------------------------------------------------------


def export(tmp_path, **options):
    path = tmp_path / "bieu.xlsx"
    call_command("export_workbook", **{"period": "2024-q1", "output": str(path), "verbosity": 0, **options})
    return load_workbook(path)


def test_the_command_writes_what_the_page_gives(tmp_path):
    page = load_workbook(io.BytesIO(get("dashboards:report-file", code="01").content))
    for options in ({"by": "vanphong"}, {"place": "huyện Tam Đường"}):
        book = export(tmp_path, table="01", **options)
        assert table(book["Biểu 01"]) == table(page["Biểu 01"])
    assert "Người lập: hệ thống, lệnh export_workbook" in text(book["Biểu 01"])
    assert export(tmp_path, table="all").sheetnames[0] == "Tổng hợp"


@pytest.mark.parametrize("typed", ["Sơn Bình", "son binh", "xã Sơn Bình, Tam Đường", "Xã Sơn Bình, huyện Tam Đường"])
def test_the_command_takes_a_place_by_name(tmp_path, typed):
    assert [row[1] for row in table(export(tmp_path, place=typed, table="01")["Biểu 01"])][:-2] == ["Sơn Bình"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"period": "2029"}, "--period: không có kỳ đánh giá “2029”. Có: 2024-q1, 2022-12."),
        ({"period": None}, "--period: phải ghi."),
        ({"set": "x"}, "--set: không có bộ tiêu chí “x”"),
        ({"table": "04"}, "--table: không có biểu “04”. Chọn: all"),
        ({"place": "Hà Nội"}, "--place: không có địa bàn “Hà Nội”"),
        ({"place": "Tam Đường"}, "--place: có 2 địa bàn “Tam Đường”: huyện Tam Đường"),
        ({"by": "khong"}, "--by: không có người dùng “khong”"),
        ({"as_of": "31/2/2024"}, "--as-of: Ngày 31/2/2024 không có trong lịch"),
        ({"place": "thị trấn Tam Đường"}, "Địa bàn thị trấn Tam Đường không có xã nào."),
        ({"output": "/khong/co/bieu.xlsx"}, "--output: không ghi được"),
        # A person's place bounds what they may ask for.
        ({"by": "xasonbinh", "place": "Khun Há"}, "--place: không có địa bàn “Khun Há”"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path, options, said):
    with pytest.raises(CommandError) as raised:
        export(tmp_path, **options)
    assert said in str(raised.value)
    assert not list(tmp_path.glob("*.xlsx*"))


def test_who_sees_nothing_has_a_report_of_nothing():
    nobody = factories.user(Role.OFFICER, None)
    report = Report.of(user=nobody, period=Period.objects.get(code="2024-q1"))
    assert report.matrix.rows == []
    book = load_workbook(io.BytesIO(save_workbook(write_book(report, tables_of("hop")))))
    assert "Sơn Bình" not in "".join(map(text, book))


def test_each_table_has_its_own_code_and_name():
    assert len({one.code for one in TABLES}) == len({one.name for one in TABLES}) == len(TABLES)
    assert all(tables_of(one.code) == [one] for one in TABLES)
    assert tables_of("01,xx") == []
