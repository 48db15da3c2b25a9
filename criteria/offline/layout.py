"""Where what stands in the form: the columns, the fields of one indicator, the marks that tell a row and a file again.

One long table, a row for each indicator of each place, and not a page for each place: it filters by place and by
criterion, one commune's 57 rows and a province's 34,200 are filled in the same way, and Excel opens both.
"""

import hashlib
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import NamedTuple

from django.core import signing

from criteria.models import Opinion, Status
from criteria.rules import Entry
from criteria.sheet import Row, plain
from ntm_tracker.spreadsheet.writing import clean
from ntm_tracker.vietnamese import nfc

# Raised whenever a column is moved or means something else: forms of before are recognised and told.
VERSION = 1
TABLE, GUIDE, KEY = "Phiếu đánh giá", "Hướng dẫn", "Khóa"
HEAD_ROW = 6
SALT = "criteria.offline.form"


class Column(IntEnum):
    """The columns of the table, counted from 1 as Excel counts."""

    PLACE = 1
    CRITERION = 2
    CODE = 3
    TEXT = 4
    THRESHOLD = 5
    PREVIOUS = 6
    OTHER = 7
    UNIT = 8
    VALUE = 9
    NUMERATOR = 10
    DENOMINATOR = 11
    MALE = 12
    FEMALE = 13
    JUDGEMENT = 14
    NOTE = 15
    # From here on hidden: the largest value, for Excel's own checks, and the row's key.
    LIMIT = 16
    KEY = 17


# What a person fills in, in the order of the fields of `Fields`.
INPUTS = (
    Column.VALUE,
    Column.NUMERATOR,
    Column.DENOMINATOR,
    Column.MALE,
    Column.FEMALE,
    Column.JUDGEMENT,
    Column.NOTE,
)
NUMBERS = INPUTS[:5]
# What is read of a form that came back; the rest is there for people.
READ = {Column.PLACE, Column.CODE, Column.KEY, *INPUTS}

_HEADS = {
    Column.PLACE: "Địa bàn",
    Column.CRITERION: "Tiêu chí",
    Column.CODE: "Mã",
    Column.TEXT: "Chỉ tiêu",
    Column.THRESHOLD: "Mức đạt chuẩn",
    Column.PREVIOUS: "Kỳ trước",
    Column.UNIT: "Đơn vị tính",
    Column.VALUE: "Giá trị",
    Column.NUMERATOR: "Tử số",
    Column.DENOMINATOR: "Mẫu số",
    Column.MALE: "Nam (%)",
    Column.FEMALE: "Nữ (%)",
    Column.JUDGEMENT: "Kết luận",
    Column.NOTE: "Ghi chú",
    Column.LIMIT: "Giới hạn",
    Column.KEY: "Khóa dòng",
}
OTHER = {Opinion.REPORTED: Opinion.VERIFIED, Opinion.VERIFIED: Opinion.REPORTED}


def heads(opinion: str) -> dict[Column, str]:
    """The heads of the columns; one shows the word of the side that does not fill in this form."""
    return _HEADS | {Column.OTHER: _capital(OTHER[opinion].label)}


# The words of the drop-down; nothing goes by the value, or is not assessed yet where no value decides.
JUDGEMENTS = {status: status.label.capitalize() for status in Status if status}


class Fields(NamedTuple):
    """What stands in the cells a person fills in, as text: numbers like '12.5', '' for an empty cell."""

    value: str = ""
    numerator: str = ""
    denominator: str = ""
    male: str = ""
    female: str = ""
    judgement: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """A short mark: a row whose fields have the mark they were written with was not touched."""
        return hashlib.blake2s("\x1f".join(self).encode(), digest_size=8).hexdigest()

    @property
    def by_column(self) -> dict[Column, str]:
        return dict(zip(INPUTS, self, strict=True))


def fields_of(entry: Entry) -> Fields:
    """How the form shows what a side says; a value given by its parts is shown by them."""
    by_parts, by_gender = entry.denominator is not None, entry.has_both_genders
    return Fields(
        value="" if by_parts or by_gender else plain(entry.value),
        numerator=plain(entry.numerator),
        denominator=plain(entry.denominator),
        male=plain(entry.male),
        female=plain(entry.female),
        judgement=JUDGEMENTS.get(entry.judgement, ""),
        note=nfc(clean(entry.note)),
    )


def open_columns(row: Row, entry: Entry) -> set[Column]:
    """The columns that may be filled in for an indicator; `entry` is what stands there."""
    indicator = row.indicator
    columns = {Column.JUDGEMENT, Column.NOTE}
    if indicator.is_by_gender:
        columns |= {Column.MALE, Column.FEMALE}
        # A value of both together stays where one stands, as on the screen; no new one is asked for.
        return columns | {Column.VALUE} if entry.value is not None and not entry.has_both_genders else columns
    if indicator.is_share:
        return columns | {Column.VALUE, Column.NUMERATOR, Column.DENOMINATOR}
    return columns | {Column.VALUE} if indicator.is_numeric else columns


@dataclass(frozen=True)
class RowKey:
    """What a row is about, and the marks of what stood there when the form was taken."""

    place: int
    indicator: int
    # The token of the cell (`Cell.token`), and the mark of its fields as they were written.
    seen: str
    mark: str

    def __str__(self):
        return f"{self.place}-{self.indicator}-{self.seen}-{self.mark}"

    @classmethod
    def read(cls, text: str) -> "RowKey | None":
        parts = text.split("-")
        if len(parts) != 4 or not all(part.isdecimal() and len(part) < 19 for part in parts[:2]):
            return None
        return cls(int(parts[0]), int(parts[1]), parts[2], parts[3])


@dataclass(frozen=True)
class Origin:
    """What a file says of itself, signed: which program gave it out, and what for."""

    version: int
    period: str
    criteria_set: str
    opinion: str
    rows: int
    # When it was taken, and by whom, in words.
    taken: str

    def signed(self) -> str:
        return signing.dumps(astuple(self), salt=SALT)

    @classmethod
    def read(cls, text: str) -> "Origin | None":
        """The same again; None if another program signed it, or it was changed."""
        try:
            return cls(*signing.loads(text, salt=SALT))
        except (signing.BadSignature, TypeError, ValueError):
            return None


def _capital(text):
    return f"{text[:1].upper()}{text[1:]}"
