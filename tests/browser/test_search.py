"""Finding with the keyboard alone: "/" from any page, the arrow keys, Enter, Escape; and what a phone offers."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import PASSWORD, sign_in


@pytest.fixture
def office(live_server, transactional_db):
    year = factories.Year({"Sơn Bình": ("M" * 19, "M" * 18 + "U"), "Bình Lư": ("M" * 19, "M" * 18 + "U")})
    factories.user(place=year.district, username="canbo", password=PASSWORD)


@pytest.mark.parametrize("width", [1366, 390])
def test_slash_and_arrows_lead_to_what_is_looked_for(office, page, axe, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, "canbo")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    box = page.get_by_role("search", name="Tìm nhanh").get_by_role("searchbox")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("son bi/")
    expect(page.get_by_role("status").filter(has_text="kết quả, bấm mũi tên xuống")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []

    page.keyboard.press("ArrowDown")
    place = page.get_by_role("link", name="Xã Sơn Bình")
    expect(place).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(place).to_be_hidden()

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Xã", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    # The key can be switched off.
    page.get_by_label("Bấm phím / ở bất kỳ trang nào để tìm").uncheck()
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()
    page.get_by_role("link", name="Xã Sơn Bình").click()
    expect(page).to_have_url(re.compile(r"/xa/\d+/"))
