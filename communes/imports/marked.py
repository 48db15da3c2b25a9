"""The file somebody sent, given back with its wrong cells marked: a red fill and a note on each, and a list of them."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.properties import PageSetupProperties

from communes.imports.tables import Problem
from ntm_tracker.spreadsheet.reading import Workbook as Read
from ntm_tracker.spreadsheet.writing import clean

RED = PatternFill("solid", fgColor="F6D5D0")
LIST = "Lỗi"
# What the slower library is given to unfold, and how many cells it marks.
MOST_UNPACKED = 60 << 20
MOST_MARKED = 2_000
AUTHOR = "Nông thôn mới"


def mark(path: Path, read: Read, problems: Iterable[Problem], *, author: str) -> Workbook:
    """The workbook at `path` with the problems marked, and a sheet that lists them first.

    Of an .xlsx everything else stays as it was; of others, and of those too heavy or too odd to be written again, the
    cells as they were `read` stand in a new workbook.
    """
    problems = list(problems)[:MOST_MARKED]
    workbook = _again(path) or _fresh(read, author)
    for problem in problems:
        if problem.row and problem.sheet in workbook.sheetnames:
            sheet = workbook[problem.sheet]
            # Of merged cells the first one holds what is shown.
            row, column = _shown_at(sheet, problem.row, problem.column)
            cell = sheet.cell(row, column)
            cell.fill = RED
            cell.comment = Comment(clean(problem.text)[:500], AUTHOR)
    _list(workbook, problems)
    return workbook


def _again(path):
    if path.suffix.lower() != ".xlsx":
        return None
    try:
        with zipfile.ZipFile(path) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                return None
        workbook = load_workbook(path)
        # Other kinds of sheets hold no cells; a workbook of these alone cannot be marked.
        return workbook if workbook.worksheets and LIST not in workbook.sheetnames else None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, EOFError, IndexError):
        return None
    except (AttributeError, SyntaxError):
        # Parts that break the standard: the fast library has read the cells all the same.
        return None


def _fresh(read, author):
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.properties.title, workbook.properties.creator = "Các ô cần sửa", clean(author)
    for source in read.sheets:
        sheet = workbook.create_sheet(clean(source.name)[:31] or "Trang")
        for (row, column), value in source.cells.items():
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                cell.value = clean(value)
                cell.data_type = "s"
            else:
                cell.value = value
    return workbook


def _shown_at(sheet, row, column):
    for area in sheet.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            return area.min_row, area.min_col
    return row, column


def _list(workbook, problems):
    sheet = workbook.create_sheet(LIST, 0)
    workbook.active = 0
    for column, (head, width) in enumerate([("Trang", 22), ("Ô", 8), ("Cần sửa", 100)], start=1):
        cell = sheet.cell(1, column, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for row, problem in enumerate(problems, start=2):
        for column, text in enumerate((problem.sheet, problem.cell, problem.text), start=1):
            cell = sheet.cell(row, column)
            cell.value = clean(text)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
