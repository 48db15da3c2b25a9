"""The foot of a document: Nơi nhận, for whom and by whom it is signed, and an annex after it."""

import re

from directives.reading.cells import ITEM, Cell, bare, cells_of
from directives.reading.outline import is_upper
from directives.reading.text import UPPER, key_of, squash

_RECIPIENTS = re.compile(r"\W*nơi nhận\W*")
_AUTHORITY = re.compile(
    r"\W*(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\s*[./]?\s+|\W*(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\.", re.IGNORECASE
)
_POST = re.compile(
    r"(?:phó\s+|quyền\s+)?(?:chủ tịch|bí thư|chánh|giám đốc|trưởng|thủ tướng|bộ trưởng|cục trưởng|chi cục "
    r"trưởng|chủ nhiệm|hiệu trưởng|ủy viên|thường trực|thứ trưởng|tổng giám đốc|viện trưởng|phó)"
    r"|phó bí thư"
)
_NAME = re.compile(r"(?:(?:TS|ThS|PGS|GS|BS|KS)\.?\s*)?[" + UPPER + r"][\w'’]*(?:\s+[" + UPPER + r"][\w'’]*){1,5}$")


def foot_start(text, key, lines):
    """The index of the first line of the foot: `Nơi nhận`, or the signer's lines; len(lines) if there is none."""
    found = len(lines)
    for index, line in enumerate(lines):
        words = key[line.start : min(line.end, line.start + 200)]
        if "nơi nhận" in words and _RECIPIENTS.match(words):
            found = index
            break
    start = max(0, (found if found < len(lines) else len(lines)) - 14)
    for index in range(start, min(found, len(lines))):
        line = lines[index]
        words = text[line.start : line.end]
        if (
            index > 6
            and len(words) < 80
            and is_upper(words)
            and re.match(r"\W*(?:TM|T/M|KT|K/T|TL|T/L|TUQ)\s*[./]?\s", words.strip())
        ):
            return index
    if found == len(lines):
        for index in range(max(6, len(lines) - 12), len(lines)):
            line = lines[index]
            words = text[line.start : line.end].strip("* _")
            if re.match(r"(?:TM|T/M|KT|K/T|TL|T/L|TUQ)\s*[./]?\s", words) or (
                is_upper(words) and len(words) < 50 and _POST.match(key_of(words))
            ):
                return index
    return found


def foot_of(text, key, lines, foot):
    """Recipients, authority, post, name of the signer, and where an annex starts."""
    if foot >= len(lines):
        return (), "", "", "", None
    annex, last = None, len(lines)
    for index in range(foot + 1, len(lines)):
        words = key[lines[index].start : min(lines[index].end, lines[index].start + 60)].strip(" *_#|")
        if re.match(
            r"(?:phụ lục|biểu\s+(?:số|phân công|chi tiết|tổng hợp)|bảng phân công|phân công nhiệm vụ|danh "
            r"mục|danh sách)\b",
            words,
        ):
            annex, last = lines[index].start, index
            break
    cells = cells_of(text, lines, foot, min(last, foot + 60))
    recipients: list[str] = []
    signers: list[Cell] = []
    listing = False
    for cell in cells:
        if _RECIPIENTS.match(cell.key):
            listing = True
            rest = cell.words[_RECIPIENTS.match(cell.key).end() :].strip(" :*_")
            if rest:
                recipients.append(bare(rest))
            continue
        if listing and (ITEM.match(cell.words) or (cell.key.startswith("lưu") and cell.left)):
            recipients.append(bare(cell.words))
            if re.match(r"lưu\b", key_of(recipients[-1])):
                listing = False
            continue
        if (
            listing
            and recipients
            and cell.left
            and not is_upper(cell.words)
            and cell.line > 0
            and not _NAME.match(cell.words)
        ):
            before = text[lines[cell.line - 1].start : lines[cell.line - 1].end]
            if not re.search(r"[;.,]\s*$", before.split("   ")[0]):
                recipients[-1] = squash(recipients[-1] + " " + bare(cell.words))
                continue
        signers.append(cell)
    titles = [c for c in signers if is_upper(c.words) and len(c.words) < 90]
    authority, post = _posts([c.words.strip(" *_") for c in titles])
    name = ""
    title_line = titles[-1].line if titles else -1
    for cell in signers:
        words = re.sub(r"^\(?(?:đã ký|Đã ký)\)?\s*", "", cell.words).strip(" *_./")
        if (
            cell.line >= title_line
            and not is_upper(words)
            and _NAME.match(words)
            and len(words) <= 40
            and not re.match(r"(?:Nơi nhận|Bản tin|Người|Lưu (?:VT|VP|BCĐ)|Tin|Trang|Phụ lục)", words)
        ):
            name = words
            break
    # "Nơi nhận: - A; - B; - C" in one line.
    recipients = [bare(part) for line in recipients for part in re.split(r"[;.,]\s+[-–]\s+", line)]
    return tuple(r for r in recipients if r), authority, post, name, annex


def _posts(titles):
    """The signer's own post, the last line, and the lines above it that say for whom."""
    joined: list[str] = []
    for words in titles:
        if not (_AUTHORITY.match(words) or _POST.search(key_of(words)) or joined):
            continue
        if joined and not _AUTHORITY.match(words) and not _POST.match(key_of(words)):
            joined[-1] = f"{joined[-1]} {words}"
        else:
            joined.append(words)
    if not joined:
        return "", ""
    if len(joined) == 1:
        return ("", joined[0]) if not _AUTHORITY.match(joined[0]) else (joined[0], "")
    return " / ".join(joined[:-1]), joined[-1]
