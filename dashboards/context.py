from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.http import urlencode

SECTIONS = [
    ("Tổng quan", "dashboards:overview", "overview"),
    ("Ma trận", "dashboards:matrix", "matrix"),
    ("Xã", "dashboards:communes", "commune"),
    ("Phiếu đánh giá", "criteria:sheets", "sheet cell"),
    ("Nhiệm vụ", "directives:tasks", "tasks assignment"),
    ("Văn bản", "directives:list", "list create detail edit issue file task-"),
    ("Bộ tiêu chí", "criteria:sets", "set"),
]


def office(request):
    """The office's name and the sections of the top bar, for every page."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_parent": settings.OFFICE_PARENT,
        "office_body": settings.OFFICE_BODY,
        "nav": lazy(_sections, list)(request),
    }


def _sections(request):
    # Period and set stay chosen from one section to the next.
    chosen = {name: request.GET[name] for name in ("ky", "bo") if name in request.GET}
    query = f"?{urlencode(chosen)}" if chosen else ""
    here = request.resolver_match.view_name if request.resolver_match else ""
    items = []
    for label, view, prefixes in SECTIONS:
        app = view.split(":")[0]
        name = here.removeprefix(f"{app}:")
        active = here == view or (here.startswith(f"{app}:") and any(name.startswith(p) for p in prefixes.split()))
        keeps = query if app in ("dashboards", "criteria") and view != "criteria:sets" else ""
        items.append({"label": label, "url": reverse(view) + keeps, "active": active})
    return items
