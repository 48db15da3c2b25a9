"""What a board is grouped by: the key of each group, what it is called, and which group comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from communes.models import CommitteeMember, Level, Locality
from criteria.models import CriteriaSet, Criterion
from directives.models import BY_ANOTHER_COMMUNE, Directive
from directives.queries import URGENCY, Tallies, board_url, tallies_of
from ntm_tracker.vietnamese import sort_key

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


@dataclass(frozen=True)
class Head:
    """A group and the counts of all its work; `words` are what it is named and ordered by, by their short names."""

    key: int
    words: dict
    tallies: Tallies
    # How many of its rows the board lists, and since when the longest overdue is.
    listed: int
    oldest: date | None

    @classmethod
    def of(cls, row):
        """From a row of `queries.by_key`; all is listed where nothing else was counted."""
        words = {name.removeprefix("word_"): value for name, value in row.items() if name.startswith("word_")}
        tallies = tallies_of(row)
        return cls(row["key"], words, tallies, row.get("listed", tallies.total), row["oldest"])

    def __add__(self, other):
        oldest = min(filter(None, (self.oldest, other.oldest)), default=None)
        return Head(self.key, self.words, self.tallies + other.tallies, self.listed + other.listed, oldest)


@dataclass(frozen=True)
class Part:
    """Some of the work: the group of each piece, and where from it the words of that group are."""

    key: Any
    words: dict[str, str]
    only: Q = Q()


@dataclass(frozen=True)
class Grouping:
    title: str
    parts: tuple[Part, ...]
    order: Callable[[Head], tuple]
    name: Callable[[Head], str]
    url: Callable[[int, date], str] = lambda key, as_of: ""
    # What stands under none.
    without: str = ""

    def label(self, head: Head) -> str:
        return self.without if head.key == NONE and self.without else self.name(head)


def _words(path, *names):
    return {name: f"{path}__{name}" for name in names}


def _narrowed(parameter):
    return lambda key, as_of: board_url(as_of, **{parameter: key})


def _overdue_first(*names):
    """Groups with the most overdue work first, then by what is due soon, then by name; what is under none last."""

    def order(head):
        if head.key == NONE:
            return (True,)
        by_name = [sort_key(head.words[name]) if name == "full_name" else head.words[name] for name in names]
        return (False, -head.tallies.overdue, -head.tallies.due_soon, *by_name, head.key)

    return order


def _order_of_agencies(head):
    """Bodies with the most overdue work first, then the longest overdue, then by what is due soon, then by name."""
    tallies, words = head.tallies, head.words
    is_commune = words["locality__level"] == Level.COMMUNE
    return (-tallies.overdue, head.oldest or date.max, -tallies.due_soon, is_commune, words["sort_key"], head.key)


@lru_cache(maxsize=4096)
def directive_label(kind, number, issued_on, meeting_on, dated_on):
    """The name of a document, as `Directive.label`."""
    return Directive(kind=kind, number=number, issued_on=issued_on, meeting_on=meeting_on, dated_on=dated_on).label


@lru_cache(maxsize=4096)
def member_label(full_name, position):
    """The name of a person, as `str` of a member."""
    return str(CommitteeMember(full_name=full_name, position=position))


def _directive(head):
    words = head.words
    label = directive_label(*(words[name] for name in ("kind", "number", "issued_on", "meeting_on", "dated_on")))
    return f"{label}, {words['issuer']}"


def _criterion(head):
    criterion = Criterion(number=head.words["number"], name=head.words["name"])
    return f"{criterion}, {CriteriaSet(short_name=head.words['criteria_set__short_name'])}"


GROUPINGS = {
    BY_AGENCY: Grouping(
        "Theo cơ quan",
        (Part(F("agency"), _words("agency", "short_name", "name", "sort_key", "locality__level")),),
        _order_of_agencies,
        lambda head: head.words["short_name"] or head.words["name"],
        _narrowed("co_quan"),
    ),
    BY_DUE: Grouping(
        "Theo thời hạn", (Part(F("urgency"), {}),), lambda head: (head.key,), lambda head: URGENCY[head.key]
    ),
    BY_COMMUNE: Grouping(
        "Theo xã",
        (
            Part(F("agency__locality"), _words("agency__locality", "kind", "name", "sort_key"), BY_ANOTHER_COMMUNE),
            # What bodies above must do in communes; the communes are those the task names.
            Part(
                Coalesce("task__communes", NONE),
                _words("task__communes", "kind", "name", "sort_key"),
                ~BY_ANOTHER_COMMUNE,
            ),
        ),
        _overdue_first("sort_key"),
        lambda head: Locality(kind=head.words["kind"], name=head.words["name"]).title,
        _narrowed("xa"),
        "Không riêng xã nào",
    ),
    BY_DIRECTIVE: Grouping(
        "Theo văn bản",
        (
            Part(
                F("task__directive"),
                _words(
                    "task__directive",
                    *("kind", "number", "issuer", "issued_on", "meeting_on", "dated_on", "is_illustrative"),
                ),
            ),
        ),
        lambda head: (-head.words["dated_on"].toordinal(), -head.key),
        _directive,
        lambda key, as_of: Directive(pk=key).get_absolute_url(),
    ),
    BY_CRITERION: Grouping(
        "Theo tiêu chí",
        (
            Part(
                Coalesce(F("task__criteria"), NONE),
                _words("task__criteria", "criteria_set_id", "number", "name", "criteria_set__short_name"),
            ),
        ),
        lambda head: (head.key == NONE, head.words["criteria_set_id"], head.words["number"]),
        _criterion,
        _narrowed("tieu_chi"),
        "Không gắn tiêu chí nào",
    ),
    BY_PERSON: Grouping(
        "Theo người",
        (Part(Coalesce(F("member"), NONE), _words("member", "full_name", "position", "agency__sort_key")),),
        _overdue_first("agency__sort_key", "full_name", "position"),
        lambda head: member_label(head.words["full_name"], head.words["position"]),
        _narrowed("nguoi"),
        "Giao cho cơ quan, không riêng thành viên nào",
    ),
}
