"""Communes and villages named in a text."""

import re
from collections.abc import Collection

_NAME_WORD = r"[A-ZĐÀ-ỸƯƠÂÊÔĂ][\w'’]*"
_NAME = rf"{_NAME_WORD}(?:[ \u00a0\n]+{_NAME_WORD}){{0,3}}(?:[ \u00a0]+\d{{1,2}}(?![\d/.,%]))?"
_KIND = re.compile(
    r"(?<!\w)(?:(?P<village>thôn|bản|buôn|ấp|xóm|làng|khu|tổ dân phố|tdp|phum|sóc)|(?P<commune>xã|phường|thị trấn|đặc khu))"
    r"(?P<gap>[\s:(\"]+)(?=[^\W\d_]|\d)"
)
_COUNT_KIND = re.compile(r"(?<!\w)(?:xã|phường|thị trấn)(?:[^.;\n]{0,60}?)(?:\s*:\s*|\s+gồm:?\s+|\s*\()")
_ONE = re.compile(_NAME)
_NUMBER = re.compile(r"\d{1,2}[a-z]?(?![\d/%,.]*\d)")
_COMMA = re.compile(
    r"[\s*]*(?:\((?:huyện|thị xã|thành phố|tỉnh|cũ)[^)]{0,40}\))?[\s*]*(?:,|;|và(?=\s)|-)[\s*]*(?:(?:xã|phường|thị trấn)\s+)?"
)
# Words with a capital that follow `xã` and are no names.
_NO_NAME = re.compile(
    r"(?:NTM|Nông thôn|Hội|Đảng|Ủy|UBND|HĐND|MTTQ|Ban|Chủ tịch|Bí thư|Phòng|Sở|Trường|Trạm|Công|Các|Căn|Giao|Thời|Trước|Tháng|Quý|Năm|"
    r"Hoàn|Rà|Yêu|Đề|Tập|Tiếp|OCOP|Kế hoạch|Văn phòng|HTX|Và|Thường|Đối|Chương|Mỗi|Trong|Có|Tổ|Hướng|Việc|Tuyên|Tăng|Bộ|I|V|X|BCĐ)(?!\w)"
)
_INSTITUTION = re.compile(r"(?:hợp tác|liên|toàn|cấp|mỗi|nội)\s+$")


def places_of(text: str, key: str, start: int, end: int, known: Collection[str] = ()) -> tuple[str, ...]:
    """Communes (without their kind) and villages (with it) named from `start` to `end`, in their order.

    `known` are names of communes as written, which count without the word `xã` before them.
    Rule: LABELLING.md, 4.7.
    """
    found: dict[str, int] = {}
    for match in _KIND.finditer(key, start, end):
        if _INSTITUTION.search(key[max(start, match.start() - 9) : match.start()]):
            continue
        kind = match["village"]
        if kind:
            _add_villages(found, text, key, kind, match.end(), end)
        else:
            _add_communes(found, text, match.end(), end, opened=":" in match["gap"] or "(" in match["gap"])
    for match in _COUNT_KIND.finditer(key, start, end):
        opener = key[match.end() - 1]
        _add_communes(found, text, match.end(), end, opened=True, closed=opener == "(")
    for name in known:
        position = text.find(name, start, end)
        if position >= 0 and text[position + len(name) : position + len(name) + 1].isalpha() is False:
            found.setdefault(name, position)
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
    count = 0
    while count < 60:
        name = _ONE.match(text, position, end)
        if not name or _NO_NAME.match(name[0]):
            return
        words = " ".join(name[0].split())
        if words.isupper() and len(words) <= 5 and words not in found:
            return
        found.setdefault(words, name.start())
        count += 1
        gap = _COMMA.match(text, name.end(), end)
        if not gap:
            return
        position = gap.end()


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
