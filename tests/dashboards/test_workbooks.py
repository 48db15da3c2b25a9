"""The meeting workbook: equal to the screen, values and not formulas, saying its period, basis, date and author."""

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from criteria.models import Assessment, Recognition
from criteria.templatetags.signs import LOOKS
from dashboards.matrix import MET, load_matrix, status_of
from tests import factories
from tests.factories import MIXED_YEAR, letters
from tests.reading import table_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    made = factories.Year(MIXED_YEAR)
    Recognition.objects.create(locality=made.places["Bản Bo"], year=2019)
    return made


class Download:
    """The workbook as it comes from the page, read back."""

    def __init__(self, user, query):
        client = Client()
        client.force_login(user)
        self.response = client.get(reverse("dashboards:workbook") + query)
        assert self.response.status_code == 200
        self.screen = client.get(reverse("dashboards:matrix") + query)
        self.book = load_workbook(io.BytesIO(self.response.content))

    def cells(self, name=None):
        sheets = [self.book[name]] if name else self.book.worksheets
        return [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]

    def text(self, name):
        return "\n".join(str(cell.value) for cell in self.cells(name) if cell.value is not None)

    def table(self, name):
        """The rows below the numbered head down to the first empty one."""
        rows = list(self.book[name].iter_rows(values_only=True))
        first = next(i for i, row in enumerate(rows) if row[0] == "(1)") + 1
        last = next(i for i, row in enumerate(rows) if i >= first and not any(v not in (None, "") for v in row))
        return rows[first:last]


@pytest.fixture
def download(year):
    return Download(year.officer, year.query)


def matrix_of(year):
    return load_matrix(user=year.officer, criteria_set=year.set, period=year.now, previous=year.before)


# Biểu 01


def test_every_cell_of_the_first_table_equals_the_matrix(year, download):
    matrix = matrix_of(year)
    table = download.table("Biểu 01")
    assert len(table) == len(matrix.rows) + 2
    for number, (row, found) in enumerate(zip(matrix.rows, table, strict=False), start=1):
        signs = []
        for position, letter in enumerate(row.strip or "-" * 19):
            was, now = row.before[position : position + 1] in tuple(MET), letter in MET
            mark = "" if not row.strip or was == now else "▲" if now else "▼"
            signs.append(LOOKS[status_of(letter)][0] + mark)
        assert found[:3] == (number, row.name, row.recognised_year)
        assert list(found[3:22]) == signs
        assert found[22] == (row.met if row.strip else None)
        assert found[23] == row.change
        assert (found[24] or "") == ", ".join(map(str, row.unmet))
    totals, shares = table[-2:]
    assert totals[1:] == ("Tổng số xã đạt", 1, *(c.met for c in matrix.columns), matrix.total_met, 0, None, None)
    assert shares[1:3] == ("Tỷ lệ (%)", 20.0)
    assert shares[3:22] == tuple(round(float(c.percent), 1) for c in matrix.columns)
    assert shares[24:] == ("Bình quân 14,0 tiêu chí/xã", "4/5 xã có số liệu")


def test_the_file_equals_the_screen(download):
    screen = table_of(download.screen, "matrix")
    table = download.table("Biểu 01")
    signs = {"✓": "✓ đạt", "✗": "✗ chưa đạt", "–": "– chưa đánh giá", "∅": "∅ không áp dụng"}
    marks = {"▲": ", mới đạt", "▼": ", mới mất", "": ""}
    for shown, row in zip(screen[2:-2], table[:-2], strict=True):
        assert shown[0].startswith(row[1])
        assert shown[1:20] == [signs[cell[0]] + marks[cell[1:]] for cell in row[3:22]]
        assert shown[20].split("/")[0] == ("chưa có" if row[22] is None else str(row[22]))
        change = {None: "–", 0: "0"}.get(row[23]) or (f"▲tăng {row[23]}" if row[23] > 0 else f"▼giảm {-row[23]}")
        assert shown[21] == change
    met, percent = screen[-2:]
    assert met[1:21] == [str(number) for number in (*table[-2][3:22], table[-2][22])]
    # The screen has no room for a decimal; the same number stands behind both.
    assert percent[1:20] == [str(int(number + 0.5)) for number in table[-1][3:22]]


def test_notes_say_what_a_row_leaves_open(download):
    notes = {row[1]: row[25] for row in download.table("Biểu 01")[:-2]}
    assert notes["Nà Tăm"] == "Chưa có số liệu"
    assert "Còn số xã tự đánh giá, chưa thẩm định" in notes["Khun Há"]
    assert "Chưa đánh giá: 5, 6, 7, 8, 9, 10, 11, 12, 13, 14" in notes["Khun Há"]
    assert "Đạt 4/14 tiêu chí áp dụng" in notes["Khun Há"]
    assert not notes["Bản Bo"]


# Biểu 02


def test_the_second_table_puts_each_place_in_its_band(download):
    table = download.table("Biểu 02")
    assert [row[1:] for row in table] == [
        ("Xã đạt 19 tiêu chí", 1, 25.0, "Bản Bo"),
        ("trong đó: đã có quyết định công nhận", 1, 25.0, "Bản Bo"),
        ("Xã đạt 15 – 18 tiêu chí", 2, 50.0, "Sơn Bình (18), Bản Hon (15)"),
        ("Xã đạt 10 – 14 tiêu chí", 0, 0.0, None),
        ("Xã đạt 5 – 9 tiêu chí", 0, 0.0, None),
        ("Xã đạt dưới 5 tiêu chí", 1, 25.0, "Khun Há (4)"),
        ("Tổng số xã có số liệu", 4, 100.0, None),
        ("Tổng số tiêu chí đạt", 56, None, None),
        ("Bình quân tiêu chí/xã", 14.0, None, "56 tiêu chí / 4 xã"),
    ]
    assert "Chưa có số liệu (1 xã): Nà Tăm." in download.text("Biểu 02")


# Biểu 03


def test_the_third_table_counts_each_criterion(year, download):
    matrix = matrix_of(year)
    table = download.table("Biểu 03")
    assert len(table) == 19
    for position, (column, row) in enumerate(zip(matrix.columns, table, strict=True)):
        before = sum(place.before[position] in MET for place in matrix.rows if place.before)
        assert row[:2] == (column.criterion.number, column.criterion.name)
        # A place without data at both ends has gained and lost nothing.
        both = [place for place in matrix.rows if place.before and place.strip]
        change = sum((place.strip[position] in MET) - (place.before[position] in MET) for place in both)
        assert row[3:8] == (before, None, column.met, round(float(column.percent), 1), change)
    assert table[0][8] == "Sơn Bình"
    assert table[4][8] == "chưa đánh giá: Khun Há"
    assert table[15][8] == "Bản Hon"


def test_the_plan_of_the_year_stands_beside_what_is_met(year, download):
    assert {row[4] for row in download.table("Biểu 03")} == {None}
    assert "Cột “Kế hoạch năm” để trống: chưa giao kế hoạch năm 2024." in download.text("Biểu 03")
    criteria = {criterion.number: criterion for criterion in year.set.criteria.all()}
    planned = {"Bản Bo": [19], "Bản Hon": [16, 19], "Khun Há": [5, 19], "Nà Tăm": [1]}
    for name, numbers in planned.items():
        for number in numbers:
            factories.target(year.places[name], criteria[number])
    factories.target(year.places["Bản Bo"], criteria[1], year=2023)
    made = Download(year.officer, year.query)
    assert [row[4] for row in made.table("Biểu 03")] == [{1: 1, 5: 1, 16: 1, 19: 3}.get(n, 0) for n in range(1, 20)]
    assert (
        "Kế hoạch năm 2024: số xã được giao đạt tiêu chí trong năm; 1 trên 5 tiêu chí được giao, đạt 20 % kế hoạch; "
        "2 tiêu chí được giao chưa đánh giá, vẫn tính trong 5; 1 tiêu chí được giao không áp dụng, không tính trong 5."
        in made.text("Biểu 03")
    )


def test_only_the_agencies_one_may_see_are_named_in_charge(year):
    first = year.set.criteria.get(number=1)
    factories.lead(first, factories.agency(year.district, "Phòng Kinh tế - Hạ tầng"))
    factories.lead(first, factories.agency(year.district, "Phòng Công Thương"))
    factories.lead(first, factories.agency(factories.district("Than Uyên"), "Phòng Kinh tế Than Uyên"))
    first_row = Download(year.officer, year.query).table("Biểu 03")[0]
    assert first_row[2] == "Phòng Công Thương, Phòng Kinh tế - Hạ tầng"


# All three


def test_the_workbook_has_its_three_sheets_and_a_plain_name(year, download):
    assert download.book.sheetnames == ["Biểu 01", "Biểu 02", "Biểu 03"]
    assert download.response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = download.response["Content-Disposition"]
    assert name.startswith('attachment; filename="bieu-01-03-tam-duong-2024-q1-da-tham-dinh-3-5-xa-ngay-')
    assert download.response["X-Content-Type-Options"] == "nosniff"


def test_each_sheet_says_period_basis_date_and_author(year, download):
    today = timezone.localdate().strftime("%d/%m/%Y")
    for name in download.book.sheetnames:
        head = download.text(name)
        assert "Kỳ: Quý I/2024. Số liệu tính đến ngày 31/03/2024." in head
        assert "Căn cứ: đã thẩm định 3/5 xã; 1 xã mới tự đánh giá, 1 xã chưa có số liệu" in head
        assert year.set.name in head
        assert "318/QĐ-TTg" in head
        assert f"Người lập: {year.officer.full_name}, lập ngày {today}" in head
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head
        assert "MINH HỌA" not in head
    assert download.book.properties.creator == year.officer.full_name
    assert "Đầu năm: Quý IV/2023." in download.text("Biểu 01")


def test_illustrative_figures_are_named_on_each_sheet(year):
    Assessment.objects.filter(period=year.now, locality=year.places["Bản Bo"]).update(is_illustrative=True)
    made = Download(year.officer, year.query)
    for name in made.book.sheetnames:
        assert "SỐ LIỆU MINH HỌA" in made.text(name)


def test_no_cell_is_a_formula(year):
    wild = ["=1+1", '=HYPERLINK("http://x")', "+84", "-2+3", "@SUM(A1)", "\t=1", "#REF!"]
    for name in wild:
        place = factories.commune(name.strip() or name, year.district)
        factories.assessment(place, year.set, year.now, strip=letters(18))
    year.officer.full_name = "=cmd|' /C calc'!A0"
    year.officer.save()
    made = Download(year.officer, year.query)
    cells = made.cells()
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert "f" not in {cell.data_type for cell in cells}
    suspects = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+-@"]
    assert {cell.value for cell in suspects} >= {"=1+1", "+84", "-2+3", "@SUM(A1)"}
    assert all(cell.quotePrefix for cell in suspects)
    with zipfile.ZipFile(io.BytesIO(made.response.content)) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(part)
                assert b"<f " not in archive.read(part)


def test_the_workbook_holds_the_places_one_sees(year):
    other = factories.district("Than Uyên")
    beyond = factories.commune("Mường Than", other)
    factories.assessment(beyond, year.set, year.now, strip=letters(19))
    made = Download(year.officer, year.query)
    assert not any("Mường Than" in str(cell.value) for cell in made.cells())
    theirs = Download(factories.user(Role.COMMITTEE_MEMBER, other), year.query)
    assert [row[1] for row in theirs.table("Biểu 01")[:-2]] == ["Mường Than"]


def test_it_compares_with_the_end_of_last_year_and_not_with_the_last_quarter(year):
    later = factories.period(2024, 2)
    for name, place in year.places.items():
        factories.assessment(place, year.set, later, strip=letters(19) if name == "Bản Hon" else MIXED_YEAR[name][0])
    made = Download(year.officer, f"?ky={later.code}&bo={year.set.code}")
    changes = {row[1]: row[23] for row in made.table("Biểu 01")[:-2]}
    assert changes["Bản Hon"] == 19 - 16
    assert "Đầu năm: Quý IV/2023." in made.text("Biểu 01")


def test_without_data_or_a_base_the_tables_are_there_and_empty(year):
    made = Download(year.officer, f"?ky={year.before.code}&bo={year.set.code}")
    assert "Chưa có kỳ đầu năm để so sánh." in made.text("Biểu 01")
    assert {row[23] for row in made.table("Biểu 01")} == {None}
    assert {row[3] for row in made.table("Biểu 03")} == {None}
    Assessment.objects.all().delete()
    made = Download(year.officer, year.query)
    assert [row[22] for row in made.table("Biểu 01")] == [None] * 5 + [0, None]
    assert "0/5 xã có số liệu" in made.text("Biểu 01")
