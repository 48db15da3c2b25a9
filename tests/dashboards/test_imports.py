"""The page that takes tables in: sent, seen, asked, taken in whole or not at all; each person alone with their file."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from communes.imports.marked import mark
from communes.imports.tables import Problem
from communes.models import PlaceAlias
from criteria.models import Assessment, CriterionStatement, FileImport, Opinion
from dashboards import taking_in
from ntm_tracker import staging, waiting
from ntm_tracker.spreadsheet.reading import Sheet
from ntm_tracker.spreadsheet.reading import Workbook as Read
from tests import factories
from tests.work import run_at_once
from tests.workbooks import book, bytes_of, upload

HEAD = ["STT", "Tên xã", "TC1", "TC2", "TC3", "Tổng số"]
ROWS = [HEAD, [1, "Sơn Bình", "x", "x", None, 2], [2, "Thèn Sin", "x", None, None, 1]]


class World:
    def __init__(self):
        self.district = factories.district()
        self.place = factories.commune("Sơn Bình", self.district)
        self.other = factories.commune("Thèn Sin", self.district)
        self.set, self.period = factories.small_set(), factories.period()
        self.officer = factories.user(place=self.district)

    def client(self, user=None):
        client = Client()
        client.force_login(user or self.officer)
        return client

    def send(self, rows=ROWS, name="bieu-01.xlsx", client=None, **more):
        """The address of the preview."""
        workbook = rows if isinstance(rows, bytes) else book(rows, **more)
        answer = (client or self.client()).post(reverse("dashboards:import-file"), {"file": upload(workbook, name)})
        assert answer.status_code == 302, answer.context["form"].errors
        return answer.url

    def preview(self, *args, query="", **more):
        return self.client().get(self.send(*args, **more) + query)


@pytest.fixture
def world(db):
    return World()


def test_a_table_is_recognised_shown_and_taken_in(world):
    address = world.send()
    page = world.client().get(address)
    assert "<b>5 ô mới hoặc thay đổi</b>" in page.text or "ô mới hoặc thay đổi" in page.text
    assert page.context["opened"].kind.LABEL == "Ma trận tiêu chí (Biểu 01)"
    assert not FileImport.objects.exists()
    taken = world.client().post(address, {"mark": page.context["reading"].mark}, follow=True)
    assert "Đã nhập từ tệp “bieu-01.xlsx”: 6 kết quả tiêu chí của 2 xã, mở 2 phiếu." in taken.text
    assert sorted(Assessment.objects.values_list("strip", flat=True)) == ["mmu", "muu"]
    # The file is gone; a second press finds nothing.
    again = world.client().post(address, {"mark": "x"}, follow=True)
    assert "Tệp đã nhập xong hoặc đã quá một ngày" in again.text
    listed = world.client().get(reverse("dashboards:import-file"))
    assert "6 kết quả tiêu chí của 2 xã" in listed.text
    sheet = world.client().get(Assessment.objects.get(locality=world.place).get_absolute_url())
    assert "theo biểu nhập “bieu-01.xlsx”, xã tự đánh giá" in sheet.text
    cell = factories.indicators_of(world.set)["1.1"]
    args = [world.period.code, world.set.code, world.place.pk, cell.pk]
    history = world.client().get(reverse("criteria:cell", args=args)).text
    assert "Tiêu chí 1 theo biểu nhập" in history
    assert "bieu-01.xlsx, trang “Biểu 01”" in history


def test_the_person_chooses_whose_word_it_is(world):
    address = world.send() + "?y-kien=verified"
    page = world.client().get(address)
    world.client().post(address, {"mark": page.context["reading"].mark})
    assert set(CriterionStatement.objects.values_list("opinion", flat=True)) == {Opinion.VERIFIED}
    assert Assessment.objects.get(locality=world.place).strip == "MMU"


def test_what_changed_since_the_preview_is_not_taken_in(world):
    address = world.send()
    mark = world.client().get(address).context["reading"].mark
    other = world.send([HEAD, [1, "Sơn Bình", None, "x", "x", 2]])
    theirs = world.client().get(other).context["reading"].mark
    world.client().post(other, {"mark": theirs})
    page = world.client().post(address, {"mark": mark}, follow=True)
    assert "Số liệu đã thay đổi sau khi anh chị mở trang, chưa nhập gì." in page.text
    assert Assessment.objects.get(locality=world.place).strip == "umm"
    assert FileImport.objects.count() == 1


def test_the_same_file_again_says_nothing_changes(world):
    address = world.send()
    world.client().post(address, {"mark": world.client().get(address).context["reading"].mark})
    page = world.preview()
    assert "Không thay đổi:" in page.text
    assert '<button class="btn btn-primary">Nhập' not in page.text


def test_a_name_is_asked_for_once(world):
    rows = [HEAD, [1, "Thèn Xin", "x", None, None, 1], [2, "Sơn Bình", "x", "x", "x", 3]]
    address = world.send(rows)
    page = world.client().get(address)
    assert "“Thèn Xin” (dòng 7) là" in page.text
    assert "Nhập 6 ô" not in page.text
    names = address.rstrip("/") + "/ten-xa/"
    empty = world.client().post(names, {"ten": "Thèn Xin", "xa": ""}, follow=True)
    assert "Chưa chọn xã cho tên nào." in empty.text
    page = world.client().post(names, {"ten": "Thèn Xin", "xa": world.other.pk}, follow=True)
    assert "Đã nhớ 1 cách viết tên" in page.text
    assert page.context["reading"].is_ready
    assert PlaceAlias.objects.get().created_by == world.officer
    assert world.preview(rows).context["reading"].is_ready


def test_a_name_never_comes_to_mean_a_place_elsewhere(world):
    elsewhere = factories.commune("Xa Lạ", factories.district("Phong Thổ"))
    names = world.send() + "ten-xa/"
    world.client().post(names, {"ten": "Thèn Xin", "xa": elsewhere.pk})
    assert not PlaceAlias.objects.exists()


def test_the_file_comes_back_with_its_wrong_cells_marked(world):
    address = world.send([HEAD, [1, "Sơn Bình", "x", "?", "x", 2]])
    page = world.client().get(address)
    assert "trang “Biểu 01”, ô D7: “?” không phải là dấu" in page.text
    answer = world.client().get(address + "cac-o-can-sua.xlsx")
    workbook = load_workbook(io.BytesIO(answer.content))
    assert workbook.sheetnames == ["Lỗi", "Biểu 01"]
    cell = workbook["Biểu 01"]["D7"]
    assert cell.value == "?"
    assert cell.fill.fgColor.rgb.endswith("F6D5D0")
    assert "không phải là dấu" in cell.comment.text
    assert [cell.value for cell in workbook["Lỗi"][2]][:2] == ["Biểu 01", "D7"]
    # Everything else stays as it was.
    assert workbook["Biểu 01"]["A1"].value == "UBND HUYỆN TAM ĐƯỜNG"


def test_a_marked_cell_in_a_merged_area_and_a_formula_survive(world):
    workbook = book([HEAD, [1, "Sơn Bình", "?", None, "x", "=1+1"]], merged=["C7:D7"])
    address = world.send(bytes_of(workbook))
    marked = load_workbook(io.BytesIO(world.client().get(address + "cac-o-can-sua.xlsx").content))
    assert marked["Biểu 01"]["C7"].comment is not None
    assert marked["Biểu 01"]["F7"].value == "=1+1"


def test_of_other_kinds_of_files_the_cells_come_back_in_a_new_workbook(tmp_path):
    path = tmp_path / "bieu.ods"
    path.write_bytes(b"PK")
    sheet = Sheet("Biểu 01", {(1, 1): "=1+1", (2, 2): Decimal("2.5"), (3, 1): date(2024, 3, 31)})
    made = mark(path, Read([sheet]), [Problem("Sửa ô này.", 2, 2, "Biểu 01")], author="Nguyễn Thị Hoa")
    again = load_workbook(io.BytesIO(bytes_of(made)))
    assert again.sheetnames == ["Lỗi", "Biểu 01"]
    assert (again["Biểu 01"]["A1"].value, again["Biểu 01"]["A1"].data_type) == ("=1+1", "s")
    assert again["Biểu 01"]["B2"].comment.text == "Sửa ô này."
    assert again["Lỗi"]["C2"].value == "Sửa ô này."


def test_a_file_of_somebody_else_is_not_there(world):
    address = world.send()
    stranger = world.client(factories.user(place=world.district))
    assert "đã quá một ngày" in stranger.get(address, follow=True).text
    assert stranger.get(address + "cac-o-can-sua.xlsx").status_code == 404
    assert stranger.post(address + "ten-xa/", {"ten": "a", "xa": "1"}).status_code == 404
    assert stranger.post(address, {"mark": "x"}).status_code == 302
    assert not FileImport.objects.exists()


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_officers_alone_take_files_in(world, role):
    client = world.client(factories.user(role, world.district))
    assert client.get(reverse("dashboards:import-file")).status_code == 403
    assert client.get(world.send()).status_code == 403


def test_places_of_others_are_not_written_nor_told(world):
    elsewhere = factories.district("Phong Thổ")
    factories.commune("Mường So", elsewhere)
    page = world.preview([HEAD, [1, "Mường So", "x", "x", "x", 3], [2, "Sơn Bình", "x", "x", "x", 3]])
    (unknown,) = page.context["reading"].unknown
    assert (unknown.name, unknown.near) == ("Mường So", [])


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"a;b;c\n1;2;3\n", "bieu.xlsx", "nội dung là văn bản (như .csv)"),
        (b"PK\x03\x04rubbish", "bieu.xlsx", "Không đọc được tệp"),
        (b"", "bieu.xlsx", "Tệp trống"),
        (b"x", "bieu.pdf", "Không nhận tệp"),
    ],
)
def test_what_is_no_workbook_is_told_at_once(world, content, name, told):
    page = world.client().post(reverse("dashboards:import-file"), {"file": upload(content, name)})
    assert page.status_code == 422
    assert told in page.text


def test_a_sheet_without_a_table_tells_what_is_looked_for(world):
    page = world.preview([["Nội dung", "Số liệu"], ["Dân số", 1000]])
    assert "Không tìm thấy bảng nào đọc được." in page.text
    assert "Ma trận tiêu chí (Biểu 01): Tên xã, và mỗi tiêu chí một cột" in page.text


def test_the_sheet_and_the_kind_can_be_chosen(world):
    workbook = book(ROWS, name="Tháng 3")
    other = workbook.create_sheet("Tháng 4")
    for row in [HEAD, [1, "Sơn Bình", "x", "x", "x", 3]]:
        other.append(row)
    address = world.send(bytes_of(workbook))
    assert world.client().get(address).context["reading"].sheet.name == "Tháng 3"
    assert world.client().get(address + "?trang=Tháng 4").context["reading"].sheet.name == "Tháng 4"
    counted = world.client().get(address + "?loai=counts").context
    assert counted["opened"].kind.KIND == "counts"
    assert [change.after for change in counted["reading"].changes] == ["2/3 tiêu chí", "1/3 tiêu chí"]


def test_without_a_period_it_says_so(db):
    officer = factories.user(place=factories.district())
    client = Client()
    client.force_login(officer)
    sent = client.post(reverse("dashboards:import-file"), {"file": upload(book(ROWS))})
    assert "Mở kỳ đánh giá trước." in client.get(sent.url).text


def test_waiting_files_are_the_persons_own_and_old_ones_go(world, monkeypatch):
    token = waiting.keep(upload(book(ROWS)), by=world.officer)
    assert waiting.find(token, by=world.officer).name == "bieu-01.xlsx"
    assert waiting.find(token, by=factories.user()) is None
    monkeypatch.setattr(staging, "KEPT_HOURS", -1)
    assert waiting.find(token, by=world.officer) is None
    other = waiting.keep(upload(book(ROWS)), by=world.officer)
    monkeypatch.setattr(staging, "KEPT_HOURS", 24)
    assert waiting.find(token, by=world.officer) is None
    assert waiting.find(other, by=world.officer) is not None


def test_queries_of_the_preview_do_not_grow(world, django_assert_num_queries):
    for number in (2, 20):
        places = factories.communes(number, world.district)
        rows = [HEAD, *([i, place.name, "x", None, "x", 2] for i, place in enumerate(places, 1))]
        address, client = world.send(rows), world.client()
        with django_assert_num_queries(17):
            assert len(client.get(address).context["reading"].changes) == 3 * number
        for place in places:
            place.delete()


# Aside


def test_a_large_table_is_taken_in_aside_and_its_page_says_what_came_of_it(world, monkeypatch):
    run = run_at_once(monkeypatch)
    monkeypatch.setattr(taking_in, "MOST_AT_ONCE", 1)
    address = world.send()
    page = world.client().get(f"{address}&y-kien=verified" if "?" in address else f"{address}?y-kien=verified")
    taken = world.client().post(page.wsgi_request.get_full_path(), {"mark": page.context["reading"].mark}, follow=True)
    ((command, *_),) = run
    assert command == "take_in"
    assert "Đã nhập từ tệp “bieu-01.xlsx”: 6 kết quả tiêu chí của 2 xã, mở 2 phiếu." in taken.text
    assert "Xem kết quả" in taken.text
    assert sorted(Assessment.objects.values_list("strip", flat=True)) == ["MMU", "MUU"]
    assert FileImport.objects.get().by == world.officer
    # The file is gone.
    assert "Tệp đã nhập xong" in world.client().get(address, follow=True).text


def test_a_large_table_that_has_changed_meanwhile_is_not_taken_in(world, monkeypatch):
    run_at_once(monkeypatch)
    monkeypatch.setattr(taking_in, "MOST_AT_ONCE", 1)
    address = world.send()
    refused = world.client().post(address, {"mark": "of something else"}, follow=True)
    assert "Chưa nhập được." in refused.text
    assert "Số liệu đã thay đổi sau khi anh chị mở trang" in refused.text
    assert not FileImport.objects.exists()
    assert world.client().get(address).status_code == 200


def test_the_command_takes_in_for_whom_the_file_waits_alone(world, tmp_path):
    token = waiting.keep(upload(book(ROWS)), by=world.officer)
    other = factories.user(place=world.district)
    where = ["--output", str(tmp_path / "r"), "--progress", str(tmp_path / "p")]
    for name in (other.username, "khong-co"):
        with pytest.raises(CommandError, match="Tệp đã nhập xong hoặc đã quá một ngày"):
            call_command("take_in", token, "--by", name, "--mark", "x", *where)
