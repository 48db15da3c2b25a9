"""Reviewing what was found in a document: its draft, and its tasks split, joined, added, named, before they go out."""

from hashlib import sha256

from django.core import serializers
from django.db import transaction
from django.db.models import F, Max

from communes.models import BodyAlias
from directives import rules, spans
from directives.actions.common import NotPossible, lock_directive, lock_draft_task
from directives.actions.directives import register_directive, update_directive
from directives.actions.tasks import TASK_BODIES
from directives.bodies import alias_key, names_in
from directives.models import Repeats, Task
from ntm_tracker.vietnamese import format_date

# Steps aside while others take their places: positions are unique at every moment.
_ASIDE = 15_000
MOST_TASKS = 1_000


@transaction.atomic
def register_notice(*, by, tasks, file=None, **fields):
    """Register a document that was read as a draft with the tasks found in it (`intake.DraftTask`).

    A fixed number of statements, whatever the number of tasks.
    """
    directive = register_directive(by=by, file=file, **fields)
    found = list(tasks)[:MOST_TASKS]
    rows = Task.objects.bulk_create(
        Task(directive=directive, position=position, **task.fields) for position, task in enumerate(found, start=1)
    )
    for name in TASK_BODIES:
        through = Task._meta.get_field(name).remote_field.through
        column = Task._meta.get_field(name).m2m_reverse_name()
        through.objects.bulk_create(
            [
                through(task_id=row.pk, **{column: body.pk})
                for row, task in zip(rows, found, strict=True)
                for body in dict.fromkeys(task.bodies.get(name, ()))
            ],
            batch_size=2000,
        )
    return directive


@transaction.atomic
def change_header(*, directive, by, **fields):
    """Change what is kept of the header of a draft. What repeats begins anew from the document's new day."""
    before = directive.dated_on
    kept = update_directive(directive=directive, by=by, **fields)
    if kept.dated_on != before and not kept.is_assigned:
        for task in kept.tasks.filter(assigned_at=None).exclude(repeats=""):
            if moved := _first_due_again(task, before, kept.dated_on):
                task.due_on = moved
                task.save(update_fields=["due_on"])
    return kept


def _first_due_again(task, before, now):
    """The first due date from the new day on; None if the old one was not simply the first from the old day."""
    day = task.due_on
    worded = {
        Repeats.MONTHLY: f"monthly:{day.day}",
        Repeats.YEARLY: f"yearly:{day.month:02d}-{day.day:02d}",
    }
    for recurrence in (task.repeats, worded.get(task.repeats)):
        if recurrence and (first := rules.first_due(recurrence, after=before)) and first[0] == day:
            again = rules.first_due(recurrence, after=now)[0]
            return again if task.repeats_until is None or again <= task.repeats_until else None
    return None


@transaction.atomic
def include_task(*, task, is_included, by):
    """Mark whether a draft task goes out with the rest. Raises NotPossible if it has gone out."""
    task = lock_draft_task(lock_directive(task.directive), task)
    task.is_included = is_included
    task.save(update_fields=["is_included"])
    return task


@transaction.atomic
def take_due(*, task, due_on, seen, by):
    """Give a draft task without a deadline the one that was proposed. `seen` is `mark_of` the task as it was shown.

    Raises NotPossible if it has changed since, or has a deadline by now.
    """
    task = lock_draft_task(lock_directive(task.directive), task)
    _must_be_as_seen([task], seen)
    if task.due_on:
        raise NotPossible(
            f"Người khác vừa ghi thời hạn {format_date(task.due_on)} cho nhiệm vụ {task.position}; giữ nguyên ngày đó."
        )
    # What the reader could not make out is answered.
    task.due_on, task.remark = due_on, ""
    task.save(update_fields=["due_on", "remark"])
    return task


@transaction.atomic
def split_task(*, task, at, seen, by):
    """Cut a draft task in two at a character of its words; the second part follows the first.

    Both keep the bodies; a deadline goes with the part that says it. `seen` is `mark_of` the task as it was shown.
    Raises NotPossible if it has changed since, or if one part would be empty.
    """
    directive = lock_directive(task.directive)
    task = lock_draft_task(directive, task)
    _must_be_as_seen([task], seen)
    first, second = task.text[:at].strip(), task.text[at:].strip()
    if at <= 0 or not any(map(str.isalnum, first)) or not any(map(str.isalnum, second)):
        raise NotPossible("Chọn chỗ tách ở giữa nội dung nhiệm vụ: mỗi phần phải còn chữ.")
    bodies = {name: list(getattr(task, name).all()) for name in TASK_BODIES}
    first_span = second_span = None
    if task.start is not None:
        first_span, second_span = spans.split_span(directive.text, (task.start, task.end), task.text, at)
    _make_room(directive, task.position + 1)
    due = _of_the_part_that_says_it(task, first, second)
    other = Task(
        directive=directive,
        position=task.position + 1,
        section=task.section,
        text=second,
        lead_text=task.lead_text,
        support_text=task.support_text,
        is_priority=task.is_priority,
        is_included=task.is_included,
        **due[1],
    )
    other.start, other.end = second_span or (None, None)
    other.save()
    for name, members in bodies.items():
        getattr(other, name).set(members)
    task.text = first
    task.start, task.end = first_span or (None, None)
    for name, value in due[0].items():
        setattr(task, name, value)
    task.save()
    return task, other


def _of_the_part_that_says_it(task, first, second):
    """The deadline for each of two parts: both keep it unless only one of them holds its words."""
    kept = {name: getattr(task, name) for name in ("due_on", "due_text", "repeats", "repeats_until", "remark")}
    gone = {"due_on": None, "due_text": "", "repeats": "", "repeats_until": None, "remark": ""}
    words = spans.squash(task.due_text)
    in_first, in_second = (bool(words) and words in spans.squash(part) for part in (first, second))
    if in_first == in_second:
        return kept, kept
    return (kept, gone) if in_first else (gone, kept)


@transaction.atomic
def join_tasks(*, task, following, seen, by):
    """Make one of two draft tasks of a directive: words of both, bodies of both, the earlier deadline.

    `seen` is `mark_of` both as they were shown. Raises NotPossible if one has changed since or has gone out.
    """
    directive = lock_directive(task.directive)
    task, following = lock_draft_task(directive, task), lock_draft_task(directive, following)
    _must_be_as_seen([task, following], seen)
    for name in TASK_BODIES:
        getattr(task, name).add(*getattr(following, name).all())
    task.text = f"{task.text} {following.text}"
    if task.start is not None and following.start is not None:
        task.start, task.end = min(task.start, following.start), max(task.end, following.end)
    task.lead_text = _together(task.lead_text, following.lead_text)
    task.support_text = _together(task.support_text, following.support_text)
    remarks = [remark for remark in (task.remark, following.remark) if remark]
    if following.due_on and task.due_on and (following.due_on, following.repeats) != (task.due_on, task.repeats):
        both = sorted([task.due_on, following.due_on])
        remarks.append(f"Gộp hai thời hạn khác nhau, giữ ngày sớm hơn ({both[0]:%d/%m/%Y}, {both[1]:%d/%m/%Y}).")
    if following.due_on and (task.due_on is None or following.due_on < task.due_on):
        for name in ("due_on", "repeats", "repeats_until", "due_text"):
            setattr(task, name, getattr(following, name))
    task.remark = " ".join(dict.fromkeys(remarks))[:300]
    task.is_included = task.is_included or following.is_included
    position = following.position
    following.delete()
    task.save()
    _close_gap(directive, position)
    return task


def _together(one, other):
    names = dict.fromkeys([*names_in(one), *names_in(other)])
    return "; ".join(names)[:300]


@transaction.atomic
def add_task_from_text(*, directive, start, end, by, found=None):
    """Add a draft task from a stretch of the document's text, in its place among the others.

    `found` are columns and bodies that were read there (`intake.DraftTask`). Raises NotPossible if no words are left.
    """
    directive = lock_directive(directive)
    span = spans.trimmed(directive.text, start, end)
    if span is None or not any(map(str.isalnum, directive.text[slice(*span)])):
        raise NotPossible("Chưa chọn đoạn nào. Bôi đen một đoạn trong văn bản rồi bấm Thêm nhiệm vụ.")
    position = 1
    for number, is_assigned, begins in _places(directive):
        # After all that stands before it in the text, and after what was handed out: that keeps its number.
        if is_assigned or begins is None or begins <= span[0]:
            position = number + 1
    _make_room(directive, position)
    read = dict(found.fields) if found else {"is_included": False}
    read |= {"start": span[0], "end": span[1], "text": spans.squash(directive.text[slice(*span)])}
    task = Task.objects.create(directive=directive, position=position, **read)
    for name, members in (found.bodies if found else {}).items():
        getattr(task, name).set(members)
    return task


@transaction.atomic
def restore_task(*, directive, kept, by):
    """Bring back a task that was dropped (`delete_task`) as it was: its words, bodies, number and place in the text.

    What was handed out since keeps its number, and the place follows the text. Raises NotPossible if it is back already.
    """
    directive = lock_directive(directive)
    (dropped,) = serializers.deserialize("json", kept["row"])
    task = dropped.object
    if directive.tasks.filter(pk=task.pk).exists():
        raise NotPossible("Nhiệm vụ này đã được khôi phục rồi.")
    if task.start is not None:
        then = (task.start, task.end)
        task.start, task.end = spans.find_again(" " * task.start + kept["said"], then, directive.text) or (None, None)
        if again := directive.tasks.filter(start=task.start, end=task.end, text=task.text).exclude(start=None).first():
            raise NotPossible(f"Đoạn này đã được thêm lại thành nhiệm vụ {again.position}, nên không khôi phục nữa.")
    handed_out = directive.tasks.filter(assigned_at__gte=kept["at"])
    numbers = [rows.aggregate(last=Max("position"))["last"] or 0 for rows in (handed_out, directive.tasks)]
    task.position = min(max(task.position, numbers[0] + 1), numbers[1] + 1)
    _make_room(directive, task.position)
    task.save(force_insert=True)
    for name, keys in dropped.m2m_data.items():
        # A body may have been deleted meanwhile.
        bodies = getattr(task, name)
        bodies.set(bodies.model.objects.filter(pk__in=keys))
    return task


def _places(directive):
    rows = directive.tasks.order_by("position").values_list("position", "assigned_at", "start")
    return [(position, assigned_at is not None, start) for position, assigned_at, start in rows]


@transaction.atomic
def name_bodies(*, directive, words, agencies, members=(), remember, seen="", by):
    """Say whom a name in the document means: in every draft task that bears it, and from now on if remembered.

    `seen` is `alias_mark` of what the name was remembered as when the page was opened. Returns the number of tasks
    changed. Raises NotPossible if somebody remembered it otherwise meanwhile, or if nobody is chosen.
    """
    directive = lock_directive(directive)
    agencies, members = list(agencies), list(members)
    if not agencies and not members:
        raise NotPossible("Chọn ít nhất một cơ quan hoặc thành viên Ban Chỉ đạo.")
    if remember:
        _remember(directive.locality, words, agencies, members, seen, by)
    key = alias_key(words)
    inside = [agency for agency in agencies if agency.locality.path.startswith(directive.locality.path)]
    changed = 0
    for task in directive.tasks.filter(assigned_at=None).order_by("position"):
        leads = key in map(alias_key, names_in(task.lead_text))
        supports = key in map(alias_key, names_in(task.support_text))
        if leads:
            had = task.leads.exists() or task.lead_members.exists()
            task.leads.add(*inside)
            task.lead_members.add(*members)
            if not had and not task.is_included and (inside or members):
                # It was left out for want of a lead.
                task.is_included = task.due_on is None or task.due_on >= directive.dated_on
                task.save(update_fields=["is_included"])
        if supports:
            task.supports.add(*agencies)
        changed += leads or supports
    return changed


def _remember(locality, words, agencies, members, seen, by):
    alias = BodyAlias.objects.select_for_update().filter(locality=locality, key=alias_key(words)).first()
    if alias_mark(alias) != seen:
        means = [*alias.agencies.all(), *alias.members.all()] if alias else []
        raise NotPossible(
            f"Người khác vừa ghi “{words}” là: {', '.join(map(str, means)) or '(đã bỏ)'}. Anh chị đang chọn: "
            f"{', '.join(map(str, [*agencies, *members]))}. Chưa lưu; xem lại rồi bấm lần nữa để ghi theo lựa chọn của mình."
        )
    if alias is None:
        alias = BodyAlias.objects.create(locality=locality, name=words[:300], created_by=by)
    alias.agencies.set(agencies)
    alias.members.set(members)


def alias_mark(alias) -> str:
    """A mark of what a name is remembered as; "" where it is not."""
    if alias is None:
        return ""
    bodies = [f"a{agency.pk}" for agency in alias.agencies.all()] + [f"m{member.pk}" for member in alias.members.all()]
    return " ".join(sorted(bodies)) or "-"


def mark_of(*tasks) -> str:
    """A mark of tasks as they are shown: another one where their words, bodies' words or places have changed."""
    said = "\0".join(f"{task.pk}\0{task.text}" for task in tasks)
    return sha256(said.encode()).hexdigest()[:16]


def _must_be_as_seen(tasks, seen):
    if mark_of(*tasks) != seen:
        raise NotPossible(
            f"Người khác vừa sửa nhiệm vụ {tasks[0].position} sau khi anh chị mở trang, nên chưa làm. "
            "Trang đã hiện nội dung mới; xem lại rồi làm lần nữa."
        )


def _make_room(directive, position):
    """Move the tasks from a position on one further."""
    later = directive.tasks.filter(position__gte=position)
    later.update(position=F("position") + _ASIDE)
    directive.tasks.filter(position__gte=_ASIDE).update(position=F("position") - (_ASIDE - 1))


def _close_gap(directive, position):
    directive.tasks.filter(position__gt=position).update(position=F("position") + _ASIDE)
    directive.tasks.filter(position__gte=_ASIDE).update(position=F("position") - (_ASIDE + 1))
