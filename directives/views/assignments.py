"""One body's part: its page, what the body reports of it, and what the office decides about it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import policy
from directives import actions, progress, queries
from directives.forms import assignments as forms
from directives.models import Assignment, AssignmentEvent, AssignmentFile
from directives.views.common import download, way_back

Kind = AssignmentEvent.Kind


def is_open(assignment):
    return assignment.reported_on is None and assignment.withdrawn_on is None


def is_done(assignment):
    return assignment.done_on is not None


@dataclass(frozen=True)
class Step:
    """Something done with one assignment: its form, its action, who may, and of which assignments."""

    form: type
    act: Callable
    may: Callable
    of: Callable
    said: str


def _reports_to_office(user, assignment):
    return policy.may_report_on(user, assignment) and not policy.may_confirm(user, assignment)


STEPS = {
    "progress": Step(
        forms.ProgressForm,
        actions.report_progress,
        policy.may_report_on,
        is_open,
        "Đã ghi tiến độ của {body}.",
    ),
    "report": Step(
        forms.DoneForm,
        actions.report_done,
        _reports_to_office,
        is_open,
        "Đã gửi báo cáo hoàn thành của {body}; chờ Văn phòng xác nhận.",
    ),
    "complete": Step(
        forms.DoneForm,
        actions.complete_assignment,
        policy.may_confirm,
        is_open,
        "Đã ghi hoàn thành cho {body}.",
    ),
    "confirm": Step(
        forms.ConfirmForm,
        actions.confirm_assignment,
        policy.may_confirm,
        lambda assignment: assignment.is_awaiting,
        "Đã xác nhận hoàn thành của {body}.",
    ),
    "return": Step(
        forms.ReturnForm,
        actions.return_assignment,
        policy.may_confirm,
        lambda assignment: assignment.is_awaiting,
        "Đã trả lại báo cáo của {body}.",
    ),
    "reopen": Step(
        forms.ReopenForm,
        actions.reopen_assignment,
        policy.may_confirm,
        is_done,
        "Đã mở lại phần việc của {body}.",
    ),
    "extend": Step(
        forms.ExtendForm,
        lambda *, assignment, **given: actions.extend_assignments(assignments=[assignment], **given),
        policy.may_confirm,
        lambda assignment: is_open(assignment) and assignment.due_on is not None,
        "Đã gia hạn cho {body}.",
    ),
    "withdraw": Step(
        forms.WithdrawForm,
        lambda *, assignment, **given: actions.withdraw_assignments(assignments=[assignment], **given),
        policy.may_confirm,
        is_open,
        "Đã thu hồi phần việc của {body}.",
    ),
}


@require_safe
def assignment(request, pk):
    """The page of one part: how it stands, its history, and what the person may do."""
    return _page(request, _find(request.user, pk))


@require_POST
def assignment_progress(request, pk):
    return _take(request, pk, "progress")


def assignment_complete(request, pk):
    """The body's report that it is done, or the officer's word; asked for as a page it is the part's own."""
    if request.method != "POST":
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{_find(request.user, pk).get_absolute_url()}{f'?{query}' if query else ''}")
    is_officer = policy.may_confirm(request.user, _find(request.user, pk))
    return _take(request, pk, "complete" if is_officer else "report")


@require_POST
def assignment_confirm(request, pk):
    return _take(request, pk, "confirm")


@require_POST
def assignment_return(request, pk):
    return _take(request, pk, "return")


@require_POST
def assignment_reopen(request, pk):
    return _take(request, pk, "reopen")


@require_POST
def assignment_extend(request, pk):
    return _take(request, pk, "extend")


@require_POST
def assignment_withdraw(request, pk):
    return _take(request, pk, "withdraw")


@require_POST
def assignment_unchanged(request, pk):
    """The answer that finished work changed no assessment."""
    found = _find(request.user, pk)
    if not policy.may_confirm(request.user, found):
        raise PermissionDenied
    asked = progress.asked_of(found, _events(found), request.user)
    try:
        actions.record_unchanged(assignment=found, what=asked.words if asked else "", by=request.user)
    except actions.NotPossible as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"Đã ghi: kết quả của {found.body} không làm thay đổi đánh giá.")
    return redirect(_back(request, found))


@require_safe
def assignment_file(request, pk, file_pk):
    """One file of a report, as a download."""
    file = get_object_or_404(AssignmentFile, pk=file_pk, event__assignment=_find(request.user, pk))
    return download(file.file, file.name)


def _take(request, pk, name):
    """Carry out one step, or show the page again with what is wrong and what was typed."""
    found, step = _find(request.user, pk), STEPS[name]
    if not step.may(request.user, found):
        raise PermissionDenied
    form = step.form(request.POST, request.FILES, assignment=found)
    if form.is_valid():
        try:
            step.act(assignment=found, by=request.user, **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error(None, str(error))
            if "files" in form.fields:
                form.ask_for_files_again()
            found = _find(request.user, pk)
        else:
            messages.success(request, step.said.format(body=found.body))
            return redirect(_after(request, _find(request.user, pk)))
    return _page(request, found, name, form)


def _after(request, found):
    """Where to go once a step is done: where the person came from, unless the finished part has something to ask."""
    asks = is_done(found) and found.task.criteria.exists()
    if asks:
        return f"{found.get_absolute_url()}#danh-gia"
    return way_back(request, found.get_absolute_url())


def _page(request, found, name="", bound=None):
    user, today = request.user, timezone.localdate()
    events = _events(found)
    offered = {}
    for step_name, step in STEPS.items():
        if step.of(found) and step.may(user, found):
            is_sent = step_name == name
            offered[step_name] = bound if is_sent else step.form(assignment=found)
    context = {
        "assignment": found,
        "task": found.task,
        "row": queries.Row(found, today),
        "today": today,
        "extension": progress.extension_words(found, [e for e in events if e.kind == Kind.EXTENDED], today),
        "events": events,
        # Also after a conflict: what the page shows now is what the next click decides upon.
        "seen_now": events[0].pk if events else 0,
        "files": [(event, file) for event in events for file in event.files.all()],
        # Why it is open again, until something newer was reported.
        "sent_back": events[0] if events and events[0].kind in (Kind.RETURNED, Kind.REOPENED) else None,
        "offered": offered,
        "sent": name,
        "lost": bound if bound is not None and name not in offered else None,
        "asked": progress.asked_of(found, events, user),
        "may_confirm": policy.may_confirm(user, found),
        "reporter": "Văn phòng ghi thay đơn vị" if policy.may_confirm(user, found) else f"{found.body} báo cáo",
        "may_change_task": policy.may_follow_up(user, found.task.directive),
        "back": _back(request, found),
        "next": request.POST.get("next") or request.GET.get("next") or "",
    }
    return render(request, "directives/assignment.html", context, status=422 if bound is not None else 200)


def _find(user, pk):
    seen = Assignment.objects.visible_to(user).select_related(
        "task__directive__locality", "task__replaced_by__directive", "agency__locality", "member", "done_by"
    )
    seen = seen.prefetch_related("task__supports", "task__communes", "task__criteria")
    return get_object_or_404(seen.defer("task__directive__text"), pk=pk)


def _events(found):
    return list(found.events.select_related("by").prefetch_related("files"))


def _back(request, found):
    return way_back(request, queries.board_url(van_ban=found.task.directive_id))
