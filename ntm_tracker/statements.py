"""Queries put into words once: of a page with a few dozen rows, the ORM spends longer on writing a query than the
database on answering it."""

from django.core.exceptions import EmptyResultSet
from django.db import connection


class Statement:
    """A query as it was written by the ORM, to be asked again and again; whoever keeps it knows what it depends on."""

    def __init__(self, queryset):
        self.model = queryset.model
        try:
            self.sql, self.parameters = queryset.query.sql_with_params()
        except EmptyResultSet:
            # The ORM knows already that there is nothing to find.
            self.sql = ""

    def rows(self) -> list[tuple]:
        """The answer as the database gives it: for texts and numbers, which need no conversion."""
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            return cursor.fetchall()

    def objects(self) -> list:
        """The answer as objects, of a query for whole rows."""
        return list(self.model.objects.raw(self.sql, self.parameters)) if self.sql else []
