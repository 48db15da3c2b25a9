"""What the page shows on which a draft is checked: the text with its tasks marked, and the tasks with what they lack."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from communes.models import Agency
from directives import rules
from directives.actions import mark_of
from directives.bodies import Match, names_in
from directives.drafts import planned_assignments, problems_of_directive, problems_of_task, with_bodies
from directives.intake import Here, draft_task
from directives.models import Directive, Task
from directives.reading import Notice, read
from directives.spans import Span
from ntm_tracker.vietnamese import fold, format_date

WORDS_OF_REPEATS = {
    "weekly": "hằng tuần",
    "monthly": "ngày {day} hằng tháng",
    "quarterly": "hằng quý",
    "yearly": "hằng năm",
    "biennial": "hai năm một lần",
}
_MARKUP = {
    "": ("", ""),
    "lead": (mark_safe('<span class="mk-lead">'), mark_safe("</span>")),
    "support": (mark_safe('<span class="mk-support">'), mark_safe("</span>")),
    "due": (mark_safe('<b class="mk-due">'), mark_safe("</b>")),
}


@lru_cache(maxsize=16)
def reading_of(text: str, communes: tuple[str, ...] = ()) -> Notice:
    """The document read; kept for a while, for the page asks again at every change."""
    return read(text, communes=communes)


# -- the table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A day the reader would guess, with the words of the document it stands on."""

    day: date
    words: str


@dataclass
class Row:
    """One draft task in the table, with what somebody must look at."""

    task: Task
    planned: int
    # Why it cannot go out, a sentence each.
    problems: list[str]
    # Names in the document that nobody has explained yet.
    open_leads: list[Match]
    open_supports: list[Match]
    following: Task | None = None
    # The deadline to offer where it has none.
    proposal: Proposal | None = None

    @property
    def number(self) -> int:
        return self.task.position

    @cached_property
    def has_bodies(self) -> bool:
        return bool(self.task.leads.all() or self.task.lead_members.all())

    @property
    def is_fine(self) -> bool:
        """Whether nothing is left to look at."""
        looks = self.problems or self.open_leads or self.task.remark
        return self.has_bodies and self.task.due_on is not None and not looks

    @property
    def mark(self) -> str:
        return mark_of(self.task)

    @property
    def mark_with_following(self) -> str:
        return mark_of(self.task, self.following) if self.following else ""

    @property
    def lead_words(self) -> str:
        """'UBND 12 xã', 'UBND xã Bản Bo; Phòng NN&PTNT', '12 thành viên Ban Chỉ đạo'."""
        parts = body_words(self.task.leads.all())
        members = self.task.lead_members.all()
        if len(members) > 2:
            parts.append(f"{len(members)} thành viên Ban Chỉ đạo")
        else:
            parts += map(str, members)
        return "; ".join(parts)

    @property
    def support_words(self) -> str:
        return "; ".join(body_words(self.task.supports.all()))

    @property
    def due_note(self) -> str:
        """The document's words for the deadline, where they say more than the day: 'trong quý III/2024'."""
        day = self.task.due_on
        says_the_day = day and f"{day.day}/{day.month}/{day.year}" in re.sub(r"\b0(?=\d)", "", self.task.due_text)
        return "" if says_the_day else self.task.due_text

    @cached_property
    def repeat_words(self) -> str:
        """'Ngày 25 hằng tháng'; '' for what is done once."""
        words = WORDS_OF_REPEATS.get(self.task.repeats, "")
        return words.format(day=self.task.due_on.day).capitalize() if words and self.task.due_on else ""

    @cached_property
    def times_words(self) -> str:
        """'9 kỳ, 25/04/2024 đến 31/12/2024; văn bản không ghi ngày kết thúc'."""
        if not self.repeat_words:
            return ""
        try:
            dates = rules.dates_of(self.task)
        except rules.TooManyDates:
            return "quá nhiều kỳ"
        until = "" if self.task.repeats_until else "; văn bản không ghi đến khi nào, tính đến hết năm"
        return f"{len(dates)} kỳ, {format_date(dates[0])}–{format_date(dates[-1])}{until}"


def body_words(agencies: Iterable[Agency]) -> list[str]:
    """Bodies in few words: committees of more than four communes as one, 'UBND 12 xã'."""
    counted, parts = defaultdict(list), []
    for agency in agencies:
        if agency.locality.level == "commune" and agency.kind == "committee":
            counted[agency.locality.kind].append(agency)
        else:
            parts.append(str(agency))
    for kind, committees in counted.items():
        if len(committees) == 1:
            parts.insert(0, str(committees[0]))
        elif len(committees) <= 4:
            parts.insert(0, f"UBND {kind} " + ", ".join(agency.locality.name for agency in committees))
        else:
            parts.insert(0, f"UBND {len(committees)} {kind}")
    if len(parts) > 4:
        return [f"{len(parts)} cơ quan"]
    return parts


# -- the text ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """Some words in a row; `mark` is lead, support, due or ''."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A printed line: where it starts, how deep a heading it is (0 for none), and its pieces, which leave nothing out."""

    start: int
    level: int
    pieces: tuple[Piece, ...]

    @property
    def html(self) -> str:
        """The line with nothing added between its pieces, so that places in it count as places in the text."""
        words = format_html_join(
            "", "{}{}{}", ((*_MARKUP[piece.mark][:1], piece.text, *_MARKUP[piece.mark][1:]) for piece in self.pieces)
        )
        tag = "p" if not self.level else "h2" if self.level == 1 else "h3"
        return format_html('<{} data-at="{}">{}</{}>', mark_safe(tag), self.start, words, mark_safe(tag))


@dataclass(frozen=True)
class Block:
    """Paragraphs in a row: those of one task, or those between two."""

    paragraphs: tuple[Paragraph, ...]
    row: Row | None = None
    # A task of the document that has gone out already.
    given: Task | None = None


def blocks_of(text: str, notice: Notice, rows: Iterable[Row], given: Iterable[Task] = ()) -> list[Block]:
    """The whole text in order, cut where tasks begin and end. Where two overlap, the earlier one has the words."""
    marks = _marks(notice) if notice.text == text else []
    levels = [(h.start, h.end, h.level) for h in notice.headings] if notice.text == text else []
    regions = [(row.task.start, row.task.end, row, None) for row in rows if row.task.start is not None]
    regions += [(task.start, task.end, None, task) for task in given if task.start is not None]
    blocks, place = [], 0
    for start, end, row, task in sorted(regions, key=lambda region: (region[0], region[1])):
        start, end = max(start, place), min(end, len(text))
        if start >= end:
            continue
        _add(blocks, text, place, start, marks, levels)
        _add(blocks, text, start, end, marks, [], row, task)
        place = end
    _add(blocks, text, place, len(text), marks, levels)
    return blocks


def _add(blocks, text, start, end, marks, levels, row=None, task=None):
    paragraphs = []
    for line_start, line_end in _lines(text, start, end):
        if not any(map(str.isalnum, text[line_start:line_end])):
            continue
        level = next((level for s, e, level in levels if s < line_end and line_start < e), 0)
        paragraphs.append(Paragraph(line_start, level, tuple(_pieces(text, line_start, line_end, marks))))
    if paragraphs or row or task:
        blocks.append(Block(tuple(paragraphs), row, task))


def _lines(text, start, end):
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _marks(notice) -> list[tuple[int, int, str]]:
    """The spans of leads, supports and deadlines, in order and without overlaps."""
    found = []
    for task in notice.tasks:
        found += [(*span, "lead") for span in task.lead_spans]
        found += [(*span, "support") for span in task.support_spans]
        if task.deadline.start is not None and task.deadline.end is not None:
            found.append((task.deadline.start, task.deadline.end, "due"))
    kept = []
    for start, end, mark in sorted(set(found)):
        if start < end and (not kept or start >= kept[-1][1]):
            kept.append((start, end, mark))
    return kept


def _pieces(text, start, end, marks):
    place = start
    first = max(0, bisect_right(marks, (start,)) - 1)
    for mark_start, mark_end, mark in marks[first:]:
        if mark_start >= end:
            break
        left, right = max(mark_start, place), min(mark_end, end)
        if left >= right:
            continue
        if left > place:
            yield Piece(text[place:left])
        yield Piece(text[left:right], mark)
        place = right
    if place < end:
        yield Piece(text[place:end])


# -- the whole page ---------------------------------------------------------------------------------------------------


@dataclass
class Review:
    """A draft with everything its page shows. `load` takes the same number of queries for any number of tasks."""

    directive: Directive
    notice: Notice
    here: Here
    rows: list[Row]
    given: list[Task]
    header_problems: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, directive: Directive) -> "Review":
        here = Here.load(directive.locality, directive.dated_on)
        notice = reading_of(directive.text, tuple(commune.name for commune in here.communes))
        tasks = list(
            with_bodies(directive.tasks.all()).prefetch_related("communes", "leads__locality", "supports__locality")
        )
        for task in tasks:
            # Known already: asking again would be a query a task.
            task.directive = directive
        drafts = [task for task in tasks if not task.is_assigned]
        followed = dict(zip(drafts, drafts[1:], strict=False))
        page = cls(
            directive=directive,
            notice=notice,
            here=here,
            rows=[_row(directive, task, here, followed.get(task)) for task in drafts],
            given=[task for task in tasks if task.is_assigned],
            header_problems=[problem.message for problem in problems_of_directive(directive)],
        )
        for row in page.rows:
            row.proposal = page.proposal_for(row.task)
        return page

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of(self.directive.text, self.notice, self.rows, self.given)

    @property
    def fine(self) -> int:
        return sum(row.is_fine for row in self.rows)

    @property
    def to_look_at(self) -> int:
        return len(self.rows) - self.fine

    @property
    def going_out(self) -> list[Row]:
        return [row for row in self.rows if row.task.is_included]

    @property
    def planned(self) -> int:
        """How many assignments handing out will create."""
        return sum(row.planned for row in self.going_out)

    @property
    def sentences(self) -> list[str]:
        """What is left out and why, and what keeps the rest from going out."""
        left = [row for row in self.rows if not row.task.is_included]
        chosen = [row for row in self.going_out if row.problems]
        found = []
        for verb, rows in (("chưa chọn", left), ("đã chọn nhưng chưa giao được", chosen)):
            reasons = defaultdict(list)
            for row in rows:
                reasons[_reason(row)].append(row.number)
            for reason, numbers in reasons.items():
                found.append(f"Nhiệm vụ {listed(numbers)} {verb}{f': {reason}' if reason else ''}.")
        return found

    @cached_property
    def twins(self) -> list[Directive]:
        """Other documents that may be this one: the same number and issuer, or the same meeting and title."""
        directive = self.directive
        others = Directive.objects.filter(locality=directive.locality).exclude(pk=directive.pk)
        twins = others.twins_of(number=directive.number, issuer=directive.issuer, day=directive.dated_on)
        if directive.has_a_day:
            same_day = others.filter(dated_on=directive.dated_on).defer("text")[:50]
            twins += [twin for twin in same_day if twin not in twins and _is_like(directive, twin)]
        return twins

    def found_at(self, start: int, end: int):
        """What was read in a stretch of the text, for a task made of it: the found task it mostly lies in, or None."""
        if self.notice.text != self.directive.text:
            return None
        best = max(self.notice.tasks, key=lambda task: _shared((start, end), (task.start, task.end)), default=None)
        if best is None or _shared((start, end), (best.start, best.end)) * 2 < min(end - start, best.end - best.start):
            return None
        return draft_task(best, day=self.directive.dated_on, here=self.here)

    def proposal_for(self, task: Task) -> "Proposal | None":
        """The day for a task without one that a person may take; None where the text allows no guess."""
        directive, span = self.directive, (task.start, task.end)
        if task.due_on or task.start is None or self.notice.text != directive.text:
            return None
        for found in self._guessed:
            deadline = found.deadline
            said_inside = deadline.start is not None and found.start <= deadline.start < found.end
            if not _shared(span, (found.start, found.end)) or (said_inside and not span[0] <= deadline.start < span[1]):
                # Elsewhere, or in the other part of a task that was split.
                continue
            if not directive.has_a_day or deadline.proposed >= directive.dated_on:
                is_own = deadline.kind not in ("none", "asap")
                return Proposal(deadline.proposed, deadline.text if is_own else self._closing_words(found))
        return None

    @cached_property
    def _guessed(self):
        return [found for found in self.notice.tasks if found.deadline.proposed]

    def _closing_words(self, found) -> str:
        """The words of the day that the end of a list gives all of it."""
        later = (task.deadline for task in self.notice.tasks if task.start > found.start)
        return next((deadline.text for deadline in later if deadline.due == found.deadline.proposed), "")


def _row(directive, task, here, following):
    bodies = here.bodies
    leads = bodies.leads(names_in(task.lead_text))
    given = {*task.leads.all(), *task.lead_members.all()}
    # Bodies that the words alone would not give were chosen by a person: the words are explained.
    is_explained = bool(given - {*leads.agencies, *leads.members})
    return Row(
        task=task,
        planned=planned_assignments(task),
        problems=[sentence for sentence in problems_of_task(directive, task) if not _is_of_no_day(directive, sentence)],
        open_leads=[] if is_explained else leads.open,
        open_supports=bodies.supports(names_in(task.support_text)).open,
        following=following,
    )


def _is_of_no_day(directive, sentence):
    # While the document has no day, no deadline is before it.
    return not directive.has_a_day and sentence.startswith("thời hạn")


def _reason(row):
    if not row.has_bodies:
        return "cần ghi rõ cơ quan chủ trì"
    return row.problems[0].rstrip(".") if row.problems else ""


def listed(numbers: list[int]) -> str:
    """'9', '9 và 10', '3, 9 và 10'."""
    words = [str(number) for number in numbers]
    return " và ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _is_like(directive, twin):
    """Two titles of one day that say the same; a number that differs tells documents apart."""
    if directive.number and twin.number and fold(directive.number) != fold(twin.number):
        return False
    return bool(directive.title) and fold(directive.title)[:120] == fold(twin.title)[:120]
