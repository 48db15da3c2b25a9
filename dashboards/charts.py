"""Small charts as SVG, drawn on the server: no script, no style attribute, right under a strict policy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    label: str
    value: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A line over periods. `segments` are paths that break where the criteria set changes; `breaks` are their places."""

    points: list[Point]
    segments: list[str]
    breaks: list[float]
    width: int
    height: int
    text: str


WIDTH, HEIGHT, TOP, BOTTOM, SIDE = 400, 136, 24, 109, 40


def line(values: list[tuple[str, int, object]], *, top: int | None) -> Line | None:
    """A line through (label, value, series) from the oldest to the newest; None if there is nothing to draw.

    `top` is the value of the upper edge, such as the number of criteria in the set.
    """
    values = values[-8:]
    if not values:
        return None
    top = max([top or 1, *(value for _, value, _ in values)])
    step = (WIDTH - 2 * SIDE) / max(1, len(values) - 1)
    points = [
        Point(label, value, SIDE + step * i if len(values) > 1 else WIDTH / 2, BOTTOM - (BOTTOM - TOP) * value / top)
        for i, (label, value, _) in enumerate(values)
    ]
    segments, breaks, run = [], [], []
    for i, point in enumerate(points):
        if run and values[i][2] != values[i - 1][2]:
            breaks.append(round((points[i - 1].x + point.x) / 2, 1))
            segments.append(_path(run))
            run = []
        run.append(point)
    segments.append(_path(run))
    text = ", ".join(f"{p.label}: {p.value}" for p in points)
    return Line(points, [s for s in segments if s], breaks, WIDTH, HEIGHT, text)


def _path(run: list[Point]) -> str:
    return "M" + "L".join(f"{p.x:.1f} {p.y:.1f}" for p in run) if len(run) > 1 else ""
