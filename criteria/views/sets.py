"""The criteria sets as they were loaded: legal basis, wording, thresholds, and what has been checked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import policy
from communes.models import ZONES
from criteria import rules
from criteria.models import CriteriaSet, Criterion, CriterionLink, Indicator, Verification
from criteria.thresholds import SIGNS, scope_words, value_words, year_words
from criteria.views.thresholds import visible_thresholds

ZONE_NAMES = {"": "Cả nước", **ZONES}


@dataclass
class ThresholdTable:
    """The set's own thresholds of one wording: a row a span of years, a column a zone; a cell is a Threshold or None."""

    zones: list
    rows: list
    sign: str

    @property
    def has_years(self):
        return any(years for years, _ in self.rows)


@require_safe
def set_list(request):
    sets = CriteriaSet.objects.in_order().select_related("requires")
    context = {"sets": sets, "may_keep": policy.may_keep_sets(request.user)}
    return render(request, "criteria/sets.html", context)


@require_safe
def set_detail(request, code):
    thresholds = Prefetch("thresholds", visible_thresholds(request.user).at(None))
    indicators = Prefetch("indicators", Indicator.objects.order_by("position", "since_on").prefetch_related(thresholds))
    criteria_set = get_object_or_404(CriteriaSet.objects.select_related("requires"), code=code)
    criteria = list(Criterion.objects.filter(criteria_set=criteria_set).order_by("number").prefetch_related(indicators))
    wordings = [indicator for criterion in criteria for indicator in criterion.indicators.all()]
    for indicator in wordings:
        _describe(indicator)
    first = [indicator for indicator in wordings if indicator.since_on is None]
    verified = sum(indicator.text_status == Verification.VERIFIED and indicator.is_confirmed for indicator in first)
    context = {
        "criteria_set": criteria_set,
        "criteria": criteria,
        "indicators": len(first),
        "verified": verified,
        "may_keep": policy.may_keep_sets(request.user),
        "unverified": len(first) - verified,
        "conditions": _conditions(criteria_set),
        "revocation": [_revocation(rule, criteria) for rule in criteria_set.revocation],
        "crosswalks": _crosswalks(criteria_set),
        "legal_basis": [
            {**document, "issued_on": date.fromisoformat(document["date"]) if document["date"] else None}
            for document in criteria_set.legal_basis
        ],
        "notes": [
            {**note, "is_verified": note.get("confidence") == Verification.VERIFIED} for note in criteria_set.notes
        ],
    }
    return render(request, "criteria/set_detail.html", context)


def _conditions(criteria_set):
    conditions = list(criteria_set.conditions.order_by("position", "pk"))
    for condition in conditions:
        condition.words = value_words(condition, condition.threshold) or "chưa rõ mức"
        condition.is_confirmed = rules.is_confirmed(condition.status)
    return conditions


def _revocation(rule, criteria):
    """When recognition may be withdrawn, in words."""
    words = f"Từ {rule['from_percent']} %"
    if "below_percent" in rule:
        words += f" đến dưới {rule['below_percent']} % số tiêu chí không còn đạt"
    else:
        words += " số tiêu chí trở lên không còn đạt"
    if rule.get("any_of"):
        named = "; ".join(str(criterion) for criterion in criteria if criterion.number in rule["any_of"])
        words += f", trong đó có ít nhất một trong các tiêu chí {named}"
    return {**rule, "words": words, "is_confirmed": rules.is_confirmed(rule["status"])}


def _crosswalks(criteria_set):
    """The crosswalks from older sets into this one: the old set, its mark, and old criteria by new one."""
    links = CriterionLink.objects.filter(new__criteria_set=criteria_set).select_related("old__criteria_set", "new")
    crosswalks = {}
    for link in links.order_by("old__criteria_set", "new__number", "old__number"):
        told = crosswalks.setdefault(
            link.old.criteria_set_id,
            {
                "old": link.old.criteria_set,
                "source": link.source,
                "is_confirmed": rules.is_confirmed(link.status),
                "rows": {},
            },
        )
        told["is_confirmed"] = told["is_confirmed"] and rules.is_confirmed(link.status)
        told["rows"].setdefault(link.new, []).append(link.old)
    return list(crosswalks.values())


def _describe(indicator):
    """Put beside a wording its table, what holds for single places, and whether the figures were read in a source."""
    rows = list(indicator.thresholds.all())
    general = [row for row in rows if row.locality_id is None]
    indicator.local = sorted((row for row in rows if row.locality_id), key=lambda row: (row.locality.path, row.zone))
    for row in indicator.local:
        row.words, row.scope = value_words(indicator, row.value) or "chưa rõ", scope_words(row)
    indicator.table = threshold_table(indicator, general) if indicator.is_numeric else None
    indicator.is_confirmed = bool(general) and all(rules.is_confirmed(row.status) for row in general)
    # The file may say more of an indicator than of each of its rows.
    read = (Verification.VERIFIED, Verification.REGIONAL_VERIFIED)
    indicator.is_confirmed = indicator.is_confirmed or indicator.threshold_status in read


def threshold_table(indicator, thresholds):
    """The thresholds of a wording that hold for all places, as a table; None if there are none."""
    by_years, zones = defaultdict(dict), []
    for threshold in thresholds:
        by_years[threshold.year_from or 0, threshold.year_to or 0, year_words(threshold)][threshold.zone] = threshold
        if threshold.zone not in zones:
            zones.append(threshold.zone)
    if not by_years:
        return None
    zones.sort(key=list(ZONE_NAMES).index)
    rows = [(years, [cells.get(zone) for zone in zones]) for (*_, years), cells in sorted(by_years.items())]
    return ThresholdTable([ZONE_NAMES[zone] for zone in zones], rows, SIGNS.get(indicator.direction, ""))
