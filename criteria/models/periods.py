"""The periods at whose last day the places are judged, and what happened to each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PeriodQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-ends_on", "-starts_on")


class Period(models.Model):
    """A stretch of time at whose last day the places are judged."""

    code = models.SlugField("mã", max_length=20, unique=True, help_text="Hiện trên địa chỉ trang, ví dụ 2024-q1")
    name = models.CharField("tên", max_length=60, unique=True)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    # The last day on which a commune's sheet is still on time.
    due_on = models.DateField("hạn gửi phiếu", null=True, blank=True, help_text="Ngày cuối còn đúng hạn")
    closed_on = models.DateField("khóa từ ngày", null=True, blank=True, help_text="Kỳ đã khóa thì không sửa được nữa.")
    # The moment behind that day: what was changed after it is not on the sheets of this period.
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ đánh giá"
        verbose_name_plural = "kỳ đánh giá"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_ends_after_start",
                violation_error_message="Ngày cuối kỳ phải sau ngày đầu kỳ.",
            ),
            models.UniqueConstraint(
                fields=["starts_on", "ends_on"],
                name="period_dates_once",
                violation_error_message="Đã có một kỳ đánh giá với ngày đầu và ngày cuối này.",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="period_due_after_start",
                violation_error_message="Hạn gửi phiếu phải sau ngày đầu kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_on__isnull=False), name="period_closed_at_has_a_day"
            ),
        ]

    def __str__(self):
        return self.name

    def previous(self):
        """The period before this one, or None."""
        return Period.objects.filter(ends_on__lt=self.ends_on).newest_first().first()

    def start_of_year(self):
        """The last period that ended before this one's year: the base of 'so với đầu năm'. None if there is none."""
        return Period.objects.filter(ends_on__lt=self.ends_on.replace(month=1, day=1)).newest_first().first()


class PeriodEvent(models.Model):
    """What happened to a period: opened, changed, closed, reopened, by whom and why. Kept for good."""

    class Kind(models.TextChoices):
        OPENED = "opened", "mở kỳ"
        CHANGED = "changed", "sửa kỳ"
        CLOSED = "closed", "khóa kỳ"
        REOPENED = "reopened", "mở lại"

    period = models.ForeignKey(Period, models.PROTECT, related_name="events")
    kind = models.CharField("việc", max_length=10, choices=Kind)
    note = models.TextField("lý do", blank=True)
    at = models.DateTimeField("lúc", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="ai")

    class Meta:
        verbose_name = "nhật ký kỳ đánh giá"
        verbose_name_plural = "nhật ký kỳ đánh giá"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="reopened", note=""),
                name="period_reopened_for_a_reason",
                violation_error_message="Ghi lý do mở lại kỳ.",
            )
        ]
