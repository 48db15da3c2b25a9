"""The marks that open a line: numbers, letters and bullets, with their usual order from the outside in."""

import re
from dataclasses import dataclass

from directives.reading.text import UPPER

PLAIN = "plain"

# From the outside in. A list that a colon opens may go against this order; see outline.py.
RANK = {
    "part": 0.0,
    "upper": 1.0,
    "roman": 2.0,
    "caps": 2.5,
    "arabic": 3.0,
    "decimal2": 4.0,
    "decimal3": 5.0,
    "decimal4": 5.5,
    "letter": 6.0,
    "arabic_paren": 6.5,
    "paren": 7.0,
    "title": 7.3,
    "star": 7.5,
    PLAIN: 7.8,
    "row": 7.9,
    "dash": 8.0,
    "dot": 8.5,
    "plus": 9.0,
    "small": 9.5,
}
BULLETS = {"star", "dash", "dot", "plus", "small"}

_MARK = re.compile(
    r"""(?:\#{1,6}[ ]+)?(?:\*\*|__)?(?:
      (?P<part>(?:[Pp]hần|PHẦN|[Cc]hương|CHƯƠNG|[Mm]ục|MỤC|Điều|ĐIỀU)[ ]+
        (?:[IVXLC]{1,6}|\d{1,3}|thứ[ ]\w+)(?:[ ]*[.:)/-]|(?=\s|$)))
    | (?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3})(?:[ ]?[.)/:-])?(?=[ \t]*[*"“(]*[^\W\d_])
    | (?P<roman>[IVX]{1,5})(?:[ ]?[.)/:]|[ ]?[-–](?=\s))(?=\s|[^\W\d_])
    | (?P<arabic>\d{1,2})(?:[ ]?(?:\.|/(?!\d)|:)|[ ]?[-–](?!\s?\d))(?=[ \t]*[*"“(]*[^\W\d_])
    | (?P<bare>\d{1,2})(?=[ ]+(?:Đối[ ]với|Về|Giao|Yêu[ ]cầu|Đề[ ]nghị)[ ])
    | (?P<arabic_paren>\d{1,2}\))(?=[ \t]*\S)
    | (?P<paren>\([ ]?(?:\d{1,2}|[a-zđ]|[ivx]{1,4})[ ]?\))(?=\s|[^\W\d_])
    | (?P<letter>[a-zđ](?:\)|/(?=\s)|[.](?=\s)))(?=[ \t]*\S)
    | (?P<upper>[A-HĐ][.)](?=\s))
    | (?P<dash>[-–—−](?!\s*\d{1,3}\s*[-–—])|-{2})(?=\s|[^\W_]|[*"“(])
    | (?P<plus>\+)(?=\s|[^\W_]|[*"“(])
    | (?P<star>\*)(?=\s)
    | (?P<dot>[•·▪■◦○●►▶➢➤❖◆✓✔§¤>\uf0a7\uf0b7\uf0d8\uf0fc\uf076])(?=\s|[^\W_]|["“(*])
    | (?P<small>o)(?=\s+["""
    + UPPER
    + r"""])
    )(?:\*\*(?=\s))?[ \t\u00a0]*(?:\*\*)?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark a line opens with: its kind (a key of RANK), what is printed of it without points, its length."""

    kind: str
    text: str
    length: int


def mark_of(line: str) -> Mark | None:
    """The mark at the start of the line, None if it opens with plain words."""
    found = _MARK.match(line)
    if not found:
        return None
    kind = found.lastgroup or ""
    printed = found[kind]
    if kind == "bare":
        kind = "arabic"
    elif kind == "decimal":
        kind = f"decimal{min(printed.count('.') + 1, 4)}"
    text = "" if kind in BULLETS else printed.strip(" ()*") if kind != "paren" else printed.replace(" ", "")
    return Mark(kind, text.rstrip(".:/-–)") if kind != "paren" else text, found.end())
