"""Bodies and people that can be told to do something, and the verbs of doing: the grammar of official sentences."""

import re

from directives.reading.text import UPPER
from directives.reading.words import NOUNS, VERBS, alternatives, either

# Heads of names of bodies and posts, in the form of text.key_of, with what must not follow them.

_QUANT = r"(?:tất cả|toàn thể|các|những|từng|mỗi|một số|hai|ba|riêng|0?\d{1,3}(?!\s*[%/.,]\d))"
_RANK = r"(?:đồng chí|đ/c|ông|bà|lãnh đạo|tập thể|thường trực|uv|tt\.?|ttr\.?)"
_NAMES = either(alternatives(NOUNS))

HEAD = re.compile(
    rf"(?<!\w)(?:{_QUANT}\s+){{0,2}}(?:{_RANK}\s+){{0,2}}(?:(?:{_NAMES})(?!\w)|(?<=đồng chí )(?=[^\W\d_])|"
    rf"(?<=đ/c )(?=[^\W\d_]))"
)
# The same, for where nothing but a body can stand (after `Giao`, in a table cell).
PERSON = re.compile(rf"(?:{_QUANT}\s+)?(?:đồng chí|đ/c|ông|bà)\s+")


_VERBS = either(sorted(alternatives(VERBS), key=len, reverse=True))
_VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?!\w)|[:.;]")
_VERB_START = re.compile(rf"(?:{_VERBS})(?!\w)")
# Verbs that, right after such nouns, belong to the name: cơ quan chủ trì, xã đăng ký đạt chuẩn, đơn vị thi công.
_INSIDE_NAME = re.compile(
    r"(?:(?:cơ quan|đơn vị|sở|ngành|sở, ngành|bộ phận|địa phương|lực lượng|xã|thôn|các xã|thị trấn|huyện|"
    r"thành phố|chi bộ|tổ chức|tổ|chuyên môn|công chức|cán bộ|thành viên[^.;:]{0,40}|"
    r"chủ tịch|phó chủ tịch|lãnh đạo|đồng chí|bcđ|ban chỉ đạo|thường vụ|ban ngành|ban, ngành|ngành)\s+)$"
)
_NAME_VERBS = re.compile(
    r"(?:chủ trì(?=\s+(?:chương trình|dự án|,|nghiên cứu|nội dung|các|thực hiện các))|phụ trách|thường trực|"
    r"quản lý|thi công|được giao|đăng ký(?=\s+(?:về đích|đạt|xây dựng|phấn đấu|nông thôn mới|ntm|hoàn "
    r"thành))|"
    r"phấn đấu(?=\s+(?:đạt|về đích|hoàn thành))|thực hiện(?=\s+(?:chương trình|dự án))|đạt(?=\s+chuẩn)|cấp)(?!\w)"
)
_PROGRAMME = re.compile(
    r"(?:thực hiện|xây dựng|triển khai|quản lý)\s+(?:các\s+)?(?:chương trình|nông thôn mới|ntm|dự án)"
)
_UNIT = re.compile(r"(?:^|\s)(?:ban|tổ|hội đồng|đội|bộ phận|bộ|cụm|khối)\s+$")
# "14 xã chưa đạt chuẩn NTM", "9 xã phấn đấu đạt chuẩn năm 2020": what kind of places, not what they are to do.
# A verb as the second half of a noun: chương trình, quy trình, công lập; and fields of work that name a department.
_PART_OF_WORD = re.compile(
    r"(?:(?:chương|quy|công|lộ|tiến|quá|giáo|tờ|hành|giải|phát|chính|truyền) trình|(?:công|độc|dân|đối) lập|"
    r"giao thông|nguồn thu|địa bàn|(?:các|những) tổ chức|(?:qlda|quản lý dự án) đầu tư|"
    r"(?:trung|cao|các|cùng|phân|sơ|đẳng) cấp|dự án đầu tư|đầu tư xây dựng|công nhận|tổng thể|thường trực ban)$"
)
_FIELD = re.compile(r"(?:đào tạo|thông tin|đầu tư|phát triển|xây dựng|truyền thông|giải phóng)(?!\w)")
_SERVICE = re.compile(
    r"(?:trung tâm|chi cục|viện|trạm|công ty|phòng|văn phòng|hội|quỹ|bộ phận|ban|sở)\s+(?:phát triển|kiểm "
    r"soát|phục vụ|truyền thông|đào tạo|quản lý|"
    r"điều phối|đăng ký|bồi dưỡng|hỗ trợ|thông tin|xúc tiến|chuyển đổi|ứng dụng|giám sát|đầu tư|xây dựng|"
    r"tiếp nhận|thanh tra|kiểm tra)$"
)
_STATE = re.compile(
    r"(?:(?:phấn đấu|đăng ký|đạt|được công nhận|hoàn thành|xây dựng|về đích)\s+)*(?:đạt chuẩn|về đích|đạt "
    r"tiêu chuẩn|chuẩn|nông thôn mới|ntm)"
    r"(?:\s+(?:nông thôn mới|ntm|nâng cao|kiểu mẫu|trong|năm|20\d\d))*"
)
_PLACES = re.compile(
    r"(?:xã|thôn|huyện|thị trấn|địa phương|bản|sản phẩm)(?:\s+(?:chưa|đã|được|đã được|sẽ|còn lại))*\s+$"
)
_COMMITTEE = re.compile(
    r"(?:ban chỉ đạo|ban quản lý|bcđ|văn phòng điều phối|ban phát triển|vpđp)(?:\s+(?:các|huyện|xã|tỉnh|cấp "
    r"huyện))?\s+$"
)

DELEGATE = re.compile(
    r"(?<!\w)(?:(?:thống nhất\s+|đồng ý\s+|nhất trí\s+|trân trọng\s+|kính\s+|và\s+|đồng thời\s+)*"
    r"(?P<verb>giao(?!\s+(?:ban(?:\s+(?:hàng|hằng|với|định kỳ|trực tuyến|tuần|tháng|quý|cuối|để|về|giữa|"
    r"thường kỳ|thường xuyên|báo)|\s*[.,;])|lưu|thông|đất|khoán|dịch|thoa|mùa)\b)(?:\s+(?:trách nhiệm|nhiệm "
    r"vụ))?|yêu cầu|đề nghị|phân công|ủy quyền|chỉ đạo|lãnh đạo|nhắc nhở|kêu gọi|lưu ý)(?:\s+cho)?)\s+(?!của\s)"
)
_BEFORE_DELEGATE = re.compile(
    r"(?:^|[.;:,(\-\"]|\bvà|\bđồng thời|\btrí|\bnhất|\bý|\bhuyện|\bxã|\btỉnh|\bphủ|\bủy|\bvụ|\bđạo|\btrì|"
    r"\btrực|\bphải|\bphó chủ tịch|\bchủ tịch|\blà|\bmới|\bubnd|\bđiều này)\s*$"
)
_OPENER = re.compile(
    r"\W*(?:trên cơ sở|căn cứ|để|nhằm|trong|từ|trước|sau|định kỳ|hàng|hằng|đối với|với|về|việc|bên cạnh|"
    r"ngoài ra|đồng thời|riêng|tuy nhiên|do đó|"
    r"vì vậy|theo|khi|nếu|trường hợp|thực hiện|nhận được|trước mắt|trên đây|công tác|tiêu chí|nội dung|đến|"
    r"chậm nhất|mặt khác|như vậy|qua|xét|hiện nay|năm|"
    r"tại|thống nhất|đồng ý|nhất trí|nguồn|bên|ngay|tùy|tính|thời gian|số|nhiệm vụ|kinh phí|tập trung|thu "
    r"hoạch|dự án|phong trào|mục tiêu|chương trình|giải pháp|cho|kiến nghị|đề xuất|ý kiến|phương án)"
)
_TOWARDS = re.compile(
    r"\W*(?:(?:riêng\s+)?(?:đối\s+)?với|về phía|riêng|đồng thời,?|tuy nhiên,?|trước mắt,?|ngoài ra,?|bên "
    r"cạnh đó,?|đặc biệt,?|mặt khác,?)\s+(?!việc)"
)
_CITED = re.compile(r"\s+theo\s+(?:quyết định|kế hoạch|công văn|thông báo|phân công|chức năng|nhiệm vụ|lĩnh vực)\b")
_LONGEST_NAME = 260
# Parts of one subject that semicolons separate.
_MOST_PARTS = 5


def starts_with_verb(key: str, start: int, end: int) -> bool:
    """Whether the words open with a verb of doing, as instructions under a heading do."""
    while start < end and not key[start].isalnum():
        start += 1
    return bool(_VERB_START.match(key, start, end))


def starts_with_body(key: str, start: int, end: int) -> bool:
    while start < end and not (key[start].isalnum()):
        start += 1
    return bool(HEAD.match(key, start, end) or PERSON.match(key, start, end))


def body_end(text: str, key: str, start: int, end: int, parts: dict[int, bool] | None = None) -> tuple[int, int] | None:
    """Where the name of a body that starts at `start` ends and where its verb begins; None if no verb follows.

    The verb's place is that of ":" for `Phòng X: rà soát ...`. Names may hold verbs: with a capital (`Sở Xây dựng`),
    or after certain nouns (`cơ quan chủ trì`). `parts` keeps, by their start, which further parts of the subject have a
    verb: asked anew at each semicolon, forty parts would be asked 2^40 times.
    """
    head = HEAD.match(key, start, end) or PERSON.match(key, start, end)
    if not head:
        return None
    limit = min(end, start + _LONGEST_NAME)
    position = head.end()
    depth_end = -1
    for verb in _VERB.finditer(key, position, limit):
        at = verb.start()
        if at < depth_end:
            continue
        opening = key.rfind("(", position, at)
        if opening >= 0 and key.find(")", opening, at) < 0:
            close = key.find(")", at, limit)
            if close < 0:
                return None
            depth_end = close
            continue
        sign = verb[0]
        if sign in ".;":
            if sign == "." and re.search(r"\b(?:tt|ttr|tp|tx|bt|ts|ths|th|q|p)$", key[max(start, at - 4) : at]):
                continue
            if sign == ".":
                return None
            # "Giám đốc các sở; Chủ tịch UBND các xã hoãn ...": one subject in two parts.
            part = _skip_space(key, at + 1)
            parts = {} if parts is None else parts
            if part not in parts:
                parts[part] = False
                if len(parts) <= _MOST_PARTS and HEAD.match(key, part, end):
                    parts[part] = body_end(text, key, part, end, parts) is not None
            if parts[part]:
                continue
            return None
        if sign == ":":
            return (at, at)
        if text[at].isupper():
            if key.startswith(("giao", "phải", "không", "khẩn trương"), at) and key[at - 2 : at - 1] in ".:":
                return (at, at)
            continue
        before = key[max(start, at - 70) : at]
        if sign == "phụ trách" and re.search(r"đồng chí|thành viên|ủy viên|\buv\b|cán bộ", key[start:at]):
            depth_end = verb.end()
            continue
        if _PART_OF_WORD.search(before + sign) or (before.endswith((" và ", "- ")) and _FIELD.match(key, at, end)):
            continue
        if _SERVICE.search(before + sign) and at - start < 60:
            continue
        if re.search(r"được\s+(?:phân công\s+)?$", before) and at - start < 160:
            # "các sở được phân công phụ trách tiêu chí".
            depth_end = verb.end()
            continue
        if sign == "đặc biệt" and key.startswith("đặc biệt khó khăn", at):
            depth_end = at + 18
            continue
        if _UNIT.search(before) and at - start < 40:
            # "Ban chỉ đạo", "Tổ giám sát": the verb is the rest of the name.
            depth_end = verb.end()
            continue
        if _STATE.match(key, at, end) and _PLACES.search(before):
            depth_end = _STATE.match(key, at, end).end()
            continue
        if before.endswith(" chưa ") and re.match(r"[^.;,:()]{0,60}[:(]", key[at:limit]):
            # "03 xã chưa đạt: A, B và C".
            depth_end = verb.end()
            continue
        if _PROGRAMME.match(key, at, end) and _COMMITTEE.search(before):
            depth_end = at + 9
            continue
        if _NAME_VERBS.match(key, at, end) and _INSIDE_NAME.search(before):
            depth_end = verb.end()
            continue
        if sign in (
            "in",
            "cấp",
            "là",
            "thu",
            "dự",
            "mở",
            "ký",
            "bàn",
            "tự",
            "xem",
            "đạt",
            "nhận",
            "giữ",
            "nâng",
            "thông tin",
            "văn phòng",
            "lập",
        ) and not _is_plain_verb(key, at, sign):
            continue
        if before.rstrip().endswith(("-", "&")) or (before.rstrip().endswith(" và") and text[at].isupper()):
            continue
        return (at, at)
    return None


def _is_plain_verb(key, at, sign):
    if sign == "cấp":
        return not re.match(r"cấp\s+(?:huyện|xã|tỉnh|trên|dưới|ủy|cơ sở|trung ương)", key[at : at + 20])
    if sign == "thông tin":
        return not re.match(r"thông tin\s+(?:điện tử|và|-)", key[at : at + 20])
    if sign in ("dự", "thu"):
        return not re.match(r"(?:dự (?:án|toán|báo|thảo|kiến)|thu nhập)", key[at : at + 12])
    return sign != "lập" or not re.match(r"lập\s+(?:thạch)", key[at : at + 12])


def _skip_space(key, position):
    while position < len(key) and key[position] in " \"'(":
        position += 1
    return position


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without spaces, commas and marks of emphasis at its ends."""
    while start < end and text[start] in " \t\n\u00a0*_,;:-–\"'“”(.":
        start += 1
    while end > start and text[end - 1] in " \t\n\u00a0*_,;:-–\"'“”.":
        end -= 1
    return start, end


_SPLIT = re.compile(r"\s*[,;]\s*(?:và\s+)?|\s+(?:và|cùng)\s+(?:với\s+)?")
_KEEP_WITH = re.compile(
    r"(?:các|những)\s+(?:[\w-]+\s*,\s*)*(?:[\w-]+\s*)$|^(?:các|những)\s+(?:bộ|sở|phòng|xã|phường|phường|thôn)\b"
)
# Heads that open a name of their own even in a list: "Phòng A, Phòng B và UBND các xã".
_OWN = re.compile(
    r"(?:các\s+|những\s+)?(?:ubnd|ủy ban|hđnd|sở\s|phòng\s|bộ\s|chi cục\s|cục\s|ban\s(?:chỉ|quản|tổ chức|"
    r"tuyên|dân|nội|thường|chấp|chỉ huy|chqs|xây|kiểm)|quân chủng\s|quân khu\s|btl\s|văn phòng\s|vp\s|trung tâm\s|hội\s|"
    r"mttq|mặt trận|đảng ủy|chi bộ\s|công an\s|kho bạc|kiểm toán|ngân hàng|bưu điện|đài\s|báo\s|điện lực|công ty\s|"
    r"bhxh|bảo hiểm|bch|đảng đoàn|ban cán sự|ban\s(?:nội chính|giám sát|dân tộc)|bộ chỉ huy|đội\s|hạt\s|"
    r"trạm\s|hợp tác xã|đảng bộ|thường trực\s|ủy ban|liên hiệp|ubkt|bqlda|huyện đoàn|tỉnh đoàn|đoàn\s|liên "
    r"đoàn|liên minh|chủ tịch\s+ubnd|"
    r"chủ tịch\s+ủy ban|giám đốc\s|thủ trưởng\s|trưởng\s|các tổ chức\s|các đoàn thể\s|các đồng chí|thông tấn|"
    r"trường\s|viện\s|tổ\s|xã\s|thị trấn\s|huyện\s|vnpt|viettel|các cơ quan|cơ quan\s|các đơn vị)"
)


_FRONT = re.compile(r"(?:mttq|mặt trận)(?:\s+tổ quốc)?[^,;]{0,24}$")


def split_names(text: str, key: str, start: int, end: int) -> list[tuple[int, int]]:
    """The single names in a list of bodies. What hangs together stays: các sở, ban, ngành; UBND các xã, thị trấn."""
    start, end = trim(text, start, end)
    if start >= end:
        return []
    spans, first = [], start
    for gap in _SPLIT.finditer(key, start, end):
        opening = key.rfind("(", start, gap.start())
        if opening >= 0 and key.find(")", opening, gap.start()) < 0:
            continue
        left, right = key[first : gap.start()], key[gap.end() : min(end, gap.end() + 40)]
        if not _OWN.match(right) or not _OWN.match(left + " "):
            continue
        if _FRONT.search(left) and re.match(r"các\s+(?:đoàn thể|tổ chức|hội)", right):
            # "MTTQ và các đoàn thể" is one address.
            continue
        if left.endswith("văn phòng hđnd") and right.startswith("ubnd"):
            # One office for two bodies.
            continue
        if ":" in left or re.match(r"(?:các|những)\s+(?:sở|ban|phòng|cơ quan|đơn vị|đồng chí)[\s,]*$", left + " "):
            continue
        if (
            text[gap.end()].islower()
            and key[gap.end() : gap.end() + 3] not in ("các", "ubn")
            and not re.match(
                r"(?:phòng|sở|trung tâm|văn phòng|ban|hội|công an|xã|thị trấn|huyện)\s+[" + UPPER + r"]",
                text[gap.end() : gap.end() + 30],
            )
        ):
            continue
        spans.append(trim(text, first, gap.start()))
        first = gap.end()
    spans.append(trim(text, first, end))
    return [_bare(text, key, *span) for span in spans if span[0] < span[1]]


def _bare(text: str, key: str, start: int, end: int) -> tuple[int, int]:
    """A name without the bracket or the decision that follows it."""
    if text[end - 1] == ")" and (opening := key.rfind("(", start, end)) > start + 3:
        end = opening
    cited = _CITED.search(key, start, end)
    return trim(text, start, cited.start() if cited and cited.start() > start + 3 else end)
