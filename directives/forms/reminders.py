"""What a person says of their own reminders."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User
from directives import actions
from directives.forms.common import PageForm
from ntm_tracker.forms import NfcCharField

EXAMPLE = "ten.canbo@laichau.gov.vn"


class AddressForm(PageForm):
    """Where a person's digests go by e-mail. An administrator may change it too, so it saves only over what was seen."""

    email = NfcCharField(
        label="Địa chỉ thư của anh chị",
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "placeholder": EXAMPLE}),
        help_text="Để trống: chỉ nhắc trong chuông. Địa chỉ giữ trong tài khoản của anh chị ở phần mềm này, chỉ anh chị "
        "và quản trị viên thấy, chỉ dùng để gửi nhắc việc.",
        error_messages={"max_length": "Địa chỉ thư dài nhất 254 ký tự; anh chị nhập %(show_value)d."},
    )

    class Meta:
        model = User
        fields = ["email"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email and (problem := problem_with_address(email)):
            raise ValidationError(problem)
        return email

    def save(self):
        return actions.change_address(by=self.instance, email=self.cleaned_data["email"])


def problem_with_address(email) -> str:
    """What is wrong with an e-mail address, in a sentence that says what to type; '' if nothing is."""
    if any(sign.isspace() or sign in ",;" for sign in email):
        return f"Ghi một địa chỉ, không có dấu cách, dấu phẩy hay chấm phẩy. Ví dụ {EXAMPLE}"
    if "@" not in email:
        return f"Địa chỉ “{email}” thiếu dấu @. Ví dụ {EXAMPLE}"
    if not email.isascii():
        return f"Địa chỉ thư không có chữ có dấu: “{email}”. Tắt bộ gõ tiếng Việt rồi nhập lại. Ví dụ {EXAMPLE}"
    try:
        validate_email(email)
    except ValidationError:
        return f"Địa chỉ “{email}” không đúng. Trước và sau dấu @ phải đủ tên hộp thư và tên miền. Ví dụ {EXAMPLE}"
    return ""
