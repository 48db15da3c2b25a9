"""Meeting mode: the figures a topic a screen, the same in one file for a room without a network, and what is decided."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts import policy
from criteria.choices import choose
from criteria.models import CriteriaSet
from dashboards.meeting import load_deck
from dashboards.views.common import day_asked, fallen_places, frame, load_chosen, plan_so_far, shares
from directives.decisions import load_decisions
from directives.forms.meeting import DecisionForm
from directives.views.common import save_form
from ntm_tracker.vietnamese import plain_name


@require_safe
def meeting(request):
    """The slides, one under another for who has no scripts; the script shows one at a time."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    return _page(request, choice, _form(request, choice))


@require_safe
def meeting_file(request):
    """The slides as one file that asks for nothing: style and script inside, allowed by their hashes alone."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    context = {
        **_context(request, choice, _form(request, choice)),
        **_inlined("style", "css/meeting.css"),
        **_inlined("script", "js/meeting.js"),
        "is_offline": True,
        "saved_at": timezone.localtime(),
    }
    answer = HttpResponse(render_to_string("dashboards/meeting/offline.html", context, request))
    # Named after period and day, so that the sheet of the last meeting is not taken for this one's.
    name = f"trinh-chieu-{plain_name(choice.period.code)}-{timezone.localdate():%Y-%m-%d}.html"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def decisions(request):
    """What was decided today; a POST writes one more. The script gets the list, others the page of the meeting."""
    if request.method != "POST":
        return _list(request) if request.htmx else _to_decisions(request)
    if not _may_decide(request):
        raise PermissionDenied
    # Saved whatever period the page showed: what was decided does not wait for a figure.
    criteria_set = CriteriaSet.objects.filter(code=request.GET.get("bo")).first()
    form = DecisionForm(request.POST, user=request.user, criteria_set=criteria_set)
    task = save_form(form)
    if request.htmx:
        return _list(request, task) if task else JsonResponse({"errors": form.errors}, status=422)
    if task:
        return _to_decisions(request)
    choice = choose(request)
    if choice.redirect:
        if choice.redirect.status_code == 302:
            # What was typed goes along to the full address.
            choice.redirect.status_code = 307
        return choice.redirect
    return _page(request, choice, form, status=422)


def _to_decisions(request):
    return redirect(f"{reverse('dashboards:meeting')}?{request.GET.urlencode()}#/ket-luan")


def _list(request, task=None):
    context = {"decisions": load_decisions(request.user, timezone.localdate()), "may_decide": _may_decide(request)}
    html = render_to_string("dashboards/meeting/_decision_list.html", context, request)
    return JsonResponse({"html": html, "number": task.position if task else None})


def _page(request, choice, form, status=200):
    context = _context(request, choice, form)
    return render(request, "dashboards/meeting/meeting.html", context, status=status)


def _context(request, choice, form):
    matrix = load_chosen(request, choice)
    as_of = day_asked(request)
    plan = plan_so_far(request.user, matrix)
    slides = load_deck(user=request.user, matrix=matrix, as_of=as_of, fallen=fallen_places(matrix), plan=plan)
    work = slides[0].facts["tasks"]
    figures = frame(matrix)
    return {
        **choice.context,
        **figures,
        **shares(matrix),
        "illustrative": figures["illustrative"] or work.is_illustrative,
        "slides": slides,
        "tasks_as_of": as_of,
        "form": form,
        "decisions": load_decisions(request.user, timezone.localdate()),
        "may_decide": _may_decide(request),
    }


def _may_decide(request):
    return policy.may_manage_directives(request.user)


def _form(request, choice):
    """The form of a decision, for who may write one; about the commune `xa` of the address."""
    if not _may_decide(request):
        return None
    about = {"communes": request.GET.getlist("xa")}
    return DecisionForm(user=request.user, criteria_set=choice.criteria_set, initial=about)


def _inlined(tag, path):
    """A file of ours as an element of the page, and the hash by which the page's policy lets it through."""
    text = Path(finders.find(path)).read_text(encoding="utf-8")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return {tag: mark_safe(f"<{tag}>{text}</{tag}>"), f"{tag}_hash": f"'sha256-{digest}'"}
