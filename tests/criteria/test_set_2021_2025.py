"""The set of 2021-2025 as it is shipped, in a commune of the northern midlands: what applies when."""

from datetime import date
from decimal import Decimal

import pytest

from criteria.models import Opinion, Status, Threshold
from criteria.rules import Entry, by_gender
from criteria.sheet import load_sheet
from tests import factories

MET, UNMET, UNKNOWN = Status.MET, Status.UNMET, Status.UNKNOWN
YES = Entry(judgement=MET)


class Shipped:
    """The shipped set, and the sheets of one commune at the end of 2/2024, Quý I/2024 and 2025."""

    def __init__(self):
        self.set = factories.shipped_set()
        self.place = factories.commune(region="TDMNPB")
        self.delta = factories.commune("Yên Mỹ", region="DBSH")
        self.february = factories.period(code="t2", name="Tháng 2/2024", ends_on=date(2024, 2, 29))
        self.quarter = factories.period(2024, 1)
        self.year = factories.period(2025, 4)

    def sheet(self, period, place=None):
        return load_sheet(factories.assessment(place or self.place, self.set, period))


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with factories.kept(django_db_blocker, Shipped) as built:
        yield built


@pytest.fixture
def shipped(kept, db):
    return kept


def rows_of(sheet):
    return {row.indicator.code: row for row in sheet.rows.values()}


def test_the_shipped_sheet_has_its_19_criteria_and_57_indicators_at_any_time(shipped):
    for period in (shipped.february, shipped.quarter):
        sheet = shipped.sheet(period)
        assert [c.criterion.number for c in sheet.criteria] == list(range(1, 20))
        assert len(sheet.rows) == 57
        assert len(rows_of(sheet)) == 57


def test_income_grows_by_year_and_region(shipped):
    def income(period, place=None):
        return rows_of(shipped.sheet(period, place))["10"].threshold_value

    assert (income(shipped.quarter), income(shipped.quarter, shipped.delta)) == (45, 59)
    assert (income(shipped.year), income(shipped.year, shipped.delta)) == (48, 62)


def test_poverty_is_met_from_below_thirteen_percent(shipped):
    row = rows_of(shipped.sheet(shipped.quarter))["11"]
    assert row.threshold_text == "≤ 13 %"
    assert row.put(Opinion.REPORTED, factories.value("13")).status == MET
    assert row.put(Opinion.REPORTED, factories.value("13.1")).status == UNMET
    assert row.shortfall_text == "cao hơn 0,1 điểm %"


def test_health_books_are_a_share_before_march_2024_and_a_yes_or_no_after(shipped):
    before = rows_of(shipped.sheet(shipped.february))["15.4"]
    after = rows_of(shipped.sheet(shipped.quarter))["15.4"]
    assert before.indicator.is_share
    assert before.threshold_text == "≥ 50 %"
    assert before.put(Opinion.REPORTED, factories.value("49.9")).status == UNMET
    assert before.put(Opinion.REPORTED, factories.value("50")).status == MET
    assert not after.indicator.is_numeric
    assert after.threshold_text == "Đạt"
    assert after.indicator.decision == "211/QĐ-TTg"
    assert after.put(Opinion.REPORTED, factories.value("99")).status == UNKNOWN
    assert after.put(Opinion.REPORTED, YES).status == MET


def test_where_no_threshold_was_read_the_sheet_says_so_and_waits_for_a_judgement(shipped):
    row = rows_of(shipped.sheet(shipped.quarter))["17.1"]
    assert (row.threshold_text, row.threshold_basis) == ("", "chưa đọc được văn bản")
    assert row.put(Opinion.REPORTED, factories.value("98")).status == UNKNOWN
    assert row.put(Opinion.REPORTED, factories.value("98", judgement=MET)).status == MET


def test_a_criterion_turns_met_when_its_last_indicator_does(shipped):
    sheet = shipped.sheet(shipped.quarter)
    health = next(c for c in sheet.criteria if c.criterion.number == 15)
    rows = {row.indicator.code: row for row in health.rows}
    insured = by_gender(male=Decimal("93.4"), female=Decimal("94"), direction="at_least")
    passing = {"15.1": insured, "15.2": YES, "15.3": factories.value("24"), "15.4": YES}
    assert set(passing) == set(rows)
    for code, entry in passing.items():
        assert health.status == UNKNOWN
        assert sheet.met == 0
        rows[code].put(Opinion.REPORTED, entry)
    assert health.status == MET
    assert (health.suffix, sheet.met, sheet.total) == ("4/4", 1, 19)
    rows["15.3"].put(Opinion.REPORTED, factories.value("27.6"))
    assert health.status == UNMET
    assert sheet.unmet_numbers == [15]


def test_a_local_threshold_comes_before_the_shipped_ones(shipped):
    indicator = factories.indicators_of(shipped.set)["10"]
    Threshold.objects.create(indicator=indicator, locality=shipped.place, value=50, status="verified")
    assert rows_of(shipped.sheet(shipped.quarter))["10"].threshold_value == 50
    assert rows_of(shipped.sheet(shipped.quarter, shipped.delta))["10"].threshold_value == 59
