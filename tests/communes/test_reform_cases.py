"""The reform of July 2025 in a database that holds a district alone, joined provinces, or places made by hand."""

import csv
import shutil
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from communes.imports import SHIPPED, ImportRefused, load_units
from communes.models import Level, Locality, Succession
from tests import factories

BEFORE, AFTER = date(2025, 1, 1), date(2025, 7, 1)
pytestmark = pytest.mark.django_db


def tam_duong():
    load_units(province="12", district="106", at=BEFORE)


def new_binh_lu():
    return Locality.objects.living().get(level=Level.COMMUNE, code="03390")


@pytest.mark.parametrize("district", ["106", None])
def test_the_reform_takes_a_constant_number_of_queries(district):
    """13 communes or 106: the same queries."""
    load_units(province="12", district=district, at=BEFORE)
    with CaptureQueriesContext(connection) as queries:
        load_units(province="12", at=AFTER)
    assert len(queries) == 18


def test_predecessors_that_are_not_in_the_database_are_counted():
    tam_duong()
    report = load_units(province="12", at=AFTER)
    assert (report.reform.absent, report.reform.successions) == (93, 13)
    assert "93 xã cũ không có trong cơ sở dữ liệu nên không ghi nguồn gốc." in str(report)
    assert Locality.objects.living().communes().count() == 38


def test_a_database_that_never_had_the_old_places_just_gets_the_new_ones():
    report = load_units(province="12", at=AFTER)
    assert report.reform is None
    assert not Succession.objects.exists()
    assert set(Locality.objects.values_list("founded_on", flat=True)) == {None}
    before = list(Locality.objects.order_by("pk").values())
    assert load_units(province="12", at=AFTER).reform is None
    assert list(Locality.objects.order_by("pk").values()) == before


def test_people_who_serve_ended_places_are_counted():
    tam_duong()
    district = Locality.objects.get(level=Level.DISTRICT)
    factories.user(Role.OFFICER, district)
    factories.user(Role.COMMUNE_OFFICER, Locality.objects.get(name="Sơn Bình"))
    factories.user(Role.COMMUNE_OFFICER, Locality.objects.get(name="Bản Bo"), is_active=False)
    factories.user(Role.OFFICER, Locality.objects.get(level=Level.PROVINCE))
    report = load_units(province="12", at=AFTER)
    assert report.reform.users == 2
    assert "2 người dùng đang phục vụ địa bàn đã kết thúc" in str(report)


def test_a_commune_in_no_list_stays_and_is_named():
    tam_duong()
    district = Locality.objects.get(level=Level.DISTRICT)
    made = factories.commune("Bản Mới", district, founded_on=date(2025, 3, 1))
    report = load_units(province="12", at=AFTER)
    made.refresh_from_db()
    assert made.dissolved_on is None
    assert "Giữ nguyên vì không có trong danh sách: xã Bản Mới." in str(report)


def test_a_new_commune_made_by_hand_is_the_one_of_that_name():
    tam_duong()
    province = Locality.objects.get(level=Level.PROVINCE)
    by_hand = factories.commune("Bình Lư", province, founded_on=AFTER)
    load_units(province="12", at=AFTER)
    assert Locality.objects.living().filter(name="Bình Lư").get() == by_hand
    assert Locality.objects.predecessors_of([by_hand]).count() == 3


def test_villages_go_with_their_commune():
    tam_duong()
    son_binh = Locality.objects.get(name="Sơn Bình")
    village = Locality.objects.create(level=Level.VILLAGE, kind="bản", name="Chu Va", parent=son_binh)
    report = load_units(province="12", at=AFTER)
    village.refresh_from_db()
    assert village.parent == new_binh_lu()
    assert village.path == f"{new_binh_lu().path}{village.pk}."
    assert "1 thôn, bản theo về xã mới." in str(report)


@pytest.mark.parametrize("province", ["11", "12"])
def test_only_the_province_asked_for_is_reformed(province):
    tam_duong()
    factories.district("Mường Nhé", parent=factories.province("Điện Biên", code="11"), code="096")
    load_units(province=province, at=AFTER)
    ended = Locality.objects.filter(level=Level.DISTRICT, dissolved_on=AFTER).values_list("name", flat=True)
    assert list(ended) == (["Tam Đường"] if province == "12" else ["Mường Nhé"])


def test_provinces_that_were_joined_end_where_their_name_or_code_does_not_go_on():
    """Gia Lai (64) and Bình Định (52) became Gia Lai, with the code 52."""
    for code in ("64", "52"):
        load_units(province=code, at=BEFORE)
    report = load_units(province="52", at=AFTER)
    today = Locality.objects.living().get(level=Level.PROVINCE)
    assert (today.name, today.code, today.founded_on) == ("Gia Lai", "52", AFTER)
    before = Locality.objects.predecessors_of([today]).alphabetical()
    assert [(place.name, place.code, place.dissolved_on) for place in before] == [
        ("Bình Định", "52", AFTER),
        ("Gia Lai", "64", AFTER),
    ]
    assert report.reform.ended[Level.PROVINCE] == 2
    assert not Locality.objects.living().filter(level=Level.DISTRICT).exists()
    again = load_units(province="52", at=AFTER)
    assert (sum(again.reform.ended.values()), again.reform.successions) == (0, 0)


def test_a_province_that_goes_on_keeps_its_row_and_takes_in_the_others():
    """Phú Thọ (25) kept its code and name; Vĩnh Phúc (26) and Hòa Bình (17) went into it."""
    for code in ("25", "26"):
        load_units(province=code, at=BEFORE)
    phu_tho = Locality.objects.get(level=Level.PROVINCE, code="25")
    load_units(province="25", at=AFTER)
    assert Locality.objects.living().get(level=Level.PROVINCE) == phu_tho
    assert [place.name for place in Locality.objects.predecessors_of([phu_tho])] == ["Vĩnh Phúc"]


def test_a_divided_commune_names_its_main_successor():
    with (SHIPPED / "succession-2025-07.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["extent"] == "part" and row["main"] == "no")
    load_units(province="01", at=BEFORE)
    load_units(province="01", at=AFTER)
    parts = Succession.objects.filter(predecessor__code=row["old_code"], predecessor__dissolved_on=AFTER)
    assert parts.count() > 1
    assert [part.is_main for part in parts].count(True) == 1
    assert not any(part.is_whole for part in parts)


@pytest.mark.parametrize(("right", "wrong"), [("whole,yes", "half,yes"), ("whole,yes", "whole,maybe")])
def test_a_malformed_succession_is_refused_by_line(tmp_path, right, wrong):
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "succession-2025-07.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    tam_duong()
    with pytest.raises(ImportRefused, match=f"succession-2025-07.csv, dòng 2: ghi extent .*“{wrong}”"):
        load_units(province="12", at=AFTER, folder=tmp_path)
    assert not Locality.objects.exclude(dissolved_on=None).exists()


def test_the_command_reforms_a_province(capsys):
    tam_duong()
    call_command("load_units", "--province", "12", "--at", "2025-07-01")
    assert "kết thúc 1 đơn vị cấp huyện, 13 đơn vị cấp xã; ghi 13 lần" in capsys.readouterr().out
