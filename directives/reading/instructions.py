"""Who a sentence tells to do something: its subject, the body after `Giao`, those it works with or reports to."""

import re
from dataclasses import dataclass, field

from directives.reading.bodies import (
    _BEFORE_DELEGATE,
    _OPENER,
    _TOWARDS,
    DELEGATE,
    HEAD,
    PERSON,
    body_end,
    split_names,
    starts_with_verb,
    trim,
)
from directives.reading.notice import Span
from directives.reading.text import SMALL, UPPER

_CLAUSE_END = re.compile(r"(?<![.;])[.;]+(?=\s|$)|;|[.](?=\s*\*)|\n(?=$)")
_ABBREVIATION = re.compile(r"(?:\b(?:tt|ttr|tp|tx|bt|đ/c|v\.v|vv|ths|ts|q|p|gs|pgs)|\.\.)$")
_APPROVES = re.compile(
    r"(?:đã\s+|cơ bản\s+)?(?:nhất trí|đồng ý|thống nhất|ghi nhận|đánh giá cao|biểu dương|trân trọng|cảm ơn)(?!\w)(?!\s+(?:giao|"
    r"yêu cầu|đề nghị|với các|trong))"
)
_SUPPORT = re.compile(
    r"(?:phối hợp(?:\s+chặt chẽ)?(?:\s+(?:với|cùng))?|cùng(?:\s+với)?|gửi(?:\s+(?:về|cho|đến))?|trình|tham "
    r"mưu(?:\s+(?:cho|giúp))?|báo cáo(?:\s+(?:với|cho|về))?|"
    r"(?:chỉ đạo|hướng dẫn|đôn đốc|kiểm tra|giúp)(?:,\s*(?:hướng dẫn|đôn đốc|kiểm tra|giám sát))*|kết quả về|"
    r"qua|đề nghị|xin ý kiến)\s+"
)
_REPORT = re.compile(
    r"(?:ubnd|ủy ban|chủ tịch|ban|huyện ủy|tỉnh ủy|đảng ủy|hđnd|hội đồng|thường trực|thủ tướng|sở|phòng|văn "
    r"phòng|bộ|cấp)"
)


# The bodies told to act, and where the words of their work begin.
_Found = tuple[list[Span], int]


@dataclass(slots=True)
class Clause:
    """A sentence or part up to a semicolon, with the bodies told to act (`leads`) and whether it instructs at all."""

    start: int
    end: int
    leads: list[Span] = field(default_factory=list)
    instructs: bool = False
    # Where the words of the work begin, after the leads.
    work: int = 0


def clauses_of(key: str, start: int, end: int) -> list[Clause]:
    """The text cut at full stops and semicolons outside brackets."""
    clauses, first = [], start
    for stop in _CLAUSE_END.finditer(key, start, end):
        at = stop.start()
        if stop[0][0] == "." and _ABBREVIATION.search(key[max(first, at - 4) : at]):
            continue
        if at - first < 2000 and key.count("(", first, at) > key.count(")", first, at):
            continue
        if key[first : stop.end()].strip(" .;"):
            clauses.append(Clause(first, stop.end()))
        first = stop.end()
    if key[first:end].strip(" ./"):
        clauses.append(Clause(first, end))
    return clauses


_TOO_LATE = re.compile(
    r"\W*(?:sau|quá|hết)\s+(?:thời (?:hạn|gian|điểm)|ngày)\s+(?:trên|này|nêu trên|nói trên|quy định)\b"
)


def read_clause(text: str, key: str, clause: Clause) -> None:
    """Find the leads of a clause."""
    if _TOO_LATE.match(key, clause.start, clause.end):
        # "quá thời hạn trên, đơn vị không gửi coi như thống nhất" says what follows, not what to do.
        clause.work = clause.start
        return
    start = _skip(key, clause.start, clause.end)
    known: dict[int, _Found | None] = {}
    found = _subject(text, key, start, clause.end, known)
    if found is None:
        found = _opened_subject(text, key, start, clause.end, known)
    if found is not None:
        clause.leads, clause.work = found
        clause.instructs = True
        return
    found = _delegated_inside(text, key, start, clause.end)
    if found is not None:
        clause.leads, clause.work = found
        clause.instructs = True
        return
    clause.work = start
    clause.instructs = starts_with_verb(key, start, clause.end)


_LETTER = re.compile(r"[^\W_]")
_COLON = re.compile(":")
# A sentence may open in so many ways before its subject, and no more.
_MOST_STARTS = 12


def _skip(key, start, end):
    letter = _LETTER.search(key, start, end)
    return letter.start() if letter else max(start, end)


def _subject(text, key, start, end, known):
    """The body a clause starts with, or the one it delegates to in its first words.

    `known` keeps what was found from each place of the clause: places are asked for again from each colon before them.
    """
    if start not in known and len(known) < _MOST_STARTS:
        known[start] = None
        known[start] = _subject_from(text, key, start, end, known)
    return known.get(start)


def _subject_from(text, key, start, end, known):
    towards = _TOWARDS.match(key, start, end)
    at = towards.end() if towards else start
    delegated = DELEGATE.match(key, at, end)
    if delegated and delegated["verb"] not in ("chỉ đạo", "lãnh đạo"):
        return _delegated(text, key, delegated, end)
    if towards:
        # "Đối với 06 xã chưa hoàn thành ...: UBND các huyện kiểm điểm": who must act stands after the colon.
        for colon in _COLON.finditer(key, at, min(end, at + 450)):
            if len(known) >= _MOST_STARTS:
                break
            after = _skip(key, colon.end(), end)
            if HEAD.match(key, after, end) or DELEGATE.match(key, after, end):
                inner = _subject(text, key, after, end, known)
                if inner is not None and inner[0]:
                    return inner
    stop = body_end(text, key, at, end)
    if stop is None:
        return None
    name_end, verb = stop
    if key[verb] == ":":
        return _after_colon(text, key, at, verb, end, known, towards=bool(towards))
    delegated = DELEGATE.match(key, verb, end)
    if delegated and delegated["verb"] not in ("chỉ đạo", "lãnh đạo"):
        inner = _delegated(text, key, delegated, end)
        if inner is not None:
            return inner
    if _APPROVES.match(key, verb, end) or key[start:name_end].rstrip().endswith((" đã", " chưa")):
        # "Thường trực Huyện ủy nhất trí ...", "Các xã đã cơ bản ...": who approves or has done is told nothing.
        return None
    return split_names(text, key, at, name_end), verb


def _after_colon(text, key, at, colon, end, known, *, towards):
    """`Phòng X: rà soát` and `Đối với 04 xã: A, B và C chỉ đạo`; a name list after the colon belongs to the lead."""
    after = _skip(key, colon + 1, end)
    listed = re.compile(
        r"(?:(?:xã|phường)\s+)?[" + UPPER + r"][\w']*(?:\s+[" + UPPER + r"][\w']*)*\s*(?:,|và\s|;)"
    ).match(text, after, end)
    if listed and not HEAD.match(key, after, end):
        stop = re.compile(
            r"(?<!\w)(?:tập trung|tổ chức|chỉ đạo|tiếp tục|rà soát|thực hiện|hoàn thành|triển khai|khẩn "
            r"trương|xây dựng|phải|cần|phấn đấu|đẩy nhanh|chủ động|hướng dẫn)(?!\w)|[:.;]"
        ).search(key, after, min(end, after + 400))
        if stop and stop[0] not in ".;":
            if stop[0] == ":":
                inner = _subject(text, key, _skip(key, stop.start() + 1, end), end, known)
                if inner is not None:
                    return inner
            first, last = trim(text, at, stop.start())
            return [(first, last)], stop.start()
    inner = _subject(text, key, after, end, known) if after < end else None
    names = split_names(text, key, at, colon)
    if inner is not None and (towards or DELEGATE.match(key, after, end) or HEAD.match(key, after, end)):
        return inner
    return names, after


_PEOPLE = re.compile(
    r"(?:(?:các|những|từng|mỗi|cụ thể|\d+)\s+)*(?:cán bộ|thành viên|đảng viên|cấp ủy viên|đảng ủy viên|ủy viên|lãnh đạo|công "
    r"chức|đồng chí|chuyên viên|người)"
)


def _delegated(text, key, match, end):
    """The body after `Giao`, `Yêu cầu`: (spans, where the work begins); None if no body stands there."""
    at = match.end()
    if match["verb"] == "phân công" and _PEOPLE.match(key, at, end):
        # "phân công thành viên phụ trách thôn": the committee itself must act.
        return None
    towards = re.compile(r"(?:đối với|với)\s+").match(key, at, end)
    at = towards.end() if towards else at
    if not (HEAD.match(key, at, end) or PERSON.match(key, at, end)):
        return _named_freely(text, key, match, at, end)
    stop = body_end(text, key, at, end)
    if stop is None:
        # "Giao UBND huyện." with no verb we know: up to the end, if it is short.
        close = _CLAUSE_END.search(key, at, end)
        last = close.start() if close else end
        if last - at > 120:
            return None
        return split_names(text, key, at, last), last
    return split_names(text, key, at, stop[0]), stop[1]


def _named_freely(text, key, match, at, end):
    """`Đề nghị VNPT Phong Điền ...`: a name in capitals that holds no noun we know."""
    if not text[at : at + 1].isupper() or not text[match.start("verb")].isupper():
        return None
    name = re.compile(r"(?:[" + UPPER + r"][\w&-]*[\s,]+){1,8}(?=[" + SMALL + r"])").match(text, at, min(end, at + 160))
    if not name:
        return None
    return [trim(text, at, name.end())], name.end()


def _opened_subject(text, key, start, end, known):
    """The subject after an opening part: `Trên cơ sở ..., UBND các xã ...`, `Về đất đai: Giao phòng X ...`."""
    limit = min(end, start + 420)
    if not _OPENER.match(key, start, end) and ":" not in key[start : start + 160]:
        return None
    for gap in re.compile(r"[,:]\s").finditer(key, start, limit):
        at = _skip(key, gap.end(), end)
        if key.count("(", start, at) > key.count(")", start, at):
            continue
        if gap[0][0] == "," and not (HEAD.match(key, at, end) or DELEGATE.match(key, at, end)):
            continue
        if gap[0][0] == "," and _BODY_BEFORE.search(key[max(start, gap.start() - 24) : gap.start()]):
            # "của cơ quan, đơn vị": a list inside the opening part.
            continue
        found = _subject(text, key, at, end, known)
        if found is not None and found[0]:
            return found
    return None


_BODY_BEFORE = re.compile(r"(?:cơ quan|sở|ban|ngành|phòng|xã|phường|huyện|thị trấn|thành phố|đơn vị|địa phương|bộ)$")


def _delegated_inside(text, key, start, end):
    """`... ; giao Phòng X ...` further inside a clause."""
    for match in DELEGATE.finditer(key, start, min(end, start + 3000)):
        if match["verb"] in ("chỉ đạo", "lãnh đạo", "kêu gọi", "lưu ý", "phân công"):
            continue
        if not _BEFORE_DELEGATE.search(key[max(start, match.start() - 20) : match.start()]):
            continue
        if re.search(
            r"\b(?:đã|được|do|theo|kế hoạch|chỉ tiêu|tỉnh|trung ương)\s*$",
            key[max(start, match.start() - 12) : match.start()],
        ):
            continue
        if not HEAD.match(key, match.end(), end):
            continue
        found = _delegated(text, key, match, end)
        if found is not None:
            return found
    return None


_INNER = re.compile(
    r",\s+(?=(?:các\s+|những\s+)?(?:đồng chí|đ/c)\s)|trong đó,?:?\s+(?=(?:xã|ubnd|thị trấn|phòng|sở)\s)|"
    r"nhất là\s+(?=các xã\s)"
)


def inner_subjects(text: str, key: str, clause: Clause) -> list[Span]:
    """Further bodies with work of their own inside a clause: `..., các đồng chí Bí thư phải quan tâm`, `trong đó xã X`."""
    spans: list[Span] = []
    for match in _INNER.finditer(key, clause.work, min(clause.end, clause.work + 3000)):
        stop = body_end(text, key, match.end(), clause.end)
        if stop is not None and key[stop[1]] != ":" and not _APPROVES.match(key, stop[1], clause.end):
            spans += split_names(text, key, match.end(), stop[0])
    return spans


def supports_of(text: str, key: str, start: int, end: int) -> list[Span]:
    """Bodies the work is done with, reported to, or passed down to. Rule: LABELLING.md, 4.6."""
    spans: list[Span] = []
    for match in _SUPPORT.finditer(key, start, end):
        at = match.end()
        if not HEAD.match(key, at, end) or (spans and at < spans[-1][1]):
            continue
        stop = body_end(text, key, at, min(end, at + 200))
        if stop is None:
            close = re.compile(
                r"[.;(]|,\s*(?!phòng|ban|sở|ubnd|các|hội|công an|trung tâm)|\s(?:trước|trong|về|để|tại|theo|"
                r"hàng|hằng|vào|từ|chậm nhất|kết quả|tình hình)\s"
            ).search(key, at, end)
            name_end = close.start() if close else end
        else:
            name_end = stop[0]
            close = re.compile(r"[(]|\s(?:trước|trong|để|tại|theo|hàng|hằng|vào|từ|chậm nhất)\s").search(
                key, at, name_end
            )
            name_end = close.start() if close else name_end
        told = re.compile(r"\s(?:kết quả|tiến độ|tình hình|những|xem xét|nội dung)\s").search(key, at, name_end)
        name_end = told.start() if told else name_end
        if text[name_end - 1] == ")" and key.rfind("(", at, name_end) < 0:
            name_end -= 1
        if name_end - at <= 160:
            spans += split_names(text, key, at, name_end)
    return spans[:20]
