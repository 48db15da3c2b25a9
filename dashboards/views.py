from calendar import isleap
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.models import Role
from communes.models import Locality
from criteria import plans, rules
from criteria.choices import basis_html, choose
from criteria.conditions import ConditionRow, conditions_of
from criteria.counts import rounded, share
from criteria.models import Assessment, Tier
from criteria.nearness import load_nearness
from criteria.sheet import add_leads, load_sheet
from criteria.succession import lineage, may_inherit
from dashboards import charts, exports
from dashboards import mine as my
from dashboards.cells import group_starts, matrix_body
from dashboards.matrix import load_matrix
from dashboards.nearness import Ranking, gap_lines
from directives import queries
from directives.rules import STILL_OPEN
from ntm_tracker.spreadsheet import download
from ntm_tracker.vietnamese import NotADate, parse_date

# How many lines the overview's short lists hold.
SHORT = 5
# How many names a band shows before the rest become a link.
NAMES = 24
# How many places a page of the nearest holds.
PAGE_PLACES = 25
# How much open work of a commune is read to find what is on its gaps: those due first.
MOST_WORK = 200


@require_safe
def overview(request):
    """Where are we, what moved, what holds us back, who is late: one screen, each figure leading to its rows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    matrix = _load(request, choice)
    as_of = _as_of(request)
    columns = sorted(matrix.columns, key=lambda c: (-len(c.unmet_places), c.criterion.number))
    tasks = queries.summary(request.user, as_of)
    moved = sorted(matrix.comparable, key=lambda row: (-len(row.gained), row.name))
    fallen = _fallen(matrix)
    context = {
        **choice.context,
        **_frame(matrix),
        **_shares(matrix),
        "bands": _bands(matrix),
        "tasks_as_of": as_of,
        "gainers": [row for row in moved if row.gained],
        "losers": [row for row in moved if row.lost],
        "worst": [column for column in columns if column.unmet_places][:SHORT],
        "waiting": [row for row in matrix.full if not row.recognised_year],
        "neither": [row for row in matrix.rows if not row.recognised_year and not row.is_full],
        "fallen": fallen,
        "revocable": [row for row, warning in fallen if warning.rule],
        **_plan(request.user, matrix),
        "tasks": tasks,
        "still_open": tasks.total - tasks.done,
        "late": queries.late_bodies(request.user, as_of, limit=SHORT),
    }
    return render(request, "dashboards/overview.html", context)


@require_safe
def matrix(request):
    """Communes × criteria with totals both ways; `loc` and `chua_dat` in the address choose rows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = _load(request, choice)
    rows = _chosen_rows(request, data)
    starts = group_starts(data)
    context = {
        **choice.context,
        **_frame(data),
        **_shares(data),
        "print_subtitle": _print_subtitle(data),
        "rows": rows,
        "shown": request.GET.get("loc", ""),
        "unmet_criterion": _unmet_criterion(request, data),
        "groups": _groups(data),
        "columns": [(column, position in starts) for position, column in enumerate(data.columns)],
        "body": matrix_body(
            data,
            rows,
            commune_url=f"{reverse('dashboards:commune', args=[0])}?ky={choice.period.code}&bo={choice.criteria_set.code}",
            sheet_url=reverse("criteria:sheet", args=[choice.period.code, choice.criteria_set.code, 0]),
        ),
    }
    return render(request, "dashboards/matrix.html", context)


@require_safe
def commune_list(request):
    """The places with what each has reached, for reading on a phone and for finding one."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = _load(request, choice)
    return render(request, "dashboards/communes.html", {**choice.context, **_frame(data), "rows": data.rows})


@require_safe
def near(request):
    """The places in the order of how little separates them from recognition at the tier of the set, and what that is."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = _load(request, choice)
    as_of = _as_of(request)
    ranking = Ranking(data, request.user, as_of)
    page = Paginator(ranking, PAGE_PLACES).get_page(request.GET.get("page"))
    lines = page.object_list
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        **choice.context,
        **_frame(data),
        "goal": _goal(choice.criteria_set),
        "lines": lines,
        "page_obj": page,
        "query": kept.urlencode(),
        "recognised": ranking.recognised,
        "without_data": ranking.without_data,
        "tasks_as_of": as_of,
        "print_subtitle": _print_subtitle(data),
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
    as_of = _as_of(request)
    sheets = list(
        Assessment.objects.filter(locality=place, criteria_set__subject=choice.criteria_set.subject)
        .filter(criteria_set__tier=choice.criteria_set.tier)
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
    is_recognised = any(one.tier == choice.criteria_set.tier for one in recognitions)
    line = lineage(place, on=choice.period.ends_on, tier=choice.criteria_set.tier, user=request.user)
    context = {
        **choice.context,
        "place": place,
        "lineage": line,
        "may_inherit": may_inherit(request.user, line, choice.period, choice.criteria_set, current),
        "assessment": current,
        "sheet": page,
        "previous": before[-1] if before else None,
        "change": current.met - before[-1].met if current and before else None,
        "goal": _goal(choice.criteria_set),
        "nearness": nearness,
        "gaps": gap_lines(nearness, work) if nearness else [],
        "conditions": nearness.conditions
        if nearness
        else [ConditionRow(c) for c in conditions_of(choice.criteria_set)],
        "may_record": current and not current.is_frozen and policy.may_record_conditions(request.user, place),
        "charges": my.charges_of(place, choice.period.ends_on),
        "recognitions": recognitions,
        "revocation": rules.revocation_warning(strip=current.strip, revocation=choice.criteria_set.revocation)
        if current and is_recognised
        else None,
        "tasks": work[:NAMES],
        "chart": charts.line(
            [(s.period.name, s.met, s.criteria_set_id) for s in sheets], top=choice.criteria_set.expected_criteria
        ),
        "as_of": choice.period.ends_on,
        "tasks_as_of": as_of,
        "illustrative": current and current.is_illustrative,
        "basis": _sheet_basis(page) if page else "",
        "sheet_url": reverse("criteria:sheet", args=[choice.period.code, choice.criteria_set.code, place.pk]),
    }
    return render(request, "dashboards/commune.html", context)


@require_safe
def mine(request):
    """What the person at the screen is in charge of: communes, criteria, work, and a commune officer's own sheet."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    user, today = request.user, timezone.localdate()
    data = _load(request, choice)
    context = {
        **choice.context,
        **_frame(data),
        "person": user,
        "today": today,
        "places": my.places_of(user, data, today),
        "led": my.led_by(user, data, today),
        "work": my.work_of(user, today),
        "is_commune_officer": user.role == Role.COMMUNE_OFFICER,
        "sheet": my.own_sheet(user, choice.period, choice.criteria_set),
        "days_left": (choice.period.due_on - today).days if choice.period.due_on else None,
        "board_url": queries.board_url(co_quan=user.agency_id) if user.agency_id else queries.board_url(),
    }
    return render(request, "dashboards/mine.html", context)


@require_safe
def workbook(request):
    """Biểu 01, 02 and 03 as one .xlsx, equal to the matrix on the screen."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    periods = choice.context["periods"]
    start = next((p for p in periods if p.ends_on < choice.period.ends_on.replace(month=1, day=1)), None)
    data = load_matrix(user=request.user, criteria_set=choice.criteria_set, period=choice.period, previous=start)
    return download(exports.meeting_workbook(data, user=request.user), f"bieu-01-03-{choice.period.code}.xlsx")


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


def _goal(criteria_set):
    """What a place of the set strives for: 'đạt chuẩn', 'đạt chuẩn nâng cao'."""
    label = criteria_set.get_tier_display()
    return label if criteria_set.tier == Tier.BASIC else f"{Tier.BASIC.label} {label}"


def _load(request, choice):
    older = [p for p in choice.context["periods"] if p.ends_on < choice.period.ends_on]
    previous = older[0] if older else None
    return load_matrix(user=request.user, criteria_set=choice.criteria_set, period=choice.period, previous=previous)


def _frame(data):
    """What the strip over every page of figures says."""
    return {
        "matrix": data,
        "noun": data.criteria_set.get_subject_display(),
        "basis": basis_html((row.strip for row in data.rows), data.criteria_set.get_subject_display()),
        "illustrative": data.is_illustrative,
        "as_of": data.period.ends_on,
    }


def _shares(data):
    """The figures in %, and the means, rounded as they are shown."""
    whole, filled = len(data.rows), len(data.filled)
    return {
        "mean": rounded(data.mean),
        "mean_change": rounded(data.mean_change),
        "mean_percent": share(data.total_met, filled * len(data.criteria)) or 0,
        "recognised_percent": share(len(data.recognised), whole) or 0,
        "full_percent": share(len(data.full), filled) or 0,
        "not_full": filled - len(data.full),
    }


def _fallen(data):
    """The recognised places that no longer meet a criterion, with what speaks for revoking, the deepest fall first."""
    revocation = data.criteria_set.revocation
    rows = [row for row in data.filled if row.recognised_year]
    warned = [(row, rules.revocation_warning(strip=row.strip, revocation=revocation)) for row in rows]
    return sorted((pair for pair in warned if pair[1]), key=lambda pair: -pair[1].percent)


def _plan(user, data):
    """What the plan of the period's year has come to, and how much of the year is over."""
    day = data.period.ends_on
    given = plans.planned(user=user, criteria_set=data.criteria_set, year=day.year)
    over = share(day.timetuple().tm_yday, 366 if isleap(day.year) else 365)
    tally = plans.count_planned(given, {row.locality_id: row.strip for row in data.rows})
    return {
        "plan": tally,
        "year": day.year,
        "year_over": rounded(over, 0),
        "is_behind": tally.exact_percent is not None and tally.exact_percent < over,
    }


def _bands(data):
    """The bands as the overview draws them: the widest bar is the fullest band; long lists of names are cut."""
    most = max((len(band.rows) for band in data.bands), default=0) or 1
    tones = ["accent", "mid", "pale"]
    return [
        {
            "label": band.label,
            "rows": band.rows,
            "shown": band.rows[:NAMES],
            "hidden": max(0, len(band.rows) - NAMES),
            "width": round(100 * len(band.rows) / most),
            "tone": tones[min(position, 2)],
        }
        for position, band in enumerate(data.bands)
    ]


def _print_subtitle(data):
    parts = [
        data.criteria_set.name,
        f"{data.period.name}, số liệu tính đến ngày {data.period.ends_on:%d/%m/%Y}",
        data.basis,
        data.basis_warning,
        "số liệu minh họa" if data.is_illustrative else "",
    ]
    return "; ".join(part for part in parts if part)


def _as_of(request) -> date:
    """The day the tasks are judged at: `ngay` in the address, else today in Vietnam."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today
    except NotADate as error:
        messages.warning(request, f"{error} Trang này tính đến hôm nay.")
        return today


def _chosen_rows(request, data):
    rows = data.rows
    shown = request.GET.get("loc", "")
    if shown == "chua-du":
        rows = [row for row in rows if not row.is_full]
    elif shown == "du":
        rows = [row for row in rows if row.is_full]
    elif shown == "thay-doi":
        rows = [row for row in rows if row.gained or row.lost]
    elif shown == "cong-nhan":
        rows = [row for row in rows if row.recognised_year]
    column = _unmet_criterion(request, data)
    if column:
        rows = [row for row in rows if column.criterion.number in row.unmet]
    return rows


def _unmet_criterion(request, data):
    number = request.GET.get("chua_dat", "")
    return next((c for c in data.columns if str(c.criterion.number) == number), None)


def _groups(data):
    """The groups of criteria in the head: (name or number, full name, how many columns)."""
    groups = []
    for criterion in data.criteria:
        if groups and groups[-1]["code"] == criterion.group_code:
            groups[-1]["width"] += 1
        else:
            groups.append({"code": criterion.group_code, "name": criterion.group_name, "width": 1})
    return groups


def _sheet_basis(page):
    verified, total = page.verified_count, len(page.rows)
    if verified == total:
        return "kết quả thẩm định"
    return f"đã thẩm định {verified}/{total} chỉ tiêu, còn lại xã tự đánh giá"
