"""What communes are to reach in a year: criteria by their numbers, and the tier each registers for."""

import re
from decimal import Decimal

from communes.imports.tables import Headings, Table, find_table
from criteria.actions.plans import save_targets
from criteria.imports.intake import COMMON, Change, NotTaken, Reading, Scope, begin
from criteria.imports.recognitions import tier_of
from criteria.models import FileImport, Target, Tier
from ntm_tracker.vietnamese import fold, format_number

KIND = FileImport.Kind.TARGETS
LABEL = "Chỉ tiêu phấn đấu trong năm"
NEEDS = "Tên xã, Tiêu chí phấn đấu (các số tiêu chí) hoặc Mức đăng ký; có thể thêm Văn bản giao"
TAKEN = "11; 17; 18 (định dạng ô là Text); mức đăng ký Đạt chuẩn, Nâng cao, Kiểu mẫu"
HAS_OPINION = False
HAS_YEAR = True

_HEADINGS = Headings(
    {
        **COMMON,
        "criteria": (
            "tieu chi phan dau",
            "chi tieu phan dau",
            "tieu chi phan dau dat",
            "tieu chi phan dau trong nam",
            "cac tieu chi phan dau",
            "tieu chi dang ky",
            "tieu chi dang ky dat",
            "tieu chi giao",
            "tieu chi duoc giao",
            "tieu chi ke hoach",
            "tieu chi dang ky hoan thanh",
            "tieu chi phan dau hoan thanh",
        ),
        "tier": ("muc dang ky", "dang ky", "muc phan dau", "dang ky dat chuan", "muc dang ky cong nhan"),
        "document": ("van ban giao", "quyet dinh giao", "so van ban"),
    }
)
LONGEST_DOCUMENT = Target._meta.get_field("document").max_length


def find(sheet, scope: Scope) -> Table | None:
    table = find_table(sheet, _HEADINGS, needs={"name"})
    return table if table and ("criteria" in table or "tier" in table) else None


def read(table: Table, scope: Scope) -> Reading:
    """What the table gives each commune beside what it was given; nothing given before is taken back."""
    keys = [key for key in ("criteria", "tier") if key in table]
    lines = scope.finder.read(table, [table.columns[key] for key in keys])
    reading = begin(table, scope, lines, noun="chỉ tiêu", into_period=False)
    criteria = {criterion.number: criterion for criterion in scope.criteria_set.criteria.all()}
    live = _live(scope, [line.place.pk for line in lines.places])
    for line in lines.places:
        if line.place.pk not in scope.judged:
            reading.notes.append(
                f"Bỏ qua dòng {line.row}: {line.place.full_name} không thuộc cấp đánh giá của {scope.criteria_set}."
            )
            continue
        given = [
            *_criteria(reading, line, criteria, scope),
            *((tier, tier.label) for tier in _tier(reading, line)),
        ]
        document = table.text(line.row, "document")[:LONGEST_DOCUMENT]
        for what, words in given:
            if (line.place.pk, what) in live:
                reading.unchanged += 1
                continue
            cell = table.problem(line.row, "tier" if what in Tier.values else "criteria", "").cell
            reading.changes.append(
                Change(
                    line.place.title,
                    "chưa giao",
                    f"{words}, năm {scope.year}",
                    cell,
                    what=((line.place.pk, str(what) if what in Tier.values else what), document),
                )
            )
    return reading


def _live(scope, places):
    rows = Target.objects.filter(year=scope.year, dropped_at=None, locality__in=places)
    return {(row.locality_id, row.criterion_id or row.tier) for row in rows}


def _criteria(reading, line, criteria, scope):
    table = reading.table
    if "criteria" not in table:
        return
    if fault := table.fault(line.row, "criteria"):
        reading.problems.append(fault)
        return
    value, text = table.value(line.row, "criteria"), table.text(line.row, "criteria")
    if isinstance(value, Decimal) and value != value.to_integral_value():
        reading.problems.append(
            table.problem(
                line.row,
                "criteria",
                f"Excel đã đổi thành số {format_number(value)}. Định dạng ô là Text rồi ghi lại, ví dụ 11; 17.",
            )
        )
        return
    if fold(text) in ("", "-", "–", "khong"):
        return
    for part in re.split(r"\s*(?:[,;]|\bvà\b|\s)\s*", re.sub(r"(?i)\b(tc|tiêu chí)\b\.?\s*", "", text).strip(" .,;")):
        criterion = criteria.get(int(part)) if part.isdecimal() and part.isascii() else None
        if criterion is None:
            reading.problems.append(
                table.problem(
                    line.row,
                    "criteria",
                    f"“{part[:20]}” không phải là số tiêu chí của {scope.criteria_set}. Ghi các số cách nhau bằng dấu ;.",
                )
            )
        else:
            yield criterion.pk, f"tiêu chí {criterion.number}"


def _tier(reading, line):
    table, text = reading.table, reading.table.text(line.row, "tier")
    if fold(text) in ("", "-", "–", "khong", "chua dang ky"):
        return
    tier = tier_of(text)
    if tier:
        yield tier
    else:
        reading.problems.append(
            table.problem(
                line.row, "tier", f"không hiểu mức “{text[:40]}”. Ghi Đạt chuẩn, Nâng cao, Kiểu mẫu hoặc Hiện đại."
            )
        )


def write(reading: Reading, scope: Scope) -> FileImport:
    """Give the communes what is new, by document; what they were given before stays."""
    record = scope.record(
        kind=KIND, sheet=reading.sheet, summary=f"{len(reading.changes)} chỉ tiêu phấn đấu năm {scope.year}"
    )
    by_document = {}
    for change in reading.changes:
        key, document = change.what
        by_document.setdefault(document or f"Tệp {scope.file_name}"[:LONGEST_DOCUMENT], set()).add(key)
    criteria = list(scope.criteria_set.criteria.values_list("pk", flat=True))
    for document, keys in by_document.items():
        places = {place for place, _ in keys}
        live = {
            (row.locality_id, row.criterion_id or row.tier)
            for row in Target.objects.filter(year=scope.year, dropped_at=None, locality__in=places)
            if row.criterion_id is None or row.criterion_id in criteria
        }
        saved = save_targets(
            year=scope.year,
            localities=places,
            criteria=criteria,
            wanted=live | keys,
            seen=live,
            by=scope.user,
            document=document,
        )
        if not saved.is_written:
            raise NotTaken("người khác vừa sửa kế hoạch của các xã này. Xem lại rồi bấm lần nữa.")
    return record
