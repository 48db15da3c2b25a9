"""Boundaries of communes from a GeoJSON file: what stands, the preview of a file, its acceptance, and taking off."""

from django.contrib import messages
from django.core import signing
from django.db.models import Count, F, Min
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.policy import EDITORS, role_required
from communes.actions.boundaries import BoundariesChanged, mark_of, remove_boundaries, set_boundaries
from communes.boundaries.drawing import Drawn, draw
from communes.boundaries.geojson import BoundariesRefused, read_boundaries
from communes.boundaries.matching import match
from communes.forms.boundaries import BoundaryFileForm
from communes.models import Boundary, Locality
from dashboards.map import paths
from ntm_tracker.uploads import clean_name
from ntm_tracker.vietnamese import format_date

# More than these are not told one by one.
MOST_PROBLEMS = 50
MOST_UNMATCHED = 50
MOST_UPLOADS = 20
# As long as a working day: then the file is uploaded again.
MOST_SECONDS = 12 * 3600
# The preview carries what was read; a form larger than this would not be taken back.
MOST_CARRIED = 6 * 1024 * 1024


@role_required(*EDITORS)
def boundaries(request):
    """What was uploaded, and a new file: the preview carries what was read of it, signed, until it is accepted.

    Nothing is kept on the server between the two, and nobody else can alter or send it.
    """
    if request.method == "POST" and "packed" in request.POST:
        return _accept(request)
    if request.method != "POST":
        return _page(request, BoundaryFileForm(initial={"day": timezone.localdate()}))
    form = BoundaryFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    file, day = form.cleaned_data["file"], form.cleaned_data["day"]
    try:
        reading = read_boundaries(file.read())
    except BoundariesRefused as refused:
        return _page(request, form, problems=refused.problems, name=clean_name(file.name), status=422)
    places = _places(request.user).existing_on(day).select_related("parent").alphabetical()
    found = match(reading.features, list(places))
    drawn = draw([one.shape for one in found.matches])
    rows = [
        {
            "place": one.place.pk,
            "drawn": [it.outline, it.sketch, it.box, it.centre],
            "how": one.how,
            "areas": len(one.features),
            "doubt": one.doubt,
            "mended": one.is_mended,
        }
        for one, it in zip(found.matches, drawn, strict=True)
    ]
    upload = {
        "rows": rows,
        "source": form.cleaned_data["source"],
        "name": clean_name(file.name),
        "day": format_date(day),
        "unmatched": [(feature.label, why) for feature, why in found.unmatched[:MOST_UNMATCHED]],
        "unmatched_count": len(found.unmatched),
        "without": [place.title for place in found.without],
        "skipped": reading.skipped,
    }
    packed = signing.dumps(upload, salt=_salt(request.user), compress=True)
    if len(packed) > MOST_CARRIED:
        problem = "Ranh giới sau khi giản lược vẫn quá nặng để xem trước. Tách tệp theo huyện rồi tải lên từng phần."
        return _page(request, form, problems=[problem], name=upload["name"], status=422)
    return _preview(request, upload, packed)


@require_POST
@role_required(*EDITORS)
def remove(request, pk):
    """Take off what came with one upload and still stands, in the places the person sees."""
    one = get_object_or_404(Boundary.objects.visible_to(request.user), pk=pk)
    mine = Boundary.objects.visible_to(request.user)
    same = mine.filter(uploaded_at=one.uploaded_at, uploaded_by=one.uploaded_by_id)
    if number := remove_boundaries(same, by=request.user):
        messages.success(request, f"Đã bỏ ranh giới của {number} xã; bản đồ vẽ lại các xã này bằng vòng tròn.")
    else:
        messages.warning(request, "Ranh giới của lần tải lên này đã được bỏ hoặc thay từ trước.")
    return redirect("dashboards:boundaries")


def _accept(request):
    try:
        packed = request.POST["packed"]
        upload = signing.loads(packed, salt=_salt(request.user), max_age=MOST_SECONDS)
    except signing.BadSignature:
        messages.error(request, "Bản xem trước đã quá hạn. Chọn lại tệp để xem trước.")
        return redirect("dashboards:boundaries")
    ticked = set(request.POST.getlist("use"))
    # A place may have left the person's sight since the preview.
    reached = set(_places(request.user).values_list("pk", flat=True))
    drawn = {
        row["place"]: Drawn(*row["drawn"])
        for row in upload["rows"]
        if row["place"] in reached and (not row["doubt"] or str(row["place"]) in ticked)
    }
    if not drawn:
        return _preview(request, upload, packed, problem="Chưa chọn xã nào để nhận ranh giới.")
    try:
        replaced = set_boundaries(
            drawn=drawn,
            source=upload["source"],
            file_name=upload["name"],
            seen=_seen(request.POST.get("seen", ""), upload, drawn),
            by=request.user,
        )
    except BoundariesChanged:
        problem = "Trong lúc anh chị xem, người khác đã đổi ranh giới ở đây. Xem lại cột “Đang dùng” rồi nhận nếu vẫn muốn thay."
        return _preview(request, upload, packed, problem=problem)
    told = f", thay {replaced} ranh giới cũ" if replaced else ""
    messages.success(request, f"Đã nhận ranh giới của {len(drawn)} xã{told}.")
    return redirect("dashboards:map")


def _seen(seen, upload, drawn):
    """The mark of the places that are written, if nothing changed at any place of the preview."""
    return mark_of(drawn) if seen == mark_of([row["place"] for row in upload["rows"]]) else ""


def _preview(request, upload, packed, *, problem=""):
    places = Locality.objects.in_bulk([row["place"] for row in upload["rows"]])
    standing = Boundary.objects.in_force().filter(locality__in=places).select_related("uploaded_by")
    before = {one.locality_id: one for one in standing.defer("outline", "sketch")}
    rows = [{**row, "place": places[row["place"]], "before": before.get(row["place"])} for row in upload["rows"]]
    context = {
        **upload,
        "rows": rows,
        "doubtful": sum(bool(row["doubt"]) for row in rows),
        "sure": sum(not row["doubt"] for row in rows),
        "parts": [
            ("Cần xem lại", [row for row in rows if row["doubt"] or row["mended"]]),
            ("Ghép chắc chắn", [row for row in rows if not row["doubt"] and not row["mended"]]),
        ],
        "replaced": sum(row["before"] is not None for row in rows),
        "picture": paths(
            ((row["place"].title, row["drawn"][0], row["drawn"][2]) for row in rows), widest=640, tallest=460
        ),
        "packed": packed,
        "seen": mark_of(places),
        "problem": problem,
        "ticked": request.POST.getlist("use"),
        "unmatched_more": upload["unmatched_count"] - len(upload["unmatched"]),
    }
    return render(request, "dashboards/boundaries_preview.html", context, status=409 if problem else 200)


def _page(request, form, *, problems=(), name="", status=200):
    context = {
        "form": form,
        "problems": problems[:MOST_PROBLEMS],
        "more": max(0, len(problems) - MOST_PROBLEMS),
        "count": len(problems),
        "name": name,
        "uploads": _uploads(request.user),
    }
    return render(request, "dashboards/boundaries.html", context, status=status)


def _uploads(user):
    """The newest uploads in the person's places: how many boundaries each brought, still stand, and who ended the others."""
    lines = (
        Boundary.objects.visible_to(user)
        .values("uploaded_at", "uploaded_by", "source", "file_name", "removed_at")
        .annotate(
            by=F("uploaded_by__full_name"), ended_by=F("removed_by__full_name"), number=Count("pk"), one=Min("pk")
        )
        .order_by("-uploaded_at", "-removed_at")
    )
    uploads = {}
    for line in lines:
        upload = uploads.setdefault(
            (line["uploaded_at"], line["uploaded_by"]), {**line, "places": 0, "standing": 0, "ends": []}
        )
        upload["places"] += line["number"]
        if line["removed_at"]:
            upload["ends"].append(line)
        else:
            upload["standing"] = line["number"]
    return list(uploads.values())[:MOST_UPLOADS]


def _places(user):
    return Locality.objects.visible_to(user).communes()


def _salt(user):
    return f"boundaries-{user.pk}"
