"""One box to find things by: what is searched, in which order it is shown, and what one line says of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe

from communes.models import Agency, CommitteeMember, Locality
from criteria.models import Assessment, CriteriaSet, Criterion, Indicator, Tier
from directives import queries
from directives.models import Directive, Task
from ntm_tracker.search import matching, words_of
from ntm_tracker.vietnamese import format_date

# Characters shown of a long text, beginning a little before the first word that was looked for.
MOST_SHOWN = 160
_AHEAD = 40


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, its page, and what the line below says of it."""

    name: str
    url: str
    notes: tuple[str, ...] = ()
    # Of a task: the kind of components/task_status.html, its words and days.
    chip: str = ""
    chip_label: str = ""
    days: int | None = None
    is_illustrative: bool = False

    @property
    def note(self) -> str:
        return " · ".join(filter(None, self.notes))


@dataclass(frozen=True)
class Question:
    """What one person looks for on a day."""

    user: object
    text: str
    as_of: object

    @property
    def words(self) -> list[str]:
        return words_of(self.text)


@dataclass(frozen=True)
class Kind:
    """A kind of things that are found: `rows` may be cut, and a cut of them made into hits."""

    name: str
    label: str
    rows: Callable[[Question], QuerySet]
    hits: Callable[[Question, list], list[Hit]]


@dataclass(frozen=True)
class Group:
    """Some hits of a kind, their names as HTML with the words looked for marked."""

    kind: Kind
    hits: list[Hit]
    has_more: bool = False

    @classmethod
    def of(cls, kind, question, rows, has_more=False):
        hits = kind.hits(question, rows)
        return cls(kind, [replace(hit, name=marked(hit.name, question.words)) for hit in hits], has_more)


def find(question, limit) -> list[Group]:
    """The kinds of which something is found, the best found first, with the first hits of each. Eight queries."""
    found = [(kind, rows) for kind in KINDS.values() if (rows := list(kind.rows(question)[: limit + 1]))]
    found.sort(key=lambda pair: pair[1][0].rank)
    return [Group.of(kind, question, rows[:limit], len(rows) > limit) for kind, rows in found]


def marked(text, words):
    """The text as HTML with the words looked for marked, cut to what is around the first of them."""
    spans = [match.span() for match in re.finditer(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text) if _is_meant(match[0], words)]
    start = 0
    if len(text) > MOST_SHOWN and spans and spans[0][0] > MOST_SHOWN // 2:
        start = text.find(" ", spans[0][0] - _AHEAD) + 1
    end = len(text)
    if end - start > MOST_SHOWN:
        end = text.rfind(" ", start + 1, start + MOST_SHOWN)
        end = end if end > start else start + MOST_SHOWN
    out, at = ["…"] * bool(start), start
    for first, last in spans:
        if start <= first and last <= end:
            out += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    return mark_safe("".join([*out, escape(text[at:end]), *["…"] * (end < len(text))]))


def _is_meant(word, words):
    plain = " ".join(words_of(word))
    # 'ng' would light up half a text; inside a word only what is long enough to be meant.
    return any(plain.startswith(one) or (len(one) > 2 and one.isalpha() and one in plain) for one in words)


# -- places -----------------------------------------------------------------------------------------------------------


def _places(question):
    sheets = (
        Assessment.objects.filter(locality=OuterRef("pk"), criteria_set__tier=Tier.BASIC)
        .exclude(strip="")
        .order_by("-period__ends_on", "-criteria_set__effective_from")
    )
    latest = {
        name: Subquery(sheets.values(path)[:1])
        for name, path in (("strip", "strip"), ("of_period", "period__name"), ("made_up", "is_illustrative"))
    }
    places = Locality.objects.visible_to(question.user).communes().select_related("parent")
    living_first = F("dissolved_on").desc(nulls_first=True)
    return matching(places, question.text).annotate(**latest).order_by("rank", living_first, "sort_key", "pk")


def _place_hits(question, rows):
    return [
        Hit(
            place.title,
            reverse("dashboards:commune", args=[place.pk]),
            (
                f"không còn từ {format_date(place.dissolved_on)}" if place.dissolved_on else "",
                _count_words(place),
                str(place.parent or ""),
            ),
            is_illustrative=bool(place.made_up),
        )
        for place in rows
    ]


def _count_words(place):
    if not place.strip:
        return "chưa có phiếu đánh giá"
    sheet = Assessment(strip=place.strip)
    basis = "đã thẩm định" if place.strip == place.strip.upper() else "có kết quả mới tự đánh giá"
    return f"đạt {sheet.met}/{sheet.applicable} tiêu chí, {place.of_period}, {basis}"


# -- criteria and indicators ------------------------------------------------------------------------------------------


def _set_order(path):
    """The order of `CriteriaSet.in_order`, without asking for the sets: those assessed by, the newest first."""
    tier = Case(*(When(**{f"{path}tier": tier}, then=place) for place, tier in enumerate(Tier.values)))
    newest = F(f"{path}effective_from").desc(nulls_last=True)
    return [f"-{path}is_complete", newest, f"{path}subject", tier, f"{path}code"]


def _criteria(question):
    rows = matching(Criterion.objects.select_related("criteria_set"), question.text)
    return rows.order_by("rank", *_set_order("criteria_set__"), "number")


def _criterion_hits(question, rows):
    return [Hit(f"Tiêu chí {row}", _criterion_url(row), (row.criteria_set.short_name,)) for row in rows]


def _criterion_url(criterion):
    """Its page over all places; of a set that nothing is assessed by, its text."""
    if criterion.criteria_set.is_complete:
        return f"{reverse('dashboards:criterion', args=[criterion.number])}?bo={criterion.criteria_set.code}"
    return f"{_set_url(criterion.criteria_set)}#tc-{criterion.number}"


def _indicators(question):
    rows = Indicator.objects.in_force(question.as_of).select_related("criterion__criteria_set")
    return matching(rows, question.text).order_by(
        "rank", *_set_order("criterion__criteria_set__"), "criterion__number", "position"
    )


def _indicator_hits(question, rows):
    return [
        Hit(
            str(row),
            f"{_set_url(row.criterion.criteria_set)}#ct-{row.pk}",
            (f"Tiêu chí {row.criterion}", row.criterion.criteria_set.short_name),
        )
        for row in rows
    ]


def _set_url(criteria_set: CriteriaSet) -> str:
    return reverse("criteria:set-detail", args=[criteria_set.code])


# -- documents and tasks ----------------------------------------------------------------------------------------------


def _directives(question):
    seen = Directive.objects.visible_to(question.user).defer("text", "recipients", "source_note")
    return matching(seen, question.text).order_by("rank", "-dated_on", "-pk")


def _directive_hits(question, rows):
    return [
        Hit(
            f"{row.label}: {row.title}" if row.title else row.label,
            row.get_absolute_url(),
            ("" if row.is_assigned else "bản nháp", f"ngày {format_date(row.dated_on)}", row.issuer),
            is_illustrative=row.is_illustrative,
        )
        for row in rows
    ]


def _tasks(question):
    seen = Task.objects.visible_to(question.user).select_related("directive").defer("directive__text")
    withdrawn_last = Case(When(withdrawn_on=None, then=0), default=1)
    return matching(seen, question.text).order_by(
        "rank", withdrawn_last, "-directive__dated_on", "-directive", "position"
    )


def _task_hits(question, rows):
    standing = queries.standing_of_tasks(question.user, question.as_of, [row.pk for row in rows])
    return [_task_hit(question, row, standing.get(row.pk)) for row in rows]


def _task_hit(question, task, standing):
    url, made_up = task.get_absolute_url(), task.directive.is_illustrative
    if task.withdrawn_on and task.withdrawn_on <= question.as_of:
        notes = (f"đã thu hồi từ {format_date(task.withdrawn_on)}", task.source)
        return Hit(task.text, url, notes, is_illustrative=made_up)
    if standing is None:
        return Hit(task.text, url, (task.lead_text, task.source), is_illustrative=made_up)
    due = standing.due_on
    notes = (standing.whose, f"hạn {format_date(due)}" if due else "", task.source)
    days = abs((question.as_of - due).days) if due and standing.tallies.total == 1 else None
    return Hit(task.text, url, notes, standing.chip, standing.chip_label, days, made_up)


# -- bodies and members -----------------------------------------------------------------------------------------------


def _bodies(question):
    seen = Agency.objects.visible_to(question.user).select_related("locality")
    return matching(seen, question.text).order_by("rank", "-is_active", "sort_key", "pk")


def _body_hits(question, rows):
    return [
        Hit(
            row.name,
            queries.board_url(co_quan=row.pk),
            (
                "" if row.is_active else "không còn hoạt động",
                row.short_name if row.short_name != row.name else "",
                row.get_kind_display(),
                row.locality.full_name,
            ),
        )
        for row in rows
    ]


def _members(question):
    seen = CommitteeMember.objects.visible_to(question.user).select_related("agency")
    return matching(seen, question.text).order_by("rank", F("until_on").desc(nulls_first=True), "position", "pk")


def _member_hits(question, rows):
    return [
        Hit(
            str(row),
            queries.board_url(nguoi=row.pk),
            (f"đến {format_date(row.until_on)}" if row.until_on else "", row.role, row.agency.label),
        )
        for row in rows
    ]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("xa", "Xã", _places, _place_hits),
        Kind("tieu-chi", "Tiêu chí", _criteria, _criterion_hits),
        Kind("chi-tieu", "Chỉ tiêu", _indicators, _indicator_hits),
        Kind("van-ban", "Văn bản", _directives, _directive_hits),
        Kind("nhiem-vu", "Nhiệm vụ", _tasks, _task_hits),
        Kind("co-quan", "Cơ quan, đơn vị", _bodies, _body_hits),
        Kind("thanh-vien", "Thành viên Ban Chỉ đạo", _members, _member_hits),
    )
}
