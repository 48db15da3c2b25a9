"""Writes: boundaries of places. One transaction each; what was replaced stays."""

from collections.abc import Iterable
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from communes.boundaries.drawing import Drawn
from communes.models import Boundary, Locality


class BoundariesChanged(Exception):
    """Other boundaries are in force by now than the person has seen; nothing was written."""


def mark_of(places: Iterable[int]) -> str:
    """A mark of the boundaries in force at some places (ids), to be compared when new ones are to replace them."""
    standing = Boundary.objects.in_force().filter(locality__in=places).order_by("pk").values_list("pk", flat=True)
    return sha256(",".join(map(str, standing)).encode()).hexdigest()[:16]


@transaction.atomic
def set_boundaries(*, drawn: dict[int, Drawn], source: str, file_name: str, seen: str, by) -> int:
    """Bring boundaries into force, by place id, ending those that stand there; returns how many were replaced.

    Raises BoundariesChanged unless `seen` is the mark of what stands at these places.
    """
    # One after the other, in one order: who comes second sees what the first one brought.
    list(Locality.objects.select_for_update().filter(pk__in=drawn).order_by("pk").values_list("pk"))
    if mark_of(drawn) != seen:
        raise BoundariesChanged
    now = timezone.now()
    replaced = Boundary.objects.in_force().filter(locality__in=drawn).update(removed_at=now, removed_by=by)
    Boundary.objects.bulk_create(
        (
            Boundary(
                locality_id=place,
                outline=one.outline,
                sketch=one.sketch,
                **dict(zip(("west", "south", "east", "north"), one.box, strict=True)),
                longitude=one.centre[0],
                latitude=one.centre[1],
                source=source,
                file_name=file_name,
                uploaded_at=now,
                uploaded_by=by,
            )
            for place, one in drawn.items()
        ),
        batch_size=500,
    )
    return replaced


def remove_boundaries(boundaries, *, by) -> int:
    """Take boundaries off the map; those that were replaced or taken off before stay as they are. Returns how many."""
    return boundaries.in_force().update(removed_at=timezone.now(), removed_by=by)
