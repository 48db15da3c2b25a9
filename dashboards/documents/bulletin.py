"""Thông báo tình hình tháng: how the place was led, what it reached by criterion and commune, what lies ahead.

Its three parts and the line of a commune ('Xã X: Đạt a/19 tiêu chí, b/49 chỉ tiêu') are those of the bulletins that
districts publish.
"""

from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum

from communes.models import Locality, Visit
from criteria.counts import rounded, share
from criteria.models import CriterionResult
from dashboards.documents import head, work
from dashboards.matrix import Matrix
from dashboards.meeting import listed, worst_columns
from dashboards.standing import held_tiers, in_line
from directives import queries
from directives.models import Directive, DocumentKind
from ntm_tracker.documents import Layout
from ntm_tracker.documents.layout import Paper
from ntm_tracker.vietnamese import format_date, format_number

KIND = DocumentKind.BULLETIN
MOST_NAMES, MOST_DUE = 12, 60

PLACES = {
    **head.PLACES,
    **work.TALLIES,
    "thang": ("Tháng báo cáo", "3/2024"),
    "thang_sau": ("Tháng sau", "4/2024"),
    "noi": ("Địa bàn", "huyện Tam Đường"),
    "so_van_ban": ("Số văn bản chỉ đạo trong tháng", "2"),
    "van_ban_chi_dao": ("Từng văn bản chỉ đạo trong tháng", ["Thông báo số 253/TB-UBND …"]),
    "di_co_so": ("Câu về các chuyến đi cơ sở", "Đã làm việc tại 3 xã …"),
    "bo_tieu_chi": ("Bộ tiêu chí, căn cứ pháp lý", "Bộ tiêu chí xã nông thôn mới, Quyết định 318/QĐ-TTg"),
    "ky": ("Kỳ đánh giá", "Quý I/2024"),
    "ngay_ky": ("Ngày cuối của kỳ", "31/03/2024"),
    "can_cu": ("Căn cứ: bao nhiêu xã đã thẩm định", "đã thẩm định 10/12 xã"),
    "don_vi": ("Xã hay thôn, huyện: đơn vị được đánh giá", "xã"),
    "so_xa": ("Tổng số xã", "12"),
    "so_xa_co_so_lieu": ("Số xã có số liệu", "12"),
    "so_xa_cong_nhan": ("Số xã đã có quyết định công nhận", "8"),
    "ty_le_cong_nhan": ("Tỷ lệ xã đã công nhận (%)", "66,7"),
    "cac_muc": ("Từng mức công nhận và số xã", "đạt chuẩn 8 xã"),
    "so_xa_du": ("Số xã đạt đủ tiêu chí", "7"),
    "so_tieu_chi": ("Số tiêu chí của bộ", "19"),
    "tong_tieu_chi": ("Tổng số tiêu chí đạt", "214"),
    "binh_quan": ("Bình quân tiêu chí/xã", "17,8"),
    "so_voi_ky_truoc": ("Câu so sánh với kỳ trước", "So với Tháng 12/2022: thêm 9, mất 2 tiêu chí."),
    "phan_nhom": ("Phân nhóm xã theo số tiêu chí đạt", ["19 tiêu chí: 7 xã"]),
    "cac_xa": ("Từng xã: số tiêu chí, chỉ tiêu đạt", ["Xã Bản Bo: Đạt 19/19 tiêu chí, 57/57 chỉ tiêu."]),
    "tieu_chi_vuong": ("Từng tiêu chí còn xã chưa đạt", ["Tiêu chí 11. Nghèo đa chiều: 4/12 xã chưa đạt"]),
    "ton_tai": ("Các câu về tồn tại, hạn chế", ["1 xã đã công nhận nay không còn đủ tiêu chí"]),
    "viec_qua_han": ("Câu về việc quá hạn phải làm xong", "Hoàn thành 5 phần việc quá hạn"),
    "viec_thang_sau": ("Các việc đến hạn trong tháng sau", ["Báo cáo kết quả: hạn 25/04/2024"]),
    "viec_khac": ("Số việc đến hạn tháng sau không in", "3"),
    "ke_hoach": ("Các câu về kế hoạch năm", ["Công nhận trong năm: Giang Ma"]),
}


def as_of_month(month: date, today: date) -> date:
    """The day the work of a month is counted to: its last one, or today while it lasts."""
    return min(_next(month) - timedelta(days=1), max(today, month))


def facts(*, user, matrix: Matrix, month: date, as_of: date, fallen, plan: dict) -> dict:
    """What the bulletin of a month says. `matrix`, `fallen` and `plan` are those of the overview, `as_of` the day the
    work is counted to. A fixed number of queries.
    """
    board = queries.summary(user, as_of)
    noun = matrix.criteria_set.get_subject_display()
    filled, recognised = len(matrix.filled), len(matrix.recognised)
    late = [body for body in queries.bodies(user, as_of) if body.overdue]
    due = _due(user, as_of, month)
    directives, visits = _led(user, month)
    decisions = ", ".join(item["number"] for item in matrix.criteria_set.legal_basis)
    made_up = (
        matrix.is_illustrative or board.is_illustrative or any(one.is_illustrative for one in (*directives, *visits))
    )
    return {
        **work.tallies(board),
        "ngay_so_lieu": format_date(as_of),
        "so_lieu_minh_hoa": "Số liệu minh họa" if made_up else "",
        "trich_yeu": f"Tình hình xây dựng nông thôn mới tháng {_words(month, ' năm ')}",
        "thang": _words(month),
        "thang_sau": _words(_next(month)),
        "noi": user.place.full_name if user.place_id else "",
        "so_van_ban": format_number(len(directives)),
        "van_ban_chi_dao": [
            f"{head.named(one)} {head.about(one.title)} ({one.task_count} nhiệm vụ)." for one in directives
        ],
        "di_co_so": _visited(visits),
        "bo_tieu_chi": f"{matrix.criteria_set.name} ({decisions})" if decisions else matrix.criteria_set.name,
        "ky": str(matrix.period),
        "ngay_ky": format_date(matrix.period.ends_on),
        "can_cu": matrix.basis + (f"; {matrix.basis_warning}" if matrix.basis_warning else ""),
        "don_vi": noun,
        "so_xa": format_number(len(matrix.rows)),
        "so_xa_co_so_lieu": format_number(filled),
        "so_xa_cong_nhan": format_number(recognised),
        "ty_le_cong_nhan": format_number(rounded(share(recognised, len(matrix.rows)))),
        "cac_muc": ", ".join(f"{label} {format_number(number)} {noun}" for label, number in held_tiers(matrix)),
        "so_xa_du": format_number(len(matrix.full)),
        "so_tieu_chi": format_number(len(matrix.criteria)),
        "tong_tieu_chi": format_number(matrix.total_met),
        "binh_quan": format_number(rounded(matrix.mean), 1),
        "so_voi_ky_truoc": _compared(matrix),
        "phan_nhom": [_band(band, noun) for band in matrix.bands],
        "cac_xa": _places(matrix),
        "tieu_chi_vuong": [
            f"{column.criterion}: {len(column.unmet_places)}/{column.applicable} {noun} chưa đạt "
            f"({listed(column.unmet_places, MOST_NAMES, noun)})."
            for column in worst_columns(matrix)
        ],
        "ton_tai": _shortcomings(matrix, fallen, late, board, noun),
        "viec_qua_han": _overdue(late, board),
        "viec_thang_sau": due[:MOST_DUE],
        "viec_khac": format_number(len(due) - MOST_DUE) if len(due) > MOST_DUE else "",
        "ke_hoach": _plan(matrix, plan, noun),
    }


def _next(month):
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _words(month, between="/"):
    return f"{month.month}{between}{month.year}"


def _led(user, month):
    """The documents that gave work in the month, and the visits to places that were noted."""
    within = Q(dated_on__gte=month, dated_on__lt=_next(month))
    directives = Directive.objects.visible_to(user).filter(within).exclude(assigned_at=None).defer("text")
    handed_out = Count("tasks", filter=~Q(tasks__assigned_at=None))
    directives = list(directives.annotate(task_count=handed_out).order_by("dated_on", "pk"))
    visits = Visit.objects.filter(
        locality__in=Locality.objects.visible_to(user),
        visited_on__gte=month,
        visited_on__lt=_next(month),
        struck_at=None,
    )
    return directives, list(visits.select_related("locality").order_by("locality__sort_key", "visited_on", "pk"))


def _visited(visits):
    if not visits:
        return ""
    names = list(dict.fromkeys(visit.locality.name for visit in visits))
    return f"Đã đi kiểm tra, làm việc tại cơ sở {len(visits)} lần, ở {len(names)} xã: {', '.join(names)}."


def _compared(matrix):
    if not matrix.comparable:
        return ""
    change = matrix.change
    way = f"tăng {change}" if change > 0 else f"giảm {-change}" if change < 0 else "không đổi"
    return (
        f"So với {matrix.previous} ({len(matrix.comparable)} {matrix.criteria_set.get_subject_display()} có số liệu cả hai "
        f"kỳ): tổng số tiêu chí {way}; thêm {matrix.gained}, mất {matrix.lost} tiêu chí."
    )


def _band(band, noun):
    names = f": {', '.join(row.name for row in band.rows)}" if 0 < len(band.rows) <= 40 else ""
    return f"{band.label} tiêu chí: {len(band.rows)} {noun}{names}."


def _places(matrix):
    """A line a place, as the bulletins of districts write it."""
    indicators = indicators_of(matrix)
    return [_place(row, indicators.get(row.locality_id)) for row in matrix.rows]


def _place(row, indicators):
    name = f"{row.kind[:1].upper()}{row.kind[1:]} {row.name}"
    if not row.has_data:
        return f"{name}: chưa có số liệu."
    line = f"{name}: Đạt {row.met}/{row.applicable} tiêu chí"
    if indicators:
        line += f", {indicators[0]}/{indicators[1]} chỉ tiêu"
    parts = [f"chưa đạt tiêu chí {', '.join(map(str, row.unmet))}"] * bool(row.unmet)
    parts += [f"chưa đánh giá tiêu chí {', '.join(map(str, row.unknown))}"] * bool(row.unknown)
    parts += [f"được công nhận năm {row.recognised_year}"] * bool(row.recognised_year)
    parts += ["còn số xã tự đánh giá"] * row.is_reported_only
    return "; ".join([line, *parts]) + "."


def indicators_of(matrix: Matrix) -> dict[int, tuple[int, int]]:
    """The indicators met, and of how many, by place: from the stored criteria, as what a place lacks is counted."""
    rows = CriterionResult.objects.filter(
        assessment__criteria_set=matrix.criteria_set,
        assessment__period=matrix.period,
        assessment__locality__in=[row.locality_id for row in matrix.detailed],
    )
    counted = (
        rows.order_by()
        .values("assessment__locality")
        .annotate(met=Sum(F("indicators_met")), whole=Sum(F("indicators_total")))
    )
    return {row["assessment__locality"]: (row["met"], row["whole"]) for row in counted}


def _shortcomings(matrix, fallen, late, board, noun):
    lines = []
    if fallen:
        names = listed([row.name for row, _ in fallen], MOST_NAMES, noun)
        lines.append(f"{len(fallen)} {noun} đã được công nhận nay không còn đủ tiêu chí: {names}.")
    if board.overdue:
        names = [f"{body.label} ({body.overdue})" for body in late]
        lines.append(
            f"{board.overdue} phần việc quá hạn ở {len(late)} cơ quan, đơn vị: {listed(names, MOST_NAMES, 'cơ quan')}."
        )
    missing = [row.name for row in matrix.rows if not row.has_data]
    if missing:
        lines.append(f"{len(missing)} {noun} chưa có số liệu: {listed(missing, MOST_NAMES, noun)}.")
    if matrix.reported_only:
        names = listed([row.name for row in matrix.reported_only], MOST_NAMES, noun)
        lines.append(f"{len(matrix.reported_only)} {noun} còn số tự đánh giá, chưa thẩm định: {names}.")
    return lines


def _overdue(late, board):
    if not board.overdue:
        return ""
    names = listed([body.label for body in late], MOST_NAMES, "cơ quan")
    return f"{names[:1].upper()}{names[1:]} hoàn thành {board.overdue} phần việc quá hạn."


def _due(user, as_of, month):
    """The work that falls due in the month after, a line a task and day."""
    end = _next(_next(month))
    upcoming = queries.due_next(user, as_of, limit=MOST_DUE * 20)
    return [
        f"{work.short(one.text)} (thời hạn {format_date(one.due_on)}; "
        f"{one.body if one.bodies == 1 else f'{one.bodies} cơ quan, đơn vị'})."
        for one in upcoming
        if _next(month) <= one.due_on < end
    ]


def _plan(matrix, plan, noun):
    lines = []
    registered = [row.name for row in matrix.rows if row.is_to_be_recognised]
    if registered:
        lines.append(f"Phấn đấu được công nhận trong năm {plan['year']}: {listed(registered, 40, noun)}.")
    tally = plan["plan"]
    if tally.given:
        lines.append(
            f"Tiếp tục thực hiện kế hoạch năm {plan['year']}: đến nay đạt {tally.met}/{tally.whole} tiêu chí được giao."
        )
    nearest = in_line(matrix)[:3]
    if nearest:
        names = ", ".join(f"{row.name} (còn {len(row.open_criteria)} tiêu chí)" for row in nearest if row.open_criteria)
        if names:
            lines.append(f"Tập trung các {noun} gần đạt chuẩn nhất: {names}.")
    return lines


def paper(layout: Layout) -> bytes:
    """Our own template."""
    paper = Paper(layout)
    paper.letterhead()
    paper.title("THÔNG BÁO")
    paper.section("1. Về công tác lãnh đạo, chỉ đạo")
    with paper.where("van_ban_chi_dao"):
        paper.text("Trong tháng {{ thang }} có {{ so_van_ban }} văn bản chỉ đạo giao việc:")
    with paper.where("not van_ban_chi_dao"):
        paper.text("Trong tháng {{ thang }} không có văn bản chỉ đạo giao việc nào được ghi vào hệ thống.")
    paper.paragraphs("v in van_ban_chi_dao", "- {{ v }}")
    with paper.where("di_co_so"):
        paper.text("- {{ di_co_so }}")
    paper.blank("-")
    paper.section("2. Kết quả thực hiện")
    paper.subsection("* Kết quả thực hiện tiêu chí")
    paper.text("Theo {{ bo_tieu_chi }}; kỳ {{ ky }}, số liệu đến ngày {{ ngay_ky }}; căn cứ: {{ can_cu }}:")
    paper.text(
        "- {{ so_xa_cong_nhan }}/{{ so_xa }} {{ don_vi }} đã có quyết định công nhận ({{ ty_le_cong_nhan }} %)"
        "{% if cac_muc %}, trong đó {{ cac_muc }}{% endif %}. {{ so_xa_du }}/{{ so_xa_co_so_lieu }} {{ don_vi }} có số liệu "
        "đạt đủ tiêu chí."
    )
    with paper.where("binh_quan"):
        paper.text(
            "- Bình quân {{ binh_quan }} tiêu chí/{{ don_vi }}; tổng số {{ tong_tieu_chi }} tiêu chí đạt ở "
            "{{ so_xa_co_so_lieu }} {{ don_vi }}. {{ so_voi_ky_truoc }}"
        )
    paper.paragraphs("p in phan_nhom", "- {{ p }}")
    paper.subsection("* Kết quả của từng {{ don_vi }}")
    paper.paragraphs("x in cac_xa", "- {{ x }}")
    with paper.where("tieu_chi_vuong"):
        paper.subsection("* Tiêu chí còn {{ don_vi }} chưa đạt")
    paper.paragraphs("t in tieu_chi_vuong", "- {{ t }}")
    paper.subsection("* Kết quả thực hiện nhiệm vụ được giao")
    paper.text("Đến ngày {{ ngay_so_lieu }} có {{ tong_so }} phần việc được giao:")
    work.standing(paper)
    paper.subsection("* Tồn tại, hạn chế")
    with paper.where("not ton_tai"):
        paper.text("Không có tồn tại nào rút ra từ số liệu.")
    paper.paragraphs("t in ton_tai", "- {{ t }}")
    paper.section("3. Nhiệm vụ thời gian tới")
    with paper.where("viec_qua_han"):
        paper.text("- {{ viec_qua_han }}")
    with paper.where("viec_thang_sau"):
        paper.text("- Các việc đến hạn trong tháng {{ thang_sau }}:")
    paper.paragraphs("v in viec_thang_sau", "+ {{ v }}")
    with paper.where("viec_khac"):
        paper.text("+ {{ viec_khac }} việc khác.")
    paper.paragraphs("k in ke_hoach", "- {{ k }}")
    paper.blank("-")
    paper.text(f"Trên đây là tình hình xây dựng nông thôn mới tháng {{{{ thang }}}}{paper.end}")
    paper.signature()
    return paper.saved()
