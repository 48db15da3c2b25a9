"""Some of the tables in one file, or the whole workbook of a meeting."""

from collections.abc import Callable, Iterable

from dashboards.workbooks import summary
from dashboards.workbooks.report import Report
from dashboards.workbooks.tables import BY_CODE, MEETING, TABLES, Table
from ntm_tracker.spreadsheet.book import Book, start_workbook

# The code of the meeting workbook, and of the same with the sheet of each place.
WHOLE, WITH_SHEETS = "hop", "hop-10"
# Starting, reading the figures and packing the file, in seconds.
_BASE = 0.3


class NothingToWrite(ValueError):
    """The table cannot be made of this place and period; the message says why."""


def tables_of(code: str) -> list[Table]:
    """The tables that a code of an address or of the command line stands for, as '01' or '01,02'; [] if there is none."""
    if code == WHOLE:
        return MEETING
    if code == WITH_SHEETS:
        return TABLES
    wanted = code.split(",")
    return [table for table in TABLES if table.code in wanted] if set(wanted) <= set(BY_CODE) else []


def write_book(
    report: Report, tables: Iterable[Table], *, say: Callable[[int, int, str], None] = lambda *_: None
) -> Book:
    """The tables in their order in one workbook; several begin with a summary. `say` hears how far it is, before each.

    Raises NothingToWrite, worded for the reader, where a table asked for cannot be made.
    """
    tables = list(tables)
    for table in tables:
        if problem := table.missing(report):
            raise NothingToWrite(problem)
    titles = ", ".join(table.name for table in tables)
    book = start_workbook(title=f"{titles}. {report.period.name}, {report.place_name}", author=report.author)
    is_whole = set(MEETING) <= set(tables)
    if is_whole:
        say(0, len(tables) + 1, summary.NAME)
        summary.write(book, report, [(table.name, table.title) for table in tables])
    for number, table in enumerate(tables):
        say(number + is_whole, len(tables) + is_whole, table.name)
        table.write(book, report)
    return book


def seconds(report: Report, tables: Iterable[Table]) -> float:
    """About how long the tables take to write, from how many places and how much work there is."""
    tables = list(tables)
    work = report.board.summary().total if any(table.per_work for table in tables) else 0
    places = len(report.matrix.rows)
    return _BASE + sum(table.per_place * places + table.per_work * work for table in tables) / 1000
