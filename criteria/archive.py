"""Evidence as one ZIP: a folder for each criterion by its number, the files under their indicators' codes, and an index.

It is packed while it is sent, a file at a time, so neither the memory nor the disk holds it.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from zipstream import ZipStream

from criteria.evidence import EvidenceOverview, Kind
from criteria.models import Evidence
from criteria.rules import validity
from ntm_tracker.spreadsheet.writing import CENTRE, DAY, NUMBER, Cell, Column, Sheet, save_workbook, start_workbook
from ntm_tracker.vietnamese import nfc

CONTENTS = "00 Mục lục.xlsx"
# Windows opens nothing whose whole path is longer than 260 characters.
_LONGEST_FOLDER, _LONGEST_FILE = 60, 120
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_CHUNK = 1 << 18
# How many rows of files are in the memory at once.
_ROWS = 500
GONE = "! Không còn tệp trên máy chủ"


@dataclass
class Pack:
    """The evidence of the sheets an overview is over, of all criteria or of the one of a number."""

    overview: EvidenceOverview
    by: object
    title: str
    criterion: int | None = None
    _taken: set[str] = field(default_factory=set)

    @property
    def is_of_many(self) -> bool:
        return len(self.overview.tallies) > 1

    @property
    def is_illustrative(self) -> bool:
        return any(tally.sheet.is_illustrative for tally in self.overview.tallies.values())

    def items(self):
        """The files that are kept, by place and indicator."""
        items = self._of_criterion(self.overview.kept()).select_related(
            "assessment__locality", "indicator__criterion", "uploaded_by"
        )
        in_order = ["assessment__locality__sort_key", "assessment__locality", "indicator__criterion__number"]
        return items.order_by(*in_order, "indicator__position", "name", "pk")

    def missing(self):
        """The results that say 'met' without a file, in the same order."""
        return self._of_criterion(self.overview.rows(Kind.MISSING))

    def _of_criterion(self, rows):
        return rows.filter(indicator__criterion__number=self.criterion) if self.criterion else rows

    def stream(self) -> Iterator[bytes]:
        """The ZIP, piece by piece. A file that is gone from the disk is named as such in the index."""
        # Scans and office files are packed already.
        package = ZipStream(compress_type=zipfile.ZIP_STORED)
        index = _Index(self)
        for item in self.items().iterator(chunk_size=_ROWS):
            path = self._path(item)
            opened = _open(item)
            index.add(item, path, is_gone=opened is None)
            if opened:
                package.add(_read(opened), path)
                yield from package.all_files()
        package.add(index.close(), CONTENTS)
        yield from package.finalize()

    def _path(self, item: Evidence) -> str:
        path = path_of(item)
        if self.is_of_many:
            path = f"{safe_name(item.assessment.locality.title, longest=_LONGEST_FOLDER)}/{path}"
        return _free(path, self._taken)


def path_of(item: Evidence) -> str:
    """'05 Trường học/5.1 biên bản.pdf': the file under its indicator's code, in the folder of its criterion."""
    indicator, criterion = item.indicator, item.indicator.criterion
    folder = safe_name(f"{criterion.number:02d} {criterion.label}", longest=_LONGEST_FOLDER)
    stem, dot, ending = item.name.rpartition(".") if "." in item.name else (item.name, "", "")
    code = indicator.code or str(criterion.number)
    if not re.match(rf"{re.escape(code)}(?![.\d])", stem):
        stem = f"{code} {stem}"
    return f"{folder}/{safe_name(f'{safe_name(stem, longest=_LONGEST_FILE)}{dot}{ending}')}"


def _open(item: Evidence):
    try:
        return item.file.open("rb")
    except FileNotFoundError:
        return None


def _read(file):
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


class _Index:
    """The list of what is in the package, and of what is said to be met and no file shows."""

    def __init__(self, pack: Pack):
        self.pack, self.number = pack, 0
        overview = pack.overview
        self.book = start_workbook(title=f"Mục lục minh chứng. {pack.title}", author=pack.by.get_full_name())
        subtitles = [
            f"({overview.criteria_set.name}. Kỳ: {overview.period.name}. Hiệu lực của tệp xét đến ngày {overview.day:%d/%m/%Y})",
            f"Người lập: {pack.by.get_full_name()}, lập ngày {timezone.localdate():%d/%m/%Y}",
        ]
        if pack.is_illustrative:
            subtitles.append("SỐ LIỆU MINH HỌA")
        columns = [
            Column("STT", 6, CENTRE),
            *([Column("Địa bàn", 17)] if pack.is_of_many else []),
            Column("Tiêu chí", 20),
            Column("Chỉ tiêu", 38),
            Column("Tệp trong gói", 40),
            Column("Dung lượng (kB)", 11, NUMBER),
            Column("Nội dung", 24),
            Column("Có giá trị đến ngày", 12, DAY),
            Column("Người nộp", 18),
            Column("Ngày nộp", 12, DAY),
            Column("Tình trạng", 18),
        ]
        self.sheet = Sheet(
            self.book,
            "Mục lục",
            columns,
            title=f"MỤC LỤC MINH CHỨNG, {pack.title.upper()}",
            subtitles=subtitles,
            freeze_columns=1,
        )

    def add(self, item: Evidence, path: str, *, is_gone: bool):
        state = validity(item.expires_on, day=self.pack.overview.day, soon_days=0)
        self._row(
            item,
            path,
            # Begun kilobytes count: nothing that is there weighs nothing.
            -(-item.size // 1024),
            item.note,
            item.expires_on or "không thời hạn",
            str(item.uploaded_by or "hệ thống"),
            timezone.localtime(item.uploaded_at).date(),
            Cell(GONE, bold=True) if is_gone else f"! {state}" if state else "",
        )

    def close(self) -> bytes:
        missing = self.pack.missing().iterator(chunk_size=_ROWS)
        for number, result in enumerate(missing):
            if not number:
                self.sheet.group("Chỉ tiêu ghi đạt mà chưa có tệp minh chứng")
            self._row(result, "", None, "", None, "", None, "! chưa có tệp")
        if not self.number:
            self.sheet.row([None] * len(self.sheet.columns))
        return save_workbook(self.book)

    def _row(self, item, *values):
        self.number += 1
        indicator = item.indicator
        place = [item.assessment.locality.title] if self.pack.is_of_many else []
        code = indicator.code or indicator.criterion.number
        criterion = f"{indicator.criterion.number}. {indicator.criterion.label}"
        self.sheet.row([self.number, *place, criterion, f"{code} {nfc(indicator.text)}", *values])


def safe_name(text: str, longest: int = 200) -> str:
    """A name that every system takes as one name: composed, no separators, no device of Windows."""
    text = nfc(re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', " ", text))
    if len(text) > longest:
        text = text[:longest].rsplit(" ", 1)[0]
    text = text.rstrip(" .,;") or "_"
    return f"_{text}" if _RESERVED.fullmatch(text) or text.startswith(".") else text


def _free(path: str, taken: set) -> str:
    """The path, or with a number where it is taken: two names may become one when they are made safe."""
    stem, dot, ending = path.rpartition(".") if "." in path.rsplit("/", 1)[-1] else (path, "", "")
    number, free = 1, path
    while free.casefold() in taken:
        number += 1
        free = f"{stem} ({number}){dot}{ending}"
    taken.add(free.casefold())
    return free
