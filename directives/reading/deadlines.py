"""The last day a task allows, found in its words. Every date needs a word that makes it a deadline."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from directives.reading.notice import Deadline


# Year and day of the document; both may be unknown.
@dataclass(frozen=True, slots=True)
class Calendar:
    """What the document itself says about time: the day it was issued, else its year."""

    issued_on: date | None = None
    year: int | None = None


_YEAR = r"(?P<year>20\d\d)(?!\d\d)"
_IN_YEAR = rf"(?:\s*[/.-]\s*|\s+năm\s+|,?\s+năm\s+){_YEAR}"
_CLOCK = r"(?:\d{1,2}\s*(?:giờ|h|g)(?:\s*\d{1,2})?(?:\s*phút)?,?\s*)?"
_WEEKDAY = r"(?:(?:sáng|chiều|tối)?\s*(?:thứ\s+\w+|chủ nhật),?\s*\(?)?"
_DAY_MONTH = r"(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<month>\d{1,2})(?!\d)"

_DATE = re.compile(
    rf"(?<![\d/.,-])(?:ngày\s+(?:quốc khánh\s+|"
    rf"\d{{1,2}}\s+(?=\d{{1,2}}\s+tháng))?)?{_DAY_MONTH}(?:{_IN_YEAR})?(?![\d%])"
)
_MONTH = re.compile(
    rf"(?<!ngày )(?<!\d )\b(?:tháng\s+\d{{1,2}}\s*(?:,|và|-|"
    rf"đến)\s*){{0,3}}tháng\s+(?P<month>\d{{1,2}})(?!\d)(?:{_IN_YEAR})?|"
    rf"(?<![\d/.-])(?P<bare>\d{{1,2}})/{_YEAR.replace('year', 'year2')}"
)
_QUARTER = re.compile(rf"\bqu[ýí]\s+(?P<quarter>iv|i{{1,3}}|[1-4])\b(?:(?:\s*[/.-]\s*|\s+năm\s+|\s+){_YEAR})?")
_HALF = re.compile(rf"\b(?P<half>(?:0?6|sáu)\s+tháng\s+(?:đầu|cuối)\s+năm|giữa\s+năm)\b(?:\s+{_YEAR})?")
_YEAR_WORD = re.compile(
    rf"\b(?P<part>đầu\s+|cuối\s+|hết\s+|cả\s+|trong\s+)?năm\s+{_YEAR}|\b(?P<open>cuối\s+năm|hết\s+năm|"
    rf"cả\s+năm|trong\s+năm)\b(?!\s+20)"
)
_YEAR_SPAN = re.compile(r"(?<![\d/.])20\d\d\s*-\s*(?P<year>20\d\d)(?!\d)")

# What stands right before a date and makes it a deadline.
_BY = re.compile(
    rf"(?:\btrước|\bchậm nhất|\bmuộn nhất|\bkhông muộn hơn|\bkhông quá|\bhết|\btới|\bđến|\bxong|\bhoàn thành|"
    rf"\bhạn|\bhạn cuối|"
    rf"\bvào|\btrong|\btại|\bdự kiến|\bthời gian|\bthời hạn|\btiến độ)(?:\s+(?:là|vào|trong|hết|ngay|đến|"
    rf"trước|thực hiện|hoàn thành))*"
    rf"\s*[:(]?\s*{_CLOCK}{_WEEKDAY}(?:ngày\s+)?$"
)
_SPAN_START = re.compile(r"\btừ\s+(?:ngày|tháng|nay|quý)?[^.;]{0,40}?\s*(?:đến|-)(?:\s+(?:hết|trước))?\s*(?:ngày\s+)?$")
# These name the day of something else: a count, a document, a start.
_NOT_BY = re.compile(
    r"(?:tính\s+(?:đến|từ)|\bsố liệu[^.;]{0,20}đến|\bkể\s+từ|\btừ)\s+(?:hết\s+|đến\s+)?(?:ngày\s+|tháng\s+)?$"
)
_CITED = re.compile(
    r"(?:\bsố\s*:?\s*[\w./ -]{1,32}|\b(?:nghị quyết|quyết định|công văn|thông báo|kế hoạch|thông tư|nghị "
    r"định|chỉ thị|kết luận|"
    r"công điện|văn bản|luật|báo cáo|tờ trình|biên bản(?: làm việc)?)(?:\s+[\w&/-]+){0,6}),?\s*(?:ký\s+)?ngày\s+$"
)
_MONTH_BY = re.compile(
    r"(?P<before>\btrước)\s+$|(?:\btrong|\bhết|\bđến|\bcuối|\bxong|\bhoàn thành|\bvào|\bchậm nhất|\bmuộn "
    r"nhất|\bgiữa|\bđầu|"
    r"\bdự kiến|\bthời gian|\bthời hạn|\bhạn|\btiến độ)"
    r"(?:\s+(?:là|vào|trong|hết|đầu|cuối|giữa|tuần|nửa|đến|thực hiện|hoàn thành))*\s*[:(]?\s*$"
    r"|(?:phiên họp|kỳ họp|cuộc họp|hội nghị)[^.;,]{0,40}$|(?:\btrình|\bbáo "
    r"cáo)[^.;,]{0,60}(?:\btháng\s+\d{1,2},?\s+)?$"
)
_PERIOD_BY = re.compile(
    r"(?P<before>\btrước)\s+$|(?:\btrong|\bhết|\bđến|\bcuối|\bđầu|\bxong|\bhoàn thành|\bvào|\bchậm nhất|"
    r"\bmuộn nhất|\bgiữa|"
    r"\bdự kiến|\bthời gian|\bthời hạn|\bhạn|\btiến độ|phấn đấu)"
    r"(?:\s+(?:là|vào|trong|hết|đầu|cuối|giữa|ngay|đến|thực hiện|hoàn thành))*\s*[:(]?\s*$|(?:kỳ họp|phiên "
    r"họp)[^.;,]{0,40}$"
)
# Work whose aim is the year itself.
_YEAR_AIM = re.compile(r"(?:\bhoàn thành|\bvề đích|\bđạt chuẩn|\bđạt|\bphấn đấu|\bhoàn)\b[^.;:()]{0,90}$")
_YEAR_STRONG = re.compile(
    r"(?:\bmuộn nhất|\bchậm nhất|\btrước|\bđến|\btrong|\bvào|\bhết)(?:\s+(?:là|hết|vào))*\s*(?:cuối\s+|hết\s+)?$"
)
# The year belongs to a thing, not to the work: money given, a plan, places that registered.
_YEAR_OF_THING = re.compile(
    r"(?:được\s+(?:giao|hỗ trợ|phân bổ|cấp|công nhận|bố trí)|kinh phí|nguồn vốn|\bvốn|nhiệm vụ|kế hoạch|chỉ "
    r"tiêu|chương trình|"
    r"giai đoạn|đăng ký|nhu cầu|dự toán|ngân sách|kết dư|tổng kết|sơ kết|hộ nghèo|phong trào|thi đua|tầm "
    r"nhìn|định hướng|đề án|nghị quyết|"
    r"kết quả|tình hình|số liệu|cuộc vận động|tháng cuối|tháng đầu|báo cáo|đợt \d|quy hoạch|luật)"
    r"(?:[^.;:,]{0,45}?)\s*(?:của|trong|đến|cho|từ)?\s*$"
)
_NAMED_GROUP = re.compile(r"^(?:\W*đối với\s+)?(?:\d+|các|những)\s+(?:xã|huyện|thôn|địa phương|đơn vị)\b")

_EVERY = r"(?:hàng|hằng)"
_RECURRING = [
    (
        re.compile(
            rf"(?:trước\s+|vào\s+|chậm nhất\s+)?(?:ngày\s+)?(?P<d>\d{{1,2}})(?:\s+tháng\s+|"
            rf"/)(?P<m>\d{{1,2}})\s+{_EVERY}\s+năm"
        ),
        "yearly:",
    ),
    (
        re.compile(
            rf"(?:trước\s+|vào\s+|chậm nhất\s+(?:là\s+)?)?ngày\s+(?P<d>\d{{1,2}})\s+(?:của\s+)?(?:{_EVERY}|mỗi)\s+tháng"
        ),
        "monthly:",
    ),
    (
        re.compile(rf"(?:{_EVERY}|mỗi)\s+tháng,?[^.;:]{{0,50}}?\btrước\s+ngày\s+(?P<d>\d{{1,2}})(?![\d/])(?!\s+tháng)"),
        "monthly:",
    ),
    (re.compile(r"(?:định kỳ\s+)?ngày\s+\d{1,2}\s+(?:của\s+)?tháng\s+cuối\s+(?:của\s+)?quý"), "quarterly"),
    (re.compile(r"(?:hai|0?2)\s+năm\s+(?:một|0?1|/)\s*lần|0?1\s+lần\s*/\s*(?:hai|0?2)\s+năm"), "biennial"),
    (
        re.compile(
            rf"(?:định kỳ\s+)?(?:\b{_EVERY}\s+tuần|\bmỗi\s+tuần|\d{{1,2}}\s+lần\s*/\s*tuần|"
            rf"\d{{1,2}}\s+tuần\s*(?:/|một|\d)+\s*lần|thứ\s+\w+\s+{_EVERY}\s+tuần)"
        ),
        "weekly",
    ),
    (
        re.compile(
            rf"(?:định kỳ\s+)?(?:\b{_EVERY}\s+tháng|\bmỗi\s+tháng|\d{{1,2}}\s+lần\s*/\s*tháng|"
            rf"\d{{1,2}}\s+tháng\s*(?:/\s*|một\s+|0?1\s+)lần)"
        ),
        "monthly",
    ),
    (
        re.compile(rf"(?:định kỳ\s+)?(?:\b{_EVERY}\s+quý|\bmỗi\s+quý|\d{{1,2}}\s+lần\s*/\s*quý|\bđịnh kỳ\s+quý)"),
        "quarterly",
    ),
    (re.compile(rf"(?:định kỳ\s+)?(?:\b{_EVERY}\s+năm|\bmỗi\s+năm|\d{{1,2}}\s+lần\s*/\s*năm)"), "yearly"),
]
# "kế hoạch hằng năm", "đánh giá, xếp loại hằng năm": a thing that comes every year, not work due every year.
_RECURRING_THING = re.compile(
    r"(?:kế hoạch|dự toán|chỉ tiêu|đánh giá|xếp loại|kinh phí|ngân sách|nguồn vốn|nguồn thu|sử dụng đất|"
    r"nhiệm vụ|5 năm|\bvà|báo cáo"
    r"|tiêu chí|bình xét)"
    r"(?:[^.;:]{0,30}?)\s*$"
)
_RUN_DAYS = re.compile(
    r"(?:trong\s+)?(?:(?:thời hạn|thời gian|vòng)\s+)?(?:chậm "
    r"nhất\s+(?:là\s+)?)?(?:sau\s+)?\d{1,3}\s+(?:ngày|tháng)(?:\s+làm việc)?,?\s*(?:kể\s+)?từ\s+(?:ngày|khi)"
    r"(?:\s+[^.;,]{1,60})?"
)
_EVENT = re.compile(
    r"(?:\d+\s+ngày\s+)?\btrước\s+(?:khi|vụ|mùa|kỳ họp|đại hội|hội nghị|năm học|tết|thời điểm|mùa "
    r"mưa)\b[^.;,()]{0,60}|\btrong\s+tuần\b(?!\s+đầu)"
)
_EVENT_NOT_DUE = re.compile(r"(?:xin ý kiến|ý kiến)[^.;]{0,60}$")
_URGENT = re.compile(
    r"\bkhẩn trương\b|\bngay\s+(?:sau|lập tức)\b|\btriển khai ngay\b|\bngay\b(?=\s*[,.;]|\s+(?:việc|các|công "
    r"tác|kế hoạch|hồ sơ))|"
    r"(?<!phát hiện )(?<!cảnh báo )(?<!từ )\bsớm\b(?!\s+(?:nhất|muộn))|\btrong thời gian (?:gần|sớm|ngắn) "
    r"nhất\b|\bkhẩn cấp\b"
)
_CONDITION = re.compile(r"\b(?:trường hợp|nếu|khi có)\b[^.;]*$")
_LAST_DAY = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

# Which reading wins: a printed day, then a period, then what repeats, then what only an event fixes, then urgency.
_DAY, _PERIOD, _REPEATS, _OPEN_DAY, _ASAP = range(5)


def deadline_of(key: str, text: str, start: int, end: int, calendar: Calendar, *, column: bool = False) -> Deadline:
    """The deadline of the words from `start` to `end`; of kind none if they give none.

    `key` is text.key_of(text). In a time `column` of a table every date is a deadline.
    Rules: LABELLING.md, 4.9.
    """
    words = key[start:end]
    found: list[tuple[int, int, Deadline]] = []
    taken: list[tuple[int, int]] = []
    _find_recurring(words, found, taken, column=column)
    _find_days(words, found, taken, calendar, column=column)
    _find_periods(words, found, taken, calendar, column=column)
    _find_open(words, found, taken)
    if not found:
        _find_urgent(words, found)
    if not found:
        return Deadline()
    rank, _, best = min(found, key=lambda each: (each[0], each[1]))
    if column and rank <= _PERIOD:
        best = max((d for r, _, d in found if r == rank), key=lambda d: d.due or date.min)
    first, last = start + (best.start or 0), start + (best.end or 0)
    return replace(best, start=first, end=last, text=" ".join(text[first:last].split()))


def with_problem(deadline: Deadline, issued_on: date | None) -> Deadline:
    """The deadline with a sentence for the officer if its day lies before the document's own."""
    if deadline.problem or deadline.due is None or issued_on is None or deadline.due >= issued_on:
        return deadline
    return replace(
        deadline,
        problem=f"Thời hạn {_vn(deadline.due)} trước ngày văn bản ({_vn(issued_on)}).",
    )


def year_deadline(key: str, text: str, start: int, end: int, calendar: Calendar) -> Deadline | None:
    """The deadline a heading gives all that stands under it: `4.1. Năm 2020:`, `CHỈ TIÊU ĐẾN 31/12/2025`; or None."""
    words = key[start:end]
    found = re.fullmatch(r"\W*(?:trong\s+|đến\s+hết\s+|đến\s+)?năm\s+(20\d\d)\W*", words) or re.search(
        r"(?:đến|trong|hết)\s+(?:cuối\s+|hết\s+)?năm\s+(20\d\d)\W*$", words
    )
    if found:
        first, last = start + found.start(), start + found.end()
        quoted = text[first:last].strip(" \n\t:;.*_")
        offset = text.find(quoted, first)
        return Deadline(
            "year", date(int(found[1]), 12, 31), None, " ".join(quoted.split()), offset, offset + len(quoted)
        )
    if re.search(r"\bđến\s+(?:hết\s+)?(?:ngày\s+)?\d{1,2}/\d{1,2}/20\d\d\W*$", words):
        given = deadline_of(key, text, start, end, calendar)
        return given if given.kind == "date" else None
    return None


def _vn(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return all(end <= s or start >= e for s, e in taken)


def _find_recurring(words, found, taken, *, column):
    if "hàng" not in words and "hằng" not in words and "mỗi" not in words and "lần" not in words and "quý" not in words:
        return
    for pattern, recurrence in _RECURRING:
        for match in pattern.finditer(words):
            if not _free(taken, match.start(), match.end()):
                continue
            taken.append(match.span())
            value = recurrence
            if recurrence.endswith(":"):
                value = _recurrence_day(match, recurrence)
                if value is None:
                    continue
            elif not column and not match[0].startswith("định kỳ"):
                before = words[max(0, match.start() - 50) : match.start()]
                if recurrence == "yearly" and _RECURRING_THING.search(before):
                    continue
                if _CONDITION.search(before[-40:]):
                    continue
            rank = _REPEATS if ":" not in value else _PERIOD
            found.append(
                (rank, match.start(), Deadline("recurring", None, value, start=match.start(), end=match.end()))
            )


def _recurrence_day(match, recurrence):
    day = int(match["d"])
    if recurrence == "monthly:":
        return f"monthly:{day}" if 1 <= day <= 31 else None
    month = int(match["m"])
    return f"yearly:{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _find_days(words, found, taken, calendar, *, column):
    for match in _DATE.finditer(words):
        if not _free(taken, *match.span()):
            continue
        before = words[max(0, match.start() - 90) : match.start()]
        day_word = match[0].startswith("ngày")
        governed = _BY.search(before)
        weak = governed is None
        governed = (
            governed
            or _SPAN_START.search(before)
            or (re.search(r"(?:sáng|chiều|tối)\s+(?:thứ\s+\w+|chủ nhật)\s*\($", before))
        )
        taken.append(match.span())
        if not column:
            if not governed or (weak and _CITED.search(before + ("ngày " if day_word else ""))):
                continue
            if _NOT_BY.search(before) and not _SPAN_START.search(before):
                continue
        opening = _opening(governed, before, match.start())
        year = int(match["year"]) if match["year"] else None
        deadline = _day(int(match["day"]), int(match["month"]), year, calendar)
        if deadline is None:
            continue
        rank = _DAY if deadline.due or deadline.problem else _PERIOD
        found.append((rank, match.start(), replace(deadline, start=opening, end=match.end())))


def _opening(governed, before, start):
    """Where the quotation of a deadline starts: at the word that makes it one."""
    return start - len(before) + governed.start() if governed else start


def _day(day, month, year, calendar):
    if not (1 <= month <= 12 and 1 <= day <= 31):
        if year and 1 <= month <= 99 and day <= 99:
            return Deadline("date", problem=f"Ngày {day}/{month}/{year} không có trong lịch.")
        return None
    if year is None:
        return Deadline("date", proposed=_guess(day, month, calendar))
    try:
        return Deadline("date", date(year, month, day))
    except ValueError:
        return Deadline("date", problem=f"Ngày {day}/{month}/{year} không có trong lịch.")


def _guess(day, month, calendar):
    """The first such day from the document's own on; without its day, that day in its year."""
    year = calendar.issued_on.year if calendar.issued_on else calendar.year
    if year is None:
        return None
    try:
        guess = date(year, month, day)
        if calendar.issued_on and guess < calendar.issued_on:
            guess = date(year + 1, month, day)
    except ValueError:
        return None
    return guess


def _end_of_month(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _period(kind, last, printed_year, match, opening):
    """A period; where the year is not printed the year of the document stands in, and is proposed only."""
    return Deadline(kind, last, None, start=opening, end=match.end(), proposed=None if printed_year else last)


def _find_periods(words, found, taken, calendar, *, column):
    for match in _MONTH.finditer(words):
        month = int(match["month"] or match["bare"])
        printed = match["year"] or match["year2"]
        if not 1 <= month <= 12 or not _free(taken, *match.span()) or (match["bare"] and not column):
            continue
        before = words[max(0, match.start() - 90) : match.start()]
        governed = re.search(r"(?P<before>\btrước)\s+$", before) or _MONTH_BY.search(before)
        if not column and not (governed and (printed or re.search(r"trong|trước|hết|xong|hoàn thành", governed[0]))):
            continue
        if not column and (_NOT_BY.search(before) and not _SPAN_START.search(before)):
            continue
        year = int(printed) if printed else calendar.year
        taken.append(match.span())
        opening = _opening(governed, before, match.start())
        if governed and len(governed[0]) > 40:
            opening = match.start()
        if year is None:
            found.append((_PERIOD, match.start(), Deadline("month", start=opening, end=match.end())))
            continue
        last = _end_of_month(year, month)
        if (governed and governed["before"]) or (column and before.rstrip().endswith("trước")):
            last = date(year, month, 1) - timedelta(days=1)
        found.append((_PERIOD, match.start(), _period("month", last, printed, match, opening)))
    for match in _QUARTER.finditer(words):
        before = words[max(0, match.start() - 60) : match.start()]
        governed = _PERIOD_BY.search(before)
        if not _free(taken, *match.span()) or not (column or governed):
            continue
        quarter = _ROMAN.get(match["quarter"]) or int(match["quarter"])
        year = int(match["year"]) if match["year"] else calendar.year
        taken.append(match.span())
        opening = _opening(governed, before, match.start())
        if year is None:
            found.append((_PERIOD, match.start(), Deadline("quarter", start=opening, end=match.end())))
            continue
        last = date(year, *_LAST_DAY[quarter])
        if governed and governed["before"]:
            last = _end_of_month(year, quarter * 3 - 3) if quarter > 1 else date(year - 1, 12, 31)
        found.append((_PERIOD, match.start(), _period("quarter", last, match["year"], match, opening)))
    for match in _HALF.finditer(words):
        before = words[max(0, match.start() - 60) : match.start()]
        governed = _PERIOD_BY.search(before)
        if not _free(taken, *match.span()) or not (column or governed):
            continue
        year = int(match["year"]) if match["year"] else calendar.year
        taken.append(match.span())
        opening = _opening(governed, before, match.start())
        last = date(year, *((12, 31) if "cuối" in match["half"] else (6, 30))) if year else None
        found.append((_PERIOD, match.start(), _period("half_year", last, match["year"], match, opening)))
    _find_years(words, found, taken, calendar, column=column)


def _find_years(words, found, taken, calendar, *, column):
    if column:
        for match in _YEAR_SPAN.finditer(words):
            taken.append(match.span())
            last = date(int(match["year"]), 12, 31)
            found.append((_PERIOD, match.start(), Deadline("year", last, start=match.start(), end=match.end())))
    for match in _YEAR_WORD.finditer(words):
        if not _free(taken, *match.span()):
            continue
        before = words[max(0, match.start() - 110) : match.start()]
        part = (match["part"] or match["open"] or "").split(" ")[0].strip()
        if not column and not _is_year_aim(words, before, match, part):
            continue
        year = int(match["year"]) if match["year"] else calendar.year
        governed = re.search(
            r"(?:\bmuộn nhất|\bchậm nhất|\btrước|\bđến|\bvào|\bdự kiến)(?:\s+(?:là|hết|vào))*\s+$", before
        )
        opening = _opening(governed, before, match.start())
        kind, last = "year", date(year, 12, 31) if year else None
        if part == "đầu":
            kind, last = "quarter", date(year, 3, 31) if year else None
        elif governed and governed[0].startswith("trước") and year and not part:
            last = date(year - 1, 12, 31)
        taken.append(match.span())
        found.append((_PERIOD, match.start(), _period(kind, last, match["year"], match, opening)))


def _is_year_aim(words, before, match, part):
    """Whether a year is the aim of the work and not the year of a thing the work is about."""
    if match["open"] and re.search(r"(?:dồn|kỳ họp|phiên họp)[^.;,]{0,20}$", before):
        return "họp" in before[-40:]
    if match["open"] and part == "trong":
        return bool(_YEAR_AIM.search(before))
    clause = re.split(r"[.;:]", before)[-1]
    if (
        _NAMED_GROUP.match(clause.strip())
        and not part
        and "," not in clause
        and not re.search(r"\bphải\b|\bphấn đấu hoàn thành", clause)
    ):
        return False
    if re.match(r"\s*(?:,\s*)?(?:định hướng|tầm nhìn)", words[match.end() : match.end() + 20]):
        return False
    strong = _YEAR_STRONG.search(before) or part in ("đầu", "cuối", "hết", "trong")
    if part == "đầu":
        return bool(
            re.search(r"(?:dự kiến|vào|trong|hoặc|muộn nhất[^.;]*|chậm nhất[^.;]*|đến|xong|hoàn thành)\s+$", before)
        )
    if re.search(r"\((?:[^)]{0,80})$", before) and not strong:
        return False
    thing = _YEAR_OF_THING.search(before)
    if strong:
        # "danh sách được hỗ trợ trong năm 2022": the aid was of that year.
        return not (
            thing and re.search(r"được\s+(?:hỗ trợ|giao|phân bổ|công nhận|cấp)|định hướng|tầm nhìn|đề án", thing[0])
        )
    if thing and not re.search(r"(?:phấn đấu|hoàn thành|quyết tâm|\bhoàn)\b[^.;:]{0,60}$", thing[0]):
        return bool(re.search(r"phấn đấu\s*$", before))
    if re.match(
        r"\W*(?:đăng ký|báo cáo|rà soát|tổng hợp|lập|tham mưu|đánh giá|thẩm định|hướng dẫn|kiểm tra|tổng kết)\b", clause
    ):
        # What is registered or reported is of that year; only an aim named as one dates the work.
        return bool(re.search(r"(?:phấn đấu|hoàn thành|về đích|quyết tâm)[^.;:]{0,60}$", before))
    aim = _YEAR_AIM.search(before)
    if aim is None:
        return False
    return not re.search(r"\b(?:đăng ký|cho\s+\d+\s+xã|các xã)\b[^.;:,]{0,60}$", before)


def _find_open(words, found, taken):
    for match in _RUN_DAYS.finditer(words):
        if (
            "tồn đọng" in words[max(0, match.start() - 30) : match.start()]
            or "quá " == words[max(0, match.start() - 4) : match.start()]
        ):
            continue
        if _free(taken, *match.span()):
            found.append((_OPEN_DAY, match.start(), Deadline("date", start=match.start(), end=match.end())))
    for match in _EVENT.finditer(words):
        before = words[max(0, match.start() - 90) : match.start()]
        if (
            _free(taken, *match.span())
            and not _EVENT_NOT_DUE.search(before)
            and not before.endswith("công khai trước ")
        ):
            found.append((_OPEN_DAY, match.start(), Deadline("date", start=match.start(), end=match.end())))


def _find_urgent(words, found):
    for match in _URGENT.finditer(words):
        if not _CONDITION.search(words[max(0, match.start() - 120) : match.start()]):
            found.append((_ASAP, match.start(), Deadline("asap", start=match.start(), end=match.end())))
            return
