"""The Word documents: what is chosen before one is taken, and the file."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts import policy
from communes.models import Agency
from criteria.choices import choose
from dashboards.documents import bulletin, head, next_notice, notice_report, urging
from dashboards.documents.drafting import DRAFTS, written
from dashboards.forms.documents import DocumentForm
from dashboards.views.common import fallen_places, load_chosen, plan_so_far
from directives.models import Directive, DocumentKind, DocumentTemplate
from directives.queries import board_url
from ntm_tracker.documents import Layout
from ntm_tracker.documents.rendering import CannotFill
from ntm_tracker.memory import without_collecting
from ntm_tracker.vietnamese import format_date, plain_name

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What stays in the address of a document beside what its form holds.
ABOUT = ("ky", "bo", "van_ban", "gui")


@require_safe
def document(request, slug):
    """Who issues it, how and as of when; below it the numbers it will say."""
    return _answer(request, slug, as_file=False)


@require_safe
def document_file(request, slug):
    """The document as .docx; where something is wrong, the page that says what."""
    with without_collecting():
        return _answer(request, slug, as_file=True)


def _answer(request, slug, *, as_file):
    if slug not in DocumentKind.values:
        raise Http404
    kind = DocumentKind(slug)
    asked = _ASKED[kind](request, kind)
    if asked.redirect:
        return asked.redirect
    layout = request.GET.get("the_thuc")
    form = DocumentForm(request.GET, user=request.user, start=asked.start)
    template = None
    if form.data.get("the_thuc") in Layout.values:
        template = DocumentTemplate.objects.nearest(request.user, kind, form.data["the_thuc"])
        if template:
            form = DocumentForm(request.GET, user=request.user, start=asked.start, has_template=True)
    if not form.is_valid():
        return _page(request, asked, form, template, status=422 if layout or as_file else 200)
    if not as_file:
        return _page(request, asked, form, template, asked.figures(form.cleaned_data))
    form.cleaned_data["issuer"] = form.issuer
    facts = asked.facts(form.cleaned_data)
    if asked.problem:
        return _page(request, asked, form, template, facts, status=422)
    facts |= head.head(
        kind=kind,
        layout=form.layout,
        issuer=form.issuer,
        chosen=form.cleaned_data,
        receivers=form.cleaned_data["noi_nhan"],
        today=timezone.localdate(),
    )
    if form.cleaned_data.get("own"):
        template = None
    try:
        content = written(
            kind=kind, layout=form.layout, facts=facts, template=template, author=request.user.get_full_name()
        )
    except CannotFill as error:
        form.add_error(None, str(error))
        return _page(request, asked, form, template, facts, status=422)
    headers = {
        "Content-Disposition": f'attachment; filename="{asked.file_name(form.cleaned_data)}.docx"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


def _page(request, asked, form, template, facts=None, status=200):
    draft = DRAFTS[asked.kind]
    shown = [(draft.places[name][0], facts[name]) for name in draft.shown if facts.get(name)] if facts else []
    context = {
        "kind": asked.kind,
        "about": asked.about,
        "back": asked.back,
        "problem": asked.problem,
        "kept": [(name, request.GET[name]) for name in ABOUT if request.GET.get(name)],
        "form": form,
        "shown": shown,
        "made_up": bool(facts and facts.get("so_lieu_minh_hoa")),
        "template": template,
        "layout": form.data.get("the_thuc"),
        "may_keep_templates": policy.may_keep_templates(request.user),
    }
    return render(request, "dashboards/document.html", context, status=status)


# -- what each kind is about ------------------------------------------------------------------------------------------


class _Asked:
    """What a document is about, from the address."""

    # An answer to give instead of the page.
    redirect = None
    # Why there is nothing to write; '' if there is.
    problem = ""
    about = back = ""

    def __init__(self, request, kind):
        self.user, self.kind, self.today = request.user, kind, timezone.localdate()
        self.start = {"noi_nhan": "Các cơ quan, đơn vị liên quan", "ngay": format_date(self.today)}
        self.read(request)

    def figures(self, chosen):
        """What the page shows of the facts before the document is taken."""
        return self.facts(chosen)


class _OfNotice(_Asked):
    """A notice handed out; anybody reports of one whose page they see, with the work they see there."""

    def read(self, request):
        seen = Directive.objects.visible_to(self.user).exclude(assigned_at=None).select_related("locality")
        self.directive = get_object_or_404(seen, pk=_number(request, "van_ban"))
        self.about, self.back = self.directive.label, self.directive.get_absolute_url()
        self.start["noi_nhan"] = "Như trên"

    def figures(self, chosen):
        figures = notice_report.figures(user=self.user, directive=self.directive, as_of=chosen["ngay"])
        return figures | {"so_lieu_minh_hoa": "Số liệu minh họa" if self.directive.is_illustrative else ""}

    def facts(self, chosen):
        scope = "" if policy.sees_all_work(self.user) else "phần việc của cơ quan và việc liên quan"
        facts = notice_report.facts(
            user=self.user, directive=self.directive, as_of=chosen["ngay"], issuer=chosen["issuer"]
        )
        if not facts["kinh_gui"] and chosen["noi_nhan"] == ["Như trên"]:
            chosen["noi_nhan"] = ["Các cơ quan, đơn vị được giao việc"]
        return facts | {"pham_vi": scope}

    def file_name(self, chosen):
        return f"bao-cao-ket-qua-{_plain(self.directive.label)}-{chosen['ngay']:%Y-%m-%d}"


class _OfMonth(_Asked):
    """A month, with the results of a period."""

    def read(self, request):
        if not policy.sees_all_work(self.user):
            raise PermissionDenied
        self.request, self.choice = request, choose(request)
        self.redirect = self.choice.redirect
        if self.redirect:
            return
        month = min(self.choice.period.ends_on, self.today)
        self.start = {"noi_nhan": "Thành viên Ban Chỉ đạo\nCác cơ quan, đơn vị liên quan", "thang": f"{month:%m/%Y}"}
        self.about = f"kỳ {self.choice.period}, {self.choice.criteria_set}"
        parameters = {"ky": self.choice.period.code, "bo": self.choice.criteria_set.code}
        self.back = f"{reverse('dashboards:overview')}?{urlencode(parameters)}"

    def facts(self, chosen):
        matrix = load_chosen(self.request, self.choice)
        return bulletin.facts(
            user=self.user,
            matrix=matrix,
            month=chosen["thang"],
            as_of=bulletin.as_of_month(chosen["thang"], self.today),
            fallen=fallen_places(matrix),
            plan=plan_so_far(self.user, matrix),
        )

    def file_name(self, chosen):
        return f"thong-bao-tinh-hinh-{chosen['thang']:%Y-%m}-ky-{_plain(self.choice.period.code)}"


class _OfMeeting(_Asked):
    """A meeting, with what it decided; those who write notices write its draft."""

    def read(self, request):
        if not policy.may_manage_directives(self.user):
            raise PermissionDenied
        meetings = Directive.objects.managed_by(self.user).filter(assigned_at=None, text="").exclude(meeting_on=None)
        last = meetings.order_by("-meeting_on").values_list("meeting_on", flat=True).first() or self.today
        self.start |= {
            "hop": format_date(last),
            "noi_nhan": "Thành viên Ban Chỉ đạo\nCác cơ quan, đơn vị được giao việc",
        }
        self.back = reverse("directives:list")

    def facts(self, chosen):
        return next_notice.facts(user=self.user, day=chosen["hop"], as_of=chosen["ngay"])

    def file_name(self, chosen):
        return f"du-thao-ket-luan-hop-{chosen['hop']:%Y-%m-%d}"


class _OfBody(_Asked):
    """A body with overdue work."""

    def read(self, request):
        if not policy.sees_all_work(self.user):
            raise PermissionDenied
        seen = Agency.objects.visible_to(self.user).select_related("locality")
        self.agency = get_object_or_404(seen, pk=_number(request, "gui"))
        self.about, self.back = self.agency.name, board_url(co_quan=self.agency.pk)
        self.start["noi_nhan"] = "Như trên" if self.kind == DocumentKind.REMINDER else ""

    def facts(self, chosen):
        facts = urging.facts(user=self.user, agency=self.agency, as_of=chosen["ngay"], today=self.today)
        if not facts["phan_viec"] and self.kind == DocumentKind.REMINDER:
            self.problem = (
                f"{self.agency} không có phần việc nào quá hạn đến ngày {format_date(chosen['ngay'])}, nên không có gì để "
                "đôn đốc. Chọn ngày khác."
            )
        return facts

    def file_name(self, chosen):
        kind = "cong-van-don-doc" if self.kind == DocumentKind.REMINDER else "bien-ban-lam-viec"
        return f"{kind}-{_plain(str(self.agency))}-{chosen['ngay']:%Y-%m-%d}"


_ASKED = {
    DocumentKind.NOTICE_REPORT: _OfNotice,
    DocumentKind.BULLETIN: _OfMonth,
    DocumentKind.NEXT_NOTICE: _OfMeeting,
    DocumentKind.REMINDER: _OfBody,
    DocumentKind.MINUTES: _OfBody,
}


def _number(request, name):
    value = request.GET.get(name, "")
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Http404
    return int(value)


def _plain(words):
    """Words as part of a file's name: 'thong-bao-253-tb-ubnd'."""
    return plain_name(words)[:60].strip("-") or "van-ban"
