"""Questions about work handed out: how it stands on a day, whose it is, what is late; and what a draft still lacks."""

from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Left, NullIf
from django.urls import reverse
from django.utils import timezone

from communes.models import Agency, CommitteeMember, Level, Locality
from criteria.models import Criterion
from directives import rules
from directives.models import (
    BY_ANOTHER_COMMUNE,
    IS_EXTENDED,
    Assignment,
    AssignmentStatus,
    Directive,
    Task,
    is_awaiting,
    is_due_soon,
    is_late_by_original,
)

DUE_SOON = "due_soon"
DOING = "doing"
DONE = "done"
AWAITING = "awaiting"
# The four a meeting asks for: each piece of work is in one of them.
SIMPLE_CHOICES = [
    (AssignmentStatus.OVERDUE.value, "Quá hạn"),
    (DUE_SOON, "Sắp đến hạn"),
    (DOING, "Đang làm"),
    (DONE, "Đã xong"),
]
# As official reports split them.
OFFICIAL_CHOICES = [
    (AssignmentStatus.IN_PROGRESS.value, "Đang thực hiện (trong hạn)"),
    (AWAITING, "Chờ xác nhận"),
    (AssignmentStatus.NO_DUE.value, "Không có thời hạn"),
    (AssignmentStatus.DONE_LATE.value, "Hoàn thành quá hạn"),
    (AssignmentStatus.DONE_ON_TIME.value, "Hoàn thành đúng hạn"),
    (AssignmentStatus.DONE_NO_DUE.value, "Hoàn thành, không có thời hạn"),
]
STATUS_CHOICES = SIMPLE_CHOICES + OFFICIAL_CHOICES
STATUS_WORDS = dict(STATUS_CHOICES) | {AssignmentStatus.OVERDUE.value: "Chưa hoàn thành, quá hạn"}
# Overdue by more than so many days is told apart, as the reports of ministries and provinces do.
LATE_GROUPS = (30, 120)
# The words of a task are cut where the screen cuts them: a notice's paragraph is not fetched for its first two lines.
MOST_WORDS = 150
# What the reader must see first comes first.
URGENCY = {
    0: "Chưa hoàn thành, quá hạn",
    1: "Sắp đến hạn",
    2: "Đang thực hiện (trong hạn)",
    3: "Không có thời hạn",
    4: "Đã hoàn thành",
}


@dataclass(frozen=True)
class Filters:
    """Which part of the work is asked about; everything by default.

    `status` and `late` choose what is listed and do not narrow the summary; `late` is one of LATE_GROUPS.
    """

    status: str = ""
    late: int | None = None
    agency: Agency | None = None
    directive: Directive | None = None
    criterion: Criterion | None = None
    commune: Locality | None = None
    person: CommitteeMember | None = None

    def apply(self, assignments):
        if self.agency:
            assignments = assignments.filter(agency=self.agency)
        if self.directive:
            assignments = assignments.filter(task__directive=self.directive)
        if self.criterion:
            assignments = assignments.of_criterion(self.criterion)
        if self.commune:
            assignments = assignments.of_commune(self.commune)
        if self.person:
            assignments = assignments.filter(member=self.person)
        return assignments

    def listing(self, as_of) -> Q:
        """Which of the work `at(as_of)` is listed."""
        chosen = _of_status(self.status, as_of) if self.status else Q()
        return chosen & is_late(self.late, as_of) if self.late else chosen

    @property
    def lists_all(self) -> bool:
        return not self.status and not self.late

    @property
    def words(self) -> list[str]:
        """The filters in words, for the head of a file."""
        return [
            f"{name}: {value}"
            for name, value in (
                ("trạng thái", STATUS_WORDS.get(self.status)),
                ("quá hạn", self.late and f"trên {self.late} ngày"),
                ("cơ quan", self.agency),
                ("văn bản", self.directive),
                ("tiêu chí", self.criterion),
                ("địa bàn", self.commune),
                ("người", self.person),
            )
            if value
        ]


@dataclass(frozen=True)
class Tallies:
    """Assignments counted by status. Those due soon are among those in progress.

    Across the statuses: `awaiting` an officer's word on what was reported done, `extended` past the date ordered, and
    `late_by_original`, what would be overdue had nothing been extended.
    """

    total: int = 0
    overdue: int = 0
    due_soon: int = 0
    in_progress: int = 0
    no_due: int = 0
    done_late: int = 0
    done_on_time: int = 0
    done_no_due: int = 0
    awaiting: int = 0
    extended: int = 0
    late_by_original: int = 0
    # Of the overdue, those by more than LATE_GROUPS days.
    over_30: int = 0
    over_120: int = 0

    def __add__(self, other):
        return Tallies(**{item.name: getattr(self, item.name) + getattr(other, item.name) for item in fields(Tallies)})

    @property
    def done(self) -> int:
        return self.done_late + self.done_on_time + self.done_no_due

    @property
    def came_due(self) -> int:
        """The done and the overdue: what the second rate is over."""
        return self.done + self.overdue

    @property
    def rates(self) -> rules.CompletionRates:
        return rules.completion_rates(done=self.done, overdue=self.overdue, total=self.total)


@dataclass(frozen=True)
class Summary(Tallies):
    """The work of a place as it stood on a day."""

    directives: int = 0
    illustrative: int = 0

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """The parts of the bar over the figures: colour, start, length."""
        parts = [
            ("red", self.overdue),
            ("grey", self.in_progress),
            ("track", self.no_due),
            ("mid", self.done_late),
            ("accent", self.done_on_time + self.done_no_due),
        ]
        starts = accumulate((length for _, length in parts), initial=0)
        return [(kind, start, length) for (kind, length), start in zip(parts, starts, strict=False) if length]

    @property
    def is_illustrative(self) -> bool:
        """Whether a part of the figures comes from directives made up for demonstration."""
        return self.illustrative > 0


@dataclass(frozen=True)
class Row:
    """One assignment as it stood on a day."""

    assignment: Assignment
    as_of: date

    @cached_property
    def status(self) -> AssignmentStatus:
        return rules.assignment_status(**self._dates)

    @property
    def is_done(self) -> bool:
        return self.status not in rules.STILL_OPEN

    @cached_property
    def is_due_soon(self) -> bool:
        return rules.is_due_soon(**self._dates, within=settings.DUE_SOON_DAYS)

    @property
    def is_awaiting(self) -> bool:
        """Whether it was reported done by then and nobody has confirmed it to this day."""
        reported_on = self.assignment.reported_on
        return self.assignment.done_on is None and reported_on is not None and reported_on <= self.as_of

    @property
    def is_extended(self) -> bool:
        """Whether it was due later, as known then, than was ordered."""
        ordered = self.assignment.original_due_on
        return self.due_on is not None and ordered is not None and self.due_on > ordered

    @property
    def days(self) -> int:
        """Days overdue, or days left of what is due soon."""
        if self.is_due_soon:
            return (self.due_on - self.as_of).days
        return rules.days_overdue(**self._dates)

    @property
    def chip(self) -> str:
        """The kind of components/task_status.html."""
        if self.is_due_soon:
            return "soon"
        # Reported after its day it stays overdue, and waits beside it.
        if self.is_awaiting and self.status != AssignmentStatus.OVERDUE:
            return "awaiting"
        return {
            AssignmentStatus.OVERDUE: "overdue",
            AssignmentStatus.IN_PROGRESS: "progress",
            AssignmentStatus.NO_DUE: "none",
            AssignmentStatus.DONE_LATE: "late",
        }.get(self.status, "done")

    @property
    def chip_label(self) -> str:
        return {"late": "Quá hạn, đã xong", "done": "Hoàn thành", "none": "Không thời hạn"}.get(self.chip, "")

    @property
    def due_on(self) -> date | None:
        """The day it was due as known on the day asked for: an extension granted later changes nothing then."""
        if hasattr(self.assignment, "due_at"):
            return self.assignment.due_at
        return self.assignment.due_on

    @property
    def _dates(self):
        return {
            "due_on": self.due_on,
            "done_on": self.assignment.done_on,
            "reported_on": self.assignment.reported_on,
            "as_of": self.as_of,
        }


@dataclass(frozen=True)
class Body:
    """A body with work, and how it stands."""

    label: str
    tallies: Tallies
    url: str
    # Days since the longest overdue was due; 0 where nothing is overdue.
    longest_days: int = 0
    # The agency's key.
    agency: int = 0

    @property
    def overdue(self) -> int:
        return self.tallies.overdue

    @property
    def due_soon(self) -> int:
        return self.tallies.due_soon


@dataclass(frozen=True)
class Upcoming:
    """One task with what of it falls due on one day."""

    text: str
    due_on: date
    # How many bodies it is due from; the name of the body where it is one.
    bodies: int
    body: str
    url: str


def work(user, as_of, filters=None):
    """The assignments the user may see, as they stood on a day, narrowed by all filters but the status."""
    return (filters or Filters()).apply(Assignment.objects.visible_to(user)).at(as_of)


def listed(user, as_of, filters):
    """The assignments of the board: `work` narrowed by the status too."""
    return work(user, as_of, filters).filter(filters.listing(as_of))


def is_late(days, as_of) -> Q:
    """Overdue by more than so many days, as a condition on assignments `at(as_of)`."""
    return Q(status_at=AssignmentStatus.OVERDUE, due_at__lt=as_of - timedelta(days=days))


def _of_status(status, as_of) -> Q:
    if status == DUE_SOON:
        return is_due_soon(as_of)
    if status == DOING:
        return Q(status_at__in=[AssignmentStatus.IN_PROGRESS, AssignmentStatus.NO_DUE]) & ~is_due_soon(as_of)
    if status == DONE:
        return ~Q(status_at__in=rules.STILL_OPEN)
    if status == AWAITING:
        return is_awaiting(as_of)
    return Q(status_at=status)


def summary(user, as_of, filters=None) -> Summary:
    """The counts of the work by status, and what they come from. One query."""
    return Summary(
        **work(user, as_of, filters).aggregate(
            **_counts(as_of),
            directives=Count("task__directive", distinct=True),
            illustrative=Count("pk", filter=Q(task__directive__is_illustrative=True)),
        )
    )


def bodies(user, as_of, filters=None, *, by_name=False) -> list[Body]:
    """Every body with work and its counts: in the order of the board, or of `Agency.in_order`. One query."""
    rows = _by_agency(work(user, as_of, filters), as_of)
    if by_name:
        rows = rows.order_by("is_commune", "agency__sort_key", "agency")
    return [
        Body(
            row["agency__short_name"] or row["agency__name"],
            tallies_of(row),
            board_url(as_of, co_quan=row["agency"]),
            (as_of - row["oldest"]).days if row["oldest"] else 0,
            row["agency"],
        )
        for row in rows
    ]


def late_agencies(user, as_of, filters=None) -> list[tuple[int, str, int]]:
    """The bodies with overdue work in the order of the board: number, name, how many parts. One query."""
    rows = _by_agency(work(user, as_of, filters), as_of).filter(overdue__gt=0)
    return [(row["agency"], row["agency__short_name"] or row["agency__name"], row["overdue"]) for row in rows]


def due_next(user, as_of, filters=None, *, limit) -> list[Upcoming]:
    """What falls due first from a day on and is not reported done: a line a task and day. One query."""
    to_come = work(user, as_of, filters).filter(
        status_at=AssignmentStatus.IN_PROGRESS, due_at__gte=as_of, reported_on=None
    )
    body = Coalesce(NullIf("agency__short_name", Value("")), "agency__name")
    rows = (
        to_come.order_by()
        .values("task", "due_at", "task__directive", "task__position", text=Left("task__text", MOST_WORDS + 1))
        .annotate(bodies=Count("agency", distinct=True), body=Min(body), one=Min("pk"))
        .order_by("due_at", "task__directive", "task__position")[:limit]
    )
    return [
        Upcoming(
            row["text"],
            row["due_at"],
            row["bodies"],
            row["body"],
            reverse("directives:assignment", args=[row["one"]])
            if row["bodies"] == 1
            else reverse("directives:task-detail", args=[row["task__directive"], row["task"]]),
        )
        for row in rows
    ]


def open_on_criteria(user, as_of, places, criteria) -> dict[tuple[int, int], list[Row]]:
    """The work still open in some places on some criteria, by (place, criterion), first due first. Three queries."""
    places = set(places)
    if not places:
        return {}
    there = Task.communes.through.objects.filter(task=OuterRef("task"), locality__in=places)
    on = Task.criteria.through.objects.filter(task=OuterRef("task"), criterion__in=criteria)
    assignments = (
        work(user, as_of)
        .filter(Exists(on), status_at__in=rules.STILL_OPEN)
        .filter(Q(agency__locality__in=places) | Exists(there) & ~BY_ANOTHER_COMMUNE)
        .select_related("task__directive", "agency__locality", "member")
        .defer("task__directive__text")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    assignments = list(assignments)
    tasks = {assignment.task_id for assignment in assignments}
    criteria_of, places_of = defaultdict(list), defaultdict(set)
    for task, criterion in Task.criteria.through.objects.filter(task__in=tasks, criterion__in=criteria).values_list(
        "task", "criterion"
    ):
        criteria_of[task].append(criterion)
    for task, place in Task.communes.through.objects.filter(task__in=tasks, locality__in=places).values_list(
        "task", "locality"
    ):
        places_of[task].add(place)
    found = defaultdict(list)
    for assignment in assignments:
        own = assignment.agency.locality
        for place in {own.pk} & places | (set() if own.level == Level.COMMUNE else places_of[assignment.task_id]):
            for criterion in criteria_of[assignment.task_id]:
                found[place, criterion].append(Row(assignment, as_of))
    return found


def overdue_in(user, as_of, places) -> dict[int, list[int]]:
    """The overdue work of some places' own bodies and of bodies above there: its keys by place, the oldest first.

    Two queries.
    """
    places = set(places)
    overdue = work(user, as_of).filter(status_at=AssignmentStatus.OVERDUE).order_by("due_at", "pk")
    rows = overdue.values_list("pk", "task", "agency__locality", "agency__locality__level")
    there = Task.communes.through.objects.filter(task__in=overdue.order_by().values("task"), locality__in=places)
    places_of = defaultdict(set)
    for task, place in there.values_list("task", "locality"):
        places_of[task].add(place)
    found = defaultdict(list)
    for pk, task, own, level in rows:
        for place in {own} & places | (set() if level == Level.COMMUNE else places_of[task]):
            found[place].append(pk)
    return found


def board_url(as_of=None, **parameters) -> str:
    """The address of the task board, narrowed: board_url(day, co_quan=3, trang_thai="overdue")."""
    if as_of and as_of != timezone.localdate():
        parameters = {"ngay": as_of.isoformat(), **parameters}
    return reverse("directives:tasks") + (f"?{urlencode(parameters)}" if parameters else "")


def overdue_by_place(user, as_of) -> dict[int, int]:
    """How many assignments are overdue in each place that has any: as `Filters(commune=...)` counts them. Two queries."""
    overdue = work(user, as_of).filter(status_at=AssignmentStatus.OVERDUE).order_by()
    own = overdue.values_list("agency__locality").annotate(n=Count("pk"))
    # What bodies above the communes must do there.
    there = overdue.exclude(BY_ANOTHER_COMMUNE).filter(task__communes__isnull=False)
    found = Counter(dict(own.values_list("agency__locality", "n")))
    for place, number in there.values_list("task__communes").annotate(n=Count("pk")).values_list("task__communes", "n"):
        found[place] += number
    return found


def tallies_by_task(directive, user, as_of) -> dict[int, Tallies]:
    """The work of each task of a directive counted by status. One query."""
    counted = work(user, as_of, Filters(directive=directive)).order_by().values("task").annotate(**_counts(as_of))
    return {row["task"]: tallies_of(row) for row in counted}


@dataclass(frozen=True)
class Standing:
    """How the work of one task stands: its counts, whose it is, and the first day on which open work is due."""

    tallies: Tallies
    bodies: int
    # Of one of the bodies.
    name: str
    due_on: date | None

    @property
    def whose(self) -> str:
        return self.name if self.bodies == 1 else f"{self.bodies} cơ quan, đơn vị"

    @property
    def chip(self) -> str:
        """The kind of components/task_status.html: the most urgent of the work."""
        tallies = self.tallies
        if tallies.overdue:
            return "overdue"
        if tallies.due_soon:
            return "soon"
        if tallies.in_progress:
            return "awaiting" if tallies.awaiting == tallies.in_progress else "progress"
        if tallies.no_due:
            return "none"
        return "late" if tallies.done_late else "done"

    @property
    def chip_label(self) -> str:
        """How many where it is not one: 'Quá hạn 3/12'; '' for the chip's own words."""
        total = self.tallies.total
        if self.chip == "overdue" and total > 1:
            return f"Quá hạn {self.tallies.overdue}/{total}"
        if self.chip == "soon" and total > 1:
            return f"Sắp đến hạn {self.tallies.due_soon}/{total}"
        if self.chip in ("progress", "none") and self.tallies.done:
            return f"Xong {self.tallies.done}/{total}"
        return {"done": "Hoàn thành", "late": "Hoàn thành, có việc quá hạn" if total > 1 else ""}.get(self.chip, "")


def standing_of_tasks(user, as_of, tasks) -> dict[int, Standing]:
    """How what the user sees of each task's work stands; a task without any is left out. One query."""
    person = Coalesce(NullIf("member__full_name", Value("")), "member__position")
    name = Coalesce(person, NullIf("agency__short_name", Value("")), "agency__name")
    counted = (
        work(user, as_of)
        .filter(task__in=tasks)
        .order_by()
        .values("task")
        .annotate(
            **_counts(as_of),
            bodies=Count("agency", distinct=True),
            name=Min(name),
            due=Min("due_at", filter=Q(status_at__in=rules.STILL_OPEN)),
        )
    )
    return {row["task"]: Standing(tallies_of(row), row["bodies"], row["name"], row["due"]) for row in counted}


def overdue_by_directive(user, as_of, directives) -> dict[int, int]:
    """How many assignments of each directive are overdue, where any are."""
    overdue = work(user, as_of).filter(status_at=AssignmentStatus.OVERDUE, task__directive__in=directives).order_by()
    return dict(overdue.values_list("task__directive").annotate(n=Count("pk")).values_list("task__directive", "n"))


def by_directive(user, as_of, filters):
    """The listed assignments for the workbook: newest directive first, in the order of its tasks."""
    return (
        listed(user, as_of, filters)
        .order_by(
            "-task__directive__dated_on",
            "-task__directive",
            "task__position",
            "sequence",
            "agency__sort_key",
            "pk",
        )
        .select_related("agency", "member")
        # Joined, each of thousands of rows would carry its own copy of the task's text.
        .prefetch_related("task__directive", "task__supports")
    )


def overdue(user, as_of):
    """The overdue assignments for the workbook, the longest first."""
    late = work(user, as_of).filter(status_at=AssignmentStatus.OVERDUE).order_by("due_at", "task", "pk")
    return late.select_related("agency", "member").prefetch_related("task__directive")


# -- how groups are counted -------------------------------------------------------------------------------------------


def _counts(as_of):
    statuses = {status.value: Count("pk", filter=Q(status_at=status)) for status in AssignmentStatus}
    late = {f"over_{days}": Count("pk", filter=is_late(days, as_of)) for days in LATE_GROUPS}
    return {
        "total": Count("pk"),
        DUE_SOON: Count("pk", filter=is_due_soon(as_of)),
        "awaiting": Count("pk", filter=is_awaiting(as_of)),
        "extended": Count("pk", filter=IS_EXTENDED),
        "late_by_original": Count("pk", filter=is_late_by_original(as_of)),
        **statuses,
        **late,
    }


def by_key(assignments, words, as_of, **more):
    """The counts of assignments by their annotation `key`, for `grouping.Head.of`: rows of values, not yet asked for.

    `words` says where what the key is called and ordered by stands: its path by name.
    """
    words = {f"word_{name}": F(path) for name, path in words.items()}
    oldest = Min("due_at", filter=Q(status_at=AssignmentStatus.OVERDUE))
    return (
        assignments.order_by().annotate(**words).values("key", *words).annotate(**_counts(as_of), oldest=oldest, **more)
    )


def tallies_of(row) -> Tallies:
    return Tallies(**{item.name: row[item.name] for item in fields(Tallies)})


def _by_agency(assignments, as_of):
    """Bodies with the most overdue work first, then the longest overdue, then by what is due soon, then by name."""
    return (
        assignments.order_by()
        .values("agency", "agency__name", "agency__short_name", "agency__sort_key", "agency__locality__level")
        .annotate(
            **_counts(as_of),
            oldest=Min("due_at", filter=Q(status_at=AssignmentStatus.OVERDUE)),
            is_commune=Case(When(agency__locality__level=Level.COMMUNE, then=1), default=0),
        )
        .order_by("-overdue", F("oldest").asc(nulls_last=True), "-due_soon", "is_commune", "agency__sort_key", "agency")
    )


def by_urgency(assignments, as_of):
    return assignments.annotate(
        urgency=Case(
            When(status_at=AssignmentStatus.OVERDUE, then=0),
            When(is_due_soon(as_of), then=1),
            When(status_at=AssignmentStatus.IN_PROGRESS, then=2),
            When(status_at=AssignmentStatus.NO_DUE, then=3),
            default=4,
        )
    )
