"""A criteria set from an office's own Excel file: the template it is typed into, and the file read into a draft."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from communes.models import ZONES
from criteria.imports.draft import Draft
from criteria.imports.grid import Grid, at
from criteria.imports.vocabulary import UNITS, is_known_unit
from criteria.models import (
    CriteriaSet,
    Criterion,
    Direction,
    Indicator,
    Subject,
    Threshold,
    Tier,
    ValueType,
    Verification,
)
from criteria.rules import InvalidEntry, check_amount
from ntm_tracker.spreadsheet.writing import clean
from ntm_tracker.vietnamese import NotADate, NotANumber, fold, parse_date, parse_number

SET_SHEET, INDICATOR_SHEET, HELP_SHEET = "Bộ tiêu chí", "Chỉ tiêu", "Hướng dẫn"
UNKNOWN_WORDS = "chưa rõ"
# The address of the import itself, where the page of a set of this code would be.
RESERVED = "nhap-excel"

# The lines of the first sheet: (what it is, its label, whether it must be there, what the template says of it).
SET_LINES = [
    ("code", "Mã bộ tiêu chí", True, "Chữ thường không dấu, số, gạch nối; ví dụ thon-ntm-lai-chau-2026"),
    ("name", "Tên bộ tiêu chí", True, "Đúng tên trong quyết định"),
    ("short_name", "Tên gọn", True, "Hiện trên màn hình, nhiều nhất 40 ký tự"),
    ("subject", "Cấp đánh giá", True, "Chọn: " + ", ".join(Subject.labels)),
    ("tier", "Mức", True, "Chọn: " + ", ".join(Tier.labels)),
    ("number", "Số văn bản", True, "Ví dụ 738/QĐ-UBND"),
    ("date", "Ngày văn bản", False, "ngày/tháng/năm"),
    ("issuer", "Cơ quan ban hành", False, ""),
    ("effective_from", "Áp dụng từ ngày", True, "ngày/tháng/năm"),
    ("effective_to", "Áp dụng đến ngày", False, "Để trống nếu chưa hết hiệu lực"),
    ("requires", "Phải đạt trước (mã bộ)", False, "Mã của bộ tiêu chí phải đạt trước, nếu có"),
    ("bands", "Phân nhóm theo số tiêu chí đạt", False, "Số giảm dần, kết thúc bằng 0; ví dụ 10; 5; 0"),
    ("old_set", "Bộ cũ để quy đổi (mã bộ)", False, "Khi cột “Thay cho tiêu chí (bộ cũ)” có nội dung"),
]
# The columns of the second sheet before and after those of the zones.
COLUMNS = [
    ("number", "TT tiêu chí", True, 8),
    ("name", "Tên tiêu chí", True, 28),
    ("short_name", "Tên gọn tiêu chí", False, 18),
    ("group", "Nhóm", False, 20),
    ("code", "Mã chỉ tiêu", True, 9),
    ("text", "Nội dung", True, 50),
    ("value_type", "Kiểu giá trị", True, 14),
    ("unit", "Đơn vị tính", True, 16),
    ("direction", "Chiều", True, 14),
    ("delegated", "UBND tỉnh quy định mức", False, 12),
    ("threshold", "Mức chung", True, 10),
    ("old", "Thay cho tiêu chí (bộ cũ)", False, 14),
]
_NAMED = {fold(head): key for key, head, *_ in COLUMNS} | {fold(name): code for code, name in ZONES.items()}
_NAMED |= {fold(code): code for code in ZONES}

KINDS = {fold(label): value for value, label in ValueType.choices} | {"dat / chua dat": ValueType.BOOLEAN}
DIRECTIONS = {
    "dat": Direction.ACHIEVED,
    "tu tro len": Direction.AT_LEAST,
    "khong qua": Direction.AT_MOST,
    "bang": Direction.EQUALS,
    ">=": Direction.AT_LEAST,
    "≥": Direction.AT_LEAST,
    "<=": Direction.AT_MOST,
    "≤": Direction.AT_MOST,
    "=": Direction.EQUALS,
}
DIRECTION_WORDS = ["Đạt", "Từ trở lên", "Không quá", "Bằng"]


@dataclass
class WorkbookSet:
    """What a file comes to: the draft, and which criterion of the old set each new one takes up."""

    draft: Draft
    old_set: CriteriaSet | None = None
    # (number of the new criterion, number of the old).
    links: list[tuple[int, int]] = field(default_factory=list)


class WorkbookReader:
    """Reads a grid into a WorkbookSet; every problem is told by sheet and cell."""

    def __init__(self, grid: Grid, *, name: str, is_checked: bool):
        self.grid, self.name = grid, name
        self.problems = list(grid.problems)
        # What the person says of the whole file: whether its texts were checked against the official ones.
        self.status = Verification.VERIFIED if is_checked else Verification.RECALLED
        self.source = f"tệp Excel “{name}”"

    def read(self) -> WorkbookSet | None:
        """The set, or None if something is wrong; `problems` then says what and where."""
        if self.problems:
            return None
        found = self._set()
        self._indicators(found)
        return None if self.problems else found

    def _problem(self, sheet, row, column, text):
        self.problems.append(f"{at(sheet, row, column)}: {text}")

    # The first sheet.

    def _set(self) -> WorkbookSet:
        lines = self._lines()

        def text(key, longest):
            row, value = lines.get(key, (0, ""))
            if len(value) > longest:
                self._problem(SET_SHEET, row, 2, f"dài {len(value)} ký tự, nhiều nhất {longest}.")
            return value

        code = text("code", 60)
        if code and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
            self._problem(SET_SHEET, lines["code"][0], 2, "mã chỉ gồm chữ thường không dấu, số và dấu gạch nối.")
        elif code and (code == RESERVED or CriteriaSet.objects.filter(code=code).exists()):
            self._problem(
                SET_SHEET,
                lines["code"][0],
                2,
                f"mã “{code}” đã có. Bộ mới đứng cạnh bộ cũ: đặt mã khác, ví dụ “{code}-2”.",
            )
        issued_on, start, end = (self._day(lines, key) for key in ("date", "effective_from", "effective_to"))
        if start and end and end < start:
            self._problem(SET_SHEET, lines["effective_to"][0], 2, "ngày hết áp dụng trước ngày áp dụng.")
        criteria_set = CriteriaSet(
            code=code,
            name=text("name", 300),
            short_name=text("short_name", 40),
            subject=self._choice(lines, "subject", Subject.choices),
            tier=self._choice(lines, "tier", Tier.choices),
            effective_from=start,
            effective_to=end,
            legal_basis=[
                {
                    "number": text("number", 60),
                    "date": issued_on.isoformat() if issued_on else None,
                    "issuer": text("issuer", 200),
                    "note": "",
                }
            ],
            notes=[],
            checksum=self._checksum(),
        )
        draft = Draft(Path(self.name), criteria_set, requires=text("requires", 60), requires_line=0)
        if draft.requires:
            self._other_set(lines, "requires")
        found = WorkbookSet(draft, old_set=self._other_set(lines, "old_set"))
        self.bands = lines.get("bands", (0, ""))
        return found

    def _lines(self):
        """The lines of the first sheet by what they are: (row, text)."""
        labels = {fold(label): key for key, label, *_ in SET_LINES}
        lines = {}
        for row in range(1, self.grid.last_row(SET_SHEET) + 1):
            label, value = self.grid.cell(SET_SHEET, row, 1).text, self.grid.cell(SET_SHEET, row, 2).text
            key = labels.get(fold(label))
            if key in lines:
                self._problem(SET_SHEET, row, 1, f"“{label}” ghi hai lần.")
            elif key:
                lines[key] = (row, value)
            elif value and row > 1:
                self._problem(SET_SHEET, row, 1, f"không biết dòng “{label}”. Giữ nguyên tên các dòng của tệp mẫu.")
        for key, label, is_required, _ in SET_LINES:
            if is_required and not lines.get(key, (0, ""))[1]:
                if key in lines:
                    self._problem(SET_SHEET, lines[key][0], 2, f"thiếu “{label}”.")
                else:
                    self.problems.append(f"trang “{SET_SHEET}”: thiếu dòng “{label}”.")
        return lines

    def _day(self, lines, key):
        row, value = lines.get(key, (0, ""))
        try:
            return parse_date(value)
        except NotADate as error:
            self._problem(SET_SHEET, row, 2, str(error))
            return None

    def _choice(self, lines, key, choices):
        row, value = lines.get(key, (0, ""))
        found = {fold(label): choice for choice, label in choices}.get(fold(value), "")
        if value and not found:
            listed = ", ".join(label for _, label in choices)
            self._problem(SET_SHEET, row, 2, f"không nhận “{value}”; chọn một trong: {listed}.")
        return found

    def _other_set(self, lines, key):
        row, code = lines.get(key, (0, ""))
        found = CriteriaSet.objects.filter(code=code).first() if code else None
        if code and found is None:
            self._problem(SET_SHEET, row, 2, f"không có bộ tiêu chí mang mã “{code}”. Xem mã ở trang Bộ tiêu chí.")
        return found

    def _checksum(self):
        return hashlib.sha256(json.dumps(self.grid.packed(), sort_keys=True).encode()).hexdigest()

    # The second sheet.

    def _indicators(self, found):
        head = self._head()
        if head is None:
            return
        head_row, columns = head
        zones = [key for key in columns if key in ZONES]
        draft, self.codes, self.groups = found.draft, {}, {}
        for row in range(head_row + 1, self.grid.last_row(INDICATOR_SHEET) + 1):
            line = {key: self.grid.cell(INDICATOR_SHEET, row, column) for key, column in columns.items()}
            if any(cell.text for cell in line.values()):
                self._line(found, row, columns, line, zones)
        if not draft.criteria:
            self.problems.append(f"trang “{INDICATOR_SHEET}”: chưa có chỉ tiêu nào dưới dòng tiêu đề.")
        criteria_set = draft.criteria_set
        criteria_set.expected_criteria, criteria_set.expected_indicators = len(draft.criteria), len(draft.indicators)
        criteria_set.bands = self._bands(len(draft.criteria))
        criteria_set.incomplete_reason = draft.why_incomplete(None)
        criteria_set.is_complete = not criteria_set.incomplete_reason

    def _head(self):
        """The row of the column heads and the columns by what they are; None with the problem told."""
        first = fold(COLUMNS[0][1])
        for row in range(1, self.grid.last_row(INDICATOR_SHEET) + 1):
            if fold(self.grid.cell(INDICATOR_SHEET, row, 1).text) == first:
                break
        else:
            self.problems.append(
                f"trang “{INDICATOR_SHEET}”: không thấy dòng tiêu đề (ô đầu là “{COLUMNS[0][1]}”). Dùng tệp mẫu."
            )
            return None
        columns, before = {}, len(self.problems)
        for column in range(1, self.grid.last_column(INDICATOR_SHEET) + 1):
            text = self.grid.cell(INDICATOR_SHEET, row, column).text
            key = _NAMED.get(fold(text))
            if text and key is None:
                names = ", ".join(ZONES.values())
                self._problem(
                    INDICATOR_SHEET, row, column, f"không biết cột “{text}”. Cột vùng mang một trong các tên: {names}."
                )
            elif key in columns:
                self._problem(INDICATOR_SHEET, row, column, f"cột “{text}” ghi hai lần.")
            elif key:
                columns[key] = column
        for key, name, is_required, _ in COLUMNS:
            if is_required and key not in columns:
                self.problems.append(f"trang “{INDICATOR_SHEET}”, dòng {row}: thiếu cột “{name}”.")
        return None if len(self.problems) > before else (row, columns)

    def _line(self, found, row, columns, line, zones):
        def problem(key, text):
            self._problem(INDICATOR_SHEET, row, columns[key], text)

        criteria = found.draft.criteria
        number = line["number"].text
        expected = len(criteria) + 1
        if number and not (criteria and number == str(criteria[-1][0].number)):
            if not number.isdecimal():
                problem("number", f"số tiêu chí phải là số nguyên, đang ghi “{number}”.")
                return
            if int(number) != expected:
                problem(
                    "number", f"tiêu chí số {number} đứng ở chỗ của số {expected}; số tiêu chí phải liền nhau từ 1."
                )
            criteria.append((self._criterion(expected, line, problem), []))
        elif not criteria:
            problem("number", "dòng đầu phải ghi số tiêu chí 1.")
            return
        elif line["name"].text and line["name"].text != criteria[-1][0].name:
            problem("name", f"tiêu chí {criteria[-1][0].number} đã mang tên “{criteria[-1][0].name}”.")
        criterion, indicators = criteria[-1]
        if "old" in line and line["old"].text:
            self._old(found, criterion, line["old"].text, problem)
        indicator = self._indicator(criterion, len(indicators) + 1, line, problem)
        code = indicator.code
        if code and code in self.codes:
            problem("code", f"mã chỉ tiêu “{code}” đã dùng ở dòng {self.codes[code]}.")
        elif (
            code
            and code != f"{criterion.number}.{indicator.position}"
            and not (code == str(criterion.number) and indicator.position == 1)
        ):
            problem(
                "code",
                f"mã “{code}” đứng ở chỗ của {criterion.number}.{indicator.position}; chỉ tiêu của tiêu chí "
                f"{criterion.number} phải liền nhau từ {criterion.number}.1.",
            )
        self.codes.setdefault(code, row)
        indicators.append((indicator, self._thresholds(indicator, line, zones, problem)))

    def _criterion(self, number, line, problem):
        def text(key, longest):
            value = line[key].text if key in line else ""
            if len(value) > longest:
                problem(key, f"dài {len(value)} ký tự, nhiều nhất {longest}.")
            return value

        name, group = text("name", 200), text("group", 100)
        if not name:
            problem("name", f"thiếu tên tiêu chí {number}.")
        if group and group not in self.groups:
            self.groups[group] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"][len(self.groups) % 10]
        return Criterion(
            number=number,
            name=name,
            short_name=text("short_name", 40),
            group_code=self.groups.get(group, ""),
            group_name=group,
            name_status=self.status,
        )

    def _indicator(self, criterion, position, line, problem):
        code, text = line["code"].text, line["text"].text
        # Excel keeps 17.10 as the number 17.1.
        if line["code"].is_number and position % 10 == 0 and code == f"{criterion.number}.{position}".rstrip("0"):
            code = f"{criterion.number}.{position}"
        if not code:
            problem("code", f"thiếu mã chỉ tiêu (ghi {criterion.number}.{position}).")
        elif len(code) > 10:
            problem("code", f"mã dài {len(code)} ký tự, nhiều nhất 10.")
        if not text:
            problem("text", "thiếu nội dung chỉ tiêu.")
        kind, direction = line["value_type"].text, line["direction"].text
        value_type = KINDS.get(fold(kind), "")
        if not value_type:
            listed = ", ".join(ValueType.labels)
            problem("value_type", f"{f'không nhận “{kind}”' if kind else 'trống'}; chọn một trong: {listed}.")
        way = DIRECTIONS.get(fold(direction).replace("… ", ""), "")
        if not way:
            listed = ", ".join(DIRECTION_WORDS)
            problem("direction", f"{f'không nhận “{direction}”' if direction else 'trống'}; chọn một trong: {listed}.")
        indicator = Indicator(
            code=code,
            position=position,
            text=text,
            value_type=value_type,
            unit=line["unit"].text,
            direction=way,
            is_delegated="delegated" in line and bool(line["delegated"].text),
            text_status=self.status,
            source=self.source,
        )
        if value_type and way and indicator.is_numeric == (way == Direction.ACHIEVED):
            wanted = ", ".join(DIRECTION_WORDS[1:]) if indicator.is_numeric else DIRECTION_WORDS[0]
            problem("direction", f"“{direction}” không hợp với kiểu “{kind}”; dùng: {wanted}.")
        if value_type and indicator.is_numeric:
            self._unit(indicator, problem)
        return indicator

    def _unit(self, indicator, problem):
        unit = indicator.unit
        if indicator.value_type == ValueType.PERCENT and not unit:
            indicator.unit = "%"
        elif not unit:
            problem("unit", "thiếu đơn vị tính.")
        elif not is_known_unit(unit, is_share=indicator.value_type == ValueType.PERCENT):
            listed = "%" if indicator.value_type == ValueType.PERCENT else ", ".join(UNITS)
            problem("unit", f"không biết đơn vị “{unit}”. Các đơn vị biết: {listed}.")

    def _thresholds(self, indicator, line, zones, problem):
        cells = {"": line["threshold"], **{zone: line[zone] for zone in zones}}
        columns = {"": "threshold", **{zone: zone for zone in zones}}
        if not indicator.value_type or not indicator.is_numeric:
            indicator.threshold_status = self.status
            for zone, cell in cells.items():
                if indicator.value_type and cell.text and fold(cell.text) != "dat":
                    problem(columns[zone], f"chỉ tiêu đạt/chưa đạt không có mức bằng số (đang ghi “{cell.text}”).")
            return []
        rows, by_zone = [], any(line[zone].text for zone in zones)
        for zone, cell in cells.items():
            if not cell.text:
                if zone and by_zone:
                    problem(columns[zone], f"trống trong khi vùng khác có mức. Ghi mức, hoặc ghi “{UNKNOWN_WORDS}”.")
                continue
            value = None
            if fold(cell.text) != fold(UNKNOWN_WORDS):
                try:
                    value = Decimal(cell.text) if cell.is_number else parse_number(cell.text.removesuffix("%"))
                    check_amount(value, indicator=indicator)
                except (NotANumber, InvalidEntry) as error:
                    problem(columns[zone], f"mức đạt chuẩn: {error}")
                    continue
            if zone or value is not None:
                status = self.status if value is not None else Verification.UNKNOWN
                rows.append(Threshold(zone=zone, value=value, status=status, source=self.source))
        known = [row for row in rows if row.value is not None]
        if known:
            indicator.threshold_status = self.status
        else:
            indicator.threshold_status = Verification.DELEGATED if indicator.is_delegated else Verification.UNKNOWN
        return rows

    def _old(self, found, criterion, text, problem):
        """The old criteria that a new one takes up: '2; 3; 4'."""
        numbers = re.split(r"[;,\s]+", text.strip())
        if found.old_set is None:
            problem("old", f"ghi mã bộ cũ vào trang “{SET_SHEET}”, dòng “Bộ cũ để quy đổi (mã bộ)”.")
            return
        known = set(found.old_set.criteria.values_list("number", flat=True))
        for number in numbers:
            if not number.isdecimal() or int(number) not in known:
                problem(
                    "old",
                    f"bộ “{found.old_set.code}” không có tiêu chí số “{number}”. Ghi các số cách nhau bằng dấu ;.",
                )
            elif (criterion.number, int(number)) not in found.links:
                found.links.append((criterion.number, int(number)))

    def _bands(self, total):
        row, text = self.bands
        if not text:
            return [total, 0] if total else []
        parts = re.split(r"[;,\s]+", text.strip())
        bands = [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []
        if not bands or bands != sorted(set(bands), reverse=True) or bands[-1] != 0 or bands[0] > total:
            self._problem(
                SET_SHEET,
                row,
                2,
                f"ghi các số giảm dần, kết thúc bằng 0 và không quá số tiêu chí ({total}), ví dụ 10; 5; 0.",
            )
            return []
        return bands


# The template, with an example that says it is one.

EXAMPLE = {
    "code": "vi-du-minh-hoa",
    "name": "VÍ DỤ MINH HỌA: Bộ tiêu chí xã nông thôn mới (thay bằng bộ của anh chị)",
    "short_name": "Ví dụ minh họa",
    "subject": "xã",
    "tier": "đạt chuẩn",
    "number": "00/QĐ-UBND (ví dụ)",
    "date": "02/01/2026",
    "issuer": "UBND tỉnh (ví dụ)",
    "effective_from": "15/02/2026",
    "effective_to": "31/12/2030",
    "bands": "2; 1; 0",
}
EXAMPLE_ZONES = ["NHOM1", "NHOM2", "NHOM3"]
EXAMPLE_LINES = [
    [
        "1",
        "Quy hoạch (ví dụ)",
        "Quy hoạch",
        "Quy hoạch (ví dụ)",
        "1",
        "Có quy hoạch chung xã được duyệt (ví dụ)",
        "Đạt/chưa đạt",
    ]
    + ["", "Đạt", "", "Đạt", "", "", "", ""],
    ["2", "Hạ tầng (ví dụ)", "Hạ tầng", "Hạ tầng (ví dụ)", "2.1", "Tỷ lệ km đường xã được cứng hóa (ví dụ)", "Tỷ lệ"]
    + ["%", "Từ trở lên", "", "", 100, 90, "82,5", ""],
    ["", "", "", "", "2.2", "Số nhà tạm, nhà dột nát (ví dụ)", "Số đếm", "nhà", "Bằng", "", 0, "", "", "", ""],
    [
        "",
        "",
        "",
        "",
        "2.3",
        "Tỷ lệ hộ dùng nước sạch theo quy chuẩn (ví dụ)",
        "Tỷ lệ",
        "%",
        "Từ trở lên",
        "x",
        "",
        "",
        "",
        "",
        "",
    ],
]
HELP = [
    "Điền hai trang “Bộ tiêu chí” và “Chỉ tiêu”, xóa các dòng ví dụ, rồi tải lên; trang xem trước cho biết từng lỗi theo ô.",
    "Không gộp ô, không để công thức. Mỗi chỉ tiêu một dòng; dòng đầu của mỗi tiêu chí ghi số và tên tiêu chí.",
    "Số tiêu chí liền nhau từ 1. Mã chỉ tiêu liền nhau: 1.1, 1.2 …; tiêu chí chỉ có một chỉ tiêu thì mã là số tiêu chí.",
    "Kiểu giá trị: " + ", ".join(ValueType.labels) + ". Chiều: " + ", ".join(DIRECTION_WORDS) + ".",
    "Đơn vị tính: %, " + ", ".join(UNITS) + ".",
    "Mức chung áp dụng cho mọi xã. Muốn mức riêng thì thêm cột mang tên vùng, nhóm xã hoặc khu vực: "
    + ", ".join(ZONES.values()) + ".",
    "Một dòng đã ghi mức cho một vùng thì phải ghi cho mọi cột vùng; chưa biết thì ghi “chưa rõ”.",
    "Mức do UBND tỉnh quy định: ghi x ở cột “UBND tỉnh quy định mức”, để trống mức; nhập sau ở trang Mức đạt chuẩn.",
    "Mức theo từng năm: nhập sau ở trang Mức đạt chuẩn (Quy định riêng).",
    "Thay cho tiêu chí (bộ cũ): số các tiêu chí của bộ cũ mà tiêu chí này tiếp nhận, cách nhau bằng dấu ;.",
]  # fmt: skip


def build_template(*, author):
    """The workbook an office types its set into, with an example labelled as such that imports as it stands."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.properties.title, workbook.properties.creator = "Mẫu nhập bộ tiêu chí", clean(author)
    bold, fill, wrap = (
        Font(bold=True),
        PatternFill("solid", fgColor="F0F3F1"),
        Alignment(wrap_text=True, vertical="top"),
    )
    grey = Font(italic=True, color="4F5D57")
    first = workbook.create_sheet(SET_SHEET)
    for column, (head, width) in enumerate([("Thông tin", 34), ("Nội dung", 60), ("Giải thích", 60)], start=1):
        cell = first.cell(1, column, head)
        cell.font, cell.fill = bold, fill
        first.column_dimensions[get_column_letter(column)].width = width
    for row, (key, label, is_required, note) in enumerate(SET_LINES, start=2):
        first.cell(row, 1, label).font = bold
        cell = first.cell(row, 2, EXAMPLE.get(key))
        cell.number_format, cell.alignment = "@", wrap
        first.cell(row, 3, f"{'Bắt buộc. ' if is_required else ''}{note}").font = grey
    rows = {key: row for row, (key, *_) in enumerate(SET_LINES, start=2)}
    _choose_from(first, Subject.labels, f"B{rows['subject']}")
    _choose_from(first, Tier.labels, f"B{rows['tier']}")
    first.freeze_panes = "B2"

    second = workbook.create_sheet(INDICATOR_SHEET)
    heads = [(head, width) for _, head, _, width in COLUMNS[:-1]]
    heads += [(ZONES[zone], 11) for zone in EXAMPLE_ZONES] + [(COLUMNS[-1][1], COLUMNS[-1][3])]
    for column, (head, width) in enumerate(heads, start=1):
        cell = second.cell(1, column, head)
        cell.font, cell.fill, cell.alignment = bold, fill, wrap
        second.column_dimensions[get_column_letter(column)].width = width
    for row, values in enumerate(EXAMPLE_LINES, start=2):
        for column, value in enumerate(values, start=1):
            if value != "":
                second.cell(row, column, value).alignment = wrap
    # Typed as text, 17.10 stays 17.10.
    for row in range(2, 202):
        second.cell(row, 5).number_format = "@"
    _choose_from(second, [label.capitalize() for label in ValueType.labels], "G2:G500")
    _choose_from(second, DIRECTION_WORDS, "I2:I500")
    second.freeze_panes = "F2"

    third = workbook.create_sheet(HELP_SHEET)
    third.column_dimensions["A"].width = 120
    for row, line in enumerate(HELP, start=1):
        third.cell(row, 1, line).alignment = wrap
    return workbook


def _choose_from(sheet, choices, cells):
    """A list to choose from in the cells; what is typed otherwise is told at the import."""
    validation = DataValidation(
        type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=False
    )
    sheet.add_data_validation(validation)
    validation.add(cells)
