"""Notes of visits to a place, on the page of the place."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts import policy
from accounts.policy import VISITORS, role_required
from communes.actions.visits import NotKept, record_visit, strike_visit
from communes.forms.visits import StrikeForm, VisitForm
from communes.models import Locality, Visit
from ntm_tracker.forms import atomic_post
from ntm_tracker.history import history


@role_required(*VISITORS)
@atomic_post
def create(request, pk):
    place = get_object_or_404(Locality.objects.visible_to(request.user).communes(), pk=pk)
    form = VisitForm(request.POST or None)
    if request.method == "POST" and _keep(form, record_visit, locality=place, by=request.user):
        messages.success(request, f"Đã lưu ghi chép chuyến đi {place}.")
        return redirect(_back(request, place))
    return _page(request, "dashboards/visit_form.html", place, form)


@role_required(*VISITORS)
@atomic_post
def edit(request, pk):
    visit = _find(request.user, pk)
    form = VisitForm(request.POST or None, instance=visit)
    if request.method == "POST" and _keep(form, record_visit, visit=visit, by=request.user):
        messages.success(request, f"Đã lưu ghi chép chuyến đi {visit.locality}.")
        return redirect(_back(request, visit.locality))
    return _page(request, "dashboards/visit_form.html", visit.locality, form, _find(request.user, pk))


@role_required(*VISITORS)
@atomic_post
def strike(request, pk):
    visit = _find(request.user, pk)
    form = StrikeForm(request.POST or None, instance=visit)
    if request.method == "POST" and (kept := _keep(form, strike_visit, visit=visit, by=request.user)):
        messages.success(request, "Đã gạch bỏ ghi chép." if kept.is_struck else "Ghi chép có giá trị trở lại.")
        return redirect(_back(request, visit.locality))
    return _page(request, "dashboards/visit_strike.html", visit.locality, form, _find(request.user, pk))


def _find(user, pk):
    """A note the person may change; someone else's is not there for them."""
    places = Locality.objects.visible_to(user).communes()
    visit = get_object_or_404(Visit.objects.filter(locality__in=places).select_related("locality", "struck_by"), pk=pk)
    if not policy.may_change_visit(user, visit):
        raise Http404
    return visit


def _keep(form, action, **fields):
    """The note as kept, or None where something is wrong; then the form says what."""
    if not form.is_valid():
        return None
    try:
        return action(**form.cleaned_data, **fields)
    except NotKept as error:
        form.add_error(error.field, str(error))
        return None


def _page(request, template, place, form, visit=None):
    """The form's page; `visit` is the note as it stands in the books, for the form has written into its own copy."""
    context = {
        "form": form,
        "place": place,
        "visit": visit,
        "history": history(visit) if visit else [],
        "back": _back(request, place),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _back(request, place):
    """The notes on the page of the place, of the period and set it was left at."""
    chosen = {name: request.GET[name] for name in ("ky", "bo") if name in request.GET}
    query = f"?{urlencode(chosen)}" if chosen else ""
    return f"{reverse('dashboards:commune', args=[place.pk])}{query}#ghi-chep"
