"""Công văn đôn đốc to a body with overdue work, and the minutes of working with it on that."""

from dashboards.documents import head, work
from directives import queries
from directives.models import DocumentKind
from ntm_tracker.documents import Layout
from ntm_tracker.documents.layout import CENTRE, LEFT, Paper
from ntm_tracker.vietnamese import format_date, format_number

COLUMNS = [
    ("TT", 10, CENTRE),
    ("Nội dung nhiệm vụ", 50, LEFT),
    ("Văn bản giao", 31, LEFT),
    ("Thời hạn", 25, CENTRE),
    ("Quá hạn (ngày)", 17, CENTRE),
    ("Tình hình theo báo cáo gần nhất", 32, LEFT),
]
# A longer list is not read in a letter.
MOST_ROWS = 300
FIELDS = ["stt", "noi_dung", "van_ban", "han", "so_ngay", "tinh_hinh"]
PLACES = {
    **head.PLACES,
    **work.TALLIES,
    "kinh_gui": ("Nơi nhận ở đầu công văn", ["Phòng GD&ĐT"]),
    "don_vi": ("Cơ quan được đôn đốc", "Phòng Giáo dục và Đào tạo"),
    "lau_nhat": ("Quá hạn lâu nhất bao nhiêu ngày", "35"),
    "phan_viec": ("Bảng từng phần việc quá hạn", [dict.fromkeys(FIELDS, "…")]),
    "con_lai": ("Số phần việc quá hạn không in", "2"),
    "nam": ("Năm lập văn bản", "2024"),
}


def facts(*, user, agency, as_of, today) -> dict:
    """What is overdue of a body on a day. Some eight queries."""
    filters = queries.Filters(agency=agency)
    summary = queries.summary(user, as_of, filters)
    late = work.late_parts(user, as_of, filters)
    return {
        **work.tallies(summary),
        "ngay_so_lieu": format_date(as_of),
        "so_lieu_minh_hoa": "Số liệu minh họa" if summary.is_illustrative else "",
        "trich_yeu": "Đôn đốc thực hiện nhiệm vụ quá hạn",
        "kinh_gui": [agency.name],
        "don_vi": agency.name,
        "lau_nhat": format_number(max((part.row.days for part in late), default=0)),
        "phan_viec": [_row(number, part) for number, part in enumerate(late[:MOST_ROWS], start=1)],
        "con_lai": format_number(summary.overdue - MOST_ROWS) if summary.overdue > MOST_ROWS else "",
        "nam": str(today.year),
    }


def _row(number, part):
    task = part.row.assignment.task
    values = [
        str(number),
        task.text,
        work.source(task),
        work.deadline(part),
        format_number(part.row.days),
        work.reason(part),
    ]
    return dict(zip(FIELDS, values, strict=True))


def letter(layout: Layout) -> bytes:
    """Our own template of the letter."""
    paper = Paper(layout)
    about = "Đôn đốc thực hiện nhiệm vụ quá hạn"
    paper.letterhead(
        about=f"{about[:1].lower()}{about[1:]}" if paper.is_party else f"V/v {about[:1].lower()}{about[1:]}"
    )
    paper.receivers()
    paper.illustrative()
    paper.text(
        "Đến ngày {{ ngay_so_lieu }}, {{ don_vi }} được giao {{ tong_so }} phần việc, đã hoàn thành {{ hoan_thanh }}, còn "
        "{{ qua_han }} phần việc quá hạn, lâu nhất {{ lau_nhat }} ngày"
        '{% if qua_han_tren_30 != "0" %} (trên 30 ngày: {{ qua_han_tren_30 }}){% endif %}:'
    )
    _table(paper)
    with paper.where('sap_den_han != "0"'):
        paper.text("Ngoài ra có {{ sap_den_han }} phần việc đến hạn trong {{ so_ngay_sap_den_han }} ngày tới.")
    paper.text(
        f"{{{{ ten_co_quan }}}} đề nghị {{{{ don_vi }}}} hoàn thành các phần việc quá hạn nêu trên; báo cáo kết quả, nguyên nhân "
        f"chậm và thời gian hoàn thành trước ngày{head.GAP}tháng{head.GAP}năm {{{{ nam }}}}{paper.end}"
    )
    paper.signature()
    return paper.saved()


def minutes(layout: Layout) -> bytes:
    """Our own template of the minutes (Nghị định 30/2020/NĐ-CP, Mẫu 1.9); what happens there is written there."""
    paper = Paper(layout)
    paper.letterhead(with_day=paper.is_party)
    paper.title("BIÊN BẢN", "Làm việc với {{ don_vi }} về nhiệm vụ quá hạn")
    for words in ("Thời gian bắt đầu", "Địa điểm", "Thành phần tham dự", "Chủ trì", "Thư ký (người ghi biên bản)"):
        paper.blank(f"{words}:")
    paper.section("Nội dung:")
    paper.subsection("1. Tình hình thực hiện nhiệm vụ được giao")
    paper.text("Đến ngày {{ ngay_so_lieu }}, {{ don_vi }} được giao {{ tong_so }} phần việc:")
    work.standing(paper)
    with paper.where("phan_viec"):
        paper.text("Các phần việc quá hạn, lâu nhất {{ lau_nhat }} ngày:")
    _table(paper)
    paper.subsection("2. Nguyên nhân chậm, ý kiến của {{ don_vi }}")
    paper.blank(lines=2)
    paper.subsection("3. Ý kiến của các thành viên dự họp")
    paper.blank(lines=2)
    paper.subsection("4. Kết luận, cam kết và thời hạn mới")
    paper.blank(lines=2)
    paper.text(f"Buổi làm việc kết thúc vào …… giờ ……, ngày …… tháng …… năm {{{{ nam }}}}{paper.end}")
    paper.signature(left="THƯ KÝ", right="CHỦ TRÌ")
    return paper.saved()


def _table(paper):
    paper.table(COLUMNS, "v in phan_viec", work.cells("v", FIELDS))
    with paper.where("con_lai"):
        paper.text("Và {{ con_lai }} phần việc quá hạn khác.")


LETTER, MINUTES = DocumentKind.REMINDER, DocumentKind.MINUTES
