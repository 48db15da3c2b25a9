"""The text with every run of white space as one character, so that patterns need not know where lines were broken."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from directives.reading.notice import Deadline, FoundTask, Span
from directives.reading.outline import Block
from directives.reading.text import key_of, squash

_RUN = re.compile(r"\s\s+")


@dataclass(slots=True)
class Flat:
    """A flat text with its key, and the way back to the offsets of the text it was made from."""

    text: str
    key: str
    _flat: list[int] = field(default_factory=list)
    _printed: list[int] = field(default_factory=list)

    def here(self, start: int, end: int) -> Span:
        """A span of the printed text in this one."""
        return self._to(start, self._printed, self._flat), self._to(max(start, end - 1), self._printed, self._flat) + (
            end > start
        )

    def back(self, start: int, end: int) -> Span:
        """A span of this text in the printed one."""
        return self._to(start, self._flat, self._printed), self._to(max(start, end - 1), self._flat, self._printed) + (
            end > start
        )

    def _to(self, offset: int, source: list[int], target: list[int]) -> int:
        at = bisect_right(source, offset) - 1
        reached = target[at] + offset - source[at]
        # Inside a run of white space there is but its first character to point to.
        return min(reached, target[at + 1] - 1) if at + 1 < len(target) and target is self._flat else reached

    def move_here(self, blocks: list[Block]) -> None:
        """Count the offsets of the blocks in this text."""
        for block in blocks:
            block.start, block.end = self.here(block.start, block.end)
            block.outer_start = self.here(block.outer_start, block.outer_start)[0]
            block.cells = {name: [self.here(*span) for span in spans] for name, spans in block.cells.items()}

    def task_back(self, task: FoundTask, printed: str) -> FoundTask:
        """The task with its offsets and its quotation in the printed text."""
        start, end = self.back(task.start, task.end)
        return replace(
            task,
            start=start,
            end=end,
            text=squash(printed[start:end]),
            deadline=self._deadline_back(task.deadline),
            lead_spans=tuple(self.back(*span) for span in task.lead_spans),
            support_spans=tuple(self.back(*span) for span in task.support_spans),
        )

    def _deadline_back(self, deadline: Deadline) -> Deadline:
        if deadline.start is None or deadline.end is None:
            return deadline
        start, end = self.back(deadline.start, deadline.end)
        return replace(deadline, start=start, end=end)


def flatten(printed: str) -> Flat:
    """`printed` with one character for each run of white space."""
    parts: list[str] = []
    flat = Flat("", "")
    position = length = 0
    for run in _RUN.finditer(printed):
        part = printed[position : run.start() + 1]
        flat._flat.append(length)
        flat._printed.append(position)
        parts.append(part)
        length += len(part)
        position = run.end()
    flat._flat.append(length)
    flat._printed.append(position)
    parts.append(printed[position:])
    flat.text = "".join(parts)
    flat.key = key_of(flat.text)
    return flat
