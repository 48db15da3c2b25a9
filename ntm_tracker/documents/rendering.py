"""Fills a .docx with what it is to say. A template may come from anybody: it can place and repeat what it is given, no more.

What is filled in is text: markup, braces and control characters in it do nothing, a line break begins a paragraph.
"""

import io
import re
from functools import partial

from docx import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined, TemplateError, meta, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

# A province's notice has some thousand parts in two tables; beyond these lies no document anybody reads.
MOST_STEPS = 100_000
MOST_CHARACTERS = 60_000_000
# The filters a template may use; each takes a value and gives a value no longer than it.
FILTERS = ("upper", "lower", "capitalize", "length", "default")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
_LOOP = {"index", "index0", "first", "last", "length", "revindex"}
# What XML cannot hold; and the bell and the form feed, by which the library begins paragraphs and pages.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class CannotFill(Exception):
    """The template cannot be filled; the message says why, for the officer."""


def plain(value):
    """Data as it may stand in a document: texts without control characters, line breaks as the end of a paragraph."""
    if isinstance(value, str):
        text = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        return text.strip("\n").replace("\n", "\a")
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def fill(template: bytes, facts: dict, *, title: str, author: str, must_say: str = "") -> bytes:
    """The document of a template and what it is to say.

    `must_say` are words that stand at its head even where the template leaves them out. Raises CannotFill.
    """
    document = _filled(template, facts)
    words = "".join(document.element.body.itertext()) if must_say else ""
    if must_say and must_say.casefold() not in words.casefold():
        paragraph = (
            document.paragraphs[0].insert_paragraph_before() if document.paragraphs else document.add_paragraph()
        )
        paragraph.add_run(f"({must_say})").italic = True
        document.element.body.insert(0, paragraph._p)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title[:200], author[:200], author[:200]
    properties.comments = properties.subject = properties.keywords = ""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def problems_of(template: bytes, sample: dict) -> list[str]:
    """What is wrong with a template, a sentence each: unknown places to fill by name, what does not work, none at all."""
    environment = _Environment()
    try:
        _filled(template, sample, environment)
    except CannotFill as error:
        return [str(error)]
    if not environment.names:
        return ["Mẫu không có chỗ điền nào, ví dụ {{ co_quan }}. Tải mẫu mặc định về, sửa trên đó rồi tải lên."]
    unknown = sorted(environment.names - set(sample)) + sorted(environment.fields - _fields_of(sample) - _LOOP)
    return [
        f"Chỗ điền “{name}” không có trong loại văn bản này. Sửa theo bảng các chỗ điền được ở trang Mẫu văn bản."
        for name in unknown
    ]


def _filled(template, facts, environment=None):
    environment = environment or _Environment()
    word = _Template(io.BytesIO(template))
    try:
        word.render(plain(facts), environment)
        stream = io.BytesIO()
        word.save(stream)
        return Document(stream)
    except TemplateSyntaxError as error:
        raise CannotFill(f"Chỗ điền viết chưa đúng{_place(error)}. Kiểm tra dấu {{{{ }}}}, {{% %}} và tên.") from error
    except _TooLong as error:
        raise CannotFill("Mẫu lặp quá nhiều lần. Bỏ bớt các vòng lặp lồng nhau.") from error
    except (SecurityError, _NotAllowed) as error:
        raise CannotFill(
            f"Mẫu có lệnh không được dùng{_place(error)}. Chỉ dùng chỗ điền {{{{ }}}}, for và if như mẫu mặc định."
        ) from error
    # Anything: the library reads markup by patterns, and a file can be broken in ways nobody has thought of.
    except (TemplateError, Exception) as error:
        raise CannotFill(
            f"Không điền được vào mẫu ({type(error).__name__}). Mở tệp bằng Word, lưu lại rồi tải lên, hoặc dùng mẫu mặc định."
        ) from error


def _place(error):
    """The words of the template around an error."""
    lines = [" ".join(line.split()) for line in getattr(error, "docx_context", ())]
    found = [line for line in lines if "{" in line]
    return f" gần “{found[0][:80]}”" if found else ""


class _TooLong(TemplateError):
    """The template repeats or says too much."""


class _NotAllowed(TemplateError):
    """The template asks for more than to place and repeat."""


class _Template(DocxTemplate):
    """The library's, but that what is filled in comes through letter by letter and the properties of a file stay out of it."""

    def render_xml_part(self, src_xml, part, context, jinja_env=None):
        source = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
        try:
            pieces, length = [], 0
            for piece in jinja_env.from_string(source).generate(context):
                pieces.append(piece)
                length += len(piece)
                if length > MOST_CHARACTERS:
                    raise _TooLong("too long")
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            if line:
                lines = source.splitlines()[max(0, line - 2) : line + 1]
                error.docx_context = [re.sub(r"<[^>]+>", "", one) for one in lines]
            raise
        return self.resolve_listing(re.sub(r"\n<w:p([ >])", r"<w:p\1", "".join(pieces)))

    def render_properties(self, context, jinja_env=None):
        """What the properties of a file say is ours."""


class _Environment(SandboxedEnvironment):
    """Jinja that places, repeats and chooses, with nothing to call and every repetition counted."""

    def __init__(self):
        super().__init__(autoescape=True, undefined=ChainableUndefined)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters["counted"] = partial(_counted, self)
        self.steps = 0
        # What the template asks for: names, and fields of what it goes through.
        self.names, self.fields = set(), set()

    def _parse(self, source, name, filename):
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            is_known = isinstance(node, _ALLOWED) and not (isinstance(node, nodes.Filter) and node.name not in FILTERS)
            if not is_known or getattr(node, "attr", "").startswith("_"):
                raise _refused(node)
        self.names |= meta.find_undeclared_variables(tree)
        self.fields |= {node.attr for node in tree.find_all(nodes.Getattr)}
        for node in tree.find_all(nodes.For):
            node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return tree


def _refused(node):
    error = _NotAllowed(type(node).__name__)
    error.lineno = node.lineno
    return error


def _counted(environment, values):
    """The values of a list, one by one, as long as the whole document takes no more than MOST_STEPS."""
    if not isinstance(values, (list, tuple)):
        return
    for value in values:
        environment.steps += 1
        if environment.steps > MOST_STEPS:
            raise _TooLong("too many steps")
        yield value


def _fields_of(sample) -> set[str]:
    """The names of the fields of what a template may go through."""
    if isinstance(sample, dict):
        return set(sample) | {name for one in sample.values() for name in _fields_of(one)}
    if isinstance(sample, (list, tuple)):
        return {name for one in sample for name in _fields_of(one)}
    return set()


def text_of(document: bytes) -> str:
    """All text of a document, a line a paragraph, tables in their place; for looking things up."""
    body = Document(io.BytesIO(document)).element.body
    return "\n".join("".join(one.text or "" for one in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p")))
