"""The criteria and indicators that are there are found by number and words."""

from django.db import migrations

from ntm_tracker.search import refill


def fill(apps, schema_editor):
    refill(
        apps.get_model("criteria", "Criterion"),
        lambda row: f"TC {row.number} tiêu chí {row.number} {row.name} {row.short_name}",
    )
    refill(
        apps.get_model("criteria", "Indicator"),
        lambda row: f"CT {row.code} chỉ tiêu {row.code} {row.text}" if row.code else f"chỉ tiêu {row.text}",
    )


class Migration(migrations.Migration):
    dependencies = [("criteria", "0006_search_keys")]

    # The way back loses nothing: the keys follow from the numbers and words.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
