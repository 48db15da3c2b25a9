"""What separates places from recognition, and which of them are the nearest to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum

from criteria import rules
from criteria.conditions import ConditionRow, load_conditions
from criteria.models import (
    Assessment,
    CriterionResult,
    IndicatorResult,
    Recognition,
    Status,
    Tier,
)
from criteria.sheet import Row, Sheet, SheetCriterion, add_evidence, thresholds_of

OPEN = (Status.UNMET, Status.UNKNOWN)

# How the proof of an indicator stands.
LACKING, EXPIRED, PARTLY_EXPIRED, PROVEN = "lacking", "expired", "partly-expired", "proven"


def proof_of(row: Row) -> str:
    """How the files of an indicator stand; one good file is enough."""
    if not row.evidence:
        return LACKING
    if row.evidence_expired == row.evidence:
        return EXPIRED
    return PARTLY_EXPIRED if row.evidence_expired else PROVEN


@dataclass
class Gap:
    """An indicator that is not met or not known, of a criterion that applies."""

    criterion: SheetCriterion
    row: Row

    @property
    def is_unmet(self) -> bool:
        return self.row.status == Status.UNMET

    @property
    def proof(self) -> str:
        return proof_of(self.row)

    @property
    def proof_words(self) -> str:
        files = f"{self.row.evidence} tệp"
        return {
            LACKING: "thiếu",
            EXPIRED: "hết hạn",
            PARTLY_EXPIRED: f"{files}, {self.row.evidence_expired} hết hạn",
        }.get(self.proof, files)

    @property
    def said_by(self) -> str:
        """On whose word the result stands; '' where there is none."""
        if self.row.is_verified:
            return "thẩm định"
        if self.row.is_carried:
            return "chưa xác nhận lại"
        return "xã tự đánh giá" if self.row.status else ""

    @property
    def lead_names(self) -> list[str]:
        return self.row.lead_names or self.criterion.lead_names

    @property
    def distance(self) -> Decimal:
        """How far it is from being met, from nearly 0 to 1; what is not known is a whole step away."""
        if not self.is_unmet:
            return Decimal(1)
        return distance(
            value=self.row.standing.entry.value,
            threshold=self.row.threshold_value,
            direction=self.row.indicator.direction,
        )


@dataclass
class Nearness:
    """What one place still lacks at one tier."""

    sheet: Sheet
    conditions: list[ConditionRow] = field(default_factory=list)
    # Of the tier that must be reached first: its name, '' where there is none, and the year of recognition.
    required_tier: str = ""
    required_year: int | None = None

    def __post_init__(self):
        self.gaps = [Gap(c, row) for c in self.sheet.criteria for row in c.open_rows]

    @property
    def unmet(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_unmet]

    @property
    def unknown(self) -> list[Gap]:
        return [gap for gap in self.gaps if not gap.is_unmet]

    @property
    def closeness(self) -> Decimal:
        """How much of the way to the open indicators is done: of two places that lack as many, the larger is nearer."""
        return sum((1 - gap.distance for gap in self.gaps), Decimal(0))

    @property
    def nearest(self) -> list[Gap]:
        """The gaps of the criterion not met that lacks least: the fewest indicators, then the shortest way; [] if none."""
        by_criterion = defaultdict(list)
        for gap in self.gaps:
            if gap.criterion.status == Status.UNMET:
                by_criterion[gap.criterion.criterion.number].append(gap)
        return min(by_criterion.values(), key=lambda gaps: (len(gaps), sum(g.distance for g in gaps)), default=[])

    @property
    def unmet_conditions(self) -> list[ConditionRow]:
        return [row for row in self.conditions if row.status == Status.UNMET]

    @property
    def unknown_conditions(self) -> list[ConditionRow]:
        return [row for row in self.conditions if row.status == Status.UNKNOWN]

    @property
    def open_conditions(self) -> list[ConditionRow]:
        return [row for row in self.conditions if row.status in OPEN]

    @property
    def lacks_required_tier(self) -> bool:
        return bool(self.required_tier) and self.required_year is None

    @property
    def is_ready(self) -> bool:
        """Whether nothing but the decision is missing, as far as this is on record."""
        return not self.gaps and not self.open_conditions and not self.lacks_required_tier

    def _met_with(self, proof) -> list[Row]:
        return [row for row in self.sheet.rows.values() if row.status == Status.MET and proof_of(row) == proof]

    @property
    def unproven(self) -> list[Row]:
        """Indicators that count as met and have no file."""
        return self._met_with(LACKING)

    @property
    def expired(self) -> list[Row]:
        """Indicators that count as met by files that are valid no more."""
        return self._met_with(EXPIRED)

    @property
    def gaps_lacking_proof(self) -> int:
        return sum(gap.proof == LACKING for gap in self.gaps)

    @property
    def expired_count(self) -> int:
        """Indicators, met or not, whose files are all valid no more."""
        return len(self.expired) + sum(gap.proof == EXPIRED for gap in self.gaps)


def load_nearness(sheets: Iterable[Sheet]) -> list[Nearness]:
    """What sheets of one set and one period lack: evidence, conditions and earlier tier in four queries, however many."""
    sheets = list(sheets)
    if not sheets:
        return []
    add_evidence(sheets)
    assessments = [sheet.assessment for sheet in sheets]
    conditions = load_conditions(assessments)
    tier, years = required_tier(assessments[0], [sheet.locality_id for sheet in assessments])
    return [
        Nearness(sheet, conditions[sheet.assessment.pk], tier, years.get(sheet.assessment.locality_id))
        for sheet in sheets
    ]


def required_tier(assessment: Assessment, places) -> tuple[str, dict[int, int]]:
    """The tier a sheet's set builds on, in words, and the newest year in which each place was recognised at it.

    As of the period's last day. ('', {}) where the set builds on none; else one query.
    """
    required = assessment.criteria_set.requires
    if required is None:
        return "", {}
    recognised = Recognition.objects.filter(tier=required.tier, locality__in=places).in_force(assessment.period.ends_on)
    return Tier(required.tier).label, dict(recognised.order_by("year").values_list("locality", "year"))


# -- the order of many places ------------------------------------------------------------------------------------------


def open_indicators(*, criteria_set, period, places) -> dict[int, int]:
    """The indicators not met or not known by place, from the stored criteria, in one query."""
    rows = CriterionResult.objects.filter(
        assessment__criteria_set=criteria_set, assessment__period=period, assessment__locality__in=places
    )
    lacking = Sum(F("indicators_total") - F("indicators_met"))
    return dict(rows.order_by().values_list("assessment__locality").annotate(lacking=lacking))


def closeness(assessments: Iterable[Assessment]) -> dict[int, Decimal]:
    """`Nearness.closeness` of the places of many sheets of one set and one period, by place, in two queries.

    It reads nothing but what is unmet: whatever is not known yet adds nothing.
    """
    by_pk = {sheet.pk: sheet for sheet in assessments}
    if not by_pk:
        return {}
    first = next(iter(by_pk.values()))
    unmet = (
        IndicatorResult.objects.filter(assessment__in=by_pk, status=Status.UNMET)
        .standing()
        .values_list(
            "assessment", "indicator", "indicator__direction", "value", "is_carried", "indicator__criterion__number"
        )
    )
    thresholds = thresholds_of(first.criteria_set, list(by_pk.values()), None)
    found = defaultdict(Decimal)
    for pk, indicator, direction, value, is_carried, number in unmet:
        sheet = by_pk[pk]
        if is_carried and sheet.stated.get(str(number), "U") not in "Uu":
            # A table has said since that the criterion is met.
            continue
        row = rules.applicable_threshold(
            thresholds(indicator, sheet), locality=sheet.locality, year=first.period.ends_on.year
        )
        found[sheet.locality_id] += 1 - distance(value=value, threshold=row.value if row else None, direction=direction)
    return found


def distance(*, value: Decimal | None, threshold: Decimal | None, direction: str) -> Decimal:
    """How far an unmet value is from its threshold as a part of it, up to 1; 1 too where somebody judged against it."""
    far = rules.relative_distance(value=value, threshold=threshold, direction=direction)
    return far or Decimal(1)
