"""Reads what was typed about a period."""

import re

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.text import slugify

from criteria.models import Assessment, Period
from ntm_tracker.forms import DayField, NfcCharField, SeenForm
from ntm_tracker.vietnamese import fold, format_date

LONGEST_CODE = 20
# Addresses that a code would hide.
TAKEN = {"them"}


class PeriodForm(SeenForm):
    name = NfcCharField(
        label="Tên kỳ", max_length=60, help_text="Ví dụ: Quý II/2024", error_messages={"unique": "Đã có kỳ tên này."}
    )
    code = forms.SlugField(
        label="Mã trên địa chỉ trang",
        max_length=LONGEST_CODE,
        required=False,
        help_text="Để trống thì lấy theo tên, ví dụ quy-ii-2024. Đặt rồi không đổi được.",
        error_messages={
            "invalid": "Mã chỉ gồm chữ không dấu, số và dấu gạch ngang, ví dụ 2024-q2.",
            "unique": "Đã có kỳ dùng mã này.",
        },
    )
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến ngày")
    due_on = DayField(
        label="Hạn gửi phiếu", required=False, help_text="Ngày cuối còn đúng hạn; để trống nếu chưa định."
    )

    class Meta:
        model = Period
        fields = ["name", "code", "starts_on", "ends_on", "due_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        if self.instance.pk:
            # Addresses with it were sent around.
            del self.fields["code"]

    def last_change(self):
        event = self.instance.events.select_related("by").first()
        return (event.by, event.at) if event else (None, None)

    def clean_code(self):
        code = self.cleaned_data["code"].lower()
        if code in TAKEN:
            raise forms.ValidationError(f"Mã “{code}” dành cho hệ thống. Chọn mã khác.")
        return code or self._code_of(self.cleaned_data.get("name", ""))

    def clean(self):
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if not starts_on or not ends_on:
            return data
        if self.instance.pk:
            self._check_kept_days(starts_on, ends_on)
        elif later := Period.objects.filter(closed_on__isnull=False, ends_on__gt=ends_on).newest_first().last():
            # It would become the "last period" of sheets that are frozen.
            self.add_error(
                "ends_on",
                f"Kỳ {later.name} (đến {format_date(later.ends_on)}) đã khóa, không chèn kỳ mới vào trước được. "
                "Mở lại kỳ đó trước, hoặc chọn ngày sau.",
            )
        return data

    def _check_kept_days(self, starts_on, ends_on):
        # Not the instance: the form has filled it in by now, or will.
        stored = Period.objects.get(pk=self.instance.pk)
        if (starts_on, ends_on) != (stored.starts_on, stored.ends_on):
            used = Assessment.objects.filter(period=stored, changed_at__isnull=False).count()
            if used:
                self.add_error(
                    "ends_on" if ends_on != stored.ends_on else "starts_on",
                    f"Kỳ này đã có {used} phiếu nhập số liệu theo mức đạt chuẩn của kỳ "
                    f"{format_date(stored.starts_on)} – {format_date(stored.ends_on)} nên không đổi ngày được.",
                )

    def _code_of(self, name):
        """A code made of the name: 'quy-i-2024'; with a number behind it where it is taken."""
        plain = slugify(re.sub(r"[^\w\s-]", "-", fold(name)))[:LONGEST_CODE].strip("-") or "ky"
        code, number = plain, 2
        while code in TAKEN or Period.objects.filter(code=code).exists():
            code = f"{plain[: LONGEST_CODE - 3].strip('-')}-{number}"
            number += 1
        return code
