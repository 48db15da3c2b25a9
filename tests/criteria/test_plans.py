"""Plans: what places are to reach in a year, how much of it they reached, who may plan, and nothing overwritten."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.actions.plans import NeedsReason, save_targets
from criteria.models import Assessment, Target, Tier
from criteria.plans import Tally, aims, count, count_planned, load_plan, planned
from tests import factories
from tests.factories import MIXED_YEAR, letters
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    return factories.Year(MIXED_YEAR)


@pytest.fixture
def criteria(year):
    return {criterion.number: criterion for criterion in year.set.criteria.all()}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def get(user, page="plan", query=""):
    return client_of(user).get(reverse(f"criteria:{page}") + query)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def plan_of(year, when=2024):
    return load_plan(
        user=year.officer, criteria_set=year.set, sets=[year.set], year=when, period=year.now, base=year.before
    )


# Counting


def test_the_plan_of_trieu_son_2019_comes_out_as_its_notice_says():
    """253/TB-UBND of 13/02/2020: "năm 2019 chỉ đạt 13/60 tiêu chí (đạt 22% kế hoạch huyện giao)"."""
    tally = count_planned(
        {place: list(range(1, 4)) for place in range(20)},
        {place: ("MMM" if place < 4 else "MUU" if place == 4 else "UUU") + "U" * 16 for place in range(20)},
    )
    assert (tally.met, tally.whole) == (13, 60)
    assert tally.words == "13 trên 60 tiêu chí được giao, đạt 22 % kế hoạch"


def test_what_is_not_known_stays_in_the_plan_and_what_does_not_apply_leaves_it():
    tally = count(aims(range(1, 6), "MmU-X"))
    assert tally == Tally(met=2, unmet=1, unknown=1, not_applicable=1)
    assert (tally.given, tally.whole, tally.percent) == (5, 4, 50)


def test_a_place_without_data_has_reached_nothing_of_its_plan_but_is_not_unmet():
    assert count(aims([1, 19], "")) == Tally(unknown=2)
    # A criterion that the strip does not reach is not known either.
    assert count(aims([3], "MM")) == Tally(unknown=1)


def test_what_was_met_before_the_year_counts_and_is_told_apart():
    tally = count(aims([1, 2, 3, 4], "MMMU", "Mm-M"))
    assert (tally.met, tally.met_before) == (3, 2)


def test_an_empty_plan_has_no_share():
    assert count([]).percent is None


# The page


@pytest.fixture
def plan(year, criteria):
    """Planned: met, unmet, lost, not assessed, not applicable, without data."""
    for name, numbers in {"Bản Bo": [18, 19], "Bản Hon": [16, 17], "Khun Há": [5, 19], "Nà Tăm": [1, 2]}.items():
        for number in numbers:
            factories.target(year.places[name], criteria[number], document="12/KH-UBND")
    factories.target(year.places["Bản Bo"], tier=Tier.BASIC, document="12/KH-UBND")
    factories.target(year.places["Sơn Bình"], tier=Tier.BASIC)
    factories.recognition(year.places["Bản Bo"], 2024)
    return year


def test_the_page_says_what_is_reached_of_what_and_names_what_it_does_not_know(plan):
    page = text_of(get(plan.officer, query=plan.query))
    assert "2 trên 7 tiêu chí được giao, đạt 29 % kế hoạch , tính đến 31/03/2024 (Quý I/2024)." in page
    assert "Trong 2 tiêu chí đạt có 1 tiêu chí đã đạt từ trước năm 2024 (theo Quý IV/2023)." in page
    assert "3 tiêu chí được giao chưa đánh giá, vẫn tính trong kế hoạch; chưa có số liệu kỳ này: Nà Tăm." in page
    assert "1 tiêu chí được giao nay không áp dụng, không tính trong 7." in page


def test_the_page_counts_by_place_and_by_criterion(plan):
    response = get(plan.officer, query=plan.query)
    assert table_of(response, "by-place")[1:] == [
        ["Bản Bo", "2/2", "✓ đạt kế hoạch", "đã đạt từ trước: 18"],
        ["Bản Hon", "0/2", "✗ 16, 17", ""],
        ["Khun Há", "0/1", "", "chưa đánh giá 5 không áp dụng: 19"],
        ["Nà Tăm", "0/2", "", "chưa có số liệu kỳ này (1, 2)"],
    ]
    rows = table_of(response, "by-criterion")[1:]
    assert [row[0] for row in rows] == ["1", "2", "5", "16", "17", "18", "19", "Cộng"]
    assert rows[3][2:] == ["0/1", "Bản Hon"]
    assert rows[0][2:] == ["0/1", "chưa đánh giá: Nà Tăm"]
    assert rows[6][2:] == ["1/1", ""]
    assert rows[-1][1:] == ["2/7", "29 %"]


def test_a_registration_is_reached_by_the_decision_and_not_by_the_criteria(plan):
    response = get(plan.officer, query=plan.query)
    assert table_of(response, "registered")[1:] == [
        ["Bản Bo", "Đạt chuẩn", "★Đã công nhận 2024", "19/19", "đủ", "12/KH-UBND"],
        ["Sơn Bình", "Đạt chuẩn", "☆Chưa có quyết định", "18/19", "1", ""],
    ]
    assert "đạt chuẩn: 1 trên 2 xã đăng ký đã có quyết định" in text_of(response)
    Target.objects.update(year=2025)
    response = get(plan.officer, query=plan.query + "&nam=2025")
    assert "từ trước năm 2025" in table_of(response, "registered")[1][2]


def test_a_decision_after_the_period_has_not_been_reached_in_it(plan):
    plan.places["Bản Bo"].recognitions.update(decided_on="2024-04-01")
    assert "Chưa có quyết định" in table_of(get(plan.officer, query=plan.query), "registered")[1][2]


def test_the_targets_of_a_place_that_ended_are_named_and_not_counted(plan):
    place = plan.places["Bản Hon"]
    place.dissolved_on = plan.now.ends_on
    place.save()
    page = text_of(get(plan.officer, query=plan.query))
    assert "2 trên 5 tiêu chí được giao" in page
    assert "Không tính 2 chỉ tiêu giao cho xã đã sắp xếp trước 31/03/2024: xã Bản Hon." in page


def test_other_years_sets_and_dropped_targets_are_not_counted(plan, criteria):
    other = factories.large_set(code="bo-khac", tier="advanced", indicators=1)
    factories.target(plan.places["Bản Bo"], other.criteria.get(number=1))
    factories.target(plan.places["Bản Bo"], criteria[1], year=2023)
    ended = factories.target(plan.places["Bản Bo"], criteria[2])
    Target.objects.filter(pk=ended.pk).update(
        dropped_at=plan.now.ends_on.isoformat() + "T00:00+07:00", dropped_by=plan.officer, dropped_note="Giao nhầm"
    )
    data = plan_of(plan)
    assert data.tally.given == 8
    page = text_of(get(plan.officer, query=plan.query))
    assert "Bản Bo: tiêu chí 2 Giao nhầm" in page
    assert plan.officer.full_name in page
    assert count_planned(
        planned(user=plan.officer, criteria_set=plan.set, year=2024),
        {row.locality_id: row.strip for row in data.rows},
    ) == Tally(**{**vars(data.tally), "met_before": 0})


def test_without_a_plan_the_page_says_so_and_offers_to_make_one(year):
    assert "Chưa giao kế hoạch năm 2024." in text_of(get(year.officer, query=year.query))
    assert "Giao kế hoạch" in text_of(get(year.officer, query=year.query))
    member = factories.user(Role.COMMITTEE_MEMBER, year.district)
    assert "Giao kế hoạch" not in text_of(get(member, query=year.query))


def test_a_year_that_is_none_is_the_periods(year):
    for wrong in ("abc", "1999", "99999", "²⁰²⁴"):
        assert get(year.officer, query=f"{year.query}&nam={wrong}").context["year"] == 2024


# Planning


def edit(year, user=None, query="", **sent):
    """Open the page, send it back with some boxes changed."""
    client = client_of(user or year.officer)
    address = reverse("criteria:plan-edit") + year.query + query
    page = client.get(address)
    assert page.status_code == 200
    return post(client, address, page, **sent)


def post(client, address, page, give=(), drop=(), **fields):
    data = {"t": sorted(ticked(page) - set(drop) | set(give)), "seen": fields_of(page)["seen"], **fields}
    return client.post(address, data)


def ticked(page):
    return set(re.findall(r'name="t"\s+value="([^"]+)" checked', page.content.decode()))


def key(place, what):
    return f"{place.pk}:{getattr(what, 'pk', what)}"


def live():
    return {
        (t.locality.name, t.criterion.number if t.criterion else t.tier)
        for t in Target.objects.filter(dropped_at=None).select_related("criterion", "locality")
    }


def test_an_officer_plans_criteria_and_tiers_in_one_save(year, criteria):
    son_binh, ban_bo = year.places["Sơn Bình"], year.places["Bản Bo"]
    boxes = [key(son_binh, criteria[1]), key(son_binh, criteria[11]), key(ban_bo, "advanced")]
    answer = edit(year, give=boxes, document=" 12/KH-UBND ")
    assert answer.url == reverse("criteria:plan") + year.query + "&nam=2024"
    assert live() == {("Sơn Bình", 1), ("Sơn Bình", 11), ("Bản Bo", "advanced")}
    assert set(Target.objects.values_list("year", "document", "created_by")) == {(2024, "12/KH-UBND", year.officer.pk)}
    page = client_of(year.officer).get(reverse("criteria:plan-edit") + year.query)
    assert ticked(page) == set(boxes)


def test_the_page_shows_what_is_met_already(year):
    page = get(year.officer, "plan-edit", year.query).content.decode()
    assert "Bản Bo, tiêu chí 19, đạt" in page
    assert "Sơn Bình, tiêu chí 1, chưa đạt" in page
    assert "Nà Tăm, tiêu chí 1, chưa đánh giá" in page
    factories.recognition(year.places["Bản Bo"])
    assert "Bản Bo, đăng ký đạt chuẩn, đã công nhận 2019" in get(year.officer, "plan-edit", year.query).content.decode()


def test_a_target_is_dropped_for_a_reason_and_kept(plan, criteria):
    box = key(plan.places["Bản Hon"], criteria[16])
    refused = edit(plan, drop=[box], document="13/KH-UBND")
    assert refused.status_code == 422
    page = text_of(refused)
    assert "Ghi lý do rút 1 chỉ tiêu đã giao." in page
    assert "Bản Hon: tiêu chí 16" in page
    # What was chosen and typed is still there.
    assert box not in ticked(refused)
    assert fields_of(refused)["document"] == "13/KH-UBND"
    assert len(live()) == 10
    address = reverse("criteria:plan-edit") + plan.query
    assert post(client_of(plan.officer), address, refused, reason="Điều chỉnh kế hoạch").status_code == 302
    assert ("Bản Hon", 16) not in live()
    dropped = Target.objects.get(locality=plan.places["Bản Hon"], criterion=criteria[16])
    assert (dropped.dropped_note, dropped.dropped_by) == ("Điều chỉnh kế hoạch", plan.officer)
    # It may be given again, as a new target beside the old.
    edit(plan, give=[box])
    assert Target.objects.filter(locality=plan.places["Bản Hon"], criterion=criteria[16]).count() == 2


def test_two_officers_at_one_plan_lose_neither_ones_choice(plan, criteria):
    other = factories.user(Role.OFFICER, plan.district, full_name="Lò Văn Hai")
    place = plan.places["Sơn Bình"]
    client = client_of(plan.officer)
    address = reverse("criteria:plan-edit") + plan.query
    mine = client.get(address)
    theirs = [key(place, criteria[1])]
    lost = key(plan.places["Bản Hon"], criteria[17])
    assert edit(plan, user=other, give=theirs, drop=[lost], reason="Bỏ").status_code == 302
    answer = post(client, address, mine, give=[key(place, criteria[6])], drop=[key(place, "basic")], reason="Rút tên")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Lò Văn Hai vừa lưu giao Sơn Bình: tiêu chí 1 rút Bản Hon: tiêu chí 17" in page
    assert "Anh chị vừa chọn, chưa lưu giao Sơn Bình: tiêu chí 6 rút Sơn Bình: đăng ký đạt chuẩn" in page
    assert ("Sơn Bình", 6) not in live()
    assert ("Sơn Bình", "basic") in live()
    assert post(client, address, answer, reason=fields_of(answer)["reason"]).status_code == 302
    names = live()
    assert {("Sơn Bình", 1), ("Sơn Bình", 6)} <= names
    assert not {("Sơn Bình", "basic"), ("Bản Hon", 17)} & names


def test_a_save_that_does_not_say_what_it_saw_is_refused(plan):
    client = client_of(plan.officer)
    answer = client.post(reverse("criteria:plan-edit") + plan.query, {"t": [], "reason": "x"})
    assert answer.status_code == 422
    assert len(live()) == 10


def test_a_box_that_is_not_on_the_page_is_not_found(year, criteria):
    beyond = factories.commune("Mường Than", factories.district("Than Uyên"))
    foreign = factories.criterion(factories.criteria_set("bo-khac"), 1)
    here = year.places["Sơn Bình"]
    boxes = [key(beyond, criteria[1]), key(here, foreign), key(here, "huge"), "x", f"{here.pk}:", f"²:{criteria[1].pk}"]
    for box in boxes:
        assert edit(year, give=[box]).status_code == 404
    assert not Target.objects.exists()


def test_a_number_of_a_document_that_is_too_long_gets_its_sentence(year, criteria):
    answer = edit(year, give=[key(year.places["Bản Bo"], criteria[1])], document="x" * 101)
    assert "Số văn bản dài quá 100 ký tự." in text_of(answer)
    assert ticked(answer) == {key(year.places["Bản Bo"], criteria[1])}
    assert not Target.objects.exists()


@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_read_the_plan_of_their_place_and_do_not_write_it(plan, role):
    person = factories.user(role, plan.places["Bản Hon"])
    assert client_of(person).get(reverse("criteria:plan-edit") + plan.query).status_code == 403
    assert client_of(person).post(reverse("criteria:plan-edit") + plan.query, {}).status_code == 403
    rows = table_of(get(person, query=plan.query), "by-place")
    assert [row[0] for row in rows[1:]] == ["Bản Hon"]


def test_an_officer_sees_and_plans_nothing_of_another_district(plan):
    person = factories.user(Role.OFFICER, factories.district("Than Uyên"))
    assert "Chưa giao kế hoạch" in text_of(get(person, query=plan.query))
    page = get(person, "plan-edit", plan.query)
    assert "Sơn Bình" not in page.content.decode()


def test_the_action_touches_only_the_places_and_criteria_it_is_given(plan, criteria):
    place = plan.places["Bản Hon"]
    pks = [criteria[16].pk]
    assert save_targets(
        year=2024, localities=[place.pk], criteria=pks, wanted=set(), seen={(place.pk, pks[0])}, by=None, reason="Thử"
    ).dropped == {(place.pk, pks[0])}
    assert ("Bản Hon", 17) in live()
    with pytest.raises(NeedsReason):
        save_targets(
            year=2024,
            localities=[place.pk],
            criteria=[criteria[17].pk],
            wanted=set(),
            seen={(place.pk, criteria[17].pk)},
            by=None,
        )


# Queries


@pytest.mark.parametrize("places", [13, 120])
def test_the_pages_take_the_same_number_of_queries_however_many_places(places):
    year = factories.Year(places=places)
    Target.objects.bulk_create(
        Target(locality=place, year=2024, criterion=criterion)
        for place in year.places.values()
        for criterion in year.set.criteria.filter(number__in=(3, 17))
    )
    Target.objects.bulk_create(Target(locality=place, year=2024, tier=Tier.BASIC) for place in year.places.values())
    client = client_of(year.officer)
    with counted() as queries:
        response = client.get(reverse("criteria:plan") + year.query)
    assert len(table_of(response, "by-place")) == places + 1
    # Session, person, periods, sets; places, strips, sheets, decisions, criteria, targets.
    assert len(queries) == 10
    address = reverse("criteria:plan-edit") + year.query
    with counted() as queries:
        page = client.get(address)
    # And how many places, which of them.
    assert len(queries) == 12
    boxes = re.findall(r'name="t"\s+value="([^"]+)"', page.content.decode())
    assert len(boxes) == min(places, 30) * 23
    # One more criterion for each place on the page, and the last tier of each given up.
    kept = ticked(page) - {box for box in boxes if box.endswith(":basic")}
    data = {"t": sorted(kept | set(boxes[::23])), "seen": fields_of(page)["seen"], "reason": "Thử", "next": "1"}
    with counted() as queries:
        answer = client.post(address, data)
    # What the page asks, then: lock, read, drop, give.
    assert len(queries) == 16
    assert Target.objects.exclude(dropped_at=None).count() == min(places, 30)
    assert Target.objects.filter(criterion__number=1).count() == min(places, 30)
    assert ("page=2" in answer.url) == (places > 30)


def test_a_plan_without_any_sheet_is_all_unknown(plan):
    Assessment.objects.all().delete()
    data = plan_of(plan)
    assert data.tally == Tally(unknown=8)
    assert data.without_data == ["Bản Bo", "Bản Hon", "Khun Há", "Nà Tăm"]
    assert letters(0) not in [row.strip for row in data.rows]
