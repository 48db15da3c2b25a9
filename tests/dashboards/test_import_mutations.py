"""Thousands of spoilt tables: whatever comes, it is taken in whole, refused in words, or not a table; never half-written.

150 are tried in every run, the cells changed behind the reader's back, and a dozen files through the reader itself.
MUTATIONS=5000 tries that many of each.
"""

import os
import random
import unicodedata
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import transaction
from openpyxl import load_workbook

from criteria.actions.results import NotOpen
from criteria.imports.intake import NotTaken, Scope
from criteria.models import Assessment, CriterionResult, CriterionStatement, FileImport, ReportedCount
from criteria.sheet import load_sheets
from dashboards.imports import KINDS, recognise
from ntm_tracker.spreadsheet.reading import NotReadable, Sheet, Workbook, read_workbook
from tests import factories
from tests.directives.factories import District
from tests.workbooks import book, bytes_of, upload

MUTATIONS = int(os.environ.get("MUTATIONS", 0))
HEAD = ["STT", "Tên xã"]
TABLES = {
    "matrix": [
        [*HEAD, "TC1", "TC2", "TC3", "Tổng số"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, "Sơn Bình", "x", None, "x", 2],
        [2, "Bản Bo", "Đ", "0", "CĐ", 1],
        [3, "Hồ Thầu", "✓", "–", "KAD", 1],
        [None, "Tổng cộng", 3, 0, 1, 4],
    ],
    "counts": [[*HEAD, "Số tiêu chí đạt", "Chỉ tiêu", "Điểm"], [1, "Sơn Bình", "2/3", "3/4", 97], [2, "Bản Bo", 3, 4, None]],
    "tasks": [
        ["STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn"],
        [1, "Rà soát trường học", "Phòng GD&ĐT", "Hội Phụ nữ huyện", "30/6/2025"],
        [2, "Nâng cấp đường", "UBND các xã", None, "Quý II/2025"],
        [3, "Báo cáo", "Phòng Không Rõ", None, date(2025, 9, 30)],
    ],
    "communes": [[*HEAD, "Năm đạt chuẩn", "Mức", "Số quyết định"], [1, "Sơn Bình", 2019, "NTM", "12/QĐ-UBND ngày 1/2/2019"]],
    "targets": [[*HEAD, "Tiêu chí phấn đấu", "Mức đăng ký"], [1, "Sơn Bình", "1; 2", "NTM"], [2, "Bản Bo", 3, None]],
    "charges": [[*HEAD, "Cơ quan phụ trách"], [1, "Sơn Bình", "Phòng GD&ĐT; Trung tâm Y tế huyện"]],
    "leads": [["TC", "Cơ quan phụ trách"], ["1", "Phòng GD&ĐT"], ["2", "Trung tâm Y tế huyện"]],
}  # fmt: skip
ODD = [
    None,
    "",
    " ",
    "x" * 40_000,
    "=1+1",
    '=HYPERLINK("http://example.com")',
    "+cmd|' /C calc'!A0",
    "-1",
    "@SUM(A1)",
    "\u200b",
    "😀" * 50,
    "a\u0300" * 30,
    "<script>alert(1)</script>",
    "Tổng cộng",
    "Tên xã",
    "TC1",
    "Ghi chú",
    "31/2/2025",
    "99/99/9999",
    "Quý V/2025",
    "tháng 13/2025",
    "hằng tháng",
    "19/19",
    "1/0",
    "0/0",
    "//",
    "½",
    "²",
    "٣",
    "1e400",
    "NaN",
    "–",
    "\n\n",
    "Huyện Phong Thổ",
    "Xã",
    "xã ",
    "TT. ",
    "I. Khu vực I",
    Decimal("1E+300"),
    Decimal("-0.0001"),
    Decimal("99999999999999"),
    date(1900, 1, 1),
    date(9999, 12, 31),
    True,
    False,
]


class World:
    def __init__(self):
        self.district = District(communes=["Sơn Bình", "Bản Bo", "Hồ Thầu"])
        self.set, self.period = factories.small_set(), factories.period(2025, 1)
        self.officer = self.district.officer()

    def scope(self, chance):
        return Scope(
            "bieu.xlsx",
            self.officer,
            self.period,
            self.set,
            chance.choice(["reported", "verified"]),
            year=2025,
            is_ours=chance.random() < 0.5,
        )


@pytest.fixture
def world(db):
    return World()


def rows_stored():
    return {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (FileImport, CriterionStatement, ReportedCount, Assessment)
    }


def take_in(world, workbook, chance):
    """Read and, where it is ready, write a workbook as the page does; tells what became of it."""
    scope = world.scope(chance)
    kinds = [chance.choice(list(KINDS.values()))] if chance.random() < 0.3 else None
    found = recognise(workbook, scope, kinds=kinds)
    if found is None:
        return "no table"
    kind, table = found
    reading = kind.read(table, scope)
    for problem in reading.problems:
        assert str(problem).strip()
    assert len(reading.mark) == 16
    if not reading.is_ready:
        return "refused"
    if not reading.changes:
        return "unchanged"
    before = rows_stored()
    record, why = None, ""
    try:
        with transaction.atomic():
            record = kind.write(reading, scope)
    except (NotTaken, NotOpen) as refused:
        why = str(refused)
    if record is None:
        assert why
        assert rows_stored() == before
        return "refused"
    assert record.summary
    again = kind.read(kind.find(table.sheet, scope), scope)
    assert again.changes == [], "taken in a second time it says nothing new"
    _check_sheets(world)
    return "taken"


def _check_sheets(world):
    """The stored strips and criteria are what the sheets read."""
    sheets = Assessment.objects.with_place().filter(criteria_set=world.set, period=world.period)
    for page in load_sheets(sheets, with_previous=False):
        assert page.strip == page.assessment.strip
        stored = CriterionResult.objects.filter(assessment=page.assessment).order_by("criterion__number")
        assert [(r.status, r.is_verified) for r in stored] == [c.verdict for c in page.criteria]


def mutate(rows, chance):
    """A table with some of everything that goes wrong in one."""
    rows = [list(row) for row in rows]
    for _ in range(chance.choice([1, 1, 2, 3, 6])):
        row = chance.randrange(len(rows))
        what = chance.random()
        if what < 0.45:
            rows[row][chance.randrange(len(rows[row]))] = chance.choice(ODD)
        elif what < 0.55:
            rows.insert(row, list(rows[chance.randrange(len(rows))]))
        elif what < 0.62 and len(rows) > 1:
            del rows[row]
        elif what < 0.7:
            rows.insert(row, [chance.choice(ODD) for _ in rows[row]])
        elif what < 0.78:
            column = chance.randrange(len(rows[row]))
            for line in rows:
                line.insert(min(column, len(line)), chance.choice(ODD))
        elif what < 0.85:
            chance.shuffle(rows)
        elif what < 0.92:
            rows = [[unicodedata.normalize("NFD", c) if isinstance(c, str) else c for c in line] for line in rows]
        else:
            rows = [[c.upper() if isinstance(c, str) else c for c in line] for line in rows]
    return rows


def sheet_of_cells(rows, chance):
    sheet = Sheet("Trang 1")
    top = chance.choice([0, 0, 1, 5, 70])
    for row, line in enumerate(rows, start=top + 1):
        for column, value in enumerate(line, start=1):
            if isinstance(value, str):
                value = unicodedata.normalize("NFC", " ".join(value.split()))
            if isinstance(value, int) and not isinstance(value, bool):
                value = Decimal(value)
            if value not in (None, ""):
                sheet.cells[row, column] = value
    for _ in range(chance.choice([0, 0, 1, 3])):
        first_row, first = chance.randint(top + 1, top + len(rows)), chance.randint(1, 6)
        sheet.merged.append((first_row, first, first_row + chance.randint(0, 3), first + chance.randint(0, 4)))
    if chance.random() < 0.1:
        sheet.faulty[chance.randint(top + 1, top + len(rows)), chance.randint(1, 6)] = "giá trị lỗi #REF!"
    return sheet


def test_spoilt_tables_never_break_it(world):
    outcomes = set()
    for seed in range(MUTATIONS or 150):
        chance = random.Random(seed)
        rows = TABLES[chance.choice(list(TABLES))]
        sheet = sheet_of_cells(mutate(rows, chance), chance)
        point = transaction.savepoint()
        try:
            outcomes.add(take_in(world, Workbook([sheet]), chance))
        except Exception as error:
            error.add_note(f"seed {seed}: {rows[0]}")
            raise
        finally:
            transaction.savepoint_rollback(point)
    assert outcomes == {"no table", "refused", "unchanged", "taken"} or not MUTATIONS


def spoil_file(content, chance):
    """The bytes of a workbook, some of them other ones, or its parts changed and written again."""
    if chance.random() < 0.5:
        data = bytearray(content)
        for _ in range(chance.choice([1, 10, 200])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data[: chance.choice([len(data), len(data), len(data) // 2, 30])])
    workbook = load_workbook(BytesIO(content))
    sheet = workbook.active
    for _ in range(5):
        cell = sheet.cell(chance.randint(1, 40), chance.randint(1, 30))
        if type(cell).__name__ == "Cell":
            cell.value = chance.choice([v for v in ODD if not isinstance(v, str) or v.isprintable()])
    return bytes_of(workbook)


def test_spoilt_files_never_break_it(world):
    told = set()
    for seed in range(MUTATIONS or 12):
        chance = random.Random(seed)
        content = bytes_of(book(TABLES[chance.choice(list(TABLES))]))
        point = transaction.savepoint()
        try:
            take_in(world, read_workbook(upload(spoil_file(content, chance))), chance)
        except NotReadable as error:
            told.add(str(error)[:20])
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        finally:
            transaction.savepoint_rollback(point)
    assert told, "some files cannot be read"
