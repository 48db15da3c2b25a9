"""What is typed on the page that reviews a draft."""

from django import forms
from django.utils import timezone

from communes.models import Agency, CommitteeMember
from directives import actions
from directives.bodies import Bodies, alias_key
from directives.forms.common import PageForm, area
from directives.forms.tasks import AgenciesField, TaskForm
from directives.models import Directive
from ntm_tracker.forms import DayField, NfcCharField


class HeaderForm(PageForm):
    """The header of a draft. Nothing is required: a draft may lack anything until it is handed out."""

    number = NfcCharField(
        label="Số, ký hiệu", max_length=60, required=False, widget=forms.TextInput({"placeholder": "…/TB-UBND"})
    )
    meeting_on = DayField(label="Ngày họp", required=False)
    issued_on = DayField(label="Ngày ban hành", required=False)
    issuer = NfcCharField(label="Cơ quan ban hành", max_length=200, required=False)
    title = NfcCharField(label="Trích yếu", max_length=2000, required=False)

    class Meta:
        model = Directive
        fields = ["number", "meeting_on", "issued_on", "issuer", "title"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.auto_id = "h_%s"

    @property
    def missing(self):
        """The names of the fields that somebody must look at before the tasks go out."""
        found = [name for name in ("number", "issuer", "title") if not self[name].value()]
        if not self["meeting_on"].value() and not self["issued_on"].value():
            found += ["meeting_on", "issued_on"]
        return found

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        for name in ("issued_on", "meeting_on"):
            if cleaned.get(name) and cleaned[name] > today:
                label = self.fields[name].label
                self.add_error(name, f"{label} {cleaned[name]:%d/%m/%Y} ở sau hôm nay ({today:%d/%m/%Y}).")
        issued_on, meeting_on = cleaned.get("issued_on"), cleaned.get("meeting_on")
        if issued_on and meeting_on and issued_on < meeting_on:
            self.add_error("issued_on", "Ngày ban hành không thể trước ngày họp.")
        return cleaned

    def validate_constraints(self):
        """Not here: each promise of the table is a sentence beside its field above."""

    def save(self):
        """Change the header of the draft. Raises NotPossible."""
        return actions.change_header(directive=self.instance, by=self.user, **self.cleaned_data)


class ReviewTaskForm(TaskForm):
    """A task of a draft, in its row. A deadline set by a person answers what the reader could not make out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Several rows may be open on one page.
        self.auto_id = f"t{self.instance.pk}_%s"
        self.fields["text"].widget = area(3)

    def save(self):
        waits = not self.instance.is_included and not self._has_bodies()
        task = super().save()
        if waits and self._has_bodies():
            # It was left out for want of a lead.
            actions.include_task(task=task, is_included=True, by=self.user)
            task.is_included = True
        if task.remark and {"due_on", "repeats", "repeats_until"} & set(self.changed_data):
            task.remark = ""
            task.save(update_fields=["remark"])
        return task

    def _has_bodies(self):
        return self.instance.leads.exists() or self.instance.lead_members.exists()


class NameForm(forms.Form):
    """Whom some words of the document mean."""

    words = forms.CharField(max_length=300, widget=forms.HiddenInput)
    agencies = AgenciesField(Agency.objects.none(), label="Cơ quan, đơn vị", required=False)
    members = forms.ModelMultipleChoiceField(
        CommitteeMember.objects.none(),
        label="Thành viên Ban Chỉ đạo",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    remember = forms.BooleanField(label="Nhớ tên gọi này cho các văn bản sau", required=False, initial=True)
    # What the name was remembered as when the page was opened.
    seen_alias = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, words, directive, user):
        self.bodies = Bodies.load(directive.locality, directive.dated_on)
        self.match = self.bodies.match(words)
        alias = self.bodies.aliases.get(alias_key(words))
        initial = {
            "words": words,
            "agencies": [agency.pk for agency in self.match.agencies],
            "members": [member.pk for member in self.match.members],
            "seen_alias": actions.alias_mark(alias),
        }
        super().__init__(data, initial=initial, auto_id="n_%s")
        self.directive, self.user = directive, user
        known = [agency.pk for agency in (*self.bodies.agencies, *self.bodies.above)]
        self.fields["agencies"].queryset = Agency.objects.filter(pk__in=known).select_related("locality").in_order()
        members = CommitteeMember.objects.filter(pk__in=[member.pk for member in self.bodies.members])
        self.fields["members"].queryset = members.select_related("agency").order_by("agency__sort_key", "pk")

    def save(self):
        """Give every draft task that bears the words these bodies. Raises NotPossible."""
        cleaned = self.cleaned_data
        return actions.name_bodies(
            directive=self.directive,
            words=cleaned["words"],
            agencies=cleaned["agencies"],
            members=cleaned["members"],
            remember=cleaned["remember"],
            seen=cleaned["seen_alias"],
            by=self.user,
        )
