"""Boundaries from a GeoJSON file: what is taken, whose each area is, how it is drawn, and who replaces what."""

import json
import re
from datetime import date
from html import unescape

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from communes.boundaries.drawing import OUTLINE, draw
from communes.boundaries.geojson import BoundariesRefused, read_boundaries, split_kind
from communes.boundaries.matching import BY_CODE, BY_NAME, match
from communes.models import Boundary
from tests import factories
from tests.reading import fields_of

PAGE = "dashboards:boundaries"


def square(west=103.6, south=22.3, size=0.1):
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(coordinates=None, kind="Polygon", **properties):
    geometry = {"type": kind, "coordinates": square() if coordinates is None else coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def read(*features, **more):
    return read_boundaries(json.dumps(collection(*features, **more)).encode())


def refused(data):
    with pytest.raises(BoundariesRefused) as refusal:
        read_boundaries(data if isinstance(data, bytes) else json.dumps(data).encode())
    return " ".join(refusal.value.problems)


# What is taken


def test_an_area_is_read_with_its_name_kind_and_code():
    (found,) = read(feature(TenXa="TT. Tam Đường", Ma_xa=3388, Huyen="Tam Đường")).features
    assert (found.name, found.kind, found.codes, found.above) == (
        "TT. Tam Đường",
        "thị trấn",
        ("03388",),
        ("Tam Đường",),
    )
    assert found.shape.area == pytest.approx(0.01)


def test_several_parts_holes_heights_and_a_byte_order_mark_are_taken():
    hole = square(103.62, 22.32, 0.01)[0]
    parts = [[square()[0], hole], square(104.0)]
    high = [[[x, y, 12.5] for x, y in square(105)[0]]]
    data = json.dumps(collection(feature(parts, "MultiPolygon"), feature(high))).encode("utf-8-sig")
    first, second = read_boundaries(data).features
    assert first.shape.area == pytest.approx(0.02 - 0.0001)
    assert second.shape.area == pytest.approx(0.01)


def test_names_are_composed_and_points_and_lines_are_left_out():
    decomposed = "Xã So\u031bn Bi\u0300nh"
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [103, 22]}}
    reading = read(feature(ten=decomposed), point, {"type": "Feature", "geometry": None}, "x", None)
    assert [one.name for one in reading.features] == ["Xã Sơn Bình"]
    assert reading.skipped == 4


def test_a_line_that_crosses_itself_is_mended_and_said():
    bow = [[[103.6, 22.3], [103.7, 22.4], [103.7, 22.3], [103.6, 22.4], [103.6, 22.3]]]
    (found,) = read(feature(bow)).features
    assert found.is_mended
    assert found.shape.is_valid
    assert not read(feature()).features[0].is_mended


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"])
def test_the_old_member_for_wgs_84_is_taken(name):
    assert read(feature(), crs={"type": "name", "properties": {"name": name}}).features


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Xã Sơn Bình", ("xã", "Sơn Bình")),
        ("TT Tam Đường", ("thị trấn", "Tam Đường")),
        ("P. Đông Phong", ("phường", "Đông Phong")),
        ("Đặc khu Phú Quý", ("đặc khu", "Phú Quý")),
        # A name may begin like a kind.
        ("Xa Son Binh", ("", "Son Binh")),
        ("Phương Thiện", ("", "Thiện")),
        ("Xã", ("", "Xã")),
        ("Tà Xùa", ("", "Tà Xùa")),
    ],
)
def test_the_kind_before_a_name_is_told_apart(name, parts):
    assert split_kind(name) == parts


# What is refused, each with a sentence


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không phải JSON: hỏng ở dòng 1, cột 1"),
        (b"{", "không phải JSON"),
        (b"PK\x03\x04\xff", "không ghi bằng mã UTF-8"),
        ("{}".encode("utf-16"), "không ghi bằng mã UTF-8"),
        (b"[" * 200_000, "lồng quá nhiều lớp"),
        (b'{"a":' * 200_000, "lồng quá nhiều lớp"),
        (json.dumps(collection(feature([[[float("nan"), 22]] * 4]))).encode(), "NaN"),
        (json.dumps(collection(feature([[[float("inf"), 22]] * 4]))).encode(), "NaN"),
        (b'{"type": "FeatureCollection", "features": [' + b"9" * 10_000 + b"]}", "quá dài"),
        ([], "phải là GeoJSON loại FeatureCollection"),
        ("x", "phải là GeoJSON loại FeatureCollection"),
        (feature(), "tệp này là “Feature”"),
        ({"type": "Topology"}, "tệp này là “Topology”"),
        ({"type": "FeatureCollection"}, "không có danh sách vùng"),
        ({"type": "FeatureCollection", "features": {}}, "không có danh sách vùng"),
        (collection(), "không có vùng nào"),
        (collection({"type": "Feature", "geometry": None}), "không có vùng nào"),
        (collection(*[None] * 12_001), "Tệp có 12.001 vùng, nhiều nhất là 12.000"),
        (collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:3405"}}), "EPSG:3405"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(data, said):
    assert said in refused(data)


@pytest.mark.parametrize(
    ("coordinates", "said"),
    [
        ([], "không có tọa độ"),
        ({}, "không có tọa độ"),
        ([[]], "chưa đến 4 điểm"),
        ([[[103.6, 22.3], [103.7, 22.3], [103.6, 22.3]]], "chưa đến 4 điểm"),
        ([[["103.6", "22.3"]] * 4], "không phải là hai số"),
        ([[[True, 22.3]] * 4], "không phải là hai số"),
        ([[[103.6]] * 4], "không phải là hai số"),
        ([[103.6, 22.3, 103.7, 22.4]], "không phải là hai số"),
        ([[[[103.6], [22.3]]] * 4], "không phải là hai số"),
        ([[[1e308, 22.3]] * 4], "tính bằng mét"),
        ([[[10**300, 22.3]] * 4], "tính bằng mét"),
        ([[[x * 1000 + 500_000, y * 100_000] for x, y in square()[0]]], "tính bằng mét (như VN-2000)"),
        ([[[y, x] for x, y in square()[0]]], "đổi chỗ"),
        (square(2.3, 48.8), "nằm ngoài Việt Nam (2,300; 48,800)"),
        ([[[103.6, 22.3]] * 5], "không khép thành một vùng"),
        ([[[103.6, 22.3], [103.7, 22.4], [103.8, 22.5], [103.6, 22.3]]], "không khép thành một vùng"),
    ],
)
def test_an_area_that_is_none_is_told_with_its_place_in_the_file(coordinates, said):
    problem = refused(collection(feature(), feature(coordinates, TenXa="Sơn Bình", MaXa="03413")))
    assert problem.startswith("Vùng thứ 2 (Sơn Bình, 03413): ")
    assert said in problem


def test_every_wrong_area_is_told_at_once():
    with pytest.raises(BoundariesRefused) as refusal:
        read(feature([]), feature(), feature([]))
    assert [problem[:11] for problem in refusal.value.problems] == ["Vùng thứ 1:", "Vùng thứ 3:"]


def test_a_file_of_too_many_points_is_refused(monkeypatch):
    monkeypatch.setattr("communes.boundaries.geojson.MOST_POINTS", 9)
    assert "hơn 9 điểm" in refused(collection(feature(), feature()))


@pytest.mark.parametrize("properties", [None, [], "x", {"TenXa": {"a": []}, "MaXa": [1], "": None, "ten": 12}])
def test_strange_properties_name_nothing(properties):
    item = feature()
    item["properties"] = properties
    (found,) = read(item).features
    assert (found.name, found.kind, found.codes) == ("", "", ())


# Whose area it is


@pytest.fixture
def district(db):
    return factories.district()


def place(name, parent, **fields):
    where = {"latitude": "22.35", "longitude": "103.65"}
    return factories.commune(name, parent, **{**where, **fields})


def matched(places, *features):
    return match(read(*features).features, places)


def test_the_code_decides_also_when_a_spreadsheet_took_its_zeros(district):
    binh, bo = place("Sơn Bình", district, code="03413"), place("Bản Bo", district, code="03424")
    found = matched([binh, bo], feature(MaXa=3413.0), feature(ma_xa="03424", ten="Bản Bo"))
    assert [(one.place, one.how, one.doubt) for one in found.matches] == [(binh, BY_CODE, ""), (bo, BY_CODE, "")]
    assert not found.without
    assert not found.unmatched


@pytest.mark.parametrize(
    "written", ["Sơn Bình", "XÃ SƠN BÌNH", "Xa Son Binh", "son binh", "SonBinh", "X. Sơn Bình", "So\u031bn Bi\u0300nh"]
)
def test_without_a_code_the_name_decides_however_it_is_written(district, written):
    binh, bo = place("Sơn Bình", district), place("Bản Bo", district)
    found = matched([binh, bo], feature(TEN=written))
    assert [(one.place, one.how, one.doubt) for one in found.matches] == [(binh, BY_NAME, "")]
    assert found.without == [bo]


@pytest.mark.parametrize(
    ("name", "written"),
    [("Thủy An", "Thuỷ An"), ("Ea H'leo", "Ea H’Leo"), ("Xà Phìn", "xa phin"), ("Hòa Phú", "Hoà Phú")],
)
def test_tone_marks_and_signs_are_no_difference(district, name, written):
    assert matched([place(name, district)], feature(ten=written)).matches


def test_the_kind_tells_a_town_from_a_commune_of_the_same_name(district):
    town, commune = place("Tam Đường", district, kind="thị trấn"), place("Tam Đường", district)
    found = matched([town, commune], feature(ten="Thị trấn Tam Đường"), feature(ten="Tam Đường", Loai="Xã"))
    assert [len(one.features) for one in found.matches] == [1, 1]
    wrong = matched([commune], feature(ten="Phường Tam Đường"))
    assert "khác loại" in wrong.unmatched[0][1]


def test_marks_tell_apart_what_is_one_without_them(district):
    hon, hoon = place("Bản Hon", district), place("Bản Hòn", district)
    found = matched([hon, hoon], feature(ten="Bản Hòn"))
    assert [one.place for one in found.matches] == [hoon]


def test_of_two_places_of_one_name_the_district_or_the_point_decides(district):
    other = factories.district("Than Uyên")
    near, far = place("Tân Lập", district), place("Tân Lập", other, longitude="103.95")
    by_district = matched([near, far], feature(ten="Tân Lập", huyen="Huyện Than Uyên", coordinates=square(103.8)))
    assert [one.place for one in by_district.matches] == [far]
    assert [one.place for one in matched([near, far], feature(ten="Tân Lập")).matches] == [near]
    far.longitude = near.longitude
    undecided = matched([near, far], feature(ten="Tân Lập"))
    assert not undecided.matches
    assert "2 xã cùng tên" in undecided.unmatched[0][1]


def test_an_area_of_the_same_name_far_away_is_another_place(district):
    binh = place("Sơn Bình", district)
    found = matched([binh], feature(square(108.9, 12.0), ten="Sơn Bình"))
    assert found.without == [binh]
    assert re.search(r"cách điểm của xã Sơn Bình trong danh mục \d[\d.]+ km", found.unmatched[0][1])


@pytest.mark.parametrize(
    ("properties", "how", "doubt"),
    [
        ({"ma": "03413", "ten": "Tên khác"}, BY_CODE, "tên trong tệp là “Tên khác”"),
        # The code of before went to another place in 2025.
        ({"ma": "03413", "ten": "Bản Bo"}, BY_NAME, "mã 03413 trong tệp là của xã Sơn Bình"),
    ],
)
def test_a_code_and_a_name_that_disagree_are_doubtful(district, properties, how, doubt):
    places = [place("Sơn Bình", district, code="03413"), place("Bản Bo", district)]
    (one,) = matched(places, feature(**properties)).matches
    assert (one.how, one.doubt) == (how, doubt)


def test_a_code_far_away_is_doubtful(district):
    (one,) = matched([place("Sơn Bình", district, code="03413")], feature(square(108.9, 12.0), ma="03413")).matches
    assert one.doubt.startswith("cách điểm của xã Sơn Bình")


def test_several_areas_of_one_code_are_one_place(district):
    binh = place("Sơn Bình", district, code="03413")
    island = feature(square(103.75), ma="03413")
    (one,) = matched([binh], feature(ma="03413"), island).matches
    assert (len(one.features), one.doubt, one.shape.area) == (2, "", pytest.approx(0.02))
    (named,) = matched([binh], feature(ten="Sơn Bình"), feature(square(103.66), ten="Sơn Bình")).matches
    assert (len(named.features), named.doubt) == (2, "2 vùng cùng tên, ghép làm một")


def test_what_fits_less_well_is_left_over(district):
    binh = place("Sơn Bình", district, code="03413")
    found = matched([binh], feature(ma="03413"), feature(square(103.8), ten="Sơn Bình"), feature())
    (one,) = found.matches
    assert [it.position for it in one.features] == [1]
    assert [(it.position, why) for it, why in found.unmatched] == [
        (2, "Xã Sơn Bình đã có vùng khớp hơn"),
        (3, "không ghi tên và mã của xã nào"),
    ]


# How it is drawn


def points_of(path):
    """The corners of a path in degrees, ring by ring."""
    rings = []
    for x, y, steps in re.findall(r"M(\d+) (\d+)l([-\d ]+)z", path):
        here = [int(x), int(y)]
        ring = [tuple(here)]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            here = [here[0] + dx, here[1] + dy]
            ring.append(tuple(here))
        rings.append([(102 + a * OUTLINE.unit, 24 - b * OUTLINE.unit) for a, b in ring])
    return rings


def test_a_path_holds_the_corners_in_whole_units():
    (one,) = draw([shapely.box(103.6, 22.3, 103.7, 22.4)])
    (ring,) = points_of(one.outline)
    assert shapely.Polygon(ring).bounds == pytest.approx((103.6, 22.3, 103.7, 22.4))
    assert one.box == (103.6, 22.3, 103.7, 22.4)
    assert one.centre == pytest.approx((103.65, 22.35), abs=0.003)


def jagged(start, end, steps=200):
    """A border with many small teeth."""
    (x, y), (a, b) = start, end
    return [(x + (a - x) * i / steps + (i % 2) * 0.0001, y + (b - y) * i / steps) for i in range(1, steps)]


def test_neighbours_still_share_their_border_after_simplifying():
    border = [(103.65, 22.3), *jagged((103.65, 22.3), (103.65, 22.4)), (103.65, 22.4)]
    west = shapely.Polygon([*border, (103.6, 22.4), (103.6, 22.3)])
    east = shapely.Polygon([*border, (103.7, 22.4), (103.7, 22.3)])
    drawn = draw([west, east])
    left, right = (shapely.Polygon(points_of(one.outline)[0]) for one in drawn)
    assert len(left.exterior.coords) < 40
    assert left.union(right).area == pytest.approx(0.01, rel=1e-3)
    assert left.intersection(right).area == pytest.approx(0, abs=1e-9)
    assert left.union(right).geom_type == "Polygon"


def test_shapes_that_overlap_are_drawn_each_for_itself():
    one, other = draw([shapely.box(103.6, 22.3, 103.7, 22.4), shapely.box(103.65, 22.3, 103.75, 22.4)])
    assert one.outline != other.outline


def test_islets_too_small_to_be_seen_are_left_out_but_never_the_whole():
    islet = shapely.box(103.8, 22.3, 103.80001, 22.30001)
    (with_islet,) = draw([shapely.MultiPolygon([shapely.box(103.6, 22.3, 103.7, 22.4), islet])])
    assert with_islet.outline.count("M") == 1
    (alone,) = draw([islet])
    assert alone.outline
    assert alone.sketch


def test_nothing_is_drawn_of_nothing():
    assert draw([]) == []


# The page


@pytest.fixture
def world(db):
    return World()


class World:
    def __init__(self):
        self.district = factories.district()
        self.binh = place("Sơn Bình", self.district, code="03413")
        self.bo = place("Bản Bo", self.district, code="03424", longitude="103.75")
        self.officer = factories.user(Role.OFFICER, self.district)
        self.file = collection(feature(MaXa="03413"), feature(square(103.7), TenXa="Bản Bo"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def upload(client, data, name="xa.geojson", source="Sở Nội vụ, 2024", day="01/01/2025"):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.post(reverse(PAGE), {"file": SimpleUploadedFile(name, content), "source": source, "day": day})


def accept(client, preview, **more):
    return client.post(reverse(PAGE), {**fields_of(preview, having="packed"), **more})


def standing():
    return {one.locality.name: one.source for one in Boundary.objects.in_force().select_related("locality")}


def test_a_file_is_shown_and_written_only_when_accepted(world):
    client = signed_in(world.officer)
    preview = upload(client, world.file)
    text = text_of(preview)
    assert "2 xã có ranh giới" in text
    assert "theo mã" in text
    assert "theo tên" in text
    assert not Boundary.objects.exists()
    answer = accept(client, preview)
    assert answer["Location"] == reverse("dashboards:map")
    assert standing() == {"Sơn Bình": "Sở Nội vụ, 2024", "Bản Bo": "Sở Nội vụ, 2024"}
    one = Boundary.objects.get(locality=world.binh)
    assert (one.uploaded_by, one.file_name, one.removed_at) == (world.officer, "xa.geojson", None)
    assert (one.west, one.south, one.east, one.north) == (103.6, 22.3, 103.7, 22.4)


def test_what_the_preview_lists_is_whole(world):
    strange = feature(square(104), ten="Không Đâu")
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [103, 22]}}
    text = text_of(upload(signed_in(world.officer), collection(feature(MaXa="03413"), strange, point)))
    assert "1 xã có ranh giới ; 1 xã không có trong tệp; 1 vùng không ghép được" in text
    assert "Xã Bản Bo. Các xã này giữ như đang có." in text
    assert "Vùng thứ 2 (Không Đâu): không có xã nào mang mã hoặc tên này." in text
    assert "1 đối tượng không phải là vùng" in text


def test_what_is_doubtful_is_used_only_when_ticked(world):
    client = signed_in(world.officer)
    preview = upload(client, collection(feature(ma="03413", ten="Tên khác"), feature(square(103.7), ma="03424")))
    assert "tên trong tệp là “Tên khác”" in text_of(preview)
    accept(client, preview)
    assert list(standing()) == ["Bản Bo"]
    accept(client, upload(client, collection(feature(ma="03413", ten="Tên khác"))), use=world.binh.pk)
    assert sorted(standing()) == ["Bản Bo", "Sơn Bình"]


def test_nothing_ticked_of_all_that_is_doubtful_writes_nothing(world):
    client = signed_in(world.officer)
    answer = accept(client, upload(client, collection(feature(ma="03413", ten="Tên khác"))))
    assert answer.status_code == 409
    assert "Chưa chọn xã nào" in text_of(answer)
    assert not standing()


def test_a_newer_file_replaces_and_the_earlier_stays_on_record(world):
    client = signed_in(world.officer)
    accept(client, upload(client, world.file))
    preview = upload(client, collection(feature(MaXa="03413")), source="Bản đồ 2025")
    assert "Thay ranh giới đang dùng của 1 xã." in text_of(preview)
    accept(client, preview)
    assert standing() == {"Sơn Bình": "Bản đồ 2025", "Bản Bo": "Sở Nội vụ, 2024"}
    old = Boundary.objects.exclude(removed_at=None).get()
    assert (old.source, old.removed_by) == ("Sở Nội vụ, 2024", world.officer)
    history = text_of(client.get(reverse(PAGE)))
    assert "Bản đồ 2025 xa.geojson" in history
    assert "1 /1 xã" in history
    assert "1 /2 xã 1 xã thôi dùng" in history


def test_who_has_not_seen_the_others_file_does_not_replace_it(world):
    first, second = signed_in(world.officer), signed_in(factories.user(Role.OFFICER, world.district))
    theirs = upload(second, world.file, source="Của người thứ hai")
    accept(first, upload(first, world.file, source="Của người thứ nhất"))
    refused_ = accept(second, theirs)
    assert refused_.status_code == 409
    text = text_of(refused_)
    assert "người khác đã đổi ranh giới" in text
    assert "Của người thứ nhất" in text
    assert "Nguồn: Của người thứ hai" in text
    assert set(standing().values()) == {"Của người thứ nhất"}
    assert accept(second, refused_).status_code == 302
    assert set(standing().values()) == {"Của người thứ hai"}


def test_the_same_preview_accepted_twice_writes_once(world):
    client = signed_in(world.officer)
    preview = upload(client, world.file)
    accept(client, preview)
    assert accept(client, preview).status_code == 409
    assert Boundary.objects.count() == 2


def test_boundaries_are_taken_off_once_and_only_those_of_that_upload(world):
    client = signed_in(world.officer)
    accept(client, upload(client, world.file, source="Một"))
    accept(client, upload(client, collection(feature(MaXa="03413")), source="Hai"))
    first = Boundary.objects.filter(source="Một").first()
    assert "Bỏ ranh giới của 1 xã" in text_of(client.get(reverse(PAGE)))
    address = reverse("dashboards:boundaries-remove", args=[first.pk])
    assert "Đã bỏ ranh giới của 1 xã" in text_of(client.post(address, follow=True))
    assert standing() == {"Sơn Bình": "Hai"}
    assert "đã được bỏ hoặc thay từ trước" in text_of(client.post(address, follow=True))
    assert client.get(address).status_code == 405


def test_the_places_are_those_of_the_day(world):
    ended = place("Cũ", world.district, dissolved_on=date(2025, 7, 1), code="03413x")
    file = collection(feature(ten="Cũ"))
    client = signed_in(world.officer)
    assert "1 xã có ranh giới" in text_of(upload(client, file, day="30/06/2025"))
    assert "Không vùng nào trong tệp ghép được" in text_of(upload(client, file, day="01/07/2025"))
    accept(client, upload(client, file, day="30/06/2025"))
    assert list(standing()) == [ended.name]


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_only_the_office_uploads_and_removes(world, role):
    one = factories.boundary(world.binh)
    client = signed_in(factories.user(role, world.district))
    assert client.get(reverse(PAGE)).status_code == 403
    assert upload(client, world.file).status_code == 403
    assert client.post(reverse("dashboards:boundaries-remove", args=[one.pk])).status_code == 403
    assert standing()


def test_another_districts_communes_are_neither_matched_nor_listed_nor_removed(world):
    one = factories.boundary(world.binh, source="Của huyện bên")
    guest = signed_in(factories.user(Role.OFFICER, factories.district("Than Uyên")))
    text = text_of(upload(guest, world.file))
    assert "Không vùng nào trong tệp ghép được" in text
    assert "Sơn Bình" not in text
    assert "Của huyện bên" not in text_of(guest.get(reverse(PAGE)))
    assert guest.post(reverse("dashboards:boundaries-remove", args=[one.pk])).status_code == 404
    assert standing()


def test_a_preview_is_of_one_person_and_cannot_be_altered(world):
    preview = fields_of(upload(signed_in(world.officer), world.file), having="packed")
    other = signed_in(factories.user(Role.OFFICER, world.district))
    for client, packed in (
        (other, preview["packed"]),
        (signed_in(world.officer), preview["packed"][:-2] + "xx"),
        (signed_in(world.officer), ""),
    ):
        answer = client.post(reverse(PAGE), {**preview, "packed": packed}, follow=True)
        assert "đã quá hạn" in text_of(answer)
    assert not Boundary.objects.exists()


def test_a_place_that_left_ones_sight_is_not_written(world):
    client = signed_in(world.officer)
    preview = upload(client, world.file)
    world.bo.parent = factories.district("Than Uyên")
    world.bo.save()
    accept(client, preview)
    assert list(standing()) == ["Sơn Bình"]


@pytest.mark.parametrize(
    ("data", "more", "said"),
    [
        (b"{}", {"name": "xa.shp"}, "với shapefile, mở bằng QGIS"),
        (b"", {}, "Tệp trống"),
        (b"{}", {}, "Chưa nhập gì từ “xa.geojson”: có 1 chỗ cần sửa"),
        (None, {"source": " "}, "Ghi nguồn ranh giới"),
        (None, {"day": "31/02/2025"}, "không có trong lịch"),
        (None, {"day": ""}, "Nhập ngày"),
    ],
)
def test_a_bad_upload_says_so_and_writes_nothing(world, data, more, said):
    answer = upload(signed_in(world.officer), world.file if data is None else data, **more)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Boundary.objects.exists()


def test_a_file_too_large_is_refused_before_it_is_read(world, monkeypatch):
    monkeypatch.setattr("ntm_tracker.uploads.LARGEST_MB", 0.0001)
    answer = upload(signed_in(world.officer), world.file)
    assert "nhiều nhất là" in text_of(answer)


def test_what_would_not_fit_into_the_preview_is_refused(world, monkeypatch):
    monkeypatch.setattr("dashboards.views.boundaries.MOST_CARRIED", 100)
    answer = upload(signed_in(world.officer), world.file)
    assert answer.status_code == 422
    assert "vẫn quá nặng để xem trước" in text_of(answer)


def test_a_name_with_markup_stays_text(world):
    answer = upload(signed_in(world.officer), collection(feature(ten="<script>alert(1)</script>", ma="03413")))
    assert "<script>alert" not in answer.content.decode()
