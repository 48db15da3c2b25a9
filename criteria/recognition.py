"""Who is recognised at which tier: the decisions, their share before and after mergers, and what stands against them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from communes.models import Succession
from criteria import rules
from criteria.counts import rounded, share
from criteria.models import Assessment, CriteriaSet, Period, Recognition, Tier
from ntm_tracker.vietnamese import format_number


@dataclass(frozen=True)
class Share:
    """Recognised places of all places, on one day or within one map."""

    recognised: int
    places: int

    @property
    def percent(self) -> Decimal | None:
        return share(self.recognised, self.places)

    @property
    def percent_text(self) -> str:
        """'56,25 %': two decimals where they say something, as the reports of the programme write it."""
        return f"{format_number(rounded(self.percent, 2))} %" if self.places else ""


@dataclass(frozen=True)
class TierCount:
    """How many places are recognised at a tier at a period's end, by today's map and by that before the year's mergers."""

    tier: Tier
    now: Share
    # None where no place merged or was divided in the year.
    before: Share | None
    # Recognised for the period's year itself, without what was only inherited.
    added: int
    is_illustrative: bool = False

    @property
    def merged(self) -> int:
        """Recognised places that are not counted any more because they went into another: 2 of 18 and of 20."""
        return max(0, self.before.recognised - self.now.recognised) if self.before else 0


@dataclass(frozen=True)
class Place:
    """A place of the count, as the query gives it."""

    pk: int
    kind: str
    name: str
    founded_on: date | None
    dissolved_on: date | None

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"

    def exists_on(self, day: date) -> bool:
        return (self.founded_on is None or self.founded_on <= day) and not self.is_gone_on(day)

    def is_gone_on(self, day: date) -> bool:
        return self.dissolved_on is not None and self.dissolved_on <= day


@dataclass
class Line:
    """One decision on the list."""

    recognition: Recognition
    place: Place
    # The place's newest strip in the period by the set of the tier; '' where there is none.
    strip: str
    warning: rules.RevocationWarning | None
    is_in_force: bool
    is_gone: bool

    @property
    def met(self) -> int:
        return self.strip.count("M") + self.strip.count("m")

    @property
    def applicable(self) -> int:
        return len(self.strip) - self.strip.count("X") - self.strip.count("x")


@dataclass
class Register:
    """The decisions of the places a person sees, at a period's end."""

    period: Period
    counts: dict[Tier, TierCount]
    lines: dict[Tier, list[Line]] = field(default_factory=dict)

    @property
    def warnings(self) -> list[Line]:
        """What stands against decisions in force, the deepest fall first."""
        against = [line for lines in self.lines.values() for line in lines if line.warning]
        return sorted(against, key=lambda line: -line.warning.percent)


def count_tier(
    tier: Tier, *, places: Iterable[Place], recognitions: Iterable[Recognition], mergers: Iterable[Succession], on: date
) -> TierCount:
    """Count the places recognised at a tier on a day, and by the map before the mergers of that day's year.

    `places` are those that exist on the day and those that ceased in its year; `mergers` what went into what in the
    year up to the day. A place that ceased counts in the old map if it was recognised on its last day; a place founded
    by a merger of the year does not stand in the old map. A place's decisions are all of `recognitions`, any tier.
    """
    start = on.replace(month=1, day=1)
    held = defaultdict(list)
    for recognition in recognitions:
        if recognition.tier == tier:
            held[recognition.locality_id].append(recognition)
    ends = {merger.predecessor_id for merger in mergers}
    begins = {merger.successor_id for merger in mergers}

    def is_recognised(place, day):
        return any(rules.is_recognised_on(recognition, day) for recognition in held[place.pk])

    def is_new(place):
        return place.pk in begins and place.founded_on is not None and start <= place.founded_on <= on

    places = list(places)
    today = [place for place in places if place.exists_on(on)]
    gone = [
        place
        for place in places
        if place.pk in ends and place.is_gone_on(on) and place.dissolved_on >= start and not is_new(place)
    ]
    now = Share(sum(is_recognised(place, on) for place in today), len(today))
    before = None
    stayed = [place for place in today if not is_new(place)]
    if gone or len(stayed) < len(today):
        old = sum(is_recognised(place, on) for place in stayed)
        # The last day of its own: on the day it ends its successor begins.
        old += sum(
            any(rules.is_recognised_on(r, date.fromordinal(place.dissolved_on.toordinal() - 1)) for r in held[place.pk])
            for place in gone
        )
        before = Share(old, len(stayed) + len(gone))
    in_force = [r for place in today for r in held[place.pk] if rules.is_recognised_on(r, on)]
    return TierCount(
        tier=tier,
        now=now,
        before=before,
        added=len({r.locality_id for r in in_force if r.year == on.year and not r.inherited_from_id}),
        is_illustrative=any(r.is_illustrative for r in in_force),
    )


def load_register(*, user, criteria_set: CriteriaSet, sets: Iterable[CriteriaSet], period: Period) -> Register:
    """The decisions for the places that `criteria_set` judges and the person sees. Takes four queries.

    `sets` are those that may be assessed: what a tier's places have reached is read by the set of that tier.
    """
    on = period.ends_on
    places = criteria_set.places().visible_to(user)
    rows = places.alphabetical().values_list("pk", "kind", "name", "founded_on", "dissolved_on")
    known = {row[0]: Place(*row) for row in rows}
    recognitions = list(
        Recognition.objects.filter(locality__in=places)
        .select_related("inherited_from__locality")
        .order_by("-year", "pk")
    )
    mergers = list(
        Succession.objects.filter(effective_on__gte=on.replace(month=1, day=1), effective_on__lte=on).filter(
            Q(predecessor__in=places) | Q(successor__in=places)
        )
    )
    by_tier = sets_by_tier(sets, chosen=criteria_set, day=on)
    strips = load_strips(period=period, sets=by_tier.values(), places=places)
    counts = {
        tier: count_tier(tier, places=known.values(), recognitions=recognitions, mergers=mergers, on=on)
        for tier in Tier
    }
    register = Register(period=period, counts=counts, lines={tier: [] for tier in Tier})
    order = {pk: position for position, pk in enumerate(known)}
    newest = set()
    for recognition in sorted(recognitions, key=lambda r: order[r.locality_id]):
        place, tier = known[recognition.locality_id], Tier(recognition.tier)
        is_in_force, is_gone = rules.is_recognised_on(recognition, on), place.is_gone_on(on)
        strip = strips.get((by_tier[tier].pk, place.pk), "") if tier in by_tier and not is_gone else ""
        warning = None
        # Of several decisions for one tier the newest is the one to revoke.
        if is_in_force and (tier, place.pk) not in newest:
            newest.add((tier, place.pk))
            warning = rules.revocation_warning(strip=strip, revocation=by_tier[tier].revocation) if strip else None
        register.lines[tier].append(Line(recognition, place, strip, warning, is_in_force, is_gone))
    return register


def doubts(recognition: Recognition) -> list[str]:
    """What speaks against a decision that was kept: sentences for the officer, who may have the facts on paper."""
    sentences = []
    place, tier = recognition.locality, Tier(recognition.tier)
    sheet = (
        Assessment.objects.filter(locality=place, criteria_set__tier=tier)
        .exclude(strip="")
        .with_place()
        .order_by("-period__ends_on", "-criteria_set__effective_from")
        .first()
    )
    if sheet and sheet.met < sheet.applicable:
        left = [str(number) for number, letter in enumerate(sheet.strip, start=1) if letter in "Uu-"]
        sentences.append(
            f"Theo {sheet.period}, {place} mới đạt {sheet.met}/{sheet.applicable} tiêu chí của {sheet.criteria_set} (còn "
            f"{', '.join(left)}). Quyết định vẫn được ghi."
        )
    others = Recognition.objects.filter(locality=place).exclude(pk=recognition.pk)
    if recognition.revoked_on is None:
        same = [one for one in others if one.tier == tier and one.revoked_on is None]
        if same:
            years = ", ".join(str(year) for year in sorted(one.year for one in same))
            sentences.append(f"{place.title} còn quyết định {tier.label} khác đang có hiệu lực (năm {years}).")
    else:
        ranks = list(Tier)
        above = [one for one in others if one.revoked_on is None and ranks.index(Tier(one.tier)) > ranks.index(tier)]
        if above:
            names = ", ".join(f"{one.get_tier_display()} năm {one.year}" for one in above)
            sentences.append(f"{place.title} còn quyết định mức cao hơn đang có hiệu lực: {names}.")
    return sentences


def sets_by_tier(sets: Iterable[CriteriaSet], *, chosen: CriteriaSet, day: date) -> dict[Tier, CriteriaSet]:
    """The set by which each tier is judged on a day: the chosen one for its own tier, else the one in force."""
    found = {Tier(chosen.tier): chosen}
    for candidate in sets:
        starts = candidate.effective_from is None or candidate.effective_from <= day
        ends = candidate.effective_to is None or candidate.effective_to >= day
        if candidate.subject == chosen.subject and starts and ends:
            found.setdefault(Tier(candidate.tier), candidate)
    return found


def load_strips(*, period: Period, sets: Iterable[CriteriaSet], places) -> dict[tuple[int, int], str]:
    """The strips of a period by set and place; a sheet on which nothing is known yet is left out. One query."""
    sheets = Assessment.objects.filter(period=period, criteria_set__in=list(sets), locality__in=places)
    rows = sheets.exclude(strip="").values_list("criteria_set", "locality", "strip")
    return {(criteria_set, place): strip for criteria_set, place, strip in rows if strip.strip("-")}
