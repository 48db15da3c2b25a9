"""Communes and villages named in a text."""

import re
from collections.abc import Collection

from directives.reading.text import UPPER

_NAME_WORD = "[" + UPPER + r"][\w'’]*"
_NAME = rf"{_NAME_WORD}(?:[ \u00a0\n]+{_NAME_WORD}){{0,3}}(?:[ \u00a0]+\d{{1,2}}(?![\d/%]|[.,]\d))?"
_KIND = re.compile(
    r"(?<!\w)(?:(?P<village>thôn|bản|buôn|ấp|xóm|làng|khu|tổ dân phố|tdp|phum|sóc)|(?P<commune>xã|phường|thị "
    r"trấn|đặc khu))"
    r"(?P<gap>[\s:(\"]+)(?=[^\W\d_]|\d)"
)
_COUNT_KIND = re.compile(r"(?<!\w)(?:xã|phường|thị trấn)(?:[^.;\n]{0,60}?)(?:\s*:\s*|\s+gồm:?\s+|\s*\()")
_ONE = re.compile(_NAME)
_NUMBER = re.compile(r"\d{1,2}[a-z]?(?![\d/%,.]*\d)")
_COMMA = re.compile(
    r"[\s*]{0,60}(?:\((?:huyện|thị xã|thành phố|tỉnh|cũ)[^)]{0,40}\))?[\s*]{0,60}(?:,|;|và(?=\s)|"
    r"-)[\s*]*(?:(?:xã|phường|thị trấn)\s+)?"
)
# Words with a capital that follow `xã` and are no names.
_NO_NAME = re.compile(
    r"(?:NTM|Nông thôn|Hội|Đảng|Ủy|UBND|HĐND|MTTQ|Ban|Chủ tịch|Bí thư|Phòng|Sở|Trường|Trạm|Công|Các|Căn|Giao|"
    r"Thời|Trước|Tháng|Quý|Năm|"
    r"Hoàn|Rà|Yêu|Đề|Tập|Tiếp|OCOP|Kế hoạch|Văn phòng|HTX|Và|Thường|Đối|Chương|Mỗi|Trong|Có|Tổ|Hướng|Việc|"
    r"Tuyên|Tăng|Bộ|I|V|X|BCĐ)(?!\w)"
)
_INSTITUTION = re.compile(r"(?:hợp tác|thông tấn|liên|toàn|cấp|mỗi|nội)\s+$")


def places_of(text: str, key: str, start: int, end: int, known: Collection[str] = ()) -> tuple[str, ...]:
    """Communes (without their kind) and villages (with it) named from `start` to `end`, in their order.

    `known` are names of communes as written, which count without the word `xã` before them.
    Rule: LABELLING.md, 4.7.
    """
    found: dict[str, int] = {}
    for match in _KIND.finditer(key, start, end):
        if _INSTITUTION.search(key[max(start, match.start() - 12) : match.start()]):
            continue
        kind = match["village"]
        if (
            kind
            and text[match.start()].isupper()
            and not re.search(r"(?:^|[.;:(,]\s*)$", key[max(start, match.start() - 3) : match.start()])
        ):
            # "thủy điện Bản Vẽ": a capital inside a sentence makes it part of a name.
            continue
        if kind:
            _add_villages(found, text, key, kind, match.end(), end)
        else:
            _add_communes(found, text, match.end(), end, opened=":" in match["gap"] or "(" in match["gap"])
    for match in _COUNT_KIND.finditer(key, start, end):
        opener = key[match.end() - 1]
        _add_communes(found, text, match.end(), end, opened=True, closed=opener == "(")
    for name in known:
        position = text.find(name, start, end)
        if position >= 0 and name not in found and _stands_alone(text, key, position, position + len(name)):
            found[name] = position
    return tuple(sorted(found, key=found.__getitem__))


def _add_communes(found, text, position, end, *, opened, closed=False):
    """The names of a list of communes that starts at `position`."""
    if closed:
        close = text.find(")", position, end)
        if close < 0:
            return
        # In brackets only a list of names and nothing else counts.
        names = [part.strip() for part in re.split(r",|;|\bvà\b", text[position:close])]
        if not all(_ONE.fullmatch(" ".join(re.sub(r"^(?:xã|phường)\s+", "", n).split())) for n in names):
            return
        end = close
    names: list[tuple[str, int]] = []
    while len(names) < 60:
        name = _ONE.match(text, position, end)
        if not name or _NO_NAME.match(name[0]):
            break
        words = " ".join(name[0].split())
        if words.isupper() and len(words) <= 5:
            break
        names.append((words, name.start()))
        position = name.end()
        gap = _COMMA.match(text, position, end)
        if not gap:
            break
        position = gap.end()
    # After a colon one name alone may as well be the first word of a sentence: "UBND các xã: Rà soát ...".
    if opened and not closed and len(names) == 1 and not re.match(r"\s*[,;.)]", text[position : position + 3]):
        return
    for words, at in names:
        found.setdefault(words, at)


def _add_villages(found, text, key, kind, position, end):
    while True:
        number = _NUMBER.match(text, position, end)
        name = None if number else _ONE.match(text, position, end)
        if number:
            words, position = number[0], number.end()
        elif name and not _NO_NAME.match(name[0]):
            words, position = " ".join(name[0].split()), name.end()
        else:
            return
        found.setdefault(f"{kind} {words}", position)
        gap = re.compile(r"\s*(?:,|và)\s*").match(text, position, end)
        # A list of numbers goes on; a list of names may go over to something else.
        if not gap or not (_NUMBER.match(text, gap.end(), end) and number):
            return
        position = gap.end()


_OTHER_BEARER = re.compile(
    r"(?:huyện|tỉnh|htx|hợp tác xã|công ty|điện lực|trường|chợ|đài|vnpt|viettel|hồ|sông|đập|ông|bà|đồng chí|"
    r"thành phố|thị xã)\s+$"
)


def _stands_alone(text: str, key: str, start: int, end: int) -> bool:
    """Whether a known name stands for the place and is no part of another name: HTX Phong Hiền, huyện Tam Đường."""
    before, after = key[max(0, start - 14) : start], text[end : end + 2]
    if after[:1].isalpha() or (after[:1] == " " and after[1:].isupper()):
        return False
    words = text[max(0, start - 30) : start].split()
    last = words[-1] if words else ""
    return not _OTHER_BEARER.search(before) and not last[:1].isupper()


def commune_names(text: str, key: str, start: int, end: int) -> tuple[str, ...]:
    """Names that stand after `xã` somewhere in the document, to know them again where the word is left out."""
    names = []
    for match in re.compile(r"(?<!\w)(?:xã|thị trấn)\s+(?=[^\W\d_])").finditer(key, start, end):
        name = _ONE.match(text, match.end(), end)
        if (
            name
            and not _NO_NAME.match(name[0])
            and " " in name[0].strip()
            and not _INSTITUTION.search(key[max(0, match.start() - 12) : match.start()])
        ):
            names.append(" ".join(name[0].split()))
    return tuple(dict.fromkeys(names))[:200]
