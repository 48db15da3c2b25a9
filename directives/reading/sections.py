"""What a block is for: heading or item, and whether its section holds orders, goals, purposes or an assessment."""

import re
from enum import Enum

from directives.reading.bodies import HEAD, body_end, split_names, trim
from directives.reading.marks import BULLETS, PLAIN
from directives.reading.notice import Span
from directives.reading.outline import Block, is_upper


class Section(Enum):
    """What may stand in a section. OPEN is not settled: each item is judged by its own words."""

    OPEN = "open"
    ORDERS = "orders"
    GOALS = "goals"
    PURPOSE = "purpose"
    REPORT = "report"


_LONGEST_HEADING = 260
_SENTENCE_END = re.compile(r"[.;]\W*$")

# The first of these words in a heading says what its section is for.
_WORDS = re.compile(
    r"(?P<report>\bđánh giá(?: chung| tình hình| kết quả)?|\bkết quả|\btình hình|\bưu điểm|\btồn tại|\bhạn "
    r"chế|\bkhuyết điểm|\bkhó khăn|\bnguyên nhân|"
    r"\bbài học|\bthực trạng|\bthành phần|\bcăn cứ|\bcơ sở pháp lý|\bmặt đạt được|\bnhững việc đã|\bsự cần "
    r"thiết|\bkinh phí|\bnguồn vốn thực hiện|\bnguồn kinh phí|\bhiệu lực|\bkhái quát|\bđặc điểm)"
    r"|(?P<purpose>\bmục đích|\byêu cầu\s*$|\bquan điểm|\bphạm vi|\bđối tượng|\bmục tiêu chung|\bmục tiêu tổng quát)"
    r"|(?P<goals>\bmục tiêu|\bchỉ tiêu|\bphấn đấu)"
    r"|(?P<orders>\bnhiệm vụ|\bgiải pháp|\btổ chức thực hiện|\bphân công|\bbiện pháp|\bnội dung|\byêu cầu|"
    r"\bchỉ đạo|\bcông việc|\bphương hướng|\bđề nghị|\bkiến nghị|\bkết luận|\btriển khai|\btrách nhiệm|"
    r"\bcông tác trọng tâm)"
)
_REPORT_START = re.compile(
    r"\W*(?:về\s+)?(?:(?:những|một số)\s+)?(?:kết quả|ưu điểm|tồn tại|hạn chế|khuyết điểm|nguyên nhân|khó "
    r"khăn|mặt đạt được|kinh phí|nguồn kinh phí|hiệu lực|thực trạng|đánh giá chung|đánh giá tình hình|tình "
    r"hình)\b"
)
_TOPIC = re.compile(r"\W*(?:về|đối với)\s+(?:(?:các|những|một số|việc|nội dung)\s+)*")
_ALSO_ORDERS = re.compile(r"nhiệm vụ|giải pháp")
_ADDRESSED = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:(?:về phía|đối với|giao(?: cho)?|trách nhiệm của|nhiệm vụ của|phân công|đề nghị|"
    r"yêu cầu|với|chỉ đạo|lãnh đạo)\s+)+"
)


_ASKS = re.compile(r"(?:là gì|ra sao|thế nào|bao nhiêu|hay không|khi nào|là ai|ở đâu)\s*\?\W*$")
_OF_LAW = re.compile(
    r"\W*(?:(?:căn cứ|theo)\s+)?(?:quy định\s+)?(?:tại\s+)?(?:(?:điểm|khoản|điều|mục)\s[^:]{0,120})?\b(?:luật|bộ luật|nghị định|"
    r"thông tư|pháp lệnh)\b[^:]{0,240}\b(?:quy định|bao gồm|gồm|bị nghiêm cấm)[^:]{0,40}:\W*$"
)
_BINDS = re.compile(r"yêu cầu|đề nghị|\bgiao\b|thực hiện (?:các|một số|những)|nhiệm vụ")


def quotes_law(words: str) -> bool:
    """Whether a lead-in opens the words of a law: `Căn cứ Điều 12 Luật ..., các hành vi bị cấm được quy định như sau:`."""
    return bool(_OF_LAW.match(words)) and not _BINDS.search(words)


def section_of(heading: str, parent: Section) -> Section:
    """What the section under a heading is for; `heading` in the form of text.key_of, `parent` that of the one around it."""
    if parent in (Section.REPORT, Section.PURPOSE) or _ASKS.search(heading):
        return parent if not _ASKS.search(heading) else Section.REPORT
    if parent is Section.ORDERS:
        if _REPORT_START.match(heading):
            return Section.REPORT
        if re.match(r"\W*mục đích", heading):
            return Section.PURPOSE
        return (
            Section.GOALS
            if re.match(r"\W*(?:về\s+)?(?:các\s+)?(?:mục tiêu|chỉ tiêu)(?!.*(?:nhiệm vụ|giải pháp))", heading)
            else parent
        )
    topic = _TOPIC.match(heading)
    # "1. Về Báo cáo kết quả ...", "Về chủ trương ...": a matter on the agenda, which may end in orders.
    found = _WORDS.match(heading, topic.end()) if topic else _WORDS.search(heading)
    if not found:
        return parent
    section = Section(found.lastgroup)
    if section in (Section.GOALS, Section.PURPOSE) and _ALSO_ORDERS.search(heading):
        return Section.ORDERS
    if (
        section is Section.REPORT
        and re.search(r"[;,]\s*(?:phương hướng|nhiệm vụ|giải pháp)", heading)
        and not _REPORT_START.match(heading)
    ):
        return Section.OPEN
    return section


def is_heading(block: Block, text: str, key: str, following: Block | None) -> bool:
    """Whether a block only names what stands under it."""
    if block.kind == "row":
        return False
    words = text[block.start : block.end].strip(" *_\n")
    if not words:
        return True
    length = len(words)
    if block.kind == "title":
        return True
    if is_upper(words) and length <= 400:
        return True
    if length > _LONGEST_HEADING or _SENTENCE_END.search(words):
        return False
    holds = bool(block.children) or (following is not None and following.parent is block)
    if block.ends_colon:
        return holds and length <= 160 and not _is_lead_in(key, block)
    if block.kind in BULLETS:
        return block.kind == "star" and holds
    if block.kind == PLAIN:
        return holds and text[block.start] == "*" or _is_bold_line(text, block)
    return holds or block.kind in ("part", "upper", "roman")


def _is_bold_line(text: str, block: Block) -> bool:
    words = text[block.outer_start : block.end].strip()
    return words.startswith(("**", "__")) and words.endswith(("**", "__", "**:", ":**")) and len(words) < 200


_LEAD_IN = re.compile(
    r"sau(?: đây)?\s*:|(?:nội dung|nhiệm vụ|giải pháp|công việc)[^:]{0,40}:\s*$|\b(?:yêu cầu|đề nghị|kết "
    r"luận|chỉ đạo)(?:\s+như sau)?\W*:\s*$"
)


def _is_lead_in(key: str, block: Block) -> bool:
    words = key[block.start : block.end]
    return bool(re.search(r"(?:như|nội dung|nhiệm vụ|việc|giải pháp)\s+sau", words)) or (
        (len(words) > 60 or bool(re.match(r"\W*(?:để|nhằm|trên cơ sở|thực hiện|căn cứ)\s", words)))
        and bool(_LEAD_IN.search(words))
    )


def heading_leads(block: Block, text: str, key: str) -> list[Span]:
    """The bodies a heading names: `3. Đối với các thành viên Ban Chỉ đạo`, `UBND huyện:`, `Giao Sở X:`; [] if it names none."""
    start, end = trim(text, block.start, block.end)
    addressed = _ADDRESSED.match(key, start, end)
    at = addressed.end() if addressed else start
    if end - at > 320:
        return []
    head = HEAD.match(key, at, end)
    if not head:
        return []
    if re.match(r"(?:các\s+)?(?:văn bản|chương trình|nội dung|vùng|tuyến|công tác)", key[at:end]):
        return []
    stop = body_end(text, key, at, end)
    if stop is not None and key[stop[1]] != ":":
        # "Xã X đạt chuẩn ..." is a topic; "Đảng ủy xã lãnh đạo UBND xã:" names who.
        if not block.ends_colon and not addressed:
            return []
        return split_names(text, key, at, stop[0])
    last = stop[0] if stop is not None else end
    names = split_names(text, key, at, last)
    opened = key.find("(", at, last)
    if opened > at:
        first, close = trim(text, at, opened)
        names = [*names, (first, close)] if (first, close) not in names else names
    return names
