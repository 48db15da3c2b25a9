"""The private calendar, read back as a calendar program reads it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Role, User
from directives import actions, calendars
from directives.models import Assignment, CalendarAddress
from tests.directives.factories import District, assignment, draft, issued, task
from tests.reading import counted

pytestmark = pytest.mark.django_db

WORDS = (
    "UBND các xã rà soát, đăng ký nhu cầu xi măng năm 2024; tổng hợp, báo cáo Ủy ban nhân dân huyện (qua Phòng Nông "
    "nghiệp và PTNT; Văn phòng Điều phối)\\ đúng hạn, đủ biểu mẫu."
)


@pytest.fixture
def small(settings):
    settings.SITE_URL = "https://ntm.example.vn"
    return District(communes=["Sơn Bình", "Bản Bo"])


@pytest.fixture
def person(small):
    return small.commune_officer(0)


def due(days):
    return timezone.localdate() + timedelta(days=days)


def read(user, **headers):
    address = CalendarAddress.objects.filter(user=user, revoked_at=None).first() or actions.open_calendar(by=user)
    return Client().get(reverse("directives:calendar", args=[address.token]), headers=headers)


def events(user):
    return Calendar.from_ical(read(user).content).walk("VEVENT")


def summaries(user):
    return [str(event["SUMMARY"]) for event in events(user)]


def test_the_calendar_reads_back_word_for_word(small, person):
    issued(small, small.committees, due_on=due(20), text=WORDS)
    row = Assignment.objects.get(agency=small.committees[0])
    response = read(person)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    calendar = Calendar.from_ical(response.content)
    assert str(calendar["VERSION"]) == "2.0"
    assert "Nông thôn mới" in calendar["PRODID"]
    assert str(calendar["X-WR-CALNAME"]) == "Nông thôn mới: thời hạn nhiệm vụ"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in response.content
    assert b"X-PUBLISHED-TTL" in response.content
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == f"phan-viec-{row.pk}@ntm.example.vn"
    assert event["DTSTART"].dt == due(20)
    assert type(event["DTSTART"].dt) is date
    assert event["DTEND"].dt == due(21)
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == f"Hạn: {WORDS[:79].rstrip()}…"
    assert event["URL"] == f"https://ntm.example.vn{row.get_absolute_url()}"
    words, source, link = str(event["DESCRIPTION"]).split("\n")
    assert words == WORDS
    assert source == "UBND xã Sơn Bình · Thông báo họp ngày 28/03/2024"
    assert link == event["URL"]
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt
    (alarm,) = event.walk("VALARM")
    # Eight in the morning of the day before.
    assert alarm["TRIGGER"].dt == timedelta(hours=-16)
    assert alarm["ACTION"] == "DISPLAY"


def test_lines_are_folded_at_75_bytes_and_never_inside_a_letter(small, person):
    issued(small, small.committees, due_on=due(20), text=WORDS)
    content = read(person).content
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode("utf-8")


def test_done_and_withdrawn_work_disappears_and_extended_work_moves(small, person):
    for words in ("xong", "thôi", "gia hạn", "không hạn"):
        issued(small, small.committees, due_on=None if words == "không hạn" else due(5), text=words)
    mine = Assignment.objects.filter(agency=small.committees[0])
    assert summaries(person) == ["Hạn: xong", "Hạn: thôi", "Hạn: gia hạn"]
    before = {str(event["SUMMARY"]): event for event in events(person)}
    actions.complete_assignment(assignment=mine.get(task__text="xong"), done_on=due(0), note="Xong", by=None)
    actions.withdraw_assignments(assignments=[mine.get(task__text="thôi")], on=due(0), note="Thôi", by=None)
    actions.extend_assignments(
        assignments=[mine.get(task__text="gia hạn")], due_on=due(15), document="CV 5", on=due(0), by=None
    )
    (event,) = events(person)
    assert event["SUMMARY"] == "Hạn: gia hạn"
    assert event["UID"] == before["Hạn: gia hạn"]["UID"]
    assert event["DTSTART"].dt == due(15)
    assert event["LAST-MODIFIED"].dt >= before["Hạn: gia hạn"]["LAST-MODIFIED"].dt
    assert f"gia hạn đến {due(15):%d/%m/%Y}" in event["DESCRIPTION"]


def test_what_is_reported_rings_no_more(small, person):
    issued(small, small.committees, due_on=due(5))
    actions.report_done(
        assignment=Assignment.objects.get(agency=small.committees[0]), done_on=due(0), note="Xong", by=person
    )
    (event,) = events(person)
    assert not event.walk("VALARM")
    assert "chờ xác nhận" in event["DESCRIPTION"]


def test_a_calendar_holds_only_what_is_the_persons_own(small, person):
    department = small.user(Role.SECTOR_OFFICER, agency=small.education)
    member = small.user(Role.COMMITTEE_MEMBER, agency=small.education)
    User.objects.filter(pk=member.pk).update(member=small.members[2])
    issued(small, [small.committees[0]], due_on=due(5), text="của xã Sơn Bình")
    issued(small, [small.committees[1]], due_on=due(5), text="của xã Bản Bo")
    issued(small, [small.education], due_on=due(5), text="của phòng")
    issued(small, [], lead_members=[small.members[2]], due_on=due(5), text="của thành viên")
    assert summaries(person) == ["Hạn: của xã Sơn Bình"]
    assert summaries(department) == ["Hạn: của phòng"]
    assert summaries(member) == ["Hạn: của thành viên"]
    assert summaries(small.user(Role.ADMINISTRATOR)) == []
    # Who serves another place now does not see what was theirs.
    User.objects.filter(pk=person.pk).update(place=small.communes[1])
    assert summaries(person) == []


def test_an_officer_sees_the_work_of_the_place_due_about_now(small):
    officer = small.officer()
    elsewhere = District(communes=["Mường Tè"], name="Mường Tè")
    for days in (-31, -30, 180, 181):
        issued(small, [small.education], due_on=due(days), text=f"{days} ngày")
    issued(elsewhere, [elsewhere.education], due_on=due(5), text="huyện khác")
    assert summaries(officer) == ["Hạn: Phòng GD&ĐT: -30 ngày", "Hạn: Phòng GD&ĐT: 180 ngày"]


def test_a_calendar_that_was_cut_says_so(small, monkeypatch):
    monkeypatch.setattr(calendars, "MOST_EVENTS", 2)
    officer = small.officer()
    issued(small, small.departments, due_on=due(5))
    calendar = Calendar.from_ical(read(officer).content)
    assert len(calendar.walk("VEVENT")) == 2
    assert "Chỉ có 2 việc đến hạn sớm nhất" in calendar["X-WR-CALDESC"]


@pytest.mark.parametrize("token", ["x", "a" * 43, "ten-la"])
def test_an_unknown_address_is_not_found(small, token):
    assert Client().get(f"/lich/{token}.ics").status_code == 404


def test_the_address_of_somebody_inactive_is_not_found(small, person):
    assert read(person).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert read(person).status_code == 404


def test_an_address_opens_nothing_but_the_calendar(small, person):
    address = actions.open_calendar(by=person)
    client = Client()
    response = client.get(reverse("directives:calendar", args=[address.token]))
    assert not response.cookies
    assert client.get(reverse("directives:reminders")).status_code == 302
    assert client.post(reverse("directives:calendar", args=[address.token])).status_code == 405


def test_what_did_not_change_is_not_sent_again(small, person):
    issued(small, small.committees, due_on=due(5))
    first = read(person)
    again = read(person, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    issued(small, small.committees, due_on=due(6))
    assert read(person, if_none_match=first["ETag"]).status_code == 200


def test_a_calendar_of_many_asks_as_much_as_one_of_few(small):
    officer = small.officer()
    work = task(draft(small), small.committees, due_on=due(5))
    actions.issue_directive(directive=work.directive, by=None)

    def queries():
        address = CalendarAddress.objects.filter(user=officer).first() or actions.open_calendar(by=officer)
        with counted() as asked:
            Client().get(reverse("directives:calendar", args=[address.token]))
        return len(asked)

    # The address with its person, the moment noted, the work.
    assert queries() == 3
    Assignment.objects.bulk_create(
        assignment(work, agency, due_on=due(days), sequence=days + 10)
        for agency in small.committees
        for days in range(100)
    )
    assert queries() == 3
