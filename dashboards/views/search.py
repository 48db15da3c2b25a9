"""Finding anything from one box: a page of its own, and the part that appears below the box as one types."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dashboards.search import KINDS, Group, Question, find
from ntm_tracker.search import MOST_LETTERS, MOST_WORDS

# Hits of a kind below the box, on the page, and on a page of one kind.
BELOW_BOX = 4
ON_PAGE = 8
OF_ONE_KIND = 30


@require_safe
@vary_on_headers("HX-Request")
def search(request):
    """What holds every word of `q`, by kind; with `nhom` one kind, page by page."""
    typed = " ".join(request.GET.get("q", "").replace("\0", "").split())
    question = Question(request.user, typed[:MOST_LETTERS], timezone.localdate())
    kind = KINDS.get(request.GET.get("nhom", ""))
    context = {
        "q": question.text,
        "words": question.words[:MOST_WORDS],
        "is_cut": len(typed) > MOST_LETTERS or len(question.words) > MOST_WORDS,
        "most_letters": MOST_LETTERS,
        "most_words": MOST_WORDS,
        "kind": kind,
        "as_of": question.as_of,
        "query": urlencode({"q": question.text} | ({"nhom": kind.name} if kind else {})),
    }
    if request.htmx:
        context["groups"] = find(question, BELOW_BOX) if question.words else []
        return render(request, "dashboards/_search_below.html", context)
    if kind and question.words:
        page = Paginator(kind.rows(question), OF_ONE_KIND).get_page(request.GET.get("page"))
        rows = list(page.object_list)
        groups = [Group.of(kind, question, rows)] if rows else []
        return render(request, "dashboards/search.html", {**context, "page_obj": page, "groups": groups})
    context["groups"] = find(question, ON_PAGE) if question.words else []
    return render(request, "dashboards/search.html", context)
