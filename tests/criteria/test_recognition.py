"""Recognition: decisions kept and revoked, their share before and after mergers, and what would allow to revoke one."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import Locality, Succession
from criteria import rules
from criteria.models import Assessment, CriteriaSet, Recognition, Tier
from criteria.recognition import Place, count_tier, load_register
from dashboards.matrix import load_matrix
from tests import factories
from tests.factories import MIXED_YEAR, letters
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 quyet dinh"
# The rules of a test's own set; what the law says stands in the sets' files.
REVOCATION = [
    {
        "from_percent": 30,
        "below_percent": 50,
        "any_of": [10, 17, 19],
        "source": "QĐ 18/2022/QĐ-TTg",
        "status": "recalled",
    },
    {"from_percent": 50, "source": "QĐ 18/2022/QĐ-TTg", "status": "verified"},
]


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def url(page, *args):
    return reverse(f"criteria:recognition{page}", args=args)


# Triệu Sơn, 2019: the shares before and after mergers


def trieu_son(*, absorbed):
    """34 communes, of which two mergers leave 32; 20 recognised before, 18 after.

    `absorbed`: the second commune of each merger goes into the first, which stays; else a new commune begins.
    """
    district = factories.district("Triệu Sơn")
    places = factories.communes(34, district)
    merged_on = date(2019, 12, 1)
    period = factories.period(2019, 4, code="2019", name="Năm 2019", starts_on=date(2019, 1, 1))
    criteria_set = factories.large_set(indicators=1)
    for place in places[:20]:
        factories.recognition(place, 2018 if int(place.name[-3:]) <= 14 else 2019, decided_on="2019-06-01")
    Recognition.objects.filter(year=2018).update(decided_on="2018-06-01")
    for position, (first, second) in enumerate(((places[0], places[1]), (places[2], places[3]))):
        into = first
        if not absorbed:
            into = factories.commune(f"Mới {position}", district, founded_on=merged_on)
            origin = first.recognitions.get()
            factories.recognition(into, 2018, inherited_from=origin, decided_on=merged_on)
        for place in [second] if absorbed else [first, second]:
            Succession.objects.create(predecessor=place, successor=into, effective_on=merged_on)
            place.dissolved_on = merged_on
            place.save()
    living = Locality.objects.filter(parent=district).existing_on(period.ends_on).order_by("sort_key")
    # 17,1 criteria a commune: 547 of 32.
    met = [19] * 18 + [14] * 9 + [16] * 4 + [15]
    Assessment.objects.bulk_create(
        Assessment(locality=place, criteria_set=criteria_set, period=period, strip=letters(number))
        for place, number in zip(living, met, strict=True)
    )
    return district, criteria_set, period


@pytest.mark.parametrize("absorbed", [True, False])
def test_the_communes_of_trieu_son_come_out_as_its_notice_counts_them(absorbed):
    """253/TB-UBND of 13/02/2020: "thêm 6 xã … lên 18 xã (kể cả 2 xã sáp nhập là 20 xã), đạt tỷ lệ 56,25%; 17,1 …"."""
    district, criteria_set, period = trieu_son(absorbed=absorbed)
    officer = factories.user(Role.OFFICER, district)
    query = f"?ky={period.code}&bo={criteria_set.code}"
    page = text_of(client_of(officer).get(reverse("criteria:recognitions") + query))
    assert "18 trên 32 xã = 56,25 %" in page
    assert "Trong năm 2019 thêm 6 xã. Kể cả 2 xã đã sáp nhập là 20 xã; trước sáp nhập: 20/34 xã = 58,82 %" in page
    overview = text_of(client_of(officer).get(reverse("dashboards:overview") + query))
    assert "18 /32 xã" in overview
    assert "17,1 /19" in overview


@pytest.mark.parametrize("absorbed", [True, False])
def test_register_and_matrix_count_the_same_communes(absorbed):
    district, criteria_set, period = trieu_son(absorbed=absorbed)
    officer = factories.user(Role.OFFICER, district)
    register = load_register(user=officer, criteria_set=criteria_set, sets=[criteria_set], period=period)
    matrix = load_matrix(user=officer, criteria_set=criteria_set, period=period, previous=None)
    now = register.counts[Tier.BASIC].now
    assert (now.recognised, now.places) == (len(matrix.recognised), len(matrix.rows)) == (18, 32)
    assert sum(len(band.rows) for band in matrix.bands) == 32
    assert matrix.total_met == 547


def count(places, recognitions, mergers=(), on=date(2019, 12, 31), tier=Tier.BASIC):
    places = [Place(p.pk, p.kind, p.name, p.founded_on, p.dissolved_on) for p in places]
    return count_tier(tier, places=places, recognitions=recognitions, mergers=mergers, on=on)


def test_before_its_merger_the_year_has_one_map_only():
    district, criteria_set, period = trieu_son(absorbed=False)
    period.ends_on = date(2019, 11, 30)
    officer = factories.user(Role.OFFICER, district)
    found = load_register(user=officer, criteria_set=criteria_set, sets=[], period=period).counts[Tier.BASIC]
    assert (found.now.recognised, found.now.places, found.before) == (20, 34, None)
    # The year after has the new map only, though the decisions of the old communes are still on the list.
    period.ends_on = date(2020, 12, 31)
    register = load_register(user=officer, criteria_set=criteria_set, sets=[], period=period)
    found = register.counts[Tier.BASIC]
    assert (found.now.recognised, found.now.places, found.before, found.added) == (18, 32, None, 0)
    assert sum(line.is_gone for line in register.lines[Tier.BASIC]) == 4


def test_a_commune_that_must_prove_again_leaves_the_new_share_and_not_the_old():
    old = [factories.commune(name, founded_on=None, dissolved_on=date(2019, 12, 1)) for name in ("A", "B")]
    new = factories.commune("C", founded_on=date(2019, 12, 1))
    mergers = [Succession.objects.create(predecessor=p, successor=new, effective_on="2019-12-01") for p in old]
    decisions = [factories.recognition(old[0], 2017), factories.recognition(old[1], 2019, decided_on=date(2019, 12, 1))]
    found = count([*old, new], decisions, mergers)
    # B's decision is of the day on which it ended: it was never recognised as itself.
    assert (found.now.recognised, found.now.places) == (0, 1)
    assert (found.before.recognised, found.before.places, found.merged) == (1, 2, 1)


def test_tiers_are_counted_apart_and_nothing_of_nothing_has_no_share():
    place = factories.commune("A")
    basic = factories.recognition(place, 2017)
    advanced = factories.recognition(place, 2019, tier=Tier.ADVANCED, revoked_on=date(2019, 12, 31), revoked_note="x")
    assert count([place], [basic, advanced]).now.percent_text == "100 %"
    assert count([place], [basic, advanced], tier=Tier.ADVANCED).now.recognised == 0
    assert count([], []).now.percent is None
    assert count([], []).now.percent_text == ""


@pytest.mark.parametrize(
    "day", [date(2018, 12, 31), date(2019, 1, 31), date(2019, 2, 1), date(2019, 5, 1), date(2020, 1, 1)]
)
def test_row_by_row_a_decision_stands_on_the_days_the_query_finds_it(day):
    place = factories.commune("A")
    made = factories.recognition(place, 2019, decided_on=date(2019, 2, 1), revoked_on=date(2019, 5, 1))
    assert rules.is_recognised_on(made, day) == Recognition.objects.in_force(day).exists()


# What would allow to revoke


def warning(strip, revocation=REVOCATION):
    return rules.revocation_warning(strip=strip, revocation=revocation)


def fallen(*unmet, size=19, letter="U"):
    return "".join(letter if number in unmet else "M" for number in range(1, size + 1))


@pytest.mark.parametrize(
    ("unmet", "is_allowed"),
    [
        # 30 % of 19 is 5,7: five are 26,3 %, six 31,6 %.
        ((1, 2, 3, 4, 10), False),
        ((1, 2, 3, 4, 5, 10), True),
        ((1, 2, 3, 4, 5, 17), True),
        ((1, 2, 3, 4, 5, 19), True),
        # Under half, one of the named is needed; from half on, none is: nine are 47,4 %, ten 52,6 %.
        ((1, 2, 3, 4, 5, 6), False),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9), False),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 11), True),
    ],
)
def test_from_which_fall_on_a_recognition_may_be_revoked(unmet, is_allowed):
    found = warning(fallen(*unmet))
    assert bool(found.rule) == is_allowed
    assert found.unmet == list(unmet)


def test_a_share_on_the_boundary_is_reached():
    # 3 of 10 are 30 %, 5 of 10 are 50 %.
    assert warning(fallen(1, 2, 10, size=10)).rule == REVOCATION[0]
    assert warning(fallen(1, 2, 3, 4, 10, size=10)).rule == REVOCATION[1]
    assert warning(fallen(1, 2, 3, 4, 5, size=10)).rule == REVOCATION[1]
    assert warning(fallen(1, 2, 3, size=10)).rule is None


def test_what_does_not_apply_leaves_the_denominator_and_what_is_unknown_is_not_unmet():
    # 5 of 16 are 31,3 %; of 17 29,4 %.
    assert warning("XXX" + fallen(1, 2, 3, 4, 7, size=16)).rule == REVOCATION[0]
    assert warning("XX" + fallen(1, 2, 3, 4, 8, size=17)).rule is None
    found = warning("---" + fallen(1, 2, 3, 4, 7, size=16))
    assert (found.rule, found.applicable, found.unknown) == (None, 19, [1, 2, 3])
    assert warning("-" * 19) is None
    assert warning("M" * 19) is None
    assert warning("") is None


def test_a_warning_says_its_share_its_criterion_and_its_mark():
    found = warning(fallen(1, 2, 3, 4, 10, 17))
    assert found.percent == Decimal(600) / 19
    assert found.named == [10, 17]
    assert not found.is_confirmed
    assert warning(fallen(*range(1, 11))).is_confirmed
    assert not found.is_reported
    assert warning(fallen(1, letter="u")).is_reported


def test_without_rules_in_the_data_nothing_may_be_concluded():
    found = warning(fallen(*range(1, 20)), revocation=[])
    assert (found.rule, found.begins_at, found.reaches_share) == (None, None, False)


# The list


@pytest.fixture
def year():
    made = factories.Year({**MIXED_YEAR, "Bản Giang": (fallen(1, 2, 3, 4, 5, 17), letters(19))})
    CriteriaSet.objects.filter(pk=made.set.pk).update(revocation=REVOCATION)
    made.set.refresh_from_db()
    return made


@pytest.fixture
def recognised(year):
    """Full, fallen, fallen so deep that a rule applies, and one without data."""
    for name, when in {"Bản Bo": 2024, "Sơn Bình": 2018, "Bản Giang": 2017, "Nà Tăm": 2019}.items():
        factories.recognition(year.places[name], when, decision_number=f"{when}/QĐ-UBND")
    return year


def listed(year, query="", user=None):
    return client_of(user or year.officer).get(reverse("criteria:recognitions") + year.query + query)


def test_the_list_says_of_each_decision_where_the_place_stands_now(recognised):
    rows = {row[0]: row[1:] for row in table_of(listed(recognised), "decisions")[1:]}
    assert list(rows) == ["Bản Bo", "Bản Giang", "Nà Tăm", "Sơn Bình"]
    assert rows["Bản Bo"][:4] == ["2024", "2024/QĐ-UBND", "", "19/19"]
    assert rows["Nà Tăm"][3] == "chưa có số liệu kỳ này"
    assert rows["Bản Giang"][3] == (
        "▼Đến mức xem xét thu hồi 6 trên 19 tiêu chí không còn đạt (31,6 %), trong đó có tiêu chí 17; "
        "theo QĐ 18/2022/QĐ-TTg ◇ chưa đối chiếu"
    )
    assert rows["Sơn Bình"][3] == (
        "▼Không còn đủ tiêu chí 1 trên 19 tiêu chí không còn đạt (5,3 %); chưa đến mức thu hồi (từ 30 %)"
    )


def test_the_deepest_fall_stands_first_and_names_its_criteria(recognised):
    response = listed(recognised)
    assert [line.place.name for line in response.context["register"].warnings] == ["Bản Giang", "Sơn Bình"]
    assert "6 trên 19 tiêu chí không còn đạt (31,6 %) : 1, 2, 3, 4, 5, 17, trong đó có tiêu chí 17" in text_of(
        response
    ).replace("%): ", "%) : ")


def test_a_revoked_decision_stays_on_the_list_and_is_warned_of_no_more(recognised):
    recognised.places["Bản Giang"].recognitions.update(
        revoked_on="2024-03-01", revoked_number="9/QĐ-UBND", revoked_note="Mất 6 tiêu chí"
    )
    response = listed(recognised)
    rows = {row[0]: row[1:] for row in table_of(response, "decisions")[1:]}
    assert rows["Bản Giang"][3] == "✗Đã thu hồi 01/03/2024 9/QĐ-UBND: Mất 6 tiêu chí"
    assert [line.place.name for line in response.context["register"].warnings] == ["Sơn Bình"]
    assert "3 trên 6 xã = 50 %" in text_of(response)


def test_each_tier_is_counted_with_its_denominator(recognised):
    factories.recognition(recognised.places["Bản Bo"], 2024, tier=Tier.ADVANCED)
    response = listed(recognised, "&muc=advanced")
    page = text_of(response)
    assert "Đạt chuẩn, đến 31/03/2024 4 trên 6 xã = 66,67 %" in page
    assert "Nâng cao, đến 31/03/2024 1 trên 6 xã = 16,67 %" in page
    assert "Kiểu mẫu, đến 31/03/2024 0 trên 6 xã = 0 %" in page
    assert [row[0] for row in table_of(response, "decisions")[1:]] == ["Bản Bo"]


def test_what_a_place_reached_is_read_by_the_set_of_the_tier(recognised):
    advanced = factories.large_set(code="nang-cao", tier="advanced", indicators=1)
    place = recognised.places["Bản Bo"]
    factories.assessment(place, advanced, recognised.now, strip=letters(12))
    factories.recognition(place, 2024, tier=Tier.ADVANCED)
    row = table_of(listed(recognised, "&muc=advanced"), "decisions")[1]
    assert "7 trên 19 tiêu chí không còn đạt (36,8 %); chưa có quy định thu hồi trong dữ liệu" in row[4]


@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_read_the_decisions_of_their_place_and_write_none(recognised, role):
    place = recognised.places["Bản Giang"]
    person = factories.user(role, place)
    response = listed(recognised, user=person)
    assert [row[0] for row in table_of(response, "decisions")[1:]] == ["Bản Giang"]
    assert "Ghi quyết định" not in response.content.decode()
    pk = place.recognitions.get().pk
    for address in (url("-create") + recognised.query, url("-edit", pk), url("-revoke", pk)):
        assert client_of(person).get(address).status_code == 403
        assert client_of(person).post(address, {}).status_code == 403


def test_a_decision_of_another_district_is_not_found(recognised):
    elsewhere = factories.recognition(factories.commune("Mường Than", factories.district("Than Uyên")))
    client = client_of(recognised.officer)
    for page in ("-edit", "-revoke", "-file"):
        assert client.get(url(page, elsewhere.pk)).status_code == 404
    data = {"locality": elsewhere.locality_id, "tier": "basic", "year": "2020"}
    answer = client.post(url("-create") + recognised.query, data)
    assert answer.status_code == 422
    assert Recognition.objects.filter(locality=elsewhere.locality_id).count() == 1


# Keeping a decision


def create(made, place="Bản Bo", **fields):
    data = {"locality": made.places[place].pk, "tier": "basic", "year": "2023", **fields}
    return client_of(made.officer).post(url("-create") + made.query, data, follow=True)


def test_a_decision_is_kept_with_its_file_which_is_handed_out_as_a_download(year):
    file = SimpleUploadedFile("QĐ công nhận.pdf", PDF)
    answer = create(year, decision_number=" 1234/QĐ-UBND", decided_on="15/1/2024", file=file)
    assert "Đã ghi công nhận xã Bản Bo, đạt chuẩn 2023." in text_of(answer)
    kept = Recognition.objects.get()
    assert (kept.decision_number, kept.decided_on, kept.year) == ("1234/QĐ-UBND", date(2024, 1, 15), 2023)
    assert "QĐ" not in kept.file.name
    response = client_of(year.officer).get(url("-file", kept.pk))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_not_what_its_name_says_is_refused(year):
    answer = create(year, file=SimpleUploadedFile("quyet-dinh.pdf", b"MZ\x90 not a document"))
    assert "không phải là .pdf" in text_of(answer)
    assert not Recognition.objects.exists()


def test_what_the_sheets_say_against_a_decision_is_told_and_does_not_stop_it(year):
    answer = create(year, "Sơn Bình")
    assert Recognition.objects.count() == 1
    assert (
        "Theo Quý I/2024, xã Sơn Bình mới đạt 18/19 tiêu chí của Bộ bo-lon (còn 1). Quyết định vẫn được ghi."
        in text_of(answer)
    )
    assert "mới đạt" not in text_of(create(year, "Bản Bo"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"year": "1999"}, "Năm đạt chuẩn từ 2009 đến"),
        ({"year": "3000"}, "Năm đạt chuẩn từ 2009 đến"),
        ({"year": ""}, "Không được để trống."),
        ({"decided_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch."),
        ({"decided_on": "5/5/2022"}, "Ngày quyết định trước năm đạt chuẩn (2023)."),
        ({"locality": ""}, "Không được để trống."),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_stays(year, fields, sentence):
    answer = create(year, decision_number="77/QĐ-UBND", **fields)
    assert sentence in text_of(answer)
    assert fields_of(answer)["decision_number"] == "77/QĐ-UBND"
    assert not Recognition.objects.exists()


def test_a_day_that_has_not_come_is_refused(year):
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = create(year, year=str(tomorrow.year), decided_on=tomorrow.strftime("%d/%m/%Y"))
    assert f"Ngày {tomorrow:%d/%m/%Y} chưa tới." in text_of(answer)


def test_the_same_decision_twice_gets_its_sentence(year):
    create(year)
    answer = create(year)
    assert "Địa bàn này đã có quyết định công nhận mức đó trong năm." in text_of(answer)
    assert Recognition.objects.count() == 1
    # Another year is another decision, and one is told of the first.
    answer = create(year, year="2024")
    assert "Xã Bản Bo còn quyết định đạt chuẩn khác đang có hiệu lực (năm 2023)." in text_of(answer)
    assert Recognition.objects.count() == 2


@pytest.fixture
def advanced(year):
    return factories.large_set(code="nang-cao", tier="advanced", indicators=1, requires=year.set)


def test_a_tier_needs_the_one_it_builds_on(year, advanced):
    answer = create(year, tier="advanced")
    assert (
        "Xã Bản Bo chưa có quyết định công nhận đạt chuẩn tính đến 31/12/2023, mà Bộ nang-cao yêu cầu có trước khi "
        "công nhận nâng cao. Ghi quyết định đạt chuẩn trước." in text_of(answer)
    )
    assert not Recognition.objects.exists()
    create(year, year="2019")
    assert create(year, tier="advanced").status_code == 200
    assert Recognition.objects.filter(tier="advanced").exists()


@pytest.mark.parametrize(
    "earlier",
    [{"year": 2024}, {"year": 2019, "revoked_on": date(2022, 1, 1)}, {"year": 2020, "decided_on": date(2024, 1, 2)}],
)
def test_an_earlier_tier_that_does_not_stand_by_then_does_not_help(year, advanced, earlier):
    factories.recognition(year.places["Bản Bo"], **earlier)
    answer = create(year, tier="advanced", decided_on="31/12/2023")
    assert "chưa có quyết định công nhận đạt chuẩn tính đến 31/12/2023" in text_of(answer)


def test_a_set_that_was_not_in_force_in_the_year_asks_for_nothing(year, advanced):
    CriteriaSet.objects.filter(pk=advanced.pk).update(effective_from=date(2024, 1, 1))
    assert "Đã ghi công nhận" in text_of(create(year, tier="advanced"))


def test_what_is_inherited_comes_from_a_place_that_went_into_this_one(year):
    old = factories.commune("Bản Cũ", year.district, dissolved_on=date(2023, 6, 1))
    origin = factories.recognition(old, 2018)
    answer = create(year, inherited_from=origin.pk)
    # A place without a successor is not even offered.
    assert answer.status_code == 422
    Succession.objects.create(predecessor=old, successor=year.places["Sơn Bình"], effective_on="2023-06-01")
    answer = create(year, inherited_from=origin.pk)
    assert "Xã Bản Cũ không phải là địa bàn cũ của xã Bản Bo." in text_of(answer)
    create(year, "Sơn Bình", inherited_from=origin.pk)
    assert Recognition.objects.get(locality=year.places["Sơn Bình"]).inherited_from == origin
    assert "kế thừa từ xã Bản Cũ (2018)" in text_of(listed(year))
    factories.recognition(old, 2019, tier="model")
    answer = create(year, "Sơn Bình", year="2024", inherited_from=old.recognitions.get(tier="model").pk)
    assert "Quyết định kế thừa là mức kiểu mẫu, khác mức đang ghi." in text_of(answer)


# Changing and revoking


def opened(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return {name: value for name, value in fields_of(page).items() if name != "file"}


def test_a_change_is_kept_with_who_changed_what(recognised):
    kept = recognised.places["Bản Giang"].recognitions.get()
    client = client_of(recognised.officer)
    data = opened(client, url("-edit", kept.pk))
    answer = client.post(url("-edit", kept.pk), {**data, "year": "2018", "decided_on": "3/2/2019"}, follow=True)
    assert "Đã lưu công nhận xã Bản Giang, đạt chuẩn 2018." in text_of(answer)
    page = text_of(client.get(url("-edit", kept.pk)))
    assert "năm đạt chuẩn: 2017 → 2018; ngày quyết định: trống → 03/02/2019" in page
    assert f"{recognised.officer.full_name}," in page


def test_a_file_is_replaced_only_by_another(recognised):
    kept = recognised.places["Bản Bo"].recognitions.get()
    client = client_of(recognised.officer)
    data = opened(client, url("-edit", kept.pk))
    client.post(url("-edit", kept.pk), {**data, "file": SimpleUploadedFile("mot.pdf", PDF)})
    data = opened(client, url("-edit", kept.pk))
    client.post(url("-edit", kept.pk), {**data, "decision_number": "1/QĐ"})
    kept.refresh_from_db()
    assert (kept.file_name, kept.decision_number) == ("mot.pdf", "1/QĐ")
    assert kept.file.open().read() == PDF
    assert "tệp quyết định: trống → mot.pdf" in text_of(client.get(url("-edit", kept.pk)))


def test_two_officers_at_one_decision_see_both_values(recognised):
    kept = recognised.places["Bản Giang"].recognitions.get()
    other = factories.user(Role.OFFICER, recognised.district, full_name="Lò Văn Hai")
    address = url("-edit", kept.pk)
    mine = opened(client_of(recognised.officer), address)
    theirs = opened(client_of(other), address)
    client_of(other).post(address, {**theirs, "decision_number": "5/QĐ-UBND"})
    client = client_of(recognised.officer)
    answer = client.post(address, {**mine, "decision_number": "6/QĐ-UBND"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "5/QĐ-UBND" in page
    assert "Lò Văn Hai" in page
    kept.refresh_from_db()
    assert kept.decision_number == "5/QĐ-UBND"
    again = {name: value for name, value in fields_of(answer).items() if name != "file"}
    assert again["decision_number"] == "6/QĐ-UBND"
    assert client.post(address, again).status_code == 302
    kept.refresh_from_db()
    assert kept.decision_number == "6/QĐ-UBND"


def revoke(year, place="Bản Giang", **fields):
    kept = year.places[place].recognitions.get()
    client = client_of(year.officer)
    data = {**opened(client, url("-revoke", kept.pk)), **fields}
    return kept, client.post(url("-revoke", kept.pk), data, follow=True)


def test_a_decision_is_revoked_for_a_reason_and_its_past_stays(recognised):
    kept, answer = revoke(recognised, revoked_on="1/3/2024", revoked_number="9/QĐ-UBND")
    assert "Ghi lý do thu hồi." in text_of(answer)
    assert fields_of(answer)["revoked_number"] == "9/QĐ-UBND"
    kept, answer = revoke(recognised, revoked_on="1/3/2024", revoked_note="Mất 6 tiêu chí")
    assert "Đã ghi thu hồi công nhận xã Bản Giang, đạt chuẩn 2017." in text_of(answer)
    assert Recognition.objects.in_force(recognised.before.ends_on).filter(pk=kept.pk).exists()
    assert not Recognition.objects.in_force(recognised.now.ends_on).filter(pk=kept.pk).exists()
    assert "lý do thu hồi: trống → Mất 6 tiêu chí" in text_of(
        client_of(recognised.officer).get(url("-revoke", kept.pk))
    )
    # Recorded by mistake: it stands again.
    kept, answer = revoke(recognised, revoked_on="")
    assert "Đã bỏ ghi thu hồi" in text_of(answer)
    kept.refresh_from_db()
    assert (kept.revoked_on, kept.revoked_note) == (None, "")


@pytest.mark.parametrize(
    ("revoked_on", "sentence"),
    [
        ("", "Ghi ngày thu hồi."),
        ("1/2/2018", "Ngày thu hồi phải sau ngày quyết định (01/02/2018)."),
        ("1/1/2090", "chưa tới"),
        ("32/1/2024", "không có trong lịch"),
    ],
)
def test_a_day_of_revocation_that_cannot_be_gets_its_sentence(recognised, revoked_on, sentence):
    recognised.places["Bản Giang"].recognitions.update(decided_on="2018-02-01")
    kept, answer = revoke(recognised, revoked_on=revoked_on, revoked_note="Mất 6 tiêu chí")
    assert sentence in text_of(answer)
    assert fields_of(answer)["revoked_note"].strip() == "Mất 6 tiêu chí"
    kept.refresh_from_db()
    assert kept.revoked_on is None


def test_who_revokes_the_lower_tier_is_told_that_the_higher_one_stands(recognised):
    place = recognised.places["Bản Giang"]
    kept = place.recognitions.get()
    factories.recognition(place, 2023, tier=Tier.MODEL)
    client = client_of(recognised.officer)
    data = {**opened(client, url("-revoke", kept.pk)), "revoked_on": "1/3/2024", "revoked_note": "x"}
    answer = client.post(url("-revoke", kept.pk), data, follow=True)
    assert "Xã Bản Giang còn quyết định mức cao hơn đang có hiệu lực: kiểu mẫu năm 2023." in text_of(answer)


# Queries


@pytest.mark.parametrize("places", [13, 120])
def test_the_list_takes_the_same_number_of_queries_however_many_places(places):
    year = factories.Year(places=places)
    CriteriaSet.objects.update(revocation=REVOCATION)
    Recognition.objects.bulk_create(Recognition(locality=place, year=2019) for place in year.places.values())
    client = client_of(year.officer)
    with counted() as queries:
        response = client.get(reverse("criteria:recognitions") + year.query)
    assert len(table_of(response, "decisions")) == min(places, 100) + 1
    assert len(response.context["register"].warnings) == places
    # Session, person, periods, sets; places, decisions, mergers, strips.
    assert len(queries) == 8
