"""Times the matrix of 30 and of 600 communes beside a bare floor, on PostgreSQL; run by hand:

    .venv/bin/python scripts/bench_matrix.py postgres://user@127.0.0.1:5432/postgres [--others 2700] [--rounds 7] [--keep]

The floor is a WSGI function that asks one SQL statement for the stored results of the criteria and joins a table of
them, a linked cell a criterion; it knows no sign-in, no frame, no totals, no period before. The application answers an
officer of the province, who sees that province alone; `--others` communes of the rest of the country stand beside it,
all with sheets in eight periods. The same page is asked for again and again, so what the application keeps of it is
kept; the last line asks for another page each time. How all of them are measured is said in `bench_common`. The scratch
database is dropped afterwards.
"""

import sys
from html import escape
from itertools import count

from bench_common import Server, arguments, bare_app, compare, cookie_of, django_app, run, scratch, settle

PORTS = {"floor": 8194, "app": 8195}
SIZES = (30, 600)
PERIODS = 8
FLOOR_SQL = """
SELECT l.id, l.name, array_agg(r.status ORDER BY r.criterion_id)
FROM communes_locality l
JOIN criteria_assessment a ON a.locality_id = l.id AND a.period_id = %s AND a.criteria_set_id = %s
JOIN criteria_criterionresult r ON r.assessment_id = a.id
WHERE l.parent_id = %s GROUP BY l.id ORDER BY l.id
"""
WORDS = {"met": "Đạt", "unmet": "Chưa đạt", "": "–", "na": "Không áp dụng"}
# The results of the criteria as the strips have them: what a save writes, for all sheets at once.
RESULTS_SQL = """
INSERT INTO criteria_criterionresult (assessment_id, criterion_id, status, is_verified, indicators_met, indicators_total)
SELECT a.id, c.id, CASE upper(letter) WHEN 'M' THEN 'met' WHEN 'U' THEN 'unmet' ELSE '' END, letter = upper(letter),
       CASE upper(letter) WHEN 'M' THEN 3 ELSE 1 END, 3
FROM criteria_assessment a JOIN criteria_criterion c ON c.criteria_set_id = a.criteria_set_id,
     substr(a.strip, c.number, 1) letter
"""


def floor_page(cursor, environ, period, criteria_set):
    cursor.execute(FLOOR_SQL, [period, criteria_set, environ["PATH_INFO"].strip("/")])
    heads = "".join(f"<th>TC{number:02}</th>" for number in range(1, 20))
    out = [f"<!DOCTYPE html><table><thead><tr><th>Xã</th>{heads}</tr></thead><tbody>"]
    for pk, name, statuses in cursor:
        out.append(f'<tr><th scope="row"><a href="/xa/{pk}/">{escape(name)}</a></th>')
        out += [
            f'<td class="{status}"><a href="/xa/{pk}/{number}/">{WORDS[status]}</a></td>'
            for number, status in enumerate(statuses, 1)
        ]
        out.append("</tr>")
    out.append("</tbody></table>")
    return "".join(out)


APPS = {
    "floor": lambda dsn, *chosen: bare_app(dsn, lambda cursor, environ: floor_page(cursor, environ, *chosen)),
    "app": lambda dsn, *chosen: django_app(),
}


def build(others):
    from django.db import connection

    from criteria.models import Assessment, Recognition, Target
    from tests import factories

    criteria_set = factories.large_set()
    periods = [factories.period(2023 + n // 4, n % 4 + 1) for n in range(PERIODS)]
    provinces = {size: factories.province(f"Tỉnh {size} xã") for size in SIZES}
    places = {size: factories.communes(size, place) for size, place in provinces.items()}
    elsewhere = factories.communes(others, factories.province("Các tỉnh khác")) if others else []
    everywhere = [place for some in (*places.values(), elsewhere) for place in some]
    Assessment.objects.bulk_create(
        (
            Assessment(locality=place, criteria_set=criteria_set, period=period, strip=_strip(n, when))
            for n, place in enumerate(everywhere)
            for when, period in enumerate(periods)
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute(RESULTS_SQL)
    Recognition.objects.bulk_create(Recognition(locality=place, year=2020) for place in everywhere[::3])
    criteria = list(criteria_set.criteria.order_by("number"))
    # Each place but the recognised is to reach two criteria this year; some are to be recognised.
    Target.objects.bulk_create(
        Target(locality=place, year=2024, criterion=criteria[(n + k) % 19])
        for n, place in enumerate(everywhere)
        for k in (0, 7)
        if n % 3
    )
    Target.objects.bulk_create(Target(locality=place, year=2024, tier="basic") for place in everywhere[1::6])
    cookies = {size: cookie_of(factories.user("officer", place)) for size, place in provinces.items()}
    settle()
    return criteria_set, periods[-1], provinces, cookies


def _strip(place, when):
    """What a place reached: more from period to period, one in ten on its own word, all nearly different."""
    strip = "".join(
        "M" if (place * 7919 + number * 104729 + place * number % 97 * 31) % 100 < 55 + when * 4 else "U"
        for number in range(19)
    )
    return strip.lower() if place % 10 == 0 else strip


def main():
    parser = arguments(__doc__)
    parser.add_argument("--others", type=int, default=2700, help="communes of the rest of the country")
    options = parser.parse_args()
    with scratch(options.server, "ntm_bench_matrix", keep=options.keep) as dsn:
        print(f"Building {sum(SIZES) + options.others:,} communes with {PERIODS} sheets each…", flush=True)
        criteria_set, period, provinces, cookies = build(options.others)
        floor, django = (Server(what, port, dsn, period.pk, criteria_set.pk) for what, port in PORTS.items())
        numbers = count()
        page = f"/ma-tran/?ky={period.code}&bo={criteria_set.code}"
        try:
            for size, place in provinces.items():
                targets = {
                    "signed in, redirected": (django, "/nhiem-vu/loc/", cookies[size]),
                    f"matrix of {size}": (django, page, cookies[size]),
                    "by nearness, grouped by area": (django, f"{page}&xep=gan&nhom=khu-vuc", cookies[size]),
                    # An address nobody has asked for: the table is put together anew.
                    "not asked for before": (django, lambda: f"{page}&lan={next(numbers)}", cookies[size]),
                }
                compare((floor, f"/{place.pk}/"), targets, options.rounds)
        finally:
            floor.stop()
            django.stop()


if __name__ == "__main__":
    run(sys.argv[1:], main, APPS)
