"""How long a text is on paper, and so how high the row must be that holds it."""

import unicodedata
from functools import cache, lru_cache

# A unit of column width is one digit of Calibri 11, the workbook's default font, in pixels.
UNIT = 7
# The highest row that Excel knows, in points.
HIGHEST = 409


@lru_cache(maxsize=10_000)
def height(text, width, size, bold):
    """The height in points that wrapped text needs in a column: LibreOffice and Excel leave set heights alone."""
    room = max(width * UNIT - 4, 10)
    lines = sum(_lines(part, room, size, bold) for part in text.split("\n"))
    return min(lines * size * 1.25 + 5, HIGHEST)


def length(text, size, bold):
    """The length of a text in pixels, a little on the long side."""
    return sum(map(_width, text)) / 1000 * size * 4 / 3 * (1.11 if bold else 1.06)


def _lines(text, room, size, bold):
    """How many lines the text takes when it breaks between words."""
    count, used = 1, 0.0
    space = length(" ", size, bold)
    for word in text.split(" "):
        its = length(word, size, bold)
        if used and used + space + its > room:
            count, used = count + 1, 0.0
        used += its + (space if used else 0)
        while used > room:
            count, used = count + 1, used - room
    return count


# Widths of Times New Roman in thousandths of its size; marks over and under a letter add nothing.
_WIDTHS = dict.fromkeys("ijlt", 278) | dict.fromkeys("fr", 333) | dict.fromkeys("acez", 444) | dict.fromkeys("s", 389)
_WIDTHS |= dict.fromkeys("ILJ.,;:/|!'\"()[]-‘’", 333) | {" ": 250, "m": 778, "w": 722, "M": 889, "W": 944, "%": 833}
_WIDTHS |= dict.fromkeys("–“”…", 600) | dict.fromkeys("NĐDHOQUGKAVXY", 722)


@cache
def _width(char):
    base = unicodedata.normalize("NFD", char)[0]
    return _WIDTHS.get(base, 667 if base.isupper() else 500)
