"""What is chosen before a document is taken, and the template an office sends."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from dashboards.documents import head
from dashboards.documents.drafting import DRAFTS
from directives import actions
from ntm_tracker.documents import Layout
from ntm_tracker.documents.packages import problem_with
from ntm_tracker.documents.rendering import problems_of
from ntm_tracker.forms import DayField, NfcCharField
from ntm_tracker.uploads import LARGEST_MB, check_upload, clean_name, extension

MOST_RECEIVERS = 60


class MonthField(forms.CharField):
    """A month typed as month/year."""

    widget = forms.TextInput({"inputmode": "numeric", "placeholder": "tháng/năm", "autocomplete": "off"})

    def to_python(self, value):
        text = super().to_python(value)
        match = re.fullmatch(r"(0?[1-9]|1[0-2])[/.\- ]((?:19|20)\d\d)", text)
        if not match:
            raise ValidationError(f"“{text[:20]}” không phải là tháng. Nhập tháng/năm, ví dụ 3/2024.")
        return date(int(match[2]), int(match[1]), 1)


class DocumentForm(forms.Form):
    """Who issues a document and how. It reads the address, so that a choice can be kept and sent to a colleague.

    What a person did not touch follows the issuing body: `cho` says for which body and layout the fields were shown.
    """

    co_quan = forms.ChoiceField(label="Cơ quan ban hành")
    the_thuc = forms.ChoiceField(label="Thể thức", choices=Layout.choices)
    dia_danh = NfcCharField(label="Địa danh", max_length=60, required=False)
    cap_tren = NfcCharField(
        label="Cơ quan cấp trên", max_length=150, required=False, help_text="Dòng đầu bên trái; để trống nếu không có"
    )
    ky_hieu = NfcCharField(
        label="Ký hiệu cơ quan", max_length=30, required=False, help_text="Phần sau loại văn bản: BCĐ, UBND, HU"
    )
    quyen_han = NfcCharField(
        label="Quyền hạn", max_length=150, required=False, help_text="Ví dụ TM. BAN CHỈ ĐẠO; KT. TRƯỞNG BAN"
    )
    chuc_vu = NfcCharField(label="Chức vụ người ký", max_length=150, required=False)
    nguoi_ky = NfcCharField(
        label="Họ tên người ký", max_length=80, required=False, help_text="Không ghi học hàm, học vị"
    )
    noi_nhan = NfcCharField(
        label="Nơi nhận",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Mỗi nơi một dòng; dòng Lưu tự thêm",
    )
    ngay = DayField(label="Số liệu tính đến ngày")
    thang = MonthField(label="Tháng báo cáo")
    hop = DayField(label="Ngày họp")
    own = forms.BooleanField(label="Dùng mẫu mặc định, không dùng mẫu của cơ quan", required=False)
    cho = forms.CharField(widget=forms.HiddenInput, required=False)

    HEAD = ("dia_danh", "cap_tren", "ky_hieu", "quyen_han", "chuc_vu", "nguoi_ky")

    def __init__(self, asked, *, user, start: dict, has_template=False):
        """`asked` are the parameters of the address; `start` what the fields of the kind hold at first, and no other field
        of them is asked for.
        """
        self.issuers = {one.key: one for one in head.issuers(user)}
        self.user = user
        super().__init__(self._filled(asked, start))
        for name in {"ngay", "thang", "hop"} - set(start):
            del self.fields[name]
        if not has_template:
            del self.fields["own"]
        self.fields["co_quan"].choices = [(key, capfirst(one.label)) for key, one in self.issuers.items()]
        for field in self.fields.values():
            field.error_messages["required"] = "Không được để trống."

    def _filled(self, asked, start):
        first = next(iter(self.issuers), "")
        data = {"co_quan": first, **start, **{name: asked[name] for name in asked if name in self.base_fields}}
        issuer = self.issuers.get(data["co_quan"])
        if issuer is None:
            return data
        if data.get("the_thuc") not in Layout.values:
            data["the_thuc"] = issuer.layout.value
        before = self._shown_for(asked.get("cho", ""))
        if before and before[0] != issuer and before[1] == data["the_thuc"] == before[0].layout:
            # Another body, and the layout was not chosen but followed the one before.
            data["the_thuc"] = issuer.layout.value
        fresh = head.defaults(issuer, data["the_thuc"], self.user)
        stale = head.defaults(*before, self.user) if before else {}
        for name, value in fresh.items():
            if name not in asked or (before and asked[name] == stale[name]):
                data[name] = value
        data["cho"] = f"{issuer.key}.{data['the_thuc']}"
        return data

    def _shown_for(self, text):
        key, _, layout = text.partition(".")
        return (self.issuers[key], layout) if key in self.issuers and layout in Layout.values else None

    def clean_nguoi_ky(self):
        name = self.cleaned_data["nguoi_ky"]
        if match := head.DEGREE.match(f"{name} "):
            raise ValidationError(f"Trước họ tên người ký không ghi “{match.group().strip()}”. Chỉ ghi họ và tên.")
        return name

    def clean_noi_nhan(self):
        lines = [line for line in self.cleaned_data["noi_nhan"].splitlines() if line.strip()]
        if len(lines) > MOST_RECEIVERS:
            raise ValidationError(f"Nơi nhận có {len(lines)} dòng, nhiều nhất là {MOST_RECEIVERS}.")
        return lines

    def clean(self):
        if not self.issuers:
            raise ValidationError(
                "Chưa có cơ quan nào để ban hành văn bản. Nhờ quản trị viên ghi cơ quan, đơn vị của anh chị trong Quản trị."
            )
        return super().clean()

    @property
    def issuer(self):
        return self.issuers[self.cleaned_data["co_quan"]]

    @property
    def layout(self):
        return Layout(self.cleaned_data["the_thuc"])


class TemplateForm(forms.Form):
    """A .docx that is to stand in the place of our template."""

    file = forms.FileField(
        label="Tệp mẫu",
        validators=[check_upload],
        max_length=150,
        widget=forms.FileInput({"accept": ".docx"}),
        help_text=f"Tệp .docx không có macro; nhiều nhất {LARGEST_MB} MB.",
        error_messages={
            "required": "Chọn tệp .docx.",
            "empty": "Tệp trống. Chọn tệp khác.",
            "max_length": "Tên tệp dài quá 150 ký tự. Đặt tên ngắn hơn.",
        },
    )
    # The number of the template in use when the page was opened; empty for ours.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, kind, layout, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.layout, self.user = kind, layout, user

    def clean_file(self):
        file = self.cleaned_data["file"]
        if extension(file.name) != ".docx":
            raise ValidationError(f"Mẫu phải là tệp .docx; “{clean_name(file.name)}” không phải.")
        content = file.read()
        file.seek(0)
        problem = problem_with(content)
        if problem:
            raise ValidationError(problem)
        if problems := problems_of(content, DRAFTS[self.kind].sample):
            raise ValidationError(problems)
        return file

    def save(self):
        """Raises NotPossible."""
        return actions.use_template(
            kind=self.kind,
            layout=self.layout,
            file=self.cleaned_data["file"],
            seen=self.cleaned_data["seen"],
            by=self.user,
        )
