"""Reads what was typed into a sheet; says by cell what is wrong with it."""

from dataclasses import dataclass

from criteria.models import Status
from criteria.rules import Entry
from criteria.sheet import Cell, Row
from ntm_tracker.vietnamese import NotANumber, format_number, nfc, parse_number

# What a person may choose beside a value; the first goes by the value.
JUDGEMENTS = [
    (Status.UNKNOWN, "Theo mức"),
    (Status.MET, "Đạt"),
    (Status.UNMET, "Chưa đạt"),
    (Status.NOT_APPLICABLE, "Không áp dụng"),
]
JUDGEMENTS_WITHOUT_VALUE = [(Status.UNKNOWN, "Chưa đánh giá"), *JUDGEMENTS[1:]]
LONGEST_NOTE = 2000


@dataclass
class TypedCell:
    """The fields of one cell as they stand on the screen: from what is stored, or as typed with what is wrong."""

    row: Row
    opinion: str
    value: str
    judgement: str
    note: str
    seen: str
    entry: Entry | None = None
    error: str = ""
    saved: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether it holds something else than it showed."""
        return self.entry is None or Cell(entry=self.entry).token != self.seen

    @property
    def judgement_words(self) -> str:
        return dict(self.judgements).get(self.judgement, "") if self.judgement else ""

    @property
    def wants_note(self) -> bool:
        """Whether the note is what is missing."""
        return "ghi chú" in self.error

    @property
    def judgements(self):
        by_value = self.row.indicator.is_numeric and self.row.threshold_value is not None
        return JUDGEMENTS if by_value else JUDGEMENTS_WITHOUT_VALUE


def stored_cell(row: Row, opinion: str) -> TypedCell:
    cell = row.cells[opinion]
    return TypedCell(
        row=row,
        opinion=opinion,
        value=format_number(cell.entry.value),
        judgement=cell.entry.judgement,
        note=cell.entry.note,
        seen=cell.token,
        entry=cell.entry,
    )


def typed_cell(row: Row, opinion: str, data) -> TypedCell:
    """The cell as sent by the page, read into an Entry, or with the error that says what to type instead.

    Fields are named v-, j-, n-, s- and the indicator's id; a field that is not sent is empty.
    """
    pk = row.indicator.pk
    cell = TypedCell(
        row=row,
        opinion=opinion,
        value=data.get(f"v-{pk}", "").strip()[:60],
        judgement=data.get(f"j-{pk}", ""),
        note=nfc(data.get(f"n-{pk}", "").replace("\0", "")),
        seen=data.get(f"s-{pk}", ""),
    )
    if cell.judgement not in Status.values:
        cell.judgement, cell.error = "", "Chọn một kết luận trong danh sách."
        return cell
    if len(cell.note) > LONGEST_NOTE:
        cell.error = f"Ghi chú dài quá {LONGEST_NOTE} ký tự. Rút gọn hoặc đưa vào minh chứng."
        return cell
    try:
        value = parse_number(cell.value) if row.indicator.is_numeric else None
    except NotANumber as error:
        cell.error = str(error)
        return cell
    cell.entry = Entry(value=value, judgement=cell.judgement, note=cell.note)
    return cell
