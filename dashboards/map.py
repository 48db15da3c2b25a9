"""The places where they lie, coloured by what they reached: circles, or areas where their boundaries are known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import dist

from django.db.models import FilteredRelation, Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from communes.boundaries.drawing import OUTLINE, SKETCH, Detail
from dashboards.geometry import Projection, fit, place_names, spread
from dashboards.matrix import Matrix, MatrixRow

# As the overview colours the bands: the third tone is that of all bands below.
TONES = ["accent", "mid", "pale"]


class Measure(StrEnum):
    """What the map is coloured by; the value stands in the address."""

    CRITERIA = "tieu-chi"
    TIER = "muc"
    OVERDUE = "qua-han"

    @property
    def label(self) -> str:
        return {"tieu-chi": "Số tiêu chí đạt", "muc": "Mức công nhận", "qua-han": "Việc quá hạn"}[self]


@dataclass(frozen=True)
class Mark:
    """What is shown of one place: the sign in its circle, the tone of its fill, and the same in words."""

    sign: str
    tone: str
    words: str
    is_unverified: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the matrix with where it lies, in degrees; `path` is '' without a boundary, `point` None if not known."""

    row: MatrixRow
    mark: Mark
    point: tuple[float, float] | None
    path: str = ""
    box: tuple[float, float, float, float] | None = None

    @property
    def title(self) -> str:
        name = self.row.full_name
        return f"{name[:1].upper()}{name[1:]}: {self.mark.words}"


@dataclass(frozen=True)
class Key:
    """A line of the legend: tone and sign as on the map, the words, and how many places it stands for."""

    tone: str
    sign: str
    words: str
    count: int
    is_unverified: bool = False


@dataclass(frozen=True)
class Source:
    """Where boundaries on the map come from, and since when they are here."""

    words: str
    uploaded_at: datetime


@dataclass(frozen=True)
class Size:
    """How large the drawing may be, and its circles, for so many places, in pixels; `letter` is 0 where no sign fits."""

    most: int
    widest: int
    tallest: int
    radius: float
    letter: float


SIZES = [
    Size(40, 860, 540, 13, 12),
    Size(150, 1300, 900, 12, 12),
    Size(800, 1300, 1300, 11, 11.5),
    # The whole country: dots, with everything else in the table and under the pointer.
    Size(10**9, 1300, 2400, 3, 0),
]
# On an area only the sign is written, without a circle round it.
AREA_RADIUS = 9
# From so many places on the paths with fewer points are drawn.
MANY = 150


# -- what is shown ----------------------------------------------------------------------------------------------------


def marks(matrix: Matrix, measure: Measure, overdue: dict[int, int]) -> dict[int, Mark]:
    """The mark of each place by its id. `overdue` counts the overdue work by place, read for that measure alone."""
    tones = {row.locality_id: TONES[min(i, 2)] for i, band in enumerate(matrix.bands) for row in band.rows}
    return {row.locality_id: _mark(row, measure, tones, overdue) for row in matrix.rows}


def _mark(row, measure, tones, overdue):
    if measure == Measure.OVERDUE:
        number = overdue.get(row.locality_id, 0)
        return (
            Mark(f"{number}", "red", f"{number} việc quá hạn") if number else Mark("0", "none", "không có việc quá hạn")
        )
    if measure == Measure.TIER:
        if row.recognised_year:
            return Mark("★", "accent", f"đã công nhận năm {row.recognised_year}")
        if row.is_full:
            return Mark("☆", "wait", "đủ tiêu chí, chờ quyết định")
        return Mark("–", "none", "chưa được công nhận")
    if not row.has_data:
        return Mark("–", "none", "chưa có số liệu")
    words = f"{row.met}/{row.applicable} tiêu chí"
    if row.is_counted_only:
        words += ", không có chi tiết"
    if row.is_reported_only:
        return Mark(f"{row.met}", tones[row.locality_id], f"{words}, chưa thẩm định", is_unverified=True)
    return Mark(f"{row.met}", tones[row.locality_id], words)


def legend(matrix: Matrix, measure: Measure, shown: Iterable[Mark]) -> list[Key]:
    """The tones and signs of the map in words, with the number of places of each."""
    shown = list(shown)
    count = {
        tone: sum(mark.tone == tone for mark in shown) for tone in ("accent", "mid", "pale", "wait", "red", "none")
    }
    if measure == Measure.OVERDUE:
        return [
            Key("red", "!", "có việc quá hạn", count["red"]),
            Key("none", "0", "không có việc quá hạn", count["none"]),
        ]
    if measure == Measure.TIER:
        return [
            Key("accent", "★", "đã công nhận", count["accent"]),
            Key("wait", "☆", "đủ tiêu chí, chờ quyết định", count["wait"]),
            Key("none", "–", "chưa được công nhận", count["none"]),
        ]
    labels = [band.label for band in matrix.bands]
    labels = [*labels[:2], ", ".join(labels[2:]).replace("Dưới", "dưới")] if len(labels) > 3 else labels
    keys = [
        Key(tone, "", f"{label} tiêu chí" if not position else label, count[tone])
        for position, (tone, label) in enumerate(zip(TONES, labels, strict=False))
    ]
    if count["none"]:
        keys.append(Key("none", "–", "chưa có số liệu", count["none"]))
    if unverified := sum(mark.is_unverified for mark in shown):
        keys.append(Key("none", "", "chưa thẩm định", unverified, is_unverified=True))
    return keys


def detail_for(count: int) -> Detail:
    """How finely the boundaries of so many places are drawn."""
    return SKETCH if count > MANY else OUTLINE


# -- where it lies ----------------------------------------------------------------------------------------------------


def load_places(matrix: Matrix, user, shown: dict[int, Mark]) -> tuple[list[Place], list[Source]]:
    """The places of a matrix with their points and boundaries, in its order, and where the boundaries come from. One query."""
    path = "standing__outline" if detail_for(len(matrix.rows)) is OUTLINE else "standing__sketch"
    rows = (
        matrix.criteria_set.places()
        .visible_to(user)
        .existing_on(matrix.period.ends_on)
        .annotate(standing=FilteredRelation("boundaries", condition=Q(boundaries__removed_at=None)))
        .values_list(
            "pk",
            "longitude",
            "latitude",
            path,
            "standing__longitude",
            "standing__latitude",
            "standing__west",
            "standing__south",
            "standing__east",
            "standing__north",
            "standing__source",
            "standing__uploaded_at",
        )
    )
    found, sources = {}, {}
    for pk, longitude, latitude, path, inner_longitude, inner_latitude, *box, source, uploaded_at in rows:
        if path:
            found[pk] = ((inner_longitude, inner_latitude), path, tuple(box))
            sources[source, uploaded_at] = Source(source, uploaded_at)
        elif longitude is not None and latitude is not None:
            found[pk] = ((float(longitude), float(latitude)),)
    places = [Place(row, shown[row.locality_id], *found.get(row.locality_id, (None,))) for row in matrix.rows]
    return places, sorted(sources.values(), key=lambda one: one.uploaded_at, reverse=True)


# -- the drawing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawing:
    """The map as SVG: its size in pixels, and what stands inside the <svg>."""

    width: int
    height: int
    body: SafeString
    # How many places it shows, and how many names found room.
    count: int
    named: int
    # Whether circles had to give way to one another.
    is_spread: bool
    # Whether places stand so close that there is room for dots alone.
    is_dots: bool


def draw(places: list[Place], *, commune_url: str) -> Drawing | None:
    """The map of the places whose point is known; None if none is. The address holds 0 where a place's id goes."""
    detail = detail_for(len(places))
    places = [place for place in places if place.point]
    if not places:
        return None
    size = next(size for size in SIZES if len(places) <= size.most)
    has_areas = any(place.path for place in places)
    boxes = [place.box or (*place.point, *place.point) for place in places]
    margin = (16, 16) if all(place.path for place in places) else (70 if size.letter else 10, 36 if size.letter else 10)
    frame = fit(boxes, widest=size.widest, tallest=size.tallest, margin=margin)
    radii = tuple((AREA_RADIUS if size.letter else 1) if place.path else size.radius for place in places)
    real = tuple(tuple(map(round, frame.point(*place.point))) for place in places)
    points = spread(real, radii, frame.width, frame.height) if size.letter else real
    labels = [None] * len(places)
    if size.letter:
        labels = place_names(points, radii, tuple(place.row.name for place in places), frame.width, frame.height)
    parts = []
    if has_areas:
        parts.append(_areas(places, frame, detail, commune_url))
    moved = [
        pair for pair, radius in zip(zip(real, points, strict=True), radii, strict=True) if dist(*pair) > radius / 2
    ]
    parts.append(_ties(moved))
    parts.append(_spots(places, points, radii, size, commune_url))
    parts.append(_names(places, labels))
    return Drawing(
        width=frame.width,
        height=frame.height,
        body=mark_safe("".join(parts)),
        count=len(places),
        named=sum(label is not None for label in labels),
        is_spread=bool(moved),
        is_dots=not size.letter,
    )


def paths(
    drawn: Iterable[tuple[str, str, tuple[float, float, float, float]]], *, widest: int, tallest: int
) -> Drawing | None:
    """A plain picture of boundaries, (title, outline, box) each, to see whether a file is right; None without any."""
    drawn = list(drawn)
    if not drawn:
        return None
    frame = fit([box for _, _, box in drawn], widest=widest, tallest=tallest, margin=(10, 10))
    inside = "".join(
        f'<path class="none" d="{escape(outline)}"><title>{escape(title)}</title></path>' for title, outline, _ in drawn
    )
    body = mark_safe(f'<g class="map-areas" transform="{frame.matrix(OUTLINE.unit)}">{inside}</g>')
    return Drawing(frame.width, frame.height, body, len(drawn), 0, is_spread=False, is_dots=False)


def _areas(places, frame: Projection, detail, commune_url):
    inside = "".join(
        f'{_link(place, commune_url)}<path class="{place.mark.tone}" d="{escape(place.path)}"/></a>'
        for place in places
        if place.path
    )
    return f'<g class="map-areas" transform="{frame.matrix(detail.unit)}">{inside}</g>'


def _spots(places, points, radii, size, commune_url):
    """The circles with their signs; on an area the sign alone, whose link is the area."""
    # Nobody reads the signs on areas one by one, so those of a tone share its class.
    circles, signs = [], {}
    for place, (x, y), radius in zip(places, points, radii, strict=True):
        mark = place.mark
        tone = f"{mark.tone} unverified" if mark.is_unverified else mark.tone
        sign = f'<text x="{x}" y="{y + size.letter * 0.36:.0f}">{mark.sign}</text>' if size.letter else ""
        if not place.path:
            circles.append(
                f'{_link(place, commune_url)}<circle class="{tone}" cx="{x}" cy="{y}" r="{radius:g}"/>{sign}</a>'
            )
        elif sign:
            ring = f'<circle class="ring unverified" cx="{x}" cy="{y}" r="{radius:g}"/>' if mark.is_unverified else ""
            signs.setdefault(mark.tone, []).append(ring + sign)
    on_areas = "".join(f'<g class="on-{tone}">{"".join(some)}</g>' for tone, some in signs.items())
    return f'<g class="map-spots">{"".join(circles)}</g><g class="map-signs" aria-hidden="true">{on_areas}</g>'


def _ties(moved):
    """Lines from where places lie to where their circles had to go."""
    lines = (f'<path d="M{x} {y}L{a} {b}"/><circle cx="{x}" cy="{y}" r="2"/>' for (x, y), (a, b) in moved)
    return f'<g class="map-ties" aria-hidden="true">{"".join(lines)}</g>'


def _names(places, labels):
    lines, names = [], []
    for place, label in zip(places, labels, strict=True):
        if label is None:
            continue
        if label.line:
            lines.append("M{} {}L{} {}".format(*label.line))
        anchor = "" if label.anchor == "middle" else f' class="{label.anchor}"'
        names.append(f'<text{anchor} x="{label.x}" y="{label.y}">{escape(place.row.name)}</text>')
    path = f'<path d="{"".join(lines)}"/>' if lines else ""
    return f'<g class="map-names" aria-hidden="true">{path}{"".join(names)}</g>'


def _link(place, commune_url):
    address = escape(commune_url.replace("/0/", f"/{place.row.locality_id}/"))
    return f'<a href="{address}"><title>{escape(place.title)}</title>'
