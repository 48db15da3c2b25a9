"""The reform of July 2025 over a province that stands as of January, with the real lists: Lai Châu."""

from datetime import date

import pytest

from communes.imports import REFORM_BASIS, ImportRefused, load_units
from communes.models import Agency, Level, Locality, Succession
from tests import factories

BEFORE, AFTER = date(2025, 1, 1), date(2025, 7, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lai_chau(django_db_setup, django_db_blocker):
    """Lai Châu of January with July's list over it, and what each place was before."""

    def build():
        load_units(province="12", at=BEFORE)
        january = {place.pk: (place.full_name, place.code, place.path) for place in Locality.objects.all()}
        return january, load_units(province="12", at=AFTER)

    with factories.kept(django_db_blocker, build) as built:
        yield built


def new_binh_lu():
    return Locality.objects.living().get(level=Level.COMMUNE, code="03390")


def test_binh_lu_son_binh_and_the_town_are_todays_binh_lu(lai_chau):
    today = new_binh_lu()
    assert (today.full_name, today.parent.full_name, today.founded_on) == ("xã Bình Lư", "tỉnh Lai Châu", AFTER)
    assert today.region == "TDMNPB"
    before = Locality.objects.predecessors_of([today]).alphabetical()
    assert [(place.full_name, place.code, place.dissolved_on) for place in before] == [
        ("xã Bình Lư", "03412", AFTER),
        ("xã Sơn Bình", "03413", AFTER),
        ("thị trấn Tam Đường", "03390", AFTER),
    ]
    rows = Succession.objects.filter(successor=today)
    assert {(row.is_whole, row.is_main, row.effective_on, row.decision) for row in rows} == {
        (True, True, AFTER, REFORM_BASIS)
    }
    # The code is the old town's: a code is a key only with its day.
    town = Locality.objects.get(kind="thị trấn", name="Tam Đường")
    assert town.code == today.code
    assert town.dissolved_on == AFTER
    assert list(Locality.objects.successors_of([town])) == [today]


def test_the_whole_province_is_reformed(lai_chau):
    living = Locality.objects.living()
    assert living.filter(level=Level.COMMUNE).count() == 38
    assert not living.filter(level=Level.DISTRICT).exists()
    province = living.get(level=Level.PROVINCE)
    assert (province.name, province.founded_on) == ("Lai Châu", None)
    assert set(living.filter(level=Level.COMMUNE).values_list("parent", flat=True)) == {province.pk}
    assert Succession.objects.count() == 106
    # Every old commune and every new one is named.
    assert Succession.objects.values("predecessor").distinct().count() == 106
    assert Succession.objects.values("successor").distinct().count() == 38
    assert Locality.objects.existing_on(date(2025, 6, 30)).communes().count() == 106
    assert Locality.objects.existing_on(AFTER).communes().count() == 38


def test_the_old_places_keep_name_code_and_path(lai_chau):
    january, _ = lai_chau
    now = {place.pk: (place.full_name, place.code, place.path) for place in Locality.objects.filter(pk__in=january)}
    assert now == january


def test_new_communes_have_their_committees_and_the_old_are_not_offered(lai_chau):
    offered = Agency.objects.serving_on(AFTER).commune_committees()
    assert offered.count() == 38
    assert set(offered.values_list("locality__dissolved_on", flat=True)) == {None}
    assert Agency.objects.serving_on(date(2025, 6, 30)).commune_committees().count() == 106
    assert offered.get(locality=new_binh_lu()).name == "UBND xã Bình Lư"


def test_paths_of_the_new_places_are_those_that_saving_would_give(lai_chau):
    for place in Locality.objects.existing_on(AFTER).communes().select_related("parent"):
        assert place.path == f"{place.parent.path}{place.pk}."


def test_the_report_says_what_ended_and_what_began(lai_chau):
    _, report = lai_chau
    assert str(report) == (
        "tỉnh Lai Châu theo units-2025-07.csv: thêm 38 đơn vị cấp xã; đã có 1 địa bàn; thêm 38 Ủy ban nhân dân xã. "
        "Từ 01/07/2025 kết thúc 8 đơn vị cấp huyện, 106 đơn vị cấp xã; ghi 106 lần địa bàn cũ vào địa bàn mới."
    )


def test_a_second_run_changes_nothing(lai_chau):
    def everything():
        return (
            list(Locality.objects.order_by("pk").values()),
            list(Succession.objects.order_by("pk").values()),
            list(Agency.objects.order_by("pk").values()),
        )

    before = everything()
    report = load_units(province="12", at=AFTER)
    assert everything() == before
    assert (sum(report.created.values()), report.agencies, report.reform.successions) == (0, 0, 0)
    assert "kết thúc 0 địa bàn; ghi 0 lần" in str(report)


def test_the_way_back_is_refused(lai_chau):
    with pytest.raises(ImportRefused, match="đang có tỉnh Lai Châu theo danh sách từ ngày 01/7/2025"):
        load_units(province="12", at=BEFORE)
    assert Locality.objects.count() == 1 + 8 + 106 + 38
