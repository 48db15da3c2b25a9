"""The documents: listed, entered, shown, handed out."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import policy
from accounts.policy import EDITORS, role_required
from directives import actions, drafts, queries
from directives.forms.directives import DirectiveForm
from directives.models import Assignment, AssignmentStatus, Directive
from directives.progress import load_notice
from directives.views.common import PAGE_ROWS, day_asked, download, managed_view, save_form
from ntm_tracker.forms import atomic_post
from ntm_tracker.vietnamese import format_date


@require_GET
def directive_list(request):
    directives = Directive.objects.visible_to(request.user).newest_first().defer("text")
    page = Paginator(directives.annotate(task_count=Count("tasks")), PAGE_ROWS).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    overdue = queries.overdue_by_directive(request.user, timezone.localdate(), [directive.pk for directive in shown])
    for directive in shown:
        directive.overdue_count = overdue.get(directive.pk, 0)
    page.object_list = shown
    may_manage = policy.may_manage_directives(request.user)
    return render(request, "directives/directive_list.html", {"page_obj": page, "may_manage": may_manage})


@role_required(*EDITORS)
@atomic_post
def directive_create(request):
    form = DirectiveForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and (directive := save_form(form)):
        messages.success(request, f"Đã lưu {directive.label}. Thêm các nhiệm vụ rồi giao việc.")
        return redirect("directives:task-create", directive.pk)
    return render(request, "directives/directive_form.html", {"form": form})


@managed_view
@atomic_post
def directive_edit(request, directive):
    form = DirectiveForm(request.POST or None, request.FILES or None, instance=directive, user=request.user)
    if request.method == "POST" and (saved := save_form(form)):
        messages.success(request, f"Đã lưu {saved.label}.")
        return redirect(saved)
    context = {"form": form, "directive": Directive.objects.get(pk=directive.pk)}
    return render(request, "directives/directive_form.html", context)


@require_GET
def directive_detail(request, pk):
    """What the document ordered, what was done, what is late and why, which criteria moved since; of a draft its tasks."""
    seen = Directive.objects.visible_to(request.user).select_related("locality", "created_by")
    directive = get_object_or_404(seen, pk=pk)
    as_of, wrong_date = day_asked(request)
    context = {
        "directive": directive,
        "progress": load_notice(directive, request.user, as_of),
        "as_of": as_of,
        "is_today": as_of == timezone.localdate(),
        "wrong_date": wrong_date,
        "typed_date": request.GET.get("ngay", "") if wrong_date else format_date(as_of),
        "due_soon_days": settings.DUE_SOON_DAYS,
        "board_url": queries.board_url(as_of, van_ban=directive.pk),
        "overdue_url": queries.board_url(as_of, van_ban=directive.pk, trang_thai=AssignmentStatus.OVERDUE.value),
        "may_edit": policy.may_follow_up(request.user, directive),
        "sees_all": policy.sees_all_work(request.user),
    }
    return render(request, "directives/directive_detail.html", context)


@require_GET
def directive_file(request, pk):
    directive = get_object_or_404(Directive.objects.visible_to(request.user).exclude(file=""), pk=pk)
    return download(directive.file, directive.file_name)


@managed_view
def directive_issue(request, directive):
    """What handing out would create and what is missing; a POST hands out."""
    tasks = drafts.tasks_to_issue(directive)
    problems = drafts.problems_of(directive, tasks)
    if not tasks and directive.is_assigned:
        messages.info(request, f"{directive.label} không còn nhiệm vụ nào chưa giao.")
        return redirect(directive)
    if request.method == "POST":
        try:
            actions.issue_directive(directive=directive, by=request.user)
        except actions.CannotIssue as error:
            problems = error.problems
        except actions.NotPossible as error:
            messages.error(request, str(error))
            return redirect(directive)
        else:
            count = Assignment.objects.filter(task__in=tasks).count()
            messages.success(request, f"Đã giao {len(tasks)} nhiệm vụ, {count} phần việc.")
            return redirect(directive)
    plan = [(task, drafts.planned_assignments(task)) for task in tasks]
    context = {"directive": directive, "plan": plan, "total": sum(n for _, n in plan), "problems": problems}
    return render(request, "directives/directive_issue.html", context)
