"""Tables that say how many criteria a place met and not which: '14', '14/19', '48/49', '97/100' (FORMS §6.3)."""

import re
from datetime import date
from decimal import Decimal

from communes.imports.tables import Headings, Table, find_table
from criteria.actions.statements import COUNTS, record_counts
from criteria.imports.intake import COMMON, Change, Reading, Scope, begin
from criteria.models import Assessment, FileImport, Indicator, ReportedCount
from ntm_tracker.vietnamese import NotANumber, format_number, parse_number

KIND = FileImport.Kind.COUNTS
LABEL = "Chỉ có số tiêu chí, không có chi tiết"
NEEDS = "Tên xã, Số tiêu chí đạt; có thể thêm Chỉ tiêu, Điểm"
TAKEN = "14 hoặc 14/19; chỉ tiêu 48/49; điểm 97 hoặc 97/100"
HAS_OPINION = False

_HEADINGS = Headings(
    {
        **COMMON,
        "criteria": (
            "tieu chi",
            "so tieu chi",
            "so tieu chi dat",
            "so tieu chi dat duoc",
            "tieu chi dat",
            "tong so tieu chi dat",
            "tong so tieu chi",
            "so tc dat",
            "so tc",
            "tc dat",
            "dat tieu chi",
            "tong so",
            "tong cong",
        ),
        "indicators": ("chi tieu", "so chi tieu", "so chi tieu dat", "chi tieu dat", "tong so chi tieu dat"),
        "points": ("diem", "so diem", "tong diem", "tong so diem", "diem dat", "so diem dat", "diem so"),
    }
)
_WORDS = {"criteria": "tiêu chí", "indicators": "chỉ tiêu", "points": "điểm"}
# Out of how many points offices give theirs, where the cell does not say.
FULL_POINTS = Decimal(100)


class _Wrong(ValueError):
    """The cell cannot be read; the message says what to type."""


def find(sheet, scope: Scope) -> Table | None:
    return find_table(sheet, _HEADINGS, needs={"name", "criteria"})


def part_of(text: str, value, *, whole: Decimal | None) -> tuple[Decimal, Decimal]:
    """A number and of how many: '14/19' is (14, 19), '14' of the `whole` that is known.

    Excel makes a day of '14/12' and text is kept by it as it was typed: a date is no count.
    """
    if isinstance(value, date):
        raise _Wrong(f"Excel đã đổi thành ngày {value:%d/%m/%Y}. Định dạng ô là Text rồi ghi lại, ví dụ 14/19.")
    parts = [part.strip() for part in re.sub(r"(?i)(tiêu chí|chỉ tiêu|điểm|tc|đạt)", "", text).split("/")]
    try:
        numbers = [parse_number(part) for part in parts]
    except NotANumber as error:
        raise _Wrong(f"“{text[:30]}” không phải là số. Ghi ví dụ 14 hoặc 14/19.") from error
    if len(numbers) > 2 or None in numbers:
        raise _Wrong(f"“{text[:30]}” không đọc được. Ghi ví dụ 14 hoặc 14/19.")
    total = numbers[1] if len(numbers) == 2 else whole
    if total is None:
        raise _Wrong(f"ghi {text} mà không rõ trên bao nhiêu. Ghi ví dụ 48/49.")
    if not 0 <= numbers[0] <= total or total <= 0:
        raise _Wrong(f"“{text[:30]}”: số đạt phải từ 0 đến {format_number(total)}.")
    return numbers[0], total


def read(table: Table, scope: Scope) -> Reading:
    """What the table says beside the counts that stand, in a fixed number of queries."""
    kinds = [kind for kind in _WORDS if kind in table]
    lines = scope.finder.read(table, [table.columns[kind] for kind in kinds])
    reading = begin(table, scope, lines, noun="xã")
    places = [line.place.pk for line in lines.places]
    before = {
        count.locality_id: count
        for count in ReportedCount.objects.current().filter(
            period=scope.period, criteria_set=scope.criteria_set, locality__in=places
        )
    }
    detailed = set(
        Assessment.objects.filter(period=scope.period, criteria_set=scope.criteria_set, locality__in=places)
        .exclude(strip__regex="^-*$")
        .values_list("locality", flat=True)
    )
    wholes = _wholes(scope.criteria_set, scope.day)
    for line in lines.places:
        if line.place.pk not in scope.judged:
            reading.notes.append(
                f"Bỏ qua dòng {line.row}: {line.place.full_name} không thuộc cấp đánh giá của {scope.criteria_set}."
            )
            continue
        said = _read_line(reading, line, kinds, wholes)
        if said is None:
            continue
        old = before.get(line.place.pk)
        was = {name: getattr(old, name) for name in COUNTS} if old else None
        if was == said:
            reading.unchanged += 1
            continue
        if line.place.pk in detailed:
            reading.notes.append(
                f"{line.place.title} đã có phiếu chi tiết trong kỳ: số ở dòng {line.row} được lưu, các trang vẫn tính theo phiếu."
            )
        reading.changes.append(
            Change(
                line.place.title,
                old.words if old else "chưa có",
                ReportedCount(**said).words,
                table.problem(line.row, "criteria", "").cell,
                what=(line.place.pk, said),
            )
        )
    return reading


def _wholes(criteria_set, day):
    criteria = criteria_set.expected_criteria or criteria_set.criteria.count()
    indicators = criteria_set.expected_indicators
    if not indicators:
        indicators = Indicator.objects.filter(criterion__criteria_set=criteria_set).in_force(day).count()
    return {"criteria": Decimal(criteria), "indicators": Decimal(indicators) or None, "points": FULL_POINTS}


def _read_line(reading, line, kinds, wholes):
    table, said, is_wrong = reading.table, dict.fromkeys(COUNTS), False
    for kind in kinds:
        fault, text = table.fault(line.row, kind), table.text(line.row, kind)
        if fault:
            reading.problems.append(fault)
            is_wrong = True
            continue
        if not text:
            continue
        try:
            met, total = part_of(text, table.value(line.row, kind), whole=wholes[kind])
            if kind == "criteria" and total != wholes[kind]:
                raise _Wrong(f"ghi trên {total} tiêu chí, bộ đã chọn có {wholes[kind]}. Chọn đúng bộ tiêu chí.")
            if kind != "points" and met != met.to_integral_value():
                raise _Wrong(f"“{text[:30]}”: số {_WORDS[kind]} phải là số nguyên.")
        except _Wrong as error:
            reading.problems.append(table.problem(line.row, kind, str(error)))
            is_wrong = True
            continue
        names = ("points", "points_total") if kind == "points" else (f"{kind}_met", f"{kind}_total")
        cast = Decimal if kind == "points" else int
        said |= {names[0]: cast(met), names[1]: cast(total)}
    if is_wrong:
        return None
    if said["criteria_met"] is None:
        reading.notes.append(f"Bỏ qua dòng {line.row}: {line.place.full_name} không ghi số tiêu chí.")
        return None
    return said


def write(reading: Reading, scope: Scope) -> FileImport:
    return record_counts(
        criteria_set=scope.criteria_set,
        period=scope.period,
        counts=dict(change.what for change in reading.changes),
        record=lambda summary: scope.record(kind=KIND, sheet=reading.sheet, summary=summary),
    )
