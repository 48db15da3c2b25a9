"""What the administration pages of every app share: the site, and bounding each person to their place."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from ntm_tracker import __version__
from ntm_tracker.forms import DayField, DayInput, SeenForm
from ntm_tracker.search import search_key
from ntm_tracker.vietnamese import fold


class Administration(admin.AdminSite):
    site_header = "Quản trị nông thôn mới"
    site_title = "Quản trị"
    index_title = f"Dữ liệu nền (phiên bản {__version__})"
    site_url = "/"

    # Guarding it would send people back here once they have signed in.
    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """There is one sign-in page; someone signed in who may not come here is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index", current_app=self.name))


class AdminForm(SeenForm):
    """What every administration page edits with: it saves only over what the person has seen."""

    def last_change(self):
        kind = ContentType.objects.get_for_model(self.instance)
        logged = LogEntry.objects.filter(content_type=kind, object_id=self.instance.pk).select_related("user")
        entry = logged.order_by("-action_time").first()
        return (entry.user, entry.action_time) if entry else (None, None)


class BoundedAdmin(admin.ModelAdmin):
    """Shows and offers only what lies within the place of the person; `place_path` leads from a row to the place.

    An administrator who serves no place sees everything.
    """

    form = AdminForm
    place_path = None
    formfield_overrides = {models.DateField: {"form_class": DayField, "widget": DayInput}}
    # Fields of text that are searched without accents, for tables that keep no search key.
    folded_fields = ()

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if self.place_path and request.user.place_id:
            rows = rows.filter(**{f"{self.place_path}__startswith": request.user.place.path})
        return rows

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer the rows that the related table's own page shows, so that a posted key cannot reach further."""
        if self.admin_site.is_registered(db_field.related_model):
            kwargs["queryset"] = self.admin_site.get_model_admin(db_field.related_model).get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        if not self.folded_fields:
            return super().get_search_results(request, queryset, search_key(search_term))
        words = fold(search_term).split()
        found = [
            pk
            for pk, *texts in queryset.values_list("pk", *self.folded_fields)
            if all(word in fold(" ".join(filter(None, texts))) for word in words)
        ]
        return (queryset.filter(pk__in=found) if words else queryset), False


class ReadOnlyAdmin(BoundedAdmin):
    """A page to look at: what it shows is loaded by a command."""

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class BoundedForm(AdminForm):
    """Asks a person who serves a place to name one, where the table would take a row without."""

    place_field = None
    # Set by the admin class: the person at the screen.
    user = None

    def clean(self):
        data = super().clean()
        if self.user.place_id and self.place_field in self.fields and not data.get(self.place_field):
            self.add_error(self.place_field, f"Chọn một địa bàn thuộc {self.user.place}.")
        return data
