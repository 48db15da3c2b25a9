"""Run as a program by the tests of faults: says as JSON what stands in a database, by the project's own models."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from communes.models import Locality  # noqa: E402
from criteria.models import Assessment, Evidence, IndicatorResult, Period, ResultChange  # noqa: E402
from criteria.sheet import load_sheet  # noqa: E402
from directives.forms.intake import IntakeForm  # noqa: E402
from directives.models import Assignment, AssignmentEvent, Directive  # noqa: E402

NOTICE = Path(__file__).parents[1] / "directives" / "reading" / "notices" / "001.txt"


def sheet(name):
    """A sheet of the first quarter of 2024: its values, its history, and whether what is derived agrees with them."""
    assessment = Assessment.objects.with_place().get(period__code="2024-q1", locality__name=name)
    results = IndicatorResult.objects.filter(assessment=assessment, opinion="verified")
    stored = dict(assessment.criterion_results.values_list("criterion__number", "status"))
    computed = load_sheet(assessment)
    return {
        "values": {str(pk): str(value) for pk, value in results.values_list("indicator", "value")},
        "changes": ResultChange.objects.filter(assessment=assessment).count(),
        "agrees": assessment.strip == computed.strip
        and stored == {one.criterion.number: one.status for one in computed.criteria},
    }


def prepare():
    """Make ready what the tests work on, in the demonstration district; says where it is."""
    place = Locality.objects.communes().get(name="Sơn Bình")
    sheet = ["2024-q1", "xa-ntm-2021-2025", place.pk]
    measured = IndicatorResult.objects.filter(
        assessment__period__code="2024-q1",
        assessment__locality=place,
        opinion="verified",
        indicator__value_type="percent",
    ).filter(numerator=None, male=None)
    form = IntakeForm({"text": NOTICE.read_text(encoding="utf-8")}, user=User.objects.get(username="vanphong"))
    assert form.is_valid(), form.errors
    draft = form.save()
    poverty = measured.get(indicator__criterion__number=11).indicator_id
    return {
        "sheet": reverse("criteria:sheet", args=sheet),
        "cell": reverse("criteria:cell-save", args=[*sheet, poverty]),
        "evidence": reverse("criteria:evidence", args=[*sheet, poverty]),
        "poverty": str(poverty),
        "indicators": [str(pk) for pk in measured.order_by("indicator").values_list("indicator", flat=True)],
        "draft": draft.pk,
        "issue": reverse("directives:issue", args=[draft.pk]),
        "close": reverse("criteria:period-close", args=["2024-q1"]),
    }


def notice(pk):
    parts = Assignment.objects.filter(task__directive=pk)
    events = AssignmentEvent.objects.filter(assignment__task__directive=pk)
    directive = Directive.objects.get(pk=pk)
    return {
        "parts": parts.count(),
        "events": events.count(),
        "tasks": directive.tasks.filter(assignments__isnull=False).distinct().count(),
    }


def period(code):
    one = Period.objects.get(code=code)
    return {"closed": one.closed_on is not None, "events": one.events.filter(kind="closed").count()}


def evidence(name):
    return list(Evidence.objects.filter(assessment__locality__name=name).values_list("name", flat=True))


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    print(json.dumps(globals()[what](*arguments)))
