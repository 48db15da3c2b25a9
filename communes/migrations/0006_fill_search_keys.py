"""The bodies and members that are there are found by their names; places also without the apostrophe of 'Ea H'leo'."""

from django.db import migrations

from ntm_tracker.search import refill


def fill(apps, schema_editor):
    refill(apps.get_model("communes", "Locality"), lambda place: f"{place.kind} {place.name}")
    refill(apps.get_model("communes", "Agency"), _names)
    refill(apps.get_model("communes", "CommitteeMember"), lambda member: f"{member.full_name} {member.position}")


def _names(agency):
    return agency.name if agency.short_name in ("", agency.name) else f"{agency.short_name} {agency.name}"


class Migration(migrations.Migration):
    dependencies = [("communes", "0005_search_keys")]

    # The way back loses nothing: the keys follow from the names.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
