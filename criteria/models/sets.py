"""What places are judged by: criteria sets as dated data, and who is in charge of a criterion."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communes.models import Agency, CommitteeMember, Level, Locality
from ntm_tracker.search import SearchKeyField


class Subject(models.TextChoices):
    """What kind of place a set judges."""

    COMMUNE = "commune", "xã"
    TOWN = "town", "phường, thị trấn"
    DISTRICT = "district", "huyện"
    PROVINCE = "province", "tỉnh"
    VILLAGE = "village", "thôn, bản"


class Tier(models.TextChoices):
    BASIC = "basic", "đạt chuẩn"
    ADVANCED = "advanced", "nâng cao"
    MODEL = "model", "kiểu mẫu"
    MODERN = "modern", "hiện đại"


class ValueType(models.TextChoices):
    BOOLEAN = "boolean", "đạt/chưa đạt"
    TEXT = "text", "nội dung"
    PERCENT = "percent", "tỷ lệ"
    NUMBER = "number", "số"
    COUNT = "count", "số đếm"
    CURRENCY = "currency", "tiền"


class Direction(models.TextChoices):
    ACHIEVED = "achieved", "đạt"
    AT_LEAST = "at_least", "từ … trở lên"
    AT_MOST = "at_most", "không quá"
    EQUALS = "equals", "bằng"


class Verification(models.TextChoices):
    """How sure a text or a threshold is; anything but VERIFIED is shown as 'chưa đối chiếu'."""

    VERIFIED = "verified", "đã đối chiếu"
    REGIONAL_VERIFIED = "regional_verified", "đã đối chiếu theo vùng"
    PARTLY_VERIFIED = "partly_verified", "mới đối chiếu một phần"
    RECALLED = "recalled", "chưa đối chiếu"
    DELEGATED = "delegated", "UBND cấp tỉnh quy định"
    UNKNOWN = "unknown", "chưa rõ"


class CriteriaSetQuerySet(models.QuerySet):
    def in_order(self):
        """The sets that can be assessed first, the newest first, each tier before the one that builds on it."""
        tier = models.Case(*(models.When(tier=tier, then=place) for place, tier in enumerate(Tier.values)))
        return self.order_by("-is_complete", F("effective_from").desc(nulls_last=True), "subject", tier, "code")


class CriteriaSet(models.Model):
    """A set of criteria issued by a decision; the next decision is a new row beside it."""

    code = models.SlugField("mã", max_length=60, unique=True)
    name = models.CharField("tên", max_length=300)
    short_name = models.CharField("tên gọn", max_length=60)
    subject = models.CharField("cấp đánh giá", max_length=10, choices=Subject)
    tier = models.CharField("mức", max_length=10, choices=Tier)
    effective_from = models.DateField("áp dụng từ", null=True, blank=True)
    effective_to = models.DateField("áp dụng đến", null=True, blank=True)
    # [{"number", "date", "issuer", "note"}], as the file gives them.
    legal_basis = models.JSONField("căn cứ", default=list)
    notes = models.JSONField("lưu ý", default=list)
    # Lower bounds of the bands by criteria met, from the top: [19, 15, 10, 5, 0].
    bands = models.JSONField("các nhóm theo số tiêu chí", default=list)
    requires = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="phải đạt trước")
    expected_criteria = models.PositiveSmallIntegerField("số tiêu chí theo quyết định", null=True, blank=True)
    expected_indicators = models.PositiveSmallIntegerField("số chỉ tiêu theo quyết định", null=True, blank=True)
    # When a recognised place may lose its recognition: [{"from_percent", "below_percent", "any_of", "source", "status"}],
    # shares of the criteria that are no longer met; `any_of` the numbers of which one must be among them.
    revocation = models.JSONField("quy định thu hồi", default=list)
    is_complete = models.BooleanField("đủ để đánh giá", default=False)
    incomplete_reason = models.CharField("vì sao chưa đủ", max_length=300, blank=True)
    checksum = models.CharField(max_length=64, editable=False)

    objects = CriteriaSetQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                name="criteria_set_to_after_from",
            )
        ]

    def __str__(self):
        return self.short_name

    @property
    def citation(self):
        """The first decision: '318/QĐ-TTg'."""
        return self.legal_basis[0]["number"] if self.legal_basis else ""

    def places(self):
        """The places this set judges."""
        kinds = {
            Subject.COMMUNE: Q(level=Level.COMMUNE, kind="xã"),
            Subject.TOWN: Q(level=Level.COMMUNE) & ~Q(kind="xã"),
            Subject.DISTRICT: Q(level=Level.DISTRICT),
            Subject.PROVINCE: Q(level=Level.PROVINCE),
            Subject.VILLAGE: Q(level=Level.VILLAGE),
        }
        return Locality.objects.filter(kinds[self.subject])

    def judges(self, locality):
        return self.places().filter(pk=locality.pk).exists()


class Criterion(models.Model):
    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria", verbose_name="bộ tiêu chí")
    number = models.PositiveSmallIntegerField("số")
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên gọn", max_length=40, blank=True)
    group_code = models.CharField("nhóm", max_length=5, blank=True)
    group_name = models.CharField("tên nhóm", max_length=100, blank=True)
    name_status = models.CharField("tên đã đối chiếu", max_length=20, choices=Verification)
    # The body the sources name at province or ministry level; the office's own is a CriterionLead.
    guiding_agency = models.CharField("cơ quan hướng dẫn", max_length=300, blank=True)
    search_key = SearchKeyField()

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "number"]
        constraints = [models.UniqueConstraint(fields=["criteria_set", "number"], name="criterion_number_once")]

    def __str__(self):
        return f"{self.number}. {self.name}"

    @property
    def label(self):
        return self.short_name or self.name

    @property
    def searched_text(self):
        """The number as people write it before the name: 'tiêu chí 11', 'TC11'."""
        return f"TC {self.number} tiêu chí {self.number} {self.name} {self.short_name}"


class IndicatorQuerySet(models.QuerySet):
    def in_force(self, day):
        """The wording in force on a day: a later decision may replace an indicator from a date on."""
        return self.filter(Q(since_on=None) | Q(since_on__lte=day), Q(until_on=None) | Q(until_on__gte=day))


class Indicator(models.Model):
    """One line of a criterion, in one wording; an amended wording is a row of its own with the same code."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="indicators", verbose_name="tiêu chí")
    code = models.CharField("mã", max_length=10, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự")
    text = models.TextField("nội dung")
    value_type = models.CharField("kiểu giá trị", max_length=10, choices=ValueType)
    unit = models.CharField("đơn vị tính", max_length=100, blank=True)
    direction = models.CharField("chiều", max_length=10, choices=Direction)
    is_delegated = models.BooleanField("UBND cấp tỉnh quy định mức", default=False)
    notes = models.TextField("ghi chú", blank=True)
    text_status = models.CharField("lời văn đã đối chiếu", max_length=20, choices=Verification)
    threshold_status = models.CharField("mức đã đối chiếu", max_length=20, choices=Verification)
    source = models.TextField("nguồn", blank=True)
    # The decision this wording comes from: '318/QĐ-TTg', or the amending '211/QĐ-TTg'.
    decision = models.CharField("quyết định", max_length=60, blank=True)
    since_on = models.DateField("áp dụng từ", null=True, blank=True)
    until_on = models.DateField("áp dụng đến", null=True, blank=True)
    search_key = SearchKeyField()

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["criterion", "position", "since_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "position", "since_on"], condition=~Q(since_on=None), name="indicator_version_once"
            ),
            models.UniqueConstraint(
                fields=["criterion", "position"], condition=Q(since_on=None), name="indicator_first_version_once"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.text}".strip()

    @property
    def searched_text(self):
        return f"CT {self.code} chỉ tiêu {self.code} {self.text}" if self.code else f"chỉ tiêu {self.text}"

    @property
    def is_numeric(self):
        return self.value_type not in (ValueType.BOOLEAN, ValueType.TEXT)

    @property
    def is_share(self):
        """Whether the value is a part of a whole, from 0 to 100; "% cao hơn mức …" is not."""
        return self.value_type == ValueType.PERCENT and "cao hơn" not in self.unit

    @property
    def is_by_gender(self):
        """Whether men and women must each reach the threshold (QĐ 318/QĐ-TTg: "áp dụng đạt cho cả nam và nữ")."""
        return self.value_type == ValueType.PERCENT and "cả nam và nữ" in self.text

    @property
    def is_verified(self):
        """Whether the words and the figures an assessment needs were read in a source; else '◇ chưa đối chiếu'."""
        return self.text_status == Verification.VERIFIED and self.threshold_status in (
            Verification.VERIFIED,
            Verification.REGIONAL_VERIFIED,
        )

    @property
    def short_unit(self):
        """The unit beside a figure, without what the text says already: '%', 'triệu đồng', 'm2'."""
        return "%" if self.value_type == ValueType.PERCENT else self.unit.split("/")[0]


class ThresholdQuerySet(models.QuerySet):
    def at(self, moment):
        """The rows in force in the books at a moment; None for now. What was replaced stays for old sheets and as history."""
        if moment is None:
            return self.filter(replaced_at=None)
        return self.filter(Q(entered_at=None) | Q(entered_at__lte=moment)).filter(
            Q(replaced_at=None) | Q(replaced_at__gt=moment)
        )


class Threshold(models.Model):
    """The value an indicator must reach in a region, a group or a place, in some years.

    `value` is in the indicator's unit. A row without a value says that the threshold is not known: it hides the
    more general ones, for a national figure must not be applied where the region has one of its own. A row is never
    changed: what an officer enters or confirms stands beside the row it replaces.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="thresholds", verbose_name="chỉ tiêu")
    # A region, a commune group or a kind of hardship area (`communes.models.ZONES`); empty for all places.
    zone = models.CharField("vùng, nhóm xã", max_length=10, blank=True)
    locality = models.ForeignKey(Locality, models.PROTECT, null=True, blank=True, verbose_name="địa bàn")
    year_from = models.PositiveSmallIntegerField("từ năm", null=True, blank=True)
    year_to = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    value = models.DecimalField("mức", max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField("đã đối chiếu", max_length=20, choices=Verification)
    source = models.TextField("nguồn", blank=True)
    # Who set it, where somebody other than the set's own decision did: '2072/QĐ-UBND'.
    document = models.CharField("số văn bản", max_length=100, blank=True)
    # Empty for the rows of the set's file.
    entered_at = models.DateTimeField(null=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, editable=False)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = "mức đạt chuẩn"
        verbose_name_plural = "mức đạt chuẩn"
        constraints = [
            models.CheckConstraint(
                condition=Q(year_from=None) | Q(year_to=None) | Q(year_to__gte=F("year_from")),
                name="threshold_year_to_after_from",
                violation_error_message="Năm cuối không thể trước năm đầu.",
            ),
            models.CheckConstraint(
                condition=Q(entered_at=None) | Q(replaced_at=None) | Q(replaced_at__gte=F("entered_at")),
                name="threshold_replaced_after_entered",
            ),
        ]

    def __str__(self):
        return f"{self.indicator.code} {self.zone or 'cả nước'}: {self.value}"

    def stood_at(self, moment):
        """Whether it stood in the books at a moment; None for now. `ThresholdQuerySet.at`, row by row."""
        if moment is None:
            return self.replaced_at is None
        entered = self.entered_at is None or self.entered_at <= moment
        return entered and (self.replaced_at is None or self.replaced_at > moment)


class CriterionLink(models.Model):
    """That a criterion of a newer set takes up one of an older: by these a place's results are carried over."""

    old = models.ForeignKey(Criterion, models.CASCADE, related_name="taken_up_by", verbose_name="tiêu chí cũ")
    new = models.ForeignKey(Criterion, models.CASCADE, related_name="takes_up", verbose_name="tiêu chí mới")
    status = models.CharField("đã đối chiếu", max_length=20, choices=Verification)
    source = models.TextField("nguồn", blank=True)

    class Meta:
        verbose_name = "quy đổi tiêu chí"
        verbose_name_plural = "quy đổi tiêu chí"
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="criterion_link_once"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="criterion_link_between_two"),
        ]

    def __str__(self):
        return f"{self.old} → {self.new}"


class Condition(models.Model):
    """What a set or the rules of recognition demand beside the criteria: satisfaction, no construction debt, security."""

    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="conditions", verbose_name="bộ tiêu chí")
    code = models.SlugField("mã", max_length=30)
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.CharField("tên", max_length=100)
    text = models.TextField("nội dung")
    value_type = models.CharField("kiểu giá trị", max_length=10, choices=ValueType, default=ValueType.BOOLEAN)
    unit = models.CharField("đơn vị tính", max_length=30, blank=True)
    direction = models.CharField("chiều", max_length=10, choices=Direction, default=Direction.ACHIEVED)
    threshold = models.DecimalField("mức", max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField("đã đối chiếu", max_length=20, choices=Verification)
    source = models.TextField("nguồn", blank=True)

    class Meta:
        verbose_name = "điều kiện ngoài bộ tiêu chí"
        verbose_name_plural = "điều kiện ngoài bộ tiêu chí"
        constraints = [models.UniqueConstraint(fields=["criteria_set", "code"], name="condition_once")]

    def __str__(self):
        return self.name

    # What `rules.check_entry` asks of whatever is measured.
    is_by_gender = False

    @property
    def is_numeric(self):
        return self.value_type not in (ValueType.BOOLEAN, ValueType.TEXT)

    @property
    def is_share(self):
        return self.value_type == ValueType.PERCENT

    @property
    def short_unit(self):
        return "%" if self.is_share else self.unit.split("/")[0]


class CriterionLeadQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(since_on=None) | Q(since_on__lte=day), Q(until_on=None) | Q(until_on__gte=day))


class CriterionLead(models.Model):
    """The agency in charge of a criterion, or of one indicator of it, in the office's place, between two days."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="leads", verbose_name="tiêu chí")
    # An agency named for an indicator leads it instead of the criterion's own.
    indicator_code = models.CharField(
        "riêng chỉ tiêu", max_length=10, blank=True, help_text="Mã chỉ tiêu, ví dụ 17.5; để trống là cả tiêu chí"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="criteria_led", verbose_name="cơ quan phụ trách")
    # Who answers for it in the steering committee, where somebody was named.
    member = models.ForeignKey(
        CommitteeMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="criteria_led",
        verbose_name="thành viên BCĐ phụ trách",
    )
    since_on = models.DateField("từ ngày", null=True, blank=True)
    until_on = models.DateField("đến ngày", null=True, blank=True)

    objects = CriterionLeadQuerySet.as_manager()

    class Meta:
        verbose_name = "cơ quan phụ trách tiêu chí"
        verbose_name_plural = "cơ quan phụ trách tiêu chí"
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "indicator_code", "agency"],
                condition=Q(until_on=None),
                name="criterion_lead_once",
                violation_error_message="Cơ quan này đang được giao phụ trách tiêu chí đó.",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(since_on=None) | Q(until_on__gte=F("since_on")),
                name="criterion_lead_until_after_since",
                violation_error_message="Ngày thôi phụ trách phải sau ngày nhận.",
            ),
        ]

    def __str__(self):
        return f"{self.agency}: {self.criterion}"
