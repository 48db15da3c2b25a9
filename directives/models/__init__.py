"""What was ordered: a directive, its tasks, the assignments that are followed up, and who is reminded of them."""

from directives.models.assignments import (
    BY_ANOTHER_COMMUNE,
    IS_EXTENDED,
    Assignment,
    AssignmentEvent,
    AssignmentFile,
    AssignmentStatus,
    is_awaiting,
    is_due_soon,
    is_late_by_original,
)
from directives.models.directives import Directive, Kind
from directives.models.reminders import CalendarAddress, Digest, DigestLine, Reason
from directives.models.tasks import Repeats, Task, TaskEvent
from directives.models.templates import DocumentKind, DocumentTemplate

__all__ = [
    "BY_ANOTHER_COMMUNE",
    "IS_EXTENDED",
    "Assignment",
    "AssignmentEvent",
    "AssignmentFile",
    "AssignmentStatus",
    "CalendarAddress",
    "Digest",
    "DigestLine",
    "Directive",
    "DocumentKind",
    "DocumentTemplate",
    "Kind",
    "Reason",
    "Repeats",
    "Task",
    "TaskEvent",
    "is_awaiting",
    "is_due_soon",
    "is_late_by_original",
]
