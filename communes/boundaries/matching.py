"""Tells which place each area of a file belongs to: by official code, else by kind and name; what is not sure is said."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import shapely
from shapely import MultiPolygon, Point, Polygon

from communes.boundaries.geojson import Feature, split_kind
from communes.models import Locality
from ntm_tracker.vietnamese import fold, format_number, sort_key

BY_CODE, BY_NAME = "theo mã", "theo tên"
# In degrees. The point of a place lies in it or near it; an area farther off is another of the same name or code.
NEAR, FAR = 0.03, 0.25
KM_A_DEGREE = 111


@dataclass
class Match:
    """A place with the areas of the file that are its own."""

    place: Locality
    how: str
    features: list[Feature]
    # Why a person must look before it is used; '' if it is sure.
    doubt: str = ""

    @property
    def shape(self) -> Polygon | MultiPolygon:
        shapes = [feature.shape for feature in self.features]
        return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)

    @property
    def is_mended(self) -> bool:
        return any(feature.is_mended for feature in self.features)


@dataclass
class Matching:
    """What came of a file: matches in the order of the places, areas of nobody with the reason, places without an area."""

    matches: list[Match] = field(default_factory=list)
    unmatched: list[tuple[Feature, str]] = field(default_factory=list)
    without: list[Locality] = field(default_factory=list)


def match(features: list[Feature], places: list[Locality]) -> Matching:
    """Compare areas with places, which come with their `parent`. One area goes to one place at most."""
    found, claims = Matching(), defaultdict(list)
    index = _Index(places)
    for feature in features:
        place, how, doubt = index.place_of(feature)
        if place is None:
            found.unmatched.append((feature, doubt))
        else:
            claims[place.pk].append(Match(place, how, [feature], doubt))
    for place in places:
        if place.pk in claims:
            found.matches.append(_settled(claims[place.pk], found.unmatched))
        else:
            found.without.append(place)
    found.unmatched.sort(key=lambda pair: pair[0].position)
    return found


def _settled(claims, unmatched):
    """One match of all areas that say they are the same place; those that fit less well go to `unmatched`."""
    place, best = claims[0].place, claims
    for fits in (lambda c: c.how == BY_CODE, lambda c: not c.doubt, lambda c: _is_above(place, c.features[0])):
        best = [claim for claim in best if fits(claim)] or best
    if best[0].how == BY_NAME and len(best) > 1:
        best = [claim for claim in best if _distance(place, claim.features[0]) <= NEAR] or best
    features = [claim.features[0] for claim in best]
    unmatched += [
        (claim.features[0], f"{place.title} đã có vùng khớp hơn")
        for claim in claims
        if claim.features[0] not in features
    ]
    doubt = next((claim.doubt for claim in best if claim.doubt), "")
    if len(best) > 1 and best[0].how == BY_NAME:
        doubt = doubt or f"{len(best)} vùng cùng tên, ghép làm một"
    return Match(place, best[0].how, features, doubt)


class _Index:
    """The places by code and by name."""

    def __init__(self, places):
        self.by_code = {place.code: place for place in places if place.code}
        self.by_name = defaultdict(dict)
        for place in places:
            for key in (_key(place.name), _key(place.full_name)):
                self.by_name[key][place.pk] = place

    def place_of(self, feature):
        """The place, how it was found, and what is doubtful of it; without a place, why there is none."""
        coded = [self.by_code[code] for code in feature.codes if code in self.by_code]
        named, why_not = self._named(feature)
        for place in coded:
            if not feature.name or place in named or _is_called(place, feature):
                return place, BY_CODE, _far_off(place, feature)
        if len(named) == 1:
            told = f"mã {coded[0].code} trong tệp là của {coded[0].full_name}" if coded else ""
            return named[0], BY_NAME, told
        if coded:
            return coded[0], BY_CODE, f"tên trong tệp là “{feature.name}”"
        return None, "", why_not

    def _named(self, feature):
        """The places an area of this name may be, and why it is none of them."""
        if not feature.name:
            return [], "không ghi tên và mã của xã nào"
        called = {}
        for name in {feature.name, split_kind(feature.name)[1]}:
            called |= self.by_name.get(_key(name), {})
        if not called:
            return [], "không có xã nào mang mã hoặc tên này"
        places = [place for place in called.values() if feature.kind in ("", place.kind)]
        if not places:
            return [], f"tên này là của {', '.join(place.full_name for place in called.values())}, khác loại"
        near = [place for place in places if _distance(place, feature) <= FAR]
        if not near:
            return [], _far_off(places[0], feature)
        for fits in (
            lambda place: sort_key(place.name) == sort_key(split_kind(feature.name)[1]),
            lambda place: _is_above(place, feature),
            lambda place: _distance(place, feature) <= NEAR,
        ):
            near = [place for place in near if fits(place)] or near
        return near, f"{len(near)} xã cùng tên; thêm mã xã hoặc tên huyện vào tệp" if len(near) > 1 else ""


def _key(name):
    """A name as it is compared: without marks, spaces and signs, so that 'Ea H’Leo' is 'Ea Hleo'."""
    return re.sub(r"[^0-9a-z]", "", fold(name))


def _is_called(place, feature):
    names = {_key(feature.name), _key(split_kind(feature.name)[1])}
    return bool(names & {_key(place.name), _key(place.full_name)})


def _is_above(place, feature):
    """Whether the file puts the area into the district or province that the place lies in."""
    return place.parent is not None and any(
        _key(place.parent.name) == _key(re.sub(r"(?i)^(huyện|tỉnh|thị xã|thành phố|quận|tp\.?)\s+", "", name))
        for name in feature.above
    )


def _distance(place, feature):
    """Degrees between the point of a place and the area; 0 where the place has none."""
    if place.latitude is None or place.longitude is None:
        return 0
    return feature.shape.distance(Point(float(place.longitude), float(place.latitude)))


def _far_off(place, feature):
    distance = _distance(place, feature)
    if distance <= FAR:
        return ""
    return f"cách điểm của {place.full_name} trong danh mục {format_number(distance * KM_A_DEGREE, 0)} km"
