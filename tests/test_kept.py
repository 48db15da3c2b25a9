"""What a process remembers: what was made of the same facts, and queries put into words."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Role
from communes.models import Locality
from ntm_tracker import statements
from ntm_tracker.kept import Kept
from ntm_tracker.statements import Statement
from tests import factories


def test_what_was_made_of_the_same_facts_is_not_made_again():
    kept, made = Kept(most=2), []

    def make(facts):
        return kept.recall(facts, lambda: made.append(facts) or len(made))

    assert [make("a"), make("b"), make("a"), make("c"), make("a"), make("b")] == [1, 2, 1, 3, 1, 4]
    # Of three facts the one not asked for the longest was forgotten.
    assert made == ["a", "b", "c", "b"]


def test_what_failed_is_tried_again():
    kept = Kept(most=1)
    with pytest.raises(ZeroDivisionError):
        kept.recall("a", lambda: 1 / 0)
    assert kept.recall("a", lambda: 1) == 1


def test_a_statement_is_asked_anew_each_time(db, django_assert_num_queries):
    district = factories.district()
    statement = Statement(Locality.objects.communes().within(district).order_by("pk"))
    assert statement.objects(statement.rows()) == []
    factories.commune("Hồ Thầu %", district, founded_on=date(1994, 1, 31))
    with django_assert_num_queries(2):
        [place] = statement.objects(statement.rows())
        assert Statement(Locality.objects.communes().values_list("name")).rows() == (("Hồ Thầu %",),)
    # As the ORM reads it, types and all.
    [read] = Locality.objects.communes()
    fields = [field.attname for field in Locality._meta.concrete_fields]
    assert [getattr(place, name) for name in fields] == [getattr(read, name) for name in fields]
    assert place.founded_on == date(1994, 1, 31)


def test_a_statement_asked_again_and_again_gives_what_is_there_now(db, monkeypatch):
    """PostgreSQL plans it once; what it gives follows the rows all the same, on each connection."""
    monkeypatch.setattr(statements, "MOST_PREPARED", 2)
    district = factories.district("Huyện có dấu ' và %s")
    every = [Statement(Locality.objects.within(district).order_by("pk").values_list("name")) for _ in range(4)]
    expected = [(district.name,)]
    for number in range(4):
        for statement in every:
            assert statement.rows() == tuple(expected)
        place = factories.commune(f"Xã 100 % số {number}", district)
        expected.append((place.name,))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%có dấu%%'")
            assert cursor.fetchone()[0] <= 2
    district.name = "Huyện tên mới"
    district.save()
    assert every[0].rows()[0] == ("Huyện tên mới",)


def test_a_statement_that_can_find_nothing_asks_nothing(db, django_assert_num_queries):
    statement = Statement(Locality.objects.visible_to(factories.user(Role.OFFICER)))
    with django_assert_num_queries(0):
        assert (statement.rows(), statement.objects(())) == ((), [])


def test_the_top_bar_kept_for_a_person_follows_what_changes(db, client):
    officer = factories.user(Role.OFFICER, factories.district(), full_name="Lò Văn Đức")
    client.force_login(officer)

    def bar():
        return client.get(reverse("accounts:password-change")).content.decode().split("</header>")[0]

    assert bar() == bar()
    assert "LĐ" in bar()
    assert "bản chưa xem" not in bar()
    assert "Quản trị" not in bar()
    officer.unseen_digests, officer.full_name, officer.role = 2, "Lò Thị Én", Role.ADMINISTRATOR
    officer.save()
    for said in ("2 bản chưa xem", "Lò Thị Én", Role.ADMINISTRATOR.label, "Quản trị"):
        assert said in bar()
    assert "Lò Văn Đức" not in bar()
    client.force_login(factories.user(Role.COMMUNE_OFFICER, full_name="Giàng A Sử"))
    assert "Giàng A Sử" in bar()
    assert "Kỳ đánh giá" not in bar()
