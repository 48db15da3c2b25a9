"""Tables of plans (nhiệm vụ | chủ trì | phối hợp | thời gian): each row becomes a block with its cells by what they hold."""

import re

from directives.reading.marks import mark_of
from directives.reading.notice import Span
from directives.reading.outline import Block, is_upper
from directives.reading.text import Line

ROW = "row"

# What a column holds, told from its head; the first that fits.
_COLUMNS = [
    ("no", re.compile(r"(?:stt|tt|số tt|số thứ tự|no)\.?$")),
    ("support", re.compile(r"phối hợp")),
    ("time", re.compile(r"thời gian|thời hạn|tiến độ|thời điểm|hoàn thành|^hạn")),
    (
        "lead",
        re.compile(
            r"chủ trì|cơ quan|đơn vị|phụ trách|đầu mối|người thực hiện|bộ phận|tổ chức thực hiện|phân công|"
            r"trách nhiệm|chủ thể"
        ),
    ),
    ("output", re.compile(r"sản phẩm|kết quả|đầu ra")),
    ("note", re.compile(r"ghi chú|kinh phí|nguồn vốn|số lượng")),
    ("work", re.compile(r"nhiệm vụ|nội dung|công việc|hoạt động|giải pháp|tên việc|đầu việc|phần việc")),
    ("lead", re.compile(r"^thực hiện$")),
]
_GAP = re.compile(r"[ \u00a0]{2,}|\t+")
_PIPE_RULE = re.compile(r"[\s|:+-]+$")
_LONGEST_HEAD = 60
# A line that only numbers the columns: | 1 | 2 | 3 |.
_COUNTS = re.compile(r"\W*1\W+2(?:\W+\d)*\W*$")


def column_of(head: str) -> str:
    """What a column holds: no, work, lead, support, time, output, note; "" if its head says nothing we know."""
    head = " ".join(head.replace("<br>", " ").split()).strip(" .:*")
    if not head or len(head) > _LONGEST_HEAD:
        return ""
    return next((name for name, pattern in _COLUMNS if pattern.search(head)), "")


def is_plan_head(columns: list[str]) -> bool:
    """Whether these columns make a plan: the work, and who or when."""
    return "work" in columns and ("lead" in columns or "time" in columns)


def _duties(columns: list[str], heads: list[str]) -> list[str]:
    """`Đơn vị | Trách nhiệm`: beside a column of bodies, what they are answerable for is the work."""
    for order, head in enumerate(heads):
        if re.fullmatch(r"(?:trách nhiệm|phân công)(?:\s.*)?", head) and columns[:order].count("lead"):
            return [*columns[:order], "work", *columns[order + 1 :]]
    return columns


def rows_of(text: str, key: str, lines: list[Line]) -> dict[int, Block]:
    """The rows of all plans, by the offset where each starts. A head is a row without cells."""
    rows: dict[int, Block] = {}
    index = 0
    while index < len(lines):
        line = lines[index]
        piped = "|" in text[line.start : line.end]
        cells = _pipe_cells(text, line) if piped else _gap_cells(text, line)
        if 2 <= len(cells) <= 12:
            columns = [column_of(key[s:e]) for s, e in cells]
            if "work" not in columns and "lead" in columns:
                columns = _duties(columns, [key[s:e].strip(" .:*") for s, e in cells])
            if is_plan_head(columns):
                index = _grid(text, key, lines, index, columns, cells, rows, piped=piped)
                continue
        elif len(cells) <= 1 and line.end - line.start <= _LONGEST_HEAD and not piped:
            after = _stacked(text, key, lines, index, rows)
            if after > index:
                index = after
                continue
        index += 1
    return rows


def _pipe_cells(text: str, line: Line) -> list[Span]:
    spans, first = [], line.start
    for at in range(line.start, line.end + 1):
        if at == line.end or text[at] == "|":
            spans.append((first, at))
            first = at + 1
    if text[line.start] == "|":
        spans = spans[1:]
    if text[line.end - 1] == "|" and spans:
        spans = spans[:-1]
    return [_trim(text, s, e) for s, e in spans]


def _gap_cells(text: str, line: Line) -> list[Span]:
    spans, first = [], line.start
    for gap in _GAP.finditer(text, line.start, line.end):
        # Two tabs in a row leave a cell empty between them.
        for _ in range(max(1, gap[0].count("\t"))):
            spans.append((first, max(first, gap.start())))
            first = gap.end()
    spans.append((first, line.end))
    return spans


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in " \t\u00a0*_":
        start += 1
    while end > start and text[end - 1] in " \t\u00a0*_":
        end -= 1
    return start, end


def _head_row(rows, line):
    rows[line.start] = Block(line.start, line.end, kind=ROW, outer_start=line.start)


def _grid(text, key, lines, index, columns, heads, rows, *, piped):
    """Rows under a head in one line: cells parted by |, tabs, or spaces. Returns the index of the line after the table."""
    head = lines[index]
    _head_row(rows, head)
    tabbed = not piped and "\t" in text[head.start : head.end]
    spaced = not piped and not tabbed
    index += 1
    if spaced:
        return _spaced(text, key, lines, index, columns, heads, head, rows)
    while index < len(lines):
        line = lines[index]
        words = text[line.start : line.end]
        if piped and "|" not in words or tabbed and "\t" not in words:
            if line.after_blank or mark_of(words) or is_upper(words):
                break
            index += 1
            continue
        if _PIPE_RULE.match(words) or re.match(r"\W*\(\d\)\W", words) or _COUNTS.match(words):
            _head_row(rows, line)
        else:
            cells = _pipe_cells(text, line) if piped else _gap_cells(text, line)
            _add_row(text, key, rows, line, columns, [[span] for span in cells], line.end)
        index += 1
    return index


def _add_row(text, key, rows, line, columns, cells, end):
    """Add one row; `cells` holds the printed parts of each cell."""
    held: dict[str, list[Span]] = {}
    for name, parts in zip(columns, cells, strict=False):
        parts = [(s, e) for s, e in parts if s < e and text[s:e].strip(" .-…")]
        if name and parts:
            held.setdefault(name, []).extend(parts)
    filled = [parts for parts in cells if any(s < e for s, e in parts)]
    block = Block(line.start, end, kind=ROW, outer_start=line.start)
    rows[line.start] = block
    number = held.get("no")
    if number:
        block.number = text[number[0][0] : number[0][1]].strip(" .)")
    if len(filled) <= 2 and not (held.keys() & {"lead", "time", "support"}):
        # A row of a title only: "I | Công tác chỉ đạo".
        block.kind = "title"
        span = held.get("work") or filled[-1:] and filled[-1] or [(line.start, end)]
        block.start, block.end = span[0][0], span[-1][1]
        return
    if "work" in held:
        block.cells = held
        parts = held["work"]
        if len(parts) == 1:
            block.start, block.end = parts[0]
        elif len(parts) > 1:
            block.start, block.end = line.start, end


def _spaced(text, key, lines, index, columns, heads, head, rows):
    """Rows in columns of text: the gutters are where all lines have spaces."""
    first = index
    base = head.start - head.indent
    starts = [s - base for s, _ in heads]
    while index < len(lines):
        line = lines[index]
        words = text[line.start : line.end]
        inside = bool(_GAP.search(words)) or line.indent >= max(starts[1] - 2, 4)
        if not inside and (line.after_blank or mark_of(words) or is_upper(words) or line.width > starts[-1]):
            break
        index += 1
    region = lines[first:index]
    if not region:
        return index
    edges = _gutters(text, [head, *region], len(columns))
    if edges is None:
        return index
    current: tuple[Line, list[list[Span]], int] | None = None
    for line in region:
        cells = _cut(text, line, edges)
        starts_row = _starts_row(text, line, columns, cells, current is None)
        if current is None and not starts_row:
            # The head goes on over a second line.
            continue
        if starts_row or current is None:
            if current is not None:
                _add_row(text, key, rows, current[0], columns, current[1], current[2])
            current = (line, [[span] if span[0] < span[1] else [] for span in cells], line.end)
        else:
            for parts, span in zip(current[1], cells, strict=True):
                if span[0] < span[1]:
                    parts.append(span)
            current = (current[0], current[1], line.end)
    if current is not None:
        _add_row(text, key, rows, current[0], columns, current[1], current[2])
    return index


def _starts_row(text, line, columns, cells, first):
    """Whether a line opens a row: by its number, or by work that starts anew beside a body or a time."""
    if columns[0] == "no":
        return bool(text[cells[0][0] : cells[0][1]].strip())
    start, end = cells[columns.index("work")]
    if start >= end:
        return False
    beside = any(name in ("lead", "time", "support") and s < e for name, (s, e) in zip(columns, cells, strict=True))
    return bool(mark_of(text[start:end])) or line.after_blank or (beside and (first or text[start].isupper()))


def _gutters(text, lines, count):
    """Offsets within a line where the columns start, or None if there are not `count` of them."""
    width = min(max(line.width for line in lines), 400)
    used = [False] * (width + 1)
    for line in lines:
        base = line.start - line.indent
        for at in range(line.start, min(line.end, base + width)):
            if not text[at].isspace() or (at > 0 and not text[at - 1].isspace() and not text[at + 1].isspace()):
                used[at - base] = True
    edges = [0]
    at = 0
    while at < width:
        if not used[at]:
            gap = at
            while at < width and not used[at]:
                at += 1
            if gap > 0 and at < width and any(used[:gap]):
                edges.append(at)
        at += 1
    return edges if len(edges) == count else None


def _cut(text, line, edges):
    base = line.start - line.indent
    cells = []
    for first, last in zip(edges, [*edges[1:], 10_000], strict=True):
        cells.append(
            _trim(text, min(max(base + first, line.start), line.end), max(min(base + last, line.end), line.start))
        )
    return [(s, max(s, e)) for s, e in cells]


def _stacked(text, key, lines, index, rows):
    """A table whose cells came out one under the other. Returns the index after it, or `index` if there is none."""
    columns: list[str] = []
    at = index
    while at < len(lines) and len(columns) < 9:
        line = lines[at]
        name = column_of(key[line.start : line.end]) if line.end - line.start <= 40 else ""
        if not name or name in columns or mark_of(text[line.start : line.end]):
            break
        columns.append(name)
        at += 1
    if len(columns) < 3 or columns[0] != "no" or not is_plan_head(columns):
        return index
    for line in lines[index:at]:
        _head_row(rows, line)
    number = 1
    while at < len(lines):
        words = text[lines[at].start : lines[at].end].strip(" .)*")
        if words != str(number):
            break
        cells: list[Line] = []
        first = lines[at]
        at += 1
        while at < len(lines) and len(cells) < len(columns) - 1:
            words = text[lines[at].start : lines[at].end].strip(" .)*")
            if words == str(number + 1):
                break
            cells.append(lines[at])
            at += 1
        spans = [[(first.start, first.end)], *([(cell.start, cell.end)] for cell in cells)]
        end = cells[-1].end if cells else first.end
        _add_row(text, key, rows, first, columns, spans, end)
        number += 1
    return at
