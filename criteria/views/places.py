from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import policy
from criteria.actions.results import NotOpen, open_assessments
from criteria.actions.succession import inherit_results
from criteria.models import Assessment, CriteriaSet, Period


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
