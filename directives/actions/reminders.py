"""What becomes of reminders: made once a day, seen, wanted by e-mail or not; and the private addresses of calendars."""

import secrets
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from directives import reminders
from directives.models import CalendarAddress, Digest, DigestLine

# Rows written at once: past some thousands one statement gains nothing.
BATCH = 2000


@transaction.atomic
def make_digests(day: date) -> tuple[list[Digest], reminders.Chosen]:
    """Make the digests of a day for everybody who must be told something and has none of that day yet.

    A fixed number of queries. A run at the same time waits here and then finds that nothing is left to tell.
    """
    # Pages go on reading and signing in; only a second run, and marking as seen, wait.
    users = list(reminders.recipients().select_for_update(of=("self",), no_key=True))
    chosen = reminders.choose(users, day)
    digests = Digest.objects.bulk_create((Digest(user=user, on=day) for user in chosen.lines), batch_size=BATCH)
    DigestLine.objects.bulk_create(
        (
            DigestLine(digest=digest, assignment_id=assignment, reason=reason)
            for digest in digests
            for assignment, reason in chosen.lines[digest.user].items()
        ),
        batch_size=BATCH,
    )
    User.objects.filter(pk__in=[user.pk for user in chosen.lines]).update(unseen_digests=F("unseen_digests") + 1)
    return digests, chosen


@transaction.atomic
def see_digests(*, by):
    """Mark all that the person was told as seen."""
    _lock(by)
    Digest.objects.filter(user=by, seen_at=None).update(seen_at=timezone.now())
    User.objects.filter(pk=by.pk).update(unseen_digests=0)
    by.unseen_digests = 0


def want_email(*, by, wanted: bool):
    """Whether the person's digests go out by e-mail, too."""
    User.objects.filter(pk=by.pk).update(wants_email=wanted)
    by.wants_email = wanted


@transaction.atomic
def change_address(*, by, email: str):
    """Where the person's digests go by e-mail; '' where nowhere. What another address refused is tried again at this one."""
    User.objects.filter(pk=by.pk).update(email=email)
    Digest.objects.filter(user=by, mailed_at=None).exclude(mail_error="").update(mail_error="")
    by.email = email
    return by


@transaction.atomic
def open_calendar(*, by) -> CalendarAddress:
    """A new private calendar address for the person; the one before stops working."""
    _lock(by)
    CalendarAddress.objects.filter(user=by, revoked_at=None).update(revoked_at=timezone.now())
    return CalendarAddress.objects.create(user=by, token=secrets.token_urlsafe(32))


def revoke_calendar(address):
    """The address stops working at once and for good."""
    CalendarAddress.objects.filter(pk=address.pk, revoked_at=None).update(revoked_at=timezone.now())


def note_reading(address):
    """A program has read the calendar: its owner sees whether the address is in use."""
    CalendarAddress.objects.filter(pk=address.pk).update(last_read_at=timezone.now())


def _lock(user):
    # Evaluated for the lock alone: a run that makes digests, or the same person in a second window, waits.
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
