"""Who changed a row, from what to what: lines of the journal, written in the transaction of the change."""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType


def history(row):
    """Who changed a row and how, the newest first."""
    mine = ContentType.objects.get_for_model(type(row))
    lines = LogEntry.objects.filter(content_type=mine, object_id=str(row.pk))
    return lines.select_related("user").order_by("-action_time", "-pk")


def last_change(row):
    """Who changed a row last and when; (None, None) where nobody did."""
    newest = history(row).first()
    return (newest.user, newest.action_time) if newest else (None, None)


def write_down(row, before, *, by, names, words) -> None:
    """Keep who changed which of the fields `names`; `before` is the row as it was, None if it is new.

    `words(row, name)` says a field. A command has no person and leaves no line.
    """
    if by is None:
        return
    changes = []
    for label, name in names.items():
        was, now = words(before, name) if before else "", words(row, name)
        if was != now:
            changes.append(f"{label}: {was or 'trống'} → {now or 'trống'}" if before else f"{label}: {now}")
    if changes or before is None:
        LogEntry.objects.log_actions(
            by.pk, [row], CHANGE if before else ADDITION, change_message="; ".join(changes), single_object=True
        )
