"""Periods that were closed by their day alone get the moment behind it: the end of that day."""

from datetime import datetime, time

from django.db import migrations
from django.utils import timezone


def give(apps, schema_editor):
    periods = apps.get_model("criteria", "Period").objects
    for period in periods.filter(closed_at=None).exclude(closed_on=None):
        moment = timezone.make_aware(datetime.combine(period.closed_on, time.max))
        periods.filter(pk=period.pk).update(closed_at=moment)


class Migration(migrations.Migration):
    dependencies = [("criteria", "0002_states_evidence_plan")]

    # The way back loses nothing: the day stays.
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
