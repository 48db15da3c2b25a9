"""Small charts as SVG, drawn on the server: no script, no style attribute, right under a strict policy.

Each function decides where everything stands, in whole units of a box `WIDTH` wide, and gives what its template in
templates/charts/ draws. Nothing written lies on anything else written or leaves the box: what finds no room is left to
the table that every chart has behind it or beside it. Colours are classes, so that paper turns them black.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from ntm_tracker.vietnamese import format_number

# As wide as a phone's page and a column of a wide screen, so that one drawing is legible on both.
WIDTH = 400
# What one line of text takes from its top to the top of the next, and how far it reaches above its baseline.
LINE_HEIGHT, ASCENT = 17, 13
# More periods than this cannot be told apart; the table holds them all.
MOST_PERIODS = 8
CUT = "…"

# How wide a character is at most, in the widest of the fonts the pages ask for.
_NARROW, _WIDE = frozenset(" .,;:|!'()/-iíìỉĩịjltfrI"), frozenset("mwMW%@—…≥≤ƠƯ→←")


def text_width(text: str) -> int:
    """At least as wide as the text can be, in units."""
    widths = (5.4 if c in _NARROW else 13.4 if c in _WIDE else 10.4 if c.isupper() else 8.6 for c in text)
    return int(sum(widths)) + 1


def cut(text: str, width: int) -> str:
    """The text, or its beginning and '…' where it is wider than `width`."""
    if text_width(text) <= width:
        return text
    while text and text_width(text + CUT) > width:
        text = text[:-1]
    return text.rstrip() + CUT


def wrapped(text: str, width: int, most: int) -> list[str]:
    """The text in at most `most` lines no wider than `width`, broken between words; what is left over is cut off."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [cut(line, width) for line in lines]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Text:
    """Something written; `y` is its baseline, `kind` the class that colours it."""

    text: str
    x: int
    y: int
    kind: str = ""
    anchor: str = "start"

    @property
    def box(self) -> Box:
        width = text_width(self.text)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.y - ASCENT, left + width, self.y - ASCENT + LINE_HEIGHT)


@dataclass(frozen=True)
class Pole:
    """The upright line from a mark to what is written of it."""

    x: int
    top: int
    bottom: int

    @property
    def box(self) -> Box:
        return Box(self.x - 1, self.top, self.x + 1, self.bottom)


class _Room:
    """What is taken already, between the two edges."""

    def __init__(self, taken: Iterable[Box] = ()):
        self.taken = list(taken)

    def take_first(self, candidates: Iterable[Text]) -> Text | None:
        """The first of the candidates that lies on nothing and leaves no edge; its place is taken from then on."""
        for text in candidates:
            box = text.box
            if box.left >= 0 and box.right <= WIDTH and not any(box.meets(other) for other in self.taken):
                self.taken.append(box)
                return text
        return None


def _inside(text: Text) -> Text:
    """A text written around its point, moved as little as keeps it between the edges."""
    half = ceil(text_width(text.text) / 2)
    return replace(text, x=min(max(text.x, half), WIDTH - half))


class _Scale:
    """Where a value stands between two ends; in the middle where there is only one."""

    def __init__(self, values: Iterable, start: float, end: float):
        values = list(values)
        self.low, self.high = min(values), max(values)
        self.start, self.end = start, end

    def __call__(self, value) -> int:
        if self.low == self.high:
            return round((self.start + self.end) / 2)
        return round(self.start + (self.end - self.start) * float(value - self.low) / float(self.high - self.low))


# -- a line over periods ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """A line over periods. `segments` are paths that break where the series changes; `breaks` are these places."""

    points: list[Point]
    segments: list[str]
    breaks: list[int]
    texts: list[Text]
    # The height of zero, and of the upper edge where one was given.
    zero: int
    top: int | None
    height: int
    # The chart in words.
    text: str
    # (label, value in words, whether another series begins) of every period, drawn or not.
    rows: list[tuple[str, str, bool]]
    width: int = WIDTH


LINE_TOP, LINE_BOTTOM, LINE_SIDE = 32, 116, 40


def line(values: Sequence[tuple[str, Decimal | int | None, object]], *, top: int | None = None, unit="") -> Line | None:
    """A line through (label, value, series) from the oldest to the newest; None where no value is known.

    `top` is the value of the upper edge, such as the number of criteria in the set; it is drawn and named where it is
    given. A value of None leaves a gap.
    """
    starts = [bool(i) and values[i][2] != values[i - 1][2] for i in range(len(values))]
    drawn, drawn_starts = values[-MOST_PERIODS:], starts[-MOST_PERIODS:]
    known = [value for _, value, _ in drawn if value is not None]
    if not known:
        return None
    height_of = _Scale([0, top or 1, *known], LINE_BOTTOM, LINE_TOP)
    step = (WIDTH - 2 * LINE_SIDE) / max(1, len(drawn) - 1)
    across = [round(LINE_SIDE + step * i) if len(drawn) > 1 else WIDTH // 2 for i in range(len(drawn))]
    points, segments, breaks, run = {}, [], [], []
    for i, (_, value, _) in enumerate(drawn):
        is_break = i > 0 and drawn_starts[i]
        if is_break:
            breaks.append((across[i - 1] + across[i]) // 2)
        if is_break or value is None:
            segments.append(_path(run))
            run = []
        if value is not None:
            points[i] = Point(across[i], height_of(value))
            run.append(points[i])
    segments.append(_path(run))
    goal = Text(f"{format_number(top)} {unit}", 16, height_of(top) - 9, "chart-note") if top else None
    texts, height = _line_texts(drawn, across, points, goal)
    return Line(
        points=list(points.values()),
        segments=[segment for segment in segments if segment],
        breaks=breaks,
        texts=texts,
        zero=height_of(0),
        top=height_of(top) if top else None,
        height=height,
        text=", ".join(
            f"{label}: {format_number(value) or 'chưa có'}{' (bộ tiêu chí mới)' * starts}"
            for (label, value, _), starts in zip(drawn, drawn_starts, strict=True)
        ),
        rows=[
            (label, format_number(value) or "–", start) for (label, value, _), start in zip(values, starts, strict=True)
        ],
    )


def _path(run: list[Point]) -> str:
    return "M" + "L".join(f"{p.x} {p.y}" for p in run) if len(run) > 1 else ""


def _line_texts(drawn, across, points, goal):
    """What is written, the newest first where there is no room for all; and the height it takes."""
    room = _Room(Box(p.x - 4, p.y - 4, p.x + 4, p.y + 4) for p in points.values())
    texts = [room.take_first([goal])] if goal else []
    newest_first = range(len(drawn) - 1, -1, -1)
    for i in newest_first:
        rows = [LINE_BOTTOM + 10 + ASCENT, LINE_BOTTOM + 10 + ASCENT + LINE_HEIGHT]
        texts.append(room.take_first(_inside(Text(drawn[i][0], across[i], y, "", "middle")) for y in rows))
    for i in newest_first:
        if i in points:
            x, y = points[i].x, points[i].y
            number = format_number(drawn[i][1])
            places = [y - 8, y + 5 + ASCENT]
            texts.append(room.take_first(_inside(Text(number, x, at, "chart-value", "middle")) for at in places))
    texts = [text for text in texts if text]
    return texts, max([LINE_BOTTOM + 8, *(round(text.box.bottom) for text in texts)])


# -- bars under one another -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    texts: list[Text]
    zero: int
    height: int
    text: str
    # (label, value in words) of every bar.
    rows: list[tuple[str, str]]
    width: int = WIDTH
    thickness: int = 12


BAR_NAMES, BAR_NAME_LINES = 158, 3


def bars(items: Sequence[tuple[str, Decimal | int | None]], *, unit="") -> Bars | None:
    """Bars of (label, value) under one another, each with its value beside it; None where there is nothing to show.

    A value below zero goes to the left of zero; one that is not known is '–' and has no bar.
    """
    if not items:
        return None
    said = [f"{format_number(value)} {unit}".strip() if value is not None else "–" for _, value in items]
    known = [value for _, value in items if value is not None]
    # Where values stand on both sides of zero, they share the room.
    room = 150 if len({(value or 0) < 0 for _, value in items}) == 1 else 95
    shown = [cut(words, room) for words in said]
    # Room for the values on the side where they stand.
    left = max((text_width(s) + 4 for s, (_, value) in zip(shown, items, strict=True) if (value or 0) < 0), default=0)
    right = max((text_width(s) + 6 for s, (_, value) in zip(shown, items, strict=True) if (value or 0) >= 0), default=0)
    start = BAR_NAMES + 8 + left
    place = _Scale([0, *known, *([1] if not any(known) else [])], start, max(start + 20, WIDTH - right))
    drawn, texts, y = [], [], 0
    for (label, value), words in zip(items, shown, strict=True):
        lines = wrapped(label, BAR_NAMES, BAR_NAME_LINES)
        texts += [
            Text(line, BAR_NAMES, y + 3 + ASCENT + LINE_HEIGHT * i, "chart-name", "end") for i, line in enumerate(lines)
        ]
        middle = y + 3 + LINE_HEIGHT * len(lines) // 2
        end, zero = place(value or 0), place(0)
        drawn.append(Bar(min(end, zero), middle - Bars.thickness // 2, abs(end - zero)))
        is_left = (value or 0) < 0
        texts.append(
            Text(words, end - 4 if is_left else end + 5, middle + 5, "chart-value", "end" if is_left else "start")
        )
        y += LINE_HEIGHT * len(lines) + 6
    rows = [(label, words) for (label, _), words in zip(items, said, strict=True)]
    return Bars(drawn, texts, place(0), y, ", ".join(f"{label}: {words}" for label, words in rows), rows)


# -- dots along an axis -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dot:
    """A place's value; `is_met` is None where nobody has decided. The larger `short`, the sooner it is named.

    `words` gives the value as it is written; it is asked of the few that are named.
    """

    name: str
    value: Decimal | None
    words: Callable[[], str]
    is_met: bool | None
    short: Decimal | None = None
    is_reported: bool = False


@dataclass(frozen=True)
class Mark:
    x: int
    y: int
    dot: Dot


@dataclass(frozen=True)
class DotStrip:
    """Values of places along an axis, thresholds as upright lines; paths of many marks each, for there may be hundreds."""

    marks: list[Mark]
    radius: int
    thresholds: list[Pole]
    poles: list[Pole]
    texts: list[Text]
    axis: int
    height: int
    text: str
    width: int = WIDTH
    met: str = ""
    unmet: str = ""
    unknown: str = ""
    # Under the marks that stand on the commune's own word.
    rings: str = ""

    @property
    def diameter(self) -> int:
        return 2 * self.radius

    @property
    def ring(self) -> int:
        return 2 * self.radius + 5

    @property
    def hole(self) -> int:
        return 2 * self.radius + 2


DOT_SIDE, DOT_ROOM, MOST_NAMES, LANES_ABOVE, LANES_BELOW = 14, 84, 6, 4, 6


def dot_strip(
    dots: Sequence[Dot], *, thresholds: Sequence[tuple[Decimal, str]] = (), noun="xã", text=""
) -> DotStrip | None:
    """The values of places against the thresholds, each (value, words); None where no value is known.

    Equal values are heaped; a heap that is too high says how many it holds. Those furthest short are named first, then
    the two at the ends.
    """
    known = sorted((dot for dot in dots if dot.value is not None), key=lambda dot: (dot.value, dot.name))
    if not known:
        return None
    thresholds = sorted(dict(thresholds).items())
    across = _Scale([*(d.value for d in known), *(value for value, _ in thresholds)], DOT_SIDE, WIDTH - DOT_SIDE)
    radius = 4 if len(known) <= 40 else 3 if len(known) <= 200 else 2
    marks, crowds, stack = _heap([(across(dot.value), dot) for dot in known], radius)
    above, lines = _above([(across(value), words) for value, words in thresholds], crowds, stack, noun)
    below, poles = _below(_named(known), across)
    bottom = max((text.box.bottom for text in below), default=4)
    below += _ends(known, round(bottom) + 2)
    # All heights were measured from the axis.
    axis = -round(min([-stack, *(text.box.top for text in above)])) + 1
    marks = [replace(mark, y=mark.y + axis) for mark in marks]
    counted = {True: 0, False: 0, None: 0}
    for dot in known:
        counted[dot.is_met] += 1
    words = {True: "đạt", False: "chưa đạt", None: "chưa đánh giá"}
    said = ", ".join(f"{number} {words[kind]}" for kind, number in counted.items() if number)
    return DotStrip(
        marks=marks,
        radius=radius,
        thresholds=[replace(pole, top=pole.top + axis, bottom=pole.bottom + axis) for pole in lines],
        poles=[replace(pole, top=pole.top + axis, bottom=pole.bottom + axis) for pole in poles],
        texts=[replace(t, y=t.y + axis) for t in above + below],
        axis=axis,
        height=axis + max(round(t.box.bottom) for t in below),
        text=f"{text}: {len(known)} {noun} có số liệu, {said}; "
        + " đến ".join(
            dict.fromkeys(
                [f"thấp nhất {known[0].name} {known[0].words()}", f"cao nhất {known[-1].name} {known[-1].words()}"]
            )
        ),
        met=_dots(m for m in marks if m.dot.is_met),
        unmet=_crosses((m for m in marks if m.dot.is_met is False), radius),
        unknown=_dots(m for m in marks if m.dot.is_met is None),
        rings=_dots(m for m in marks if m.dot.is_reported),
    )


def _heap(placed, radius):
    """Marks heaped on the axis; where heaps were too high, (x, how many stand there); and how high the highest is."""
    step = 2 * radius + (3 if radius > 2 else 1)
    levels = DOT_ROOM // step
    last, marks, over = [], [], []
    for x, dot in placed:
        level = next((i for i, taken in enumerate(last) if x - taken >= step), len(last))
        if level == levels:
            over.append(x)
            level = levels - 1
        if level == len(last):
            last.append(x)
        last[level] = x
        marks.append(Mark(x, -(radius + 3 + step * level), dot))
    return marks, _crowds(placed, over, step), 2 * radius + 4 + step * (len(last) - 1)


def _crowds(placed, over, step):
    """(x, how many) of each run of heaps that were too high; `over` are the places of what found no level, in order."""
    runs = []
    for x in over:
        if runs and x - runs[-1][1] <= step:
            runs[-1][1] = x
        else:
            runs.append([x, x])
    return [
        ((first + last) // 2, sum(first - step / 2 < x < last + step / 2 for x, _ in placed)) for first, last in runs
    ]


def _above(thresholds, crowds, stack, noun):
    """The thresholds' words and the sizes of the heaps over the dots, and the thresholds' lines."""
    floor = -stack - 5
    flags = _Flags([floor - LINE_HEIGHT * lane for lane in range(LANES_ABOVE)])
    flags.raise_all([(x, words, "chart-note") for x, words in thresholds])
    # A heap's number needs no line: it stands over the heap.
    for x, count in crowds:
        flags.write_at(x, f"{count} {noun}", "chart-count")
    unsaid = {x for x, _ in thresholds} - {pole.x for pole in flags.poles}
    return flags.texts, flags.poles + [Pole(x, floor + 4, 0) for x in sorted(unsaid)]


def _below(named, across):
    """The names of some dots below the axis, each on its pole: as many of the first as all find room."""
    wanted = [
        (across(dot.value), f"{dot.name} {dot.words()}", "chart-short" if dot.is_met is False else "") for dot in named
    ]
    while wanted:
        flags = _Flags([6 + ASCENT + LINE_HEIGHT * lane for lane in range(LANES_BELOW)])
        if flags.raise_all(wanted):
            return flags.texts, flags.poles
        wanted.pop()
    return [], []


class _Flags:
    """Texts in lanes above or below an axis at 0, each on a pole that no other text crosses."""

    def __init__(self, lanes: list[int]):
        self.lanes = lanes
        self.texts, self.poles = [], []

    def raise_all(self, wanted: list[tuple[int, str, str]]) -> bool:
        """Raise a flag for each (x, words, kind) there is room for; whether there was for all.

        From the middle outwards, each towards the middle: what stands further out passes behind those further in.
        """
        middle = WIDTH // 2
        left = sorted((flag for flag in wanted if flag[0] < middle), key=lambda flag: -flag[0])
        right = sorted((flag for flag in wanted if flag[0] >= middle), key=lambda flag: flag[0])
        raised = [self._raise(*flag) for flag in left + right]
        return all(raised)

    def _raise(self, x, words, kind) -> bool:
        words = cut(words, WIDTH)
        for lane in self.lanes:
            beside = [Text(words, x + 4, lane, kind), Text(words, x - 4, lane, kind, "end")]
            for text in (*beside[:: 1 if x < WIDTH // 2 else -1], _inside(Text(words, x, lane, kind, "middle"))):
                pole = self._pole(x, text)
                if self._has_room(text) and not any(pole.box.meets(other.box) for other in self.texts):
                    self.texts.append(text)
                    self.poles.append(pole)
                    return True
        return False

    def write_at(self, x: int, words: str, kind: str) -> None:
        """Write without a pole, across x."""
        texts = (_inside(Text(words, x, lane, kind, "middle")) for lane in self.lanes)
        self.texts += [text for text in texts if self._has_room(text)][:1]

    def _has_room(self, text):
        box = text.box
        is_inside = box.left >= 0 and box.right <= WIDTH
        return is_inside and not any(box.meets(other.box) for other in (*self.texts, *self.poles))

    def _pole(self, x, text):
        """From the axis along the text, or to it where it lies across the end."""
        box, is_across = text.box, text.anchor == "middle"
        if text.y < 0:
            return Pole(x, round(box.bottom if is_across else box.top + 4), 0)
        return Pole(x, 2, round(box.top if is_across else box.bottom - 4))


def _named(known):
    """The dots to name, the most telling first: those furthest short, then the lowest and the highest."""
    short = sorted((dot for dot in known if dot.short), key=lambda dot: -dot.short)[:MOST_NAMES]
    ends = [known[0], known[-1]] if known[0].value != known[-1].value else []
    return short + [dot for dot in ends if dot not in short]


def _ends(known, top):
    """What the two ends of the values are, in one line or two."""
    low, high = known[0], known[-1]
    if low.value == high.value:
        words = low.words() if len(known) == 1 else f"đều {low.words()}"
        return [_inside(Text(cut(words, WIDTH), WIDTH // 2, top + ASCENT, "", "middle"))]
    first = Text(cut(f"thấp nhất {low.words()}", WIDTH), 0, top + ASCENT)
    last = Text(cut(f"cao nhất {high.words()}", WIDTH), WIDTH, top + ASCENT, "", "end")
    return [first, replace(last, y=last.y + LINE_HEIGHT) if first.box.meets(last.box) else last]


def _dots(marks: Iterable[Mark]) -> str:
    """A path of points: a round cap makes each a dot. The same place is drawn once."""
    places = dict.fromkeys((mark.x, mark.y) for mark in marks)
    return "".join(f"{move}h0" for move in _moves(places, lift=0))


def _crosses(marks: Iterable[Mark], radius) -> str:
    size = 2 * radius
    places = dict.fromkeys((mark.x - radius, mark.y - radius) for mark in marks)
    return "".join(f"{move}l{size} {size}m0-{size}l-{size} {size}" for move in _moves(places, lift=size))


def _moves(places, *, lift):
    """The moves from each place to the next; what is drawn at a place ends `lift` below it. Short, for there may be hundreds."""
    last = None
    for x, y in places:
        if last is None:
            yield f"M{x} {y}"
        else:
            across, down = x - last[0], y - last[1] - lift
            yield f"m{across}{'' if down < 0 else ' '}{down}"
        last = x, y
