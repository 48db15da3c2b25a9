"""The criteria sets as they were loaded: legal basis, wording, thresholds, and what has been checked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communes.models import Locality, Region
from criteria.models import CriteriaSet, Criterion, Direction, Indicator, Threshold, Verification

ZONE_NAMES = {"": "Cả nước", **dict(Region.choices), **dict(Locality._meta.get_field("commune_group").choices)}
SIGNS = {Direction.AT_LEAST: "≥ ", Direction.AT_MOST: "≤ ", Direction.EQUALS: "= "}


@dataclass
class ThresholdTable:
    """The thresholds of one wording: a row a year, a column a zone; a cell is a Threshold or None."""

    zones: list
    rows: list
    sign: str

    @property
    def has_years(self):
        return any(year for year, _ in self.rows)


@require_safe
def set_list(request):
    return render(request, "criteria/sets.html", {"sets": CriteriaSet.objects.in_order().select_related("requires")})


@require_safe
def set_detail(request, code):
    thresholds = Prefetch("thresholds", Threshold.objects.filter(locality=None))
    indicators = Prefetch("indicators", Indicator.objects.order_by("position", "since_on").prefetch_related(thresholds))
    criteria_set = get_object_or_404(CriteriaSet.objects.select_related("requires"), code=code)
    criteria = list(Criterion.objects.filter(criteria_set=criteria_set).order_by("number").prefetch_related(indicators))
    wordings = [indicator for criterion in criteria for indicator in criterion.indicators.all()]
    for indicator in wordings:
        indicator.table = threshold_table(indicator)
    first = [indicator for indicator in wordings if indicator.since_on is None]
    verified = sum(indicator.is_verified for indicator in first)
    context = {
        "criteria_set": criteria_set,
        "criteria": criteria,
        "indicators": len(first),
        "verified": verified,
        "unverified": len(first) - verified,
        "legal_basis": [
            {**document, "issued_on": date.fromisoformat(document["date"]) if document["date"] else None}
            for document in criteria_set.legal_basis
        ],
        "notes": [
            {**note, "is_verified": note.get("confidence") == Verification.VERIFIED} for note in criteria_set.notes
        ],
    }
    return render(request, "criteria/set_detail.html", context)


def threshold_table(indicator):
    """The prefetched thresholds of a wording as a table; None if there are none."""
    by_year, zones = defaultdict(dict), []
    for threshold in indicator.thresholds.all():
        by_year[threshold.year_from or 0][threshold.zone] = threshold
        if threshold.zone not in zones:
            zones.append(threshold.zone)
    if not by_year:
        return None
    zones.sort(key=list(ZONE_NAMES).index)
    rows = [(year, [cells.get(zone) for zone in zones]) for year, cells in sorted(by_year.items())]
    return ThresholdTable([ZONE_NAMES[zone] for zone in zones], rows, SIGNS.get(indicator.direction, ""))
