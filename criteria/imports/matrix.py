"""The matrix of criteria (Biểu 01): a row a place, a column a criterion, a sign in each cell (FORMS §6.2)."""

import re
from collections import Counter

from communes.imports.tables import Headings, Table, find_table, plain
from criteria.actions.results import why_locked
from criteria.actions.statements import state_criteria
from criteria.imports.intake import COMMON, Change, Reading, Scope, begin
from criteria.models import FileImport, Opinion, Status
from criteria.pasting import MET_WORDS, NA_WORDS, UNMET_WORDS
from criteria.rules import STATUS_OF_LETTER
from criteria.statements import Standing, judged_numbers, load_standings
from ntm_tracker.vietnamese import fold, nfc

KIND = FileImport.Kind.MATRIX
LABEL = "Ma trận tiêu chí (Biểu 01)"
NEEDS = "Tên xã, và mỗi tiêu chí một cột (TC1, Tiêu chí 1, 1 hoặc tên tiêu chí)"
HAS_OPINION = True

# A long dash is what our own tables show for what nobody has assessed; a hyphen is what offices type for "not met".
# Over the criteria of a place of which the total alone is known, they say so in words.
_UNKNOWN = {"–", "—", "chưa đánh giá", "cđg", "không có chi tiết"}
_MET = MET_WORDS | {"✓", "✔", "☑", "√", "v"}
_UNMET = (UNMET_WORDS | {"", "✘", "ko đạt"}) - _UNKNOWN
TAKEN = "x, Đ, Đạt, 1, ✓ là đạt; để trống, 0, -, CĐ, ✗ là chưa đạt; – là chưa đánh giá; KAD là không áp dụng"

_NUMBERED = re.compile(r"(?:tc|tieu chi|tieu chi so)\.?\s*(\d{1,2})(?:\b.*)?|(\d{1,2})(?:[.):,-]?\s*[^\W\d].*)?")
TOTALS = {
    "total": (
        "tong so tieu chi dat",
        "tong so tieu chi",
        "tong tieu chi dat",
        "tong so tc dat",
        "so tieu chi dat",
        "tong so",
        "tong cong",
        "tong",
        "cong",
    )
}
# A total counts what is met; a table of fewer columns is another one.
FEWEST = 2


def sign_of(text: str) -> Status | None:
    """What a sign in a cell says; None if it is none of those that are taken."""
    word = re.sub(r"\s*[▲▼]$", "", nfc(text).casefold().replace("ð", "đ"))
    for words, status in (
        (_MET, Status.MET),
        (_UNMET, Status.UNMET),
        (NA_WORDS, Status.NOT_APPLICABLE),
        (_UNKNOWN, Status.UNKNOWN),
    ):
        if word in words:
            return status
    return None


def find(sheet, scope: Scope) -> Table | None:
    """The matrix on a sheet: names of places and at least two criteria."""
    table = find_table(sheet, _heading(scope.criteria_set), needs={"name"})
    return table if table and len(_numbers(table)) >= FEWEST else None


def _heading(criteria_set):
    common = Headings({**COMMON, **TOTALS})
    names = {}
    for criterion in criteria_set.criteria.all():
        for name in (criterion.name, criterion.short_name):
            if name:
                names.setdefault(plain(name), criterion.number)

    def heading(texts):
        key = common(texts)
        if key:
            return key
        text = fold(texts[-1])
        found = _NUMBERED.fullmatch(text)
        if found:
            return int(found[1] or found[2])
        return names.get(plain(text))

    return heading


def _numbers(table):
    return {key: column for key, column in table.columns.items() if isinstance(key, int)}


def read(table: Table, scope: Scope) -> Reading:
    """What the matrix says beside what the sheets say, in a fixed number of queries, however many places."""
    columns = _numbers(table)
    judged = set(judged_numbers(scope.criteria_set))
    lines = scope.finder.read(table, columns.values())
    reading = begin(table, scope, lines)
    for number in columns:
        if number not in judged:
            reading.problems.append(
                table.problem(
                    table.head_row,
                    number,
                    f"{scope.criteria_set} không có tiêu chí {number}. Chọn đúng bộ tiêu chí, hoặc sửa tiêu đề cột.",
                )
            )
    columns = {number: column for number, column in columns.items() if number in judged}
    _check_names(reading, columns, scope)
    if missing := sorted(judged - columns.keys()):
        reading.notes.append(f"Biểu không có cột tiêu chí {', '.join(map(str, missing))}: giữ nguyên.")
    standings = load_standings(
        criteria_set=scope.criteria_set, period=scope.period, places=[line.place.pk for line in lines.places]
    )
    met = Counter()
    for line in lines.places:
        if line.place.pk in scope.judged:
            _read_line(reading, line, columns, standings, scope, met)
        else:
            reading.notes.append(
                f"Bỏ qua dòng {line.row}: {line.place.full_name} không thuộc cấp đánh giá của {scope.criteria_set}."
            )
    _check_totals(reading, lines, columns, met)
    return reading


def _check_names(reading, columns, scope):
    """Tell the heads whose words are another criterion's: the table may be of another set."""
    table = reading.table
    names = {criterion.number: criterion for criterion in scope.criteria_set.criteria.all()}
    by_name = {plain(c.name): n for n, c in names.items()} | {plain(c.label): n for n, c in names.items()}
    for number, column in columns.items():
        words = re.sub(r"^(tc|tieu chi)?\s*(so\s*)?\d{1,2}\s*", "", plain(table.sheet.text(table.head_row, column)))
        other = by_name.get(words)
        if other and other != number:
            reading.problems.append(
                table.problem(
                    table.head_row,
                    number,
                    f"cột đánh số {number} nhưng “{names[other].label}” là tiêu chí {other} của {scope.criteria_set}. "
                    "Sửa tiêu đề cột, hoặc chọn đúng bộ tiêu chí.",
                )
            )


def _read_line(reading, line, columns, standings, scope, met):
    table, row, place = reading.table, line.row, line.place
    signs = {}
    for number in columns:
        if fault := table.fault(row, number):
            reading.problems.append(fault)
            continue
        text = table.text(row, number)
        sign = sign_of(text)
        if sign is None:
            reading.problems.append(
                table.problem(row, number, f"“{text[:30]}” không phải là dấu đã quy ước. Ghi: {TAKEN}.")
            )
        else:
            signs[number] = sign
    total = table.text(row, "total")
    counted = sum(sign == Status.MET for sign in signs.values())
    if len(signs) == len(columns) and not any(table.text(row, number) for number in columns):
        if total and total != "0":
            reading.problems.append(
                table.problem(
                    row,
                    "total",
                    f"ghi {total} tiêu chí đạt mà không đánh dấu tiêu chí nào. Đánh dấu từng tiêu chí, hoặc nhập tệp theo "
                    "loại “Chỉ có số tiêu chí”.",
                )
            )
            return
        if not total:
            reading.notes.append(f"Bỏ qua dòng {row}: {place.full_name} để trống cả dòng, coi là chưa có số liệu.")
            return
    is_known = any(sign != Status.UNKNOWN for sign in signs.values())
    # Of a place with a count alone our own table shows the count.
    if total and is_known and _whole(total) not in (None, counted):
        reading.notes.append(f"{table.at(row, 'total')}: ghi {total}, đánh dấu được {counted} tiêu chí đạt.")
    standing, before_line = standings.get(place.pk) or Standing(None, {}), len(reading.changes)
    for number, status in signs.items():
        met[number] += status == Status.MET
        if standing.is_same(number, status, scope.opinion):
            reading.unchanged += 1
            continue
        before, reason = standing.letter(number), standing.why_kept(number, scope.opinion)
        change = Change(
            f"{place.title}, tiêu chí {number}",
            _words(STATUS_OF_LETTER[before], before.isupper()),
            _words(status, scope.opinion == Opinion.VERIFIED),
            table.problem(row, number, "").cell,
            reason,
            (place.pk, number, status),
        )
        (reading.kept if reason else reading.changes).append(change)
    is_locked = standing.assessment and len(reading.changes) > before_line and not scope.period.closed_on
    if is_locked and (sentence := why_locked(standing.assessment, scope.opinion)):
        reading.problems.append(table.problem(row, "name", sentence))


def _words(status, is_verified):
    if status == Status.UNKNOWN:
        return status.label
    return f"{status.label} ({'thẩm định' if is_verified else 'xã tự đánh giá'})"


def _check_totals(reading, lines, columns, met):
    """Compare the row that sums up with what was counted; where there are several, each is of a part."""
    table = reading.table
    sums = [row for row in lines.totals if not re.match(r"(ty le|binh quan|trong do)", fold(_label(table, row)))]
    if len(sums) != 1:
        return
    for number, column in columns.items():
        said = _whole(table.sheet.text(sums[0], column))
        if said is not None and said != met[number]:
            reading.notes.append(f"{table.at(sums[0], number)}: ghi {said} xã, đánh dấu được {met[number]} xã đạt.")


def _label(table, row):
    return table.text(row, "name") or table.text(row, "number")


def _whole(text):
    return int(text) if text.isdecimal() and text.isascii() else None


def write(reading: Reading, scope: Scope) -> FileImport:
    """Keep what the matrix says, with the file it stood in."""
    said = {}
    for change in reading.changes:
        place, number, status = change.what
        said.setdefault(place, {})[number] = status
    return state_criteria(
        criteria_set=scope.criteria_set,
        period=scope.period,
        opinion=scope.opinion,
        said=said,
        record=lambda summary: scope.record(kind=KIND, sheet=reading.sheet, summary=summary),
        by=scope.user,
    )
