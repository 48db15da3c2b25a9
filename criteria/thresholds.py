"""A threshold in words: what it asks for, for whom and when, and whether officers set it or the set itself."""

from communes.models import ZONES
from criteria.models import Direction
from ntm_tracker.vietnamese import format_number

SIGNS = {Direction.AT_LEAST: "≥ ", Direction.AT_MOST: "≤ ", Direction.EQUALS: "= "}


def value_words(indicator, value) -> str:
    """What a threshold asks for: '≥ 90 %', '100 %', 'Đạt'; '' where no figure is known."""
    if not indicator.is_numeric:
        return "Đạt"
    if value is None:
        return ""
    # Nothing is more than the whole.
    sign = "" if indicator.is_share and value == 100 else SIGNS.get(indicator.direction, "")
    return f"{sign}{format_number(value)} {indicator.short_unit}"


def place_words(row) -> str:
    """For whom a threshold holds: 'Khu vực III, huyện Tam Đường', 'cả nước'."""
    parts = [ZONES.get(row.zone, row.zone)] if row.zone else []
    if row.locality_id:
        parts.append(str(row.locality))
    return ", ".join(parts) or "cả nước"


def year_words(row) -> str:
    """The years it holds in: 'năm 2024', 'từ năm 2024 đến năm 2025', '' for all."""
    if row.year_from and row.year_from == row.year_to:
        return f"năm {row.year_from}"
    span = [f"từ năm {row.year_from}"] if row.year_from else []
    span += [f"đến năm {row.year_to}"] if row.year_to else []
    return " ".join(span)


def scope_words(row) -> str:
    return ", ".join(part for part in (place_words(row), year_words(row)) if part)


def slot(row) -> tuple:
    """For whom and when a threshold holds; of the rows of one indicator in one slot a single one is living."""
    return row.zone, row.locality_id, row.year_from, row.year_to


def is_own(row, rows) -> bool:
    """Whether officers set a row beside those that the set's file gives; `rows` are all of its indicator."""
    return not any(other.entered_at is None and slot(other) == slot(row) for other in rows)
