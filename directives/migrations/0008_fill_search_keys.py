"""The documents and tasks that are there are found by number, day and words."""

from django.db import migrations

from ntm_tracker.search import refill

KINDS = {
    "TB": "Thông báo",
    "KL": "Kết luận",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "KH": "Kế hoạch",
    "NQ": "Nghị quyết",
    "CĐ": "Công điện",
    "CV": "Công văn",
    "": "Văn bản khác",
}


def fill(apps, schema_editor):
    refill(apps.get_model("directives", "Directive"), _words)
    refill(apps.get_model("directives", "Task"), lambda task: task.text)


def _words(directive):
    kind = KINDS[directive.kind]
    number = f"{directive.kind} {directive.number} {kind} số {directive.number}" if directive.number else kind
    days = (f"{day:%d %m %Y}" for day in (directive.issued_on, directive.meeting_on) if day)
    return " ".join((number, kind, *days, directive.title, directive.issuer))


class Migration(migrations.Migration):
    dependencies = [("directives", "0007_search_keys")]

    # The way back loses nothing: the keys follow from the other columns.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
