"""The outlines an office has uploaded for its map."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from communes.models.places import Locality


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
