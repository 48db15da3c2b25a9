"""The matrix' table as HTML, joined in Python: a template loop a cell would cost more than all the rest of the page.

End tags that HTML lets go, and quotes it does not need, are left out: 600 × 19 cells are the page's weight.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from criteria.counts import GAINED, LOST, STAYED, moves
from criteria.models import Status
from criteria.templatetags.signs import LOOKS
from dashboards.arranging import Group
from dashboards.matrix import Matrix, MatrixRow, status_of
from ntm_tracker.vietnamese import format_number

# The word of a sign is for those who hear the page. The stylesheet hides an <i> in a cell: a class name of its own in
# each of 600 × 19 cells would be a third of the page.
_BODY = {status: f"{sign}<i> {status.label}</i>" for status, (sign, _, _) in LOOKS.items()}
# The marks themselves are drawn by the stylesheet; their words stand here.
_MARK = {GAINED: "<i>, mới đạt</i>", LOST: "<i>, mới mất</i>", STAYED: ""}
_CLASS = {GAINED: ["up"], LOST: ["down"], STAYED: []}
_BLANK = "<td class=blank><i>không có chi tiết</i>"
_PLANNED = "<i>, trong kế hoạch năm</i>"
_OPEN = (Status.UNMET, Status.UNKNOWN)


@lru_cache(maxsize=4096)
def strip_cells(strip: str, before: str, starts: frozenset[int], planned: tuple[int, ...] = ()) -> str:
    """The cells of one row: `starts` holds the positions where a group of criteria begins, `planned` the numbers of
    the criteria that are to be met in the year, of which those still open are marked."""
    cells = []
    for position, (letter, move) in enumerate(zip(strip, moves(strip, before), strict=True)):
        status = status_of(letter)
        classes, body = [LOOKS[status][1], *_CLASS[move]], f"{_BODY[status]}{_MARK[move]}"
        if position + 1 in planned and status in _OPEN:
            classes.append("goal")
            body += _PLANNED
        if position in starts:
            classes.append("part-start")
        name = classes[0] if len(classes) == 1 else f'"{" ".join(classes)}"'
        cells.append(f"<td class={name}>{body}")
    return "".join(cells)


@lru_cache(maxsize=4096)
def _row_end(
    row_strip: str, before: str, starts: frozenset[int], planned: tuple[int, ...], width: int, counted: tuple | None
) -> tuple:
    """What follows the name of a place, without the address of its sheet: the cells, the score, the change."""
    row = MatrixRow(0, "", "", row_strip, before, False, None, counted=counted)
    score = f"<b>{row.met}</b>/{row.applicable}" if row.has_data else "chưa có"
    if row.is_counted_only:
        return _BLANK * width, f"{score}</a><td class=total>{change_html(None)}"
    cells = strip_cells(row_strip or "-" * width, before if row_strip else "", starts, planned)
    return cells, f"{score}</a><td class=total>{change_html(row.change)}"


def group_starts(matrix: Matrix) -> frozenset[int]:
    """The positions where a new group of criteria begins, but the first."""
    codes = [criterion.group_code for criterion in matrix.criteria]
    return frozenset(i for i in range(1, len(codes)) if codes[i] != codes[i - 1])


def change_html(change) -> SafeString:
    """A difference with its sign: ▲ 2, ▼ 0,3, 0; a dash where nothing can be compared."""
    if change is None:
        return mark_safe('<span class="muted">–</span>')
    sign, word, css = ("▲", "tăng", "gain") if change > 0 else ("▼", "giảm", "loss")
    if not change:
        return mark_safe('<span class="muted">0</span>')
    return mark_safe(
        f'<span class="{css}"><span aria-hidden="true">{sign}</span><span class="visually-hidden">{word}</span> '
        f"{format_number(abs(change))}</span>"
    )


def head_cells(matrix: Matrix, address: Callable[[int], str]) -> SafeString:
    """The heads of the criteria; `address` gives the page of one by its number, '' where there is none."""
    starts, cells = group_starts(matrix), []
    for position, criterion in enumerate(matrix.criteria):
        url = address(criterion.number)
        tag, end = (f'a href="{escape(url)}"', "a") if url else ("span", "span")
        cells.append(
            f'<th scope="col" class="crit{_start(position, starts)}"><{tag} title="{escape(criterion.name)}">'
            f'<span class="vname">{escape(criterion.label)}</span><b>{criterion.number}</b></{end}></th>'
        )
    return mark_safe("".join(cells))


def total_cells(matrix: Matrix, address: Callable[[int], str]) -> SafeString:
    """How many places meet each criterion; `address` gives the matrix of those that do not."""
    starts, cells = group_starts(matrix), []
    for position, column in enumerate(matrix.columns):
        shown = str(column.met)
        if column.unmet:
            number = column.criterion.number
            shown = (
                f'<a href="{escape(address(number))}" title="Xem {column.unmet} chưa đạt tiêu chí {number}">{shown}</a>'
            )
        cells.append(f'<td class="{"low" if column.unmet else ""}{_start(position, starts)}">{shown}</td>')
    return mark_safe("".join(cells))


def share_cells(matrix: Matrix) -> SafeString:
    """The share of places that meet each criterion, in whole %."""
    starts, cells = group_starts(matrix), []
    for position, column in enumerate(matrix.columns):
        shown = "–" if column.percent is None else format_number(column.percent, 0)
        cells.append(f'<td class="{_start(position, starts)}">{shown}</td>')
    return mark_safe("".join(cells))


def _start(position, starts):
    return " part-start" if position in starts else ""


@dataclass(frozen=True)
class Links:
    """The addresses of a place, with 0 where its id goes."""

    commune: str
    sheet: str


def matrix_body(
    matrix: Matrix, groups: Iterable[Group], links: Links, opened: tuple[int, int] | None = None
) -> SafeString:
    """The rows of the matrix, a <tbody> a group; `opened` is the place and the number of the cell shown beside it."""
    starts, width, year = group_starts(matrix), len(matrix.criteria), matrix.period.ends_on.year
    (commune, choice), (sheet, rest) = (map(escape, url.split("/0/")) for url in (links.commune, links.sheet))
    out = []
    for group in groups:
        out.append("<tbody>")
        if group.label:
            out.append(_group_row(group, matrix))
        for row in group.rows:
            pk, on_own_word = row.locality_id, row.is_reported_only
            cells, end = _row_end(row.strip, row.before, starts, row.planned, width, row.counted)
            if opened and opened[0] == pk:
                cells = _with_open(cells, opened[1])
            out.append(
                f"<tr id=x{pk}{' class=unverified' if on_own_word else ''}><th scope=row class=place><div>"
                f'<a href="{commune}/{pk}/{choice}">{escape(row.name)}</a>{_note(row, year, on_own_word)}</div>{cells}'
                f'<td class=total><a href="{sheet}/{pk}/{rest}">{end}'
            )
        out.append("</tbody>")
    return mark_safe("".join(out))


def _with_open(cells: str, number: int) -> str:
    parts = cells.split("<td class=")
    classes, rest = parts[number].split(">", 1)
    classes = classes.strip('"')
    parts[number] = f'"open {classes}" aria-current=true>{rest}'
    return "<td class=".join(parts)


def _note(row: MatrixRow, year: int, on_own_word: bool) -> str:
    """The marks behind a name: recognised or waiting for it, planned for the year, on its own word."""
    note = ""
    if row.recognised_year:
        note = (
            '<small><span class="star" aria-hidden="true">★</span><span class="visually-hidden">công nhận năm</span> '
            f"{row.recognised_year}</small>"
        )
    elif row.is_full:
        note = '<small><span class="star" aria-hidden="true">☆</span> chờ QĐ</small>'
    if row.is_to_be_recognised:
        note += (
            '<small><span aria-hidden="true">◎</span><span class="visually-hidden">kế hoạch công nhận năm</span> '
            f"{year}</small>"
        )
    if row.is_counted_only:
        note += '<small class="warn">không có chi tiết</small>'
    if on_own_word:
        note += '<small class="warn">tự đánh giá</small>'
    return f"<span class=marks>{note}</span>" if note else ""


def _group_row(group: Group, matrix: Matrix) -> str:
    noun, full = matrix.criteria_set.get_subject_display(), f"{group.full} đủ {len(matrix.criteria)}"
    mean = f", bình quân {format_number(Decimal(group.met) / group.filled, 1)} tiêu chí" if group.filled else ""
    return (
        f'<tr class="group"><th scope="rowgroup" colspan="{len(matrix.criteria) + 3}"><div><b>{escape(group.label)}</b> '
        f"<span>{len(group.rows)} {noun}: {full}{mean}</span></div></th></tr>"
    )
