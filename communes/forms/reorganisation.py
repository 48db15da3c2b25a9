"""What officers type about reorganising places."""

from dataclasses import dataclass

from django import forms
from django.forms.utils import ErrorDict

from communes.models import GROUP_ZONES, Level, Locality, Region
from communes.reorganisation import CODE_LENGTH, COMMUNE_KINDS, Kind, NewPlace, Plan, common
from ntm_tracker.forms import DayField, NfcCharField
from ntm_tracker.search import search_key

# As many places stand in the list without being searched for.
SHOWN = 40
MOST_NEW = 10
NOT_CHOSEN = [("", "Chưa chọn")]


class _Draft(forms.Form):
    """A form that may be sent while it is still being filled in: it keeps what was typed and complains of nothing."""

    def __init__(self, *args, is_draft, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_draft = is_draft

    def full_clean(self):
        if self.is_draft:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()


class NewPlaceForm(_Draft):
    """A place that is to begin. A form left empty is none."""

    name = NfcCharField(label="Tên, không ghi loại", max_length=100, required=False)
    kind = forms.ChoiceField(label="Loại", choices=[(kind, kind) for kind in COMMUNE_KINDS], required=False)
    parent = forms.ModelChoiceField(Locality.objects.none(), label="Thuộc", required=False, empty_label=None)
    code = NfcCharField(
        label="Mã",
        max_length=10,
        required=False,
        help_text=f"{CODE_LENGTH} chữ số; để trống nếu chưa có",
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    region = forms.ChoiceField(label="Vùng", choices=[*NOT_CHOSEN, *Region.choices], required=False)
    commune_group = forms.ChoiceField(label="Nhóm xã", choices=[*NOT_CHOSEN, *GROUP_ZONES.items()], required=False)

    def __init__(self, *args, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents
        self.fields["parent"].label_from_instance = str

    def new_place(self, predecessors):
        """The place as it was typed, or None where no name was. Zones left open are those the old places share."""
        typed = self.cleaned_data
        if not typed.get("name") or not typed.get("parent"):
            return None
        shared = {name: typed[name] or common(predecessors, name) for name in ("region", "commune_group")}
        return NewPlace(**{**{name: typed[name] for name in self.fields}, **shared})


class ReorganisationForm(_Draft):
    """Which places end, when and by which decision, and which ones begin.

    Only what the person reaches is offered. `plan()` is what was asked for; whether it is possible,
    `reorganisation.check` says.
    """

    predecessors = forms.ModelMultipleChoiceField(
        Locality.objects.none(),
        label="Địa bàn cũ",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Một địa bàn đã chọn không có trong phạm vi của anh chị. Chọn lại."},
    )
    receiver = forms.ModelChoiceField(
        Locality.objects.none(),
        label="Nhập vào địa bàn đang có, giữ nguyên tên",
        required=False,
        empty_label="Không, lập địa bàn mới",
        error_messages={"invalid_choice": "Nơi nhận đã chọn không có trong phạm vi của anh chị. Chọn lại."},
    )
    effective_on = DayField(
        label="Có hiệu lực từ ngày", error_messages={"required": "Ghi ngày có hiệu lực của việc sắp xếp."}
    )
    decision = NfcCharField(
        label="Nghị quyết, quyết định",
        max_length=200,
        help_text="Số, ký hiệu, ngày, cơ quan ban hành",
        error_messages={"required": "Ghi số nghị quyết hoặc quyết định sắp xếp."},
    )
    main = forms.TypedChoiceField(label="Nhận phần chính", coerce=int, required=False, empty_value=0)
    # What was searched for, and how many new places the page holds.
    q = NfcCharField(label="Tìm xã", max_length=100, required=False)
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, kind, user, step=""):
        """`step` is the button pressed: "find" and "add" only lengthen the page, the others read it."""
        super().__init__(data, is_draft=step in ("find", "add", "edit"))
        self.kind, self.user = kind, user
        places = Locality.objects.visible_to(user).communes().exclude(pk=user.place_id).select_related("parent")
        # A place that ended while the page was open is told apart from one that is not the person's.
        self.fields["predecessors"].queryset = places
        self.fields["receiver"].queryset = places
        self._places = places
        self.new_places = self._new_forms(data, more=step == "add")
        self.fields["main"].choices = [(str(i), f"Địa bàn mới thứ {i + 1}") for i in range(len(self.new_places))]
        if kind != Kind.MERGE:
            del self.fields["receiver"]
        if kind != Kind.SPLIT:
            del self.fields["main"]

    def _new_forms(self, data, more):
        least = 2 if self.kind == Kind.SPLIT else 1
        sent = (data or {}).get("number", "")
        number = int(sent) if sent.isdecimal() and len(sent) < 3 else least
        number = max(least, min(MOST_NEW, number + more)) if self.kind == Kind.SPLIT else 1
        return [
            NewPlaceForm(data, prefix=f"moi-{i}", parents=self._parents(), is_draft=self.is_draft)
            for i in range(number)
        ]

    def _parents(self):
        levels = [Level.DISTRICT, Level.PROVINCE]
        return Locality.objects.visible_to(self.user).living().filter(level__in=levels).alphabetical()

    @property
    def forms(self):
        return [self, *self.new_places]

    def all_valid(self):
        # Each of them, so that every mistake is told at once.
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def problems(self):
        """What is wrong with the fields of the new places, by their number."""
        return [
            f"Địa bàn mới thứ {number}, {form.fields[name].label.lower()}: {error}"
            for number, form in enumerate(self.new_places, start=1)
            for name, errors in form.errors.items()
            for error in errors
        ]

    def plan(self):
        typed = self.cleaned_data
        predecessors = sorted(typed["predecessors"], key=lambda place: (place.sort_key, place.pk))
        return Plan(
            kind=self.kind,
            predecessors=predecessors,
            successors=[new for form in self.new_places if (new := form.new_place(predecessors))],
            receiver=typed.get("receiver"),
            effective_on=typed["effective_on"],
            decision=typed["decision"],
            main=typed.get("main") or 0,
        )

    # The list to choose from.

    @property
    def chosen(self):
        return {int(pk) for pk in self.data.getlist("predecessors") if pk.isdecimal()} if self.is_bound else set()

    @property
    def candidates(self):
        """The places offered: those chosen already, then those found, or all where there are few. Two queries."""
        living = self._places.living()
        found = living.filter(search_key__contains=search_key(self.data.get("q", "")).rstrip() if self.is_bound else "")
        chosen = list(self._places.filter(pk__in=self.chosen).alphabetical())
        offered = list(found.exclude(pk__in=self.chosen).alphabetical()[: SHOWN + 1])
        return Candidates(chosen, offered[:SHOWN], is_cut=len(offered) > SHOWN)


@dataclass
class Candidates:
    chosen: list
    found: list
    is_cut: bool

    @property
    def receivers(self):
        """Those that may take others in: the list shown, but for what has ended."""
        places = [place for place in [*self.chosen, *self.found] if place.dissolved_on is None]
        return sorted(places, key=lambda place: (place.sort_key, place.pk))
