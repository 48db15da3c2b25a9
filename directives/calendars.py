"""The private calendar of a person: the due dates of what is theirs, as iCalendar (RFC 5545) that programs subscribe to."""

from datetime import date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import DateTimeField, Max, OuterRef, Q, Subquery
from icalendar import Alarm, Calendar, Event

from accounts.models import Role
from directives.models import Assignment, AssignmentEvent, CalendarAddress
from directives.reminders import BODY_ROLES
from ntm_tracker.vietnamese import format_date

MOST_EVENTS = 500
# An officer's calendar holds the work of the whole place: what is due about now.
DAYS_BACK, DAYS_AHEAD = 30, 180
SUMMARY_LENGTH = 80
REFRESH = timedelta(hours=6)
# All-day events begin at midnight: told of at eight in the morning of the day before.
ALARM = timedelta(hours=-16)


def address_of(token: str) -> CalendarAddress | None:
    """The address with this token while it is in use by somebody active, with the person. One query."""
    addresses = CalendarAddress.objects.filter(token=token, revoked_at=None, user__is_active=True)
    return addresses.select_related("user__place", "user__agency").first()


def calendar_of(user, day: date, site_url: str) -> bytes:
    """The person's due dates as an iCalendar file. One query."""
    is_office = user.role == Role.OFFICER
    work = _of_place(user, day) if is_office else _own(user)
    rows = list(_open(user, day).filter(work).order_by("due_on", "pk")[: MOST_EVENTS + 1])
    calendar = Calendar()
    calendar.add("prodid", "-//Nông thôn mới//Thời hạn nhiệm vụ//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Nông thôn mới: thời hạn nhiệm vụ")
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("x-wr-caldesc", _description(user, is_office, is_cut=len(rows) > MOST_EVENTS))
    # The one of RFC 7986 and the one Outlook reads.
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows[:MOST_EVENTS]:
        calendar.add_component(_event(row, site_url, names_body=is_office))
    return calendar.to_ical()


def _open(user, day):
    events = AssignmentEvent.objects.filter(assignment=OuterRef("pk")).order_by()
    changed_at = Subquery(
        events.values("assignment").annotate(last=Max("at")).values("last"), output_field=DateTimeField()
    )
    return (
        Assignment.objects.visible_to(user)
        .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), done_on=None, due_on__isnull=False, given_on__lte=day)
        .annotate(changed_at=changed_at)
        .select_related("task__directive", "agency", "member")
        .defer("task__directive__text")
    )


def _own(user):
    """What the person is reminded of: of their body, and as a member of the committee."""
    mine = Q(pk__in=[])
    if user.agency_id and user.role in BODY_ROLES:
        mine |= Q(agency=user.agency_id, member=None)
    if user.member_id:
        mine |= Q(member=user.member_id)
    return mine


def _of_place(user, day):
    about_now = Q(due_on__gte=day - timedelta(days=DAYS_BACK), due_on__lte=day + timedelta(days=DAYS_AHEAD))
    return about_now | _own(user)


def _description(user, is_office, *, is_cut):
    words = f"Thời hạn các phần việc chưa hoàn thành của {user}."
    if is_office:
        words = (
            f"Phần việc chưa hoàn thành của các cơ quan trong địa bàn, hạn từ {DAYS_BACK} ngày trước đến {DAYS_AHEAD} "
            "ngày sau hôm nay."
        )
    if is_cut:
        words += f" Chỉ có {MOST_EVENTS} việc đến hạn sớm nhất; xem đủ ở trang Nhiệm vụ."
    return words


def _event(row, site_url, *, names_body):
    task = row.task
    words = " ".join(task.text.split())
    if names_body:
        words = f"{row.body}: {words}"
    url = site_url + row.get_absolute_url()
    changed_at = row.changed_at or task.assigned_at
    event = Event()
    # The same through every change, so that programs move the event and do not add another.
    event.add("uid", f"phan-viec-{row.pk}@{urlsplit(settings.SITE_URL).hostname or 'nong-thon-moi'}")
    # Not the moment of asking: what did not change reads the same.
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", row.due_on)
    event.add("dtend", row.due_on + timedelta(days=1))
    event.add("summary", f"Hạn: {_cut(words)}")
    event.add("description", "\n".join([task.text, f"{row.body} · {task.source}", *_notes(row), url]))
    event.add("url", url)
    event.add("status", "CONFIRMED")
    # A day on which something falls due is not a busy day.
    event.add("transp", "TRANSPARENT")
    if not row.is_awaiting:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Hạn {format_date(row.due_on)}: {_cut(words)}")
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
    return event


def _notes(row):
    if row.task.directive.is_illustrative:
        yield "Số liệu minh họa."
    if row.is_awaiting:
        yield f"Đã báo cáo hoàn thành ngày {format_date(row.reported_on)}, chờ xác nhận."
    if row.is_extended:
        yield f"Thời hạn gốc {format_date(row.original_due_on)}, gia hạn đến {format_date(row.due_on)}."


def _cut(words):
    return words if len(words) <= SUMMARY_LENGTH else f"{words[: SUMMARY_LENGTH - 1].rstrip()}…"
