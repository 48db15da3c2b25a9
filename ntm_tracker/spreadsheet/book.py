"""A workbook in the making: on the disk from the first row on, with texts that no program takes for a formula or for XML."""

import io
import re
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from xml.sax.saxutils import escape

from django.http import HttpResponse
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Times New Roman"
# Characters of a cell: Excel's own limit is a little higher.
LIMIT = 32_000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LIKE_A_MARK = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


class Table(Worksheet):
    """Takes values of a known type by its own shorter way: half the time of a large sheet goes into asking what a value is,
    and into making the same few texts fit for XML again and again.
    """

    has_drawings = False

    def put_text(self, row, column, text, format):
        if text:
            self._write_string(row, column, text, format)
        else:
            self._write_blank(row, column, None, format)

    def put_number(self, row, column, number, format):
        self._write_number(row, column, number, format)

    def put_nothing(self, row, column, format):
        self._write_blank(row, column, None, format)

    def _write_cell(self, row, col, cell):
        # Also because a text such as '<r>…</r>' would otherwise be taken for a piece of XML.
        if cell.__class__.__name__ == "String":
            address, look = xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index()
            self.fh.write(f'<c r="{address}" s="{look}" t="inlineStr">{_as_xml(cell.string)}</c>')
        else:
            super()._write_cell(row, col, cell)

    def _write_single_row(self, current_row_num=0):
        written = self.previous_row
        super()._write_single_row(current_row_num)
        # Of nine thousand rows the heights alone would be megabytes; only what is drawn over them asks for them again.
        self.row_info.pop(written, None)
        if not self.has_drawings:
            self.row_sizes.pop(written, None)

    def join(self, first_row, first, last_row, last):
        """Merge cells that are written already; `merge_range` would write them again, and the first row is gone by then."""
        if (first_row, first) != (last_row, last):
            self.merge.append([first_row, first, last_row, last])


@lru_cache(maxsize=4096)
def _as_xml(text):
    # What looks like Excel's own mark of a character, '_x0041_', is marked in turn.
    text = escape(_LIKE_A_MARK.sub(r"_x005F\1", text)).replace("\t", "&#9;")
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<is><t{kept}>{text}</t></is>"


class Book:
    """A workbook in the making, on the disk."""

    def __init__(self, *, title, author):
        self._file = TemporaryFile()  # noqa: SIM115 - it goes with the book
        self.writer = Workbook(self._file, {"constant_memory": True, "strings_to_formulas": False})
        self.writer.set_properties({"title": clean(title), "author": clean(author)})
        self._formats = {}
        self._names = set()
        self._is_finished = False

    def add_sheet(self, name):
        """A new sheet by a name that Excel takes, and that no other sheet has."""
        name = sheet_name(name)
        wanted, number = name, 1
        while name.casefold() in self._names:
            number += 1
            name = f"{wanted[:27]} ({number})"
        self._names.add(name.casefold())
        return self.writer.add_worksheet(name, Table)

    def format(self, **properties):
        """A look of cells; each is built once, for a workbook holds only so many."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            font = {"font_name": FONT, "valign": "vcenter", "text_wrap": True}
            self._formats[key] = self.writer.add_format(font | properties)
        return self._formats[key]

    def save(self, target):
        """Write the finished workbook to an open file, or to a path, where it appears only when it is whole."""
        if not self._is_finished:
            self.writer.close()
            self._is_finished = True
        self._file.seek(0)
        if hasattr(target, "write"):
            shutil.copyfileobj(self._file, target)
        else:
            path = Path(target)
            beside = path.with_name(f"{path.name}.part")
            with beside.open("wb") as file:
                shutil.copyfileobj(self._file, file)
            beside.replace(path)


def start_workbook(*, title, author):
    """An empty workbook that says what it is and who made it."""
    return Book(title=title, author=author)


def save_workbook(workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def download(workbook, file_name):
    """The answer that hands the workbook over as a file; `file_name` is plain ASCII, like 'bieu-01-2024-03-31.xlsx'."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(save_workbook(workbook), content_type=CONTENT_TYPE, headers=headers)


def clean(text) -> str:
    """The text without characters that a workbook cannot hold, cut to what a cell can."""
    text = _ILLEGAL.sub("", str(text))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def sheet_name(text) -> str:
    """The text as Excel takes it for the name of a sheet."""
    return _NOT_IN_A_NAME.sub(" ", clean(text)).replace("\n", " ").strip("' ")[:31] or "Bảng"
