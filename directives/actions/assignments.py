"""What becomes of one body's part: progress, done, confirmed or sent back, extended, withdrawn. Each leaves an event."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from directives.actions.common import NotPossible, given_text, stored_name
from directives.models import Assignment, AssignmentEvent, AssignmentFile
from ntm_tracker.vietnamese import format_date

Kind = AssignmentEvent.Kind


@transaction.atomic
def report_progress(*, assignment, note, percent=None, files=(), by):
    """Say how far an open assignment is, with files if there are any. `percent` is of 100. Raises NotPossible."""
    note = given_text(note, "Ghi đã làm được gì, còn vướng gì.")
    current = _lock_open(assignment)
    event = _record(current, Kind.PROGRESS, by, note=note, percent=percent)
    _keep(files, event)
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
    """An officer's word that a part was done on a day: confirmed at once. Raises NotPossible."""
    return _done(assignment, done_on, note, files, by, confirmed=True)


@transaction.atomic
def confirm_assignment(*, assignment, by, note=""):
    """Confirm what the body reported done: it counts from the day reported. Raises NotPossible."""
    current = _lock(assignment)
    if not current.is_awaiting:
        raise NotPossible("Phần việc này không chờ xác nhận. Tải lại trang để xem tình hình hiện tại.")
    current.done_on = current.reported_on
    current.save(update_fields=["done_on"])
    _record(current, Kind.COMPLETED, by, on=current.done_on, note=note.strip())
    return current


@transaction.atomic
def return_assignment(*, assignment, reason, by):
    """Send back what the body reported done; it is open again, and the report stays in the history. Raises NotPossible."""
    reason = given_text(reason, "Ghi lý do trả lại: thiếu gì, cần bổ sung gì.")
    current = _lock(assignment)
    if not current.is_awaiting:
        raise NotPossible("Phần việc này không chờ xác nhận. Tải lại trang để xem tình hình hiện tại.")
    return _open_again(current, Kind.RETURNED, current.reported_on, reason, by)


@transaction.atomic
def reopen_assignment(*, assignment, reason, by):
    """Take back a confirmed completion; what was reported stays in the history. Raises NotPossible."""
    reason = given_text(reason, "Ghi lý do mở lại.")
    current = _lock(assignment)
    if current.done_on is None:
        raise NotPossible("Phần việc này đang mở, không cần mở lại.")
    return _open_again(current, Kind.REOPENED, current.done_on, reason, by)


@transaction.atomic
def extend_assignments(*, assignments, due_on: date, document, note="", on: date, by):
    """Move the due date of open assignments to a later day, by a document of a day; the original date stays.

    All or nothing. Raises NotPossible, worded for the officer.
    """
    document = given_text(document, "Ghi số, ký hiệu và ngày của văn bản cho gia hạn.")
    rows = list(Assignment.objects.select_for_update().filter(pk__in=[row.pk for row in assignments]).order_by("pk"))
    if not rows:
        raise NotPossible("Chọn ít nhất một phần việc để gia hạn.")
    if on > timezone.localdate():
        raise NotPossible(f"Ngày văn bản gia hạn {format_date(on)} ở sau hôm nay.")
    for row in rows:
        if row.done_on or row.withdrawn_on:
            raise NotPossible(f"{row.body}: đã hoàn thành hoặc đã thu hồi, không gia hạn được.")
        if row.due_on is None:
            raise NotPossible(f"{row.body}: không có thời hạn nên không gia hạn được. Thay đổi thời hạn của nhiệm vụ.")
        if due_on <= row.due_on:
            raise NotPossible(
                f"{row.body}: thời hạn mới {format_date(due_on)} không sau thời hạn đang có ({format_date(row.due_on)})."
            )
        if on < row.given_on:
            raise NotPossible(
                f"Ngày văn bản gia hạn {format_date(on)} trước ngày giao việc ({format_date(row.given_on)})."
            )
        if row.extended_on and on < row.extended_on:
            raise NotPossible(
                f"{row.body}: lần gia hạn trước ngày {format_date(row.extended_on)}, sau {format_date(on)}."
            )
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


@transaction.atomic
def withdraw_assignments(*, assignments, on: date, document="", note="", by):
    """Withdraw the parts of some bodies from a day on; those done or reported done stay. Raises NotPossible."""
    document, note = document.strip(), note.strip()
    if not document and not note:
        raise NotPossible("Ghi văn bản làm căn cứ hoặc lý do thu hồi.")
    chosen = Assignment.objects.filter(pk__in=[row.pk for row in assignments])
    if not withdraw(chosen.filter(reported_on=None, withdrawn_on=None), on, document, note, by):
        raise NotPossible("Không còn phần việc nào đang mở để thu hồi.")


def withdraw(open_rows, on, document, note, by) -> int:
    """Withdraw these open assignments with an event each; how many. The caller has checked the reason."""
    rows = list(open_rows.select_for_update().order_by("pk"))
    if any(on < row.given_on for row in rows):
        raise NotPossible(f"Ngày thu hồi {format_date(on)} trước ngày giao việc ({format_date(rows[0].given_on)}).")
    _record_all(rows, Kind.WITHDRAWN, by, on=on, document=document, note=note)
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_on=on)
    return len(rows)


def due_moves(open_rows, due_on, reason, by) -> int:
    """Correct the due date of these open assignments, the original one too, with an event each; how many."""
    rows = list(open_rows.select_for_update().order_by("pk"))
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(assignment=row, kind=Kind.MOVED, by=by, due_from=row.due_on, due_to=due_on, note=reason)
        for row in rows
    )
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
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
        raise NotPossible("Nhiệm vụ trọng tâm: đính kèm tệp minh chứng rồi báo cáo hoàn thành.")
    event = _record(current, Kind.COMPLETED if confirmed else Kind.REPORTED, by, on=done_on, note=note)
    _keep(files, event)
    current.reported_on, current.done_note, current.done_by = done_on, note, by
    current.done_on = done_on if confirmed else None
    current.percent, current.progress_at = 100, event.at
    current.save(update_fields=["reported_on", "done_on", "done_note", "done_by", "percent", "progress_at"])
    return current


def _open_again(current, kind, on, reason, by):
    _record(current, kind, by, on=on, note=reason)
    current.reported_on, current.done_on, current.done_note, current.done_by = None, None, "", None
    current.percent = None
    current.save(update_fields=["reported_on", "done_on", "done_note", "done_by", "percent"])
    return current


def _lock(assignment):
    return (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("task", "agency", "member")
        .get(pk=assignment.pk)
    )


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


def _keep(files, event):
    for file in files:
        name, on_disk = stored_name(file)
        kept = AssignmentFile(event=event, name=name, size=file.size)
        kept.file.save(on_disk, file, save=True)
