"""Times production servers under eight readers at once, on PostgreSQL; run by hand:

    .venv/bin/python scripts/bench_server.py postgres://user@127.0.0.1:5432/postgres [--rounds 5] [--seconds 6] [--keep]

Each server is started as it would be in production and serves the matrix of 30 and of 600 communes to eight signed-in
readers, each of whom asks for the next page when the last one is there; then the matrix of 30 while one more person takes
the workbook of 600 communes again and again. The servers take turns. CPU is that of all
processes of the server and of its PostgreSQL backends, from /proc; memory is what they hold, shared pages counted once.
Only servers that are installed are tried. The scratch database is dropped afterwards.
"""

import http.client
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg2
from bench_common import ROOT, _cpu, arguments, scratch, settle
from bench_matrix import SIZES, build

READERS = 8
BIN = Path(sys.executable).parent
WSGI = "ntm_tracker.wsgi:application"
SERVERS = {
    "waitress, 8 threads": ["waitress-serve", "--listen=127.0.0.1:{port}", "--threads=8", WSGI],
    "gunicorn, 2 processes of 4 threads": ["gunicorn", "--bind=127.0.0.1:{port}", "--workers=2", "--threads=4", WSGI],
    "gunicorn, 3 processes of 4 threads": ["gunicorn", "--bind=127.0.0.1:{port}", "--workers=3", "--threads=4", WSGI],
    "gunicorn, 4 processes of 1 thread": ["gunicorn", "--bind=127.0.0.1:{port}", "--workers=4", WSGI],
}


class Tree:
    """A server with the processes it starts."""

    def __init__(self, command, port, dsn):
        self.port, self.name = port, f"bench-server-{port}"
        self.process = subprocess.Popen(
            [str(BIN / command[0]), *(part.format(port=port) for part in command[1:])],
            cwd=ROOT,
            env={**os.environ, "PGAPPNAME": self.name, "LOG_LEVEL": "ERROR"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.database = psycopg2.connect(dsn)
        self.database.autocommit = True
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", port).connect()
                break
            except OSError:
                time.sleep(0.1)

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self):
        with self.database.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name])
            backends = [pid for (pid,) in cursor]
        return sum(map(_cpu, self.pids())), sum(map(_cpu, backends))

    def megabytes(self):
        def held(pid):
            (line,) = (x for x in Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n") if x.startswith("Pss:"))
            return int(line.split()[1]) / 1024

        return sum(map(held, self.pids()))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.database.close()


def read(port, path, cookie, until, walls, failures):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.perf_counter() < until:
        start = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}", "Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            failures.append(response.status)
        walls.append((time.perf_counter() - start) * 1e3)


def measure(tree, path, cookie, seconds, heavy=()):
    """`heavy` is the page and the cookie of somebody else who asks for what takes long meanwhile."""
    app, postgres = tree.cpu()
    walls, failures, began = [], [], time.perf_counter()
    given = (tree.port, path, cookie, began + seconds, walls, failures)
    readers = [threading.Thread(target=read, args=given) for _ in range(READERS)]
    if heavy:
        given = (tree.port, *heavy, began + seconds, [], failures)
        readers.append(threading.Thread(target=read, args=given))
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if failures:
        sys.exit(f"{path}: {failures[:5]}")
    took, (app_now, postgres_now) = time.perf_counter() - began, tree.cpu()
    p50, p95 = (statistics.quantiles(walls, n=20)[i] for i in (9, 18))
    return (app_now - app) / len(walls), (postgres_now - postgres) / len(walls), len(walls) / took, p50, p95


def main():
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    servers = {name: command for name, command in SERVERS.items() if shutil.which(command[0], path=str(BIN))}
    with scratch(options.server, "ntm_bench_server", keep=options.keep) as dsn:
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, check=True)
        criteria_set, period, provinces, cookies = build(0)
        settle()
        page = f"/ma-tran/?ky={period.code}&bo={criteria_set.code}"
        trees = {name: Tree(command, port, dsn) for port, (name, command) in enumerate(servers.items(), 8210)}
        try:
            small, large = SIZES
            workbook = (f"/ma-tran/bieu-01-03.xlsx?ky={period.code}&bo={criteria_set.code}", cookies[large])
            for name, size, heavy in [
                (f"matrix of {small}", small, ()),
                (f"matrix of {large}", large, ()),
                (f"matrix of {small} beside a workbook", small, workbook),
            ]:
                for tree in trees.values():
                    measure(tree, page, cookies[size], 2)
                measured = {server: [] for server in trees}
                for _ in range(options.rounds):
                    for server, tree in trees.items():
                        measured[server].append(measure(tree, page, cookies[size], options.seconds, heavy))
                print(f"\n{name:38}{'CPU ms app + PG':>18}{'requests/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'MB':>6}")
                for server, rows in measured.items():
                    app, postgres, rate, p50, p95 = (statistics.median(column) for column in zip(*rows, strict=True))
                    held = trees[server].megabytes()
                    print(
                        f"{server:38}{app:10.1f} + {postgres:5.1f}{rate:12.1f}{p50:9.0f}{p95:9.0f}{held:6.0f}",
                        flush=True,
                    )
        finally:
            for tree in trees.values():
                tree.stop()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
