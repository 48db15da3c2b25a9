"""A sheet as people see it: the indicators of a set with thresholds, both opinions and the last period beside."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from communes.models import AREA_ZONES
from criteria import rules
from criteria.models import (
    Assessment,
    Criterion,
    CriterionLead,
    CriterionStatement,
    Evidence,
    Indicator,
    IndicatorResult,
    Opinion,
    Period,
    Status,
    Threshold,
)
from criteria.rules import Entry
from criteria.thresholds import value_words, year_words
from ntm_tracker.vietnamese import format_number


@dataclass
class Cell:
    """What one side says of one indicator."""

    entry: Entry = Entry()
    status: Status = Status.UNKNOWN
    changed_at: object = None
    changed_by_id: int | None = None
    # Brought over from another sheet and not confirmed yet.
    is_carried: bool = False

    @property
    def has_result(self) -> bool:
        """Whether it says more than a note."""
        return bool(self.status) or self.entry.value is not None

    @property
    def token(self) -> str:
        """A short mark of what the cell holds; a form sends it back, so that nobody overwrites unseen."""
        return _token(self.entry)


@lru_cache(maxsize=4096)
def _token(entry: Entry) -> str:
    numbers = (entry.value, entry.numerator, entry.denominator, entry.male, entry.female)
    text = "|".join([*map(plain, numbers), entry.judgement, entry.note])
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()


def plain(number: Decimal | None) -> str:
    """A number as text that two equal numbers share: '12.5'; '' for None."""
    return "" if number is None else format(number.normalize(), "f")


@dataclass
class Row:
    indicator: Indicator
    threshold: Threshold | None
    cells: dict[str, Cell]
    previous: Cell | None = None
    # Files kept for it on this sheet; of these, how many are valid no more, and how many will soon be so.
    evidence: int = 0
    evidence_expired: int = 0
    evidence_expiring: int = 0
    # Whether the agency that the sheet was loaded for leads this indicator, and who does instead of the criterion's own.
    is_led: bool = False
    lead_names: list[str] = field(default_factory=list)
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
    def is_carried(self) -> bool:
        """Whether what counts was brought over and nobody has confirmed it."""
        return self.standing.is_carried

    @property
    def label(self) -> str:
        """The indicator's code; the criterion's number where it has none."""
        return self.indicator.code or str(self.indicator.criterion.number)

    @property
    def differs(self) -> bool:
        """Whether both sides have a result and come to different ones, in the verdict or in the value.

        What was brought over and not confirmed is not yet what the commune says. The same in the database:
        `IndicatorResultQuerySet.differing`.
        """
        ours, theirs = self.reported, self.verified
        if ours.is_carried or not ours.has_result or not theirs.has_result:
            return False
        values = (ours.entry.value, theirs.entry.value)
        return ours.status != theirs.status or (None not in values and values[0] != values[1])

    @property
    def threshold_value(self) -> Decimal | None:
        return self.threshold.value if self.threshold else None

    @property
    def threshold_text(self) -> str:
        """The threshold in words: '≥ 90 %', 'Đạt'; '' where none is known."""
        return value_words(self.indicator, self.threshold_value)

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
            if self.threshold.document:
                parts = [self.threshold.document]
            if self.threshold.zone:
                parts.append(AREA_ZONES.get(self.threshold.zone, self.threshold.zone))
            if self.threshold.locality_id:
                parts.append(str(self.threshold.locality))
            parts.append(year_words(self.threshold))
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
        """How far off in words: 'thiếu 11,5 điểm %', 'cao hơn 3,8 điểm %', of 8 in 9 villages 'thiếu 1 (8/9)'.

        '' where met or not measured.
        """
        entry = cell.entry
        if cell.status != Status.UNMET or self.shortfall(cell) is None:
            return ""
        if entry.has_both_genders:
            parts = [("nam", entry.male), ("nữ", entry.female)]
            return ", ".join(filter(None, (self._shortfall_of(value, name) for name, value in parts)))
        if entry.denominator is not None:
            missing = rules.missing_units(
                numerator=entry.numerator, denominator=entry.denominator, threshold=self.threshold_value
            )
            word = "thiếu" if entry.value < self.threshold_value else "nhiều hơn"
            return (
                f"{word} {format_number(missing)} ({format_number(entry.numerator)}/{format_number(entry.denominator)})"
            )
        return self._shortfall_of(entry.value)

    def _shortfall_of(self, value: Decimal, name: str = "") -> str:
        missing = rules.shortfall(value=value, threshold=self.threshold_value, direction=self.indicator.direction)
        if missing is None:
            return ""
        word = "thiếu" if value < self.threshold_value else "cao hơn"
        unit = "điểm %" if self.indicator.short_unit == "%" else self.indicator.short_unit
        return f"{name} {word} {format_number(missing)} {unit}".strip()

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
        entry = cell.entry
        if entry.value is not None and cell.status != Status.NOT_APPLICABLE:
            shown = f"{format_number(entry.value)} {self.indicator.short_unit}"
            if entry.has_both_genders:
                return f"nam {format_number(entry.male)}, nữ {format_number(entry.female)} {self.indicator.short_unit}"
            if entry.denominator is not None:
                percent = format_number(rules.short_percent(entry, self.indicator.direction))
                return f"{percent} % ({format_number(entry.numerator)}/{format_number(entry.denominator)})"
            return shown
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

    @property
    def lacks_evidence(self) -> bool:
        """Whether it is said to be met and no file shows it."""
        return self.status == Status.MET and not self.evidence

    def put(self, opinion: str, entry: Entry, *, at=None, by_id=None) -> Cell:
        """Set what a side says, evaluated; raises InvalidEntry if it cannot stand."""
        rules.check_entry(entry, indicator=self.indicator, threshold=self.threshold_value)
        self.cells[opinion] = Cell(entry=entry, status=self.evaluate(entry), changed_at=at, changed_by_id=by_id)
        return self.cells[opinion]

    def as_cell(self, entry: Entry) -> Cell:
        """The cell an entry would make, without putting it there."""
        return Cell(entry=entry, status=self.evaluate(entry))

    def evaluate(self, entry: Entry) -> Status:
        """What an entry comes to in this row."""
        return rules.evaluate(
            entry,
            value_type=self.indicator.value_type,
            direction=self.indicator.direction,
            threshold=self.threshold_value,
            is_by_gender=self.indicator.is_by_gender,
        )


@dataclass
class SheetCriterion:
    criterion: Criterion
    rows: list[Row]
    lead_names: list[str] = field(default_factory=list)
    # The numbers of the criteria beside it, for turning pages on a phone.
    before: int | None = None
    after: int | None = None
    # The rows the page shows, where these are not all; verdict and counts always go by all.
    shown: list[Row] | None = None
    # What an imported table says of the criterion as a whole: a letter of `rules.STRIP`, '' for nothing.
    stated: str = ""
    # That word itself, where `add_statements` has looked for it.
    statement: CriterionStatement | None = None

    @property
    def shown_rows(self) -> list[Row]:
        return self.rows if self.shown is None else self.shown

    @property
    def carried(self) -> list[Row]:
        """The rows whose reported cell was brought over and waits to be confirmed."""
        return [row for row in self.rows if row.reported.is_carried]

    @property
    def is_led(self) -> bool:
        """Whether the agency that the sheet was loaded for leads any of it."""
        return any(row.is_led for row in self.rows)

    @property
    def is_entered(self) -> bool:
        """Whether somebody has entered one of its indicators; what was brought over and not confirmed was not."""
        return any(cell.has_result and not cell.is_carried for row in self.rows for cell in row.cells.values())

    @property
    def is_stated(self) -> bool:
        """Whether an imported table decides it, and not its indicators."""
        return bool(self.stated) and rules.decides_by_table(stated=self.stated, is_entered=self.is_entered)

    @property
    def verdict(self) -> tuple[Status, bool]:
        """Its status, and whether it was verified."""
        return rules.criterion_verdict(
            statuses=(row.status for row in self.rows),
            is_verified=all(row.is_verified for row in self.rows),
            stated=self.stated,
            is_entered=bool(self.stated) and self.is_entered,
        )

    @property
    def status(self) -> Status:
        return self.verdict[0]

    @property
    def suffix(self) -> str:
        """The indicators met of those that apply: '2/4'; '' where none of them is known."""
        return "" if self.is_stated else f"{self.met}/{self.total}"

    @property
    def total(self) -> int:
        """The indicators that apply."""
        if self.is_stated:
            return 0 if self.status == Status.NOT_APPLICABLE else len(self.rows)
        return sum(row.status != Status.NOT_APPLICABLE for row in self.rows)

    @property
    def met(self) -> int:
        """The indicators met: of a criterion that a table says is met all, of one it says is not, none is known to be."""
        if self.is_stated:
            return self.total if self.status == Status.MET else 0
        return sum(row.status == Status.MET for row in self.rows)

    @property
    def is_verified(self) -> bool:
        return self.verdict[1]

    @property
    def open_rows(self) -> list[Row]:
        """The rows that are not met or not known, of a criterion that no table has said is settled."""
        if self.is_stated:
            return self.rows if self.status == Status.UNMET else []
        return [row for row in self.rows if row.status in (Status.UNMET, Status.UNKNOWN)]


@dataclass
class Sheet:
    assessment: Assessment
    criteria: list[SheetCriterion]
    # The name of the period its last results are from; '' if there is none.
    previous_name: str = ""

    @property
    def rows(self) -> dict[int, Row]:
        """The rows by indicator, in order."""
        return {row.indicator.pk: row for criterion in self.criteria for row in criterion.rows}

    @property
    def shown_criteria(self) -> list[SheetCriterion]:
        """The criteria with a row to show."""
        return [criterion for criterion in self.criteria if criterion.shown_rows]

    def show_led_only(self) -> None:
        """Show only the rows that the agency leads for which the sheet was loaded."""
        for criterion in self.criteria:
            criterion.shown = [row for row in criterion.rows if row.is_led]
        _turn_pages(self.shown_criteria)

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
    def carried(self) -> list[Row]:
        """The rows whose reported cell was brought over and waits to be confirmed."""
        return [row for row in self.rows.values() if row.reported.is_carried]

    @property
    def evidence(self) -> int:
        """The files kept, where `add_evidence` has counted them."""
        return sum(row.evidence for row in self.rows.values())

    @property
    def differences(self) -> list[Row]:
        return [row for row in self.rows.values() if row.differs]

    @property
    def strip(self) -> str:
        """The criteria as letters of `rules.STRIP`, in the order of their numbers."""
        return "".join(rules.STRIP[c.verdict] for c in self.criteria)

    def criterion_of(self, indicator_id: int) -> SheetCriterion:
        return next(c for c in self.criteria if any(row.indicator.pk == indicator_id for row in c.rows))


def load_sheet(assessment: Assessment, *, agency_id: int | None = None, with_previous: bool = True) -> Sheet:
    """One sheet, as `load_sheets` reads it."""
    return load_sheets([assessment], agency_id=agency_id, with_previous=with_previous)[0]


def load_sheets(
    assessments: Iterable[Assessment],
    *,
    agency_id: int | None = None,
    with_previous: bool = True,
    criterion: Criterion | None = None,
) -> list[Sheet]:
    """Read sheets of one set and one period in three queries, however many sheets and cells.

    The queries are indicators, thresholds and results; one more finds the last sheets, unless the assessments come
    from `with_previous()`. `assessments` come with locality, period and criteria set. What `agency_id` leads is
    marked. With `criterion` the sheets hold that criterion alone.
    """
    assessments = list(assessments)
    if not assessments:
        return []
    criteria_set, period = assessments[0].criteria_set, assessments[0].period
    indicators = indicators_in_force(criteria_set, period.ends_on, agency_id=agency_id)
    if criterion:
        indicators = indicators.filter(criterion=criterion)
    indicators = list(indicators)
    thresholds = thresholds_of(criteria_set, assessments, criterion)
    previous = _previous(assessments) if with_previous else {}
    cells, before = _cells(assessments, previous, criterion)
    sheets = []
    for assessment in assessments:
        criteria: dict[int, SheetCriterion] = {}
        earlier_of = before[previous.get(assessment.pk, (None, ""))[0]]
        for indicator in indicators:
            earlier = earlier_of[indicator.code, indicator.value_type]
            row = Row(
                indicator=indicator,
                threshold=rules.applicable_threshold(
                    thresholds(indicator.pk, assessment), locality=assessment.locality, year=period.ends_on.year
                ),
                cells={opinion: cells.get((assessment.pk, indicator.pk, opinion)) or Cell() for opinion in Opinion},
                previous=_standing(earlier),
                is_led=bool(agency_id and indicator.is_led),
            )
            if indicator.criterion_id not in criteria:
                criteria[indicator.criterion_id] = SheetCriterion(indicator.criterion, [])
            criteria[indicator.criterion_id].rows.append(row)
        in_order = list(criteria.values())
        for one in in_order if assessment.stated else ():
            one.stated = assessment.stated.get(str(one.criterion.number), "")
        _turn_pages(in_order)
        sheets.append(Sheet(assessment, in_order, previous.get(assessment.pk, (None, ""))[1] or ""))
    return sheets


def _standing(cells: dict) -> Cell | None:
    """Of the cells by opinion the one that counts, as `Row.standing`; None where there is none."""
    verified, reported = cells.get(Opinion.VERIFIED), cells.get(Opinion.REPORTED)
    return verified if verified and (verified.status or not reported) else reported or verified


def _turn_pages(criteria: list[SheetCriterion]) -> None:
    """Tell each criterion the numbers of the ones before and after it."""
    for criterion in criteria:
        criterion.before = criterion.after = None
    for left, right in zip(criteria, criteria[1:], strict=False):
        left.after, right.before = right.criterion.number, left.criterion.number


def indicators_in_force(criteria_set, day: date, *, agency_id: int | None = None):
    """The indicators of a set on a day, in order; with `agency_id` each says whether that agency leads it (`is_led`)."""
    indicators = (
        Indicator.objects.filter(criterion__criteria_set=criteria_set)
        .in_force(day)
        .select_related("criterion")
        .order_by("criterion__number", "position")
    )
    return indicators.annotate(is_led=_is_led(agency_id, timezone.localdate())) if agency_id else indicators


def _is_led(agency_id: int, day: date):
    """Whether an agency leads an indicator on a day: by its name, or with its criterion where no other is named for it."""
    leads = CriterionLead.objects.in_force(day).filter(criterion=OuterRef("criterion"))
    named = leads.filter(indicator_code=OuterRef("code")).exclude(indicator_code="")
    whole = leads.filter(indicator_code="", agency=agency_id)
    return Exists(named.filter(agency=agency_id)) | Exists(whole) & ~Exists(named)


def thresholds_of(criteria_set, assessments, criterion):
    """A function that gives the thresholds of an indicator as they stood for a sheet."""
    above = {int(pk) for sheet in assessments for pk in sheet.locality.path.split(".") if pk}
    rows = Threshold.objects.filter(
        Q(locality=None) | Q(locality__in=above), indicator__criterion__criteria_set=criteria_set
    ).select_related("locality")
    if criterion:
        rows = rows.filter(indicator__criterion=criterion)
    if len(assessments) == 1:
        # One place has a column of its own; leave the other six regions where they are.
        rows = rows.filter(zone__in={"", *assessments[0].locality.zones}).at(assessments[0].frozen_at)
    by_indicator = defaultdict(list)
    for row in rows:
        by_indicator[row.indicator_id].append(row)

    def of(indicator_id, assessment):
        moment = assessment.frozen_at
        return [row for row in by_indicator[indicator_id] if row.stood_at(moment)]

    return of


def _previous(assessments) -> dict:
    """(id, period's name) of the last sheet of the same place and set, by sheet."""
    if not all(hasattr(sheet, "previous_sheet_id") for sheet in assessments):
        found = Assessment.objects.filter(pk__in=[sheet.pk for sheet in assessments]).with_previous()
        return {
            pk: (sheet, name) for pk, sheet, name in found.values_list("pk", "previous_sheet_id", "previous_period")
        }
    return {sheet.pk: (sheet.previous_sheet_id, sheet.previous_period) for sheet in assessments}


# What `_cells` reads of a result: as plain rows, for a page of many places reads tens of thousands.
_CELL_FIELDS = (
    "assessment_id",
    "indicator_id",
    "opinion",
    "value",
    "judgement",
    "note",
    "numerator",
    "denominator",
    "male",
    "female",
    "status",
    "changed_at",
    "changed_by_id",
    "is_carried",
    "indicator__code",
    "indicator__value_type",
)


def cell_of(result) -> Cell:
    """A stored result, whole or as a row of its fields, as a cell."""
    numbers = (result.numerator, result.denominator, result.male, result.female)
    return Cell(
        entry=Entry(result.value, result.judgement, result.note, *numbers),
        status=Status(result.status),
        changed_at=result.changed_at,
        changed_by_id=result.changed_by_id,
        is_carried=result.is_carried,
    )


def _cells(assessments, previous, criterion):
    """The cells by (sheet, indicator, opinion), and by last sheet those of the period before by (code, value type)."""
    own = {sheet.pk for sheet in assessments}
    last = {sheet for sheet, _ in previous.values() if sheet}
    cells, before = {}, defaultdict(lambda: defaultdict(dict))
    results = IndicatorResult.objects.filter(assessment__in=own | last)
    if criterion:
        results = results.filter(indicator__criterion=criterion)
    for result in results.values_list(*_CELL_FIELDS, named=True):
        cell = cell_of(result)
        if result.assessment_id in own:
            cells[result.assessment_id, result.indicator_id, result.opinion] = cell
        if result.assessment_id in last and (cell.status or cell.entry.value is not None):
            before[result.assessment_id][result.indicator__code, result.indicator__value_type][result.opinion] = cell
    return cells, before


def add_evidence(sheets: Iterable[Sheet]) -> None:
    """Put the number of files kept beside each row, and how many have expired or will soon, in one query."""
    by_assessment = {sheet.assessment.pk: (sheet.assessment.period, sheet.rows) for sheet in sheets}
    kept = Evidence.objects.kept().filter(assessment__in=by_assessment).order_by()
    by_day = kept.values_list("assessment", "indicator", "expires_on").annotate(Count("pk"))
    for assessment, indicator, expires_on, count in by_day:
        period, rows = by_assessment[assessment]
        if indicator in rows:
            row = rows[indicator]
            validity = rules.validity(expires_on, day=evidence_day(period), soon_days=settings.EVIDENCE_SOON_DAYS)
            row.evidence += count
            row.evidence_expired += count * (validity == rules.Validity.EXPIRED)
            row.evidence_expiring += count * (validity == rules.Validity.EXPIRING)


def add_statements(sheet: Sheet) -> None:
    """Put beside each criterion that an imported table decides the newest word of one, in one query where there is any."""
    stated = {criterion.criterion.pk: criterion for criterion in sheet.criteria if criterion.is_stated}
    if not stated:
        return
    statements = CriterionStatement.objects.filter(assessment=sheet.assessment, criterion__in=stated)
    for statement in statements.select_related("source__by").order_by("pk"):
        stated[statement.criterion_id].statement = statement


def statements_of(assessment: Assessment, criterion: Criterion):
    """What imported tables have said of a criterion on a sheet, the newest first."""
    statements = CriterionStatement.objects.filter(assessment=assessment, criterion=criterion)
    return statements.select_related("source__by").order_by("-pk")


def evidence_day(period: Period) -> date:
    """The day at which the validity of a period's evidence is judged: today, or the day the period was closed."""
    return period.closed_on or timezone.localdate()


def lead_day(period) -> date:
    """The day at which a period's pages and files say who is in charge: today while it is open, then its last day."""
    return period.ends_on if period.closed_on else timezone.localdate()


def add_leads(*sheets: Sheet) -> None:
    """Put the agencies in charge beside each criterion and indicator: those of the places a sheet's place lies in.

    While the sheets can change, those in charge today; then those of the period's last day. Sheets of one set and one
    period take one query together.
    """
    if not sheets:
        return
    above = [{int(pk) for pk in sheet.assessment.locality.path.split(".") if pk} for sheet in sheets]
    criteria = [c.criterion.pk for c in sheets[0].criteria]
    leads = CriterionLead.objects.filter(criterion__in=criteria, agency__locality__in=set().union(*above))
    leads = leads.in_force(lead_day(sheets[0].assessment.period))
    leads = list(leads.select_related("agency").order_by("agency__sort_key", "pk"))
    for sheet, places in zip(sheets, above, strict=True):
        by_criterion = {c.criterion.pk: c for c in sheet.criteria}
        for lead in leads:
            if lead.agency.locality_id not in places:
                continue
            criterion = by_criterion[lead.criterion_id]
            if not lead.indicator_code:
                criterion.lead_names.append(lead.agency.label)
            for row in criterion.rows:
                if lead.indicator_code and row.indicator.code == lead.indicator_code:
                    row.lead_names.append(lead.agency.label)
