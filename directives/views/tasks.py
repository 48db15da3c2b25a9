"""The tasks of a draft."""

from django.contrib import messages
from django.shortcuts import redirect, render

from directives import actions
from directives.forms.tasks import TaskForm
from directives.views.common import draft_task_view, managed_view, save_form
from ntm_tracker.forms import atomic_post


@managed_view
@atomic_post
def task_create(request, directive):
    return _task_form(request, directive, None)


@draft_task_view
@atomic_post
def task_edit(request, directive, task):
    return _task_form(request, directive, task)


def _task_form(request, directive, task):
    form = TaskForm(request.POST or None, instance=task, directive=directive, user=request.user)
    if request.method == "POST" and (saved := save_form(form)):
        messages.success(request, f"Đã lưu nhiệm vụ {saved.position}.")
        if "another" in request.POST:
            return redirect("directives:task-create", directive.pk)
        return redirect(f"{directive.get_absolute_url()}#nhiem-vu-{saved.position}")
    position = task.position if task else directive.tasks.count() + 1
    context = {"form": form, "directive": directive, "task": task, "position": position}
    return render(request, "directives/task_form.html", context)


@draft_task_view
def task_delete(request, directive, task):
    if request.method == "POST":
        try:
            actions.delete_task(task=task, by=request.user)
        except actions.NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Đã xóa nhiệm vụ {task.position}.")
        return redirect(directive)
    return render(request, "directives/task_delete.html", {"directive": directive, "task": task})
