"""One task, one body, one due date: the unit that is followed up, and what happened to it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts import policy
from communes.models import Agency, CommitteeMember, Level
from criteria.models import CriterionLead
from directives.models.tasks import Task
from ntm_tracker.vietnamese import format_date


class AssignmentStatus(models.TextChoices):
    """Computed from dates, never typed (vocabulary of 1270/BC-TCTTTg, 27/12/2017). The last day counts as on time."""

    OVERDUE = "overdue", "Chưa hoàn thành, quá hạn"
    IN_PROGRESS = "in_progress", "Đang thực hiện (trong hạn)"
    NO_DUE = "no_due", "Không có thời hạn"
    DONE_LATE = "done_late", "Hoàn thành quá hạn"
    DONE_ON_TIME = "done_on_time", "Hoàn thành đúng hạn"
    DONE_NO_DUE = "done_no_due", "Hoàn thành, không có thời hạn"


# Of a task that names several communes, each answers for its own part.
BY_ANOTHER_COMMUNE = Q(agency__locality__level=Level.COMMUNE)


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Assignments of bodies inside the user's place, of those who report only their own and what concerns them.

        A body sees its own work and that of tasks it supports; a department also the work on the criteria it leads.
        """
        if not user.place_id:
            return self.all() if user.is_superuser or user.sees_everything else self.none()
        inside = self.filter(agency__locality__path__startswith=user.place.path)
        return inside if policy.sees_all_work(user) else inside.filter(_concerns(user))

    def at(self, day):
        """The assignments that counted on `day`, as they stood then: `rules.assignment_status` in SQL as `status_at`.

        `due_at` is the day they were due as known on `day`: an extension granted later does not change what was.
        """
        return (
            self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), given_on__lte=day)
            .annotate(due_at=_due_at(day))
            .annotate(
                status_at=Case(
                    When(done_on__lte=day, due_at=None, then=Value(AssignmentStatus.DONE_NO_DUE)),
                    When(Q(done_on__lte=day) & Q(done_on__lte=F("due_at")), then=Value(AssignmentStatus.DONE_ON_TIME)),
                    When(done_on__lte=day, then=Value(AssignmentStatus.DONE_LATE)),
                    When(due_at=None, then=Value(AssignmentStatus.NO_DUE)),
                    # Reported in time and not yet confirmed: the office is late, not the body.
                    When(due_at__lt=day, reported_on__lte=F("due_at"), then=Value(AssignmentStatus.IN_PROGRESS)),
                    When(due_at__lt=day, then=Value(AssignmentStatus.OVERDUE)),
                    default=Value(AssignmentStatus.IN_PROGRESS),
                )
            )
        )

    def due_soon(self, day):
        """Of the assignments `at(day)`, those in progress that fall due within DUE_SOON_DAYS."""
        return self.filter(is_due_soon(day))

    def awaiting(self):
        """Reported done by the body and not yet confirmed by an officer."""
        return self.filter(done_on=None, withdrawn_on=None).exclude(reported_on=None)

    def of_commune(self, commune):
        """What a commune's own bodies must do, and what bodies above must do there."""
        there = Task.communes.through.objects.filter(task=OuterRef("task"), locality=commune)
        return self.filter(Q(agency__locality=commune) | Exists(there) & ~BY_ANOTHER_COMMUNE)

    def of_criterion(self, criterion):
        return self.filter(Exists(Task.criteria.through.objects.filter(task=OuterRef("task"), criterion=criterion)))


def _concerns(user):
    """Work of the person's body or the person, of a task the body supports, on a criterion a department leads."""
    mine = Q(member=user.member_id) if user.member_id else Q(pk__in=[])
    if not user.agency_id:
        return mine
    supported = Task.supports.through.objects.filter(task=OuterRef("task"), agency=user.agency_id)
    mine |= Q(agency=user.agency_id) | Exists(supported)
    if policy.sees_work_on_led_criteria(user):
        led = CriterionLead.objects.in_force(timezone.localdate()).filter(agency=user.agency_id).values("criterion")
        on_led = Task.criteria.through.objects.filter(task=OuterRef("task"), criterion__in=led)
        mine |= Q(Exists(on_led))
    return mine


def _due_at(day):
    if day >= timezone.localdate():
        # No extension is granted in the future; a plain column keeps the index in use.
        return F("due_on")
    # One that a later correction of the date ordered has overtaken no longer counts.
    granted = AssignmentEvent.objects.filter(
        assignment=OuterRef("pk"),
        kind=AssignmentEvent.Kind.EXTENDED,
        on__lte=day,
        due_to__gt=OuterRef("original_due_on"),
    ).order_by("-on", "-pk")
    then = Coalesce(Subquery(granted.values("due_to")[:1]), "original_due_on")
    return Case(When(extended_on__gt=day, then=then), default=F("due_on"))


def is_due_soon(day):
    """`rules.is_due_soon` as a condition on assignments `at(day)`."""
    last = day + timedelta(days=settings.DUE_SOON_DAYS)
    return Q(status_at=AssignmentStatus.IN_PROGRESS, due_at__gte=day, due_at__lte=last, reported_on=None)


def is_awaiting(day):
    """Reported done by `day` and not confirmed, as a condition on assignments `at(day)`."""
    return Q(reported_on__lte=day, done_on=None)


# Of assignments `at(day)`: due later on that day than was ordered.
IS_EXTENDED = Q(due_at__gt=F("original_due_on"))


def is_late_by_original(day):
    """Whether assignments `at(day)` would be overdue by the date ordered: `rules.assignment_status` without extensions."""
    open_then = Q(done_on=None) | Q(done_on__gt=day)
    in_time = Q(reported_on__isnull=False, reported_on__lte=F("original_due_on"))
    return Q(original_due_on__lt=day) & open_then & ~in_time


class Assignment(models.Model):
    """One task, one body, one due date: the unit that is followed up.

    Its body reports it done (`reported_on`); an officer confirms (`done_on`) or sends it back.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments", verbose_name="nhiệm vụ")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignments", verbose_name="cơ quan, đơn vị")
    # Set where the work is a committee member's own; the agency is then the member's.
    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="thành viên"
    )
    # Which occurrence of a recurring task, from 1.
    sequence = models.PositiveSmallIntegerField("lần", default=1)
    # The first day it counts: the directive's own. Kept here, so that a board of thousands needs no join.
    given_on = models.DateField("từ ngày")
    due_on = models.DateField("thời hạn", null=True, blank=True)
    # The due date as ordered; `due_on` is the one in force after extensions.
    original_due_on = models.DateField("thời hạn gốc", null=True, blank=True)
    extended_on = models.DateField("gia hạn ngày", null=True, blank=True)
    percent = models.PositiveSmallIntegerField("tiến độ (%)", null=True, blank=True)
    # The last word on how far it is, with its moment; every word is in the events.
    progress_note = models.TextField("tiến độ", blank=True)
    progress_at = models.DateTimeField("báo cáo lúc", null=True, blank=True)
    # The day on which the body says it was done, and the same day once an officer has confirmed it.
    reported_on = models.DateField("ngày báo cáo hoàn thành", null=True, blank=True)
    done_on = models.DateField("ngày hoàn thành", null=True, blank=True)
    done_note = models.TextField("kết quả thực hiện", blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    # The first day on which it no longer counts.
    withdrawn_on = models.DateField("thu hồi từ ngày", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phần việc được giao"
        verbose_name_plural = "phần việc được giao"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "agency", "sequence"], condition=Q(member=None), name="assignment_once_an_agency"
            ),
            models.UniqueConstraint(
                fields=["task", "member", "sequence"], condition=~Q(member=None), name="assignment_once_a_member"
            ),
            models.CheckConstraint(
                condition=~Q(done_on=None) | ~Q(reported_on=None) | Q(done_by=None, done_note=""),
                name="assignment_note_only_when_done",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(reported_on__isnull=False, reported_on=F("done_on")),
                name="assignment_done_as_reported",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100),
                name="assignment_percent_to_100",
                violation_error_message="Tiến độ từ 0 đến 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(extended_on=None) | Q(due_on__isnull=False, original_due_on__isnull=False),
                name="assignment_extended_has_both_dates",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(done_on=None), name="assignment_done_is_not_withdrawn"
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(done_on=None), name="assignment_open_by_due")]

    def __str__(self):
        return f"{self.body}: {self.task}"

    @property
    def body(self):
        """The name of who must act."""
        return str(self.member) if self.member_id else str(self.agency)

    @property
    def is_awaiting(self):
        return self.reported_on is not None and self.done_on is None and self.withdrawn_on is None

    @property
    def is_extended(self):
        return self.extended_on is not None

    def get_absolute_url(self):
        return reverse("directives:assignment", args=[self.pk])


class AssignmentEvent(models.Model):
    """What happened to an assignment. Kept for good."""

    class Kind(models.TextChoices):
        ISSUED = "issued", "giao việc"
        PROGRESS = "progress", "báo cáo tiến độ"
        REPORTED = "reported", "báo cáo hoàn thành"
        COMPLETED = "completed", "xác nhận hoàn thành"
        RETURNED = "returned", "trả lại"
        REOPENED = "reopened", "mở lại"
        EXTENDED = "extended", "gia hạn"
        MOVED = "moved", "đổi thời hạn"
        WITHDRAWN = "withdrawn", "thu hồi"
        UNCHANGED = "unchanged", "trả lời: đánh giá không thay đổi"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="events", verbose_name="phần việc")
    kind = models.CharField("việc", max_length=10, choices=Kind)
    at = models.DateTimeField("lúc", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người thực hiện")
    # The day it speaks of: reported or confirmed done, taken back, extended or withdrawn from.
    on = models.DateField("ngày", null=True, blank=True)
    # The result reported, how far it is, or why.
    note = models.TextField("kết quả, lý do", blank=True)
    percent = models.PositiveSmallIntegerField("tiến độ (%)", null=True, blank=True)
    due_from = models.DateField("thời hạn cũ", null=True, blank=True)
    due_to = models.DateField("thời hạn mới", null=True, blank=True)
    document = models.CharField("văn bản", max_length=200, blank=True)

    class Meta:
        verbose_name = "lịch sử phần việc"
        verbose_name_plural = "lịch sử phần việc"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["issued", "completed"]) | ~Q(note="") | ~Q(document=""),
                name="assignment_event_says_what",
                violation_error_message="Ghi kết quả hoặc lý do.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="extended")
                | Q(on__isnull=False, due_from__isnull=False, due_to__isnull=False, due_to__gt=F("due_from"))
                & ~Q(document=""),
                name="assignment_event_extension_cites",
                violation_error_message="Gia hạn cần văn bản và thời hạn mới sau thời hạn cũ.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.note[:60]}"

    @property
    def words(self):
        """What happened, after the name of who did it: 'gia hạn từ 15/04/2024 đến 30/04/2024'."""
        kinds = self.Kind
        on, due_from, due_to = (format_date(day) for day in (self.on, self.due_from, self.due_to))
        return {
            kinds.ISSUED: f"giao việc, thời hạn {due_to}" if self.due_to else "giao việc, không có thời hạn",
            kinds.PROGRESS: "báo cáo tiến độ" if self.percent is None else f"báo cáo tiến độ {self.percent} %",
            kinds.REPORTED: f"báo cáo hoàn thành ngày {on}, chờ xác nhận",
            kinds.COMPLETED: f"xác nhận hoàn thành ngày {on}",
            kinds.RETURNED: f"trả lại báo cáo hoàn thành ngày {on}",
            kinds.REOPENED: f"mở lại, hủy xác nhận hoàn thành ngày {on}",
            kinds.EXTENDED: f"gia hạn từ {due_from} đến {due_to}",
            kinds.MOVED: f"sửa thời hạn từ {due_from or 'không có'} thành {due_to}",
            kinds.WITHDRAWN: f"thu hồi từ ngày {on}",
            kinds.UNCHANGED: "trả lời: kết quả không làm thay đổi đánh giá",
        }.get(self.kind, self.get_kind_display())


class AssignmentFile(models.Model):
    """A file a body sent with a report: the proof of it. Kept for good."""

    event = models.ForeignKey(AssignmentEvent, models.PROTECT, related_name="files", verbose_name="báo cáo")
    file = models.FileField("tệp", upload_to="assignments/%Y/", max_length=200)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveIntegerField("dung lượng (byte)")

    class Meta:
        verbose_name = "tệp minh chứng phần việc"
        verbose_name_plural = "tệp minh chứng phần việc"
        ordering = ["event", "name", "pk"]

    def __str__(self):
        return self.name
