"""The .xlsx of an official table: letterhead, title, numbered head, typed rows, legend and signers; nothing of the field.

    workbook = start_workbook(title="Biểu 02. Phân nhóm xã", author=user.get_full_name())
    sheet = Sheet(workbook, "Biểu 02", [Column("TT", 5, CENTRE), Column("Nhóm", 30), Column("Số xã", 10, NUMBER)],
                  title="BIỂU 02. PHÂN NHÓM XÃ THEO SỐ TIÊU CHÍ ĐẠT", subtitles=["Kỳ đánh giá: Quý I/2024"])
    sheet.row([1, "Xã đạt 19 tiêu chí", 5])
    sheet.total(["", "Tổng số", 12])
    sheet.notes("x: đạt; để trống: chưa đạt.")
    sheet.signers()
    return download(workbook, "bieu-02-2024-03-31.xlsx")

Cells hold values, never formulas: text that looks like a formula stays text.
"""

import io
import unicodedata
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import groupby

from django.conf import settings
from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# How the values of a column stand: the horizontal alignment, and the format of numbers in it.
TEXT = ("left", "General")
CENTRE = ("center", "General")
NUMBER = ("right", "#,##0")
DECIMAL = ("right", "#,##0.00")
PERCENT = ("right", "0.0")
DAY = ("center", "dd/mm/yyyy")

FONT = "Times New Roman"
GREY = "E4E4E4"
HEAD = "F0F3F1"
_LIMIT = 32_000
_LINE = Side(style="thin", color="000000")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_PAPERS = {"A4": 9, "A3": 8}
# A unit of column width is one digit of Calibri 11, the workbook's default font, in pixels.
_UNIT = 7.0


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in digits, how its values stand.

    Neighbours with the same `group` share a merged head above their own. A `rotated` head reads upwards.
    """

    head: str
    width: float
    kind: tuple[str, str] = TEXT
    group: str = ""
    rotated: bool = False


@dataclass(frozen=True)
class Cell:
    """A value that stands out from its column: bold, on a fill (GREY), aligned or with digits otherwise."""

    value: object
    bold: bool = False
    italic: bool = False
    fill: str = ""
    align: str = ""
    number_format: str = ""


def start_workbook(*, title, author):
    """An empty workbook that says what it is and who made it."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.properties.title = clean(title)
    workbook.properties.creator = workbook.properties.lastModifiedBy = clean(author)
    return workbook


def save_workbook(workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def download(workbook, file_name):
    """The answer that hands the workbook over as a file; `file_name` is plain ASCII, like 'bieu-01-2024-03-31.xlsx'."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(save_workbook(workbook), content_type=CONTENT_TYPE, headers=headers)


def clean(text) -> str:
    """The text without characters that a workbook cannot hold, cut to what a cell can."""
    text = ILLEGAL_CHARACTERS_RE.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= _LIMIT else text[: _LIMIT - 1] + "…"


class Sheet:
    """One table on one sheet, written from the top down; signers() or notes() come last."""

    def __init__(self, workbook, name, columns, *, title, subtitles=(), unit="", paper="A4", size=11, freeze_columns=0):
        self.sheet = workbook.create_sheet(clean(name)[:31])
        self.columns = list(columns)
        self.width = len(self.columns)
        self.size = size
        self.next_row = 1
        self._styles = {}
        for index, column in enumerate(self.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = column.width
        self._letterhead()
        self._line(title, Font(name=FONT, size=14, bold=True), before=6)
        for subtitle in subtitles:
            self._line(subtitle, Font(name=FONT, size=12, italic=True))
        self._line(unit, Font(name=FONT, size=11, italic=True), align="right")
        self._head()
        self._page(paper, freeze_columns)

    def row(self, values, *, bold=False, fill=""):
        """A row of values: numbers, days, text, None, or a Cell that stands out."""
        heights = []
        for index, (column, value) in enumerate(zip(self.columns, values, strict=True), start=1):
            wanted = value if isinstance(value, Cell) else Cell(value)
            is_bold = bold or wanted.bold
            align, number_format = column.kind
            number_format = wanted.number_format or number_format
            cell = self._write(self.next_row, index, wanted.value)
            if isinstance(wanted.value, date):
                number_format = DAY[1]
            elif isinstance(wanted.value, str):
                number_format = "General"
                heights.append(_height(wanted.value, column.width, self.size, is_bold))
            self._style(
                cell, (is_bold, wanted.italic, wanted.align or align, number_format, wanted.fill or fill), quoted(cell)
            )
        self._close_row(heights)

    def group(self, text, *, number=""):
        """A bold row across the table that heads the rows below it; `number` (I, II …) stands in the first column."""
        first = 2 if number else 1
        if number:
            self._style(self._write(self.next_row, 1, number), (True, False, "center", "General", HEAD))
        for index in range(first, self.width + 1):
            cell = self._write(self.next_row, index, text if index == first else None)
            self._style(cell, (True, False, "left", "General", HEAD), quoted(cell))
        self._merge(self.next_row, first, self.width)
        self._close_row([_height(text, self._span(first, self.width), self.size, True)])

    def total(self, values):
        """A bold row that sums up: 'Tổng số', 'Tỷ lệ (%)'."""
        self.row(values, bold=True, fill=HEAD)

    def notes(self, *lines):
        """The legend under the table."""
        self.next_row += 1
        for line in lines:
            self._line(line, Font(name=FONT, size=self.size, italic=True), align="left")

    def signers(self, place=""):
        """The two who sign, with room for the hand; names and day stay open for the pen."""
        self.next_row += 1
        middle = self._middle()
        day = f"{place or '…………'}, ngày ….. tháng ….. năm ……"
        left, right = (1, middle), (middle + 1, self.width)
        self._block(self.next_row, *right, day, Font(name=FONT, size=12, italic=True))
        self.next_row += 1
        self._block(self.next_row, *left, "NGƯỜI LẬP BIỂU", Font(name=FONT, size=12, bold=True))
        self._block(self.next_row, *right, "THỦ TRƯỞNG ĐƠN VỊ", Font(name=FONT, size=12, bold=True))
        self.next_row += 5

    # -- from here on: how it is drawn --------------------------------------------------------------------------

    def _letterhead(self):
        middle = self._middle()
        left, right = (1, middle), (middle + 1, self.width)
        regular, bold = Font(name=FONT, size=12), Font(name=FONT, size=12, bold=True)
        self._block(1, *left, settings.OFFICE_PARENT, regular)
        self._block(1, *right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold)
        self._block(2, *left, settings.OFFICE_BODY, bold)
        # The rule under the motto is as long as its text (Nghị định 30/2020/NĐ-CP, Phụ lục I).
        self._block(2, *right, "Độc lập - Tự do - Hạnh phúc", Font(name=FONT, size=13, bold=True, underline="single"))
        if settings.OFFICE_BODY:
            self._block(3, *left, "⎯" * 9, Font(name=FONT, size=8))
        for row, height in ((1, 17), (2, 19), (3, 11)):
            self.sheet.row_dimensions[row].height = height
        self.next_row = 4

    def _head(self):
        first = self.next_row
        depth = 2 if any(column.group for column in self.columns) else 1
        last = first + depth - 1
        index = 1
        for group, members in groupby(self.columns, key=lambda column: column.group):
            members = list(members)
            if group:
                self._head_cell(first, index, group)
                self._merge(first, index, index + len(members) - 1)
            for at, column in enumerate(members, start=index):
                if group:
                    self._border(first, at)
                    self._head_cell(last, at, column.head, column.rotated)
                else:
                    self._head_cell(first, at, column.head, column.rotated)
                    if depth > 1:
                        self._border(last, at)
                        self.sheet.merge_cells(start_row=first, end_row=last, start_column=at, end_column=at)
            index += len(members)
        self._head_heights(first, last)
        for at in range(1, self.width + 1):
            cell = self._write(last + 1, at, f"({at})")
            self._style(cell, (False, True, "center", "General", ""))
        self.sheet.row_dimensions[last + 1].height = self.size * 1.45
        self.head_rows = (first, last + 1)
        self.next_row = last + 2

    def _head_heights(self, first, last):
        # Text turned upwards is as tall as it is long.
        tall = max(
            (
                _length(column.head, self.size, True) * 0.75 + 8
                if column.rotated
                else _height(column.head, column.width, self.size, True)
            )
            for column in self.columns
        )
        if last == first:
            self.sheet.row_dimensions[first].height = max(tall, 20)
            return
        over = max(
            _height(group, sum(column.width for column in members), self.size, True)
            for group, members in ((g, list(m)) for g, m in groupby(self.columns, key=lambda column: column.group))
            if group
        )
        self.sheet.row_dimensions[first].height = max(over, 20)
        self.sheet.row_dimensions[last].height = max(tall - max(over, 20), 20) if not self._deep() else max(tall, 20)

    def _deep(self):
        """Whether the tallest head stands in the lower head row alone."""
        return any(column.group and (column.rotated or len(column.head) > column.width) for column in self.columns)

    def _head_cell(self, row, index, text, rotated=False):
        cell = self._write(row, index, text)
        cell.font = Font(name=FONT, size=self.size, bold=True)
        cell.alignment = Alignment("center", "center", wrap_text=True, text_rotation=90 if rotated else 0)
        cell.fill = PatternFill("solid", fgColor=HEAD)
        cell.border = _BORDER

    def _border(self, row, index):
        self.sheet.cell(row, index).border = _BORDER

    def _page(self, paper, freeze_columns):
        sheet = self.sheet
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _PAPERS[paper]
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.page_margins.left, sheet.page_margins.right = 0.6, 0.4
        sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.75, 0.4
        sheet.print_options.horizontalCentered = True
        sheet.print_title_rows = f"{self.head_rows[0]}:{self.head_rows[1]}"
        sheet.oddFooter.center.text = "Trang &P/&N"
        sheet.oddFooter.center.font, sheet.oddFooter.center.size = FONT, 10
        sheet.freeze_panes = sheet.cell(self.head_rows[1] + 1, freeze_columns + 1)
        sheet.sheet_view.showGridLines = False

    def _line(self, text, font, align="center", before=0):
        """A line of text across the table; nothing for an empty one."""
        if not text:
            return
        self._block(self.next_row, 1, self.width, text, font, align)
        height = _height(text, self._span(1, self.width), font.size, font.bold)
        self.sheet.row_dimensions[self.next_row].height = height + before
        self.next_row += 1

    def _block(self, row, first, last, text, font, align="center"):
        cell = self._write(row, first, text)
        cell.font = font
        cell.alignment = Alignment(align, "center", wrap_text=True)
        self._merge(row, first, last)

    def _write(self, row, index, value):
        cell = self.sheet.cell(row, index)
        if isinstance(value, str):
            cell.value = clean(value)
            # Never a formula nor an error value, whatever it looks like.
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in ("=", "+", "-", "@", "\t", "\r")
        else:
            cell.value = value
        return cell

    def _style(self, cell, look, is_quoted=False):
        """Give the cell one of the few looks of the table; each is built once, for a style costs more than a value."""
        if (look, is_quoted) not in self._styles:
            bold, italic, align, number_format, fill = look
            cell.font = Font(name=FONT, size=self.size, bold=bold, italic=italic)
            cell.alignment = Alignment(align, "center", wrap_text=True, indent=1 if align == "right" else 0)
            cell.border = _BORDER
            cell.number_format = number_format
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)
            self._styles[look, is_quoted] = copy(cell._style)
        cell._style = copy(self._styles[look, is_quoted])

    def _close_row(self, heights):
        self.sheet.row_dimensions[self.next_row].height = max([self.size * 1.45, *heights])
        self.next_row += 1

    def _merge(self, row, first, last):
        if last > first:
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)

    def _span(self, first, last):
        return sum(column.width for column in self.columns[first - 1 : last])

    def _middle(self):
        """The column after which the right half begins, near the middle of the sheet's width."""
        return min(
            range(1, max(2, self.width)),
            key=lambda index: abs(self._span(1, index) - 0.48 * self._span(1, self.width)),
        )


def quoted(cell):
    return bool(cell.quotePrefix)


@lru_cache(maxsize=10_000)
def _height(text, width, size, bold):
    """The height in points that wrapped text needs in a column: LibreOffice and Excel leave set heights alone."""
    room = max(width * _UNIT - 4, 10)
    lines = sum(_lines(part, room, size, bold) for part in clean(text).split("\n"))
    return min(lines * size * 1.17 + 5, 409)


def _lines(text, room, size, bold):
    """How many lines the text takes when it breaks between words."""
    count, used = 1, 0.0
    space = _length(" ", size, bold)
    for word in text.split(" "):
        length = _length(word, size, bold)
        if used and used + space + length > room:
            count, used = count + 1, 0.0
        used += length + (space if used else 0)
        while used > room:
            count, used = count + 1, used - room
    return count


# Widths of Times New Roman in thousandths of its size; marks over and under a letter add nothing.
_WIDTHS = dict.fromkeys("ijlt", 278) | dict.fromkeys("fr", 333) | dict.fromkeys("acez", 444) | dict.fromkeys("s", 389)
_WIDTHS |= dict.fromkeys("ILJ.,;:/|!'\"()[]-‘’", 333) | {" ": 250, "m": 778, "w": 722, "M": 889, "W": 944, "%": 833}
_WIDTHS |= dict.fromkeys("–“”…", 600) | dict.fromkeys("NĐDHOQUGKAVXY", 722)


@cache
def _width(char):
    base = unicodedata.normalize("NFD", char)[0]
    return _WIDTHS.get(base, 667 if base.isupper() else 500)


def _length(text, size, bold):
    """The length of a text in pixels, a little on the long side."""
    return sum(map(_width, text)) / 1000 * size * 4 / 3 * (1.08 if bold else 1.03)
