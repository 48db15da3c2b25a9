"""What officers type about a directive, its tasks and the work done."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from communes.models import Agency, CommitteeMember, Level, Locality
from criteria.models import CriteriaSet, Criterion, Subject, Tier
from directives import actions, rules
from directives.models import Directive, Repeats, Task
from directives.queries import before_directive
from ntm_tracker.forms import DayField, NfcCharField, SeenForm
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN, check_upload


def _area(rows, **attributes):
    return forms.Textarea({"rows": rows, **attributes})


class _PageForm(SeenForm):
    """A form whose page writes the form tag, for it may hold more than one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class DirectiveForm(_PageForm):
    number = NfcCharField(label="Số, ký hiệu", max_length=60, required=False, help_text="Ví dụ 253/TB-UBND")
    title = NfcCharField(label="Trích yếu", widget=_area(2), max_length=2000)
    issuer = NfcCharField(
        label="Cơ quan ban hành", max_length=200, widget=forms.TextInput({"list": "issuers", "autocomplete": "off"})
    )
    issued_on = DayField(label="Ngày ban hành", required=False)
    meeting_on = DayField(label="Ngày họp", required=False)
    signer = NfcCharField(label="Người ký", max_length=100, required=False)
    signer_title = NfcCharField(label="Chức vụ người ký", max_length=200, required=False)
    recipients = NfcCharField(label="Nơi nhận", widget=_area(3), max_length=5000, required=False)
    text = NfcCharField(label="Nội dung văn bản", widget=_area(12), max_length=500_000, required=False)
    # Asked for only where a document of the same number, year and issuer is there: warned of, not refused.
    is_another = forms.BooleanField(label="Đây là văn bản khác, vẫn lưu", required=False)
    file = forms.FileField(
        label="Tệp văn bản",
        required=False,
        validators=[check_upload],
        max_length=200,
        widget=forms.FileInput({"accept": ACCEPT}),
        help_text=f"{TAKEN}; nhiều nhất {LARGEST_MB} MB.",
        error_messages={
            "empty": "Tệp trống. Chọn tệp khác.",
            "max_length": "Tên tệp dài quá 200 ký tự. Đặt tên ngắn hơn.",
        },
    )

    class Meta:
        model = Directive
        fields = [
            "locality",
            "kind",
            "number",
            "issued_on",
            "meeting_on",
            "title",
            "issuer",
            "signer",
            "signer_title",
            "recipients",
            "text",
            "file",
        ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.twins = []
        if user.place_id:
            del self.fields["locality"]
            if not self.instance.pk:
                self.instance.locality = user.place
        else:
            places = Locality.objects.filter(level__in=[Level.PROVINCE, Level.DISTRICT], dissolved_on=None)
            self.fields["locality"].queryset = places.alphabetical()
        for field in self.fields.values():
            field.error_messages.setdefault("required", "Không được để trống.")
        self.fields["title"].error_messages["required"] = "Ghi trích yếu của văn bản."
        self.fields["issuer"].error_messages["required"] = "Ghi cơ quan ban hành."

    def known_issuers(self):
        """Bodies to choose from while typing: those of earlier directives, then the office's committees."""
        earlier = Directive.objects.visible_to(self.user).order_by("issuer").values_list("issuer", flat=True).distinct()
        agencies = Agency.objects.visible_to(self.user).serving_on(timezone.localdate())
        agencies = agencies.filter(kind__in=["committee", "party"])
        above = agencies.exclude(locality__level=Level.COMMUNE).in_order().values_list("name", flat=True)
        return list(dict.fromkeys([*earlier[:50], *above[:50]]))

    def in_words(self, name, value):
        # On disk it stands under a name that says nothing.
        is_kept = name == "file" and value and value == self.instance.file
        return self.instance.file_name if is_kept else super().in_words(name, value)

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        for name, label in (("issued_on", "Ngày ban hành"), ("meeting_on", "Ngày họp")):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, f"{label} {cleaned[name]:%d/%m/%Y} ở sau hôm nay ({today:%d/%m/%Y}).")
        dated_on = cleaned.get("issued_on") or cleaned.get("meeting_on")
        if not dated_on and not {"issued_on", "meeting_on"} & set(self.errors):
            self.add_error(None, "Ghi ngày ban hành hoặc ngày họp.")
        self._warn_of_twins(cleaned, dated_on)
        if self.instance.pk and dated_on:
            for task in self.instance.tasks.filter(due_on__lt=dated_on).order_by("position")[:1]:
                self.add_error(
                    "issued_on" if cleaned.get("issued_on") else "meeting_on",
                    f"Nhiệm vụ {task.position} có thời hạn {task.due_on:%d/%m/%Y}, trước ngày văn bản "
                    f"{dated_on:%d/%m/%Y}. Sửa ngày ở đây hoặc thời hạn của nhiệm vụ.",
                )
        if "file" in self.files and self.errors and "file" not in self.errors:
            self.add_error(
                "file", f"Chọn lại tệp “{self.files['file'].name}”: trang báo lỗi không giữ được tệp đã chọn."
            )
        return cleaned

    def _warn_of_twins(self, cleaned, day):
        number, issuer = cleaned.get("number"), cleaned.get("issuer")
        if not (number and issuer and day) or (self.instance.pk and not {"number", "issuer"} & set(self.changed_data)):
            return
        others = Directive.objects.visible_to(self.user).exclude(pk=self.instance.pk)
        self.twins = others.twins_of(number=number, issuer=issuer, day=day)
        if self.twins and not cleaned.get("is_another"):
            self.add_error(
                "number",
                f"Đã có {self.twins[0].label} của {self.twins[0].issuer}, năm {day.year}. Mở văn bản đã có; nếu đây là "
                "văn bản khác thì đánh dấu ô bên dưới rồi lưu lại.",
            )

    def save(self):
        """Register the directive, or change what is kept of it. Raises NotPossible."""
        fields = {name: value for name, value in self.cleaned_data.items() if name in self._meta.fields}
        fields["file"] = fields["file"] if "file" in self.files else None
        if self.instance.pk:
            return actions.update_directive(directive=self.instance, by=self.user, **fields)
        return actions.register_directive(by=self.user, **{"locality": self.user.place, **fields})


class _Grouped(ModelChoiceIterator):
    """Choices of agencies under their heads: bodies of the office, then the people's committees of the communes."""

    def __iter__(self):
        office, communes = [], []
        for agency in self.queryset:
            is_commune = agency.locality.level == Level.COMMUNE
            (communes if is_commune else office).append(self.choice(agency))
        yield from [(head, choices) for head, choices in (("Cơ quan, đơn vị", office), ("Cấp xã", communes)) if choices]


class AgenciesField(forms.ModelMultipleChoiceField):
    iterator = _Grouped
    widget = forms.CheckboxSelectMultiple


class TaskForm(_PageForm):
    text = NfcCharField(label="Nội dung nhiệm vụ", widget=_area(4), max_length=20_000, help_text="Đúng lời văn bản.")
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
    criteria = forms.ModelMultipleChoiceField(
        Criterion.objects.none(), label="Tiêu chí liên quan", required=False, widget=forms.CheckboxSelectMultiple
    )
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
        chosen = self.instance.pk
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
        kept = Q(tasks=chosen) if chosen else Q(pk=None)
        of_set = Q(criteria_set=current_commune_set(day))
        self.fields["criteria"].queryset = Criterion.objects.filter(of_set | kept).order_by("number", "pk").distinct()
        self.fields["criteria"].label_from_instance = lambda criterion: f"{criterion.number}. {criterion.label}"
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


def current_commune_set(day):
    """The set that communes are judged by on a day, or the newest one that can be assessed."""
    sets = CriteriaSet.objects.filter(subject=Subject.COMMUNE, tier=Tier.BASIC, is_complete=True)
    in_force = sets.filter(
        Q(effective_from=None) | Q(effective_from__lte=day), Q(effective_to=None) | Q(effective_to__gte=day)
    )
    return in_force.in_order().first() or sets.in_order().first()


class CompletionForm(forms.Form):
    done_on = DayField(label="Ngày hoàn thành", error_messages={"required": "Ghi ngày hoàn thành."})
    note = NfcCharField(
        label="Kết quả thực hiện",
        max_length=5000,
        widget=_area(4),
        help_text="Sản phẩm, số văn bản, ngày. Ví dụ: Báo cáo số 45/BC-UBND ngày 12/4/2024.",
        error_messages={"required": "Ghi kết quả thực hiện: sản phẩm, số văn bản."},
    )

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.assignment = assignment

    def clean_done_on(self):
        if problem := actions.problem_with_done_on(self.assignment, self.cleaned_data["done_on"]):
            raise ValidationError(problem)
        return self.cleaned_data["done_on"]


class ReopenForm(forms.Form):
    reason = NfcCharField(
        label="Lý do mở lại",
        max_length=2000,
        widget=_area(2),
        error_messages={"required": "Ghi lý do mở lại."},
    )
