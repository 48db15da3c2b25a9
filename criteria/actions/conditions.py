"""Writes: what a place reached of the conditions outside the criteria."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from criteria import rules
from criteria.actions.results import NotOpen, read_periods_again, why_locked
from criteria.conditions import ConditionRow, evaluate
from criteria.models import Assessment, Condition, ConditionResult, Opinion, Status
from criteria.rules import Entry


class RecordedMeanwhile(Exception):
    """Somebody else recorded a result since the form was opened; `row` is how the condition stands now."""

    def __init__(self, row: ConditionRow):
        super().__init__("Người khác vừa ghi kết quả điều kiện này sau khi anh chị mở trang.")
        self.row = row


@transaction.atomic
def record_condition(
    *, assessment: Assessment, condition: Condition, entry: Entry, by, seen: str | None = None
) -> bool:
    """Write down what a place reached of a condition (QĐ 18/2022/QĐ-TTg); whether anything changed.

    Results are only added: the newest counts, the others are its history. `seen` is the token of the row that the
    form showed, None where nobody looked. Raises NotOpen while the sheet is frozen, RecordedMeanwhile where the row is
    not the newest any more, InvalidEntry, worded for the officer, if the entry cannot stand.
    """
    # The sheet's row is the lock: two people recording one condition queue up.
    assessment = Assessment.objects.for_writing().get(pk=assessment.pk)
    read_periods_again([assessment])
    check_open(assessment)
    newest = (
        ConditionResult.objects.filter(assessment=assessment, condition=condition)
        .select_related("recorded_by")
        .order_by("-pk")
        .first()
    )
    row = ConditionRow(condition, newest)
    if seen is not None and seen != row.token:
        raise RecordedMeanwhile(row)
    rules.check_entry(entry, indicator=condition, threshold=condition.threshold)
    by_value = replace(entry, judgement=Status.UNKNOWN)
    if entry.judgement == evaluate(condition, by_value):
        entry = by_value
    if row.entry == entry:
        return False
    ConditionResult.objects.create(
        assessment=assessment,
        condition=condition,
        value=entry.value,
        status=evaluate(condition, entry),
        note=entry.note,
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    return True


def check_open(assessment: Assessment) -> None:
    """Raise NotOpen, worded for the officer, if nothing on the sheet may change."""
    if assessment.is_frozen:
        raise NotOpen(why_locked(assessment, Opinion.VERIFIED))
