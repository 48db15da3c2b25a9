"""Places and the bodies in them. Nothing is deleted: a past report reprints with the places of its date."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from ntm_tracker.search import SearchKeyField, search_key
from ntm_tracker.vietnamese import fold, nfc, sort_key


class Level(models.TextChoices):
    PROVINCE = "province", "cấp tỉnh"
    DISTRICT = "district", "cấp huyện"
    COMMUNE = "commune", "cấp xã"
    VILLAGE = "village", "thôn, bản"


class Region(models.TextChoices):
    """The seven regions of the national criteria sets until 2025 (Quyết định 318/QĐ-TTg, Phụ lục I)."""

    TDMNPB = "TDMNPB", "Trung du miền núi phía Bắc"
    DBSH = "DBSH", "Đồng bằng sông Hồng"
    BTB = "BTB", "Bắc Trung Bộ"
    DHNTB = "DHNTB", "Duyên hải Nam Trung Bộ"
    TN = "TN", "Tây Nguyên"
    DNB = "DNB", "Đông Nam Bộ"
    DBSCL = "DBSCL", "Đồng bằng sông Cửu Long"


# The hardship areas that a threshold may name beside regions and commune groups, as a place carries them.
AREA_ZONES = {
    "KV1": "Khu vực I",
    "KV2": "Khu vực II",
    "KV3": "Khu vực III",
    "BAINGANG": "Xã bãi ngang",
    "HAIDAO": "Xã đảo",
}
GROUP_ZONES = {"NHOM1": "Xã nhóm 1", "NHOM2": "Xã nhóm 2", "NHOM3": "Xã nhóm 3"}
# Every zone a threshold may be set for, with its name.
ZONES = {**dict(Region.choices), **GROUP_ZONES, **AREA_ZONES}


class LocalityQuerySet(models.QuerySet):
    def within(self, place):
        """The place itself and everything below it."""
        return self.filter(path__startswith=place.path)

    def visible_to(self, user):
        """The places inside the one the user serves; an administrator without a place sees all."""
        if user.place_id:
            return self.within(user.place)
        return self.all() if user.is_superuser or user.sees_everything else self.none()

    def existing_on(self, day):
        return self.filter(Q(founded_on=None) | Q(founded_on__lte=day), Q(dissolved_on=None) | Q(dissolved_on__gt=day))

    def living(self):
        """Those without an end: they may still be judged, merged, renamed."""
        return self.filter(dissolved_on=None)

    def predecessors_of(self, places):
        """The places that went into these, whole or in part."""
        return self.filter(Exists(Succession.objects.filter(predecessor=OuterRef("pk"), successor__in=places)))

    def successors_of(self, places):
        """The places that these went into."""
        return self.filter(Exists(Succession.objects.filter(successor=OuterRef("pk"), predecessor__in=places)))

    def communes(self):
        return self.filter(level=Level.COMMUNE)

    def alphabetical(self):
        return self.order_by("sort_key", "pk")


class Locality(models.Model):
    """A province, district, commune or village, of one time."""

    level = models.CharField("cấp", max_length=10, choices=Level)
    kind = models.CharField("loại", max_length=20, help_text="xã, thị trấn, phường, huyện, tỉnh …")
    name = models.CharField("tên", max_length=100)
    # Not a key: codes were used again for other places in 2025.
    code = models.CharField("mã", max_length=10, blank=True, help_text="Mã của Tổng cục Thống kê vào thời điểm đó")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="thuộc"
    )
    path = models.CharField(max_length=100, editable=False, db_index=True)
    region = models.CharField("vùng", max_length=10, choices=Region, blank=True)
    commune_group = models.CharField(
        "nhóm xã",
        max_length=5,
        blank=True,
        choices=list(GROUP_ZONES.items()),
    )
    area = models.CharField(
        "khu vực", max_length=3, blank=True, choices=[(i, f"Khu vực {i}") for i in ("I", "II", "III")]
    )
    is_coastal_hardship = models.BooleanField("xã bãi ngang", default=False)
    is_island = models.BooleanField("xã đảo", default=False)
    latitude = models.DecimalField("vĩ độ", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("kinh độ", max_digits=9, decimal_places=6, null=True, blank=True)
    founded_on = models.DateField("thành lập từ ngày", null=True, blank=True)
    dissolved_on = models.DateField("không còn từ ngày", null=True, blank=True)
    sort_key = models.CharField(max_length=300, editable=False, db_index=True)
    search_key = models.CharField(max_length=130, editable=False)

    objects = LocalityQuerySet.as_manager()

    class Meta:
        verbose_name = "địa bàn"
        verbose_name_plural = "địa bàn"
        constraints = [
            models.UniqueConstraint(
                fields=["level", "code"],
                condition=~Q(code="") & Q(dissolved_on=None),
                name="locality_living_code_once",
                violation_error_message="Đã có một địa bàn đang tồn tại mang mã này.",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on=None) | Q(founded_on=None) | Q(dissolved_on__gt=models.F("founded_on")),
                name="locality_dissolved_after_founded",
                violation_error_message="Ngày thôi tồn tại phải sau ngày thành lập.",
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """The name as written in a sentence: 'xã Sơn Bình', 'thị trấn Tam Đường'."""
        return f"{self.kind} {self.name}"

    @property
    def title(self):
        """The name as written at the head of a page: 'Xã Sơn Bình'."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}"

    def exists_on(self, day):
        """`LocalityQuerySet.existing_on`, of one place."""
        begun = self.founded_on is None or self.founded_on <= day
        return begun and (self.dissolved_on is None or self.dissolved_on > day)

    @property
    def zones(self):
        """The zones whose thresholds apply to the place (keys of ZONES)."""
        area = {"I": "KV1", "II": "KV2", "III": "KV3"}.get(self.area, "")
        hardship = ["BAINGANG"] * self.is_coastal_hardship + ["HAIDAO"] * self.is_island
        return {zone for zone in (self.region, self.commune_group, area, *hardship) if zone}

    def prepare(self):
        """Fill what is derived from the name; importers that write in bulk call it themselves."""
        self.name = nfc(self.name)
        self.sort_key = sort_key(self.name)[:300]
        self.search_key = search_key(self.kind, self.name)

    def save(self, *args, **kwargs):
        self.prepare()
        if not self.pk:
            super().save(*args, **kwargs)
            kwargs = {"update_fields": ["path"]}
        path = f"{self.parent.path if self.parent_id else '.'}{self.pk}."
        moved = self.path and self.path != path
        old, self.path = self.path, path
        super().save(*args, **kwargs)
        if moved:
            for child in Locality.objects.filter(path__startswith=old).exclude(pk=self.pk).order_by(Length("path")):
                Locality.objects.filter(pk=child.pk).update(path=path + child.path.removeprefix(old))


class SuccessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that begin or end in the places the user sees."""
        places = Locality.objects.visible_to(user)
        return self.filter(Q(successor__in=places) | Q(predecessor__in=places))

    def chain(self, start, end):
        """The places through which `start` went into `end`, both included; [] if it did not. A query for each step."""
        came_from, reached = {start.pk: None}, [start.pk]
        while reached and end.pk not in came_from:
            steps = self.filter(predecessor__in=reached).order_by("pk").values_list("predecessor", "successor")
            reached = []
            for before, after in steps:
                if after not in came_from:
                    came_from[after] = before
                    reached.append(after)
        if end.pk not in came_from:
            return []
        keys = [end.pk]
        while came_from[keys[-1]]:
            keys.append(came_from[keys[-1]])
        places = Locality.objects.in_bulk(keys)
        return [places[key] for key in reversed(keys)]


class Succession(models.Model):
    """That a place went into another, whole or in part: a merge has several predecessors, a split several successors.

    Both rows stay: the predecessor with its reports, ended on the day on which the successor begins.
    """

    predecessor = models.ForeignKey(Locality, models.PROTECT, related_name="successions", verbose_name="địa bàn cũ")
    successor = models.ForeignKey(Locality, models.PROTECT, related_name="origins", verbose_name="địa bàn mới")
    effective_on = models.DateField("từ ngày")
    is_whole = models.BooleanField("nhập toàn bộ", default=True)
    # Of a place that was divided, the successor that took most of it.
    is_main = models.BooleanField("phần chính", default=True)
    decision = models.CharField("văn bản", max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = "sắp xếp địa bàn"
        verbose_name_plural = "sắp xếp địa bàn"
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="succession_once",
                violation_error_message="Hai địa bàn này đã được ghi là cũ và mới của nhau.",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")),
                name="succession_between_two",
                violation_error_message="Một địa bàn không thể kế tục chính nó.",
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"

    def clean(self):
        """A place never comes of itself, not through others either. Read when a form records a succession."""
        if self.predecessor_id is None or self.successor_id is None or self.predecessor_id == self.successor_id:
            return
        if problem := circle(self.predecessor, self.successor):
            raise ValidationError(problem)


def circle(predecessor, successor):
    """Why `predecessor` cannot go into `successor`, which went into it before; '' if it did not."""
    chain = Succession.objects.chain(successor, predecessor)
    if not chain:
        return ""
    return (
        f"{successor.title} đã nhập vào {predecessor} ({' → '.join(map(str, chain))}), nên {predecessor} không thể nhập "
        f"ngược lại vào {successor.full_name}. Chọn nơi nhận khác hoặc ghi một địa bàn mới."
    )


class BoundaryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the places the user sees."""
        return self.filter(locality__in=Locality.objects.visible_to(user))

    def in_force(self):
        """Those the map draws: neither replaced nor removed."""
        return self.filter(removed_at=None)


class Boundary(models.Model):
    """The outline of a place from an uploaded file, simplified and ready to be drawn. A newer one ends it; the row stays.

    `outline` and `sketch` are SVG paths: the second has fewer points, for maps of many places. Their coordinates are
    whole numbers, ten thousandths and thousandths of a degree east and south of `communes.boundaries.ORIGIN`.
    """

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="boundaries", verbose_name="địa bàn")
    outline = models.TextField("đường ranh giới")
    sketch = models.TextField("đường ranh giới giản lược")
    # All in degrees (WGS 84): what the outline reaches, and the point inside it at which a number is written.
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    longitude = models.FloatField("kinh độ")
    latitude = models.FloatField("vĩ độ")
    source = models.CharField("nguồn ranh giới", max_length=200)
    file_name = models.CharField("tệp", max_length=200)
    uploaded_at = models.DateTimeField("tải lên lúc")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người tải lên"
    )
    # When it was replaced or taken off, and by whom.
    removed_at = models.DateTimeField("thôi dùng lúc", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người thôi dùng",
    )

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = "ranh giới"
        verbose_name_plural = "ranh giới"
        constraints = [
            models.UniqueConstraint(
                fields=["locality"],
                condition=Q(removed_at=None),
                name="boundary_in_force_once",
                violation_error_message="Địa bàn này đang có một ranh giới khác.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="boundary_removed_at_and_by_together",
                violation_error_message="Ranh giới thôi dùng phải ghi cả lúc nào và ai.",
            ),
            models.CheckConstraint(
                condition=Q(west__lt=models.F("east"), south__lt=models.F("north")),
                name="boundary_reaches_somewhere",
                violation_error_message="Ranh giới phải bao một vùng.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="boundary_names_its_source",
                violation_error_message="Ghi nguồn ranh giới.",
            ),
        ]

    def __str__(self):
        return f"{self.locality}, {self.source}"


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


class PlaceAliasQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the places the user sees."""
        return self.filter(locality__in=Locality.objects.visible_to(user))


class PlaceAlias(models.Model):
    """Another way to write a place's name in the tables of an office: "Thèn Xin". An officer says once which is meant."""

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="aliases", verbose_name="địa bàn")
    name = models.CharField("tên ghi trong biểu", max_length=100)
    # The name as it is looked up: without marks, in lower case.
    key = models.CharField(max_length=100, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False)

    objects = PlaceAliasQuerySet.as_manager()

    class Meta:
        verbose_name = "cách viết khác của địa bàn"
        verbose_name_plural = "cách viết khác của địa bàn"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "key"],
                name="place_alias_once",
                violation_error_message="Cách viết này đã được ghi cho địa bàn đó.",
            )
        ]

    def __str__(self):
        return f"{self.name}: {self.locality}"

    def save(self, *args, **kwargs):
        self.name = nfc(self.name)
        self.key = fold(self.name)
        super().save(*args, **kwargs)


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
