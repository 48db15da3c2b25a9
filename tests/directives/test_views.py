from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from accounts.models import Role
from communes.models import CommitteeMember
from criteria.models import CriteriaSet, Criterion
from directives import actions
from directives.models import Assignment, Directive, Task
from tests.directives.factories import District, draft, issued, notice_003, task
from tests.reading import fields_of

PDF = b"%PDF-1.7 ..."
VALID = {"kind": "TB", "number": "253/TB-UBND", "title": "Kết luận", "issuer": "UBND huyện", "issued_on": "1/4/2024"}


def url(name, *args):
    return reverse(f"directives:{name}", args=args)


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def send(client, address, **data):
    response = client.post(address, data)
    return response, response.content.decode()


# -- who may do what --------------------------------------------------------------------------------------------------


WRITING = [
    ("create", lambda d: []),
    ("edit", lambda d: [d.pk]),
    ("issue", lambda d: [d.pk]),
    ("task-create", lambda d: [d.pk]),
    ("task-edit", lambda d: [d.pk, d.tasks.first().pk]),
    ("task-delete", lambda d: [d.pk, d.tasks.first().pk]),
]


@pytest.fixture
def written(district):
    directive = draft(district)
    task(directive, [district.office])
    return directive


@pytest.mark.parametrize(("name", "args"), WRITING)
def test_every_page_asks_to_sign_in(client, written, name, args):
    assert client.get(url(name, *args(written))).status_code == 302


@pytest.mark.parametrize(("name", "args"), WRITING)
@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_do_not_write(client, district, written, name, args, role):
    client.force_login(district.user(role, agency=district.office))
    address = url(name, *args(written))
    assert client.get(address).status_code == client.post(address, VALID).status_code == 403
    assert Directive.objects.count() == Task.objects.count() == 1
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(("name", "args"), WRITING)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_officers_and_administrators_write(client, district, written, name, args, role):
    client.force_login(district.user(role))
    assert client.get(url(name, *args(written))).status_code == 200


@pytest.mark.parametrize(("name", "args"), [*WRITING[1:], ("detail", lambda d: [d.pk]), ("file", lambda d: [d.pk])])
def test_another_place_is_not_found(client, written, name, args):
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    address = url(name, *args(written))
    assert client.get(address).status_code == 404
    if name not in ("detail", "file"):
        assert client.post(address).status_code == 404


def test_the_list_and_the_page_are_bounded_by_place(client, district, written):
    other = District(communes=[], name="Phong Thổ")
    client.force_login(other.officer())
    assert "Chưa có văn bản nào. Nhập văn bản đầu tiên." in client.get(url("list")).content.decode()
    client.force_login(district.officer())
    text = client.get(url("list")).content.decode()
    assert "Thông báo họp ngày 28/03/2024" in text
    assert "Chưa giao việc" in text


def test_an_administrator_without_a_place_chooses_one(client, district):
    user = district.user(Role.ADMINISTRATOR)
    user.place = None
    user.save()
    client.force_login(user)
    _, text = send(client, url("create"), **VALID)
    assert not Directive.objects.exists()
    send(client, url("create"), **VALID, locality=district.place.pk)
    assert Directive.objects.get().locality == district.place


# -- registering ------------------------------------------------------------------------------------------------------


def test_registering_a_notice(signed_in, district, officer):
    file = SimpleUploadedFile("Thông báo 253.pdf", PDF)
    response, _ = send(signed_in, url("create"), **VALID, meeting_on="28/3/2024", text="một\nhai", file=file)
    directive = Directive.objects.get()
    assert response.url == url("task-create", directive.pk)
    assert (directive.issued_on, directive.meeting_on) == (date(2024, 4, 1), date(2024, 3, 28))
    assert (directive.locality, directive.created_by, directive.text) == (district.place, officer, "một\nhai")
    served = signed_in.get(url("file", directive.pk))
    assert b"".join(served.streaming_content) == PDF
    assert served["Content-Disposition"].startswith("attachment; filename*=utf-8''Th%C3%B4ng")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Type"] == "application/octet-stream"


TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"issued_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch."),
        ({"issued_on": "abc"}, "“abc” không phải là ngày."),
        ({"issued_on": ""}, "Ghi ngày ban hành hoặc ngày họp."),
        ({"meeting_on": "2/4/2024"}, "Ngày ban hành không thể trước ngày họp."),
        ({"issued_on": TOMORROW.strftime("%d/%m/%Y")}, "ở sau hôm nay"),
        ({"title": " "}, "Ghi trích yếu của văn bản."),
        ({"issuer": ""}, "Ghi cơ quan ban hành."),
        ({"kind": "XX"}, "XX"),
    ],
)
def test_bad_input_gets_a_sentence_and_stays_typed(signed_in, changed, sentence):
    typed = {**VALID, "signer": "Trần Như Hợp", **changed}
    response, text = send(signed_in, url("create"), **typed)
    assert response.status_code == 200
    assert sentence in text
    assert 'value="Trần Như Hợp"' in text
    if typed["issued_on"]:
        assert f'value="{typed["issued_on"]}"' in text
    assert not Directive.objects.exists()


def test_the_same_number_of_a_year_and_issuer_is_warned_of_and_not_refused(signed_in):
    send(signed_in, url("create"), **VALID)
    _, text = send(signed_in, url("create"), **VALID | {"issued_on": "5/4/2024", "issuer": VALID["issuer"].upper()})
    assert f"Đã có Thông báo {VALID['number']} của {VALID['issuer']}, năm 2024." in text
    assert Directive.objects.get().get_absolute_url() in text
    assert Directive.objects.count() == 1
    send(signed_in, url("create"), **VALID, is_another="on")
    assert Directive.objects.count() == 2
    response, _ = send(signed_in, url("create"), **VALID | {"issued_on": "5/4/2025"})
    assert response.status_code == 302


def xlsx():
    stream = BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("to.pdf", PDF + b"0" * 30 * 1024 * 1024, "nặng 30,0 MB, nhiều nhất là 20 MB"),
        ("a.exe", b"MZ", "Không nhận tệp “a.exe”."),
        ("a.pdf", b"MZ not a pdf", "Nội dung tệp “a.pdf” không phải là .pdf"),
        ("a.docx", xlsx(), "Nội dung tệp “a.docx” không phải là .docx"),
        ("a.svg", b"<svg onload=alert(1)>", "Không nhận tệp"),
        ("a.pdf", b"", "Tệp trống."),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_rest_stays_typed(signed_in, name, content, sentence):
    response, text = send(signed_in, url("create"), **VALID, file=SimpleUploadedFile(name, content))
    assert response.status_code == 200
    assert sentence in text
    assert 'value="253/TB-UBND"' in text
    assert not Directive.objects.exists()


def test_a_good_file_beside_a_bad_field_must_be_chosen_again(signed_in):
    file = SimpleUploadedFile("a.pdf", PDF)
    _, text = send(signed_in, url("create"), **{**VALID, "title": ""}, file=file)
    assert "Chọn lại tệp “a.pdf”" in text


def test_a_missing_file_is_not_found(signed_in, district):
    directive = draft(district, file=SimpleUploadedFile("a.pdf", PDF))
    directive.file.storage.delete(directive.file.name)
    assert signed_in.get(url("file", directive.pk)).status_code == 404
    assert signed_in.get(url("file", draft(district).pk)).status_code == 404


def test_a_commune_fetches_the_file_of_a_notice_that_gave_it_work(client, district):
    directive = draft(district, file=SimpleUploadedFile("a.pdf", PDF))
    task(directive, district.committees[:1])
    client.force_login(district.commune_officer(0))
    assert client.get(url("file", directive.pk)).status_code == 404
    actions.issue_directive(directive=directive, by=None)
    assert client.get(url("file", directive.pk)).status_code == 200
    client.force_login(district.commune_officer(1))
    assert client.get(url("file", directive.pk)).status_code == 404


def test_editing_keeps_both_values_of_a_conflict(signed_in, district):
    directive = draft(district, title="cũ")
    seen = fields_of(signed_in.get(url("edit", directive.pk)))["seen"]
    typed = {**VALID, "number": "", "issued_on": "", "meeting_on": "28/3/2024", "seen": seen}
    actions.update_directive(directive=directive, by=None, title="của người khác")
    refused, text = send(signed_in, url("edit", directive.pk), **{**typed, "title": "của tôi"})
    assert "Người khác vừa lưu thay đổi" in text
    assert "của người khác" in text
    assert "của tôi" in text
    directive.refresh_from_db()
    assert directive.title == "của người khác"
    response, _ = send(signed_in, url("edit", directive.pk), **fields_of(refused))
    assert response.status_code == 302
    directive.refresh_from_db()
    assert directive.title == "của tôi"


def test_a_day_after_a_tasks_due_date_is_named(signed_in, district):
    directive = draft(district)
    task(directive, due_on=date(2024, 4, 1))
    _, text = send(signed_in, url("edit", directive.pk), **{**VALID, "issued_on": "2/4/2024"})
    assert "Nhiệm vụ 1 có thời hạn 01/04/2024, trước ngày văn bản 02/04/2024." in text


# -- tasks of a draft -------------------------------------------------------------------------------------------------


def test_all_commune_committees_and_members_by_one_box_each(signed_in, district):
    directive = draft(district)
    send(
        signed_in,
        url("task-create", directive.pk),
        text="Rà soát",
        all_commune_committees="on",
        all_members="on",
        leads=[district.health.pk],
        due_on="15/4/2024",
    )
    work = directive.tasks.get()
    # The town is no commune: "UBND các xã" does not mean it.
    assert set(work.leads.all()) == {*district.committees, district.health}
    assert set(work.lead_members.all()) == set(district.members)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due_on": "27/3/2024"}, "Thời hạn 27/03/2024 trước ngày của văn bản (28/03/2024)."),
        ({"due_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch."),
        ({"due_on": "", "repeats": "monthly"}, "Nhiệm vụ định kỳ cần thời hạn của lần đầu."),
        ({"due_on": "15/4/2024", "repeats_until": "15/6/2024"}, "Chọn hằng tuần, hằng tháng"),
        (
            {"due_on": "15/4/2024", "repeats": "monthly", "repeats_until": "14/4/2024"},
            "Ngày kết thúc lặp 14/04/2024 trước thời hạn của lần đầu (15/04/2024).",
        ),
        (
            {"due_on": "15/4/2024", "repeats": "weekly", "repeats_until": "1/1/2100"},
            "có hơn 260 lần đến hạn",
        ),
        ({"text": ""}, "Ghi nội dung nhiệm vụ."),
    ],
)
def test_a_bad_task_gets_a_sentence_and_stays_typed(signed_in, district, typed, sentence):
    directive = draft(district)
    data = {"text": "Rà soát", "section": "II.1", "leads": [district.health.pk], **typed}
    response, text = send(signed_in, url("task-create", directive.pk), **data)
    assert response.status_code == 200
    assert sentence in text
    assert 'value="II.1"' in text
    assert text.count(" checked") == 1
    assert not directive.tasks.exists()


def test_choices_are_bounded_by_the_place(signed_in, district):
    other = District(communes=["Mường So"], name="Phong Thổ")
    stranger = CommitteeMember.objects.create(position="Người lạ", agency=other.office)
    directive = draft(district)
    text = signed_in.get(url("task-create", directive.pk)).content.decode()
    assert "UBND xã Sơn Bình" in text
    assert "Mường So" not in text
    for field, value in (("leads", other.office), ("lead_members", stranger), ("communes", other.communes[0])):
        response, _ = send(signed_in, url("task-create", directive.pk), text="x", **{field: [value.pk]})
        assert response.status_code == 200
    assert not directive.tasks.exists()


def test_criteria_are_those_of_the_set_in_force(signed_in, district):
    for code, since, until in (("2016", 2016, 2020), ("2021", 2021, 2025)):
        criteria_set = CriteriaSet.objects.create(
            code=code,
            name=code,
            short_name=code,
            subject="commune",
            tier="basic",
            is_complete=True,
            effective_from=date(since, 1, 1),
            effective_to=date(until, 12, 31),
        )
        for number in (2, 1):
            Criterion.objects.create(criteria_set=criteria_set, number=number, name=f"của {code}")
    text = signed_in.get(url("task-create", draft(district).pk)).content.decode()
    assert "của 2016" not in text
    assert text.index("1. của 2021") < text.index("2. của 2021")


def test_changing_and_deleting_a_task(signed_in, district):
    directive = draft(district)
    work = task(directive, [district.health])
    opened = fields_of(signed_in.get(url("task-edit", directive.pk, work.pk)))
    send(signed_in, url("task-edit", directive.pk, work.pk), **{**opened, "text": "Mới", "leads": [district.office.pk]})
    work.refresh_from_db()
    assert (work.text, list(work.leads.all())) == ("Mới", [district.office])
    _, text = send(signed_in, url("task-edit", directive.pk, work.pk), **{**opened, "text": "Cũ"})
    assert "Người khác vừa lưu thay đổi" in text
    assert f"<td>{district.office}</td>" in text
    assert signed_in.get(url("task-delete", directive.pk, work.pk)).status_code == 200
    assert directive.tasks.exists()
    signed_in.post(url("task-delete", directive.pk, work.pk))
    assert not directive.tasks.exists()


def test_a_task_of_another_directive_is_not_found(signed_in, district):
    work = task(draft(district))
    other = draft(district)
    assert signed_in.get(url("task-edit", other.pk, work.pk)).status_code == 404
    assert signed_in.post(url("task-delete", other.pk, work.pk)).status_code == 404


# -- handing out ------------------------------------------------------------------------------------------------------


def test_the_confirmation_says_what_will_be_created(signed_in, district):
    directive = notice_003(district)
    text = signed_in.get(url("issue", directive.pk)).content.decode()
    assert "Giao 10 nhiệm vụ, 106 phần việc" in text
    assert not Assignment.objects.exists()
    response = signed_in.post(url("issue", directive.pk))
    assert response.url == directive.get_absolute_url()
    assert Assignment.objects.count() == 106
    text = signed_in.get(directive.get_absolute_url()).content.decode()
    assert "Đã giao 10 nhiệm vụ, 106 phần việc." in text


def test_the_confirmation_says_what_is_missing(signed_in, district):
    directive = draft(district)
    task(directive, [district.office])
    task(directive, lead_text="Các cơ quan chuyên môn")
    for response in (signed_in.get(url("issue", directive.pk)), signed_in.post(url("issue", directive.pk))):
        text = response.content.decode()
        assert "Chưa giao được, còn 1 chỗ cần sửa." in text
        assert "Nhiệm vụ 2: chưa có cơ quan chủ trì" in text
        assert '<button class="btn btn-primary">' not in text
    assert not Assignment.objects.exists()


def test_with_nothing_left_to_hand_out_the_page_says_so_and_leads_back(signed_in, district):
    directive = issued(district, [district.office])
    for ask in (signed_in.get, signed_in.post):
        response = ask(url("issue", directive.pk))
        assert response.url == directive.get_absolute_url()
        text = signed_in.get(response.url).content.decode()
        assert "không còn nhiệm vụ nào chưa giao" in text
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("name", ["task-edit", "task-delete"])
def test_a_task_handed_out_is_not_edited_like_a_draft(signed_in, district, name):
    directive = issued(district, [district.office])
    address = url(name, directive.pk, directive.tasks.get().pk)
    for ask in (signed_in.get, signed_in.post):
        response = ask(address, {"text": "Mới"})
        assert response.url == directive.get_absolute_url()
        text = signed_in.get(response.url).content.decode()
        assert "Nhiệm vụ 1 đã giao việc nên không sửa như bản nháp được." in text
    assert directive.tasks.get().text == "Rà soát kế hoạch"


def test_of_a_notice_handed_out_the_number_is_corrected_and_its_days_are_not_on_the_form(signed_in, district):
    directive = issued(district, [district.office])
    opened = fields_of(signed_in.get(url("edit", directive.pk)), having="number")
    assert not {"issued_on", "meeting_on", "text"} & set(opened)
    response, _ = send(signed_in, url("edit", directive.pk), **opened | {"number": "253/TB-UBND"})
    assert response.url == directive.get_absolute_url()
    directive.refresh_from_db()
    assert (directive.number, directive.meeting_on) == ("253/TB-UBND", date(2024, 3, 28))


def test_a_further_task_goes_out_on_its_own(signed_in, district):
    directive = issued(district, [district.office])
    send(signed_in, url("task-create", directive.pk), text="Việc thêm", leads=[district.health.pk])
    assert "Giao 1 nhiệm vụ, 1 phần việc" in signed_in.get(url("issue", directive.pk)).content.decode()
    signed_in.post(url("issue", directive.pk))
    assert [row.agency for row in Assignment.objects.order_by("pk")] == [district.office, district.health]


# -- reporting done ---------------------------------------------------------------------------------------------------


@pytest.fixture
def assignment(district):
    issued(district, district.committees[:2])
    return Assignment.objects.get(agency=district.committees[0])


DONE = {"done_on": "15/4/2024", "note": "Báo cáo số 45/BC-UBND"}


def test_a_commune_reports_its_part(client, district, assignment):
    client.force_login(district.commune_officer(0))
    address = url("assignment-complete", assignment.pk)
    # The old address of the page leads to the new one, with the way back.
    moved = client.get(address, {"next": "/nhiem-vu/"})
    assert moved.url == f"{assignment.get_absolute_url()}?next=%2Fnhiem-vu%2F"
    text = client.get(moved.url).content.decode()
    assert "Báo cáo hoàn thành</button>" in text
    assert "Ghi hoàn thành</button>" not in text
    response = client.post(address, {**DONE, "next": "/nhiem-vu/?ngay=2024-04-20"})
    assert response.url == "/nhiem-vu/?ngay=2024-04-20"
    assignment.refresh_from_db()
    assert (assignment.reported_on, assignment.done_on) == (date(2024, 4, 15), None)
    assert assignment.done_note == "Báo cáo số 45/BC-UBND"


def test_nobody_is_sent_to_another_site(client, district, assignment):
    client.force_login(district.commune_officer(0))
    response = client.post(url("assignment-complete", assignment.pk), {**DONE, "next": "https://evil.example/"})
    assert response.url.startswith("/nhiem-vu/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"done_on": "31/2/2024"}, "Ngày 31/2/2024 không có trong lịch."),
        ({"done_on": "27/3/2024"}, "trước ngày của văn bản giao việc (28/03/2024)"),
        ({"done_on": TOMORROW.strftime("%d/%m/%Y")}, "ở sau hôm nay"),
        ({"done_on": ""}, "Ghi ngày hoàn thành."),
        ({"note": " "}, "Ghi kết quả thực hiện"),
    ],
)
def test_a_bad_report_gets_a_sentence(client, district, assignment, typed, sentence):
    client.force_login(district.commune_officer(0))
    _, text = send(client, url("assignment-complete", assignment.pk), **{**DONE, **typed})
    assert sentence in text
    assignment.refresh_from_db()
    assert assignment.done_on is None


def test_what_somebody_else_reported_meanwhile_is_kept_and_so_is_what_was_typed(client, district, officer, assignment):
    actions.complete_assignment(assignment=assignment, done_on=date(2024, 4, 10), note="trước", by=officer)
    client.force_login(district.commune_officer(0))
    _, text = send(client, url("assignment-complete", assignment.pk), **{**DONE, "note": "của tôi"})
    assert "vừa được người khác báo cáo hoàn thành" in text
    assert "của tôi" in text
    assert "trước" in text


def test_who_may_report(client, district, assignment):
    address = url("assignment-complete", assignment.pk)
    # Another commune, and a department the work does not concern.
    for user in (district.commune_officer(1), district.user(Role.SECTOR_OFFICER, agency=district.health)):
        client.force_login(user)
        assert client.get(address).status_code == client.post(address, DONE).status_code == 404
    client.force_login(district.user(Role.COMMITTEE_MEMBER))
    assert "</button>" not in client.get(assignment.get_absolute_url()).content.decode().partition("<main")[2]
    assert client.post(address, DONE).status_code == 403
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    assert client.post(address, DONE).status_code == 404
    assignment.refresh_from_db()
    assert assignment.done_on is None
    client.force_login(district.officer())
    assert client.post(address, DONE).status_code == 302


def test_only_officers_reopen(client, district, officer, assignment):
    actions.complete_assignment(assignment=assignment, done_on=date(2024, 4, 10), note="xong", by=officer)
    address = url("assignment-reopen", assignment.pk)
    client.force_login(district.commune_officer(0))
    assert client.post(address, {"reason": "x"}).status_code == 403
    client.force_login(officer)
    _, text = send(client, address, reason=" ")
    assert "Ghi lý do mở lại." in text
    response, _ = send(client, address, reason="Số liệu chưa đủ")
    assert response.status_code == 302
    text = client.get(response.url).content.decode()
    assert "Số liệu chưa đủ" in text
    assert "xong" in text
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    assert client.post(address, {"reason": "x"}).status_code == 404


# -- speed ------------------------------------------------------------------------------------------------------------


def test_queries_of_the_list_and_the_page_stay_flat(signed_in, district, django_assert_max_num_queries):
    first, ten_tasks = issued(district, [district.office]), notice_003(district)
    for _ in range(20):
        issued(district, district.committees)
    with django_assert_max_num_queries(6):
        signed_in.get(url("list"))
    with django_assert_max_num_queries(24):
        signed_in.get(first.get_absolute_url())
    with django_assert_max_num_queries(24):
        signed_in.get(ten_tasks.get_absolute_url())
