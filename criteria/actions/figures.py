"""Writes of the figures the level above reports; who changed what is logged in the same transaction."""

from django.db import transaction

from criteria.models import ReferenceFigure
from ntm_tracker.history import write_down
from ntm_tracker.vietnamese import format_number

KEPT = ["of_whom", "mean_criteria", "recognised", "communes", "source"]


@transaction.atomic
def keep_reference_figure(*, figure: ReferenceFigure, by) -> ReferenceFigure:
    """Keep a figure as it was filled in, new or changed, and log from what to what."""
    before = ReferenceFigure.objects.filter(pk=figure.pk).first()
    figure.save()
    names = {str(ReferenceFigure._meta.get_field(name).verbose_name): name for name in KEPT}
    write_down(figure, before, by=by, names=names, words=_words)
    return figure


def _words(figure, name):
    value = getattr(figure, name)
    return format_number(value) if isinstance(value, int) or name == "mean_criteria" else value or ""
