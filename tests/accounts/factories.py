"""The smallest valid objects around a person: places, a set and a period."""

from datetime import date

from accounts.models import Role, User
from communes.models import Agency, AgencyKind, Level, Locality
from criteria.models import CriteriaSet, Criterion, Indicator, Period

PASSWORD = "Ntm@2024!demo"


def place(name, level=Level.COMMUNE, kind="xã", parent=None):
    return Locality.objects.create(level=level, kind=kind, name=name, parent=parent)


def district(name="Tam Đường"):
    return place(name, Level.DISTRICT, "huyện")


def committee(commune):
    return Agency.objects.create(name=f"UBND {commune}", kind=AgencyKind.COMMITTEE, locality=commune)


def person(username, role, at):
    return User.objects.create_user(username, password=PASSWORD, role=Role(role), place=at)


def criteria_set():
    criteria_set = CriteriaSet.objects.create(
        code="xa", name="Bộ xã", short_name="Xã NTM", subject="commune", tier="basic", is_complete=True
    )
    criterion = Criterion.objects.create(
        criteria_set=criteria_set, number=1, name="Quy hoạch", name_status="verified", group_name="Quy hoạch"
    )
    Indicator.objects.create(
        criterion=criterion,
        code="1",
        position=1,
        text="Có quy hoạch",
        value_type="boolean",
        direction="achieved",
        text_status="verified",
        threshold_status="recalled",
    )
    return criteria_set


def period():
    return Period.objects.create(
        code="2024-q1", name="Quý I/2024", starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 31)
    )
