"""What people type about visits to places."""

from django import forms

from communes.models import Visit
from ntm_tracker.forms import DayField, NfcCharField, SeenForm
from ntm_tracker.history import last_change


class _NoteForm(SeenForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = "Không được để trống."

    def last_change(self):
        return last_change(self.instance)

    def validate_constraints(self):
        """Not here: each promise of the table is a sentence beside its field."""


class VisitForm(_NoteForm):
    visited_on = DayField(label="Ngày đi")
    visitors = NfcCharField(label="Người đi", max_length=300, help_text="Ví dụ: Chủ tịch UBND huyện, Phòng NN&PTNT")
    note = NfcCharField(label="Nội dung", max_length=8000, widget=forms.Textarea({"rows": 8}))

    class Meta:
        model = Visit
        fields = ["visited_on", "visitors", "note"]


class StrikeForm(_NoteForm):
    struck_reason = NfcCharField(label="Lý do gạch bỏ", max_length=300, required=False)

    class Meta:
        model = Visit
        fields = ["struck_reason"]
