"""A backup is whole or it is not there; what is not whole is refused; what is restored is what was kept, row by row."""

import errno
import io
import os
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from communes.models import Agency, Locality
from ntm_tracker import staging
from ntm_tracker.operation import NotDone, archive, backup, files, sealing
from ntm_tracker.operation import restore as restoring
from ntm_tracker.operation.backup import back_up
from ntm_tracker.operation.restore import restore
from tests import factories
from tests.operation.common import LAST, contents_of, destroy, marks, refuses, with_manifest


@pytest.fixture
def small(db, settings, tmp_path):
    """An office with one person and one file."""
    factories.agency(factories.district())
    (settings.MEDIA_ROOT / "evidence").mkdir(parents=True)
    (settings.MEDIA_ROOT / "evidence" / "bien-ban.pdf").write_bytes(b"%PDF-1.4 " + bytes(range(256)) * 400)
    return back_up(folder=tmp_path / "backups", media=settings.MEDIA_ROOT).path


def test_an_encrypted_backup_opens_with_its_key_alone(small, settings, tmp_path, capsys):
    call_command("backup_key", str(tmp_path / "safe.key"))
    public = capsys.readouterr().out.split()[-1]
    (tmp_path / "server.key").write_text(f"# khóa đóng\n{public}\n", encoding="utf-8")
    call_command("backup", to=tmp_path / "sealed", encrypt_with=tmp_path / "server.key")
    (path,) = (tmp_path / "sealed").iterdir()
    assert path.name.endswith(".tar.age")
    assert "Giáo dục".encode() not in path.read_bytes()
    before = marks()
    destroy()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    with pytest.raises(CommandError, match="được mã hóa"):
        call_command("restore", str(path))
    with pytest.raises(CommandError, match="được mã hóa"):
        # What encrypts does not decrypt.
        call_command("restore", str(path), encrypt_with=tmp_path / "server.key")
    call_command("backup_key", str(tmp_path / "other.key"))
    with pytest.raises(CommandError, match="sai khóa"):
        call_command("restore", str(path), encrypt_with=tmp_path / "other.key")
    assert not Agency.objects.exists()
    call_command("restore", str(path), encrypt_with=tmp_path / "safe.key")
    assert marks() == before


def test_a_key_is_never_written_over(tmp_path):
    call_command("backup_key", str(tmp_path / "safe.key"))
    kept = (tmp_path / "safe.key").read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="không ghi đè"):
        call_command("backup_key", str(tmp_path / "safe.key"))
    assert (tmp_path / "safe.key").read_text(encoding="utf-8") == kept
    assert (tmp_path / "safe.key").stat().st_mode & 0o77 == 0


def test_a_faulty_key_is_not_repeated(tmp_path):
    (tmp_path / "faulty.key").write_text("AGE-SECRET-KEY-1QQQ", encoding="utf-8")
    with pytest.raises(NotDone, match="Dòng 1") as refused:
        sealing.read_keys(tmp_path / "faulty.key")
    assert "QQQ" not in str(refused.value)


def test_the_moment_is_that_of_the_snapshot_while_others_write(small, settings, tmp_path, monkeypatch):
    """A file whose row was deleted while we read is there; one that was being written is read when it is whole."""
    media = settings.MEDIA_ROOT
    (media / "old.pdf").write_bytes(b"%PDF old")
    os.utime(media / "old.pdf", (1, 1))
    young = media / "young.pdf"
    young.write_bytes(b"%PDF ha")

    real = backup.Schema

    def meanwhile(using):
        (media / "old.pdf").unlink()
        young.write_bytes(b"%PDF half and whole")
        return real(using)

    monkeypatch.setattr(backup, "Schema", meanwhile)
    kept = back_up(folder=tmp_path / "b", media=media).manifest.files
    assert kept["old.pdf"][1] == len(b"%PDF old")
    assert kept["young.pdf"][1] == len(b"%PDF half and whole")


def test_what_waits_for_a_click_is_not_kept(small, settings, tmp_path):
    assert staging.FOLDER in files.PASSING
    (settings.MEDIA_ROOT / staging.FOLDER / "abc").mkdir(parents=True)
    (settings.MEDIA_ROOT / staging.FOLDER / "abc" / "1.pdf").write_bytes(b"%PDF")
    assert set(back_up(folder=tmp_path / "b", media=settings.MEDIA_ROOT).manifest.files) == {"evidence/bien-ban.pdf"}


def test_sessions_are_not_kept(small):
    assert "sessions.session" not in {table.model for table in archive.verify(small).tables}


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encrypted", [False, True])
def test_whatever_was_cut_off_or_altered_is_refused(small, settings, tmp_path, encrypted):
    path, identities = small, []
    if encrypted:
        call_command("backup_key", str(tmp_path / "safe.key"))
        recipients, identities = sealing.read_keys(tmp_path / "safe.key")
        path = back_up(folder=tmp_path / "b", media=settings.MEDIA_ROOT, recipients=recipients).path
    whole = path.read_bytes()
    # Behind the manifest a tar ends in zeros, which say nothing.
    said = len(whole.rstrip(b"\0"))
    spoiled = tmp_path / "spoiled.tar"
    for cut in [0, 1, 500, 512, 1024, *range(2000, said, said // 25), said - 1]:
        spoiled.write_bytes(whole[:cut])
        assert refuses(spoiled, identities)
    for place in [*range(0, 512, 37), *range(512, said, said // 60), said - 1]:
        altered = bytearray(whole)
        altered[place] ^= 0x10
        spoiled.write_bytes(altered)
        try:
            archive.verify(spoiled, identities)
        except NotDone:
            continue
        # A byte nobody reads (padding, the hour a member was made) may differ; what is restored may not.
        with archive.contents(path) as good, archive.contents(spoiled) as same:
            assert [(*c[:2], c[2].read()) for c in good] == [(*c[:2], c[2].read()) for c in same]


@pytest.mark.parametrize(
    "name", ["../ngoai.txt", "/etc/ngoai", "files/../../ngoai", "files/them.pdf", "files/evidence/bien-ban.pdf"]
)
def test_members_that_do_not_belong_are_refused(small, tmp_path, name):
    with tarfile.open(small) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    forged = tmp_path / "forged.tar"
    with tarfile.open(forged, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 4
        for member, data in [(info, b"hack"), *members]:
            tar.addfile(member, io.BytesIO(data))
    assert "không phải là bản sao lưu nguyên vẹn" in refuses(forged)


@pytest.mark.parametrize(
    "data", [b"", b"khong phai tar", b"PK\x03\x04" + b"0" * 5000, b"age-encryption.org/v1\n" + b"0" * 900]
)
def test_other_files_are_refused(tmp_path, data):
    (tmp_path / "other").write_bytes(data)
    assert refuses(tmp_path / "other")
    assert "Không mở được" in refuses(tmp_path / "khong-co")


def test_a_backup_of_a_newer_program_is_refused(small, settings, tmp_path):
    manifest = archive.verify(small)
    newer = with_manifest(
        small, tmp_path / "n.tar", version="9.1.0", migrations=[*manifest.migrations, ["criteria", "0999_later"]]
    )
    destroy()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    with pytest.raises(CommandError, match=r"9\.1\.0 tạo, mới hơn chương trình này"):
        call_command("restore", str(newer))
    assert "cấu trúc 2" in refuses(with_manifest(small, tmp_path / "f.tar", format=2))


def test_an_older_backup_asks_for_a_database_without_tables(small, settings, tmp_path):
    older = with_manifest(small, tmp_path / "older.tar", without=LAST)
    destroy()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    with pytest.raises(CommandError, match="chưa chạy migrate"):
        call_command("restore", str(older))


def test_only_an_empty_place_is_restored_into(small, settings, tmp_path):
    with pytest.raises(CommandError, match="communes_agency"):
        call_command("restore", str(small))
    before = marks()
    destroy()
    (settings.MEDIA_ROOT / "khac.pdf").write_bytes(b"%PDF")
    with pytest.raises(CommandError, match=r"khac\.pdf"):
        call_command("restore", str(small))
    assert not Agency.objects.exists()
    (settings.MEDIA_ROOT / "khac.pdf").unlink()
    # What an interrupted restore had put there already is the same.
    assert restore(path=small, media=settings.MEDIA_ROOT).were_there == 1
    assert marks() == before


def test_who_begins_to_work_while_the_archive_is_read_loses_nothing(small, settings, tmp_path, monkeypatch):
    destroy()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    real = restoring._check_files

    def meanwhile(*given):
        factories.district()
        return real(*given)

    monkeypatch.setattr(restoring, "_check_files", meanwhile)
    with pytest.raises(CommandError, match="communes_locality"):
        call_command("restore", str(small))
    assert Locality.objects.count() == 1


def test_a_restore_that_fails_half_way_leaves_nothing(small, settings, tmp_path, monkeypatch):
    destroy()
    fresh = settings.MEDIA_ROOT = tmp_path / "fresh"
    manifest = archive.verify(small)
    table = next(table for table in manifest.tables if table.model == "communes.agency")
    table.mark = "0" * 64
    monkeypatch.setattr(archive, "verify", lambda *_: manifest)
    with pytest.raises(CommandError, match=r"communes\.agency sau khi ghi không giống"), transaction.atomic():
        call_command("restore", str(small))
    assert not Agency.objects.exists()
    assert not contents_of(fresh)


def test_a_row_the_other_database_does_not_take_is_named(small, settings, tmp_path, monkeypatch):
    from ntm_tracker.operation import rows

    destroy()
    settings.MEDIA_ROOT = tmp_path / "fresh"

    def refuse(*_, **__):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    monkeypatch.setattr(rows.connections["default"].ops, "bulk_batch_size", lambda *_: 1)
    monkeypatch.setattr("django.db.models.query.QuerySet._insert", refuse)
    with (
        pytest.raises(CommandError, match=r"không nhận dòng của bảng \w+ \(khóa từ \d+ đến \d+\)"),
        transaction.atomic(),
    ):
        call_command("restore", str(small))


# -- writing it -------------------------------------------------------------------------------------------------------


def test_only_the_newest_are_kept(small, settings, tmp_path):
    folder = small.parent
    for name in ["ntm-20240101-000000.tar", "ntm-20250101-000000.tar.age", "ntm-29990101-000000.tar", "rieng.tar"]:
        (folder / name).write_bytes(b"")
    (folder / "ntm-20240101-000000.tar.part").write_bytes(b"left by a killed run")
    os.utime(folder / "ntm-20240101-000000.tar.part", (1, 1))
    small.rename(folder / "ntm-20250601-000000.tar")
    report = back_up(folder=folder, media=settings.MEDIA_ROOT, keep=3)
    # The one just made stays even where a wrong clock made others look newer.
    assert {path.name for path in folder.iterdir()} == {
        report.path.name,
        "ntm-29990101-000000.tar",
        "ntm-20250601-000000.tar",
        "rieng.tar",
    }
    assert report.removed == ["ntm-20240101-000000.tar", "ntm-20250101-000000.tar.age"]
    with pytest.raises(CommandError, match="--keep"):
        call_command("backup", to=folder, keep=0)


def test_only_its_owner_reads_it(small):
    assert small.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "hết chỗ trên đĩa"), (errno.EACCES, "không có quyền")])
def test_a_disk_that_takes_no_more_leaves_no_file(small, settings, tmp_path, monkeypatch, number, said):
    def full(*_):
        raise OSError(number, "refused")

    monkeypatch.setattr(archive.Writer, "add_rows", full)
    with pytest.raises(CommandError, match=said):
        call_command("backup", to=tmp_path / "full")
    assert not list((tmp_path / "full").iterdir())


def test_a_file_that_may_not_be_read_is_named(small, settings, tmp_path, monkeypatch):
    real = Path.open

    def closed(path, *given, **named):
        if path.name == "bien-ban.pdf":
            raise PermissionError(errno.EACCES, "refused")
        return real(path, *given, **named)

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(CommandError, match=r"Không có quyền đọc tệp .*bien-ban\.pdf"):
        call_command("backup", to=tmp_path / "b")
    assert not list((tmp_path / "b").iterdir())


def test_a_folder_that_is_none_is_said(small, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CommandError, match="không phải là thư mục"):
        call_command("backup", to=tmp_path / "file" / "below")


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_is_told_through_the_encryption_too(small, settings, encrypted):
    recipients = sealing.pyrage.x25519.Identity.generate().to_public()
    with pytest.raises(OSError):
        fill_up(Path("/dev/full"), [recipients] if encrypted else [])


def fill_up(path, recipients):
    with (
        path.open("wb", buffering=0) as file,
        archive.writing(file, archive.Manifest("", "", "", []), recipients) as writer,
    ):
        for number in range(40):
            writer.add(f"files/{number}", io.BytesIO(bytes(100_000)), 100_000)
