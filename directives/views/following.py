"""One task that was handed out: its page, and what the office changes of it. Each change keeps what was."""

from functools import wraps

from django.contrib import messages
from django.db.models import Max, Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import policy
from directives import progress, queries
from directives.drafts import with_bodies
from directives.forms import following as forms
from directives.models import Assignment, AssignmentEvent, Directive, Task
from directives.views.common import managed_view, save_form
from ntm_tracker.forms import atomic_post

# Rows of the page; a weekly task of many communes has thousands, which the board shows page by page.
MOST_ROWS = 120


@require_safe
def task(request, pk, task_pk):
    """What one task ordered, how each body stands, its history, and for the office what may be changed."""
    directive = get_object_or_404(
        Directive.objects.visible_to(request.user).select_related("locality").defer("text"), pk=pk
    )
    found = get_object_or_404(directive.tasks.exclude(assigned_at=None), pk=task_pk)
    found.directive = directive
    return _page(request, found)


def task_view(view):
    """Give an officer's change, sent by POST in one transaction, the task that was handed out and its form."""

    @require_POST
    @managed_view
    @atomic_post
    @wraps(view)
    def guarded(request, directive, task_pk):
        found = get_object_or_404(directive.tasks.exclude(assigned_at=None), pk=task_pk)
        found.directive = directive
        name, form, said = view(request, found)
        if saved := save_form(form):
            messages.success(request, said)
            return redirect(found if isinstance(saved, Task | list) else directive)
        # What the form was checked against may not be what is stored.
        found = get_object_or_404(Task.objects.select_related("directive__locality"), pk=task_pk)
        return _page(request, found, name, form)

    return guarded


@task_view
def task_change(request, found):
    form = forms.TaskChangeForm(request.POST, instance=found, user=request.user)
    return "change", form, f"Đã thay đổi nhiệm vụ {found.position}; nội dung cũ còn trong lịch sử."


@task_view
def task_bodies(request, found):
    return "bodies", forms.BodiesForm(request.POST, task=found, user=request.user), "Đã giao thêm."


@task_view
def task_extend(request, found):
    form = forms.TaskExtendForm(request.POST, task=found, user=request.user, open_rows=_open_rows(found, request.user))
    return "extend", form, "Đã gia hạn; thời hạn gốc vẫn được giữ."


@task_view
def task_withdraw(request, found):
    form = forms.TaskWithdrawForm(request.POST, task=found, user=request.user)
    return "withdraw", form, f"Đã thu hồi nhiệm vụ {found.position}."


@task_view
def task_replace(request, found):
    form = forms.TaskReplaceForm(request.POST, task=found, user=request.user)
    return "replace", form, f"Nhiệm vụ {found.position} đã được thay bằng nhiệm vụ của văn bản sau."


def _page(request, found, name="", bound=None):
    user, today = request.user, timezone.localdate()
    (loaded,) = with_bodies(Task.objects.filter(pk=found.pk)).select_related("replaced_by__directive")
    loaded.directive = found.directive
    rows = _rows(loaded, user, today)
    shown = rows[:MOST_ROWS]
    offered = {}
    if policy.may_follow_up(user, found.directive) and not loaded.withdrawn_on:
        offered = _forms(loaded, user)
    if bound is not None:
        offered[name] = bound
    context = {
        "task": loaded,
        "directive": found.directive,
        "rows": shown,
        "hidden": len(rows) - len(shown),
        "board_url": queries.board_url(van_ban=loaded.directive_id),
        "events": loaded.events.select_related("by"),
        "replaces": loaded.replaces.filter(directive__in=Directive.objects.visible_to(user)).select_related(
            "directive"
        ),
        "may_edit": policy.may_follow_up(user, found.directive),
        "offered": offered,
        "sent": name,
        "seen_now": AssignmentEvent.objects.filter(assignment__task=loaded).aggregate(last=Max("pk"))["last"] or 0,
        "today": today,
    }
    return render(request, "directives/task.html", context, status=422 if bound is not None else 200)


def _forms(found, user):
    open_rows = _open_rows(found, user)
    offered = {
        "change": forms.TaskChangeForm(instance=found, user=user),
        "bodies": forms.BodiesForm(task=found, user=user),
    }
    if any(row.due_on for row in open_rows):
        offered["extend"] = forms.TaskExtendForm(task=found, user=user, open_rows=open_rows)
    offered["replace"] = forms.TaskReplaceForm(task=found, user=user)
    offered["withdraw"] = forms.TaskWithdrawForm(task=found, user=user)
    return offered


def _open_rows(found, user):
    """The parts that may be extended: open, with a due date."""
    rows = Assignment.objects.visible_to(user).filter(
        task=found, reported_on=None, withdrawn_on=None, due_on__isnull=False
    )
    return list(rows.select_related("agency", "member").order_by("sequence", "agency__sort_key", "pk"))


def _rows(found, user, today):
    """Every part the person sees with how it stands, those withdrawn too. Two queries."""
    extended = AssignmentEvent.objects.filter(kind=AssignmentEvent.Kind.EXTENDED)
    rows = (
        Assignment.objects.visible_to(user)
        .filter(task=found)
        .select_related("agency__locality", "member")
        .prefetch_related(Prefetch("events", extended, to_attr="extensions"))
        .order_by("sequence", "agency__sort_key", "pk")
    )
    return [
        progress.Listed(queries.Row(row, today), progress.extension_words(row, row.extensions, today)) for row in rows
    ]
