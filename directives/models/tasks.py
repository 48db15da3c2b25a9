"""The instructions in a directive, before and after they are handed out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from communes.models import Agency, CommitteeMember, Locality
from criteria.models import Criterion
from directives.models.directives import Directive
from ntm_tracker.search import SearchKeyField
from ntm_tracker.vietnamese import format_date


class Repeats(models.TextChoices):
    NEVER = "", "Một lần"
    WEEKLY = "weekly", "Hằng tuần"
    MONTHLY = "monthly", "Hằng tháng"
    QUARTERLY = "quarterly", "Hằng quý"
    YEARLY = "yearly", "Hằng năm"
    BIENNIAL = "biennial", "Hai năm một lần"


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Tasks handed out in the directives the user sees: those whose page they may open."""
        return self.exclude(assigned_at=None).filter(directive__in=Directive.objects.visible_to(user))


class Task(models.Model):
    """One instruction in a directive: its exact words, who leads, who supports, where, and by when.

    It is a draft until it is handed out (`assigned_at`). Afterwards it is changed, withdrawn or replaced by a later
    instruction with an event that keeps what was.
    """

    directive = models.ForeignKey(Directive, models.CASCADE, related_name="tasks", verbose_name="văn bản")
    position = models.PositiveSmallIntegerField("thứ tự")
    section = models.CharField("mục trong văn bản", max_length=60, blank=True)
    text = models.TextField("nội dung nhiệm vụ")
    # Where the words stand in the directive's text, counted in characters; empty for one typed by hand.
    start = models.PositiveIntegerField(null=True, blank=True, editable=False)
    end = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Who must act, as the document words it ("các cơ quan chuyên môn"); the bodies meant are in `leads`.
    lead_text = models.CharField("chủ trì, theo lời văn bản", max_length=300, blank=True)
    support_text = models.CharField("phối hợp, theo lời văn bản", max_length=300, blank=True)
    leads = models.ManyToManyField(Agency, blank=True, related_name="tasks_led", verbose_name="cơ quan chủ trì")
    lead_members = models.ManyToManyField(
        CommitteeMember, blank=True, related_name="tasks_led", verbose_name="thành viên Ban Chỉ đạo chủ trì"
    )
    supports = models.ManyToManyField(
        Agency, blank=True, related_name="tasks_supported", verbose_name="cơ quan phối hợp"
    )
    communes = models.ManyToManyField(Locality, blank=True, related_name="tasks", verbose_name="xã liên quan")
    criteria = models.ManyToManyField(Criterion, blank=True, related_name="tasks", verbose_name="tiêu chí liên quan")
    # The last day that is on time; of a recurring task the first such day.
    due_on = models.DateField("thời hạn", null=True, blank=True)
    due_text = models.CharField("thời hạn, theo lời văn bản", max_length=200, blank=True)
    repeats = models.CharField("định kỳ", max_length=10, choices=Repeats, blank=True, default=Repeats.NEVER)
    repeats_until = models.DateField("lặp đến ngày", null=True, blank=True)
    # Completion of such a task is reported with a file that proves it.
    is_priority = models.BooleanField("nhiệm vụ trọng tâm, cần minh chứng", default=False)
    # What the reader could not make out, a sentence for the officer: "Ngày 31/4/2024 không có trong lịch."
    remark = models.CharField(max_length=300, blank=True, editable=False)
    # Of a draft: whether it goes out with the rest.
    is_included = models.BooleanField("giao", default=True)
    assigned_at = models.DateTimeField(null=True, editable=False)
    # The first day on which it no longer counts.
    withdrawn_on = models.DateField(null=True, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replaces"
    )
    search_key = SearchKeyField()

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "nhiệm vụ"
        verbose_name_plural = "nhiệm vụ"
        ordering = ["directive", "position"]
        constraints = [
            models.UniqueConstraint(fields=["directive", "position"], name="task_position_once"),
            models.CheckConstraint(
                condition=Q(repeats="") | Q(due_on__isnull=False),
                name="task_repeats_from_a_day",
                violation_error_message="Nhiệm vụ định kỳ cần thời hạn của lần đầu.",
            ),
            models.CheckConstraint(
                condition=Q(repeats_until=None) | Q(repeats_until__gte=F("due_on")),
                name="task_repeats_until_after_due",
                violation_error_message="Ngày kết thúc lặp phải sau thời hạn của lần đầu.",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False, end__gt=F("start")),
                name="task_span_has_length",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(assigned_at__isnull=False), name="task_withdrawn_was_assigned"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(withdrawn_on__isnull=False), name="task_replaced_is_withdrawn"
            ),
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def searched_text(self):
        return self.text

    @property
    def source(self):
        """Where the instruction stands: 'Thông báo 253/TB-UBND, mục II.1'."""
        return f"{self.directive.label}, mục {self.section}" if self.section else self.directive.label

    @property
    def is_assigned(self):
        return self.assigned_at is not None

    def get_absolute_url(self):
        return reverse("directives:task-detail", args=[self.directive_id, self.pk])


class TaskEvent(models.Model):
    """What happened to a task after it was handed out: changed, withdrawn, or replaced by a later one. Kept for good."""

    class Kind(models.TextChoices):
        CHANGED = "changed", "thay đổi"
        WITHDRAWN = "withdrawn", "thu hồi"
        REPLACED = "replaced", "thay bằng nhiệm vụ khác"

    task = models.ForeignKey(Task, models.PROTECT, related_name="events", verbose_name="nhiệm vụ")
    kind = models.CharField("việc", max_length=10, choices=Kind)
    at = models.DateTimeField("lúc", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="người thực hiện")
    # The first day from which it holds.
    on = models.DateField("từ ngày")
    document = models.CharField("văn bản", max_length=200, blank=True)
    note = models.TextField("lý do", blank=True)
    # [[label, before, after], …] in words.
    changes = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "lịch sử nhiệm vụ"
        verbose_name_plural = "lịch sử nhiệm vụ"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(document="") | ~Q(note=""),
                name="task_event_says_why",
                violation_error_message="Ghi văn bản làm căn cứ hoặc lý do.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.document or self.note[:60]}"

    @property
    def words(self):
        """What happened, after the name of who did it: 'thu hồi từ ngày 01/05/2024'."""
        return f"{self.get_kind_display()} từ ngày {format_date(self.on)}"
