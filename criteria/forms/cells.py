"""Reads what was typed into the cells of a sheet; says by cell what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from criteria import rules
from criteria.models import Opinion, Status
from criteria.pasting import judgement_of
from criteria.rules import Entry, InvalidEntry
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
_JUDGED = set(Status.values)
LONGEST_NOTE = 2000
LONGEST_VALUE = 60
REASON_MISSING = "Ghi lý do thay giá trị đã lưu."


@dataclass
class Conflict:
    """Two values for one cell: the one that stands there by now, and the one that was typed."""

    there: Cell
    there_words: str
    mine: Cell
    mine_words: str
    there_shortfall: str = ""
    mine_shortfall: str = ""
    # Who wrote the value that stands there; None where it was a command.
    by: object = None

    @property
    def wants_reason(self) -> bool:
        """Replacing what somebody saved needs a reason; filling what is empty by now does not."""
        return not self.there.entry.is_empty


@dataclass
class TypedCell:
    """The fields of one cell as they stand on the screen: from what is stored, or as typed with what is wrong."""

    row: Row
    opinion: str
    # What the cell held when it was shown.
    seen: str = ""
    # A figure, or a share as a fraction: '88,9', '8/9'. Where men and women count apart, these two stand instead.
    value: str = ""
    male: str = ""
    female: str = ""
    judgement: str = ""
    note: str = ""
    # The place, on a page that shows one indicator down many places.
    place: object = None
    entry: Entry | None = None
    error: str = ""
    saved: bool = False
    conflict: Conflict | None = None
    # Why a saved value is to be replaced, where the person was shown both.
    reason: str = ""

    @property
    def key(self) -> str:
        """What the names of its fields end on: the indicator on a sheet, the place in a column."""
        return str(self.place.pk if self.place else self.row.indicator.pk)

    @property
    def name(self) -> str:
        """Which cell it is, as its labels say it to those who hear the page."""
        head = self.place.title if self.place else self.row.indicator.code
        return f"{head}, {Opinion(self.opinion).label}"

    @property
    def is_changed(self) -> bool:
        """Whether it holds something else than it showed."""
        return self.entry is None or Cell(entry=self.entry).token != self.seen

    @property
    def typed_words(self) -> str:
        """The value as it was typed: '38,5', 'nam 93, nữ 95'."""
        parts = (f"nam {self.male}" if self.male else "", f"nữ {self.female}" if self.female else "")
        return ", ".join(filter(None, parts)) or self.value

    @property
    def as_fields(self) -> list[tuple[str, str]]:
        """Its fields by letter, to be sent again as they are."""
        texts = (self.value, self.male, self.female, self.judgement, self.note, self.seen)
        return list(zip("vmfjns", texts, strict=True))

    @property
    def judgement_words(self) -> str:
        return dict(self.judgements).get(self.judgement, "") if self.judgement else ""

    @property
    def wants_note(self) -> bool:
        """Whether the note is what is missing."""
        return "ghi chú" in self.error

    @property
    def lacks_reason(self) -> bool:
        """Whether the reason for replacing a saved value is what is missing."""
        return bool(self.conflict) and self.error == REASON_MISSING

    @property
    def judgements(self):
        by_value = self.row.indicator.is_numeric and self.row.threshold_value is not None
        return JUDGEMENTS if by_value else JUDGEMENTS_WITHOUT_VALUE

    @property
    def has_overall_only(self) -> bool:
        """Whether one value of both together stands where men and women count apart."""
        return self.row.indicator.is_by_gender and bool(self.value) and not (self.male or self.female)

    @property
    def computed(self) -> str:
        """The percentage behind a fraction: '88,88 %'."""
        if self.entry is None or self.entry.denominator is None:
            return ""
        return f"{format_number(rules.short_percent(self.entry, self.row.indicator.direction))} %"


def stored_cell(row: Row, opinion: str, place=None) -> TypedCell:
    cell = row.cells[opinion]
    entry = cell.entry
    by_parts = entry.denominator is not None
    return TypedCell(
        row=row,
        opinion=opinion,
        place=place,
        value=f"{format_number(entry.numerator)}/{format_number(entry.denominator)}"
        if by_parts
        else ""
        if entry.has_both_genders
        else format_number(entry.value),
        male=format_number(entry.male),
        female=format_number(entry.female),
        judgement=entry.judgement,
        note=entry.note,
        seen=cell.token,
        entry=entry,
    )


def typed_cell(row: Row, opinion: str, data: Mapping[str, str], place=None) -> TypedCell:
    """The cell as sent by the page, read into an Entry, or with the error that says what to type instead.

    Fields are named v- (value), m- and f- (men, women), j- (judgement), n- (note), s- (what was shown) and the key of
    the cell; a field that is not sent is empty. Somebody who was shown two values for the cell answers in c-: 'keep'
    the one that stands there, or 'replace' the one shown as t- for the reason r-.
    """
    cell = TypedCell(row=row, opinion=opinion, place=place)
    key = cell.key
    answer = data.get(f"c-{key}", "")
    if answer == "keep":
        return stored_cell(row, opinion, place)
    cell.value, cell.male, cell.female = (data.get(f"{letter}-{key}", "").strip()[:LONGEST_VALUE] for letter in "vmf")
    cell.judgement = data.get(f"j-{key}", "")
    cell.note, cell.reason = (nfc(data.get(f"{letter}-{key}", "").replace("\0", "")) for letter in "nr")
    cell.seen = data.get(f"s-{key}", "")
    if cell.judgement not in _JUDGED:
        cell.judgement, cell.error = "", "Chọn một kết luận trong danh sách."
        return cell
    if answer == "replace":
        there = row.cells[opinion]
        if not cell.reason and not there.entry.is_empty:
            cell.error = REASON_MISSING
        elif cell.reason and cell.reason not in cell.note:
            cell.note = f"{cell.note}; {cell.reason}" if cell.note else cell.reason
    if len(cell.note) > LONGEST_NOTE:
        cell.error = f"Ghi chú dài quá {LONGEST_NOTE} ký tự. Rút gọn hoặc đưa vào minh chứng."
        return cell
    try:
        entry = read_value(row.indicator, cell.value, cell.male, cell.female)
    except InvalidEntry as error:
        cell.error = str(error)
        return cell
    cell.entry = replace(entry, judgement=cell.judgement, note=cell.note) if cell.judgement or cell.note else entry
    if answer == "replace":
        if cell.error:
            put_beside(cell, row.cells[opinion])
        else:
            # What was shown as standing there; if yet another value stands there now, that is a conflict anew.
            cell.seen = data.get(f"t-{key}", "")
    return cell


def read_pasted(row: Row, opinion: str, values: Sequence[str], place) -> TypedCell:
    """The cell that a line pasted from a spreadsheet stands for: its value is new, conclusion and note stay.

    `values` are one, or two for men and women; an indicator without figures takes a word or sign (`judgement_of`).
    """
    shown = stored_cell(row, opinion, place)
    fields = {"j": shown.judgement, "n": shown.note, "s": shown.seen}
    if not row.indicator.is_numeric:
        judgement = judgement_of(values[0])
        if judgement is None:
            shown.error = f"“{values[0]}” không phải là đạt hay chưa đạt. Ghi x hoặc Đ, 0 hoặc CĐ."
            return shown
        fields["j"] = judgement
    elif row.indicator.is_by_gender and len(values) == 2:
        fields["m"], fields["f"] = values
    else:
        fields["v"] = values[0]
    cell = typed_cell(row, opinion, {f"{letter}-{shown.key}": text for letter, text in fields.items()}, place)
    if not cell.error:
        try:
            rules.check_entry(cell.entry, indicator=row.indicator, threshold=row.threshold_value)
        except InvalidEntry as error:
            cell.error = str(error)
    return cell


def read_value(indicator, value: str, male: str = "", female: str = "") -> Entry:
    """The entry of a value as typed: a figure, a fraction of a whole, or men and women apart.

    Raises InvalidEntry, worded for the officer.
    """
    if not indicator.is_numeric:
        return Entry()
    if indicator.is_by_gender and (male or female):
        parts = {"nam": _number(indicator, male), "nữ": _number(indicator, female)}
        missing = [who for who, number in parts.items() if number is None]
        if missing:
            raise InvalidEntry(f"Còn thiếu tỷ lệ của {missing[0]}: chỉ tiêu này phải đạt cho cả nam và nữ.")
        return rules.by_gender(male=parts["nam"], female=parts["nữ"], direction=indicator.direction)
    if "/" not in value:
        return Entry(value=_number(indicator, value))
    if not indicator.is_share or indicator.is_by_gender:
        raise InvalidEntry(f"“{value}” không phải là số. Chỉ tiêu này không nhập bằng phân số.")
    parts = [part.strip() for part in value.split("/")]
    if len(parts) != 2 or not all(parts):
        raise InvalidEntry(f"“{value}” không phải là phân số. Nhập tử số/mẫu số, ví dụ 8/9.")
    numerator, denominator = (_number(indicator, part) for part in parts)
    return rules.share(numerator=numerator, denominator=denominator, direction=indicator.direction)


def _number(indicator, text):
    if indicator.is_share:
        # As Excel writes a share.
        text = re.sub(r"\s*%$", "", text)
    try:
        return parse_number(text)
    except NotANumber as error:
        raise InvalidEntry(str(error)) from error


def put_beside(cell: TypedCell, there: Cell) -> None:
    """Put the value that stands in the cell by now beside the one that was typed."""
    row = cell.row
    mine = row.as_cell(cell.entry)
    cell.conflict = Conflict(
        there=there,
        there_words=row.words(there) or "ô trống",
        mine=mine,
        mine_words=row.words(mine) or "ô trống",
        there_shortfall=row.shortfall_words(there),
        mine_shortfall=row.shortfall_words(mine),
    )
