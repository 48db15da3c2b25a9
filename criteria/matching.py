"""Pure decisions: which indicator a file proves, by how people name their files and folders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ntm_tracker.vietnamese import fold

# "15.4.2024" is a day and no indicator: a number that goes on is not cut to fit.
_DOTTED = r"\d{1,2}(?:\.\d{1,2})+(?!\.?\d)"
_JOINED = r"\d{1,2}[-_]\d{1,2}(?![-_.]?\d)"
# "TC 5.2", "Tiêu chí số 17": the word says what the number is. "CT" is also chỉ thị, so it takes no bare number.
_WITH_WORD = re.compile(
    r"(?<![a-z0-9])(?:"
    rf"(?:tieu chi|chi tieu|tc)(?: so)?[\s._-]*({_DOTTED}|{_JOINED}|\d{{1,2}}(?!\d|\.\d))"
    rf"|ct[\s._-]*({_DOTTED}|{_JOINED}))"
)
_AT_START = re.compile(rf"[^0-9a-z]*({_DOTTED})")
_JOINED_AT_START = re.compile(rf"[^0-9a-z]*({_JOINED})(?![a-z])")
# "5 Báo cáo" is criterion 5; "12-2023", "11 2024 …", "6 tháng đầu năm" are times.
_BARE_AT_START = re.compile(r"[^0-9a-z]*(\d{1,2})(?![0-9a-z])(?![\s.,/_-]*\d)(?![\s.,_-]*(?:thang|ngay|nam|tuan)\b)")
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{1,4}$")


@dataclass(frozen=True)
class Match:
    """The code of the indicator; '' where the name leaves it open, then `reason` tells the officer why."""

    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Target:
    number: int
    code: str = ""


def match_file(path: str, codes: Mapping[str, int]) -> Match:
    """The indicator a file belongs to, by its name or the folders it lies in ('17/17.1/bien-ban.pdf').

    `codes` holds the indicators of a sheet with the numbers of their criteria. A code in the file's own name goes
    before one of its folders, the nearest folder first; a bare number counts for a criterion with one indicator. In a
    folder that names a criterion, files are often just counted ('05 Trường học/1 Quyết định.pdf'): there the folder
    goes before a bare number of the file. What contradicts itself is left open.
    """
    *folders, name = (fold(part) for part in re.split(r"[\\/]", path))
    segments = [_EXTENSION.sub("", name), *reversed(folders)]
    sure = [_sure(segment, codes) for segment in segments]
    vague = [_vague(segment, codes) for segment in segments]
    for targets in sure:
        if len(found := sorted({target.code for target in targets if target.code})) > 1:
            return Match(reason=f"Tên ghi nhiều chỉ tiêu ({', '.join(found)}): chọn một.")
    in_order = [target for targets in sure for target in targets]
    in_order += [target for target in vague[1:] + vague[:1] if target]
    if not in_order:
        return Match(reason="Tên không ghi chỉ tiêu nào của bộ này.")
    best = next((target for target in in_order if target.code), in_order[0])
    # A folder whose name is a number alone means its criterion; "2. Hồ sơ" may be any heap.
    firm = [target for targets in sure for target in targets]
    firm += [target for segment, target in zip(segments[1:], vague[1:], strict=True) if target and segment.isdecimal()]
    if other := next((target for target in firm if target.number != best.number), None):
        return Match(reason=f"Tên ghi cả tiêu chí {best.number} và {other.number}: chọn một chỉ tiêu.")
    if best.code:
        return Match(best.code)
    count = sum(number == best.number for number in codes.values())
    return Match(reason=f"Tiêu chí {best.number} có {count} chỉ tiêu: chọn một.")


def _sure(segment, codes):
    """What a folder or file says with a word before it or a point inside."""
    written = [first or second for first, second in _WITH_WORD.findall(segment)]
    written += _AT_START.findall(segment)[:1] if _AT_START.match(segment) else []
    targets = [_target(text, codes) for text in written]
    return [target for target in targets if target]


def _vague(segment, codes):
    """What the number at the start of a folder or file may mean."""
    for pattern in (_JOINED_AT_START, _BARE_AT_START):
        if found := pattern.match(segment):
            return _target(found[1], codes)
    return None


def _target(text, codes):
    parts = [int(part) for part in re.split(r"[._-]", text)]
    code = ".".join(map(str, parts))
    if code in codes:
        return _Target(codes[code], code)
    if len(parts) > 1:
        return None
    among = [code for code, number in codes.items() if number == parts[0]]
    if not among:
        return None
    return _Target(parts[0], among[0] if len(among) == 1 else "")
