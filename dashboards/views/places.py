"""The places: their list, the nearest to recognition, and the page of one."""

from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import policy
from communes.models import Locality
from criteria import rules
from criteria.choices import choose
from criteria.conditions import ConditionRow, conditions_of
from criteria.models import Assessment, ReportedCount
from criteria.nearness import load_nearness
from criteria.sheet import add_leads, load_sheet
from criteria.succession import lineage, may_inherit
from dashboards import charts
from dashboards import mine as my
from dashboards.nearness import Ranking, answer, gap_lines
from dashboards.views.common import day_asked, frame, goal, load_chosen, print_subtitle
from directives import queries
from directives.rules import STILL_OPEN

# How many places a page of the nearest holds.
PAGE_PLACES = 25
# How many lines of open work the page of a place shows.
MOST_LINES = 24
# How much open work of a commune is read to find what is on its gaps: those due first.
MOST_WORK = 200
# How many notes of visits the page of a place shows before the older ones are asked for.
MOST_VISITS = 6


@require_safe
def commune_list(request):
    """The places with what each has reached, for reading on a phone and for finding one."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = load_chosen(request, choice)
    return render(request, "dashboards/communes.html", {**choice.context, **frame(data), "rows": data.rows})


@require_safe
def near(request):
    """The places in the order of how little separates them from recognition at the tier of the set, and what that is."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = load_chosen(request, choice)
    as_of = day_asked(request)
    ranking = Ranking(data, request.user, as_of)
    page = Paginator(ranking, PAGE_PLACES).get_page(request.GET.get("page"))
    lines = page.object_list
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        **choice.context,
        **frame(data),
        "goal": goal(choice.criteria_set),
        "lines": lines,
        "page_obj": page,
        "query": kept.urlencode(),
        "recognised": ranking.recognised,
        "without_data": ranking.without_data,
        "tasks_as_of": as_of,
        "print_subtitle": print_subtitle(data),
    }
    return render(request, "dashboards/near.html", context)


@require_safe
def commune(request, pk):
    """One place: its verdict, what it lacks, its tasks, and the way there over the periods."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    places = Locality.objects.visible_to(request.user).communes().select_related("parent")
    place = get_object_or_404(places, pk=pk)
    as_of = day_asked(request)
    sheets = list(
        Assessment.objects.filter(locality=place, criteria_set__subject=choice.criteria_set.subject)
        .filter(criteria_set__tier=choice.criteria_set.tier)
        # A page of a past period shows what was known of the way until then.
        .filter(period__ends_on__lte=choice.period.ends_on)
        .exclude(strip="")
        .with_place()
        .order_by("period__ends_on")
    )
    current = next((s for s in sheets if s.period == choice.period and s.criteria_set == choice.criteria_set), None)
    page = nearness = None
    if current:
        page = load_sheet(current, with_previous=False)
        add_leads(page)
        (nearness,) = load_nearness([page])
    work = _open_work(request.user, place, as_of)
    before = [s for s in sheets if s.period.ends_on < choice.period.ends_on and s.criteria_set == choice.criteria_set]
    recognitions = list(place.recognitions.in_force(choice.period.ends_on).order_by("-year"))
    recognised_year = next((one.year for one in recognitions if one.tier == choice.criteria_set.tier), None)
    counted = None if current and current.strip.strip("-") else _count_of(place, choice)
    line = lineage(place, on=choice.period.ends_on, tier=choice.criteria_set.tier, user=request.user)
    context = {
        **choice.context,
        "place": place,
        "lineage": line,
        "may_inherit": may_inherit(request.user, line, choice.period, choice.criteria_set, current),
        "assessment": current,
        "counted": counted,
        "sheet": page,
        "previous": before[-1] if before else None,
        "change": current.met - before[-1].met if current and before else None,
        "goal": goal(choice.criteria_set),
        "answer": answer(nearness, goal=goal(choice.criteria_set), year=recognised_year, counted=counted),
        "nearness": nearness,
        "gaps": gap_lines(nearness, work) if nearness else [],
        "conditions": nearness.conditions
        if nearness
        else [ConditionRow(c) for c in conditions_of(choice.criteria_set)],
        "may_record": current and not current.is_frozen and policy.may_record_conditions(request.user, place),
        "charges": my.charges_of(place, choice.period.ends_on),
        "recognitions": recognitions,
        "revocation": rules.revocation_warning(strip=current.strip, revocation=choice.criteria_set.revocation)
        if current and recognised_year
        else None,
        "tasks": work[:MOST_LINES],
        **_visits(request, place),
        "chart": charts.line(
            [(s.period.name, s.met, s.criteria_set_id) for s in sheets],
            top=choice.criteria_set.expected_criteria,
            unit="tiêu chí",
        ),
        "as_of": choice.period.ends_on,
        "tasks_as_of": as_of,
        "illustrative": current and current.is_illustrative,
        "basis": _sheet_basis(page) if page else "",
        "print_subtitle": _file_subtitle(choice, page),
        "sheet_url": reverse("criteria:sheet", args=[choice.period.code, choice.criteria_set.code, place.pk]),
    }
    return render(request, "dashboards/commune.html", context)


def _count_of(place, choice):
    """How many criteria the place met by a table that does not say which; None where no table does."""
    counts = ReportedCount.objects.current().filter(
        locality=place, period=choice.period, criteria_set=choice.criteria_set
    )
    return counts.select_related("source__by").first()


def _open_work(user, place, as_of):
    """What is still to be done in or by a place, the most overdue first."""
    assignments = queries.work(user, as_of, queries.Filters(commune=place))
    open_ones = assignments.filter(status_at__in=STILL_OPEN).order_by(F("due_on").asc(nulls_last=True), "pk")
    rows = (
        open_ones.select_related("task__directive", "agency", "member")
        .defer("task__directive__text")
        .prefetch_related("task__criteria")[:MOST_WORK]
    )
    return [queries.Row(assignment, as_of) for assignment in rows]


def _visits(request, place):
    """The notes of visits, the newest first, and whether the person adds one; the older ones where `ghi_chep` asks."""
    visits = place.visits.with_people().newest_first()
    shown = list(visits if request.GET.get("ghi_chep") else visits[: MOST_VISITS + 1])
    has_more = not request.GET.get("ghi_chep") and len(shown) > MOST_VISITS
    shown = shown[:MOST_VISITS] if has_more else shown
    return {
        "visits": [(visit, policy.may_change_visit(request.user, visit)) for visit in shown],
        "has_more_visits": has_more,
        "may_note_visits": policy.may_note_visits(request.user, place),
    }


def _file_subtitle(choice, page):
    """What the printed file says under its title: set, period, basis."""
    parts = [
        choice.criteria_set.name,
        f"{choice.period.name}, số liệu tính đến ngày {choice.period.ends_on:%d/%m/%Y}",
        _sheet_basis(page) if page else "chưa có số liệu",
        "số liệu minh họa" if page and page.assessment.is_illustrative else "",
    ]
    return "; ".join(part for part in parts if part)


def _sheet_basis(page):
    verified, total = page.verified_count, len(page.rows)
    if verified == total:
        return "kết quả thẩm định"
    return f"đã thẩm định {verified}/{total} chỉ tiêu, còn lại xã tự đánh giá"
