"""What places reached: periods, sheets, the two opinions of each indicator, their history, recognition."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from communes.models import Locality
from criteria.models.sets import CriteriaSet, Criterion, Indicator, Tier


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

    def with_neighbours(self, places):
        """Beside each sheet the ones before and after it among `places`, in alphabetical order: their ids and names."""
        others = Assessment.objects.filter(
            period=OuterRef("period"), criteria_set=OuterRef("criteria_set"), locality__in=places
        )
        same_name = Q(locality__sort_key=OuterRef("locality__sort_key"))
        after = Q(locality__sort_key__gt=OuterRef("locality__sort_key")) | same_name & Q(
            locality__gt=OuterRef("locality")
        )
        before = Q(locality__sort_key__lt=OuterRef("locality__sort_key")) | same_name & Q(
            locality__lt=OuterRef("locality")
        )
        following = others.filter(after).order_by("locality__sort_key", "locality")
        preceding = others.filter(before).order_by("-locality__sort_key", "-locality")
        return self.annotate(
            next_id=Subquery(following.values("locality")[:1]),
            next_name=Subquery(following.values("locality__name")[:1]),
            previous_id=Subquery(preceding.values("locality")[:1]),
            previous_name=Subquery(preceding.values("locality__name")[:1]),
        )

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
