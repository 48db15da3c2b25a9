"""Digests as e-mail: one letter a person, over one connection; what could not go out waits for the next run."""

import smtplib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from directives import reminders
from directives.models import Digest, DigestLine
from ntm_tracker.vietnamese import format_date

# A digest that could not be sent for so many days stays in the bell alone.
RETRY_DAYS = 7
# What a letter lists; the rest is a click away.
MOST_LINES = 50
ERROR_LENGTH = Digest._meta.get_field("mail_error").max_length


@dataclass
class Report:
    """How the letters of a run went out."""

    sent: int = 0
    # (person, what the server said), of those whom it refused.
    refused: list[tuple] = field(default_factory=list)
    # What kept every letter, or the rest of them, from going out.
    failure: str = ""
    waiting: int = 0


def can_send() -> bool:
    return bool(settings.EMAIL_HOST)


def send_digests(day: date) -> Report:
    """Send everybody who wants it a letter with the digests that have not gone out. A fixed number of queries.

    Digests are claimed before they are sent and given back if that fails, so that of two runs at once one sends, and
    nobody gets a letter twice. What the person has seen in the app, or what is done meanwhile, needs no letter.
    """
    by_user = _claim(day)
    lines = _lines(by_user)
    report, unsent = Report(), {}
    waiting = {digest.pk: digest for digests in by_user.values() for digest in digests}
    try:
        with _Postman(report) as postman:
            for digests in by_user.values():
                person = digests[0].user
                if mine := _still_open(digests, lines, day):
                    error = postman.send(letter(person, mine, day))
                    if report.failure:
                        break
                    if error:
                        report.refused.append((person, error))
                        unsent |= {digest.pk: error for digest in digests}
                    else:
                        report.sent += 1
                for digest in digests:
                    del waiting[digest.pk]
    finally:
        # Also where the run is cut off: what has not begun is the next one's.
        _give_back(by_user, unsent | dict.fromkeys(waiting, report.failure))
    report.waiting = len({digest.user_id for digest in waiting.values()})
    return report


def letter(user, lines: list[DigestLine], day: date) -> EmailMultiAlternatives:
    """The message with these lines for a person. Nothing that anybody typed stands in its head."""
    shown = sorted(lines, key=lambda line: reminders.ORDER.index(line.reason))[:MOST_LINES]
    context = {
        "person": user,
        "groups": reminders.grouped(shown, day),
        "day": day,
        "summary": reminders.in_words(line.reason for line in lines),
        "hidden": len(lines) - len(shown),
        "site_url": settings.SITE_URL,
        "page_url": settings.SITE_URL + reverse("directives:reminders"),
        "office_name": settings.OFFICE_NAME,
    }
    return _message(user, context)


def _message(user, context):
    message = EmailMultiAlternatives(
        subject=f"Nông thôn mới: {context['summary']} ({format_date(context['day'])})",
        body=render_to_string("directives/reminder_letter.txt", context),
        to=[user.email],
        headers={
            # Machines that answer letters leave this one alone (RFC 3834).
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{context['page_url']}#thu>",
        },
    )
    message.attach_alternative(render_to_string("directives/reminder_letter.html", context), "text/html")
    return message


# -- which digests ---------------------------------------------------------------------------------------------------


def _claim(day) -> dict[int, list[Digest]]:
    """The digests to send by person, marked as sent by this run: of two runs each row goes to one. Two queries."""
    claimed_at = timezone.now()
    waiting = Digest.objects.filter(
        mailed_at=None,
        seen_at=None,
        on__gt=day - timedelta(days=RETRY_DAYS),
        on__lte=day,
        user__is_active=True,
        user__wants_email=True,
    ).exclude(user__email="")
    waiting.update(mailed_at=claimed_at, mail_error="")
    mine = Digest.objects.filter(mailed_at=claimed_at).select_related("user").order_by("user", "on", "pk")
    by_user = defaultdict(list)
    for digest in mine:
        by_user[digest.user_id].append(digest)
    return by_user


def _lines(by_user) -> dict[int, list[DigestLine]]:
    keys = [digest.pk for digests in by_user.values() for digest in digests]
    lines = defaultdict(list)
    for line in reminders.with_work(DigestLine.objects.filter(digest__in=keys)):
        lines[line.digest_id].append(line)
    return lines


def _still_open(digests, lines, day) -> list[DigestLine]:
    """Of several digests the last word on each assignment, without what is settled meanwhile."""
    last = {line.assignment_id: line for digest in digests for line in lines[digest.pk]}
    groups = reminders.grouped(last.values(), day)
    return [entry.line for group in groups for entry in group.entries if not entry.is_settled]


def _give_back(by_user, unsent: dict[int, str]):
    back = [digest for digests in by_user.values() for digest in digests if digest.pk in unsent]
    for digest in back:
        digest.mailed_at, digest.mail_error = None, unsent[digest.pk][:ERROR_LENGTH]
    Digest.objects.bulk_update(back, ["mailed_at", "mail_error"], batch_size=500)


# -- the server ------------------------------------------------------------------------------------------------------


class _Postman:
    """One connection for all letters; opened once more where the server hangs up after some of them."""

    def __init__(self, report):
        self.report = report
        self.connection = get_connection()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._hang_up()

    def send(self, message) -> str:
        """Why the server refuses this letter; '' if it went out, or if none can any more: the report then says why."""
        try:
            while True:
                is_fresh = self.connection.open() is not False
                try:
                    self.connection.send_messages([message])
                except (smtplib.SMTPException, ConnectionError) as error:
                    if is_fresh or not _hung_up(error):
                        raise
                    self._hang_up()
                else:
                    return ""
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError) as error:
            # A ValueError: the address is none, or holds a line break.
            return _said(error)
        except (smtplib.SMTPException, OSError) as error:
            self.report.failure = _said(error)
            return ""

    def _hang_up(self):
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.connection.connection = None


def _hung_up(error):
    """Whether the server closed the connection: without a word, or saying that it closes it (421)."""
    return isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)) or _said(error).startswith("421 ")


def _said(error) -> str:
    """What a mail server said, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return " ".join(f"{error.smtp_code} {said}".split())
    return " ".join(f"{type(error).__name__}: {error}".split())
