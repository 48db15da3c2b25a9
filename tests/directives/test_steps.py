"""What is done with one part: reported, confirmed, sent back, extended, withdrawn; and what stands in the way of each."""

import threading
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import policy
from accounts.models import Role
from communes.models import Locality
from directives import actions, queries
from directives.actions import NotPossible
from directives.models import Assignment, AssignmentEvent, AssignmentFile, AssignmentStatus
from tests.directives.factories import District, draft, issued, task

DONE = date(2024, 4, 15)
TODAY = timezone.localdate()


@pytest.fixture
def part(district):
    issued(district, district.committees[:1])
    return Assignment.objects.get()


@pytest.fixture
def body(district):
    return district.commune_officer(0)


def pdf(name="bien-ban.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7")


def kinds(part):
    return [event.kind for event in part.events.order_by("pk")]


def report(part, by, done_on=DONE, note="Báo cáo 45/BC-UBND", files=()):
    return actions.report_done(assignment=part, done_on=done_on, note=note, files=files, by=by)


def extend(part, by, due_on=date(2024, 5, 15), on=date(2024, 4, 10), document="45/UBND-NN", **more):
    return actions.extend_assignments(assignments=[part], due_on=due_on, on=on, document=document, by=by, **more)


def refused(sentence, write, *args, **kwargs):
    before = list(Assignment.objects.order_by("pk").values()), AssignmentEvent.objects.count()
    with pytest.raises(NotPossible, match=sentence):
        write(*args, **kwargs)
    assert before == (list(Assignment.objects.order_by("pk").values()), AssignmentEvent.objects.count())


# -- the body reports -------------------------------------------------------------------------------------------------


def test_progress_is_reported_with_percent_and_files_and_every_word_stays(part, body):
    actions.report_progress(assignment=part, note="Mới rà soát 2/9 bản", percent=20, by=body)
    said = actions.report_progress(
        assignment=part, note="Xong 6/9 bản", percent=60, files=[pdf(), pdf("b.pdf")], by=body
    )
    assert (said.progress_note, said.percent, said.done_on, said.reported_on) == ("Xong 6/9 bản", 60, None, None)
    assert [(e.note, e.percent, e.by) for e in part.events.filter(kind="progress").order_by("pk")] == [
        ("Mới rà soát 2/9 bản", 20, body),
        ("Xong 6/9 bản", 60, body),
    ]
    assert [file.name for file in AssignmentFile.objects.order_by("pk")] == ["bien-ban.pdf", "b.pdf"]
    # Where no percentage is given the last one stands.
    assert actions.report_progress(assignment=part, note="Thêm", by=body).percent == 60


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_lies_between_0_and_100(part, body, percent):
    refused("từ 0 đến 100", actions.report_progress, assignment=part, note="x", percent=percent, by=body)


def test_0_and_100_percent_are_progress_and_not_completion(part, body):
    for percent in (0, 100):
        said = actions.report_progress(assignment=part, note="x", percent=percent, by=body)
        assert (said.percent, said.done_on) == (percent, None)


def test_progress_wants_words(part, body):
    refused("Ghi đã làm được gì", actions.report_progress, assignment=part, note="  ", by=body)


def test_what_the_body_reports_done_waits_and_is_not_late_meanwhile(part, body, officer):
    said = report(part, body)
    assert (said.reported_on, said.done_on, said.percent, said.is_awaiting) == (DONE, None, 100, True)
    row = Assignment.objects.at(date(2024, 6, 1)).get()
    assert row.status_at == AssignmentStatus.IN_PROGRESS
    summary = queries.summary(officer, date(2024, 6, 1))
    assert (summary.awaiting, summary.done, summary.overdue) == (1, 0, 0)
    shown = queries.Row(row, date(2024, 6, 1))
    assert (shown.chip, shown.is_awaiting) == ("awaiting", True)
    # Before that day nothing was reported.
    assert not queries.summary(officer, date(2024, 4, 14)).awaiting


def test_what_was_reported_after_its_day_is_late_and_waits(part, body, officer):
    report(part, body, date(2024, 4, 18))
    summary = queries.summary(officer, date(2024, 4, 20))
    assert (summary.awaiting, summary.overdue) == (1, 1)
    row = queries.Row(Assignment.objects.at(date(2024, 4, 20)).get(), date(2024, 4, 20))
    assert (row.chip, row.is_awaiting, row.days) == ("overdue", True, 5)


def test_nothing_is_reported_over_a_report(part, body):
    report(part, body)
    refused("vừa được người khác báo cáo", report, part, body)
    refused("đã báo cáo hoàn thành", actions.report_progress, assignment=part, note="x", by=body)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"done_on": TODAY + timedelta(days=1)}, "ở sau hôm nay"),
        ({"done_on": date(2024, 3, 27)}, "trước ngày của văn bản giao việc"),
        ({"note": " "}, "Ghi kết quả"),
    ],
)
def test_a_report_says_what_and_when(part, body, given, sentence):
    refused(sentence, report, part, body, **given)


def test_a_priority_task_wants_proof_of_the_body_and_not_of_the_officer(district, body, officer):
    issued(district, district.committees[:2], is_priority=True)
    first, second = Assignment.objects.order_by("pk")
    refused("Nhiệm vụ trọng tâm: đính kèm", report, first, body)
    report(first, body, files=[pdf()])
    assert actions.complete_assignment(assignment=second, done_on=DONE, note="Đã kiểm tra", by=officer).done_on == DONE


def test_a_file_of_an_earlier_report_proves_too(district, body):
    issued(district, district.committees[:1], is_priority=True)
    part = Assignment.objects.get()
    actions.report_progress(assignment=part, note="x", files=[pdf()], by=body)
    assert report(part, body).is_awaiting


def test_where_one_file_cannot_be_kept_nothing_is(part, body, settings, monkeypatch):
    kept = AssignmentFile.file.field.storage.save
    names = []

    def save(name, *args, **kwargs):
        if len(names) == 1:
            raise OSError("đĩa đầy")
        names.append(kept(name, *args, **kwargs))
        return names[-1]

    monkeypatch.setattr(AssignmentFile.file.field.storage, "save", save)
    with pytest.raises(OSError, match="đầy"):
        report(part, body, files=[pdf("a.pdf"), pdf("b.pdf")])
    assert not AssignmentFile.objects.exists()
    assert not AssignmentFile.file.field.storage.exists(names[0])
    assert kinds(part) == ["issued"]
    part.refresh_from_db()
    assert part.reported_on is None


def test_files_lie_under_names_nobody_chose(part, body):
    report(part, body, files=[pdf("../../Biên bản.PDF")])
    file = AssignmentFile.objects.get()
    assert file.name == "Biên bản.pdf"
    assert "Bi" not in file.file.name
    assert ".." not in file.file.name


# -- the office decides -----------------------------------------------------------------------------------------------


def test_confirmed_it_counts_from_the_day_the_body_reported(part, body, officer):
    report(part, body)
    done = actions.confirm_assignment(assignment=part, by=officer, note="Đủ hồ sơ")
    assert (done.done_on, done.done_by) == (DONE, body)
    assert Assignment.objects.at(TODAY).get().status_at == AssignmentStatus.DONE_ON_TIME
    event = part.events.first()
    assert (event.kind, event.by, event.on, event.note) == ("completed", officer, DONE, "Đủ hồ sơ")


def test_only_what_waits_is_confirmed_or_sent_back(part, officer):
    for write, given in ((actions.confirm_assignment, {}), (actions.return_assignment, {"reason": "thiếu"})):
        refused("không chờ xác nhận", write, assignment=part, by=officer, **given)


def test_sent_back_it_is_open_again_with_the_last_progress_and_the_report_stays(part, body, officer):
    actions.report_progress(assignment=part, note="nửa", percent=50, by=body)
    report(part, body)
    refused("Ghi lý do trả lại", actions.return_assignment, assignment=part, reason=" ", by=officer)
    back = actions.return_assignment(assignment=part, reason="Thiếu biểu số 2", by=officer)
    assert (back.reported_on, back.done_note, back.percent, back.progress_note) == (None, "", 50, "nửa")
    assert kinds(part) == ["issued", "progress", "reported", "returned"]
    assert Assignment.objects.at(TODAY).get().status_at == AssignmentStatus.OVERDUE
    report(part, body, date(2024, 4, 20))
    assert actions.confirm_assignment(assignment=part, by=officer).done_on == date(2024, 4, 20)


def test_nobody_decides_on_what_they_have_not_seen(part, body, officer):
    other = District(communes=[], name="Khác").officer()
    report(part, body)
    seen = part.events.first().pk
    actions.return_assignment(assignment=part, reason="Thiếu biểu", by=other)
    report(part, body, note="Báo cáo lại")
    for write, given in ((actions.confirm_assignment, {}), (actions.return_assignment, {"reason": "x"})):
        refused("Sau khi anh chị mở trang này", write, assignment=part, by=officer, seen=seen, **given)
    actions.confirm_assignment(assignment=part, by=officer, seen=part.events.first().pk)


def test_reopened_it_keeps_its_history(part, body, officer):
    report(part, body)
    refused("đang mở", actions.reopen_assignment, assignment=part, reason="x", by=officer)
    actions.confirm_assignment(assignment=part, by=officer)
    again = actions.reopen_assignment(assignment=part, reason="Kiểm tra thấy chưa làm", by=officer)
    assert (again.done_on, again.reported_on) == (None, None)
    assert kinds(part) == ["issued", "reported", "completed", "reopened"]


def test_an_answer_that_nothing_changed_is_kept(part, officer):
    refused("chưa được xác nhận", actions.record_unchanged, assignment=part, what="Tiêu chí 11", by=officer)
    actions.complete_assignment(assignment=part, done_on=DONE, note="xong", by=officer)
    actions.record_unchanged(assignment=part, what="Tiêu chí 11, xã Sơn Bình", by=officer)
    assert part.events.first().words == "trả lời: kết quả không làm thay đổi đánh giá"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_succeeds():
    district = District(communes=["Sơn Bình"])
    issued(district, district.committees)
    part = Assignment.objects.get()
    report(part, district.commune_officer(0))
    officers = [district.officer(), district.officer()]
    start, outcomes = threading.Barrier(2), []

    def confirm(officer):
        try:
            start.wait()
            actions.confirm_assignment(assignment=part, by=officer)
            outcomes.append("confirmed")
        except NotPossible:
            outcomes.append("refused")
        finally:
            connection.close()

    people = [threading.Thread(target=confirm, args=[officer]) for officer in officers]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["confirmed", "refused"]
    assert kinds(part) == ["issued", "reported", "completed"]


# -- extended, withdrawn ----------------------------------------------------------------------------------------------


def test_an_extension_keeps_the_original_date_and_both_are_counted(part, officer):
    extend(part, officer, note="Mưa lũ")
    part.refresh_from_db()
    assert (part.due_on, part.original_due_on, part.extended_on) == (date(2024, 5, 15), DONE, date(2024, 4, 10))
    event = part.events.first()
    assert (event.words, event.document) == ("gia hạn từ 15/04/2024 đến 15/05/2024", "45/UBND-NN")
    for day, overdue, extended, by_original in (
        (date(2024, 4, 9), 0, 0, 0),  # before it was granted
        (date(2024, 4, 16), 0, 1, 1),
        (date(2024, 5, 15), 0, 1, 1),
        (date(2024, 5, 16), 1, 1, 1),
    ):
        found = queries.summary(officer, day)
        assert (found.overdue, found.extended, found.late_by_original) == (overdue, extended, by_original), day


def test_on_a_past_day_the_date_known_then_counts(part, officer):
    extend(part, officer, date(2024, 5, 15), on=date(2024, 4, 20))
    extend(part, officer, date(2024, 6, 15), on=date(2024, 5, 20))
    for day, due_on, status in (
        (date(2024, 4, 16), DONE, AssignmentStatus.OVERDUE),
        (date(2024, 4, 20), date(2024, 5, 15), AssignmentStatus.IN_PROGRESS),
        (date(2024, 5, 16), date(2024, 5, 15), AssignmentStatus.OVERDUE),
        (date(2024, 5, 20), date(2024, 6, 15), AssignmentStatus.IN_PROGRESS),
    ):
        row = Assignment.objects.at(day).get()
        assert (row.due_at, row.status_at) == (due_on, status), day


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"due_on": DONE}, r"thời hạn mới 15/04/2024 không sau thời hạn đang có"),
        ({"document": " "}, "Ghi số, ký hiệu"),
        ({"on": TODAY + timedelta(days=1)}, "ở sau hôm nay"),
        ({"on": date(2024, 3, 27)}, "trước ngày giao việc"),
    ],
)
def test_an_extension_that_is_none_is_refused(part, officer, given, sentence):
    refused(sentence, extend, part, officer, **given)


def test_what_is_done_or_has_no_date_is_not_extended(district, part, body, officer):
    report(part, body)
    refused("đã báo cáo hoàn thành hoặc đã thu hồi", extend, part, officer)
    issued(district, [district.health], due_on=None)
    refused("không có thời hạn", extend, Assignment.objects.get(agency=district.health), officer)


def test_extensions_are_all_or_nothing(district, officer):
    issued(district, district.committees[:2])
    first, second = Assignment.objects.order_by("pk")
    extend(second, officer, date(2024, 6, 1))
    refused(
        f"{second.agency}: thời hạn mới",
        actions.extend_assignments,
        assignments=[first, second],
        due_on=date(2024, 5, 15),
        on=date(2024, 4, 12),
        document="46",
        by=officer,
    )
    refused(
        "Chọn ít nhất một",
        actions.extend_assignments,
        assignments=[],
        due_on=date(2024, 5, 15),
        on=date(2024, 4, 12),
        document="46",
        by=officer,
    )


def test_an_extension_moves_only_the_date_that_was_shown(part, officer):
    seen = part.events.first().pk
    extend(part, officer, date(2024, 5, 15))
    refused("đã gia hạn từ 15/04/2024 đến 15/05/2024", extend, part, officer, date(2024, 6, 15), seen=seen)
    extend(part, officer, date(2024, 6, 15), seen=part.events.first().pk)


def test_an_earlier_document_does_not_extend_after_a_later_one(part, officer):
    extend(part, officer, date(2024, 5, 15), on=date(2024, 4, 10))
    refused("lần gia hạn trước ngày 10/04/2024", extend, part, officer, date(2024, 6, 15), on=date(2024, 4, 9))


def test_withdrawn_it_counts_until_that_day_and_is_not_reported_any_more(part, body, officer):
    withdraw = actions.withdraw_assignments
    refused("Ghi văn bản làm căn cứ", withdraw, assignments=[part], on=date(2024, 5, 1), by=officer)
    refused("trước ngày giao việc", withdraw, assignments=[part], on=date(2024, 3, 1), note="x", by=officer)
    refused("ở sau hôm nay", withdraw, assignments=[part], on=TODAY + timedelta(days=1), note="x", by=officer)
    withdraw(assignments=[part], on=date(2024, 5, 1), document="88/UBND", by=officer)
    assert [queries.summary(officer, day).total for day in (date(2024, 4, 30), date(2024, 5, 1))] == [1, 0]
    refused("đã thu hồi từ 01/05/2024", report, part, body)
    refused("đã thu hồi từ 01/05/2024", actions.report_progress, assignment=part, note="x", by=body)
    refused("Không còn phần việc nào", withdraw, assignments=[part], on=date(2024, 5, 1), note="x", by=officer)
    assert kinds(part) == ["issued", "withdrawn"]


def test_what_waits_is_not_withdrawn_under_the_body(part, body, officer):
    report(part, body)
    refused(
        "Không còn phần việc nào",
        actions.withdraw_assignments,
        assignments=[part],
        on=date(2024, 5, 1),
        note="x",
        by=officer,
    )


# -- who may ----------------------------------------------------------------------------------------------------------


def people(district, member):
    committee = district.user(Role.COMMITTEE_MEMBER)
    own = district.user(Role.COMMITTEE_MEMBER)
    own.member = member
    own.save()
    return {
        "officer": district.officer(),
        "administrator": district.user(Role.ADMINISTRATOR),
        "its body": district.user(Role.SECTOR_OFFICER, agency=member.agency),
        "another body": district.user(Role.SECTOR_OFFICER, agency=district.health),
        "a commune": district.commune_officer(0),
        "the member": own,
        "another member": committee,
        "another district": District(communes=[], name="Phong Thổ").officer(),
    }


def test_who_reports_and_who_confirms(district):
    member = district.members[2]
    issued(district, [], lead_members=[member])
    part = Assignment.objects.select_related("task__directive__locality", "agency__locality").get()
    who = people(district, member)
    reporting = {name for name, user in who.items() if policy.may_report_on(user, part)}
    confirming = {name for name, user in who.items() if policy.may_confirm(user, part)}
    assert reporting == {"officer", "administrator", "its body", "the member"}
    assert confirming == {"officer", "administrator"}


def ordered_above(district, leads, **fields):
    """Hand out a task of the province to bodies of the district."""
    province = Locality.objects.create(level="province", kind="tỉnh", name="Lai Châu")
    district.place.parent = province
    district.place.save()
    directive = draft(district, locality=province)
    task(directive, leads, **fields)
    actions.issue_directive(directive=directive, by=None)


def test_an_office_below_reports_for_its_bodies_and_does_not_confirm_what_the_one_above_ordered(district):
    ordered_above(district, [district.office])
    part = Assignment.objects.select_related("task__directive__locality", "agency__locality").get()
    officer = district.officer()
    assert policy.may_report_on(officer, part)
    assert not policy.may_confirm(officer, part)


def button(client, part):
    """What the button of a part's row on the board says; "" where the reader does not see it."""
    row = client.get(reverse("directives:tasks")).content.decode().partition(f'id="viec-{part.pk}"')[2]
    return row.partition("btn-sm")[2].partition(">")[2].partition("<")[0]


def test_the_board_offers_what_the_page_lets_the_person_do(client, district):
    member = district.members[2]
    issued(district, [], lead_members=[member])
    ordered_above(district, [], lead_members=[member])
    parts = Assignment.objects.select_related("task__directive__locality", "agency__locality")
    who = people(district, member) | {
        "province": district.user(Role.OFFICER, place=Locality.objects.get(level="province"))
    }

    def offered(part):
        said = {}
        for name, user in who.items():
            client.force_login(user)
            said[name] = button(client, part)
        return said

    own, above = parts.order_by("pk")
    reporting = {"officer", "administrator", "its body", "the member", "province"}
    for part in (own, above):
        said = offered(part)
        assert {name for name, words in said.items() if words == "Báo cáo"} == reporting
        # The committee sees all work, its members' parts too; bodies and other districts do not.
        assert {name for name, words in said.items() if words == "Xem"} == {"another member"}
        report(part, who["the member"])
    confirming = {"officer", "administrator", "province"}
    assert {name for name, words in offered(own).items() if words == "Xác nhận"} == confirming
    said = offered(above)
    assert {name for name, words in said.items() if words == "Xác nhận"} == {"province"}
    assert said["officer"] == said["the member"] == "Xem"
