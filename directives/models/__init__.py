"""What was ordered: a directive, its tasks, the assignments that are followed up, and who is reminded of them."""

from directives.models.assignments import (
    BY_ANOTHER_COMMUNE,
    Assignment,
    AssignmentEvent,
    AssignmentFile,
    AssignmentStatus,
    is_due_soon,
)
from directives.models.directives import Directive, Kind
from directives.models.reminders import CalendarAddress, Digest, DigestLine, Reason
from directives.models.tasks import Repeats, Task, TaskEvent

__all__ = [
    "BY_ANOTHER_COMMUNE",
    "Assignment",
    "AssignmentEvent",
    "AssignmentFile",
    "AssignmentStatus",
    "CalendarAddress",
    "Digest",
    "DigestLine",
    "Directive",
    "Kind",
    "Reason",
    "Repeats",
    "Task",
    "TaskEvent",
    "is_due_soon",
]
