"""What was typed into a form whose session had ended: carried through the sign-in page and offered to be sent again."""

from django.core import signing
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import SignInForm

SALT = "kept-form"
# As long as a session: whoever signs in the next morning begins anew.
SECONDS = 12 * 3600


def keep(request) -> str:
    """The fields of a posted form as signed text that the sign-in page carries; '' if nothing was typed.

    Passwords are not carried, and files cannot be.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    if not fields:
        return ""
    form = {"path": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}
    return signing.dumps(form, salt=SALT, compress=True)


def read(text: str) -> dict | None:
    """The form in a text of `keep`; None for anything else, or if it is too old."""
    try:
        return signing.loads(text, salt=SALT, max_age=SECONDS) if text else None
    except signing.BadSignature:
        return None


def sign_in_page(request, kept: str, address: str, says=""):
    """The sign-in page that leads back to an address, with a form to send again there; `says` why one is here."""
    context = {"form": SignInForm(request), "next": address, "kept": kept, "says": says}
    return render(request, "accounts/login.html", context)


def offer(request, form: dict, status=200):
    """The page that offers to send a kept form: by the person's own click, under their own rights."""
    return render(request, "accounts/kept.html", {"kept_form": form}, status=status)


def is_same_origin(request) -> bool:
    """Whether the browser says that a page of this site sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def answer_stale_form(request):
    """The answer to a form whose security mark no longer holds, from a page of this site; None if it is not one.

    Signing in changes the mark, so a page opened before carries an old one. Its fields are offered to be sent again;
    a form from elsewhere gets no such offer.
    """
    if not is_same_origin(request):
        return None
    if request.path == reverse("accounts:login"):
        kept, address = request.POST.get("kept", ""), request.POST.get("next", "")
    else:
        kept, address = keep(request), request.get_full_path()
    if request.user.is_authenticated and (form := read(kept)):
        return offer(request, form, status=403)
    return None if request.user.is_authenticated else sign_in_page(request, kept, address)
