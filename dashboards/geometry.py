"""Where things stand on a drawn map, in pixels: the projection, marks kept apart, names where there is room.

Pure and decided by the places alone, so what was found for the same places is kept for the next reader.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, radians, sin

from communes.boundaries.drawing import ORIGIN

# A single place, or several at one point, still show this much land around them, in degrees.
SMALLEST_SPAN = 0.03
# Names are set in this size; the widths fit the widest of our fonts.
NAME_SIZE = 12.5
_NARROW, _WIDE = frozenset("iíìỉĩịjlrtfI.,'’-() "), frozenset("mwMW")
# More names than this would have to stand far from their places: then only those with room beside them are written.
MOST_LED = 100
# The grid in which neighbours are looked for.
_CELL = 64


@dataclass(frozen=True)
class Projection:
    """Degrees to pixels: as wide as tall at the middle latitude, fitted into the drawing."""

    west: float
    north: float
    # Pixels to a degree of longitude and of latitude.
    across: float
    down: float
    left: float
    top: float
    width: int
    height: int

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            self.left + (longitude - self.west) * self.across,
            self.top + (self.north - latitude) * self.down,
        )

    def matrix(self, unit: float) -> str:
        """The transformation of paths whose coordinates count in `unit` degrees from ORIGIN."""
        x, y = self.point(*ORIGIN)
        return f"matrix({self.across * unit:.6g} 0 0 {self.down * unit:.6g} {x:.2f} {y:.2f})"


def fit(
    boxes: list[tuple[float, float, float, float]], *, widest: int, tallest: int, margin: tuple[int, int]
) -> Projection:
    """The projection that shows all boxes (west, south, east, north in degrees; a point is a box) as large as fits.

    The drawing is no larger than it must be, `widest` and `tallest` at most; `margin` is left free at the sides, above
    and below.
    """
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    narrowing = cos(radians((south + north) / 2))
    across, down = max((east - west) * narrowing, SMALLEST_SPAN), max(north - south, SMALLEST_SPAN)
    scale = min((widest - 2 * margin[0]) / across, (tallest - 2 * margin[1]) / down)
    width, height = round(across * scale + 2 * margin[0]), round(down * scale + 2 * margin[1])
    return Projection(
        west=west,
        north=north,
        across=scale * narrowing,
        down=scale,
        left=(width - (east - west) * narrowing * scale) / 2,
        top=(height - (north - south) * scale) / 2,
        width=width,
        height=height,
    )


@lru_cache(maxsize=64)
def spread(points: tuple[tuple[float, float], ...], radii: tuple[float, ...], width: int, height: int):
    """The points moved just so far that circles of these radii do not lie on one another, inside the drawing."""
    places = [list(point) for point in points]
    reach = 2 * max(radii, default=0) + 2
    for round_ in range(80):
        cells = {}
        for i, (x, y) in enumerate(places):
            cells.setdefault((int(x // reach), int(y // reach)), []).append(i)
        is_apart = True
        for i, (x, y) in enumerate(places):
            column, row = int(x // reach), int(y // reach)
            for near in ((column + a, row + b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
                for j in cells.get(near, ()):
                    if j <= i:
                        continue
                    dx, dy = places[j][0] - places[i][0], places[j][1] - places[i][1]
                    apart, wanted = hypot(dx, dy), radii[i] + radii[j] + 2
                    if apart >= wanted - 0.1:
                        continue
                    is_apart = False
                    if apart < 0.01:
                        # At one point: each goes its own way, the same way each time.
                        angle = (i * 31 + j * 17 + round_) * 2.399963
                        dx, dy, apart = cos(angle), sin(angle), 1
                    push = (wanted - apart if apart > 1 else wanted / 2) / 2 / apart
                    for k, sign in ((i, -1), (j, 1)):
                        places[k][0] = min(max(places[k][0] + sign * dx * push, radii[k] + 1), width - radii[k] - 1)
                        places[k][1] = min(max(places[k][1] + sign * dy * push, radii[k] + 1), height - radii[k] - 1)
        if is_apart:
            break
    return tuple((round(x), round(y)) for x, y in places)


@dataclass(frozen=True)
class Label:
    """A name: where it is anchored (`start`, `middle` or `end` of its base line), and the line back to its place."""

    x: int
    y: int
    anchor: str
    line: tuple[int, int, int, int] | None = None


def text_width(text: str, size: float = NAME_SIZE) -> float:
    return size * sum(
        0.34 if char in _NARROW else 0.9 if char in _WIDE else 0.7 if char.isupper() else 0.58 for char in text
    )


@lru_cache(maxsize=64)
def place_names(
    points: tuple[tuple[float, float], ...], radii: tuple[float, ...], names: tuple[str, ...], width: int, height: int
) -> tuple[Label | None, ...]:
    """A place for each name beside its circle, over no circle and no other name; None where there is no room.

    Up to MOST_LED names, one that finds no room nearby stands farther off with a line; of more it is left out.
    """
    taken = _Taken(width, height)
    for (x, y), radius in zip(points, radii, strict=True):
        taken.add((x - radius, y - radius, x + radius, y + radius))
    labels = [None] * len(points)
    # From the crowd outwards would be best; from the top down is nearly as good and easy to foresee.
    for i in sorted(range(len(points)), key=lambda i: (points[i][1], points[i][0])):
        for label, box in _positions(points[i], radii[i], text_width(names[i]), is_led=len(points) <= MOST_LED):
            if taken.is_free(box, line=label.line, of=points[i]):
                taken.add(box)
                for x, y in _along(label.line) if label.line else ():
                    taken.add((x - 1, y - 1, x + 1, y + 1))
                labels[i] = label
                break
    return tuple(labels)


def _positions(point, radius, wide, *, is_led):
    """The label and its box (left, top, right, bottom) at each place beside a circle, the best first."""
    x, y = point
    tall = NAME_SIZE * 1.25

    def at(left, middle, anchor, line=None):
        text_x = {"start": left, "middle": left + wide / 2, "end": left + wide}[anchor]
        label = Label(round(text_x), round(middle + NAME_SIZE * 0.36), anchor, line)
        return label, (left - 1, middle - tall / 2, left + wide + 1, middle + tall / 2)

    gap, up = radius + 4, radius + tall / 2 + 1
    yield at(x - wide / 2, y + up, "middle")
    yield at(x + gap, y, "start")
    yield at(x - gap - wide, y, "end")
    yield at(x - wide / 2, y - up, "middle")
    slant = radius * 0.7 + 3
    for sign in (1, -1):
        yield at(x + slant, y + sign * up * 0.8, "start")
        yield at(x - slant - wide, y + sign * up * 0.8, "end")
    if not is_led:
        return
    for away in (20, 34, 50, 70, 95, 125):
        for step in range(12):
            angle = step * pi / 6
            end_x, end_y = x + (radius + away) * cos(angle), y + (radius + away) * sin(angle)
            line = tuple(map(round, (x + radius * cos(angle), y + radius * sin(angle), end_x, end_y)))
            anchor = "start" if cos(angle) > 0.3 else "end" if cos(angle) < -0.3 else "middle"
            left = {"start": end_x + 2, "end": end_x - 2 - wide, "middle": end_x - wide / 2}[anchor]
            middle = end_y + (sin(angle) * tall / 2 if anchor == "middle" else 0)
            yield at(left, middle, anchor, line)


class _Taken:
    """The boxes that stand on the drawing, by the squares of a grid."""

    def __init__(self, width, height):
        self.width, self.height, self.cells = width, height, {}

    def add(self, box):
        for cell in self._cells(box):
            self.cells.setdefault(cell, []).append(box)

    def is_free(self, box, *, line, of):
        """Whether the box is inside and over nothing, and the line to it passes over nothing but the place `of`."""
        if box[0] < 0 or box[1] < 0 or box[2] > self.width or box[3] > self.height:
            return False
        if any(_overlap(box, other) for cell in self._cells(box) for other in self.cells.get(cell, ())):
            return False
        passed = (
            other
            for x, y in (_along(line) if line else ())
            for other in self.cells.get((int(x // _CELL), int(y // _CELL)), ())
            if _holds(other, x, y)
        )
        return all(_holds(other, *of) for other in passed)

    def _cells(self, box):
        left, top, right, bottom = (int(number // _CELL) for number in box)
        return ((column, row) for column in range(left, right + 1) for row in range(top, bottom + 1))


def _along(line):
    x1, y1, x2, y2 = line
    steps = max(1, int(hypot(x2 - x1, y2 - y1) // 4))
    return [(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps) for i in range(steps + 1)]


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(box, x, y):
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
