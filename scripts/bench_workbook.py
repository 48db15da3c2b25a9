"""Times Biểu 01 of 600 and of 9,000 communes beside plain cells of XlsxWriter, on PostgreSQL; run by hand:

    .venv/bin/python scripts/bench_workbook.py postgres://user@127.0.0.1:5432/postgres [--rounds 5] [--keep]

The floor writes the same values with `constant_memory` and no look at all; it asks no database. Each is made in a Python
of its own; CPU is that of the Python, memory what it takes over what it held at rest, with Django loaded and the
database asked once. The last line is the whole meeting workbook. The scratch database is dropped afterwards.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_common import ROOT, arguments, scratch, settle

SIZES = (600, 9000)
COLUMNS = 19


def build():
    from criteria.models import Assessment, Recognition
    from tests import factories

    criteria_set = factories.large_set(criteria=COLUMNS)
    periods = [factories.period(2023, 4), factories.period(2024, 1)]
    for size in SIZES:
        places = factories.communes(size, factories.province(f"Tỉnh {size} xã"))
        Assessment.objects.bulk_create(
            (
                Assessment(locality=place, criteria_set=criteria_set, period=period, strip=_strip(n, when))
                for n, place in enumerate(places)
                for when, period in enumerate(periods)
            ),
            batch_size=2000,
        )
        Recognition.objects.bulk_create(Recognition(locality=place, year=2020) for place in places[::3])
        factories.user("officer", places[0].parent, username=f"officer-{size}")
    settle()


def _strip(place, when):
    letters = ("M" if (place * 7919 + n * 104729) % 100 < 70 + when * 8 else "U" for n in range(COLUMNS))
    return "".join(letters)


def floor(path, _):
    """The values of Biểu 01 as plain cells."""
    from openpyxl import load_workbook
    from xlsxwriter import Workbook

    source = load_workbook(path, read_only=True)["Biểu 01"]
    rows = [[cell for cell in row if cell is not None] for row in source.iter_rows(values_only=True)]
    with rested() as measured:
        book = Workbook(f"{path}.floor", {"constant_memory": True})
        sheet = book.add_worksheet("Biểu 01")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write_number(number, column, value)
        book.close()
    return measured


def table(path, size, code="01"):
    from django.contrib.auth import get_user_model

    from criteria.models import Period
    from dashboards.workbooks.book import tables_of, write_book
    from dashboards.workbooks.report import Report

    user = get_user_model().objects.get(username=f"officer-{size}")
    report = Report.of(user=user, period=Period.objects.get(code="2024-q1"))
    with rested() as measured:
        write_book(report, tables_of(code)).save(path)
    return measured


class rested:
    """CPU in seconds and memory in MB that the block takes over what there was."""

    def __enter__(self):
        gc.collect()
        # The highest mark starts anew from what is held now.
        Path("/proc/self/clear_refs").write_text("5")
        self.memory, self.cpu = _peak(), time.process_time()
        return self

    def __exit__(self, *_):
        self.cpu = time.process_time() - self.cpu
        self.memory = _peak() - self.memory


def _peak():
    """The most memory held so far, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


JOBS = {"floor": floor, "Biểu 01": table, "Bộ biểu họp": lambda path, size: table(path, size, "hop")}


def one(name, path, size):
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    measured = JOBS[name](path, int(size))
    print(json.dumps([measured.cpu, measured.memory]))


def measure(name, path, size):
    command = [sys.executable, __file__, "--one", name, path, str(size)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=os.environ).stdout)


def main():
    options = arguments(__doc__).parse_args()
    with scratch(options.server, "ntm_bench_workbook", keep=options.keep), tempfile.TemporaryDirectory() as folder:
        print(f"Building {sum(SIZES):,} communes…", flush=True)
        build()
        for size in SIZES:
            path = f"{folder}/{size}.xlsx"
            measure("Biểu 01", path, size)
            rounds = [{name: measure(name, path if name != "Bộ biểu họp" else f"{path}.all", size) for name in
                       ("Biểu 01", "floor", "Bộ biểu họp")} for _ in range(options.rounds)]  # fmt: skip
            print(f"\n{size:,} communes{'CPU s':>16}{'x floor':>9}{'MB over rest':>14}{'KB':>8}")
            for name in JOBS:
                cpu = statistics.median(found[name][0] for found in rounds)
                ratio = statistics.median(found[name][0] / found["floor"][0] for found in rounds)
                memory = max(found[name][1] for found in rounds)
                ending = {"floor": ".floor", "Bộ biểu họp": ".all"}.get(name, "")
                print(f"{name:14}{cpu:15.2f}{ratio:9.2f}{memory:14.1f}{os.path.getsize(path + ending) / 1e3:8.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        sys.path.insert(0, str(ROOT))
        main()
