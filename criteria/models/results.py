"""What places reached: sheets, the two opinions of each indicator, their history, their proof."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.urls import reverse

from communes.models import Locality
from criteria.models.periods import Period
from criteria.models.sets import Condition, CriteriaSet, Criterion, Indicator


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


class State(models.TextChoices):
    """How far a sheet is on its way; `rules.MOVES` says which way leads where."""

    DRAFT = "draft", "đang nhập"
    SUBMITTED = "submitted", "đã gửi, đang thẩm định"
    VERIFIED = "verified", "đã thẩm định, chờ duyệt"
    APPROVED = "approved", "đã duyệt"


class Source(models.TextChoices):
    """From where a change came."""

    SCREEN = "screen", "màn hình"
    PASTE = "paste", "dán từ bảng tính"
    IMPORT = "import", "nhập tệp"
    COMMAND = "command", "lệnh"
    CARRIED = "carried", "chuyển từ kỳ trước"
    CROSSWALK = "crosswalk", "quy đổi bộ tiêu chí"
    SUCCESSION = "succession", "sắp xếp địa bàn"
    THRESHOLD = "threshold", "mức đạt chuẩn thay đổi"


# The name a person goes by, as `User.__str__` says it.
NAME_OF_MOVER = Case(When(by__full_name="", then=F("by__username")), default=F("by__full_name"))


class AssessmentQuerySet(models.QuerySet):
    def with_place(self):
        """Sheets with what names them: place, period, set; and who changed them last."""
        return self.select_related("locality", "period", "criteria_set", "changed_by")

    def with_previous(self):
        """Beside each sheet the last one of the same place and set: its id and the name of its period."""
        last = (
            Assessment.objects.filter(
                locality=OuterRef("locality"),
                criteria_set=OuterRef("criteria_set"),
                period__ends_on__lt=OuterRef("period__ends_on"),
            )
            .order_by("-period__ends_on")
            .values("pk", "period__name")
        )
        return self.annotate(
            previous_sheet_id=Subquery(last.values("pk")[:1]), previous_period=Subquery(last.values("period__name")[:1])
        )

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

    def with_last_move(self):
        """Beside each sheet who moved it last, and what they wrote: `moved_by`, `move_note`."""
        last = AssessmentMove.objects.filter(assessment=OuterRef("pk")).order_by("-at", "-pk")
        return self.annotate(
            moved_by=Subquery(last.values(name=NAME_OF_MOVER)[:1]), move_note=Subquery(last.values("note")[:1])
        )

    def with_sender(self):
        """Beside each sheet who sent it last: `sent_by`, `sent_at`."""
        last = AssessmentMove.objects.filter(assessment=OuterRef("pk"), after=State.SUBMITTED).order_by("-at", "-pk")
        return self.annotate(
            sent_by=Subquery(last.values(name=NAME_OF_MOVER)[:1]), sent_at=Subquery(last.values("at")[:1])
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
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.DRAFT, editable=False)
    # When it came into that state; of an approved sheet the moment at which it was frozen.
    state_at = models.DateTimeField(null=True, editable=False)
    # The day the commune first sent it, whatever was returned afterwards: late or not is judged by it.
    submitted_on = models.DateField("ngày gửi", null=True, editable=False)
    # Derived from the criterion results, for the pages that show many sheets: one letter a criterion, in the order of
    # their numbers (`rules.STRIP`). Written with them; empty until something is entered.
    strip = models.CharField(max_length=100, blank=True, editable=False)
    # Derived from the statements of imported tables: by a criterion's number the letter of `rules.STRIP` that counts.
    stated = models.JSONField(default=dict, editable=False)
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

    @property
    def is_frozen(self):
        """Whether nothing on it may change any more, until it is returned or its period is reopened."""
        return self.state == State.APPROVED or self.period.closed_on is not None

    @property
    def frozen_at(self):
        """The moment whose thresholds it is shown by; None while it can change."""
        if self.state == State.APPROVED:
            return self.state_at
        return self.period.closed_at

    @property
    def token(self):
        """A short mark of what the sheet was when it was shown; a move sends it back, so that nobody moves unseen changes."""
        moments = (at.timestamp() if at else 0 for at in (self.state_at, self.changed_at))
        return "-".join([self.state, *map(str, moments)])

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


class IndicatorResultQuerySet(models.QuerySet):
    def entered(self):
        """The results somebody has given; neither empty ones nor those brought over and not confirmed.

        `SheetCriterion.is_entered` in the database.
        """
        return self.filter(Q(status__gt="") | Q(value__isnull=False), is_carried=False)

    def criteria_of(self, assessments):
        """The criteria of some sheets that have one of these results: (sheet, number)."""
        rows = self.filter(assessment__in=assessments).order_by()
        return rows.values_list("assessment", "indicator__criterion__number").distinct()

    def verified(self):
        """The verified results there are: a note alone is none."""
        return self.filter(opinion=Opinion.VERIFIED).exclude(status="")

    def standing(self):
        """The results that count: the verified one where there is one, else the commune's own."""
        verified = IndicatorResult.objects.filter(
            assessment=OuterRef("assessment"), indicator=OuterRef("indicator"), opinion=Opinion.VERIFIED
        ).exclude(status=Status.UNKNOWN)
        is_verified = Q(opinion=Opinion.VERIFIED) & ~Q(status=Status.UNKNOWN)
        return self.filter(is_verified | Q(opinion=Opinion.REPORTED) & ~Exists(verified))

    def differing(self):
        """The verified results that differ from what the commune says: `Row.differs` in the database."""
        ours = "assessment__results__"
        return self.filter(
            Q(status__gt="") | Q(value__isnull=False),
            # Not "unequal": across rows that would say that no result of the sheet is empty.
            Q(**{f"{ours}status__gt": ""}) | Q(**{f"{ours}value__isnull": False}),
            # Compared by the database, values of which one is missing are not unequal.
            ~Q(status=F(f"{ours}status")) | Q(value__gt=F(f"{ours}value")) | Q(value__lt=F(f"{ours}value")),
            **{
                f"{ours}opinion": Opinion.REPORTED,
                f"{ours}indicator": F("indicator"),
                f"{ours}is_carried": False,
            },
            opinion=Opinion.VERIFIED,
        )


class IndicatorResult(models.Model):
    """What one side says of one indicator on a sheet.

    `value` is in the indicator's unit. Where it was given by its parts they stand beside it: a share as numerator and
    denominator, or men and women apart; then `value` is the share, or the worse of the two.
    `judgement` is what the person decided where no value decides, or against it (then `note` gives the reason);
    `status` is the result of both by `rules.evaluate`.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="results")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="results")
    opinion = models.CharField(max_length=10, choices=Opinion)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    judgement = models.CharField(max_length=10, choices=Status, blank=True)
    status = models.CharField(max_length=10, choices=Status, blank=True)
    note = models.TextField(blank=True)
    numerator = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    male = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    female = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    # Brought over from another sheet and not confirmed by anybody yet: 'chưa xác nhận lại'.
    is_carried = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    objects = IndicatorResultQuerySet.as_manager()

    class Meta:
        verbose_name = "kết quả chỉ tiêu"
        verbose_name_plural = "kết quả chỉ tiêu"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "indicator", "opinion"], name="indicator_result_once"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="indicator_result_not_negative"),
            models.CheckConstraint(
                # Named non-null too: a CHECK takes a comparison with NULL for true.
                condition=Q(numerator=None, denominator=None)
                | Q(numerator__isnull=False, denominator__isnull=False)
                & Q(numerator__gte=0, denominator__gt=0, numerator__lte=F("denominator")),
                name="indicator_result_share_of_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(male=None, female=None)
                | Q(male__isnull=False, female__isnull=False) & Q(male__gte=0, female__gte=0),
                name="indicator_result_both_genders",
            ),
            models.CheckConstraint(
                condition=Q(is_carried=False) | Q(opinion=Opinion.REPORTED),
                name="indicator_result_carried_as_reported",
            ),
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
    source = models.CharField(max_length=10, choices=Source)
    # The file it came in, as it was named on the person's machine.
    file_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "thay đổi kết quả"
        verbose_name_plural = "thay đổi kết quả"
        indexes = [models.Index(fields=["assessment", "indicator", "-changed_at"], name="result_change_by_cell")]


class AssessmentMove(models.Model):
    """One move of a sheet between states: who, when, why. Never edited."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="moves")
    before = models.CharField("từ", max_length=10, choices=State)
    after = models.CharField("sang", max_length=10, choices=State)
    note = models.TextField("lý do, ý kiến", blank=True)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="ai")

    class Meta:
        verbose_name = "chuyển trạng thái phiếu"
        verbose_name_plural = "chuyển trạng thái phiếu"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(after=State.DRAFT) | ~Q(note=""),
                name="assessment_returned_for_a_reason",
                violation_error_message="Ghi lý do trả lại.",
            )
        ]


class ConditionResult(models.Model):
    """What a place reached of a condition outside the criteria. Never edited: the newest row counts, the others are history."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="condition_results")
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="results")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, blank=True)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        verbose_name = "kết quả điều kiện"
        verbose_name_plural = "kết quả điều kiện"
        indexes = [models.Index(fields=["assessment", "condition", "-id"], name="condition_result_newest")]


class EvidenceQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(removed_at=None)


class Evidence(models.Model):
    """A file that proves what is said of an indicator on a sheet. Taken off the sheet, never deleted."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence", verbose_name="phiếu")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="evidence", verbose_name="chỉ tiêu")
    # Sheets that carry it over name the same file.
    file = models.FileField("tệp", upload_to="evidence/%Y/", max_length=200)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveIntegerField("dung lượng (byte)")
    note = models.CharField("nội dung", max_length=300, blank=True)
    expires_on = models.DateField("có giá trị đến ngày", null=True, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "minh chứng"
        verbose_name_plural = "minh chứng"
        ordering = ["indicator", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "indicator", "name"],
                condition=Q(removed_at=None),
                name="evidence_name_once",
                violation_error_message="Chỉ tiêu này đã có tệp cùng tên. Đổi tên tệp, hoặc gỡ tệp cũ trước.",
            )
        ]

    def __str__(self):
        return self.name
