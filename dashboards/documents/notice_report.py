"""Báo cáo kết quả thực hiện of a notice: what it ordered, what was done, what is late and why, with its tables.

The body follows the reports that offices write; the tables are a design of ours, not an official form.
"""

from dashboards.documents import head, work
from dashboards.meeting import listed
from directives import queries
from directives.models import DocumentKind
from directives.progress import load_notice, with_history
from ntm_tracker.documents import Layout
from ntm_tracker.documents.layout import Paper
from ntm_tracker.vietnamese import format_date, format_number

KIND = DocumentKind.NOTICE_REPORT
# How many tasks are told in the text; the appendix has them all.
MOST_TASKS, MOST_NAMES = 40, 12

PLACES = {
    **head.PLACES,
    **work.TALLIES,
    "kinh_gui": ("Nơi nhận báo cáo, ở đầu văn bản; trống khi cơ quan báo cáo cũng là nơi ban hành", ["UBND huyện"]),
    "van_ban": ("Văn bản được báo cáo", "Thông báo số 253/TB-UBND ngày 28/03/2024 của UBND huyện"),
    "ve_viec": ("Văn bản đó về việc gì", "về kết luận cuộc họp"),
    "pham_vi": ("Phạm vi số liệu, khi không phải toàn bộ phần việc", "phần việc của Phòng GD&ĐT"),
    "so_nhiem_vu": ("Số nhiệm vụ đã giao", "10"),
    "so_co_quan": ("Số cơ quan, đơn vị có việc", "20"),
    "nhiem_vu": ("Từng nhiệm vụ và kết quả", [{"so": "1", "noi_dung": "Rà soát kế hoạch", "ket_qua": "xong 1/2"}]),
    "nhiem_vu_khac": ("Số nhiệm vụ chỉ có trong phụ lục", "2"),
    "chuyen_bien": ("Các câu về tiêu chí thay đổi", ["So Quý I/2024 với Tháng 12/2022: …"]),
    "so_co_quan_cham": ("Số cơ quan có việc quá hạn", "3"),
    "cham": ("Từng nhiệm vụ có phần việc quá hạn", work.LATE_SAMPLE),
    "cham_khac": ("Số nhiệm vụ chậm chỉ có trong phụ lục", "2"),
    "kien_nghi": ("Các câu đề xuất, kiến nghị rút từ số liệu", ["Đề nghị …"]),
    "phan_viec": ("Phụ lục: từng phần việc, theo văn bản giao (nhom)", work.PART_SAMPLE),
    "con_lai": ("Câu nói phụ lục còn bao nhiêu dòng ở Biểu 09", "Còn 10 phần việc"),
    "co_quan_co_viec": ("Phụ lục: số liệu từng cơ quan", work.BODY_SAMPLE),
}


def figures(*, user, directive, as_of) -> dict:
    """The counts of the report, without its lists: what its page shows. Some fifteen queries for any size."""
    bodies = queries.work(user, as_of, queries.Filters(directive=directive)).order_by().values("agency").distinct()
    return _figures(load_notice(directive, user, as_of), bodies.count())


def facts(*, user, directive, as_of, issuer) -> dict:
    """What the report says of a notice handed out, as the person sees it on a day. Some twenty queries for any size.

    It goes to the body that issued the notice, unless that is the `issuer` (head.Issuer) of the report itself.
    """
    filters = queries.Filters(directive=directive)
    progress, bodies = load_notice(directive, user, as_of), queries.bodies(user, as_of, filters)
    summary, late = progress.summary, [body for body in bodies if body.overdue]
    rows = queries.by_directive(user, as_of, filters).select_related("agency__locality", "member")
    parts = with_history(list(rows[: work.MOST_PARTS]), as_of)
    by_task = work.by_task(work.overdue(parts))
    told = _told(progress)
    return {
        **_figures(progress, len(bodies)),
        "ngay_so_lieu": format_date(as_of),
        "so_lieu_minh_hoa": "Số liệu minh họa" if summary.is_illustrative or directive.is_illustrative else "",
        "trich_yeu": _subject(directive),
        "kinh_gui": [] if issuer.is_called(directive.issuer) else [directive.issuer],
        "van_ban": head.named(directive),
        "ve_viec": head.about(directive.title),
        "nhiem_vu": [
            {"so": format_number(task.position), "noi_dung": work.short(task.text), "ket_qua": _outcome(task.tallies)}
            for task in told[:MOST_TASKS]
        ],
        "nhiem_vu_khac": format_number(len(told) - MOST_TASKS) if len(told) > MOST_TASKS else "",
        "chuyen_bien": _movement(progress.movement),
        "so_co_quan_cham": format_number(len(late)),
        "cham": by_task[:MOST_TASKS],
        "cham_khac": format_number(len(by_task) - MOST_TASKS) if len(by_task) > MOST_TASKS else "",
        "kien_nghi": _proposals(summary, late),
        "phan_viec": work.part_rows(parts),
        "con_lai": _rest(summary.total - work.MOST_PARTS) if summary.total > work.MOST_PARTS else "",
        "co_quan_co_viec": work.body_rows(bodies),
    }


def _figures(progress, bodies: int):
    return {
        **work.tallies(progress.summary),
        "so_nhiem_vu": format_number(len(_told(progress))),
        "so_co_quan": format_number(bodies),
    }


def _told(progress):
    """The tasks that count: with work, and not withdrawn."""
    return [task for task in progress.tasks if not task.is_withdrawn and task.tallies.total]


def _subject(directive):
    return " ".join(f"Kết quả thực hiện {head.named(directive)} {head.about(directive.title)}".split())


def _outcome(tallies):
    parts = [f"hoàn thành {tallies.done}/{tallies.total} phần việc"]
    parts += [f"quá hạn {tallies.overdue}"] * bool(tallies.overdue)
    parts += [f"trong hạn {tallies.in_progress}"] * bool(tallies.in_progress)
    parts += [f"không có thời hạn {tallies.no_due}"] * bool(tallies.no_due)
    return ", ".join(parts)


def _movement(movement) -> list[str]:
    """Which of the criteria the notice names moved, as the page says it."""
    if movement is None:
        return []
    lines = [
        f"So {movement.after} với {movement.before}, trong các tiêu chí văn bản nêu: thêm {movement.gained} tiêu chí đạt, "
        f"mất {movement.lost}; giữ nguyên {movement.stayed}"
        + (f", chưa đủ số liệu để so {movement.unknown}" if movement.unknown else "")
        + (" (số liệu minh họa)." if movement.is_illustrative else ".")
    ]
    for one in movement.moved:
        parts = []
        for word, criteria in (("thêm", one.gained), ("mất", one.lost)):
            if criteria:
                parts.append(f"{word} tiêu chí {', '.join(str(criterion.number) for criterion in criteria)}")
        lines.append(f"{one.place.title}: {'; '.join(parts)}.")
    return lines


def _proposals(summary, late):
    lines = []
    if late:
        names = listed([body.label for body in late], MOST_NAMES, "cơ quan, đơn vị")
        lines.append(
            f"Đề nghị {names} hoàn thành {summary.overdue} phần việc quá hạn, báo cáo nguyên nhân chậm và kết quả."
        )
    if summary.awaiting:
        lines.append(f"Đề nghị xem xét, xác nhận {summary.awaiting} phần việc cơ quan đã báo cáo hoàn thành.")
    return lines


def _rest(number):
    return f"Còn {format_number(number)} phần việc không in ở đây; xem đủ trong Biểu 09."


def paper(layout: Layout) -> bytes:
    """Our own template."""
    paper = Paper(layout)
    paper.letterhead()
    paper.title("BÁO CÁO")
    paper.receivers()
    paper.text(
        "Thực hiện {{ van_ban }} {{ ve_viec }}, {{ ten_co_quan }} báo cáo kết quả thực hiện, số liệu tính đến ngày "
        "{{ ngay_so_lieu }}{% if pham_vi %}, phạm vi: {{ pham_vi }}{% endif %}, như sau:"
    )
    paper.section("I. KẾT QUẢ THỰC HIỆN")
    paper.subsection("1. Tình hình chung")
    paper.text(
        "Văn bản giao {{ so_nhiem_vu }} nhiệm vụ cho {{ so_co_quan }} cơ quan, đơn vị, gồm {{ tong_so }} phần việc (mỗi phần "
        "việc là một nhiệm vụ, một cơ quan, một thời hạn)."
    )
    work.standing(paper)
    paper.subsection("2. Kết quả từng nhiệm vụ")
    paper.paragraphs("n in nhiem_vu", "{{ n.so }}) {{ n.noi_dung }}: {{ n.ket_qua }}.")
    with paper.where("nhiem_vu_khac"):
        paper.text("Kết quả của {{ nhiem_vu_khac }} nhiệm vụ khác tại Phụ lục I.")
    with paper.where("chuyen_bien"):
        paper.subsection("3. Chuyển biến về tiêu chí nông thôn mới")
    paper.paragraphs("c in chuyen_bien", "- {{ c }}")
    paper.section("II. NHIỆM VỤ CHẬM, NGUYÊN NHÂN")
    with paper.where("cham"):
        paper.text(
            "Đến ngày {{ ngay_so_lieu }} còn {{ qua_han }} phần việc quá hạn của {{ so_co_quan_cham }} cơ quan, đơn vị:"
        )
    with paper.where("not cham"):
        paper.text("Đến ngày {{ ngay_so_lieu }} không có phần việc nào quá hạn.")
    with paper.each("c in cham"):
        paper.text(
            "{{ c.stt }}) {{ c.noi_dung }} (thời hạn {{ c.han }}): {{ c.so }} phần việc quá hạn, lâu nhất {{ c.lau_nhat }} "
            "ngày, của {{ c.co_quan }}."
        )
        paper.paragraphs("n in c.nguyen_nhan", "- {{ n }}.")
        with paper.where("c.chua_bao_cao"):
            paper.text("- Chưa báo cáo tình hình, nguyên nhân: {{ c.chua_bao_cao }}.")
    with paper.where("cham_khac"):
        paper.text("{{ cham_khac }} nhiệm vụ chậm khác tại Phụ lục I.")
    paper.section("III. ĐỀ XUẤT, KIẾN NGHỊ")
    paper.paragraphs("k in kien_nghi", "- {{ k }}")
    paper.blank("-")
    paper.text(f"Trên đây là báo cáo kết quả thực hiện {{{{ van_ban }}}}{paper.end}")
    paper.signature()
    paper.appendix("I", "TỔNG HỢP TÌNH HÌNH THỰC HIỆN NHIỆM VỤ")
    paper.table(
        work.PARTS, "v in phan_viec", work.cells("v", work.PART_FIELDS), group="nhom", whole_rows=False, size=10
    )
    with paper.where("con_lai"):
        paper.text("{{ con_lai }}")
    paper.appendix("II", "TỔNG HỢP THEO CƠ QUAN")
    total = ["", "Tổng số", *(f"{{{{ {field} }}}}" for field in work.BODY_FIELDS)]
    paper.table(work.BODIES, "c in co_quan_co_viec", work.cells("c", ["stt", "ten", *work.BODY_FIELDS]), total=total)
    return paper.saved()
