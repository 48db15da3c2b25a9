"""Turns shapes into SVG paths once, at upload, so that a map of them only has to copy text."""

from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon

# Longitude and latitude from which the paths count, north-west of the whole country: all coordinates are positive.
ORIGIN = (102.0, 24.0)


@dataclass(frozen=True)
class Detail:
    """How fine a path is, in degrees: a unit of its coordinates, and the bends that are left out."""

    unit: float
    tolerance: float


# 11 m and bends of about 50 m: for the communes of a district or a province. 110 m and 300 m: for hundreds at once.
OUTLINE = Detail(0.0001, 0.0005)
SKETCH = Detail(0.001, 0.003)


@dataclass(frozen=True)
class Drawn:
    """A shape ready to be stored: `box` is west, south, east, north, `centre` a point well inside, in degrees."""

    outline: str
    sketch: str
    box: tuple[float, float, float, float]
    centre: tuple[float, float]


def draw(shapes: list[Polygon | MultiPolygon]) -> list[Drawn]:
    """The paths of shapes, simplified together where they share borders, so that neighbours still meet."""
    if not shapes:
        return []
    # Shapes that overlap or leave slivers are no coverage: then each is simplified for itself.
    is_coverage = bool(shapely.coverage_is_valid(shapes))
    outlines, sketches = (_simplified(shapes, detail, is_coverage) for detail in (OUTLINE, SKETCH))
    return [
        Drawn(
            outline=_path(outline, OUTLINE),
            sketch=_path(sketch, SKETCH),
            box=tuple(round(float(number), 5) for number in shape.bounds),
            centre=_centre(sketch),
        )
        for shape, outline, sketch in zip(shapes, outlines, sketches, strict=True)
    ]


def _simplified(shapes, detail, is_coverage):
    if is_coverage:
        simpler = shapely.coverage_simplify(shapes, detail.tolerance)
    else:
        simpler = shapely.simplify(shapes, detail.tolerance, preserve_topology=True)
    # What is left of a shape smaller than the tolerance may be nothing.
    return [after if after.area else before for before, after in zip(shapes, simpler, strict=True)]


def _parts(shape, detail):
    """The parts large enough to be seen, the largest in any case."""
    polygons = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    return [part for part in polygons if part is polygons[0] or part.area >= detail.tolerance**2]


def _path(shape, detail):
    rings = [
        ring
        for part in _parts(shape, detail)
        for ring in (part.exterior, *(hole for hole in part.interiors if Polygon(hole).area >= detail.tolerance**2))
    ]
    path = "".join(_ring(ring, detail.unit) for ring in rings)
    return path or _speck(shape, detail.unit)


def _ring(ring, unit):
    """One closed line: 'M120 340l3-4 5 6z'; '' where rounding leaves no area."""
    points = [(round((x - ORIGIN[0]) / unit), round((ORIGIN[1] - y) / unit)) for x, y in shapely.get_coordinates(ring)]
    steps, here = [], points[0]
    for point in points[1:-1]:
        if point != here:
            steps += (point[0] - here[0], point[1] - here[1])
            here = point
    if len(steps) < 4:
        return ""
    line = "".join(f"{step}" if step < 0 or not position else f" {step}" for position, step in enumerate(steps))
    return f"M{points[0][0]} {points[0][1]}l{line}z"


def _speck(shape, unit):
    """The smallest square there is, for a shape that is smaller."""
    x, y = shape.centroid.coords[0]
    return f"M{round((x - ORIGIN[0]) / unit)} {round((ORIGIN[1] - y) / unit)}l1 0 0 1-1 0z"


def _centre(shape):
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    # From the middle of the largest circle inside to its rim; of an outline with all its points it takes ten times as long.
    radius = shapely.maximum_inscribed_circle(largest, tolerance=0.002)
    longitude, latitude = radius.coords[0]
    return round(longitude, 5), round(latitude, 5)
