"""The moves of a sheet: what one would do, doing it, and the log of those that were made."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import policy
from criteria import rules
from criteria.actions.states import move_sheet
from criteria.models import State
from criteria.sheet import load_sheet
from criteria.views.sheets import MOVE_SLUGS, find_sheet
from ntm_tracker.vietnamese import nfc

LONGEST_NOTE = 2000

DONE = {
    "submit": "Đã gửi phiếu {place} để thẩm định.",
    "verify": "Đã xác nhận thẩm định phiếu {place}.",
    "approve": "Đã duyệt phiếu {place}.",
    "return": "Đã trả lại phiếu {place}.",
}


def sheet_move(request, period, criteria_set, locality, move):
    """What a move of the sheet will do and what stands in its way; sent, the move."""
    if move not in MOVE_SLUGS:
        raise Http404
    move = MOVE_SLUGS[move]
    note = problem = ""
    if request.method == "POST":
        note = nfc(request.POST.get("note", "").replace("\0", "")).strip()[:LONGEST_NOTE]
        with transaction.atomic():
            assessment = _movable(request.user, period, criteria_set, locality, move, for_writing=True)
            seen = request.POST.get("seen", "")
            moved = move_sheet(assessment, move=move, by=request.user, seen=seen, note=note)
        if moved.is_done:
            messages.success(request, DONE[move].format(place=assessment.locality.full_name))
            return redirect(assessment)
        # The obstacles of a sheet are on the page anyway.
        problem = moved.conflict or ("" if note or move != "return" else moved.reason)
    assessment = _movable(request.user, period, criteria_set, locality, move)
    page = load_sheet(assessment, with_previous=False)
    context = {
        "assessment": assessment,
        "sheet": page,
        "move": move,
        "label": rules.MOVE_LABELS[move],
        "obstacles": rules.obstacles(move, page),
        "problem": problem,
        "note": note,
        "longest_note": LONGEST_NOTE,
        "differences": len(page.differences),
    }
    return render(request, "criteria/sheet_move.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def sheet_moves(request, period, criteria_set, locality):
    """Every move the sheet made: who, when, why."""
    assessment = find_sheet(request.user, period, criteria_set, locality)
    if assessment is None:
        raise Http404
    moves = list(assessment.moves.select_related("by"))
    for move in moves:
        move.did = rules.MOVED_INTO[State(move.after)].capitalize()
    return render(request, "criteria/sheet_moves.html", {"assessment": assessment, "moves": moves})


def _movable(user, period, criteria_set, locality, move, **options):
    """The sheet at an address, for a person whose move it is."""
    assessment = find_sheet(user, period, criteria_set, locality, **options)
    if assessment is None or not policy.may_move(user, assessment.locality, move):
        raise Http404
    return assessment
