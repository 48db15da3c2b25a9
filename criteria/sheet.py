"""A sheet as people see it: the indicators of a set with thresholds, both opinions and the last period beside."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from criteria import rules
from criteria.models import (
    Assessment,
    Criterion,
    CriterionLead,
    Direction,
    Indicator,
    IndicatorResult,
    Opinion,
    Status,
    Threshold,
)
from criteria.rules import Entry
from ntm_tracker.vietnamese import format_number


@dataclass
class Cell:
    """What one side says of one indicator."""

    entry: Entry = Entry()
    status: Status = Status.UNKNOWN
    changed_at: object = None
    changed_by_id: int | None = None

    @property
    def token(self) -> str:
        """A short mark of what the cell holds; a form sends it back, so that nobody overwrites unseen."""
        value = "" if self.entry.value is None else format(self.entry.value.normalize(), "f")
        text = f"{value}|{self.entry.judgement}|{self.entry.note}"
        return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()


@dataclass
class Row:
    indicator: Indicator
    threshold: Threshold | None
    cells: dict[str, Cell]
    previous: Cell | None = None
    # The cell's fields as they stand on the screen, where the person may edit it.
    typed: object = None

    @property
    def reported(self) -> Cell:
        return self.cells[Opinion.REPORTED]

    @property
    def verified(self) -> Cell:
        return self.cells[Opinion.VERIFIED]

    @property
    def standing(self) -> Cell:
        """The cell that counts: the verified one where there is one, else the commune's own."""
        return self.verified if self.verified.status else self.reported

    @property
    def status(self) -> Status:
        return self.standing.status

    @property
    def is_verified(self) -> bool:
        return bool(self.verified.status)

    @property
    def threshold_value(self) -> Decimal | None:
        return self.threshold.value if self.threshold else None

    @property
    def threshold_text(self) -> str:
        """The threshold in words: '≥ 90 %', 'Đạt'; '' where none is known."""
        if not self.indicator.is_numeric:
            return "Đạt"
        if self.threshold_value is None:
            return ""
        sign = {Direction.AT_MOST: "≤ ", Direction.EQUALS: "= "}.get(self.indicator.direction, "≥ ")
        if self.indicator.is_share and self.threshold_value == 100:
            sign = ""
        return f"{sign}{format_number(self.threshold_value)} {self.indicator.short_unit}"

    @property
    def threshold_is_confirmed(self) -> bool:
        return rules.is_confirmed(self.threshold.status if self.threshold else self.indicator.threshold_status)

    @property
    def threshold_basis(self) -> str:
        """Where the threshold comes from: the decision and the zone, or who has yet to set it."""
        if self.indicator.is_numeric and self.threshold_value is None:
            return "chờ UBND cấp tỉnh quy định" if self.indicator.is_delegated else "chưa đọc được văn bản"
        parts = [self.indicator.decision]
        if self.threshold:
            if self.threshold.zone:
                parts.append(self.threshold.zone)
            if self.threshold.year_from and self.threshold.year_from == self.threshold.year_to:
                parts.append(f"năm {self.threshold.year_from}")
        return ", ".join(part for part in parts if part)

    @property
    def judged_against_value(self) -> bool:
        """Whether the person on the screen concluded otherwise than by the value."""
        return self.threshold_value is not None and bool(self.typed and self.typed.judgement)

    def shortfall(self, cell: Cell) -> Decimal | None:
        return rules.shortfall(
            value=cell.entry.value, threshold=self.threshold_value, direction=self.indicator.direction
        )

    def shortfall_words(self, cell: Cell) -> str:
        """How far off in words: 'thiếu 11,5 điểm %', 'cao hơn 3,8 điểm %'; '' where met or not measured."""
        missing = self.shortfall(cell)
        if cell.status != Status.UNMET or missing is None:
            return ""
        word = "thiếu" if self.indicator.direction == Direction.AT_LEAST else "cao hơn"
        unit = "điểm %" if self.indicator.short_unit == "%" else self.indicator.short_unit
        return f"{word} {format_number(missing)} {unit}"

    @property
    def shortfall_text(self) -> str:
        """How far off what counts is."""
        return self.shortfall_words(self.standing)

    @property
    def own(self) -> Cell:
        """The cell the person on the screen enters."""
        return self.cells[self.typed.opinion]

    @property
    def own_shortfall_text(self) -> str:
        return self.shortfall_words(self.own)

    def words(self, cell: Cell | None) -> str:
        """What a cell says: '16,8 %', 'Đạt', 'Không áp dụng'; '' where nothing was entered."""
        if cell is None:
            return ""
        if cell.entry.value is not None and cell.status != Status.NOT_APPLICABLE:
            return f"{format_number(cell.entry.value)} {self.indicator.short_unit}"
        return cell.status.label.capitalize() if cell.status else ""

    @property
    def reported_words(self) -> str:
        return self.words(self.reported)

    @property
    def verified_words(self) -> str:
        return self.words(self.verified)

    @property
    def previous_words(self) -> str:
        return self.words(self.previous)

    def put(self, opinion: str, entry: Entry, *, at=None, by_id=None) -> Cell:
        """Set what a side says, evaluated; raises InvalidEntry if it cannot stand."""
        rules.check_entry(entry, indicator=self.indicator, threshold=self.threshold_value)
        status = rules.evaluate(
            entry,
            value_type=self.indicator.value_type,
            direction=self.indicator.direction,
            threshold=self.threshold_value,
        )
        self.cells[opinion] = Cell(entry=entry, status=status, changed_at=at, changed_by_id=by_id)
        return self.cells[opinion]


@dataclass
class SheetCriterion:
    criterion: Criterion
    rows: list[Row]
    # Whether the agency that the sheet was loaded for leads this criterion.
    is_led: bool = False
    lead_names: list[str] = field(default_factory=list)
    # The numbers of the criteria beside it, for turning pages on a phone.
    before: int | None = None
    after: int | None = None

    @property
    def status(self) -> Status:
        return rules.criterion_status(row.status for row in self.rows)

    @property
    def suffix(self) -> str:
        """The indicators met of those that apply: '2/4'."""
        return f"{self.met}/{self.total}"

    @property
    def total(self) -> int:
        """The indicators that apply."""
        return sum(row.status != Status.NOT_APPLICABLE for row in self.rows)

    @property
    def met(self) -> int:
        return sum(row.status == Status.MET for row in self.rows)

    @property
    def is_verified(self) -> bool:
        return all(row.is_verified for row in self.rows)


@dataclass
class Sheet:
    assessment: Assessment
    criteria: list[SheetCriterion]
    previous: Assessment | None

    @property
    def rows(self) -> dict[int, Row]:
        """The rows by indicator, in order."""
        return {row.indicator.pk: row for criterion in self.criteria for row in criterion.rows}

    @property
    def met(self) -> int:
        return sum(criterion.status == Status.MET for criterion in self.criteria)

    @property
    def total(self) -> int:
        """The criteria that apply: the denominator of '15/19'."""
        return sum(criterion.status != Status.NOT_APPLICABLE for criterion in self.criteria)

    @property
    def unmet_numbers(self) -> list[int]:
        return [c.criterion.number for c in self.criteria if c.status == Status.UNMET]

    @property
    def unknown_numbers(self) -> list[int]:
        return [c.criterion.number for c in self.criteria if c.status == Status.UNKNOWN]

    @property
    def verified_count(self) -> int:
        return sum(row.is_verified for row in self.rows.values())

    @property
    def strip(self) -> str:
        """The criteria as letters of `rules.STRIP`, in the order of their numbers."""
        return "".join(rules.STRIP[c.status, c.is_verified] for c in self.criteria)

    def criterion_of(self, indicator_id: int) -> SheetCriterion:
        return next(c for c in self.criteria if any(row.indicator.pk == indicator_id for row in c.rows))


def load_sheet(assessment: Assessment, *, agency_id: int | None = None, with_previous: bool = True) -> Sheet:
    """Read a sheet in four queries (three without the previous period), however many cells it has.

    `assessment` comes with its locality, period and criteria set. The criteria that `agency_id` leads are marked.
    """
    locality, period = assessment.locality, assessment.period
    indicators = (
        Indicator.objects.filter(criterion__criteria_set=assessment.criteria_set_id)
        .in_force(period.ends_on)
        .select_related("criterion")
        .annotate(is_led=Exists(CriterionLead.objects.filter(criterion=OuterRef("criterion"), agency=agency_id)))
        .order_by("criterion__number", "position")
    )
    above = [pk for pk in locality.path.split(".") if pk]
    thresholds = defaultdict(list)
    for row in Threshold.objects.filter(
        Q(locality=None) | Q(locality__in=above),
        indicator__criterion__criteria_set=assessment.criteria_set_id,
        zone__in={"", locality.region, locality.commune_group},
    ):
        thresholds[row.indicator_id].append(row)

    previous = None
    if with_previous:
        previous = (
            Assessment.objects.filter(
                locality=locality, criteria_set=assessment.criteria_set_id, period__ends_on__lt=period.ends_on
            )
            .select_related("period")
            .order_by("-period__ends_on")
            .first()
        )
    cells, before = {}, defaultdict(dict)
    sheets = [sheet.pk for sheet in (assessment, previous) if sheet and sheet.pk]
    for result in IndicatorResult.objects.filter(assessment__in=sheets).select_related("indicator"):
        cell = Cell(
            entry=Entry(result.value, result.judgement, result.note),
            status=Status(result.status),
            changed_at=result.changed_at,
            changed_by_id=result.changed_by_id,
        )
        if result.assessment_id == assessment.pk:
            cells[result.indicator_id, result.opinion] = cell
        elif cell.status or cell.entry.value is not None:
            before[result.indicator.code, result.indicator.value_type][result.opinion] = cell

    criteria: dict[int, SheetCriterion] = {}
    for indicator in indicators:
        earlier = before[indicator.code, indicator.value_type]
        row = Row(
            indicator=indicator,
            threshold=rules.applicable_threshold(thresholds[indicator.pk], locality=locality, year=period.ends_on.year),
            cells={opinion: cells.get((indicator.pk, opinion)) or Cell() for opinion in Opinion},
            previous=earlier.get(Opinion.VERIFIED) or earlier.get(Opinion.REPORTED),
        )
        if indicator.criterion_id not in criteria:
            criteria[indicator.criterion_id] = SheetCriterion(indicator.criterion, [], is_led=indicator.is_led)
        criteria[indicator.criterion_id].rows.append(row)
    in_order = list(criteria.values())
    for left, right in zip(in_order, in_order[1:], strict=False):
        left.after, right.before = right.criterion.number, left.criterion.number
    return Sheet(assessment, in_order, previous)


def add_leads(sheet: Sheet) -> None:
    """Put the agencies in charge beside each criterion: those of the places the sheet's place lies in."""
    above = [pk for pk in sheet.assessment.locality.path.split(".") if pk]
    by_criterion = {c.criterion.pk: c for c in sheet.criteria}
    leads = CriterionLead.objects.filter(criterion__in=by_criterion, agency__locality__in=above)
    for lead in leads.select_related("agency").order_by("agency__sort_key", "pk"):
        by_criterion[lead.criterion_id].lead_names.append(lead.agency.label)
