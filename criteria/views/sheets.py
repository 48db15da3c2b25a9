from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import policy
from accounts.models import Role
from communes.models import Locality
from criteria import rules
from criteria.actions.periods import open_sheets
from criteria.actions.results import NotOpen, confirm_results, save_results, why_locked
from criteria.actions.succession import origins_of
from criteria.changes import readable
from criteria.choices import address, choose
from criteria.entering import editable_cells
from criteria.evidence import evidence_of
from criteria.forms.cells import put_beside, stored_cell, typed_cell
from criteria.models import Assessment, CriteriaSet, Opinion, Period, ResultChange, Source, Threshold
from criteria.sheet import add_evidence, add_leads, add_statements, load_sheet, statements_of
from criteria.thresholds import scope_words, value_words
from criteria.views.crosswalk import old_sheets

# The moves as their addresses name them, in the order of their buttons.
MOVE_SLUGS = {"tra-lai": "return", "gui": "submit", "xac-nhan": "verify", "duyet": "approve"}


@require_safe
def sheet_list(request):
    """The sheets of one period: which places have one, how far each is, and which are still to be opened."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    places = choice.criteria_set.places().visible_to(request.user).existing_on(choice.period.ends_on)
    sheets = {
        sheet.locality_id: sheet
        for sheet in Assessment.objects.filter(
            period=choice.period, criteria_set=choice.criteria_set, locality__in=places
        )
    }
    rows = [(place, sheets.get(place.pk)) for place in places.alphabetical()]
    today = choice.period.closed_on or timezone.localdate()
    for sheet in sheets.values():
        sheet.days_late = rules.days_late(due_on=choice.period.due_on, sent_on=sheet.submitted_on, today=today)
    return render(
        request,
        "criteria/sheet_list.html",
        {
            **choice.context,
            "rows": rows,
            "expected": choice.criteria_set.expected_criteria,
            "missing": sum(sheet is None for _, sheet in rows),
            "may_open": _may_open(request.user, choice.period, choice.criteria_set),
            "may_fill": bool(sheets) and not choice.period.closed_on and policy.enters_results(request.user),
            "may_take_over": bool(sheets) and _may_take_over(request.user, choice.period, choice.criteria_set, places),
        },
    )


@require_POST
def sheet_open(request, period, criteria_set):
    """Open the sheets that are missing: of all places the person sees, or of the one named."""
    period = get_object_or_404(Period, code=period)
    criteria_set = get_object_or_404(CriteriaSet, code=criteria_set)
    places = criteria_set.places().visible_to(request.user).existing_on(period.ends_on)
    place = request.POST.get("place", "")
    if place:
        place = get_object_or_404(places, pk=place if place.isdecimal() else 0)
        places = [place]
    if not _may_open(request.user, period, criteria_set):
        raise Http404
    try:
        opened = open_sheets(
            criteria_set=criteria_set,
            period=period,
            localities=places,
            by=request.user,
            carries="carry" in request.POST,
        )
    except NotOpen as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Đã mở {opened.sheets} phiếu đánh giá {period.name}.{_carried_words(opened)}")
    if place:
        return redirect("criteria:sheet", period.code, criteria_set.code, place.pk)
    return redirect(address("criteria:sheets", period, criteria_set))


def sheet(request, period, criteria_set, locality):
    """One place's sheet: read it, or save all its cells at once."""
    if request.method == "POST":
        return _save_sheet(request, period, criteria_set, locality)
    assessment = find_sheet(request.user, period, criteria_set, locality)
    if assessment is None:
        return _missing_sheet(request, period, criteria_set, locality)
    return _render_sheet(request, assessment)


@require_POST
@transaction.atomic
def cell_save(request, period, criteria_set, locality, indicator):
    """Save one cell as it is left; answers with the parts of the page that change with it.

    Answers 409 where somebody else has signed in since the page was opened: nobody's typing is saved in another's name.
    """
    if request.headers.get("X-Opened-By", str(request.user.pk)) != str(request.user.pk):
        return HttpResponse(status=409)
    assessment = find_sheet(request.user, period, criteria_set, locality, for_writing=True)
    if assessment is None:
        raise Http404
    page = load_sheet(assessment, agency_id=request.user.agency_id, with_previous=False)
    if indicator not in page.rows:
        raise Http404
    opinion, editable = editable_cells(request.user, page)
    if indicator not in editable:
        raise Http404
    # The column of one indicator down the places saves its cells here too.
    place = assessment.locality if "cot" in request.GET else None
    typed = typed_cell(page.rows[indicator], opinion, request.POST, place)
    answered = bool(request.POST.get(f"c-{typed.key}"))
    saved = None
    if not typed.error:
        try:
            saved = save_results(
                assessment=assessment,
                opinion=opinion,
                entries={indicator: typed.entry},
                seen={indicator: typed.seen},
                by=request.user,
                sheet=page,
            )
        except NotOpen as error:
            typed.error = str(error)
    if saved and saved.is_written and typed.entry != page.rows[indicator].cells[opinion].entry:
        # Left as it was shown while somebody else changed it: the screen must not say that this is what is saved.
        saved.conflicts[indicator] = page.rows[indicator].cells[opinion]
    if saved and saved.is_written:
        page = saved.sheet
        add_statements(page)
        typed = stored_cell(page.rows[indicator], opinion, place)
        typed.saved = True
    else:
        explain([(typed, saved)])
    row = page.rows[indicator]
    row.typed = typed
    context = {
        "sheet": page,
        "assessment": assessment,
        "criterion": page.criterion_of(indicator),
        "row": row,
        "may_edit": True,
        "moves": offered_moves(request.user, page),
        "may_confirm": opinion == Opinion.REPORTED,
        # After an answer to a conflict the fields hold something else than what was typed into them.
        "whole": answered,
    }
    return render(request, "criteria/_cell_saved.html", context, status=200 if typed.saved else 422)


@require_safe
def cell_history(request, period, criteria_set, locality, indicator):
    """One cell's legal text, both opinions, and every change with who, when, from what, to what, from where."""
    assessment = find_sheet(request.user, period, criteria_set, locality)
    if assessment is None:
        raise Http404
    page = load_sheet(assessment)
    if indicator not in page.rows:
        raise Http404
    changes = (
        ResultChange.objects.filter(assessment=assessment, indicator=indicator)
        .select_related("changed_by")
        .order_by("-changed_at", "-pk")
    )
    kept, removed = evidence_of(assessment, indicator)
    return render(
        request,
        "criteria/cell_history.html",
        {
            "kept": kept,
            "removed": removed,
            "sheet": page,
            "assessment": assessment,
            "criterion": page.criterion_of(indicator),
            "row": page.rows[indicator],
            "statements": statements_of(assessment, page.criterion_of(indicator).criterion),
            "changes": _with_thresholds([readable(change) for change in changes], page.rows[indicator].indicator),
        },
    )


def _save_sheet(request, period, criteria_set, locality):
    with transaction.atomic():
        assessment = find_sheet(request.user, period, criteria_set, locality, for_writing=True)
        if assessment is None:
            raise Http404
        page = load_sheet(assessment, agency_id=request.user.agency_id, with_previous=False)
        opinion, editable = editable_cells(request.user, page)
        confirmed = _to_confirm(request, page, opinion)
        if not editable:
            raise Http404
        # A field that is not on the page that was sent leaves its cell alone.
        sent = [pk for pk in page.rows if pk in editable and f"s-{pk}" in request.POST]
        typed = {pk: typed_cell(page.rows[pk], opinion, request.POST) for pk in sent}
        saved, refused = None, ""
        if why_locked(assessment, opinion) or not any(cell.error for cell in typed.values()):
            try:
                saved = save_results(
                    assessment=assessment,
                    opinion=opinion,
                    entries={pk: cell.entry for pk, cell in typed.items()},
                    seen={pk: cell.seen for pk, cell in typed.items()},
                    by=request.user,
                    sheet=page,
                )
            except NotOpen as error:
                refused = str(error)
            else:
                if saved.is_written:
                    return _saved_sheet(request, saved, confirmed)
        explain([(cell, saved) for cell in typed.values()])
    return _render_sheet(
        request, find_sheet(request.user, period, criteria_set, locality), typed=typed, refused=refused
    )


def _saved_sheet(request, saved, confirmed):
    """After all cells are saved: confirm what was brought over, or go on to a move, as the button said."""
    assessment = saved.sheet.assessment
    if saved.changed:
        messages.success(request, f"Đã lưu {len(saved.changed)} ô.")
    if confirmed:
        number = confirm_results(sheet=saved.sheet, indicators=confirmed, by=request.user)
        messages.success(request, f"Đã xác nhận lại {number} ô.")
        return redirect(f"{assessment.get_absolute_url()}#ct-{confirmed[0]}")
    if request.POST.get("move") in MOVE_SLUGS:
        return redirect(move_address(assessment, request.POST["move"]))
    if not saved.changed:
        messages.success(request, "Không có ô nào thay đổi.")
    return redirect(assessment)


def _carried_words(opened):
    words = f" Đã chuyển {opened.carried} kết quả kỳ trước sang, chờ xã xác nhận lại." if opened.carried else ""
    if opened.skipped:
        words += f" Không chuyển {opened.skipped} kết quả vì không còn hợp với mức đạt chuẩn của kỳ này."
    return words


def _to_confirm(request, page, opinion):
    """The indicators whose results the commune confirms with the button it pressed: of one criterion, or all."""
    wanted = request.POST.get("confirm", "")
    if opinion != Opinion.REPORTED or not wanted:
        return []
    return [row.indicator.pk for row in page.carried if wanted in ("all", str(row.indicator.criterion.number))]


def _render_sheet(request, assessment, typed=None, refused=""):
    page = load_sheet(assessment, agency_id=request.user.agency_id)
    add_leads(page)
    add_evidence([page])
    add_statements(page)
    opinion, editable = editable_cells(request.user, page)
    locked = why_locked(assessment, opinion) if opinion else ""
    if locked:
        opinion, editable = None, set()
    may_narrow = request.user.role == Role.SECTOR_OFFICER and any(c.is_led for c in page.criteria)
    is_narrow = may_narrow and "ca_phieu" not in request.GET
    if is_narrow:
        page.show_led_only()
    rows = page.rows
    for pk in editable:
        rows[pk].typed = (typed or {}).get(pk) or stored_cell(rows[pk], opinion)
    errors = [row.typed for row in rows.values() if row.typed and row.typed.error]
    context = {
        "sheet": page,
        "assessment": assessment,
        "opinion": opinion,
        "errors": errors,
        "refused": refused,
        "conflicts": [row for row in rows.values() if row.typed and row.typed.conflict],
        # Where there are no fields any more, what was typed into them is listed, so that nothing is lost.
        "unsaved": [cell for cell in (typed or {}).values() if cell.is_changed] if refused else [],
        "may_edit": bool(editable),
        # Said once: a closed period stands in the page bar.
        "locked": "" if refused or assessment.period.closed_on else locked,
        "may_narrow": may_narrow,
        "is_narrow": is_narrow,
        "moves": offered_moves(request.user, page),
        "may_confirm": opinion == Opinion.REPORTED,
        "list_url": address("criteria:sheets", assessment.period, assessment.criteria_set),
    }
    return render(request, "criteria/sheet.html", context, status=422 if errors or refused else 200)


def _missing_sheet(request, period, criteria_set, locality):
    """The page for a place that has no sheet in this period yet; 404 for a place that is not the person's."""
    period = get_object_or_404(Period, code=period)
    criteria_set = get_object_or_404(CriteriaSet, code=criteria_set)
    place = get_object_or_404(criteria_set.places().visible_to(request.user), pk=locality)
    context = {
        "period": period,
        "criteria_set": criteria_set,
        "place": place,
        "exists": place.exists_on(period.ends_on),
        "may_open": _may_open(request.user, period, criteria_set),
        "origins": origins_of(place),
        "list_url": address("criteria:sheets", period, criteria_set),
    }
    return render(request, "criteria/sheet_missing.html", context)


def find_sheet(user, period, criteria_set, locality, *, for_writing=False):
    """The sheet at an address, if it exists and lies in the person's place."""
    places = Locality.objects.visible_to(user)
    sheets = (
        Assessment.objects.for_writing()
        if for_writing
        else Assessment.objects.with_place().with_previous().with_neighbours(places).with_last_move()
    )
    return sheets.filter(
        period__code=period, criteria_set__code=criteria_set, locality__in=places.filter(pk=locality)
    ).first()


def offered_moves(user, page):
    """The moves that lead on from the sheet's state and are the person's to make, with what stands in their way."""
    assessment = page.assessment
    if assessment.period.closed_on:
        return []
    offered = []
    for slug, move in MOVE_SLUGS.items():
        if assessment.state in rules.MOVES[move][0] and policy.may_move(user, assessment.locality, move):
            reasons = rules.obstacles(move, page)
            offered.append({"move": move, "slug": slug, "label": rules.MOVE_LABELS[move], "obstacles": reasons})
    return offered


def move_address(assessment, slug):
    """The page of a move."""
    names = (assessment.period.code, assessment.criteria_set.code, assessment.locality_id, slug)
    return reverse("criteria:sheet-move", args=names)


def _may_take_over(user, period, criteria_set, places):
    """Whether the person may carry results over by a crosswalk: where one leads to the set, from sheets they see."""
    return not period.closed_on and policy.may_keep_sets(user) and bool(old_sheets(places, criteria_set, period))


def _may_open(user, period, criteria_set):
    return criteria_set.is_complete and not period.closed_on and policy.may_open_sheets(user)


def explain(outcomes):
    """Put beside typed cells why they were not saved, and who wrote the values they conflict with; one query at most.

    `outcomes` are pairs of a TypedCell and the Saved of its sheet, or None where nothing was tried.
    """
    for cell, saved in outcomes:
        pk = cell.row.indicator.pk
        if saved and pk in saved.errors:
            cell.error = saved.errors[pk]
        elif saved and pk in saved.conflicts:
            put_beside(cell, saved.conflicts[pk])
    conflicts = [cell.conflict for cell, _ in outcomes if cell.conflict]
    if not conflicts:
        return
    users = get_user_model().objects.select_related("agency")
    people = users.in_bulk({conflict.there.changed_by_id for conflict in conflicts} - {None})
    for cell, _ in outcomes:
        if conflict := cell.conflict:
            conflict.by = people.get(conflict.there.changed_by_id)
            cell.error = cell.error or (
                f"Ô này vừa được {conflict.by or 'người khác'} đổi thành “{_shown(conflict)}”. Giá trị anh chị nhập vẫn "
                "còn đây: chọn giữ giá trị nào."
            )


def _shown(conflict):
    words, status = conflict.there_words, conflict.there.status.label
    return words if words.lower() in (status, "ô trống") else f"{words}, {status}"


def _with_thresholds(changes, indicator):
    """Put beside the changes that a threshold made which one it was: found by its moment, in one query or none."""
    moments = {change.changed_at for change in changes if change.source == Source.THRESHOLD}
    if not moments:
        return changes
    rows = Threshold.objects.filter(indicator=indicator).select_related("locality")
    told = {row.replaced_at: f"gỡ mức {value_words(indicator, row.value)}, {scope_words(row)}" for row in rows}
    for row in rows:
        told[row.entered_at] = f"{value_words(indicator, row.value)}, {scope_words(row)}, theo {row.document}"
    for change in changes:
        if change.source == Source.THRESHOLD:
            change.threshold_text = told.get(change.changed_at, "")
    return changes
