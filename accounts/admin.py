from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from accounts import second_step, signing_in
from accounts.exports import log_workbook
from accounts.models import Access, Role, SignIn, User
from ntm_tracker.admin import BoundedAdmin, BoundedForm

# What a person may do follows from their role; groups would be a second answer to the same question.
admin.site.unregister(Group)
# Whose secrets they hold alone sees them, on their own page.
admin.site.unregister([TOTPDevice, StaticDevice])


class PlaceMixin(BoundedForm):
    place_field = "place"

    def clean(self):
        data = super().clean()
        role, place, agency = data.get("role"), data.get("place"), data.get("agency")
        if role and role != Role.ADMINISTRATOR and "place" in self.fields and not place and "place" not in self.errors:
            self.add_error("place", "Chọn địa bàn phục vụ: không có địa bàn thì người này không thấy số liệu nào.")
        if role in (Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER) and "agency" in self.fields and not agency:
            self.add_error("agency", "Chọn cơ quan, đơn vị: việc được giao cho cơ quan của người này.")
        return data


class UserAddForm(PlaceMixin, UserCreationForm):
    class Meta:
        model = User
        fields = ["username", "full_name", "email", "role", "place", "agency", "member", "is_head", "wants_email"]

    def clean_username(self):
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError("Đã có người dùng mang tên đăng nhập này. Chọn tên khác.")
        return username


class UserEditForm(PlaceMixin, UserChangeForm):
    class Meta:
        model = User
        fields = [
            "username",
            "full_name",
            "email",
            "role",
            "place",
            "agency",
            "member",
            "is_head",
            "wants_email",
            "is_active",
        ]


class PasswordForm(AdminPasswordChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Everybody signs in with a password; an account is closed by making it inactive.
        self.fields.pop("usable_password", None)


@admin.register(User)
class UserAdmin(BoundedAdmin, DjangoUserAdmin):
    form = UserEditForm
    add_form = UserAddForm
    change_password_form = PasswordForm
    place_path = "place__path"
    list_display = ["username", "full_name", "role", "place", "agency", "is_active", "signs_in_twice", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["place", "agency"]
    ordering = ["username"]
    search_fields = folded_fields = ["username", "full_name", "email"]
    search_help_text = "Tìm theo tên đăng nhập hoặc họ tên, có dấu hoặc không dấu"
    filter_horizontal = []
    autocomplete_fields = ["place", "agency", "member"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "full_name", "email"]}),
        ("Quyền hạn", {"fields": ["role", "place", "agency", "member", "is_head", "wants_email", "is_active"]}),
        ("Hoạt động", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "password1", "password2", "full_name", "email"]}),
        ("Quyền hạn", {"fields": ["role", "place", "agency", "member", "is_head", "wants_email"]}),
    ]

    actions = ["sign_out_everywhere", "turn_second_step_off"]

    @admin.action(description="Đăng xuất khỏi mọi thiết bị", permissions=["change"])
    def sign_out_everywhere(self, request, queryset):
        for user in queryset:
            signing_in.end_sessions(request, user)
        self.message_user(request, f"Đã đăng xuất {len(queryset)} người khỏi mọi thiết bị.")

    @admin.action(description="Tắt đăng nhập hai bước (mất điện thoại)", permissions=["change"])
    def turn_second_step_off(self, request, queryset):
        users = queryset.filter(signs_in_twice=True)
        for user in users:
            second_step.turn_off(user)
            signing_in.record(request, SignIn.Kind.TWO_STEP_OFF, user, by=request.user)
        self.message_user(
            request, f"Đã tắt đăng nhập hai bước của {len(users)} người; họ vào bằng mật khẩu rồi bật lại."
        )

    def get_queryset(self, request):
        users = super().get_queryset(request)
        # The password of a superuser is not for an administrator to set.
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.user = request.user
        return form

    def get_readonly_fields(self, request, obj=None):
        # Nobody locks themselves out or widens their own reach.
        own = obj is not None and obj.pk == request.user.pk
        return [*self.readonly_fields, "role", "place", "is_active"] if own else self.readonly_fields

    def has_delete_permission(self, request, obj=None):
        # What a person did stays under their name; a person who leaves is made inactive.
        return False


class LogAdmin(BoundedAdmin):
    """A log: read and searched within the own place, taken away as a workbook, never edited."""

    place_path = "user__place__path"
    show_full_result_count = False
    actions = ["take_away"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Tải về Excel", permissions=["view"])
    def take_away(self, request, queryset):
        return log_workbook(queryset.select_related(*self.list_select_related), self.list_display, by=request.user)


@admin.register(SignIn)
class SignInAdmin(LogAdmin):
    """Tries with names that are nobody's are for who sees every place."""

    list_display = ["at", "kind", "user", "by", "address", "browser"]
    list_filter = ["kind", "at"]
    list_select_related = ["user", "by"]
    search_fields = ["user__username", "user__full_name", "address"]
    date_hierarchy = "at"


@admin.register(Access)
class AccessAdmin(LogAdmin):
    list_display = ["last_at", "kind", "user", "page", "path", "times", "machine"]
    list_filter = ["kind", "day"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__full_name", "page", "path", "machine"]
    date_hierarchy = "day"
