"""Which place a line of a table is about: its name as offices write it, and what the lines that are no place are."""

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from communes.imports.lists import SHIPPED
from communes.imports.tables import LONGEST_HEAD, Problem, Table, is_foot, is_total, without_number
from communes.models import Level, Locality, PlaceAlias
from ntm_tracker.vietnamese import fold, nfc

_KINDS = {"xa": "xã", "x": "xã", "thi tran": "thị trấn", "tt": "thị trấn", "phuong": "phường", "p": "phường"}
_PREFIX = re.compile(r"(xa|x|thi tran|tt|phuong|p|dac khu)\b[. ]*(?=\w)")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_DISTRICT = re.compile(r"\b(?:huyen|thi xa|quan) (?P<name>\w+(?: \w+){0,3})")
# So many names the sentence about a file of another district shows.
SHOWN = 5


def spelling(text: str) -> str:
    """A name by its letters and tones, wherever in a word a tone is written: 'Hoà' and 'Hòa' are one, 'Hoa' another."""
    words = []
    for word in unicodedata.normalize("NFD", " ".join(text.split()).casefold()).split():
        letters = "".join(char for char in word if char not in _TONES)
        words.append(unicodedata.normalize("NFC", letters) + "".join(sorted(char for char in word if char in _TONES)))
    return " ".join(words)


@dataclass
class Unknown:
    """A name that is no place's: the rows it stands in, and the places it may mean, the most alike first."""

    name: str
    rows: list[int]
    near: list[Locality]


@dataclass
class Line:
    """A row of a table and the place it is about."""

    row: int
    place: Locality


@dataclass
class Lines:
    """What the rows of a table are."""

    places: list[Line] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    # Rows passed over, with what they say.
    skipped: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        return [line.row for line in self.places]


class PlaceFinder:
    """The places a table may name, found by name however it is written."""

    def __init__(self, places: Iterable[Locality], aliases: Iterable[PlaceAlias] = (), gone: Iterable[Locality] = ()):
        self.places = list(places)
        self.by_pk = {place.pk: place for place in self.places}
        self._spelled, self._folded, self._aliases = (defaultdict(list) for _ in range(3))
        self._gone = {fold(place.name): place for place in gone}
        self._districts = {}
        for place in self.places:
            self._spelled[spelling(place.name)].append(place)
            self._folded[fold(place.name)].append(place)
            if place.parent_id:
                self._districts[fold(place.parent.name)] = place.parent_id
        for alias in aliases:
            if alias.locality_id in self.by_pk:
                self._aliases[alias.key].append(self.by_pk[alias.locality_id])

    @classmethod
    def load(cls, places, day) -> "PlaceFinder":
        """Those of `places` that exist on a day, with the names they were given otherwise. Takes three queries."""
        places = places.select_related("parent")
        existing = places.existing_on(day)
        return cls(
            existing.alphabetical(),
            PlaceAlias.objects.filter(locality__in=existing),
            places.filter(dissolved_on__lte=day),
        )

    def find(self, name: str, district: int | None = None) -> list[Locality]:
        """The places a name may mean: one where it is clear, none where it is nobody's."""
        key = fold(name)
        prefix = _PREFIX.match(key)
        kind = _KINDS.get(prefix[1]) if prefix else None
        # Cut by words, for marks make folded letters fewer than those of the name.
        bare = re.sub(r"^(xã|thị trấn|phường|đặc khu|x\.|tt\.?|p\.)\s*", "", name.strip(), flags=re.IGNORECASE)
        attempts = [
            (None, self._spelled.get(spelling(name))),
            (kind, self._spelled.get(spelling(bare))),
            (None, self._aliases.get(key)),
            (None, self._aliases.get(fold(bare))),
            (None, self._folded.get(key)),
            (kind, self._folded.get(key[prefix.end() :] if prefix else key)),
        ]
        for of_kind, found in attempts:
            if found:
                return _narrowed(found, of_kind, district)
        return []

    def near(self, name: str) -> list[Locality]:
        """The places with the names most alike."""
        key = _PREFIX.sub("", fold(name), count=1)
        close = difflib.get_close_matches(key, self._folded, n=3, cutoff=0.6)
        return [place for match in close for place in self._folded[match]]

    def ended(self, name: str) -> Locality | None:
        """The place of that name that is no more."""
        return self._gone.get(_PREFIX.sub("", fold(name), count=1))

    def district(self, text: str) -> int | None:
        """The district that a line over its communes names: 'II. Huyện Tam Đường'."""
        name = re.sub(r"^(huyen|thi xa|thanh pho|quan) ", "", without_number(text))
        return self._districts.get(name)

    def read(self, table: Table, values: Iterable[int], *, repeats: bool = False) -> Lines:
        """The lines of a table whose columns `values` hold what it says of each place.

        A place that stands in two lines is told, unless it may (`repeats`). Totals, headings between the lines and
        what stands below the table are passed over; what is neither is asked for.
        """
        lines, values, district, names = Lines(), list(values), None, {}
        seen = {}
        for row, cells in table.rows():
            name = table.text(row, "name")
            label = name or next((t for c in sorted(cells) if (t := table.sheet.text(row, c))), "")
            found = self.find(name, district) if name else []
            if found and len(found) == 1:
                place = found[0]
                if place.pk in seen and not repeats:
                    lines.problems.append(
                        table.problem(
                            row, "name", f"{place.full_name} đã có ở dòng {seen[place.pk]}. Để lại một dòng cho mỗi xã."
                        )
                    )
                seen.setdefault(place.pk, row)
                lines.places.append(Line(row, place))
                continue
            said = [table.sheet.text(row, column) for column in values]
            has_values = any(text and text not in (name, label) for text in said)
            is_numbered = table.text(row, "number").rstrip(".").isdecimal()
            if is_total(label):
                lines.totals.append(row)
            elif (group := self.district(label)) and not (is_numbered and has_values):
                district = group
            elif is_foot(label):
                break
            elif not name:
                if has_values and not lines.totals:
                    lines.problems.append(table.problem(row, "name", "dòng có số liệu mà không có tên xã. Ghi tên xã."))
            elif not is_numbered and (lines.totals or not has_values):
                lines.skipped.append((row, name))
            elif found:
                named = ", ".join(f"{place.full_name} ({place.parent})" for place in found[:SHOWN])
                lines.problems.append(
                    table.problem(
                        row, "name", f"có {len(found)} nơi tên “{name}”: {named}. Ghi tên huyện ở dòng trên các xã đó."
                    )
                )
            elif gone := self.ended(name):
                lines.problems.append(
                    table.problem(
                        row, "name", f"{gone.full_name} không còn từ ngày {gone.dissolved_on:%d/%m/%Y}. Bỏ dòng này."
                    )
                )
            else:
                names.setdefault(fold(name), Unknown(name, [], self.near(name))).rows.append(row)
        lines.unknown = list(names.values())
        self._check_district(lines, table, seen)
        return lines

    def _check_district(self, lines, table, seen):
        """Say once, instead of name by name, that the table is of other places."""
        names = [unknown.name for unknown in lines.unknown]
        if len(names) >= 2 and len(names) > len(seen):
            shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
            lines.problems.append(
                Problem(
                    f"{len(names)} trên {len(names) + len(seen)} tên xã ({shown}) không có trong địa bàn của anh chị. "
                    "Tệp này có vẻ là của địa bàn khác: chọn lại tệp.",
                    sheet=table.sheet.name,
                )
            )
            lines.unknown = []


def _narrowed(found, kind, district):
    """Of several places of one name those of the kind written before it and of the district whose lines they stand in."""
    for fits in (lambda place: place.kind == kind, lambda place: place.parent_id == district):
        if len(found) > 1 and (narrower := [place for place in found if fits(place)]):
            found = narrower
    return found


def other_district(table: Table, place: Locality | None) -> str:
    """The district that the letterhead over a table names and that is not the place, nor above or below it; '' for none."""
    if place is None:
        return ""
    keys = [int(pk) for pk in place.path.split(".") if pk]
    own = Locality.objects.filter(pk__in=keys) | Locality.objects.within(place).filter(level=Level.DISTRICT)
    names = None
    for (row, _), value in sorted(table.sheet.cells.items()):
        if row >= table.head_row or not isinstance(value, str):
            continue
        key = fold(value[:LONGEST_HEAD])
        for match in _DISTRICT.finditer(key):
            said = match["name"]
            names = names if names is not None else {fold(name) for name in own.values_list("name", flat=True)}
            if any(f"{said} ".startswith(f"{name} ") for name in names):
                continue
            if other := next((name for name in _districts() if f"{said} ".startswith(f"{name} ")), ""):
                # The same words as they stand there, with their marks.
                first = len(key[: match.start("name")].split())
                return " ".join(nfc(value).split()[first : first + len(other.split())]).strip(" ,.;:-")
    return ""


@cache
def _districts() -> tuple[str, ...]:
    """The folded names of the country's districts until 2025, the longer first."""
    with (SHIPPED / "units-2025-01.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file) if row["level"] == "district"}
    # "Quận 1" is no name to look for.
    return tuple(sorted((fold(name) for name in names if not name.isdecimal()), key=len, reverse=True))
