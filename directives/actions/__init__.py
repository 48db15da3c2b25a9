"""Writes, one transaction each: registering a directive, its tasks, handing them out, following them up."""

from directives.actions.assignments import (
    complete_assignment,
    confirm_assignment,
    extend_assignments,
    problem_with_done_on,
    record_unchanged,
    reopen_assignment,
    report_done,
    report_progress,
    return_assignment,
    withdraw_assignments,
)
from directives.actions.common import CannotIssue, NotPossible
from directives.actions.directives import LASTING, register_directive, update_directive
from directives.actions.reminders import (
    make_digests,
    note_reading,
    open_calendar,
    revoke_calendar,
    see_digests,
    want_email,
)
from directives.actions.tasks import (
    add_bodies,
    change_task,
    delete_task,
    issue_directive,
    save_task,
    save_tasks,
    withdraw_task,
)

__all__ = [
    "LASTING",
    "CannotIssue",
    "NotPossible",
    "add_bodies",
    "change_task",
    "complete_assignment",
    "confirm_assignment",
    "delete_task",
    "extend_assignments",
    "issue_directive",
    "make_digests",
    "note_reading",
    "open_calendar",
    "problem_with_done_on",
    "record_unchanged",
    "register_directive",
    "reopen_assignment",
    "report_done",
    "report_progress",
    "return_assignment",
    "revoke_calendar",
    "save_task",
    "save_tasks",
    "see_digests",
    "update_directive",
    "want_email",
    "withdraw_assignments",
    "withdraw_task",
]
