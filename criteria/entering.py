"""What a person enters: whose opinion, on which sheets and which of their cells, and why not just now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accounts import policy
from criteria.actions.results import why_locked
from criteria.models import Assessment, Opinion
from criteria.sheet import Sheet, load_sheets

# How many sheets are in the memory at once, of however many.
BATCH = 40


def opinion_of(user) -> Opinion:
    """Whose results a person enters: a commune's officer those of the commune, all others the office's."""
    return Opinion.REPORTED if policy.reports(user) else Opinion.VERIFIED


def editable_cells(user, page: Sheet):
    """Whose opinion the person enters on this sheet while its period is open, and which cells: (opinion, set of ids)."""
    locality = page.assessment.locality
    if policy.may_report(user, locality):
        return Opinion.REPORTED, set(page.rows)
    cells = {pk for pk, row in page.rows.items() if policy.may_verify(user, locality, as_lead=row.is_led)}
    return (Opinion.VERIFIED, cells) if cells else (None, cells)


@dataclass
class Enterable:
    """The sheets of one period and set that a person may enter something on now, read as they are asked for."""

    user: object
    assessments: list[Assessment]
    opinion: Opinion = field(init=False)
    # The sheets left out, with the sentence that says why.
    locked: list[tuple[Assessment, str]] = field(default_factory=list)

    def __post_init__(self):
        self.opinion = opinion_of(self.user)
        self.locked = [(sheet, why) for sheet in self.assessments if (why := why_locked(sheet, self.opinion))]
        locked = {sheet.pk for sheet, _ in self.locked}
        self.assessments = [sheet for sheet in self.assessments if sheet.pk not in locked]

    def pages(self) -> Iterator[tuple[Sheet, set[int]]]:
        """Each sheet with the indicators the person may enter, those with none passed over."""
        for start in range(0, len(self.assessments), BATCH):
            some = self.assessments[start : start + BATCH]
            for page in load_sheets(some, agency_id=self.user.agency_id):
                opinion, cells = editable_cells(self.user, page)
                if opinion == self.opinion and cells:
                    yield page, cells


def enterable(user, *, period, criteria_set, places: Iterable) -> Enterable:
    """What a person may enter in some places, in alphabetical order."""
    sheets = Assessment.objects.with_place().with_previous()
    sheets = sheets.filter(period=period, criteria_set=criteria_set, locality__in=places)
    return Enterable(user, list(sheets.order_by("locality__sort_key", "locality__name", "pk")))
