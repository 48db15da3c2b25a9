"""Writes: opening, changing, closing and reopening periods, and opening their sheets with the last results in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2s

from django.db import transaction
from django.utils import timezone

from criteria import rules
from criteria.actions.evidence import copy_evidence
from criteria.actions.results import open_assessments, save_sheets
from criteria.actions.thresholds import judge_anew
from criteria.models import Assessment, Opinion, Period, PeriodEvent, Source, State
from criteria.rules import InvalidEntry
from criteria.sheet import load_sheets
from ntm_tracker.vietnamese import format_date

Kind = PeriodEvent.Kind


class PeriodRefused(Exception):
    """The period cannot be closed or reopened now; the message says why, worded for the officer."""


@dataclass
class Opened:
    """What opening the sheets of a period came to."""

    sheets: int
    carried: int = 0
    # Results of the last period that cannot stand under today's thresholds without another word.
    skipped: int = 0


@transaction.atomic
def save_period(*, period: Period, changes: Iterable[str], by) -> Period:
    """Store a period as a form left it, and in its log what was changed; `changes` are the fields."""
    is_new = period.pk is None
    old = None if is_new else Period.objects.get(pk=period.pk)
    period.save()
    words = []
    for name in changes if old else ():
        before, after = (_shown(getattr(row, name)) for row in (old, period))
        words.append(f"{Period._meta.get_field(name).verbose_name}: {before} → {after}")
    if is_new or words:
        kind = Kind.OPENED if is_new else Kind.CHANGED
        PeriodEvent.objects.create(period=period, kind=kind, note="; ".join(words), by=by)
    return period


@transaction.atomic
def close_period(*, period: Period, by, seen: str | None = None, at=None) -> Period:
    """Freeze a period: nothing of it can be written any more, and it is shown by the thresholds of this moment.

    Sheets that were not approved stay as they are, unapproved. `seen` is the `closing_mark` of what the person was
    told before they confirmed. `at` is when it happened, where that is not now. Waits for saves under way: whoever
    comes later reads the period again (`read_periods_again`).
    Raises PeriodRefused if it is closed already, has not ended, or its sheets have moved since they were listed.
    """
    at = at or timezone.now()
    day = timezone.localdate(at)
    period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
    if period.closed_on:
        raise PeriodRefused(f"Kỳ {period.name} đã khóa từ ngày {format_date(period.closed_on)}.")
    if day < period.ends_on:
        raise PeriodRefused(
            f"Kỳ {period.name} chưa kết thúc (đến hết ngày {format_date(period.ends_on)}), chưa khóa được."
        )
    # In one order, so that two who close do not wait for one another.
    list(Assessment.objects.filter(period=period).order_by("pk").select_for_update().values_list("pk"))
    if seen is not None and seen != closing_mark(period):
        raise PeriodRefused(
            "Trạng thái các phiếu đã thay đổi sau khi anh chị mở trang. Xem lại danh sách rồi bấm Khóa lần nữa."
        )
    period.closed_on, period.closed_at = day, at
    period.save(update_fields=["closed_on", "closed_at"])
    left = unapproved(period).count()
    note = f"còn {left} phiếu chưa duyệt" if left else ""
    event = PeriodEvent.objects.create(period=period, kind=Kind.CLOSED, note=note, by=by)
    PeriodEvent.objects.filter(pk=event.pk).update(at=at)
    return period


@transaction.atomic
def reopen_period(*, period: Period, reason: str, by) -> Period:
    """Let a closed period be worked on again, for a reason that stays in its log. Approved sheets stay approved.

    The others go by the thresholds of now again, which passed them over while they were closed.
    Raises PeriodRefused without a reason, or if it is open.
    """
    reason = reason.strip()
    period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
    if not period.closed_on:
        raise PeriodRefused(f"Kỳ {period.name} đang mở.")
    if not reason:
        raise PeriodRefused("Ghi lý do mở lại kỳ.")
    period.closed_on = period.closed_at = None
    period.save(update_fields=["closed_on", "closed_at"])
    PeriodEvent.objects.create(period=period, kind=Kind.REOPENED, note=reason, by=by)
    thawed = Assessment.objects.for_writing().filter(period=period).exclude(state=State.APPROVED).order_by("pk")
    judge_anew(thawed, by=by, at=timezone.now())
    return period


def unapproved(period: Period):
    """The sheets a closing would leave unapproved."""
    return Assessment.objects.filter(period=period).exclude(state=State.APPROVED)


def closing_mark(period: Period) -> str:
    """A short mark of what a closing would leave unapproved."""
    rows = unapproved(period).order_by("pk").values_list("pk", "state")
    return blake2s(" ".join(f"{pk}:{state}" for pk, state in rows).encode(), digest_size=8).hexdigest()


@transaction.atomic
def open_sheets(*, criteria_set, period: Period, localities, by, carries: bool = True, **fields) -> Opened:
    """Open the sheets that are missing and, if `carries`, bring the last results of each place into them.

    Raises NotOpen as `open_assessments` does.
    """
    # A period that is being closed is waited for; then it is closed.
    period = Period.objects.select_for_update(no_key=True).get(pk=period.pk)
    sheets = Assessment.objects.filter(criteria_set=criteria_set, period=period)
    there = set(sheets.values_list("pk", flat=True))
    opened = Opened(open_assessments(criteria_set=criteria_set, period=period, localities=localities, **fields))
    if carries and opened.sheets:
        new = [sheet for sheet in sheets.filter(locality__in=localities) if sheet.pk not in there]
        opened.carried, opened.skipped = carry_over(new, by=by)
    return opened


@transaction.atomic
def carry_over(assessments: Iterable[Assessment], *, by) -> tuple[int, int]:
    """Bring what counted on each place's last sheet of the set into its new one, as 'chưa xác nhận lại'.

    The sheets are of one set and period. What was verified comes before what was reported; it all becomes the
    commune's, for it is the commune that confirms it. Cells that hold something are left alone; an entry that the
    thresholds of now no longer let stand without a word is skipped. The evidence comes along. Returns how many cells
    were carried and skipped.
    The number of queries does not grow with the places. Raises NotOpen if a sheet is closed or sent already.
    """
    locked = Assessment.objects.for_writing().with_previous().filter(pk__in=[a.pk for a in assessments])
    sheets = load_sheets(locked.order_by("pk"))
    entries, skipped = {}, 0
    for sheet in sheets:
        mine = entries[sheet.assessment.pk] = {}
        for indicator_id, row in sheet.rows.items():
            if row.previous is None or not row.reported.entry.is_empty:
                continue
            try:
                rules.check_entry(row.previous.entry, indicator=row.indicator, threshold=row.threshold_value)
            except InvalidEntry:
                skipped += 1
            else:
                mine[indicator_id] = row.previous.entry
    save_sheets(sheets, opinion=Opinion.REPORTED, entries=entries, by=by, source=Source.CARRIED, is_carried=True)
    last = Assessment.objects.in_bulk([sheet.assessment.previous_sheet_id for sheet in sheets])
    pairs = [(last[sheet.assessment.previous_sheet_id], sheet.assessment) for sheet in sheets if sheet.previous_name]
    copy_evidence(pairs, by=by)
    # Made-up figures stay labelled wherever they go.
    made_up = [sheet.pk for old, sheet in pairs if old.is_illustrative and entries[sheet.pk]]
    Assessment.objects.filter(pk__in=made_up).update(is_illustrative=True)
    return sum(map(len, entries.values())), skipped


def _shown(value):
    if hasattr(value, "year"):
        return format_date(value)
    return value or "trống"
