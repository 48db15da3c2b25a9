from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept, signing_in
from accounts import second_step as second_step_of
from accounts.forms import CodeForm, OwnPasswordForm, PasswordChangeForm, SignInForm
from accounts.signing_in import Kind

# What the page of the own account shows of its door.
LAST_SIGN_INS = 20


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
        if form.get_user().signs_in_twice:
            signing_in.wait_for_code(self.request, form.get_user())
            return _code_page(self.request, CodeForm())
        response = super().form_valid(form)
        kept_form = kept.read(self.request.POST.get("kept", ""))
        return kept.offer(self.request, kept_form) if kept_form else response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, kept=self.request.POST.get("kept", ""))


@login_not_required
@never_cache
@require_POST
def second_step(request):
    """The code after the password; what came along with the sign-in goes on."""
    user = signing_in.who_waits(request)
    if user is None:
        says = "Đã quá 10 phút kể từ khi nhập mật khẩu. Đăng nhập lại từ đầu."
        return kept.sign_in_page(request, request.POST.get("kept", ""), request.POST.get("next", ""), says)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            second_step_of.check(user, form.cleaned_data["code"])
        except second_step_of.WrongCode as error:
            signing_in.record(request, Kind.WRONG_CODE, user)
            form.add_error("code", str(error))
        else:
            login(request, user, backend="accounts.backends.PlaceBackend")
            if form := kept.read(request.POST.get("kept", "")):
                return kept.offer(request, form)
            return redirect(_address_after(request))
    return _code_page(request, form)


def _code_page(request, form):
    context = {"form": form, "next": request.POST.get("next", ""), "kept": request.POST.get("kept", "")}
    return render(request, "accounts/second_step.html", context)


def _address_after(request):
    address = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_safe else resolve_url(settings.LOGIN_REDIRECT_URL)


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

    def form_valid(self, form):
        response = super().form_valid(form)
        signing_in.record(self.request, Kind.PASSWORD, self.request.user)
        return response


class PasswordChangeDone(views.PasswordChangeDoneView):
    template_name = "accounts/password_change_done.html"


@require_safe
def security(request):
    """How the own account is guarded, and what happened at its door lately."""
    user = request.user
    context = {
        "is_required": second_step_of.is_required(user),
        "codes_left": second_step_of.codes_left(user) if user.signs_in_twice else None,
        "sign_ins": user.sign_ins.select_related("by")[:LAST_SIGN_INS],
        "password_form": OwnPasswordForm(user),
    }
    return render(request, "accounts/security.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def second_step_on(request):
    """Take the secret to the phone, and turn the second step on with its first code."""
    user = request.user
    if user.signs_in_twice:
        return redirect("accounts:security")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_step_of.confirm(user, form.cleaned_data["code"])
        except second_step_of.WrongCode as error:
            form.add_error("code", str(error))
        else:
            signing_in.record(request, Kind.TWO_STEP_ON, user)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})
    device = second_step_of.begin(user)
    context = {
        "form": form,
        "picture": second_step_of.picture_of(device),
        "secret": second_step_of.secret_of(device),
        "is_required": second_step_of.is_required(user),
    }
    return render(request, "accounts/second_step_on.html", context)


@require_POST
@never_cache
def security_change(request, change):
    """What needs the own password: end all other sessions, new recovery codes, the second step off."""
    user = request.user
    form = OwnPasswordForm(user, request.POST)
    if not form.is_valid():
        for error in form.errors.get("password", []):
            messages.error(request, error)
        return redirect("accounts:security")
    if change == "dang-xuat-moi-noi":
        signing_in.end_sessions(request, user)
        messages.success(request, "Đã đăng xuất khỏi mọi thiết bị khác.")
    elif user.signs_in_twice and change == "ma-du-phong":
        codes = second_step_of.renew_recovery_codes(user)
        signing_in.record(request, Kind.RECOVERY, user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    elif user.signs_in_twice and change == "tat-hai-buoc" and not second_step_of.is_required(user):
        second_step_of.turn_off(user)
        signing_in.record(request, Kind.TWO_STEP_OFF, user)
        messages.success(request, "Đã tắt đăng nhập hai bước.")
    return redirect("accounts:security")
