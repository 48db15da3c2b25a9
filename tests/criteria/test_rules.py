"""The decisions, on values either side of each threshold."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest

from criteria.models import Direction, Indicator, Status, ValueType
from criteria.rules import (
    LARGEST_VALUE,
    STRIP,
    Entry,
    InvalidEntry,
    applicable_threshold,
    band_labels,
    band_of,
    by_gender,
    check_entry,
    criterion_status,
    evaluate,
    share,
    shortfall,
)

MET, UNMET, UNKNOWN, NA = Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE


# A value against its threshold


def result(value, direction, threshold="80", value_type=ValueType.PERCENT, judgement="", note=""):
    entry = Entry(None if value is None else Decimal(value), judgement, note)
    limit = None if threshold is None else Decimal(threshold)
    return evaluate(entry, value_type=value_type, direction=direction, threshold=limit)


@pytest.mark.parametrize(
    ("direction", "below", "at", "above"),
    [
        (Direction.AT_LEAST, UNMET, MET, MET),
        (Direction.AT_MOST, MET, MET, UNMET),
        (Direction.EQUALS, UNMET, MET, UNMET),
    ],
)
def test_each_direction_on_both_sides_of_its_threshold(direction, below, at, above):
    assert result("79.9999", direction) == below
    assert result("80", direction) == at
    assert result("80.0000", direction) == at
    assert result("80.0001", direction) == above


@pytest.mark.parametrize(
    ("direction", "verdict"), [(Direction.AT_LEAST, UNMET), (Direction.AT_MOST, MET), (Direction.EQUALS, UNMET)]
)
def test_zero_is_a_value(direction, verdict):
    assert result("0", direction) == verdict
    assert result("0", direction, threshold="0") == MET


@pytest.mark.parametrize("direction", [Direction.AT_LEAST, Direction.AT_MOST, Direction.EQUALS])
def test_unknown_is_not_unmet(direction):
    assert result(None, direction) == UNKNOWN
    assert result(None, direction, threshold="0") == UNKNOWN


def test_without_threshold_it_is_unknown_until_somebody_judges():
    assert result("100", Direction.AT_LEAST, threshold=None) == UNKNOWN
    for judgement in (MET, UNMET, NA):
        assert result("100", Direction.AT_LEAST, threshold=None, judgement=judgement) == judgement


@pytest.mark.parametrize("value_type", [ValueType.BOOLEAN, ValueType.TEXT])
def test_a_yes_or_no_is_what_the_person_judged_and_no_value(value_type):
    assert result("100", Direction.ACHIEVED, value_type=value_type) == UNKNOWN
    assert result(None, Direction.ACHIEVED, value_type=value_type, judgement=MET) == MET
    assert result(None, Direction.ACHIEVED, value_type=value_type, judgement=UNMET) == UNMET


def test_a_judgement_comes_before_the_value():
    assert result("10", Direction.AT_LEAST, judgement=MET) == MET
    assert result("90", Direction.AT_LEAST, judgement=UNMET) == UNMET
    assert result("90", Direction.AT_LEAST, judgement=NA) == NA


@pytest.mark.parametrize(
    ("value", "direction", "missing"),
    [
        ("68.5", Direction.AT_LEAST, "11.5"),
        ("83.8", Direction.AT_MOST, "3.8"),
        ("77", Direction.EQUALS, "3"),
        ("83", Direction.EQUALS, "3"),
        ("80", Direction.AT_LEAST, None),
        ("80", Direction.AT_MOST, None),
        ("80", Direction.EQUALS, None),
        ("81", Direction.AT_LEAST, None),
        (None, Direction.AT_LEAST, None),
    ],
)
def test_shortfall_is_how_far_a_value_is_off(value, direction, missing):
    number = None if value is None else Decimal(value)
    found = shortfall(value=number, threshold=Decimal(80), direction=direction)
    assert found == (None if missing is None else Decimal(missing))
    assert shortfall(value=number, threshold=None, direction=direction) is None


# What may be entered


def indicator(value_type=ValueType.PERCENT, direction=Direction.AT_LEAST, unit="%", text="Tỷ lệ hộ dùng điện"):
    return Indicator(value_type=value_type, direction=direction, unit=unit, text=text)


def check(value, threshold="80", judgement="", note="", **kind):
    number = None if value is None else Decimal(value)
    limit = None if threshold is None else Decimal(threshold)
    check_entry(Entry(number, judgement, note), indicator=indicator(**kind), threshold=limit)


COUNT = {"value_type": ValueType.COUNT, "unit": "nhà"}
MONEY = {"value_type": ValueType.CURRENCY, "unit": "triệu đồng"}
ABOVE = {"unit": "% cao hơn mức bình quân"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, {}),
        ("0", {}),
        ("100", {}),
        ("93.4567", {}),
        ("0", COUNT),
        ("12", COUNT),
        ("12.000", COUNT),
        ("1234.5", MONEY),
        (str(LARGEST_VALUE), MONEY),
        ("101", ABOVE),
    ],
)
def test_values_that_stand(value, kind):
    check(value, **kind)


@pytest.mark.parametrize(
    ("value", "kind", "sentence"),
    [
        ("-0.1", {}, "Giá trị không được âm (đang nhập -0,1)."),
        ("-1", COUNT, "Giá trị không được âm (đang nhập -1)."),
        ("100.0001", {}, "Tỷ lệ phải từ 0 đến 100 (đang nhập 100,0001)."),
        ("101", {}, "Tỷ lệ phải từ 0 đến 100 (đang nhập 101)."),
        ("1234.5", {}, "Tỷ lệ phải từ 0 đến 100 (đang nhập 1.234,5)."),
        ("2.5", COUNT, "Nhập số nguyên (đang nhập 2,5)."),
        ("93.45678", {}, "Chỉ nhận tối đa 4 chữ số sau dấu phẩy."),
        ("10000000000", MONEY, "Số quá lớn. Kiểm tra lại đơn vị tính."),
        ("9" * 60, MONEY, "Số quá lớn. Kiểm tra lại đơn vị tính."),
        ("9" * 60, COUNT, "Số quá lớn. Kiểm tra lại đơn vị tính."),
    ],
)
def test_values_that_are_refused_say_what_to_change(value, kind, sentence):
    with pytest.raises(InvalidEntry) as refusal:
        check(value, **kind)
    assert str(refusal.value) == sentence
    # No reason makes an impossible value possible.
    with pytest.raises(InvalidEntry):
        check(value, note="lý do", **kind)


@pytest.mark.parametrize(
    ("value", "judgement", "direction"),
    [
        ("79", MET, Direction.AT_LEAST),
        ("80", UNMET, Direction.AT_LEAST),
        ("80", UNMET, Direction.AT_MOST),
        ("81", MET, Direction.AT_MOST),
        ("81", MET, Direction.EQUALS),
    ],
)
def test_a_judgement_against_the_value_needs_a_reason(value, judgement, direction):
    with pytest.raises(InvalidEntry, match="Ghi lý do vào ô ghi chú"):
        check(value, judgement=judgement, direction=direction)
    check(value, judgement=judgement, direction=direction, note="Theo kết luận thanh tra")


def test_a_judgement_with_the_value_or_without_a_threshold_needs_none():
    check("80", judgement=MET)
    check("79", judgement=UNMET)
    check("79", judgement=MET, threshold=None)
    check(None, judgement=MET)


def test_not_applicable_needs_a_reason_unless_the_indicator_says_if_any():
    with pytest.raises(InvalidEntry, match="Ghi lý do không áp dụng"):
        check(None, judgement=NA)
    check(None, judgement=NA, note="Xã không có làng nghề")
    check(None, judgement=NA, text="Tỷ lệ làng nghề đạt chuẩn (Nếu có)")


# Which threshold applies


@dataclass
class Place:
    path: str = ".1.2.3."
    zones: tuple = ("TDMNPB", "NHOM1")


@dataclass
class Row:
    value: object = None
    locality_id: int | None = None
    zone: str = ""
    year_from: int | None = None
    year_to: int | None = None


COMMUNE, DISTRICT, PROVINCE = (Row(locality_id=pk) for pk in (3, 2, 1))
NATIONAL = Row()
REGION, GROUP = Row(zone="TDMNPB"), Row(zone="NHOM1")
NATIONAL_2024 = Row(year_from=2024, year_to=2024)
REGION_2024 = Row(zone="TDMNPB", year_from=2024, year_to=2024)
DISTRICT_2024 = Row(locality_id=2, year_from=2024, year_to=2024)


def applies(*rows, year=2024, place=None):
    found = applicable_threshold(rows, locality=place or Place(), year=year)
    # The order in which the rows come decides nothing.
    assert applicable_threshold(rows[::-1], locality=place or Place(), year=year) is found
    return found


@pytest.mark.parametrize(
    "rows",
    [
        (NATIONAL, NATIONAL_2024),
        (NATIONAL_2024, REGION),
        (NATIONAL_2024, GROUP),
        (REGION, REGION_2024),
        (REGION_2024, PROVINCE),
        (PROVINCE, DISTRICT),
        (DISTRICT, DISTRICT_2024),
        (DISTRICT_2024, COMMUNE),
        (NATIONAL, NATIONAL_2024, REGION, REGION_2024, PROVINCE, DISTRICT, DISTRICT_2024, COMMUNE),
    ],
)
def test_the_most_specific_threshold_applies(rows):
    assert applies(*rows) is rows[-1]


@pytest.mark.parametrize(
    "foreign", [Row(zone="DBSH"), Row(zone="NHOM2"), Row(locality_id=4), Row(year_from=2025), Row(year_to=2023)]
)
def test_thresholds_of_other_places_and_years_do_not_apply(foreign):
    assert applies(NATIONAL, foreign) is NATIONAL
    assert applies(foreign) is None


def test_years_are_counted_with_their_ends():
    row = Row(year_from=2022, year_to=2024)
    assert [applies(row, year=year) is row for year in range(2021, 2026)] == [False, True, True, True, False]
    assert applies(Row(year_from=2022), year=2090) is not None
    assert applies(Row(year_to=2022), year=1990) is not None


def test_a_regional_row_without_value_hides_the_national_one():
    unknown = Row(zone="TDMNPB", value=None)
    assert applies(Row(value=Decimal(90)), unknown) is unknown


def test_a_place_without_region_takes_the_national_threshold():
    place = Place(path=".3.", zones=())
    assert applies(NATIONAL, REGION, GROUP, DISTRICT, place=place) is NATIONAL
    assert applies(place=place) is None


def test_a_place_with_a_number_inside_another_is_another():
    assert applies(NATIONAL, Row(locality_id=3), place=Place(path=".1.23.34.")) is NATIONAL


# When a criterion is met


def test_criterion_follows_from_its_indicators_in_every_combination():
    for statuses in product((MET, UNMET, UNKNOWN, NA), repeat=3):
        if UNMET in statuses:
            expected = UNMET
        elif UNKNOWN in statuses:
            expected = UNKNOWN
        elif MET in statuses:
            expected = MET
        else:
            expected = NA
        assert criterion_status(statuses) == expected, statuses


def test_a_criterion_without_indicators_in_force_is_unknown():
    assert criterion_status([]) == UNKNOWN


def test_each_result_has_a_letter_that_says_it_back():
    assert {letter: status for (status, _), letter in STRIP.items()} == {
        "M": MET,
        "m": MET,
        "U": UNMET,
        "u": UNMET,
        "X": NA,
        "x": NA,
        "-": UNKNOWN,
    }
    for (status, verified), letter in STRIP.items():
        assert letter.isupper() == (verified and status != UNKNOWN)


# Bands

BANDS = [19, 15, 10, 5, 0]


def test_bands_have_words():
    assert band_labels(BANDS) == ["19", "15 – 18", "10 – 14", "5 – 9", "Dưới 5"]
    assert band_labels([3, 2, 0]) == ["3", "2", "Dưới 2"]


@pytest.mark.parametrize(
    ("met", "band"), [(19, 0), (18, 1), (15, 1), (14, 2), (10, 2), (9, 3), (5, 3), (4, 4), (1, 4), (0, 4)]
)
def test_bands_at_their_edges(met, band):
    assert band_of(met, BANDS) == band


# Values given by their parts


@pytest.mark.parametrize(
    ("numerator", "denominator", "direction", "percent"),
    [
        ("8", "9", Direction.AT_LEAST, "88.8888"),
        ("9", "9", Direction.AT_LEAST, "100"),
        ("0", "9", Direction.AT_LEAST, "0"),
        # Cut away from the threshold: cutting alone never makes a place pass.
        ("2", "3", Direction.AT_LEAST, "66.6666"),
        ("2", "3", Direction.AT_MOST, "66.6667"),
    ],
)
def test_a_share_is_cut_away_from_its_threshold(numerator, denominator, direction, percent):
    entry = share(numerator=Decimal(numerator), denominator=Decimal(denominator), direction=direction)
    assert entry.value == Decimal(percent)
    assert (entry.numerator, entry.denominator) == (Decimal(numerator), Decimal(denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "sentence"),
    [("1", "0", "Mẫu số phải lớn hơn 0"), ("10", "9", "10/9"), ("-1", "9", "-1/9")],
)
def test_a_share_is_a_part_of_a_whole(numerator, denominator, sentence):
    with pytest.raises(InvalidEntry, match=sentence):
        share(numerator=Decimal(numerator), denominator=Decimal(denominator), direction=Direction.AT_LEAST)


@pytest.mark.parametrize(
    ("male", "female", "direction", "value", "verdict"),
    [
        ("90", "90", Direction.AT_LEAST, "90", MET),
        ("95", "89.9", Direction.AT_LEAST, "89.9", UNMET),
        ("12", "14", Direction.AT_MOST, "14", MET),
        ("12", "90.1", Direction.AT_MOST, "90.1", UNMET),
    ],
)
def test_men_and_women_must_both_reach_it(male, female, direction, value, verdict):
    entry = by_gender(male=Decimal(male), female=Decimal(female), direction=direction)
    assert entry.value == Decimal(value)
    kind = {"value_type": ValueType.PERCENT, "direction": direction, "is_by_gender": True}
    assert evaluate(entry, threshold=Decimal(90), **kind) == verdict


def test_a_value_of_both_together_can_show_that_one_fails_but_not_that_both_pass():
    kind = {"value_type": ValueType.PERCENT, "direction": Direction.AT_LEAST, "is_by_gender": True}
    assert evaluate(Entry(Decimal("95")), threshold=Decimal(90), **kind) == UNKNOWN
    assert evaluate(Entry(Decimal("89")), threshold=Decimal(90), **kind) == UNMET
    assert evaluate(Entry(Decimal("95"), MET, "theo BHXH"), threshold=Decimal(90), **kind) == MET


def test_both_pass_on_one_value_only_for_a_reason():
    insured = Indicator(
        value_type=ValueType.PERCENT,
        unit="%",
        direction=Direction.AT_LEAST,
        text="Tỷ lệ người dân tham gia bảo hiểm y tế (áp dụng đạt cho cả nam và nữ)",
    )
    assert insured.is_by_gender
    with pytest.raises(InvalidEntry, match="cả nam và nữ"):
        check_entry(Entry(Decimal("95"), MET), indicator=insured, threshold=Decimal(90))
    check_entry(Entry(Decimal("95"), MET, "theo BHXH"), indicator=insured, threshold=Decimal(90))
    entry = by_gender(male=Decimal("101"), female=Decimal("95"), direction=Direction.AT_LEAST)
    with pytest.raises(InvalidEntry, match="từ 0 đến 100"):
        check_entry(entry, indicator=insured, threshold=Decimal(90))
