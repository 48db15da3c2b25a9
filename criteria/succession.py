"""What places reached before they were merged, divided or renamed: their last sheets, side by side, and what of it lasts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from accounts import policy
from communes.models import Locality, Succession
from communes.reorganisation import NotPossible
from criteria.models import Assessment, CriteriaSet, Criterion, Recognition, State, Status
from criteria.sheet import Sheet, SheetCriterion, load_sheets


def refuse_before_last_results(*, places: Iterable[Locality], on: date, **_) -> None:
    """Raise NotPossible if a place would end before, or within, a period it has results in.

    Such results would belong to a place that is no more at the period's last day, where places are judged.
    """
    late = (
        Assessment.objects.filter(locality__in=[place.pk for place in places], period__ends_on__gte=on)
        .exclude(strip="")
        .select_related("locality", "period")
        .order_by("locality__sort_key", "locality", "period__ends_on")
    )
    last = {sheet.locality_id: sheet for sheet in late}
    if last:
        raise NotPossible(
            [
                f"{sheet.locality.title} đã có kết quả đánh giá kỳ {sheet.period} (đến ngày "
                f"{sheet.period.ends_on:%d/%m/%Y}), nên không thể kết thúc từ ngày {on:%d/%m/%Y}. Chọn ngày hiệu lực sau "
                f"ngày {sheet.period.ends_on:%d/%m/%Y}, hoặc kiểm tra lại phiếu của kỳ đó."
                for sheet in last.values()
            ]
        )


# Side by side -------------------------------------------------------------------------------------------------------


class Verdict:
    """What becomes of a criterion in the new place."""

    CARRIED = "carried"
    PROVE = "prove"
    UNMET = "unmet"


def verdict(statuses: Iterable[str | None]) -> str:
    """What a criterion's last results in all predecessors make of it; None where one was never judged by the set.

    Met by all of those it applies to: offered to be carried over, until somebody confirms it. Met by some: to be proven
    again, for a part of the new place is known not to have met it, or not known to. Met by none: as unmet as before.
    """
    statuses = list(statuses)
    counted = {status for status in statuses if status != Status.NOT_APPLICABLE}
    if statuses and counted <= {Status.MET}:
        return Verdict.CARRIED
    return Verdict.PROVE if Status.MET in counted else Verdict.UNMET


@dataclass
class ComparedCell:
    place: Locality
    # None where the place has no sheet of the set.
    result: SheetCriterion | None


@dataclass
class ComparedCriterion:
    criterion: Criterion
    # In the order of the comparison's places.
    cells: list[ComparedCell]

    @property
    def verdict(self) -> str:
        return verdict(cell.result.status if cell.result else None for cell in self.cells)

    @property
    def is_carried(self) -> bool:
        return self.verdict == Verdict.CARRIED

    @property
    def is_to_prove(self) -> bool:
        return self.verdict == Verdict.PROVE


@dataclass
class Comparison:
    """The last sheets of some places by one set, criterion by criterion."""

    criteria_set: CriteriaSet
    # The places with their last sheet; None where they have none of this set.
    columns: list[tuple[Locality, Sheet | None]]
    rows: list[ComparedCriterion] = field(default_factory=list)

    @property
    def carried(self) -> list[int]:
        return [row.criterion.number for row in self.rows if row.is_carried]

    @property
    def to_prove(self) -> list[int]:
        return [row.criterion.number for row in self.rows if row.is_to_prove]

    @property
    def without_sheet(self) -> list[Locality]:
        return [place for place, sheet in self.columns if sheet is None]

    @property
    def is_illustrative(self) -> bool:
        return any(sheet and sheet.assessment.is_illustrative for _, sheet in self.columns)


def compare_last(places: list[Locality], *, on: date, criteria_set: CriteriaSet | None = None) -> list[Comparison]:
    """The last results of places before a day, by each set they were last judged by (or by the one named).

    Five queries for each set and period among the last sheets: places judged in one period cost as much as one place.
    """
    sheets = (
        Assessment.objects.filter(locality__in=[place.pk for place in places], period__ends_on__lt=on)
        .exclude(strip="")
        .with_place()
        .order_by("period__ends_on")
    )
    if criteria_set:
        sheets = sheets.filter(criteria_set=criteria_set)
    last, newest = {}, {}
    for sheet in sheets:
        last[sheet.locality_id, sheet.criteria_set_id] = sheet
        newest[sheet.locality_id] = sheet.period.ends_on
    # A set that a place was judged by long ago, and by another since, says nothing of today.
    current = {sheet.criteria_set_id for (place, _), sheet in last.items() if sheet.period.ends_on == newest[place]}
    groups = defaultdict(list)
    for (_, set_id), sheet in last.items():
        if set_id in current:
            groups[set_id, sheet.period_id].append(sheet)
    pages = {}
    for group in groups.values():
        pages |= {
            (page.assessment.locality_id, page.assessment.criteria_set_id): page
            for page in load_sheets(group, with_previous=False)
        }
    sets = CriteriaSet.objects.filter(pk__in=current).in_order() if current else []
    return [_compare(places, one, pages) for one in sets]


def _compare(places, criteria_set, pages):
    columns = [(place, pages.get((place.pk, criteria_set.pk))) for place in places]
    by_place = [{c.criterion.pk: c for c in sheet.criteria} if sheet else {} for _, sheet in columns]
    criteria = {c.criterion.pk: c.criterion for _, sheet in columns if sheet for c in sheet.criteria}
    return Comparison(
        criteria_set,
        columns,
        [
            ComparedCriterion(
                criterion, [ComparedCell(place, by.get(pk)) for place, by in zip(places, by_place, strict=True)]
            )
            for pk, criterion in sorted(criteria.items(), key=lambda item: item[1].number)
        ],
    )


# Before and after on the page of a place ----------------------------------------------------------------------------


@dataclass
class Origin:
    """A place that went into another, with its last state."""

    succession: Succession
    place: Locality
    # Its last sheet with results; None if it was never judged by a set of this tier.
    sheet: Assessment | None
    # Recognised when it ended.
    recognitions: list[Recognition]
    # Whether the reader may open its page.
    is_open: bool


@dataclass
class Lineage:
    """Where a place comes from and where it went, and whether it exists at the end of a period."""

    place: Locality
    origins: list[Origin]
    # Successions that lead on, with whether the reader may open the page of the place they lead to.
    heirs: list[tuple[Succession, bool]]
    on: date

    @property
    def exists(self) -> bool:
        return self.place.exists_on(self.on)

    @property
    def is_to_come(self) -> bool:
        return self.place.founded_on is not None and self.place.founded_on > self.on

    @property
    def is_over(self) -> bool:
        return not self.exists and not self.is_to_come

    @property
    def begins_it(self) -> bool:
        """Whether the place began by those before it, and did not merely take them in."""
        return any(origin.succession.effective_on == self.place.founded_on for origin in self.origins)


def lineage(place: Locality, *, on: date, tier: str, user) -> Lineage:
    """The places before and after one. Six queries at most for each day on which it was reorganised, one mostly."""
    successions = list(
        Succession.objects.filter(Q(successor=place) | Q(predecessor=place))
        .select_related("successor", "predecessor")
        .order_by("-effective_on", "-is_main", "pk")
    )
    begun = [row for row in successions if row.successor_id == place.pk]
    begun.sort(key=lambda row: row.predecessor.sort_key)
    ended = [row for row in successions if row.predecessor_id == place.pk]
    others = {row.predecessor_id for row in begun} | {row.successor_id for row in ended}
    is_open = (
        set(Locality.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    )
    last = _last_sheets(begun, tier)
    recognised = recognised_until(begun)
    return Lineage(
        place=place,
        origins=[
            Origin(
                row,
                row.predecessor,
                last.get(row.predecessor_id),
                recognised.get(row.predecessor_id, []),
                row.predecessor_id in is_open,
            )
            for row in begun
        ],
        heirs=[(row, row.successor_id in is_open) for row in ended],
        on=on,
    )


def may_inherit(user, line: Lineage, period, criteria_set, assessment: Assessment | None) -> bool:
    """Whether the person is offered to carry the predecessors' results over into the place's sheet, opened or not.

    Offered while the sheet can be written by the commune and holds nothing yet, and some predecessor has results.
    """
    if not (line.exists and line.begins_it and any(origin.sheet for origin in line.origins)):
        return False
    if not (policy.may_open_sheets(user) and criteria_set.is_complete and period.closed_on is None):
        return False
    return assessment is None or (assessment.state == State.DRAFT and not assessment.strip)


def _last_sheets(successions, tier):
    """The last sheet with results of each predecessor, by its key."""
    if not successions:
        return {}
    ended_on = {row.predecessor_id: row.effective_on for row in successions}
    sheets = (
        Assessment.objects.filter(locality__in=ended_on, criteria_set__tier=tier)
        .exclude(strip="")
        .with_place()
        .order_by("period__ends_on", "criteria_set__effective_from")
    )
    return {sheet.locality_id: sheet for sheet in sheets if sheet.period.ends_on < ended_on[sheet.locality_id]}


def recognised_until(successions) -> dict[int, list[Recognition]]:
    """The recognitions that each predecessor still had on its last day, by its key; a query for each such day."""
    recognised = {}
    for day in {row.effective_on for row in successions}:
        recognised |= recognised_on([row.predecessor for row in successions if row.effective_on == day], day)
    return recognised


def recognised_on(places, day: date) -> dict[int, list[Recognition]]:
    """The recognitions in force on the last day before `day`, by the place's key, the newest first."""
    recognised = defaultdict(list)
    rows = Recognition.objects.filter(locality__in=places).in_force(day - timedelta(days=1))
    for row in rows.order_by("-year", "pk"):
        recognised[row.locality_id].append(row)
    return recognised
