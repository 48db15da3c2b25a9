"""The promises the database keeps about places and bodies, and the questions asked of them."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from communes.models import Agency, BodyAlias, Charge, CommitteeMember, Locality, PlaceAlias, Succession, Visit
from tests import factories

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2025, 7, 1), date(2025, 7, 2)


class World:
    """One of everything; each method builds an object beside it with some fields changed."""

    def __init__(self):
        self.district = factories.district()
        self.place = factories.commune("Sơn Bình", self.district, code="03413")
        self.other = factories.commune("Bình Lư", self.district)
        self.agency = factories.agency(self.district)
        self.person = factories.user()
        self.member = CommitteeMember.objects.create(position="Trưởng phòng", agency=self.agency)

    def locality(self, **fields):
        base = {"level": "commune", "kind": "xã", "name": "Bản Bo", "parent": self.district, "code": "03400"}
        return Locality(**{**base, **fields})

    def succession(self, **fields):
        base = {"predecessor": self.place, "successor": self.other, "effective_on": DAY}
        return Succession(**{**base, **fields})

    def boundary(self, **fields):
        return factories.boundary(self.place, **{"uploaded_by": self.person, "saved": False, **fields})

    def agency_(self, **fields):
        return Agency(**{"name": self.agency.name, "kind": "department", "locality": self.district, **fields})

    def member_(self, **fields):
        return CommitteeMember(**{"position": "Phó Trưởng phòng", "agency": self.agency, **fields})

    def alias(self, name):
        return BodyAlias(locality=self.place, name=name)

    def place_alias(self, name, place=None):
        return PlaceAlias(locality=place or self.place, name=name)

    def charge(self, **fields):
        return Charge(**{"locality": self.place, "agency": self.agency, **fields})

    def visit(self, **fields):
        base = {"locality": self.place, "visited_on": DAY, "visitors": "Chủ tịch", "note": "Đã xem."}
        return Visit(**{**base, **fields})

    def struck(self, **fields):
        base = {
            "struck_at": datetime(2025, 7, 2, tzinfo=UTC),
            "struck_by": factories.user(),
            "struck_reason": "Nhầm xã",
        }
        return self.visit(**{**base, **fields})

    def member_charge(self, **fields):
        return Charge(**{"locality": self.place, "member": self.member, **fields})


@pytest.fixture
def world():
    return World()


# Constraint: (what stands there before, what is refused beside it, what is admitted beside it).
CASES = {
    "locality_living_code_once": (
        None,
        lambda w: w.locality(code="03413"),
        # The code of a place that has ended is used again.
        lambda w: w.locality(code="03413", dissolved_on=DAY),
    ),
    "locality_dissolved_after_founded": (
        None,
        lambda w: w.locality(founded_on=DAY, dissolved_on=DAY),
        lambda w: w.locality(founded_on=DAY, dissolved_on=NEXT),
    ),
    "succession_once": (
        lambda w: w.succession(),
        lambda w: w.succession(effective_on=NEXT),
        lambda w: w.succession(successor=factories.commune("Bản Hon")),
    ),
    "succession_between_two": (None, lambda w: w.succession(successor=w.place), lambda w: w.succession()),
    "place_alias_once": (
        lambda w: w.place_alias("Sơn Bìn"),
        # However it is written.
        lambda w: w.place_alias("SON  BIN"),
        lambda w: w.place_alias("Sơn Bìn", w.other),
    ),
    "boundary_in_force_once": (
        lambda w: w.boundary(),
        lambda w: w.boundary(source="Bản đồ khác"),
        # The earlier ones stay.
        lambda w: w.boundary(removed_at=timezone.now(), removed_by=w.person),
    ),
    "boundary_removed_at_and_by_together": (
        None,
        lambda w: w.boundary(removed_at=timezone.now()),
        lambda w: w.boundary(removed_at=timezone.now(), removed_by=w.person),
    ),
    "boundary_reaches_somewhere": (None, lambda w: w.boundary(east=103.6, west=103.6), lambda w: w.boundary()),
    "boundary_names_its_source": (None, lambda w: w.boundary(source=""), lambda w: w.boundary()),
    "agency_name_once_in_locality": (None, lambda w: w.agency_(), lambda w: w.agency_(locality=w.place)),
    "committee_member_until_after_since": (
        None,
        lambda w: w.member_(since_on=NEXT, until_on=DAY),
        lambda w: w.member_(since_on=DAY, until_on=DAY),
    ),
    "body_alias_once": (
        lambda w: w.alias("phòng Nông nghiệp"),
        lambda w: w.alias("Phòng  Nông Nghiệp"),
        lambda w: w.alias("phòng Nông nghiệp huyện"),
    ),
    "charge_agency_or_member": (None, lambda w: w.charge(member=w.member), lambda w: w.charge()),
    "charge_until_after_since": (
        None,
        lambda w: w.charge(since_on=NEXT, until_on=DAY),
        lambda w: w.charge(since_on=DAY, until_on=DAY),
    ),
    "charge_agency_once": (
        lambda w: w.charge(),
        lambda w: w.charge(),
        lambda w: w.charge(role=Charge.Role.SPONSOR),
    ),
    "charge_member_once": (
        lambda w: w.member_charge(),
        lambda w: w.member_charge(),
        lambda w: w.member_charge(until_on=DAY),
    ),
    "visit_says_who_and_what": (None, lambda w: w.visit(note=""), lambda w: w.visit()),
    "visit_struck_by_at_and_why_together": (None, lambda w: w.struck(struck_reason=""), lambda w: w.struck()),
}


def constraints():
    return {
        constraint.name: constraint
        for model in apps.get_app_config("communes").get_models()
        for constraint in model._meta.constraints
    }


def test_every_constraint_is_tried():
    assert set(CASES) == set(constraints())


@pytest.mark.parametrize("name", CASES)
def test_constraint_refuses_its_case(world, name):
    before, refused, _ = CASES[name]
    if before:
        before(world).save()
    wrong = refused(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()
    # It is this constraint that refuses, in words, and no other.
    with pytest.raises(ValidationError) as refusal:
        constraints()[name].validate(type(wrong), wrong)
    assert refusal.value.message == constraints()[name].violation_error_message
    for other in wrong._meta.constraints:
        if other.name != name:
            other.validate(type(wrong), wrong)


@pytest.mark.parametrize("name", CASES)
def test_constraint_admits_the_next_case(world, name):
    before, _, admitted = CASES[name]
    if before:
        before(world).save()
    admitted(world).save()


def test_a_charge_names_a_body_or_a_member(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        world.charge(agency=None).save()


def test_a_note_of_a_visit_names_who_went_and_is_struck_out_whole(world):
    for wrong in (
        lambda: world.visit(visitors=""),
        lambda: world.struck(struck_by=None),
        lambda: world.struck(struck_at=None),
        lambda: world.visit(struck_reason="Nhầm xã"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong().save()


# Questions


def test_a_place_exists_from_its_first_day_to_the_one_before_its_end():
    place = factories.commune(founded_on=DAY, dissolved_on=date(2025, 7, 3))
    days = [date(2025, 6, 30), DAY, NEXT, date(2025, 7, 3)]
    assert [place.exists_on(day) for day in days] == [False, True, True, False]
    assert [Locality.objects.existing_on(day).exists() for day in days] == [False, True, True, False]


def test_origins_and_heirs_are_found_both_ways(world):
    heir, stranger = factories.commune("Bình Lư mới"), factories.commune("Bản Bo")
    for old in (world.place, world.other):
        Succession.objects.create(predecessor=old, successor=heir, effective_on=DAY)
    Succession.objects.create(predecessor=stranger, successor=factories.commune("Khác"), effective_on=DAY)
    assert set(Locality.objects.predecessors_of([heir])) == {world.place, world.other}
    assert list(Locality.objects.successors_of([world.place, world.other])) == [heir]
    assert not Locality.objects.predecessors_of([stranger]).exists()


def test_before_and_after_a_merger_there_are_other_places():
    """20 communes before, 18 after: three became one."""
    district = factories.district()
    before = factories.communes(20, district)
    heir = factories.commune("Hợp nhất", district, founded_on=DAY)
    for place in before[:3]:
        Locality.objects.filter(pk=place.pk).update(dissolved_on=DAY)
        Succession.objects.create(predecessor=place, successor=heir, effective_on=DAY)
    assert Locality.objects.existing_on(date(2025, 6, 30)).communes().count() == 20
    assert Locality.objects.existing_on(DAY).communes().count() == 18


# A succession never runs in a circle


def chain_of(*names):
    places = [factories.commune(name) for name in names]
    for old, new in zip(places, places[1:], strict=False):
        Succession.objects.create(predecessor=old, successor=new, effective_on=DAY)
    return places


def test_a_circle_of_two_is_refused_in_words():
    first, second = chain_of("Bản Bo", "Sơn Bình")
    with pytest.raises(ValidationError) as refusal:
        Succession(predecessor=second, successor=first, effective_on=NEXT).full_clean()
    assert refusal.value.message_dict["__all__"] == [
        "Xã Bản Bo đã nhập vào xã Sơn Bình (xã Bản Bo → xã Sơn Bình), nên xã Sơn Bình không thể nhập ngược lại vào xã "
        "Bản Bo. Chọn nơi nhận khác hoặc ghi một địa bàn mới."
    ]


def test_a_circle_through_several_places_is_refused_with_its_way():
    first, *_, last = chain_of("Bản Bo", "Bản Hon", "Khun Há", "Sơn Bình")
    with pytest.raises(ValidationError, match="xã Bản Bo → xã Bản Hon → xã Khun Há → xã Sơn Bình"):
        Succession(predecessor=last, successor=first, effective_on=NEXT).full_clean()
    Succession(predecessor=first, successor=last, effective_on=NEXT).full_clean()


def test_the_way_is_found_where_ways_part_and_meet():
    first, second, third = chain_of("Bản Bo", "Bản Hon", "Khun Há")
    Succession.objects.create(predecessor=first, successor=third, effective_on=DAY)
    assert Succession.objects.chain(first, third) == [first, third]
    assert Succession.objects.chain(first, second) == [first, second]
    assert Succession.objects.chain(third, first) == []


# Bodies


def test_bodies_of_a_place_that_ended_get_no_new_work(world):
    old = factories.agency(factories.commune("Cũ", dissolved_on=DAY))
    new = factories.agency(factories.commune("Mới", founded_on=DAY))
    factories.agency(world.place, is_active=False)
    assert set(Agency.objects.serving_on(date(2025, 6, 30))) == {world.agency, old}
    assert set(Agency.objects.serving_on(DAY)) == {world.agency, new}
