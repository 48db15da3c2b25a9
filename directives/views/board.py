"""The board of work handed out, the table by body, and its workbook."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import policy
from communes.models import Agency, CommitteeMember, Locality
from criteria.models import Criterion
from directives import exports, queries
from directives.board import Board, NotAPlace, Place
from directives.grouping import BY_AGENCY, GROUPINGS
from directives.models import Assignment, Directive, Task
from directives.rows import board_rows, body_rows
from ntm_tracker import jobs
from ntm_tracker.spreadsheet.writing import download
from ntm_tracker.vietnamese import NotADate, fold, format_date, parse_date

# Rows of a workbook that the page waits for: about two seconds.
MOST_AT_ONCE = 6000
# Choices of one filter before the reader must search for them.
MOST_CHOICES = 200
BY_BODY_TABLE = "tong-hop"
TABS = [*((view, grouping.title) for view, grouping in GROUPINGS.items()), (BY_BODY_TABLE, "Tổng hợp")]
ORDERS = [("", "Quá hạn nhiều trước"), ("ten", "Theo tên")]
# Where on the board one is; another part of the work starts at its beginning.
PLACES = {"sau": "after", "truoc": "before"}


@require_GET
def task_board(request):
    as_of, wrong_date = _as_of(request)
    filters = asked_filters(request)
    view = request.GET.get("xem") if request.GET.get("xem") in dict(TABS) else BY_AGENCY
    board = Board(request.user, as_of, filters, view if view in GROUPINGS else BY_AGENCY)
    # Everything between the top bar and the foot is the same for all who see the same work, until something happens.
    parts = board.recall(request.get_full_path(), lambda: _parts(request, board, view, wrong_date))
    return render(request, "directives/task_board.html", {"view": view, **parts})


def _parts(request, board, view, wrong_date):
    """The bar of filters and the body of the page, as HTML."""
    as_of, filters, user = board.as_of, board.filters, request.user
    context = {
        **_bar(request, filters, as_of, wrong_date, view),
        "as_of": as_of,
        "wrong_date": wrong_date,
        "summary": board.summary(),
        "due_soon_days": settings.DUE_SOON_DAYS,
        "print_title": "Tổng hợp theo cơ quan" if view == BY_BODY_TABLE else "Tình hình thực hiện nhiệm vụ",
        "print_subtitle": "; ".join([f"Số liệu tính đến ngày {format_date(as_of)}", *filters.words]),
        "view": view,
        "views": TABS,
        "filters": filters,
        "is_narrowed": bool(filters.words),
        "cleared_url": queries.board_url(as_of, xem=view),
        "kept_query": _kept(request).urlencode(),
        "may_manage": policy.may_manage_directives(user),
        # A body's own board leads to what is written to a body that is late.
        "may_urge": filters.agency is not None and policy.sees_all_work(user),
        "own_agency": None if policy.may_manage_directives(user) else user.agency_id,
    }
    if view == BY_BODY_TABLE:
        context |= _table(request, board)
    else:
        context |= _rows(request, board)
    body = "_body_table.html" if view == BY_BODY_TABLE else "_board.html"
    return {
        "bar": render_to_string("directives/_board_filters.html", context, request),
        "body": render_to_string(f"directives/{body}", context, request),
    }


@require_GET
def board_choices(request):
    """The filters with a list to choose from; the board asks for them when they are opened."""
    filters = asked_filters(request)
    if not request.htmx:
        return redirect(f"{queries.board_url()}?{request.GET.urlencode()}&loc=1")
    return render(request, "directives/_board_choices.html", _choices(request, filters))


@require_GET
def task_workbook(request):
    """Biểu 09 of the work listed; a large one is made aside, and its page shows when it is there."""
    as_of, _ = _as_of(request)
    filters = asked_filters(request)
    name = f"bieu-09-nhiem-vu-{as_of.isoformat()}.xlsx"
    if queries.listed(request.user, as_of, filters).count() <= MOST_AT_ONCE:
        return download(exports.task_workbook(user=request.user, as_of=as_of, filters=filters), name)
    options = ["--as-of", as_of.isoformat(), "--by", request.user.username, "--filters", _kept(request).urlencode()]
    back = f"{queries.board_url()}?{_kept(request).urlencode()}"
    title = "Biểu 09. Tổng hợp tình hình thực hiện nhiệm vụ"
    try:
        job = jobs.start("export_tasks", *options, by=request.user, title=title, file_name=name, back=back)
    except jobs.TooManyJobs as problem:
        messages.warning(request, str(problem))
        return redirect(back)
    return redirect("dashboards:job", job.token)


def _as_of(request):
    """The day of the address and what is wrong with it; today if there is none."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today, ""
    except NotADate as error:
        return today, f"{error} Đang xem số liệu đến hôm nay, {today:%d/%m/%Y}."


def asked_filters(request):
    """The filters of the address; what is not there for this person to see is not found. Reads `user` and `GET` alone."""
    user = request.user
    status, late = request.GET.get("trang_thai", ""), request.GET.get("tre", "")
    if status and status not in queries.STATUS_WORDS or late not in ("", *map(str, queries.LATE_GROUPS)):
        raise Http404
    # Asked only for what the address names.
    return queries.Filters(
        status=status,
        late=int(late) if late else None,
        agency=_chosen(request, "co_quan", lambda: Agency.objects.visible_to(user)),
        directive=_chosen(request, "van_ban", lambda: Directive.objects.visible_to(user).defer("text")),
        criterion=_chosen(request, "tieu_chi", Criterion.objects.all),
        commune=_chosen(request, "xa", lambda: Locality.objects.visible_to(user).communes()),
        person=_chosen(request, "nguoi", lambda: CommitteeMember.objects.visible_to(user)),
    )


def _chosen(request, name, allowed):
    value = request.GET.get(name, "")
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Http404
    return get_object_or_404(allowed(), pk=value)


def _place(request):
    """Where on the board the address goes on from."""
    try:
        for name, side in PLACES.items():
            if typed := request.GET.get(name):
                return {side: Place.parse(typed)}
    except NotAPlace as error:
        raise Http404 from error
    return {}


def _kept(request):
    """The parameters without those that say where on the board one is."""
    kept = request.GET.copy()
    for name in (*PLACES, "loc", "tim"):
        kept.pop(name, None)
    return kept


def _moved(request, **place):
    kept = _kept(request)
    kept.update({name: str(value) for name, value in place.items()})
    return f"?{kept.urlencode()}"


def _rows(request, board):
    page = board.page(**_place(request))
    here = request.get_full_path()
    return {
        "page": page,
        "table": board_rows(page.groups, here=here, view=board.view, user=request.user),
        "next_url": page.after and _moved(request, sau=page.after),
        "previous_url": page.before and _moved(request, truoc=page.before),
        "first_url": page.before and _moved(request),
    }


def _table(request, board):
    order = request.GET.get("sap") if request.GET.get("sap") in dict(ORDERS) else ""
    bodies = board.bodies(by_name=order == "ten")
    return {"orders": ORDERS, "order": order, "bodies": bodies, "table": body_rows(bodies)}


# -- the filters ------------------------------------------------------------------------------------------------------


def _bar(request, filters, as_of, wrong_date, view):
    """The bar over the board: what is chosen, and the lists to choose from if they are asked for without scripts."""
    chosen = [
        ("co_quan", "Cơ quan", filters.agency),
        ("van_ban", "Văn bản", filters.directive),
        ("tieu_chi", "Tiêu chí", filters.criterion),
        ("xa", "Xã", filters.commune),
        ("nguoi", "Người", filters.person),
    ]
    bar = {
        "typed_date": request.GET.get("ngay", "") if wrong_date else format_date(as_of),
        "simple_choices": queries.SIMPLE_CHOICES,
        "official_choices": queries.OFFICIAL_CHOICES,
        "late_choices": queries.LATE_GROUPS,
        "chosen": [one for one in chosen if one[2]],
        "choices_query": _moved(request),
        "is_open": "loc" in request.GET,
    }
    return bar | _choices(request, filters) if bar["is_open"] else bar


def _choices(request, filters):
    """What the filters offer: only what has work, and of long lists what is searched for. A query each."""
    user = request.user
    wanted = fold(request.GET.get("tim", ""))[:60]
    mine = Assignment.objects.visible_to(user)
    communes = Locality.objects.visible_to(user).communes()
    there = Task.communes.through.objects.filter(task__assignments__in=mine).values("locality")
    lists = [
        ("co_quan", "Cơ quan", filters.agency, Agency.objects.filter(pk__in=mine.values("agency")).in_order()),
        (
            "xa",
            "Xã",
            filters.commune,
            communes.filter(Q(pk__in=mine.values("agency__locality")) | Q(pk__in=there)).alphabetical(),
        ),
        (
            "van_ban",
            "Văn bản",
            filters.directive,
            Directive.objects.filter(pk__in=mine.values("task__directive")).newest_first().defer("text"),
        ),
        (
            "tieu_chi",
            "Tiêu chí",
            filters.criterion,
            Criterion.objects.filter(tasks__assignments__in=mine).distinct().order_by("number", "pk"),
        ),
        (
            "nguoi",
            "Người",
            filters.person,
            CommitteeMember.objects.filter(pk__in=mine.exclude(member=None).values("member")).order_by(
                "agency__sort_key", "pk"
            ),
        ),
    ]
    selects, is_cut = [], False
    for name, head, chosen, items in lists:
        items = [item for item in items if wanted in fold(str(item))]
        is_cut |= len(items) > MOST_CHOICES
        items = items[:MOST_CHOICES]
        if chosen and chosen not in items:
            items.insert(0, chosen)
        if items:
            selects.append((name, head, chosen, items))
    return {"selects": selects, "is_cut": is_cut, "wanted": request.GET.get("tim", "")[:60], "filters": filters}
