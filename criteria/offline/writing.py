"""Draws the form: the table to fill in with Excel's own checks, how to fill it, and a hidden page that says what it is."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import xlsxwriter
from django.utils import timezone

from criteria.entering import Enterable
from criteria.forms.cells import LONGEST_NOTE
from criteria.models import CriteriaSet, Opinion, Period, ValueType
from criteria.offline.layout import (
    GUIDE,
    HEAD_ROW,
    INPUTS,
    JUDGEMENTS,
    NUMBERS,
    TABLE,
    Column,
    Fields,
    RowKey,
    fields_of,
    heads,
    open_columns,
)
from criteria.offline.leaflets import write_guide, write_key
from criteria.rules import LARGEST_VALUE
from criteria.sheet import Row, Sheet
from ntm_tracker.spreadsheet.measuring import height
from ntm_tracker.spreadsheet.writing import FONT, clean

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNCONFIRMED = "◇"
SIZE = 11
_WIDTHS = {
    Column.PLACE: 16,
    Column.CRITERION: 19,
    Column.CODE: 6.5,
    Column.TEXT: 46,
    Column.THRESHOLD: 15,
    Column.PREVIOUS: 15,
    Column.OTHER: 16,
    Column.UNIT: 10,
    Column.VALUE: 10,
    Column.NUMERATOR: 8.5,
    Column.DENOMINATOR: 8.5,
    Column.MALE: 7.5,
    Column.FEMALE: 7.5,
    Column.JUDGEMENT: 14,
    Column.NOTE: 34,
}
_HIDDEN = (Column.LIMIT, Column.KEY)
# The largest value of what is counted: whole, and by that known to the checks.
_LARGEST_COUNT = int(LARGEST_VALUE)
_OPEN, _CLOSED, _HEAD, _HEAD_OPEN = "#FFF8DC", "#EDEDED", "#F0F3F1", "#F3E3A8"
_LINE = "#8A938F"


@dataclass
class Form:
    """What is taken: the sheets one person may enter something on, in some places."""

    period: Period
    criteria_set: CriteriaSet
    enterable: Enterable
    by: object
    # The places in words, for the head: 'Xã Sơn Bình', 'Huyện Tam Đường'.
    place_words: str
    at: datetime = field(default_factory=timezone.now)

    @property
    def opinion(self) -> Opinion:
        return self.enterable.opinion

    @property
    def is_single(self) -> bool:
        return len(self.enterable.assessments) == 1

    @property
    def is_illustrative(self) -> bool:
        return any(sheet.is_illustrative for sheet in self.enterable.assessments)

    @property
    def taken(self) -> str:
        return f"{self.by.get_full_name()}, {timezone.localtime(self.at):%H:%M ngày %d/%m/%Y}"


def write_form(form: Form, file, say=lambda done, whole, name: None) -> int:
    """Write the form into an open file, row by row and never whole in the memory; returns how many rows it has.

    `say` hears how many sheets of how many are written, and the place of the last.
    """
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        book.set_properties(
            {
                "title": clean(f"Phiếu đánh giá {form.place_words}, {form.period.name}"),
                "author": clean(form.by.get_full_name()),
                "created": timezone.localtime(form.at).replace(tzinfo=None),
            }
        )
        table = _Table(book, form)
        for number, (page, cells) in enumerate(form.enterable.pages(), start=1):
            table.add(page, cells)
            say(number, len(form.enterable.assessments), page.assessment.locality.title)
        table.close()
        write_guide(book, form)
        write_key(book, form, table.rows)
    return table.rows


class _Table:
    """The long table, written from the top down."""

    def __init__(self, book, form):
        self.book, self.form = book, form
        self.sheet = book.add_worksheet(TABLE)
        self.next_row = HEAD_ROW + 1
        self.has_genders = False
        self._formats = {}
        self._head()

    @property
    def rows(self):
        return self.next_row - HEAD_ROW - 1

    def add(self, page: Sheet, cells: set[int]):
        """The rows of one sheet that the person may fill in."""
        place = page.assessment.locality
        for criterion in page.criteria:
            first = True
            for row in criterion.rows:
                if row.indicator.pk in cells:
                    self._row(place, row, first)
                    first = False

    def _row(self, place, row: Row, is_first):
        indicator, cell = row.indicator, row.cells[self.form.opinion]
        fields = fields_of(cell.entry)
        self.has_genders |= indicator.is_by_gender or bool(fields.male)
        threshold = row.threshold_text or f"({row.threshold_basis})"
        previous = row.previous_words
        if cell.is_carried:
            previous = f"{previous} (đã chuyển sang, chưa xác nhận lại)".strip()
        other = next(cell for opinion, cell in row.cells.items() if opinion != self.form.opinion)
        shown = {
            Column.PLACE: place.title,
            Column.CRITERION: f"{indicator.criterion.number}. {indicator.criterion.label}",
            Column.CODE: row.label,
            Column.TEXT: indicator.text,
            Column.THRESHOLD: threshold if row.threshold_is_confirmed else f"{UNCONFIRMED} {threshold}",
            Column.PREVIOUS: previous,
            Column.OTHER: _said(row, other),
            Column.UNIT: indicator.unit if indicator.is_numeric else "",
        }
        shown = {column: _clean(text) for column, text in shown.items()}
        heights = [height(text, 0.92 * _WIDTHS[column], SIZE, False) for column, text in shown.items()]
        heights.append(height(fields.note, 0.92 * _WIDTHS[Column.NOTE], SIZE, False))
        self.sheet.set_row(self.next_row - 1, max(heights))
        for column, text in shown.items():
            self._text(column, text, self._format(_SHOWN_LOOKS.get(column, "text"), is_first))
        self._inputs(row, cell.entry, fields, is_first)
        self._number(Column.LIMIT, _limit(indicator), None)
        key = RowKey(place.pk, indicator.pk, cell.token, fields.mark)
        self._text(Column.KEY, str(key), None)
        self.next_row += 1

    def _inputs(self, row, entry, fields: Fields, is_first):
        may_fill = open_columns(row, entry)
        for column, text in fields.by_column.items():
            look = ("number" if column in NUMBERS else "note") if column in may_fill else "closed"
            if text and column in NUMBERS:
                self._number(column, text, self._format(look, is_first))
            else:
                self._text(column, text, self._format(look, is_first, quoted=text.startswith(_RISKY)))

    def close(self):
        """The checks of Excel over the rows that came to be, and what may be seen and changed."""
        sheet, first, last = self.sheet, HEAD_ROW, max(self.next_row - 2, HEAD_ROW)
        hidden = set(_HIDDEN)
        if not self.has_genders:
            hidden |= {Column.MALE, Column.FEMALE}
        if self.form.is_single:
            hidden.add(Column.PLACE)
        for column in Column:
            options = {"hidden": True} if column in hidden else {}
            sheet.set_column(column - 1, column - 1, _WIDTHS.get(column, 12), None, options)
        for column, check in _checks(HEAD_ROW + 1).items():
            sheet.data_validation(first, column - 1, last, column - 1, check)
        sheet.autofilter(HEAD_ROW - 1, 0, last, Column.NOTE - 1)
        sheet.freeze_panes(HEAD_ROW, Column.TEXT - 1)
        sheet.ignore_errors({"number_stored_as_text": f"C{first + 1}:C{last + 1}"})
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW - 1)
        sheet.print_area(0, 0, last, Column.NOTE - 1)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f'&C&"{FONT}"&10Trang &P/&N')
        sheet.hide_gridlines(2)

    def _head(self):
        form, sheet = self.form, self.sheet
        decisions = ", ".join(item["number"] for item in form.criteria_set.legal_basis)
        lines = [
            (f"PHIẾU ĐÁNH GIÁ {form.place_words.upper()}, {form.period.name.upper()}", 15, {"bold": True}),
            (f"{form.criteria_set.name}{f', {decisions}' if decisions else ''}", 12, {"italic": True}),
            (
                f"Ý kiến nhập vào phiếu này: {form.opinion.label.upper()}. Số liệu trong phiếu là số liệu đang lưu khi tải: "
                f"{form.taken}.",
                12,
                {"italic": True},
            ),
            ("SỐ LIỆU MINH HỌA" if form.is_illustrative else "", 12, {"bold": True, "font_color": "#7D4B00"}),
            (
                f"Chỉ nhập vào ô nền vàng; ô khác đã khóa. Nhập giá trị, hoặc tử số và mẫu số. Kết luận để trống là theo mức. "
                f"{UNCONFIRMED} mức chưa đối chiếu văn bản. Cách điền và gửi lại: trang “{GUIDE}”.",
                11,
                {},
            ),
        ]
        first = Column.CRITERION if form.is_single else Column.PLACE
        for number, (text, size, look) in enumerate(lines):
            style = self.book.add_format(
                {"font_name": FONT, "font_size": size, "valign": "vcenter", "text_wrap": True, **look}
            )
            sheet.merge_range(number, first - 1, number, Column.NOTE - 1, clean(text), style)
            sheet.set_row(number, size * 1.7 if text else 4)
        sheet.set_row(HEAD_ROW - 1, 32)
        for column, text in heads(form.opinion).items():
            look = "head-open" if column in INPUTS else "head"
            sheet.write_string(HEAD_ROW - 1, column - 1, text, self._format(look, False))

    def _text(self, column, text, style):
        """Write a cleaned text by the library's shorter way: asking what a value is takes a third of a large form."""
        if text:
            self.sheet._write_string(self.next_row - 1, column - 1, text, style)
        else:
            self.sheet._write_blank(self.next_row - 1, column - 1, None, style)

    def _number(self, column, number, style):
        self.sheet._write_number(self.next_row - 1, column - 1, float(number), style)

    def _format(self, look, is_first, quoted=False):
        """One of the few looks of the table, built once; the first row of a criterion has a stronger line over it."""
        key = look, is_first, quoted
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {
                    "font_name": FONT,
                    "font_size": SIZE,
                    "valign": "top",
                    "text_wrap": True,
                    "border": 1,
                    "border_color": _LINE,
                    **_LOOKS[look],
                    **({"top": 2} if is_first else {}),
                    **({"quote_prefix": True} if quoted else {}),
                }
            )
        return self._formats[key]


_SHOWN_LOOKS = {Column.PLACE: "bold", Column.CODE: "centre", Column.UNIT: "centre"}
# What a text must not begin with unmarked, or a program may take it for a formula.
_RISKY = ("=", "+", "-", "@")
_LOOKS = {
    "text": {},
    "bold": {"bold": True},
    "centre": {"align": "center"},
    "number": {"bg_color": _OPEN, "locked": False, "align": "right"},
    "note": {"bg_color": _OPEN, "locked": False},
    "closed": {"bg_color": _CLOSED},
    "head": {"bold": True, "bg_color": _HEAD, "align": "center", "valign": "vcenter"},
    "head-open": {"bold": True, "bg_color": _HEAD_OPEN, "align": "center", "valign": "vcenter"},
}


_clean = lru_cache(maxsize=10_000)(clean)


def _limit(indicator):
    if indicator.is_share:
        return 100
    return _LARGEST_COUNT if indicator.value_type == ValueType.COUNT else LARGEST_VALUE


def _said(row, cell):
    """What the other side says, with its verdict: '16,8 %, chưa đạt'."""
    words = row.words(cell)
    verdict = cell.status.label if cell.status else ""
    return words if not verdict or words.lower() == verdict else f"{words}, {verdict}".strip(", ")


def _checks(row):
    """What Excel refuses at once, by column; `row` is the first of the table, the others follow from it."""
    value, part, whole, male, female, note = "IJKLMO"
    share = "Nhập số từ 0 đến 100."
    return {
        Column.VALUE: _custom(
            f"=AND(ISNUMBER({value}{row}),{value}{row}>=0,{value}{row}<=$P{row},"
            f"OR($P{row}<>{_LARGEST_COUNT},{value}{row}=INT({value}{row})))",
            "Nhập một số, không âm; tỷ lệ từ 0 đến 100; số đếm là số nguyên. Phân số thì ghi vào cột Tử số và Mẫu số.",
        ),
        Column.NUMERATOR: _custom(
            f'=AND(ISNUMBER({part}{row}),{part}{row}>=0,OR({whole}{row}="",{part}{row}<={whole}{row}))',
            "Tử số là một số từ 0 đến mẫu số.",
        ),
        Column.DENOMINATOR: _custom(
            f'=AND(ISNUMBER({whole}{row}),{whole}{row}>0,OR({part}{row}="",{whole}{row}>={part}{row}))',
            "Mẫu số là một số lớn hơn 0 và không nhỏ hơn tử số.",
        ),
        Column.MALE: _custom(f"=AND(ISNUMBER({male}{row}),{male}{row}>=0,{male}{row}<=100)", share),
        Column.FEMALE: _custom(f"=AND(ISNUMBER({female}{row}),{female}{row}>=0,{female}{row}<=100)", share),
        Column.JUDGEMENT: {
            "validate": "list",
            "source": list(JUDGEMENTS.values()),
            "error_title": "Kết luận",
            "error_message": "Chọn trong danh sách, hoặc xóa ô để theo mức đạt chuẩn.",
        },
        Column.NOTE: {
            "validate": "length",
            "criteria": "<=",
            "value": LONGEST_NOTE,
            "error_title": "Ghi chú",
            "error_message": f"Ghi chú dài nhất {LONGEST_NOTE} ký tự.",
        },
    }


def _custom(formula, sentence):
    return {"validate": "custom", "value": formula, "error_title": "Giá trị không nhận", "error_message": sentence}
