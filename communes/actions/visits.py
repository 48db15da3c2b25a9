"""Writes: notes of visits to places. One transaction each; what is struck out stays readable."""

from django.db import transaction
from django.utils import timezone

from communes.models import Locality, Visit
from ntm_tracker.history import write_down
from ntm_tracker.vietnamese import format_date

WRITTEN = {
    "ngày đi": "visited_on",
    "người đi": "visitors",
    "nội dung": "note",
    "gạch bỏ": "struck_reason",
}


class NotKept(Exception):
    """The note cannot be kept like this; the message tells the person why, `field` where (None: nowhere in particular)."""

    def __init__(self, field, message):
        super().__init__(message)
        self.field = field


@transaction.atomic
def record_visit(*, by, visited_on, visitors, note, locality=None, visit=None, is_illustrative=False) -> Visit:
    """Keep a note of a visit to `locality`, or change the note `visit`.

    The same words of the same person a second time (a button pressed twice) are the note there is. Raises NotKept for a
    day to come, one on which the place did not exist, or a note struck out.
    """
    before = Visit.objects.select_for_update().get(pk=visit.pk) if visit else None
    place = before.locality if before else Locality.objects.select_for_update().get(pk=locality.pk)
    if visited_on > timezone.localdate():
        raise NotKept("visited_on", f"Ngày {format_date(visited_on)} chưa tới. Ghi chép sau chuyến đi.")
    if not place.exists_on(visited_on):
        raise NotKept("visited_on", f"Ngày {format_date(visited_on)} không có {place}. Kiểm tra lại ngày hoặc xã.")
    typed = {"visited_on": visited_on, "visitors": visitors, "note": note}
    if before is None:
        same = Visit.objects.filter(locality=place, created_by=by, struck_at=None, **typed).first()
        if same:
            return same
        kept = Visit.objects.create(locality=place, created_by=by, is_illustrative=is_illustrative, **typed)
    else:
        if before.is_struck:
            raise NotKept(None, f"Chưa lưu: {_struck_words(before)}. Bỏ gạch trước khi sửa.")
        kept = Visit.objects.get(pk=before.pk)
        for name, value in typed.items():
            setattr(kept, name, value)
        kept.changed_at, kept.changed_by = timezone.now(), by
        kept.save()
    write_down(kept, before, by=by, names=WRITTEN, words=_words)
    return kept


@transaction.atomic
def strike_visit(*, visit, by, struck_reason) -> Visit:
    """Strike a note out for a reason, correct the reason, or take that back where it was a mistake (no reason).

    The note stays readable. Raises NotKept if one that stands is struck out without a reason.
    """
    before = Visit.objects.select_for_update().get(pk=visit.pk)
    if not struck_reason and not before.is_struck:
        raise NotKept("struck_reason", "Ghi lý do gạch bỏ.")
    kept = Visit.objects.get(pk=before.pk)
    kept.struck_reason = struck_reason
    kept.struck_at, kept.struck_by = (timezone.now(), by) if struck_reason else (None, None)
    kept.save()
    write_down(kept, before, by=by, names=WRITTEN, words=_words)
    return kept


def _struck_words(visit):
    return f"{visit.struck_by} đã gạch bỏ ghi chép này ngày {format_date(timezone.localdate(visit.struck_at))}"


def _words(visit, name):
    value = getattr(visit, name)
    return format_date(value) if name == "visited_on" else value
