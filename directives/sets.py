"""Which criteria the tasks of a document speak of."""

from datetime import date

from django.db.models import Q

from criteria.models import CriteriaSet, Subject, Tier


def current_commune_set(day: date) -> CriteriaSet | None:
    """The set that communes are judged by on a day, or the newest one that can be assessed."""
    sets = CriteriaSet.objects.filter(subject=Subject.COMMUNE, tier=Tier.BASIC, is_complete=True)
    in_force = sets.filter(
        Q(effective_from=None) | Q(effective_from__lte=day), Q(effective_to=None) | Q(effective_to__gte=day)
    )
    return in_force.in_order().first() or sets.in_order().first()
