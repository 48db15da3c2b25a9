"""What the views share: the draft of an address, and saving a form."""

from functools import wraps

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.policy import EDITORS, role_required
from directives import actions
from directives.models import Directive
from ntm_tracker.vietnamese import NotADate, format_date, parse_date

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


def day_asked(request):
    """The day in the address, today where there is none, and what is wrong with it; '' if nothing is."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today, ""
    except NotADate as error:
        return today, f"{error} Đang xem số liệu đến hôm nay, {format_date(today)}."


def way_back(request, otherwise):
    """The page of this site the person came from, else `otherwise`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return otherwise


def download(file, name):
    """A stored file as a download, never shown or run in the browser; 404 if it is not on the disk."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không còn tệp trên máy chủ.") from error
    answer = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def save_form(form):
    """What the valid form saved, or None with the reason among its errors."""
    if not form.is_valid():
        return None
    try:
        return form.save()
    except actions.NotPossible as error:
        form.add_error(None, str(error))
    return None
