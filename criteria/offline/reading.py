"""Takes a form that came back apart: which rows were touched, and what is wrong with the file or with a cell.

Nothing is guessed: a form whose layout was changed is refused with the cell that is not where it was.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from openpyxl.utils import get_column_letter

from criteria.models import CriteriaSet, Opinion, Period
from criteria.offline.layout import (
    HEAD_ROW,
    INPUTS,
    KEY,
    NUMBERS,
    READ,
    TABLE,
    VERSION,
    Column,
    Fields,
    Origin,
    RowKey,
    heads,
)
from criteria.sheet import plain
from ntm_tracker.spreadsheet.reading import Sheet, read_workbook
from ntm_tracker.vietnamese import NotANumber, nfc, parse_number

AGAIN = "Tải phiếu mới ở trang “Phiếu đánh giá” rồi điền vào phiếu đó."
# Longer than any number the tables hold; two of them still make a fraction as the screen takes it.
LONGEST_NUMBER = 25


class NotThisForm(Exception):
    """The file cannot be taken as a whole; the message says where and what to do, for the officer."""


@dataclass(slots=True)
class Touched:
    """A row somebody changed: what stands in its cells now, and what is wrong with one of them."""

    number: int
    place: int
    indicator: int
    # The token of the cell when the form was taken.
    seen: str
    # The place and the indicator as they stand in the row.
    place_text: str
    code: str
    fields: Fields
    error: str = ""
    error_column: int = 0

    @property
    def key(self) -> str:
        return f"{self.place}-{self.indicator}"

    def packed(self) -> list:
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def unpacked(cls, data: list) -> "Touched":
        row = cls(*data)
        row.fields = Fields(*row.fields)
        return row


@dataclass
class ReturnedForm:
    """What a form that came back holds."""

    file_name: str
    opinion: str
    # Who took it and when, in words.
    taken: str
    touched: list[Touched] = field(default_factory=list)
    untouched: int = 0
    # Rows that were in the form when it was taken and are not in it any more.
    missing: int = 0

    def packed(self) -> dict:
        """What waits on the disk until it is confirmed."""
        return {**vars(self), "touched": [row.packed() for row in self.touched]}

    @classmethod
    def unpacked(cls, data: dict) -> "ReturnedForm":
        return cls(**{**data, "touched": [Touched.unpacked(row) for row in data["touched"]]})


def address(number: int, column: int) -> str:
    """Where a cell of the table stands, for a sentence."""
    return f"trang “{TABLE}”, ô {get_column_letter(column)}{number}"


def read_form(file, *, period: Period, criteria_set: CriteriaSet, opinion: Opinion) -> ReturnedForm:
    """Read a form of this period and set; raises NotReadable or NotThisForm."""
    workbook = read_workbook(file, {TABLE: (HEAD_ROW + 1, READ)})
    table, key = workbook.sheet(TABLE), workbook.sheet(KEY)
    if key is None or table is None:
        missing = TABLE if table is None else KEY
        raise NotThisForm(f"Tệp không phải là phiếu tải từ phần mềm này: không có trang “{missing}”. {AGAIN}")
    origin = _origin(key)
    _check_origin(origin, period, criteria_set, opinion)
    _check_heads(table, heads(origin.opinion))
    form = ReturnedForm(file_name=file.name, opinion=origin.opinion, taken=origin.taken)
    _read_rows(table, form)
    form.missing = max(0, origin.rows - form.untouched - len(form.touched))
    return form


def _origin(key: Sheet) -> Origin:
    version = key.text(1, 2)
    if version != str(VERSION):
        raise NotThisForm(
            f"Phiếu này theo mẫu phiên bản {version or '(không rõ)'}, phần mềm nay dùng phiên bản {VERSION}. {AGAIN}"
        )
    origin = Origin.read(key.text(2, 2))
    if origin is None:
        raise NotThisForm(
            f"Phiếu này tải từ phần mềm của cơ quan khác, hoặc trang ẩn “{KEY}” đã bị sửa. {AGAIN}",
        )
    return origin


def _check_origin(origin, period, criteria_set, opinion):
    if origin.period != period.code:
        name = Period.objects.filter(code=origin.period).values_list("name", flat=True).first() or origin.period
        raise NotThisForm(
            f"Phiếu này của kỳ {name}, anh chị đang gửi vào kỳ {period.name}. Chọn đúng kỳ ở đầu trang rồi gửi lại."
        )
    if origin.criteria_set != criteria_set.code:
        names = CriteriaSet.objects.filter(code=origin.criteria_set).values_list("short_name", flat=True)
        raise NotThisForm(
            f"Phiếu này của bộ tiêu chí “{names.first() or origin.criteria_set}”, anh chị đang gửi vào bộ "
            f"“{criteria_set.short_name}”. Chọn đúng bộ tiêu chí ở đầu trang rồi gửi lại."
        )
    if origin.opinion != opinion:
        raise NotThisForm(
            f"Phiếu này để nhập {Opinion(origin.opinion).label}, còn anh chị nhập {Opinion(opinion).label}. {AGAIN}"
        )

    if period.closed_on:
        raise NotThisForm(f"Kỳ {period.name} đã khóa từ ngày {period.closed_on:%d/%m/%Y}, không nhận phiếu nữa.")


def _check_heads(table: Sheet, wanted):
    """Every head stands where it stood; else the first that does not is told, and where it stands now."""
    for column, text in wanted.items():
        there = table.text(HEAD_ROW, column)
        if there == text:
            continue
        found = next(
            (place for place, value in table.cells.items() if value == text and place[0] <= HEAD_ROW + 50), None
        )
        letter = get_column_letter(column)
        if found and found[0] != HEAD_ROW:
            what = f"dòng tiêu đề nay ở dòng {found[0]}, trong phiếu tải về ở dòng {HEAD_ROW}: có dòng bị chèn hoặc xóa phía trên"
        elif found:
            what = f"cột “{text}” nay ở cột {get_column_letter(found[1])}, trong phiếu tải về ở cột {letter}"
        else:
            what = f"tiêu đề phải là “{text}”, trong tệp là “{there or 'ô trống'}”"
        raise NotThisForm(
            f"T{address(HEAD_ROW, column)[1:]}: {what}. Bố cục phiếu đã bị đổi nên không đọc. Trả về như cũ, "
            f"hoặc: {AGAIN[0].lower()}{AGAIN[1:]}"
        )


def _read_rows(table: Sheet, form: ReturnedForm):
    lines = {number: line for number, line in table.rows() if number > HEAD_ROW}
    faulty = {place: words for place, words in table.faulty.items() if place[0] > HEAD_ROW and place[1] in INPUTS}
    lines |= {number: {} for number, _ in faulty if number not in lines}
    first_of = {}
    for number, line in sorted(lines.items()):
        texts = [_text(value, column) if (value := line.get(column)) is not None else "" for column in INPUTS]
        wrong = {column: words for (row, column), words in faulty.items() if row == number} if faulty else {}
        key = RowKey.read(str(line.get(Column.KEY, "")))
        if key is None:
            if wrong or any(texts) or Column.KEY in line:
                form.touched.append(_unknown(number, line))
            continue
        fields = Fields(*texts)
        twice = first_of.setdefault((key.place, key.indicator), number)
        if fields.mark == key.mark and not wrong and twice == number:
            form.untouched += 1
            continue
        place, code = (_text(line.get(column), column) for column in (Column.PLACE, Column.CODE))
        row = Touched(number, key.place, key.indicator, key.seen, place, code, fields)
        if twice != number:
            row.error = f"dòng này trùng địa bàn và chỉ tiêu với dòng {twice}: chỉ để một dòng"
            row.error_column = Column.CODE
        else:
            _find_fault(row, line, wrong)
        form.touched.append(row)


def _unknown(number, line):
    return Touched(
        number,
        0,
        0,
        "",
        _text(line.get(Column.PLACE), Column.PLACE),
        _text(line.get(Column.CODE), Column.CODE),
        Fields(),
        error="dòng này không có trong phiếu đã tải (tự thêm, hoặc mất khóa dòng): nhập vào dòng có sẵn của chỉ tiêu",
        error_column=Column.CODE,
    )


def _find_fault(row: Touched, line, faulty):
    """What cannot be a value of its kind: an error of Excel, a day where a number belongs."""
    for column in INPUTS:
        value = line.get(column)
        if column in faulty:
            row.error = f"{faulty[column]}: gõ giá trị vào ô, hoặc mở bằng Excel, lưu lại rồi gửi"
        elif column not in NUMBERS or value is None:
            continue
        elif isinstance(value, date):
            row.error = (
                f"là ngày {value:%d/%m/%Y}, không phải số. Excel tự đổi “{value.day}/{value.month}” thành ngày: phân số thì "
                "ghi vào cột Tử số và Mẫu số; số thì chọn định dạng Number rồi gõ lại"
            )
        elif isinstance(value, bool):
            row.error = f"là {str(value).upper()}, không phải số: gõ lại số"
        elif len(row.fields.by_column[column]) > LONGEST_NUMBER:
            row.error = "dài quá, không phải là số: gõ lại số"
        if row.error:
            row.error_column = column
            return


def _text(value, column) -> str:
    """What a cell holds, as the form writes it: numbers like '12.5' where numbers belong, else as people write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return plain(value) if column in NUMBERS else plain(value).replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = nfc(value)
    if column in NUMBERS:
        try:
            number = parse_number(text)
        except NotANumber:
            return text
        return plain(number)
    return text
