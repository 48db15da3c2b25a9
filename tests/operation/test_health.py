"""What watches over the process is told how it is, and nothing that is anybody's."""

import json
from collections import namedtuple

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from ntm_tracker import __version__
from ntm_tracker.operation import health
from ntm_tracker.operation.proxy import visitor_address
from tests import factories
from tests.operation.common import LAST

OK = {"ready": True, "version": __version__, "database": "ok", "migrations": "ok", "disk": "ok", "files": "ok"}


@pytest.fixture(autouse=True)
def _not_seen_before(monkeypatch):
    monkeypatch.setattr(health._Migrated, "seen", False)


def test_the_live_answer_asks_nobody(client, db, django_assert_num_queries):
    client.force_login(factories.user())
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_ready_is_every_part(client, db, django_assert_num_queries):
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, OK)
    # The migrations were seen to have run: this process need not look again.
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_a_migration_that_has_not_run_is_said(client, db):
    MigrationRecorder.Migration.objects.filter(app=LAST[0], name=LAST[1]).delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == OK | {"ready": False, "migrations": "còn 1 bước chưa chạy: manage.py migrate"}


def test_a_database_that_is_away_is_said_without_its_address(client, db, monkeypatch):
    def away():
        raise OperationalError(
            'connection to server at "10.1.2.3", port 5432 failed: password authentication for "ntm"'
        )

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    assert answer.json() == OK | {"ready": False, "database": "không trả lời", "migrations": "chưa xem được"}


def test_a_full_disk_is_said(client, db, monkeypatch, settings):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage(10**12, 10**12, 499 * 1024 * 1024))
    assert client.get("/readyz").json() == OK | {"ready": False, "disk": "còn dưới 500 MB"}
    settings.DISK_FREE_MB = 100
    assert client.get("/readyz").json() == OK


def test_a_folder_nobody_may_write_to_is_said(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    (tmp_path / "file").write_bytes(b"")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["files"] == "không ghi được vào thư mục tệp tải lên"
    assert str(tmp_path) not in json.dumps(answer.json())


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_only_looking_is_allowed(client, db, address):
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^(healthz|readyz)$"], ALLOWED_HOSTS=["ntm.test"])
def test_the_process_is_asked_without_the_proxy(client, db):
    for address in ("/healthz", "/readyz"):
        answer = client.get(address, headers={"Host": "127.0.0.1:8000"})
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.get("/tai-khoan/dang-nhap/", headers={"Host": "ntm.test"}).status_code == 301


@pytest.mark.parametrize(
    ("behind", "said", "address"),
    [
        (True, "203.0.113.9", "203.0.113.9"),
        # What came with the request stands before what our proxy added.
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "<script>", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_the_visitor_has_the_address_our_proxy_saw(rf, settings, behind, said, address):
    settings.BEHIND_PROXY = behind
    seen = []
    try:
        answer = visitor_address(lambda request: seen.append(request.META["REMOTE_ADDR"]))
    except MiddlewareNotUsed:
        assert not behind
        return
    answer(rf.get("/", headers={"X-Forwarded-For": said}))
    assert seen == [address]
