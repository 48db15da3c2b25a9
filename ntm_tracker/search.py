"""Finding rows by what people type: without marks, in any order, a number as a whole; nothing of the field.

A row keeps its words in a `search_key`, folded when it is written. The database cannot fold by itself in the same way
everywhere: PostgreSQL's `unaccent` is an extension and not immutable, and SQLite knows no upper and lower case of
Vietnamese letters; a generated column would have to be written twice and would still not know 'Thông báo' of 'TB'.
Searching reads the keys one by one: a trigram index would need an extension that an office's server may not grant, and
what one office holds is read in some milliseconds. By position and not by LIKE, which PostgreSQL takes twice as long
for where the words begin: it tries at every space.
"""

import re

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from ntm_tracker.vietnamese import fold

# What is read of a question; the rest is left out and the page says so.
MOST_LETTERS = 100
MOST_WORDS = 12
# Rows a migration rewrites in one statement.
_REFILLED = 300

# A number with its parts (11.2, 2,5), or letters; 'TC11' and 'm2' are a word and a number.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
# 'Ea H'leo' is also written 'Ea Hleo'.
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: '253/TB-UBND' is 253, tb, ubnd; 'TC 03' is tc, 3; '2,5' is 2.5."""
    return [_plain(word) for word in _WORD.findall(fold(text.translate(_APOSTROPHES)))]


def search_key(*texts: str) -> str:
    """What is kept of a row to find it by: its words, each between two spaces, so that one sees where each begins."""
    return f" {' '.join(words_of(' '.join(texts)))} "


def _plain(word):
    if not word[0].isdecimal():
        return word
    return word.replace(",", ".").lstrip("0") or "0"


class SearchKeyField(models.TextField):
    """The `search_key` of the model's `searched_text`, written whenever the row is, also in bulk.

    A save that names its columns (`update_fields`) must name this one too if it changes what is searched; so must
    `QuerySet.update`.
    """

    def __init__(self, **options):
        super().__init__(**{"editable": False, "default": "", **options})

    def pre_save(self, row, add):
        # The models of migrations have no `searched_text`; there it is written like any other column.
        if hasattr(row, "searched_text"):
            setattr(row, self.attname, search_key(row.searched_text))
        return super().pre_save(row, add)


def matching(rows: models.QuerySet, text: str, field: str = "search_key") -> models.QuerySet:
    """The rows whose key holds every word of `text`, with `rank`: 0 where the words stand as typed, then 1 to 4.

    1: the last of them is only begun; 2: the same in any order; 3: several are only begun; 4: one stands inside a
    word, which numbers and words of one or two letters never do. No words, no rows.
    """
    words = words_of(text[:MOST_LETTERS])[:MOST_WORDS]
    if not words:
        return rows.none().annotate(rank=Value(0))

    def holds(part):
        return GreaterThan(StrIndex(field, Value(part)), 0)

    phrase, begun, whole = " ".join(words), Q(), Q()
    for place, word in enumerate(words, start=1):
        begins = holds(f" {word}")
        begun &= Q(begins)
        # As one types, the last word is not finished.
        whole &= Q(begins if place == len(words) else holds(f" {word} "))
        rows = rows.filter(begins if word[0].isdecimal() or len(word) < 3 else holds(word))
    return rows.annotate(
        rank=Case(
            When(holds(f" {phrase} "), then=0),
            When(holds(f" {phrase}"), then=1),
            When(whole, then=2),
            When(begun, then=3),
            default=4,
            output_field=models.IntegerField(),
        )
    )


def refill(model, text) -> None:
    """Write the keys of all rows anew from `text(row)`, some hundred at a time: for migrations, also of 10,000 places."""
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:_REFILLED]):
        for row in rows:
            row.search_key = search_key(text(row))
        model.objects.bulk_update(rows, ["search_key"])
        last = rows[-1].pk
