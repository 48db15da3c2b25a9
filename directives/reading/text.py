"""The text of a document: cleaned without losing a word, and its lines."""

import re
import unicodedata
from dataclasses import dataclass

# Tabs stay: they part the cells of tables that come out of Word and Excel.
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
# More marks on one letter than any language uses: putting thousands of them in order takes minutes.
_PILE = re.compile(r"([\u0300-\u036f]{8})[\u0300-\u036f]+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Marks of emphasis go blank in the key; dashes, quotes and spaces each get one form.
_SIGNS = str.maketrans(
    dict.fromkeys("–—‒−‐‑", "-")
    | dict.fromkeys("“”„«»″", '"')
    | dict.fromkeys("‘’`´", "'")
    | dict.fromkeys("*_\t\n\u00a0\u2002\u2003\u2009\u202f\u3000", " ")
)
# Old and new placement of the tone: hoà and hòa, thuỷ and thủy. After q the u belongs to the consonant: quý, quỹ.
_OLD_TONES = [
    (re.compile(f"o{old}(?![^\\W\\d_])"), f"{new}{plain}")
    for vowel, marked in (("a", "àáảãạ"), ("e", "èéẻẽẹ"))
    for old, new, plain in zip(marked, "òóỏõọ", vowel * 5, strict=True)
] + [(re.compile(f"(?<!q)u{old}(?![^\\W\\d_])"), f"{new}y") for old, new in zip("ỳýỷỹỵ", "ùúủũụ", strict=True)]
_HAS_OLD_TONE = re.compile(r"o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]")


# For patterns on the text as printed. Ranges of code points will not do: capitals and small letters alternate there.
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
SMALL = "a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"


def clean(text: object) -> str:
    """The text in NFC, with \\n line ends and without control characters; everything else as given."""
    if not isinstance(text, str):
        text = "" if text is None else str(text)
    return unicodedata.normalize("NFC", _PILE.sub(r"\1", _CONTROL.sub("", _LINE_ENDS.sub("\n", text))))


def key_of(text: str) -> str:
    """`text` made even for matching, character by character at the same offsets.

    Lower case, tones in the newer place, one kind of dash, quote and space, no marks of emphasis.
    """
    key = text.lower()
    if len(key) != len(text):
        # A few foreign capitals have two small characters.
        key = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    key = key.translate(_SIGNS)
    if _HAS_OLD_TONE.search(key):
        for old, new in _OLD_TONES:
            key = old.sub(new, key)
    return key


def squash(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line that is not empty: where its words start and end, its indent, and whether a blank line is above."""

    start: int
    end: int
    indent: int
    after_blank: bool

    @property
    def width(self) -> int:
        return self.indent + self.end - self.start


def lines_of(text: str, most: int | None = None) -> list[Line]:
    """The lines of the text that hold something, at most `most` of them."""
    lines: list[Line] = []
    position, blank = 0, True
    for raw in text.split("\n"):
        words = raw.strip()
        if words:
            indent = len(raw) - len(raw.lstrip())
            start = position + indent
            lines.append(Line(start, start + len(words), indent, blank))
            blank = False
            if most is not None and len(lines) >= most:
                break
        else:
            blank = True
        position += len(raw) + 1
    return lines
