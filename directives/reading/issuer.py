"""The body that issued a document: from its letterhead, else from its number, its own words, the signature."""

import re

from directives.reading.cells import ABOUT, NUMBER, PLACE_DAY, RIGHT
from directives.reading.kinds import KINDS
from directives.reading.outline import is_upper
from directives.reading.text import key_of, squash


def issuer_of(cells, number_line, day_line, title_line, symbol, place, title, authority, post):
    """The body: from the letterhead, else from the number, the conclusion's own words, the signature."""
    parts = []
    for cell in cells:
        if (
            cell.line >= min(title_line, 14)
            or RIGHT.search(cell.key)
            or NUMBER.match(cell.words)
            or PLACE_DAY.search(cell.words)
        ):
            continue
        if (
            not is_upper(cell.words)
            or ABOUT.match(cell.key)
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
    words = [c.words for c in cells]
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


# Common words of letterheads, which names in small letters keep small.
_LOWER = set(
    # A list of words reads better here than forty quoted ones.
    (  # noqa: SIM905
        "NHÂN DÂN HUYỆN TỈNH XÃ PHỐ PHƯỜNG TRẤN PHÒNG BAN ỦY UỶ VỤ THƯỜNG CHỈ ĐẠO XÂY DỰNG NÔNG THÔN MỚI CÁC "
        "CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA TỊCH ĐỒNG ĐÁNH GIÁ PHÂN HẠNG SẢN PHẨM VÀ PHÁT TRIỂN MÔI TRƯỜNG HÀNH "
        "CHẤP TRỰC ĐIỀU PHỐI VỀ CỦA THỰC HIỆN NGHIỆP TÀI GIẢM NGHÈO BỀN VỮNG "
    ).split()
)
# The word after these opens the name proper: Bộ Nông nghiệp, Ban Chỉ đạo, Văn phòng Điều phối.
_NAMED_AFTER = {"bộ", "sở", "phòng", "ban"}
_ABBREVIATIONS = {"UBND", "HĐND", "NTM", "OCOP", "MTQG", "TP", "MTTQ", "BCĐ", "PTNT", "CTMTQG"}


_PARTY = re.compile(r"\b(huyện|tỉnh|đảng|thành|thị) ủy\b", re.IGNORECASE)


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
        elif (
            out[-1].lower() in _NAMED_AFTER
            and not (len(out) > 1 and out[-2].lower() in ("ủy", "uỷ"))
            or out[-1] == "và"
            and out[0] in ("Bộ", "Sở", "Phòng")
        ):
            out.append(word.capitalize())
        elif kind_of_place or (bare in _LOWER and not named):
            out.append(word.lower())
        else:
            out.append(word.capitalize())
        named = named or (kind_of_place and order > 0)
        if bare in ("ỦY", "UỶ") and order > 0 and out[-2:-1] and out[-2].lower() in ("huyện", "tỉnh", "đảng", "thành"):
            named = False
    # A committee of the Party is written as a name: Huyện ủy.
    return _PARTY.sub(lambda found: f"{found[1].capitalize()} ủy", " ".join(out).replace("Uỷ", "Ủy"))


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
