from django.contrib import admin

from communes.models import Agency, BodyAlias, CommitteeMember, Locality, PlaceAlias
from ntm_tracker.admin import BoundedAdmin, BoundedForm


class LocalityForm(BoundedForm):
    place_field = "parent"


@admin.register(Locality)
class LocalityAdmin(BoundedAdmin):
    form = LocalityForm
    place_path = "path"
    list_display = ["title", "level", "parent", "region", "area", "code", "dissolved_on"]
    list_filter = ["level", "region", "area", "is_coastal_hardship", "is_island"]
    list_select_related = ["parent"]
    ordering = ["sort_key", "pk"]
    search_fields = ["search_key"]
    search_help_text = "Tìm theo tên, có dấu hoặc không dấu"
    autocomplete_fields = ["parent"]

    @admin.display(description="địa bàn", ordering="sort_key")
    def title(self, place):
        return place.title

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.user = request.user
        return form

    def get_readonly_fields(self, request, obj=None):
        # The place a person serves hangs where others have put it.
        own = obj and request.user.place_id == obj.pk
        return ["parent"] if own else []

    def has_delete_permission(self, request, obj=None):
        # A place that is no more gets a day of dissolution: past reports reprint with it.
        return False


@admin.register(Agency)
class AgencyAdmin(BoundedAdmin):
    place_path = "locality__path"
    list_display = ["name", "short_name", "kind", "locality", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["locality"]
    ordering = ["sort_key", "pk"]
    search_fields = folded_fields = ["name", "short_name"]
    search_help_text = "Tìm theo tên, có dấu hoặc không dấu"
    autocomplete_fields = ["locality"]


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(BoundedAdmin):
    place_path = "agency__locality__path"
    list_display = ["__str__", "role", "agency", "since_on", "until_on"]
    list_select_related = ["agency"]
    ordering = ["agency__sort_key", "position", "pk"]
    search_fields = folded_fields = ["position", "full_name"]
    search_help_text = "Tìm theo họ tên hoặc chức vụ, có dấu hoặc không dấu"
    autocomplete_fields = ["agency"]


@admin.register(BodyAlias)
class BodyAliasAdmin(BoundedAdmin):
    place_path = "locality__path"
    list_display = ["name", "locality"]
    list_select_related = ["locality"]
    autocomplete_fields = ["locality", "agencies", "members"]
    search_fields = folded_fields = ["name"]


@admin.register(PlaceAlias)
class PlaceAliasAdmin(BoundedAdmin):
    """What officers said of names in their tables; a wrong one is deleted and asked for anew."""

    place_path = "locality__path"
    list_display = ["name", "locality", "created_by", "created_at"]
    list_select_related = ["locality", "created_by"]
    ordering = ["key", "pk"]
    search_fields = folded_fields = ["name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
