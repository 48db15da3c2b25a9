"""The head and the foot of a document: number, day, kind, title, body, signer, recipients.

Layout: Nghị định 30/2020/NĐ-CP, Phụ lục I; for Party documents Hướng dẫn 36-HD/VPTW and after it 05-HD/VPTW.
"""

import re
from dataclasses import dataclass
from datetime import date

from directives.reading.cells import ABOUT, CITED, COLUMNS, ITEM, NUMBER, PLACE_DAY, RIGHT, bare, cells_of
from directives.reading.foot import foot_of, foot_start
from directives.reading.issuer import issuer_of
from directives.reading.kinds import KINDS, SUFFIX_KINDS
from directives.reading.notice import Header
from directives.reading.outline import is_upper
from directives.reading.text import UPPER, Line, key_of, squash

_ADDRESS = re.compile(r"\W*kính gửi\s*:?\s*")
_MEETING_DAY = re.compile(
    r"(?:ngày\s+)?(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+|"
    r",?\s*)(?P<year>20\d\d)"
)

_MEETING = re.compile(
    r"hội nghị|cuộc họp|\bhọp\b|phiên họp|làm việc|buổi|giao ban|tiếp công dân|đối thoại|chủ trì|kiểm tra "
    r"thực tế|hội thảo|tọa đàm|kiểm điểm|đi kiểm tra|tiếp xúc"
)


_ISSUES = re.compile(r"[^.\n]{0,80}\b(?:ban hành|có (?:công văn|văn bản|thông báo|tờ trình|báo cáo)|nhận được)\b")


# "Ngày 29/10/2018, Cục Cứu hộ - Cứu nạn đã có công điện số 37/TK": who sent the telegram a page quotes.
_SENT = re.compile(
    r"(?:^|[.\n]\s*|,\s+)(?P<body>(?:bộ|cục|tổng cục|sở|ubnd|ủy ban|ban chỉ huy|ban chỉ đạo|văn phòng|chủ tịch|thủ tướng)\s"
    r"[^,.;\n]{2,80}?)\s+(?:vừa\s+|đã\s+|tiếp tục\s+)?(?:có|ra|ký|phát|gửi|ban hành|ký ban hành)\s+công điện\b",
    re.MULTILINE,
)


@dataclass(slots=True)
class Frame:
    """Where the head ends, where the foot starts, and the header."""

    header: Header
    body_start: int = 0
    body_end: int = 0
    # Where the text goes on after the foot: an annex. None if it does not.
    annex: int | None = None


def frame_of(text: str, key: str, lines: list[Line]) -> Frame:
    """Read the head and the foot of the document."""
    foot = foot_start(text, key, lines)
    head_cells = cells_of(text, lines, 0, min(foot, 60))
    number, number_text, number_line, symbol = _number(head_cells)
    place, issued_on, issued_text, day_line = _place_day(text, lines, min(foot, 60))
    kind, title, title_line, addressees, body_line = _title(text, key, lines, head_cells, foot, number_line, day_line)
    recipients, authority, post, name, annex = foot_of(text, key, lines, foot)
    header_line = max(number_line, day_line, title_line, body_line)
    issuer = issuer_of(
        head_cells, number_line, day_line, title_line if title_line >= 0 else 12, symbol, place, title, authority, post
    )
    if kind == "" and symbol:
        part = next((p for p in re.split(r"[-/]", symbol) if p in SUFFIX_KINDS), "")
        kind = SUFFIX_KINDS.get(part, "Công văn" if addressees else "")
    if kind == "Bản tin" and not issued_text:
        month = re.search(r"tháng\s+\d{1,2}\s*/\s*20\d\d", title.lower())
        issued_text = month[0] if month else ""
    body_start = lines[header_line + 1].start if 0 <= header_line + 1 < len(lines) and header_line + 1 < foot else 0
    body_end = lines[foot].start if foot < len(lines) else len(text)
    if not number and not number_text and kind == "Công điện":
        number, issued_text, quoted = _quoted_number(text, key)
        issuer = issuer or quoted
        if not issuer and "thủ tướng chính phủ" in key:
            issuer = "Thủ tướng Chính phủ"
    meeting = _meeting(key, body_start if header_line >= 0 else 0, body_end, letter=kind == "Công văn")
    header = Header(
        number=number,
        number_text="" if number else number_text,
        issued_on=issued_on,
        issued_text="" if issued_on else issued_text,
        place=place,
        kind=kind,
        title=title,
        issuer=issuer,
        signer_name=name,
        signer_title=post,
        signer_authority=authority,
        meeting_on=meeting,
        recipients=recipients,
        addressees=addressees,
    )
    return Frame(header, body_start, body_end, annex)


def _number(cells):
    for cell in cells:
        match = NUMBER.match(cell.words)
        if match:
            digits = re.sub(r"\D", "", match["digits"])
            symbol = re.sub(r"[\s*]", "", match["symbol"])
            if digits:
                return digits + symbol, "", cell.line, symbol
            return "", symbol, cell.line, symbol
        if re.match(r"^\W{0,3}Số\s*:?\W*$", cell.words):
            following = [c for c in cells if c.line in (cell.line, cell.line + 1) and c.start > cell.start][:2]
            joined = " ".join(c.words for c in following)
            match = re.match(r"(?P<digits>\d*)\s*(?P<symbol>[-/]\s?[A-ZĐ][\w/&-]*)", joined)
            if match:
                symbol = re.sub(r"\s", "", match["symbol"])
                return (match["digits"] + symbol if match["digits"] else ""), symbol, following[-1].line, symbol
    return "", "", -1, ""


def _place_day(text, lines, most):
    """Place and day of issue. Read in whole lines: a blank day leaves a gap as wide as that between columns."""
    for index in range(most):
        line = lines[index]
        words = text[line.start : line.end].replace("*", "").replace("_", " ")
        match = PLACE_DAY.search(words[:300])
        if not match or len(words) - match.end() > 12:
            continue
        place = COLUMNS.split(match["place"])[-1].strip()
        before = words[: match.start()] + match["place"]
        if not 1 <= len(place) <= 40 or NUMBER.match(place) or len(COLUMNS.split(before)[-1]) > 45:
            continue
        place = re.sub(r"^.*[\d/-]\S*\s+(?=[" + UPPER + "])", "", place)
        try:
            issued = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            issued = None
        return place, issued, squash(re.sub(r"[.…_]+", "", match["words"])), index
    return "", None, "", -1


def _title(text, key, lines, cells, foot, number_line, day_line):
    """Kind, title, the last line of the title, addressees, the last line of the address."""
    kind, title, title_line = "", "", -1
    top = max(number_line, day_line)
    limit = min(foot, 60)
    letterhead = top >= 0
    for index in range(limit):
        words = text[lines[index].start : lines[index].end].strip(" *_#|\t")
        low = key_of(squash(words)).strip(" .:")
        if low in KINDS and (is_upper(words) or low == "bản tin") and len(words) < 40:
            kind = KINDS[low]
            title, title_line = _title_lines(text, key, lines, index + 1, limit)
            break
        match = re.match(r"(thông báo|kết luận|kế hoạch|chỉ thị|công điện|hướng dẫn|quyết định)\s+(?=\S)", low)
        if (
            match
            and is_upper(words.split("  ")[0][: match.end()])
            and len(words) < 60
            and index > top - 1
            and letterhead
        ):
            kind = KINDS[match[1]]
            rest, title_line = _title_lines(text, key, lines, index + 1, limit)
            title = squash(words[match.end() :] + " " + rest)
            title_line = max(title_line, index)
            break
    addressees, body_line = (), -1
    if not kind or kind == "Công điện":
        addressees, body_line = _addressees(text, key, lines, limit)
    if not kind:
        about = next(
            (
                c
                for c in cells
                if ABOUT.match(c.key)
                and (top >= 0 or body_line >= 0 or c.key.startswith("v/v"))
                and c.line < (body_line if body_line >= 0 else limit)
            ),
            None,
        )
        if about is not None:
            kind = "Công văn"
            title, title_line = _about_lines(cells, about, body_line if body_line >= 0 else limit, lines, text)
        elif addressees:
            kind = "Công văn"
    if not kind:
        kind, title, title_line = _web_title(text, key, lines, limit)
    if kind == "Công điện" and re.search(r":$", lines and text[lines[0].start : lines[0].end] or ""):
        kind = "Công điện"
    return kind, title, title_line, addressees, body_line


def _title_lines(text, key, lines, first, limit):
    """The lines of the title from `first` on: up to a rule, a blank line after which the text starts, or a citation."""
    parts, last = [], first - 1
    for index in range(first, min(first + 9, limit)):
        line = lines[index]
        words = text[line.start : line.end].strip(" *_|#\t")
        low = key_of(words)
        if not any(c.isalnum() for c in words):
            if parts:
                return squash(" ".join(parts)), index
            last = index
            continue
        if (
            re.match(
                r"(?:căn cứ|thực hiện (?:công văn|chương trình|kế hoạch|nghị quyết|chỉ thị|thông báo|quyết "
                r"định) (?!của ban)|kính gửi|ngày \d|sáng |chiều |vừa qua|trong |sau khi|xét |thời gian qua|"
                r"[ivx]+\.\s|\d\.\s|chủ tịch ủy ban[^.]*điện:|theo )",
                low,
            )
            and parts
        ):
            break
        if parts and line.after_blank:
            break
        parts.append(words)
        last = index
    return squash(" ".join(parts)), last


def _about_lines(cells, about, limit, lines, text):
    """A `V/v` over several lines: the cells under it, in the left column if the letterhead has two."""
    parts = [
        ABOUT.sub("", about.words, count=1)
        if not about.key.startswith(("v/v", "về việc"))
        else about.words[ABOUT.match(about.key).end() :]
    ]
    last = about.line
    two = any(c.line == about.line and c is not about for c in cells)
    for cell in cells:
        if cell.line <= about.line or cell.line >= limit or cell.line > last + 1:
            continue
        if (
            _ADDRESS.match(cell.key)
            or PLACE_DAY.search(cell.words)
            or RIGHT.search(cell.key)
            or not any(c.isalnum() for c in cell.words)
        ):
            continue
        if lines[cell.line].after_blank and not two:
            break
        if lines[cell.line].after_blank and cell.words[:1].isupper() and cell.line - about.line > 1:
            break
        parts.append(cell.words)
        last = cell.line
    return squash(" ".join(parts)), last


def _addressees(text, key, lines, limit):
    for index in range(limit):
        line = lines[index]
        low = key[line.start : line.end]
        match = _ADDRESS.match(low)
        telegram = not match and re.search(r"(?:điện|gửi)\s*:\s*$", low) and is_upper(text[line.start : line.end])
        if not match and not telegram:
            continue
        found = []
        rest = text[line.start + match.end() : line.end].strip(" *_") if match else ""
        if rest:
            found.append(bare(rest))
        last = index
        for after in range(index + 1, min(index + 30, limit)):
            words = text[lines[after].start : lines[after].end].strip(" *_")
            if ITEM.match(words) and (rest == "" or not rest.endswith(".") or True):
                found.append(bare(words))
                last = after
            elif (
                found
                and not lines[after].after_blank
                and len(words) < 100
                and not re.search(r"[.;]$", text[lines[last].start : lines[last].end].strip())
            ):
                found[-1] = squash(found[-1] + " " + bare(words))
                last = after
            else:
                break
        return tuple(f for f in found if f), last
    return (), -1


def _web_title(text, key, lines, limit):
    """A page without a letterhead: its kind and title from its first lines."""
    for index in range(min(12, limit)):
        words = squash(text[lines[index].start : lines[index].end].strip(" *_#"))
        low = key_of(words)
        if len(words) < 12 or len(words) > 300:
            continue
        if re.match(r"(?:bản\s+)?tin\s+(?:xây dựng|nông thôn|hoạt động|tức)", low):
            last = index
            for after in range(index + 1, min(index + 4, limit)):
                if (
                    "bản tin" in key[lines[after].start : lines[after].end]
                    or key[lines[after].start : lines[after].end].strip() == low
                ):
                    last = after
            return "Bản tin", words, last
        if re.search(r"công điện", low) and index == 0:
            return "Công điện", _after_about(words), index
    for index in range(min(6, limit)):
        if "công điện số" in key[lines[index].start : lines[index].end]:
            line = text[lines[index].start : lines[index].end]
            return "Công điện", _after_about(line).rstrip("."), index
    return "", "", -1


def _after_about(words):
    match = re.search(r"\bvề việc\s+", key_of(words))
    return words[match.end() :] if match else words


def _quoted_number(text, key):
    match = re.search(
        r"công điện\s+(?:khẩn\s+|hỏa tốc\s+)?(?:số\s+)?(\d+\s*/\s*[a-zđ][\w-]*)(?:\s+năm\s+20\d\d)?,?\s*"
        r"(ngày\s+\d{1,2}/\d{1,2}/20\d\d|ngày \d{1,2} tháng \d{1,2} "
        r"năm 20\d\d)?",
        key[:6000],
    )
    if not match:
        return "", "", ""
    sent = _SENT.search(key, 0, 6000)
    number = squash(text[match.start(1) : match.end(1)]).replace(" ", "")
    return (
        number,
        text[match.start(2) : match.end(2)] if match[2] else "",
        squash(text[sent.start("body") : sent.end("body")]) if sent else "",
    )


def _meeting(key, start, end, *, letter):
    """The day of the meeting a document reports: in its opening, beside a word of meeting, and no document's date."""
    opening = key[start : min(end, start + 3500)]
    listed = re.search(r"\n\s*(?:[ivx]+|1|2|\(1\)|a)\s*[.)-]", opening)
    if listed:
        opening = opening[: listed.start()]
    stop = re.search(r"kết luận(?:\s+(?:như sau|một số|chỉ đạo))?[^.\n]{0,60}:\s", opening)
    if stop:
        opening = opening[: stop.end()]
    for match in _MEETING_DAY.finditer(opening):
        before = opening[max(0, match.start() - 90) : match.start()]
        if CITED.search(before) or re.search(r"(?:tính đến|đến|kể từ|từ|trước)\s+(?:ngày\s+)?$", before):
            continue
        if letter and (
            not re.search(r"(?:^|[.\n])\W*(?:sáng|chiều)?\W*$", before) or _ISSUES.match(opening, match.end())
        ):
            # A letter cites meetings of others; only "Ngày ..., Sở X làm việc với ..." tells of its own.
            continue
        around = opening[max(0, match.start() - 60) : match.end() + 260]
        if _MEETING.search(re.split(r"[.;]\s", around[min(60, match.start()) :])[0]) or re.search(
            r"(?:hội nghị|cuộc họp|họp|làm việc)[^.;]{0,60}$", before
        ):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                continue
    return None
