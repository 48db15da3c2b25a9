"""Who may keep what in the administration pages."""

import pytest

from accounts.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_the_role_alone_decides_who_may_come_to_the_administration(role, district):
    person = User.objects.create_user("ai", role=role, place=district, is_staff=True)
    assert person.is_staff == (role == Role.ADMINISTRATOR)
    assert person.has_perm("communes.add_locality") == (role == Role.ADMINISTRATOR)
    assert person.has_module_perms("communes") == (role == Role.ADMINISTRATOR)


def test_someone_who_is_no_longer_administrator_loses_the_way_in(administrator):
    administrator.role = Role.OFFICER
    administrator.save()
    assert not administrator.is_staff


def test_an_inactive_administrator_may_nothing(administrator):
    administrator.is_active = False
    administrator.save()
    assert not administrator.has_perm("communes.add_locality")
    assert not administrator.has_module_perms("communes")


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("accounts.add_user", True),
        ("criteria.change_period", True),
        ("criteria.view_criteriaset", True),
        ("criteria.change_criteriaset", False),
        ("criteria.delete_threshold", False),
        ("criteria.change_indicatorresult", False),
        ("directives.change_directive", False),
        ("auth.change_permission", False),
        ("nonsense", False),
    ],
)
def test_administrators_keep_reference_data_and_nothing_else(administrator, permission, allowed):
    assert administrator.has_perm(permission) is allowed


def test_a_superuser_is_an_administrator(db):
    person = User.objects.create_superuser("goc")
    assert person.role == Role.ADMINISTRATOR
    assert person.has_perm("directives.change_directive")


def test_names_are_kept_in_composed_unicode(db):
    assert User.objects.create_user("hoa", full_name="Nguye\u0302\u0303n  Thi\u0323 Hoa").full_name == "Nguyễn Thị Hoa"
