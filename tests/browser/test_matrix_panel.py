"""A cell of the matrix opens beside it: its address, the keys, and the way back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in


@pytest.fixture
def matrix_page(live_server, transactional_db, page):
    year = factories.Year(factories.MIXED_YEAR)
    sheet = Assessment.objects.get(period=year.now, locality=year.places["Sơn Bình"])
    entries = {factories.indicators_of(year.set)["1.1"].pk: factories.value("38.5")}
    save_results(assessment=factories.writable(sheet), opinion="verified", entries=entries, by=year.officer)
    # What was saved is all that is known of the sheet now; the others keep what they had.
    factories.target(sheet.locality, year.set.criteria.get(number=1))
    factories.user(Role.OFFICER, year.district, username="vanphong", password=PASSWORD)
    sign_in(page, "vanphong")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    page.goto(reverse("dashboards:matrix") + year.query)
    return page


def test_a_cell_opens_beside_the_matrix_keeps_its_address_and_closes(matrix_page, axe):
    page = matrix_page
    heading = page.locator("#cell-title")
    row = page.get_by_role("row", name=re.compile("^Sơn Bình"))
    row.get_by_role("gridcell").first.click()
    expect(heading).to_have_text("Tiêu chí 1. Tiêu chí thứ 1")
    expect(page.get_by_role("complementary")).to_contain_text("thiếu 11,5 điểm %")
    expect(page).to_have_url(re.compile(r"[?&]o=\d+-1$"))
    assert axe(page) == []

    # The address alone brings it back, beside the same table.
    page.reload()
    expect(heading).to_have_text("Tiêu chí 1. Tiêu chí thứ 1")
    expect(page.locator("td.open")).to_have_count(1)

    # One stop for Tab; from there the arrows go, and the panel with them.
    page.locator("td.open").focus()
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text("Tiêu chí 2. Tiêu chí thứ 2")
    expect(page).to_have_url(re.compile(r"o=\d+-2$"))
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("complementary")).to_contain_text("Xã Nà Tăm")
    assert page.locator(".matrix [tabindex='0']").count() == 1

    page.keyboard.press("Escape")
    expect(heading).to_have_count(0)
    expect(page).not_to_have_url(re.compile("[?&]o="))
    assert page.evaluate("document.activeElement.cellIndex") == 2
    assert page.evaluate("document.activeElement.parentElement.innerText").startswith("Nà Tăm")
    page.keyboard.press("Enter")
    expect(heading).to_be_visible()
    page.keyboard.press("Enter")
    expect(heading).to_be_focused()
    page.go_back()
    expect(heading).to_have_count(0)
