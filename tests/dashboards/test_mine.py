"""'Của tôi': what a person is in charge of, by agency, seat and place, and nothing of others."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Role
from communes.models import Charge, CommitteeMember
from criteria.actions.results import save_results
from criteria.models import Assessment, CriterionLead, Opinion
from dashboards import mine
from dashboards.matrix import load_matrix
from directives import actions
from tests import factories
from tests.reading import counted

pytestmark = pytest.mark.django_db
M = factories.letters(19)


def unmet(number, letter="U"):
    return M[: number - 1] + letter + M[number:]


class Desk:
    """Three communes with sheets, an agency with its head, and directives that give work."""

    def __init__(self):
        self.year = factories.Year(
            {
                "Bản Bo": (M, unmet(5)),
                "Khun Há": (unmet(5), M),
                "Sơn Bình": (unmet(5, "u"), unmet(4)),
            }
        )
        self.district, self.places = self.year.district, self.year.places
        self.school = factories.agency(self.district, "Phòng Giáo dục và Đào tạo")
        self.head = CommitteeMember.objects.create(position="Trưởng phòng GD&ĐT", agency=self.school)
        self.today = timezone.localdate()

    def user(self, role=Role.SECTOR_OFFICER, place=None, **fields):
        return factories.user(role, place or self.district, **fields)

    def page(self, user):
        client = Client()
        client.force_login(user)
        response = client.get(f"{reverse('dashboards:mine')}{self.year.query}")
        assert response.status_code == 200
        return response

    def charge(self, name, **fields):
        return Charge.objects.create(locality=self.places[name], since_on=date(2024, 1, 15), **fields)

    def work(self, *bodies, days=-3, text="Rà soát", communes=(), members=()):
        """Hand out a task due so many days from today."""
        notice = actions.register_directive(
            by=None, title=text, issuer="UBND huyện", locality=self.district, meeting_on=date(2024, 3, 28)
        )
        due_on = self.today + timedelta(days=days)
        task = {"text": text, "leads": bodies, "lead_members": members, "communes": communes, "due_on": due_on}
        actions.save_task(directive=notice, by=None, **task)
        return actions.issue_directive(directive=notice, by=None)

    @property
    def matrix(self):
        return load_matrix(
            user=self.year.officer, criteria_set=self.year.set, period=self.year.now, previous=self.year.before
        )


@pytest.fixture
def desk():
    return Desk()


def test_a_member_sees_the_communes_in_their_charge_and_those_their_agency_sponsors(desk):
    desk.charge("Sơn Bình", member=desk.head, document="12/QĐ-BCĐ")
    desk.charge("Sơn Bình", agency=desk.school, role="sponsor")
    desk.charge("Khun Há", agency=desk.school, role="sponsor")
    desk.charge("Bản Bo", member=desk.head, until_on=date(2024, 2, 1))
    desk.work(desk.school, communes=[desk.places["Sơn Bình"]])
    desk.work(factories.agency(desk.places["Sơn Bình"], "UBND xã Sơn Bình"), communes=[desk.places["Sơn Bình"]])
    page = desk.page(desk.user(Role.COMMITTEE_MEMBER, agency=desk.school, member=desk.head))
    text = page.content.decode()
    places = {one.place.name: one for one in page.context["places"]}
    assert list(places) == ["Khun Há", "Sơn Bình"]
    assert [charge.role for charge in places["Sơn Bình"].charges] == ["in_charge", "sponsor"]
    assert (places["Sơn Bình"].row.met, places["Sơn Bình"].row.unmet, places["Sơn Bình"].row.change) == (18, [5], 0)
    assert (places["Khun Há"].row.met, places["Khun Há"].row.change) == (18, -1)
    # The same task done by two bodies in one commune is two assignments; each is counted once.
    assert (places["Sơn Bình"].overdue, places["Khun Há"].overdue) == (2, 0)
    for words in ("12/QĐ-BCĐ", "từ 15/01/2024", "2 quá hạn", "không có việc quá hạn"):
        assert words in text
    assert "Bản Bo" not in text


def test_each_commune_answers_for_its_own_part_of_a_task_that_names_several(desk):
    both = [desk.places["Sơn Bình"], desk.places["Khun Há"]]
    for place in both:
        desk.charge(place.name, member=desk.head)
    desk.work(factories.agency(both[0], "UBND xã Sơn Bình"), communes=both)
    page = desk.page(desk.user(Role.COMMITTEE_MEMBER, agency=desk.school, member=desk.head))
    assert {one.place.name: one.overdue for one in page.context["places"]} == {"Khun Há": 0, "Sơn Bình": 1}


def test_a_sector_officer_sees_how_many_communes_lack_what_their_agency_leads(desk):
    criterion = desk.year.set.criteria.get(number=5)
    CriterionLead.objects.create(criterion=criterion, agency=desk.school, since_on=date(2024, 1, 1))
    CriterionLead.objects.create(
        criterion=desk.year.set.criteria.get(number=1), agency=desk.school, until_on=date(2023, 12, 31)
    )
    factories.lead(desk.year.set.criteria.get(number=2), factories.agency(desk.district, "Phòng Y tế"))
    page = desk.page(desk.user(agency=desk.school))
    assert [(one.code, one.unmet, one.unknown, one.unverified) for one in page.context["led"]] == [("5", 2, 0, 1)]
    assert f"{reverse('dashboards:matrix')}{escape(desk.year.query)}&amp;chua_dat=5" in page.content.decode()


def test_a_member_sees_the_criteria_they_answer_for(desk):
    member = desk.head
    first, second = (desk.year.set.criteria.get(number=number) for number in (5, 6))
    CriterionLead.objects.create(criterion=first, agency=desk.school, member=member)
    CriterionLead.objects.create(criterion=second, agency=desk.school)
    page = desk.page(desk.user(Role.COMMITTEE_MEMBER, member=member))
    assert [one.code for one in page.context["led"]] == ["5"]


def test_an_indicator_is_counted_by_its_own_results_the_verified_before_the_reported(desk):
    CriterionLead.objects.create(
        criterion=desk.year.set.criteria.get(number=5), agency=desk.school, indicator_code="5.1"
    )
    cell = factories.indicators_of(desk.year.set)["5.1"].pk
    for name, opinion, value in [
        ("Bản Bo", Opinion.REPORTED, 10),
        ("Bản Bo", Opinion.VERIFIED, 60),
        ("Khun Há", Opinion.REPORTED, 10),
    ]:
        sheet = Assessment.objects.for_writing().get(locality=desk.places[name], period=desk.year.now)
        save_results(
            assessment=sheet, opinion=opinion, entries={cell: factories.value(value)}, by=None, source="command"
        )
    # The strips come of those results now: the rest of a sheet is not known.
    page = desk.page(desk.user(agency=desk.school))
    assert [(one.code, one.unmet, one.unknown, one.unverified) for one in page.context["led"]] == [("5.1", 1, 1, 1)]


def test_the_work_of_the_agency_and_of_the_member_late_first(desk):
    other = factories.agency(desk.district, "Phòng Y tế")
    desk.work(desk.school, text="việc sắp đến hạn", days=2)
    desk.work(desk.school, text="việc quá hạn", days=-3)
    desk.work(members=[desk.head], text="việc của trưởng phòng", days=-9)
    desk.work(desk.school, text="việc còn lâu", days=90)
    desk.work(other, text="việc của nơi khác", days=-3)
    page = desk.page(desk.user(Role.COMMITTEE_MEMBER, member=desk.head))
    assert [row.assignment.task.text for row in page.context["work"].rows] == ["việc của trưởng phòng"]
    page = desk.page(desk.user(agency=desk.school))
    work = page.context["work"]
    assert [row.assignment.task.text for row in work.rows] == [
        "việc của trưởng phòng",
        "việc quá hạn",
        "việc sắp đến hạn",
    ]
    assert (work.overdue, work.due_soon, work.hidden) == (2, 1, 0)
    assert "2 quá hạn, 1 sắp đến hạn" in page.content.decode()


def test_a_commune_officer_sees_their_sheet_its_deadline_and_their_work(desk):
    place = desk.places["Sơn Bình"]
    committee = factories.agency(place, "UBND xã Sơn Bình", kind="committee")
    desk.year.now.due_on = desk.today + timedelta(days=3)
    desk.year.now.save()
    desk.work(committee, text="việc của xã", communes=[place])
    officer = desk.user(Role.COMMUNE_OFFICER, place, agency=committee)
    text = desk.page(officer).content.decode()
    for words in ("Phiếu đánh giá của xã Sơn Bình", "Đang nhập", "<b>18</b>/19", "Còn 3 ngày", "việc của xã"):
        assert words in text
    assert "tôi phụ trách" not in text
    desk.year.now.due_on = desk.today - timedelta(days=1)
    desk.year.now.save()
    assert "Quá hạn gửi" in desk.page(officer).content.decode()
    Assessment.objects.filter(locality=place).update(submitted_on=desk.today)
    text = desk.page(officer).content.decode()
    assert "Quá hạn gửi" not in text
    assert "đã gửi" in text
    Assessment.objects.filter(locality=place, period=desk.year.now).delete()
    assert "chưa có phiếu trong kỳ này" in desk.page(officer).content.decode()


def test_who_has_nothing_is_told_why(desk):
    text = desk.page(desk.user(Role.COMMITTEE_MEMBER)).content.decode()
    assert "chưa gắn với cơ quan hay thành viên Ban Chỉ đạo nào" in text
    assert "Không có nhiệm vụ nào của anh chị quá hạn hoặc sắp đến hạn." in text
    text = desk.page(desk.user(agency=desk.school)).content.decode()
    assert "Chưa phân công anh chị hoặc cơ quan của anh chị phụ trách" in text
    assert "Chưa giao Phòng Giáo dục và Đào tạo phụ trách tiêu chí nào" in text


def test_nothing_outside_the_persons_place_is_shown(desk):
    desk.charge("Khun Há", agency=desk.school)
    desk.charge("Sơn Bình", agency=desk.school)
    user = desk.user(Role.SECTOR_OFFICER, desk.places["Sơn Bình"], agency=desk.school)
    page = desk.page(user)
    assert [one.place.name for one in page.context["places"]] == ["Sơn Bình"]
    assert "Khun Há" not in page.content.decode()


def test_sector_officers_and_members_find_the_page_first_and_everybody_in_the_menu(desk):
    address = reverse("dashboards:mine")
    for role in Role:
        page = desk.page(desk.user(role))
        assert f'href="{address}">Việc của tôi' in page.content.decode()
        [first] = re.findall(r'<ul class="topnav">\s*<li><a [^>]*>([^<]+)', page.content.decode())
        assert first == ("Tổng quan" if role in (Role.ADMINISTRATOR, Role.OFFICER) else "Của tôi")


def test_who_is_in_charge_of_a_commune_on_a_day(desk):
    desk.charge("Sơn Bình", agency=desk.school)
    desk.charge("Sơn Bình", member=desk.head)
    desk.charge("Sơn Bình", agency=desk.school, role="sponsor", until_on=date(2024, 3, 31))
    with counted() as queries:
        found = mine.charges_of(desk.places["Sơn Bình"], date(2024, 3, 31))
        assert [str(one.member or one.agency) for one in found["in_charge"]] == [str(desk.head), str(desk.school)]
        assert [str(one.agency) for one in found["sponsor"]] == [str(desk.school)]
    assert len(queries) == 1
    assert mine.charges_of(desk.places["Sơn Bình"], date(2024, 4, 1))["sponsor"] == []
    assert mine.charges_of(desk.places["Sơn Bình"], date(2024, 1, 14)) == {"in_charge": [], "sponsor": []}


def test_the_page_of_a_commune_says_who_is_in_charge_at_the_end_of_its_period(desk):
    desk.charge("Sơn Bình", member=desk.head, document="12/QĐ-BCĐ", until_on=date(2024, 3, 31))
    desk.charge("Sơn Bình", agency=desk.school, role="sponsor")
    client = Client()
    client.force_login(desk.year.officer)
    address = reverse("dashboards:commune", args=[desk.places["Sơn Bình"].pk])
    text = client.get(f"{address}{desk.year.query}").content.decode()
    for words in ("Phụ trách:", "Trưởng phòng GD&amp;ĐT", "12/QĐ-BCĐ", "Giúp đỡ, đỡ đầu:", "từ 15/01/2024"):
        assert words in text
    before = client.get(f"{address}?ky={desk.year.before.code}&bo={desk.year.set.code}").content.decode()
    assert "Phụ trách:" not in before
    assert "Giúp đỡ" not in before


def test_the_page_asks_no_more_for_more_rows(desk):
    user = desk.user(Role.SECTOR_OFFICER, agency=desk.school, member=desk.head)

    client = Client()
    client.force_login(user)

    def queries():
        with counted() as found:
            client.get(f"{reverse('dashboards:mine')}{desk.year.query}")
        return len(found)

    desk.charge("Sơn Bình", agency=desk.school)
    factories.lead(desk.year.set.criteria.get(number=1), desk.school)
    CriterionLead.objects.create(
        criterion=desk.year.set.criteria.get(number=2), agency=desk.school, indicator_code="2.1"
    )
    desk.work(desk.school)
    few = queries()
    for place in [*factories.communes(15, desk.district), desk.places["Bản Bo"], desk.places["Khun Há"]]:
        Charge.objects.create(locality=place, agency=desk.school)
    for number in range(3, 12):
        factories.lead(desk.year.set.criteria.get(number=number), desk.school)
    for number in range(5):
        desk.work(desk.school, text=f"việc {number}", communes=list(desk.places.values()))
    assert queries() == few
    assert few <= 14
