import threading
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from communes.models import CommitteeMember
from directives import actions
from directives.actions import CannotIssue, NotPossible
from directives.models import Assignment, AssignmentEvent, Directive
from tests.directives.factories import District, draft, issued, notice_003, task


def problems(directive):
    with pytest.raises(CannotIssue) as raised:
        actions.issue_directive(directive=directive, by=None)
    assert not Assignment.objects.exists()
    return [problem.message for problem in raised.value.problems]


def test_issuing_creates_an_assignment_for_each_body_and_time(district):
    directive = draft(district)
    task(directive, district.committees, due_on=date(2024, 4, 15))
    task(directive, [], lead_members=district.members[:2], due_on=date(2024, 10, 31), repeats="monthly")
    actions.issue_directive(directive=directive, by=None)
    assert Assignment.objects.filter(member=None, due_on=date(2024, 4, 15)).count() == 12
    member = district.members[0]
    rows = Assignment.objects.filter(member=member).order_by("sequence").values_list("agency", "sequence", "due_on")
    assert list(rows) == [
        (member.agency_id, 1, date(2024, 10, 31)),
        (member.agency_id, 2, date(2024, 11, 30)),
        (member.agency_id, 3, date(2024, 12, 31)),
    ]
    directive.refresh_from_db()
    assert directive.is_assigned


def test_notice_003_as_labelled(district):
    directive = notice_003(district)
    actions.issue_directive(directive=directive, by=None)
    count = {t.position: t.assignments.count() for t in directive.tasks.all()}
    # Ten tasks: 12 communes each for 1, 2, 3 and 5, four for 4, the town, five members in nine months, then bodies.
    assert count == {1: 12, 2: 12, 3: 12, 4: 4, 5: 12, 6: 1, 7: 5 * 9, 8: 1, 9: 3, 10: 4}
    monthly = Assignment.objects.filter(task__position=7, member=district.members[0]).order_by("due_on")
    assert [a.due_on for a in monthly] == [date(2024, month, 25) for month in range(4, 13)]


def test_an_empty_draft_is_not_handed_out(district):
    assert problems(draft(district)) == ["Văn bản chưa có nhiệm vụ nào. Thêm ít nhất một nhiệm vụ rồi giao."]


def test_a_task_without_a_lead_is_named(district):
    directive = draft(district)
    task(directive, [district.office])
    task(directive, lead_text="Các cơ quan chuyên môn")
    assert problems(directive) == ["Nhiệm vụ 2: chưa có cơ quan chủ trì (văn bản ghi “Các cơ quan chuyên môn”)."]


def test_a_due_date_before_the_directive_is_named(district):
    directive = draft(district)
    task(directive, [district.office], due_on=date(2024, 3, 27))
    assert problems(directive) == ["Nhiệm vụ 1: thời hạn 27/03/2024 trước ngày của văn bản (28/03/2024)."]


def test_the_day_of_the_directive_itself_is_a_fair_due_date(district):
    issued(district, [district.office], due_on=date(2024, 3, 28))


def test_a_body_that_ended_and_a_member_who_left_are_named(district):
    directive = draft(district)
    district.health.is_active = False
    district.health.save()
    gone = CommitteeMember.objects.create(position="Trưởng phòng", agency=district.education, until_on=date(2024, 1, 1))
    task(directive, [district.health], lead_members=[gone])
    assert problems(directive) == [
        "Nhiệm vụ 1: Trung tâm Y tế huyện đã ngừng hoạt động, chọn cơ quan khác.",
        "Nhiệm vụ 1: Trưởng phòng đã thôi nhiệm vụ từ 01/01/2024, chọn người khác.",
    ]


def test_too_many_dates_are_named(district):
    directive = draft(district)
    task(directive, [district.office], due_on=date(2024, 4, 1), repeats="weekly", repeats_until=date(2044, 1, 1))
    assert problems(directive)[0].startswith("Nhiệm vụ 1: Định kỳ từ 01/04/2024 đến 01/01/2044 có hơn 260 lần")


def test_what_is_handed_out_cannot_be_handed_out_again_nor_changed(district):
    directive = issued(district, [district.office])
    work = directive.tasks.get()
    actions.save_tasks(directive=directive, tasks=[], by=None)
    for write in (
        lambda: actions.issue_directive(directive=directive, by=None),
        lambda: actions.save_task(directive=directive, by=None, task=work, text="sửa"),
        lambda: actions.delete_task(task=work, by=None),
    ):
        with pytest.raises(NotPossible, match="đã giao việc lúc"):
            write()
    with pytest.raises(NotPossible, match="đã giao việc nên không sửa được: ngày họp"):
        actions.update_directive(directive=directive, by=None, meeting_on=date(2024, 3, 1))
    assert Assignment.objects.count() == 1
    assert directive.tasks.get().text == "Rà soát kế hoạch"


def test_the_number_of_a_notice_is_added_after_its_work_was_handed_out(district):
    directive = issued(district, [district.office])
    actions.update_directive(directive=directive, by=None, number="253/TB-UBND")
    directive.refresh_from_db()
    assert directive.number == "253/TB-UBND"


def test_tasks_left_out_are_handed_out_later(district):
    directive = draft(district)
    task(directive, [district.office])
    task(directive, [district.health], is_included=False)
    actions.issue_directive(directive=directive, by=None)
    assert Assignment.objects.get().agency == district.office
    later = directive.tasks.get(position=2)
    actions.save_task(directive=directive, by=None, task=later, is_included=True)
    actions.issue_directive(directive=directive, by=None)
    assert [row.agency for row in Assignment.objects.order_by("pk")] == [district.office, district.health]


def test_every_assignment_begins_its_history_when_it_is_handed_out(district, officer):
    directive = draft(district)
    task(directive, district.committees, due_on=date(2024, 4, 15))
    actions.issue_directive(directive=directive, by=officer)
    events = AssignmentEvent.objects.all()
    assert {(event.kind, event.by, event.on, event.due_to) for event in events} == {
        ("issued", officer, date(2024, 3, 28), date(2024, 4, 15))
    }
    assert len(events) == Assignment.objects.count() == 12


def test_two_thousand_assignments_are_issued_in_a_fixed_number_of_statements(district, django_assert_max_num_queries):
    directive = draft(district)
    agencies = [district.agency(f"Tổ {n}") for n in range(40)]
    task(directive, agencies, due_on=date(2024, 4, 5), repeats="weekly", repeats_until=date(2025, 3, 31))
    # SQLite splits an insert by its count of parameters; PostgreSQL takes each two thousand at once.
    with django_assert_max_num_queries(14 if connection.vendor == "postgresql" else 200):
        actions.issue_directive(directive=directive, by=None)
    assert Assignment.objects.count() == AssignmentEvent.objects.count() == 40 * 52


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_succeeds():
    district = District(communes=["Sơn Bình"])
    directive = draft(district)
    task(directive, district.committees)
    start, outcomes = threading.Barrier(2), []

    def issue():
        try:
            start.wait()
            actions.issue_directive(directive=Directive.objects.get(pk=directive.pk), by=None)
            outcomes.append("issued")
        except NotPossible:
            outcomes.append("refused")
        finally:
            connection.close()

    people = [threading.Thread(target=issue) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["issued", "refused"]
    assert Assignment.objects.count() == 1


def test_the_same_number_twice_is_kept_for_the_form_warns(district):
    document = {"number": "253/TB-UBND", "issued_on": date(2024, 4, 1)}
    draft(district, **document)
    draft(district, **document)
    assert Directive.objects.filter(number="253/TB-UBND").count() == 2


def test_a_file_is_kept_under_a_name_nobody_chose_and_its_old_one_goes(district, django_capture_on_commit_callbacks):
    first = draft(district, file=SimpleUploadedFile("../../Thông báo 003.pdf", b"%PDF-1"))
    assert first.file_name == "Thông báo 003.pdf"
    assert "Thông" not in first.file.name
    old = first.file.name
    with django_capture_on_commit_callbacks(execute=True):
        second = actions.update_directive(directive=first, by=None, file=SimpleUploadedFile("b.PDF", b"%PDF-2"))
    assert second.file_name == "b.pdf"
    assert not second.file.storage.exists(old)
    assert second.file.read() == b"%PDF-2"


def test_tasks_after_a_deleted_one_move_up(district):
    directive = draft(district)
    tasks = [task(directive, text=text) for text in "abcd"]
    actions.delete_task(task=tasks[1], by=None)
    assert list(directive.tasks.values_list("position", "text")) == [(1, "a"), (2, "c"), (3, "d")]


def complete(assignment, by, done_on=date(2024, 4, 15), note="Báo cáo số 45/BC-UBND"):
    return actions.complete_assignment(assignment=assignment, done_on=done_on, note=note, by=by)


def test_a_body_reports_its_part_done(district, officer):
    issued(district, [district.office])
    assignment = complete(Assignment.objects.get(), officer)
    assert (assignment.done_on, assignment.done_by) == (date(2024, 4, 15), officer)
    event = assignment.events.exclude(kind="issued").get()
    assert (event.kind, event.by, event.note) == ("completed", officer, "Báo cáo số 45/BC-UBND")


def test_what_is_done_is_not_reported_over(district, officer):
    issued(district, [district.office])
    complete(Assignment.objects.get(), officer)
    with pytest.raises(NotPossible, match="vừa được người khác báo cáo"):
        complete(Assignment.objects.get(), officer, note="khác")
    assert Assignment.objects.get().done_note == "Báo cáo số 45/BC-UBND"


def test_the_day_of_completion_lies_between_the_directive_and_today(district, officer):
    issued(district, [district.office])
    assignment = Assignment.objects.get()
    today = timezone.localdate()
    with pytest.raises(NotPossible, match="ở sau hôm nay"):
        complete(assignment, officer, today + timedelta(days=1))
    with pytest.raises(NotPossible, match=r"27/03/2024 trước ngày của văn bản giao việc \(28/03/2024\)"):
        complete(assignment, officer, date(2024, 3, 27))
    with pytest.raises(NotPossible, match="Ghi kết quả"):
        complete(assignment, officer, note="  ")
    complete(assignment, officer, today)


def test_an_officer_reopens_with_a_reason_and_the_report_stays_in_the_history(district, officer):
    issued(district, [district.office])
    assignment = complete(Assignment.objects.get(), officer)
    with pytest.raises(NotPossible, match="Ghi lý do"):
        actions.reopen_assignment(assignment=assignment, reason=" ", by=officer)
    reopened = actions.reopen_assignment(assignment=assignment, reason="Số liệu 2/9 bản", by=officer)
    assert (reopened.done_on, reopened.done_note, reopened.done_by) == (None, "", None)
    assert [e.kind for e in AssignmentEvent.objects.all()] == ["reopened", "completed", "issued"]
    with pytest.raises(NotPossible, match="đang mở"):
        actions.reopen_assignment(assignment=assignment, reason="nữa", by=officer)
