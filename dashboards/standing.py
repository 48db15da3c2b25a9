"""How places stand with recognition, by what is stored: which tiers they hold, who is next in line."""

from collections import Counter

from criteria.models import Recognition, Tier
from dashboards.matrix import Matrix, MatrixRow


def held_tiers(user, matrix: Matrix) -> list[tuple[str, int]]:
    """How many of the places hold each tier on the period's last day, lowest tier first; tiers that nobody holds are left
    out. A place with two tiers counts in both, as reports do ("trong đó …"). One query.
    """
    day = matrix.period.ends_on
    places = matrix.criteria_set.places().visible_to(user).existing_on(day).values("pk")
    held = Recognition.objects.in_force(day).filter(locality__in=places).values_list("locality", "tier").distinct()
    counted = Counter(tier for _, tier in held)
    return [(tier.label, counted[tier]) for tier in Tier if counted[tier]]


def in_line(matrix: Matrix) -> list[MatrixRow]:
    """The places with something to reach, those that lack the fewest criteria first.

    Whoever is recognised and still meets everything has nothing to reach. Criteria decide, those not known among them;
    how far the values are off is on the page of the nearest (`nearness.Ranking`).
    """
    waiting = [row for row in matrix.filled if not (row.recognised_year and row.is_full)]
    return sorted(waiting, key=lambda row: len(row.lacking))
