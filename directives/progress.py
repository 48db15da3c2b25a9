"""What became of work: one body's part with the assessments it may change, and a notice with all it brought about."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F, Max, Q
from django.utils import timezone

from accounts import policy
from communes.models import Level, Locality
from criteria.counts import GAINED, LOST, moves
from criteria.models import Assessment, Criterion, CriterionLead, Period, ResultChange
from directives import queries, rules
from directives.drafts import planned_assignments, with_bodies
from directives.models import Assignment, AssignmentEvent, AssignmentFile, AssignmentStatus, Directive, Task
from ntm_tracker.vietnamese import format_date

Kind = AssignmentEvent.Kind
# How many rows of a kind the page of a notice shows before it leads to the board.
MOST_ROWS = 60
# How many sheets the page of a finished part asks about.
MOST_QUESTIONS = 40


def extension_words(assignment, extensions, as_of) -> str:
    """'gốc 15/04/2024, gia hạn 1 lần theo 45/UBND-NN'; '' if it was not extended by `as_of`.

    `extensions` are its events of that kind, of which those that a later correction has overtaken do not count.
    """
    original = assignment.original_due_on
    if original is None:
        return ""
    granted = [event for event in extensions if event.on <= as_of and event.due_to > original]
    if not granted:
        return ""
    granted.sort(key=lambda event: (event.on, event.pk))
    documents = "; ".join(dict.fromkeys(event.document for event in granted))
    return f"gốc {format_date(original)}, gia hạn {len(granted)} lần theo {documents}"


# -- one part ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Whether finished work changed what a place reached of a criterion."""

    criterion: Criterion
    place: Locality
    # The sheet of the newest open period; None where none was opened.
    sheet: Assessment | None
    may_enter: bool
    # When a cell of the criterion was changed on it after the work was done.
    changed_at: object = None

    @property
    def words(self) -> str:
        return f"Tiêu chí {self.criterion.number}, {self.place.full_name}"

    @property
    def url(self) -> str:
        return f"{self.sheet.get_absolute_url()}#tc-{self.criterion.number}" if self.sheet else ""


@dataclass(frozen=True)
class Asked:
    """What the page of a finished part asks: did the result change these assessments?"""

    questions: list[Question] = field(default_factory=list)
    hidden: int = 0
    # The answer that nothing changed, where it was given.
    answer: AssignmentEvent | None = None

    @property
    def words(self) -> str:
        return "; ".join(question.words for question in self.questions)


def asked_of(assignment, events, user) -> Asked | None:
    """What is to be asked now that the part is done; None where its task names no criterion or place. Three queries.

    `assignment` with its task's criteria and communes; `events` are all of its events, newest first.
    """
    if assignment.done_on is None:
        return None
    own = assignment.agency.locality
    places = [own] if own.level == Level.COMMUNE else list(assignment.task.communes.all())
    criteria = list(assignment.task.criteria.all())
    pairs = [(criterion, place) for criterion in criteria for place in places]
    if not pairs:
        return None
    done = next((event for event in events if event.kind == Kind.COMPLETED), None)
    answer = next((e for e in events if e.kind == Kind.UNCHANGED and (done is None or e.pk > done.pk)), None)
    sheets = _open_sheets(places, criteria)
    changed = _changed_since(sheets.values(), criteria, done)
    led = _led_by(user, criteria)
    questions = [
        Question(
            criterion,
            place,
            sheet := sheets.get((place.pk, criterion.criteria_set_id)),
            _may_enter(user, place, as_lead=criterion.pk in led),
            changed.get((sheet.pk, criterion.pk)) if sheet else None,
        )
        for criterion, place in pairs[:MOST_QUESTIONS]
    ]
    return Asked(questions, len(pairs) - len(questions), answer)


def _open_sheets(places, criteria):
    sheets = Assessment.objects.filter(
        locality__in=places, criteria_set__in={c.criteria_set_id for c in criteria}, period__closed_on=None
    ).select_related("period", "criteria_set")
    # The newest period comes last and stands.
    return {(sheet.locality_id, sheet.criteria_set_id): sheet for sheet in sheets.order_by("period__ends_on", "pk")}


def _changed_since(sheets, criteria, done):
    changes = ResultChange.objects.filter(assessment__in=list(sheets), indicator__criterion__in=criteria)
    if done:
        changes = changes.filter(changed_at__gte=done.at)
    last = changes.order_by().values("assessment", "indicator__criterion").annotate(last=Max("changed_at"))
    return {(row["assessment"], row["indicator__criterion"]): row["last"] for row in last}


def _led_by(user, criteria):
    if user.agency_id is None:
        return set()
    leads = CriterionLead.objects.in_force(timezone.localdate()).filter(agency=user.agency_id, criterion__in=criteria)
    return set(leads.values_list("criterion", flat=True))


def _may_enter(user, place, *, as_lead):
    return policy.may_verify(user, place, as_lead=as_lead) or policy.may_report(user, place)


# -- a notice ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """One part in a list of the notice's page, with what is known of it beside its dates."""

    row: queries.Row
    extension: str = ""
    # Why it was sent back last, while it is open.
    returned: AssignmentEvent | None = None
    files: list[AssignmentFile] = field(default_factory=list)


@dataclass(frozen=True)
class Moved:
    """What a place newly met, or lost, of the criteria the notice names."""

    place: Locality
    gained: list[Criterion]
    lost: list[Criterion]


@dataclass(frozen=True)
class Movement:
    """Which of the criteria and places a notice names moved between the last period before it and the newest one."""

    before: Period
    after: Period
    moved: list[Moved]
    # Pairs of place and criterion that stayed, and those that cannot be compared.
    stayed: int
    unknown: int
    is_illustrative: bool

    @property
    def gained(self) -> int:
        return sum(len(one.gained) for one in self.moved)

    @property
    def lost(self) -> int:
        return sum(len(one.lost) for one in self.moved)


@dataclass(frozen=True)
class NoticeProgress:
    """What a notice ordered, what was done of it, what is late and why, and which criteria moved since."""

    summary: queries.Summary
    # Handed out, in order, each with `tallies`, `history` and what took its place or whose place it took.
    tasks: list[Task]
    # Not handed out yet.
    drafts: list[Task]
    late: list[Listed]
    done: list[Listed]
    movement: Movement | None

    @property
    def late_hidden(self) -> int:
        return self.summary.overdue - len(self.late)

    @property
    def done_hidden(self) -> int:
        return self.summary.done + self.summary.awaiting - len(self.done)

    @property
    def names_criteria(self) -> bool:
        return any(task.criteria.all() for task in self.tasks)


def load_notice(directive, user, as_of) -> NoticeProgress:
    """The progress of a notice as the person sees it on a day. A fixed number of queries, whatever its size."""
    filters = queries.Filters(directive=directive)
    tasks = _tasks(directive, user, as_of)
    handed_out = [task for task in tasks if task.is_assigned]
    late, done = _rows(user, as_of, filters)
    return NoticeProgress(
        summary=queries.summary(user, as_of, filters),
        tasks=handed_out,
        # As of a directive: a draft is seen only by those who write it.
        drafts=[task for task in tasks if not task.is_assigned and policy.may_manage_directives(user)],
        late=late,
        done=done,
        movement=_movement(directive, handed_out, user, as_of),
    )


def _tasks(directive, user, as_of):
    tasks = with_bodies(directive.tasks.all()).select_related("replaced_by__directive")
    tasks = list(tasks.prefetch_related("communes", "replaces__directive", "events__by", "leads__locality"))
    tallies = queries.tallies_by_task(directive, user, as_of)
    seen = set(Directive.objects.visible_to(user).values_list("pk", flat=True)) if _has_links(tasks) else set()
    for task in tasks:
        task.tallies = tallies.get(task.pk, queries.Tallies())
        task.planned = planned_assignments(task)
        task.is_withdrawn = task.withdrawn_on is not None and task.withdrawn_on <= as_of
        task.replacement = task.replaced_by if task.replaced_by and task.replaced_by.directive_id in seen else None
        task.took_place_of = [other for other in task.replaces.all() if other.directive_id in seen]
    return tasks


def _has_links(tasks):
    return any(task.replaced_by_id or task.replaces.all() for task in tasks)


def _rows(user, as_of, filters):
    """The late parts, the longest late first, and those done or said to be done, in the order of the tasks."""
    shown = queries.work(user, as_of, filters).select_related("task", "agency__locality", "member")
    late = shown.filter(status_at=AssignmentStatus.OVERDUE)
    late = list(late.order_by("due_at", "task__position", "agency__sort_key", "pk")[:MOST_ROWS])
    done = shown.filter(Q(reported_on__lte=as_of) | ~Q(status_at__in=rules.STILL_OPEN))
    done = list(done.order_by("task__position", "sequence", "done_on", "agency__sort_key", "pk")[:MOST_ROWS])
    found = with_history([*late, *done], as_of)
    return found[: len(late)], found[len(late) :]


def with_history(assignments, as_of) -> list[Listed]:
    """Parts as they stood on a day, each with its extensions, its last return and its files. Two queries."""
    known = defaultdict(lambda: defaultdict(list))
    wanted = {row.pk for row in assignments}
    for event in AssignmentEvent.objects.filter(assignment__in=wanted, kind__in=[Kind.EXTENDED, Kind.RETURNED]):
        known[event.assignment_id][event.kind].append(event)
    files = defaultdict(list)
    kept = AssignmentFile.objects.filter(event__assignment__in=wanted).select_related("event").order_by("pk")
    for file in kept:
        files[file.event.assignment_id].append(file)

    def listed(assignment):
        events = known[assignment.pk]
        return Listed(
            row=queries.Row(assignment, as_of),
            extension=extension_words(assignment, events[Kind.EXTENDED], as_of),
            returned=next(iter(events[Kind.RETURNED]), None),
            files=files[assignment.pk],
        )

    return [listed(row) for row in assignments]


def _movement(directive, tasks, user, as_of) -> Movement | None:
    """Compare as the matrix does: None where the tasks name no criterion in a place, or one of the periods is missing."""
    pairs = {
        (place, criterion)
        for task in tasks
        if not task.is_withdrawn
        for place in _places_of(task)
        for criterion in task.criteria.all()
    }
    places = Locality.objects.visible_to(user).filter(pk__in={place.pk for place, _ in pairs})
    seen = set(places.values_list("pk", flat=True)) if pairs else set()
    pairs = {(place, criterion) for place, criterion in pairs if place.pk in seen}
    if not pairs:
        return None
    sets = {criterion.criteria_set_id for _, criterion in pairs}
    used = Period.objects.filter(assessments__criteria_set__in=sets).distinct()
    before = used.filter(ends_on__lt=directive.dated_on).newest_first().first()
    after = used.filter(ends_on__gte=directive.dated_on, starts_on__lte=as_of).newest_first().first()
    if not before or not after:
        return None
    strips, is_illustrative = defaultdict(dict), False
    sheets = Assessment.objects.filter(period__in=[before, after], criteria_set__in=sets, locality__in=seen)
    for sheet in sheets.only("locality", "criteria_set", "period", "strip", "is_illustrative"):
        strips[sheet.locality_id, sheet.criteria_set_id][sheet.period_id] = sheet.strip
        is_illustrative = is_illustrative or sheet.is_illustrative
    position = _positions(sets)
    found, stayed, unknown = {}, 0, 0
    for place, criterion in sorted(pairs, key=lambda pair: (pair[0].sort_key, pair[0].pk, pair[1].number, pair[1].pk)):
        of_place = strips[place.pk, criterion.criteria_set_id]
        was, now = of_place.get(before.pk, ""), of_place.get(after.pk, "")
        if not was.strip("-") or not now.strip("-"):
            unknown += 1
            continue
        move = moves(now, was)[position[criterion.pk]]
        if move not in (GAINED, LOST):
            stayed += 1
            continue
        moved = found.setdefault(place.pk, Moved(place, [], []))
        (moved.gained if move == GAINED else moved.lost).append(criterion)
    return Movement(before, after, list(found.values()), stayed, unknown, is_illustrative)


def _places_of(task):
    """Where a task is to change something: the communes of its bodies, and those it names."""
    own = {body.locality for body in task.leads.all() if body.locality.level == Level.COMMUNE}
    return own | set(task.communes.all())


def _positions(sets):
    """Where in its set's strip each criterion stands."""
    position, seen = {}, defaultdict(int)
    for pk, criteria_set in (
        Criterion.objects.filter(criteria_set__in=sets).order_by("number").values_list("pk", "criteria_set")
    ):
        position[pk] = seen[criteria_set]
        seen[criteria_set] += 1
    return position


# -- one cell ---------------------------------------------------------------------------------------------------------


def work_of_cell(user, place, criterion, as_of) -> list[queries.Row]:
    """The work on a criterion in a place, open first, then done, as the person sees it. One query."""
    found = (
        Assignment.objects.visible_to(user)
        .of_commune(place)
        .of_criterion(criterion)
        .at(as_of)
        .select_related("task__directive", "agency__locality", "member")
        .defer("task__directive__text")
        .order_by(F("done_on").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk")
    )
    return [queries.Row(assignment, as_of) for assignment in found]
