"""Queries put into words once: of a page with a few dozen rows, the ORM spends longer on writing a query than the
database on answering it."""

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection


class Statement:
    """A query as it was written by the ORM, to be asked again and again; whoever keeps it knows what it depends on."""

    def __init__(self, queryset):
        self._model = queryset.model
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
            cursor.execute(self._sql, self._parameters)
            return tuple(cursor.fetchall())

    def objects(self, rows: tuple[tuple, ...]) -> list:
        """The objects that `rows`, the answer of a query for whole rows, are of."""
        if rows and self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return [self._model.from_db(DEFAULT_DB_ALIAS, self._names, row) for row in rows]
