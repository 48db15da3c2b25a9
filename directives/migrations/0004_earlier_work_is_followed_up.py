"""Work handed out before counts from its directive's day; its due date is the one ordered, and what is done is confirmed."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    Assignment, Directive = apps.get_model("directives", "Assignment"), apps.get_model("directives", "Directive")
    Task = apps.get_model("directives", "Task")
    given = Directive.objects.filter(tasks=OuterRef("task")).values("dated_on")
    Assignment.objects.update(given_on=Subquery(given), original_due_on=F("due_on"), reported_on=F("done_on"))
    Assignment.objects.exclude(done_on=None).update(percent=100)
    moment = Directive.objects.filter(pk=OuterRef("directive")).values("assigned_at")
    Task.objects.update(assigned_at=Subquery(moment))


class Migration(migrations.Migration):
    dependencies = [("directives", "0003_following_up")]

    # The way back loses nothing: what is filled here follows from the other columns.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
