"""Files made in the tests: small, and wrong in exactly one way."""

import io
import os
import zipfile
import zlib
from pathlib import Path

import pytest

from directives.files import ocr, programs
from tests.conftest import BROWSER_REQUIRED

DATA = Path(__file__).parent / "data"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


def need(*names: str):
    """Skip the test unless one of the programs is installed; in the pipeline all of them are."""
    installed = ocr.is_installed() if names == ("tesseract",) else programs.find(*names)
    if not installed:
        reason = f"{' or '.join(names)} is not installed"
        if BROWSER_REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)


def docx(body: str, *, numbering: str = "", styles: str = "", prolog: str = "", **parts: bytes) -> bytes:
    """A document of Word whose body is the XML given; prefix w is declared."""

    def part(root, inside):
        return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:{root} {W}>{inside}</w:{root}>'

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", part("document", f"<w:body>{body}</w:body>"))
        if numbering:
            package.writestr("word/numbering.xml", part("numbering", numbering))
        if styles:
            package.writestr("word/styles.xml", part("styles", styles))
        for name, value in parts.items():
            package.writestr(name, value)
    return content.getvalue()


def p(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; plain words become a run."""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: list[str], borders: bool = True) -> str:
    lines = '<w:tblBorders><w:insideV w:val="single"/></w:tblBorders>' if borders else ""
    cells = ("".join(f"<w:tc>{c if c.startswith('<') else p(c)}</w:tc>" for c in row) for row in rows)
    return f"<w:tbl><w:tblPr>{lines}</w:tblPr>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def pdf(
    pages: int = 1, *, stream: bytes = b"BT /F1 12 Tf 72 700 Td (Thong bao ket luan cuoc hop thang 3) Tj ET", **more
) -> bytes:
    """A PDF whose pages all show the same; `image` = (width, height, grey dots), `trailer` = further entries."""
    image, trailer = more.get("image"), more.get("trailer", b"")
    picture = b""
    if image:
        width, height, dots = image
        packed = zlib.compress(dots)
        picture = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (
            width,
            height,
        )
        picture += b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"%d 0 R" % (6 + i) for i in range(pages))),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        picture or b"null",
    ]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</I 5 0 R>>>>>>"
    objects += [page] * pages
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return written + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)


def scan(drawn: bytes) -> bytes:
    """A PDF that shows the picture of a page (.pgm) and has no letters."""
    _, size, _, dots = drawn.split(b"\n", 3)
    width, height = map(int, size.split())
    return pdf(stream=b"q 595 0 0 842 0 0 cm /I Do Q", image=(width, height, dots))


def program(folder: Path, name: str, script: str) -> str:
    """A program of ours in the place of one that may not be installed."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    os.chmod(path, 0o755)
    return str(path)
