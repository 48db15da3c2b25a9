"""What officers type about who is in charge: of a commune, of a criterion, between two days."""

from django.db.models import Q
from django.utils import timezone

from communes.models import Agency, Charge, CommitteeMember, Level, Locality
from criteria.models import Criterion, CriterionLead
from ntm_tracker.forms import DayField, NfcCharField, SeenForm


class _TermForm(SeenForm):
    """Something given to a body between two days; what ended stays, and nothing is given twice at one time."""

    since_on = DayField(label="Từ ngày", required=False)
    until_on = DayField(
        label="Đến ngày", required=False, help_text="Để trống: đang phụ trách. Kết thúc: ghi ngày cuối."
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            field.error_messages["required"] = "Không được để trống."

    def _members(self, agencies):
        """The committee members of some bodies who serve today, and the one the row names."""
        serving = Q(until_on=None) | Q(until_on__gte=timezone.localdate()) | Q(pk=self.instance.member_id)
        return CommitteeMember.objects.filter(serving, agency__in=agencies).order_by("agency__sort_key", "pk")

    def _other(self, rows, since, until):
        """Another of `rows` whose days meet these, said in words; '' if there is none."""
        rows = rows.exclude(pk=self.instance.pk)
        if until:
            rows = rows.filter(Q(since_on=None) | Q(since_on__lte=until))
        if since:
            rows = rows.filter(Q(until_on=None) | Q(until_on__gte=since))
        other = rows.order_by("since_on", "pk").first()
        if other is None:
            return ""
        days = [f"từ {other.since_on:%d/%m/%Y}"] if other.since_on else []
        days += [f"đến {other.until_on:%d/%m/%Y}"] if other.until_on else ["chưa kết thúc"]
        return f"{', '.join(days)}. Kết thúc lần đó trước, hoặc sửa ngày ở đây."

    def clean(self):
        data = super().clean()
        since, until = data.get("since_on"), data.get("until_on")
        if since and until and until < since:
            self.add_error("until_on", f"Ngày thôi phụ trách {until:%d/%m/%Y} trước ngày nhận {since:%d/%m/%Y}.")
        return data

    def validate_constraints(self):
        """Not here: each promise of the table is a sentence beside its field."""


class ChargeForm(_TermForm):
    document = NfcCharField(
        label="Văn bản phân công", max_length=100, required=False, help_text="Ví dụ 12/QĐ-BCĐ ngày 05/01/2024"
    )

    class Meta:
        model = Charge
        fields = ["locality", "member", "agency", "role", "since_on", "until_on", "document"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today, kept = timezone.localdate(), self.instance
        places = Locality.objects.visible_to(self.user).communes()
        places = places.existing_on(today) | places.filter(pk=kept.locality_id)
        self.fields["locality"].queryset = places.alphabetical()
        self.fields["locality"].label = "Xã"
        # A commune is helped from above; its own committee is never in charge of itself.
        agencies = Agency.objects.visible_to(self.user)
        offered = agencies.filter(is_active=True).exclude(locality__level=Level.COMMUNE)
        self.fields["agency"].queryset = (offered | agencies.filter(pk=kept.agency_id)).in_order()
        self.fields["member"].queryset = self._members(agencies)
        self.fields["member"].empty_label = self.fields["agency"].empty_label = "Không chọn"
        self.fields["member"].help_text = "Chọn một thành viên, hoặc một cơ quan ở ô bên."

    def clean(self):
        data = super().clean()
        place, member, agency = data.get("locality"), data.get("member"), data.get("agency")
        if {"member", "agency"} & set(self.errors):
            return data
        if bool(member) == bool(agency):
            self.add_error("member", "Chọn một thành viên Ban Chỉ đạo hoặc một cơ quan, không chọn cả hai.")
        elif place and data.get("role"):
            # Two people giving one place to the same body wait for one another here.
            Locality.objects.select_for_update().get(pk=place.pk)
            same = Charge.objects.filter(locality=place, member=member, agency=agency, role=data["role"])
            if days := self._other(same, data.get("since_on"), data.get("until_on")):
                word = Charge.Role(data["role"]).label
                self.add_error("member" if member else "agency", f"{member or agency} đã {word} {place} {days}")
        return data


class LeadForm(_TermForm):
    indicator_code = NfcCharField(
        label="Riêng chỉ tiêu", max_length=10, required=False, help_text="Mã, ví dụ 17.5. Để trống: cả tiêu chí."
    )

    class Meta:
        model = CriterionLead
        fields = ["criterion", "indicator_code", "agency", "member", "since_on", "until_on"]

    def __init__(self, *args, criteria_set, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = Criterion.objects.filter(criteria_set=criteria_set).order_by("number")
        self.fields["criterion"].label_from_instance = lambda criterion: f"{criterion.number}. {criterion.label}"
        agencies = Agency.objects.filter(locality__in=Locality.objects.visible_to(self.user))
        offered = agencies.filter(is_active=True).exclude(locality__level=Level.COMMUNE)
        self.fields["agency"].queryset = (offered | agencies.filter(pk=self.instance.agency_id)).in_order()
        self.fields["member"].queryset = self._members(Agency.objects.visible_to(self.user))
        self.fields["member"].empty_label = "Không chọn"

    def clean(self):
        data = super().clean()
        criterion, code, agency = data.get("criterion"), data.get("indicator_code", ""), data.get("agency")
        if not criterion:
            return data
        if code and not criterion.indicators.filter(code=code).exists():
            codes = ", ".join(criterion.indicators.order_by("position").values_list("code", flat=True).distinct())
            self.add_error(
                "indicator_code", f"Tiêu chí {criterion.number} không có chỉ tiêu {code}. Các chỉ tiêu: {codes}."
            )
        elif agency and "indicator_code" not in self.errors:
            Agency.objects.select_for_update().get(pk=agency.pk)
            same = CriterionLead.objects.filter(criterion=criterion, indicator_code=code, agency=agency)
            if days := self._other(same, data.get("since_on"), data.get("until_on")):
                what = f"chỉ tiêu {code}" if code else f"tiêu chí {criterion.number}"
                self.add_error("agency", f"{agency} đã phụ trách {what} {days}")
        return data
