"""The list of places by nearness to recognition, and what a commune's page says it lacks."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import AgencyKind
from criteria.actions.conditions import record_condition
from criteria.actions.results import open_assessments, save_results
from criteria.models import Assessment, ConditionResult, Direction, Opinion, Recognition, State, Status, Tier
from criteria.rules import Entry, share
from dashboards.views import places
from directives import actions
from tests import factories
from tests.reading import counted, table_of

pytestmark = pytest.mark.django_db

NEEDED = {"1.1": "80", "1.2": Entry(judgement=Status.MET), "2.1": "45", "3.1": "13"}
# What communes of the small set reached; whatever is not named reaches its threshold, None is not assessed.
REACHED = {
    "Bản Bo": {},
    "Bản Hon": {"2.1": "44"},
    "Giang Ma": {"2.1": "40"},
    "Khun Há": {"1.1": "40", "2.1": "30", "3.1": "26"},
    "Nà Tăm": {"2.1": None},
    "Sơn Bình": {"1.1": "60", "1.2": Entry(judgement=Status.UNMET)},
    "Tả Lèng": {"1.1": "60"},
}


class Office:
    """A district whose communes have verified sheets of three criteria."""

    def __init__(self, reached=REACHED, **fields):
        self.set = factories.small_set(**fields)
        self.period = factories.period()
        self.district = factories.district()
        self.places = {name: factories.commune(name, self.district) for name in reached}
        self.officer = factories.user(Role.OFFICER, self.district)
        open_assessments(criteria_set=self.set, period=self.period, localities=self.places.values())
        for name, results in reached.items():
            self.enter(name, {**NEEDED, **results})

    @property
    def query(self):
        return f"?ky={self.period.code}&bo={self.set.code}"

    def sheet(self, name):
        return Assessment.objects.with_place().get(locality=self.places[name], period=self.period)

    def enter(self, name, results, opinion=Opinion.VERIFIED):
        codes = factories.indicators_of(self.set)
        entries = {
            codes[code].pk: given if isinstance(given, Entry) else factories.value(given)
            for code, given in results.items()
            if given is not None
        }
        saved = save_results(assessment=self.sheet(name), opinion=opinion, entries=entries, by=None)
        assert saved.is_written, saved.errors

    def committee(self, name):
        return factories.agency(self.places[name], f"UBND xã {name}", kind=AgencyKind.COMMITTEE)

    def order(self, agency, criteria, due_on=date(2024, 4, 15), **fields):
        """A directive handed out with one task on some criteria; returns its one assignment."""
        directive = actions.register_directive(
            by=None, title="Kết luận", issuer="UBND huyện", locality=self.district, meeting_on=date(2023, 12, 1)
        )
        task = actions.save_task(
            directive=directive,
            by=None,
            text="Hoàn thành tiêu chí",
            leads=[agency],
            criteria=list(self.set.criteria.filter(number__in=criteria)),
            due_on=due_on,
            **fields,
        )
        actions.issue_directive(directive=directive, by=None)
        return task.assignments.get()


@pytest.fixture
def office():
    return Office()


def get(user, page, query, *args):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"dashboards:{page}", args=args) + query)


def listed(office, query="", user=None):
    """The lines of the list by name: (counts, what is missing, evidence, work, conditions)."""
    response = get(user or office.officer, "near", office.query + query)
    assert response.status_code == 200
    rows = table_of(response, "near")[1:]
    return {name: row[2:] for row in rows for name in office.places if row[1].startswith(name)}


def lines(response):
    return [line.row.name for line in response.context["lines"]]


# The order


def test_the_nearest_comes_first(office):
    assert list(listed(office)) == [
        "Bản Bo",  # lacks nothing but the decision
        "Bản Hon",  # one indicator of one criterion, 1 of 45 short
        "Giang Ma",  # the same, 5 of 45 short
        "Tả Lèng",  # the same, 20 of 80 short
        "Nà Tăm",  # one that is not known: no figure says how near
        "Sơn Bình",  # one criterion, two indicators
        "Khun Há",  # three criteria
    ]


def test_places_alike_stand_in_alphabetical_order():
    alike = dict.fromkeys(["Tả Lèng", "Đèo Gia", "Bản Bo", "Ẳng Nưa"], {"2.1": "44"})
    assert list(listed(Office(alike))) == ["Ẳng Nưa", "Bản Bo", "Đèo Gia", "Tả Lèng"]


def test_an_unknown_criterion_separates_as_much_as_an_unmet_one_and_is_told_apart(office):
    rows = listed(office)
    assert "Chưa đánh giá" in rows["Nà Tăm"][1]
    assert "thiếu" not in rows["Nà Tăm"][1]
    assert "thiếu 1 triệu đồng" in rows["Bản Hon"][1]


def test_the_order_goes_on_over_the_pages(monkeypatch, office):
    whole = list(listed(office))
    monkeypatch.setattr(places, "PAGE_PLACES", 2)
    pages = [get(office.officer, "near", f"{office.query}&page={number}") for number in (1, 2, 3, 4)]
    assert [name for page in pages for name in lines(page)] == whole
    assert [line.position for line in pages[1].context["lines"]] == [3, 4]
    assert "1–2 trên 7 xã" in pages[0].content.decode()


def test_whoever_is_recognised_and_has_not_fallen_stands_apart(office):
    for name in ("Bản Bo", "Sơn Bình"):
        Recognition.objects.create(locality=office.places[name], year=2019)
    response = get(office.officer, "near", office.query)
    assert "Bản Bo" not in lines(response)
    assert [row.name for row in response.context["recognised"]] == ["Bản Bo"]
    assert "công nhận 2019, nay không còn đủ" in listed_name(response, "Sơn Bình")


def listed_name(response, name):
    return next(row[1] for row in table_of(response, "near")[1:] if row[1].startswith(name))


def test_recognition_at_another_tier_or_revoked_does_not_count(office):
    Recognition.objects.create(locality=office.places["Bản Bo"], year=2019, tier=Tier.ADVANCED)
    Recognition.objects.create(locality=office.places["Bản Bo"], year=2018, revoked_on=date(2024, 1, 5))
    assert "Bản Bo" in listed(office)


def test_a_place_without_data_is_named_apart(office):
    factories.commune("Hồ Thầu", office.district)
    response = get(office.officer, "near", office.query)
    assert "Hồ Thầu" not in lines(response)
    assert [row.name for row in response.context["without_data"]] == ["Hồ Thầu"]


def test_where_all_are_recognised_the_page_says_so():
    office = Office({"Bản Bo": {}})
    Recognition.objects.create(locality=office.places["Bản Bo"], year=2019)
    page = get(office.officer, "near", office.query).content.decode()
    assert "Không còn xã nào phải phấn đấu" in page


def test_a_period_without_data_says_so(office):
    later = factories.period(2024, 2)
    page = get(office.officer, "near", f"?ky={later.code}&bo={office.set.code}").content.decode()
    assert "Kỳ này chưa có số liệu của xã nào." in page


# What a line says


def test_a_line_counts_evidence_work_and_conditions(office):
    sheet, codes = office.sheet("Sơn Bình"), factories.indicators_of(office.set)
    factories.evidence_file(sheet, codes["1.1"])
    factories.evidence_file(sheet, codes["3.1"], expires_on=date(2024, 1, 1))
    met = factories.satisfaction(office.set)
    factories.condition(office.set)
    record_condition(assessment=sheet, condition=met, entry=factories.value("86"), by=None)
    health = factories.agency(office.district, "Trung tâm Y tế")
    office.order(health, [1], communes=[office.places["Sơn Bình"]])
    office.order(office.committee("Sơn Bình"), [1, 2], due_on=date(2024, 5, 30))
    counts, _, evidence, work, conditions = listed(office, "&ngay=20/04/2024")["Sơn Bình"]
    assert counts == "2/3"
    assert evidence == "thiếu 1/2 hết hạn 1 1 chỉ tiêu đạt chưa có tệp"
    assert work == "!Quá hạn 5 ngày Trung tâm Y tế; cả thảy 2 việc, 1 quá hạn"
    assert conditions == "✗ Tỷ lệ hài lòng: thiếu 4 điểm % – 1/2 chưa đánh giá"


def test_work_counts_where_it_is_on_a_gap_and_in_the_place(office):
    son_binh, khun_ha = office.committee("Sơn Bình"), office.committee("Khun Há")
    # One task for two communes: each answers for its own part.
    directive = actions.register_directive(
        by=None, title="Kết luận", issuer="UBND huyện", locality=office.district, meeting_on=date(2024, 3, 28)
    )
    actions.save_task(
        directive=directive,
        by=None,
        text="Hoàn thành",
        leads=[son_binh, khun_ha],
        communes=[office.places["Sơn Bình"], office.places["Khun Há"]],
        criteria=list(office.set.criteria.filter(number=1)),
        due_on=date(2024, 4, 15),
    )
    actions.issue_directive(directive=directive, by=None)
    # On a criterion that Sơn Bình meets.
    office.order(son_binh, [2])
    done = office.order(son_binh, [1])
    actions.complete_assignment(assignment=done, done_on=date(2024, 4, 10), note="xong", by=office.officer)
    response = get(office.officer, "near", f"{office.query}&ngay=20/04/2024")
    work = {line.row.name: [row.assignment.agency_id for row in line.work.rows] for line in response.context["lines"]}
    assert work["Sơn Bình"] == [son_binh.pk]
    assert work["Khun Há"] == [khun_ha.pk]
    assert not work["Tả Lèng"]


def test_a_higher_tier_names_the_places_that_lack_the_one_before():
    office = Office(tier=Tier.ADVANCED, requires=factories.criteria_set("co-ban"))
    Recognition.objects.create(locality=office.places["Bản Hon"], year=2019)
    response = get(office.officer, "near", office.query)
    assert "Gần đạt chuẩn nâng cao" in response.content.decode()
    assert "chưa được công nhận đạt chuẩn" in listed_name(response, "Bản Bo")
    assert "chưa được công nhận" not in listed_name(response, "Bản Hon")
    ready = {line.row.name: line.nearness.is_ready for line in response.context["lines"]}
    assert not ready["Bản Bo"]


def test_nobody_sees_beyond_their_place(office):
    stranger = factories.user(Role.OFFICER, factories.district("Than Uyên"))
    response = get(stranger, "near", office.query)
    assert lines(response) == []
    assert not any(name in response.content.decode() for name in REACHED)
    own = factories.user(Role.COMMUNE_OFFICER, office.places["Sơn Bình"])
    assert list(listed(office, user=own)) == ["Sơn Bình"]


# The page of one commune


@pytest.fixture
def son_binh():
    """Lacks a plan, one village in nine, and has too many poor; one thing is not known."""
    office = Office({"Sơn Bình": {"1.1": "85", "1.2": Entry(judgement=Status.UNMET), "2.1": None, "3.1": "16.8"}})
    first = office.set.criteria.get(number=1)
    villages = factories.indicator(first, 3, threshold="100", text="Thôn, bản có nhà văn hóa")
    entry = share(numerator=Decimal(8), denominator=Decimal(9), direction=Direction.AT_LEAST)
    save_results(assessment=office.sheet("Sơn Bình"), opinion="reported", entries={villages.pk: entry}, by=None)
    return office


def lacking(office, query="", user=None):
    """The rows of 'Còn thiếu gì' by code or name: now, threshold, distance, evidence, who."""
    place = office.places["Sơn Bình"]
    response = get(user or office.officer, "commune", office.query + query, place.pk)
    rows = [row for row in table_of(response, "gaps")[1:] if len(row) > 2]
    return {row[0] or row[1]: row[2:] for row in rows}, response


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_commune_page_says_what_separates_it_from_recognition(son_binh):
    office = son_binh
    codes = factories.indicators_of(office.set)
    factories.evidence_file(office.sheet("Sơn Bình"), codes["1.3"])
    factories.evidence_file(office.sheet("Sơn Bình"), codes["3.1"], expires_on=date(2024, 1, 1))
    factories.lead(office.set.criteria.get(number=1), factories.agency(office.district, "Phòng Kinh tế - Hạ tầng"))
    health = factories.agency(office.district, "Trung tâm Y tế huyện")
    office.order(health, [3], communes=[office.places["Sơn Bình"]], due_on=date(2023, 12, 31))
    rows, response = lacking(office, "&ngay=20/04/2024")
    assert rows == {
        "1.2": ["Chưa đạt thẩm định", "Đạt", "✗Chưa đạt", "thiếu", "Phòng Kinh tế - Hạ tầng"],
        "1.3": [
            "88,88 % (8/9) xã tự đánh giá",
            "100 %",
            "✗chưa đạt, thiếu 1 (8/9)",
            "1 tệp",
            "Phòng Kinh tế - Hạ tầng",
        ],
        "2.1": ["–", "≥ 45 triệu đồng", "–Chưa đánh giá", "thiếu", ""],
        "3.1": [
            "16,8 % thẩm định",
            "≤ 13 %",
            "✗chưa đạt, cao hơn 3,8 điểm %",
            "hết hạn",
            "!Quá hạn 111 ngày Trung tâm Y tế huyện",
        ],
    }
    text = text_of(response)
    assert "2 tiêu chí chưa đạt, 1 chưa đánh giá; 4 chỉ tiêu" in text
    assert "Đã đạt nhưng chưa có tệp minh chứng: 1 chỉ tiêu ( 1.1 )" in text
    assert "Phiếu: – Đang nhập" in text
    # The history of each cell is one click away.
    cell = reverse("criteria:cell", args=["2024-q1", "bo-thu", office.places["Sơn Bình"].pk, codes["3.1"].pk])
    assert cell in response.content.decode()


def test_work_stands_once_by_the_first_gap_of_its_criterion(son_binh):
    office = son_binh
    office.order(office.committee("Sơn Bình"), [1])
    rows, _ = lacking(office, "&ngay=20/04/2024")
    assert rows["1.2"][-1] == "!Quá hạn 5 ngày UBND xã Sơn Bình"
    assert rows["1.3"][-1] == ""


def test_what_others_must_do_in_another_commune_is_not_the_communes_work(office):
    other = office.committee("Khun Há")
    office.order(other, [1], communes=[office.places["Sơn Bình"], office.places["Khun Há"]])
    _, response = lacking(office, "&ngay=20/04/2024")
    assert response.context["tasks"] == []


def test_a_threshold_that_was_not_read_is_marked(son_binh):
    office = son_binh
    factories.indicators_of(office.set)["3.1"].thresholds.update(status="recalled")
    rows, _ = lacking(office)
    assert rows["3.1"][1] == "≤ 13 % ◇chưa đối chiếu"
    assert rows["1.3"][1] == "100 %"
    factories.indicators_of(office.set)["2.1"].thresholds.update(value=None)
    rows, _ = lacking(office)
    assert rows["2.1"][1] == "chưa có mức"


def test_the_other_conditions_stand_below_with_who_and_when(son_binh):
    office = son_binh
    debt, _ = factories.condition(office.set, name="Nợ đọng"), factories.satisfaction(office.set, status="recalled")
    record_condition(
        assessment=office.sheet("Sơn Bình"),
        condition=debt,
        entry=Entry(judgement=Status.MET, note="BC 45"),
        by=office.officer,
    )
    ConditionResult.objects.update(recorded_at=timezone.make_aware(timezone.datetime(2024, 4, 1)))
    rows, response = lacking(office)
    assert rows["Nợ đọng"] == ["Đạt", "Đạt", "✓Đạt", f"{office.officer}, 01/04/2024 · BC 45 Sửa"]
    assert rows["Tỷ lệ hài lòng"] == [
        "–",
        "≥ 90 % ◇chưa đối chiếu",
        "–Chưa đánh giá",
        "Chưa ai ghi kết quả Ghi kết quả",
    ]
    assert "; 1 điều kiện" in text_of(response)
    reader = factories.user(Role.COMMUNE_OFFICER, office.places["Sơn Bình"])
    rows, _ = lacking(office, user=reader)
    assert rows["Tỷ lệ hài lòng"][-1] == "Chưa ai ghi kết quả"
    Assessment.objects.update(state=State.APPROVED, state_at=timezone.now())
    rows, response = lacking(office)
    assert rows["Tỷ lệ hài lòng"][-1] == "Chưa ai ghi kết quả"
    assert "Phiếu: ✓ Đã duyệt" in text_of(response)


def test_conditions_show_before_there_is_a_sheet(office):
    factories.condition(office.set, name="Nợ đọng")
    place = factories.commune("Hồ Thầu", office.district)
    text = text_of(get(office.officer, "commune", office.query, place.pk))
    assert "Chưa có số liệu của kỳ này." in text
    assert "Nợ đọng" in text
    assert "Ghi kết quả" not in text


@pytest.mark.parametrize(("year", "words"), [(None, "✗ chưa được công nhận"), (2017, "✓ đã công nhận năm 2017")])
def test_a_higher_tier_says_whether_the_one_before_is_reached(year, words):
    office = Office({"Sơn Bình": {}}, tier=Tier.ADVANCED, requires=factories.criteria_set("co-ban"))
    if year:
        Recognition.objects.create(locality=office.places["Sơn Bình"], year=year)
    text = text_of(get(office.officer, "commune", office.query, office.places["Sơn Bình"].pk))
    assert "Còn thiếu gì để đạt chuẩn nâng cao" in text
    assert f"Phải được công nhận đạt chuẩn trước: {words}" in text


# Queries


@pytest.mark.parametrize("places", [13, 120])
def test_the_list_takes_the_same_number_however_many_places(places):
    names = [f"Xã {number:03d}" for number in range(places)]
    office = Office({"Xã 000": {"2.1": "44"}})
    rest = factories.communes(places - 1, office.district)
    office.places |= {place.name: place for place in rest}
    open_assessments(criteria_set=office.set, period=office.period, localities=rest)
    # As the first one, so that all of them stand in one line.
    first = office.sheet("Xã 000")
    for place in rest:
        copy_results(first, Assessment.objects.get(locality=place))
    factories.condition(office.set)
    factories.evidence_file(first, factories.indicators_of(office.set)["2.1"])
    for place in rest[:5]:
        agency = factories.agency(place, "UBND", kind=AgencyKind.COMMITTEE)
        office.order(agency, [2])
    client = Client()
    client.force_login(office.officer)
    with counted() as queries:
        response = client.get(reverse("dashboards:near") + office.query)
    assert lines(response) == sorted(names)[: min(25, places)]
    # Session, person, periods, sets; criteria, places, open indicators; sheets, what is unmet and the thresholds for
    # the order; indicators, thresholds, results, evidence, conditions and their results of the page; work, its
    # criteria and its communes.
    assert len(queries) == 19


def copy_results(source, target):
    for model in (source.results, source.criterion_results):
        for row in model.all():
            row.pk, row.assessment = None, target
            row.save()
    Assessment.objects.filter(pk=target.pk).update(strip=source.strip)
