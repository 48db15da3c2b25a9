"""Vietnamese before Unicode: text in TCVN3 (.VnTime) and VNI fonts, files in Windows-1258, made into Unicode.

TCVN3 and VNI put Vietnamese letters in the places of other characters, so that only the font shows them:
"Th«ng b¸o" is "Thông báo" in .VnTime, and "Thoâng baùo" is the same in VNI-Times.
"""

import codecs
import re
import unicodedata

# In the order of the alphabet; the letters of capitals with a tone exist only as fonts (.VnTimeH), not as characters.
TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ¡¢§£¤¥¦",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)

_TONES = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_LETTERS = dict(zip("öôñíìæóòîÖÔÑÍÌÆÓÒÎ", "ươđíìỉĩịỵƯƠĐÍÌỈĨỊỴ", strict=True))


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Quotation marks and dashes of Windows-1252, where Latin-1 has control characters.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_TONE_MARKS = set("\u0300\u0301\u0303\u0309\u0323")
_LETTER_MARKS = set("\u0302\u0306\u031b")
# Inside a word these are no letters of anybody's: "Th«ng", "b¸o"; or no letters of Vietnamese: "ñoàng", "huyeän".
_TCVN3_SIGNS = re.compile(r"[^\W\d_][\u00a1-\u00bf×÷]|[\u00a1-\u00bf×÷][^\W\d_]")
_VNI_SIGNS = re.compile("[øûïåäëüöîñæØÛÏÅÄËÜÖÎÑÆ]|[aeouyAEOUY][ùõâáàãêéèÙÕÂÁÀÃÊÉÈ]")

_UNICODE_ONLY = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
# Nobody types them.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def _vni():
    """What two characters (or one) of VNI stand for: 'aù' is á, 'aá' is ấ, 'öù' is ứ."""
    table = dict(_VNI_LETTERS)
    for base in "aeouy" + "ôö":
        shown = _VNI_LETTERS.get(base, base)
        table |= {base + sign: shown + tone for sign, tone in _TONES.items()}
    circumflex = dict(zip("âáàåãä", ("", *"\u0301\u0300\u0309\u0303\u0323"), strict=True))
    breve = dict(zip("êéèúüë", ("", *"\u0301\u0300\u0309\u0303\u0323"), strict=True))
    for base in "aeo":
        table |= {base + sign: base + "\u0302" + tone for sign, tone in circumflex.items()}
    table |= {"a" + sign: "a\u0306" + tone for sign, tone in breve.items()}
    # Officers type both 'AÙ' and 'Aù'.
    table |= {key[0].upper() + key[1:]: value.upper() for key, value in table.items()}
    table |= {key.upper(): value.upper() for key, value in table.items()}
    return {key: unicodedata.normalize("NFC", value) for key, value in table.items()}


VNI = _vni()
_VNI_SEQUENCE = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))

# One tone at most, on a rhyme that Vietnamese has; what a syllable looks like once its marks are taken off.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?", re.IGNORECASE
)
_AROUND = " \t.,;:!?()[]{}\"'“”‘’…/-–—+*|"


def from_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(char, char) for char in text)


def from_vni(text: str) -> str:
    return _VNI_SEQUENCE.sub(lambda match: VNI[match[0]], text)


def decode(content: bytes) -> str | None:
    """The text of a plain text file in Unicode or an old Vietnamese encoding; None if it is in none of them."""
    text = _decoded(content)
    return None if text is None or len(_CONTROLS.findall(text)) > len(text) / 100 else text


def _decoded(content):
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _try(content, encoding)
    if b"\0" in content:
        # Two bytes a character without a mark: in Vietnamese most letters are Latin, every second byte is zero.
        even, odd = content[0::2].count(0), content[1::2].count(0)
        if max(even, odd) < len(content) / 8:
            return None
        return _try(content, "utf-16-le" if odd > even else "utf-16-be")
    if (text := _try(content, "utf-8")) is not None:
        return text
    western = content.decode("latin-1").translate(_WINDOWS)
    candidates = [_try(content, "cp1258"), from_tcvn3(western), from_vni(western), western]
    text = max((compose(text) for text in candidates if text is not None), key=_vietnamese_words)
    marked = sum(1 for word in text.split() if not word.isascii())
    return text if _vietnamese_words(text) >= marked / 2 else None


def compose(text: str) -> str:
    """The text in NFC. Of marks piled on one letter eight stay: to put thousands of them in order takes minutes."""
    marks = "".join(filter(unicodedata.combining, set(text)))
    if marks:
        text = re.sub(f"([{re.escape(marks)}]{{8}})[{re.escape(marks)}]+", r"\1", text)
    return unicodedata.normalize("NFC", text)


def repair(text: str) -> str:
    """The text in composed Unicode, with what was written in TCVN3 or VNI fonts made readable.

    A document may be mixed, a paragraph rarely is: each line is judged, and the whole decides where a line could be
    both ("cá" is "cỏ" in TCVN3).
    """
    text = compose(text)
    if text.isascii():
        return text
    lines = text.split("\n")
    for convert, signs in ((from_tcvn3, _TCVN3_SIGNS), (from_vni, _VNI_SIGNS)):
        suspects = [line for line in lines if signs.search(line)]
        if not suspects:
            continue
        converted = compose(convert(text))
        whole = _vietnamese_words(converted) > _vietnamese_words(text)
        lines = [_better(line, convert, whole) for line in lines]
        text = "\n".join(lines)
    return text


def _better(line, convert, whole):
    if line.isascii():
        return line
    converted = compose(convert(line))
    # A letter that neither TCVN3 nor VNI has makes the line Unicode, whatever the rest of the document is.
    whole = whole and not _UNICODE_ONLY.search(line)
    as_is, after = _vietnamese_words(line), _vietnamese_words(converted)
    return converted if after > as_is + (0 if whole else 1) or (whole and after == as_is) else line


def _vietnamese_words(text):
    """How many words with marks are syllables Vietnamese could have."""
    return sum(1 for word in text.split() if not word.isascii() and _is_syllable(word.strip(_AROUND)))


def _is_syllable(word):
    plain, tones = [], 0
    for char in unicodedata.normalize("NFD", word.lower().replace("đ", "d")):
        if char in _TONE_MARKS:
            tones += 1
        elif char not in _LETTER_MARKS:
            plain.append(char)
    return tones <= 1 and bool(_SYLLABLE.fullmatch("".join(plain)))


def _try(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
