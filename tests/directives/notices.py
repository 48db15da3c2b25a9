"""Notices as the reader gives them, made by hand: the pages are tried apart from the reading."""

from datetime import date

from directives import review
from directives.forms import intake
from directives.reading import Deadline, Figure, FoundTask, Goal, Header, Heading, Notice

HEADER = Header(
    number="253/TB-UBND",
    kind="Thông báo",
    title="Kết luận cuộc họp triển khai kế hoạch",
    issuer="UBND huyện Tam Đường",
    meeting_on=date(2024, 3, 28),
    issued_on=date(2024, 4, 1),
)
CEMENT = "Rà soát nhu cầu xi măng gửi phòng Nông nghiệp tổng hợp. Hoàn thành trước ngày 15/4/2024."
MONTHLY = "Hàng tháng báo cáo tình hình trước ngày 25 hàng tháng."
VAGUE = "Các cơ quan chuyên môn xây dựng kế hoạch lập lại trật tự."
TOWN = "UBND thị trấn Tam Đường lập hồ sơ trong quý III/2024."


def found(text, words, *, lead=(), support=(), deadline=None, **fields):
    """A task of these words in a text; its leads and deadline marked where they stand."""
    start = text.index(words)

    def spans(names):
        return tuple((at, at + len(name)) for name in names if (at := text.find(name)) >= 0)

    if deadline and deadline.text:
        at = text.index(deadline.text, start)
        deadline = Deadline(**{**vars(deadline), "start": at, "end": at + len(deadline.text)})
    return FoundTask(
        start=start,
        end=start + len(words),
        text=words,
        lead=tuple(lead),
        support=tuple(support),
        deadline=deadline or Deadline(),
        lead_spans=spans(lead),
        support_spans=spans(support),
        **fields,
    )


def notice(header=HEADER, extra=(), **fields):
    """Four tasks under one heading, and `extra` more like the first with its number in front."""
    heading = "1. Đối với UBND các xã"
    lines = [f"Nội dung {number}: {CEMENT}" for number in range(1, extra + 1)] if extra else []
    text = "\n\n".join(["THÔNG BÁO", heading, f"- {CEMENT}", f"- {MONTHLY}", f"- {TOWN}", VAGUE, *lines])
    due = Deadline("date", due=date(2024, 4, 15), text="trước ngày 15/4/2024")
    tasks = [
        found(text, CEMENT, lead=["UBND các xã"], support=["phòng Nông nghiệp"], deadline=due, section="1"),
        found(
            text,
            MONTHLY,
            lead=["các thành viên Ban Chỉ đạo NTM huyện"],
            deadline=Deadline("recurring", recurrence="monthly:25", text="trước ngày 25 hàng tháng"),
        ),
        found(
            text,
            TOWN,
            lead=["UBND thị trấn Tam Đường"],
            deadline=Deadline("quarter", due=date(2024, 9, 30), text="trong quý III/2024"),
            communes=("Tam Đường",),
        ),
        found(text, VAGUE, lead=["Các cơ quan chuyên môn"]),
        *(found(text, line, lead=["UBND các xã"], support=["các đơn vị lạ"], deadline=due) for line in lines),
    ]
    start = text.index(heading)
    headings = (Heading(start, start + len(heading), 1, "1", heading),)
    return Notice(text=text, header=header, tasks=tuple(tasks), headings=headings, **fields)


def plain(text):
    """A document in which nothing was found."""
    return Notice(text=text)


def use(monkeypatch, read):
    """Let the pages read so: `read` is a notice for every text, or a function of the text."""

    def reading(text, *, communes=()):
        return read(text) if callable(read) else read

    review.reading_of.cache_clear()
    monkeypatch.setattr(review, "read", reading)
    monkeypatch.setattr(intake, "read", reading)


__all__ = [
    "CEMENT",
    "Deadline",
    "HEADER",
    "Header",
    "MONTHLY",
    "TOWN",
    "VAGUE",
    "Figure",
    "Goal",
    "found",
    "notice",
    "plain",
    "use",
]
