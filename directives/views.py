from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from accounts import policy
from accounts.policy import EDITORS, role_required
from communes.models import Agency, Locality
from criteria.models import Criterion
from directives import actions, exports, queries
from directives.forms import CompletionForm, DirectiveForm, ReopenForm, TaskForm
from directives.models import Assignment, Directive, Task
from ntm_tracker.forms import atomic_post
from ntm_tracker.spreadsheet import download
from ntm_tracker.vietnamese import NotADate, format_date, parse_date

PAGE_ROWS = 50
# Longer lists are left out of the filters; their rows are reached from the heads of the board.
MOST_CHOICES = 200
VIEWS = [("co-quan", "Theo cơ quan"), ("thoi-han", "Theo thời hạn"), ("van-ban", "Theo văn bản")]


def draft_view(view):
    """Give the view the draft of the address; another place's is not found, one handed out is only shown."""

    @role_required(*EDITORS)
    @wraps(view)
    def guarded(request, pk, **kwargs):
        directive = get_object_or_404(Directive.objects.managed_by(request.user).select_related("locality"), pk=pk)
        if directive.is_assigned:
            messages.error(request, f"{directive.label} đã giao việc nên không sửa và không giao lại được.")
            return redirect(directive)
        return view(request, directive, **kwargs)

    return guarded


# -- directives -------------------------------------------------------------------------------------------------------


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
    if request.method == "POST" and (directive := _save(form)):
        messages.success(request, f"Đã lưu {directive.label}. Thêm các nhiệm vụ rồi giao việc.")
        return redirect("directives:task-create", directive.pk)
    return render(request, "directives/directive_form.html", {"form": form})


@draft_view
@atomic_post
def directive_edit(request, directive):
    form = DirectiveForm(request.POST or None, request.FILES or None, instance=directive, user=request.user)
    if request.method == "POST" and (saved := _save(form)):
        messages.success(request, f"Đã lưu {saved.label}.")
        return redirect(saved)
    context = {"form": form, "directive": Directive.objects.get(pk=directive.pk)}
    return render(request, "directives/directive_form.html", context)


@require_GET
def directive_detail(request, pk):
    seen = Directive.objects.visible_to(request.user).select_related("locality", "created_by")
    directive = get_object_or_404(seen, pk=pk)
    today = timezone.localdate()
    filters = queries.Filters(directive=directive)
    context = {
        "directive": directive,
        "tasks": queries.tasks_with_counts(directive, request.user, today),
        "summary": queries.summary(request.user, today, filters),
        "as_of": today,
        "board_url": queries.board_url(van_ban=directive.pk),
        "may_edit": not directive.is_assigned and Directive.objects.managed_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "directives/directive_detail.html", context)


@require_GET
def directive_file(request, pk):
    directive = get_object_or_404(Directive.objects.visible_to(request.user).exclude(file=""), pk=pk)
    try:
        content = directive.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không còn tệp trên máy chủ.") from error
    answer = FileResponse(
        content, as_attachment=True, filename=directive.file_name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@draft_view
def directive_issue(request, directive):
    """What handing out would create and what is missing; a POST hands out."""
    tasks = queries.tasks_to_issue(directive)
    problems = queries.problems_of(directive, tasks)
    if request.method == "POST":
        try:
            actions.issue_directive(directive=directive, by=request.user)
        except actions.CannotIssue as error:
            problems = error.problems
        except actions.NotPossible as error:
            messages.error(request, str(error))
            return redirect(directive)
        else:
            count = Assignment.objects.filter(task__directive=directive).count()
            messages.success(request, f"Đã giao {len(tasks)} nhiệm vụ, {count} phần việc.")
            return redirect(directive)
    plan = [(task, queries.planned_assignments(task)) for task in tasks]
    context = {"directive": directive, "plan": plan, "total": sum(n for _, n in plan), "problems": problems}
    return render(request, "directives/directive_issue.html", context)


# -- tasks of a draft -------------------------------------------------------------------------------------------------


@draft_view
@atomic_post
def task_create(request, directive):
    return _task_form(request, directive, None)


@draft_view
@atomic_post
def task_edit(request, directive, task_pk):
    return _task_form(request, directive, get_object_or_404(directive.tasks, pk=task_pk))


def _task_form(request, directive, task):
    form = TaskForm(request.POST or None, instance=task, directive=directive, user=request.user)
    if request.method == "POST" and (saved := _save(form)):
        messages.success(request, f"Đã lưu nhiệm vụ {saved.position}.")
        if "another" in request.POST:
            return redirect("directives:task-create", directive.pk)
        return redirect(f"{directive.get_absolute_url()}#nhiem-vu-{saved.position}")
    position = task.position if task else directive.tasks.count() + 1
    context = {"form": form, "directive": directive, "task": task, "position": position}
    return render(request, "directives/task_form.html", context)


@draft_view
def task_delete(request, directive, task_pk):
    task = get_object_or_404(directive.tasks, pk=task_pk)
    if request.method == "POST":
        try:
            actions.delete_task(task=task, by=request.user)
        except actions.NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Đã xóa nhiệm vụ {task.position}.")
        return redirect(directive)
    return render(request, "directives/task_delete.html", {"directive": directive, "task": task})


# -- the board --------------------------------------------------------------------------------------------------------


@require_GET
def task_board(request):
    as_of, wrong_date = _as_of(request)
    filters = _filters(request)
    view = request.GET.get("xem") if request.GET.get("xem") in dict(VIEWS) else VIEWS[0][0]
    paginator = Paginator(queries.Board(request.user, as_of, filters, view), PAGE_ROWS)
    page = paginator.get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "as_of": as_of,
        "wrong_date": wrong_date,
        "typed_date": request.GET.get("ngay", "") if wrong_date else format_date(as_of),
        "summary": queries.summary(request.user, as_of, filters),
        "due_soon_days": settings.DUE_SOON_DAYS,
        "print_subtitle": "; ".join([f"Số liệu tính đến ngày {format_date(as_of)}", *filters.words]),
        "view": view,
        "views": VIEWS,
        "filters": filters,
        "status_choices": queries.STATUS_CHOICES,
        "selects": _selects(request.user, filters),
        "is_narrowed": bool(filters.words),
        "cleared_url": queries.board_url(as_of, xem=view),
        "page_obj": page,
        "groups": page.object_list,
        "kept_query": kept.urlencode(),
        "may_manage": policy.may_manage_directives(request.user),
        "reports_for": _reports_for(request.user),
    }
    return render(request, "directives/task_board.html", context)


@require_GET
def task_workbook(request):
    as_of, _ = _as_of(request)
    workbook = exports.task_workbook(user=request.user, as_of=as_of, filters=_filters(request))
    return download(workbook, f"bieu-09-nhiem-vu-{as_of.isoformat()}.xlsx")


def assignment_complete(request, pk):
    assignment = _assignment(request, pk)
    form = CompletionForm(request.POST or None, assignment=assignment, initial={"done_on": timezone.localdate()})
    if request.method == "POST":
        if not policy.may_complete(request.user, assignment):
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
    if not policy.may_complete(request.user, assignment):
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
        "may_complete": policy.may_complete(request.user, assignment),
        "may_reopen": policy.may_manage_directives(request.user) and policy.may_complete(request.user, assignment),
        "back": _back(request, assignment),
    }
    return render(request, "directives/assignment.html", context)


# -- what the views share ---------------------------------------------------------------------------------------------


def _save(form):
    """What the valid form saved, or None with the reason among its errors."""
    if not form.is_valid():
        return None
    try:
        return form.save()
    except actions.NotPossible as error:
        form.add_error(None, str(error))
    return None


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


def _as_of(request):
    """The day of the address and what is wrong with it; today if there is none."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today, ""
    except NotADate as error:
        return today, f"{error} Đang xem số liệu đến hôm nay, {today:%d/%m/%Y}."


def _filters(request):
    """The filters of the address; what is not there for this person to see is not found."""
    user = request.user
    status = request.GET.get("trang_thai", "")
    if status and status not in dict(queries.STATUS_CHOICES):
        raise Http404
    return queries.Filters(
        status=status,
        agency=_chosen(request, "co_quan", Agency.objects.visible_to(user)),
        directive=_chosen(request, "van_ban", Directive.objects.visible_to(user).defer("text")),
        criterion=_chosen(request, "tieu_chi", Criterion.objects.all()),
        commune=_chosen(request, "xa", Locality.objects.visible_to(user).communes()),
    )


def _chosen(request, name, allowed):
    value = request.GET.get(name, "")
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Http404
    return get_object_or_404(allowed, pk=value)


def _selects(user, filters):
    """What the filters offer: only what has work, and only lists short enough to choose from. A query each."""
    mine = Assignment.objects.visible_to(user)
    communes = Locality.objects.visible_to(user).communes()
    there = Task.communes.through.objects.filter(task__assignments__in=mine).values("locality")
    lists = [
        ("co_quan", "Cơ quan", filters.agency, Agency.objects.filter(pk__in=mine.values("agency")).in_order()),
        (
            "van_ban",
            "Văn bản",
            filters.directive,
            Directive.objects.filter(pk__in=mine.values("task__directive")).newest_first().defer("text"),
        ),
        (
            "tieu_chi",
            "Tiêu chí",
            filters.criterion,
            Criterion.objects.filter(tasks__assignments__in=mine).distinct().order_by("number", "pk"),
        ),
        (
            "xa",
            "Xã",
            filters.commune,
            communes.filter(Q(pk__in=mine.values("agency__locality")) | Q(pk__in=there)).alphabetical(),
        ),
    ]
    selects = []
    for name, head, chosen, items in lists:
        items = list(items[: MOST_CHOICES + 1])
        if len(items) > MOST_CHOICES:
            items = [chosen] if chosen else []
        elif chosen and chosen not in items:
            items.append(chosen)
        if items:
            selects.append((name, head, chosen, items))
    return selects


def _reports_for(user):
    """The agency whose work the person reports, which the board marks; officers report for all."""
    return None if policy.may_manage_directives(user) else user.agency_id
