"""The text of a PDF, and pictures of its pages for those that are scans.

Runs in a Python of its own, for a PDF can keep a reader busy for ever or fill the memory:

    python -m directives.files.pdf text FILE MOST_PAGES       writes one JSON object
    python -m directives.files.pdf draw FILE FOLDER 1,2,5     draws pages as FOLDER/1.pgm, grey
"""

import ctypes
import json
import sys
from bisect import bisect
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from directives.files.layout import Line, is_mark
from directives.files.programs import MOST_CHARACTERS

# Dots to the inch that tesseract reads best, and never more than on an A4 page whatever size the page claims.
DOTS_PER_INCH = 300
MOST_DOTS = 3600
# Words enough to be a page of text; below that it is one only if no picture covers it. A signed scan carries the
# words of its signature.
FEW_LETTERS, LETTERS_OF_A_SIGNATURE = 20, 600
MOST_CHARACTERS_OF_A_PAGE = 60_000
# Letters turned into shapes, as programs for posters do.
SHAPES_OF_OUTLINED_TEXT = 200
MOST_SHAPES = 5000


# How PDFium reports a hyphen at the end of a line.
_BROKEN_AT = {0x02, 0xFFFE}


class _Character(NamedTuple):
    """A letter or space: its edges and the line it stands on in points, and what part of the file wrote it."""

    sign: str
    left: float
    right: float
    bottom: float
    size: float
    source: int | None
    # PDFium takes the place before it for a space, which the file does not write.
    after_gap: bool


def read(path, most_pages: int) -> dict:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        return {"problem": "locked" if locked else "broken"}
    count = len(document)
    if not count:
        return {"problem": "broken"}
    if count > most_pages:
        return {"problem": "long", "pages": count}
    pages, scans, characters = [], [], 0
    for number in range(count):
        try:
            page = document[number]
            lines = _lines(page)
            if _is_scan(page, lines):
                scans.append(number + 1)
                lines = []
        except pdfium.PdfiumError:
            # One page may be broken and the others whole.
            scans.append(number + 1)
            lines = []
        characters += sum(len(line.text) for line in lines)
        if characters > MOST_CHARACTERS:
            return {"problem": "wordy"}
        pages.append([(line.text, line.left, line.right, line.bottom, line.size, line.column) for line in lines])
    return {"pages": pages, "scans": scans}


def draw(path, folder: Path, numbers: list[int]):
    document = pdfium.PdfDocument(path)
    for number in numbers:
        page = document[number - 1]
        scale = min(DOTS_PER_INCH / 72, MOST_DOTS / max(1, *page.get_size()))
        bitmap = page.render(scale=scale, grayscale=True)
        rows = bytes(bitmap.buffer)
        rows = b"".join(rows[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height))
        (folder / f"{number}.pgm").write_bytes(b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height) + rows)


def _is_scan(page, lines):
    letters = sum(char.isalpha() for line in lines for char in line.text)
    strange = sum(0xE000 <= ord(char) < 0xF900 or char == "\ufffd" for line in lines for char in line.text)
    if strange > letters / 3:
        # A font that does not say which letters it shows.
        return True
    if letters < FEW_LETTERS:
        return _covered(page) > 0.2 or _shapes(page) > SHAPES_OF_OUTLINED_TEXT
    return letters < LETTERS_OF_A_SIGNATURE and _covered(page) > 0.5


def _covered(page):
    """How much of the page its largest picture covers, from 0 to 1."""
    width, height = page.get_size()
    largest = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        largest = max(largest, (right - left) * (top - bottom) / max(1.0, width * height))
    return largest


def _shapes(page):
    return sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3))


def _lines(page):
    """The lines of a page in the order in which the file writes them, each letter in its place on the line.

    The order keeps columns and cells together; the place mends what it alone gets wrong: programs that lack a letter
    in their font write the line with gaps and the missing letters after it.
    """
    rules = _rules(page)
    lines, current = [], []
    for char in _characters(page):
        if current and not _is_on(char, current, rules):
            lines.extend(_line(current, rules))
            current = []
        current.append(char)
    lines.extend(_line(current, rules))
    return [line for line in lines if line.text]


def _rules(page):
    """The upright lines of tables as (x, bottom, top), from left to right."""
    rules = []
    for shape in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3), MOST_SHAPES):
        left, bottom, right, top = shape.get_bounds()
        if top - bottom > 6:
            if right - left < 3:
                rules.append(((left + right) / 2, bottom, top))
            elif raw.FPDFPath_CountSegments(shape.raw) <= 5 and _is_drawn(shape):
                rules += [(left, bottom, top), (right, bottom, top)]
    return sorted(rules)


def _is_drawn(shape):
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(raw.FPDFPath_GetDrawMode(shape.raw, fill, stroke)) and bool(stroke.value)


def _column(x, y, rules):
    """How many rules stand to the left of a place."""
    return sum(1 for at, bottom, top in rules if at < x and bottom <= y <= top)


def _is_on(char, current, rules):
    last = current[-1]
    if abs(char.bottom - last.bottom) > 0.35 * max(char.size, last.size):
        return False
    start, end = current[0].left, max(before.right for before in current[-60:])
    if char.right <= start or char.left < start - 0.5 * char.size:
        return False
    gap = char.left - end
    if gap < 0.3 * char.size or char.source == last.source:
        return True
    if rules and _column(char.left + 1, char.bottom, rules) > _column(end - 1, char.bottom, rules):
        return False
    if len(current) < 8 and is_mark("".join(before.sign for before in current).strip()):
        # The tab after "1." is wide.
        return gap < 5 * char.size
    return gap < (3 if last.sign.isspace() else 0.8) * char.size


def _line(characters, rules):
    """One line, or several where white space as wide as between columns parts it."""
    visible = sorted((char for char in characters if not char.sign.isspace()), key=lambda char: char.left)
    spaces = sorted((char.left + char.right) / 2 for char in characters if char.sign.isspace())
    text, start, parts, at = "", 0, [], 0
    for index, char in enumerate(visible):
        if index:
            before = visible[index - 1]
            gap, size = char.left - before.right, max(char.size, before.size)
            at = bisect(spaces, (before.left + before.right) / 2, at)
            between = bisect(spaces, (char.left + char.right) / 2, at) - at
            # One space stretched is a justified line, many are a column made by hand.
            if gap > 3 * size and between > 2 and not is_mark(text):
                parts.append((text, visible[start:index]))
                text, start = "", index
            elif between or gap > (0.1 if char.after_gap else 0.22) * size or _begins_after_mark(char, before, text):
                text += " "
        text += char.sign
    if visible:
        parts.append((text, visible[start:]))
    for text, chars in parts:
        size = sorted(char.size for char in chars)[len(chars) // 2]
        left, right, bottom = chars[0].left, max(char.right for char in chars), chars[0].bottom
        yield Line(text, left, right, bottom, size, _column(left + 1, bottom + 0.3 * size, rules))


def _begins_after_mark(char, before, text):
    """Whether words begin where a long number such as "VIII." has filled its tab."""
    return char.sign.isalpha() and char.source != before.source and is_mark(text)


def _characters(page):
    """Each letter and space that the file itself writes."""
    text = page.get_textpage()
    handle = text.raw
    # Foreign functions by name once: they are called for each of the letters.
    unicode_of, generated, source_of = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated, raw.FPDFText_GetTextObject
    origin, box, size_of = raw.FPDFText_GetCharOrigin, raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetFontSize
    matrix_of = raw.FPDFText_GetMatrix
    x, y, rectangle, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    high, after_gap = None, False
    for index in range(min(text.count_chars(), MOST_CHARACTERS_OF_A_PAGE)):
        code = unicode_of(handle, index)
        if generated(handle, index) == 1:
            after_gap = True
            continue
        if code in _BROKEN_AT:
            code = ord("-")
        elif code in (0, 0xFFFF):
            continue
        # PDFium counts in halves of UTF-16.
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            if high is None:
                continue
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), None
        origin(handle, index, x, y)
        if not box(handle, index, rectangle):
            continue
        matrix_of(handle, index, matrix)
        size = abs(size_of(handle, index) * (matrix.d or matrix.b)) or 1.0
        source = ctypes.cast(source_of(handle, index), ctypes.c_void_p).value
        yield _Character(chr(code), rectangle.left, rectangle.right, y.value, size, source, after_gap)
        after_gap = False


def main(arguments):
    task, path, *rest = arguments
    if task == "text":
        sys.stdout.write(json.dumps(read(path, int(rest[0]))))
    else:
        draw(path, Path(rest[0]), [int(number) for number in rest[1].split(",")])


if __name__ == "__main__":
    main(sys.argv[1:])
