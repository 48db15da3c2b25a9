"""The .xlsx of an official table: letterhead, title, numbered head, typed rows, legend and signers; nothing of the field.

    book = start_workbook(title="Biểu 02. Phân nhóm xã", author=user.get_full_name())
    sheet = Sheet(book, "Biểu 02", [Column("TT", 5, CENTRE), Column("Nhóm", 30), Column("Số xã", 10, NUMBER)],
                  title="BIỂU 02. PHÂN NHÓM XÃ THEO SỐ TIÊU CHÍ ĐẠT", subtitles=["Kỳ đánh giá: Quý I/2024"])
    sheet.row([1, "Xã đạt 19 tiêu chí", 5])
    sheet.total(["", "Tổng số", 12])
    sheet.notes("x: đạt; để trống: chưa đạt.")
    sheet.signers()
    return download(book, "bieu-02-2024-03-31.xlsx")

Cells hold values, never formulas: text that looks like a formula stays text. Rows go to the disk as they are written, so
that a sheet of all communes of the country takes no more memory than one of a district; they are written from the top
down, and what was written is not changed.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings

from ntm_tracker.spreadsheet.book import FONT, LIMIT, clean, download, save_workbook, start_workbook
from ntm_tracker.spreadsheet.letterhead import letterhead_of
from ntm_tracker.spreadsheet.measuring import UNIT, height, length

# What who writes a table needs of the book comes from here too.
__all__ = ["Cell", "Column", "Sheet", "clean", "download", "save_workbook", "start_workbook"]

# How the values of a column stand: the horizontal alignment, and the format of numbers in it.
TEXT = ("left", "General")
CENTRE = ("center", "General")
NUMBER = ("right", "#,##0")
DECIMAL = ("right", "#,##0.00")
PERCENT = ("right", "0.0")
DAY = ("center", "dd/mm/yyyy")

GREY = "E4E4E4"
HEAD = "F0F3F1"
# The signs' colours, as on the screen: red for what is not met, lost or overdue, green for what is newly met.
RED, RED_TINT = "A4201A", "FBE9E7"
GREEN, GREEN_TINT = "0B5D4E", "E8F2EE"
_PAPERS = {"A4": 9, "A3": 8}
# What a cell's text must not begin with unmarked, or a program may take it for a formula.
# What the indent of a cell takes of its width, in digits.
_INDENT = 1.3
_RISKY = "=+-@\t\r"
_AS_TEXT, _QUOTED, _AS_NUMBER, _AS_DAY = range(4)


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in digits, how its values stand.

    Neighbours with the same `group` share a merged head above their own. A `rotated` head reads upwards. One that `is_bare`
    is no part of the table but room beside it, for a chart.
    """

    head: str
    width: float
    kind: tuple[str, str] = TEXT
    group: str = ""
    rotated: bool = False
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that stands out from its column: bold, on a fill (GREY), in a colour, aligned or with digits otherwise.

    With a `span` it reaches over so many columns, with `down` over so many rows; the values of the others are not written,
    and no row grows with what reaches over several. With a `link` it leads to a sheet of the same workbook.
    """

    value: object
    bold: bool = False
    italic: bool = False
    fill: str = ""
    align: str = ""
    number_format: str = ""
    color: str = ""
    span: int = 1
    down: int = 1
    link: str = ""


class Sheet:
    """One table on one sheet, written from the top down; signers() or notes() come last."""

    def __init__(
        self,
        workbook,
        name,
        columns,
        *,
        title,
        subtitles=(),
        unit="",
        paper="A4",
        portrait=False,
        size=11,
        freeze_columns=0,
        is_one_page=False,
    ):
        self.book = workbook
        self.sheet = workbook.add_sheet(name)
        self.name = self.sheet.get_name()
        self.columns = list(columns)
        self.sheet.has_drawings = any(column.is_bare for column in self.columns)
        self.width = len(self.columns)
        self.size = size
        # Counted from 0, as all rows and columns here.
        self.next_row = 0
        self._least = size * 1.45
        # The pixels of all rows so far, for what is drawn over them.
        self._pixels = 0
        self._looks = {}
        # Each column with the characters that surely stand on one line of it.
        self._slots = [
            (i, column, int(((column.width - _INDENT) * UNIT - 4) / size / 1.4))
            for i, column in enumerate(self.columns)
        ]
        for index, column in enumerate(self.columns):
            self.sheet.set_column_pixels(index, index, round(column.width * UNIT))
        self.sheet.set_default_row(self._least)
        self._letterhead()
        self._line(title, before=6, font_size=14, bold=True)
        for subtitle in subtitles:
            # What is in capitals must not be overlooked.
            self._line(subtitle, font_size=12, **{"bold" if subtitle.isupper() else "italic": True})
        self._line(unit, align="right", font_size=11, italic=True)
        self._head()
        self._page(paper, portrait, freeze_columns)
        # As wide as the paper, and as many pages long as it takes.
        self.sheet.fit_to_pages(1, 1 if is_one_page else 0)

    def row(self, values, *, bold=False, fill="", least=0):
        """A row of values: numbers, days, text, None, or a Cell that stands out. `least` is the height it has at least."""
        sheet, row = self.sheet, self.next_row
        tallest, covered = max(self._least, least), 0
        for (index, column, room), value in zip(self._slots, values, strict=True):
            if column.is_bare:
                continue
            if type(value) is Cell:
                cell, value = value, value.value
                its_bold, span, link = bold or cell.bold, cell.span, cell.link
                if cell.down > 1:
                    sheet.join(row, index, row + cell.down - 1, index)
                look = (index, its_bold, cell.fill or fill, cell.italic, cell.align, cell.number_format, cell.color)
            else:
                cell, its_bold, span, link = None, bold, 1, ""
                look = (index, bold, fill, False, "", "", "")
            if covered:
                covered -= 1
                value = None
            if isinstance(value, str):
                text = value if value.isprintable() and len(value) <= LIMIT else clean(value)
                format = self._look(look, _QUOTED if value[:1] in _RISKY and value else _AS_TEXT)
                if link:
                    sheet.write_url(row, index, f"internal:'{link}'!A1", format, text)
                else:
                    sheet.put_text(row, index, text, format)
                width = column.width
                if span > 1:
                    width = self._span(index, index + span - 1)
                    sheet.join(row, index, row, index + span - 1)
                    covered = span - 1
                if (len(text) > room or "\n" in text) and not (cell and cell.down > 1):
                    tallest = max(tallest, height(text, width - _INDENT, self.size, its_bold))
            elif value is None:
                sheet.put_nothing(row, index, self._look(look, _AS_TEXT))
            elif isinstance(value, date):
                sheet.write_datetime(row, index, value, self._look(look, _AS_DAY))
            else:
                sheet.put_number(row, index, value, self._look(look, _AS_NUMBER))
        self._close_row(tallest)

    def group(self, text, *, number=""):
        """A bold row across the table that heads the rows below it; `number` (I, II …) stands in the first column."""
        across = sum(not column.is_bare for column in self.columns)
        rest = [None] * (self.width - 2)
        if number:
            self.row(
                [Cell(number, align="center"), Cell(text, align="left", span=across - 1), *rest], bold=True, fill=HEAD
            )
        else:
            self.row([Cell(text, align="left", span=across), None, *rest], bold=True, fill=HEAD)

    def total(self, values):
        """A bold row that sums up: 'Tổng số', 'Tỷ lệ (%)'."""
        self.row(values, bold=True, fill=HEAD)

    def notes(self, *lines):
        """The legend under the table."""
        self._skip()
        for line in lines:
            self._line(line, align="left", font_size=self.size, italic=True)

    def signers(self, place=""):
        """The two who sign, with room for the hand; names and day stay open for the pen."""
        self._skip()
        middle = self._middle()
        left, right = (0, middle), (middle + 1, self.width - 1)
        day = f"{place or '…………'}, ngày ….. tháng ….. năm ……"
        self._blocks(20, (right, day, {"font_size": 12, "italic": True}))
        bold = {"font_size": 12, "bold": True}
        self._blocks(18, (left, "NGƯỜI LẬP BIỂU", bold), (right, "THỦ TRƯỞNG ĐƠN VỊ", bold))
        self._skip(5)

    @property
    def pixels(self):
        """How far down from the top of the sheet the next row is."""
        return self._pixels

    # -- from here on: how it is drawn --------------------------------------------------------------------------

    def _letterhead(self):
        middle = self._middle()
        for points, left, right in letterhead_of(settings):
            halves = [((0, middle), *left), ((middle + 1, self.width - 1), *right)]
            self._blocks(points, *((where, text, look) for where, text, look in halves if text))

    def _head(self):
        first = self.next_row
        depth = 2 if any(column.group for column in self.columns) else 1
        own, over = self._head_heights(depth)
        ups = []
        index = 0
        for group, members in groupby(self.columns, key=lambda column: column.group):
            members = list(members)
            for column in members:
                ups.append(
                    (group if group and column is members[0] else "" if group else column.head, column, bool(group))
                )
            if group:
                self.sheet.join(first, index, first, index + len(members) - 1)
            index += len(members)
        for index, (text, column, is_grouped) in enumerate(ups):
            self._head_cell(first, index, text, column, rotated=column.rotated and not is_grouped)
        self._close_row(over if depth == 2 else own)
        if depth == 2:
            for index, (_, column, is_grouped) in enumerate(ups):
                self._head_cell(first + 1, index, column.head if is_grouped else "", column, rotated=column.rotated)
                if not is_grouped and not column.is_bare:
                    self.sheet.join(first, index, first + 1, index)
            self._close_row(own)
        numbers = self.book.format(font_size=self.size, italic=True, align="center", border=1)
        for index, column in enumerate(self.columns):
            if not column.is_bare:
                self.sheet.write_string(self.next_row, index, f"({index + 1})", numbers)
        self.head_rows = (first, self.next_row)
        self._close_row(self._least)

    def _head_heights(self, depth):
        """The heights of the lower head row and of the one over it."""
        # Text turned upwards is as tall as it is long.
        needed = {
            column: length(column.head, self.size, True) * 0.75 + 8
            if column.rotated
            else height(column.head, column.width, self.size, True)
            for column in self.columns
        }
        tallest = max(needed.values())
        if depth == 1:
            return max(tallest, 20), 0
        groups = ((name, list(members)) for name, members in groupby(self.columns, key=lambda column: column.group))
        over = max(
            height(name, sum(column.width for column in members), self.size, True) for name, members in groups if name
        )
        over = max(over, 20)
        below = max(needed[column] for column in self.columns if column.group)
        return max(below, tallest - over, 20), over

    def _head_cell(self, row, index, text, column, rotated):
        if column.is_bare:
            return
        turned = {"rotation": 90} if rotated else {}
        look = self.book.format(font_size=self.size, bold=True, align="center", bg_color=f"#{HEAD}", border=1, **turned)
        if text:
            self.sheet.write_string(row, index, clean(text), look)
        else:
            self.sheet.write_blank(row, index, None, look)

    def _page(self, paper, portrait, freeze_columns):
        sheet = self.sheet
        sheet.set_portrait() if portrait else sheet.set_landscape()
        sheet.set_paper(_PAPERS[paper])
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.75)
        sheet.set_footer(f'&C&"{FONT},Regular"&10Trang &P/&N', {"margin": 0.4})
        sheet.center_horizontally()
        sheet.repeat_rows(*self.head_rows)
        sheet.freeze_panes(self.head_rows[1] + 1, freeze_columns)
        sheet.hide_gridlines(2)

    def _line(self, text, align="center", before=0, **look):
        """A line of text across the sheet; nothing for an empty one."""
        if not text:
            return
        text = clean(text)
        needed = height(text, self._span(0, self.width - 1), look["font_size"], look.get("bold", False))
        self._blocks(needed + before, ((0, self.width - 1), text, {"align": align, **look}))

    def _blocks(self, points, *blocks):
        """A row of blocks of text without borders: ((first, last), text, look)."""
        for (first, last), text, look in blocks:
            format = self._plain(text, look)
            self.sheet.write_string(self.next_row, first, clean(text), format)
            self.sheet.join(self.next_row, first, self.next_row, max(first, last))
        self._close_row(points)

    def _plain(self, text, look):
        quoted = {"quote_prefix": True} if text[:1] in _RISKY else {}
        return self.book.format(**{"align": "center", **look, **quoted})

    def _look(self, look, kind):
        """One of the few looks of the table's cells."""
        if (look, kind) in self._looks:
            return self._looks[look, kind]
        index, bold, fill, italic, align, number_format, color = look
        usual_align, usual_format = self.columns[index].kind
        align = align or usual_align
        number_format = {_AS_NUMBER: number_format or usual_format, _AS_DAY: DAY[1]}.get(kind, "General")
        properties = {"font_size": self.size, "align": align, "border": 1, "num_format": number_format}
        # Numbers and the words beside them keep apart.
        properties |= {"indent": 1} if align in ("left", "right") else {}
        # LibreOffice forgets the indent of a number that may wrap; none ever does.
        properties |= {"text_wrap": False} if kind == _AS_NUMBER else {}
        properties |= {"bold": True} if bold else {}
        properties |= {"italic": True} if italic else {}
        properties |= {"bg_color": f"#{fill}"} if fill else {}
        properties |= {"font_color": f"#{color}"} if color else {}
        properties |= {"quote_prefix": True} if kind == _QUOTED else {}
        self._looks[look, kind] = self.book.format(**properties)
        return self._looks[look, kind]

    def _close_row(self, points):
        if abs(points - self._least) > 0.01:
            self.sheet.set_row(self.next_row, points)
        self._skip(points=points)

    def _skip(self, rows=1, points=None):
        self.next_row += rows
        self._pixels += rows * int((points or self._least) * 4 / 3 + 0.5)

    def _span(self, first, last):
        return sum(column.width for column in self.columns[first : last + 1])

    def _middle(self):
        """The column with which the left half ends, near the middle of the sheet's width."""
        whole = self._span(0, self.width - 1)
        return min(range(max(1, self.width - 1)), key=lambda index: abs(self._span(0, index) - 0.48 * whole))
