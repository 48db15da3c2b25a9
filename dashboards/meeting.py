"""The meeting, a topic a screen: slides as data. The title of each says the finding; below it a figure and a list."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from django.conf import settings
from django.utils import timezone

from criteria.counts import rounded
from criteria.nearness import Nearness
from criteria.sheet import add_leads
from dashboards.cells import strip_cells
from dashboards.matrix import Matrix, MatrixRow
from dashboards.mine import charges_by_place
from dashboards.nearness import Line, Ranking
from directives import queries
from directives.board import Board
from ntm_tracker.vietnamese import format_date, format_number, plain_name

# Rows of a slide that can be read from the back of the room.
MATRIX_ROWS, MATRIX_COLUMN = 36, 12
# Characters of names in a cell of two lines.
NAMES_ROOM = 85
MOVES = 6
WORST = 6
GAPS, OVERDUE_ROWS, COMMUNE_ROWS = 5, 3, 7
# So few of them that each may take two lines.
AIRY_ROWS = 4
LATE_ROWS = 8
SOON_ROWS = 7
REST_NAMES = 60
# Slides of one kind: a meeting does not turn over a hundred. What is left out is said in words.
MATRIX_SLIDES = 6
COMMUNE_SLIDES = 20
# How much of what is due soon is read, to say it a task a line.
SOON_READ = 300


@dataclass
class Slide:
    """One screen. `anchor` is its address behind #/, `label` its line in the list of slides, `kind` names its template."""

    anchor: str
    label: str
    kind: str
    title: str
    facts: dict = field(default_factory=dict)
    # The commune it is about: a decision typed there names it.
    place: int | None = None
    # Whether its figures are of tasks, which are counted to another day than the results.
    is_work: bool = False

    @property
    def template(self) -> str:
        return f"dashboards/meeting/_{self.kind}.html"


@dataclass(frozen=True)
class DueTask:
    """A task that falls due on a day, with the bodies it is given to."""

    text: str
    source: str
    first: queries.Row
    bodies: list[str]


def load_deck(*, user, matrix: Matrix, as_of: date, fallen, plan: dict) -> list[Slide]:
    """All slides of a meeting, in order. The same number of queries for any number of places and tasks.

    `fallen` and `plan` are those of the overview, `as_of` the day the tasks are judged at.
    """
    board = Board(user, as_of, queries.Filters())
    tasks, late = board.summary(), board.late_bodies()
    slides = [_overview(matrix, tasks, late, plan)]
    if matrix.filled:
        slides += [_bands(matrix), *_matrix(matrix), _moves(matrix), _criteria(matrix)]
        slides += _communes(user, matrix, as_of)
    slides += [_late(tasks, late, as_of), _soon(user, tasks, as_of)]
    if matters := matters_of(matrix, fallen, plan, late):
        title = f"{len(matters)} việc cần quyết định"
        slides.append(Slide("can-quyet-dinh", "Việc cần quyết định", "matters", title, {"matters": matters}))
    today = format_date(timezone.localdate())
    slides.append(Slide("ket-luan", "Kết luận", "decisions", f"Kết luận cuộc họp ngày {today}"))
    return _with_own_anchors(slides)


def _with_own_anchors(slides: list[Slide]) -> list[Slide]:
    """The slides, each with an address no other has: two communes of a province may share a name."""
    seen = Counter()
    for slide in slides:
        seen[slide.anchor] += 1
        if seen[slide.anchor] > 1:
            slide.anchor = f"{slide.anchor}-{seen[slide.anchor]}"
    return slides


def listed(names: Sequence[str], most: int = 3, noun: str = "") -> str:
    """Names in a sentence: 'Bản Bo', 'Bản Bo và Sơn Bình', 'Bản Bo, Nà Tăm, Sơn Bình và 4 xã khác'."""
    if len(names) > most:
        return f"{', '.join(names[:most])} và {len(names) - most} {noun} khác".replace("  ", " ")
    return " và ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def fitting(names: Sequence[str], room: int = NAMES_ROOM) -> int:
    """How many of the names, with what parts them, fit into so many characters; at least one."""
    reached = accumulate(len(name) + 2 for name in names)
    return max(min(1, len(names)), sum(length <= room for length in reached))


# -- where we are -----------------------------------------------------------------------------------------------------


def _overview(matrix, tasks, late, plan):
    return Slide("tong-quan", "Tổng quan", "overview", overview_title(matrix), {"tasks": tasks, "late": late, **plan})


def overview_title(matrix: Matrix) -> str:
    noun = matrix.criteria_set.get_subject_display()
    if not matrix.rows:
        return f"Địa bàn không có {noun} nào dùng bộ tiêu chí này"
    if not matrix.filled:
        return f"Kỳ {matrix.period} chưa có số liệu nào"
    recognised, mean = len(matrix.recognised), format_number(rounded(matrix.mean), 1)
    return f"{recognised}/{len(matrix.rows)} {noun} đã được công nhận; bình quân {mean} tiêu chí"


def _bands(matrix):
    most = max(len(band.rows) for band in matrix.bands) or 1
    bands = []
    for band in matrix.bands:
        shown = band.rows[: fitting([f"{row.name} ★" for row in band.rows])]
        width = round(100 * len(band.rows) / most)
        bands.append({"band": band, "width": width, "shown": shown, "hidden": len(band.rows) - len(shown)})
    return Slide("phan-nhom", "Phân nhóm theo số tiêu chí", "bands", bands_title(matrix), {"bands": bands})


def bands_title(matrix: Matrix) -> str:
    """'7/12 xã đủ 19 tiêu chí; Khun Há và Sơn Bình còn xa nhất'."""
    noun, count = matrix.criteria_set.get_subject_display(), len(matrix.criteria)
    full, filled = len(matrix.full), len(matrix.filled)
    if full == filled:
        return f"Cả {filled} {noun} có số liệu đều đủ {count} tiêu chí"
    open_rows = sorted((row for row in matrix.filled if not row.is_full), key=lambda row: row.met - row.applicable)
    farthest = [row.name for row in open_rows[:2]]
    return f"{full}/{filled} {noun} đủ {count} tiêu chí; {listed(farthest)} còn xa nhất"


# -- the matrix -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatrixLine:
    row: MatrixRow
    cells: str


def _matrix(matrix):
    """The places by criteria, most criteria first; of too many, those that have met the fewest."""
    order = sorted(matrix.rows, key=lambda row: (not row.has_data, row.applicable - row.met if row.has_data else 0))
    room = MATRIX_SLIDES * MATRIX_ROWS
    left_out = max(0, len(order) - room)
    # Those without data have nothing to show.
    shown = order[left_out:] if left_out else order
    empty = "-" * len(matrix.criteria)
    lines = [
        MatrixLine(row, strip_cells(row.strip or empty, row.before if row.has_detail else "", frozenset()))
        for row in shown
    ]
    pages = [lines[start : start + MATRIX_ROWS] for start in range(0, len(lines), MATRIX_ROWS)]
    title = matrix_title(matrix)
    slides = []
    for number, page in enumerate(pages, start=1):
        part = f" ({number}/{len(pages)})" if len(pages) > 1 else ""
        half = len(page) if len(page) <= MATRIX_COLUMN else -(-len(page) // 2)
        facts = {"tables": [page[:half], page[half:]] if page[half:] else [page], "left_out": left_out}
        slides.append(Slide("ma-tran", f"Ma trận{part}", "matrix", f"{title}{part}", facts))
    return slides


def matrix_title(matrix: Matrix) -> str:
    """'13/19 tiêu chí đạt ở mọi xã; vướng nhất ở tiêu chí 11 và 17'."""
    noun = matrix.criteria_set.get_subject_display()
    whole = [column for column in matrix.columns if column.applicable and column.met == column.applicable]
    worst = [f"{column.criterion.number}" for column in worst_columns(matrix)[:2]]
    known = " có số liệu" if len(matrix.filled) < len(matrix.rows) else ""
    said = f"{len(whole)}/{len(matrix.criteria)} tiêu chí đạt ở mọi {noun}{known}"
    return f"{said}; vướng nhất ở tiêu chí {listed(worst)}" if worst else said


def worst_columns(matrix: Matrix):
    """The criteria some place has not met, those unmet in most places first."""
    columns = [column for column in matrix.columns if column.unmet_places]
    return sorted(columns, key=lambda column: (-len(column.unmet_places), column.criterion.number))


# -- what moved, what holds us ----------------------------------------------------------------------------------------


def _moves(matrix):
    gainers = sorted((row for row in matrix.comparable if row.gained), key=lambda row: (-len(row.gained), row.name))
    losers = sorted((row for row in matrix.comparable if row.lost), key=lambda row: (-len(row.lost), row.name))
    facts = {
        "gainers": gainers[:MOVES],
        "more_gainers": max(0, len(gainers) - MOVES),
        "losers": losers[:MOVES],
        "more_losers": max(0, len(losers) - MOVES),
    }
    return Slide("thay-doi", "Thay đổi so với kỳ trước", "moves", moves_title(matrix, [r.name for r in losers]), facts)


def moves_title(matrix: Matrix, losers: Sequence[str]) -> str:
    """'So với Quý IV/2023: thêm 9, mất 2 tiêu chí; Bản Hon và Nà Tăm có tiêu chí mất'."""
    if not matrix.comparable:
        return "Chưa có kỳ trước để so sánh"
    said = f"So với {matrix.previous}: thêm {matrix.gained}, mất {matrix.lost} tiêu chí"
    noun = matrix.criteria_set.get_subject_display()
    return f"{said}; mất ở {listed(losers, 2, noun)}" if losers else said


def _criteria(matrix):
    worst = worst_columns(matrix)
    noun = matrix.criteria_set.get_subject_display()
    title = "Không còn tiêu chí nào chưa đạt"
    if worst:
        first = worst[0]
        title = f"Vướng nhất: {first.criterion.label}, {len(first.unmet_places)}/{first.applicable} {noun} chưa đạt"
    most = len(worst[0].unmet_places) if worst else 1
    lines = [
        {
            "column": column,
            "width": round(100 * len(column.unmet_places) / most),
            "names": listed(column.unmet_places, fitting(column.unmet_places), noun),
        }
        for column in worst[:WORST]
    ]
    unknown = sum(bool(column.unknown_places) for column in matrix.columns)
    facts = {"lines": lines, "more": max(0, len(worst) - WORST), "unknown": unknown}
    return Slide("tieu-chi", "Tiêu chí vướng nhất", "criteria", title, facts)


# -- the communes -----------------------------------------------------------------------------------------------------


def _communes(user, matrix, as_of):
    """A slide for each commune with something to settle, the nearest to recognition first; then the rest in words."""
    ranking = Ranking(matrix, user, as_of)
    lines = {line.row.locality_id: line for line in ranking[0:COMMUNE_SLIDES]}
    add_leads(*(line.nearness.sheet for line in lines.values()))
    settled = ranking.recognised
    overdue = queries.overdue_in(user, as_of, [*lines, *(row.locality_id for row in settled)])
    late = [row for row in settled if overdue.get(row.locality_id)]
    shown = [*(line.row for line in lines.values()), *late][:COMMUNE_SLIDES]
    work = _first_overdue(user, as_of, [overdue.get(row.locality_id, []) for row in shown])
    charges = charges_by_place([row.locality_id for row in shown], as_of)
    slides = []
    for row in shown:
        pks = overdue.get(row.locality_id, [])
        line: Line | None = lines.get(row.locality_id)
        near = line and line.nearness
        gaps = near.gaps[:GAPS] if near else []
        conditions = near.unmet_conditions[: GAPS - len(gaps)] if near else []
        open_ones = len(gaps) + len(conditions)
        late_ones = pks[: min(OVERDUE_ROWS, COMMUNE_ROWS - open_ones)]
        facts = {
            "row": row,
            "cells": strip_cells(row.strip, row.before, frozenset()) if row.has_detail else "",
            "near": near,
            "gaps": gaps,
            "more_gaps": len(near.gaps) - len(gaps) if near else 0,
            "conditions": conditions,
            "more_conditions": len(near.open_conditions) - len(conditions) if near else 0,
            "charges": charges[row.locality_id],
            "overdue": [work[pk] for pk in late_ones],
            "overdue_count": len(pks),
            "is_airy": open_ones + len(late_ones) <= AIRY_ROWS,
        }
        title = commune_title(row, near, len(pks))
        anchor = plain_name(row.full_name)
        slides.append(Slide(anchor, row.full_name, "commune", title, facts, place=row.locality_id, is_work=bool(pks)))
    names = {row.locality_id for row in shown}
    rest = [row for row in [*ranking.rows, *late] if row.locality_id not in names]
    return [*slides, *_rest(matrix, rest, ranking.without_data)]


def commune_title(row: MatrixRow, near: Nearness | None, overdue: int) -> str:
    """'Sơn Bình: 15/19 tiêu chí, 4 chưa đạt; 2 việc quá hạn'."""
    late = f"; {overdue} việc quá hạn" if overdue else ""
    score = f"{row.met}/{row.applicable} tiêu chí" if row.has_data else "chưa có số liệu"
    if row.recognised_year and (row.is_full or not row.has_data):
        return f"{row.name}: công nhận năm {row.recognised_year}, {score}{late}"
    if row.is_full:
        open_ones = len(near.open_conditions) + near.lacks_required_tier if near else 0
        wait = f"còn {open_ones} điều kiện khác" if open_ones else "chờ quyết định công nhận"
        return f"{row.name}: đủ {score}, {wait}{late}"
    parts = [f"{len(row.unmet)} chưa đạt"] * bool(row.unmet) + [f"{len(row.unknown)} chưa đánh giá"] * bool(row.unknown)
    parts += ["không có chi tiết"] * row.is_counted_only
    fallen = f"công nhận năm {row.recognised_year}, nay " if row.recognised_year else ""
    return f"{row.name}: {fallen}{score}, {', '.join(parts)}{late}"


def _first_overdue(user, as_of, by_place: Iterable[list[int]]) -> dict[int, queries.Row]:
    """The overdue work that the slides list, by key. One query."""
    keys = {pk for pks in by_place for pk in pks[:OVERDUE_ROWS]}
    rows = queries.work(user, as_of).filter(pk__in=keys).select_related("task__directive", "agency", "member")
    return {row.pk: queries.Row(row, as_of) for row in rows.defer("task__directive__text")}


def _rest(matrix, rest, without_data):
    """The communes that have no slide of their own, in words."""
    if not rest and not without_data:
        return []
    noun = matrix.criteria_set.get_subject_display()
    parts = [f"{len(rest)} {noun} khác còn thiếu tiêu chí hoặc có việc quá hạn"] * bool(rest)
    counted = sum(row.is_counted_only for row in without_data)
    missing = len(without_data) - counted
    parts += [f"{counted} {noun} chỉ có số tiêu chí"] * bool(counted)
    parts += [f"{missing} {noun} chưa có số liệu"] * bool(missing)
    facts = {
        "rest": rest[:REST_NAMES],
        "more_rest": max(0, len(rest) - REST_NAMES),
        "without_data": without_data[:REST_NAMES],
        "more_without_data": max(0, len(without_data) - REST_NAMES),
    }
    title = ", ".join(parts)
    return [Slide("cac-xa-khac", f"Các {noun} khác", "rest", title[:1].upper() + title[1:], facts)]


# -- the work ---------------------------------------------------------------------------------------------------------


def _late(tasks, late, as_of):
    facts = {
        "tasks": tasks,
        "late": late[:LATE_ROWS],
        "more": max(0, len(late) - LATE_ROWS),
        "most": late[0].overdue if late else 1,
    }
    return Slide("qua-han", "Quá hạn theo cơ quan", "late", late_title(tasks, late), facts, is_work=True)


def late_title(tasks, late) -> str:
    """'5 phần việc quá hạn ở 3 cơ quan, nhiều nhất là Trung tâm Y tế huyện (2)'."""
    if not late:
        return "Không có phần việc nào quá hạn"
    said = f"{tasks.overdue} phần việc quá hạn ở {len(late)} cơ quan"
    if len(late) > 1 and late[0].overdue == late[-1].overdue:
        return f"{said}, lâu nhất {max(body.longest_days for body in late)} ngày"
    return f"{said}, nhiều nhất là {late[0].label} ({late[0].overdue})"


def _soon(user, tasks, as_of):
    soon = queries.work(user, as_of).due_soon(as_of).order_by("due_at", "task", "agency__sort_key", "pk")
    soon = soon.select_related("task__directive", "agency", "member").defer("task__directive__text")[:SOON_READ]
    groups = defaultdict(list)
    for assignment in soon:
        groups[assignment.due_at, assignment.task_id].append(assignment)
    lines = [
        DueTask(
            text=rows[0].task.text,
            source=rows[0].task.source,
            first=queries.Row(rows[0], as_of),
            bodies=[row.body for row in rows],
        )
        for rows in groups.values()
    ]
    days = settings.DUE_SOON_DAYS
    title = f"{tasks.due_soon} phần việc đến hạn trong {days} ngày tới"
    if not tasks.due_soon:
        title = f"Không có phần việc nào đến hạn trong {days} ngày tới"
    facts = {"tasks": tasks, "lines": lines[:SOON_ROWS], "more": max(0, len(lines) - SOON_ROWS)}
    return Slide("sap-den-han", "Sắp đến hạn", "soon", title, facts, is_work=True)


# -- what is to be decided --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matter:
    """Something the figures ask the committee to decide on: its sign, what it is about, and the facts in words."""

    sign: str
    name: str
    words: str


def matters_of(matrix: Matrix, fallen, plan: dict, late) -> list[Matter]:
    """What the figures ask the committee to decide on."""
    noun = matrix.criteria_set.get_subject_display()
    found = []
    waiting = [row.name for row in matrix.full if not row.recognised_year]
    if waiting:
        words = f"{listed(waiting, 6, noun)} đủ {len(matrix.criteria)} tiêu chí, chưa có quyết định công nhận"
        found.append(Matter("☆", "Đề nghị công nhận", words))
    revocable = [row.name for row, warning in fallen if warning.rule]
    if revocable:
        found.append(Matter("▼", "Xem xét thu hồi công nhận", listed(revocable, 6, noun)))
    below = [row.name for row, warning in fallen if not warning.rule]
    if below:
        found.append(Matter("✗", "Khôi phục tiêu chí", f"{listed(below, 6, noun)} đã công nhận nhưng không còn đủ"))
    tally = plan["plan"]
    if tally.given and plan["is_behind"]:
        words = f"{tally.met}/{tally.whole} tiêu chí được giao đã đạt, năm đã qua {format_number(plan['year_over'])} %"
        found.append(Matter("!", f"Kế hoạch năm {plan['year']} chậm", words))
    if late:
        names = [f"{body.label} ({body.overdue} việc, lâu nhất {body.longest_days} ngày)" for body in late]
        found.append(Matter("!", "Đôn đốc việc quá hạn", listed(names, 2, "cơ quan")))
    missing = [row.name for row in matrix.rows if not row.has_data]
    if missing and matrix.filled:
        found.append(Matter("–", "Nộp số liệu", f"{listed(missing, 6, noun)} chưa có số liệu kỳ {matrix.period}"))
    return found
