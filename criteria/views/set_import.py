"""An office's own set from an Excel file: the template, the preview with every error, the confirmation."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.policy import EDITORS, role_required
from communes.models import ZONES
from criteria.actions.sets import add_set
from criteria.imports import ImportRefused
from criteria.imports.grid import Grid, read_grid
from criteria.imports.workbook import INDICATOR_SHEET, SET_SHEET, WorkbookReader, build_template
from criteria.thresholds import value_words
from ntm_tracker.spreadsheet.writing import download
from ntm_tracker.uploads import LARGEST_MB, check_upload, clean_name, extension

# More errors than this are not read one by one; mending the first often mends the rest.
MOST_PROBLEMS = 100
# As long as a working day: then the file is uploaded again.
MOST_SECONDS = 12 * 3600


def check_workbook(file):
    check_upload(file)
    if extension(file.name) != ".xlsx":
        raise ValidationError(f"Bộ tiêu chí nhập từ tệp .xlsx; “{clean_name(file.name)}” không phải. Dùng tệp mẫu.")


class SetFileForm(forms.Form):
    file = forms.FileField(
        label="Tệp Excel",
        validators=[check_workbook],
        widget=forms.FileInput({"accept": ".xlsx"}),
        help_text=f"Tệp .xlsx theo mẫu; nhiều nhất {LARGEST_MB} MB.",
        error_messages={"required": "Chọn tệp Excel.", "empty": "Tệp trống. Chọn tệp khác."},
    )
    is_checked = forms.BooleanField(
        label="Tôi đã đối chiếu toàn bộ nội dung tệp với văn bản gốc",
        required=False,
        help_text="Không đánh dấu thì các chỉ tiêu và mức mang dấu ◇ chưa đối chiếu.",
    )


@role_required(*EDITORS)
def set_import(request):
    """Upload and see what would be made; what was read comes back signed from the preview and is then written.

    Nothing is kept on the server between the two: the page carries the cells, and nobody else can alter or send them.
    """
    if request.method == "POST" and "packed" in request.POST:
        return _confirm(request)
    form = SetFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    file = form.cleaned_data["file"]
    grid, name = read_grid(file, [SET_SHEET, INDICATOR_SHEET]), clean_name(file.name)
    is_checked = form.cleaned_data["is_checked"]
    reader = WorkbookReader(grid, name=name, is_checked=is_checked)
    found = reader.read()
    if found is None:
        return _page(request, form, problems=reader.problems, name=name, status=422)
    packed = signing.dumps(
        {"grid": grid.packed(), "name": name, "is_checked": is_checked}, salt=_salt(request.user), compress=True
    )
    return render(request, "criteria/set_preview.html", {**_preview(found, is_checked), "packed": packed, "name": name})


@require_safe
@role_required(*EDITORS)
def set_template(request):
    return download(build_template(author=request.user.get_full_name()), "mau-bo-tieu-chi.xlsx")


def _confirm(request):
    try:
        data = signing.loads(request.POST["packed"], salt=_salt(request.user), max_age=MOST_SECONDS)
    except signing.BadSignature:
        messages.error(request, "Bản xem trước đã quá hạn. Chọn lại tệp để xem trước.")
        return redirect("criteria:set-import")
    reader = WorkbookReader(Grid.unpacked(data["grid"]), name=data["name"], is_checked=data["is_checked"])
    found = reader.read()
    problems = reader.problems
    if found:
        try:
            criteria_set = add_set(found=found)
        except ImportRefused as refused:
            problems = refused.problems
        else:
            draft = found.draft
            messages.success(
                request, f"Đã nhập {criteria_set}: {len(draft.criteria)} tiêu chí, {len(draft.indicators)} chỉ tiêu."
            )
            return redirect("criteria:set-detail", criteria_set.code)
    return _page(request, SetFileForm(), problems=problems, name=data["name"], status=422)


def _salt(user):
    return f"criteria-set-{user.pk}"


def _page(request, form, *, problems=(), name="", status=200):
    context = {
        "form": form,
        "problems": problems[:MOST_PROBLEMS],
        "more": max(0, len(problems) - MOST_PROBLEMS),
        "count": len(problems),
        "name": name,
    }
    return render(request, "criteria/set_import.html", context, status=status)


def _preview(found, is_checked):
    """What would be made, in words."""
    draft = found.draft
    criteria, without = [], 0
    for criterion, indicators in draft.criteria:
        lines = []
        for indicator, rows in indicators:
            words = [
                (ZONES.get(row.zone, "") if row.zone else "", value_words(indicator, row.value) or "chưa rõ")
                for row in rows
            ]
            if not indicator.is_numeric:
                words = [("", "Đạt")]
            without += not words
            lines.append((indicator, words))
        olds = [old for new, old in found.links if new == criterion.number]
        criteria.append((criterion, lines, olds))
    return {
        "criteria_set": draft.criteria_set,
        "requires": draft.requires,
        "criteria": criteria,
        "indicators": len(draft.indicators),
        "without": without,
        "old_set": found.old_set,
        "is_checked": is_checked,
    }
