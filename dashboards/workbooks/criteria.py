"""Biểu 03: each criterion over all places, beside the start of the year and the plan."""

from collections import Counter

from communes.models import Agency
from criteria import plans
from criteria.counts import MET
from criteria.models import CriterionLead
from criteria.sheet import lead_day
from dashboards.workbooks.figures import decimal
from dashboards.workbooks.matrix import without_detail_words
from ntm_tracker.spreadsheet.writing import CENTRE, NUMBER, PERCENT, Column, Sheet

TITLE = "KẾT QUẢ THEO TỪNG TIÊU CHÍ"
COLUMNS = [
    Column("TT", 5, CENTRE),
    Column("Tiêu chí", 44),
    Column("Cơ quan phụ trách", 28),
    Column("Số xã đạt đầu năm", 9, NUMBER),
    Column("Kế hoạch năm", 9, NUMBER),
    Column("Số xã đạt đến kỳ báo cáo", 10, NUMBER),
    Column("Tỷ lệ (%)", 8, PERCENT),
    Column("Tăng so với đầu năm", 9, ("right", "+0;-0;0")),
    Column("Các xã chưa đạt", 44),
]


def write(book, report):
    matrix = report.matrix
    sheet = Sheet(book, "Biểu 03", COLUMNS, title=TITLE, subtitles=report.lines(), unit="Biểu 03", freeze_columns=2)
    leads = _leads(report)
    year = matrix.period.ends_on.year
    given = plans.planned(user=report.user, criteria_set=matrix.criteria_set, year=year)
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
                decimal(column.percent),
                change if matrix.comparable else None,
                unmet,
            ]
        )
    sheet.notes(f"{report.start_words} {_plan_note(tally, year)}{without_detail_words(report)}")
    sheet.signers()


def _leads(report):
    """The names of the agencies in charge that the reader may see, by criterion."""
    in_charge = CriterionLead.objects.in_force(lead_day(report.period)).filter(
        criterion__criteria_set=report.criteria_set, agency__in=Agency.objects.visible_to(report.user)
    )
    leads = {}
    for lead in in_charge.select_related("agency").order_by("indicator_code", "agency__sort_key", "pk"):
        only = f" ({lead.indicator_code})" if lead.indicator_code else ""
        leads.setdefault(lead.criterion_id, []).append(f"{lead.agency.label}{only}")
    return leads


def _plan_note(tally, year):
    if not tally.given:
        return f"Cột “Kế hoạch năm” để trống: chưa giao kế hoạch năm {year}."
    parts = [f"Kế hoạch năm {year}: số xã được giao đạt tiêu chí trong năm; {tally.words}"]
    if tally.unknown:
        parts.append(f"{tally.unknown} tiêu chí được giao chưa đánh giá, vẫn tính trong {tally.whole}")
    if tally.not_applicable:
        parts.append(f"{tally.not_applicable} tiêu chí được giao không áp dụng, không tính trong {tally.whole}")
    return f"{'; '.join(parts)}."
