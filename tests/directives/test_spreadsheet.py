"""ntm_tracker/spreadsheet.py, which Biểu 01 to 09 stand on."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

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
