from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import policy
from accounts.policy import EDITORS, role_required
from communes.forms.reorganisation import ReorganisationForm
from communes.models import Locality, Succession
from communes.reorganisation import Kind, NotPossible, check, foresee
from criteria.actions.results import NotOpen, open_assessments
from criteria.actions.succession import Keep, inherit_results, reorganise
from criteria.models import Assessment, CriteriaSet, Period, Recognition
from criteria.succession import compare_last, recognised_on
from ntm_tracker.vietnamese import nfc

PAGE_ROWS = 50
LONGEST_DECISION = Recognition._meta.get_field("decision_number").max_length


@require_safe
@role_required(*EDITORS)
def reorganisations(request):
    """The places that came of others: when, by which decision, from which; the newest first."""
    seen = Succession.objects.visible_to(request.user)
    begun = (
        Locality.objects.filter(Exists(seen.filter(successor=OuterRef("pk"))))
        .annotate(reorganised_on=Max("origins__effective_on"))
        .prefetch_related(
            Prefetch(
                "origins", Succession.objects.select_related("predecessor").order_by("predecessor__sort_key", "pk")
            )
        )
        .order_by("-reorganised_on", "sort_key", "pk")
    )
    page = Paginator(begun, PAGE_ROWS).get_page(request.GET.get("page"))
    shown = {place.pk for place in page} | {row.predecessor_id for place in page for row in place.origins.all()}
    is_open = set(Locality.objects.visible_to(request.user).filter(pk__in=shown).values_list("pk", flat=True))
    context = {"page_obj": page, "is_open": is_open, "kinds": Kind}
    return render(request, "criteria/reorganisations.html", context)


@role_required(*EDITORS)
def reorganise_places(request, kind):
    """Choose the old places and name the new ones; look at what would become of them; carry it out."""
    if kind not in Kind.values:
        raise Http404
    kind, step = Kind(kind), request.POST.get("step", "")
    form = ReorganisationForm(request.POST or None, kind=kind, user=request.user, step=step)
    if step not in ("preview", "confirm"):
        return _ask(request, form)
    if not form.all_valid():
        return _ask(request, form, form.problems)
    plan, problems = form.plan(), []
    if step == "confirm":
        try:
            done = reorganise(plan=plan, keeps=_keeps(request, plan), by=request.user)
        except NotPossible as refused:
            problems = refused.problems
        else:
            return _done(request, plan, done)
    try:
        check(plan)
    except NotPossible as refused:
        return _ask(request, form, refused.problems)
    context = {**_preview(form, plan), "problems": problems, "ticked": _ticked(request)}
    context["keep_decision"] = request.POST.get("giu-van-ban", "")
    return render(request, "criteria/reorganise_preview.html", context, status=422 if problems else 200)


def _ask(request, form, problems=()):
    context = {"form": form, "kind": form.kind, "kinds": Kind, "candidates": form.candidates, "problems": problems}
    is_wrong = problems or form.errors
    return render(request, "criteria/reorganise.html", context, status=422 if is_wrong else 200)


def _preview(form, plan):
    places = [*plan.predecessors, *([plan.receiver] if plan.receiver else [])]
    recognised = recognised_on(plan.predecessors, plan.effective_on)
    offers = [
        (f"{position}-{recognition.pk}", new, place, recognition)
        for position, new in enumerate(plan.successors)
        for place in plan.predecessors
        for recognition in recognised.get(place.pk, [])
    ]
    return {
        "form": form,
        "kind": form.kind,
        "plan": plan,
        "after": foresee(plan),
        "comparisons": compare_last(places, on=plan.effective_on),
        "offers": offers,
    }


def _ticked(request):
    """What was ticked, as "position-recognition"."""
    return set(request.POST.getlist("giu"))


def _keeps(request, plan):
    """The recognitions that the new places are to keep; others than the predecessors' are not taken."""
    decision = nfc(request.POST.get("giu-van-ban", ""))
    decision = decision if len(decision) <= LONGEST_DECISION else ""
    ticked = _ticked(request)
    found = Recognition.objects.filter(locality__in=plan.predecessors).order_by("pk")
    return [
        Keep(position, recognition, decision)
        for recognition in found
        for position in range(len(plan.successors))
        if f"{position}-{recognition.pk}" in ticked
    ]


def _done(request, plan, done):
    names = ", ".join(place.full_name for place in done.successors)
    if not done.is_new:
        messages.success(request, f"Việc sắp xếp {plan.names} thành {names} đã được ghi từ trước, không ghi lần nữa.")
    else:
        messages.success(request, f"Đã {plan.kind.label.lower()}: {plan.names} → {names}.")
    return redirect("criteria:reorganisations")


@require_POST
def sheet_inherit(request, period, criteria_set, locality):
    """Open the place's sheet if there is none, and carry over what its predecessors had reached."""
    period = get_object_or_404(Period, code=period)
    criteria_set = get_object_or_404(CriteriaSet, code=criteria_set)
    places = criteria_set.places().visible_to(request.user).existing_on(period.ends_on)
    place = get_object_or_404(places, pk=locality)
    if not policy.may_open_sheets(request.user):
        raise Http404
    try:
        with transaction.atomic():
            open_assessments(criteria_set=criteria_set, period=period, localities=[place])
            sheets = Assessment.objects.for_writing().filter(period=period, criteria_set=criteria_set)
            inherited = inherit_results(assessment=sheets.get(locality=place), by=request.user)
    except NotOpen as error:
        messages.error(request, str(error))
    else:
        _tell(request, inherited)
    return redirect("criteria:sheet", period.code, criteria_set.code, place.pk)


def _tell(request, inherited):
    comparison = inherited.comparison
    if inherited.count:
        messages.success(request, f"Đã kế thừa {inherited.count} chỉ tiêu, chưa xác nhận lại.")
    else:
        reasons = [f"{place} chưa được đánh giá theo bộ này" for place in comparison.without_sheet]
        reason = f": {', '.join(reasons)}" if reasons else ""
        messages.warning(request, f"Không có tiêu chí nào mọi địa bàn cũ đều đạt để kế thừa{reason}.")
    if comparison.to_prove:
        numbers = ", ".join(map(str, comparison.to_prove))
        messages.warning(request, f"Phải chứng minh lại tiêu chí {numbers}: chỉ một số địa bàn cũ đã đạt.")
