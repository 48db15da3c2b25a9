"""The .docx templates an office uses instead of ours."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from communes.models import Locality
from ntm_tracker.documents import Layout


class DocumentKind(models.TextChoices):
    """The documents the application drafts; the values stand in addresses."""

    NOTICE_REPORT = "bao-cao", "Báo cáo kết quả thực hiện văn bản"
    BULLETIN = "tinh-hinh-thang", "Thông báo tình hình tháng"
    NEXT_NOTICE = "ket-luan", "Dự thảo thông báo kết luận"
    REMINDER = "don-doc", "Công văn đôn đốc"
    MINUTES = "bien-ban", "Biên bản làm việc"


class DocumentTemplateQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(removed_at=None)

    def of_office(self, user):
        """Those of the person's own place; of someone who serves none, those for the whole installation."""
        return self.filter(locality=user.place_id)

    def nearest(self, user, kind, layout):
        """The template for a person's documents: their place's, else that of the places above it; None for our own."""
        found = self.in_use().filter(kind=kind, layout=layout)
        above = [pk for pk in user.place.path.split(".") if pk] if user.place_id else []
        found = found.filter(Q(locality=None) | Q(locality__in=above))
        return found.annotate(depth=Length("locality__path")).order_by(models.F("depth").desc(nulls_last=True)).first()


class DocumentTemplate(models.Model):
    """A .docx that an office put in the place of ours. A newer one, or the return to ours, ends it; the row stays."""

    # The office whose documents it is for; empty for the whole installation.
    locality = models.ForeignKey(
        Locality, models.PROTECT, null=True, blank=True, related_name="document_templates", verbose_name="địa bàn"
    )
    kind = models.CharField("loại văn bản", max_length=20, choices=DocumentKind)
    layout = models.CharField("thể thức", max_length=10, choices=Layout)
    file = models.FileField("tệp mẫu", upload_to="templates/%Y/", max_length=200)
    file_name = models.CharField("tên tệp", max_length=200)
    uploaded_at = models.DateTimeField("tải lên lúc", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người tải lên"
    )
    # When it was replaced or taken out of use, and by whom.
    removed_at = models.DateTimeField("thôi dùng lúc", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người thôi dùng",
    )

    objects = DocumentTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu văn bản"
        verbose_name_plural = "mẫu văn bản"
        constraints = [
            models.UniqueConstraint(
                fields=["locality", "kind", "layout"],
                condition=Q(removed_at=None, locality__isnull=False),
                name="document_template_in_use_once",
                violation_error_message="Loại văn bản này đang có một mẫu khác.",
            ),
            models.UniqueConstraint(
                fields=["kind", "layout"],
                condition=Q(removed_at=None, locality=None),
                name="document_template_of_all_in_use_once",
                violation_error_message="Loại văn bản này đang có một mẫu khác.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="document_template_removed_at_and_by_together",
                violation_error_message="Mẫu thôi dùng phải ghi cả lúc nào và ai.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.file_name}"

    def content(self) -> bytes:
        """Its bytes. Raises FileNotFoundError if the file is gone from the disk."""
        with self.file.open("rb") as file:
            return file.read()
