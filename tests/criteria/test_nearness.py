"""What separates a place from recognition: distances, evidence, earlier tiers, and how near two places are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from criteria.actions.results import save_results
from criteria.models import (
    CriterionResult,
    Direction,
    IndicatorResult,
    Opinion,
    Recognition,
    State,
    Status,
    Threshold,
    Tier,
)
from criteria.nearness import closeness, load_nearness, open_indicators
from criteria.rules import Entry, by_gender, missing_units, relative_distance, share
from criteria.sheet import load_sheet, load_sheets
from tests import factories
from tests.factories import writable
from tests.reading import counted

AT_LEAST, AT_MOST, EQUALS = Direction.AT_LEAST, Direction.AT_MOST, Direction.EQUALS


# How far


@pytest.mark.parametrize(
    ("numerator", "denominator", "threshold", "missing"),
    [
        ("8", "9", "100", "1"),
        ("7", "9", "80", "1"),  # 7.2 villages are 8
        ("0", "9", "100", "9"),
        ("16", "100", "13", "3"),  # too many of what must be few
        ("5", "36", "13", "1"),  # 4.68 households are 4, so one too many
        ("12.5", "20", "70", "1.5"),  # kilometres are not counted in whole ones
        ("12.5", "20.1", "70", "1.57"),
        ("0", "7", "0", "0"),
    ],
)
def test_a_share_lacks_whole_ones_of_what_is_counted(numerator, denominator, threshold, missing):
    parts = {"numerator": Decimal(numerator), "denominator": Decimal(denominator)}
    assert missing_units(**parts, threshold=Decimal(threshold)) == Decimal(missing)


@pytest.mark.parametrize(
    ("value", "threshold", "direction", "distance"),
    [
        ("40", "50", AT_LEAST, "0.2"),
        ("50", "50", AT_LEAST, "0"),
        ("0", "50", AT_LEAST, "1"),
        ("60", "50", AT_MOST, "0.2"),
        ("500", "50", AT_MOST, "1"),  # a wild figure is a whole step away, not nine
        ("3", "0", AT_MOST, "1"),
        ("0", "0", AT_MOST, "0"),
        ("49", "50", EQUALS, "0.02"),
        (None, "50", AT_LEAST, "1"),
        ("40", None, AT_LEAST, "1"),
    ],
)
def test_the_relative_distance_lies_between_nothing_and_one(value, threshold, direction, distance):
    value, threshold = (None if number is None else Decimal(number) for number in (value, threshold))
    assert relative_distance(value=value, threshold=threshold, direction=direction) == Decimal(distance)


GENDERED = {"text": "Tỷ lệ lao động qua đào tạo (áp dụng đạt cho cả nam và nữ)"}


@pytest.mark.parametrize(
    ("fields", "entry", "words"),
    [
        ({"threshold": "50"}, Entry(value=Decimal("38.5")), "thiếu 11,5 điểm %"),
        ({"threshold": "13", "direction": AT_MOST}, Entry(value=Decimal("16.8")), "cao hơn 3,8 điểm %"),
        ({"threshold": "0", "direction": AT_MOST}, Entry(value=Decimal("3")), "cao hơn 3 điểm %"),
        ({"threshold": "0", "direction": EQUALS, **factories.COUNT}, Entry(value=Decimal("8")), "cao hơn 8 nhà"),
        ({"threshold": "9", "direction": EQUALS, **factories.COUNT}, Entry(value=Decimal("8")), "thiếu 1 nhà"),
        ({"threshold": "45", **factories.MONEY}, Entry(value=Decimal("38.4")), "thiếu 6,6 triệu đồng"),
        (
            {"threshold": "100"},
            share(numerator=Decimal(8), denominator=Decimal(9), direction=AT_LEAST),
            "thiếu 1 (8/9)",
        ),
        (
            {"threshold": "13", "direction": AT_MOST},
            share(numerator=Decimal(5), denominator=Decimal(36), direction=AT_MOST),
            "nhiều hơn 1 (5/36)",
        ),
        (
            {"threshold": "50", **GENDERED},
            by_gender(male=Decimal(47), female=Decimal("49.5"), direction=AT_LEAST),
            "nam thiếu 3 điểm %, nữ thiếu 0,5 điểm %",
        ),
        (
            {"threshold": "50", **GENDERED},
            by_gender(male=Decimal(60), female=Decimal(49), direction=AT_LEAST),
            "nữ thiếu 1 điểm %",
        ),
        # One figure for both cannot show that both reach it: it is not known, and nothing is missing.
        ({"threshold": "50", **GENDERED}, Entry(value=Decimal(60)), ""),
        ({"threshold": None}, Entry(value=Decimal(60)), ""),
        ({"threshold": None}, Entry(value=Decimal(60), judgement=Status.UNMET), ""),
        ({"threshold": "50"}, Entry(value=Decimal(60), judgement=Status.UNMET, note="số liệu sai"), ""),
        (factories.BOOLEAN, Entry(judgement=Status.UNMET), ""),
    ],
)
@pytest.mark.django_db
def test_the_distance_is_worded_in_the_unit_that_is_honest(fields, entry, words):
    criteria_set = factories.criteria_set()
    indicator = factories.indicator(factories.criterion(criteria_set), **fields)
    assessment = factories.assessment(factories.commune(), criteria_set, factories.period())
    assert save_results(assessment=writable(assessment), opinion="verified", entries={indicator.pk: entry}, by=None)
    (near,) = load_nearness([load_sheet(writable(assessment), with_previous=False)])
    (gap,) = near.gaps
    assert gap.row.shortfall_text == words


# One sheet


@pytest.fixture
def sheet(db):
    """Criterion 1 half done, 2 short of its money, 3 met; all on the commune's word but 1.1."""
    made = factories.assessment(
        factories.commune("Sơn Bình", factories.district()), factories.small_set(), factories.period()
    )
    enter(made, {"1.1": factories.value("70"), "2.1": factories.value("44"), "3.1": factories.value("12")})
    enter(made, {"1.1": factories.value("60")}, opinion=Opinion.VERIFIED)
    return made


def enter(assessment, entries, opinion=Opinion.REPORTED):
    codes = factories.indicators_of(assessment.criteria_set)
    saved = save_results(
        assessment=writable(assessment),
        opinion=opinion,
        entries={codes[code].pk: entry for code, entry in entries.items()},
        by=None,
    )
    assert saved.is_written, saved.errors


def near(*assessments):
    return load_nearness(load_sheets([writable(one) for one in assessments], with_previous=False))


def gaps(assessment):
    (found,) = near(assessment)
    return {gap.row.indicator.code: gap for gap in found.gaps}


def test_what_is_unmet_and_what_is_unknown_are_told_apart(sheet):
    (found,) = near(sheet)
    assert [gap.row.indicator.code for gap in found.unmet] == ["1.1", "2.1"]
    assert [gap.row.indicator.code for gap in found.unknown] == ["1.2"]
    assert (found.sheet.unmet_numbers, found.sheet.unknown_numbers) == ([1, 2], [])


def test_each_gap_says_who_says_so(sheet):
    assert {code: gap.said_by for code, gap in gaps(sheet).items()} == {
        "1.1": "thẩm định",
        "1.2": "",
        "2.1": "xã tự đánh giá",
    }
    IndicatorResult.objects.filter(opinion="reported").update(is_carried=True)
    assert gaps(sheet)["2.1"].said_by == "chưa xác nhận lại"
    assert gaps(sheet)["1.1"].said_by == "thẩm định"


def test_what_counts_is_the_verified_value(sheet):
    assert gaps(sheet)["1.1"].row.shortfall_text == "thiếu 20 điểm %"
    assert gaps(sheet)["1.1"].distance == Decimal("0.25")


def test_what_does_not_apply_is_no_gap(sheet):
    enter(sheet, {"2.1": Entry(judgement=Status.NOT_APPLICABLE, note="không có")}, opinion=Opinion.VERIFIED)
    assert set(gaps(sheet)) == {"1.1", "1.2"}


def test_evidence_is_missing_or_expired_or_there(sheet):
    codes = factories.indicators_of(sheet.criteria_set)
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    factories.evidence_file(sheet, codes["1.1"], expires_on=yesterday)
    factories.evidence_file(sheet, codes["1.2"], "a.pdf", expires_on=yesterday)
    factories.evidence_file(sheet, codes["1.2"], "b.pdf", expires_on=today)
    factories.evidence_file(sheet, codes["2.1"], removed_at=timezone.now())
    assert {code: gap.proof_words for code, gap in gaps(sheet).items()} == {
        "1.1": "hết hạn",
        "1.2": "2 tệp, 1 hết hạn",
        "2.1": "thiếu",
    }
    (found,) = near(sheet)
    assert (found.gaps_lacking_proof, found.expired_count) == (1, 1)
    # What counts as met needs its proof too.
    assert [row.indicator.code for row in found.unproven] == ["3.1"]
    factories.evidence_file(sheet, codes["3.1"], expires_on=yesterday)
    (found,) = near(sheet)
    assert (found.unproven, [row.indicator.code for row in found.expired], found.expired_count) == ([], ["3.1"], 2)


def test_a_closed_period_is_proven_by_what_was_valid_when_it_closed(sheet):
    codes = factories.indicators_of(sheet.criteria_set)
    factories.evidence_file(sheet, codes["1.1"], expires_on=date(2024, 4, 15))
    assert gaps(sheet)["1.1"].proof_words == "hết hạn"
    sheet.period.closed_on = date(2024, 4, 15)
    sheet.period.save()
    assert gaps(sheet)["1.1"].proof_words == "1 tệp"


def test_conditions_unmet_and_unknown_stand_beside(sheet):
    factories.satisfaction(sheet.criteria_set)
    factories.condition(sheet.criteria_set)
    (found,) = near(sheet)
    assert [row.condition.code for row in found.open_conditions] == ["no-dong", "hai-long"]
    assert (found.unmet_conditions, len(found.unknown_conditions)) == ([], 2)


def test_nothing_but_the_decision_is_missing_when_all_is_met_and_known(sheet):
    enter(
        sheet,
        {"1.1": factories.value("80"), "1.2": Entry(judgement=Status.MET), "2.1": factories.value("45")},
        opinion=Opinion.VERIFIED,
    )
    assert near(sheet)[0].is_ready
    factories.condition(sheet.criteria_set)
    assert not near(sheet)[0].is_ready


# The tier before


@pytest.mark.parametrize(
    ("recognition", "year"),
    [
        (None, None),
        ({"year": 2017}, 2017),
        ({"year": 2017, "revoked_on": date(2024, 3, 31)}, None),
        ({"year": 2017, "revoked_on": date(2024, 4, 1)}, 2017),
        # Later than the period, and of another tier.
        ({"year": 2024, "decided_on": date(2024, 4, 1)}, None),
        ({"year": 2017, "tier": Tier.ADVANCED}, None),
    ],
)
@pytest.mark.django_db
def test_a_higher_tier_needs_the_one_before(recognition, year):
    basic = factories.criteria_set("co-ban")
    advanced = factories.small_set(code="nang-cao", tier=Tier.ADVANCED, requires=basic)
    sheet = factories.assessment(factories.commune(), advanced, factories.period())
    if recognition:
        Recognition.objects.create(locality=sheet.locality, **recognition)
    (found,) = near(sheet)
    assert (found.required_tier, found.required_year) == ("đạt chuẩn", year)
    assert found.lacks_required_tier == (year is None)


def test_the_basic_tier_needs_none(sheet):
    (found,) = near(sheet)
    assert (found.required_tier, found.lacks_required_tier) == ("", False)


# Which is nearer


def test_the_stored_sums_and_the_light_reading_agree_with_the_sheets(sheet):
    others = factories.communes(3, sheet.locality.parent)
    sheets = [sheet, *(factories.assessment(place, sheet.criteria_set, sheet.period) for place in others)]
    enter(sheets[1], {"1.1": factories.value("79"), "2.1": Entry(value=Decimal(50), judgement="unmet", note="x")})
    # Verified as met, whatever the commune said.
    enter(sheets[2], {"1.1": factories.value("10"), "3.1": factories.value("26")})
    enter(sheets[2], {"1.1": factories.value("90")}, opinion=Opinion.VERIFIED)
    enter(sheets[3], {"1.2": Entry(judgement="na", note="x"), "2.1": share_of_nothing()})
    places = [one.locality_id for one in sheets]
    lacking = open_indicators(criteria_set=sheet.criteria_set, period=sheet.period, places=places)
    close = closeness([writable(one) for one in sheets])
    for found in near(*sheets):
        place = found.sheet.assessment.locality_id
        assert lacking[place] == len(found.gaps)
        assert close.get(place, 0) == found.closeness
    assert [round(close.get(place, Decimal(0)), 3) for place in places] == [
        Decimal("1.728"),
        Decimal("0.988"),
        Decimal("0"),
        Decimal("0"),
    ]


def share_of_nothing():
    return Entry(value=Decimal(0))


def test_thresholds_of_the_place_itself_count_for_its_distance(sheet):
    codes = factories.indicators_of(sheet.criteria_set)
    Threshold.objects.create(indicator=codes["2.1"], locality=sheet.locality, value=88, status="verified")
    assert gaps(sheet)["2.1"].distance == Decimal("0.5")
    assert closeness([writable(sheet)]) == {sheet.locality_id: Decimal("0.75") + Decimal("0.5")}


def test_another_period_and_another_set_do_not_count(sheet):
    later = factories.period(2024, 2)
    places = [sheet.locality_id]
    assert open_indicators(criteria_set=sheet.criteria_set, period=later, places=places) == {}
    assert open_indicators(criteria_set=factories.criteria_set("khac"), period=sheet.period, places=places) == {}
    assert CriterionResult.objects.exists()


def test_many_sheets_take_as_many_queries_as_one(sheet):
    factories.condition(sheet.criteria_set)
    sheet.criteria_set.requires = factories.criteria_set("truoc")
    sheet.criteria_set.save()
    others = factories.communes(12, sheet.locality.parent)
    sheets = [sheet, *(factories.assessment(place, sheet.criteria_set, sheet.period) for place in others)]
    asked = []
    for some in (sheets[:1], sheets):
        loaded = load_sheets([writable(one) for one in some], with_previous=False)
        with counted() as queries:
            load_nearness(loaded)
        asked.append(len(queries))
        with counted() as queries:
            closeness([one.assessment for one in loaded])
        asked.append(len(queries))
    # Evidence, two of conditions, the set before (once) and its recognitions; what is unmet and the thresholds.
    assert asked == [5, 2, 5, 2]


def test_an_approved_sheet_keeps_the_thresholds_it_was_approved_by(sheet):
    sheet.state, sheet.state_at = State.APPROVED, timezone.now()
    sheet.save()
    codes = factories.indicators_of(sheet.criteria_set)
    codes["2.1"].thresholds.update(replaced_at=timezone.now() + timedelta(minutes=1))
    assert closeness([writable(sheet)]) == {sheet.locality_id: near(sheet)[0].closeness}
    assert near(sheet)[0].closeness > Decimal("1.7")
