"""Writes of decisions that recognise a place, or revoke that. One transaction; who changed what is logged in it."""

from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction

from criteria.models import CriteriaSet, Recognition, Tier
from criteria.rules import is_recognised_on
from ntm_tracker.history import write_down
from ntm_tracker.uploads import clean_name, extension
from ntm_tracker.vietnamese import format_date

# What a row's words need beside it.
_NAMED = ["locality", "inherited_from__locality"]
LOGGED = [
    "locality",
    "tier",
    "year",
    "decision_number",
    "decided_on",
    "file_name",
    "inherited_from",
    "revoked_on",
    "revoked_number",
    "revoked_note",
]


class NotPossible(Exception):
    """The decision cannot be kept like this; the message tells the officer why, `field` where."""

    def __init__(self, field, message):
        super().__init__(message)
        self.field = field


@transaction.atomic
def record_recognition(*, by, recognition=None, file=None, **fields) -> Recognition:
    """Keep a decision, or change one: `locality`, `tier`, `year`, `decision_number`, `decided_on`, `inherited_from`.

    A decision is a fact: what the sheets say against it does not stop it (`recognition.doubts` says it). Raises
    NotPossible if the tier builds on one that the place was not recognised at (`CriteriaSet.requires`), if it is
    inherited from no predecessor of the place, or if the same decision is kept already.
    """
    before = Recognition.objects.select_related(*_NAMED).get(pk=recognition.pk) if recognition else None
    kept = recognition or Recognition()
    for name, value in fields.items():
        setattr(kept, name, value)
    _check_tier_before(kept)
    _check_origin(kept)
    replaced = kept.file.name if recognition and file else ""
    if file:
        kept.file_name = clean_name(file.name)
        # On disk under a name that nobody chose: it cannot climb folders nor be guessed.
        kept.file.save(f"{uuid4().hex}{extension(file.name)}", file, save=False)
    _save_once(kept)
    _log(kept, before, by)
    if replaced:
        transaction.on_commit(lambda: kept.file.storage.delete(replaced))
    return kept


@transaction.atomic
def revoke_recognition(*, recognition, by, revoked_on=None, revoked_number="", revoked_note="") -> Recognition:
    """Record that a decision was revoked, correct that, or take it back where it was recorded by mistake (no day).

    Raises NotPossible if a revocation has no reason, or a day before the decision.
    """
    before = Recognition.objects.select_related(*_NAMED).get(pk=recognition.pk)
    if revoked_on and not revoked_note:
        raise NotPossible("revoked_note", "Ghi lý do thu hồi.")
    if not revoked_on:
        if not before.revoked_on:
            raise NotPossible("revoked_on", "Ghi ngày thu hồi.")
        revoked_number = revoked_note = ""
    elif before.decided_on and revoked_on <= before.decided_on:
        raise NotPossible("revoked_on", f"Ngày thu hồi phải sau ngày quyết định ({before.decided_on:%d/%m/%Y}).")
    elif revoked_on.year < before.year:
        raise NotPossible("revoked_on", f"Ngày thu hồi trước năm đạt chuẩn ({before.year}).")
    recognition.revoked_on = revoked_on
    recognition.revoked_number, recognition.revoked_note = revoked_number, revoked_note
    recognition.save()
    _log(recognition, before, by)
    return recognition


def _check_tier_before(kept):
    sets = CriteriaSet.objects.filter(tier=kept.tier, requires__isnull=False).select_related("requires")
    for criteria_set in sets.order_by("pk"):
        starts, ends = criteria_set.effective_from, criteria_set.effective_to
        if (starts and starts.year > kept.year) or (ends and ends.year < kept.year):
            continue
        needed = criteria_set.requires.tier
        if needed == kept.tier or not criteria_set.judges(kept.locality):
            continue
        earlier = Recognition.objects.filter(locality=kept.locality, tier=needed).exclude(pk=kept.pk)
        # The day of the decision, else the year's end, by which the earlier one must stand.
        day = kept.decided_on or date(kept.year, 12, 31)
        if not any(is_recognised_on(one, day) for one in earlier):
            raise NotPossible(
                "tier",
                f"{kept.locality.title} chưa có quyết định công nhận {Tier(needed).label} tính đến {format_date(day)}, mà "
                f"{criteria_set.short_name} yêu cầu có trước khi công nhận {kept.get_tier_display()}. Ghi quyết định "
                f"{Tier(needed).label} trước.",
            )


def _check_origin(kept):
    origin = kept.inherited_from
    if origin is None:
        return
    if not kept.locality.origins.filter(predecessor=origin.locality_id).exists():
        raise NotPossible(
            "inherited_from",
            f"{origin.locality.title} không phải là địa bàn cũ của {kept.locality}. Chọn quyết định của địa bàn đã nhập vào, "
            "hoặc ghi việc sắp xếp trước.",
        )
    if origin.tier != kept.tier:
        raise NotPossible(
            "inherited_from", f"Quyết định kế thừa là mức {origin.get_tier_display()}, khác mức đang ghi."
        )


def _save_once(kept):
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        # The form has looked; two people at once have both looked before either saved.
        if "recognition_once_a_year" in str(error) or "UNIQUE" in str(error):
            raise NotPossible("year", "Địa bàn này đã có quyết định công nhận mức đó trong năm.") from error
        raise


def _log(kept, before, by):
    labels = {"file_name": "tệp quyết định"}
    names = {labels.get(name) or str(Recognition._meta.get_field(name).verbose_name): name for name in LOGGED}
    write_down(kept, before, by=by, names=names, words=_words)


def _words(row, name):
    if name == "tier":
        return row.get_tier_display()
    value = getattr(row, name)
    return format_date(value) if name.endswith("_on") else str(value or "")
