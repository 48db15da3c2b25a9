"""The overview: where are we, what moved, what holds us back, who is late."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from criteria.choices import choose
from dashboards.views.common import day_asked, fallen_places, frame, load_chosen, plan_so_far, shares
from directives import queries

# How many lines the short lists hold.
SHORT = 5
# How many names a band shows before the rest become a link.
NAMES = 24


@require_safe
def overview(request):
    """Where are we, what moved, what holds us back, who is late: one screen, each figure leading to its rows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    matrix = load_chosen(request, choice)
    as_of = day_asked(request)
    columns = sorted(matrix.columns, key=lambda c: (-len(c.unmet_places), c.criterion.number))
    tasks = queries.summary(request.user, as_of)
    moved = sorted(matrix.comparable, key=lambda row: (-len(row.gained), row.name))
    fallen = fallen_places(matrix)
    context = {
        **choice.context,
        **frame(matrix),
        **shares(matrix),
        "bands": _bands(matrix),
        "tasks_as_of": as_of,
        "gainers": [row for row in moved if row.gained],
        "losers": [row for row in moved if row.lost],
        "worst": [column for column in columns if column.unmet_places][:SHORT],
        "waiting": [row for row in matrix.full if not row.recognised_year],
        "neither": [row for row in matrix.rows if not row.recognised_year and not row.is_full],
        "fallen": fallen,
        "revocable": [row for row, warning in fallen if warning.rule],
        **plan_so_far(request.user, matrix),
        "tasks": tasks,
        "still_open": tasks.total - tasks.done,
        "late": queries.late_bodies(request.user, as_of, limit=SHORT),
    }
    return render(request, "dashboards/overview.html", context)


def _bands(data):
    """The bands as the overview draws them: the widest bar is the fullest band; long lists of names are cut."""
    most = max((len(band.rows) for band in data.bands), default=0) or 1
    tones = ["accent", "mid", "pale"]
    return [
        {
            "label": band.label,
            "rows": band.rows,
            "shown": band.rows[:NAMES],
            "hidden": max(0, len(band.rows) - NAMES),
            "width": round(100 * len(band.rows) / most),
            "tone": tones[min(position, 2)],
        }
        for position, band in enumerate(data.bands)
    ]
