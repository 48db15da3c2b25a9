"""Backups: one archive of the database and the uploaded files, of one moment, whole or not there at all.

One way for both databases, needing nothing but this program: `pg_dump` must be of the server's version or newer, which
an office server with the packages of its own Debian often lacks, and what it writes cannot be read into SQLite. The
rows are read in one snapshot (`rows`), so that people go on working meanwhile.
"""

import errno
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import timezone

from ntm_tracker import __version__
from ntm_tracker.operation import NotDone, archive, files
from ntm_tracker.operation.rows import PART, Digest, Schema, columns_of, lines_of, snapshot

NAME = re.compile(r"ntm-\d{8}-\d{6}\.tar(\.age)?")
UNFINISHED = ".part"
# A file that was changed this recently may still be written; it is looked at again after the snapshot.
_SETTLED_SECONDS = 60
_DAY = 24 * 3600


@dataclass
class Report:
    path: Path
    manifest: archive.Manifest
    size: int
    removed: list[str]


def back_up(*, folder: Path, media: Path, keep: int | None = None, recipients=()) -> Report:
    """Write one archive into `folder`, then take away all but the newest `keep`.

    It is written under a name nobody takes for a backup and gets its own when it is whole and on the disk.
    Raises NotDone, worded for the person at the terminal, and then leaves nothing.
    """
    name = f"ntm-{timezone.localtime():%Y%m%d-%H%M%S}.tar{archive.SEALED if recipients else ''}"
    part, path = folder / f"{name}.{os.getpid()}{UNFINISHED}", folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Only its owner reads it.
        raw = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise NotDone(f"Không ghi được vào thư mục {folder}: {_why(error)}") from error
    try:
        with raw:
            manifest = _write(raw, media, recipients)
            raw.flush()
            os.fsync(raw.fileno())
            size = raw.tell()
        if path.exists():
            raise NotDone(f"{path.name} đã có, do một lần sao lưu khác cùng lúc. Chạy lại sau một giây.")
        part.rename(path)
        _settle(folder)
    except OSError as error:
        raise NotDone(f"Không sao lưu được vào {folder}: {_why(error)} Chưa có bản sao lưu nào được tạo.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Report(path, manifest, size, _sweep(folder, path, keep))


def _write(raw, media, recipients):
    using = DEFAULT_DB_ALIAS
    manifest = archive.Manifest(
        version=__version__,
        made_at=timezone.localtime().isoformat(timespec="seconds"),
        database=connections[using].vendor,
        migrations=[],
    )
    with archive.writing(raw, manifest, recipients) as writer:
        # Files first: what a row of the snapshot names was there before it, and may be taken away while we read. Then
        # those that came until the snapshot or were still being written.
        _add_files(writer, media, older_than=time.time() - _SETTLED_SECONDS)
        with snapshot(using):
            schema = Schema(using)
            if not schema.migrations:
                raise NotDone("Cơ sở dữ liệu chưa có bảng nào, không có gì để sao lưu. Kiểm tra DATABASE_URL.")
            if schema.is_ahead:
                raise NotDone("Cơ sở dữ liệu mới hơn chương trình này. Sao lưu bằng bản chương trình đang dùng.")
            manifest.migrations = [list(migration) for migration in schema.migrations]
            named = set()
            for model in schema.models():
                manifest.tables.append(_add_table(writer, model, using))
                named |= files_named(model, using)
        _add_files(writer, media)
        manifest.missing = sorted(named - manifest.files.keys())
    return manifest


def _add_table(writer, model, using):
    table, digest = archive.Table(model._meta.label_lower, columns_of(model)), Digest()
    lines = digest.of(lines_of(model, using))
    while part := list(islice(lines, PART)):
        writer.add_rows(table, part)
    table.rows, table.mark = digest.rows, digest.mark
    return table


def files_named(model, using) -> set[str]:
    """The uploaded files that rows of the table name, by their path in MEDIA_ROOT."""
    fields = [field.attname for field in model._meta.local_concrete_fields if isinstance(field, models.FileField)]
    rows = model._base_manager.using(using).values_list(*fields).iterator() if fields else ()
    return {name for row in rows for name in row if name}


def _add_files(writer, media, older_than=None):
    for name in files.stored(media):
        if archive.FILES + name in writer.manifest.members:
            continue
        try:
            with (media / name).open("rb") as file:
                found = os.fstat(file.fileno())
                if older_than is None or found.st_mtime < older_than:
                    writer.add(archive.FILES + name, file, found.st_size, found.st_mtime)
        except FileNotFoundError:
            # Taken away meanwhile, with its row.
            continue
        except PermissionError as error:
            raise NotDone(
                f"Không có quyền đọc tệp {media / name}. Chạy lệnh bằng người dùng của chương trình."
            ) from error


def _settle(folder):
    """The new name survives a power cut."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder, made, keep):
    """Take away older backups, and what a killed run left a day ago. The one just made stays, whatever the clock says."""
    removed = []
    for path in folder.glob(f"ntm-*{UNFINISHED}"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _DAY:
                path.unlink()
    if keep:
        older = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path != made)
        for path in older[: max(0, len(older) - (keep - 1))]:
            with suppress(OSError):
                path.unlink()
                removed.append(path.name)
    return removed


def _why(error: OSError | Exception) -> str:
    known: dict[int, str] = {
        errno.ENOSPC: "hết chỗ trên đĩa. Dọn bớt hoặc chọn đĩa khác bằng --to.",
        errno.EDQUOT: "hết hạn mức trên đĩa. Dọn bớt hoặc chọn đĩa khác bằng --to.",
        errno.EACCES: "không có quyền. Kiểm tra người chạy lệnh và quyền của thư mục.",
        errno.EPERM: "không có quyền. Kiểm tra người chạy lệnh và quyền của thư mục.",
        errno.EROFS: "đĩa chỉ cho đọc. Chọn đĩa khác bằng --to.",
        errno.ENOTDIR: "đường dẫn ấy không phải là thư mục. Chọn thư mục khác bằng --to.",
    }
    return known.get(error.errno, f"{error}.")
