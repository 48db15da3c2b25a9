"""What was ordered: a directive, its tasks, and the assignments that are followed up."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from accounts import policy
from communes.models import Agency, CommitteeMember, Level, Locality
from criteria.models import Criterion


class Kind(models.TextChoices):
    """Kinds of documents by Nghị định 30/2020/NĐ-CP, Phụ lục III, and those of the Party."""

    NOTICE = "TB", "Thông báo"
    CONCLUSION = "KL", "Kết luận"
    DECISION = "QĐ", "Quyết định"
    DIRECTIVE = "CT", "Chỉ thị"
    PLAN = "KH", "Kế hoạch"
    RESOLUTION = "NQ", "Nghị quyết"
    TELEGRAM = "CĐ", "Công điện"
    LETTER = "CV", "Công văn"
    OTHER = "", "Văn bản khác"


class Repeats(models.TextChoices):
    NEVER = "", "Một lần"
    WEEKLY = "weekly", "Hằng tuần"
    MONTHLY = "monthly", "Hằng tháng"
    QUARTERLY = "quarterly", "Hằng quý"
    YEARLY = "yearly", "Hằng năm"


class DirectiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Directives of the user's place, and those of the places above that gave work inside it.

        A draft is seen only by those who write it.
        """
        if not user.place_id:
            seen = self if user.is_superuser or user.sees_everything else self.none()
        else:
            inside = Q(locality__path__startswith=user.place.path)
            works_here = Q(tasks__assignments__agency__locality__path__startswith=user.place.path)
            seen = self.filter(pk__in=self.model.objects.filter(inside | works_here).values("pk"))
        return seen if policy.may_manage_directives(user) else seen.exclude(assigned_at=None)

    def managed_by(self, user):
        """Directives the user may write and hand out: those of their own place."""
        if not policy.may_manage_directives(user):
            return self.none()
        if not user.place_id:
            return self.all() if user.sees_everything else self.none()
        return self.filter(locality__path__startswith=user.place.path)

    def newest_first(self):
        return self.order_by("-dated_on", "-pk")


class Directive(models.Model):
    """A document of a leader or a committee that orders work, such as a conclusion notice."""

    kind = models.CharField("loại văn bản", max_length=5, choices=Kind, default=Kind.NOTICE, blank=True)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    title = models.TextField("trích yếu")
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="directives", verbose_name="địa bàn")
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    meeting_on = models.DateField("ngày họp", null=True, blank=True)
    # The day the document counts from: its issue, else the meeting it concludes. Kept by save().
    dated_on = models.DateField(editable=False)
    signer = models.CharField("người ký", max_length=100, blank=True)
    signer_title = models.CharField("chức vụ người ký", max_length=200, blank=True)
    recipients = models.TextField("nơi nhận", blank=True)
    text = models.TextField("nội dung văn bản", blank=True)
    file = models.FileField("tệp văn bản", upload_to="directives/%Y/", blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    source_note = models.TextField("nguồn", blank=True)
    # When its work was handed out; empty for a draft.
    assigned_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản chỉ đạo"
        verbose_name_plural = "văn bản chỉ đạo"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "number", "issued_on"],
                condition=~Q(number=""),
                name="directive_number_once",
                violation_error_message="Đã có văn bản cùng cơ quan ban hành, số và ngày. Mở văn bản đã có để sửa.",
            ),
            models.CheckConstraint(
                condition=~Q(issued_on=None, meeting_on=None),
                name="directive_has_a_day",
                violation_error_message="Ghi ngày ban hành hoặc ngày họp.",
            ),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(meeting_on=None) | Q(issued_on__gte=F("meeting_on")),
                name="directive_issued_after_meeting",
                violation_error_message="Ngày ban hành không thể trước ngày họp.",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """How people name it: 'Thông báo 253/TB-UBND', or by its meeting where no number was printed."""
        kind = self.get_kind_display()
        if self.number:
            return f"{kind} {self.number}"
        if self.meeting_on:
            return f"{kind} họp ngày {self.meeting_on:%d/%m/%Y}"
        return f"{kind} ngày {self.dated_on:%d/%m/%Y}"

    @property
    def is_assigned(self):
        return self.assigned_at is not None

    def save(self, *args, **kwargs):
        self.dated_on = self.issued_on or self.meeting_on
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("directives:detail", args=[self.pk])


class Task(models.Model):
    """One instruction in a directive: its exact words, who leads, who supports, where, and by when."""

    directive = models.ForeignKey(Directive, models.CASCADE, related_name="tasks", verbose_name="văn bản")
    position = models.PositiveSmallIntegerField("thứ tự")
    section = models.CharField("mục trong văn bản", max_length=60, blank=True)
    text = models.TextField("nội dung nhiệm vụ")
    # Who must act, as the document words it ("các cơ quan chuyên môn"); the bodies meant are in `leads`.
    lead_text = models.CharField("chủ trì, theo lời văn bản", max_length=300, blank=True)
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
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def source(self):
        """Where the instruction stands: 'Thông báo 253/TB-UBND, mục II.1'."""
        return f"{self.directive.label}, mục {self.section}" if self.section else self.directive.label


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
        """Assignments of bodies inside the user's place."""
        if not user.place_id:
            return self.all() if user.is_superuser or user.sees_everything else self.none()
        return self.filter(agency__locality__path__startswith=user.place.path)

    def at(self, day):
        """The assignments that existed on `day`, with `status_at` as of that day: `rules.assignment_status` in SQL."""
        return self.filter(task__directive__dated_on__lte=day).annotate(
            status_at=Case(
                When(done_on__lte=day, due_on=None, then=Value(AssignmentStatus.DONE_NO_DUE)),
                When(Q(done_on__lte=day) & Q(done_on__lte=F("due_on")), then=Value(AssignmentStatus.DONE_ON_TIME)),
                When(done_on__lte=day, then=Value(AssignmentStatus.DONE_LATE)),
                When(due_on=None, then=Value(AssignmentStatus.NO_DUE)),
                When(due_on__lt=day, then=Value(AssignmentStatus.OVERDUE)),
                default=Value(AssignmentStatus.IN_PROGRESS),
            )
        )

    def due_soon(self, day):
        """Of the assignments `at(day)`, those in progress that fall due within DUE_SOON_DAYS."""
        return self.filter(is_due_soon(day))

    def of_commune(self, commune):
        """What a commune's own bodies must do, and what bodies above must do there."""
        there = Task.communes.through.objects.filter(task=OuterRef("task"), locality=commune)
        return self.filter(Q(agency__locality=commune) | Exists(there) & ~BY_ANOTHER_COMMUNE)

    def of_criterion(self, criterion):
        return self.filter(Exists(Task.criteria.through.objects.filter(task=OuterRef("task"), criterion=criterion)))


def is_due_soon(day):
    """`rules.is_due_soon` as a condition on assignments `at(day)`."""
    last = day + timedelta(days=settings.DUE_SOON_DAYS)
    return Q(status_at=AssignmentStatus.IN_PROGRESS, due_on__lte=last)


class Assignment(models.Model):
    """One task, one body, one due date: the unit that is followed up."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments", verbose_name="nhiệm vụ")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignments", verbose_name="cơ quan, đơn vị")
    # Set where the work is a committee member's own; the agency is then the member's.
    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name="thành viên"
    )
    # Which occurrence of a recurring task, from 1.
    sequence = models.PositiveSmallIntegerField("lần", default=1)
    due_on = models.DateField("thời hạn", null=True, blank=True)
    done_on = models.DateField("ngày hoàn thành", null=True, blank=True)
    done_note = models.TextField("kết quả thực hiện", blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

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
                condition=~Q(done_on=None) | Q(done_by=None, done_note=""), name="assignment_note_only_when_done"
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], condition=Q(done_on=None), name="assignment_open_by_due")]

    def __str__(self):
        return f"{self.body}: {self.task}"

    @property
    def body(self):
        """The name of who must act."""
        return str(self.member) if self.member_id else str(self.agency)


class AssignmentEvent(models.Model):
    """What happened to an assignment: reported done, or reopened for a reason. Kept for good."""

    class Kind(models.TextChoices):
        COMPLETED = "completed", "báo cáo hoàn thành"
        REOPENED = "reopened", "mở lại"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="events", verbose_name="phần việc")
    kind = models.CharField("việc", max_length=10, choices=Kind)
    at = models.DateTimeField("lúc", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người thực hiện")
    # The day reported, or the one taken back.
    done_on = models.DateField("ngày hoàn thành")
    # The result reported, or why it was taken back.
    note = models.TextField("kết quả, lý do")

    class Meta:
        verbose_name = "lịch sử phần việc"
        verbose_name_plural = "lịch sử phần việc"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(note=""),
                name="assignment_event_says_what",
                violation_error_message="Ghi kết quả hoặc lý do.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.note[:60]}"
