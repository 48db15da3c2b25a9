"""Form fields that take what Vietnamese officers type, and forms that never overwrite unseen."""

from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from os.path import basename

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.forms.models import model_to_dict
from django.utils.choices import flatten_choices
from django.utils.html import format_html

from ntm_tracker.uploads import check_upload
from ntm_tracker.vietnamese import NotADate, NotANumber, format_date, format_number, nfc, parse_date, parse_number


class DayInput(forms.TextInput):
    # Not type=date: browsers show it as mm/dd/yyyy on a Vietnamese page.
    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "numeric", "placeholder": "ngày/tháng/năm", "autocomplete": "off", **(attrs or {})}
        )


class DayField(forms.Field):
    """A day typed as day/month/year; the message for a wrong one says what to type."""

    widget = DayInput

    def to_python(self, value):
        if value in self.empty_values or not isinstance(value, str):
            return value or None
        try:
            return parse_date(value)
        except NotADate as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value):
        return value if isinstance(value, str) else format_date(value)


class AmountField(forms.Field):
    """A number as officers write it: '12,5'."""

    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "maxlength": 30})

    def to_python(self, value):
        try:
            return parse_number(value or "")
        except NotANumber as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value):
        return value if isinstance(value, str) else format_number(value)


class NfcCharField(forms.CharField):
    """Text kept in composed Unicode, so that it is found again however it was typed."""

    def to_python(self, value):
        text = super().to_python(value)
        if isinstance(self.widget, forms.Textarea):
            return "\n".join(nfc(line) for line in text.splitlines()).strip()
        return nfc(text)


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what is wrong with each is said of each."""

    widget = FilesInput

    def clean(self, data, initial=None):
        if not data:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return []
        problems = []
        for file in data:
            try:
                check_upload(file)
            except ValidationError as error:
                problems.append(error.message)
        if problems:
            raise ValidationError(problems)
        return data


def atomic_post(view):
    """Run a POST in one transaction, so that the row a SeenForm re-reads stays as it is until it is saved."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return wrapped


@dataclass(frozen=True)
class Difference:
    """One field in conflict: what is stored now and what the person has on the screen, both in words."""

    label: str
    stored: str
    typed: str
    # The person left it as it was when the page was opened: the form has taken over what is stored.
    is_untouched: bool = False


class SeenForm(forms.ModelForm):
    """A form that saves only over what the person has seen (optimistic locking).

    The page carries a mark of every field as it stood when the page was opened. A POST locks the row, re-reads it and
    compares: where somebody else changed a field meanwhile and the form would write something else there, nothing is
    saved, `theirs` lists both values, and everything typed stays. The page that comes back carries the new marks, so
    that saving once more overwrites knowingly; fields the person had left alone hold what the other one saved.
    A field that both set to the same value is no conflict. Files are compared by name.

        class TargetForm(SeenForm):
            class Meta:
                model = Target
                fields = ["due_year", "document"]

        @atomic_post  # the lock must last until the row is saved
        def target_edit(request, pk):
            target = get_object_or_404(Target.objects.visible_to(request.user), pk=pk)
            form = TargetForm(request.POST or None, instance=target)
            if request.method == "POST" and form.is_valid():
                actions.change_target(target=target, **form.cleaned_data, by=request.user)
                ...

    and in the template, inside the form: {% include "components/conflict.html" %}, which also carries the marks.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.theirs = []
        # The marks to show instead of those that were posted.
        self._fresh = None

    # What a form may say better.

    def last_change(self):
        """Who saved the row last and when; None where nobody wrote it down."""
        return getattr(self.instance, "changed_by", None), getattr(self.instance, "changed_at", None)

    def in_words(self, name, value):
        """The value of a field as the page of a conflict shows it."""
        return _in_words(self.fields[name], value)

    # The marks.

    @property
    def seen(self):
        """The hidden field with the marks; nothing on a form that adds a row."""
        if self.instance._state.adding:
            return ""
        if self._fresh is None:
            self._fresh = self.data.get(self._seen_name) if self.is_bound else _marks(self._stored())
        return format_html('<input type="hidden" name="{}" value="{}">', self._seen_name, self._fresh or "")

    @property
    def _seen_name(self):
        return self.add_prefix("seen")

    def _stored(self):
        """The fields of the instance that this form writes."""
        written = [name for name, field in self.fields.items() if not field.disabled]
        return {name: _plain(value) for name, value in model_to_dict(self.instance, written).items()}

    # The comparison.

    def full_clean(self):
        self._is_gone = False
        if self.is_bound and not self.instance._state.adding:
            self._lock()
        super().full_clean()

    def _lock(self):
        """Re-read the row for writing: every column, so that those outside the form are not written back as they were."""
        rows = type(self.instance)._base_manager
        if not connections[self.instance._state.db or DEFAULT_DB_ALIAS].in_atomic_block:
            raise transaction.TransactionManagementError("A SeenForm is checked and saved in one transaction.")
        try:
            self.instance.refresh_from_db(from_queryset=rows.select_for_update())
        except self.instance.DoesNotExist:
            self._is_gone = True
            return
        now = model_to_dict(self.instance, list(self.fields))
        for name, field in self.fields.items():
            # What the browser does not send back is taken from here.
            if name in now and (field.disabled or isinstance(field, forms.FileField)):
                self.initial[name] = now[name]

    def _post_clean(self):
        if self._is_gone:
            self.add_error(None, "Người khác vừa xóa dòng này nên chưa lưu. Chép lại nội dung cần giữ rồi nhập mới.")
        elif self.instance._state.adding or not self._find_conflict():
            super()._post_clean()

    def _find_conflict(self):
        stored = self._stored()
        now = _marks(stored)
        then = _read_marks(self.data.get(self._seen_name))
        changed = [name for name, mark in _read_marks(now).items() if then.get(name) != mark]
        for name in changed:
            has_value = name in self.cleaned_data
            typed = self.cleaned_data[name] if has_value else self[name].value()
            if has_value and _plain(typed) == stored[name]:
                continue
            untouched = has_value and _mark(_plain(typed)) == then.get(name)
            label = self.fields[name].label or name
            words = self.in_words(name, getattr(self.instance, name)), self.in_words(name, typed)
            self.theirs.append(Difference(label, *words, is_untouched=untouched))
            if untouched:
                self._take_over(name, stored[name])
            elif name in self.files or self.add_prefix(name) in self.files:
                chosen = self.files[self.add_prefix(name)].name
                self.add_error(name, f"Chọn lại tệp “{chosen}”: trang báo lỗi không giữ được tệp đã chọn.")
        if self.theirs:
            self._fresh = now
            self.changed_by, self.changed_at = self.last_change()
            self.add_error(
                None,
                "Người khác vừa lưu thay đổi sau khi anh chị mở trang này, nên chưa lưu. Nội dung anh chị nhập vẫn còn "
                "bên dưới; đối chiếu rồi bấm Lưu lần nữa để ghi bản của mình.",
            )
        return bool(self.theirs)

    def _take_over(self, name, value):
        self.data = self.data.copy()
        name = self.add_prefix(name)
        if value in ("", False):
            self.data.pop(name, None)
        elif isinstance(value, list) and hasattr(self.data, "setlist"):
            self.data.setlist(name, value)
        else:
            self.data[name] = value


def _plain(value):
    """A field's value as it is compared: rows by their keys, files by their names, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, models.Manager):
        value = value.all()
    if isinstance(value, (models.QuerySet, list, tuple, set, frozenset)):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, File):
        return value.name or ""
    return value


def _mark(value):
    return sha256(str(value).encode()).hexdigest()[:12]


def _marks(values):
    return " ".join(f"{name}:{_mark(value)}" for name, value in values.items())


def _read_marks(text):
    return dict(pair.split(":", 1) for pair in (text or "").split() if ":" in pair)


def _in_words(field, value):
    if isinstance(value, models.Manager):
        value = value.all()
    if isinstance(field, forms.FileField):
        return basename(getattr(value, "name", "") or "")
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(
            field.label_from_instance(one) if isinstance(one, models.Model) else str(one) for one in value or []
        )
    if isinstance(value, models.Model):
        return field.label_from_instance(value) if isinstance(field, forms.ModelChoiceField) else str(value)
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if value in field.empty_values:
        return ""
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(flatten_choices(field.choices)).get(value, value))
    if isinstance(field, forms.DecimalField) and not isinstance(value, str):
        return format_number(value)
    return str(field.prepare_value(value))
