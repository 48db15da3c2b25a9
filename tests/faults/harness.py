"""Real servers on real databases, to be killed, cut off and filled up; and people who talk to them over HTTP."""

import contextlib
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.conftest import ROOT
from tests.reading import _Fields

PASSWORD = "Ntm@2024!demo"
KEY = "k" * 60
# As seen here, plus what a busy machine needs.
START_SECONDS = 40


def environment(url, media, **more):
    """What a process of the project needs to serve this database; nothing of this machine's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    given = {
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(media),
        "ENV_FILE": os.devnull,
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "ntm_tracker.settings",
    }
    return {**kept, **given, **more}


def manage(url, media, *command, **more):
    """Run a command of the project; gives the finished process."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(url, media, **more),
        capture_output=True,
        text=True,
    )


class Cluster:
    """A PostgreSQL of our own, which may be crashed and started again."""

    def __init__(self, folder: Path):
        self._bin = postgresql_programs()
        self._data, self._log = folder / "data", folder / "log"
        folder.mkdir()
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        # Durable, as an office's is: what was acknowledged must be there after a crash.
        self._run("initdb", "--pgdata", self._data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
        self.start()

    def _run(self, program, *arguments):
        command = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self._data}"
        self._run("pg_ctl", "--pgdata", self._data, "--log", self._log, "--wait", "--options", options, "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "--pgdata", self._data, "--wait", "--mode", mode, "stop")

    def url(self, name):
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name, template="template0"):
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "--template", template, name)
        # PostgreSQL copies with a sequence how many of its numbers are in the log already, but not that log: a crash
        # before the next checkpoint would hand them out a second time.
        self._run("psql", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "--quiet", "--command", "CHECKPOINT")


def postgresql_programs():
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """The application under its production server, in a process of its own."""

    def __init__(self, url, media, *, largest_file=None, **more):
        self.port = free_port()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.py",
            "tests.faults.serving:application",
        ]

        def bounded():
            if largest_file:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(url, media, PORT=str(self.port), **more),
            preexec_fn=bounded,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A group of its own, to be ended with all its processes at once.
            start_new_session=True,
        )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.05)
        raise AssertionError("the server does not start")

    def kill(self):
        """As the machine would end it: without a word to it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Gone(Exception):
    """The server went away in the middle of an answer."""


class Answer:
    def __init__(self, response, body):
        self.status, self.headers = response.status, response.headers
        self.text = body.decode("utf-8", "replace")


class Person:
    """Somebody at a browser without scripts."""

    def __init__(self, server, username=None):
        self.port, self.cookies = server.port, {}
        if username:
            self.sign_in(username)

    def at(self, server):
        """The same person, cookies and all, at another server."""
        other = Person(server)
        other.cookies = dict(self.cookies)
        return other

    def sign_in(self, username):
        page = self.get("/tai-khoan/dang-nhap/")
        typed = {**fields(page), "username": username, "password": PASSWORD}
        answer = self.post("/tai-khoan/dang-nhap/", typed)
        assert answer.status == 302, answer.text

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, data):
        pairs = [(name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])]
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", path, urlencode(pairs).encode(), kind)

    def upload(self, path, data, field, name, content):
        edge = "edge-of-a-part"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in data.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        parts += [
            f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(),
            content,
            f"\r\n--{edge}--\r\n".encode(),
        ]
        return self._ask("POST", path, b"".join(parts), f"multipart/form-data; boundary={edge}")

    def _ask(self, method, path, body=None, kind=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers |= {"Content-Type": kind, "Origin": f"http://127.0.0.1:{self.port}"}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", cookie).groups()
            self.cookies[name] = value
        return answer


def fields(answer, having=None):
    """The fields of a page, or of its form that has the field named."""
    reader = _Fields()
    reader.feed(answer.text)
    found = next(form for form in reader.forms if having in form) if having else reader.fields
    found = {name: value for name, value in found.items() if name != "q"}
    token = found.get("csrfmiddlewaretoken")
    return {**found, "csrfmiddlewaretoken": token[0] if isinstance(token, list) else token}


def look(url, media, what, *arguments):
    """What stands in a database, by a process of its own: see `looking`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.looking", what, *map(str, arguments)],
        cwd=ROOT,
        env=environment(url, media),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
