"""What is typed about a document."""

from django import forms
from django.utils import timezone

from communes.models import Agency, Level, Locality
from directives import actions
from directives.forms.common import PageForm, area
from directives.models import Directive
from ntm_tracker.forms import DayField, NfcCharField
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN, check_upload


class DirectiveForm(PageForm):
    number = NfcCharField(label="Số, ký hiệu", max_length=60, required=False, help_text="Ví dụ 253/TB-UBND")
    title = NfcCharField(label="Trích yếu", widget=area(2), max_length=2000)
    issuer = NfcCharField(
        label="Cơ quan ban hành", max_length=200, widget=forms.TextInput({"list": "issuers", "autocomplete": "off"})
    )
    issued_on = DayField(label="Ngày ban hành", required=False)
    meeting_on = DayField(label="Ngày họp", required=False)
    signer = NfcCharField(label="Người ký", max_length=100, required=False)
    signer_title = NfcCharField(label="Chức vụ người ký", max_length=200, required=False)
    recipients = NfcCharField(label="Nơi nhận", widget=area(3), max_length=5000, required=False)
    text = NfcCharField(label="Nội dung văn bản", widget=area(12), max_length=500_000, required=False)
    # Asked for only where a document of the same number, year and issuer is there: warned of, not refused.
    is_another = forms.BooleanField(label="Đây là văn bản khác, vẫn lưu", required=False)
    file = forms.FileField(
        label="Tệp văn bản",
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

    class Meta:
        model = Directive
        fields = [
            "locality",
            "kind",
            "number",
            "issued_on",
            "meeting_on",
            "title",
            "issuer",
            "signer",
            "signer_title",
            "recipients",
            "text",
            "file",
        ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.twins = []
        if user.place_id:
            del self.fields["locality"]
            if not self.instance.pk:
                self.instance.locality = user.place
        else:
            places = Locality.objects.filter(level__in=[Level.PROVINCE, Level.DISTRICT], dissolved_on=None)
            self.fields["locality"].queryset = places.alphabetical()
        if self.instance.is_assigned:
            for name in set(self.fields) - actions.LASTING - {"file", "is_another"}:
                del self.fields[name]
        for field in self.fields.values():
            field.error_messages.setdefault("required", "Không được để trống.")
        self.fields["title"].error_messages["required"] = "Ghi trích yếu của văn bản."
        self.fields["issuer"].error_messages["required"] = "Ghi cơ quan ban hành."

    def known_issuers(self):
        """Bodies to choose from while typing: those of earlier directives, then the office's committees."""
        earlier = Directive.objects.visible_to(self.user).order_by("issuer").values_list("issuer", flat=True).distinct()
        agencies = Agency.objects.visible_to(self.user).serving_on(timezone.localdate())
        agencies = agencies.filter(kind__in=["committee", "party"])
        above = agencies.exclude(locality__level=Level.COMMUNE).in_order().values_list("name", flat=True)
        return list(dict.fromkeys([*earlier[:50], *above[:50]]))

    def in_words(self, name, value):
        # On disk it stands under a name that says nothing.
        is_kept = name == "file" and value and value == self.instance.file
        return self.instance.file_name if is_kept else super().in_words(name, value)

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        for name, label in (("issued_on", "Ngày ban hành"), ("meeting_on", "Ngày họp")):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, f"{label} {cleaned[name]:%d/%m/%Y} ở sau hôm nay ({today:%d/%m/%Y}).")
        if self.instance.is_assigned:
            dated_on = self.instance.dated_on
        else:
            dated_on = cleaned.get("issued_on") or cleaned.get("meeting_on")
        if not dated_on and not {"issued_on", "meeting_on"} & set(self.errors):
            self.add_error(None, "Ghi ngày ban hành hoặc ngày họp.")
        self._warn_of_twins(cleaned, dated_on)
        if self.instance.pk and dated_on and not self.instance.is_assigned:
            for task in self.instance.tasks.filter(due_on__lt=dated_on).order_by("position")[:1]:
                self.add_error(
                    "issued_on" if cleaned.get("issued_on") else "meeting_on",
                    f"Nhiệm vụ {task.position} có thời hạn {task.due_on:%d/%m/%Y}, trước ngày văn bản "
                    f"{dated_on:%d/%m/%Y}. Sửa ngày ở đây hoặc thời hạn của nhiệm vụ.",
                )
        if "file" in self.files and self.errors and "file" not in self.errors:
            self.add_error(
                "file", f"Chọn lại tệp “{self.files['file'].name}”: trang báo lỗi không giữ được tệp đã chọn."
            )
        return cleaned

    def _warn_of_twins(self, cleaned, day):
        number, issuer = cleaned.get("number"), cleaned.get("issuer")
        if not (number and issuer and day) or (self.instance.pk and not {"number", "issuer"} & set(self.changed_data)):
            return
        others = Directive.objects.visible_to(self.user).exclude(pk=self.instance.pk)
        self.twins = others.twins_of(number=number, issuer=issuer, day=day)
        if self.twins and not cleaned.get("is_another"):
            self.add_error(
                "number",
                f"Đã có {self.twins[0].label} của {self.twins[0].issuer}, năm {day.year}. Mở văn bản đã có; nếu đây là "
                "văn bản khác thì đánh dấu ô bên dưới rồi lưu lại.",
            )

    def save(self):
        """Register the directive, or change what is kept of it. Raises NotPossible."""
        fields = {name: value for name, value in self.cleaned_data.items() if name in self._meta.fields}
        fields["file"] = fields["file"] if "file" in self.files else None
        if self.instance.pk:
            return actions.update_directive(directive=self.instance, by=self.user, **fields)
        return actions.register_directive(by=self.user, **{"locality": self.user.place, **fields})
