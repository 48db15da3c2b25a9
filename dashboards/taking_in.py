"""A waiting table as the choices of its page read it, and taking it in: the page does it, or the command a page starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from criteria.actions.results import NotOpen
from criteria.choices import set_in_force
from criteria.imports.intake import NotTaken, Reading, Scope
from criteria.models import CriteriaSet, Opinion, Period
from dashboards.imports import KINDS, recognise
from ntm_tracker import waiting
from ntm_tracker.jobs import Outcome
from ntm_tracker.spreadsheet.reading import Workbook, read_workbook

# The choices of the preview, as they stand in its address.
CHOICES = ("loai", "trang", "ky", "bo", "y-kien", "nam", "dung")
# Writing as many changes takes about two seconds: from there on it is done aside.
MOST_AT_ONCE = 3000


@dataclass
class Opened:
    """A waiting file as the choices read it."""

    file: waiting.Waiting
    workbook: Workbook
    scope: Scope
    kind: object = None
    reading: Reading | None = None

    @property
    def is_long(self) -> bool:
        return self.reading is not None and len(self.reading.changes) > MOST_AT_ONCE


def open_file(*, user, file: waiting.Waiting, choices: Mapping[str, str]) -> Opened:
    """Read a file as the choices say, writing nothing."""
    with file.open() as stream:
        workbook = read_workbook(stream)
    opened = Opened(file, workbook, _scope(user, file.name, choices))
    if not opened.scope.period or not opened.scope.criteria_set:
        return opened
    kind = KINDS.get(choices.get("loai", ""))
    sheet = next((one for one in workbook.sheets if one.name == choices.get("trang")), None)
    found = recognise(workbook, opened.scope, kinds=[kind] if kind else None, sheet=sheet)
    opened.kind = kind
    if found:
        opened.kind, table = found
        opened.reading = opened.kind.read(table, opened.scope)
    return opened


def _scope(user, file_name, choices):
    """For whom and into what: as chosen, else the newest open period and the set in force at its end."""
    periods = list(Period.objects.newest_first())
    period = next((one for one in periods if one.code == choices.get("ky")), None)
    period = period or next((one for one in periods if not one.closed_on), None) or next(iter(periods), None)
    sets = list(CriteriaSet.objects.filter(is_complete=True).in_order())
    criteria_set = next((one for one in sets if one.code == choices.get("bo")), None)
    if criteria_set is None and sets and period:
        criteria_set = set_in_force(sets, period.ends_on)
    year = choices.get("nam", "")
    return Scope(
        file_name=file_name,
        user=user,
        period=period,
        criteria_set=criteria_set,
        opinion=Opinion.VERIFIED if choices.get("y-kien") == Opinion.VERIFIED else Opinion.REPORTED,
        year=int(year) if year.isdecimal() and len(year) == 4 else (period.ends_on.year if period else 0),
        is_ours=choices.get("dung") == "1",
    )


def take_in(*, user, file: waiting.Waiting, choices: Mapping[str, str], mark: str) -> Outcome:
    """Write what was shown under a mark, all of it, and let the file go; says what came of it and where to see it.

    Raises NotTaken, worded for the person, where the figures have changed since or cannot be written: nothing was.
    """
    with transaction.atomic():
        opened = open_file(user=user, file=file, choices=choices)
        reading = opened.reading
        if reading is None or not reading.is_ready or reading.mark != mark:
            raise NotTaken("Số liệu đã thay đổi sau khi anh chị mở trang, chưa nhập gì. Xem lại rồi bấm lần nữa.")
        try:
            # In a transaction of its own: refused, it leaves nothing behind.
            with transaction.atomic():
                record = opened.kind.write(reading, opened.scope)
        except (NotOpen, NotTaken) as refused:
            raise NotTaken(f"Chưa nhập gì: {refused}") from refused
    waiting.discard(file)
    scope = opened.scope
    matrix = f"{reverse('dashboards:matrix')}?{urlencode({'ky': scope.period.code, 'bo': scope.criteria_set.code})}"
    return Outcome(f"Đã nhập từ tệp “{record.file_name}”: {record.summary}.", record.leads_to or matrix)
