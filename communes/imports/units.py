"""Reads places from the lists of administrative units; `data/README.md` says where they come from.

A list is checked whole before anything is written, and a load is one transaction. The list of July 2025 over a province
that stands as of January carries out the reform there: the old districts and communes end, the new communes begin.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from communes.actions.reorganisation import create_committees, move_villages
from communes.imports.lists import (
    CODE_LENGTHS,
    DISTRICTS_ENDED_ON,
    SHIPPED,
    ImportRefused,
    choose_units,
    parent_level,
    read_origins,
    read_units,
    regions_of,
    unit_list,
)
from communes.models import Level, Locality, Succession
from communes.reorganisation import NotPossible, Plan, ending
from ntm_tracker.vietnamese import sort_key

# What the successions are recorded under: a list, for no resolution's number was read.
REFORM_BASIS = "Danh sách đơn vị hành chính từ 01/7/2025"
# Rows in one statement.
BATCH = 500


@dataclass
class Reform:
    """What the reform of 1/7/2025 did to places of the database."""

    # Places that ended, by level.
    ended: Counter = field(default_factory=Counter)
    successions: int = 0
    # Old communes of the list that are not in the database: a district was loaded alone.
    absent: int = 0
    # Old communes that the list of successions does not name.
    without_successor: int = 0
    # Communes made by hand, in no list: they stay until somebody reorganises them.
    left: list = field(default_factory=list)
    villages_moved: int = 0
    villages_left: int = 0
    # People who serve a place that ended.
    users: int = 0

    def __str__(self):
        ended = ", ".join(f"{self.ended[level]} đơn vị {level.label}" for level in CODE_LENGTHS if self.ended[level])
        parts = [
            f"Từ 01/07/2025 kết thúc {ended or '0 địa bàn'}; ghi {self.successions} lần địa bàn cũ vào địa bàn mới."
        ]
        if self.absent:
            parts.append(f"{self.absent} xã cũ không có trong cơ sở dữ liệu nên không ghi nguồn gốc.")
        if self.without_successor:
            parts.append(f"{self.without_successor} xã cũ kết thúc mà danh sách không cho biết nhập vào đâu.")
        if self.left:
            parts.append(
                f"Giữ nguyên vì không có trong danh sách: {', '.join(self.left)}. Sắp xếp ở trang “Sắp xếp địa bàn”."
            )
        if self.villages_moved:
            parts.append(f"{self.villages_moved} thôn, bản theo về xã mới.")
        if self.villages_left:
            parts.append(f"{self.villages_left} thôn, bản của xã bị chia phải xếp bằng tay trong trang Quản trị.")
        if self.users:
            parts.append(
                f"{self.users} người dùng đang phục vụ địa bàn đã kết thúc: chuyển họ sang tỉnh hoặc xã mới trong trang Quản trị."
            )
        return " ".join(parts)


@dataclass
class UnitReport:
    """What a load did: places made, by level, those that were there, and people's committees made."""

    path: Path
    places: list
    created: Counter
    found: int
    agencies: int
    # Where places of before 1/7/2025 were in the database.
    reform: Reform | None = None

    def __str__(self):
        made = ", ".join(f"{self.created[level]} đơn vị {level.label}" for level in CODE_LENGTHS if self.created[level])
        text = (
            f"{', '.join(self.places)} theo {self.path.name}: thêm {made or '0 địa bàn'}; đã có {self.found} địa bàn; "
            f"thêm {self.agencies} Ủy ban nhân dân xã."
        )
        return f"{text} {self.reform}" if self.reform else text


def load_units(*, province, at, district=None, folder=SHIPPED, anyway=False):
    """Load a province with its districts and communes as of the day `at`, and the communes' people's committees.

    `province` and `district` are official codes of that day; 'all' loads every province. Places already there stay
    as they are, but for the reform: a list from 1/7/2025 on ends the districts and communes of before in the provinces
    asked for and records which commune went into which. `anyway` does so even where old communes have results in a
    period after that day. Raises ImportRefused if the list is malformed, a code is not in it, the places in the
    database are of after 1/7/2025 and the list of before, or old communes have such results.
    """
    source = unit_list(at, folder)
    units = read_units(source)
    wanted = choose_units(units, source, province, district)
    if source.has_districts:
        with transaction.atomic():
            _refuse_older_list()
            return _write(wanted, source)[0]
    before = {(unit["level"], unit["code"]): unit for unit in read_units(source.before)}
    origins = read_origins(source, before)
    with transaction.atomic():
        old = _places_of_before(wanted, units, before, origins)
        if old.districts:
            _end(old, anyway=anyway)
        # In a database that never had the places of before, the new ones are simply there.
        founded_on = DISTRICTS_ENDED_ON if old.districts else None
        report, places = _write(wanted, source, regions_of(origins), founded_on)
        if old.districts:
            report.reform = _record(old, places)
        return report


# Writing --------------------------------------------------------------------------------------------------------


def _refuse_older_list():
    """Places of after 1/7/2025 do not go back: codes were used again for other places, and districts are gone."""
    newer = Locality.objects.living().filter(level=Level.COMMUNE, parent__level=Level.PROVINCE)
    if other := newer.select_related("parent").alphabetical().first():
        raise ImportRefused(
            [
                f"Cơ sở dữ liệu đang có {other.parent} theo danh sách từ ngày 01/7/2025 ({other}), nên không nạp danh sách "
                "trước ngày đó được: mã cũ đã dùng lại cho địa bàn khác. Cần số liệu cũ thì nạp danh sách tháng 1 vào cơ "
                "sở dữ liệu trống rồi mới nạp danh sách tháng 7."
            ]
        )


@dataclass
class _Before:
    """The places of before 1/7/2025 in the database, of the provinces that went into those asked for."""

    # The list's lines about these provinces, and by code of an old province that of the new one.
    origins: list
    goes_into: dict
    districts: list = field(default_factory=list)
    # Those whose code and name do not go on.
    provinces: list = field(default_factory=list)
    communes: list = field(default_factory=list)
    # Communes below the districts that are in no list.
    by_hand: list = field(default_factory=list)
    # How many ended just now, by level.
    ended: Counter = field(default_factory=Counter)

    @property
    def places(self):
        return [*self.provinces, *self.districts, *self.communes]

    @property
    def living(self):
        return [place for place in self.places if place.dissolved_on is None]


def _places_of_before(wanted, units, before, origins):
    """Find them by what lies below a district, never by code alone: codes were used again. Takes two queries.

    They are those that live, and those that ended on that very day: a second load finds the same ones.
    """
    asked = {unit["code"]: unit["name"] for unit in wanted if unit["level"] == Level.PROVINCE}
    province_of = {unit["code"]: unit["parent"] for unit in units if unit["level"] == Level.COMMUNE}
    origins = [origin for origin in origins if province_of.get(origin.new_code) in asked]
    old = _Before(origins, {o.province: province_of[o.new_code] for o in origins if o.province})
    then = Locality.objects.filter(Q(dissolved_on=None) | Q(dissolved_on=DISTRICTS_ENDED_ON))
    old.districts = list(
        then.filter(level=Level.DISTRICT, parent__level=Level.PROVINCE, parent__code__in=old.goes_into).select_related(
            "parent"
        )
    )
    goes_on = {code for code, name in asked.items() if before.get((Level.PROVINCE, code), {}).get("name") == name}
    provinces = {district.parent.pk: district.parent for district in old.districts}
    old.provinces = [place for place in provinces.values() if place.code not in goes_on]
    below = then.filter(level=Level.COMMUNE, parent__level=Level.DISTRICT, parent__parent__in=provinces)
    for place in below if provinces else []:
        listed = (Level.COMMUNE, place.code) in before
        if listed:
            old.communes.append(place)
        elif place.dissolved_on is None:
            old.by_hand.append(place)
    return old


def _end(old, *, anyway):
    """Let the districts and communes of before end, and the provinces that do not go on."""
    living = old.living
    if not living:
        return
    if not anyway:
        try:
            ending.send(Plan, places=living, on=DISTRICTS_ENDED_ON)
        except NotPossible as refused:
            advice = (
                "Kiểm tra các phiếu đó. Nếu vẫn nạp thì thêm --anyway: số liệu sau ngày 01/07/2025 chỉ còn xem được ở "
                "trang của xã cũ."
            )
            raise ImportRefused([*refused.problems, advice]) from refused
    for start in range(0, len(living), BATCH):
        keys = [place.pk for place in living[start : start + BATCH]]
        Locality.objects.filter(pk__in=keys).update(dissolved_on=DISTRICTS_ENDED_ON)
    old.ended = Counter(place.level for place in living)


def _record(old, places):
    """Record which old place went into which new one, and let the villages go with them."""
    communes = {place.code: place for place in old.communes}
    pairs = [
        (communes[o.old_code], places[Level.COMMUNE, o.new_code], o.is_whole, o.is_main)
        for o in old.origins
        if o.old_code in communes
    ]
    pairs += [(place, places[Level.PROVINCE, old.goes_into[place.code]], True, True) for place in old.provinces]
    known = set(Succession.objects.filter(effective_on=DISTRICTS_ENDED_ON).values_list("predecessor", "successor"))
    new = [
        Succession(
            predecessor=predecessor,
            successor=successor,
            effective_on=DISTRICTS_ENDED_ON,
            is_whole=is_whole,
            is_main=is_main,
            decision=REFORM_BASIS,
        )
        for predecessor, successor, is_whole, is_main in pairs
        if (predecessor.pk, successor.pk) not in known
    ]
    Succession.objects.bulk_create(new, batch_size=BATCH)
    named = {origin.old_code for origin in old.origins}
    return Reform(
        ended=old.ended,
        successions=len(new),
        absent=len(named - set(communes)),
        without_successor=sum(place.code not in named for place in old.communes),
        left=[place.full_name for place in old.by_hand],
        villages_moved=move_villages({before: after for before, after, is_whole, _ in pairs if is_whole}),
        villages_left=Locality.objects.living().filter(level=Level.VILLAGE, parent__in=old.communes).count(),
        users=get_user_model().objects.filter(is_active=True, place__in=old.places).count(),
    )


def _write(units, source, regions=None, founded_on=None):
    """Add what is missing of the units; returns the report and the places by level and code. Nine queries or so."""
    living = list(Locality.objects.living())
    places = {(place.level, place.code): place for place in living if place.code}
    # A place made by hand, without its code, is the one of that name.
    by_name = {(place.level, place.kind, place.sort_key, place.parent_id): place for place in living if not place.code}
    created = Counter()
    for level in CODE_LENGTHS:
        new = []
        for unit in units:
            if unit["level"] != level:
                continue
            key = level, unit["code"]
            parent = places.get((parent_level(level, source), unit["parent"]))
            old = places.get(key) or by_name.get(
                (level, unit["kind"], sort_key(unit["name"]), parent.pk if parent else None)
            )
            if old is None:
                new.append(_place(unit, parent, regions or {}, founded_on))
            elif parent and old.parent_id != parent.pk:
                raise ImportRefused(
                    [
                        f"tệp {source.path.name}, dòng {unit['line']}: mã “{unit['code']}” đang là của {old}, thuộc {old.parent}."
                    ]
                )
            else:
                places[key] = old
        created[level] = len(Locality.objects.bulk_create(new, batch_size=BATCH))
        places |= {(place.level, place.code): place for place in new}
        _fill_paths(level)
    wanted = {(unit["level"], unit["code"]) for unit in units}
    communes = [places[key] for key in wanted if key[0] == Level.COMMUNE]
    agencies = create_committees(communes)
    tops = _tops(units, places)
    found = len(wanted) - sum(created.values())
    return UnitReport(source.path, tops, created, found, agencies), places


def _place(unit, parent, regions, founded_on):
    place = Locality(
        level=unit["level"],
        kind=unit["kind"],
        name=unit["name"],
        code=unit["code"],
        parent=parent,
        region=unit["region"] or regions.get(unit["code"], "") or (parent.region if parent else ""),
        latitude=unit["latitude"],
        longitude=unit["longitude"],
        founded_on=founded_on,
    )
    place.prepare()
    return place


def _fill_paths(level):
    """Give the new places of a level their path, in one query: the parent's path and their own key."""
    above = Locality.objects.filter(pk=OuterRef("parent")).values("path")[:1]
    start = Value(".") if level == Level.PROVINCE else Subquery(above)
    Locality.objects.filter(level=level, path="").update(
        path=Concat(start, Cast("pk", CharField()), Value("."), output_field=CharField())
    )


def _tops(units, places):
    """The names of what was asked for: the provinces, or the one district."""
    provinces = [unit for unit in units if unit["level"] == Level.PROVINCE]
    if len(provinces) > 3:
        return [f"{len(provinces)} tỉnh, thành phố"]
    districts = [unit for unit in units if unit["level"] == Level.DISTRICT]
    chosen = [*districts, *provinces] if len(districts) == 1 else provinces
    return [str(places[unit["level"], unit["code"]]) for unit in chosen]
