"""The rehearsal: an office's data are backed up, destroyed, restored and compared, and go from one database to the other."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from communes.models import Agency, Locality
from criteria.models import IndicatorResult
from directives.models import Task
from ntm_tracker.operation import archive, backup
from tests import factories
from tests.conftest import ROOT
from tests.operation.common import LAST, address_of, contents_of, destroy, marks, refuses, with_manifest

HOSTILE = "Đặng Thị Ễnh Ương \u202egnuht\u202c =HYPERLINK(1) <script> 𠊛 \u00a0\t\n“ngoặc”"


def test_what_is_destroyed_comes_back_row_by_row_and_file_by_file(district, settings, tmp_path):
    Task.objects.update(text=HOSTILE)
    result = IndicatorResult.objects.exclude(value=None).order_by("pk")[0]
    IndicatorResult.objects.filter(pk=result.pk).update(value=Decimal("1234567890.1234"))
    User.objects.filter(username="bcd").update(is_active=False, last_login=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC))
    before, kept = marks(), contents_of(district)
    call_command("backup", to=tmp_path / "backups", verbosity=0)
    (path,) = (tmp_path / "backups").iterdir()
    destroy()
    assert not User.objects.exists()
    settings.MEDIA_ROOT = tmp_path / "fresh"

    call_command("restore", str(path))

    assert marks() == before
    assert contents_of(settings.MEDIA_ROOT) == kept
    assert kept
    # And in words of the application, which share nothing with how rows are compared.
    assert set(Task.objects.values_list("text", flat=True)) == {HOSTILE}
    assert IndicatorResult.objects.get(pk=result.pk).value == Decimal("1234567890.1234")
    member = User.objects.get(username="bcd")
    assert member.is_active is False
    assert member.last_login == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert User.objects.get(username="vanphong").check_password("Ntm@2024!demo")
    # New rows go on behind the old ones.
    newest = Agency.objects.order_by("-pk")[0].pk
    assert factories.agency(Locality.objects.order_by("pk")[0], "Cơ quan mới").pk > newest


def test_files_that_are_gone_from_the_disk_are_named(district, settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path / "empty"
    call_command("backup", to=tmp_path / "b")
    assert "không có trên đĩa" in capsys.readouterr().err


def test_a_backup_that_is_killed_leaves_nothing_that_passes_for_one(district, tmp_path):
    """A real process, ended with kill -9 while it writes; the next one does its work."""
    media, folder = tmp_path / "media", tmp_path / "backups"
    media.mkdir()
    with (media / "large.pdf").open("wb") as large:
        large.truncate(3 << 30)
    os.utime(media / "large.pdf", (1, 1))
    environment = {**os.environ, "DATABASE_URL": address_of(connection), "MEDIA_ROOT": str(media)}
    command = [sys.executable, "manage.py", "backup", "--to", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    for _ in range(6000):
        if any(path.stat().st_size > 1 << 16 for path in folder.glob("*")) or process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, process.stderr.read()
    (left,) = folder.iterdir()
    assert not backup.NAME.fullmatch(left.name)
    assert "bị cắt" in refuses(left)
    (media / "large.pdf").unlink()
    done = manage("backup", "--to", folder, database=address_of(connection), media=media)
    assert done.returncode == 0, done.stderr
    (path,) = (path for path in folder.iterdir() if path != left)
    assert archive.verify(path).rows > 5000


def manage(*arguments, database, media):
    environment = {**os.environ, "DATABASE_URL": database, "MEDIA_ROOT": str(media)}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path):
    """The address of a database with nothing in it, of the kind the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    name, administration = f"{connection.settings_dict['NAME']}_elsewhere", psycopg2.connect(address_of(connection))
    administration.autocommit = True
    with administration.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield address_of(connection).rpartition("/")[0] + f"/{name}"
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    administration.close()


def test_from_this_database_to_sqlite_and_back_by_the_commands(district, tmp_path, elsewhere):
    """Restored into a file of SQLite, without tables before; from there moved to a database of the kind we run on."""
    fresh, before = tmp_path / "fresh", marks()
    path = backup.back_up(folder=tmp_path / "backups", media=district).path
    # The backup is of an earlier version: its tables lack the last step, which then runs over its rows.
    older = with_manifest(path, tmp_path / "older.tar", without=LAST)
    lite = f"sqlite:///{tmp_path / 'lite.sqlite3'}"

    done = manage("restore", older, database=lite, media=fresh)
    assert done.returncode == 0, done.stderr
    assert "Đã cập nhật các bảng" in done.stdout
    assert contents_of(fresh) == contents_of(district)
    assert marks_in(lite, tmp_path) == before
    with sqlite3.connect(tmp_path / "lite.sqlite3") as plain:
        assert plain.execute("SELECT name FROM communes_locality WHERE kind = 'xã' AND name LIKE 'Sơn B%'").fetchall()

    if connection.vendor == "sqlite":
        # Tables of their own are laid once above; here they are emptied ones, which takes a third of the time.
        emptied(tmp_path / "lite.sqlite3", tmp_path / "elsewhere.sqlite3")
    moved = manage("move_database", elsewhere, database=lite, media=fresh)
    assert moved.returncode == 0, moved.stderr
    assert f"{len(before)} bảng" in moved.stdout
    assert marks_in(elsewhere, tmp_path) == before
    again = manage("move_database", elsewhere, database=lite, media=fresh)
    assert again.returncode == 1
    assert "đã có dữ liệu" in again.stderr


def emptied(path, copy):
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
        for (table,) in source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ):
            if table != "django_migrations":
                target.execute(f"DELETE FROM {table}")


def marks_in(database, tmp_path):
    """The marks of every table as a process on that database finds them."""
    folder = tmp_path / "of" / str(len(database))
    done = manage("backup", "--to", folder, database=database, media=tmp_path / "none")
    assert done.returncode == 0, done.stderr
    (path,) = folder.iterdir()
    return {table.model: (table.rows, table.mark) for table in archive.verify(path).tables}
