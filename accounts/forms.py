from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": (
            "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi nhập lại."
        ),
        "inactive": "Tài khoản này đã ngừng hoạt động. Liên hệ quản trị viên để mở lại.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("username", "Tên đăng nhập"), ("password", "Mật khẩu")):
            self.fields[name].label = label
            # The name without the star that crispy puts behind a required label, for those who hear the page.
            self.fields[name].widget.attrs["aria-label"] = label


class PasswordChangeForm(DjangoPasswordChangeForm):
    error_messages = {
        "password_incorrect": "Mật khẩu hiện tại không đúng. Nhập lại.",
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau. Nhập lại.",
    }
    old_password = forms.CharField(
        label="Mật khẩu hiện tại",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Mật khẩu mới"
        self.fields["new_password2"].label = "Nhập lại mật khẩu mới"
