"""The states of a sheet: every move by every role from every state, what stands in its way, and what is locked then."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from criteria import rules
from criteria.actions.results import NotOpen, confirm_results, save_results, save_sheets
from criteria.actions.states import move_sheet
from criteria.models import Assessment, AssessmentMove, IndicatorResult, Opinion, Period, ResultChange, State, Status
from criteria.rules import Entry
from criteria.sheet import load_sheet
from tests import factories
from tests.criteria.test_views import Large, Office, person
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db

REPORTED, VERIFIED = Opinion.REPORTED, Opinion.VERIFIED
# Every cell of the small set, all met.
FULL = {"1.1": "90", "1.2": Status.MET, "2.1": "50", "3.1": "10"}
SLUGS = {"submit": "gui", "verify": "xac-nhan", "approve": "duyet", "return": "tra-lai"}


class Sheets(Office):
    """The office with one sheet to move."""

    def enter(self, opinion=REPORTED, by=None, note="", **changed):
        """Fill in the sheet of Sơn Bình; `c2_1="40"` says otherwise of 2.1."""
        values = FULL | {code[1:].replace("_", "."): value for code, value in changed.items()}
        entries = {
            self.cells[code]: Entry(judgement=value, note=note)
            if value in Status.values
            else factories.value(value, note=note)
            for code, value in values.items()
        }
        with transaction.atomic():
            saved = save_results(assessment=self.locked(), opinion=opinion, entries=entries, by=by)
        assert saved.is_written, saved

    def locked(self):
        return Assessment.objects.for_writing().get(pk=self.sheet.pk)

    def put(self, state):
        """Put the sheet into a state, whatever it holds."""
        Assessment.objects.filter(pk=self.sheet.pk).update(state=state, state_at=timezone.now())

    def move(self, move, by=None, note="", seen=None):
        return move_sheet(self.sheet, move=move, by=by or self.officer, seen=seen, note=note)

    def move_address(self, move, place=None):
        args = [self.period.code, self.set.code, (place or self.son_binh).pk, SLUGS[move]]
        return reverse("criteria:sheet-move", args=args)

    @property
    def state(self):
        return Assessment.objects.get(pk=self.sheet.pk).state

    def page(self, user, **parameters):
        return self.client(user).get(self.address(), parameters)


@pytest.fixture
def office():
    return Sheets()


# The table: move, role, state

MAY_MAKE = {
    "submit": {Role.ADMINISTRATOR, Role.OFFICER, Role.COMMUNE_OFFICER},
    "verify": {Role.ADMINISTRATOR, Role.OFFICER},
    "approve": {Role.ADMINISTRATOR, Role.OFFICER},
    "return": {Role.ADMINISTRATOR, Role.OFFICER},
}
LEADS = {
    "submit": {State.DRAFT: State.SUBMITTED},
    "verify": {State.SUBMITTED: State.VERIFIED},
    "approve": {State.VERIFIED: State.APPROVED},
    "return": {State.SUBMITTED: State.DRAFT, State.VERIFIED: State.DRAFT, State.APPROVED: State.DRAFT},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("move", LEADS)
def test_who_moves_a_sheet_from_which_state_where(office, move, role, state):
    office.enter()
    office.enter(VERIFIED)
    office.put(state)
    client = office.client(person(office, role))
    address = office.move_address(move)
    page = client.get(address)
    response = client.post(address, {"seen": office.locked().token, "note": "Sửa tiêu chí 2"})
    if role not in MAY_MAKE[move]:
        assert (page.status_code, response.status_code, office.state) == (404, 404, state)
    elif state in LEADS[move]:
        assert (page.status_code, response.status_code) == (200, 302)
        assert office.state == LEADS[move][state]
        made = AssessmentMove.objects.get()
        assert (made.before, made.after, made.note) == (state, LEADS[move][state], "Sửa tiêu chí 2")
        assert made.by == person(office, role)
    else:
        assert (page.status_code, response.status_code, office.state) == (200, 422, state)
        assert f"Phiếu ở trạng thái “{State(state).label}” nên không" in response.content.decode()
        assert not AssessmentMove.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_the_sheet_offers_each_role_the_moves_of_its_state(office, role):
    office.enter()
    office.enter(VERIFIED)
    for state in State.values:
        office.put(state)
        page = office.page(person(office, role)).content.decode()
        for move, label in rules.MOVE_LABELS.items():
            offered = state in LEADS[move] and role in MAY_MAKE[move]
            assert bool(re.search(rf">{label}</(a|button)>", page)) == offered, (state, move)
        # By name in full words.
        assert State(state).label.capitalize() in page


@pytest.mark.parametrize("move", LEADS)
def test_nobody_moves_the_sheet_of_another_place(office, move):
    for user in (office.officer, office.commune_officer):
        client = office.client(user)
        assert client.get(office.move_address(move, office.beyond)).status_code == 404
        assert client.post(office.move_address(move, office.beyond), {"note": "x"}).status_code == 404
    client = office.client(office.commune_officer)
    assert client.post(office.move_address(move, office.ban_bo), {"note": "x"}).status_code == 404
    stranger = factories.user(Role.COMMUNE_OFFICER, office.ban_bo)
    assert office.client(stranger).get(office.address("sheet-moves")).status_code == 404
    assert not AssessmentMove.objects.exists()


def test_a_move_that_is_none_is_not_there(office):
    address = office.move_address("submit").replace("/gui/", "/xoa/")
    assert office.client(office.officer).get(address).status_code == 404
    assert office.client(office.officer).post(address).status_code == 404


# What stands in the way


def texts(office, move):
    return [str(obstacle) for obstacle in rules.obstacles(move, load_sheet(office.locked(), with_previous=False))]


def test_sending_needs_something_of_every_indicator(office):
    assert texts(office, "submit") == ["Chưa có kết quả của xã: 1.1, 1.2, 2.1, 3.1."]
    office.enter(c2_1="", c1_2="")
    assert texts(office, "submit") == ["Chưa có kết quả của xã: 1.2, 2.1."]
    # A note says why there is no value; a verified result stands for the commune's.
    with transaction.atomic():
        sheet = office.locked()
        save_results(assessment=sheet, opinion=REPORTED, entries={office.cells["1.2"]: Entry(note="chưa đo")}, by=None)
    assert texts(office, "submit") == ["Chưa có kết quả của xã: 2.1."]
    office.save("2.1", "50")
    assert texts(office, "submit") == []


def carry(office, codes):
    """Bring results over into cells that are empty."""
    sheet = load_sheet(office.locked(), with_previous=False)
    entries = {office.cells[c]: Entry(judgement="met") if c == "1.2" else factories.value(FULL[c]) for c in codes}
    with transaction.atomic():
        save_sheets(
            [sheet],
            opinion=REPORTED,
            entries={sheet.assessment.pk: entries},
            by=None,
            source="carried",
            is_carried=True,
        )


def test_sending_needs_what_was_brought_over_to_be_confirmed(office):
    carry(office, FULL)
    assert texts(office, "submit") == ["Kết quả chuyển từ kỳ trước, xã chưa xác nhận lại: 1.1, 1.2, 2.1, 3.1."]
    # The office that verified it need not wait for a commune that does not enter.
    office.save("2.1", "50")
    assert texts(office, "submit") == ["Kết quả chuyển từ kỳ trước, xã chưa xác nhận lại: 1.1, 1.2, 3.1."]


def test_confirming_needs_every_indicator_verified_and_differences_explained(office):
    office.enter()
    office.put(State.SUBMITTED)
    office.enter(VERIFIED, c1_2="", c2_1="")
    assert texts(office, "verify") == ["Chưa thẩm định: 1.2, 2.1."]
    office.enter(VERIFIED, c2_1="40", c3_1="12")
    assert texts(office, "verify") == ["Kết quả thẩm định khác xã tự đánh giá mà chưa ghi lý do: 2.1, 3.1."]
    office.enter(VERIFIED, c2_1="40", c3_1="12", note="Theo sổ của Chi cục Thống kê")
    assert texts(office, "verify") == []


def test_what_the_commune_says_does_not_apply_is_verified_like_the_rest(office):
    office.enter(c1_2=Status.NOT_APPLICABLE, note="không có đối tượng")
    office.put(State.SUBMITTED)
    office.enter(VERIFIED, c1_2="")
    assert texts(office, "verify") == ["Chưa thẩm định: 1.2."]
    office.enter(VERIFIED, c1_2=Status.NOT_APPLICABLE, note="đồng ý")
    assert texts(office, "verify") == []


@pytest.mark.parametrize("move", LEADS)
def test_a_closed_period_lets_nothing_move(office, move):
    office.enter()
    office.enter(VERIFIED)
    office.put(next(iter(LEADS[move])))
    seen = office.locked().token
    office.close()
    assert texts(office, move) == ["Kỳ Quý I/2024 đã khóa từ ngày 31/03/2024."]
    response = office.client(office.officer).post(office.move_address(move), {"seen": seen, "note": "lý do"})
    assert response.status_code == 422
    assert not AssessmentMove.objects.exists()
    assert rules.MOVE_LABELS[move] not in office.page(office.officer).content.decode()


def test_the_sheet_says_why_it_cannot_be_sent_with_links_to_the_cells(office):
    office.enter(c2_1="")
    page = office.page(office.commune_officer).content.decode()
    assert "Vì sao chưa gửi thẩm định được?" in page
    assert f'Chưa có kết quả của xã: <a href="#ct-{office.cells["2.1"]}">2.1</a>.' in page
    assert re.search(r"<button[^>]*disabled>Gửi thẩm định</button>", page)
    # Filling the cell brings the button back with the answer, without another page.
    saved = office.client(office.commune_officer).post(
        office.address("cell-save", cell="2.1"),
        fields_of(office.page(office.commune_officer)) | {f"v-{office.cells['2.1']}": "50"},
    )
    assert saved.status_code == 200
    assert re.search(r'<button[^>]* name="move"\s+value="gui">Gửi thẩm định</button>', saved.content.decode())


def test_obstacles_are_told_on_the_page_of_the_move_and_what_was_typed_stays(office):
    office.put(State.SUBMITTED)
    client = office.client(office.officer)
    response = client.post(office.move_address("verify"), {"seen": office.locked().token, "note": "Đã kiểm tra"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Chưa xác nhận thẩm định được" in page
    assert f'{office.address()}#ct-{office.cells["2.1"]}">2.1</a>' in page
    assert "Đã kiểm tra" in page
    assert office.state == State.SUBMITTED


def test_a_return_needs_a_reason_and_keeps_all_results(office):
    office.enter()
    office.enter(VERIFIED)
    office.put(State.VERIFIED)
    client = office.client(office.officer)
    refused = client.post(office.move_address("return"), {"seen": office.locked().token, "note": "  "})
    assert refused.status_code == 422
    assert "Ghi lý do trả lại để xã biết cần sửa gì." in refused.content.decode()
    assert office.state == State.VERIFIED
    client.post(office.move_address("return"), fields_of(refused) | {"note": "Bổ sung biên bản 2.1"})
    assert office.state == State.DRAFT
    assert IndicatorResult.objects.exclude(status="").count() == 8
    # The commune reads the reason where it works.
    page = office.page(office.commune_officer).content.decode()
    assert "Bổ sung biên bản 2.1" in page
    assert str(office.officer) in page


def test_the_database_takes_no_return_without_a_reason(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssessmentMove.objects.create(assessment=office.sheet, before="submitted", after="draft", at=timezone.now())
    AssessmentMove.objects.create(
        assessment=office.sheet, before="submitted", after="draft", note="x", at=timezone.now()
    )


# Seen or not


def test_a_sheet_changed_since_it_was_shown_is_not_moved_and_the_page_says_who_changed_what(office):
    office.enter()
    office.enter(VERIFIED)
    office.put(State.VERIFIED)
    client = office.client(office.officer)
    shown = fields_of(client.get(office.move_address("approve")))
    office.put(State.SUBMITTED)
    office.save("2.1", "51", by=factories.user(full_name="Lò Văn An"))
    office.put(State.VERIFIED)
    # The last thing that happened was the move.
    moment = timezone.now()
    AssessmentMove.objects.create(
        assessment=office.sheet, before="submitted", after="verified", at=moment, by=office.administrator
    )
    response = client.post(office.move_address("approve"), shown)
    assert response.status_code == 422
    assert f"{office.administrator} đã xác nhận thẩm định lúc" in response.content.decode()
    assert office.state == State.VERIFIED
    # Having been told, the person moves it knowingly.
    assert client.post(office.move_address("approve"), fields_of(response)).status_code == 302
    assert office.state == State.APPROVED


def test_changed_cells_are_named(office):
    office.enter()
    seen = office.locked().token
    who = factories.user(full_name="Lò Văn An")
    office.enter(by=who, c1_1="95", c2_1="60")
    moved = office.move("submit", seen=seen)
    assert not moved.is_done
    assert "Lò Văn An đã sửa 2 ô (1.1, 2.1) lúc" in moved.conflict
    assert "Chưa chuyển gì" in moved.conflict
    assert office.state == State.DRAFT
    assert office.move("submit", seen=office.locked().token).is_done


def test_there_and_back_again_is_a_change(office):
    office.enter()
    assert office.move("submit").is_done
    seen = office.locked().token
    office.move("return", note="nhầm kỳ")
    office.move("submit")
    moved = office.move("return", seen=seen, note="thiếu 2.1")
    assert "đã gửi thẩm định lúc" in moved.conflict


def test_a_period_closed_while_one_waited_for_the_lock_counts(office):
    office.enter()
    sheet = office.locked()
    page = load_sheet(office.locked())
    Period.objects.update(closed_on=date(2024, 4, 10))
    # The sheets still carry the period they were read with.
    assert sheet.period.closed_on is None
    entries = {office.cells["2.1"]: factories.value("1")}
    with pytest.raises(NotOpen):
        save_results(assessment=sheet, opinion=REPORTED, entries=entries, by=None)
    with pytest.raises(NotOpen):
        confirm_results(sheet=page, indicators=[office.cells["2.1"]], by=None)


# The day it was sent


def test_the_first_day_of_sending_stays(office):
    office.enter()
    first = timezone.make_aware(timezone.datetime(2024, 4, 2, 9))
    move_sheet(office.sheet, move="submit", by=office.commune_officer, seen=None, at=first)
    office.move("return", note="sửa 2.1")
    office.move("submit")
    office.sheet.refresh_from_db()
    assert office.sheet.submitted_on == date(2024, 4, 2)
    page = office.page(office.officer).content.decode()
    assert "gửi 02/04/2024" in page


@pytest.mark.parametrize(
    ("due", "sent", "today", "late"),
    [
        (None, None, 20, 0),
        (5, 5, 20, 0),
        (5, 6, 20, 1),
        (5, None, 5, 0),
        (5, None, 8, 3),
        (5, 2, 20, 0),
    ],
)
def test_late_is_counted_in_days_and_the_last_day_is_on_time(due, sent, today, late):
    due, sent, today = (day and date(2024, 4, day) for day in (due, sent, today))
    assert rules.days_late(due_on=due, sent_on=sent, today=today) == late


# Locked

LOCKED = [
    (State.DRAFT, True, True),
    (State.SUBMITTED, False, True),
    (State.VERIFIED, False, False),
    (State.APPROVED, False, False),
]
SENTENCES = {
    State.SUBMITTED: "đang thẩm định nên xã không sửa được; cần sửa thì đề nghị trả lại phiếu.",
    State.VERIFIED: "đang chờ duyệt nên không sửa được; cần sửa thì đề nghị trả lại phiếu.",
    State.APPROVED: "nên không sửa được; cần sửa thì đề nghị trả lại phiếu.",
}


@pytest.mark.parametrize(("state", "commune", "office_"), LOCKED)
@pytest.mark.parametrize("path", ["sheet", "cell-save"])
@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.OFFICER, Role.SECTOR_OFFICER])
def test_each_side_writes_in_its_states_by_page_and_by_cell(office, role, path, state, commune, office_):
    user = person(office, role)
    is_open = commune if role == Role.COMMUNE_OFFICER else office_
    shown = fields_of(office.page(user))
    office.put(state)
    page = office.page(user)
    cell = office.cells["2.1"]
    assert (f"v-{cell}" in fields_of(page)) == is_open
    address = office.address(path, cell="2.1" if path == "cell-save" else None)
    response = office.client(user).post(address, shown | {f"v-{cell}": "50"})
    assert IndicatorResult.objects.filter(value=50).exists() == is_open
    if is_open:
        assert response.status_code in (200, 302)
    else:
        assert SENTENCES[state] in page.content.decode()
        assert response.status_code == 422
        assert SENTENCES[state] in response.content.decode()
        # What was typed is handed back.
        if path == "sheet":
            assert "<li>2.1: 50" in response.content.decode()


def test_a_sheet_of_many_is_not_written_when_one_is_locked(office):
    office.put(State.SUBMITTED)
    sheets = [load_sheet(s, with_previous=False) for s in Assessment.objects.for_writing()]
    entries = {s.assessment.pk: {office.cells["2.1"]: factories.value("50")} for s in sheets}
    with pytest.raises(NotOpen), transaction.atomic():
        save_sheets(sheets, opinion=REPORTED, entries=entries, by=None)
    assert not IndicatorResult.objects.exists()


# Going on from the sheet without scripts


def test_the_button_of_a_move_saves_the_sheet_and_leads_to_the_move(office):
    office.enter(c2_1="44")
    user = office.commune_officer
    typed = fields_of(office.page(user)) | {f"v-{office.cells['2.1']}": "46", "move": "gui"}
    response = office.client(user).post(office.address(), typed)
    assert response.url == office.move_address("submit")
    assert IndicatorResult.objects.filter(value=46).exists()
    assert office.client(user).post(response.url, {"seen": office.locked().token}).url == office.address()
    assert office.state == State.SUBMITTED
    log = table_of(office.client(user).get(office.address("sheet-moves")), "list")[1:]
    assert [row[1:] for row in log] == [
        [str(user), "Gửi thẩm định", "đang nhập → đã gửi, đang thẩm định", ""],
    ]


# Brought over


def test_a_criterion_or_all_that_was_brought_over_is_confirmed(office):
    carry(office, FULL)
    user = office.commune_officer
    page = office.page(user)
    text = page.content.decode()
    assert text.count("chưa xác nhận lại</span>") == 4
    assert "Xác nhận tất cả 4 ô chưa xác nhận lại" in text
    # Of criterion 2 alone.
    response = office.client(user).post(office.address(), fields_of(page) | {"confirm": "2"})
    assert response.url == f"{office.address()}#ct-{office.cells['2.1']}"
    assert IndicatorResult.objects.filter(is_carried=True).count() == 3
    change = ResultChange.objects.get(source="screen")
    assert (change.before["is_carried"], "is_carried" in change.after, change.changed_by) == (True, False, user)
    page = office.page(user)
    office.client(user).post(office.address(), fields_of(page) | {"confirm": "all"})
    assert not IndicatorResult.objects.filter(is_carried=True).exists()
    assert texts(office, "submit") == []
    history = table_of(office.client(user).get(office.address("cell", cell="2.1")), "list")
    rows = [row[2:] for row in history if len(row) == 6][1:]
    assert rows == [
        ["xã tự đánh giá", "50, đạt (chưa xác nhận lại)", "50, đạt", "màn hình"],
        ["xã tự đánh giá", "trống", "50, đạt (chưa xác nhận lại)", "chuyển từ kỳ trước"],
    ]


def test_a_cell_typed_anew_is_confirmed_by_that(office):
    carry(office, FULL)
    user = office.commune_officer
    typed = fields_of(office.page(user)) | {f"v-{office.cells['2.1']}": "51", "confirm": "2"}
    office.client(user).post(office.address(), typed)
    result = IndicatorResult.objects.get(indicator=office.cells["2.1"])
    assert (result.value, result.is_carried) == (51, False)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECTOR_OFFICER, Role.COMMITTEE_MEMBER])
def test_nobody_confirms_for_the_commune(office, role):
    carry(office, FULL)
    user = person(office, role)
    page = office.page(user)
    assert 'name="confirm"' not in page.content.decode()
    office.client(user).post(office.address(), fields_of(page) | {"confirm": "all"})
    assert IndicatorResult.objects.filter(is_carried=True).count() == 4


def test_what_was_brought_over_counts_as_reported(office):
    carry(office, FULL)
    office.sheet.refresh_from_db()
    assert office.sheet.strip == "mmm"


# A sector officer's sheet


def test_a_sector_officer_sees_their_criteria_first_and_the_whole_sheet_to_read(office):
    narrow = office.page(office.sector_officer)
    text = narrow.content.decode()
    assert "Chỉ tiêu 2.1" in text
    assert "Chỉ tiêu 1.1" not in text
    # The score stays that of the whole sheet.
    assert "/3 tiêu chí" in text
    whole = office.page(office.sector_officer, ca_phieu=1)
    assert "Chỉ tiêu 1.1" in whole.content.decode()
    assert [name for name in fields_of(whole) if name.startswith("s-")] == [f"s-{office.cells['2.1']}"]
    assert "Xem cả phiếu" not in office.page(office.officer).content.decode()


def test_a_sector_officer_sees_one_indicator_where_their_agency_leads_just_that(office):
    other = factories.agency(office.district, "Phòng Văn hóa")
    first = office.set.criteria.get(number=1)
    lead = factories.lead(first, other)
    lead.indicator_code = "1.2"
    lead.save()
    user = factories.user(Role.SECTOR_OFFICER, office.district, agency=other)
    text = office.page(user).content.decode()
    assert "Chỉ tiêu 1.2" in text
    assert "Chỉ tiêu 1.1" not in text
    # The verdict of the criterion still goes by both of its indicators.
    assert "0/2" in text


# Queries


@pytest.mark.parametrize("indicators", [1, 3])
def test_moving_a_sheet_takes_the_same_queries_however_many_cells(db, indicators):
    large = Large(indicators)
    Assessment.objects.update(state=State.VERIFIED, state_at=timezone.now())
    address = f"{large.address}chuyen/duyet/"
    shown = fields_of(large.client.get(address))
    with counted() as queries:
        assert large.client.post(address, shown).status_code == 302
    # Session, person, sheet; lock, period; state, log.
    assert len(queries) == 7, queries


def test_opening_a_sheet_with_a_history_of_moves_takes_eight_queries(db):
    large = Large(3)
    sheet = Assessment.objects.get(period=large.period)
    for number in range(6):
        AssessmentMove.objects.create(
            assessment=sheet, before="submitted", after="draft", note=f"lần {number}", at=timezone.now()
        )
    with counted() as queries:
        page = large.client.get(large.address)
    assert "lần 5" in page.content.decode()
    assert len(queries) == 8, queries
