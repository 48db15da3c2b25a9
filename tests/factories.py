"""Plain functions that build the smallest valid objects; each takes the fields that matter to a test."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role, User
from communes.models import Agency, AgencyKind, Boundary, Level, Locality, Visit
from criteria.imports import SHIPPED, import_sets
from criteria.models import (
    Assessment,
    Condition,
    CriteriaSet,
    Criterion,
    CriterionLead,
    Direction,
    Evidence,
    Indicator,
    Period,
    Recognition,
    Target,
    Threshold,
    ValueType,
    Verification,
)
from criteria.rules import Entry

_numbers = count(1)


# Places, bodies, people


def province(name="Lai Châu", **fields):
    return Locality.objects.create(level=Level.PROVINCE, kind="tỉnh", name=name, **fields)


def district(name="Tam Đường", **fields):
    return Locality.objects.create(level=Level.DISTRICT, kind="huyện", name=name, **fields)


def commune(name="Sơn Bình", parent=None, **fields):
    return Locality.objects.create(**{"level": Level.COMMUNE, "kind": "xã", "name": name, "parent": parent, **fields})


def communes(number, parent):
    """Many communes at once, 'Xã 001' and on."""
    places = [
        Locality(level=Level.COMMUNE, kind="xã", name=f"Xã {i:03d}", parent=parent, path="?")
        for i in range(1, number + 1)
    ]
    for place in places:
        place.prepare()
    Locality.objects.bulk_create(places)
    made = list(Locality.objects.filter(parent=parent, path="?").order_by("pk"))
    for place in made:
        place.path = f"{parent.path}{place.pk}."
    Locality.objects.bulk_update(made, ["path"])
    return made


def boundary(place, uploaded_by=None, saved=True, **fields):
    """A square of a tenth of a degree whose middle is 103.65, 22.35."""
    made = Boundary(
        **{
            "locality": place,
            "outline": "M16000 16000l1000 0 0 1000-1000 0z",
            "sketch": "M1600 1600l100 0 0 100-100 0z",
            "west": 103.6,
            "south": 22.3,
            "east": 103.7,
            "north": 22.4,
            "longitude": 103.65,
            "latitude": 22.35,
            "source": "Bản đồ địa giới hành chính",
            "file_name": "xa.geojson",
            "uploaded_at": timezone.now(),
            "uploaded_by": uploaded_by or user(),
            **fields,
        }
    )
    if saved:
        made.save()
    return made


def agency(locality, name="Phòng Giáo dục và Đào tạo", **fields):
    return Agency.objects.create(**{"name": name, "kind": AgencyKind.DEPARTMENT, "locality": locality, **fields})


def user(role=Role.OFFICER, place=None, **fields):
    number = next(_numbers)
    fields = {"username": f"nguoi{number}", "full_name": f"Nguyễn Thị {number}", **fields}
    return User.objects.create_user(role=role, place=place, **fields)


def visit(place, by=None, **fields):
    """A note of a visit on 20/02/2024."""
    fields = {"visited_on": date(2024, 2, 20), "visitors": "Chủ tịch UBND huyện", "note": "Đã xem.", **fields}
    return Visit.objects.create(locality=place, created_by=by, **fields)


# Criteria


def criteria_set(code="bo-thu", **fields):
    return CriteriaSet.objects.create(
        **{
            "code": code,
            "name": f"Bộ tiêu chí {code}",
            "short_name": f"Bộ {code}",
            "subject": "commune",
            "tier": "basic",
            "legal_basis": [{"number": "318/QĐ-TTg", "date": "2022-03-08"}],
            "is_complete": True,
            "checksum": "0" * 64,
            **fields,
        }
    )


def criterion(criteria_set, number=1, **fields):
    fields = {"name": f"Tiêu chí thứ {number}", "name_status": Verification.VERIFIED, **fields}
    return Criterion.objects.create(criteria_set=criteria_set, number=number, **fields)


def indicator(criterion, position=1, threshold=None, **fields):
    """An indicator, a percentage that must be reached unless told otherwise; `threshold` is the national one."""
    made = Indicator.objects.create(
        **{
            "criterion": criterion,
            "position": position,
            "code": f"{criterion.number}.{position}",
            "text": f"Chỉ tiêu {criterion.number}.{position}",
            "value_type": ValueType.PERCENT,
            "unit": "%",
            "direction": Direction.AT_LEAST,
            "text_status": Verification.VERIFIED,
            "threshold_status": Verification.VERIFIED,
            **fields,
        }
    )
    if threshold is not None:
        Threshold.objects.create(indicator=made, value=Decimal(threshold), status=Verification.VERIFIED)
    return made


BOOLEAN = {"value_type": ValueType.BOOLEAN, "unit": "", "direction": Direction.ACHIEVED}
MONEY = {"value_type": ValueType.CURRENCY, "unit": "triệu đồng"}
COUNT = {"value_type": ValueType.COUNT, "unit": "nhà"}


def small_set(**fields):
    """Three criteria: 1 of a share ≥ 80 % and a yes-or-no, 2 of money ≥ 45, 3 of a share ≤ 13 %."""
    made = criteria_set(**{"expected_criteria": 3, "bands": [3, 2, 0], **fields})
    first, second, third = (criterion(made, number, group_code="I", group_name="Nhóm một") for number in (1, 2, 3))
    indicator(first, 1, threshold="80")
    indicator(first, 2, **BOOLEAN)
    indicator(second, 1, threshold="45", **MONEY)
    indicator(third, 1, threshold="13", direction=Direction.AT_MOST)
    return made


def large_set(criteria=19, indicators=3, **fields):
    """Nineteen criteria of three shares ≥ 50 % each: 57 cells."""
    made = criteria_set(**{"code": "bo-lon", "expected_criteria": criteria, "bands": [19, 15, 10, 5, 0], **fields})
    Criterion.objects.bulk_create(
        Criterion(
            criteria_set=made,
            number=number,
            name=f"Tiêu chí thứ {number}",
            group_code="I" if number < 3 else "II",
            group_name="Quy hoạch" if number < 3 else "Hạ tầng",
            name_status=Verification.VERIFIED,
        )
        for number in range(1, criteria + 1)
    )
    Indicator.objects.bulk_create(
        Indicator(
            criterion=criterion,
            position=position,
            code=f"{criterion.number}.{position}",
            text=f"Chỉ tiêu {criterion.number}.{position}",
            value_type=ValueType.PERCENT,
            unit="%",
            direction=Direction.AT_LEAST,
            text_status=Verification.VERIFIED,
            threshold_status=Verification.VERIFIED,
        )
        for criterion in made.criteria.order_by("number")
        for position in range(1, indicators + 1)
    )
    Threshold.objects.bulk_create(
        Threshold(indicator=indicator, value=50, status=Verification.VERIFIED)
        for indicator in indicators_of(made).values()
    )
    return made


def indicators_of(criteria_set):
    """The indicators of a set by code."""
    rows = Indicator.objects.filter(criterion__criteria_set=criteria_set).order_by("criterion__number", "position")
    return {row.code: row for row in rows}


def condition(criteria_set, code="no-dong", position=1, **fields):
    """A yes-or-no condition outside the criteria unless told otherwise."""
    fields = {"name": f"Điều kiện {code}", "text": "Không có nợ đọng", "status": Verification.VERIFIED, **fields}
    return Condition.objects.create(criteria_set=criteria_set, code=code, position=position, **fields)


def satisfaction(criteria_set, threshold="90", **fields):
    """The share of people who are content: at least 90 % unless told otherwise."""
    return condition(
        criteria_set,
        **{
            "code": "hai-long",
            "position": 2,
            "name": "Tỷ lệ hài lòng",
            "value_type": ValueType.PERCENT,
            "unit": "%",
            "direction": Direction.AT_LEAST,
            "threshold": None if threshold is None else Decimal(threshold),
            **fields,
        },
    )


def evidence_file(assessment, indicator, name="bien-ban.pdf", **fields):
    """The row of a file; there is none behind it."""
    made = {"file": f"evidence/{name}", "name": name, "size": 9, "uploaded_at": timezone.now(), **fields}
    return Evidence.objects.create(assessment=assessment, indicator=indicator, **made)


def lead(criterion, agency, **fields):
    return CriterionLead.objects.create(criterion=criterion, agency=agency, **fields)


def period(year=2024, quarter=1, **fields):
    starts_on = date(year, 3 * quarter - 2, 1)
    ends_on = date(year, 3 * quarter, 31 if quarter in (1, 4) else 30)
    fields = {
        "code": f"{year}-q{quarter}",
        "name": f"Quý {'I' * quarter if quarter < 4 else 'IV'}/{year}",
        "starts_on": starts_on,
        "ends_on": ends_on,
        **fields,
    }
    return Period.objects.create(**fields)


def assessment(locality, criteria_set, period, **fields):
    return Assessment.objects.create(locality=locality, criteria_set=criteria_set, period=period, **fields)


def recognition(place, year=2019, **fields):
    return Recognition.objects.create(locality=place, year=year, **fields)


def target(place, criterion=None, year=2024, **fields):
    """A criterion planned for a place, or with `tier` a recognition."""
    return Target.objects.create(locality=place, criterion=criterion, year=year, **fields)


def letters(met, rest="U", size=19):
    """A strip with so many verified criteria met and the rest as given."""
    return "M" * met + rest * (size - met)


# What five communes reached (now, before): full, fallen, reported only, without data now, one lost and one gained.
MIXED_YEAR = {
    "Bản Bo": (letters(19), letters(18)),
    "Bản Hon": (letters(15), letters(16)),
    "Khun Há": ("m" * 4 + "-" * 10 + "x" * 5, letters(4)),
    "Nà Tăm": ("", letters(3)),
    "Sơn Bình": ("U" + letters(18, size=18), letters(18)),
}


class Year:
    """A district whose communes have sheets of 19 criteria in two periods, compared with one another."""

    def __init__(self, strips=None, places=0):
        """`strips` holds (now, before) by commune; else there are that many places that all meet the same."""
        self.set = large_set(indicators=1)
        self.before, self.now = period(2023, 4), period(2024, 1)
        self.district = district()
        if strips is None:
            made = communes(places, self.district)
            strips = {place.name: ("M" * 15 + "U" * 4, "M" * 14 + "U" * 5) for place in made}
        else:
            made = [commune(name, self.district) for name in strips]
        self.places = {place.name: place for place in made}
        Assessment.objects.bulk_create(
            Assessment(locality=place, criteria_set=self.set, period=when, strip=strips[place.name][position])
            for place in made
            for position, when in enumerate((self.now, self.before))
            if strips[place.name][position]
        )
        self.officer = user(Role.OFFICER, self.district)

    @property
    def query(self):
        return f"?ky={self.now.code}&bo={self.set.code}"


def writable(assessment):
    """The sheet as the pages read it before they write."""
    return Assessment.objects.with_place().get(pk=assessment.pk)


def value(number, **fields):
    return Entry(value=Decimal(number), **fields)


# Data that costs seconds, once for a module


SET_2021_2025 = SHIPPED / "xa-ntm-2021-2025.yaml"


@contextmanager
def kept(blocker, build):
    """Build something that stays in the database for all tests of a module, and empty the database after them."""
    with blocker.unblock():
        built = build()
    try:
        yield built
    finally:
        with blocker.unblock():
            call_command("flush", verbosity=0, interactive=False)


def shipped_set():
    (report,) = import_sets([SET_2021_2025])
    return report.criteria_set
