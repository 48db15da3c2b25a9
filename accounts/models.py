"""Who uses the app: one role, one place that bounds what they see, and perhaps an agency."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from communes.models import Agency, CommitteeMember, Locality
from ntm_tracker.vietnamese import nfc

# What an administrator keeps in the administration pages; criteria sets are only looked at there.
MANAGED = {
    "accounts.user",
    "communes.locality",
    "communes.agency",
    "communes.committeemember",
    "communes.bodyalias",
    "communes.placealias",
    "criteria.period",
    "criteria.assessment",
}
READ_ONLY = {
    "criteria.criteriaset",
    "criteria.criterion",
    "criteria.indicator",
    "criteria.threshold",
    "criteria.recognition",
}


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Quản trị"
    OFFICER = "officer", "Cán bộ Văn phòng Điều phối"
    SECTOR_OFFICER = "sector_officer", "Cán bộ phòng chuyên môn"
    COMMUNE_OFFICER = "commune_officer", "Cán bộ xã"
    COMMITTEE_MEMBER = "committee_member", "Thành viên Ban Chỉ đạo"


class User(AbstractUser):
    first_name = last_name = None
    full_name = models.CharField("họ tên", max_length=100, blank=True)
    role = models.CharField("vai trò", max_length=20, choices=Role, default=Role.COMMITTEE_MEMBER)
    place = models.ForeignKey(
        Locality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name="địa bàn phục vụ",
        help_text="Người dùng chỉ thấy số liệu trong địa bàn này.",
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="cơ quan, đơn vị"
    )
    member = models.ForeignKey(
        CommitteeMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name="là thành viên Ban Chỉ đạo",
    )
    is_head = models.BooleanField(
        "là thủ trưởng cơ quan", default=False, help_text="Được báo khi việc của cơ quan quá hạn trên 15 ngày."
    )
    wants_email = models.BooleanField("nhận nhắc việc qua thư điện tử", default=True)
    # How many digests wait in the bell. Kept here, so that no page asks for it.
    unseen_digests = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"

    def __str__(self):
        return self.full_name or self.username

    @property
    def sees_everything(self):
        """An administrator who serves no place in particular sees every place."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_administrator(self):
        return self.is_active and self.role == Role.ADMINISTRATOR

    def save(self, *args, **kwargs):
        self.full_name = nfc(self.full_name)
        if self.is_superuser:
            self.role = Role.ADMINISTRATOR
        # The administration pages are for administrators and nobody else: the role decides, not a second switch.
        self.is_staff = self.role == Role.ADMINISTRATOR
        super().save(*args, **kwargs)

    def has_perm(self, perm, obj=None):
        """Administrators may keep the reference data without being superusers; which rows, their place decides."""
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        kept = f"{app}.{model}" in MANAGED or (action == "view" and f"{app}.{model}" in READ_ONLY)
        return (self.is_administrator and kept) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label):
        apps = {model.partition(".")[0] for model in MANAGED}
        return (self.is_administrator and app_label in apps) or super().has_module_perms(app_label)

    def get_full_name(self):
        return self.full_name or self.username

    def get_short_name(self):
        return self.username

    @property
    def initials(self):
        words = self.get_full_name().split()
        return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()
