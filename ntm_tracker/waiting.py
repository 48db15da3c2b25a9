"""A file that waits, as `staging` keeps what waits, until the person who sent it has seen what would come of it."""

from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from ntm_tracker import staging
from ntm_tracker.uploads import clean_name, extension


@dataclass(frozen=True)
class Waiting:
    """A file somebody sent and has not confirmed yet."""

    token: str
    name: str
    path: Path

    def open(self):
        return self.path.open("rb")


def keep(upload, *, by) -> str:
    """Keep an uploaded file for the person alone; returns the token to find it by."""
    token, name = staging.new_token(), clean_name(upload.name)
    default_storage.save(f"{staging.FOLDER}/{token}/file{extension(name)}", upload)
    staging.keep(token, {"file": name}, by=by)
    return token


def find(token: str, *, by) -> Waiting | None:
    """The file under a token; None if it is somebody else's, confirmed, a day old, or no file for this."""
    waits = staging.find(token, by=by)
    if not waits or "file" not in waits:
        return None
    return Waiting(token, waits["file"], staging.folder_of(token) / f"file{extension(waits['file'])}")


def discard(waiting: Waiting) -> None:
    staging.discard(waiting.token)
