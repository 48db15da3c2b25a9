"""Biểu 10: the assessment of one place, what it says of itself beside what was verified."""

from criteria.models import Status
from criteria.templatetags.signs import LOOKS
from dashboards.workbooks.report import ILLUSTRATIVE
from ntm_tracker.spreadsheet.measuring import height
from ntm_tracker.spreadsheet.writing import CENTRE, GREEN, GREY, RED, RED_TINT, Cell, Column, Sheet
from ntm_tracker.vietnamese import format_date

TITLE = "BIỂU ĐÁNH GIÁ KẾT QUẢ THỰC HIỆN CÁC TIÊU CHÍ NÔNG THÔN MỚI"
REPORTED, VERIFIED = "Kết quả tự đánh giá của xã", "Kết quả thẩm tra"
COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Tên tiêu chí", 20),
    Column("Nội dung tiêu chí", 54),
    Column("Tiêu chuẩn đạt chuẩn", 15, CENTRE),
    Column("Kết quả thực hiện", 16, CENTRE, group=REPORTED),
    Column("Đánh giá", 14, CENTRE, group=REPORTED),
    Column("Kết quả thực hiện", 16, CENTRE, group=VERIFIED),
    Column("Đánh giá", 14, CENTRE, group=VERIFIED),
]


def write(book, report):
    for sheet in report.sheets:
        write_one(book, report, sheet, is_alone=len(report.sheets) == 1)


def write_one(book, report, data, *, is_alone):
    """One place's table; its counts are those of its sheet on the screen."""
    place = data.assessment.locality
    sheet = Sheet(
        book,
        "Biểu 10" if is_alone else f"10 {place.name}",
        COLUMNS,
        title=f"{TITLE}: {place.full_name.upper()}",
        subtitles=_lines(report, data),
        unit="Biểu 10",
        freeze_columns=2,
    )
    for criterion in data.criteria:
        _write_criterion(sheet, criterion)
    total = f"{data.met}/{data.total} tiêu chí"
    sheet.total([None, "Số tiêu chí đạt", None, None, None, None, Cell(total, span=2), None])
    doubtful = any(not row.threshold_is_confirmed for row in data.rows.values())
    sheet.notes(
        "Ghi chú: ✓ đạt; ✗ chưa đạt; – chưa đánh giá; ∅ không áp dụng. Số tiêu chí đạt tính theo kết quả thẩm tra, nơi chưa "
        "thẩm tra thì theo kết quả tự đánh giá.",
        *["◇: mức đạt chuẩn chưa đối chiếu với văn bản gốc."] * doubtful,
    )
    sheet.signers()


def _lines(report, data):
    lead, signed, *_ = report.lines(False)
    assessment = data.assessment
    decisions = ", ".join(item["number"] for item in report.criteria_set.legal_basis)
    whole = len(data.rows)
    return [
        f"({', '.join(filter(None, [report.criteria_set.name, decisions]))}. Kỳ: {report.period.name}. "
        f"Số liệu tính đến ngày {format_date(report.period.ends_on)}. "
        f"Căn cứ: đã thẩm định {data.verified_count}/{whole} chỉ tiêu; phiếu {assessment.get_state_display()})",
        signed,
        *[ILLUSTRATIVE] * assessment.is_illustrative,
    ]


def _write_criterion(sheet, criterion):
    """A criterion's indicators; its number and name stand once, beside all of them."""
    name = f"{criterion.criterion.name}\n{_words(criterion.status)} ({criterion.suffix})"
    rows = len(criterion.rows)
    share = height(name, COLUMNS[1].width, sheet.size, True) / rows
    heads = [Cell(criterion.criterion.number, bold=True, down=rows), Cell(name, bold=True, down=rows)]
    for row in criterion.rows:
        mark = "" if row.threshold_is_confirmed else " ◇"
        sheet.row(
            [
                *heads,
                f"{row.indicator.code} {row.indicator.text}".strip(),
                f"{row.threshold_text or 'chưa có mức'}{mark}",
                _value(row, row.reported),
                _verdict(row.reported.status),
                _value(row, row.verified),
                _verdict(row.verified.status),
            ],
            least=share,
        )
        heads = [None, None]


def _value(row, cell):
    """What was reached: a number with its unit, or the words of the screen where it is no single number."""
    entry = cell.entry
    is_single = entry.value is not None and entry.denominator is None and not entry.has_both_genders
    if not is_single or cell.status == Status.NOT_APPLICABLE:
        # A verdict alone stands in the next column.
        return row.words(cell) if entry.value is not None else ""
    unit = row.indicator.short_unit.replace('"', "")
    return Cell(entry.value, number_format=f'General" {unit}"' if unit else "General")


def _words(status):
    return f"{LOOKS[status][0]} {Status(status).label.capitalize()}"


def _verdict(status):
    colors = {Status.MET: GREEN, Status.UNMET: RED}
    fills = {Status.UNMET: RED_TINT, Status.UNKNOWN: GREY}
    return Cell(_words(status), bold=status == Status.UNMET, color=colors.get(status, ""), fill=fills.get(status, ""))
