from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from communes.models import CommitteeMember
from directives import actions, rules
from directives.models import Assignment, AssignmentEvent, Directive, DocumentTemplate, Task
from directives.models import is_due_soon as due_soon_condition
from tests import factories
from tests.directives.factories import NOTICE_DAY, District, assignment, draft, issued, task

DAY = NOTICE_DAY


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def directive_row(district, **fields):
    return Directive.objects.create(
        **{"title": "t", "issuer": "UBND", "locality": district.place, "issued_on": DAY, **fields}
    )


def test_a_draft_may_lack_its_day_and_work_handed_out_may_not(district):
    assert directive_row(district, issued_on=None, meeting_on=DAY).dated_on == DAY
    undated = directive_row(district, issued_on=None)
    assert undated.dated_on == timezone.localdate()
    undated.assigned_at = timezone.now()
    refused(undated.save)


def test_a_directive_is_not_issued_before_its_meeting(district):
    directive_row(district, meeting_on=DAY)
    refused(lambda: directive_row(district, meeting_on=DAY + timedelta(days=1)))


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


def test_a_task_that_was_replaced_is_withdrawn_and_only_what_was_handed_out_is(district):
    directive = draft(district)
    first, second = task(directive), task(directive)
    rows = Task.objects.filter(pk=first.pk)
    refused(lambda: rows.update(withdrawn_on=DAY))
    refused(lambda: rows.update(assigned_at=timezone.now(), replaced_by=second))
    rows.update(assigned_at=timezone.now(), withdrawn_on=DAY, replaced_by=second)
    refused(lambda: rows.update(start=5, end=5))
    refused(lambda: rows.update(start=5))
    rows.update(start=5, end=6)


def test_an_assignment_stands_once_a_body_and_time(district):
    work = task(draft(district))
    other = CommitteeMember.objects.create(position="Phó Chủ tịch", agency=district.office)
    assignment(work, district.office).save()
    assignment(work, district.office, sequence=2).save()
    assignment(work, district.office, member=district.members[0]).save()
    assignment(work, district.office, member=other).save()
    refused(assignment(work, district.office).save)
    refused(assignment(work, district.office, member=other).save)


def test_the_table_of_assignments_keeps_its_promises(district, officer):
    work = task(draft(district))
    assignment(work, district.office, done_on=DAY, done_note="xong", done_by=officer).save()
    refused(assignment(work, district.health, done_note="xong").save)
    refused(assignment(work, district.health, done_by=officer).save)
    refused(assignment(work, district.health, done_on=DAY, reported_on=DAY - timedelta(days=1)).save)
    refused(assignment(work, district.health, percent=101).save)
    refused(assignment(work, district.health, extended_on=DAY).save)
    refused(assignment(work, district.health, done_on=DAY, withdrawn_on=DAY).save)
    assignment(work, district.health, reported_on=DAY, done_note="xong", percent=100).save()


def test_an_event_says_what_happened(district, officer):
    row = assignment(task(draft(district)), district.office)
    row.save()
    event = {"assignment": row, "by": officer, "on": DAY}
    kinds = AssignmentEvent.Kind
    AssignmentEvent.objects.create(**event, kind=kinds.REPORTED, note="xong")
    refused(lambda: AssignmentEvent.objects.create(**event, kind=kinds.REPORTED))
    extension = {**event, "kind": kinds.EXTENDED, "due_from": DAY}
    AssignmentEvent.objects.create(**extension, due_to=DAY + timedelta(days=1), document="45/UBND-NN")
    refused(lambda: AssignmentEvent.objects.create(**extension, due_to=DAY, document="45/UBND-NN"))
    refused(lambda: AssignmentEvent.objects.create(**extension, due_to=DAY + timedelta(days=1), note="chậm vốn"))


def test_the_status_in_sql_is_the_status_in_python(district):
    directive = draft(district)
    days = [DAY + timedelta(days=n) for n in range(-1, 15, 3)]
    work = task(directive)
    # Not reported; reported and waiting; confirmed.
    dates = [(due, None, None) for due in [None, *days]]
    dates += [(due, day, done) for due in [None, *days] for day in days for done in (None, day)]
    Assignment.objects.bulk_create(
        assignment(work, district.office, sequence=n, due_on=due_on, reported_on=reported_on, done_on=done_on)
        for n, (due_on, reported_on, done_on) in enumerate(dates)
    )
    for as_of in [DAY + timedelta(days=n) for n in range(16)]:
        rows = Assignment.objects.at(as_of)
        soon = set(rows.filter(due_soon_condition(as_of)).values_list("pk", flat=True))
        assert len(rows) == len(dates)
        for row in rows:
            of_row = {"due_on": row.due_on, "done_on": row.done_on, "reported_on": row.reported_on, "as_of": as_of}
            assert row.status_at == rules.assignment_status(**of_row)
            assert (row.pk in soon) == rules.is_due_soon(**of_row, within=settings.DUE_SOON_DAYS)


def test_a_past_day_is_judged_by_the_due_date_known_then(district, officer):
    issued(district, [district.office], due_on=DAY + timedelta(days=10))
    row = Assignment.objects.get()
    for granted, due in ((20, 30), (40, 50)):
        actions.extend_assignments(
            assignments=[row],
            due_on=DAY + timedelta(days=due),
            document="45/UBND-NN ngày 17/4/2024",
            on=DAY + timedelta(days=granted),
            by=officer,
        )

    def then(days):
        found = Assignment.objects.at(DAY + timedelta(days=days)).get()
        return (found.due_at - DAY).days, found.status_at

    assert then(5) == (10, "in_progress")
    assert then(15) == (10, "overdue")
    assert then(25) == (30, "in_progress")
    assert then(35) == (30, "overdue")
    assert then(45) == (50, "in_progress")
    assert then(51) == (50, "overdue")
    row.refresh_from_db()
    assert row.original_due_on == DAY + timedelta(days=10)


def test_what_is_withdrawn_counts_until_the_day_before(district, officer):
    issued(district, [district.office])
    day = DAY + timedelta(days=20)
    actions.withdraw_task(task=Task.objects.get(), on=day, note="Đã gộp vào kế hoạch", by=officer)
    assert Assignment.objects.at(day - timedelta(days=1)).count() == 1
    assert not Assignment.objects.at(day).exists()


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


def test_a_department_sees_its_own_work_what_it_supports_and_the_criteria_it_leads(district, django_assert_num_queries):
    criteria_set = factories.criteria_set()
    first, second = (factories.criterion(criteria_set, number) for number in (5, 11))
    factories.lead(first, district.education)
    directive = draft(district)
    for bodies, fields in (
        ([district.education], {}),
        ([district.health], {"supports": [district.education]}),
        ([district.office], {"criteria": [first]}),
        ([district.union], {"criteria": [second]}),
        ([district.agriculture], {}),
    ):
        task(directive, bodies, **fields)
    actions.issue_directive(directive=directive, by=None)
    sector = district.user(Role.SECTOR_OFFICER, agency=district.education)
    with django_assert_num_queries(1):
        seen = set(Assignment.objects.visible_to(sector).values_list("task__position", flat=True))
    assert seen == {1, 2, 3}
    assert not Assignment.objects.visible_to(district.user(Role.SECTOR_OFFICER))
    for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.COMMITTEE_MEMBER):
        assert Assignment.objects.visible_to(district.user(role)).count() == 5


def test_a_department_no_longer_sees_the_work_on_a_criterion_it_led_once(district):
    criterion = factories.criterion(factories.criteria_set(), 5)
    factories.lead(criterion, district.education, since_on=date(2022, 1, 1), until_on=date(2023, 12, 31))
    issued(district, [district.office], criteria=[criterion])
    assert not Assignment.objects.visible_to(district.user(Role.SECTOR_OFFICER, agency=district.education))


def test_a_member_of_the_committee_who_reports_for_a_body_sees_their_own_part(district):
    member = district.members[0]
    issued(district, [], lead_members=district.members)
    person = district.user(Role.SECTOR_OFFICER)
    person.member = member
    person.save()
    assert [row.member for row in Assignment.objects.visible_to(person)] == [member]


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


def template_row(by, **fields):
    return DocumentTemplate.objects.create(
        **{"kind": "bao-cao", "layout": "dang", "file": "a.docx", "file_name": "a.docx", "uploaded_by": by, **fields}
    )


def test_of_a_kind_and_layout_an_office_uses_one_template(district, officer):
    gone = {"removed_at": timezone.now(), "removed_by": officer}
    for office in (district.place, None):
        template_row(officer, locality=office)
        template_row(officer, locality=office, layout="nha-nuoc")
        template_row(officer, locality=office, **gone)
        template_row(officer, locality=office, **gone)
        refused(lambda office=office: template_row(officer, locality=office))


def test_a_template_is_taken_out_of_use_by_somebody(district, officer):
    template_row(officer, removed_at=timezone.now(), removed_by=officer)
    refused(lambda: template_row(officer, removed_at=timezone.now()))
    refused(lambda: template_row(officer, kind="bien-ban", removed_by=officer))
