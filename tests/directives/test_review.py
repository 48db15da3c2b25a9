"""The page on which a draft is checked: who may, what it shows, what each change answers, and bad input."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from communes.models import BodyAlias
from criteria.models import Target
from directives import actions, intake
from directives.files import CannotRead, FileText
from directives.forms import intake as intake_form
from directives.intake import Here
from directives.models import Assignment, Directive, Task
from directives.review import blocks_of
from tests import factories
from tests.directives import notices
from tests.directives.factories import District, draft, issued
from tests.reading import counted, fields_of

HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = date(2024, 4, 1)


def url(name, *args):
    return reverse(f"directives:{name}", args=args)


@pytest.fixture
def reads(monkeypatch):
    def reads(read):
        notices.use(monkeypatch, read)
        return read

    reads(notices.notice())
    return reads


@pytest.fixture
def signed_in(client, officer, reads):
    client.force_login(officer)
    return client


def register(district, read):
    drafts = intake.draft_tasks(read, day=DAY, here=Here.load(district.place, DAY))
    return actions.register_notice(
        by=None, locality=district.place, text=read.text, tasks=drafts, **intake.header_fields(read.header)
    )


@pytest.fixture
def directive(district, reads):
    return register(district, reads(notices.notice()))


def page(client, directive):
    return client.get(url("review", directive.pk)).content.decode()


def flat(text):
    return " ".join(text.split())


def tasks_of(directive):
    return list(directive.tasks.order_by("position"))


# -- who may ----------------------------------------------------------------------------------------------------------

PAGES = ["review", "review-header", "review-task", "review-split", "review-name"]


def address(name, directive):
    one = directive.tasks.first()
    if name in (
        "review-task",
        "review-split",
        "review-include",
        "review-due",
        "review-join",
        "review-delete",
        "review-restore",
    ):
        return url(name, directive.pk, one.pk)
    return url(name, directive.pk) + ("?loi=UBND các xã" if name == "review-name" else "")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_do_not_review(client, district, directive, name, role):
    client.force_login(district.user(role))
    assert client.get(address(name, directive)).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        *PAGES,
        "review-include",
        "review-due",
        "review-join",
        "review-delete",
        "review-restore",
        "review-add",
        "review-goals",
    ],
)
def test_another_place_is_not_found(client, directive, name):
    client.force_login(District(communes=[], name="Phong Thổ").officer())
    assert client.post(address(name, directive)).status_code in (404, 405)
    assert client.get(address(name, directive)).status_code in (404, 405)
    assert directive.tasks.count() == 4


@pytest.mark.parametrize("name", PAGES)
def test_officers_review(signed_in, directive, name):
    assert signed_in.get(address(name, directive)).status_code == 200
    assert signed_in.get(address(name, directive), **HTMX).status_code == 200


# -- reading ----------------------------------------------------------------------------------------------------------


def test_pasted_text_becomes_a_draft_to_review(signed_in, district):
    response = signed_in.post(url("read"), {"text": "Nội dung **văn bản**"})
    directive = Directive.objects.get()
    assert response.url == url("review", directive.pk)
    assert (directive.number, directive.issued_on, directive.locality) == ("253/TB-UBND", DAY, district.place)
    assert directive.tasks.count() == 4
    assert not directive.is_assigned
    assert not Assignment.objects.exists()
    text = signed_in.get(url("list")).content.decode()
    assert "Chưa giao việc" in text
    assert url("review", directive.pk) in text


def test_a_file_is_read_and_kept(signed_in, monkeypatch):
    asked = []
    monkeypatch.setattr(
        intake_form,
        "text_of",
        lambda name, content: asked.append((name, content)) or FileText("Chữ", 2, "Đọc bằng OCR."),
    )
    file = SimpleUploadedFile("thông báo.txt", "Chữ".encode())
    response = signed_in.post(url("read"), {"text": "", "file": file}, follow=True)
    directive = Directive.objects.get()
    assert asked == [("thông báo.txt", "Chữ".encode())]
    assert directive.file_name == "thông báo.txt"
    assert directive.file.read() == "Chữ".encode()
    assert "Đọc bằng OCR." in response.content.decode()


def test_a_file_that_cannot_be_read_gets_its_sentence_and_nothing_is_saved(signed_in, monkeypatch):
    def refuse(name, content):
        raise CannotRead("Tệp “a.txt” có hơn 200 trang. Tách lấy phần thông báo.")

    monkeypatch.setattr(intake_form, "text_of", refuse)
    response = signed_in.post(url("read"), {"text": "  ", "file": SimpleUploadedFile("a.txt", b"x")})
    assert "Tệp “a.txt” có hơn 200 trang." in response.content.decode()
    assert not Directive.objects.exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"text": ""}, "Dán nội dung văn bản vào ô này hoặc chọn tệp"),
        ({"text": " \n … "}, "Dán nội dung văn bản vào ô này hoặc chọn tệp"),
        ({"text": "a" * 500_001}, "Văn bản dài 500.001 ký tự"),
        ({"text": "", "file": SimpleUploadedFile("a.txt", b"")}, "Tệp trống."),
        ({"text": "Đã dán", "file": SimpleUploadedFile("a.xlsx", b"PK")}, "Không đọc được tệp “a.xlsx”"),
        ({"text": "Đã dán", "file": SimpleUploadedFile("a.pdf", b"MZ")}, "không phải là .pdf"),
        ({"text": "Đã dán", "file": SimpleUploadedFile("a.docx", b"PK\x03\x04 zip bomb")}, "không phải là .docx"),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_pasted_stays(signed_in, posted, sentence):
    response = signed_in.post(url("read"), posted)
    text = response.content.decode()
    assert sentence in text
    assert posted["text"].strip()[:7] in text
    assert not Directive.objects.exists()


def test_a_text_without_a_task_is_a_draft_all_the_same(signed_in, reads):
    reads(notices.plain("Chỉ có đánh giá chung."))
    response = signed_in.post(url("read"), {"text": "Chỉ có đánh giá chung."}, follow=True)
    text = response.content.decode()
    assert "Không tìm thấy nhiệm vụ nào trong văn bản này. Bản nháp vẫn được lưu" in text
    assert "Chỉ có đánh giá chung." in text
    assert "Văn bản chưa có ngày" in text


def test_an_administrator_without_a_place_chooses_one(client, district, reads):
    user = district.user(Role.ADMINISTRATOR)
    user.place = None
    user.save()
    client.force_login(user)
    assert "Chọn địa bàn." in client.post(url("read"), {"text": "Chữ"}).content.decode()
    client.post(url("read"), {"text": "Chữ", "locality": district.place.pk})
    assert Directive.objects.get().locality == district.place


def test_the_same_notice_again_is_warned_of_and_not_refused(signed_in):
    for _ in range(2):
        response = signed_in.post(url("read"), {"text": "Chữ"}, follow=True)
    assert Directive.objects.count() == 2
    text = response.content.decode()
    assert "Có thể đã nhập văn bản này" in text
    assert url("review", Directive.objects.order_by("pk").first().pk) in text


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_goes_out_and_what_does_not(signed_in, directive):
    text = flat(page(signed_in, directive))
    # 12 communes once; 5 members nine times; the town once.
    assert "Giao 3 nhiệm vụ, 58 phần việc" in text
    assert "Nhiệm vụ 4 chưa chọn: cần ghi rõ cơ quan chủ trì." in text
    assert "3 đủ thông tin" in text
    assert "1 cần xem lại" in text
    assert "UBND 12 xã" in text
    assert "5 thành viên Ban Chỉ đạo" in text
    assert (
        "Ngày 25 hằng tháng<small>9 kỳ, 25/04/2024–25/12/2024; văn bản không ghi đến khi nào, tính đến hết năm" in text
    )
    assert "? “Các cơ quan chuyên môn”<small>đề nghị 3 cơ quan" in text
    assert "? Không thấy thời hạn" in text
    assert not Assignment.objects.exists()


def test_the_text_is_whole_and_its_paragraphs_say_where_they_start(signed_in, directive):
    read = notices.notice()
    rows = []
    for block in blocks_of(read.text, read, rows):
        for paragraph in block.paragraphs:
            words = "".join(piece.text for piece in paragraph.pieces)
            assert read.text[paragraph.start : paragraph.start + len(words)] == words
    text = page(signed_in, directive)
    assert '<h2 data-at="11">1. Đối với <span class="mk-lead">UBND các xã</span></h2>' in text
    assert '<b class="mk-due">trước ngày 15/4/2024</b>' in text


def test_the_text_cannot_break_out_of_the_page(signed_in, reads, district):
    evil = notices.plain("<script>alert(1)</script> & \"'")
    text = page(signed_in, register(district, reads(evil)))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_queries_do_not_grow_with_tasks(signed_in, district, reads):
    counts = []
    for extra in (1, 36):
        read = reads(notices.notice(extra=extra))
        directive = register(district, read)
        with counted() as queries:
            page(signed_in, directive)
        counts.append(len(queries))
        with counted() as queries:
            signed_in.post(
                url("review-include", directive.pk, directive.tasks.first().pk), {"is_included": "on"}, **HTMX
            )
        counts.append(len(queries))
        Directive.objects.filter(pk=directive.pk).update(title=f"Khác {extra}", number="")
    assert counts == [20, 24, 20, 24]


def test_the_issue_page_creates_as_many_as_the_foot_says(signed_in, directive):
    assert "Giao 3 nhiệm vụ, 58 phần việc" in signed_in.get(url("issue", directive.pk)).content.decode()
    signed_in.post(url("issue", directive.pk))
    assert Assignment.objects.count() == 58
    text = flat(page(signed_in, directive))
    assert "Văn bản đã giao 3 nhiệm vụ." in text
    assert "đã giao" in text
    assert 'id="nv-' in text


# -- changes ----------------------------------------------------------------------------------------------------------


def test_a_row_is_edited_in_its_place(signed_in, directive, district):
    one = tasks_of(directive)[3]
    form = signed_in.get(url("review-task", directive.pk, one.pk), **HTMX)
    fields = fields_of(form, having="text")
    answer = signed_in.post(
        url("review-task", directive.pk, one.pk),
        fields | {"due_on": "30/6/2024", "leads": [district.health.pk]},
        **HTMX,
    )
    text = flat(answer.content.decode())
    assert answer.status_code == 200
    assert "30/06/2024" in text
    assert "Trung tâm Y tế huyện" in text
    assert "4 đủ thông tin" in text
    assert 'id="review-foot" hx-swap-oob="true"' in text


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [("31/4/2024", "Ngày 31/4/2024 không có trong lịch"), ("1/3/2024", "trước ngày của văn bản (01/04/2024)")],
)
def test_a_wrong_deadline_gets_a_sentence_and_the_form_stays(signed_in, directive, due_on, sentence):
    one = tasks_of(directive)[0]
    address = url("review-task", directive.pk, one.pk)
    fields = fields_of(signed_in.get(address, **HTMX), having="text")
    answer = signed_in.post(address, fields | {"due_on": due_on, "text": "Đã gõ"}, **HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Đã gõ" in answer.content.decode()
    one.refresh_from_db()
    assert one.text == notices.CEMENT


def test_a_deadline_that_is_set_answers_the_remark(signed_in, directive):
    one = tasks_of(directive)[3]
    one.remark = "Ngày 31/4/2024 không có trong lịch."
    one.save()
    assert "? Ngày 31/4/2024 không có trong lịch." in page(signed_in, directive)
    address = url("review-task", directive.pk, one.pk)
    fields = fields_of(signed_in.get(address), having="text")
    signed_in.post(address, fields | {"due_on": "30/4/2024"})
    one.refresh_from_db()
    assert (one.remark, one.due_on) == ("", date(2024, 4, 30))


def test_a_box_decides_whether_a_task_goes_out(signed_in, directive):
    one = tasks_of(directive)[0]
    text = flat(signed_in.post(url("review-include", directive.pk, one.pk), **HTMX).content.decode())
    assert "Giao 2 nhiệm vụ, 46 phần việc" in text
    assert "Nhiệm vụ 1 chưa chọn." in text
    vague = tasks_of(directive)[3]
    text = flat(
        signed_in.post(url("review-include", directive.pk, vague.pk), {"is_included": "on"}, **HTMX).content.decode()
    )
    assert "Nhiệm vụ 4 đã chọn nhưng chưa giao được: cần ghi rõ cơ quan chủ trì." in text


@pytest.fixture
def undated(district, reads):
    """A draft whose last task says a day without a year, and its first one none but that of the list's end."""
    text = "- Phòng Y tế rà soát trạm.\n- Phòng Y tế lập hồ sơ trước ngày 25/4.\nCác nội dung trên hoàn thành trước 30/6/2024."
    first, second, last = text.split("\n")
    listed = notices.Deadline(proposed=date(2024, 6, 30))
    said = notices.Deadline("date", text="trước ngày 25/4", proposed=date(2024, 4, 25))
    whole = notices.Deadline("date", due=date(2024, 6, 30), text="trước 30/6/2024")
    found = [
        notices.found(text, words, lead=["Phòng Y tế"], deadline=deadline)
        for words, deadline in ((first, listed), (second, said), (last, whole))
    ]
    return register(district, reads(notices.Notice(text=text, header=notices.HEADER, tasks=tuple(found))))


def take(client, directive, one, **changes):
    """Press the button as the page shows it."""
    shown = page(client, directive)
    address = url("review-due", directive.pk, one.pk)
    form = shown.split(f'action="{address}"')[1].split("</form>")[0]
    fields = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("due_on", "seen")}
    return lambda **extra: client.post(address, fields | changes, **extra)


def test_a_day_without_a_year_is_offered_and_never_written_by_itself(signed_in, undated):
    first, second, _ = tasks_of(undated)
    assert first.due_on is second.due_on is None
    text = flat(page(signed_in, undated))
    assert "? “trước ngày 25/4”</a>" in text
    assert "Lấy hạn 25/04/2024<" in text
    assert "Lấy hạn 30/06/2024<" in text
    assert "<small>theo “trước 30/6/2024”</small>" in text
    assert text.count("Lấy hạn") == 2
    answer = take(signed_in, undated, second)(**HTMX)
    text = flat(answer.content.decode())
    assert "25/04/2024" in text
    assert "Lấy hạn" not in text
    assert 'id="review-counts" hx-swap-oob="true"' in text
    assert [one.due_on for one in tasks_of(undated)] == [None, date(2024, 4, 25), date(2024, 6, 30)]


def test_a_day_is_taken_without_scripts_too_and_answers_the_remark(signed_in, undated):
    one = tasks_of(undated)[0]
    type(one).objects.filter(pk=one.pk).update(remark="Xem lại thời hạn.")
    assert take(signed_in, undated, one)().url == url("review", undated.pk) + f"#nv-{one.pk}"
    one.refresh_from_db()
    assert (one.due_on, one.remark) == (date(2024, 6, 30), "")


def test_a_day_is_not_taken_over_one_that_came_meanwhile(signed_in, undated):
    one = tasks_of(undated)[1]
    press = take(signed_in, undated, one)
    type(one).objects.filter(pk=one.pk).update(due_on=date(2024, 5, 5))
    assert "đã có thời hạn hoặc ngày đề nghị đã đổi" in press(**HTMX).content.decode()
    with pytest.raises(actions.NotPossible, match="05/05/2024"):
        actions.take_due(task=one, due_on=date(2024, 4, 25), seen=actions.mark_of(one), by=None)
    one.refresh_from_db()
    assert one.due_on == date(2024, 5, 5)


@pytest.mark.parametrize("changes", [{"due_on": "2024-04-26"}, {"due_on": "x"}, {"seen": "x"}])
def test_only_the_day_that_was_shown_is_taken(signed_in, undated, changes):
    one = tasks_of(undated)[1]
    answer = take(signed_in, undated, one, **changes)(**HTMX)
    assert 'role="alert"' in answer.content.decode()
    one.refresh_from_db()
    assert one.due_on is None


def test_a_day_before_the_document_is_not_offered(signed_in, undated):
    Directive.objects.filter(pk=undated.pk).update(dated_on=date(2024, 5, 2), issued_on=date(2024, 5, 2))
    text = page(signed_in, undated)
    assert "Lấy hạn 25/04/2024" not in text
    assert "Lấy hạn 30/06/2024" in text


def test_the_part_of_a_split_task_that_says_the_day_is_offered_it(signed_in, undated):
    one = tasks_of(undated)[1]
    actions.split_task(task=one, at=one.text.index("lập hồ sơ"), seen=actions.mark_of(one), by=None)
    assert page(signed_in, undated).count("Lấy hạn 25/04/2024") == 1


def test_splitting_joining_and_dropping(signed_in, directive):
    one = tasks_of(directive)[0]
    address = url("review-split", directive.pk, one.pk)
    shown = fields_of(signed_in.get(address), having="seen")
    response = signed_in.post(address, {"seen": shown["seen"], "at": one.text.index("Hoàn thành")})
    assert response.url == url("review", directive.pk) + f"#nv-{one.pk}"
    assert directive.tasks.count() == 5
    both = tasks_of(directive)[:2]
    answer = signed_in.post(url("review-join", directive.pk, one.pk), {"seen": actions.mark_of(*both)}, **HTMX)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#review-tasks", "innerHTML")
    assert directive.tasks.count() == 4
    signed_in.post(url("review-delete", directive.pk, one.pk), **HTMX)
    assert [row.position for row in tasks_of(directive)] == [1, 2, 3]
    assert "Rà soát nhu cầu xi măng" in page(signed_in, directive)


@pytest.mark.parametrize("at", ["", "abc", "0", "9" * 30, "²"])
def test_a_wrong_place_to_split_gets_a_sentence(signed_in, directive, at):
    one = tasks_of(directive)[0]
    answer = signed_in.post(url("review-split", directive.pk, one.pk), {"seen": actions.mark_of(one), "at": at}, **HTMX)
    assert "Chọn chỗ tách ở giữa nội dung nhiệm vụ" in answer.content.decode()
    assert directive.tasks.count() == 4


def test_a_task_that_is_gone_is_said_so(signed_in, directive):
    one = tasks_of(directive)[0]
    actions.delete_task(task=one, by=None)
    answer = signed_in.post(url("review-join", directive.pk, one.pk), {"seen": "x"}, **HTMX)
    assert "Người khác vừa xóa hoặc gộp nhiệm vụ này." in answer.content.decode()
    assert signed_in.get(url("review-task", directive.pk, one.pk), **HTMX).status_code == 404


def test_what_was_dropped_comes_back_with_what_was_read_there(signed_in, directive, district):
    one = tasks_of(directive)[0]
    start, end = one.start, one.end
    actions.delete_task(task=one, by=None)
    signed_in.post(url("review-add", directive.pk), {"start": start, "end": end}, **HTMX)
    again = tasks_of(directive)[0]
    assert (again.text, again.due_on) == (notices.CEMENT, date(2024, 4, 15))
    assert set(again.leads.all()) == set(district.committees)
    answer = signed_in.post(url("review-add", directive.pk), {"start": "", "end": "x"}, **HTMX)
    assert "Chưa chọn đoạn nào" in answer.content.decode()


def undo_button(response):
    """The address that brings back what was dropped, as the page offers it to a browser with and without scripts."""
    found = re.findall(r'action="([^"]+/hoan-tac/)"\s+hx-post="([^"]+)"', response.content.decode())
    assert all(plain == with_scripts for plain, with_scripts in found)
    assert len(found) <= 1
    return found[0][0] if found else None


@pytest.mark.parametrize("how", [{}, HTMX])
def test_dropping_is_undone_with_or_without_scripts(signed_in, directive, how):
    before = [(one.pk, one.position, one.text) for one in tasks_of(directive)]
    _, second, third, _ = tasks_of(directive)
    for one in (second, third):
        answer = signed_in.post(url("review-delete", directive.pk, one.pk), follow=True, **how)
    assert "Đã bỏ nhiệm vụ 2: “" in answer.content.decode()
    # The newest first, then the one before it; and still there when the page is loaded again.
    for one in (third, second):
        assert undo_button(answer) == url("review-restore", directive.pk, one.pk)
        assert undo_button(signed_in.get(url("review", directive.pk))) == undo_button(answer)
        answer = signed_in.post(undo_button(answer), follow=True, **how)
    assert [(one.pk, one.position, one.text) for one in tasks_of(directive)] == before
    assert undo_button(answer) is None
    # A second press, or the button in another window.
    pressed = signed_in.post(url("review-restore", directive.pk, third.pk), follow=True, **how)
    assert "Không còn gì để hoàn tác" in pressed.content.decode()
    assert directive.tasks.count() == 4


def test_what_was_dropped_is_said_where_it_stood(signed_in, directive):
    tasks = tasks_of(directive)
    for one, before in ((tasks[1], tasks[2]), (tasks[3], None), (tasks[2], None), (tasks[0], None)):
        answer = signed_in.post(url("review-delete", directive.pk, one.pk), **HTMX).content.decode()
        behind = re.search(r'class="review-row[^>]*id="nv-(\d+)"', answer.partition("/hoan-tac/")[2])
        assert (behind and int(behind[1])) == (before and before.pk)
    assert undo_button(signed_in.get(url("review", directive.pk)))


def test_nobody_undoes_what_another_dropped_or_in_another_document(signed_in, district, directive):
    one = tasks_of(directive)[0]
    signed_in.post(url("review-delete", directive.pk, one.pk))
    other = Client()
    other.force_login(district.officer())
    assert not undo_button(other.get(url("review", directive.pk)))
    other.post(url("review-restore", directive.pk, one.pk))
    elsewhere = draft(district)
    assert not undo_button(signed_in.get(url("review", elsewhere.pk)))
    signed_in.post(url("review-restore", elsewhere.pk, one.pk))
    assert not Task.objects.filter(pk=one.pk).exists()


def test_a_name_is_asked_for_once(signed_in, directive, district):
    address = url("review-name", directive.pk)
    form = fields_of(signed_in.get(address, {"loi": "Các cơ quan chuyên môn"}, **HTMX), having="words")
    assert sorted(form["agencies"]) == sorted(str(agency.pk) for agency in district.departments)
    assert form["remember"] == "on"
    answer = signed_in.post(address, form, **HTMX)
    assert "4 nhiệm vụ" in flat(answer.content.decode())
    assert set(BodyAlias.objects.get().agencies.all()) == set(district.departments)
    refused = signed_in.post(address, form | {"agencies": []}, **HTMX)
    assert refused.status_code == 422
    assert "Chọn ít nhất một cơ quan" in refused.content.decode()
    gone = signed_in.get(address, {"loi": "Không ai ghi thế"}, **HTMX)
    assert "Không còn nhiệm vụ nào ghi" in gone.content.decode()


def test_the_header_saves_as_it_is_left(signed_in, directive):
    address = url("review-header", directive.pk)
    fields = fields_of(signed_in.get(address), having="title")
    answer = signed_in.post(address, fields | {"number": "254/TB-UBND", "issued_on": "2/4/2024"}, **HTMX)
    text = flat(answer.content.decode())
    assert "✓ đã lưu" in text
    assert 'id="review-tasks"' in text
    directive.refresh_from_db()
    assert (directive.number, directive.dated_on) == ("254/TB-UBND", date(2024, 4, 2))
    refused = signed_in.post(address, fields_of(answer, having="title") | {"issued_on": "31/4/2024"}, **HTMX)
    assert refused.status_code == 422
    assert "Chưa lưu: Ngày 31/4/2024 không có trong lịch" in refused.content.decode()
    assert 'value="31/4/2024"' in refused.content.decode()


def test_a_header_may_be_emptied_and_is_amber(signed_in, directive):
    address = url("review-header", directive.pk)
    fields = fields_of(signed_in.get(address), having="title")
    text = signed_in.post(address, fields | {"number": "", "title": ""}, **HTMX).content.decode()
    assert "chưa có số" in text
    assert "Văn bản chưa có trích yếu." in text


def test_what_has_gone_out_is_not_changed_here(signed_in, district):
    directive = issued(district, [district.health])
    one = directive.tasks.get()
    answer = signed_in.post(url("review-delete", directive.pk, one.pk), follow=True)
    assert "đã giao việc nên không sửa như bản nháp được" in answer.content.decode()
    assert directive.tasks.count() == 1


# -- figures and goals ------------------------------------------------------------------------------------------------


def test_figures_stand_beside_what_is_kept(signed_in, district, reads):
    criteria_set = factories.small_set()
    period = factories.period()
    for commune in district.communes[:2]:
        sheet = factories.assessment(commune, criteria_set, period)
        type(sheet).objects.filter(pk=sheet.pk).update(strip="MU" if commune == district.communes[0] else "MM")
    figure = notices.Figure
    read = notices.notice(
        figures=(
            figure("huyện Tam Đường", "mean_criteria_per_commune", "1,5", "bình quân 1,5", 0, 5),
            figure("xã Sơn Bình", "criteria_met", "02/2", "đạt 2/2", 0, 5),
            figure("tỉnh Lai Châu", "mean_criteria_per_commune", "9", "toàn tỉnh 9", 0, 5),
            figure("", "communes_recognised_total", "3", "3 xã", 0, 5),
        )
    )
    text = flat(page(signed_in, register(district, reads(read))))
    assert '1,5 tiêu chí (3 tiêu chí ở 2 xã) <span class="met">✓ khớp' in text
    assert '1/2 tiêu chí <span class="warn">? văn bản nhiều hơn 1 tiêu chí' in text
    assert "Chưa có số liệu để đối chiếu" in text
    assert '0/12 xã <span class="warn">? văn bản nhiều hơn 3 xã' in text


def test_goals_are_written_into_the_plan(signed_in, district, reads):
    goal = notices.Goal(("Sơn Bình", "Bản Bo", "Nơi Khác"), 2024, "đạt chuẩn", "3 xã đạt chuẩn năm 2024", 0, 5)
    villages = notices.Goal(("thôn 1", "Sơn Bình"), 2024, "đạt chuẩn", "1 thôn", 0, 5)
    Target.objects.create(locality=district.communes[2], year=2024, tier="basic", document="KH 01")
    directive = register(district, reads(notices.notice(goals=(goal, villages))))
    text = flat(page(signed_in, directive))
    assert "đã có (KH 01)" in text
    assert "Không có trong địa bàn: Nơi Khác." in text
    assert "Mục tiêu của thôn, bản" in text
    fields = fields_of(signed_in.get(url("review", directive.pk)), having="aim")
    answer = signed_in.post(url("review-goals", directive.pk), fields, follow=True)
    assert "Đã ghi 1 chỉ tiêu vào kế hoạch năm 2024." in answer.content.decode()
    made = Target.objects.get(locality=district.communes[0])
    assert (made.year, made.tier, made.document) == (2024, "basic", "Thông báo 253/TB-UBND")
    assert Target.objects.count() == 2
    nothing = signed_in.post(url("review-goals", directive.pk), {"aim": "1:x:2024"}, follow=True)
    assert "Chưa ghi gì" in nothing.content.decode()
