"""The journey from a pasted notice to its tasks handed out."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dashboards import demo
from directives.models import Assignment, Directive
from tests.browser.conftest import sign_in

# With its file's own lines; the labels beside it are what the reader should find.
NOTICE = (Path(demo.DATA) / "thong-bao-2024-03-28.txt").read_text(encoding="utf-8")


@pytest.fixture
def district(live_server, transactional_db):
    demo.build(say=lambda line: None)


def rows(page):
    return page.locator(".review-row")


def select(page, words):
    """Select words of the text as a mouse would."""
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("review-text"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                return;
            }
            throw new Error(`not in the text: ${words}`);
        }""",
        words,
    )


def test_a_pasted_notice_is_read_reviewed_and_handed_out(page, district, axe, complaints):
    sign_in(page, "vanphong")
    page.goto(reverse("directives:list"))
    page.get_by_role("link", name="Nhập văn bản").click()
    page.get_by_label("Nội dung văn bản").fill(NOTICE)
    page.get_by_role("button", name="Đọc văn bản").click()
    expect(rows(page)).to_have_count(10)
    expect(page.locator("#review-counts")).to_contain_text("6 đủ thông tin")
    foot = page.locator("#review-foot")
    expect(foot).to_contain_text("Giao 8 nhiệm vụ, 162 phần việc")
    expect(foot).to_contain_text("Nhiệm vụ 9 và 10 chưa chọn: cần ghi rõ cơ quan chủ trì.")
    assert axe(page) == []

    # A deadline typed and left is saved.
    rows(page).nth(4).get_by_role("link", name="Không thấy thời hạn").click()
    due = rows(page).nth(4).get_by_label("Thời hạn", exact=True)
    due.fill("31/4/2024")
    page.get_by_role("button", name="Lưu nhiệm vụ 5").click()
    expect(rows(page).nth(4)).to_contain_text("Ngày 31/4/2024 không có trong lịch")
    due = rows(page).nth(4).get_by_label("Thời hạn", exact=True)
    due.fill("31/12/2024")
    page.locator(".review-doc").click(position={"x": 60, "y": 300})
    expect(rows(page).nth(4).locator(".c-due")).to_contain_text("31/12/2024")
    expect(page.locator("#review-counts")).to_contain_text("7 đủ thông tin")

    # Split, joined again, dropped, brought back, dropped, added again from the text.
    rows(page).nth(2).locator(".clamp").click()
    rows(page).nth(2).get_by_role("link", name="Tách").click()
    page.get_by_label(re.compile("^Hoàn thành đăng ký xong")).check()
    page.get_by_role("button", name="Tách ở đây").click()
    expect(rows(page)).to_have_count(11)
    expect(rows(page).nth(3)).to_contain_text("15/04/2024")
    rows(page).nth(2).locator(".clamp").click()
    rows(page).nth(2).get_by_role("button", name="Gộp với 4").click()
    expect(rows(page)).to_have_count(10)
    rows(page).nth(2).locator(".clamp").click()
    rows(page).nth(2).get_by_role("button", name="Bỏ").click()
    expect(rows(page)).to_have_count(9)
    page.get_by_role("button", name="Hoàn tác bỏ nhiệm vụ 3").click()
    expect(rows(page)).to_have_count(10)
    expect(rows(page).nth(2)).to_contain_text("Rà soát, tổng hợp nhu cầu số lượng xi măng")
    rows(page).nth(2).locator(".clamp").click()
    rows(page).nth(2).get_by_role("button", name="Bỏ").click()
    expect(rows(page)).to_have_count(9)
    select(page, "Rà soát, tổng hợp nhu cầu số lượng xi măng")
    page.get_by_role("button", name="Thêm nhiệm vụ từ đoạn đã chọn").click()
    expect(rows(page)).to_have_count(10)
    expect(rows(page).nth(2)).to_contain_text("Rà soát, tổng hợp nhu cầu số lượng xi măng")
    expect(rows(page).nth(2).locator(".c-who")).to_contain_text("UBND 12 xã")

    # Who the departments are is said once.
    rows(page).nth(8).get_by_role("link", name="Các cơ quan chuyên môn").click()
    page.get_by_role("button", name="Ghi cho 1 nhiệm vụ").click()
    expect(foot).to_contain_text("Nhiệm vụ 10 chưa chọn")
    expect(foot).to_contain_text("Giao 9 nhiệm vụ, 171 phần việc")

    # Nothing has gone out yet; now it does.
    assert not Assignment.objects.filter(task__directive=Directive.objects.latest("pk")).exists()
    foot.get_by_role("link", name="Giao 9 nhiệm vụ").click()
    page.get_by_role("button", name="Giao 9 nhiệm vụ, 171 phần việc").click()
    expect(page.get_by_text("Đã giao 9 nhiệm vụ, 171 phần việc")).to_be_visible()
    # The browser notes the refused save (422) on its console.
    complaints[:] = [complaint for complaint in complaints if "422" not in complaint]


def test_the_review_has_no_barriers_and_fits_a_phone(page, district, axe):
    sign_in(page, "vanphong")
    page.goto(reverse("directives:read"))
    page.get_by_label("Nội dung văn bản").fill(NOTICE)
    page.get_by_role("button", name="Đọc văn bản").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(rows(page)).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1
    assert axe(page) == []
