"""One file read into a draft."""

import hashlib
import json
import re
from datetime import timedelta

from criteria.imports.draft import Draft
from criteria.imports.lines import Mapping, Sequence
from criteria.imports.notes import detail, set_notes
from criteria.imports.values import ValueReader, shown
from criteria.imports.vocabulary import (
    AMENDED_KEYS,
    CRITERION_KEYS,
    INDICATOR_KEYS,
    INHERITED_KEYS,
    NUMERIC,
    SET_KEYS,
    TEXT_STATUSES,
    UNITS,
    ZONES,
    is_known_unit,
)
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


class SetReader(ValueReader):
    """Reads one file into a Draft."""

    def __init__(self, path):
        super().__init__(path)
        # The names of the set's regions by code, and the line of each indicator's code.
        self.zones, self.codes = {}, {}

    def read(self):
        """The Draft, or None if the file is malformed; `problems` then says why."""
        data = self.load()
        if data is None:
            return None
        draft = self._set(data)
        return None if self.problems else draft

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
            notes=set_notes(data),
            expected_criteria=self.whole(counts, "criteria"),
            expected_indicators=self.whole(counts, "indicators"),
            checksum=_checksum(data),
        )
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", criteria_set.code):
            self.problem(data.line_of("code"), "mã bộ tiêu chí chỉ gồm chữ thường không dấu, số và dấu gạch nối.")
        start, end = criteria_set.effective_from, criteria_set.effective_to
        if start and end and end < start:
            self.problem(data.line_of("effective_to"), "“effective_to” trước “effective_from”.")
        criteria_set.bands = self._bands(data, criteria_set.expected_criteria)
        draft = Draft(self.path, criteria_set, self.text(data, "depends_on"), data.line_of("depends_on"))
        self._criteria(data, draft)
        criteria_set.incomplete_reason = draft.why_incomplete(data.get("completeness"))
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

    def _named_codes(self, data, key, *, longest, allowed=None):
        """The codes and names of `regions` or `groups`, in the order of the file."""
        named = {}
        for item in self.mappings(data, key, required=False):
            code = self.text(item, "code", required=True, longest=longest)
            if code in named:
                self.problem(item.line_of("code"), f"mã “{code}” ghi hai lần trong “{key}”.")
            if allowed is not None and code and code not in allowed:
                self.problem(item.line_of("code"), f"không biết vùng hoặc nhóm xã “{code}”.")
            named[code] = self.text(item, "name", required=True, longest=100)
        return named

    def _criteria(self, data, draft):
        self.zones = self._named_codes(data, "regions", longest=10, allowed=ZONES)
        groups = self._named_codes(data, "groups", longest=5)
        expected = draft.criteria_set.expected_criteria
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
                self.problem(item.line_of("group"), f"nhóm {shown(group or None)} không có trong “groups”.")
            criterion = Criterion(
                number=number,
                name=self.text(item, "name", required=True, longest=200),
                short_name=self.text(item, "short_name", longest=40),
                group_code=group,
                group_name=groups.get(group, ""),
                name_status=self.choice(item, "name_status", TEXT_STATUSES),
                guiding_agency=self._guiding_agency(item),
            )
            complete = self.flag(item, "indicators_complete", True)
            indicators = self._indicators(item, draft, number)
            draft.criteria.append((criterion, indicators))
            if indicators and not complete:
                draft.unfinished.append(number)

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

    def _indicators(self, data, draft, number):
        expected, so_far, read = draft.criteria_set.expected_indicators, len(draft.indicators), []
        decision = draft.criteria_set.citation
        for position, item in enumerate(self.mappings(data, "indicators"), start=1):
            self.known_keys(item, INDICATOR_KEYS)
            code = self._code(item, number)
            if expected is not None and so_far + position == expected + 1:
                self.problem(item.line_of("text"), f"nhiều hơn {expected} chỉ tiêu mà quyết định nêu.")
            first = self._wording(item, code=code, position=position, decision=decision)
            read.append(first)
            amended = item.get("amended")
            if isinstance(amended, Mapping):
                read.append(self._amended(amended, item, first[0], draft.criteria_set))
            elif amended is not None:
                self.problem(item.line_of("amended"), "“amended” phải gồm number, date, text …")
        return read

    def _code(self, item, number):
        code, line = self.text(item, "code", longest=10), item.line_of("code")
        if "code" not in item:
            self.problem(line, "thiếu “code” (ghi null nếu chưa biết số hiệu).")
        if not code:
            return ""
        if code in self.codes:
            self.problem(line, f"mã chỉ tiêu “{code}” đã dùng ở dòng {self.codes[code]}.")
        elif number is not None and code != str(number) and not code.startswith(f"{number}."):
            self.problem(line, f"mã chỉ tiêu “{code}” không thuộc tiêu chí {number}.")
        self.codes.setdefault(code, line)
        return code

    def _amended(self, item, original, first, criteria_set):
        """The later wording; it takes from the original what it does not say, but never a threshold."""
        self.known_keys(item, AMENDED_KEYS)
        number = self.text(item, "number", required=True, longest=60)
        if number and number not in [document["number"] for document in criteria_set.legal_basis]:
            self.problem(item.line_of("number"), f"quyết định “{number}” không có trong “legal_basis”.")
        since_on = self.day(item, "date", required=True)
        start = criteria_set.effective_from
        if since_on and start and since_on <= start:
            self.problem(item.line_of("date"), "ngày sửa đổi phải sau ngày áp dụng của bộ tiêu chí.")
        if "code_mapping" in item:
            self.choice(item, "code_mapping", {"read", "inferred"})
        wording = Mapping(item.line)
        wording.update({key: original[key] for key in INHERITED_KEYS if key in original} | item)
        wording.lines = item.lines
        indicator, thresholds = self._wording(wording, code=first.code, position=first.position, decision=number)
        if since_on:
            indicator.since_on, first.until_on = since_on, since_on - timedelta(days=1)
        return indicator, thresholds

    def _wording(self, item, *, code, position, decision):
        """One wording of an indicator and its thresholds."""
        value_type = self.choice(item, "value_type", ValueType.values)
        direction = self.choice(item, "direction", Direction.values)
        numeric = value_type in NUMERIC
        if value_type and direction and numeric == (direction == Direction.ACHIEVED):
            self.problem(item.line_of("direction"), f"chiều “{direction}” không hợp với kiểu giá trị “{value_type}”.")
        unit = self.text(item, "unit", required=numeric, longest=100)
        is_share = value_type == ValueType.PERCENT
        if numeric and unit and not is_known_unit(unit, is_share=is_share):
            listed = "% hoặc % kèm lời giải thích" if is_share else ", ".join(UNITS)
            self.problem(item.line_of("unit"), f"không biết đơn vị tính “{unit}”. Các đơn vị biết: {listed}.")
        indicator = Indicator(
            code=code,
            position=position,
            text=self.text(item, "text", required=True),
            value_type=value_type,
            unit=unit,
            direction=direction,
            is_delegated=self.flag(item, "delegated"),
            text_status=self.choice(item, "text_status", TEXT_STATUSES),
            threshold_status=self.choice(item, "threshold_status", Verification.values),
            source=self.text(item, "source", required=True),
            decision=decision,
        )
        thresholds = self._thresholds(item, indicator) if value_type and indicator.threshold_status else []
        indicator.notes = self._indicator_notes(item, numeric)
        return indicator, thresholds

    def _indicator_notes(self, item, numeric):
        notes = [self.text(item, "notes")]
        # "Đạt" says no more than the direction does; "Mức độ 2" is what the commune is held to.
        if not numeric and item.get("threshold") not in (None, "Đạt"):
            notes.append(f"Mức theo quyết định: {item['threshold']}.")
        if item.get("threshold_detail"):
            notes.append(detail(item["threshold_detail"]) + ".")
        candidate = self.text(item, "candidate_threshold_unconfirmed")
        if candidate:
            notes.append(f"Mức chưa xác nhận, không dùng để đánh giá: {candidate}.")
        if item.get("code_mapping") == "inferred":
            notes.append("Số hiệu chỉ tiêu được sửa là suy theo nội dung, chưa đọc ở phụ lục.")
        return "\n".join(note for note in notes if note)

    def _thresholds(self, item, indicator):
        by_region, by_year = item.get("threshold_by_region"), item.get("threshold_by_year")
        for key, value in (("threshold_by_region", by_region), ("threshold_by_year", by_year)):
            if value is not None and not isinstance(value, Mapping):
                self.problem(item.line_of(key), f"“{key}” phải gồm các khóa và giá trị.")
                return []
        if not indicator.is_numeric:
            if by_region or by_year:
                self.problem(item.line_of("threshold"), "chỉ tiêu đạt/chưa đạt không có mức bằng số theo vùng, năm.")
            self.text(item, "threshold")
            return []
        unit = indicator.unit
        national = self.amount(item, "threshold", unit=unit)
        rows = [] if national is None else [("", None, national)]
        if by_region:
            self._check_zones(by_region, item.line_of("threshold_by_region"))
            rows += [(zone, None, self.amount(by_region, zone, unit=unit)) for zone in self.zones if zone in by_region]
        if by_year:
            rows = []
            for year, values in by_year.items():
                line = by_year.line_of(year)
                if type(year) is not int or not 1990 <= year <= 2100 or not isinstance(values, Mapping):
                    self.problem(line, f"“threshold_by_year” cần năm và mức theo vùng, đang ghi {shown(year)}.")
                    continue
                self._check_zones(values, line, besides={"national"})
                rows += [
                    ("" if zone == "national" else zone, year, self.amount(values, zone, unit=unit))
                    for zone in ("national", *self.zones)
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

    def _check_zones(self, values, line, besides=frozenset()):
        """A region left out would quietly fall back on the national figure, so every one must be named."""
        for zone in values:
            if zone not in self.zones and zone not in besides:
                self.problem(values.line_of(zone), f"không biết vùng “{zone}” trong bộ tiêu chí này.")
        missing = [zone for zone in self.zones if zone not in values]
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


def _checksum(data):
    """Of what the file says, not of its bytes: line endings and comments do not make it another set."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()
