"""Báo cáo: the tables one takes away, for a period, a set and a place."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from communes.models import Level, Locality
from criteria.choices import choose
from criteria.models import Subject
from dashboards.views.common import day_asked, frame
from dashboards.workbooks.book import WHOLE, WITH_SHEETS, NothingToWrite, seconds, tables_of, write_book
from dashboards.workbooks.report import Report, seen_from
from dashboards.workbooks.tables import TABLES
from ntm_tracker import jobs
from ntm_tracker.spreadsheet.writing import download

# What would take longer is made aside, and its page shows how far it is.
MOST_SECONDS = 2


@dataclass(frozen=True)
class Offer:
    """A file that is offered, or why it cannot be."""

    name: str
    title: str
    about: str
    code: str
    missing: str = ""


@require_safe
def reports(request):
    """What there is to take, each with what it shows."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    report = _report(request, choice)
    figures = frame(report.matrix)
    work = report.board.summary()
    offers = [Offer(one.name, one.title, one.about, one.code, one.missing(report)) for one in TABLES]
    context = {
        **choice.context,
        **figures,
        "illustrative": figures["illustrative"] or work.is_illustrative,
        "report": report,
        "place": report.place,
        "own_place": request.user.place,
        "places": _places(request.user, report),
        "is_narrowed": bool(request.GET.get("noi")),
        "offers": offers,
        "whole": WHOLE,
        "with_sheets": "" if any(one.missing for one in offers) else WITH_SHEETS,
        "query": urlencode(_chosen(request, report)),
        "work_day": report.as_of,
    }
    return render(request, "dashboards/reports.html", context)


@require_safe
def report_file(request, code):
    """One table, or the meeting workbook, as .xlsx."""
    tables = tables_of(code)
    if not tables:
        raise Http404
    stem = tables[0].stem if len(tables) == 1 else "bo-bieu-hop" + ("-kem-bieu-10" if code == WITH_SHEETS else "")
    return _file(request, tables, code, stem)


@require_safe
def first_tables(request):
    """Biểu 01, 02 and 03 as one .xlsx, equal to the matrix on the screen."""
    tables = tables_of("01,02,03")
    return _file(request, tables, "01,02,03", "bieu-01-03")


def _file(request, tables, code, stem):
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    report = _report(request, choice)
    if seconds(report, tables) > MOST_SECONDS:
        return _begin(request, report, tables, code, stem)
    try:
        book = write_book(report, tables)
    except NothingToWrite as problem:
        messages.error(request, str(problem))
        return redirect(_back(request, report))
    return download(book, report.file_name(stem))


def _begin(request, report, tables, code, stem):
    """Have the same command make it that one would type, in the person's name."""
    options = ["--period", report.period.code, "--set", report.criteria_set.code, "--table", code]
    options += ["--by", request.user.username, "--as-of", report.as_of.isoformat()]
    if request.GET.get("noi"):
        options += ["--place", f"#{report.place.pk}"]
    title = tables[0].title if len(tables) == 1 else f"Bộ biểu họp, {len(tables)} biểu"
    try:
        job = jobs.start(
            "export_workbook",
            *options,
            by=request.user,
            title=f"{title}, {report.place_name}, {report.period.name}",
            file_name=report.file_name(stem),
            back=_back(request, report),
        )
    except jobs.TooManyJobs as problem:
        messages.warning(request, str(problem))
        return redirect(_back(request, report))
    return redirect("dashboards:job", job.token)


def _report(request, choice):
    place = _place(request)
    return Report(
        user=seen_from(request.user, place),
        criteria_set=choice.criteria_set,
        period=choice.period,
        periods=choice.context["periods"],
        sets=choice.context["sets"],
        as_of=day_asked(request),
    )


def _place(request):
    """The place `noi` of the address; one that the person does not see is not found."""
    typed = request.GET.get("noi", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 18):
        raise Http404
    return get_object_or_404(Locality.objects.visible_to(request.user), pk=typed)


def _places(user, report):
    """The places to choose from: those right below the chosen one, and the way back up. Two or three queries."""
    above = [int(pk) for pk in report.place.path.split(".") if pk] if report.place else []
    seen = Locality.objects.visible_to(user)
    below = seen.existing_on(report.period.ends_on).filter(parent=report.place)
    if report.criteria_set.subject != Subject.VILLAGE:
        below = below.exclude(level=Level.VILLAGE)
    below = list(below.alphabetical())
    if report.place and not below and report.place.parent_id:
        # At the end of the tree its neighbours are offered.
        below = seen.existing_on(report.period.ends_on).filter(parent=report.place.parent_id).alphabetical()
    ways = {place.pk: place for place in seen.filter(pk__in=above)}
    return [ways[pk] for pk in above if pk in ways] + [one for one in below if one.pk not in ways]


def _chosen(request, report):
    """What stays in the addresses of the files."""
    chosen = {"ky": report.period.code, "bo": report.criteria_set.code}
    return chosen | {name: request.GET[name] for name in ("noi", "ngay") if request.GET.get(name)}


def _back(request, report):
    return f"{reverse('dashboards:reports')}?{urlencode(_chosen(request, report))}"
