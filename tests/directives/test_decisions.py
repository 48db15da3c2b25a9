"""What a meeting decides: one draft notice a meeting, a decision a task, nothing twice, nothing lost."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from directives import actions
from directives.decisions import load_decisions
from directives.forms.meeting import DecisionForm
from directives.models import Directive, Task
from tests import factories
from tests.directives.factories import District, draft, task

pytestmark = pytest.mark.django_db
DAY = date(2024, 4, 20)


@pytest.fixture
def district():
    return District(communes=["Sơn Bình", "Bản Bo"])


def decide(district, text="Rà soát hộ nghèo", day=DAY, **fields):
    return actions.record_decision(place=district.place, day=day, text=text, by=None, **fields)


# -- the action -------------------------------------------------------------------------------------------------------


def test_the_first_decision_begins_the_notice_of_the_meeting(district):
    officer = district.officer()
    made = actions.record_decision(
        place=district.place,
        day=DAY,
        text="  Rà soát hộ nghèo ",
        leads=[district.education],
        communes=district.communes[:1],
        due_on=date(2024, 5, 1),
        by=officer,
    )
    notice = made.directive
    assert (notice.kind, notice.number, notice.meeting_on, notice.issued_on) == ("TB", "", DAY, None)
    assert notice.title == "Kết luận cuộc họp ngày 20/04/2024 (dự thảo)"
    assert notice.label == "Thông báo họp ngày 20/04/2024"
    assert (notice.is_assigned, notice.created_by, notice.locality) == (False, officer, district.place)
    assert (made.text, made.position, made.due_on) == ("Rà soát hộ nghèo", 1, date(2024, 5, 1))
    assert list(made.leads.all()) == [district.education]
    assert list(made.communes.all()) == district.communes[:1]


def test_all_decisions_of_a_day_go_to_one_notice_and_another_days_to_another(district):
    first, second = decide(district, "Một"), decide(district, "Hai")
    other_day, other_place = decide(district, "Ba", DAY + timedelta(days=1)), District(name="Than Uyên", communes=[])
    elsewhere = decide(other_place, "Bốn")
    assert (second.directive, second.position) == (first.directive, 2)
    assert len({first.directive, other_day.directive, elsewhere.directive}) == 3


def test_a_notice_completed_meanwhile_still_takes_the_decisions_of_its_meeting(district):
    first = decide(district, "Một")
    actions.change_header(directive=first.directive, by=None, number="253/TB-UBND", title="Kết luận giao ban")
    assert decide(district, "Hai").directive == first.directive


def test_what_was_handed_out_takes_no_more_decisions(district):
    first = decide(district, "Một", leads=[district.education])
    actions.update_directive(directive=first.directive, by=None, issuer="UBND huyện")
    actions.issue_directive(directive=first.directive, by=None)
    again = decide(district, "Hai")
    assert again.directive != first.directive
    # The same words are a new decision there.
    assert decide(district, "Một").directive == again.directive


def test_a_document_that_was_read_is_not_the_notice_of_the_meeting(district):
    read = draft(district, meeting_on=DAY, text="Kết luận: các xã rà soát.")
    assert decide(district).directive != read


def test_the_same_decision_sent_twice_stands_once(district):
    fields = {"leads": [district.education], "communes": district.communes, "due_on": date(2024, 5, 1)}
    first = decide(district, **fields)
    assert decide(district, **fields) == first
    # Another body, deadline or commune is another decision.
    for change in ({"leads": [district.health]}, {"due_on": None}, {"communes": []}):
        assert decide(district, **fields | change) != first
    assert Task.objects.count() == 4


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_decision_without_words_is_refused_and_begins_nothing(district, text):
    with pytest.raises(actions.NotPossible, match="Ghi nội dung kết luận"):
        decide(district, text)
    assert not Directive.objects.exists()


def test_a_decision_without_a_lead_waits_and_then_goes_out_like_any_other(district, client):
    waiting, ready = decide(district, "Chưa rõ ai"), decide(district, "Rõ", leads=[district.education])
    assert (waiting.is_included, ready.is_included) == (False, True)
    officer = district.officer()
    client.force_login(officer)
    directive = ready.directive
    page = client.get(reverse("directives:review", args=[directive.pk])).content.decode()
    assert "Chưa rõ ai" in page
    assert "Văn bản chưa có cơ quan ban hành." in page
    listed = client.get(reverse("directives:list")).content.decode()
    assert "Kết luận cuộc họp ngày 20/04/2024 (dự thảo)" in listed
    assert "Chưa giao việc" in listed
    actions.change_header(directive=directive, by=officer, issuer="UBND huyện Tam Đường")
    client.post(reverse("directives:issue", args=[directive.pk]))
    assert [row.agency for row in ready.assignments.all()] == [district.education]
    assert not waiting.assignments.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_decisions_at_the_same_moment_share_one_notice():
    district = District(communes=[])
    together = threading.Barrier(2)

    def write(text):
        together.wait()
        decide(district, text)
        connections.close_all()

    threads = [threading.Thread(target=write, args=[text]) for text in ("Một", "Hai")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Directive.objects.count() == 1
    assert set(Task.objects.values_list("text", flat=True)) == {"Một", "Hai"}


# -- the form ---------------------------------------------------------------------------------------------------------


def form(user, **data):
    return DecisionForm({"text": "Rà soát", **data}, user=user, criteria_set=None)


def saved(user, **data):
    made = form(user, **data)
    assert made.is_valid(), made.errors
    return made.save()


def test_the_form_writes_into_todays_meeting_of_the_persons_place(district):
    made = saved(district.officer(), due_on=f"{timezone.localdate():%d/%m/%Y}", lead=district.health.pk)
    assert made.directive.meeting_on == timezone.localdate()
    assert made.directive.locality == district.place
    assert made.due_on == timezone.localdate()


def test_the_committees_of_the_communes_lead_of_those_chosen_or_of_all(district):
    officer = district.officer()
    chosen = saved(officer, by_communes="on", communes=[district.communes[1].pk])
    assert list(chosen.leads.all()) == [district.committees[1]]
    # The town is no commune: "các xã" does not mean it.
    assert set(saved(officer, by_communes="on").leads.all()) == set(district.committees)


def test_a_deadline_that_has_passed_is_said_beside_its_field(district):
    late = timezone.localdate() - timedelta(days=1)
    errors = form(district.officer(), due_on=f"{late:%d/%m/%Y}").errors
    assert f"Thời hạn {late:%d/%m/%Y} đã qua." in errors["due_on"][0]
    assert "không có trong lịch" in form(district.officer(), due_on="31/4/2030").errors["due_on"][0]


def test_bodies_and_communes_of_other_places_cannot_be_chosen(district):
    other = District(name="Than Uyên", communes=["Mường Than"])
    errors = form(district.officer(), lead=other.health.pk, communes=[other.communes[0].pk]).errors
    assert set(errors) == {"lead", "communes"}


def test_who_serves_the_whole_country_names_the_place_and_stays_in_it(district):
    other = District(name="Than Uyên", communes=["Mường Than"])
    everywhere = factories.user(Role.ADMINISTRATOR)
    assert set(form(everywhere).errors) == {"locality"}
    assert saved(everywhere, locality=district.place.pk, lead=district.health.pk).directive.locality == district.place
    beyond = {"lead": other.health.pk, "communes": [other.communes[0].pk]}
    assert set(form(everywhere, locality=district.place.pk, **beyond).errors) == {"lead", "communes"}


# -- read back --------------------------------------------------------------------------------------------------------


def test_the_office_and_the_committee_see_what_was_decided_and_the_bodies_do_not(district):
    decide(district, "Một", leads=district.committees, communes=district.communes)
    decide(district, "Hôm khác", DAY - timedelta(days=1))
    decide(District(name="Than Uyên", communes=[]), "Nơi khác")
    for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.COMMITTEE_MEMBER):
        (only,) = load_decisions(district.user(role), DAY)
        assert (only.task.text, only.lead_words) == ("Một", "UBND xã Bản Bo, Sơn Bình")
        assert only.commune_names == ["Bản Bo", "Sơn Bình"]
    for user in (district.user(Role.SECTOR_OFFICER, agency=district.education), district.commune_officer()):
        assert load_decisions(user, DAY) == []


def test_decisions_handed_out_stay_on_the_list(district):
    first = decide(district, "Một", leads=[district.education])
    actions.update_directive(directive=first.directive, by=None, issuer="UBND huyện")
    actions.issue_directive(directive=first.directive, by=None)
    decide(district, "Hai")
    assert [one.task.is_assigned for one in load_decisions(district.officer(), DAY)] == [True, False]


@pytest.mark.parametrize("number", [1, 12])
def test_reading_back_takes_the_same_queries_for_any_number(district, number, django_assert_num_queries):
    for n in range(number):
        decide(district, f"Việc {n}", leads=district.committees, communes=district.communes)
    officer = district.officer()
    # Decisions with their notice, leads, members, communes, criteria.
    with django_assert_num_queries(5):
        [(one.lead_words, one.commune_names) for one in load_decisions(officer, DAY)]


def test_a_task_added_by_hand_to_the_notice_is_a_decision_too(district):
    task(decide(district).directive, text="Thêm sau")
    assert [one.task.text for one in load_decisions(district.officer(), DAY)] == ["Rà soát hộ nghèo", "Thêm sau"]
