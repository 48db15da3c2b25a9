"""A sheet from the commune's own assessment to the closed period: two sides, one difference, a return, and what counts."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from criteria.models import Assessment, State
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.on_both

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Office:
    """A district of one commune, a set of three criteria and an open period; an officer of each kind."""

    def __init__(self):
        self.set, self.period = factories.small_set(), factories.period()
        self.district = factories.district()
        self.place = factories.commune("Sơn Bình", self.district)
        self.sheet = factories.assessment(self.place, self.set, self.period)
        income = factories.agency(self.district, "Chi cục Thống kê")
        factories.lead(self.set.criteria.get(number=2), income)
        for username, role, place, agency in (
            ("xa", Role.COMMUNE_OFFICER, self.place, factories.agency(self.place, "UBND xã Sơn Bình")),
            ("thongke", Role.SECTOR_OFFICER, self.district, income),
            ("vanphong", Role.OFFICER, self.district, None),
            ("bcd", Role.COMMITTEE_MEMBER, self.district, None),
        ):
            factories.user(role, place, username=username, password=PASSWORD, agency=agency)


@pytest.fixture
def office(live_server, transactional_db):
    return Office()


def enter(page, label, value):
    """Type into a field, or choose from it, and wait until the cell says that it is saved."""
    field = page.get_by_label(label, exact=True)
    field.select_option(label=value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    field.press("Tab")
    expect(page.locator("tr", has=field).locator(".cell-state")).to_contain_text("✓ đã lưu")


def change_person(page, username):
    page.context.clear_cookies()
    sign_in(page, username)


def test_a_sheet_goes_from_the_commune_to_the_closed_period(page, office, complaints, tmp_path):
    sheet = reverse("criteria:sheet", args=[office.period.code, office.set.code, office.place.pk])

    # The commune assesses itself, with a file for one indicator, and is told what is missing before it can send.
    sign_in(page, "xa")
    page.goto(sheet)
    enter(page, "1.1, xã tự đánh giá", "8/9")
    enter(page, "1.2, xã tự đánh giá", "Đạt")
    enter(page, "2.1, xã tự đánh giá", "46")
    page.get_by_text("Vì sao chưa gửi thẩm định được?").click()
    expect(page.locator("#moves")).to_contain_text("Chưa có kết quả của xã: 3.1")
    enter(page, "3.1, xã tự đánh giá", "12,5")
    expect(page.locator("#score .big")).to_have_text("3/3 tiêu chí")

    page.locator("tr", has_text="Chỉ tiêu 2.1").get_by_role("link", name=re.compile("Thêm")).click()
    file = tmp_path / "2.1_dieu-tra-thu-nhap.pdf"
    file.write_bytes(PDF)
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Thêm tệp").click()
    expect(page.get_by_role("link", name="2.1_dieu-tra-thu-nhap.pdf")).to_be_visible()

    page.goto(sheet)
    page.get_by_role("button", name="Gửi thẩm định").click()
    page.get_by_role("button", name="Gửi thẩm định").click()
    expect(page.get_by_role("status").filter(has_text="Đã gửi phiếu xã Sơn Bình để thẩm định.")).to_be_visible()
    expect(page.get_by_label("2.1, xã tự đánh giá", exact=True)).to_have_count(0)

    # The department verifies what it leads, and nothing else, and differs on the income; it can read the proof.
    change_person(page, "thongke")
    page.goto(sheet)
    expect(page.get_by_label("1.1, kết quả thẩm định", exact=True)).to_have_count(0)
    expect(page.locator("tr", has_text="Chỉ tiêu 2.1")).to_contain_text("46 triệu đồng")
    expect(page.locator("tr", has_text="Chỉ tiêu 2.1")).to_contain_text("1 tệp")
    enter(page, "2.1, kết quả thẩm định", "44")

    # The office verifies the rest. The difference wants a reason, and the sheet goes back to the commune first.
    change_person(page, "vanphong")
    page.goto(sheet)
    expect(page.locator("#score .big")).to_have_text("2/3 tiêu chí")
    enter(page, "1.1, kết quả thẩm định", "8/9")
    enter(page, "1.2, kết quả thẩm định", "Đạt")
    enter(page, "3.1, kết quả thẩm định", "12,5")
    page.get_by_text("Vì sao chưa xác nhận thẩm định được?").click()
    expect(page.locator("#moves")).to_contain_text("khác xã tự đánh giá mà chưa ghi lý do: 2.1")
    page.goto(f"{reverse('criteria:differences')}?ky={office.period.code}&bo={office.set.code}")
    expect(page.get_by_role("row").filter(has_text="2.1")).to_contain_text("44")

    page.goto(sheet)
    page.get_by_role("button", name="Trả lại xã").click()
    page.get_by_role("button", name="Trả lại xã").click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi lý do trả lại")
    page.get_by_label("Lý do trả lại").fill("Thu nhập tính theo số liệu cũ, xem lại phiếu điều tra")
    page.get_by_role("button", name="Trả lại xã").click()

    # The commune reads why, mends its figure and sends again.
    change_person(page, "xa")
    page.goto(sheet)
    expect(page.locator(".movebar")).to_contain_text("Thu nhập tính theo số liệu cũ")
    enter(page, "2.1, xã tự đánh giá", "44")
    page.get_by_role("button", name="Gửi thẩm định").click()
    page.get_by_role("button", name="Gửi thẩm định").click()

    # Now the office confirms and approves, and closes the period.
    change_person(page, "vanphong")
    page.goto(sheet)
    for move in ("Xác nhận thẩm định", "Duyệt"):
        page.get_by_role("button", name=move, exact=True).or_(page.get_by_role("link", name=move, exact=True)).click()
        page.get_by_role("button", name=move, exact=True).click()
    assert Assessment.objects.get().state == State.APPROVED
    page.goto(reverse("criteria:periods"))
    page.get_by_role("link", name="Quý I/2024").first.click()
    page.get_by_role("link", name="Khóa kỳ").click()
    page.get_by_role("button", name=re.compile("Khóa kỳ")).click()
    page.goto(sheet)
    expect(page.locator(".pagebar")).to_contain_text("Kỳ đã khóa")
    expect(page.get_by_label("2.1, kết quả thẩm định", exact=True)).to_have_count(0)

    # What the committee sees counts the verified results, and says so.
    change_person(page, "bcd")
    choice = f"?ky={office.period.code}&bo={office.set.code}"
    page.goto(reverse("dashboards:matrix") + choice)
    expect(page.locator(".basis")).to_contain_text("đã thẩm định 1/1 xã")
    expect(page.get_by_role("row").filter(has_text="Sơn Bình").locator("td.total").first).to_have_text("2/3")
    page.goto(reverse("dashboards:commune", args=[office.place.pk]) + choice)
    expect(page.locator("#main")).to_contain_text("thiếu 1 triệu đồng")
    # The browser notes the refused return (422) on its console.
    complaints[:] = [complaint for complaint in complaints if "422" not in complaint]
