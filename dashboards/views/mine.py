"""What the person at the screen is in charge of."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from criteria.choices import choose
from dashboards import mine as my
from dashboards.views.common import frame, load_chosen
from directives import queries


@require_safe
def mine(request):
    """What the person at the screen is in charge of: communes, criteria, work, and a commune officer's own sheet."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    user, today = request.user, timezone.localdate()
    data = load_chosen(request, choice)
    context = {
        **choice.context,
        **frame(data),
        "person": user,
        "today": today,
        "places": my.places_of(user, data, today),
        "led": my.led_by(user, data, today),
        "work": my.work_of(user, today),
        "is_commune_officer": user.role == Role.COMMUNE_OFFICER,
        "sheet": my.own_sheet(user, choice.period, choice.criteria_set),
        "days_left": (choice.period.due_on - today).days if choice.period.due_on else None,
        "board_url": queries.board_url(co_quan=user.agency_id) if user.agency_id else queries.board_url(),
    }
    return render(request, "dashboards/mine.html", context)
