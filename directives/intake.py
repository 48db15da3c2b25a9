"""From a document that was read to its draft: what is kept of the header, and a draft task for each task found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from communes.models import Locality
from criteria.models import Criterion
from directives import rules
from directives.bodies import SEPARATOR, Bodies
from directives.models import Directive, Kind, Task
from directives.reading import FoundTask, Header, Notice
from directives.sets import current_commune_set
from ntm_tracker.vietnamese import fold, format_date

KIND_OF_WORD = {fold(kind.label): kind for kind in Kind if kind != Kind.OTHER}


@dataclass(frozen=True)
class Here:
    """What the words of a document may name in its place on its day. `load` takes seven queries."""

    bodies: Bodies
    communes: list[Locality]
    criteria: dict[int, Criterion]

    @classmethod
    def load(cls, place: Locality, day: date) -> "Here":
        criteria_set = current_commune_set(day)
        criteria = Criterion.objects.filter(criteria_set=criteria_set) if criteria_set else []
        return cls(
            bodies=Bodies.load(place, day),
            communes=communes_of(place, day),
            criteria={criterion.number: criterion for criterion in criteria},
        )

    def communes_named(self, names: Iterable[str]) -> list[Locality]:
        named = {fold(name) for name in names}
        return [commune for commune in self.communes if fold(commune.name) in named]


def communes_of(place: Locality, day: date) -> list[Locality]:
    return list(Locality.objects.within(place).communes().existing_on(day).alphabetical())


@dataclass(frozen=True)
class DraftTask:
    """A task to be: its columns, and its bodies by the name of their field."""

    fields: dict
    bodies: dict = field(default_factory=dict)

    @property
    def can_go_out(self) -> bool:
        return bool(self.bodies["leads"] or self.bodies["lead_members"])


def header_fields(header: Header) -> dict:
    """What a directive keeps of a header; a day that cannot be is left for the officer to enter."""
    issued_on, meeting_on = header.issued_on, header.meeting_on
    if issued_on and meeting_on and issued_on < meeting_on:
        # One of the two is misread or misprinted; the printed day of issue is the surer one.
        meeting_on = None
    kept = {
        "kind": _kind(header),
        "number": header.number,
        "title": header.title,
        "issuer": header.issuer,
        "issued_on": issued_on,
        "meeting_on": meeting_on,
        "signer": header.signer_name,
        "signer_title": header.signer_title,
        "recipients": "\n".join(header.recipients),
    }
    return {name: fitting(Directive, name, value) for name, value in kept.items()}


def draft_tasks(notice: Notice, *, day: date, here: Here) -> list[DraftTask]:
    """A draft task for each task found, in the order of the text. `day` is the one the document counts from."""
    return [draft_task(found, day=day, here=here) for found in notice.tasks]


def draft_task(found: FoundTask, *, day: date, here: Here) -> DraftTask:
    leads, supports = here.bodies.leads(found.lead), here.bodies.supports(found.support)
    due_on, repeats = due_of(found, day)
    bodies = {
        "leads": list(leads.agencies),
        "lead_members": list(leads.members),
        "supports": [agency for agency in supports.agencies if agency not in leads.agencies],
        "communes": here.communes_named(found.communes),
        "criteria": [here.criteria[number] for number in found.criteria if number in here.criteria],
    }
    fields = {
        "section": found.section,
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "lead_text": SEPARATOR.join(found.lead),
        "support_text": SEPARATOR.join(found.support),
        "due_on": due_on,
        "due_text": found.deadline.text,
        "repeats": repeats,
        "remark": found.deadline.problem,
    }
    task = DraftTask({name: fitting(Task, name, value) for name, value in fields.items()}, bodies)
    is_in_time = due_on is None or due_on >= day
    task.fields["is_included"] = task.can_go_out and is_in_time
    return task


def due_of(found: FoundTask, day: date) -> tuple[date | None, str]:
    """The first day a found task falls due, and how it repeats."""
    deadline = found.deadline
    if deadline.recurrence and (first := rules.first_due(deadline.recurrence, after=day)):
        return first
    return deadline.due, ""


def fitting(model, name, value):
    """A text cut to what its column holds, with … where it was cut; anything else as it is."""
    longest = getattr(model._meta.get_field(name), "max_length", None)
    if not isinstance(value, str) or longest is None or len(value) <= longest:
        return value
    return value[: longest - 1].rstrip() + "…"


def late_words(task_due: date, day: date) -> str:
    return f"thời hạn {format_date(task_due)} trước ngày của văn bản ({format_date(day)})"


def _kind(header):
    if kind := KIND_OF_WORD.get(fold(header.kind)):
        return kind
    # "…/TB-UBND", "12-CV/ĐU": the number says the kind too.
    parts = header.number.replace("-", "/").split("/") if header.number else []
    for code in parts[1:]:
        if code and code in Kind.values:
            return Kind(code)
    return Kind.OTHER if header.kind else Kind.NOTICE
