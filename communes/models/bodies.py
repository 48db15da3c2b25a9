"""The bodies in places, who sits in the committee, and other names of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models.places import Level, Locality
from ntm_tracker.search import SearchKeyField
from ntm_tracker.vietnamese import fold, nfc, sort_key


class AgencyKind(models.TextChoices):
    COMMITTEE = "committee", "Ủy ban nhân dân"
    PARTY = "party", "cơ quan Đảng"
    DEPARTMENT = "department", "phòng, ban chuyên môn"
    ORGANISATION = "organisation", "Mặt trận, đoàn thể"
    OTHER = "other", "cơ quan, đơn vị khác"


class AgencyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The agencies of the places the user sees, and those of the places above, which give them orders."""
        if not user.place_id:
            return self.all() if user.is_superuser or user.sees_everything else self.none()
        above = [pk for pk in user.place.path.split(".") if pk]
        return self.filter(Q(locality__path__startswith=user.place.path) | Q(locality__in=above))

    def serving_on(self, day):
        """The bodies that work may be given to on a day: not closed, in a place that exists."""
        return self.filter(is_active=True, locality__in=Locality.objects.existing_on(day))

    def commune_committees(self):
        return self.filter(kind=AgencyKind.COMMITTEE, locality__level=Level.COMMUNE)

    def in_order(self):
        """Bodies of the office first, then the people's committees of the communes, in alphabetical order."""
        communes_last = models.Case(models.When(locality__level=Level.COMMUNE, then=1), default=0)
        return self.order_by(communes_last, "sort_key", "pk")


class Agency(models.Model):
    """A body that can be given work: a department, an organisation, the people's committee of a commune."""

    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên gọn", max_length=60, blank=True)
    kind = models.CharField("loại", max_length=20, choices=AgencyKind)
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="agencies", verbose_name="địa bàn")
    is_active = models.BooleanField("đang hoạt động", default=True)
    sort_key = models.CharField(max_length=600, editable=False, db_index=True)
    search_key = SearchKeyField()

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = "cơ quan, đơn vị"
        verbose_name_plural = "cơ quan, đơn vị"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "name"],
                name="agency_name_once_in_locality",
                violation_error_message="Địa bàn này đã có cơ quan mang tên đó.",
            )
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return self.short_name or self.name

    @property
    def searched_text(self):
        return self.name if self.short_name in ("", self.name) else f"{self.short_name} {self.name}"

    def prepare(self):
        """Fill what is derived from the names; importers that write in bulk call it themselves."""
        self.name, self.short_name = nfc(self.name), nfc(self.short_name)
        self.sort_key = sort_key(self.label)[:600]

    def save(self, *args, **kwargs):
        self.prepare()
        super().save(*args, **kwargs)


class CommitteeMemberQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The members from agencies the user sees."""
        return self.filter(agency__in=Agency.objects.visible_to(user))


class CommitteeMember(models.Model):
    """A member of the steering committee, named by the post they hold in an agency."""

    position = models.CharField("chức vụ", max_length=200)
    full_name = models.CharField("họ tên", max_length=100, blank=True)
    role = models.CharField("vai trò trong Ban Chỉ đạo", max_length=100, default="Thành viên")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="members", verbose_name="cơ quan, đơn vị")
    since_on = models.DateField("từ ngày", null=True, blank=True)
    until_on = models.DateField("đến ngày", null=True, blank=True)
    search_key = SearchKeyField()

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "thành viên Ban Chỉ đạo"
        verbose_name_plural = "thành viên Ban Chỉ đạo"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(since_on=None) | Q(until_on__gte=models.F("since_on")),
                name="committee_member_until_after_since",
                violation_error_message="Ngày thôi nhiệm vụ phải sau ngày nhận nhiệm vụ.",
            )
        ]

    def __str__(self):
        return f"{self.full_name}, {self.position}" if self.full_name else self.position

    @property
    def searched_text(self):
        return f"{self.full_name} {self.position}"


class BodyAlias(models.Model):
    """Another name of one or several bodies in the documents of an office: "phòng Nông nghiệp", "các cơ quan chuyên môn".

    An officer says once who is meant; from then on the words are understood.
    """

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="body_aliases", verbose_name="địa bàn")
    name = models.CharField("tên gọi trong văn bản", max_length=300)
    # The name as it is looked up: without marks, in lower case.
    key = models.CharField(max_length=300, editable=False)
    agencies = models.ManyToManyField(Agency, blank=True, related_name="aliases", verbose_name="cơ quan, đơn vị")
    members = models.ManyToManyField(
        CommitteeMember, blank=True, related_name="aliases", verbose_name="thành viên Ban Chỉ đạo"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)

    class Meta:
        verbose_name = "tên gọi khác của cơ quan"
        verbose_name_plural = "tên gọi khác của cơ quan"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "key"],
                name="body_alias_once",
                violation_error_message="Tên gọi này đã được ghi là của cơ quan khác.",
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name = nfc(self.name)
        self.key = fold(self.name)
        super().save(*args, **kwargs)
