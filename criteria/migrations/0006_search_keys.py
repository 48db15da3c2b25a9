"""Criteria and indicators keep what they are found by."""

import ntm_tracker.search
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('criteria', '0005_reference_figure'),
    ]

    operations = [
        migrations.AddField(
            model_name='criterion',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='indicator',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
    ]
