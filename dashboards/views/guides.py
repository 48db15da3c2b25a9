"""The guide: a short page for each role."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Role

# The address of each role's page; its words are in templates/help/.
GUIDES = {
    Role.OFFICER: "van-phong",
    Role.SECTOR_OFFICER: "phong-chuyen-mon",
    Role.COMMUNE_OFFICER: "can-bo-xa",
    Role.COMMITTEE_MEMBER: "ban-chi-dao",
    Role.ADMINISTRATOR: "quan-tri",
}


@require_safe
def my_guide(request):
    return redirect("dashboards:guide", GUIDES[request.user.role])


@require_safe
def guide(request, slug):
    role = next((role for role, its in GUIDES.items() if its == slug), None)
    if role is None:
        raise Http404
    context = {
        "role": role,
        "guides": [(its, one.label) for one, its in GUIDES.items()],
        "slug": slug,
        "words": f"help/{role.value}.html",
    }
    return render(request, "help/guide.html", context)
