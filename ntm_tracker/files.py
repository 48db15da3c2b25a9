"""Uploaded files on the disk: each is there whole, or not at all."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from ntm_tracker import staging


class WholeFiles(FileSystemStorage):
    """Writes a file beside and then moves it to its place, so that a full disk or a lost process leaves no half of one.

    What is left of a file that was not finished lies with what waits, and is thrown away with it after a day.
    """

    def _save(self, name, content):
        if _is_beside(content, self.location):
            # A move already.
            return super()._save(name, content)
        waiting = Path(self.path(staging.FOLDER))
        waiting.mkdir(parents=True, exist_ok=True)
        folder = mkdtemp(dir=waiting)
        try:
            part = Path(folder, "part")
            with part.open("wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                # What is acknowledged must outlive a power cut.
                os.fsync(file.fileno())
            return super()._save(name, _Written(part, content))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Written(File):
    """A file that is written already, as the storage takes it: moved, not copied."""

    def __init__(self, path, content):
        super().__init__(None, name=content.name)
        self._path = str(path)

    def temporary_file_path(self):
        return self._path

    def close(self):
        """Nothing was opened."""


def _is_beside(content, folder):
    """Whether the file lies on the same disk as the folder, so that moving it copies nothing."""
    if not hasattr(content, "temporary_file_path"):
        return False
    try:
        return os.stat(content.temporary_file_path()).st_dev == os.stat(folder).st_dev
    except OSError:
        return False
