"""The figures of the level above: who enters them, what is refused and why, and that changes are remembered."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Role
from criteria.models import ReferenceFigure
from tests import factories
from tests.reading import fields_of

pytestmark = pytest.mark.django_db


class Desk:
    def __init__(self, client):
        self.client = client
        self.province = factories.province()
        self.district = factories.district(parent=self.province)
        self.set, self.period = factories.criteria_set(expected_criteria=19), factories.period()
        self.sign_in(factories.user(Role.OFFICER, self.district))
        self.address = f"{reverse('criteria:figure-edit')}?ky={self.period.code}&bo={self.set.code}"

    def sign_in(self, user):
        self.client.force_login(user)

    def fill(self, **typed):
        fields = fields_of(self.client.get(self.address))
        return self.client.post(self.address, {**fields, "source": "12/BC-UBND ngày 5/4/2024", **typed})


@pytest.fixture
def desk(client):
    return Desk(client)


def test_an_officer_enters_the_provinces_figures(desk):
    assert desk.fill(mean_criteria="15,3", recognised="39", communes="94").status_code == 302
    figure = ReferenceFigure.objects.get()
    assert (figure.locality, figure.of_whom, figure.mean_criteria) == (
        desk.district,
        "tỉnh Lai Châu",
        Decimal("15.3"),
    )
    assert desk.fill(mean_criteria="15,4", recognised="39", communes="94").status_code == 302
    assert ReferenceFigure.objects.get().mean_criteria == Decimal("15.4")
    assert "tiêu chí đạt bình quân một xã: 15,3 → 15,4" in desk.client.get(desk.address).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Nhập ít nhất một số liệu"),
        ({"mean_criteria": "19,5"}, "Bình quân từ 0 đến 19 tiêu chí (đang nhập 19,5)."),
        ({"mean_criteria": "-1"}, "Bình quân từ 0 đến 19 tiêu chí (đang nhập -1)."),
        ({"mean_criteria": "mười"}, "không phải là số"),
        ({"recognised": "5"}, "Nhập cả số xã được công nhận và tổng số xã"),
        ({"recognised": "95", "communes": "94"}, "Nhiều hơn tổng số xã (94)."),
        ({"recognised": "0", "communes": "0"}, "Tổng số xã phải lớn hơn 0."),
        ({"recognised": "1,5", "communes": "94"}, "là số nguyên không âm (đang nhập 1,5)"),
        ({"mean_criteria": "15", "source": ""}, "Không được để trống."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(desk, typed, sentence):
    answer = desk.fill(**typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ReferenceFigure.objects.exists()
    # What was typed is still there.
    kept = fields_of(answer)
    assert all(kept[name] == value for name, value in typed.items())


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_only_the_office_enters_them(desk, role):
    desk.sign_in(factories.user(role, desk.district))
    assert desk.client.get(desk.address).status_code == 403
