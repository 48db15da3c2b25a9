"""Holds a form that came back against what stands in the sheets by now: by cell new, changed, a conflict, the same, wrong."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.contrib.auth import get_user_model

from communes.models import Locality
from criteria import rules
from criteria.actions.results import Saved, save_sheets, why_locked
from criteria.entering import editable_cells
from criteria.forms.cells import REASON_MISSING, TypedCell, put_beside, typed_cell
from criteria.models import Assessment, CriteriaSet, Opinion, Period, Source, Status
from criteria.offline.layout import INPUTS, JUDGEMENTS, Column, Fields, fields_of, open_columns
from criteria.offline.reading import ReturnedForm, Touched, address
from criteria.pasting import judgement_of
from criteria.rules import InvalidEntry
from criteria.sheet import Cell, Row, Sheet, load_sheets
from ntm_tracker.vietnamese import fold


class Kind(StrEnum):
    """What a row of the form would do."""

    CONFLICT = "conflict"
    ERROR = "error"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


@dataclass
class Answer:
    """What the person decided of a cell: not to take it, or of a conflict to replace what stands there."""

    is_left: bool = False
    # The token of what was shown as standing there, and the reason why it is replaced.
    replaces: str = ""
    reason: str = ""


@dataclass
class Line:
    """One touched row of the form beside the cell it is about."""

    read: Touched
    kind: Kind
    place: Locality | None = None
    sheet: Sheet | None = None
    row: Row | None = None
    cell: TypedCell | None = None
    error: str = ""
    where: str = ""
    answer: Answer = field(default_factory=Answer)

    @property
    def key(self) -> str:
        return self.read.key

    @property
    def opinion(self) -> str:
        return self.cell.opinion

    @property
    def before(self) -> Cell:
        return self.row.cells[self.opinion]

    @property
    def before_words(self) -> str:
        return said(self.row, self.before)

    @property
    def after_words(self) -> str:
        return said(self.row, self.after)

    @property
    def after(self) -> Cell:
        return self.row.as_cell(self.cell.entry)

    @property
    def is_taken(self) -> bool:
        """Whether it would be written."""
        if self.kind == Kind.CONFLICT:
            return bool(self.answer.replaces) and not self.error
        return self.kind in (Kind.NEW, Kind.CHANGED) and not self.answer.is_left

    @property
    def wants_reason(self) -> bool:
        return self.kind == Kind.CONFLICT and self.cell.conflict.wants_reason

    @property
    def lacks_reason(self) -> bool:
        return self.error == REASON_MISSING


@dataclass
class Comparison:
    """A returned form beside what stands: its lines in the order of the file."""

    form: ReturnedForm
    lines: list[Line]
    # The sheets of the touched rows, as they stood for the comparison.
    sheets: list[Sheet] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def shown(self) -> list[Line]:
        """What is to be looked at: conflicts and errors first, then what changes."""
        order = {kind: place for place, kind in enumerate(Kind)}
        return sorted((line for line in self.lines if line.kind != Kind.SAME), key=lambda line: order[line.kind])

    @property
    def taken(self) -> list[Line]:
        return [line for line in self.lines if line.is_taken]

    @property
    def unchanged(self) -> int:
        """Rows that say what stands there, touched or not."""
        return self.form.untouched + len(self.of(Kind.SAME))


def said(row: Row, cell: Cell) -> str:
    """What a cell says, whole: value, conclusion and note; 'trống' for an empty one."""
    words = row.words(cell)
    verdict = cell.status.label
    parts = [words] if words else []
    if cell.status and words.lower() != verdict:
        parts.append(verdict)
    if cell.entry.note:
        parts.append(f"ghi chú: “{cell.entry.note}”")
    return "; ".join(parts) or "trống"


def compare(
    form: ReturnedForm,
    *,
    period: Period,
    criteria_set: CriteriaSet,
    user,
    answers: dict[str, Answer] | None = None,
    for_writing: bool = False,
) -> Comparison:
    """Hold a form against the sheets as they are, in a number of queries that does not grow with it.

    `for_writing` locks the sheets, in the caller's transaction. What the person may not see or enter is an error of
    its row.
    """
    places = Locality.objects.visible_to(user).filter(pk__in={row.place for row in form.touched})
    sheets = Assessment.objects.for_writing() if for_writing else Assessment.objects.with_place()
    # In one order, so that two people who send forms wait for one another.
    sheets = sheets.filter(period=period, criteria_set=criteria_set, locality__in=places).order_by("pk")
    pages = load_sheets(sheets, agency_id=user.agency_id, with_previous=False)
    by_place = {page.assessment.locality_id: _Page(page, user, form.opinion) for page in pages}
    answers = answers or {}
    lines = [_line(row, by_place.get(row.place), form, answers.get(row.key) or Answer()) for row in form.touched]
    _name_writers(lines)
    return Comparison(form, lines, pages)


def save(comparison: Comparison, *, by) -> list[Saved]:
    """Write what is taken, all of it or nothing; the history names the file. Raises NotOpen as `save_sheets` does.

    `comparison` was made for writing, in the caller's transaction.
    """
    entries, seen = {}, {}
    for line in comparison.taken:
        pk = line.sheet.assessment.pk
        entries.setdefault(pk, {})[line.row.indicator.pk] = line.cell.entry
        seen.setdefault(pk, {})[line.row.indicator.pk] = line.cell.seen
    return save_sheets(
        [page for page in comparison.sheets if page.assessment.pk in entries],
        opinion=Opinion(comparison.form.opinion),
        entries=entries,
        seen=seen,
        by=by,
        source=Source.IMPORT,
        file_name=comparison.form.file_name,
    )


class _Page:
    """One sheet with what the person may do on it."""

    def __init__(self, page: Sheet, user, opinion):
        self.sheet, self.rows = page, page.rows
        self.opinion, self.cells = editable_cells(user, page)
        self.may_enter = self.opinion == opinion
        self.locked = why_locked(page.assessment, opinion)


def _line(read: Touched, page: _Page | None, form: ReturnedForm, answer: Answer) -> Line:
    line = Line(read, Kind.ERROR, answer=answer)
    if read.error:
        return _refuse(line, read.error, read.error_column)
    if page is None:
        return _refuse(
            line, "địa bàn này không có phiếu của kỳ và bộ tiêu chí này trong phạm vi của anh chị", Column.PLACE
        )
    line.place, line.sheet = page.sheet.assessment.locality, page.sheet
    row = page.rows.get(read.indicator)
    if row is None:
        return _refuse(line, "chỉ tiêu này không còn trong phiếu của kỳ. Tải phiếu mới", Column.CODE)
    line.row = row
    if read.place_text != line.place.title and fold(read.place_text) != fold(line.place.title):
        return _refuse(
            line, f"dòng này là của {line.place.title}, trong ô ghi “{read.place_text}”: {_SHUFFLED}", Column.PLACE
        )
    if read.code != row.label:
        return _refuse(
            line, f"dòng này là của chỉ tiêu {row.label}, trong ô ghi “{read.code}”: {_SHUFFLED}", Column.CODE
        )
    if page.locked:
        return _refuse(line, page.locked.rstrip("."), Column.VALUE)
    if not page.may_enter or read.indicator not in page.cells:
        return _refuse(line, "anh chị không nhập chỉ tiêu này của địa bàn này", Column.VALUE)
    return _judge(line, form.opinion)


_SHUFFLED = "các dòng đã bị xáo trộn. Tải phiếu mới, hoặc trả ô về như cũ"


def _judge(line: Line, opinion: str) -> Line:
    """What the row would do to the cell it is about."""
    read, row = line.read, line.row
    before, fields = row.cells[opinion], read.fields
    may_fill = open_columns(row, before.entry)
    for column, text in zip(INPUTS, fields, strict=True):
        if text and column not in may_fill and text != fields_of(before.entry).by_column[column]:
            return _refuse(line, f"chỉ tiêu {row.label} không nhập ở cột này: xóa ô", column)
    if bool(fields.numerator) != bool(fields.denominator):
        return _refuse(
            line, "còn thiếu tử số hoặc mẫu số", Column.DENOMINATOR if fields.numerator else Column.NUMERATOR
        )
    if bool(fields.male) != bool(fields.female):
        missing, column = ("nữ", Column.FEMALE) if fields.male else ("nam", Column.MALE)
        return _refuse(line, f"còn thiếu tỷ lệ của {missing}: chỉ tiêu này phải đạt cho cả nam và nữ", column)
    if fields.value and (fields.denominator or fields.male):
        return _refuse(line, "đã có tử số và mẫu số (hoặc nam và nữ): xóa một trong hai", Column.VALUE)
    judgement = _judgement(fields.judgement)
    if judgement is None:
        return _refuse(
            line, f"“{fields.judgement[:40]}” không có trong danh sách: chọn {_CHOICES}, hoặc xóa ô", Column.JUDGEMENT
        )
    cell = typed_cell(row, opinion, _as_typed(line, fields, judgement), line.place)
    line.cell = cell
    if cell.error and cell.error != REASON_MISSING:
        return _refuse(line, cell.error, _column_of(fields, cell.error))
    try:
        rules.check_entry(cell.entry, indicator=row.indicator, threshold=row.threshold_value)
    except InvalidEntry as error:
        return _refuse(line, str(error), _column_of(fields, str(error)))
    there = before.token
    if Cell(entry=cell.entry).token == there:
        line.kind = Kind.SAME
    elif read.seen != there:
        line.kind = Kind.CONFLICT
        put_beside(cell, before)
        if line.answer.replaces and line.answer.replaces != there:
            # Yet another value stands there: that is a conflict anew.
            line.answer = Answer()
        elif line.answer.replaces and cell.error:
            line.error = cell.error
    else:
        line.kind = Kind.NEW if before.entry.is_empty else Kind.CHANGED
    return line


_JUDGED = {word: status for status, word in JUDGEMENTS.items()}
_CHOICES = ", ".join(f"“{word}”" for word in JUDGEMENTS.values())


def _as_typed(line: Line, fields: Fields, judgement: str) -> dict[str, str]:
    """The row as the screen would send it: read by one rule, whichever way it comes."""
    key = line.place.pk
    value = f"{_typed(fields.numerator)}/{_typed(fields.denominator)}" if fields.denominator else _typed(fields.value)
    sent = {
        "v": value,
        "m": _typed(fields.male),
        "f": _typed(fields.female),
        "j": judgement,
        "n": fields.note,
        "s": line.read.seen,
    }
    if line.answer.replaces:
        sent |= {"c": "replace", "r": line.answer.reason, "t": line.answer.replaces}
    return {f"{letter}-{key}": text for letter, text in sent.items()}


def _typed(text: str) -> str:
    """A number of a cell as people type it: '1.234' is a number with three decimals here, and a thousand there."""
    return text.replace(".", ",") if _is_plain(text) else text


def _is_plain(text):
    whole, _, rest = text.removeprefix("-").partition(".")
    return whole.isdecimal() and (not rest or rest.isdecimal())


def _judgement(text: str) -> str | None:
    """The conclusion of a word; '' for none, None for a word that says nothing."""
    if not text:
        return Status.UNKNOWN
    return _JUDGED.get(text) or _JUDGED.get(text.capitalize()) or judgement_of(text)


def _column_of(fields: Fields, sentence: str) -> Column:
    """The column an error of the whole cell points to."""
    if "ghi chú" in sentence.lower():
        return Column.NOTE
    filled = [column for column, text in fields.by_column.items() if text]
    return filled[0] if filled else Column.VALUE


def _refuse(line: Line, error: str, column: int) -> Line:
    line.kind, line.error = Kind.ERROR, error
    line.where = address(line.read.number, column)
    return line


def _name_writers(lines):
    """Put beside the conflicts who wrote what stands there; one query at most."""
    conflicts = [line.cell.conflict for line in lines if line.kind == Kind.CONFLICT]
    if conflicts:
        people = get_user_model().objects.select_related("agency")
        people = people.in_bulk({conflict.there.changed_by_id for conflict in conflicts} - {None})
        for conflict in conflicts:
            conflict.by = people.get(conflict.there.changed_by_id)
