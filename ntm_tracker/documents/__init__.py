"""Word documents: how they are laid out, filled and checked. Nothing of the field."""

from django.db import models


class Layout(models.TextChoices):
    STATE = "nha-nuoc", "Nhà nước (Nghị định 30/2020/NĐ-CP)"
    PARTY = "dang", "Đảng (Quy định 399-QĐ/TW)"
