"""Who is in charge of communes and criteria: given, ended, kept; by officers, within their place."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import Charge, CommitteeMember
from criteria.models import CriterionLead
from tests import factories
from tests.reading import counted, fields_of

pytestmark = pytest.mark.django_db
OTHERS = [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER]


class Office:
    """A district with a commune, a department and its head, and an officer at the screen."""

    def __init__(self):
        self.province = factories.province()
        self.district = factories.district(parent=self.province)
        self.commune = factories.commune(parent=self.district)
        self.health = factories.agency(self.district, "Trung tâm Y tế huyện")
        self.head = CommitteeMember.objects.create(position="Giám đốc Trung tâm Y tế", agency=self.health)
        self.set = factories.small_set()
        self.client = Client()
        self.client.force_login(factories.user(Role.OFFICER, self.district))

    def send(self, name, *args, **typed):
        return self.client.post(reverse(f"criteria:{name}", args=args), typed)

    def give(self, **typed):
        return self.send("charge-create", **{"locality": self.commune.pk, "role": "in_charge", **typed})

    def change(self, name, row, **typed):
        address = reverse(f"criteria:{name}", args=[row.pk])
        return self.client.post(address, fields_of(self.client.get(address), having="seen") | typed)

    def lead(self, **typed):
        return self.send("lead-create", **{"criterion": self.set.criteria.get(number=1).pk, **typed})

    def page(self, name):
        return self.client.get(reverse(f"criteria:{name}")).content.decode()


@pytest.fixture
def office():
    return Office()


def errors(response):
    assert response.status_code == 200
    return response.context["form"].errors


# -- communes ---------------------------------------------------------------------------------------------------------


def test_a_member_takes_charge_of_a_commune_and_an_agency_sponsors_it(office):
    assert office.give(member=office.head.pk, since_on="5/1/2024", document="12/QĐ-BCĐ").status_code == 302
    assert office.give(agency=office.health.pk, role="sponsor").status_code == 302
    assert [str(charge) for charge in Charge.objects.order_by("pk")] == [
        "Giám đốc Trung tâm Y tế phụ trách xã Sơn Bình",
        "Trung tâm Y tế huyện đỡ đầu xã Sơn Bình",
    ]
    page = office.page("charges")
    for words in ("Xã Sơn Bình", "Giám đốc Trung tâm Y tế", "Phụ trách", "từ 05/01/2024", "12/QĐ-BCĐ", "Đỡ đầu"):
        assert words in page
    assert "Chưa có ai phụ trách" not in page


def test_a_commune_nobody_is_in_charge_of_says_so_and_offers_it(office):
    page = office.page("charges")
    assert "Chưa có ai phụ trách" in page
    address = f"{reverse('criteria:charge-create')}?xa={office.commune.pk}"
    assert address in page
    assert fields_of(office.client.get(address), having="role")["locality"] == str(office.commune.pk)


def test_ending_keeps_the_row_in_small_print_and_frees_the_place(office):
    office.give(member=office.head.pk, since_on="5/1/2024")
    charge = Charge.objects.get()
    assert office.change("charge-edit", charge, until_on="31/3/2024").status_code == 302
    page = office.page("charges")
    assert "Trước đây:" in page
    assert "từ 05/01/2024 đến 31/03/2024" in page
    assert "Chưa có ai phụ trách" in page
    assert office.give(member=office.head.pk, since_on="1/4/2024").status_code == 302
    assert Charge.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "member", "Chọn một thành viên Ban Chỉ đạo hoặc một cơ quan"),
        ({"both": True}, "member", "không chọn cả hai"),
        (
            {"agency": True, "since_on": "5/1/2024", "until_on": "4/1/2024"},
            "until_on",
            "Ngày thôi phụ trách 04/01/2024 trước ngày nhận 05/01/2024.",
        ),
        ({"agency": True, "since_on": "31/2/2024"}, "since_on", "không có trong lịch"),
        ({"agency": True, "locality": ""}, "locality", "Không được để trống."),
    ],
)
def test_bad_input_gets_a_sentence_and_writes_nothing(office, typed, field, sentence):
    typed = dict(typed)
    if typed.pop("both", False):
        typed |= {"agency": office.health.pk, "member": office.head.pk}
    if typed.get("agency") is True:
        typed["agency"] = office.health.pk
    assert sentence in errors(office.give(**typed))[field][0]
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("since", "until", "is_taken"),
    [
        ("", "", True),
        ("1/1/2025", "", False),
        ("31/12/2024", "", True),
        ("", "4/1/2024", False),
        ("", "5/1/2024", True),
    ],
)
def test_one_body_is_given_a_commune_once_at_a_time(office, since, until, is_taken):
    office.give(agency=office.health.pk, since_on="5/1/2024", until_on="31/12/2024")
    answer = office.give(agency=office.health.pk, since_on=since, until_on=until)
    assert (answer.status_code == 200) is is_taken
    if is_taken:
        assert errors(answer)["agency"] == [
            "Trung tâm Y tế huyện đã phụ trách xã Sơn Bình từ 05/01/2024, đến 31/12/2024. Kết thúc lần đó trước, hoặc "
            "sửa ngày ở đây."
        ]
        # Another role is another matter.
        assert office.give(agency=office.health.pk, since_on=since, until_on=until, role="sponsor").status_code == 302


def test_two_open_ones_of_one_body_get_a_sentence_not_an_error_of_the_database(office):
    office.give(member=office.head.pk)
    assert "đã phụ trách xã Sơn Bình chưa kết thúc." in errors(office.give(member=office.head.pk))["member"][0]


def test_bodies_and_communes_of_elsewhere_are_not_offered_nor_taken(office):
    other = factories.district("Mường Tè", parent=office.province)
    there, body = factories.commune("Ka Lăng", other), factories.agency(other, "Phòng Y tế Mường Tè")
    assert "locality" in errors(office.give(locality=there.pk, agency=office.health.pk))
    assert "agency" in errors(office.give(agency=body.pk))
    # A body of the province may sponsor a commune of the district.
    above = factories.agency(office.province, "Sở Y tế")
    assert office.give(agency=above.pk, role="sponsor").status_code == 302
    charge = Charge.objects.create(locality=there, agency=body)
    assert "Ka Lăng" not in office.page("charges")
    assert office.client.get(reverse("criteria:charge-edit", args=[charge.pk])).status_code == 404
    assert office.send("charge-edit", charge.pk, document="x").status_code == 404


def test_a_body_that_is_no_more_stays_chosen_on_the_page_that_ends_its_charge(office):
    charge = Charge.objects.create(locality=office.commune, agency=office.health)
    office.health.is_active = False
    office.health.save()
    office.commune.dissolved_on = timezone.localdate() - timedelta(days=1)
    office.commune.save()
    assert office.change("charge-edit", charge, until_on="30/6/2025").status_code == 302
    charge.refresh_from_db()
    assert (charge.agency, charge.until_on) == (office.health, date(2025, 6, 30))
    assert "agency" in errors(office.give(agency=office.health.pk))


# -- criteria ---------------------------------------------------------------------------------------------------------


def test_an_agency_leads_a_criterion_and_another_an_indicator_of_it(office):
    other = factories.agency(office.district, "Phòng Nội vụ")
    assert office.lead(agency=office.health.pk, since_on="1/1/2024").status_code == 302
    assert office.lead(agency=other.pk, indicator_code="1.2").status_code == 302
    page = office.page("leads")
    for words in ("1. Tiêu chí thứ 1", "Cả tiêu chí", "từ 01/01/2024", "Chỉ tiêu 1.2", "Phòng Nội vụ"):
        assert words in page
    assert page.count("Chưa giao cơ quan nào") == 2


def test_an_indicator_of_another_criterion_gets_a_sentence(office):
    assert errors(office.lead(agency=office.health.pk, indicator_code="2.1"))["indicator_code"] == [
        "Tiêu chí 1 không có chỉ tiêu 2.1. Các chỉ tiêu: 1.1, 1.2."
    ]
    assert not CriterionLead.objects.exists()


def test_a_member_of_the_committee_answers_for_a_criterion_beside_its_agency(office):
    head = CommitteeMember.objects.create(position="Giám đốc Trung tâm Y tế", agency=office.health)
    gone = CommitteeMember.objects.create(position="Thôi chức", agency=office.health, until_on="2020-01-01")
    assert "member" in errors(office.lead(agency=office.health.pk, member=gone.pk))
    assert office.lead(agency=office.health.pk, member=head.pk).status_code == 302
    assert CriterionLead.objects.get().member == head
    assert "Giám đốc Trung tâm Y tế" in office.page("leads")


def test_a_lead_is_given_once_at_a_time_and_ended_rather_than_deleted(office):
    office.lead(agency=office.health.pk, since_on="1/1/2024")
    assert (
        "đã phụ trách tiêu chí 1 từ 01/01/2024, chưa kết thúc."
        in (errors(office.lead(agency=office.health.pk))["agency"][0])
    )
    assert office.lead(agency=office.health.pk, indicator_code="1.1").status_code == 302
    lead = CriterionLead.objects.get(indicator_code="")
    assert "trước ngày nhận" in errors(office.change("lead-edit", lead, until_on="1/12/2023"))["until_on"][0]
    assert office.change("lead-edit", lead, until_on="31/12/2024").status_code == 302
    assert office.lead(agency=office.health.pk, since_on="1/1/2025").status_code == 302
    assert "từ 01/01/2024 đến 31/12/2024" in office.page("leads")


def test_leads_of_another_place_are_neither_shown_nor_changed(office):
    other = factories.agency(factories.district("Mường Tè"), "Phòng Y tế Mường Tè")
    lead = factories.lead(office.set.criteria.first(), other)
    assert "Mường Tè" not in office.page("leads")
    assert office.client.get(reverse("criteria:lead-edit", args=[lead.pk])).status_code == 404
    assert "agency" in errors(office.lead(agency=other.pk))


def test_without_a_set_the_page_says_so(office):
    office.set.criteria.all().delete()
    office.set.delete()
    assert "Chưa có bộ tiêu chí nào." in office.page("leads")
    assert office.client.get(reverse("criteria:lead-create")).status_code == 404


# -- who, and how often the database is asked -------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("name", ["charges", "charge-create", "leads", "lead-create"])
def test_only_officers_and_administrators_come_here(office, role, name):
    client = Client()
    client.force_login(factories.user(role, office.district))
    assert client.get(reverse(f"criteria:{name}")).status_code == 403
    assert "Phân công</a>" not in client.get(reverse("dashboards:communes"), follow=True).content.decode()


def test_the_lists_ask_no_more_for_more_rows(office):
    def queries(name):
        with counted() as found:
            office.page(name)
        return len(found)

    office.give(member=office.head.pk)
    office.lead(agency=office.health.pk)
    few = queries("charges"), queries("leads")
    for place in factories.communes(20, office.district):
        Charge.objects.create(locality=place, member=office.head)
        Charge.objects.create(locality=place, agency=office.health, until_on=date(2023, 1, 1))
    for criterion in office.set.criteria.all():
        for number in range(5):
            factories.lead(criterion, factories.agency(office.district, f"Phòng {criterion.number}.{number}"))
    assert (queries("charges"), queries("leads")) == few
    assert few <= (8, 8)
