"""Reorganising places: what ends, what begins, what is refused and in which words, and that nothing is done twice."""

from dataclasses import replace
from datetime import date

import pytest

from accounts.models import Role
from communes.actions.reorganisation import reorganise
from communes.models import Agency, Charge, Level, Locality, Succession
from communes.reorganisation import Kind, NewPlace, NotPossible, Plan, foresee
from tests import factories
from tests.reading import counted

pytestmark = pytest.mark.django_db
DAY = date(2024, 4, 1)


@pytest.fixture
def district():
    return factories.district(parent=factories.province())


@pytest.fixture
def binh_lu(district):
    return factories.commune("Bình Lư", district, code="03412", area="III", commune_group="NHOM1", region="TDMNPB")


@pytest.fixture
def son_binh(district):
    return factories.commune("Sơn Bình", district, code="03413", area="III", commune_group="NHOM2", region="TDMNPB")


@pytest.fixture
def merge(binh_lu, son_binh, district):
    """Bình Lư and Sơn Bình become Bình Sơn."""
    return Plan(
        kind=Kind.MERGE,
        predecessors=[binh_lu, son_binh],
        effective_on=DAY,
        decision="1/NQ-UBTVQH15",
        successors=[NewPlace("Bình Sơn", "xã", district, region="TDMNPB")],
    )


def carried_out(plan):
    return reorganise(plan=plan, by=factories.user(Role.OFFICER))


def refused(plan):
    """The reasons; nothing was written."""
    before = list(Locality.objects.order_by("pk").values()), Succession.objects.count(), Agency.objects.count()
    with pytest.raises(NotPossible) as refusal:
        carried_out(plan)
    assert (
        list(Locality.objects.order_by("pk").values()),
        Succession.objects.count(),
        Agency.objects.count(),
    ) == before
    return refusal.value.problems


def test_a_merger_ends_the_old_and_begins_the_new_on_one_day(merge, binh_lu, son_binh, district):
    done = carried_out(merge)
    (made,) = done.successors
    assert (made.full_name, made.parent, made.founded_on, made.region) == ("xã Bình Sơn", district, DAY, "TDMNPB")
    assert made.path == f"{district.path}{made.pk}."
    # What they share stays; what differs is open.
    assert (made.area, made.commune_group) == ("III", "")
    for old in (binh_lu, son_binh):
        old.refresh_from_db()
        assert old.dissolved_on == DAY
        assert Locality.objects.existing_on(date(2024, 3, 31)).contains(old)
        row = old.successions.get()
        assert (row.successor, row.is_whole, row.is_main, row.decision) == (made, True, True, "1/NQ-UBTVQH15")
    assert Agency.objects.get(locality=made).name == "UBND xã Bình Sơn"
    assert (done.is_new, done.committees) == (True, 1)


def test_a_split_names_the_main_part(binh_lu, district):
    plan = Plan(
        Kind.SPLIT,
        [binh_lu],
        DAY,
        "1/NQ",
        [NewPlace("Bình A", "xã", district), NewPlace("Bình B", "xã", district)],
        main=1,
    )
    carried_out(plan)
    rows = binh_lu.successions.order_by("pk")
    assert [(row.successor.name, row.is_whole, row.is_main) for row in rows] == [
        ("Bình A", False, False),
        ("Bình B", False, True),
    ]


def test_a_rename_is_a_place_of_its_own_and_old_reports_keep_the_old_name(binh_lu, district):
    Locality.objects.filter(pk=binh_lu.pk).update(latitude="22.36", longitude="103.64")
    (made,) = carried_out(
        Plan(Kind.RENAME, [binh_lu], DAY, "1/NQ", [NewPlace("Tam Đường", "thị trấn", district)])
    ).successors
    binh_lu.refresh_from_db()
    assert (binh_lu.full_name, binh_lu.dissolved_on) == ("xã Bình Lư", DAY)
    made.refresh_from_db()
    assert (made.full_name, float(made.latitude)) == ("thị trấn Tam Đường", 22.36)


def test_a_place_that_stands_takes_another_in(merge, binh_lu, district):
    standing = factories.commune("Bản Bo", district)
    done = carried_out(replace(merge, predecessors=[binh_lu], successors=[], receiver=standing))
    assert done.successors == [standing]
    standing.refresh_from_db()
    assert (standing.founded_on, standing.dissolved_on) == (None, None)
    assert list(Locality.objects.predecessors_of([standing])) == [binh_lu]


def test_a_name_and_a_code_of_the_old_places_may_go_on(merge, district):
    (made,) = carried_out(replace(merge, successors=[NewPlace("Bình Lư", "xã", district, code="03412")])).successors
    assert (made.name, made.code) == ("Bình Lư", "03412")


@pytest.mark.parametrize("moves", [True, False])
def test_villages_go_along_unless_the_commune_is_divided(merge, binh_lu, district, moves):
    village = Locality.objects.create(level=Level.VILLAGE, kind="bản", name="Hoa Vân", parent=binh_lu)
    parts = [NewPlace("Bình A", "xã", district), NewPlace("Bình B", "xã", district)]
    plan = merge if moves else replace(merge, kind=Kind.SPLIT, predecessors=[binh_lu], successors=parts)
    after = foresee(plan)
    assert (after.villages, after.moves_villages) == (1, moves)
    done = carried_out(plan)
    village.refresh_from_db()
    assert village.parent == (done.successors[0] if moves else binh_lu)
    assert village.path == f"{village.parent.path}{village.pk}."


def test_what_follows_is_counted_beforehand(merge, binh_lu, son_binh, district):
    for place, active in ((binh_lu, True), (binh_lu, True), (son_binh, False), (district, True)):
        factories.user(Role.COMMUNE_OFFICER, place, is_active=active)
    Charge.objects.create(locality=son_binh, agency=factories.agency(district))
    with counted() as queries:
        after = foresee(merge)
    assert (after.users, after.user_count, after.charges) == ([(binh_lu, 2)], 2, 1)
    assert len(queries) == 3


def test_a_second_time_nothing_happens(merge):
    first = carried_out(merge)
    counts = Locality.objects.count(), Succession.objects.count(), Agency.objects.count()
    again = carried_out(merge)
    assert (again.is_new, again.successors) == (False, first.successors)
    assert (Locality.objects.count(), Succession.objects.count(), Agency.objects.count()) == counts
    # Another decision over the same places is another matter.
    assert refused(replace(merge, decision="2/NQ"))[0] == (
        "Xã Bình Lư đã kết thúc từ ngày 01/04/2024, không sắp xếp lần nữa được."
    )


@pytest.mark.parametrize("number", [2, 12])
def test_merging_twelve_takes_as_many_queries_as_merging_two(district, number):
    old = factories.communes(number, district)
    plan = Plan(Kind.MERGE, old, DAY, "1/NQ", [NewPlace("Hợp nhất", "xã", district)])
    by = factories.user(Role.OFFICER)
    with counted() as queries:
        reorganise(plan=plan, by=by)
    assert len(queries) == 10


# What is refused


def test_without_old_or_new_places_there_is_nothing_to_do(merge):
    assert refused(replace(merge, predecessors=[])) == [
        "Chưa chọn địa bàn cũ. Đánh dấu ít nhất một địa bàn trong danh sách."
    ]
    assert refused(replace(merge, successors=[])) == [
        "Chưa có địa bàn mới. Ghi tên, loại và nơi trực thuộc của địa bàn mới."
    ]


def test_each_kind_takes_its_number_of_places(merge, binh_lu, district):
    new = merge.successors[0]
    assert "Sáp nhập cần từ hai địa bàn cũ, mới chọn xã Bình Lư." in refused(replace(merge, predecessors=[binh_lu]))[0]
    assert (
        "Sáp nhập chỉ ra một địa bàn mới, đang ghi 2."
        in refused(replace(merge, successors=[new, NewPlace("Khác", "xã", district)]))[0]
    )
    assert "Chia tách chỉ làm với một địa bàn, đang chọn 2" in refused(replace(merge, kind=Kind.SPLIT))[0]
    assert "Chia tách cần từ hai địa bàn mới." in refused(replace(merge, kind=Kind.SPLIT, predecessors=[binh_lu]))[0]
    assert "Đổi tên chỉ làm với một địa bàn" in refused(replace(merge, kind=Kind.RENAME))[0]


def test_a_name_that_lives_below_the_same_parent_is_refused(merge, district):
    there = factories.commune("Bình Sơn", district)
    assert refused(merge) == [
        "Huyện Tam Đường đang có xã Bình Sơn. Chọn tên khác, hoặc đánh dấu địa bàn đó là địa bàn cũ."
    ]
    # Another kind, another parent, or one that has ended does not stand in the way; case and spaces do.
    assert refused(replace(merge, successors=[NewPlace("  bình   SƠN ", "xã", district)]))
    Locality.objects.filter(pk=there.pk).update(kind="thị trấn")
    carried_out(merge)


def test_two_new_places_do_not_share_a_name_or_a_code(binh_lu, district):
    plan = Plan(Kind.SPLIT, [binh_lu], DAY, "1/NQ", [NewPlace("Bình A", "xã", district, code="03500")] * 2)
    assert refused(plan) == [
        "Hai địa bàn mới cùng tên xã Bình A thuộc huyện Tam Đường. Đổi tên một địa bàn.",
        "Hai địa bàn mới cùng mã 03500. Sửa một mã.",
    ]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("3412", "phải gồm 5 chữ số"), ("0341A", "phải gồm 5 chữ số"), ("03999", "đang là của xã Bản Bo")],
)
def test_a_wrong_code_is_refused(merge, district, code, sentence):
    factories.commune("Bản Bo", district, code="03999")
    (problem,) = refused(replace(merge, successors=[NewPlace("Bình Sơn", "xã", district, code=code)]))
    assert sentence in problem


def test_a_new_name_that_is_the_old_one_is_no_change(binh_lu, district):
    plan = Plan(Kind.RENAME, [binh_lu], DAY, "1/NQ", [NewPlace("Bình Lư", "xã", district)])
    assert refused(plan) == ["Tên mới trùng tên cũ: xã Bình Lư. Ghi tên hoặc loại mới."]


def test_a_place_does_not_go_into_itself(merge, binh_lu):
    assert refused(replace(merge, successors=[], receiver=binh_lu)) == [
        "Xã Bình Lư vừa là địa bàn cũ vừa là nơi nhận. Bỏ đánh dấu ở một bên."
    ]


def test_a_place_does_not_go_back_into_one_that_went_into_it(merge, binh_lu, district):
    """Bình Lư → Bình Sơn → Bình Minh; then Bình Minh into Bình Lư: a page left open since before."""
    (binh_son,) = carried_out(merge).successors
    later = date(2024, 7, 1)
    (binh_minh,) = carried_out(
        Plan(Kind.RENAME, [binh_son], later, "2/NQ", [NewPlace("Bình Minh", "xã", district)])
    ).successors
    plan = Plan(Kind.MERGE, [binh_minh], date(2024, 10, 1), "3/NQ", receiver=binh_lu)
    assert refused(plan) == [
        "Xã Bình Lư đã nhập vào xã Bình Minh (xã Bình Lư → xã Bình Sơn → xã Bình Minh), nên xã Bình Minh không thể nhập "
        "ngược lại vào xã Bình Lư. Chọn nơi nhận khác hoặc ghi một địa bàn mới."
    ]


def test_an_ended_place_takes_nothing_in(merge, district):
    ended = factories.commune("Cũ", district, dissolved_on=date(2020, 1, 1))
    assert refused(replace(merge, successors=[], receiver=ended)) == [
        "Xã Cũ đã kết thúc từ ngày 01/01/2020, không nhận nhập được."
    ]


def test_a_place_does_not_end_before_it_began(merge, binh_lu):
    Locality.objects.filter(pk=binh_lu.pk).update(founded_on=DAY)
    assert refused(merge) == [
        "Xã Bình Lư thành lập ngày 01/04/2024, nên ngày hiệu lực phải sau ngày đó (đang ghi 01/04/2024)."
    ]


def test_a_slip_in_the_year_is_told(merge):
    assert refused(replace(merge, effective_on=date(2205, 7, 1))) == [
        "Ngày hiệu lực 01/07/2205 quá xa. Kiểm tra lại năm."
    ]


def test_the_parent_must_be_there_and_be_a_district_or_a_province(merge, binh_lu, son_binh, district):
    commune = factories.commune("Bản Bo", district)
    (problem,) = refused(replace(merge, successors=[NewPlace("Bình Sơn", "xã", commune)]))
    assert problem == "xã Bình Sơn phải thuộc một huyện hoặc một tỉnh, không thể thuộc xã Bản Bo."
    Locality.objects.filter(pk=district.pk).update(dissolved_on=DAY)
    assert refused(merge) == ["Huyện Tam Đường không tồn tại vào ngày 01/04/2024, chọn nơi trực thuộc khác."]


def test_only_communes_are_reorganised_here(merge, district):
    village = Locality.objects.create(level=Level.VILLAGE, kind="bản", name="Hoa Vân", parent=district)
    assert (
        "Bản Hoa Vân không phải đơn vị cấp xã."
        in refused(replace(merge, predecessors=[*merge.predecessors, village]))[0]
    )
