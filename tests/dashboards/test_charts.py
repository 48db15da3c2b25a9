"""The line over the periods."""

from dashboards.charts import BOTTOM, HEIGHT, SIDE, TOP, WIDTH, line


def values(*numbers, series="A"):
    return [(f"Quý {i}", number, series) for i, number in enumerate(numbers, start=1)]


def test_nothing_to_draw_is_no_line():
    assert line([], top=19) is None


def test_one_period_is_a_point_in_the_middle():
    drawn = line(values(19), top=19)
    (point,) = drawn.points
    assert (point.x, point.y) == (WIDTH / 2, TOP)
    assert drawn.segments == []


def test_points_stand_at_their_height_from_edge_to_edge():
    drawn = line(values(0, 19, 0), top=19)
    assert [(p.x, p.y) for p in drawn.points] == [(SIDE, BOTTOM), (WIDTH / 2, TOP), (WIDTH - SIDE, BOTTOM)]
    assert drawn.segments == [f"M{SIDE}.0 {BOTTOM}.0L{WIDTH / 2} {TOP}.0L{WIDTH - SIDE}.0 {BOTTOM}.0"]
    assert drawn.text == "Quý 1: 0, Quý 2: 19, Quý 3: 0"


def test_the_line_breaks_where_the_set_changes():
    drawn = line([*values(10, 12), *values(5, 6, series="B")], top=19)
    assert len(drawn.points) == 4
    assert len(drawn.segments) == 2
    first, second, third, _ = drawn.points
    assert drawn.breaks == [round((second.x + third.x) / 2, 1)]
    assert first.x < second.x < drawn.breaks[0] < third.x


def test_a_set_of_one_period_between_others_is_a_point_without_a_line():
    drawn = line([*values(10, 12), *values(5, series="B"), *values(7, 8, series="C")], top=19)
    assert len(drawn.segments) == 2
    assert len(drawn.breaks) == 2


def test_only_the_last_eight_periods_are_drawn():
    drawn = line(values(*range(12)), top=19)
    assert [p.value for p in drawn.points] == list(range(4, 12))


def test_no_value_leaves_the_picture():
    for top in (None, 0, 5, 19):
        drawn = line(values(0, 3, 25), top=top)
        assert all(TOP <= p.y <= BOTTOM <= HEIGHT for p in drawn.points)
        assert all(0 <= p.x <= WIDTH for p in drawn.points)
