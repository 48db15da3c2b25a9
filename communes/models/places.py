"""Places of every level, and which came out of which. Nothing is deleted: a past report reprints with the places of its date."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from ntm_tracker.search import search_key
from ntm_tracker.vietnamese import nfc, sort_key


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
