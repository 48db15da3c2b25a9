"""The matrix' cells as HTML, joined in Python: a template loop a cell would cost more than all the rest of the page."""

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import mark_safe

from criteria.counts import GAINED, LOST, STAYED, moves
from criteria.templatetags.signs import LOOKS
from dashboards.matrix import Matrix, status_of

# The word of a sign is for those who hear the page. The stylesheet hides an <i> in a cell: a class name of its own in
# each of 600 × 19 cells would be a third of the page.
_BODY = {status: f"{sign}<i> {status.label}</i>" for status, (sign, _, _) in LOOKS.items()}
# The mark itself is drawn by the stylesheet; its word stands here.
_MARK = {GAINED: "<i>, mới đạt</i>", LOST: "<i>, mới mất</i>", STAYED: ""}
_CLASS = {GAINED: " up", LOST: " down", STAYED: ""}


@lru_cache(maxsize=4096)
def strip_cells(strip: str, before: str, starts: frozenset[int]) -> str:
    """The cells of one row; `starts` holds the positions where a group of criteria begins."""
    cells = []
    for position, (letter, move) in enumerate(zip(strip, moves(strip, before), strict=True)):
        status = status_of(letter)
        start = " part-start" if position in starts else ""
        cells.append(f'<td class="{LOOKS[status][1]}{_CLASS[move]}{start}">{_BODY[status]}{_MARK[move]}</td>')
    return "".join(cells)


def group_starts(matrix: Matrix) -> frozenset[int]:
    """The positions where a new group of criteria begins, but the first."""
    codes = [criterion.group_code for criterion in matrix.criteria]
    return frozenset(i for i in range(1, len(codes)) if codes[i] != codes[i - 1])


def change_html(change: int | None) -> str:
    """A difference with its sign: ▲ 2, ▼ 1, 0; a dash where nothing can be compared."""
    if change is None:
        return '<span class="muted">–</span>'
    if change > 0:
        return f'<span class="gain"><span aria-hidden="true">▲</span><span class="visually-hidden">tăng</span> {change}</span>'
    if change < 0:
        return f'<span class="loss"><span aria-hidden="true">▼</span><span class="visually-hidden">giảm</span> {-change}</span>'
    return '<span class="muted">0</span>'


def matrix_body(matrix: Matrix, rows, *, commune_url: str, sheet_url: str) -> str:
    """The rows of the matrix. The addresses hold 0 where the place's id goes."""
    starts = group_starts(matrix)
    empty = "-" * len(matrix.criteria)
    lines = []
    for row in rows:
        commune, sheet = (
            commune_url.replace("/0/", f"/{row.locality_id}/"),
            sheet_url.replace("/0/", f"/{row.locality_id}/"),
        )
        if row.is_reported_only:
            note, css = '<small class="warn">tự đánh giá</small>', ' class="unverified"'
        else:
            note, css = "", ""
        if row.recognised_year:
            note = (
                '<small><span class="star" aria-hidden="true">★</span><span class="visually-hidden">công nhận năm</span> '
                f"{row.recognised_year}</small>"
            ) + note
        elif row.is_full:
            note = '<small><span class="star" aria-hidden="true">☆</span> chờ QĐ</small>' + note
        score = f"<b>{row.met}</b>/{row.applicable}" if row.has_data else "chưa có"
        lines.append(
            f'<tr{css}><th scope="row" class="place"><div><a href="{escape(commune)}">{escape(row.name)}</a>{note}</div></th>'
            f"{strip_cells(row.strip, row.before, starts) if row.has_data else strip_cells(empty, '', starts)}"
            f'<td class="total"><a href="{escape(sheet)}">{score}</a></td>'
            f'<td class="total">{change_html(row.change)}</td></tr>'
        )
    return mark_safe("".join(lines))
