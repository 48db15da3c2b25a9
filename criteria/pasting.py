"""Reads a column pasted from a spreadsheet: which line is which place, and what it says."""

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from communes.models import Locality
from criteria.models import Status
from ntm_tracker.vietnamese import fold, nfc

# What stands for met and not met in the offices' tables.
MET_WORDS = {"x", "đ", "đạt", "1", "✓", "✔", "có"}
UNMET_WORDS = {"0", "-", "–", "✗", "cđ", "chưa đạt", "không đạt", "chưa"}
NA_WORDS = {"∅", "kad", "không áp dụng"}
KINDS = r"(xa|thi tran|tt|phuong|p|x)\.? "
HEADS = {"xa", "ten xa", "don vi", "dia ban", "ten don vi", "ten dia ban", "xa, thi tran", "ten xa, thi tran"}
MOST_LINES = 2000


@dataclass
class PastedLine:
    number: int
    text: str
    name: str = ""
    values: list[str] = field(default_factory=list)
    place: Locality | None = None
    # What is wrong with it; or why it is passed over, where nothing is.
    error: str = ""
    passed_over: str = ""

    @property
    def is_blank(self) -> bool:
        return not any(self.values)

    @property
    def named_text(self) -> str:
        """The line with its place's name before it, for it to mean the same when it stands alone."""
        return f"{self.place.name}\t{self.text}" if self.place and not self.name else self.text


def read_lines(text: str, places: Sequence[Locality], *, values: int = 1, first: int = 0) -> list[PastedLine]:
    """The lines of a pasted text with the place and the values of each.

    With names before the values the places are found by them, tones and accents aside, 'xã' or 'thị trấn' optional;
    a running number before the name is passed over. Without names the lines are the places from `first` on, in order.
    """
    lines = [
        PastedLine(number, raw.strip("\r"), values=[nfc(cell.replace("\0", "")) for cell in raw.split("\t")])
        for number, raw in enumerate(re.sub(r"(\n[ \t\r]*)+$", "", text).split("\n"), start=1)
    ]
    if len(lines) > MOST_LINES:
        lines = lines[:MOST_LINES]
        lines[-1].error = f"chỉ nhận {MOST_LINES} dòng mỗi lần dán"
    # Two columns are two values, or a name and one value for men and women together.
    if any(len(line.values) > values or len(line.values) == 2 and _is_name(line.values[0]) for line in lines):
        _by_name(lines, places, values)
    else:
        _in_order(lines, places, first)
    _refuse_twice(lines)
    for line in lines:
        if line.place and not line.error and line.is_blank:
            line.passed_over = "để trống: giữ nguyên"
    return lines


def _is_name(text):
    return bool(re.match(r"[^\W\d]", text))


def _in_order(lines, places, first):
    for offset, line in enumerate(lines):
        if first + offset < len(places):
            line.place = places[first + offset]
        elif not line.is_blank:
            line.error = "nhiều hơn số xã trong danh sách"


def _by_name(lines, places, values):
    exact, folded = defaultdict(list), defaultdict(list)
    for place in places:
        exact[place.name.casefold()].append(place)
        folded[fold(place.name)].append(place)
    for line in lines:
        cells = line.values
        if len(cells) > values + 1 and re.fullmatch(r"\d*\.?", cells[0]):
            cells = cells[1:]
        # What a wider table has behind the values is not ours.
        line.name, line.values = cells[0], cells[1 : 1 + values]
        if not line.name and line.is_blank:
            line.passed_over = "dòng trống"
        elif line.number == 1 and fold(line.name) in HEADS:
            line.passed_over = "dòng tiêu đề"
        elif re.match(r"(tong|cong|toan)\b", fold(line.name)) and not folded.get(_bare(line.name)):
            line.passed_over = "dòng tổng"
        else:
            _find(line, exact, folded)


def _bare(name):
    return re.sub(f"^{KINDS}", "", fold(name))


def _find(line, exact, folded):
    name = line.name.casefold()
    found = exact.get(name) or exact.get(re.sub(r"^(xã|thị trấn|phường) ", "", name))
    found = found or folded.get(fold(line.name)) or folded.get(_bare(line.name)) or []
    if len(found) == 1:
        line.place = found[0]
    elif found:
        line.error = f"có {len(found)} nơi tên “{line.name}”: nhập riêng từng ô, hoặc dán một cột theo thứ tự danh sách"
    else:
        near = difflib.get_close_matches(_bare(line.name), folded, n=1)
        hint = f", gần nhất: {folded[near[0]][0].name}" if near else ""
        line.error = f"tên không khớp “{line.name}”{hint}" if line.name else "không có tên xã"


def _refuse_twice(lines):
    numbers = defaultdict(list)
    for line in lines:
        if line.place:
            numbers[line.place.pk].append(line.number)
    for line in lines:
        if line.place and len(numbers[line.place.pk]) > 1:
            where = ", ".join(map(str, numbers[line.place.pk]))
            line.error = f"{line.place.full_name} có nhiều dòng ({where}): để lại một"


def judgement_of(text: str) -> Status | None:
    """What a word or sign in a table says; None if it says neither met nor not met."""
    word = nfc(text).casefold()
    for words, status in (
        (MET_WORDS, Status.MET),
        (UNMET_WORDS, Status.UNMET),
        (NA_WORDS, Status.NOT_APPLICABLE),
    ):
        if word in words:
            return status
    return None
