"""The assessment form as a workbook: taken, sent back, looked at cell by cell, saved."""

from dataclasses import asdict
from tempfile import TemporaryFile

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts import policy
from criteria.choices import address
from criteria.entering import enterable, opinion_of
from criteria.models import CriteriaSet, Opinion, Period
from criteria.offline import reading
from criteria.offline.comparing import Answer, Kind
from criteria.offline.reading import NotThisForm
from criteria.offline.saving import MOST_AT_ONCE as MOST_SAVED_AT_ONCE
from criteria.offline.saving import NotSaved, compare_kept, conflicts_mark, save_kept
from criteria.offline.writing import CONTENT_TYPE, Form, write_form
from ntm_tracker import jobs, staging
from ntm_tracker.memory import without_collecting
from ntm_tracker.spreadsheet.reading import ACCEPT, LARGEST_MB, NotReadable
from ntm_tracker.uploads import clean_name
from ntm_tracker.vietnamese import fold

PAGE_LINES = 100
# What takes more than two seconds is written aside; a sheet takes a hundredth of one.
MOST_AT_ONCE = 150
LONGEST_REASON = 500
_SHORT = {Opinion.REPORTED: "xa-tu-danh-gia", Opinion.VERIFIED: "tham-dinh"}


@require_safe
def sheets_download(request, period, criteria_set, locality=None):
    """The form of one place, or of all places on which the person may enter something now."""
    period, criteria_set = _found(request.user, period, criteria_set)
    places = criteria_set.places().visible_to(request.user)
    place = get_object_or_404(places, pk=locality) if locality else None
    places = places.filter(pk=locality) if place else places
    found = enterable(request.user, period=period, criteria_set=criteria_set, places=places)
    if place:
        words = place.title
    else:
        words = request.user.place.title if request.user.place else "tất cả địa bàn"
    form = Form(period, criteria_set, found, request.user, words)
    name = f"phieu-danh-gia-{slugify(fold(words))}-{period.code}-{_SHORT[form.opinion]}-{form.at:%Y%m%d}.xlsx"
    if len(found.assessments) > MOST_AT_ONCE:
        return _begin(request, form, name)
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    if not write_form(form, file):
        file.close()
        messages.warning(request, _nothing_to_fill(found))
        return redirect(address("criteria:sheets", period, criteria_set))
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def sheets_upload(request, period, criteria_set):
    """Send a filled form. It waits until the page that follows has shown what it would change."""
    period, criteria_set = _found(request.user, period, criteria_set)
    problem, name = "", ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        name = clean_name(upload.name) if upload else ""
        try:
            if upload is None:
                raise NotThisForm("Chọn tệp phiếu đã điền.")
            upload.name = name
            opinion = opinion_of(request.user)
            with without_collecting():
                form = reading.read_form(upload, period=period, criteria_set=criteria_set, opinion=opinion)
        except (NotReadable, NotThisForm) as error:
            problem = str(error)
        else:
            token = staging.new_token()
            _keep(token, form, {}, period, criteria_set, by=request.user)
            return redirect("criteria:sheets-upload-check", period.code, criteria_set.code, token)
    context = {
        "period": period,
        "criteria_set": criteria_set,
        "opinion": opinion_of(request.user),
        "problem": problem,
        "name": name,
        "accept": ACCEPT,
        "largest_mb": LARGEST_MB,
        "list_url": address("criteria:sheets", period, criteria_set),
    }
    return render(request, "criteria/sheets_upload.html", context, status=422 if problem else 200)


def sheets_upload_check(request, period, criteria_set, token):
    """What a form that was sent would change, cell by cell; a POST keeps what was ticked, and saves or cancels."""
    period, criteria_set = _found(request.user, period, criteria_set)
    kept = staging.find(token, by=request.user)
    if kept is None and staging.exists(token):
        raise Http404
    upload_page = redirect("criteria:sheets-upload", period.code, criteria_set.code)
    if kept is None or "form" not in kept or kept["about"] != [period.code, criteria_set.code]:
        messages.warning(request, "Phiếu này đã lưu, đã hủy, hoặc đã quá một ngày. Cần thì gửi lại.")
        return upload_page
    if "cancel" in request.POST:
        staging.discard(token)
        messages.success(request, "Đã hủy, không ô nào được lưu.")
        return upload_page
    about = {"period": period, "criteria_set": criteria_set, "user": request.user}
    if request.method != "POST":
        return _render_check(request, compare_kept(kept, **about), period, criteria_set, request.GET.get("page"))
    kept["answers"] |= {key: asdict(answer) for key, answer in _sent_answers(request.POST).items()}
    # Kept before anything is saved: what was ticked is not lost, whatever comes of it.
    staging.keep(token, kept, by=request.user)
    page = request.POST.get("page") or request.POST.get("current")
    if "save" not in request.POST:
        return _render_check(request, compare_kept(kept, **about), period, criteria_set, page)
    conflicts = request.POST.get("conflicts", "")
    if _is_long(kept, about):
        return _save_aside(request, token, kept, conflicts)
    try:
        outcome = save_kept(token, kept, **about, conflicts=conflicts)
    except NotSaved as refused:
        return _render_check(request, refused.comparison, period, criteria_set, page, str(refused))
    messages.success(request, outcome.says)
    return redirect(outcome.address)


def _is_long(kept, about):
    # A form of few rows is not compared once more to know.
    return (
        len(kept["form"]["touched"]) > MOST_SAVED_AT_ONCE
        and len(compare_kept(kept, **about).taken) > MOST_SAVED_AT_ONCE
    )


def _save_aside(request, token, kept, conflicts):
    """Have the command save a large form, in the person's name; its page says how far it is."""
    try:
        job = jobs.start(
            "save_form",
            *(token, "--by", request.user.username, f"--conflicts={conflicts}"),
            by=request.user,
            title=f"Lưu phiếu từ tệp “{kept['form']['file_name']}”",
            file_name="",
            back=request.path,
        )
    except jobs.TooManyJobs as problem:
        messages.warning(request, str(problem))
        return redirect(request.path)
    return redirect("dashboards:job", job.token)


def _found(user, period, criteria_set):
    """The period and the set of an address; 404 for people who enter nothing."""
    if not policy.enters_results(user):
        raise Http404
    return get_object_or_404(Period, code=period), get_object_or_404(CriteriaSet, code=criteria_set)


def _begin(request, form, name):
    """Have the command write a large form, in the person's name; its page says how far it is."""
    back = address("criteria:sheets", form.period, form.criteria_set)
    try:
        job = jobs.start(
            "export_form",
            *("--period", form.period.code, "--set", form.criteria_set.code, "--by", form.by.username),
            by=request.user,
            title=f"Phiếu đánh giá để điền, {form.place_words}, {form.period.name}",
            file_name=name,
            back=back,
        )
    except jobs.TooManyJobs as problem:
        messages.warning(request, str(problem))
        return redirect(back)
    return redirect("dashboards:job", job.token)


def _nothing_to_fill(found):
    if found.locked:
        more = f" (và {len(found.locked) - 1} phiếu khác)" if len(found.locked) > 1 else ""
        return f"Không có phiếu nào anh chị nhập được lúc này. {found.locked[0][1]}{more}"
    return "Không có phiếu nào anh chị nhập được: chưa mở phiếu cho kỳ này, hoặc cơ quan chưa phụ trách chỉ tiêu nào."


def _keep(token, form, answers, period, criteria_set, *, by):
    manifest = {
        "form": form.packed(),
        "about": [period.code, criteria_set.code],
        "answers": {key: asdict(answer) for key, answer in answers.items()},
    }
    staging.keep(token, manifest, by=by)


def _sent_answers(data) -> dict[str, Answer]:
    """What was ticked of the lines that were on the page that was sent."""
    answers = {}
    for key in data.getlist("line"):
        is_ticked = f"take-{key}" in data
        there = data.get(f"t-{key}", "")
        reason = " ".join(data.get(f"r-{key}", "").replace("\0", "").split())[:LONGEST_REASON]
        answers[key] = Answer(is_left=not is_ticked, replaces=there if is_ticked else "", reason=reason)
    return answers


def _render_check(request, comparison, period, criteria_set, page, error=""):
    lines = Paginator(comparison.shown, PAGE_LINES).get_page(page)
    context = {
        "period": period,
        "criteria_set": criteria_set,
        "comparison": comparison,
        "form": comparison.form,
        "page_obj": lines,
        "counts": {kind.name.lower(): len(comparison.of(kind)) for kind in Kind},
        "taken": len(comparison.taken),
        "conflicts": conflicts_mark(comparison),
        "error": error,
        "illustrative": any(page.assessment.is_illustrative for page in comparison.sheets),
        "list_url": address("criteria:sheets", period, criteria_set),
    }
    return render(request, "criteria/sheets_upload_check.html", context, status=422 if error else 200)
