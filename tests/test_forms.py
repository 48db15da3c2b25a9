"""Form fields that take what Vietnamese officers type, and give back what was typed."""

import unicodedata
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from ntm_tracker.forms import DayField, NfcCharField


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
