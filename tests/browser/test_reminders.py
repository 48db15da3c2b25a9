"""A commune officer opens the bell on a phone, and gives their calendar an address and takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from directives import actions
from directives.models import Assignment
from tests.browser.conftest import PASSWORD, sign_in
from tests.directives.factories import District, issued


@pytest.fixture
def told(live_server, transactional_db):
    district = District(communes=["Sơn Bình"])
    person = district.commune_officer()
    person.username = "xa"
    person.set_password(PASSWORD)
    person.save()
    for days in (-20, -3, 1, 5):
        issued(district, district.committees, due_on=timezone.localdate() + timedelta(days=days))
    actions.make_digests(timezone.localdate())
    return person


@pytest.mark.parametrize("width", [1366, 390])
def test_the_bell_leads_to_the_work_and_to_the_calendar(told, page, axe, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, "xa")
    page.wait_for_url(lambda address: "dang-nhap" not in address)
    page.get_by_role("link", name="Nhắc việc, 1 bản chưa xem").click()

    expect(page.get_by_role("heading", level=1, name="Nhắc việc")).to_be_visible()
    expect(page.get_by_text("2 việc quá hạn, 2 việc sắp đến hạn")).to_be_visible()
    expect(page.get_by_text("Quá hạn 20 ngày")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []

    page.get_by_role("button", name="Tạo địa chỉ lịch riêng").click()
    address = page.get_by_label("Địa chỉ lịch riêng").input_value()
    assert page.request.get(address).text().count("BEGIN:VEVENT") == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_role("button", name="Tạo địa chỉ lịch riêng")).to_be_visible()
    assert page.request.get(address).status == 404

    # Seen: the bell is quiet, and a line leads to its assignment.
    page.get_by_role("link", name="Nhắc việc", exact=True).click()
    page.get_by_role("link", name="Rà soát kế hoạch").first.click()
    late = Assignment.objects.order_by("due_on").first()
    assert page.url.endswith(late.get_absolute_url())
