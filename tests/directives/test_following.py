"""Tasks after they were handed out, the pages of parts, tasks and notices, and what each person may do there."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.models import Assessment, Opinion, ResultChange, Source
from directives import actions, queries
from directives.actions import NotPossible
from directives.models import Assignment, AssignmentFile
from tests import factories
from tests.directives.factories import District, draft, issued, notice_003, task
from tests.reading import counted, fields_of

DONE = date(2024, 4, 15)
TOMORROW = timezone.localdate() + timedelta(days=1)


def url(name, *args):
    return reverse(f"directives:{name}", args=args)


def pdf(name="bien-ban.pdf", content=b"%PDF-1.7"):
    return SimpleUploadedFile(name, content)


def page(client, address):
    return client.get(address).content.decode()


def main(client, address):
    return page(client, address).partition("<main")[2]


def refused(sentence, write, **given):
    with pytest.raises(NotPossible, match=sentence):
        write(**given)


@pytest.fixture
def directive(district):
    return issued(district, district.committees[:2], section="II.1")


@pytest.fixture
def work(directive):
    return directive.tasks.get()


@pytest.fixture
def part(directive, district):
    return Assignment.objects.get(agency=district.committees[0])


@pytest.fixture
def body(district):
    return district.commune_officer(0)


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def report(part, by, done_on=DONE, note="Báo cáo 45/BC-UBND", files=()):
    return actions.report_done(assignment=part, done_on=done_on, note=note, files=files, by=by)


# -- tasks: changed, given to more, withdrawn, replaced ---------------------------------------------------------------


def test_a_change_keeps_what_was(work, officer):
    actions.change_task(
        task=work, text="Rà soát lại", is_priority=True, document="60/UBND", on=date(2024, 4, 2), by=officer
    )
    work.refresh_from_db()
    assert (work.text, work.is_priority) == ("Rà soát lại", True)
    event = work.events.get()
    assert (event.kind, event.by, event.document, event.words) == (
        "changed",
        officer,
        "60/UBND",
        "thay đổi từ ngày 02/04/2024",
    )
    assert event.changes == [
        ["nội dung nhiệm vụ", "Rà soát kế hoạch", "Rà soát lại"],
        ["nhiệm vụ trọng tâm, cần minh chứng", "Không", "Có"],
    ]


def test_a_corrected_date_moves_what_is_open_and_leaves_what_is_done(district, work, officer):
    done, open_part = Assignment.objects.order_by("pk")
    actions.complete_assignment(assignment=done, done_on=DONE, note="xong", by=officer)
    actions.change_task(task=work, due_on=date(2024, 4, 25), note="ghi sai", on=date(2024, 4, 2), by=officer)
    done.refresh_from_db()
    open_part.refresh_from_db()
    assert done.due_on == DONE
    assert (open_part.due_on, open_part.original_due_on, open_part.extended_on) == (
        date(2024, 4, 25),
        date(2024, 4, 25),
        None,
    )
    assert open_part.events.first().words == "sửa thời hạn từ 15/04/2024 thành 25/04/2024"
    # A correction is no extension.
    assert queries.summary(officer, date(2024, 4, 20)).extended == 0


def test_an_extension_that_reaches_further_outlives_a_correction(work, part, officer):
    actions.extend_assignments(
        assignments=[part], due_on=date(2024, 6, 1), on=date(2024, 4, 10), document="45", by=officer
    )
    actions.change_task(task=work, due_on=date(2024, 4, 25), note="ghi sai", on=date(2024, 4, 12), by=officer)
    part.refresh_from_db()
    assert (part.due_on, part.original_due_on) == (date(2024, 6, 1), date(2024, 4, 25))
    for day, due_on in ((date(2024, 4, 9), date(2024, 4, 25)), (date(2024, 4, 10), date(2024, 6, 1))):
        assert Assignment.objects.at(day).get(pk=part.pk).due_at == due_on
    actions.change_task(task=work, due_on=date(2024, 7, 1), note="lại sai", on=date(2024, 4, 13), by=officer)
    part.refresh_from_db()
    assert (part.due_on, part.original_due_on, part.extended_on) == (date(2024, 7, 1), date(2024, 7, 1), None)


def test_the_criteria_of_a_task_are_changed_and_the_work_stays(district, client, officer):
    first, second, third = factories.small_set().criteria.order_by("number")
    directive = issued(district, district.committees[:2], criteria=[first], communes=district.communes[:2])
    work = directive.tasks.get()
    before = list(Assignment.objects.order_by("pk").values())
    client.force_login(officer)
    fields = fields_of(client.get(work.get_absolute_url()), having="text")
    assert fields["criteria"] == str(first.pk)
    changed = {"criteria": [third.pk, second.pk], "on": "2/4/2024", "note": "Kết luận nói tiêu chí 2, 3"}
    client.post(url("task-change", directive.pk, work.pk), fields | changed)
    assert list(work.criteria.order_by("number")) == [second, third]
    event = work.events.get()
    assert (event.kind, event.by, event.note) == ("changed", officer, "Kết luận nói tiêu chí 2, 3")
    assert event.changes == [["Tiêu chí", "1 Tiêu chí thứ 1", "2 Tiêu chí thứ 2; 3 Tiêu chí thứ 3"]]
    assert list(Assignment.objects.order_by("pk").values()) == before
    assert Assignment.objects.of_criterion(first).count() == 0
    text = main(client, work.get_absolute_url())
    assert "<del>1 Tiêu chí thứ 1</del>" in text
    # Where it is to be done stays: that is other people's work.
    assert "Xã liên quan: xã Bình Lư, xã Sơn Bình. Xã không đổi ở đây" in text
    assert 'name="communes"' not in text


def test_who_says_nothing_of_criteria_leaves_them(district, officer):
    (first, *_) = factories.small_set().criteria.order_by("number")
    work = issued(district, district.committees[:1], criteria=[first]).tasks.get()
    actions.change_task(task=work, text="Rà soát lại", note="ghi sai", on=DONE, by=officer)
    assert list(work.criteria.all()) == [first]
    refused("Chưa thay đổi gì", actions.change_task, task=work, criteria=[first], note="x", on=DONE, by=officer)
    actions.change_task(task=work, criteria=[], note="không của tiêu chí nào", on=DONE, by=officer)
    assert work.events.first().changes == [["Tiêu chí", "1 Tiêu chí thứ 1", ""]]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": "x", "note": " "}, "Ghi văn bản làm căn cứ hoặc lý do thay đổi"),
        ({"text": "Rà soát kế hoạch", "note": "x"}, "Chưa thay đổi gì"),
        ({"due_on": date(2024, 3, 27), "note": "x"}, r"27/03/2024 trước ngày của văn bản \(28/03/2024\)"),
        ({"text": "x", "note": "x", "on": TOMORROW}, "ở sau hôm nay"),
    ],
)
def test_a_change_that_is_none_is_refused(work, officer, given, sentence):
    refused(sentence, actions.change_task, task=work, by=officer, **{"document": "", "on": DONE, **given})
    assert not work.events.exists()


def test_the_dates_of_a_recurring_task_are_not_changed_at_once(district, officer):
    directive = issued(district, [district.office], due_on=date(2024, 4, 25), repeats="monthly")
    refused(
        "Nhiệm vụ định kỳ: gia hạn hoặc thu hồi từng lần",
        actions.change_task,
        task=directive.tasks.get(),
        due_on=DONE,
        document="x",
        on=DONE,
        by=officer,
    )


def test_a_draft_is_not_followed_up(district, officer):
    work = task(draft(district), [district.office])
    for write, given in (
        (actions.change_task, {"document": "x", "text": "y"}),
        (actions.withdraw_task, {"note": "x"}),
        (actions.add_bodies, {"document": "x", "agencies": [district.health]}),
    ):
        refused("chưa giao: sửa hoặc xóa trong bản nháp", write, task=work, on=DONE, by=officer, **given)


def test_further_bodies_get_the_dates_that_are_left(district, officer):
    directive = issued(
        district, [district.office], due_on=date(2024, 4, 25), repeats="monthly", repeats_until=date(2024, 8, 31)
    )
    work = directive.tasks.get()
    actions.add_bodies(
        task=work,
        agencies=[district.health, district.office],
        members=district.members[:1],
        document="70/UBND",
        on=date(2024, 6, 1),
        by=officer,
    )
    rows = Assignment.objects.filter(agency=district.health).order_by("sequence")
    assert [(row.sequence, row.due_on, row.given_on) for row in rows] == [
        (n, date(2024, month, 25), date(2024, 6, 1)) for n, month in ((3, 6), (4, 7), (5, 8))
    ]
    assert rows[0].events.get().document == "70/UBND"
    assert Assignment.objects.filter(agency=district.office, member=None).count() == 5
    assert Assignment.objects.filter(member=district.members[0]).count() == 3
    assert district.health in work.leads.all()
    assert work.events.get().changes == [["Giao thêm", "", f"{district.health}; {district.members[0]}"]]
    given = {"task": work, "document": "x", "by": officer}
    refused("đều đang được giao", actions.add_bodies, agencies=[district.health], on=date(2024, 6, 2), **given)
    refused("không còn thời hạn nào", actions.add_bodies, agencies=[district.union], on=date(2024, 9, 1), **given)
    refused("trước ngày của văn bản", actions.add_bodies, agencies=[district.union], on=date(2024, 3, 1), **given)


def test_a_further_body_of_a_task_that_fell_due_gets_a_date_of_its_own(district, work, officer):
    given = {"task": work, "agencies": [district.health], "document": "70/UBND", "on": date(2024, 5, 1), "by": officer}
    refused("Ghi thời hạn riêng", actions.add_bodies, **given)
    actions.add_bodies(due_on=date(2024, 6, 1), **given)
    assert Assignment.objects.get(agency=district.health).due_on == date(2024, 6, 1)


def test_withdrawing_a_task_takes_back_what_is_open_and_keeps_what_is_done(district, work, officer, body):
    first, second = Assignment.objects.order_by("pk")
    actions.complete_assignment(assignment=second, done_on=DONE, note="xong", by=officer)
    refused("Ghi văn bản làm căn cứ", actions.withdraw_task, task=work, on=date(2024, 5, 1), by=officer)
    refused("ở sau hôm nay", actions.withdraw_task, task=work, on=TOMORROW, note="x", by=officer)
    actions.withdraw_task(task=work, on=date(2024, 5, 1), document="88/UBND", by=officer)
    before, after = (queries.summary(officer, day) for day in (date(2024, 4, 30), date(2024, 5, 1)))
    assert (before.total, before.overdue, after.total, after.done, after.overdue) == (2, 1, 1, 1, 0)
    refused("đã thu hồi từ 01/05/2024", actions.withdraw_task, task=work, on=DONE, note="x", by=officer)
    refused("đã thu hồi từ 01/05/2024", actions.change_task, task=work, text="y", document="x", on=DONE, by=officer)


def test_what_waits_when_its_task_is_withdrawn_is_confirmed_or_goes_with_it(district, work, part, officer, body):
    other = Assignment.objects.exclude(pk=part.pk).get()
    for row in (part, other):
        report(row, body)
    actions.withdraw_task(task=work, on=date(2024, 5, 1), document="88/UBND", by=officer)
    assert actions.confirm_assignment(assignment=part, by=officer).done_on == DONE
    back = actions.return_assignment(assignment=other, reason="Chưa làm", by=officer)
    back.refresh_from_db()
    assert (back.reported_on, back.withdrawn_on) == (None, date(2024, 5, 1))
    assert [event.kind for event in back.events.all()[:2]] == ["withdrawn", "returned"]


def test_a_later_notice_takes_a_tasks_place_and_both_name_each_other(district, work, officer):
    later = draft(district, meeting_on=date(2024, 6, 1), number="99/TB")
    new = task(later, [district.office], due_on=date(2024, 7, 1))
    refused("đã giao và còn hiệu lực", actions.withdraw_task, task=work, on=DONE, by=officer, replaced_by=new)
    actions.issue_directive(directive=later, by=officer)
    refused("đã giao và còn hiệu lực", actions.withdraw_task, task=work, on=DONE, by=officer, replaced_by=work)
    refused("ra trước văn bản này", actions.withdraw_task, task=new, on=date(2024, 6, 2), by=officer, replaced_by=work)
    actions.withdraw_task(task=work, on=date(2024, 6, 1), by=officer, replaced_by=new)
    work.refresh_from_db()
    assert (work.replaced_by, work.withdrawn_on) == (new, date(2024, 6, 1))
    event = work.events.get()
    assert (event.kind, event.document) == ("replaced", "Thông báo 99/TB")
    assert list(new.replaces.all()) == [work]


# -- the page of one part ---------------------------------------------------------------------------------------------


STEPS = ["progress", "complete", "confirm", "return", "reopen", "extend", "withdraw"]
GIVEN = {
    "note": "Báo cáo 45",
    "percent": "40",
    "done_on": "15/4/2024",
    "reason": "Thiếu biểu số 2",
    "due_on": "15/5/2024",
    "document": "45/UBND-NN",
    "on": "10/4/2024",
}


def buttons(client, part):
    """The steps the page offers, by the ends of their addresses."""
    text = main(client, part.get_absolute_url())
    ends = {
        "tien-do": "progress",
        "hoan-thanh": "complete",
        "xac-nhan": "confirm",
        "tra-lai": "return",
        "mo-lai": "reopen",
        "gia-han": "extend",
        "thu-hoi": "withdraw",
        "khong-doi": "unchanged",
    }
    return {name for end, name in ends.items() if f'action="{part.get_absolute_url()}{end}/"' in text}


def test_each_person_is_offered_what_they_may_do_at_each_stage(client, district, part, body, officer):
    watcher = district.user(Role.COMMITTEE_MEMBER)
    stages = [
        ({"progress", "complete"}, {"progress", "complete", "extend", "withdraw"}),
        (set(), {"confirm", "return"}),
        (set(), {"reopen"}),
    ]
    moves = [lambda: report(part, body), lambda: actions.confirm_assignment(assignment=part, by=officer), lambda: None]
    for (of_body, of_officer), move in zip(stages, moves, strict=True):
        for person, expected in ((body, of_body), (officer, of_officer), (watcher, set())):
            client.force_login(person)
            assert buttons(client, part) == expected, person.role
        move()


def test_what_was_withdrawn_offers_nothing(signed_in, part, officer):
    actions.withdraw_assignments(assignments=[part], on=date(2024, 5, 1), note="x", by=officer)
    assert not buttons(signed_in, part)
    assert "Đã thu hồi từ 01/05/2024" in main(signed_in, part.get_absolute_url())


@pytest.mark.parametrize("step", STEPS)
def test_who_may_not_is_refused_and_elsewhere_it_is_not_found(client, district, part, body, officer, step):
    address = url(f"assignment-{step}", part.pk)
    assert "Đăng nhập" in client.post(address, GIVEN).content.decode()
    client.force_login(district.user(Role.COMMITTEE_MEMBER))
    assert client.post(address, GIVEN).status_code == 403
    for stranger in (district.commune_officer(1), District(communes=[], name="Phong Thổ").officer()):
        client.force_login(stranger)
        assert client.post(address, GIVEN).status_code == 404
    client.force_login(body)
    assert client.post(address, GIVEN).status_code == (302 if step in ("progress", "complete") else 403)
    assert set(part.events.values_list("kind", flat=True)) <= {"issued", "progress", "reported"}


def test_a_member_of_the_committee_reports_their_own_part(client, district, officer):
    member = district.members[0]
    issued(district, [], lead_members=district.members[:2])
    person = district.user(Role.COMMITTEE_MEMBER)
    person.member = member
    person.save()
    client.force_login(person)
    own, other = Assignment.objects.get(member=member), Assignment.objects.get(member=district.members[1])
    assert buttons(client, own) == {"progress", "complete"}
    assert not buttons(client, other)
    client.post(url("assignment-complete", own.pk), GIVEN)
    own.refresh_from_db()
    assert own.is_awaiting


def test_the_page_says_who_gave_what_when_and_how_it_stands(signed_in, district, part, body, officer):
    actions.report_progress(assignment=part, note="Xong 6/9 bản", percent=60, by=body)
    actions.extend_assignments(
        assignments=[part], due_on=TOMORROW, on=date(2024, 4, 10), document="45/UBND-NN", note="Mưa lũ", by=officer
    )
    text = main(signed_in, part.get_absolute_url())
    for words in (
        "Rà soát kế hoạch",
        "Thông báo họp ngày 28/03/2024, mục II.1",
        "gốc 15/04/2024, gia hạn 1 lần theo 45/UBND-NN",
        "60 %",
        "Xong 6/9 bản",
        "gia hạn từ 15/04/2024 đến",
        "theo 45/UBND-NN ngày 10/04/2024",
        "Mưa lũ",
        "giao việc, thời hạn 15/04/2024",
        "Còn 1 ngày",
    ):
        assert words in text, words


def test_the_journey_by_forms_alone(client, district, part, body, officer):
    client.force_login(body)
    response = client.post(
        url("assignment-progress", part.pk),
        {"note": "Đang làm", "percent": "60 ", "files": [pdf("a.pdf"), pdf("b.pdf")]},
    )
    assert response.url == part.get_absolute_url()
    assert AssignmentFile.objects.count() == 2
    client.post(url("assignment-complete", part.pk), {**GIVEN, "files": pdf("c.pdf")})
    text = main(client, part.get_absolute_url())
    assert "Chờ xác nhận" in text
    client.force_login(officer)
    fields = fields_of(client.get(part.get_absolute_url()), having="reason")
    client.post(url("assignment-return", part.pk), fields | {"reason": "Thiếu biểu số 2"})
    client.force_login(body)
    assert "Văn phòng đã trả lại báo cáo hoàn thành" in main(client, part.get_absolute_url())
    client.post(url("assignment-complete", part.pk), GIVEN)
    client.force_login(officer)
    fields = fields_of(client.get(part.get_absolute_url()), having="note")
    assert fields["seen"] == str(part.events.first().pk)
    client.post(url("assignment-confirm", part.pk), fields)
    part.refresh_from_db()
    assert part.done_on == DONE
    client.post(url("assignment-reopen", part.pk), {"reason": "Kiểm tra lại"})
    client.post(url("assignment-extend", part.pk), GIVEN)
    part.refresh_from_db()
    assert (part.done_on, part.due_on) == (None, date(2024, 5, 15))
    client.post(url("assignment-withdraw", part.pk), {"on": "1/6/2024", "document": "88/UBND"})
    part.refresh_from_db()
    assert part.withdrawn_on == date(2024, 6, 1)


KEPT = {
    "progress": ["note", "percent"],
    "complete": ["note", "done_on"],
    "extend": ["due_on", "document", "on", "note"],
    "withdraw": ["on", "document", "note"],
}


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("progress", {"note": " "}, "Ghi đã làm được gì, còn vướng gì."),
        ("progress", {"percent": "101"}, "Tiến độ từ 0 đến 100 %."),
        ("progress", {"percent": "-1"}, "Tiến độ từ 0 đến 100 %."),
        ("progress", {"percent": "nửa"}, "Ghi một số từ 0 đến 100."),
        ("complete", {"done_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch."),
        ("complete", {"done_on": TOMORROW.strftime("%d/%m/%Y")}, "ở sau hôm nay"),
        ("complete", {"note": ""}, "Ghi kết quả thực hiện"),
        ("extend", {"due_on": ""}, "Ghi thời hạn mới."),
        ("extend", {"document": ""}, "Ghi số, ký hiệu của văn bản cho gia hạn."),
        ("extend", {"on": ""}, "Ghi ngày của văn bản cho gia hạn."),
        ("extend", {"due_on": "15/4/2024"}, "không sau thời hạn đang có"),
        ("withdraw", {"document": "", "note": ""}, "Ghi văn bản làm căn cứ hoặc lý do."),
        ("withdraw", {"on": ""}, "Ghi ngày thu hồi."),
    ],
)
def test_bad_input_gets_a_sentence_and_the_rest_stays_typed(signed_in, part, step, typed, sentence):
    response = signed_in.post(url(f"assignment-{step}", part.pk), {**GIVEN, **typed})
    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert all(value in text for name, value in GIVEN.items() if name in KEPT[step] and name not in typed)
    assert part.events.count() == 1


def test_without_a_reason_nothing_is_sent_back_or_reopened(signed_in, part, body, officer):
    report(part, body)
    assert "Ghi lý do trả lại" in signed_in.post(url("assignment-return", part.pk), {"reason": " "}).content.decode()
    actions.confirm_assignment(assignment=part, by=officer)
    assert "Ghi lý do mở lại." in signed_in.post(url("assignment-reopen", part.pk), {"reason": ""}).content.decode()
    part.refresh_from_db()
    assert part.done_on == DONE


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("a.exe", b"MZ"), "Không nhận tệp “a.exe”."),
        (("a.pdf", b"MZ"), "Nội dung tệp “a.pdf” không phải là .pdf"),
        (("a.pdf", b""), "Tệp “a.pdf” trống."),
    ],
)
def test_one_bad_file_keeps_all_of_them_out_and_the_words_in(client, part, body, file, sentence):
    client.force_login(body)
    response = client.post(url("assignment-progress", part.pk), {**GIVEN, "files": [pdf("tot.pdf"), pdf(*file)]})
    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert "Báo cáo 45" in text
    assert not AssignmentFile.objects.exists()
    assert part.events.count() == 1


def test_good_files_beside_a_bad_field_are_to_be_chosen_again(client, part, body):
    client.force_login(body)
    response = client.post(url("assignment-progress", part.pk), {**GIVEN, "percent": "200", "files": [pdf("a.pdf")]})
    assert "Chọn lại tệp “a.pdf”" in response.content.decode()
    response = client.post(url("assignment-progress", part.pk), {**GIVEN, "files": [pdf() for _ in range(21)]})
    assert "Anh chị gửi 21 tệp, mỗi lần nhận nhiều nhất 20 tệp." in response.content.decode()


def test_a_priority_task_asks_the_body_for_proof(client, district, body):
    issued(district, district.committees[:1], is_priority=True)
    part = Assignment.objects.get()
    client.force_login(body)
    text = client.post(url("assignment-complete", part.pk), GIVEN).content.decode()
    assert "Nhiệm vụ trọng tâm: đính kèm ít nhất một tệp minh chứng" in text
    assert "Báo cáo 45" in text
    assert client.post(url("assignment-complete", part.pk), {**GIVEN, "files": pdf()}).status_code == 302


def test_a_decision_on_an_old_page_is_refused_and_shows_what_happened(signed_in, part, body, officer):
    report(part, body)
    old = fields_of(signed_in.get(part.get_absolute_url()), having="note")
    actions.return_assignment(assignment=part, reason="Thiếu biểu số 2", by=officer)
    report(part, body, note="Đã bổ sung")
    response = signed_in.post(url("assignment-confirm", part.pk), old)
    text = response.content.decode()
    assert "Sau khi anh chị mở trang này" in text
    assert "Thiếu biểu số 2" in text
    part.refresh_from_db()
    assert part.done_on is None
    assert signed_in.post(url("assignment-confirm", part.pk), fields_of(response, having="note")).status_code == 302


def test_a_decision_that_somebody_else_has_taken_keeps_what_was_typed(signed_in, part, body, officer):
    report(part, body)
    actions.confirm_assignment(assignment=part, by=officer)
    text = signed_in.post(url("assignment-return", part.pk), {"reason": "Thiếu biểu"}).content.decode()
    assert "không chờ xác nhận" in text
    assert "Nội dung anh chị vừa nhập, chưa lưu" in text
    assert "Thiếu biểu" in text


def test_a_file_is_a_download_for_those_who_see_the_part(client, district, part, body):
    report(part, body, files=[pdf("Biên bản.pdf")])
    file = AssignmentFile.objects.get()
    address = url("assignment-file", part.pk, file.pk)
    client.force_login(body)
    served = client.get(address)
    assert b"".join(served.streaming_content) == b"%PDF-1.7"
    assert served["Content-Disposition"].startswith("attachment; filename*=utf-8''Bi")
    assert (served["X-Content-Type-Options"], served["Content-Type"]) == ("nosniff", "application/octet-stream")
    other = Assignment.objects.exclude(pk=part.pk).get()
    assert client.get(url("assignment-file", other.pk, file.pk)).status_code == 404
    client.force_login(district.commune_officer(1))
    assert client.get(address).status_code == 404
    assert client.get(url("assignment-file", other.pk, file.pk)).status_code == 404
    client.force_login(district.officer())
    assert client.get(address).status_code == 200
    file.file.storage.delete(file.file.name)
    assert client.get(address).status_code == 404


# -- a finished part asks ---------------------------------------------------------------------------------------------


class Measured:
    """A notice on a criterion in two communes, which have sheets of a period before it and of one after it."""

    def __init__(self, district):
        self.district, self.set = district, factories.small_set()
        self.criteria = list(self.set.criteria.order_by("number"))
        self.before, self.after = factories.period(2023, 4), factories.period(2024, 1)
        self.sheets = {}
        for place, strips in zip(district.communes[:2], (("MUM", "MMU"), ("MUM", "MUM")), strict=True):
            for period, strip in zip((self.before, self.after), strips, strict=True):
                self.sheets[place.name, period.code] = factories.assessment(place, self.set, period, strip=strip)
        self.directive = issued(district, district.committees[:2], criteria=self.criteria[1:])

    @property
    def part(self):
        return Assignment.objects.get(agency=self.district.committees[0])


@pytest.fixture
def measured(district):
    return Measured(district)


def finish(part, by):
    return actions.complete_assignment(assignment=part, done_on=DONE, note="xong", by=by)


def test_finishing_asks_whether_the_assessment_changed(signed_in, measured, officer):
    part = measured.part
    assert "làm thay đổi đánh giá" not in page(signed_in, part.get_absolute_url())
    response = signed_in.post(url("assignment-complete", part.pk), {**GIVEN, "next": "/nhiem-vu/"})
    assert response.url == f"{part.get_absolute_url()}#danh-gia"
    text = main(signed_in, response.url)
    sheet = measured.sheets["Sơn Bình", "2024-q1"]
    for criterion in measured.criteria[1:]:
        assert f"Tiêu chí {criterion.number}, xã Sơn Bình" in text
        assert f'href="{sheet.get_absolute_url()}#tc-{criterion.number}"' in text
    assert f"Có, mở phiếu {measured.after}" in text
    assert "Bình Lư" not in text
    assert "unchanged" in buttons(signed_in, part)
    assert signed_in.post(url("assignment-unchanged", part.pk)).status_code == 302
    text = main(signed_in, part.get_absolute_url())
    assert "Đã trả lời: không thay đổi" in text
    assert "unchanged" not in buttons(signed_in, part)
    assert part.events.first().note == "Tiêu chí 2, xã Sơn Bình; Tiêu chí 3, xã Sơn Bình"


def test_with_one_criterion_the_question_is_one_sentence(signed_in, measured, officer):
    measured.directive.tasks.get().criteria.set(measured.criteria[:1])
    finish(measured.part, officer)
    text = page(signed_in, measured.part.get_absolute_url())
    assert "Kết quả này có làm thay đổi đánh giá Tiêu chí 1, xã Sơn Bình không?" in text


def test_the_answer_shows_where_the_sheet_was_changed_since(signed_in, measured, officer):
    finish(measured.part, officer)
    indicator = measured.criteria[1].indicators.first()
    ResultChange.objects.create(
        assessment=measured.sheets["Sơn Bình", "2024-q1"],
        indicator=indicator,
        opinion=Opinion.VERIFIED,
        changed_by=officer,
        changed_at=timezone.now(),
        source=Source.SCREEN,
        before={},
        after={},
    )
    text = page(signed_in, measured.part.get_absolute_url())
    assert text.count("đã sửa phiếu") == 1


def test_a_reopened_part_asks_again_when_it_is_done_again(signed_in, measured, officer):
    part = measured.part
    finish(part, officer)
    signed_in.post(url("assignment-unchanged", part.pk))
    actions.reopen_assignment(assignment=part, reason="x", by=officer)
    finish(part, officer)
    assert "unchanged" in buttons(signed_in, part)


def test_who_is_led_to_the_sheet_and_who_may_answer(client, district, measured, officer, body):
    part = measured.part
    finish(part, officer)
    factories.lead(measured.criteria[1], district.education)
    sector = district.user(Role.SECTOR_OFFICER, agency=district.education)
    for person, entered in ((body, 2), (sector, 1), (district.user(Role.COMMITTEE_MEMBER), 0)):
        client.force_login(person)
        text = page(client, part.get_absolute_url())
        assert text.count("Có, mở phiếu") == entered, person.role
        assert "Không thay đổi</button>" not in text
        assert client.post(url("assignment-unchanged", part.pk)).status_code == 403


def test_a_department_is_asked_about_the_communes_the_task_names(signed_in, measured, district, officer):
    issued(district, [district.health], criteria=measured.criteria[:1], communes=district.communes[1:2])
    part = Assignment.objects.get(agency=district.health)
    finish(part, officer)
    assert "đánh giá Tiêu chí 1, xã Bình Lư không?" in page(signed_in, part.get_absolute_url())


def test_without_an_open_period_it_says_so(signed_in, measured, officer):
    for period in (measured.before, measured.after):
        period.closed_on = date(2024, 6, 1)
        period.save()
    finish(measured.part, officer)
    assert "chưa mở phiếu kỳ nào" in page(signed_in, measured.part.get_absolute_url())


# -- the page of one task ---------------------------------------------------------------------------------------------


CHANGES = ["change", "bodies", "extend", "withdraw", "replace"]


@pytest.mark.parametrize("name", CHANGES)
def test_only_the_office_changes_tasks(client, district, work, name):
    address = url(f"task-{name}", work.directive_id, work.pk)
    for role in (Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER):
        client.force_login(district.user(role, agency=district.office))
        assert client.post(address, GIVEN).status_code == 403
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    assert client.post(address, GIVEN).status_code == 404
    client.force_login(district.officer())
    assert client.get(address).status_code == 405
    work.refresh_from_db()
    assert work.withdrawn_on is None
    assert not work.events.exists()


def test_others_read_the_page_of_a_task_without_its_forms(client, district, work, body):
    client.force_login(body)
    text = main(client, work.get_absolute_url())
    assert "<form" not in text
    assert "UBND xã Sơn Bình" in text
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    assert client.get(work.get_absolute_url()).status_code == 404


def test_a_draft_task_has_no_such_page(signed_in, district):
    work = task(draft(district), [district.office])
    assert signed_in.get(work.get_absolute_url()).status_code == 404


def change(client, work, name, **given):
    return client.post(url(f"task-{name}", work.directive_id, work.pk), given)


def test_the_office_changes_a_task_and_the_history_shows_both(signed_in, work):
    opened = fields_of(signed_in.get(work.get_absolute_url()), having="is_priority" if work.is_priority else "due_text")
    assert (
        change(signed_in, work, "change", **opened | {"text": "Rà soát lại", "document": "60/UBND"}).status_code == 302
    )
    text = main(signed_in, work.get_absolute_url())
    assert "<del>Rà soát kế hoạch</del>" in text
    assert "<ins>Rà soát lại</ins>" in text
    assert "theo 60/UBND" in text


def test_a_change_without_grounds_or_date_gets_a_sentence(signed_in, work):
    opened = fields_of(signed_in.get(work.get_absolute_url()), having="due_text")
    for typed, sentence in (
        ({"text": "Mới"}, "Ghi văn bản làm căn cứ hoặc lý do."),
        ({"due_on": "", "note": "x"}, "đã có thời hạn thì không bỏ trống được"),
        ({"due_on": "27/3/2024", "note": "x"}, "27/03/2024 trước ngày của văn bản (28/03/2024)"),
        ({"note": "x"}, "Chưa thay đổi gì"),
    ):
        response = change(signed_in, work, "change", **opened | typed)
        assert response.status_code == 422
        assert sentence in response.content.decode()


def test_the_office_gives_a_task_to_more(signed_in, district, work):
    typed = {"agencies": [district.health.pk], "on": "1/4/2024", "document": "70/UBND"}
    assert "Chọn ít nhất một cơ quan" in change(signed_in, work, "bodies", **typed | {"agencies": []}).content.decode()
    assert change(signed_in, work, "bodies", **typed).status_code == 302
    assert Assignment.objects.get(agency=district.health).due_on == DONE
    # Who has it already is not offered.
    assert change(signed_in, work, "bodies", **typed).status_code == 422
    stranger = District(communes=[], name="Phong Thổ").health
    assert change(signed_in, work, "bodies", **typed | {"agencies": [stranger.pk]}).status_code == 422


def test_the_office_extends_every_open_part_at_once(signed_in, work, officer):
    first, second = Assignment.objects.order_by("pk")
    finish(first, officer)
    opened = fields_of(signed_in.get(work.get_absolute_url()), having="assignments")
    assert opened["assignments"] == str(second.pk)
    typed = opened | {"due_on": "15/5/2024", "document": "45/UBND-NN", "on": "10/4/2024"}
    assert change(signed_in, work, "extend", **typed).status_code == 302
    second.refresh_from_db()
    assert second.due_on == date(2024, 5, 15)
    # From the same page once more: the date shown is no longer the one in force.
    response = change(signed_in, work, "extend", **typed | {"due_on": "15/6/2024"})
    assert "Sau khi anh chị mở trang này" in response.content.decode()
    assert "15/6/2024" in response.content.decode()


def test_of_a_recurring_task_one_occurrence_is_extended(signed_in, district):
    directive = issued(district, district.committees[:2], due_on=date(2024, 10, 25), repeats="monthly")
    work = directive.tasks.get()
    text = main(signed_in, work.get_absolute_url())
    assert "Lần 2: hạn 25/11/2024, 2 phần việc còn mở" in text
    assert "mỗi lần đến hạn giữ ngày của nó" in text
    typed = {"sequence": "2", "due_on": "5/12/2024", "document": "45", "on": "20/11/2024"}
    assert change(signed_in, work, "extend", **typed).status_code == 302
    dates = Assignment.objects.order_by("sequence", "pk").values_list("due_on", flat=True)
    assert list(dates) == [date(2024, 10, 25)] * 2 + [date(2024, 12, 5)] * 2 + [date(2024, 12, 25)] * 2
    assert "Chọn lần đến hạn" in change(signed_in, work, "extend", **typed | {"sequence": ""}).content.decode()


def test_the_office_withdraws_a_task(signed_in, work):
    assert "Ghi văn bản làm căn cứ" in change(signed_in, work, "withdraw", on="1/5/2024").content.decode()
    assert change(signed_in, work, "withdraw", on="1/5/2024", document="88/UBND").status_code == 302
    text = main(signed_in, work.get_absolute_url())
    assert "Đã thu hồi từ 01/05/2024" in text
    assert "<form" not in text
    assert "đã thu hồi từ" in change(signed_in, work, "withdraw", on="1/5/2024", note="x").content.decode()


def test_a_task_is_replaced_by_one_of_a_later_notice_with_links_both_ways(signed_in, district, work):
    later = draft(district, meeting_on=date(2024, 6, 1), number="99/TB")
    task(later, [district.office], text="Việc mới", due_on=date(2024, 7, 1))
    earlier = draft(district, meeting_on=date(2024, 1, 5))
    task(earlier, [district.office], text="Việc cũ hơn")
    for one in (later, earlier):
        actions.issue_directive(directive=one, by=None)
    new, old = later.tasks.get(), earlier.tasks.get()
    text = main(signed_in, work.get_absolute_url())
    assert "Việc mới" in text
    assert "Việc cũ hơn" not in text
    assert change(signed_in, work, "replace", replaced_by=old.pk).status_code == 422
    assert change(signed_in, work, "replace", replaced_by=new.pk).status_code == 302
    work.refresh_from_db()
    assert work.withdrawn_on == date(2024, 6, 1)
    for shown, target in ((work, new), (new, work)):
        for address in (shown.get_absolute_url(), shown.directive.get_absolute_url()):
            assert f'href="{target.get_absolute_url()}"' in page(signed_in, address)


# -- the page of one notice -------------------------------------------------------------------------------------------


def test_the_notice_says_what_it_ordered_what_was_done_and_what_is_late_and_why(
    signed_in, district, directive, part, body, officer
):
    other = Assignment.objects.exclude(pk=part.pk).get()
    report(part, body, files=[pdf("ket-qua.pdf")])
    actions.report_progress(assignment=other, note="Chờ số liệu của phòng", percent=30, by=officer)
    response = signed_in.get(directive.get_absolute_url(), {"ngay": "20/4/2024"})
    found = response.context["progress"]
    assert (found.summary.overdue, found.summary.awaiting, found.tasks[0].tallies.total) == (1, 1, 2)
    assert [item.row.days for item in found.late] == [5]
    text = response.content.decode()
    for words in (
        "Chờ số liệu của phòng",
        "30 %",
        "Quá hạn 5 ngày",
        "Báo cáo 45/BC-UBND",
        "ket-qua.pdf",
        "Chờ xác nhận",
    ):
        assert words in text, words
    assert "số liệu tính đến ngày 20/04/2024" in text


def test_both_dates_are_counted_as_of_the_day(signed_in, directive, part, officer):
    actions.extend_assignments(
        assignments=[part], due_on=date(2024, 5, 15), on=date(2024, 4, 14), document="45/UBND-NN", by=officer
    )
    for day, overdue, words in (
        ("13/4/2024", 0, "Chưa gia hạn phần việc nào"),
        ("20/4/2024", 1, "phần việc đã gia hạn; nếu tính hạn gốc: 2 quá hạn"),
        ("20/5/2024", 2, "phần việc đã gia hạn; nếu tính hạn gốc: 2 quá hạn"),
    ):
        response = signed_in.get(directive.get_absolute_url(), {"ngay": day})
        assert response.context["progress"].summary.overdue == overdue
        assert words in response.content.decode()
    assert "gốc 15/04/2024, gia hạn 1 lần theo 45/UBND-NN" in response.content.decode()


def test_what_was_withdrawn_is_struck_out_from_its_day_on(signed_in, directive, work, officer):
    actions.withdraw_task(task=work, on=date(2024, 5, 1), document="88/UBND", by=officer)
    before = signed_in.get(directive.get_absolute_url(), {"ngay": "30/4/2024"}).content.decode()
    after = signed_in.get(directive.get_absolute_url(), {"ngay": "1/5/2024"}).content.decode()
    assert "task-gone" not in before
    assert "task-gone" in after
    assert "Đã thu hồi từ 01/05/2024" in after


def test_a_wrong_day_is_said_and_today_shown(signed_in, directive):
    text = signed_in.get(directive.get_absolute_url(), {"ngay": "31/2/2024"}).content.decode()
    assert "Ngày 31/2/2024 không có trong lịch." in text
    assert "Đang xem số liệu đến hôm nay" in text


def test_tasks_not_handed_out_stand_apart(signed_in, client, district, directive, body):
    task(directive, [district.health], text="Việc thêm")
    text = page(signed_in, directive.get_absolute_url())
    assert "Nhiệm vụ chưa giao" in text
    assert text.index("Việc thêm") > text.index("Nhiệm vụ chưa giao")
    assert url("issue", directive.pk) in text
    client.force_login(body)
    # A draft is seen only by those who write it.
    text = page(client, directive.get_absolute_url())
    assert url("issue", directive.pk) not in text
    assert "Việc thêm" not in text


def test_which_criteria_moved_since(signed_in, measured):
    found = signed_in.get(measured.directive.get_absolute_url()).context["progress"].movement
    assert (found.before, found.after) == (measured.before, measured.after)
    (moved,) = found.moved
    assert (moved.place.name, moved.gained, moved.lost) == ("Sơn Bình", measured.criteria[1:2], measured.criteria[2:])
    assert (found.gained, found.lost, found.stayed, found.unknown) == (1, 1, 2, 0)


def test_what_was_not_assessed_is_neither_moved_nor_unchanged(signed_in, measured):
    Assessment.objects.filter(locality__name="Sơn Bình", period=measured.after).update(strip="---")
    found = signed_in.get(measured.directive.get_absolute_url()).context["progress"].movement
    assert (found.moved, found.stayed, found.unknown) == ([], 2, 2)


def test_before_the_first_period_after_it_nothing_can_be_compared(signed_in, measured):
    Assessment.objects.filter(period=measured.after).delete()
    text = page(signed_in, measured.directive.get_absolute_url())
    assert "Chưa so được" in text


def test_a_notice_without_criteria_says_so(signed_in, directive):
    assert "không gắn với tiêu chí nào" in page(signed_in, directive.get_absolute_url())


def test_a_body_sees_its_own_part_of_the_notice(client, measured, body):
    client.force_login(body)
    response = client.get(measured.directive.get_absolute_url())
    found = response.context["progress"]
    assert found.summary.total == 1
    assert [one.place.name for one in found.movement.moved] == ["Sơn Bình"]
    assert "phần việc của cơ quan anh chị" in response.content.decode()


# -- the page of one cell ---------------------------------------------------------------------------------------------


def drawn(user, place, criterion):
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load tasks %}{% tasks_of_cell place criterion %}").render(
        Context({"request": request, "place": place, "criterion": criterion})
    )


def test_the_cell_names_the_work_on_it_open_and_done(measured, district, officer, django_assert_num_queries):
    finish(measured.part, officer)
    issued(
        district, [district.health], criteria=measured.criteria[1:2], communes=district.communes[:1], text="Việc y tế"
    )
    place, criterion = district.communes[0], measured.criteria[1]
    with django_assert_num_queries(1):
        text = drawn(officer, place, criterion)
    assert text.index("Việc y tế") < text.index("Rà soát kế hoạch")
    assert measured.part.get_absolute_url() in text
    assert "UBND xã Bình Lư" not in text
    assert "Chưa có nhiệm vụ nào về tiêu chí này" in drawn(officer, place, measured.criteria[0])
    # A commune does not see what the district's bodies must do.
    assert "Việc y tế" not in drawn(district.commune_officer(0), place, criterion)


def test_the_page_of_a_cell_shows_the_work(signed_in, measured, district):
    sheet = measured.sheets["Sơn Bình", "2024-q1"]
    indicator = measured.criteria[1].indicators.first()
    address = reverse("criteria:cell", args=[sheet.period.code, measured.set.code, sheet.locality_id, indicator.pk])
    text = page(signed_in, address)
    assert "Nhiệm vụ về tiêu chí 2" in text
    assert measured.part.get_absolute_url() in text


# -- speed ------------------------------------------------------------------------------------------------------------


def queries_of(client, address):
    client.get(address)
    with counted() as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_queries_do_not_grow_with_the_notice(signed_in, district, measured, officer, body):
    small = issued(
        district,
        [district.office],
        lead_members=district.members[:1],
        criteria=measured.criteria[:1],
        communes=district.communes[:1],
    )
    large = notice_003(district)
    for work in large.tasks.all():
        work.criteria.set(measured.criteria)
        work.communes.set(district.communes)
        work.lead_members.set(district.members)
    actions.issue_directive(directive=large, by=None)
    for one in (small, large):
        for part in Assignment.objects.filter(task__directive=one).order_by("pk")[:20]:
            if part.due_on:
                actions.extend_assignments(
                    assignments=[part], due_on=date(2025, 1, 15), on=date(2024, 4, 10), document="45", by=officer
                )
            report(part, body, files=[pdf()])
    for pages in (
        [small.get_absolute_url(), large.get_absolute_url()],
        [one.tasks.order_by("position").first().get_absolute_url() for one in (small, large)],
        [Assignment.objects.filter(task__directive=one).first().get_absolute_url() for one in (small, large)],
    ):
        few, many = (queries_of(signed_in, address) for address in pages)
        assert few == many, pages
    assert (
        queries_of(signed_in, large.get_absolute_url()),
        queries_of(signed_in, large.tasks.get(position=1).get_absolute_url()),
        queries_of(signed_in, Assignment.objects.filter(task__directive=large).first().get_absolute_url()),
    ) == (24, 22, 8)
