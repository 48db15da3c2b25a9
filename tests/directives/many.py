"""A province with as much work as one asks for, always the same: for the tests of the board and its benchmark."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.utils import timezone

from accounts.models import Role, User
from communes.models import Agency, AgencyKind, CommitteeMember, Locality
from criteria.models import CriteriaSet, Criterion
from directives.models import Assignment, AssignmentEvent, Directive, Task

BATCH = 5000
# Bodies that one task is given to.
BODIES = 40
# Days over which the due dates spread, and how many of them lie before the day the board is looked at.
SPAN, PAST = 800, 700
NOTES = ["Đã gửi báo cáo", "Đang rà soát số liệu các thôn, bản", "", "Chờ bố trí kinh phí"]


@dataclass
class Province:
    place: Locality
    communes: list[Locality]
    agencies: list[Agency]
    members: list[CommitteeMember]
    criteria: list[Criterion]

    def user(self, role=Role.OFFICER, place=None, agency=None):
        return User.objects.create_user(
            username=f"{role}{User.objects.count()}",
            full_name="Nguyễn Thị Hoa",
            role=role,
            place=place or self.place,
            agency=agency,
        )


def province(communes=100, departments=30, name="Lai Châu") -> Province:
    place = Locality.objects.create(level="province", kind="tỉnh", name=name)
    there = [
        Locality.objects.create(level="commune", kind="xã", name=f"Bản {n:03}", parent=place) for n in range(communes)
    ]
    agencies = [
        Agency(name=f"Sở, ngành số {n}", short_name=f"Sở {n}", kind=AgencyKind.DEPARTMENT, locality=place)
        for n in range(departments)
    ] + [
        Agency(
            name=f"Ủy ban nhân dân {commune.full_name}",
            short_name=f"UBND {commune.full_name}",
            kind=AgencyKind.COMMITTEE,
            locality=commune,
        )
        for commune in there
    ]
    for agency in agencies:
        agency.prepare()
    agencies = Agency.objects.bulk_create(agencies)
    members = CommitteeMember.objects.bulk_create(
        CommitteeMember(position=f"Giám đốc {agency.short_name}", agency=agency) for agency in agencies[:departments]
    )
    criteria_set, _ = CriteriaSet.objects.get_or_create(
        code="many", defaults={"name": "Bộ", "short_name": "Bộ", "subject": "commune", "tier": "basic"}
    )
    criteria = [
        Criterion.objects.get_or_create(
            criteria_set=criteria_set, number=n, defaults={"name": f"Tiêu chí {n}", "name_status": "verified"}
        )[0]
        for n in range(1, 20)
    ]
    return Province(place, there, agencies, members, criteria)


def assign(where: Province, count: int, today: date) -> None:
    """Hand out `count` assignments: two in three done, of the rest some reported, extended or without a due date."""
    tasks = _tasks(where, -(-count // BODIES), today)
    rows = (_assignment(where, task, n, today) for task in tasks for n in range(BODIES))
    rows = islice(rows, count)
    while batch := list(islice(rows, BATCH)):
        batch = Assignment.objects.bulk_create(batch)
        issued = AssignmentEvent.Kind.ISSUED
        AssignmentEvent.objects.bulk_create(
            AssignmentEvent(assignment=row, kind=issued, on=row.given_on, due_to=row.original_due_on) for row in batch
        )


def _tasks(where, count, today):
    now = timezone.now()
    given = today - timedelta(days=SPAN + 30)
    directives = Directive.objects.bulk_create(
        Directive(
            number=f"{n}/TB-UBND",
            title=f"Kết luận cuộc họp số {n}",
            issuer="UBND tỉnh",
            locality=where.place,
            issued_on=given,
            dated_on=given,
            assigned_at=now,
        )
        for n in range(1, -(-count // 5) + 1)
    )
    tasks = Task.objects.bulk_create(
        Task(
            directive=directives[n // 5],
            position=n % 5 + 1,
            section=f"II.{n % 5 + 1}",
            text=f"Rà soát, tổng hợp nhu cầu xi măng và hồ sơ minh chứng đợt {n}, gửi cơ quan thường trực tổng hợp "
            "trình Ủy ban nhân dân tỉnh xem xét, quyết định theo quy định",
            assigned_at=now,
        )
        for n in range(count)
    )
    on, there = Task.criteria.through, Task.communes.through
    # One task in four is on no criterion, the others on one or two; one in three names communes.
    on.objects.bulk_create(
        on(task=task, criterion=where.criteria[(n * 7 + k) % len(where.criteria)])
        for n, task in enumerate(tasks)
        if n % 4
        for k in range(n % 2 + 1)
    )
    there.objects.bulk_create(
        there(task=task, locality=where.communes[(n * 5 + k) % len(where.communes)])
        for n, task in enumerate(tasks)
        if n % 3 == 0
        for k in range(2)
    )
    return tasks


def _assignment(where, task, n, today):
    g = task.pk * BODIES + n
    agency = where.agencies[(task.pk * 11 + n) % len(where.agencies)]
    member = None
    if n % 8 == 0:
        member = where.members[(task.pk * 3 + n // 8) % len(where.members)]
        agency = member.agency
    due = None if g % 29 == 0 else today + timedelta(days=g * 7919 % SPAN - PAST)
    row = Assignment(
        task=task,
        agency=agency,
        member=member,
        sequence=1,
        given_on=today - timedelta(days=SPAN + 30),
        due_on=due,
        original_due_on=due,
    )
    # Sometimes the same body twice, as itself and through a member: the task's own number keeps them apart.
    row.sequence = n + 1
    if g % 3:
        row.reported_on = row.done_on = min(today, (due or today) + timedelta(days=g % 11 - 5))
        row.done_note = NOTES[0]
    elif g % 7 == 0 and due and due <= today:
        row.reported_on, row.done_note = due - timedelta(days=g % 3), NOTES[0]
    elif g % 5 == 0:
        row.progress_note, row.percent, row.progress_at = NOTES[g % 4], g % 100, timezone.now()
    if due and g % 13 == 0:
        row.extended_on, row.original_due_on = today - timedelta(days=SPAN), due - timedelta(days=15)
    return row
