"""The draft of the next conclusion notice: where the last ones stand, what is overdue or falls due taken up again, and what
the meeting decided.
"""

from datetime import timedelta

from dashboards.documents import head, work
from directives import queries
from directives.decisions import load_decisions
from directives.models import AssignmentStatus, DocumentKind
from directives.progress import with_history
from ntm_tracker.documents import Layout
from ntm_tracker.documents.layout import Paper
from ntm_tracker.vietnamese import format_date, format_number

KIND = DocumentKind.NEXT_NOTICE
# Newly due is what falls due until the next meeting, a month on.
DUE_DAYS = 30
MOST_TASKS = 60

DUE_SAMPLE = [
    {"stt": "1", "noi_dung": "Báo cáo", "van_ban": "Thông báo 1", "co_quan": "Phòng GD&ĐT", "han": "25/04/2024"}
]
DECISION_SAMPLE = [{"stt": "1", "noi_dung": "Giao …", "chu_tri": "Phòng GD&ĐT", "xa": "Sơn Bình", "han": "30/04/2024"}]
PLACES = {
    **head.PLACES,
    **work.TALLIES,
    "ngay_hop": ("Ngày họp", "28/03/2024"),
    "so_van_ban": ("Số văn bản đã giao việc", "3"),
    "qua_han_viec": ("Từng nhiệm vụ có phần việc quá hạn", work.LATE_SAMPLE),
    "qua_han_khac": ("Số nhiệm vụ quá hạn không in", "2"),
    "den_han_viec": ("Từng nhiệm vụ đến hạn trong 30 ngày tới", DUE_SAMPLE),
    "den_han_khac": ("Số nhiệm vụ đến hạn không in", "2"),
    "so_den_han_toi": ("Số phần việc đến hạn trong 30 ngày tới", "8"),
    "ket_luan": ("Từng kết luận ghi trong cuộc họp", DECISION_SAMPLE),
    "so_ngay_toi": ("Đến hạn trong bao nhiêu ngày tới", "30"),
}


def facts(*, user, day, as_of) -> dict:
    """What the draft says: of the meeting on `day`, with the work as it stands on `as_of`. Some ten queries."""
    summary = queries.summary(user, as_of)
    late = work.by_task(work.late_parts(user, as_of, queries.Filters()))
    coming = _coming(user, as_of)
    due = _by_task(coming)
    decisions = load_decisions(user, day)
    made_up = summary.is_illustrative or any(one.task.directive.is_illustrative for one in decisions)
    return {
        **work.tallies(summary),
        "ngay_so_lieu": format_date(as_of),
        "so_lieu_minh_hoa": "Số liệu minh họa" if made_up else "",
        "trich_yeu": f"Kết luận cuộc họp ngày {format_date(day)}",
        "ngay_hop": format_date(day),
        "so_van_ban": format_number(summary.directives),
        "qua_han_viec": late[:MOST_TASKS],
        "qua_han_khac": format_number(len(late) - MOST_TASKS) if len(late) > MOST_TASKS else "",
        "den_han_viec": due[:MOST_TASKS],
        "den_han_khac": format_number(len(due) - MOST_TASKS) if len(due) > MOST_TASKS else "",
        "so_den_han_toi": format_number(len(coming)),
        "ket_luan": [_decision(number, one) for number, one in enumerate(decisions, start=1)],
        "so_ngay_toi": format_number(DUE_DAYS),
    }


def _coming(user, as_of):
    """What falls due within DUE_DAYS and is not reported done."""
    parts = queries.work(user, as_of).filter(
        status_at=AssignmentStatus.IN_PROGRESS,
        due_at__gte=as_of,
        due_at__lte=as_of + timedelta(days=DUE_DAYS),
        reported_on=None,
    )
    parts = parts.select_related("agency__locality", "member").prefetch_related("task__directive")
    parts = parts.order_by("due_at", "task", "agency__sort_key", "pk")
    return with_history(list(parts[: work.MOST_PARTS]), as_of)


def _by_task(parts):
    found = {}
    for part in parts:
        found.setdefault((part.row.due_on, part.row.assignment.task), []).append(part)
    return [
        {
            "stt": str(number),
            "noi_dung": work.short(task.text),
            "van_ban": work.source(task),
            "co_quan": work.whose(its),
            "han": format_date(day),
        }
        for number, ((day, task), its) in enumerate(found.items(), start=1)
    ]


def _decision(number, decision):
    """A decision of the meeting; what nobody said yet is asked for in the draft."""
    task = decision.task
    return {
        "stt": str(number),
        "noi_dung": task.text.strip().rstrip("."),
        "chu_tri": decision.lead_words or "(chưa rõ cơ quan chủ trì)",
        "xa": ", ".join(decision.commune_names),
        "han": format_date(task.due_on) or task.due_text or "(chưa rõ thời hạn)",
    }


def paper(layout: Layout) -> bytes:
    """Our own template."""
    paper = Paper(layout)
    paper.letterhead()
    paper.title("THÔNG BÁO")
    paper.text(
        f"Ngày {{{{ ngay_hop }}}}, tại {work.DOTS}, {{{{ ten_co_quan }}}} họp đánh giá tình hình thực hiện nhiệm vụ xây dựng "
        f"nông thôn mới. Chủ trì: {work.DOTS}. Sau khi nghe báo cáo và ý kiến các thành viên, người chủ trì kết luận như sau:"
    )
    paper.section("I. TÌNH HÌNH THỰC HIỆN CÁC VĂN BẢN ĐÃ GIAO")
    paper.text("Đến ngày {{ ngay_so_lieu }}, {{ so_van_ban }} văn bản giao {{ tong_so }} phần việc.")
    work.standing(paper)
    paper.section("II. NHIỆM VỤ QUÁ HẠN, TIẾP TỤC GIAO")
    with paper.where("not qua_han_viec"):
        paper.text("Không có phần việc nào quá hạn.")
    with paper.where("qua_han_viec"):
        paper.text("Còn {{ qua_han }} phần việc quá hạn. Yêu cầu các cơ quan, đơn vị hoàn thành:")
    paper.paragraphs(
        "v in qua_han_viec",
        "{{ v.stt }}. {{ v.noi_dung }} ({{ v.van_ban }}; thời hạn {{ v.han }}, quá hạn lâu nhất {{ v.lau_nhat }} ngày; "
        "{{ v.so }} phần việc). Chủ trì: {{ v.co_quan }}. Thời hạn mới: trước ngày ……/……/…………",
    )
    with paper.where("qua_han_khac"):
        paper.text("Và {{ qua_han_khac }} nhiệm vụ quá hạn khác.")
    paper.section("III. NHIỆM VỤ ĐẾN HẠN TRONG {{ so_ngay_toi }} NGÀY TỚI")
    with paper.where("not den_han_viec"):
        paper.text("Không có phần việc nào đến hạn.")
    with paper.where("den_han_viec"):
        paper.text("{{ so_den_han_toi }} phần việc đến hạn; các cơ quan, đơn vị hoàn thành đúng thời hạn đã giao:")
    paper.paragraphs(
        "v in den_han_viec",
        "{{ v.stt }}. {{ v.noi_dung }} ({{ v.van_ban }}). Chủ trì: {{ v.co_quan }}. Thời hạn: {{ v.han }}.",
    )
    with paper.where("den_han_khac"):
        paper.text("Và {{ den_han_khac }} nhiệm vụ đến hạn khác.")
    paper.section("IV. KẾT LUẬN TẠI CUỘC HỌP")
    with paper.where("not ket_luan"):
        paper.blank("1.")
    paper.paragraphs(
        "k in ket_luan",
        "{{ k.stt }}. {{ k.noi_dung }}. Chủ trì: {{ k.chu_tri }}.{% if k.xa %} Địa bàn: {{ k.xa }}.{% endif %} "
        "Thời hạn: {{ k.han }}.",
    )
    paper.text(
        f"Các cơ quan, đơn vị báo cáo kết quả thực hiện về {{{{ ten_co_quan }}}} trước ngày ……/……/…………{paper.end}"
    )
    paper.signature()
    return paper.saved()
