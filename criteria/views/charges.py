"""Who is in charge: of each commune a committee member or a body, of each criterion an agency, with days."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.policy import EDITORS, role_required
from communes.models import Charge, Locality
from criteria.choices import set_in_force
from criteria.forms.charges import ChargeForm, LeadForm
from criteria.models import Assessment, CriteriaSet, Criterion, CriterionLead
from ntm_tracker.forms import atomic_post

PAGE_ROWS = 50


# -- communes ---------------------------------------------------------------------------------------------------------


@role_required(*EDITORS)
@require_safe
def charge_list(request):
    """Each commune with those in charge of it, those who were in small print."""
    today = timezone.localdate()
    charges = Charge.objects.select_related("agency", "member").order_by("role", "since_on", "pk")
    places = Locality.objects.visible_to(request.user).communes().existing_on(today).alphabetical()
    places = places.prefetch_related(Prefetch("charges", charges))
    page = Paginator(places, PAGE_ROWS).get_page(request.GET.get("page"))
    page.object_list = [(place, *_by_end(place.charges.all(), today)) for place in page.object_list]
    return render(request, "criteria/charges.html", {"page_obj": page, "illustrative": _is_illustrative(request)})


@role_required(*EDITORS)
@atomic_post
def charge_create(request):
    return _charge_form(request, None)


@role_required(*EDITORS)
@atomic_post
def charge_edit(request, pk):
    places = Locality.objects.visible_to(request.user)
    return _charge_form(request, get_object_or_404(Charge.objects.filter(locality__in=places), pk=pk))


def _charge_form(request, charge):
    start = {"locality": request.GET.get("xa")}
    form = ChargeForm(request.POST or None, instance=charge, user=request.user, initial={} if charge else start)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(
            request, f"Đã lưu: {saved.agency or saved.member} {saved.get_role_display()} {saved.locality}."
        )
        return redirect(f"{reverse('criteria:charges')}#xa-{saved.locality_id}")
    return render(request, "criteria/charge_form.html", {"form": form, "charge": charge})


# -- criteria ---------------------------------------------------------------------------------------------------------


@role_required(*EDITORS)
@require_safe
def lead_list(request):
    """Each criterion of a set with the agencies that lead it, or an indicator of it."""
    sets, criteria_set = _chosen_set(request)
    today = timezone.localdate()
    leads = CriterionLead.objects.filter(agency__locality__in=Locality.objects.visible_to(request.user))
    leads = leads.select_related("agency", "member").order_by("indicator_code", "since_on", "pk")
    criteria = Criterion.objects.filter(criteria_set=criteria_set).order_by("number")
    rows = [
        (criterion, *_by_end(criterion.leads.all(), today))
        for criterion in criteria.prefetch_related(Prefetch("leads", leads))
    ]
    context = {"sets": sets, "criteria_set": criteria_set, "rows": rows, "illustrative": _is_illustrative(request)}
    return render(request, "criteria/leads.html", context)


@role_required(*EDITORS)
@atomic_post
def lead_create(request):
    _, criteria_set = _chosen_set(request)
    if criteria_set is None:
        raise Http404
    return _lead_form(request, criteria_set, None)


@role_required(*EDITORS)
@atomic_post
def lead_edit(request, pk):
    leads = CriterionLead.objects.filter(agency__locality__in=Locality.objects.visible_to(request.user))
    lead = get_object_or_404(leads.select_related("criterion__criteria_set"), pk=pk)
    return _lead_form(request, lead.criterion.criteria_set, lead)


def _lead_form(request, criteria_set, lead):
    form = LeadForm(
        request.POST or None,
        instance=lead,
        user=request.user,
        criteria_set=criteria_set,
        initial={} if lead else {"criterion": request.GET.get("tieu_chi")},
    )
    back = f"{reverse('criteria:leads')}?{urlencode({'bo': criteria_set.code})}"
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Đã lưu: {saved.agency} phụ trách tiêu chí {saved.criterion.number}.")
        return redirect(f"{back}#tc-{saved.criterion.number}")
    context = {"form": form, "lead": lead, "criteria_set": criteria_set, "back": back}
    return render(request, "criteria/lead_form.html", context)


# -- what they share --------------------------------------------------------------------------------------------------


def _chosen_set(request):
    """The sets to choose from and the one of the address, else the basic commune set in force."""
    sets = list(CriteriaSet.objects.filter(is_complete=True).in_order())
    chosen = next((one for one in sets if one.code == request.GET.get("bo")), None)
    return sets, chosen or (set_in_force(sets, timezone.localdate()) if sets else None)


def _by_end(rows, day):
    """Those in force or still to come, and those that ended before a day."""
    rows = list(rows)
    ended = [row for row in rows if row.until_on and row.until_on < day]
    return [row for row in rows if row not in ended], ended


def _is_illustrative(request):
    """Whether the person looks at a demonstration: who is in charge there is made up like the sheets."""
    places = Locality.objects.visible_to(request.user)
    return Assessment.objects.filter(locality__in=places, is_illustrative=True).exists()
