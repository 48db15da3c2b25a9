from dataclasses import dataclass, field

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator, slugify
from django.views.decorators.http import require_POST, require_safe

from communes.models import Locality
from criteria import staging
from criteria.actions.evidence import NameTaken, NewFile, attach, find_name_problems, take_off
from criteria.actions.results import NotOpen, check_writable
from criteria.archive import Pack
from criteria.choices import address, choose
from criteria.entering import editable_cells
from criteria.evidence import EvidenceOverview, Kind, evidence_of
from criteria.forms.evidence import DROP_FILES, DROP_MB, SKIP, EvidenceForm, corrected_rows, matched_rows
from criteria.models import Assessment, CriteriaSet, Evidence, Indicator, Period
from criteria.rules import Validity
from criteria.sheet import Sheet, load_sheet, load_sheets
from ntm_tracker import staging as waiting
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN, clean_name
from ntm_tracker.vietnamese import fold, format_number

PAGE_ROWS = 50
# How many places the tally beside the list names.
WORST_PLACES = 30


@dataclass
class Access:
    """On which indicators of a sheet a person may put evidence, and why just now they may not."""

    opinion: str | None = None
    writable: set[int] = field(default_factory=set)
    why_not: str = ""


def evidence(request, period, criteria_set, locality, indicator):
    """The files of one indicator, those taken off in small print; a POST adds some."""
    if request.method == "POST":
        return _add(request, period, criteria_set, locality, indicator)
    assessment = _find(request.user, period, criteria_set, locality)
    return _render_evidence(request, assessment, indicator, EvidenceForm())


@require_safe
def evidence_file(request, period, criteria_set, locality, pk):
    """One file, as a download; also one that was taken off, for it is part of the history."""
    assessment = _find(request.user, period, criteria_set, locality)
    item = get_object_or_404(Evidence, pk=pk, assessment=assessment)
    try:
        content = item.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không còn tệp trên máy chủ.") from error
    return _download(content, item.name)


@require_POST
@transaction.atomic
def evidence_remove(request, period, criteria_set, locality, pk):
    assessment = _find(request.user, period, criteria_set, locality, for_writing=True)
    item = get_object_or_404(Evidence.objects.select_related("removed_by"), pk=pk, assessment=assessment)
    access = _access(request.user, _page_of(request.user, assessment, item.indicator_id))
    if item.indicator_id not in access.writable:
        raise Http404
    item.assessment = assessment
    try:
        if take_off(evidence=item, opinion=access.opinion, by=request.user):
            messages.success(request, f"Đã gỡ tệp “{item.name}”. Tệp vẫn còn trong lịch sử.")
        else:
            messages.warning(request, f"Tệp “{item.name}” đã được {item.removed_by} gỡ trước đó.")
    except NotOpen as error:
        messages.error(request, str(error))
    return redirect("criteria:evidence", period, criteria_set, locality, item.indicator_id)


def evidence_drop(request, period, criteria_set, locality):
    """Send many files at once. They wait on the disk until the page that follows has shown which goes where."""
    assessment = _find(request.user, period, criteria_set, locality)
    page = load_sheet(assessment, agency_id=request.user.agency_id, with_previous=False)
    access = _access(request.user, page)
    if not access.writable:
        raise Http404
    error = ""
    if request.method == "POST":
        uploads = _uploads(request)
        error = access.why_not or _why_too_much(uploads)
        if not error:
            token = staging.stage(uploads=uploads, assessment=assessment, by=request.user)
            return redirect("criteria:evidence-drop-check", period, criteria_set, locality, token)
    context = {
        "assessment": assessment,
        "access": access,
        "error": error,
        "accept": ACCEPT,
        "taken": TAKEN,
        "largest_mb": LARGEST_MB,
        "most_files": DROP_FILES,
        "most_mb": DROP_MB,
    }
    return render(request, "criteria/evidence_drop.html", context, status=422 if error else 200)


def evidence_drop_check(request, period, criteria_set, locality, token):
    """What was sent, with the indicator of each file to be corrected; a POST saves all of it, or cancels."""
    with transaction.atomic():
        # Locked, so that a second click finds that the first has saved.
        assessment = _find(request.user, period, criteria_set, locality, for_writing=request.method == "POST")
        drop = staging.find(token, assessment=assessment, by=request.user)
        if drop is None and waiting.exists(token):
            raise Http404
        if drop is None:
            messages.warning(request, "Lần nộp này đã lưu, đã hủy, hoặc đã quá một ngày. Cần thì nộp lại.")
            return redirect("criteria:evidence-drop", period, criteria_set, locality)
        page = load_sheet(assessment, agency_id=request.user.agency_id, with_previous=False)
        access = _access(request.user, page)
        if request.method != "POST":
            rows = matched_rows(drop, [row.indicator for row in page.rows.values()], access.writable)
            _mark_names(assessment, rows)
            return _render_drop(request, page, access, drop, rows)
        if "cancel" in request.POST:
            waiting.discard(drop.token)
            messages.success(request, "Đã hủy, không tệp nào được lưu.")
            return redirect("criteria:evidence-drop", period, criteria_set, locality)
        rows = corrected_rows(drop, request.POST, access.writable)
        error = access.why_not or _save_rows(assessment, access.opinion, rows, by=request.user)
        if error:
            return _render_drop(request, page, access, drop, rows, error)
    waiting.discard(drop.token)
    saved = [row for row in rows if not row.is_skipped]
    indicators = len({row.choice for row in saved})
    messages.success(request, f"Đã lưu {len(saved)} tệp minh chứng cho {indicators} chỉ tiêu.")
    return redirect(assessment)


@require_safe
def evidence_zip(request, period, criteria_set, locality, criterion=None):
    """The files of a sheet, or of one of its criteria, in folders by criterion."""
    assessment = _find(request.user, period, criteria_set, locality)
    place = Locality.objects.filter(pk=assessment.locality_id)
    overview = EvidenceOverview(period=assessment.period, criteria_set=assessment.criteria_set, places=place)
    words = f"tiêu chí {criterion}, {assessment.locality.full_name}" if criterion else assessment.locality.full_name
    pack = Pack(overview, request.user, f"{words}, {assessment.period}", criterion)
    if not pack.items().exists():
        messages.warning(request, "Chưa có tệp minh chứng nào để tải.")
        return redirect(assessment)
    return _stream(pack, assessment.locality.full_name, *([f"tc{criterion}"] if criterion else []))


@require_safe
def evidence_zip_all(request, period, criteria_set):
    """The files of all sheets one sees, a folder for each place."""
    period = get_object_or_404(Period, code=period)
    criteria_set = get_object_or_404(CriteriaSet, code=criteria_set)
    places = Locality.objects.visible_to(request.user)
    overview = EvidenceOverview(period=period, criteria_set=criteria_set, places=places)
    if not overview.files:
        messages.warning(request, "Chưa có tệp minh chứng nào để tải.")
        return redirect(address("criteria:evidence-list", period, criteria_set))
    words = request.user.place.full_name if request.user.place else "tất cả địa bàn"
    return _stream(Pack(overview, request.user, f"{words}, {period}"), words)


@require_safe
def evidence_list(request):
    """Over the sheets one sees: files that have expired or soon will, and what is met without a file."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    places = Locality.objects.visible_to(request.user)
    overview = EvidenceOverview(period=choice.period, criteria_set=choice.criteria_set, places=places)
    kind = _kind(request.GET.get("loai"), overview)
    named = request.GET.get("xa", "")
    only = next((t.sheet.locality for t in overview.tallies.values() if str(t.sheet.locality_id) == named), None)
    rows = Paginator(overview.rows(kind, only.pk if only else None), PAGE_ROWS).get_page(request.GET.get("page"))
    worst = overview.worst(kind)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **choice.context,
        "overview": overview,
        "kinds": [(k, k.label, overview.total(k)) for k in Kind],
        "kind": kind,
        "only": only,
        "page_obj": rows,
        "query": query.urlencode(),
        "validity": {Kind.EXPIRED: Validity.EXPIRED, Kind.EXPIRING: Validity.EXPIRING}.get(kind),
        "worst": worst[:WORST_PLACES],
        "others": len(worst) - WORST_PLACES,
        "as_of": overview.day,
        "illustrative": any(tally.sheet.is_illustrative for tally in overview.tallies.values()),
    }
    return render(request, "criteria/evidence_list.html", context)


def _add(request, period, criteria_set, locality, indicator):
    form = EvidenceForm(request.POST, request.FILES)
    with transaction.atomic():
        assessment = _find(request.user, period, criteria_set, locality, for_writing=True)
        access = _access(request.user, _page_of(request.user, assessment, indicator))
        if indicator not in access.writable:
            raise Http404
        if access.why_not:
            form.add_error(None, access.why_not)
        elif form.is_valid():
            given = form.cleaned_data
            files = [
                NewFile(indicator, file, clean_name(file.name), given["note"], given["expires_on"])
                for file in given["files"]
            ]
            try:
                attach(assessment=assessment, opinion=access.opinion, files=files, by=request.user)
            except NameTaken as error:
                form.add_error("files", list(dict.fromkeys(error.problems.values())))
            else:
                messages.success(request, f"Đã thêm {len(files)} tệp.")
                return redirect(request.path)
    return _render_evidence(request, assessment, indicator, form)


def _render_evidence(request, assessment, indicator, form):
    page = _page_of(request.user, assessment, indicator)
    kept, removed = evidence_of(assessment, indicator)
    access = _access(request.user, page)
    context = {
        "assessment": assessment,
        "criterion": page.criterion_of(indicator),
        "row": page.rows[indicator],
        "kept": kept,
        "removed": removed,
        "form": form,
        "may_add": indicator in access.writable and not access.why_not,
        "why_not": access.why_not if indicator in access.writable else "",
    }
    return render(request, "criteria/evidence.html", context, status=422 if form.errors else 200)


def _render_drop(request, page, access, drop, rows, error=""):
    # Of two hundred files the few that want looking at come first.
    rows = sorted(rows, key=lambda row: (not row.error, bool(row.choice)))
    context = {
        "sheet": page,
        "assessment": page.assessment,
        "access": access,
        "drop": drop,
        "rows": rows,
        "choices": [(str(pk), _words(row.indicator)) for pk, row in page.rows.items() if pk in access.writable],
        "matched": sum(bool(row.choice) and not row.is_skipped and not row.error for row in rows),
        "open": sum(not row.choice for row in rows),
        "wrong": sum(bool(row.choice and row.error) for row in rows),
        "skipped": sum(row.is_skipped for row in rows),
        "skip": SKIP,
        "error": error,
    }
    return render(request, "criteria/evidence_drop_check.html", context, status=422 if error else 200)


def _save_rows(assessment, opinion, rows, *, by) -> str:
    """Save the rows that are not passed over; returns why nothing was saved, beside what stands at each row."""
    kept = [row for row in rows if not row.is_skipped]
    if not kept:
        return "Không có tệp nào để lưu: chọn chỉ tiêu cho ít nhất một tệp, hoặc bấm “Hủy”."
    _mark_names(assessment, rows)
    if wrong := sum(bool(row.error) for row in kept):
        return f"Còn {wrong} tệp cần sửa, đánh dấu ! ở bảng dưới."
    try:
        attach(assessment=assessment, opinion=opinion, files=[row.as_new_file() for row in kept], by=by)
    except NotOpen as error:
        return str(error)
    return ""


def _mark_names(assessment, rows):
    """Put beside the rows that have an indicator what is wrong with their names there."""
    chosen = [row for row in rows if row.choice and not row.is_skipped]
    for position, problem in find_name_problems(assessment, [row.as_new_file() for row in chosen]).items():
        chosen[position].error = chosen[position].error or problem


def _uploads(request):
    """The files sent, each with its path on the person's machine where the page's script could tell it."""
    uploads = []
    for name in ("files", "folder"):
        files, paths = request.FILES.getlist(name), request.POST.getlist(f"{name}-path")
        if len(paths) != len(files):
            paths = [file.name for file in files]
        uploads += zip(files, paths, strict=True)
    return uploads


def _why_too_much(uploads) -> str:
    if not uploads:
        return "Chọn ít nhất một tệp, hoặc một thư mục."
    if len(uploads) > DROP_FILES:
        count = len(uploads)
        return (
            f"Anh chị gửi {count} tệp, mỗi lần nhận nhiều nhất {DROP_FILES} tệp. Chia ra, ví dụ mỗi tiêu chí một lần."
        )
    size = sum(file.size for file, _ in uploads)
    if size > DROP_MB * 1024 * 1024:
        shown = format_number(size / 1024 / 1024, 0)
        return f"Các tệp nặng tất cả {shown} MB; mỗi lần nhận nhiều nhất {DROP_MB} MB. Chia thành nhiều lần."
    return ""


def _kind(asked, overview) -> Kind:
    """The kind asked for, else the first of which there is something."""
    return next((k for k in Kind if k == asked), None) or next((k for k in Kind if overview.total(k)), Kind.EXPIRED)


def _words(indicator) -> str:
    return Truncator(f"{indicator.code or indicator.criterion.number} {indicator.text}").chars(60)


def _find(user, period, criteria_set, locality, *, for_writing=False):
    """The sheet at an address; 404 unless it exists and lies in the person's place."""
    sheets = Assessment.objects.for_writing() if for_writing else Assessment.objects.with_place()
    places = Locality.objects.visible_to(user).filter(pk=locality)
    return get_object_or_404(sheets, period__code=period, criteria_set__code=criteria_set, locality__in=places)


def _page_of(user, assessment, indicator) -> Sheet:
    """The part of the sheet that holds one indicator; 404 if it is not on the sheet."""
    found = get_object_or_404(Indicator.objects.select_related("criterion"), pk=indicator)
    if found.criterion.criteria_set_id == assessment.criteria_set_id:
        (page,) = load_sheets([assessment], agency_id=user.agency_id, with_previous=False, criterion=found.criterion)
        if indicator in page.rows:
            return page
    raise Http404


def _access(user, page) -> Access:
    opinion, cells = editable_cells(user, page)
    if not cells:
        return Access()
    try:
        check_writable(page.assessment, opinion)
    except NotOpen as error:
        return Access(opinion, cells, str(error))
    return Access(opinion, cells)


def _stream(pack, *words):
    name = "-".join(["minh-chung", *(slugify(fold(word)) for word in words), pack.overview.period.code])
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(pack.stream(), content_type="application/zip", headers=headers)


def _download(content, name):
    answer = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
