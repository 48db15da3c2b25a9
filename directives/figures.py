"""What a document reports and plans, beside what is kept here: figures with their difference, goals as targets."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from communes.models import Locality
from criteria import counts
from criteria.models import Assessment, Period, Recognition, Subject, Target, Tier
from criteria.recognition import load_strips
from directives.models import Directive
from directives.reading import Figure, Goal
from directives.sets import current_commune_set
from ntm_tracker.vietnamese import NotANumber, fold, format_number, parse_number

LABELS = {
    "mean_criteria_per_commune": "Bình quân tiêu chí đạt một xã",
    "criteria_met": "Số tiêu chí đạt",
    "criteria_unmet": "Số tiêu chí chưa đạt",
    "communes_recognised_total": "Số xã đạt chuẩn",
    "communes_recognised_year": "Số xã được công nhận thêm trong năm",
    "percent_communes_recognised": "Tỷ lệ xã đạt chuẩn",
    "communes_model": "Số xã đạt chuẩn kiểu mẫu",
    "plan_achievement": "Kết quả thực hiện kế hoạch",
}
UNITS = {
    "mean_criteria_per_commune": "tiêu chí",
    "criteria_met": "tiêu chí",
    "criteria_unmet": "tiêu chí",
    "percent_communes_recognised": "điểm %",
}
TIERS = {"dat chuan": Tier.BASIC, "nang cao": Tier.ADVANCED, "kieu mau": Tier.MODEL, "hien dai": Tier.MODERN}
YEARS = range(2011, 2051)

_FIRST_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# In small letters, as the reader gives the kind of a village: "bản 46"; Bản Bo is a commune.
_VILLAGE = re.compile(r"(?:thôn|bản|ấp|xóm|buôn|làng|khu|tổ dân phố|tdp)\b")


@dataclass(frozen=True)
class Held:
    """What is kept here at the end of a period."""

    period: Period
    words: str
    # How the document's figure differs, in words; '' where it is the same.
    difference: str


@dataclass(frozen=True)
class Comparison:
    figure: Figure
    label: str
    subject: str
    held: list[Held]

    @property
    def is_same(self) -> bool:
        return any(not one.difference for one in self.held)


def compare(figures: Iterable[Figure], *, place: Locality, day: date) -> list[Comparison]:
    """Each reported figure beside what is kept here: by the period the document falls in, and the one before.

    What a document aims at is no report and left out. The same queries, however many figures.
    """
    reported = [figure for figure in figures if figure.metric in LABELS]
    if not reported:
        return []
    facts = _Facts.load(place, day)
    return [_compare(figure, facts) for figure in reported]


@dataclass
class _Facts:
    place: Locality
    periods: list[Period]
    communes: dict[str, list[Locality]]
    # Strips of places by period; of the place itself too.
    strips: dict[int, dict[int, str]]
    own: dict[int, str]
    judged: dict[int, list[Locality]]
    recognitions: list[Recognition]

    @classmethod
    def load(cls, place, day):
        periods = list(Period.objects.filter(starts_on__lte=day).newest_first()[:2])
        criteria_set = current_commune_set(day)
        inside = list(Locality.objects.within(place).communes())
        judged, strips = {}, {}
        for period in periods:
            rows = [one for one in inside if one.kind == "xã" and one.exists_on(period.ends_on)]
            judged[period.pk] = rows
            found = load_strips(
                period=period, sets=[criteria_set] if criteria_set else [], places=[one.pk for one in rows]
            )
            strips[period.pk] = {commune: strip for (_, commune), strip in found.items()}
        sheets = Assessment.objects.filter(locality=place, period__in=periods, criteria_set__tier=Tier.BASIC).filter(
            criteria_set__subject__in=[Subject.DISTRICT, Subject.PROVINCE, Subject.COMMUNE, Subject.TOWN]
        )
        communes = defaultdict(list)
        for one in inside:
            communes[fold(one.name)].append(one)
        return cls(
            place=place,
            periods=periods,
            communes=communes,
            strips=strips,
            own={period: strip for period, strip in sheets.values_list("period", "strip") if strip.strip("-")},
            judged=judged,
            recognitions=list(Recognition.objects.filter(locality__in=[one.pk for one in inside])),
        )

    def whose(self, subject) -> Locality | None:
        """The place a figure speaks of: the document's own, or a commune in it; None for any other."""
        words = fold(subject)
        rank, name = fold(self.place.kind), fold(self.place.name)
        if not words or words in (rank, name, f"{rank} {name}", f"toan {rank}", "cac xa"):
            return self.place
        own_name = re.sub(r"^(?:xa|thi tran|phuong) ", "", words)
        found = self.communes.get(own_name, [])
        return found[0] if len(found) == 1 else next((one for one in found if fold(one.full_name) == words), None)

    def value(self, metric, whose, period):
        """What is kept: a number and its words; None where nothing is known."""
        if metric in ("criteria_met", "criteria_unmet"):
            strip = self.own.get(period.pk, "") if whose == self.place else self.strips[period.pk].get(whose.pk, "")
            if not strip:
                return None
            met = strip.count("M") + strip.count("m")
            if metric == "criteria_unmet":
                unmet = strip.count("U") + strip.count("u")
                return Decimal(unmet), f"{unmet} tiêu chí"
            applicable = len(strip) - strip.count("X") - strip.count("x")
            return Decimal(met), f"{met}/{applicable} tiêu chí"
        if whose != self.place:
            return None
        strips = self.strips[period.pk].values()
        if metric == "mean_criteria_per_commune":
            if not strips:
                return None
            total = sum(strip.count("M") + strip.count("m") for strip in strips)
            mean = counts.rounded(Decimal(total) / len(strips))
            return mean, f"{format_number(mean)} tiêu chí ({total} tiêu chí ở {len(strips)} xã)"
        tier = Tier.MODEL if metric == "communes_model" else Tier.BASIC
        places = {one.pk for one in self.judged[period.pk]}
        in_force = [
            r for r in self.recognitions if r.locality_id in places and r.tier == tier and _holds(r, period.ends_on)
        ]
        recognised = {r.locality_id for r in in_force}
        if metric == "communes_recognised_year":
            added = {r.locality_id for r in in_force if r.year == period.ends_on.year and not r.inherited_from_id}
            return Decimal(len(added)), f"{len(added)} xã năm {period.ends_on.year}"
        if metric == "percent_communes_recognised":
            if not places:
                return None
            percent = counts.rounded(counts.share(len(recognised), len(places)), 2)
            return percent, f"{format_number(percent)} % ({len(recognised)}/{len(places)} xã)"
        if metric in ("communes_recognised_total", "communes_model"):
            return Decimal(len(recognised)), f"{len(recognised)}/{len(places)} xã"
        return None


def _holds(recognition, day):
    return (
        recognition.year <= day.year
        and (recognition.decided_on is None or recognition.decided_on <= day)
        and (recognition.revoked_on is None or recognition.revoked_on > day)
    )


def _compare(figure, facts):
    whose = facts.whose(figure.subject)
    held = []
    for period in facts.periods if whose else []:
        if (known := facts.value(figure.metric, whose, period)) is not None:
            held.append(Held(period, known[1], _difference(figure, known[0])))
    subject = (whose.full_name if whose else figure.subject) or facts.place.full_name
    return Comparison(figure, LABELS[figure.metric], subject, held)


def _difference(figure, held: Decimal) -> str:
    said = number_of(figure.value)
    if said is None:
        return "không đọc được số trong văn bản"
    gap = said - held
    if not gap:
        return ""
    unit = UNITS.get(figure.metric, "xã")
    return f"văn bản {'nhiều' if gap > 0 else 'ít'} hơn {format_number(abs(gap))} {unit}"


def number_of(value: str) -> Decimal | None:
    """The first number of a figure as printed: '18 (56,25%)' is 18, '03/9' is 3, '17,8' is 17.8."""
    match = _FIRST_NUMBER.search(value)
    try:
        return parse_number(match[0]) if match else None
    except NotANumber:
        # "03" is no way to type a number, but documents print it.
        return Decimal(match[0]) if match[0].isdecimal() else None


# -- goals ------------------------------------------------------------------------------------------------------------


@dataclass
class Aim:
    """A place that a document wants at a tier in a year."""

    locality: Locality
    tier: Tier
    year: int
    # The live target that says so already.
    target: Target | None = None

    @property
    def key(self) -> str:
        return f"{self.locality.pk}:{self.tier}:{self.year}"


@dataclass
class GoalLine:
    goal: Goal
    aims: list[Aim] = field(default_factory=list)
    # Names that no commune of the place bears.
    unknown: list[str] = field(default_factory=list)
    # Why nothing of it can be planned; '' where something can.
    why_not: str = ""

    @cached_property
    def to_plan(self) -> list[Aim]:
        return [aim for aim in self.aims if aim.target is None]


def goal_lines(goals: Iterable[Goal], *, place: Locality, communes: list[Locality], day: date) -> list[GoalLine]:
    """The goals of a document as targets of its place: those planned already carry their target. One query."""
    by_name = defaultdict(list)
    for commune in communes:
        by_name[fold(commune.name)].append(commune)
    lines = [_goal_line(goal, by_name) for goal in goals]
    aims = [aim for line in lines for aim in line.aims]
    if aims:
        targets = Target.objects.filter(
            dropped_at=None, criterion=None, locality__in={a.locality for a in aims}, year__in={a.year for a in aims}
        )
        live = {(target.locality_id, target.tier, target.year): target for target in targets}
        for aim in aims:
            aim.target = live.get((aim.locality.pk, aim.tier, aim.year))
    return lines


def _goal_line(goal, by_name):
    line = GoalLine(goal)
    tier = next((tier for words, tier in TIERS.items() if words in fold(goal.tier)), None)
    if any(_VILLAGE.match(name) for name in goal.places):
        line.why_not = "Mục tiêu của thôn, bản: kế hoạch ở đây ghi cho xã."
    elif tier is None:
        line.why_not = "Không rõ mức phấn đấu."
    elif goal.year not in YEARS:
        line.why_not = "Văn bản không ghi rõ năm. Ghi ở trang Kế hoạch."
    else:
        for name in dict.fromkeys(goal.places):
            found = by_name.get(fold(name), [])
            if len(found) == 1 or (found and found[0].kind == "xã"):
                line.aims.append(Aim(found[0], tier, goal.year))
            else:
                line.unknown.append(name)
        if not line.aims:
            line.why_not = "Không có xã nào của địa bàn trong mục tiêu này."
    return line


def planned_tiers(places: Iterable[int], year: int) -> set[tuple[int, str]]:
    """The tiers planned for some places in a year, as `save_targets` names them."""
    live = Target.objects.filter(dropped_at=None, criterion=None, year=year, locality__in=places)
    return set(live.values_list("locality", "tier"))


def document_words(directive: Directive) -> str:
    """How a target cites the document."""
    return directive.label[: Target._meta.get_field("document").max_length]
