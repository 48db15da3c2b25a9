"""The overview: where are we, what moved, what holds us back, who is late."""

from calendar import isleap

from django.shortcuts import render
from django.views.decorators.http import require_safe

from criteria import plans, rules
from criteria.choices import choose
from criteria.counts import rounded, share
from dashboards.views.common import day_asked, frame, load_chosen, shares
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
    fallen = _fallen(matrix)
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
        **_plan(request.user, matrix),
        "tasks": tasks,
        "still_open": tasks.total - tasks.done,
        "late": queries.late_bodies(request.user, as_of, limit=SHORT),
    }
    return render(request, "dashboards/overview.html", context)


def _fallen(data):
    """The recognised places that no longer meet a criterion, with what speaks for revoking, the deepest fall first."""
    revocation = data.criteria_set.revocation
    rows = [row for row in data.filled if row.recognised_year]
    warned = [(row, rules.revocation_warning(strip=row.strip, revocation=revocation)) for row in rows]
    return sorted((pair for pair in warned if pair[1]), key=lambda pair: -pair[1].percent)


def _plan(user, data):
    """What the plan of the period's year has come to, and how much of the year is over."""
    day = data.period.ends_on
    given = plans.planned(user=user, criteria_set=data.criteria_set, year=day.year)
    over = share(day.timetuple().tm_yday, 366 if isleap(day.year) else 365)
    tally = plans.count_planned(given, {row.locality_id: row.strip for row in data.rows})
    return {
        "plan": tally,
        "year": day.year,
        "year_over": rounded(over, 0),
        "is_behind": tally.exact_percent is not None and tally.exact_percent < over,
    }


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
