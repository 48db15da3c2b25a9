"""Which period and set a page shows: chosen in the address, so that a page can be sent to a colleague."""

from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from accounts.policy import EDITORS
from criteria.counts import basis, basis_gaps
from criteria.models import CriteriaSet, Period
from ntm_tracker.statements import Statement


@dataclass
class Choice:
    period: Period | None = None
    criteria_set: CriteriaSet | None = None
    context: dict = field(default_factory=dict)
    # The answers it was made of: two choices of equal ones offer the same.
    source: tuple = ()
    # The answer to give instead of the page: to the full address, or that there is nothing to choose from yet.
    redirect: HttpResponse | None = None


def address(view_name, period, criteria_set, **parameters):
    """A page's address with the period and set in it."""
    return f"{reverse(view_name)}?{urlencode({'ky': period.code, 'bo': criteria_set.code, **parameters})}"


def basis_html(strips, noun):
    """The basis for the strip over a page of counts, what it leaves open in amber."""
    strips = list(strips)
    said, gaps = basis(strips, noun), basis_gaps(strips, noun)
    return format_html('{} · <span class="warn">{}</span>', said, gaps) if gaps else said


def choose(request) -> Choice:
    """Read `ky` and `bo` of the address. Takes two queries.

    An address without them, or with ones that do not exist, leads to the newest period and the set in force at its
    end. Incomplete sets cannot be assessed, so they are not offered.
    """
    statements = _statements()
    source = tuple(statement.rows() for statement in statements)
    periods, sets = (statement.objects(rows) for statement, rows in zip(statements, source, strict=True))
    if not periods or not sets:
        context = {"has_sets": bool(sets), "may_add": request.user.role in EDITORS}
        return Choice(redirect=render(request, "criteria/nothing_yet.html", context))
    period = next((p for p in periods if p.code == request.GET.get("ky")), None)
    criteria_set = next((s for s in sets if s.code == request.GET.get("bo")), None)
    if period is None or criteria_set is None:
        period = period or periods[0]
        criteria_set = criteria_set or set_in_force(sets, period.ends_on)
        parameters = request.GET.copy()
        parameters["ky"], parameters["bo"] = period.code, criteria_set.code
        return Choice(redirect=redirect(f"{request.path}?{parameters.urlencode()}"))
    context = {"periods": periods, "sets": sets, "period": period, "criteria_set": criteria_set}
    return Choice(period=period, criteria_set=criteria_set, context=context, source=source)


@cache
def _statements():
    """What every page of figures asks first."""
    return (
        Statement(Period.objects.newest_first()),
        Statement(CriteriaSet.objects.filter(is_complete=True).in_order()),
    )


def set_in_force(sets, day):
    """The basic commune set in force on a day, else the first set."""

    def fits(candidate):
        starts = candidate.effective_from is None or candidate.effective_from <= day
        ends = candidate.effective_to is None or candidate.effective_to >= day
        return candidate.subject == "commune" and candidate.tier == "basic" and starts and ends

    return next((s for s in sets if fits(s)), sets[0])
