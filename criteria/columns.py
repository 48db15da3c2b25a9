"""One indicator down the places: what each has, whether the person may enter it and why not."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts import policy
from communes.models import Locality
from criteria.actions.results import why_locked
from criteria.entering import opinion_of
from criteria.forms.cells import TypedCell
from criteria.models import Assessment, CriteriaSet, Indicator, Opinion, Period
from criteria.sheet import Row, Sheet, load_sheets


@dataclass
class Line:
    """One place in the column."""

    place: Locality
    sheet: Sheet | None = None
    row: Row | None = None
    # Why the person cannot enter here; '' where they can, or only read.
    locked: str = ""
    may_enter: bool = False

    @property
    def assessment(self) -> Assessment | None:
        return self.sheet.assessment if self.sheet else None

    @property
    def typed(self) -> TypedCell | None:
        return self.row.typed if self.row else None


def slug_of(indicator: Indicator) -> str:
    """What names an indicator in an address: its code, or where it stands if it has none."""
    return indicator.code or f"{indicator.criterion.number}-{indicator.position}"


def load_column(
    places: Iterable[Locality],
    *,
    period: Period,
    criteria_set: CriteriaSet,
    indicator: Indicator,
    user,
    for_writing: bool = False,
) -> list[Line]:
    """The lines of some places in their order, in four queries however many; `for_writing` locks their sheets."""
    places = list(places)
    sheets = Assessment.objects.for_writing() if for_writing else Assessment.objects.with_place().with_previous()
    # In one order, so that two people who save a column wait for one another.
    sheets = sheets.filter(period=period, criteria_set=criteria_set, locality__in=places).order_by("pk")
    loaded = load_sheets(sheets, agency_id=user.agency_id, criterion=indicator.criterion, with_previous=not for_writing)
    by_place = {sheet.assessment.locality_id: sheet for sheet in loaded}
    opinion = opinion_of(user)
    return [_line(place, by_place.get(place.pk), indicator, user, opinion) for place in places]


def _line(place, sheet, indicator, user, opinion):
    line = Line(place, sheet, sheet.rows.get(indicator.pk) if sheet else None)
    if line.row is None:
        return line
    if opinion == Opinion.REPORTED:
        may = policy.may_report(user, place)
    else:
        may = policy.may_verify(user, place, as_lead=line.row.is_led)
    if may:
        line.locked = why_locked(sheet.assessment, opinion)
        line.may_enter = not line.locked
    return line
