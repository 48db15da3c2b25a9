"""Forms as a test fills them in: taken from the page, changed as people change them in Excel, sent back."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from criteria.entering import enterable
from criteria.models import Opinion
from criteria.offline.layout import HEAD_ROW, TABLE, Column
from criteria.offline.reading import read_form
from criteria.offline.writing import Form as Written
from criteria.offline.writing import write_form
from ntm_tracker import staging


class Form:
    """A form as somebody has it on the desk."""

    def __init__(self, content: bytes):
        self.book = load_workbook(io.BytesIO(content))
        self.table = self.book[TABLE]

    @property
    def rows(self) -> dict[tuple[str, str], int]:
        """The numbers of the rows by place and code."""
        return {
            (self.table.cell(number, Column.PLACE).value, self.table.cell(number, Column.CODE).value): number
            for number in range(HEAD_ROW + 1, self.table.max_row + 1)
            if self.table.cell(number, Column.CODE).value
        }

    def row(self, code, place="Xã Sơn Bình") -> int:
        return self.rows[place, code]

    def cell(self, code, column, place="Xã Sơn Bình"):
        return self.table.cell(self.row(code, place), column)

    def fill(self, code, place="Xã Sơn Bình", **values):
        """Type into the cells of a row: `value=93.4, note="theo hồ sơ"`."""
        number = self.row(code, place)
        for name, value in values.items():
            self.table.cell(number, Column[name.upper()]).value = value
        return self

    @property
    def content(self) -> bytes:
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()


def take(client, sheet, *, one=True) -> bytes:
    """The form of one place, or of all, as the page hands it out."""
    names = [sheet.period.code, sheet.criteria_set.code]
    address = (
        reverse("criteria:sheet-download", args=[*names, sheet.locality_id])
        if one
        else reverse("criteria:sheets-download", args=names)
    )
    response = client.get(address)
    assert response.status_code == 200, response
    return b"".join(response.streaming_content)


def send(client, sheet, content, name="phieu.xlsx"):
    """The answer to a form that is sent: the page that shows what it would change, or the one that says what is wrong."""
    content = content.content if isinstance(content, Form) else content
    address = reverse("criteria:sheets-upload", args=[sheet.period.code, sheet.criteria_set.code])
    return client.post(address, {"file": SimpleUploadedFile(name, content)}, follow=True)


def shown(response) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def accept(client, response, *, without=(), replace=(), reason="đo lại", **more):
    """Press save on the page that shows a form, with some lines left out and some conflicts replaced."""
    page = response.content.decode()
    address = response.request["PATH_INFO"]
    data = {"save": "1", "conflicts": re.search(r'name="conflicts" value="(\w+)"', page)[1], "line": [], **more}
    for key in re.findall(r'name="line" value="([\d-]+)"', page):
        data["line"].append(key)
        is_conflict = f'name="t-{key}"' in page
        if is_conflict:
            data[f"t-{key}"] = re.search(rf'name="t-{key}" value="(\w+)"', page)[1]
            data[f"r-{key}"] = reason
        if key in replace or (not is_conflict and key not in without):
            data[f"take-{key}"] = "1"
    return client.post(address, data, follow=True)


def returned(district, changed=60) -> str:
    """A form of the demonstration district that came back with rows changed, one of them wrong, one changed there too."""
    user, choice = (
        district.user("vanphong"),
        {name: getattr(district.assessment, name) for name in ("period", "criteria_set")},
    )
    found = enterable(user, **choice, places=choice["criteria_set"].places())
    file = io.BytesIO()
    write_form(Written(**choice, enterable=found, by=user, place_words="Huyện Tam Đường"), file)
    form = Form(file.getvalue())
    for number in range(HEAD_ROW + 1, HEAD_ROW + 1 + changed):
        form.table.cell(number, Column.NOTE).value = "kiểm tra lại tại xã"
    if changed:
        form.table.cell(HEAD_ROW + 3, Column.VALUE).value = 130
        key = form.table.cell(HEAD_ROW + 1, Column.KEY)
        place, indicator, _, mark = key.value.split("-")
        key.value = f"{place}-{indicator}-{'0' * 16}-{mark}"
    upload = SimpleUploadedFile("phieu.xlsx", form.content)
    form = read_form(upload, **choice, opinion=Opinion.VERIFIED)
    token = staging.new_token()
    about = [choice["period"].code, choice["criteria_set"].code]
    staging.keep(token, {"form": form.packed(), "about": about, "answers": {}}, by=user)
    return token
