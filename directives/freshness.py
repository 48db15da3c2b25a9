"""What is dear to count is remembered until something happens to the work.

Every change of an assignment or of a task handed out leaves an event (`actions`), so the newest events say whether
what is remembered still holds, in every process, for the answer comes from the database. Names change without an
event (of an agency, a document): this process notices at once, another, or a change in bulk, after a minute at the
latest.
"""

import hashlib

from django.core.cache import cache
from django.db import connection, transaction

SECONDS = 60
# Two people may write at once, and the later event be there before the earlier. So the sum of the newest ones and not
# the last alone: with each event that comes in among them it grows.
NEWEST = 50
NOTHING = object()

_SUM = "(SELECT COALESCE(SUM(id), 0) FROM (SELECT id FROM {} ORDER BY id DESC LIMIT %s) newest)"
_STATE = f"SELECT {_SUM.format('directives_assignmentevent')}, {_SUM.format('directives_taskevent')}"


def state_of_work() -> tuple[int, int]:
    """A mark that is another one after each event of any assignment or task. One query of a few index entries."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [NEWEST, NEWEST])
        return tuple(map(int, cursor.fetchone()))


class Names:
    """How often something was renamed, as far as this process knows."""

    changes = 0


def renamed(**_):
    """Receives `post_save` of what the board names (`apps`)."""
    Names.changes += 1
    # And when others can see it: who read in between read the old name.
    transaction.on_commit(_count)


def _count():
    Names.changes += 1


class Memory:
    """What was counted for one question: `of` says whose eyes, which day, which part of the work.

    Two people share it only where all of `of` is equal.
    """

    def __init__(self, *of):
        self._of = (*of, state_of_work(), Names.changes)

    def recall(self, name, make):
        """What `make()` answered under this name the last time, if nothing has happened since; else its answer now."""
        text = repr((name, *self._of))
        key = f"work-{hashlib.sha256(text.encode()).hexdigest()}"
        kept = cache.get(key, NOTHING)
        if kept is NOTHING:
            kept = make()
            cache.set(key, kept, SECONDS)
        return kept


def eyes_of(user) -> tuple:
    """Everything of a person that decides which work they see (`AssignmentQuerySet.visible_to`)."""
    path = user.place.path if user.place_id else ""
    return (user.role, user.is_superuser, path, user.agency_id, user.member_id)
