"""What is typed about a task that was handed out: changed, given to further bodies, extended, withdrawn, replaced."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.text import Truncator

from communes.models import Agency, CommitteeMember
from directives import actions
from directives.drafts import before_directive
from directives.forms.assignments import ExtensionFields, WithdrawalFields
from directives.forms.common import PageForm, area
from directives.forms.tasks import AgenciesField, CriteriaField
from directives.models import Assignment, Directive, Task
from ntm_tracker.forms import DayField, NfcCharField
from ntm_tracker.vietnamese import format_date

# How many tasks of later documents are offered to take a task's place, the newest documents first.
MOST_REPLACEMENTS = 300
NO_GROUNDS = "Ghi văn bản làm căn cứ hoặc lý do."


class TaskChangeForm(PageForm):
    text = NfcCharField(
        label="Nội dung nhiệm vụ",
        widget=area(4),
        max_length=20_000,
        error_messages={"required": "Ghi nội dung nhiệm vụ."},
    )
    due_on = DayField(
        label="Thời hạn", required=False, help_text="Sửa thời hạn ghi sai. Cho thêm thời gian: dùng Gia hạn."
    )
    due_text = NfcCharField(label="Thời hạn, theo lời văn bản", max_length=200, required=False)
    is_priority = forms.BooleanField(label="Nhiệm vụ trọng tâm: báo cáo hoàn thành cần tệp minh chứng", required=False)
    criteria = CriteriaField()
    on = DayField(label="Thay đổi từ ngày", error_messages={"required": "Ghi ngày thay đổi có hiệu lực."})
    document = NfcCharField(label="Văn bản làm căn cứ", max_length=200, required=False, help_text="Số, ký hiệu, ngày")
    note = NfcCharField(label="Lý do", max_length=2000, required=False, widget=area(1))

    class Meta:
        model = Task
        fields = ["text", "due_on", "due_text", "is_priority", "criteria"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, auto_id="change_%s", **{"initial": {"on": timezone.localdate()}, **kwargs})
        self.user = user
        self.fields["criteria"].offer(self.instance, self.instance.directive.dated_on)
        if self.instance.repeats:
            # Its dates went out one by one.
            del self.fields["due_on"]

    def clean_due_on(self):
        due_on, directive = self.cleaned_data["due_on"], self.instance.directive
        stored = Task.objects.values_list("due_on", flat=True).get(pk=self.instance.pk)
        if due_on is None and stored is not None:
            raise ValidationError("Ghi thời hạn mới; nhiệm vụ đã có thời hạn thì không bỏ trống được.")
        if due_on and due_on < directive.dated_on:
            raise ValidationError(before_directive(directive, due_on).capitalize())
        return due_on

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("document") and not cleaned.get("note") and not {"document", "note"} & set(self.errors):
            self.add_error("note", NO_GROUNDS)
        return cleaned

    def validate_constraints(self):
        """Not here: each promise of the table is a sentence beside its field above."""

    def save(self):
        return actions.change_task(task=self.instance, by=self.user, **self.cleaned_data)


class FollowUpForm(forms.Form):
    """Something done with one task that was handed out."""

    place = ""

    def __init__(self, *args, task, user, **kwargs):
        super().__init__(*args, auto_id=f"{self.place}_%s", **kwargs)
        self.task, self.user = task, user


class BodiesForm(FollowUpForm):
    place = "bodies"
    agencies = AgenciesField(Agency.objects.none(), label="Cơ quan, đơn vị giao thêm", required=False)
    members = forms.ModelMultipleChoiceField(
        CommitteeMember.objects.none(),
        label="Thành viên Ban Chỉ đạo giao thêm",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    on = DayField(label="Giao từ ngày", error_messages={"required": "Ghi ngày giao."})
    due_on = DayField(label="Thời hạn riêng", required=False, help_text="Để trống: theo thời hạn của nhiệm vụ.")
    document = NfcCharField(
        label="Văn bản giao thêm",
        max_length=200,
        help_text="Số, ký hiệu, ngày",
        error_messages={"required": "Ghi văn bản làm căn cứ giao thêm."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"initial": {"on": timezone.localdate()}, **kwargs})
        directive = self.task.directive
        inside = Q(locality__path__startswith=directive.locality.path)
        agencies = Agency.objects.visible_to(self.user).select_related("locality").serving_on(timezone.localdate())
        agencies = agencies.filter(inside)
        self.fields["agencies"].queryset = agencies.exclude(pk__in=self.task.leads.all()).in_order()
        serving = Q(until_on=None) | Q(until_on__gte=timezone.localdate())
        members = CommitteeMember.objects.filter(serving, agency__in=agencies).select_related("agency")
        members = members.exclude(pk__in=self.task.lead_members.all())
        self.fields["members"].queryset = members.order_by("agency__sort_key", "pk")
        if self.task.repeats or self.task.due_on is None:
            # A recurring task has its own dates; where none was ordered none is made up.
            del self.fields["due_on"]

    def clean(self):
        cleaned = super().clean()
        if (
            not cleaned.get("agencies")
            and not cleaned.get("members")
            and not {"agencies", "members"} & set(self.errors)
        ):
            self.add_error("agencies", "Chọn ít nhất một cơ quan hoặc thành viên.")
        return cleaned

    def save(self):
        return actions.add_bodies(task=self.task, by=self.user, **self.cleaned_data)


class TaskExtendForm(ExtensionFields, FollowUpForm):
    place = "extend"
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    assignments = forms.ModelMultipleChoiceField(
        Assignment.objects.none(),
        label="Phần việc được gia hạn",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một phần việc để gia hạn."},
    )
    # Of a recurring task one occurrence at a time: each has a date of its own.
    sequence = forms.TypedChoiceField(
        label="Lần đến hạn được gia hạn",
        coerce=int,
        error_messages={"required": "Chọn lần đến hạn được gia hạn."},
    )
    field_order = ["assignments", "sequence", "due_on", "on", "document", "note"]

    def __init__(self, *args, open_rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.open_rows = open_rows
        if self.task.repeats:
            del self.fields["assignments"]
            self.fields["sequence"].choices = self._occurrences()
            return
        del self.fields["sequence"]
        field = self.fields["assignments"]
        field.queryset = Assignment.objects.filter(pk__in=[row.pk for row in open_rows]).select_related(
            "agency", "member"
        )
        field.label_from_instance = lambda row: f"{row.body}, hạn {format_date(row.due_on)}"
        field.initial = [row.pk for row in open_rows]

    def _occurrences(self):
        counted = {}
        for row in self.open_rows:
            counted.setdefault((row.sequence, row.due_on), []).append(row)
        several = {}
        for (sequence, due_on), rows in sorted(counted.items()):
            several.setdefault(sequence, []).append(f"hạn {format_date(due_on)}, {len(rows)} phần việc còn mở")
        return [("", "Chọn lần"), *((n, f"Lần {n}: {'; '.join(words)}") for n, words in several.items())]

    def save(self):
        given = dict(self.cleaned_data)
        sequence = given.pop("sequence", None)
        rows = given.pop("assignments", None)
        if rows is None:
            rows = [row for row in self.open_rows if row.sequence == sequence]
        return actions.extend_assignments(assignments=rows, by=self.user, **given)


class TaskWithdrawForm(WithdrawalFields, FollowUpForm):
    place = "withdraw"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"initial": {"on": timezone.localdate()}, **kwargs})

    def save(self):
        return actions.withdraw_task(task=self.task, by=self.user, **self.cleaned_data)


class _ByDirective(ModelChoiceIterator):
    """Tasks under the document they stand in."""

    def __iter__(self):
        yield ("", self.field.empty_label)
        groups = {}
        for task in self.queryset[:MOST_REPLACEMENTS]:
            head = f"{task.directive.label}, {format_date(task.directive.dated_on)}"
            groups.setdefault(head, []).append(self.choice(task))
        yield from groups.items()


class _ReplacementField(forms.ModelChoiceField):
    iterator = _ByDirective

    def label_from_instance(self, task):
        where = f"mục {task.section}" if task.section else f"nhiệm vụ {task.position}"
        return f"{where}: {Truncator(task.text).chars(90)}"


class TaskReplaceForm(FollowUpForm):
    place = "replace"
    replaced_by = _ReplacementField(
        Task.objects.none(),
        label="Nhiệm vụ của văn bản sau",
        empty_label="Chọn nhiệm vụ",
        error_messages={"required": "Chọn nhiệm vụ của văn bản sau."},
    )
    on = DayField(
        label="Thay từ ngày",
        required=False,
        help_text="Để trống: từ ngày của văn bản sau.",
    )
    note = NfcCharField(label="Ghi chú", max_length=2000, required=False, widget=area(1))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        directive = self.task.directive
        later = (
            Directive.objects.managed_by(self.user).filter(dated_on__gte=directive.dated_on).exclude(pk=directive.pk)
        )
        tasks = Task.objects.filter(directive__in=later, assigned_at__isnull=False, withdrawn_on=None)
        self.fields["replaced_by"].queryset = (
            tasks.select_related("directive")
            .defer("directive__text")
            .order_by("-directive__dated_on", "directive", "position")
        )

    def save(self):
        given = dict(self.cleaned_data)
        given["on"] = given["on"] or given["replaced_by"].directive.dated_on
        return actions.withdraw_task(task=self.task, by=self.user, **given)
