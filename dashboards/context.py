"""What every page knows: the office's name, the sections of the top bar, and the pages of the section one is in."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.models import Role
from ntm_tracker.kept import Kept


@dataclass(frozen=True)
class Page:
    """A page of a section: its label and address name, and how the names of the pages below it begin."""

    label: str
    view: str
    prefixes: str = ""
    # Who is offered it; empty for everybody.
    roles: frozenset = frozenset()
    # Whether the period and the set chosen stay in the address.
    keeps_choice: bool = True

    def is_at(self, here: str) -> bool:
        app, _, name = here.partition(":")
        mine = self.view.partition(":")[0]
        return here == self.view or (app == mine and any(name.startswith(p) for p in self.prefixes.split()))


EDITORS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})
REVIEWERS = EDITORS | {Role.SECTOR_OFFICER}

# A section with one page has no tabs.
SECTIONS = [
    ("Của tôi", [Page("Của tôi", "dashboards:mine", roles=frozenset(Role) - EDITORS)]),
    (
        "Tổng quan",
        [
            Page("Tổng quan", "dashboards:overview"),
            Page("So sánh", "dashboards:compare"),
            Page("Bản đồ", "dashboards:map", "boundaries"),
        ],
    ),
    ("Ma trận", [Page("Ma trận", "dashboards:matrix", "criterion")]),
    (
        "Xã",
        [
            Page("Danh sách xã", "dashboards:communes", "commune visit"),
            Page("Gần đạt chuẩn", "dashboards:near"),
            Page("Kế hoạch", "criteria:plan", "plan"),
            Page("Công nhận", "criteria:recognitions", "recognition"),
            Page("Phân công", "criteria:charges", "charge lead", EDITORS, keeps_choice=False),
            Page("Sắp xếp địa bàn", "criteria:reorganisations", "reorganis", roles=EDITORS, keeps_choice=False),
        ],
    ),
    (
        "Phiếu đánh giá",
        [
            Page("Phiếu các xã", "criteria:sheets", "sheet cell condition"),
            Page(
                "Nhập theo chỉ tiêu",
                "criteria:column",
                "column",
                roles=EDITORS | {Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER},
            ),
            Page("Nhập từ Excel", "dashboards:import-file", "import", EDITORS, keeps_choice=False),
            Page("Thẩm định", "criteria:review", roles=REVIEWERS),
            Page("Chênh lệch", "criteria:differences", roles=REVIEWERS | {Role.COMMUNE_OFFICER}),
            Page("Minh chứng", "criteria:evidence-list", "evidence"),
            Page("Kỳ đánh giá", "criteria:periods", "period", EDITORS),
        ],
    ),
    ("Nhiệm vụ", [Page("Nhiệm vụ", "directives:tasks", "assignment", keeps_choice=False)]),
    (
        "Văn bản",
        [
            Page("Văn bản", "directives:list", "detail create read review edit issue file task-", keeps_choice=False),
        ],
    ),
    (
        "Báo cáo",
        [
            Page("Báo cáo", "dashboards:reports", "report job document-draft document-file"),
            Page("Mẫu văn bản", "dashboards:document-templates", "document-template", EDITORS, keeps_choice=False),
        ],
    ),
    ("Bộ tiêu chí", [Page("Các bộ tiêu chí", "criteria:sets", "set-", keeps_choice=False)]),
]


def office(request):
    """The office's name, and the top bar with the sections and the tabs below it."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_parent": settings.OFFICE_PARENT,
        "office_body": settings.OFFICE_BODY,
        "topbar": SimpleLazyObject(lambda: _topbar(request)),
    }


# Of some 6 kB each.
_TOPBARS = Kept(most=500)


def _topbar(request):
    """The bar over every page, drawn once for a person on a page: it is a third of what a small page costs."""
    user = request.user
    # Period and set stay chosen from one page to the next.
    chosen = {name: request.GET[name] for name in ("ky", "bo") if name in request.GET}
    facts = {
        "person": user.is_authenticated and (str(user), user.initials, user.get_role_display()),
        "role": getattr(user, "role", ""),
        "is_staff": user.is_staff,
        "unseen": user.is_authenticated and user.unseen_digests,
        "here": request.resolver_match.view_name if request.resolver_match else "",
        "query": f"?{urlencode(chosen)}" if chosen else "",
    }

    def draw():
        links = navigation(facts["role"], facts["here"], facts["query"])
        return render_to_string(
            "components/nav.html", {**facts, **links, "office_name": settings.OFFICE_NAME, "user": user}
        )

    return _TOPBARS.recall(tuple(facts.values()), draw)


def navigation(role, here, query=""):
    """The sections and tabs offered to a role on a page: label, url and whether one is in it."""

    def link(page, label, active):
        return {"label": label, "url": reverse(page.view) + (query if page.keeps_choice else ""), "active": active}

    sections, tabs = [], []
    for label, pages in SECTIONS:
        offered = [page for page in pages if not page.roles or role in page.roles]
        if not offered:
            continue
        active = any(page.is_at(here) for page in pages)
        sections.append(link(offered[0], label, active))
        if active and len(offered) > 1:
            tabs = [link(page, page.label, page.is_at(here)) for page in offered]
    return {"sections": sections, "tabs": tabs}
