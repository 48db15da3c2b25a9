"""Other spellings of places, as tables bring them."""

from django.conf import settings
from django.db import models

from communes.models.places import Locality
from ntm_tracker.vietnamese import fold, nfc


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
