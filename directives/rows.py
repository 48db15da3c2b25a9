"""The rows of the board as HTML, joined here: fifty of them through a template would cost more than all the rest."""

from functools import cache, lru_cache
from html import escape
from types import SimpleNamespace
from urllib.parse import quote

from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts import policy
from directives.board import body_label, given_by
from directives.grouping import BY_AGENCY, BY_DIRECTIVE, BY_DUE
from directives.models import Assignment, Directive, Repeats
from directives.queries import MOST_WORDS, Tallies
from ntm_tracker.vietnamese import format_date, format_number

MADE_UP = '<span class="illustrative">số liệu minh họa</span>'
REPEATS = {value: label.lower() for value, label in Repeats.choices}
# As components/task_status.html draws them: kind, sign.
CHIPS = {
    "overdue": ("overdue", "!"),
    "soon": ("soon", "◷"),
    "done": ("met", "✓"),
    "late": ("late", "✓"),
    "none": ("none", "○"),
    "progress": ("progress", "◐"),
}
TALLIES = [
    ("overdue", "unmet", "!", "quá hạn"),
    ("due_soon", "warn", "◷", "sắp đến hạn"),
    ("in_progress", "muted", "◐", "trong hạn"),
    ("no_due", "muted", "○", "không thời hạn"),
]
_ANY = 123456789


def board_rows(groups, *, view, here, user):
    """The bodies of the board's table, with what the reader may do. `here` is the page to come back to."""
    before, behind = _around_number(Assignment)
    behind = f"{behind}?next={quote(here, safe='')}"
    sources = {}
    out = []
    for group in groups:
        out.append(_head(group, view))
        for row in group.rows:
            fact = row.assignment
            source = sources.get(fact.task__directive_id)
            if source is None:
                source = sources[fact.task__directive_id] = _source(fact)
            body = escape(body_label(fact))
            out.append(
                f'<tr id="viec-{fact.pk}"><td>{_chip(row)}</td><td class="wide">{_cut(fact.words, MOST_WORDS)}'
                f'<span class="source">{_origin(fact, view, body, *source)}</span></td>'
                f'{_due(row)}<td class="note">{_result(row)}</td><td class="note">{_criteria(fact.criteria)}</td>'
                f'<td class="act push"><a class="btn btn-outline btn-sm" href="{before}{fact.pk}{behind}">{_action(row, user)}'
                f'<span class="visually-hidden"> phần việc của {body}</span></a></td></tr>'
            )
        out.append("</tbody>")
    return mark_safe("".join(out))


def _action(row, user):
    """What the reader may do next, by the rules of the page the button leads to."""
    if row.is_awaiting:
        return "Xác nhận" if policy.may_confirm(user, _for_policy(row.assignment)) else "Xem"
    return "Báo cáo" if not row.is_done and policy.may_report_on(user, _for_policy(row.assignment)) else "Xem"


def _for_policy(fact):
    """The facts of a row as `policy` reads them of an assignment."""
    ordered_by = SimpleNamespace(path=fact.task__directive__locality__path)
    return SimpleNamespace(
        agency_id=fact.agency_id,
        member_id=fact.member_id,
        agency=SimpleNamespace(locality=SimpleNamespace(path=fact.agency__locality__path)),
        task=SimpleNamespace(directive=SimpleNamespace(locality=ordered_by)),
    )


def body_rows(bodies):
    """The rows of the table by body, and their sum."""
    out = ["<tbody>"]
    for number, body in enumerate(bodies, start=1):
        name = f'<a class="ink" href="{escape(body.url)}">{escape(body.label)}</a>'
        out.append(f'<tr><td class="mid-col">{number}</td><th scope="row">{name}</th>{_numbers(body.tallies)}</tr>')
    total = sum((body.tallies for body in bodies), start=Tallies())
    out.append(f'</tbody><tfoot><tr><td></td><th scope="row">Tổng số</th>{_numbers(total)}</tr></tfoot>')
    return mark_safe("".join(out))


def _numbers(tallies):
    rates = tallies.rates
    late = f'<b class="unmet">{format_number(tallies.overdue)}</b>' if tallies.overdue else "0"
    numbers = [
        format_number(tallies.total),
        format_number(tallies.done_on_time),
        format_number(tallies.done_late),
        format_number(tallies.done_no_due),
        format_number(tallies.in_progress),
        late,
        format_number(tallies.no_due),
        format_number(rates.of_all, 2) or "–",
        format_number(rates.of_due, 2) or "–",
    ]
    return "".join(f'<td class="num">{number}</td>' for number in numbers)


def _head(group, view):
    label = escape(group.label)
    if group.url:
        label = f'<a class="ink" href="{escape(group.url)}">{label}</a>'
    tallies = group.tallies
    if view == BY_DUE:
        counts = f'<span class="muted">{tallies.total} phần việc</span>'
    else:
        counts = "".join(
            f'<span class="{colour}"><span aria-hidden="true">{sign}</span> {number} {words}</span>'
            for name, colour, sign, words in TALLIES
            if (number := getattr(tallies, name))
        )
        counts += f'<span class="met fw-normal"><span aria-hidden="true">✓</span> {tallies.done} hoàn thành</span>'
    return (
        f'<tbody><tr class="group"><th scope="rowgroup" colspan="6">{label}{f" {MADE_UP}" * group.is_illustrative}'
        f'<span class="tallies">{counts}</span></th></tr>'
    )


def _chip(row):
    kind, days = row.chip, row.days
    if kind == "awaiting":
        return '<span class="chip chip-pending"><span aria-hidden="true">◐</span>Chờ xác nhận</span>'
    colour, sign = CHIPS[kind]
    if kind == "overdue":
        words = f"Quá hạn {days} ngày"
    elif kind == "soon":
        words = f"Còn {days} ngày" if days else "Hạn hôm nay"
    else:
        words = row.chip_label or "Đang thực hiện"
    return f'<span class="chip chip-{colour}"><span aria-hidden="true">{sign}</span>{words}</span>'


def _source(fact):
    before, behind = _around_number(Directive)
    url = f"{before}{fact.task__directive_id}{behind}"
    return url, escape(given_by(fact)), fact.task__directive__is_illustrative


@cache
def _around_number(model):
    """What stands before and behind the number in the address of an object of this model."""
    return model(pk=_ANY).get_absolute_url().split(str(_ANY))


def _origin(fact, view, body, url, label, is_illustrative):
    """Which time of a recurring task, whose, and where the instruction stands."""
    parts = []
    if fact.task__repeats:
        parts.append(f"Lần {fact.sequence} ({REPEATS[fact.task__repeats]})")
    if view != BY_AGENCY or fact.member_id:
        parts.append(body)
    section = escape(fact.task__section)
    if view == BY_DIRECTIVE:
        parts.append(f"mục {section}" if section else f"nhiệm vụ {fact.task__position}")
    else:
        place = f"{label}, mục {section}" if section else label
        link = f'<a href="{url}#nhiem-vu-{fact.task__position}">{place}</a>'
        parts.append(f"{link} {MADE_UP}" if is_illustrative else link)
    return " · ".join(parts)


# A page names the same few days again and again.
_day = lru_cache(maxsize=4096)(format_date)


def _due(row):
    colour = " unmet" if row.chip == "overdue" else ""
    due = _day(row.due_on) or "–"
    if row.is_extended:
        due += f'<span class="source">gia hạn, hạn gốc {_day(row.assignment.original_due_on)}</span>'
    return f'<td class="nowrap{colour}" data-label="Hạn">{due}</td>'


def _result(row):
    """What was last heard of it, as known on the day."""
    fact = row.assignment
    if row.is_done:
        return f'<span class="ink">{_cut(fact.done_note, 90)}</span> <span class="nowrap">{_day(fact.done_on)}</span>'
    if row.is_awaiting:
        day = _day(fact.reported_on)
        return (
            f'<span class="ink">{_cut(fact.done_note, 90)}</span> <span class="nowrap">{day}</span>, '
            '<b class="warn nowrap">chờ xác nhận</b>'
        )
    if fact.progress_at is None or (day := timezone.localtime(fact.progress_at).date()) > row.as_of:
        return "Chưa có báo cáo"
    percent = f'<b class="ink nowrap">{fact.percent} %</b>' if fact.percent is not None else ""
    words = f'<span class="ink">{_cut(fact.progress_note, 90)}</span>' if fact.progress_note else ""
    said = "; ".join(filter(None, (percent, words)))
    return f'{said} <span class="nowrap">{_day(day)}</span>'


def _criteria(lines):
    if not lines:
        return '<span class="no-phone">–</span>'
    by_number = sorted(lines.split("\n"), key=lambda line: int(line.partition(" ")[0]))
    return ", ".join(f'<span class="nowrap">{_cut(label, 25)}</span>' for label in by_number)


def _cut(text, length):
    return escape(text if len(text) <= length else f"{text[: length - 1].rstrip()}…")
