"""Numbers, dates and names as officers type them, and the order of the Vietnamese dictionary."""

import random
import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from ntm_tracker.vietnamese import (
    NotADate,
    NotANumber,
    fold,
    format_date,
    format_number,
    nfc,
    parse_date,
    parse_number,
    sort_key,
)

# Numbers


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u00a0"])
def test_nothing_typed_is_no_number(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("80", "80"),
        ("93,4", "93.4"),
        ("93.4", "93.4"),
        (" 93,4 ", "93.4"),
        # Groups of exactly three digits are thousands, for officers write them so …
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("12.345.678", "12345678"),
        ("93.400", "93400"),
        # … unless a zero stands before them, or there are not three.
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1.2345", "1.2345"),
        ("12.34", "12.34"),
        # What spreadsheets and calculators write.
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        # One comma alone is decimal, whatever follows.
        ("1,234", "1.234"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        ("-1.234,5", "-1234.5"),
        ("１２３，４", "123.4"),
        ("007", "7"),
        ("9" * 40, "9" * 40),
    ],
)
def test_numbers_are_read_as_they_are_written(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "12abc",
        "--3",
        "3-",
        "+5",
        "101 %",
        "50%",
        "1e5",
        "NaN",
        "Infinity",
        "1.23.4",
        "1.234.56",
        "1,234,5",
        "1.234.5,6",
        "93,",
        ",5",
        ".",
        "-",
        "½",
        "0x10",
        "1_000",
        "\x00",
    ],
)
def test_what_is_no_number_is_refused_in_words(text):
    with pytest.raises(NotANumber, match="không phải là số") as refusal:
        parse_number(text)
    assert text.strip() in str(refusal.value)


def test_a_long_text_is_not_thrown_back_whole():
    with pytest.raises(NotANumber) as refusal:
        parse_number("x" * 5000)
    assert len(str(refusal.value)) < 150


def test_there_is_one_zero():
    assert str(parse_number("-0")) == "0"
    assert not parse_number("-0,0").is_signed()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, ""),
        (0, "0"),
        (Decimal("0.0000"), "0"),
        (Decimal("93.4000"), "93,4"),
        (Decimal("80.0"), "80"),
        (Decimal("1234.5"), "1.234,5"),
        (1234567, "1.234.567"),
        (Decimal("1E+3"), "1.000"),
        (Decimal("-3.5"), "-3,5"),
        (Decimal("0.0001"), "0,0001"),
        (17.8, "17,8"),
    ],
)
def test_numbers_show_the_digits_that_say_something(number, text):
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (None, 1, ""),
        (80, 1, "80,0"),
        (Decimal("17.8333"), 1, "17,8"),
        # Half up, as people round and as the tables do; not to the even neighbour.
        (Decimal("62.5"), 0, "63"),
        (Decimal("17.85"), 1, "17,9"),
        (Decimal("0.5"), 0, "1"),
        (Decimal("1234.56"), 1, "1.234,6"),
    ],
)
def test_numbers_are_rounded_half_up(number, places, text):
    assert format_number(number, places) == text


def test_what_is_shown_is_read_back():
    generator = random.Random(20240328)
    for _ in range(500):
        number = Decimal(generator.randrange(10**10)).scaleb(-generator.randrange(5))
        shown = format_number(number)
        assert parse_number(shown) == number, shown


# Dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28/3/2024", date(2024, 3, 28)),
        ("28/03/2024", date(2024, 3, 28)),
        ("28-3-2024", date(2024, 3, 28)),
        ("28.3.2024", date(2024, 3, 28)),
        (" 28/3/2024 ", date(2024, 3, 28)),
        ("29/2/2024", date(2024, 2, 29)),
        ("2024-04-20", date(2024, 4, 20)),
        # The day comes first, even where the month could.
        ("1/2/2024", date(2024, 2, 1)),
    ],
)
def test_days_are_read_day_first(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_typed_is_no_day(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text", ["31/2/2024", "29/2/2023", "31/4/2024", "0/1/2024", "1/0/2024", "3/28/2024", "1/1/0000", "2024-02-30"]
)
def test_a_day_that_is_not_in_the_calendar_is_named(text):
    with pytest.raises(NotADate, match="không có trong lịch"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["31/2", "1/2/24", "1/2/202", "28/3/20245", "hôm nay", "2024/04/20", "20240420", "28/3/2024x", "1//2024"]
)
def test_what_is_no_day_is_refused_with_an_example(text):
    with pytest.raises(NotADate, match="không phải là ngày.*28/3/2024"):
        parse_date(text)


def test_days_are_shown_with_two_digits():
    assert format_date(date(2024, 3, 5)) == "05/03/2024"
    assert format_date(None) == ""


# Text


def test_text_is_composed_with_single_spaces():
    assert nfc(unicodedata.normalize("NFD", "  Sơn\u00a0 Bình ")) == "Sơn Bình"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thuỷ", "Thủy"),
        ("Hoà", "Hòa"),
        ("Sơn Bình", "son binh"),
        ("Đường", "duong"),
        ("ĐƯỜNG", "đường"),
        ("Tả  Lèng", "ta leng"),
        ("Khun Há", unicodedata.normalize("NFD", "Khun Há")),
        ("Ủy ban", "uy ban"),
    ],
)
def test_search_passes_over_marks_and_case(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Sơn Bình", "Sơn Binh2"), ("Thèn", "Then Sin"), ("Bản Bo", "Bảnbo")])
def test_search_keeps_different_names_apart(one, other):
    assert fold(one) != fold(other)


# Order

DICTIONARY = ["An", "Án", "Ăn", "Ân", "Dân", "Đà", "E", "Ê", "O", "Ô", "Ở", "Then", "Thèn", "Thẻn", "Y"]


def in_order(names):
    return sorted(names, key=sort_key)


def test_names_are_in_dictionary_order():
    shuffled = random.Random(7).sample(DICTIONARY, len(DICTIONARY))
    assert shuffled != DICTIONARY
    assert in_order(shuffled) == DICTIONARY


def test_tones_are_in_dictionary_order():
    assert in_order(["mạ", "má", "mã", "mả", "mà", "ma"]) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_letters_decide_before_tones():
    # By letters "an bo" comes before "an ca"; the tone of the first word comes after all letters.
    assert in_order(["An Ca", "Án Bo"]) == ["Án Bo", "An Ca"]
    assert in_order(["Anh", "Án"]) == ["Án", "Anh"]


def test_a_word_that_ends_comes_first():
    assert in_order(["Bảng", "Bản Giang", "Bản", "Bản Bo"]) == ["Bản", "Bản Bo", "Bản Giang", "Bảng"]


def test_digits_come_before_letters_and_in_their_own_order():
    names = ["Bản Z", "Bản 9", "Bản A", "Bản 46", "Bản 1", "Bản 12"]
    assert in_order(names) == ["Bản 1", "Bản 12", "Bản 46", "Bản 9", "Bản A", "Bản Z"]
    # A digit moves nothing that follows it.
    assert in_order(["2b", "2a", "1c"]) == ["1c", "2a", "2b"]


def test_order_is_the_same_however_a_name_was_typed():
    for name in [*DICTIONARY, "Ngọc Hồi", "Ường", "Xã Đắk Ơ"]:
        assert sort_key(unicodedata.normalize("NFD", name)) == sort_key(name)
        assert sort_key(name.upper()) == sort_key(name)


def test_keys_hold_digits_only():
    # Databases with a language's collation pass over spaces and signs: those would move names there.
    for name in [*DICTIONARY, "Bản 46", "Ea H'leo", "Cư Kty – 2²", "Wa-Jrai", ""]:
        key = sort_key(name)
        assert key.isascii()
        assert key.isdigit()
