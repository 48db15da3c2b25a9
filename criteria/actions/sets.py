"""Writes of criteria sets that an office enters itself."""

from django.db import transaction

from criteria.imports import ImportRefused
from criteria.imports.workbook import WorkbookSet
from criteria.imports.writer import write
from criteria.models import CriteriaSet, CriterionLink


@transaction.atomic
def add_set(*, found: WorkbookSet) -> CriteriaSet:
    """Write a set read from a workbook beside those that are there, with its crosswalk: all or nothing.

    Raises ImportRefused, worded for the officer, if its code was taken since it was read.
    """
    criteria_set = found.draft.criteria_set
    if CriteriaSet.objects.filter(code=criteria_set.code).exists():
        raise ImportRefused([f"Mã “{criteria_set.code}” vừa có người dùng cho một bộ khác. Đặt mã khác rồi nhập lại."])
    write([found.draft])
    if found.links:
        new = {criterion.number: criterion for criterion in criteria_set.criteria.all()}
        old = {criterion.number: criterion for criterion in found.old_set.criteria.all()}
        status, source = new[1].name_status, f"tệp Excel “{found.draft.path.name}”"
        CriterionLink.objects.bulk_create(
            CriterionLink(new=new[number], old=old[taken_up], status=status, source=source)
            for number, taken_up in found.links
        )
    return criteria_set
