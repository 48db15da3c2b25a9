"""The preview of what a new set's sheets take from an older set's, and its confirmation."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts.policy import EDITORS, role_required
from communes.models import Locality
from criteria.actions.crosswalk import PlanChanged, carry_over_crosswalk, plan_crosswalk
from criteria.actions.results import NotOpen
from criteria.choices import address
from criteria.models import Assessment, CriteriaSet, Period


@role_required(*EDITORS)
def sheet_crosswalk(request, period, criteria_set):
    """Communes down, criteria of the new set across: what each would take over; a POST writes just what was shown."""
    period = get_object_or_404(Period, code=period)
    criteria_set = get_object_or_404(CriteriaSet, code=criteria_set)
    places = Locality.objects.visible_to(request.user)
    sources = old_sheets(places, criteria_set, period)
    if not sources:
        raise Http404
    wanted = request.POST.get("tu") or request.GET.get("tu")
    source = next((each for each in sources if each["key"] == wanted), sources[0])
    chosen = {"old_set": source["set"], "old_period": source["period"]}
    sheets = {"period": period, "criteria_set": criteria_set, "locality__in": places}
    back = address("criteria:sheets", period, criteria_set)
    if request.method == "POST":
        try:
            with transaction.atomic():
                locked = Assessment.objects.for_writing().filter(**sheets).order_by("locality__sort_key", "pk")
                plan = carry_over_crosswalk(
                    assessments=locked, by=request.user, seen=request.POST.get("seen", ""), **chosen
                )
        except PlanChanged:
            messages.warning(
                request, "Số liệu vừa thay đổi nên chưa ghi. Đây là bản xem trước mới; xem rồi xác nhận lại."
            )
        except NotOpen as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, f"Đã quy đổi {plan.cells} ô của {len(plan.writing)} phiếu, mang dấu “cần xác nhận”."
            )
            return redirect(back)
    shown = Assessment.objects.with_place().filter(**sheets).order_by("locality__sort_key", "pk")
    plan = plan_crosswalk(assessments=shown, **chosen)
    context = {
        "period": period,
        "criteria_set": criteria_set,
        "plan": plan,
        "heads": plan.sheets[0].taken if plan.sheets else [],
        "sources": sources,
        "source": source,
        "back": back,
    }
    return render(request, "criteria/crosswalk.html", context)


def old_sheets(places, criteria_set, period):
    """From where a new set's sheets may take results: sets with a crosswalk to it and sheets up to the period, newest first."""
    found = (
        Assessment.objects.filter(
            criteria_set__criteria__taken_up_by__new__criteria_set=criteria_set,
            period__ends_on__lte=period.ends_on,
            locality__in=places,
        )
        .exclude(strip="")
        .order_by("-period__ends_on", "criteria_set__code")
        .values_list("criteria_set", "period")
        .distinct()
    )
    pairs = list(found)
    sets = CriteriaSet.objects.in_bulk({old for old, _ in pairs}) if pairs else {}
    periods = Period.objects.in_bulk({when for _, when in pairs}) if pairs else {}
    return [
        {"key": f"{sets[old].code}/{periods[when].code}", "set": sets[old], "period": periods[when]}
        for old, when in pairs
    ]
