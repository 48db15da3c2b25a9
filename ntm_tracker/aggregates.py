"""Aggregates that both databases have under different names."""

from django.db.models import Aggregate, CharField


class Lines(Aggregate):
    """The texts of a group, a line each, in no order."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, char(10))"
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **extra):
        template = "%(function)s(%(expressions)s, chr(10))"
        return self.as_sql(compiler, connection, function="STRING_AGG", template=template, **extra)
