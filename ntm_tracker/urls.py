from django.contrib import admin
from django.urls import include, path

from ntm_tracker.operation import health

urlpatterns = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("dashboards.urls")),
    path("", include("criteria.urls")),
    path("", include("directives.urls")),
    path("tai-khoan/", include("accounts.urls")),
    path("quan-tri/", admin.site.urls),
]

handler500 = "ntm_tracker.errors.server_error"
