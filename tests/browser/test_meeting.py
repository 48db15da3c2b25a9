"""A meeting in a real browser: the slides by keys, mouse and finger, the decisions, and the file without a network."""

import re
from datetime import date

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from directives.models import Task
from tests.browser.conftest import PASSWORD, sign_in
from tests.dashboards.long_meeting import LONGEST, Long

PROJECTORS = [(1920, 1080), (1366, 768), (1024, 768)]
# What does not fit on the slide that shows: content that scrolls or is cut, words under the buttons; and the smallest
# type, in px.
MISFITS = """() => {
    const slide = document.querySelector(".slide.now");
    const found = [];
    for (const box of [slide, ...slide.querySelectorAll(".slide-body, .grids, .split > *, .halves > *")])
        if (box.scrollHeight > box.clientHeight + 3 || box.scrollWidth > box.clientWidth + 3)
            found.push(`${box.className} overflows: ${box.scrollHeight} in ${box.clientHeight}`);
    for (const cell of slide.querySelectorAll(".grid th, .grid td"))
        if (cell.scrollWidth > cell.clientWidth + 1) found.push(`cut: ${cell.textContent}`);
    const nav = document.querySelector(".deck-nav").getBoundingClientRect();
    for (const part of slide.querySelectorAll(".slide-foot > *")) {
        const box = part.getBoundingClientRect();
        if (box.width && box.right > nav.left) found.push(`under the buttons: ${part.textContent}`);
    }
    return found;
}"""
SMALLEST = """() => {
    const walker = document.createTreeWalker(document.querySelector(".slide.now"), NodeFilter.SHOW_TEXT);
    const sizes = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (node.data.trim() && parent.getClientRects().length && !parent.closest(".unseen, i, noscript, details, option"))
            sizes.push(parseFloat(getComputedStyle(parent).fontSize));
    }
    return Math.min(...sizes);
}"""


def now(page):
    return page.locator(".slide.now")


def at(page, anchor):
    expect(now(page)).to_have_id(f"/{anchor}")


def open_meeting(page, made, anchor=""):
    sign_in(page, made.officer.username)
    page.goto(reverse("dashboards:meeting") + made.query + (f"#/{anchor}" if anchor else ""))


@pytest.fixture
def long(live_server, transactional_db):
    made = Long(places=36)
    User.objects.update(password=make_password(PASSWORD))
    return made


@pytest.fixture
def short(live_server, transactional_db):
    made = Long(places=3)
    User.objects.update(password=make_password(PASSWORD))
    return made


def test_every_slide_fits_on_every_projector(page, long, axe, shots):
    open_meeting(page, long)
    count = page.locator(".slide").count()
    looked_at = set()
    for width, height in PROJECTORS:
        page.set_viewport_size({"width": width, "height": height})
        page.keyboard.press("Home")
        misfits = {}
        for number in range(1, count + 1):
            kind = now(page).get_attribute("class")
            expect(now(page).locator(".slide-foot b")).to_have_text(f"{number}/{count}")
            if found := page.evaluate(MISFITS):
                misfits[now(page).get_attribute("id")] = found
            if width == 1920:
                assert page.evaluate(SMALLEST) >= 22
                if kind not in looked_at:
                    looked_at.add(kind)
                    assert axe(page) == [], kind
            page.keyboard.press("ArrowRight")
        assert misfits == {}, (width, height)
    # On a phone, and at 200 % zoom, it scrolls down and never sideways.
    for size in ({"width": 390, "height": 844}, {"width": 683, "height": 384}):
        page.set_viewport_size(size)
        for anchor in ("tong-quan", "ma-tran", "tieu-chi", "qua-han", "ket-luan"):
            page.goto(page.url.split("#")[0] + f"#/{anchor}")
            at(page, anchor)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (anchor, size)


def test_keys_buttons_and_fingers_move_and_the_way_back_leads_out(page, short):
    sign_in(page, short.officer.username)
    overview = reverse("dashboards:overview") + short.query
    page.goto(overview)
    page.get_by_role("link", name="Trình chiếu").click()
    at(page, "tong-quan")
    for key, anchor in [
        ("ArrowRight", "phan-nhom"),
        ("PageDown", "ma-tran"),
        ("Space", "thay-doi"),
        ("Shift+Space", "ma-tran"),
        ("ArrowLeft", "phan-nhom"),
        ("PageUp", "tong-quan"),
        ("ArrowLeft", "tong-quan"),
        ("End", "ket-luan"),
        ("ArrowRight", "ket-luan"),
        ("Home", "tong-quan"),
    ]:
        page.keyboard.press(key)
        at(page, anchor)
    # The title is where the keyboard stands, so it is read out; the tab says the slide.
    page.keyboard.press("ArrowRight")
    expect(now(page).get_by_role("heading", level=2)).to_be_focused()
    expect(page).to_have_title(re.compile(r"^2/\d+ "))
    page.get_by_role("button", name="Trang sau").click()
    at(page, "ma-tran")
    page.get_by_text("Mục lục").click()
    page.get_by_role("link", name=f"Xã {LONGEST}").click()
    at(page, "xa-nong-truong-phong-hai")
    page.evaluate(
        """() => {
            const touch = (type, x) => {
                const one = new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 300 });
                const all = { bubbles: true, changedTouches: [one], touches: type === "touchend" ? [] : [one] };
                document.body.dispatchEvent(new TouchEvent(type, all));
            };
            touch("touchstart", 300);
            touch("touchend", 100);
        }"""
    )
    expect(now(page)).not_to_have_id("/xa-nong-truong-phong-hai")
    # Whoever reloads stands where they were.
    here = now(page).get_attribute("id")
    page.reload()
    expect(now(page)).to_have_id(here)
    page.keyboard.press("f")
    expect(page.locator(":fullscreen")).to_have_count(1)
    page.keyboard.press("f")
    expect(page.locator(":fullscreen")).to_have_count(0)
    # Letters can be switched off, for those who speak to their computer.
    page.get_by_text("Mục lục").click()
    page.get_by_label("Dùng phím chữ").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_role("complementary")).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(reverse("dashboards:overview") + "?")))


def test_a_decision_typed_on_a_communes_slide_ends_as_a_draft_task(page, short, context, axe, complaints, shots):
    open_meeting(page, short, "xa-nong-truong-phong-hai")
    page.keyboard.press("d")
    words = page.get_by_label("Nội dung kết luận")
    expect(words).to_be_focused()
    # Keys write here and turn no page; the commune of the slide is chosen.
    words.press_sequentially("Rà soát d f")
    words.press("ArrowLeft")
    at(page, "xa-nong-truong-phong-hai")
    expect(page.locator("[data-chosen]")).to_have_text(f"xã {LONGEST}")
    shots(page, "trinh-chieu-ket-luan")
    assert axe(page) == []

    # What is wrong is said beside its field and nothing is lost, nor is it where one goes on to another slide.
    page.get_by_label("Thời hạn").fill("31/4/2099")
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.get_by_text("Ngày 31/4/2099 không có trong lịch.")).to_be_visible()
    assert axe(page) == []
    assert complaints.pop().startswith("console: Failed to load resource: the server responded with a status of 422")
    page.get_by_role("button", name="Trang sau").click()
    expect(words).to_have_value("Rà soát d f")

    # Nor while the network is away, nor when the session has ended.
    page.get_by_label("Thời hạn").fill("1/5/2099")
    page.get_by_label("UBND xã chủ trì").check()
    context.set_offline(True)
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.get_by_text("! Chưa lưu: mất kết nối")).to_be_visible()
    complaints.clear()
    context.set_offline(False)
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.get_by_text("! Chưa lưu: phiên đã hết hạn")).to_be_visible()
    expect(words).to_have_value("Rà soát d f")
    context.add_cookies(cookies)
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.get_by_text("✓ đã lưu")).to_be_visible()
    expect(words).to_have_value("")
    task = Task.objects.get(text="Rà soát d f")
    assert [*task.communes.all()] == [short.places[0]]
    assert task.leads.get().locality == short.places[0]
    assert task.due_on == date(2099, 5, 1)

    # It stands on the last slide, from where it leads to the draft of the notice; removed there, it is gone here.
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    listed = page.locator("#decision-list")
    expect(listed).to_contain_text("Rà soát d f")
    with context.expect_page() as opened:
        listed.get_by_role("link", name="Rà soát dự thảo văn bản").click()
    expect(opened.value.locator(".review-row")).to_contain_text("Rà soát d f")
    opened.value.goto(reverse("directives:task-delete", args=[task.directive_id, task.pk]))
    opened.value.get_by_role("button", name="Xóa nhiệm vụ").click()
    opened.value.close()
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(listed).to_contain_text("Chưa ghi kết luận nào hôm nay.")


def test_the_file_is_shown_and_written_in_without_a_network(page, short, browser, base_url, tmp_path, axe):
    open_meeting(page, short)
    page.get_by_text("Mục lục").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Lưu để trình chiếu ngoại tuyến").click()
    download.value.save_as(tmp_path / "trinh-chieu.html")

    apart = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
    apart.grant_permissions(["clipboard-read", "clipboard-write"])
    asked, errors = [], []
    apart.on("request", lambda request: asked.append(request.url))
    apart.on("console", lambda message: message.type == "error" and errors.append(message.text))
    apart.on("weberror", lambda error: errors.append(str(error.error)))
    file = apart.new_page()
    address = (tmp_path / "trinh-chieu.html").as_uri()
    file.goto(address)
    count = file.locator(".slide").count()
    for number in range(1, count + 1):
        expect(now(file).locator(".slide-foot b")).to_have_text(f"{number}/{count}")
        assert file.evaluate(MISFITS) == []
        file.keyboard.press("ArrowRight")
    at(file, "ket-luan")
    assert axe(file) == []

    # A decision stays in the page, over a reload too, and is copied out as words.
    expect(file.get_by_text("không gửi được")).to_be_visible()
    file.get_by_label("Nội dung kết luận").fill("Giao kiểm tra nước sạch")
    file.get_by_label("Thời hạn").fill("30/6/2099")
    file.get_by_role("button", name="Ghi lại").click()
    expect(file.locator("[data-kept-list]")).to_contain_text("Giao kiểm tra nước sạch · 30/6/2099")
    file.reload()
    file.get_by_role("button", name="Chép các kết luận").click()
    expect(file.get_by_label("Các kết luận dưới dạng chữ")).to_have_value(
        "1. Giao kiểm tra nước sạch\n   Thời hạn: 30/6/2099"
    )
    expect(file.get_by_text("✓ đã chép").or_(file.get_by_text("bấm Ctrl+C để chép"))).to_be_visible()
    assert set(asked) == {address}
    assert errors == []
    apart.close()
    assert not Task.objects.filter(text="Giao kiểm tra nước sạch").exists()


def test_without_scripts_the_slides_stand_under_one_another_and_a_decision_is_a_plain_form(browser, base_url, short):
    plain = browser.new_context(java_script_enabled=False, base_url=base_url, viewport={"width": 1366, "height": 768})
    page = plain.new_page()
    open_meeting(page, short)
    count = page.locator(".slide").count()
    assert page.locator(".slide").filter(visible=True).count() == count
    page.locator("section[id='/xa-nong-truong-phong-hai']").get_by_role("link", name="Ghi kết luận về xã này").click()
    page.get_by_label("Nội dung kết luận").fill("Rà soát")
    page.get_by_role("button", name="Lưu kết luận").click()
    expect(page.locator("#decision-list")).to_contain_text(f"? chưa rõ chủ trì · {LONGEST}")
    # On paper each slide is a page of its own.
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == count
    plain.close()
