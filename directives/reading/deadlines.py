"""The last day a task allows, found in its words. Every date needs a word that makes it a deadline."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from directives.reading.moments import (
    BY,
    CITED,
    CONDITION,
    DATE,
    EVENT,
    EVENT_NOT_DUE,
    HALF,
    LAST_DAY,
    MONTH,
    MONTH_BY,
    NAMED_GROUP,
    NOT_BY,
    PERIOD_BY,
    QUARTER,
    RECURRING,
    RECURRING_THING,
    ROMAN,
    RUN_DAYS,
    SPAN_START,
    URGENT,
    YEAR_AIM,
    YEAR_OF_THING,
    YEAR_SPAN,
    YEAR_STRONG,
    YEAR_WORD,
)
from directives.reading.notice import Deadline


# Year and day of the document; both may be unknown.
@dataclass(frozen=True, slots=True)
class Calendar:
    """What the document itself says about time: the day it was issued, else its year."""

    issued_on: date | None = None
    year: int | None = None


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
    if not re.search(r"hàng|hằng|mỗi|lần|quý|/\s*tuần|báo cáo tháng", words):
        return
    for pattern, recurrence in RECURRING:
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
                if recurrence == "yearly" and RECURRING_THING.search(before):
                    continue
                if CONDITION.search(before[-40:]):
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
    for match in DATE.finditer(words):
        if not _free(taken, *match.span()):
            continue
        before = words[max(0, match.start() - 90) : match.start()]
        day_word = match[0].startswith("ngày")
        governed = BY.search(before)
        weak = governed is None
        governed = (
            governed
            or SPAN_START.search(before)
            or (re.search(r"(?:sáng|chiều|tối)\s+(?:thứ\s+\w+|chủ nhật)\s*\($", before))
        )
        taken.append(match.span())
        if not column:
            if not governed or (weak and CITED.search(before + ("ngày " if day_word else ""))):
                continue
            if NOT_BY.search(before) and not SPAN_START.search(before):
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
    for match in MONTH.finditer(words):
        month = int(match["month"] or match["bare"])
        printed = match["year"] or match["year2"]
        if not 1 <= month <= 12 or not _free(taken, *match.span()) or (match["bare"] and not column):
            continue
        before = words[max(0, match.start() - 90) : match.start()]
        governed = re.search(r"(?P<before>\btrước)\s+$", before) or MONTH_BY.search(before)
        if not column and not (governed and (printed or re.search(r"trong|trước|hết|xong|hoàn thành", governed[0]))):
            continue
        if not column and (NOT_BY.search(before) and not SPAN_START.search(before)):
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
    for match in QUARTER.finditer(words):
        before = words[max(0, match.start() - 60) : match.start()]
        governed = PERIOD_BY.search(before)
        if not _free(taken, *match.span()) or not (column or governed):
            continue
        quarter = ROMAN.get(match["quarter"]) or int(match["quarter"])
        year = int(match["year"]) if match["year"] else calendar.year
        taken.append(match.span())
        opening = _opening(governed, before, match.start())
        if year is None:
            found.append((_PERIOD, match.start(), Deadline("quarter", start=opening, end=match.end())))
            continue
        last = date(year, *LAST_DAY[quarter])
        if governed and governed["before"]:
            last = _end_of_month(year, quarter * 3 - 3) if quarter > 1 else date(year - 1, 12, 31)
        found.append((_PERIOD, match.start(), _period("quarter", last, match["year"], match, opening)))
    for match in HALF.finditer(words):
        before = words[max(0, match.start() - 60) : match.start()]
        governed = PERIOD_BY.search(before)
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
        for match in YEAR_SPAN.finditer(words):
            taken.append(match.span())
            last = date(int(match["year"]), 12, 31)
            found.append((_PERIOD, match.start(), Deadline("year", last, start=match.start(), end=match.end())))
    for match in YEAR_WORD.finditer(words):
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
        return bool(YEAR_AIM.search(before))
    clause = re.split(r"[.;:]", before)[-1]
    if (
        NAMED_GROUP.match(clause.strip())
        and not part
        and "," not in clause
        and not re.search(r"\bphải\b|\bphấn đấu hoàn thành", clause)
    ):
        return False
    if re.match(r"\s*(?:,\s*)?(?:định hướng|tầm nhìn)", words[match.end() : match.end() + 20]):
        return False
    if re.match(
        r"\s+(?:tập trung|rà soát|tiếp tục|khẩn trương|chủ động|tổ chức)\b", words[match.end() : match.end() + 16]
    ) and not re.search(r"(?:^|[.;:,])\s*$", before):
        # "các xã thực hiện các tiêu chí trong năm 2022 tập trung rà soát ...": the year tells which communes.
        return False
    if re.match(r"\s+(?:đã\s+)?được\s", words[match.end() : match.end() + 10]):
        return False
    if re.match(r"\s+sang\s+(?:năm\s+)?20", words[match.end() : match.end() + 16]) or re.search(r"\bsang\s+$", before):
        # "điều chỉnh lộ trình từ năm 2023 sang năm 2024": what is changed, not by when.
        return False
    strong = YEAR_STRONG.search(before) or part in ("đầu", "cuối", "hết", "trong")
    if part == "đầu":
        return bool(
            re.search(r"(?:dự kiến|vào|trong|hoặc|muộn nhất[^.;]*|chậm nhất[^.;]*|đến|xong|hoàn thành)\s+$", before)
        )
    if re.search(r"\((?:[^)]{0,80})$", before) and not strong:
        return False
    thing = YEAR_OF_THING.search(before)
    if strong:
        # "danh sách được hỗ trợ trong năm 2022": the aid was of that year.
        return bool(re.search(r"phấn đấu (?:để )?được công nhận[^.;:,]{0,60}$", before)) or not (
            thing and re.search(r"được\s+(?:hỗ trợ|giao|phân bổ|công nhận|cấp)|định hướng|tầm nhìn|đề án", thing[0])
        )
    if thing and not re.search(r"(?:phấn đấu|hoàn thành|quyết tâm|\bhoàn)\b[^.;:]{0,60}$", thing[0]):
        return bool(re.search(r"phấn đấu\s*$", before))
    if re.match(
        r"\W*(?:đăng ký|báo cáo|rà soát|tổng hợp|lập|tham mưu|đánh giá|thẩm định|hướng dẫn|kiểm tra|tổng kết)\b", clause
    ):
        # What is registered or reported is of that year; only an aim named as one dates the work.
        return bool(re.search(r"(?:phấn đấu|hoàn thành|về đích|quyết tâm)[^.;:]{0,60}$", before))
    aim = YEAR_AIM.search(before)
    if aim is None:
        return False
    return not re.search(r"\b(?:đăng ký|cho\s+\d+\s+xã|các xã)\b[^.;:,]{0,60}$", before)


def _find_open(words, found, taken):
    for match in RUN_DAYS.finditer(words):
        if (
            "tồn đọng" in words[max(0, match.start() - 30) : match.start()]
            or words[max(0, match.start() - 4) : match.start()] == "quá "
        ):
            continue
        if _free(taken, *match.span()):
            found.append((_OPEN_DAY, match.start(), Deadline("date", start=match.start(), end=match.end())))
    for match in EVENT.finditer(words):
        before = words[max(0, match.start() - 90) : match.start()]
        if _free(taken, *match.span()) and not EVENT_NOT_DUE.search(before) and not before.endswith("công khai trước "):
            found.append((_OPEN_DAY, match.start(), Deadline("date", start=match.start(), end=match.end())))


def _find_urgent(words, found):
    for match in URGENT.finditer(words):
        if not CONDITION.search(words[max(0, match.start() - 120) : match.start()]):
            found.append((_ASAP, match.start(), Deadline("asap", start=match.start(), end=match.end())))
            return
