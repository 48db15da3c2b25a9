"""What a browser without scripts makes of a page, and what a page asks of the database."""

from contextlib import contextmanager
from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext

TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


@contextmanager
def counted():
    """Collect the queries asked inside, all but the statements that begin and end transactions."""
    queries = []
    with CaptureQueriesContext(connection) as captured:
        yield queries
    queries += [q["sql"] for q in captured if not q["sql"].startswith(TRANSACTIONS)]


class _Fields(HTMLParser):
    """Each field with what it would send; a name that stands several times, or a list of choices, with all of them."""

    def __init__(self):
        super().__init__()
        self.fields = {}
        # The same form by form.
        self.forms = [{}]
        self.select = self.textarea = None

    def send(self, name, value):
        for fields in (self.fields, self.forms[-1]):
            before = fields.get(name, [])
            several = [*(before if isinstance(before, list) else [before]), value]
            fields[name] = several if name in fields else value

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.send(name, given.get("value", "on"))
            elif kind not in ("submit", "button", "image", "file"):
                self.send(name, given.get("value", ""))
        elif tag == "select" and name:
            self.select, self.takes_several, self.first = name, "multiple" in given, None
            self.is_chosen = False
        elif tag == "option" and self.select:
            if self.first is None:
                self.first = given.get("value", "")
            if "selected" in given:
                self.send(self.select, given.get("value", ""))
                self.is_chosen = True
        elif tag == "textarea" and name:
            self.textarea, self.text = name, ""

    def handle_endtag(self, tag):
        if tag == "select":
            if not self.is_chosen and not self.takes_several and self.first is not None:
                self.send(self.select, self.first)
            self.select = None
        elif tag == "textarea" and self.textarea:
            # A browser drops the line break behind the opening tag.
            self.send(self.textarea, self.text.removeprefix("\n"))
            self.textarea = None
        elif tag == "form":
            self.forms.append({})

    def handle_data(self, data):
        if self.textarea:
            self.text += data


def fields_of(response, having=None):
    """The fields of the page by name, as a browser would send them back; of the form with the field `having` alone."""
    reader = _Fields()
    reader.feed(response.content.decode())
    return next(fields for fields in reader.forms if having in fields) if having else reader.fields


class _Table(HTMLParser):
    """The rows of one table as lists of texts; each text as it is heard: with its hidden words."""

    def __init__(self, css):
        super().__init__()
        self.css, self.depth = css, 0
        self.rows, self.text = [], None

    def handle_starttag(self, tag, attributes):
        classes = (dict(attributes).get("class") or "").split()
        if tag == "table" and (self.depth or self.css in classes):
            self.depth += 1
        elif self.depth and tag == "tr":
            self.end_cell()
            self.rows.append([])
        elif self.depth and tag in ("td", "th"):
            self.end_cell()
            self.text = []

    def handle_endtag(self, tag):
        if tag in ("td", "th", "tr", "tbody", "table"):
            self.end_cell()
        if tag == "table" and self.depth:
            self.depth -= 1

    def end_cell(self):
        """A cell ends with its tag, or without one where the next begins or its row ends."""
        if self.text is not None:
            self.rows[-1].append(" ".join("".join(self.text).split()))
            self.text = None

    def handle_data(self, data):
        if self.text is not None:
            self.text.append(data)


def table_of(response, css):
    """The rows of the page's table of a class, each a list of its cells' texts."""
    reader = _Table(css)
    reader.feed(response.content.decode())
    return reader.rows
