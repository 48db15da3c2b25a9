"""Communes with the decisions that recognise them (FORMS §6.1)."""

import re

from django.db import transaction
from django.utils import timezone

from communes.imports.tables import Headings, Table, find_table, plain
from criteria.actions.recognition import NotPossible, record_recognition
from criteria.imports.intake import COMMON, Change, NotTaken, Reading, Scope, begin
from criteria.models import FileImport, Recognition, Tier
from ntm_tracker.vietnamese import NotADate, fold, format_date, parse_date

KIND = FileImport.Kind.COMMUNES
LABEL = "Xã và công nhận đạt chuẩn"
NEEDS = "Tên xã, Năm đạt chuẩn; có thể thêm Mức (đạt chuẩn, nâng cao, kiểu mẫu), Số quyết định, Ngày quyết định"
TAKEN = "năm 2019; quyết định “1234/QĐ-UBND ngày 12/12/2019”; để trống hoặc “Chưa đạt” là chưa công nhận"
HAS_OPINION = False

_HEADINGS = Headings(
    {
        **COMMON,
        "year": (
            "nam dat chuan",
            "nam dat chuan ntm",
            "nam cong nhan",
            "nam duoc cong nhan",
            "nam dat",
            "nam cong nhan dat chuan",
            "nam cong nhan dat chuan ntm",
        ),
        "tier": ("muc", "muc dat", "muc dat chuan", "muc cong nhan", "danh hieu", "muc do dat chuan"),
        "decision": (
            "so ngay qd cong nhan",
            "so ngay quyet dinh cong nhan",
            "quyet dinh cong nhan",
            "so quyet dinh",
            "so qd",
            "qd cong nhan",
            "so qd cong nhan",
            "so quyet dinh cong nhan",
            "quyet dinh",
            "so ngay thang quyet dinh",
        ),
        "decided": ("ngay quyet dinh", "ngay qd", "ngay cong nhan", "ngay ky", "ngay ban hanh"),
    }
)
_TIERS = {
    "dat": Tier.BASIC,
    "dat chuan": Tier.BASIC,
    "dat chuan ntm": Tier.BASIC,
    "ntm": Tier.BASIC,
    "xa ntm": Tier.BASIC,
    "nong thon moi": Tier.BASIC,
    "nang cao": Tier.ADVANCED,
    "ntm nang cao": Tier.ADVANCED,
    "dat chuan nang cao": Tier.ADVANCED,
    "kieu mau": Tier.MODEL,
    "ntm kieu mau": Tier.MODEL,
    "dat chuan kieu mau": Tier.MODEL,
    "hien dai": Tier.MODERN,
    "ntm hien dai": Tier.MODERN,
}
_NONE = {"", "chua", "chua dat", "chua dat chuan", "chua cong nhan", "khong", "-", "–"}
_DECISION = re.compile(r"(?P<number>\d[\w/.-]*)?\W*(?:ngày\W*)?(?P<day>\d{1,2}[/.-]\d{1,2}[/.-]\d{4})?", re.IGNORECASE)
_FIRST_YEAR = 2009
LONGEST_NUMBER = Recognition._meta.get_field("decision_number").max_length


def tier_of(text: str) -> Tier | None:
    """The tier that a word names; None if none."""
    return _TIERS.get(re.sub(r"^(xa|muc) ", "", plain(text)))


def find(sheet, scope: Scope) -> Table | None:
    return find_table(sheet, _HEADINGS, needs={"name", "year"})


def read(table: Table, scope: Scope) -> Reading:
    """The decisions of the table beside those that are kept, in a fixed number of queries."""
    keys = [key for key in ("year", "tier", "decision", "decided") if key in table]
    lines = scope.finder.read(table, [table.columns[key] for key in keys], repeats=True)
    reading = begin(table, scope, lines, noun="quyết định", into_period=False)
    kept = {}
    for row in Recognition.objects.filter(locality__in=[line.place.pk for line in lines.places]):
        kept.setdefault((row.locality_id, row.tier), {})[row.year] = row
    seen = {}
    for line in lines.places:
        said = _read_line(reading, line, keys)
        if said is None:
            continue
        key = line.place.pk, said["tier"]
        if key in seen:
            reading.problems.append(
                table.problem(line.row, "name", f"{line.place.full_name} đã có mức này ở dòng {seen[key]}.")
            )
            continue
        seen[key] = line.row
        _compare(reading, line, said, kept.get(key, {}))
    reading.changes.sort(key=lambda change: Tier.values.index(change.what[1]["tier"]))
    return reading


def _read_line(reading, line, keys):
    table, row = reading.table, line.row
    faults = [fault for key in keys if (fault := table.fault(row, key))]
    reading.problems += faults
    year_text, tier_text = table.text(row, "year"), table.text(row, "tier")
    if faults:
        return None
    if fold(year_text) in _NONE and (fold(tier_text) in _NONE or "tier" not in table):
        return None
    if fold(tier_text) in _NONE and tier_text:
        reading.problems.append(
            table.problem(row, "tier", f"ghi “{tier_text}” mà có năm đạt chuẩn {year_text}. Sửa một trong hai ô.")
        )
        return None
    tier = tier_of(tier_text) if tier_text else Tier.BASIC
    if tier is None:
        reading.problems.append(
            table.problem(
                row, "tier", f"không hiểu mức “{tier_text[:40]}”. Ghi Đạt chuẩn, Nâng cao, Kiểu mẫu hoặc Hiện đại."
            )
        )
        return None
    number, day = _decision(reading, row)
    year = int(year_text) if re.fullmatch(r"\d{4}", year_text) else None
    this_year = timezone.localdate().year
    if year is None and not year_text and day:
        year = day.year
    if year is None or not _FIRST_YEAR <= year <= this_year:
        reading.problems.append(
            table.problem(row, "year", f"“{year_text[:20]}” không phải là năm từ {_FIRST_YEAR} đến {this_year}.")
        )
        return None
    if number is None:
        return None
    return {"tier": tier, "year": year, "decision_number": number, "decided_on": day}


def _decision(reading, row):
    """Number and day of the decision of a row; (None, None) where they cannot be read, which is told."""
    table = reading.table
    text, day_text = table.text(row, "decision"), table.text(row, "decided")
    found = _DECISION.fullmatch(re.sub(r"^(qđ|quyết định|số|:|\s)+", "", text, flags=re.IGNORECASE))
    if found is None and text:
        key, message = "decision", f"không hiểu “{text[:40]}”. Ghi ví dụ 1234/QĐ-UBND ngày 12/12/2019."
    else:
        try:
            day = parse_date(day_text or (found and found["day"]) or "")
        except NotADate as error:
            key, message = ("decided" if day_text else "decision"), str(error)
        else:
            number = (found and found["number"]) or ""
            if len(number) <= LONGEST_NUMBER:
                return number, day
            key, message = "decision", f"số quyết định dài quá {LONGEST_NUMBER} ký tự."
    reading.problems.append(table.problem(row, key, message))
    return None, None


def _compare(reading, line, said, kept):
    """Put what a line says to the changes, or to what is the same or stays."""
    title = f"{line.place.title}, {said['tier'].label}"
    cell = reading.table.problem(line.row, "year", "").cell
    old = kept.get(said["year"])
    if old is None and kept:
        years = ", ".join(map(str, sorted(kept)))
        reason = f"đã có quyết định năm {years}; nếu sai thì sửa ở trang Công nhận"
        reading.kept.append(Change(title, f"năm {years}", _words(said), cell, reason))
        return
    if old is None:
        reading.changes.append(Change(title, "chưa có", _words(said), cell, what=(line.place, said, None)))
        return
    # What the file leaves empty is not taken away.
    fields = {name: said[name] or getattr(old, name) for name in ("decision_number", "decided_on")}
    if all(getattr(old, name) == value for name, value in fields.items()):
        reading.unchanged += 1
        return
    before = _words({"year": old.year, "decision_number": old.decision_number, "decided_on": old.decided_on})
    after = {**said, **fields}
    reading.changes.append(Change(title, before, _words(after), cell, what=(line.place, after, old)))


def _words(said):
    parts = [f"năm {said['year']}"]
    if said["decision_number"]:
        parts.append(said["decision_number"])
    if said["decided_on"]:
        parts.append(f"ngày {format_date(said['decided_on'])}")
    return ", ".join(parts)


@transaction.atomic
def write(reading: Reading, scope: Scope) -> FileImport:
    """Keep the decisions, the lower tiers first. Raises NotTaken, naming the cell, where one cannot stand."""
    for change in reading.changes:
        place, said, old = change.what
        try:
            record_recognition(by=scope.user, recognition=old, **({} if old else {"locality": place}), **said)
        except NotPossible as error:
            raise NotTaken(f"trang “{reading.sheet.name}”, ô {change.cell}: {error}") from error
    return scope.record(kind=KIND, sheet=reading.sheet, summary=f"{len(reading.changes)} quyết định công nhận")
