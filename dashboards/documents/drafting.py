"""The kinds of documents by name: our own template of each, that of the office, and the document filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from dashboards.documents import bulletin, head, next_notice, notice_report, urging
from directives.models import DocumentKind, DocumentTemplate
from ntm_tracker.documents import Layout
from ntm_tracker.documents.rendering import CannotFill, fill


@dataclass(frozen=True)
class Draft:
    """A kind of document: the places it fills, its template, and the facts its page shows before it is taken."""

    kind: DocumentKind
    places: dict
    paper: Callable[[Layout], bytes]
    shown: tuple[str, ...]

    @property
    def sample(self) -> dict:
        return {name: sample for name, (_, sample) in self.places.items()}


WORK = ("tong_so", "hoan_thanh", "qua_han", "sap_den_han", "cho_xac_nhan")
DRAFTS = {
    draft.kind: draft
    for draft in (
        Draft(
            DocumentKind.NOTICE_REPORT,
            notice_report.PLACES,
            notice_report.paper,
            ("so_nhiem_vu", "so_co_quan", *WORK, "ty_le", "ty_le_den_han"),
        ),
        Draft(
            DocumentKind.BULLETIN,
            bulletin.PLACES,
            bulletin.paper,
            ("so_van_ban", "so_xa_cong_nhan", "so_xa", "binh_quan", "tong_tieu_chi", *WORK),
        ),
        Draft(DocumentKind.NEXT_NOTICE, next_notice.PLACES, next_notice.paper, ("so_van_ban", *WORK, "so_den_han_toi")),
        Draft(DocumentKind.REMINDER, urging.PLACES, urging.letter, (*WORK, "lau_nhat")),
        Draft(DocumentKind.MINUTES, urging.PLACES, urging.minutes, (*WORK, "lau_nhat")),
    )
}


@lru_cache(maxsize=16)
def own_template(kind: DocumentKind, layout: Layout) -> bytes:
    """Our own template of a kind: what an office may take, change in Word and bring back."""
    return DRAFTS[kind].paper(layout)


def written(*, kind, layout, facts: dict, template: DocumentTemplate | None, author: str) -> bytes:
    """The document. `template` is the office's own; None for ours. Raises CannotFill, worded for the officer."""
    if layout == Layout.PARTY and kind != DocumentKind.REMINDER:
        # The Party begins what a document is about with a small letter.
        facts = facts | {"trich_yeu": facts["trich_yeu"][:1].lower() + facts["trich_yeu"][1:]}
    try:
        content = template.content() if template else own_template(kind, layout)
    except FileNotFoundError as error:
        raise CannotFill(f"Không còn tệp mẫu “{template.file_name}” trên máy chủ. Tải mẫu lên lại.") from error
    title = f"{head.NAMES[kind]}: {facts['trich_yeu']}"
    return fill(content, facts, title=title, author=author, must_say=facts["so_lieu_minh_hoa"])
