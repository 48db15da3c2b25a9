"""What the benchmarks share: a scratch database, servers whose CPU is told apart, rounds in which they take turns.

All run under waitress with one thread and are asked one request after the other. CPU is that of the server and of its
PostgreSQL backends, from /proc, so PostgreSQL has to run on this machine. Trust the ratios; milliseconds are those of
the machine and its other work.
"""

import argparse
import http.client
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
WARM_UP, SECONDS = 5, 1.0


# -- what is asked of ------------------------------------------------------------------------------------------------


def bare_app(dsn, page):
    """A WSGI function without sign-in or frame: `page(cursor, environ)` gives the HTML."""
    local = threading.local()

    def app(environ, start_response):
        if not hasattr(local, "cursor"):
            connection = psycopg2.connect(dsn)
            connection.autocommit = True
            local.cursor = connection.cursor()
            # The server's default compiles long statements each time, at four times their cost.
            local.cursor.execute("SET jit = off")
        body = page(local.cursor, environ).encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return app


def django_app():
    from django.conf import settings

    # Names of files are looked up as in production, but nothing needs to be collected first.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def cookie_of(user):
    """The key of a session in which the user is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.sessions import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.PlaceBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def run(options, main, apps):
    """Run `main`, or the server that `Server` started this script for; `apps` makes a WSGI function from (dsn, *given)."""
    sys.path.insert(0, str(ROOT))
    if options[:1] == ["--serve"]:
        _, what, port, dsn, *given = options
        _serve(apps[what](dsn, *given), int(port))
    else:
        main()


def _serve(app, port):
    import logging

    from waitress import serve

    # One thread, so that its CPU is easily told: each request is the whole queue.
    logging.getLogger("waitress.queue").disabled = True
    serve(app, host="127.0.0.1", port=port, threads=1, _quiet=True)


class Server:
    """This script once more, as the server of one of its `apps`."""

    def __init__(self, what, port, dsn, *given):
        self.name = f"bench-{what}"
        command = [sys.executable, sys.argv[0], "--serve", what, str(port), dsn, *map(str, given)]
        self.process = subprocess.Popen(command, env={**os.environ, "PGAPPNAME": self.name})
        self.database = psycopg2.connect(dsn)
        self.database.autocommit = True
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port).connect()
                break
            except OSError:
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path, cookie=""):
        """The page at `path`, which may be a function that gives a new one each time."""
        path = path() if callable(path) else path
        self.connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}"} if cookie else {})
        response = self.connection.getresponse()
        page = response.read()
        if response.status not in (200, 302):
            sys.exit(f"{path}: {response.status}")
        return page

    def cpu(self):
        """Milliseconds so far of the server and of its backends."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name])
            backends = [pid for (pid,) in cursor]
        return _cpu(self.process.pid), sum(map(_cpu, backends))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.database.close()


def _cpu(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


# -- measuring -------------------------------------------------------------------------------------------------------


def measure(server, path, cookie=""):
    """CPU of application and PostgreSQL, and the median of the clock, in ms a request."""
    app, postgres = server.cpu()
    walls, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(walls) < 5:
        start = time.perf_counter()
        server.get(path, cookie)
        walls.append((time.perf_counter() - start) * 1e3)
    app_now, postgres_now = server.cpu()
    return (app_now - app) / len(walls), (postgres_now - postgres) / len(walls), statistics.median(walls)


def compare(floor, targets, rounds):
    """Print what the targets take beside the floor: all measured in each round, ratios are medians over the rounds.

    `floor` is (server, path), `targets` (server, path, cookie) by name.
    """
    asked = {"floor": floor, **targets}
    for _ in range(WARM_UP):
        for server, *request in asked.values():
            server.get(*request)
    measured = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (server, *request) in asked.items():
            measured[name].append(measure(server, *request))
    print(f"\n{'':34}{'CPU ms app + PG':>18}{'x floor':>9}{'(range)':>14}{'clock ms':>10}{'x floor':>9}{'KB':>6}")
    for name, (server, *request) in asked.items():
        rows = measured[name]
        app, postgres, wall = (statistics.median(column) for column in zip(*rows, strict=True))
        pairs = list(zip(rows, measured["floor"], strict=True))
        cpu = [sum(one[:2]) / sum(bare[:2]) for one, bare in pairs]
        walls = statistics.median(one[2] / bare[2] for one, bare in pairs)
        between = "" if name == "floor" else f"{min(cpu):.2f}–{max(cpu):.2f}"
        print(
            f"{name:34}{app:11.2f} + {postgres:4.2f}{statistics.median(cpu):9.2f}{between:>14}{wall:10.2f}{walls:9.2f}"
            f"{len(server.get(*request)) / 1e3:6.0f}"
        )


# -- the data --------------------------------------------------------------------------------------------------------


def arguments(doc):
    """The options of every benchmark; a script adds its own."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="a PostgreSQL server in which databases may be made, as postgres://…")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="leave the scratch database")
    return parser


@contextmanager
def scratch(server, name, *, keep):
    """An empty database with the tables in it, Django set up on it as in production; gives its address."""
    maintenance = psycopg2.connect(server)
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    dsn = urlsplit(server)._replace(path=f"/{name}").geturl()
    os.environ.update(DEBUG="0", SECRET_KEY=secrets.token_urlsafe(60), HTTPS="0", DATABASE_URL=dsn, ENV_FILE=os.devnull)
    os.environ.update(DJANGO_SETTINGS_MODULE="ntm_tracker.settings", ALLOWED_HOSTS="127.0.0.1")
    cursor.execute(f"DROP DATABASE IF EXISTS {name}")
    cursor.execute(f"CREATE DATABASE {name}")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        yield dsn
    finally:
        if not keep:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def settle():
    """Let PostgreSQL know its data, and leave the connection that built it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
