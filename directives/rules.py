"""Pure decisions: the status of an assignment on a day, the dates of a recurring task, the rates of completion."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import islice

from dateutil.rrule import MONTHLY, WEEKLY, YEARLY, rrule

from directives.models import AssignmentStatus, Repeats

# Five years of weeks: more is a slip of the pen in the end date.
MOST_DATES = 260

FRIDAY = 4
RECURRENCE = re.compile(
    r"(weekly|monthly|quarterly|yearly|biennial)(?::(?:(0?[1-9]|1[0-2])-)?(0?[1-9]|[12]\d|3[01]))?", re.ASCII
)
STILL_OPEN = {AssignmentStatus.OVERDUE, AssignmentStatus.IN_PROGRESS, AssignmentStatus.NO_DUE}


class TooManyDates(ValueError):
    """A recurring task would fall due too often; the message tells the officer what to change."""


def assignment_status(
    *, due_on: date | None, done_on: date | None, as_of: date, reported_on: date | None = None
) -> AssignmentStatus:
    """How an assignment stood at the end of `as_of`: the last day is on time, what was done later was not done yet.

    It is done when an officer has confirmed it (`done_on`). What the body reported done in time (`reported_on`) is
    not overdue while it waits for that: the office is late, not the body.
    `AssignmentQuerySet.at` is the same decision in SQL.
    """
    if done_on is not None and done_on <= as_of:
        if due_on is None:
            return AssignmentStatus.DONE_NO_DUE
        return AssignmentStatus.DONE_ON_TIME if done_on <= due_on else AssignmentStatus.DONE_LATE
    if due_on is None:
        return AssignmentStatus.NO_DUE
    if due_on >= as_of or (reported_on is not None and reported_on <= due_on):
        return AssignmentStatus.IN_PROGRESS
    return AssignmentStatus.OVERDUE


def is_due_soon(
    *, due_on: date | None, done_on: date | None, as_of: date, within: int, reported_on: date | None = None
) -> bool:
    """Whether an assignment in progress, and not reported done, falls due today or within so many days."""
    status = assignment_status(due_on=due_on, done_on=done_on, as_of=as_of, reported_on=reported_on)
    is_open = status == AssignmentStatus.IN_PROGRESS and reported_on is None
    return is_open and as_of <= due_on <= as_of + timedelta(days=within)


def days_overdue(*, due_on: date | None, done_on: date | None, as_of: date, reported_on: date | None = None) -> int:
    """Days past the last day on time, of what is not done; 0 if it is not overdue."""
    status = assignment_status(due_on=due_on, done_on=done_on, as_of=as_of, reported_on=reported_on)
    return (as_of - due_on).days if status == AssignmentStatus.OVERDUE else 0


def due_dates(*, due_on: date | None, repeats: str, until: date | None = None) -> list[date | None]:
    """The days a task falls due: `due_on` alone (None without one), or each time it repeats up to and with `until`.

    Without `until` a task repeats to the end of the year it starts in. Where a month has no such day, its last day
    stands in (31, and 29 February), which plain RFC 5545 rules would leave out.
    Raises TooManyDates, worded for the officer.
    """
    if not repeats or due_on is None:
        return [due_on]
    until = until or date(due_on.year, 12, 31)
    moments = rrule(dtstart=due_on, until=until, **_rule(due_on, repeats))
    dates = [moment.date() for moment in islice(moments, MOST_DATES + 1)]
    if len(dates) > MOST_DATES:
        raise TooManyDates(
            f"Định kỳ từ {due_on:%d/%m/%Y} đến {until:%d/%m/%Y} có hơn {MOST_DATES} lần đến hạn. "
            "Kiểm tra lại ngày kết thúc lặp."
        )
    return dates


def dates_of(task) -> list[date | None]:
    """The days a task falls due. Raises TooManyDates."""
    return due_dates(due_on=task.due_on, repeats=task.repeats, until=task.repeats_until)


def first_due(recurrence: str, *, after: date) -> tuple[date, str] | None:
    """The first day a recurring task of a document falls due on or after the document's day, and how it repeats.

    `recurrence` is the reader's word: weekly, monthly, monthly:25, quarterly, yearly, yearly:06-30, biennial. Without
    a day, the last one of the period: Friday of the week, the last day of the month, quarter or year. None for a word
    that is none of these.
    """
    match = RECURRENCE.fullmatch(recurrence)
    if not match:
        return None
    repeats, month, number = match.groups()
    if repeats == Repeats.WEEKLY:
        return after + timedelta(days=(FRIDAY - after.weekday()) % 7), repeats
    months = {Repeats.MONTHLY: range(1, 13), Repeats.QUARTERLY: (3, 6, 9, 12)}.get(repeats) or (int(month or 12),)
    # Of the days up to the one wanted the last that the month has.
    days = {"bymonthday": range(1, int(number or 31) + 1), "bysetpos": -1}
    found = rrule(MONTHLY, dtstart=after.replace(day=1), bymonth=months, **days)
    return found.after(datetime.combine(after, time.min), inc=True).date(), repeats


def _rule(due_on, repeats):
    if repeats == Repeats.WEEKLY:
        return {"freq": WEEKLY}
    # The last of these days that the month has.
    days = {"bymonthday": list(range(28, due_on.day + 1)), "bysetpos": -1} if due_on.day > 28 else {}
    if repeats in (Repeats.YEARLY, Repeats.BIENNIAL):
        return {"freq": YEARLY, "interval": 2 if repeats == Repeats.BIENNIAL else 1, "bymonth": due_on.month, **days}
    return {"freq": MONTHLY, "interval": 3 if repeats == Repeats.QUARTERLY else 1, **days}


@dataclass(frozen=True)
class CompletionRates:
    """Percentages with two decimals; None where there is nothing to divide by."""

    of_all: Decimal | None
    of_due: Decimal | None


def completion_rates(*, done: int, overdue: int, total: int) -> CompletionRates:
    """The two rates of completion: over all, and over those due, which are the done and the overdue not done.

    The second is how 1270/BC-TCTTTg (27/12/2017) counts: 16.051 done, 223 overdue, 98,62 %. Like there, digits are
    cut off and not rounded: while one thing is open the rate is not 100 %.
    """
    return CompletionRates(of_all=_percent(done, total), of_due=_percent(done, done + overdue))


def _percent(part, whole):
    return (Decimal(part * 100) / whole).quantize(Decimal("0.01"), ROUND_DOWN) if whole else None
