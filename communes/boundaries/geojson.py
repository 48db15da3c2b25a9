"""Reads a GeoJSON file (RFC 7946) of areas and checks it whole; every fault is a sentence that says where and what to do."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import shapely
from shapely import MultiPolygon, Polygon

from ntm_tracker.vietnamese import fold, format_number, nfc

# Degrees of WGS 84 in which Vietnam lies, its islands included.
WEST, EAST, SOUTH, NORTH = 102.0, 118.0, 6.0, 24.0
# More than the communes there ever were at once.
MOST_FEATURES = 12_000
MOST_POINTS = 1_000_000
# In square degrees, some 100 m²: less is a line.
LEAST_AREA = 1e-8
# What RFC 7946 prescribes, and its names in older files: WGS 84 in degrees, longitude first.
_WGS84 = re.compile(r"(CRS84|EPSG:{1,2}(4326|4979))$", re.IGNORECASE)
_EXPORT = "Xuất lại từ phần mềm bản đồ theo hệ tọa độ WGS 84 (EPSG:4326)."
_RETAKE = "Xuất lại tệp GeoJSON từ phần mềm bản đồ."


def _words(text):
    return text.split()


# Names of properties, without marks and signs: what the files of cadastral, statistical and open sources call them.
CODE_KEYS = _words(
    "maxa maxaphuong maphuongxa mapx maxatk maxatctk madvhc madvhccapxa mahc mahanhchinh code ma gid gso gsoid "
    "gsocode idxa xaid communecode communeid wardcode wardid adm3code adm3pcode id"
)
NAME_KEYS = _words(
    "tenxa tenxaphuong tenphuongxa tenpx tendvhc tendvhccapxa tendonvi name3 adm3vi adm3name ward wardname "
    "commune communename xa xaphuong phuongxa ten tendaydu fullname name namevi shapename label"
)
KIND_KEYS = _words("loai loaidvhc loaihinh type3 type kind capdvhc")
ABOVE_KEYS = _words(
    "tenhuyen huyen quanhuyen district districtname name2 adm2vi adm2name tentinh tinh tinhthanh province "
    "provincename name1 adm1vi adm1name"
)
# How kinds of communes are written, without marks.
KINDS = {
    "xa": "xã",
    "x": "xã",
    "phuong": "phường",
    "p": "phường",
    "thi tran": "thị trấn",
    "tt": "thị trấn",
    "dac khu": "đặc khu",
}
_KIND_BEFORE_NAME = re.compile(r"(thi tran|dac khu|xa|phuong|tt|p|x)\b\.?\s*", re.IGNORECASE)


class BoundariesRefused(Exception):
    """Nothing was written; `problems` are the reasons, worded for the officer."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True)
class Feature:
    """One area of the file: its shape in degrees and what its properties say of it."""

    position: int
    shape: Polygon | MultiPolygon
    name: str = ""
    kind: str = ""
    codes: tuple[str, ...] = ()
    # Names of the district and province it lies in.
    above: tuple[str, ...] = ()
    # Whether its line crossed itself and was mended.
    is_mended: bool = False

    @property
    def label(self) -> str:
        """How the officer finds it in the file: 'vùng thứ 3 (Sơn Bình, 03413)'."""
        told = ", ".join(filter(None, (self.name, *self.codes[:1])))
        return f"vùng thứ {self.position}" + (f" ({told})" if told else "")


@dataclass
class Reading:
    features: list[Feature] = field(default_factory=list)
    # How many things of the file are no areas: points, lines, nothing.
    skipped: int = 0


def read_boundaries(data: bytes) -> Reading:
    """The areas of a file. Raises BoundariesRefused with all that must be put right."""
    reading, problems, points = Reading(), [], 0
    for position, item in enumerate(_features(_parsed(data)), start=1):
        geometry = item.get("geometry") if isinstance(item, dict) else None
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):
            reading.skipped += 1
            continue
        told = _told(item.get("properties"))
        try:
            shape, is_mended, count = _shape(kind, geometry.get("coordinates"))
        except _Wrong as wrong:
            label = Feature(position, Polygon(), **told).label
            problems.append(f"{label[:1].upper()}{label[1:]}: {wrong}")
            continue
        points += count
        if points > MOST_POINTS:
            raise BoundariesRefused(
                [
                    f"Tệp có hơn {format_number(MOST_POINTS)} điểm. Giản lược đường ranh giới trong phần mềm bản đồ hoặc "
                    "tách tệp theo huyện rồi tải lên lại."
                ]
            )
        reading.features.append(Feature(position, shape, is_mended=is_mended, **told))
    if problems:
        raise BoundariesRefused(problems)
    if not reading.features:
        raise BoundariesRefused(
            ["Tệp không có vùng nào (Polygon hoặc MultiPolygon). Xuất lại lớp ranh giới dạng vùng."]
        )
    return reading


def split_kind(name: str) -> tuple[str, str]:
    """The kind before a name, and the name: 'TT. Tam Đường' is ('thị trấn', 'Tam Đường').

    Without marks it may be the name itself ('Phương Thiện', 'Phuong Thien'): then the kind is ''.
    """
    # Letter by letter, so that both have the same length.
    found = _KIND_BEFORE_NAME.match("".join(fold(char)[:1] or char for char in name))
    if not found or found.end() == len(name):
        return "", name
    written = name[: found.end(1)].casefold()
    is_sure = written in ("tt", "p", "x", *KINDS.values())
    return KINDS[found[1].lower()] if is_sure else "", name[found.end() :]


# -- the file ---------------------------------------------------------------------------------------------------------


def _parsed(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BoundariesRefused([f"Tệp không ghi bằng mã UTF-8 nên không đọc được. {_RETAKE}"]) from None
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise BoundariesRefused([f"Tệp lồng quá nhiều lớp ngoặc, không phải GeoJSON. {_RETAKE}"]) from None
    except json.JSONDecodeError as error:
        where = f"dòng {error.lineno}, cột {error.colno}"
        raise BoundariesRefused([f"Tệp không phải JSON: hỏng ở {where}. {_RETAKE}"]) from None
    except ValueError:
        # NaN and Infinity, and whole numbers of thousands of digits.
        raise BoundariesRefused([f"Tệp có số không hợp lệ (NaN, vô cực hoặc quá dài). {_RETAKE}"]) from None


def _no_number(name):
    raise ValueError(name)


def _features(root):
    kind = root.get("type") if isinstance(root, dict) else None
    if kind != "FeatureCollection" or not isinstance(root.get("features"), list):
        told = (
            f"tệp này là “{str(kind)[:40]}”"
            if kind and kind != "FeatureCollection"
            else "tệp này không có danh sách vùng"
        )
        raise BoundariesRefused([f"Tệp ranh giới phải là GeoJSON loại FeatureCollection; {told}. {_RETAKE}"])
    system = _crs_name(root.get("crs"))
    if system and not _WGS84.search(system):
        raise BoundariesRefused([f"Tệp theo hệ tọa độ “{system[:60]}”, không phải WGS 84. {_EXPORT}"])
    if not root["features"]:
        raise BoundariesRefused(["Tệp không có vùng nào. Chọn tệp khác."])
    if len(root["features"]) > MOST_FEATURES:
        count, most = format_number(len(root["features"])), format_number(MOST_FEATURES)
        raise BoundariesRefused([f"Tệp có {count} vùng, nhiều nhất là {most}. Tách tệp theo tỉnh rồi tải lên lại."])
    return root["features"]


def _crs_name(crs):
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")).strip() if isinstance(properties, dict) else ""


# -- one area ---------------------------------------------------------------------------------------------------------


class _Wrong(Exception):
    """Why a shape is not taken."""


def _shape(kind, coordinates):
    """The valid shape, whether it had to be mended, and its number of points."""
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise _Wrong(f"không có tọa độ. {_RETAKE}")
    parts, count = [], 0
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise _Wrong(f"không có tọa độ. {_RETAKE}")
        rings = [_ring(ring) for ring in polygon]
        count += sum(map(len, rings))
        parts.append(Polygon(rings[0], rings[1:]))
    shape = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    is_mended = not shape.is_valid
    if is_mended:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if shape.is_empty or shape.area < LEAST_AREA:
        raise _Wrong("các điểm không khép thành một vùng. Vẽ lại vùng này trong phần mềm bản đồ.")
    return shape, is_mended, count


def _ring(ring):
    if not isinstance(ring, list) or len(ring) < 4:
        raise _Wrong("một đường bao có chưa đến 4 điểm. Vẽ lại vùng này trong phần mềm bản đồ.")
    return [_point(point) for point in ring]


def _point(point):
    if not isinstance(point, list) or len(point) < 2 or not all(type(number) in (int, float) for number in point[:2]):
        raise _Wrong(f"có tọa độ không phải là hai số. {_RETAKE}")
    longitude, latitude = point[:2]
    if WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH:
        return longitude, latitude
    if WEST <= latitude <= EAST and SOUTH <= longitude <= NORTH:
        raise _Wrong("kinh độ và vĩ độ bị đổi chỗ. GeoJSON ghi kinh độ trước; xuất lại tệp.")
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _Wrong(f"tọa độ tính bằng mét (như VN-2000), không phải độ. {_EXPORT}")
    where = f"{format_number(longitude, 3)}; {format_number(latitude, 3)}"
    raise _Wrong(f"có điểm nằm ngoài Việt Nam ({where}). Kiểm tra hệ tọa độ. {_EXPORT}")


def _told(properties):
    """What the properties say, whatever their names."""
    given = {}
    for key, value in properties.items() if isinstance(properties, dict) else ():
        if type(value) in (str, int, float):
            given.setdefault(re.sub(r"[^0-9a-z]", "", fold(key)), value)
    name = next(_texts(given, NAME_KEYS), "")
    written = fold(next(_texts(given, KIND_KEYS), "")).rstrip(".")
    return {
        "name": name,
        "kind": KINDS.get(written, "") or split_kind(name)[0],
        "codes": tuple(dict.fromkeys(code for key in CODE_KEYS if (code := _code(given.get(key))))),
        "above": tuple(_texts(given, ABOVE_KEYS)),
    }


def _texts(given, keys) -> Iterator[str]:
    for key in keys:
        if isinstance(given.get(key), str) and (text := nfc(given[key])[:100]):
            yield text


def _code(value):
    """A commune's code of five digits; spreadsheets lose the zeros in front. '' for anything else."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text.zfill(5) if re.fullmatch(r"[0-9]{1,5}", text) else ""
