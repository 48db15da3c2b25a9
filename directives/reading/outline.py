"""From lines to blocks: paragraphs and items with hard line breaks undone, hung under the headings they belong to."""

import re
from dataclasses import dataclass, field

from directives.reading.marks import BULLETS, PLAIN, RANK, Mark, mark_of
from directives.reading.text import UPPER, Line

# Where nearly every line has a blank one above it, blank lines say nothing.
_DOUBLE_SPACED = 0.8
_WIDEST_PRINT = 140

_PAGE_NUMBER = re.compile(r"[-–—]?\s*(?:trang\s+)?\d{1,3}(?:\s*/\s*\d{1,3})?\s*[-–—]?$", re.IGNORECASE)
_RULE = re.compile(r"[_\-=*~.─—\s]{3,}$")
_ENDS_SENTENCE = re.compile(r"[.;:!?…][\"”'’)*_\s]*$|[/.]\s*/\s*\.?\s*$")
_ENDS_COLON = re.compile(r":[\"”*_\s]*$")
_STARTS_SMALL = re.compile(r"[\"“(*_]*[^\W\d_]")
# "Phòng Tài chính / - Kế hoạch": a dash inside a name, at the start of a printed line.
_NAME_GOES_ON = re.compile(
    r"[-–]\s*(?:Kế hoạch|Hạ tầng|Thương binh|Xã hội|Thông tin|Truyền thông|Đầu tư|Thể thao|Khoa học|UBND|HĐND|"
    r"xã hội|Hạnh phúc|Tự do|Công nghệ|Du lịch|Đô thị|Kỹ thuật|Phó |Chủ tịch|Bí thư|Ủy viên|Tỉnh ủy viên|"
    r"Huyện ủy viên|Trưởng |Giám đốc|Chánh |Thường trực)",
)
# Words no sentence ends with. Names of kinds of places are not among them: "1. UBND các huyện" is a heading.
_WANTS_MORE = re.compile(
    r"(?:,|\b(?:và|của|với|cho|các|những|theo|trên|về|tại|trong|từ|đến|là|do|số|ngày|tháng|năm|đồng chí|phối "
    r"hợp|giao|Giao|"
    r"trước|hoặc|để|bằng|đối với|được|Tài chính|Kinh tế|Lao động|trình|gửi))$"
)
_FOOTNOTE = re.compile(
    r"(?:\[\d{1,2}\]|\(\d{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]|\d{1,2})\s*(?:(?:Các |Gồm |Tại |Theo |Căn cứ |Ngày )?(?:Nghị "
    r"quyết|Quyết định|Công văn|"
    r"Thông tư|Thông báo|Kế hoạch|Văn bản|Báo cáo|Nghị định|Luật|Kết luận|Chỉ thị|Tờ trình|Hướng dẫn|Biên bản)\b"
    r"|(?:Gồm|Bao gồm|Trong đó|Theo|Tại|Xem|Cụ thể|Như)\b)"
)
_FOOTNOTE_LOOSE = re.compile(r"(?:\[\d{1,2}\]|[¹²³⁴⁵⁶⁷⁸⁹]|\d{1,2})\s*[" + UPPER + r"]")


@dataclass(slots=True)
class Block:
    """A heading, item or paragraph: its words without the mark, and its place in the tree."""

    start: int
    end: int
    kind: str = PLAIN
    number: str = ""
    outer_start: int = 0
    ends_colon: bool = False
    parent: "Block | None" = None
    children: list["Block"] = field(default_factory=list)
    level: int = 1
    # For a row of a plan's table: the spans of its cells by what they hold (work, lead, support, time).
    cells: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


@dataclass(slots=True)
class Outline:
    """The blocks in the order of the text, and the spans to pass over when matching: page numbers and footnotes."""

    blocks: list[Block]
    masked: list[tuple[int, int]]


def is_upper(text: str) -> bool:
    """Whether a line is set in capitals, as headings are."""
    letters = list(filter(str.isalpha, text))
    small = sum(map(str.islower, letters))
    return len(letters) >= 4 and small <= len(letters) // 12


class _Joiner:
    """Decides whether a printed line goes on with the paragraph above it."""

    def __init__(self, text: str, lines: list[Line]):
        self.text = text
        widths = sorted(line.width for line in lines if line.width > 30)
        self.width = widths[int(len(widths) * 0.95)] if widths else 80
        blank = sum(line.after_blank for line in lines)
        small = sum(text[line.start].islower() for line in lines)
        self.blanks_count = not (
            len(lines) >= 8
            and blank >= _DOUBLE_SPACED * len(lines)
            and self.width <= _WIDEST_PRINT
            and small >= len(lines) * 0.3
        )

    def goes_on(self, above: Line, line: Line, mark: Mark | None, above_is_heading: bool, length: int) -> bool:
        text = self.text
        above_words, words = text[above.start : above.end], text[line.start : line.end]
        blank = line.after_blank and self.blanks_count
        if mark is not None:
            return (
                not blank
                and mark.kind == "dash"
                and not _ENDS_SENTENCE.search(above_words)
                and bool(_NAME_GOES_ON.match(words))
            )
        small = _STARTS_SMALL.match(words)
        starts_small = bool(small) and words[small.end() - 1].islower()
        ended = bool(_ENDS_SENTENCE.search(above_words[-12:]))
        if blank:
            wanting = bool(_WANTS_MORE.search(above_words))
            return (starts_small or wanting) and not ended and not above_is_heading and length >= 30
        if starts_small and not (ended and above_words.rstrip("*_ ").endswith((".", ":"))):
            return True
        if above_is_heading:
            # A heading set over two lines goes on in capitals only.
            return is_upper(above_words) and is_upper(words) and not ended and above.width > self.width * 0.5
        if not ended and (_WANTS_MORE.search(above_words) or words[0] in ",;.)/&"):
            return True
        first = words.split(None, 1)[0]
        filled = above.width + 1 + len(first) > self.width * (0.95 if ended else 0.85)
        if self.width > _WIDEST_PRINT:
            return False
        if not filled or is_upper(words):
            return False
        # Inside a paragraph the first line may stand further in, never further out.
        return not (ended and line.indent > above.indent + 1)


def outline_of(text: str, lines: list[Line], rows: dict[int, Block] | None = None) -> Outline:
    """Read the lines into a tree of blocks.

    `rows` gives, by the offset where its first line starts, each table row that stands for itself.
    """
    outline = Outline([], [])
    joiner = _Joiner(text, lines)
    rows = rows or {}
    above: Line | None = None
    above_heading = False
    current: Block | None = None
    note_from: int | None = None
    row_end = -1
    for index, line in enumerate(lines):
        words = text[line.start : line.end]
        if line.start < row_end:
            continue
        row = rows.get(line.start)
        if row is not None:
            outline.blocks.append(row)
            row_end, above, current, note_from = row.outer_start + 1, None, None, None
            row_end = max(row.end, *(end for spans in row.cells.values() for _, end in spans), row_end)
            continue
        if _PAGE_NUMBER.match(words) or _RULE.match(words):
            outline.masked.append((line.start, line.end))
            if note_from is not None:
                outline.masked.append((note_from, line.end))
                note_from = None
            continue
        mark = mark_of(words)
        unfinished = current is not None and not _ENDS_SENTENCE.search(
            text[max(current.start, current.end - 12) : current.end]
        )
        if note_from is None and _is_footnote(text, lines, index, unfinished and not above_heading):
            note_from = line.start
            continue
        if note_from is not None:
            small = words[0].islower()
            if not (small and line.after_blank) and not (mark and line.after_blank) and not line.after_blank:
                continue
            if line.after_blank and not small and not mark and _is_footnote(text, lines, index, True):
                continue
            outline.masked.append((note_from, line.start))
            note_from = None
            if small and unfinished and current is not None:
                current.end, above = line.end, line
                continue
        if (
            current is not None
            and above is not None
            and joiner.goes_on(above, line, mark, above_heading, above.end - current.start)
        ):
            current.end, above = line.end, line
            continue
        start = line.start + (mark.length if mark else 0)
        current = Block(
            start=min(start, line.end),
            end=line.end,
            kind=mark.kind if mark else PLAIN,
            number=mark.text if mark else "",
            outer_start=line.start,
        )
        outline.blocks.append(current)
        above = line
        above_heading = is_upper(words)
    for block in outline.blocks:
        block.ends_colon = bool(_ENDS_COLON.search(text[max(block.start, block.end - 6) : block.end]))
    return outline


def _is_footnote(text: str, lines: list[Line], index: int, unfinished: bool) -> bool:
    """Whether a footnote starts on this line: a bare number and a source, or any bare number in mid-sentence."""
    line = lines[index]
    words = text[line.start : min(line.end, line.start + 60)]
    if not (words[0].isdigit() or words[0] in "[(¹²³⁴⁵⁶⁷⁸⁹"):
        return False
    if _FOOTNOTE.match(words):
        return True
    return unfinished and line.after_blank and bool(_FOOTNOTE_LOOSE.match(words))


def hang(blocks: list[Block], text: str) -> None:
    """Give each block its parent and children.

    The order of marks says what is inside what. Against that order, a block that ends in a colon takes the list that
    follows it, whatever its marks, and a mark met before goes back to where it was.
    """
    stack: list[Block] = []
    previous: Block | None = None
    for block in blocks:
        rank = RANK[block.kind]
        if not _opens(previous, block, stack):
            _close(stack, block, rank)
        if len(stack) >= 12:
            del stack[11:]
        block.parent = stack[-1] if stack else None
        block.level = len(stack) + 1
        if block.parent is not None:
            block.parent.children.append(block)
        stack.append(block)
        previous = block


_FIRST = re.compile(r"(?:.*\.)?(?:1|a|i|A|I)$|\((?:1|a|i)\)$")


def _opens(previous: Block | None, block: Block, stack: list[Block]) -> bool:
    """Whether a block starts the list that the colon before it announces."""
    if previous is None or not previous.ends_colon or block.kind in (PLAIN, previous.kind):
        return False
    return block.kind in BULLETS or bool(_FIRST.match(block.number)) or all(b.kind != block.kind for b in stack)


def _close(stack: list[Block], block: Block, rank: float) -> None:
    same = next((i for i in range(len(stack) - 1, -1, -1) if stack[i].kind == block.kind), None)
    if same is not None and block.kind != PLAIN:
        del stack[same:]
        return
    while stack and (RANK[stack[-1].kind] >= rank or (block.kind == PLAIN and stack[-1].kind in BULLETS)):
        stack.pop()
