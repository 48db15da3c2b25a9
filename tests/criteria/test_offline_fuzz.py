"""Forms changed at random, in their cells and in their bytes: each is read, compared and saved, or refused in a sentence.

`FORM_FUZZ=5000` tries that many; the suite tries 150.
"""

import io
import os
import random
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from openpyxl.cell.cell import MergedCell

from accounts.models import Role
from criteria.entering import enterable
from criteria.models import IndicatorResult, Opinion, ResultChange
from criteria.offline import comparing
from criteria.offline.layout import KEY, TABLE, Column
from criteria.offline.reading import NotThisForm, read_form
from criteria.offline.writing import Form as Written
from criteria.offline.writing import write_form
from ntm_tracker.spreadsheet import child, reading
from ntm_tracker.spreadsheet.reading import NotReadable
from tests import factories
from tests.criteria.forms import Form

pytestmark = pytest.mark.django_db

TIMES = int(os.environ.get("FORM_FUZZ", "150"))
WORDS = [
    "",
    " ",
    "đạt",
    "X",
    "8/9",
    "1.234,5",
    "=1+1",
    "+cmd",
    "@a",
    "-5",
    "9" * 400,
    "#REF!",
    "Tru\u031bo\u031b\u0300ng",
    "\u202e",
]
NUMBERS = [
    0,
    -1,
    1,
    50,
    100,
    100.00001,
    1e300,
    5e-324,
    0.1 + 0.2,
    45000,
    True,
    False,
    None,
    date(2024, 9, 8),
    "=A1",
    "=1/0",
]


class Office:
    def __init__(self):
        self.district = factories.district()
        self.set = factories.small_set()
        factories.indicator(self.set.criteria.get(number=1), 3, text="Tỷ lệ (áp dụng đạt cho cả nam và nữ)")
        self.period = factories.period()
        self.user = factories.user(Role.OFFICER, self.district)
        for name in ("Sơn Bình", "Bản Bo", "Khun Há"):
            factories.assessment(factories.commune(name, self.district), self.set, self.period)
        self.choice = {"period": self.period, "criteria_set": self.set}
        file = io.BytesIO()
        found = enterable(self.user, **self.choice, places=self.set.places())
        write_form(Written(**self.choice, enterable=found, by=self.user, place_words="Huyện Tam Đường"), file)
        self.content = file.getvalue()

    def take_in(self, content):
        """Read, compare and save a form; returns the number of cells written, or None where it was refused."""
        upload = SimpleUploadedFile("phieu.xlsx", content)
        try:
            form = read_form(upload, **self.choice, opinion=Opinion.VERIFIED)
        except (NotReadable, NotThisForm):
            return None
        before = ResultChange.objects.count()
        with transaction.atomic():
            comparison = comparing.compare(form, **self.choice, user=self.user, for_writing=True)
            for line in comparison.shown:
                assert line.kind != "error" or (line.error and line.where), line
                assert line.kind == "error" or (line.before_words and line.after_words)
            taken = len(comparison.taken)
            if taken:
                assert all(saved.is_written for saved in comparing.save(comparison, by=self.user))
            assert ResultChange.objects.count() == before + taken
            transaction.set_rollback(True)
        return taken


def change_cells(content, rng) -> bytes:
    """What people and programs do to a workbook."""
    form = Form(content)
    table = form.table
    for _ in range(rng.randrange(1, 6)):
        row, column = rng.randrange(1, table.max_row + 2), rng.randrange(1, Column.KEY + 2)
        match rng.randrange(24):
            case 0:
                table.delete_rows(row)
            case 1:
                table.insert_rows(row)
            case 2:
                table.delete_cols(column)
            case 3:
                table.insert_cols(column)
            case 4:
                for each in range(1, Column.KEY + 1):
                    put(table, row, each, table.cell(rng.randrange(7, 22), each).value)
            case 5:
                sheet = rng.choice(form.book.worksheets)
                sheet.title = rng.choice([TABLE, KEY, "Sheet1", "Phiếu đánh giá 2"])
            case 6:
                put(rng.choice(form.book.worksheets), rng.randrange(1, 3), 2, rng.choice([*WORDS, *NUMBERS]))
            case 7:
                cell = put(table, rng.randrange(7, 22), rng.choice([Column.VALUE, Column.NUMERATOR]), rng.random())
                cell.number_format = "0.0%"
            case 8:
                row = rng.randrange(7, 22)
                key = str(table.cell(row, Column.KEY).value)
                put(table, row, Column.KEY, key.replace(rng.choice("0123456789abcdef-"), rng.choice("0f-x"), 1))
            case _:
                column = rng.randrange(Column.VALUE, Column.NOTE + 1)
                put(table, rng.randrange(7, 22), column, rng.choice([*WORDS, *NUMBERS]))
    return form.content


def put(sheet, row, column, value):
    """Write a cell, where it is not the hidden part of a merged one."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        cell.value = value
    return cell


def change_bytes(content, rng) -> bytes:
    """What a bad disk or a bad program does: bytes of the package, or of one of its parts."""
    if rng.random() < 0.4:
        return _spoil(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = rng.choice(sorted(parts))
    parts[name] = _spoil(parts[name], rng)
    if rng.random() < 0.1:
        del parts[rng.choice(sorted(parts))]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue()


def _spoil(data, rng):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(max(len(data), 1))
        match rng.randrange(4):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at : at + rng.randrange(1, 60)]
            case 2:
                data[at:at] = rng.choice(
                    [b"9" * 30, b"</c>", b"<f>", b'r="XFD99"', b'" t="e"', b"\x00", b"&lol;", b"]]>"]
                )
            case 3:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
    return bytes(data)


def test_forms_with_cells_changed_at_random(monkeypatch):
    office = Office()

    # The same reader without its process: what is tried here is what comes after it.
    def ask(path, name, columns):
        limits = (reading.MOST_ROWS, reading.MOST_COLUMNS, reading.MOST_CELLS)
        wanted = {sheet: [row, sorted(some)] for sheet, (row, some) in columns.items()}
        answer = child.main(str(path), *limits, wanted)
        return reading.json.loads(reading.json.dumps(answer))

    monkeypatch.setattr(reading, "_ask", ask)
    outcomes = [office.take_in(change_cells(office.content, random.Random(seed))) for seed in range(TIMES * 2 // 3)]
    # The changes are not all so wild that nothing is left to take, nor so mild that nothing is refused.
    assert sum(outcome is None for outcome in outcomes) > len(outcomes) // 20
    assert sum(bool(outcome) for outcome in outcomes) > len(outcomes) // 20
    assert not IndicatorResult.objects.exists()


def test_forms_with_bytes_changed_at_random():
    office = Office()
    for seed in range(TIMES // 3):
        office.take_in(change_bytes(office.content, random.Random(seed)))
    assert not IndicatorResult.objects.exists()
