"""Writes: reorganising places with what was decided about their recognition, and carrying results over to new places."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F

from communes.actions import reorganisation as communes
from communes.models import Locality, Succession
from communes.reorganisation import NotPossible, Plan
from criteria.actions.results import NotOpen, Saved, save_sheets
from criteria.forms.cells import LONGEST_NOTE
from criteria.models import Assessment, Opinion, Recognition, Source, Status
from criteria.rules import Entry
from criteria.sheet import Sheet, load_sheet
from criteria.succession import Comparison, compare_last, recognised_on


@dataclass(frozen=True)
class Keep:
    """That a new place keeps a recognition of an old one: its position among the new places, and by which decision."""

    position: int
    recognition: Recognition
    decision: str


@transaction.atomic
def reorganise(*, plan: Plan, keeps: list[Keep], by) -> communes.Reorganised:
    """Carry out a plan, and record which recognitions the new places keep. A second time it changes nothing.

    Raises NotPossible, worded for the officer: as `communes.actions.reorganise` does, and where a recognition is not
    one a predecessor has on its last day, comes without a decision, or comes twice for one place and tier.
    """
    done = communes.reorganise(plan=plan, by=by)
    if not done.is_new:
        return done
    if problems := list(_wrong_keeps(plan, keeps)):
        raise NotPossible(problems)
    Recognition.objects.bulk_create(
        Recognition(
            locality=done.successors[keep.position],
            tier=keep.recognition.tier,
            year=keep.recognition.year,
            decision_number=keep.decision,
            decided_on=plan.effective_on,
            inherited_from=keep.recognition,
            is_illustrative=keep.recognition.is_illustrative,
        )
        for keep in keeps
    )
    return done


def _wrong_keeps(plan, keeps):
    places = {place.pk: place for place in plan.predecessors}
    in_force = {row.pk for rows in recognised_on(plan.predecessors, plan.effective_on).values() for row in rows}
    taken = set()
    for keep in keeps:
        recognition = keep.recognition
        if plan.receiver:
            yield f"{plan.receiver.title} giữ công nhận của mình, không nhận thêm của địa bàn nhập vào."
            return
        if recognition.pk not in in_force:
            yield "Quyết định công nhận đã chọn không còn hiệu lực ở địa bàn cũ. Chọn lại."
            return
        if not keep.decision:
            place = places[recognition.locality_id]
            yield f"Ghi số văn bản cho giữ mức {recognition.get_tier_display()} của {place}, tối đa 60 ký tự."
        if (keep.position, recognition.tier) in taken:
            yield f"Mỗi địa bàn mới chỉ giữ một quyết định mức {recognition.get_tier_display()}. Bỏ bớt."
        taken.add((keep.position, recognition.tier))


# Results ------------------------------------------------------------------------------------------------------------


@dataclass
class Inherited:
    """What was carried over into a new place's sheet."""

    saved: Saved
    comparison: Comparison

    @property
    def count(self) -> int:
        return len(self.saved.changed)


def origins_of(place: Locality) -> list[Succession]:
    """The successions by which a place began; none for a place that stood before and took others in."""
    rows = Succession.objects.filter(successor=place, effective_on=F("successor__founded_on"))
    return list(rows.select_related("predecessor").order_by("predecessor__sort_key", "pk"))


@transaction.atomic
def inherit_results(*, assessment: Assessment, by) -> Inherited:
    """Carry the last results of a place's predecessors over into its sheet, as 'chưa xác nhận lại'.

    Of several predecessors only what all of them have met goes over, as a judgement whose note names each with its
    value: values of two places do not add up to one. Where nothing but the name changed everything known goes over as
    it is. What somebody has entered already stays. Both last sheets must be of the sheet's own set. `assessment` comes
    from `Assessment.objects.for_writing()`. Raises NotOpen if there is nothing to inherit or the sheet cannot be written.
    """
    place, period = assessment.locality, assessment.period
    origins = origins_of(place)
    if not origins:
        raise NotOpen(f"{place.title} không có địa bàn tiền thân để kế thừa kết quả.")
    on = origins[0].effective_on
    if period.ends_on < on:
        raise NotOpen(f"{place.title} thành lập từ ngày {on:%d/%m/%Y}, sau kỳ {period}.")
    comparisons = compare_last([row.predecessor for row in origins], on=on, criteria_set=assessment.criteria_set)
    if not comparisons:
        names = ", ".join(str(row.predecessor) for row in origins)
        raise NotOpen(f"{names} chưa có kết quả theo {assessment.criteria_set} nên không có gì để kế thừa.")
    (comparison,) = comparisons
    sheet = load_sheet(assessment, with_previous=False)
    is_renamed = len(origins) == 1 and origins[0].is_whole
    entries = _renamed(sheet, comparison) if is_renamed else _merged(sheet, comparison)
    (saved,) = save_sheets(
        [sheet],
        opinion=Opinion.REPORTED,
        entries={assessment.pk: entries},
        by=by,
        source=Source.SUCCESSION,
        is_carried=True,
    )
    return Inherited(saved, comparison)


def _empty_rows(sheet: Sheet):
    """The rows nobody has entered anything in yet, with their criterion's number."""
    for criterion in sheet.criteria:
        for row in criterion.rows:
            if row.reported.entry.is_empty and not row.verified.status:
                yield criterion.criterion.number, row


def _merged(sheet, comparison):
    """A judgement for each indicator of the criteria that all predecessors have met, with what each had."""
    carried = set(comparison.carried)
    before = [(place, old.assessment.period, _by_code(old)) for place, old in comparison.columns if old]
    entries = {}
    for number, row in _empty_rows(sheet):
        rows = [(place, period, rows.get(_code(row))) for place, period, rows in before]
        # An indicator in a newer wording was judged by nobody.
        if number not in carried or not all(old for _, _, old in rows):
            continue
        is_met = any(old.status == Status.MET for _, _, old in rows)
        named = [f"{place.full_name} ({period}): {old.words(old.standing)}" for place, period, old in rows]
        note = f"Kế thừa: {'; '.join(named)}."
        entries[row.indicator.pk] = Entry(
            judgement=Status.MET if is_met else Status.NOT_APPLICABLE, note=note[:LONGEST_NOTE]
        )
    return entries


def _renamed(sheet, comparison):
    """Everything known of the one predecessor, with where it comes from."""
    ((place, old),) = comparison.columns
    before = _by_code(old)
    entries = {}
    for _, row in _empty_rows(sheet):
        earlier = before.get(_code(row))
        if earlier and (earlier.status or earlier.standing.entry.value is not None):
            entry = earlier.standing.entry
            note = f"Kế thừa: {place.full_name} ({old.assessment.period}). {entry.note}".strip()
            entries[row.indicator.pk] = replace(entry, note=note[:LONGEST_NOTE])
    return entries


def _by_code(sheet):
    return {_code(row): row for row in sheet.rows.values()}


def _code(row):
    return row.indicator.code, row.indicator.value_type
