from django.contrib.auth.middleware import LoginRequiredMiddleware

from accounts import kept


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs signing in. A form sent after the session ended keeps what was typed, through the sign-in page."""

    def handle_no_permission(self, request, view_func):
        # A part of a page cannot show the sign-in: its script sees the redirect and keeps the cell itself.
        if request.method == "POST" and not request.htmx and (fields := kept.keep(request)):
            return kept.sign_in_page(request, fields, request.get_full_path())
        return super().handle_no_permission(request, view_func)
