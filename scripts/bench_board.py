"""Times the task board over 100,000 assignments beside a bare floor, on PostgreSQL; run by hand:

    .venv/bin/python scripts/bench_board.py postgres://user@127.0.0.1:5432/postgres [--rows 100000] [--rounds 7] [--keep]

The floor is a WSGI function that asks one SQL statement for the same fifty rows, with the same facts, and joins them
into the same table; it knows no sign-in, no frame, no counts. A leaner one shows four columns. All run under waitress,
take turns within each round, and are asked one request after the other. CPU is that of the server and of its PostgreSQL
backends, from /proc, so PostgreSQL has to run on this machine. Trust the ratios; milliseconds are those of the machine
and its other work. The scratch database is dropped afterwards.
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
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = "ntm_bench_board"
WARM_UP, SECONDS = 5, 1.0
PORTS = {"floor": 8191, "lean": 8193, "app": 8192}
FLOOR_SQL = """
SELECT a.id, left(t.text, 151), t.section, t.position, t.repeats, a.sequence, a.due_on, a.original_due_on, a.percent,
       a.progress_note, a.progress_at, a.reported_on, a.done_note, coalesce(nullif(g.short_name, ''), g.name),
       m.full_name, m.position, d.id, d.number,
       (SELECT string_agg(c.number || ' ' || c.name, ', ' ORDER BY c.number) FROM directives_task_criteria tc
        JOIN criteria_criterion c ON c.id = tc.criterion_id WHERE tc.task_id = t.id)
FROM directives_assignment a
JOIN communes_agency g ON g.id = a.agency_id JOIN communes_locality l ON l.id = g.locality_id
JOIN directives_task t ON t.id = a.task_id JOIN directives_directive d ON d.id = t.directive_id
LEFT JOIN communes_committeemember m ON m.id = a.member_id
WHERE a.done_on IS NULL AND a.due_on < current_date AND l.path LIKE %s
ORDER BY a.due_on, a.id LIMIT 50
"""
# Less than the board shows, so the harder floor: whose, what, and when due.
LEAN_SQL = """
SELECT a.id, left(t.text, 150), a.due_on, g.short_name
FROM directives_assignment a JOIN communes_agency g ON g.id = a.agency_id JOIN directives_task t ON t.id = a.task_id
WHERE a.done_on IS NULL AND a.due_on < current_date ORDER BY a.due_on, a.id LIMIT 50
"""


def lean_app(dsn):
    local = threading.local()

    def app(environ, start_response):
        if not hasattr(local, "cursor"):
            connection = psycopg2.connect(dsn)
            connection.autocommit = True
            local.cursor = connection.cursor()
        local.cursor.execute(LEAN_SQL)
        out = ["<!DOCTYPE html><table><tbody>"]
        for pk, text, due, agency in local.cursor:
            out.append(
                f'<tr><td><a href="/nhiem-vu/{pk}/">{escape(text)}</a></td><td>{escape(agency)}</td><td>{due}</td></tr>'
            )
        out.append("</tbody></table>")
        page = "".join(out).encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
        return [page]

    return app


def floor_app(dsn, path):
    from datetime import date

    local = threading.local()

    def app(environ, start_response):
        if not hasattr(local, "cursor"):
            connection = psycopg2.connect(dsn)
            connection.autocommit = True
            local.cursor = connection.cursor()
            # The server's default compiles this statement each time, at four times its cost.
            local.cursor.execute("SET jit = off")
        local.cursor.execute(FLOOR_SQL, [f"{path}%"])
        today = date.today()
        out = ["<!DOCTYPE html><table><tbody>"]
        for row in local.cursor:
            pk, text, section, position, repeats, sequence, due, ordered, percent, note, at, reported = row[:12]
            done_note, agency, person, post, directive, number, criteria = row[12:]
            if reported:
                result = f"{escape(done_note)} {reported:%d/%m/%Y}, <b>chờ xác nhận</b>"
            elif at:
                result = f"<b>{percent} %</b>; {escape(note)} {at:%d/%m/%Y}"
            else:
                result = "Chưa có báo cáo"
            extended = f'<span class="source">hạn gốc {ordered:%d/%m/%Y}</span>' if ordered != due else ""
            again = f"Lần {sequence} · " if repeats else ""
            body = escape(person or post or agency)
            out.append(
                f'<tr id="viec-{pk}"><td><span class="chip chip-overdue"><span aria-hidden="true">!</span>Quá hạn '
                f'{(today - due).days} ngày</span></td><td class="wide">{escape(text[:150])}<span class="source">{again}'
                f'{body} · <a href="/van-ban/{directive}/#nhiem-vu-{position}">Thông báo {escape(number)}, mục '
                f'{escape(section)}</a></span></td><td class="nowrap unmet" data-label="Hạn">{due:%d/%m/%Y}{extended}'
                f'</td><td class="note">{result}</td><td class="note">{escape(criteria or "–")}</td><td class="act push">'
                f'<a class="btn btn-outline btn-sm" href="/nhiem-vu/{pk}/?next=%2Fnhiem-vu%2F">Báo cáo<span '
                f'class="visually-hidden"> phần việc của {body}</span></a></td></tr>'
            )
        out.append("</tbody></table>")
        page = "".join(out).encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))])
        return [page]

    return app


def django_app():
    from django.conf import settings

    # Names of files are looked up as in production, but nothing needs to be collected first.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def serve(what, port, dsn, path):
    import logging

    from waitress import serve as run

    # One thread, so that its CPU is easily told: each request is the whole queue.
    logging.getLogger("waitress.queue").disabled = True

    apps = {"floor": lambda: floor_app(dsn, path), "lean": lambda: lean_app(dsn), "app": django_app}
    app = apps[what]()
    run(app, host="127.0.0.1", port=port, threads=1, _quiet=True)


def build(rows):
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from tests.directives.many import assign, province

    call_command("migrate", verbosity=0, interactive=False)
    where = province()
    assign(where, rows, timezone.localdate())
    # Another province's work, which the officer does not see.
    assign(province(20, 5, "Điện Biên"), rows // 10, timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    cookies = {}
    people = {
        "officer": where.user(),
        "commune": where.user("commune_officer", where.communes[3], where.agencies[-97]),
    }
    for name, user in people.items():
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "accounts.backends.PlaceBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies[name] = session.session_key
    connection.close()
    return where, cookies


class Server:
    def __init__(self, what, port, dsn, path, database):
        self.port, self.name = port, f"bench-{what}"
        environment = {**os.environ, "PGAPPNAME": self.name}
        command = [sys.executable, __file__, "--serve", what, str(port), dsn, path]
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT)
        self.database = database
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port).connect()
                break
            except OSError:
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path, cookie=""):
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


def _cpu(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def measure(server, path, cookie):
    """CPU of application and PostgreSQL, and the median of the clock, in ms a request."""
    app, postgres = server.cpu()
    walls, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(walls) < 5:
        start = time.perf_counter()
        server.get(path, cookie)
        walls.append((time.perf_counter() - start) * 1e3)
    app_now, postgres_now = server.cpu()
    return (app_now - app) / len(walls), (postgres_now - postgres) / len(walls), statistics.median(walls)


def compare(floor, django, targets, rounds):
    for _ in range(WARM_UP):
        floor.get("/")
        for path, cookie in targets.values():
            django.get(path, cookie)
    measured = {name: [] for name in ("floor", *targets)}
    ratios = {name: [] for name in targets}
    for _ in range(rounds):
        bare = measure(floor, "/", "")
        measured["floor"].append(bare)
        for name, (path, cookie) in targets.items():
            one = measure(django, path, cookie)
            measured[name].append(one)
            ratios[name].append((sum(one[:2]) / sum(bare[:2]), one[2] / bare[2]))
    print(f"\n{'':34}{'CPU ms app + PG':>18}{'x floor':>9}{'(range)':>14}{'clock ms':>10}{'x floor':>9}{'KB':>6}")
    for name, rows in measured.items():
        app, postgres, wall = (statistics.median(column) for column in zip(*rows, strict=True))
        line = f"{name:34}{app:11.2f} + {postgres:4.2f}"
        if name == "floor":
            print(f"{line}{1:9.2f}{'':14}{wall:10.2f}{1:9.2f}{len(floor.get('/')) / 1e3:6.0f}")
            continue
        cpu, walls = zip(*ratios[name], strict=True)
        size = len(django.get(*targets[name])) / 1e3
        between = f"{min(cpu):.2f}–{max(cpu):.2f}"
        print(f"{line}{statistics.median(cpu):9.2f}{between:>14}{wall:10.2f}{statistics.median(walls):9.2f}{size:6.0f}")


def cold(django, database, cookie):
    """The clock of the first page after something has happened to the work, in ms."""
    walls = []
    for _ in range(5):
        with database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO directives_assignmentevent (assignment_id, kind, at, note, document) "
                "SELECT min(id), 'progress', now(), 'x', '' FROM directives_assignment"
            )
        start = time.perf_counter()
        django.get("/nhiem-vu/", cookie)
        walls.append((time.perf_counter() - start) * 1e3)
    return statistics.median(walls)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="a PostgreSQL server in which databases may be made, as postgres://…")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="leave the scratch database, and use it if it is there")
    options = parser.parse_args()
    maintenance = psycopg2.connect(options.server)
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    dsn = urlsplit(options.server)._replace(path=f"/{SCRATCH}").geturl()
    os.environ.update(DEBUG="0", SECRET_KEY=secrets.token_urlsafe(60), HTTPS="0", DATABASE_URL=dsn, ENV_FILE=os.devnull)
    os.environ.update(DJANGO_SETTINGS_MODULE="ntm_tracker.settings", ALLOWED_HOSTS="127.0.0.1")
    sys.path.insert(0, str(ROOT))
    cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
    cursor.execute(f"CREATE DATABASE {SCRATCH}")
    servers = []
    try:
        print(f"Building {options.rows:,} assignments…", flush=True)
        where, cookies = build(options.rows)
        database = psycopg2.connect(dsn)
        database.autocommit = True
        servers = [Server(what, port, dsn, where.place.path, database) for what, port in PORTS.items()]
        floor, lean, django = servers
        officer, commune = cookies["officer"], cookies["commune"]
        page = django.get("/nhiem-vu/?xem=thoi-han", officer).decode()
        behind = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        for _ in range(20):
            page = django.get(f"/nhiem-vu/{behind}", officer).decode()
            behind = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        targets = {
            "signed in, redirected": ("/nhiem-vu/loc/", officer),
            "board, first page": ("/nhiem-vu/", officer),
            "by due date": ("/nhiem-vu/?xem=thoi-han", officer),
            "by due date, page 22": (f"/nhiem-vu/{behind}", officer),
            "by commune": ("/nhiem-vu/?xem=xa", officer),
            "by criterion": ("/nhiem-vu/?xem=tieu-chi", officer),
            "of one body, overdue": (f"/nhiem-vu/?co_quan={where.agencies[0].pk}&trang_thai=overdue", officer),
            "table by body": ("/nhiem-vu/?xem=tong-hop", officer),
            "a commune's officer, first page": ("/nhiem-vu/", commune),
        }
        compare(floor, django, targets, options.rounds)
        print("\nBeside the lean floor, which shows less:")
        compare(lean, django, {"board, first page": targets["board, first page"]}, options.rounds)
        print(f"\nFirst page after a change, everything counted anew: {cold(django, database, officer):.0f} ms")
    finally:
        for server in servers:
            server.process.terminate()
            server.process.wait()
        if servers:
            database.close()
        if not options.keep:
            cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _, _, what, port, dsn, path = sys.argv
        sys.path.insert(0, str(ROOT))
        serve(what, int(port), dsn, path)
    else:
        main()
