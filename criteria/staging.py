"""Files of a drop that wait on the disk until the person has seen which goes where: one folder a drop, bound to them."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage

from criteria.models import Assessment
from ntm_tracker import staging
from ntm_tracker.uploads import check_upload, clean_name, extension
from ntm_tracker.vietnamese import nfc

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
    token = staging.new_token()
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
            file.stored = default_storage.save(f"{staging.FOLDER}/{token}/{position}{extension(file.name)}", upload)
    staging.keep(token, {"assessment": assessment.pk, "files": [asdict(file) for file in files]}, by=by)
    return token


def find(token: str, *, assessment: Assessment, by) -> Drop | None:
    """What waits under a token; None if it is somebody else's, another sheet's, saved, cancelled or a day old."""
    manifest = staging.find(token, by=by)
    if manifest is None or manifest.get("assessment") != assessment.pk:
        return None
    return Drop(token, [WaitingFile(**file) for file in manifest["files"]])


def clean_path(path: str) -> str:
    """A path to show and to match by, never to open: composed, without control characters, not endless."""
    return nfc(re.sub(r"[\x00-\x1f\x7f]", "", path))[-300:]
