"""The tasks of a directive: drafted, handed out, and afterwards changed, withdrawn or replaced with their history."""

from datetime import date

from django.core import serializers
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from directives.actions.assignments import correct_due, withdraw
from directives.actions.common import (
    CannotIssue,
    NotPossible,
    given_grounds,
    given_text,
    lock_directive,
    lock_draft_task,
    refuse_future,
)
from directives.drafts import problems_of, tasks_to_issue
from directives.models import Assignment, AssignmentEvent, Task, TaskEvent
from directives.rules import dates_of
from ntm_tracker.vietnamese import format_date

TASK_BODIES = ("leads", "lead_members", "supports", "communes", "criteria")
# Rows written at once: past some thousands one statement gains nothing.
BATCH = 2000


@transaction.atomic
def save_task(*, directive, by, task=None, **fields):
    """Add a draft task to a directive, or change one. Fields that name bodies take any iterable. Raises NotPossible.

    A directive whose work was handed out may still be given further tasks, which are handed out on their own.
    """
    directive = lock_directive(directive)
    bodies = {name: fields.pop(name) for name in TASK_BODIES if name in fields}
    if task is None:
        task = Task(directive=directive, position=_last_position(directive) + 1)
    else:
        task = lock_draft_task(directive, task)
    for name, value in fields.items():
        setattr(task, name, value)
    task.save()
    for name, members in bodies.items():
        getattr(task, name).set(members)
    return task


@transaction.atomic
def save_tasks(*, directive, tasks, by):
    """Give a directive these draft tasks in this order, in place of the drafts it has; each a mapping for save_task.

    Tasks already handed out stay, before the new ones.
    """
    directive = lock_directive(directive)
    directive.tasks.filter(assigned_at=None).delete()
    return [save_task(directive=directive, by=by, **fields) for fields in tasks]


@transaction.atomic
def delete_task(*, task, by):
    """Take a draft task out of a directive; those after it move up. Raises NotPossible if it has been handed out.

    Returns what `restore_task` brings it back from, fit for a session.
    """
    directive = lock_directive(task.directive)
    task = lock_draft_task(directive, task)
    position = task.position
    kept = {
        "row": serializers.serialize("json", [task]),
        "said": directive.text[task.start : task.end] if task.start is not None else "",
        "at": timezone.now().isoformat(),
    }
    task.delete()
    # One at a time, lowest first: positions are unique.
    for later in directive.tasks.filter(position__gt=position).order_by("position"):
        directive.tasks.filter(pk=later.pk).update(position=F("position") - 1)
    return kept


@transaction.atomic
def issue_directive(*, directive, by):
    """Hand out the draft tasks of a directive that are marked to go out: every assignment, each time it falls due.

    The directive's own day is the first on which they count. A fixed number of statements, whatever their number.
    Raises CannotIssue if a task is not ready or none is left to hand out.
    """
    directive = lock_directive(directive)
    tasks = tasks_to_issue(directive)
    if directive.is_assigned and not tasks:
        day = timezone.localtime(directive.assigned_at)
        raise NotPossible(
            f"{directive.label} đã giao việc lúc {day:%H:%M ngày %d/%m/%Y}, không còn nhiệm vụ nào chưa giao."
        )
    if problems := problems_of(directive, tasks):
        raise CannotIssue(problems)
    now = timezone.now()
    _create((row for task in tasks for row in _assignments(directive, task)), by)
    directive.tasks.filter(pk__in=[task.pk for task in tasks]).update(assigned_at=now)
    directive.assigned_at = directive.assigned_at or now
    directive.save(update_fields=["assigned_at", "dated_on"])
    return directive


@transaction.atomic
def add_bodies(*, task, agencies=(), members=(), document, on: date, by, due_on=None):
    """Give a task that was handed out to further bodies, from a day on, for its due dates from that day.

    One that falls due once may have another `due_on` for them.

    Raises NotPossible, worded for the officer.
    """
    task = _lock_assigned(task)
    document = given_text(document, "Ghi văn bản làm căn cứ giao thêm.")
    refuse_future(on, "Ngày giao thêm")
    agencies = [agency for agency in agencies if agency not in task.leads.all()]
    members = [member for member in members if member not in task.lead_members.all()]
    if not agencies and not members:
        raise NotPossible("Các cơ quan đã chọn đều đang được giao nhiệm vụ này.")
    if on < task.directive.dated_on:
        raise NotPossible(
            f"Ngày giao thêm {format_date(on)} trước ngày của văn bản ({format_date(task.directive.dated_on)})."
        )
    if due_on is not None and task.repeats:
        raise NotPossible("Nhiệm vụ định kỳ: cơ quan giao thêm theo các thời hạn còn lại của nhiệm vụ.")
    dates = [due_on] if due_on else dates_of(task)
    dates = [(n, due) for n, due in enumerate(dates, start=1) if due is None or due >= on]
    if not dates:
        raise NotPossible(
            f"Nhiệm vụ không còn thời hạn nào từ {format_date(on)}. Ghi thời hạn riêng cho cơ quan giao thêm."
        )
    _create(_rows(task, on, agencies, members, dates), by, document=document)
    task.leads.add(*agencies)
    task.lead_members.add(*members)
    names = "; ".join(str(body) for body in [*agencies, *members])
    _record(task, TaskEvent.Kind.CHANGED, by, on, document, "", [["Giao thêm", "", names]])
    return task


@transaction.atomic
def change_task(*, task, document="", note="", on: date, by, due_on=None, criteria=None, **words):
    """Correct a task that was handed out: its words, its criteria, and, of one that falls due once, its due date.

    The assignments still open move with it, and each keeps what was. A later date by decision of those who ordered it
    is an extension (`extend_assignments`), which is counted. `words` are text, section, lead_text, due_text,
    is_priority. Where it is to be done stays: other communes are other work. Raises NotPossible, worded for the officer.
    """
    task = _lock_assigned(task)
    document, note = given_grounds(document, note, "Ghi văn bản làm căn cứ hoặc lý do thay đổi.")
    refuse_future(on, "Ngày thay đổi")
    changes = []
    for name, value in words.items():
        before = getattr(task, name)
        if before != value:
            changes.append([str(Task._meta.get_field(name).verbose_name), _words(before), _words(value)])
            setattr(task, name, value)
    if criteria is not None and set(criteria) != (before := set(task.criteria.all())):
        changes.append(["Tiêu chí", _labels(before), _labels(criteria)])
        task.criteria.set(criteria)
    if due_on is not None and due_on != task.due_on:
        if task.repeats:
            raise NotPossible("Nhiệm vụ định kỳ: gia hạn hoặc thu hồi từng lần, hoặc thay bằng nhiệm vụ mới.")
        if due_on < task.directive.dated_on:
            raise NotPossible(
                f"Thời hạn {format_date(due_on)} trước ngày của văn bản ({format_date(task.directive.dated_on)})."
            )
        changes.append(["Thời hạn", format_date(task.due_on), format_date(due_on)])
        correct_due(task.assignments.filter(done_on=None, withdrawn_on=None), due_on, document, note, by)
        task.due_on = due_on
    if not changes:
        raise NotPossible("Chưa thay đổi gì: sửa nội dung, tiêu chí hoặc thời hạn rồi lưu.")
    task.save()
    _record(task, TaskEvent.Kind.CHANGED, by, on, document, note, changes)
    return task


@transaction.atomic
def withdraw_task(*, task, on: date, document="", note="", by, replaced_by=None):
    """Withdraw a task from a day on, or let a task of a later directive take its place; what is done stays counted.

    Raises NotPossible, worded for the officer.
    """
    task = _lock_assigned(task)
    if replaced_by is not None:
        replaced_by = _lock_replacement(task, replaced_by)
        document = document.strip() or replaced_by.source
    document, note = given_grounds(document, note, "Ghi văn bản làm căn cứ hoặc lý do thu hồi.")
    refuse_future(on, "Ngày thu hồi")
    if on < task.directive.dated_on:
        raise NotPossible(
            f"Ngày thu hồi {format_date(on)} trước ngày của văn bản ({format_date(task.directive.dated_on)})."
        )
    withdraw(task.assignments.filter(reported_on=None, withdrawn_on=None), on, document, note, by)
    task.withdrawn_on, task.replaced_by = on, replaced_by
    task.save(update_fields=["withdrawn_on", "replaced_by"])
    kind = TaskEvent.Kind.REPLACED if replaced_by else TaskEvent.Kind.WITHDRAWN
    _record(task, kind, by, on, document, note, [])
    return task


def _lock_assigned(task):
    locked = Task.objects.select_for_update().get(pk=task.pk)
    if not locked.is_assigned:
        raise NotPossible(f"Nhiệm vụ {locked.position} chưa giao: sửa hoặc xóa trong bản nháp.")
    if locked.withdrawn_on:
        raise NotPossible(f"Nhiệm vụ {locked.position} đã thu hồi từ {format_date(locked.withdrawn_on)}.")
    return locked


def _lock_replacement(task, replacement):
    locked = Task.objects.select_for_update(of=("self",)).select_related("directive").get(pk=replacement.pk)
    if locked.directive_id == task.directive_id or not locked.is_assigned or locked.withdrawn_on:
        raise NotPossible("Chọn một nhiệm vụ đã giao và còn hiệu lực của văn bản khác để thay.")
    if locked.directive.dated_on < task.directive.dated_on:
        raise NotPossible(
            f"{locked.directive.label} ngày {format_date(locked.directive.dated_on)} ra trước văn bản này "
            f"({format_date(task.directive.dated_on)}). Chọn nhiệm vụ của văn bản sau."
        )
    return locked


def _record(task, kind, by, on, document, note, changes):
    TaskEvent.objects.create(task=task, kind=kind, by=by, on=on, document=document, note=note, changes=changes)


def _words(value):
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return str(value or "")


def _labels(criteria):
    """'5 Trường học; 14 Giáo dục'."""
    return "; ".join(f"{one.number} {one.label}" for one in sorted(criteria, key=lambda one: (one.number, one.pk)))


def _last_position(directive):
    return directive.tasks.aggregate(last=Max("position"))["last"] or 0


def _assignments(directive, task):
    dates = list(enumerate(dates_of(task), start=1))
    return _rows(task, directive.dated_on, task.leads.all(), task.lead_members.all(), dates)


def _rows(task, given_on, agencies, members, dates):
    bodies = [{"agency": agency} for agency in agencies]
    bodies += [{"agency_id": member.agency_id, "member": member} for member in members]
    for body in bodies:
        for sequence, due_on in dates:
            yield Assignment(
                task=task, sequence=sequence, given_on=given_on, due_on=due_on, original_due_on=due_on, **body
            )


def _create(assignments, by, document=""):
    rows = Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    issued = AssignmentEvent.Kind.ISSUED
    AssignmentEvent.objects.bulk_create(
        (
            AssignmentEvent(assignment=row, kind=issued, by=by, on=row.given_on, due_to=row.due_on, document=document)
            for row in rows
        ),
        batch_size=BATCH,
    )
