"""Results carried over from an older set by the crosswalk of its criteria: never silently, and always to be confirmed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from criteria import rules
from criteria.actions.results import save_sheets
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    CriterionLink,
    CriterionResult,
    Opinion,
    Period,
    Source,
    State,
    Status,
)
from criteria.rules import Entry
from criteria.sheet import Row, Sheet, SheetCriterion, load_sheets


class PlanChanged(Exception):
    """What would be carried over is no longer what was shown; nothing was written."""


@dataclass
class Taken:
    """One criterion of a new sheet: what the old ones come to, and the cells that would take it."""

    criterion: SheetCriterion
    olds: list[tuple[Criterion, Status]]
    status: Status
    cells: list[Row]

    @property
    def writes(self) -> bool:
        return bool(self.status and self.cells)

    @property
    def is_entered(self) -> bool:
        """Whether somebody has entered it already, so that it is left."""
        return bool(self.olds) and not self.cells


@dataclass
class PlannedSheet:
    sheet: Sheet
    taken: list[Taken] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return any(taken.writes for taken in self.taken)


@dataclass
class Plan:
    old_set: CriteriaSet
    old_period: Period
    sheets: list[PlannedSheet]

    @property
    def writing(self) -> list[PlannedSheet]:
        return [sheet for sheet in self.sheets if sheet.writes]

    @property
    def cells(self) -> int:
        return sum(len(taken.cells) for sheet in self.writing for taken in sheet.taken if taken.writes)

    @property
    def token(self) -> str:
        """A short mark of what would be written; the confirmation sends it back."""
        told = [
            (
                sheet.sheet.assessment.pk,
                taken.criterion.criterion.pk,
                taken.status,
                [row.indicator.pk for row in taken.cells],
            )
            for sheet in self.writing
            for taken in sheet.taken
            if taken.writes
        ]
        return hashlib.blake2s(repr(told).encode(), digest_size=8).hexdigest()


def plan_crosswalk(*, assessments: Iterable[Assessment], old_set: CriteriaSet, old_period: Period) -> Plan:
    """What sheets of one new set and period would take from the old set's sheets; five queries, however many sheets.

    A criterion is what `criterion_status` makes of the old ones it takes up: one unmet decides, one not assessed
    leaves it open. Sheets that were sent are left, and so are cells that either side has filled.
    """
    assessments = [sheet for sheet in assessments if sheet.state == State.DRAFT]
    if not assessments:
        return Plan(old_set, old_period, [])
    links = defaultdict(list)
    rows = CriterionLink.objects.filter(old__criteria_set=old_set, new__criteria_set=assessments[0].criteria_set_id)
    for link in rows.select_related("old").order_by("old__number"):
        links[link.new_id].append(link.old)
    results = CriterionResult.objects.filter(
        assessment__criteria_set=old_set,
        assessment__period=old_period,
        assessment__locality__in=[sheet.locality_id for sheet in assessments],
    )
    stored = {
        (locality, criterion): status
        for locality, criterion, status in results.values_list("assessment__locality", "criterion", "status")
    }
    planned = []
    for sheet in load_sheets(assessments, with_previous=False):
        place = sheet.assessment.locality_id
        one = PlannedSheet(sheet)
        for criterion in sheet.criteria:
            olds = [(old, Status(stored.get((place, old.pk), ""))) for old in links[criterion.criterion.pk]]
            status = rules.criterion_status(status for _, status in olds) if olds else Status.UNKNOWN
            cells = [row for row in criterion.rows if all(cell.entry.is_empty for cell in row.cells.values())]
            one.taken.append(Taken(criterion, olds, status, cells))
        planned.append(one)
    return Plan(old_set, old_period, planned)


@transaction.atomic
def carry_over_crosswalk(
    *, assessments: Iterable[Assessment], old_set: CriteriaSet, old_period: Period, by, seen: str | None = None
) -> Plan:
    """Write what the crosswalk gives as reported judgements that wait to be confirmed, each with a note of where from.

    `assessments` come locked from `Assessment.objects.for_writing()`. `seen` is the token of the plan the person was
    shown. Raises PlanChanged if it is another by now, and NotOpen if the period is closed. Takes eleven queries,
    however many sheets.
    """
    plan = plan_crosswalk(assessments=assessments, old_set=old_set, old_period=old_period)
    if seen is not None and seen != plan.token:
        raise PlanChanged
    entries = {
        planned.sheet.assessment.pk: {
            row.indicator.pk: Entry(judgement=taken.status, note=_note(plan, taken))
            for taken in planned.taken
            if taken.writes
            for row in taken.cells
        }
        for planned in plan.writing
    }
    save_sheets(
        [planned.sheet for planned in plan.writing],
        opinion=Opinion.REPORTED,
        entries=entries,
        by=by,
        source=Source.CROSSWALK,
        is_carried=True,
    )
    return plan


def _note(plan, taken):
    numbers = ", ".join(str(old.number) for old, _ in taken.olds)
    return f"Quy đổi từ tiêu chí {numbers} của {plan.old_set} ({plan.old_period}), cần xác nhận."
