from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views import csrf
from django.views.decorators.http import require_safe

from accounts import kept
from accounts.forms import PasswordChangeForm, SignInForm


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """Signing in leads back to the page that asked for it (`next`); someone signed in already goes straight there.

    A form that was sent after the session had ended is offered to be sent again.
    """

    form_class = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        form = kept.read(request.POST.get("kept", ""))
        if form and request.user.is_authenticated:
            return kept.offer(request, form)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        kept_form = kept.read(self.request.POST.get("kept", ""))
        return kept.offer(self.request, kept_form) if kept_form else response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, kept=self.request.POST.get("kept", ""))


@require_safe
def signed_in(request):
    """Where the sign-in of a second tab ends: the page in the first goes on by itself."""
    return render(request, "accounts/signed_in.html")


def csrf_failure(request, reason=""):
    """A form whose security mark does not hold: kept if it came from a page of this site, else refused."""
    return kept.answer_stale_form(request) or csrf.csrf_failure(request, reason)


class PasswordChange(views.PasswordChangeView):
    form_class = PasswordChangeForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:password-change-done")


class PasswordChangeDone(views.PasswordChangeDoneView):
    template_name = "accounts/password_change_done.html"
