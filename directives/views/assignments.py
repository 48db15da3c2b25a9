"""What a body reports of its part, and what the office says of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import policy
from accounts.policy import EDITORS, role_required
from directives import actions, queries
from directives.forms.assignments import CompletionForm, ReopenForm
from directives.models import Assignment


def assignment_complete(request, pk):
    assignment = _assignment(request, pk)
    form = CompletionForm(request.POST or None, assignment=assignment, initial={"done_on": timezone.localdate()})
    if request.method == "POST":
        if not policy.may_report_on(request.user, assignment):
            raise PermissionDenied
        if form.is_valid():
            try:
                actions.complete_assignment(assignment=assignment, by=request.user, **form.cleaned_data)
            except actions.NotPossible as error:
                form.add_error(None, str(error))
                assignment = _assignment(request, pk)
            else:
                messages.success(request, f"Đã ghi kết quả của {assignment.body}.")
                return redirect(_back(request, assignment))
    return _assignment_page(request, assignment, form=form)


@role_required(*EDITORS)
def assignment_reopen(request, pk):
    assignment = _assignment(request, pk)
    if not policy.may_report_on(request.user, assignment):
        raise Http404
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen_assignment(assignment=assignment, by=request.user, **form.cleaned_data)
        except actions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Đã mở lại phần việc của {assignment.body}.")
            return redirect("directives:assignment-complete", pk)
    return _assignment_page(request, assignment, reopen_form=form)


def _assignment_page(request, assignment, form=None, reopen_form=None):
    today = timezone.localdate()
    context = {
        "assignment": assignment,
        "row": queries.Row(assignment, today),
        "form": form,
        "reopen_form": reopen_form or ReopenForm(),
        "events": assignment.events.select_related("by"),
        "may_complete": policy.may_report_on(request.user, assignment),
        "may_reopen": policy.may_manage_directives(request.user) and policy.may_report_on(request.user, assignment),
        "back": _back(request, assignment),
    }
    return render(request, "directives/assignment.html", context)


def _assignment(request, pk):
    seen = Assignment.objects.visible_to(request.user).select_related(
        "task__directive", "agency__locality", "member", "done_by"
    )
    return get_object_or_404(seen, pk=pk)


def _back(request, assignment):
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return queries.board_url(van_ban=assignment.task.directive_id)
