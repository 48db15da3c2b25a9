"""What a notice says, once read: plain facts with the places in the text where they stand."""

from dataclasses import dataclass, field
from datetime import date

Span = tuple[int, int]


@dataclass(frozen=True)
class Header:
    """Number, day, kind, body and signer of a document; "" or None where it does not print one."""

    number: str = ""
    # What is printed when the number or the day is incomplete: "/TB-UBND", "ngày tháng 3 năm 2024".
    number_text: str = ""
    issued_on: date | None = None
    issued_text: str = ""
    place: str = ""
    kind: str = ""
    title: str = ""
    issuer: str = ""
    signer_name: str = ""
    signer_title: str = ""
    # The lines above the signer's own post that say for whom: "TL. CHỦ TỊCH / KT. CHÁNH VĂN PHÒNG".
    signer_authority: str = ""
    meeting_on: date | None = None
    recipients: tuple[str, ...] = ()
    # The `Kính gửi` list of a letter.
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """The last day a task allows, in the words it stands in.

    `kind` is one of date, month, quarter, half_year, year, recurring, none, asap. `recurrence` is weekly, monthly,
    monthly:25, quarterly, yearly, yearly:06-30 or biennial. `due` is None where the text does not settle the day;
    `proposed` then holds a guess from the year of the document, for an officer to confirm. `problem` is "" or a
    sentence for that officer.
    """

    kind: str = "none"
    due: date | None = None
    recurrence: str | None = None
    text: str = ""
    start: int | None = None
    end: int | None = None
    problem: str = ""
    proposed: date | None = None

    @property
    def is_dated(self) -> bool:
        return self.due is not None or self.recurrence is not None


@dataclass(frozen=True)
class FoundTask:
    """One instruction: its exact words (`text`, white space squashed) and who must do it by when."""

    start: int
    end: int
    text: str
    section: str = ""
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    criteria: tuple[int, ...] = ()
    deadline: Deadline = field(default_factory=Deadline)
    # Where the words of leads and supports stand; they may lie in a heading above the task.
    lead_spans: tuple[Span, ...] = ()
    support_spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A reported number: `value` as printed, `metric` as in criteria_met, mean_criteria_per_commune, target_..."""

    subject: str
    metric: str
    value: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Goal:
    """Places that are to reach a tier (đạt chuẩn, nâng cao, kiểu mẫu) in a year."""

    places: tuple[str, ...]
    year: int | None
    tier: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Heading:
    """A heading with its printed number ("" if it has none); `level` counts from 1 at the outermost."""

    start: int
    end: int
    level: int
    number: str
    text: str


@dataclass(frozen=True)
class Notice:
    """A document read. Every offset counts in `text`, which is NFC with \\n line ends and no control characters."""

    text: str
    header: Header = field(default_factory=Header)
    tasks: tuple[FoundTask, ...] = ()
    figures: tuple[Figure, ...] = ()
    goals: tuple[Goal, ...] = ()
    headings: tuple[Heading, ...] = ()

    def as_labels(self) -> dict:
        """The notice in the shape of the labelled documents: None for what is absent, days in ISO form."""
        return {
            "header": _header_labels(self.header),
            "tasks": [_task_labels(number, task) for number, task in enumerate(self.tasks, start=1)],
            "figures": [
                {"subject": f.subject, "metric": f.metric, "value": f.value, "text": f.text} for f in self.figures
            ],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _header_labels(header: Header) -> dict:
    labels = {
        name: getattr(header, name) or None
        for name in ("number", "number_text", "issued_text", "place", "kind", "title", "issuer")
    }
    labels["issued_on"] = _iso(header.issued_on)
    labels["signer_name"] = header.signer_name or None
    labels["signer_title"] = header.signer_title or None
    labels["signer_authority"] = header.signer_authority or None
    labels["meeting_on"] = _iso(header.meeting_on)
    labels["recipients"] = list(header.recipients)
    labels["addressees"] = list(header.addressees)
    return labels


def _task_labels(number: int, task: FoundTask) -> dict:
    return {
        "id": number,
        "section": task.section,
        "text": task.text,
        "lead": list(task.lead),
        "support": list(task.support),
        "communes": list(task.communes),
        "criteria": list(task.criteria),
        "deadline": {
            "kind": task.deadline.kind,
            "due": _iso(task.deadline.due),
            "recurrence": task.deadline.recurrence,
            "text": task.deadline.text or None,
        },
        "is_task": True,
    }
