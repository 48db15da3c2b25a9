"""What officers type about criteria sets: thresholds as a document gives them."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from communes.models import AREA_ZONES, GROUP_ZONES, Level, Locality, Region
from criteria.actions.thresholds import check_value
from criteria.rules import InvalidEntry
from ntm_tracker.forms import AmountField, NfcCharField

# More places than a list can be chosen from; then communes are left out of it.
MOST_PLACES = 500


class ThresholdForm(forms.Form):
    """A threshold read in a text: the value and where it was read."""

    value = AmountField(label="Mức như văn bản ghi", error_messages={"required": "Nhập mức như văn bản ghi."})
    document = NfcCharField(
        label="Số văn bản",
        max_length=100,
        help_text="Ví dụ 318/QĐ-TTg, Phụ lục I",
        error_messages={"required": "Ghi số văn bản đã đối chiếu.", "max_length": "Số văn bản dài quá 100 ký tự."},
    )
    note = NfcCharField(
        label="Ghi chú",
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
        help_text="Ví dụ trang, điểm, khoản; ai cung cấp bản gốc.",
    )

    def __init__(self, *args, indicator, **kwargs):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        if indicator.is_numeric:
            self.fields["value"].label += f" ({indicator.short_unit})" if indicator.short_unit else ""
        else:
            del self.fields["value"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("value") is not None:
            try:
                check_value(self.indicator, cleaned["value"])
            except InvalidEntry as error:
                self.add_error("value", str(error))
        cleaned.setdefault("value", None)
        return cleaned


class LocalThresholdForm(ThresholdForm):
    """A threshold for a place the person reaches, a zone, some years."""

    locality = forms.ModelChoiceField(
        Locality.objects.none(),
        label="Địa bàn",
        required=False,
        empty_label="Mọi địa bàn (văn bản của trung ương)",
        error_messages={"invalid_choice": "Chọn một địa bàn trong danh sách."},
    )
    zone = forms.ChoiceField(label="Vùng, nhóm xã, khu vực", required=False)
    year_from = forms.IntegerField(label="Từ năm", required=False)
    year_to = forms.IntegerField(label="Đến năm", required=False)

    field_order = ["locality", "zone", "year_from", "year_to", "value", "document", "note"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [
            ("", "Mọi vùng, nhóm xã"),
            ("Vùng", Region.choices),
            ("Nhóm xã (2026-2030)", list(GROUP_ZONES.items())),
            ("Khu vực, địa bàn khó khăn", list(AREA_ZONES.items())),
        ]
        places = Locality.objects.visible_to(user).existing_on(timezone.localdate())
        places = places.exclude(level=Level.VILLAGE)
        if places.count() > MOST_PLACES:
            places = places.exclude(level=Level.COMMUNE)
        self.fields["locality"].queryset = places.order_by("path", "sort_key")
        for name in ("year_from", "year_to"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
            self.fields[name].error_messages["invalid"] = "Nhập năm bằng bốn chữ số, ví dụ 2025."

    def clean(self):
        cleaned = super().clean()
        years = [cleaned.get("year_from"), cleaned.get("year_to")]
        for name, year in zip(("year_from", "year_to"), years, strict=True):
            if year is not None and not 1990 <= year <= 2100:
                self.add_error(name, f"Năm phải từ 1990 đến 2100 (đang nhập {year}).")
        if None not in years and years[1] < years[0]:
            self.add_error("year_to", f"Năm cuối ({years[1]}) không thể trước năm đầu ({years[0]}).")
        return cleaned
