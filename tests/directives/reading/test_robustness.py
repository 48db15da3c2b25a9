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


# Texts nobody writes, each of a part said again and again, perhaps after a beginning.
HOSTILE = {
    "one sentence after another": "Giao Phòng A rà soát quy hoạch trước ngày 30/4/2024. ",
    "two letters a line": "a b\n",
    "a body a line": "UBND\n",
    "verbs alone": "- Giao\n",
    "nested headings": "".join(mark + " Đối với UBND:\n" for mark in ["I.", "1.", "1.1.", "a)", "-", "+"]),
    "nested lists": "".join(mark + " Giao UBND các xã rà soát:\n" for mark in ["I.", "1.", "1.1.", "a)", "-", "+"]),
    "lines for all tasks": "- Giao UBND các xã rà soát quy hoạch.\n- Đơn vị chủ trì: Phòng A.\n",
    "the same under one heading": ("1. Nhiệm vụ\n", "- Giao xã rà soát sổ.\n- Chủ trì: Phòng A.\n"),
    "brackets": "(",
    "open brackets": "Giao Phòng (",
    "a table": ("| Nhiệm vụ | Chủ trì | Thời gian |\n", "| Rà soát | Phòng A | 6/2024 |\n"),
    "a table of tabs": ("STT\tNhiệm vụ\tChủ trì\tThời gian\n", "1\tRà soát a\tPhòng A\tTháng 8/2024\n"),
    "a cell of days": ("| Nhiệm vụ | Chủ trì | Thời gian |\n| a | b | ", "tháng 6/2024, "),
    "a cell of bodies": ("| Nhiệm vụ | Chủ trì | Thời gian |\n| a | ", "các a, "),
    "pipes": "|",
    "blanks": "1" + " " * 30 + "\n",
    "wide blanks": "\u2003",
    "no blanks": "giaophòngaràsoát",
    "marks of no width": "a\u200b",
    "accents": "\u0323\u0301",
    "digits": "1",
    "digits of a task": ("I. NHIỆM VỤ\n- Giao UBND các xã rà soát ", "1"),
    "points": ".",
    "ors": "; ",
    "ands": "và ",
    "days": "trước ngày 30/4/2024; ",
    "days without a year": "trước ngày 30/4, ",
    "counts": "15/19 tiêu chí ",
    "goals": ("MỤC TIÊU\n", "- xã Sơn Bình đạt 15/19 tiêu chí năm 2024\n"),
    "years": "a) Năm 2024:\n- xã Sơn Bình đạt chuẩn nông thôn mới\n",
    "communes": "xã Sơn Bình, ",
    "means": "bình quân ",
    "sources": "theo Quyết định số 12/QĐ-UBND ngày 5/3/2024 của UBND tỉnh, ",
    "footnotes": "Rà soát các xã\n\n[1] Quyết định số 5\n\n",
    "bodies in one sentence": "- Giao " + "Phòng A, Phòng B, " * 14 + "rà soát.\n",
    "parts of a subject": "- Giao phòng A phối hợp với " + "xã; " * 44 + "xã rà soát.\n",
    "parts in brackets": "- Rà soát (b, giao " + "xã; " * 60 + "xã rà soát)\n",
    "subjects after colons": "- " + "riêng xã (: " * 40 + "\n",
    "colons after colons": "- Về a: " + "với xã: " * 50 + "xã A, B\n",
    "closings": "- " + "thông báo nội dung để biết " * 30 + "\n",
}
# Those that took longest when this was written.
SLOWEST = ["parts of a subject", "nested headings", "colons after colons", "closings", "days without a year", "years"]


def _hostile(name, length):
    beginning, part = HOSTILE[name] if isinstance(HOSTILE[name], tuple) else ("", HOSTILE[name])
    return (beginning + part * (length // len(part) + 1))[:length]


def _seconds(text):
    start = time.process_time()
    read(text)
    return time.process_time() - start


# A page holds at most 3,000 characters.
@pytest.mark.parametrize("name", HOSTILE)
def test_fifty_pages_of_anything_are_read_in_two_seconds(name):
    text = _hostile(name, 150_000)
    # Beside another busy process one core does half: it has a second try.
    assert _seconds(text) < 2 or _seconds(text) < 2


@pytest.mark.parametrize("name", SLOWEST)
def test_the_most_that_is_read_takes_twice_as_long(name):
    text = _hostile(name, 500_000)
    assert _seconds(text) < 4 or _seconds(text) < 4


def test_a_sentence_of_colons_costs_no_more_than_itself():
    """Each colon may open the subject anew; read so, a line of these would end the reading of the whole text."""
    notice = _read("I. NHIỆM VỤ\n- " + "xã: " * 1_900 + "\n- Giao Phòng Nội vụ rà soát biên chế của huyện.", ())
    assert notice.tasks[-1].lead == ("Phòng Nội vụ",)


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
