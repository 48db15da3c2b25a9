"""Two periods of the same places, or a place with the mean of others like it."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communes.models import Locality
from criteria.choices import choose
from criteria.counts import rounded
from criteria.models import Assessment
from dashboards.compare import PEERS, add_values, load_beside, load_comparison, peer_choices
from dashboards.matrix import load_matrix
from dashboards.views.common import frame, print_subtitle

# How many places with a change a page holds: each brings the values behind its criteria.
PAGE_PLACES = 20
# How many names stand in a fold before the rest are counted.
NAMES = 60
# How many places the list to choose from holds; more would be half of the page.
MOST_CHOICES = 700


@require_safe
def compare(request):
    """What changed between `voi` and `ky`; with `xa` how that place stands beside its peers."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    return _places(request, choice) if "xa" in request.GET else _periods(request, choice)


def _periods(request, choice):
    periods = choice.context["periods"]
    earlier, later = _two(periods, choice.period, request.GET.get("voi"))
    data = load_matrix(user=request.user, criteria_set=choice.criteria_set, period=later, previous=earlier)
    context = {
        **choice.context,
        **frame(data),
        "earlier": earlier,
        "later": later,
        # What is chosen beside the period, whichever of the two is the earlier one.
        "other": earlier if choice.period == later else later,
        "print_title": f"Thay đổi kết quả các tiêu chí từ {earlier} đến {later}",
        "print_subtitle": print_subtitle(data),
        "names": NAMES,
    }
    if earlier:
        comparison = load_comparison(data)
        page = Paginator(comparison.lines, PAGE_PLACES).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
        add_values(page.object_list, data)
        kept = request.GET.copy()
        kept.pop("page", None)
        context |= {
            "comparison": comparison,
            "page_obj": page,
            "lines": page.object_list,
            "query": kept.urlencode(),
            "mean_change": rounded(data.mean_change),
        }
    return render(request, "dashboards/compare.html", context)


def _two(periods, chosen, code):
    """The two periods, the earlier first: the chosen one, and that of the code or the one before; None if it is the first."""
    other = next((p for p in periods if p.code == code and p != chosen), None)
    other = other or next((p for p in periods if p.ends_on < chosen.ends_on), None)
    if other is None:
        return None, chosen
    return tuple(sorted([other, chosen], key=lambda period: (period.ends_on, period.pk)))


def _places(request, choice):
    data = load_matrix(user=request.user, criteria_set=choice.criteria_set, period=choice.period, previous=None)
    context = {
        **choice.context,
        **frame(data),
        "print_subtitle": print_subtitle(data),
        "choices": data.rows if len(data.rows) <= MOST_CHOICES else [],
    }
    if asked := request.GET["xa"] or (data.rows[0].locality_id if len(data.rows) == 1 else ""):
        context |= _beside(request.user, data, asked, request.GET.get("nhom"))
    return render(request, "dashboards/compare_place.html", context)


def _beside(user, data, asked, group):
    """The place asked for beside its peers of a group; 404 for one the person does not see."""
    place, assessment = _place(user, data, asked)
    choices = peer_choices(place)
    group = group if group in choices else next(iter(choices))
    column = PEERS[group][1]
    among = None
    if column:
        alike = Locality.objects.visible_to(user).filter(**{column: getattr(place, column)})
        among = set(alike.values_list("pk", flat=True))
    row = next((row for row in data.rows if row.locality_id == place.pk), None)
    beside = row and load_beside(data, row=row, assessment=assessment if row.has_detail else None, among=among)
    return {
        "place": place,
        "groups": choices,
        "group": group,
        "group_words": choices[group],
        "beside": beside,
        "mean": beside and rounded(beside.peers.mean),
    }


def _place(user, data, asked):
    """The place, and its sheet or None. One query where there is a sheet, else two."""
    try:
        pk = int(asked)
    except ValueError as error:
        raise Http404 from error
    places = Locality.objects.visible_to(user).communes()
    sheets = Assessment.objects.filter(
        criteria_set=data.criteria_set, period=data.period, locality__in=places.filter(pk=pk)
    )
    sheet = sheets.with_place().select_related("locality__parent").first()
    place = sheet.locality if sheet else places.filter(pk=pk).select_related("parent").first()
    if place is None:
        raise Http404
    return place, sheet
