"""Who was reminded of what, and the private addresses of calendars."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from directives.models.assignments import Assignment


class Reason(models.TextChoices):
    """Why an assignment stands in a digest. Chosen by its state on the day, so that a missed run catches up."""

    NEW = "new", "Mới giao"
    RETURNED = "returned", "Bị trả lại"
    SOON = "soon", "Còn không quá 7 ngày"
    TOMORROW = "tomorrow", "Còn không quá 1 ngày"
    OVERDUE = "overdue", "Quá hạn"
    ESCALATED = "escalated", "Quá hạn trên 15 ngày, báo cáo thủ trưởng"
    AWAITING = "awaiting", "Chờ xác nhận"


class Digest(models.Model):
    """What one person is told on one day: at most one digest a person a day, in the app and perhaps by e-mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="digests", verbose_name="người nhận"
    )
    on = models.DateField("ngày")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    # Empty where no e-mail is wanted, or where it has not gone out yet: the next run tries again.
    mailed_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "bản nhắc việc"
        verbose_name_plural = "bản nhắc việc"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day"),
            models.CheckConstraint(condition=Q(mailed_at=None) | Q(mail_error=""), name="digest_mailed_without_error"),
        ]

    def __str__(self):
        return f"{self.user}, {self.on:%d/%m/%Y}"


class DigestLine(models.Model):
    """One assignment in a digest, and why."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="lines")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="digest_lines")
    reason = models.CharField(max_length=10, choices=Reason)

    class Meta:
        verbose_name = "dòng nhắc việc"
        verbose_name_plural = "dòng nhắc việc"
        constraints = [models.UniqueConstraint(fields=["digest", "assignment"], name="digest_line_once")]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.assignment_id}"


class CalendarAddress(models.Model):
    """The private address under which a person's calendar program reads their due dates, until it is revoked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_addresses")
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "địa chỉ lịch riêng"
        verbose_name_plural = "địa chỉ lịch riêng"
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="calendar_address_one_in_use")
        ]

    def __str__(self):
        return f"{self.user}, {self.created_at:%d/%m/%Y}"
