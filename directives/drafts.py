"""Drafts: what a directive would hand out, and what still keeps it from doing so."""

from dataclasses import dataclass

from django.db.models import Prefetch

from communes.models import Agency
from directives import rules
from directives.models import Task


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot be handed out; `task` is None where it is the directive itself."""

    message: str
    task: Task | None = None


def tasks_to_issue(directive):
    """The tasks of a directive that are to be handed out, with their bodies, in order."""
    return list(with_bodies(directive.tasks.filter(assigned_at=None, is_included=True)))


def with_bodies(tasks):
    """Tasks in order, with their bodies in order."""
    return tasks.order_by("position").prefetch_related(
        Prefetch("leads", Agency.objects.in_order()),
        "lead_members__agency",
        Prefetch("supports", Agency.objects.in_order()),
        "criteria",
    )


def problems_of(directive, tasks) -> list[Problem]:
    """What keeps the drafts of a directive from being handed out, a sentence each."""
    if not tasks:
        return [Problem("Văn bản chưa có nhiệm vụ nào. Thêm ít nhất một nhiệm vụ rồi giao.")]
    return list(problems_of_directive(directive)) + [
        Problem(f"Nhiệm vụ {task.position}: {sentence}", task)
        for task in tasks
        for sentence in problems_of_task(directive, task)
    ]


def problems_of_directive(directive):
    """What a draft itself lacks, a sentence each."""
    if not directive.has_a_day:
        yield Problem("Văn bản chưa có ngày. Ghi ngày ban hành hoặc ngày họp: thời hạn tính từ ngày đó.")
    if not directive.title.strip():
        yield Problem("Văn bản chưa có trích yếu.")
    if not directive.issuer.strip():
        yield Problem("Văn bản chưa có cơ quan ban hành.")


def problems_of_task(directive, task):
    """What keeps a draft task from being handed out, a sentence each."""
    leads, members = task.leads.all(), task.lead_members.all()
    if not leads and not members:
        yield "chưa có cơ quan chủ trì" + (f" (văn bản ghi “{task.lead_text}”)." if task.lead_text else ".")
    for agency in leads:
        if not agency.is_active:
            yield f"{agency} đã ngừng hoạt động, chọn cơ quan khác."
    for member in members:
        if member.until_on and member.until_on < directive.dated_on:
            yield f"{member} đã thôi nhiệm vụ từ {member.until_on:%d/%m/%Y}, chọn người khác."
    if task.due_on and task.due_on < directive.dated_on:
        yield before_directive(directive, task.due_on)
    try:
        rules.dates_of(task)
    except rules.TooManyDates as error:
        yield str(error)


def before_directive(directive, due_on):
    return f"thời hạn {due_on:%d/%m/%Y} trước ngày của văn bản ({directive.dated_on:%d/%m/%Y})."


def planned_assignments(task) -> int:
    """How many assignments the task will come to; 0 while its dates are not in order."""
    try:
        times = len(rules.dates_of(task))
    except rules.TooManyDates:
        return 0
    return times * (len(task.leads.all()) + len(task.lead_members.all()))
