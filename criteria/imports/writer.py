"""Drafts written over what is there, unless it is in use."""

from dataclasses import dataclass

from django.db import transaction

from criteria.models import Assessment, CriteriaSet, Criterion, CriterionLead, Indicator, Threshold
from criteria.thresholds import slot


class ImportRefused(Exception):
    """Nothing was written; `problems` are the reasons, worded for the officer."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class SetReport:
    """What an import did with one set. An indicator counts once, whatever its wordings."""

    criteria_set: CriteriaSet
    outcome: str
    criteria: int
    indicators: int
    verified: int

    def __str__(self):
        complete = "đủ để đánh giá"
        if not self.criteria_set.is_complete:
            complete = f"chưa đủ để đánh giá: {self.criteria_set.incomplete_reason}"
        return (
            f"{self.criteria_set.code}: {self.outcome}; "
            f"{_of(self.criteria, self.criteria_set.expected_criteria)} tiêu chí, "
            f"{_of(self.indicators, self.criteria_set.expected_indicators)} chỉ tiêu "
            f"({self.verified} đã đối chiếu, {self.indicators - self.verified} chưa đối chiếu); {complete}"
        )


@transaction.atomic
def write(drafts):
    """Write every draft that differs from the set that is there; one SetReport for each.

    Raises ImportRefused if a set that is in use would change.
    """
    existing = {s.code: s for s in CriteriaSet.objects.filter(code__in=[d.criteria_set.code for d in drafts])}
    changed = [
        draft
        for draft in drafts
        if draft.criteria_set.code not in existing
        or existing[draft.criteria_set.code].checksum != draft.criteria_set.checksum
    ]
    problems = [why for draft in changed if (why := _why_fixed(draft, existing.get(draft.criteria_set.code)))]
    if problems:
        raise ImportRefused(problems)
    reports = []
    for draft in drafts:
        old = existing.get(draft.criteria_set.code)
        if draft not in changed:
            draft.criteria_set, outcome = old, "không đổi"
        else:
            outcome = "đã cập nhật" if old else "đã nạp"
            draft.criteria_set.pk = old.pk if old else None
            draft.criteria_set.save()
            _write_criteria(draft)
        verified = sum(indicator.is_verified for indicator in draft.indicators)
        reports.append(SetReport(draft.criteria_set, outcome, len(draft.criteria), len(draft.indicators), verified))
    sets = {s.code: s for s in CriteriaSet.objects.all()}
    for draft in changed:
        draft.criteria_set.requires = sets.get(draft.requires)
        draft.criteria_set.save(update_fields=["requires"])
    return reports


def _why_fixed(draft, old):
    """Why a set that is already there may not be changed into the draft; '' if it may."""
    if old is None:
        return ""
    sheets = Assessment.objects.filter(criteria_set=old).count()
    if sheets:
        return (
            f"tệp {draft.path.name}: bộ tiêu chí “{old.code}” đang được dùng trong {sheets} phiếu đánh giá nên không sửa "
            "được. Giữ nguyên tệp cũ, hoặc nạp nội dung mới thành một bộ tiêu chí có mã khác."
        )
    numbers = [criterion.number for criterion, _ in draft.criteria]
    led = CriterionLead.objects.filter(criterion__criteria_set=old).exclude(criterion__number__in=numbers)
    if led.exists():
        return (
            f"tệp {draft.path.name}: bỏ tiêu chí đang có cơ quan phụ trách ({led.first()}). Gỡ cơ quan phụ trách ở trang "
            "Quản trị rồi nạp lại."
        )
    kept = {(c.number, i.position, i.since_on) for c, indicators in draft.criteria for i, _ in indicators}
    lost = [
        threshold
        for threshold in _of_officers(old).select_related("indicator__criterion")
        if _place_in_set(threshold.indicator) not in kept
    ]
    if lost:
        return (
            f"tệp {draft.path.name}: bỏ chỉ tiêu đang có mức do cán bộ nhập hoặc mức riêng của địa phương ({lost[0]})."
        )
    return ""


def _of_officers(criteria_set):
    """The thresholds that people entered, and those of single places: no file gives them, none takes them away."""
    rows = Threshold.objects.filter(indicator__criterion__criteria_set=criteria_set)
    return rows.exclude(locality=None, entered_at=None)


def _place_in_set(indicator):
    return indicator.criterion.number, indicator.position, indicator.since_on


def _write_criteria(draft):
    """Put the draft's criteria in the place of the old ones; leads and what officers entered stay.

    Where an officer confirmed a row, the file's new one comes in as the row that was replaced.
    """
    old_criteria = {c.number: c for c in Criterion.objects.filter(criteria_set=draft.criteria_set)}
    old_indicators = {
        _place_in_set(i): i
        for i in Indicator.objects.filter(criterion__criteria_set=draft.criteria_set).select_related("criterion")
    }
    Threshold.objects.filter(indicator__in=old_indicators.values(), locality=None, entered_at=None).delete()
    entered = {}
    for row in _of_officers(draft.criteria_set).exclude(entered_at=None).order_by("-entered_at"):
        entered[row.indicator_id, slot(row)] = row
    thresholds = []
    for criterion, indicators in draft.criteria:
        old = old_criteria.pop(criterion.number, None)
        criterion.pk, criterion.criteria_set = old.pk if old else None, draft.criteria_set
        criterion.save()
        for indicator, rows in indicators:
            indicator.criterion = criterion
            old = old_indicators.pop(_place_in_set(indicator), None)
            indicator.pk = old.pk if old else None
            indicator.save()
            for row in rows:
                row.indicator = indicator
                if first := entered.get((indicator.pk, slot(row))):
                    row.replaced_at, row.replaced_by_id = first.entered_at, first.entered_by_id
            thresholds += rows
    Threshold.objects.bulk_create(thresholds)
    Indicator.objects.filter(pk__in=[indicator.pk for indicator in old_indicators.values()]).delete()
    Criterion.objects.filter(pk__in=[criterion.pk for criterion in old_criteria.values()]).delete()


def _of(count, expected):
    return f"{count}/{expected}" if expected else str(count)
