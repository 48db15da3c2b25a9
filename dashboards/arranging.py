"""The rows of the matrix in the order and the groups that the address asks for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from criteria import rules
from criteria.models import Tier
from dashboards.matrix import Matrix, MatrixRow
from dashboards.nearness import place_in_line


@dataclass(frozen=True)
class Order:
    """One way to order places; within equals they stay in alphabetical order."""

    slug: str
    label: str
    # None leaves the rows as they come: by name.
    key: Callable[[MatrixRow], tuple] | None = None
    # What the page says about it, where the label does not say enough.
    note: str = ""
    # Whether it asks for the indicators a place lacks.
    by_lacking: bool = False


def _by_total(row: MatrixRow) -> tuple:
    return not row.has_data, -row.met


def _by_nearness(row: MatrixRow) -> tuple:
    """As the list of the nearest: those recognised and still full have nothing to reach, those without data no place."""
    settled = bool(row.recognised_year) and row.is_full
    return 2 if not row.has_data else int(settled), *place_in_line(row, row.lacking)


ORDERS = {
    order.slug: order
    for order in [
        Order("", "Tên"),
        Order("so-dat", "Số tiêu chí đạt", _by_total),
        Order(
            "gan",
            "Gần đạt chuẩn",
            _by_nearness,
            "Xếp từ {noun} còn ít tiêu chí chưa đạt hoặc chưa đánh giá nhất, bằng nhau thì còn ít chỉ tiêu hơn đứng "
            "trước; sau đó là {noun} đã công nhận và vẫn đủ, cuối cùng là {noun} chưa có số liệu.",
            by_lacking=True,
        ),
    ]
}


@dataclass
class Group:
    """Places that stand together under a line of their own."""

    label: str
    rows: list[MatrixRow] = field(default_factory=list)

    @property
    def full(self) -> int:
        return sum(row.is_full for row in self.rows)

    @property
    def met(self) -> int:
        return sum(row.met for row in self.rows)

    @property
    def filled(self) -> int:
        return sum(row.has_data for row in self.rows)


@dataclass(frozen=True)
class Grouping:
    """One way to group places: the headings in order, and under which a place falls."""

    slug: str
    label: str
    headings: Callable[[Matrix], list[str]]
    heading_of: Callable[[MatrixRow, Matrix], int]


AREAS = ["I", "II", "III", ""]


def _band(row: MatrixRow, matrix: Matrix) -> int:
    bounds = matrix.bounds
    if not row.has_data:
        return len(bounds)
    return 0 if row.is_full else rules.band_of(row.met, bounds)


def _band_names(matrix: Matrix) -> list[str]:
    names = [f"{label[:1].upper()}{label[1:]} tiêu chí" for label in rules.band_labels(matrix.bounds)]
    return [*names, "Chưa có số liệu"]


# From the highest tier down, then those not recognised at any.
TIERS = [*reversed(Tier.values), ""]

GROUPINGS = {
    grouping.slug: grouping
    for grouping in [
        Grouping(
            "khu-vuc",
            "Khu vực I, II, III",
            lambda _: [*(f"Khu vực {area}" for area in AREAS[:-1]), "Không thuộc khu vực nào"],
            lambda row, _: AREAS.index(row.area),
        ),
        Grouping("so-dat", "Số tiêu chí đạt", _band_names, _band),
        Grouping(
            "cong-nhan",
            "Mức đã công nhận",
            lambda _: [*(f"Đã công nhận {Tier(tier).label}" for tier in TIERS[:-1]), "Chưa được công nhận"],
            lambda row, _: TIERS.index(row.tier),
        ),
    ]
}


@dataclass(frozen=True)
class Arrangement:
    """How the address asks for the rows; what it does not know is as if it were not there."""

    order: Order
    grouping: Grouping | None

    @classmethod
    def asked(cls, parameters) -> "Arrangement":
        return cls(ORDERS.get(parameters.get("xep", ""), ORDERS[""]), GROUPINGS.get(parameters.get("nhom", "")))

    def apply(self, rows: Iterable[MatrixRow], matrix: Matrix) -> list[Group]:
        """The groups that hold somebody, in order; one without a label where nothing is grouped."""
        rows = list(rows) if self.order.key is None else sorted(rows, key=self.order.key)
        if self.grouping is None:
            return [Group("", rows)]
        groups = [Group(label) for label in self.grouping.headings(matrix)]
        for row in rows:
            groups[self.grouping.heading_of(row, matrix)].rows.append(row)
        return [group for group in groups if group.rows]
