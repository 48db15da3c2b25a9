"""Reads a conclusion notice, letter, directive, plan or bulletin: header, tasks, figures, goals.

    notice = read(text)

Pure Python: no Django, no network, no model, no list of places or people. What counts as a task, a lead, a deadline is laid
down in the labelling guide beside the tests (tests/directives/reading/notices/LABELLING.md).
"""

import re
from collections.abc import Collection
from dataclasses import replace

from directives.reading.deadlines import Calendar
from directives.reading.figures import figures_of, goals_of, heading_years
from directives.reading.flat import flatten
from directives.reading.header import Frame, frame_of
from directives.reading.notice import Deadline, Figure, FoundTask, Goal, Header, Heading, Notice
from directives.reading.outline import hang, outline_of
from directives.reading.places import commune_names
from directives.reading.sections import Section
from directives.reading.tables import rows_of
from directives.reading.tasks import Reader
from directives.reading.text import clean, key_of, lines_of, squash

__all__ = ["Deadline", "Figure", "FoundTask", "Goal", "Header", "Heading", "Notice", "read"]

# Beyond this nothing is read, though it stays in the text: 100 pages of 3,000 characters, of 100 lines, of 10 tasks.
MOST_READ = 300_000
MOST_LINES = 10_000
MOST_TASKS = 1_000


def read(text: str, *, communes: Collection[str] = ()) -> Notice:
    """Read a document. Never raises: whatever `text` is, a Notice comes back, perhaps without tasks.

    `communes` are names of the office's communes without their kind, as extra help to recognise them.
    """
    cleaned = clean(text)
    try:
        return _read(cleaned, communes)
    except Exception:  # noqa: BLE001 - a slip of the reader must not cost the officer the text
        return Notice(cleaned)


def _read(text: str, communes: Collection[str]) -> Notice:
    lines = lines_of(text[:MOST_READ], MOST_LINES)
    if not lines:
        return Notice(text)
    key = key_of(text[:MOST_READ])
    frame = frame_of(text, key, lines)
    inside = [line for line in lines if _is_body(line.start, frame)]
    outline = outline_of(text, inside, rows_of(text, key, inside))
    hang(outline.blocks, text)
    flat = flatten(_masked(text[:MOST_READ], outline.masked))
    flat.move_here(outline.blocks)
    body = flat.here(frame.body_start, frame.body_end if frame.annex is None else len(key))
    year = frame.header.issued_on.year if frame.header.issued_on else _year_of(frame, flat.key)
    known = dict.fromkeys([*communes, *commune_names(flat.text, flat.key, body[0], len(flat.key))])
    reader = Reader(flat.text, flat.key, Calendar(frame.header.issued_on, year), tuple(known))
    reader.read(outline.blocks, MOST_TASKS)
    goal_spans = [(b.start, b.end) for b in outline.blocks if reader.section(b) is Section.GOALS]
    figures = figures_of(flat.text, flat.key, *body, goal_spans, _subject_of(frame))
    blocks = [(b.start, b.end) for b in outline.blocks if b.end - b.start > 20]
    years = heading_years(reader.headings, [start for start, _ in blocks])
    goals = goals_of(flat.text, flat.key, [(*block, year) for block, year in zip(blocks, years, strict=True)])

    def printed(found):
        start, end = flat.back(found.start, found.end)
        if isinstance(found, Heading):
            return replace(found, start=start, end=end)
        return replace(found, start=start, end=end, text=squash(text[start:end]))

    return Notice(
        text=text,
        header=frame.header,
        tasks=tuple(flat.task_back(task, text) for task in reader.tasks),
        figures=tuple(printed(figure) for figure in figures),
        goals=tuple(printed(goal) for goal in goals),
        headings=tuple(printed(heading) for heading in reader.headings),
    )


def _is_body(start: int, frame: Frame) -> bool:
    return frame.body_start <= start < frame.body_end or (frame.annex is not None and start >= frame.annex)


def _masked(key: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return key
    parts, position = [], 0
    for start, end in sorted(spans):
        if start >= position:
            parts += [key[position:start], " " * (end - start)]
            position = end
    parts.append(key[position:])
    return "".join(parts)


def _year_of(frame: Frame, key: str) -> int | None:
    """The year of a document whose date is not printed in full: from its date line, its meeting, its title."""
    for words in (
        frame.header.issued_text,
        frame.header.meeting_on and str(frame.header.meeting_on.year),
        frame.header.title,
        key[:1500],
    ):
        found = re.findall(r"(?<!\d)20\d\d(?!\d)", words or "")
        if found:
            return int(found[-1] if words is frame.header.title else found[0])
    return None


def _subject_of(frame: Frame) -> str:
    """The place a document reports on, from its issuer: `huyện Tam Đường`; "" if it names none."""
    found = re.search(r"(?:tỉnh|huyện|xã|thành phố|thị xã|phường)\s+\S.*$", frame.header.issuer)
    return found[0] if found else ""
