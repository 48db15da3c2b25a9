"""Who saw, changed and took away what: noted beside the answers, written a moment later, read by administrators."""

from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts import audit
from accounts.models import Access, Role, SignIn
from tests import factories
from tests.accounts.factories import PASSWORD

pytestmark = pytest.mark.django_db
Kind = Access.Kind


@pytest.fixture
def noted(settings, monkeypatch):
    """Auditing on, its thread kept still: what was noted is written when the test says so."""
    settings.AUDIT = True
    trail = audit._Trail()
    trail._thread = True
    monkeypatch.setattr(audit, "_TRAIL", trail)

    def written(**which):
        trail.write()
        return list(Access.objects.filter(**which).order_by("pk").values_list("kind", "page", "times"))

    return written


def test_a_page_looked_at_is_one_row_a_day(client, officer, noted):
    client.force_login(officer)
    for _ in range(3):
        client.get(reverse("accounts:security"))
    assert noted(user=officer) == [(Kind.SAW, "accounts:security", 3)]
    client.get(reverse("accounts:security"), REMOTE_ADDR="10.0.0.7")
    assert noted(user=officer) == [(Kind.SAW, "accounts:security", 4)]
    row = Access.objects.get()
    assert (row.path, row.machine, row.day) == ("/tai-khoan/bao-mat/", "10.0.0.7", timezone.localdate())
    assert row.first_at < row.last_at


def test_another_choice_on_a_page_is_another_row(client, officer, noted):
    client.force_login(officer)
    for number in (1, 2):
        client.get(reverse("accounts:security"), {"trang": number})
    assert [row[2] for row in noted()] == [1, 1]
    assert list(Access.objects.order_by("pk").values_list("path", flat=True)) == [
        "/tai-khoan/bao-mat/?trang=1",
        "/tai-khoan/bao-mat/?trang=2",
    ]


def test_each_change_and_each_file_is_a_row_of_its_own(client, administrator, noted):
    client.force_login(administrator)
    for _ in range(2):
        client.post(reverse("accounts:security-change", args=["dang-xuat-moi-noi"]), {"password": PASSWORD})
    SignIn.objects.create(at=timezone.now(), kind="in", user=administrator)
    for _ in range(2):
        take(client, "signin", SignIn.objects.values_list("pk", flat=True))
    kinds = [kind for kind, *_ in noted(user=administrator)]
    assert kinds == [Kind.CHANGED, Kind.CHANGED, Kind.TOOK, Kind.TOOK]


def test_what_is_refused_or_nobodys_leaves_no_note(client, officer, noted):
    client.get(reverse("accounts:login"))
    client.post(reverse("accounts:login"), {"username": "vanphong", "password": "sai"})
    client.force_login(officer)
    client.get("/khong-co-trang-nay/")
    client.get(reverse("admin:index"))
    # Parts that a page asks for by itself.
    client.get(reverse("accounts:security"), headers={"HX-Request": "true"})
    assert noted() == []


def test_what_was_seen_on_a_day_stands_once_and_changes_as_often_as_there_were(officer):
    for _ in range(2):
        look(officer, kind=Kind.CHANGED)
    look(officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        look(officer)


@pytest.mark.parametrize("query", ["q=%00", "q=" + "đ" * 2000, "q=%ff", "q=<script>"])
def test_any_address_can_be_noted(client, officer, noted, query):
    client.force_login(officer)
    client.get(f"{reverse('accounts:security')}?{query}")
    assert len(noted()) == 1


def test_notes_wait_for_a_database_that_is_away(client, officer, noted, monkeypatch):
    client.force_login(officer)
    client.get(reverse("accounts:security"))
    with monkeypatch.context() as broken:
        broken.setattr(audit, "_UPSERT", "INSERT INTO khong_co VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)")
        audit.write()
    assert not Access.objects.exists()
    assert noted() == [(Kind.SAW, "accounts:security", 1)]


def test_no_page_asks_the_database_more_for_it(client, officer, noted, django_assert_num_queries):
    client.force_login(officer)
    client.get(reverse("accounts:security"))
    with django_assert_num_queries(3):
        client.get(reverse("accounts:security"))


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_by_itself(client, settings, monkeypatch):
    settings.AUDIT = True
    trail = audit._Trail()
    monkeypatch.setattr(audit, "_TRAIL", trail)
    monkeypatch.setattr(audit, "SECONDS", 0.02)
    client.force_login(factories.user())
    client.get(reverse("accounts:security"))
    for _ in range(250):
        if Access.objects.exists():
            break
        trail._woken.wait(0.02)
    trail._woken.set()
    trail._thread.join()
    assert Access.objects.count() == 1
    connection.close()


# Administrators


def take(client, model, pks):
    data = {"action": "take_away", "_selected_action": list(pks)}
    return client.post(reverse(f"admin:accounts_{model}_changelist"), data)


def look(user, path="/", **fields):
    now = timezone.now()
    fields = {"kind": Kind.SAW, "page": "dashboards:overview", "day": timezone.localdate(now), **fields}
    return Access.objects.create(user=user, path=path, first_at=now, last_at=now, **fields)


def test_administrators_read_and_take_the_log_of_their_place(client, officer, administrator):
    stranger = factories.user(place=factories.province("Tỉnh khác"))
    rows = [look(officer, "/=1+1"), look(stranger, "/xa/2/")]
    client.force_login(administrator)
    page = client.get(reverse("admin:accounts_access_changelist")).content.decode()
    assert "/=1+1" in page
    assert "/xa/2/" not in page
    answer = take(client, "access", [row.pk for row in rows])
    sheet = load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content)).active
    values = [cell.value for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert "/=1+1" in values
    assert "/xa/2/" not in values
    assert "NHẬT KÝ TRUY CẬP" in values


def test_the_log_is_never_edited(client, officer, administrator):
    row = look(officer)
    client.force_login(administrator)
    for name, args in (("add", []), ("delete", [row.pk])):
        assert client.get(reverse(f"admin:accounts_access_{name}", args=args)).status_code == 403
    assert client.post(reverse("admin:accounts_access_change", args=[row.pk]), {"times": 9}).status_code == 403
    for role in set(Role) - {Role.ADMINISTRATOR}:
        client.force_login(factories.user(role, officer.place))
        assert client.get(reverse("admin:accounts_access_changelist"), follow=True).status_code == 403
