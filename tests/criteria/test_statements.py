"""What an imported table says of whole criteria: it decides until somebody enters an indicator, and stays as history."""

import pytest
from django.db import transaction
from django.utils import timezone

from criteria import rules
from criteria.actions.results import NotOpen, save_results
from criteria.actions.statements import state_criteria
from criteria.models import Assessment, CriterionResult, CriterionStatement, FileImport, Opinion, State, Status
from criteria.rules import Entry
from criteria.sheet import load_sheet
from criteria.statements import HAS_RESULTS, IS_VERIFIED, load_standings
from tests import factories

MET, UNMET, UNKNOWN, NA = Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE


def verdict(statuses, stated="", is_entered=False, is_verified=False):
    return rules.criterion_verdict(statuses=statuses, is_verified=is_verified, stated=stated, is_entered=is_entered)


@pytest.mark.parametrize(
    ("statuses", "stated", "is_entered", "expected"),
    [
        ([UNKNOWN, UNKNOWN], "", False, (UNKNOWN, False)),
        ([UNKNOWN, UNKNOWN], "m", False, (MET, False)),
        ([UNKNOWN, UNKNOWN], "U", False, (UNMET, True)),
        ([UNKNOWN, UNKNOWN], "x", False, (NA, False)),
        # From the first indicator on they decide, also where they leave it open.
        ([MET, UNKNOWN], "M", True, (UNKNOWN, False)),
        ([MET, UNMET], "M", True, (UNMET, False)),
    ],
)
def test_a_table_decides_a_criterion_until_an_indicator_is_entered(statuses, stated, is_entered, expected):
    assert verdict(statuses, stated, is_entered) == expected


class World:
    def __init__(self):
        self.district = factories.district()
        self.place = factories.commune("Sơn Bình", self.district)
        self.set, self.period = factories.small_set(), factories.period()
        self.officer = factories.user(place=self.district)

    def say(self, said, opinion=Opinion.REPORTED, place=None, file_name="bieu-01.xlsx"):
        return state_criteria(
            criteria_set=self.set,
            period=self.period,
            opinion=opinion,
            said={(place or self.place).pk: said},
            record=lambda summary: FileImport.objects.create(
                kind="matrix", file_name=file_name, summary=summary, at=timezone.now(), by=self.officer
            ),
            by=self.officer,
        )

    @property
    def sheet(self):
        return Assessment.objects.with_place().get(locality=self.place)

    def enter(self, code, entry, **more):
        pk = factories.indicators_of(self.set)[code].pk
        with transaction.atomic():
            save_results(
                assessment=factories.writable(self.sheet),
                opinion=more.pop("opinion", Opinion.REPORTED),
                entries={pk: entry},
                by=self.officer,
                **more,
            )


@pytest.fixture
def world(db):
    return World()


def stored(sheet):
    rows = CriterionResult.objects.filter(assessment=sheet).order_by("criterion__number")
    return [(row.status, row.is_verified, row.indicators_met, row.indicators_total) for row in rows]


def test_a_statement_opens_the_sheet_and_stands_in_strip_and_criteria(world):
    source = world.say({1: MET, 2: UNMET, 3: NA})
    assert source.summary == "3 kết quả tiêu chí của 1 xã, mở 1 phiếu"
    sheet = world.sheet
    assert (sheet.strip, sheet.stated) == ("mux", {"1": "m", "2": "u", "3": "x"})
    assert sheet.changed_by == world.officer
    assert stored(sheet) == [(MET, False, 2, 2), (UNMET, False, 0, 1), (NA, False, 0, 0)]
    assert load_sheet(sheet).strip == "mux"


def test_the_strip_and_the_criteria_are_what_the_sheet_reads_whatever_came(world):
    world.say({1: MET, 2: MET, 3: UNMET}, Opinion.VERIFIED)
    world.enter("1.1", factories.value("90"))
    world.enter("3.1", factories.value("20"), opinion=Opinion.VERIFIED)
    world.say({1: UNMET, 2: UNMET})
    sheet = world.sheet
    page = load_sheet(sheet)
    # 1 has an indicator and is open; of 2 the newest table counts; of 3 the value does.
    assert sheet.strip == page.strip == "-uU"
    assert stored(sheet) == [(c.status, c.is_verified, c.met, c.total) for c in page.criteria]


def test_the_newest_counts_and_the_earlier_stay(world):
    world.say({2: MET}, file_name="cu.xlsx")
    world.say({2: UNMET}, file_name="moi.xlsx")
    assert world.sheet.strip == "-u-"
    kept = CriterionStatement.objects.order_by("pk").values_list("status", "source__file_name")
    assert list(kept) == [(MET, "cu.xlsx"), (UNMET, "moi.xlsx")]


def test_unknown_takes_back_what_a_table_said(world):
    world.say({2: MET})
    world.say({2: UNKNOWN})
    assert (world.sheet.strip, world.sheet.stated) == ("---", {})
    assert stored(world.sheet)[1] == (UNKNOWN, False, 0, 1)


def test_an_emptied_cell_gives_the_criterion_back_to_the_table(world):
    world.say({2: MET})
    world.enter("2.1", factories.value("44"))
    assert world.sheet.strip == "-u-"
    world.enter("2.1", Entry())
    assert world.sheet.strip == "-m-"


def test_nothing_is_said_on_a_locked_sheet_nor_in_a_closed_period(world):
    sheet = factories.assessment(world.place, world.set, world.period)
    Assessment.objects.filter(pk=sheet.pk).update(state=State.APPROVED)
    with pytest.raises(NotOpen, match="đã duyệt"):
        world.say({2: MET}, Opinion.VERIFIED)
    other = factories.commune("Bản Bo", world.district)
    world.period.closed_on, world.period.closed_at = world.period.ends_on, timezone.now()
    world.period.save()
    with pytest.raises(NotOpen, match="đã khóa"):
        world.say({2: MET}, place=other)
    assert not CriterionStatement.objects.exists()
    assert not FileImport.objects.exists()


def test_what_a_table_says_beside_what_stands(world):
    world.say({1: MET, 2: MET}, Opinion.VERIFIED)
    world.enter("1.1", factories.value("70"))
    standing = load_standings(criteria_set=world.set, period=world.period, places=[world.place.pk])[world.place.pk]
    assert standing.letters == {1: "u", 2: "M", 3: "-"}
    assert standing.is_same(2, MET, Opinion.REPORTED)
    assert not standing.is_same(2, UNMET, Opinion.REPORTED)
    assert standing.why_kept(1, Opinion.VERIFIED) == HAS_RESULTS
    assert standing.why_kept(2, Opinion.REPORTED) == IS_VERIFIED
    assert standing.why_kept(2, Opinion.VERIFIED) == ""
    # Said by the commune and now verified: that is news.
    world.say({3: MET})
    standing = load_standings(criteria_set=world.set, period=world.period, places=[world.place.pk])[world.place.pk]
    assert standing.is_same(3, MET, Opinion.REPORTED)
    assert not standing.is_same(3, MET, Opinion.VERIFIED)


def test_queries_do_not_grow_with_the_places(world, django_assert_num_queries):
    for number in (2, 12):
        places = factories.communes(number, factories.district(f"Huyện {number}"))
        said = {place.pk: {1: MET, 2: UNMET} for place in places}
        with django_assert_num_queries(19):
            state_criteria(
                criteria_set=world.set,
                period=world.period,
                opinion=Opinion.REPORTED,
                said=said,
                record=lambda summary: FileImport.objects.create(
                    kind="matrix", file_name="a.xlsx", summary=summary, at=timezone.now()
                ),
                by=world.officer,
            )
