"""The bell, the page of reminders, and what a person sets there."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from directives import actions
from directives.models import Assignment, CalendarAddress, Digest
from tests.directives.factories import District, issued
from tests.reading import counted, fields_of

pytestmark = pytest.mark.django_db
PAGE = reverse("directives:reminders")
BOARD = reverse("directives:tasks")


@pytest.fixture
def small():
    return District(communes=["Sơn Bình", "Bản Bo"])


@pytest.fixture
def person(small):
    return small.commune_officer(0)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text(client, address=PAGE):
    return client.get(address).content.decode()


def give(small, due_in, **fields):
    issued(small, small.committees, due_on=timezone.localdate() + timedelta(days=due_in), **fields)


def tell(days_ago=0):
    return actions.make_digests(timezone.localdate() - timedelta(days=days_ago))


def test_the_bell_counts_what_is_unseen_and_opening_the_page_is_seeing_it(small, person):
    client = signed_in(person)
    assert 'aria-label="Nhắc việc"' in text(client, BOARD)
    give(small, 5)
    tell(1)
    give(small, 30)
    tell()
    assert 'aria-label="Nhắc việc, 2 bản chưa xem"' in text(client, BOARD)
    page = text(client)
    assert page.count("●</span>mới") == 2
    assert 'aria-label="Nhắc việc"' in page
    assert 'aria-label="Nhắc việc"' in text(client, BOARD)
    assert "●</span>mới" not in text(client)
    assert not Digest.objects.filter(seen_at=None).exists()
    assert User.objects.get(pk=person.pk).unseen_digests == 0


def test_seeing_mine_is_not_seeing_somebody_elses(small, person):
    other = small.commune_officer(1)
    give(small, 5)
    tell()
    text(signed_in(person))
    other.refresh_from_db()
    assert other.unseen_digests == 1
    assert Digest.objects.filter(user=other, seen_at=None).count() == 1


def test_the_lines_stand_by_reason_as_they_are_today(small, person):
    give(small, -3, text="Việc quá hạn")
    give(small, 5, text="Việc sắp đến hạn")
    give(small, 6, text="Việc xong rồi")
    give(small, 7, text="Việc thôi")
    tell()
    mine = Assignment.objects.filter(agency=small.committees[0])
    today = timezone.localdate()
    actions.complete_assignment(assignment=mine.get(task__text="Việc xong rồi"), done_on=today, note="Xong", by=None)
    actions.withdraw_assignments(assignments=[mine.get(task__text="Việc thôi")], on=today, note="Thôi", by=None)
    page = text(signed_in(person))
    order = ["Việc quá hạn", "Việc sắp đến hạn", "Việc xong rồi", "Việc thôi"]
    assert sorted(order, key=page.index) == order
    assert "Quá hạn 3 ngày" in page
    assert "Còn 5 ngày" in page
    assert "Hoàn thành" in page
    assert "Đã thu hồi" in page
    assert "1 việc quá hạn, 3 việc sắp đến hạn" in page
    for row in mine:
        assert f'href="{row.get_absolute_url()}"' in page
    assert "Bản Bo" not in page


def test_what_waits_for_the_office_says_so(small, person):
    officer = small.officer()
    give(small, 5)
    row = Assignment.objects.get(agency=small.committees[0])
    actions.report_done(assignment=row, done_on=timezone.localdate(), note="Xong", by=person)
    tell()
    page = text(signed_in(officer))
    assert "1 việc chờ xác nhận" in page
    assert ">?</span>Chờ xác nhận" in page


def test_a_person_who_moved_no_longer_reads_of_the_place_before(small, person):
    give(small, 5, text="Việc của xã cũ")
    tell()
    User.objects.filter(pk=person.pk).update(place=small.communes[1])
    page = text(signed_in(person))
    assert "Việc của xã cũ" not in page
    assert "Không còn việc nào trong địa bàn của anh chị" in page


def test_an_empty_page_says_when_there_will_be_something(small, person):
    page = text(signed_in(person))
    assert "Chưa có nhắc việc nào." in page
    assert "Tạo địa chỉ lịch riêng" in page


def test_sixty_days_are_kept_on_the_page_ten_a_page(small, person):
    Digest.objects.bulk_create(
        Digest(user=person, on=timezone.localdate() - timedelta(days=days)) for days in range(0, 70, 3)
    )
    client = signed_in(person)
    pages = [client.get(PAGE, {"page": number}).context["page_obj"] for number in (1, 2)]
    assert [len(page.object_list) for page in pages] == [10, 10]
    assert pages[0].paginator.count == 20


def queries_of(client, address):
    with counted() as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_page_asks_as_much_for_many_lines_as_for_few_and_other_pages_nothing_more(small, person):
    client = signed_in(person)
    board = queries_of(client, BOARD)
    give(small, 5)
    board_with_work = queries_of(client, BOARD)
    tell()
    # Counted anew, as the first time.
    cache.clear()
    assert queries_of(client, BOARD) == board_with_work >= board
    # Session, person, digests counted and read, lines, address; and once the three that mark them seen.
    assert queries_of(client, PAGE) == 6 + 3
    assert queries_of(client, PAGE) == 6
    for days in range(1, 8):
        for _ in range(3):
            give(small, 20)
        tell(-days)
    assert queries_of(client, PAGE) == 6 + 3
    assert queries_of(client, PAGE) == 6


# -- letters ---------------------------------------------------------------------------------------------------------


def test_a_person_says_whether_letters_come(small, person, settings):
    settings.EMAIL_HOST = "127.0.0.1"
    User.objects.filter(pk=person.pk).update(email="xa@example.vn")
    client = signed_in(person)
    assert "<b>xa@example.vn</b>" in text(client)
    answer = client.post(reverse("directives:reminders-mail"), {"nhan": "0"}, follow=True)
    assert "Đã ngừng gửi thư nhắc việc" in answer.content.decode()
    assert "Nhận thư nhắc việc" in answer.content.decode()
    assert not User.objects.get(pk=person.pk).wants_email
    client.post(reverse("directives:reminders-mail"), {"nhan": "1"})
    assert User.objects.get(pk=person.pk).wants_email
    assert client.get(reverse("directives:reminders-mail")).status_code == 405


def test_the_page_says_why_no_letter_comes(small, person, settings):
    client = signed_in(person)
    assert "chưa nối với máy chủ thư" in text(client)
    settings.EMAIL_HOST = "127.0.0.1"
    assert "chưa có địa chỉ thư" in text(client)
    User.objects.filter(pk=person.pk).update(email="xa@example.vn")
    give(small, 5)
    tell()
    Digest.objects.update(mail_error="550 Không có hộp thư này")
    assert "Máy chủ thư trả lời: 550 Không có hộp thư này" in text(client)


ADDRESS = reverse("directives:reminders-address")


def test_a_person_enters_changes_and_takes_back_where_letters_go(small, person, settings):
    settings.EMAIL_HOST = "127.0.0.1"
    client = signed_in(person)
    page = client.get(PAGE)
    assert "Địa chỉ giữ trong tài khoản của anh chị" in page.content.decode()
    for typed in (" xa@example.vn ", "xa.sonbinh@example.vn", ""):
        fields = fields_of(client.get(PAGE), having="email")
        answer = client.post(ADDRESS, fields | {"email": typed}, follow=True)
        assert User.objects.get(pk=person.pk).email == typed.strip()
        assert f"Đã ghi địa chỉ thư {typed.strip()}." in answer.content.decode() or not typed
    assert "Đã bỏ địa chỉ thư; chuông vẫn nhắc." in answer.content.decode()
    assert client.get(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("xasonbinh.example.vn", "thiếu dấu @"),
        ("xa son binh@example.vn", "không có dấu cách"),
        ("xa@example.vn; bo@example.vn", "Ghi một địa chỉ"),
        ("xã@example.vn", "Tắt bộ gõ tiếng Việt"),
        ("xa@example", "không đúng"),
        ("@example.vn", "không đúng"),
        ("x" * 250 + "@example.vn", "dài nhất 254 ký tự; anh chị nhập 261"),
    ],
)
def test_a_wrong_address_gets_a_sentence_and_stays_to_be_put_right(small, person, typed, sentence):
    User.objects.filter(pk=person.pk).update(email="xa@example.vn")
    client = signed_in(person)
    fields = fields_of(client.get(PAGE), having="email")
    answer = client.post(ADDRESS, fields | {"email": typed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert fields_of(answer, having="email")["email"] == typed
    assert User.objects.get(pk=person.pk).email == "xa@example.vn"


def test_an_address_an_administrator_changed_meanwhile_is_not_overwritten_unseen(small, person):
    client = signed_in(person)
    fields = fields_of(client.get(PAGE), having="email")
    User.objects.filter(pk=person.pk).update(email="vanthu@example.vn")
    answer = client.post(ADDRESS, fields | {"email": "xa@example.vn"})
    assert answer.status_code == 422
    assert "Hai người cùng sửa một nội dung" in answer.content.decode()
    assert "vanthu@example.vn" in answer.content.decode()
    assert User.objects.get(pk=person.pk).email == "vanthu@example.vn"
    client.post(ADDRESS, fields_of(answer, having="email"))
    assert User.objects.get(pk=person.pk).email == "xa@example.vn"


def test_what_was_said_of_the_old_address_is_not_said_of_the_new_one(small, person, settings):
    settings.EMAIL_HOST = "127.0.0.1"
    User.objects.filter(pk=person.pk).update(email="sai@example.vn")
    give(small, 5)
    tell()
    Digest.objects.update(mail_error="550 Không có hộp thư này")
    client = signed_in(person)
    assert "550 Không có hộp thư này" in text(client)
    fields = fields_of(client.get(PAGE), having="email")
    client.post(ADDRESS, fields | {"email": "xa@example.vn"})
    assert "550" not in text(client)
    assert Digest.objects.get().mailed_at is None


# -- the private address ---------------------------------------------------------------------------------------------


def feed(address):
    return Client().get(reverse("directives:calendar", args=[address.token]))


def test_an_address_is_made_shown_and_revoked(small, person, settings):
    settings.SITE_URL = "https://ntm.example.vn"
    client = signed_in(person)
    client.post(reverse("directives:calendar-create"))
    address = CalendarAddress.objects.get(user=person)
    # 256 bits.
    assert len(address.token) == 43
    page = text(client)
    assert f'value="https://ntm.example.vn/lich/{address.token}.ics"' in page
    assert f'href="webcal://ntm.example.vn/lich/{address.token}.ics"' in page
    assert "Ai có địa chỉ này đều xem được hạn việc của anh chị." in page
    assert "chưa có ứng dụng nào đọc" in page
    assert feed(address).status_code == 200
    assert "ứng dụng đọc lần cuối lúc" in text(client)
    said = client.post(reverse("directives:calendar-revoke", args=[address.pk]), follow=True).content.decode()
    assert "Đã thu hồi địa chỉ lịch" in said
    assert address.token not in said
    assert feed(address).status_code == 404


def test_a_new_address_ends_the_one_before(small, person):
    client = signed_in(person)
    client.post(reverse("directives:calendar-create"))
    first = CalendarAddress.objects.get()
    client.post(reverse("directives:calendar-create"))
    second = CalendarAddress.objects.get(revoked_at=None)
    assert first.token != second.token
    assert feed(first).status_code == 404
    assert feed(second).status_code == 200
    # The first one's button in a window that was left open does not end the second.
    client.post(reverse("directives:calendar-revoke", args=[first.pk]))
    assert feed(second).status_code == 200


def test_nobody_revokes_somebody_elses_address(small, person):
    address = actions.open_calendar(by=person)
    stranger = signed_in(small.user(Role.ADMINISTRATOR))
    assert stranger.post(reverse("directives:calendar-revoke", args=[address.pk])).status_code == 404
    assert feed(address).status_code == 200
    assert address.token not in text(stranger)


def test_a_person_who_was_not_told_anything_that_day_has_no_digest(small, person):
    tell()
    assert not Digest.objects.exists()
