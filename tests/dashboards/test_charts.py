"""The charts: where marks stand, and that nothing written lies on anything else written or leaves the picture."""

from decimal import Decimal
from itertools import combinations
from random import Random

import pytest
from django.template.loader import render_to_string

from dashboards.charts import (
    BAR_NAMES,
    LINE_BOTTOM,
    LINE_SIDE,
    LINE_TOP,
    WIDTH,
    Dot,
    bars,
    cut,
    dot_strip,
    line,
    text_width,
    wrapped,
)

LONG = "Thị trấn Nông trường Mộc Châu"


def assert_readable(chart, *, poles=()):
    """Every text inside the picture, none on another, and no pole through one."""
    for text in chart.texts:
        box = text.box
        assert 0 <= box.left < box.right <= WIDTH, text
        assert 0 <= box.top < box.bottom <= chart.height, text
    for one, other in combinations(chart.texts, 2):
        assert not one.box.meets(other.box), (one, other)
    for pole in poles:
        assert 0 <= pole.top < pole.bottom <= chart.height
        for text in chart.texts:
            assert not pole.box.meets(text.box), (pole, text)


# Text


def test_a_text_is_cut_to_its_room():
    assert cut("Bản Bo", 100) == "Bản Bo"
    short = cut(LONG, 100)
    assert short.endswith("…")
    assert LONG.startswith(short[:-1])
    assert text_width(short) <= 100
    assert cut(LONG, 0) == "…"


def test_a_text_is_broken_between_words_and_nothing_is_wider_than_its_room():
    lines = wrapped(LONG, 150, 3)
    assert " ".join(lines) == LONG
    assert len(lines) == 2
    assert all(text_width(part) <= 150 for part in lines)
    (only,) = wrapped(LONG, 150, 1)
    assert only.endswith("…")
    assert wrapped("Mườngmườngmườngmườngmườngmường", 100, 2)[0].endswith("…")


# The line over the periods


def values(*numbers, series="A"):
    return [(f"Quý {i}", number, series) for i, number in enumerate(numbers, start=1)]


def written(chart):
    return [text.text for text in chart.texts]


@pytest.mark.parametrize("nothing", [[], values(None), values(None, None)])
def test_nothing_to_draw_is_no_line(nothing):
    assert line(nothing, top=19) is None


def test_one_period_is_a_point_in_the_middle():
    drawn = line(values(19), top=19)
    (point,) = drawn.points
    assert (point.x, point.y) == (WIDTH / 2, LINE_TOP)
    assert drawn.segments == []


def test_points_stand_at_their_height_from_edge_to_edge():
    drawn = line(values(0, 19, 0), top=19)
    middle, right = WIDTH // 2, WIDTH - LINE_SIDE
    assert [(p.x, p.y) for p in drawn.points] == [(LINE_SIDE, LINE_BOTTOM), (middle, LINE_TOP), (right, LINE_BOTTOM)]
    assert drawn.segments == [f"M{LINE_SIDE} {LINE_BOTTOM}L{middle} {LINE_TOP}L{right} {LINE_BOTTOM}"]
    assert drawn.text == "Quý 1: 0, Quý 2: 19, Quý 3: 0"


def test_the_line_breaks_where_the_set_changes_and_says_so():
    drawn = line([*values(10, 12), *values(5, 6, series="B")], top=19)
    assert len(drawn.points) == 4
    assert len(drawn.segments) == 2
    first, second, third, _ = drawn.points
    assert drawn.breaks == [(second.x + third.x) // 2]
    assert first.x < second.x < drawn.breaks[0] < third.x
    assert drawn.text == "Quý 1: 10, Quý 2: 12, Quý 1: 5 (bộ tiêu chí mới), Quý 2: 6"
    assert [is_new for _, _, is_new in drawn.rows] == [False, False, True, False]


def test_a_set_of_one_period_between_others_is_a_point_without_a_line():
    drawn = line([*values(10, 12), *values(5, series="B"), *values(7, 8, series="C")], top=19)
    assert len(drawn.segments) == 2
    assert len(drawn.breaks) == 2


def test_what_is_not_known_leaves_a_gap():
    drawn = line(values(3, 4, None, 6, 7), top=19)
    assert len(drawn.points) == 4
    assert len(drawn.segments) == 2
    assert drawn.breaks == []
    assert "Quý 3: chưa có" in drawn.text
    assert drawn.rows[2] == ("Quý 3", "–", False)


def test_only_the_last_eight_periods_are_drawn_and_the_table_has_all():
    drawn = line(values(*range(12)), top=19)
    assert len(drawn.points) == 8
    assert drawn.text.startswith("Quý 5: 4")
    assert [label for label, _, _ in drawn.rows] == [f"Quý {i}" for i in range(1, 13)]


def test_the_break_before_the_first_period_drawn_is_not_drawn():
    drawn = line([*values(1, 2, 3), *values(*range(8), series="B")], top=19)
    assert drawn.breaks == []
    assert drawn.rows[3][2]


def test_values_below_zero_stand_under_the_axis_and_decimals_have_a_comma():
    drawn = line(values(Decimal("-2.5"), Decimal("1.25")))
    low, high = drawn.points
    assert high.y < drawn.zero < low.y == LINE_BOTTOM
    assert drawn.top is None
    assert {"-2,5", "1,25"} <= set(written(drawn))


@pytest.mark.parametrize("top", [None, 5, 19])
@pytest.mark.parametrize("numbers", [(19,), (19,) * 8, range(8), (0, 3, 25), (0, 0), (-5, -7, None), (12345.75,) * 8])
@pytest.mark.parametrize("label", ["{}", "Tháng {}/2022", "Kỳ đánh giá sáu tháng đầu năm {}"])
def test_the_line_is_readable(top, numbers, label):
    drawn = line([(label.format(i), n, i // 3) for i, n in enumerate(numbers, 1)], top=top, unit="tiêu chí")
    assert_readable(drawn)
    assert all(LINE_TOP <= p.y <= LINE_BOTTOM and 0 <= p.x <= WIDTH for p in drawn.points)
    # The newest period is always named.
    if text_width(label.format(len(numbers))) < WIDTH:
        assert label.format(len(numbers)) in written(drawn)
    if top:
        assert f"{top} tiêu chí" in written(drawn)


# Bars


def test_no_bars_of_nothing():
    assert bars([]) is None


def test_bars_are_as_long_as_their_values_with_the_value_beside():
    drawn = bars([("Bản Bo", 10), (LONG, Decimal("2.5")), ("Khun Há", 0)], unit="%")
    long, short, none = drawn.bars
    assert long.width == pytest.approx(4 * short.width, abs=2)
    assert none.width == 0
    assert written(drawn) == ["Bản Bo", "10 %", "Thị trấn Nông trường", "Mộc Châu", "2,5 %", "Khun Há", "0 %"]
    assert drawn.text == f"Bản Bo: 10 %, {LONG}: 2,5 %, Khun Há: 0 %"
    assert drawn.rows[1] == (LONG, "2,5 %")


def test_a_value_below_zero_goes_left_of_zero_and_one_not_known_has_no_bar():
    drawn = bars([("A", 4), ("B", -2), ("C", None)])
    up, down, unknown = drawn.bars
    assert up.x == drawn.zero
    assert down.x + down.width == drawn.zero
    assert unknown.width == 0
    assert drawn.rows[2] == ("C", "–")


@pytest.mark.parametrize(
    "items",
    [
        [("Bản Bo", 1)],
        [(f"{LONG} {i}", i) for i in range(40)],
        [("Bản Bo", 7)] * 5,
        [("Bản Bo", None)] * 3,
        [("Bản Bo", 0)] * 3,
        [("Bản Bo", -3), (LONG, -1), ("C", 0)],
        [("Bản Bo", -3), (LONG, 1200), ("C", None)],
        [("", 1), ("Mườngmườngmườngmườngmườngmường", Decimal("1234567.8901"))],
    ],
)
@pytest.mark.parametrize("unit", ["", "%", "triệu đồng/người/năm"])
def test_bars_are_readable(items, unit):
    drawn = bars(items, unit=unit)
    assert len(drawn.bars) == len(drawn.rows) == len(items)
    assert_readable(drawn)
    for bar in drawn.bars:
        assert BAR_NAMES < bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + drawn.thickness <= drawn.height


# Dots


def dot(name, value, limit=90, **fields):
    value = None if value is None else Decimal(str(value))
    is_met = None if value is None else value >= limit
    short = None if is_met is not False else limit - value
    return Dot(name, value, lambda: f"{value} %".replace(".", ","), is_met, short, **fields)


NINETY = [(Decimal(90), "≥ 90 %")]


def test_no_strip_without_values():
    assert dot_strip([], thresholds=NINETY) is None
    assert dot_strip([dot("Bản Bo", None), dot("Khun Há", None)], thresholds=NINETY) is None


def test_a_value_stands_on_its_side_of_the_threshold():
    strip = dot_strip([dot("Bản Bo", 95), dot("Khun Há", 38.5), dot("Sơn Bình", 80)], thresholds=NINETY)
    (threshold,) = strip.thresholds
    across = {mark.dot.name: mark.x for mark in strip.marks}
    assert across["Khun Há"] < across["Sơn Bình"] < threshold.x < across["Bản Bo"]
    assert "≥ 90 %" in written(strip)
    assert "Khun Há 38,5 %" in written(strip)
    assert strip.met.count("h0") == 1
    assert strip.unmet.lower().count("m0-") == 2


def test_the_chart_says_in_words_what_it_shows():
    strip = dot_strip(
        [dot("Bản Bo", 95), dot("Khun Há", 38.5), dot("C", None)], thresholds=NINETY, text="Chỉ tiêu 1.1, mức ≥ 90 %"
    )
    assert strip.text == (
        "Chỉ tiêu 1.1, mức ≥ 90 %: 2 xã có số liệu, 1 đạt, 1 chưa đạt; "
        "thấp nhất Khun Há 38,5 % đến cao nhất Bản Bo 95 %"
    )


def test_equal_values_are_heaped_and_a_heap_too_high_says_how_many():
    strip = dot_strip([dot(f"Xã {i}", 100) for i in range(5)])
    assert len({(mark.x, mark.y) for mark in strip.marks}) == 5
    assert "đều 100 %" in written(strip)
    strip = dot_strip([dot("Khun Há", 40), *(dot(f"Xã {i}", 100) for i in range(119))], thresholds=NINETY)
    assert "119 xã" in written(strip)
    assert strip.height < 250


def test_the_word_of_the_commune_alone_has_a_ring():
    strip = dot_strip([dot("Bản Bo", 95, is_reported=True), dot("Khun Há", 40)])
    assert strip.rings == strip.met
    assert not dot_strip([dot("Bản Bo", 95)]).rings


def test_marks_do_not_lie_on_one_another():
    random = Random(5)
    strip = dot_strip([dot(f"Xã {i}", random.randint(300, 1000) / 10) for i in range(120)], thresholds=NINETY)
    assert len(strip.marks) == 120
    for one, other in combinations(strip.marks, 2):
        assert max(abs(one.x - other.x), abs(one.y - other.y)) >= strip.diameter
    assert all(strip.radius <= m.x <= WIDTH - strip.radius and 0 < m.y < strip.axis for m in strip.marks)


def test_paths_lead_to_every_mark():
    """Following the moves of the path, the pen comes to each place once."""
    strip = dot_strip([dot(f"Xã {i}", value, limit=0) for i, value in enumerate([1, 1, 5, 9, 9, 30])])
    x = y = None
    places = set()
    for move in strip.met.replace("h0", " h0").split(" h0"):
        if move.startswith("M"):
            x, y = map(int, move[1:].split())
        elif move:
            across, down = move[1:].replace("-", " -").split()
            x, y = x + int(across), y + int(down)
        if move:
            places.add((x, y))
    assert places == {(mark.x, mark.y) for mark in strip.marks}


NAMES = ["Bản Bo", "Khun Há", LONG, "Sơn Bình", "Xã Đảo Cô Tô và vùng phụ cận phía Đông Bắc"]
CASES = {
    "one": [dot("Bản Bo", 95)],
    "equal": [dot(f"{LONG} {i}", 40) for i in range(30)],
    "two ends": [dot(LONG, 0), dot(LONG, 100)],
    "close to one another": [dot(NAMES[i % 5], 40 + i / 10) for i in range(12)],
    "at the left": [dot(NAMES[i % 5], i) for i in range(6)] + [dot("Bản Bo", 100)],
    "at the right": [dot("Khun Há", 1)] + [dot(NAMES[i % 5], 85 + i / 2) for i in range(10)],
    "negative": [dot("Bản Bo", -12.5), dot("Khun Há", -3)],
    "many": [dot(NAMES[i % 5], Random(i).randint(0, 1000) / 10) for i in range(120)],
    "hundreds": [dot(NAMES[i % 5], Random(i).choice([100, 100, Random(-i).randint(0, 1000) / 10])) for i in range(600)],
    "without a value": [dot("Bản Bo", None), dot("Khun Há", 40)],
    "a name wider than the picture": [dot(LONG * 3, 40), dot("Bản Bo", 95)],
}
THRESHOLDS = {
    "none": [],
    "one": NINETY,
    "by region": [(Decimal(n), f"≥ {n} %") for n in (70, 75, 80, 85, 90, 95, 100)],
    "far apart": [(Decimal(0), "≤ 0 %"), (Decimal(100), "≥ 100 triệu đồng/người/năm")],
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_the_strip_is_readable(case, thresholds):
    strip = dot_strip(CASES[case], thresholds=THRESHOLDS[thresholds])
    assert_readable(strip, poles=[*strip.poles, *strip.thresholds])
    assert len(strip.thresholds) == len(THRESHOLDS[thresholds])
    assert all(0 <= pole.x <= WIDTH for pole in [*strip.poles, *strip.thresholds])


def test_who_is_furthest_short_is_named_even_in_a_crowd():
    strip = dot_strip(CASES["many"], thresholds=NINETY)
    lowest = min(CASES["many"], key=lambda d: d.value)
    assert any(text.startswith(f"{lowest.name} {lowest.words()}") for text in written(strip))


# Templates


def test_the_templates_draw_with_words_and_a_table_and_without_style_or_script():
    drawn = line([*values(10, 12), *values(Decimal("5.5"), series="B")], top=19, unit="tiêu chí")
    page = render_to_string("charts/line.html", {"chart": drawn, "caption": "Số tiêu chí", "head": "Tiêu chí đạt"})
    page += render_to_string(
        "charts/bars.html",
        {"chart": bars([("<b>A</b>", 3)]), "caption": "Thanh", "head": "Xã", "value_head": "Giá trị"},
    )
    page += render_to_string("charts/dots.html", {"chart": dot_strip(CASES["two ends"], thresholds=NINETY)})
    assert page.count('role="img"') == page.count("aria-label=") == 3
    assert 'aria-label="Số tiêu chí. Quý 1: 10, Quý 2: 12, Quý 1: 5,5 (bộ tiêu chí mới)"' in page
    assert page.count("<table") == 2
    assert "<b>A" not in page
    assert "style=" not in page
    assert "<script" not in page
    # A number in an attribute has no decimal comma.
    assert not [part for part in page.split('"')[1::2] if part.replace(",", "").isdigit() and "," in part]
