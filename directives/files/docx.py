"""The text of a Word document as one reads it, with the numbers of its lists.

Runs in a Python of its own (`python -m directives.files.docx FILE`) and writes one JSON object: the text, or
the problem. Only the parts that hold text are unpacked, none of them beyond its limit, and their XML may declare
nothing: no entity grows, nothing is fetched.
"""

import json
import sys
import zipfile
import zlib
from xml.etree import ElementTree

from directives.files.encodings import from_tcvn3, from_vni
from directives.files.numbering import DEEPEST, Numbering, W
from directives.files.programs import MOST_CHARACTERS

MOST_MEMBERS = 5000
MOST_BYTES = 24 << 20
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF = {"0", "false", "off", "none"}


class Problem(Exception):
    """Why the file gives no text; one of the names that files.py has a sentence for."""


def read(path) -> dict:
    try:
        with zipfile.ZipFile(path) as package:
            return _read(package)
    except Problem as problem:
        return {"problem": str(problem)}
    except ElementTree.ParseError:
        return {"problem": "broken"}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RecursionError):
        return {"problem": "broken"}


def _read(package):
    names = package.namelist()
    if len(names) > MOST_MEMBERS:
        raise Problem("swollen")
    if "word/document.xml" not in names:
        raise Problem("spreadsheet" if "xl/workbook.xml" in names else "not_word")
    document = _Document(
        body=_part(package, "word/document.xml").find(f"{W}body"),
        styles=_part(package, "word/styles.xml"),
        numbering=_part(package, "word/numbering.xml"),
    )
    text = document.text()
    if len(text) > MOST_CHARACTERS:
        raise Problem("wordy")
    return {"text": text, "footnotes": document.footnotes}


def _part(package, name):
    try:
        member = package.getinfo(name)
    except KeyError:
        return None
    if member.flag_bits & 1:
        raise Problem("locked")
    if member.file_size > MOST_BYTES:
        raise Problem("swollen")
    # What the directory of the file says of the size is a claim; zipfile stops at it, and so do we.
    with package.open(member) as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Problem("swollen")
    parser = ElementTree.XMLParser(target=_NoDeclarations())
    parser.feed(content)
    return parser.close()


class _NoDeclarations(ElementTree.TreeBuilder):
    def doctype(self, *declaration):
        raise Problem("declares")


class _Document:
    def __init__(self, *, body, styles, numbering):
        self._body = body if body is not None else ()
        self._styles = {}
        self._usual = {}
        self._fonts = {None: None}
        for style in styles.findall(f"{W}style") if styles is not None else ():
            self._styles[style.get(f"{W}styleId")] = style
            if style.get(f"{W}default") in {"1", "true", "on"}:
                self._usual[style.get(f"{W}type")] = style.get(f"{W}styleId")
        self._font = _font(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")) if styles is not None else None
        self._numbering = Numbering(numbering, self._styles.get)
        self._carried = ""
        self.footnotes = 0

    def text(self):
        blocks = list(self._blocks(self._body))
        if self._carried:
            blocks.append(self._carried)
        return "\n\n".join(blocks)

    def _blocks(self, container):
        """The paragraphs and rows of a body or a cell, in order."""
        for element in _flat(container):
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                yield from self._table(element)

    def _paragraph(self, paragraph):
        properties = paragraph.find(f"{W}pPr")
        style = _attribute(properties, "pStyle") or self._usual.get("paragraph")
        boxes = []
        text = self._carried + "".join(self._runs(paragraph, style, boxes))
        self._carried = ""
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            # The end of this paragraph was deleted: it goes on in the next.
            self._carried = text
        else:
            label = self._label(properties, style)
            text = _tidy(text)
            if text:
                yield f"{label} {text}" if label else text
        for box in boxes:
            yield from self._blocks(box)

    def _runs(self, element, style, boxes):
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                yield self._run(child, style, boxes)
            elif tag in _PASSED_OVER:
                continue
            elif tag == f"{_COMPATIBILITY}AlternateContent":
                # The same thing twice, for newer and older programs.
                chosen = child.find(f"{_COMPATIBILITY}Choice")
                if chosen is None:
                    chosen = child.find(f"{_COMPATIBILITY}Fallback")
                yield from self._runs(chosen if chosen is not None else (), style, boxes)
            else:
                yield from self._runs(child, style, boxes)

    def _run(self, run, style, boxes):
        properties = run.find(f"{W}rPr")
        if _on(properties, "vanish"):
            return ""
        pieces = []
        for child in run:
            name = child.tag.removeprefix(W)
            if name == "t":
                pieces.append(child.text or "")
            elif name in _SIGNS:
                pieces.append(_SIGNS[name])
            elif name == "footnoteReference" or name == "endnoteReference":
                self.footnotes += 1
            elif name in {"drawing", "pict", "object"}:
                boxes.extend(_boxes(child))
            elif child.tag == f"{_COMPATIBILITY}AlternateContent":
                chosen = child.find(f"{_COMPATIBILITY}Choice")
                boxes.extend(_boxes(chosen if chosen is not None else child))
        text = "".join(pieces)
        font = (
            _font(properties) or self._font_of(_attribute(properties, "rStyle")) or self._font_of(style) or self._font
        )
        if font and font.startswith(".Vn"):
            text = from_tcvn3(text)
            if font.endswith("H"):
                # The capitals of .VnTime are a font that shows small letters as capitals.
                text = text.upper()
        elif font and font.upper().startswith("VNI-"):
            text = from_vni(text)
        return text.upper() if _on(properties, "caps") else text

    def _font_of(self, style):
        """The font a style gives, by itself or by the style it is based on."""
        if style not in self._fonts:
            self._fonts[style] = None
            element = self._styles.get(style)
            if element is not None:
                self._fonts[style] = _font(element.find(f"{W}rPr")) or self._font_of(_attribute(element, "basedOn"))
        return self._fonts[style]

    def _label(self, properties, style):
        numbered = properties.find(f"{W}numPr") if properties is not None else None
        number, depth = _attribute(numbered, "numId"), _attribute(numbered, "ilvl")
        seen = set()
        while number is None and style in self._styles and style not in seen:
            seen.add(style)
            element = self._styles[style]
            number = _attribute(element.find(f"{W}pPr/{W}numPr"), "numId")
            if number is not None and depth is None:
                depth = _attribute(element.find(f"{W}pPr/{W}numPr"), "ilvl")
                depth = depth if depth is not None else str(self._numbering.level_of_style(number, style))
            style = _attribute(element, "basedOn")
        if number is None or number == "0":
            return ""
        depth = int(depth) if depth is not None and depth.isdecimal() else 0
        return self._numbering.label(number, min(depth, DEEPEST - 1))

    def _table(self, table):
        rows = []
        for row in _flat(table, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is None:
                rows.append([list(self._blocks(cell)) for cell in _flat(row, f"{W}tc")])
        width = max(map(len, rows), default=0)
        columns = [[row[index] for row in rows if index < len(row)] for index in range(width)]
        columns = [column for column in columns if any(column)]
        if len(columns) == 1 or (len(columns) == 2 and not self._has_lines(table)):
            # No table to the eye, only a way to set text side by side: the letterhead, the signature.
            for column in columns:
                for cell in column:
                    yield from cell
            return
        lines = [" | ".join(" ".join(" ".join(cell).split()) for cell in row) for row in rows if any(row)]
        if lines:
            yield "\n".join(lines)

    def _has_lines(self, table):
        """Whether lines are drawn around the cells, by the table itself or by its style."""
        properties = table.find(f"{W}tblPr")
        borders = properties.find(f"{W}tblBorders") if properties is not None else None
        style, seen = _attribute(properties, "tblStyle") or self._usual.get("table"), set()
        while borders is None and style in self._styles and style not in seen:
            seen.add(style)
            borders = self._styles[style].find(f"{W}tblPr/{W}tblBorders")
            style = _attribute(self._styles[style], "basedOn")
        drawn = [borders] if borders is not None else []
        drawn += table.findall(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders")
        # A line under the letterhead is no frame: only what stands between two cells counts.
        inner = {f"{W}{side}" for side in ("insideV", "left", "start")}
        return any(
            side.tag in inner and side.get(f"{W}val", "none") not in {"none", "nil"}
            for sides in drawn
            for side in sides
        )


_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Deleted and moved away, properties, notes of reviewers, mathematics' own properties.
_PASSED_OVER = {f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr")}
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def _flat(container, *tags):
    """The elements of a container, those inside content controls and insertions among them."""
    for element in container:
        if element.tag in _WRAPPERS:
            yield from _flat(element, *tags)
        elif not tags or element.tag in tags:
            yield element


def _boxes(element):
    """The text boxes in a drawing, not those inside another."""
    for child in element:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag != f"{_COMPATIBILITY}Fallback":
            yield from _boxes(child)


def _tidy(text):
    lines = (" ".join(line.split()) for line in text.replace("\u00ad", "").split("\n"))
    return "\n".join(filter(None, lines))


def _attribute(element, name):
    child = element.find(f"{W}{name}") if element is not None else None
    return child.get(f"{W}val") if child is not None else None


def _on(properties, name):
    child = properties.find(f"{W}{name}") if properties is not None else None
    return child is not None and child.get(f"{W}val", "1") not in _OFF


def _font(properties):
    fonts = properties.find(f"{W}rFonts") if properties is not None else None
    return (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi")) if fonts is not None else None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read(sys.argv[1])))
