from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("dashboards.urls")),
    path("", include("criteria.urls")),
    path("", include("directives.urls")),
    path("tai-khoan/", include("accounts.urls")),
    path("quan-tri/", admin.site.urls),
]

handler500 = "ntm_tracker.errors.server_error"
