"""Merging, dividing, renaming places with what they reached: what is refused, compared, inherited."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from communes.imports import ImportRefused, load_units
from communes.models import Level, Locality, Succession
from communes.reorganisation import NotPossible
from criteria.actions.results import NotOpen, save_results
from criteria.actions.succession import inherit_results
from criteria.models import Assessment, IndicatorResult, Opinion, ResultChange, Source, State, Status
from criteria.rules import Entry
from criteria.succession import Verdict, refuse_before_last_results, verdict
from tests import factories
from tests.factories import letters, writable
from tests.reading import counted

pytestmark = pytest.mark.django_db
MET, UNMET, NA, UNKNOWN = Status.MET, Status.UNMET, Status.NOT_APPLICABLE, Status.UNKNOWN


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([MET, MET, MET], Verdict.CARRIED),
        ([MET], Verdict.CARRIED),
        ([MET, NA], Verdict.CARRIED),
        ([NA, NA], Verdict.CARRIED),
        ([MET, UNMET], Verdict.PROVE),
        ([MET, UNKNOWN], Verdict.PROVE),
        ([MET, None], Verdict.PROVE),
        ([UNMET, UNMET], Verdict.UNMET),
        ([UNMET, NA], Verdict.UNMET),
        ([UNKNOWN, None], Verdict.UNMET),
        ([], Verdict.UNMET),
    ],
)
def test_what_all_have_met_is_carried_and_what_some_have_is_proven_again(statuses, expected):
    assert verdict(statuses) == expected


# A place does not end before its last results


@pytest.mark.parametrize(("day", "refused"), [(date(2024, 3, 31), True), (date(2024, 4, 1), False)])
def test_a_place_cannot_end_within_a_period_it_has_results_in(day, refused):
    place = factories.commune("Sơn Bình")
    factories.assessment(place, factories.large_set(indicators=1), factories.period(2024, 1), strip=letters(15))
    if not refused:
        refuse_before_last_results(places=[place], on=day)
        return
    with pytest.raises(NotPossible) as refusal:
        refuse_before_last_results(places=[place], on=day)
    assert refusal.value.problems == [
        "Xã Sơn Bình đã có kết quả đánh giá kỳ Quý I/2024 (đến ngày 31/03/2024), nên không thể kết thúc từ ngày "
        "31/03/2024. Chọn ngày hiệu lực sau ngày 31/03/2024, hoặc kiểm tra lại phiếu của kỳ đó."
    ]


def test_a_sheet_without_results_holds_nobody_back():
    place = factories.commune("Sơn Bình")
    factories.assessment(place, factories.large_set(indicators=1), factories.period(2024, 1))
    refuse_before_last_results(places=[place], on=date(2024, 1, 1))


def test_the_reform_is_refused_where_old_communes_have_later_results():
    load_units(province="12", district="106", at=date(2025, 1, 1))
    place = Locality.objects.get(name="Sơn Bình")
    factories.assessment(place, factories.large_set(indicators=1), factories.period(2025, 3), strip=letters(15))
    with pytest.raises(ImportRefused, match="Xã Sơn Bình đã có kết quả đánh giá kỳ Quý III/2025") as refusal:
        load_units(province="12", at=date(2025, 7, 1))
    assert "--anyway" in str(refusal.value)
    assert not Locality.objects.exclude(dissolved_on=None).exists()
    load_units(province="12", at=date(2025, 7, 1), anyway=True)
    assert Locality.objects.living().filter(level=Level.COMMUNE).count() == 38


# Results carried over into a new place's sheet

DAY = date(2024, 4, 1)


class Merger:
    """Bình Lư and Sơn Bình, judged by a small set in the first quarter, are one commune from April on."""

    def __init__(self):
        self.set = factories.small_set()
        self.codes = {code: row.pk for code, row in factories.indicators_of(self.set).items()}
        self.before, self.after = factories.period(2024, 1), factories.period(2024, 2)
        self.district = factories.district()
        self.officer = factories.user(Role.OFFICER, self.district)
        self.binh_lu = self.old("Bình Lư")
        self.son_binh = self.old("Sơn Bình")
        self.heir = factories.commune("Bình Sơn", self.district, founded_on=DAY)

    def old(self, name):
        return factories.commune(name, self.district, dissolved_on=DAY)

    def went_into(self, *places, heir=None, **fields):
        for place in places:
            Succession.objects.create(predecessor=place, successor=heir or self.heir, effective_on=DAY, **fields)

    def judged(self, place, opinion=Opinion.VERIFIED, period=None, **values):
        """A sheet with what stands in `values`: i1_1="92" for a figure, i1_2=Status.MET for a judgement."""
        sheet = factories.assessment(place, self.set, period or self.before)
        entries = {}
        for name, said in values.items():
            is_judged = isinstance(said, Status)
            entry = Entry(judgement=said, note="Lý do") if is_judged else Entry(value=Decimal(said))
            entries[self.codes[name.removeprefix("i").replace("_", ".")]] = entry
        saved = save_results(assessment=writable(sheet), opinion=opinion, entries=entries, by=self.officer)
        assert not saved.errors
        return sheet

    def inherit(self, period=None, heir=None):
        self.sheet = factories.assessment(heir or self.heir, self.set, period or self.after)
        return inherit_results(assessment=writable(self.sheet), by=self.officer)

    def results(self):
        rows = IndicatorResult.objects.filter(assessment=self.sheet).select_related("indicator")
        return {row.indicator.code: row for row in rows}


ALL_MET = {"i1_1": "92", "i1_2": MET, "i2_1": "50", "i3_1": "10"}


@pytest.fixture
def merger():
    return Merger()


def test_what_all_predecessors_have_met_goes_over_unconfirmed_with_each_ones_value(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    merger.judged(merger.binh_lu, **ALL_MET)
    merger.judged(merger.son_binh, Opinion.REPORTED, **{**ALL_MET, "i1_1": "81.5", "i2_1": "44"})
    inherited = merger.inherit()
    assert inherited.count == 3
    assert (inherited.comparison.carried, inherited.comparison.to_prove) == ([1, 3], [2])
    results = merger.results()
    assert set(results) == {"1.1", "1.2", "3.1"}
    assert {(row.opinion, row.is_carried, row.status, row.value) for row in results.values()} == {
        (Opinion.REPORTED, True, MET, None)
    }
    assert results["1.1"].note == "Kế thừa: xã Bình Lư (Quý I/2024): 92 %; xã Sơn Bình (Quý I/2024): 81,5 %."
    assert set(ResultChange.objects.filter(assessment=merger.sheet).values_list("source", flat=True)) == {
        Source.SUCCESSION
    }
    merger.sheet.refresh_from_db()
    assert merger.sheet.strip == "m-m"


def test_a_predecessor_that_the_set_never_judged_leaves_everything_to_be_proven(merger):
    merger.went_into(merger.binh_lu, factories.commune("Tam Đường", kind="thị trấn", dissolved_on=DAY))
    merger.judged(merger.binh_lu, **ALL_MET)
    inherited = merger.inherit()
    assert inherited.count == 0
    assert inherited.comparison.to_prove == [1, 2, 3]
    assert [place.name for place in inherited.comparison.without_sheet] == ["Tam Đường"]


def test_each_predecessor_counts_with_its_own_last_period(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    earlier = factories.period(2023, 4)
    merger.judged(merger.binh_lu, period=earlier, **{**ALL_MET, "i3_1": "20"})
    merger.judged(merger.binh_lu, **ALL_MET)
    merger.judged(merger.son_binh, period=earlier, **ALL_MET)
    assert merger.inherit().count == 4
    assert merger.results()["3.1"].note == "Kế thừa: xã Bình Lư (Quý I/2024): 10 %; xã Sơn Bình (Quý IV/2023): 10 %."


def test_an_indicator_that_did_not_apply_anywhere_does_not_apply(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    for place in (merger.binh_lu, merger.son_binh):
        merger.judged(place, **{**ALL_MET, "i1_2": NA})
    merger.inherit()
    assert merger.results()["1.2"].status == NA


def test_what_a_renamed_place_had_goes_over_as_it_is(merger):
    merger.went_into(merger.binh_lu)
    merger.judged(merger.binh_lu, i1_1="70", i1_2=UNMET, i2_1="50")
    assert merger.inherit().count == 3
    results = merger.results()
    assert (results["1.1"].value, results["1.1"].status, results["1.1"].is_carried) == (70, UNMET, True)
    assert results["1.1"].note == "Kế thừa: xã Bình Lư (Quý I/2024)."
    assert results["1.2"].note == "Kế thừa: xã Bình Lư (Quý I/2024). Lý do"


def test_a_part_of_a_divided_place_takes_no_values(merger):
    merger.went_into(merger.binh_lu, is_whole=False)
    merger.judged(merger.binh_lu, i1_1="92", i1_2=MET, i2_1="40")
    assert merger.inherit().count == 2
    assert {row.value for row in merger.results().values()} == {None}


def test_what_was_entered_stays(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    for place in (merger.binh_lu, merger.son_binh):
        merger.judged(place, **ALL_MET)
    sheet = factories.assessment(merger.heir, merger.set, merger.after)
    entry = {merger.codes["1.1"]: Entry(value=Decimal(12))}
    save_results(assessment=writable(sheet), opinion=Opinion.REPORTED, entries=entry, by=merger.officer)
    assert inherit_results(assessment=writable(sheet), by=merger.officer).count == 3
    kept = IndicatorResult.objects.get(assessment=sheet, indicator=merger.codes["1.1"])
    assert (kept.value, kept.is_carried) == (12, False)
    # A second time there is nothing left to carry.
    assert inherit_results(assessment=writable(sheet), by=merger.officer).count == 0


def test_there_is_nothing_to_inherit_without_predecessors_or_their_results(merger):
    with pytest.raises(NotOpen, match="Xã Bình Sơn không có địa bàn tiền thân"):
        merger.inherit()
    merger.went_into(merger.binh_lu)
    with pytest.raises(NotOpen, match="xã Bình Lư chưa có kết quả theo"):
        inherit_results(assessment=writable(merger.sheet), by=merger.officer)
    # A place that stood before and took another in keeps its own results.
    stood = factories.commune("Bản Bo", merger.district)
    merger.went_into(merger.son_binh, heir=stood)
    with pytest.raises(NotOpen, match="Xã Bản Bo không có địa bàn tiền thân"):
        merger.inherit(heir=stood)


def test_a_sheet_under_review_inherits_nothing(merger):
    merger.went_into(merger.binh_lu)
    merger.judged(merger.binh_lu, **ALL_MET)
    sheet = factories.assessment(merger.heir, merger.set, merger.after, state=State.SUBMITTED)
    with pytest.raises(NotOpen, match="không sửa được"):
        inherit_results(assessment=writable(sheet), by=merger.officer)
    assert not IndicatorResult.objects.filter(assessment=sheet).exists()


@pytest.mark.parametrize("number", [2, 12])
def test_inheriting_takes_as_many_queries_from_two_predecessors_as_from_twelve(merger, number):
    places = [merger.binh_lu, merger.son_binh, *(merger.old(f"Cũ {i}") for i in range(number - 2))]
    merger.went_into(*places)
    for place in places:
        merger.judged(place, **ALL_MET)
    sheet = writable(factories.assessment(merger.heir, merger.set, merger.after))
    with counted() as queries:
        assert inherit_results(assessment=sheet, by=merger.officer).count == 4
    assert len(queries) == 14


# The button that does it


def inherit_address(merger, place=None):
    return reverse("criteria:sheet-inherit", args=[merger.after.code, merger.set.code, (place or merger.heir).pk])


def post(user, address, data=None):
    client = Client()
    client.force_login(user)
    return client.post(address, data or {}, follow=True)


def test_the_button_opens_the_sheet_and_says_what_must_be_proven_again(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    merger.judged(merger.binh_lu, **ALL_MET)
    merger.judged(merger.son_binh, **{**ALL_MET, "i2_1": "44"})
    page = post(merger.officer, inherit_address(merger)).content.decode()
    assert "Đã kế thừa 3 chỉ tiêu, chưa xác nhận lại." in page
    assert "Phải chứng minh lại tiêu chí 2: chỉ một số địa bàn cũ đã đạt." in page
    assert Assessment.objects.get(locality=merger.heir).strip == "m-m"


def test_nothing_is_opened_where_nothing_is_inherited(merger):
    page = post(merger.officer, inherit_address(merger)).content.decode()
    assert "Xã Bình Sơn không có địa bàn tiền thân để kế thừa kết quả." in page
    assert not Assessment.objects.exists()


def test_only_those_who_open_sheets_of_the_place_inherit(merger):
    merger.went_into(merger.binh_lu)
    merger.judged(merger.binh_lu, **ALL_MET)
    elsewhere = factories.district("Mường Tè")
    for role, place, status in [
        (Role.COMMITTEE_MEMBER, merger.district, 404),
        (Role.SECTOR_OFFICER, merger.district, 404),
        (Role.OFFICER, elsewhere, 404),
        (Role.COMMUNE_OFFICER, merger.son_binh, 404),
        (Role.COMMUNE_OFFICER, merger.heir, 200),
    ]:
        assert post(factories.user(role, place), inherit_address(merger)).status_code == status
        assert Assessment.objects.filter(locality=merger.heir).exists() == (status == 200)


def test_the_page_without_a_sheet_offers_to_inherit(merger):
    merger.went_into(merger.binh_lu, merger.son_binh)
    merger.judged(merger.binh_lu, **ALL_MET)
    client = Client()
    client.force_login(merger.officer)
    sheet = reverse("criteria:sheet", args=[merger.after.code, merger.set.code, merger.heir.pk])
    page = client.get(sheet).content.decode()
    assert inherit_address(merger) in page
    assert "Mở phiếu, kế thừa kết quả của xã Bình Lư, xã Sơn Bình" in page
    # A place without predecessors is offered an empty sheet alone.
    other = factories.commune("Bản Bo", merger.district)
    page = client.get(reverse("criteria:sheet", args=[merger.after.code, merger.set.code, other.pk])).content.decode()
    assert "kế thừa" not in page


def test_a_place_that_is_no_more_is_not_offered_a_sheet(merger):
    client = Client()
    client.force_login(merger.officer)
    page = client.get(reverse("criteria:sheet", args=[merger.after.code, merger.set.code, merger.binh_lu.pk]))
    assert "Xã Bình Lư không tồn tại vào ngày 30/06/2024, ngày cuối kỳ Quý II/2024." in page.content.decode()
    assert "Mở phiếu đánh giá" not in page.content.decode()
