"""What every test stands on: settings that come neither from this machine's environment nor from a .env."""

import os
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Every variable the settings read is in .env.example (tests/test_settings.py sees to that); none of them reaches a
# test, except the database to test on.
for name in re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE):
    if name != "DATABASE_URL":
        os.environ.pop(name, None)
os.environ["ENV_FILE"] = os.devnull
os.environ["DEBUG"] = "1"
# Here and not in pyproject.toml: from there pytest-django would load the settings before these lines.
os.environ["DJANGO_SETTINGS_MODULE"] = "ntm_tracker.settings"

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NO_CHROMIUM = f"no browser found ({', '.join(BROWSERS)}); on Debian: sudo apt install chromium"
BROWSER_REQUIRED = os.environ.get("REQUIRE_BROWSER", "0") not in ("", "0")


def pytest_configure(config):
    from django.conf import settings

    config.scratch = Path(tempfile.mkdtemp(prefix="ntm-tests-"))
    # WhiteNoise warns of a folder that is not there, and what collectstatic left must not hide a file that is gone.
    settings.STATIC_ROOT = config.scratch / "static"
    settings.STATIC_ROOT.mkdir()
    # For what a module builds once; each test has a folder of its own.
    settings.MEDIA_ROOT = config.scratch / "media"
    # The live server looks files up by their plain names; hashed ones would all be 404.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # A thread that writes beside the tests would meet them in the database; its own tests turn it on.
    settings.AUDIT = False
    # Passwords are hashed slowly on purpose; a thousand sign-ins in tests need not be.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, as in production: in memory, all threads of the live server would share one connection and meet
        # inside one another's transactions.
        database.setdefault("TEST", {})["NAME"] = config.scratch / "test.sqlite3"
        # What a test writes need not outlive a power cut.
        database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    else:
        database["OPTIONS"]["options"] += " -c synchronous_commit=off"


def pytest_unconfigure(config):
    shutil.rmtree(config.scratch, ignore_errors=True)


@pytest.fixture(autouse=True)
def _uploads_in_tmp(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    # A test's rows are rolled back, and the numbers of the next test's events are the same again.
    from django.core.cache import cache

    cache.clear()


# How many cases of a test are tried on PostgreSQL too.
CASES_AGAIN = 2


def _asks_the_database(item):
    if item.get_closest_marker("browser"):
        return item.get_closest_marker("on_both") is not None
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in item.fixturenames


def pytest_collection_modifyitems(config, items):
    from django.conf import settings

    for item in items:
        if Path(__file__).parent / "browser" in item.path.parents:
            item.add_marker("browser")
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # Run a second time is what the other database could change: of a test with many cases the first ones, and in the
        # browser whole jobs. All cases of all tests run on SQLite, unless EVERY_CASE is set.
        again = [item for item in items if _asks_the_database(item)]
        if not os.environ.get("EVERY_CASE"):
            seen = Counter()
            for item in again:
                seen[item.path, item.originalname] += 1
                item.case = seen[item.path, item.originalname]
            again = [item for item in again if item.case <= CASES_AGAIN]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
        items[:] = again
    for item in items:
        if CHROMIUM is None and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def skipped_browser_tests(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [report for report in reporter.stats.get("skipped", []) if "browser" in report.keywords] if reporter else []


# The score of the reader: it stands at the end of every run that measured it, by whichever worker.
SCORES = {}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    SCORES.update(getattr(node, "workeroutput", {}).get("scores", {}))


def pytest_terminal_summary(terminalreporter, config):
    for name, summary in SCORES.items():
        figures = "  ".join(f"{key} {value}" for key, value in summary.items())
        terminalreporter.write_line(f"reader, {name}: {figures}")
    if skipped := skipped_browser_tests(config):
        reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped}
        verdict = " (a failure: REQUIRE_BROWSER is set)" if BROWSER_REQUIRED else ""
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped{verdict}: {'; '.join(sorted(reasons))}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["scores"] = SCORES
    if BROWSER_REQUIRED and session.exitstatus == pytest.ExitCode.OK and skipped_browser_tests(session.config):
        # In the pipeline a skipped journey is a journey nobody walked.
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
