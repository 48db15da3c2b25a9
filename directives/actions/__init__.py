"""Writes, one transaction each: registering a directive, its tasks, handing them out, following them up."""

from directives.actions.assignments import (
    complete_assignment,
    confirm_assignment,
    extend_assignments,
    problem_with_done_on,
    reopen_assignment,
    report_done,
    report_progress,
    return_assignment,
    withdraw_assignments,
)
from directives.actions.common import CannotIssue, NotPossible
from directives.actions.directives import LASTING, register_directive, update_directive
from directives.actions.drafting import (
    add_task_from_text,
    alias_mark,
    change_header,
    include_task,
    join_tasks,
    mark_of,
    name_bodies,
    register_notice,
    split_task,
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
    "add_task_from_text",
    "alias_mark",
    "change_header",
    "change_task",
    "complete_assignment",
    "confirm_assignment",
    "delete_task",
    "extend_assignments",
    "include_task",
    "issue_directive",
    "join_tasks",
    "mark_of",
    "name_bodies",
    "problem_with_done_on",
    "register_directive",
    "register_notice",
    "reopen_assignment",
    "report_done",
    "report_progress",
    "return_assignment",
    "save_task",
    "save_tasks",
    "split_task",
    "update_directive",
    "withdraw_assignments",
    "withdraw_task",
]
