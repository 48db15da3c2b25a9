"""A commune officer drops a folder: what the page's script adds to the form, and what comes of it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from criteria.models import Evidence
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in

PDF = b"%PDF-1.4 minh chung"


@pytest.fixture
def drop_page(live_server, transactional_db, page):
    place = factories.commune(parent=factories.district())
    sheet = factories.assessment(place, factories.small_set(), factories.period())
    factories.user(Role.COMMUNE_OFFICER, place, username="xa", password=PASSWORD)
    sign_in(page, "xa")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    page.goto(reverse("criteria:evidence-drop", args=[sheet.period.code, sheet.criteria_set.code, place.pk]))
    return page


def test_a_folder_is_chosen_seen_and_saved(drop_page, tmp_path, axe):
    folder = tmp_path / "Hồ sơ"
    (folder / "1.2 Quy hoạch").mkdir(parents=True)
    (folder / "1.2 Quy hoạch" / "biên bản.pdf").write_bytes(PDF)
    (folder / "TC3 danh sách.pdf").write_bytes(PDF)
    (folder / "không rõ.pdf").write_bytes(PDF)
    drop_page.get_by_label("hoặc cả một thư mục").set_input_files(folder)
    expect(drop_page.get_by_role("main").get_by_role("status")).to_contain_text("Đã chọn 3 tệp")
    assert axe(drop_page) == []
    drop_page.get_by_role("button", name="Gửi và xem").click()

    expect(drop_page.get_by_role("heading", level=1)).to_contain_text("Xem trước khi lưu")
    expect(drop_page.get_by_label("Chỉ tiêu của biên bản.pdf")).to_contain_text("1.2 Chỉ tiêu 1.2")
    assert drop_page.get_by_label("Chỉ tiêu của biên bản.pdf").input_value()
    assert axe(drop_page) == []
    drop_page.get_by_label("Chỉ tiêu của không rõ.pdf").select_option("Bỏ qua tệp này")
    drop_page.get_by_role("button", name="Lưu các tệp vào phiếu").click()
    expect(drop_page.get_by_text("Đã lưu 2 tệp minh chứng cho 2 chỉ tiêu.")).to_be_visible()
    saved = Evidence.objects.values_list("indicator__code", "name")
    assert set(saved) == {("1.2", "biên bản.pdf"), ("3.1", "TC3 danh sách.pdf")}


def test_files_thrown_on_the_page_are_sent_with_their_names(drop_page):
    drop_page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["%PDF-1.4"], "1.1 a.pdf"));
            data.items.add(new File(["%PDF-1.4"], "2.1 b.pdf"));
            document.querySelector(".drop-zone").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(drop_page.get_by_role("main").get_by_role("status")).to_contain_text("Đã chọn 2 tệp")
    drop_page.get_by_role("button", name="Gửi và xem").click()
    expect(drop_page.locator(".lead-text")).to_contain_text("2 tệp đã gửi: 2 khớp chỉ tiêu.")


def test_two_hundred_and_one_files_are_refused_before_they_are_sent(drop_page):
    files = [{"name": f"1.1 {i}.pdf", "mimeType": "application/pdf", "buffer": PDF} for i in range(201)]
    drop_page.get_by_label("Nhiều tệp một lúc").set_input_files(files)
    expect(drop_page.get_by_role("main").get_by_role("status")).to_contain_text("nhiều nhất 200 tệp, anh chị chọn 201")
    expect(drop_page.get_by_role("button", name="Gửi và xem")).to_be_disabled()
    drop_page.get_by_label("Nhiều tệp một lúc").set_input_files(files[:200])
    expect(drop_page.get_by_role("button", name="Gửi và xem")).to_be_enabled()
