"""What a person sent and has not confirmed yet: a folder on the disk for each, bound to them, thrown away after a day.

token = new_token()
default_storage.save(f"{FOLDER}/{token}/1.pdf", upload)     # files, if any
keep(token, {"files": […]}, by=user)                        # what is to be remembered of it
find(token, by=user)                                        # the same again, None for anybody else
discard(token)
"""

import json
import secrets
import shutil
import time
from pathlib import Path

from django.core.files.storage import default_storage

FOLDER = "staging"
KEPT_HOURS = 24
_MANIFEST = "manifest.json"


def new_token() -> str:
    sweep()
    return secrets.token_urlsafe(16)


def keep(token: str, manifest: dict, *, by) -> None:
    """Remember what waits under a token, or remember it anew: whole or not at all."""
    folder = folder_of(token)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{secrets.token_hex(4)}.tmp"
    draft.write_text(json.dumps({**manifest, "by": by.pk}, ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / _MANIFEST)


def find(token: str, *, by) -> dict | None:
    """What waits under a token; None if it is somebody else's, confirmed, cancelled or a day old."""
    try:
        manifest = json.loads((folder_of(token) / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return None if manifest["by"] != by.pk or _is_old(folder_of(token)) else manifest


def exists(token: str) -> bool:
    return (folder_of(token) / _MANIFEST).exists()


def discard(token: str) -> None:
    shutil.rmtree(folder_of(token), ignore_errors=True)


def sweep() -> None:
    """Throw away what nobody confirmed within a day."""
    root = folder_of("")
    for folder in root.iterdir() if root.is_dir() else []:
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def folder_of(token: str) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{token}"))


def _is_old(folder: Path) -> bool:
    try:
        return folder.stat().st_mtime < time.time() - KEPT_HOURS * 3600
    except FileNotFoundError:
        return True
