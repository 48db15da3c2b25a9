"""Pure decisions: which threshold applies, what a value means, when a criterion is met, how places are counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from criteria.models import Direction, Status, ValueType, Verification
from ntm_tracker.vietnamese import format_number

# The largest value the tables hold: ten digits before the comma, four behind it.
LARGEST_VALUE = Decimal("9999999999.9999")


# A criterion's result as one letter: capital where it was verified, small where it stands on the commune's word.
STRIP = {
    (Status.MET, True): "M",
    (Status.MET, False): "m",
    (Status.UNMET, True): "U",
    (Status.UNMET, False): "u",
    (Status.NOT_APPLICABLE, True): "X",
    (Status.NOT_APPLICABLE, False): "x",
    (Status.UNKNOWN, True): "-",
    (Status.UNKNOWN, False): "-",
}
STATUS_OF_LETTER = {letter: status for (status, _), letter in STRIP.items()}


class InvalidEntry(ValueError):
    """What was typed cannot be taken; the message tells the officer what to change."""


@dataclass(frozen=True)
class Entry:
    """What a person says of one indicator. `value` is in the indicator's unit; `judgement` is '' to go by the value."""

    value: Decimal | None = None
    judgement: str = Status.UNKNOWN
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.judgement and not self.note


def applicable_threshold(thresholds: Iterable, *, locality, year: int):
    """The most specific threshold for a place in a year, or None if there is none.

    A place's own (or that of the nearest place above it) comes before its region's or group's, and that before the
    national one; one that names years before one that does not. The row may carry no value: then it is not known
    what applies, and no more general row may stand in.
    """
    above = [int(pk) for pk in locality.path.split(".") if pk]
    zones = {zone for zone in (locality.region, locality.commune_group) if zone}

    def rank(row):
        return (
            above.index(row.locality_id) + 1 if row.locality_id else 0,
            bool(row.zone),
            row.year_from is not None or row.year_to is not None,
        )

    fitting = [
        row
        for row in thresholds
        if (row.locality_id is None or row.locality_id in above)
        and (not row.zone or row.zone in zones)
        and (row.year_from is None or row.year_from <= year)
        and (row.year_to is None or year <= row.year_to)
    ]
    return max(fitting, key=rank, default=None)


def compare(*, value: Decimal, threshold: Decimal, direction: str) -> Status:
    """Whether a value reaches the threshold, both in the indicator's unit.

    An "at most" indicator, such as a poverty rate, is met from below; the threshold itself counts as reached.
    """
    if direction == Direction.AT_MOST:
        reached = value <= threshold
    elif direction == Direction.EQUALS:
        reached = value == threshold
    else:
        reached = value >= threshold
    return Status.MET if reached else Status.UNMET


def evaluate(entry: Entry, *, value_type: str, direction: str, threshold: Decimal | None) -> Status:
    """The result of one indicator: what the person judged, else what the value says against the threshold.

    Unknown is not unmet: no value, or no threshold to hold it against, gives UNKNOWN until somebody judges.
    """
    if entry.judgement:
        return Status(entry.judgement)
    if value_type in (ValueType.BOOLEAN, ValueType.TEXT) or entry.value is None or threshold is None:
        return Status.UNKNOWN
    return compare(value=entry.value, threshold=threshold, direction=direction)


def check_entry(entry: Entry, *, indicator, threshold: Decimal | None) -> None:
    """Raise InvalidEntry, worded for the officer, if the entry cannot stand.

    A judgement against the value, and 'không áp dụng' for an indicator that is not an "(nếu có)" one, need a reason.
    """
    value = entry.value
    if value is not None:
        shown = format_number(value)
        if value < 0:
            raise InvalidEntry(f"Giá trị không được âm (đang nhập {shown}).")
        if indicator.is_share and value > 100:
            raise InvalidEntry(f"Tỷ lệ phải từ 0 đến 100 (đang nhập {shown}).")
        if indicator.value_type == ValueType.COUNT and value != value.to_integral_value():
            raise InvalidEntry(f"Nhập số nguyên (đang nhập {shown}).")
        if value > LARGEST_VALUE:
            raise InvalidEntry("Số quá lớn. Kiểm tra lại đơn vị tính.")
        if value.as_tuple().exponent < -4:
            raise InvalidEntry("Chỉ nhận tối đa 4 chữ số sau dấu phẩy.")
    if entry.note:
        return
    if entry.judgement == Status.NOT_APPLICABLE and "nếu có" not in indicator.text.lower():
        raise InvalidEntry("Ghi lý do không áp dụng vào ô ghi chú.")
    if entry.judgement in (Status.MET, Status.UNMET) and value is not None and threshold is not None:
        by_value = compare(value=value, threshold=threshold, direction=indicator.direction)
        if by_value != entry.judgement:
            raise InvalidEntry(
                f"Giá trị {format_number(value)} {by_value.label} theo mức {format_number(threshold)} nhưng kết luận "
                f"“{Status(entry.judgement).label}”. Ghi lý do vào ô ghi chú."
            )


def shortfall(*, value: Decimal | None, threshold: Decimal | None, direction: str) -> Decimal | None:
    """How far a value is from its threshold, in the indicator's unit and always positive; None if it reaches it."""
    if (
        value is None
        or threshold is None
        or compare(value=value, threshold=threshold, direction=direction) == Status.MET
    ):
        return None
    return abs(value - threshold)


def criterion_status(statuses: Iterable[str]) -> Status:
    """A criterion is met when every applicable indicator is met (Quyết định 318/QĐ-TTg; Thông tư 41/2013 art. 8).

    One unmet indicator decides; with none unmet, one not yet assessed leaves the criterion not assessed. Where no
    indicator applies, the criterion does not apply.
    """
    statuses = set(statuses)
    if Status.UNMET in statuses:
        return Status.UNMET
    if not statuses or Status.UNKNOWN in statuses:
        return Status.UNKNOWN
    if statuses == {Status.NOT_APPLICABLE}:
        return Status.NOT_APPLICABLE
    return Status.MET


def band_labels(bands: list[int]) -> list[str]:
    """Words for bands given by lower bounds from the top: [19, 15, 10, 5, 0] is 19, 15 – 18, 10 – 14, 5 – 9, Dưới 5."""
    labels = []
    for position, lower in enumerate(bands):
        upper = bands[position - 1] - 1 if position else lower
        if position and lower == 0:
            labels.append(f"Dưới {bands[position - 1]}")
        else:
            labels.append(str(lower) if lower == upper else f"{lower} – {upper}")
    return labels


def band_of(count: int, bands: list[int]) -> int:
    """The position of the band a number of criteria met falls into."""
    return next(position for position, lower in enumerate(bands) if count >= lower)


def is_confirmed(status: str) -> bool:
    """Whether a text or threshold was read in an official text; anything else carries 'chưa đối chiếu'."""
    return status == Verification.VERIFIED
