from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.policy import EDITORS, role_required
from communes.models import Locality
from criteria.actions.recognition import NotPossible, record_recognition, revoke_recognition
from criteria.choices import address, choose
from criteria.forms.recognition import RecognitionForm, RevocationForm
from criteria.models import Recognition, Tier
from criteria.recognition import doubts, load_register
from ntm_tracker.forms import atomic_post
from ntm_tracker.history import history

PAGE_ROWS = 100


@require_safe
def recognition_list(request):
    """How many places are recognised at each tier, by which decisions, and what stands against those in force."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    register = load_register(
        user=request.user, criteria_set=choice.criteria_set, sets=choice.context["sets"], period=choice.period
    )
    tier = next((tier for tier in Tier if tier == request.GET.get("muc")), Tier(choice.criteria_set.tier))
    context = {
        **choice.context,
        "register": register,
        "counts": list(register.counts.values()),
        "tier": tier,
        "page_obj": Paginator(register.lines[tier], PAGE_ROWS).get_page(request.GET.get("page")),
        "query": address("criteria:recognitions", choice.period, choice.criteria_set, muc=tier.value).partition("?")[2],
        "noun": choice.criteria_set.get_subject_display(),
        "basis": f"quyết định đã ghi, đối chiếu kết quả {choice.period}",
        "as_of": choice.period.ends_on,
        "illustrative": any(count.is_illustrative for count in register.counts.values()),
        "may_edit": policy.may_plan(request.user),
    }
    return render(request, "criteria/recognitions.html", context)


@role_required(*EDITORS)
@atomic_post
def recognition_create(request):
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    places = choice.criteria_set.places().visible_to(request.user)
    initial = {"tier": choice.criteria_set.tier, "year": choice.period.ends_on.year, "locality": request.GET.get("xa")}
    form = RecognitionForm(request.POST or None, request.FILES or None, places=places, initial=initial)
    if request.method == "POST" and (kept := _record(form, request.user)):
        _say(request, f"Đã ghi công nhận {kept}.", kept)
        return redirect(_list_address(choice, kept))
    context = {"form": form, "list_url": address("criteria:recognitions", choice.period, choice.criteria_set)}
    return render(request, "criteria/recognition_form.html", context, status=422 if form.errors else 200)


@role_required(*EDITORS)
@atomic_post
def recognition_edit(request, pk):
    recognition = _find(request.user, pk)
    places = Locality.objects.visible_to(request.user).filter(level=recognition.locality.level)
    form = RecognitionForm(request.POST or None, request.FILES or None, instance=recognition, places=places)
    if request.method == "POST" and (kept := _record(form, request.user, recognition=recognition)):
        _say(request, f"Đã lưu công nhận {kept}.", kept)
        return redirect("criteria:recognitions")
    return _render_edit(request, "criteria/recognition_form.html", pk, form)


@role_required(*EDITORS)
@atomic_post
def recognition_revoke(request, pk):
    recognition = _find(request.user, pk)
    form = RevocationForm(request.POST or None, instance=recognition)
    if request.method == "POST" and form.is_valid():
        try:
            kept = revoke_recognition(recognition=recognition, by=request.user, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(error.field, str(error))
        else:
            done = "Đã ghi thu hồi" if kept.revoked_on else "Đã bỏ ghi thu hồi"
            _say(request, f"{done} công nhận {kept}.", kept)
            return redirect("criteria:recognitions")
    return _render_edit(request, "criteria/recognition_revoke.html", pk, form)


@require_safe
def recognition_file(request, pk):
    recognition = get_object_or_404(_visible(request.user).exclude(file=""), pk=pk)
    try:
        content = recognition.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không còn tệp trên máy chủ.") from error
    answer = FileResponse(
        content,
        as_attachment=True,
        filename=recognition.file_name or "quyet-dinh",
        content_type="application/octet-stream",
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _visible(user):
    return Recognition.objects.filter(locality__in=Locality.objects.visible_to(user)).select_related("locality")


def _find(user, pk):
    return get_object_or_404(_visible(user), pk=pk)


def _record(form, user, recognition=None):
    """The decision as kept, or None where something is wrong; then the form says what."""
    if not form.is_valid():
        return None
    try:
        return record_recognition(recognition=recognition, by=user, **form.values())
    except NotPossible as error:
        form.add_error(error.field, str(error))
        return None


def _render_edit(request, template, pk, form):
    # As it stands in the books: the form has written what was typed into its own copy.
    stored = _find(request.user, pk)
    context = {
        "form": form,
        "recognition": stored,
        "history": history(stored),
        "list_url": reverse("criteria:recognitions"),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _say(request, sentence, kept):
    messages.success(request, sentence)
    for doubt in doubts(kept):
        messages.warning(request, doubt)


def _list_address(choice, kept):
    return address("criteria:recognitions", choice.period, choice.criteria_set, muc=kept.tier)
