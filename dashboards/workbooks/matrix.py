"""Biểu 01: places by criteria, with totals both ways; the signs and their colours are those of the screen."""

from collections import Counter
from functools import cache

from criteria.counts import GAINED, LOST, moves, rounded, share
from criteria.models import Status
from criteria.templatetags.signs import LOOKS
from dashboards.matrix import status_of
from dashboards.workbooks.figures import decimal
from ntm_tracker.spreadsheet.writing import CENTRE, GREEN, GREEN_TINT, GREY, RED, RED_TINT, Cell, Column, Sheet
from ntm_tracker.vietnamese import format_number

TITLE = "TỔNG HỢP KẾT QUẢ THỰC HIỆN CÁC TIÊU CHÍ NÔNG THÔN MỚI"
LEGEND = "Ghi chú: ✓ đạt; ✗ chưa đạt; – chưa đánh giá; ∅ không áp dụng; ▲ mới đạt, ▼ mới mất"
NO_DETAIL = "không có chi tiết"


def write(book, report):
    matrix = report.matrix
    sheet = Sheet(
        book,
        "Biểu 01",
        _columns(matrix),
        title=TITLE,
        subtitles=report.lines(),
        unit="Biểu 01",
        paper="A3",
        freeze_columns=2,
    )
    for number, row in enumerate(matrix.rows, start=1):
        sheet.row(
            [
                number,
                Cell(row.name, bold=True),
                row.recognised_year,
                *_signs(row, len(matrix.criteria)),
                Cell(row.met, bold=True) if row.has_data else None,
                row.change,
                ", ".join(map(str, row.unmet)),
                _note(row),
            ]
        )
    met = [column.met for column in matrix.columns]
    recognised = len(matrix.recognised)
    sheet.total([None, "Tổng số xã đạt", recognised, *met, matrix.total_met, matrix.change, None, None])
    mean = rounded(matrix.mean)
    sheet.row(
        [
            None,
            "Tỷ lệ (%)",
            decimal(share(recognised, len(matrix.rows))),
            *(decimal(column.percent) for column in matrix.columns),
            None,
            None,
            f"Bình quân {format_number(mean, 1)} tiêu chí/{report.noun}" if mean is not None else None,
            f"{len(matrix.filled)}/{len(matrix.rows)} {report.noun} có số liệu",
        ]
    )
    sheet.notes(f"{LEGEND} so với đầu năm. {report.start_words}{without_detail_words(report)}")
    sheet.signers()


def _columns(matrix):
    widths = Counter(criterion.group_code for criterion in matrix.criteria)
    return [
        Column("STT", 5, CENTRE),
        Column("Tên xã", 17),
        Column("Năm đạt chuẩn NTM", 8, CENTRE),
        *(
            Column(f"{c.number}. {c.label}", 4.6, CENTRE, group=_group_head(c, widths), rotated=True)
            for c in matrix.criteria
        ),
        Column("Tổng số tiêu chí đạt", 8, CENTRE),
        Column("Tăng/giảm so với đầu năm", 9, ("center", "+0;-0;0")),
        Column("Tiêu chí chưa đạt", 17, CENTRE),
        Column("Ghi chú", 22),
    ]


def _group_head(criterion, widths):
    """The head over a group of criteria: its number alone where the group is too narrow for its name."""
    if widths[criterion.group_code] < 2:
        return criterion.group_code
    return f"{criterion.group_code}. {criterion.group_name}".strip(". ")


def _signs(row, criteria):
    if row.has_detail:
        return map(_sign, row.strip, moves(row.strip, row.before))
    if row.has_data:
        across = Cell(NO_DETAIL, italic=True, fill=GREY, align="center", span=criteria)
        return [across, *[None] * (criteria - 1)]
    return [_sign("-", "")] * criteria


@cache
def _sign(letter, move):
    status = status_of(letter)
    sign = LOOKS[status][0]
    if status == Status.UNMET:
        return Cell(f"{sign}{'▼' if move == LOST else ''}", bold=True, fill=RED_TINT, color=RED)
    if move == GAINED:
        return Cell(f"{sign}▲", fill=GREEN_TINT, color=GREEN)
    if status == Status.MET:
        return Cell(sign, color=GREEN)
    return Cell(sign, fill=GREY if status == Status.UNKNOWN else "")


def _note(row):
    notes = []
    if not row.has_data:
        notes.append("Chưa có số liệu")
    elif not row.has_detail:
        notes.append(f"Chỉ có số tiêu chí đạt: {row.met}/{row.applicable}")
    elif row.is_reported_only:
        notes.append("Còn số xã tự đánh giá, chưa thẩm định")
    if row.unknown:
        notes.append(f"Chưa đánh giá: {', '.join(map(str, row.unknown))}")
    if row.is_full and not row.recognised_year:
        notes.append("Chờ quyết định")
    if row.has_detail and row.applicable < len(row.strip):
        notes.append(f"Đạt {row.met}/{row.applicable} tiêu chí áp dụng")
    return "; ".join(notes)


def without_detail_words(report) -> str:
    """Which places the counts by criterion leave out, for only their totals are known; '' if none."""
    names = [row.name for row in report.matrix.filled if not row.has_detail]
    if not names:
        return ""
    return (
        f" {len(names)} {report.noun} chỉ có tổng số tiêu chí đạt, không có chi tiết từng tiêu chí nên không tính vào các "
        f"số theo tiêu chí: {', '.join(names)}."
    )
