"""One indicator down all places: who enters what, all at once, pasted from a spreadsheet; what a page asks."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment, IndicatorResult, Opinion, ResultChange, Source, State
from criteria.pasting import judgement_of, read_lines
from tests import factories
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db
GENDERS = "Bảo hiểm y tế (áp dụng đạt cho cả nam và nữ)"
NAMES = ["Bản Bo", "Hồ Thầu", "Sơn Bình", "Thèn Sin"]


class Office:
    """A district of four communes with a sheet each, and a commune of the district beside it."""

    def __init__(self):
        self.district, other = factories.district(), factories.district("Than Uyên")
        self.set, self.period = factories.criteria_set(expected_criteria=2, bands=[2, 0]), factories.period()
        first, second = (factories.criterion(self.set, number) for number in (1, 2))
        factories.indicator(first, 1, threshold="80")
        factories.indicator(first, 2, **factories.BOOLEAN)
        factories.indicator(second, 1, threshold="90", text=GENDERS)
        factories.indicator(second, 2, threshold="45", **factories.MONEY)
        self.pk = {code: row.pk for code, row in factories.indicators_of(self.set).items()}
        self.places = {name: factories.commune(name, self.district) for name in NAMES}
        self.beyond = factories.commune("Mường Than", other)
        self.sheets = {
            place.name: factories.assessment(place, self.set, self.period)
            for place in (*self.places.values(), self.beyond)
        }
        self.education = factories.agency(self.district)
        factories.lead(second, self.education)
        self.officer = factories.user(Role.OFFICER, self.district, full_name="Nguyễn Thị Hoa")
        self.sector_officer = factories.user(Role.SECTOR_OFFICER, self.district, agency=self.education)
        self.commune_officer = factories.user(Role.COMMUNE_OFFICER, self.places["Sơn Bình"])
        self.committee_member = factories.user(Role.COMMITTEE_MEMBER, self.district)
        self.client = self.of(self.officer)

    def of(self, user):
        client = Client()
        client.force_login(user)
        return client

    def address(self, code="1.1", name="column", **more):
        extra = "".join(f"&{key}={value}" for key, value in more.items())
        return f"{reverse(f'criteria:{name}')}?ky={self.period.code}&bo={self.set.code}&ct={code}{extra}"

    def key(self, letter, name):
        return f"{letter}-{self.places[name].pk}"

    def put(self, name, value, code="1.1", opinion=Opinion.VERIFIED, by=None):
        entry = factories.value(value) if isinstance(value, str) else value
        sheet = factories.writable(self.sheets[name])
        assert save_results(assessment=sheet, opinion=opinion, entries={self.pk[code]: entry}, by=by).is_written

    def values(self, code="1.1", opinion=Opinion.VERIFIED):
        rows = IndicatorResult.objects.filter(indicator=self.pk[code], opinion=opinion)
        return dict(rows.values_list("assessment__locality__name", "value"))

    def preview(self, text, code="1.1", client=None):
        return (client or self.client).post(self.address(code, "column-paste"), {"paste": text})

    def outcomes(self, text, code="1.1"):
        """What the preview says of each line."""
        return [row[3] for row in table_of(self.preview(text, code), "list")[1:]]


@pytest.fixture
def office():
    return Office()


# The page


def test_the_places_stand_in_order_with_all_that_helps_to_enter(office):
    before = factories.assessment(office.places["Bản Bo"], office.set, factories.period(2023, 4))
    factories.assessment(office.places["Sơn Bình"], office.set, before.period)
    sheet = factories.writable(before)
    entries = {office.pk["1.1"]: factories.value("70")}
    save_results(assessment=sheet, opinion=Opinion.VERIFIED, entries=entries, by=None)
    office.put("Bản Bo", "75", opinion=Opinion.REPORTED)
    page = office.client.get(office.address())
    rows = [row for row in table_of(page, "sheet") if row[0].startswith("Xã ")]
    assert [row[0] for row in rows] == ["Xã Bản Bo", "Xã Hồ Thầu", "Xã Sơn Bình", "Xã Thèn Sin"]
    assert rows[0][1].startswith("70 %")
    assert rows[0][2].startswith("≥ 80 %")
    assert rows[0][3].startswith("75 %")
    assert "Mường Than" not in page.content.decode()
    assert 'aria-label="Xã Bản Bo, kết quả thẩm định"' in page.content.decode()
    # To the indicators beside it.
    assert "ct=1.2" in page.content.decode()
    assert "‹" not in page.content.decode()


def test_an_address_without_an_indicator_leads_to_the_first_one_may_enter(office):
    bare = f"{reverse('criteria:column')}?ky={office.period.code}&bo={office.set.code}"
    assert office.client.get(bare).url == office.address("1.1")
    assert office.client.get(f"{bare}&ct=9.9").url == office.address("1.1")
    assert office.of(office.sector_officer).get(bare).url == office.address("2.1")
    assert office.client.get(reverse("criteria:column"), follow=True).status_code == 200


def test_a_sector_officer_is_offered_what_the_agency_leads_and_no_more(office):
    client = office.of(office.sector_officer)
    page = client.get(office.address("2.1"))
    choices = page.content.decode().split('name="ct"')[1].split("</select>")[0]
    assert 'value="2.1"' in choices
    assert 'value="2.2"' in choices
    assert 'value="1.1"' not in choices
    # Asked for another, one is led to one's own.
    assert client.get(office.address("1.1")).url == office.address("2.1")
    assert client.post(office.address("1.1"), {office.key("v", "Bản Bo"): "5"}).url == office.address("2.1")
    idle = factories.user(Role.SECTOR_OFFICER, office.district)
    assert "Chưa có chỉ tiêu nào để nhập" in office.of(idle).get(office.address()).content.decode()


def test_a_commune_officer_sees_and_reports_the_own_commune_alone(office):
    client = office.of(office.commune_officer)
    page = client.get(office.address())
    assert [row[0] for row in table_of(page, "sheet") if row[0].startswith("Xã ")] == ["Xã Sơn Bình"]
    typed = fields_of(page) | {office.key("v", "Sơn Bình"): "85", office.key("v", "Bản Bo"): "1"}
    typed |= {office.key("s", "Bản Bo"): ""}
    assert client.post(office.address(), typed).status_code == 302
    assert office.values(opinion=Opinion.REPORTED) == {"Sơn Bình": 85}
    assert not office.values()


def test_a_committee_member_reads_and_writes_nothing(office):
    client = office.of(office.committee_member)
    page = client.get(office.address())
    assert page.status_code == 200
    assert not [name for name in fields_of(page) if name.startswith("s-")]
    assert (
        client.post(office.address(), {office.key("s", "Bản Bo"): "", office.key("v", "Bản Bo"): "5"}).status_code
        == 404
    )
    assert office.preview("Bản Bo\t5", client=client).status_code == 404
    assert not office.values()


def test_another_districts_place_is_not_reached(office):
    pk = office.beyond.pk
    assert office.client.post(office.address(), {f"s-{pk}": "", f"v-{pk}": "5"}).status_code == 404
    assert "tên không khớp “Mường Than”" in office.preview("Mường Than\t5").content.decode()
    assert not office.values()


def test_places_without_a_sheet_and_locked_ones_say_so(office):
    office.sheets["Hồ Thầu"].delete()
    office.put("Bản Bo", "85")
    Assessment.objects.filter(locality=office.places["Bản Bo"]).update(state=State.VERIFIED)
    page = office.client.get(office.address())
    rows = {row[0]: row for row in table_of(page, "sheet")}
    assert rows["Xã Hồ Thầu"][1] == "Chưa mở phiếu. Mở phiếu xã Hồ Thầu"
    assert rows["Xã Bản Bo"][4].startswith("85 % ✓ đạt")
    assert "chờ duyệt" in rows["Xã Bản Bo"][4]
    assert {name for name in fields_of(page) if name.startswith("s-")} == {
        office.key("s", "Sơn Bình"),
        office.key("s", "Thèn Sin"),
    }


# All at once, without scripts


def test_all_cells_are_saved_with_one_form(office):
    typed = fields_of(office.client.get(office.address()))
    for name, value in zip(NAMES, ("81", "8/9", "", "79,5"), strict=True):
        typed[office.key("v", name)] = value
    answer = office.client.post(office.address(), typed, follow=True)
    assert "Đã lưu 3 ô." in answer.content.decode()
    assert answer.redirect_chain == [(office.address(), 302)]
    assert office.values() == {"Bản Bo": 81, "Hồ Thầu": Decimal("88.8888"), "Thèn Sin": Decimal("79.5")}
    assert set(ResultChange.objects.values_list("source", flat=True)) == {Source.SCREEN}
    office.sheets["Thèn Sin"].refresh_from_db()
    assert office.sheets["Thèn Sin"].strip == "u-"


def test_one_bad_cell_is_named_by_its_place_and_nothing_is_written(office):
    typed = fields_of(office.client.get(office.address()))
    typed |= {office.key("v", "Bản Bo"): "81", office.key("v", "Sơn Bình"): "nhiều"}
    answer = office.client.post(office.address(), typed)
    assert answer.status_code == 422
    assert "Xã Sơn Bình</a>: “nhiều” không phải là số." in answer.content.decode()
    assert fields_of(answer)[office.key("v", "Bản Bo")] == "81"
    assert fields_of(answer)[office.key("v", "Sơn Bình")] == "nhiều"
    assert not office.values()


def test_a_conflict_is_named_by_its_place_and_answered_there(office):
    typed = fields_of(office.client.get(office.address()))
    office.put("Sơn Bình", "41", by=factories.user(full_name="Lò Thị Mai"))
    typed |= {office.key("v", "Bản Bo"): "81", office.key("v", "Sơn Bình"): "38,5"}
    asked = office.client.post(office.address(), typed)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Xã Sơn Bình</a>: Ô này vừa được Lò Thị Mai đổi thành “41 %, chưa đạt”." in page
    assert "Giữ 41 %" in page
    assert "Thay bằng 38,5 %" in page
    assert office.values() == {"Sơn Bình": 41}
    answer = fields_of(asked) | {office.key("c", "Sơn Bình"): "replace", office.key("r", "Sơn Bình"): "đếm lại"}
    assert office.client.post(office.address(), answer).status_code == 302
    assert office.values() == {"Bản Bo": 81, "Sơn Bình": Decimal("38.5")}


def test_a_sheet_locked_meanwhile_is_said_and_nothing_is_lost(office):
    typed = fields_of(office.client.get(office.address()))
    typed |= {office.key("v", "Bản Bo"): "81", office.key("v", "Sơn Bình"): "85"}
    Assessment.objects.filter(locality=office.places["Sơn Bình"]).update(state=State.APPROVED)
    answer = office.client.post(office.address(), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Chưa lưu: Phiếu xã Sơn Bình đã duyệt" in page
    assert "<li>Xã Sơn Bình: 85" in page
    assert fields_of(answer)[office.key("v", "Bản Bo")] == "81"
    assert not office.values()


def test_a_cell_of_the_column_is_saved_alone_and_answers_for_its_place(office):
    place = office.places["Sơn Bình"]
    address = reverse("criteria:cell-save", args=[office.period.code, office.set.code, place.pk, office.pk["1.1"]])
    shown = fields_of(office.client.get(office.address()))
    typed = {office.key("v", "Sơn Bình"): "79", office.key("s", "Sơn Bình"): shown[office.key("s", "Sơn Bình")]}
    answer = office.client.post(f"{address}?cot", typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="state-{place.pk}"' in page
    assert "thiếu 1 điểm %" in page
    # Nothing for the parts that only a sheet has.
    assert "score" not in page
    assert len(answer.content) < 1000
    assert office.values() == {"Sơn Bình": 79}


# Pasted


def place(name, kind="xã"):
    made = factories.Locality(level="commune", kind=kind, name=name)
    made.pk = hash(name)
    return made


PLACES = [place("Bản Bo"), place("Hoà Thuỷ"), place("Sơn Bình"), place("Tam Đường", "thị trấn"), place("Thèn Sin")]


def read(text, places=PLACES, **options):
    return [(line.place.name if line.place else None, line.error) for line in read_lines(text, places, **options)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Bản Bo", "Bản Bo"),
        ("xã Bản Bo", "Bản Bo"),
        ("XÃ BẢN BO", "Bản Bo"),
        ("ban bo", "Bản Bo"),
        ("Xa  ban   bo", "Bản Bo"),
        ("Bản Bo".encode().decode("utf-8").replace("ả", "a\u0309"), "Bản Bo"),
        ("Hòa Thủy", "Hoà Thuỷ"),
        ("X. Sơn Bình", "Sơn Bình"),
        ("Thị trấn Tam Đường", "Tam Đường"),
        ("TT Tam Đường", "Tam Đường"),
        ("tam duong", "Tam Đường"),
    ],
)
def test_names_are_found_however_they_are_written(typed, found):
    assert read(f"{typed}\t5") == [(found, "")]
    assert read(f"3\t{typed}\t5") == [(found, "")]


def test_lines_that_name_no_place_say_so_with_the_nearest():
    assert read("Thèn Xin\t5") == [(None, "tên không khớp “Thèn Xin”, gần nhất: Thèn Sin")]
    assert read("Hà Nội\t5") == [(None, "tên không khớp “Hà Nội”")]
    assert read("\t5") == [(None, "không có tên xã")]
    twice = read("Bản Bo\t5\nSơn Bình\t6\nban bo\t7")
    assert twice[0] == twice[2] == ("Bản Bo", "xã Bản Bo có nhiều dòng (1, 3): để lại một")
    two = [*PLACES, place("Bàn Bơ")]
    assert read("Bản Bo\t5", two) == [("Bản Bo", "")]
    assert "có 2 nơi tên “ban bo”" in read("ban bo\t5", two)[0][1]


def test_heads_totals_and_empty_lines_are_passed_over():
    lines = read_lines("Tên xã\tTỷ lệ\n\t\nBản Bo\t\nTổng cộng\t90\n\n", PLACES)
    assert [line.passed_over for line in lines] == [
        "dòng tiêu đề",
        "dòng trống",
        "để trống: giữ nguyên",
        "dòng tổng",
    ]


def test_one_column_is_taken_in_the_order_shown():
    assert read("81\n\n83") == [("Bản Bo", ""), ("Hoà Thuỷ", ""), ("Sơn Bình", "")]
    assert read("81\r\n82\r\n")[1] == ("Hoà Thuỷ", "")
    assert read("81", first=2) == [("Sơn Bình", "")]
    assert read("1\n2\n3\n4\n5\n6")[5] == (None, "nhiều hơn số xã trong danh sách")
    assert read("81\t82", values=2) == [("Bản Bo", "")]
    # A name and one value for men and women together.
    assert read("Sơn Bình\t82", values=2) == [("Sơn Bình", "")]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("x", "X", "Đ", "đ", "Đạt", "ĐẠT", "1", "✓"), "met"),
        (("0", "-", "CĐ", "cđ", "Chưa đạt", "Không đạt", "✗"), "unmet"),
        (("Không áp dụng",), "na"),
        (("", "2", "đạtt", "93,4"), None),
    ],
)
def test_what_stands_for_met_and_not_met(words, status):
    assert {judgement_of(word) for word in words} == {status}


def test_the_preview_says_line_by_line_what_will_be_and_writes_nothing(office):
    office.sheets["Hồ Thầu"].delete()
    office.put("Thèn Sin", "90")
    text = "Tên xã\tTỷ lệ\nBản Bo\t88,9\nSon Binh\t79\nThèn Sin\t90\nHồ Thầu\t5\nThèn Xin\t70"
    assert office.outcomes(text) == [
        "– dòng tiêu đề",
        "✓ sẽ lưu 88,9 % → ✓ đạt đạt",
        "✓ sẽ lưu 79 % → ✗ chưa đạt chưa đạt, thiếu 1 điểm %",
        "– như đã lưu: giữ nguyên",
        "✗ dòng 5: chưa mở phiếu",
        "✗ dòng 6: tên không khớp “Thèn Xin”, gần nhất: Thèn Sin",
    ]
    assert "Lưu 2 ô" in office.preview(text).content.decode()
    assert office.values() == {"Thèn Sin": 90}


@pytest.mark.parametrize(
    ("code", "value", "outcome"),
    [
        ("1.1", "abc", "✗ dòng 1: “abc” không phải là số. Nhập chữ số, ví dụ 93,4 hoặc 1.234,5."),
        ("1.1", "101", "✗ dòng 1: Tỷ lệ phải từ 0 đến 100 (đang nhập 101)."),
        ("1.1", "9/8", "✗ dòng 1: Tử số phải từ 0 đến mẫu số (đang nhập 9/8)."),
        ("1.1", "8/9", "✓ sẽ lưu 88,88 % (8/9) → ✓ đạt đạt"),
        ("1.1", "88,9%", "✓ sẽ lưu 88,9 % → ✓ đạt đạt"),
        ("2.2", "8/9", "✗ dòng 1: “8/9” không phải là số. Chỉ tiêu này không nhập bằng phân số."),
        ("2.2", "1.045,5", "✓ sẽ lưu 1.045,5 triệu đồng → ✓ đạt đạt"),
        ("1.2", "x", "✓ sẽ lưu Đạt → ✓ đạt đạt"),
        ("1.2", "CĐ", "✓ sẽ lưu Chưa đạt → ✗ chưa đạt chưa đạt"),
        ("1.2", "93,4", "✗ dòng 1: “93,4” không phải là đạt hay chưa đạt. Ghi x hoặc Đ, 0 hoặc CĐ."),
        ("2.1", "95\t91", "✓ sẽ lưu nam 95, nữ 91 % → ✓ đạt đạt"),
        ("2.1", "95\t", "✗ dòng 1: Còn thiếu tỷ lệ của nữ: chỉ tiêu này phải đạt cho cả nam và nữ."),
        ("2.1", "95", "✓ sẽ lưu 95 % → – chưa đánh giá chưa đánh giá"),
    ],
)
def test_each_kind_of_value_is_read_from_a_paste(office, code, value, outcome):
    assert office.outcomes(f"Bản Bo\t{value}", code) == [outcome]


def test_the_lines_that_are_right_are_saved_in_one_step_and_the_others_stay(office):
    preview = office.preview("Bản Bo\t88,9\nThèn Xin\t70\nSơn Bình\tabc\nHồ Thầu\t8/9")
    answer = office.client.post(office.address(), fields_of(preview))
    assert answer.status_code == 200
    assert "Đã lưu 2 ô." in answer.content.decode()
    assert fields_of(answer)["paste"] == "Thèn Xin\t70\nSơn Bình\tabc"
    assert office.values() == {"Bản Bo": Decimal("88.9"), "Hồ Thầu": Decimal("88.8888")}
    assert set(ResultChange.objects.values_list("source", flat=True)) == {Source.PASTE}


def test_lines_in_order_that_stay_are_named(office):
    preview = office.preview("abc\n81")
    answer = office.client.post(office.address(), fields_of(preview))
    assert fields_of(answer)["paste"] == "Bản Bo\tabc"
    assert office.values() == {"Hồ Thầu": 81}


def test_a_value_changed_since_the_preview_is_named_and_nothing_is_written(office):
    preview = office.preview("Bản Bo\t88,9\nSơn Bình\t90")
    office.put("Sơn Bình", "41", by=factories.user(full_name="Lò Thị Mai"))
    answer = office.client.post(office.address(), fields_of(preview))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "✗ dòng 2: Ô này vừa được Lò Thị Mai đổi thành “41 %, chưa đạt”." in page
    assert "Lưu 1 ô" in page
    assert office.values() == {"Sơn Bình": 41}
    # The other goes on; the one in question stays in the box.
    saved = office.client.post(office.address(), fields_of(answer))
    assert fields_of(saved)["paste"] == "Sơn Bình\t90"
    assert office.values() == {"Bản Bo": Decimal("88.9"), "Sơn Bình": 41}


def test_note_and_conclusion_stay_when_a_value_is_pasted(office):
    office.put("Bản Bo", factories.value("79", judgement="met", note="theo biên bản"))
    preview = office.preview("Bản Bo\t79,5")
    assert office.client.post(office.address(), fields_of(preview)).status_code == 302
    row = IndicatorResult.objects.get(indicator=office.pk["1.1"])
    assert (row.value, row.judgement, row.note) == (Decimal("79.5"), "met", "theo biên bản")


def test_an_empty_box_says_what_to_do(office):
    assert "Chưa có gì trong khung dán" in office.preview(" \n").content.decode()


def test_what_was_pasted_is_escaped(office):
    page = office.preview("<b>x</b>\t<i>5</i>").content.decode()
    assert "<b>x</b>" not in page
    assert "<i>5</i>" not in page


# Queries: everything the request asks, but BEGIN, SAVEPOINT, RELEASE and COMMIT


class Large:
    def __init__(self, places):
        self.set, self.period = factories.large_set(), factories.period()
        district = factories.district()
        self.places = factories.communes(places, district)
        before = factories.period(2023, 4)
        Assessment.objects.bulk_create(
            Assessment(locality=place, criteria_set=self.set, period=period)
            for place in self.places
            for period in (self.period, before)
        )
        self.client = Client()
        self.client.force_login(factories.user(Role.OFFICER, district))
        self.query = f"?ky={self.period.code}&bo={self.set.code}&ct=1.1"
        self.address = f"{reverse('criteria:column')}{self.query}"


@pytest.mark.parametrize("places", [13, 120])
def test_a_column_takes_eleven_queries_however_many_places(db, places):
    large = Large(places)
    with counted() as queries:
        page = large.client.get(large.address)
    assert page.status_code == 200
    rows = [row for row in table_of(page, "sheet") if row[0].startswith("Xã Xã")]
    assert len(rows) == min(places, 100)
    assert ("1–100 trên 120 xã" in page.content.decode()) == (places == 120)
    # Session, person, periods, sets; indicators, count, places, sheets; indicators, thresholds, results.
    assert len(queries) == 11, queries


@pytest.mark.parametrize("places", [13, 60])
def test_saving_a_column_takes_as_many_queries_however_many_places(db, places):
    large = Large(places)
    typed = fields_of(large.client.get(large.address)) | {f"v-{place.pk}": "60" for place in large.places}
    with counted() as queries:
        assert large.client.post(large.address, typed).status_code == 302
    assert IndicatorResult.objects.count() == places
    # Session, person, periods, sets; indicators, places, sheets; indicators, thresholds, results; period anew; values,
    # history, criteria, their numbers, sheets.
    assert len(queries) == 16, queries


@pytest.mark.parametrize("places", [13, 120])
def test_a_preview_takes_as_many_queries_however_many_lines(db, places):
    large = Large(places)
    text = "\n".join(f"{place.name}\t{60 + number / 10}" for number, place in enumerate(large.places))
    with counted() as queries:
        page = large.client.post(f"{reverse('criteria:column-paste')}{large.query}", {"paste": text})
    assert f"Lưu {places - sum(60 + n / 10 > 100 for n in range(places))} ô" in page.content.decode()
    # Session, person, periods, sets; indicators, places, sheets; indicators, thresholds, results.
    assert len(queries) == 10, queries


def test_a_hundred_and_twenty_lines_are_saved_though_a_page_holds_a_hundred(db):
    large = Large(120)
    text = "\n".join(f"{place.name}\t60" for place in large.places)
    preview = large.client.post(f"{reverse('criteria:column-paste')}{large.query}", {"paste": text})
    assert large.client.post(large.address, fields_of(preview)).status_code == 302
    assert IndicatorResult.objects.count() == 120
