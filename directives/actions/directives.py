"""Registering a document and correcting what is kept of it."""

from django.db import transaction

from directives.actions.common import NotPossible, lock_directive, stored_name
from directives.models import Directive, Task
from directives.spans import find_again

# What may still be put right after the work was handed out: its own day and place decide whose work it is and from when.
LASTING = {"kind", "number", "title", "issuer", "signer", "signer_title", "recipients"}


@transaction.atomic
def register_directive(*, by, file=None, **fields):
    """Register a directive as a draft."""
    directive = Directive(created_by=by, **fields)
    _attach(directive, file)
    directive.save()
    return directive


@transaction.atomic
def update_directive(*, directive, by, file=None, **fields):
    """Change what is kept of a directive; of one whose work was handed out only what LASTING names, and the file.

    Raises NotPossible for anything else. The form sees to it that nothing unseen is lost.
    """
    kept = lock_directive(directive)
    changed = {name: value for name, value in fields.items() if getattr(kept, name) != value}
    if kept.is_assigned and (fixed := set(changed) - LASTING):
        words = ", ".join(sorted(Directive._meta.get_field(name).verbose_name for name in fixed))
        raise NotPossible(f"{kept.label} đã giao việc nên không sửa được: {words}.")
    if "text" in changed:
        _follow_text(kept, changed["text"])
    for name, value in changed.items():
        setattr(kept, name, value)
    replaced = kept.file.name if file else ""
    _attach(kept, file)
    kept.save()
    if replaced:
        transaction.on_commit(lambda: kept.file.storage.delete(replaced))
    return kept


def _follow_text(directive, now):
    """Keep the places of the tasks where their words stand in the new text; what is gone from it stands nowhere."""
    moved = list(directive.tasks.exclude(start=None))
    for task in moved:
        task.start, task.end = find_again(directive.text, (task.start, task.end), now) or (None, None)
    Task.objects.bulk_update(moved, ["start", "end"], batch_size=500)


def _attach(directive, file):
    if file:
        directive.file_name, name = stored_name(file)
        directive.file.save(name, file, save=False)
