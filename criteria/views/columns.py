"""One indicator down all places: entered cell by cell, all at once, or pasted from a spreadsheet."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from criteria.actions.results import NotOpen, save_sheets
from criteria.choices import choose
from criteria.columns import Line, load_column, slug_of
from criteria.entering import opinion_of
from criteria.forms.cells import TypedCell, read_pasted, stored_cell, typed_cell
from criteria.models import Source
from criteria.pasting import MOST_LINES, PastedLine, read_lines
from criteria.sheet import indicators_in_force
from criteria.views.sheets import explain

PAGE_PLACES = 100


def column(request):
    """One indicator with a line for each place: read it, or save all its cells at once."""
    asked = _asked(request)
    if isinstance(asked, Column):
        return _save(request, asked) if request.method == "POST" else _show(request, asked)
    return asked


@require_POST
def column_paste(request):
    """Show what a pasted column would write, line by line; writes nothing."""
    asked = _asked(request)
    if not isinstance(asked, Column):
        return asked
    if not asked.may_paste:
        raise Http404
    return _show_paste(request, asked, request.POST.get("paste", ""))


@dataclass
class Column:
    """What the address asks for: an indicator among those the person may choose, and the places they see."""

    choice: object
    indicators: list
    indicator: object
    user: object

    @property
    def opinion(self):
        return opinion_of(self.user)

    @property
    def may_paste(self):
        return self.user.role != Role.COMMITTEE_MEMBER

    @property
    def places(self):
        found = self.choice.criteria_set.places().visible_to(self.user)
        return found.existing_on(self.choice.period.ends_on).alphabetical()

    def lines(self, places, **options) -> list[Line]:
        return load_column(
            places,
            period=self.choice.period,
            criteria_set=self.choice.criteria_set,
            indicator=self.indicator,
            user=self.user,
            **options,
        )

    def query(self, indicator=None, **more):
        chosen = {"ky": self.choice.period.code, "bo": self.choice.criteria_set.code}
        return urlencode({**chosen, "ct": slug_of(indicator or self.indicator), **more})

    def address(self, indicator=None, **more):
        return f"{reverse('criteria:column')}?{self.query(indicator, **more)}"


def _asked(request):
    """The Column an address asks for, or the answer to give instead: the full address, or that there is nothing."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    user = request.user
    indicators = list(indicators_in_force(choice.criteria_set, choice.period.ends_on, agency_id=user.agency_id))
    if user.role == Role.SECTOR_OFFICER:
        indicators = [row for row in indicators if user.agency_id and row.is_led]
    if not indicators:
        return render(request, "criteria/column_none.html", choice.context)
    indicator = next((row for row in indicators if slug_of(row) == request.GET.get("ct")), None)
    asked = Column(choice, indicators, indicator or indicators[0], user)
    return asked if indicator else redirect(asked.address())


def _save(request, asked):
    """Save the cells that were sent, of all places or none; a pasted column that cannot be saved is shown again."""
    sent = [name[2:] for name in request.POST if name.startswith("s-") and name[2:].isdecimal()][:MOST_LINES]
    pasted = "rest" in request.POST
    locked, refused = {}, ""
    with transaction.atomic():
        lines = asked.lines(asked.places.filter(pk__in=sent), for_writing=True)
        if not any(line.may_enter or line.locked for line in lines):
            raise Http404
        typed = {}
        for line in lines:
            if line.may_enter or line.locked:
                cell = typed_cell(line.row, asked.opinion, request.POST, line.place)
                (typed if line.may_enter else locked)[line.place.pk] = cell
        locked = {pk: cell for pk, cell in locked.items() if cell.is_changed}
        lines = [line for line in lines if line.place.pk in typed]
        saved = []
        if not locked and not any(cell.error for cell in typed.values()):
            try:
                saved = save_sheets(
                    [line.sheet for line in lines],
                    opinion=asked.opinion,
                    entries=_by_sheet(asked, lines, typed, "entry"),
                    seen=_by_sheet(asked, lines, typed, "seen"),
                    by=request.user,
                    source=Source.PASTE if pasted else Source.SCREEN,
                )
            except NotOpen as error:
                refused = str(error)
            else:
                if all(result.is_written for result in saved):
                    return _saved(request, asked, sum(len(result.changed) for result in saved))
        explain(list(zip(typed.values(), saved or [None] * len(typed), strict=True)))
    if pasted:
        problems = {pk: cell.error for pk, cell in typed.items() if cell.error}
        return _show_paste(request, asked, request.POST.get("paste", ""), problems)
    return _show(request, asked, typed, locked, refused)


def _by_sheet(asked, lines, typed, name):
    return {line.assessment.pk: {asked.indicator.pk: getattr(typed[line.place.pk], name)} for line in lines}


def _saved(request, asked, number):
    messages.success(request, f"Đã lưu {number} ô." if number else "Không có ô nào thay đổi.")
    if rest := request.POST.get("rest", "").strip():
        return _show(request, asked, rest=rest)
    return redirect(asked.address(**_page(request)))


def _page(request):
    page = request.GET.get("page", "")
    return {"page": page} if page.isdecimal() and page != "1" else {}


def _show(request, asked, typed=None, locked=None, refused="", rest=""):
    """The page, with what was typed and not saved; `locked` are cells of sheets that nobody may write any more."""
    page = Paginator(asked.places, PAGE_PLACES).get_page(request.GET.get("page"))
    typed, locked = typed or {}, locked or {}
    lines = asked.lines(page.object_list)
    for line in lines:
        if line.may_enter:
            line.row.typed = typed.get(line.place.pk) or stored_cell(line.row, asked.opinion, line.place)
        elif line.place.pk in locked:
            refused = refused or line.locked
    shown = {line.place.pk for line in lines if line.may_enter}
    errors = [line for line in lines if line.typed and line.typed.error]
    context = {
        **_head(asked),
        "lines": lines,
        "page_obj": page,
        "page_query": asked.query(),
        "errors": errors,
        "refused": refused,
        # Where there are no fields for them any more, what was typed is listed, so that nothing is lost.
        "unsaved": [*locked.values(), *(cell for pk, cell in typed.items() if pk not in shown and cell.is_changed)],
        "conflicts": [line for line in lines if line.typed and line.typed.conflict],
        "may_edit": bool(shown),
        "previous_name": next((line.sheet.previous_name for line in lines if line.sheet), ""),
        "rest": rest,
        "illustrative": any(line.assessment and line.assessment.is_illustrative for line in lines),
    }
    return render(request, "criteria/column.html", context, status=422 if errors or refused or locked else 200)


def _head(asked):
    position = asked.indicators.index(asked.indicator)
    neighbours = {
        "before": asked.indicators[position - 1] if position else None,
        "after": asked.indicators[position + 1] if position + 1 < len(asked.indicators) else None,
    }
    groups = groupby(asked.indicators, key=lambda row: row.criterion)
    return {
        **asked.choice.context,
        "indicator": asked.indicator,
        "choices": [(criterion, [(slug_of(row), row) for row in rows]) for criterion, rows in groups],
        "neighbours": {name: (row, asked.address(row)) for name, row in neighbours.items() if row},
        "opinion": asked.opinion,
        "column_url": asked.address(),
        "paste_url": f"{reverse('criteria:column-paste')}?{asked.query()}",
    }


@dataclass
class PasteOutcome:
    """What one pasted line would do: a cell to save, nothing, or what is wrong with it."""

    line: PastedLine
    cell: TypedCell | None = None
    words: str = ""
    before: str = ""
    shortfall: str = ""
    status: object = None

    @property
    def is_saved(self):
        return self.cell is not None


def _show_paste(request, asked, text, problems=None):
    """The preview of a pasted column; `problems` by place are those that came up in saving it."""
    places = list(asked.places)
    page = request.GET.get("page", "")
    first = (int(page) - 1) * PAGE_PLACES if page.isdecimal() and int(page) else 0
    values = 2 if asked.indicator.is_by_gender else 1
    pasted = read_lines(text, places, values=values, first=first) if text.strip() else []
    found = [line.place for line in pasted if line.place and not line.error]
    lines = {line.place.pk: line for line in asked.lines(found)}
    for line in pasted:
        if line.place and line.place.pk in (problems or {}):
            line.error = line.error or problems[line.place.pk]
    outcomes = [_outcome(line, lines, asked.opinion) for line in pasted]
    context = {
        **_head(asked),
        "outcomes": outcomes,
        "saved": [outcome for outcome in outcomes if outcome.is_saved],
        "rest": "\n".join(outcome.line.named_text for outcome in outcomes if outcome.line.error),
        "text": text,
        "page": _page(request).get("page", ""),
    }
    return render(request, "criteria/column_paste.html", context, status=422 if problems else 200)


def _outcome(pasted, lines, opinion):
    if pasted.error or pasted.passed_over:
        return PasteOutcome(pasted)
    line = lines[pasted.place.pk]
    if not line.may_enter:
        pasted.error = line.locked or ("chưa mở phiếu" if line.row is None else "anh chị không nhập ô này")
        return PasteOutcome(pasted)
    cell = read_pasted(line.row, opinion, pasted.values, line.place)
    if cell.error:
        pasted.error = cell.error
    elif not cell.is_changed:
        pasted.passed_over = "như đã lưu: giữ nguyên"
    if pasted.error or pasted.passed_over:
        return PasteOutcome(pasted)
    row = line.row
    after = row.as_cell(cell.entry)
    return PasteOutcome(
        pasted, cell, row.words(after), row.words(row.cells[opinion]), row.shortfall_words(after), after.status
    )
