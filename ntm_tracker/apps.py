from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class TrackerConfig(AppConfig):
    """What knows nothing of the field; it has commands and no tables."""

    name = "ntm_tracker"


class AdministrationConfig(AdminConfig):
    default_site = "ntm_tracker.admin.Administration"
