"""The map: where places are drawn, that nothing lies on anything, what the marks say, and what the page costs."""

import gzip
import re
from datetime import date
from math import cos, dist, radians

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from communes.models import Boundary, Locality
from dashboards.geometry import NAME_SIZE, fit, place_names, spread, text_width
from dashboards.map import Measure, legend, marks
from directives import queries
from tests import factories
from tests.directives.factories import District, issued
from tests.factories import MIXED_YEAR, letters
from tests.reading import counted, table_of

# Where things are drawn


def box(longitude, latitude):
    return (longitude, latitude, longitude, latitude)


def frame(*points, widest=860, tallest=540):
    return fit([box(*point) for point in points], widest=widest, tallest=tallest, margin=(70, 36))


def test_a_kilometre_is_as_long_eastwards_as_northwards():
    there = frame((103.0, 22.0), (104.0, 22.5))
    east = there.point(103.1, 22.2)[0] - there.point(103.0, 22.2)[0]
    north = there.point(103.0, 22.1)[1] - there.point(103.0, 22.2)[1]
    assert east / north == pytest.approx(cos(radians(22.25)))


@pytest.mark.parametrize("points", [[(103, 22), (104, 22.1)], [(103, 22), (103.1, 24)], [(103, 22)], [(103, 22)] * 9])
def test_all_places_are_inside_and_the_drawing_no_larger_than_it_may_be(points):
    there = frame(*points)
    assert there.width <= 860
    assert there.height <= 540
    for x, y in (there.point(*point) for point in points):
        assert 69 <= x <= there.width - 69
        assert 35 <= y <= there.height - 35
    # What is north is above, what is east is right.
    assert there.point(103, 23)[1] < there.point(103, 22)[1]
    assert there.point(104, 22)[0] > there.point(103, 22)[0]


def test_paths_and_points_meet():
    there = frame((103, 22), (104, 23))
    a, _, _, d, e, f = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", there.matrix(0.0001)))
    # 103.5, 22.4 in ten thousandths east and south of 102, 24.
    drawn = (a * 15_000 + e, d * 16_000 + f)
    assert drawn == pytest.approx(there.point(103.5, 22.4), abs=0.2)


@pytest.mark.parametrize(
    "points", [[(100.0, 100.0)] * 30, [(100.0 + i % 3, 100.0) for i in range(50)], [(400, 300), (410, 300)]]
)
def test_circles_on_one_another_move_apart_and_stay_inside(points):
    radii = (11.0,) * len(points)
    moved = spread(tuple(points), radii, 860, 540)
    nearest = min(dist(a, b) for i, a in enumerate(moved) for b in moved[:i])
    # Two pixels lie between them, less what rounding takes.
    assert nearest >= 22
    assert all(11 <= x <= 849 and 11 <= y <= 529 for x, y in moved)


def test_circles_with_room_stay_where_they_are():
    assert spread(((100, 100), (130, 100)), (11.0, 11.0), 860, 540) == ((100, 100), (130, 100))


def label_box(label, name):
    wide = text_width(name)
    left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
    middle = label.y - NAME_SIZE * 0.36
    return (left, middle - NAME_SIZE * 0.55, left + wide, middle + NAME_SIZE * 0.55)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("number", [1, 12, 90, 300])
def test_no_name_lies_on_another_or_on_a_circle(number):
    wanted = tuple(((i * 97) % 800 + 30.0, (i * 61) % 480 + 30.0) for i in range(number))
    radii = (11.0,) * number
    points = spread(wanted, radii, 860, 540)
    names = tuple(f"Mường Xuân Thượng {i}" if i % 3 else f"Bo {i}" for i in range(number))
    labels = place_names(points, radii, names, 860, 540)
    boxes = [label_box(label, name) for label, name in zip(labels, names, strict=True) if label]
    assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if overlap(a, b)]
    circles = [(x - 10, y - 10, x + 10, y + 10) for x, y in points]
    assert not [1 for a in boxes for circle in circles if overlap(a, circle)]
    assert all(a[0] >= 0 and a[1] >= 0 and a[2] <= 860 and a[3] <= 540 for a in boxes)
    # All of a few; of many those with room.
    assert len(boxes) == number if number <= 12 else len(boxes) > 0
    assert any(label.line for label in labels if label) == (number == 90)


# What a mark says


def test_the_marks_of_each_measure(db):
    year = factories.Year(MIXED_YEAR)
    factories.recognition(year.places["Bản Hon"], year=2019)
    matrix = get(year.officer, "matrix", year.query).context["matrix"]
    overdue = {year.places["Bản Bo"].pk: 2}

    def said(measure):
        found = marks(matrix, measure, overdue)
        return {row.name: (found[row.locality_id].sign, found[row.locality_id].tone) for row in matrix.rows}

    assert said(Measure.CRITERIA) == {
        "Bản Bo": ("19", "accent"),
        "Bản Hon": ("15", "mid"),
        "Khun Há": ("4", "pale"),
        "Nà Tăm": ("–", "none"),
        "Sơn Bình": ("18", "mid"),
    }
    assert said(Measure.TIER) == {
        "Bản Bo": ("☆", "wait"),
        "Bản Hon": ("★", "accent"),
        **dict.fromkeys(["Khun Há", "Nà Tăm", "Sơn Bình"], ("–", "none")),
    }
    assert said(Measure.OVERDUE)["Bản Bo"] == ("2", "red")
    assert {tone for name, (_, tone) in said(Measure.OVERDUE).items() if name != "Bản Bo"} == {"none"}
    keys = legend(matrix, Measure.CRITERIA, marks(matrix, Measure.CRITERIA, {}).values())
    assert [(key.words, key.count) for key in keys] == [
        ("19 tiêu chí", 1),
        ("15 – 18", 2),
        ("10 – 14, 5 – 9, dưới 5", 1),
        ("chưa có số liệu", 1),
        ("chưa thẩm định", 1),
    ]


# The page


def located(places):
    """Give places points on a grid of a tenth of a degree."""
    for i, place in enumerate(places):
        place.latitude, place.longitude = 22 + (i // 30) * 0.05, 103 + (i % 30) * 0.05
    Locality.objects.bulk_update(places, ["latitude", "longitude"])


@pytest.fixture
def year(db):
    made = factories.Year(MIXED_YEAR)
    located(list(made.places.values()))
    return made


def get(user, page="map", query=""):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"dashboards:{page}") + query)


def titles(response):
    return re.findall(r"<a href=\"([^\"]+)\"><title>([^<]+)</title>", response.content.decode())


def test_each_circle_leads_to_its_commune_and_says_what_it_reached(year):
    found = {title: address for address, title in titles(get(year.officer, query=year.query))}
    assert list(found) == [
        "Xã Bản Bo: 19/19 tiêu chí",
        "Xã Bản Hon: 15/19 tiêu chí",
        "Xã Khun Há: 4/14 tiêu chí, chưa thẩm định",
        "Xã Nà Tăm: chưa có số liệu",
        "Xã Sơn Bình: 18/19 tiêu chí",
    ]
    address = found["Xã Sơn Bình: 18/19 tiêu chí"].replace("&amp;", "&")
    assert address == reverse("dashboards:commune", args=[year.places["Sơn Bình"].pk]) + year.query


def test_the_table_holds_the_same_rows(year):
    factories.recognition(year.places["Bản Hon"], year=2019)
    rows = table_of(get(year.officer, query=year.query), "list")
    assert rows[1:] == [
        ["Bản Bo", "19/19", "☆ chờ QĐ"],
        ["Bản Hon", "15/19", "★đã công nhận 2019"],
        ["Khun Há tự đánh giá", "4/14", "– chưa được công nhận"],
        ["Nà Tăm", "chưa có", "– chưa được công nhận"],
        ["Sơn Bình", "18/19", "– chưa được công nhận"],
    ]


def test_the_page_says_basis_period_and_what_the_points_are(year):
    page = get(year.officer, query=year.query).content.decode()
    assert "đã thẩm định 3/5 xã" in page
    assert "số liệu tính đến ngày 31/03/2024" in page
    assert "một điểm trong hoặc gần xã (WGS 84" in page
    assert "số liệu minh họa" not in page


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COMMITTEE_MEMBER])
def test_places_without_a_point_are_named_with_who_can_enter_it(year, role):
    Locality.objects.filter(name__in=["Bản Bo", "Nà Tăm"]).update(latitude=None)
    response = get(factories.user(role, year.district), query=year.query)
    page = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert "2 xã chưa có tọa độ nên không có trên bản đồ: Bản Bo , Nà Tăm" in page
    assert ("Quản trị viên nhập vĩ độ" in page) == (role != Role.ADMINISTRATOR)
    assert len(titles(response)) == 3
    assert len(table_of(response, "list")) == 6


def test_without_any_point_the_table_still_stands(year):
    Locality.objects.update(latitude=None)
    response = get(year.officer, query=year.query)
    assert "Chưa xã nào có tọa độ" in response.content.decode()
    assert len(table_of(response, "list")) == 6


def test_one_place_is_drawn_too(year):
    own = year.places["Sơn Bình"]
    assert len(titles(get(factories.user(Role.COMMUNE_OFFICER, own), query=year.query))) == 1


def test_places_of_another_district_are_never_drawn(year):
    other = factories.district("Than Uyên")
    located([factories.commune("Mường Than", other)])
    page = get(year.officer, query=year.query).content.decode()
    assert "Mường Than" not in page
    assert [title for _, title in titles(get(factories.user(Role.OFFICER, other), query=year.query))] == [
        "Xã Mường Than: chưa có số liệu"
    ]


def test_no_place_at_all_says_so(year):
    response = get(factories.user(Role.OFFICER, factories.district("Trống")), query=year.query)
    assert "không có xã nào dùng bộ tiêu chí này" in response.content.decode()


@pytest.mark.parametrize("asked", ["", "&xem=", "&xem=gi-do", "&xem=tieu-chi&page=x"])
def test_an_unknown_measure_is_the_number_of_criteria(year, asked):
    assert get(year.officer, query=year.query + asked).context["measure"] == Measure.CRITERIA


def test_an_address_without_period_leads_to_the_newest(year):
    assert get(year.officer, query="?xem=muc")["Location"].endswith(f"xem=muc&ky={year.now.code}&bo={year.set.code}")


def test_a_name_with_markup_stays_text(year):
    Locality.objects.filter(name="Bản Bo").update(name="<b>Bo</b>")
    assert "<b>Bo</b>" not in get(year.officer, query=year.query).content.decode()


# Overdue work


def test_overdue_work_is_counted_as_on_the_board(db):
    world = District(communes=["Sơn Bình", "Bản Bo", "Nà Tăm"])
    factories.large_set(indicators=1)
    factories.period()
    located(world.communes)
    day = date(2024, 6, 30)
    late = {"due_on": date(2024, 4, 1)}
    # Of two communes' own committees; and of a department in one of them, with a commune that does it too.
    issued(world, world.committees[:2], **late)
    issued(world, [world.health, world.committees[1]], communes=world.communes[:1], **late)
    issued(world, [world.committees[2]], due_on=date(2024, 12, 31))
    officer = world.officer()
    found = queries.overdue_by_place(officer, day)
    by_filter = {
        place.pk: queries.summary(officer, day, queries.Filters(commune=place)).overdue for place in world.communes
    }
    assert {place.pk: found.get(place.pk, 0) for place in world.communes} == by_filter
    assert list(by_filter.values()) == [2, 2, 0]
    response = get(officer, query="?ky=2024-q1&bo=bo-lon&xem=qua-han&ngay=30/06/2024")
    assert [title for _, title in titles(response)] == [
        "Xã Bản Bo: 2 việc quá hạn",
        "Xã Nà Tăm: không có việc quá hạn",
        "Xã Sơn Bình: 2 việc quá hạn",
    ]
    page = response.content.decode()
    assert "việc quá hạn đến ngày 30/06/2024" in page
    assert "Chỉ tính phần việc" not in page
    assert f"?xa={world.communes[0].pk}&amp;trang_thai=overdue&amp;ngay=30/06/2024" in page
    sector = world.user(Role.SECTOR_OFFICER, agency=world.health)
    assert "Chỉ tính phần việc" in get(sector, query="?ky=2024-q1&bo=bo-lon&xem=qua-han").content.decode()


# With boundaries


def test_areas_stand_instead_of_circles_and_name_their_source(year):
    factories.boundary(year.places["Sơn Bình"], source="Sở Nội vụ, 2024")
    factories.boundary(year.places["Khun Há"], source="Sở Nội vụ, 2024")
    response = get(year.officer, query=year.query)
    page = response.content.decode()
    areas = re.search(r'<g class="map-areas".*?</g>', page)[0]
    assert "Xã Sơn Bình: 18/19 tiêu chí" in areas
    assert '<path class="mid" d="M16000 16000l1000 0 0 1000-1000 0z"/>' in areas
    assert areas.count("<a ") == 2
    assert len(titles(response)) == 5
    assert "Ranh giới (2/5 xã), đã giản lược: Sở Nội vụ, 2024, tải lên ngày" in page
    assert "Vòng tròn là xã chưa có ranh giới." in page
    # What stands on the commune's own word is ringed there too.
    assert page.count('class="ring unverified"') == 1


def test_a_boundary_taken_off_is_not_drawn_and_one_without_a_point_is(year):
    removed = factories.boundary(year.places["Sơn Bình"])
    removed.removed_at, removed.removed_by = removed.uploaded_at, removed.uploaded_by
    removed.save()
    assert "map-areas" not in get(year.officer, query=year.query).content.decode()
    factories.boundary(year.places["Sơn Bình"])
    Locality.objects.update(latitude=None)
    response = get(year.officer, query=year.query)
    assert [title for _, title in titles(response)] == ["Xã Sơn Bình: 18/19 tiêu chí"]


# What it costs


def many(number, with_boundaries=False):
    year = factories.Year(places=number)
    places = list(year.places.values())
    located(places)
    if with_boundaries:
        person = factories.user()
        squares = "M1000 1000" + "l24-13 8 31-17 22-33 4-9-26 5-18-21 6 13 9z"
        Boundary.objects.bulk_create(
            factories.boundary(
                place,
                person,
                saved=False,
                sketch=squares,
                west=place.longitude,
                east=place.longitude + 0.05,
                south=place.latitude,
                north=place.latitude + 0.05,
                longitude=place.longitude + 0.02,
                latitude=place.latitude + 0.02,
            )
            for place in places
        )
    return year


@pytest.mark.parametrize("number", [3, 60])
@pytest.mark.parametrize("with_boundaries", [False, True])
def test_the_queries_do_not_grow_with_the_places(db, number, with_boundaries):
    year = many(number, with_boundaries)
    client = Client()
    client.force_login(year.officer)
    for query, most in (("", 7), ("&xem=muc", 7), ("&xem=qua-han", 9)):
        with counted() as asked:
            assert client.get(reverse("dashboards:map") + year.query + query).status_code == 200
        assert len(asked) == most, asked


@pytest.mark.parametrize("with_boundaries", [False, True])
def test_six_hundred_places_come_in_two_hundred_kilobytes(db, with_boundaries):
    year = many(600, with_boundaries)
    response = get(year.officer, query=year.query)
    # As it is sent, beside some 60 kB of styles and scripts.
    assert len(gzip.compress(response.content)) <= 60_000
    assert len(titles(response)) == 600
    assert len(table_of(response, "list")) == 51
    second = get(year.officer, query=year.query + "&page=2")
    assert table_of(second, "list")[1][0] == "Xã 051"


def test_a_whole_country_is_drawn_as_dots(db):
    year = many(900)
    response = get(year.officer, query=year.query)
    page = response.content.decode()
    assert len(titles(response)) == 900
    assert 'r="3"' in page
    assert "mỗi xã là một chấm" in page


def test_all_places_at_one_point_are_each_to_be_seen(db):
    year = factories.Year({f"Xã {i}": (letters(19), "") for i in range(12)})
    Locality.objects.filter(parent=year.district).update(latitude="22.35", longitude="103.65")
    page = get(year.officer, query=year.query).content.decode()
    spots = re.findall(r'<circle class="accent" cx="(\d+)" cy="(\d+)" r="13"/>', page)
    assert len(set(spots)) == 12
    assert "Vòng tròn chồng nhau được dời ra" in page
