"""The nineteen criteria of the national commune set, by number or by name after the word `tiêu chí`."""

import re

# Names and usual variants, in the form of text.key_of. Longer ones first where one starts another.
_NAMES = [
    (1, r"quy hoạch"),
    (2, r"(?:hạ tầng )?giao thông(?: nông thôn)?"),
    (3, r"thủy lợi(?: và phòng,? chống thiên tai)?"),
    (4, r"điện(?! tử)(?: nông thôn)?"),
    (5, r"(?:cơ sở vật chất )?trường học"),
    (6, r"cơ sở vật chất văn hóa"),
    (7, r"(?:cơ sở )?hạ tầng thương mại(?: nông thôn)?|chợ nông thôn"),
    (8, r"thông tin(?: và|,| -)? truyền thông"),
    (9, r"nhà ở(?: dân cư)?"),
    (10, r"thu nhập(?: bình quân)?"),
    (11, r"(?:hộ )?nghèo(?: đa chiều)?|tỷ lệ hộ nghèo|giảm nghèo"),
    (12, r"lao động(?: có việc làm)?"),
    (13, r"(?:hình thức )?tổ chức sản xuất(?: và phát triển kinh tế nông thôn)?"),
    (14, r"giáo dục(?:(?: và|,| -)? đào tạo)?"),
    (15, r"y tế"),
    (16, r"văn hóa"),
    (
        17,
        r"(?:vệ sinh )?môi trường(?:(?: và|,)? (?:an toàn thực phẩm|attp|chất lượng môi trường sống))?|an "
        r"toàn thực phẩm",
    ),
    (18, r"hệ thống (?:tổ chức )?chính trị(?: và tiếp cận pháp luật)?|tiếp cận pháp luật"),
    (19, r"quốc phòng(?:(?: và|,| -)? an ninh)?|an ninh(?: trật tự)?"),
]
_NAME = re.compile("|".join(f"(?P<c{number}>{pattern})" for number, pattern in _NAMES))
_NUMBERS = re.compile(
    r"tiêu chí\s+(?:(?:nông thôn mới|ntm)\s+)?(?:số\s+)?(?P<list>\d{1,2}(?:\s*(?:,|và|-|;|,\s*và)?\s*(?:tiêu "
    r"chí\s+)?(?:số\s+)?\d{1,2})*)(?![\d/%,.]*\d)"
)
_ITEM = re.compile(r"(?P<span>\d{1,2}\s*-\s*\d{1,2})|(?P<one>\d{1,2})")
# What may stand between the word `tiêu chí` and the names it opens.
_OPENS = re.compile(
    r"tiêu chí(?:,\s*chỉ tiêu)?\s*(?:(?:về|động như|khó như|như|gồm|là|sau|còn lại|[:(\"]|,\s*chỉ tiêu|chưa "
    r"đạt|khó|nông thôn mới|ntm|quan trọng|nhất là|cần[^.;:]{0,40}?như"
    r"|động)\s*)*[:(\" ]*"
)
_OPENS_LATE = re.compile(r"tiêu chí[^.;:,()\d]{1,40}?\s(?:như|nhất là|gồm|bao gồm|đó là|là)\s*:?\s*")
_BETWEEN = re.compile(
    r"[\s\"]*(?:,\s*(?:và\s+)?|;\s*|và\s+|-\s+|\.\.\.|…|tiêu chí\s+|về\s+|nhất là\s+|(?:\(|\)|số\s+\d{1,2})\s*)*[\s\"]*"
)
_NOT_NATIONAL = re.compile(r"(?:nổi trội|bộ tiêu chí|một tiêu chí|tiêu chí huyện|chỉ tiêu\s*$)")
_LOOSE = re.compile(r"nhất là\s+(?=thu nhập|môi trường|giao thông|trường học|y tế|điện)")


def criteria_of(words: str) -> tuple[int, ...]:
    """The criteria, 1 to 19, that these words name. Rule: LABELLING.md, 4.8."""
    if "tiêu chí" not in words:
        return ()
    found: set[int] = set()
    for match in _NUMBERS.finditer(words):
        digits = match["list"]
        # "tiêu chí 11" is a number; "19 tiêu chí" is a count and does not come here; "tiêu chí 5 xã" is neither.
        after = words[match.end() : match.end() + 12]
        if "số" not in match[0] and re.match(r"\s+(?:xã|huyện|thôn|hộ|năm|tháng|đợt|lần)", after):
            continue
        found.update(_numbers(digits))
    for match in _OPENS.finditer(words):
        if _NOT_NATIONAL.search(words[max(0, match.start() - 12) : match.start()]) or words.startswith(
            "nổi trội", match.end()
        ):
            continue
        found.update(_names(words, match.end()))
    for match in _OPENS_LATE.finditer(words):
        if not _NOT_NATIONAL.search(words[max(0, match.start() - 12) : match.start()]):
            found.update(_names(words, match.end()))
    return tuple(sorted(found))


def _numbers(digits: str) -> set[int]:
    numbers: set[int] = set()
    for item in _ITEM.finditer(digits):
        if item["span"]:
            first, last = (int(n) for n in item["span"].split("-"))
            numbers.update(range(first, last + 1) if 1 <= first < last <= 19 else ())
        else:
            numbers.add(int(item["one"]))
    return {n for n in numbers if 1 <= n <= 19}


def _names(words: str, position: int) -> set[int]:
    """The names in a list that starts at `position`; the list ends at the first thing that is no name."""
    numbers: set[int] = set()
    while name := _NAME.match(words, position):
        rest = words[name.end() : name.end() + 1]
        if rest.isalnum():
            break
        numbers.add(int(name.lastgroup[1:]))
        position = name.end()
        between = _BETWEEN.match(words, position)
        if not between or between.end() == position:
            break
        position = between.end()
    return numbers
