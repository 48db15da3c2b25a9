from datetime import date, timedelta
from itertools import product

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Role
from communes.models import CommitteeMember
from directives import actions, rules
from directives.models import Assignment, AssignmentEvent, Directive, Task
from directives.models import is_due_soon as due_soon_condition
from tests.directives.factories import NOTICE_DAY, District, draft, issued, task

DAY = NOTICE_DAY


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def directive_row(district, **fields):
    return Directive.objects.create(
        **{"title": "t", "issuer": "UBND", "locality": district.place, "issued_on": DAY, **fields}
    )


def test_a_directive_needs_a_day(district):
    assert directive_row(district, issued_on=None, meeting_on=DAY).dated_on == DAY

    def undated():
        Directive.objects.bulk_create([Directive(title="t", issuer="UBND", locality=district.place, dated_on=DAY)])

    refused(undated)


def test_a_directive_is_not_issued_before_its_meeting(district):
    directive_row(district, meeting_on=DAY)
    refused(lambda: directive_row(district, meeting_on=DAY + timedelta(days=1)))


def test_issuer_number_and_day_stand_once_and_only_where_there_is_a_number(district):
    directive_row(district, number="253/TB-UBND")
    directive_row(district, number="253/TB-UBND", issuer="UBND tỉnh")
    directive_row(district, number="253/TB-UBND", issued_on=DAY + timedelta(days=365))
    directive_row(district, number="")
    directive_row(district, number="")
    refused(lambda: directive_row(district, number="253/TB-UBND"))


def test_the_table_of_tasks_keeps_its_promises(district):
    directive = draft(district)
    Task.objects.create(directive=directive, position=1, text="a", due_on=DAY, repeats="weekly", repeats_until=DAY)
    refused(lambda: Task.objects.create(directive=directive, position=1, text="b"))
    refused(lambda: Task.objects.create(directive=directive, position=2, text="b", repeats="weekly"))
    early = DAY - timedelta(days=1)
    refused(
        lambda: Task.objects.create(
            directive=directive, position=2, text="b", due_on=DAY, repeats="weekly", repeats_until=early
        )
    )


def test_an_assignment_stands_once_a_body_and_time(district):
    work = task(draft(district))
    other = CommitteeMember.objects.create(position="Phó Chủ tịch", agency=district.office)
    Assignment.objects.create(task=work, agency=district.office)
    Assignment.objects.create(task=work, agency=district.office, sequence=2)
    Assignment.objects.create(task=work, agency=district.office, member=district.members[0])
    Assignment.objects.create(task=work, agency=district.office, member=other)
    refused(lambda: Assignment.objects.create(task=work, agency=district.office))
    refused(lambda: Assignment.objects.create(task=work, agency=district.office, member=other))


def test_an_assignment_has_a_note_only_when_done(district, officer):
    work = task(draft(district))
    Assignment.objects.create(task=work, agency=district.office, done_on=DAY, done_note="xong", done_by=officer)
    refused(lambda: Assignment.objects.create(task=work, agency=district.health, done_note="xong"))
    refused(lambda: Assignment.objects.create(task=work, agency=district.health, done_by=officer))


def test_an_event_says_what_happened(district, officer):
    assignment = Assignment.objects.create(task=task(draft(district)), agency=district.office)
    event = {"assignment": assignment, "kind": AssignmentEvent.Kind.COMPLETED, "by": officer, "done_on": DAY}
    AssignmentEvent.objects.create(**event, note="xong")
    refused(lambda: AssignmentEvent.objects.create(**event, note=""))


def test_the_status_in_sql_is_the_status_in_python(district):
    directive = draft(district)
    days = [DAY + timedelta(days=n) for n in range(-1, 15, 3)]
    work = task(directive)
    dates = list(product([None, *days], [None, *days]))
    Assignment.objects.bulk_create(
        Assignment(task=work, agency=district.office, sequence=n, due_on=due_on, done_on=done_on)
        for n, (due_on, done_on) in enumerate(dates)
    )
    for as_of in [DAY + timedelta(days=n) for n in range(16)]:
        rows = Assignment.objects.at(as_of)
        soon = set(rows.filter(due_soon_condition(as_of)).values_list("pk", flat=True))
        assert len(rows) == len(dates)
        for row in rows:
            dates_of_row = {"due_on": row.due_on, "done_on": row.done_on, "as_of": as_of}
            assert row.status_at == rules.assignment_status(**dates_of_row)
            assert (row.pk in soon) == rules.is_due_soon(**dates_of_row, within=settings.DUE_SOON_DAYS)


def test_work_does_not_exist_before_its_directive(district):
    issued(district, [district.office])
    assert Assignment.objects.at(DAY).count() == 1
    assert Assignment.objects.at(DAY - timedelta(days=1)).count() == 0


def test_a_draft_is_seen_by_those_who_write_it(district, officer):
    directive = draft(district)
    sector = district.user(Role.SECTOR_OFFICER, agency=district.education)
    assert directive in Directive.objects.visible_to(officer)
    assert directive not in Directive.objects.visible_to(sector)
    task(directive, [district.education])
    actions.issue_directive(directive=directive, by=officer)
    assert directive in Directive.objects.visible_to(sector)


def test_a_commune_sees_the_directives_that_gave_it_work_and_only_its_own_part(district):
    directive = issued(district, district.committees[:2])
    first, third = district.commune_officer(0), district.commune_officer(2)
    assert list(Directive.objects.visible_to(first)) == [directive]
    assert not Directive.objects.visible_to(third)
    assert [a.agency for a in Assignment.objects.visible_to(first)] == [district.committees[0]]


def test_another_district_sees_and_writes_nothing(district):
    directive = issued(district, [district.office])
    stranger = District(communes=[], name="Phong Thổ").officer()
    assert not Directive.objects.visible_to(stranger)
    assert not Directive.objects.managed_by(stranger)
    assert not Assignment.objects.visible_to(stranger)
    assert list(Directive.objects.managed_by(district.officer())) == [directive]


def test_work_of_a_commune_is_its_own_and_what_others_do_there(district):
    directive = draft(district)
    task(directive, [district.committees[0]], due_on=date(2024, 4, 15))
    task(directive, [district.health], communes=[district.communes[0]])
    task(directive, [district.health], communes=[district.communes[1]])
    actions.issue_directive(directive=directive, by=None)
    bodies = [a.agency for a in Assignment.objects.of_commune(district.communes[0]).order_by("pk")]
    assert bodies == [district.committees[0], district.health]
