"""What a committee member asks, answered from the screen alone: at most three clicks each, the first three with none."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dashboards import demo
from tests.browser.conftest import sign_in


@pytest.fixture
def member(live_server, transactional_db, page):
    """A member of the steering committee before the overview, on the screen of an office laptop."""
    demo.build(say=lambda line: None)
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(page, "bcd")
    page.get_by_role("navigation", name="Các mục chính").get_by_role("link", name="Tổng quan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan nông thôn mới huyện Tam Đường")
    return Walker(page)


class Walker:
    """Counts the clicks of one question; each starts at the overview."""

    def __init__(self, page):
        self.page, self.start, self.clicks = page, page.url, 0

    def begin(self):
        self.page.goto(self.start)
        self.clicks = 0

    def click(self, locator):
        locator.click()
        self.clicks += 1
        assert self.clicks <= 3

    def panel(self, heading):
        return self.page.get_by_role("region", name=re.compile(heading))

    def bottom(self, locator):
        box = locator.bounding_box()
        return box["y"] + box["height"]


def test_the_five_questions_of_a_meeting(member, axe, shots):
    page = member.page
    # Where are we, what moved, what holds us back: without scrolling.
    for heading in ("Phân nhóm xã", "Thay đổi so với", "Tiêu chí nhiều xã chưa đạt nhất", "Gần và xa công nhận nhất"):
        assert member.bottom(member.panel(heading).get_by_role("heading").first) < 768
    for heading in ("Tiêu chí nhiều xã chưa đạt nhất", "Gần và xa công nhận nhất"):
        rows = member.panel(heading).locator("tbody tr, .rows li")
        assert member.bottom(rows.first) < 768
    assert axe(page) == []
    shots(page, "tong-quan")

    # How many communes have met all 19?
    full = member.panel("Phân nhóm xã").get_by_role("listitem").filter(has_text="19 tiêu chí")
    expect(full.locator(".band-count")).to_have_text("7")

    # Which criterion holds back most communes?
    worst = member.panel("Tiêu chí nhiều xã chưa đạt nhất").locator("tbody tr").first
    expect(worst).to_contain_text("Nghèo đa chiều")
    expect(worst).to_contain_text("4/12 xã")
    member.click(worst.get_by_role("link"))
    expect(page.locator("main")).to_contain_text("Khun Há")

    # Why is Sơn Bình not recognised, and what is missing?
    member.begin()
    member.click(member.panel("Phân nhóm xã").get_by_role("link", name="Sơn Bình"))
    expect(page.locator("main")).to_contain_text("Chưa được công nhận")
    shots(page, "xa")
    gap = member.panel("Còn thiếu gì")
    expect(gap).to_contain_text("4 tiêu chí chưa đạt")
    expect(gap).to_contain_text("cao hơn 3,8 điểm %")

    # Who is most overdue?
    member.begin()
    late = member.panel("Ai đang chậm").locator("tbody tr").first
    expect(late).to_contain_text("UBND xã Sơn Bình")
    member.click(late.get_by_role("link"))
    expect(page.locator("main")).to_contain_text("Chưa hoàn thành, quá hạn")

    # What changed since the last period?
    member.begin()
    moved = member.panel("Thay đổi so với")
    expect(moved).to_contain_text("Thêm 5 tiêu chí")
    expect(moved).to_contain_text("Mất 2 tiêu chí")
    member.click(moved.get_by_role("link", name="Bản Hon"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bản Hon")

    # And on the projector.
    page.goto(reverse("dashboards:meeting"))
    expect(page.locator(".slide h1, .slide h2").first).to_contain_text("8/12 xã đã được công nhận")
    shots(page, "trinh-chieu")
