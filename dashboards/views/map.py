"""The map of the places and, for those who do not see it, its table."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.models import Role
from criteria.choices import choose
from dashboards.map import Measure, draw, legend, load_places, marks
from dashboards.views.common import day_asked, frame, load_chosen, print_subtitle
from directives import queries

# How many rows a page of the table holds; up to how many places the table stands beside the map.
PAGE_ROWS = 50
BESIDE = 40
# How many places without a point are named.
MOST_NAMES = 30


@require_safe
def map_page(request):
    """Where the places lie, coloured by criteria met, recognition or overdue work (`xem` in the address)."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = load_chosen(request, choice)
    asked = request.GET.get("xem", "")
    measure = Measure(asked) if asked in list(Measure) else Measure.CRITERIA
    tasks_as_of = day_asked(request) if measure == Measure.OVERDUE else None
    overdue = queries.overdue_by_place(request.user, tasks_as_of) if tasks_as_of else {}
    shown = marks(data, measure, overdue)
    places, sources = load_places(data, request.user, shown)
    query = f"?ky={choice.period.code}&bo={choice.criteria_set.code}"
    kept = request.GET.copy()
    kept.pop("page", None)
    nowhere = [place.row for place in places if place.point is None]
    context = {
        **choice.context,
        **frame(data),
        "print_subtitle": print_subtitle(data),
        "measure": measure,
        "measures": list(Measure),
        "map": draw(places, commune_url=reverse("dashboards:commune", args=[0]) + query),
        "legend": legend(data, measure, shown.values()),
        "sources": sources,
        "with_boundary": sum(bool(place.path) for place in places),
        "nowhere": nowhere[:MOST_NAMES],
        "nowhere_more": max(0, len(nowhere) - MOST_NAMES),
        "nowhere_count": len(nowhere),
        "page_obj": Paginator(places, PAGE_ROWS).get_page(request.GET.get("page")),
        "query": kept.urlencode(),
        "overdue": overdue,
        "tasks_as_of": tasks_as_of,
        "sees_all_work": policy.sees_all_work(request.user),
        "may_keep_boundaries": policy.may_keep_boundaries(request.user),
        "may_enter_points": request.user.role == Role.ADMINISTRATOR,
        "is_beside": len(places) <= BESIDE,
    }
    return render(request, "dashboards/map.html", context)
