"""What goes to the meeting on paper: every sheet and document drawn as LibreOffice prints it. `make papers` keeps pictures."""

import os
import re
import shutil
import subprocess
from html import unescape

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from criteria.models import Period
from dashboards import demo
from dashboards.workbooks.book import tables_of, write_book
from dashboards.workbooks.report import Report
from dashboards.workbooks.tables import TABLES
from directives.models import DocumentKind
from ntm_tracker.documents import Layout
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not shutil.which("soffice"),
        reason="LibreOffice is not installed; on Debian: libreoffice-calc, libreoffice-writer",
    ),
]
HEADS = {Layout.STATE: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Layout.PARTY: "ĐẢNG CỘNG SẢN VIỆT NAM"}


def printed(*paths):
    """Of each file the pages as they come out of the printer, with their texts; pictures of them where PAPERS names a
    folder."""
    folder = paths[0].parent
    home = f"-env:UserInstallation=file://{folder}/office"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [_pages(path) for path in paths]


def _pages(path):
    pages = []
    with pypdfium2.PdfDocument(path.with_suffix(".pdf")) as document:
        for number, page in enumerate(document, start=1):
            pages.append((page.get_size(), page.get_textpage().get_text_range()))
            if kept := os.environ.get("PAPERS"):
                picture = ROOT / kept / f"{path.stem}-{number:02}.png"
                page.render(scale=1.4).to_pil().save(picture)
    return pages


@pytest.fixture
def officer():
    demo.build(say=lambda line: None)
    return User.objects.get(username="vanphong")


def test_every_sheet_fits_the_width_of_its_paper_and_repeats_its_head(officer, tmp_path):
    report = Report.of(user=officer, period=Period.objects.get(code="2024-q1"))
    path = tmp_path / "hop.xlsx"
    write_book(report, tables_of("hop-10")).save(path)
    [pages] = printed(path)
    text = "\n".join(said for _, said in pages)
    for table in TABLES:
        if table.code != "10":
            assert any(table.title.upper() in " ".join(said.upper().split()) for _, said in pages), table.title
    # Each sheet begins with the letterhead and is as wide as one page: no page holds but the rest of a row.
    heads = sum(HEADS[Layout.STATE] in said for _, said in pages)
    assert heads == len(TABLES) + 12  # with the summary, and for Biểu 10 a sheet a commune
    assert text.count("SỐ LIỆU MINH HỌA") == heads
    for (width, height), said in pages:
        assert width > height
        assert "(1)" in said or "NGƯỜI LẬP BIỂU" in said or "Ghi chú" in said, said[:300]


def test_every_document_is_an_upright_page_with_its_head(officer, tmp_path):
    client = Client()
    client.force_login(officer)
    page = client.get(reverse("dashboards:reports"), {"ky": "2024-q1", "bo": "xa-ntm-2021-2025"}).content.decode()
    offered = dict(reversed(re.findall(r'href="/soan-van-ban/([\w-]+)/([^"]*)"', page)))
    assert set(offered) == set(DocumentKind.values)
    files = {}
    for kind, query in offered.items():
        for layout in HEADS:
            address = reverse("dashboards:document-file", args=[kind])
            asked = "&".join(filter(None, [unescape(query).lstrip("?"), f"the_thuc={layout.value}"]))
            answer = client.get(f"{address}?{asked}")
            assert answer.status_code == 200, (kind, layout)
            path = tmp_path / f"{kind}-{layout.value}.docx"
            path.write_bytes(answer.content)
            files[path] = HEADS[layout]
    for (path, head), pages in zip(files.items(), printed(*files), strict=True):
        (size, first), *rest = pages
        assert size[0] < size[1]
        assert head in first, (path.name, first[:300])
        assert "minh họa" in first.lower()
        assert not any(head in said for _, said in rest)
