"""Biểu 01, 02 and 03 of the meeting workbook: the office's own tables, filled from the same matrix as the screen.

Their headings are a design of ours, not an official form, and the files do not claim otherwise.
"""

from collections import Counter

from django.utils import timezone

from communes.models import Agency
from criteria import plans
from criteria.counts import GAINED, LOST, MET, moves, rounded, share
from criteria.models import CriterionLead, Status
from criteria.sheet import lead_day
from criteria.templatetags.signs import LOOKS
from dashboards.matrix import Matrix, status_of
from ntm_tracker.spreadsheet.writing import CENTRE, DECIMAL, GREY, NUMBER, PERCENT, Cell, Column, Sheet, start_workbook
from ntm_tracker.vietnamese import format_number

LEGEND = "Ghi chú: ✓ đạt; ✗ chưa đạt; – chưa đánh giá; ∅ không áp dụng; ▲ mới đạt, ▼ mới mất"


def meeting_workbook(matrix: Matrix, *, user):
    """The three tables of a period; `matrix.previous` is the base of 'so với đầu năm'."""
    book = start_workbook(title=f"Biểu 01, 02, 03. {matrix.period.name}", author=user.get_full_name())
    lines = _subtitles(matrix, user)
    _matrix_sheet(book, matrix, lines)
    _bands_sheet(book, matrix, lines)
    _criteria_sheet(book, matrix, lines, user)
    return book


def _subtitles(matrix, user):
    """Period, basis, date and author: no file goes without them."""
    basis = matrix.basis + (f"; {matrix.basis_warning}" if matrix.basis_warning else "")
    decisions = ", ".join(item["number"] for item in matrix.criteria_set.legal_basis)
    lines = [
        f"({matrix.criteria_set.name}, {decisions}. Kỳ: {matrix.period.name}. "
        f"Số liệu tính đến ngày {matrix.period.ends_on:%d/%m/%Y}. Căn cứ: {basis})",
        f"Người lập: {user.get_full_name()}, lập ngày {timezone.localdate():%d/%m/%Y}",
    ]
    if matrix.is_illustrative:
        lines.append("SỐ LIỆU MINH HỌA")
    return lines


def _start_of_year(matrix):
    return f"Đầu năm: {matrix.previous.name}." if matrix.previous else "Chưa có kỳ đầu năm để so sánh."


def _matrix_sheet(book, matrix, subtitles):
    widths = Counter(criterion.group_code for criterion in matrix.criteria)
    columns = [
        Column("STT", 5, CENTRE),
        Column("Tên xã", 17),
        Column("Năm đạt chuẩn NTM", 8, CENTRE),
        *(
            Column(f"{c.number}. {c.label}", 4.6, CENTRE, group=_group_head(c, widths), rotated=True)
            for c in matrix.criteria
        ),
        Column("Tổng số tiêu chí đạt", 8, CENTRE),
        Column("Tăng/giảm so với đầu năm", 9, CENTRE),
        Column("Tiêu chí chưa đạt", 17, CENTRE),
        Column("Ghi chú", 22),
    ]
    sheet = Sheet(
        book,
        "Biểu 01",
        columns,
        title="TỔNG HỢP KẾT QUẢ THỰC HIỆN CÁC TIÊU CHÍ NÔNG THÔN MỚI",
        subtitles=subtitles,
        paper="A3",
        freeze_columns=2,
    )
    empty = "-" * len(matrix.criteria)
    for number, row in enumerate(matrix.rows, start=1):
        sheet.row(
            [
                number,
                Cell(row.name, bold=True),
                row.recognised_year,
                *(_signs(row.strip, row.before) if row.has_detail else _signs(empty, "")),
                Cell(row.met, bold=True) if row.has_data else None,
                row.change,
                ", ".join(map(str, row.unmet)),
                _note(row),
            ]
        )
    sheet.total(
        [
            None,
            "Tổng số xã đạt",
            len(matrix.recognised),
            *(column.met for column in matrix.columns),
            matrix.total_met,
            matrix.change,
            None,
            None,
        ]
    )
    mean = rounded(matrix.mean)
    sheet.row(
        [
            None,
            "Tỷ lệ (%)",
            _float(share(len(matrix.recognised), len(matrix.rows))),
            *(_float(column.percent) for column in matrix.columns),
            None,
            None,
            f"Bình quân {format_number(mean, 1)} tiêu chí/xã" if mean is not None else None,
            f"{len(matrix.filled)}/{len(matrix.rows)} xã có số liệu",
        ]
    )
    sheet.notes(f"{LEGEND} so với đầu năm. {_start_of_year(matrix)}")
    sheet.signers()


def _group_head(criterion, widths):
    """The head over a group of criteria: its number alone where the group is too narrow for its name."""
    if widths[criterion.group_code] < 2:
        return criterion.group_code
    return f"{criterion.group_code}. {criterion.group_name}".strip(". ")


def _signs(strip, before):
    for letter, move in zip(strip, moves(strip, before), strict=True):
        status = status_of(letter)
        mark = {GAINED: "▲", LOST: "▼"}.get(move, "")
        grey = status in (Status.UNMET, Status.UNKNOWN)
        yield Cell(f"{LOOKS[status][0]}{mark}", bold=status == Status.UNMET, fill=GREY if grey else "")


def _note(row):
    notes = []
    if not row.has_data:
        notes.append("Chưa có số liệu")
    elif not row.has_detail:
        notes.append("Chỉ có số tiêu chí, không có chi tiết")
    elif row.is_reported_only:
        notes.append("Còn số xã tự đánh giá, chưa thẩm định")
    if row.unknown:
        notes.append(f"Chưa đánh giá: {', '.join(map(str, row.unknown))}")
    if row.is_full and not row.recognised_year:
        notes.append("Chờ quyết định")
    if row.has_data and row.applicable < len(row.strip):
        notes.append(f"Đạt {row.met}/{row.applicable} tiêu chí áp dụng")
    return "; ".join(notes)


def _bands_sheet(book, matrix, subtitles):
    columns = [
        Column("TT", 5, CENTRE),
        Column("Nhóm", 34),
        Column("Số xã", 9, NUMBER),
        Column("Tỷ lệ (%)", 10, PERCENT),
        Column("Tên xã", 62),
    ]
    sheet = Sheet(
        book, "Biểu 02", columns, title="PHÂN NHÓM XÃ THEO SỐ TIÊU CHÍ ĐẠT", subtitles=subtitles, freeze_columns=2
    )
    whole = len(matrix.filled)
    for number, band in enumerate(matrix.bands, start=1):
        names = ", ".join(row.name if row.is_full else f"{row.name} ({row.met})" for row in band.rows)
        sheet.row(
            [
                number,
                f"Xã đạt {band.label[:1].lower() + band.label[1:]} tiêu chí",
                len(band.rows),
                _float(share(len(band.rows), whole)),
                names,
            ]
        )
        if number == 1:
            decided = [row for row in band.rows if row.recognised_year]
            sheet.row(
                [
                    None,
                    Cell("trong đó: đã có quyết định công nhận", italic=True),
                    len(decided),
                    _float(share(len(decided), whole)),
                    ", ".join(row.name for row in decided),
                ]
            )
    sheet.total(["", "Tổng số xã có số liệu", whole, 100.0 if whole else None, ""])
    sheet.row([None, "Tổng số tiêu chí đạt", matrix.total_met, None, None])
    sheet.row(
        [
            None,
            "Bình quân tiêu chí/xã",
            Cell(_float(matrix.mean, 2), number_format=DECIMAL[1]),
            None,
            f"{matrix.total_met} tiêu chí / {whole} xã",
        ]
    )
    if whole < len(matrix.rows):
        missing = ", ".join(row.name for row in matrix.rows if not row.has_data)
        sheet.notes(f"Chưa có số liệu ({len(matrix.rows) - whole} xã): {missing}.")
    sheet.signers()


def _criteria_sheet(book, matrix, subtitles, user):
    columns = [
        Column("TT", 5, CENTRE),
        Column("Tiêu chí", 44),
        Column("Cơ quan phụ trách", 28),
        Column("Số xã đạt đầu năm", 9, NUMBER),
        Column("Kế hoạch năm", 9, NUMBER),
        Column("Số xã đạt đến kỳ báo cáo", 10, NUMBER),
        Column("Tỷ lệ (%)", 8, PERCENT),
        Column("Tăng so với đầu năm", 9, NUMBER),
        Column("Các xã chưa đạt", 44),
    ]
    sheet = Sheet(book, "Biểu 03", columns, title="KẾT QUẢ THEO TỪNG TIÊU CHÍ", subtitles=subtitles, freeze_columns=2)
    in_charge = CriterionLead.objects.in_force(lead_day(matrix.period)).filter(
        criterion__criteria_set=matrix.criteria_set, agency__in=Agency.objects.visible_to(user)
    )
    leads = {}
    for lead in in_charge.select_related("agency").order_by("indicator_code", "agency__sort_key", "pk"):
        only = f" ({lead.indicator_code})" if lead.indicator_code else ""
        leads.setdefault(lead.criterion_id, []).append(f"{lead.agency.label}{only}")
    year = matrix.period.ends_on.year
    given = plans.planned(user=user, criteria_set=matrix.criteria_set, year=year)
    tally = plans.count_planned(given, {row.locality_id: row.strip for row in matrix.rows})
    places = Counter(number for row in matrix.rows for number in given.get(row.locality_id, []))
    known_before = [row for row in matrix.rows if row.before]
    for position, column in enumerate(matrix.columns):
        before = sum(row.before[position] in MET for row in known_before) if known_before else None
        # Over the places with data at both ends, as in Biểu 01: a place that is new to the table has gained nothing.
        change = sum((row.strip[position] in MET) - (row.before[position] in MET) for row in matrix.comparable)
        unmet = ", ".join(column.unmet_places)
        if column.unknown_places:
            unmet += f"{'; ' if unmet else ''}chưa đánh giá: {', '.join(column.unknown_places)}"
        sheet.row(
            [
                column.criterion.number,
                column.criterion.name,
                ", ".join(leads.get(column.criterion.pk, [])),
                before,
                places[column.criterion.number] if tally.given else None,
                column.met,
                _float(column.percent),
                change if matrix.comparable else None,
                unmet,
            ]
        )
    counted = ", ".join(row.name for row in matrix.counted_only)
    without = f" Không có chi tiết từng tiêu chí, không tính ở biểu này: {counted}." if counted else ""
    sheet.notes(f"{_start_of_year(matrix)} {_plan_note(tally, year)}{without}")
    sheet.signers()


def _plan_note(tally, year):
    if not tally.given:
        return f"Cột “Kế hoạch năm” để trống: chưa giao kế hoạch năm {year}."
    parts = [f"Kế hoạch năm {year}: số xã được giao đạt tiêu chí trong năm; {tally.words}"]
    if tally.unknown:
        parts.append(f"{tally.unknown} tiêu chí được giao chưa đánh giá, vẫn tính trong {tally.whole}")
    if tally.not_applicable:
        parts.append(f"{tally.not_applicable} tiêu chí được giao không áp dụng, không tính trong {tally.whole}")
    return f"{'; '.join(parts)}."


def _float(number, places=1):
    """A number for a cell, rounded as on the screen; None stays empty."""
    value = rounded(number, places)
    return None if value is None else float(value)
