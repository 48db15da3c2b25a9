"""Who is in charge of which place."""

from django.db import models
from django.db.models import Q

from communes.models.bodies import Agency, CommitteeMember
from communes.models.places import Locality


class ChargeQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(since_on=None) | Q(since_on__lte=day), Q(until_on=None) | Q(until_on__gte=day))


class Charge(models.Model):
    """Who is in charge of a place, or sponsors it: a body or a committee member, between two days."""

    class Role(models.TextChoices):
        IN_CHARGE = "in_charge", "phụ trách"
        SPONSOR = "sponsor", "đỡ đầu"

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="charges", verbose_name="địa bàn")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="charges", verbose_name="cơ quan, đơn vị"
    )
    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, null=True, blank=True, related_name="charges", verbose_name="thành viên BCĐ"
    )
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.IN_CHARGE)
    since_on = models.DateField("từ ngày", null=True, blank=True)
    until_on = models.DateField("đến ngày", null=True, blank=True)
    document = models.CharField("văn bản phân công", max_length=100, blank=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công phụ trách xã"
        verbose_name_plural = "phân công phụ trách xã"
        constraints = [
            models.CheckConstraint(
                condition=Q(agency=None, member__isnull=False) | Q(agency__isnull=False, member=None),
                name="charge_agency_or_member",
                violation_error_message="Chọn một cơ quan hoặc một thành viên Ban Chỉ đạo.",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(since_on=None) | Q(until_on__gte=models.F("since_on")),
                name="charge_until_after_since",
                violation_error_message="Ngày thôi phụ trách phải sau ngày nhận.",
            ),
            models.UniqueConstraint(
                fields=["locality", "agency", "role"],
                condition=Q(until_on=None, agency__isnull=False),
                name="charge_agency_once",
                violation_error_message="Cơ quan này đang được phân công ở xã đó.",
            ),
            models.UniqueConstraint(
                fields=["locality", "member", "role"],
                condition=Q(until_on=None, member__isnull=False),
                name="charge_member_once",
                violation_error_message="Thành viên này đang được phân công ở xã đó.",
            ),
        ]

    def __str__(self):
        return f"{self.agency or self.member} {self.get_role_display()} {self.locality}"
