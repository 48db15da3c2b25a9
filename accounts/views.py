from django.contrib.auth import views
from django.urls import reverse_lazy

from accounts.forms import PasswordChangeForm, SignInForm


class SignIn(views.LoginView):
    """Signing in leads back to the page that asked for it (`next`); someone signed in already goes straight there."""

    form_class = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class PasswordChange(views.PasswordChangeView):
    form_class = PasswordChangeForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:password-change-done")


class PasswordChangeDone(views.PasswordChangeDoneView):
    template_name = "accounts/password_change_done.html"
