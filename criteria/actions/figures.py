"""Writes of the figures the level above reports; who changed what is logged in the same transaction."""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction

from criteria.models import ReferenceFigure
from ntm_tracker.vietnamese import format_number

KEPT = ["of_whom", "mean_criteria", "recognised", "communes", "source"]


@transaction.atomic
def keep_reference_figure(*, figure: ReferenceFigure, by) -> ReferenceFigure:
    """Keep a figure as it was filled in, new or changed, and log from what to what."""
    before = ReferenceFigure.objects.filter(pk=figure.pk).first()
    figure.save()
    changes = []
    for name in KEPT:
        was, now = _words(before, name) if before else "", _words(figure, name)
        if was != now:
            label = ReferenceFigure._meta.get_field(name).verbose_name
            changes.append(f"{label}: {was or 'trống'} → {now or 'trống'}" if before else f"{label}: {now}")
    if changes:
        LogEntry.objects.log_actions(
            by.pk, [figure], CHANGE if before else ADDITION, change_message="; ".join(changes), single_object=True
        )
    return figure


def _words(figure, name):
    value = getattr(figure, name)
    return format_number(value) if isinstance(value, int) or name == "mean_criteria" else value or ""
