"""What officers type of the figures the level above reports."""

from crispy_forms.helper import FormHelper

from criteria.models import ReferenceFigure
from ntm_tracker.forms import AmountField, NfcCharField, SeenForm
from ntm_tracker.history import last_change
from ntm_tracker.vietnamese import format_number


class ReferenceFigureForm(SeenForm):
    of_whom = NfcCharField(label="Số liệu của", max_length=60, help_text="Ví dụ: tỉnh Lai Châu")
    mean_criteria = AmountField(label="Tiêu chí đạt bình quân một xã", required=False, help_text="Ví dụ 15,3")
    recognised = AmountField(label="Số xã được công nhận", required=False)
    communes = AmountField(label="Trên tổng số xã", required=False)
    source = NfcCharField(label="Văn bản, báo cáo", max_length=200, help_text="Số, ngày của báo cáo có các số liệu này")

    class Meta:
        model = ReferenceFigure
        fields = ["of_whom", "mean_criteria", "recognised", "communes", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            field.error_messages["required"] = "Không được để trống."

    def last_change(self):
        return last_change(self.instance)

    def clean_mean_criteria(self):
        mean, most = self.cleaned_data["mean_criteria"], self.instance.criteria_set.expected_criteria
        if mean is not None and not 0 <= mean <= most:
            self.add_error("mean_criteria", f"Bình quân từ 0 đến {most} tiêu chí (đang nhập {format_number(mean)}).")
            return None
        return None if mean is None else round(mean, 2)

    def clean(self):
        data = super().clean()
        for name in ("recognised", "communes"):
            number = data.get(name)
            if number is not None and (number < 0 or number != int(number) or number > 20_000):
                self.add_error(name, f"Nhập số xã, là số nguyên không âm (đang nhập {format_number(number)}).")
            elif number is not None:
                data[name] = int(number)
        if self.errors:
            return data
        recognised, communes = data["recognised"], data["communes"]
        if (recognised is None) != (communes is None):
            missing = "recognised" if recognised is None else "communes"
            self.add_error(missing, "Nhập cả số xã được công nhận và tổng số xã, hoặc để trống cả hai.")
        elif recognised is not None and recognised > communes:
            self.add_error("recognised", f"Nhiều hơn tổng số xã ({communes}).")
        elif communes == 0:
            self.add_error("communes", "Tổng số xã phải lớn hơn 0.")
        elif recognised is None and data["mean_criteria"] is None:
            self.add_error("mean_criteria", "Nhập ít nhất một số liệu: bình quân tiêu chí, hoặc số xã được công nhận.")
        return data
