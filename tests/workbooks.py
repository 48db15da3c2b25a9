"""Workbooks as offices type them, for the tests of imports."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from ntm_tracker.spreadsheet.reading import read_workbook


def book(rows, *, name="Biểu 01", merged=(), letterhead=True, start=None):
    """An .xlsx with a letterhead over rows of values; None is an empty cell."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = name
    if letterhead:
        sheet.append(["UBND HUYỆN TAM ĐƯỜNG", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"])
        sheet.append([None, None, None, "Độc lập - Tự do - Hạnh phúc"])
        sheet.append([])
        sheet.append([start or "TỔNG HỢP KẾT QUẢ THỰC HIỆN CÁC TIÊU CHÍ NÔNG THÔN MỚI"])
        sheet.append([])
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    return workbook


def bytes_of(workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def upload(workbook, name="bieu-01.xlsx"):
    content = workbook if isinstance(workbook, bytes) else bytes_of(workbook)
    return SimpleUploadedFile(name, content)


def sheet_of(workbook):
    """The first sheet as the reader of the project gives it."""
    return read_workbook(upload(workbook)).sheets[0]
