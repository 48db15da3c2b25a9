"""Notes of visits to places."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models.places import Locality


class VisitQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-visited_on", "-pk")

    def with_people(self):
        return self.select_related("created_by", "changed_by", "struck_by")


class Visit(models.Model):
    """A note of a visit to a place: who went, what they saw and what was said there. No order: a directive gives work.

    A note is not rubbed out: struck out with a reason it stays readable. It is of no day to come, which no constraint
    can say: `actions.record_visit` does.
    """

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="visits", verbose_name="địa bàn")
    visited_on = models.DateField("ngày đi")
    visitors = models.CharField("người đi", max_length=300)
    note = models.TextField("nội dung")
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    struck_at = models.DateTimeField(null=True, editable=False)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    struck_reason = models.CharField("lý do gạch bỏ", max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "ghi chép chuyến đi"
        verbose_name_plural = "ghi chép chuyến đi"
        constraints = [
            models.CheckConstraint(
                condition=~Q(visitors="") & ~Q(note=""),
                name="visit_says_who_and_what",
                violation_error_message="Ghi ai đi và nội dung.",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None, struck_reason="")
                | Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason=""),
                name="visit_struck_by_at_and_why_together",
                violation_error_message="Gạch bỏ phải có người, thời điểm và lý do.",
            ),
        ]

    def __str__(self):
        return f"{self.locality}, {self.visited_on:%d/%m/%Y}"

    @property
    def is_struck(self):
        return self.struck_at is not None
