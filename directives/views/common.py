"""What the views share: the draft of an address, and saving a form."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from accounts.policy import EDITORS, role_required
from directives import actions
from directives.models import Directive

# Rows of a page of a list.
PAGE_ROWS = 50


def managed_view(view):
    """Give an officer's view the directive of the address; another place's is not found."""

    @role_required(*EDITORS)
    @wraps(view)
    def guarded(request, pk, **kwargs):
        directive = get_object_or_404(Directive.objects.managed_by(request.user).select_related("locality"), pk=pk)
        return view(request, directive, **kwargs)

    return guarded


def draft_task_view(view):
    """Give an officer's view the directive and the draft task of the address; one handed out is only shown."""

    @managed_view
    @wraps(view)
    def guarded(request, directive, task_pk):
        task = get_object_or_404(directive.tasks, pk=task_pk)
        if task.is_assigned:
            messages.error(request, f"Nhiệm vụ {task.position} đã giao việc nên không sửa như bản nháp được.")
            return redirect(directive)
        return view(request, directive, task)

    return guarded


def save_form(form):
    """What the valid form saved, or None with the reason among its errors."""
    if not form.is_valid():
        return None
    try:
        return form.save()
    except actions.NotPossible as error:
        form.add_error(None, str(error))
    return None
