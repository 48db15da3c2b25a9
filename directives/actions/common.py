"""What the writes share: why one is refused, and the locks."""

from uuid import uuid4

from django.utils import timezone

from directives.models import Directive, Task
from ntm_tracker.uploads import clean_name, extension
from ntm_tracker.vietnamese import format_date


class NotPossible(Exception):
    """The write was refused and nothing was changed; the message tells the officer why and what to do."""


class CannotIssue(Exception):
    """The directive cannot be handed out yet; `problems` says of each task what is missing."""

    def __init__(self, problems):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def lock_directive(directive) -> Directive:
    return Directive.objects.select_for_update().get(pk=directive.pk)


def lock_draft_task(directive, task) -> Task:
    """The task for writing. Raises NotPossible if it has been handed out."""
    locked = Task.objects.select_for_update().get(pk=task.pk, directive=directive)
    if locked.is_assigned:
        day = timezone.localtime(locked.assigned_at)
        raise NotPossible(
            f"Nhiệm vụ {locked.position} đã giao việc lúc {day:%H:%M ngày %d/%m/%Y}, không sửa như bản nháp được. "
            "Dùng Thay đổi, Gia hạn hoặc Thu hồi ở trang văn bản."
        )
    return locked


def given_text(text, missing):
    """The text without spaces around it. Raises NotPossible with the sentence `missing` if nothing is left."""
    text = text.strip()
    if not text:
        raise NotPossible(missing)
    return text


def given_grounds(document, note, missing):
    """A document and a reason without spaces around them. Raises NotPossible with `missing` if there is neither."""
    document, note = document.strip(), note.strip()
    if not document and not note:
        raise NotPossible(missing)
    return document, note


def refuse_future(day, label):
    """Raise NotPossible if a day that something is recorded for is yet to come."""
    # Vietnam's date, not UTC's: until 07:00, UTC is still on yesterday.
    today = timezone.localdate()
    if day > today:
        raise NotPossible(f"{label} {format_date(day)} ở sau hôm nay ({format_date(today)}).")


def stored_name(file) -> tuple[str, str]:
    """The name to show and the name on disk, which nobody chose: it cannot climb folders nor be guessed."""
    return clean_name(file.name), f"{uuid4().hex}{extension(file.name)}"
