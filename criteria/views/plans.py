from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.policy import EDITORS, role_required
from criteria.actions.plans import NeedsReason, save_targets
from criteria.choices import address, basis_html, choose
from criteria.models import Target, Tier
from criteria.plans import load_plan
from criteria.rules import STATUS_OF_LETTER
from ntm_tracker.vietnamese import nfc

# Rows of the table by place before it pages; the page that plans holds fewer, for each row has two dozen boxes.
PAGE_ROWS = 150
PLAN_ROWS = 30
LONGEST_DOCUMENT = Target._meta.get_field("document").max_length
LONGEST_REASON = 2000
YEARS = range(2010, 2061)


@require_safe
def plan(request):
    """What was planned for a year and how much of it is reached at the period's end: by place and by criterion."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    year = _year(request, choice.period)
    data = _load(request, choice, year)
    page = Paginator(data.planned_rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {**_frame(request, choice, data), "page_obj": page, "may_plan": policy.may_plan(request.user)}
    return render(request, "criteria/plan.html", context)


@role_required(*EDITORS)
def plan_edit(request):
    """Plan the year for a page of places: the criteria each is to meet and the tiers each registers for."""
    choice = choose(request)
    if choice.redirect:
        return choice.redirect
    year = _year(request, choice.period)
    places = choice.criteria_set.places().visible_to(request.user).existing_on(choice.period.ends_on)
    page = Paginator(places.alphabetical().values_list("pk", flat=True), PLAN_ROWS).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    data = _load(request, choice, year, only=shown)
    form = PlanForm(data, request.POST if request.method == "POST" else None)
    if form.is_sent and not form.error:
        try:
            saved = save_targets(
                year=year,
                localities=shown,
                criteria=[criterion.pk for criterion in data.criteria],
                wanted=form.wanted,
                seen=form.seen,
                document=form.document,
                reason=form.reason,
                by=request.user,
            )
        except NeedsReason as problem:
            form.ask_reason(problem)
        else:
            if saved.is_written:
                messages.success(request, _done(year, saved))
                return redirect(_next(request, choice, year, page))
            # Read again: what stands now is not what was shown.
            form.show_conflict(_load(request, choice, year, only=shown), saved)
    context = {
        **_frame(request, choice, form.plan),
        "page_obj": page,
        "form": form,
        "tiers": list(Tier),
        "longest": LONGEST_DOCUMENT,
    }
    return render(request, "criteria/plan_edit.html", context, status=422 if form.error else 200)


class PlanForm:
    """The boxes of the page that plans, as stored or as ticked, with what is wrong.

    It carries the whole plan as it was shown, not a mark of it: where somebody else changed the plan meanwhile, what
    each of the two changed can then be told apart, and neither is lost.
    """

    def __init__(self, plan, posted):
        self.plan = plan
        self.is_sent = posted is not None
        self.error = self.document = self.reason = ""
        self.conflict = None
        self.without_reason = []
        self.seen = self.wanted = self._live()
        if self.is_sent:
            self.wanted = self._keys(posted.getlist("t"))
            self.seen = self._keys(posted.get("seen", "").split())
            self.document, self.reason = nfc(posted.get("document", "")), nfc(posted.get("reason", ""))
            if len(self.document) > LONGEST_DOCUMENT:
                self.error = f"Số văn bản dài quá {LONGEST_DOCUMENT} ký tự. Chỉ ghi số và ngày."
            elif len(self.reason) > LONGEST_REASON:
                self.error = f"Lý do dài quá {LONGEST_REASON} ký tự. Rút gọn lại."

    def ask_reason(self, problem):
        self.error = str(problem)
        self.without_reason = self.plan.describe(problem.dropped)

    def show_conflict(self, plan, saved):
        mine_given, mine_dropped = self.wanted - self.seen, self.seen - self.wanted
        self.conflict = {
            "given": plan.describe(saved.given_elsewhere),
            "dropped": plan.describe(saved.dropped_elsewhere),
            "mine_given": plan.describe(mine_given),
            "mine_dropped": plan.describe(mine_dropped),
            "who": plan.changed_by(saved.given_elsewhere, saved.dropped_elsewhere),
        }
        self.error = (
            "Người khác vừa đổi kế hoạch của các xã này sau khi anh chị mở trang, nên chưa lưu. Bảng bên dưới đã gồm "
            "thay đổi của cả hai người; xem lại rồi bấm Lưu lần nữa."
        )
        self.plan = plan
        self.seen = self._live()
        self.wanted = (self.seen | mine_given) - mine_dropped

    @property
    def seen_text(self):
        return " ".join(sorted(f"{place}:{what}" for place, what in self.seen))

    def rows(self):
        """Each place with its boxes: (value, whether ticked, number or tier, what it has reached of it)."""
        for row in self.plan.rows:
            letters = dict(enumerate(row.strip, start=1))
            criteria = [
                (
                    f"{row.locality_id}:{criterion.pk}",
                    (row.locality_id, criterion.pk) in self.wanted,
                    criterion,
                    STATUS_OF_LETTER[letters.get(criterion.number, "-")],
                )
                for criterion in self.plan.criteria
            ]
            tiers = [
                (
                    f"{row.locality_id}:{tier}",
                    (row.locality_id, tier.value) in self.wanted,
                    tier,
                    row.recognised.get(tier),
                )
                for tier in Tier
            ]
            yield row, criteria, tiers

    def _live(self):
        return {(row.locality_id, what) for row in self.plan.rows for what in row.targets}

    def _keys(self, texts):
        """The boxes named in `texts`; one that is not on this page is not found."""
        places = {row.locality_id for row in self.plan.rows}
        criteria = {criterion.pk for criterion in self.plan.criteria}
        keys = set()
        for text in texts:
            place, _, what = text.partition(":")
            key = (
                int(place) if place.isdecimal() and place.isascii() else 0,
                int(what) if what.isdecimal() and what.isascii() else what,
            )
            if key[0] not in places or (key[1] not in criteria and key[1] not in Tier.values):
                raise Http404
            keys.add(key)
        return keys


def _load(request, choice, year, only=None):
    older = (p for p in choice.context["periods"] if p.ends_on.year < year and p.ends_on < choice.period.ends_on)
    return load_plan(
        user=request.user,
        criteria_set=choice.criteria_set,
        sets=choice.context["sets"],
        year=year,
        period=choice.period,
        base=next(older, None),
        only=only,
    )


def _frame(request, choice, data):
    return {
        **choice.context,
        "plan": data,
        "year": data.year,
        "noun": choice.criteria_set.get_subject_display(),
        "illustrative": data.is_illustrative,
        "basis": basis_html([row.strip for row in data.rows], choice.criteria_set.get_subject_display()),
        "as_of": choice.period.ends_on,
        "years": [(year, _address("criteria:plan", choice, year)) for year in range(data.year - 1, data.year + 2)],
        "edit_url": _address("criteria:plan-edit", choice, data.year),
        "plan_url": _address("criteria:plan", choice, data.year),
        "query": _address("criteria:plan", choice, data.year).partition("?")[2],
    }


def _year(request, period):
    """The year planned for: `nam` in the address, else the period's."""
    text = request.GET.get("nam", "")
    year = int(text) if text.isdecimal() and text.isascii() and len(text) == 4 else 0
    return year if year in YEARS else period.ends_on.year


def _address(view_name, choice, year, **parameters):
    return address(view_name, choice.period, choice.criteria_set, nam=year, **parameters)


def _next(request, choice, year, page):
    if "next" in request.POST and page.has_next():
        return _address("criteria:plan-edit", choice, year, page=page.next_page_number())
    return _address("criteria:plan", choice, year)


def _done(year, saved):
    if not saved.given and not saved.dropped:
        return "Kế hoạch không có gì thay đổi."
    return f"Đã lưu kế hoạch năm {year}: giao thêm {len(saved.given)}, rút {len(saved.dropped)} chỉ tiêu."
