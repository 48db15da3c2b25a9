"""The signs of results: the same character, word and colour on every page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from criteria.models import State, Status

register = template.Library()

# Status: the sign, the letter of its CSS class, the kind of chip.
LOOKS = {
    Status.MET: ("✓", "m", "met"),
    Status.UNMET: ("✗", "u", "unmet"),
    Status.UNKNOWN: ("–", "n", "unassessed"),
    Status.NOT_APPLICABLE: ("∅", "x", "na"),
}
# State of a sheet: the sign, the kind of chip.
STATE_LOOKS = {
    State.DRAFT: ("–", "unassessed"),
    State.SUBMITTED: ("◐", "pending"),
    State.VERIFIED: ("✓", "late"),
    State.APPROVED: ("✓", "met"),
}
_SIGNS = {
    status: mark_safe(
        f'<span class="sign sign-{letter}">{sign}<span class="visually-hidden"> {status.label}</span></span>'
    )
    for status, (sign, letter, _) in LOOKS.items()
}


@register.simple_tag
def sign(status):
    """The sign of a status, with its word for those who hear the page."""
    return _SIGNS[status]


@register.filter
def sign_char(status):
    return LOOKS[status][0]


@register.filter
def sign_letter(status):
    return LOOKS[status][1]


@register.simple_tag
def status_chip(status, suffix=""):
    """Sign and word on the status' tint: '✗ Chưa đạt'."""
    sign, _, kind = LOOKS[status]
    return format_html(
        '<span class="chip chip-{}"><span aria-hidden="true">{}</span>{}{}</span>',
        kind,
        sign,
        Status(status).label.capitalize(),
        f", {suffix}" if suffix else "",
    )


@register.simple_tag
def state_chip(state):
    """How far a sheet is: '◐ Đã gửi, đang thẩm định'."""
    sign, kind = STATE_LOOKS[state]
    return format_html(
        '<span class="chip chip-{}"><span aria-hidden="true">{}</span>{}</span>',
        kind,
        sign,
        State(state).label.capitalize(),
    )


@register.filter
def cell_words(cell, row):
    """What a cell of a sheet's row says: '88,9 % (8/9)', 'Chưa đạt'."""
    return row.words(cell)
