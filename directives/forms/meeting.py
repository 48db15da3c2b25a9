"""What is typed while a meeting decides."""

from django import forms
from django.utils import timezone

from communes.models import Agency, Level, Locality
from criteria.models import Criterion
from directives import actions
from directives.forms.common import area
from directives.forms.tasks import AgencyField
from ntm_tracker.forms import DayField, NfcCharField


class DecisionForm(forms.Form):
    """One decision of today's meeting: its words, whose it is, by when, where. Only the words are required."""

    text = NfcCharField(
        label="Nội dung kết luận",
        widget=area(3, placeholder="Ghi đúng lời chủ tọa kết luận"),
        max_length=20_000,
        error_messages={"required": "Ghi nội dung kết luận."},
    )
    lead = AgencyField(Agency.objects.none(), label="Cơ quan chủ trì", required=False, empty_label="Chưa rõ")
    by_communes = forms.BooleanField(
        label="UBND xã chủ trì", required=False, help_text="các xã chọn dưới đây; không chọn xã nào là tất cả"
    )
    due_on = DayField(label="Thời hạn", required=False)
    criterion = forms.ModelChoiceField(
        Criterion.objects.none(), label="Tiêu chí", required=False, empty_label="Không riêng"
    )
    communes = forms.ModelMultipleChoiceField(
        Locality.objects.none(), label="Xã liên quan", required=False, widget=forms.CheckboxSelectMultiple
    )
    locality = forms.ModelChoiceField(
        Locality.objects.none(), label="Cuộc họp của", error_messages={"required": "Chọn địa bàn của cuộc họp."}
    )

    def __init__(self, *args, user, criteria_set, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        # Vietnam's date, not UTC's: a meeting at seven in the morning is today's.
        self.day = timezone.localdate()
        agencies = Agency.objects.visible_to(user).serving_on(self.day).select_related("locality")
        communes = Locality.objects.visible_to(user).communes().existing_on(self.day)
        if user.place_id:
            del self.fields["locality"]
            agencies = agencies.filter(locality__path__startswith=user.place.path)
        else:
            places = Locality.objects.filter(level__in=[Level.PROVINCE, Level.DISTRICT]).living()
            self.fields["locality"].queryset = places.alphabetical()
        self.fields["lead"].queryset = agencies.in_order()
        self.fields["communes"].queryset = communes.alphabetical()
        self.fields["communes"].label_from_instance = lambda place: place.full_name
        self.fields["criterion"].queryset = Criterion.objects.filter(criteria_set=criteria_set).order_by("number")
        self.fields["criterion"].label_from_instance = lambda criterion: f"{criterion.number}. {criterion.label}"

    def clean(self):
        cleaned = super().clean()
        if (due_on := cleaned.get("due_on")) and due_on < self.day:
            self.add_error("due_on", f"Thời hạn {due_on:%d/%m/%Y} đã qua. Hôm nay là {self.day:%d/%m/%Y}.")
        if place := cleaned.get("locality"):
            # Who serves the whole country chooses the meeting's place, and must not give its work to another's bodies.
            lead, communes = cleaned.get("lead"), cleaned.get("communes", [])
            if lead and not lead.locality.path.startswith(place.path):
                self.add_error("lead", f"{lead} không thuộc {place}.")
            if beyond := [commune for commune in communes if not commune.path.startswith(place.path)]:
                self.add_error("communes", f"{beyond[0]} không thuộc {place}.")
        return cleaned

    def save(self):
        """Write the decision into the draft of today's meeting. Raises NotPossible."""
        cleaned = self.cleaned_data
        place = cleaned.get("locality") or self.user.place
        return actions.record_decision(
            place=place,
            day=self.day,
            text=cleaned["text"],
            leads=self._leads(place),
            communes=cleaned["communes"],
            criteria=[cleaned["criterion"]] if cleaned["criterion"] else [],
            due_on=cleaned["due_on"],
            by=self.user,
        )

    def _leads(self, place):
        leads = [self.cleaned_data["lead"]] if self.cleaned_data["lead"] else []
        if self.cleaned_data["by_communes"]:
            committees = Agency.objects.serving_on(self.day).commune_committees()
            if chosen := self.cleaned_data["communes"]:
                leads += committees.filter(locality__in=chosen)
            else:
                leads += committees.filter(locality__path__startswith=place.path, locality__kind="xã")
        return leads
