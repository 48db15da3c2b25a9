"""Queries put into words once: of a page with a few dozen rows, the ORM spends longer on writing a query than the
database on answering it."""

from itertools import count
from weakref import WeakKeyDictionary, WeakSet

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection

MOST_PREPARED = 50
_numbers = count()
# By the driver's connection: how often each statement was asked on it.
_PREPARED = WeakKeyDictionary()


class Statement:
    """A query as it was written by the ORM, to be asked again and again; whoever keeps it knows what it depends on."""

    def __init__(self, queryset):
        self._model = queryset.model
        self._name = f"ntm_{next(_numbers)}"
        # The driver's connections that know it by that name.
        self._known_on = WeakSet()
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self._sql, self._parameters = self._compiler.as_sql()
        except EmptyResultSet:
            # The ORM knows already that there is nothing to find.
            self._sql = ""
            return
        columns = [column for column, *_ in self._compiler.select]
        self._names = [getattr(getattr(column, "target", None), "attname", "") for column in columns]
        self._converters = self._compiler.get_converters(columns)

    def rows(self) -> tuple[tuple, ...]:
        """The answer as the database gives it: texts and numbers as they are, dates and yes or no by its own habit.

        It can be hashed, so that what was made of it can be kept under it.
        """
        if not self._sql:
            return ()
        with connection.cursor() as cursor:
            if name := self._prepared(cursor):
                cursor.execute(f"EXECUTE {name}")
            else:
                cursor.execute(self._sql, self._parameters)
            return tuple(cursor.fetchall())

    def _prepared(self, cursor):
        """The name under which PostgreSQL knows the statement on this connection, planned once; None for none.

        Planning the matrix of a district takes longer than answering it. What is asked once is not prepared, and no
        connection keeps more than `MOST_PREPARED`.
        """
        if connection.vendor != "postgresql":
            return None
        known = _PREPARED.setdefault(connection.connection, {})
        uses = known[self._name] = known.get(self._name, 0) + 1
        if uses == 2 and sum(times > 1 for times in known.values()) <= MOST_PREPARED:
            # By the driver's own cursor: no page asks one question more for it.
            plain = cursor.cursor
            plain.execute(b"PREPARE " + self._name.encode() + b" AS " + plain.mogrify(self._sql, self._parameters))
            self._known_on.add(connection.connection)
        return self._name if connection.connection in self._known_on else None

    def objects(self, rows: tuple[tuple, ...]) -> list:
        """The objects that `rows`, the answer of a query for whole rows, are of."""
        if rows and self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return [self._model.from_db(DEFAULT_DB_ALIAS, self._names, row) for row in rows]
