"""How days, periods and repetitions are written, and the words that make them deadlines or not."""

import re

YEAR = r"(?P<year>20\d\d)(?!\d\d)"
IN_YEAR = rf"(?:\s*[/.-]\s*|\s+năm\s+|,?\s+năm\s+){YEAR}"
CLOCK = r"(?:\d{1,2}\s*(?:giờ|h|g)(?:\s*\d{1,2})?(?:\s*phút)?,?\s*)?"
WEEKDAY = r"(?:(?:sáng|chiều|tối)?\s*(?:thứ\s+\w+|chủ nhật),?\s*\(?)?"
DAY_MONTH = r"(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?!\d)"

DATE = re.compile(
    rf"(?<![\d/.,-])(?:ngày\s+(?:quốc khánh\s+|"
    rf"\d{{1,2}}\s+(?=\d{{1,2}}\s+tháng))?)?{DAY_MONTH}(?:{IN_YEAR})?(?![\d%])"
)
MONTH = re.compile(
    rf"(?<!ngày )(?<!\d )\b(?:tháng\s+\d{{1,2}}\s*(?:,|và|-|"
    rf"đến)\s*){{0,3}}tháng\s+(?P<month>\d{{1,2}})(?!\d)(?:{IN_YEAR})?|"
    rf"(?<![\d/.-])(?P<bare>\d{{1,2}})/{YEAR.replace('year', 'year2')}"
)
QUARTER = re.compile(
    rf"\b(?:qu[ýí]\s+(?:iv|i{{1,3}}|[1-4])\s*(?:,|và|-|đến)\s*){{0,3}}qu[ýí]\s+(?P<quarter>iv|i{{1,3}}|[1-4])\b(?:(?:\s*[/.-]\s*|\s+năm\s+|\s+){YEAR})?"
)
HALF = re.compile(rf"\b(?P<half>(?:0?6|sáu)\s+tháng\s+(?:đầu|cuối)\s+năm|giữa\s+năm)\b(?:\s+{YEAR})?")
YEAR_WORD = re.compile(
    rf"\b(?P<part>đầu\s+|cuối\s+|hết\s+|cả\s+|trong\s+)?năm\s+{YEAR}|\b(?P<open>cuối\s+năm|hết\s+năm|"
    rf"cả\s+năm|trong\s+năm)\b(?!\s+20)"
)
YEAR_SPAN = re.compile(r"(?<![\d/.])20\d\d\s*-\s*(?P<year>20\d\d)(?!\d)")

# What stands right before a date and makes it a deadline.
BY = re.compile(
    rf"(?:\btrước|\bchậm nhất|\bmuộn nhất|\bkhông muộn hơn|\bkhông quá|\bhết|\btới|\bđến|\bxong|\bhoàn thành|"
    rf"\bhạn|\bhạn cuối|"
    rf"\bvào|\btrong|\btại|\bdự kiến|\bthời gian|\bthời hạn|\btiến độ)(?:\s+(?:là|vào|trong|hết|ngay|đến|"
    rf"trước|thực hiện|hoàn thành))*"
    rf"\s*[:(]?\s*{CLOCK}{WEEKDAY}(?:ngày\s+)?$"
)
SPAN_START = re.compile(r"\btừ\s+(?:ngày|tháng|nay|quý)?[^.;]{0,40}?\s*(?:đến|-)(?:\s+(?:hết|trước))?\s*(?:ngày\s+)?$")
# These name the day of something else: a count, a document, a start.
NOT_BY = re.compile(
    r"(?:tính\s+(?:đến|từ)|\bsố liệu[^.;]{0,20}đến|\bkể\s+từ|\btừ)\s+(?:hết\s+|đến\s+)?(?:ngày\s+|tháng\s+)?$"
)
CITED = re.compile(
    r"(?:\bsố\s*:?\s*[\w./ -]{1,32}|\b(?:nghị quyết|quyết định|công văn|thông báo|kế hoạch|thông tư|nghị "
    r"định|chỉ thị|kết luận|"
    r"công điện|văn bản|luật|báo cáo|tờ trình|biên bản(?: làm việc)?)(?:\s+[\w&/-]+){0,6}),?\s*(?:ký\s+)?ngày\s+$"
)
MONTH_BY = re.compile(
    r"(?P<before>\btrước)\s+$|(?:\btrong|\bhết|\bđến|\bcuối|\bxong|\bhoàn thành|\bvào|\bchậm nhất|\bmuộn "
    r"nhất|\bgiữa|\bđầu|"
    r"\bdự kiến|\bthời gian|\bthời hạn|\bhạn|\btiến độ)"
    r"(?:\s+(?:là|vào|trong|hết|đầu|cuối|giữa|tuần|nửa|đến|thực hiện|hoàn thành))*\s*[:(]?\s*$"
    r"|(?:phiên họp|kỳ họp|cuộc họp|hội nghị)[^.;,]{0,40}$|(?:\btrình|\bbáo "
    r"cáo)[^.;,]{0,60}(?:\btháng\s+\d{1,2},?\s+)?$"
)
PERIOD_BY = re.compile(
    r"(?P<before>\btrước)\s+$|(?:\btrong|\bhết|\bđến|\bcuối|\bđầu|\bxong|\bhoàn thành|\bvào|\bchậm nhất|"
    r"\bmuộn nhất|\bgiữa|"
    r"\bdự kiến|\bthời gian|\bthời hạn|\bhạn|\btiến độ|phấn đấu)"
    r"(?:\s+(?:là|vào|trong|hết|đầu|cuối|giữa|ngay|đến|thực hiện|hoàn thành))*\s*[:(]?\s*$|(?:kỳ họp|phiên "
    r"họp)[^.;,]{0,40}$"
)
# Work whose aim is the year itself.
YEAR_AIM = re.compile(r"(?:\bhoàn thành|\bvề đích|\bđạt chuẩn|\bđạt|\bphấn đấu|\bhoàn)\b[^.;:()]{0,90}$")
YEAR_STRONG = re.compile(
    r"(?:\bmuộn nhất|\bchậm nhất|\btrước|\bđến|\btrong|\bvào|\bhết)(?:\s+(?:là|hết|vào))*\s*(?:cuối\s+|hết\s+)?$"
)
# The year belongs to a thing, not to the work: money given, a plan, places that registered.
YEAR_OF_THING = re.compile(
    r"(?:được\s+(?:giao|hỗ trợ|phân bổ|cấp|công nhận|bố trí)|kinh phí|nguồn vốn|\bvốn|nhiệm vụ|kế hoạch|chỉ "
    r"tiêu|chương trình|"
    r"giai đoạn|đăng ký|nhu cầu|dự toán|ngân sách|kết dư|tổng kết|sơ kết|hộ nghèo|phong trào|thi đua|tầm "
    r"nhìn|định hướng|đề án|nghị quyết|"
    r"kết quả|tình hình|số liệu|cuộc vận động|tháng cuối|tháng đầu|báo cáo|đợt \d|quy hoạch|luật)"
    r"(?:[^.;:,]{0,45}?)\s*(?:của|trong|đến|cho|từ)?\s*$"
)
NAMED_GROUP = re.compile(r"^(?:\W*đối với\s+)?(?:\d+|các|những)\s+(?:xã|huyện|thôn|địa phương|đơn vị)\b")

EVERY = r"(?:hàng|hằng)"
RECURRING = [
    (
        re.compile(
            rf"(?:trước\s+|vào\s+|chậm nhất\s+)?(?:ngày\s+)?(?P<d>\d{{1,2}})(?:\s+tháng\s+|"
            rf"/)(?P<m>\d{{1,2}})\s+{EVERY}\s+năm"
        ),
        "yearly:",
    ),
    (
        re.compile(
            rf"(?:trước\s+|vào\s+|chậm nhất\s+(?:là\s+)?)?ngày\s+(?P<d>\d{{1,2}})\s+(?:của\s+)?(?:{EVERY}|mỗi)\s+tháng"
        ),
        "monthly:",
    ),
    (
        re.compile(rf"(?:{EVERY}|mỗi)\s+tháng,?[^.;:]{{0,50}}?\btrước\s+ngày\s+(?P<d>\d{{1,2}})(?![\d/])(?!\s+tháng)"),
        "monthly:",
    ),
    (re.compile(r"\bbáo cáo\s+tháng[\s(]+trước\s+ngày\s+(?P<d>\d{1,2})(?![\d/])(?!\s+tháng)"), "monthly:"),
    (re.compile(r"(?:định kỳ\s+)?ngày\s+\d{1,2}\s+(?:của\s+)?tháng\s+cuối\s+(?:của\s+)?quý"), "quarterly"),
    (re.compile(r"(?:hai|0?2)\s+năm\s+(?:một|0?1|/)\s*lần|0?1\s+lần\s*/\s*(?:hai|0?2)\s+năm"), "biennial"),
    (
        re.compile(
            rf"(?:định kỳ\s+)?(?:\b{EVERY}\s+tuần|\bmỗi\s+tuần|\d{{1,2}}\s+(?:lần|số|buổi|tin|bài|kỳ|chuyên mục)\s*/\s*tuần|"
            rf"\d{{1,2}}\s+tuần\s*(?:/|một|\d)+\s*lần|thứ\s+\w+\s+{EVERY}\s+tuần)"
        ),
        "weekly",
    ),
    (
        re.compile(
            rf"(?:định kỳ\s+)?(?:\b{EVERY}\s+tháng|\bmỗi\s+tháng|\d{{1,2}}\s+lần\s*/\s*tháng|"
            rf"\d{{1,2}}\s+tháng\s*(?:/\s*|một\s+|0?1\s+)lần)"
        ),
        "monthly",
    ),
    (
        re.compile(rf"(?:định kỳ\s+)?(?:\b{EVERY}\s+quý|\bmỗi\s+quý|\d{{1,2}}\s+lần\s*/\s*quý|\bđịnh kỳ\s+quý)"),
        "quarterly",
    ),
    (re.compile(rf"(?:định kỳ\s+)?(?:\b{EVERY}\s+năm|\bmỗi\s+năm|\d{{1,2}}\s+lần\s*/\s*năm)"), "yearly"),
]
# "kế hoạch hằng năm", "đánh giá, xếp loại hằng năm": a thing that comes every year, not work due every year.
RECURRING_THING = re.compile(
    r"(?:kế hoạch|dự toán|chỉ tiêu|đánh giá|xếp loại|kinh phí|ngân sách|nguồn vốn|nguồn thu|sử dụng đất|"
    r"nhiệm vụ|5 năm|\bvà|báo cáo"
    r"|tiêu chí|bình xét)"
    r"(?:[^.;:]{0,30}?)\s*$"
)
RUN_DAYS = re.compile(
    r"(?:trong\s+)?(?:(?:thời hạn|thời gian|vòng)\s+)?(?:chậm "
    r"nhất\s+(?:là\s+)?)?(?:sau\s+)?\d{1,3}\s+(?:ngày|tháng)(?:\s+làm việc)?,?\s*(?:kể\s+)?từ\s+(?:ngày|khi)"
    r"(?:\s+[^.;,]{1,60})?|\btrong\s+(?:thời hạn|vòng)\s+\d{1,3}\s+ngày(?:\s+làm việc)?(?:\s+(?:sau|tính|kể)\s[^.;,]{1,60})?"
)
EVENT = re.compile(
    r"(?:(?<!\d)\d+\s+ngày\s+)?(?<!\()\btrước\s+(?:khi|vụ|mùa|kỳ họp|đại hội|hội nghị|năm học|tết|thời điểm|mùa "
    r"mưa)\b[^.;,()]{0,60}|\btrong\s+tuần\b(?!\s+đầu)"
)
EVENT_NOT_DUE = re.compile(r"(?:xin ý kiến|ý kiến)[^.;]{0,60}$")
URGENT = re.compile(
    r"\bkhẩn trương\b|\bngay\s+(?:sau|lập tức)\b|\btriển khai ngay\b|\bngay\b(?=\s*[,.;]|\s+(?:việc|các|công "
    r"tác|kế hoạch|hồ sơ))|"
    r"(?<!phát hiện )(?<!cảnh báo )(?<!từ )\bsớm\b(?!\s+(?:nhất|muộn))|\btrong thời gian (?:gần|sớm|ngắn) "
    r"nhất\b|\bkhẩn cấp\b"
)
CONDITION = re.compile(r"\b(?:trường hợp|nếu|khi có)\b[^.;]*$")
LAST_DAY = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
