"""The figures of the level above, entered once a period from its report."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render

from accounts import policy
from communes.models import Level, Locality
from criteria.actions.figures import keep_reference_figure
from criteria.choices import address, choose
from criteria.forms.figures import ReferenceFigureForm
from criteria.models import ReferenceFigure
from ntm_tracker.forms import atomic_post
from ntm_tracker.history import history


@atomic_post
def reference_figure(request):
    """What the office's own level above reported for the chosen period and set."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    if not policy.may_enter_figures(request.user):
        raise PermissionDenied
    place = Locality.objects.select_related("parent").get(pk=request.user.place_id)
    where = {"locality": place, "criteria_set": choice.criteria_set, "period": choice.period}
    figure = ReferenceFigure.objects.filter(**where).first() or ReferenceFigure(**where)
    start = {} if figure.pk else {"of_whom": _above(place)}
    form = ReferenceFigureForm(request.POST or None, instance=figure, initial=start)
    if request.method == "POST" and form.is_valid():
        kept = keep_reference_figure(figure=form.instance, by=request.user)
        messages.success(request, f"Đã lưu số liệu của {kept.of_whom}, {kept.period}.")
        return redirect(address("dashboards:overview", choice.period, choice.criteria_set))
    context = {
        **choice.context,
        "form": form,
        "history": history(figure),
        "back": address("dashboards:overview", choice.period, choice.criteria_set),
    }
    return render(request, "criteria/figure_form.html", context, status=422 if form.errors else 200)


def _above(place):
    """Who reports of the places around this one: the province, else the country."""
    return place.parent.full_name if place.parent and place.level != Level.PROVINCE else "cả nước"
