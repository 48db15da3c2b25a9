"""Saving what was ticked of a form that was sent and looked at: the page does it, or the command a page starts."""

import hashlib

from django.db import transaction
from django.urls import reverse

from criteria.actions.results import NotOpen
from criteria.choices import address
from criteria.offline import comparing
from criteria.offline.comparing import Answer, Comparison, Kind
from criteria.offline.reading import ReturnedForm
from ntm_tracker import staging
from ntm_tracker.jobs import Outcome
from ntm_tracker.memory import without_collecting

# Writing as many cells takes about two seconds: from there on it is done aside.
MOST_AT_ONCE = 3000


class NotSaved(Exception):
    """Nothing was saved; the message says why, for the person. `comparison` is what stands against what now."""

    def __init__(self, message, comparison):
        super().__init__(message)
        self.comparison = comparison


def compare_kept(kept: dict, *, period, criteria_set, user, for_writing=False) -> Comparison:
    """What waits of a form, with the answers given so far, against what is stored now."""
    with without_collecting():
        return comparing.compare(
            ReturnedForm.unpacked(kept["form"]),
            period=period,
            criteria_set=criteria_set,
            user=user,
            answers={key: Answer(**answer) for key, answer in kept["answers"].items()},
            for_writing=for_writing,
        )


def conflicts_mark(comparison) -> str:
    """A short mark of the conflicts that are shown: with another one the person has not seen them all."""
    shown = sorted(f"{line.key}-{line.before.token}" for line in comparison.of(Kind.CONFLICT))
    return hashlib.blake2s("|".join(shown).encode(), digest_size=8).hexdigest()


def save_kept(token: str, kept: dict, *, period, criteria_set, user, conflicts: str) -> Outcome:
    """Save what is ticked, all or nothing, and let the form go; `conflicts` is the mark of those the person has seen.

    Raises NotSaved.
    """
    with transaction.atomic():
        comparison = compare_kept(kept, period=period, criteria_set=criteria_set, user=user, for_writing=True)
        _save(comparison, conflicts, user)
    staging.discard(token)
    return _outcome(comparison, period, criteria_set)


def _save(comparison, conflicts, user):
    if conflicts != conflicts_mark(comparison):
        raise NotSaved(
            "Trong lúc anh chị xem, có ô đã được người khác sửa trên phần mềm: xem hai giá trị ở đầu bảng.", comparison
        )
    if lacking := [line for line in comparison.of(Kind.CONFLICT) if line.error]:
        raise NotSaved(f"Còn {len(lacking)} ô chưa ghi lý do thay giá trị đã lưu.", comparison)
    if not comparison.taken:
        raise NotSaved("Chưa chọn ô nào để lưu: đánh dấu ít nhất một ô, hoặc bấm “Hủy”.", comparison)
    try:
        saved = comparing.save(comparison, by=user)
    except NotOpen as error:
        raise NotSaved(str(error), comparison) from error
    if not all(outcome.is_written for outcome in saved):
        # Under the lock nothing can have changed since the comparison.
        raise AssertionError("a compared form cannot be written")


def _outcome(comparison, period, criteria_set):
    places = {line.place.pk: line.place for line in comparison.taken}
    one = next(iter(places.values())) if len(places) == 1 else None
    where = one.full_name if one else f"{len(places)} địa bàn"
    says = f"Đã lưu {len(comparison.taken)} ô từ tệp “{comparison.form.file_name}” vào phiếu {where}."
    if one:
        return Outcome(says, reverse("criteria:sheet", args=[period.code, criteria_set.code, one.pk]))
    return Outcome(says, address("criteria:sheets", period, criteria_set))
