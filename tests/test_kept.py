"""What a process remembers: what was made of the same facts, and queries put into words."""

import pytest

from accounts.models import Role
from communes.models import Locality
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
    assert statement.objects() == []
    place = factories.commune("Hồ Thầu %", district)
    with django_assert_num_queries(2):
        assert statement.objects() == [place]
        assert Statement(Locality.objects.communes().values_list("name")).rows() == [("Hồ Thầu %",)]


def test_a_statement_that_can_find_nothing_asks_nothing(db, django_assert_num_queries):
    statement = Statement(Locality.objects.visible_to(factories.user(Role.OFFICER)))
    with django_assert_num_queries(0):
        assert (statement.rows(), statement.objects()) == ([], [])
