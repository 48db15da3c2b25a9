"""Times the task board over 100,000 assignments beside a bare floor, on PostgreSQL; run by hand:

    .venv/bin/python scripts/bench_board.py postgres://user@127.0.0.1:5432/postgres [--rows 100000] [--rounds 7] [--keep]

The floor is a WSGI function that asks one SQL statement for the same fifty rows, with the same facts, and joins them
into the same table; it knows no sign-in, no frame, no counts. A leaner one shows four columns. How all of them are
measured is said in `bench_common`. The scratch database is dropped afterwards.
"""

import statistics
import sys
import time
from datetime import date
from html import escape

from bench_common import Server, arguments, bare_app, compare, cookie_of, django_app, run, scratch, settle

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


def lean_page(cursor, environ):
    cursor.execute(LEAN_SQL)
    out = ["<!DOCTYPE html><table><tbody>"]
    for pk, text, due, agency in cursor:
        out.append(
            f'<tr><td><a href="/nhiem-vu/{pk}/">{escape(text)}</a></td><td>{escape(agency)}</td><td>{due}</td></tr>'
        )
    out.append("</tbody></table>")
    return "".join(out)


def floor_page(cursor, path):
    cursor.execute(FLOOR_SQL, [f"{path}%"])
    today = date.today()
    out = ["<!DOCTYPE html><table><tbody>"]
    for row in cursor:
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
    return "".join(out)


APPS = {
    "floor": lambda dsn, path: bare_app(dsn, lambda cursor, environ: floor_page(cursor, path)),
    "lean": lambda dsn, path: bare_app(dsn, lean_page),
    "app": lambda dsn, path: django_app(),
}


def build(rows):
    from django.utils import timezone

    from tests.directives.many import assign, province

    where = province()
    assign(where, rows, timezone.localdate())
    # Another province's work, which the officer does not see.
    assign(province(20, 5, "Điện Biên"), rows // 10, timezone.localdate())
    people = {
        "officer": where.user(),
        "commune": where.user("commune_officer", where.communes[3], where.agencies[-97]),
    }
    cookies = {name: cookie_of(user) for name, user in people.items()}
    settle()
    return where, cookies


def cold(django, cookie):
    """The clock of the first page after something has happened to the work, in ms."""
    walls = []
    for _ in range(5):
        with django.database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO directives_assignmentevent (assignment_id, kind, at, note, document) "
                "SELECT min(id), 'progress', now(), 'x', '' FROM directives_assignment"
            )
        start = time.perf_counter()
        django.get("/nhiem-vu/", cookie)
        walls.append((time.perf_counter() - start) * 1e3)
    return statistics.median(walls)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    with scratch(options.server, "ntm_bench_board", keep=options.keep) as dsn:
        print(f"Building {options.rows:,} assignments…", flush=True)
        where, cookies = build(options.rows)
        servers = [Server(what, port, dsn, where.place.path) for what, port in PORTS.items()]
        try:
            report(*servers, where, cookies, options.rounds)
        finally:
            for server in servers:
                server.stop()


def report(floor, lean, django, where, cookies, rounds):
    officer, commune = cookies["officer"], cookies["commune"]
    page = django.get("/nhiem-vu/?xem=thoi-han", officer).decode()
    behind = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    for _ in range(20):
        page = django.get(f"/nhiem-vu/{behind}", officer).decode()
        behind = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    targets = {
        "signed in, redirected": (django, "/nhiem-vu/loc/", officer),
        "board, first page": (django, "/nhiem-vu/", officer),
        "by due date": (django, "/nhiem-vu/?xem=thoi-han", officer),
        "by due date, page 22": (django, f"/nhiem-vu/{behind}", officer),
        "by commune": (django, "/nhiem-vu/?xem=xa", officer),
        "by criterion": (django, "/nhiem-vu/?xem=tieu-chi", officer),
        "of one body, overdue": (django, f"/nhiem-vu/?co_quan={where.agencies[0].pk}&trang_thai=overdue", officer),
        "table by body": (django, "/nhiem-vu/?xem=tong-hop", officer),
        "a commune's officer, first page": (django, "/nhiem-vu/", commune),
    }
    compare((floor, "/"), targets, rounds)
    print("\nBeside the lean floor, which shows less:")
    compare((lean, "/"), {"board, first page": targets["board, first page"]}, rounds)
    print(f"\nFirst page after a change, everything counted anew: {cold(django, officer):.0f} ms")


if __name__ == "__main__":
    run(sys.argv[1:], main, APPS)
