"""A form sent after the session ended, or from a page opened before signing in again, loses nothing that was typed."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from accounts.models import Role
from criteria.models import IndicatorResult
from tests import factories
from tests.reading import fields_of

pytestmark = pytest.mark.django_db
PASSWORD = "Ntm@2024!demo"
LOGIN = "/tai-khoan/dang-nhap/"
HERE = {"Origin": "http://testserver"}


class Desk:
    """An officer before a sheet with one value typed; their browser checks the marks of forms as a real one."""

    def __init__(self):
        district = factories.district()
        self.set = factories.small_set()
        sheet = factories.assessment(factories.commune(parent=district), self.set, factories.period())
        self.address = sheet.get_absolute_url()
        self.officer = factories.user(Role.OFFICER, district, username="vanphong")
        self.officer.set_password(PASSWORD)
        self.officer.save()
        self.client = Client(enforce_csrf_checks=True)
        self.sign_in()
        self.pk = factories.indicators_of(self.set)["2.1"].pk
        self.typed = fields_of(self.client.get(self.address)) | {
            f"v-{self.pk}": "50",
            f"n-{self.pk}": "dòng 1\r\ndòng 2",
        }

    def sign_in(self, **data):
        fields = data or fields_of(self.client.get(LOGIN))
        return self.client.post(LOGIN, fields | {"username": "vanphong", "password": PASSWORD})

    def expire(self):
        Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def desk():
    return Desk()


def value(desk):
    return list(IndicatorResult.objects.filter(indicator=desk.pk).values_list("value", flat=True))


def test_after_signing_in_the_typed_sheet_is_sent_again_by_one_click(desk):
    desk.expire()
    page = desk.client.post(desk.address, desk.typed)
    assert page.status_code == 200
    assert "Những gì anh chị vừa nhập vẫn còn" in page.content.decode()
    # A wrong password first.
    wrong = desk.client.post(LOGIN, fields_of(page) | {"username": "vanphong", "password": "sai"})
    assert "không đúng" in wrong.content.decode()
    offered = desk.sign_in(**fields_of(wrong))
    assert offered.status_code == 200
    assert f'action="{desk.address}"' in offered.content.decode()
    assert "Lưu tiếp" in offered.content.decode()
    assert not value(desk)
    again = fields_of(offered)
    assert again[f"v-{desk.pk}"] == "50"
    assert again[f"n-{desk.pk}"].split() == ["dòng", "1", "dòng", "2"]
    answer = desk.client.post(desk.address, again, follow=True)
    assert "Đã lưu 1 ô." in answer.content.decode()
    assert value(desk) == [50]


def test_what_is_wrong_in_the_kept_sheet_is_said_in_the_form_as_always(desk):
    desk.expire()
    page = desk.client.post(desk.address, desk.typed | {f"v-{desk.pk}": "nhiều"})
    answer = desk.client.post(desk.address, fields_of(desk.sign_in(**fields_of(page))))
    assert answer.status_code == 422
    assert fields_of(answer)[f"v-{desk.pk}"] == "nhiều"
    assert "“nhiều” không phải là số" in answer.content.decode()


def test_a_sheet_opened_before_signing_in_again_elsewhere_is_offered_again(desk):
    # Another tab signs out and in: the page of the first carries an old mark.
    desk.client.post(reverse("accounts:logout"), {**desk.typed})
    desk.sign_in()
    offered = desk.client.post(desk.address, desk.typed, headers=HERE)
    assert offered.status_code == 403
    assert "Phần anh chị vừa nhập vẫn còn" in offered.content.decode()
    assert desk.client.post(desk.address, fields_of(offered)).status_code == 302
    assert value(desk) == [50]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://example.com"}, {"Origin": "null"}])
def test_a_form_from_another_site_is_refused_and_not_offered(desk, headers):
    stale = {name: text for name, text in desk.typed.items() if name != "csrfmiddlewaretoken"}
    refused = desk.client.post(desk.address, stale, headers=headers)
    assert refused.status_code == 403
    assert "Lưu tiếp" not in refused.content.decode()
    assert 'value="50"' not in refused.content.decode()


def test_a_sign_in_page_that_is_stale_itself_keeps_the_form(desk):
    desk.expire()
    page = fields_of(desk.client.post(desk.address, desk.typed))
    # Meanwhile the person signed in in another tab.
    desk.sign_in()
    offered = desk.client.post(LOGIN, page | {"username": "vanphong", "password": PASSWORD}, headers=HERE)
    assert "Lưu tiếp" in offered.content.decode()
    assert fields_of(offered)[f"v-{desk.pk}"] == "50"


def test_passwords_are_not_kept(desk):
    desk.expire()
    address = reverse("accounts:password-change")
    typed = {"old_password": PASSWORD, "new_password1": "Mat-khau-moi-2024", "new_password2": "Mat-khau-moi-2024"}
    answer = desk.client.post(address, typed | {"csrfmiddlewaretoken": desk.typed["csrfmiddlewaretoken"]})
    assert answer.status_code == 302
    assert answer.url == f"{LOGIN}?next={address}"


def test_a_kept_form_that_was_tampered_with_or_is_old_is_ignored(desk, monkeypatch):
    text = signing.dumps({"path": "/", "fields": [["a", "b"]], "files": False}, salt=kept.SALT)
    assert kept.read(text)["fields"] == [["a", "b"]]
    assert kept.read(text[:-2] + "xx") is None
    assert kept.read(signing.dumps({"path": "/"}, salt="other")) is None
    monkeypatch.setattr(kept, "SECONDS", -1)
    assert kept.read(text) is None
    assert kept.read("") is None


def test_a_cell_saved_by_script_gets_the_redirect_that_the_script_knows(desk):
    desk.expire()
    answer = desk.client.post(desk.address, desk.typed, headers={"HX-Request": "true"})
    assert answer.status_code == 302
    assert answer.url.startswith(LOGIN)


def test_what_was_typed_is_escaped_in_the_kept_page(desk):
    desk.expire()
    page = desk.client.post(desk.address, desk.typed | {f"n-{desk.pk}": '"><script>x</script>'})
    offered = desk.sign_in(**fields_of(page)).content.decode()
    assert "<script>x" not in offered
    assert '"><script>x</script>' in unescape(re.sub("<[^>]*src[^>]*>", "", offered))
