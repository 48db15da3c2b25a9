"""What is typed about one body's part: how far it is, that it is done, and what the office decides about it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directives import actions
from directives.forms.common import area
from ntm_tracker.forms import DayField, FilesField, FilesInput, NfcCharField
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN

# The most files of one report.
MOST_FILES = 20


class StepForm(forms.Form):
    """Something done with one assignment. `seen` is the last event of the page it stands on."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Whether what the action decides upon must be what the page showed.
    decides = False

    def __init__(self, *args, assignment, **kwargs):
        # Several of them stand on one page, each field with a place of its own.
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}_%s", **kwargs)
        self.assignment = assignment
        if not self.decides:
            del self.fields["seen"]

    def typed(self):
        """What was typed, with its labels: shown where the form itself no longer is."""
        return [(field.label, field.value()) for field in self.visible_fields() if field.name in self.data]


class ReportForm(StepForm):
    files = FilesField(
        label="Tệp kèm theo",
        required=False,
        widget=FilesInput({"accept": ACCEPT}),
        help_text=f"Chọn được nhiều tệp. {TAKEN}; mỗi tệp nhiều nhất {LARGEST_MB} MB.",
    )

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise ValidationError(f"Anh chị gửi {len(files)} tệp, mỗi lần nhận nhiều nhất {MOST_FILES} tệp.")
        return files

    def clean(self):
        cleaned = super().clean()
        if self.errors and "files" not in self.errors:
            self.ask_for_files_again()
        return cleaned

    def ask_for_files_again(self):
        names = ", ".join(f"“{file.name}”" for file in self.cleaned_data.get("files") or [])
        if names:
            self.add_error("files", f"Chọn lại tệp {names}: trang báo lỗi không giữ được tệp đã chọn.")


class ProgressForm(ReportForm):
    note = NfcCharField(
        label="Đã làm được gì, còn vướng gì",
        max_length=5000,
        widget=area(3),
        error_messages={"required": "Ghi đã làm được gì, còn vướng gì."},
    )
    percent = forms.IntegerField(
        label="Tiến độ (%)",
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Từ 0 đến 100; để trống nếu không đo được.",
        error_messages={
            "invalid": "Ghi một số từ 0 đến 100.",
            # Written to be filled in with the limit.
            "min_value": "Tiến độ từ 0 đến 100 %%.",
            "max_value": "Tiến độ từ 0 đến 100 %%.",
        },
    )
    field_order = ["note", "percent", "files"]


class DoneForm(ReportForm):
    done_on = DayField(label="Ngày hoàn thành", error_messages={"required": "Ghi ngày hoàn thành."})
    note = NfcCharField(
        label="Kết quả thực hiện",
        max_length=5000,
        widget=area(3),
        help_text="Sản phẩm, số văn bản, ngày. Ví dụ: Báo cáo số 45/BC-UBND ngày 12/4/2024.",
        error_messages={"required": "Ghi kết quả thực hiện: sản phẩm, số văn bản."},
    )
    field_order = ["done_on", "note", "files"]

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, assignment=assignment, **{"initial": {"done_on": timezone.localdate()}, **kwargs})

    def clean_done_on(self):
        if problem := actions.problem_with_done_on(self.assignment, self.cleaned_data["done_on"]):
            raise ValidationError(problem)
        return self.cleaned_data["done_on"]


class ConfirmForm(StepForm):
    decides = True
    note = NfcCharField(label="Ý kiến (không bắt buộc)", max_length=2000, required=False, widget=area(1))


class ReturnForm(StepForm):
    decides = True
    reason = NfcCharField(
        label="Lý do trả lại",
        max_length=2000,
        widget=area(2),
        help_text="Thiếu gì, cần bổ sung gì.",
        error_messages={"required": "Ghi lý do trả lại: thiếu gì, cần bổ sung gì."},
    )


class ReopenForm(StepForm):
    decides = True
    reason = NfcCharField(
        label="Lý do mở lại", max_length=2000, widget=area(2), error_messages={"required": "Ghi lý do mở lại."}
    )


class ExtensionFields(forms.Form):
    """By which document, until when and why work may take longer."""

    due_on = DayField(label="Thời hạn mới", error_messages={"required": "Ghi thời hạn mới."})
    document = NfcCharField(
        label="Văn bản cho gia hạn",
        max_length=200,
        help_text="Số, ký hiệu. Ví dụ 45/UBND-NN",
        error_messages={"required": "Ghi số, ký hiệu của văn bản cho gia hạn."},
    )
    on = DayField(label="Ngày văn bản", error_messages={"required": "Ghi ngày của văn bản cho gia hạn."})
    note = NfcCharField(label="Lý do gia hạn", max_length=2000, required=False, widget=area(1))


class ExtendForm(ExtensionFields, StepForm):
    decides = True


class WithdrawalFields(forms.Form):
    """From which day work no longer counts, and why."""

    on = DayField(label="Thu hồi từ ngày", error_messages={"required": "Ghi ngày thu hồi."})
    document = NfcCharField(label="Văn bản làm căn cứ", max_length=200, required=False)
    note = NfcCharField(label="Lý do", max_length=2000, required=False, widget=area(1))

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("document") and not cleaned.get("note") and not {"document", "note"} & set(self.errors):
            self.add_error("note", "Ghi văn bản làm căn cứ hoặc lý do.")
        return cleaned


class WithdrawForm(WithdrawalFields, StepForm):
    decides = True

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, assignment=assignment, **{"initial": {"on": timezone.localdate()}, **kwargs})
