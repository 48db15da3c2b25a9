"""The templates of documents: ours to take away, the office's own in their place, and back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import EDITORS, role_required
from dashboards.documents.drafting import DRAFTS, own_template
from dashboards.forms.documents import TemplateForm
from dashboards.views.documents import CONTENT_TYPE
from directives import actions
from directives.models import DocumentKind, DocumentTemplate
from directives.views.common import download
from ntm_tracker.documents import Layout

MOST_EARLIER = 20


@require_safe
@role_required(*EDITORS)
def templates(request):
    """Every kind in both layouts, and whose template is in use."""
    mine = {(one.kind, one.layout): one for one in _mine(request).in_use().select_related("uploaded_by")}
    rows = [(kind, [(layout, mine.get((kind.value, layout.value))) for layout in Layout]) for kind in DocumentKind]
    return render(request, "dashboards/document_templates.html", {"rows": rows})


@role_required(*EDITORS)
def template(request, slug, layout):
    """One template: what is in use, the places that can be filled, and a form to send another one."""
    kind, layout = _chosen(slug, layout)
    now = _mine(request).in_use().filter(kind=kind, layout=layout).select_related("uploaded_by").first()
    form = TemplateForm(
        request.POST or None,
        request.FILES or None,
        kind=kind,
        layout=layout,
        user=request.user,
        initial={"seen": now.pk if now else None},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = form.save()
            except actions.NotPossible as error:
                form.add_error(None, str(error))
                # The page that comes back shows what is in use now: sent again, it is replaced knowingly.
                form.data = form.data.copy()
                form.data["seen"] = now.pk if now else ""
                status = 409
            else:
                messages.success(request, f"Từ nay {kind.label} dùng mẫu “{saved.file_name}”.")
                return redirect("dashboards:document-template", kind.value, layout.value)
    context = {
        "kind": kind,
        "layout": layout,
        "now": now,
        "earlier": _mine(request)
        .filter(kind=kind, layout=layout)
        .exclude(removed_at=None)
        .select_related("uploaded_by", "removed_by")
        .order_by("-removed_at", "-pk")[:MOST_EARLIER],
        "form": form,
        "places": [(name, words, _fields(sample)) for name, (words, sample) in DRAFTS[kind].places.items()],
    }
    return render(request, "dashboards/document_template.html", context, status=status)


@require_POST
@role_required(*EDITORS)
def drop(request, slug, layout):
    """Back to our own template; the office's stays among the earlier ones."""
    kind, layout = _chosen(slug, layout)
    seen = request.POST.get("seen", "")
    try:
        dropped = actions.drop_template(
            kind=kind, layout=layout, seen=int(seen) if seen.isdigit() and len(seen) < 18 else None, by=request.user
        )
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        if dropped:
            messages.success(request, f"{kind.label} dùng lại mẫu mặc định.")
    return redirect("dashboards:document-template", kind.value, layout.value)


@require_safe
@role_required(*EDITORS)
def default_file(request, slug, layout):
    """Our own template, to be changed in Word."""
    kind, layout = _chosen(slug, layout)
    headers = {
        "Content-Disposition": f'attachment; filename="mau-{kind.value}-{layout.value}.docx"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(own_template(kind, layout), content_type=CONTENT_TYPE, headers=headers)


@require_safe
@role_required(*EDITORS)
def template_file(request, pk):
    """A template of the office, in use or earlier."""
    kept = get_object_or_404(_mine(request), pk=pk)
    return download(kept.file, kept.file_name)


def _mine(request):
    return DocumentTemplate.objects.of_office(request.user)


def _chosen(slug, layout):
    if slug not in DocumentKind.values or layout not in Layout.values:
        raise Http404
    return DocumentKind(slug), Layout(layout)


def _fields(sample):
    """What may stand behind the name of one of a list: 'v.noi_dung'."""
    if isinstance(sample, list) and sample and isinstance(sample[-1], dict):
        return sorted({name for one in sample for name in one})
    return []
