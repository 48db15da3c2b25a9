"""Writes: whom other spellings of places' names mean."""

from collections.abc import Mapping

from django.db import transaction

from communes.models import Locality, PlaceAlias
from ntm_tracker.vietnamese import fold, nfc

LONGEST = PlaceAlias._meta.get_field("name").max_length


@transaction.atomic
def name_places(*, user, chosen: Mapping[str, int]) -> int:
    """Remember which place each name means, by its id; returns how many were. Places that are not the user's are not taken.

    A name that meant another place of the user's means the one chosen from now on.
    """
    places = Locality.objects.visible_to(user).in_bulk(list(chosen.values()))
    kept = 0
    for name, pk in chosen.items():
        name = nfc(name)[:LONGEST]
        if pk not in places or not fold(name):
            continue
        PlaceAlias.objects.visible_to(user).filter(key=fold(name)).exclude(locality=pk).delete()
        _, is_new = PlaceAlias.objects.get_or_create(
            locality=places[pk], key=fold(name), defaults={"name": name, "created_by": user}
        )
        kept += is_new
    return kept
