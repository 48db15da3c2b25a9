"""Signing in and out and changing the password, and that nothing is open to people who have not signed in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.accounts.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
# Calendar programs cannot sign in: the address itself is the key (directives/test_calendars). The second step is part of
# signing in. What watches over the process learns nothing that is anybody's (operation/test_health).
PUBLIC = {"accounts:login", "accounts:second-step", "directives:calendar", "healthz", "readyz"}


def sign_in(client, username="vanphong", password=PASSWORD, address=LOGIN, **data):
    return client.post(address, {"username": username, "password": password, **data})


def test_signing_in_leads_back_to_the_page_asked_for(client, officer):
    wanted = reverse("accounts:password-change")
    asked = client.get(wanted)
    assert asked.url == f"{LOGIN}?next={wanted}"
    page = client.get(asked.url)
    assert page.context["next"] == wanted
    assert sign_in(client, address=asked.url, next=wanted).url == wanted


def test_signing_in_does_not_lead_to_another_host(client, officer):
    assert sign_in(client, next="https://example.com/").url == reverse("dashboards:overview")


def test_someone_signed_in_is_led_on(client, officer):
    client.force_login(officer)
    assert client.get(LOGIN).url == reverse("dashboards:overview")


@pytest.mark.parametrize(("username", "password"), [("vanphong", "sai"), ("khongco", PASSWORD)])
def test_a_wrong_name_or_password_gets_one_sentence(client, officer, username, password):
    page = sign_in(client, username, password)
    assert page.status_code == 200
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in page.content.decode()
    # What was typed stays, except the password.
    assert f'value="{username}"' in page.content.decode()
    assert password not in page.content.decode()


def test_someone_inactive_does_not_get_in(client, officer):
    officer.is_active = False
    officer.save()
    assert "không đúng" in sign_in(client).content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_post(client, officer):
    client.force_login(officer)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout")).url == LOGIN
    assert client.get(reverse("accounts:password-change")).status_code == 302


def test_an_expired_session_comes_back_to_the_same_page(client, officer):
    client.force_login(officer)
    wanted = reverse("accounts:password-change")
    assert client.get(wanted).status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    asked = client.get(wanted)
    assert asked.url == f"{LOGIN}?next={wanted}"
    assert sign_in(client, address=asked.url, next=wanted).url == wanted


def change(client, old=PASSWORD, new="Mat-khau-moi-2024", again=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("accounts:password-change"), data)


def test_a_changed_password_is_the_one_that_counts(client, officer):
    client.force_login(officer)
    assert change(client).url == reverse("accounts:password-change-done")
    assert client.get(reverse("accounts:password-change-done")).status_code == 200
    client.post(reverse("accounts:logout"))
    assert sign_in(client).status_code == 200
    assert sign_in(client, password="Mat-khau-moi-2024").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "sai"}, "Mật khẩu hiện tại không đúng."),
        ({"again": "Mat-khau-khac-2024"}, "Hai lần nhập mật khẩu mới không giống nhau."),
        ({"new": "ngan-9xy"}, "Mật khẩu quá ngắn: cần ít nhất 10 ký tự."),
        ({"new": "12345678901"}, "Mật khẩu này hoàn toàn là số."),
        ({"new": "vanphong12"}, "quá giống với"),
    ],
)
def test_a_bad_new_password_is_refused_in_vietnamese(client, officer, typed, sentence):
    client.force_login(officer)
    page = change(client, **typed)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def addresses(patterns=None, prefix="/", namespace=""):
    """(name, address) of every URL of the project, with something in the place of each parameter."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        for name, converter in getattr(entry.pattern, "converters", {}).items():
            known = {"int": "1", "slug": "x", "str": "x", "path": "x"}
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            route = route.replace(f"<{kind}:{name}>", known[kind]).replace(f"<{name}>", known[kind])
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", prefix + route
        else:
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry.url_patterns, prefix + route, inner)


def test_every_url_asks_for_signing_in(client, db):
    found = dict(addresses())
    assert len(found) > 40
    assert set(found) >= PUBLIC
    for name, address in found.items():
        if name in PUBLIC:
            continue
        # The catch-all of the administration is a pattern and not an address.
        address = address.replace("(?P<url>.*)", "khong-co/").replace("(?P<app_label>accounts|communes|criteria)/", "")
        answer = client.get(address, follow=True)
        assert answer.redirect_chain, f"{name}: {address} answered {answer.status_code}"
        last, status = answer.redirect_chain[-1]
        assert status == 302
        assert last.startswith(LOGIN), f"{name}: {address} led to {last}"
