"""The periods of assessment: their dates and deadline, who is late, closing and reopening them, and their log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import EDITORS, role_required
from communes.models import Locality
from criteria import rules
from criteria.actions import periods as actions
from criteria.actions.periods import PeriodRefused
from criteria.choices import set_in_force
from criteria.forms.periods import PeriodForm
from criteria.models import Assessment, CriteriaSet, Period, State
from ntm_tracker.forms import atomic_post
from ntm_tracker.vietnamese import nfc

PAGE_ROWS = 50
LONGEST_REASON = 2000

SENT = ~Q(state=State.DRAFT)


def late_sheets(today):
    """Sheets sent after the deadline, or not sent and late today; in a closed period, on the day it closed."""
    by_now = Coalesce("period__closed_on", today)
    return Q(submitted_on__gt=F("period__due_on")) | Q(submitted_on=None, period__due_on__lt=by_now)


def tallies(rows, *by):
    """The sheets there are, sent, late and approved, in groups."""
    return (
        rows.order_by()
        .values(*by)
        .annotate(
            sheets=Count("pk"),
            sent=Count("pk", filter=SENT),
            late=Count("pk", filter=late_sheets(timezone.localdate())),
            approved=Count("pk", filter=Q(state=State.APPROVED)),
        )
    )


@require_safe
@role_required(*EDITORS)
def period_list(request):
    """All periods, with how far their sheets are in the places one sees."""
    counts = {row["period"]: row for row in tallies(_sheets(request.user), "period")}
    periods = [(period, counts.get(period.pk)) for period in Period.objects.newest_first()]
    return render(request, "criteria/periods.html", {"rows": periods})


@require_safe
@role_required(*EDITORS)
def period_detail(request, code):
    """One period: its dates, how far each set is, who is late with the chosen one, and what was done to it."""
    period = get_object_or_404(Period, code=code)
    counts = {row["criteria_set"]: row for row in tallies(_sheets(request.user).filter(period=period), "criteria_set")}
    sets = list(CriteriaSet.objects.filter(is_complete=True).in_order())
    used = [(one, counts[one.pk]) for one in sets if one.pk in counts]
    chosen = next((one for one in sets if one.code == request.GET.get("bo")), None)
    chosen = chosen or (set_in_force([one for one, _ in used] or sets, period.ends_on) if sets else None)
    late = _late(request.user, period, chosen) if chosen and period.due_on else []
    page = Paginator(late, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "period": period,
        "used": used,
        "sets": sets,
        "criteria_set": chosen,
        "page_obj": page,
        "query": f"bo={chosen.code}" if chosen else "",
        "missing": sum(sheet is None for _, sheet, _ in late),
        "events": period.events.select_related("by"),
    }
    return render(request, "criteria/period.html", context)


@role_required(*EDITORS)
@atomic_post
def period_create(request):
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        period = actions.save_period(period=form.save(commit=False), changes=form.changed_data, by=request.user)
        messages.success(request, f"Đã mở kỳ {period.name}. Mở phiếu cho các xã ở trang Phiếu các xã.")
        return redirect("criteria:period", period.code)
    return render(request, "criteria/period_form.html", {"form": form})


@role_required(*EDITORS)
@atomic_post
def period_edit(request, code):
    period = get_object_or_404(Period, code=code)
    if period.closed_on:
        messages.error(request, f"Kỳ {period.name} đã khóa nên không sửa được. Cần sửa thì mở lại kỳ, có lý do.")
        return redirect("criteria:period", code)
    form = PeriodForm(request.POST or None, instance=period)
    if request.method == "POST" and form.is_valid():
        period = actions.save_period(period=form.save(commit=False), changes=form.changed_data, by=request.user)
        messages.success(request, f"Đã lưu kỳ {period.name}.")
        return redirect("criteria:period", code)
    return render(request, "criteria/period_form.html", {"form": form, "period": Period.objects.get(pk=period.pk)})


@role_required(*EDITORS)
def period_close(request, code):
    """What closing freezes and what it leaves unapproved; confirmed, the closing."""
    period = get_object_or_404(Period, code=code)
    left = actions.unapproved(period)
    problem = ""
    if request.method == "POST":
        if left.exists() and "confirmed" not in request.POST:
            problem = "Đánh dấu xác nhận để khóa khi còn phiếu chưa duyệt."
        else:
            try:
                actions.close_period(period=period, by=request.user, seen=request.POST.get("seen", ""))
            except PeriodRefused as error:
                problem = str(error)
            else:
                messages.success(request, f"Đã khóa kỳ {period.name}.")
                return redirect("criteria:period", code)
        period.refresh_from_db()
    mine = left.filter(locality__in=Locality.objects.visible_to(request.user))
    listed = mine.with_place().order_by("criteria_set", "locality__sort_key", "pk")
    context = {
        "period": period,
        "problem": problem,
        "seen": actions.closing_mark(period),
        "left": left.count(),
        "approved": Assessment.objects.filter(period=period, state=State.APPROVED).count(),
        "page_obj": Paginator(listed, PAGE_ROWS).get_page(request.GET.get("page")),
        "has_ended": period.ends_on <= timezone.localdate(),
    }
    return render(request, "criteria/period_close.html", context, status=422 if problem else 200)


@role_required(*EDITORS)
def period_reopen(request, code):
    period = get_object_or_404(Period, code=code)
    reason = problem = ""
    if request.method == "POST":
        reason = nfc(request.POST.get("reason", "").replace("\0", "")).strip()[:LONGEST_REASON]
        try:
            actions.reopen_period(period=period, reason=reason, by=request.user)
        except PeriodRefused as error:
            problem = str(error)
        else:
            messages.success(request, f"Đã mở lại kỳ {period.name}.")
            return redirect("criteria:period", code)
    elif not period.closed_on:
        raise Http404
    context = {"period": period, "reason": reason, "problem": problem, "longest": LONGEST_REASON}
    return render(request, "criteria/period_reopen.html", context, status=422 if problem else 200)


def _sheets(user):
    return Assessment.objects.filter(locality__in=Locality.objects.visible_to(user))


def _late(user, period, criteria_set):
    """Who is late with a set, the latest first: (place, sheet or None, days)."""
    places = criteria_set.places().visible_to(user).existing_on(period.ends_on)
    sheets = Assessment.objects.filter(period=period, criteria_set=criteria_set, locality__in=places).with_sender()
    sheets = {sheet.locality_id: sheet for sheet in sheets}
    today = period.closed_on or timezone.localdate()
    rows = []
    for place in places.alphabetical():
        sheet = sheets.get(place.pk)
        days = rules.days_late(due_on=period.due_on, sent_on=sheet and sheet.submitted_on, today=today)
        if days:
            rows.append((place, sheet, days))
    return sorted(rows, key=lambda row: -row[2])
