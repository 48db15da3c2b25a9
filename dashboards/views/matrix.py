"""Places by criteria, and one cell of them."""

from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from criteria.choices import choose
from criteria.counts import rounded
from dashboards import cells
from dashboards.arranging import GROUPINGS, ORDERS, Arrangement
from dashboards.panel import asked_cell, load_panel
from dashboards.views.common import ask_chosen, frame, print_subtitle
from ntm_tracker.kept import Kept

# What stays in the address when another period or set is chosen.
KEPT = ("loc", "chua_dat", "xep", "nhom")
# More places than these stand closer together on paper, so that a district's fit on one sheet.
ROOMY_ROWS = 16


@require_safe
@vary_on_headers("HX-Request")
def matrix(request):
    """Communes × criteria with totals both ways.

    In the address `loc` and `chua_dat` choose rows, `xep` and `nhom` order and group them, and `o` opens a cell beside
    them; a script that opens one asks for that part alone.
    """
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    asked = asked_cell(request.GET)
    panel = None
    if asked:
        panel = load_panel(user=request.user, criteria_set=choice.criteria_set, period=choice.period, asked=asked)
        if request.htmx:
            return render(request, "dashboards/_cell_panel.html", {**choice.context, "panel": panel})
    arrangement = Arrangement.asked(request.GET)
    answer = ask_chosen(request, choice, with_lacking=arrangement.order.by_lacking)

    def parts():
        data = answer.matrix()
        context = {**choice.context, **frame(data), **_content(request, choice, arrangement, data, panel)}
        return {
            "period": str(choice.period),
            "strip": render_to_string("dashboards/_matrix_strip.html", context, request),
            "content": render_to_string("dashboards/_matrix.html", context, request),
        }

    facts = request.GET.urlencode(), choice.source, answer.criteria, answer.places
    # What a cell opened beside the table shows, changes more often than the table.
    return render(request, "dashboards/matrix.html", parts() if panel else _PARTS.recall(facts, parts))


# Some 60 kB for a district, ten times that for a province.
_PARTS = Kept(most=16)


def _content(request, choice, arrangement, data, panel):
    """What the page shows; it says nothing of the person, for it is kept for the next one."""
    unmet_column = _unmet_column(request, data)
    rows = _chosen_rows(request, data, unmet_column)
    addresses = _Addresses(request, choice)
    noun = data.criteria_set.get_subject_display()
    return {
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
        "mean": rounded(data.mean),
        "mean_change": rounded(data.mean_change),
        "print_subtitle": print_subtitle(data),
        "rows": rows,
        "is_dense": len(rows) > ROOMY_ROWS,
        "shown": request.GET.get("loc", ""),
        "unmet_criterion": unmet_column,
        "orders": ORDERS.values(),
        "groupings": GROUPINGS.values(),
        "arrangement": arrangement,
        "order_note": arrangement.order.note.format(noun=noun),
        "groups": _groups(data),
        "heads": cells.head_cells(data, addresses.criterion),
        "totals": cells.total_cells(data, addresses.unmet),
        "percents": cells.share_cells(data),
        "body": cells.matrix_body(data, arrangement.apply(rows, data), addresses.links, asked_cell(request.GET)),
        "panel": panel,
    }


class _Addresses:
    """Where the cells of the matrix lead."""

    def __init__(self, request, choice):
        self._choice = {"ky": choice.period.code, "bo": choice.criteria_set.code}
        self._kept = {name: request.GET[name] for name in ("xep", "nhom") if request.GET.get(name)}
        self.links = cells.Links(
            commune=f"{reverse('dashboards:commune', args=[0])}?{urlencode(self._choice)}",
            sheet=reverse("criteria:sheet", args=[choice.period.code, choice.criteria_set.code, 0]),
        )
        try:
            self._criterion = f"{reverse('dashboards:criterion', args=[0])}?{urlencode(self._choice)}"
        except NoReverseMatch:
            self._criterion = ""

    def criterion(self, number):
        """The page of a criterion; '' as long as there is none."""
        return self._criterion and self._criterion.replace("/0/", f"/{number}/", 1)

    def unmet(self, number):
        """The places that have not met a criterion."""
        return f"?{urlencode({**self._choice, **self._kept, 'chua_dat': number})}"


def _chosen_rows(request, data, unmet_column):
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
    elif shown == "ke-hoach":
        rows = [row for row in rows if row.is_registered]
    if unmet_column:
        rows = [row for row in rows if unmet_column.criterion.number in row.unmet]
    return rows


def _unmet_column(request, data):
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
