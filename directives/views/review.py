"""The page on which an officer checks what was found in a document, and everything done there.

Each change answers htmx with the parts of the page that it touches, and a browser without scripts with the page.
"""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_POST, require_safe

from criteria.actions.plans import save_targets
from directives import actions, figures, spans
from directives.bodies import names_in
from directives.forms.review import HeaderForm, NameForm, ReviewTaskForm
from directives.models import Directive
from directives.review import Review
from directives.views.common import managed_view, save_form
from ntm_tracker.forms import atomic_post

# Where the session keeps what was dropped, and how much of it: it is read with every page.
DROPPED = "dropped_tasks"
MOST_DROPPED = 5


def review_task_view(view):
    """Give an officer's view the directive and the draft task of the address; what has gone out is said so."""

    @managed_view
    @wraps(view)
    def guarded(request, directive, task_pk):
        task = directive.tasks.filter(pk=task_pk).first()
        if task is None and request.method == "POST":
            return _answer(request, directive, "Người khác vừa xóa hoặc gộp nhiệm vụ này.")
        if task is None:
            raise Http404
        if task.is_assigned:
            return _answer(
                request, directive, f"Nhiệm vụ {task.position} đã giao việc nên không sửa như bản nháp được."
            )
        task.directive = directive
        return view(request, directive, task)

    return guarded


@require_safe
@managed_view
def review(request, directive):
    page = Review.load(directive)
    communes = page.here.communes
    context = {
        **_context(request, page),
        "header": HeaderForm(instance=directive, user=request.user),
        "comparisons": figures.compare(page.notice.figures, place=directive.locality, day=directive.dated_on),
        "goals": figures.goal_lines(
            page.notice.goals, place=directive.locality, communes=communes, day=directive.dated_on
        ),
    }
    return render(request, "directives/review.html", context)


@managed_view
@atomic_post
def review_header(request, directive):
    if directive.is_assigned:
        return redirect("directives:edit", directive.pk)
    before = directive.dated_on
    form = HeaderForm(request.POST or None, instance=directive, user=request.user)
    saved = save_form(form) if request.method == "POST" else None
    if saved and not _is_htmx(request):
        messages.success(request, "Đã lưu phần đầu văn bản.")
        return redirect("directives:review", directive.pk)
    if saved:
        page = Review.load(_fresh(directive))
        context = {
            **_context(request, page),
            "header": HeaderForm(instance=page.directive, user=request.user),
            "is_saved": True,
            # Deadlines are measured from this day.
            "with_tasks": page.directive.dated_on != before,
            "oob": True,
        }
        return render(request, "directives/_review_header_saved.html", context)
    shown = {"directive": _fresh(directive), "header": form}
    if _is_htmx(request):
        return render(request, "directives/_review_header.html", shown, status=422 if request.method == "POST" else 200)
    return render(request, "directives/review_header.html", shown)


@review_task_view
@atomic_post
def review_task(request, directive, task):
    """The form of a task in its row; on a page of its own without scripts."""
    form = ReviewTaskForm(request.POST or None, instance=task, directive=directive, user=request.user)
    if request.method == "POST" and (saved := save_form(form)):
        if not _is_htmx(request):
            messages.success(request, f"Đã lưu nhiệm vụ {saved.position}.")
            return redirect(f"{reverse('directives:review', args=[directive.pk])}#nv-{saved.pk}")
        return _row_answer(request, directive, saved)
    context = {"form": form, "directive": directive, "task": directive.tasks.get(pk=task.pk), "position": task.position}
    if _is_htmx(request):
        return render(request, "directives/_review_form.html", context, status=422 if request.method == "POST" else 200)
    return render(request, "directives/review_task.html", context)


@require_safe
@review_task_view
def review_row(request, directive, task):
    """The row again, as it is stored: for who leaves the form without saving."""
    return _row_answer(request, directive, task)


@require_POST
@review_task_view
def review_include(request, directive, task):
    actions.include_task(task=task, is_included="is_included" in request.POST, by=request.user)
    return _row_answer(request, directive, task) if _is_htmx(request) else _answer(request, directive, at=task)


@require_POST
@review_task_view
def review_due(request, directive, task):
    """Take the deadline that is proposed for a task without one, if it is the one that was shown."""
    proposal = Review.load(directive).proposal_for(task)
    if proposal is None or proposal.day.isoformat() != request.POST.get("due_on"):
        problem = (
            f"Nhiệm vụ {task.position} đã có thời hạn hoặc ngày đề nghị đã đổi, nên chưa ghi. Xem lại rồi làm lần nữa."
        )
        return _answer(request, directive, problem, at=task)
    try:
        actions.take_due(task=task, due_on=proposal.day, seen=request.POST.get("seen", ""), by=request.user)
    except actions.NotPossible as error:
        return _answer(request, directive, str(error), at=task)
    return _row_answer(request, directive, task) if _is_htmx(request) else _answer(request, directive, at=task)


@review_task_view
def review_split(request, directive, task):
    if request.method == "POST":
        try:
            at = _number(request.POST.get("at"))
            actions.split_task(task=task, at=at, seen=request.POST.get("seen", ""), by=request.user)
        except actions.NotPossible as error:
            return _answer(request, directive, str(error), at=task)
        return _answer(request, directive, at=task)
    context = {"directive": directive, "task": task, "seen": actions.mark_of(task), "parts": _parts(task.text)}
    template = "_review_split" if _is_htmx(request) else "review_split"
    return render(request, f"directives/{template}.html", context)


def _parts(text):
    """The sentences of a task with the place where each begins."""
    places = [0, *spans.cuts(text), len(text)]
    return [(start, text[start:end].strip()) for start, end in zip(places, places[1:], strict=False)]


@require_POST
@review_task_view
def review_join(request, directive, task):
    following = directive.tasks.filter(position__gt=task.position, assigned_at=None).order_by("position").first()
    if following is None:
        return _answer(request, directive, "Không còn nhiệm vụ nào ở sau để gộp.", at=task)
    try:
        actions.join_tasks(task=task, following=following, seen=request.POST.get("seen", ""), by=request.user)
    except actions.NotPossible as error:
        return _answer(request, directive, str(error), at=task)
    return _answer(request, directive, at=task)


@require_POST
@review_task_view
def review_delete(request, directive, task):
    try:
        kept = actions.delete_task(task=task, by=request.user)
    except actions.NotPossible as error:
        return _answer(request, directive, str(error))
    words = Truncator(task.text).chars(90)
    dropped = {"directive": directive.pk, "task": task.pk, "number": task.position, "words": words, "kept": kept}
    request.session[DROPPED] = [dropped, *request.session.get(DROPPED, [])][:MOST_DROPPED]
    return _answer(request, directive)


@require_POST
@managed_view
def review_restore(request, directive, task_pk):
    """Bring back a task that this person dropped."""
    one = _dropped(request, directive)
    if one is None or one["task"] != task_pk:
        return _answer(request, directive, "Không còn gì để hoàn tác. Thêm lại nhiệm vụ từ đoạn văn nếu cần.")
    request.session[DROPPED] = [other for other in request.session[DROPPED] if other != one]
    try:
        task = actions.restore_task(directive=directive, kept=one["kept"], by=request.user)
    except actions.NotPossible as error:
        return _answer(request, directive, str(error))
    return _answer(request, directive, at=task)


def _dropped(request, directive):
    """What the person dropped last of this draft since they signed in and may bring back; then the one before it."""
    return next((one for one in request.session.get(DROPPED, []) if one["directive"] == directive.pk), None)


@require_POST
@managed_view
def review_add(request, directive):
    start, end = _number(request.POST.get("start")), _number(request.POST.get("end"))
    span = spans.trimmed(directive.text, start, end)
    found = Review.load(directive).found_at(*span) if span else None
    try:
        task = actions.add_task_from_text(directive=directive, start=start, end=end, found=found, by=request.user)
    except actions.NotPossible as error:
        return _answer(request, directive, str(error))
    return _answer(request, directive, at=task)


@managed_view
@atomic_post
def review_name(request, directive):
    """Who some words of the document mean: asked once, for all tasks that bear them."""
    words = request.POST.get("words") or request.GET.get("loi") or ""
    borne = directive.tasks.filter(assigned_at=None).values_list("lead_text", "support_text")
    count = sum(words in [*names_in(lead), *names_in(support)] for lead, support in borne)
    if not count:
        return _answer(request, directive, f"Không còn nhiệm vụ nào ghi “{words[:100]}”.")
    form = NameForm(request.POST or None, words=words, directive=directive, user=request.user)
    if request.method == "POST" and save_form(form):
        if not _is_htmx(request):
            messages.success(request, f"Đã ghi “{words}” cho {count} nhiệm vụ.")
        return _answer(request, directive)
    if request.method == "POST":
        # Shown what stands now, the next press saves knowingly.
        form.data = form.data.copy()
        form.data["seen_alias"] = form.initial["seen_alias"]
    context = {"directive": directive, "form": form, "words": words, "count": count}
    if _is_htmx(request):
        return render(request, "directives/_review_name.html", context, status=422 if request.method == "POST" else 200)
    return render(request, "directives/review_name.html", context)


@require_POST
@managed_view
def review_goals(request, directive):
    """Write goals of the document into the plans of their years: what is planned already stays."""
    page = Review.load(directive)
    lines = figures.goal_lines(
        page.notice.goals, place=directive.locality, communes=page.here.communes, day=directive.dated_on
    )
    offered = {aim.key: aim for line in lines for aim in line.to_plan}
    chosen = [offered[key] for key in request.POST.getlist("aim") if key in offered]
    if not chosen:
        messages.warning(request, "Chưa ghi gì: đánh dấu ít nhất một xã chưa có trong kế hoạch.")
    for year in sorted({aim.year for aim in chosen}):
        _plan(directive, year, [aim for aim in chosen if aim.year == year], request)
    return redirect(f"{reverse('directives:review', args=[directive.pk])}#muc-tieu")


def _plan(directive, year, aims, request):
    places = {aim.locality.pk for aim in aims}
    planned = figures.planned_tiers(places, year)
    saved = save_targets(
        year=year,
        localities=places,
        criteria=[],
        wanted=planned | {(aim.locality.pk, aim.tier.value) for aim in aims},
        seen=planned,
        document=figures.document_words(directive),
        by=request.user,
    )
    if saved.is_written:
        messages.success(request, f"Đã ghi {len(saved.given)} chỉ tiêu vào kế hoạch năm {year}.")
    else:
        messages.error(request, f"Người khác vừa đổi kế hoạch năm {year} của các xã này. Xem lại rồi ghi lần nữa.")


# -- answers ----------------------------------------------------------------------------------------------------------


def _is_htmx(request):
    return "HX-Request" in request.headers


def _fresh(directive):
    return Directive.objects.select_related("locality").get(pk=directive.pk)


def _context(request, page):
    if dropped := _dropped(request, page.directive):
        # The row it stood before.
        later = (row.task.pk for row in page.rows if row.number >= dropped["number"])
        dropped = {**dropped, "before": next(later, None)}
    return {"directive": page.directive, "page": page, "rows": page.rows, "dropped": dropped}


def _row_answer(request, directive, task):
    """The row of a task with all that counts it."""
    page = Review.load(_fresh(directive))
    row = next((row for row in page.rows if row.task.pk == task.pk), None)
    if row is None or not _is_htmx(request):
        return _answer(request, directive)
    return render(request, "directives/_review_row_saved.html", {**_context(request, page), "row": row, "oob": True})


def _answer(request, directive, problem="", at=None):
    """The whole of text and tasks after a change that moves numbers, with what went wrong in its place."""
    if not _is_htmx(request):
        if problem:
            messages.error(request, problem)
        anchor = f"#nv-{at.pk}" if at else ""
        return redirect(f"{reverse('directives:review', args=[directive.pk])}{anchor}")
    page = Review.load(_fresh(directive))
    context = {**_context(request, page), "problem": problem, "oob": True, "picked": at.pk if at else None}
    answer = render(request, "directives/_review_changed.html", context)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#review-tasks", "innerHTML"
    return answer


def _number(text):
    """A place in a text; -1 for what is none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
