"""What lies in deploy/ speaks of things that are there: no machine of the pipeline runs systemd, Caddy or Docker."""

import re

import pytest
import yaml
from django.core.management import get_commands

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def lines_of(path, key):
    return re.findall(rf"^{key}=(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_there_is_as_nobody_special(path):
    (command,) = lines_of(path, "ExecStart")
    assert lines_of(path, "User") == ["ntm"]
    assert lines_of(path, "WorkingDirectory") == ["/srv/ntm"]
    program, *arguments = command.split()
    assert program.startswith("/srv/ntm/.venv/bin/")
    if arguments[0] == "manage.py":
        assert arguments[1] in get_commands()
    for named in re.findall(r"deploy/\S+", command):
        assert (ROOT / named).is_file()
    if path.with_suffix(".timer").exists():
        assert lines_of(path, "Type") == ["oneshot"]
        assert lines_of(path.with_suffix(".timer"), "OnCalendar")[0].endswith("Asia/Ho_Chi_Minh")


def test_the_containers_are_the_application_its_database_and_a_proxy():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert set(services) == {"database", "app", "proxy"}
    # Only the proxy is reached from outside.
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    app = services["app"]
    assert (app["read_only"], app["cap_drop"]) == (True, ["ALL"])
    assert (DEPLOY / app["build"]["context"] / app["build"]["dockerfile"]).is_file()
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in services[needed]
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or source in {"./Caddyfile", "./certificates"}
    major = int(services["database"]["image"].split(":")[1])
    assert major >= 15


def test_the_page_names_commands_and_files_there_are():
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    for command in re.findall(r"manage\.py ([a-z_]+)", page):
        assert command in get_commands(), command
    for path in re.findall(r"\b((?:deploy|scripts|docs)/[\w./-]*\w)", page):
        assert list(ROOT.glob(path + "*")) or path == "deploy/certificates", path
    # Every heading that is led to is there.
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", page, re.M)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= headings
