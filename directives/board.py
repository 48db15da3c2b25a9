"""The board: work listed in groups, the most urgent first, a page at a time.

A page is reached by the place of its neighbour and not by counting from the start, so that the two thousandth costs
what the first does, and no row is lost or shown twice while others are written.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import SimpleNamespace

from django.db.models import Case, Count, F, Min, Q, Value, When
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from communes.models import Agency, CommitteeMember, Level, Locality
from criteria.models import Criterion
from directives import queries
from directives.freshness import Memory, eyes_of
from directives.models import BY_ANOTHER_COMMUNE, Assignment, AssignmentStatus, Directive
from directives.queries import Body, Row, Summary, Tallies, board_url

# Rows of a page.
PAGE_ROWS = 50
# The key of the group of what stands under none: work on no criterion, of no member, in no commune.
NONE = 0
BY_AGENCY, BY_DUE, BY_COMMUNE, BY_DIRECTIVE, BY_CRITERION, BY_PERSON = (
    "co-quan",
    "thoi-han",
    "xa",
    "van-ban",
    "tieu-chi",
    "nguoi",
)
# From this urgency on work may have no due date.
URGENCY_WITHOUT_DATES = 3
URGENCY_DONE = 4
VIEWS = {
    BY_AGENCY: "Theo cơ quan",
    BY_DUE: "Theo thời hạn",
    BY_COMMUNE: "Theo xã",
    BY_DIRECTIVE: "Theo văn bản",
    BY_CRITERION: "Theo tiêu chí",
    BY_PERSON: "Theo người",
}
_KEYS = {
    BY_AGENCY: F("agency"),
    BY_DUE: F("urgency"),
    BY_DIRECTIVE: F("task__directive"),
    BY_CRITERION: Coalesce(F("task__criteria"), NONE),
    BY_PERSON: Coalesce(F("member"), NONE),
}


class NotAPlace(ValueError):
    """The address names no place on a board."""


@dataclass(frozen=True)
class Place:
    """Where a row stands on a board: its group, then how urgent, when due, whose, and its own number."""

    key: int
    urgency: int
    due_on: date | None
    agency: int
    pk: int

    def __str__(self):
        due = self.due_on.isoformat() if self.due_on else ""
        return f"{self.key}.{self.urgency}.{due}.{self.agency}.{self.pk}"

    @classmethod
    def parse(cls, text):
        try:
            key, urgency, due, agency, pk = text.split(".")
            numbers = [int(part) for part in (key, urgency, agency, pk) if part.isascii() and len(part) < 18]
            key, urgency, agency, pk = numbers
            return cls(key, urgency, date.fromisoformat(due) if due else None, agency, pk)
        except ValueError as error:
            raise NotAPlace(text[:60]) from error

    def beyond(self, *, backwards=False) -> Q:
        """The rows of the same group behind this place, or before it."""
        past = "lt" if backwards else "gt"
        return Q(**{f"urgency__{past}": self.urgency}) | Q(urgency=self.urgency) & self.within(backwards=backwards)

    def within(self, *, backwards=False) -> Q:
        """The rows as urgent as this place's and behind it, or before it."""
        past = "lt" if backwards else "gt"
        sort_key = Agency.objects.filter(pk=self.agency).values("sort_key")[:1]
        tied = Q(**{f"agency__sort_key__{past}": sort_key}) | Q(agency__sort_key=sort_key, **{f"pk__{past}": self.pk})
        # What has no due date stands behind what has one.
        if self.due_on is None:
            return Q(due_at=None) & tied | (Q(due_at__isnull=False) if backwards else Q(pk__in=[]))
        later = Q(due_at=self.due_on) & tied | Q(**{f"due_at__{past}": self.due_on})
        if backwards:
            return later & Q(due_at__lte=self.due_on)
        if self.urgency < URGENCY_WITHOUT_DATES:
            # Said twice, so that the index by due date is entered at the place.
            return later & Q(due_at__gte=self.due_on)
        return later | Q(due_at=None)


@dataclass
class Group:
    """The rows of one body, one directive or one urgency on a page, with the counts of the whole group."""

    key: int
    tallies: Tallies
    label: str = ""
    url: str = ""
    is_illustrative: bool = False
    # The assignment of a row is not a model but the few facts that are shown (ROW_FACTS).
    rows: list[Row] = field(default_factory=list)


@dataclass
class Page:
    groups: list[Group]
    # The places to go on from; None at either end.
    after: Place | None
    before: Place | None
    # How many rows the whole board has.
    listed: int


class Board:
    """The work one person sees, as of a day, narrowed and grouped. What it counts is remembered (`freshness`)."""

    def __init__(self, user, as_of, filters, view=BY_AGENCY):
        self.user, self.as_of, self.filters, self.view = user, as_of, filters, view
        narrowed = (filters.agency, filters.directive, filters.criterion, filters.commune, filters.person)
        # Today is named too: what a day in the past looked like is another question from the day after on.
        whose = (eyes_of(user), as_of, timezone.localdate(), [one and one.pk for one in narrowed])
        self._memory = Memory(*whose)

    def recall(self, name, make):
        """What was made of this board before, if nothing has happened since; else what `make()` makes of it now."""
        return self._memory.recall((self.view, name), make)

    def summary(self) -> Summary:
        """The counts of the work by status, whatever status is listed."""
        return self._memory.recall("summary", self._count_all)

    def bodies(self) -> list[tuple[int, Tallies]]:
        """Every body with work and its counts, the most overdue first."""
        return self._memory.recall("bodies", self._count_bodies)

    def named_bodies(self, *, by_name=False) -> list[Body]:
        """`bodies` with their names: the most overdue first, or bodies of the office and then communes by name."""
        counted = dict(self.bodies())
        agencies = Agency.objects.filter(pk__in=counted).in_order()
        named = {agency.pk: agency.label for agency in agencies.only("name", "short_name")}
        return [
            Body(named[key], counted[key], board_url(self.as_of, co_quan=key))
            for key in (named if by_name else counted)
        ]

    def page(self, *, after: Place | None = None, before: Place | None = None) -> Page:
        """The first rows, or those behind or before a place; their words as they are now."""
        name = ("page", self.view, self.filters.status, self.filters.late, after, before)
        plan = self._memory.recall(name, lambda: self._plan(after, before))
        facts = _facts_of({place.pk for place in plan.places})
        groups = {key: Group(key, tallies) for key, tallies in plan.groups}
        for place in plan.places:
            if fact := facts.get(place.pk):
                fact = SimpleNamespace(**fact, due_at=place.due_on, criteria=plan.criteria.get(place.pk, ()))
                groups[place.key].rows.append(Row(fact, self.as_of))
        groups = [group for group in groups.values() if group.rows]
        _name(groups, self.view, self.as_of)
        return Page(groups, plan.after, plan.before, plan.listed)

    # -- counting -----------------------------------------------------------------------------------------------------

    def _work(self):
        return queries.by_urgency(queries.work(self.user, self.as_of, self.filters), self.as_of)

    def _parts(self):
        """The work with the group it stands in as `key`; a row may stand in several groups, in each once."""
        if self.view != BY_COMMUNE:
            return [self._only_chosen(self._work().annotate(key=_KEYS[self.view]))]
        own = self._work().filter(BY_ANOTHER_COMMUNE).annotate(key=F("agency__locality"))
        # What bodies above must do in communes; the communes are those the task names.
        above = self._work().exclude(BY_ANOTHER_COMMUNE).annotate(key=Coalesce(F("task__communes"), NONE))
        return [self._only_chosen(own), self._only_chosen(above)]

    def _only_chosen(self, part):
        chosen = {BY_COMMUNE: self.filters.commune, BY_CRITERION: self.filters.criterion}.get(self.view)
        return part.filter(key=chosen.pk) if chosen else part

    def _count_all(self):
        everything = sum((tallies for _, tallies in self.bodies()), start=Tallies())
        found = (
            queries.work(self.user, self.as_of, self.filters)
            .order_by()
            .values_list("task__directive", "task__directive__is_illustrative")
            .annotate(n=Count("pk"))
        )
        counted = list(found)
        illustrative = sum(n for _, is_illustrative, n in counted if is_illustrative)
        return Summary(**vars(everything), directives=len(counted), illustrative=illustrative)

    def _count_bodies(self):
        work = queries.work(self.user, self.as_of, self.filters).annotate(key=F("agency"))
        counted = queries.by_key(work, self.as_of, oldest=_OLDEST)
        return [(key, tallies) for key, tallies, _ in _in_order_of_agencies(counted)]

    def _heads(self):
        """The groups in order: key, counts of all its work, and how many of its rows are listed."""
        more = {"listed": Count("pk", filter=self.filters.listing(self.as_of))}
        if self.filters.lists_all:
            more = {}
        if self.view == BY_AGENCY:
            more["oldest"] = _OLDEST
        counted = [head for part in self._parts() for head in queries.by_key(part, self.as_of, **more)]
        merged = {}
        for key, tallies, counts in counted:
            counts.setdefault("listed", tallies.total)
            if key in merged:
                before, kept = merged[key]
                tallies, counts = before + tallies, {"listed": kept["listed"] + counts["listed"]}
            merged[key] = (tallies, counts)
        heads = _ORDERS[self.view]([(key, *head) for key, head in merged.items()])
        return [(key, tallies, counts["listed"]) for key, tallies, counts in heads if counts["listed"]]

    # -- the rows of a page -------------------------------------------------------------------------------------------

    def _plan(self, after, before):
        name = ("heads", self.view, self.filters.status, self.filters.late)
        heads = self._memory.recall(name, self._heads)
        listed = sum(number for _, _, number in heads)
        tallies_of = {key: tallies for key, tallies, _ in heads}
        backwards = before is not None
        start = before or after
        if start and start.key not in tallies_of:
            # The group has gone since the address was made.
            start, backwards = None, False
        if backwards:
            heads = heads[::-1]
        places = []
        if start:
            # How many rows of the group are behind the place is not known: perhaps a page, perhaps none.
            at = [key for key, _, _ in heads].index(start.key)
            places = self._places([start.key], start, backwards)
            heads = heads[at + 1 :]
        if len(places) <= PAGE_ROWS and (keys := _keys_of_a_page(heads)):
            places += self._places(keys, None, backwards)
        if start and not places:
            # What stood there is gone, or the address was made by hand.
            return self._plan(None, None)
        more = len(places) > PAGE_ROWS
        places = places[:PAGE_ROWS]
        if backwards:
            places.reverse()
        return _Plan(
            groups=[(key, tallies_of[key]) for key in dict.fromkeys(place.key for place in places)],
            places=places,
            criteria=_criteria_of({place.pk for place in places}),
            after=places[-1] if places and (more or backwards) else None,
            before=places[0] if places and (more if backwards else start is not None) else None,
            listed=listed,
        )

    def _places(self, keys, start, backwards):
        """The places of one page's rows and the next, in these groups; with `start` there is one group."""
        rank = Case(*(When(key=key, then=Value(n)) for n, key in enumerate(keys)), default=0)
        one_urgency = self.view == BY_DUE and len(keys) == 1
        parts = []
        for part in self._parts():
            part = part.filter(self.filters.listing(self.as_of), key__in=keys)
            if start:
                beyond = start.within if one_urgency else start.beyond
                part = part.filter(beyond(backwards=backwards))
            if self.view == BY_DUE:
                part = part.filter(_open_work(keys, self.as_of))
            if self.view == BY_PERSON and NONE not in keys:
                # Said twice, so that the index by member is used.
                part = part.filter(member__in=keys)
            fields = ("rank", "urgency", "due_at", "agency__sort_key", "pk", "key", "agency")
            parts.append(part.annotate(rank=rank).values_list(*fields))
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        up = "-" if backwards else ""
        due = F("due_at").desc(nulls_first=True) if backwards else F("due_at").asc(nulls_last=True)
        # The groups are in order of reading already; the rest is turned round.
        order = ["rank"] * (len(keys) > 1) + [f"{up}urgency"] * (not one_urgency)
        rows = rows.order_by(*order, due, f"{up}agency__sort_key", f"{up}pk")[: PAGE_ROWS + 1]
        return [Place(key, urgency, due_on, agency, pk) for _, urgency, due_on, _, pk, key, agency in rows]


@dataclass
class _Plan:
    """Which rows stand on a page, as long as nothing happens to the work."""

    groups: list
    places: list[Place]
    criteria: dict[int, tuple[str, ...]]
    after: Place | None
    before: Place | None
    listed: int


def _keys_of_a_page(heads) -> list[int]:
    """The groups that the rows of a page and one more can reach into."""
    keys, rows = [], 0
    for key, _, listed in heads:
        keys.append(key)
        rows += listed
        if rows > PAGE_ROWS:
            break
    return keys


def _open_work(keys, as_of) -> Q:
    """What the groups by urgency have in common, so that the index of open work by due date is used."""
    # A day in the past looks on much as open that is done by now.
    if as_of < timezone.localdate() or URGENCY_DONE in keys:
        return Q()
    return Q(done_on=None)


def _criteria_of(pks) -> dict[int, tuple[str, ...]]:
    found = defaultdict(list)
    on = Assignment.objects.filter(pk__in=pks, task__criteria__isnull=False)
    fields = ("pk", "task__criteria__number", "task__criteria__short_name", "task__criteria__name")
    for pk, number, short_name, name in on.order_by("task__criteria__number").values_list(*fields):
        found[pk].append(f"{number} {short_name or name}")
    return {pk: tuple(labels) for pk, labels in found.items()}


# -- the facts shown of a row -----------------------------------------------------------------------------------------

# The words of a task are cut where the screen cuts them: a notice's paragraph is not fetched for its first two lines.
MOST_WORDS = 150
ROW_FACTS = (
    "pk",
    "agency_id",
    "member_id",
    "sequence",
    "original_due_on",
    "extended_on",
    "percent",
    "progress_note",
    "progress_at",
    "reported_on",
    "done_on",
    "done_note",
    "agency__name",
    "agency__short_name",
    "agency__locality__path",
    "member__full_name",
    "member__position",
    "task__position",
    "task__section",
    "task__repeats",
    "task__directive_id",
    "task__directive__locality__path",
    "task__directive__kind",
    "task__directive__number",
    "task__directive__issuer",
    "task__directive__issued_on",
    "task__directive__meeting_on",
    "task__directive__dated_on",
    "task__directive__is_illustrative",
)


def _facts_of(pks) -> dict[int, dict]:
    """What is shown of these assignments. One query."""
    words = Left("task__text", MOST_WORDS + 1)
    return {fact["pk"]: fact for fact in Assignment.objects.filter(pk__in=pks).values(*ROW_FACTS, words=words)}


@lru_cache(maxsize=4096)
def _directive_label(kind, number, issued_on, meeting_on, dated_on):
    return Directive(kind=kind, number=number, issued_on=issued_on, meeting_on=meeting_on, dated_on=dated_on).label


@lru_cache(maxsize=4096)
def _member_label(full_name, position):
    return str(CommitteeMember(full_name=full_name, position=position))


def directive_label(fact) -> str:
    """The name of the document a row was given by, as `Directive.label`."""
    return _directive_label(
        fact.task__directive__kind,
        fact.task__directive__number,
        fact.task__directive__issued_on,
        fact.task__directive__meeting_on,
        fact.task__directive__dated_on,
    )


def body_label(fact) -> str:
    """The name of who must act, as `Assignment.body`."""
    if fact.member_id:
        return _member_label(fact.member__full_name, fact.member__position)
    return fact.agency__short_name or fact.agency__name


# -- the order and the names of groups --------------------------------------------------------------------------------

_OLDEST = Min("due_at", filter=Q(status_at=AssignmentStatus.OVERDUE))


def _in_order_of_agencies(heads):
    """Bodies with the most overdue work first, then the longest overdue, then by what is due soon, then by name."""
    fields = ("locality__level", "sort_key")
    names = {
        pk: names for pk, *names in Agency.objects.filter(pk__in=[key for key, *_ in heads]).values_list("pk", *fields)
    }

    def order(head):
        key, tallies, counts = head
        level, sort_key = names[key]
        oldest = counts["oldest"] or date.max
        return (-tallies.overdue, oldest, -tallies.due_soon, level == Level.COMMUNE, sort_key, key)

    return sorted(heads, key=order)


def _in_order_of(objects, *fields):
    """Groups in the order of what they are named after; what is under none comes last."""

    def put(heads):
        known = objects().filter(pk__in=[key for key, *_ in heads]).order_by(*fields).values_list("pk", flat=True)
        order = {key: n for n, key in enumerate(known)}
        return sorted(heads, key=lambda head: order.get(head[0], len(order)))

    return put


def _overdue_first(objects, *fields):
    """Groups with the most overdue work first, then by what is due soon, then by name; what is under none last."""
    by_name = _in_order_of(objects, *fields)

    def put(heads):
        return sorted(by_name(heads), key=lambda head: (head[0] == NONE, -head[1].overdue, -head[1].due_soon))

    return put


_ORDERS = {
    BY_AGENCY: _in_order_of_agencies,
    BY_DUE: lambda heads: sorted(heads, key=lambda head: head[0]),
    BY_COMMUNE: _overdue_first(Locality.objects.all, "sort_key", "pk"),
    BY_DIRECTIVE: _in_order_of(Directive.objects.all, "-dated_on", "-pk"),
    BY_CRITERION: _in_order_of(Criterion.objects.all, "criteria_set", "number"),
    BY_PERSON: _overdue_first(CommitteeMember.objects.all, "agency__sort_key", "full_name", "position", "pk"),
}
_WITHOUT = {
    BY_COMMUNE: "Không riêng xã nào",
    BY_CRITERION: "Không gắn tiêu chí nào",
    BY_PERSON: "Giao cho cơ quan, không riêng thành viên nào",
}


def _name(groups, view, as_of):
    """Give the groups of a page their names and addresses: from their rows, or in one query."""
    keys = [group.key for group in groups]
    if view == BY_COMMUNE:
        names = {place.pk: place.title for place in Locality.objects.filter(pk__in=keys)}
    elif view == BY_CRITERION:
        found = Criterion.objects.filter(pk__in=keys).select_related("criteria_set")
        names = {criterion.pk: f"{criterion}, {criterion.criteria_set}" for criterion in found}
    else:
        names = {}
    for group in groups:
        fact = group.rows[0].assignment
        if group.key == NONE and view in _WITHOUT:
            group.label = _WITHOUT[view]
        elif view == BY_DUE:
            group.label = queries.URGENCY[group.key]
        elif view == BY_DIRECTIVE:
            group.label = f"{directive_label(fact)}, {fact.task__directive__issuer}"
            group.url = Directive(pk=group.key).get_absolute_url()
            group.is_illustrative = fact.task__directive__is_illustrative
        else:
            label = body_label(fact) if view == BY_PERSON else fact.agency__short_name or fact.agency__name
            group.label = names.get(group.key, label)
            group.url = board_url(as_of, **{_PARAMETERS[view]: group.key})


_PARAMETERS = {BY_AGENCY: "co_quan", BY_COMMUNE: "xa", BY_CRITERION: "tieu_chi", BY_PERSON: "nguoi"}
