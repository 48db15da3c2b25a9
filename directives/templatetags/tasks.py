"""Work on the pages of what is measured: those pages know nothing of directives, so they ask here."""

from django import template
from django.utils import timezone

from directives.progress import work_of_cell

register = template.Library()


@register.inclusion_tag("directives/_cell_work.html", takes_context=True)
def tasks_of_cell(context, place, criterion):
    """The work on a criterion in a place, open and done, that the reader may see. One query."""
    rows = work_of_cell(context["request"].user, place, criterion, timezone.localdate())
    return {"rows": rows, "criterion": criterion, "place": place}
