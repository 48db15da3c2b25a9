"""The page of one criterion: values against thresholds, who is short by how much, whose it is, what it costs."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment, IndicatorResult, Opinion, Status, Threshold, Verification
from criteria.rules import Entry
from directives import actions
from tests import factories
from tests.factories import value
from tests.reading import counted, table_of

pytestmark = pytest.mark.django_db
MET, UNMET, UNKNOWN = "✓Đạt", "✗Chưa đạt", "–Chưa đánh giá"


class Office:
    """A district of four communes, one of khu vực III, with sheets of a small set in two periods, and one beside it."""

    def __init__(self):
        self.set = factories.small_set()
        self.before, self.now = factories.period(2023, 4), factories.period(2024, 1)
        self.district, self.other = factories.district(), factories.district("Than Uyên")
        names = ["Bản Bo", "Khun Há", "Sơn Bình", "Thèn Sin"]
        self.places = {name: factories.commune(name, self.district) for name in names}
        self.places["Khun Há"].area = "III"
        self.places["Khun Há"].save()
        self.beyond = factories.commune("Mường Than", self.other)
        for place in (*self.places.values(), self.beyond):
            for period in (self.before, self.now):
                factories.assessment(place, self.set, period)
        self.indicators = factories.indicators_of(self.set)
        self.criteria = {criterion.number: criterion for criterion in self.set.criteria.all()}
        self.officer = factories.user(Role.OFFICER, self.district)

    def put(self, place, code, entry, *, period=None, opinion=Opinion.VERIFIED):
        sheet = Assessment.objects.with_place().get(
            locality=self.places.get(place, self.beyond), period=period or self.now, criteria_set=self.set
        )
        entries = {self.indicators[code].pk: entry if isinstance(entry, Entry) else value(entry)}
        assert save_results(assessment=sheet, opinion=opinion, entries=entries, by=None).is_written

    def get(self, number=1, query="", user=None):
        client = Client()
        client.force_login(user or self.officer)
        address = reverse("dashboards:criterion", args=[number])
        return client.get(f"{address}?ky={self.now.code}&bo={self.set.code}{query}")

    def order(self, text, due_on, *, agency=None, place=None, criterion=1):
        """A task on a criterion, handed out in a notice of its own; the district's unless told otherwise."""
        place = place or self.district
        directive = actions.register_directive(
            by=None, title="Kết luận", issuer="UBND huyện", locality=place, meeting_on=date(2024, 3, 1)
        )
        agency = agency or factories.agency(place, f"Phòng {text}")
        actions.save_task(
            directive=directive, by=None, text=text, leads=[agency], due_on=due_on, criteria=[self.criteria[criterion]]
        )
        actions.issue_directive(directive=directive, by=None)


@pytest.fixture
def office():
    return Office()


def text_of(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def measure(response, code="1.1"):
    return next(m for m in response.context["measures"] if m.label == code)


def short_rows(response):
    """The rows of the tables of places, without their heads."""
    return [row for row in table_of(response, "measure-table") if row[0] != "Xã"]


# The sentence


def test_the_page_says_how_many_meet_it_and_what_moved(office):
    for place, then, now in [("Bản Bo", "70", "90"), ("Sơn Bình", "90", "70"), ("Thèn Sin", "90", "95")]:
        office.put(place, "1.1", then, period=office.before)
        office.put(place, "1.1", now)
        for period in (office.before, office.now):
            office.put(place, "1.2", Entry(judgement=Status.MET), period=period)
    office.put("Khun Há", "1.2", Entry(judgement=Status.MET))
    response = office.get()
    text = text_of(response)
    assert "Tiêu chí 1. Tiêu chí thứ 1" in text
    assert "2/3 xã đạt: ▲ thêm 1 , ▼ mất 1 so với Quý IV/2023. Chưa đạt 1. Vướng nhất: 1.1 Chỉ tiêu 1.1 (1 xã)" in text
    assert re.search(r"Mới đạt ▲ Bản Bo .*Mới mất ▼ Sơn Bình", text)
    assert "Chưa có số liệu Khun Há" in text
    assert "Căn cứ: đã thẩm định 3/4 xã · 1 xã chưa có số liệu" in text


def test_the_basis_is_that_of_the_criterion_and_not_of_the_whole_sheets(office):
    for place in office.places:
        office.put(place, "2.1", "50")
        office.put(place, "3.1", "5", opinion=Opinion.REPORTED)
    assert "Căn cứ: đã thẩm định 4/4 xã" in text_of(office.get(2))
    assert text_of(office.get(3)).count("4 xã mới tự đánh giá") == 2
    assert "đã thẩm định 4/4 xã)" in text_of(office.get(2))


def test_a_period_without_data_says_so(office):
    text = text_of(office.get())
    assert "Kỳ Quý I/2024 chưa có số liệu nào." in text
    Assessment.objects.all().delete()
    assert "Kỳ này chưa có phiếu đánh giá nào." in text_of(office.get())


# Values and distances


def test_those_short_come_first_the_furthest_at_the_top(office):
    office.put("Bản Bo", "1.1", "76.2")
    office.put("Khun Há", "1.1", "92")
    office.put("Sơn Bình", "1.1", "38.5")
    office.put("Sơn Bình", "1.1", "40", period=office.before)
    office.put("Thèn Sin", "1.1", "60", opinion=Opinion.REPORTED)
    assert short_rows(office.get()) == [
        ["Sơn Bình", "38,5 %", "40 %", UNMET, "thiếu 41,5 điểm %"],
        ["Thèn Sin", "60 %tự đánh giá", "–", UNMET, "thiếu 20 điểm %"],
        ["Bản Bo", "76,2 %", "–", UNMET, "thiếu 3,8 điểm %"],
        # Folded beneath.
        ["Khun Há", "92 %", "–", MET, ""],
    ]


def test_what_must_not_be_exceeded_is_told_by_how_much_it_is(office):
    office.put("Bản Bo", "3.1", "16.8")
    office.put("Khun Há", "3.1", "13")
    response = office.get(3)
    assert short_rows(response)[0][3:] == [UNMET, "cao hơn 3,8 điểm %"]
    text = text_of(response)
    assert "Mức đạt: ≤ 13 %" in text
    assert "Chưa đánh giá 2: Sơn Bình , Thèn Sin" in text


def test_who_was_found_short_against_the_value_stands_last_without_a_distance(office):
    office.put("Bản Bo", "1.1", value("95", judgement=Status.UNMET, note="Chưa có hồ sơ"))
    office.put("Sơn Bình", "1.1", "79")
    assert [row[0] for row in short_rows(office.get())] == ["Sơn Bình", "Bản Bo"]
    assert short_rows(office.get())[1][3:] == [UNMET, ""]


def test_each_place_is_held_against_the_threshold_of_its_own_area(office):
    Threshold.objects.create(
        indicator=office.indicators["1.1"], zone="KV3", value=Decimal(50), status=Verification.RECALLED
    )
    office.put("Bản Bo", "1.1", "60")
    office.put("Khun Há", "1.1", "60")
    response = office.get()
    assert short_rows(response) == [
        ["Bản Bo", "60 %", "–", "≥ 80 %", UNMET, "thiếu 20 điểm %"],
        ["Khun Há", "60 %", "–", "≥ 50 %", MET, ""],
    ]
    text = text_of(response)
    assert "≥ 80 % ở 3 xã" in text
    assert "≥ 50 % ◇ chưa đối chiếu ở 1 xã (Khu vực III)" in text
    strip = measure(response).strip
    assert len(strip.thresholds) == 2
    assert {"≥ 80 %", "≥ 50 %"} <= {written.text for written in strip.texts}


def test_without_a_threshold_nobody_is_met_or_short_and_the_page_says_why(office):
    Threshold.objects.filter(indicator=office.indicators["2.1"]).delete()
    office.put("Bản Bo", "2.1", "44")
    response = office.get(2)
    text = text_of(response)
    assert "Mức đạt: Chưa có mức" in text
    assert "Chưa đánh giá 4: Bản Bo" in text
    strip = measure(response, "2.1").strip
    assert strip.thresholds == []
    assert strip.unknown
    assert not strip.met + strip.unmet


def test_the_strip_marks_what_only_the_commune_says_and_tells_a_table_beside(office):
    office.put("Bản Bo", "1.1", "90")
    office.put("Sơn Bình", "1.1", "70", opinion=Opinion.REPORTED)
    response = office.get()
    strip = measure(response).strip
    assert [mark.dot.name for mark in strip.marks if mark.dot.is_reported] == ["Sơn Bình"]
    assert "Chỉ tiêu 1.1: 2 xã có số liệu, 1 đạt, 1 chưa đạt; thấp nhất Sơn Bình 70 %" in response.content.decode()


def test_an_indicator_of_yes_and_no_lists_the_places_by_verdict(office):
    office.put("Bản Bo", "1.2", Entry(judgement=Status.MET))
    office.put("Khun Há", "1.2", Entry(judgement=Status.UNMET), opinion=Opinion.REPORTED)
    office.put("Thèn Sin", "1.2", Entry(judgement=Status.NOT_APPLICABLE, note="Không có"))
    response = office.get()
    assert measure(response, "1.2").strip is None
    text = text_of(response)
    assert (
        "✗ Chưa đạt 1 Khun Há tự đánh giá – Chưa đánh giá 1 Sơn Bình ∅ Không áp dụng 1 Thèn Sin ✓ Đạt 1 Bản Bo" in text
    )
    assert "1.2 Chỉ tiêu 1.2 1/3 xã đạt" in text


def test_an_indicator_that_all_meet_is_folded_unless_it_is_the_only_one(office):
    for place in office.places:
        office.put(place, "1.1", "90")
        office.put(place, "2.1", "50")
    assert '<details class="panel fold measure" id="ct-1.1">' in office.get(1).content.decode()
    assert '<section class="panel measure" id="ct-2.1"' in office.get(2).content.decode()


def test_the_bars_count_who_lacks_each_indicator(office):
    office.put("Bản Bo", "1.1", "10")
    office.put("Khun Há", "1.1", "10")
    office.put("Bản Bo", "1.2", Entry(judgement=Status.UNMET))
    assert office.get(1).context["bars"].rows == [("1.1 Chỉ tiêu 1.1", "2 xã"), ("1.2 Chỉ tiêu 1.2", "1 xã")]
    assert office.get(2).context["bars"] is None


def test_one_indicator_alone_lists_every_place_page_by_page(office):
    for place, reached in [("Bản Bo", "90"), ("Khun Há", "95"), ("Sơn Bình", "70")]:
        office.put(place, "1.1", reached)
    response = office.get(1, "&ct=1.1")
    assert [row[0] for row in short_rows(response)] == ["Sơn Bình", "Thèn Sin", "Bản Bo", "Khun Há"]
    assert [m.label for m in response.context["measures"]] == ["1.1"]
    assert short_rows(response)[1][1:] == ["–", "–", UNKNOWN, ""]
    # What is no indicator of it chooses none.
    assert len(office.get(1, "&ct=9.9").context["measures"]) == 2


def test_a_value_leads_to_its_cell_and_the_threshold_to_its_text(office):
    office.put("Sơn Bình", "1.1", "70")
    page = office.get().content.decode()
    indicator = office.indicators["1.1"]
    place = office.places["Sơn Bình"]
    assert reverse("criteria:cell", args=[office.now.code, office.set.code, place.pk, indicator.pk]) in page
    assert reverse("criteria:set-threshold", args=[office.set.code, indicator.pk]) in page
    assert f"{reverse('criteria:set-detail', args=[office.set.code])}#tc-1" in page


def test_the_criteria_before_and_after_are_one_click_away(office):
    first, middle, last = (office.get(number).content.decode() for number in (1, 2, 3))
    kept = f"?ky={office.now.code}&amp;bo={office.set.code}"
    assert 'rel="prev"' not in first
    assert f'rel="next" href="/tieu-chi/2/{kept}"' in " ".join(first.split())
    assert f'rel="prev" href="/tieu-chi/1/{kept}"' in " ".join(middle.split())
    assert 'rel="next"' not in last


def test_choosing_a_set_without_that_criterion_leads_to_its_matrix(office):
    response = office.get(7)
    assert response.status_code == 302
    assert response.url == f"{reverse('dashboards:matrix')}?ky={office.now.code}&bo={office.set.code}"


# Who is in charge, and their work


def test_the_agency_in_charge_is_named_and_the_one_of_a_single_indicator_beside_it(office):
    assert "Cơ quan phụ trách Chưa phân công" in text_of(office.get())
    education, health = factories.agency(office.district), factories.agency(office.district, "Trung tâm Y tế")
    factories.lead(office.criteria[1], education)
    factories.lead(office.criteria[1], health, indicator_code="1.2")
    factories.lead(office.criteria[1], factories.agency(office.other, "Phòng của huyện khác"))
    factories.lead(office.criteria[1], factories.agency(office.district, "Phòng cũ"), until_on=date(2020, 1, 1))
    text = text_of(office.get())
    assert "Cơ quan phụ trách Phòng Giáo dục và Đào tạo Lời văn" in text
    assert "Cơ quan phụ trách riêng: Trung tâm Y tế" in text
    assert "Phòng của huyện khác" not in text
    assert "Phòng cũ" not in text


def test_open_work_on_the_criterion_stands_there_overdue_first(office):
    office.order("Việc còn hạn", date(2024, 12, 31))
    office.order("Việc quá hạn", date(2024, 3, 15))
    office.order("Việc của tiêu chí khác", date(2024, 3, 15), criterion=2)
    office.order("Việc của huyện khác", date(2024, 3, 15), place=office.other)
    response = office.get(1, "&ngay=2024-04-20")
    assert [row.assignment.task.text for row in response.context["rows"]] == ["Việc quá hạn", "Việc còn hạn"]
    text = text_of(response)
    assert "2 phần việc đang mở , 1 quá hạn" in text
    assert "Quá hạn 36 ngày Việc quá hạn" in text
    assert f"tieu_chi={office.criteria[1].pk}" in response.content.decode()
    assert "Không có phần việc nào đang mở." in text_of(office.get(3))


# Who sees what


def test_communes_of_another_district_are_never_in(office):
    office.put("Mường Than", "1.1", "10")
    office.put("Sơn Bình", "1.1", "10")
    assert "Mường Than" not in office.get().content.decode()
    guest = factories.user(Role.OFFICER, office.other)
    theirs = office.get(user=guest).content.decode()
    assert "Mường Than" in theirs
    assert "Sơn Bình" not in theirs


def test_a_commune_officer_sees_their_commune_alone(office):
    office.put("Sơn Bình", "1.1", "10")
    office.put("Bản Bo", "1.1", "10")
    text = text_of(office.get(user=factories.user(Role.COMMUNE_OFFICER, office.places["Sơn Bình"])))
    assert "Sơn Bình" in text
    assert "Bản Bo" not in text


def test_a_name_with_html_in_it_is_shown_as_it_is(office):
    place = office.places["Sơn Bình"]
    place.name = "<b>x</b>"
    place.save()
    office.put("Sơn Bình", "1.1", "10")
    page = office.get().content.decode()
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt; 10 %" in page


def test_made_up_figures_say_so(office):
    office.put("Sơn Bình", "1.1", "10")
    assert "số liệu minh họa" not in text_of(office.get())
    Assessment.objects.update(is_illustrative=True)
    assert "số liệu minh họa" in text_of(office.get())


# What it costs


@pytest.mark.parametrize("places", [3, 600])
def test_the_page_takes_as_many_queries_and_stays_light_however_many_places(places):
    year = factories.Year(places=places)
    criterion = year.set.criteria.get(number=15)
    for position in (2, 3, 4):
        factories.indicator(criterion, position, threshold="60")
    agency = factories.agency(year.district)
    factories.lead(criterion, agency)
    sheets = Assessment.objects.filter(criteria_set=year.set).order_by("pk")
    moment = timezone.now()
    IndicatorResult.objects.bulk_create(
        IndicatorResult(
            assessment=sheet,
            indicator=indicator,
            opinion=opinion,
            value=Decimal(number * 37 % 701) / 10 + 30,
            status=Status.MET if number * 37 % 701 > 300 else Status.UNMET,
            changed_at=moment,
        )
        for number, sheet in enumerate(sheets)
        for indicator in criterion.indicators.all()
        for opinion in (Opinion.REPORTED, Opinion.VERIFIED)[: 1 + number % 3]
    )
    directive = actions.register_directive(
        by=None, title="Kết luận", issuer="UBND huyện", locality=year.district, meeting_on=date(2024, 3, 1)
    )
    for number in range(min(places, 20)):
        actions.save_task(directive=directive, by=None, text=f"Việc {number}", leads=[agency], criteria=[criterion])
    actions.issue_directive(directive=directive, by=None)
    client = Client()
    client.force_login(year.officer)
    for query in ("", "&ct=15.2"):
        with counted() as queries:
            response = client.get(reverse("dashboards:criterion", args=[15]) + year.query + query)
        assert len(measure(response, "15.2").lines) == places
        # Session, person, periods, sets; criteria, places; sheets, indicators, thresholds, results; leads, work.
        assert len(queries) == 12
        assert len(response.content) < 130_000
