"""What the pages of figures share: the strip over them, the day tasks are judged at, shares as they are shown."""

from calendar import isleap
from datetime import date

from django.contrib import messages
from django.utils import timezone

from criteria import plans, rules
from criteria.choices import basis_html
from criteria.counts import basis, basis_gaps, rounded, share
from criteria.models import Tier
from dashboards.matrix import ask_matrix
from ntm_tracker.vietnamese import NotADate, parse_date


def load_chosen(request, choice, **more):
    """The matrix of the chosen period and set, beside the period before."""
    return ask_chosen(request, choice, **more).matrix()


def ask_chosen(request, choice, **more):
    """What that matrix is made of."""
    older = [p for p in choice.context["periods"] if p.ends_on < choice.period.ends_on]
    return ask_matrix(
        user=request.user,
        criteria_set=choice.criteria_set,
        period=choice.period,
        previous=older[0] if older else None,
        **more,
    )


def frame(data):
    """What the strip over every page of figures says."""
    return {
        "matrix": data,
        "noun": data.criteria_set.get_subject_display(),
        "basis": basis_html((row.standing for row in data.rows), data.criteria_set.get_subject_display()),
        "illustrative": data.is_illustrative,
        "as_of": data.period.ends_on,
    }


def shares(data):
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


def fallen_places(data):
    """The recognised places that no longer meet a criterion, with what speaks for revoking, the deepest fall first."""
    revocation = data.criteria_set.revocation
    rows = [row for row in data.filled if row.recognised_year]
    warned = [(row, rules.revocation_warning(strip=row.strip, revocation=revocation)) for row in rows]
    return sorted((pair for pair in warned if pair[1]), key=lambda pair: -pair[1].percent)


def plan_so_far(user, data):
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


def print_subtitle(data, strips=None):
    """What a printed page says under its title; `strips` are what it counts, where that is less than the whole sheets."""
    strips = [row.standing for row in data.rows] if strips is None else strips
    noun = data.criteria_set.get_subject_display()
    parts = [
        data.criteria_set.name,
        f"{data.period.name}, số liệu tính đến ngày {data.period.ends_on:%d/%m/%Y}",
        basis(strips, noun),
        basis_gaps(strips, noun),
        "số liệu minh họa" if data.is_illustrative else "",
    ]
    return "; ".join(part for part in parts if part)


def day_asked(request) -> date:
    """The day the tasks are judged at: `ngay` in the address, else today in Vietnam."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today
    except NotADate as error:
        messages.warning(request, f"{error} Trang này tính đến hôm nay.")
        return today


def goal(criteria_set):
    """What a place of the set strives for: 'đạt chuẩn', 'đạt chuẩn nâng cao'."""
    label = criteria_set.get_tier_display()
    return label if criteria_set.tier == Tier.BASIC else f"{Tier.BASIC.label} {label}"
