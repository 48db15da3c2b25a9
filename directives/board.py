"""The board: work listed in groups, the most urgent first, a page at a time.

A page is reached by the place of its neighbour and not by counting from the start, so that the two thousandth costs
what the first does, and no row is lost or shown twice while others are written.
"""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, NullIf
from django.utils import timezone

from communes.models import Agency
from directives import queries
from directives.freshness import Memory, eyes_of
from directives.grouping import (
    BY_AGENCY,
    BY_COMMUNE,
    BY_CRITERION,
    BY_DUE,
    BY_PERSON,
    GROUPINGS,
    NONE,
    Head,
    directive_label,
    member_label,
)
from directives.models import Task
from directives.queries import MOST_WORDS, Body, Row, Summary, Tallies, Upcoming
from ntm_tracker.aggregates import Lines

# Rows of a page.
PAGE_ROWS = 50
# From this urgency on work may have no due date.
URGENCY_WITHOUT_DATES = 3
URGENCY_DONE = 4


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
        self._grouping = GROUPINGS[view]
        narrowed = (filters.agency, filters.directive, filters.criterion, filters.commune, filters.person)
        # Today is named too: what a day in the past looked like is another question from the day after on.
        whose = (eyes_of(user), as_of, timezone.localdate(), [one and one.pk for one in narrowed])
        self._memory = Memory(*whose)

    def recall(self, name, make):
        """What was made of this board before, if nothing has happened since; else what `make()` makes of it now."""
        return self._memory.recall((self.view, name), make)

    def summary(self) -> Summary:
        """The counts of the work by status, whatever status is listed."""
        return self._memory.recall("summary", lambda: queries.summary(self.user, self.as_of, self.filters))

    def bodies(self, *, by_name=False) -> list[Body]:
        """Every body with work: the most overdue first, or bodies of the office and then communes by name."""
        name = ("bodies", by_name)
        return self._memory.recall(name, lambda: queries.bodies(self.user, self.as_of, self.filters, by_name=by_name))

    def late_bodies(self) -> list[Body]:
        """The bodies with overdue work: most overdue first, then the longest."""
        return [body for body in self.bodies() if body.overdue]

    def due_next(self, limit) -> list[Upcoming]:
        """What falls due first from the day on."""
        name = ("due-next", limit)
        return self._memory.recall(name, lambda: queries.due_next(self.user, self.as_of, self.filters, limit=limit))

    def page(self, *, after: Place | None = None, before: Place | None = None) -> Page:
        """The first rows, or those behind or before a place."""
        name = ("heads", self.view, self.filters.status, self.filters.late)
        heads = self._memory.recall(name, self._heads)
        listed = sum(head.listed for head in heads)
        backwards = before is not None
        start = before or after
        ahead = heads[::-1] if backwards else heads
        rows = []
        if start:
            at = next((n for n, head in enumerate(ahead) if head.key == start.key), None)
            if at is None:
                # The group has gone since the address was made.
                return self.page()
            # How many rows of the group are behind the place is not known: perhaps a page, perhaps none.
            rows = self._rows([start.key], start, backwards)
            ahead = ahead[at + 1 :]
        if len(rows) <= PAGE_ROWS and (keys := _keys_of_a_page(ahead)):
            rows += self._rows(keys, None, backwards)
        if start and not rows:
            # What stood there is gone, or the address was made by hand.
            return self.page()
        more = len(rows) > PAGE_ROWS
        rows = rows[:PAGE_ROWS]
        if backwards:
            rows.reverse()
        return Page(
            groups=self._groups(heads, rows),
            after=rows[-1][0] if rows and (more or backwards) else None,
            before=rows[0][0] if rows and (more if backwards else start is not None) else None,
            listed=listed,
        )

    # -- counting -----------------------------------------------------------------------------------------------------

    def _work(self):
        return queries.by_urgency(queries.work(self.user, self.as_of, self.filters), self.as_of)

    def _parts(self):
        """The work with the group it stands in as `key`; a row may stand in several groups, in each once."""
        chosen = {BY_COMMUNE: self.filters.commune, BY_CRITERION: self.filters.criterion}.get(self.view)
        for part in self._grouping.parts:
            work = self._work().filter(part.only).annotate(key=part.key)
            yield part, work.filter(key=chosen.pk) if chosen else work

    def _heads(self) -> list[Head]:
        """The groups that list something, in order. One query."""
        more = {} if self.filters.lists_all else {"listed": Count("pk", filter=self.filters.listing(self.as_of))}
        counted = [queries.by_key(work, part.words, self.as_of, **more) for part, work in self._parts()]
        heads = {}
        for row in _together(counted):
            head = Head.of(row)
            heads[head.key] = heads[head.key] + head if head.key in heads else head
        return sorted((head for head in heads.values() if head.listed), key=self._grouping.order)

    # -- the rows of a page -------------------------------------------------------------------------------------------

    def _groups(self, heads, rows):
        groups = {}
        for place, fact in rows:
            groups.setdefault(place.key, []).append(Row(fact, self.as_of))
        return [
            Group(
                head.key,
                head.tallies,
                self._grouping.label(head),
                "" if head.key == NONE else self._grouping.url(head.key, self.as_of),
                bool(head.words.get("is_illustrative")),
                groups[head.key],
            )
            for head in heads
            if head.key in groups
        ]

    def _rows(self, keys, start, backwards):
        """One page's rows and the next, each with its place, in these groups; with `start` there is one. One query."""
        rank = Case(*(When(key=key, then=Value(n)) for n, key in enumerate(keys)), default=0)
        one_urgency = self.view == BY_DUE and len(keys) == 1
        parts = []
        for _, part in self._parts():
            part = part.filter(self.filters.listing(self.as_of), key__in=keys)
            if start:
                beyond = start.within if one_urgency else start.beyond
                part = part.filter(beyond(backwards=backwards))
            if self.view == BY_DUE:
                part = part.filter(_open_work(keys, self.as_of))
            if self.view == BY_PERSON and NONE not in keys:
                # Said twice, so that the index by member is used.
                part = part.filter(member__in=keys)
            fields = ("rank", "urgency", "due_at", "agency__sort_key", "key", *ROW_FACTS, "words", "criteria")
            parts.append(part.annotate(rank=rank, words=_WORDS, criteria=_CRITERIA).values(*fields))
        rows = _together(parts)
        up = "-" if backwards else ""
        due = F("due_at").desc(nulls_first=True) if backwards else F("due_at").asc(nulls_last=True)
        # The groups are in order of reading already; the rest is turned round.
        order = ["rank"] * (len(keys) > 1) + [f"{up}urgency"] * (not one_urgency)
        rows = rows.order_by(*order, due, f"{up}agency__sort_key", f"{up}pk")[: PAGE_ROWS + 1]
        return [
            (Place(row["key"], row["urgency"], row["due_at"], row["agency_id"], row["pk"]), SimpleNamespace(**row))
            for row in rows
        ]


def _together(parts):
    """The rows of all parts in one query."""
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _keys_of_a_page(heads) -> list[int]:
    """The groups that the rows of a page and one more can reach into."""
    keys, rows = [], 0
    for head in heads:
        keys.append(head.key)
        rows += head.listed
        if rows > PAGE_ROWS:
            break
    return keys


def _open_work(keys, as_of) -> Q:
    """What the groups by urgency have in common, so that the index of open work by due date is used."""
    # A day in the past looks on much as open that is done by now.
    if as_of < timezone.localdate() or URGENCY_DONE in keys:
        return Q()
    return Q(done_on=None)


# -- the facts shown of a row -----------------------------------------------------------------------------------------

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


_WORDS = Left("task__text", MOST_WORDS + 1)
# The criteria of the task, a line each: number and name.
_CRITERIA = Subquery(
    Task.criteria.through.objects.filter(task=OuterRef("task"))
    .order_by()
    .values("task")
    .annotate(
        lines=Lines(
            Concat(
                Cast("criterion__number", CharField()),
                Value(" "),
                Coalesce(NullIf("criterion__short_name", Value("")), "criterion__name"),
                output_field=CharField(),
            )
        )
    )
    .values("lines")
)


def given_by(fact) -> str:
    """The name of the document a row was given by."""
    return directive_label(
        fact.task__directive__kind,
        fact.task__directive__number,
        fact.task__directive__issued_on,
        fact.task__directive__meeting_on,
        fact.task__directive__dated_on,
    )


def body_label(fact) -> str:
    """The name of who must act, as `Assignment.body`."""
    if fact.member_id:
        return member_label(fact.member__full_name, fact.member__position)
    return fact.agency__short_name or fact.agency__name
