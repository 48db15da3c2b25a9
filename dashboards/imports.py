"""Every kind of table that comes in, and finding out which one a sheet holds."""

from collections.abc import Iterable

from communes.imports.tables import Table
from criteria.imports import counts, matrix, recognitions, targets
from criteria.imports.intake import Scope
from directives.imports import charges, leads, tasks
from ntm_tracker.spreadsheet.reading import Sheet, Workbook

KINDS = {module.KIND: module for module in (matrix, counts, tasks, recognitions, targets, charges, leads)}


def recognise(
    workbook: Workbook, scope: Scope, *, kinds: Iterable | None = None, sheet: Sheet | None = None
) -> tuple[object, Table] | None:
    """The kind and the table of a workbook: of the first sheet that holds one, the kind with the most columns.

    `kinds` and `sheet` are those the person has chosen.
    """
    for one in [sheet] if sheet else workbook.sheets:
        found = [(module, module.find(one, scope)) for module in kinds or KINDS.values()]
        found = [(module, table) for module, table in found if table]
        if found:
            return max(found, key=lambda pair: len(pair[1].columns))
    return None
