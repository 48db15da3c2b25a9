"""Workbooks as they are sent: every kind, their odd cells, and files made to take all memory there is."""

import io
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from ntm_tracker.spreadsheet import reading
from ntm_tracker.spreadsheet.reading import NotReadable, read_workbook

DATA = Path(__file__).with_name("data")


def read(content, name="bieu.xlsx", **options):
    return read_workbook(SimpleUploadedFile(name, content), **options)


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def made(fill) -> bytes:
    """A workbook of one sheet that a function fills in."""
    book = Workbook()
    book.active.title = "Biểu 01"
    fill(book.active)
    return saved(book)


def packed(parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def parts_of(content) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose sheet is the XML given."""
    parts = parts_of(made(lambda sheet: None))
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = head + xml + b"</sheetData></worksheet>"
    return packed(parts)


def refusal(content, name="bieu.xlsx") -> str:
    with pytest.raises(NotReadable) as refused:
        read(content, name)
    return str(refused.value)


# Kinds of files


@pytest.mark.parametrize("name", ["bieu-nho.xlsx", "bieu-nho.xls", "bieu-nho.ods"])
def test_each_kind_of_workbook_reads_the_same(name):
    with (DATA / name).open("rb") as file:
        book = read_workbook(file)
    assert [sheet.name for sheet in book.sheets] == ["Biểu 01", "Trống"]
    sheet = book.sheet("bieu 01")
    # LibreOffice writes a truth as a number into an .ods.
    truth = Decimal(1) if name.endswith("ods") else True
    assert sheet.cells == {
        (3, 2): "Tên xã",
        (3, 3): "Tỷ lệ",
        (3, 4): "Ngày",
        (3, 5): "Tổng",
        (3, 6): "Nhóm",
        (4, 2): "Xã Sơn Bình",
        (4, 3): Decimal("93.4"),
        (4, 4): date(2024, 3, 28),
        (4, 5): Decimal(19),
        (5, 2): "Xã Bản Bo",
        (5, 3): Decimal("12.5"),
        (5, 6): truth,
    }
    assert sheet.merged == [(3, 6, 3, 7)]
    assert sheet.faulty == {(5, 5): "giá trị lỗi #DIV/0!"}
    assert (sheet.last_row, sheet.last_column) == (5, 6)
    assert sheet.text(4, 4) == "28/03/2024"
    assert sheet.at(4, 3) == "trang “Biểu 01”, ô C4"
    assert book.sheets[1].cells == {}
    assert book.sheet("Không có") is None


def test_the_name_of_the_file_decides_nothing_but_what_is_told():
    content = (DATA / "bieu-nho.xlsx").read_bytes()
    assert read(content, "C:\\tài liệu\\BIỂU.XLSX").sheet("Biểu 01")
    assert read(content, "có macro.xlsm").sheet("Biểu 01")


# Cells


def fill_all_kinds(sheet):
    sheet["B2"] = "  Xã   Sơn\nBình\xa0 "
    sheet["C2"] = "Tru\u031bo\u031b\u0300ng"
    sheet["D2"] = 0.1 + 0.2
    sheet["E2"] = 123456789.123456
    sheet["F2"] = True
    sheet["G2"] = datetime(2024, 3, 28, 9, 30)
    sheet["H2"] = 0.07
    sheet["H2"].number_format = "0%"
    sheet["I2"] = 0.0725
    sheet["I2"].number_format = '0.00"%"'
    sheet["J2"] = "   "
    sheet["K2"] = "#N/A"
    sheet["K2"].data_type = "s"
    sheet["L2"] = -0.0
    sheet["M2"] = "=A1+1"
    sheet["N2"] = "93%"


def test_cells_are_what_excel_shows():
    (sheet,) = read(made(fill_all_kinds)).sheets
    assert sheet[2, 2] == "Xã Sơn Bình"
    assert sheet[2, 3] == "Trường"
    assert sheet[2, 4] == Decimal("0.3")
    assert sheet[2, 5] == Decimal("123456789.123456")
    assert sheet[2, 6] is True
    assert sheet[2, 7] == date(2024, 3, 28)
    assert sheet[2, 8] == Decimal(7)
    assert sheet[2, 9] == Decimal("7.25")
    assert sheet[2, 10] is None
    assert sheet[2, 11] == "#N/A"
    assert sheet[2, 12] == 0
    assert sheet[2, 14] == "93%"
    assert sheet.faulty == {(2, 13): "có công thức nhưng tệp không giữ kết quả"}
    assert sheet[1, 1] is None
    assert [number for number, _ in sheet.rows()] == [2]


def test_results_of_formulas_are_read_and_errors_told(tmp_path):
    path = tmp_path / "bieu.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Biểu 01")
        percent = book.add_format({"num_format": "0.0%"})
        sheet.write_formula("A1", "=40+6", None, 46)
        sheet.write_formula("A2", '="đạt"', None, "đạt")
        sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A5", "=8/9", percent, 8 / 9)
        # Of a check, not of a cell.
        sheet.data_validation("B1:B9", {"validate": "custom", "value": "=B1>0"})
    (sheet,) = read(path.read_bytes()).sheets
    assert sheet.cells == {(1, 1): Decimal(46), (2, 1): "đạt", (5, 1): Decimal("88.8888888888889")}
    assert sheet.faulty == {(3, 1): "giá trị lỗi #DIV/0!"}


def test_a_formula_that_comes_to_an_empty_text_is_an_empty_cell():
    (sheet,) = read(with_sheet(b'<row r="1"><c r="A1" t="str"><f>""</f><v></v></c></row>')).sheets
    assert (sheet.cells, sheet.faulty) == ({}, {})


def test_merged_cells_are_spread_where_asked():
    def fill(sheet):
        sheet["A1"] = "Nhóm I"
        sheet.merge_cells("A1:A3")
        sheet["C2"] = 1
        sheet.merge_cells("C2:D3")

    (sheet,) = read(made(fill)).sheets
    assert (sheet[2, 1], sheet[3, 4]) == (None, None)
    sheet.spread_merged()
    assert [sheet[row, 1] for row in (1, 2, 3)] == ["Nhóm I"] * 3
    assert (sheet[3, 3], sheet[3, 4]) == (1, 1)


def test_a_table_far_from_the_corner_keeps_its_addresses():
    (sheet,) = read(made(lambda sheet: sheet.cell(100, 30, "ở đây"))).sheets
    assert sheet.cells == {(100, 30): "ở đây"}


def test_columns_nobody_asks_for_are_left_out_below_a_row():
    def fill(sheet):
        for row in (1, 2, 3):
            sheet.append([f"{column}{row}" for column in "abcd"])

    (sheet,) = read(made(fill), columns={"Biểu 01": (2, {1, 4})}).sheets
    assert sorted(sheet.cells) == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 4), (3, 1), (3, 4)]
    (sheet,) = read(made(fill), columns={"Trang khác": (1, {1})}).sheets
    assert len(sheet.cells) == 12


def test_no_number_is_more_than_a_number():
    xml = b'<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c><c r="C1"><v>1e300</v></c></row>'
    (sheet,) = read(with_sheet(xml)).sheets
    assert all(value.is_finite() for value in sheet.cells.values() if isinstance(value, Decimal))


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="Biểu">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(rows, **parts):
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>"}
    return packed(manifest | {"content.xml": ODS.format(rows=rows)} | parts)


def test_rows_and_cells_that_stand_for_many_keep_their_signs():
    share = '<table:table-cell office:value-type="percentage" office:value="0.5" table:number-columns-repeated="2"/>'
    rows = f'<table:table-row table:number-rows-repeated="3"><table:table-cell/>{share}</table:table-row>'
    (sheet,) = read(ods(rows), "bieu.ods").sheets
    assert sheet.cells == {(row, column): Decimal(50) for row in (1, 2, 3) for column in (2, 3)}


# Files that cannot be read


def test_a_workbook_with_a_password_is_told():
    sentence = refusal((DATA / "mat-khau.xlsx").read_bytes(), "mat-khau.xlsx")
    assert sentence.startswith("Tệp “mat-khau.xlsx” có mật khẩu. Bỏ mật khẩu trong Excel")
    manifest = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
    assert "có mật khẩu" in refusal(ods("", **manifest), "bieu.ods")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"STT,Ten xa\n1,Son Binh\n", "bieu.xlsx", "nội dung là văn bản (như .csv)"),
        ("Tên xã;Số\nSơn Bình;14\n".encode() * 500, "bieu.xls", "nội dung là văn bản (như .csv)"),
        (b"%PDF-1.4 \xff\xfe\x00", "bieu.xlsx", "nội dung không phải là bảng tính"),
        (b"PK\x03\x04 not a package", "bieu.xlsx", "tệp hỏng hoặc không phải bảng tính"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000, "bieu.xls", "tệp hỏng hoặc không phải bảng tính"),
        (packed({"a.txt": "chữ"}), "bieu.xlsx", "tệp hỏng hoặc không phải bảng tính"),
        (b"", "bieu.xlsx", "Tệp “bieu.xlsx” trống."),
        (b"x", "bieu.csv", "Không nhận tệp “bieu.csv”. Nhận tệp Excel (.xlsx, .xls) hoặc .ods."),
        (b"x", "bieu", "Không nhận tệp “bieu”."),
        (b"\0" * (21 << 20), "bieu.xlsx", "nặng 21,0 MB, nhiều nhất là 20 MB"),
    ],
)
def test_what_is_no_workbook_is_told(content, name, sentence):
    assert sentence in refusal(content, name)


def test_a_workbook_cut_short_is_told():
    content = (DATA / "bieu-nho.xlsx").read_bytes()
    for length in (40, 400, len(content) - 30):
        assert "tệp hỏng" in refusal(content[:length])


def test_a_zip_bomb_is_told_before_it_unfolds():
    parts = parts_of(made(lambda sheet: None))
    parts["xl/worksheets/sheet1.xml"] = b" " * (401 << 20)
    assert "giải nén ra quá lớn" in refusal(packed(parts))


def test_a_cell_at_the_end_of_the_world_is_told_with_its_address():
    xml = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sentence = refusal(with_sheet(xml))
    assert "ô XFD1048576 có nội dung ở ngoài phạm vi đọc" in sentence
    assert f"({reading.MOST_ROWS} dòng, {reading.MOST_COLUMNS} cột)" in sentence
    row = '<table:table-row table:number-rows-repeated="900000"><table:table-cell/></table:table-row>'
    cell = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    assert "ô A900001 có nội dung" in refusal(ods(row + cell), "bieu.ods")


def test_a_million_formatted_rows_without_content_are_nothing():
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(1, 1_048_577))
    content = with_sheet(
        b'<row r="1"><c r="A1"><v>7</v></c></row>' + rows[len(b'<row r="1"><c r="A1" s="0"/></row>') :]
    )
    (sheet,) = read(content).sheets
    assert sheet.cells == {(1, 1): Decimal(7)}


def test_more_cells_than_a_table_has_are_told(monkeypatch):
    monkeypatch.setattr(reading, "MOST_CELLS", 100)
    content = made(lambda sheet: [sheet.append(range(1, 12)) for _ in range(10)])
    assert "có hơn 100 ô" in refusal(content)


def test_entities_that_unfold_without_end_take_no_memory():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb = ODS.replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{laughs}]>').format(
        rows="<table:table-row><table:table-cell>&i;</table:table-cell></table:table-row>"
    )
    assert "Không đọc được" in refusal(ods("", **{"content.xml": bomb}), "bieu.ods")


def test_a_reader_that_is_ended_or_hangs_is_told(monkeypatch):
    content = with_sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>' + b" " * (60 << 20))
    monkeypatch.setattr(reading, "MEMORY_MB", 60)
    assert "giải nén ra quá lớn" in refusal(content)

    def hang(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(reading.subprocess, "run", hang)
    assert "mất quá nhiều thời gian" in refusal(content)
