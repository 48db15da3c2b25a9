"""ntm_tracker/uploads.py: files are taken by their content, not by their name."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from ntm_tracker.uploads import LARGEST_MB, check_upload, clean_name

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
WORD, MACROS = "WordDocument".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")


def package(*names):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.4 x"),
        ("a.PDF", b"\xef\xbb\xbf\n%PDF-1.4 x"),
        ("a.doc", OLE + WORD),
        ("a.docx", package("word/document.xml")),
        ("a.xlsx", package("xl/workbook.xml")),
        ("a.jpg", b"\xff\xd8\xff\xe0 x"),
        ("a.jpeg", b"\xff\xd8\xff\xe1 x"),
        ("a.png", b"\x89PNG\r\n\x1a\n x"),
        ("a.pdf", b"%PDF-1.4" + b"0" * (LARGEST_MB * 1024 * 1024 - 8)),
    ],
)
def test_what_is_taken(name, content):
    file = SimpleUploadedFile(name, content)
    check_upload(file)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ"),
        ("a.doc", OLE),  # an Excel file of old
        ("a.doc", OLE + WORD + MACROS),
        ("a.doc", b"{\\rtf1"),
        ("a.docx", package("xl/workbook.xml")),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.xlsx", package("word/document.xml")),
        ("a.jpg", b"<html>"),
        ("a.png", b"\xff\xd8\xff"),
        ("a.exe", b"MZ"),
        ("a.html", b"<script>"),
        ("pdf", b"%PDF-1.4"),
        ("a.pdf", b""),
        ("a.pdf", b"%PDF-1.4" + b"0" * (LARGEST_MB * 1024 * 1024 - 7)),
    ],
)
def test_what_is_refused(name, content):
    with pytest.raises(ValidationError) as raised:
        check_upload(SimpleUploadedFile(name, content))
    assert name in raised.value.message


def test_names_lose_folders_and_control_characters():
    assert clean_name("..\\..\\Thông báo\x00.PDF") == "Thông báo.pdf"
    assert len(clean_name("a" * 400 + ".pdf")) < 200
