"""The documents that order work."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import policy
from communes.models import Locality
from ntm_tracker.search import SearchKeyField
from ntm_tracker.vietnamese import fold


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


class DirectiveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Directives of the user's place, and those of the places above that gave work inside it.

        A draft is seen only by those who write it.
        """
        if not user.place_id:
            seen = self if user.is_superuser or user.sees_everything else self.none()
        else:
            inside = Q(locality__path__startswith=user.place.path)
            # A subquery of its own: joined, the work of every directive would be read to know who may see it.
            works_here = self.model.objects.filter(
                tasks__assignments__agency__locality__path__startswith=user.place.path
            )
            seen = self.filter(inside | Q(pk__in=works_here.values("pk")))
        return seen if policy.may_manage_directives(user) else seen.exclude(assigned_at=None)

    def managed_by(self, user):
        """Directives the user may write and hand out: those of their own place."""
        if not policy.may_manage_directives(user):
            return self.none()
        if not user.place_id:
            return self.all() if user.sees_everything else self.none()
        return self.filter(locality__path__startswith=user.place.path)

    def twins_of(self, *, number, issuer, day) -> list:
        """Those with the same number and issuer of the same year: perhaps the same document, registered before."""
        if not number:
            return []
        # The issuer is compared here: SQLite knows no upper and lower case of Vietnamese letters.
        twins = self.filter(number=number, dated_on__year=day.year).defer("text")[:50]
        return [twin for twin in twins if fold(twin.issuer) == fold(issuer)]

    def of_meetings_on(self, day):
        """The notices written by hand of what was decided on a day; no document that was read."""
        return self.filter(meeting_on=day, text="")

    def newest_first(self):
        return self.order_by("-dated_on", "-pk")


class Directive(models.Model):
    """A document of a leader or a committee that orders work, such as a conclusion notice.

    A draft may lack anything, its day too, so that nothing that was pasted or typed is lost.
    """

    kind = models.CharField("loại văn bản", max_length=5, choices=Kind, default=Kind.NOTICE, blank=True)
    number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    title = models.TextField("trích yếu")
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="directives", verbose_name="địa bàn")
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    meeting_on = models.DateField("ngày họp", null=True, blank=True)
    # The day the document counts from: its issue, else the meeting it concludes, else the day it was entered. Kept by
    # save().
    dated_on = models.DateField(editable=False)
    signer = models.CharField("người ký", max_length=100, blank=True)
    signer_title = models.CharField("chức vụ người ký", max_length=200, blank=True)
    recipients = models.TextField("nơi nhận", blank=True)
    text = models.TextField("nội dung văn bản", blank=True)
    file = models.FileField("tệp văn bản", upload_to="directives/%Y/", blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    source_note = models.TextField("nguồn", blank=True)
    # When its first work was handed out; empty for a draft.
    assigned_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    search_key = SearchKeyField()

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản chỉ đạo"
        verbose_name_plural = "văn bản chỉ đạo"
        constraints = [
            models.CheckConstraint(
                condition=Q(assigned_at=None) | ~Q(issued_on=None, meeting_on=None),
                name="directive_assigned_has_a_day",
                violation_error_message="Ghi ngày ban hành hoặc ngày họp trước khi giao việc.",
            ),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(meeting_on=None) | Q(issued_on__gte=F("meeting_on")),
                name="directive_issued_after_meeting",
                violation_error_message="Ngày ban hành không thể trước ngày họp.",
            ),
        ]
        # The same number of the same body again is looked for at every entry: it is warned of, not refused, for the
        # Party numbers by term and people number twice.
        indexes = [models.Index(fields=["number"], condition=~Q(number=""), name="directive_by_number")]

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
        if self.issued_on:
            return f"{kind} ngày {self.issued_on:%d/%m/%Y}"
        return f"{kind} chưa rõ ngày, nhập {self.dated_on:%d/%m/%Y}"

    @property
    def searched_text(self):
        """Its number as it is said ('Thông báo số 253') and written ('TB 253/TB-UBND'), and its days, for one may be all
        that is remembered. Not its text: what that ordered is found as tasks.
        """
        days = (" ".join(reversed(str(day).split("-"))) for day in (self.issued_on, self.meeting_on) if day)
        kind = self.get_kind_display()
        number = f"{self.kind} {self.number} {kind} số {self.number}" if self.number else kind
        return " ".join((number, kind, *days, self.title, self.issuer))

    @property
    def has_a_day(self):
        return bool(self.issued_on or self.meeting_on)

    @property
    def is_assigned(self):
        return self.assigned_at is not None

    def save(self, *args, **kwargs):
        # Vietnam's date, not UTC's: until 07:00, UTC is still on yesterday.
        entered_on = timezone.localdate(self.created_at) if self.created_at else timezone.localdate()
        self.dated_on = self.issued_on or self.meeting_on or entered_on
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("directives:detail", args=[self.pk])
