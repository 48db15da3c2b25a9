"""Every page and state for everybody: axe, three widths, weight, keyboard alone, scripts off, paper.

`make looks` keeps a picture of each page at each width. What is slow is the demonstration, so few tests go over it.
"""

import gzip
import os
import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from tests import factories
from tests.browser.conftest import sign_in, sign_in_at_once
from tests.conftest import ROOT
from tests.pages import CHOICE, District, every_page

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
# A desk zoomed to 200 %: half as many pixels of the page's own.
ZOOMED = {"width": 683, "height": 384}
HEAVIEST = 200_000
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
# Also what a page takes from the browser's memory, and the pictures that wait until a reader comes near them.
PARTS = """() => [
    ...performance.getEntriesByType("resource").map((one) => one.name),
    ...[...document.images].map((one) => one.currentSrc || one.src),
]"""


class Looks:
    """Goes over pages and collects what is wrong with each, so that one run tells all of it."""

    def __init__(self, page, axe, server):
        self.page, self.axe, self.server = page, axe, server
        self.problems, self.weights, self.fetched = [], {}, {}
        self.folder = os.environ.get("LOOKS")

    def look(self, label, address, *, parts=True):
        """A page at a desk, zoomed to 200 %, on a phone."""
        self.page.set_viewport_size(DESK)
        response = self.page.goto(self.server.url + address)
        if parts:
            self.weigh(label, response)
        self.measure(label)

    def measure(self, label):
        for name, size in (("desk", DESK), ("zoomed", ZOOMED), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            if (wide := self.page.evaluate(TOO_WIDE)) > 1:
                self.problems.append(f"{label}: {wide} px too wide at {size['width']}")
            # A zoomed desk has the markup of the one or the other.
            if name != "zoomed":
                self.problems += [f"{label}, {name}: {barrier}" for barrier in self.axe(self.page)]
            if self.folder:
                path = ROOT / self.folder / f"{label}-{size['width']}.png"
                self.page.screenshot(path=path, full_page=True)

    def weigh(self, label, response):
        """What a first visit downloads, compressed: files as WhiteNoise keeps them, the page as a proxy sends it."""
        weight = len(gzip.compress(response.body()))
        for url in dict.fromkeys(self.page.evaluate(PARTS)):
            if url not in self.fetched:
                body = self.page.request.get(url).body()
                self.fetched[url] = min(len(body), len(gzip.compress(body)))
            weight += self.fetched[url]
        self.weights[label] = weight
        if weight > HEAVIEST:
            self.problems.append(f"{label}: {weight // 1000} kB at the first visit")


@pytest.fixture
def looks(page, axe, live_server):
    return Looks(page, axe, live_server)


@pytest.mark.parametrize("half", [0, 1])
def test_every_page_at_three_widths(live_server, transactional_db, context, looks, half):
    district = District()
    signed_in = None
    pages = list(every_page(district))
    middle = len(pages) // 2
    for label, username, address in pages[middle:] if half else pages[:middle]:
        if username != signed_in:
            sign_in_at_once(context, live_server, username and district.user(username))
            signed_in = username
        looks.look(label, address)
    heaviest = sorted(looks.weights.items(), key=lambda item: -item[1])[:5]
    print("heaviest:", ", ".join(f"{label} {weight // 1000} kB" for label, weight in heaviest))
    assert not looks.problems, "\n".join(looks.problems)


FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const around = [one, one.parentElement, one.parentElement.parentElement];
    const look = () => JSON.stringify(around.map((each) => {
        const style = getComputedStyle(each);
        return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor, style.top];
    }));
    const box = one.getBoundingClientRect();
    const spots = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
    const seen = spots.some(([x, y]) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return top && (one.contains(top) || top.contains(one) || [...(one.labels || [])].some((label) => label.contains(top)));
    });
    const focused = look();
    one.blur();
    const blurred = look();
    one.focus({focusVisible: true, preventScroll: true});
    return {html: one.outerHTML.slice(0, 120), marked: focused !== blurred, seen};
}"""


def walk(page, label, most=700):
    """Tab through a page; what is wrong with where it stops: nothing shows where one is, or something lies over it."""
    problems, stops = [], 0
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops += 1
        if not stop["marked"]:
            problems.append(f"{label}: no focus to be seen at {stop['html']}")
        if not stop["seen"]:
            problems.append(f"{label}: covered or out of sight at {stop['html']}")
    assert 10 < stops < most, f"{label}: {stops} stops"
    return problems


def test_the_keyboard_alone_without_scripts_and_on_paper(
    live_server, transactional_db, context, browser, browser_context_args
):
    district = District()
    officer = district.user("vanphong")
    pages = {
        "overview": reverse("dashboards:overview") + CHOICE,
        "matrix": reverse("dashboards:matrix") + CHOICE,
        "commune": reverse("dashboards:commune", args=[district.place.pk]) + CHOICE,
        "sheet": reverse("criteria:sheet", args=district.sheet),
        "board": reverse("directives:tasks"),
    }
    sign_in_at_once(context, live_server, officer)
    page = context.new_page()
    page.set_viewport_size(DESK)
    page.emulate_media(reduced_motion="reduce")
    problems = []
    for label in ("overview", "matrix", "sheet"):
        page.goto(live_server.url + pages[label])
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Đến nội dung chính")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.goto(live_server.url + pages[label])
        problems += walk(page, label)

    # On paper: nothing to click, and over a table the letterhead with its day.
    page.emulate_media(media="print")
    for address in pages.values():
        page.goto(live_server.url + address)
        for gone in (".topbar", ".tabs", ".segment", ".skip", ".toasts"):
            for one in page.locator(gone).all():
                expect(one).to_be_hidden()
        expect(page.locator("main h1, .print-title").locator("visible=true").first).to_be_visible()
        if page.locator("body[class*=print-]").count():
            expect(page.locator(".letterhead").first).to_be_visible()
    page.close()

    plain = browser.new_context(**{**browser_context_args, "base_url": live_server.url, "java_script_enabled": False})
    page = plain.new_page()
    sign_in(page, "vanphong")
    for label, words in {
        "overview": "19 tiêu chí",
        "matrix": "15/19",
        "commune": "15/19",
        "sheet": "15/19",
        "board": "Quá hạn",
    }.items():
        page.goto(pages[label])
        expect(page.locator("main")).to_contain_text(words)
    # What is refused keeps everything typed and writes nothing; then two values are saved, for men and women apart.
    page.goto(pages["sheet"])
    page.get_by_label("11, kết quả thẩm định", exact=True).fill("101")
    page.get_by_label("15.1, kết quả thẩm định, nam", exact=True).fill("95,5")
    page.get_by_label("15.1, kết quả thẩm định, nữ", exact=True).fill("96")
    page.get_by_role("button", name="Lưu phiếu").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Tỷ lệ phải từ 0 đến 100 (đang nhập 101)")
    expect(page.get_by_label("15.1, kết quả thẩm định, nam", exact=True)).to_have_value("95,5")
    expect(page.get_by_label("15.1, kết quả thẩm định, nữ", exact=True)).to_have_value("96")
    page.get_by_label("11, kết quả thẩm định", exact=True).fill("12,5")
    page.get_by_role("button", name="Lưu phiếu").first.click()
    expect(page.get_by_role("status").filter(has_text="Đã lưu 2 ô")).to_be_visible()
    expect(page.locator("#score .big")).to_have_text("16/19 tiêu chí")
    plain.close()
    assert not problems, "\n".join(problems)


def test_the_states_nobody_wishes_for(live_server, transactional_db, context, looks, complaints):
    """Nothing there yet, a form that is refused, two at one form, not allowed, not found, broken."""
    place = factories.district()
    factories.commune("Sơn Bình", place)
    officer = factories.user(Role.OFFICER, place, username="hoa")
    page = looks.page
    sign_in_at_once(context, live_server, officer)

    # Nothing there yet: no set, then no period, then no sheet and no task.
    looks.look("state-no-set", reverse("dashboards:overview"))
    factories.small_set()
    looks.look("state-no-period", reverse("dashboards:overview"))
    expect(page.get_by_role("link", name="Thêm kỳ đầu tiên")).to_be_visible()
    period = factories.period()
    for name in ("dashboards:overview", "dashboards:matrix", "dashboards:communes", "dashboards:mine"):
        looks.look(f"state-empty-{name.partition(':')[2]}", reverse(name))
    for name in ("criteria:sheets", "criteria:recognitions", "criteria:review", "directives:tasks", "directives:list"):
        looks.look(f"state-empty-{name.partition(':')[2]}", reverse(name))

    # Refused, with a sentence at each field; then two at one form.
    address = live_server.url + reverse("criteria:period-edit", args=[period.code])
    page.goto(address)
    page.get_by_label("Đến ngày").fill("31/2/2024")
    page.get_by_role("button", name="Lưu kỳ").click()
    expect(page.get_by_text("Ngày 31/2/2024 không có trong lịch").first).to_be_visible()
    looks.measure("state-refused")
    page.goto(address)
    type(period).objects.filter(pk=period.pk).update(name="Quý một/2024")
    page.get_by_label("Tên kỳ").fill("Quý đầu/2024")
    page.get_by_role("button", name="Lưu kỳ").click()
    expect(page.get_by_role("heading", name="Hai người cùng sửa một nội dung")).to_be_visible()
    looks.measure("state-conflict")

    # Not there; not allowed; what the server says when it cannot go on, over an address of its own.
    looks.look("state-404", "/khong-co/", parts=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Không tìm thấy")
    sign_in_at_once(context, live_server, factories.user(Role.COMMITTEE_MEMBER, place))
    looks.look("state-403", reverse("criteria:periods"), parts=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("chưa được phép")
    for name in ("400", "403_csrf", "500"):
        html = render_to_string(f"{name}.html")
        page.route(f"**/{name}/", lambda route, request, html=html: route.fulfill(body=html, content_type="text/html"))
        looks.look(f"state-{name}", f"/{name}/", parts=False)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    # The browser notes what it was refused.
    complaints[:] = [one for one in complaints if not re.search(r"status of (403|404|422)", one)]
    assert not looks.problems, "\n".join(looks.problems)
