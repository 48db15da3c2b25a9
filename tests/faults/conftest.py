"""An office on each database: the demonstration district, built once and copied for each test."""

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.harness import Cluster, look, manage, postgresql_programs

_numbers = itertools.count()


@dataclass
class Office:
    """A database with the demonstration district in it, a folder of files, and where the things in it are."""

    url: str
    media: Path
    at: dict

    def look(self, what, *arguments):
        return look(self.url, self.media, what, *arguments)


@pytest.fixture(scope="session")
def cluster():
    if postgresql_programs() is None:
        pytest.skip("PostgreSQL is not installed here; on Debian: sudo apt install postgresql")
    # Not in a folder of pytest's: those are closed to the account of PostgreSQL.
    with TemporaryDirectory(prefix="ntm-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder, "postgresql"))
        yield cluster
        cluster.stop("immediate")


def _build(url, media):
    for command in (["migrate", "--no-input", "-v0"], ["demo"]):
        done = manage(url, media, *command, DEBUG="1")
        assert done.returncode == 0, done.stderr
    return look(url, media, "prepare")


@pytest.fixture(scope="session")
def sqlite_office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sqlite")
    media = folder / "media"
    return folder / "office.sqlite3", media, _build(f"sqlite:///{folder}/office.sqlite3", media)


@pytest.fixture(scope="session")
def postgresql_office(cluster, tmp_path_factory):
    media = tmp_path_factory.mktemp("files") / "media"
    cluster.create("demo")
    return "demo", media, _build(cluster.url("demo"), media)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_office(request, tmp_path):
    """A function that makes one office like another."""

    def make():
        number = next(_numbers)
        if request.param == "sqlite":
            template, files, at = request.getfixturevalue("sqlite_office")
            path = tmp_path / f"{number}.sqlite3"
            shutil.copy(template, path)
            url = f"sqlite:///{path}"
        else:
            template, files, at = request.getfixturevalue("postgresql_office")
            cluster = request.getfixturevalue("cluster")
            cluster.create(f"office{number}", template)
            url = cluster.url(f"office{number}")
        media = tmp_path / f"media{number}"
        shutil.copytree(files, media) if files.exists() else media.mkdir()
        return Office(url, media, at)

    return make


@pytest.fixture
def office(new_office):
    return new_office()
