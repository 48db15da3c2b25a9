"""Moving the whole database to another one, SQLite to PostgreSQL or back, every row compared."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dj_database_url
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from ntm_tracker.databases import tuned
from ntm_tracker.operation import NotDone
from ntm_tracker.operation.backup import files_named
from ntm_tracker.operation.restore import check_empty
from ntm_tracker.operation.rows import Digest, Schema, columns_of, empty, insert, lines_of, settle, snapshot

TARGET = "target"


@dataclass
class Report:
    tables: int
    rows: int
    files: int
    missing: list[str]


def move(*, url: str, media: Path, source=DEFAULT_DB_ALIAS) -> Report:
    """Copy all rows to the database at `url`; uploaded files stay where they are.

    Nobody should be working meanwhile: what somebody saved while it ran is noticed, and then nothing is written.
    Raises NotDone, worded for the person at the terminal.
    """
    _connect(url)
    schema = Schema(source)
    if schema.is_behind or schema.is_ahead:
        raise NotDone("Cơ sở dữ liệu gốc chưa cập nhật. Chạy manage.py migrate rồi chuyển lại.")
    check_empty(Schema(TARGET))
    _migrate(url)
    models = schema.models()
    with transaction.atomic(TARGET):
        digests = _copy(models, source)
        settle(models, TARGET)
        for model, digest in zip(models, digests, strict=True):
            if Digest(lines_of(model, source)) != digest:
                raise NotDone(
                    f"Có người vừa ghi vào bảng {model._meta.db_table} trong lúc chuyển. Chưa chuyển gì. Dừng chương trình "
                    "(systemctl stop ntm) rồi chuyển lại."
                )
    names = {name for model in models for name in files_named(model, source)}
    missing = sorted(name for name in names if not (media / name).is_file())
    return Report(len(models), sum(digest.rows for digest in digests), len(names), missing)


def _copy(models, source):
    """Copy every table as it is at one moment, and read each again at the other end."""
    digests = []
    empty(models, TARGET)
    with snapshot(source):
        for model in models:
            digest = Digest()
            insert(model, columns_of(model), digest.of(lines_of(model, source)), TARGET)
            if Digest(lines_of(model, TARGET)) != digest:
                raise NotDone(f"Bảng {model._meta.db_table} sau khi chuyển không giống bảng gốc. Chưa chuyển gì.")
            digests.append(digest)
    return digests


def _connect(url):
    try:
        database = dj_database_url.parse(url)
    except ValueError as error:
        raise NotDone("Địa chỉ đích không đúng dạng postgres://người@máy:5432/tên hoặc sqlite:///tệp.") from error
    if not database.get("NAME"):
        raise NotDone("Địa chỉ đích chưa có tên cơ sở dữ liệu, ví dụ postgres://ntm@127.0.0.1:5432/ntm.")
    target = connections.configure_settings({DEFAULT_DB_ALIAS: tuned(database, debug=settings.DEBUG)})
    connections.databases[TARGET] = target[DEFAULT_DB_ALIAS]


def _migrate(url):
    """In a process of its own, as an installation on that database would: some migrations know only of one database."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "-v0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise NotDone(f"Không tạo được bảng ở cơ sở dữ liệu đích.\n{done.stderr.strip()[-2000:]}")
