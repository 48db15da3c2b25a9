"""The sheet of a place as people see it: thresholds, both opinions, the last period beside them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from criteria.actions.results import save_results
from criteria.models import Assessment, CriterionLead, Opinion, Period, Status, Threshold
from criteria.rules import Entry
from criteria.sheet import Cell, add_leads, load_sheet, load_sheets
from tests import factories

MET, UNMET, UNKNOWN, NA = Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE
YES = Entry(judgement=MET)


def rows_of(sheet):
    return {row.indicator.code: row for row in sheet.rows.values()}


@pytest.fixture
def sheet(db):
    return factories.assessment(factories.commune(), factories.small_set(), factories.period())


def save(assessment, opinion, **entries):
    """Save entries by indicator code, 1.1 written c1_1."""
    codes = factories.indicators_of(assessment.criteria_set)
    by_id = {codes[code[1:].replace("_", ".")].pk: entry for code, entry in entries.items()}
    saved = save_results(
        assessment=factories.writable(assessment), opinion=opinion, entries=by_id, by=None, source="command"
    )
    assert saved.is_written, saved.errors
    return saved.sheet


def test_an_empty_sheet_is_unknown_not_unmet(sheet):
    page = load_sheet(sheet)
    assert [c.status for c in page.criteria] == [UNKNOWN] * 3
    assert (page.met, page.total, page.unmet_numbers, page.unknown_numbers) == (0, 3, [], [1, 2, 3])
    assert page.strip == "---"
    assert page.previous_name == ""


def test_verified_comes_before_reported(sheet):
    save(sheet, Opinion.REPORTED, c2_1=factories.value("50"))
    assert load_sheet(sheet).criteria[1].status == MET
    save(sheet, Opinion.VERIFIED, c2_1=factories.value("44"))
    criterion = load_sheet(sheet).criteria[1]
    assert (criterion.status, criterion.is_verified) == (UNMET, True)
    (row,) = criterion.rows
    assert (row.reported_words, row.verified_words) == ("50 triệu đồng", "44 triệu đồng")
    assert row.shortfall_text == "thiếu 1 triệu đồng"


def test_a_criterion_is_verified_when_all_its_indicators_are(sheet):
    save(sheet, Opinion.REPORTED, c1_1=factories.value("90"), c1_2=YES)
    page = save(sheet, Opinion.VERIFIED, c1_1=factories.value("90"))
    assert (page.strip, page.verified_count) == ("m--", 1)
    assert save(sheet, Opinion.VERIFIED, c1_2=YES).strip == "M--"


def test_not_applicable_leaves_the_denominator(sheet):
    page = save(
        sheet,
        Opinion.VERIFIED,
        c1_1=factories.value("90"),
        c1_2=Entry(judgement=NA, note="không có"),
        c2_1=Entry(judgement=NA, note="không có"),
        c3_1=factories.value("20"),
    )
    first, second, third = page.criteria
    assert (first.status, first.suffix) == (MET, "1/1")
    assert (second.status, second.suffix) == (NA, "0/0")
    assert (page.met, page.total, page.strip) == (1, 2, "MXU")


def test_last_period_stands_beside_with_what_counted_then(sheet):
    earlier = factories.assessment(sheet.locality, sheet.criteria_set, factories.period(2023, 4))
    oldest = factories.assessment(sheet.locality, sheet.criteria_set, factories.period(2023, 1))
    later = factories.assessment(sheet.locality, sheet.criteria_set, factories.period(2024, 2))
    elsewhere = factories.assessment(factories.commune("Bản Bo"), sheet.criteria_set, earlier.period)
    save(oldest, Opinion.VERIFIED, c1_1=factories.value("1"), c3_1=factories.value("1"))
    save(earlier, Opinion.REPORTED, c1_1=factories.value("60"), c2_1=factories.value("40"))
    save(earlier, Opinion.VERIFIED, c1_1=factories.value("55"))
    save(later, Opinion.VERIFIED, c1_1=factories.value("99"))
    save(elsewhere, Opinion.VERIFIED, c1_1=factories.value("98"))
    page = load_sheet(sheet)
    assert page.previous_name == earlier.period.name
    words = {row.indicator.code: row.previous_words for row in page.rows.values()}
    assert words == {"1.1": "55 %", "1.2": "", "2.1": "40 triệu đồng", "3.1": ""}
    # What stood there then says nothing of now.
    assert page.strip == "---"


def test_the_criteria_an_agency_leads_are_marked(sheet):
    second = sheet.criteria_set.criteria.get(number=2)
    agency = factories.agency(factories.district())
    factories.lead(second, agency)
    assert [c.is_led for c in load_sheet(sheet, agency_id=agency.pk).criteria] == [False, True, False]
    assert not any(c.is_led for c in load_sheet(sheet).criteria)


def test_the_token_follows_what_the_cell_says_and_not_how_it_is_written():
    same = [Decimal("93.4"), Decimal("93.4000")]
    assert len({Cell(entry=Entry(value)).token for value in same}) == 1
    entries = [
        Entry(),
        Entry(Decimal(0)),
        Entry(Decimal(10)),
        Entry(Decimal(100)),
        Entry(judgement=MET),
        Entry(note="met"),
    ]
    assert len({Cell(entry=entry).token for entry in entries}) == len(entries)


def test_threshold_words(sheet):
    rows = rows_of(load_sheet(sheet))
    assert rows["1.1"].threshold_text == "≥ 80 %"
    assert rows["1.2"].threshold_text == "Đạt"
    assert rows["2.1"].threshold_text == "≥ 45 triệu đồng"
    assert rows["3.1"].threshold_text == "≤ 13 %"
    Threshold.objects.filter(indicator=rows["1.1"].indicator).update(value=100)
    assert rows_of(load_sheet(sheet))["1.1"].threshold_text == "100 %"


@pytest.mark.parametrize("indicators", [1, 3])
def test_reading_a_sheet_takes_four_queries_however_many_cells(db, django_assert_num_queries, indicators):
    big = factories.large_set(indicators=indicators)
    sheet = factories.assessment(factories.commune(), big, factories.period())
    factories.assessment(sheet.locality, big, factories.period(2023, 4))
    sheet = Assessment.objects.with_place().get(pk=sheet.pk)
    with django_assert_num_queries(4):  # indicators, thresholds, the sheet before, results of both
        assert len(load_sheet(sheet).rows) == 19 * indicators
    with django_assert_num_queries(3):
        load_sheet(sheet, with_previous=False)


# Thresholds as they stood


def moment(day):
    return datetime(2024, 4, day, tzinfo=UTC)


def test_a_sheet_shows_the_threshold_of_the_moment_it_was_frozen_at(sheet):
    indicator = factories.indicators_of(sheet.criteria_set)["2.1"]
    Threshold.objects.filter(indicator=indicator).update(replaced_at=moment(10))
    Threshold.objects.create(indicator=indicator, value=48, status="verified", entered_at=moment(10))

    def value():
        return rows_of(load_sheet(factories.writable(sheet)))["2.1"].threshold_value

    assert value() == 48
    for closed_at, expected in ((moment(9), 45), (moment(11), 48)):
        Period.objects.update(closed_at=closed_at, closed_on=closed_at.date())
        assert value() == expected
    # An approved sheet was judged before its period closed.
    Assessment.objects.update(state="approved", state_at=moment(8))
    assert value() == 45


# Who leads what


def led(sheet, agency):
    return [code for code, row in rows_of(load_sheet(sheet, agency_id=agency.pk)).items() if row.is_led]


def test_an_agency_named_for_an_indicator_leads_it_instead_of_the_criterions_own(sheet):
    first = sheet.criteria_set.criteria.get(number=1)
    whole = factories.agency(sheet.locality, "Phòng TN&MT")
    part = factories.agency(sheet.locality, "Phòng Kinh tế")
    factories.lead(first, whole)
    assert led(sheet, whole) == ["1.1", "1.2"]
    CriterionLead.objects.create(criterion=first, agency=part, indicator_code="1.2")
    assert (led(sheet, whole), led(sheet, part)) == (["1.1"], ["1.2"])
    page = load_sheet(sheet)
    add_leads(page)
    assert page.criteria[0].lead_names == ["Phòng TN&MT"]
    assert [row.lead_names for row in page.criteria[0].rows] == [[], ["Phòng Kinh tế"]]


@pytest.mark.parametrize(
    ("since", "until", "leads"), [(None, -1, False), (None, 0, True), (0, None, True), (1, None, False)]
)
def test_a_lead_counts_between_its_days(sheet, since, until, leads):
    today = timezone.localdate()
    agency = factories.agency(sheet.locality)
    lead = factories.lead(sheet.criteria_set.criteria.get(number=3), agency)
    lead.since_on = None if since is None else today + timedelta(days=since)
    lead.until_on = None if until is None else today + timedelta(days=until)
    lead.save()
    assert led(sheet, agency) == (["3.1"] if leads else [])


@pytest.mark.django_db
@pytest.mark.parametrize("places", [1, 30])
def test_many_sheets_are_read_in_as_many_queries_as_one(places, django_assert_num_queries):
    criteria_set, period, district = factories.small_set(), factories.period(), factories.district()
    sheets = [factories.assessment(place, criteria_set, period) for place in factories.communes(places, district)]
    with django_assert_num_queries(4):  # the last sheets, indicators, thresholds, results
        assert len(load_sheets(sheets)) == places
