"""What every kind of table that comes in shares: into what it goes, and what reading it came to.

A kind is a module with `KIND`, `LABEL`, `find(sheet, scope)` (its table, or None), `read(table, scope)` (a Reading, which
writes nothing) and `write(reading, scope)` (the FileImport; one transaction). The page and the command call the same.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from communes.imports.places import PlaceFinder, Unknown, other_district
from communes.imports.tables import Problem, Table
from communes.models import Locality
from criteria.models import CriteriaSet, FileImport, Opinion, Period, Subject

# The columns every table has, by what offices call them.
NAMES = (
    "ten xa",
    "xa",
    "don vi",
    "ten don vi",
    "dia ban",
    "ten dia ban",
    "xa thi tran",
    "ten xa thi tran",
    "ten xa phuong",
    "xa phuong",
    "xa phuong thi tran",
    "ten xa phuong thi tran",
    "ten cac xa",
    "ubnd xa",
    "thon",
    "ten thon",
    "thon ban",
)
COMMON = {"number": ("stt", "tt", "so tt", "so thu tu"), "name": NAMES}


class NotTaken(Exception):
    """The table cannot be written now; the message says why, worded for the officer. Nothing was."""


@dataclass
class Scope:
    """For whom a file is taken in, and into what. `user` is None for a command, which sees all places."""

    file_name: str
    user: object = None
    period: Period | None = None
    criteria_set: CriteriaSet | None = None
    opinion: str = Opinion.REPORTED
    year: int = 0
    # The person has said that a letterhead of another district is no mistake.
    is_ours: bool = False
    # The place whose places the command means; none for all.
    only: Locality | None = None

    @property
    def place(self) -> Locality | None:
        return self.user.place if self.user else self.only

    @property
    def day(self):
        return self.period.ends_on if self.period else timezone.localdate()

    @cached_property
    def places(self):
        """The places the person may take figures in for."""
        if self.user:
            places = Locality.objects.visible_to(self.user)
        else:
            places = Locality.objects.within(self.only) if self.only else Locality.objects.all()
        if self.criteria_set and self.criteria_set.subject not in (Subject.COMMUNE, Subject.TOWN):
            return places & self.criteria_set.places()
        return places.communes()

    @cached_property
    def finder(self) -> PlaceFinder:
        return PlaceFinder.load(self.places, self.day)

    @cached_property
    def judged(self) -> set[int]:
        """The places that the set judges."""
        return set(self.criteria_set.places().filter(pk__in=self.finder.by_pk).values_list("pk", flat=True))

    def record(self, *, kind, sheet, summary) -> FileImport:
        """Keep which file came in."""
        return FileImport.objects.create(
            kind=kind,
            file_name=self.file_name[:200],
            sheet_name=sheet.name[:100],
            locality=self.place,
            period=self.period,
            summary=summary[:300],
            at=timezone.now(),
            by=self.user,
        )


@dataclass
class Change:
    """Something a table says otherwise than what is stored: of what, from, to, in words, and the cell that says it."""

    label: str
    before: str
    after: str
    cell: str = ""
    # Why it is not written, of what stays as it is.
    reason: str = ""
    # What the kind needs to write it.
    what: object = None


@dataclass
class Reading:
    """What a table says. Nothing of it is written while there are problems or names that nobody knows."""

    table: Table
    problems: list[Problem] = field(default_factory=list)
    # What the person should know and what keeps nothing from being written: totals that differ, rows passed over.
    notes: list[str] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    unchanged: int = 0
    # How many lines were read.
    lines: int = 0
    # What one change is called: 'ô', 'xã', 'nhiệm vụ'.
    noun: str = "ô"
    # A district the letterhead names that is not the person's.
    other_district: str = ""

    @property
    def is_ready(self) -> bool:
        return not self.problems and not self.unknown and not self.other_district

    @property
    def mark(self) -> str:
        """A short mark of what would be written; the confirmation sends it back."""
        told = [(change.label, change.before, change.after, change.cell) for change in self.changes]
        return hashlib.blake2s(repr(told).encode(), digest_size=8).hexdigest()

    @property
    def sheet(self):
        return self.table.sheet


def begin(table: Table, scope: Scope, lines=None, *, into_period: bool = True, **more) -> Reading:
    """A reading with what is wrong of the file as a whole, and of its lines.

    `into_period` is False for what stands whatever period is open.
    """
    reading = Reading(table, **more)
    if not scope.is_ours:
        reading.other_district = other_district(table, scope.place)
    if into_period and scope.period and scope.period.closed_on:
        reading.problems.append(
            Problem(
                f"kỳ {scope.period.name} đã khóa từ ngày {scope.period.closed_on:%d/%m/%Y}, không nhập được nữa. Chọn kỳ "
                "đang mở, hoặc mở lại kỳ.",
                sheet=table.sheet.name,
            )
        )
    for key, column in table.repeated:
        if key in ("number",):
            continue
        head = table.sheet.text(table.head_row, column)
        reading.problems.append(
            Problem(
                f"cột này trùng nghĩa với cột {_letters(table.columns[key])} (“{head}”). Xóa hoặc đổi tên một cột.",
                table.head_row,
                column,
                table.sheet.name,
            )
        )
    if lines is not None:
        reading.problems += lines.problems
        reading.unknown += lines.unknown
        reading.lines = len(lines.places)
        if not lines.places and not lines.unknown and not lines.problems:
            reading.problems.append(Problem("không có dòng nào dưới tiêu đề bảng.", sheet=table.sheet.name))
        for row, text in lines.skipped:
            reading.notes.append(f"Không đọc dòng {row} “{text[:60]}”: không có số thứ tự và số liệu.")
    if into_period and scope.period and (said := other_period(table, scope.period)):
        reading.notes.append(f"Tệp ghi “{said}”, anh chị đang nhập vào kỳ {scope.period.name}.")
    return reading


def other_period(table: Table, period: Period) -> str:
    """The period that the lines over a table name, where it is another than the one chosen; '' for none."""
    others = dict(Period.objects.exclude(pk=period.pk).values_list("name", "pk"))
    heads = [value for (row, _), value in table.sheet.cells.items() if row < table.head_row and isinstance(value, str)]
    if any(period.name in text for text in heads):
        return ""
    return next((name for name in sorted(others, key=len, reverse=True) for text in heads if name in text), "")


def _letters(column):
    return Problem("", 1, column).cell[:-1]
