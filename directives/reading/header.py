"""The head and the foot of a document: number, day, kind, title, body, signer, recipients.

Layout: Nghị định 30/2020/NĐ-CP, Phụ lục I; for Party documents Hướng dẫn 36-HD/VPTW and after it 05-HD/VPTW.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from directives.reading.notice import Header
from directives.reading.outline import is_upper
from directives.reading.text import UPPER, Line, key_of, squash

KINDS = {
    "nghị quyết": "Nghị quyết", "quyết định": "Quyết định", "chỉ thị": "Chỉ thị", "quy chế": "Quy chế", "quy định": "Quy định",
    "thông cáo": "Thông cáo", "thông báo": "Thông báo", "hướng dẫn": "Hướng dẫn", "chương trình": "Chương trình", "kế hoạch": "Kế hoạch",
    "phương án": "Phương án", "đề án": "Đề án", "báo cáo": "Báo cáo", "biên bản": "Biên bản", "tờ trình": "Tờ trình", "công điện": "Công điện",
    "kết luận": "Kết luận", "thông tri": "Thông tri", "bản tin": "Bản tin", "công văn": "Công văn", "giấy mời": "Giấy mời",
    "chương trình hành động": "Chương trình hành động", "thông báo kết luận": "Thông báo",
}  # fmt: skip
_SUFFIX_KINDS = {
    "TB": "Thông báo", "KL": "Kết luận", "CT": "Chỉ thị", "KH": "Kế hoạch", "NQ": "Nghị quyết", "QĐ": "Quyết định", "BC": "Báo cáo",
    "CV": "Công văn", "TTr": "Tờ trình", "HD": "Hướng dẫn", "CĐ": "Công điện", "CTr": "Chương trình", "PA": "Phương án", "ĐA": "Đề án",
}  # fmt: skip

_COLUMNS = re.compile(r"[ \u00a0]{3,}|\t+|\||<br ?/?>")
_NUMBER = re.compile(
    r"^\W{0,4}Số\s*(?P<colon>:)?\s*(?P<digits>[*\d\s.…_]*?)\s*(?P<symbol>[-/]\s*\**\s*[A-ZĐa-z0-9][\w/Đđ&.]*(?:\s*[-–/]\s*[A-ZĐƯ][\w&.Đđ]*)*)",
)
_PLACE_DAY = re.compile(
    r"(?P<place>["
    + UPPER
    + r"][^,\n]{1,120}?)\s*,\s*(?P<words>ngày\s*(?P<day>\d{1,2}|[.…_]*)\s*tháng\s*(?P<month>\d{1,2}|"
    r"[.…_]*)\s*năm\s*(?P<year>20\d\d|[.…_]*))"
)
_RIGHT = re.compile(r"cộng hòa xã hội|độc lập\s*-\s*tự do|đảng cộng sản việt nam")
_RECIPIENTS = re.compile(r"\W*nơi nhận\W*")
_ADDRESS = re.compile(r"\W*kính gửi\s*:?\s*")
_ABOUT = re.compile(r"\W*(?:v/v|về việc)\b\s*:?\s*")
_AUTHORITY = re.compile(
    r"\W*(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\s*[./]?\s+|\W*(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\.", re.IGNORECASE
)
_POST = re.compile(
    r"(?:phó\s+|quyền\s+)?(?:chủ tịch|bí thư|chánh|giám đốc|trưởng|thủ tướng|bộ trưởng|cục trưởng|chi cục "
    r"trưởng|chủ nhiệm|hiệu trưởng|ủy viên|thường trực|thứ trưởng|tổng giám đốc|viện trưởng|phó)"
    r"|phó bí thư"
)
_BODY_LINE = re.compile(
    r"ủy ban|ubnd|hđnd|hội đồng|đảng bộ|đảng ủy|huyện ủy|tỉnh ủy|thành ủy|ban chỉ đạo|ban |văn phòng|sở |"
    r"phòng |bộ |chi cục|cục |trung tâm|hội |thủ tướng|chủ tịch|mặt trận|đoàn|liên đoàn|huyện|tỉnh|xã|thành "
    r"phố|thị xã|chính phủ"
)
_NAME = re.compile(r"(?:(?:TS|ThS|PGS|GS|BS|KS)\.?\s*)?[" + UPPER + r"][\w'’]*(?:\s+[" + UPPER + r"][\w'’]*){1,5}$")
_ITEM = re.compile(r"^[-–+•*]\s*")
_MEETING_DAY = re.compile(
    r"(?:ngày\s+)?(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+|"
    r",?\s*)(?P<year>20\d\d)"
)
_MEETING = re.compile(
    r"hội nghị|cuộc họp|\bhọp\b|phiên họp|làm việc|buổi|giao ban|tiếp công dân|đối thoại|chủ trì|kiểm tra "
    r"thực tế|hội thảo|tọa đàm|kiểm điểm|đi kiểm tra|tiếp xúc"
)
_CITED = re.compile(
    r"(?:số\s*:?\s*[\w./ -]{1,40}|(?:quyết định|công văn|thông báo|kế hoạch|báo cáo|nghị quyết|tờ trình|chỉ "
    r"thị|văn bản|biên bản)[^.;,]{0,40}),?\s*$"
)


@dataclass(slots=True)
class Frame:
    """Where the head ends, where the foot starts, and the header."""

    header: Header
    body_start: int = 0
    body_end: int = 0
    # Where the text goes on after the foot: an annex. None if it does not.
    annex: int | None = None


@dataclass(slots=True)
class _Cell:
    """One column of one printed line."""

    words: str
    key: str
    line: int
    left: bool
    start: int
    end: int = 0
    used: bool = field(default=False)


def frame_of(text: str, key: str, lines: list[Line]) -> Frame:
    """Read the head and the foot of the document."""
    foot = _foot_start(text, key, lines)
    head_cells = _cells(text, lines, 0, min(foot, 60))
    number, number_text, number_line, symbol = _number(head_cells)
    place, issued_on, issued_text, day_line = _place_day(text, lines, min(foot, 60))
    kind, title, title_line, addressees, body_line = _title(text, key, lines, head_cells, foot, number_line, day_line)
    recipients, authority, post, name, annex = _foot(text, key, lines, foot)
    header_line = max(number_line, day_line, title_line, body_line)
    issuer = _issuer(
        head_cells, number_line, day_line, title_line if title_line >= 0 else 12, symbol, place, title, authority, post
    )
    if kind == "" and symbol:
        part = next((p for p in re.split(r"[-/]", symbol) if p in _SUFFIX_KINDS), "")
        kind = _SUFFIX_KINDS.get(part, "Công văn" if addressees else "")
    if kind == "Bản tin" and not issued_text:
        month = re.search(r"tháng\s+\d{1,2}\s*/\s*20\d\d", title.lower())
        issued_text = month[0] if month else ""
    body_start = lines[header_line + 1].start if 0 <= header_line + 1 < len(lines) and header_line + 1 < foot else 0
    body_end = lines[foot].start if foot < len(lines) else len(text)
    if not number and not number_text and kind == "Công điện":
        number, issued_text = _quoted_number(text, key)
        if not issuer and "thủ tướng chính phủ" in key:
            issuer = "Thủ tướng Chính phủ"
    meeting = _meeting(text, key, body_start if header_line >= 0 else 0, body_end)
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


def _cells(text: str, lines: list[Line], first: int, last: int) -> list[_Cell]:
    cells = []
    for index in range(first, last):
        line = lines[index]
        printed = text[line.start : min(line.end, line.start + 1000)]
        position = 0
        parts = []
        for gap in [*_COLUMNS.finditer(printed), None]:
            end = gap.start() if gap else len(printed)
            words = printed[position:end].strip(" \t|*_#\u00a0")
            if words:
                parts.append((words, position, end))
            position = gap.end() if gap else end
        for order, (words, at, end) in enumerate(parts):
            left = order == 0 and line.indent < 28 if len(parts) > 1 else line.indent < 28
            cells.append(_Cell(squash(words), key_of(squash(words)), index, left, line.start + at, line.start + end))
    return cells


def _number(cells):
    for cell in cells:
        match = _NUMBER.match(cell.words)
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
        match = _PLACE_DAY.search(words[:300])
        if not match or len(words) - match.end() > 12:
            continue
        place = _COLUMNS.split(match["place"])[-1].strip()
        before = words[: match.start()] + match["place"]
        if not 1 <= len(place) <= 40 or _NUMBER.match(place) or len(_COLUMNS.split(before)[-1]) > 45:
            continue
        place = re.sub(r"^.*[\d/-]\S*\s+(?=[" + UPPER + "])", "", place)
        try:
            issued = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            issued = None
        return place, issued, squash(re.sub(r"[.…_]+", "", match["words"])), index
    return "", None, "", -1


def _foot_start(text, key, lines):
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
                if _ABOUT.match(c.key)
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
        _ABOUT.sub("", about.words, count=1)
        if not about.key.startswith(("v/v", "về việc"))
        else about.words[_ABOUT.match(about.key).end() :]
    ]
    last = about.line
    two = any(c.line == about.line and c is not about for c in cells)
    for cell in cells:
        if cell.line <= about.line or cell.line >= limit or cell.line > last + 1:
            continue
        if (
            _ADDRESS.match(cell.key)
            or _PLACE_DAY.search(cell.words)
            or _RIGHT.search(cell.key)
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
            found.append(_bare(rest))
        last = index
        for after in range(index + 1, min(index + 30, limit)):
            words = text[lines[after].start : lines[after].end].strip(" *_")
            if _ITEM.match(words) and (rest == "" or not rest.endswith(".") or True):
                found.append(_bare(words))
                last = after
            elif (
                found
                and not lines[after].after_blank
                and len(words) < 100
                and not re.search(r"[.;]$", text[lines[last].start : lines[last].end].strip())
            ):
                found[-1] = squash(found[-1] + " " + _bare(words))
                last = after
            else:
                break
        return tuple(f for f in found if f), last
    return (), -1


def _bare(words):
    return squash(_ITEM.sub("", words.strip(" *_"))).strip(" ;.,*_")


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
        r"công điện số\s+(\d+\s*/\s*cđ-[\w-]+),?\s*(ngày\s+\d{1,2}/\d{1,2}/20\d\d|ngày \d{1,2} tháng \d{1,2} "
        r"năm 20\d\d)?",
        key[:6000],
    )
    if not match:
        return "", ""
    return squash(text[match.start(1) : match.end(1)]).replace(" ", ""), text[match.start(2) : match.end(2)] if match[
        2
    ] else ""


def _issuer(cells, number_line, day_line, title_line, symbol, place, title, authority, post):
    """The body: from the letterhead, else from the number, the conclusion's own words, the signature."""
    parts = []
    for cell in cells:
        if (
            cell.line >= min(title_line, 14)
            or _RIGHT.search(cell.key)
            or _NUMBER.match(cell.words)
            or _PLACE_DAY.search(cell.words)
        ):
            continue
        if (
            not is_upper(cell.words)
            or _ABOUT.match(cell.key)
            or cell.key.strip(" .:") in KINDS
            or not any(c.isalpha() for c in cell.words)
        ):
            continue
        if (
            number_line >= 0
            and cell.line >= number_line
            and not (day_line >= 0 and cell.line < day_line and parts == [])
        ):
            continue
        parts.append(cell)
    bodies = _letterhead(parts)
    if bodies:
        return bodies
    return _issuer_from_words(symbol, place, title, authority)


def _letterhead(cells):
    words = [c.words for c in cells if _BODY_LINE.search(c.key + " ") or c.key]
    if not words:
        return ""
    # The Party's letterhead opens with the body above: ĐẢNG BỘ TỈNH ...
    if len(words) > 1 and key_of(words[0]).startswith("đảng bộ"):
        words = words[1:]
    joined = squash(" ".join(words))
    low = key_of(joined)
    heads = list(
        re.finditer(
            r"(?<!\w)(?:văn phòng|ban chỉ đạo|hội đồng đánh giá|hội đồng thẩm định|sở|phòng|chi cục|ban "
            r"thường vụ|ban (?=quản lý|dân tộc|tổ chức))(?!\w)",
            low,
        )
    )
    start = heads[-1].start() if heads and heads[-1].start() > 0 else 0
    name = _sentence_case(joined[start:])
    owner = _sentence_case(joined[:start]) if start else ""
    place = re.search(r"(?:tỉnh|huyện|xã|thành phố|thị xã|phường)\s+\S.*$", owner)
    if owner and place and place[0] not in name:
        base = "UBND " + place[0] if "Ủy ban" in owner or "UBND" in owner else place[0]
        name = f"{name} {base}" if name.startswith("Văn phòng") and "phối" not in name else f"{name} {place[0]}"
    return name.replace("Ủy ban nhân dân", "UBND") if not name.startswith("Chủ tịch") else name


_LOWER = {"NHÂN", "DÂN", "HUYỆN", "TỈNH", "XÃ", "PHỐ", "PHƯỜNG", "TRẤN", "PHÒNG", "BAN", "ỦY", "UỶ", "VỤ", "THƯỜNG", "CHỈ", "ĐẠO", "XÂY", "DỰNG", "NÔNG", "THÔN", "MỚI",
          "CÁC", "CHƯƠNG", "TRÌNH", "MỤC", "TIÊU", "QUỐC", "GIA", "TỊCH", "ĐỒNG", "ĐÁNH", "GIÁ", "PHÂN", "HẠNG", "SẢN", "PHẨM", "VÀ", "PHÁT", "TRIỂN", "MÔI",
          "TRƯỜNG", "HÀNH", "CHẤP", "TRỰC", "ĐIỀU", "PHỐI", "VỀ", "CỦA", "THỰC", "HIỆN", "NGHIỆP", "TÀI", "GIẢM", "NGHÈO", "BỀN", "VỮNG"}  # fmt: skip
# The word after these opens the name proper: Bộ Nông nghiệp, Ban Chỉ đạo, Văn phòng Điều phối.
_NAMED_AFTER = {"bộ", "sở", "phòng", "ban"}
_ABBREVIATIONS = {"UBND", "HĐND", "NTM", "OCOP", "MTQG", "TP", "MTTQ", "BCĐ", "PTNT", "CTMTQG"}


def _sentence_case(words: str) -> str:
    """`ỦY BAN NHÂN DÂN HUYỆN KỲ ANH` as `Ủy ban nhân dân huyện Kỳ Anh`: names keep capitals, common words lose them."""
    out = []
    named = False
    for order, word in enumerate(words.split()):
        bare = word.strip(",.-*")
        if bare in _ABBREVIATIONS or not bare.isupper():
            out.append(word)
            continue
        kind_of_place = bare in {"HUYỆN", "TỈNH", "XÃ", "PHỐ", "PHƯỜNG", "TRẤN"} and not (
            named and bare == "PHỐ" and out[-1:] != ["thành"]
        )
        if order == 0:
            out.append(word.capitalize())
        elif bare == "THÀNH" or bare == "THỊ":
            out.append(word.lower() if re.search(rf"{bare} (?:PHỐ|XÃ|TRẤN)", words) else word.capitalize())
        elif out[-1].lower() in _NAMED_AFTER and not (len(out) > 1 and out[-2].lower() in ("ủy", "uỷ")):
            out.append(word.capitalize())
        elif out[-1] == "và" and out[0] in ("Bộ", "Sở", "Phòng"):
            out.append(word.capitalize())
        elif kind_of_place or (bare in _LOWER and not named):
            out.append(word.lower())
        else:
            out.append(word.capitalize())
        named = named or (kind_of_place and order > 0)
        if bare in ("ỦY", "UỶ") and order > 0 and out[-2:-1] and out[-2].lower() in ("huyện", "tỉnh", "đảng", "thành"):
            named = False
    return " ".join(out).replace("Uỷ", "Ủy")


def _issuer_from_words(symbol, place, title, authority):
    low = key_of(title)
    if symbol:
        body = re.split(r"[-/]", symbol)[-1]
        if body.startswith("UBND") or "UBND" in symbol:
            return f"UBND huyện {place}" if place else "UBND"
        if body == "HU":
            return f"Huyện ủy {place}".strip()
        if body == "TU":
            return f"Tỉnh ủy {place}".strip()
    match = re.match(
        r"kết luận\s+(?:của\s+)?((?:ban )?(?:thường vụ|thường trực|ban chỉ đạo|ubnd|ủy ban nhân dân|hđnd|"
        r"huyện ủy|tỉnh ủy|đảng ủy)(?:\s+(?:huyện ủy|tỉnh ủy|đảng ủy|thành ủy|hđnd|ubnd|huyện|tỉnh))?)",
        low,
    )
    if match:
        return (
            _sentence_case(title[match.start(1) : match.end(1)])
            if title[match.start(1) : match.end(1)].isupper()
            else title[match.start(1) : match.end(1)]
        )
    if authority:
        last = re.sub(r"^(?:T/?M|T/?L|K/?T|TUQ)[.\s]*", "", authority.split(" / ")[0]).strip()
        if "THƯỜNG VỤ" in last:
            return "Ban Thường vụ Huyện ủy"
        if "CHỦ TỊCH" in last or "ỦY BAN" in last:
            return f"UBND huyện {place}".strip()
        return _sentence_case(last)
    return ""


def _foot(text, key, lines, foot):
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
    cells = _cells(text, lines, foot, min(last, foot + 60))
    recipients: list[str] = []
    signers: list[_Cell] = []
    listing = False
    for cell in cells:
        if _RECIPIENTS.match(cell.key):
            listing = True
            rest = cell.words[_RECIPIENTS.match(cell.key).end() :].strip(" :*_")
            if rest:
                recipients.append(_bare(rest))
            continue
        if listing and (_ITEM.match(cell.words) or (cell.key.startswith("lưu") and cell.left)):
            recipients.append(_bare(cell.words))
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
                recipients[-1] = squash(recipients[-1] + " " + _bare(cell.words))
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


def _meeting(text, key, start, end):
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
        if _CITED.search(before) or re.search(r"(?:tính đến|đến|kể từ|từ|trước)\s+(?:ngày\s+)?$", before):
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
