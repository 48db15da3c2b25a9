"""Every page is on the list of the sweeps, and each is whole, named, Vietnamese, and free of what a template left over."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests import factories
from tests.pages import NO_PAGES, PAGES, District, every_page

CELLS = ("td", "th")
TABLE = {"tr", "tbody", "thead", "tfoot", "table"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What nobody sees, or has typed himself.
QUOTED = {"script", "style", "textarea", "option", "title"}
LEFT_OVER = re.compile(
    r"\bNone\b|\{\{|\}\}|\{%|%\}|\bTrue\b|\bFalse\b|&lt;|&amp;|\bnan\b|<(?:class|function|bound|QuerySet|object)|\[object"
)
ISO_DATE = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b")
ENGLISH = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|"
    r"Thursday|Friday|Saturday|Sunday|Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|a\.m\.|p\.m\.|noon|midnight)\b"
)


def names(patterns=None, namespace=""):
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(entry, URLResolver):
            yield f"{namespace}{entry.name}"
        elif entry.namespace != "admin":
            yield from names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace)


def test_every_address_is_a_page_to_look_at_or_says_why_not():
    known, listed = set(names()), {name for name in PAGES if not name.startswith("admin:")} | set(NO_PAGES)
    assert not sorted(known - listed), "give it a line in tests/pages.py"
    assert not sorted(listed - known), "no such address any more"
    assert not set(PAGES) & set(NO_PAGES)


class Reader(HTMLParser):
    """What a page says and what is wrong with its markup."""

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.problems, self.counts = [], [], [], {}
        self.lang = self.title = ""
        self.fields, self.labelled, self.ids, self.refs = [], set(), [], []
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self.open]
        ids = set(self.ids)
        self.problems += [f'id="{one}" twice' for one in sorted(ids) if self.ids.count(one) > 1]
        self.problems += [
            f"a label or description of #{one}, which is not there" for one in self.refs if one not in ids
        ]
        self.problems += [
            f"field without a label: {field}" for field, one in self.fields if one is None or one not in self.labelled
        ]

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        # A cell or row ends where the next begins: HTML lets its end tag out.
        ended = {"td": CELLS, "th": CELLS, "tr": (*CELLS, "tr")}.get(tag, ())
        while self.open and self.open[-1] in ended:
            self.open.pop()
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag == "html":
            self.lang = given.get("lang")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.problems.append(f"<{tag}> inline")
        self.problems += [f"{tag} {name}=" for name in given if name == "style" or re.match(r"on[a-z]+$", name)]
        if given.get("id") is not None:
            self.ids.append(given["id"])
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"])
            self.refs.append(given["for"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.refs += (given.get(name) or "").split()
        is_field = tag in ("select", "textarea") or (
            tag == "input" and given.get("type", "text") not in ("hidden", "submit", "button", "image")
        )
        if is_field and not given.get("aria-label") and not given.get("aria-labelledby") and "label" not in self.open:
            self.fields.append((self.get_starttag_text()[:120], given.get("id")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self.open and self.open[-1] in (*CELLS, "tr") and tag in TABLE and tag != self.open[-1]:
            self.open.pop()
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> at line {self.getpos()[0]} does not close <{self.open[-1:]}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, words):
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += words
        if not QUOTED & set(self.open):
            self.words.append(words)


def complaints_about(response, address):
    html = response.content.decode()
    page = Reader(html)
    found = list(page.problems)
    if response.status_code != 200 or response.request["PATH_INFO"] != address.partition("?")[0]:
        found.append(f"answers {response.status_code} at {response.request['PATH_INFO']}")
    if page.counts.get("h1") != 1:
        found.append(f"{page.counts.get('h1', 0)} first headings")
    if page.counts.get("main", 0) != 1:
        found.append("no main part")
    if page.lang != "vi":
        found.append(f"lang={page.lang}")
    if not page.title.strip(" ·\n"):
        found.append("no title")
    for what, pattern in {
        "left over": LEFT_OVER,
        "date of a machine": ISO_DATE,
        "English": ENGLISH,
    }.items():
        for words in page.words:
            if match := pattern.search(words):
                found.append(f"{what}: …{words[max(0, match.start() - 30) : match.end() + 30].strip()}…")
    return found


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with factories.kept(django_db_blocker, District) as built:
        yield built


def test_every_page_is_whole(kept, db):
    problems, clients = [], {}
    for label, username, address in every_page(kept):
        if username not in clients:
            clients[username] = Client()
            if username:
                clients[username].force_login(kept.user(username))
        found = complaints_about(clients[username].get(address, follow=True), address)
        problems += [f"{label} ({address}): {problem}" for problem in dict.fromkeys(found)]
    assert not problems, "\n".join(problems)
