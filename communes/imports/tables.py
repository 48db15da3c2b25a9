"""Finding the table of an office on a sheet: its head by what the columns are called, and what is wrong by cell.

table = find_table(sheet, Headings({"name": ("ten xa", "xa"), "met": ("so tieu chi dat",)}), needs={"name", "met"})
table.text(8, "met"), table.at(8, "met")
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from openpyxl.utils import get_column_letter

from ntm_tracker.spreadsheet.reading import Sheet
from ntm_tracker.vietnamese import fold

# A letterhead of a few lines stands over a table; no head of ours begins below this row or beyond this column.
HEAD_ROWS, HEAD_COLUMNS = 60, 200
# What is longer is no head of a column.
LONGEST_HEAD = 300
# In how many rows the heads of a table stand.
HEAD_HEIGHTS = (1, 2, 3)

# What stands where a table ends: notes, who made it, where it goes, who signs.
_FOOT = re.compile(
    r"(ghi chu|chu thich|nguoi lap|nguoi tong hop|noi nhan|lap bieu|xac nhan|don vi (tinh|bao cao)|tm\b|kt\b|tl\b|"
    r"(pho )?(chu tich|truong phong|truong ban|bi thu|giam doc)\b|thu truong|ke toan|nguon so lieu|luu y)|"
    r".*\bngay \S+ thang\b"
)
_TOTAL = re.compile(
    r"(tong|cong|toan (huyen|tinh|thi xa|thanh pho|xa|dia ban)|binh quan|ty le|trong do|luy ke|so xa)\b"
)
# A cell of the row under a head that numbers the columns: (1), 1, A, (3)=(1)+(2).
_NUMBERING = re.compile(r"\(?\s*(\d{1,3}|[a-z])\s*\)?(\s*=.*)?")


@dataclass(frozen=True)
class Problem:
    """What keeps a file from being taken in: the cell (0, 0 for the whole sheet) and a sentence that says what to do."""

    text: str
    row: int = 0
    column: int = 0
    sheet: str = ""

    def __str__(self):
        if not self.row:
            return f"trang “{self.sheet}”: {self.text}" if self.sheet else self.text
        return f"trang “{self.sheet}”, ô {self.cell}: {self.text}"

    @property
    def cell(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}" if self.row else ""


@dataclass
class Table:
    """The columns of a table by what they are, and where its rows begin."""

    sheet: Sheet
    columns: dict
    # The last row of the head, and the first below it.
    head_row: int
    first: int
    # Columns that say the same as one before them: (key, column).
    repeated: list = field(default_factory=list)

    def __contains__(self, key):
        return key in self.columns

    def value(self, row, key):
        return self.sheet[row, self.columns[key]] if key in self.columns else None

    def text(self, row, key) -> str:
        return self.sheet.text(row, self.columns[key]) if key in self.columns else ""

    def at(self, row, key) -> str:
        return self.sheet.at(row, self.columns[key])

    def problem(self, row, key, text) -> Problem:
        return Problem(text, row, self.columns[key], self.sheet.name)

    def fault(self, row, key) -> Problem | None:
        """That the value of a cell cannot be known: a formula without its result, an error."""
        if what := self.sheet.faulty.get((row, self.columns.get(key, 0))):
            return self.problem(row, key, f"{what}. Mở tệp bằng Excel, sửa hoặc dán lại dạng giá trị rồi lưu.")
        return None

    def rows(self):
        """The rows below the head that hold something, without those that number the columns."""
        for row, cells in self.sheet.rows():
            if row >= self.first and not self._is_numbering(row, cells):
                yield row, cells

    def _is_numbering(self, row, cells):
        """Whether a row numbers the columns: at the top, and with a number or a letter where text belongs."""
        texts = [self.sheet.text(row, column) for column in cells]
        return (
            row <= self.first + 2
            and len(texts) > 1
            and all(_NUMBERING.fullmatch(fold(text)) for text in texts)
            and (len(set(texts)) == len(texts))
            and bool(_NUMBERING.fullmatch(fold(self.text(row, "name") or self.text(row, "text") or "?")))
        )


class Headings:
    """Which column a head names, by synonyms: {key: folded words}. What stands in brackets in a head explains only."""

    def __init__(self, synonyms: Mapping[str, tuple[str, ...]]):
        self._keys = {word: key for key, words in synonyms.items() for word in words}

    def __call__(self, texts: tuple[str, ...]):
        for text in (texts[-1], " ".join(texts), *texts[:-1][::-1][:1]):
            for form in (plain(text), plain(_without_brackets(text))):
                if form in self._keys:
                    return self._keys[form]
        return None


def plain(text: str) -> str:
    """A head as heads are compared: without marks, signs and line breaks, in lower case."""
    return " ".join(re.sub(r"[^\w/%]+", " ", fold(text)).split())


def _without_brackets(text):
    return re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text)


def find_table(sheet: Sheet, heading: Callable, *, needs) -> Table | None:
    """The table with the most columns that `heading` names, among them all of `needs`; None if there is none.

    `heading` gets the texts over a column from the top down, merged cells once, and gives its key or None. The sheet's
    merged cells are spread.
    """
    sheet.spread_merged()
    needs, best = set(needs), None
    heading = lru_cache(maxsize=None)(heading)
    last_row, last_column = min(sheet.last_row, HEAD_ROWS), min(sheet.last_column, HEAD_COLUMNS)
    for top in range(1, last_row + 1):
        for height in HEAD_HEIGHTS:
            found, repeated = {}, []
            for column in range(1, last_column + 1):
                texts = _texts(sheet, top, height, column)
                key = heading(texts) if texts else None
                if key is None:
                    continue
                if key in found:
                    repeated.append((key, column))
                else:
                    found[key] = column
            score = (len(found), -len(repeated), -height)
            if needs <= found.keys() and (best is None or score > best[0]):
                bottom = top + height - 1
                best = score, Table(sheet, found, bottom, bottom + 1, repeated)
    return best[1] if best else None


def _texts(sheet, top, height, column):
    texts = []
    for row in range(top, top + height):
        text = sheet.text(row, column)
        if len(text) > LONGEST_HEAD:
            return ()
        if text and text not in texts:
            texts.append(text)
    return tuple(texts)


def is_total(text: str) -> bool:
    """Whether a line sums up others: 'Tổng cộng', 'Tỷ lệ (%)', 'Bình quân'."""
    return bool(_TOTAL.match(without_number(text)))


def is_foot(text: str) -> bool:
    """Whether a line stands below a table: its notes, its date, its signers."""
    return bool(_FOOT.match(fold(text)))


def without_number(text: str) -> str:
    """A label as it is compared, without the number before it: 'II. Tổng cộng' is 'tong cong'."""
    return re.sub(r"^([ivx]+|\d+|[a-z])[.)]\s*", "", fold(text))
