"""Writes of thresholds: confirmed against the official text, set for a place or zone, withdrawn; what follows is judged anew."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from communes.models import Locality
from criteria import rules
from criteria.actions.results import read_periods_again, write_changes
from criteria.models import Assessment, Indicator, Opinion, Source, State, Status, Threshold, Verification
from criteria.rules import InvalidEntry
from criteria.sheet import Cell, load_sheets
from criteria.thresholds import is_own, scope_words, value_words


class ThresholdRefused(Exception):
    """Nothing was written; the message says why and what to do. `current` is the row that stands in the way, if any."""

    def __init__(self, message, current=None):
        super().__init__(message)
        self.current = current


@dataclass
class Outcome:
    """What setting a threshold came to."""

    threshold: Threshold
    # Sheets with a result that is another by the new threshold.
    changed_sheets: int = 0
    # Sheets of open periods that are approved and therefore left as they were.
    approved_sheets: int = 0
    # Cells whose person concluded otherwise than the value says by the new threshold; their word stands.
    contradicted: int = 0


@transaction.atomic
def confirm_threshold(*, row: Threshold, value: Decimal | None, document: str, note: str = "", by) -> Outcome:
    """Say that a row was read in the official text: a verified row of the same place, zone and years replaces it.

    `value` is as read, in the indicator's unit; None for an indicator without figures. `document` is the number of the
    text it was read in. Raises ThresholdRefused, worded for the officer, if somebody replaced the row meanwhile, and
    InvalidEntry if the value cannot be.
    """
    indicator = _locked(row.indicator_id)
    check_value(indicator, value)
    row = _living(row, indicator)
    now = timezone.now()
    row.replaced_at, row.replaced_by = now, by
    row.save(update_fields=["replaced_at", "replaced_by"])
    made = Threshold.objects.create(
        indicator=indicator,
        zone=row.zone,
        locality=row.locality,
        year_from=row.year_from,
        year_to=row.year_to,
        value=value,
        status=Verification.VERIFIED,
        source=note,
        document=document,
        entered_at=now,
        entered_by=by,
    )
    return _reevaluate(made, by=by, at=now)


@transaction.atomic
def set_threshold(
    *,
    indicator: Indicator,
    locality: Locality | None = None,
    zone: str = "",
    year_from: int | None = None,
    year_to: int | None = None,
    value: Decimal | None,
    document: str,
    note: str = "",
    by,
) -> Outcome:
    """Set a threshold for a place, a zone or some years, as a document says.

    Raises ThresholdRefused, naming the row, if a living row of the same place and zone holds in one of the years, and
    InvalidEntry if the value cannot be.
    """
    indicator = _locked(indicator.pk)
    check_value(indicator, value)
    now = timezone.now()
    made = Threshold(
        indicator=indicator,
        zone=zone,
        locality=locality,
        year_from=year_from,
        year_to=year_to,
        value=value,
        status=Verification.VERIFIED,
        source=note,
        document=document,
        entered_at=now,
        entered_by=by,
    )
    beside = Threshold.objects.at(None).filter(indicator=indicator, zone=zone, locality=locality)
    for row in beside.select_related("locality").order_by("year_from", "pk"):
        if rules.overlap(made, row):
            told = f"{scope_words(row)}: {value_words(indicator, row.value) or 'chưa rõ'}"
            raise ThresholdRefused(
                f"Trùng với mức đang áp dụng cho {told}. Chọn năm khác, hoặc bấm “Đối chiếu” ở dòng đó để thay bằng mức mới.",
                row,
            )
    made.save()
    return _reevaluate(made, by=by, at=now)


@transaction.atomic
def withdraw_threshold(*, row: Threshold, by) -> Outcome:
    """Take back a threshold that an officer set beside those of the set; what is more general applies again.

    Raises ThresholdRefused if it is one of the set's own, which can be confirmed but not dropped, or is gone already.
    """
    indicator = _locked(row.indicator_id)
    row = _living(row, indicator)
    if not is_own(row, Threshold.objects.filter(indicator=indicator)):
        raise ThresholdRefused("Mức của bộ tiêu chí thì không gỡ được. Đối chiếu lại để thay bằng mức đúng.")
    now = timezone.now()
    row.replaced_at, row.replaced_by = now, by
    row.save(update_fields=["replaced_at", "replaced_by"])
    return _reevaluate(row, by=by, at=now)


def check_value(indicator: Indicator, value: Decimal | None) -> None:
    """Raise InvalidEntry, worded for the officer, if the threshold of an indicator cannot be this."""
    if not indicator.is_numeric:
        if value is not None:
            raise InvalidEntry("Chỉ tiêu đạt/chưa đạt không có mức bằng số.")
        return
    if value is None:
        raise InvalidEntry("Nhập mức như văn bản ghi.")
    rules.check_amount(value, indicator=indicator)


def _locked(indicator_id) -> Indicator:
    """The indicator, locked until the transaction ends, so that two who set its thresholds queue up."""
    indicators = Indicator.objects.select_for_update(of=("self",)).select_related("criterion__criteria_set")
    return indicators.get(pk=indicator_id)


def _living(row, indicator):
    """The row as it stands now; raises ThresholdRefused if it was replaced since it was shown."""
    row = Threshold.objects.select_related("locality", "replaced_by").get(pk=row.pk)
    row.indicator = indicator
    if row.replaced_at:
        raise ThresholdRefused(*_replaced(row))
    return row


def _replaced(row):
    """The sentence for a row that is no longer the living one, and the row that took its place."""
    newer = Threshold.objects.at(None).filter(
        indicator=row.indicator_id,
        zone=row.zone,
        locality=row.locality_id,
        year_from=row.year_from,
        year_to=row.year_to,
    )
    newer = newer.select_related("indicator", "locality", "entered_by").first()
    who = row.replaced_by or "người khác"
    if newer is None:
        return (f"{who} vừa gỡ dòng này. Mức anh chị nhập vẫn còn bên dưới; cần thì đặt lại thành quy định riêng.",)
    told = f"{value_words(newer.indicator, newer.value)}, theo {newer.document}"
    return (
        f"{who} vừa thay dòng này bằng “{told}”. Mức anh chị nhập vẫn còn bên dưới: đối chiếu rồi bấm lưu lần nữa để "
        "thay, hoặc bỏ qua để giữ mức kia.",
        newer,
    )


def _reevaluate(row, *, by, at) -> Outcome:
    """Judge anew, by the thresholds as they now stand, the sheets that can still change and that the row holds for.

    Approved sheets and closed periods stay as they were. Takes three queries and up to nine for each open period,
    however many places.
    """
    outcome = Outcome(row)
    indicator = row.indicator
    sheets = Assessment.objects.for_writing().filter(
        criteria_set=indicator.criterion.criteria_set_id, period__closed_on=None
    )
    if row.locality_id:
        sheets = sheets.filter(locality__path__startswith=row.locality.path)
    sheets = list(sheets.order_by("period", "pk"))
    read_periods_again(sheets)
    by_period = {}
    for sheet in sheets:
        if sheet.period.closed_on:
            continue
        day = sheet.period.ends_on
        if indicator.since_on and day < indicator.since_on or indicator.until_on and day > indicator.until_on:
            continue
        if not rules.fits(row, locality=sheet.locality, year=day.year):
            continue
        if sheet.state == State.APPROVED:
            outcome.approved_sheets += 1
        else:
            by_period.setdefault(sheet.period_id, []).append(sheet)
    for assessments in by_period.values():
        changes = []
        for sheet in load_sheets(assessments, with_previous=False, criterion=indicator.criterion):
            if row_of := sheet.rows.get(indicator.pk):
                judged = _judge(row_of, by=by, at=at, outcome=outcome)
                changes += [(sheet, opinion, indicator.pk, before) for opinion, before in judged]
        write_changes(changes, by=by, source=Source.THRESHOLD, at=at)
        outcome.changed_sheets += len({sheet.assessment.pk for sheet, *_ in changes})
    return outcome


def judge_anew(assessments, *, by, at) -> int:
    """Judge sheets that can change again by the thresholds as they now stand; returns how many read otherwise.

    Frozen, they were passed over when the thresholds changed. The sheets are locked; the queries are those of a save
    for each set and period among them.
    """
    groups, changed = {}, 0
    for sheet in assessments:
        groups.setdefault((sheet.criteria_set_id, sheet.period_id), []).append(sheet)
    for group in groups.values():
        changes = [
            (sheet, opinion, indicator_id, before)
            for sheet in load_sheets(group, with_previous=False)
            for indicator_id, row in sheet.rows.items()
            for opinion, before in _judge(row, by=by, at=at, outcome=Outcome(row.threshold))
        ]
        write_changes(changes, by=by, source=Source.THRESHOLD, at=at)
        changed += len({sheet.assessment.pk for sheet, *_ in changes})
    return changed


def _judge(row, *, by, at, outcome):
    """Set the cells of a row that read otherwise by its threshold; gives each opinion with the cell before."""
    indicator = row.indicator
    for opinion in Opinion:
        before = row.cells[opinion]
        entry = before.entry

        def status(entry, indicator=indicator):
            return rules.evaluate(
                entry,
                value_type=indicator.value_type,
                direction=indicator.direction,
                threshold=row.threshold_value,
                is_by_gender=indicator.is_by_gender,
            )

        if entry.judgement in (Status.MET, Status.UNMET) and not entry.note:
            by_value = status(replace(entry, judgement=Status.UNKNOWN))
            outcome.contradicted += bool(by_value) and by_value != entry.judgement
        after = status(entry)
        if after == before.status:
            continue
        row.cells[opinion] = Cell(
            entry=entry, status=after, changed_at=at, changed_by_id=by.pk if by else None, is_carried=before.is_carried
        )
        yield opinion, before
