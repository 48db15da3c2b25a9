"""How words are compared, whatever is searched."""

import unicodedata

import pytest

from communes.models import Locality
from ntm_tracker.search import MOST_WORDS, matching, search_key, words_of
from tests import factories


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thuỷ lợi", ["thuy", "loi"]),
        ("Thủy", ["thuy"]),
        (unicodedata.normalize("NFD", "Điện Thuỷ"), ["dien", "thuy"]),
        ("253/TB-UBND", ["253", "tb", "ubnd"]),
        ("TC11", ["tc", "11"]),
        ("TC 03", ["tc", "3"]),
        ("11.2", ["11.2"]),
        ("2,5 km", ["2.5", "km"]),
        ("năm 2024.", ["nam", "2024"]),
        ("Ea H'leo", ["ea", "hleo"]),
        ("000", ["0"]),
        ("%_'\"\\;--\0", []),
        ("", []),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


@pytest.fixture
def places(db):
    for name in ("Sơn Bình", "Bình Sơn", "Bình Sơn Hạ", "Bình Lư", "Xuân Sởn Bình", "Ea H'leo", "Bản 11", "Bản 110"):
        factories.commune(name)
    return lambda text: list(matching(Locality.objects.all(), text).order_by("rank", "pk").values_list("name", "rank"))


def test_the_words_as_typed_come_before_other_orders_and_beginnings(places):
    assert places("binh son") == [("Bình Sơn", 0), ("Bình Sơn Hạ", 0), ("Sơn Bình", 2), ("Xuân Sởn Bình", 2)]
    assert places("binh so") == [("Bình Sơn", 1), ("Bình Sơn Hạ", 1), ("Sơn Bình", 2), ("Xuân Sởn Bình", 2)]
    assert places("bi so") == [("Sơn Bình", 3), ("Bình Sơn", 3), ("Bình Sơn Hạ", 3), ("Xuân Sởn Bình", 3)]
    assert places("uan") == [("Xuân Sởn Bình", 4)]


def test_a_number_or_two_letters_are_not_found_inside_a_word(places):
    assert places("11") == [("Bản 11", 0), ("Bản 110", 1)]
    assert places("10") == places("nh") == []
    assert places("ea hleo") == places("EA H’LEO") == [("Ea H'leo", 0)]


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'; --", "\0", "…", "%%_%%"])
def test_without_words_nothing_is_found(places, text):
    assert places(text) == []


def test_of_many_words_the_first_are_read(places):
    assert places("bình " * MOST_WORDS + "không có") != []


def test_a_key_follows_the_names_also_when_written_in_bulk(db):
    district = factories.district()
    body = factories.agency(district, "Phòng Giáo dục và Đào tạo", short_name="Phòng GD&ĐT")
    assert body.search_key == " phong gd dt phong giao duc va dao tao "
    body.name = "Phòng Y tế"
    body.short_name = ""
    body.save()
    body.refresh_from_db()
    assert body.search_key == search_key("Phòng Y tế") == " phong y te "
    rows = type(body).objects.bulk_create([type(body)(name="Công an huyện", kind="other", locality=district)])
    assert type(body).objects.get(pk=rows[0].pk).search_key == " cong an huyen "
