"""What was typed about a condition outside the criteria."""

from django import forms
from django.core.exceptions import ValidationError

from criteria.conditions import ConditionRow
from criteria.forms.cells import JUDGEMENTS, JUDGEMENTS_WITHOUT_VALUE, LONGEST_NOTE
from criteria.rules import Entry
from ntm_tracker.forms import Difference, NfcCharField
from ntm_tracker.vietnamese import NotANumber, format_number, parse_number


class ConditionForm(forms.Form):
    """What a place reached of a condition outside the criteria; `cleaned_data["entry"]` is what it comes to."""

    value = forms.CharField(
        label="Giá trị",
        max_length=60,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    judgement = forms.ChoiceField(
        label="Kết luận", required=False, error_messages={"invalid_choice": "Chọn một kết luận trong danh sách."}
    )
    note = NfcCharField(
        label="Căn cứ, ghi chú",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text="Số, ngày của báo cáo hoặc biên bản; lý do khi kết luận khác với giá trị.",
    )
    # The result the form was opened at: `ConditionRow.token`.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, row: ConditionRow, data=None):
        entry = row.entry
        super().__init__(
            data,
            initial={
                "value": format_number(entry.value),
                "judgement": entry.judgement,
                "note": entry.note,
                "seen": row.token,
            },
        )
        # What somebody else recorded meanwhile, for components/conflict.html.
        self.theirs, self.changed_by, self.changed_at = [], None, None
        condition = row.condition
        by_value = condition.is_numeric and condition.threshold is not None
        self.fields["judgement"].choices = JUDGEMENTS if by_value else JUDGEMENTS_WITHOUT_VALUE
        if condition.is_numeric:
            unit = f" ({condition.short_unit})" if condition.short_unit else ""
            self.fields["value"].label += unit
        else:
            del self.fields["value"]

    def clean_value(self):
        try:
            return parse_number(self.cleaned_data["value"])
        except NotANumber as error:
            raise ValidationError(str(error)) from error

    def clean(self):
        data = super().clean()
        data["entry"] = Entry(data.get("value"), data.get("judgement", ""), data.get("note", ""))
        return data

    def show_newer(self, row: ConditionRow):
        """Show what stands there now beside what was typed, and let the person save over it knowingly."""
        stored = ConditionForm(row)
        for name in self.fields:
            theirs, typed = stored[name].value() or "", self[name].value() or ""
            if name != "seen" and theirs != typed:
                choices = dict(getattr(self.fields[name], "choices", []))
                label = self.fields[name].label
                self.theirs.append(Difference(label, choices.get(theirs, theirs), choices.get(typed, typed)))
        if row.result:
            self.changed_by, self.changed_at = row.result.recorded_by, row.result.recorded_at
        self.data = self.data.copy()
        self.data["seen"] = row.token
        self.add_error(None, "Người khác vừa ghi kết quả điều kiện này, nên chưa lưu. Đối chiếu hai bản rồi ghi lại.")
