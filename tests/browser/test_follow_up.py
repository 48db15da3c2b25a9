"""Work after it was handed out: a commune reports from a phone, the office sends back, and at the end confirms."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from directives import actions
from directives.models import Assignment, AssignmentFile
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in
from tests.directives.factories import District, draft, task

pytestmark = pytest.mark.on_both

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
PDF = {"name": "Biên bản họp bản.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


class Office:
    """A commune with a sheet, and a priority task on its third criterion."""

    def __init__(self):
        self.district = District(communes=["Sơn Bình"])
        self.set, self.period = factories.small_set(), factories.period()
        self.sheet = factories.assessment(self.district.communes[0], self.set, self.period)
        directive = draft(self.district)
        task(
            directive,
            self.district.committees,
            text="Báo cáo kết quả rà soát hộ nghèo",
            due_on=date(2024, 4, 15),
            is_priority=True,
            criteria=[self.set.criteria.get(number=3)],
        )
        actions.issue_directive(directive=directive, by=None)
        self.part = Assignment.objects.get()
        for user, name in ((self.district.commune_officer(), "xa"), (self.district.officer(), "vanphong")):
            user.username = name
            user.set_password(PASSWORD)
            user.save()


@pytest.fixture
def office(live_server, transactional_db):
    return Office()


def step(page, title):
    """The form under a title, opened."""
    found = page.locator("details.step").filter(has=page.locator("summary", has_text=title))
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def change_person(page, username, size, address):
    page.context.clear_cookies()
    page.set_viewport_size(size)
    sign_in(page, username)
    expect(page.locator(".user, .menu-toggle").first).to_be_attached()
    page.goto(address)


def test_from_the_first_report_to_the_question_about_the_criterion(page, office, axe, complaints):
    address = office.part.get_absolute_url()
    change_person(page, "xa", PHONE, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert not axe(page)

    form = step(page, "Báo cáo tiến độ")
    form.get_by_label("Đã làm được gì").fill("Mới rà soát 2/9 bản")
    form.get_by_label("Tiến độ (%)").fill("20")
    form.get_by_label("Tệp kèm theo").set_input_files(PDF)
    form.get_by_role("button", name="Gửi báo cáo tiến độ").click()
    expect(page.get_by_text("Đã ghi tiến độ của UBND xã Sơn Bình.")).to_be_visible()
    expect(page.locator(".follow-facts")).to_contain_text("20 %")
    expect(page.get_by_role("link", name=PDF["name"]).first).to_be_visible()

    form = step(page, "Báo cáo hoàn thành")
    form.get_by_label("Ngày hoàn thành").fill("14/4/2024")
    form.get_by_label("Kết quả thực hiện").fill("Báo cáo số 45/BC-UBND")
    form.get_by_role("button", name="Báo cáo hoàn thành").click()
    expect(page.locator(".page-head")).to_contain_text("Chờ xác nhận")
    expect(page.locator("details.step")).to_have_count(0)

    change_person(page, "vanphong", DESK, address)
    assert not axe(page)
    form = step(page, "Trả lại")
    form.get_by_role("button", name="Trả lại cho đơn vị").click()
    expect(page.get_by_text("Ghi lý do trả lại: thiếu gì, cần bổ sung gì.").first).to_be_visible()
    # The page that says what is missing answers 422, which the browser reports.
    complaints[:] = [complaint for complaint in complaints if "422" not in complaint]
    form = step(page, "Trả lại")
    form.get_by_label("Lý do trả lại").fill("Thiếu biểu số 2")
    form.get_by_role("button", name="Trả lại cho đơn vị").click()
    expect(page.locator(".page-head")).to_contain_text("Quá hạn")

    change_person(page, "xa", PHONE, address)
    expect(page.get_by_text("Văn phòng đã trả lại báo cáo hoàn thành")).to_contain_text("Thiếu biểu số 2")
    form = step(page, "Báo cáo hoàn thành")
    form.get_by_label("Ngày hoàn thành").fill("15/4/2024")
    form.get_by_label("Kết quả thực hiện").fill("Báo cáo số 52/BC-UBND, có biểu số 2")
    form.get_by_label("Tệp kèm theo").set_input_files([PDF | {"name": "bieu-2.pdf"}])
    form.get_by_role("button", name="Báo cáo hoàn thành").click()
    expect(page.locator(".page-head")).to_contain_text("Chờ xác nhận")

    change_person(page, "vanphong", DESK, address)
    step(page, "Xác nhận").get_by_role("button", name="Xác nhận hoàn thành").click()
    expect(page.locator(".page-head")).to_contain_text("Hoàn thành")
    question = page.get_by_role("heading", name="Kết quả này có làm thay đổi đánh giá Tiêu chí 3, xã Sơn Bình không?")
    expect(question).to_be_visible()
    assert not axe(page)
    page.get_by_role("link", name="Có, mở phiếu").click()
    expect(page).to_have_url(re.compile(r"#tc-3$"))
    page.go_back()
    page.get_by_role("button", name="Không thay đổi").click()
    page.goto(address)
    expect(page.get_by_text("Đã trả lời: không thay đổi")).to_be_visible()

    office.part.refresh_from_db()
    assert (office.part.done_on, AssignmentFile.objects.count()) == (date(2024, 4, 15), 2)
