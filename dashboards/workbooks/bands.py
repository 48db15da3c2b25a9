"""Biểu 02: the places by how many criteria they meet, in the set's own bands."""

from criteria.counts import share
from dashboards.workbooks.figures import decimal
from ntm_tracker.spreadsheet.writing import CENTRE, DECIMAL, NUMBER, PERCENT, Cell, Column, Sheet

TITLE = "PHÂN NHÓM XÃ THEO SỐ TIÊU CHÍ ĐẠT"
COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Nhóm", 34),
    Column("Số xã", 9, NUMBER),
    Column("Tỷ lệ (%)", 10, PERCENT),
    Column("Tên xã", 62),
]


def write(book, report):
    matrix = report.matrix
    sheet = Sheet(book, "Biểu 02", COLUMNS, title=TITLE, subtitles=report.lines(), unit="Biểu 02", freeze_columns=2)
    whole = len(matrix.filled)
    for number, band in enumerate(matrix.bands, start=1):
        names = ", ".join(row.name if row.is_full else f"{row.name} ({row.met})" for row in band.rows)
        sheet.row([number, band_words(band), len(band.rows), decimal(share(len(band.rows), whole)), names])
        if number == 1:
            decided = [row for row in band.rows if row.recognised_year]
            sheet.row(
                [
                    None,
                    Cell("trong đó: đã có quyết định công nhận", italic=True),
                    len(decided),
                    decimal(share(len(decided), whole)),
                    ", ".join(row.name for row in decided),
                ]
            )
    sheet.total(["", "Tổng số xã có số liệu", whole, 100.0 if whole else None, ""])
    sheet.row([None, "Tổng số tiêu chí đạt", matrix.total_met, None, None])
    mean = Cell(decimal(matrix.mean, 2), number_format=DECIMAL[1])
    sheet.row([None, "Bình quân tiêu chí/xã", mean, None, f"{matrix.total_met} tiêu chí / {whole} xã"])
    if whole < len(matrix.rows):
        missing = ", ".join(row.name for row in matrix.rows if not row.has_data)
        sheet.notes(f"Chưa có số liệu ({len(matrix.rows) - whole} xã): {missing}.")
    sheet.signers()


def band_words(band) -> str:
    """'Xã đạt 15 – 18 tiêu chí', 'Xã đạt dưới 5 tiêu chí'."""
    return f"Xã đạt {band.label[:1].lower() + band.label[1:]} tiêu chí"
