"""What may be typed into one cell, what it becomes, and two people on one cell."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.forms.cells import read_value, stored_cell, typed_cell
from criteria.models import Direction, IndicatorResult, Opinion, ResultChange
from criteria.rules import Entry, InvalidEntry
from criteria.sheet import load_sheet
from tests import factories
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db
GENDERS = "Tỷ lệ người dân tham gia bảo hiểm y tế (áp dụng đạt cho cả nam và nữ)"


class Office:
    """A commune's sheet with a share, one at most, one for men and women, money, and a yes-or-no."""

    def __init__(self):
        self.district = factories.district()
        self.place = factories.commune(parent=self.district)
        self.set, self.period = factories.criteria_set(expected_criteria=1, bands=[1, 0]), factories.period()
        criterion = factories.criterion(self.set)
        made = {
            "share": factories.indicator(criterion, 1, threshold="90"),
            "at_most": factories.indicator(criterion, 2, threshold="13", direction=Direction.AT_MOST),
            "genders": factories.indicator(criterion, 3, threshold="90", text=GENDERS),
            "money": factories.indicator(criterion, 4, threshold="45", **factories.MONEY),
            "yes_no": factories.indicator(criterion, 5, **factories.BOOLEAN),
        }
        self.indicators = made
        self.pk = {name: row.pk for name, row in made.items()}
        self.sheet = factories.assessment(self.place, self.set, self.period)
        self.officer = factories.user(Role.OFFICER, self.district, full_name="Nguyễn Thị Hoa")
        self.client = Client()
        self.client.force_login(self.officer)
        self.address = self.sheet.get_absolute_url()

    def row(self, name):
        return load_sheet(self.sheet).rows[self.pk[name]]

    def read(self, name, **typed):
        """A cell read from fields named by their letter."""
        pk = self.pk[name]
        return typed_cell(self.row(name), Opinion.VERIFIED, {f"{letter}-{pk}": text for letter, text in typed.items()})

    def cell_address(self, name):
        args = [self.period.code, self.set.code, self.place.pk, self.pk[name]]
        return reverse("criteria:cell-save", args=args)

    def history_address(self, name):
        return reverse("criteria:cell", args=[self.period.code, self.set.code, self.place.pk, self.pk[name]])

    def fields(self, name, **typed):
        """The fields of one cell of the page as it stands now, with something typed."""
        pk = self.pk[name]
        shown = fields_of(self.client.get(self.address))
        mine = {f"{letter}-{pk}": shown.get(f"{letter}-{pk}", "") for letter in "vmfjns"}
        return mine | {f"{letter}-{pk}": text for letter, text in typed.items()}

    def put(self, name, entry, by=None):
        saved = save_results(
            assessment=factories.writable(self.sheet), opinion=Opinion.VERIFIED, entries={self.pk[name]: entry}, by=by
        )
        assert saved.is_written, saved.errors

    def result(self, name):
        return IndicatorResult.objects.get(indicator=self.pk[name])


@pytest.fixture
def office():
    return Office()


# What is typed into a cell


@pytest.mark.parametrize(
    ("cell", "typed", "parts"),
    [
        ("share", {"v": "88,9"}, {"value": "88.9"}),
        ("share", {"v": "88.9 %"}, {"value": "88.9"}),
        ("share", {"v": "8/9"}, {"value": "88.8888", "numerator": "8", "denominator": "9"}),
        ("share", {"v": " 1.234 / 1.500 "}, {"value": "82.2666", "numerator": "1234", "denominator": "1500"}),
        ("share", {"v": "0/9"}, {"value": "0", "numerator": "0", "denominator": "9"}),
        # Cut away from the threshold: a ninth above 13 % is not 13 %.
        ("at_most", {"v": "1/9"}, {"value": "11.1112", "numerator": "1", "denominator": "9"}),
        ("genders", {"m": "93,4", "f": "95"}, {"value": "93.4", "male": "93.4", "female": "95"}),
        ("genders", {"m": "95", "f": "91"}, {"value": "91", "male": "95", "female": "91"}),
        # Men and women apart come before one value of both that still stands there.
        ("genders", {"v": "99", "m": "95", "f": "91"}, {"value": "91", "male": "95", "female": "91"}),
        ("genders", {"v": "93,5"}, {"value": "93.5"}),
        ("genders", {}, {}),
        ("money", {"v": "1.234,5"}, {"value": "1234.5"}),
        ("yes_no", {"v": "8/9"}, {}),
    ],
)
def test_what_is_typed_is_read(office, cell, typed, parts):
    read = office.read(cell, **typed)
    assert read.error == ""
    assert read.entry == Entry(**{name: Decimal(number) for name, number in parts.items()})


@pytest.mark.parametrize(
    ("cell", "typed", "sentence"),
    [
        ("share", {"v": "9/8"}, "Tử số phải từ 0 đến mẫu số (đang nhập 9/8)."),
        ("share", {"v": "-1/8"}, "Tử số phải từ 0 đến mẫu số (đang nhập -1/8)."),
        ("share", {"v": "0/0"}, "Mẫu số phải lớn hơn 0. Không có đối tượng nào thì chọn “Không áp dụng”."),
        ("share", {"v": "8/"}, "“8/” không phải là phân số. Nhập tử số/mẫu số, ví dụ 8/9."),
        ("share", {"v": "/9"}, "“/9” không phải là phân số. Nhập tử số/mẫu số, ví dụ 8/9."),
        ("share", {"v": "8/9/10"}, "“8/9/10” không phải là phân số. Nhập tử số/mẫu số, ví dụ 8/9."),
        ("share", {"v": "tám/9"}, "“tám” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("money", {"v": "8/9"}, "“8/9” không phải là số. Chỉ tiêu này không nhập bằng phân số."),
        ("genders", {"m": "95"}, "Còn thiếu tỷ lệ của nữ: chỉ tiêu này phải đạt cho cả nam và nữ."),
        ("genders", {"f": "95"}, "Còn thiếu tỷ lệ của nam: chỉ tiêu này phải đạt cho cả nam và nữ."),
        ("genders", {"m": "95", "f": "chín"}, "“chín” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("genders", {"m": "8/9", "f": "95"}, "“8/9” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
    ],
)
def test_what_cannot_be_read_says_what_to_type(office, cell, typed, sentence):
    read = office.read(cell, **typed)
    assert read.error == sentence
    assert read.entry is None
    # What was typed stays in the fields.
    assert {letter: getattr(read, name) for letter, name in zip("vmf", ("value", "male", "female"), strict=True)} == {
        letter: typed.get(letter, "").strip() for letter in "vmf"
    }


def test_a_fraction_is_shown_as_it_was_typed_with_the_percentage_beside(office):
    answer = office.client.post(office.cell_address("share"), office.fields("share", v="8/9"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "= 88,88 %" in page
    assert "thiếu 1 (8/9)" in page
    shown = office.client.get(office.address)
    assert fields_of(shown)[f"v-{office.pk['share']}"] == "8/9"
    assert "= 88,88 %" in shown.content.decode()
    assert office.row("share").verified_words == "88,88 % (8/9)"
    # Sent back unchanged it is the same value.
    assert not stored_cell(office.row("share"), Opinion.VERIFIED).is_changed
    assert office.client.post(office.address, fields_of(shown)).status_code == 302
    assert ResultChange.objects.count() == 1


def test_men_and_women_have_a_field_each_and_both_must_reach_the_threshold(office):
    page = office.client.get(office.address)
    assert f"v-{office.pk['genders']}" not in fields_of(page)
    assert 'aria-label="1.3, kết quả thẩm định, nam"' in page.content.decode()
    assert 'aria-label="1.3, kết quả thẩm định, nữ"' in page.content.decode()
    answer = office.client.post(office.cell_address("genders"), office.fields("genders", m="95", f="88,5"))
    assert answer.status_code == 200
    assert "thiếu 1,5 điểm %" in answer.content.decode()
    assert office.result("genders").status == "unmet"
    answer = office.client.post(office.cell_address("genders"), office.fields("genders", f="90"))
    assert answer.status_code == 200
    assert (office.result("genders").status, office.result("genders").male) == ("met", 95)


def test_one_value_of_both_from_before_stays_until_men_and_women_are_entered(office):
    office.put("genders", factories.value("93.5"))
    page = office.client.get(office.address)
    assert fields_of(page)[f"v-{office.pk['genders']}"] == "93,5"
    assert "cần nhập riêng nam, nữ" in page.content.decode()
    assert office.client.post(office.address, fields_of(page)).status_code == 302
    assert office.result("genders").value == Decimal("93.5")
    typed = fields_of(page) | {f"m-{office.pk['genders']}": "93", f"f-{office.pk['genders']}": "94"}
    assert office.client.post(office.address, typed).status_code == 302
    assert office.row("genders").verified_words == "nam 93, nữ 94 %"
    page = office.client.get(office.address)
    assert f"v-{office.pk['genders']}" not in fields_of(page)
    assert "cần nhập riêng nam, nữ" not in page.content.decode()


def test_the_history_shows_the_parts(office):
    office.client.post(office.cell_address("share"), office.fields("share", v="8/9"))
    office.client.post(office.cell_address("genders"), office.fields("genders", m="95", f="88,5"))

    def newest(name):
        rows = table_of(office.client.get(office.history_address(name)), "list")
        return next(row[4] for row in rows if row[-1] == "màn hình")

    assert newest("share") == "88,8888 (8/9), chưa đạt"
    assert newest("genders") == "nam 95, nữ 88,5, chưa đạt"


def test_a_value_is_read_alike_wherever_it_comes_from(office):
    assert read_value(office.indicators["share"], "8/9").denominator == 9
    with pytest.raises(InvalidEntry):
        read_value(office.indicators["share"], "8/0")


# Two people on one cell


@pytest.fixture
def conflict(office):
    """Somebody wrote 41 while the officer typed 38,5: the fields as the officer sends them."""
    typed = office.fields("share", v="38,5", n="đếm lại")
    other = factories.user(
        Role.OFFICER,
        office.district,
        full_name="Lò Thị Mai",
        agency=factories.agency(office.district, "Trung tâm Y tế huyện"),
    )
    office.put("share", factories.value("41", note="Tính cả 46 hộ mới"), by=other)
    return typed


def answered(response, **answer):
    """The fields of the answer, with one of its buttons pressed."""
    return fields_of(response) | answer


def test_both_values_stand_side_by_side_with_who_when_and_a_button_each(office, conflict):
    answer = office.client.post(office.cell_address("share"), conflict)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "Hai người cùng sửa một ô",
        "Xã Sơn Bình · Chỉ tiêu 1.1",
        "41 %",
        "thiếu 49 điểm %",
        "Lò Thị Mai, Trung tâm Y tế huyện",
        "Ghi chú: “Tính cả 46 hộ mới”",
        "38,5 %",
        "thiếu 51,5 điểm %",
        "Ghi chú: “đếm lại”",
        "Giữ 41 %",
        "Thay bằng 38,5 %",
        "Xem lịch sử của ô",
    ):
        assert words in page
    assert office.result("share").value == 41


def test_keeping_the_other_value_writes_nothing_and_shows_it(office, conflict):
    pk = office.pk["share"]
    asked = office.client.post(office.cell_address("share"), conflict)
    answer = office.client.post(office.cell_address("share"), conflict | answered(asked, **{f"c-{pk}": "keep"}))
    assert answer.status_code == 200
    assert fields_of(answer)[f"v-{pk}"] == "41"
    assert ResultChange.objects.count() == 1


def test_replacing_a_saved_value_needs_a_reason_and_keeps_both_in_the_history(office, conflict):
    pk = office.pk["share"]
    asked = office.client.post(office.cell_address("share"), conflict)
    press = conflict | answered(asked, **{f"c-{pk}": "replace"})
    refused = office.client.post(office.cell_address("share"), press)
    assert refused.status_code == 422
    assert "Ghi lý do thay giá trị đã lưu." in refused.content.decode()
    assert "Giữ 41 %" in refused.content.decode()
    assert office.result("share").value == 41
    answer = office.client.post(office.cell_address("share"), press | {f"r-{pk}": "có xác nhận ngày 31/3"})
    assert answer.status_code == 200
    assert fields_of(answer)[f"n-{pk}"] == "đếm lại; có xác nhận ngày 31/3"
    written = ResultChange.objects.order_by("pk")
    assert [(row.after["value"], row.after["note"], str(row.changed_by)) for row in written] == [
        ("41", "Tính cả 46 hộ mới", "Lò Thị Mai"),
        ("38.5", "đếm lại; có xác nhận ngày 31/3", "Nguyễn Thị Hoa"),
    ]


def test_a_third_value_written_while_the_two_were_compared_is_a_conflict_anew(office, conflict):
    pk = office.pk["share"]
    asked = office.client.post(office.cell_address("share"), conflict)
    office.put("share", factories.value("42"))
    press = conflict | answered(asked, **{f"c-{pk}": "replace", f"r-{pk}": "lý do"})
    answer = office.client.post(office.cell_address("share"), press)
    assert answer.status_code == 422
    assert "Giữ 42 %" in answer.content.decode()
    assert office.result("share").value == 42


def test_what_was_emptied_meanwhile_is_replaced_without_a_reason(office):
    office.put("share", factories.value("41"))
    typed = office.fields("share", v="38,5")
    office.put("share", Entry())
    pk = office.pk["share"]
    asked = office.client.post(office.cell_address("share"), typed)
    assert asked.status_code == 422
    assert "Giữ ô trống" in asked.content.decode()
    assert f"r-{pk}" not in fields_of(asked)
    answer = office.client.post(office.cell_address("share"), typed | answered(asked, **{f"c-{pk}": "replace"}))
    assert answer.status_code == 200
    assert office.result("share").value == Decimal("38.5")


def test_without_scripts_each_conflict_of_a_sheet_is_answered_by_itself(office, conflict):
    shown = office.client.get(office.address)
    typed = fields_of(shown) | conflict | {f"v-{office.pk['money']}": "50"}
    office.put("money", factories.value("44"))
    asked = office.client.post(office.address, typed)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert page.count("Hai người cùng sửa một ô") == 2
    assert "Giữ 41 %" in page
    assert "Giữ 44 triệu đồng" in page
    share, money = office.pk["share"], office.pk["money"]
    # One kept: nothing is written yet, for the other still waits.
    second = office.client.post(office.address, answered(asked, **{f"c-{share}": "keep"}))
    assert second.status_code == 422
    assert second.content.decode().count("Hai người cùng sửa một ô") == 1
    assert fields_of(second)[f"v-{share}"] == "41"
    assert fields_of(second)[f"v-{money}"] == "50"
    third = office.client.post(office.address, answered(second, **{f"c-{money}": "replace", f"r-{money}": "chốt lại"}))
    assert third.status_code == 302
    assert office.result("share").value == 41
    assert (office.result("money").value, office.result("money").note) == (50, "chốt lại")


@pytest.mark.parametrize("conflicts", [1, 4])
def test_telling_of_conflicts_takes_one_query_more_however_many(office, conflicts):
    names = ["share", "at_most", "money", "genders"][:conflicts]
    shown = fields_of(office.client.get(office.address))
    for name in names:
        office.put(name, factories.value("10"), by=office.officer)
        shown[f"{'m' if name == 'genders' else 'v'}-{office.pk[name]}"] = "7"
        shown[f"f-{office.pk[name]}"] = "7"
    with counted() as queries:
        answer = office.client.post(office.address, shown)
    assert answer.content.decode().count("Hai người cùng sửa một ô") == conflicts
    # Writing stops before it begins (6), who (1); the page again: sheet, its three, agencies, evidence, last return (7).
    assert len(queries) == 14, queries


def test_a_cell_is_not_saved_in_the_name_of_somebody_who_signed_in_meanwhile(office):
    typed = office.fields("share", v="38,5")
    answer = office.client.post(office.cell_address("share"), typed, headers={"X-Opened-By": "999999"})
    assert answer.status_code == 409
    assert not IndicatorResult.objects.exists()
    mine = {"X-Opened-By": str(office.officer.pk)}
    assert office.client.post(office.cell_address("share"), typed, headers=mine).status_code == 200
