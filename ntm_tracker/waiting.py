"""Files that wait on the disk until the person who sent them has seen what would come of them: one folder a file."""

import json
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from ntm_tracker.uploads import clean_name, extension

FOLDER = "waiting"
KEPT_HOURS = 24
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Waiting:
    """A file somebody sent and has not confirmed yet."""

    token: str
    name: str
    path: Path

    def open(self):
        return self.path.open("rb")


def keep(upload, *, by) -> str:
    """Keep an uploaded file for the person alone; returns the token to find it by. Throws away what is a day old."""
    _sweep()
    token = secrets.token_urlsafe(16)
    name = clean_name(upload.name)
    default_storage.save(f"{FOLDER}/{token}/file{extension(name)}", upload)
    manifest = {"by": by.pk, "name": name}
    (_folder(token) / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return token


def find(token: str, *, by) -> Waiting | None:
    """The file under a token; None if it is somebody else's, confirmed, or a day old."""
    folder = _folder(token)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if manifest["by"] != by.pk or _is_old(folder):
        return None
    return Waiting(token, manifest["name"], folder / f"file{extension(manifest['name'])}")


def discard(waiting: Waiting) -> None:
    shutil.rmtree(_folder(waiting.token), ignore_errors=True)


def _sweep():
    root = Path(default_storage.path(FOLDER))
    for folder in root.iterdir() if root.is_dir() else []:
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _folder(token):
    return Path(default_storage.path(f"{FOLDER}/{token}"))


def _is_old(folder):
    try:
        return folder.stat().st_mtime < time.time() - KEPT_HOURS * 3600
    except FileNotFoundError:
        return True
