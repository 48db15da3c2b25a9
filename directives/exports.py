"""Biểu 09: the work handed out, as it stood on a day, with the filters of the board."""

from itertools import groupby

from directives import queries
from ntm_tracker.spreadsheet.writing import CENTRE, DAY, DECIMAL, NUMBER, Cell, Column, Sheet, start_workbook
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


def task_workbook(*, user, as_of, filters):
    """The table of tasks and the table by body; their numbers are those of the board."""
    summary = queries.summary(user, as_of, filters)
    subtitles = _subtitles(user, as_of, filters, summary)
    workbook = start_workbook(
        title=f"Biểu 09. Tổng hợp tình hình thực hiện nhiệm vụ đến ngày {format_date(as_of)}",
        author=user.get_full_name(),
    )
    _write_tasks(workbook, user, as_of, filters, subtitles)
    _write_agencies(workbook, user, as_of, filters, subtitles, summary)
    return workbook


def _subtitles(user, as_of, filters, summary):
    narrowed = f"; lọc theo {', '.join(filters.words)}" if filters.words else ""
    place = user.place.full_name if user.place_id else "mọi địa bàn"
    lines = [
        f"(Số liệu tính đến ngày {format_date(as_of)})",
        f"Phạm vi: {place}{narrowed}",
        "Căn cứ: thời hạn ghi trong văn bản giao và kết quả các cơ quan, đơn vị báo cáo",
        f"Người lập: {user.get_full_name()}",
    ]
    if summary.is_illustrative:
        whole = summary.illustrative == summary.total
        lines.append("Số liệu minh họa" if whole else f"Có số liệu minh họa ({summary.illustrative} phần việc)")
    return lines


def _write_tasks(workbook, user, as_of, filters, subtitles):
    sheet = Sheet(
        workbook,
        "Biểu 09",
        TASK_COLUMNS,
        title="TỔNG HỢP TÌNH HÌNH THỰC HIỆN NHIỆM VỤ",
        subtitles=subtitles,
        unit="Biểu 09",
        freeze_columns=2,
    )
    assignments = queries.by_directive(user, as_of, filters)
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
        "Bảng do hệ thống lập để theo dõi, không phải biểu mẫu ban hành kèm văn bản nào.",
    )
    sheet.signers()


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
        Cell(assessed, bold=row.chip == "overdue"),
        None,
    ]


def _write_agencies(workbook, user, as_of, filters, subtitles, summary):
    sheet = Sheet(
        workbook,
        "Theo cơ quan",
        AGENCY_COLUMNS,
        title="TỔNG HỢP THEO CƠ QUAN",
        subtitles=subtitles,
        unit="Đơn vị tính: phần việc",
        freeze_columns=2,
    )
    for number, body in enumerate(queries.bodies(user, as_of, filters), start=1):
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
