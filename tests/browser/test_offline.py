"""The form leaves the program, two cells are edited in it, it comes back: just these two are shown, accepted and there."""

import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Opinion
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in
from tests.criteria.forms import Form

pytestmark = pytest.mark.on_both


@pytest.fixture
def sheet(live_server, transactional_db):
    place = factories.commune("Sơn Bình", factories.district())
    sheet = factories.assessment(place, factories.small_set(), factories.period())
    cells = factories.indicators_of(sheet.criteria_set)
    save_results(
        assessment=factories.writable(sheet),
        opinion=Opinion.REPORTED,
        entries={cells["2.1"].pk: factories.value("40"), cells["3.1"].pk: factories.value("16.8")},
        by=None,
    )
    factories.user(Role.COMMUNE_OFFICER, place, username="xa", password=PASSWORD)
    return sheet


def test_two_cells_edited_in_excel_are_two_changes_on_the_screen(page, sheet, tmp_path, axe):
    sign_in(page, "xa")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    address = reverse("criteria:sheet", args=[sheet.period.code, sheet.criteria_set.code, sheet.locality_id])
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải phiếu Excel để điền").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name.startswith("phieu-danh-gia-xa-son-binh-2024-q1-xa-tu-danh-gia-")

    # An officer's Excel: one value changed, one conclusion chosen.
    form = Form(path.read_bytes()).fill("2.1", value=46.5).fill("1.2", judgement="Đạt")
    path.write_bytes(form.content)
    assert load_workbook(path).sheetnames[0] == "Phiếu đánh giá"

    page.get_by_role("link", name="gửi lại phiếu đã điền").click()
    assert axe(page) == []
    page.get_by_label("Phiếu đánh giá đã điền (.xlsx)").set_input_files(path)
    page.get_by_role("button", name="Gửi và xem các ô sẽ đổi").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Xem trước khi lưu")
    expect(page.locator(".lead-text")).to_contain_text("1 ô mới, 1 ô thay đổi, 2 ô không thay đổi")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    expect(page.get_by_role("row").filter(has_text="2.1")).to_contain_text(
        re.compile("40 triệu đồng.*46,5 triệu đồng", re.DOTALL)
    )
    assert axe(page) == []
    page.get_by_role("button", name="Lưu các ô đã chọn").click()
    expect(page.get_by_text("Đã lưu 2 ô từ tệp")).to_be_visible()
    expect(page.get_by_label("2.1, xã tự đánh giá", exact=True)).to_have_value("46,5")
    expect(page.get_by_label("1.2, xã tự đánh giá", exact=True)).to_have_value("met")
    expect(page.get_by_label("3.1, xã tự đánh giá", exact=True)).to_have_value("16,8")

    # The same file once more has nothing to say.
    page.get_by_role("link", name="gửi lại phiếu đã điền").click()
    page.get_by_label("Phiếu đánh giá đã điền (.xlsx)").set_input_files(path)
    page.get_by_role("button", name="Gửi và xem các ô sẽ đổi").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Không thay đổi.")
