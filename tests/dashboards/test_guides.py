"""The guide: each role has a page, reached from the menu of the person."""

import pytest
from django.urls import reverse

from accounts.models import Role
from dashboards.views.guides import GUIDES
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_each_role_is_led_to_its_own_page(client, role):
    client.force_login(factories.user(role, factories.district()))
    page = client.get(reverse("dashboards:my-guide"), follow=True)
    assert f"<h1>Hướng dẫn: {role.label}</h1>" in page.content.decode()
    # And may read the others' too.
    assert all(client.get(reverse("dashboards:guide", args=[slug])).status_code == 200 for slug in GUIDES.values())


def test_no_other_page(client):
    client.force_login(factories.user())
    assert client.get(reverse("dashboards:guide", args=["khac"])).status_code == 404
