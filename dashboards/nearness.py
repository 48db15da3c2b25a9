"""Places in the order of how little separates them from recognition, a page at a time."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from communes.models import Locality
from criteria.models import Assessment
from criteria.nearness import Gap, Nearness, closeness, load_nearness, open_indicators
from criteria.sheet import load_sheets
from dashboards.matrix import Matrix, MatrixRow
from directives import queries
from directives.models import AssignmentStatus


@dataclass
class Work:
    """What is still to be done on the criteria a place has not met."""

    rows: list[queries.Row] = field(default_factory=list)

    @property
    def overdue(self) -> list[queries.Row]:
        return [row for row in self.rows if row.status == AssignmentStatus.OVERDUE]


@dataclass
class Line:
    """One place of the list."""

    position: int
    row: MatrixRow
    nearness: Nearness
    work: Work


@dataclass
class GapLine:
    """A gap of one place with the work on its criterion."""

    gap: Gap
    # A task names criteria, not indicators: its work stands once, by the first gap of the criterion.
    work: Work

    @property
    def others_in_charge(self) -> list[str]:
        """The agencies in charge, but the one named with the work already."""
        named = {row.assignment.body for row in self.work.rows[:1]}
        return [name for name in self.gap.lead_names if name not in named]


def gap_lines(nearness: Nearness, rows: list[queries.Row]) -> list[GapLine]:
    """The gaps of a place with its open work; the tasks come with their criteria."""
    lines, seen = [], set()
    for gap in nearness.gaps:
        pk = gap.criterion.criterion.pk
        on_it = [row for row in rows if any(c.pk == pk for c in row.assignment.task.criteria.all())]
        lines.append(GapLine(gap, Work([] if pk in seen else on_it)))
        seen.add(pk)
    return lines


@dataclass(frozen=True)
class Answer:
    """Why a place is or is not recognised and what it lacks, in one line: what stands first, and what explains it."""

    verdict: str
    reason: str


def answer(nearness: Nearness | None, *, goal: str, year: int | None, counted=None) -> Answer:
    """The answer for a place recognised in `year`, or not (None); `nearness` is None where it has no sheet.

    `counted` says how many criteria it met (`ReportedCount`) where nothing says which.
    """
    verdict = f"Đã được công nhận {goal} năm {year}" if year else f"Chưa được công nhận {goal}"
    if counted:
        return Answer(verdict, f"đạt {counted.criteria_met}/{counted.criteria_total} tiêu chí, không có chi tiết")
    if nearness is None:
        return Answer(verdict, "kỳ này chưa có số liệu")
    sheet = nearness.sheet
    full = f"đủ {sheet.met}/{sheet.total} tiêu chí"
    lacking = _lacking(nearness)
    if not lacking:
        return Answer(verdict, f"giữ {full}" if year else f"{full} và các điều kiện, chờ quyết định")
    if not nearness.gaps:
        lacking.insert(0, full)
    elif year:
        lacking[0] = f"nay {lacking[0]}"
    return Answer(verdict, "; ".join(lacking))


def _lacking(nearness: Nearness) -> list[str]:
    unmet, unknown = nearness.sheet.unmet_numbers, nearness.sheet.unknown_numbers
    parts = []
    if unmet:
        lacking = f"thiếu {len(unmet)} tiêu chí ({_listed(unmet)})"
        nearest = nearness.nearest
        criterion = nearest[0].criterion.criterion
        distance = nearest[0].row.shortfall_text if len(nearest) == 1 else ""
        named = f"{criterion.number} {criterion.label}"
        # Of a criterion that a table says is not met, how much it lacks is not known.
        if not nearest[0].criterion.is_stated:
            named += f", còn {distance or f'{len(nearest)} chỉ tiêu'}"
        parts.append(f"{lacking}, {'gần nhất' if len(unmet) > 1 else 'đó'} là {named}")
    if unknown:
        parts.append(f"{len(unknown)} tiêu chí chưa đánh giá ({_listed(unknown)})")
    if nearness.open_conditions:
        parts.append(f"{len(nearness.open_conditions)} điều kiện khác chưa đủ")
    if nearness.lacks_required_tier:
        parts.append(f"chưa được công nhận {nearness.required_tier}")
    return parts


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def place_in_line(row: MatrixRow, lacking: int) -> tuple[int, int]:
    """Fewer criteria not met or not known come first, then fewer such indicators."""
    return row.open_count, lacking


@dataclass
class Ranking:
    """The places of a matrix, the nearest to recognition first; a slice of it is the lines of a page.

    Whoever is recognised already and still meets everything has nothing to reach and stands apart, and so does a
    place without data. Everything is ordered by counts that are stored; how far the values are off, which decides
    between places that lack as much, is read only for those that share a place in line with somebody on the page.
    """

    matrix: Matrix
    user: object
    as_of: date

    @cached_property
    def recognised(self) -> list[MatrixRow]:
        """Those recognised and not known to have fallen since."""
        return [row for row in self.matrix.recognised if row.is_full or not row.has_data]

    @property
    def without_data(self) -> list[MatrixRow]:
        """Those of which no criterion is known; of some it is known how many they met."""
        settled = {row.locality_id for row in self.recognised}
        return [row for row in self.matrix.rows if not row.has_detail and row.locality_id not in settled]

    @cached_property
    def _in_line(self) -> list[tuple[tuple[int, int], MatrixRow]]:
        settled = {row.locality_id for row in self.recognised}
        waiting = [row for row in self.matrix.detailed if row.locality_id not in settled]
        places = Locality.objects.visible_to(self.user).values("pk")
        lacking = open_indicators(criteria_set=self.matrix.criteria_set, period=self.matrix.period, places=places)
        # The rows are in alphabetical order, and sorting keeps it where nothing else decides.
        keyed = [(place_in_line(row, lacking.get(row.locality_id, 0)), row) for row in waiting]
        return sorted(keyed, key=lambda pair: pair[0])

    @property
    def rows(self) -> list[MatrixRow]:
        """The places in line; those that lack as much in alphabetical order."""
        return [row for _, row in self._in_line]

    def __len__(self):
        return len(self._in_line)

    def __getitem__(self, page):
        """The lines page.start to page.stop."""
        on_page = {key for key, _ in self._in_line[page]}
        first = next((i for i, (key, _) in enumerate(self._in_line) if key in on_page), 0)
        tied = [(key, row) for key, row in self._in_line if key in on_page]
        sheets = self._sheets(row.locality_id for _, row in tied)
        near = closeness(sheets.values())
        tied.sort(key=lambda pair: (pair[0], -near.get(pair[1].locality_id, 0)))
        rows = [row for _, row in tied[page.start - first : page.stop - first]]
        return self._lines(rows, sheets, page.start + 1)

    def _sheets(self, places) -> dict[int, Assessment]:
        sheets = Assessment.objects.with_place().filter(
            criteria_set=self.matrix.criteria_set, period=self.matrix.period, locality__in=list(places)
        )
        return {sheet.locality_id: sheet for sheet in sheets}

    def _lines(self, rows, sheets, start) -> list[Line]:
        pages = load_sheets([sheets[row.locality_id] for row in rows], with_previous=False)
        near = {one.sheet.assessment.locality_id: one for one in load_nearness(pages)}
        criteria = {gap.criterion.criterion.pk for one in near.values() for gap in one.gaps}
        work = queries.open_on_criteria(self.user, self.as_of, near, criteria)
        return [
            Line(position, row, near[row.locality_id], _work_of(near[row.locality_id], work))
            for position, row in enumerate(rows, start)
        ]


def _work_of(nearness: Nearness, work) -> Work:
    """The work on the criteria a place lacks; what is on two of them counts once."""
    place = nearness.sheet.assessment.locality_id
    criteria = dict.fromkeys(gap.criterion.criterion.pk for gap in nearness.gaps)
    found = {row.assignment.pk: row for criterion in criteria for row in work.get((place, criterion), [])}
    return Work(sorted(found.values(), key=lambda row: (row.due_on or date.max, row.assignment.pk)))
