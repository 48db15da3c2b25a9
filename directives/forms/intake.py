"""What is given to be read: pasted text or a file."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.models import Level, Locality
from directives import actions, intake
from directives.files import CannotRead, text_of
from directives.forms.common import area
from directives.intake import Here, communes_of
from directives.reading import read
from ntm_tracker.uploads import LARGEST_MB, check_upload, clean_name, extension
from ntm_tracker.vietnamese import format_number

KINDS = (".docx", ".pdf", ".doc", ".txt", ".jpg", ".jpeg", ".png")
LONGEST_TEXT = 500_000


def check_notice(file):
    """Raise ValidationError, worded for the officer, unless the file is of a kind and size that can be read."""
    name = clean_name(file.name)
    if extension(name) not in KINDS:
        raise ValidationError(f"Không đọc được tệp “{name}”. Nhận tệp .docx, .pdf, .doc, .txt, .jpg, .png.")
    if extension(name) != ".txt":
        check_upload(file)
    elif file.size > LARGEST_MB * 1024 * 1024:
        raise ValidationError(f"Tệp “{name}” nặng hơn {LARGEST_MB} MB. Tách lấy phần văn bản cần đọc.")


class IntakeForm(forms.Form):
    locality = forms.ModelChoiceField(
        Locality.objects.none(), label="Địa bàn", error_messages={"required": "Chọn địa bàn."}
    )
    # As it was pasted: where the lines end tells headings from sentences.
    text = forms.CharField(label="Nội dung văn bản", widget=area(14, spellcheck="false"), required=False, strip=False)
    file = forms.FileField(
        label="hoặc tệp văn bản",
        required=False,
        validators=[check_notice],
        max_length=200,
        widget=forms.FileInput({"accept": ",".join(KINDS)}),
        help_text=f"Tệp .docx, .pdf, .doc, .txt, hoặc ảnh chụp .jpg, .png; nhiều nhất {LARGEST_MB} MB.",
        error_messages={
            "empty": "Tệp trống. Chọn tệp khác, hoặc dán nội dung văn bản vào ô.",
            "max_length": "Tên tệp dài quá 200 ký tự. Đặt tên ngắn hơn.",
        },
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.remark = ""
        if user.place_id:
            del self.fields["locality"]
        else:
            places = Locality.objects.filter(level__in=[Level.PROVINCE, Level.DISTRICT], dissolved_on=None)
            self.fields["locality"].queryset = places.alphabetical()

    def clean(self):
        cleaned = super().clean()
        text, file = cleaned.get("text") or "", cleaned.get("file")
        if len(text) > LONGEST_TEXT:
            size = format_number(len(text))
            self.add_error("text", f"Văn bản dài {size} ký tự, nhiều nhất 500.000. Dán riêng phần thông báo kết luận.")
        elif not any(map(str.isalnum, text)) and not file and not self.errors:
            self.add_error("text", "Dán nội dung văn bản vào ô này hoặc chọn tệp rồi bấm Đọc văn bản.")
        elif file and not self.errors and not any(map(str.isalnum, text)):
            self._read_file(cleaned, file)
        if file and self.errors and "file" not in self.errors:
            self.add_error("file", f"Chọn lại tệp “{file.name}”: trang báo lỗi không giữ được tệp đã chọn.")
        return cleaned

    def _read_file(self, cleaned, file):
        file.seek(0)
        try:
            found = text_of(file.name, file.read())
        except CannotRead as error:
            self.add_error("file", str(error))
            return
        finally:
            file.seek(0)
        if len(found.text) > LONGEST_TEXT:
            size = format_number(len(found.text))
            self.add_error("file", f"Tệp có {size} ký tự, nhiều nhất 500.000. Dán riêng phần thông báo kết luận vào ô.")
        cleaned["text"], self.remark = found.text, found.remark

    def save(self):
        """Register the draft with the tasks found in it."""
        place = self.user.place or self.cleaned_data["locality"]
        today = timezone.localdate()
        # Marks of emphasis from chats and web pages are no words of the document.
        text = self.cleaned_data["text"].replace("**", "")
        notice = read(text, communes=[commune.name for commune in communes_of(place, today)])
        header = intake.header_fields(notice.header)
        day = header["issued_on"] or header["meeting_on"] or today
        return actions.register_notice(
            by=self.user,
            locality=place,
            text=notice.text,
            file=self.cleaned_data["file"],
            tasks=intake.draft_tasks(notice, day=day, here=Here.load(place, day)),
            source_note=self.remark,
            **header,
        )
