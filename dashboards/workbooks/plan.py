"""Biểu 07, the places registered to be recognised in the year, and the plan of the year by place and by criterion."""

from criteria.sheet import lead_day
from dashboards.mine import charges_by_place
from dashboards.workbooks.figures import decimal
from ntm_tracker.spreadsheet.writing import CENTRE, GREEN, NUMBER, PERCENT, RED, Cell, Column, Sheet

REGISTERED_TITLE = "KẾ HOẠCH - KẾT QUẢ XÃ ĐĂNG KÝ VỀ ĐÍCH"
PLACES_TITLE = "KẾ HOẠCH PHẤN ĐẤU NĂM {}, THEO XÃ"
CRITERIA_TITLE = "KẾ HOẠCH PHẤN ĐẤU NĂM {}, THEO TIÊU CHÍ"
REGISTERED_COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Xã", 18),
    Column("Mức đăng ký", 16),
    Column("Số tiêu chí hiện đạt", 9, CENTRE),
    Column("Trên số tiêu chí áp dụng", 9, CENTRE),
    Column("Tiêu chí còn lại", 18),
    Column("Thời hạn", 11, CENTRE),
    Column("Kết quả công nhận", 20),
    Column("Khó khăn, vướng mắc", 30),
    Column("Cơ quan, đồng chí phụ trách", 30),
]
PLACES_COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Xã", 20),
    Column("Tiêu chí được giao", 26),
    Column("Số tiêu chí được giao", 10, NUMBER),
    Column("Đã đạt", 9, NUMBER),
    Column("Tỷ lệ (%)", 9, PERCENT),
    Column("Còn thiếu", 22),
    Column("Chưa đánh giá", 18),
    Column("Ghi chú", 32),
]
CRITERIA_COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Tiêu chí", 46),
    Column("Số xã được giao", 10, NUMBER),
    Column("Đã đạt", 9, NUMBER),
    Column("Tỷ lệ (%)", 9, PERCENT),
    Column("Các xã còn thiếu", 46),
    Column("Các xã chưa đánh giá", 30),
]


def write_registered(book, report):
    plan = report.plan
    sheet = Sheet(
        book,
        "Biểu 07",
        REGISTERED_COLUMNS,
        title=f"{REGISTERED_TITLE} NĂM {plan.year}",
        subtitles=report.lines(plan.is_illustrative),
        unit="Biểu 07",
        freeze_columns=2,
    )
    charges = charges_by_place([row.locality_id for row, _ in plan.registrations], lead_day(report.period))
    for number, (row, one) in enumerate(plan.registrations, start=1):
        people = charges[row.locality_id]
        named = [charge.member or charge.agency for charge in people["in_charge"]]
        named += [f"{charge.member or charge.agency} (đỡ đầu)" for charge in people["sponsor"]]
        since = f", từ trước năm {plan.year}" if one.was_reached_before else ""
        reached = Cell(f"★ Đã công nhận {one.recognised_year}{since}", color=GREEN) if one.is_reached else None
        sheet.row(
            [
                number,
                Cell(row.name, bold=True),
                one.tier.label[:1].upper() + one.tier.label[1:],
                one.met if one.strip else None,
                one.applicable if one.strip else None,
                (", ".join(map(str, one.left)) or "đủ") if one.strip else "chưa có số liệu",
                f"Năm {one.target.year}",
                reached or "☆ Chưa có quyết định",
                None,
                "; ".join(map(str, named)),
            ]
        )
    if not plan.registrations:
        sheet.group(f"Chưa có {report.noun} nào đăng ký được công nhận trong năm {plan.year}.")
    notes = [
        f"{tier.label[:1].upper()}{tier.label[1:]}: {reached} trên {registered} {report.noun} đăng ký đã có quyết định"
        for tier, registered, reached in plan.registered_by_tier
    ]
    sheet.notes(
        *[f"{'; '.join(notes)}."] * bool(notes),
        "Tiêu chí còn lại gồm tiêu chí chưa đạt và chưa đánh giá của bộ tiêu chí thuộc mức đăng ký; cột “Khó khăn, vướng "
        "mắc” để đơn vị ghi.",
    )
    sheet.signers()


def write_places(book, report):
    plan = report.plan
    sheet = _sheet(book, report, "KH theo xã", PLACES_COLUMNS, PLACES_TITLE)
    for number, row in enumerate(plan.planned_rows, start=1):
        sheet.row(
            [
                number,
                Cell(row.name, bold=True),
                ", ".join(str(aim.number) for aim in row.aims),
                row.tally.whole,
                row.tally.met,
                decimal(row.tally.exact_percent),
                Cell(f"✗ {', '.join(map(str, row.left))}", color=RED) if row.left else "",
                ", ".join(map(str, row.unknown)),
                _note(row),
            ]
        )
    _close(sheet, plan, ["", "Tổng số", ""], ["", "", ""])


def write_criteria(book, report):
    plan = report.plan
    sheet = _sheet(book, report, "KH theo tiêu chí", CRITERIA_COLUMNS, CRITERIA_TITLE)
    for column in plan.columns:
        sheet.row(
            [
                column.criterion.number,
                column.criterion.name,
                column.tally.whole,
                column.tally.met,
                decimal(column.tally.exact_percent),
                ", ".join(column.left),
                ", ".join(column.unknown),
            ]
        )
    _close(sheet, plan, ["", "Tổng số"], ["", ""])


def _sheet(book, report, name, columns, title):
    plan = report.plan
    return Sheet(
        book,
        name,
        columns,
        title=title.format(plan.year),
        subtitles=report.lines(plan.is_illustrative),
        unit="Đơn vị tính: tiêu chí",
        freeze_columns=2,
    )


def _close(sheet, plan, before, after):
    tally = plan.tally
    if tally.given:
        sheet.total([*before, tally.whole, tally.met, decimal(tally.exact_percent), *after])
    else:
        sheet.group(f"Chưa giao kế hoạch năm {plan.year}.")
    sheet.notes(*_notes(plan))
    sheet.signers()


def _notes(plan):
    """What the page of the plan says under its heading."""
    tally = plan.tally
    if not tally.given:
        return ["Bảng do hệ thống lập để theo dõi, không phải biểu mẫu ban hành kèm văn bản nào."]
    notes = [f"Kế hoạch năm {plan.year}: {tally.words}."]
    if tally.met_before:
        base = f" (theo {plan.base.name})" if plan.base else ""
        notes.append(
            f"Trong {tally.met} tiêu chí đạt có {tally.met_before} tiêu chí đã đạt từ trước năm {plan.year}{base}."
        )
    if tally.unknown:
        notes.append(f"{tally.unknown} tiêu chí được giao chưa đánh giá, vẫn tính trong {tally.whole}.")
    if tally.not_applicable:
        notes.append(f"{tally.not_applicable} tiêu chí được giao nay không áp dụng, không tính trong {tally.whole}.")
    if plan.gone:
        notes.append(f"Không tính chỉ tiêu giao cho địa bàn đã sắp xếp: {', '.join(plan.gone_names)}.")
    return notes


def _note(row):
    notes = [] if row.has_data else ["Chưa có số liệu kỳ này"]
    if row.met_before:
        notes.append(f"đã đạt từ trước: {', '.join(map(str, row.met_before))}")
    if row.not_applicable:
        notes.append(f"không áp dụng: {', '.join(map(str, row.not_applicable))}")
    return "; ".join(notes)
