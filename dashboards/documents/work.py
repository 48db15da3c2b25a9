"""Work handed out, as the documents tell it: counts, what is late and why, what falls due, the table of an appendix."""

from collections import Counter, defaultdict
from itertools import groupby

from django.conf import settings
from django.utils import timezone

from communes.models import AgencyKind, Level
from dashboards.documents.head import named
from directives import queries
from directives.models import AssignmentStatus
from directives.progress import Listed, with_history
from directives.queries import Row, Tallies
from ntm_tracker.documents.layout import CENTRE, LEFT
from ntm_tracker.vietnamese import format_date, format_number

# More parts than a province's largest notice has are not read at once; the workbook has them all.
MOST_PARTS = 12_000
# How many bodies, days and results stand in one cell before they are counted.
MOST_NAMES, MOST_DAYS, MOST_RESULTS, MOST_REASONS = 20, 3, 5, 10
# How much of a task's words stands where the whole of them is elsewhere in the document.
SHORT = 160
UNREPORTED = "chưa có báo cáo"
DOTS = "…" * 12


def late_parts(user, as_of, filters) -> list[Listed]:
    """What is overdue on a day, the longest first, with its history. Four queries."""
    late = queries.work(user, as_of, filters).filter(status_at=AssignmentStatus.OVERDUE)
    late = late.select_related("agency__locality", "member").prefetch_related("task__directive", "task__supports")
    return with_history(list(late.order_by("due_at", "agency__sort_key", "pk")[:MOST_PARTS]), as_of)


def overdue(parts: list[Listed]) -> list[Listed]:
    """Of some parts what is overdue, the longest first: as `late_parts`."""
    late = [part for part in parts if part.row.status == AssignmentStatus.OVERDUE]
    return sorted(late, key=lambda part: (part.row.due_on, part.row.assignment.agency.sort_key, part.row.assignment.pk))


def by_task(parts: list[Listed]) -> list[dict]:
    """The tasks with overdue work, the longest overdue first: whose it is, since when, and what each said of it."""
    found = defaultdict(list)
    for part in parts:
        found[part.row.assignment.task].append(part)
    return [_late_task(number, task, its) for number, (task, its) in enumerate(found.items(), start=1)]


def _late_task(number, task, parts):
    reasons = [(part, reason(part)) for part in parts]
    told = dict.fromkeys(f"{part.row.assignment.body}: {words}" for part, words in reasons if words != UNREPORTED)
    silent = [part for part, words in reasons if words == UNREPORTED]
    more = [f"và {len(told) - MOST_REASONS} cơ quan, đơn vị khác"] * (len(told) > MOST_REASONS)
    return {
        "stt": str(number),
        "noi_dung": short(task.text),
        "van_ban": source(task),
        "so": format_number(len(parts)),
        "co_quan": _leads(parts),
        "han": _deadlines(parts),
        "lau_nhat": format_number(max(part.row.days for part in parts)),
        "nguyen_nhan": [*list(told)[:MOST_REASONS], *more],
        "chua_bao_cao": _leads(silent) if silent else "",
    }


def whose(parts: list[Listed]) -> str:
    """The bodies of some parts in a sentence, the committees of communes by the communes' names, with how many parts
    each has where they are several: 'UBND các xã: Bản Bo, Nà Tăm (2 phần việc); Phòng GD&ĐT'.
    """
    numbers = Counter((part.row.assignment.agency, part.row.assignment.body) for part in parts)
    communes, others = defaultdict(list), []
    for (agency, body), number in numbers.items():
        more = f" ({number} phần việc)" if number > 1 else ""
        if agency.kind == AgencyKind.COMMITTEE and agency.locality.level == Level.COMMUNE and body == agency.label:
            communes[agency.locality.kind].append(f"{agency.locality.name}{more}")
        else:
            others.append(f"{body}{more}")
    for kind, names in communes.items():
        several = f"các {kind}: {', '.join(names)}"
        others.append(f"UBND {several if len(names) > 1 else f'{kind} {names[0]}'}")
    return "; ".join(others)


LATE_SAMPLE = [
    {
        "stt": "1",
        "noi_dung": "Rà soát kế hoạch",
        "van_ban": "Thông báo số 253/TB-UBND",
        "so": "2",
        "co_quan": "UBND xã Sơn Bình, Phòng GD&ĐT",
        "han": "15/04/2024",
        "lau_nhat": "5",
        "nguyen_nhan": ["Phòng GD&ĐT: chờ số liệu"],
        "chua_bao_cao": "UBND xã Sơn Bình",
    }
]


def tallies(counted: Tallies) -> dict[str, str]:
    """The counts of work by status, as numbers in words' place."""
    rates = counted.rates
    return {
        name: format_number(number)
        for name, number in {
            "tong_so": counted.total,
            "hoan_thanh": counted.done,
            "dung_han": counted.done_on_time,
            "xong_qua_han": counted.done_late,
            "xong_khong_han": counted.done_no_due,
            "chua_hoan_thanh": counted.total - counted.done,
            "trong_han": counted.in_progress,
            "qua_han": counted.overdue,
            "khong_han": counted.no_due,
            "qua_han_tren_30": counted.over_30,
            "sap_den_han": counted.due_soon,
            "cho_xac_nhan": counted.awaiting,
            "gia_han": counted.extended,
            "qua_han_theo_han_goc": counted.late_by_original,
            "so_den_han": counted.came_due,
            "ty_le": rates.of_all,
            "ty_le_den_han": rates.of_due,
            "so_ngay_sap_den_han": settings.DUE_SOON_DAYS,
        }.items()
    }


TALLIES = {
    "tong_so": ("Tổng số phần việc", "24"),
    "hoan_thanh": ("Phần việc đã hoàn thành", "15"),
    "dung_han": ("Hoàn thành đúng hạn", "10"),
    "xong_qua_han": ("Hoàn thành quá hạn", "3"),
    "xong_khong_han": ("Hoàn thành, không có thời hạn", "2"),
    "chua_hoan_thanh": ("Phần việc chưa hoàn thành", "9"),
    "trong_han": ("Đang thực hiện (trong hạn)", "4"),
    "qua_han": ("Chưa hoàn thành, quá hạn", "4"),
    "khong_han": ("Chưa hoàn thành, không có thời hạn", "1"),
    "qua_han_tren_30": ("Quá hạn trên 30 ngày", "1"),
    "sap_den_han": ("Sắp đến hạn", "2"),
    "cho_xac_nhan": ("Đã báo cáo hoàn thành, chờ xác nhận", "1"),
    "gia_han": ("Phần việc đã gia hạn", "1"),
    "qua_han_theo_han_goc": ("Quá hạn nếu tính thời hạn gốc", "5"),
    "so_den_han": ("Đã hoàn thành và quá hạn chưa xong: mẫu số của tỷ lệ thứ hai", "19"),
    "ty_le": ("Tỷ lệ hoàn thành trên tổng số (%)", "62,5"),
    "ty_le_den_han": ("Tỷ lệ hoàn thành trên số đến hạn (%)", "78,94"),
    "so_ngay_sap_den_han": ("Sắp đến hạn là trong bao nhiêu ngày", "7"),
}


def standing(paper):
    """The counts in three sentences; `tallies` fills them in."""
    paper.text(
        "- Đã hoàn thành {{ hoan_thanh }} phần việc: đúng hạn {{ dung_han }}, quá hạn {{ xong_qua_han }}, không có thời "
        "hạn {{ xong_khong_han }}."
    )
    paper.text(
        "- Chưa hoàn thành {{ chua_hoan_thanh }} phần việc: trong hạn {{ trong_han }}, quá hạn {{ qua_han }}, không có thời "
        'hạn {{ khong_han }}.{% if qua_han_tren_30 != "0" %} Quá hạn trên 30 ngày: {{ qua_han_tren_30 }}.{% endif %}'
        '{% if sap_den_han != "0" %} Đến hạn trong {{ so_ngay_sap_den_han }} ngày tới: {{ sap_den_han }}.{% endif %}'
        '{% if cho_xac_nhan != "0" %} Đã báo cáo hoàn thành, chờ xác nhận: {{ cho_xac_nhan }}.{% endif %}'
    )
    paper.text(
        "- Tỷ lệ hoàn thành/tổng số: {{ ty_le }} %.{% if ty_le_den_han %} Tỷ lệ hoàn thành/số nhiệm vụ đến hạn: "
        "{{ ty_le_den_han }} % ({{ hoan_thanh }} trên {{ so_den_han }} phần việc).{% endif %}"
    )
    with paper.where('gia_han != "0"'):
        paper.text(
            "- Đã gia hạn {{ gia_han }} phần việc; nếu tính theo thời hạn gốc, số quá hạn là {{ qua_han_theo_han_goc }}."
        )


# -- one part in words ------------------------------------------------------------------------------------------------


def short(text: str, most: int = SHORT) -> str:
    """The words of a task cut between two words, on one line."""
    text = " ".join(text.split()).rstrip(".;,: ")
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def reason(part: Listed) -> str:
    """What was last said of an open part: why it was sent back, what waits to be confirmed, or how far it is."""
    assignment = part.row.assignment
    if part.row.is_awaiting:
        said = f"đã báo cáo hoàn thành ngày {format_date(assignment.reported_on)}, chờ xác nhận"
        return f"{said}: {assignment.done_note}" if assignment.done_note else said
    returned_on = part.returned and timezone.localdate(part.returned.at)
    if returned_on and returned_on <= part.row.as_of and assignment.reported_on is None:
        return f"trả lại ngày {format_date(returned_on)}: {part.returned.note}"
    told_on = assignment.progress_at and timezone.localdate(assignment.progress_at)
    if assignment.progress_note and told_on <= part.row.as_of:
        percent = f"{assignment.percent} %; " if assignment.percent is not None else ""
        return f"{percent}{assignment.progress_note} (báo cáo ngày {format_date(told_on)})"
    return UNREPORTED


def deadline(part: Listed) -> str:
    """The day it is due, and the day it was ordered for where it was extended."""
    day = format_date(part.row.due_on) or "không có thời hạn"
    return f"{day} ({part.extension})" if part.extension else day


def result(row: Row) -> str:
    """What came of a part that is done."""
    if not row.is_done:
        return ""
    done = format_date(row.assignment.done_on)
    return f"{row.assignment.done_note} (ngày {done})" if row.assignment.done_note else f"Xong ngày {done}"


def source(task) -> str:
    """By which document a task was given, and where it stands there."""
    return f"{named(task.directive)}{f'; mục {task.section}' if task.section else ''}"


# -- the tables -------------------------------------------------------------------------------------------------------

PARTS = [
    ("STT", 12, CENTRE),
    ("Nội dung nhiệm vụ", 54, LEFT),
    ("Văn bản giao nhiệm vụ (số, ký hiệu, ngày; mục/khoản)", 27, LEFT),
    ("Cơ quan chủ trì", 32, LEFT),
    ("Cơ quan phối hợp", 22, LEFT),
    ("Thời hạn hoàn thành", 25, CENTRE),
    ("Kết quả thực hiện (sản phẩm, số văn bản, ngày)", 28, LEFT),
    ("Đánh giá", 23, LEFT),
    ("Nguyên nhân chậm, kiến nghị", 29, LEFT),
]
PART_FIELDS = ["stt", "noi_dung", "van_ban", "chu_tri", "phoi_hop", "thoi_han", "ket_qua", "danh_gia", "nguyen_nhan"]
BODIES = [
    ("TT", 12, CENTRE),
    ("Cơ quan chủ trì", 72, LEFT),
    ("Tổng số nhiệm vụ", 20, CENTRE),
    ("Hoàn thành đúng hạn", 21, CENTRE),
    ("Hoàn thành quá hạn", 21, CENTRE),
    ("Hoàn thành, không có hạn", 22, CENTRE),
    ("Chưa hoàn thành, trong hạn", 21, CENTRE),
    ("Chưa hoàn thành, quá hạn", 21, CENTRE),
    ("Chưa hoàn thành, không có hạn", 22, CENTRE),
    ("Tỷ lệ hoàn thành (%)", 20, CENTRE),
]
BODY_FIELDS = ["tong_so", "dung_han", "xong_qua_han", "xong_khong_han", "trong_han", "qua_han", "khong_han", "ty_le"]


# The order in which the parts of a task stand in the appendix; what is overdue comes first, a row a body.
ORDER = [
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.NO_DUE,
    AssignmentStatus.DONE_LATE,
    AssignmentStatus.DONE_ON_TIME,
    AssignmentStatus.DONE_NO_DUE,
]


def part_rows(parts: list[Listed]) -> list[dict]:
    """The rows of the appendix under the document that gave the work: of each task what is overdue, a row a body as long as
    they are few, and the rest of it, a row a status. The exact words of a task stand once. The parts come by document and task.
    """
    rows, number = [], 0
    for directive, of_directive in groupby(parts, key=lambda part: part.row.assignment.task.directive):
        rows.append({"nhom": f"{named(directive)}: {short(directive.title, 300)}"})
        for task, of_task in groupby(of_directive, key=lambda part: part.row.assignment.task):
            number += 1
            words = [str(number), task.text, source(task)]
            supports = "; ".join(str(agency) for agency in task.supports.all())
            for members in _rows_of(list(of_task)):
                values = [*words, _leads(members), supports, _deadlines(members), *_outcome(members)]
                rows.append({"nhom": "", **dict(zip(PART_FIELDS, values, strict=True))})
                words, supports = ["", "", ""], ""
    return rows


def _rows_of(parts):
    """The parts of a task by row."""
    found = defaultdict(list)
    late = {part.row.assignment.body for part in parts if part.row.status == AssignmentStatus.OVERDUE}
    for part in parts:
        status = part.row.status
        is_apart = status == AssignmentStatus.OVERDUE and len(late) <= MOST_NAMES
        found[ORDER.index(status), part.row.assignment.body if is_apart else ""].append(part)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], -found[key][0].row.days))]


def _leads(parts):
    number = len({(part.row.assignment.agency_id, part.row.assignment.member_id) for part in parts})
    return whose(parts) if number <= MOST_NAMES else f"{number} cơ quan, đơn vị"


def _deadlines(parts):
    days = list(dict.fromkeys(deadline(part) for part in parts))
    if len(days) <= MOST_DAYS:
        return "; ".join(days)
    due = sorted(part.row.due_on for part in parts)
    return f"{len(set(due))} kỳ, từ {format_date(due[0])} đến {format_date(due[-1])}"


def _outcome(parts):
    """The columns of result, assessment and reason of some parts with the same status."""
    row, number = parts[0].row, f": {len(parts)} phần việc" if len(parts) > 1 else ""
    if row.status == AssignmentStatus.OVERDUE:
        days = max(part.row.days for part in parts)
        reasons = list(dict.fromkeys(reason(part) for part in parts))
        more = "; …" * (len(reasons) > MOST_REASONS)
        return ["", f"{row.status.label} {days} ngày{number}", "; ".join(reasons[:MOST_REASONS]) + more]
    waiting = sum(part.row.is_awaiting for part in parts)
    said = f"{waiting} phần việc chờ xác nhận" if waiting else ""
    results = list(dict.fromkeys(result(part.row) for part in parts if part.row.is_done))
    more = f"; … và {len(results) - MOST_RESULTS} kết quả khác" if len(results) > MOST_RESULTS else ""
    return ["; ".join(results[:MOST_RESULTS]) + more, f"{row.status.label}{number}", said]


def body_rows(bodies) -> list[dict]:
    """The rows of the table by body; `bodies` are queries.Body."""
    return [
        {"stt": str(number), "ten": body.label, **_counts(body.tallies)} for number, body in enumerate(bodies, start=1)
    ]


def _counts(counted):
    facts = tallies(counted)
    return {name: facts[name] for name in BODY_FIELDS}


PART_SAMPLE = [{"nhom": "Thông báo số 253/TB-UBND"}, {"nhom": "", **dict.fromkeys(PART_FIELDS, "…")}]
BODY_SAMPLE = [{"stt": "1", "ten": "Phòng GD&ĐT", **dict.fromkeys(BODY_FIELDS, "1")}]


def cells(name, fields):
    return [f"{{{{ {name}.{field} }}}}" for field in fields]
