"""The board of work handed out, and its workbook."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import policy
from communes.models import Agency, Locality
from criteria.models import Criterion
from directives import exports, queries
from directives.models import Assignment, Directive, Task
from directives.views.common import PAGE_ROWS
from ntm_tracker.spreadsheet import download
from ntm_tracker.vietnamese import NotADate, format_date, parse_date

MOST_CHOICES = 200
VIEWS = [("co-quan", "Theo cơ quan"), ("thoi-han", "Theo thời hạn"), ("van-ban", "Theo văn bản")]


@require_GET
def task_board(request):
    as_of, wrong_date = _as_of(request)
    filters = _filters(request)
    view = request.GET.get("xem") if request.GET.get("xem") in dict(VIEWS) else VIEWS[0][0]
    paginator = Paginator(queries.Board(request.user, as_of, filters, view), PAGE_ROWS)
    page = paginator.get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "as_of": as_of,
        "wrong_date": wrong_date,
        "typed_date": request.GET.get("ngay", "") if wrong_date else format_date(as_of),
        "summary": queries.summary(request.user, as_of, filters),
        "due_soon_days": settings.DUE_SOON_DAYS,
        "print_subtitle": "; ".join([f"Số liệu tính đến ngày {format_date(as_of)}", *filters.words]),
        "view": view,
        "views": VIEWS,
        "filters": filters,
        "status_choices": queries.STATUS_CHOICES,
        "selects": _selects(request.user, filters),
        "is_narrowed": bool(filters.words),
        "cleared_url": queries.board_url(as_of, xem=view),
        "page_obj": page,
        "groups": page.object_list,
        "kept_query": kept.urlencode(),
        "may_manage": policy.may_manage_directives(request.user),
        "reports_for": _reports_for(request.user),
    }
    return render(request, "directives/task_board.html", context)


@require_GET
def task_workbook(request):
    as_of, _ = _as_of(request)
    workbook = exports.task_workbook(user=request.user, as_of=as_of, filters=_filters(request))
    return download(workbook, f"bieu-09-nhiem-vu-{as_of.isoformat()}.xlsx")


def _as_of(request):
    """The day of the address and what is wrong with it; today if there is none."""
    today = timezone.localdate()
    try:
        return parse_date(request.GET.get("ngay", "")) or today, ""
    except NotADate as error:
        return today, f"{error} Đang xem số liệu đến hôm nay, {today:%d/%m/%Y}."


def _filters(request):
    """The filters of the address; what is not there for this person to see is not found."""
    user = request.user
    status = request.GET.get("trang_thai", "")
    if status and status not in dict(queries.STATUS_CHOICES):
        raise Http404
    return queries.Filters(
        status=status,
        agency=_chosen(request, "co_quan", Agency.objects.visible_to(user)),
        directive=_chosen(request, "van_ban", Directive.objects.visible_to(user).defer("text")),
        criterion=_chosen(request, "tieu_chi", Criterion.objects.all()),
        commune=_chosen(request, "xa", Locality.objects.visible_to(user).communes()),
    )


def _chosen(request, name, allowed):
    value = request.GET.get(name, "")
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Http404
    return get_object_or_404(allowed, pk=value)


def _selects(user, filters):
    """What the filters offer: only what has work, and only lists short enough to choose from. A query each."""
    mine = Assignment.objects.visible_to(user)
    communes = Locality.objects.visible_to(user).communes()
    there = Task.communes.through.objects.filter(task__assignments__in=mine).values("locality")
    lists = [
        ("co_quan", "Cơ quan", filters.agency, Agency.objects.filter(pk__in=mine.values("agency")).in_order()),
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
            "xa",
            "Xã",
            filters.commune,
            communes.filter(Q(pk__in=mine.values("agency__locality")) | Q(pk__in=there)).alphabetical(),
        ),
    ]
    selects = []
    for name, head, chosen, items in lists:
        items = list(items[: MOST_CHOICES + 1])
        if len(items) > MOST_CHOICES:
            items = [chosen] if chosen else []
        elif chosen and chosen not in items:
            items.append(chosen)
        if items:
            selects.append((name, head, chosen, items))
    return selects


def _reports_for(user):
    """The agency whose work the person reports, which the board marks; officers report for all."""
    return None if policy.may_manage_directives(user) else user.agency_id
