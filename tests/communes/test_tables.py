"""Tables of offices: which place a name means, where a table begins, what its lines are."""

import pytest

from communes.imports.places import PlaceFinder, spelling
from communes.imports.tables import Headings, find_table, is_foot, is_total
from communes.models import PlaceAlias
from tests import factories
from tests.workbooks import book, sheet_of


def test_a_name_is_spelled_by_its_letters_and_tones_wherever_the_tone_stands():
    assert spelling("Thuỷ Hoà") == spelling("THỦY  HÒA")
    assert spelling("Hòa") != spelling("Hoa")
    assert spelling("Đông") != spelling("Dông")
    assert spelling("Bính") != spelling("Bình")


@pytest.fixture
def finder(db):
    district = factories.district()
    places = [
        factories.commune("Sơn Bình", district),
        factories.commune("Tam Đường", district),
        factories.commune("Tam Đường", district, kind="thị trấn"),
        factories.commune("Xà Dề Phìn", district),
        factories.commune("Hòa Bính", district),
        factories.commune("Hòa Bình", district),
    ]
    alias = PlaceAlias.objects.create(locality=places[0], name="Sơn Bìn")
    return PlaceFinder(places, [alias])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Sơn Bình", ["xã Sơn Bình"]),
        ("  xã   SƠN BÌNH ", ["xã Sơn Bình"]),
        ("X.Sơn Bình", ["xã Sơn Bình"]),
        ("son binh", ["xã Sơn Bình"]),
        ("Sơn Bìn", ["xã Sơn Bình"]),
        ("xã Sơn Bìn", ["xã Sơn Bình"]),
        ("Thị trấn Tam Đường", ["thị trấn Tam Đường"]),
        ("TT Tam Đường", ["thị trấn Tam Đường"]),
        ("TT. Tam Đường", ["thị trấn Tam Đường"]),
        ("xã Tam Đường", ["xã Tam Đường"]),
        ("Tam Đường", ["xã Tam Đường", "thị trấn Tam Đường"]),
        # What begins with the word for a commune is not cut.
        ("Xà Dề Phìn", ["xã Xà Dề Phìn"]),
        # Tones decide where letters are the same.
        ("Hoà Bình", ["xã Hòa Bình"]),
        ("Hoa Binh", ["xã Hòa Bính", "xã Hòa Bình"]),
        ("Sơn", []),
        ("", []),
        ("xã", []),
    ],
)
def test_names(finder, name, found):
    assert [place.full_name for place in finder.find(name)] == found


HEADINGS = Headings({"number": ("stt",), "name": ("ten xa",), "met": ("so tieu chi dat", "thuc hien dat")})


def table(rows, **more):
    return find_table(sheet_of(book(rows, **more)), HEADINGS, needs={"name", "met"})


def test_the_head_may_stand_in_one_row_in_two_or_in_three():
    one = table([["STT", "Tên xã", "Số tiêu chí đạt (tiêu chí)"]])
    assert (one.columns, one.first) == ({"number": 1, "name": 2, "met": 3}, 7)
    two = table([["STT", "Tên xã", "Thực hiện", None], [None, None, "Đạt", "Chưa"]], merged=["A6:A7", "B6:B7", "C6:D6"])
    assert (two.columns, two.first) == ({"number": 1, "name": 2, "met": 3}, 8)
    three = table([["STT", "Tên xã", "Kết quả"], [None, None, "Thực hiện"], [None, None, "Số tiêu chí đạt"]])
    assert (three.columns["met"], three.first) == (3, 9)


def test_no_head_no_table():
    assert table([["STT", "Tên xã"], [1, "Sơn Bình"]]) is None
    assert table([["x" * 40_000, "Tên xã"]]) is None


def test_a_column_that_says_the_same_again_is_remembered():
    assert table([["STT", "Tên xã", "Số tiêu chí đạt", "Số tiêu chí đạt"]]).repeated == [("met", 4)]


@pytest.mark.parametrize(
    "text", ["Tổng cộng", "II. Tổng số", "Cộng:", "Tỷ lệ (%)", "Bình quân tiêu chí/xã", "Toàn huyện"]
)
def test_totals(text):
    assert is_total(text)


@pytest.mark.parametrize(
    "text",
    ["Ghi chú: x là đạt", "NGƯỜI LẬP BIỂU", "TM. ỦY BAN NHÂN DÂN", "Tam Đường, ngày 05 tháng 4 năm 2024", "Nơi nhận:"],
)
def test_what_stands_below(text):
    assert is_foot(text)


@pytest.mark.parametrize("text", ["Sơn Bình", "Ngày hội"])
def test_what_does_not(text):
    assert not is_foot(text)
