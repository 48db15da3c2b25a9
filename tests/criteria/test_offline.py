"""The assessment form as a workbook: what it holds, what comes back of it, what is told and what is written."""

import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment, IndicatorResult, Opinion, ResultChange, Source, State, Status
from criteria.offline.layout import GUIDE, HEAD_ROW, KEY, TABLE, Column, Fields, RowKey, fields_of
from criteria.offline.reading import AGAIN
from criteria.rules import Entry, by_gender, share
from criteria.sheet import load_sheet
from ntm_tracker import jobs, staging
from tests import factories
from tests.criteria.forms import Form, accept, send, shown, take
from tests.reading import counted
from tests.work import run_at_once

pytestmark = pytest.mark.django_db

PLACE = "Xã Sơn Bình"


class Office:
    """A district of two communes with sheets, one beyond; the set has every kind of indicator."""

    def __init__(self):
        self.district, other = factories.district(), factories.district("Than Uyên")
        self.place = factories.commune("Sơn Bình", self.district)
        self.beside = factories.commune("Bản Bo", self.district)
        self.beyond = factories.commune("Mường Than", other)
        self.set = factories.small_set()
        first = self.set.criteria.get(number=1)
        factories.indicator(first, 3, threshold="90", text="Tỷ lệ (áp dụng đạt cho cả nam và nữ)")
        factories.indicator(first, 4, threshold="0", **factories.COUNT, direction="equals")
        self.cells = {code: row.pk for code, row in factories.indicators_of(self.set).items()}
        self.period = factories.period()
        self.sheet, self.sheet_beside, self.sheet_beyond = (
            factories.assessment(place, self.set, self.period) for place in (self.place, self.beside, self.beyond)
        )
        self.officer = factories.user(Role.OFFICER, self.district)
        self.commune_officer = factories.user(Role.COMMUNE_OFFICER, self.place)
        self.agency = factories.agency(self.district, "Phòng Y tế")
        self.sector_officer = factories.user(Role.SECTOR_OFFICER, self.district, agency=self.agency)
        self.committee_member = factories.user(Role.COMMITTEE_MEMBER, self.district)

    def client(self, user=None):
        client = Client()
        client.force_login(user or self.commune_officer)
        return client

    def save(self, code, entry, opinion=Opinion.REPORTED, sheet=None, by=None):
        saved = save_results(
            assessment=factories.writable(sheet or self.sheet),
            opinion=opinion,
            entries={self.cells[code]: entry},
            by=by or self.commune_officer,
        )
        assert saved.is_written, saved

    def entry(self, code, opinion=Opinion.REPORTED, sheet=None):
        page = load_sheet(factories.writable(sheet or self.sheet))
        return page.rows[self.cells[code]].cells[opinion].entry

    def form(self, user=None, *, one=True):
        return Form(take(self.client(user), self.sheet, one=one))

    def send(self, form, user=None, **options):
        return send(self.client(user), self.sheet, form, **options)


@pytest.fixture
def office():
    return Office()


def everything():
    """All that a form may write, for comparing."""
    return (
        list(IndicatorResult.objects.order_by("pk").values()),
        list(Assessment.objects.order_by("pk").values()),
        ResultChange.objects.count(),
    )


# What is taken


def test_each_gets_the_rows_they_may_enter(office):
    factories.lead(office.set.criteria.get(number=3), office.agency)
    codes = ["1.1", "1.2", "1.3", "1.4", "2.1", "3.1"]
    assert list(office.form().rows) == [(PLACE, code) for code in codes]
    assert list(office.form(office.officer, one=False).rows) == [
        (place, code) for place in ("Xã Bản Bo", PLACE) for code in codes
    ]
    assert list(office.form(office.sector_officer, one=False).rows) == [("Xã Bản Bo", "3.1"), (PLACE, "3.1")]


def test_others_get_nothing(office):
    names = [office.period.code, office.set.code]
    committee, officer = office.client(office.committee_member), office.client(office.officer)
    for client, name, args in (
        (committee, "criteria:sheets-download", names),
        (committee, "criteria:sheet-download", [*names, office.place.pk]),
        (committee, "criteria:sheets-upload", names),
        (committee, "criteria:sheets-upload-check", [*names, "abc"]),
        (officer, "criteria:sheet-download", [*names, office.beyond.pk]),
        (office.client(), "criteria:sheet-download", [*names, office.beside.pk]),
        (officer, "criteria:sheets-download", ["khong-co", office.set.code]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404, (name, args)


def test_what_cannot_be_entered_now_is_left_out_and_told(office):
    Assessment.objects.filter(pk=office.sheet.pk).update(state=State.APPROVED, state_at=timezone.now())
    form = office.form(office.officer, one=False)
    assert {place for place, _ in form.rows} == {"Xã Bản Bo"}
    told = [cell.value for row in form.book[GUIDE].iter_rows() for cell in row if cell.value]
    assert any("Phiếu xã Sơn Bình đã duyệt" in line for line in told)
    address = reverse("criteria:sheet-download", args=[office.period.code, office.set.code, office.place.pk])
    response = office.client(office.officer).get(address, follow=True)
    assert "Không có phiếu nào anh chị nhập được lúc này. Phiếu xã Sơn Bình đã duyệt" in shown(response)
    nothing = office.client(office.sector_officer).get(address, follow=True)
    assert "Không có phiếu nào anh chị nhập được" in shown(nothing)


def test_the_form_is_typed_checked_and_locked(office):
    office.save("1.1", share(numerator=Decimal(8), denominator=Decimal(9), direction="at_least"))
    office.save("1.2", Entry(judgement=Status.MET, note="=HYPERLINK(1)"))
    office.save("1.3", by_gender(male=Decimal("93.5"), female=Decimal(95), direction="at_least"))
    office.save("2.1", Entry(value=Decimal("45.25"), note="+cmd|'/c calc'!A0"))
    office.save("3.1", Entry(value=Decimal("16.8")), Opinion.VERIFIED, by=office.officer)
    content = take(office.client(), office.sheet)
    form = Form(content)
    cells = {code: {column: form.cell(code, column) for column in Column} for code in office.cells}
    assert (cells["1.1"][Column.NUMERATOR].value, cells["1.1"][Column.DENOMINATOR].value) == (8, 9)
    assert cells["1.1"][Column.VALUE].value is None
    assert cells["1.2"][Column.JUDGEMENT].value == "Đạt"
    assert (cells["1.3"][Column.MALE].value, cells["1.3"][Column.FEMALE].value) == (93.5, 95)
    assert cells["2.1"][Column.VALUE].value == 45.25
    assert cells["3.1"][Column.OTHER].value == "16,8 %, chưa đạt"
    assert cells["3.1"][Column.THRESHOLD].value == "≤ 13 %"
    # What looks like a formula is text, and marked as such.
    for code in ("1.2", "2.1"):
        assert cells[code][Column.NOTE].data_type == "s"
        assert cells[code][Column.NOTE].quotePrefix
    opened = {
        code: {column.name for column, cell in row.items() if not cell.protection.locked} for code, row in cells.items()
    }
    by_value = {"VALUE", "JUDGEMENT", "NOTE"}
    assert opened == {
        "1.1": by_value | {"NUMERATOR", "DENOMINATOR"},
        "1.2": {"JUDGEMENT", "NOTE"},
        "1.3": {"MALE", "FEMALE", "JUDGEMENT", "NOTE"},
        "1.4": by_value,
        "2.1": by_value,
        "3.1": by_value | {"NUMERATOR", "DENOMINATOR"},
    }
    table = form.table
    assert table.protection.sheet
    assert (form.book[KEY].sheet_state, form.book[KEY].protection.sheet) == ("veryHidden", True)
    assert table.freeze_panes == "D7"
    # Side by side they are one entry.
    assert (table.column_dimensions["P"].hidden, table.column_dimensions["P"].max) == (True, Column.KEY)
    checks = {str(check.sqref).split(":")[0]: check for check in table.data_validations.dataValidation}
    assert set(checks) == {"I7", "J7", "K7", "L7", "M7", "N7", "O7"}
    assert checks["N7"].formula1 == '"Đạt,Chưa đạt,Không áp dụng"'
    assert table.cell(form.row("1.1"), Column.LIMIT).value == 100
    assert table.cell(form.row("1.4"), Column.LIMIT).value == 9999999999
    assert all(cell.data_type != "f" for row in table.iter_rows() for cell in row)
    head = " ".join(str(row[0].value or row[1].value) for row in table.iter_rows(max_row=HEAD_ROW - 1))
    for words in ("PHIẾU ĐÁNH GIÁ XÃ SƠN BÌNH, QUÝ I/2024", "XÃ TỰ ĐÁNH GIÁ", office.commune_officer.get_full_name()):
        assert words in head
    assert "MINH HỌA" not in head


def test_made_up_figures_and_unread_thresholds_are_marked(office):
    Assessment.objects.update(is_illustrative=True)
    factories.indicators_of(office.set)["2.1"].thresholds.update(status="recalled")
    form = office.form()
    assert "SỐ LIỆU MINH HỌA" in [cell.value for row in form.table.iter_rows(max_row=HEAD_ROW) for cell in row]
    assert form.cell("2.1", Column.THRESHOLD).value == "◇ ≥ 45 triệu đồng"


# Untouched


def test_an_untouched_form_changes_nothing(office):
    before = everything()
    response = office.send(office.form(office.officer, one=False), office.officer)
    assert "không thay đổi , 12 ô đều như đang lưu" in shown(response)
    assert everything() == before


def test_fields_and_keys_keep_what_they_are_given():
    entry = Entry(value=Decimal("0.0000"), note=" hai\ndòng ")
    assert fields_of(entry) == Fields(value="0", note="hai dòng")
    assert Fields("1", "2").mark != Fields("12", "").mark
    key = RowKey(3, 14, "a" * 16, "b" * 16)
    assert RowKey.read(str(key)) == key
    for text in ("", "3-14", "a-14-x-y", f"3-14-{'a' * 16}", "-3-14-a-b", f"{'9' * 30}-1-a-b"):
        assert RowKey.read(text) is None


# Changed


def test_two_edits_are_two_changes_and_the_history_names_the_file(office):
    office.save("2.1", Entry(value=Decimal("40"), note="báo cáo"))
    form = office.form().fill("2.1", value=46.5).fill("1.2", judgement="Đạt")
    response = office.send(form, name="Phiếu Sơn Bình.xlsx")
    assert "1 ô mới, 1 ô thay đổi , 4 ô không thay đổi" in shown(response)
    assert "40 triệu đồng; chưa đạt; ghi chú: “báo cáo”" in shown(response)
    assert "46,5 triệu đồng; đạt; ghi chú: “báo cáo”" in shown(response)
    assert office.entry("2.1").value == 40
    saved = accept(office.client(), response)
    assert "Đã lưu 2 ô từ tệp “Phiếu Sơn Bình.xlsx” vào phiếu xã Sơn Bình." in shown(saved)
    assert office.entry("2.1") == Entry(value=Decimal("46.5"), note="báo cáo")
    assert office.entry("1.2") == Entry(judgement=Status.MET)
    changes = ResultChange.objects.filter(source=Source.IMPORT)
    assert {(change.file_name, change.changed_by) for change in changes} == {
        ("Phiếu Sơn Bình.xlsx", office.commune_officer)
    }
    assert changes.count() == 2
    cell = reverse("criteria:cell", args=[office.period.code, office.set.code, office.place.pk, office.cells["2.1"]])
    assert "nhập tệp Phiếu Sơn Bình.xlsx" in shown(office.client().get(cell))
    # Sent once more, the same form has nothing new to say; nor is anything left to confirm.
    assert "không thay đổi , 6 ô" in shown(office.send(form))


def test_every_kind_of_value_is_read_as_on_the_screen(office):
    form = office.form()
    form.fill("1.1", numerator=8, denominator=9).fill("1.3", male="93,5", female=95.25).fill("1.4", value=0)
    form.fill("2.1", value="1.234,5").fill("3.1", value="8/9", note="Tru\u031bo\u031b\u0300ng  thôn\nbáo cáo")
    accept(office.client(), office.send(form))
    assert office.entry("1.1") == share(numerator=Decimal(8), denominator=Decimal(9), direction="at_least")
    assert office.entry("1.3") == by_gender(male=Decimal("93.5"), female=Decimal("95.25"), direction="at_least")
    assert office.entry("1.4").value == 0
    assert office.entry("2.1").value == Decimal("1234.5")
    third = office.entry("3.1")
    assert (third.numerator, third.denominator, third.note) == (8, 9, "Trường thôn báo cáo")
    assert "không thay đổi" in shown(office.send(office.form()))


def test_a_number_with_three_decimals_is_no_thousand(office):
    accept(office.client(), office.send(office.form().fill("2.1", value=1.234)))
    assert office.entry("2.1").value == Decimal("1.234")


def test_a_share_formatted_in_percent_is_read_as_it_looks(office):
    form = office.form().fill("1.1", value=0.934)
    form.cell("1.1", Column.VALUE).number_format = "0.0%"
    accept(office.client(), office.send(form))
    assert office.entry("1.1").value == Decimal("93.4")


def test_an_emptied_row_takes_the_result_back(office):
    office.save("2.1", Entry(value=Decimal(40), note="cũ"))
    response = office.send(office.form().fill("2.1", value=None, note=None))
    assert "1 ô thay đổi" in shown(response)
    assert "trống" in shown(response)
    accept(office.client(), response)
    assert office.entry("2.1").is_empty


def test_chosen_cells_alone_are_written(office):
    response = office.send(office.form().fill("2.1", value=50).fill("3.1", value=5))
    left = f"{office.place.pk}-{office.cells['3.1']}"
    assert "Đã lưu 1 ô" in shown(accept(office.client(), response, without=[left]))
    assert (office.entry("2.1").value, office.entry("3.1").value) == (50, None)
    none = accept(office.client(), office.send(office.form().fill("3.1", value=5)), without=[left])
    assert none.status_code == 422
    assert "Chưa chọn ô nào để lưu" in shown(none)


def test_several_places_are_written_in_one_go(office):
    form = office.form(office.officer, one=False)
    for place in (PLACE, "Xã Bản Bo"):
        form.fill("2.1", place, value=50)
    saved = accept(office.client(office.officer), office.send(form, office.officer))
    assert "Đã lưu 2 ô" in shown(saved)
    assert "vào phiếu 2 địa bàn" in shown(saved)
    for sheet in (office.sheet, office.sheet_beside):
        assert office.entry("2.1", Opinion.VERIFIED, sheet).value == 50
        assert Assessment.objects.get(pk=sheet.pk).strip[1] == "M"


def test_a_cancelled_form_writes_nothing_and_is_thrown_away(office):
    response = office.send(office.form().fill("2.1", value=50))
    address = response.redirect_chain[-1][0]
    assert "Đã hủy, không ô nào được lưu." in shown(office.client().post(address, {"cancel": "1"}, follow=True))
    assert "Phiếu này đã lưu, đã hủy" in shown(office.client().get(address, follow=True))
    assert office.entry("2.1").is_empty


# Conflicts


@pytest.fixture
def conflict(office):
    """A form in which 2.1 says 50, while 48 was saved on the screen after the form was taken."""
    office.save("2.1", Entry(value=Decimal(40)))
    form = office.form().fill("2.1", value=50).fill("3.1", value=5)
    office.save("2.1", Entry(value=Decimal(48)))
    return form


def test_a_conflict_shows_both_and_what_stands_is_kept(office, conflict):
    response = office.send(conflict)
    page = shown(response)
    for words in ("1 ô đã có người sửa", "48 triệu đồng; đạt", "50 triệu đồng; đạt", str(office.commune_officer)):
        assert words in page
    accept(office.client(), response)
    assert (office.entry("2.1").value, office.entry("3.1").value) == (48, 5)


def test_a_conflict_is_replaced_for_a_reason(office, conflict):
    response = office.send(conflict)
    key = f"{office.place.pk}-{office.cells['2.1']}"
    refused = accept(office.client(), response, replace=[key], reason=" ")
    assert refused.status_code == 422
    assert "Còn 1 ô chưa ghi lý do thay giá trị đã lưu." in shown(refused)
    assert (office.entry("2.1").value, office.entry("3.1").value) == (48, None)
    accept(office.client(), refused, replace=[key], reason="đo lại ngày 20/3")
    assert office.entry("2.1") == Entry(value=Decimal(50), note="đo lại ngày 20/3")
    assert office.entry("3.1").value == 5


def test_what_changes_while_the_person_looks_is_a_conflict_anew(office, conflict):
    response = office.send(conflict)
    office.save("2.1", Entry(value=Decimal(49)))
    key = f"{office.place.pk}-{office.cells['2.1']}"
    refused = accept(office.client(), response, replace=[key])
    assert refused.status_code == 422
    assert "Trong lúc anh chị xem, có ô đã được người khác sửa" in shown(refused)
    assert (office.entry("2.1").value, office.entry("3.1").value) == (49, None)
    assert "49 triệu đồng" in shown(refused)
    office.save("3.1", Entry(value=Decimal(7)))
    refused = accept(office.client(), refused)
    assert refused.status_code == 422
    accept(office.client(), refused, replace=[key])
    assert (office.entry("2.1").value, office.entry("3.1").value) == (50, 7)


def test_the_same_value_typed_by_another_is_no_conflict(office, conflict):
    office.save("2.1", Entry(value=Decimal(50)))
    assert "đã có người sửa" not in shown(office.send(conflict))


# Errors of cells


@pytest.mark.parametrize(
    ("code", "typed", "cell", "sentence"),
    [
        ("1.1", {"value": 105}, "I7", "Tỷ lệ phải từ 0 đến 100 (đang nhập 105)"),
        ("1.1", {"value": -1}, "I7", "Giá trị không được âm"),
        ("1.1", {"value": "chín mươi"}, "I7", "“chín mươi” không phải là số"),
        ("1.1", {"value": date(2024, 9, 8)}, "I7", "là ngày 08/09/2024, không phải số. Excel tự đổi “8/9” thành ngày"),
        ("1.1", {"value": True}, "I7", "là TRUE, không phải số"),
        ("1.1", {"value": 1e300}, "I7", "dài quá"),
        ("1.1", {"value": "9" * 3000}, "I7", "dài quá"),
        ("1.1", {"value": 88.88888}, "I7", "tối đa 4 chữ số"),
        ("1.1", {"value": "=1/0"}, "I7", "có công thức nhưng tệp không giữ kết quả"),
        ("1.1", {"numerator": 8}, "K7", "còn thiếu tử số hoặc mẫu số"),
        ("1.1", {"denominator": 8}, "J7", "còn thiếu tử số hoặc mẫu số"),
        ("1.1", {"numerator": 9, "denominator": 8}, "J7", "Tử số phải từ 0 đến mẫu số"),
        ("1.1", {"numerator": 0, "denominator": 0}, "J7", "Mẫu số phải lớn hơn 0"),
        ("1.1", {"value": 90, "numerator": 8, "denominator": 9}, "I7", "xóa một trong hai"),
        ("1.1", {"judgement": "tạm được"}, "N7", "“tạm được” không có trong danh sách"),
        ("1.1", {"value": 50, "judgement": "Đạt"}, "O7", "Ghi lý do vào ô ghi chú"),
        ("1.1", {"note": "a" * 2001}, "O7", "Ghi chú dài quá 2000 ký tự"),
        ("1.2", {"value": 5}, "I8", "chỉ tiêu 1.2 không nhập ở cột này"),
        ("1.2", {"judgement": "Không áp dụng"}, "O8", "Ghi lý do không áp dụng"),
        ("1.3", {"male": 95}, "M9", "còn thiếu tỷ lệ của nữ"),
        ("1.3", {"female": 95}, "L9", "còn thiếu tỷ lệ của nam"),
        ("1.3", {"value": 95}, "I9", "chỉ tiêu 1.3 không nhập ở cột này"),
        ("1.4", {"value": 1.5}, "I10", "Nhập số nguyên"),
        ("2.1", {"value": 99999999999}, "I11", "Số quá lớn"),
        ("2.1", {"code": "3.1", "value": 4}, "C11", "trong ô ghi “3.1”: các dòng đã bị xáo trộn"),
        ("2.1", {"place": "Xã Bản Bo", "value": 4}, "A11", "trong ô ghi “Xã Bản Bo”: các dòng đã bị xáo trộn"),
        ("2.1", {"key": None, "value": 4}, "C11", "dòng này không có trong phiếu đã tải"),
        ("2.1", {"key": "x-y", "value": 4}, "C11", "dòng này không có trong phiếu đã tải"),
    ],
)
def test_what_is_wrong_in_a_cell_is_told_with_its_address(office, code, typed, cell, sentence):
    before = everything()
    form = office.form()
    number = form.row(code)
    for name, value in typed.items():
        form.table.cell(number, Column[name.upper()]).value = value
    response = office.send(form)
    page = shown(response)
    assert "1 ô lỗi" in page
    assert f"trang “{TABLE}”, ô {cell}" in page
    assert sentence in page
    assert everything() == before


def test_wrong_cells_do_not_hold_up_the_others(office):
    response = office.send(office.form().fill("1.1", value=105).fill("2.1", value=50))
    assert "Đã lưu 1 ô" in shown(accept(office.client(), response))
    assert (office.entry("1.1").value, office.entry("2.1").value) == (None, 50)


def test_a_row_twice_is_told_with_both_numbers(office):
    form = office.form().fill("2.1", value=4)
    for column in Column:
        form.table.cell(13, column).value = form.table.cell(11, column).value
    page = shown(office.send(form))
    assert "ô C13" in page
    assert "trùng địa bàn và chỉ tiêu với dòng 11" in page


def test_a_name_in_decomposed_letters_is_the_same_place(office):
    form = office.form().fill("2.1", value=50)
    form.table.cell(11, Column.PLACE).value = "Xa\u0303 So\u031bn Bi\u0300nh"
    assert "1 ô mới" in shown(office.send(form))


def test_rows_taken_out_are_told_and_stay_as_they_are(office):
    office.save("3.1", Entry(value=Decimal(5)))
    form = office.form().fill("2.1", value=50)
    form.table.delete_rows(form.row("3.1"))
    response = office.send(form)
    assert "1 dòng đã bị xóa khỏi phiếu" in shown(response)
    accept(office.client(), response)
    assert office.entry("3.1").value == 5


def test_cached_results_of_formulas_are_values(office, tmp_path):
    import xlsxwriter

    # A form whose value is a formula with the result Excel keeps beside it.
    form = office.form()
    content = form.content
    source = load_workbook(io.BytesIO(content))
    path = tmp_path / "tính.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for sheet in source.worksheets:
            copy = book.add_worksheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        copy.write(cell.row - 1, cell.column - 1, cell.value)
        book.get_worksheet_by_name(TABLE).write_formula(form.row("2.1") - 1, Column.VALUE - 1, "=40+6", None, 46)
    accept(office.client(), office.send(path.read_bytes()))
    assert office.entry("2.1").value == 46


# Files that are not this form


def moved_column(form):
    form.table.insert_cols(Column.VALUE)


def inserted_row(form):
    form.table.insert_rows(2)


def renamed_head(form):
    form.table.cell(HEAD_ROW, Column.NOTE).value = "Lời bàn"


def older_version(form):
    form.book[KEY]["B1"] = "0"


def other_signature(form):
    form.book[KEY]["B2"] = f"{form.book[KEY]['B2'].value}x"


def no_key(form):
    del form.book[KEY]


def no_table(form):
    form.table.title = "Sheet1"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (moved_column, "ô I6: cột “Giá trị” nay ở cột J, trong phiếu tải về ở cột I"),
        (inserted_row, "dòng tiêu đề nay ở dòng 7, trong phiếu tải về ở dòng 6"),
        (renamed_head, "ô O6: tiêu đề phải là “Ghi chú”, trong tệp là “Lời bàn”"),
        (older_version, "Phiếu này theo mẫu phiên bản 0, phần mềm nay dùng phiên bản 1."),
        (other_signature, "Phiếu này tải từ phần mềm của cơ quan khác, hoặc trang ẩn “Khóa” đã bị sửa."),
        (no_key, "không có trang “Khóa”"),
        (no_table, "không có trang “Phiếu đánh giá”"),
    ],
)
def test_a_changed_layout_is_told_and_not_guessed(office, change, sentence):
    form = office.form().fill("2.1", value=50)
    change(form)
    response = office.send(form)
    assert response.status_code == 422
    assert sentence in shown(response)
    assert AGAIN[1:] in shown(response)
    assert office.entry("2.1").is_empty
    assert not list(staging.folder_of("").glob("*"))


def test_a_form_of_another_period_set_or_side_is_told(office):
    form = office.form().fill("2.1", value=50)
    later = factories.period(2024, 2)
    factories.assessment(office.place, office.set, later)
    other = send(office.client(), Assessment.objects.get(period=later), form)
    assert "Phiếu này của kỳ Quý I/2024, anh chị đang gửi vào kỳ Quý II/2024." in shown(other)
    second = factories.small_set(code="bo-hai", short_name="Bộ hai")
    sheet = factories.assessment(office.place, second, office.period)
    assert "anh chị đang gửi vào bộ “Bộ hai”" in shown(send(office.client(), sheet, form))
    assert "Phiếu này để nhập xã tự đánh giá, còn anh chị nhập kết quả thẩm định." in shown(
        office.send(form, office.officer)
    )


def test_what_may_not_be_written_now_is_told(office):
    form = office.form().fill("2.1", value=50)
    response = office.send(form)
    Assessment.objects.filter(pk=office.sheet.pk).update(state=State.SUBMITTED, state_at=timezone.now())
    assert "Phiếu xã Sơn Bình đã gửi" in shown(office.send(form))
    # Also where it was sent before: nothing is written, and what was in the form is still shown.
    refused = accept(office.client(), response)
    assert refused.status_code == 422
    assert office.entry("2.1").is_empty
    office.period.__class__.objects.update(closed_on=date(2024, 4, 20), closed_at=timezone.now())
    assert "Kỳ Quý I/2024 đã khóa từ ngày 20/04/2024" in shown(office.send(form))


def test_rows_of_others_are_told_and_never_written(office):
    form = office.form(office.officer, one=False)
    for place in (PLACE, "Xã Bản Bo"):
        form.fill("2.1", place, value=50).fill("3.1", place, value=5)
    factories.lead(office.set.criteria.get(number=3), office.agency)
    response = office.send(form, office.sector_officer)
    assert "2 ô mới" in shown(response)
    assert "anh chị không nhập chỉ tiêu này của địa bàn này" in shown(response)
    accept(office.client(office.sector_officer), response)
    assert IndicatorResult.objects.filter(indicator__code="3.1").count() == 2
    assert not IndicatorResult.objects.filter(indicator__code="2.1").exists()
    # A key of a place beyond: the file says it, the person's place does not reach it.
    key = form.cell("2.1", Column.KEY)
    key.value = key.value.replace(f"{office.place.pk}-", f"{office.beyond.pk}-", 1)
    assert "địa bàn này không có phiếu" in shown(office.send(form, office.officer))


def test_what_waits_is_the_persons_own(office):
    response = office.send(office.form(office.officer).fill("2.1", value=50), office.officer)
    address = response.redirect_chain[-1][0]
    other = factories.user(Role.OFFICER, office.district, username="khac")
    assert office.client(other).get(address).status_code == 404
    assert office.client(other).post(address, {"save": "1"}).status_code == 404
    assert office.client(office.officer).get(address).status_code == 200


def test_no_file_is_asked_for(office):
    address = reverse("criteria:sheets-upload", args=[office.period.code, office.set.code])
    response = office.client().post(address)
    assert response.status_code == 422
    assert "Chọn tệp phiếu đã điền." in shown(response)


def test_a_table_of_something_else_is_no_form(office):
    book = Workbook()
    book.active["A1"] = "Tên xã"
    stream = io.BytesIO()
    book.save(stream)
    response = office.send(stream.getvalue())
    assert "Tệp không phải là phiếu tải từ phần mềm này" in shown(response)


# Many


def test_queries_do_not_grow_with_places_or_cells(office):
    def queries(form, user):
        with counted() as previewed:
            response = office.send(form, user)
        with counted() as saved:
            accept(office.client(user), response)
        return len(previewed), len(saved)

    # Two places, so that saving leads to the list as it does with many.
    form = office.form(office.officer, one=False)
    small = queries(form.fill("2.1", value=50).fill("2.1", "Xã Bản Bo", value=50), office.officer)
    for place in factories.communes(12, office.district):
        factories.assessment(place, office.set, office.period)
    form = office.form(office.officer, one=False)
    # As many as SQLite takes in one statement.
    for place, code in form.rows:
        if code in ("1.1", "1.4", "2.1", "3.1"):
            form.fill(code, place, value=3)
    large = queries(form, office.officer)
    assert large == small
    assert IndicatorResult.objects.count() == 14 * 4


def test_many_lines_are_paged_and_choices_of_other_pages_stay(office, monkeypatch):
    monkeypatch.setattr("criteria.views.offline.PAGE_LINES", 2)
    form = office.form()
    for code in ("1.1", "2.1", "3.1", "1.4"):
        form.fill(code, value=4)
    response = office.send(form)
    client, address = office.client(), response.redirect_chain[-1][0]
    first = f"{office.place.pk}-{office.cells['1.1']}"
    assert "Đang chọn 4 ô trên mọi trang" in shown(response)
    second = client.post(address, {"page": "2", "line": [first, "0-0"], "take-0-0": "1"})
    assert "Đang chọn 3 ô trên mọi trang" in shown(second)
    assert "3–4 trên 4 ô" in shown(second)
    assert "Đã lưu 3 ô" in shown(accept(client, second))
    assert office.entry("1.1").is_empty


# By command


def test_the_command_writes_what_the_page_hands_out(office, tmp_path, capsys):
    path, progress = tmp_path / "phieu.xlsx", tmp_path / "tien-do"
    asked = ["--period", office.period.code, "--by", office.officer.username, "--output", str(path)]
    call_command("export_form", *asked)
    assert f"Đã ghi {path}: Huyện Tam Đường, Quý I/2024, 12 dòng." in capsys.readouterr().out
    assert Form(path.read_bytes()).rows == office.form(office.officer, one=False).rows
    call_command("export_form", *asked, "--progress", str(progress))
    assert progress.read_text(encoding="utf-8") == "2/2 Xã Sơn Bình"
    assert "không thay đổi" in shown(office.send(path.read_bytes(), office.officer))
    assert {file.name for file in tmp_path.iterdir()} >= {"phieu.xlsx", "tien-do"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"--period": "x"}, "--period: không có kỳ đánh giá “x”. Có: 2024-q1."),
        ({"--set": "x"}, "--set: không có bộ tiêu chí “x”. Có: bo-thu."),
        ({"--by": "x"}, "--by: không có người dùng “x” đang hoạt động"),
        ({"--output": "/khong/co/phieu.xlsx"}, "--output: không ghi được /khong/co/phieu.xlsx"),
    ],
)
def test_the_command_says_what_is_wrong(office, tmp_path, changed, sentence):
    asked = {"--period": office.period.code, "--by": office.officer.username, "--output": str(tmp_path / "a.xlsx")}
    with pytest.raises(CommandError) as refused:
        call_command("export_form", *(part for option in (asked | changed).items() for part in option))
    assert sentence in str(refused.value)
    assert not list(tmp_path.glob("*.xlsx*"))


def test_a_large_form_is_written_aside_by_the_same_command(office, monkeypatch):
    asked = []

    def start(command, *options, **about):
        asked.append((command, options, about))
        return SimpleNamespace(token="abc")

    monkeypatch.setattr("criteria.views.offline.MOST_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "start", start)
    address = reverse("criteria:sheets-download", args=[office.period.code, office.set.code])
    response = office.client(office.officer).get(address)
    assert response.url == reverse("dashboards:job", args=["abc"])
    ((command, options, about),) = asked
    assert command == "export_form"
    assert options == ("--period", office.period.code, "--set", office.set.code, "--by", office.officer.username)
    assert about["file_name"].startswith("phieu-danh-gia-huyen-tam-duong-2024-q1-tham-dinh-")
    assert about["by"] == office.officer

    def refuse(*args, **about):
        raise jobs.TooManyJobs("Chờ một phút rồi bấm lại.")

    monkeypatch.setattr(jobs, "start", refuse)
    assert "Chờ một phút rồi bấm lại." in shown(office.client(office.officer).get(address, follow=True))
    # One place is written at once, however many there are.
    assert take(office.client(office.officer), office.sheet)


def test_a_large_form_is_saved_aside_and_its_page_says_what_came_of_it(office, monkeypatch):
    run = run_at_once(monkeypatch)
    monkeypatch.setattr("criteria.views.offline.MOST_SAVED_AT_ONCE", 1)
    form = office.form(office.officer, one=False)
    for place in (PLACE, "Xã Bản Bo"):
        form.fill("2.1", place, value=50)
    client = office.client(office.officer)
    saved = accept(client, office.send(form, office.officer))
    ((command, token, *_),) = run
    assert command == "save_form"
    assert "Đã lưu 2 ô" in shown(saved)
    assert "vào phiếu 2 địa bàn" in shown(saved)
    assert reverse("criteria:sheets") in saved.content.decode()
    for sheet in (office.sheet, office.sheet_beside):
        assert office.entry("2.1", Opinion.VERIFIED, sheet).value == 50
    assert not staging.exists(token)


def test_a_large_form_that_cannot_be_saved_any_more_says_so_and_waits(office, monkeypatch):
    run_at_once(monkeypatch)
    monkeypatch.setattr("criteria.views.offline.MOST_SAVED_AT_ONCE", 0)
    form = office.form(office.officer, one=False)
    for place in (PLACE, "Xã Bản Bo"):
        form.fill("2.1", place, value=50)
    client = office.client(office.officer)
    response = office.send(form, office.officer)
    # Somebody enters one of the cells while the person looks.
    office.save("2.1", factories.value("7"), Opinion.VERIFIED, by=office.officer)
    refused = accept(client, response)
    assert "Chưa nhập được." in shown(refused)
    assert "có ô đã được người khác sửa trên phần mềm" in shown(refused)
    assert office.entry("2.1", Opinion.VERIFIED).value == 7
    assert office.entry("2.1", Opinion.VERIFIED, office.sheet_beside).value is None
    # Its page is still there, with what was ticked.
    assert client.get(response.redirect_chain[-1][0]).status_code == 200
