"""What an office that used the first version keeps when it takes the next."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from tests import factories


@pytest.mark.django_db
def test_a_period_closed_by_its_day_is_frozen_at_the_end_of_that_day():
    open_one = factories.period(2024, 2)
    closed = factories.period(2024, 1, closed_on=date(2024, 4, 10))
    import_module("criteria.migrations.0003_closed_periods_have_a_moment").give(apps, None)
    open_one.refresh_from_db()
    closed.refresh_from_db()
    assert open_one.closed_at is None
    assert timezone.localtime(closed.closed_at).strftime("%d/%m/%Y %H:%M") == "10/04/2024 23:59"
