"""What a meeting decides while it sits: the draft of its notice, written sentence by sentence."""

from django.db import transaction

from communes.models import Locality
from directives.actions.common import given_text
from directives.actions.directives import register_directive
from directives.actions.tasks import save_task
from directives.models import Directive, Kind
from ntm_tracker.vietnamese import format_date


@transaction.atomic
def record_decision(*, place, day, text, leads=(), communes=(), criteria=(), due_on=None, by):
    """Write down a decision of the meeting of a place on a day: a draft task of that meeting's notice.

    The first one begins the notice, without a number; all others of the day go to the same draft until it is handed
    out. What is there already word for word, with the same bodies and deadline, is not written twice: a press of the
    button whose answer was lost is repeated. Without a lead it waits, as in a notice that was read.
    Raises NotPossible if no words are left.
    """
    text = given_text(text, "Ghi nội dung kết luận.")
    # Two officers may write the first decision at the same moment: one after the other, or there would be two notices.
    Locality.objects.select_for_update().get(pk=place.pk)
    drafts = Directive.objects.of_meetings_on(day).filter(locality=place, assigned_at=None)
    directive = drafts.order_by("pk").first()
    if directive is None:
        directive = register_directive(
            by=by,
            kind=Kind.NOTICE,
            title=f"Kết luận cuộc họp ngày {format_date(day)} (dự thảo)",
            issuer="",
            locality=place,
            meeting_on=day,
        )
    bodies = {"leads": set(leads), "communes": set(communes), "criteria": set(criteria)}
    for task in directive.tasks.filter(text=text, due_on=due_on, assigned_at=None):
        if all(set(getattr(task, name).all()) == members for name, members in bodies.items()):
            return task
    return save_task(directive=directive, by=by, text=text, due_on=due_on, is_included=bool(bodies["leads"]), **bodies)
