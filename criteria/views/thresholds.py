"""The thresholds of one indicator: what is in force and who says so, what was before, and the two ways to change them."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import policy
from accounts.policy import EDITORS, role_required
from communes.models import ZONES
from criteria import rules
from criteria.actions.thresholds import ThresholdRefused, confirm_threshold, set_threshold, withdraw_threshold
from criteria.forms.thresholds import LocalThresholdForm, ThresholdForm
from criteria.models import Indicator, Threshold
from criteria.thresholds import is_own, place_words, scope_words, slot, value_words, year_words

ZONE_ORDER = ["", *ZONES]


@require_safe
def threshold_page(request, code, indicator):
    """All thresholds of an indicator that concern the reader: those in force and those that were replaced."""
    indicator = _find(code, indicator)
    rows = _described(indicator, visible_thresholds(request.user).filter(indicator=indicator))
    living = [row for row in rows if row.replaced_at is None]
    replaced = sorted((row for row in rows if row.replaced_at), key=lambda row: row.replaced_at, reverse=True)
    after = {(slot(row), row.entered_at): row for row in rows if row.entered_at}
    for row in replaced:
        newer = after.get((slot(row), row.replaced_at))
        row.became = f"{newer.words}, theo {newer.document}" if newer else "gỡ, không còn áp dụng"
    may_keep = policy.may_keep_sets(request.user)
    for row in living:
        row.may_change = may_keep and _reaches(request.user, row)
        row.may_withdraw = row.may_change and row.entered_at is not None and is_own(row, rows)
    context = {
        "indicator": indicator,
        "criteria_set": indicator.criterion.criteria_set,
        "living": living,
        "replaced": replaced,
        "may_keep": may_keep,
        "sheet_url": _back(request),
        # Nothing to confirm yet: the set's own threshold is to be entered from its text.
        "is_bare": not any(row.locality_id is None for row in living),
    }
    return render(request, "criteria/threshold.html", context)


@role_required(*EDITORS)
def threshold_confirm(request, code, indicator, row=None):
    """Confirm a row against the official text; without one, enter what the set's own decision says."""
    indicator = _find(code, indicator)
    if row is not None:
        row = get_object_or_404(visible_thresholds(request.user), pk=row, indicator=indicator)
        if not _reaches(request.user, row):
            raise Http404
    form = ThresholdForm(
        request.POST or None,
        indicator=indicator,
        initial={"value": row.value if row else None, "document": indicator.decision},
    )
    if request.method == "POST" and form.is_valid():
        try:
            if row:
                outcome = confirm_threshold(row=row, by=request.user, **form.cleaned_data)
            else:
                outcome = set_threshold(indicator=indicator, by=request.user, **form.cleaned_data)
        except ThresholdRefused as refused:
            form.add_error(None, str(refused))
            # Having been told, the person may go on with the row that stands there now.
            row = refused.current or row
        else:
            return _told(request, indicator, outcome, "Đã đối chiếu")
    if row and row.replaced_at and not form.errors:
        messages.warning(request, "Dòng này đã được thay. Đây là các mức đang áp dụng.")
        return redirect("criteria:set-threshold", code, indicator.pk)
    context = {"form": form, "row": row and _described(indicator, [row])[0]}
    return _render_form(request, indicator, "criteria/threshold_confirm.html", context)


@role_required(*EDITORS)
def threshold_add(request, code, indicator):
    """Set a threshold for a place, a zone, some years, as a document says."""
    indicator = _find(code, indicator)
    form = LocalThresholdForm(
        request.POST or None, indicator=indicator, user=request.user, initial={"locality": request.user.place_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            outcome = set_threshold(indicator=indicator, by=request.user, **form.cleaned_data)
        except ThresholdRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _told(request, indicator, outcome, "Đã đặt mức riêng")
    return _render_form(request, indicator, "criteria/threshold_add.html", {"form": form})


@require_POST
@role_required(*EDITORS)
def threshold_withdraw(request, code, indicator, row):
    """Take back a threshold that was set beside the set's own."""
    indicator = _find(code, indicator)
    row = get_object_or_404(visible_thresholds(request.user), pk=row, indicator=indicator)
    if not _reaches(request.user, row):
        raise Http404
    try:
        outcome = withdraw_threshold(row=row, by=request.user)
    except ThresholdRefused as refused:
        messages.error(request, str(refused))
        return redirect("criteria:set-threshold", code, indicator.pk)
    return _told(request, indicator, outcome, "Đã gỡ mức")


def visible_thresholds(user):
    """The thresholds that concern a reader: those for all places, of the places they see, and of those these lie in."""
    concerns = Q(locality=None)
    if user.place_id:
        above = [pk for pk in user.place.path.split(".") if pk]
        concerns |= Q(locality__path__startswith=user.place.path) | Q(locality__in=above)
    elif user.is_superuser or user.sees_everything:
        concerns = Q()
    return Threshold.objects.filter(concerns).select_related("locality")


def _reaches(user, row):
    """Whether the row is the person's to change: one for all places, or for a place they see."""
    if row.locality_id is None or user.place_id is None:
        return True
    return row.locality.path.startswith(user.place.path)


def _find(code, pk):
    indicators = Indicator.objects.select_related("criterion__criteria_set")
    return get_object_or_404(indicators, pk=pk, criterion__criteria_set__code=code)


def _described(indicator, rows):
    """The rows in order, with words beside them."""
    if not isinstance(rows, list):
        rows = list(rows.select_related("locality", "entered_by", "replaced_by"))
    for row in rows:
        row.words = value_words(indicator, row.value) or "chưa rõ"
        row.place_words, row.year_words, row.scope = place_words(row), year_words(row), scope_words(row)
        row.is_confirmed = rules.is_confirmed(row.status)
        row.decision = row.document or indicator.decision
    return sorted(
        rows,
        key=lambda row: (
            row.locality.path if row.locality_id else "",
            ZONE_ORDER.index(row.zone),
            row.year_from or 0,
            row.year_to or 0,
            row.pk or 0,
        ),
    )


def _told(request, indicator, outcome, done):
    row = outcome.threshold
    message = (
        f"{done} chỉ tiêu {indicator.code} ({scope_words(row)}): {value_words(indicator, row.value) or 'chưa rõ'}."
    )
    if outcome.changed_sheets:
        message += f" Kết quả đổi ở {outcome.changed_sheets} phiếu của kỳ đang mở."
    else:
        message += " Không phiếu nào đổi kết quả."
    if outcome.approved_sheets:
        message += f" {outcome.approved_sheets} phiếu đã duyệt giữ nguyên."
    messages.success(request, message)
    if outcome.contradicted:
        messages.warning(
            request,
            f"{outcome.contradicted} ô có kết luận của người nhập khác với kết quả theo mức này và được giữ nguyên. "
            "Mở phiếu để xem lại.",
        )
    return redirect("criteria:set-threshold", indicator.criterion.criteria_set.code, indicator.pk)


def _render_form(request, indicator, template, context):
    context |= {"indicator": indicator, "criteria_set": indicator.criterion.criteria_set}
    return render(request, template, context, status=422 if context["form"].errors else 200)


def _back(request):
    """The cell the reader came from, if they did: only an address of this app's sheets."""
    path = request.GET.get("ve", "")
    return path if path.startswith("/phieu/") and "\\" not in path else ""
