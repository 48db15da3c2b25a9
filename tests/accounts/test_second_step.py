"""Signing in in two steps: turning it on and off, the code, recovery codes, and the roles that must."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import kept, second_step
from accounts.models import Role, SignIn
from tests import factories
from tests.accounts.factories import PASSWORD
from tests.accounts.test_signing_in import act, change, kinds
from tests.accounts.test_views import sign_in

pytestmark = pytest.mark.django_db
Kind = SignIn.Kind
CODE = "/tai-khoan/ma-xac-thuc/"


def code_of(device, steps=0):
    """What the phone shows, `steps` half minutes from now."""
    return f"{TOTP(device.bin_key, drift=device.drift + steps).token():06d}"


@pytest.fixture
def twice(officer):
    """The officer with the second step on; gives the phone and the recovery codes."""
    device = second_step.begin(officer)
    codes = second_step.confirm(officer, code_of(device))
    # The code just used is used up; as if half a minute had passed.
    TOTPDevice.objects.update(last_t=-1)
    return TOTPDevice.objects.get(), codes


def give(client, code, **more):
    return client.post(CODE, {"code": code, **more})


def is_in(client):
    return "_auth_user_id" in client.session


def test_it_is_turned_on_with_the_first_code_of_the_phone(client, officer):
    client.force_login(officer)
    page = client.get(reverse("accounts:second-step-on")).content.decode()
    device = TOTPDevice.objects.get()
    assert "<svg" in page
    assert "style=" not in re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert second_step.secret_of(device) in page
    wrong = client.post(reverse("accounts:second-step-on"), {"code": "000000"}).content.decode()
    assert "Mã không đúng. Xem giờ trên điện thoại" in wrong
    # The same secret, for the phone has it already.
    assert second_step.secret_of(device) in wrong
    officer.refresh_from_db()
    assert not officer.signs_in_twice
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    done = client.post(reverse("accounts:second-step-on"), {"code": code_of(device)}).content.decode()
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", done)) == 10
    officer.refresh_from_db()
    assert officer.signs_in_twice
    assert kinds(user=officer, kind=Kind.TWO_STEP_ON) == [Kind.TWO_STEP_ON]


def test_the_password_alone_signs_nobody_in(client, officer, twice):
    device, _ = twice
    page = sign_in(client, next="/ma-tran/")
    assert page.status_code == 200
    assert "Nhập mã xác thực" in page.content.decode()
    assert not is_in(client)
    assert client.get(reverse("accounts:security")).status_code == 302
    assert give(client, code_of(device), next="/ma-tran/").url == "/ma-tran/"
    assert is_in(client)


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_the_code_does_not_lead_to_another_host(client, officer, twice, address):
    sign_in(client, next=address)
    assert give(client, code_of(twice[0]), next=address).url == reverse("dashboards:overview")


def test_what_was_typed_before_the_session_ended_comes_through_both_steps(client, officer, twice):
    text = kept.signing.dumps(
        {"path": "/x/", "fields": [["ghi_chu", "dài"]], "files": False}, salt=kept.SALT, compress=True
    )
    assert text in sign_in(client, kept=text).content.decode()
    assert text in give(client, "000000", kept=text).content.decode()
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    page = give(client, code_of(twice[0]), kept=text).content.decode()
    assert 'name="ghi_chu" value="dài"' in page


@pytest.mark.parametrize("code", ["", "000000", "12345", "abc", "0" * 21, "１２３４５６", "1234\x0056", "<script>"])
def test_a_wrong_code_signs_nobody_in(client, officer, twice, code):
    sign_in(client)
    assert give(client, code).status_code == 200
    assert not is_in(client)


def test_a_code_holds_once(client, officer, twice):
    device, _ = twice
    sign_in(client)
    code = code_of(device)
    assert give(client, code).status_code == 302
    again = Client()
    sign_in(again)
    assert "Mã không đúng hoặc đã hết hạn." in give(again, code).content.decode()
    assert not is_in(again)


def test_after_wrong_codes_one_waits(client, officer, twice):
    device, _ = twice
    sign_in(client)
    for _ in range(3):
        give(client, "000000")
    assert "Chờ một phút" in give(client, code_of(device)).content.decode()
    assert not is_in(client)
    assert kinds(user=officer, kind=Kind.WRONG_CODE) == [Kind.WRONG_CODE] * 4


def test_a_recovery_code_lets_in_once_however_it_is_typed(client, officer, twice):
    _, codes = twice
    sign_in(client)
    assert give(client, f" {codes[0].upper()} ").status_code == 302
    assert second_step.codes_left(officer) == 9
    again = Client()
    sign_in(again)
    assert give(again, codes[0]).status_code == 200
    assert not is_in(again)


def test_ten_minutes_after_the_password_one_begins_anew(client, officer, twice):
    sign_in(client)
    session = client.session
    session["second_step"]["until"] = (timezone.now() - timedelta(seconds=1)).isoformat()
    session.save()
    page = give(client, code_of(twice[0]))
    assert "Đăng nhập lại từ đầu" in page.content.decode()
    assert not is_in(client)


def test_a_code_without_a_password_before_it_is_nothing(client, officer, twice):
    assert give(client, code_of(twice[0])).status_code == 200
    assert not is_in(client)
    assert client.get(CODE).status_code == 405


def test_who_was_made_inactive_meanwhile_is_not_let_in(client, officer, twice):
    sign_in(client)
    officer.is_active = False
    officer.save()
    give(client, code_of(twice[0]))
    assert not is_in(client)


def test_new_recovery_codes_replace_the_old_and_the_step_is_turned_off_with_the_password(client, officer, twice):
    _, codes = twice
    client.force_login(officer)
    page = change(client, "ma-du-phong").content.decode()
    fresh = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert "Mật khẩu không đúng" in change(client, "tat-hai-buoc", "sai").content.decode()
    officer.refresh_from_db()
    assert officer.signs_in_twice
    change(client, "tat-hai-buoc")
    officer.refresh_from_db()
    assert not officer.signs_in_twice
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()


@pytest.mark.parametrize("what", ["ma-du-phong", "tat-hai-buoc", "gi-do"])
def test_what_cannot_be_changed_changes_nothing(client, officer, what):
    client.force_login(officer)
    assert change(client, what).status_code == 200
    assert not StaticDevice.objects.exists()


def test_a_role_that_must_sets_it_up_before_anything_else(client, officer, settings):
    settings.TWO_STEP_ROLES = [Role.OFFICER]
    client.force_login(officer)
    setup = reverse("accounts:second-step-on")
    for name in ("dashboards:overview", "directives:tasks"):
        assert client.get(reverse(name)).url == setup
    assert "phải đăng nhập hai bước" in client.get(setup).content.decode()
    # The way out stays open.
    assert client.get(reverse("accounts:password-change")).status_code == 200
    assert client.post(reverse("accounts:logout")).status_code == 302
    client.force_login(factories.user(Role.COMMITTEE_MEMBER, officer.place))
    assert client.get(reverse("directives:tasks")).status_code == 200


def test_a_role_that_must_cannot_turn_it_off(client, officer, twice, settings):
    settings.TWO_STEP_ROLES = [Role.OFFICER]
    client.force_login(officer)
    assert "tat-hai-buoc" not in client.get(reverse("accounts:security")).content.decode()
    change(client, "tat-hai-buoc")
    officer.refresh_from_db()
    assert officer.signs_in_twice


def test_an_administrator_helps_who_lost_the_phone(client, officer, twice):
    administrator = factories.user(Role.ADMINISTRATOR, officer.place)
    client.force_login(administrator)
    assert "của 1 người" in act(client, "turn_second_step_off", officer).content.decode()
    officer.refresh_from_db()
    assert not officer.signs_in_twice
    off = SignIn.objects.get(kind=Kind.TWO_STEP_OFF)
    assert (off.user, off.by) == (officer, administrator)
    assert sign_in(Client(), password=PASSWORD).status_code == 302
