"""Writes of plans: what places are to reach in a year. One transaction; what is given up stays, with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from communes.models import Locality
from criteria.models import Target, Tier

# The key of a target on the page that plans: a place and either a criterion's id or a tier.
Key = tuple[int, int | str]


class NeedsReason(Exception):
    """Targets are to be given up without a reason; `dropped` names them."""

    def __init__(self, dropped: set[Key]):
        super().__init__(f"Ghi lý do rút {len(dropped)} chỉ tiêu đã giao.")
        self.dropped = dropped


@dataclass
class SavedPlan:
    """What a save came to. Where somebody else changed the plan since it was shown, nothing was written."""

    given: set[Key] = field(default_factory=set)
    dropped: set[Key] = field(default_factory=set)
    # What somebody else gave or gave up since the page was shown.
    given_elsewhere: set[Key] = field(default_factory=set)
    dropped_elsewhere: set[Key] = field(default_factory=set)

    @property
    def is_written(self) -> bool:
        return not self.given_elsewhere and not self.dropped_elsewhere


@transaction.atomic
def save_targets(
    *,
    year: int,
    localities: Iterable[int],
    criteria: Iterable[int],
    wanted: set[Key],
    seen: set[Key],
    by,
    document: str = "",
    reason: str = "",
    is_illustrative: bool = False,
) -> SavedPlan:
    """Make `wanted` the plan of some places for a year: give what is new, drop what is not wanted any more.

    Only the targets of `localities` and of `criteria` (ids), and their tiers, are touched. `seen` is the plan as it
    was shown: where it is not what stands now, nothing is written and the answer says what changed meanwhile, so that
    the page can show both. `document` is kept with what is given, `reason` with what is dropped.
    Raises NeedsReason if something is to be dropped without one. Takes four queries, however many targets.
    """
    criteria = set(criteria)
    # Two people planning for one place queue up; sheets of the place may still be saved meanwhile.
    places = Locality.objects.filter(pk__in=list(localities)).order_by("pk").select_for_update(no_key=True)
    places = set(places.values_list("pk", flat=True))
    live = {
        (target.locality_id, target.criterion_id or target.tier): target
        for target in Target.objects.filter(year=year, dropped_at=None, locality__in=places)
        if target.criterion_id is None or target.criterion_id in criteria
    }
    saved = SavedPlan(given_elsewhere=live.keys() - seen, dropped_elsewhere=seen - live.keys())
    if not saved.is_written:
        return saved
    saved.given, saved.dropped = wanted - live.keys(), live.keys() - wanted
    if saved.dropped and not reason:
        raise NeedsReason(saved.dropped)
    Target.objects.filter(pk__in=[live[key].pk for key in saved.dropped]).update(
        dropped_at=timezone.now(), dropped_by=by, dropped_note=reason
    )
    Target.objects.bulk_create(
        [
            Target(
                locality_id=place,
                year=year,
                criterion_id=None if what in Tier.values else what,
                tier=what if what in Tier.values else "",
                document=document,
                is_illustrative=is_illustrative,
                created_by=by,
            )
            for place, what in sorted(saved.given, key=str)
        ],
        batch_size=500,
    )
    return saved
