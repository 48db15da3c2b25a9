"""A set from an office's Excel file: the template imports as it stands, every error is told by cell, nothing half-written."""

import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import Role
from criteria.actions.results import open_assessments, save_results
from criteria.imports.workbook import INDICATOR_SHEET, SET_SHEET
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    CriterionLink,
    Indicator,
    IndicatorResult,
    Opinion,
    Threshold,
    Verification,
)
from criteria.rules import Entry
from criteria.sheet import load_sheet
from tests import factories
from tests.reading import fields_of

pytestmark = pytest.mark.django_db

IMPORT = "criteria:set-import"


@pytest.fixture
def page(client):
    client.force_login(factories.user(Role.OFFICER, factories.district()))
    return client


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def template(page):
    return load_workbook(io.BytesIO(page.get(reverse("criteria:set-template")).content))


def upload(page, workbook, name="bo.xlsx", **more):
    stream = io.BytesIO()
    workbook.save(stream)
    return page.post(reverse(IMPORT), {"file": SimpleUploadedFile(name, stream.getvalue()), **more})


def confirm(page, preview):
    return page.post(reverse(IMPORT), {"packed": fields_of(preview)["packed"]}, follow=True)


def changed(page, changes):
    """The template with some cells changed: {(sheet, address): value}."""
    workbook = template(page)
    for (sheet, address), value in changes.items():
        workbook[sheet][address] = value
    return workbook


def full_set(code="xa-ntm-tinh-2026", old=True):
    """Ten criteria of three indicators each: a yes-or-no, a share by three groups, a count that must be zero."""
    workbook = Workbook()
    first = workbook.active
    first.title = SET_SHEET
    lines = [
        ("Mã bộ tiêu chí", code),
        ("Tên bộ tiêu chí", "Bộ tiêu chí xã nông thôn mới của tỉnh"),
        ("Tên gọn", "Xã NTM tỉnh 2026"),
        ("Cấp đánh giá", "Xã"),
        ("Mức", "Đạt chuẩn"),
        ("Số văn bản", "12/QĐ-UBND"),
        ("Áp dụng từ ngày", "15/02/2026"),
        ("Phân nhóm theo số tiêu chí đạt", "10; 5; 0"),
    ]
    if old:
        lines.append(("Bộ cũ để quy đổi (mã bộ)", "cu"))
    for line in lines:
        first.append(line)
    second = workbook.create_sheet(INDICATOR_SHEET)
    second.append(
        ["TT tiêu chí", "Tên tiêu chí", "Mã chỉ tiêu", "Nội dung", "Kiểu giá trị", "Đơn vị tính", "Chiều", "Mức chung"]
        + ["Xã nhóm 1", "Xã nhóm 2", "NHOM3", "Thay cho tiêu chí (bộ cũ)"]
    )
    for number in range(1, 11):
        link = {1: "1; 2", 2: "3"}.get(number, "") if old else ""
        second.append(
            [number, f"Tiêu chí {number}", f"{number}.1", "Có", "Đạt/chưa đạt", "", "Đạt", "Đạt", "", "", "", link]
        )
        second.append([number, "", f"{number}.2", "Tỷ lệ", "Tỷ lệ", "%", "Từ … trở lên", None, 95, "90", 80.5, ""])
        second.append(["", "", f"{number}.3", "Nhà tạm", "Số đếm", "nhà", "Bằng", 0, None, None, None, ""])
    return workbook


# The round trip


def test_the_template_with_its_example_imports_as_it_stands(page):
    preview = upload(page, template(page))
    text = text_of(preview)
    assert "Sẽ tạo một bộ mới: 2 tiêu chí, 4 chỉ tiêu" in text
    assert "Xã nhóm 3: ≥ 82,5 %" in text
    assert not CriteriaSet.objects.exists()
    answer = confirm(page, preview)
    assert "Đã nhập Ví dụ minh họa: 2 tiêu chí, 4 chỉ tiêu." in text_of(answer)
    made = CriteriaSet.objects.get()
    assert (made.code, made.is_complete, made.bands, made.citation) == (
        "vi-du-minh-hoa",
        True,
        [2, 1, 0],
        "00/QĐ-UBND (ví dụ)",
    )
    assert "VÍ DỤ MINH HỌA" in made.name
    codes = Indicator.objects.order_by("criterion__number", "position").values_list("code", "threshold_status")
    assert list(codes) == [("1", "recalled"), ("2.1", "recalled"), ("2.2", "recalled"), ("2.3", "delegated")]
    assert Threshold.objects.get(indicator__code="2.1", zone="NHOM3").value == Decimal("82.5")
    assert Threshold.objects.get(indicator__code="2.2").value == 0


def test_a_full_set_is_imported_assessed_and_the_commune_group_decides(page):
    factories.small_set(code="cu")
    answer = confirm(page, upload(page, full_set(), is_checked="on"))
    assert "Đã nhập Xã NTM tỉnh 2026: 10 tiêu chí, 30 chỉ tiêu." in text_of(answer)
    made = CriteriaSet.objects.get(code="xa-ntm-tinh-2026")
    assert (made.is_complete, made.bands, made.expected_indicators) == (True, [10, 5, 0], 30)
    assert set(Indicator.objects.filter(criterion__criteria_set=made).values_list("text_status", flat=True)) == {
        "verified"
    }
    links = CriterionLink.objects.order_by("new__number", "old__number")
    assert list(links.values_list("old__number", "new__number", "status")) == [
        (1, 1, "verified"),
        (2, 1, "verified"),
        (3, 2, "verified"),
    ]
    place = factories.commune(commune_group="NHOM3")
    other = factories.commune("Bản Bo", commune_group="NHOM1")
    period = factories.period(2026, 1)
    assert open_assessments(criteria_set=made, period=period, localities=[place, other]) == 2
    share = Indicator.objects.get(criterion__criteria_set=made, code="1.2")
    for locality in (place, other):
        sheet = Assessment.objects.with_place().get(locality=locality)
        with transaction.atomic():
            save_results(
                assessment=sheet, opinion=Opinion.REPORTED, entries={share.pk: Entry(value=Decimal(85))}, by=None
            )
    found = {row.assessment.locality_id: row.status for row in IndicatorResult.objects.select_related("assessment")}
    assert found == {place.pk: "met", other.pk: "unmet"}
    row = load_sheet(Assessment.objects.with_place().get(locality=place)).rows[share.pk]
    assert (row.threshold_text, row.threshold_is_confirmed) == ("≥ 80,5 %", True)


def test_a_village_set_judges_villages(page):
    workbook = changed(page, {(SET_SHEET, "B5"): "thôn, bản"})
    confirm(page, upload(page, workbook))
    assert CriteriaSet.objects.get().subject == "village"


def test_unchecked_texts_carry_the_mark(page):
    confirm(page, upload(page, full_set(old=False)))
    made = CriteriaSet.objects.get()
    assert set(Criterion.objects.values_list("name_status", flat=True)) == {Verification.RECALLED}
    assert "✓ 0 đã đối chiếu, ◇ 30 chưa đối chiếu" in text_of(
        page.get(reverse("criteria:set-detail", args=[made.code]))
    )


def test_ten_indicators_of_one_criterion_keep_their_numbers_though_excel_drops_the_zero(page):
    workbook = template(page)
    sheet = workbook[INDICATOR_SHEET]
    sheet.delete_rows(2, 10)
    for position in range(1, 11):
        code = float(f"1.{position}")
        sheet.append([1 if position == 1 else None, "Một" if position == 1 else None, "", "", code, f"Nội dung {position}"]
                     + ["Đạt/chưa đạt", "", "Đạt"])  # fmt: skip
    workbook[SET_SHEET]["B13"] = "1; 0"
    preview = upload(page, workbook)
    assert "1 tiêu chí, 10 chỉ tiêu" in text_of(preview)
    confirm(page, preview)
    assert Indicator.objects.get(position=10).code == "1.10"


# Errors by cell


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({(INDICATOR_SHEET, "E4"): "2.1"}, "trang “Chỉ tiêu”, ô E4: mã chỉ tiêu “2.1” đã dùng ở dòng 3."),
        ({(INDICATOR_SHEET, "E4"): "2.4"}, "trang “Chỉ tiêu”, ô E4: mã “2.4” đứng ở chỗ của 2.2"),
        ({(INDICATOR_SHEET, "E4"): None}, "trang “Chỉ tiêu”, ô E4: thiếu mã chỉ tiêu (ghi 2.2)."),
        ({(INDICATOR_SHEET, "A3"): "3"}, "trang “Chỉ tiêu”, ô A3: tiêu chí số 3 đứng ở chỗ của số 2"),
        ({(INDICATOR_SHEET, "A3"): "hai"}, "trang “Chỉ tiêu”, ô A3: số tiêu chí phải là số nguyên"),
        ({(INDICATOR_SHEET, "B3"): None}, "trang “Chỉ tiêu”, ô B3: thiếu tên tiêu chí 2."),
        ({(INDICATOR_SHEET, "F3"): None}, "trang “Chỉ tiêu”, ô F3: thiếu nội dung chỉ tiêu."),
        ({(INDICATOR_SHEET, "G3"): "Phần"}, "trang “Chỉ tiêu”, ô G3: không nhận “Phần”; chọn một trong: đạt/chưa đạt"),
        ({(INDICATOR_SHEET, "H4"): "chiếc"}, "trang “Chỉ tiêu”, ô H4: không biết đơn vị “chiếc”. Các đơn vị biết: triệu đồng"),
        ({(INDICATOR_SHEET, "H3"): "nhà"}, "trang “Chỉ tiêu”, ô H3: không biết đơn vị “nhà”. Các đơn vị biết: %."),
        ({(INDICATOR_SHEET, "I3"): "Lên"}, "trang “Chỉ tiêu”, ô I3: không nhận “Lên”; chọn một trong: Đạt, Từ trở lên"),
        ({(INDICATOR_SHEET, "I3"): "Đạt"}, "trang “Chỉ tiêu”, ô I3: “Đạt” không hợp với kiểu “Tỷ lệ”"),
        ({(INDICATOR_SHEET, "L3"): 120}, "trang “Chỉ tiêu”, ô L3: mức đạt chuẩn: Tỷ lệ phải từ 0 đến 100 (đang nhập 120)."),
        ({(INDICATOR_SHEET, "L3"): -1}, "trang “Chỉ tiêu”, ô L3: mức đạt chuẩn: Giá trị không được âm"),
        ({(INDICATOR_SHEET, "L3"): "cao"}, "trang “Chỉ tiêu”, ô L3: mức đạt chuẩn: “cao” không phải là số"),
        ({(INDICATOR_SHEET, "L3"): None}, "trang “Chỉ tiêu”, ô L3: trống trong khi vùng khác có mức"),
        ({(INDICATOR_SHEET, "K4"): 1.5}, "trang “Chỉ tiêu”, ô K4: mức đạt chuẩn: Nhập số nguyên"),
        ({(INDICATOR_SHEET, "K2"): 5}, "trang “Chỉ tiêu”, ô K2: chỉ tiêu đạt/chưa đạt không có mức bằng số"),
        ({(INDICATOR_SHEET, "L3"): "=90+5"}, "trang “Chỉ tiêu”, ô L3: có công thức"),
        ({(INDICATOR_SHEET, "L3"): "#DIV/0!"}, "trang “Chỉ tiêu”, ô L3: giá trị lỗi #DIV/0!"),
        ({(INDICATOR_SHEET, "L1"): "Xã nhóm 9"}, "trang “Chỉ tiêu”, ô L1: không biết cột “Xã nhóm 9”"),
        ({(INDICATOR_SHEET, "L1"): "Xã nhóm 2"}, "trang “Chỉ tiêu”, ô M1: cột “Xã nhóm 2” ghi hai lần."),
        ({(INDICATOR_SHEET, "K1"): None}, "trang “Chỉ tiêu”, dòng 1: thiếu cột “Mức chung”."),
        ({(INDICATOR_SHEET, "A1"): "Số"}, "trang “Chỉ tiêu”: không thấy dòng tiêu đề"),
        ({(INDICATOR_SHEET, "O2"): "1"}, "trang “Chỉ tiêu”, ô O2: ghi mã bộ cũ vào trang “Bộ tiêu chí”"),
        ({(SET_SHEET, "B2"): "Thôn Mẫu"}, "trang “Bộ tiêu chí”, ô B2: mã chỉ gồm chữ thường không dấu"),
        ({(SET_SHEET, "B2"): "da-co"}, "trang “Bộ tiêu chí”, ô B2: mã “da-co” đã có. Bộ mới đứng cạnh bộ cũ: đặt mã khác"),
        ({(SET_SHEET, "B2"): "nhap-excel"}, "trang “Bộ tiêu chí”, ô B2: mã “nhap-excel” đã có."),
        ({(SET_SHEET, "B3"): None}, "trang “Bộ tiêu chí”, ô B3: thiếu “Tên bộ tiêu chí”."),
        ({(SET_SHEET, "B5"): "ấp"}, "trang “Bộ tiêu chí”, ô B5: không nhận “ấp”; chọn một trong: xã,"),
        ({(SET_SHEET, "B10"): "31/02/2026"}, "trang “Bộ tiêu chí”, ô B10: Ngày 31/2/2026 không có trong lịch"),
        ({(SET_SHEET, "B11"): "01/01/2020"}, "trang “Bộ tiêu chí”, ô B11: ngày hết áp dụng trước ngày áp dụng."),
        ({(SET_SHEET, "B12"): "khong-co"}, "trang “Bộ tiêu chí”, ô B12: không có bộ tiêu chí mang mã “khong-co”"),
        ({(SET_SHEET, "B13"): "1; 2"}, "trang “Bộ tiêu chí”, ô B13: ghi các số giảm dần"),
        ({(SET_SHEET, "A2"): "Mã số"}, "trang “Bộ tiêu chí”, ô A2: không biết dòng “Mã số”"),
        ({(SET_SHEET, "A3"): "Mã bộ tiêu chí"}, "trang “Bộ tiêu chí”, ô A3: “Mã bộ tiêu chí” ghi hai lần."),
    ],
)  # fmt: skip
def test_every_error_is_told_by_sheet_and_cell_and_nothing_is_written(page, changes, sentence):
    factories.criteria_set("da-co")
    answer = upload(page, changed(page, changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert CriteriaSet.objects.count() == 1
    assert not Indicator.objects.exists()


def test_all_errors_are_told_at_once(page):
    changes = {(INDICATOR_SHEET, "E4"): "2.1", (INDICATOR_SHEET, "H4"): "chiếc", (SET_SHEET, "B3"): None}
    text = text_of(upload(page, changed(page, changes)))
    assert "có 3 chỗ cần sửa" in text, text
    for cell in ("ô E4", "ô H4", "ô B3"):
        assert cell in text


def test_merged_cells_are_named(page):
    workbook = template(page)
    workbook[INDICATOR_SHEET].merge_cells("A3:A5")
    assert "trang “Chỉ tiêu”, ô A3:A5: ô gộp." in text_of(upload(page, workbook))


def test_another_workbook_says_which_sheet_is_missing(page):
    workbook = Workbook()
    workbook.active.title = "Sheet1"
    text = text_of(upload(page, workbook))
    assert "Không có trang “Bộ tiêu chí” (tệp có “Sheet1”)." in text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bo.xlsx", b"MZ\x90", "Nội dung tệp “bo.xlsx” không phải là .xlsx"),
        ("bo.pdf", b"%PDF-1.4 x", "Bộ tiêu chí nhập từ tệp .xlsx"),
        ("bo.exe", b"MZ\x90", "Không nhận tệp “bo.exe”"),
        ("bo.xlsx", b"", "Tệp trống"),
    ],
)
def test_a_file_of_another_kind_is_refused(page, name, content, sentence):
    answer = page.post(reverse(IMPORT), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert sentence in text_of(answer)


# From the preview to the set


def test_a_code_taken_between_preview_and_confirmation_is_refused(page):
    preview = upload(page, template(page))
    factories.criteria_set("vi-du-minh-hoa")
    text = text_of(confirm(page, preview))
    assert "mã “vi-du-minh-hoa” đã có" in text
    assert CriteriaSet.objects.count() == 1
    assert not Indicator.objects.exists()


def test_what_was_previewed_cannot_be_altered_or_sent_by_another(page, client):
    preview = upload(page, template(page))
    packed = fields_of(preview)["packed"]
    answer = page.post(reverse(IMPORT), {"packed": f"A{packed}"}, follow=True)
    assert "Bản xem trước đã quá hạn." in text_of(answer)
    client.force_login(factories.user(Role.OFFICER))
    answer = client.post(reverse(IMPORT), {"packed": packed}, follow=True)
    assert "Bản xem trước đã quá hạn." in text_of(answer)
    assert not CriteriaSet.objects.exists()


def test_an_error_while_writing_leaves_nothing(page, monkeypatch):
    factories.small_set(code="cu")
    preview = upload(page, full_set())
    monkeypatch.setattr(CriterionLink.objects, "bulk_create", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        confirm(page, preview)
    assert CriteriaSet.objects.count() == 1


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_only_officers_and_administrators_enter_sets(client, role):
    client.force_login(factories.user(role, factories.commune()))
    assert client.get(reverse(IMPORT)).status_code == 403
    assert client.post(reverse(IMPORT), {"packed": "x"}).status_code == 403
    assert client.get(reverse("criteria:set-template")).status_code == 403
    assert "Nhập bộ tiêu chí từ Excel" not in text_of(client.get(reverse("criteria:sets")))
