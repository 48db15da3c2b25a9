"""Results taken over from an older set: previewed, confirmed, marked, and never over what somebody entered."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from criteria.actions.crosswalk import PlanChanged, carry_over_crosswalk
from criteria.actions.results import NotOpen, save_results
from criteria.models import (
    Assessment,
    CriterionLink,
    CriterionResult,
    IndicatorResult,
    Opinion,
    ResultChange,
    State,
    Status,
)
from criteria.rules import Entry
from tests import factories
from tests.reading import counted, fields_of

pytestmark = pytest.mark.django_db


class Change:
    """Nineteen criteria of an old set, ten of a new one: 1 takes up 1; 2 takes up 2 and 3; 3 takes up 4 and 5."""

    LINKS = {1: [1], 2: [2, 3], 3: [4, 5]}

    def __init__(self, places=1):
        self.old = factories.large_set(code="cu", indicators=1)
        self.new = factories.large_set(code="moi", criteria=10, indicators=2, bands=[10, 5, 0])
        by_number = {s.pk: {c.number: c for c in s.criteria.all()} for s in (self.old, self.new)}
        CriterionLink.objects.bulk_create(
            CriterionLink(
                new=by_number[self.new.pk][new], old=by_number[self.old.pk][old], status="recalled", source="theo tên"
            )
            for new, olds in self.LINKS.items()
            for old in olds
        )
        self.before, self.now = factories.period(2025, 4), factories.period(2026, 1)
        self.district = factories.district()
        self.officer = factories.user(Role.OFFICER, self.district)
        self.places = factories.communes(places, self.district)
        self.sheets = []
        for place in self.places:
            old = factories.assessment(place, self.old, self.before, strip="M" * 19)
            CriterionResult.objects.bulk_create(
                CriterionResult(
                    assessment=old,
                    criterion=by_number[self.old.pk][number],
                    status={3: Status.UNMET, 4: Status.UNKNOWN}.get(number, Status.MET),
                    indicators_met=0,
                    indicators_total=1,
                )
                for number in range(1, 20)
            )
            self.sheets.append(factories.assessment(place, self.new, self.now))
        self.cells = {code: row.pk for code, row in factories.indicators_of(self.new).items()}

    def carry(self, **more):
        with transaction.atomic():
            sheets = Assessment.objects.for_writing().filter(criteria_set=self.new)
            return carry_over_crosswalk(
                assessments=sheets, old_set=self.old, old_period=self.before, by=self.officer, **more
            )

    def stored(self):
        rows = IndicatorResult.objects.order_by("indicator__criterion__number", "indicator__position", "opinion")
        return [(r.indicator.code, r.opinion, r.status, r.is_carried) for r in rows.select_related("indicator")]

    @property
    def url(self):
        return reverse("criteria:sheet-crosswalk", args=[self.now.code, self.new.code])


@pytest.fixture
def change():
    return Change()


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_each_new_criterion_is_what_its_old_ones_come_to_and_waits_to_be_confirmed(change):
    plan = change.carry()
    assert (plan.cells, len(plan.writing)) == (4, 1)
    assert change.stored() == [
        ("1.1", "reported", "met", True),
        ("1.2", "reported", "met", True),
        ("2.1", "reported", "unmet", True),
        ("2.2", "reported", "unmet", True),
    ]
    note = IndicatorResult.objects.filter(indicator=change.cells["2.1"]).get().note
    assert note == "Quy đổi từ tiêu chí 2, 3 của Bộ cu (Quý IV/2025), cần xác nhận."
    assert set(ResultChange.objects.values_list("source", "changed_by")) == {("crosswalk", change.officer.pk)}
    change.sheets[0].refresh_from_db()
    assert change.sheets[0].strip == "mu--------"


def test_cells_somebody_filled_are_left(change):
    with transaction.atomic():
        for code, opinion in (("1.1", Opinion.REPORTED), ("2.2", Opinion.VERIFIED)):
            sheet = factories.writable(change.sheets[0])
            save_results(
                assessment=sheet, opinion=opinion, entries={change.cells[code]: Entry(judgement="unmet")}, by=None
            )
    change.carry()
    assert change.stored() == [
        ("1.1", "reported", "unmet", False),
        ("1.2", "reported", "met", True),
        ("2.1", "reported", "unmet", True),
        ("2.2", "verified", "unmet", False),
    ]
    assert change.carry().cells == 0


def test_sheets_that_were_sent_and_closed_periods_are_left(change):
    change.sheets[0].state = State.SUBMITTED
    change.sheets[0].save()
    assert change.carry().cells == 0
    change.sheets[0].state = State.DRAFT
    change.sheets[0].save()
    change.now.closed_on = change.now.ends_on
    change.now.save()
    with pytest.raises(NotOpen):
        change.carry()
    assert change.stored() == []


def test_what_changed_since_it_was_shown_is_not_written(change):
    with pytest.raises(PlanChanged):
        change.carry(seen="0" * 16)
    assert change.stored() == []


@pytest.mark.parametrize("places", [1, 30])
def test_carrying_over_takes_the_same_queries_however_many_communes(places):
    change = Change(places)
    with counted() as queries:
        assert change.carry().cells == 4 * places
    # Sheets; links, old results; indicators, thresholds, results; periods; and writing, which SQLite takes in parts.
    writing = [query for query in queries if query.startswith("INSERT")]
    assert len(queries) - len(writing) <= 9
    assert len({query.split("(")[0] for query in writing}) == 4


def test_an_officer_previews_and_confirms(change, client):
    client.force_login(change.officer)
    listed = client.get(reverse("criteria:sheets"), {"ky": change.now.code, "bo": change.new.code})
    assert change.url in listed.content.decode()
    preview = client.get(change.url)
    text = text_of(preview)
    assert "Bộ cu, Quý IV/2025" in text
    assert "từ 2, 3" in text
    assert "Quy đổi 4 ô của 1 phiếu" in text
    assert change.stored() == []
    answer = client.post(change.url, fields_of(preview), follow=True)
    assert "Đã quy đổi 4 ô của 1 phiếu, mang dấu “cần xác nhận”." in text_of(answer)
    assert len(change.stored()) == 4


def test_the_confirmation_of_an_outdated_preview_shows_the_new_one(change, client):
    client.force_login(change.officer)
    fields = fields_of(client.get(change.url))
    CriterionResult.objects.filter(criterion__number=1).update(status=Status.UNMET)
    text = text_of(client.post(change.url, fields))
    assert "Số liệu vừa thay đổi nên chưa ghi." in text
    assert change.stored() == []


def test_other_roles_other_places_and_sets_without_links_have_no_such_page(change, client):
    client.force_login(factories.user(Role.COMMUNE_OFFICER, change.places[0]))
    assert client.get(change.url).status_code == 403
    client.force_login(factories.user(Role.OFFICER, factories.district("Phong Thổ")))
    assert client.get(change.url).status_code == 404
    client.force_login(change.officer)
    assert client.get(reverse("criteria:sheet-crosswalk", args=[change.now.code, change.old.code])).status_code == 404
    listed = client.get(reverse("criteria:sheets"), {"ky": change.before.code, "bo": change.old.code})
    assert "Quy đổi từ bộ cũ" not in text_of(listed)
