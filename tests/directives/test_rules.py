from datetime import date
from decimal import Decimal

import pytest

from directives import rules
from directives.models import AssignmentStatus as Status
from directives.rules import (
    MOST_DATES,
    TooManyDates,
    assignment_status,
    completion_rates,
    days_overdue,
    due_dates,
    is_due_soon,
)

DUE = date(2024, 4, 15)


@pytest.mark.parametrize(
    ("due_on", "done_on", "as_of", "status"),
    [
        (DUE, None, date(2024, 4, 14), Status.IN_PROGRESS),
        (DUE, None, date(2024, 4, 15), Status.IN_PROGRESS),  # the last day is on time
        (DUE, None, date(2024, 4, 16), Status.OVERDUE),
        (DUE, date(2024, 4, 15), date(2024, 4, 15), Status.DONE_ON_TIME),
        (DUE, date(2024, 4, 16), date(2024, 4, 16), Status.DONE_LATE),
        (DUE, date(2024, 4, 16), date(2024, 4, 15), Status.IN_PROGRESS),  # not yet done on that day
        (DUE, date(2024, 4, 20), date(2024, 4, 18), Status.OVERDUE),
        (None, None, date(2024, 4, 16), Status.NO_DUE),
        (None, date(2024, 4, 16), date(2024, 4, 15), Status.NO_DUE),
        (None, date(2024, 4, 16), date(2024, 4, 16), Status.DONE_NO_DUE),
    ],
)
def test_assignment_status(due_on, done_on, as_of, status):
    assert assignment_status(due_on=due_on, done_on=done_on, as_of=as_of) == status


@pytest.mark.parametrize(
    ("as_of", "soon"),
    [
        (date(2024, 4, 4), False),  # eleven days left
        (date(2024, 4, 5), True),  # ten
        (date(2024, 4, 15), True),  # today
        (date(2024, 4, 16), False),  # overdue, not soon
    ],
)
def test_is_due_soon(as_of, soon):
    assert is_due_soon(due_on=DUE, done_on=None, as_of=as_of, within=10) is soon


def test_what_is_done_or_has_no_due_date_is_never_due_soon():
    assert not is_due_soon(due_on=DUE, done_on=date(2024, 4, 14), as_of=date(2024, 4, 14), within=10)
    assert not is_due_soon(due_on=None, done_on=None, as_of=date(2024, 4, 14), within=10)


@pytest.mark.parametrize(("as_of", "days"), [(DUE, 0), (date(2024, 4, 16), 1), (date(2024, 4, 20), 5)])
def test_days_overdue(as_of, days):
    assert days_overdue(due_on=DUE, done_on=None, as_of=as_of) == days


def test_what_is_done_is_not_days_overdue():
    assert days_overdue(due_on=DUE, done_on=date(2024, 4, 18), as_of=date(2024, 4, 20)) == 0


def test_a_task_due_once():
    assert due_dates(due_on=DUE, repeats="") == [DUE]
    assert due_dates(due_on=None, repeats="") == [None]


def test_monthly_before_the_25th_to_the_end_of_the_year():
    dates = due_dates(due_on=date(2024, 4, 25), repeats="monthly")
    assert dates == [date(2024, month, 25) for month in range(4, 13)]


def test_monthly_on_the_31st_falls_on_the_last_day_of_shorter_months():
    dates = due_dates(due_on=date(2024, 1, 31), repeats="monthly", until=date(2024, 4, 30))
    assert dates == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]


def test_monthly_on_the_30th_misses_only_february():
    dates = due_dates(due_on=date(2023, 1, 30), repeats="monthly", until=date(2023, 3, 31))
    assert dates == [date(2023, 1, 30), date(2023, 2, 28), date(2023, 3, 30)]


def test_quarterly_keeps_to_the_last_days():
    dates = due_dates(due_on=date(2024, 3, 31), repeats="quarterly")
    assert dates == [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)]


def test_yearly_from_29_february():
    dates = due_dates(due_on=date(2024, 2, 29), repeats="yearly", until=date(2028, 12, 31))
    assert dates == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_yearly_and_weekly():
    assert due_dates(due_on=DUE, repeats="yearly", until=date(2026, 4, 14)) == [DUE, date(2025, 4, 15)]
    weekly = due_dates(due_on=DUE, repeats="weekly", until=date(2024, 4, 29))
    assert weekly == [DUE, date(2024, 4, 22), date(2024, 4, 29)]


def test_until_counts_its_own_day():
    assert len(due_dates(due_on=DUE, repeats="monthly", until=date(2024, 5, 15))) == 2
    assert len(due_dates(due_on=DUE, repeats="monthly", until=date(2024, 5, 14))) == 1


def test_a_recurrence_without_an_end_in_sight_is_refused():
    assert len(due_dates(due_on=date(2020, 1, 6), repeats="weekly", until=date(2024, 12, 23))) == MOST_DATES
    with pytest.raises(TooManyDates, match="Kiểm tra lại ngày kết thúc lặp"):
        due_dates(due_on=date(2020, 1, 6), repeats="weekly", until=date(2024, 12, 30))
    with pytest.raises(TooManyDates):
        due_dates(due_on=DUE, repeats="weekly", until=date(9999, 12, 31))


def test_the_rates_of_1270_bc_tctttg():
    rates = completion_rates(done=16_051, overdue=223, total=21_914)
    assert rates.of_due == Decimal("98.62")
    assert rates.of_all == Decimal("73.24")


def test_a_rate_is_100_only_when_nothing_is_open():
    assert completion_rates(done=99_999, overdue=1, total=100_000).of_due == Decimal("99.99")
    assert completion_rates(done=5, overdue=0, total=5).of_due == 100


def test_there_is_no_rate_of_nothing():
    rates = completion_rates(done=0, overdue=0, total=5)
    assert rates.of_all == 0
    assert rates.of_due is None
    assert completion_rates(done=0, overdue=0, total=0).of_all is None


@pytest.mark.parametrize(
    ("recurrence", "after", "first", "repeats"),
    [
        # The Friday of the week; the document's own day counts.
        ("weekly", date(2024, 3, 28), date(2024, 3, 29), "weekly"),
        ("weekly", date(2024, 3, 29), date(2024, 3, 29), "weekly"),
        ("weekly", date(2024, 3, 30), date(2024, 4, 5), "weekly"),
        ("monthly:25", date(2024, 3, 28), date(2024, 4, 25), "monthly"),
        ("monthly:25", date(2024, 3, 25), date(2024, 3, 25), "monthly"),
        # February has no 30th: its last day stands in.
        ("monthly:30", date(2024, 2, 1), date(2024, 2, 29), "monthly"),
        ("monthly", date(2024, 4, 30), date(2024, 4, 30), "monthly"),
        ("quarterly", date(2024, 3, 28), date(2024, 3, 31), "quarterly"),
        ("quarterly", date(2024, 4, 1), date(2024, 6, 30), "quarterly"),
        ("yearly", date(2024, 3, 28), date(2024, 12, 31), "yearly"),
        ("yearly:06-30", date(2024, 7, 1), date(2025, 6, 30), "yearly"),
        ("yearly:02-29", date(2025, 1, 1), date(2025, 2, 28), "yearly"),
        ("biennial", date(2024, 3, 28), date(2024, 12, 31), "biennial"),
    ],
)
def test_the_first_day_of_what_a_document_orders_again_and_again(recurrence, after, first, repeats):
    assert rules.first_due(recurrence, after=after) == (first, repeats)


@pytest.mark.parametrize("word", ["", "daily", "monthly:45x", "yearly:x", "yearly:13-01"])
def test_a_word_that_is_no_recurrence_gives_no_day(word):
    assert rules.first_due(word, after=date(2024, 3, 28)) is None


def test_every_two_years():
    dates = rules.due_dates(due_on=date(2024, 2, 29), repeats="biennial", until=date(2030, 12, 31))
    assert dates == [date(2024, 2, 29), date(2026, 2, 28), date(2028, 2, 29), date(2030, 2, 28)]


def test_what_waits_for_confirmation_is_not_overdue_if_it_was_reported_in_time():
    due, after = date(2024, 4, 15), date(2024, 4, 20)
    reported = {"due_on": due, "done_on": None, "as_of": after}
    assert rules.assignment_status(**reported, reported_on=due) == "in_progress"
    assert rules.assignment_status(**reported, reported_on=date(2024, 4, 16)) == "overdue"
    assert rules.days_overdue(**reported, reported_on=date(2024, 4, 16)) == 5
    assert not rules.is_due_soon(due_on=due, done_on=None, as_of=due, within=7, reported_on=due)
