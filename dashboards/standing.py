"""How places stand with recognition, by what is stored: which tiers they hold, who is next in line."""

from criteria.models import Tier
from dashboards.matrix import Matrix, MatrixRow


def held_tiers(matrix: Matrix) -> list[tuple[str, int]]:
    """How many of the places hold each tier or a higher one on the period's last day, the lowest first.

    As reports count: those of a higher tier are among those of the lower. Tiers that nobody holds are left out.
    """
    ranks = [Tier.values.index(row.tier) for row in matrix.rows if row.tier]
    counted = [(tier.label, sum(rank >= place for rank in ranks)) for place, tier in enumerate(Tier)]
    return [(label, number) for label, number in counted if number]


def in_line(matrix: Matrix) -> list[MatrixRow]:
    """The places with something to reach, those that lack the fewest criteria first.

    Whoever is recognised and still meets everything has nothing to reach. Criteria decide, those not known among them;
    how far the values are off is on the page of the nearest (`nearness.Ranking`).
    """
    waiting = [row for row in matrix.filled if not (row.recognised_year and row.is_full)]
    return sorted(waiting, key=lambda row: row.open_count)
