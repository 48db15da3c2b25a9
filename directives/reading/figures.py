"""Reported figures and goals. Metrics: LABELLING.md, 5."""

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict

from directives.reading.notice import Figure, Goal, Heading, Span
from directives.reading.places import places_of
from directives.reading.text import squash

_DECIMAL = r"\d{1,2}(?:[.,]\d{1,2})?"
# It starts with a letter or digit, never with white space: a page of blanks must cost no more than a page of words.
# What a list was read as stays, `(?>`: forty entries with two readings each would be tried in every combination.
_MET = re.compile(
    r"(?:(?P<subject>(?:xã|thị trấn|huyện)\s[^.;,:\d()]{0,40}?)\s)?(?:(?:cơ bản|mới|đã|đạt|hoàn thành)\s+){0,3}"
    r"(?P<value>\d{1,2}\s*/\s*(?P<of>\d{1,2}))(?P<list>(?>\s*,\s*[^.;,:\d()]{2,30}?\s+\d{1,2}/\d{1,2}){0,40})\s*tiêu chí"
    r"(?P<whose>\s+huyện)?"
)
_MET_MORE = re.compile(r"(?P<subject>[^\s.;,:\d()][^.;,:\d()]{1,30}?)\s+(?P<value>\d{1,2}/\d{1,2})")
_UNMET = re.compile(r"(?P<value>\d{1,2})\s+tiêu chí\s+chưa\s+đạt")
_MEAN = re.compile(rf"bình quân[^.;:\d]{{0,80}}?(?P<value>{_DECIMAL})\s*tiêu chí")
_TOTAL = re.compile(
    r"(?:(?P<many>\d{1,3}\s*/\s*\d{1,3})\s+xã\s+đạt\s+chuẩn[^.;,]{0,40}"
    r"|xã\s+đạt\s+chuẩn[^.;,\d]{0,40}?lên\s+(?P<up>\d{1,3}(?:\s*/\s*\d{1,3})?)(?:\s+xã)?[^.;,]{0,40})"
    r"(?:,?\s*(?:chiếm|đạt)(?:\s+tỷ lệ)?\s*(?P<percent>\d{1,3}(?:[.,]\d+)?\s*%))?"
)
_ADDED = re.compile(r"có thêm\s+(?P<value>\d{1,3})\s+xã[^.;,:]{0,30}?\s*đạt chuẩn")
_MODEL = re.compile(r"(?P<value>\d{1,3})\s+xã[^.;,]{0,40}?đạt\s+chuẩn[^.;,]{0,30}?kiểu mẫu")
_PLAN = re.compile(
    r"đạt\s+(?P<value>\d{1,3}\s*/\s*\d{1,3})\s+tiêu chí\s*\(đạt\s+(?P<percent>\d{1,3}(?:[.,]\d+)?\s*%)\s+kế hoạch"
)
_PERCENT = re.compile(r"(?:tỷ lệ xã đạt chuẩn|số xã đạt chuẩn)[^.;()]{0,80}?đạt\s+(?P<value>\d{1,3}(?:[.,]\d+)?\s*%)")
_PLAIN = [
    ("mean_criteria_per_commune", _MEAN),
    ("communes_recognised_year", _ADDED),
    ("plan_achievement", _PLAN),
    ("criteria_unmet", _UNMET),
    ("percent_communes_recognised", _PERCENT),
    ("communes_model", _MODEL),
]
_TARGETS = [
    (
        "income_per_capita",
        re.compile(r"thu nhập bình quân[^.;:]{0,40}?đạt\s+(?P<value>\d+(?:[.,]\d+)?\s+triệu đồng(?:/người(?:/năm)?)?)"),
    ),
    (
        "poverty_rate",
        re.compile(r"(?:tỷ lệ )?hộ nghèo[^.;:]{0,40}?(?:còn|dưới|xuống còn)\s+(?P<value>\d+(?:[.,]\d+)?\s*%)"),
    ),
    ("trained_labour", re.compile(r"lao động qua đào tạo[^.;:]{0,20}?(?P<value>\d+(?:[.,]\d+)?\s*%)")),
    ("health_insurance", re.compile(r"bảo hiểm y tế[^.;:]{0,20}?(?P<value>\d+(?:[.,]\d+)?\s*%)")),
    ("waste_treated", re.compile(r"rác thải[^.;:]{0,60}?đạt\s+(?P<value>\d+(?:[.,]\d+)?\s*%)")),
    ("clean_water", re.compile(r"(?<![\d.,])(?P<value>\d{1,3}(?:[.,]\d{1,2})?\s*%)\s+tỷ lệ hộ dân sử dụng nước sạch")),
    ("ocop", re.compile(r"(?P<value>\d{1,3})\s+sản phẩm ocop")),
]
_IS_TARGET = re.compile(r"(?:phấn đấu|phân đấu|phân đầu|chỉ tiêu|mục tiêu)[^.;]{0,80}$")
_YEAR = re.compile(r"năm\s+(20\d\d)")
_ONLY_YEAR = re.compile(r"\W*(?:trong |đến )?năm\s+(20\d\d)\W*")
_GOAL = re.compile(
    r"(?:phấn đấu|phân đấu|phân đầu|phần đấu|có thêm|\d{1,3}\s+xã|\bxã\s|các xã|"
    r"\d{1,2}\s+thôn)[^.;]{0,160}?(?:đạt chuẩn|kiểu mẫu|nâng cao|về đích)"
)


def figures_of(text: str, key: str, start: int, end: int, goals: list[tuple[int, int]], whole: str) -> list[Figure]:
    """Figures from `start` to `end`; `whole` is the place the document is about.

    `goals` are the spans of the blocks in sections of goals, in order.
    """
    found: list[Figure] = []
    # The spans of the figures found, by metric, in order.
    taken: dict[str, list[Span]] = defaultdict(list)

    def in_goals(match):
        at = bisect_right(goals, match.start(), key=lambda span: span[0])
        return at > 0 and match.start() < goals[at - 1][1]

    def add(match, metric, value, subject):
        target = in_goals(match) or bool(
            _IS_TARGET.search(
                key[
                    max(start, match.start() - 90) : match.end("value")
                    if "value" in match.re.groupindex
                    else match.end()
                ]
            )
        )
        name = f"target_{metric}" if target and metric in ("mean_criteria_per_commune", "communes_model") else metric
        if target and metric in ("communes_recognised_year", "communes_recognised_total"):
            name = "target_communes_recognised"
        at = bisect_left(taken[name], (match.end(),))
        if at == 0 or taken[name][at - 1][1] <= match.start():
            insort(taken[name], match.span())
            found.append(
                Figure(
                    subject, name, squash(value), squash(text[match.start() : match.end()]), match.start(), match.end()
                )
            )

    for match in _PLAN.finditer(key, start, end):
        add(match, "plan_achievement", f"{squash(match['value'])} ({match['percent']})", whole)
    for match in _MET.finditer(key, start, end):
        if (
            match["of"] not in ("19", "9", "18", "10")
            or _IS_TARGET.search(key[max(start, match.start() - 60) : match.start()])
            or in_goals(match)
        ):
            continue
        subject = squash(text[match.start("subject") : match.end("subject")]) if match["subject"] else whole
        subject = re.sub(r"\s+(?:đạt|mới|đã|cơ bản|hoàn thành).*$", "", subject)
        add(
            match,
            "criteria_met",
            match["value"],
            whole if match["whose"] or subject.lower() in ("xã", "huyện") else subject,
        )
        if match["list"]:
            for more in _MET_MORE.finditer(key, match.start("list"), match.end("list")):
                name = squash(text[more.start("subject") : more.end("subject")]).strip(" ,")
                found.append(
                    Figure(
                        f"xã {name}",
                        "criteria_met",
                        more["value"],
                        squash(text[more.start() : more.end()]).strip(" ,"),
                        more.start(),
                        more.end(),
                    )
                )
    for match in _TOTAL.finditer(key, start, end):
        value = match["many"] or match["up"]
        add(
            match,
            "communes_recognised_total",
            f"{squash(value)} ({match['percent']})" if match["percent"] else value,
            whole,
        )
    for metric, pattern in _PLAIN:
        for match in pattern.finditer(key, start, end):
            if metric != "plan_achievement":
                add(match, metric, match["value"], whole)
    for metric, pattern in _TARGETS:
        for match in pattern.finditer(key, start, end):
            if in_goals(match):
                found.append(
                    Figure(
                        whole,
                        f"target_{metric}",
                        squash(match["value"]),
                        squash(text[match.start() : match.end()]),
                        match.start(),
                        match.end(),
                    )
                )
    return sorted(found, key=lambda f: f.start)


def goals_of(text: str, key: str, spans: list[tuple[int, int, int | None]]) -> list[Goal]:
    """Goals that name places and a year. `spans` are blocks as (start, end, year given by their heading)."""
    found = []
    for start, end, year in spans:
        match = _GOAL.search(key, start, min(end, start + 1500))
        if not match:
            continue
        places = places_of(text, key, start, min(end, start + 3000))
        if not places:
            continue
        own = _YEAR.search(key, start, end)
        when = int(own[1]) if own else year
        if when is None:
            continue
        words = key[start:end]
        tier = "kiểu mẫu" if "kiểu mẫu" in words else "nâng cao" if "nâng cao" in words else "đạt chuẩn"
        found.append(Goal(places, when, tier, squash(text[start:end]), start, end))
    return found


def heading_years(headings: list[Heading], starts: list[int]) -> list[int | None]:
    """For each place in the text the year of the nearest heading above that is nothing but a year: `4.1. Năm 2020:`.

    An outermost heading ends what those above it said.
    """
    years: list[int | None] = [None]
    for heading in headings:
        found = _ONLY_YEAR.fullmatch(heading.text.lower())
        years.append(int(found[1]) if found else None if heading.level <= 1 else years[-1])
    return [years[bisect_right(headings, start, key=lambda heading: heading.start)] for start in starts]
