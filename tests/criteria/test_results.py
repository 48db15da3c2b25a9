"""Opening sheets and saving them: all or nothing, with history, nobody's value lost, and counts that add up."""

import random
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from criteria import rules
from criteria.actions.results import NotOpen, open_assessments, save_results, save_sheets
from criteria.models import (
    Assessment,
    CriterionResult,
    Direction,
    IndicatorResult,
    Opinion,
    ResultChange,
    Status,
    Threshold,
)
from criteria.rules import Entry
from criteria.sheet import Cell, load_sheet, load_sheets
from tests import factories

pytestmark = pytest.mark.django_db

MET, UNMET, UNKNOWN, NA = Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE


@pytest.fixture
def sheet():
    return factories.assessment(factories.commune(), factories.small_set(), factories.period())


@pytest.fixture
def cells(sheet):
    return {code: row.pk for code, row in factories.indicators_of(sheet.criteria_set).items()}


@pytest.fixture
def officer(sheet):
    return factories.user(place=sheet.locality)


def save(sheet, entries, *, by=None, opinion=Opinion.REPORTED, **more):
    with transaction.atomic():
        return save_results(assessment=factories.writable(sheet), opinion=opinion, entries=entries, by=by, **more)


def value(number, **more):
    return factories.value(number, **more)


def stored(sheet):
    return {
        (row.indicator.code, row.opinion): (row.value, row.judgement, row.status, row.note)
        for row in IndicatorResult.objects.filter(assessment=sheet).select_related("indicator")
    }


# One save


def test_a_save_writes_the_cell_its_criterion_and_the_strip(sheet, cells, officer):
    saved = save(sheet, {cells["2.1"]: value("45")}, by=officer)
    assert list(saved.changed) == [cells["2.1"]]
    assert stored(sheet) == {("2.1", "reported"): (45, "", MET, "")}
    sheet.refresh_from_db()
    assert (sheet.strip, sheet.changed_by) == ("-m-", officer)
    assert sheet.changed_at is not None
    results = CriterionResult.objects.filter(assessment=sheet).order_by("criterion__number")
    assert [(r.status, r.is_verified, r.indicators_met, r.indicators_total) for r in results] == [
        (UNKNOWN, False, 0, 2),
        (MET, False, 1, 1),
        (UNKNOWN, False, 0, 1),
    ]


def test_counts_can_fall(sheet, cells):
    save(sheet, {cells["2.1"]: value("45")})
    save(sheet, {cells["2.1"]: value("44.9")})
    sheet.refresh_from_db()
    assert sheet.strip == "-u-"
    assert CriterionResult.objects.get(assessment=sheet, criterion__number=2).status == UNMET
    assert CriterionResult.objects.filter(assessment=sheet).count() == 3


def test_an_emptied_cell_is_unknown_again(sheet, cells):
    save(sheet, {cells["2.1"]: value("44")})
    save(sheet, {cells["2.1"]: Entry()})
    sheet.refresh_from_db()
    assert sheet.strip == "---"
    assert stored(sheet) == {("2.1", "reported"): (None, "", UNKNOWN, "")}


def test_verified_counts_before_reported(sheet, cells):
    save(sheet, {cells["2.1"]: value("45")})
    save(sheet, {cells["2.1"]: value("40")}, opinion=Opinion.VERIFIED)
    sheet.refresh_from_db()
    assert sheet.strip == "-U-"
    assert stored(sheet) == {("2.1", "reported"): (45, "", MET, ""), ("2.1", "verified"): (40, "", UNMET, "")}
    # What the commune says afterwards no longer counts.
    save(sheet, {cells["2.1"]: value("50")})
    sheet.refresh_from_db()
    assert sheet.strip == "-U-"


def test_not_applicable_leaves_the_denominator(sheet, cells):
    save(sheet, {cells["2.1"]: Entry(judgement=NA, note="không có"), cells["3.1"]: value("13")})
    sheet.refresh_from_db()
    assert (sheet.strip, sheet.met, sheet.applicable) == ("-xm", 1, 2)
    result = CriterionResult.objects.get(assessment=sheet, criterion__number=2)
    assert (result.status, result.indicators_met, result.indicators_total) == (NA, 0, 0)


def test_an_indicator_of_another_set_is_refused(sheet):
    other = factories.indicator(factories.criterion(factories.criteria_set("khac")))
    with pytest.raises(KeyError):
        save(sheet, {other.pk: value("1")})


# All or nothing


def test_one_bad_cell_and_nothing_is_written(sheet, cells):
    save(sheet, {cells["2.1"]: value("45")})
    before = (stored(sheet), ResultChange.objects.count(), Assessment.objects.values().get())
    entries = {cells["1.1"]: value("90"), cells["2.1"]: value("50"), cells["3.1"]: value("101")}
    saved = save(sheet, entries)
    assert list(saved.errors) == [cells["3.1"]]
    assert "từ 0 đến 100" in saved.errors[cells["3.1"]]
    assert list(saved.changed) == []
    assert (stored(sheet), ResultChange.objects.count(), Assessment.objects.values().get()) == before
    # Without it, the others are written.
    del entries[cells["3.1"]]
    assert list(save(sheet, entries).changed) == [cells["1.1"], cells["2.1"]]


def test_every_bad_cell_is_named(sheet, cells):
    saved = save(sheet, {cells["1.1"]: value("-1"), cells["3.1"]: value("101"), cells["2.1"]: value("45")})
    assert set(saved.errors) == {cells["1.1"], cells["3.1"]}


def test_a_closed_period_is_refused(sheet, cells):
    save(sheet, {cells["2.1"]: value("45")})
    sheet.period.closed_on = sheet.period.ends_on
    sheet.period.save()
    with pytest.raises(NotOpen, match="đã khóa từ ngày 31/03/2024"):
        save(sheet, {cells["2.1"]: value("50")})
    assert stored(sheet) == {("2.1", "reported"): (45, "", MET, "")}


# History


def test_history_says_who_from_what_to_what_and_from_where(sheet, cells, officer):
    save(sheet, {cells["2.1"]: value("44.50")}, by=officer)
    save(sheet, {cells["2.1"]: value("44.5", judgement=MET, note="Theo kết luận")}, source="import")
    first, second = ResultChange.objects.order_by("pk")
    empty_handed = {"value": "44.5", "judgement": "", "status": "unmet", "note": ""}
    judged = {"value": "44.5", "judgement": "met", "status": "met", "note": "Theo kết luận"}
    assert (first.before, first.after) == (None, empty_handed)
    assert (first.changed_by, first.source, first.opinion) == (officer, "screen", "reported")
    assert (second.before, second.after) == (empty_handed, judged)
    assert (second.changed_by, second.source) == (None, "import")
    assert first.changed_at < second.changed_at
    assert second.changed_at == IndicatorResult.objects.get().changed_at


def test_the_two_opinions_have_histories_of_their_own(sheet, cells):
    save(sheet, {cells["2.1"]: value("44")})
    save(sheet, {cells["2.1"]: value("46")}, opinion=Opinion.VERIFIED)
    assert list(ResultChange.objects.order_by("pk").values_list("opinion", "before")) == [
        ("reported", None),
        ("verified", None),
    ]


def test_saving_what_is_there_writes_nothing(sheet, cells, django_assert_num_queries):
    save(sheet, {cells["2.1"]: value("44")})
    assessment = factories.writable(sheet)
    page = load_sheet(assessment, with_previous=False)
    with django_assert_num_queries(3):  # the savepoint, its release, and whether the period is still open
        saved = save_results(
            assessment=assessment, opinion=Opinion.REPORTED, entries={cells["2.1"]: value("44.00")}, by=None, sheet=page
        )
    assert saved.is_written
    assert list(saved.changed) == []
    assert ResultChange.objects.count() == 1


def test_history_is_written_in_the_same_transaction(sheet, cells, monkeypatch):
    class Failure(Exception):
        pass

    def fail(*args):
        raise Failure

    # The last step fails: neither the value nor its history may stay.
    monkeypatch.setattr("criteria.actions.results.write_criteria", fail)
    with pytest.raises(Failure):
        save(sheet, {cells["2.1"]: value("45")})
    assert not IndicatorResult.objects.exists()
    assert not ResultChange.objects.exists()
    sheet.refresh_from_db()
    assert sheet.strip == ""


# Two people on one sheet


def token(entry=Entry()):  # noqa: B008 - an Entry cannot change
    return Cell(entry=entry).token


def test_two_people_on_one_cell_lose_neither_value(sheet, cells, officer):
    cell = cells["2.1"]
    other = factories.user(place=sheet.locality)
    save(sheet, {cell: value("50")}, by=other, seen={cell: token()})
    saved = save(sheet, {cell: value("44")}, by=officer, seen={cell: token()})
    assert not saved.is_written
    assert saved.conflicts[cell].entry == value("50")
    assert saved.conflicts[cell].changed_by_id == other.pk
    assert stored(sheet) == {("2.1", "reported"): (50, "", MET, "")}
    # Having seen it, the second may overwrite it; the history keeps both.
    assert save(sheet, {cell: value("44")}, by=officer, seen={cell: saved.conflicts[cell].token}).is_written
    assert [c.after["value"] for c in ResultChange.objects.order_by("pk")] == ["50", "44"]


def test_a_conflict_in_one_cell_holds_back_all(sheet, cells):
    save(sheet, {cells["2.1"]: value("50")})
    entries = {cells["2.1"]: value("44"), cells["3.1"]: value("10")}
    saved = save(sheet, entries, seen={pk: token() for pk in entries})
    assert set(saved.conflicts) == {cells["2.1"]}
    assert list(saved.changed) == []
    assert stored(sheet) == {("2.1", "reported"): (50, "", MET, "")}


def test_a_cell_left_as_shown_does_not_overwrite_a_newer_value(sheet, cells):
    save(sheet, {cells["2.1"]: value("40")})
    shown = {cells["2.1"]: token(value("40")), cells["3.1"]: token()}
    save(sheet, {cells["2.1"]: value("50")})
    saved = save(sheet, {cells["2.1"]: value("40.0"), cells["3.1"]: value("10")}, seen=shown)
    assert saved.is_written
    assert list(saved.changed) == [cells["3.1"]]
    assert stored(sheet)["2.1", "reported"][0] == 50
    sheet.refresh_from_db()
    assert sheet.strip == "-mm"


def test_two_who_enter_the_same_do_not_conflict(sheet, cells):
    save(sheet, {cells["2.1"]: value("50")})
    saved = save(sheet, {cells["2.1"]: value("50")}, seen={cells["2.1"]: token()})
    assert saved.is_written
    assert ResultChange.objects.count() == 1


# Counts that add up


def test_strip_equals_criterion_results_equals_recomputation_on_random_data():
    generator = random.Random(214)
    criteria_set = factories.large_set()
    directions = [Direction.AT_LEAST, Direction.AT_MOST, Direction.EQUALS]
    for number, indicator in enumerate(factories.indicators_of(criteria_set).values()):
        indicator.direction = directions[number % 3]
        indicator.save()
    period = factories.period()
    indicators = list(factories.indicators_of(criteria_set).values())
    thresholds = dict(Threshold.objects.values_list("indicator", "value"))
    seen_letters = set()
    for name in ("Bản Bo", "Bản Hon", "Nà Tăm", "Khun Há"):
        sheet = factories.assessment(factories.commune(name), criteria_set, period)
        for _ in range(3):
            for opinion in Opinion:
                chosen = generator.sample(indicators, generator.randrange(20, 57))
                entries = {row.pk: at_random(generator) for row in chosen}
                assert save(sheet, entries, opinion=opinion).is_written
            sheet.refresh_from_db()
            expected = [
                recomputed(sheet, [i for i in indicators if i.criterion_id == pk], thresholds)
                for pk in criteria_set.criteria.order_by("number").values_list("pk", flat=True)
            ]
            rows = CriterionResult.objects.filter(assessment=sheet).order_by("criterion__number")
            assert [(r.status, r.is_verified, r.indicators_met, r.indicators_total) for r in rows] == expected
            assert sheet.strip == "".join(rules.STRIP[status, verified] for status, verified, _, _ in expected)
            assert sheet.met == sum(status == MET for status, *_ in expected)
            assert sheet.applicable == sum(status != NA for status, *_ in expected)
            assert load_sheet(factories.writable(sheet)).strip == sheet.strip
            seen_letters |= set(sheet.strip)
    # The data said something: every letter but a verified 'not applicable', which is rare.
    assert seen_letters >= set("MmUu-")


def at_random(generator):
    kind = generator.random()
    if kind < 0.1:
        return Entry()
    if kind < 0.35:
        return Entry(judgement=NA, note="không có")
    if kind < 0.45:
        return value("0", judgement=generator.choice([MET, UNMET]), note="theo kết luận")
    return value(generator.choice(["50", "50", "50", "50", "49.9", "50.1"]))


def recomputed(sheet, indicators, thresholds):
    """A criterion from the stored values alone, by another way than the program's."""
    statuses, verified = [], []
    for indicator in indicators:
        results = {r.opinion: r for r in IndicatorResult.objects.filter(assessment=sheet, indicator=indicator)}
        status = {opinion: plainly(result, indicator, thresholds) for opinion, result in results.items()}
        assert {opinion: result.status for opinion, result in results.items()} == status
        statuses.append(status.get("verified") or status.get("reported") or UNKNOWN)
        verified.append(bool(status.get("verified")))
    applying = [status for status in statuses if status != NA]
    if UNMET in applying:
        status = UNMET
    elif UNKNOWN in applying:
        status = UNKNOWN
    else:
        status = MET if applying else NA
    return status, all(verified), applying.count(MET), len(applying)


def plainly(result, indicator, thresholds):
    if result.judgement:
        return result.judgement
    if result.value is None:
        return ""
    limit = thresholds[indicator.pk]
    reached = {
        Direction.AT_LEAST: result.value >= limit,
        Direction.AT_MOST: result.value <= limit,
        Direction.EQUALS: result.value == limit,
    }
    return "met" if reached[indicator.direction] else "unmet"


def test_decimals_are_kept_as_typed(sheet, cells):
    save(sheet, {cells["2.1"]: value("9999999999.9999"), cells["1.1"]: value("0.0001")})
    assert stored(sheet)["2.1", "reported"][0] == Decimal("9999999999.9999")
    assert stored(sheet)["1.1", "reported"][0] == Decimal("0.0001")


# Queries


@pytest.mark.parametrize("number", [1, 57])
def test_a_save_takes_eight_queries_for_one_cell_and_for_all(number):
    big = factories.large_set()
    sheet = factories.writable(factories.assessment(factories.commune(), big, factories.period()))
    pks = [row.pk for row in factories.indicators_of(big).values()][:number]
    with CaptureQueriesContext(connection) as queries:
        saved = save_results(
            assessment=sheet, opinion=Opinion.VERIFIED, entries={pk: value("60") for pk in pks}, by=None
        )
    assert len(saved.changed) == number
    # The period again; three to read the sheet; values, history, criteria and the sheet to write. Savepoints are not counted.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 8


# Several sheets at once


def one_criterion(sheets, number):
    """The sheets as a page that enters one criterion reads them."""
    criterion = sheets[0].criteria_set.criteria.get(number=number)
    rows = Assessment.objects.for_writing().filter(pk__in=[sheet.pk for sheet in sheets]).order_by("pk")
    return load_sheets(rows, with_previous=False, criterion=criterion)


@pytest.fixture
def three():
    district, criteria_set, period = factories.district(), factories.small_set(), factories.period()
    return [
        factories.assessment(factories.commune(name, district), criteria_set, period)
        for name in ("Bản Bo", "Bản Hon", "Nà Tăm")
    ]


def test_a_column_changes_one_letter_of_each_strip(three):
    income = factories.indicators_of(three[0].criteria_set)["2.1"].pk
    save(three[0], {factories.indicators_of(three[0].criteria_set)["3.1"].pk: value("12")})
    entries = {sheet.pk: {income: value(number)} for sheet, number in zip(three, ("50", "44", "45"), strict=True)}
    with transaction.atomic():
        outcomes = save_sheets(
            one_criterion(three, 2), opinion=Opinion.VERIFIED, entries=entries, by=None, source="paste"
        )
    assert [list(saved.changed) for saved in outcomes] == [[income]] * 3
    assert [s.strip for s in Assessment.objects.order_by("pk")] == ["-Mm", "-U-", "-M-"]
    for sheet in three:
        assert load_sheet(factories.writable(sheet)).strip == factories.writable(sheet).strip
    assert set(ResultChange.objects.filter(opinion="verified").values_list("source", flat=True)) == {"paste"}


def test_one_bad_row_of_a_column_and_no_sheet_is_written(three):
    income = factories.indicators_of(three[0].criteria_set)["2.1"].pk
    entries = {three[0].pk: {income: value("50")}, three[1].pk: {income: value("-1")}}
    with transaction.atomic():
        outcomes = save_sheets(one_criterion(three, 2), opinion=Opinion.REPORTED, entries=entries, by=None)
    assert [bool(saved.errors) for saved in outcomes] == [False, True, False]
    assert not any(saved.changed for saved in outcomes)
    assert not IndicatorResult.objects.exists()


@pytest.mark.parametrize("places", [2, 40])
def test_a_column_takes_the_same_number_of_queries_however_many_places(places):
    criteria_set, period, district = factories.large_set(), factories.period(), factories.district()
    sheets = [factories.assessment(place, criteria_set, period) for place in factories.communes(places, district)]
    cell = factories.indicators_of(criteria_set)["5.1"].pk
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        save_sheets(
            one_criterion(sheets, 5),
            opinion=Opinion.VERIFIED,
            entries={sheet.pk: {cell: value("60")} for sheet in sheets},
            by=None,
        )
    # The criterion; the sheets; three to read; the period; values, history, criteria, the strips' length and the sheets to write.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 11


def test_what_is_carried_waits_and_a_new_value_confirms_it(three):
    income = factories.indicators_of(three[0].criteria_set)["2.1"].pk
    with transaction.atomic():
        save_sheets(
            one_criterion(three[:1], 2),
            opinion=Opinion.REPORTED,
            entries={three[0].pk: {income: value("50")}},
            by=None,
            source="carried",
            is_carried=True,
        )
    page = load_sheet(factories.writable(three[0]))
    assert [row.indicator.pk for row in page.carried] == [income]
    assert page.strip == "-m-"
    save(three[0], {income: value("51")}, by=factories.user())
    assert load_sheet(factories.writable(three[0])).carried == []


# The review lock


@pytest.mark.parametrize(
    ("state", "opinion", "is_open"),
    [
        ("draft", "reported", True),
        ("draft", "verified", True),
        ("submitted", "reported", False),
        ("submitted", "verified", True),
        ("verified", "reported", False),
        ("verified", "verified", False),
        ("approved", "reported", False),
        ("approved", "verified", False),
    ],
)
def test_a_state_locks_one_side_or_both(sheet, cells, state, opinion, is_open):
    Assessment.objects.filter(pk=sheet.pk).update(state=state)
    if is_open:
        assert save(sheet, {cells["2.1"]: value("50")}, opinion=opinion).is_written
    else:
        with pytest.raises(NotOpen, match="đề nghị trả lại phiếu"):
            save(sheet, {cells["2.1"]: value("50")}, opinion=opinion)
    assert IndicatorResult.objects.exists() == is_open


# Opening sheets


def test_sheets_are_opened_where_they_are_missing():
    district = factories.district()
    places = [factories.commune(name, district) for name in ("Bản Bo", "Bản Hon", "Nà Tăm")]
    criteria_set, period = factories.small_set(), factories.period()
    first = factories.assessment(places[0], criteria_set, period, strip="MMM")
    assert open_assessments(criteria_set=criteria_set, period=period, localities=places) == 2
    assert open_assessments(criteria_set=criteria_set, period=period, localities=places) == 0
    assert set(Assessment.objects.values_list("locality", flat=True)) == {place.pk for place in places}
    first.refresh_from_db()
    assert first.strip == "MMM"


def test_sheets_are_not_opened_in_a_closed_period_or_of_an_incomplete_set():
    place, period = factories.commune(), factories.period()
    closed = factories.period(2023, 4, closed_on="2024-01-15")
    closed.refresh_from_db()
    incomplete = factories.criteria_set("do-dang", is_complete=False, incomplete_reason="Mới có 9 trên 47 chỉ tiêu.")
    with pytest.raises(NotOpen, match="15/01/2024"):
        open_assessments(criteria_set=factories.small_set(), period=closed, localities=[place])
    with pytest.raises(NotOpen, match="Mới có 9 trên 47 chỉ tiêu."):
        open_assessments(criteria_set=incomplete, period=period, localities=[place])
    assert not Assessment.objects.exists()
