"""What a meeting decided: read back while it sits, by the office and the committee."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from accounts import policy
from communes.models import Agency, Locality
from directives.models import Directive, Task
from directives.review import body_words


@dataclass(frozen=True)
class Decision:
    """One decision as the meeting sees it; the task comes with its directive and bodies."""

    task: Task

    @property
    def lead_words(self) -> str:
        return "; ".join([*body_words(self.task.leads.all()), *map(str, self.task.lead_members.all())])

    @property
    def commune_names(self) -> list[str]:
        return [place.name for place in self.task.communes.all()]


def load_decisions(user, day: date) -> list[Decision]:
    """What the meeting of the person's place decided on a day, in order. Five queries, fewer where nothing was.

    A draft is else seen only by those who write it; the committee hears its own decisions read out.
    """
    if not policy.sees_all_work(user):
        return []
    places = {"locality": user.place_id} if user.place_id else {"locality__in": Locality.objects.visible_to(user)}
    meetings = Directive.objects.of_meetings_on(day).filter(**places)
    tasks = Task.objects.filter(directive__in=meetings.values("pk")).order_by("directive", "position")
    tasks = tasks.select_related("directive").prefetch_related(
        Prefetch("leads", Agency.objects.in_order().select_related("locality")),
        "lead_members__agency",
        Prefetch("communes", Locality.objects.alphabetical()),
        "criteria",
    )
    return [Decision(task) for task in tasks]
