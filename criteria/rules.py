"""Pure decisions: which threshold applies, what a value means, when a criterion is met, how places are counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum

from criteria.models import Direction, Opinion, State, Status, ValueType, Verification
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


# The moves of a sheet and the states they lead from and to (DESIGN §4). A return starts anew from the commune's draft.
MOVES = {
    "submit": ({State.DRAFT}, State.SUBMITTED),
    "verify": ({State.SUBMITTED}, State.VERIFIED),
    "approve": ({State.VERIFIED}, State.APPROVED),
    "return": ({State.SUBMITTED, State.VERIFIED, State.APPROVED}, State.DRAFT),
}

MOVE_LABELS = {
    "submit": "Gửi thẩm định",
    "verify": "Xác nhận thẩm định",
    "approve": "Duyệt",
    "return": "Trả lại xã",
}

# What somebody did to bring a sheet into a state, for sentences: "Lò Văn An đã trả lại phiếu".
MOVED_INTO = {
    State.DRAFT: "trả lại phiếu",
    State.SUBMITTED: "gửi thẩm định",
    State.VERIFIED: "xác nhận thẩm định",
    State.APPROVED: "duyệt phiếu",
}

# In which states each side may enter its results. What is under review is locked for the commune; what was verified
# is locked for everybody until it is returned. An office whose communes do not enter verifies a draft at once.
WRITABLE = {
    Opinion.REPORTED: {State.DRAFT},
    Opinion.VERIFIED: {State.DRAFT, State.SUBMITTED},
}


@dataclass(frozen=True)
class Entry:
    """What a person says of one indicator. `value` is in the indicator's unit; `judgement` is '' to go by the value.

    A value given by its parts carries them: `share` and `by_gender` make such entries.
    """

    value: Decimal | None = None
    judgement: str = Status.UNKNOWN
    note: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    male: Decimal | None = None
    female: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.judgement and not self.note

    @property
    def has_both_genders(self) -> bool:
        return self.male is not None and self.female is not None


def share(*, numerator: Decimal, denominator: Decimal, direction: str, **fields) -> Entry:
    """An entry of a share given as a part of a whole (8 of 9 villages); `value` is the percentage.

    The percentage is cut to four decimals away from the threshold, so that cutting never makes a place pass.
    Raises InvalidEntry if the part is larger than the whole, or the whole nothing.
    """
    if denominator <= 0:
        raise InvalidEntry("Mẫu số phải lớn hơn 0. Không có đối tượng nào thì chọn “Không áp dụng”.")
    if numerator < 0 or numerator > denominator:
        raise InvalidEntry(
            f"Tử số phải từ 0 đến mẫu số (đang nhập {format_number(numerator)}/{format_number(denominator)})."
        )
    percent = (numerator * 100 / denominator).quantize(Decimal("0.0001"), _against(direction))
    return Entry(value=percent, numerator=numerator, denominator=denominator, **fields)


def short_percent(entry: Entry, direction: str) -> Decimal:
    """The percentage of a share in two decimals for the screen, cut as `share` cuts: 8 of 9 is 88,88."""
    return short(entry.value, _against(direction))


def short(number: Decimal, rounding: str) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding)


def _against(direction):
    return ROUND_UP if direction == Direction.AT_MOST else ROUND_DOWN


def by_gender(*, male: Decimal, female: Decimal, direction: str, **fields) -> Entry:
    """An entry of an indicator that men and women must both reach; `value` is the worse of the two."""
    worse = max if direction == Direction.AT_MOST else min
    return Entry(value=worse(male, female), male=male, female=female, **fields)


# Among the zones a place lies in, the narrower first: an island or a coastal hardship commune is one of few, then its
# khu vực, then its commune group, then the region of several provinces. No two of a kind fit one place.
ZONE_RANKS = {"HAIDAO": 5, "BAINGANG": 4, "KV1": 3, "KV2": 3, "KV3": 3, "NHOM1": 2, "NHOM2": 2, "NHOM3": 2}
REGION_RANK = 1


def applicable_threshold(thresholds: Iterable, *, locality, year: int):
    """The most specific threshold for a place in a year, or None if there is none.

    A place's own (or that of the nearest place above it) comes before a zone's, and that before the national one; of
    two zones the narrower decides (`ZONE_RANKS`); one that names years before one that does not, and the shorter span
    before the longer. The row may carry no value: then it is not known what applies, and no more general row may
    stand in.
    """
    above = [int(pk) for pk in locality.path.split(".") if pk]

    def rank(row):
        return (
            above.index(row.locality_id) + 1 if row.locality_id else 0,
            ZONE_RANKS.get(row.zone, REGION_RANK) if row.zone else 0,
            row.year_from is not None or row.year_to is not None,
            row.year_from is not None and row.year_to is not None,
            -((row.year_to or 0) - (row.year_from or 0)) if row.year_from and row.year_to else 0,
            row.year_from or 0,
            -(row.year_to or 0),
        )

    found = [row for row in thresholds if fits(row, locality=locality, year=year)]
    return max(found, key=rank) if len(found) > 1 else next(iter(found), None)


def fits(row, *, locality, year: int) -> bool:
    """Whether a threshold names the place, or one it lies in, its zones, and the year."""
    return (
        (row.locality_id is None or f".{row.locality_id}." in locality.path)
        and (row.year_from is None or row.year_from <= year)
        and (row.year_to is None or year <= row.year_to)
        and (not row.zone or row.zone in locality.zones)
    )


def overlap(row, other) -> bool:
    """Whether two thresholds of one indicator, zone and place would both hold in some year.

    A row without years is the general one, from which a row with years is the exception: those two do not overlap.
    """
    spans = [(row.year_from, row.year_to), (other.year_from, other.year_to)]
    unlimited = [span == (None, None) for span in spans]
    if any(unlimited):
        return all(unlimited)
    first, last = zip(*((start or 0, end or 9999) for start, end in spans), strict=True)
    return max(first) <= min(last)


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


def evaluate(
    entry: Entry, *, value_type: str, direction: str, threshold: Decimal | None, is_by_gender: bool = False
) -> Status:
    """The result of one indicator: what the person judged, else what the value says against the threshold.

    Unknown is not unmet: no value, or no threshold to hold it against, gives UNKNOWN until somebody judges. Where men
    and women must both reach it, a value of both together can show that one of them does not, never that both do.
    """
    if entry.judgement:
        return Status(entry.judgement)
    if value_type in (ValueType.BOOLEAN, ValueType.TEXT) or entry.value is None or threshold is None:
        return Status.UNKNOWN
    result = compare(value=entry.value, threshold=threshold, direction=direction)
    if is_by_gender and result == Status.MET and not entry.has_both_genders:
        return Status.UNKNOWN
    return result


def check_entry(entry: Entry, *, indicator, threshold: Decimal | None) -> None:
    """Raise InvalidEntry, worded for the officer, if the entry cannot stand.

    A judgement against the value, and 'không áp dụng' for an indicator that is not an "(nếu có)" one, need a reason.
    """
    for number in (entry.value, entry.numerator, entry.denominator, entry.male, entry.female):
        if number is not None:
            _check_number(number)
    value = entry.value
    parts = [entry.male, entry.female] if entry.has_both_genders else [value]
    for number in parts:
        if number is not None:
            check_amount(number, indicator=indicator)
    if entry.note:
        return
    if entry.judgement == Status.NOT_APPLICABLE and "nếu có" not in indicator.text.lower():
        raise InvalidEntry("Ghi lý do không áp dụng vào ô ghi chú.")
    if entry.judgement in (Status.MET, Status.UNMET) and value is not None and threshold is not None:
        by_value = evaluate(
            replace(entry, judgement=Status.UNKNOWN),
            value_type=indicator.value_type,
            direction=indicator.direction,
            threshold=threshold,
            is_by_gender=indicator.is_by_gender,
        )
        if by_value == Status.UNKNOWN:
            raise InvalidEntry(
                "Chỉ tiêu này phải đạt cho cả nam và nữ: nhập hai tỷ lệ, hoặc ghi căn cứ kết luận vào ô ghi chú."
            )
        if by_value != entry.judgement:
            raise InvalidEntry(
                f"Giá trị {format_number(value)} {by_value.label} theo mức {format_number(threshold)} nhưng kết luận "
                f"“{Status(entry.judgement).label}”. Ghi lý do vào ô ghi chú."
            )


def check_amount(number: Decimal, *, indicator) -> None:
    """Raise InvalidEntry, worded for the officer, if a value or a threshold of the indicator cannot be this number."""
    _check_number(number)
    shown = format_number(number)
    if indicator.is_share and number > 100:
        raise InvalidEntry(f"Tỷ lệ phải từ 0 đến 100 (đang nhập {shown}).")
    if indicator.value_type == ValueType.COUNT and number != number.to_integral_value():
        raise InvalidEntry(f"Nhập số nguyên (đang nhập {shown}).")


def _check_number(number: Decimal) -> None:
    if number < 0:
        raise InvalidEntry(f"Giá trị không được âm (đang nhập {format_number(number)}).")
    if number > LARGEST_VALUE:
        raise InvalidEntry("Số quá lớn. Kiểm tra lại đơn vị tính.")
    if number.as_tuple().exponent < -4:
        raise InvalidEntry("Chỉ nhận tối đa 4 chữ số sau dấu phẩy.")


def shortfall(*, value: Decimal | None, threshold: Decimal | None, direction: str) -> Decimal | None:
    """How far a value is from its threshold, in the indicator's unit and always positive; None if it reaches it."""
    if (
        value is None
        or threshold is None
        or compare(value=value, threshold=threshold, direction=direction) == Status.MET
    ):
        return None
    return abs(value - threshold)


def missing_units(*, numerator: Decimal, denominator: Decimal, threshold: Decimal) -> Decimal:
    """How many of the whole a share lacks (or has too many) to its threshold in %: 8 of 9 villages at 100 % lack 1.

    Rounded away from the threshold: to whole ones where both parts are counted in whole ones, else to hundredths.
    """
    is_counted = all(number == number.to_integral_value() for number in (numerator, denominator))
    step = Decimal(1) if is_counted else Decimal("0.01")
    return abs(threshold * denominator / 100 - numerator).quantize(step, ROUND_UP)


def relative_distance(*, value: Decimal | None, threshold: Decimal | None, direction: str) -> Decimal:
    """How far a value is from its threshold as a part of it, from 0 (reached) to 1.

    1 where no figure can say how far: a yes or no, no value, no threshold, a threshold of nothing.
    """
    if value is None or threshold is None:
        return Decimal(1)
    missing = shortfall(value=value, threshold=threshold, direction=direction)
    if missing is None:
        return Decimal(0)
    return min(missing / threshold, Decimal(1)) if threshold else Decimal(1)


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


def criterion_verdict(
    *, statuses: Iterable[str], is_verified: bool, stated: str, is_entered: bool
) -> tuple[Status, bool]:
    """A criterion's status, and whether it was verified, of the statuses of its indicators or of an imported table.

    `stated` is the letter of `STRIP` that a table gave the criterion as a whole, '' for none. It decides as long as
    nobody has entered one of the indicators on the sheet (`is_entered`); from then on they do.
    """
    if decides_by_table(stated=stated, is_entered=is_entered):
        return STATUS_OF_LETTER[stated], stated.isupper()
    return criterion_status(statuses), is_verified


def decides_by_table(*, stated: str, is_entered: bool) -> bool:
    """Whether an imported table decides a criterion, and not its indicators."""
    return bool(stated) and not is_entered


@dataclass(frozen=True)
class Obstacle:
    """Why a sheet cannot move: a sentence without its full stop, and the rows of the sheet it speaks of."""

    sentence: str
    rows: tuple = ()

    def __str__(self):
        codes = ", ".join(row.label for row in self.rows)
        return f"{self.sentence}: {codes}." if codes else f"{self.sentence}."


def obstacles(move: str, sheet) -> list[Obstacle]:
    """Why a move of `MOVES` is not available to a sheet; empty where it is.

    Sending asks that the commune has said something of every indicator, or it is verified, and that nothing brought
    over stands unconfirmed; confirming asks that every indicator is verified, those said not to apply too, and that
    the verifier explains where the result differs from the commune's. Approving and returning look at the state alone.
    """
    assessment = sheet.assessment
    if assessment.period.closed_on:
        day = format(assessment.period.closed_on, "%d/%m/%Y")
        return [Obstacle(f"Kỳ {assessment.period.name} đã khóa từ ngày {day}")]
    if assessment.state not in MOVES[move][0]:
        state = State(assessment.state).label
        return [Obstacle(f"Phiếu ở trạng thái “{state}” nên không {MOVE_LABELS[move].lower()} được")]
    rows = sheet.rows.values()
    if move == "submit":
        asked = {
            "Chưa có kết quả của xã": [r for r in rows if r.reported.entry.is_empty and not r.is_verified],
            "Kết quả chuyển từ kỳ trước, xã chưa xác nhận lại": [
                r for r in rows if r.reported.is_carried and not r.is_verified
            ],
        }
    elif move == "verify":
        asked = {
            "Chưa thẩm định": [r for r in rows if not r.is_verified],
            "Kết quả thẩm định khác xã tự đánh giá mà chưa ghi lý do": [
                r for r in rows if r.differs and not r.verified.entry.note
            ],
        }
    else:
        asked = {}
    return [Obstacle(sentence, tuple(missing)) for sentence, missing in asked.items() if missing]


def days_late(*, due_on: date | None, sent_on: date | None, today: date) -> int:
    """How many days a sheet was sent late, or, not sent yet, is late today; 0 where it is on time or nothing is due.

    The last day counts as on time.
    """
    if due_on is None:
        return 0
    return max(0, ((sent_on or today) - due_on).days)


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


class Validity(StrEnum):
    """Whether a piece of evidence still proves something; the values are its words."""

    LASTING = ""
    EXPIRING = "sắp hết hạn"
    EXPIRED = "hết hạn"


def validity(expires_on: date | None, *, day: date, soon_days: int) -> Validity:
    """How a piece of evidence stands on a day; on its own last day it is still valid. None is valid for good."""
    if expires_on is None or expires_on > day + timedelta(days=soon_days):
        return Validity.LASTING
    return Validity.EXPIRED if expires_on < day else Validity.EXPIRING


def is_recognised_on(recognition, day: date) -> bool:
    """Whether a decision stands on a day; `RecognitionQuerySet.in_force`, row by row."""
    return (
        recognition.year <= day.year
        and (recognition.decided_on is None or recognition.decided_on <= day)
        and (recognition.revoked_on is None or recognition.revoked_on > day)
    )


@dataclass(frozen=True)
class RevocationWarning:
    """What a recognised place no longer meets, and the rule that would allow to revoke its recognition."""

    unmet: list[int]
    unknown: list[int]
    # Criteria that apply: the denominator. One not assessed yet stays in it and is not counted as unmet.
    applicable: int
    # The rule that applies, as the set's data hold it; None where the fall is not that deep.
    rule: Mapping | None
    # The lowest share at which a rule of the set begins; None where the set's data hold no rule.
    begins_at: Decimal | None
    # Whether some of the unmet stand on the commune's own word.
    is_reported: bool

    @property
    def percent(self) -> Decimal:
        return Decimal(len(self.unmet)) * 100 / self.applicable

    @property
    def named(self) -> list[int]:
        """The unmet criteria that the rule names."""
        return [number for number in self.unmet if self.rule and number in (self.rule.get("any_of") or [])]

    @property
    def reaches_share(self) -> bool:
        """Whether the fall is as deep as a rule's, though that rule asks for a criterion that is not among the unmet."""
        return self.begins_at is not None and len(self.unmet) * 100 >= self.begins_at * self.applicable

    @property
    def is_confirmed(self) -> bool:
        return bool(self.rule) and is_confirmed(self.rule.get("status", ""))


def revocation_warning(*, strip: str, revocation: Iterable[Mapping]) -> RevocationWarning | None:
    """What stands against a recognised place whose criteria are `strip`; None where nothing is unmet.

    `revocation` is the data of the set (`CriteriaSet.revocation`): each rule reaches from `from_percent` of the
    applicable criteria to under `below_percent`, and may ask that one of the numbers in `any_of` is among the unmet.
    """
    letters = list(enumerate(strip, start=1))
    unmet = [number for number, letter in letters if letter in "Uu"]
    if not unmet:
        return None
    applicable = sum(letter not in "Xx" for letter in strip)

    def applies(rule):
        # In whole numbers: a share on the boundary must not be lost in rounding.
        part = Decimal(len(unmet) * 100)
        below = rule.get("below_percent")
        named = rule.get("any_of")
        return (
            part >= Decimal(str(rule["from_percent"])) * applicable
            and (below is None or part < Decimal(str(below)) * applicable)
            and (not named or any(number in named for number in unmet))
        )

    rules = sorted(revocation, key=lambda rule: -Decimal(str(rule["from_percent"])))
    return RevocationWarning(
        unmet=unmet,
        unknown=[number for number, letter in letters if letter == "-"],
        applicable=applicable,
        rule=next(filter(applies, rules), None),
        begins_at=Decimal(str(rules[-1]["from_percent"])) if rules else None,
        is_reported=any(letter == "u" for letter in strip),
    )
