"""Bodies and members keep what they are found by."""

import ntm_tracker.search
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0004_visit'),
    ]

    operations = [
        migrations.AddField(
            model_name='agency',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='committeemember',
            name='search_key',
            field=ntm_tracker.search.SearchKeyField(default='', editable=False),
        ),
    ]
