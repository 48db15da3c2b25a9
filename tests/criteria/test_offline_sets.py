"""Forms of every set, with results of every kind as they may stand in the database, go out and come back untouched."""

import random
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.imports import import_sets
from criteria.models import Assessment, CriteriaSet, IndicatorResult, Opinion, ResultChange, Status
from criteria.rules import Entry, by_gender, share
from criteria.sheet import load_sheet
from tests import factories
from tests.criteria.forms import send, shown

pytestmark = pytest.mark.django_db


def everything():
    """All that a form may write, for comparing."""
    return (
        list(IndicatorResult.objects.order_by("pk").values()),
        list(Assessment.objects.order_by("pk").values()),
        ResultChange.objects.count(),
    )


@pytest.fixture(scope="module")
def all_sets(django_db_setup, django_db_blocker):
    with factories.kept(django_db_blocker, import_sets) as reports:
        yield reports


TEXTS = [
    "",
    "theo hồ sơ",
    "=1+1",
    "+84 912",
    "@nguồn",
    "-5",
    "12,5",
    "28/3/2024",
    "TRUE",
    "_x0041_",
    "<b>&amp;",
    "Đạt",
    "x" * 2000,
]
ODD = [
    "hai\ndòng",
    "thừa  dấu  cách",
    "Tru\u031bo\u031b\u0300ng",
    "\u200fphải",
    "dấu\x01lạ",
    "🏡",
    "a\xa0b",
    "'nháy",
    "y" * 40_000,
]


def anything(row, rng):
    """An entry as it may stand in the database, by the screen, by an import or by a command of before."""
    indicator = row.indicator
    note = rng.choice([*TEXTS, *ODD, "", "", ""])
    if rng.random() < 0.15:
        return Entry(note=note)
    judgement = rng.choice(["", "", *Status.values])
    if not indicator.is_numeric:
        return Entry(judgement=judgement, note=note)
    number = Decimal(rng.randrange(0, 10 ** rng.randrange(1, 15))).scaleb(-4)
    if indicator.is_share:
        number = min(number, Decimal(100))
        if indicator.is_by_gender and rng.random() < 0.7:
            return by_gender(
                male=number, female=Decimal(rng.randrange(101)), direction="at_least", judgement=judgement, note=note
            )
        if rng.random() < 0.5 and not indicator.is_by_gender:
            whole = Decimal(rng.randrange(1, 10**9))
            part = Decimal(rng.randrange(0, int(whole) + 1))
            return share(
                numerator=part, denominator=whole, direction=indicator.direction, judgement=judgement, note=note
            )
    return Entry(value=number, judgement=judgement, note=note)


def fill_at_random(sheet, opinion, rng):
    rows = []
    for row in load_sheet(sheet, with_previous=False).rows.values():
        if rng.random() < 0.8:
            entry = anything(row, rng)
            facts = {"opinion": opinion, "status": row.evaluate(entry), "changed_at": timezone.now(), **vars(entry)}
            rows.append(IndicatorResult(assessment=sheet, indicator=row.indicator, **facts))
    IndicatorResult.objects.bulk_create(rows)


@pytest.mark.parametrize("seed", range(3))
def test_untouched_forms_of_every_set_come_back_as_they_went(all_sets, seed):
    rng = random.Random(seed)
    sets = [criteria_set for criteria_set in CriteriaSet.objects.order_by("code") if criteria_set.criteria.exists()]
    assert len(sets) > 5
    period = factories.period()
    tried = 0
    subjects = {"commune": factories.commune, "district": factories.district, "province": factories.province}
    for criteria_set in sets:
        place = subjects.get(criteria_set.subject, factories.commune)(f"Nơi {criteria_set.pk}")
        if not criteria_set.judges(place):
            place.__class__.objects.filter(pk=place.pk).update(
                kind="thị trấn" if criteria_set.subject == "town" else "thôn"
            )
        sheet = factories.assessment(place, criteria_set, period)
        fill_at_random(factories.writable(sheet), Opinion.VERIFIED, rng)
        officer = factories.user(Role.OFFICER, place)
        client = Client()
        client.force_login(officer)
        before = everything()
        address = reverse("criteria:sheets-download", args=[period.code, criteria_set.code])
        response = client.get(address)
        if response.status_code != 200:
            # A set of titles alone has nothing to fill in.
            assert not load_sheet(factories.writable(sheet)).rows or not criteria_set.judges(place)
            continue
        response = send(client, sheet, b"".join(response.streaming_content))
        assert "không thay đổi" in shown(response), (criteria_set, shown(response)[:2000])
        assert everything() == before
        tried += 1
    assert tried > 5
