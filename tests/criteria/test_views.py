"""The pages of the sheet: who sees and enters what, saving with and without scripts, what was typed stays."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment, IndicatorResult, Opinion, ResultChange
from tests import factories
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db


class Office:
    """A district with two communes and its people, and a commune of the district beside it; a sheet for each."""

    def __init__(self):
        self.district, other = factories.district(), factories.district("Than Uyên")
        self.son_binh = factories.commune("Sơn Bình", self.district)
        self.ban_bo = factories.commune("Bản Bo", self.district)
        self.beyond = factories.commune("Mường Than", other)
        self.set, self.period = factories.small_set(), factories.period()
        self.cells = {code: row.pk for code, row in factories.indicators_of(self.set).items()}
        self.sheets = {
            place: factories.assessment(place, self.set, self.period)
            for place in (self.son_binh, self.ban_bo, self.beyond)
        }
        self.sheet = self.sheets[self.son_binh]
        self.education = factories.agency(self.district)
        factories.lead(self.set.criteria.get(number=2), self.education)
        self.administrator = factories.user(Role.ADMINISTRATOR)
        self.officer = factories.user(Role.OFFICER, self.district)
        self.sector_officer = factories.user(Role.SECTOR_OFFICER, self.district, agency=self.education)
        self.commune_officer = factories.user(Role.COMMUNE_OFFICER, self.son_binh)
        self.committee_member = factories.user(Role.COMMITTEE_MEMBER, self.district)

    def address(self, page="sheet", place=None, cell=None):
        place = place or self.son_binh
        last = [self.cells[cell]] if cell else []
        return reverse(f"criteria:{page}", args=[self.period.code, self.set.code, place.pk, *last])

    def open_address(self):
        return reverse("criteria:sheet-open", args=[self.period.code, self.set.code])

    def typed(self, code, value="", judgement="", note=""):
        """The fields of one cell of an empty sheet, with something typed."""
        pk = self.cells[code]
        seen = fields_of(self.client(self.officer).get(self.address()))[f"s-{pk}"]
        return {f"v-{pk}": value, f"j-{pk}": judgement, f"n-{pk}": note, f"s-{pk}": seen}

    def client(self, user):
        client = Client()
        client.force_login(user)
        return client

    def save(self, code, value, opinion=Opinion.VERIFIED, by=None):
        entry = factories.value(value)
        sheet = factories.writable(self.sheet)
        assert save_results(assessment=sheet, opinion=opinion, entries={self.cells[code]: entry}, by=by).is_written

    def close(self):
        self.period.closed_on = self.period.ends_on
        self.period.save()


@pytest.fixture
def office():
    return Office()


def results(place=None):
    rows = IndicatorResult.objects.select_related("indicator")
    if place:
        rows = rows.filter(assessment__locality=place)
    return {(row.indicator.code, row.opinion): (row.value, row.judgement) for row in rows}


# Who sees and enters what

ROLES = list(Role.values)


def person(office, role):
    return getattr(office, role)


@pytest.mark.parametrize(
    ("role", "cells", "label"),
    [
        (Role.ADMINISTRATOR, ["1.1", "1.2", "2.1", "3.1"], "kết quả thẩm định"),
        (Role.OFFICER, ["1.1", "1.2", "2.1", "3.1"], "kết quả thẩm định"),
        (Role.SECTOR_OFFICER, ["2.1"], "kết quả thẩm định"),
        (Role.COMMUNE_OFFICER, ["1.1", "1.2", "2.1", "3.1"], "xã tự đánh giá"),
        (Role.COMMITTEE_MEMBER, [], ""),
    ],
)
def test_each_role_reads_the_sheet_and_finds_its_cells_to_enter(office, role, cells, label):
    response = office.client(person(office, role)).get(office.address())
    page = response.content.decode()
    assert response.status_code == 200
    assert "Xã Sơn Bình, Quý I/2024" in page
    assert [code for code, pk in office.cells.items() if f"s-{pk}" in fields_of(response)] == cells
    assert ("Lưu phiếu" in page) == bool(cells)
    for code in cells:
        if code != "1.2":
            assert f'aria-label="{code}, {label}"' in page


def test_a_sector_officer_of_another_agency_reads_only(office):
    stranger = factories.user(
        Role.SECTOR_OFFICER, office.district, agency=factories.agency(office.district, "Phòng Y tế")
    )
    without = factories.user(Role.SECTOR_OFFICER, office.district)
    for user in (stranger, without):
        response = office.client(user).get(office.address())
        assert response.status_code == 200
        assert not any(name.startswith("s-") for name in fields_of(response))
        assert office.client(user).post(office.address("cell-save", cell="2.1"), {}).status_code == 404


SAVES = [
    (Role.ADMINISTRATOR, "2.1", "verified"),
    (Role.OFFICER, "2.1", "verified"),
    (Role.OFFICER, "3.1", "verified"),
    (Role.SECTOR_OFFICER, "2.1", "verified"),
    (Role.SECTOR_OFFICER, "3.1", None),
    (Role.COMMUNE_OFFICER, "2.1", "reported"),
    (Role.COMMITTEE_MEMBER, "2.1", None),
]


@pytest.mark.parametrize(("role", "cell", "opinion"), SAVES)
def test_who_saves_which_cell_and_as_whose_opinion(office, role, cell, opinion):
    typed = office.typed(cell, "50" if cell == "2.1" else "10")
    response = office.client(person(office, role)).post(office.address("cell-save", cell=cell), typed)
    assert response.status_code == (200 if opinion else 404)
    assert set(results()) == ({(cell, opinion)} if opinion else set())


@pytest.mark.parametrize(("role", "cell", "opinion"), SAVES)
def test_a_whole_sheet_takes_only_the_cells_one_may_enter(office, role, cell, opinion):
    typed = office.typed(cell, "50" if cell == "2.1" else "10")
    response = office.client(person(office, role)).post(office.address(), typed)
    assert set(results()) == ({(cell, opinion)} if opinion else set())
    if role == Role.COMMITTEE_MEMBER:
        assert response.status_code == 404
    else:
        assert response.status_code == 302


@pytest.mark.parametrize("role", ROLES)
def test_a_commune_of_another_district_is_not_there(office, role):
    client = office.client(person(office, role))
    expected = 200 if role == Role.ADMINISTRATOR else 404
    typed = office.typed("2.1", "50")
    assert client.get(office.address(place=office.beyond)).status_code == expected
    assert client.get(office.address("cell", office.beyond, "2.1")).status_code == expected
    assert client.get(reverse("dashboards:commune", args=[office.beyond.pk]), follow=True).status_code == expected
    assert client.post(office.address("cell-save", office.beyond, "2.1"), typed).status_code == expected
    assert client.post(office.address(place=office.beyond), typed).status_code in ({302} if expected == 200 else {404})
    if expected == 404:
        office.sheets[office.beyond].delete()
    opened = client.post(office.open_address(), {"place": office.beyond.pk})
    assert opened.status_code == (302 if expected == 200 else 404)
    if expected == 404:
        assert not results(office.beyond)
        assert not Assessment.objects.filter(locality=office.beyond).exists()


def test_a_commune_officer_finds_no_other_commune_of_the_district(office):
    client = office.client(office.commune_officer)
    typed = office.typed("2.1", "50")
    assert client.get(office.address(place=office.ban_bo)).status_code == 404
    assert client.post(office.address("cell-save", office.ban_bo, "2.1"), typed).status_code == 404
    assert client.post(office.address(place=office.ban_bo), typed).status_code == 404
    assert not results()


def test_a_commune_officer_who_serves_no_commune_reports_for_none(office):
    client = office.client(factories.user(Role.COMMUNE_OFFICER, office.district))
    assert client.get(office.address()).status_code == 200
    assert client.post(office.address("cell-save", cell="2.1"), office.typed("2.1", "50")).status_code == 404
    assert client.post(office.address(), office.typed("2.1", "50")).status_code == 404
    assert not results()


def test_a_person_without_a_place_finds_nothing(office):
    client = office.client(factories.user(Role.OFFICER, None))
    assert client.get(office.address()).status_code == 404
    assert client.post(office.address("cell-save", cell="2.1"), office.typed("2.1", "50")).status_code == 404


def test_without_signing_in_every_page_leads_to_the_sign_in_and_back(office, client):
    address = f"{reverse('criteria:sheets')}?ky={office.period.code}"
    pages = [address, office.address(), office.address("cell", cell="2.1"), reverse("criteria:sets")]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 302
        assert response.url == f"{reverse('accounts:login')}?{urlencode({'next': page}, safe='/')}"
    for page in (office.address(), office.address("cell-save", cell="2.1"), office.open_address()):
        response = client.post(page)
        assert response.status_code == 302
        assert response.url.startswith(f"{reverse('accounts:login')}?next=")
        # What was typed is kept on the sign-in page.
        response = client.post(page, {f"v-{office.cells['2.1']}": "50"})
        assert "Đăng nhập" in response.content.decode()
        assert fields_of(response)["next"] == page
    assert not results()


# The whole sheet, without scripts


def filled(office, response, **typed):
    """The page's fields with some cells filled in; 2.1 is written c2_1, the select of 1.2 takes the judgement."""
    fields = fields_of(response)
    for code, value in typed.items():
        code = code[1:].replace("_", ".")
        fields[f"{'j' if code == '1.2' else 'v'}-{office.cells[code]}"] = value
    return fields


def test_a_whole_sheet_is_saved_by_an_ordinary_form(office):
    client = office.client(office.officer)
    typed = filled(office, client.get(office.address()), c1_1="93,4", c1_2="met", c2_1="1.234,5", c3_1="13")
    response = client.post(office.address(), typed, follow=True)
    assert response.redirect_chain == [(office.address(), 302)]
    assert "Đã lưu 4 ô." in response.content.decode()
    assert results() == {
        ("1.1", "verified"): (Decimal("93.4"), ""),
        ("1.2", "verified"): (None, "met"),
        ("2.1", "verified"): (Decimal("1234.5"), ""),
        ("3.1", "verified"): (13, ""),
    }
    shown = fields_of(response)
    assert shown[f"v-{office.cells['1.1']}"] == "93,4"
    assert shown[f"v-{office.cells['2.1']}"] == "1.234,5"
    assert shown[f"j-{office.cells['1.2']}"] == "met"
    office.sheet.refresh_from_db()
    assert office.sheet.strip == "MMM"
    # The page that is sent back unchanged changes nothing.
    again = client.post(office.address(), shown, follow=True)
    assert "Không có ô nào thay đổi." in again.content.decode()
    assert ResultChange.objects.count() == 4


@pytest.mark.parametrize(
    ("cell", "value", "sentence"),
    [
        ("1.1", "1.234,5", "Tỷ lệ phải từ 0 đến 100 (đang nhập 1.234,5)."),
        ("1.1", "101", "Tỷ lệ phải từ 0 đến 100 (đang nhập 101)."),
        ("1.1", "-1", "Giá trị không được âm (đang nhập -1)."),
        ("1.1", "abc", "“abc” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("3.1", "101 %", "Tỷ lệ phải từ 0 đến 100 (đang nhập 101)."),
        ("2.1", "50 %", "“50 %” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("2.1", "12abc", "“12abc” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("2.1", "9" * 30, "Số quá lớn. Kiểm tra lại đơn vị tính."),
        ("2.1", "45,12345", "Chỉ nhận tối đa 4 chữ số sau dấu phẩy."),
    ],
)
def test_bad_input_keeps_what_was_typed_names_the_cell_and_writes_nothing(office, cell, value, sentence):
    client = office.client(office.officer)
    typed = filled(office, client.get(office.address()), c1_2="met", c2_1="50")
    typed |= {f"v-{office.cells[cell]}": value, f"n-{office.cells[cell]}": "ghi chú của tôi"}
    response = client.post(office.address(), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Chưa lưu phiếu: còn 1 ô cần sửa." in page
    assert f'<li><a href="#ct-{office.cells[cell]}">{cell}</a>: {sentence}</li>' in page
    assert not results()
    shown = fields_of(response)
    assert {name: shown[name] for name in typed if name[:2] in ("v-", "j-", "n-", "s-")} == {
        name: text for name, text in typed.items() if name[:2] in ("v-", "j-", "n-", "s-")
    }
    # Put right, the same page is saved.
    shown |= {f"v-{office.cells[cell]}": "50"}
    if cell == "3.1":
        shown |= {f"v-{office.cells[cell]}": "10"}
    assert client.post(office.address(), shown).status_code == 302
    assert results()["1.2", "verified"] == (None, "met")


def test_what_was_typed_is_escaped(office):
    client = office.client(office.officer)
    typed = filled(office, client.get(office.address()), c2_1='"><b>x</b>')
    page = client.post(office.address(), typed).content.decode()
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_judgement_out_of_the_list_and_a_note_too_long_are_named(office):
    client = office.client(office.officer)
    typed = filled(office, client.get(office.address()), c1_2="perhaps")
    typed[f"n-{office.cells['2.1']}"] = "x" * 2001
    response = client.post(office.address(), typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert "còn 2 ô cần sửa" in page
    assert "Chọn một kết luận trong danh sách." in page
    assert "Ghi chú dài quá 2000 ký tự." in page
    assert not results()


def test_two_people_on_one_sheet_both_values_are_shown_and_neither_is_lost(office):
    client = office.client(office.officer)
    page = client.get(office.address())
    office.save("2.1", "50", by=factories.user(full_name="Lò Văn An"))
    response = client.post(office.address(), filled(office, page, c2_1="44", c3_1="10"))
    assert response.status_code == 422
    assert "Ô này vừa được Lò Văn An đổi thành “50 triệu đồng, đạt”." in response.content.decode()
    assert fields_of(response)[f"v-{office.cells['2.1']}"] == "44"
    assert results() == {("2.1", "verified"): (50, "")}
    # Sending it again replaces nothing: the person says which value counts, and why. The history has both.
    assert client.post(office.address(), fields_of(response)).status_code == 422
    pk = office.cells["2.1"]
    answer = fields_of(response) | {f"c-{pk}": "replace"}
    refused = client.post(office.address(), answer)
    assert refused.status_code == 422
    assert "Ghi lý do thay giá trị đã lưu." in refused.content.decode()
    answer = fields_of(refused) | {f"c-{pk}": "replace", f"r-{pk}": "theo biên bản ngày 31/3"}
    assert client.post(office.address(), answer).status_code == 302
    assert results() == {("2.1", "verified"): (44, ""), ("3.1", "verified"): (10, "")}
    changes = ResultChange.objects.filter(indicator=pk).order_by("pk")
    assert [change.after["value"] for change in changes] == ["50", "44"]
    assert changes[1].after["note"] == "theo biên bản ngày 31/3"


def test_a_cell_left_as_shown_leaves_the_newer_value_alone(office):
    client = office.client(office.officer)
    page = client.get(office.address())
    office.save("2.1", "50")
    assert client.post(office.address(), filled(office, page, c3_1="10")).status_code == 302
    assert results() == {("2.1", "verified"): (50, ""), ("3.1", "verified"): (10, "")}


def test_a_period_closed_meanwhile_is_said_and_nothing_written(office):
    client = office.client(office.officer)
    typed = filled(office, client.get(office.address()), c2_1="50")
    office.close()
    response = client.post(office.address(), typed)
    assert response.status_code == 422
    assert "Kỳ Quý I/2024 đã khóa từ ngày 31/03/2024, không sửa được nữa." in response.content.decode()
    # The fields are gone; what was typed into them is not, whether it could have been saved or not.
    assert "<li>2.1: 50" in response.content.decode()
    wrong = client.post(office.address(), typed | {name: "abc" for name, value in typed.items() if value == "50"})
    assert "<li>2.1: abc" in wrong.content.decode()
    assert "<li>1.1" not in response.content.decode()
    assert not any(name.startswith("s-") for name in fields_of(response))
    cell = client.post(office.address("cell-save", cell="2.1"), typed)
    assert cell.status_code == 422
    assert "Chưa lưu: Kỳ Quý I/2024 đã khóa từ ngày 31/03/2024" in cell.content.decode()
    assert not results()
    # Who may not write learns nothing new from a closed period.
    assert office.client(office.committee_member).post(office.address(), typed).status_code == 404


# One cell, as it is left


def test_a_saved_cell_changes_its_state_its_criterion_and_the_total(office):
    client = office.client(office.officer)
    response = client.post(office.address("cell-save", cell="2.1"), office.typed("2.1", "1.234,5"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "✓ đã lưu" in page
    assert "<b>1</b>/3 tiêu chí" in page
    assert "Đạt, 1/1" in page
    assert results() == {("2.1", "verified"): (Decimal("1234.5"), "")}
    # The answer carries the mark for the next save of the same cell.
    seen = fields_of(response)[f"s-{office.cells['2.1']}"]
    typed = {**office.typed("2.1", "44"), f"s-{office.cells['2.1']}": seen}
    response = client.post(office.address("cell-save", cell="2.1"), typed)
    assert response.status_code == 200
    assert "thiếu 1 triệu đồng" in response.content.decode()
    assert "<b>0</b>/3 tiêu chí" in response.content.decode()


def test_a_bad_cell_says_what_is_wrong_and_changes_nothing(office):
    client = office.client(office.officer)
    response = client.post(office.address("cell-save", cell="1.1"), office.typed("1.1", "1.234,5"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "! Chưa lưu: Tỷ lệ phải từ 0 đến 100 (đang nhập 1.234,5)." in page
    assert "tiêu chí</p>" not in page
    assert not results()


def test_a_cell_somebody_changed_meanwhile_is_told_even_where_the_value_shown_is_sent_again(office):
    client = office.client(office.officer)
    office.save("2.1", "40")
    typed = office.typed("2.1", "40,0")
    office.save("2.1", "50")
    response = client.post(office.address("cell-save", cell="2.1"), typed)
    assert response.status_code == 422
    assert "đổi thành “50 triệu đồng, đạt”" in response.content.decode()
    assert results() == {("2.1", "verified"): (50, "")}


def test_an_indicator_that_is_not_on_the_sheet_is_not_there(office):
    other = factories.indicator(factories.criterion(factories.criteria_set("khac")))
    client = office.client(office.officer)
    args = [office.period.code, office.set.code, office.son_binh.pk, other.pk]
    assert client.post(reverse("criteria:cell-save", args=args), {}).status_code == 404
    assert client.get(reverse("criteria:cell", args=args)).status_code == 404


def test_a_cell_is_saved_by_post_only(office):
    assert office.client(office.officer).get(office.address("cell-save", cell="2.1")).status_code == 405
    assert office.client(office.officer).get(office.open_address()).status_code == 405


def test_a_cells_history_is_one_page(office):
    office.save("2.1", "44", by=office.officer)
    office.save("2.1", "50")
    response = office.client(office.committee_member).get(office.address("cell", cell="2.1"))
    assert "≥ 45 triệu đồng" in response.content.decode()
    # The newest change first.
    changes = [row[1:] for row in table_of(response, "list") if len(row) == 6][1:]
    assert changes == [
        ["hệ thống", "kết quả thẩm định", "44, chưa đạt", "50, đạt", "màn hình"],
        [str(office.officer), "kết quả thẩm định", "trống", "44, chưa đạt", "màn hình"],
    ]


# Period and set in the address


@pytest.mark.parametrize(
    "query", ["", "?ky=2024-q1", "?bo=bo-thu", "?ky=khong-co&bo=bo-thu", "?ky=2024-q1&bo=khong-co", "?ky=&bo="]
)
def test_a_missing_or_unknown_period_or_set_leads_to_the_full_address(office, query):
    address = reverse("criteria:sheets")
    response = office.client(office.officer).get(f"{address}{query}")
    assert response.status_code == 302
    assert response.url.startswith(f"{address}?")
    assert set(response.url.split("?")[1].split("&")) == {"ky=2024-q1", "bo=bo-thu"}
    assert office.client(office.officer).get(response.url).status_code == 200


def test_the_newest_period_and_the_set_in_force_then_are_chosen(office):
    factories.period(2022, 4)
    newest = factories.period(2026, 2)
    factories.criteria_set("bo-2026", effective_from="2026-01-01")
    factories.criteria_set("bo-cu", effective_from="2016-01-01", effective_to="2020-12-31")
    factories.criteria_set("nang-cao", effective_from="2026-02-01", tier="advanced")
    factories.criteria_set("do-dang", effective_from="2026-03-01", is_complete=False)
    client = office.client(office.officer)
    assert client.get(reverse("criteria:sheets")).url.endswith(f"?ky={newest.code}&bo=bo-2026")
    # A set that is not complete cannot be chosen by its address either.
    chosen = client.get(f"{reverse('criteria:sheets')}?ky={newest.code}&bo=do-dang")
    assert chosen.url.endswith(f"?ky={newest.code}&bo=bo-2026")


def test_other_parameters_are_kept_on_the_way_to_the_full_address(office):
    response = office.client(office.officer).get(f"{reverse('dashboards:matrix')}?loc=chua-du")
    assert set(response.url.split("?")[1].split("&")) == {"loc=chua-du", "ky=2024-q1", "bo=bo-thu"}


def test_an_unknown_period_or_set_in_a_sheets_address_is_not_there(office):
    client = office.client(office.officer)
    for args in (
        ["khong-co", office.set.code, office.son_binh.pk],
        [office.period.code, "khong-co", office.son_binh.pk],
        [office.period.code, office.set.code, 10**30],
    ):
        assert client.get(reverse("criteria:sheet", args=args)).status_code == 404
        assert client.post(reverse("criteria:sheet", args=args), {}).status_code == 404


def test_before_there_is_a_period_or_a_set_the_page_says_what_to_do(db):
    place = factories.district()
    client = Client()
    client.force_login(factories.user(Role.OFFICER, place))
    page = client.get(reverse("criteria:sheets"))
    assert page.status_code == 200
    assert "load_criteria" in page.content.decode()
    factories.small_set()
    assert "Chưa có kỳ đánh giá nào" in client.get(reverse("criteria:sheets")).content.decode()


# Opening sheets


def test_the_list_shows_the_places_one_sees_and_which_have_no_sheet(office):
    office.sheets[office.ban_bo].delete()
    office.save("2.1", "50")
    address = f"{reverse('criteria:sheets')}?ky=2024-q1&bo=bo-thu"
    page = office.client(office.officer).get(address).content.decode()
    assert page.index("Xã Bản Bo") < page.index("Xã Sơn Bình")
    assert "<b>1</b>/3" in page
    assert "Mở phiếu cho 1 địa bàn còn thiếu" in page
    assert "Mường Than" not in page
    member = office.client(office.committee_member).get(address).content.decode()
    assert "Mở phiếu" not in member
    assert "Bản Bo" not in office.client(office.commune_officer).get(address).content.decode()


def test_missing_sheets_are_opened_for_the_places_one_sees(office):
    Assessment.objects.all().delete()
    response = office.client(office.officer).post(office.open_address(), follow=True)
    assert "Đã mở 2 phiếu đánh giá Quý I/2024." in response.content.decode()
    assert set(Assessment.objects.values_list("locality", flat=True)) == {office.son_binh.pk, office.ban_bo.pk}


@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_who_only_reads_opens_no_sheet(office, role):
    office.sheet.delete()
    client = office.client(person(office, role))
    assert client.post(office.open_address(), {"place": office.son_binh.pk}).status_code == 404
    page = client.get(office.address())
    assert page.status_code == 200
    assert "Chưa có phiếu đánh giá của xã Sơn Bình" in page.content.decode()
    assert "Mở phiếu đánh giá" not in page.content.decode()
    assert not Assessment.objects.filter(locality=office.son_binh).exists()


def test_a_commune_officer_opens_the_sheet_of_their_commune_and_of_no_other(office):
    Assessment.objects.all().delete()
    client = office.client(office.commune_officer)
    assert client.post(office.open_address(), {"place": office.ban_bo.pk}).status_code == 404
    response = client.post(office.open_address(), {"place": office.son_binh.pk})
    assert response.url == office.address()
    assert list(Assessment.objects.values_list("locality", flat=True)) == [office.son_binh.pk]


@pytest.mark.parametrize("place", ["x", "0", "²", "-1", str(10**30)])
def test_a_place_that_is_none_is_not_there(office, place):
    assert office.client(office.officer).post(office.open_address(), {"place": place}).status_code == 404


def test_no_sheet_is_opened_in_a_closed_period(office):
    office.sheet.delete()
    office.close()
    client = office.client(office.officer)
    assert client.post(office.open_address()).status_code == 404
    assert "Kỳ này đã khóa từ ngày 31/03/2024." in client.get(office.address()).content.decode()


# Queries: everything the request asks, but BEGIN, SAVEPOINT, RELEASE and COMMIT


class Large:
    """A sheet of 19 criteria with 57 or 19 cells, of one commune among many, with the period before."""

    def __init__(self, indicators, neighbours=0):
        self.set = factories.large_set(indicators=indicators)
        self.district = factories.district()
        self.place = factories.commune(parent=self.district)
        self.period = factories.period()
        sheet = factories.assessment(self.place, self.set, self.period)
        factories.assessment(self.place, self.set, factories.period(2023, 4))
        for place in factories.communes(neighbours, self.district) if neighbours else []:
            factories.assessment(place, self.set, self.period)
        self.client = Client()
        self.client.force_login(factories.user(Role.OFFICER, self.district))
        self.address = sheet.get_absolute_url()
        self.pks = [row.pk for row in factories.indicators_of(self.set).values()]


@pytest.mark.parametrize(("indicators", "cells"), [(1, 1), (3, 1), (3, 57)])
def test_saving_a_sheet_takes_eleven_queries_however_many_cells(db, indicators, cells):
    large = Large(indicators)
    typed = fields_of(large.client.get(large.address))
    typed |= {f"v-{pk}": "60" for pk in large.pks[:cells]}
    with counted() as queries:
        assert large.client.post(large.address, typed).status_code == 302
    assert IndicatorResult.objects.count() == cells
    # Session, person, sheet; indicators, thresholds, results; period; values, history, criteria, sheet.
    assert len(queries) == 11, queries


@pytest.mark.parametrize(("indicators", "neighbours"), [(1, 0), (3, 0), (3, 30)])
def test_opening_a_sheet_takes_eight_queries_however_many_cells(db, indicators, neighbours):
    large = Large(indicators, neighbours)
    with counted() as queries:
        assert large.client.get(large.address).status_code == 200
    # Session, person, sheet; indicators, thresholds, the sheet before, results; agencies in charge, neighbours.
    assert len(queries) == 8, queries


@pytest.mark.parametrize("indicators", [1, 3])
def test_saving_a_cell_takes_eleven_queries(db, indicators):
    large = Large(indicators)
    pk = large.pks[0]
    typed = fields_of(large.client.get(large.address)) | {f"v-{pk}": "60"}
    args = [large.period.code, large.set.code, large.place.pk, pk]
    with counted() as queries:
        assert large.client.post(reverse("criteria:cell-save", args=args), typed).status_code == 200
    assert len(queries) == 11, queries


@pytest.mark.parametrize("neighbours", [1, 40])
def test_the_list_of_sheets_takes_seven_queries_however_many(db, neighbours):
    large = Large(1, neighbours)
    with counted() as queries:
        page = large.client.get(f"{reverse('criteria:sheets')}?ky={large.period.code}&bo={large.set.code}")
    assert page.status_code == 200
    # Session, person, periods, sets, sheets, places, older sets to carry over from.
    assert len(queries) == 7, queries
