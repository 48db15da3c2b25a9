"""Reads what was typed into a sheet and put on it; says by cell, and by file, what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from criteria.actions.evidence import NewFile
from criteria.conditions import ConditionRow
from criteria.matching import match_file
from criteria.models import Indicator, Status
from criteria.rules import Entry
from criteria.sheet import Cell, Row
from criteria.staging import Drop, StoredFile, WaitingFile
from ntm_tracker.forms import DayField, Difference, NfcCharField
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN, check_upload
from ntm_tracker.vietnamese import NotADate, NotANumber, format_number, nfc, parse_date, parse_number

# What a person may choose beside a value; the first goes by the value.
JUDGEMENTS = [
    (Status.UNKNOWN, "Theo mức"),
    (Status.MET, "Đạt"),
    (Status.UNMET, "Chưa đạt"),
    (Status.NOT_APPLICABLE, "Không áp dụng"),
]
JUDGEMENTS_WITHOUT_VALUE = [(Status.UNKNOWN, "Chưa đánh giá"), *JUDGEMENTS[1:]]
LONGEST_NOTE = 2000


@dataclass
class TypedCell:
    """The fields of one cell as they stand on the screen: from what is stored, or as typed with what is wrong."""

    row: Row
    opinion: str
    value: str
    judgement: str
    note: str
    seen: str
    entry: Entry | None = None
    error: str = ""
    saved: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether it holds something else than it showed."""
        return self.entry is None or Cell(entry=self.entry).token != self.seen

    @property
    def judgement_words(self) -> str:
        return dict(self.judgements).get(self.judgement, "") if self.judgement else ""

    @property
    def wants_note(self) -> bool:
        """Whether the note is what is missing."""
        return "ghi chú" in self.error

    @property
    def judgements(self):
        by_value = self.row.indicator.is_numeric and self.row.threshold_value is not None
        return JUDGEMENTS if by_value else JUDGEMENTS_WITHOUT_VALUE


def stored_cell(row: Row, opinion: str) -> TypedCell:
    cell = row.cells[opinion]
    return TypedCell(
        row=row,
        opinion=opinion,
        value=format_number(cell.entry.value),
        judgement=cell.entry.judgement,
        note=cell.entry.note,
        seen=cell.token,
        entry=cell.entry,
    )


def typed_cell(row: Row, opinion: str, data) -> TypedCell:
    """The cell as sent by the page, read into an Entry, or with the error that says what to type instead.

    Fields are named v-, j-, n-, s- and the indicator's id; a field that is not sent is empty.
    """
    pk = row.indicator.pk
    cell = TypedCell(
        row=row,
        opinion=opinion,
        value=data.get(f"v-{pk}", "").strip()[:60],
        judgement=data.get(f"j-{pk}", ""),
        note=nfc(data.get(f"n-{pk}", "").replace("\0", "")),
        seen=data.get(f"s-{pk}", ""),
    )
    if cell.judgement not in Status.values:
        cell.judgement, cell.error = "", "Chọn một kết luận trong danh sách."
        return cell
    if len(cell.note) > LONGEST_NOTE:
        cell.error = f"Ghi chú dài quá {LONGEST_NOTE} ký tự. Rút gọn hoặc đưa vào minh chứng."
        return cell
    try:
        value = parse_number(cell.value) if row.indicator.is_numeric else None
    except NotANumber as error:
        cell.error = str(error)
        return cell
    cell.entry = Entry(value=value, judgement=cell.judgement, note=cell.note)
    return cell


LONGEST_EVIDENCE_NOTE = 300
# The most files and the most bytes of one drop.
DROP_FILES, DROP_MB = 200, 400
SKIP = "bo-qua"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what is wrong with each is said of each."""

    widget = FilesInput

    def clean(self, data, initial=None):
        if not data:
            raise ValidationError(self.error_messages["required"])
        problems = []
        for file in data:
            try:
                check_upload(file)
            except ValidationError as error:
                problems.append(error.message)
        if problems:
            raise ValidationError(problems)
        return data


class EvidenceForm(forms.Form):
    """Files for one indicator, with what they show and until when."""

    files = FilesField(
        label="Tệp",
        widget=FilesInput({"accept": ACCEPT}),
        help_text=f"Chọn được nhiều tệp. {TAKEN}; mỗi tệp nhiều nhất {LARGEST_MB} MB.",
        error_messages={"required": "Chọn ít nhất một tệp."},
    )
    note = NfcCharField(
        label="Nội dung",
        required=False,
        max_length=LONGEST_EVIDENCE_NOTE,
        help_text="Ví dụ: Quyết định công nhận trường đạt chuẩn quốc gia mức độ 1.",
    )
    expires_on = DayField(label="Có giá trị đến ngày", required=False, help_text="Để trống nếu không có thời hạn.")


@dataclass
class DropRow:
    """A waiting file on the page where one sees and corrects what goes where."""

    file: WaitingFile
    # The chosen indicator's id as text, SKIP, or '' while open.
    choice: str = ""
    # Why it was left open, from its name.
    hint: str = ""
    note: str = ""
    expires_text: str = ""
    expires_on: date | None = None
    error: str = ""

    @property
    def is_skipped(self) -> bool:
        return self.choice == SKIP

    def as_new_file(self) -> NewFile:
        return NewFile(
            indicator_id=int(self.choice),
            content=StoredFile(self.file),
            name=self.file.name,
            note=self.note,
            expires_on=self.expires_on,
        )


def matched_rows(drop: Drop, indicators: Iterable[Indicator], writable: set[int]) -> list[DropRow]:
    """The files of a drop with the indicator each name says, of those the person may write on."""
    by_code = {indicator.code: indicator for indicator in indicators if indicator.code}
    codes = {code: indicator.criterion.number for code, indicator in by_code.items()}
    rows = []
    for file in drop.taken:
        match = match_file(file.path, codes)
        row = DropRow(file, hint=match.reason)
        if match.code and by_code[match.code].pk in writable:
            row.choice = str(by_code[match.code].pk)
        elif match.code:
            row.hint = f"Tên ghi chỉ tiêu {match.code}, không thuộc phần anh chị phụ trách."
        rows.append(row)
    return rows


def corrected_rows(drop: Drop, data, writable: set[int]) -> list[DropRow]:
    """The files of a drop as the person sent them back, each with what is wrong with it.

    Fields are named i-, n-, d- and the file's position.
    """
    rows, choices = [], {str(pk) for pk in writable}
    for file in drop.taken:
        row = DropRow(
            file,
            choice=data.get(f"i-{file.position}", ""),
            note=nfc(data.get(f"n-{file.position}", "").replace("\0", "")),
            expires_text=data.get(f"d-{file.position}", "").strip()[:40],
        )
        rows.append(row)
        if row.is_skipped:
            continue
        if row.choice not in choices:
            row.choice, row.error = "", "Chưa khớp: chọn chỉ tiêu, hoặc chọn “Bỏ qua tệp này”."
            continue
        if len(row.note) > LONGEST_EVIDENCE_NOTE:
            row.error = f"Nội dung dài quá {LONGEST_EVIDENCE_NOTE} ký tự. Rút gọn lại."
        try:
            row.expires_on = parse_date(row.expires_text)
        except NotADate as error:
            row.error = str(error)
    return rows


class ConditionForm(forms.Form):
    """What a place reached of a condition outside the criteria; `cleaned_data["entry"]` is what it comes to."""

    value = forms.CharField(
        label="Giá trị",
        max_length=60,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    judgement = forms.ChoiceField(
        label="Kết luận", required=False, error_messages={"invalid_choice": "Chọn một kết luận trong danh sách."}
    )
    note = NfcCharField(
        label="Căn cứ, ghi chú",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text="Số, ngày của báo cáo hoặc biên bản; lý do khi kết luận khác với giá trị.",
    )
    # The result the form was opened at: `ConditionRow.token`.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, row: ConditionRow, data=None):
        entry = row.entry
        super().__init__(
            data,
            initial={
                "value": format_number(entry.value),
                "judgement": entry.judgement,
                "note": entry.note,
                "seen": row.token,
            },
        )
        # What somebody else recorded meanwhile, for components/conflict.html.
        self.theirs, self.changed_by, self.changed_at = [], None, None
        condition = row.condition
        by_value = condition.is_numeric and condition.threshold is not None
        self.fields["judgement"].choices = JUDGEMENTS if by_value else JUDGEMENTS_WITHOUT_VALUE
        if condition.is_numeric:
            unit = f" ({condition.short_unit})" if condition.short_unit else ""
            self.fields["value"].label += unit
        else:
            del self.fields["value"]

    def clean_value(self):
        try:
            return parse_number(self.cleaned_data["value"])
        except NotANumber as error:
            raise ValidationError(str(error)) from error

    def clean(self):
        data = super().clean()
        data["entry"] = Entry(data.get("value"), data.get("judgement", ""), data.get("note", ""))
        return data

    def show_newer(self, row: ConditionRow):
        """Show what stands there now beside what was typed, and let the person save over it knowingly."""
        stored = ConditionForm(row)
        for name in self.fields:
            theirs, typed = stored[name].value() or "", self[name].value() or ""
            if name != "seen" and theirs != typed:
                choices = dict(getattr(self.fields[name], "choices", []))
                label = self.fields[name].label
                self.theirs.append(Difference(label, choices.get(theirs, theirs), choices.get(typed, typed)))
        if row.result:
            self.changed_by, self.changed_at = row.result.recorded_by, row.result.recorded_at
        self.data = self.data.copy()
        self.data["seen"] = row.token
        self.add_error(None, "Người khác vừa ghi kết quả điều kiện này, nên chưa lưu. Đối chiếu hai bản rồi ghi lại.")
