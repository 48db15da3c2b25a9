"""Writes: registering a directive, handing out its tasks, reporting them done. One transaction each."""

from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from directives.models import Assignment, AssignmentEvent, Directive, Task
from directives.queries import problems_of, tasks_to_issue
from directives.rules import dates_of
from ntm_tracker.uploads import clean_name, extension

TASK_BODIES = ("leads", "lead_members", "supports", "communes", "criteria")


class NotPossible(Exception):
    """The write was refused and nothing was changed; the message tells the officer why and what to do."""


class CannotIssue(Exception):
    """The directive cannot be handed out yet; `problems` says of each task what is missing."""

    def __init__(self, problems):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@transaction.atomic
def register_directive(*, by, file=None, **fields):
    """Register a directive as a draft. Raises NotPossible if its issuer, number and day are registered already."""
    directive = Directive(created_by=by, **fields)
    _attach(directive, file)
    _save_once(directive)
    return directive


@transaction.atomic
def update_directive(*, directive, by, file=None, **fields):
    """Change a draft. Raises NotPossible if it has been handed out. The form sees to it that nothing unseen is lost."""
    draft = _lock_draft(directive)
    for name, value in fields.items():
        setattr(draft, name, value)
    replaced = draft.file.name if file else ""
    _attach(draft, file)
    _save_once(draft)
    if replaced:
        transaction.on_commit(lambda: draft.file.storage.delete(replaced))
    return draft


@transaction.atomic
def save_task(*, directive, by, task=None, **fields):
    """Add a task to a draft, or change one. Fields that name bodies take any iterable. Raises NotPossible."""
    draft = _lock_draft(directive)
    bodies = {name: fields.pop(name) for name in TASK_BODIES if name in fields}
    if task is None:
        task = Task(directive=draft, position=_last_position(draft) + 1)
    else:
        task = Task.objects.select_for_update().get(pk=task.pk, directive=draft)
    for name, value in fields.items():
        setattr(task, name, value)
    task.save()
    for name, members in bodies.items():
        getattr(task, name).set(members)
    return task


@transaction.atomic
def save_tasks(*, directive, tasks, by):
    """Give a draft these tasks in this order, in place of those it has; each a mapping of fields for save_task."""
    draft = _lock_draft(directive)
    draft.tasks.all().delete()
    return [save_task(directive=draft, by=by, **fields) for fields in tasks]


@transaction.atomic
def delete_task(*, task, by):
    """Take a task out of a draft; those after it move up. Raises NotPossible if it has been handed out."""
    draft = _lock_draft(task.directive)
    position = task.position
    draft.tasks.filter(pk=task.pk).delete()
    for later in draft.tasks.filter(position__gt=position).order_by("position"):
        draft.tasks.filter(pk=later.pk).update(position=F("position") - 1)


@transaction.atomic
def issue_directive(*, directive, by):
    """Hand out the work of a draft: every assignment of every task, each time it falls due.

    Raises CannotIssue if a task is not ready, NotPossible if it has been handed out already.
    """
    draft = _lock_draft(directive)
    tasks = tasks_to_issue(draft)
    if problems := problems_of(draft, tasks):
        raise CannotIssue(problems)
    Assignment.objects.bulk_create((assignment for task in tasks for assignment in _assignments(task)), batch_size=2000)
    draft.assigned_at = timezone.now()
    draft.save(update_fields=["assigned_at", "dated_on"])
    return draft


@transaction.atomic
def complete_assignment(*, assignment, done_on, note, by):
    """Report an assignment done on a day. Raises NotPossible, worded for the officer."""
    note = note.strip()
    if not note:
        raise NotPossible("Ghi kết quả thực hiện: sản phẩm, số văn bản.")
    if problem := problem_with_done_on(assignment, done_on):
        raise NotPossible(problem)
    updated = Assignment.objects.filter(pk=assignment.pk, done_on=None).update(
        done_on=done_on, done_note=note, done_by=by
    )
    if not updated:
        raise NotPossible("Phần việc này vừa được người khác báo cáo hoàn thành. Xem kết quả đã ghi trước khi sửa.")
    AssignmentEvent.objects.create(
        assignment=assignment, kind=AssignmentEvent.Kind.COMPLETED, by=by, done_on=done_on, note=note
    )
    assignment.refresh_from_db()
    return assignment


@transaction.atomic
def reopen_assignment(*, assignment, reason, by):
    """Take back a report of completion; what was reported stays in the history. Raises NotPossible."""
    reason = reason.strip()
    if not reason:
        raise NotPossible("Ghi lý do mở lại.")
    current = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if current.done_on is None:
        raise NotPossible("Phần việc này đang mở, không cần mở lại.")
    AssignmentEvent.objects.create(
        assignment=current, kind=AssignmentEvent.Kind.REOPENED, by=by, done_on=current.done_on, note=reason
    )
    current.done_on, current.done_note, current.done_by = None, "", None
    current.save(update_fields=["done_on", "done_note", "done_by"])
    return current


def problem_with_done_on(assignment, done_on):
    """What is wrong with a day of completion, in a sentence; '' if nothing is."""
    # Vietnam's date, not UTC's: until 07:00, UTC is still on yesterday.
    today = timezone.localdate()
    if done_on > today:
        return f"Ngày hoàn thành {done_on:%d/%m/%Y} ở sau hôm nay ({today:%d/%m/%Y})."
    dated_on = assignment.task.directive.dated_on
    if done_on < dated_on:
        return f"Ngày hoàn thành {done_on:%d/%m/%Y} trước ngày của văn bản giao việc ({dated_on:%d/%m/%Y})."
    return ""


def _lock_draft(directive):
    draft = Directive.objects.select_for_update().get(pk=directive.pk)
    if draft.is_assigned:
        day = timezone.localtime(draft.assigned_at)
        raise NotPossible(
            f"{draft.label} đã giao việc lúc {day:%H:%M ngày %d/%m/%Y}, không sửa và không giao lại được."
        )
    return draft


def _save_once(directive):
    try:
        with transaction.atomic():
            directive.save()
    except IntegrityError as error:
        # Two people registering the same document at the same moment: the form could not see the other one yet.
        if "directive_number_once" in str(error) or "UNIQUE" in str(error):
            raise NotPossible(
                f"Đã có {directive.label} của {directive.issuer} cùng ngày ban hành. Mở văn bản đã có để sửa."
            ) from error
        raise


def _attach(directive, file):
    if file:
        directive.file_name = clean_name(file.name)
        # On disk under a name that nobody chose: it cannot climb folders nor be guessed.
        directive.file.save(f"{uuid4().hex}{extension(file.name)}", file, save=False)


def _last_position(draft):
    return draft.tasks.aggregate(last=Max("position"))["last"] or 0


def _assignments(task):
    dates = list(enumerate(dates_of(task), start=1))
    for agency in task.leads.all():
        for sequence, due_on in dates:
            yield Assignment(task=task, agency=agency, sequence=sequence, due_on=due_on)
    for member in task.lead_members.all():
        for sequence, due_on in dates:
            yield Assignment(task=task, agency_id=member.agency_id, member=member, sequence=sequence, due_on=due_on)
