"""Reads criteria sets from YAML files; `data/sets/README.md` explains the keys.

Every file is checked before anything is written, and all are written in one transaction.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml
from django.db import transaction

from communes.models import Locality, Region
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    CriterionLead,
    Direction,
    Indicator,
    Subject,
    Threshold,
    Tier,
    ValueType,
    Verification,
)
from ntm_tracker.vietnamese import format_date, nfc

SHIPPED = Path(__file__).resolve().parent / "data" / "sets"

ZONES = {*Region.values, *(code for code, _ in Locality._meta.get_field("commune_group").choices)}
NUMERIC = {ValueType.PERCENT, ValueType.NUMBER, ValueType.COUNT, ValueType.CURRENCY}
TEXT_STATUSES = {Verification.VERIFIED, Verification.PARTLY_VERIFIED, Verification.RECALLED}


def _words(text):
    return frozenset(text.split())


# What a file may say at each level; anything else is a slip of the keyboard that would otherwise be lost in silence.
SET_KEYS = _words(
    "code name short_name bands legal_basis related annex amendments_applied amendments_recorded subject tier "
    "effective_from effective_to effective_note dates_note obsolete_note completeness expected_counts counts_source "
    "indicator_term structure_note depends_on prerequisite pass_rule recognition conditions variants special_rules "
    "national_targets region_kind region_source regions groups groups_note warning reading_trap criteria"
)
CRITERION_KEYS = _words(
    "number name short_name group name_status name_source lead_agency indicator_count_recalled indicators_complete "
    "indicators"
)
INDICATOR_KEYS = _words(
    "code code_status text value_type unit direction threshold threshold_by_region threshold_by_year threshold_detail "
    "candidate_threshold_unconfirmed delegated content_delegated notes confidence text_status threshold_status source "
    "amended"
)
AMENDED_KEYS = {*INDICATOR_KEYS, "number", "date", "code_mapping"} - {"code", "code_status", "amended"}

COMPLETENESS = {
    "name_only": "Tệp mới có tên bộ tiêu chí.",
    "titles_only": "Tệp mới có tên các tiêu chí.",
    "titles_and_partial_indicators": "Tệp mới có tên các tiêu chí và một phần chỉ tiêu.",
    "partial": "Tệp mới có một phần nội dung.",
}
NOTE_LABELS = {
    "warning": "Cảnh báo",
    "reading_trap": "Dễ nhầm",
    "pass_rule": "Cách xét",
    "special_rules": "Quy định riêng",
    "conditions": "Điều kiện khác",
    "recognition": "Điều kiện công nhận",
    "prerequisite": "Phải đạt trước",
    "structure_note": "Cấu trúc",
    "variants": "Biến thể",
    "national_targets": "Mục tiêu cả nước",
    "effective_note": "Hiệu lực",
    "dates_note": "Hiệu lực",
    "obsolete_note": "Hiệu lực",
    "groups_note": "Nhóm tiêu chí",
    "counts_source": "Nguồn số lượng",
    "region_source": "Nguồn phân vùng",
    "related": "Văn bản liên quan",
}
DETAIL_LABELS = {
    "rule": "Cách xét",
    "required_level_by_region": "mức phải đạt theo vùng",
    "level_1_share_percent_by_region": "tỷ lệ đạt mức độ 1 theo vùng (%)",
    "more_than_3_schools": "xã có hơn 3 trường",
    "3_schools_or_fewer": "xã có từ 3 trường trở xuống",
    "any": "mọi xã",
    "grade_1_entry_at_age_6_percent_at_least": "tỷ lệ trẻ 6 tuổi vào lớp 1 từ (%)",
    "preschool_universalisation_age_5": "phổ cập mầm non 5 tuổi",
    "primary_universalisation_level": "phổ cập tiểu học mức độ",
    "lower_secondary_universalisation_level": "phổ cập trung học cơ sở mức độ",
    "literacy_level": "xóa mù chữ mức độ",
}


class ImportRefused(Exception):
    """Nothing was written; `problems` are the reasons, worded for the officer."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class SetReport:
    """What an import did with one set. An indicator counts once, whatever its wordings."""

    criteria_set: CriteriaSet
    outcome: str
    criteria: int
    indicators: int
    verified: int

    def __str__(self):
        complete = "đủ để đánh giá"
        if not self.criteria_set.is_complete:
            complete = f"chưa đủ để đánh giá: {self.criteria_set.incomplete_reason}"
        return (
            f"{self.criteria_set.code}: {self.outcome}; "
            f"{_of(self.criteria, self.criteria_set.expected_criteria)} tiêu chí, "
            f"{_of(self.indicators, self.criteria_set.expected_indicators)} chỉ tiêu "
            f"({self.verified} đã đối chiếu, {self.indicators - self.verified} chưa đối chiếu); {complete}"
        )


def import_sets(paths=None):
    """Load the sets in `paths`, or all those shipped with the program; one SetReport for each.

    Raises ImportRefused, with every problem of every file, if a file is malformed or changes a set in use.
    """
    paths = [Path(path) for path in paths] if paths else sorted(SHIPPED.glob("*.yaml"))
    problems, drafts = [], []
    for path in paths:
        reader = SetReader(path)
        draft = reader.read()
        problems += reader.problems
        if draft:
            drafts.append(draft)
    problems += _sets_twice(drafts) + _unknown_requirements(drafts)
    if problems:
        raise ImportRefused(problems)
    return _write(drafts)


@dataclass
class Draft:
    """A set as a file gives it: unsaved objects, each criterion with its indicators, each with its thresholds."""

    path: Path
    criteria_set: CriteriaSet
    requires: str
    requires_line: int
    criteria: list = field(default_factory=list)

    @property
    def indicators(self):
        """The indicators in their first wording."""
        return [i for _, indicators in self.criteria for i, _ in indicators if i.since_on is None]


# Reading --------------------------------------------------------------------------------------------------------


class Mapping(dict):
    """A YAML mapping that knows the line of each key."""

    def __init__(self, line):
        super().__init__()
        self.line, self.lines = line, {}

    def line_of(self, key):
        return self.lines.get(key, self.line)


class Sequence(list):
    """A YAML list that knows the line of each item."""

    def __init__(self, line):
        super().__init__()
        self.line, self.lines = line, []


class LineLoader(yaml.SafeLoader):
    """Keeps line numbers, exact decimals, and leaves a day that is not in the calendar as the text it is."""

    def __init__(self, stream):
        super().__init__(stream)
        self.duplicates = []

    def read_mapping(self, node):
        mapping = Mapping(node.start_mark.line + 1)
        yield mapping
        for key_node, value_node in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if not isinstance(key, str | int):
                self.duplicates.append((line, "khóa phải là một từ hoặc một số"))
                continue
            if key in mapping:
                self.duplicates.append((line, f"khóa “{key}” ghi hai lần"))
            mapping[key], mapping.lines[key] = self.construct_object(value_node, deep=True), line

    def read_sequence(self, node):
        sequence = Sequence(node.start_mark.line + 1)
        yield sequence
        for item in node.value:
            sequence.append(self.construct_object(item, deep=True))
            sequence.lines.append(item.start_mark.line + 1)

    def read_decimal(self, node):
        try:
            number = Decimal(node.value)
        except InvalidOperation:
            return node.value
        return number if number.is_finite() else node.value

    def read_day(self, node):
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return node.value


LineLoader.add_constructor("tag:yaml.org,2002:map", LineLoader.read_mapping)
LineLoader.add_constructor("tag:yaml.org,2002:seq", LineLoader.read_sequence)
LineLoader.add_constructor("tag:yaml.org,2002:float", LineLoader.read_decimal)
LineLoader.add_constructor("tag:yaml.org,2002:timestamp", LineLoader.read_day)


class SetReader:
    """Reads one file into a Draft and collects every problem in it by line."""

    def __init__(self, path):
        self.path, self.problems = path, []

    def problem(self, line, text):
        self.problems.append(f"tệp {self.path.name}, dòng {line}: {text}")

    def read(self):
        """The Draft, or None if the file is malformed; `problems` then says why."""
        data = self._load()
        if data is None:
            return None
        draft = self._set(data)
        return None if self.problems else draft

    def _load(self):
        try:
            content = self.path.read_bytes()
        except OSError as error:
            self.problems.append(f"tệp {self.path}: không mở được ({error.strerror}).")
            return None
        try:
            loader = LineLoader(content.decode("utf-8-sig"))
            data = loader.get_single_data()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.problem(line, "chữ không ở bảng mã UTF-8. Lưu lại tệp với bảng mã UTF-8.")
            return None
        except yaml.reader.ReaderError as error:
            line = error.name and content[: error.position].count(b"\n") + 1
            self.problem(line or 1, "có ký tự không được phép trong tệp YAML.")
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.problem(mark.line + 1 if mark else 1, f"không đúng cú pháp YAML ({error.problem or error.context}).")
            return None
        for line, text in loader.duplicates:
            self.problem(line, f"{text}.")
        if not isinstance(data, Mapping):
            self.problem(1, "tệp không có nội dung của một bộ tiêu chí.")
            return None
        return data

    # One value of a mapping; each tells a problem and answers None where the file is wrong.

    def known_keys(self, data, keys):
        for key in data:
            if key not in keys:
                self.problem(data.line_of(key), f"không biết khóa “{key}”. Xem lại chính tả.")

    def text(self, data, key, *, required=False, longest=None):
        value = data.get(key)
        if value is None or value == "":
            if required:
                self.problem(data.line_of(key), f"thiếu “{key}”.")
            return ""
        if not isinstance(value, str):
            self.problem(data.line_of(key), f"“{key}” phải là chữ (đặt trong dấu nháy), đang ghi {_shown(value)}.")
            return ""
        value = nfc(value)
        if longest and len(value) > longest:
            self.problem(data.line_of(key), f"“{key}” dài {len(value)} ký tự, nhiều nhất {longest}.")
        return value

    def choice(self, data, key, choices, default=None):
        value = data.get(key, default)
        if value in [str(choice) for choice in choices]:
            return value
        if value is None:
            self.problem(data.line_of(key), f"thiếu “{key}”.")
        else:
            listed = ", ".join(sorted(map(str, choices)))
            self.problem(data.line_of(key), f"“{key}” không nhận giá trị {_shown(value)}; chọn một trong: {listed}.")
        return None

    def flag(self, data, key, default=False):
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.problem(data.line_of(key), f"“{key}” phải là true hoặc false, đang ghi {_shown(value)}.")
            return default
        return value

    def whole(self, data, key, *, required=False):
        value = data.get(key)
        if value is None and not required:
            return None
        if type(value) is not int or not 0 <= value <= 1000:
            self.problem(data.line_of(key), f"“{key}” phải là số nguyên không âm, đang ghi {_shown(value)}.")
            return None
        return value

    def day(self, data, key, *, required=False):
        value = data.get(key)
        if value is None and not required:
            return None
        if type(value) is not date:
            self.problem(
                data.line_of(key), f"“{key}” phải là ngày có thật dạng năm-tháng-ngày, đang ghi {_shown(value)}."
            )
            return None
        return value

    def amount(self, data, key, *, unit="", name=None):
        """A threshold: a number that fits the table, or None."""
        value, line, name = data.get(key), data.line_of(key), name or key
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.problem(line, f"mức “{name}” phải là số, đang ghi {_shown(value)}.")
            return None
        value = Decimal(value)
        if value < 0 or value >= 10**10 or value != round(value, 4):
            self.problem(line, f"mức “{name}” phải từ 0 đến dưới 10 tỷ, nhiều nhất 4 chữ số thập phân.")
            return None
        if unit == "%" and value > 100:
            self.problem(line, f"mức “{name}” là {value} %, quá 100 %.")
            return None
        return value

    def mappings(self, data, key, *, required=True):
        """The items of a list of mappings."""
        value = data.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, Sequence):
            self.problem(data.line_of(key), f"thiếu “{key}” hoặc “{key}” không phải là danh sách.")
            return []
        items = []
        for item, line in zip(value, value.lines, strict=True):
            if isinstance(item, Mapping):
                items.append(item)
            else:
                self.problem(line, f"mỗi mục của “{key}” phải gồm các khóa và giá trị.")
        return items

    # The parts of a set, from the outside in.

    def _set(self, data):
        self.known_keys(data, SET_KEYS)
        counts = data.get("expected_counts")
        if not isinstance(counts, Mapping):
            self.problem(data.line_of("expected_counts"), "thiếu “expected_counts” (criteria, indicators).")
            counts = Mapping(data.line)
        name = self.text(data, "name", required=True, longest=300)
        criteria_set = CriteriaSet(
            code=self.text(data, "code", required=True, longest=60),
            name=name,
            short_name=self.text(data, "short_name", longest=40) or name[:60],
            subject=self.choice(data, "subject", Subject.values),
            tier=self.choice(data, "tier", Tier.values),
            effective_from=self.day(data, "effective_from"),
            effective_to=self.day(data, "effective_to"),
            legal_basis=self._legal_basis(data),
            notes=self._set_notes(data),
            expected_criteria=self.whole(counts, "criteria"),
            expected_indicators=self.whole(counts, "indicators"),
            checksum=_checksum(data),
        )
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", criteria_set.code or "-"):
            self.problem(data.line_of("code"), "mã bộ tiêu chí chỉ gồm chữ thường không dấu, số và dấu gạch nối.")
        start, end = criteria_set.effective_from, criteria_set.effective_to
        if start and end and end < start:
            self.problem(data.line_of("effective_to"), "“effective_to” trước “effective_from”.")
        criteria_set.bands = self._bands(data, criteria_set.expected_criteria)
        draft = Draft(self.path, criteria_set, self.text(data, "depends_on"), data.line_of("depends_on"))
        self._criteria(data, draft)
        criteria_set.incomplete_reason = _why_incomplete(data, draft)
        criteria_set.is_complete = not criteria_set.incomplete_reason
        return draft

    def _legal_basis(self, data):
        items = self.mappings(data, "legal_basis")
        if "legal_basis" in data and not items:
            self.problem(data.line_of("legal_basis"), "“legal_basis” phải nêu ít nhất một văn bản.")
        basis = []
        for item in items:
            self.known_keys(item, {"number", "date", "issuer", "signer", "note"})
            issued_on = self.day(item, "date")
            basis.append(
                {
                    "number": self.text(item, "number", required=True, longest=60),
                    "date": issued_on.isoformat() if issued_on else None,
                    "issuer": self.text(item, "issuer"),
                    "note": self.text(item, "note"),
                }
            )
        return basis

    def _set_notes(self, data):
        notes = []
        for key, label in NOTE_LABELS.items():
            value = data.get(key)
            for item in value if isinstance(value, list) else [value] if value else []:
                notes.append(_note(label, item))
        for region in data.get("regions") or []:
            if isinstance(region, Mapping) and region.get("definition"):
                notes.append({"text": f"{region.get('name')}: {region['definition']}"})
        return notes

    def _bands(self, data, total):
        bands = data.get("bands")
        if bands is None:
            return [total, 0] if total else []
        falling = (
            isinstance(bands, Sequence)
            and all(type(bound) is int for bound in bands)
            and list(bands) == sorted(set(bands), reverse=True)
            and bands[-1:] == [0]
        )
        if not falling or (total and bands[0] > total):
            self.problem(
                data.line_of("bands"),
                "“bands” phải là các số giảm dần, kết thúc bằng 0 và không quá số tiêu chí, ví dụ [19, 15, 10, 5, 0].",
            )
            return []
        return list(bands)

    def _named_codes(self, data, key, *, allowed=None):
        """The codes and names of `regions` or `groups`, in the order of the file."""
        named = {}
        for item in self.mappings(data, key, required=False):
            code = self.text(item, "code", required=True, longest=10 if key == "regions" else 5)
            if code in named:
                self.problem(item.line_of("code"), f"mã “{code}” ghi hai lần trong “{key}”.")
            if allowed is not None and code and code not in allowed:
                self.problem(item.line_of("code"), f"không biết vùng hoặc nhóm xã “{code}”.")
            named[code] = self.text(item, "name", required=True, longest=100)
        return named

    def _criteria(self, data, draft):
        zones = self._named_codes(data, "regions", allowed=ZONES)
        groups = self._named_codes(data, "groups")
        expected, seen = draft.criteria_set.expected_criteria, {}
        for position, item in enumerate(self.mappings(data, "criteria"), start=1):
            self.known_keys(item, CRITERION_KEYS)
            number = self.whole(item, "number", required=True)
            if number is not None and number != position:
                self.problem(
                    item.line_of("number"),
                    f"tiêu chí số {number} đứng ở chỗ của số {position}; số tiêu chí phải liền nhau từ 1.",
                )
            if expected is not None and position == expected + 1:
                self.problem(item.line_of("number"), f"nhiều hơn {expected} tiêu chí mà quyết định nêu.")
            group = self.text(item, "group")
            if group not in groups and (group or groups):
                self.problem(item.line_of("group"), f"nhóm {_shown(group or None)} không có trong “groups”.")
            criterion = Criterion(
                number=number,
                name=self.text(item, "name", required=True, longest=200),
                short_name=self.text(item, "short_name", longest=40),
                group_code=group,
                group_name=groups.get(group, ""),
                name_status=self.choice(item, "name_status", TEXT_STATUSES),
                guiding_agency=self._guiding_agency(item),
            )
            self.flag(item, "indicators_complete", True)
            draft.criteria.append((criterion, self._indicators(item, draft, number, zones, seen)))

    def _guiding_agency(self, data):
        agency = data.get("lead_agency")
        if agency is None:
            return ""
        if not isinstance(agency, Mapping):
            self.problem(data.line_of("lead_agency"), "“lead_agency” phải gồm name, status, source.")
            return ""
        name = self.text(agency, "name", required=True, longest=270)
        verified = self.choice(agency, "status", TEXT_STATUSES) == Verification.VERIFIED
        return name if verified or not name else f"{name} (chưa đối chiếu)"

    def _indicators(self, data, draft, number, zones, seen):
        expected, read = draft.criteria_set.expected_indicators, []
        so_far = len(draft.indicators)
        decision = draft.criteria_set.citation
        for position, item in enumerate(self.mappings(data, "indicators"), start=1):
            self.known_keys(item, INDICATOR_KEYS)
            code = self._code(item, number, seen)
            if expected is not None and so_far + position == expected + 1:
                self.problem(item.line_of("text"), f"nhiều hơn {expected} chỉ tiêu mà quyết định nêu.")
            first = self._wording(item, {}, zones, code=code, position=position, decision=decision)
            read.append(first)
            amended = item.get("amended")
            if isinstance(amended, Mapping):
                read.append(self._amended(amended, item, first[0], draft, zones))
            elif amended is not None:
                self.problem(item.line_of("amended"), "“amended” phải gồm number, date, text …")
        return read

    def _code(self, item, number, seen):
        code, line = self.text(item, "code", longest=10), item.line_of("code")
        if "code" not in item:
            self.problem(line, "thiếu “code” (ghi null nếu chưa biết số hiệu).")
        if not code:
            return ""
        if code in seen:
            self.problem(line, f"mã chỉ tiêu “{code}” đã dùng ở dòng {seen[code]}.")
        elif number is not None and code != str(number) and not code.startswith(f"{number}."):
            self.problem(line, f"mã chỉ tiêu “{code}” không thuộc tiêu chí {number}.")
        seen.setdefault(code, line)
        return code

    def _amended(self, item, original, first, draft, zones):
        """The later wording; it takes from the original what it does not say, but never a threshold."""
        self.known_keys(item, AMENDED_KEYS)
        basis = draft.criteria_set.legal_basis
        number = self.text(item, "number", required=True, longest=60)
        if number and number not in [document["number"] for document in basis]:
            self.problem(item.line_of("number"), f"quyết định “{number}” không có trong “legal_basis”.")
        since_on = self.day(item, "date", required=True)
        start = draft.criteria_set.effective_from
        if since_on and start and since_on <= start:
            self.problem(item.line_of("date"), "ngày sửa đổi phải sau ngày áp dụng của bộ tiêu chí.")
        if "code_mapping" in item:
            self.choice(item, "code_mapping", {"read", "inferred"})
        inherited = {key: original.get(key) for key in ("text", "value_type", "unit", "direction", "delegated")}
        indicator, thresholds = self._wording(
            item, inherited, zones, code=first.code, position=first.position, decision=number
        )
        if since_on:
            indicator.since_on, first.until_on = since_on, since_on - timedelta(days=1)
        return indicator, thresholds

    def _wording(self, item, inherited, zones, *, code, position, decision):
        """One wording of an indicator and its thresholds."""
        lines = Mapping(item.line)
        lines.update({**inherited, **item})
        lines.lines = item.lines
        value_type = self.choice(lines, "value_type", ValueType.values)
        direction = self.choice(lines, "direction", Direction.values)
        numeric = value_type in NUMERIC
        if value_type and direction and numeric == (direction == Direction.ACHIEVED):
            self.problem(lines.line_of("direction"), f"chiều “{direction}” không hợp với kiểu giá trị “{value_type}”.")
        unit = self.text(lines, "unit", required=numeric, longest=100)
        if value_type == ValueType.PERCENT and unit and not unit.startswith("%"):
            self.problem(lines.line_of("unit"), f"đơn vị của tỷ lệ phải bắt đầu bằng %, đang ghi “{unit}”.")
        indicator = Indicator(
            code=code,
            position=position,
            text=self.text(lines, "text", required=True),
            value_type=value_type,
            unit=unit,
            direction=direction,
            is_delegated=self.flag(lines, "delegated"),
            text_status=self.choice(lines, "text_status", TEXT_STATUSES),
            threshold_status=self.choice(lines, "threshold_status", Verification.values),
            source=self.text(lines, "source", required=True),
            decision=decision,
        )
        thresholds = self._thresholds(lines, indicator, zones) if value_type and indicator.threshold_status else []
        indicator.notes = self._indicator_notes(lines, numeric)
        return indicator, thresholds

    def _indicator_notes(self, item, numeric):
        notes = [self.text(item, "notes")]
        # "Đạt" says no more than the direction does; "Mức độ 2" is what the commune is held to.
        if not numeric and item.get("threshold") not in (None, "Đạt"):
            notes.append(f"Mức theo quyết định: {item['threshold']}.")
        if item.get("threshold_detail"):
            notes.append(_detail(item["threshold_detail"]) + ".")
        candidate = self.text(item, "candidate_threshold_unconfirmed")
        if candidate:
            notes.append(f"Mức chưa xác nhận, không dùng để đánh giá: {candidate}.")
        if item.get("code_mapping") == "inferred":
            notes.append("Số hiệu chỉ tiêu được sửa là suy theo nội dung, chưa đọc ở phụ lục.")
        return "\n".join(note for note in notes if note)

    def _thresholds(self, item, indicator, zones):
        by_region, by_year = item.get("threshold_by_region"), item.get("threshold_by_year")
        for key, value in (("threshold_by_region", by_region), ("threshold_by_year", by_year)):
            if value is not None and not isinstance(value, Mapping):
                self.problem(item.line_of(key), f"“{key}” phải gồm các khóa và giá trị.")
                return []
        if indicator.value_type not in NUMERIC:
            if by_region or by_year:
                self.problem(item.line_of("threshold"), "chỉ tiêu đạt/chưa đạt không có mức bằng số theo vùng, năm.")
            self.text(item, "threshold")
            return []
        unit = indicator.unit
        national = self.amount(item, "threshold", unit=unit)
        rows = [] if national is None else [("", None, national)]
        if by_region:
            self._check_zones(by_region, zones, set(), item.line_of("threshold_by_region"))
            rows += [(zone, None, self.amount(by_region, zone, unit=unit)) for zone in zones if zone in by_region]
        if by_year:
            rows = []
            for year, values in by_year.items():
                line = by_year.line_of(year)
                if type(year) is not int or not 1990 <= year <= 2100 or not isinstance(values, Mapping):
                    self.problem(line, f"“threshold_by_year” cần năm và mức theo vùng, đang ghi {_shown(year)}.")
                    continue
                self._check_zones(values, zones, {"national"}, line)
                rows += [
                    ("" if zone == "national" else zone, year, self.amount(values, zone, unit=unit, name=zone))
                    for zone in ("national", *zones)
                    if zone in values
                ]
        if indicator.threshold_status == Verification.UNKNOWN and any(value is not None for *_, value in rows):
            self.problem(
                item.line_of("threshold_status"),
                "“threshold_status” là unknown mà có mức bằng số; số chưa xác nhận ghi ở “candidate_threshold_unconfirmed”.",
            )
        return [
            Threshold(
                zone=zone,
                year_from=year,
                year_to=year,
                value=value,
                status=_row_status(indicator.threshold_status, zone, value, national),
                source=indicator.source,
            )
            for zone, year, value in rows
        ]

    def _check_zones(self, values, zones, besides, line):
        """A region left out would quietly fall back on the national figure, so every one must be named."""
        for zone in values:
            if zone not in zones and zone not in besides:
                self.problem(values.line_of(zone), f"không biết vùng “{zone}” trong bộ tiêu chí này.")
        missing = [zone for zone in zones if zone not in values]
        if missing:
            self.problem(line, f"thiếu mức của vùng {', '.join(missing)} (ghi null nếu chưa biết).")


def _row_status(status, zone, value, national):
    """How sure one row is, from the one mark the file gives its indicator (`data/sets/README.md`, honesty marks).

    Of a partly verified indicator the national figure was read, or, where there is none, the regions that have a
    figure; the file does not say more, so every other row counts as recalled. A row without a figure is unknown.
    """
    if value is None:
        return Verification.UNKNOWN
    if status == Verification.REGIONAL_VERIFIED:
        return Verification.VERIFIED if zone else Verification.RECALLED
    if status == Verification.PARTLY_VERIFIED:
        return Verification.VERIFIED if not zone or national is None else Verification.RECALLED
    return status


def _why_incomplete(data, draft):
    """Why the set cannot be assessed yet, in a sentence; '' if it can."""
    criteria_set, indicators = draft.criteria_set, draft.indicators
    reasons = []
    completeness = data.get("completeness")
    if completeness:
        reasons.append(COMPLETENESS.get(str(completeness).split(" ")[0], f"Tệp ghi: {completeness}."))
    if not draft.criteria:
        reasons.append("Chưa có tiêu chí nào.")
    elif criteria_set.expected_criteria and len(draft.criteria) < criteria_set.expected_criteria:
        reasons.append(f"Mới có {len(draft.criteria)} trên {criteria_set.expected_criteria} tiêu chí.")
    if criteria_set.expected_indicators and len(indicators) < criteria_set.expected_indicators:
        reasons.append(f"Mới có {len(indicators)} trên {criteria_set.expected_indicators} chỉ tiêu.")
    empty = [str(criterion.number) for criterion, read in draft.criteria if not read]
    if empty:
        reasons.append(f"Chưa có chỉ tiêu: tiêu chí {', '.join(empty)}.")
    unsure = [
        str(item.get("number"))
        for item in data.get("criteria") or []
        if isinstance(item, Mapping) and item.get("indicators_complete") is False and item.get("indicators")
    ]
    if unsure:
        reasons.append(f"Chưa đủ chỉ tiêu: tiêu chí {', '.join(unsure)}.")
    if not all(indicator.code for indicator in indicators):
        reasons.append("Có chỉ tiêu chưa rõ số hiệu.")
    return " ".join(reasons)[:300]


def _note(label, item):
    if not isinstance(item, Mapping):
        return {"text": f"{label}: {nfc(str(item))}"}
    if "text" in item:
        text = item["text"]
    elif "difference" in item:
        text = f"{item.get('subject')}: {item['difference']}"
    else:
        issued_on = item.get("date")
        text = f"{item.get('number')}{f' ngày {format_date(issued_on)}' if type(issued_on) is date else ''}"
        text += f": {item['note']}" if item.get("note") else ""
    if item.get("scope"):
        text += f" (phạm vi: {item['scope']})"
    note = {"text": f"{label}: {nfc(str(text))}"}
    return note | {key: str(item[key]) for key in ("confidence", "source") if item.get(key)}


def _detail(value):
    if isinstance(value, Mapping):
        return "; ".join(f"{DETAIL_LABELS.get(key, key)}: {_detail(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_detail(part) for part in value)
    return str(value).rstrip(".")


def _shown(value):
    if value is None:
        return "trống"
    text = str(value)
    return f"“{text[:40]}”" if len(text) <= 40 else f"“{text[:40]}…”"


def _of(count, expected):
    return f"{count}/{expected}" if expected else str(count)


def _checksum(data):
    """Of what the file says, not of its bytes: line endings and comments do not make it another set."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


# Several files together -----------------------------------------------------------------------------------------


def _sets_twice(drafts):
    seen, problems = {}, []
    for draft in drafts:
        code = draft.criteria_set.code
        if code in seen:
            problems.append(f"tệp {draft.path.name}: bộ tiêu chí “{code}” đã có trong tệp {seen[code]}.")
        seen.setdefault(code, draft.path.name)
    return problems


def _unknown_requirements(drafts):
    known = {draft.criteria_set.code for draft in drafts} | set(CriteriaSet.objects.values_list("code", flat=True))
    return [
        f"tệp {draft.path.name}, dòng {draft.requires_line}: không có bộ tiêu chí “{draft.requires}” để phải đạt trước."
        for draft in drafts
        if draft.requires and (draft.requires not in known or draft.requires == draft.criteria_set.code)
    ]


# Writing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def _write(drafts):
    existing = {s.code: s for s in CriteriaSet.objects.filter(code__in=[d.criteria_set.code for d in drafts])}
    changed = [
        draft
        for draft in drafts
        if draft.criteria_set.code not in existing
        or existing[draft.criteria_set.code].checksum != draft.criteria_set.checksum
    ]
    problems = [problem for draft in changed for problem in _why_fixed(draft, existing.get(draft.criteria_set.code))]
    if problems:
        raise ImportRefused(problems)
    reports = []
    for draft in drafts:
        old = existing.get(draft.criteria_set.code)
        if draft not in changed:
            draft.criteria_set, outcome = old, "không đổi"
        else:
            outcome = "đã cập nhật" if old else "đã nạp"
            draft.criteria_set.pk = old.pk if old else None
            draft.criteria_set.save()
            _write_criteria(draft)
        verified = sum(indicator.is_verified for indicator in draft.indicators)
        reports.append(SetReport(draft.criteria_set, outcome, len(draft.criteria), len(draft.indicators), verified))
    sets = {s.code: s for s in CriteriaSet.objects.all()}
    for draft in changed:
        draft.criteria_set.requires = sets.get(draft.requires)
        draft.criteria_set.save(update_fields=["requires"])
    return reports


def _why_fixed(draft, old):
    """Why a set that is already there may not be changed into the draft."""
    if old is None:
        return []
    sheets = Assessment.objects.filter(criteria_set=old).count()
    if sheets:
        return [
            f"tệp {draft.path.name}: bộ tiêu chí “{old.code}” đang được dùng trong {sheets} phiếu đánh giá nên không sửa "
            "được. Giữ nguyên tệp cũ, hoặc nạp nội dung mới thành một bộ tiêu chí có mã khác."
        ]
    numbers = [criterion.number for criterion, _ in draft.criteria]
    led = CriterionLead.objects.filter(criterion__criteria_set=old).exclude(criterion__number__in=numbers)
    if led.exists():
        return [
            f"tệp {draft.path.name}: bỏ tiêu chí đang có cơ quan phụ trách ({led.first()}). Gỡ cơ quan phụ trách ở trang "
            "Quản trị rồi nạp lại."
        ]
    kept = {(c.number, i.position, i.since_on) for c, indicators in draft.criteria for i, _ in indicators}
    local = Threshold.objects.filter(indicator__criterion__criteria_set=old).exclude(locality=None)
    lost = [
        threshold
        for threshold in local.select_related("indicator__criterion")
        if _place_in_set(threshold.indicator) not in kept
    ]
    if lost:
        return [f"tệp {draft.path.name}: bỏ chỉ tiêu đang có mức riêng của địa phương ({lost[0]})."]
    return []


def _place_in_set(indicator):
    return indicator.criterion.number, indicator.position, indicator.since_on


def _write_criteria(draft):
    """Put the draft's criteria in the place of the old ones; what leads and local thresholds point at stays."""
    old_criteria = {c.number: c for c in Criterion.objects.filter(criteria_set=draft.criteria_set)}
    old_indicators = {
        _place_in_set(i): i
        for i in Indicator.objects.filter(criterion__criteria_set=draft.criteria_set).select_related("criterion")
    }
    Threshold.objects.filter(indicator__in=old_indicators.values(), locality=None).delete()
    thresholds = []
    for criterion, indicators in draft.criteria:
        old = old_criteria.pop(criterion.number, None)
        criterion.pk, criterion.criteria_set = old.pk if old else None, draft.criteria_set
        criterion.save()
        for indicator, rows in indicators:
            indicator.criterion = criterion
            old = old_indicators.pop(_place_in_set(indicator), None)
            indicator.pk = old.pk if old else None
            indicator.save()
            for row in rows:
                row.indicator = indicator
            thresholds += rows
    Threshold.objects.bulk_create(thresholds)
    Indicator.objects.filter(pk__in=[indicator.pk for indicator in old_indicators.values()]).delete()
    Criterion.objects.filter(pk__in=[criterion.pk for criterion in old_criteria.values()]).delete()
