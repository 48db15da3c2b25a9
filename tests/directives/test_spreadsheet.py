"""ntm_tracker/spreadsheet.py, which Biểu 01 to 09 stand on."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from ntm_tracker.spreadsheet.charts import add_bars
from ntm_tracker.spreadsheet.writing import (
    CENTRE,
    DAY,
    DECIMAL,
    GREY,
    NUMBER,
    Cell,
    Column,
    Sheet,
    save_workbook,
    start_workbook,
)

COLUMNS = [
    Column("STT", 5, CENTRE),
    Column("Tên xã", 20),
    Column("1 Quy hoạch", 4, CENTRE, group="Tiêu chí", rotated=True),
    Column("2 Giao thông", 4, CENTRE, group="Tiêu chí", rotated=True),
    Column("Tổng số", 8, NUMBER),
    Column("Ngày", 12, DAY),
]


def written(write, columns=COLUMNS, **options):
    workbook = start_workbook(title="Biểu 01", author="Nguyễn Thị Hoa")
    options = {"title": "TỔNG HỢP", "subtitles": ["(Số liệu tính đến ngày 31/03/2024)"], **options}
    sheet = Sheet(workbook, "Biểu 01", columns, **options)
    write(sheet)
    return load_workbook(io.BytesIO(save_workbook(workbook)))["Biểu 01"]


def row_of(sheet, first):
    return next(row for row in sheet.iter_rows() if row[0].value == first)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1", "#N/A", '=HYPERLINK("x")'])
def test_text_stays_text(text):
    sheet = written(lambda sheet: sheet.row([1, text, None, None, None, None]))
    cell = row_of(sheet, 1)[1]
    assert cell.data_type not in ("f", "e")
    assert cell.value == text.replace("\r", "\n")
    assert bool(cell.quotePrefix) == (text[0] in "=+-@\t\r")


def test_what_no_workbook_can_hold_is_left_out():
    sheet = written(lambda sheet: sheet.row([1, "a\x00b\x0bc" + "d" * 40_000, None, None, None, None]))
    value = row_of(sheet, 1)[1].value
    assert value.startswith("abcd")
    assert len(value) == 32_000


def test_values_keep_their_types_and_formats():
    sheet = written(lambda sheet: sheet.row([1, "Sơn Bình", "x", Cell("–", fill=GREY), 1234, date(2024, 3, 28)]))
    row = row_of(sheet, 1)
    assert (row[4].value, row[4].number_format) == (1234, "#,##0")
    assert (row[5].value.date(), row[5].number_format) == (date(2024, 3, 28), "dd/mm/yyyy")
    assert row[3].fill.fgColor.rgb.endswith(GREY)
    assert {cell.font.name for cell in row} == {"Times New Roman"}
    decimal = written(lambda sheet: sheet.row([Decimal("98.62")]), columns=[Column("%", 9, DECIMAL)])
    assert row_of(decimal, 98.62)[0].number_format == "#,##0.00"


def test_the_head_is_numbered_merged_frozen_and_repeated():
    sheet = written(lambda sheet: sheet.row([1] * 6), freeze_columns=2, paper="A3")
    numbers = row_of(sheet, "(1)")
    assert [cell.value for cell in numbers] == [f"({n})" for n in range(1, 7)]
    head = numbers[0].row - 2
    assert f"C{head}:D{head}" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert f"A{head}:A{head + 1}" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet.cell(head + 1, 3).alignment.text_rotation == 90
    assert sheet.freeze_panes == f"C{head + 3}"
    assert sheet.print_title_rows == f"${head}:${head + 2}"
    setup = sheet.page_setup
    # What is not said is one page wide.
    assert (setup.orientation, setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 8, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_letterhead_title_total_notes_and_signers(settings):
    settings.OFFICE_PARENT, settings.OFFICE_BODY = "ỦY BAN NHÂN DÂN HUYỆN TAM ĐƯỜNG", "BAN CHỈ ĐẠO"

    def write(sheet):
        sheet.group("Xã khu vực III", number="I")
        sheet.total(["", "Tổng số", None, None, 5, None])
        sheet.notes("x: đạt.")
        sheet.signers("Tam Đường")

    sheet = written(write, unit="Đơn vị tính: xã")
    text = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    for wanted in (
        "ỦY BAN NHÂN DÂN HUYỆN TAM ĐƯỜNG",
        "BAN CHỈ ĐẠO",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TỔNG HỢP",
        "(Số liệu tính đến ngày 31/03/2024)",
        "Đơn vị tính: xã",
        "x: đạt.",
        "NGƯỜI LẬP BIỂU",
        "THỦ TRƯỞNG ĐƠN VỊ",
    ):
        assert wanted in text
    total = next(row for row in sheet.iter_rows() if row[1].value == "Tổng số")
    assert total[4].font.bold
    assert row_of(sheet, "I")[1].value == "Xã khu vực III"


def test_long_text_gets_a_higher_row():
    def write(sheet):
        sheet.row([1, "ngắn", None, None, None, None])
        sheet.row([2, "Rà soát kế hoạch xây dựng để điều chỉnh, bổ sung " * 5, None, None, None, None])

    sheet = written(write)
    short, long = (sheet.row_dimensions[row_of(sheet, n)[0].row].height for n in (1, 2))
    assert long > 5 * short


@pytest.mark.parametrize(
    "text", ["<r><t>x</t></r>", ' "a" < b > c & d', "a\tb", "dòng một\ndòng hai", "  thụt  ", "Đắk Lắk", "😀", "]]>"]
)
def test_text_comes_back_as_it_was(text):
    sheet = written(lambda sheet: sheet.row([1, text, None, None, None, None]))
    assert row_of(sheet, 1)[1].value == text


def test_what_looks_like_a_mark_of_excel_is_marked_so_that_excel_shows_it():
    sheet = written(lambda sheet: sheet.row([1, "_x0041_", None, None, None, None]))
    # openpyxl leaves the mark where Excel takes it off.
    assert row_of(sheet, 1)[1].value == "_x005F_x0041_"


def test_a_cell_reaches_over_columns_and_rows():
    def write(sheet):
        sheet.row([1, Cell("không có chi tiết", span=3), None, None, 5, None])
        sheet.row([Cell(2, down=2), "a", None, None, None, None])
        sheet.row([None, "b", None, None, None, None])

    sheet = written(write)
    merged = {str(one) for one in sheet.merged_cells.ranges}
    first, second = row_of(sheet, 1)[0].row, row_of(sheet, 2)[0].row
    assert {f"B{first}:D{first}", f"A{second}:A{second + 1}"} <= merged


def test_the_names_of_sheets_are_made_fit_and_kept_apart():
    book = start_workbook(title="", author="")
    wanted = ["Xã A/B [1]?", "xã a b  1", "x" * 40, "x" * 40, "'", "Biểu\n01"]
    names = [Sheet(book, name, [Column("TT", 5)], title="T").name for name in wanted]
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    load_workbook(io.BytesIO(save_workbook(book)))


def test_a_party_office_has_the_letterhead_of_the_party(settings):
    settings.OFFICE_PARENT, settings.OFFICE_BODY = "ĐẢNG BỘ TỈNH LAI CHÂU", "HUYỆN ỦY TAM ĐƯỜNG"
    settings.OFFICE_LETTERHEAD = "party"
    sheet = written(lambda sheet: sheet.row([1] * 6))
    head = [[cell.value for cell in row if cell.value] for row in sheet.iter_rows(max_row=3)]
    assert head == [["ĐẢNG BỘ TỈNH LAI CHÂU", "ĐẢNG CỘNG SẢN VIỆT NAM"], ["HUYỆN ỦY TAM ĐƯỜNG"], ["*"]]
    text = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" not in text


def test_bars_stand_over_the_rows_they_draw():
    book = start_workbook(title="T", author="A")
    sheet = Sheet(
        book, "Tổng hợp", [Column("Tên", 20), Column("Số", 8, NUMBER), Column("", 60, is_bare=True)], title="T"
    )
    rows = []
    for name, number in (("A", 3), ("B & C", 0)):
        rows.append((name, number, sheet.next_row))
        sheet.row([name, number, None])
    add_bars(sheet, "Biểu đồ", rows, names=0, values=1, color="A4201A", at=(2, 40), box=(400, 200))
    with zipfile.ZipFile(io.BytesIO(save_workbook(book))) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
    first = rows[0][2] + 1
    assert f"<c:f>'Tổng hợp'!$A${first}:$A${first + 1}</c:f>" in chart
    assert f"<c:f>'Tổng hợp'!$B${first}:$B${first + 1}</c:f>" in chart
    # What it shows before its cells are read.
    assert "<c:v>B &amp; C</c:v>" in chart
