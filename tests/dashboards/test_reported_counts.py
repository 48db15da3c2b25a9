"""Counts without detail: taken in from the tables that say no more, and counted by every page and file as such.

The table of Lý Nhân is the district's own of March 2020 (lynhan.hanam.gov.vn, "Tin xây dựng NTM tháng 3/2020").
"""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from communes.imports import load_units
from communes.models import Locality
from criteria.actions.results import NotOpen
from criteria.imports import counts, import_sets, matrix
from criteria.imports.intake import Scope
from criteria.models import Assessment, FileImport, ReportedCount
from dashboards.matrix import load_matrix
from ntm_tracker.spreadsheet.reading import read_workbook
from tests import factories
from tests.workbooks import book, sheet_of, upload

LY_NHAN = [
    ("Nhân Bình", "18/19", "48/49", 99),
    ("Xuân Khê", "18/19", "48/49", 97),
    ("Nhân Mỹ", "17/19", "47/49", 95),
    ("Nhân Nghĩa", "18/19", "48/49", 97),
    ("Công Lý", "17/19", "47/49", 96),
    ("Nhân Khang", "18/19", "48/49", 97),
    ("Văn Lý", "17/19", "47/49", 96),
    ("Nhân Chính", "18/19", "48/49", 97),
    ("Chân Lý", "18/19", "48/49", 98),
    ("Đạo Lý", "18/19", "48/49", 97),
    ("Đồng Lý", "18/19", "48/49", 99),
    # The stored page ends before its points.
    ("Nguyên Lý", "18/19", "48/49", None),
]
HEAD = ["TT", "Xã", "Tiêu chí", "Chỉ tiêu", "Điểm"]
ROWS = [HEAD, *([number, *line] for number, line in enumerate(LY_NHAN, 1))]
TITLE = "Kết quả thực hiện tiêu chí 22 xã đạt chuẩn nông thôn mới, huyện Lý Nhân"


class District:
    def __init__(self):
        load_units(province="35", district="353", at=date(2025, 1, 1))
        self.place = Locality.objects.get(name="Lý Nhân")
        # It went into the town since; in 2020 it was a commune.
        factories.commune("Đồng Lý", self.place)
        import_sets([factories.SHIPPED / "xa-ntm-2016-2020.yaml"])
        (self.set,) = factories.CriteriaSet.objects.all()
        self.period = factories.period(2020, 1)
        self.officer = factories.user(place=self.place)

    def scope(self):
        return Scope("lynhan.xlsx", self.officer, self.period, self.set)

    def read(self, rows=ROWS):
        scope = self.scope()
        return counts.read(counts.find(sheet_of(book(rows, start=TITLE, letterhead=True)), scope), scope)

    def take(self, rows=ROWS):
        scope = self.scope()
        sheet = sheet_of(book(rows, letterhead=False))
        reading = counts.read(counts.find(sheet, scope), scope)
        assert reading.is_ready, (reading.problems, reading.unknown)
        return counts.write(reading, scope)

    def matrix(self):
        return load_matrix(user=self.officer, criteria_set=self.set, period=self.period, previous=None)

    @property
    def query(self):
        return f"?ky={self.period.code}&bo={self.set.code}"

    @property
    def client(self):
        client = Client()
        client.force_login(self.officer)
        return client


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with factories.kept(django_db_blocker, District) as built:
        yield built


@pytest.fixture
def ly_nhan(kept, db):
    kept.period.refresh_from_db()
    return kept


def test_the_set_of_that_time_is_whole(ly_nhan):
    assert ly_nhan.set.is_complete
    assert (ly_nhan.set.expected_criteria, ly_nhan.set.expected_indicators) == (19, 49)


def test_the_table_comes_in_as_counts_and_again_changes_nothing(ly_nhan):
    record = ly_nhan.take()
    assert (record.kind, record.summary) == ("counts", "số tiêu chí của 12 xã")
    kept = {count.locality.name: count for count in ReportedCount.objects.select_related("locality")}
    assert {name: (f"{c.criteria_met}/{c.criteria_total}", f"{c.indicators_met}/{c.indicators_total}", c.points)
            for name, c in kept.items()} == {name: (tc, ct, points) for name, tc, ct, points in LY_NHAN}  # fmt: skip
    assert {c.points_total for c in kept.values()} == {Decimal(100), None}
    assert kept["Nhân Bình"].words == "18/19 tiêu chí, 48/49 chỉ tiêu, 99/100 điểm"
    again = ly_nhan.read()
    assert (again.changes, again.unchanged) == ([], 12)
    # The letterhead of the helper is another district's.
    assert again.other_district == "TAM ĐƯỜNG"
    assert not Assessment.objects.exists()


def test_bands_mean_and_basis(ly_nhan):
    ly_nhan.take()
    data = ly_nhan.matrix()
    assert [(band.label, len(band.rows)) for band in data.bands] == [
        ("19", 0),
        ("15 – 18", 12),
        ("10 – 14", 0),
        ("5 – 9", 0),
        ("Dưới 5", 0),
    ]
    assert (data.total_met, data.mean) == (213, Decimal("17.75"))
    places = len(data.rows)
    assert data.basis == f"đã thẩm định 0/{places} xã"
    assert data.basis_warning == f"12 xã chỉ có số tiêu chí, không có chi tiết, {places - 12} xã chưa có số liệu"
    assert all(column.applicable == 0 for column in data.columns)


def test_the_second_table_has_the_bands_and_the_mean(ly_nhan):
    ly_nhan.take()
    response = ly_nhan.client.get(reverse("dashboards:workbook") + ly_nhan.query)
    sheets = load_workbook(io.BytesIO(response.content))
    rows = [[value for value in row if value is not None] for row in sheets["Biểu 02"].iter_rows(values_only=True)]
    band = next(row for row in rows if "Xã đạt 15 – 18 tiêu chí" in row)
    assert band[2:4] == [12, 100]
    assert "Nhân Mỹ (17)" in band[4]
    assert ["Tổng số tiêu chí đạt", 213] in rows
    assert next(row for row in rows if "Bình quân tiêu chí/xã" in row)[1] == 17.75
    first = [row for row in sheets["Biểu 01"].iter_rows(values_only=True) if "Nhân Bình" in row][0]
    assert 18 in first
    assert "không có chi tiết" in first
    assert "Chỉ có số tiêu chí đạt: 18/19" in first
    third = "\n".join(str(cell.value) for row in sheets["Biểu 03"].iter_rows() for cell in row if cell.value)
    assert re.search(r"12 xã chỉ có tổng số tiêu chí đạt, không có chi tiết từng tiêu chí .*: Chân Lý", third)


@pytest.mark.parametrize("name", ["overview", "matrix", "communes", "near", "map", "compare", "meeting", "mine"])
def test_every_page_of_figures_shows_them(ly_nhan, name):
    ly_nhan.take()
    response = ly_nhan.client.get(reverse(f"dashboards:{name}") + ly_nhan.query)
    assert response.status_code == 200
    if name not in ("mine", "compare"):
        assert "12 xã chỉ có số tiêu chí, không có chi tiết" in response.text
    if name in ("matrix", "communes"):
        assert "<b>18</b>/19" in response.text
        assert "không có chi tiết" in response.text


def test_the_page_of_a_place_and_of_a_criterion(ly_nhan):
    ly_nhan.take()
    place = Locality.objects.get(name="Công Lý")
    page = ly_nhan.client.get(reverse("dashboards:commune", args=[place.pk]) + ly_nhan.query).text
    assert "đạt 17/19 tiêu chí, 47/49 chỉ tiêu, 96/100 điểm, theo biểu nhập “lynhan.xlsx”" in page
    assert ly_nhan.client.get(reverse("dashboards:criterion", args=[3]) + ly_nhan.query).status_code == 200
    opened = ly_nhan.client.get(reverse("dashboards:matrix") + f"{ly_nhan.query}&o={place.pk}-3")
    assert opened.status_code == 200


def test_a_newer_table_replaces_and_the_older_stays(ly_nhan):
    ly_nhan.take()
    ly_nhan.take([HEAD, [1, "Nhân Mỹ", 19, "49/49", "97,5/100"]])
    place = Locality.objects.get(name="Nhân Mỹ")
    now, before = place.reported_counts.order_by("-pk")
    assert (now.criteria_met, now.points, now.replaced_at) == (19, Decimal("97.50"), None)
    assert (before.criteria_met, before.replaced_at is not None) == (17, True)
    assert len(ly_nhan.matrix().filled) == 12


def test_a_sheet_with_detail_counts_before_the_number(ly_nhan):
    ly_nhan.take()
    place = Locality.objects.get(name="Nhân Mỹ")
    factories.assessment(place, ly_nhan.set, ly_nhan.period, strip="M" * 10 + "U" * 9)
    (row,) = (row for row in ly_nhan.matrix().rows if row.locality_id == place.pk)
    assert (row.met, row.is_counted_only) == (10, False)
    reading = ly_nhan.read([HEAD, [1, "Nhân Mỹ", "18/19", "48/49", 97]])
    assert "đã có phiếu chi tiết trong kỳ" in reading.notes[0]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("20/19", "số đạt phải từ 0 đến 19"),
        ("-1", "số đạt phải từ 0 đến 19"),
        ("9/10", "ghi trên 10 tiêu chí, bộ đã chọn có 19"),
        ("mười tám", "“mười tám” không phải là số"),
        ("18/19/20", "không đọc được"),
        ("17,5", "số tiêu chí phải là số nguyên"),
        (date(2020, 12, 19), "Excel đã đổi thành ngày 19/12/2020"),
    ],
)
def test_what_is_no_count_is_told(ly_nhan, cell, told):
    reading = ly_nhan.read([HEAD, [1, "Nhân Mỹ", cell, "48/49", 97]])
    (problem,) = reading.problems
    assert str(problem).startswith("trang “Biểu 01”, ô C7: ")
    assert told in str(problem)


def test_the_matrix_page_still_takes_six_queries(ly_nhan, django_assert_num_queries):
    ly_nhan.take()
    client = ly_nhan.client
    with django_assert_num_queries(6):  # session, user, periods, sets, criteria, places
        client.get(reverse("dashboards:matrix") + ly_nhan.query)


def test_nothing_comes_into_a_closed_period(ly_nhan):
    reading = ly_nhan.read()
    ly_nhan.period.closed_on, ly_nhan.period.closed_at = date(2020, 4, 2), timezone.now()
    ly_nhan.period.save()
    assert "đã khóa" in str(ly_nhan.read().problems[0])
    with pytest.raises(NotOpen, match="đã khóa"):
        counts.write(reading, ly_nhan.scope())
    assert not FileImport.objects.exists()


def test_our_own_table_of_counts_comes_back_unchanged(ly_nhan):
    ly_nhan.take()
    response = ly_nhan.client.get(reverse("dashboards:workbook") + ly_nhan.query)
    sheet = read_workbook(upload(response.content)).sheet("Biểu 01")
    scope = ly_nhan.scope()
    reading = matrix.read(matrix.find(sheet, scope), scope)
    assert (reading.problems, reading.unknown, reading.changes, reading.notes) == ([], [], [], [])


def test_the_page_takes_the_table_in(ly_nhan):
    client = ly_nhan.client
    sent = client.post(reverse("dashboards:import-file"), {"file": upload(book(ROWS, letterhead=False), "lynhan.xlsx")})
    preview = client.get(f"{sent.url}{ly_nhan.query}")
    assert "12 xã mới hoặc thay đổi" in preview.text
    taken = client.post(f"{sent.url}{ly_nhan.query}", {"mark": preview.context["reading"].mark})
    assert taken.status_code == 302
    assert ReportedCount.objects.count() == 12
