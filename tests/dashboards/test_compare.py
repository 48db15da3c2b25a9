"""Comparing two periods cell by cell, and a commune with the mean of others."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria import counts
from criteria.actions.results import save_results
from criteria.models import Assessment, CriterionResult, Recognition
from tests import factories
from tests.factories import letters
from tests.reading import counted, table_of

pytestmark = pytest.mark.django_db

# Now and before: one lost one gained, nothing, assessed no more and anew, not judged before, not judged now.
STRIPS = {
    "Bản Bo": ("U" + letters(18, size=18), letters(18)),
    "Bản Hon": (letters(19), letters(19)),
    "Giang Ma": ("-UX" + letters(16, size=16), "M-U" + letters(16, size=16)),
    "Khun Há": (letters(4), ""),
    "Nà Tăm": ("", letters(3)),
}


@pytest.fixture
def year():
    return factories.Year(STRIPS)


def get(user, query, **more):
    client = Client()
    client.force_login(user)
    return client.get(reverse("dashboards:compare") + query, **more)


def text(response):
    return " ".join(response.content.decode().split())


def rows(response):
    return table_of(response, "compared")[1:]


# What changed


def test_a_change_is_what_moved_and_what_else_became_of_a_criterion():
    assert counts.changes("MUMU-XmX-", "UM--MMMU-") == [
        "gained",
        "lost",
        "gained",
        "assessed",
        "unassessed",
        "reapplied",
        "",
        "reapplied",
        "",
    ]
    # Moves are counted in one way only.
    moved = [change if change in ("gained", "lost") else "" for change in counts.changes("MU-X", "UMMM")]
    assert moved == counts.moves("MU-X", "UMMM")
    assert counts.changes("MU", "") == ["", ""]
    assert counts.changes("", "MU") == []


def test_only_places_with_a_change_are_listed_with_their_totals(year):
    response = get(year.officer, year.query)
    lost, other = rows(response)
    assert lost[:2] == ["Bản Bo", "18 → 18/19 không đổi"]
    assert lost[2].startswith("▼Mới mất 1 Tiêu chí thứ 1")
    assert "▲Mới đạt 19 Tiêu chí thứ 19" in lost[2]
    assert other[:2] == ["Giang Ma", "17 → 16/18 ▼giảm 1"]
    assert "–Nay chưa đánh giá 1 Tiêu chí thứ 1 (trước: đạt)" in other[2]
    assert "✗Mới đánh giá: chưa đạt 2 Tiêu chí thứ 2 " in other[2]
    assert "∅Nay không áp dụng 3 Tiêu chí thứ 3 (trước: chưa đạt)" in other[2]
    page = text(response)
    assert "2 xã có thay đổi" in page
    assert "1 xã không đổi" in page
    assert "1 nay chưa đánh giá; 1 mới đánh giá mà chưa đạt hoặc không áp dụng; 1 đổi việc áp dụng" in page
    for title in ("Không đổi", "Chưa có số liệu ở Quý IV/2023", "Chưa có số liệu ở Quý I/2024"):
        assert f'{title} <small class="muted">1 xã</small>' in page


def test_the_totals_are_those_of_the_matrix(year):
    matrix = get(year.officer, year.query).context["matrix"]
    comparison = get(year.officer, year.query).context["comparison"]
    assert comparison.met_now - comparison.met_before == matrix.change
    assert (comparison.counts["gained"], comparison.counts["lost"]) == (matrix.gained, matrix.lost) == (1, 1)
    # Khun Há has no earlier sheet and is in neither sum.
    assert comparison.met_now == 18 + 19 + 16


def test_of_a_place_with_many_changes_the_first_bring_their_values_and_the_rest_are_named(year):
    Assessment.objects.filter(period=year.now, locality=year.places["Bản Hon"]).update(strip=letters(0))
    changed = {row[0]: row[2] for row in rows(get(year.officer, year.query))}["Bản Hon"]
    assert changed.count("▼Mới mất") == 8
    assert "Và 11 tiêu chí khác: 9 mới mất, 10 mới mất," in changed


def test_values_stand_behind_what_changed(year):
    codes = factories.indicators_of(year.set)
    for period, value in ((year.before, "46.5"), (year.now, "52")):
        sheet = Assessment.objects.get(period=period, locality=year.places["Bản Bo"])
        save_results(
            assessment=factories.writable(sheet),
            opinion="verified",
            entries={codes["19.1"].pk: factories.value(value), codes["18.1"].pk: factories.value("60")},
            by=None,
        )
        Assessment.objects.filter(pk=sheet.pk).update(strip=STRIPS["Bản Bo"][period == year.before])
    changed = rows(get(year.officer, year.query))[0][2]
    assert "19.1: 46,5 % →thành 52 % (mức ≥ 50 %)" in changed
    # Unchanged ones are not listed.
    assert "18.1" not in changed


def test_any_two_periods_are_compared_the_earlier_first(year):
    oldest = factories.period(2023, 2)
    factories.assessment(year.places["Bản Bo"], year.set, oldest, strip=letters(10))
    assert "So sánh Quý II/2023" in text(get(year.officer, year.query + f"&voi={oldest.code}"))
    row = rows(get(year.officer, year.query + f"&voi={oldest.code}"))[0]
    assert row[1] == "10 → 18/19 ▲tăng 8"
    # From the older one's page it is the same comparison.
    swapped = get(year.officer, f"?ky={oldest.code}&bo={year.set.code}&voi={year.now.code}")
    assert rows(swapped)[0] == row
    # What is none chooses the period before.
    for other in ("khong-co", year.now.code):
        assert get(year.officer, year.query + f"&voi={other}").context["earlier"] == year.before
    assert "Chưa có kỳ nào trước Quý II/2023" in text(get(year.officer, f"?ky={oldest.code}&bo={year.set.code}"))


def test_recognitions_that_came_and_went_are_changes_too(year):
    place = year.places["Bản Hon"]
    Recognition.objects.create(locality=place, year=2024, decided_on=date(2024, 2, 1))
    Recognition.objects.create(
        locality=year.places["Bản Bo"], year=2019, revoked_on=date(2024, 1, 15), revoked_note="rút"
    )
    Recognition.objects.create(locality=year.places["Khun Há"], year=2018)
    by_name = {row[0]: row for row in rows(get(year.officer, year.query))}
    assert by_name["Bản Hon"][3] == "★ mới công nhận 2024"
    assert by_name["Bản Bo"][3] == "▼ không còn công nhận (2019)"
    assert "Khun Há" not in by_name


def test_a_period_judged_by_another_set_is_set_beside_by_counts_only(year):
    older = factories.large_set(code="bo-cu", indicators=1, short_name="Xã NTM 2016–2020")
    Assessment.objects.filter(period=year.before, locality=year.places["Bản Bo"]).update(criteria_set=older)
    Assessment.objects.filter(period=year.before).exclude(criteria_set=older).delete()
    response = get(year.officer, year.query)
    assert rows(response) == [
        [
            "Bản Bo",
            "18/19 → 18/19khác bộ tiêu chí",
            "Kỳ trước chấm theo Xã NTM 2016–2020: không so từng tiêu chí.",
            "",
        ]
    ]
    page = text(response)
    assert "Tiêu chí của hai bộ không cùng nội dung nên không so từng ô" in page
    assert "Mới mất" not in page
    # A set of another tier is no other set of the same.
    older.tier = "advanced"
    older.save()
    assert "không cùng nội dung" not in text(get(year.officer, year.query))


def test_places_beyond_the_readers_are_not_compared(year):
    other = factories.district("Than Uyên")
    beyond = factories.commune("Mường Than", other)
    for period, met in ((year.now, 19), (year.before, 10)):
        factories.assessment(beyond, year.set, period, strip=letters(met))
    assert "Mường Than" not in text(get(year.officer, year.query))
    guest = factories.user(Role.OFFICER, other)
    assert [row[0] for row in rows(get(guest, year.query))] == ["Mường Than"]
    assert get(year.officer, year.query + f"&xa={beyond.pk}").status_code == 404
    assert get(guest, year.query + f"&xa={year.places['Bản Bo'].pk}").status_code == 404


def test_without_signing_in_the_page_leads_to_the_sign_in(client):
    assert client.get(reverse("dashboards:compare")).status_code == 302


# A place and the mean


def beside(year, name, query="", user=None):
    return get(user or year.officer, year.query + f"&xa={year.places[name].pk}" + query)


def peer_rows(response):
    return {row[0].split()[0]: row for row in table_of(response, "beside-peers")[1:]}


@pytest.fixture
def measured(year):
    """Values of the indicators 1.1 and 2.1 in the three places with a full sheet."""
    codes = factories.indicators_of(year.set)
    for name, first, second in (("Bản Bo", "40", "60"), ("Bản Hon", "80", "70"), ("Giang Ma", "61.5", "55")):
        sheet = Assessment.objects.get(period=year.now, locality=year.places[name])
        save_results(
            assessment=factories.writable(sheet),
            opinion="reported",
            entries={codes["1.1"].pk: factories.value("1")},
            by=None,
        )
        save_results(
            assessment=factories.writable(sheet),
            opinion="verified",
            entries={codes["1.1"].pk: factories.value(first), codes["2.1"].pk: factories.value(second)},
            by=None,
        )
    return year


def test_each_criterion_stands_beside_the_share_of_the_others_that_meet_it(year):
    table = peer_rows(beside(year, "Bản Bo"))
    # Of Bản Hon, Giang Ma and Khun Há; Nà Tăm has no data, Giang Ma has not assessed the first.
    assert table["1"] == ["1 Tiêu chí thứ 1", "✗Chưa đạt", "2/3"]
    assert table["3"][2] == "2/2"
    assert table["19"] == ["19 Tiêu chí thứ 19", "✓Đạt", "2/3"]
    page = beside(year, "Bản Bo")
    assert [line.column.criterion.number for line in page.context["beside"].behind] == [1]
    assert page.context["beside"].rank == 2
    # 19, 16 and 4.
    assert "đứng thứ 2/4; bình quân 13,0, hơn 5" in text(page)


def test_each_value_stands_beside_the_mean_of_the_values_that_count(measured):
    response = beside(measured, "Bản Bo")
    table = {row[0].split()[0]: row for row in table_of(response, "beside-peers")[1:] if "Chỉ tiêu" in row[0]}
    # The verified 80 and 61,5, not the reported ones; 40 is not met against 50.
    assert table["1.1"][1:] == ["✗ chưa đạt 40 %", "70,8 %", "kém 30,8 điểm %", "≥ 50 %", "2/2"]
    assert table["2.1"][1:] == ["✓ đạt 60 %", "62,5 %", "kém 2,5 điểm %", "≥ 50 %", "2/2"]
    assert table["3.1"][1:] == ["– chưa đánh giá –", "", "", "≥ 50 %", ""]


def test_of_an_indicator_that_must_stay_below_less_is_better(measured):
    measured.set.criteria.get(number=1).indicators.update(direction="at_most")
    response = beside(measured, "Bản Bo")
    table = {row[0].split()[0]: row for row in table_of(response, "beside-peers")[1:] if "Chỉ tiêu" in row[0]}
    assert table["1.1"][3] == "hơn 30,8 điểm %"


def test_the_others_are_chosen_by_what_they_share(year):
    for name, area in (("Bản Bo", "II"), ("Bản Hon", "II"), ("Khun Há", "III")):
        year.places[name].area = area
        year.places[name].save()
    response = beside(year, "Bản Bo")
    assert response.context["groups"] == {
        "cung-cap": "cùng huyện Tam Đường",
        "khu-vuc": "cùng khu vực II",
        "tat-ca": "tất cả trong địa bàn của anh chị",
    }
    assert response.context["group"] == "cung-cap"
    assert peer_rows(beside(year, "Bản Bo", "&nhom=khu-vuc"))["1"][2] == "1/1"
    # A mark the place does not carry chooses nothing.
    assert beside(year, "Bản Bo", "&nhom=vung").context["group"] == "cung-cap"


def test_states_with_nothing_to_compare_say_so(year):
    assert "Chọn một xã ở trên" in text(get(year.officer, year.query + "&xa="))
    for wrong in ("x", "0", "9" * 30, year.district.pk):
        assert get(year.officer, year.query + f"&xa={wrong}").status_code == 404
    # Without a sheet the others still show.
    assert "chưa có số liệu kỳ này" in text(beside(year, "Nà Tăm"))
    # The officer of a commune sees just that one, which is chosen for them.
    alone = factories.user(Role.COMMUNE_OFFICER, year.places["Bản Bo"])
    assert "Không có xã nào khác để so" in text(get(alone, year.query + "&xa="))
    ended = factories.commune("Xã cũ", year.district, dissolved_on=date(2020, 1, 1))
    assert "không thuộc kỳ và bộ tiêu chí này" in text(get(year.officer, year.query + f"&xa={ended.pk}"))


# Queries and bytes


def busy_year(places):
    """Every place gained one and stands on values."""
    year = factories.Year(places=places)
    codes = factories.indicators_of(year.set)
    for sheet in Assessment.objects.with_place().order_by("pk")[:60]:
        save_results(
            assessment=factories.writable(sheet),
            opinion="verified",
            entries={
                codes[f"{n}.1"].pk: factories.value(40 + n + 10 * (sheet.period == year.now)) for n in (1, 10, 15)
            },
            by=None,
        )
    for sheet in Assessment.objects.with_place():
        strip = "M" * 15 + "U" * 4 if sheet.period == year.now else "M" * 14 + "U" * 5
        Assessment.objects.filter(pk=sheet.pk).update(strip=strip)
    assert CriterionResult.objects.exists()
    return year


@pytest.mark.parametrize("places", [3, 600])
def test_two_periods_take_eleven_queries_and_a_bounded_page_however_many_places(places):
    year = busy_year(places)
    client = Client()
    client.force_login(year.officer)
    with counted() as queries:
        response = client.get(reverse("dashboards:compare") + year.query)
    assert len(rows(response)) == min(places, 20)
    # Session, person, periods, sets, criteria, places, recognitions; sheets, indicators, thresholds, results of the page.
    assert len(queries) == 11, queries
    assert len(response.content) < 200_000


@pytest.mark.parametrize("places", [3, 600])
def test_a_place_and_the_mean_take_twelve_queries_however_many_places(places):
    year = busy_year(places)
    client = Client()
    client.force_login(year.officer)
    with counted() as queries:
        response = client.get(reverse("dashboards:compare") + year.query + f"&xa={next(iter(year.places.values())).pk}")
    assert response.context["beside"].peers.rows
    # Session, person, periods, sets, criteria, places; the sheet and its place, the places alike; indicators,
    # thresholds, results, means.
    assert len(queries) == 12, queries
    assert len(response.content) < 200_000
