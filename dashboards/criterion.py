"""One criterion over all places: the values of each of its indicators against the thresholds, and who is short by how much."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial

from django.db.models import OuterRef, Subquery, Value

from communes.models import Agency, Locality
from criteria import rules
from criteria.columns import slug_of
from criteria.models import Assessment, Criterion, CriterionLead, Indicator, Status
from criteria.sheet import Cell, Row, Sheet, lead_day, load_sheets
from dashboards import charts
from dashboards.matrix import Matrix
from ntm_tracker.vietnamese import format_number

# How many places of a kind the page lists of all indicators together, but at least a few of each.
MOST_LINES, FEWEST_LINES = 48, 4


@dataclass
class Line:
    """One place at one indicator."""

    sheet: Sheet
    row: Row

    @property
    def place(self) -> Locality:
        return self.sheet.assessment.locality

    @property
    def cell(self) -> Cell:
        """What is shown of it: what counts, or, where nobody could decide for want of a threshold, the value itself."""
        standing = self.row.standing
        return standing if standing.has_result else self.row.verified

    @property
    def shortfall(self) -> Decimal | None:
        """How far what counts is from its threshold, in the indicator's unit; None where that cannot be said."""
        return self.row.shortfall(self.row.standing) if self.row.status == Status.UNMET else None

    @property
    def is_reported(self) -> bool:
        """Whether it stands on the place's own word."""
        return self.cell is self.row.reported and self.cell.has_result


@dataclass
class Measure:
    """One indicator over all places that have a sheet, in alphabetical order."""

    indicator: Indicator
    lines: list[Line]
    noun: str
    # How many places of a kind are listed before the rest become a link.
    most: int
    leads: list[CriterionLead] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return slug_of(self.indicator)

    @property
    def label(self) -> str:
        """The indicator's code; the criterion's number where it has none."""
        return self.indicator.code or str(self.indicator.criterion.number)

    @cached_property
    def _by_status(self) -> dict[str, list[Line]]:
        by_status = defaultdict(list)
        for line in self.lines:
            by_status[line.row.status].append(line)
        return by_status

    @cached_property
    def unmet(self) -> list[Line]:
        """The furthest short first; where nobody can say how far, last."""
        unmet = [(line.shortfall, line) for line in self._by_status[Status.UNMET]]
        return [line for short, line in sorted(unmet, key=lambda pair: (pair[0] is None, -(pair[0] or 0)))]

    @property
    def unknown(self) -> list[Line]:
        return self._by_status[Status.UNKNOWN]

    @property
    def met(self) -> list[Line]:
        return self._by_status[Status.MET]

    @property
    def not_applicable(self) -> list[Line]:
        return self._by_status[Status.NOT_APPLICABLE]

    @property
    def is_settled(self) -> bool:
        """Whether every place it applies to meets it."""
        return not self.unmet and not self.unknown

    @property
    def in_order(self) -> list[Line]:
        """Who is short, then who is not known, then the rest."""
        return [*self.unmet, *self.unknown, *self.met, *self.not_applicable]

    @property
    def hidden_unmet(self) -> int:
        return max(0, len(self.unmet) - self.most)

    @property
    def hidden_met(self) -> int:
        return max(0, len(self.met) - self.most)

    @property
    def applicable(self) -> int:
        return len(self.lines) - len(self.not_applicable)

    @cached_property
    def thresholds(self) -> list[tuple[Row, int]]:
        """The thresholds in force, each as a row that is held against it and the number of such, the commonest first."""
        rows, counts = {}, Counter()
        for line in self.lines:
            key = line.row.threshold and line.row.threshold.pk
            rows.setdefault(key, line.row)
            counts[key] += 1
        return [(rows[key], count) for key, count in counts.most_common()]

    @property
    def has_several_thresholds(self) -> bool:
        return len({row.threshold_text for row, _ in self.thresholds}) > 1

    @cached_property
    def strip(self) -> charts.DotStrip | None:
        """The values as dots; None where the indicator has none."""
        if not self.indicator.is_numeric:
            return None
        rows = [row for row, _ in self.thresholds if row.threshold_value is not None]
        return charts.dot_strip(
            [_dot(line) for line in self.lines if line.row.status != Status.NOT_APPLICABLE],
            thresholds=[(row.threshold_value, row.threshold_text) for row in rows],
            noun=self.noun,
            text=f"Chỉ tiêu {self.label}",
        )


def _dot(line):
    row, entry = line.row, line.cell.entry
    is_met = {Status.MET: True, Status.UNMET: False}.get(row.status)
    return charts.Dot(
        line.place.name,
        entry.value,
        partial(_short_words, row.indicator, entry),
        is_met,
        line.shortfall,
        line.is_reported,
    )


def _short_words(indicator, entry):
    """The value alone, as it is drawn: without the part and the whole, and of men and women the one that decides."""
    value = entry.value if entry.denominator is None else rules.short_percent(entry, indicator.direction)
    return f"{format_number(value)} {indicator.short_unit}"


def load_measures(matrix: Matrix, criterion: Criterion) -> list[Measure]:
    """The indicators of a criterion over the places of a matrix, in four queries however many.

    Beside each value stands that of the period the matrix compares with.
    """
    of_the_set = Assessment.objects.filter(criteria_set=matrix.criteria_set)
    # Named by its period: the last sheet of each place, whichever that is, takes a search of all of them for each.
    before = of_the_set.filter(locality=OuterRef("locality"), period=matrix.previous)
    sheets = (
        of_the_set.filter(period=matrix.period, locality__in=[row.locality_id for row in matrix.rows])
        .with_place()
        .annotate(
            previous_sheet_id=Subquery(before.values("pk")[:1]),
            previous_period=Value(matrix.previous.name if matrix.previous else ""),
        )
        .order_by("locality__sort_key", "locality")
    )
    loaded = load_sheets(sheets, criterion=criterion)
    columns = {}
    for sheet in loaded:
        for row in sheet.rows.values():
            columns.setdefault(row.indicator.pk, []).append(Line(sheet, row))
    noun = matrix.criteria_set.get_subject_display()
    most = max(FEWEST_LINES, MOST_LINES // max(1, len(columns)))
    return [Measure(lines[0].row.indicator, lines, noun, most) for lines in columns.values()]


def add_leads(measures: list[Measure], *, criterion: Criterion, period, user) -> list[CriterionLead]:
    """Who is in charge of the criterion, among the bodies the person sees; those named for an indicator go to it.

    While the period is open, those in charge today; then those of its last day. One query.
    """
    leads = CriterionLead.objects.filter(criterion=criterion, agency__in=Agency.objects.visible_to(user))
    leads = leads.in_force(lead_day(period)).select_related("agency", "member").order_by("agency__sort_key", "pk")
    leads = list(leads)
    for measure in measures:
        measure.leads = [
            lead for lead in leads if lead.indicator_code and lead.indicator_code == measure.indicator.code
        ]
    return [lead for lead in leads if not lead.indicator_code]


def unmet_bars(measures: list[Measure], noun: str) -> charts.Bars | None:
    """How many places lack each indicator that some lack, the most first; None of one indicator alone, or where none do."""
    lacking = sorted((m for m in measures if m.unmet), key=lambda m: -len(m.unmet)) if len(measures) > 1 else []
    return charts.bars([(f"{m.label} {m.indicator.text}", len(m.unmet)) for m in lacking], unit=noun)
