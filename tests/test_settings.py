"""The settings refuse an unsafe server, each in a process of its own as a server would start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD = {"SECRET_KEY": "k3y-" + "aB9-xY7_" * 8, "ALLOWED_HOSTS": "ntm.example.vn"}


def python(*args, **environment):
    # An environment of nothing but these, so that the machine's own cannot help.
    return subprocess.run(
        [sys.executable, *args],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "ENV_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def load(**environment):
    return python("-c", "from ntm_tracker import settings; print(settings.DEBUG)", **environment)


def test_production_is_the_default():
    loaded = load(**GOOD)
    assert loaded.stdout.strip() == "False", loaded.stderr


@pytest.mark.parametrize("environment", [{}, {"DEBUG": "0"}, {"SECRET_KEY": ""}, {"SECRET_KEY": "short"}])
def test_production_refuses_a_missing_or_short_key(environment):
    loaded = load(**{"ALLOWED_HOSTS": "ntm.example.vn", **environment})
    assert loaded.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY" in loaded.stderr


def test_production_refuses_the_key_of_the_demo():
    demo = python("-c", "from ntm_tracker import settings; print(settings.SECRET_KEY)", DEBUG="1").stdout.strip()
    assert demo
    loaded = load(**GOOD | {"SECRET_KEY": demo})
    assert loaded.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY" in loaded.stderr


@pytest.mark.parametrize("hosts", ["*", "ntm.example.vn,*"])
def test_production_refuses_any_host(hosts):
    loaded = load(**GOOD | {"ALLOWED_HOSTS": hosts})
    assert loaded.returncode != 0
    assert "ImproperlyConfigured: ALLOWED_HOSTS" in loaded.stderr


def test_production_passes_djangos_deployment_check():
    checked = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert checked.returncode == 0, checked.stderr


def test_a_wrong_database_address_is_refused_by_name():
    loaded = load(**GOOD, DATABASE_URL="rubbish://secret@host/name")
    assert loaded.returncode != 0
    assert "DATABASE_URL" in loaded.stderr


MAIL = {
    "EMAIL_HOST": "thu.example.vn",
    "SITE_URL": "https://ntm.example.vn/",
    "DEFAULT_FROM_EMAIL": "nhacviec@ntm.example.vn",
}


def test_a_mail_server_needs_what_letters_say():
    loaded = load(**GOOD, **MAIL)
    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SITE_URL": ""}, "SITE_URL"),
        ({"SITE_URL": "ntm.example.vn"}, "SITE_URL"),
        ({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL"),
        ({"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}, "EMAIL_USE_TLS"),
    ],
)
def test_a_mail_server_that_could_not_send_is_refused_by_name(wrong, named):
    loaded = load(**GOOD | MAIL | wrong)
    assert loaded.returncode != 0
    assert f"ImproperlyConfigured: {named}" in loaded.stderr


def test_env_example_lists_every_setting():
    python_files = ["ntm_tracker/settings.py", "deploy/gunicorn.py"]
    # In the proxy's file {$NAME:default}, in that of the containers ${NAME:-default}; APP is their own.
    read = {"SITE_URL", "TLS_WITH", "POSTGRES_PASSWORD"}
    named = re.findall(
        r"\{\$([A-Z_]+)|\$\{([A-Z_]+)",
        "".join((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ["Caddyfile", "compose.yaml"]),
    )
    assert {name for pair in named for name in pair if name} == read | {"APP"}
    for name in python_files:
        read |= set(re.findall(r"\benv\.\w+\(\s*[\"\']([A-Z_]+)[\"\']", (ROOT / name).read_text(encoding="utf-8")))
    listed = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(read)


def test_env_file_is_read(tmp_path):
    env_file = tmp_path / "office.env"
    env_file.write_text("\n".join(f"{name}={value}" for name, value in GOOD.items()), encoding="utf-8")
    loaded = load(ENV_FILE=str(env_file))
    assert loaded.stdout.strip() == "False", loaded.stderr
