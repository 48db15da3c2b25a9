"""Conditions outside the criteria: who records them, what counts, what stays, and two people at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.actions.conditions import RecordedMeanwhile, record_condition
from criteria.actions.results import NotOpen
from criteria.conditions import load_conditions
from criteria.models import ConditionResult, Direction, State, Status, ValueType, Verification
from criteria.rules import Entry, InvalidEntry
from tests import factories
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db

JUDGED = Entry(judgement=Status.MET, note="BC 45/BC-UBND")


@pytest.fixture
def sheet():
    return factories.assessment(
        factories.commune("Sơn Bình", factories.district()), factories.small_set(), factories.period()
    )


@pytest.fixture
def officer(sheet):
    return factories.user(Role.OFFICER, sheet.locality.parent)


@pytest.fixture
def debt(sheet):
    return factories.condition(sheet.criteria_set)


@pytest.fixture
def content(sheet):
    return factories.satisfaction(sheet.criteria_set)


def standing(sheet):
    """(status, words) of each condition."""
    return [(row.status, row.words) for row in load_conditions([sheet])[sheet.pk]]


def record(sheet, condition, by, entry=JUDGED, **more):
    return record_condition(assessment=sheet, condition=condition, entry=entry, by=by, **more)


def address(sheet, condition):
    return reverse(
        "criteria:condition", args=[sheet.period.code, sheet.criteria_set.code, sheet.locality_id, condition.code]
    )


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# What counts


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (Entry(value=Decimal("90")), Status.MET),
        (Entry(value=Decimal("89.9")), Status.UNMET),
        (Entry(value=Decimal("0")), Status.UNMET),
        (Entry(value=Decimal("85"), judgement=Status.MET, note="mẫu lấy lại đạt 91 %"), Status.MET),
        (Entry(judgement=Status.UNMET), Status.UNMET),
        (Entry(judgement=Status.NOT_APPLICABLE, note="không lấy ý kiến"), Status.NOT_APPLICABLE),
        (Entry(note="đang lấy ý kiến"), Status.UNKNOWN),
    ],
)
def test_a_share_is_judged_by_its_threshold_until_somebody_says_otherwise(sheet, content, officer, entry, status):
    assert record(sheet, content, officer, entry)
    (row,) = load_conditions([sheet])[sheet.pk]
    assert row.status == status
    # The form opens with what was entered.
    assert row.entry == entry


def test_a_value_without_a_known_threshold_is_not_judged(sheet, officer):
    condition = factories.satisfaction(sheet.criteria_set, threshold=None)
    record(sheet, condition, officer, Entry(value=Decimal("99")))
    assert standing(sheet) == [(Status.UNKNOWN, "99 %")]
    assert load_conditions([sheet])[sheet.pk][0].threshold_text == ""


@pytest.mark.parametrize(
    ("value", "status", "shortfall"), [("0", Status.MET, ""), ("0.5", Status.UNMET, "cao hơn 0,5 triệu đồng")]
)
def test_a_ceiling_of_nothing_is_met_by_nothing_alone(sheet, officer, value, status, shortfall):
    debt = factories.condition(
        sheet.criteria_set,
        value_type=ValueType.CURRENCY,
        unit="triệu đồng",
        direction=Direction.AT_MOST,
        threshold=0,
    )
    record(sheet, debt, officer, Entry(value=Decimal(value)))
    (row,) = load_conditions([sheet])[sheet.pk]
    assert (row.status, row.threshold_text, row.shortfall_text) == (status, "≤ 0 triệu đồng", shortfall)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Entry(value=Decimal("101")), "Tỷ lệ phải từ 0 đến 100 (đang nhập 101)."),
        (Entry(value=Decimal("-1")), "Giá trị không được âm (đang nhập -1)."),
        (Entry(value=Decimal("85"), judgement=Status.MET), "Ghi lý do vào ô ghi chú."),
        (Entry(judgement=Status.NOT_APPLICABLE), "Ghi lý do không áp dụng vào ô ghi chú."),
    ],
)
def test_what_cannot_stand_is_refused_in_words_and_nothing_is_written(sheet, content, officer, entry, message):
    with pytest.raises(InvalidEntry) as refused:
        record(sheet, content, officer, entry)
    assert message in str(refused.value)
    assert not ConditionResult.objects.exists()


def test_the_newest_result_counts_and_the_older_ones_stay(sheet, debt, officer):
    record(sheet, debt, officer)
    record(sheet, debt, officer, Entry(judgement=Status.UNMET, note="còn nợ 2 công trình"))
    assert standing(sheet) == [(Status.UNMET, "Chưa đạt")]
    assert list(ConditionResult.objects.order_by("pk").values_list("status", flat=True)) == ["met", "unmet"]


def test_recording_the_same_again_writes_nothing(sheet, content, officer):
    assert record(sheet, content, officer, Entry(value=Decimal("91")))
    # "Đạt" is what the value says already.
    assert not record(sheet, content, officer, Entry(value=Decimal("91.0"), judgement=Status.MET))
    assert not record(sheet, content, officer, Entry(value=Decimal("91")))
    assert ConditionResult.objects.count() == 1


def test_an_empty_form_records_nothing(sheet, debt, officer):
    assert not record(sheet, debt, officer, Entry())
    assert not ConditionResult.objects.exists()


def test_many_sheets_are_read_in_two_queries(sheet, debt, content, officer):
    others = [
        factories.assessment(place, sheet.criteria_set, sheet.period)
        for place in factories.communes(12, sheet.locality.parent)
    ]
    for one in [sheet, *others]:
        record(one, debt, officer)
    record(sheet, debt, officer, Entry(judgement=Status.UNMET))
    with counted() as queries:
        rows = load_conditions([sheet, *others])
    assert len(queries) == 2
    assert [row.status for row in rows[sheet.pk]] == [Status.UNMET, Status.UNKNOWN]
    assert all([row.status for row in rows[one.pk]] == [Status.MET, Status.UNKNOWN] for one in others)


# When


def test_a_closed_period_and_an_approved_sheet_refuse(sheet, debt, officer):
    sheet.state = State.APPROVED
    sheet.save()
    with pytest.raises(NotOpen, match="đã duyệt"):
        record(sheet, debt, officer)
    sheet.state = State.VERIFIED
    sheet.save()
    assert record(sheet, debt, officer)
    sheet.period.closed_on, sheet.period.closed_at = date(2024, 4, 15), timezone.now()
    sheet.period.save()
    with pytest.raises(NotOpen, match="Kỳ Quý I/2024 đã khóa từ ngày 15/04/2024"):
        record(sheet, debt, officer, Entry(judgement=Status.UNMET))
    assert standing(sheet) == [(Status.MET, "Đạt")]


def test_a_result_that_was_not_seen_is_not_written_over(sheet, debt, officer):
    assert record(sheet, debt, officer, seen="")
    with pytest.raises(RecordedMeanwhile) as conflict:
        record(sheet, debt, officer, Entry(judgement=Status.UNMET), seen="")
    assert conflict.value.row.status == Status.MET
    assert record(sheet, debt, officer, Entry(judgement=Status.UNMET), seen=conflict.value.row.token)


# The page


def test_the_page_records_and_shows_who_and_when(sheet, content, officer):
    client = signed_in(officer)
    url = address(sheet, content)
    page = client.get(url)
    assert "Chưa có ai ghi kết quả điều kiện này." in page.content.decode()
    response = client.post(url, {**fields_of(page), "value": "91,5", "note": "BC 12/BC-MTTQ"}, follow=True)
    assert "Đã ghi kết quả điều kiện." in response.content.decode()
    (row,) = table_of(response, "list")[1:]
    assert row[1:] == [str(officer), "91,5 %", "✓Đạt", "BC 12/BC-MTTQ"]
    result = ConditionResult.objects.get()
    assert (result.value, result.status, result.recorded_by) == (Decimal("91.5"), "met", officer)


def test_the_page_says_where_the_threshold_was_not_read_in_the_decision(sheet, officer):
    condition = factories.satisfaction(sheet.criteria_set, status=Verification.RECALLED)
    page = signed_in(officer).get(address(sheet, condition)).content.decode()
    assert "mức chưa đối chiếu" in page
    confirmed = factories.condition(sheet.criteria_set)
    assert "chưa đối chiếu" not in signed_in(officer).get(address(sheet, confirmed)).content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": "chín mươi"}, "“chín mươi” không phải là số."),
        ({"value": "120"}, "Tỷ lệ phải từ 0 đến 100 (đang nhập 120)."),
        ({"value": "85", "judgement": "met"}, "Ghi lý do vào ô ghi chú."),
        ({"judgement": "co"}, "Chọn một kết luận trong danh sách."),
        ({"note": "a" * 2001}, "2000"),
    ],
)
def test_bad_input_is_said_and_stays_on_the_screen(sheet, content, officer, fields, message):
    response = signed_in(officer).post(address(sheet, content), {"seen": "", **fields})
    assert response.status_code == 422
    assert message in response.content.decode()
    if "value" in fields:
        assert fields_of(response)["value"] == fields["value"]
    assert not ConditionResult.objects.exists()


def test_two_officers_at_once_lose_nothing(sheet, debt, officer):
    other = factories.user(Role.OFFICER, sheet.locality.parent, full_name="Lò Văn Nam")
    url = address(sheet, debt)
    opened = fields_of(signed_in(officer).get(url))
    record(sheet, debt, other, Entry(judgement=Status.UNMET, note="còn nợ 2 công trình"))
    client = signed_in(officer)
    refused = client.post(url, {**opened, "judgement": "met", "note": "BC 45"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "Lò Văn Nam" in text
    assert "còn nợ 2 công trình" in text
    fields = fields_of(refused)
    assert (fields["judgement"], fields["note"].strip()) == ("met", "BC 45")
    assert ConditionResult.objects.count() == 1
    # Having seen both, the officer may put theirs on top; the other one stays in the history.
    assert client.post(url, fields).status_code == 302
    assert standing(sheet) == [(Status.MET, "Đạt")]
    assert ConditionResult.objects.count() == 2


def test_what_was_typed_stays_when_the_period_closed_meanwhile(sheet, debt, officer):
    sheet.period.closed_on = date(2024, 4, 15)
    sheet.period.save()
    response = signed_in(officer).post(address(sheet, debt), {"judgement": "met", "note": "BC 45", "seen": ""})
    assert response.status_code == 422
    assert "đã khóa từ ngày 15/04/2024" in response.content.decode()
    assert fields_of(response)["note"].strip() == "BC 45"
    assert '<button class="btn btn-primary">Ghi kết quả</button>' not in response.content.decode()


@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_others_read_and_may_not_write(sheet, debt, role):
    place = sheet.locality if role == Role.COMMUNE_OFFICER else sheet.locality.parent
    client = signed_in(factories.user(role, place))
    page = client.get(address(sheet, debt))
    assert page.status_code == 200
    assert "Ghi kết quả" not in page.content.decode()
    assert client.post(address(sheet, debt), {"judgement": "met"}).status_code == 404
    assert not ConditionResult.objects.exists()


def test_elsewhere_and_in_another_set_there_is_nothing(sheet, debt):
    stranger = factories.user(Role.OFFICER, factories.district("Than Uyên"))
    assert signed_in(stranger).get(address(sheet, debt)).status_code == 404
    assert signed_in(stranger).post(address(sheet, debt), {"judgement": "met"}).status_code == 404
    foreign = factories.condition(factories.criteria_set("bo-khac"), code="khac")
    officer = factories.user(Role.OFFICER, sheet.locality.parent)
    assert signed_in(officer).get(address(sheet, foreign)).status_code == 404
