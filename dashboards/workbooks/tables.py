"""The tables there are: what each is called, what it shows, and who writes it."""

from collections.abc import Callable
from dataclasses import dataclass

from criteria.models import Assessment
from dashboards.workbooks import bands, criteria, matrix, plan, sheet
from directives import exports
from directives.queries import Filters

# More sheets than this nobody turns over; a narrower place is chosen then.
MOST_SHEETS = 150


@dataclass(frozen=True)
class Table:
    # As in an address and on the command line: '01', 'qua-han'.
    code: str
    name: str
    title: str
    # One line: what it shows.
    about: str
    write: Callable
    # About how long it takes on a small server, in thousandths of a second: for each place, for each piece of work.
    per_place: float = 0
    per_work: float = 0
    # Whether it goes into the meeting workbook.
    is_for_meetings: bool = True
    # Why it cannot be made of a report; '' if it can.
    missing: Callable = lambda report: ""

    @property
    def stem(self) -> str:
        """What a file of it is called."""
        return f"bieu-{self.code}"


def _write_tasks(book, report):
    exports.write_tasks(book, report.user, report.as_of, Filters(), report.work_lines())


def _write_bodies(book, report):
    exports.write_bodies(book, report.board.bodies(), report.board.summary(), report.work_lines(), Filters())


def _write_overdue(book, report):
    exports.write_overdue(book, report.user, report.as_of, report.board.bodies(), report.work_lines())


def _no_sheets(report):
    sheets = Assessment.objects.filter(
        criteria_set=report.criteria_set,
        period=report.period,
        locality__in=report.criteria_set.places().visible_to(report.user).existing_on(report.period.ends_on),
    ).count()
    if not sheets:
        return f"Chưa có phiếu đánh giá nào của {report.place_name} trong kỳ {report.period.name}."
    if sheets > MOST_SHEETS:
        return f"Có {sheets} phiếu, nhiều hơn {MOST_SHEETS}. Chọn địa bàn nhỏ hơn."
    return ""


TABLES = [
    Table(
        "01",
        "Biểu 01",
        "Tổng hợp kết quả thực hiện các tiêu chí",
        "Từng xã, từng tiêu chí; tổng số, tăng giảm so với đầu năm",
        matrix.write,
        per_place=0.25,
    ),
    Table(
        "02",
        "Biểu 02",
        "Phân nhóm xã theo số tiêu chí đạt",
        "Số xã, tỷ lệ và tên xã từng nhóm; bình quân tiêu chí một xã",
        bands.write,
        per_place=0.05,
    ),
    Table(
        "03",
        "Biểu 03",
        "Kết quả theo từng tiêu chí",
        "Số xã đạt đầu năm, kế hoạch, đến kỳ báo cáo; cơ quan phụ trách, xã chưa đạt",
        criteria.write,
        per_place=0.1,
    ),
    Table(
        "07",
        "Biểu 07",
        "Kế hoạch, kết quả xã đăng ký về đích",
        "Mức đăng ký, tiêu chí hiện đạt, tiêu chí còn lại, người phụ trách",
        plan.write_registered,
        per_place=0.1,
    ),
    Table(
        "ke-hoach",
        "KH theo xã",
        "Kế hoạch phấn đấu trong năm, theo xã",
        "Tiêu chí giao từng xã, đã đạt, còn thiếu",
        plan.write_places,
        per_place=0.1,
    ),
    Table(
        "ke-hoach-tieu-chi",
        "KH theo tiêu chí",
        "Kế hoạch phấn đấu trong năm, theo tiêu chí",
        "Số xã được giao từng tiêu chí, đã đạt, các xã còn thiếu",
        plan.write_criteria,
        per_place=0.05,
    ),
    Table(
        "09",
        "Biểu 09",
        "Tổng hợp tình hình thực hiện nhiệm vụ",
        "Từng phần việc theo văn bản giao: cơ quan, thời hạn, kết quả, đánh giá",
        _write_tasks,
        per_work=0.3,
    ),
    Table(
        "co-quan",
        "Theo cơ quan",
        "Tổng hợp nhiệm vụ theo cơ quan",
        "Số việc hoàn thành, trong hạn, quá hạn và tỷ lệ của từng cơ quan, đơn vị",
        _write_bodies,
        per_work=0.05,
    ),
    Table(
        "qua-han",
        "Quá hạn",
        "Nhiệm vụ chưa hoàn thành, quá hạn",
        "Cơ quan quá hạn nhiều trước; số ngày quá hạn, tiến độ đã báo cáo",
        _write_overdue,
        per_work=0.1,
    ),
    Table(
        "10",
        "Biểu 10",
        "Biểu đánh giá từng xã",
        "Mỗi xã một trang tính: tự đánh giá và kết quả thẩm tra từng nội dung, mức đạt chuẩn",
        sheet.write,
        per_place=25,
        is_for_meetings=False,
        missing=_no_sheets,
    ),
]
BY_CODE = {table.code: table for table in TABLES}
MEETING = [table for table in TABLES if table.is_for_meetings]
