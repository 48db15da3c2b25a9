"""Writes: opening sheets and saving what people enter. One transaction each; history in the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from criteria.models import (
    Assessment,
    CriterionResult,
    IndicatorResult,
    Opinion,
    ResultChange,
)
from criteria.rules import Entry, InvalidEntry
from criteria.sheet import Cell, Sheet, load_sheet


class NotOpen(Exception):
    """The sheet cannot be written: its period is closed or its set is not complete; the message says which."""


@dataclass
class Saved:
    """What a save came to. With errors or conflicts nothing at all was written."""

    sheet: Sheet
    changed: list[int] = field(default_factory=list)
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


@transaction.atomic
def save_results(
    *,
    assessment: Assessment,
    opinion: Opinion,
    entries: Mapping[int, Entry],
    by,
    seen: Mapping[int, str] | None = None,
    source: str = "screen",
    sheet: Sheet | None = None,
) -> Saved:
    """Write what one side says of some indicators, all or nothing, and the criteria that follow from it.

    `entries` holds an Entry by indicator id; indicators that are not on the sheet raise KeyError. `seen` holds the
    token each cell had when it was shown: a cell left as it was shown is not touched, one that somebody else has
    changed meanwhile is a conflict. `assessment` comes from `Assessment.objects.for_writing()`, in the caller's
    transaction, and so does `sheet`, where the caller has read it. Takes seven queries, however many cells.
    Raises NotOpen if the period is closed.
    """
    if assessment.period.closed_on:
        raise NotOpen(
            f"Kỳ {assessment.period.name} đã khóa từ ngày {assessment.period.closed_on:%d/%m/%Y}, không sửa được nữa."
        )
    sheet = sheet or load_sheet(assessment, with_previous=False)
    saved = Saved(sheet)
    rows = sheet.rows
    now = timezone.now()
    results, changes = [], []
    for indicator_id, entry in entries.items():
        row = rows[indicator_id]
        before = row.cells[opinion]
        typed = Cell(entry=entry)
        if typed.token == before.token:
            continue
        shown = (seen or {}).get(indicator_id, before.token)
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
        saved.changed.append(indicator_id)
        results.append(
            IndicatorResult(
                assessment=assessment,
                indicator_id=indicator_id,
                opinion=opinion,
                value=entry.value,
                judgement=entry.judgement,
                status=after.status,
                note=entry.note,
                changed_at=now,
                changed_by=by,
            )
        )
        changes.append(
            ResultChange(
                assessment=assessment,
                indicator_id=indicator_id,
                opinion=opinion,
                before=_facts(before) if before.changed_at else None,
                after=_facts(after),
                changed_at=now,
                changed_by=by,
                source=source,
            )
        )
    if not saved.is_written:
        saved.changed.clear()
        return saved
    if not changes:
        return saved
    IndicatorResult.objects.bulk_create(
        results,
        update_conflicts=True,
        unique_fields=["assessment", "indicator", "opinion"],
        update_fields=["value", "judgement", "status", "note", "changed_at", "changed_by"],
    )
    ResultChange.objects.bulk_create(changes)
    _write_criteria(sheet)
    assessment.strip, assessment.changed_at, assessment.changed_by = sheet.strip, now, by
    assessment.save(update_fields=["strip", "changed_at", "changed_by"])
    return saved


def _write_criteria(sheet: Sheet) -> None:
    """Store the criteria that follow from the sheet's indicators, in one query."""
    CriterionResult.objects.bulk_create(
        [
            CriterionResult(
                assessment=sheet.assessment,
                criterion=criterion.criterion,
                status=criterion.status,
                is_verified=criterion.is_verified,
                indicators_met=criterion.met,
                indicators_total=criterion.total,
            )
            for criterion in sheet.criteria
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["status", "is_verified", "indicators_met", "indicators_total"],
    )


def _facts(cell: Cell) -> dict:
    value = cell.entry.value
    return {
        "value": None if value is None else format(value.normalize(), "f"),
        "judgement": str(cell.entry.judgement),
        "status": str(cell.status),
        "note": cell.entry.note,
    }
