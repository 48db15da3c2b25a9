"""Digests by e-mail, sent to a real mail server on loopback."""

import email
import socket
import threading
from contextlib import contextmanager
from datetime import date
from email import policy
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core.mail import BadHeaderError
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.models import Role, User
from directives import actions, letters
from directives.models import Assignment, Digest
from tests.directives.factories import District, issued
from tests.reading import counted

DAY = "10/4/2024"


class Postbox:
    """What a mail server received; it may refuse people, or hang up after some letters."""

    def __init__(self):
        self.envelopes, self.refuses, self.sessions = [], set(), []
        self.hangs_up_after = self.says_instead = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return "550 5.1.1 Không có hộp thư này"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.says_instead:
            return self.says_instead
        if session not in self.sessions:
            self.sessions.append(session)
        mine = [kept for kept in self.envelopes if kept[0] is session]
        if self.hangs_up_after is not None and len(mine) >= self.hangs_up_after:
            server.transport.close()
            return "421 bye"
        self.envelopes.append((session, envelope))
        return "250 OK"

    @property
    def letters(self):
        return [email.message_from_bytes(kept.content, policy=policy.default) for _, kept in self.envelopes]

    @property
    def to(self):
        return sorted(letter["To"] for letter in self.letters)


def subject(letter):
    """Django folds a long one before its first word, which programs that show letters pass over."""
    return letter["Subject"].strip()


class Server(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True, hostname="thu.example.vn")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(postbox, port):
    server = Server(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield
    finally:
        server.stop()


@pytest.fixture
def port(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    settings.DEFAULT_FROM_EMAIL = "nhacviec@ntm.example.vn"
    settings.SITE_URL = "https://ntm.example.vn"
    return settings.EMAIL_PORT


@pytest.fixture
def postbox(port):
    postbox = Postbox()
    with listening(postbox, port):
        yield postbox


class Office:
    """A district whose two commune officers have one task due on 15/4/2024."""

    def __init__(self):
        self.district = District(communes=["Sơn Bình", "Bản Bo"])
        self.people = [self.person(index) for index in range(2)]
        issued(self.district, self.district.committees, text="Rà soát <hộ nghèo> & báo cáo\nUBND huyện")

    def person(self, index, **fields):
        user = self.district.commune_officer(index)
        fields = {"email": f"xa{index}@example.vn", "full_name": f"Lò Thị Mai {index}", **fields}
        User.objects.filter(pk=user.pk).update(**fields)
        return User.objects.get(pk=user.pk)


@pytest.fixture
def office(db):
    return Office()


def run(on=DAY):
    out = StringIO()
    call_command("send_reminders", on=on, stdout=out, stderr=out)
    return out.getvalue()


def test_everybody_gets_one_letter_over_one_connection(office, postbox):
    assert "Đã gửi 2 thư." in run()
    assert postbox.to == ["xa0@example.vn", "xa1@example.vn"]
    assert len(postbox.sessions) == 1
    assert "Đã gửi 0 thư." in run()
    assert len(postbox.letters) == 2
    assert not Digest.objects.filter(mailed_at=None).exists()


def test_the_letter_says_in_vietnamese_what_is_due_and_where(office, postbox):
    run()
    letter = next(letter for letter in postbox.letters if letter["To"] == "xa0@example.vn")
    assert subject(letter) == "Nông thôn mới: 1 việc sắp đến hạn (10/04/2024)"
    assert letter["From"] == "nhacviec@ntm.example.vn"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://ntm.example.vn/nhac-viec/#thu>"
    link = f"https://ntm.example.vn{Assignment.objects.get(agency=office.district.committees[0]).get_absolute_url()}"
    plain = letter.get_body(("plain",)).get_content()
    for words in (
        "Kính gửi Lò Thị Mai 0,",
        "Đến ngày 10/04/2024, anh chị có 1 việc sắp đến hạn.",
        "CÒN KHÔNG QUÁ 7 NGÀY (1)",
        "- Hạn 15/04/2024 (còn 5 ngày): Rà soát <hộ nghèo> & báo cáo UBND huyện",
        "UBND xã Sơn Bình · Thông báo họp ngày 28/03/2024",
        link,
        "Ngừng nhận thư, https://ntm.example.vn/nhac-viec/#thu",
    ):
        assert words in plain
    html = letter.get_body(("html",)).get_content()
    assert "Rà soát &lt;hộ nghèo&gt; &amp; báo cáo" in html
    assert f'href="{link}"' in html
    assert "<hộ" not in html
    assert "Bản Bo" not in plain + html


def test_overdue_work_stands_first(office, postbox):
    issued(office.district, office.district.committees, due_on=date(2024, 4, 1), text="Việc cũ")
    run()
    letter = postbox.letters[0]
    assert subject(letter) == "Nông thôn mới: 1 việc quá hạn, 1 việc sắp đến hạn (10/04/2024)"
    plain = letter.get_body(("plain",)).get_content()
    assert plain.index("Hạn 01/04/2024 (quá hạn 9 ngày): Việc cũ") < plain.index("Hạn 15/04/2024")


def test_a_refused_person_does_not_keep_the_others_from_theirs(office, postbox):
    postbox.refuses = {"xa0@example.vn"}
    said = run()
    assert "Đã gửi 1 thư." in said
    assert "xa0@example.vn): 550 5.1.1 Không có hộp thư này. Lần sau gửi lại." in said
    assert postbox.to == ["xa1@example.vn"]
    refused = Digest.objects.get(user=office.people[0])
    assert refused.mailed_at is None
    assert refused.mail_error == "550 5.1.1 Không có hộp thư này"
    # The next run tries again, with the digest there is.
    postbox.refuses = set()
    assert "0 người được nhắc" in run()
    refused.refresh_from_db()
    assert refused.mailed_at is not None
    assert refused.mail_error == ""
    assert postbox.to == ["xa0@example.vn", "xa1@example.vn"]


def test_a_server_that_is_down_costs_nobody_their_digest(office, port):
    with pytest.raises(CommandError, match="Máy chủ thư không nhận: ConnectionRefusedError.* Còn 2 người chưa có thư"):
        run()
    assert Digest.objects.count() == 2
    assert all("ConnectionRefused" in error for error in Digest.objects.values_list("mail_error", flat=True))
    assert set(User.objects.filter(digests__isnull=False).values_list("unseen_digests", flat=True)) == {1}
    postbox = Postbox()
    with listening(postbox, port):
        assert "Đã gửi 2 thư." in run()
    assert postbox.to == ["xa0@example.vn", "xa1@example.vn"]


def test_after_days_without_a_server_each_gets_one_letter_with_all_that_still_holds(office, port):
    with pytest.raises(CommandError):
        run(on="10/4/2024")
    issued(office.district, office.district.committees, due_on=date(2024, 4, 30), text="Việc mới")
    actions.complete_assignment(
        assignment=Assignment.objects.get(agency=office.district.committees[1], due_on=date(2024, 4, 15)),
        done_on=date(2024, 4, 10),
        note="Xong",
        by=None,
    )
    with pytest.raises(CommandError):
        run(on="11/4/2024")
    postbox = Postbox()
    with listening(postbox, port):
        assert "Đã gửi 2 thư." in run(on="12/4/2024")
    subjects = {letter["To"]: subject(letter) for letter in postbox.letters}
    assert subjects == {
        "xa0@example.vn": "Nông thôn mới: 1 việc sắp đến hạn, 1 việc mới giao (12/04/2024)",
        # The one of the 10th is done meanwhile.
        "xa1@example.vn": "Nông thôn mới: 1 việc mới giao (12/04/2024)",
    }
    assert not Digest.objects.filter(mailed_at=None).exists()


def test_a_server_that_hangs_up_after_some_letters_is_called_again(office, postbox):
    office.person(0, email="xa2@example.vn")
    postbox.hangs_up_after = 2
    assert "Đã gửi 3 thư." in run()
    assert postbox.to == ["xa0@example.vn", "xa1@example.vn", "xa2@example.vn"]
    assert len(postbox.sessions) == 2


def test_a_server_that_takes_nothing_ends_the_letters(office, postbox):
    postbox.hangs_up_after = 0
    with pytest.raises(CommandError, match="Còn 2 người chưa có thư"):
        run()
    assert not postbox.letters
    postbox.hangs_up_after, postbox.says_instead = None, "554 Thư bị từ chối"
    assert "554 Thư bị từ chối" in run()


def test_only_those_who_want_letters_and_have_an_address_get_them(office, postbox):
    User.objects.filter(pk=office.people[0].pk).update(wants_email=False)
    User.objects.filter(pk=office.people[1].pk).update(email="")
    assert "Đã gửi 0 thư." in run()
    assert Digest.objects.count() == 2
    assert set(Digest.objects.values_list("mailed_at", "mail_error")) == {(None, "")}


def test_what_was_seen_in_the_app_is_not_sent_afterwards(office, port):
    with pytest.raises(CommandError):
        run()
    actions.see_digests(by=office.people[0])
    postbox = Postbox()
    with listening(postbox, port):
        run()
    assert postbox.to == ["xa1@example.vn"]


def test_an_old_digest_is_not_sent_any_more(office, port):
    with pytest.raises(CommandError):
        run()
    postbox = Postbox()
    with listening(postbox, port):
        Assignment.objects.update(withdrawn_on=date(2024, 4, 11))
        assert "Đã gửi 0 thư." in run(on="17/4/2024")


@pytest.mark.parametrize("address", ["xa0@example.vn\nBcc: all@example.vn", "không phải địa chỉ", "xa0@"])
def test_an_address_that_is_none_reaches_nobody_and_stops_nobody(office, postbox, address):
    User.objects.filter(pk=office.people[0].pk).update(email=address)
    said = run()
    assert "Đã gửi 1 thư." in said
    assert "Không gửi được cho Lò Thị Mai 0" in said
    assert postbox.to == ["xa1@example.vn"]
    assert all(kept.rcpt_tos == ["xa1@example.vn"] for _, kept in postbox.envelopes)


def test_nothing_typed_by_people_reaches_the_head_of_a_letter(office, port):
    person = office.people[0]
    person.full_name = "Mai\nBcc: all@example.vn"
    digest = actions.make_digests(date(2024, 4, 10))[0][0]
    lines = letters._lines({person.pk: [digest]})[digest.pk]
    message = letters.letter(person, lines, date(2024, 4, 10)).message()
    assert message["Bcc"] is None
    person.email = "mai@example.vn\nBcc: all@example.vn"
    with pytest.raises(BadHeaderError):
        letters.letter(person, lines, date(2024, 4, 10)).message()


def test_a_long_digest_is_cut_in_the_letter(office, postbox, monkeypatch):
    monkeypatch.setattr(letters, "MOST_LINES", 2)
    for _ in range(3):
        issued(office.district, office.district.committees)
    run()
    plain = postbox.letters[0].get_body(("plain",)).get_content()
    assert plain.count("- Hạn") == 2
    assert "Và 2 việc nữa." in plain
    assert subject(postbox.letters[0]).startswith("Nông thôn mới: 4 việc sắp đến hạn")


def test_without_a_server_nothing_is_claimed(office, settings):
    settings.EMAIL_HOST = ""
    assert "chỉ nhắc trong chuông" in run()
    assert Digest.objects.filter(mailed_at=None, mail_error="").count() == 2


def test_the_letters_of_many_ask_as_much_as_those_of_few(office, postbox):
    def queries(day):
        actions.make_digests(day)
        with counted() as asked:
            letters.send_digests(day)
        return len(asked)

    # Claimed, read, their lines.
    assert queries(date(2024, 4, 10)) == 3
    before = len(postbox.letters)
    for number in range(10):
        office.person(number % 2, email=f"nguoi{number}@example.vn")
    for _ in range(5):
        issued(office.district, office.district.committees)
    assert queries(date(2024, 4, 11)) == 3
    assert len(postbox.letters) == before + 12


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_sends(port):
    office = Office()
    office.district.user(Role.OFFICER)
    postbox = Postbox()
    together = threading.Barrier(2)

    def work():
        together.wait()
        run()
        connections.close_all()

    with listening(postbox, port):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert postbox.to == ["xa0@example.vn", "xa1@example.vn"]
    assert Digest.objects.exclude(mailed_at=None).count() == 2
