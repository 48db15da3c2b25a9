"""Strokes of a .docx that its library has no words for: rules, page numbers, marks on rows and cells, one font everywhere."""

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

FONT = "Times New Roman"
# Inside the ranges of Nghị định 30/2020/NĐ-CP, and those of the Party.
TOP, BOTTOM, LEFT_MARGIN, RIGHT_MARGIN = Mm(20), Mm(20), Mm(30), Mm(15)
A4 = Mm(210), Mm(297)
TEXT_WIDTH = A4[0] - LEFT_MARGIN - RIGHT_MARGIN


def set_page(section, *, landscape=False):
    width, height = reversed(A4) if landscape else A4
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT_MARGIN, RIGHT_MARGIN
    section.header_distance = section.footer_distance = Mm(10)
    # The number of the page is not shown on the first one.
    section.different_first_page_header_footer = True


def number_pages_from_one(section):
    numbering = _element("w:pgNumType", start="1")
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    section._sectPr.insert_element_before(numbering, "w:cols", "w:titlePg", "w:docGrid")


def add_page_number(paragraph, size):
    """The field that counts the pages."""
    parts = [
        _element("w:fldChar", fldCharType="begin"),
        _element("w:instrText"),
        _element("w:fldChar", fldCharType="separate"),
    ]
    parts[1].text = "PAGE"
    for part in parts:
        run = paragraph.add_run()
        run.font.size = Pt(size)
        run._r.append(part)
    # What stands until Word counts.
    run = paragraph.add_run("2")
    run.font.size = Pt(size)
    end = paragraph.add_run()
    end._r.append(_element("w:fldChar", fldCharType="end"))


def set_font(style, size):
    """Times New Roman for every script, in Vietnamese."""
    style.font.name, style.font.size = FONT, Pt(size)
    properties = style.element.get_or_add_rPr()
    name_fonts(properties.rFonts)
    if properties.find(qn("w:lang")) is None:
        properties.append(_element("w:lang", val="vi-VN"))


def name_fonts(fonts):
    """One font, whatever the theme says, which would count before it."""
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), FONT)


def set_level(style, level):
    """Where the style stands in the outline that Word shows beside the text."""
    style.element.get_or_add_pPr().append(_element("w:outlineLvl", val=str(level)))


def make_rule(paragraph, length_cm, room):
    """Turn an empty paragraph into a solid rule of a length, in the middle of its room."""
    side = max(0, int((room - Cm(length_cm)) / 2))
    given = paragraph.paragraph_format
    given.left_indent = given.right_indent = side
    given.space_before = Pt(4)
    given.line_spacing_rule, given.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:top", val="single", sz="6", space="1", color="000000"))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def size_empty(paragraph, size):
    """The height of a paragraph without words."""
    properties = OxmlElement("w:rPr")
    properties.append(_element("w:sz", val=str(2 * size)))
    paragraph._p.get_or_add_pPr().append(properties)


def set_widths(table, widths):
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        set_row_widths(row, widths)


def set_row_widths(row, widths):
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = width


def mark_row(row, name):
    """'w:tblHeader': repeated on every page; 'w:cantSplit': whole on one page."""
    row._tr.get_or_add_trPr().append(_element(name, val="true"))


def shade(cell):
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill="F0F3F1"))


def drop_first(cell):
    """Take off the empty paragraph that a new cell begins with."""
    cell._tc.remove(cell.paragraphs[0]._p)


def _element(name, **attributes):
    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element
