"""One cell of the matrix, opened beside it: everything behind a sign, as the place's sheet has it."""

import re
from dataclasses import dataclass, field

from django.conf import settings
from django.http import Http404
from django.utils import timezone

from communes.models import Locality
from criteria import rules
from criteria.changes import readable
from criteria.models import Assessment, CriteriaSet, Criterion, Evidence, Period, ResultChange, Status
from criteria.sheet import Row, SheetCriterion, evidence_day, load_sheets
from directives.progress import work_of_cell
from directives.queries import Row as Work

# How many changes the panel shows; it leads to the others.
MOST_CHANGES = 3


@dataclass
class Panel:
    place: Locality
    criterion: Criterion
    # None where the place has no sheet in the period.
    assessment: Assessment | None = None
    cell: SheetCriterion | None = None
    files: list[Evidence] = field(default_factory=list)
    changes: list[ResultChange] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What stands for it in the address: the place and the number of the criterion."""
        return f"{self.place.pk}-{self.criterion.number}"

    @property
    def status(self) -> Status:
        return self.cell.status if self.cell else Status.UNKNOWN

    @property
    def rows(self) -> list[Row]:
        return self.cell.rows if self.cell else []

    @property
    def basis(self) -> str:
        """On whose word the verdict stands; '' where there is no verdict."""
        verified = sum(row.is_verified for row in self.rows)
        if not self.status:
            return ""
        if self.cell.is_stated:
            return f"{'Kết quả thẩm định' if self.cell.is_verified else 'Xã tự đánh giá'}, theo biểu nhập"
        if verified == len(self.rows):
            return "Kết quả thẩm định"
        return f"Đã thẩm định {verified}/{len(self.rows)}, còn lại xã tự đánh giá" if verified else "Xã tự đánh giá"

    @property
    def changed_at(self):
        """When what counts was entered last; None where nothing was."""
        return max((row.standing.changed_at for row in self.rows if row.standing.changed_at), default=None)

    @property
    def unproven(self) -> list[str]:
        """The indicators that count as met without a file."""
        return [row.label for row in self.rows if row.lacks_evidence]

    @property
    def history_of(self) -> Row | None:
        """The row whose history is asked for most likely: the one changed last, else the first."""
        changed = {row.indicator.pk: row for row in self.rows}
        return changed.get(self.changes[0].indicator_id) if self.changes else next(iter(self.rows), None)


def asked_cell(parameters) -> tuple[int, int] | None:
    """The place and the criterion's number in `o`; None where it names no cell."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,2})", parameters.get("o", ""))
    return (int(found[1]), int(found[2])) if found else None


def load_panel(*, user, criteria_set: CriteriaSet, period: Period, asked: tuple[int, int]) -> Panel:
    """Read one cell in eight queries at most, however many indicators, files, changes and tasks.

    Raises Http404 where the place is not the person's, or the set does not judge it or has no such criterion.
    """
    pk, number = asked
    places = criteria_set.places().visible_to(user).existing_on(period.ends_on).filter(pk=pk)
    criterion = Criterion.objects.filter(criteria_set=criteria_set, number=number).first()
    sheets = Assessment.objects.with_place().with_previous()
    sheet = sheets.filter(criteria_set=criteria_set, period=period, locality__in=places).first()
    place = sheet.locality if sheet else places.first()
    if place is None or criterion is None:
        raise Http404
    panel = Panel(place, criterion, work=work_of_cell(user, place, criterion, timezone.localdate()))
    if sheet:
        _fill(panel, sheet)
    return panel


def _fill(panel: Panel, sheet: Assessment) -> None:
    (page,) = load_sheets([sheet], criterion=panel.criterion)
    panel.assessment = sheet
    panel.cell = next(iter(page.criteria), None)
    of_criterion = {"assessment": sheet, "indicator__criterion": panel.criterion}
    day = evidence_day(sheet.period)
    kept = Evidence.objects.kept().filter(**of_criterion).select_related("indicator")
    panel.files = list(kept.order_by("indicator__position", "name", "pk"))
    rows = {row.indicator.pk: row for row in panel.rows}
    for item in panel.files:
        item.validity = rules.validity(item.expires_on, day=day, soon_days=settings.EVIDENCE_SOON_DAYS)
        if item.indicator_id in rows:
            rows[item.indicator_id].evidence += 1
    changes = ResultChange.objects.filter(**of_criterion).select_related("changed_by", "indicator")
    panel.changes = [readable(change) for change in changes.order_by("-changed_at", "-pk")[:MOST_CHANGES]]
