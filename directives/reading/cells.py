"""The head and the foot of a document in cells: one printed line may hold two columns."""

import re
from dataclasses import dataclass

from directives.reading.text import UPPER, Line, key_of, squash

COLUMNS = re.compile(r"[ \u00a0]{3,}|\t+|\||<br ?/?>")
NUMBER = re.compile(
    r"^\W{0,4}Số\s*(?P<colon>:)?\s*(?P<digits>[*\d\s.…_]*?)\s*"
    r"(?P<symbol>[-/]\s*\**\s*[A-ZĐa-z0-9][\w/Đđ&.]*(?:\s*[-–/]\s*[A-ZĐƯ][\w&.Đđ]*)*)",
)
RIGHT = re.compile(r"cộng hòa xã hội|độc lập\s*-\s*tự do|đảng cộng sản việt nam")
ITEM = re.compile(r"^[-–+•*]\s*")
CITED = re.compile(
    r"(?:số\s*:?\s*[\w./ -]{1,40}|(?:quyết định|công văn|thông báo|kế hoạch|báo cáo|nghị quyết|tờ trình|chỉ "
    r"thị|văn bản|biên bản)[^.;,]{0,40}),?\s*$"
)
PLACE_DAY = re.compile(
    r"(?P<place>["
    + UPPER
    + r"][^,\n]{1,120}?)\s*,\s*(?P<words>ngày\s*(?P<day>\d{1,2}|[.…_]*)\s*tháng\s*(?P<month>\d{1,2}|"
    r"[.…_]*)\s*năm\s*(?P<year>20\d\d|[.…_]*))"
)
ABOUT = re.compile(r"\W*(?:v/v|về việc)\b\s*:?\s*")


@dataclass(slots=True)
class Cell:
    """One column of one printed line."""

    words: str
    key: str
    line: int
    left: bool
    start: int
    end: int = 0


def cells_of(text: str, lines: list[Line], first: int, last: int) -> list[Cell]:
    cells = []
    for index in range(first, last):
        line = lines[index]
        printed = text[line.start : min(line.end, line.start + 1000)]
        position = 0
        parts = []
        for gap in [*COLUMNS.finditer(printed), None]:
            end = gap.start() if gap else len(printed)
            words = printed[position:end].strip(" \t|*_#\u00a0")
            if words:
                parts.append((words, position, end))
            position = gap.end() if gap else end
        for order, (words, at, end) in enumerate(parts):
            left = order == 0 and line.indent < 28 if len(parts) > 1 else line.indent < 28
            cells.append(Cell(squash(words), key_of(squash(words)), index, left, line.start + at, line.start + end))
    return cells


def bare(words):
    return squash(ITEM.sub("", words.strip(" *_"))).strip(" ;.,*_")
