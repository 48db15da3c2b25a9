"""Several files together: all of them are right, or none is written."""

from pathlib import Path

from django.db import transaction

from criteria.imports.reader import SetReader
from criteria.imports.recognition import load_recognition
from criteria.imports.writer import ImportRefused, write
from criteria.models import CriteriaSet

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "sets"


def import_sets(paths=None):
    """Load the sets in `paths`, or all those shipped with the program; one SetReport for each.

    With those shipped come the conditions of recognition and the crosswalk (`recognition`). Raises ImportRefused, with
    every problem of every file, if a file is malformed or changes a set in use.
    """
    is_shipped = not paths
    paths = [Path(path) for path in paths] if paths else sorted(SHIPPED.glob("*.yaml"))
    problems, drafts = [], []
    for path in paths:
        reader = SetReader(path)
        draft = reader.read()
        problems += reader.problems
        if draft:
            drafts.append(draft)
    problems += _sets_twice(drafts) + _unknown_requirements(drafts)
    if problems:
        raise ImportRefused(problems)
    with transaction.atomic():
        reports = write(drafts)
        if is_shipped:
            load_recognition()
    return reports


def _sets_twice(drafts):
    seen, problems = {}, []
    for draft in drafts:
        code = draft.criteria_set.code
        if code in seen:
            problems.append(f"tệp {draft.path.name}: bộ tiêu chí “{code}” đã có trong tệp {seen[code]}.")
        seen.setdefault(code, draft.path.name)
    return problems


def _unknown_requirements(drafts):
    known = {draft.criteria_set.code for draft in drafts} | set(CriteriaSet.objects.values_list("code", flat=True))
    return [
        f"tệp {draft.path.name}, dòng {draft.requires_line}: không có bộ tiêu chí “{draft.requires}” để phải đạt trước."
        for draft in drafts
        if draft.requires and (draft.requires not in known or draft.requires == draft.criteria_set.code)
    ]
