"""Restoring a backup into an empty place: the whole archive is checked before anything is touched, and afterwards every
row that was written is read again and compared. All or nothing: what fails or is cut off leaves the database as it was.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from ntm_tracker import __version__
from ntm_tracker.operation import NotDone, archive, files
from ntm_tracker.operation.rows import Digest, Schema, empty, insert, lines_of, settle


@dataclass
class Report:
    manifest: archive.Manifest
    # Files that lay there already, the same byte for byte, from a restore that was cut off.
    were_there: int = 0
    migrated: bool = False


def restore(*, path: Path, media: Path, identities=()) -> Report:
    """Raises NotDone, worded for the person at the terminal."""
    # Some migrations know only of this one.
    using = DEFAULT_DB_ALIAS
    manifest = archive.verify(path, identities)
    report = Report(manifest)
    made_by = {tuple(migration) for migration in manifest.migrations}
    schema = Schema(using)
    _check_program(schema, made_by, manifest)
    check_empty(schema)
    there = _check_files(manifest, media)
    had_tables = bool(schema.migrations)
    _lay_tables(schema, made_by, using)
    schema = Schema(using)
    found = {model._meta.label_lower: model for model in schema.models()}
    if set(found) != {table.model for table in manifest.tables}:
        raise NotDone("Bảng trong bản sao lưu không khớp với các bước cập nhật ghi trong đó. Lấy bản sao lưu khác.")
    written = []
    try:
        with transaction.atomic(using):
            if had_tables:
                # Somebody may have begun to work there while the archive was read.
                check_empty(schema)
            empty(list(found.values()), using)
            with archive.contents(path, identities) as contents:
                for what, name, file in contents:
                    if what == "rows":
                        columns = next(table.columns for table in manifest.tables if table.model == name)
                        insert(found[name], columns, file, using)
                    elif name in there:
                        report.were_there += 1
                    else:
                        _write(media, name, file)
                        written.append(name)
            compare(manifest, found, using)
            settle(list(found.values()), using)
    except BaseException:
        for name in written:
            (media / name).unlink(missing_ok=True)
        raise
    if Schema(using).is_behind:
        call_command("migrate", database=using, verbosity=0, interactive=False)
        report.migrated = True
    return report


def _check_program(schema, made_by, manifest):
    if unknown := made_by - schema.known:
        raise NotDone(
            f"Bản sao lưu do phiên bản {manifest.version} tạo, mới hơn chương trình này ({__version__}; thiếu "
            f"{len(unknown)} bước cập nhật). Cài phiên bản {manifest.version} trở lên rồi khôi phục."
        )
    if schema.is_ahead or set(schema.migrations) - made_by:
        raise NotDone(
            f"Bản sao lưu do phiên bản {manifest.version} tạo, cũ hơn các bảng đang có. Tạo một cơ sở dữ liệu mới, trống "
            "hẳn (chưa chạy migrate), rồi khôi phục vào đó; lệnh khôi phục tự tạo bảng và cập nhật."
        )


def check_empty(schema: Schema) -> None:
    if filled := schema.filled():
        more = " …" if len(filled) > 5 else ""
        raise NotDone(
            f"Chỉ khôi phục vào nơi trống, mà cơ sở dữ liệu này đã có dữ liệu ({', '.join(filled[:5])}{more}). Chưa ghi gì. "
            "Đặt DATABASE_URL tới một cơ sở dữ liệu trống rồi chạy lại."
        )


def _check_files(manifest, media):
    """The files that are there already, each the same as in the archive."""
    there, wanted = set(), manifest.files
    for name in files.stored(media):
        if name not in wanted or _sum(media / name) != wanted[name][0]:
            raise NotDone(
                f"Chỉ khôi phục vào nơi trống, mà thư mục {media} đã có tệp khác (ví dụ {name}). Chưa ghi gì. "
                "Đặt MEDIA_ROOT tới một thư mục trống rồi chạy lại."
            )
        there.add(name)
    return there


def _sum(path):
    summed = sha256()
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            summed.update(data)
    return summed.hexdigest()


def _lay_tables(schema, made_by, using):
    """Bring an empty database to where the backup's stood; its later migrations then run over its rows."""
    if set(schema.migrations) != made_by:
        executor = MigrationExecutor(connections[using])
        # The last ones of each app that the backup knew.
        graph = executor.loader.graph
        targets = sorted(
            m for m in made_by if not any(c[0] == m[0] and c in made_by for c in graph.node_map[m].children)
        )
        executor.migrate(targets)


def _write(media, name, file):
    try:
        files.write(media, name, file, settings.FILE_UPLOAD_PERMISSIONS)
    except OSError as error:
        raise NotDone(f"Không ghi được tệp {name} vào {media}: {error.strerror}. Đã bỏ những gì vừa ghi.") from error


def compare(manifest, found, using):
    """Every row that is in the database now is the one that was kept."""
    for table in manifest.tables:
        digest = Digest(lines_of(found[table.model], using))
        if (digest.rows, digest.mark) != (table.rows, table.mark):
            raise NotDone(
                f"Bảng {table.model} sau khi ghi không giống bản sao lưu ({digest.rows} dòng, bản sao lưu có {table.rows}). "
                "Đã bỏ những gì vừa ghi."
            )
