"""The file of a backup: a tar of uploaded files and of the rows of the tables, with a manifest at its end.

    files/evidence/2024/…            as they lie in MEDIA_ROOT
    tables/criteria.period/1.gz      rows, a line each, in parts
    manifest.json                    SHA-256 and size of every member, rows of every table, version, migrations

The manifest comes last: a file that was cut off has none, and is never taken for whole. Checksums find what a disk or
a cable spoiled; against somebody who means it a backup is encrypted (`sealing`).
"""

import gzip
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath

from ntm_tracker.operation import NotDone, sealing

FORMAT = 1
MANIFEST = "manifest.json"
FILES, TABLES = "files/", "tables/"
SEALED = ".age"
_AGE = b"age-encryption.org/"
# A manifest that claims more than this is none of ours.
_LARGEST_MANIFEST = 1 << 30


@dataclass
class Table:
    """What an archive holds of one table."""

    model: str
    columns: list[str]
    rows: int = 0
    mark: str = ""
    parts: list[str] = field(default_factory=list)


@dataclass
class Manifest:
    """What an archive holds."""

    version: str
    made_at: str
    database: str
    migrations: list[list[str]]
    tables: list[Table] = field(default_factory=list)
    # Files that rows name and that were not on the disk.
    missing: list[str] = field(default_factory=list)
    # Name to [SHA-256, size].
    members: dict[str, list] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def files(self) -> dict[str, list]:
        """The uploaded files by their path in MEDIA_ROOT."""
        return {name.removeprefix(FILES): what for name, what in self.members.items() if name.startswith(FILES)}


class Hashed:
    """A file whose bytes are counted and summed up as they are read."""

    def __init__(self, file):
        self._file, self._sum, self.size = file, sha256(), 0

    def read(self, size=-1):
        data = self._file.read(size)
        self._sum.update(data)
        self.size += len(data)
        return data

    @property
    def what(self) -> list:
        return [self._sum.hexdigest(), self.size]


class Writer:
    def __init__(self, tar: tarfile.TarFile, manifest: Manifest):
        self._tar, self.manifest = tar, manifest

    def add(self, name: str, file, size: int, mtime: float = 0):
        """Raises OSError where the file holds less than `size`."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, int(mtime), 0o640
        hashed = Hashed(file)
        self._tar.addfile(info, hashed)
        self.manifest.members[name] = hashed.what

    def add_rows(self, table: Table, lines: list[bytes]):
        name = f"{TABLES}{table.model}/{len(table.parts) + 1}.gz"
        packed = gzip.compress(b"".join(lines), compresslevel=6, mtime=0)
        self.add(name, BytesIO(packed), len(packed))
        table.parts.append(name)

    def finish(self):
        text = json.dumps(asdict(self.manifest), indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o640
        self._tar.addfile(info, BytesIO(text))


@contextmanager
def writing(raw, manifest: Manifest, recipients=()) -> Iterator[Writer]:
    """An archive in the file `raw`, encrypted where there are recipients; it is whole once this ends without an error."""
    with (
        sealing.writing(raw, recipients) if recipients else nullcontext(raw) as file,
        tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        writer = Writer(tar, manifest)
        yield writer
        writer.finish()


@contextmanager
def _members(path: Path, identities):
    """The members of an archive, in order, each with a file to read it from."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise NotDone(f"Không mở được tệp sao lưu {path}: {error.strerror}.") from error
    with raw:
        is_sealed = raw.read(len(_AGE)) == _AGE
        raw.seek(0)
        if is_sealed and not identities:
            raise NotDone(f"{path.name} được mã hóa. Thêm --encrypt-with cùng tệp khóa có dòng AGE-SECRET-KEY-1….")
        with sealing.reading(raw, identities) if is_sealed else nullcontext(raw) as file:
            try:
                with tarfile.open(fileobj=file, mode="r|") as tar:
                    yield ((member, tar.extractfile(member)) for member in _regular(tar))
                # To the end, so that the last bytes are looked at too.
                while file.read(1 << 16):
                    pass
            except (tarfile.TarError, EOFError, OSError) as error:
                raise NotDone(_spoiled(path, "bị cắt hoặc bị sửa")) from error


def _regular(tar):
    for member in tar:
        if not member.isreg():
            raise tarfile.ReadError(f"{member.name} is no file")
        yield member


def _spoiled(path, why):
    return f"{path.name} không phải là bản sao lưu nguyên vẹn ({why}). Chưa khôi phục gì. Lấy bản sao lưu khác."


def verify(path: Path, identities=()) -> Manifest:
    """Read the whole archive and compare every member with its checksum. Raises NotDone unless all is as it was made."""
    seen, text = {}, None
    with _members(path, identities) as members:
        for member, file in members:
            if text is not None or member.name in seen or not _is_safe(member.name):
                raise NotDone(_spoiled(path, f"có phần lạ: {member.name[:100]}"))
            if member.name == MANIFEST:
                if member.size > _LARGEST_MANIFEST:
                    raise NotDone(_spoiled(path, "mục lục quá lớn"))
                text = file.read()
                continue
            hashed = Hashed(file)
            while hashed.read(1 << 20):
                pass
            seen[member.name] = hashed.what
    if text is None:
        raise NotDone(_spoiled(path, "không có mục lục ở cuối: bị cắt, hoặc là tệp khác"))
    try:
        manifest = _read_manifest(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotDone(_spoiled(path, "mục lục không đọc được")) from error
    if manifest.format != FORMAT:
        raise NotDone(f"{path.name} có cấu trúc {manifest.format}, chương trình này đọc cấu trúc {FORMAT}.")
    wrong = sorted(
        name for name in seen.keys() | manifest.members.keys() if seen.get(name) != manifest.members.get(name)
    )
    if wrong:
        raise NotDone(_spoiled(path, f"{len(wrong)} phần sai mã kiểm tra, ví dụ {wrong[0][:100]}"))
    return manifest


def _read_manifest(data: dict) -> Manifest:
    data["tables"] = [Table(**table) for table in data["tables"]]
    return Manifest(**data)


def _is_safe(name: str) -> bool:
    """Whether the name leads nowhere but into the folder it is unpacked in."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name


@contextmanager
def contents(path: Path, identities=()):
    """Of an archive that was verified: (path of an uploaded file, file) and (model, lines of rows), in order."""
    with _members(path, identities) as members:
        yield (_content(member, file) for member, file in members if member.name != MANIFEST)


def _content(member, file):
    if member.name.startswith(FILES):
        return "file", member.name.removeprefix(FILES), file
    model = member.name.removeprefix(TABLES).partition("/")[0]
    return "rows", model, gzip.GzipFile(fileobj=file)
