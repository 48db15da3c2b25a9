"""The documents a person may draft, for the page that lists them."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone

from accounts import policy
from directives import queries
from directives.models import Directive, DocumentKind

register = template.Library()
# How many notices and late bodies are offered at once; the others are on their own pages.
SHORT = 5


@dataclass(frozen=True)
class Offered:
    """A kind of document: what it holds, where it is drafted, and of what where there are several."""

    label: str
    words: str
    url: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    # Where the rest of the links are: words and address.
    rest: tuple[str, str] | None = None


@register.simple_tag
def documents_of(user, period=None, criteria_set=None) -> list[Offered]:
    """What the person may draft, in the order of a month's work. Three queries at most."""
    kinds = DocumentKind
    found = []
    if policy.sees_all_work(user) and period and criteria_set:
        url = document_url(kinds.BULLETIN, ky=period.code, bo=criteria_set.code)
        found.append(
            Offered(kinds.BULLETIN.label, "Chỉ đạo, kết quả theo tiêu chí và từng xã, nhiệm vụ thời gian tới.", url)
        )
    notices = Directive.objects.visible_to(user).exclude(assigned_at=None).defer("text").newest_first()[:SHORT]
    found.append(
        Offered(
            kinds.NOTICE_REPORT.label,
            "Kết quả, nhiệm vụ chậm và nguyên nhân, kiến nghị, phụ lục từng nhiệm vụ.",
            links=[(notice.label, document_url(kinds.NOTICE_REPORT, van_ban=notice.pk)) for notice in notices],
            rest=("Tất cả văn bản", reverse("directives:list")),
        )
    )
    if policy.may_manage_directives(user):
        words = "Việc quá hạn và sắp đến hạn giao lại, kết luận ghi trong cuộc họp."
        found.append(Offered(kinds.NEXT_NOTICE.label, words, document_url(kinds.NEXT_NOTICE)))
    if policy.sees_all_work(user):
        late = queries.late_agencies(user, timezone.localdate())[:SHORT]
        rest = ("Tổng hợp theo cơ quan", queries.board_url(xem="tong-hop"))
        for kind, words in (
            (kinds.REMINDER, "Gửi cơ quan có việc quá hạn, kèm bảng từng việc."),
            (kinds.MINUTES, "Làm việc với cơ quan có việc quá hạn; ý kiến, cam kết để trống."),
        ):
            links = [(f"{label} ({overdue})", document_url(kind, gui=pk)) for pk, label, overdue in late]
            found.append(Offered(kind.label, words, links=links, rest=rest))
    return found


@register.simple_tag
def may_keep_templates(user) -> bool:
    return policy.may_keep_templates(user)


def document_url(kind, **parameters) -> str:
    """The page of a document: document_url(DocumentKind.REMINDER, gui=3)."""
    address = reverse("dashboards:document-draft", args=[kind.value])
    return f"{address}?{urlencode(parameters)}" if parameters else address
