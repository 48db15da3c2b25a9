"""The cells of a workbook somebody sends, whatever it is: .xlsx, .xls or .ods, by a library and in a process of its own.

A file can be made so that reading it takes all memory there is, and the reader of the fast library ends its process when
it does. So another process reads, with a bound on its memory and its time, and this one goes on whatever happens there.

    try:
        workbook = read_workbook(upload)
    except NotReadable as error:
        form.add_error("file", str(error))
    for sheet in workbook.sheets:
        for row in range(1, sheet.last_row + 1):
            sheet[row, 1]              # str, Decimal, date, bool or None
            sheet.at(row, 1)           # 'trang “Biểu 01”, ô A7'
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from pathlib import Path

from openpyxl.utils import get_column_letter

from ntm_tracker.uploads import clean_name, extension
from ntm_tracker.vietnamese import fold, format_number, nfc

EXTENSIONS = (".xlsx", ".xlsm", ".xls", ".ods")
ACCEPT = ",".join(EXTENSIONS)
LARGEST_MB = 20
# The form of a province has a row for each of 57 indicators of 600 communes; beyond this lies no table of an office.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 50_000, 1_000, 1_000_000
SECONDS, MEMORY_MB = 30, 1024

_CHILD = Path(__file__).with_name("child.py")
_SIGNATURES = {b"PK\x03\x04": (".xlsx", ".xlsm", ".ods"), b"\xd0\xcf\x11\xe0": (".xls", ".xlsx", ".xlsm")}


class NotReadable(Exception):
    """The file cannot be read at all; the message says why and what to do, for the officer."""


@dataclass
class Sheet:
    """One sheet. Rows and columns count from 1, as Excel shows them; a cell without a value is not there."""

    name: str
    cells: dict[tuple[int, int], object] = field(default_factory=dict)
    # The areas of merged cells as (first row, first column, last row, last column).
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    # Cells whose value nobody can know: what stands there, in words.
    faulty: dict[tuple[int, int], str] = field(default_factory=dict)

    def __getitem__(self, place):
        return self.cells.get(place)

    def text(self, row, column) -> str:
        """What a cell shows, as text: composed, without spaces around it; '' for an empty one."""
        value = self.cells.get((row, column))
        if value is None:
            return ""
        if isinstance(value, bool):
            return "x" if value else ""
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return value

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        return max((column for _, column in self.cells), default=0)

    def rows(self) -> Iterator[tuple[int, dict[int, object]]]:
        """The rows that hold something, from the top: (number, values by column)."""
        lines = {}
        for (row, column), value in self.cells.items():
            lines.setdefault(row, {})[column] = value
        yield from sorted(lines.items())

    def at(self, row, column) -> str:
        """The address of a cell, for a sentence."""
        return f"trang “{self.name}”, ô {get_column_letter(column)}{row}"

    def spread_merged(self) -> None:
        """Give each cell of a merged area what the area shows."""
        for top, left, bottom, right in self.merged:
            value = self.cells.get((top, left))
            if value is None or (bottom - top + 1) * (right - left + 1) > MOST_ROWS:
                continue
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.cells.setdefault((row, column), value)


@dataclass
class Workbook:
    sheets: list[Sheet]

    def sheet(self, name) -> Sheet | None:
        """The sheet of a name, however it is accented."""
        return next((sheet for sheet in self.sheets if fold(sheet.name) == fold(name)), None)


def read_workbook(file, columns: dict[str, tuple[int, Iterable[int]]] | None = None) -> Workbook:
    """Read an uploaded or opened file; raises NotReadable. Of the sheets in `columns` from the row given
    there on the columns given there are read and no others: a third of the time of a long table is what nobody asks for.

    Numbers come as Decimal as Excel shows them (15 digits, a share formatted in % as 90 and not as 0.9), days as date,
    texts composed (NFC) and without spaces around them. Of a formula the value Excel kept is read.
    """
    name = clean_name(Path(file.name).name)
    _check(file, name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"book{extension(name)}")
        with path.open("wb") as copy:
            file.seek(0)
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        answer = _ask(path, name, columns or {})
    if "error" in answer:
        raise NotReadable(_SENTENCES[answer["error"]].format(name=name, **answer.get("with", {})))
    return Workbook([_sheet(data) for data in answer["sheets"]])


def _check(file, name):
    if extension(name) not in EXTENSIONS:
        raise NotReadable(f"Không nhận tệp “{name}”. Nhận tệp Excel (.xlsx, .xls) hoặc .ods.")
    file.seek(0, 2)
    size = file.tell()
    if not size:
        raise NotReadable(f"Tệp “{name}” trống.")
    if size > LARGEST_MB << 20:
        raise NotReadable(
            f"Tệp “{name}” nặng {format_number(size / (1 << 20), 1)} MB, nhiều nhất là {LARGEST_MB} MB. "
            "Chép bảng cần nhập sang một tệp mới rồi tải lên."
        )
    file.seek(0)
    start = file.read(4)
    taken = next((kinds for signature, kinds in _SIGNATURES.items() if start.startswith(signature)), ())
    if extension(name) not in taken:
        what = "là văn bản (như .csv)" if _is_text(file) else "không phải là bảng tính"
        raise NotReadable(
            f"Tệp “{name}” mang tên bảng tính nhưng nội dung {what}. Mở bằng Excel, chọn Lưu thành (Save As) dạng .xlsx "
            "rồi tải lên."
        )


def _is_text(file):
    file.seek(0)
    try:
        file.read(4096).decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        # A letter cut in two at the end is no fault.
        return error.start > 4000
    return True


def _ask(path, name, columns):
    wanted = json.dumps({sheet: [row, sorted(some)] for sheet, (row, some) in columns.items()})
    limits = [MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MEMORY_MB, SECONDS]
    try:
        # -I: the child takes nothing from its surroundings; it needs the library and this file alone.
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), str(path), *map(str, limits), wanted],
            capture_output=True,
            timeout=SECONDS + 5,
        )
    except subprocess.TimeoutExpired:
        raise NotReadable(_SENTENCES["slow"].format(name=name)) from None
    if done.returncode:
        # Out of memory or of time: the library ends its process without a word.
        raise NotReadable(_SENTENCES["heavy"].format(name=name))
    return json.loads(done.stdout)


def _sheet(data):
    cells = {}
    for row, columns, values in data["rows"]:
        for column, value in zip(columns, values, strict=True):
            read = _READ[type(value)](value)
            if read != "" and read is not None:
                cells[row, column] = read
    return Sheet(
        name=nfc(data["name"]),
        cells=cells,
        merged=[tuple(area) for area in data["merged"]],
        faulty={(row, column): words for row, column, words in data["faulty"]},
    )


@lru_cache(maxsize=50_000)
def _text(text):
    return nfc(text.replace("\xa0", " "))


def _number(number):
    """As Excel shows it: 0.1 + 0.2 is 0.3 there."""
    return Decimal(format(number, ".15g")) if isfinite(number) else str(number)


_READ = {
    str: _text,
    float: _number,
    int: Decimal,
    bool: bool,
    list: lambda day: date.fromisoformat(day[1]),
    type(None): lambda nothing: None,
}
_SENTENCES = {
    "password": "Tệp “{name}” có mật khẩu. Bỏ mật khẩu trong Excel (Tệp, Thông tin, Bảo vệ sổ làm việc) rồi tải lên.",
    "broken": "Không đọc được tệp “{name}”: tệp hỏng hoặc không phải bảng tính. Mở bằng Excel, lưu lại dạng .xlsx rồi "
    "tải lên.",
    "heavy": "Tệp “{name}” giải nén ra quá lớn. Chép bảng cần nhập sang một tệp mới rồi tải lên.",
    "slow": "Đọc tệp “{name}” mất quá nhiều thời gian. Chép bảng cần nhập sang một tệp mới rồi tải lên.",
    "far": "Tệp “{name}”, trang “{sheet}”, ô {cell} có nội dung ở ngoài phạm vi đọc ({rows} dòng, {columns} cột). Xóa ô "
    "đó, hoặc chép bảng cần nhập sang một tệp mới.",
    "many": "Tệp “{name}” có hơn {cells} ô. Chép bảng cần nhập sang một tệp mới rồi tải lên.",
}
