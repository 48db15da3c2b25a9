"""Form fields that take what Vietnamese officers type, and give back what was typed."""

import unicodedata
from datetime import date
from os.path import basename

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict

from communes.models import CommitteeMember, Locality
from directives.models import Directive, Task
from ntm_tracker.forms import DayField, NfcCharField, SeenForm
from tests import factories
from tests.directives.factories import District, draft, task


class Notice(forms.Form):
    issued_on = DayField()
    due_on = DayField(required=False)
    title = NfcCharField()
    text = NfcCharField(widget=forms.Textarea, required=False)


def test_days_and_text_are_read_as_they_are_typed():
    typed = {
        "issued_on": "28/3/2024",
        "due_on": "2024-04-15",
        "title": "  Kết   luận ",
        "text": "Một \r\n\r\n hai  ba\n",
    }
    form = Notice({name: unicodedata.normalize("NFD", text) for name, text in typed.items()})
    assert form.is_valid()
    assert form.cleaned_data == {
        "issued_on": date(2024, 3, 28),
        "due_on": date(2024, 4, 15),
        "title": "Kết luận",
        "text": "Một\n\nhai ba",
    }


def test_a_day_that_may_be_missing_may_be_missing_and_another_not():
    form = Notice({"issued_on": "", "due_on": " ", "title": "Kết luận"})
    assert set(form.errors) == {"issued_on"}


def test_a_wrong_day_is_explained_and_stays_on_the_screen():
    form = Notice({"issued_on": "31/2/2024", "title": "Kết luận"})
    assert "không có trong lịch" in form.errors["issued_on"][0]
    assert 'value="31/2/2024"' in str(form["issued_on"])


def test_a_day_is_shown_day_first():
    assert 'value="05/03/2024"' in str(Notice(initial={"issued_on": date(2024, 3, 5)})["issued_on"])


@pytest.mark.parametrize("text", ["31/2/2024", "hôm nay", "1/2/24"])
def test_the_field_refuses_with_an_example(text):
    with pytest.raises(ValidationError, match="28/3/2024"):
        DayField().clean(text)


# -- forms that never overwrite unseen --------------------------------------------------------------------------------


class MemberForm(SeenForm):
    since_on = DayField(label="Từ ngày", required=False)

    class Meta:
        model = CommitteeMember
        fields = ["position", "full_name", "agency", "since_on"]


class BodiesForm(SeenForm):
    class Meta:
        model = Task
        fields = ["text", "supports"]


class FileForm(SeenForm):
    class Meta:
        model = Directive
        fields = ["title", "file"]


def body(name):
    return factories.agency(Locality.objects.first() or factories.district(), name)


@pytest.fixture
def member(db):
    return CommitteeMember.objects.create(
        position="Trưởng phòng", full_name="Lò Thị Mai", agency=body("Phòng Giáo dục"), since_on=date(2024, 1, 5)
    )


def again(form):
    """What the page of the form sends if it is saved as it stands."""
    data = {form[name].html_name: form[name].value() for name in form.fields}
    data["seen"] = str(form.seen).split('value="')[1].removesuffix('">')
    return data


def opened(form_class, row):
    """The fields of a form as a browser would send them back, opened now."""
    form = form_class(instance=row.__class__.objects.get(pk=row.pk))
    return again(form)


def save(form_class, row, data, files=None):
    sent = QueryDict(mutable=True)
    for name, value in data.items():
        if isinstance(value, list):
            sent.setlist(name, [getattr(one, "pk", one) for one in value])
        elif value not in (None, ""):
            sent[name] = value
    form = form_class(sent, files, instance=row.__class__.objects.get(pk=row.pk))
    with transaction.atomic():
        if form.is_valid():
            form.save()
    row.refresh_from_db()
    return form


def differences(form):
    return [(one.label, one.stored, one.typed, one.is_untouched) for one in form.theirs]


def test_what_somebody_else_saved_is_not_overwritten_before_it_was_seen(member):
    mine = opened(MemberForm, member) | {"position": "Chánh Văn phòng"}
    assert not save(MemberForm, member, opened(MemberForm, member) | {"position": "Phó Trưởng phòng"}).errors
    form = save(MemberForm, member, mine)
    assert "Người khác vừa lưu thay đổi" in form.non_field_errors()[0]
    assert differences(form) == [("Chức vụ", "Phó Trưởng phòng", "Chánh Văn phòng", False)]
    assert member.position == "Phó Trưởng phòng"
    assert not save(MemberForm, member, again(form)).errors
    assert member.position == "Chánh Văn phòng"


def test_what_a_person_left_alone_keeps_what_the_other_one_saved(member):
    health = body("Phòng Y tế")
    mine = opened(MemberForm, member) | {"full_name": "Lò Thị Hoa"}
    save(MemberForm, member, opened(MemberForm, member) | {"agency": health.pk, "since_on": "1/2/2024"})
    form = save(MemberForm, member, mine)
    assert differences(form) == [
        ("Cơ quan, đơn vị", "Phòng Y tế", "Phòng Giáo dục", True),
        ("Từ ngày", "01/02/2024", "05/01/2024", True),
    ]
    assert member.full_name == "Lò Thị Mai"
    assert not save(MemberForm, member, again(form)).errors
    assert (member.full_name, member.agency, member.since_on) == ("Lò Thị Hoa", health, date(2024, 2, 1))


def test_the_same_change_by_two_people_is_no_conflict(member):
    both = opened(MemberForm, member) | {"position": "Chánh Văn phòng"}
    save(MemberForm, member, both)
    assert not save(MemberForm, member, both | {"full_name": "Lò Thị Hoa"}).errors
    assert member.full_name == "Lò Thị Hoa"


def test_a_field_that_is_wrong_and_changed_by_another_shows_both(member):
    mine = opened(MemberForm, member) | {"since_on": "31/2/2024"}
    save(MemberForm, member, opened(MemberForm, member) | {"since_on": "1/2/2024"})
    form = save(MemberForm, member, mine)
    assert differences(form) == [("Từ ngày", "01/02/2024", "31/2/2024", False)]
    assert "không có trong lịch" in form.errors["since_on"][0]
    assert again(form)["since_on"] == "31/2/2024"


def test_a_wrong_field_alone_keeps_the_marks_of_the_first_opening(member):
    mine = opened(MemberForm, member) | {"since_on": "31/2/2024", "position": "Chánh Văn phòng"}
    form = save(MemberForm, member, mine)
    save(MemberForm, member, opened(MemberForm, member) | {"position": "Phó Trưởng phòng"})
    form = save(MemberForm, member, again(form) | {"since_on": "1/2/2024"})
    assert differences(form) == [("Chức vụ", "Phó Trưởng phòng", "Chánh Văn phòng", False)]


@pytest.mark.parametrize("seen", ["", "position:", "x:y z", "position:000000000000"])
def test_a_form_without_its_marks_overwrites_nothing(member, seen):
    form = save(MemberForm, member, opened(MemberForm, member) | {"position": "Chánh Văn phòng", "seen": seen})
    assert [one.label for one in form.theirs] == ["Chức vụ"]
    assert member.position == "Trưởng phòng"


def test_what_a_field_lists_is_compared_too(db):
    work = task(draft(District()), text="Rà soát")
    first, second, third = (body(f"Phòng {name}") for name in "ABC")
    work.supports.set([first])
    mine = opened(BodiesForm, work) | {"supports": [first, second]}
    save(BodiesForm, work, opened(BodiesForm, work) | {"supports": [third]})
    form = save(BodiesForm, work, mine)
    assert differences(form) == [("Cơ quan phối hợp", "Phòng C", "Phòng A, Phòng B", False)]
    assert list(work.supports.all()) == [third]
    untouched = save(BodiesForm, work, opened(BodiesForm, work) | {"text": "Kiểm tra", "seen": mine["seen"]})
    assert differences(untouched) == []
    stale = opened(BodiesForm, work) | {"supports": [first], "seen": mine["seen"], "text": "Rà soát"}
    form = save(BodiesForm, work, stale)
    assert (("Cơ quan phối hợp", "Phòng C", "Phòng A", True)) in differences(form)
    assert again(form)["supports"] == [third.pk]


def test_files_are_compared_by_name_and_an_uploaded_one_must_be_chosen_again(db):
    letter = draft(District())
    mine, chosen = opened(FileForm, letter), {"file": SimpleUploadedFile("toi.pdf", b"%PDF-1")}
    save(FileForm, letter, opened(FileForm, letter), {"file": SimpleUploadedFile("ho.pdf", b"%PDF-2")})
    form = save(FileForm, letter, mine, chosen)
    assert differences(form) == [("Tệp văn bản", basename(letter.file.name), "toi.pdf", False)]
    assert "Chọn lại tệp “toi.pdf”" in form.errors["file"][0]
    assert letter.file.read() == b"%PDF-2"
    # Whoever sends no file keeps the one that is there.
    assert not save(FileForm, letter, mine | {"title": "Kết luận"}).errors
    assert letter.file.read() == b"%PDF-2"


def test_a_row_deleted_meanwhile_is_told_and_what_was_typed_stays(member):
    form = MemberForm(opened(MemberForm, member) | {"position": "Chánh Văn phòng"}, instance=member)
    CommitteeMember.objects.all().delete()
    assert not form.is_valid()
    assert "vừa xóa" in form.non_field_errors()[0]
    assert form["position"].value() == "Chánh Văn phòng"


def test_columns_outside_the_form_are_not_written_back_as_they_were(member):
    read_before = CommitteeMember.objects.get(pk=member.pk)
    CommitteeMember.objects.update(role="Trưởng ban")
    form = MemberForm(opened(MemberForm, member) | {"position": "Chánh Văn phòng"}, instance=read_before)
    form.is_valid()
    form.save()
    member.refresh_from_db()
    assert (member.position, member.role) == ("Chánh Văn phòng", "Trưởng ban")


def test_a_new_row_carries_no_marks(db):
    assert MemberForm().seen == ""
    form = MemberForm({"position": "Trưởng phòng", "agency": body("Phòng Y tế").pk})
    assert form.is_valid(), form.errors


@pytest.mark.django_db(transaction=True)
def test_a_form_checked_outside_a_transaction_is_a_mistake_that_shows():
    member = CommitteeMember.objects.create(position="Trưởng phòng", agency=body("Phòng Giáo dục"))
    form = MemberForm(opened(MemberForm, member), instance=member)
    with pytest.raises(transaction.TransactionManagementError):
        form.is_valid()
