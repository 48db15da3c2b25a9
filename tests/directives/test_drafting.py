"""Writes on a draft that was read: registered, split, joined, added to, named."""

import json
from datetime import date

import pytest

from communes.models import BodyAlias
from directives import actions, intake, spans
from directives.intake import Here
from directives.models import Task
from tests import factories
from tests.directives import notices
from tests.directives.factories import District, draft, task

DAY = date(2024, 4, 1)


@pytest.fixture
def registered(district):
    read = notices.notice()
    return actions.register_notice(
        by=None,
        locality=district.place,
        text=read.text,
        tasks=intake.draft_tasks(read, day=DAY, here=Here.load(district.place, DAY)),
        **intake.header_fields(read.header),
    )


def tasks_of(directive):
    return list(directive.tasks.order_by("position"))


def texts(directive):
    return [one.text for one in tasks_of(directive)]


def test_what_was_found_becomes_draft_tasks(registered, district):
    cement, monthly, town, vague = tasks_of(registered)
    assert [one.position for one in tasks_of(registered)] == [1, 2, 3, 4]
    assert set(cement.leads.all()) == set(district.committees)
    assert list(cement.supports.all()) == [district.agriculture]
    assert (cement.due_on, cement.due_text, cement.section) == (date(2024, 4, 15), "trước ngày 15/4/2024", "1")
    assert registered.text[cement.start : cement.end] == cement.text
    assert set(monthly.lead_members.all()) == set(district.members)
    assert (monthly.due_on, monthly.repeats) == (date(2024, 4, 25), "monthly")
    assert list(town.communes.all()) == [district.town]
    # Who the departments are a person says: until then it does not go out.
    assert not vague.leads.exists()
    assert vague.lead_text == "Các cơ quan chuyên môn"
    assert [one.is_included for one in tasks_of(registered)] == [True, True, True, False]


def test_registering_takes_the_same_statements_for_any_number_of_tasks(district, django_assert_num_queries):
    here = Here.load(district.place, DAY)

    def register(extra):
        read = notices.notice(extra=extra)
        drafts = intake.draft_tasks(read, day=DAY, here=here)
        actions.register_notice(by=None, locality=district.place, text=read.text, tasks=drafts, title="x", issuer="y")

    for extra in (2, 40):
        with django_assert_num_queries(10):
            register(extra)


def test_what_is_too_long_for_its_column_is_cut_with_a_sign(district):
    text = "a" * 900
    read = notices.found(text, text, lead=["b" * 900], section="c" * 90)
    made = intake.draft_task(read, day=DAY, here=Here.load(district.place, DAY))
    assert len(made.fields["lead_text"]) == 300
    assert made.fields["lead_text"].endswith("…")
    assert len(made.fields["section"]) == 60
    assert made.fields["text"] == text


def test_a_day_of_issue_before_the_meeting_leaves_the_meeting_open():
    header = notices.Header(issued_on=date(2024, 3, 1), meeting_on=date(2024, 3, 28))
    kept = intake.header_fields(header)
    assert (kept["issued_on"], kept["meeting_on"]) == (date(2024, 3, 1), None)


@pytest.mark.parametrize(
    ("word", "number", "kind"),
    [("Thông báo", "", "TB"), ("Công văn", "", "CV"), ("", "12-CV/ĐU", "CV"), ("", "", "TB"), ("Bản tin", "", "")],
)
def test_the_kind_of_a_document(word, number, kind):
    assert intake.header_fields(notices.Header(kind=word, number=number))["kind"] == kind


def test_a_deadline_before_the_document_stays_and_does_not_go_out(district):
    text = "UBND các xã báo cáo trước ngày 15/3/2024."
    deadline = notices.Deadline(
        "date", due=date(2024, 3, 15), text="trước ngày 15/3/2024", problem="Thời hạn trước ngày văn bản."
    )
    found = notices.found(text, text, lead=["UBND các xã"], deadline=deadline)
    made = intake.draft_task(found, day=DAY, here=Here.load(district.place, DAY))
    assert made.fields["due_on"] == date(2024, 3, 15)
    assert made.fields["remark"] == "Thời hạn trước ngày văn bản."
    assert made.fields["is_included"] is False


# -- split, join, add -------------------------------------------------------------------------------------------------


def split(one, at, seen=None):
    return actions.split_task(task=one, at=at, seen=seen or actions.mark_of(one), by=None)


def test_a_task_is_split_and_the_deadline_goes_with_its_words(registered, district):
    one = tasks_of(registered)[0]
    first, second = split(one, one.text.index("Hoàn thành"))
    assert texts(registered)[:3] == [
        "Rà soát nhu cầu xi măng gửi phòng Nông nghiệp tổng hợp.",
        "Hoàn thành trước ngày 15/4/2024.",
        notices.MONTHLY,
    ]
    assert [row.position for row in tasks_of(registered)] == [1, 2, 3, 4, 5]
    assert (first.due_on, second.due_on) == (None, date(2024, 4, 15))
    assert set(second.leads.all()) == set(first.leads.all()) == set(district.committees)
    for part in (first, second):
        assert registered.text[part.start : part.end] == part.text


@pytest.mark.parametrize("at", [-1, 0, 1000])
def test_a_part_without_words_is_refused(registered, at):
    with pytest.raises(actions.NotPossible, match="giữa nội dung"):
        split(tasks_of(registered)[0], at)
    assert len(tasks_of(registered)) == 4


def test_what_changed_since_it_was_shown_is_not_split_nor_joined(registered):
    one, two = tasks_of(registered)[:2]
    seen, seen_both = actions.mark_of(one), actions.mark_of(one, two)
    actions.save_task(directive=registered, task=one, by=None, text="Khác hẳn. Hai câu.")
    with pytest.raises(actions.NotPossible, match="Người khác vừa sửa nhiệm vụ 1"):
        split(one, 5, seen)
    with pytest.raises(actions.NotPossible, match="Người khác vừa sửa nhiệm vụ 1"):
        actions.join_tasks(task=one, following=two, seen=seen_both, by=None)
    assert len(tasks_of(registered)) == 4


def everything_of(directive):
    """Every column and every body of the tasks of a draft."""
    names = ("leads", "lead_members", "supports", "communes", "criteria")
    rows = directive.tasks.order_by("position")
    return [
        (values, [sorted(getattr(one, name).values_list("pk", flat=True)) for name in names])
        for values, one in zip(rows.values(), rows, strict=True)
    ]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_what_was_dropped_comes_back_exactly(registered, district, number):
    one = tasks_of(registered)[number - 1]
    one.supports.add(district.health)
    one.lead_members.add(*district.members[:2])
    one.communes.add(*district.communes[:2])
    one.criteria.add(*factories.small_set().criteria.all())
    Task.objects.filter(pk=one.pk).update(remark="Ngày 31/4/2024 không có trong lịch.", is_included=False)
    before = everything_of(registered)
    kept = actions.delete_task(task=one, by=None)
    assert everything_of(registered) != before
    # As a session keeps it.
    actions.restore_task(directive=registered, kept=json.loads(json.dumps(kept)), by=None)
    assert everything_of(registered) == before
    with pytest.raises(actions.NotPossible, match="đã được khôi phục rồi"):
        actions.restore_task(directive=registered, kept=kept, by=None)
    assert everything_of(registered) == before


def test_what_another_added_again_is_not_there_twice(registered):
    one = tasks_of(registered)[0]
    kept = actions.delete_task(task=one, by=None)
    actions.add_task_from_text(directive=registered, start=one.start, end=one.end, by=None)
    with pytest.raises(actions.NotPossible, match="Đoạn này đã được thêm lại thành nhiệm vụ 1"):
        actions.restore_task(directive=registered, kept=kept, by=None)
    assert registered.tasks.count() == 4


def test_what_was_dropped_comes_back_behind_what_went_out_meanwhile_and_where_the_text_is_now(registered, district):
    one, *others = tasks_of(registered)
    kept = actions.delete_task(task=one, by=None)
    registered.tasks.exclude(pk=others[0].pk).update(is_included=False)
    actions.update_directive(directive=registered, text="Kính gửi.\n" + registered.text, by=None)
    registered.refresh_from_db()
    actions.issue_directive(directive=registered, by=None)
    back = actions.restore_task(directive=registered, kept=kept, by=None)
    assert texts(registered) == [others[0].text, one.text, *(other.text for other in others[1:])]
    assert (back.start, back.end) == (one.start + 10, one.end + 10)


def test_a_body_deleted_meanwhile_stays_away(registered, district):
    one = tasks_of(registered)[0]
    gone = district.agency("Phòng sắp giải thể")
    one.supports.set([gone, district.health])
    kept = actions.delete_task(task=one, by=None)
    gone.delete()
    assert list(actions.restore_task(directive=registered, kept=kept, by=None).supports.all()) == [district.health]


def test_a_split_undone_by_joining(registered):
    one = tasks_of(registered)[0]
    start, end = one.start, one.end
    first, second = split(one, one.text.index("Hoàn thành"))
    joined = actions.join_tasks(task=first, following=second, seen=actions.mark_of(first, second), by=None)
    assert joined.text == notices.CEMENT
    assert (joined.start, joined.end, joined.due_on) == (start, end, date(2024, 4, 15))
    assert [row.position for row in tasks_of(registered)] == [1, 2, 3, 4]


def test_joining_two_deadlines_keeps_the_earlier_and_says_so(registered, district):
    one, two = tasks_of(registered)[:2]
    joined = actions.join_tasks(task=one, following=two, seen=actions.mark_of(one, two), by=None)
    assert joined.due_on == date(2024, 4, 15)
    assert "15/04/2024, 25/04/2024" in joined.remark
    assert set(joined.lead_members.all()) == set(district.members)
    assert joined.lead_text == "UBND các xã; các thành viên Ban Chỉ đạo NTM huyện"


def test_a_stretch_of_text_becomes_a_task_in_its_place(registered):
    start = registered.text.index("Đối với UBND")
    made = actions.add_task_from_text(directive=registered, start=start - 1, end=start + 21, by=None)
    assert (made.position, made.text, made.is_included) == (1, "Đối với UBND các xã", False)
    assert texts(registered)[1] == notices.CEMENT
    last = actions.add_task_from_text(
        directive=registered, start=registered.text.index("lập lại"), end=len(registered.text), by=None
    )
    assert last.position == 6


@pytest.mark.parametrize(("start", "end"), [(5, 5), (-1, -1), (9, 11), (10**7, 10**7 + 5)])
def test_no_words_are_no_task(registered, start, end):
    with pytest.raises(actions.NotPossible, match="Chưa chọn đoạn nào"):
        actions.add_task_from_text(directive=registered, start=start, end=end, by=None)


def test_what_went_out_keeps_its_number(registered, district):
    actions.issue_directive(directive=registered, by=None)
    made = actions.add_task_from_text(directive=registered, start=0, end=9, by=None)
    assert made.position == 4
    assert texts(registered)[:3] == [notices.CEMENT, notices.MONTHLY, notices.TOWN]


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_name_is_said_once_for_all_tasks_that_bear_it_and_remembered(registered, district):
    other = actions.save_task(
        directive=registered, by=None, text="Nữa", lead_text="các CƠ QUAN chuyên môn; UBND các xã", is_included=False
    )
    changed = actions.name_bodies(
        directive=registered,
        words="Các cơ quan chuyên môn",
        agencies=district.departments,
        remember=True,
        by=None,
    )
    vague = tasks_of(registered)[3]
    assert changed == 2
    assert set(vague.leads.all()) == set(other.leads.all()) == set(district.departments)
    assert vague.is_included
    assert set(Here.load(district.place, DAY).bodies.match("các cơ quan chuyên môn").agencies) == set(
        district.departments
    )


def test_a_name_need_not_be_remembered(registered, district):
    actions.name_bodies(
        directive=registered, words="Các cơ quan chuyên môn", agencies=[district.health], remember=False, by=None
    )
    assert not BodyAlias.objects.exists()


def test_what_another_remembered_meanwhile_is_not_overwritten_unseen(registered, district):
    words = {"words": "Các cơ quan chuyên môn", "remember": True, "by": None}
    actions.name_bodies(directive=registered, agencies=[district.health], **words)
    with pytest.raises(actions.NotPossible, match="Trung tâm Y tế huyện.*Anh chị đang chọn: Hội Phụ nữ huyện"):
        actions.name_bodies(directive=registered, agencies=[district.union], **words)
    alias = BodyAlias.objects.get()
    assert list(alias.agencies.all()) == [district.health]
    actions.name_bodies(directive=registered, agencies=[district.union], seen=actions.alias_mark(alias), **words)
    assert list(BodyAlias.objects.get().agencies.all()) == [district.union]


def test_nobody_is_no_name(registered):
    with pytest.raises(actions.NotPossible, match="Chọn ít nhất một"):
        actions.name_bodies(directive=registered, words="x", agencies=[], remember=True, by=None)


# -- the header and the text ------------------------------------------------------------------------------------------


def test_what_repeats_begins_anew_from_the_new_day(registered):
    actions.change_header(directive=registered, by=None, issued_on=date(2024, 6, 3), meeting_on=None)
    monthly = tasks_of(registered)[1]
    assert monthly.due_on == date(2024, 6, 25)
    assert tasks_of(registered)[0].due_on == date(2024, 4, 15)


def test_a_first_day_somebody_chose_stays(registered):
    monthly = tasks_of(registered)[1]
    actions.save_task(directive=registered, task=monthly, by=None, due_on=date(2024, 5, 25))
    actions.change_header(directive=registered, by=None, issued_on=date(2024, 6, 3), meeting_on=None)
    assert tasks_of(registered)[1].due_on == date(2024, 5, 25)


def test_places_follow_the_text_when_it_is_edited(registered):
    text = "Thêm một dòng đầu.\n" + registered.text.replace(notices.TOWN, "").replace("\n\n", "\n")
    kept = actions.update_directive(directive=registered, by=None, text=text)
    cement, monthly, town, _ = tasks_of(kept)
    assert kept.text[cement.start : cement.end] == notices.CEMENT
    assert kept.text[monthly.start : monthly.end] == notices.MONTHLY
    assert (town.start, town.end) == (None, None)
    assert town.text == notices.TOWN


def test_splitting_white_space_that_was_squashed():
    text = "một  hai.\n  Ba   bốn."
    assert spans.split_span(text, (0, len(text)), "một hai. Ba bốn.", 9) == ((0, 9), (12, 21))
    assert spans.split_span(text, (0, len(text)), "đã sửa", 2) == ((0, len(text)), None)


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        ("Một. Hai; ba", ["Hai; ba", "ba"]),
        ("Không có câu thứ hai", []),
        ("Một, hai", ["hai"]),
        ("Ngày 1.4.2024 họp. Xong", ["Xong"]),
    ],
)
def test_where_a_task_may_be_cut(words, starts):
    assert [words[at:] for at in spans.cuts(words)] == starts


def test_another_district_is_not_touched(registered):
    other = District(communes=["Mường So"], name="Phong Thổ")
    elsewhere = draft(other)
    task(elsewhere, lead_text="Các cơ quan chuyên môn")
    actions.name_bodies(
        directive=registered, words="Các cơ quan chuyên môn", agencies=[other.health], remember=False, by=None
    )
    assert not Task.objects.get(directive=elsewhere).leads.exists()
