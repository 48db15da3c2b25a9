"""Encryption in the age format (age-encryption.org): Debian's `age` opens such a file too, without this program.

A file of keys holds one a line: `age1…` to encrypt for, `AGE-SECRET-KEY-1…` to decrypt with, which does to encrypt as
well. The server needs only the former; the latter can lie in a safe.
"""

import os
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pyrage

from ntm_tracker.operation import NotDone


def make_key() -> tuple[str, str]:
    """A new pair: what decrypts, and what encrypts for it."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_keys(path: str | Path) -> tuple[list, list]:
    """Whom to encrypt for and what to decrypt with."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NotDone(f"Không đọc được tệp khóa {path}: {error}.") from error
    recipients, identities = [], []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith("age1"):
                recipients.append(pyrage.x25519.Recipient.from_str(line))
            else:
                identities.append(pyrage.x25519.Identity.from_str(line))
        except (pyrage.RecipientError, pyrage.IdentityError) as error:
            # The line itself is not said: it may be a secret with one letter too few.
            raise NotDone(
                f"Dòng {number} của tệp khóa {path} không phải là khóa. Tạo khóa bằng lệnh backup_key."
            ) from error
    return recipients or [identity.to_public() for identity in identities], identities


@contextmanager
def writing(file, recipients):
    """A file to write to; what is written there arrives encrypted in `file`."""
    kept = _Remembering(file)

    def encrypt(end):
        try:
            pyrage.encrypt_io(end, kept, recipients)
        except pyrage.EncryptError as error:
            raise kept.error or error from error

    with _beside(encrypt, "w") as end:
        yield end


class _Remembering:
    """A file to write to that remembers why it could not be: pyrage makes a sentence of it, and a full disk is told by
    its number."""

    error = None

    def __init__(self, file):
        self._file = file

    def write(self, data):
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self):
        self._file.flush()


@contextmanager
def reading(file, identities):
    """A file to read from: what `file` holds encrypted."""

    def decrypt(end):
        try:
            pyrage.decrypt_io(file, end, identities)
        except (pyrage.DecryptError, OSError) as error:
            raise NotDone(
                "Không giải mã được: sai khóa, hoặc tệp bị cắt hay bị sửa. Kiểm tra tệp khóa, hoặc lấy bản sao lưu khác."
            ) from error

    with _beside(decrypt, "r") as end:
        yield end


@contextmanager
def _beside(work, mode):
    """Run `work` with one end of a pipe in a thread, and give the other end, to be written or read."""
    reads, writes = os.pipe()
    ours, theirs = (writes, reads) if mode == "w" else (reads, writes)
    failures = []

    def run():
        with os.fdopen(theirs, "rb" if mode == "w" else "wb") as end:
            try:
                work(end)
            except Exception as error:  # said by whoever is at the other end, who sees it close
                failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    end = os.fdopen(ours, f"{mode}b")
    try:
        yield end
        end.close()
    except Exception:
        # What went wrong in there comes before what that made go wrong out here.
        first = failures[:1]
        with suppress(OSError):
            end.close()
        thread.join()
        if first:
            raise first[0] from None
        raise
    thread.join()
    if failures:
        raise failures[0]
