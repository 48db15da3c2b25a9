"""The rows of all tables as lines of text, the same whichever database they come from, to be kept, moved and compared.

The tables are those that the migrations made which have run here, not those of the code: a backup is taken before an
upgrade as well as after it, and one of an older version is read by that version's tables.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from uuid import UUID

from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.duration import duration_iso_string

from ntm_tracker.operation import NotDone

# Whoever is signed in signs in again: the key of a session opens somebody's account.
NOT_KEPT = {"sessions.session"}
# What `migrate` puts into an empty database by itself.
MADE_BY_MIGRATE = {"contenttypes.contenttype", "auth.permission"}
# As many rows are held in memory at once.
PART = 5000


class Schema:
    """The tables of one database as its migrations left them."""

    def __init__(self, using: str):
        self.using = using
        self.loader = MigrationLoader(connections[using])
        self.known = set(self.loader.disk_migrations)
        self.migrations = sorted(set(self.loader.applied_migrations) & self.known)
        # Migrations have run here that this program does not have: it is older than the database.
        self.is_ahead = bool(set(self.loader.applied_migrations) - self.known)
        self.is_behind = bool(self.known - set(self.migrations))

    def models(self) -> list:
        """The model of each table that is kept, in the order of their names."""
        if not self.migrations:
            return []
        state = self.loader.project_state(self.migrations)
        found = state.apps.get_models(include_auto_created=True)
        kept = [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in NOT_KEPT]
        return sorted(kept, key=lambda model: model._meta.label_lower)

    def filled(self) -> list[str]:
        """The tables with rows in them beside what `migrate` brought."""
        return [
            model._meta.db_table
            for model in self.models()
            if model._meta.label_lower not in MADE_BY_MIGRATE and rows_of(model, self.using).exists()
        ]


@contextmanager
def snapshot(using: str):
    """One moment of the database for all that is read inside; nobody who writes meanwhile has to wait.

    PostgreSQL gives it to a transaction that asks for it, SQLite to any reader of its write-ahead log.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Not atomic(): the settings have that take the lock of a writer.
            cursor.execute("BEGIN DEFERRED")
            try:
                cursor.execute("SELECT COUNT(*) FROM sqlite_master")
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def columns_of(model) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields if not field.generated]


def rows_of(model, using: str):
    return model._base_manager.using(using).order_by("pk")


def lines_of(model, using: str) -> Iterator[bytes]:
    """Each row as a line of JSON, by its key."""
    for row in rows_of(model, using).values_list(*columns_of(model)).iterator(chunk_size=PART):
        yield _LINE.encode(row).encode() + b"\n"


class Digest:
    """How many rows there are and a mark of what is in them, in whatever order they come: each database sorts texts its
    own way."""

    def __init__(self, lines: Iterable[bytes] = ()):
        self.rows = self._sum = 0
        for line in lines:
            self.add(line)

    def add(self, line: bytes):
        self.rows += 1
        self._sum += int.from_bytes(sha256(line).digest(), "big")

    def of(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines as they are, added while they pass."""
        for line in lines:
            self.add(line)
            yield line

    @property
    def mark(self) -> str:
        return f"{self._sum % (1 << 256):064x}"

    def __eq__(self, other):
        return (self.rows, self.mark) == (other.rows, other.mark)


def insert(model, columns: list[str], lines: Iterable[bytes], using: str) -> None:
    """Write rows that are `lines`, with their own keys, as they are: nothing is filled in or computed anew."""
    by_column = {field.attname: field for field in model._meta.local_concrete_fields}
    fields = [by_column[column] for column in columns]
    lines = iter(lines)
    while batch := list(islice(lines, PART)):
        rows = [
            model(**{f.attname: f.to_python(value) for f, value in zip(fields, json.loads(line), strict=True)})
            for line in batch
        ]
        size = connections[using].ops.bulk_batch_size(fields, rows) or PART
        try:
            for start in range(0, len(rows), size):
                model._base_manager.using(using)._insert(rows[start : start + size], fields, using=using, raw=True)
        # A text with a NUL, which SQLite takes and PostgreSQL does not, is refused before it gets there.
        except (DatabaseError, ValueError) as error:
            raise NotDone(
                f"Cơ sở dữ liệu không nhận dòng của bảng {model._meta.db_table} (khóa từ {rows[0].pk} đến {rows[-1].pk}): "
                f"{error}. Chưa ghi gì. Sửa dòng ấy ở cơ sở dữ liệu gốc rồi làm lại."
            ) from error


def empty(models: list, using: str) -> None:
    """Take out what `migrate` put in, before the rows that it stands for come with their own keys."""
    for model in sorted(models, key=lambda m: m._meta.label_lower != "auth.permission"):
        rows_of(model, using).order_by()._raw_delete(using)


def settle(models: list, using: str) -> None:
    """See that every row points at one that is there, and let new rows go on behind the highest key."""
    connection = connections[using]
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _plain(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} in a row")


# PostgreSQL keeps the keys of a JSON value in an order of its own.
_LINE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
