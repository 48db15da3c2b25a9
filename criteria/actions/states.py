"""Writes: the moves of sheets between their states, each with who, when and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from criteria import rules
from criteria.actions.results import read_periods_again
from criteria.actions.thresholds import judge_anew
from criteria.models import Assessment, AssessmentMove, ResultChange, State
from criteria.rules import Obstacle
from criteria.sheet import Sheet, load_sheets

# The moves that depend on what the sheet holds; the others look at its state alone.
READING_THE_SHEET = {"submit", "verify"}
# So many codes a sentence about changed cells names.
CODES = 8


@dataclass
class Moved:
    """What a move of one sheet came to."""

    assessment: Assessment
    # Why it is not available.
    obstacles: list[Obstacle] = field(default_factory=list)
    # What somebody else did to the sheet since it was shown.
    conflict: str = ""

    @property
    def is_done(self) -> bool:
        return not self.obstacles and not self.conflict

    @property
    def reason(self) -> str:
        """Why it was not moved, in one text."""
        return self.conflict or " ".join(map(str, self.obstacles))


def move_sheet(assessment: Assessment, *, move: str, by, seen: str | None, note: str = "", at=None) -> Moved:
    """Move one sheet: `move_sheets` of it alone."""
    (moved,) = move_sheets([assessment], move=move, by=by, seen={assessment.pk: seen}, note=note, at=at)
    return moved


@transaction.atomic
def move_sheets(
    assessments: Iterable[Assessment], *, move: str, by, seen: Mapping[int, str | None], note: str = "", at=None
) -> list[Moved]:
    """Move sheets of one set and period along one way of `rules.MOVES`; those that cannot move say why and stay.

    `seen` holds by sheet the `Assessment.token` it had when it was shown (None: not shown to anybody): a sheet that
    has changed since is not moved. `at` is when it happened, where that is not now. A return needs a reason in `note`
    and keeps all results; a sheet that was approved is judged by the thresholds of now again. The day of the first
    sending stays, whatever is returned later (DESIGN §4).
    The number of queries does not grow with the sheets.
    """
    note = note.strip()
    locked = list(Assessment.objects.for_writing().filter(pk__in=[a.pk for a in assessments]).order_by("pk"))
    read_periods_again(locked)
    stale = [a for a in locked if seen.get(a.pk) is not None and seen[a.pk] != a.token]
    happened = _last_events(stale)
    outcomes = [Moved(a, conflict=happened.get(a.pk, "")) for a in locked]
    fresh = [moved for moved in outcomes if not moved.conflict]
    if move in READING_THE_SHEET:
        sheets = load_sheets([moved.assessment for moved in fresh], with_previous=False)
    else:
        sheets = [Sheet(moved.assessment, criteria=[]) for moved in fresh]
    for moved, sheet in zip(fresh, sheets, strict=True):
        moved.obstacles = rules.obstacles(move, sheet)
        if move == "return" and not note:
            moved.obstacles.append(Obstacle("Ghi lý do trả lại để xã biết cần sửa gì"))
    done = [moved.assessment for moved in outcomes if moved.is_done]
    thawed = [assessment for assessment in done if assessment.state == State.APPROVED]
    _write(done, rules.MOVES[move][1], by, note, at)
    judge_anew(thawed, by=by, at=timezone.now())
    return outcomes


def _write(assessments, state, by, note, at):
    if not assessments:
        return
    at = at or timezone.now()
    moves = [AssessmentMove(assessment=a, before=a.state, after=state, note=note, at=at, by=by) for a in assessments]
    rows = Assessment.objects.filter(pk__in=[a.pk for a in assessments])
    rows.update(state=state, state_at=at)
    if state == State.SUBMITTED:
        day = timezone.localdate(at)
        rows.filter(submitted_on=None).update(submitted_on=day)
    AssessmentMove.objects.bulk_create(moves, batch_size=500)
    for assessment in assessments:
        assessment.state, assessment.state_at = state, at
        if state == State.SUBMITTED:
            assessment.submitted_on = assessment.submitted_on or day


def _last_events(assessments) -> dict[int, str]:
    """What happened last to each sheet, in a sentence, in two queries."""
    if not assessments:
        return {}
    moves, changes = {}, {}
    for move in AssessmentMove.objects.filter(assessment__in=assessments).select_related("by").order_by("at", "pk"):
        moves[move.assessment_id] = move
    last = ResultChange.objects.filter(assessment__in=assessments, changed_at=F("assessment__changed_at"))
    for change in last.select_related("indicator", "changed_by").order_by("indicator__criterion__number", "pk"):
        changes.setdefault(change.assessment_id, []).append(change)
    sentences = {}
    for assessment in assessments:
        move, cells = moves.get(assessment.pk), changes.get(assessment.pk, [])
        if move and (assessment.changed_at is None or move.at >= assessment.changed_at):
            who, when = move.by, move.at
            what = rules.MOVED_INTO[State(move.after)] + (f" (“{move.note}”)" if move.note else "")
        else:
            who, when = assessment.changed_by, assessment.changed_at or assessment.state_at
            codes = [change.indicator.code for change in cells]
            shown = ", ".join(codes[:CODES]) + (", …" if len(codes) > CODES else "")
            what = f"sửa {len(codes)} ô ({shown})" if codes else "sửa phiếu"
        moment = f" lúc {timezone.localtime(when):%H:%M ngày %d/%m/%Y}" if when else ""
        sentences[assessment.pk] = (
            f"Phiếu đã thay đổi sau khi anh chị mở trang: {who or 'hệ thống'} đã {what}{moment}. "
            "Chưa chuyển gì; xem lại phiếu rồi bấm lần nữa."
        )
    return sentences
