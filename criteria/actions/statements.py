"""Writes of what tables say: of whole criteria on the sheets, and of counts without detail. One transaction each."""

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from communes.models import Locality
from criteria import rules
from criteria.actions.results import (
    NotOpen,
    check_writable,
    open_assessments,
    read_periods_again,
    write_criteria,
    write_strips,
)
from criteria.models import (
    Assessment,
    Criterion,
    CriterionStatement,
    FileImport,
    Opinion,
    Period,
    ReportedCount,
    Status,
)
from criteria.sheet import load_sheets

# What `ReportedCount` says.
COUNTS = ("criteria_met", "criteria_total", "indicators_met", "indicators_total", "points", "points_total")


@transaction.atomic
def state_criteria(
    *,
    criteria_set,
    period,
    opinion: str,
    said: Mapping[int, Mapping[int, Status]],
    record: Callable[[str], FileImport],
    by,
    is_illustrative: bool = False,
) -> FileImport:
    """Keep what a table says of criteria: statuses by the id of a place and the number of a criterion.

    Places that have no sheet in the period get one. A criterion of which somebody has entered an indicator keeps its
    result; the words of the table stand in its history. `record` keeps the file, given what came of it in words.
    Raises NotOpen if the period is closed, the set not complete, or a sheet locked for that side.
    """
    # A period that is being closed is waited for; then it is closed.
    period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
    places = list(Locality.objects.filter(pk__in=said))
    opened = open_assessments(
        criteria_set=criteria_set, period=period, localities=places, is_illustrative=is_illustrative
    )
    locked = Assessment.objects.for_writing().filter(criteria_set=criteria_set, period=period, locality__in=places)
    locked = list(locked.order_by("pk"))
    read_periods_again(locked)
    for assessment in locked:
        check_writable(assessment, opinion)
    words = sum(map(len, said.values()))
    summary = f"{words} kết quả tiêu chí của {len(said)} {criteria_set.get_subject_display()}"
    source = record(f"{summary}, mở {opened} phiếu" if opened else summary)
    criteria = {c.number: c for c in Criterion.objects.filter(criteria_set=criteria_set)}
    is_verified = opinion == Opinion.VERIFIED
    statements = []
    for assessment in locked:
        for number, status in said[assessment.locality_id].items():
            statements.append(
                CriterionStatement(
                    assessment=assessment, criterion=criteria[number], opinion=opinion, status=status, source=source
                )
            )
            letter = rules.STRIP[status, is_verified]
            if letter == "-":
                assessment.stated.pop(str(number), None)
            else:
                assessment.stated[str(number)] = letter
    CriterionStatement.objects.bulk_create(statements, batch_size=500)
    sheets = load_sheets(locked, with_previous=False)
    write_criteria(sheets)
    write_strips(sheets, by=by, at=source.at, more=["stated"])
    return source


@transaction.atomic
def record_counts(
    *,
    criteria_set,
    period,
    counts: Mapping[int, Mapping],
    record: Callable[[str], FileImport],
    is_illustrative: bool = False,
) -> FileImport:
    """Keep how many criteria places met by a table without detail: the `COUNTS` by the id of a place.

    What was kept of them before stays as replaced. Raises NotOpen if the period is closed.
    """
    period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
    if period.closed_on:
        raise NotOpen(f"Kỳ {period.name} đã khóa từ ngày {period.closed_on:%d/%m/%Y}, không nhập được nữa.")
    source = record(f"số tiêu chí của {len(counts)} {criteria_set.get_subject_display()}")
    before = ReportedCount.objects.current().filter(criteria_set=criteria_set, period=period, locality__in=list(counts))
    before.update(replaced_at=timezone.now())
    ReportedCount.objects.bulk_create(
        [
            ReportedCount(
                locality_id=place,
                period=period,
                criteria_set=criteria_set,
                source=source,
                is_illustrative=is_illustrative,
                **count,
            )
            for place, count in sorted(counts.items())
        ],
        batch_size=500,
    )
    return source
