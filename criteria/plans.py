"""Plans: what places are to reach in a year, and how much of it they have reached by the end of a period."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import F

from criteria import rules
from criteria.counts import share, whole_percent
from criteria.models import Assessment, CriteriaSet, Criterion, Period, Recognition, Status, Target, Tier
from criteria.recognition import load_strips, sets_by_tier


@dataclass(frozen=True)
class Tally:
    """Targets counted by what the places have reached of them.

    A criterion that was met before the year already counts as reached, for it is met; how many these are is said
    beside. One that no longer applies leaves the plan; one not assessed stays in it and is not reached.
    """

    met: int = 0
    unmet: int = 0
    unknown: int = 0
    not_applicable: int = 0
    met_before: int = 0

    @property
    def given(self) -> int:
        return self.whole + self.not_applicable

    @property
    def whole(self) -> int:
        """What the share is of."""
        return self.met + self.unmet + self.unknown

    @property
    def percent(self) -> Decimal | None:
        return whole_percent(self.met, self.whole)

    @property
    def exact_percent(self) -> Decimal | None:
        return share(self.met, self.whole)

    @property
    def words(self) -> str:
        """'13 trên 60 tiêu chí được giao, đạt 22 % kế hoạch'."""
        if not self.whole:
            return f"{self.given} tiêu chí được giao đều không áp dụng"
        return f"{self.met} trên {self.whole} tiêu chí được giao, đạt {self.percent} % kế hoạch"


@dataclass(frozen=True)
class Aim:
    """One criterion planned for one place, with what the place has reached of it."""

    number: int
    letter: str = "-"
    # Its letter at the end of the last period before the year; '-' where that is not known.
    before: str = "-"

    @property
    def status(self) -> Status:
        return rules.STATUS_OF_LETTER[self.letter]

    @property
    def is_met(self) -> bool:
        return self.status == Status.MET

    @property
    def was_met_before(self) -> bool:
        return self.is_met and self.before in "Mm"


def count(aims: Iterable[Aim]) -> Tally:
    found = Counter()
    before = 0
    for aim in aims:
        found[aim.status] += 1
        before += aim.was_met_before
    return Tally(
        met=found[Status.MET],
        unmet=found[Status.UNMET],
        unknown=found[Status.UNKNOWN],
        not_applicable=found[Status.NOT_APPLICABLE],
        met_before=before,
    )


def aims(numbers: Iterable[int], strip: str, before: str = "") -> list[Aim]:
    """The criteria planned for a place of these strips; '' where nothing is known of it."""

    def letter(text, number):
        return text[number - 1 : number] or "-"

    return [Aim(number, letter(strip, number), letter(before, number)) for number in sorted(numbers)]


def planned(*, user, criteria_set: CriteriaSet, year: int) -> dict[int, list[int]]:
    """The numbers of the criteria planned for each place the person sees, by its id. One query."""
    targets = Target.objects.filter(
        year=year,
        dropped_at=None,
        criterion__criteria_set=criteria_set,
        locality__in=criteria_set.places().visible_to(user),
    )
    found = defaultdict(list)
    for place, number in targets.values_list("locality", "criterion__number"):
        found[place].append(number)
    return dict(found)


def count_planned(plan: Mapping[int, list[int]], strips: Mapping[int, str]) -> Tally:
    """Count a plan against the strips of the places that exist; what is planned for others is left out."""
    return count(aim for place, strip in strips.items() for aim in aims(plan.get(place, []), strip))


@dataclass(frozen=True)
class Registration:
    """A place that is to be recognised at a tier in the year."""

    target: Target
    tier: Tier
    # Its strip by the set of that tier; '' where there is none.
    strip: str
    # The year of the decision that recognises it at that tier; None where there is none by the period's end.
    recognised_year: int | None

    @property
    def is_reached(self) -> bool:
        return self.recognised_year is not None

    @property
    def was_reached_before(self) -> bool:
        return self.is_reached and self.recognised_year < self.target.year

    @property
    def met(self) -> int:
        return self.strip.count("M") + self.strip.count("m")

    @property
    def applicable(self) -> int:
        return len(self.strip) - self.strip.count("X") - self.strip.count("x")

    @property
    def left(self) -> list[int]:
        """The numbers of the criteria that are still missing or not assessed."""
        return [number for number, letter in enumerate(self.strip, start=1) if letter in "Uu-"]


@dataclass
class Row:
    """One place in a plan."""

    locality_id: int
    kind: str
    name: str
    strip: str = ""
    before: str = ""
    is_illustrative: bool = False
    # Live targets by criterion id and by tier.
    targets: dict[int | str, Target] = field(default_factory=dict)
    aims: list[Aim] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    # Since which year it is recognised, by tier.
    recognised: dict[str, int] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def has_data(self) -> bool:
        return bool(self.strip)

    @cached_property
    def tally(self) -> Tally:
        return count(self.aims)

    @property
    def left(self) -> list[int]:
        return [aim.number for aim in self.aims if aim.status == Status.UNMET]

    @property
    def unknown(self) -> list[int]:
        return [aim.number for aim in self.aims if aim.status == Status.UNKNOWN]

    @property
    def not_applicable(self) -> list[int]:
        return [aim.number for aim in self.aims if aim.status == Status.NOT_APPLICABLE]

    @property
    def met_before(self) -> list[int]:
        return [aim.number for aim in self.aims if aim.was_met_before]


@dataclass(frozen=True)
class Column:
    """One criterion over the places it is planned for."""

    criterion: Criterion
    tally: Tally
    left: list[str]
    unknown: list[str]


@dataclass
class Plan:
    criteria_set: CriteriaSet
    year: int
    period: Period
    # The last period before the year: what was met in it was met before.
    base: Period | None
    criteria: list[Criterion]
    rows: list[Row]
    # Given up, the newest first.
    dropped: list[Target]
    # Targets of places that do not exist any more at the period's end.
    gone: list[Target]

    @cached_property
    def tally(self) -> Tally:
        return count(aim for row in self.rows for aim in row.aims)

    @cached_property
    def planned_rows(self) -> list[Row]:
        return [row for row in self.rows if row.aims]

    @cached_property
    def registrations(self) -> list[tuple[Row, Registration]]:
        return [(row, one) for row in self.rows for one in row.registrations]

    @property
    def registered_by_tier(self) -> list[tuple[Tier, int, int]]:
        """Of each tier that somebody registered for: how many did, how many are recognised."""
        found = [(tier, [one for _, one in self.registrations if one.tier == tier]) for tier in Tier]
        return [(tier, len(ones), sum(one.is_reached for one in ones)) for tier, ones in found if ones]

    @property
    def without_data(self) -> list[str]:
        """Names of places with targets whose results are not known at all."""
        return [row.name for row in self.planned_rows if not row.has_data]

    @property
    def gone_names(self) -> list[str]:
        return sorted({target.locality.full_name for target in self.gone})

    @property
    def is_illustrative(self) -> bool:
        return any(row.is_illustrative for row in self.rows if row.aims or row.registrations)

    @cached_property
    def columns(self) -> list[Column]:
        """The criteria that are planned for some place."""
        by_number = defaultdict(list)
        for row in self.rows:
            for aim in row.aims:
                by_number[aim.number].append((row.name, aim))
        return [
            Column(
                criterion=criterion,
                tally=count(aim for _, aim in by_number[criterion.number]),
                left=[name for name, aim in by_number[criterion.number] if aim.status == Status.UNMET],
                unknown=[name for name, aim in by_number[criterion.number] if aim.status == Status.UNKNOWN],
            )
            for criterion in self.criteria
            if criterion.number in by_number
        ]

    def describe(self, keys: Iterable[tuple[int, int | str]]) -> list[str]:
        """Targets in words, a place each: 'Sơn Bình: tiêu chí 5, 6, đăng ký nâng cao'."""
        numbers = {criterion.pk: criterion.number for criterion in self.criteria}
        wanted = defaultdict(set)
        for place, what in keys:
            wanted[place].add(what)
        lines = []
        for row in self.rows:
            planned = ", ".join(str(number) for pk, number in numbers.items() if pk in wanted[row.locality_id])
            tiers = [f"đăng ký {tier.label}" for tier in Tier if tier in wanted[row.locality_id]]
            parts = [f"tiêu chí {planned}"] * bool(planned) + tiers
            if parts:
                lines.append(f"{row.name}: {', '.join(parts)}")
        return lines

    def changed_by(self, given: Iterable[tuple], dropped: Iterable[tuple]) -> list[str]:
        """The names of those who gave or gave up the targets of these keys."""
        live = {(row.locality_id, what): target for row in self.rows for what, target in row.targets.items()}
        ended = {}
        for target in self.dropped:
            # The newest first: what was given up twice, the last one did.
            ended.setdefault((target.locality_id, target.criterion_id or target.tier), target)
        people = {live[key].created_by for key in given if key in live}
        people |= {ended[key].dropped_by for key in dropped if key in ended}
        return sorted(str(person) for person in people if person)


def load_plan(
    *,
    user,
    criteria_set: CriteriaSet,
    sets: Iterable[CriteriaSet],
    year: int,
    period: Period,
    base: Period | None,
    only=None,
) -> Plan:
    """The plan of a year for the places the person sees, against what they reached by the period's end.

    `base` is the last period before the year, `only` the ids of the places to read. Takes six queries, however many
    places and targets.
    """
    places = criteria_set.places().visible_to(user)
    if only is not None:
        places = places.filter(pk__in=only)
    here = places.existing_on(period.ends_on).alphabetical()
    rows = {pk: Row(pk, kind, name) for pk, kind, name in here.values_list("pk", "kind", "name")}
    by_tier = sets_by_tier(sets, chosen=criteria_set, day=period.ends_on)
    strips = load_strips(period=period, sets=by_tier.values(), places=places)
    sheets = Assessment.objects.filter(
        criteria_set=criteria_set, period__in=[p for p in (period, base) if p], locality__in=places
    )
    for place, when, strip, illustrative in sheets.values_list("locality", "period", "strip", "is_illustrative"):
        if place in rows and strip.strip("-"):
            if when == period.pk:
                rows[place].strip = strip
            else:
                rows[place].before = strip
            rows[place].is_illustrative |= illustrative
    decisions = Recognition.objects.filter(locality__in=places).in_force(period.ends_on).order_by("year")
    for place, tier, when in decisions.values_list("locality", "tier", "year"):
        if place in rows:
            # The first decision: recognised since then.
            rows[place].recognised.setdefault(tier, when)
    criteria = list(Criterion.objects.filter(criteria_set=criteria_set).order_by("number"))
    targets = Target.objects.filter(year=year, locality__in=places).select_related(
        "locality", "criterion", "created_by", "dropped_by"
    )
    dropped, gone = [], []
    for target in targets.order_by(F("dropped_at").desc(nulls_last=True), "locality__sort_key", "pk"):
        if target.criterion and target.criterion.criteria_set_id != criteria_set.pk:
            continue
        if target.dropped_at:
            dropped.append(target)
        elif target.locality_id not in rows:
            gone.append(target)
        else:
            row = rows[target.locality_id]
            row.targets[target.criterion_id or target.tier] = target
            row.is_illustrative |= target.is_illustrative
    for row in rows.values():
        numbers = [target.criterion.number for target in row.targets.values() if target.criterion]
        row.aims = aims(numbers, row.strip, row.before)
        row.registrations = [
            Registration(
                target=row.targets[tier],
                tier=tier,
                strip=strips.get((by_tier[tier].pk, row.locality_id), "") if tier in by_tier else "",
                recognised_year=row.recognised.get(tier),
            )
            for tier in Tier
            if tier in row.targets
        ]
    return Plan(
        criteria_set=criteria_set,
        year=year,
        period=period,
        base=base,
        criteria=criteria,
        rows=list(rows.values()),
        dropped=dropped,
        gone=gone,
    )
