"""The promises the database keeps about criteria: each constraint with what it admits and what it refuses."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from criteria.models import (
    Assessment,
    AssessmentMove,
    Condition,
    CriteriaSet,
    Criterion,
    CriterionLead,
    CriterionLink,
    CriterionResult,
    CriterionStatement,
    Evidence,
    FileImport,
    Indicator,
    IndicatorResult,
    Opinion,
    Period,
    PeriodEvent,
    Recognition,
    ReferenceFigure,
    ReportedCount,
    State,
    Status,
    Target,
    Threshold,
    Verification,
)
from tests import factories

pytestmark = pytest.mark.django_db


def saved(row):
    row.save()
    return row


class World:
    """One of everything; each method builds an object beside it with some fields changed."""

    def __init__(self):
        self.place = factories.commune()
        self.set = factories.criteria_set()
        self.criterion = factories.criterion(self.set)
        self.indicator = factories.indicator(self.criterion)
        self.period = factories.period()
        self.agency = factories.agency(self.place)
        self.sheet = factories.assessment(self.place, self.set, self.period)
        self.other = factories.criterion(factories.criteria_set("bo-moi"))

    def file(self, **fields):
        base = {"kind": "matrix", "file_name": "bieu-01.xlsx", "summary": "1 ô", "at": moment(7)}
        return FileImport(**{**base, **fields})

    def statement(self, **fields):
        self.source = getattr(self, "source", None) or saved(self.file())
        base = {"assessment": self.sheet, "criterion": self.criterion, "opinion": Opinion.REPORTED}
        return CriterionStatement(**{**base, "status": Status.MET, "source": self.source, **fields})

    def count(self, **fields):
        base = {"locality": self.place, "period": self.period, "criteria_set": self.set, "source": saved(self.file())}
        return ReportedCount(**{**base, "criteria_met": 14, "criteria_total": 19, **fields})

    def criteria_set(self, **fields):
        return CriteriaSet(**{"code": "khac", "name": "Khác", "short_name": "Khác", **fields})

    def criterion_(self, **fields):
        return Criterion(**{"criteria_set": self.set, "number": 1, "name": "Điện", "name_status": "verified", **fields})

    def indicator_(self, **fields):
        base = {"criterion": self.criterion, "position": 1, "text": "Hộ dùng điện", "value_type": "boolean"}
        return Indicator(**{**base, **fields})

    def threshold(self, **fields):
        return Threshold(**{"indicator": self.indicator, "status": Verification.VERIFIED, **fields})

    def lead(self, **fields):
        return CriterionLead(**{"criterion": self.criterion, "agency": self.agency, **fields})

    def period_(self, **fields):
        base = {"code": "k", "name": "K", "starts_on": date(2024, 4, 1), "ends_on": date(2024, 6, 30)}
        return Period(**{**base, **fields})

    def assessment(self, **fields):
        base = {"locality": self.place, "criteria_set": self.set, "period": self.period}
        return Assessment(**{**base, **fields})

    def result(self, **fields):
        base = {"assessment": self.sheet, "indicator": self.indicator, "opinion": Opinion.REPORTED}
        return IndicatorResult(**{**base, "changed_at": timezone.now(), **fields})

    def criterion_result(self, **fields):
        base = {"assessment": self.sheet, "criterion": self.criterion, "status": Status.MET}
        return CriterionResult(**{**base, "indicators_met": 1, "indicators_total": 1, **fields})

    def recognition(self, **fields):
        return Recognition(**{"locality": self.place, "year": 2019, **fields})

    def link(self, **fields):
        return CriterionLink(**{"old": self.criterion, "new": self.other, "status": Verification.VERIFIED, **fields})

    def condition(self, **fields):
        return Condition(
            **{"criteria_set": self.set, "code": "hai-long", "position": 1, "status": "verified", **fields}
        )

    def event(self, **fields):
        return PeriodEvent(**{"period": self.period, "kind": PeriodEvent.Kind.CLOSED, **fields})

    def move(self, **fields):
        base = {"assessment": self.sheet, "before": State.DRAFT, "after": State.SUBMITTED, "at": timezone.now()}
        return AssessmentMove(**{**base, **fields})

    def evidence(self, **fields):
        base = {"assessment": self.sheet, "indicator": self.indicator, "name": "bien-ban.pdf", "size": 1}
        return Evidence(**{**base, "uploaded_at": timezone.now(), **fields})

    def reference(self, **fields):
        base = {"locality": self.place, "criteria_set": self.set, "period": self.period, "of_whom": "tỉnh"}
        return ReferenceFigure(**{**base, "mean_criteria": 15, "source": "BC 1", **fields})

    def target(self, **fields):
        return Target(**{"locality": self.place, "year": 2024, **fields})


@pytest.fixture
def world():
    return World()


def day(month):
    return date(2024, month, 1)


def moment(month):
    return datetime(2024, month, 1, tzinfo=UTC)


# Constraint: (what stands there already, what is refused beside it, its nearest neighbour that is admitted).
# Each is a function of the world; the first may be None.
CASES = {
    "criteria_set_to_after_from": (
        None,
        lambda w: w.criteria_set(effective_from=day(2), effective_to=day(1)),
        lambda w: w.criteria_set(effective_from=day(2), effective_to=day(2)),
    ),
    "criterion_number_once": (
        None,
        lambda w: w.criterion_(number=1),
        lambda w: w.criterion_(number=1, criteria_set=factories.criteria_set("bo-khac")),
    ),
    "indicator_first_version_once": (
        None,
        lambda w: w.indicator_(),
        lambda w: w.indicator_(since_on=day(3)),
    ),
    "indicator_version_once": (
        lambda w: w.indicator_(since_on=day(3)),
        lambda w: w.indicator_(since_on=day(3)),
        lambda w: w.indicator_(since_on=day(4)),
    ),
    "threshold_year_to_after_from": (
        None,
        lambda w: w.threshold(year_from=2024, year_to=2023),
        lambda w: w.threshold(year_from=2024, year_to=2024),
    ),
    "criterion_lead_once": (
        lambda w: w.lead(),
        lambda w: w.lead(),
        lambda w: w.lead(agency=factories.agency(w.place, "Phòng Nội vụ")),
    ),
    "period_ends_after_start": (
        None,
        lambda w: w.period_(ends_on=date(2024, 3, 31)),
        lambda w: w.period_(ends_on=date(2024, 4, 1)),
    ),
    "period_dates_once": (
        lambda w: w.period_(),
        lambda w: w.period_(code="k2", name="K2"),
        lambda w: w.period_(code="k2", name="K2", ends_on=date(2024, 12, 31)),
    ),
    "assessment_once_a_period": (
        None,
        lambda w: w.assessment(),
        lambda w: w.assessment(period=factories.period(quarter=2)),
    ),
    "indicator_result_once": (
        lambda w: w.result(),
        lambda w: w.result(value=3),
        lambda w: w.result(opinion=Opinion.VERIFIED),
    ),
    "indicator_result_not_negative": (
        None,
        lambda w: w.result(value="-0.0001"),
        lambda w: w.result(value=0),
    ),
    "criterion_result_once": (
        lambda w: w.criterion_result(),
        lambda w: w.criterion_result(status=Status.UNMET),
        lambda w: w.criterion_result(criterion=factories.criterion(w.set, 2)),
    ),
    "criterion_result_met_within_total": (
        None,
        lambda w: w.criterion_result(indicators_met=2, indicators_total=1),
        lambda w: w.criterion_result(indicators_met=1, indicators_total=1),
    ),
    "recognition_once_a_year": (
        lambda w: w.recognition(),
        lambda w: w.recognition(),
        lambda w: w.recognition(tier="advanced"),
    ),
    "recognition_revoked_after_decided": (
        None,
        lambda w: w.recognition(decided_on=day(2), revoked_on=day(2)),
        lambda w: w.recognition(decided_on=day(2), revoked_on=date(2024, 2, 2)),
    ),
    "criterion_lead_until_after_since": (
        None,
        lambda w: w.lead(since_on=day(2), until_on=day(1)),
        lambda w: w.lead(since_on=day(2), until_on=day(2)),
    ),
    "criterion_link_once": (
        lambda w: w.link(),
        lambda w: w.link(),
        lambda w: w.link(old=factories.criterion(w.set, 2)),
    ),
    "criterion_link_between_two": (None, lambda w: w.link(new=w.criterion), lambda w: w.link()),
    "condition_once": (
        lambda w: w.condition(),
        lambda w: w.condition(),
        lambda w: w.condition(code="no-dong"),
    ),
    "threshold_replaced_after_entered": (
        None,
        lambda w: w.threshold(entered_at=moment(2), replaced_at=moment(1)),
        lambda w: w.threshold(entered_at=moment(2), replaced_at=moment(2)),
    ),
    "period_due_after_start": (
        None,
        lambda w: w.period_(due_on=date(2024, 3, 31)),
        lambda w: w.period_(due_on=date(2024, 4, 1)),
    ),
    "period_closed_at_has_a_day": (
        None,
        lambda w: w.period_(closed_at=moment(7)),
        lambda w: w.period_(closed_at=moment(7), closed_on=day(7)),
    ),
    "period_reopened_for_a_reason": (
        None,
        lambda w: w.event(kind=PeriodEvent.Kind.REOPENED),
        lambda w: w.event(kind=PeriodEvent.Kind.REOPENED, note="Xã Sơn Bình gửi thiếu"),
    ),
    "assessment_returned_for_a_reason": (
        None,
        lambda w: w.move(before=State.SUBMITTED, after=State.DRAFT),
        lambda w: w.move(before=State.SUBMITTED, after=State.DRAFT, note="Thiếu biên bản"),
    ),
    "indicator_result_share_of_a_whole": (
        None,
        lambda w: w.result(numerator=9, denominator=8),
        lambda w: w.result(numerator=8, denominator=8),
    ),
    "indicator_result_both_genders": (None, lambda w: w.result(male=9), lambda w: w.result(male=9, female=0)),
    "indicator_result_carried_as_reported": (
        None,
        lambda w: w.result(is_carried=True, opinion=Opinion.VERIFIED),
        lambda w: w.result(is_carried=True),
    ),
    "evidence_name_once": (
        lambda w: w.evidence(),
        lambda w: w.evidence(),
        lambda w: w.evidence(removed_at=timezone.now()),
    ),
    "reference_figure_once_a_period": (
        lambda w: w.reference(),
        lambda w: w.reference(),
        lambda w: w.reference(period=factories.period(quarter=2)),
    ),
    "reference_figure_says_something": (
        None,
        lambda w: w.reference(mean_criteria=None),
        lambda w: w.reference(mean_criteria=None, recognised=0, communes=3),
    ),
    "reference_figure_recognised_of_communes": (
        None,
        lambda w: w.reference(recognised=4, communes=3),
        lambda w: w.reference(recognised=3, communes=3),
    ),
    "reference_figure_mean_not_negative": (
        None,
        lambda w: w.reference(mean_criteria="-0.1"),
        lambda w: w.reference(mean_criteria=0),
    ),
    "file_import_names_its_file": (None, lambda w: w.file(file_name=""), lambda w: w.file()),
    "criterion_statement_once_a_file": (
        lambda w: w.statement(),
        lambda w: w.statement(status=Status.UNMET),
        # The next file says what it says.
        lambda w: w.statement(source=saved(w.file())),
    ),
    "reported_count_once": (
        lambda w: w.count(),
        lambda w: w.count(criteria_met=15),
        lambda w: w.count(criteria_met=15, replaced_at=moment(8)),
    ),
    "reported_count_criteria_within_total": (
        None,
        lambda w: w.count(criteria_met=20),
        lambda w: w.count(criteria_met=19),
    ),
    "reported_count_indicators_within_total": (
        None,
        lambda w: w.count(indicators_met=50, indicators_total=49),
        lambda w: w.count(indicators_met=49, indicators_total=49),
    ),
    "reported_count_points_within_total": (
        None,
        lambda w: w.count(points=97),
        lambda w: w.count(points="97.5", points_total=100),
    ),
    "target_criterion_or_tier": (
        None,
        lambda w: w.target(criterion=w.criterion, tier="basic"),
        lambda w: w.target(criterion=w.criterion),
    ),
    "target_criterion_once": (
        lambda w: w.target(criterion=w.criterion),
        lambda w: w.target(criterion=w.criterion),
        lambda w: w.target(criterion=w.criterion, year=2025),
    ),
    "target_tier_once": (
        lambda w: w.target(tier="basic"),
        lambda w: w.target(tier="basic"),
        lambda w: w.target(tier="advanced"),
    ),
}


def constraints():
    return {
        constraint.name: constraint
        for model in apps.get_app_config("criteria").get_models()
        for constraint in model._meta.constraints
    }


def test_every_constraint_is_tried():
    assert set(CASES) == set(constraints())


@pytest.mark.parametrize("name", CASES)
def test_constraint_refuses_its_case(world, name):
    before, refused, _ = CASES[name]
    if before:
        before(world).save()
    wrong = refused(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()
    # It is this constraint that refuses, and no other.
    with pytest.raises(ValidationError):
        constraints()[name].validate(type(wrong), wrong)
    for other in wrong._meta.constraints:
        if other.name != name:
            other.validate(type(wrong), wrong)


@pytest.mark.parametrize("name", CASES)
def test_constraint_admits_the_next_case(world, name):
    before, _, admitted = CASES[name]
    if before:
        before(world).save()
    admitted(world).save()


@pytest.mark.parametrize(("field", "value"), [("code", "2024-q1"), ("name", "Quý I/2024")])
def test_a_period_has_its_code_and_name_alone(world, field, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        world.period_(**{field: value}).save()
    world.period_().save()


# What is refused is said in words to the person who fills a form


def errors_of(thing):
    with pytest.raises(ValidationError) as refusal:
        thing.full_clean()
    return refusal.value.message_dict


def test_a_second_sheet_is_refused_in_words(world):
    assert "Mở phiếu đã có để sửa." in errors_of(world.assessment())["__all__"][0]


def test_a_second_recognition_is_refused_in_words(world):
    world.recognition().save()
    assert errors_of(world.recognition())["__all__"] == ["Địa bàn này đã có quyết định công nhận mức đó trong năm."]


def test_a_period_that_ends_before_it_starts_is_refused_in_words(world):
    wrong = world.period_(ends_on=date(2024, 3, 1))
    assert errors_of(wrong)["__all__"] == ["Ngày cuối kỳ phải sau ngày đầu kỳ."]


def test_a_new_sheet_needs_an_open_period_a_complete_set_and_a_place_it_judges(world):
    world.period.closed_on = date(2024, 4, 5)
    incomplete = factories.criteria_set("do-dang", is_complete=False, incomplete_reason="Mới có 9 trên 47 chỉ tiêu.")
    assert "05/04/2024" in errors_of(world.assessment())["period"][0]
    assert "Mới có 9 trên 47 chỉ tiêu." in errors_of(world.assessment(criteria_set=incomplete))["criteria_set"][0]
    town = factories.commune("Tam Đường", kind="thị trấn")
    assert "không dùng để đánh giá" in errors_of(world.assessment(locality=town))["locality"][0]
    # Another commune in an open period is what a sheet is for.
    open_period = factories.period(quarter=2)
    world.assessment(locality=factories.commune("Bản Bo"), period=open_period).full_clean()


# Questions


def test_sets_judge_places_of_their_own_kind():
    places = {
        "district": factories.district(),
        "commune": factories.commune(),
        "town": factories.commune("Tam Đường", kind="thị trấn"),
    }
    for subject, place in places.items():
        judged = factories.criteria_set(f"bo-{subject}", subject=subject).places()
        assert list(judged) == [place]


def test_the_previous_period_ended_before_this_one_began_to():
    first, second, third = (factories.period(2023, 4), factories.period(2024, 1), factories.period(2024, 2))
    assert (first.previous(), second.previous(), third.previous()) == (None, first, second)
    assert third.start_of_year() == first
    assert first.start_of_year() is None


def test_recognition_is_in_force_from_its_decision_until_it_is_revoked(world):
    world.recognition(decided_on=day(2), revoked_on=day(5)).save()
    in_force = [month for month in range(1, 7) if Recognition.objects.in_force(day(month)).exists()]
    assert in_force == [2, 3, 4]
    assert not Recognition.objects.in_force(date(2018, 12, 31)).exists()


def test_sheet_counts_its_letters(world):
    sheet = Assessment(strip="MmUuXx-")
    assert (sheet.met, sheet.unmet, sheet.applicable, sheet.verified) == (2, 2, 5, 3)
    assert (Assessment(strip="").met, Assessment(strip="").applicable) == (0, 0)
