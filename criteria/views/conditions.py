from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts import policy
from communes.models import Locality
from criteria.actions.conditions import RecordedMeanwhile, record_condition
from criteria.actions.results import NotOpen
from criteria.conditions import ConditionRow, result_words
from criteria.forms.conditions import ConditionForm
from criteria.models import Assessment, Condition, ConditionResult
from criteria.rules import InvalidEntry


def condition(request, period, criteria_set, locality, code):
    """What a place reached of one condition, since when and on whose word; officers of the office record it here."""
    places = Locality.objects.visible_to(request.user).filter(pk=locality)
    assessment = get_object_or_404(
        Assessment.objects.with_place(),
        period__code=period,
        criteria_set__code=criteria_set,
        locality__in=places,
    )
    asked = get_object_or_404(Condition, criteria_set=assessment.criteria_set, code=code)
    may_record = policy.may_record_conditions(request.user, assessment.locality)
    if request.method == "POST" and not may_record:
        raise Http404
    row = ConditionRow(asked, _results(assessment, asked).first())
    form = ConditionForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = record_condition(
                assessment=assessment,
                condition=asked,
                entry=form.cleaned_data["entry"],
                by=request.user,
                seen=form.cleaned_data["seen"],
            )
        except RecordedMeanwhile as conflict:
            form.show_newer(conflict.row)
        except (InvalidEntry, NotOpen) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Đã ghi kết quả điều kiện." if changed else "Không có gì thay đổi.")
            return redirect(request.path)
    results = list(_results(assessment, asked))
    context = {
        "assessment": assessment,
        "condition": asked,
        "row": ConditionRow(asked, results[0] if results else None),
        "history": [(result, result_words(asked, result)) for result in results],
        # What was typed stays on the screen, even where it cannot be saved any more.
        "form": form if may_record and (not assessment.is_frozen or form.errors) else None,
        "may_save": not assessment.is_frozen,
    }
    return render(request, "criteria/condition.html", context, status=422 if form.errors else 200)


def _results(assessment, asked):
    """The results, the newest first."""
    of_sheet = ConditionResult.objects.filter(assessment=assessment, condition=asked)
    return of_sheet.select_related("recorded_by").order_by("-pk")
