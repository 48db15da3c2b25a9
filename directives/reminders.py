"""Reminders: who must be told what on a day.

Chosen by the state of the work and by what each person was told before, never by "due yesterday": after a missed run
the next one tells everybody what still holds, once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max, Q

from accounts.models import Role, User
from directives import queries
from directives.models import Assignment, AssignmentEvent, Digest, DigestLine, Reason

SOON_DAYS = 7
TOMORROW_DAYS = 1
# What stays overdue, or unconfirmed, is told of again after so many days.
AGAIN_DAYS = 7
# Overdue for more than this, the head of the body is told.
ESCALATE_DAYS = 15

# Whose work a body's work is. Members of the committee are told only of what is their own.
BODY_ROLES = {Role.OFFICER, Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER}
# As a digest lists them.
ORDER = [
    Reason.ESCALATED,
    Reason.OVERDUE,
    Reason.RETURNED,
    Reason.TOMORROW,
    Reason.SOON,
    Reason.NEW,
    Reason.AWAITING,
]


@dataclass
class Part:
    """An open assignment as far as reminders ask."""

    pk: int
    task: int
    agency: int
    member: int | None
    path: str
    due_on: date | None
    is_awaiting: bool
    # Of a recurring task the first occurrence still open: new work is told of once, not once a month.
    is_first: bool = False
    # When its due date was last changed, when it was last sent back, when it was last reported done.
    moved_at: datetime | None = None
    returned_at: datetime | None = None
    reported_at: datetime | None = None

    @property
    def body(self) -> tuple:
        return (self.agency, self.member)


@dataclass(frozen=True)
class Telling:
    """A person was told of an assignment, for a reason, last in the digest of a day, made at a moment."""

    reason: str
    on: date
    at: datetime


# -- decisions --------------------------------------------------------------------------------------------------------


def reason_for_body(part: Part, told: Iterable[Telling], *, day: date, knows_task: bool) -> Reason | None:
    """Why one of the body must be told of its part on a day; None if there is nothing to tell, or nothing new.

    Whatever they were told before covers what held then: a part told of as new two days before its due date is not
    told of again as due soon. What was sent back comes first, for its line says how late it is, too.
    """
    if part.is_awaiting:
        # The office is to act now, not the body.
        return None
    told = _to_body(told)
    if part.returned_at and all(one.at < part.returned_at for one in told):
        return Reason.RETURNED
    if part.due_on is not None:
        if day > part.due_on:
            return None if _told_lately(part, told, day) else Reason.OVERDUE
        for reason, days in ((Reason.TOMORROW, TOMORROW_DAYS), (Reason.SOON, SOON_DAYS)):
            opens = part.due_on - timedelta(days=days)
            if day >= opens:
                return None if any(one.on >= opens and _since_moved(part, one) for one in told) else reason
    return Reason.NEW if part.is_first and not knows_task else None


def reason_for_head(part: Part, told: Iterable[Telling], *, day: date) -> Reason | None:
    """Whether the head of the body must be told of its part: it is overdue for more than ESCALATE_DAYS; then weekly."""
    if part.is_awaiting or part.due_on is None or (day - part.due_on).days <= ESCALATE_DAYS:
        return None
    told = _to_body(told)
    last = part.due_on + timedelta(days=ESCALATE_DAYS)
    escalated = any(one.reason == Reason.ESCALATED and one.on > last for one in told)
    return None if escalated and _told_lately(part, told, day) else Reason.ESCALATED


def reason_for_office(part: Part, told: Iterable[Telling], *, day: date) -> Reason | None:
    """Whether an officer must be told that a report waits for confirmation: at once, then weekly."""
    if not part.is_awaiting:
        return None
    lately = any(
        one.reason == Reason.AWAITING
        and (day - one.on).days < AGAIN_DAYS
        and (part.reported_at is None or one.at > part.reported_at)
        for one in told
    )
    return None if lately else Reason.AWAITING


def _to_body(told):
    return [one for one in told if one.reason != Reason.AWAITING]


def _told_lately(part, told, day):
    """Whether they were told within the week that it is overdue: past the due date that holds now."""
    return any(one.on > part.due_on and (day - one.on).days < AGAIN_DAYS for one in told)


def _since_moved(part, one):
    return part.moved_at is None or one.at > part.moved_at


# -- who is told ------------------------------------------------------------------------------------------------------


@dataclass
class People:
    """Those who may be told of anything, by what makes them so."""

    of_agency: dict[int, list[User]] = field(default_factory=lambda: defaultdict(list))
    of_member: dict[int, list[User]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[int, list[User]] = field(default_factory=lambda: defaultdict(list))
    officers: list[User] = field(default_factory=list)

    @classmethod
    def of(cls, users: Iterable[User]) -> "People":
        people = cls()
        for user in users:
            if user.agency_id and user.role in BODY_ROLES:
                people.of_agency[user.agency_id].append(user)
            if user.agency_id and user.is_head:
                people.heads[user.agency_id].append(user)
            if user.member_id:
                people.of_member[user.member_id].append(user)
            if user.role == Role.OFFICER:
                people.officers.append(user)
        return people

    def of_body(self, part: Part) -> list[User]:
        """Those who must act: of a member's own work the member alone."""
        found = self.of_member.get(part.member, []) if part.member else self.of_agency.get(part.agency, [])
        return [user for user in found if _reaches(user, part)]

    def heads_of(self, part: Part) -> list[User]:
        found = [] if part.member else self.heads.get(part.agency, [])
        return [user for user in found if _reaches(user, part)]

    def office_of(self, part: Part) -> list[User]:
        """Those who may confirm what the body reports."""
        return [user for user in self.officers if _reaches(user, part)]


def _reaches(user, part):
    """Whether the person may open the assignment: nobody is told of what they cannot see."""
    return part.path.startswith(user.place.path) if user.place_id else user.sees_everything


@dataclass
class Chosen:
    """What goes out on a day: by person the assignments with their reasons, and the parts nobody is told of."""

    lines: dict[User, dict[int, Reason]]
    # Open parts whose body has no user, by agency.
    unheard: dict[int, int]


def choose(users: Iterable[User], day: date) -> Chosen:
    """What each of these users must be told on a day, but those who have its digest. Four queries, whatever their number."""
    has_one = set(Digest.objects.filter(on=day).values_list("user", flat=True))
    parts = _open_parts(day)
    told, knows = _tellings(day)
    people = People.of(users)
    lines, unheard = defaultdict(dict), defaultdict(int)
    for part in parts:
        if part.is_awaiting:
            for user in people.office_of(part):
                if reason := reason_for_office(part, told[user.pk, part.pk], day=day):
                    lines[user][part.pk] = reason
            continue
        body = people.of_body(part)
        for user in body:
            is_known = (user.pk, part.task, *part.body) in knows
            if reason := reason_for_body(part, told[user.pk, part.pk], day=day, knows_task=is_known):
                lines[user][part.pk] = reason
        for user in people.heads_of(part):
            if reason := reason_for_head(part, told[user.pk, part.pk], day=day):
                lines[user][part.pk] = reason
        if not body:
            unheard[part.agency] += 1
    return Chosen({user: mine for user, mine in lines.items() if user.pk not in has_one}, dict(unheard))


def recipients():
    """Everybody who may be told of anything: active, and of a body, in the committee, or an officer."""
    mine = Q(agency__isnull=False) | Q(member__isnull=False) | Q(role=Role.OFFICER)
    return User.objects.filter(mine, is_active=True).select_related("place").order_by("pk")


def _open(day):
    return Assignment.objects.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), done_on=None, given_on__lte=day)


def _open_parts(day) -> list[Part]:
    """Two queries."""
    kind = AssignmentEvent.Kind
    asked = [kind.EXTENDED, kind.MOVED, kind.RETURNED, kind.REOPENED, kind.REPORTED]
    moments = defaultdict(dict)
    # Without order_by the model's own order would be part of the grouping.
    events = AssignmentEvent.objects.filter(assignment__in=_open(day), kind__in=asked).order_by()
    for pk, what, at in events.values_list("assignment", "kind").annotate(last=Max("at")):
        moments[pk][what] = at
    rows = _open(day).order_by("due_on", "sequence", "pk")
    parts, begun = [], set()
    for pk, task, agency, member, path, due_on, reported_on in rows.values_list(
        "pk", "task", "agency", "member", "agency__locality__path", "due_on", "reported_on"
    ):
        part = Part(pk, task, agency, member, path, due_on, is_awaiting=reported_on is not None)
        last = moments.get(pk, {})
        part.moved_at = _latest(last, kind.EXTENDED, kind.MOVED)
        part.returned_at = _latest(last, kind.RETURNED, kind.REOPENED)
        part.reported_at = last.get(kind.REPORTED)
        part.is_first = (task, part.body) not in begun
        begun.add((task, part.body))
        parts.append(part)
    return parts


def _latest(moments, *kinds):
    return max((moments[kind] for kind in kinds if kind in moments), default=None)


def _tellings(day):
    """What people were told of the tasks still open: by (user, assignment), and who knows which body's task. One query."""
    told, knows = defaultdict(list), set()
    lines = DigestLine.objects.filter(assignment__task__in=_open(day).values("task")).order_by()
    for user, pk, task, agency, member, reason, on, at in lines.values_list(
        "digest__user", "assignment", "assignment__task", "assignment__agency", "assignment__member", "reason"
    ).annotate(last_on=Max("digest__on"), last_at=Max("digest__created_at")):
        told[user, pk].append(Telling(reason, on, at))
        if reason != Reason.AWAITING:
            knows.add((user, task, agency, member))
    return told, knows


# -- digests as they are read ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A line of a digest, with its assignment as it stands on the day one reads it."""

    line: DigestLine
    row: queries.Row

    @property
    def assignment(self) -> Assignment:
        return self.line.assignment

    @property
    def is_withdrawn(self) -> bool:
        withdrawn_on = self.assignment.withdrawn_on
        return withdrawn_on is not None and withdrawn_on <= self.row.as_of

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do of what the line says."""
        if self.line.reason == Reason.AWAITING:
            return not self.assignment.is_awaiting
        return self.row.is_done or self.is_withdrawn or self.assignment.is_awaiting

    @property
    def days_in_words(self) -> str:
        """'quá hạn 5 ngày', 'hạn hôm nay', 'còn 3 ngày'; '' where there is no due date."""
        due_on, late = self.row.due_on, self.row.days
        if due_on is None:
            return ""
        if due_on < self.row.as_of:
            return "" if self.assignment.is_awaiting else f"quá hạn {late} ngày"
        left = (due_on - self.row.as_of).days
        return f"còn {left} ngày" if left else "hạn hôm nay"


@dataclass(frozen=True)
class ReasonGroup:
    """The entries of one reason, first due first."""

    reason: Reason
    entries: list[Entry]

    @property
    def label(self) -> str:
        return self.reason.label


def grouped(lines: Iterable[DigestLine], as_of: date) -> list[ReasonGroup]:
    """The lines by reason, most urgent first."""
    found = defaultdict(list)
    for line in lines:
        found[line.reason].append(Entry(line, queries.Row(line.assignment, as_of)))
    for entries in found.values():
        entries.sort(key=lambda entry: (entry.assignment.due_on or date.max, entry.assignment.pk))
    return [ReasonGroup(reason, found[reason]) for reason in ORDER if reason in found]


def with_work(lines):
    """Lines with all that a page or a letter says of their assignments."""
    return lines.select_related(
        "assignment__task__directive", "assignment__agency__locality", "assignment__member"
    ).defer("assignment__task__directive__text")


# What a subject and a folded digest count, in words.
COUNTED = [
    ({Reason.ESCALATED, Reason.OVERDUE}, "quá hạn"),
    ({Reason.RETURNED}, "bị trả lại"),
    ({Reason.TOMORROW, Reason.SOON}, "sắp đến hạn"),
    ({Reason.NEW}, "mới giao"),
    ({Reason.AWAITING}, "chờ xác nhận"),
]


def in_words(reasons: Iterable[str]) -> str:
    """'2 việc quá hạn, 3 việc sắp đến hạn'."""
    reasons = list(reasons)
    counts = [(sum(reason in kinds for reason in reasons), words) for kinds, words in COUNTED]
    return ", ".join(f"{number} việc {words}" for number, words in counts if number)


def kept_digests(user, day: date, days: int):
    """The person's digests of the last days, newest first."""
    return Digest.objects.filter(user=user, on__gt=day - timedelta(days=days)).order_by("-on", "-pk")
