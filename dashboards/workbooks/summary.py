"""The first sheet of the meeting workbook: the figures the committee asks for, with charts, and what else is in the file."""

from dataclasses import dataclass, field

from criteria.counts import share
from dashboards.meeting import worst_columns
from dashboards.standing import held_tiers
from dashboards.workbooks.bands import band_words
from dashboards.workbooks.figures import decimal
from dashboards.workbooks.report import ILLUSTRATIVE
from ntm_tracker.spreadsheet.charts import add_bars
from ntm_tracker.spreadsheet.writing import CENTRE, DECIMAL, GREEN, NUMBER, PERCENT, RED, Cell, Column, Sheet
from ntm_tracker.vietnamese import format_date, format_number

NAME = "Tổng hợp"
TITLE = "TỔNG HỢP SỐ LIỆU PHỤC VỤ HỌP BAN CHỈ ĐẠO"
# Rows of the short lists.
MOST = 8
NAMES, VALUES, CHARTS = 1, 2, 5
CHART_WIDTH = 540
COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Nội dung", 46),
    Column("Số liệu", 10, NUMBER),
    Column("Tỷ lệ (%)", 9, PERCENT),
    Column("Ghi chú", 40),
    Column("", 80, is_bare=True),
]


@dataclass(frozen=True)
class Line:
    name: str
    value: object
    percent: object = None
    note: str = ""
    number_format: str = ""


@dataclass
class Part:
    """Some rows with a heading of their own, and the chart of them."""

    title: str
    rows: list[Line]
    chart: str = ""
    color: str = GREEN
    is_upright: bool = False
    # (name, value, row on the sheet), once written.
    places: list[tuple] = field(default_factory=list)


def write(book, report, tables):
    """`tables` are those that follow in the file, as (name of the sheet, title)."""
    summary = report.board.summary()
    sheet = Sheet(book, NAME, COLUMNS, title=TITLE, subtitles=_lines(report, summary), paper="A3", is_one_page=True)
    parts = [*_matrix_parts(report), *_plan_parts(report), *_work_parts(report, summary)]
    begin = sheet.pixels
    for number, part in enumerate(parts):
        sheet.group(part.title, number=_ROMAN[number])
        for position, line in enumerate(part.rows, start=1):
            part.places.append((line.name, line.value, sheet.next_row))
            value = Cell(line.value, bold=True, number_format=line.number_format)
            sheet.row([position, line.name, value, decimal(line.percent), line.note, None])
    sheet.group("Các biểu trong tệp", number=_ROMAN[len(parts)])
    for position, (name, title) in enumerate(tables, start=1):
        sheet.row([position, Cell(title, link=name, color=GREEN), None, None, name, None])
    _add_charts(sheet, [part for part in parts if part.chart and part.places], begin)
    sheet.notes("Mỗi số liệu bằng số liệu trên trang Tổng quan, Ma trận, Kế hoạch và Nhiệm vụ của hệ thống cùng ngày.")
    sheet.signers()


_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]


def _lines(report, summary):
    first, signed, *_ = report.lines(False)
    made_up = report.matrix.is_illustrative or report.plan.is_illustrative or summary.is_illustrative
    work = f"(Nhiệm vụ: tính đến ngày {format_date(report.as_of)}, theo thời hạn trong văn bản giao và báo cáo của các đơn vị)"
    return [first, work, signed, *[ILLUSTRATIVE] * made_up]


def _matrix_parts(report):
    matrix, noun = report.matrix, report.noun
    whole, filled, recognised, full = map(len, (matrix.rows, matrix.filled, matrix.recognised, matrix.full))
    places = f"{noun[:1].upper()}{noun[1:]}"
    waiting = [row.name for row in matrix.full if not row.recognised_year]
    mean = f"{matrix.total_met} tiêu chí / {filled} {noun}"
    yield Part(
        "Kết quả thực hiện tiêu chí",
        [
            Line(f"Tổng số {noun}", whole),
            Line(f"{places} có số liệu trong kỳ", filled, share(filled, whole), matrix.basis),
            Line(f"{places} đã có quyết định công nhận", recognised, share(recognised, whole), _tiers(matrix)),
            Line(f"{places} đạt đủ {len(matrix.criteria)} tiêu chí", full, share(full, filled), _waiting(waiting)),
            Line("Tổng số tiêu chí đạt", matrix.total_met, note=_moved(report)),
            Line(f"Bình quân tiêu chí/{noun}", decimal(matrix.mean, 2), note=mean, number_format=DECIMAL[1]),
        ],
    )
    yield Part(
        f"Phân nhóm {noun} theo số tiêu chí đạt",
        [Line(band_words(band), len(band.rows), share(len(band.rows), filled)) for band in matrix.bands],
        chart=f"Số {noun} theo số tiêu chí đạt",
        is_upright=True,
    )
    yield Part(
        f"Tiêu chí nhiều {noun} chưa đạt nhất (số {noun} chưa đạt)",
        [_unmet_line(column) for column in worst_columns(matrix)[:MOST]],
        chart=f"Tiêu chí nhiều {noun} chưa đạt nhất",
        color=RED,
    )


def _unmet_line(column):
    names = column.unmet_places
    note = ", ".join(names[:MOST]) + (" …" if len(names) > MOST else "")
    return Line(
        f"{column.criterion.number}. {column.criterion.label}", len(names), share(len(names), column.applicable), note
    )


def _waiting(names):
    if not names:
        return ""
    rest = f" và {len(names) - MOST} nơi khác" if len(names) > MOST else ""
    return f"chờ quyết định: {', '.join(names[:MOST])}{rest}"


def _tiers(matrix):
    return ", ".join(f"{label}: {number}" for label, number in held_tiers(matrix))


def _moved(report):
    matrix = report.matrix
    if not matrix.comparable:
        return report.start_words
    return f"so với đầu năm ({matrix.previous.name}): thêm {matrix.gained}, mất {matrix.lost}"


def _plan_parts(report):
    plan, noun = report.plan, report.noun
    tally = plan.tally
    rows = []
    if tally.given:
        rows = [
            Line("Tiêu chí được giao", tally.whole, note=f"{len(plan.planned_rows)} {noun} được giao"),
            Line("Tiêu chí được giao đã đạt", tally.met, tally.exact_percent),
        ]
    for tier, registered, reached in plan.registered_by_tier:
        note = f"{reached} {noun} đã có quyết định"
        rows.append(Line(f"{noun[:1].upper()}{noun[1:]} đăng ký {tier.label}", registered, note=note))
    if rows:
        yield Part(f"Kế hoạch năm {plan.year}", rows)


def _work_parts(report, summary):
    rates = summary.rates
    due = f"trên số đến hạn: {format_number(rates.of_due)} %" if rates.of_due is not None else ""
    done = f"quá hạn: {summary.done_late}; không có thời hạn: {summary.done_no_due}"
    late = f"trên 30 ngày: {summary.over_30}; trên 120 ngày: {summary.over_120}"
    yield Part(
        "Nhiệm vụ được giao (phần việc)",
        [
            Line("Tổng số phần việc được giao", summary.total, note=f"trong {summary.directives} văn bản"),
            Line("Đã hoàn thành", summary.done, share(summary.done, summary.total), due),
            Line("trong đó: đúng hạn", summary.done_on_time, note=done),
            Line("Đang thực hiện (trong hạn)", summary.in_progress, note=f"sắp đến hạn: {summary.due_soon}"),
            Line("Chưa hoàn thành, không có thời hạn", summary.no_due),
            Line("Chưa hoàn thành, quá hạn", summary.overdue, share(summary.overdue, summary.total), late),
        ],
    )
    bodies = report.board.late_bodies()[:MOST]
    if bodies:
        rows = [
            Line(one.label, one.overdue, note=f"lâu nhất {one.longest_days} ngày; được giao {one.tallies.total}")
            for one in bodies
        ]
        title = "Cơ quan có nhiều phần việc quá hạn nhất"
        yield Part(title, rows, chart="Phần việc quá hạn theo cơ quan", color=RED)


def _add_charts(sheet, parts, begin):
    """The charts below one another beside the table, as tall together as it is."""
    gap = 10
    if not parts:
        return
    room = max(220, (sheet.pixels - begin - gap * (len(parts) - 1)) // len(parts))
    for number, part in enumerate(parts):
        add_bars(
            sheet,
            part.chart,
            part.places,
            names=NAMES,
            values=VALUES,
            color=part.color,
            at=(CHARTS, begin + number * (room + gap)),
            box=(CHART_WIDTH, room),
            upright=part.is_upright,
        )
