"""Which body is in charge of a criterion, by the tables that assign them (FORMS §5.1)."""

import re

from django.db import transaction

from communes.imports.tables import Headings, Table, find_table, is_foot, plain
from communes.models import Level
from criteria.imports.intake import COMMON, Change, Reading, Scope, begin
from criteria.models import CriterionLead, FileImport
from directives.bodies import Bodies
from directives.imports.charges import BODIES, no_place
from directives.imports.tasks import bodies_in
from ntm_tracker.vietnamese import fold

KIND = FileImport.Kind.LEADS
LABEL = "Phân công phụ trách tiêu chí"
NEEDS = "Tiêu chí (số hoặc tên), Cơ quan phụ trách"
TAKEN = "11, TC 11, “11. Nghèo đa chiều” hoặc tên tiêu chí; nhiều cơ quan cách nhau bằng ;"
HAS_OPINION = False

_HEADINGS = Headings(
    {
        "number": COMMON["number"],
        "criterion": ("tc", "so tieu chi", "tieu chi so"),
        "text": ("tieu chi", "ten tieu chi", "noi dung tieu chi", "ten"),
        "body": (
            *BODIES,
            "co quan chu tri",
            "don vi chu tri",
            "co quan",
            "co quan tham muu",
            "co quan phu trach chinh",
        ),
    }
)


def find(sheet, scope: Scope) -> Table | None:
    table = find_table(sheet, _HEADINGS, needs={"body"})
    return table if table and ("criterion" in table or "text" in table) else None


def read(table: Table, scope: Scope) -> Reading:
    """Which bodies the table puts in charge beside those that are; nobody is taken off."""
    reading = begin(table, scope, noun="phân công", into_period=False)
    if scope.place is None:
        reading.problems.append(no_place(table))
        return reading
    bodies = Bodies.load(scope.place, scope.day)
    criteria = list(scope.criteria_set.criteria.all())
    live = set(
        CriterionLead.objects.in_force(scope.day)
        .filter(criterion__in=criteria, indicator_code="")
        .values_list("criterion", "agency")
    )
    key = "criterion" if "criterion" in table else "text"
    for row, cells in table.rows():
        label, body = table.text(row, key), table.text(row, "body")
        first = next((text for column in sorted(cells) if (text := table.sheet.text(row, column))), "")
        if not label or not body or label == body:
            if is_foot(first):
                break
            continue
        if is_foot(first):
            break
        criterion = _criterion(criteria, label)
        if criterion is None:
            reading.problems.append(
                table.problem(row, key, f"“{label[:60]}” không phải là tiêu chí của {scope.criteria_set}.")
            )
            continue
        reading.lines += 1
        _read_row(reading, row, criterion, bodies, live)
    return reading


def _criterion(criteria, label):
    found = re.match(r"(?:tc|tieu chi)?\W*(?:so\W*)?(\d{1,2})\b", fold(label))
    if found:
        return next((one for one in criteria if one.number == int(found[1])), None)
    return next((one for one in criteria if plain(label) in (plain(one.name), plain(one.short_name))), None)


def _read_row(reading, row, criterion, bodies, live):
    table = reading.table
    for name in bodies_in(table.text(row, "body")):
        match = bodies.match(name)
        agencies = [agency for agency in match.agencies if agency.locality.level != Level.COMMUNE]
        if not match.is_sure or not agencies:
            reading.problems.append(
                table.problem(
                    row,
                    "body",
                    f"“{name[:60]}” không rõ là cơ quan nào. Ghi tên như trong danh mục cơ quan, hoặc thêm ở trang Quản trị.",
                )
            )
        for agency in agencies if match.is_sure else ():
            if (criterion.pk, agency.pk) in live:
                reading.unchanged += 1
                continue
            live.add((criterion.pk, agency.pk))
            reading.changes.append(
                Change(
                    f"Tiêu chí {criterion.number}. {criterion.label}",
                    "chưa phân công",
                    str(agency),
                    table.problem(row, "body", "").cell,
                    what=CriterionLead(criterion=criterion, agency=agency),
                )
            )


@transaction.atomic
def write(reading: Reading, scope: Scope) -> FileImport:
    CriterionLead.objects.bulk_create([change.what for change in reading.changes], batch_size=500)
    return scope.record(kind=KIND, sheet=reading.sheet, summary=f"{len(reading.changes)} phân công phụ trách tiêu chí")
