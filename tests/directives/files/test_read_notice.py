"""The command that reads notices from files and writes what it found."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from directives import reading
from tests.conftest import ROOT
from tests.directives.files.making import docx, p

TASK = {
    "text": "Rà soát từng tiêu chí;",
    "lead": ["UBND các xã"],
    "deadline": {"due": "2024-04-15", "text": "15/4/2024"},
}
LABELS = {
    "header": {"number": "17/TB-BCĐ", "kind": "Thông báo", "title": None},
    "tasks": [TASK, {"text": "Tuyên truyền", "lead": [], "deadline": {"due": None, "recurrence": None, "text": None}}],
    "figures": [{"subject": "huyện", "text": "đạt 16,5\n tiêu chí/xã"}],
}


class Notice:
    def as_labels(self):
        return LABELS


@pytest.fixture
def read(monkeypatch):
    """The texts that the reader was given."""
    given = []
    monkeypatch.setattr(reading, "read", lambda text, *, communes=(): given.append(text) or Notice(), raising=False)
    return given


def write(folder, **files):
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return [str(folder / name.replace("_", ".")) for name in files]


def test_labels_are_written_beside_one_line_a_file(read, tmp_path, capsys):
    files = write(tmp_path, a_txt="Giao các xã".encode(), b_docx=docx(p("Giao các phòng")))
    call_command("read_notice", *files, "--json", str(tmp_path / "mới" / "ra"))
    assert read == ["Giao các xã", "Giao các phòng"]
    written = (tmp_path / "mới" / "ra" / "b.json").read_text(encoding="utf-8")
    assert json.loads(written) == LABELS
    assert '\n "header": {\n  "number": "17/TB-BCĐ",' in written
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("a.txt: 2 nhiệm vụ, 1 có thời hạn, 0,")
    assert lines[0].endswith(" giây.")


def test_without_a_folder_a_summary_is_shown(read, tmp_path, capsys):
    call_command("read_notice", *write(tmp_path, a_txt=b"Giao"))
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  Loại: Thông báo",
        "  Số: 17/TB-BCĐ",
        "  1. Rà soát từng tiêu chí;",
        "     UBND các xã · 15/4/2024",
        "  2. Tuyên truyền",
        "  Số liệu: đạt 16,5 tiêu chí/xã",
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_what_cannot_be_read_is_said_and_the_others_are_done(read, tmp_path, capsys):
    files = [*write(tmp_path, a_pdf=b"%PDF-", b_txt=b"Giao"), str(tmp_path / "c.txt"), str(tmp_path)]
    with pytest.raises(CommandError, match=r"Không đọc được 3/4 tệp\.") as error:
        call_command("read_notice", *files, "--json", str(tmp_path / "ra"))
    assert error.value.returncode == 1
    shown = capsys.readouterr()
    sentences = shown.err.splitlines()
    assert sentences[0].startswith("Tệp “a.pdf” bị hỏng")
    assert sentences[1] == f"Không có tệp “{tmp_path / 'c.txt'}”."
    assert sentences[2].startswith(f"Không mở được tệp “{tmp_path}”")
    assert [file.name for file in (tmp_path / "ra").iterdir()] == ["b.json"]


def test_a_remark_is_shown(read, tmp_path, capsys):
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    call_command("read_notice", *write(tmp_path, a_docx=docx(p("Giao", note))), "--json", str(tmp_path))
    assert capsys.readouterr().out.splitlines()[1] == "  Bỏ qua 1 chú thích cuối trang."


def test_files_that_would_write_over_one_another_are_refused(read, tmp_path):
    files = write(tmp_path, a_txt=b"Giao", A_docx=docx(p("Giao")))
    with pytest.raises(CommandError, match=r"sẽ cùng ghi vào A\.json.*chưa ghi gì cả"):
        call_command("read_notice", *files, "--json", str(tmp_path / "ra"))
    assert not (tmp_path / "ra").exists()
    assert not read
    # Nothing is written without a folder, so nothing is written over.
    call_command("read_notice", *files)


def test_a_folder_that_cannot_be_made_is_said(read, tmp_path):
    files = write(tmp_path, a_txt=b"Giao")
    with pytest.raises(CommandError, match="Không tạo được thư mục"):
        call_command("read_notice", *files, "--json", files[0])


def test_no_database_is_asked(tmp_path):
    """Where none answers, a file is still read, up to the point where the reader takes over."""
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "manage.py", "read_notice", *write(tmp_path, a_pdf=b"%PDF-")]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0].startswith("Tệp “a.pdf” bị hỏng")
