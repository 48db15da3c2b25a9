"""Files of a drop that wait on the disk until the person has seen which goes where: one folder a drop, bound to them."""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage

from criteria.models import Assessment
from ntm_tracker.uploads import check_upload, clean_name, extension
from ntm_tracker.vietnamese import nfc

FOLDER = "staging"
KEPT_HOURS = 24
MANIFEST = "manifest.json"
# What Windows, macOS and Word leave in a folder without being asked.
_OF_THE_SYSTEM = re.compile(r"(thumbs\.db|desktop\.ini|\.ds_store|\._.*|~\$.*)", re.IGNORECASE)


@dataclass
class WaitingFile:
    """One file of a drop: where it lay on the person's machine, and why it is not taken, if it is not."""

    position: int
    name: str
    path: str
    size: int
    problem: str = ""
    stored: str = ""


@dataclass
class Drop:
    """What one person dropped on one sheet."""

    token: str
    files: list[WaitingFile]

    @property
    def taken(self) -> list[WaitingFile]:
        return [file for file in self.files if not file.problem]

    @property
    def refused(self) -> list[WaitingFile]:
        return [file for file in self.files if file.problem]


class StoredFile(File):
    """A waiting file as storage takes it: moved, not copied."""

    def __init__(self, file: WaitingFile):
        super().__init__(None, name=file.name)
        self._path, self.size = default_storage.path(file.stored), file.size

    def temporary_file_path(self):
        return self._path

    def close(self):
        """Nothing was opened."""


def stage(*, uploads: Iterable[tuple[File, str]], assessment: Assessment, by) -> str:
    """Keep uploaded files, each with its path on the person's machine, until they are confirmed; returns the token.

    A file that cannot be taken is not kept, only the sentence that says why.
    """
    sweep()
    token = secrets.token_urlsafe(16)
    files = []
    for position, (upload, path) in enumerate(uploads, start=1):
        file = WaitingFile(position, clean_name(upload.name), clean_path(path) or clean_name(upload.name), upload.size)
        files.append(file)
        if _OF_THE_SYSTEM.fullmatch(file.name):
            file.problem = "Tệp do máy tính tự tạo, bỏ qua."
            continue
        try:
            check_upload(upload)
        except ValidationError as error:
            file.problem = error.message
        else:
            file.stored = default_storage.save(f"{FOLDER}/{token}/{position}{extension(file.name)}", upload)
    folder = _folder(token)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"by": by.pk, "assessment": assessment.pk, "files": [asdict(file) for file in files]}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return token


def find(token: str, *, assessment: Assessment, by) -> Drop | None:
    """What waits under a token; None if it is somebody else's, another sheet's, saved, cancelled or a day old."""
    try:
        manifest = json.loads((_folder(token) / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if (manifest["by"], manifest["assessment"]) != (by.pk, assessment.pk) or _is_old(_folder(token)):
        return None
    return Drop(token, [WaitingFile(**file) for file in manifest["files"]])


def exists(token: str) -> bool:
    return (_folder(token) / MANIFEST).exists()


def discard(drop: Drop) -> None:
    shutil.rmtree(_folder(drop.token), ignore_errors=True)


def sweep() -> None:
    """Throw away what nobody confirmed within a day."""
    root = _folder("")
    for folder in root.iterdir() if root.is_dir() else []:
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def clean_path(path: str) -> str:
    """A path to show and to match by, never to open: composed, without control characters, not endless."""
    return nfc(re.sub(r"[\x00-\x1f\x7f]", "", path))[-300:]


def _folder(token: str) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{token}"))


def _is_old(folder: Path) -> bool:
    try:
        return folder.stat().st_mtime < time.time() - KEPT_HOURS * 3600
    except FileNotFoundError:
        return True
