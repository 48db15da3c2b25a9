"""Numbers of the screen as numbers of a cell."""

from criteria.counts import rounded


def decimal(number, places=1):
    """A number for a cell, rounded as on the screen; None stays empty."""
    value = rounded(number, places)
    return None if value is None else float(value)
