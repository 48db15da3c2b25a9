"""Long work in a process of its own: bound to the person, told how far it is, ended in a file or in words."""

import io
import os
import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from ntm_tracker import jobs
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.user(Role.OFFICER, factories.district(), username="hoa")


@pytest.fixture
def begun(monkeypatch):
    """Starts work without a process: what would be run is kept, and nothing ends it."""
    run = []

    class Process:
        def __init__(self, command, **options):
            self.pid = 2**22 + 1
            run.append(command)

        def wait(self, seconds=None):
            time.sleep(3600)

    monkeypatch.setattr(jobs.subprocess, "Popen", Process)
    monkeypatch.setattr(jobs.threading, "Thread", lambda **options: type("T", (), {"start": lambda self: None})())

    def start(by, *options, title="Bộ biểu họp"):
        return jobs.start("export_workbook", *options, by=by, title=title, file_name="hop.xlsx", back="/bao-cao/?ky=1")

    start.run = run
    return start


def end(job, code, said=""):
    folder = jobs.folder_of(job.token)
    (folder / "errors").write_text(said, encoding="utf-8")
    (folder / "code").write_text(str(code), encoding="utf-8")


def test_work_is_begun_with_where_to_write_and_what_to_tell(officer, begun):
    job = begun(officer, "--period", "2024-q1")
    (command,) = begun.run
    folder = jobs.folder_of(job.token)
    assert command[1].endswith("manage.py")
    assert command[2:] == [
        *("export_workbook", "--period", "2024-q1"),
        *("--output", str(folder / "result"), "--progress", str(folder / "progress")),
    ]
    assert job.is_running
    assert (job.percent, job.title, job.back) == (0, "Bộ biểu họp", "/bao-cao/?ky=1")
    jobs.tell(folder / "progress", 3, 10, "Biểu 03 / thử")
    job = jobs.find(job.token, by_pk=officer.pk)
    assert (job.done, job.whole, job.part, job.percent) == (3, 10, "Biểu 03 / thử", 30)


def test_the_same_work_is_not_begun_twice_while_it_goes_on(officer, begun):
    first = begun(officer, "--period", "2024-q1")
    assert begun(officer, "--period", "2024-q1").token == first.token
    assert begun(officer, "--period", "2024-q2").token != first.token
    other = factories.user(Role.OFFICER, officer.place, username="lan")
    assert begun(other, "--period", "2024-q1").token != first.token
    end(first, 1)
    assert begun(officer, "--period", "2024-q1").token != first.token


def test_only_so_many_are_at_work_at_once(officer, begun):
    running = [begun(officer, f"--period={n}") for n in range(jobs.MOST_RUNNING)]
    with pytest.raises(jobs.TooManyJobs, match="Chờ một phút"):
        begun(officer, "--period=9")
    end(running[0], 1)
    assert begun(officer, "--period=9").is_running


@pytest.mark.parametrize(
    ("code", "said", "error"),
    [
        (1, "CommandError: Chưa có phiếu nào.\n", "Chưa có phiếu nào."),
        (1, "một lời nhắc\nCommandError: Chưa có phiếu nào.\n", "Chưa có phiếu nào."),
        (1, "Traceback (most recent call last):\n  secret\nValueError: x", jobs.UNEXPECTED),
        (-9, "", jobs.UNEXPECTED),
        # It said that all was well, and there is no file.
        (0, "", jobs.UNEXPECTED),
        ("timeout", "", "Việc này mất quá 30 phút nên đã dừng, chưa có gì được ghi. Chọn địa bàn nhỏ hơn."),
    ],
)
def test_work_that_fails_says_why(officer, begun, code, said, error):
    job = begun(officer)
    end(job, code, said)
    job = jobs.find(job.token, by_pk=officer.pk)
    assert (job.is_running, job.is_done, job.error) == (False, False, error)


def test_work_whose_server_went_down_is_given_up(officer, begun):
    job = begun(officer)
    long_ago = time.time() - jobs.SILENT_SECONDS - 1
    os.utime(jobs.folder_of(job.token) / "progress", (long_ago, long_ago))
    assert jobs.find(job.token, by_pk=officer.pk).error == jobs.UNEXPECTED


def test_what_is_a_day_old_is_swept(officer, begun):
    job = begun(officer)
    folder = jobs.folder_of(job.token)
    long_ago = time.time() - jobs.KEPT_HOURS * 3600 - 1
    os.utime(folder, (long_ago, long_ago))
    assert jobs.find(job.token, by_pk=officer.pk) is None
    jobs.sweep()
    assert not folder.exists()


def page(user, job, name="job", **headers):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"dashboards:{name}", args=[job.token]), headers=headers)


def test_the_page_shows_how_far_it_is_and_fetches_itself(officer, begun):
    job = begun(officer)
    jobs.tell(jobs.folder_of(job.token) / "progress", 3, 10, "Biểu 03")
    shown = page(officer, job).content.decode()
    assert "3/10 phần xong, đang ghi Biểu 03" in shown
    # Without scripts the page is asked for again.
    assert '<meta http-equiv="refresh" content="2">' in shown
    part = page(officer, job, **{"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "hx-trigger" in part
    assert page(officer, job, "job-file").status_code == 404


def test_the_page_hands_over_the_file(officer, begun):
    job = begun(officer)
    job.path.write_bytes(b"PK tep")
    shown = page(officer, job, **{"HX-Request": "true"}).content.decode()
    assert "Tệp đã xong" in shown
    assert "hx-trigger" not in shown
    answer = page(officer, job, "job-file")
    assert answer.getvalue() == b"PK tep"
    assert answer["Content-Disposition"] == 'attachment; filename="hop.xlsx"'


def test_the_page_says_why_there_is_no_file(officer, begun):
    job = begun(officer)
    end(job, 1, "CommandError: Chưa có phiếu <nào>.")
    shown = page(officer, job).content.decode()
    assert "Không lập được tệp" in shown
    assert "Chưa có phiếu &lt;nào&gt;." in shown
    assert 'href="/bao-cao/?ky=1"' in shown


@pytest.mark.parametrize("token", ["khong-co", "..", "%2e%2e", "a" * 300])
def test_work_of_another_or_of_nobody_is_not_found(officer, begun, token):
    job = begun(officer)
    other = factories.user(Role.OFFICER, officer.place, username="lan")
    for name in ("job", "job-file"):
        assert page(other, job, name).status_code == 404
        client = Client()
        client.force_login(officer)
        assert client.get(f"/bao-cao/tep/{token}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_process_of_its_own_writes_the_file(monkeypatch):
    """The whole way once: the page's own command in a process, on the test's database."""
    year = factories.Year(places=3)
    settings = connection.settings_dict
    address = f"sqlite:///{settings['NAME']}"
    if connection.vendor == "postgresql":
        user = f"{settings['USER']}:{settings['PASSWORD']}".rstrip(":")
        address = f"postgres://{user}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    monkeypatch.setenv("DATABASE_URL", address)

    def run(*options):
        job = jobs.start(
            *("export_workbook", "--period", year.now.code, "--by", year.officer.username, *options),
            by=year.officer,
            title="Biểu",
            file_name="x.xlsx",
            back="/",
        )
        give_up = time.monotonic() + 60
        while job.is_running and time.monotonic() < give_up:
            time.sleep(0.1)
            job = jobs.find(job.token, by_pk=year.officer.pk)
        return job

    job = run("--table", "01")
    assert job.is_done, job.error
    sheet = load_workbook(io.BytesIO(job.path.read_bytes()))["Biểu 01"]
    assert {row[1] for row in sheet.iter_rows(values_only=True)} >= set(year.places)
    assert run("--table", "xx").error.startswith("--table: không có biểu “xx”.")
