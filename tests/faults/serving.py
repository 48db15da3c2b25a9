"""The application as in production for the tests of faults: plain names of static files, and a clock that may be wrong."""

import os
from datetime import timedelta

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

# Nothing needs to be collected before.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if hours := float(os.environ.get("CLOCK_AHEAD_HOURS", "0")):
    _right = timezone.now
    timezone.now = lambda: _right() + timedelta(hours=hours)

application = get_wsgi_application()
