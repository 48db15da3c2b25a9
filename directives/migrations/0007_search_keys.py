"""Documents and tasks keep what they are found by."""

import ntm_tracker.search
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('directives', '0006_an_event_says_nothing_changed'),
    ]

    operations = [
        migrations.AddField(
            model_name='directive',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='task',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
    ]
