"""Printed lines made into paragraphs again: a page has lines, what a person reads has sentences."""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(slots=True)
class Line:
    """A printed line. Points from the left edge and from the bottom of the page; `size` is the height of its letters,
    `column` how many upright rules of a table stand to the left of it."""

    text: str
    left: float
    right: float
    bottom: float
    size: float
    column: int = 0


class _Block:
    """Lines under one another: a paragraph, a column, a cell."""

    def __init__(self, line):
        self.lines, self.left, self.right = [line], line.left, line.right

    def add(self, line):
        self.lines.append(line)
        self.left, self.right = min(self.left, line.left), max(self.right, line.right)


_MARK = re.compile(
    r"(?:[-–—+•*]|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]|\(?[a-zđ][.)]|[IVX]{1,5}[.)]|(?:Điều|Mục|Chương) \d+)(?=\s|$)"
)
# What may stand before a wide gap and still be the beginning of the line after it.
_MARK_ALONE = re.compile(r"(?:[-–—+•*]|\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ]|[IVX]{1,5})[.)])")
_PAGE_NUMBER = re.compile(r"(?:[-–]\s*)?\d{1,3}(?:\s*[-–])?|Trang \d+(?:\s*/\s*\d+)?|\d{1,3}\s*/\s*\d{1,3}")
_FOOTNOTE = re.compile(r"[(\[]?\d{1,2}[)\]]?\s*[^\W\d_]")
_ENDS = (".", ";", ":", "!", "?", "/.", ".”", ".)")


def is_mark(text: str) -> bool:
    return bool(_MARK_ALONE.fullmatch(text))


def paragraphs(pages: list[list[Line]]) -> tuple[str, int]:
    """The text of the pages, a blank line between paragraphs, cells of a table parted by ' | '; and how many notes at
    the foot of a page were left out, for they would stand in the middle of a sentence."""
    lines_everywhere = [line for page in pages for line in page]
    if not lines_everywhere:
        return "", 0
    body = _usual_size(lines_everywhere)
    written, notes = [], 0
    pending = None
    for page in pages:
        page, found = _without_margins(page, body)
        notes += found
        if not page:
            continue
        edge = _edges(page)
        for block in _rows(page):
            if isinstance(block, str):
                if pending:
                    written.append(pending.text)
                    pending = None
                written.append(block)
                continue
            for line in block.lines:
                wide = _is_wide(block, edge)
                own = edge if wide else (block.left, block.right)
                if pending and pending.goes_on(line, own, wide):
                    pending.add(line)
                else:
                    if pending:
                        written.append(pending.text)
                    pending = _Paragraph(line, own)
        if pending:
            pending.page_ends()
    if pending:
        written.append(pending.text)
    return "\n\n".join(written), notes


class _Paragraph:
    def __init__(self, line, edges):
        self._lines, self._last, self._edges = [line], line, edges
        self._first, self._step, self._turned = line, None, False

    @property
    def text(self):
        return _joined(self._lines)

    def goes_on(self, line, edges, wide):
        """Whether the line belongs to the same paragraph; `wide` tells running text from a narrow column."""
        last, (left, right) = self._last, self._edges
        ended = last.text.endswith(_ENDS)
        begins_small = line.text[:1].islower() and not _MARK.match(line.text)
        if abs(line.size - last.size) > 0.2 * last.size:
            return False
        if not self._turned:
            # Further away than lines of one paragraph are; or beside it, in another column.
            step = last.bottom - line.bottom
            if step <= 0 or step > 2.2 * last.size or (self._step and step > 1.25 * self._step):
                return False
        # Where the next word had room on the line, somebody ended the line on purpose.
        word = line.text.split()[0]
        full = last.right + line.size / 4 + (line.right - line.left) * len(word) / len(line.text) > right
        if begins_small and not ended:
            return full or self._is_centred_over(line) or self._turned
        # The lines of a letterhead, of recipients, of a signature each say something of their own.
        if not full or not wide or last.right - last.left < 0.5 * (right - left):
            return False
        edge = edges[0] + 0.5 * line.size
        if _MARK.match(line.text):
            # A dash between two words may come first on a line, but it stands at the left edge.
            return not ended and line.left <= edge and bool(re.match(r"[-–—] ", line.text))
        if _MARK.match(self._first.text):
            # The second line of an item may hang, stand further left or below; the others stand below it.
            return self._last is self._first or abs(line.left - last.left) < 0.5 * line.size
        # After the end of a sentence only an indented first line tells that the paragraph goes on at the edge.
        return line.left <= edge and (not ended or self._first.left > left + 0.5 * line.size)

    def add(self, line):
        if not self._turned:
            self._step = self._last.bottom - line.bottom
        self._lines.append(line)
        self._last, self._turned = line, False

    def page_ends(self):
        self._turned = True

    def _is_centred_over(self, line):
        middle = (self._last.left + self._last.right) / 2
        return abs(middle - (line.left + line.right) / 2) < line.size


def _joined(lines):
    text = [lines[0].text]
    for before, line in pairwise(lines):
        # Lines end after "HĐND-" and "03/"; a narrow cell breaks even dates: 30/6/202|4.
        end = before.text[-12:]
        broken = re.search(r"[^\W\d_]-$|/$", end) or (re.search(r"\d/\d{1,2}/\d{1,3}$", end) and line.text[0].isdigit())
        text += ["" if broken else " ", line.text]
    return "".join(text)


def _usual_size(lines):
    return median([line.size for line in lines for _ in range(max(1, len(line.text) // 10))])


def _without_margins(page, body):
    """The page without its number and the notes at its foot, and how many notes."""
    for edge in (max, min):
        if page:
            height = edge(line.bottom for line in page)
            outermost = [line for line in page if abs(line.bottom - height) < 0.5 * line.size]
            if len(outermost) == 1 and not outermost[0].column and _PAGE_NUMBER.fullmatch(outermost[0].text):
                page = [line for line in page if line is not outermost[0]]
    foot = len(page)
    while foot and page[foot - 1].size < 0.9 * body and not page[foot - 1].column:
        foot -= 1
    small = page[foot:]
    lowest = min((line.bottom for line in page[:foot]), default=0)
    if not foot or not small or not _FOOTNOTE.match(small[0].text) or small[0].bottom > lowest:
        return page, 0
    return page[:foot], sum(1 for line in small if _FOOTNOTE.match(line.text))


def _edges(page):
    """Where the running text of the page begins and ends; a heading or a cell keeps away from them."""
    width = max(line.right for line in page) - min(line.left for line in page)
    long = [line for line in page if line.right - line.left > 0.6 * width] or page
    return min(line.left for line in long), max(line.right for line in long)


def _is_wide(block, edge):
    return block.right - block.left > 0.6 * (edge[1] - edge[0]) or len(block.lines) == 1


def _rows(page):
    """The page as blocks; the cells of a table's row as one line of text.

    A file writes a table cell by cell. A cell begins to the right of the whole cell before and not below it.
    """
    cells = []
    for block in _blocks(page):
        if cells and _is_beside(block, cells[-1]):
            cells.append(block)
        else:
            yield from _row(cells)
            cells = [block]
    yield from _row(cells)


def _row(cells):
    # Without rules, two side by side are the letterhead or the signature.
    if len(cells) > 2 or len({cell.lines[0].column for cell in cells}) > 1:
        yield " | ".join(_joined(cell.lines) for cell in cells)
    else:
        yield from cells


def _blocks(page):
    block = None
    for line in page:
        if block and _is_under(line, block):
            block.add(line)
        else:
            if block:
                yield block
            block = _Block(line)
    if block:
        yield block


def _is_under(line, block):
    last = block.lines[-1]
    near = 0 < last.bottom - line.bottom < 4 * last.size
    return near and last.column == line.column and line.left < block.right and line.right > block.left


def _is_beside(block, before):
    first = block.lines[0]
    return first.left >= before.right and first.bottom > before.lines[-1].bottom - 0.9 * first.size
