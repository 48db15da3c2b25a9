"""Places × criteria: totals both ways, what moved, bands, and the basis in words."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Role
from criteria.models import CriterionResult, Period, Recognition
from criteria.nearness import open_indicators
from dashboards.arranging import GROUPINGS, ORDERS, Arrangement, Group
from dashboards.cells import Links, change_html, head_cells, matrix_body, strip_cells, total_cells
from dashboards.matrix import Matrix, MatrixRow, load_matrix
from tests import factories
from tests.factories import letters


def row(strip="", before="", name="Sơn Bình", year=None, pk=1, illustrative=False):
    return MatrixRow(pk, "xã", name, strip, before, illustrative, year)


# One place


def test_a_row_counts_its_letters():
    place = row("MmUu-Xx")
    assert (place.met, place.applicable) == (2, 5)
    assert (place.unmet, place.unknown) == ([3, 4], [5])
    assert place.is_reported_only
    assert not row("MUX-").is_reported_only


def test_a_place_is_full_when_it_meets_all_that_apply():
    assert row("MMX").is_full
    assert not row("MM-").is_full
    assert not row("MMU").is_full
    assert not row("").is_full
    assert not row("").has_data


def test_what_moved_is_against_the_period_before():
    place = row("MmUX-M", before="MUMM-x")
    # 4 no longer applies and is not lost by that; the totals still tell it.
    assert (place.gained, place.lost, place.change) == ([2, 6], [3], 0)


def test_what_is_not_assessed_yet_is_not_lost():
    place = row("M-", before="MM")
    assert (place.lost, place.change) == ([], -1)


def test_verifying_what_was_reported_moves_nothing():
    place = row("MU", before="mu")
    assert (place.gained, place.lost, place.change) == ([], [], 0)


@pytest.mark.parametrize(("strip", "before"), [("MM", ""), ("", "MM"), ("", "")])
def test_without_one_of_the_periods_nothing_is_compared(strip, before):
    place = row(strip, before)
    assert place.change is None
    assert (place.gained, place.lost) == ([], [])


def test_counts_can_fall():
    assert row("MUU", before="MMM").change == -2


# All places


@pytest.fixture
def criteria_set(db):
    return factories.large_set(indicators=1)


def matrix_of(criteria_set, *rows, previous=None):
    criteria = list(criteria_set.criteria.order_by("number"))
    period = Period(name="Quý I/2024", ends_on=date(2024, 3, 31))
    return Matrix(criteria_set, period, previous, criteria, list(rows))


def test_totals_both_ways_add_up(criteria_set):
    rows = [
        row(letters(19), letters(18), "Bản Bo"),
        row(letters(15), letters(16), "Bản Hon"),
        row("m" * 4 + "-" * 10 + "x" * 5, "", "Nà Tăm"),
        row("", letters(3), "Khun Há"),
    ]
    matrix = matrix_of(criteria_set, *rows)
    assert matrix.total_met == 19 + 15 + 4
    assert sum(column.met for column in matrix.columns) == matrix.total_met
    assert sum(column.applicable for column in matrix.columns) == 19 + 19 + 14
    first, sixteenth = matrix.columns[0], matrix.columns[15]
    assert (first.met, first.percent, first.unmet_places, first.unknown_places) == (3, 100, [], [])
    assert (sixteenth.met, sixteenth.applicable, sixteenth.percent) == (1, 2, 50)
    assert sixteenth.unmet_places == ["Bản Hon"]
    assert matrix.columns[4].unknown_places == ["Nà Tăm"]
    # The place without data is in no mean; the one without a period before in no comparison.
    assert matrix.mean == Decimal(38) / 3
    assert [r.name for r in matrix.comparable] == ["Bản Bo", "Bản Hon"]
    assert (matrix.change, matrix.mean_change, matrix.gained, matrix.lost) == (0, 0, 1, 1)


def test_an_empty_matrix_has_no_means(criteria_set):
    for rows in ([], [row("", "")]):
        matrix = matrix_of(criteria_set, *rows)
        assert (matrix.total_met, matrix.mean, matrix.change, matrix.mean_change) == (0, None, None, None)
        assert {column.percent for column in matrix.columns} == {None}
        assert [len(band.rows) for band in matrix.bands] == [0] * 5


def test_a_criterion_that_applies_nowhere_has_no_share(criteria_set):
    assert matrix_of(criteria_set, row("X" + "M" * 18)).columns[0].percent is None


@pytest.mark.parametrize(("met", "band"), [(19, 0), (18, 1), (15, 1), (14, 2), (10, 2), (9, 3), (5, 3), (4, 4), (0, 4)])
def test_bands_hold_each_place_once(criteria_set, met, band):
    matrix = matrix_of(criteria_set, row(letters(met)))
    assert [b.label for b in matrix.bands] == ["19", "15 – 18", "10 – 14", "5 – 9", "Dưới 5"]
    assert [len(b.rows) for b in matrix.bands] == [int(position == band) for position in range(5)]


def test_a_place_that_meets_all_that_apply_is_in_the_highest_band(criteria_set):
    matrix = matrix_of(criteria_set, row(letters(17, "X")), row(letters(17)), row(""))
    assert [len(b.rows) for b in matrix.bands] == [1, 1, 0, 0, 0]


def test_the_best_of_a_band_come_first(criteria_set):
    matrix = matrix_of(criteria_set, row(letters(15), name="A"), row(letters(18), name="B"), row(letters(15), name="C"))
    assert [r.name for r in matrix.bands[1].rows] == ["B", "A", "C"]


def test_the_basis_says_what_is_verified_reported_or_missing(criteria_set):
    verified, mixed, reported = row(letters(19)), row("m" + letters(18, size=18)), row("u" * 19)
    assert matrix_of(criteria_set, verified).basis == "đã thẩm định 1/1 xã"
    assert matrix_of(criteria_set, verified).basis_warning == ""
    matrix = matrix_of(criteria_set, verified, mixed, reported, row(""))
    assert matrix.basis == "đã thẩm định 1/4 xã"
    assert matrix.basis_warning == "2 xã mới tự đánh giá, 1 xã chưa có số liệu"


def test_full_and_recognised_are_two_facts(criteria_set):
    full, recognised = row(letters(19), name="A"), row(letters(15), name="B", year=2019)
    matrix = matrix_of(criteria_set, full, recognised)
    assert (matrix.full, matrix.recognised) == ([full], [recognised])


# Read from the database


@pytest.fixture
def district(criteria_set):
    return factories.district()


def sheets(criteria_set, period, **strips):
    for name, strip in strips.items():
        place = factories.Locality.objects.get(name=name)
        factories.assessment(place, criteria_set, period, strip=strip)


def test_the_matrix_holds_the_places_one_sees_in_dictionary_order(criteria_set, district):
    other = factories.district("Than Uyên")
    for name in ("Đà", "Dân", "Ân", "An"):
        factories.commune(name, district)
    factories.commune("Tam Đường", district, kind="thị trấn")
    factories.commune("Mường Than", other)
    factories.commune("Cũ", district, dissolved_on="2024-01-01")
    factories.commune("Mới", district, founded_on="2024-06-01")
    period = factories.period()

    def names(user):
        matrix = load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None)
        return [r.name for r in matrix.rows]

    assert names(factories.user(Role.OFFICER, district)) == ["An", "Ân", "Dân", "Đà"]
    assert names(factories.user(Role.COMMITTEE_MEMBER, other)) == ["Mường Than"]
    assert names(factories.user(Role.OFFICER)) == []
    assert names(factories.user(Role.ADMINISTRATOR)) == ["An", "Ân", "Dân", "Đà", "Mường Than"]


def test_the_matrix_takes_this_period_this_set_and_the_one_before(criteria_set, district, django_assert_num_queries):
    now, before, long_ago = factories.period(2024, 1), factories.period(2023, 4), factories.period(2023, 1)
    place = factories.commune("Bo", district)
    other_set = factories.large_set(code="khac", indicators=1)
    sheets(criteria_set, now, Bo=letters(15))
    sheets(criteria_set, before, Bo=letters(12))
    sheets(criteria_set, long_ago, Bo=letters(1))
    sheets(other_set, now, Bo=letters(19))
    sheets(other_set, before, Bo=letters(18))
    Recognition.objects.create(locality=place, year=2019)
    Recognition.objects.create(locality=place, year=2023)
    Recognition.objects.create(locality=place, year=2024, decided_on="2024-04-01")
    Recognition.objects.create(locality=place, year=2024, tier="advanced")
    user = factories.user(Role.OFFICER, district)
    with django_assert_num_queries(2):
        matrix = load_matrix(user=user, criteria_set=criteria_set, period=now, previous=before)
    (found,) = matrix.rows
    assert (found.strip, found.before, found.change) == (letters(15), letters(12), 3)
    assert found.recognised_year == 2023
    alone = load_matrix(user=user, criteria_set=criteria_set, period=long_ago, previous=None)
    assert (alone.rows[0].before, alone.change) == ("", None)


def test_the_matrix_knows_what_is_planned_and_the_highest_tier_reached(criteria_set, district):
    other_set = factories.large_set(code="khac", indicators=1)
    bo, hon = factories.commune("Bo", district, area="III"), factories.commune("Hon", district)
    for number in (3, 5):
        factories.target(bo, criteria_set.criteria.get(number=number))
    factories.target(bo, other_set.criteria.get(number=7))
    factories.target(bo, criteria_set.criteria.get(number=9), year=2023)
    factories.target(bo, criteria_set.criteria.get(number=11), dropped_at="2024-02-01T00:00Z")
    factories.target(bo, tier="basic")
    factories.target(hon, tier="advanced")
    factories.recognition(hon, 2019)
    factories.recognition(hon, 2021, tier="model")
    factories.recognition(hon, 2022, tier="advanced")
    period = factories.period()
    user = factories.user(Role.OFFICER, district)
    first, second = load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None).rows
    assert (first.area, sorted(first.planned), first.is_to_be_recognised, first.tier) == ("III", [3, 5], True, "")
    assert (second.area, second.planned, second.is_registered, second.tier) == ("", (), False, "model")
    assert second.recognised_year == 2019


def test_the_indicators_a_place_lacks_are_those_of_the_list_of_the_nearest(criteria_set, district):
    period, user = factories.period(), factories.user(Role.OFFICER, district)
    sheet = factories.assessment(factories.commune("Bo", district), criteria_set, period, strip=letters(18))
    for number, met, total in ((1, 1, 3), (2, 3, 3), (3, 0, 2)):
        criterion = criteria_set.criteria.get(number=number)
        CriterionResult.objects.create(
            assessment=sheet, criterion=criterion, indicators_met=met, indicators_total=total
        )
    factories.commune("Hon", district)
    matrix = load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None, with_lacking=True)
    assert [one.lacking for one in matrix.rows] == [4, 0]
    places = factories.Locality.objects.filter(parent=district)
    assert open_indicators(criteria_set=criteria_set, period=period, places=places) == {sheet.locality_id: 4}
    assert load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None).rows[0].lacking == 0


def test_a_person_without_a_place_sees_nothing_also_after_one_who_has_it(criteria_set, district):
    factories.commune("Bo", district)
    period = factories.period()
    for user, seen in [
        (factories.user(Role.OFFICER, district), 1),
        (factories.user(Role.OFFICER), 0),
        (factories.user(Role.OFFICER, factories.district("Than Uyên")), 0),
        (factories.user(Role.ADMINISTRATOR), 1),
        (factories.user(Role.OFFICER, district), 1),
    ]:
        matrix = load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None)
        assert len(matrix.rows) == seen


def test_illustrative_figures_are_known_as_such(criteria_set, district):
    place, period = factories.commune("Bo", district), factories.period()
    sheet = factories.assessment(place, criteria_set, period, is_illustrative=True)
    user = factories.user(Role.OFFICER, district)

    def is_illustrative():
        return load_matrix(user=user, criteria_set=criteria_set, period=period, previous=None).is_illustrative

    # An empty sheet shows no figure.
    assert not is_illustrative()
    sheet.strip = letters(1)
    sheet.save()
    assert is_illustrative()


def test_a_sheet_just_begun_is_neither_verified_nor_data(criteria_set, district):
    # One cell of a criterion with several was entered: no criterion is known yet.
    for name in ("Begun", "Done"):
        factories.commune(name, district)
    now, before = factories.period(2024, 1), factories.period(2023, 4)
    sheets(criteria_set, now, Begun="-" * 19, Done=letters(19))
    sheets(criteria_set, before, Begun=letters(10), Done="-" * 19)
    user = factories.user(Role.OFFICER, district)
    matrix = load_matrix(user=user, criteria_set=criteria_set, period=now, previous=before)
    assert (matrix.basis, matrix.basis_warning) == ("đã thẩm định 1/2 xã", "1 xã chưa có số liệu")
    assert (matrix.mean, matrix.lost, matrix.change) == (19, 0, None)
    begun, done = matrix.rows
    assert (begun.has_data, begun.lost, done.gained) == (False, [], [])


# The cells as HTML


def test_a_cell_says_its_status_and_what_changed():
    cells = strip_cells("MUX-m", "UMM-m", frozenset({2})).split("<td ")[1:]
    assert cells[0] == 'class="m up">✓<i> đạt</i><i>, mới đạt</i>'
    assert cells[1].startswith('class="u down">✗<i> chưa đạt</i>')
    assert "mới mất" in cells[1]
    assert cells[2].startswith('class="x part-start">∅')
    assert cells[3] == "class=n>–<i> chưa đánh giá</i>"
    assert cells[4] == "class=m>✓<i> đạt</i>"


def test_what_is_planned_for_the_year_is_marked_while_it_is_open():
    cells = strip_cells("MUX-U", "", frozenset(), (1, 2, 3, 4)).split("<td ")[1:]
    assert ["goal" in cell and "trong kế hoạch năm" in cell for cell in cells] == [False, True, False, True, False]


def test_without_a_period_before_no_cell_is_marked():
    assert "up" not in strip_cells("MU", "", frozenset())


@pytest.mark.parametrize(
    ("change", "text"), [(None, "–"), (0, "0"), (3, "▲"), (-3, "▼"), (Decimal("-0.3"), "▼"), (Decimal("1.5"), "▲")]
)
def test_a_change_has_its_sign(change, text):
    assert text in change_html(change)
    if change:
        assert f" {str(abs(change)).replace('.', ',')}</span>" in change_html(change)
        assert "-" not in change_html(change).replace("aria-hidden", "").replace("visually-hidden", "")


LINKS = Links("/xa/0/", "/phieu/0/")


def body_of(matrix, links=LINKS, opened=None):
    return matrix_body(matrix, [Group("", matrix.rows)], links, opened)


def test_names_and_addresses_are_escaped(criteria_set):
    matrix = matrix_of(criteria_set, row(letters(19), name="<b>x</b>", pk=7))
    html = body_of(matrix, Links('/xa/0/?bo="x"&ky=1', "/phieu/a/b/0/"))
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert 'href="/xa/7/?bo=&quot;x&quot;&amp;ky=1"' in html
    assert 'href="/phieu/a/b/7/"' in html


def test_a_group_has_its_heading_with_counts(criteria_set):
    full, half, empty = row(letters(19)), row(letters(10)), row("")
    matrix = matrix_of(criteria_set, full, half, empty)
    html = matrix_body(matrix, [Group("Khu <vực> I", matrix.rows)], LINKS)
    assert "<b>Khu &lt;vực&gt; I</b> <span>3 xã: 1 đủ 19, bình quân 14,5 tiêu chí</span>" in html
    assert "bình quân" not in matrix_body(matrix, [Group("A", [empty])], LINKS)
    assert "rowgroup" not in body_of(matrix)


def test_the_open_cell_is_marked_and_no_other(criteria_set):
    matrix = matrix_of(criteria_set, row("MU" + letters(17, size=17), letters(19), pk=7), row(letters(19), pk=8))
    cells = body_of(matrix, opened=(7, 2)).split("<td ")
    assert [cell for cell in cells if "open" in cell] == [
        'class="open u down" aria-current=true>✗<i> chưa đạt</i><i>, mới mất</i>'
    ]
    assert "open" not in body_of(matrix, opened=(9, 2))


def test_heads_lead_to_the_criterion_and_totals_to_who_has_not_met_it(criteria_set):
    matrix = matrix_of(criteria_set, row("U" + letters(18, size=18)))
    heads = head_cells(matrix, lambda number: f"/tieu-chi/{number}/?a=1&b=2")
    assert heads.count("<th ") == 19
    assert '<a href="/tieu-chi/19/?a=1&amp;b=2" title="Tiêu chí thứ 19">' in heads
    assert "<a" not in head_cells(matrix, lambda number: "")
    totals = total_cells(matrix, lambda number: f"?a=1&chua_dat={number}")
    assert '<td class="low"><a href="?a=1&amp;chua_dat=1" title="Xem 1 chưa đạt tiêu chí 1">0</a></td>' in totals
    assert totals.count("<a") == 1


def test_marks_beside_a_name(criteria_set):
    def body(place):
        return body_of(matrix_of(criteria_set, place))

    assert "chờ QĐ" in body(row(letters(19)))
    assert "công nhận năm</span> 2019" in body(row(letters(19), year=2019))
    assert "chờ QĐ" not in body(row(letters(19), year=2019))
    assert "tự đánh giá" in body(row("m" * 19))
    assert "tự đánh giá" not in body(row(letters(19)))
    planned, reached = row(letters(18)), row(letters(19), year=2024)
    planned.is_registered = reached.is_registered = True
    assert "kế hoạch công nhận năm</span> 2024" in body(planned)
    assert "kế hoạch" not in body(reached)
    assert "kế hoạch" not in body(row(letters(18)))
    empty = body(row(""))
    assert "chưa có" in empty
    assert empty.count("–<i> chưa đánh giá</i>") == 19


# In which order, under which heading


def places(**strips):
    return [row(strip, name=name) for name, strip in strips.items()]


def in_order(slug, rows):
    (group,) = Arrangement(ORDERS[slug], None).apply(rows, None)
    return [one.name for one in group.rows]


def test_places_are_ordered_by_what_they_met_those_without_data_last():
    rows = places(A=letters(3), B="", C=letters(19), D=letters(3))
    assert in_order("", rows) == ["A", "B", "C", "D"]
    assert in_order("so-dat", rows) == ["C", "A", "D", "B"]


def test_the_nearest_come_first_and_those_who_have_nothing_to_reach_behind():
    rows = places(A=letters(19), B=letters(15), C=letters(18), D=letters(18, "-"), E="", F=letters(17), G=letters(18))
    by_name = {one.name: one for one in rows}
    by_name["A"].recognised_year = 2019
    # Recognised and fallen: it has something to reach again.
    by_name["G"].recognised_year = 2019
    by_name["C"].lacking, by_name["D"].lacking, by_name["G"].lacking = 2, 1, 1
    assert in_order("gan", rows) == ["D", "G", "C", "F", "B", "A", "E"]


def test_places_are_grouped_and_an_empty_group_is_left_out(criteria_set):
    rows = places(A=letters(19), B=letters(16), C="", D=letters(18, "X"), E=letters(2))
    matrix = matrix_of(criteria_set, *rows)
    for one, area, tier in zip(rows, ["III", "", "I", "III", "I"], ["model", "", "basic", "", "basic"], strict=True):
        one.area, one.tier = area, tier

    def grouped(slug):
        groups = Arrangement(ORDERS["so-dat"], GROUPINGS[slug]).apply(rows, matrix)
        return [(group.label, "".join(one.name for one in group.rows)) for group in groups]

    assert grouped("khu-vuc") == [("Khu vực I", "EC"), ("Khu vực III", "AD"), ("Không thuộc khu vực nào", "B")]
    assert grouped("so-dat") == [
        ("19 tiêu chí", "AD"),
        ("15 – 18 tiêu chí", "B"),
        ("Dưới 5 tiêu chí", "E"),
        ("Chưa có số liệu", "C"),
    ]
    assert grouped("cong-nhan") == [
        ("Đã công nhận kiểu mẫu", "A"),
        ("Đã công nhận đạt chuẩn", "EC"),
        ("Chưa được công nhận", "DB"),
    ]


def test_what_the_address_does_not_know_orders_and_groups_nothing():
    assert Arrangement.asked({"xep": "x", "nhom": "x"}) == Arrangement(ORDERS[""], None)
    assert Arrangement.asked({"xep": "gan", "nhom": "so-dat"}) == Arrangement(ORDERS["gan"], GROUPINGS["so-dat"])
