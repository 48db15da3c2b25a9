from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect

from accounts import kept
from accounts.second_step import is_required


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs signing in, for some roles in two steps.

    A form sent after the session ended keeps what was typed, through the sign-in page.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None and settings.TWO_STEP_ROLES and _must_sign_in_twice(request):
            return redirect("accounts:second-step-on")
        return answer

    def handle_no_permission(self, request, view_func):
        # A part of a page cannot show the sign-in: its script sees the redirect and keeps the cell itself.
        if request.method == "POST" and not request.htmx and (fields := kept.keep(request)):
            return kept.sign_in_page(request, fields, request.get_full_path())
        return super().handle_no_permission(request, view_func)


def _must_sign_in_twice(request):
    """Whether the person has yet to set up the second step that their role needs, before anything else."""
    user = request.user
    if not user.is_authenticated or user.signs_in_twice or not is_required(user):
        return False
    return request.resolver_match.app_name != "accounts"
