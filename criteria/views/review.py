"""The office's queue of sheets, approving many of them at once, and where the two opinions differ."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, When
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.policy import EDITORS, REVIEWERS, may_review, role_required
from communes.models import Locality
from criteria import rules
from criteria.actions.states import move_sheets
from criteria.choices import choose
from criteria.models import Assessment, Criterion, Indicator, IndicatorResult, Opinion, State
from criteria.sheet import Row, cell_of, indicators_in_force
from ntm_tracker.search import words_of

PAGE_ROWS = 50
# So many sheets that were not approved are named.
NAMED = 20
# What the office waits to do comes first.
QUEUE = [State.SUBMITTED, State.VERIFIED, State.DRAFT, State.APPROVED]


@require_safe
@role_required(*REVIEWERS)
def review(request):
    """The sheets of a period and set by state: how far each is verified, where it differs, who sent it and when."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    search = request.GET.get("tim", "").strip()
    sheets = _found(_sheets(request.user, choice), search, "locality__")
    tallies = dict(sheets.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("trang_thai", "")
    if state in State.values:
        sheets = sheets.filter(state=state)
    else:
        state = ""
    first = Case(*(When(state=one, then=place) for place, one in enumerate(QUEUE)))
    in_order = sheets.with_place().with_sender()
    in_order = in_order.order_by(first, F("submitted_on").asc(nulls_last=True), "locality__sort_key", "pk")
    page = Paginator(in_order, PAGE_ROWS).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    total = _add_counts(request.user, choice, page.object_list)
    context = {
        **choice.context,
        "page_obj": page,
        "query": _query(request),
        "search": search,
        "state": state,
        "states": [(one, one.label, tallies.get(one, 0)) for one in QUEUE],
        "all": sum(tallies.values()),
        "total": total,
        "is_sector": request.user.role == Role.SECTOR_OFFICER,
        "may_approve": request.user.role in EDITORS and not choice.period.closed_on,
    }
    return render(request, "criteria/review.html", context)


@require_POST
@role_required(*EDITORS)
def review_approve(request):
    """Approve the sheets that were ticked; those that changed since they were listed, or cannot be, are named."""
    seen = {}
    for ticked in request.POST.getlist("phieu")[:PAGE_ROWS]:
        pk, _, token = ticked.partition(":")
        if pk.isdecimal() and len(pk) < 19:
            seen[int(pk)] = token
    places = Locality.objects.visible_to(request.user)
    found = Assessment.objects.with_place().filter(pk__in=seen, locality__in=places)
    sheets = [sheet for sheet in found if may_review(request.user, sheet.locality)]
    outcomes = move_sheets(sheets, move="approve", by=request.user, seen=seen)
    refused = [f"{moved.assessment.locality.title}: {moved.reason}" for moved in outcomes if not moved.is_done]
    if done := len(outcomes) - len(refused):
        messages.success(request, f"Đã duyệt {done} phiếu.")
    if refused:
        more = f" Và {len(refused) - NAMED} phiếu khác." if len(refused) > NAMED else ""
        messages.warning(request, f"Chưa duyệt {len(refused)} phiếu. {' '.join(refused[:NAMED])}{more}")
    if not outcomes:
        messages.warning(request, "Chưa chọn phiếu nào. Đánh dấu các phiếu đã thẩm định rồi bấm Duyệt.")
    # Back to the same list.
    return redirect(f"{reverse('criteria:review')}?{request.GET.urlencode()}")


@require_safe
@role_required(*REVIEWERS, Role.COMMUNE_OFFICER)
def differences(request):
    """Every cell of a period and set on which the commune and the verifier differ, by commune or by criterion."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    search, by_criterion = request.GET.get("tim", "").strip(), request.GET.get("theo") == "tieu-chi"
    criteria = list(Criterion.objects.filter(criteria_set=choice.criteria_set).order_by("number"))
    criterion = next((c for c in criteria if str(c.number) == request.GET.get("tc")), None)
    results = IndicatorResult.objects.differing().filter(assessment__in=_sheets(request.user, choice))
    if request.user.role == Role.SECTOR_OFFICER:
        results = results.filter(indicator__in=_mine(request.user, choice))
    if criterion:
        results = results.filter(indicator__criterion=criterion)
    place = request.GET.get("xa", "")
    if place.isdecimal() and len(place) < 19:
        results = results.filter(assessment__locality=place)
    results = _found(results, search, "assessment__locality__")
    places = ["assessment__locality__sort_key", "assessment__locality"]
    cells = ["indicator__criterion__number", "indicator__position", "indicator"]
    results = results.order_by(*(cells + places if by_criterion else places + cells)).select_related(
        "indicator__criterion", "assessment__locality", "changed_by"
    )
    page = Paginator(results, PAGE_ROWS).get_page(request.GET.get("page"))
    page.object_list = _with_both(list(page.object_list))
    context = {
        **choice.context,
        "page_obj": page,
        "query": _query(request),
        "search": search,
        "criteria": criteria,
        "criterion": criterion,
        "place": place,
        "by_criterion": by_criterion,
    }
    return render(request, "criteria/differences.html", context)


def _sheets(user, choice):
    return Assessment.objects.filter(
        period=choice.period, criteria_set=choice.criteria_set, locality__in=Locality.objects.visible_to(user)
    )


def _found(rows, search, place):
    """The rows whose place's name holds every word, with accents or without."""
    for word in words_of(search):
        rows = rows.filter(**{f"{place}search_key__contains": word})
    return rows


def _mine(user, choice):
    """The indicators of the set in force that the person looks after: those their agency leads, or all."""
    is_sector = user.role == Role.SECTOR_OFFICER
    if is_sector and not user.agency_id:
        return Indicator.objects.none()
    indicators = indicators_in_force(
        choice.criteria_set, choice.period.ends_on, agency_id=user.agency_id if is_sector else None
    )
    return indicators.filter(is_led=True) if is_sector else indicators


def _add_counts(user, choice, sheets):
    """Put beside each sheet its verified and differing indicators and its delay; returns how many there are to verify."""
    mine = list(_mine(user, choice).values_list("pk", flat=True))
    results = IndicatorResult.objects.filter(assessment__in=sheets, indicator__in=mine).order_by()
    verified = dict(results.verified().values_list("assessment").annotate(Count("pk")))
    differing = dict(results.differing().values_list("assessment").annotate(Count("pk")))
    today = choice.period.closed_on or timezone.localdate()
    for sheet in sheets:
        sheet.verified_cells = verified.get(sheet.pk, 0)
        sheet.differing_cells = differing.get(sheet.pk, 0)
        sheet.days_late = rules.days_late(due_on=choice.period.due_on, sent_on=sheet.submitted_on, today=today)
    return len(mine)


def _with_both(results):
    """The differing cells with what the commune says of each, in one more query."""
    theirs = IndicatorResult.objects.filter(
        Q(assessment__in={r.assessment_id for r in results}, indicator__in={r.indicator_id for r in results}),
        opinion=Opinion.REPORTED,
    ).select_related("changed_by")
    reported = {(r.assessment_id, r.indicator_id): r for r in theirs}
    for result in results:
        other = reported[result.assessment_id, result.indicator_id]
        cells = {Opinion.VERIFIED: cell_of(result), Opinion.REPORTED: cell_of(other)}
        result.row = Row(indicator=result.indicator, threshold=None, cells=cells)
        result.reported_by = other.changed_by
        result.reported_at = other.changed_at
    return results


def _query(request):
    """The parameters of the page without its number."""
    return urlencode([(name, value) for name, value in request.GET.items() if name != "page"])
