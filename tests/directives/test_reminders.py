"""Who is told of what: thirty days by a table, what was missed, and nobody twice."""

import threading
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.models import Role, User
from directives import actions, reminders
from directives.models import Assignment, Digest, DigestLine, Reason
from directives.reminders import Part, Telling, reason_for_body, reason_for_head, reason_for_office
from tests.directives.factories import District, draft, issued, task
from tests.reading import counted

pytestmark = pytest.mark.django_db


def april(day):
    return date(2024, 4, day)


def send(day):
    """What the run of a day tells, by person: {'xã': {'B1': 'soon'}} with the letter and occurrence of each part."""
    digests, _ = actions.make_digests(day)
    lines = DigestLine.objects.filter(digest__in=digests).select_related("digest__user", "assignment__task")
    told = {}
    for line in lines:
        part = f"{line.assignment.task.text}{line.assignment.sequence}"
        told.setdefault(line.digest.user.full_name, {})[part] = line.reason
    return told


# -- thirty days -----------------------------------------------------------------------------------------------------


class Month:
    """April 2024 of a department, its head, a commune, a member of the committee and the office."""

    def __init__(self):
        self.district = district = District(communes=["Sơn Bình"])
        self.office = self.person("văn phòng", Role.OFFICER)
        self.person("phòng", Role.SECTOR_OFFICER, agency=district.education)
        # A head who does no work of the department's own is told only of what is far too late.
        self.person("thủ trưởng", Role.COMMITTEE_MEMBER, agency=district.education, is_head=True)
        self.person("xã", Role.COMMUNE_OFFICER, district.communes[0], district.committees[0])
        self.person("lãnh đạo", Role.COMMITTEE_MEMBER, member=district.members[3])
        commune = district.committees[0]
        self.give("A", [district.education], due_on=april(3))
        self.give("B", [commune], due_on=april(10))
        self.give("C", [commune], due_on=april(5), repeats="monthly", repeats_until=date(2024, 12, 31))
        self.give("E", [], lead_members=[district.members[3]])
        self.give("F", [district.education], due_on=april(25))

    def person(self, name, role, place=None, agency=None, **fields):
        user = self.district.user(role, place, agency)
        User.objects.filter(pk=user.pk).update(full_name=name, **fields)
        return user

    def give(self, letter, leads, day=date(2024, 3, 28), **fields):
        directive = draft(self.district, meeting_on=day)
        task(directive, leads, text=letter, **fields)
        actions.issue_directive(directive=directive, by=None)

    def part(self, letter, sequence=1):
        return Assignment.objects.get(task__text=letter, sequence=sequence)

    def morning(self, day):
        """What happens on a day before the run."""
        by = self.office
        if day == 4:
            actions.complete_assignment(assignment=self.part("C"), done_on=april(4), note="Đã báo cáo", by=by)
        elif day == 8:
            actions.extend_assignments(
                assignments=[self.part("B")], due_on=april(20), document="Công văn 5/UBND-NN", on=april(8), by=by
            )
        elif day == 11:
            self.give("D", [self.district.education], day=april(11), due_on=april(16))
        elif day == 16:
            actions.complete_assignment(assignment=self.part("D"), done_on=april(16), note="Đã nộp", by=by)
        elif day == 18:
            actions.report_done(assignment=self.part("B"), done_on=april(18), note="Đã làm xong", by=by)
        elif day == 19:
            actions.return_assignment(assignment=self.part("B"), reason="Thiếu danh sách hộ", by=by)
        elif day == 20:
            actions.withdraw_assignments(assignments=[self.part("F")], on=april(20), note="Không còn cần", by=by)
        elif day == 22:
            actions.report_done(assignment=self.part("B"), done_on=april(22), note="Đã bổ sung", by=by)
        elif day == 30:
            actions.confirm_assignment(assignment=self.part("B"), by=by)


# A: due 3/4, never done. B: due 10/4; extended on 8/4 to 20/4, reported on 18/4, sent back on 19/4, reported again on
# 22/4, confirmed on 30/4. C: monthly from 5/4, the first done on 4/4. D: given on 11/4, due 16/4, done on that day.
# E: a member's own, without a due date. F: due 25/4, withdrawn from 20/4.
TO_16_APRIL = {
    1: {
        "xã": {"B1": "new", "C1": "soon"},
        "phòng": {"A1": "soon", "F1": "new"},
        "lãnh đạo": {"E1": "new"},
    },
    2: {"phòng": {"A1": "tomorrow"}},
    3: {"xã": {"B1": "soon"}},
    4: {"phòng": {"A1": "overdue"}},
    # Neither 9 nor 10: B was extended on the 8th.
    11: {"phòng": {"A1": "overdue", "D1": "soon"}},
    13: {"xã": {"B1": "soon"}},
    15: {"phòng": {"D1": "tomorrow"}},
}
FROM_17_APRIL = {
    18: {"phòng": {"A1": "overdue", "F1": "soon"}, "văn phòng": {"B1": "awaiting"}},
    # A is overdue for 16 days.
    19: {"xã": {"B1": "returned"}, "thủ trưởng": {"A1": "escalated"}},
    21: {"xã": {"B1": "overdue"}},
    22: {"văn phòng": {"B1": "awaiting"}},
    25: {"phòng": {"A1": "overdue"}},
    26: {"thủ trưởng": {"A1": "escalated"}},
    28: {"xã": {"C2": "soon"}},
    29: {"văn phòng": {"B1": "awaiting"}},
}
EVERY_DAY = TO_16_APRIL | FROM_17_APRIL
MISSED_13_TO_15 = {day: told for day, told in EVERY_DAY.items() if day not in (13, 15)} | {
    # B still falls due within the week; D was done this morning.
    16: {"xã": {"B1": "soon"}},
}
MISSED_18_TO_20 = TO_16_APRIL | {
    # B was sent back meanwhile, and is overdue since yesterday: one line says both. F is no more.
    21: {"xã": {"B1": "returned"}, "phòng": {"A1": "overdue"}, "thủ trưởng": {"A1": "escalated"}},
    22: {"văn phòng": {"B1": "awaiting"}},
    28: {"xã": {"C2": "soon"}, "phòng": {"A1": "overdue"}, "thủ trưởng": {"A1": "escalated"}},
    29: {"văn phòng": {"B1": "awaiting"}},
}


@pytest.mark.parametrize(
    ("missed", "table"),
    [((), EVERY_DAY), ((13, 14, 15), MISSED_13_TO_15), ((18, 19, 20), MISSED_18_TO_20)],
    ids=["every day", "13 to 15 missed", "18 to 20 missed"],
)
def test_thirty_days_tell_what_the_table_says(missed, table):
    month = Month()
    for day in range(1, 31):
        month.morning(day)
        if day in missed:
            continue
        assert send(april(day)) == table.get(day, {}), f"{day}/4"
        # A second run on the same day tells nobody anything.
        assert send(april(day)) == {}
    for user in User.objects.all():
        assert user.unseen_digests == user.digests.count()


# -- the decisions at their edges ------------------------------------------------------------------------------------

DUE = date(2024, 4, 15)
NOON = timezone.make_aware(timezone.datetime(2024, 4, 1, 12))


def part(**fields):
    return Part(
        **{"pk": 1, "task": 1, "agency": 1, "member": None, "path": "1.", "due_on": DUE, "is_awaiting": False} | fields
    )


def told(reason, days, hours=0):
    """A line so many days after the due date."""
    return Telling(reason, DUE + timedelta(days=days), NOON + timedelta(hours=hours))


def body(days, *lines, knows_task=True, **fields):
    return reason_for_body(part(**fields), lines, day=DUE + timedelta(days=days), knows_task=knows_task)


@pytest.mark.parametrize(
    ("days", "reason"),
    [(-8, None), (-7, "soon"), (-2, "soon"), (-1, "tomorrow"), (0, "tomorrow"), (1, "overdue"), (400, "overdue")],
)
def test_what_was_never_told_is_told_by_how_it_stands(days, reason):
    assert body(days) == reason


@pytest.mark.parametrize(
    ("days", "line", "reason"),
    [
        (-6, told("soon", -7), None),
        (-1, told("soon", -7), "tomorrow"),
        (0, told("tomorrow", -1), None),
        # Whatever the line said, it showed the due date.
        (-3, told("returned", -5), None),
        (1, told("tomorrow", 0), "overdue"),
        (7, told("overdue", 1), None),
        (8, told("overdue", 1), "overdue"),
        (8, told("escalated", 2), None),
        # What an officer was told is no word to the body.
        (3, told("awaiting", 2), "overdue"),
    ],
)
def test_what_was_told_is_not_told_again_until_it_changes_or_a_week_has_passed(days, line, reason):
    assert body(days, line) == reason


def test_a_new_due_date_is_told_of_although_the_old_one_was():
    assert body(-6, told("soon", -7), moved_at=NOON - timedelta(hours=1)) is None
    assert body(-6, told("soon", -7), moved_at=NOON + timedelta(hours=1)) == "soon"
    # Told as overdue of a date before the one that holds now.
    assert body(1, told("overdue", -2)) == "overdue"


def test_what_is_sent_back_is_told_once_and_before_all_else():
    assert body(3, told("overdue", 2), returned_at=NOON + timedelta(hours=1)) == "returned"
    assert body(3, told("returned", 2, hours=2), returned_at=NOON + timedelta(hours=1)) is None
    assert body(9, told("returned", 2, hours=2), returned_at=NOON + timedelta(hours=1)) == "overdue"
    assert body(-20, due_on=None, returned_at=NOON) == "returned"


def test_new_work_is_told_once_a_task_and_by_its_first_open_occurrence():
    assert body(-30, knows_task=False, is_first=True) == "new"
    assert body(-30, knows_task=True, is_first=True) is None
    assert body(-30, knows_task=False, is_first=False) is None
    assert body(-7, knows_task=False, is_first=True) == "soon"
    assert body(0, knows_task=False, is_first=True, due_on=None) == "new"


def test_the_body_is_left_alone_while_its_report_waits():
    assert body(30, is_awaiting=True, returned_at=NOON) is None
    assert reason_for_head(part(is_awaiting=True), [], day=DUE + timedelta(days=30)) is None


@pytest.mark.parametrize(
    ("days", "lines", "reason"),
    [
        (15, [], None),
        (16, [], "escalated"),
        # A head who works in the department was told yesterday, but not as its head.
        (16, [told("overdue", 15)], "escalated"),
        (22, [told("escalated", 16)], None),
        (23, [told("escalated", 16)], "escalated"),
        (23, [told("escalated", 16), told("overdue", 20)], None),
        # Escalated before the due date was moved to this one.
        (16, [told("escalated", -3)], "escalated"),
    ],
)
def test_the_head_is_told_after_fifteen_days_and_then_weekly(days, lines, reason):
    assert reason_for_head(part(), lines, day=DUE + timedelta(days=days)) == reason


def test_a_head_is_told_nothing_of_work_without_a_due_date():
    assert reason_for_head(part(due_on=None), [], day=DUE) is None


@pytest.mark.parametrize(
    ("days", "lines", "reason"),
    [
        (0, [], "awaiting"),
        (6, [told("awaiting", 0)], None),
        (7, [told("awaiting", 0)], "awaiting"),
        # Reported again since.
        (1, [told("awaiting", 0, hours=-5)], "awaiting"),
        (1, [told("overdue", 0)], "awaiting"),
    ],
)
def test_officers_are_told_of_a_report_at_once_and_then_weekly(days, lines, reason):
    waiting = part(is_awaiting=True, reported_at=NOON - timedelta(hours=1))
    assert reason_for_office(waiting, lines, day=DUE + timedelta(days=days)) == reason


# -- who -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small():
    return District(communes=["Sơn Bình", "Bản Bo"])


def names(day=None):
    chosen = reminders.choose(reminders.recipients(), day or april(10))
    return {user.username: lines for user, lines in chosen.lines.items()}


def test_the_people_of_a_body_are_told_and_nobody_else(small):
    mine = [small.commune_officer(0), small.commune_officer(0)]
    small.commune_officer(1)
    small.officer()
    small.user(Role.COMMITTEE_MEMBER, agency=small.committees[0])
    gone = small.commune_officer(0)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    issued(small, [small.committees[0]])
    assert set(names()) == {user.username for user in mine}


def test_what_a_person_cannot_open_they_are_not_told_of(small):
    strayed = small.user(Role.COMMUNE_OFFICER, small.communes[1], small.committees[0])
    issued(small, [small.committees[0]])
    assert strayed.username not in names()
    nowhere = small.commune_officer(0)
    User.objects.filter(pk=nowhere.pk).update(place=None)
    assert names() == {}


def test_a_members_own_work_is_told_to_the_member_alone(small):
    member = small.user(Role.COMMITTEE_MEMBER)
    User.objects.filter(pk=member.pk).update(member=small.members[2])
    head = small.user(Role.SECTOR_OFFICER, agency=small.education)
    User.objects.filter(pk=head.pk).update(is_head=True)
    issued(small, [], lead_members=[small.members[2]], due_on=april(1))
    assert set(names(april(30))) == {member.username}


def test_officers_of_another_place_are_not_told_what_waits(small, officer):
    other = District(communes=["Mường Tè"], name="Mường Tè")
    here, there = small.officer(), other.officer()
    issued(small, [small.education])
    row = Assignment.objects.get()
    actions.report_done(assignment=row, done_on=april(2), note="Xong", by=here)
    told = names()
    assert told[here.username] == {row.pk: Reason.AWAITING}
    assert there.username not in told


def test_a_person_who_is_head_and_does_the_work_gets_one_line(small):
    head = small.user(Role.SECTOR_OFFICER, agency=small.education)
    User.objects.filter(pk=head.pk).update(is_head=True)
    issued(small, [small.education], due_on=april(1))
    row = Assignment.objects.get()
    assert names(april(16))[head.username] == {row.pk: Reason.OVERDUE}
    assert names(april(17))[head.username] == {row.pk: Reason.ESCALATED}


def test_work_that_nobody_hears_of_is_counted(small):
    small.commune_officer(0)
    issued(small, small.committees)
    chosen = reminders.choose(reminders.recipients(), april(10))
    assert chosen.unheard == {small.committees[1].pk: 1}
    assert "1 việc đang mở không ai được nhắc vì 1 cơ quan chưa có tài khoản: UBND xã Bản Bo" in run(on="10/4/2024")


def test_work_given_later_or_withdrawn_from_today_is_not_told(small):
    small.commune_officer(0)
    issued(small, [small.committees[0]])
    assert names(date(2024, 3, 27)) == {}
    assert names(date(2024, 3, 28)) != {}
    actions.withdraw_assignments(assignments=[Assignment.objects.get()], on=april(9), note="Thôi", by=None)
    assert names(april(8)) != {}
    assert names(april(9)) == {}


# -- the command -----------------------------------------------------------------------------------------------------


def run(**options):
    out = StringIO()
    call_command("send_reminders", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_the_command_says_what_it_did(small, settings):
    small.commune_officer(0)
    issued(small, [small.committees[0]])
    said = run(on="10/4/2024")
    assert "Ngày 10/04/2024: 1 người được nhắc, 1 việc." in said
    assert "Chưa đặt EMAIL_HOST nên không gửi thư, chỉ nhắc trong chuông." in said
    assert "0 người được nhắc, 0 việc" in run(on="2024-04-10")
    assert Digest.objects.get().on == april(10)


def test_a_dry_run_shows_and_writes_nothing(small):
    person = small.commune_officer(0)
    issued(small, [small.committees[0]])
    said = run(on="10/4/2024", dry_run=True)
    assert f"{person} ({person.username}): 1 việc sắp đến hạn" in said
    assert "Còn không quá 7 ngày: UBND xã Sơn Bình, Rà soát kế hoạch, hạn 15/04/2024" in said
    assert not Digest.objects.exists()
    run(on="10/4/2024")
    assert "sẽ nhắc 0 người" in run(on="10/4/2024", dry_run=True)


def test_without_a_day_it_is_today_in_vietnam(small):
    small.commune_officer(0)
    issued(small, [small.committees[0]])
    run()
    assert Digest.objects.get().on == timezone.localdate()


def test_a_wrong_day_is_refused_and_one_to_come_too(settings):
    with pytest.raises(CommandError, match="31/2/2024 không có trong lịch"):
        run(on="31/2/2024")
    settings.DEBUG = False
    with pytest.raises(CommandError, match="ở sau hôm nay"):
        run(on=f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}")
    assert not Digest.objects.exists()


# -- many people, and two runs at once -------------------------------------------------------------------------------


def queries_of_a_run(communes, works):
    district = District(communes=[f"Xã {number}" for number in range(communes)], name=f"Huyện {communes}")
    district.officer()
    for index in range(communes):
        district.commune_officer(index)
    for _ in range(works):
        issued(district, district.committees)
    awaiting = Assignment.objects.filter(agency=district.committees[0]).first()
    actions.report_done(assignment=awaiting, done_on=april(1), note="Xong", by=None)
    with counted() as queries:
        digests, _ = actions.make_digests(april(10))
    assert len(digests) == communes + 1
    return len(queries)


def test_a_run_asks_as_much_for_many_as_for_few():
    # People, their digests of the day, events, parts, lines before; digests, lines and the bell written.
    assert queries_of_a_run(3, 2) == 8
    assert queries_of_a_run(20, 5) == 8


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_everybody_once():
    district = District(communes=["Sơn Bình", "Bản Bo"])
    for index in range(2):
        district.commune_officer(index)
    issued(district, district.committees)
    together = threading.Barrier(2)
    made = []

    def work():
        together.wait()
        digests, _ = actions.make_digests(april(10))
        made.append(len(digests))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 2]
    assert Digest.objects.count() == DigestLine.objects.count() == 2
    assert list(User.objects.exclude(unseen_digests=0).values_list("unseen_digests", flat=True)) == [1, 1]
