"""Which blocks are tasks, where one block holds several, and who must do each by when. Rules: LABELLING.md, 4."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from directives.reading.bodies import DELEGATE, split_names, starts_with_body, starts_with_verb
from directives.reading.criteria import criteria_of
from directives.reading.deadlines import Calendar, deadline_of, with_problem, year_deadline
from directives.reading.instructions import Clause, clauses_of, inner_subjects, read_clause, supports_of
from directives.reading.judging import (
    APPROVES,
    ATTRIBUTE,
    CONTINUES,
    DONE,
    FOR_ALL,
    LONGEST_READ,
    WHOLE_LIST,
    is_order,
    is_task,
)
from directives.reading.marks import BULLETS, PLAIN
from directives.reading.notice import Deadline, FoundTask, Heading, Span
from directives.reading.outline import Block
from directives.reading.places import places_of
from directives.reading.sections import Section, heading_leads, is_heading, quotes_law, section_of
from directives.reading.text import squash

_KIND_OF_BODY = re.compile(r"\b(?:xã|huyện|phòng|sở|ban|chi bộ|đơn vị|doanh nghiệp)\b")


@dataclass(slots=True)
class _Context:
    """What stands above a block: the kind of section, the bodies of headings and lead-ins, a year for all."""

    section: Section = Section.OPEN
    heading_leads: list[Span] = field(default_factory=list)
    lead_in_leads: list[Span] = field(default_factory=list)
    deadline: Deadline | None = None
    # Orders announced by a lead-in: bullets under it are tasks even without a verb.
    announced: bool = False
    # The words of the heading the leads come from; communes named there count for the task.
    heading: Span | None = None


@dataclass(slots=True)
class _Note:
    """What a line of its own says of the tasks before it (`after` how many) that are the block `under`, or in it."""

    after: int
    under: int
    leads: list[Span] = field(default_factory=list)
    deadline: Deadline | None = None


def _is_vague(deadline: Deadline) -> bool:
    return deadline.kind in ("none", "asap")


@dataclass(slots=True)
class Reader:
    """Reads the tasks of one document. `key` has page numbers and footnotes blanked."""

    text: str
    key: str
    calendar: Calendar
    communes: Collection[str] = ()
    tasks: list[FoundTask] = field(default_factory=list)
    # The block each task was found in, in step with `tasks`.
    owners: list[Block] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    contexts: dict[int, _Context] = field(default_factory=dict)
    # Headings and lead-ins: the blocks whose numbers make up a section.
    opening: set[int] = field(default_factory=set)

    # Blocks that are tasks or hold some, and what lines of their own say of those tasks.
    bearers: set[int] = field(default_factory=set)
    notes: list[_Note] = field(default_factory=list)

    # The last lead-in that was a paragraph, while paragraphs follow it that may complete it.
    pending: _Context | None = None

    def read(self, blocks: list[Block], most: int) -> None:
        """Go through the blocks in order, up to so many tasks; fills `tasks` and `headings`."""
        root = _Context()
        merged: set[int] = set()
        for index, block in enumerate(blocks):
            if len(self.tasks) >= most:
                break
            above = self.contexts.get(id(block.parent), root) if block.parent else root
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            self.contexts[id(block)] = above
            if id(block) in merged or block.start >= block.end:
                continue
            if block.kind == "row":
                if block.cells:
                    self._row(block, above)
                continue
            if is_heading(block, self.text, self.key, following):
                self.pending = None
                self._heading(block, above)
                continue
            if self._leads_in(block):
                end = self._lead_in(block, above, blocks, index, merged)
                if end is None:
                    continue
                self._item(block, above, end)
                continue
            if block.parent is None and block.kind == PLAIN:
                where = self.key, block.start, block.end
                completes = self.pending and (starts_with_verb(*where) or starts_with_body(*where))
                above = self.contexts[id(block)] = self.pending if completes else root
            elif block.parent is None:
                self.pending = None
            if self._attribute(block):
                continue
            end = block.end
            if following is not None and self._goes_on(block, following):
                merged.add(id(following))
                end = following.end
            self._item(block, above, end)
        self._take_notes()
        self._date_whole_lists()

    def section(self, block: Block) -> Section | None:
        """What the section a block opens or stands in is for; None before it is read."""
        context = self.contexts.get(id(block))
        return context.section if context else None

    # Headings and lead-ins

    def _heading(self, block: Block, above: _Context) -> None:
        text, key = self.text, self.key
        words = squash(text[block.start : block.end]).strip(" *_:")
        if words:
            self.headings.append(Heading(block.start, block.end, block.level, block.number, words))
        section = section_of(key[block.start : block.end], above.section)
        leads = heading_leads(block, text, key)
        if leads and section is Section.OPEN:
            section = Section.ORDERS
        passed_down = re.match(r"\W*(?:chỉ đạo|lãnh đạo)\s", key[block.start : block.end])
        if leads and passed_down:
            leads = leads + above.heading_leads
        inherited = above.heading_leads
        if leads and inherited and not passed_down and block.kind in BULLETS | {"decimal2", "decimal3", "letter"}:
            # A body under a list of bodies: "- Phòng A:" under "3. Các phòng, ban huyện".
            leads = leads + [span for span in inherited if span not in leads]
        year = year_deadline(key, text, block.start, block.end, self.calendar)
        if year is not None and not (
            section is Section.GOALS or re.fullmatch(r"\W*(?:trong\s+)?năm\s+20\d\d\W*", key[block.start : block.end])
        ):
            year = None
        self.opening.add(id(block))
        self.contexts[id(block)] = _Context(
            section,
            leads or inherited,
            [] if leads else above.lead_in_leads,
            year or above.deadline,
            above.announced,
            (block.start, block.end) if leads else above.heading,
        )

    def _leads_in(self, block: Block) -> bool:
        return block.ends_colon and (bool(block.children) or block.kind == PLAIN)

    def _lead_in(self, block, above, blocks, index, merged) -> int | None:
        """Open the list under a lead-in. Returns where the block's own task ends if the list only completes it."""
        key = self.key
        clauses = self._clauses(block.start, block.end)
        last = clauses[-1] if clauses else None
        leads = list(last.leads) if last else []
        orders = (
            above.section is Section.ORDERS
            or bool(leads)
            or bool(
                re.search(
                    r"yêu cầu|đề nghị|nhiệm vụ|giải pháp|nội dung sau|chỉ đạo|thực hiện|phân công",
                    key[max(block.start, block.end - 220) : block.end],
                )
            )
        )
        section = above.section
        if quotes_law(key[block.start : block.end]):
            self.contexts[id(block)] = _Context(Section.REPORT)
            self.opening.add(id(block))
            return None
        concluding = re.search(
            r"kết luận(?:[^:]{0,60})?:\W*$|thông báo kết quả[^:]{0,30}:\W*$|(?:kế hoạch|chương trình|phương "
            r"án|hướng dẫn)[^:.;]{0,80}như sau:\W*$",
            key[max(block.start, block.end - 100) : block.end],
        )
        if concluding and not re.search(r"yêu cầu|đề nghị", key[max(block.start, block.end - 160) : block.end]):
            section, leads = Section.OPEN, []
        elif (
            section in (Section.OPEN, Section.ORDERS)
            and orders
            and not DONE.search(key[max(block.start, block.end - 120) : block.end])
        ):
            section = Section.ORDERS
        elif section is Section.REPORT and re.search(
            r"\b(?:yêu cầu|đề nghị)\b[^.;]{0,120}:\W*$", key[max(block.start, block.end - 160) : block.end]
        ):
            # An assessment that ends in "yêu cầu:" has turned to orders.
            section = Section.ORDERS
        elif section is Section.OPEN and DONE.search(key[block.start : block.end]):
            section = Section.REPORT
        if re.match(r"\W*(?:trong đó|cụ thể|gồm|bao gồm)\b", key[block.start : block.end]) and block.kind == PLAIN:
            section = above.section
        context = _Context(
            section, above.heading_leads, leads or above.lead_in_leads, above.deadline, True, above.heading
        )
        own_heading = heading_leads(block, self.text, key)
        if own_heading and block.end - block.start <= 320 and block.kind != PLAIN:
            context.heading = (block.start, block.end)
            context.heading_leads = own_heading + [
                s for s in above.heading_leads if s not in own_heading and block.kind in BULLETS
            ]
        self.contexts[id(block)] = context
        self.opening.add(id(block))
        children = block.children
        if block.kind == PLAIN and block.parent is None:
            # "... đề nghị UBND các huyện:" with paragraphs under it that have no mark.
            self.pending = context if section is Section.ORDERS and context.lead_in_leads and not children else None
        if children and section is Section.ORDERS and block.kind in BULLETS | {"letter", "arabic", "decimal2", "paren"}:
            doing = sum(self._instructs(child) for child in children)
            if doing * 2 < len(children) and all(not c.children for c in children):
                merged.update(id(c) for c in children)
                return children[-1].end
        return None

    def _instructs(self, block: Block) -> bool:
        return starts_with_verb(self.key, block.start, block.end) or any(
            c.instructs for c in self._clauses(block.start, block.end)
        )

    def _clauses(self, start: int, end: int) -> list[Clause]:
        clauses = clauses_of(self.key, start, min(end, start + LONGEST_READ))
        for clause in clauses:
            read_clause(self.text, self.key, clause)
        return clauses

    def _goes_on(self, block: Block, following: Block) -> bool:
        """Whether a paragraph without a subject of its own belongs to the item above it."""
        if following.kind != PLAIN or block.kind == PLAIN or following.ends_colon:
            return False
        first = self.text[following.start]
        return first.islower() or (
            bool(CONTINUES.match(self.key, following.start, following.end)) and following.end - following.start < 160
        )

    # Items

    def _item(self, block: Block, above: _Context, end: int) -> None:
        clauses = self._clauses(block.start, end)
        if not clauses or not self._is_task(block, end, above, clauses):
            return
        for first, last, group in self._parts(block.start, end, clauses, above):
            self._add(block, first, last, group, above)

    def _is_task(self, block: Block, end: int, above: _Context, clauses: list[Clause]) -> bool:
        return is_task(
            self.key,
            block,
            end,
            clauses,
            section=above.section,
            announced=above.announced,
            dated=lambda: self._dated(block.start, end),
        )

    def _dated(self, start: int, end: int) -> bool:
        return deadline_of(self.key, self.text, start, min(end, start + LONGEST_READ), self.calendar).kind not in (
            "none",
            "asap",
        )

    def _parts(self, start: int, end: int, clauses: list[Clause], above: _Context):
        """The item, or its parts if they give different bodies work with different deadlines: (start, end, clauses)."""
        whole = [(start, end, clauses)]
        if len(clauses) < 2 or not any(c.leads for c in clauses[1:]):
            return whole
        groups: list[list[Clause]] = []
        for clause in clauses:
            if groups and not (clause.leads and self._other_bodies(groups[-1], clause, above)):
                groups[-1].append(clause)
            else:
                groups.append([clause])
        if (
            len(groups) > 1
            and not any(c.instructs for c in groups[0])
            and not is_order(self.key[start : groups[0][-1].end])
        ):
            groups[1] = groups[0] + groups[1]
            del groups[0]
        if (
            len(groups) > 1
            and APPROVES.match(self.key, start, end)
            and not any(c.leads and c.instructs for c in groups[0][:1])
        ):
            groups[1] = groups[0] + groups[1]
            del groups[0]
        last = groups[-1][-1]
        if not last.leads and len(groups[-1]) > 1 and FOR_ALL.match(self.key, last.start, last.end):
            return whole
        merged: list[tuple[list[Clause], tuple]] = []
        for group in groups:
            deadline = deadline_of(self.key, self.text, group[0].start, group[-1].end, self.calendar)
            mark = (deadline.kind, deadline.due, deadline.recurrence) if deadline.kind not in ("none", "asap") else ()
            if merged and merged[-1][1] == mark:
                merged[-1][0].extend(group)
            else:
                merged.append((list(group), mark))
        if len(merged) < 2 or (not merged[0][1] and re.search(r"trong đó:?\s", self.key[start : merged[0][0][-1].end])):
            # "trong đó: xã A làm ...; xã B làm ..., xong trước ngày ...": the day is for all.
            return whole
        return [
            (group[0].start if order else start, group[-1].end if order < len(merged) - 1 else end, group)
            for order, (group, _) in enumerate(merged)
        ]

    def _other_bodies(self, group: list[Clause], clause: Clause, above: _Context) -> bool:
        """Whether a clause names bodies besides those of the clauses before it, which must have some too."""
        names = {self.key[s:e] for c in group for s, e in c.leads + inner_subjects(self.text, self.key, c)}
        if not names and not (above.heading_leads or above.lead_in_leads):
            return False
        if self.key.startswith(("mỗi ", "từng "), clause.leads[0][0]):
            return False
        return not {self.key[s:e] for s, e in clause.leads} <= names

    def _add(self, block: Block, start: int, end: int, clauses: list[Clause], above: _Context) -> None:
        text, key = self.text, self.key
        while start < end and text[start] in " \t\n\u00a0":
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        limit = min(end, start + LONGEST_READ)
        own = [span for clause in clauses for span in clause.leads]
        for clause in clauses:
            own += [span for span in inner_subjects(text, key, clause) if span not in own]
        first_led = bool(clauses[0].leads) if clauses else False
        within = self._within(own, above.heading_leads)
        leads = list(own)
        if not first_led or within:
            leads += [s for s in (above.heading_leads or ([] if own else above.lead_in_leads)) if s not in leads]
        supports = [s for s in supports_of(text, key, start, limit) if not any(a <= s[0] < b for a, b in own)]
        deadline = deadline_of(key, text, start, limit, self.calendar)
        if deadline.kind in ("none", "asap") and above.deadline is not None:
            deadline = above.deadline
        if deadline.kind in ("none", "asap") and (label := re.match(r"\W*năm\s+20\d\d(?=\s*[:;])", key[start:limit])):
            deadline = year_deadline(key, text, start, start + label.end(), self.calendar) or deadline
        places = list(places_of(text, key, start, limit, self.communes))
        if (not own or within) and above.heading is not None and above.heading_leads:
            places += [p for p in places_of(text, key, *above.heading, self.communes) if p not in places]
        self._append(block, start, end, leads, supports, places, criteria_of(key[start:limit]), deadline)

    def _within(self, own: list[Span], heading: list[Span]) -> bool:
        """Whether the item's own bodies are some of the heading's: communes under `UBND các xã`."""
        words = " ".join(self.key[s:e] for s, e in own)
        kinds = [_KIND_OF_BODY.search(self.key, s, e) for s, e in heading] if words else []
        return any(kind is not None and kind[0] in words for kind in kinds)

    def _attribute(self, block: Block) -> bool:
        """`Thời gian hoàn thành: ...`, `Đơn vị chủ trì: ...` on a line of its own: it belongs to the tasks beside it."""
        found = ATTRIBUTE.match(self.key, block.start, block.end)
        if not found or block.parent is None or id(block.parent) not in self.bearers:
            return False
        note = _Note(len(self.tasks), id(block.parent))
        limit = min(block.end, found.end() + LONGEST_READ)
        if found["when"]:
            note.deadline = deadline_of(self.key, self.text, found.end(), limit, self.calendar, column=True)
        else:
            stop = self.key.find(";", found.end(), limit)
            note.leads = split_names(self.text, self.key, found.end(), stop if stop > 0 else limit)
        self.notes.append(note)
        return True

    def _take_notes(self) -> None:
        """Give the tasks what the lines beside them say: the last lead, and the first day if they have none themselves.

        Goes backwards, once: of a thousand such lines under one heading each would change all tasks before it.
        """
        leads: dict[int, list[Span]] = {}
        deadlines: dict[int, Deadline] = {}
        notes = list(self.notes)
        for order in range(len(self.tasks) - 1, -1, -1):
            while notes and notes[-1].after > order:
                note = notes.pop()
                if note.deadline is None:
                    leads.setdefault(note.under, note.leads)
                elif note.under not in deadlines or not _is_vague(note.deadline):
                    deadlines[note.under] = note.deadline
            # The lines under the task itself come first, then those beside it.
            task, inner, outer = self.tasks[order], id(self.owners[order]), id(self.owners[order].parent)
            spans = leads.get(outer, leads.get(inner))
            if spans is not None:
                task = replace(task, lead=self._names(spans), lead_spans=tuple(spans))
            given = deadlines.get(inner)
            if given is None or _is_vague(given):
                given = deadlines.get(outer, given)
            if given is not None and _is_vague(task.deadline):
                task = replace(task, deadline=with_problem(given, self.calendar.issued_on))
            self.tasks[order] = task

    def _names(self, spans: list[Span]) -> tuple[str, ...]:
        return tuple(squash(self.text[s:e]) for s, e in spans)

    def _append(self, block, start, end, leads, supports, places, criteria, deadline) -> None:
        def names(spans):
            return tuple(dict.fromkeys(squash(self.text[s:e].replace("**", "")) for s, e in spans))

        self.owners.append(block)
        self.bearers |= {id(block), id(block.parent)}
        self.tasks.append(
            FoundTask(
                start=start,
                end=end,
                text=squash(self.text[start:end]),
                section=self._section(block),
                lead=names(leads),
                support=names(supports),
                communes=tuple(places),
                criteria=criteria,
                deadline=with_problem(deadline, self.calendar.issued_on),
                lead_spans=tuple(leads),
                support_spans=tuple(supports),
            )
        )

    def _section(self, block: Block) -> str:
        numbers: list[str] = []
        current: Block | None = block
        while current is not None:
            if current.number and (current is block or id(current) in self.opening):
                if not (numbers and numbers[0].startswith(current.number + ".")):
                    numbers.insert(0, current.number)
            elif (
                current is not block
                and current.kind not in BULLETS
                and current.end - current.start < 100
                and current.ends_colon
            ):
                numbers.insert(0, squash(self.text[current.start : current.end]).strip(" *_:"))
            current = current.parent
        return ".".join(numbers)

    # Tables

    def _row(self, block: Block, above: _Context) -> None:
        text, key, cells = self.text, self.key, block.cells
        if above.section in (Section.REPORT, Section.PURPOSE):
            return
        work = cells["work"]
        leads: list[Span] = []
        for start, end in self._joined(cells.get("lead", [])):
            told = DELEGATE.match(key, start, end)
            leads += split_names(text, key, told.end() if told else start, end)
        supports = [span for part in self._joined(cells.get("support", [])) for span in split_names(text, key, *part)]
        deadline = Deadline()
        for start, end in cells.get("time", []):
            deadline = deadline_of(key, text, start, min(end, start + LONGEST_READ), self.calendar, column=True)
            if deadline.kind not in ("none", "asap"):
                break
        if "time" not in cells:
            last = min(work[-1][1], work[0][0] + LONGEST_READ)
            deadline = deadline_of(key, text, work[0][0], last, self.calendar)
        words = " ".join(key[s:e] for s, e in work)[:LONGEST_READ]
        places = [p for s, e in work for p in places_of(text, key, s, min(e, s + LONGEST_READ), self.communes)]
        self._append(
            block,
            block.start,
            block.end,
            leads or above.heading_leads,
            supports,
            dict.fromkeys(places),
            criteria_of(words),
            deadline,
        )

    def _joined(self, parts: list[Span]) -> list[Span]:
        """The parts of a cell as one span where only white space parts them; of a long one its beginning."""
        joined: list[Span] = []
        for start, end in parts:
            if joined and not self.text[joined[-1][1] : start].strip():
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return [(start, min(end, start + LONGEST_READ)) for start, end in joined]

    def _date_whole_lists(self) -> None:
        """`Các nội dung trên hoàn thành trước ngày ...` proposes its day for the undated tasks of the list above it."""
        for order, task in enumerate(self.tasks):
            if task.deadline.due is None or not WHOLE_LIST.match(self.key, task.start, task.end):
                continue
            for before in range(order - 1, -1, -1):
                other = self.tasks[before]
                if other.deadline.kind not in ("none", "asap"):
                    break
                self.tasks[before] = replace(other, deadline=replace(other.deadline, proposed=task.deadline.due))
