"""Reports of before a reform keep their places and their numbers after it."""

import io
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from communes.imports import load_units
from communes.models import Level, Locality, Succession
from criteria.models import Assessment, Recognition
from tests import factories
from tests.factories import letters
from tests.reading import counted, table_of

pytestmark = pytest.mark.django_db
JANUARY, JULY = date(2025, 1, 1), date(2025, 7, 1)


@pytest.fixture
def tam_duong():
    """The twelve communes of Tam Đường with sheets of the first quarter of 2024, and the set they were judged by."""
    load_units(province="12", district="106", at=JANUARY)
    made, period = factories.large_set(indicators=1), factories.period(2024, 1)
    communes = Locality.objects.communes().filter(kind="xã").alphabetical()
    Assessment.objects.bulk_create(
        Assessment(locality=place, criteria_set=made, period=period, strip=letters(7 + number))
        for number, place in enumerate(communes)
    )
    Recognition.objects.create(locality=communes.get(name="Bản Bo"), year=2018)
    return period, made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def seen(user, page, query):
    return signed_in(user).get(reverse(f"dashboards:{page}") + query)


def report(user, query):
    """The rows of the matrix as they are heard, and every cell of the workbook."""
    book = load_workbook(io.BytesIO(seen(user, "workbook", query).content))
    cells = [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    return table_of(seen(user, "matrix", query), "matrix"), cells


@pytest.mark.parametrize("level", [Level.PROVINCE, Level.DISTRICT])
def test_matrix_and_workbook_of_a_period_before_the_reform_are_the_same_after_it(tam_duong, level):
    period, made = tam_duong
    user = factories.user(Role.OFFICER, Locality.objects.get(level=level))
    query = f"?ky={period.code}&bo={made.code}"
    before = report(user, query)
    assert [row[0].removesuffix("★công nhận năm 2018") for row in before[0][2:-2]] == [
        "Bản Bo",
        "Bản Giang",
        "Bản Hon",
        "Bình Lư",
        "Giang Ma",
        "Hồ Thầu",
        "Khun Há",
        "Nà Tăm",
        "Nùng Nàng",
        "Sơn Bình",
        "Tả Lèng",
        "Thèn Sin",
    ]
    load_units(province="12", at=JULY)
    assert report(user, query) == before


def test_a_period_after_the_reform_has_the_new_places(tam_duong):
    _, made = tam_duong
    load_units(province="12", at=JULY)
    later = factories.period(2025, 3)
    user = factories.user(Role.OFFICER, Locality.objects.get(level=Level.PROVINCE))
    rows = table_of(seen(user, "matrix", f"?ky={later.code}&bo={made.code}"), "matrix")[2:-2]
    # 38 communes of today, two of which are wards.
    assert len(rows) == 36


# The page of a place says where it comes from and where it went


def words(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page_of(user, place, period, made):
    address = reverse("dashboards:commune", args=[place.pk])
    return signed_in(user).get(f"{address}?ky={period.code}&bo={made.code}")


def origins(response):
    page = response.content.decode()
    start = page.index('aria-labelledby="origins"')
    part = page[start : page.index("</tbody>", start)]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in part.split("<tr>")[2:]]


@pytest.fixture
def reformed(tam_duong):
    """July's places over them: (the last period before, one after, the set, the province's officer)."""
    period, made = tam_duong
    load_units(province="12", at=JULY)
    return period, factories.period(2025, 3), made, factories.user(Role.OFFICER, province())


def province():
    return Locality.objects.get(level=Level.PROVINCE)


def test_todays_binh_lu_shows_what_each_of_the_three_had_reached(reformed):
    before, after, made, officer = reformed
    Recognition.objects.create(
        locality=Locality.objects.get(name="Sơn Bình"), year=2019, decision_number="1234/QĐ-UBND"
    )
    # What was decided, and taken back, before the place ended is no state it ended with.
    old = Locality.objects.get(name="Bình Lư", dissolved_on=JULY)
    Recognition.objects.create(locality=old, year=2015, revoked_on=date(2020, 1, 1))
    today = Locality.objects.living().get(name="Bình Lư")
    response = page_of(officer, today, after, made)
    assert origins(response) == [
        "Xã Bình Lư toàn bộ, từ 01/07/2025 10 /19 Quý I/2024 chưa công nhận",
        "Xã Sơn Bình toàn bộ, từ 01/07/2025 16 /19 Quý I/2024 ★ đạt chuẩn 2019 1234/QĐ-UBND",
        "Thị trấn Tam Đường toàn bộ, từ 01/07/2025 chưa có phiếu chưa công nhận",
    ]
    assert f'href="/xa/{old.pk}/?ky={before.code}&amp;bo={made.code}"' in response.content.decode()
    assert "Danh sách đơn vị hành chính từ 01/7/2025" in words(response)


def test_an_old_place_says_where_it_went_and_opens_in_a_period_after_its_end(reformed):
    before, after, made, officer = reformed
    son_binh = Locality.objects.get(name="Sơn Bình")
    then = words(page_of(officer, son_binh, before, made))
    assert "Từ 01/07/2025 thuộc xã Bình Lư ." in then
    assert "Quý I/2024 16" in then
    assert "không còn" not in then
    later = page_of(officer, son_binh, after, made)
    assert "Xã Sơn Bình không còn từ 01/07/2025, nên không có số liệu ở Quý III/2025." in words(later)
    assert "Từ 01/07/2025 thuộc xã Bình Lư ." in words(later)
    today = Locality.objects.living().get(name="Bình Lư")
    assert f'<a href="/xa/{today.pk}/">xã Bình Lư</a>' in later.content.decode()
    assert "Mở phiếu đánh giá" not in words(later)


def test_a_new_place_says_that_it_was_not_there_yet(reformed):
    before, _, made, officer = reformed
    today = Locality.objects.living().get(name="Bình Lư")
    page = page_of(officer, today, before, made)
    assert "Xã Bình Lư thành lập từ 01/07/2025, nên chưa có ở Quý I/2024." in words(page)
    assert len(origins(page)) == 3
    assert "Kế thừa kết quả" not in words(page)


def test_a_commune_reads_of_its_predecessors_and_opens_only_what_is_its_own(reformed):
    _, after, made, _ = reformed
    today = Locality.objects.living().get(name="Bình Lư")
    response = page_of(factories.user(Role.COMMUNE_OFFICER, today), today, after, made)
    assert origins(response)[1].startswith("Xã Sơn Bình toàn bộ")
    son_binh = Locality.objects.get(name="Sơn Bình")
    assert f"/xa/{son_binh.pk}/" not in response.content.decode()
    assert page_of(factories.user(Role.COMMUNE_OFFICER, today), son_binh, after, made).status_code == 404


@pytest.mark.parametrize("predecessors", [1, 12])
def test_the_page_takes_as_many_queries_for_one_predecessor_as_for_twelve(tam_duong, predecessors):
    _, made = tam_duong
    later, officer = factories.period(2025, 3), factories.user(Role.OFFICER, province())
    today = factories.commune("Bình Lư", province(), founded_on=JULY)
    for old in Locality.objects.filter(kind="xã", parent__level=Level.DISTRICT).alphabetical()[:predecessors]:
        Succession.objects.create(predecessor=old, successor=today, effective_on=JULY)
        Recognition.objects.get_or_create(locality=old, year=2018)
    client, address = signed_in(officer), reverse("dashboards:commune", args=[today.pk])
    with counted() as queries:
        response = client.get(f"{address}?ky={later.code}&bo={made.code}")
    assert len(origins(response)) == predecessors
    assert len(queries) == 16
