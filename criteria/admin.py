from django.contrib import admin
from django.utils import timezone

from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    CriterionLead,
    Indicator,
    Period,
    Recognition,
    Threshold,
)
from ntm_tracker.admin import BoundedAdmin, ReadOnlyAdmin


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class CriterionInline(ReadOnlyInline):
    model = Criterion
    fields = ["number", "name", "short_name", "group_name", "name_status"]


class IndicatorInline(ReadOnlyInline):
    model = Indicator
    fields = ["code", "text", "value_type", "unit", "direction", "threshold_status", "decision", "since_on", "until_on"]


class ThresholdInline(ReadOnlyInline):
    model = Threshold
    fields = ["zone", "locality", "year_from", "year_to", "value", "status"]
    ordering = ["zone", "year_from"]
    show_change_link = False


@admin.register(CriteriaSet)
class CriteriaSetAdmin(ReadOnlyAdmin):
    list_display = ["short_name", "subject", "tier", "effective_from", "effective_to", "is_complete"]
    list_filter = ["is_complete", "subject", "tier"]
    search_fields = folded_fields = ["name", "short_name", "code"]
    inlines = [CriterionInline]

    def get_queryset(self, request):
        return super().get_queryset(request).in_order()


@admin.register(Criterion)
class CriterionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "criteria_set", "group_name", "name_status"]
    list_filter = ["criteria_set"]
    list_select_related = ["criteria_set"]
    search_fields = folded_fields = ["name", "short_name", "criteria_set__short_name"]
    inlines = [IndicatorInline]


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "value_type", "unit", "text_status", "threshold_status", "decision"]
    list_filter = ["criterion__criteria_set", "text_status", "threshold_status"]
    search_fields = folded_fields = ["code", "text"]
    inlines = [ThresholdInline]


@admin.register(CriterionLead)
class CriterionLeadAdmin(BoundedAdmin):
    place_path = "agency__locality__path"
    list_display = ["criterion", "criteria_set", "agency"]
    list_filter = ["criterion__criteria_set"]
    list_select_related = ["criterion__criteria_set", "agency"]
    ordering = ["criterion__criteria_set", "criterion__number", "agency__sort_key", "pk"]
    search_fields = folded_fields = ["criterion__name", "agency__name"]
    autocomplete_fields = ["criterion", "agency"]

    @admin.display(description="bộ tiêu chí", ordering="criterion__criteria_set")
    def criteria_set(self, lead):
        return lead.criterion.criteria_set


@admin.register(Period)
class PeriodAdmin(BoundedAdmin):
    list_display = ["name", "code", "starts_on", "ends_on", "due_on", "closed_on"]
    # Closing and reopening leave a trace and a mark of the moment: the pages of the periods do that.
    readonly_fields = ["closed_on"]
    ordering = ["-ends_on", "-starts_on"]
    search_fields = folded_fields = ["name", "code"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.closed_on)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.closed_on)


@admin.register(Assessment)
class AssessmentAdmin(BoundedAdmin):
    place_path = "locality__path"
    fields = ["locality", "criteria_set", "period", "is_illustrative", "source_note"]
    list_display = ["locality", "criteria_set", "period", "is_illustrative"]
    list_filter = ["period", "criteria_set", "is_illustrative"]
    list_select_related = ["locality", "criteria_set", "period"]
    ordering = ["-period__ends_on", "criteria_set", "locality__sort_key", "pk"]
    search_fields = ["locality__search_key"]
    search_help_text = "Tìm theo tên xã, có dấu hoặc không dấu"
    autocomplete_fields = ["locality"]

    def get_readonly_fields(self, request, obj=None):
        # A sheet stays the sheet of its place, set and period: its results were judged by their thresholds.
        return ["locality", "criteria_set", "period"] if obj else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_frozen)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_frozen)


@admin.register(Recognition)
class RecognitionAdmin(BoundedAdmin):
    place_path = "locality__path"
    list_display = ["locality", "tier", "year", "decision_number", "decided_on", "revoked_on", "is_in_force"]
    list_filter = ["tier", "year", "is_illustrative"]
    list_select_related = ["locality"]
    ordering = ["-year", "locality__sort_key", "pk"]
    search_fields = ["locality__search_key"]
    search_help_text = "Tìm theo tên xã, có dấu hoặc không dấu"
    autocomplete_fields = ["locality"]

    @admin.display(description="còn hiệu lực", boolean=True)
    def is_in_force(self, recognition):
        return recognition.revoked_on is None or recognition.revoked_on > timezone.localdate()
