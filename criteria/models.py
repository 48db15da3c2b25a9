"""What is measured: criteria sets as dated data, periods, and what each place reached."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from communes.models import Agency, Level, Locality


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


class Status(models.TextChoices):
    """The result of an indicator or a criterion. Unknown is not unmet; not applicable leaves the denominator."""

    UNKNOWN = "", "chưa đánh giá"
    MET = "met", "đạt"
    UNMET = "unmet", "chưa đạt"
    NOT_APPLICABLE = "na", "không áp dụng"


class Opinion(models.TextChoices):
    """Whose result it is: the commune's own, or the one the office or a department verified."""

    REPORTED = "reported", "xã tự đánh giá"
    VERIFIED = "verified", "kết quả thẩm định"


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
    def is_numeric(self):
        return self.value_type not in (ValueType.BOOLEAN, ValueType.TEXT)

    @property
    def is_share(self):
        """Whether the value is a part of a whole, from 0 to 100; "% cao hơn mức …" is not."""
        return self.value_type == ValueType.PERCENT and "cao hơn" not in self.unit

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


class Threshold(models.Model):
    """The value an indicator must reach in a region, a group or a place, in some years.

    `value` is in the indicator's unit. A row without a value says that the threshold is not known: it hides the
    more general ones, for a national figure must not be applied where the region has one of its own.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="thresholds", verbose_name="chỉ tiêu")
    # A region or a commune group, as the set names them; empty for the whole country.
    zone = models.CharField("vùng, nhóm xã", max_length=10, blank=True)
    locality = models.ForeignKey(Locality, models.PROTECT, null=True, blank=True, verbose_name="địa bàn")
    year_from = models.PositiveSmallIntegerField("từ năm", null=True, blank=True)
    year_to = models.PositiveSmallIntegerField("đến năm", null=True, blank=True)
    value = models.DecimalField("mức", max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField("đã đối chiếu", max_length=20, choices=Verification)
    source = models.TextField("nguồn", blank=True)

    class Meta:
        verbose_name = "mức đạt chuẩn"
        verbose_name_plural = "mức đạt chuẩn"
        constraints = [
            models.CheckConstraint(
                condition=Q(year_from=None) | Q(year_to=None) | Q(year_to__gte=F("year_from")),
                name="threshold_year_to_after_from",
            )
        ]

    def __str__(self):
        return f"{self.indicator.code} {self.zone or 'cả nước'}: {self.value}"


class CriterionLead(models.Model):
    """The agency in charge of a criterion in the office's place."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="leads", verbose_name="tiêu chí")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="criteria_led", verbose_name="cơ quan phụ trách")

    class Meta:
        verbose_name = "cơ quan phụ trách tiêu chí"
        verbose_name_plural = "cơ quan phụ trách tiêu chí"
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "agency"],
                name="criterion_lead_once",
                violation_error_message="Cơ quan này đã được giao phụ trách tiêu chí đó.",
            )
        ]

    def __str__(self):
        return f"{self.agency}: {self.criterion}"


class PeriodQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-ends_on", "-starts_on")


class Period(models.Model):
    """A stretch of time at whose last day the places are judged."""

    code = models.SlugField("mã", max_length=20, unique=True, help_text="Hiện trên địa chỉ trang, ví dụ 2024-q1")
    name = models.CharField("tên", max_length=60, unique=True)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    closed_on = models.DateField("khóa từ ngày", null=True, blank=True, help_text="Kỳ đã khóa thì không sửa được nữa.")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ đánh giá"
        verbose_name_plural = "kỳ đánh giá"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_ends_after_start",
                violation_error_message="Ngày cuối kỳ phải sau ngày đầu kỳ.",
            ),
            models.UniqueConstraint(
                fields=["starts_on", "ends_on"],
                name="period_dates_once",
                violation_error_message="Đã có một kỳ đánh giá với ngày đầu và ngày cuối này.",
            ),
        ]

    def __str__(self):
        return self.name

    def previous(self):
        """The period before this one, or None."""
        return Period.objects.filter(ends_on__lt=self.ends_on).newest_first().first()

    def start_of_year(self):
        """The last period that ended before this one's year: the base of 'so với đầu năm'. None if there is none."""
        return Period.objects.filter(ends_on__lt=self.ends_on.replace(month=1, day=1)).newest_first().first()


class AssessmentQuerySet(models.QuerySet):
    def with_place(self):
        """Sheets with what names them: place, period, set; and who changed them last."""
        return self.select_related("locality", "period", "criteria_set", "changed_by")

    def for_writing(self):
        """The sheets with what names them, locked until the transaction ends: two people saving one sheet queue up."""
        return self.with_place().select_for_update(of=("self",))


class Assessment(models.Model):
    """The sheet of one place, one set, one period."""

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="assessments", verbose_name="địa bàn")
    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, related_name="assessments", verbose_name="bộ tiêu chí"
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="assessments", verbose_name="kỳ đánh giá")
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    source_note = models.TextField("nguồn số liệu", blank=True)
    # Derived from the criterion results, for the pages that show many sheets: one letter a criterion, in the order of
    # their numbers (`rules.STRIP`). Written with them; empty until something is entered.
    strip = models.CharField(max_length=100, blank=True, editable=False)
    changed_at = models.DateTimeField("sửa lúc", null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, verbose_name="người sửa"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phiếu đánh giá"
        verbose_name_plural = "phiếu đánh giá"
        constraints = [
            models.UniqueConstraint(
                fields=["period", "criteria_set", "locality"],
                name="assessment_once_a_period",
                violation_error_message="Địa bàn này đã có phiếu đánh giá của bộ tiêu chí đó trong kỳ. Mở phiếu đã có để sửa.",
            )
        ]

    def __str__(self):
        return f"{self.locality}, {self.period}"

    def clean(self):
        """What a new sheet must not be; each sentence stands at its field. Read when a form adds a sheet."""
        if self.pk:
            return
        errors = {}
        if self.criteria_set_id and not self.criteria_set.is_complete:
            errors["criteria_set"] = (
                f"{self.criteria_set} chưa đủ để đánh giá: {self.criteria_set.incomplete_reason} Chọn bộ tiêu chí khác."
            )
        elif self.criteria_set_id and self.locality_id and not self.criteria_set.judges(self.locality):
            errors["locality"] = f"{self.criteria_set} không dùng để đánh giá {self.locality}. Chọn địa bàn khác."
        if self.period_id and self.period.closed_on:
            errors["period"] = f"Kỳ {self.period} đã khóa từ ngày {self.period.closed_on:%d/%m/%Y}. Chọn kỳ khác."
        if errors:
            raise ValidationError(errors)

    @property
    def met(self):
        """Criteria met, of those that apply: the 15 of 15/19."""
        return self.strip.count("M") + self.strip.count("m")

    @property
    def unmet(self):
        return self.strip.count("U") + self.strip.count("u")

    @property
    def applicable(self):
        return len(self.strip) - self.strip.count("X") - self.strip.count("x")

    @property
    def verified(self):
        return sum(letter.isupper() for letter in self.strip)

    def get_absolute_url(self):
        return reverse("criteria:sheet", args=[self.period.code, self.criteria_set.code, self.locality_id])


class IndicatorResult(models.Model):
    """What one side says of one indicator on a sheet.

    `value` is in the indicator's unit. `judgement` is what the person decided where no value decides, or against
    it (then `note` gives the reason); `status` is the result of both by `rules.evaluate`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="results")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="results")
    opinion = models.CharField(max_length=10, choices=Opinion)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    judgement = models.CharField(max_length=10, choices=Status, blank=True)
    status = models.CharField(max_length=10, choices=Status, blank=True)
    note = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "kết quả chỉ tiêu"
        verbose_name_plural = "kết quả chỉ tiêu"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "indicator", "opinion"], name="indicator_result_once"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="indicator_result_not_negative"),
        ]


class CriterionResult(models.Model):
    """Whether a place meets a criterion: stored, so that every count is one query. Written by `actions.save_results`."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="criterion_results")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="results")
    status = models.CharField(max_length=10, choices=Status, blank=True)
    # Whether every indicator behind the status was verified, or some stand on the commune's word.
    is_verified = models.BooleanField(default=False)
    indicators_met = models.PositiveSmallIntegerField()
    indicators_total = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "kết quả tiêu chí"
        verbose_name_plural = "kết quả tiêu chí"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="criterion_result_once"),
            models.CheckConstraint(
                condition=Q(indicators_met__lte=F("indicators_total")), name="criterion_result_met_within_total"
            ),
        ]


class ResultChange(models.Model):
    """One change of one cell: who, when, from what, to what, from where. Never edited."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="changes")
    indicator = models.ForeignKey(Indicator, models.PROTECT)
    opinion = models.CharField(max_length=10, choices=Opinion)
    # {"value", "judgement", "status", "note"}; None where there was nothing.
    before = models.JSONField(null=True)
    after = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    source = models.CharField(
        max_length=10, choices=[("screen", "màn hình"), ("import", "nhập tệp"), ("command", "lệnh")]
    )

    class Meta:
        verbose_name = "thay đổi kết quả"
        verbose_name_plural = "thay đổi kết quả"
        indexes = [models.Index(fields=["assessment", "indicator", "-changed_at"], name="result_change_by_cell")]


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
    revoked_on = models.DateField("ngày thu hồi", null=True, blank=True)
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
