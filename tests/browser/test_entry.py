"""Entering with the keyboard alone, on a bad line, after the session has ended, and two officers on one cell."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import IndicatorResult, ResultChange
from tests import factories
from tests.browser.conftest import PASSWORD, sign_in

VERIFIED = "kết quả thẩm định"


class Desk:
    """Three communes with a sheet each: three shares, one for men and women, a yes-or-no."""

    def __init__(self):
        self.district = factories.district()
        self.set, self.period = factories.criteria_set(expected_criteria=1, bands=[1, 0]), factories.period()
        criterion = factories.criterion(self.set)
        for position in (1, 2, 3):
            factories.indicator(criterion, position, threshold="50")
        text = "Bảo hiểm y tế (áp dụng đạt cho cả nam và nữ)"
        factories.indicator(criterion, 4, threshold="90", text=text)
        factories.indicator(criterion, 5, **factories.BOOLEAN)
        self.places = [factories.commune(name, self.district) for name in ("Bản Bo", "Khun Há", "Sơn Bình")]
        self.sheets = {place.name: factories.assessment(place, self.set, self.period) for place in self.places}
        for username, name in (("hoa", "Nguyễn Thị Hoa"), ("mai", "Lò Thị Mai")):
            person = factories.user(Role.OFFICER, self.district, username=username, full_name=name)
            person.set_password(PASSWORD)
            person.save()

    def open_sheet(self, page, place="Sơn Bình"):
        page.goto(self.sheets[place].get_absolute_url())

    def cell(self, page, code, rest=""):
        return page.get_by_label(f"{code}, {VERIFIED}{rest}", exact=True)

    def value(self, code, place="Sơn Bình"):
        rows = IndicatorResult.objects.filter(indicator__code=code, assessment=self.sheets[place])
        return rows.values_list("value", flat=True).first()


@pytest.fixture
def desk(live_server, transactional_db):
    return Desk()


def without(complaints, *expected):
    complaints[:] = [complaint for complaint in complaints if not any(word in complaint for word in expected)]


def test_a_column_is_entered_with_the_keyboard_alone(page, desk):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    first, second, third = (desk.cell(page, code) for code in ("1.1", "1.2", "1.3"))
    male, female = desk.cell(page, "1.4", ", nam"), desk.cell(page, "1.4", ", nữ")
    first.focus()
    page.keyboard.type("61,5")
    with page.expect_request("**/luu/") as sent:
        page.keyboard.press("Enter")
    # A cell goes alone, whatever the size of the sheet.
    assert len(sent.value.post_data) < 100, sent.value.post_data
    expect(second).to_be_focused()
    page.keyboard.type("8/9")
    page.keyboard.press("ArrowDown")
    expect(third).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(second).to_be_focused()
    expect(page.locator(".field").nth(1)).to_contain_text("= 88,88 %")
    page.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    # Going there marks what stands there: typing replaces it, Escape puts it back.
    page.keyboard.type("99")
    expect(first).to_have_value("99")
    page.keyboard.press("Escape")
    expect(first).to_have_value("61,5")
    third.focus()
    page.keyboard.press("Enter")
    expect(male).to_be_focused()
    # Both of a pair are saved together: nothing is wrong while the second is still to be typed.
    page.keyboard.type("95")
    page.keyboard.press("Tab")
    expect(female).to_be_focused()
    expect(page.locator(".field").nth(3)).to_contain_text("… còn thiếu nữ")
    page.keyboard.type("91")
    page.keyboard.press("Enter")
    choice = desk.cell(page, "1.5")
    expect(choice).to_be_focused()
    # In a list the arrows choose.
    page.keyboard.press("ArrowDown")
    expect(choice).to_have_value("met")
    page.keyboard.press("Enter")
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")
    expect(page.locator("#tc-1 tr.head")).to_contain_text("4/5")
    assert desk.value("1.4") == 91


def test_one_of_a_pair_left_alone_says_what_is_missing(page, desk, complaints):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    desk.cell(page, "1.4", ", nam").fill("95")
    desk.cell(page, "1.1").focus()
    expect(page.locator(".field").nth(3)).to_contain_text("! Chưa lưu: Còn thiếu tỷ lệ của nữ")
    expect(page.locator("#save-state")).to_have_text("! 1 ô chưa lưu")
    desk.cell(page, "1.4", ", nữ").fill("96")
    desk.cell(page, "1.1").focus()
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")
    without(complaints, "422")


def test_letters_being_composed_are_left_alone(page, desk):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    desk.cell(page, "1.1").focus()
    # What Telex and VNI keyboards send while a letter is composed.
    for init in ("{key: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}", "{key: 'Process', keyCode: 229}"):
        taken = page.evaluate(
            f"!document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            f"Object.assign({{bubbles: true, cancelable: true}}, {init})))"
        )
        assert not taken
        expect(desk.cell(page, "1.1")).to_be_focused()
    note = page.get_by_label(f"1.5, {VERIFIED}, ghi chú")
    page.locator("summary").last.click()
    note.press_sequentially("Trường đạt chuẩn")
    note.press("Enter")
    note.press("ArrowUp")
    expect(note).to_be_focused()
    expect(note).to_have_value("Trường đạt chuẩn\n")


def test_several_cells_pasted_into_one_are_not_joined_into_one_number(page, desk):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    cell = desk.cell(page, "1.1")
    cell.focus()
    paste(page, "12,5\n34")
    expect(cell).to_have_value("")
    expect(page.locator(".field").first).to_contain_text("! Chưa dán: đây là nhiều ô")
    # One cell of Excel comes with a line break behind it.
    assert not paste(page, "12,5\r\n")


def paste(page, text):
    """Send the clipboard's event to the focused field; whether the page took it over."""
    return page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
            return !document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_cells_typed_without_a_link_are_saved_when_it_is_back(page, desk, complaints):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    page.context.set_offline(True)
    for code, value in (("1.1", "61"), ("1.2", "62"), ("1.3", "63")):
        desk.cell(page, code).fill(value)
        desk.cell(page, code).press("Enter")
    expect(page.locator("#save-state")).to_have_text("! 3 ô chưa lưu")
    expect(page.locator(".field").first).to_contain_text("! Chưa lưu: mất kết nối. Ô này tự lưu khi có mạng lại.")
    # Leaving now would ask first.
    asked = page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    assert asked
    assert not ResultChange.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")
    assert [desk.value(code) for code in ("1.1", "1.2", "1.3")] == [61, 62, 63]
    assert not page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    without(complaints, "ERR_INTERNET_DISCONNECTED")


def test_after_the_session_ended_signing_in_beside_saves_what_was_typed(page, desk):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    page.context.clear_cookies(name="sessionid")
    for code, value in (("1.1", "61"), ("1.2", "62")):
        desk.cell(page, code).fill(value)
        desk.cell(page, code).press("Enter")
    expect(page.locator("#save-state")).to_have_text("! 2 ô chưa lưu")
    expect(page.locator(".field").first).to_contain_text("! Chưa lưu: phiên đã hết hạn.")
    with page.expect_popup() as opened:
        page.locator(".field").first.get_by_role("link", name="Đăng nhập lại").click()
    beside = opened.value
    beside.get_by_label("Tên đăng nhập").fill("hoa")
    beside.get_by_label(re.compile(r"^\s*Mật khẩu")).fill(PASSWORD)
    beside.get_by_role("button", name="Đăng nhập").click()
    expect(beside.get_by_role("heading", level=1)).to_have_text("Đã đăng nhập lại.")
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")
    assert [desk.value(code) for code in ("1.1", "1.2")] == [61, 62]
    # The whole sheet too can be sent from the page that was open all the time.
    desk.cell(page, "1.3").fill("63")
    page.get_by_role("button", name="Lưu phiếu").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Xã Sơn Bình")
    assert desk.value("1.3") == 63


def test_without_scripts_a_sheet_sent_after_the_session_ended_is_saved_after_signing_in(
    browser, browser_context_args, base_url, desk
):
    context = browser.new_context(**{**browser_context_args, "base_url": base_url, "java_script_enabled": False})
    page = context.new_page()
    sign_in(page, "hoa")
    desk.open_sheet(page)
    desk.cell(page, "1.1").fill("61")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu phiếu").first.click()
    expect(page.get_by_text("Những gì anh chị vừa nhập vẫn còn")).to_be_visible()
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_label(re.compile(r"^\s*Mật khẩu")).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phần anh chị vừa nhập vẫn còn, nhưng chưa được lưu.")
    page.get_by_role("button", name="Lưu tiếp").click()
    expect(page.get_by_role("status").filter(has_text="Đã lưu 1 ô")).to_be_visible()
    expect(desk.cell(page, "1.1")).to_have_value("61")
    context.close()


def test_nobodys_typing_is_saved_in_anothers_name(page, desk, complaints):
    sign_in(page, "hoa")
    desk.open_sheet(page)
    page.context.clear_cookies(name="sessionid")
    desk.cell(page, "1.1").fill("61")
    desk.cell(page, "1.1").press("Enter")
    expect(page.locator(".field").first).to_contain_text("phiên đã hết hạn")
    beside = page.context.new_page()
    sign_in(beside, "mai")
    expect(beside.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(".field").first).to_contain_text("trang này do tài khoản khác mở")
    expect(desk.cell(page, "1.1")).to_have_value("61")
    assert desk.value("1.1") is None
    without(complaints, "409", "Error Code")


@pytest.mark.on_both
def test_two_officers_in_conflict_on_one_cell(
    page, browser, browser_context_args, base_url, desk, complaints, shots, axe
):
    """The journey: both open the sheet, both enter 1.1; the second is shown both values, keeps one, replaces another."""
    context = browser.new_context(**{**browser_context_args, "base_url": base_url})
    other = context.new_page()
    sign_in(page, "hoa")
    sign_in(other, "mai")
    desk.open_sheet(page)
    desk.open_sheet(other)
    for code, value, note in (("1.1", "41", "Tính cả 46 hộ mới cấp sổ"), ("1.2", "70", "")):
        desk.cell(other, code).fill(value)
        if note:
            other.locator(".field").first.locator("summary").click()
            other.get_by_label(f"{code}, {VERIFIED}, ghi chú").fill(note)
        desk.cell(other, code).press("Enter")
        desk.cell(other, "1.5").focus()
    expect(other.locator("#save-state")).to_contain_text("✓ Đã lưu")
    expect(other.locator(".field").nth(1)).to_contain_text("✓ đã lưu")
    context.close()

    desk.cell(page, "1.1").fill("38,5")
    desk.cell(page, "1.1").press("Enter")
    dialog = page.get_by_role("dialog", name="Hai người cùng sửa một ô")
    expect(dialog).to_be_visible()
    for words in ("41 %", "Lò Thị Mai", "Tính cả 46 hộ mới cấp sổ", "thiếu 9 điểm %", "38,5 %", "thiếu 11,5 điểm %"):
        expect(dialog).to_contain_text(words)
    assert not axe(page)
    shots(page, "xung-dot")
    # Closing it loses neither value.
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.cell(page, "1.1")).to_have_value("38,5")
    expect(page.locator("#save-state")).to_have_text("! 1 ô chưa lưu")
    page.get_by_role("link", name="Xem hai giá trị").click()
    # Replacing what somebody saved needs a reason.
    dialog.get_by_role("button", name="Thay bằng 38,5 %").click()
    expect(dialog).to_contain_text("! Ghi lý do thay giá trị đã lưu.")
    assert desk.value("1.1") == 41
    dialog.get_by_label("Lý do").fill("Theo danh sách có xác nhận ngày 31/3/2024")
    dialog.get_by_label("Lý do").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".field").first).to_contain_text("✓ đã lưu")
    expect(page.get_by_label(f"1.1, {VERIFIED}, ghi chú")).to_have_value("Theo danh sách có xác nhận ngày 31/3/2024")

    # The other cell: the officer keeps the value that stands there.
    desk.cell(page, "1.2").fill("45")
    desk.cell(page, "1.2").press("Enter")
    dialog.get_by_role("button", name="Giữ 70 %").click()
    expect(dialog).to_be_hidden()
    expect(desk.cell(page, "1.2")).to_have_value("70")
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")

    # Both values are in the history, two clicks from the cell.
    page.get_by_role("link", name=re.compile("căn cứ, lịch sử chỉ tiêu 1.1")).click()
    for person, value in (("Nguyễn Thị Hoa", "38,5"), ("Lò Thị Mai", "41")):
        expect(page.get_by_role("row").filter(has_text=person).first).to_contain_text(value)
    without(complaints, "422")


def test_a_conflict_without_scripts_stands_in_the_sheet(browser, browser_context_args, base_url, desk):
    context = browser.new_context(**{**browser_context_args, "base_url": base_url, "java_script_enabled": False})
    page = context.new_page()
    sign_in(page, "hoa")
    desk.open_sheet(page)
    indicator = factories.indicators_of(desk.set)["1.1"].pk
    save_results(
        assessment=factories.writable(desk.sheets["Sơn Bình"]),
        opinion="verified",
        entries={indicator: factories.value("41")},
        by=None,
    )
    desk.cell(page, "1.1").fill("38,5")
    page.get_by_role("button", name="Lưu phiếu").first.click()
    expect(page.get_by_role("heading", name="Hai người cùng sửa một ô")).to_be_visible()
    page.get_by_label("Lý do").fill("đếm lại")
    page.get_by_role("button", name="Thay bằng 38,5 %").click()
    expect(page.get_by_role("status").filter(has_text="Đã lưu 1 ô")).to_be_visible()
    assert page.url.endswith(reverse("criteria:sheet", args=[desk.period.code, desk.set.code, desk.places[2].pk]))
    context.close()


def open_column(page, desk, code="1.1"):
    page.goto(f"{reverse('criteria:column')}?ky={desk.period.code}&bo={desk.set.code}&ct={code}")


def test_one_indicator_is_entered_down_all_places_by_keys(page, desk, complaints, axe, shots):
    sign_in(page, "hoa")
    page.goto(reverse("criteria:sheets"))
    page.get_by_role("link", name="Nhập theo chỉ tiêu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chỉ tiêu 1.1, Quý I/2024")
    cells = [page.get_by_label(f"Xã {name}, {VERIFIED}", exact=True) for name in ("Bản Bo", "Khun Há", "Sơn Bình")]
    cells[0].focus()
    for value, following in (("61", cells[1]), ("4/9", cells[2]), ("nhiều", None)):
        page.keyboard.type(value)
        page.keyboard.press("Enter")
        if following:
            expect(following).to_be_focused()
    expect(page.locator("#save-state")).to_have_text("! 1 ô chưa lưu")
    expect(page.locator(".field").nth(1)).to_contain_text("= 44,44 %")
    expect(page.locator(".field").nth(1)).to_contain_text("thiếu 1 (4/9)")
    expect(page.locator(".field").nth(2)).to_contain_text("! Chưa lưu: “nhiều” không phải là số")
    assert not axe(page)
    shots(page, "nhap-theo-chi-tieu")
    cells[2].fill("63")
    page.keyboard.press("ArrowUp")
    expect(cells[1]).to_be_focused()
    expect(page.locator("#save-state")).to_contain_text("✓ Đã lưu")
    assert [desk.value("1.1", name) for name in ("Bản Bo", "Sơn Bình")] == [61, 63]
    page.get_by_role("link", name="1.2 ›").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chỉ tiêu 1.2, Quý I/2024")
    # Somebody else's value is told here as on the sheet.
    save_results(
        assessment=factories.writable(desk.sheets["Khun Há"]),
        opinion="verified",
        entries={factories.indicators_of(desk.set)["1.2"].pk: factories.value("41")},
        by=None,
    )
    page.get_by_label(f"Xã Khun Há, {VERIFIED}", exact=True).fill("70")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Hai người cùng sửa một ô")
    expect(dialog).to_contain_text("Xã Khun Há · Chỉ tiêu 1.2")
    dialog.get_by_role("button", name="Giữ 41 %").click()
    expect(page.get_by_label(f"Xã Khun Há, {VERIFIED}", exact=True)).to_have_value("41")
    without(complaints, "422")


def test_a_column_of_excel_pasted_into_a_cell_is_shown_before_it_is_saved(page, desk):
    sign_in(page, "hoa")
    open_column(page, desk)
    page.get_by_label(f"Xã Khun Há, {VERIFIED}", exact=True).focus()
    # From this place downwards.
    assert paste(page, "71,5\r\nabc\r\n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("xem trước")
    expect(page.get_by_role("row").filter(has_text="Khun Há")).to_contain_text("✓ sẽ lưu 71,5 % → ✓ đạt")
    expect(page.get_by_role("row").filter(has_text="Sơn Bình")).to_contain_text("✗ dòng 2: “abc” không phải là số")
    assert not ResultChange.objects.exists()
    page.get_by_role("button", name="Lưu 1 ô").click()
    expect(page.get_by_role("status").filter(has_text="Đã lưu 1 ô")).to_be_visible()
    box = page.get_by_label("Tên xã và giá trị")
    expect(box).to_have_value("Sơn Bình\tabc")
    box.fill("Sơn Bình\t63")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Lưu 1 ô").click()
    expect(page.get_by_label(f"Xã Sơn Bình, {VERIFIED}", exact=True)).to_have_value("63")
    assert [desk.value("1.1", name) for name in ("Bản Bo", "Khun Há", "Sơn Bình")] == [None, 71.5, 63]
    # Names beside the values come from anywhere in the list.
    page.get_by_label(f"Xã Bản Bo, {VERIFIED}", exact=True).focus()
    assert paste(page, "Sơn Bình\t64\nban bo\t60")
    page.get_by_role("button", name="Lưu 2 ô").click()
    expect(page.get_by_label(f"Xã Bản Bo, {VERIFIED}", exact=True)).to_have_value("60")
