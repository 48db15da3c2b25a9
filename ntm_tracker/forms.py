"""Form fields that take what Vietnamese officers type."""

from django import forms
from django.core.exceptions import ValidationError

from ntm_tracker.vietnamese import NotADate, format_date, nfc, parse_date


class DayInput(forms.TextInput):
    # Not type=date: browsers show it as mm/dd/yyyy on a Vietnamese page.
    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "numeric", "placeholder": "ngày/tháng/năm", "autocomplete": "off", **(attrs or {})}
        )


class DayField(forms.Field):
    """A day typed as day/month/year; the message for a wrong one says what to type."""

    widget = DayInput

    def to_python(self, value):
        if value in self.empty_values or not isinstance(value, str):
            return value or None
        try:
            return parse_date(value)
        except NotADate as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value):
        return value if isinstance(value, str) else format_date(value)


class NfcCharField(forms.CharField):
    """Text kept in composed Unicode, so that it is found again however it was typed."""

    def to_python(self, value):
        text = super().to_python(value)
        if isinstance(self.widget, forms.Textarea):
            return "\n".join(nfc(line) for line in text.splitlines()).strip()
        return nfc(text)
