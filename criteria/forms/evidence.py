"""The files a person adds to a sheet: by cell, or a whole folder matched by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms

from criteria.actions.evidence import NewFile
from criteria.matching import match_file
from criteria.models import Indicator
from criteria.staging import Drop, StoredFile, WaitingFile
from ntm_tracker.forms import DayField, FilesField, FilesInput, NfcCharField
from ntm_tracker.uploads import ACCEPT, LARGEST_MB, TAKEN
from ntm_tracker.vietnamese import NotADate, nfc, parse_date

LONGEST_EVIDENCE_NOTE = 300
# The most files and the most bytes of one drop.
DROP_FILES, DROP_MB = 200, 400
SKIP = "bo-qua"


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
