"""Questions about work handed out: how it stands on a day, whose it is, what is late; and what a draft still lacks."""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import accumulate
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from communes.models import Agency, Level, Locality
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
STATUS_CHOICES = [
    (AssignmentStatus.OVERDUE.value, "Chưa hoàn thành, quá hạn"),
    (DUE_SOON, "Sắp đến hạn"),
    (AssignmentStatus.IN_PROGRESS.value, "Đang thực hiện (trong hạn)"),
    (AssignmentStatus.NO_DUE.value, "Không có thời hạn"),
    (AssignmentStatus.DONE_LATE.value, "Hoàn thành quá hạn"),
    (AssignmentStatus.DONE_ON_TIME.value, "Hoàn thành đúng hạn"),
    (AssignmentStatus.DONE_NO_DUE.value, "Hoàn thành, không có thời hạn"),
]
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
    """Which part of the work is asked about; everything by default. `status` does not narrow the summary."""

    status: str = ""
    agency: Agency | None = None
    directive: Directive | None = None
    criterion: Criterion | None = None
    commune: Locality | None = None

    def apply(self, assignments):
        if self.agency:
            assignments = assignments.filter(agency=self.agency)
        if self.directive:
            assignments = assignments.filter(task__directive=self.directive)
        if self.criterion:
            assignments = assignments.of_criterion(self.criterion)
        if self.commune:
            assignments = assignments.of_commune(self.commune)
        return assignments

    @property
    def words(self) -> list[str]:
        """The filters in words, for the head of a file."""
        return [
            f"{name}: {value}"
            for name, value in (
                ("trạng thái", dict(STATUS_CHOICES).get(self.status)),
                ("cơ quan", self.agency),
                ("văn bản", self.directive),
                ("tiêu chí", self.criterion),
                ("địa bàn", self.commune),
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

    @property
    def status(self) -> AssignmentStatus:
        return rules.assignment_status(**self._dates)

    @property
    def is_done(self) -> bool:
        return self.status not in rules.STILL_OPEN

    @property
    def is_due_soon(self) -> bool:
        return rules.is_due_soon(**self._dates, within=settings.DUE_SOON_DAYS)

    @property
    def is_awaiting(self) -> bool:
        """Reported done by the day asked for and not confirmed: it waits for an officer."""
        reported_on = self.assignment.reported_on
        return not self.is_done and reported_on is not None and reported_on <= self.as_of

    @property
    def is_extended(self) -> bool:
        original = self.assignment.original_due_on
        return original is not None and self.due_on is not None and self.due_on > original

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
        return getattr(self.assignment, "due_at", self.assignment.due_on)

    @property
    def _dates(self):
        return {
            "due_on": self.due_on,
            "done_on": self.assignment.done_on,
            "reported_on": self.assignment.reported_on,
            "as_of": self.as_of,
        }


@dataclass
class Group:
    """The rows of one body, one directive or one urgency on a page, with the counts of the whole group."""

    label: str
    tallies: Tallies
    url: str = ""
    is_illustrative: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class LateBody:
    label: str
    overdue: int
    due_soon: int
    longest_days: int
    url: str


def work(user, as_of, filters=None):
    """The assignments the user may see, as they stood on a day, narrowed by all filters but the status."""
    return (filters or Filters()).apply(Assignment.objects.visible_to(user)).at(as_of)


def listed(user, as_of, filters):
    """The assignments of the board: `work` narrowed by the status too."""
    assignments = work(user, as_of, filters)
    if filters.status == DUE_SOON:
        return assignments.due_soon(as_of)
    return assignments.filter(status_at=filters.status) if filters.status else assignments


def summary(user, as_of, filters=None) -> Summary:
    """The counts of the work by status, and what they come from. One query."""
    return Summary(
        **work(user, as_of, filters).aggregate(
            **_counts(as_of),
            directives=Count("task__directive", distinct=True),
            illustrative=Count("pk", filter=Q(task__directive__is_illustrative=True)),
        )
    )


def late_bodies(user, as_of, limit=None) -> list[LateBody]:
    """The bodies with overdue work: most overdue first, then the longest. One query."""
    rows = _by_agency(work(user, as_of), as_of)[:limit] if limit else _by_agency(work(user, as_of), as_of)
    return [
        LateBody(
            label=_agency_label(row),
            overdue=row["overdue"],
            due_soon=row["due_soon"],
            longest_days=(as_of - row["oldest"]).days,
            url=board_url(as_of, co_quan=row["agency"]),
        )
        for row in rows
        if row["overdue"]
    ]


def bodies(user, as_of, filters=None) -> list[Group]:
    """Every body with work and its counts, in the order of the board. One query."""
    rows = _by_agency(work(user, as_of, filters), as_of)
    return [Group(_agency_label(row), _tallies(row), board_url(as_of, co_quan=row["agency"])) for row in rows]


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


def board_url(as_of=None, **parameters) -> str:
    """The address of the task board, narrowed: board_url(day, co_quan=3, trang_thai="overdue")."""
    if as_of and as_of != timezone.localdate():
        parameters = {"ngay": as_of.isoformat(), **parameters}
    return reverse("directives:tasks") + (f"?{urlencode(parameters)}" if parameters else "")


class Board:
    """The listed assignments by group; a slice of it is the groups of a page, in a fixed number of queries."""

    def __init__(self, user, as_of, filters, view):
        self.as_of = as_of
        self._assignments = _by_urgency_annotated(listed(user, as_of, filters), as_of)
        # The counts in a group's head are of all its work, whatever status is listed.
        whole = _by_urgency_annotated(work(user, as_of, filters), as_of)
        self._key, self._heads = {"van-ban": _directive_heads, "thoi-han": _urgency_heads}.get(view, _agency_heads)(
            whole, as_of
        )
        self._listed = dict(
            self._assignments.order_by().values_list(self._key).annotate(n=Count("pk")).values_list(self._key, "n")
        )
        self._heads = {key: head for key, head in self._heads.items() if key in self._listed}

    def __len__(self):
        return sum(self._listed.values())

    def __getitem__(self, page):
        """The groups that rows page.start to page.stop fall into, with those rows."""
        seen, keys, skipped = 0, [], 0
        for key in self._heads:
            if seen < page.stop and seen + self._listed[key] > page.start:
                if not keys:
                    skipped = seen
                keys.append(key)
            seen += self._listed[key]
        if not keys:
            return []
        rank = Case(*(When(**{self._key: key}, then=Value(place)) for place, key in enumerate(keys)))
        rows = (
            self._assignments.filter(**{f"{self._key}__in": keys})
            .order_by(rank, "urgency", F("due_at").asc(nulls_last=True), "agency__sort_key", "pk")
            .select_related("task__directive", "agency__locality", "member")
            .prefetch_related("task__criteria")
        )[page.start - skipped : page.stop - skipped]
        groups = {}
        for assignment in rows:
            key = self._value(assignment)
            head = groups.setdefault(key, Group(**self._heads[key]))
            head.rows.append(Row(assignment, self.as_of))
        return list(groups.values())

    def _value(self, assignment):
        if self._key == "urgency":
            return assignment.urgency
        return assignment.agency_id if self._key == "agency" else assignment.task.directive_id


def tallies_by_task(directive, user, as_of) -> dict[int, Tallies]:
    """The work of each task of a directive counted by status. One query."""
    counted = work(user, as_of, Filters(directive=directive)).order_by().values("task").annotate(**_counts(as_of))
    return {row["task"]: _tallies(row) for row in counted}


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


# -- how groups are counted -------------------------------------------------------------------------------------------


def _counts(as_of):
    statuses = {status.value: Count("pk", filter=Q(status_at=status)) for status in AssignmentStatus}
    return {
        "total": Count("pk"),
        DUE_SOON: Count("pk", filter=is_due_soon(as_of)),
        "awaiting": Count("pk", filter=is_awaiting(as_of)),
        "extended": Count("pk", filter=IS_EXTENDED),
        "late_by_original": Count("pk", filter=is_late_by_original(as_of)),
        **statuses,
    }


def _tallies(row):
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


def _agency_label(row):
    return row["agency__short_name"] or row["agency__name"]


def _agency_heads(assignments, as_of):
    return "agency", {
        row["agency"]: {
            "label": _agency_label(row),
            "tallies": _tallies(row),
            "url": board_url(as_of, co_quan=row["agency"]),
        }
        for row in _by_agency(assignments, as_of)
    }


def _directive_heads(assignments, as_of):
    rows = assignments.order_by().values("task__directive").annotate(**_counts(as_of))
    counted = {row["task__directive"]: _tallies(row) for row in rows}
    return "task__directive", {
        directive.pk: {
            "label": f"{directive.label}, {directive.issuer}",
            "tallies": counted[directive.pk],
            "url": directive.get_absolute_url(),
            "is_illustrative": directive.is_illustrative,
        }
        for directive in Directive.objects.filter(pk__in=counted).newest_first().defer("text")
    }


def _urgency_heads(assignments, as_of):
    rows = assignments.order_by().values("urgency").annotate(**_counts(as_of)).order_by("urgency")
    return "urgency", {row["urgency"]: {"label": URGENCY[row["urgency"]], "tallies": _tallies(row)} for row in rows}


def _by_urgency_annotated(assignments, as_of):
    return assignments.annotate(
        urgency=Case(
            When(status_at=AssignmentStatus.OVERDUE, then=0),
            When(is_due_soon(as_of), then=1),
            When(status_at=AssignmentStatus.IN_PROGRESS, then=2),
            When(status_at=AssignmentStatus.NO_DUE, then=3),
            default=4,
        )
    )
