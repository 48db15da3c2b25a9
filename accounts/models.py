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
    "accounts.signin",
    "accounts.access",
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
    # Whether signing in asks for a code too; the secrets themselves are in the tables of django-otp.
    signs_in_twice = models.BooleanField("đăng nhập hai bước", default=False, editable=False)
    # Part of what a session is checked against: one more, and no session of before holds.
    session_series = models.PositiveIntegerField(default=0, editable=False)
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

    def _get_session_auth_hash(self, secret=None):
        # Django's own covers the password; the series ends sessions without a new one.
        return f"{super()._get_session_auth_hash(secret)}-{self.session_series}"

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


class SignIn(models.Model):
    """One thing that happened at the door: kept for administrators, never edited."""

    class Kind(models.TextChoices):
        SIGNED_IN = "in", "đăng nhập"
        SIGNED_OUT = "out", "đăng xuất"
        FAILED = "failed", "sai tên hoặc mật khẩu"
        WRONG_CODE = "code", "sai mã xác thực"
        LOCKED = "locked", "bị khóa tạm"
        PASSWORD = "password", "đổi mật khẩu"
        TWO_STEP_ON = "twice", "bật đăng nhập hai bước"
        TWO_STEP_OFF = "once", "tắt đăng nhập hai bước"
        RECOVERY = "recovery", "tạo mã dự phòng mới"
        ENDED = "ended", "đăng xuất khỏi mọi thiết bị"

    at = models.DateTimeField("lúc", db_index=True)
    kind = models.CharField("việc", max_length=10, choices=Kind)
    # None where the name typed is nobody's: what was typed may be a password, so it is not kept.
    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="sign_ins", verbose_name="người dùng", editable=False
    )
    # Who did it, where that is not the person: an administrator.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="người làm")
    address = models.GenericIPAddressField("địa chỉ máy", null=True)
    browser = models.CharField("trình duyệt", max_length=200, blank=True)

    class Meta:
        verbose_name = "lần đăng nhập"
        verbose_name_plural = "nhật ký đăng nhập"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.user or 'không rõ'}: {self.get_kind_display()}"


class Access(models.Model):
    """What a person looked at on a day, or one change or one file taken away. Written by `audit`, never edited."""

    class Kind(models.TextChoices):
        SAW = "saw", "xem"
        CHANGED = "changed", "gửi, sửa"
        TOOK = "took", "tải về"

    kind = models.CharField("việc", max_length=10, choices=Kind)
    day = models.DateField("ngày")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người dùng")
    # The name of the page, and the address with what was chosen in it.
    page = models.CharField("trang", max_length=100)
    path = models.CharField("địa chỉ", max_length=300)
    machine = models.GenericIPAddressField("địa chỉ máy", null=True)
    first_at = models.DateTimeField("lần đầu")
    last_at = models.DateTimeField("lần cuối")
    # How often it was looked at that day.
    times = models.PositiveIntegerField("số lần", default=1)

    class Meta:
        verbose_name = "lần truy cập"
        verbose_name_plural = "nhật ký truy cập"
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["-last_at", "-id"], name="access_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "user", "path"], condition=models.Q(kind="saw"), name="access_seen_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_kind_display()} {self.path}"
