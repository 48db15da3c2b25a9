"""What is planned for a place, and the decisions that recognise it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communes.models import Locality
from criteria.models.sets import Criterion, Tier


class Target(models.Model):
    """What is planned for a place in a year: a criterion to be met, or a tier to be recognised at."""

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="targets", verbose_name="địa bàn")
    year = models.PositiveSmallIntegerField("năm")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="tiêu chí"
    )
    tier = models.CharField("mức", max_length=10, choices=Tier, blank=True)
    document = models.CharField("văn bản giao", max_length=100, blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)
    # Given up: by whom and why; a plan is not rubbed out.
    dropped_at = models.DateTimeField(null=True, editable=False)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    dropped_note = models.TextField(blank=True)

    class Meta:
        verbose_name = "chỉ tiêu phấn đấu"
        verbose_name_plural = "chỉ tiêu phấn đấu"
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion=None) & ~Q(tier="") | Q(criterion__isnull=False, tier=""),
                name="target_criterion_or_tier",
            ),
            models.UniqueConstraint(
                fields=["locality", "year", "criterion"],
                condition=Q(dropped_at=None, criterion__isnull=False),
                name="target_criterion_once",
                violation_error_message="Xã này đã được giao tiêu chí đó trong năm.",
            ),
            models.UniqueConstraint(
                fields=["locality", "year", "tier"],
                condition=Q(dropped_at=None, criterion=None),
                name="target_tier_once",
                violation_error_message="Xã này đã đăng ký mức đó trong năm.",
            ),
        ]

    def __str__(self):
        return f"{self.locality} {self.year}: {self.criterion or self.get_tier_display()}"


class RecognitionQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(year__lte=day.year).filter(
            Q(decided_on=None) | Q(decided_on__lte=day), Q(revoked_on=None) | Q(revoked_on__gt=day)
        )


class Recognition(models.Model):
    """A decision that recognises a place; a different fact from meeting all criteria today."""

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="recognitions", verbose_name="địa bàn")
    tier = models.CharField("mức", max_length=10, choices=Tier, default=Tier.BASIC)
    year = models.PositiveSmallIntegerField("năm đạt chuẩn")
    decision_number = models.CharField("số quyết định", max_length=60, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    file = models.FileField("tệp quyết định", upload_to="recognitions/%Y/", max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    # Where a merged place keeps what a predecessor had: that one's recognition.
    inherited_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="inherited_as", verbose_name="kế thừa từ"
    )
    revoked_on = models.DateField("ngày thu hồi", null=True, blank=True)
    revoked_number = models.CharField("số quyết định thu hồi", max_length=60, blank=True)
    revoked_note = models.TextField("lý do thu hồi", blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = "công nhận đạt chuẩn"
        verbose_name_plural = "công nhận đạt chuẩn"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "tier", "year"],
                name="recognition_once_a_year",
                violation_error_message="Địa bàn này đã có quyết định công nhận mức đó trong năm.",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(decided_on=None) | Q(revoked_on__gt=F("decided_on")),
                name="recognition_revoked_after_decided",
                violation_error_message="Ngày thu hồi phải sau ngày quyết định.",
            ),
        ]

    def __str__(self):
        return f"{self.locality}, {self.get_tier_display()} {self.year}"
