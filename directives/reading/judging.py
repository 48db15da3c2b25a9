"""What is an instruction and what is not: assessment, goals, citations, closing lines."""

import re
from collections.abc import Callable

from directives.reading.bodies import starts_with_body, starts_with_verb
from directives.reading.instructions import Clause
from directives.reading.marks import PLAIN
from directives.reading.outline import Block
from directives.reading.sections import Section

# A longer block is no instruction an officer could follow up; only its beginning is read.
LONGEST_READ = 8_000
_SHORTEST = 12

_CITATION = re.compile(
    r"\W*(?:căn cứ|xét|theo)\s+(?:luật|nghị quyết|nghị định|quyết định|công văn|thông tư|thông báo|kế hoạch "
    r"số|kế hoạch thực hiện|kết luận|chỉ thị|hướng dẫn|văn bản|tờ trình|báo cáo|đề nghị|bộ luật|biên bản|kết "
    r"quả|quy định|ý kiến|các)"
)
_CLOSING = re.compile(
    r"\W*(?:trên đây là|[^.;:]{0,120}trân trọng (?:cảm ơn|cám ơn)|(?:xin )?(?:cảm|cám) ơn|"
    r"nhận được (?:công điện|thông báo|văn bản|chỉ thị|kế hoạch|công văn)|trong quá trình "
    r"(?:tổ chức |triển khai )?(?:thực hiện|triển khai)|"
    r"(?:thông báo|công văn|chỉ thị|kế hoạch|kết luận|quyết định|công điện) này\s)"
    r"|\W*(?:các cấp|các cơ quan|các ngành|các đơn vị|yêu cầu các|đề nghị các|thừa lệnh)[^.;]{0,200}(?:thực "
    r"hiện (?:tốt |nghiêm túc |nghiêm )?(?:các )?(?:nội dung )?(?:thông báo|kết luận|chỉ thị|công văn|kế "
    r"hoạch|nội dung trên|văn bản)[^.;]{0,30})\W*$"
    r"|\W*(?:kính |trân trọng )?(?:đề nghị|yêu cầu|rất mong)[^.;]{0,160}(?:quan tâm|phối hợp|nghiêm túc|khẩn "
    r"trương)[^.;]{0,60}(?:thực hiện|triển khai)\W*$"
    r"|\W*(?:đề nghị|yêu cầu) các (?:cơ quan|đơn vị|ngành|cấp|địa phương|sở)[^.;]{0,60}(?:thực hiện|triển "
    r"khai)(?: thực hiện)? (?:nghiêm túc|nghiêm|tốt|có hiệu quả)\W*$"
    r"|[^.;]{0,300}?\bthông báo (?:ý kiến kết luận[^.;]{0,200}|nội dung[^.;]{0,200}|kết "
    r"luận[^.;]{0,200})?(?:để|đến|cho|tới)\s[^.;]{0,400}(?:biết|thực hiện|thực hiên|triển "
    r"khai)[^.;]{0,60}\W*$"
)
# Marks of a page of the web and questions with their answers: no words of an office to another.
_PAGE = re.compile(
    r"\W*(?:(?:in bài viết|bản in|gửi email|chia sẻ|lượt xem|tin liên quan|tags?)\s*(?:[|:]|$)|(?:ban biên tập|biên "
    r"tập|tác giả|nguồn tin|người đăng|hỏi|đáp)\s*:)"
)
_STATE_OF_THINGS = re.compile(
    r"\W*(?:về\s+)?(?:tình hình chung|đánh giá chung|nhận định chung|kết quả (?:đạt được|chung)|ưu điểm)\b[^:.;]{0,60}:"
)
_ASSESSMENT_START = re.compile(
    r"\W*(?:trong\s+(?:\d+\s+tháng|thời gian|năm|những năm|quý|tuần|tháng)[^,.;]{0,40}(?:qua|vừa qua|"
    r"20\d\d)?,\s|thời gian qua|tuần qua|năm qua|vừa qua|tính đến|đến nay|sau \d+ năm|"
    r"qua\s+(?:báo cáo|kiểm tra|theo dõi|\d)|bên cạnh những kết quả|tuy nhiên,?\s+(?:bên cạnh|vẫn|còn|tiến "
    r"độ|công tác|một số|việc)|nhìn chung|kết quả\s+(?:này|đạt)|"
    r"(?:cơ bản\s+|về cơ bản\s+)?(?:đánh giá cao|ghi nhận|biểu dương|hoan nghênh|thống nhất đánh giá|nhất "
    r"trí với (?:nội dung )?báo cáo|thống nhất (?:với )?(?:nội dung )?báo cáo)|"
    r"đến\s+(?:hết\s+)?(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?[,\s]+(?:xã|toàn|huyện|tỉnh|đã)|mức\s|tổng số|"
    r"đây là|hiện nay|có\s+\d)"
)
DONE = re.compile(
    r"\bđã\s+(?:có|được|tổ chức|tập trung|chủ động|quan tâm|triển khai|tích cực|ban hành|hoàn thành|chỉ đạo|"
    r"thực hiện|đạt|giao|quyết liệt|nỗ lực|cơ bản|tiến hành|giải ngân|huy động)|"
    r"chưa được|còn (?:hạn chế|chậm|thấp|khó khăn|nhiều)|chưa (?:quyết "
    r"liệt|sát sao|chặt chẽ|đạt|thường xuyên)|là do\b"
)
_GOAL = re.compile(
    r"\W*(?:(?:đến\s+(?:hết\s+|cuối\s+)?)?năm\s+20\d\d,?:?\s+)?(?:phấn đấu|phân đấu|phân đầu|phần đấu|có "
    r"thêm|có\s+(?:ít nhất\s+)?\d|ít nhất|trên\s+\d|\d|bình quân|tỷ lệ|thu nhập|giữ vững\s+\d|giảm tỷ lệ|mỗi "
    r"năm)"
)
_REACHES = re.compile(
    r"\W*(?:\d+\s+)?(?:các\s+)?(?:xã|thôn|huyện|thị trấn)[^.;:,]{0,60}?(?<!chưa)\s(?:đạt(?:\s+chuẩn)?|được công nhận|"
    r"xây dựng thí điểm)\b"
)
_MUST = re.compile(
    r"\b(?:phải|cần|có trách nhiệm|chịu trách nhiệm|giao|yêu cầu|đề nghị|chủ trì|không được|nghiêm cấm|tập "
    r"trung|hướng dẫn|chỉ đạo|tham mưu)\b"
)
# The answer to a request: "Đối với đề xuất của xã X: chưa xem xét, do chưa có nguồn".
_REFUSED = re.compile(r"(?:chưa|đã|không (?:thuộc|xem xét|đồng ý|nhất trí|thống nhất|bố trí))\b")
_PRESSES = re.compile(
    r"\b(?:phải|khẩn trương|nghiêm túc|quyết liệt)\s+(?:\w+\s+)?"
    r"(?:hoàn thành|rà soát|kiểm điểm|thực hiện|tập trung|xử lý|khắc phục|xong)\b"
)
WHOLE_LIST = re.compile(
    r"\W*(?:các|những|toàn bộ)\s+(?:nội dung|nhiệm vụ|công việc|phần việc)\s+(?:nêu\s+|công việc\s+)?trên\b"
)
FOR_ALL = re.compile(r"\W*(?:hoàn thành|xong|thời gian|thời hạn|tất cả|toàn bộ|các nội dung|các nhiệm vụ)\b")
_LABEL = re.compile(r"[^.;:]{2,130}:\s*")
APPROVES = re.compile(r"\W*(?:[^,.;:]{0,60}?\s)?(?:thống nhất|đồng ý|nhất trí|cơ bản thống nhất)\b")
CONTINUES = re.compile(r"\W*(?:hoàn thành|xong trước|thời gian (?:thực hiện|hoàn thành)|thời hạn|tiến độ)\b")
_ANNOUNCES = re.compile(r"\W*[^.;]{0,80}\bsẽ\s+(?:tiếp tục\s+)?(?:họp|kiểm tra|tổ chức họp)\b")


ATTRIBUTE = re.compile(
    r"\W*(?:(?P<when>(?:thời gian|thời hạn|tiến độ)(?: thực hiện| hoàn thành)?)|(?P<who>(?:đơn vị|cơ quan|bộ "
    r"phận)?\s*(?:chủ trì|thực hiện|phụ trách)(?: thực hiện)?))\s*:\s*"
)


def is_task(
    key: str,
    block: Block,
    end: int,
    clauses: list[Clause],
    *,
    section: Section,
    announced: bool,
    dated: Callable[[], bool],
) -> bool:
    """Whether a block tells somebody to do something, in a section of this kind. Rule: LABELLING.md, 4.1.

    `announced` says that a lead-in opened a list of orders; `dated` finds out whether the block gives a date.
    """
    words = key[block.start : min(end, block.start + LONGEST_READ)]
    bare = words.strip(" .;*_/\n")
    if len(bare) < _SHORTEST or not re.search(r"[^\W\d_]\s+[^\W\d_]", bare):
        return False
    if _CITATION.match(words) and not (section is Section.ORDERS and block.kind != PLAIN):
        return False
    led = any(c.leads for c in clauses)
    if WHOLE_LIST.match(words):
        return dated()
    if bare.startswith("(") and bare.endswith(")"):
        return False
    if _CLOSING.match(words) and not (led and dated()):
        return False
    if _ANNOUNCES.match(words) or _PAGE.match(words) or _STATE_OF_THINGS.match(words):
        return False
    delegates = led and bool(
        re.search(
            r"(?:^|[.;:,]\s*|\bvà\s+|\bnhất\s+|\bý\s+|\btrí\s+|\btrọng\s+|\bkính\s+|(?:ubnd|huyện|tỉnh|"
            r"xã|ủy|vụ|đạo|chủ tịch|phủ)\s+)\W*(?:giao|yêu cầu|đề nghị|phân công)\b",
            words,
        )
    )
    if section is Section.PURPOSE:
        return False
    if section is Section.REPORT:
        return delegates and not DONE.search(words)
    doing = any(c.instructs for c in clauses)
    if _ASSESSMENT_START.match(words) and not delegates:
        return False
    labelled = _LABEL.match(words)
    told = bool(labelled) and starts_with_verb(key, block.start + labelled.end(), end)
    if labelled and not delegates and _REFUSED.match(words, labelled.end()):
        return False
    if not delegates and DONE.search(words) and not doing and not (told and section is Section.ORDERS):
        return False
    goal = bool(_GOAL.match(words)) or (bool(_REACHES.match(words)) and not is_order(words))
    if section is Section.GOALS:
        return delegates
    if goal and not delegates and not re.search(r"[;.]\s*(?:tập trung|rà soát|tổ chức|xây dựng)\b", words):
        return False
    after_label = told or (bool(labelled) and starts_with_body(key, block.start + labelled.end(), end))
    if re.match(
        r"\W*(?:mục tiêu|mục đích|kinh phí|kết quả|hạn chế|tồn tại|nguyên nhân|hiện trạng|địa điểm|nguồn "
        r"vốn|sản phẩm|thành phần)[^:]{0,40}:",
        words,
    ):
        return False
    evidence = doing or after_label or bool(_MUST.search(words[:600]))
    marked = block.kind != PLAIN
    if section is Section.ORDERS:
        if marked:
            return evidence or len(bare) >= 40
        return doing or after_label or (bool(_MUST.search(words[:300])) and not DONE.search(words))
    # Nothing above says that orders follow: the words themselves must.
    if block.parent is None and not marked and not announced:
        return delegates and not DONE.search(words[: words.find("giao") if "giao" in words else 200])
    if DONE.search(words) and not delegates and not (led and _PRESSES.search(words)):
        return False
    if APPROVES.match(words):
        return delegates or (led and doing)
    return doing or after_label


def is_order(words: str) -> bool:
    """Whether words hold a verb of doing beyond reaching a standard."""
    return bool(
        re.search(
            r"\b(?:tập trung|rà soát|xây dựng|tổ chức|hoàn thiện|triển khai|tiếp tục|phải|giao|chỉ đạo|hướng "
            r"dẫn|hoàn thành|thực hiện)\b",
            words,
        )
    )
