"""The journey of an officer from sign-in to the meeting: one value, the notice, what is overdue, the workbook."""

import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from communes.models import Locality
from dashboards import demo
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.on_both

CEMENT = (
    "Rà soát, tổng hợp nhu cầu số lượng xi măng trên cơ sở lựa chọn thứ tự ưu tiên hỗ trợ đối với các công trình cần "
    "thiết, cấp bách và có hiệu quả gửi phòng Nông nghiệp & PTNT tổng hợp trình UBND huyện xem xét. Hoàn thành đăng ký "
    "xong trước ngày 15/4/2024."
)
SHEET = ["2024-q1", "xa-ntm-2021-2025"]


@pytest.fixture
def district(live_server, transactional_db):
    demo.build(say=lambda line: None)
    return {place.name: place for place in Locality.objects.communes()}


def open_sheet(page, place):
    page.goto(reverse("criteria:sheet", args=[*SHEET, place.pk]))


def row(page, text):
    return page.get_by_role("row").filter(has_text=text)


def test_an_officer_does_the_whole_job(page, district, shots, tmp_path):
    sign_in(page, "vanphong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan nông thôn mới huyện Tam Đường")

    # One value turns criterion 11 of Sơn Bình to met: saved as the cell is left, criterion and total at once.
    page.get_by_role("navigation").get_by_role("link", name="Phiếu đánh giá").click()
    page.get_by_role("link", name="Xã Sơn Bình", exact=True).click()
    score = page.locator("#score .big")
    expect(score).to_have_text("15/19 tiêu chí")
    poverty = page.get_by_label("11, kết quả thẩm định", exact=True)
    expect(poverty).to_have_value("16,8")
    poverty.fill("12,5")
    poverty.press("Tab")
    expect(page.locator("#tc-11")).to_contain_text("✓ đã lưu")
    expect(page.locator("#tc-11 tr.head")).to_contain_text("Đạt, 1/1")
    expect(score).to_have_text("16/19 tiêu chí")
    expect(page.locator("#save-state")).to_contain_text("Đã lưu")
    shots(page, "phieu-danh-gia")

    # The matrix and the overview show it.
    page.get_by_role("navigation").get_by_role("link", name="Ma trận").click()
    expect(row(page, "Sơn Bình").locator("td.total").first).to_have_text("16/19")
    expect(row(page, "Số xã đạt").locator("td.total").first).to_have_text("215")
    shots(page, "ma-tran")

    # So does the workbook.
    with page.expect_download() as download:
        page.get_by_role("link", name="Xuất Excel").click()
    download.value.save_as(tmp_path / "bieu.xlsx")
    table = [list(cells) for cells in load_workbook(tmp_path / "bieu.xlsx")["Biểu 01"].iter_rows(values_only=True)]
    head = next(cells for cells in table if "Tổng số tiêu chí đạt" in cells)
    total = head.index("Tổng số tiêu chí đạt")
    assert next(cells[total] for cells in table if "Sơn Bình" in cells) == 16
    assert next(cells[total] for cells in table if "Tổng số xã đạt" in cells) == 215

    page.get_by_role("navigation").get_by_role("link", name="Tổng quan").click()
    expect(page.locator(".figures")).to_contain_text("215 tiêu chí đạt ở 12 xã")
    expect(page.locator(".figures")).to_contain_text("17,9")

    # A notice is registered by hand, with the registration of cement for every commune.
    page.get_by_role("navigation").get_by_role("link", name="Văn bản").click()
    page.get_by_role("link", name="Nhập văn bản").first.click()
    page.get_by_role("link", name="Nhập bằng tay").click()
    page.get_by_label("Số, ký hiệu").fill("253/TB-UBND")
    page.get_by_label("Ngày ban hành").fill("28/3/2024")
    page.get_by_label("Ngày họp").fill("28/3/2024")
    page.get_by_label("Trích yếu").fill("Kết luận cuộc họp triển khai Kế hoạch NTM năm 2024")
    page.get_by_label("Cơ quan ban hành").fill("UBND huyện Tam Đường")
    page.get_by_role("button", name="Lưu và thêm nhiệm vụ").click()
    page.get_by_label("Nội dung nhiệm vụ").fill(CEMENT)
    page.get_by_label("Thời hạn", exact=True).fill("31/2/2024")
    page.get_by_label(re.compile("^Tất cả UBND xã")).check()
    page.get_by_role("button", name="Lưu nhiệm vụ").first.click()
    expect(page.get_by_text("Ngày 31/2/2024 không có trong lịch").first).to_be_visible()
    expect(page.get_by_label("Nội dung nhiệm vụ")).to_have_value(CEMENT)
    page.get_by_label("Thời hạn", exact=True).fill("15/4/2024")
    page.get_by_role("button", name="Lưu nhiệm vụ").first.click()
    page.get_by_role("link", name=re.compile("Giao việc|Giao 1 nhiệm vụ")).first.click()
    page.get_by_role("button", name=re.compile("Giao 1 nhiệm vụ, 12 phần việc")).click()

    # As of 20/4/2024 it is overdue by five days in every commune.
    page.get_by_role("link", name="Theo dõi 12 phần việc").click()
    page.get_by_label("Tính đến ngày").fill("20/4/2024")
    page.get_by_label("Tính đến ngày").press("Enter")
    expect(page).to_have_url(re.compile("ngay=20"))
    for name, place in district.items():
        if place.kind == "xã":
            body = page.locator("tbody").filter(has=page.get_by_role("rowheader", name=f"UBND xã {name}"))
            expect(body).to_contain_text("Quá hạn 5 ngày")
            expect(body).to_contain_text("nhu cầu số lượng xi măng")
            expect(body).to_contain_text("15/04/2024")

    page.locator("details.user summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url(re.compile(reverse("accounts:login")))


def test_a_cell_says_why_it_is_not_saved_and_keeps_what_was_typed(page, district, complaints):
    sign_in(page, "vanphong")
    open_sheet(page, district["Sơn Bình"])
    cell = page.get_by_label("11, kết quả thẩm định", exact=True)
    for typed, sentence in {
        "abc": "“abc” không phải là số",
        "-3": "Giá trị không được âm",
        "1.234,5": "Tỷ lệ phải từ 0 đến 100 (đang nhập 1.234,5)",
    }.items():
        cell.fill(typed)
        cell.press("Enter")
        expect(page.locator("#tc-11")).to_contain_text(f"! Chưa lưu: {sentence}")
        expect(cell).to_have_value(typed)
        expect(page.locator("#save-state")).to_have_text("! 1 ô chưa lưu")
    expect(page.locator("#score .big")).to_have_text("15/19 tiêu chí")
    # Signed out meanwhile, in another tab: the page says so and keeps the value.
    page.context.clear_cookies(name="sessionid")
    cell.fill("12,5")
    cell.press("Enter")
    expect(page.locator("#tc-11")).to_contain_text("! Chưa lưu: phiên đã hết hạn")
    expect(cell).to_have_value("12,5")
    # The browser notes each refused save (422) on its console.
    complaints[:] = [complaint for complaint in complaints if "422" not in complaint]
    # Leaving with an unsaved cell would ask; the test does not want to stay.
    page.on("dialog", lambda dialog: dialog.accept())
