"""Signing in in two steps: a code from the person's phone (TOTP, RFC 6238), or one of ten that were written down."""

import secrets
from base64 import b32encode
from io import BytesIO

import segno
from django.conf import settings
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from django_otp import devices_for_user
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User

RECOVERY_CODES = 10
# Letters and digits that nobody takes for one another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class WrongCode(Exception):
    """The code does not hold; the message says what to do."""


def is_required(user) -> bool:
    """Whether the office wants this person to sign in in two steps (`TWO_STEP_ROLES`)."""
    return user.role in settings.TWO_STEP_ROLES


def begin(user) -> TOTPDevice:
    """The secret a phone is to take, waiting for its first code; the same until it is confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="điện thoại", confirmed=False)


def secret_of(device: TOTPDevice) -> str:
    """The secret to be typed where no camera is, in groups of four."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def picture_of(device: TOTPDevice) -> SafeString:
    """The QR code of the secret, as SVG without styles of its own."""
    out = BytesIO()
    segno.make(device.config_url, error="m").save(
        out, kind="svg", scale=5, border=3, xmldecl=False, svgclass="qr", lineclass=None, title="Mã QR"
    )
    return mark_safe(out.getvalue().decode())


@transaction.atomic
def confirm(user: User, code: str) -> list[str]:
    """Turn it on with the first code of the phone; returns the recovery codes, which are shown this once.

    Raises WrongCode.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token(code.replace(" ", "")):
        raise WrongCode("Mã không đúng. Xem giờ trên điện thoại có đúng không, rồi nhập mã mới nhất.")
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    user.signs_in_twice = True
    user.save(update_fields=["signs_in_twice"])
    return renew_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """New codes to write down; those of before no longer hold."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="mã dự phòng")
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(user: User) -> int:
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


@transaction.atomic
def turn_off(user: User) -> None:
    """Back to the password alone."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    user.signs_in_twice = False
    user.save(update_fields=["signs_in_twice"])


def check(user: User, code: str) -> None:
    """Take a code of the phone or a recovery code, which is used up; raises WrongCode.

    After each wrong one the library makes the next wait longer.
    """
    typed = code.strip().lower().replace("-", "").replace(" ", "")
    kind = TOTPDevice if typed.isdecimal() and len(typed) == 6 else StaticDevice
    with transaction.atomic():
        devices = [one for one in devices_for_user(user, for_verify=True) if isinstance(one, kind)]
        waiting = [one for one in devices if not one.verify_is_allowed()[0]]
        # NUL is no text to PostgreSQL, and no part of a code.
        if "\x00" not in typed and any(one.verify_token(typed) for one in devices if one not in waiting):
            return
    if waiting:
        raise WrongCode("Nhập sai nhiều lần. Chờ một phút rồi nhập mã mới nhất.")
    raise WrongCode("Mã không đúng hoặc đã hết hạn. Nhập mã mới nhất trên điện thoại, hoặc một mã dự phòng chưa dùng.")
