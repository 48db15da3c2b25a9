"""Who looked at what, changed what and took which file away: put down beside the answers, not in their way.

Each answer to a person who signed in leaves a note in memory; a thread writes the notes every second, so that no page
waits for it and no page's queries grow. What a second of a killed process had noted is lost here, not what was changed:
the history of that stands in the transaction of the change itself.
"""

import atexit
import logging
from dataclasses import dataclass
from datetime import date, datetime
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Access
from accounts.signing_in import address_of

Kind = Access.Kind
SECONDS = 1.0
# Should the database be away, so many notes wait for it; of more the oldest go.
MOST_WAITING = 20_000
# Parts of pages and what the bar over every page asks for are no pages anybody looked at.
UNNOTED = {"dashboards:search-hits", "accounts:login", "accounts:second-step"}
_logger = logging.getLogger(__name__)

_UPSERT = """
INSERT INTO accounts_access (kind, day, user_id, page, path, machine, first_at, last_at, times)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, user_id, path) WHERE kind = 'saw'
DO UPDATE SET times = accounts_access.times + excluded.times, last_at = excluded.last_at, machine = excluded.machine
"""


class AuditMiddleware:
    """Notes what was answered to whom. Stands right behind the middleware that knows the person."""

    def __init__(self, get_response):
        self._get_response = get_response

    def __call__(self, request):
        response = self._get_response(request)
        if settings.AUDIT:
            note(request, response)
        return response


def note(request, response):
    """Remember an answer until it is written; what was refused or nobody's is not noted here."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or response.status_code >= 400 or match.view_name in UNNOTED:
        return
    if user is None or not user.is_authenticated:
        return
    kind = _kind_of(request, response)
    if kind is None:
        return
    now = timezone.now()
    # NUL is no text to PostgreSQL.
    path = request.get_full_path().replace("\x00", "")[:300]
    _TRAIL.add(kind, timezone.localdate(now), user.pk, match.view_name[:100], path, address_of(request), now)


def _kind_of(request, response):
    if response.get("Content-Disposition", "").startswith("attachment"):
        return Kind.TOOK
    if request.method == "POST":
        return Kind.CHANGED
    is_page = request.method == "GET" and response.status_code == 200 and not request.headers.get("HX-Request")
    return Kind.SAW if is_page else None


def write():
    """Write what was noted, now; the thread does this every second."""
    _TRAIL.write()


@dataclass(slots=True)
class _Note:
    kind: str
    day: date
    user: int
    page: str
    path: str
    machine: str | None
    first_at: datetime
    last_at: datetime
    times: int = 1


class _Trail:
    """The notes of this process that are not written yet."""

    def __init__(self):
        self._notes, self._lock, self._thread, self._woken = [], Lock(), None, Event()
        # The notes of pages looked at, by day, person and address.
        self._looks = {}

    def add(self, *facts):
        """`facts` is what `_UPSERT` takes, up to when it was."""
        kind, day, user, page, path, machine, at = facts
        note = _Note(kind, day, user, page, path, machine, at, at)
        with self._lock:
            # Looked at again within the second: one row more does not say more.
            before = self._looks.get((day, user, path)) if kind == Kind.SAW else None
            if before:
                before.machine, before.last_at, before.times = machine, at, before.times + 1
            else:
                self._notes.append(note)
                if kind == Kind.SAW:
                    self._looks[day, user, path] = note
            if self._thread is None:
                # Here and not at the start: a server that forks its workers would leave it behind.
                self._thread = Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()
                atexit.register(self.write)

    def write(self):
        with self._lock:
            notes, self._notes, self._looks = self._notes, [], {}
        if not notes:
            return
        adapt = connection.ops.adapt_datetimefield_value
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for note in notes:
                    facts = note.kind, note.day, note.user, note.page, note.path, note.machine
                    cursor.execute(_UPSERT, [*facts, adapt(note.first_at), adapt(note.last_at), note.times])
        except DatabaseError:
            _logger.warning("%d notes of who saw what wait for the database", len(notes), exc_info=True)
            with self._lock:
                self._notes = [*notes, *self._notes][-MOST_WAITING:]

    def _run(self):
        while not self._woken.wait(SECONDS):
            self.write()
            # The thread keeps no connection that the database might have to wait for.
            connection.close()


_TRAIL = _Trail()
