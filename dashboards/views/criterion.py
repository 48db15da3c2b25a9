"""One criterion over all places the reader sees."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Window
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from criteria.choices import address, basis_html, choose
from criteria.counts import COUNT_ONLY
from dashboards.criterion import add_leads, load_measures, unmet_bars
from dashboards.views.common import day_asked, frame, load_chosen, print_subtitle
from directives import queries
from directives.models import AssignmentStatus
from directives.rules import STILL_OPEN

# How many places a page of one indicator alone holds, and how many lines of open work are shown.
PAGE_LINES, MOST_WORK = 100, 12


@require_safe
def criterion(request, number):
    """How far each place is from what one criterion asks, its agency and its open work.

    With `ct` in the address, the code of an indicator, every place at that indicator, page by page.
    """
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = load_chosen(request, choice)
    position = next((i for i, c in enumerate(data.criteria) if c.number == number), None)
    if position is None:
        # One comes here by choosing another set at the head of the page.
        messages.warning(request, f"{choice.criteria_set} không có tiêu chí số {number}. Đây là ma trận của bộ này.")
        return redirect(address("dashboards:matrix", choice.period, choice.criteria_set))
    shown = data.criteria[position]
    measures = load_measures(data, shown)
    alone = next((m for m in measures if m.slug == request.GET.get("ct")), None)
    as_of = day_asked(request)
    rows = _open_work(request.user, as_of, shown)
    kept = request.GET.copy()
    for name in ("ct", "page"):
        kept.pop(name, None)
    context = {
        **choice.context,
        **frame(data),
        **_standing(data, position),
        "criterion": shown,
        "before": data.criteria[position - 1] if position else None,
        "after": data.criteria[position + 1] if position + 1 < len(data.criteria) else None,
        "leads": add_leads(measures, criterion=shown, period=choice.period, user=request.user),
        "measures": [alone] if alone else measures,
        "alone": alone,
        "hardest": _hardest(measures),
        "bars": None if alone else unmet_bars(measures, choice.criteria_set.get_subject_display()),
        "page_obj": Paginator(alone.in_order, PAGE_LINES).get_page(request.GET.get("page")) if alone else None,
        "rows": rows,
        "still_open": rows[0].assignment.all_open if rows else 0,
        "overdue": rows[0].assignment.all_overdue if rows else 0,
        "board_url": queries.board_url(as_of, tieu_chi=shown.pk),
        "tasks_as_of": as_of,
        "sheets_url": reverse("criteria:sheet", args=[choice.period.code, choice.criteria_set.code, 0])[:-2],
        "sheets_list_url": address("criteria:sheets", choice.period, choice.criteria_set),
        "here": f"?{kept.urlencode()}",
        "query": f"{kept.urlencode()}&{urlencode({'ct': alone.slug})}" if alone else "",
        "print_title": f"Tiêu chí {shown}",
    }
    return render(request, "dashboards/criterion.html", context)


def _hardest(measures):
    """The indicator that most places lack; None where none does, or it is the only one."""
    lacking = [measure for measure in measures if measure.unmet]
    return max(lacking, key=lambda measure: len(measure.unmet)) if lacking and len(measures) > 1 else None


def _standing(data, position):
    """Where the places stand on the criterion, and what the counts stand on: its own results, not the whole sheets."""
    column = data.columns[position]
    number = column.criterion.number
    letters = [
        COUNT_ONLY if row.is_counted_only else row.strip[position : position + 1].strip("-") for row in data.rows
    ]
    return {
        "column": column,
        "basis": basis_html(letters, data.criteria_set.get_subject_display()),
        "print_subtitle": print_subtitle(data, letters),
        "gained": [row for row in data.comparable if number in row.gained],
        "lost": [row for row in data.comparable if number in row.lost],
        "without_data": [row for row in data.rows if not row.has_data],
        "counted_only": data.counted_only,
    }


def _open_work(user, as_of, criterion):
    """What is still to be done on the criterion, the most overdue first; each says how much there is of it in all."""
    work = queries.work(user, as_of, queries.Filters(criterion=criterion)).filter(status_at__in=STILL_OPEN)
    work = work.annotate(
        all_open=Window(Count("pk")),
        all_overdue=Window(Count("pk", filter=Q(status_at=AssignmentStatus.OVERDUE))),
    )
    work = work.select_related("task__directive", "agency", "member").defer("task__directive__text")
    return [queries.Row(one, as_of) for one in work.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST_WORK]]
