"""The bell: what a person was told, whether by e-mail too, and the private address of their calendar."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from directives import actions, calendars, letters, reminders
from directives.forms.reminders import AddressForm
from directives.models import Assignment, CalendarAddress, DigestLine
from directives.views.common import save_form
from ntm_tracker.forms import atomic_post

KEPT_DAYS = 60
PAGE_DIGESTS = 10


@require_safe
def reminder_list(request):
    """What the person was told in the last weeks. Opening the page is seeing it: asked again it shows the same."""
    return _page(request, AddressForm(instance=request.user))


def _page(request, form):
    user, today = request.user, timezone.localdate()
    page = Paginator(reminders.kept_digests(user, today, KEPT_DAYS), PAGE_DIGESTS).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    # Someone who moved to another place no longer reads of the one before.
    lines = DigestLine.objects.filter(
        digest__in=page.object_list, assignment__in=Assignment.objects.visible_to(user).values("pk")
    )
    lines = list(reminders.with_work(lines))
    for digest in page.object_list:
        mine = [line for line in lines if line.digest_id == digest.pk]
        digest.groups = reminders.grouped(mine, today)
        digest.summary = reminders.in_words(line.reason for line in mine)
        digest.is_new = digest.seen_at is None
    if user.unseen_digests and request.method == "GET":
        actions.see_digests(by=user)
    address = CalendarAddress.objects.filter(user=user, revoked_at=None).first()
    calendar_url = _site(request) + reverse("directives:calendar", args=[address.token]) if address else ""
    context = {
        "page_obj": page,
        "kept_days": KEPT_DAYS,
        "today": today,
        "form": form,
        "can_send": letters.can_send(),
        "address": address,
        "calendar_url": calendar_url,
        # Under this scheme a phone or Outlook subscribes instead of downloading.
        "webcal_url": f"webcal:{calendar_url.partition(':')[2]}",
        "mail_error": page.object_list[0].mail_error if page.object_list and page.number == 1 else "",
    }
    return render(request, "directives/reminders.html", context, status=422 if form.is_bound else 200)


@require_POST
@atomic_post
def reminder_address(request):
    """Where the person's letters go. What was typed wrong stays, on the page with its reason."""
    form = AddressForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not (saved := save_form(form)):
        return _page(request, form)
    said = f"Đã ghi địa chỉ thư {saved.email}." if saved.email else "Đã bỏ địa chỉ thư; chuông vẫn nhắc."
    messages.success(request, said)
    return redirect(reverse("directives:reminders") + "#thu")


@require_POST
def reminder_mail(request):
    wanted = request.POST.get("nhan") == "1"
    actions.want_email(by=request.user, wanted=wanted)
    said = "Từ nay nhắc việc được gửi cả qua thư điện tử." if wanted else "Đã ngừng gửi thư nhắc việc; chuông vẫn nhắc."
    messages.success(request, said)
    return redirect(reverse("directives:reminders") + "#thu")


@require_POST
def calendar_create(request):
    actions.open_calendar(by=request.user)
    messages.success(request, "Đã tạo địa chỉ lịch riêng.")
    return redirect(reverse("directives:reminders") + "#lich")


@require_POST
def calendar_revoke(request, pk):
    actions.revoke_calendar(get_object_or_404(CalendarAddress, pk=pk, user=request.user))
    messages.success(request, "Đã thu hồi địa chỉ lịch; ứng dụng lịch không đọc được nữa.")
    return redirect(reverse("directives:reminders") + "#lich")


@login_not_required
@require_safe
def calendar_feed(request, token):
    """The calendar behind a private address. Programs cannot sign in: whoever has the address reads it."""
    address = calendars.address_of(token)
    if address is None:
        raise Http404
    actions.note_reading(address)
    content = calendars.calendar_of(address.user, timezone.localdate(), _site(request))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="nong-thon-moi.ics"'
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer)


def _site(request):
    """The site's own address, without the last slash."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
