"""What officers type about a decision that recognises a place, or revokes that."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.models import Locality
from criteria.models import Recognition
from ntm_tracker.forms import DayField, NfcCharField, SeenForm
from ntm_tracker.history import last_change
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN, check_upload

EARLIEST_YEAR = 2009


class _DecisionForm(SeenForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The page writes the form tag.
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            field.error_messages["required"] = "Không được để trống."

    def last_change(self):
        return last_change(self.instance)


def _not_to_come(day):
    if day and day > timezone.localdate():
        raise ValidationError(f"Ngày {day:%d/%m/%Y} chưa tới. Ghi ngày trên quyết định đã ký.")
    return day


class PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, place):
        ended = f" (đến {place.dissolved_on:%d/%m/%Y})" if place.dissolved_on else ""
        return f"{place.title}{ended}"


class OriginField(forms.ModelChoiceField):
    def label_from_instance(self, recognition):
        return f"{recognition.locality.title}, {recognition.get_tier_display()} {recognition.year}"


class RecognitionForm(_DecisionForm):
    locality = PlaceField(Locality.objects.none(), label="Địa bàn", empty_label="Chọn địa bàn")
    year = forms.IntegerField(label="Năm đạt chuẩn", help_text="Có thể trước năm ký quyết định")
    decision_number = NfcCharField(label="Số quyết định", max_length=60, required=False, help_text="Ví dụ 1234/QĐ-UBND")
    decided_on = DayField(label="Ngày quyết định", required=False)
    file = forms.FileField(
        label="Tệp quyết định",
        required=False,
        validators=[check_upload],
        max_length=200,
        widget=forms.FileInput({"accept": ACCEPT}),
        help_text=f"{TAKEN}; nhiều nhất {LARGEST_MB} MB.",
        error_messages={
            "empty": "Tệp trống. Chọn tệp khác.",
            "max_length": "Tên tệp dài quá 200 ký tự. Đặt tên ngắn hơn.",
        },
    )
    inherited_from = OriginField(
        Recognition.objects.none(),
        label="Kế thừa từ",
        required=False,
        empty_label="Không kế thừa",
        help_text="Khi địa bàn mới giữ kết quả của địa bàn đã nhập vào.",
    )

    class Meta:
        model = Recognition
        fields = ["locality", "tier", "year", "decision_number", "decided_on", "inherited_from", "file"]

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["locality"].queryset = places.alphabetical()
        origins = Recognition.objects.filter(locality__in=places, locality__successions__isnull=False)
        self.fields["inherited_from"].queryset = (
            origins.exclude(pk=self.instance.pk)
            .select_related("locality")
            .distinct()
            .order_by("locality__sort_key", "pk")
        )
        self.fields["tier"].label = "Mức"

    def clean_year(self):
        year, latest = self.cleaned_data["year"], timezone.localdate().year
        if not EARLIEST_YEAR <= year <= latest:
            raise ValidationError(f"Năm đạt chuẩn từ {EARLIEST_YEAR} đến {latest} (đang nhập {year}).")
        return year

    def clean_decided_on(self):
        return _not_to_come(self.cleaned_data["decided_on"])

    def clean(self):
        data = super().clean()
        year, decided_on = data.get("year"), data.get("decided_on")
        if year and decided_on and decided_on.year < year:
            self.add_error("decided_on", f"Ngày quyết định trước năm đạt chuẩn ({year}). Kiểm tra lại năm hoặc ngày.")
        return data

    def values(self):
        """The fields the action takes; the file only where a new one was chosen."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields if name != "file"}
        return {**values, "file": self.cleaned_data["file"] if "file" in self.files else None}


class RevocationForm(_DecisionForm):
    revoked_on = DayField(label="Ngày thu hồi", required=False)
    revoked_number = NfcCharField(label="Số quyết định thu hồi", max_length=60, required=False)
    revoked_note = NfcCharField(
        label="Lý do thu hồi", max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )

    class Meta:
        model = Recognition
        fields = ["revoked_on", "revoked_number", "revoked_note"]

    def clean_revoked_on(self):
        return _not_to_come(self.cleaned_data["revoked_on"])
