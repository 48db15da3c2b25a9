"""What came in by tables of the offices: the files, what they say of a criterion as a whole, and counts without detail."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communes.models import Locality
from criteria.models.periods import Period
from criteria.models.results import Assessment, Opinion, Status
from criteria.models.sets import CriteriaSet, Criterion
from ntm_tracker.vietnamese import format_number


class FileImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those into the places the user sees; one by command into all places is seen by who sees all."""
        if user.place_id:
            return self.filter(locality__path__startswith=user.place.path)
        return self.all() if user.is_superuser or user.sees_everything else self.none()


class FileImport(models.Model):
    """One table that was taken in: which file, by whom, into what, and what came of it. Kept for good."""

    class Kind(models.TextChoices):
        MATRIX = "matrix", "ma trận tiêu chí"
        COUNTS = "counts", "số tiêu chí, không có chi tiết"
        TASKS = "tasks", "danh sách nhiệm vụ"
        COMMUNES = "communes", "xã và công nhận đạt chuẩn"
        TARGETS = "targets", "chỉ tiêu phấn đấu"
        CHARGES = "charges", "phân công phụ trách xã"
        LEADS = "leads", "phân công phụ trách tiêu chí"

    kind = models.CharField("loại biểu", max_length=10, choices=Kind)
    file_name = models.CharField("tệp", max_length=200)
    sheet_name = models.CharField("trang", max_length=100, blank=True)
    # The place of who took it in; none for a command over all places.
    locality = models.ForeignKey(
        Locality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="địa bàn"
    )
    period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kỳ đánh giá"
    )
    summary = models.CharField("kết quả", max_length=300)
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="ai")

    objects = FileImportQuerySet.as_manager()
    # Where what it made is seen, right after it came in; '' for the pages of figures.
    leads_to = ""

    class Meta:
        verbose_name = "lần nhập từ tệp"
        verbose_name_plural = "các lần nhập từ tệp"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(file_name="") & ~Q(summary=""),
                name="file_import_names_its_file",
                violation_error_message="Ghi tên tệp và kết quả.",
            )
        ]

    def __str__(self):
        return f"{self.file_name}, {self.get_kind_display()}"


class CriterionStatement(models.Model):
    """What an imported table says of a criterion on a sheet. Never edited: the newest counts, the others are history.

    It decides the criterion as long as nobody has entered one of its indicators (`rules.criterion_verdict`); what
    counts stands on the sheet too, as `Assessment.stated`. An empty status takes back what a table said before.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="statements", verbose_name="phiếu")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="statements", verbose_name="tiêu chí")
    opinion = models.CharField("ý kiến", max_length=10, choices=Opinion)
    status = models.CharField("kết quả", max_length=10, choices=Status, blank=True)
    source = models.ForeignKey(FileImport, models.PROTECT, related_name="statements", verbose_name="tệp")

    class Meta:
        verbose_name = "kết quả tiêu chí theo biểu nhập"
        verbose_name_plural = "kết quả tiêu chí theo biểu nhập"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "assessment", "criterion"],
                name="criterion_statement_once_a_file",
                violation_error_message="Một tệp chỉ nói một lần về một tiêu chí của một phiếu.",
            )
        ]
        indexes = [models.Index(fields=["assessment", "criterion", "-id"], name="criterion_statement_newest")]

    def __str__(self):
        return f"{self.assessment}, {self.criterion}: {self.get_status_display()}"


class ReportedCountQuerySet(models.QuerySet):
    def current(self):
        return self.filter(replaced_at=None)


class ReportedCount(models.Model):
    """How many criteria a place met in a period by a table that does not say which. A newer one replaces it; the row stays."""

    locality = models.ForeignKey(Locality, models.PROTECT, related_name="reported_counts", verbose_name="địa bàn")
    period = models.ForeignKey(Period, models.PROTECT, related_name="reported_counts", verbose_name="kỳ đánh giá")
    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, related_name="reported_counts", verbose_name="bộ tiêu chí"
    )
    criteria_met = models.PositiveSmallIntegerField("số tiêu chí đạt")
    criteria_total = models.PositiveSmallIntegerField("trên số tiêu chí")
    indicators_met = models.PositiveSmallIntegerField("số chỉ tiêu đạt", null=True, blank=True)
    indicators_total = models.PositiveSmallIntegerField("trên số chỉ tiêu", null=True, blank=True)
    points = models.DecimalField("điểm", max_digits=6, decimal_places=2, null=True, blank=True)
    points_total = models.DecimalField("trên số điểm", max_digits=6, decimal_places=2, null=True, blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    source = models.ForeignKey(FileImport, models.PROTECT, related_name="counts", verbose_name="tệp")
    # When a newer table said otherwise.
    replaced_at = models.DateTimeField(null=True, editable=False)

    objects = ReportedCountQuerySet.as_manager()

    class Meta:
        verbose_name = "số tiêu chí không có chi tiết"
        verbose_name_plural = "số tiêu chí không có chi tiết"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "period", "criteria_set"],
                condition=Q(replaced_at=None),
                name="reported_count_once",
                violation_error_message="Địa bàn này đã có số tiêu chí của bộ đó trong kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(criteria_total__gt=0, criteria_met__lte=F("criteria_total")),
                name="reported_count_criteria_within_total",
                violation_error_message="Số tiêu chí đạt không thể hơn tổng số tiêu chí.",
            ),
            models.CheckConstraint(
                # Named non-null too: a CHECK takes a comparison with NULL for true.
                condition=Q(indicators_met=None, indicators_total=None)
                | Q(indicators_met__isnull=False, indicators_total__isnull=False)
                & Q(indicators_total__gt=0, indicators_met__lte=F("indicators_total")),
                name="reported_count_indicators_within_total",
                violation_error_message="Số chỉ tiêu đạt không thể hơn tổng số chỉ tiêu.",
            ),
            models.CheckConstraint(
                condition=Q(points=None, points_total=None)
                | Q(points__isnull=False, points_total__isnull=False)
                & Q(points__gte=0, points_total__gt=0, points__lte=F("points_total")),
                name="reported_count_points_within_total",
                violation_error_message="Số điểm không thể hơn tổng số điểm.",
            ),
        ]

    def __str__(self):
        return f"{self.locality}, {self.period}: {self.criteria_met}/{self.criteria_total}"

    @property
    def words(self):
        """'18/19 tiêu chí, 48/49 chỉ tiêu, 97/100 điểm'."""
        pairs = [
            (self.criteria_met, self.criteria_total, "tiêu chí"),
            (self.indicators_met, self.indicators_total, "chỉ tiêu"),
            (self.points, self.points_total, "điểm"),
        ]
        return ", ".join(
            f"{format_number(met)}/{format_number(total)} {noun}" for met, total, noun in pairs if met is not None
        )
