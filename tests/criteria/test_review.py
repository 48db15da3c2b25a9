"""The office's queue, approving many at once, and the list of differences."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria.actions.states import move_sheets
from criteria.models import Assessment, AssessmentMove, IndicatorResult, Opinion, Period, State
from criteria.sheet import load_sheet
from tests import factories
from tests.criteria.test_states import REPORTED, VERIFIED, Sheets
from tests.criteria.test_views import person
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db


class Queue(Sheets):
    def get(self, name, user=None, **parameters):
        query = {"ky": self.period.code, "bo": self.set.code, **parameters}
        return self.client(user or self.officer).get(reverse(f"criteria:{name}"), query)

    def rows(self, user=None, **parameters):
        """The rows of the queue: without the box and the page's empty ones."""
        rows = table_of(self.get("review", user, **parameters), "list")[1:]
        return [row[-6:] for row in rows if len(row) > 5]

    def state_of(self, place, state, **fields):
        Assessment.objects.filter(pk=self.sheets[place].pk).update(state=state, state_at=timezone.now(), **fields)

    def differences(self, user=None, **parameters):
        rows = table_of(self.get("differences", user, **parameters), "list")[1:]
        return [row[:3] for row in rows if len(row) == 4]

    def approve(self, *sheets, user=None, **parameters):
        ticked = [f"{sheet.pk}:{Assessment.objects.get(pk=sheet.pk).token}" for sheet in sheets]
        address = f"{reverse('criteria:review-approve')}?ky={self.period.code}&bo={self.set.code}"
        return self.client(user or self.officer).post(address, {"phieu": ticked} | parameters, follow=True)


@pytest.fixture
def office():
    return Queue()


# Who


@pytest.mark.parametrize("role", Role.values)
def test_who_finds_the_queue_and_the_differences(office, role):
    user = person(office, role)
    reviews = role in (Role.ADMINISTRATOR, Role.OFFICER, Role.SECTOR_OFFICER)
    assert office.get("review", user).status_code == (200 if reviews else 403)
    compares = role != Role.COMMITTEE_MEMBER
    assert office.get("differences", user).status_code == (200 if compares else 403)
    tabs = office.get("sheets", user).content.decode()
    assert ("Thẩm định</a>" in tabs, "Chênh lệch</a>" in tabs) == (reviews, compares)
    approves = role in (Role.ADMINISTRATOR, Role.OFFICER)
    office.state_of(office.son_binh, State.VERIFIED)
    if reviews:
        assert ('name="phieu"' in office.get("review", user).content.decode()) == approves
    office.approve(office.sheet, user=user)
    assert office.state == (State.APPROVED if approves else State.VERIFIED)


def test_a_sheet_of_another_place_is_neither_listed_nor_approved(office):
    office.state_of(office.beyond, State.VERIFIED)
    assert [row[0] for row in office.rows()] == ["Xã Bản Bo", "Xã Sơn Bình"]
    page = office.approve(office.sheets[office.beyond])
    assert "Chưa chọn phiếu nào" in page.content.decode()
    assert Assessment.objects.get(locality=office.beyond).state == State.VERIFIED


# The queue


def test_the_queue_says_how_far_each_sheet_is_and_puts_first_what_waits(office):
    today = timezone.localdate()
    Period.objects.update(due_on=today - timedelta(days=3))
    office.enter(c2_1="44")
    office.enter(VERIFIED, c1_1="", c2_1="46", c3_1="11")
    office.state_of(office.son_binh, State.SUBMITTED, submitted_on=today - timedelta(days=1))
    AssessmentMove.objects.create(
        assessment=office.sheet, before="draft", after="submitted", at=timezone.now(), by=office.commune_officer
    )
    sent = f"{today - timedelta(days=1):%d/%m/%Y}, {office.commune_officer} gửi trễ 2 ngày"
    assert office.rows() == [
        ["Xã Sơn Bình", "◐Đã gửi, đang thẩm định", sent, "3/3", "3/4", "2 ô chênh lệch của xã Sơn Bình"],
        ["Xã Bản Bo", "–Đang nhập", "chưa gửi !quá hạn 3 ngày", "0/3", "0/4", "0"],
    ]
    # A sector officer counts the indicators of their agency.
    assert [row[4:] for row in office.rows(office.sector_officer)] == [
        ["1/1", "1 ô chênh lệch của xã Sơn Bình"],
        ["0/1", "0"],
    ]


def test_states_filter_with_their_counts_and_names_are_found_without_accents(office):
    office.state_of(office.ban_bo, State.VERIFIED)
    text = " ".join(office.get("review").content.decode().split())
    for label in ("Tất cả 2", "Đang nhập 1", "Đã thẩm định, chờ duyệt 1", "Đã duyệt 0"):
        assert f">{label}</a>" in text
    assert [row[0] for row in office.rows(trang_thai="verified")] == ["Xã Bản Bo"]
    assert [row[0] for row in office.rows(tim="son binh")] == ["Xã Sơn Bình"]
    assert [row[0] for row in office.rows(tim="Ban", trang_thai="draft")] == []
    assert len(office.rows(trang_thai="khong-co")) == 2


def test_the_queue_pages_and_keeps_its_filters(office):
    for place in factories.communes(52, office.district):
        factories.assessment(place, office.set, office.period)
    assert len(office.rows()) == 50
    assert len(office.rows(page=2)) == 4
    assert "tim=Xa&amp;page=2" in office.get("review", tim="Xa").content.decode()


def many(office, number, state=State.VERIFIED):
    """Sheets of that many more communes, each with one cell that differs."""
    sheets = Assessment.objects.bulk_create(
        Assessment(locality=place, criteria_set=office.set, period=office.period, state=state, state_at=timezone.now())
        for place in factories.communes(number, office.district)
    )
    IndicatorResult.objects.bulk_create(
        IndicatorResult(
            assessment=sheet,
            indicator_id=office.cells["2.1"],
            opinion=opinion,
            value=value,
            status=status,
            changed_at=timezone.now(),
        )
        for sheet in sheets
        for opinion, value, status in ((REPORTED, 50, "met"), (VERIFIED, 40, "unmet"))
    )
    return sheets


@pytest.mark.parametrize("number", [3, 600])
def test_the_queue_takes_the_same_queries_however_many_sheets(office, number):
    many(office, number)
    client = office.client(office.officer)
    address = f"{reverse('criteria:review')}?ky={office.period.code}&bo={office.set.code}"
    with counted() as queries:
        assert client.get(address).status_code == 200
    # Session, person, periods, sets; states, the list's length, its page; indicators, verified, differing.
    assert len(queries) == 10, queries


@pytest.mark.parametrize("number", [3, 200])
def test_the_differences_take_the_same_queries_however_many(office, number):
    many(office, number)
    client = office.client(office.sector_officer)
    address = f"{reverse('criteria:differences')}?ky={office.period.code}&bo={office.set.code}"
    with counted() as queries:
        page = client.get(address)
    assert len([row for row in table_of(page, "list") if len(row) == 4]) == 1 + min(number, 50)
    # Session, person, periods, sets; criteria, the list's length, its page, the commune's side.
    assert len(queries) == 8, queries


# Approving many


@pytest.mark.parametrize("number", [2, 100])
def test_approving_many_takes_the_same_queries_however_many(office, number):
    sheets = many(office, number)
    seen = {sheet.pk: Assessment.objects.get(pk=sheet.pk).token for sheet in sheets}
    with counted() as queries:
        outcomes = move_sheets(sheets, move="approve", by=office.officer, seen=seen)
    assert all(moved.is_done for moved in outcomes)
    # The lock, the period, the state, the log.
    assert len(queries) == 4, queries
    assert Assessment.objects.filter(state=State.APPROVED).count() == number
    assert AssessmentMove.objects.filter(after="approved", by=office.officer).count() == number


def test_approving_many_tells_of_each_and_names_the_stale(office):
    fresh, stale, early = office.sheets[office.ban_bo], office.sheet, many(office, 1, State.SUBMITTED)[0]
    office.enter()
    office.enter(VERIFIED)
    office.state_of(office.ban_bo, State.VERIFIED)
    office.state_of(office.son_binh, State.VERIFIED)
    ticked = [f"{s.pk}:{Assessment.objects.get(pk=s.pk).token}" for s in (fresh, stale, early)]
    office.move("return", note="thiếu biên bản")
    address = f"{reverse('criteria:review-approve')}?ky={office.period.code}&bo={office.set.code}&trang_thai=verified"
    response = office.client(office.officer).post(address, {"phieu": ticked}, follow=True)
    text = response.content.decode()
    assert "Đã duyệt 1 phiếu." in text
    assert "Chưa duyệt 2 phiếu." in text
    assert f"Xã Sơn Bình: Phiếu đã thay đổi sau khi anh chị mở trang: {office.officer} đã trả lại phiếu" in text
    assert "Xã 001: Phiếu ở trạng thái “đã gửi, đang thẩm định” nên không duyệt được." in text
    states = dict(Assessment.objects.values_list("pk", "state"))
    assert (states[fresh.pk], states[stale.pk], states[early.pk]) == ("approved", "draft", "submitted")
    # Back on the same list.
    assert "trang_thai=verified" in response.redirect_chain[-1][0]


@pytest.mark.parametrize("ticked", [[], ["x"], ["²:x"], [f"{10**30}:x"], ["0:x"]])
def test_nothing_ticked_or_nonsense_approves_nothing(office, ticked):
    office.state_of(office.son_binh, State.VERIFIED)
    address = f"{reverse('criteria:review-approve')}?ky={office.period.code}&bo={office.set.code}"
    response = office.client(office.officer).post(address, {"phieu": ticked}, follow=True)
    assert "Chưa chọn phiếu nào" in response.content.decode()
    assert office.state == State.VERIFIED


def test_in_a_closed_period_nothing_is_offered_or_approved(office):
    office.state_of(office.son_binh, State.VERIFIED)
    office.close()
    assert 'name="phieu"' not in office.get("review").content.decode()
    assert "đã khóa từ ngày" in office.approve(office.sheet).content.decode()
    assert office.state == State.VERIFIED


# Differences


def test_a_difference_is_shown_with_both_sides_and_who_says_so(office):
    office.enter(by=office.commune_officer, c2_1="50")
    office.enter(VERIFIED, by=office.officer, c2_1="40", note="sổ của Chi cục Thống kê")
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert office.differences() == [
        [
            "2.1 Chỉ tiêu 2.1",
            f"50 triệu đồng ✓ đạt{office.commune_officer}, {today}",
            f"40 triệu đồng ✗ chưa đạtsổ của Chi cục Thống kê{office.officer}, {today}",
        ]
    ]
    page = office.get("differences").content.decode()
    assert f'{office.address()}#ct-{office.cells["2.1"]}"' in page


def test_values_that_differ_with_the_same_verdict_are_differences_and_equal_ones_are_not(office):
    office.enter(c2_1="50")
    office.enter(VERIFIED, c2_1="50.5", c3_1="10.0")
    assert [row[0] for row in office.differences()] == ["2.1 Chỉ tiêu 2.1"]


def test_the_rule_of_the_page_is_the_rule_of_the_sheet(office):
    """`Row.differs` and `differing()` say the same of every mix of results."""
    office.enter(c1_1="90", c1_2="", c2_1="50", c3_1="10")
    office.enter(VERIFIED, c1_1="85", c1_2="met", c2_1="40", c3_1="")
    IndicatorResult.objects.filter(indicator=office.cells["1.1"], opinion=REPORTED).update(is_carried=True)
    by_page = set(IndicatorResult.objects.differing().values_list("indicator__code", flat=True))
    by_sheet = {row.label for row in load_sheet(office.locked()).differences}
    assert by_page == by_sheet == {"2.1"}
    # A value nobody could judge differs too.
    IndicatorResult.objects.create(
        assessment=office.sheet,
        indicator_id=office.cells["3.1"],
        opinion=VERIFIED,
        value=12,
        changed_at=timezone.now(),
    )
    assert set(IndicatorResult.objects.differing().values_list("indicator__code", flat=True)) == {"2.1", "3.1"}
    assert {row.label for row in load_sheet(office.locked()).differences} == {"2.1", "3.1"}


def test_differences_are_bounded_and_filtered(office):
    office.enter()
    office.enter(VERIFIED, c1_1="85", c2_1="40")
    for place in (office.ban_bo, office.beyond):
        for opinion, value in ((REPORTED, 10), (VERIFIED, 12)):
            IndicatorResult.objects.create(
                assessment=office.sheets[place],
                indicator_id=office.cells["3.1"],
                opinion=opinion,
                value=value,
                status="met",
                changed_at=timezone.now(),
            )
    codes = [row[0].split()[0] for row in office.differences()]
    assert codes == ["3.1", "1.1", "2.1"]
    assert [row[0] for row in office.differences(theo="tieu-chi")] == ["Xã Sơn Bình", "Xã Sơn Bình", "Xã Bản Bo"]
    assert len(office.differences(tc="2")) == 1
    assert len(office.differences(tim="ban bo")) == 1
    assert len(office.differences(xa=office.son_binh.pk)) == 2
    assert office.differences(xa=office.beyond.pk) == []
    # The sector officer theirs, the commune's officer their commune's.
    assert [row[0].split()[0] for row in office.differences(office.sector_officer)] == ["2.1"]
    assert [row[0].split()[0] for row in office.differences(office.commune_officer)] == ["1.1", "2.1"]
    assert len(office.differences(office.administrator)) == 4


def test_before_there_is_a_period_the_pages_say_so(db):
    client = Queue.client(None, factories.user(Role.OFFICER, factories.district()))
    for name in ("review", "differences"):
        assert client.get(reverse(f"criteria:{name}")).status_code == 200


def test_the_fields_of_the_queue_carry_the_token_of_each_sheet(office):
    office.state_of(office.son_binh, State.VERIFIED, submitted_on=date(2024, 4, 2))
    page = office.get("review")
    assert f'value="{office.sheet.pk}:{office.locked().token}"' in page.content.decode()
    assert "phieu" not in fields_of(page)
    assert Opinion.VERIFIED == "verified"
