"""Biểu 09, the table by body and what is overdue: the work handed out, as it stood on a day, counted as on the board."""

from itertools import groupby

from django.utils import timezone

from directives import queries
from directives.queries import LATE_GROUPS as LATE
from ntm_tracker.spreadsheet.writing import (
    CENTRE,
    DAY,
    DECIMAL,
    NUMBER,
    RED,
    RED_TINT,
    Cell,
    Column,
    Sheet,
    start_workbook,
)
from ntm_tracker.vietnamese import format_date, format_number

# Our own layout (no decision prescribes one), after the appendices that offices attach to their reports.
TASK_COLUMNS = [
    Column("STT", 5, CENTRE),
    Column("Nội dung nhiệm vụ", 46),
    Column("Văn bản giao nhiệm vụ (số, ký hiệu, ngày; mục/khoản)", 22),
    Column("Cơ quan chủ trì", 20),
    Column("Cơ quan phối hợp", 20),
    Column("Thời hạn hoàn thành", 12, DAY),
    Column("Kết quả thực hiện (sản phẩm, số văn bản, ngày)", 26),
    Column("Đánh giá", 16),
    Column("Nguyên nhân chậm, kiến nghị", 18),
]
DONE, OPEN = "Hoàn thành", "Chưa hoàn thành"
AGENCY_COLUMNS = [
    Column("TT", 6, CENTRE),
    Column("Cơ quan chủ trì", 44),
    Column("Tổng số nhiệm vụ", 12, NUMBER),
    Column("Đúng hạn", 11, NUMBER, group=DONE),
    Column("Quá hạn", 11, NUMBER, group=DONE),
    Column("Không có hạn", 11, NUMBER, group=DONE),
    Column("Trong hạn", 11, NUMBER, group=OPEN),
    Column("Quá hạn", 11, NUMBER, group=OPEN),
    Column("Không có hạn", 11, NUMBER, group=OPEN),
    Column("Tỷ lệ hoàn thành (%)", 12, DECIMAL),
]
OVERDUE_COLUMNS = [
    Column("STT", 5, CENTRE),
    Column("Nội dung nhiệm vụ", 48),
    Column("Văn bản giao nhiệm vụ (số, ký hiệu, ngày; mục/khoản)", 22),
    Column("Cơ quan chủ trì", 22),
    Column("Thời hạn hoàn thành", 12, DAY),
    Column("Thời hạn ban đầu (nếu gia hạn)", 12, DAY),
    Column("Số ngày quá hạn", 9, NUMBER),
    Column("Tiến độ đã báo cáo", 30),
    Column("Nguyên nhân chậm, kiến nghị", 24),
]
OWN_LAYOUT = "Bảng do hệ thống lập để theo dõi, không phải biểu mẫu ban hành kèm văn bản nào."
CHUNK = 2000


def task_workbook(*, user, as_of, filters):
    """The table of tasks and the table by body; their numbers are those of the board."""
    summary = queries.summary(user, as_of, filters)
    lines = work_lines(user, as_of, filters, summary)
    workbook = start_workbook(
        title=f"Biểu 09. Tổng hợp tình hình thực hiện nhiệm vụ đến ngày {format_date(as_of)}",
        author=user.get_full_name(),
    )
    write_tasks(workbook, user, as_of, filters, lines)
    write_bodies(workbook, queries.bodies(user, as_of, filters), summary, lines, filters)
    return workbook


def work_lines(user, as_of, filters, summary):
    """Place, day, basis and author of a table of work; `summary` is of the work it is made of."""
    narrowed = f"; lọc theo {', '.join(filters.words)}" if filters.words else ""
    place = user.place.full_name if user.place_id else "mọi địa bàn"
    lines = [
        f"(Số liệu tính đến ngày {format_date(as_of)})",
        f"Phạm vi: {place}{narrowed}",
        "Căn cứ: thời hạn ghi trong văn bản giao và kết quả các cơ quan, đơn vị báo cáo",
        f"Người lập: {user.get_full_name()}, lập ngày {format_date(timezone.localdate())}",
    ]
    if summary.is_illustrative:
        whole = summary.illustrative == summary.total
        lines.append("SỐ LIỆU MINH HỌA" if whole else f"CÓ SỐ LIỆU MINH HỌA ({summary.illustrative} phần việc)")
    return lines


def write_tasks(workbook, user, as_of, filters, lines):
    """Biểu 09: every piece of work, the newest document first."""
    sheet = Sheet(
        workbook,
        "Biểu 09",
        TASK_COLUMNS,
        title="TỔNG HỢP TÌNH HÌNH THỰC HIỆN NHIỆM VỤ",
        subtitles=lines,
        unit="Biểu 09",
        freeze_columns=2,
    )
    # A part at a time: the work of a province is tens of thousands.
    assignments = queries.by_directive(user, as_of, filters).iterator(chunk_size=CHUNK)
    number, first_of = 0, {}
    for directive, members in groupby(assignments, key=lambda assignment: assignment.task.directive):
        mark = " (số liệu minh họa)" if directive.is_illustrative else ""
        sheet.group(f"{_named(directive)}: {directive.title}{mark}")
        for assignment in members:
            number += 1
            first = first_of.setdefault(assignment.task_id, number)
            sheet.row(_task_row(number, first, queries.Row(assignment, as_of)))
    if not number:
        sheet.group("Không có phần việc nào.")
    sheet.notes(
        "Mỗi dòng là một phần việc: một nhiệm vụ, một cơ quan, một thời hạn. Hoàn thành trong ngày cuối của thời hạn "
        "là đúng hạn.",
        OWN_LAYOUT,
    )
    sheet.signers()


def write_overdue(workbook, user, as_of, bodies, lines):
    """What is overdue, whose it is: the body with the most first, of each the longest first; `bodies` are the board's."""
    sheet = Sheet(
        workbook,
        "Quá hạn",
        OVERDUE_COLUMNS,
        title="NHIỆM VỤ CHƯA HOÀN THÀNH, QUÁ HẠN",
        subtitles=lines,
        unit="Đơn vị tính: phần việc",
        freeze_columns=2,
    )
    by_agency = {}
    for assignment in queries.overdue(user, as_of):
        by_agency.setdefault(assignment.agency_id, []).append(queries.Row(assignment, as_of))
    number = 0
    for body in bodies:
        if not body.overdue:
            continue
        rows = by_agency[body.agency]
        sheet.group(f"{body.label}: {len(rows)} phần việc quá hạn, lâu nhất {body.longest_days} ngày")
        for row in rows:
            number += 1
            sheet.row(_overdue_row(number, row))
    if number:
        sheet.total([None, f"Tổng số: {number} phần việc quá hạn", *[None] * (len(OVERDUE_COLUMNS) - 2)])
    else:
        sheet.group("Không có phần việc nào quá hạn.")
    groups = (
        f"trên {days} ngày: {sum(row.days > days for rows in by_agency.values() for row in rows)}" for days in LATE
    )
    sheet.notes(
        f"! quá hạn. {'; '.join(groups)} phần việc. Số ngày tính từ hôm sau ngày cuối của thời hạn đang có hiệu lực, gồm cả gia "
        "hạn. Cột “Nguyên nhân chậm, kiến nghị” để đơn vị ghi.",
        OWN_LAYOUT,
    )
    sheet.signers()


def _overdue_row(number, row):
    assignment = row.assignment
    done = f"{assignment.percent} %: " if assignment.percent is not None else ""
    told = f" ({format_date(timezone.localdate(assignment.progress_at))})" if assignment.progress_at else ""
    ordered = assignment.original_due_on if row.is_extended else None
    return [
        number,
        assignment.task.text,
        _named(assignment.task.directive) + (f"; mục {assignment.task.section}" if assignment.task.section else ""),
        assignment.body,
        row.due_on,
        ordered,
        Cell(row.days, bold=True, color=RED, fill=RED_TINT, number_format='"! "#,##0'),
        f"{done}{assignment.progress_note}{told}" if assignment.progress_note or done else "chưa báo cáo tiến độ",
        None,
    ]


def _named(directive):
    return f"{directive.label}, ngày {format_date(directive.dated_on)}" if directive.number else directive.label


def _task_row(number, first, row):
    assignment = row.assignment
    task = assignment.task
    # The exact words once; a task of a hundred communes would fill as many pages with them.
    text = task.text
    if number != first and len(text) > 110:
        text = f"{text[:80].rsplit(' ', 1)[0]} … (như STT {first})"
    result = f"{assignment.done_note} (ngày {format_date(assignment.done_on)})".strip() if row.is_done else ""
    assessed = row.status.label + (f" {row.days} ngày" if row.chip == "overdue" else "")
    return [
        number,
        text,
        _named(task.directive) + (f"; mục {task.section}" if task.section else ""),
        assignment.body,
        "; ".join(str(agency) for agency in task.supports.all()),
        assignment.due_on or Cell("Không có thời hạn", align="center"),
        result,
        Cell(f"! {assessed}", bold=True, color=RED, fill=RED_TINT) if row.chip == "overdue" else assessed,
        None,
    ]


def write_bodies(workbook, bodies, summary, lines, filters):
    """The work of each body counted by status: the board's own `bodies` and `summary`."""
    sheet = Sheet(
        workbook,
        "Theo cơ quan",
        AGENCY_COLUMNS,
        title="TỔNG HỢP THEO CƠ QUAN",
        subtitles=lines,
        unit="Đơn vị tính: phần việc",
        freeze_columns=2,
    )
    for number, body in enumerate(bodies, start=1):
        sheet.row([number, body.label, *_numbers(body.tallies)])
    sheet.total(["", "Tổng số", *_numbers(summary)])
    of_due = summary.rates.of_due
    notes = ["Tỷ lệ hoàn thành: số đã hoàn thành trên tổng số phần việc, gồm cả việc chưa đến hạn."]
    if of_due is not None:
        notes.append(
            f"Tỷ lệ hoàn thành trên số đến hạn (đã hoàn thành và quá hạn chưa xong): {format_number(of_due)} %, "
            f"{format_number(summary.done)} trên {format_number(summary.came_due)} phần việc."
        )
    if filters.status:
        notes.append("Bảng này gồm mọi trạng thái của các phần việc trong phạm vi lọc.")
    sheet.notes(*notes)
    sheet.signers()


def _numbers(tallies):
    return [
        tallies.total,
        tallies.done_on_time,
        tallies.done_late,
        tallies.done_no_due,
        tallies.in_progress,
        tallies.overdue,
        tallies.no_due,
        tallies.rates.of_all,
    ]
