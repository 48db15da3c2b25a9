"""The overview: where are we, what moved, what holds us back, who is late, what is due next."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import policy
from criteria.choices import choose
from criteria.counts import rounded, share
from criteria.models import ReferenceFigure
from dashboards.standing import held_tiers, in_line
from dashboards.views.common import day_asked, fallen_places, frame, load_chosen, plan_so_far, shares
from directives.board import Board
from directives.queries import Filters, board_url

# How many lines the short lists hold.
SHORT = 4
LATE = 5
# How many names a band shows before the rest become a link.
NAMES = 24


@require_safe
def overview(request):
    """One page from top to bottom, the first three answers without scrolling; each figure leads to its rows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    matrix = load_chosen(request, choice)
    work = _work(request)
    context = {
        **choice.context,
        **frame(matrix),
        **shares(matrix),
        **_recognition(matrix),
        **_moves(matrix),
        **_obstacles(matrix),
        **plan_so_far(request.user, matrix),
        **work,
        "illustrative": matrix.is_illustrative or work["tasks"].is_illustrative,
        "bands": _bands(matrix),
        "reference": _reference(request.user, matrix),
        "may_draft": policy.sees_all_work(request.user),
        "may_enter_reference": policy.may_enter_figures(request.user),
    }
    return render(request, "dashboards/overview.html", context)


def _recognition(matrix):
    """Where the places stand with their decisions: by tier, waiting for one, and no longer what they were recognised as."""
    fallen = fallen_places(matrix)
    return {
        "tiers": held_tiers(matrix),
        "waiting": [row for row in matrix.full if not row.recognised_year],
        "neither": [row for row in matrix.rows if not row.recognised_year and not row.is_full],
        "fallen": fallen,
        "revocable": [row for row, warning in fallen if warning.rule],
    }


def _moves(matrix):
    moved = sorted(matrix.comparable, key=lambda row: (-len(row.gained), row.name))
    fell = sorted(moved, key=lambda row: -len(row.lost))
    return {
        "gainers": [row for row in moved if row.gained],
        "losers": [row for row in fell if row.lost],
        "short": SHORT,
        "more_gainers": max(0, sum(bool(row.gained) for row in moved) - SHORT),
        "more_losers": max(0, sum(bool(row.lost) for row in moved) - SHORT),
    }


def _obstacles(matrix):
    """What holds us back: the criteria most often unmet, and who is nearest to recognition and who farthest."""
    columns = sorted(matrix.columns, key=lambda column: (-len(column.unmet_places), column.criterion.number))
    waiting = in_line(matrix)
    nearest = waiting[:SHORT]
    return {
        "worst": [column for column in columns if column.unmet_places][:SHORT],
        "nearest": nearest,
        "farthest": waiting[len(nearest) :][::-1][:SHORT],
    }


def _work(request):
    """The work as it stands on the day asked for: counts, who is late, what is due next."""
    as_of = day_asked(request)
    board = Board(request.user, as_of, Filters())
    tasks, late = board.summary(), board.late_bodies()
    return {
        "tasks_as_of": as_of,
        "tasks": tasks,
        "still_open": tasks.total - tasks.done,
        "late": late[:LATE],
        "late_count": len(late),
        "due_next": board.due_next(LATE),
        "overdue_url": board_url(as_of, trang_thai="overdue"),
        "due_soon_url": board_url(as_of, trang_thai="due_soon"),
        "board_url": board_url(as_of),
    }


def _reference(user, matrix):
    """What the level above reports for the same period, and how our mean stands beside it; None if nothing is entered."""
    figures = ReferenceFigure.objects.beside(user, criteria_set=matrix.criteria_set, period=matrix.period)
    if not (figure := figures.first()):
        return None
    whole = len(matrix.criteria) or 1
    return {
        "figure": figure,
        "mean_percent": share(figure.mean_criteria, whole) if figure.mean_criteria is not None else None,
        "difference": rounded(matrix.mean - figure.mean_criteria)
        if figure.mean_criteria is not None and matrix.mean is not None
        else None,
        "recognised_percent": share(figure.recognised, figure.communes) if figure.communes else None,
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
