"""Writes: opening sheets and saving what people enter. One transaction each; history in the same one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone

from criteria.models import (
    Assessment,
    Criterion,
    CriterionResult,
    IndicatorResult,
    Opinion,
    Period,
    ResultChange,
    Source,
    State,
)
from criteria.rules import WRITABLE, Entry, InvalidEntry
from criteria.sheet import Cell, Sheet, load_sheet, plain

# The parts of a value that its history keeps where they were given.
PARTS = ("numerator", "denominator", "male", "female")


class NotOpen(Exception):
    """The sheet cannot be written: closed, locked by its state, or its set not complete; the message says which."""


@dataclass
class Saved:
    """What a save came to. With errors or conflicts nothing at all was written."""

    sheet: Sheet
    # The changed indicators with the cells that stood there before.
    changed: dict[int, Cell] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    # Cells that somebody else changed since they were shown: what stands there now.
    conflicts: dict[int, Cell] = field(default_factory=dict)

    @property
    def is_written(self) -> bool:
        return not self.errors and not self.conflicts


@transaction.atomic
def open_assessments(*, criteria_set, period, localities, is_illustrative=False, source_note="") -> int:
    """Open a sheet for each place that has none in this period; returns how many were opened.

    Raises NotOpen if the period is closed or the set is not complete enough to be assessed.
    """
    if period.closed_on:
        raise NotOpen(f"Kỳ {period.name} đã khóa từ ngày {period.closed_on:%d/%m/%Y}, không mở phiếu mới được.")
    if not criteria_set.is_complete:
        raise NotOpen(f"{criteria_set.name} chưa đủ để đánh giá: {criteria_set.incomplete_reason}")
    before = Assessment.objects.filter(criteria_set=criteria_set, period=period).count()
    Assessment.objects.bulk_create(
        [
            Assessment(
                criteria_set=criteria_set,
                period=period,
                locality=locality,
                is_illustrative=is_illustrative,
                source_note=source_note,
            )
            for locality in localities
        ],
        ignore_conflicts=True,
    )
    return Assessment.objects.filter(criteria_set=criteria_set, period=period).count() - before


def save_results(
    *,
    assessment: Assessment,
    opinion: Opinion,
    entries: Mapping[int, Entry],
    by,
    seen: Mapping[int, str] | None = None,
    source: str = Source.SCREEN,
    sheet: Sheet | None = None,
) -> Saved:
    """Write what one side says of some indicators, all or nothing, and the criteria that follow from it.

    `entries` holds an Entry by indicator id; indicators that are not on the sheet raise KeyError. `seen` holds the
    token each cell had when it was shown: a cell left as it was shown is not touched, one that somebody else has
    changed meanwhile is a conflict. `assessment` comes from `Assessment.objects.for_writing()`, in the caller's
    transaction, and so does `sheet`, where the caller has read it. Takes eight queries, however many cells.
    Raises NotOpen if the sheet is closed or locked for that side.
    """
    sheet = sheet or load_sheet(assessment, with_previous=False)
    (saved,) = save_sheets(
        [sheet],
        opinion=opinion,
        entries={assessment.pk: entries},
        seen={assessment.pk: seen or {}},
        by=by,
        source=source,
    )
    return saved


@transaction.atomic
def save_sheets(
    sheets: Iterable[Sheet],
    *,
    opinion: Opinion,
    entries: Mapping[int, Mapping[int, Entry]],
    by,
    seen: Mapping[int, Mapping[int, str]] | None = None,
    source: str = Source.SCREEN,
    file_name: str = "",
    is_carried: bool = False,
) -> list[Saved]:
    """Write into several sheets at once, all or nothing: `save_results` with entries and tokens by sheet.

    The sheets come from `load_sheets` over locked assessments; they may hold one criterion alone. The number of
    queries does not grow with the sheets. `file_name` is the file the values came from, for the history. `is_carried`
    marks what nobody has said yet of these places: it waits to be confirmed. Raises NotOpen if one of the sheets is
    closed or locked for that side.
    """
    sheets = list(sheets)
    read_periods_again([sheet.assessment for sheet in sheets])
    for sheet in sheets:
        check_writable(sheet.assessment, opinion)
    now = timezone.now()
    outcomes = []
    for sheet in sheets:
        pk = sheet.assessment.pk
        saved = Saved(sheet)
        _put(saved, opinion, entries.get(pk, {}), (seen or {}).get(pk, {}), now, by, is_carried)
        outcomes.append(saved)
    if not all(saved.is_written for saved in outcomes):
        for saved in outcomes:
            saved.changed.clear()
        return outcomes
    write_changes(
        [
            (saved.sheet, opinion, indicator_id, before)
            for saved in outcomes
            for indicator_id, before in saved.changed.items()
        ],
        by=by,
        source=source,
        file_name=file_name,
        at=now,
    )
    return outcomes


@transaction.atomic
def confirm_results(*, sheet: Sheet, indicators: Iterable[int], by) -> int:
    """Take for the commune's own what was brought over into its cells; returns how many cells that were.

    `sheet` comes from `load_sheet` over a locked assessment. A cell that was not brought over is left alone.
    Raises NotOpen if the sheet is closed or locked for the commune.
    """
    read_periods_again([sheet.assessment])
    check_writable(sheet.assessment, Opinion.REPORTED)
    now = timezone.now()
    changes = []
    for indicator_id in indicators:
        row = sheet.rows[indicator_id]
        before = row.reported
        if before.is_carried:
            row.cells[Opinion.REPORTED] = replace(
                before, is_carried=False, changed_at=now, changed_by_id=by.pk if by else None
            )
            changes.append((sheet, Opinion.REPORTED, indicator_id, before))
    write_changes(changes, by=by, source=Source.SCREEN, at=now)
    return len(changes)


def check_writable(assessment: Assessment, opinion: Opinion) -> None:
    """Raise NotOpen, worded for the officer, if a side may not write on the sheet now."""
    if sentence := why_locked(assessment, opinion):
        raise NotOpen(sentence)


def why_locked(assessment: Assessment, opinion: Opinion) -> str:
    """Why a side may not write on the sheet now, in a sentence; '' where it may."""
    if assessment.period.closed_on:
        return (
            f"Kỳ {assessment.period.name} đã khóa từ ngày {assessment.period.closed_on:%d/%m/%Y}, không sửa được nữa."
        )
    if assessment.state in WRITABLE[opinion]:
        return ""
    day = f" ngày {timezone.localtime(assessment.state_at):%d/%m/%Y}" if assessment.state_at else ""
    what = {
        State.SUBMITTED: f"đã gửi{day}, đang thẩm định nên xã không sửa được",
        State.VERIFIED: f"đã xác nhận thẩm định{day}, đang chờ duyệt nên không sửa được",
        State.APPROVED: f"đã duyệt{day} nên không sửa được",
    }
    return f"Phiếu {assessment.locality.full_name} {what[assessment.state]}; cần sửa thì đề nghị trả lại phiếu."


def read_periods_again(assessments: Iterable[Assessment]) -> None:
    """Put the periods as they are now beside locked sheets, in one query.

    Whoever waits for a lock goes on with the period as it was joined before the wait; meanwhile it may have closed.
    """
    periods = Period.objects.in_bulk({assessment.period_id for assessment in assessments})
    for assessment in assessments:
        assessment.period = periods[assessment.period_id]


def _put(saved, opinion, entries, seen, now, by, is_carried):
    """Set the cells of one sheet; what cannot stand goes to the errors and conflicts of `saved`."""
    rows = saved.sheet.rows
    for indicator_id, entry in entries.items():
        row = rows[indicator_id]
        before = row.cells[opinion]
        typed = Cell(entry=entry)
        if typed.token == before.token:
            continue
        shown = seen.get(indicator_id, before.token)
        if typed.token == shown:
            continue
        if shown != before.token:
            saved.conflicts[indicator_id] = before
            continue
        try:
            after = row.put(opinion, entry, at=now, by_id=by.pk if by else None)
        except InvalidEntry as error:
            saved.errors[indicator_id] = str(error)
            continue
        after.is_carried = is_carried
        saved.changed[indicator_id] = before


def write_changes(changes, *, by, source: str, at, file_name: str = "") -> None:
    """Store changed cells with their history, and the criteria and strips that follow, in six queries at most.

    `changes` are (sheet, opinion, indicator id, Cell before); the sheet holds the cell as it is now.
    """
    if not changes:
        return
    results, history = [], []
    for sheet, opinion, indicator_id, before in changes:
        after = sheet.rows[indicator_id].cells[opinion]
        entry = after.entry
        results.append(
            IndicatorResult(
                assessment=sheet.assessment,
                indicator_id=indicator_id,
                opinion=opinion,
                value=entry.value,
                judgement=entry.judgement,
                status=after.status,
                note=entry.note,
                numerator=entry.numerator,
                denominator=entry.denominator,
                male=entry.male,
                female=entry.female,
                is_carried=after.is_carried,
                changed_at=at,
                changed_by=by,
            )
        )
        history.append(
            ResultChange(
                assessment=sheet.assessment,
                indicator_id=indicator_id,
                opinion=opinion,
                before=facts(before) if before.changed_at else None,
                after=facts(after),
                changed_at=at,
                changed_by=by,
                source=source,
                file_name=file_name,
            )
        )
    IndicatorResult.objects.bulk_create(
        results,
        update_conflicts=True,
        unique_fields=["assessment", "indicator", "opinion"],
        update_fields=[
            "value",
            "judgement",
            "status",
            "note",
            "numerator",
            "denominator",
            "male",
            "female",
            "is_carried",
            "changed_at",
            "changed_by",
        ],
        batch_size=500,
    )
    ResultChange.objects.bulk_create(history, batch_size=500)
    sheets = {sheet.assessment.pk: sheet for sheet, *_ in changes}.values()
    write_criteria(sheets)
    write_strips(sheets, by=by, at=at)


def write_criteria(sheets: Iterable[Sheet]) -> None:
    """Store the criteria that follow from the sheets' indicators, in one query."""
    CriterionResult.objects.bulk_create(
        [
            CriterionResult(
                assessment=sheet.assessment,
                criterion=criterion.criterion,
                **dict(zip(("status", "is_verified"), criterion.verdict, strict=True)),
                indicators_met=criterion.met,
                indicators_total=criterion.total,
            )
            for sheet in sheets
            for criterion in sheet.criteria
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["status", "is_verified", "indicators_met", "indicators_total"],
        batch_size=500,
    )


def write_strips(sheets, *, by, at, more=()) -> None:
    """Store the letters of the criteria on each sheet; sheets that hold some of the criteria change just those letters.

    `more` names other columns that were set on the assessments.
    """
    assessments = []
    numbers = None
    for sheet in sheets:
        assessment = sheet.assessment
        if len(assessment.strip) == len(sheet.criteria) or not assessment.strip and len(sheet.criteria) > 1:
            assessment.strip = sheet.strip
        else:
            if numbers is None:
                criteria = Criterion.objects.filter(criteria_set=assessment.criteria_set_id, indicators__isnull=False)
                numbers = list(criteria.order_by("number").values_list("number", flat=True).distinct())
            letters = list(assessment.strip or "-" * len(numbers))
            for criterion, letter in zip(sheet.criteria, sheet.strip, strict=True):
                letters[numbers.index(criterion.criterion.number)] = letter
            assessment.strip = "".join(letters)
        assessment.changed_at, assessment.changed_by = at, by
        assessments.append(assessment)
    # The rows are there: an upsert costs a tenth of what the CASE … WHEN of a bulk update does.
    Assessment.objects.bulk_create(
        assessments,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["strip", "changed_at", "changed_by", *more],
        batch_size=500,
    )


def facts(cell: Cell) -> dict:
    """What a cell holds, as its history keeps it."""
    entry = cell.entry
    parts = {name: plain(getattr(entry, name)) for name in PARTS if getattr(entry, name) is not None}
    return {
        "value": None if entry.value is None else plain(entry.value),
        "judgement": str(entry.judgement),
        "status": str(cell.status),
        "note": entry.note,
        **parts,
        **({"is_carried": True} if cell.is_carried else {}),
    }
