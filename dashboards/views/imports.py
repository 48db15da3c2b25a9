"""Tables of the offices from Excel: sent, seen with every difference and error, then taken in whole or not at all."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import EDITORS, role_required
from communes.actions.aliases import name_places
from communes.imports.marked import mark
from communes.imports.tables import Problem
from criteria.imports.intake import NotTaken
from criteria.models import CriteriaSet, FileImport, Opinion, Period
from dashboards.imports import KINDS
from dashboards.taking_in import CHOICES, open_file, take_in
from ntm_tracker import jobs, waiting
from ntm_tracker.spreadsheet.reading import ACCEPT, LARGEST_MB, NotReadable, read_workbook
from ntm_tracker.spreadsheet.writing import download

# More than this nobody reads line by line; the counts say how many there are.
MOST_LINES = 300
RECENT = 10


class FileForm(forms.Form):
    file = forms.FileField(
        label="Tệp bảng tính",
        widget=forms.FileInput({"accept": ACCEPT}),
        help_text=f"Tệp .xlsx, .xls hoặc .ods, nhiều nhất {LARGEST_MB} MB.",
        error_messages={"required": "Chọn tệp Excel.", "empty": "Tệp trống. Chọn tệp khác."},
    )

    def clean_file(self):
        """Read it once, so that what cannot be read at all is told at once."""
        file = self.cleaned_data["file"]
        try:
            read_workbook(file)
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error
        file.seek(0)
        return file


@role_required(*EDITORS)
def import_file(request):
    """Send a file, and see what was taken in lately."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        token = waiting.keep(form.cleaned_data["file"], by=request.user)
        asked = {name: request.POST[name] for name in CHOICES if request.POST.get(name)}
        return redirect(_address(token, asked))
    recent = FileImport.objects.visible_to(request.user).select_related("by", "period", "locality")
    context = {"form": form, "kinds": KINDS.values(), "recent": recent[:RECENT], "asked": request.GET.get("loai", "")}
    return render(request, "dashboards/imports.html", context, status=422 if form.errors else 200)


@role_required(*EDITORS)
def import_preview(request, token):
    """What the file would change, cell by cell; a POST takes in what was shown, all of it."""
    file = waiting.find(token, by=request.user)
    if file is None:
        messages.error(request, "Tệp đã nhập xong hoặc đã quá một ngày. Chọn lại tệp.")
        return redirect("dashboards:import-file")
    if request.method == "POST":
        return _take_in(request, file)
    return _preview(request, _open(request, file))


@role_required(*EDITORS)
@require_POST
def import_names(request, token):
    """Keep whom the names in the file mean, and read it again."""
    if waiting.find(token, by=request.user) is None:
        raise Http404
    pairs = zip(request.POST.getlist("ten"), request.POST.getlist("xa"), strict=False)
    chosen = {name: int(place) for name, place in pairs if place.isdecimal() and place.isascii()}
    kept = name_places(user=request.user, chosen=chosen)
    if kept:
        messages.success(request, f"Đã nhớ {kept} cách viết tên; lần sau không hỏi lại.")
    else:
        messages.error(request, "Chưa chọn xã cho tên nào.")
    return redirect(_address(token, _asked(request)))


@require_safe
@role_required(*EDITORS)
def import_errors(request, token):
    """The file with its wrong cells marked."""
    file = waiting.find(token, by=request.user)
    if file is None:
        raise Http404
    opened = _open(request, file)
    problems = opened.reading.problems if opened.reading else []
    # Read again: finding the table has spread the merged cells.
    with file.open() as stream:
        workbook = mark(file.path, read_workbook(stream), problems, author=request.user.get_full_name())
    return download(workbook, "cac-o-can-sua.xlsx")


def _open(request, file):
    return open_file(user=request.user, file=file, choices=request.GET)


def _take_in(request, file):
    mark = request.POST.get("mark", "")
    if _open(request, file).is_long:
        return _take_in_aside(request, file, mark)
    try:
        outcome = take_in(user=request.user, file=file, choices=request.GET, mark=mark)
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect(request.get_full_path())
    messages.success(request, outcome.says)
    return redirect(outcome.address)


def _take_in_aside(request, file, mark):
    """Have the command take in a large table, in the person's name; its page says how far it is."""
    try:
        job = jobs.start(
            "take_in",
            *(file.token, "--by", request.user.username, "--choices", urlencode(_asked(request)), f"--mark={mark}"),
            by=request.user,
            title=f"Nhập từ tệp “{file.name}”",
            file_name="",
            back=request.get_full_path(),
        )
    except jobs.TooManyJobs as problem:
        messages.warning(request, str(problem))
        return redirect(request.get_full_path())
    return redirect("dashboards:job", job.token)


def _preview(request, opened):
    scope, reading = opened.scope, opened.reading
    asked = _asked(request)
    problems = reading.problems if reading else _nothing_found(opened)
    places = scope.finder.places if reading and reading.unknown else []
    context = {
        "opened": opened,
        "reading": reading,
        "scope": scope,
        # By name: a sheet in a template is asked for its cells.
        "sheet_names": [sheet.name for sheet in opened.workbook.sheets],
        "sheet_name": reading.sheet.name if reading else request.GET.get("trang", ""),
        "kinds": KINDS.values(),
        "periods": Period.objects.newest_first(),
        "sets": CriteriaSet.objects.filter(is_complete=True).in_order(),
        "opinions": Opinion.choices,
        "problems": problems[:MOST_LINES],
        "problem_count": len(problems),
        "changes": reading.changes[:MOST_LINES] if reading else [],
        "kept": reading.kept[:MOST_LINES] if reading else [],
        "most": MOST_LINES,
        # Where names and places are many, the like are offered alone.
        "places": places if reading and len(places) * len(reading.unknown) <= 3_000 else [],
        "here": urlencode(asked),
        "ours": urlencode({**asked, "dung": 1}),
        "names_url": f"{reverse('dashboards:import-names', args=[opened.file.token])}?{urlencode(asked)}",
        "errors_url": f"{reverse('dashboards:import-errors', args=[opened.file.token])}?{urlencode(asked)}",
    }
    return render(request, "dashboards/import_preview.html", context)


def _nothing_found(opened):
    if not opened.scope.period or not opened.scope.criteria_set:
        return [Problem("Chưa có kỳ đánh giá hoặc bộ tiêu chí nào để nhập vào. Mở kỳ đánh giá trước.")]
    kinds = [opened.kind] if opened.kind else KINDS.values()
    what = "; ".join(f"{kind.LABEL}: {kind.NEEDS}" for kind in kinds)
    return [Problem(f"Không tìm thấy bảng nào đọc được. Dòng tiêu đề của bảng phải có các cột như sau. {what}.")]


def _asked(request):
    return {name: request.GET[name] for name in CHOICES if request.GET.get(name)}


def _address(token, asked):
    query = f"?{urlencode(asked)}" if asked else ""
    return reverse("dashboards:import-preview", args=[token]) + query
