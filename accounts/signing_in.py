"""The door: who came in, who was kept out, and the record of both."""

from datetime import timedelta

from axes.helpers import get_cool_off
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import F
from django.shortcuts import render
from django.utils import timezone

from accounts.models import SignIn, User

Kind = SignIn.Kind
# How long the step after the password may take.
SECOND_STEP = timedelta(minutes=10)
_WAITING = "second_step"


def address_of(request) -> str | None:
    """The address the request comes from; behind a proxy the server has put the visitor's own there."""
    return request.META.get("REMOTE_ADDR") or None


def record(request, kind, user=None, by=None):
    """Put down what happened at the door."""
    return SignIn.objects.create(
        at=timezone.now(),
        kind=kind,
        user=user,
        by=by if by != user else None,
        address=address_of(request) if request else None,
        browser=request.headers.get("User-Agent", "")[:200].replace("\x00", "") if request else "",
    )


def locked_out(request, original_response=None, credentials=None):
    """The sign-in page that says until when the name is locked from this address; what was typed before stays on it."""
    from accounts.forms import SignInForm

    name = (credentials or {}).get("username", "") or request.POST.get("username", "")
    record(request, Kind.LOCKED, _named(name))
    minutes = max(1, round(get_cool_off(request).total_seconds() / 60))
    context = {
        "form": SignInForm(request, initial={"username": name[:150]}),
        "locked_minutes": minutes,
        "next": request.POST.get("next", ""),
        "kept": request.POST.get("kept", ""),
    }
    return render(request, "accounts/login.html", context, status=429)


def _named(name):
    return User.objects.filter(username=name).first() if name and "\x00" not in name else None


# Between the password and the code.


def wait_for_code(request, user):
    """Remember who gave the right password and has a code still to give; nobody is signed in yet."""
    request.session[_WAITING] = {"user": user.pk, "until": (timezone.now() + SECOND_STEP).isoformat()}


def who_waits(request) -> User | None:
    """The person whose code is waited for; None if nobody's, or not any more."""
    waiting = request.session.get(_WAITING)
    if not waiting or timezone.datetime.fromisoformat(waiting["until"]) < timezone.now():
        return None
    return User.objects.filter(pk=waiting["user"], is_active=True).first()


def end_sessions(request, user):
    """No session of the person's holds any more but, where it is their own doing, the one they are in."""
    User.objects.filter(pk=user.pk).update(session_series=F("session_series") + 1)
    user.refresh_from_db(fields=["session_series"])
    record(request, Kind.ENDED, user, by=request.user)
    if user == request.user:
        update_session_auth_hash(request, user)


# What Django tells of.


def _signed_in(sender, request, user, **kwargs):
    record(request, Kind.SIGNED_IN, user)


def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        record(request, Kind.SIGNED_OUT, user)


def _failed(sender, credentials, request=None, **kwargs):
    # Of who is kept out already, the page that says so makes a record of its own.
    if not getattr(request, "axes_locked_out", False):
        record(request, Kind.FAILED, _named(credentials.get("username", "")))


def listen():
    """Hear what Django tells of signing in; called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="record signing in")
    user_logged_out.connect(_signed_out, dispatch_uid="record signing out")
    user_login_failed.connect(_failed, dispatch_uid="record a failed sign-in")
