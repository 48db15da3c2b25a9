"""Text from before Unicode."""

import codecs
import unicodedata

import pytest

from directives.files.encodings import TCVN3, VNI, decode, from_tcvn3, from_vni, repair

NOTICE = (
    "Thông báo kết luận cuộc họp\nỦy ban nhân dân các xã rà soát từng tiêu chí, hoàn thành trước ngày 15/4/2024;\n"
    "Đề nghị phòng Nông nghiệp hướng dẫn hồ sơ, kiểm tra những xã đã được giao."
)
SMALL = NOTICE.lower()


def in_tcvn3(text):
    signs = {letter: sign for sign, letter in TCVN3.items()}
    return "".join(signs.get(char, char) for char in text)


def in_vni(text):
    signs = {}
    for sign, letter in VNI.items():
        signs.setdefault(letter, sign)
    return "".join(signs.get(char, char) for char in text)


def in_windows_1258(text):
    """Letters composed, tones after them, as Windows keeps Vietnamese."""
    written = b""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tone))
        written += (letter + tone).encode("cp1258")
    return written


@pytest.mark.parametrize(
    "content",
    [
        NOTICE.encode(),
        codecs.BOM_UTF8 + NOTICE.encode(),
        NOTICE.encode("utf-16"),
        codecs.BOM_UTF16_BE + NOTICE.encode("utf-16-be"),
        NOTICE.encode("utf-16-le"),
        NOTICE.encode("utf-16-be"),
        NOTICE.encode("utf-32"),
        in_windows_1258(NOTICE),
        in_vni(NOTICE).encode("latin-1"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16", "utf-16-be mark", "utf-16-le", "utf-16-be", "utf-32", "windows-1258", "vni"],
)
def test_every_encoding_gives_the_same_text(content):
    assert decode(content) == NOTICE


def test_tcvn3_has_small_letters_and_few_capitals():
    assert decode(in_tcvn3(SMALL).encode("latin-1")) == SMALL
    assert from_tcvn3("Th«ng b¸o kÕt luËn, §Ò nghÞ") == "Thông báo kết luận, Đề nghị"


def test_vni_has_capitals_with_either_sign():
    assert from_vni(
        "Thoâng baùo keát luaän; UÛY BAN, Uûy ban, Ñoäc laäp"
    ) == "Thông báo kết luận; ỦY BAN, ỦY ban, Độc lập".replace("ỦY ban", "Ủy ban")


@pytest.mark.parametrize("content", [bytes(range(128, 256)) * 20, b"\x00\x01\x02\x03" * 50, b"\xff\xfe\x00\xd8"])
def test_what_is_no_text_is_none(content):
    assert decode(content) is None


@pytest.mark.parametrize("write", [in_tcvn3, in_vni])
def test_unicode_that_holds_old_letters_is_repaired(write):
    assert repair(write(SMALL)) == SMALL


def test_only_the_old_paragraph_of_a_mixed_document_is_repaired():
    assert repair(f"{NOTICE}\n{in_tcvn3(SMALL)}") == f"{NOTICE}\n{SMALL}"


@pytest.mark.parametrize(
    "text", [NOTICE, NOTICE.upper(), "cá, và, xã, các", "“Số: 12/TB–UBND” – 30°, 5 m²", "Müller, Øst"]
)
def test_good_text_stays(text):
    assert repair(text) == text


def test_letters_in_pieces_are_composed():
    assert repair(unicodedata.normalize("NFD", NOTICE)) == NOTICE
