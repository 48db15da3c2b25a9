"""What is typed about work done."""

from django import forms
from django.core.exceptions import ValidationError

from directives import actions
from directives.forms.common import area
from ntm_tracker.forms import DayField, NfcCharField


class CompletionForm(forms.Form):
    done_on = DayField(label="Ngày hoàn thành", error_messages={"required": "Ghi ngày hoàn thành."})
    note = NfcCharField(
        label="Kết quả thực hiện",
        max_length=5000,
        widget=area(4),
        help_text="Sản phẩm, số văn bản, ngày. Ví dụ: Báo cáo số 45/BC-UBND ngày 12/4/2024.",
        error_messages={"required": "Ghi kết quả thực hiện: sản phẩm, số văn bản."},
    )

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.assignment = assignment

    def clean_done_on(self):
        if problem := actions.problem_with_done_on(self.assignment, self.cleaned_data["done_on"]):
            raise ValidationError(problem)
        return self.cleaned_data["done_on"]


class ReopenForm(forms.Form):
    reason = NfcCharField(
        label="Lý do mở lại",
        max_length=2000,
        widget=area(2),
        error_messages={"required": "Ghi lý do mở lại."},
    )
