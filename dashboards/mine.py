"""'Của tôi': what a person is in charge of, by their agency, their seat in the committee and their place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q

from accounts.models import Role
from communes.models import Charge, Locality
from criteria.models import Assessment, CriterionLead, IndicatorResult, Opinion, Status
from dashboards.matrix import Matrix, MatrixRow, status_of
from directives import queries
from directives.models import AssignmentStatus, is_due_soon

# How many lines of work the page shows before it leads to the board.
WORK_ROWS = 20


@dataclass
class Place:
    """A commune the person is in charge of, how it stands, and what is overdue there."""

    place: Locality
    charges: list[Charge]
    row: MatrixRow | None
    overdue: int


@dataclass
class Led:
    """A criterion, or an indicator of it, that is the person's or their agency's, and how many places still lack it."""

    lead: CriterionLead
    unmet: int = 0
    unknown: int = 0
    # Known only by the commune's own word.
    unverified: int = 0

    @property
    def code(self) -> str:
        return self.lead.indicator_code or str(self.lead.criterion.number)

    def count(self, status: str, *, is_verified: bool):
        if status == Status.NOT_APPLICABLE:
            return
        self.unmet += status == Status.UNMET
        self.unknown += status == Status.UNKNOWN
        self.unverified += status != Status.UNKNOWN and not is_verified


@dataclass
class Work:
    """What is late or soon due of the person's body: the first rows, and how many there are."""

    rows: list[queries.Row] = field(default_factory=list)
    overdue: int = 0
    due_soon: int = 0
    illustrative: int = 0

    @property
    def hidden(self) -> int:
        return self.overdue + self.due_soon - len(self.rows)


def charges_of(place: Locality, day: date) -> dict[str, list[Charge]]:
    """Who is in charge of a place and who sponsors it on a day: {'in_charge': …, 'sponsor': …}. One query."""
    return charges_by_place([place.pk], day)[place.pk]


def charges_by_place(places: Iterable[int], day: date) -> dict[int, dict[str, list[Charge]]]:
    """`charges_of` many places by their keys. One query."""
    found = {place: {role: [] for role in Charge.Role.values} for place in places}
    charges = Charge.objects.in_force(day).filter(locality__in=found).select_related("agency", "member")
    # Members of the committee before bodies.
    for charge in charges.order_by(F("member").asc(nulls_last=True), "since_on", "pk"):
        found[charge.locality_id][charge.role].append(charge)
    return found


def places_of(user, matrix: Matrix, day: date) -> list[Place]:
    """The communes the person, or their agency, is in charge of or sponsors. Four queries."""
    by_place = defaultdict(list)
    charges = _mine(Charge.objects.in_force(day), user).select_related("locality", "agency", "member")
    # Being in charge before sponsoring.
    for charge in charges.order_by("role", "pk"):
        by_place[charge.locality].append(charge)
    rows = {row.locality_id: row for row in matrix.rows}
    overdue = queries.overdue_in(user, day, [place.pk for place in by_place])
    places = sorted(by_place, key=lambda place: (place.sort_key, place.pk))
    return [Place(place, by_place[place], rows.get(place.pk), len(overdue[place.pk])) for place in places]


def led_by(user, matrix: Matrix, day: date) -> list[Led]:
    """What the person's agency leads in the set of the matrix, or the person answers for, by code. Two queries."""
    if user.agency_id is None and user.member_id is None:
        return []
    leads = CriterionLead.objects.in_force(day).filter(_body(user), criterion__in=matrix.criteria)
    led = [
        Led(lead) for lead in leads.select_related("criterion").order_by("criterion__number", "indicator_code", "pk")
    ]
    position = {criterion.pk: index for index, criterion in enumerate(matrix.criteria)}
    of_indicators = {}
    for one in led:
        if one.lead.indicator_code:
            of_indicators[one.lead.criterion_id, one.lead.indicator_code] = one
            continue
        for row in matrix.detailed:
            letter = row.strip[position[one.lead.criterion_id]]
            one.count(status_of(letter), is_verified=letter.isupper())
    if of_indicators:
        _count_indicators(of_indicators, matrix)
    return led


def work_of(user, day: date) -> Work:
    """What the person's agency, or the person in the committee, must do: late first, then soon due. Two queries."""
    mine = queries.work(user, day).filter(_body(user))
    is_late = Q(status_at=AssignmentStatus.OVERDUE)
    counts = mine.aggregate(
        overdue=Count("pk", filter=is_late),
        due_soon=Count("pk", filter=is_due_soon(day)),
        illustrative=Count("pk", filter=Q(task__directive__is_illustrative=True) & (is_late | is_due_soon(day))),
    )
    rows = mine.filter(is_late | is_due_soon(day)).order_by("due_at", "pk")
    rows = rows.select_related("task__directive", "agency__locality", "member")[:WORK_ROWS]
    return Work([queries.Row(assignment, day) for assignment in rows], **counts)


def own_sheet(user, period, criteria_set) -> Assessment | None:
    """The sheet of the commune whose officer the person is. One query."""
    if user.role != Role.COMMUNE_OFFICER:
        return None
    sheets = Assessment.objects.filter(locality=user.place_id, period=period, criteria_set=criteria_set)
    return sheets.with_place().first()


def _mine(charges, user):
    return charges.filter(_body(user), locality__in=Locality.objects.visible_to(user))


def _body(user) -> Q:
    """Rows of the person's agency or of the person as a member; nobody's for one who has neither."""
    mine = Q(pk__in=[])
    if user.agency_id:
        mine |= Q(agency=user.agency_id)
    if user.member_id:
        mine |= Q(member=user.member_id)
    return mine


def _count_indicators(led: dict, matrix: Matrix):
    codes = {code for _, code in led}
    standing = {}
    results = IndicatorResult.objects.filter(
        assessment__period=matrix.period,
        assessment__criteria_set=matrix.criteria_set,
        assessment__locality__in=[row.locality_id for row in matrix.detailed],
        indicator__code__in=codes,
    ).exclude(status="")
    for sheet, criterion, code, opinion, status in results.values_list(
        "assessment__locality", "indicator__criterion", "indicator__code", "opinion", "status"
    ):
        # The verified result stands where there is one.
        if opinion == Opinion.VERIFIED or (sheet, criterion, code) not in standing:
            standing[sheet, criterion, code] = (status, opinion == Opinion.VERIFIED)
    for (criterion, code), one in led.items():
        for row in matrix.detailed:
            status, is_verified = standing.get((row.locality_id, criterion, code), (Status.UNKNOWN, False))
            one.count(status, is_verified=is_verified)
