"""Long work in a process of its own, so that no page waits for it: one of our commands.

    job = start("export_workbook", "--period", "2024-q1", by=user, title="Bộ biểu họp", file_name="hop.xlsx", back=url)

Without a `file_name` the work leaves no file to take, but an `Outcome`: what it did, and the page to see it on.

The command is also given `--output FILE`, which must be there only when it is whole, and `--progress FILE`, into which it
writes lines such as '3/11 Biểu 03' with `tell`. What it says of itself stands in a folder of the job's own, bound to the
person, for a day; a CommandError of it is what the person is told.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FOLDER = "jobs"
KEPT_HOURS = 24
# Of all people together: each is a Python of its own.
MOST_RUNNING = 3
MOST_SECONDS = 1800
# A process says how far it is; one that has said nothing for so long is gone, with the server that would have heard it end.
SILENT_SECONDS = 600
_TOKEN = re.compile(r"[\w-]{1,64}")
_REFUSED = "CommandError: "
UNEXPECTED = (
    "Hệ thống gặp lỗi nên việc này chưa xong, chưa có gì được ghi. Thử lại; nếu vẫn lỗi, báo quản trị viên kèm giờ này."
)


class TooManyJobs(Exception):
    """Others are at work; the message tells the person to wait."""


@dataclass(frozen=True)
class Outcome:
    """What work came to that changes something: the sentence for the person, and the page that shows it."""

    says: str
    address: str

    def write(self, path: Path) -> None:
        """As the result of a job, whole or not at all."""
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps([self.says, self.address], ensure_ascii=False), encoding="utf-8")
        os.replace(beside, path)


@dataclass(frozen=True)
class Job:
    token: str
    title: str
    # '' where the work changes something and leaves no file.
    file_name: str
    # The page it was asked for on.
    back: str
    is_done: bool
    # Why there is no file; '' while there is hope.
    error: str
    # How far it is: parts done, of how many, and which one is being made.
    done: int = 0
    whole: int = 0
    part: str = ""

    @property
    def is_running(self) -> bool:
        return not self.is_done and not self.error

    @property
    def percent(self) -> int:
        return 100 if self.is_done else 100 * self.done // self.whole if self.whole else 0

    @property
    def path(self) -> Path:
        return folder_of(self.token) / "result"

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.is_done else 0

    @property
    def outcome(self) -> Outcome | None:
        """What it came to, of work that leaves no file; None while it goes on."""
        if self.file_name or not self.is_done:
            return None
        return Outcome(*json.loads(self.path.read_text(encoding="utf-8")))


def start(command: str, *options: str, by, title: str, file_name: str, back: str) -> Job:
    """Begin, or come back to what the person has begun already. Raises TooManyJobs."""
    sweep()
    asked = [command, *options]
    running = 0
    for token, facts in _all():
        if find(token, by_pk=facts["by"]).is_running:
            running += 1
            if facts["by"] == by.pk and facts["asked"] == asked:
                return find(token, by_pk=by.pk)
    if running >= MOST_RUNNING:
        raise TooManyJobs("Máy chủ đang làm các việc lớn khác. Chờ một phút rồi bấm lại.")
    token = secrets.token_urlsafe(16)
    folder = folder_of(token)
    folder.mkdir(parents=True)
    facts = {"by": by.pk, "asked": asked, "title": title, "file_name": file_name, "back": back}
    (folder / "job.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    tell(folder / "progress", 0, 0, "")
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *asked]
            + ["--output", str(folder / "result"), "--progress", str(folder / "progress")],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    if hasattr(os, "setpriority"):
        # Pages come first. It may have ended already.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
    threading.Thread(target=_wait, args=(process, folder), daemon=True).start()
    return find(token, by_pk=by.pk)


def find(token: str, *, by_pk: int) -> Job | None:
    """A job of the person, as it stands; None if there is none, or it is somebody else's or a day old."""
    if not _TOKEN.fullmatch(token):
        return None
    folder = folder_of(token)
    facts = _facts(folder)
    if facts is None or facts["by"] != by_pk or _is_old(folder):
        return None
    words = (folder / "progress").read_text(encoding="utf-8").split("/", 1)
    done, (whole, _, part) = words[0], words[1].partition(" ")
    # Asked first: a process writes its file and then ends.
    error = _error(folder)
    is_done = (folder / "result").exists()
    named = facts["title"], facts["file_name"], facts["back"]
    return Job(token, *named, is_done, "" if is_done else error, int(done), int(whole), part)


def tell(path: Path | str, done: int, whole: int, part: str) -> None:
    """Say how far the work is. Written beside and moved, so that nobody reads half a line."""
    path = Path(path)
    beside = path.with_suffix(".part")
    beside.write_text(f"{done}/{whole} {part}", encoding="utf-8")
    os.replace(beside, path)


def sweep() -> None:
    """Throw away what is a day old."""
    root = folder_of("")
    for folder in root.iterdir() if root.is_dir() else []:
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _wait(process, folder):
    """Hear the process end, and end it where it takes too long."""
    try:
        code = process.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        code = "timeout"
    with contextlib.suppress(FileNotFoundError):
        (folder / "code").write_text(str(code), encoding="utf-8")


def _error(folder) -> str:
    try:
        code = (folder / "code").read_text(encoding="utf-8")
    except FileNotFoundError:
        silent = time.time() - (folder / "progress").stat().st_mtime
        return UNEXPECTED if silent > SILENT_SECONDS else ""
    if code == "timeout":
        return f"Việc này mất quá {MOST_SECONDS // 60} phút nên đã dừng, chưa có gì được ghi. Chọn địa bàn nhỏ hơn."
    said = (folder / "errors").read_text(encoding="utf-8", errors="replace")
    _, is_refused, why = said.partition(_REFUSED)
    return why.strip() if is_refused and why.strip() else UNEXPECTED


def _all():
    root = folder_of("")
    for folder in root.iterdir() if root.is_dir() else []:
        facts = _facts(folder)
        if facts and not _is_old(folder):
            yield folder.name, facts


def _facts(folder):
    try:
        return json.loads((folder / "job.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None


def folder_of(token: str) -> Path:
    """Where everything of a job stands; of '' the folder of all."""
    return Path(settings.MEDIA_ROOT) / FOLDER / token


def _is_old(folder: Path) -> bool:
    try:
        return folder.stat().st_mtime < time.time() - KEPT_HOURS * 3600
    except FileNotFoundError:
        return True
