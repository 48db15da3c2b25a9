"""What is typed about a task of a draft."""

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator

from communes.models import Agency, CommitteeMember, Level, Locality
from criteria.models import Criterion
from directives import actions, rules
from directives.drafts import before_directive
from directives.forms.common import PageForm, area
from directives.models import Repeats, Task
from directives.sets import current_commune_set
from ntm_tracker.forms import DayField, NfcCharField


class _Grouped(ModelChoiceIterator):
    """Choices of agencies under their heads: bodies of the office, then the people's committees of the communes."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        office, communes = [], []
        for agency in self.queryset:
            is_commune = agency.locality.level == Level.COMMUNE
            (communes if is_commune else office).append(self.choice(agency))
        yield from [(head, choices) for head, choices in (("Cơ quan, đơn vị", office), ("Cấp xã", communes)) if choices]


class AgencyField(forms.ModelChoiceField):
    iterator = _Grouped


class AgenciesField(forms.ModelMultipleChoiceField):
    iterator = _Grouped
    widget = forms.CheckboxSelectMultiple


class CriteriaField(forms.ModelMultipleChoiceField):
    """The criteria a task may be about: of the communes' set of its document's day, and those it has."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self):
        super().__init__(Criterion.objects.none(), label="Tiêu chí liên quan", required=False)

    def offer(self, task, day):
        kept = Q(tasks=task.pk) if task.pk else Q(pk=None)
        of_set = Q(criteria_set=current_commune_set(day))
        self.queryset = Criterion.objects.filter(of_set | kept).order_by("number", "pk").distinct()

    def label_from_instance(self, criterion):
        return f"{criterion.number}. {criterion.label}"


class TaskForm(PageForm):
    text = NfcCharField(label="Nội dung nhiệm vụ", widget=area(4), max_length=20_000, help_text="Đúng lời văn bản.")
    section = NfcCharField(label="Mục trong văn bản", max_length=60, required=False, help_text="Ví dụ II.1")
    lead_text = NfcCharField(label="Chủ trì, theo lời văn bản", max_length=300, required=False)
    all_commune_committees = forms.BooleanField(label="Tất cả UBND xã", required=False)
    leads = AgenciesField(Agency.objects.none(), label="Cơ quan chủ trì", required=False)
    all_members = forms.BooleanField(label="Tất cả thành viên Ban Chỉ đạo", required=False)
    lead_members = forms.ModelMultipleChoiceField(
        CommitteeMember.objects.none(),
        label="Thành viên Ban Chỉ đạo chủ trì",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    supports = AgenciesField(Agency.objects.none(), label="Cơ quan phối hợp", required=False)
    communes = forms.ModelMultipleChoiceField(
        Locality.objects.none(), label="Xã liên quan", required=False, widget=forms.CheckboxSelectMultiple
    )
    criteria = CriteriaField()
    due_on = DayField(label="Thời hạn", required=False, help_text="Ngày cuối cùng còn đúng hạn.")
    due_text = NfcCharField(label="Thời hạn, theo lời văn bản", max_length=200, required=False)
    repeats = forms.ChoiceField(label="Định kỳ", choices=Repeats.choices, required=False)
    repeats_until = DayField(label="Lặp đến ngày", required=False, help_text="Để trống: đến hết năm của thời hạn.")

    class Meta:
        model = Task
        fields = [
            "text",
            "section",
            "lead_text",
            "leads",
            "lead_members",
            "supports",
            "communes",
            "criteria",
            "due_on",
            "due_text",
            "repeats",
            "repeats_until",
        ]

    def __init__(self, *args, directive, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.directive, self.user = directive, user
        self.instance.directive = directive
        day, place = directive.dated_on, directive.locality
        inside = Q(locality__path__startswith=place.path)
        agencies = Agency.objects.visible_to(user).select_related("locality").serving_on(day)
        self.fields["leads"].queryset = agencies.filter(inside).in_order()
        above = [pk for pk in place.path.split(".") if pk]
        self.fields["supports"].queryset = agencies.filter(inside | Q(locality__in=above)).in_order()
        members = CommitteeMember.objects.filter(agency__in=agencies.filter(inside))
        serving = Q(until_on=None) | Q(until_on__gte=day)
        self.fields["lead_members"].queryset = (
            members.filter(serving).select_related("agency").order_by("agency__sort_key", "pk")
        )
        communes = Locality.objects.visible_to(user).within(place).communes().existing_on(day)
        self.fields["communes"].queryset = communes.alphabetical()
        self.fields["criteria"].offer(self.instance, day)
        self.fields["text"].error_messages["required"] = "Ghi nội dung nhiệm vụ."
        self.commune_committees = self.fields["leads"].queryset.filter(locality__kind="xã").commune_committees()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("all_commune_committees"):
            cleaned["leads"] = {*cleaned.get("leads", []), *self.commune_committees}
        if cleaned.get("all_members"):
            cleaned["lead_members"] = self.fields["lead_members"].queryset
        due_on, repeats, until = cleaned.get("due_on"), cleaned.get("repeats"), cleaned.get("repeats_until")
        if due_on and due_on < self.directive.dated_on:
            self.add_error("due_on", before_directive(self.directive, due_on).capitalize())
        if repeats and not due_on and "due_on" not in self.errors:
            self.add_error("due_on", "Nhiệm vụ định kỳ cần thời hạn của lần đầu.")
        if until and not repeats:
            self.add_error("repeats", "Chọn hằng tuần, hằng tháng, hằng quý hoặc hằng năm, hoặc bỏ ngày kết thúc lặp.")
        if until and due_on and until < due_on:
            self.add_error(
                "repeats_until",
                f"Ngày kết thúc lặp {until:%d/%m/%Y} trước thời hạn của lần đầu ({due_on:%d/%m/%Y}).",
            )
        elif repeats and due_on:
            try:
                rules.due_dates(due_on=due_on, repeats=repeats, until=until)
            except rules.TooManyDates as error:
                self.add_error("repeats_until", str(error))
        return cleaned

    def validate_constraints(self):
        """Not here: each promise of the table is a sentence beside its field above."""

    def save(self):
        """Add the task to the draft, or change it. Raises NotPossible."""
        fields = {name: value for name, value in self.cleaned_data.items() if name in self._meta.fields}
        task = self.instance if self.instance.pk else None
        return actions.save_task(directive=self.directive, by=self.user, task=task, **fields)
