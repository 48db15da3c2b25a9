"""The lists of administrative units as files: which one holds on a day, its rows with every problem by line, a choice of them."""

import csv
import difflib
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from communes.models import Level, Region
from ntm_tracker.vietnamese import fold, nfc

SHIPPED = Path(__file__).resolve().parents[1] / "data"
# The day the district level ended (Luật Tổ chức chính quyền địa phương 2025).
DISTRICTS_ENDED_ON = date(2025, 7, 1)


KINDS = {
    Level.PROVINCE: {"tỉnh", "thành phố"},
    Level.DISTRICT: {"huyện", "quận", "thị xã", "thành phố"},
    Level.COMMUNE: {"xã", "phường", "thị trấn", "đặc khu"},
}
CODE_LENGTHS = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}


class ImportRefused(Exception):
    """Nothing was written; `problems` are the reasons, worded for the officer."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class UnitList:
    """One list of units as of a day. Its header decides what a row holds."""

    path: Path
    header: tuple
    has_districts: bool
    # The lists that tell the region of a commune by the province it lay in before: (succession, units of before).
    succession: Path | None = None
    before: "UnitList | None" = None


def unit_list(at, folder=SHIPPED):
    """The list in force on a day."""
    folder = Path(folder)
    before = UnitList(
        folder / "units-2025-01.csv", ("code", "level", "type", "name", "parent_code", "region", "lat", "lon"), True
    )
    if at < DISTRICTS_ENDED_ON:
        return before
    return UnitList(
        folder / "units-2025-07.csv",
        ("code", "level", "type", "name", "parent_code", "lat", "lon", "area_km2"),
        False,
        folder / "succession-2025-07.csv",
        before,
    )


# Reading --------------------------------------------------------------------------------------------------------


def read_units(source):
    """The rows of a list as dicts. Raises ImportRefused with every problem by line."""
    reader = _ListReader(source)
    units = reader.read()
    if reader.problems:
        raise ImportRefused(reader.problems)
    return units


def _read_rows(path, header, problem):
    """(line, fields) of a CSV file; what cannot be read goes to `problem(line, text)`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem(0, f"không mở được ({error.strerror}).")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem(line, "chữ không ở bảng mã UTF-8. Lưu lại tệp dạng CSV UTF-8.")
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        first = next(rows, [])
        if tuple(first) != header:
            problem(1, f"dòng tiêu đề phải là “{','.join(header)}”, đang ghi “{','.join(first)[:80]}”.")
            return
        for fields in rows:
            if len(fields) == len(header):
                yield rows.line_num, dict(zip(header, fields, strict=True))
            elif fields:
                problem(rows.line_num, f"có {len(fields)} cột, phải có {len(header)} cột.")
    except csv.Error as error:
        problem(rows.line_num, f"không đúng dạng CSV ({error}).")


class _ListReader:
    def __init__(self, source):
        self.source, self.problems, self.seen = source, [], {}

    def problem(self, line, text):
        at = f", dòng {line}" if line else ""
        self.problems.append(f"tệp {self.source.path.name}{at}: {text}")

    def read(self):
        units = []
        for line, row in _read_rows(self.source.path, self.source.header, self.problem):
            unit = self._unit(line, row)
            if unit:
                units.append(unit)
        if not units and not self.problems:
            self.problem(1, "không có địa bàn nào dưới dòng tiêu đề.")
        for unit in units:
            self._check_parent(unit)
        return units

    def _unit(self, line, row):
        level, code, name = row["level"], row["code"], nfc(row["name"])
        levels = [level for level in CODE_LENGTHS if level != Level.DISTRICT or self.source.has_districts]
        if level not in levels:
            self.problem(line, f"cấp “{level}” không có trong danh sách này; chỉ nhận {', '.join(levels)}.")
            return None
        if not (code.isascii() and code.isdigit()) or len(code) != CODE_LENGTHS[level]:
            self.problem(line, f"mã “{code}” phải gồm {CODE_LENGTHS[level]} chữ số.")
        if (level, code) in self.seen:
            self.problem(line, f"mã “{code}” đã dùng cho {Level(level).label} ở dòng {self.seen[level, code]}.")
        self.seen.setdefault((level, code), line)
        if row["type"] not in KINDS[level]:
            self.problem(line, f"loại “{row['type']}” không phải là một loại đơn vị {Level(level).label}.")
        if not name or len(name) > 100:
            self.problem(line, "thiếu tên hoặc tên dài hơn 100 ký tự.")
        region = row.get("region", "")
        if "region" in row and (level == Level.PROVINCE) != (region in Region.values):
            self.problem(line, f"vùng “{region}” không đúng: mỗi tỉnh ghi một trong {', '.join(Region.values)}.")
        return {
            "line": line,
            "level": level,
            "code": code,
            "kind": row["type"],
            "name": name,
            "parent": row["parent_code"],
            "region": region,
            "latitude": self._degrees(line, "lat", row["lat"], 90),
            "longitude": self._degrees(line, "lon", row["lon"], 180),
        }

    def _degrees(self, line, column, text, limit):
        if not text:
            return None
        try:
            degrees = Decimal(text)
        except InvalidOperation:
            degrees = Decimal("NaN")
        if not degrees.is_finite() or abs(degrees) > limit:
            self.problem(line, f"cột {column} phải là số độ từ -{limit} đến {limit}, đang ghi “{text[:40]}”.")
            return None
        return round(degrees, 6)

    def _check_parent(self, unit):
        level, parent = parent_level(unit["level"], self.source), unit["parent"]
        if level is None:
            if parent:
                self.problem(unit["line"], f"{unit['name']} là cấp tỉnh nên không thuộc “{parent}”.")
        elif (level, parent) not in self.seen:
            self.problem(
                unit["line"], f"không có đơn vị {Level(level).label} mã “{parent}” mà {unit['name']} thuộc về."
            )


def parent_level(level, source):
    """The level right above in a list: a commune hangs on a district, or on a province where there are none."""
    if level == Level.PROVINCE:
        return None
    return Level.DISTRICT if level == Level.COMMUNE and source.has_districts else Level.PROVINCE


@dataclass(frozen=True)
class Origin:
    """One line of the list of successions: an old commune and the new one it went into."""

    old_code: str
    new_code: str
    is_whole: bool
    is_main: bool
    # Of the old commune: its province's code then and that one's region; '' where no list of units has it. The lists
    # were compiled apart: a dozen codes of the succession are in no list of units.
    province: str
    region: str


def read_origins(source, before):
    """The list of successions. Raises ImportRefused with every problem by line."""
    problems = []

    def problem(line, text):
        at = f", dòng {line}" if line else ""
        problems.append(f"tệp {source.succession.name}{at}: {text}")

    origins = []
    for line, row in _read_rows(source.succession, ("old_code", "new_code", "extent", "main"), problem):
        if row["extent"] not in ("whole", "part") or row["main"] not in ("yes", "no"):
            problem(
                line, f"ghi extent là whole hoặc part, main là yes hoặc no; đang ghi “{row['extent']},{row['main']}”."
            )
        old = before.get((Level.COMMUNE, row["old_code"]))
        province = before[Level.PROVINCE, before[Level.DISTRICT, old["parent"]]["parent"]] if old else None
        origins.append(
            Origin(
                row["old_code"],
                row["new_code"],
                row["extent"] == "whole",
                row["main"] == "yes",
                province["code"] if province else "",
                province["region"] if province else "",
            )
        )
    if problems:
        raise ImportRefused(problems)
    return origins


def regions_of(origins):
    """The region of each commune of the new list: that of the old communes that are most of it.

    New provinces join old ones of different regions, so a commune keeps the column of the criteria sets it had.
    """
    regions = {}
    for origin in origins:
        if origin.province and (origin.is_main or origin.new_code not in regions):
            regions.setdefault(origin.new_code, Counter())[origin.region] += 1
    return {code: counts.most_common(1)[0][0] for code, counts in regions.items()}


# Choosing -------------------------------------------------------------------------------------------------------


def choose_units(units, source, province, district):
    """The units asked for, from the top down."""
    chosen = _named(units, Level.PROVINCE, province) if province != "all" else None
    if chosen is None:
        if district:
            raise ImportRefused(["Chọn một tỉnh để nạp riêng một huyện: --province MÃ --district MÃ."])
        return units
    if not district:
        return chosen + _below(units, chosen, source)
    if not source.has_districts:
        raise ImportRefused(["Từ 01/7/2025 không còn cấp huyện. Bỏ --district để nạp cả tỉnh."])
    districts = _named(_below(units, chosen, source), Level.DISTRICT, district, inside=f" của {chosen[0]['name']}")
    return chosen + districts + _below(units, districts, source)


def _named(units, level, code, inside=""):
    """The unit of a level by code; a wrong code is answered with the nearest ones."""
    at_level = [unit for unit in units if unit["level"] == level]
    found = [unit for unit in at_level if unit["code"] == code]
    if found:
        return found
    keys = {fold(unit["name"]): unit for unit in at_level} | {unit["code"]: unit for unit in at_level}
    near = difflib.get_close_matches(fold(code), keys, n=3, cutoff=0.5)
    if not near and len(at_level) <= 15:
        near = sorted(unit["code"] for unit in at_level)
    offered = ", ".join(dict.fromkeys(f"{keys[key]['code']} ({keys[key]['name']})" for key in near))
    what = "tỉnh" if level == Level.PROVINCE else "huyện"
    hint = f" Gần nhất: {offered}." if offered else ""
    raise ImportRefused([f"Không có {what} mã “{code}”{inside} trong danh sách.{hint}"])


def _below(units, tops, source):
    """All units under `tops`, from the top down."""
    below = []
    while tops:
        keys = {(unit["level"], unit["code"]) for unit in tops}
        tops = [unit for unit in units if (parent_level(unit["level"], source), unit["parent"]) in keys]
        below += tops
    return below
