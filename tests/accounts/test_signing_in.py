"""The door: who is kept out and for how long, what is put down, and ending sessions everywhere."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from accounts.models import Role, SignIn, User
from tests import factories
from tests.accounts.factories import PASSWORD
from tests.accounts.test_views import sign_in

pytestmark = pytest.mark.django_db
Kind = SignIn.Kind
LOCKED = "Nhập sai nhiều lần. Tên đăng nhập này tạm khóa với máy này trong 15 phút"


def kinds(**which):
    return list(SignIn.objects.filter(**which).order_by("pk").values_list("kind", flat=True))


def try_wrong(client, times=5, **how):
    return [sign_in(client, password="sai", **how) for _ in range(times)]


def test_the_fifth_wrong_password_locks_the_name_from_this_address(client, officer):
    pages = try_wrong(client)
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 429]
    assert LOCKED in pages[-1].content.decode()
    # The right one does not help any more; what was typed stays, except the password.
    page = sign_in(client)
    assert page.status_code == 429
    assert 'value="vanphong"' in page.content.decode()
    assert PASSWORD not in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert kinds(user=officer) == [Kind.FAILED] * 5 + [Kind.LOCKED] * 2


def test_a_colleague_and_another_address_are_not_locked(client, officer):
    factories.user(Role.OFFICER, officer.place, username="dongnghiep").set_password(PASSWORD)
    colleague = User.objects.get(username="dongnghiep")
    colleague.set_password(PASSWORD)
    colleague.save()
    try_wrong(client)
    assert sign_in(Client(), username="dongnghiep").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_after_the_time_one_may_try_again_and_success_forgets_the_wrong_ones(client, officer):
    try_wrong(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302
    client.logout()
    assert [page.status_code for page in try_wrong(client, 4)] == [200] * 4


def test_trying_on_does_not_make_the_wait_longer(client, officer):
    try_wrong(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    try_wrong(client, 2)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_nobody_learns_whether_a_name_exists(client, officer):
    officer.is_active = False
    officer.save()

    def shown(name):
        pages = try_wrong(Client(), 6, username=name)
        return [(page.status_code, page.content.decode().replace(name, "TEN")) for page in pages]

    def without_tokens(pages):
        return [(status, text.split("csrfmiddlewaretoken")[0], text.split("<h1>")[1][:300]) for status, text in pages]

    assert without_tokens(shown("vanphong")) == without_tokens(shown("khongcoai"))
    # What was typed as a name may be a password: nothing of it is kept in the log.
    assert kinds(user=None) == [Kind.FAILED] * 5 + [Kind.LOCKED] * 2


def test_a_form_kept_from_before_survives_the_lock(client, officer):
    text = kept.signing.dumps(
        {"path": "/", "fields": [["ghi_chu", "dài"]], "files": False}, salt=kept.SALT, compress=True
    )
    pages = try_wrong(client, kept=text, next="/ma-tran/")
    assert f'name="kept" value="{text}"' in pages[-1].content.decode()
    assert 'name="next" value="/ma-tran/"' in pages[-1].content.decode()


@pytest.mark.parametrize("name", ["a" * 5000, "vanphong\x00", "<script>", "vănphòng"])
def test_any_name_gets_a_page(client, officer, name):
    for page in try_wrong(client, 6, username=name):
        assert page.status_code in (200, 429)
        assert "<script>" not in page.content.decode()


def test_coming_and_going_is_put_down(client, officer):
    sign_in(client, HTTP_USER_AGENT="x")
    client.post(reverse("accounts:logout"))
    assert kinds(user=officer) == [Kind.SIGNED_IN, Kind.SIGNED_OUT]
    assert SignIn.objects.filter(user=officer, address="127.0.0.1", by=None).count() == 2


def test_a_password_of_before_is_hashed_anew_by_argon2(client, officer, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    officer.set_password(PASSWORD)
    officer.save()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    assert sign_in(client).status_code == 302
    officer.refresh_from_db()
    assert officer.password.startswith("argon2")


# Everywhere


def change(client, what, password=PASSWORD):
    return client.post(reverse("accounts:security-change", args=[what]), {"password": password}, follow=True)


def test_signing_out_everywhere_else_keeps_the_session_one_is_in(client, officer):
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one)
    assert "Đã đăng xuất khỏi mọi thiết bị khác." in change(client, "dang-xuat-moi-noi").content.decode()
    assert client.get(reverse("accounts:security")).status_code == 200
    assert elsewhere.get(reverse("accounts:security")).status_code == 302
    assert kinds(user=officer)[-1] == Kind.ENDED


def test_it_asks_for_the_own_password(client, officer):
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one)
    assert "Mật khẩu không đúng." in change(client, "dang-xuat-moi-noi", "sai").content.decode()
    assert elsewhere.get(reverse("accounts:security")).status_code == 200


def test_the_page_shows_the_own_door_and_nobody_elses(client, officer):
    sign_in(client)
    SignIn.objects.create(at=timezone.now(), kind=Kind.FAILED, user=factories.user(), address="10.9.8.7")
    page = client.get(reverse("accounts:security")).content.decode()
    assert "127.0.0.1" in page
    assert "10.9.8.7" not in page


# Administrators


@pytest.fixture
def administrator(client, officer):
    person = factories.user(Role.ADMINISTRATOR, officer.place, username="quantri")
    client.force_login(person)
    return person


def act(client, action, *people):
    data = {"action": action, "_selected_action": [person.pk for person in people]}
    return client.post(reverse("admin:accounts_user_changelist"), data, follow=True)


def test_an_administrator_ends_the_sessions_of_a_person(client, officer, administrator):
    theirs = Client()
    sign_in(theirs)
    assert "Đã đăng xuất 1 người" in act(client, "sign_out_everywhere", officer).content.decode()
    assert theirs.get(reverse("accounts:security")).status_code == 302
    ended = SignIn.objects.get(kind=Kind.ENDED)
    assert (ended.user, ended.by) == (officer, administrator)
    assert client.get(reverse("accounts:security")).status_code == 200


def test_the_log_is_read_within_the_own_place_and_never_edited(client, officer, administrator):
    stranger = factories.user(place=factories.province("Tỉnh khác"))
    for person, address in ((officer, "10.1.1.1"), (stranger, "10.2.2.2"), (None, "10.3.3.3")):
        SignIn.objects.create(at=timezone.now(), kind=Kind.FAILED, user=person, address=address)
    page = client.get(reverse("admin:accounts_signin_changelist")).content.decode()
    assert [address in page for address in ("10.1.1.1", "10.2.2.2", "10.3.3.3")] == [True, False, False]
    mine = SignIn.objects.get(address="10.1.1.1")
    for name, args in (("add", []), ("delete", [mine.pk])):
        assert client.get(reverse(f"admin:accounts_signin_{name}", args=args)).status_code == 403
    assert client.post(reverse("admin:accounts_signin_change", args=[mine.pk]), {"kind": "in"}).status_code == 403
    assert SignIn.objects.get(pk=mine.pk).kind == Kind.FAILED


def test_the_secrets_of_second_steps_are_in_no_administration_page():
    assert not [model for model in admin.site._registry if model._meta.app_label.startswith("otp_")]
