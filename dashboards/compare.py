"""Comparing: two periods of the same places cell by cell, and a place with the mean of others like it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from django.db.models import Avg, Count, OuterRef, Q, Subquery, TextField, Value

from communes.models import GROUP_ZONES, Locality, Region
from criteria import rules
from criteria.counts import ASSESSED, GAINED, LOST, REAPPLIED, UNASSESSED, changes, rounded
from criteria.models import Assessment, Criterion, Direction, IndicatorResult, Recognition, Status
from criteria.rules import Entry
from criteria.sheet import Cell, Row, load_sheets
from dashboards.matrix import Matrix, MatrixColumn, MatrixRow, status_of
from ntm_tracker.vietnamese import format_number

# How many changed criteria of a place bring their values; the rest are named.
MOST_CELLS = 8

# -- two periods ------------------------------------------------------------------------------------------------------


@dataclass
class CellChange:
    """One criterion of a place whose result is another than before, with the values that changed behind it."""

    criterion: Criterion
    kind: str
    before: Status
    now: Status
    # The rows of the sheet in which something changed.
    rows: list[Row] = field(default_factory=list)

    @property
    def deciding(self) -> list[Row]:
        """The rows whose result changed, not their value alone."""
        return [row for row in self.rows if _status_before(row) != row.status]

    @property
    def others(self) -> list[Row]:
        """The rows whose value changed and whose result did not."""
        return [row for row in self.rows if _status_before(row) == row.status]

    @property
    def words(self) -> str:
        """'Mới đạt', 'Mới mất', 'Mới đánh giá: chưa đạt', 'Nay chưa đánh giá'."""
        if self.kind in (GAINED, LOST):
            return "Mới đạt" if self.kind == GAINED else "Mới mất"
        return f"Mới đánh giá: {self.now.label}" if self.kind == ASSESSED else f"Nay {self.now.label}"

    @property
    def before_words(self) -> str:
        """What it was, where the words of the change do not tell."""
        is_plain = self.kind in (LOST, ASSESSED) or (self.kind == GAINED and self.before == Status.UNMET)
        return "" if is_plain else self.before.label


@dataclass
class Line:
    """One place in which something changed; `elsewhere` is its earlier sheet where that is of another set."""

    row: MatrixRow
    cells: list[CellChange]
    recognised_before: int | None
    elsewhere: Assessment | None = None

    @property
    def shown(self) -> list[CellChange]:
        """The changed criteria that bring their values."""
        return self.cells[:MOST_CELLS]

    @property
    def rest(self) -> list[CellChange]:
        return self.cells[MOST_CELLS:]

    @property
    def met_before(self) -> int | None:
        return None if self.row.change is None else self.row.met - self.row.change

    @property
    def is_newly_recognised(self) -> bool:
        return bool(self.row.recognised_year) and not self.recognised_before

    @property
    def has_lost_recognition(self) -> bool:
        return bool(self.recognised_before) and not self.row.recognised_year


@dataclass
class Comparison:
    """The places of a matrix beside the period before: who changed, and how many did not."""

    matrix: Matrix
    # Year of recognition at the set's tier by place, as of the last day of the period before.
    recognised_before: dict[int, int]
    # The sheet of the period before by place, of those judged then by another set of the same tier.
    elsewhere: dict[int, Assessment]

    @cached_property
    def lines(self) -> list[Line]:
        """The places with a change: most lost first, then most gained, then by name."""
        lines = [self._line(row) for row in self.matrix.rows]
        changed = [
            line
            for line in lines
            if line.cells or line.elsewhere or line.is_newly_recognised or line.has_lost_recognition
        ]
        return sorted(changed, key=lambda line: (-len(line.row.lost), -len(line.row.gained)))

    def _line(self, row):
        return Line(
            row=row,
            cells=[
                CellChange(criterion, kind, status_of(was), status_of(now))
                for criterion, kind, was, now in zip(
                    self.matrix.criteria, changes(row.strip, row.before), row.before, row.strip, strict=False
                )
                if kind
            ],
            recognised_before=self.recognised_before.get(row.locality_id),
            elsewhere=self.elsewhere.get(row.locality_id) if row.has_data else None,
        )

    @cached_property
    def counts(self) -> Counter:
        """Criteria by kind of change, over all places that can be compared cell by cell."""
        return Counter(cell.kind for line in self.lines for cell in line.cells)

    def places_with(self, kind: str) -> int:
        return sum(any(cell.kind == kind for cell in line.cells) for line in self.lines)

    @property
    def gained_places(self) -> int:
        return self.places_with(GAINED)

    @property
    def lost_places(self) -> int:
        return self.places_with(LOST)

    @property
    def assessed(self) -> int:
        return self.counts[ASSESSED]

    @property
    def unassessed(self) -> int:
        return self.counts[UNASSESSED]

    @property
    def reapplied(self) -> int:
        return self.counts[REAPPLIED]

    @property
    def met_before(self) -> int:
        return sum(row.met - row.change for row in self.matrix.comparable)

    @property
    def met_now(self) -> int:
        """Over the places with data in both periods, unlike the matrix' total."""
        return sum(row.met for row in self.matrix.comparable)

    @property
    def unchanged(self) -> list[MatrixRow]:
        """The places with the same results in both periods."""
        changed = {line.row.locality_id for line in self.lines}
        return [row for row in self.matrix.comparable if row.locality_id not in changed]

    @property
    def without_before(self) -> list[MatrixRow]:
        return [row for row in self.matrix.filled if not row.before and row.locality_id not in self.elsewhere]

    @property
    def without_data(self) -> list[MatrixRow]:
        return [row for row in self.matrix.rows if not row.has_data]

    @property
    def other_sets(self) -> list[str]:
        """The sets that judged the places in the period before, where it is another one."""
        return sorted({line.elsewhere.criteria_set.short_name for line in self.lines if line.elsewhere})

    @property
    def newly_recognised(self) -> list[Line]:
        return [line for line in self.lines if line.is_newly_recognised]

    @property
    def recognition_lost(self) -> list[Line]:
        return [line for line in self.lines if line.has_lost_recognition]

    @property
    def columns(self) -> list[tuple[Criterion, int, int]]:
        """The criteria that places gained or lost: (criterion, places gaining it, places losing it)."""
        moved = {kind: Counter() for kind in (GAINED, LOST)}
        for line in self.lines:
            for cell in line.cells:
                if cell.kind in moved:
                    moved[cell.kind][cell.criterion.number] += 1
        rows = [(c, moved[GAINED][c.number], moved[LOST][c.number]) for c in self.matrix.criteria]
        return [row for row in rows if row[1] or row[2]]


def load_comparison(matrix: Matrix) -> Comparison:
    """The matrix beside its period before, in two queries however many places there are."""
    criteria_set, earlier = matrix.criteria_set, matrix.previous
    places = [row.locality_id for row in matrix.rows]
    recognised = {}
    for recognition in Recognition.objects.filter(tier=criteria_set.tier, locality__in=places).order_by("year"):
        if rules.is_recognised_on(recognition, earlier.ends_on):
            recognised[recognition.locality_id] = recognition.year
    others = Assessment.objects.filter(
        period=earlier,
        criteria_set__subject=criteria_set.subject,
        criteria_set__tier=criteria_set.tier,
        locality__in=[row.locality_id for row in matrix.rows if not row.before],
    )
    others = others.exclude(criteria_set=criteria_set).exclude(strip="").select_related("criteria_set").order_by("pk")
    # A sheet just begun may know no criterion yet.
    elsewhere = {sheet.locality_id: sheet for sheet in others if sheet.strip.strip("-")}
    return Comparison(matrix, recognised, elsewhere)


def add_values(lines: list[Line], matrix: Matrix) -> None:
    """Put the values of both periods behind the changed criteria of some lines, in four queries however many they are."""
    by_place = {line.row.locality_id: line for line in lines if line.cells}
    sheets = Assessment.objects.with_place().filter(criteria_set=matrix.criteria_set, locality__in=by_place)
    earlier = sheets.filter(period=matrix.previous, locality=OuterRef("locality")).values("pk")
    now = sheets.filter(period=matrix.period).annotate(
        # What `load_sheets` puts beside each row: here the sheet of the chosen period, not of the one just before.
        previous_sheet_id=Subquery(earlier[:1]),
        previous_period=Value(matrix.previous.name, output_field=TextField()),
    )
    for sheet in load_sheets(now):
        line = by_place[sheet.assessment.locality_id]
        by_number = {one.criterion.number: one for one in sheet.criteria}
        for cell in line.shown:
            rows = by_number[cell.criterion.number].rows if cell.criterion.number in by_number else []
            cell.rows = [row for row in rows if _differs(row)]


def _status_before(row: Row) -> Status:
    return row.previous.status if row.previous else Status.UNKNOWN


def _differs(row: Row) -> bool:
    return _status_before(row) != row.status or row.previous_words != row.words(row.standing)


# -- a place and its peers --------------------------------------------------------------------------------------------

# Which other places a place is compared with: the code in the address, the words, and the column that they share.
PEERS = {
    "cung-cap": ("cùng {parent}", "parent_id"),
    "vung": ("cùng vùng {region}", "region"),
    "khu-vuc": ("cùng khu vực {area}", "area"),
    "nhom": ("cùng nhóm: {group}", "commune_group"),
    "tat-ca": ("tất cả trong địa bàn của anh chị", None),
}


def peer_choices(place: Locality) -> dict[str, str]:
    """The groups of places it can be compared with, in words by code; only those whose mark it carries."""
    words = {
        "parent": place.parent.full_name if place.parent else "",
        "region": dict(Region.choices).get(place.region, ""),
        "area": place.area,
        "group": GROUP_ZONES.get(place.commune_group, ""),
    }
    return {
        code: label.format(**words)
        for code, (label, column) in PEERS.items()
        if column is None or getattr(place, column)
    }


@dataclass
class IndicatorLine:
    """An indicator of the place beside its peers: their mean, unweighted and in its unit; how many of them meet it."""

    row: Row
    mean: Decimal | None = None
    met: int = 0
    # The peers it applies to and that have a result.
    judged: int = 0

    @property
    def mean_words(self) -> str:
        return "" if self.mean is None else self.row.words(Cell(Entry(rounded(self.mean))))

    @property
    def difference_words(self) -> str:
        """How the place's value stands to the mean: 'kém 3,8 điểm %', 'hơn 2 triệu đồng', 'bằng'; '' without both."""
        value = self.row.standing.entry.value
        if self.mean is None or value is None or self.row.status == Status.NOT_APPLICABLE:
            return ""
        difference = rounded(value) - rounded(self.mean)
        if not difference:
            return "bằng"
        above, below = _WORDS.get(self.row.indicator.direction, ("cao hơn", "thấp hơn"))
        unit = "điểm %" if self.row.indicator.short_unit == "%" else self.row.indicator.short_unit
        return f"{above if difference > 0 else below} {format_number(abs(difference))} {unit}"


# What it means to be above the mean and below it.
_WORDS = {Direction.AT_LEAST: ("hơn", "kém"), Direction.AT_MOST: ("kém", "hơn")}


@dataclass
class CriterionLine:
    """A criterion of the place beside its peers."""

    column: MatrixColumn
    status: Status
    indicators: list[IndicatorLine]

    @property
    def most_meet(self) -> bool:
        """Whether at least half of the peers that it applies to meet it."""
        return self.column.percent is not None and self.column.percent >= 50


@dataclass
class Beside:
    """A place beside its peers: those the reader sees, with data, without itself."""

    row: MatrixRow
    peers: Matrix
    lines: list[CriterionLine]

    @property
    def rank(self) -> int:
        """Its place among its peers and itself by criteria met; who has as many shares it."""
        return 1 + sum(peer.met > self.row.met for peer in self.peers.rows)

    @property
    def difference(self) -> Decimal | None:
        """Criteria met more, or less, than the mean of the peers."""
        return self.row.met - rounded(self.peers.mean) if self.row.has_data and self.peers.rows else None

    def _of(self, status, most_meet):
        return [line for line in self.lines if line.status == status and line.most_meet == most_meet]

    @property
    def behind(self) -> list[CriterionLine]:
        """What the place has not met and most peers have."""
        return self._of(Status.UNMET, True)

    @property
    def shared(self) -> list[CriterionLine]:
        """What neither the place nor most peers have met."""
        return self._of(Status.UNMET, False)

    @property
    def ahead(self) -> list[CriterionLine]:
        """What the place has met and most peers have not."""
        return self._of(Status.MET, False)


def load_beside(matrix: Matrix, *, row: MatrixRow, assessment: Assessment | None, among: set[int] | None) -> Beside:
    """A row of the matrix beside the others, of these only the places `among` unless None. Four queries with a sheet."""
    peers = replace(
        matrix,
        rows=[
            other
            for other in matrix.filled
            if other.locality_id != row.locality_id and (among is None or other.locality_id in among)
        ],
    )
    sheet = load_sheets([assessment], with_previous=False)[0] if assessment else None
    means = _means(peers) if sheet else {}
    rows = {one.criterion.number: one.rows for one in sheet.criteria} if sheet else {}
    lines = [
        CriterionLine(
            column=column,
            status=status_of(letter),
            indicators=[
                IndicatorLine(one, *means.get(one.indicator.pk, (None, 0, 0)))
                for one in rows.get(column.criterion.number, [])
            ],
        )
        for column, letter in zip(peers.columns, row.strip or "-" * len(peers.criteria), strict=True)
    ]
    return Beside(row, peers, lines)


def _means(peers: Matrix) -> dict[int, tuple]:
    """By indicator (mean value, places that meet it, places judged) of the results that count. One query."""
    results = IndicatorResult.objects.filter(
        assessment__criteria_set=peers.criteria_set,
        assessment__period=peers.period,
        assessment__locality__in=[row.locality_id for row in peers.rows],
    )
    return {
        indicator: (mean, met, judged)
        for indicator, mean, met, judged in results.standing()
        .order_by()
        .values_list("indicator")
        .annotate(
            mean=Avg("value", filter=~Q(status=Status.NOT_APPLICABLE)),
            met=Count("pk", filter=Q(status=Status.MET)),
            judged=Count("pk", filter=Q(status__in=[Status.MET, Status.UNMET])),
        )
    }
