"""Writes: reorganising places. One transaction each; nothing is deleted."""

from dataclasses import dataclass

from django.db import transaction

from communes.models import Agency, AgencyKind, Level, Locality, Succession
from communes.reorganisation import Kind, Plan, check, common


@dataclass
class Reorganised:
    """What came of a plan; `is_new` is False where it had been carried out before (a button pressed twice)."""

    successors: list[Locality]
    is_new: bool = True
    committees: int = 0
    villages: int = 0


@transaction.atomic
def reorganise(*, plan: Plan, by) -> Reorganised:
    """End the old places and begin the new ones on the plan's day, with their people's committees.

    Both stay on record (DESIGN §4): the old rows with their reports, ended on the day on which the new ones begin. The
    villages of a place that goes whole into one other go with it. The same plan a second time changes nothing.
    Raises NotPossible, worded for the officer, as `reorganisation.check` does.
    """
    plan = _locked(plan)
    if done := _done_before(plan):
        return Reorganised(done, is_new=False)
    check(plan)
    for place in plan.predecessors:
        place.dissolved_on = plan.effective_on
    Locality.objects.bulk_update(plan.predecessors, ["dissolved_on"])
    successors = [plan.receiver] if plan.receiver else [_begin(plan, new) for new in plan.successors]
    Succession.objects.bulk_create(
        Succession(
            predecessor=old,
            successor=new,
            effective_on=plan.effective_on,
            is_whole=plan.kind != Kind.SPLIT,
            is_main=plan.kind != Kind.SPLIT or position == plan.main,
            decision=plan.decision,
            created_by=by,
        )
        for old in plan.predecessors
        for position, new in enumerate(successors)
    )
    return Reorganised(
        successors=successors,
        committees=create_committees(successors),
        villages=0 if plan.kind == Kind.SPLIT else move_villages(dict.fromkeys(plan.predecessors, successors[0])),
    )


def _locked(plan):
    """The plan with its places read anew and locked, in one order, so that two people never end up waiting crosswise."""
    places = [*plan.predecessors, *(new.parent for new in plan.successors), *([plan.receiver] if plan.receiver else [])]
    keys = {place.pk for place in places}
    locked = {place.pk: place for place in Locality.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    return plan.with_places(locked)


def _done_before(plan):
    """The successors, if this very plan was carried out already."""
    if not plan.predecessors or any(place.dissolved_on != plan.effective_on for place in plan.predecessors):
        return None
    rows = list(
        Succession.objects.filter(predecessor__in=plan.predecessors, effective_on=plan.effective_on)
        .select_related("successor")
        .order_by("pk")
    )
    successors = list({row.successor_id: row.successor for row in rows}.values())
    if len(rows) != len(plan.predecessors) * len(successors) or {row.decision for row in rows} != {plan.decision}:
        return None
    if plan.receiver:
        return successors if successors == [plan.receiver] else None
    same = len(successors) == len(plan.successors) and all(
        new.is_called(place) for new, place in zip(plan.successors, successors, strict=True)
    )
    return successors if same else None


def _begin(plan, new):
    """Make a new place; it keeps what all the old ones share, and their point on the map only if nothing but the name changes."""
    old = plan.predecessors
    point = {name: getattr(old[0], name) for name in ("latitude", "longitude")} if plan.kind == Kind.RENAME else {}
    return Locality.objects.create(
        level=Level.COMMUNE,
        kind=new.kind,
        name=new.name,
        code=new.code,
        parent=new.parent,
        region=new.region,
        commune_group=new.commune_group,
        area=common(old, "area"),
        is_coastal_hardship=common(old, "is_coastal_hardship"),
        is_island=common(old, "is_island"),
        founded_on=plan.effective_on,
        **point,
    )


def move_villages(goes_into):
    """Put the villages of each old commune below the commune it went into (old → new); returns how many."""
    new_of = {old.pk: new for old, new in goes_into.items()}
    villages = list(Locality.objects.living().filter(level=Level.VILLAGE, parent__in=new_of))
    if not villages:
        return 0
    parents = Locality.objects.in_bulk({new_of[village.parent_id].pk for village in villages})
    for village in villages:
        # As it stands in the database: places made in bulk do not know their path.
        village.parent = parents[new_of[village.parent_id].pk]
        village.path = f"{village.parent.path}{village.pk}."
    Locality.objects.bulk_update(villages, ["parent", "path"], batch_size=500)
    return len(villages)


def create_committees(communes):
    """The people's committee of each commune that has none, as the body that work is given to; returns how many."""
    have = set(
        Agency.objects.filter(kind=AgencyKind.COMMITTEE, locality__level=Level.COMMUNE).values_list(
            "locality", flat=True
        )
    )
    new = [_committee_of(commune) for commune in communes if commune.pk not in have]
    return len(Agency.objects.bulk_create(new, batch_size=500))


def _committee_of(commune):
    name = f"UBND {commune.full_name}"
    agency = Agency(name=name, short_name=name, kind=AgencyKind.COMMITTEE, locality=commune)
    agency.prepare()
    return agency
