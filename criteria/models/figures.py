"""Figures of the level above, entered from its reports to stand beside our own."""

from django.db import models
from django.db.models import F, Q

from communes.models import Locality
from criteria.models.periods import Period
from criteria.models.sets import CriteriaSet


class ReferenceFigureQuerySet(models.QuerySet):
    def beside(self, user, *, criteria_set, period):
        """The figures that stand beside what the person sees, the nearest office's first: their own or one above."""
        if not user.place_id:
            return self.none()
        offices = [int(pk) for pk in user.place.path.split(".") if pk]
        return self.filter(criteria_set=criteria_set, period=period, locality__in=offices).order_by(
            "-locality__path", "pk"
        )


class ReferenceFigure(models.Model):
    """What the province (or the country) reported of its communes for a period: entered, never computed here."""

    # Whose pages it stands on: the place of the office that entered it.
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="reference_figures", editable=False)
    criteria_set = models.ForeignKey(CriteriaSet, models.PROTECT, editable=False)
    period = models.ForeignKey(Period, models.PROTECT, editable=False)
    of_whom = models.CharField("số liệu của", max_length=60)
    mean_criteria = models.DecimalField(
        "tiêu chí đạt bình quân một xã", max_digits=4, decimal_places=2, null=True, blank=True
    )
    recognised = models.PositiveIntegerField("số xã được công nhận", null=True, blank=True)
    communes = models.PositiveIntegerField("tổng số xã", null=True, blank=True)
    source = models.CharField("văn bản, báo cáo", max_length=200)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)

    objects = ReferenceFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu cấp trên"
        verbose_name_plural = "số liệu cấp trên"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "criteria_set", "period"],
                name="reference_figure_once_a_period",
                violation_error_message="Kỳ này đã có số liệu cấp trên.",
            ),
            models.CheckConstraint(
                condition=Q(mean_criteria__isnull=False) | Q(recognised__isnull=False),
                name="reference_figure_says_something",
            ),
            models.CheckConstraint(
                condition=Q(recognised=None, communes=None) | Q(recognised__lte=F("communes"), communes__gt=0),
                name="reference_figure_recognised_of_communes",
            ),
            models.CheckConstraint(
                condition=Q(mean_criteria=None) | Q(mean_criteria__gte=0), name="reference_figure_mean_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.of_whom}, {self.period}"
