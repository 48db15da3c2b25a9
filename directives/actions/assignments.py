"""What becomes of one body's part: progress, done, confirmed or sent back, extended, withdrawn. Each leaves an event.

A page hands in the last event it showed as `seen`: what is decided upon is what the person has read.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from directives.actions.common import NotPossible, given_grounds, given_text, refuse_future, stored_name
from directives.models import Assignment, AssignmentEvent, AssignmentFile
from ntm_tracker.vietnamese import format_date

Kind = AssignmentEvent.Kind


@transaction.atomic
def report_progress(*, assignment, note, percent=None, files=(), by):
    """Say how far an open assignment is, with files if there are any. `percent` is of 100. Raises NotPossible."""
    note = given_text(note, "Ghi đã làm được gì, còn vướng gì.")
    if percent is not None and not 0 <= percent <= 100:
        raise NotPossible("Tiến độ từ 0 đến 100 %.")
    current = _lock_open(assignment)
    event = _record(current, Kind.PROGRESS, by, note=note, percent=percent)
    keep_files(files, event)
    current.progress_note, current.progress_at = note, event.at
    current.percent = current.percent if percent is None else percent
    current.save(update_fields=["progress_note", "progress_at", "percent"])
    return current


@transaction.atomic
def report_done(*, assignment, done_on, note, files=(), by):
    """The body's word that its part was done on a day; it waits for an officer to confirm.

    A priority task wants a file that proves it, now or with an earlier report. Raises NotPossible.
    """
    return _done(assignment, done_on, note, files, by, confirmed=False)


@transaction.atomic
def complete_assignment(*, assignment, done_on, note, files=(), by):
    """An officer's word that a part was done on a day: confirmed at once. Raises NotPossible.

    Of a priority task too: what the officer has seen with their own eyes needs no file.
    """
    return _done(assignment, done_on, note, files, by, confirmed=True)


@transaction.atomic
def confirm_assignment(*, assignment, by, note="", seen=None):
    """Confirm what the body reported done: it counts from the day reported. Raises NotPossible."""
    current = _lock(assignment, seen)
    _refuse_unless_awaiting(current)
    current.done_on = current.reported_on
    current.save(update_fields=["done_on"])
    _record(current, Kind.COMPLETED, by, on=current.done_on, note=note.strip())
    return current


@transaction.atomic
def return_assignment(*, assignment, reason, by, seen=None):
    """Send back what the body reported done; it is open again, and the report stays in the history.

    Where the task was withdrawn meanwhile, so is the part: nothing is left to be done. Raises NotPossible.
    """
    reason = given_text(reason, "Ghi lý do trả lại: thiếu gì, cần bổ sung gì.")
    current = _lock(assignment, seen)
    _refuse_unless_awaiting(current)
    return _open_again(current, Kind.RETURNED, current.reported_on, reason, by)


@transaction.atomic
def reopen_assignment(*, assignment, reason, by, seen=None):
    """Take back a confirmed completion; what was reported stays in the history. Raises NotPossible."""
    reason = given_text(reason, "Ghi lý do mở lại.")
    current = _lock(assignment, seen)
    if current.done_on is None:
        raise NotPossible("Phần việc này đang mở, không cần mở lại.")
    return _open_again(current, Kind.REOPENED, current.done_on, reason, by)


@transaction.atomic
def record_unchanged(*, assignment, what, by):
    """Answer what the page of a finished part asks: it changed no assessment of `what`. Raises NotPossible."""
    current = _lock(assignment)
    if current.done_on is None:
        raise NotPossible("Phần việc này chưa được xác nhận hoàn thành.")
    _record(current, Kind.UNCHANGED, by, on=timezone.localdate(), note=given_text(what, "Ghi tiêu chí và xã."))
    return current


@transaction.atomic
def extend_assignments(*, assignments, due_on: date, document, note="", on: date, by, seen=None):
    """Move the due date of open assignments to a later day, by a document of a day; the original date stays.

    All or nothing. Raises NotPossible, worded for the officer. `seen` is the last event shown of all of them.
    """
    document = given_text(document, "Ghi số, ký hiệu và ngày của văn bản cho gia hạn.")
    rows = _lock_all(assignments)
    if not rows:
        raise NotPossible("Chọn ít nhất một phần việc để gia hạn.")
    refuse_future(on, "Ngày văn bản gia hạn")
    refuse_unless_seen(rows, seen)
    for row in rows:
        if problem := _problem_with_extension(row, due_on, on):
            raise NotPossible(problem)
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(
            assignment=row,
            kind=Kind.EXTENDED,
            by=by,
            on=on,
            due_from=row.due_on,
            due_to=due_on,
            document=document,
            note=note.strip(),
        )
        for row in rows
    )
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(due_on=due_on, extended_on=on)
    return rows


def _problem_with_extension(row, due_on, on):
    if row.done_on or row.reported_on or row.withdrawn_on:
        return f"{row.body}: đã báo cáo hoàn thành hoặc đã thu hồi, không gia hạn được."
    if row.due_on is None:
        return f"{row.body}: không có thời hạn nên không gia hạn được. Thay đổi thời hạn của nhiệm vụ."
    if due_on <= row.due_on:
        return f"{row.body}: thời hạn mới {format_date(due_on)} không sau thời hạn đang có ({format_date(row.due_on)})."
    if on < row.given_on:
        return f"Ngày văn bản gia hạn {format_date(on)} trước ngày giao việc ({format_date(row.given_on)})."
    if row.extended_on and on < row.extended_on:
        return f"{row.body}: lần gia hạn trước ngày {format_date(row.extended_on)}, sau {format_date(on)}."
    return ""


@transaction.atomic
def withdraw_assignments(*, assignments, on: date, document="", note="", by, seen=None):
    """Withdraw the parts of some bodies from a day on; those done or reported done stay. Raises NotPossible."""
    document, note = given_grounds(document, note, "Ghi văn bản làm căn cứ hoặc lý do thu hồi.")
    refuse_future(on, "Ngày thu hồi")
    refuse_unless_seen(_lock_all(assignments), seen)
    chosen = Assignment.objects.filter(pk__in=[row.pk for row in assignments])
    if not withdraw(chosen.filter(reported_on=None, withdrawn_on=None), on, document, note, by):
        raise NotPossible("Không còn phần việc nào đang mở để thu hồi.")


def withdraw(open_rows, on, document, note, by) -> int:
    """Withdraw these open assignments with an event each; how many. The caller has checked the reason."""
    rows = list(open_rows.select_for_update().order_by("pk"))
    last_given = max((row.given_on for row in rows), default=on)
    if on < last_given:
        raise NotPossible(f"Ngày thu hồi {format_date(on)} trước ngày giao việc ({format_date(last_given)}).")
    _record_all(rows, Kind.WITHDRAWN, by, on=on, document=document, note=note)
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_on=on)
    return len(rows)


def correct_due(open_rows, due_on, document, note, by) -> int:
    """Correct the date ordered of these open assignments, with an event each; how many.

    An extension that still reaches further stands.
    """
    rows = list(open_rows.select_for_update().order_by("pk"))
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(
            assignment=row,
            kind=Kind.MOVED,
            by=by,
            due_from=row.original_due_on,
            due_to=due_on,
            document=document,
            note=note,
        )
        for row in rows
    )
    corrected = Assignment.objects.filter(pk__in=[row.pk for row in rows])
    corrected.filter(extended_on__isnull=False, due_on__gt=due_on).update(original_due_on=due_on)
    corrected.exclude(extended_on__isnull=False, due_on__gt=due_on).update(
        due_on=due_on, original_due_on=due_on, extended_on=None
    )
    return len(rows)


def problem_with_done_on(assignment, done_on):
    """What is wrong with a day of completion, in a sentence; '' if nothing is."""
    # Vietnam's date, not UTC's: until 07:00, UTC is still on yesterday.
    today = timezone.localdate()
    if done_on > today:
        return f"Ngày hoàn thành {done_on:%d/%m/%Y} ở sau hôm nay ({today:%d/%m/%Y})."
    if done_on < assignment.given_on:
        return f"Ngày hoàn thành {done_on:%d/%m/%Y} trước ngày của văn bản giao việc ({assignment.given_on:%d/%m/%Y})."
    return ""


def _done(assignment, done_on, note, files, by, *, confirmed):
    note = given_text(note, "Ghi kết quả thực hiện: sản phẩm, số văn bản.")
    if problem := problem_with_done_on(assignment, done_on):
        raise NotPossible(problem)
    current = _lock(assignment)
    if current.done_on or current.reported_on:
        raise NotPossible("Phần việc này vừa được người khác báo cáo hoàn thành. Xem kết quả đã ghi trước khi sửa.")
    _refuse_withdrawn(current)
    files = list(files)
    proven = files or AssignmentFile.objects.filter(event__assignment=current).exists()
    if current.task.is_priority and not confirmed and not proven:
        raise NotPossible("Nhiệm vụ trọng tâm: đính kèm ít nhất một tệp minh chứng rồi báo cáo hoàn thành.")
    event = _record(current, Kind.COMPLETED if confirmed else Kind.REPORTED, by, on=done_on, note=note)
    keep_files(files, event)
    current.reported_on, current.done_note, current.done_by = done_on, note, by
    current.done_on = done_on if confirmed else None
    current.percent, current.progress_at = 100, event.at
    current.save(update_fields=["reported_on", "done_on", "done_note", "done_by", "percent", "progress_at"])
    return current


def _open_again(current, kind, on, reason, by):
    _record(current, kind, by, on=on, note=reason)
    current.reported_on, current.done_on, current.done_note, current.done_by = None, None, "", None
    # How far it was before it was said to be done.
    said = current.events.filter(kind=Kind.PROGRESS).exclude(percent=None).order_by("-pk")
    current.percent = said.values_list("percent", flat=True).first()
    current.save(update_fields=["reported_on", "done_on", "done_note", "done_by", "percent"])
    if current.task.withdrawn_on:
        why = f"Nhiệm vụ đã thu hồi từ {format_date(current.task.withdrawn_on)}."
        since = max(current.task.withdrawn_on, current.given_on)
        withdraw(Assignment.objects.filter(pk=current.pk), since, "", why, by)
        current.withdrawn_on = since
    return current


def _lock(assignment, seen=None):
    """The assignment for writing; `seen` is the last event the page showed, None where nobody looked before."""
    current = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("task", "agency", "member")
        .get(pk=assignment.pk)
    )
    refuse_unless_seen([current], seen)
    return current


def _lock_all(assignments):
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("agency", "member")
    return list(rows.filter(pk__in=[row.pk for row in assignments]).order_by("pk"))


def refuse_unless_seen(rows, seen):
    """Raise NotPossible if something happened to one of these assignments after the event `seen`; None asks nothing."""
    if seen is None:
        return
    later = AssignmentEvent.objects.filter(assignment__in=rows, pk__gt=seen).order_by("-pk")
    if newest := later.select_related("by").first():
        raise NotPossible(
            f"Sau khi anh chị mở trang này, {newest.by or 'hệ thống'} đã {newest.words} "
            f"({timezone.localtime(newest.at):%H:%M ngày %d/%m/%Y}). Xem lại lịch sử rồi bấm lại nếu vẫn cần."
        )


def _refuse_unless_awaiting(current):
    if not current.is_awaiting:
        raise NotPossible("Phần việc này không chờ xác nhận. Xem lịch sử bên dưới để biết ai đã xử lý.")


def _lock_open(assignment):
    current = _lock(assignment)
    if current.done_on or current.reported_on:
        raise NotPossible("Phần việc này đã báo cáo hoàn thành. Xem kết quả đã ghi.")
    _refuse_withdrawn(current)
    return current


def _refuse_withdrawn(current):
    if current.withdrawn_on:
        raise NotPossible(f"Phần việc này đã thu hồi từ {format_date(current.withdrawn_on)}, không báo cáo nữa.")


def _record(assignment, kind, by, **fields):
    return AssignmentEvent.objects.create(assignment=assignment, kind=kind, by=by, **fields)


def _record_all(rows, kind, by, **fields):
    AssignmentEvent.objects.bulk_create(AssignmentEvent(assignment=row, kind=kind, by=by, **fields) for row in rows)


def keep_files(files, event):
    """Keep checked files with a report, all or none: what is on the disk already goes where one of them fails."""
    stored = []
    try:
        for file in files:
            name, on_disk = stored_name(file)
            kept = AssignmentFile(event=event, name=name, size=file.size)
            kept.file.save(on_disk, file, save=False)
            stored.append(kept)
        AssignmentFile.objects.bulk_create(stored)
    except BaseException:
        for kept in stored:
            kept.file.storage.delete(kept.file.name)
        raise
