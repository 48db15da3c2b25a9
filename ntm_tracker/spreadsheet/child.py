"""Run as a program by `reading`: reads one workbook within its bounds and writes its cells to standard output as JSON.

    python -I child.py FILE MOST_ROWS MOST_COLUMNS MOST_CELLS MEMORY_MB SECONDS COLUMNS

Imports nothing of the project, so that it starts in a moment. Answers {"sheets": […]} or {"error": what, "with": {…}};
where it runs out of memory or time, it ends without an answer. A row is [its number, its columns, their values]; days
come as ["d", "2024-03-28"], all else as JSON has it. COLUMNS is {sheet: [row,
columns]}: of these sheets from that row on no other columns are told.
"""

import gc
import io
import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from html import unescape
from xml.etree.ElementTree import iterparse

import xlrd
from python_calamine import CalamineWorkbook, PasswordError

# What a package of twenty megabytes may unpack to: a million formatted rows without content are sixty.
MOST_UNPACKED = 400 << 20

# A cell that holds something: a formula, a value or a text of its own; the many that are only formatted are passed over.
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*(<(?:\w+:)?(?:f|v|is)\b.*?)</(?:\w+:)?c>", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]+)"')
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_IS_TEXT = re.compile(rb'\bt="str"')
_IS_ERROR = re.compile(rb'\bt="e"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<|<(?:\w+:)?is\b")
_PERCENT_FORMATS = {9, 10}


class Refused(Exception):
    def __init__(self, error, **words):
        self.answer = {"error": error, "with": words}


def main(path, most_rows, most_columns, most_cells, wanted=None):
    try:
        is_package = zipfile.is_zipfile(path)
        looks = _looks(path, most_rows, most_columns) if is_package else {}
        workbook = CalamineWorkbook.from_path(path)
        looks = looks if is_package else _xls_looks(path, most_rows, most_columns)
        return {"sheets": list(_sheets(workbook, looks, most_rows, most_columns, most_cells, wanted or {}))}
    except Refused as refused:
        return refused.answer
    except PasswordError:
        return {"error": "password"}
    except MemoryError:
        raise
    except BaseException:
        # Whatever the libraries stumble over: a panic of the fast one is no Exception.
        return {"error": "broken"}


def _sheets(workbook, looks, most_rows, most_columns, most_cells, wanted):
    total = 0
    for info in workbook.sheets_metadata:
        sheet = workbook.get_sheet_by_name(info.name)
        if sheet.end is not None and (sheet.end[0] >= most_rows or sheet.end[1] >= most_columns):
            raise _far(info.name, sheet.end[0] + 1, sheet.end[1] + 1, most_rows, most_columns)
        look = looks.get(info.name, Look())
        rows, (below, only) = [], wanted.get(info.name, (most_rows + 1, ()))
        only = set(only)
        # The library leaves out the empty columns before the first that holds something, but not the rows.
        first = sheet.start[1] + 1 if sheet.start else 1
        for number, values in enumerate(sheet.iter_rows(), start=1):
            found = [(column, value) for column, value in enumerate(values, start=first) if value != ""]
            if number >= below:
                found = [(column, value) for column, value in found if column in only]
            if look.faulty or look.percents:
                found = list(_looked_at(found, number, look))
            if found:
                columns, values = zip(*found, strict=True)
                rows.append([number, columns, [v if type(v) in _PLAIN else _other(v) for v in values]])
                total += len(found)
        if total > most_cells:
            raise Refused("many", cells=most_cells)
        areas = sheet.merged_cell_ranges or []
        merged = look.merged + [[top + 1, left + 1, bottom + 1, right + 1] for (top, left), (bottom, right) in areas]
        yield {
            "name": info.name,
            "rows": rows,
            "merged": merged,
            "faulty": [[row, column, words] for (row, column), words in look.faulty.items()],
        }


_PLAIN = {str, float, int, bool}


def _looked_at(found, number, look):
    """The cells of a row without the faulty ones, and with shares as Excel shows them: it keeps 90 % as 0.9."""
    for column, value in found:
        place = number, column
        if place in look.faulty:
            continue
        is_share = place in look.percents and type(value) in (int, float)
        yield column, value * 100 if is_share else value


def _other(value):
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return None if value is None else str(value)


# What the library does not tell: found in the XML itself, before anything is unfolded; of an old .xls by another library.


class Look:
    """Of one sheet: its cells shown in %, those whose value nobody can know, and where the library is silent its merged areas."""

    def __init__(self):
        self.percents, self.faulty, self.merged = set(), {}, []

    def repeat(self, row, times):
        """Say of the rows below what is known of one that stands for several."""
        shares = [column for number, column in self.percents if number == row] if times > 1 else []
        wrong = {column: words for (number, column), words in self.faulty.items() if number == row} if times > 1 else {}
        for number in range(row + 1, row + times):
            self.percents.update((number, column) for column in shares)
            self.faulty |= {(number, column): words for column, words in wrong.items()}


def _looks(path, most_rows, most_columns):
    with zipfile.ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
            raise Refused("heavy")
        if any(part.flag_bits & 1 for part in package.infolist()):
            raise Refused("password")
        names = set(package.namelist())
        if "content.xml" in names:
            if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
                raise Refused("password")
            return _ods_looks(package, most_rows, most_columns)
        if "xl/workbook.xml" not in names:
            return {}
        percents = _percent_styles(package.read("xl/styles.xml")) if "xl/styles.xml" in names else set()
        return {
            name: _look(package.read(part), name, percents, most_rows, most_columns)
            for name, part in _parts(package, names)
        }


def _parts(package, names):
    """The sheets with the parts of the package that hold them."""
    targets = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", package.read("xl/_rels/workbook.xml.rels")):
            found = _attribute(link, "Id"), _attribute(link, "Target")
            if all(found):
                targets[found[0]] = found[1]
    for sheet in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", package.read("xl/workbook.xml")):
        target = targets.get(_attribute(sheet, r"\w+:id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            yield _attribute(sheet, "name"), part


def _attribute(tag, name):
    found = re.search(rf"\b{name}=[\"']([^\"']*)[\"']".encode(), tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _percent_styles(xml):
    """The numbers of the cell styles that show a share in %."""
    formats = {
        int(_attribute(tag, "numFmtId") or 0)
        for tag in re.findall(rb"<(?:\w+:)?numFmt\b[^>]*>", xml)
        if "%" in _attribute(tag, "formatCode")
    }
    styles = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
    if not styles:
        return set()
    tags = re.findall(rb"<(?:\w+:)?xf\b[^>]*>", styles[0])
    return {
        number for number, tag in enumerate(tags) if int(_attribute(tag, "numFmtId") or 0) in formats | _PERCENT_FORMATS
    }


def _look(xml, name, percents, most_rows, most_columns):
    look = Look()
    if not _is_worth_a_look(xml, percents, most_rows, most_columns):
        return look
    for cell in _CELL.finditer(xml):
        attributes, content = cell.groups()
        value, has_formula = _VALUE.search(content), _FORMULA.search(content)
        address = _ADDRESS.search(attributes)
        if address is None:
            continue
        row, column = int(address[2]), _column(address[1])
        if row > most_rows or column > most_columns:
            raise _far(name, row, column, most_rows, most_columns)
        # A formula may give the empty text; a number it has not been worked out to is no value.
        if has_formula and (value is None or not value[1]) and not _IS_TEXT.search(attributes):
            look.faulty[row, column] = "có công thức nhưng tệp không giữ kết quả"
        elif _IS_ERROR.search(attributes):
            look.faulty[row, column] = f"giá trị lỗi {(value[1] or b'').decode('utf-8', 'replace')}"
        elif percents and (style := _STYLE.search(attributes)) and int(style[1]) in percents:
            look.percents.add((row, column))
    return look


_MARKS = [mark + end for mark in (b"<f", b":f") for end in (b">", b" ", b"/")] + [b't="e"']


def _is_worth_a_look(xml, percents, most_rows, most_columns):
    """Whether there may be a formula, an error, a share or a far cell: a look at every cell takes as long as all else."""
    first_far = _letters(most_columns + 1)
    return bool(
        percents
        # Plain searches, a tenth of the time of a pattern: <f> is a formula of a cell, <formula1> one of a check.
        or any(mark in xml for mark in _MARKS)
        or any(len(number) >= 5 and int(number) > most_rows for number in _ROW.findall(xml))
        or re.search(rb'r="[A-Z]{%d,}[0-9]' % len(first_far), xml)
    )


def _xls_looks(path, most_rows, most_columns):
    """What another library tells of an old .xls: the formats of its cells, and its errors."""
    book = xlrd.open_workbook(path, formatting_info=True, logfile=io.StringIO())
    percents = {
        number for number, style in enumerate(book.xf_list) if "%" in book.format_map[style.format_key].format_str
    }
    looks = {}
    for sheet in book.sheets():
        looks[sheet.name] = look = Look()
        if sheet.nrows > most_rows or sheet.ncols > most_columns:
            raise _far(sheet.name, sheet.nrows, sheet.ncols, most_rows, most_columns)
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    words = xlrd.error_text_from_code.get(sheet.cell_value(row, column), "")
                    look.faulty[row + 1, column + 1] = f"giá trị lỗi {words}"
                elif kind == xlrd.XL_CELL_NUMBER and sheet.cell_xf_index(row, column) in percents:
                    look.percents.add((row + 1, column + 1))
    return looks


def _ods_looks(package, most_rows, most_columns):
    """What the XML of an .ods says; a row or a cell may stand for very many."""
    looks, name, row, column = {}, "", 0, 0
    with package.open("content.xml") as content:
        for event, tag in iterparse(content, events=("start", "end")):
            kind = tag.tag.rpartition("}")[2]
            if event == "start" and kind == "table":
                name, row = tag.get(f"{_TABLE}name", ""), 0
                looks[name] = Look()
            elif event == "start" and kind == "table-row":
                row, column = row + 1, 0
            elif event == "end" and kind in ("table-cell", "covered-table-cell") and name:
                times = int(tag.get(f"{_TABLE}number-columns-repeated", 1))
                _ods_cell(looks[name], name, tag, row, range(column + 1, column + times + 1), most_rows, most_columns)
                column += times
                tag.clear()
            elif event == "end" and kind == "table-row":
                times = int(tag.get(f"{_TABLE}number-rows-repeated", 1))
                looks[name].repeat(row, min(times, most_rows - row + 1))
                row += times - 1
                tag.clear()
            elif event == "end" and kind == "table":
                name = ""
    return looks


_TABLE, _OFFICE, _CALC = (
    f"{{urn:{name}:1.0}}"
    for name in (
        "oasis:names:tc:opendocument:xmlns:table",
        "oasis:names:tc:opendocument:xmlns:office",
        "org:documentfoundation:names:experimental:calc:xmlns:calcext",
    )
)


def _ods_cell(look, name, tag, row, columns, most_rows, most_columns):
    kind = tag.get(f"{_OFFICE}value-type")
    down, across = (int(tag.get(f"{_TABLE}number-{what}-spanned", 1)) for what in ("rows", "columns"))
    if (down > 1 or across > 1) and row <= most_rows:
        first = columns[0]
        look.merged.append([row, first, min(row + down - 1, most_rows), min(first + across - 1, most_columns)])
    if kind is None:
        return
    if row > most_rows or columns[-1] > most_columns:
        raise _far(name, row, columns[-1], most_rows, most_columns)
    is_formula = tag.get(f"{_TABLE}formula") is not None
    if tag.get(f"{_CALC}value-type") == "error" or is_formula and "".join(tag.itertext()).startswith(("#", "Err:")):
        look.faulty |= {(row, column): f"giá trị lỗi {''.join(tag.itertext()).strip()[:20]}" for column in columns}
    elif kind == "percentage":
        look.percents |= {(row, column) for column in columns}


def _column(letters):
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _letters(column):
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _far(sheet, row, column, most_rows, most_columns):
    return Refused("far", sheet=sheet, cell=f"{_letters(column)}{row}", rows=most_rows, columns=most_columns)


def _bound(memory_mb, seconds):
    """Let the process be ended rather than take more than its share; Windows has no such bounds, only the clock."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    path, *limits, wanted = sys.argv[1:]
    rows, columns, cells, memory_mb, seconds = map(int, limits)
    _bound(memory_mb, seconds)
    # It lives for one file; looking for circles among a million cells takes a third of its time.
    gc.disable()
    sys.stdout.buffer.write(json.dumps(main(path, rows, columns, cells, json.loads(wanted))).encode())
