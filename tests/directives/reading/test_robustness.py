"""Whatever the text is, reading it ends, and soon."""

import random
import time

import pytest

from directives.reading import _read, read
from directives.reading.text import clean, key_of
from tests.directives.reading.test_notices import notice_text

STEMS = ("000", "001", "002", "003", "004")


def _mutate(random_, text):
    for _ in range(random_.randint(1, 6)):
        if not text:
            return text
        at = random_.randrange(len(text))
        to = min(len(text), at + random_.randint(1, 80))
        match random_.randrange(9):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + text[to : to + 40] + text[at:to] + text[to + 40 :]
            case 2:
                text = (
                    text[:at]
                    + chr(random_.choice([0, 7, 9, 11, 12, 27, 0xA0, 0x301, 0x200B, 0xD800, 0xFEFF, 0x130]))
                    + text[at:]
                )
            case 3:
                text = text[:at]
            case 4:
                text = text.replace("\n", random_.choice([" ", "", "\n\n", "\r\n", "\t"]), random_.randint(1, 30))
            case 5:
                text = text[:to] + text[at:]
            case 6:
                text = text[:at] + random_.choice("|()[]*:;./-0129IVX\n\t") * random_.randint(1, 12) + text[at:]
            case 7:
                text = text[:at] + text[at:to].upper() + text[to:]
            case _:
                words = text[at:to].split(" ")
                random_.shuffle(words)
                text = text[:at] + " ".join(words) + text[to:]
    return text


@pytest.mark.parametrize("seed", range(10))
def test_mutated_texts_never_raise(seed):
    random_ = random.Random(seed)
    texts = [notice_text(stem) for stem in STEMS]
    for _ in range(1_000):
        text = random_.choice(texts)
        size = random_.choice([40, 200, 600, 1500])
        at = random_.randrange(max(1, len(text) - size))
        # _read lets errors out, which read would hide.
        notice = _read(clean(_mutate(random_, text[at : at + size])), ())
        assert all(a.end <= b.start for a, b in zip(notice.tasks, notice.tasks[1:], strict=False))


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\x00", "\ud800", "|", "- ", "(" * 50, "1.", "Nơi nhận:", "THÔNG BÁO", "Giao", None, 7]
)
def test_texts_of_nothing_have_no_tasks(text):
    assert read(text).tasks == ()


@pytest.mark.parametrize(
    "text",
    [
        ("Giao Phòng A rà soát quy hoạch trước ngày 30/4/2024. " * 10_000)[:500_000],
        "a b\n" * 100_000,
        "- Giao\n" * 100_000,
        "\n".join(mark + " Đối với UBND:" for mark in ["I.", "1.", "1.1.", "a)", "-", "+"] * 1_500),
        "(" * 150_000,
        "Giao Phòng (" * 12_000,
        "| Nhiệm vụ | Chủ trì | Thời gian |\n" + "| a | b | c |\n" * 10_000,
        "STT\tNhiệm vụ\tChủ trì\tThời gian\n" + "1\tRà soát a\tPhòng A\tTháng 8/2024\n" * 4_000,
        ("1" + " " * 30 + "\n") * 5_000,
        "a" + "\u2003" * 150_000 + "b",
        "1" * 150_000,
        "." * 150_000,
        "trước ngày 30/4/2024; " * 7_000,
        "xã Sơn Bình, " * 12_000,
        "a" + "\u0323\u0301" * 75_000,
        "bình quân " * 15_000,
    ],
    ids=lambda text: text[:16].strip(),
)
def test_hostile_texts_are_read_in_time(text):
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 4


def test_a_hundred_pages_take_about_a_second():
    text = "\n".join(notice_text(stem) for stem in STEMS) * 9
    assert len(text) > 290_000
    start = time.process_time()
    notice = read(text)
    spent = time.process_time() - start
    print(f"{len(text) / 3000 / spent:.0f} pages a second")
    assert notice.text
    assert spent < 3


def test_clean_text_keeps_every_word():
    assert clean("a\r\nb\rc\x0cd\x00\u200be\u0301") == "a\nb\nc\nd\u00e9"


@pytest.mark.parametrize("text", ["UỶ BAN", "Hoà Bình – “Thuỷ”", "**a**\tİß\u00a0x", "quý III, Quỳnh"])
def test_keys_keep_every_offset(text):
    assert len(key_of(text)) == len(text)


def test_keys_put_tones_in_one_place():
    assert key_of("Uỷ ban, thuỷ lợi, hoà, quý") == "ủy ban, thủy lợi, hòa, quý"
