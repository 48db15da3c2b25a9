"""Notes of visits on the page of a commune: who keeps them, what may be written, and that none disappears."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import Visit
from tests import factories
from tests.reading import fields_of

pytestmark = pytest.mark.django_db
TYPED = {"visited_on": "12/3/2024", "visitors": "Chủ tịch UBND huyện", "note": "Nhà văn hóa xong móng.\nCòn thiếu đất."}


class World:
    def __init__(self):
        self.year = factories.Year({"Sơn Bình": ("M" * 19, "M" * 19), "Bản Bo": ("M" * 19, "M" * 19)})
        self.district = self.year.district
        self.place = self.year.places["Sơn Bình"]

    def client(self, role=Role.OFFICER, place=None):
        return signed_in(factories.user(role, place or self.district))

    def page(self, client, place=None, query=""):
        address = reverse("dashboards:commune", args=[(place or self.place).pk])
        return client.get(address + self.year.query + query).content.decode()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def create_address(place):
    return reverse("dashboards:visit-create", args=[place.pk])


def edit_address(visit):
    return reverse("dashboards:visit-edit", args=[visit.pk])


def strike_address(visit):
    return reverse("dashboards:visit-strike", args=[visit.pk])


@pytest.fixture
def world():
    return World()


# Who may


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.OFFICER, True),
        (Role.COMMITTEE_MEMBER, True),
        (Role.SECTOR_OFFICER, False),
        (Role.COMMUNE_OFFICER, False),
    ],
)
def test_the_office_and_the_committee_write_and_everybody_who_sees_the_commune_reads(world, role, may):
    client = world.client(role, world.place if role == Role.COMMUNE_OFFICER else None)
    answer = client.post(create_address(world.place), TYPED)
    assert answer.status_code == (302 if may else 403)
    assert Visit.objects.count() == may
    factories.visit(world.place, note="Đọc được.")
    page = world.page(client)
    assert "Đọc được." in page
    assert ("Ghi chép mới" in page) is may


def test_a_commune_elsewhere_is_not_there(world):
    beyond = factories.commune("Mường Than", factories.district("Than Uyên"))
    theirs = factories.visit(beyond)
    client = world.client()
    for address in (create_address(beyond), edit_address(theirs), strike_address(theirs)):
        assert client.get(address).status_code == 404
        assert client.post(address, TYPED).status_code == 404
    assert Visit.objects.get() == theirs


def test_a_member_of_the_committee_changes_their_own_notes_and_the_office_any(world):
    member = factories.user(Role.COMMITTEE_MEMBER, world.district)
    own, other = factories.visit(world.place, by=member), factories.visit(world.place, by=world.year.officer)
    client = signed_in(member)
    assert client.get(edit_address(own)).status_code == 200
    for address in (edit_address(other), strike_address(other)):
        assert client.get(address).status_code == 404
    page = world.page(client)
    assert edit_address(own) in page
    assert edit_address(other) not in page
    office = world.client()
    assert {office.get(edit_address(visit)).status_code for visit in (own, other)} == {200}


# What may be written


def test_a_note_is_kept_as_typed_and_shown_newest_first_with_who_wrote_it_and_when(world):
    user = factories.user(Role.OFFICER, world.district, full_name="Lò Thị Hoa")
    client = signed_in(user)
    factories.visit(world.place, visited_on=date(2024, 2, 20), note="Lần trước.")
    answer = client.post(create_address(world.place) + world.year.query, TYPED)
    # Back to the period one came from.
    assert answer.url == reverse("dashboards:commune", args=[world.place.pk]) + world.year.query + "#ghi-chep"
    visit = Visit.objects.latest("pk")
    assert (visit.visited_on, visit.note, visit.created_by) == (date(2024, 3, 12), TYPED["note"], user)
    page = world.page(client)
    assert page.index("12/03/2024") < page.index("20/02/2024")
    assert f"Lò Thị Hoa ghi {timezone.localtime(visit.created_at):%H:%M %d/%m/%Y}" in page
    assert "xong móng.<br>Còn thiếu đất." in page


def test_the_same_note_sent_twice_is_one(world):
    client = world.client()
    for _ in range(2):
        assert client.post(create_address(world.place), TYPED).status_code == 302
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("visited_on", "", "Không được để trống."),
        ("visited_on", "31/2/2024", "Ngày 31/2/2024 không có trong lịch."),
        ("visitors", " ", "Không được để trống."),
        ("note", "\n \n", "Không được để trống."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(world, field, typed, sentence):
    answer = world.client().post(create_address(world.place), TYPED | {field: typed})
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    kept = fields_of(answer, having="note")
    assert all(kept[name] == TYPED[name] for name in TYPED if name != field)
    assert not Visit.objects.exists()


def test_a_visit_is_today_at_the_latest_and_while_the_commune_existed(world):
    client, today = world.client(), timezone.localdate()
    ended = factories.commune("Bản Giang cũ", world.district, dissolved_on=date(2024, 3, 1))
    tries = {
        (world.place, today): 302,
        (world.place, today + timedelta(days=1)): 422,
        (ended, date(2024, 2, 29)): 302,
        (ended, date(2024, 3, 1)): 422,
    }
    for (place, day), status in tries.items():
        answer = client.post(create_address(place), TYPED | {"visited_on": f"{day:%d/%m/%Y}"})
        assert answer.status_code == status, (place, day)
        if status == 422:
            assert answer.context["form"].errors["visited_on"]
    assert Visit.objects.count() == 2


# What happened to a note


def test_a_changed_note_says_who_changed_it_and_its_history_what_it_was(world):
    visit = factories.visit(world.place, by=world.year.officer)
    editor = factories.user(Role.OFFICER, world.district, full_name="Lò Thị Hoa")
    client = signed_in(editor)
    opened = fields_of(client.get(edit_address(visit)), having="note")
    assert client.post(edit_address(visit), opened | {"note": "Đã xem lại."}).status_code == 302
    visit.refresh_from_db()
    assert (visit.note, visit.changed_by, visit.created_by) == ("Đã xem lại.", editor, world.year.officer)
    assert "; Lò Thị Hoa sửa " in world.page(client)
    assert "nội dung: Đã xem. → Đã xem lại." in client.get(edit_address(visit)).content.decode()


def test_a_note_is_struck_out_with_a_reason_stays_readable_and_can_be_taken_back(world):
    visit = factories.visit(world.place, by=world.year.officer)
    client = signed_in(world.year.officer)
    opened = fields_of(client.get(strike_address(visit)), having="struck_reason")
    refused = client.post(strike_address(visit), opened)
    assert refused.status_code == 422
    assert "Ghi lý do gạch bỏ." in refused.content.decode()
    assert client.post(strike_address(visit), opened | {"struck_reason": "Ghi nhầm xã"}).status_code == 302
    page = world.page(client)
    assert "<del>Đã xem.</del>" in page
    assert "Ghi nhầm xã" in page
    assert f'href="{edit_address(visit)}?' not in page
    # Struck out while somebody had the form open: what they typed stays before them.
    answer = client.post(edit_address(visit), TYPED)
    assert answer.status_code == 422
    opened = fields_of(client.get(edit_address(visit)), having="note")
    answer = client.post(edit_address(visit), opened | {"note": "Viết thêm."})
    assert answer.status_code == 422
    assert "đã gạch bỏ ghi chép này" in answer.content.decode()
    assert "Viết thêm." in answer.content.decode()
    opened = fields_of(client.get(strike_address(visit)), having="struck_reason")
    assert client.post(strike_address(visit), opened | {"struck_reason": ""}).status_code == 302
    visit.refresh_from_db()
    assert (visit.struck_at, visit.struck_by, visit.struck_reason, visit.note) == (None, None, "", "Đã xem.")
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["gạch bỏ: trống → Ghi nhầm xã", "gạch bỏ: Ghi nhầm xã → trống"]


def test_older_notes_are_shown_when_asked_for(world):
    for number in range(8):
        factories.visit(world.place, visited_on=date(2024, 1, number + 1), note=f"Chuyến thứ {number + 1}.")
    client = world.client()
    page = world.page(client)
    assert "Chuyến thứ 3." in page
    assert "Chuyến thứ 2." not in page
    assert "ghi_chep=tat-ca" in page
    page = world.page(client, query="&ghi_chep=tat-ca")
    assert "Chuyến thứ 1." in page
    assert "Xem cả các ghi chép" not in page


def test_a_note_with_html_in_it_is_shown_as_it_is(world):
    factories.visit(world.place, visitors="<b>x</b>", note="<script>y</script>")
    page = world.page(world.client())
    assert "<b>x</b>" not in page
    assert "<script>y" not in page
    assert "&lt;script&gt;y&lt;/script&gt;" in page
