"""What a set demands beside its criteria (satisfaction, construction debt, security), and how a place stands to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from criteria import rules
from criteria.models import Assessment, Condition, ConditionResult, CriteriaSet, Direction, Status
from criteria.rules import Entry
from ntm_tracker.vietnamese import format_number


@dataclass
class ConditionRow:
    """One condition and the newest result of a place; None where nobody has recorded any."""

    condition: Condition
    result: ConditionResult | None = None

    @property
    def status(self) -> Status:
        return Status(self.result.status) if self.result else Status.UNKNOWN

    @property
    def token(self) -> str:
        """What a form sends back, so that nobody records over a result they have not seen."""
        return str(self.result.pk) if self.result else ""

    @property
    def entry(self) -> Entry:
        """The result as it was given: a status that does not follow from the value is a judgement."""
        if self.result is None:
            return Entry()
        value = Entry(value=self.result.value, note=self.result.note)
        by_value = evaluate(self.condition, value)
        return Entry(
            value=value.value,
            note=value.note,
            judgement=Status.UNKNOWN if by_value == self.result.status else self.result.status,
        )

    @property
    def is_confirmed(self) -> bool:
        return rules.is_confirmed(self.condition.status)

    @property
    def threshold_text(self) -> str:
        """'≥ 90 %', 'Đạt'; '' where the figure is not known."""
        if not self.condition.is_numeric:
            return "Đạt"
        if self.condition.threshold is None:
            return ""
        sign = {Direction.AT_MOST: "≤ ", Direction.EQUALS: "= "}.get(self.condition.direction, "≥ ")
        return f"{sign}{_with_unit(self.condition, self.condition.threshold)}"

    @property
    def words(self) -> str:
        return result_words(self.condition, self.result) if self.result else ""

    @property
    def shortfall_text(self) -> str:
        """How far off in words: 'thiếu 4 điểm %'; '' where met or not measured."""
        if self.status != Status.UNMET or self.result.value is None:
            return ""
        value, threshold = self.result.value, self.condition.threshold
        missing = rules.shortfall(value=value, threshold=threshold, direction=self.condition.direction)
        if missing is None:
            return ""
        unit = "điểm %" if self.condition.is_share else self.condition.short_unit
        return f"{'thiếu' if value < threshold else 'cao hơn'} {format_number(missing)} {unit}".strip()


def evaluate(condition: Condition, entry: Entry) -> Status:
    """The result of a condition, by the same rule as an indicator's: unknown stays unknown until somebody judges."""
    return rules.evaluate(
        entry, value_type=condition.value_type, direction=condition.direction, threshold=condition.threshold
    )


def result_words(condition: Condition, result: ConditionResult) -> str:
    """What a result says: '92 %', 'Đạt'; '' where it was emptied."""
    if result.value is not None and result.status != Status.NOT_APPLICABLE:
        return _with_unit(condition, result.value)
    return Status(result.status).label.capitalize() if result.status else ""


def conditions_of(criteria_set: CriteriaSet) -> list[Condition]:
    return list(Condition.objects.filter(criteria_set=criteria_set).order_by("position", "pk"))


def load_conditions(assessments: Iterable[Assessment]) -> dict[int, list[ConditionRow]]:
    """The conditions of many sheets of one set with their newest results, by sheet, in two queries."""
    assessments = list(assessments)
    if not assessments:
        return {}
    conditions = conditions_of(assessments[0].criteria_set)
    of_sheets = ConditionResult.objects.filter(assessment__in=[sheet.pk for sheet in assessments])
    newest = of_sheets.order_by().values("assessment", "condition").annotate(newest=Max("pk")).values("newest")
    results = {
        (result.assessment_id, result.condition_id): result
        for result in of_sheets.filter(pk__in=newest).select_related("recorded_by")
    }
    return {
        sheet.pk: [ConditionRow(condition, results.get((sheet.pk, condition.pk))) for condition in conditions]
        for sheet in assessments
    }


def _with_unit(condition: Condition, number: Decimal) -> str:
    return f"{format_number(number)} {condition.short_unit}".strip()
