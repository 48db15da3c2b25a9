"""What may be uploaded: office documents and pictures without macros, known by their content and not by their name."""

import re
import zipfile
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError

from ntm_tracker.vietnamese import format_number, nfc

LARGEST_MB = 20
EXTENSIONS = (".pdf", ".doc", ".docx", ".xlsx", ".jpg", ".jpeg", ".png")
ACCEPT = ",".join(EXTENSIONS)
TAKEN = "Nhận tệp .pdf, .doc, .docx, .xlsx, .jpg, .png"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20


def check_upload(file):
    """Raise ValidationError, worded for the officer, unless the uploaded file is of a kind and size we take."""
    name = clean_name(file.name)
    check_size(file, "Giảm độ phân giải bản quét hoặc tách tệp.")
    if extension(name) not in EXTENSIONS:
        raise ValidationError(f"Không nhận tệp “{name}”. {TAKEN}.")
    if not file.size:
        raise ValidationError(f"Tệp “{name}” trống.")
    try:
        is_as_named = _CHECKS[extension(name)](file)
    finally:
        file.seek(0)
    if not is_as_named:
        raise ValidationError(
            f"Nội dung tệp “{name}” không phải là {extension(name)} (hoặc có macro). Mở tệp, lưu lại đúng loại rồi tải lên."
        )


def check_size(file, advice):
    """Raise ValidationError, ending on what to do, if the uploaded file is too large."""
    if file.size > LARGEST_MB * 1024 * 1024:
        size = format_number(file.size / 1024 / 1024, 1)
        raise ValidationError(f"Tệp “{clean_name(file.name)}” nặng {size} MB, nhiều nhất là {LARGEST_MB} MB. {advice}")


def extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def clean_name(name: str) -> str:
    """The file's own name without folders and control characters, short enough to keep."""
    name = nfc(re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[\\/]", name)[-1])) or "tep"
    return f"{PurePosixPath(name).stem[:150]}{extension(name)[:20]}"


def _starts_with(*signatures):
    def check(file):
        file.seek(0)
        return file.read(16).startswith(signatures)

    return check


def _is_pdf(file):
    # Some scanners write a few bytes before the signature; readers look in the first kilobyte.
    file.seek(0)
    return b"%PDF-" in file.read(1024)


def _is_doc(file):
    """A compound file that holds a Word document, and no macros."""
    if not _starts_with(_OLE)(file):
        return False
    word, macros = "WordDocument".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
    found_word, tail = False, b""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        window = tail + chunk
        if macros in window:
            return False
        found_word = found_word or word in window
        tail = window[-64:]
    return found_word


def _is_package(main_part):
    def check(file):
        try:
            with zipfile.ZipFile(file) as package:
                names = set(package.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        has_macros = any("vbaproject" in name.lower() for name in names)
        return {"[Content_Types].xml", main_part} <= names and not has_macros

    return check


_CHECKS = {
    ".pdf": _is_pdf,
    ".doc": _is_doc,
    ".docx": _is_package("word/document.xml"),
    ".xlsx": _is_package("xl/workbook.xml"),
    ".jpg": _starts_with(b"\xff\xd8\xff"),
    ".jpeg": _starts_with(b"\xff\xd8\xff"),
    ".png": _starts_with(b"\x89PNG\r\n\x1a\n"),
}
