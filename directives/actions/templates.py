"""An office's own templates of documents: taken into use, and out of it again."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from communes.models import Locality
from directives.actions.common import NotPossible, stored_name
from directives.models import DocumentTemplate
from directives.models.templates import DocumentKind
from ntm_tracker.documents import Layout

LAYOUT_WORDS = {Layout.STATE: "thể thức Nhà nước", Layout.PARTY: "thể thức Đảng"}


@transaction.atomic
def use_template(*, kind, layout, file, seen, by):
    """Use an uploaded .docx, which was checked, for the documents of the person's office from now on.

    Raises NotPossible unless the template in use is still the one of the number `seen` (None for our own).
    """
    _end_in_use(kind, layout, seen, by)
    name, stored = stored_name(file)
    file.seek(0)
    template = DocumentTemplate(locality_id=by.place_id, kind=kind, layout=layout, file_name=name, uploaded_by=by)
    template.file.save(stored, ContentFile(file.read()), save=False)
    template.save()
    return template


@transaction.atomic
def drop_template(*, kind, layout, seen, by):
    """Go back to our own template. Raises NotPossible unless the one in use is still that of the number `seen`."""
    return _end_in_use(kind, layout, seen, by)


def _end_in_use(kind, layout, seen, by):
    """End the template in use; returns it, or None where ours was."""
    # One after the other: where our own is in use there is no row of it that two people could wait for.
    offices = Locality.objects.select_for_update().order_by("pk")
    (offices.filter(pk=by.place_id) if by.place_id else offices).first()
    now = DocumentTemplate.objects.in_use().filter(locality=by.place_id, kind=kind, layout=layout).first()
    if (now.pk if now else None) != seen:
        whose = f"“{now.file_name}” do {now.uploaded_by} tải lên" if now else "mẫu mặc định"
        raise NotPossible(
            f"Trong lúc anh chị xem, người khác đã đổi mẫu {DocumentKind(kind).label} ({LAYOUT_WORDS[layout]}): nay "
            f"đang dùng {whose}. Xem lại rồi làm tiếp nếu vẫn muốn thay."
        )
    if now:
        now.removed_at, now.removed_by = timezone.now(), by
        now.save(update_fields=["removed_at", "removed_by"])
    return now
