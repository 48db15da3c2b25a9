"""Places by criteria, and the workbook with the same figures."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from criteria.choices import choose
from dashboards import exports
from dashboards.cells import group_starts, matrix_body
from dashboards.matrix import load_matrix
from dashboards.views.common import frame, load_chosen, print_subtitle, shares
from ntm_tracker.spreadsheet import download


@require_safe
def matrix(request):
    """Communes × criteria with totals both ways; `loc` and `chua_dat` in the address choose rows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    data = load_chosen(request, choice)
    rows = _chosen_rows(request, data)
    starts = group_starts(data)
    context = {
        **choice.context,
        **frame(data),
        **shares(data),
        "print_subtitle": print_subtitle(data),
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
