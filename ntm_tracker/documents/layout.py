"""The .docx of an official document, drawn from the top down with places to fill: letterhead, title, body, signature, appendix.

Two layouts: of the State (Nghị định 30/2020/NĐ-CP, Phụ lục I) and of the Party (Quy định 399-QĐ/TW, Hướng dẫn 05-HD/VPTW).

    paper = Paper(Layout.STATE)
    paper.letterhead()
    paper.title("BÁO CÁO")
    paper.section("I. KẾT QUẢ THỰC HIỆN")
    paper.paragraphs("c in cau", "- {{ c }}")
    paper.signature()
    return paper.saved()

What stands between {{ }} is filled by `rendering.fill`; a person may change everything around it in Word.
"""

import io
from contextlib import contextmanager

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from ntm_tracker.documents import Layout, drawing

CENTRE, LEFT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
# The two halves of letterhead and signature.
HALVES = Cm(6.7), Cm(9.8)
MOTTO_CM = 5.7
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
# Named styles, so that a person changes the look of all paragraphs of a kind at once: name, size, bold, alignment, first
# line (cm), points after, spacing.
STYLES = {
    "VB Nội dung": (14, False, BOTH, 1.27, 6, 1.15),
    "VB Mục": (14, True, BOTH, 1.27, 6, 1.15),
    "VB Tiểu mục": (14, True, BOTH, 1.27, 6, 1.15),
    "VB Đầu, cuối": (13, False, CENTRE, 0, 0, 1),
    "VB Bảng": (11, False, LEFT, 0, 0, 1),
}
BODY, SECTION, SUBSECTION, EDGE, CELL = STYLES


class Paper:
    """One document. Each method adds the next piece below the last one."""

    def __init__(self, layout: Layout):
        self.layout = layout
        self.document = Document()
        self._styles()
        drawing.set_page(self.document.sections[0])
        self._number_pages(self.document.sections[0])

    @property
    def is_party(self) -> bool:
        return self.layout == Layout.PARTY

    @property
    def end(self) -> str:
        """What the last sentence ends on."""
        return "." if self.is_party else "./."

    # -- the pieces ---------------------------------------------------------------------------------------------------

    def letterhead(self, *, about="", with_day=True):
        """Who issues it, number, place and day. A letter says what it is `about` under its number and has no title."""
        left, right = self._halves()
        self._line(left, "{%p if co_quan_cap_tren %}")
        self._line(left, "{{ co_quan_cap_tren }}", size=14 if self.is_party else 12)
        self._line(left, "{%p endif %}")
        self._line(left, "{{ co_quan }}", size=14 if self.is_party else 12, bold=True)
        day = "{{ noi_ngay }}" if with_day else ""
        if self.is_party:
            self._line(left, "*", size=14)
            self._line(left, "{{ so }}", size=14)
            self._underlined(self._line(right, PARTY, size=15, bold=True))
            self._line(right, "")
            self._line(right, day, size=14, italic=True)
        else:
            self._rule(left, 2.3, Cm(6.3))
            self._line(left, "{{ so }}", size=13, before=4)
            self._line(right, NATION, size=12, bold=True)
            self._line(right, MOTTO, size=13, bold=True)
            self._rule(right, MOTTO_CM, Cm(9.4))
            self._line(right, day, size=13, italic=True, before=4)
        if about:
            self._line(left, about, size=12, before=6, italic=self.is_party)
        drawing.drop_first(left)
        drawing.drop_first(right)

    def title(self, name, about="{{ trich_yeu }}"):
        """The name of its kind and what it is about."""
        self._line(self.document, name, size=16 if self.is_party else 14, bold=True, before=16)
        self._line(self.document, about, size=14, bold=True)
        if self.is_party:
            self._line(self.document, "-----", size=14)
        else:
            self._rule(self.document, 4.5, drawing.TEXT_WIDTH)
        self.illustrative()

    def illustrative(self):
        """That figures in it are made up, where they are."""
        with self.where("so_lieu_minh_hoa", style=EDGE):
            self._line(self.document, "({{ so_lieu_minh_hoa }})", size=13, italic=True, before=4)
        self._line(self.document, "", size=6)

    def receivers(self, loop="n in kinh_gui"):
        """To whom a letter goes: one on the line, several below one another."""
        with self.where("kinh_gui|length == 1", style=EDGE):
            self._line(self.document, "Kính gửi: {{ kinh_gui[0] }}", size=14, before=10, after=8)
        with self.where("kinh_gui|length > 1", style=EDGE):
            self._line(self.document, "Kính gửi:", size=14, before=10)
            name = loop.split()[0]
            self.paragraphs(loop, f"- {{{{ {name} }}}}", style=EDGE)

    def section(self, text):
        self._add(text, SECTION).paragraph_format.keep_with_next = True

    def subsection(self, text):
        self._add(text, SUBSECTION).paragraph_format.keep_with_next = True

    def text(self, text, style=None):
        self._add(text, style or BODY)

    def blank(self, text="", *, lines=1):
        """Room to write: dots up to the right margin, behind the text where there is one."""
        for words in [f"{text} \t" if text else "\t", *["\t"] * (lines - 1)]:
            paragraph = self._add(words, BODY)
            paragraph.alignment = LEFT
            paragraph.paragraph_format.tab_stops.add_tab_stop(
                drawing.TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )

    def paragraphs(self, loop, text, style=None):
        """A paragraph for each of a list: paragraphs("c in cau", "- {{ c }}")."""
        self._add(f"{{%p for {loop} %}}", style or BODY)
        self._add(text, style or BODY)
        self._add("{%p endfor %}", style or BODY)

    @contextmanager
    def where(self, condition, style=None):
        """What is added inside stands only where the condition holds."""
        self._add(f"{{%p if {condition} %}}", style or BODY)
        yield
        self._add("{%p endif %}", style or BODY)

    @contextmanager
    def each(self, loop):
        """What is added inside stands once for each of a list."""
        self._add(f"{{%p for {loop} %}}", BODY)
        yield
        self._add("{%p endfor %}", BODY)

    def table(self, columns, loop, cells, *, group="", total=(), size=11, whole_rows=True):
        """A table with a head that is repeated on every page, and a row for each of a list.

        `columns` are (head, width in mm, alignment); a row with `group` is one bold cell across, `total` the last row.
        Rows stand whole on a page unless told otherwise.
        """
        widths = [Mm(width) for _, width, _ in columns]
        table = self._bordered(len(columns), widths)
        head = table.rows[0]
        drawing.mark_row(head, "w:tblHeader")
        for cell, (words, _, _) in zip(head.cells, columns, strict=True):
            self._cell(cell, words, CENTRE, bold=True, size=size)
            drawing.shade(cell)
        name = loop.split()[0]
        self._control(table, f"{{%tr for {loop} %}}", widths)
        if group:
            self._control(table, f"{{%tr if {name}.{group} %}}", widths)
            row = self._row(table, widths)
            cell = row.cells[0].merge(row.cells[-1])
            self._cell(cell, f"{{{{ {name}.{group} }}}}", LEFT, bold=True, size=size)
            self._control(table, "{%tr else %}", widths)
        row = self._row(table, widths, whole=whole_rows)
        for cell, words, (_, _, align) in zip(row.cells, cells, columns, strict=True):
            self._cell(cell, words, align, size=size)
        if group:
            self._control(table, "{%tr endif %}", widths)
        self._control(table, "{%tr endfor %}", widths)
        if total:
            row = self._row(table, widths)
            for cell, words, (_, _, align) in zip(row.cells, total, columns, strict=True):
                self._cell(cell, words, align, bold=True, size=size)
        self._line(self.document, "", size=6)

    def signature(self, *, left="", right=""):
        """Receivers on the left, who signs on the right; of minutes the two who sign, without receivers."""
        self._line(self.document, "", size=6)
        one, two = self._halves(keep=True)
        if left:
            for cell, words in ((one, left), (two, right)):
                self._line(cell, words, size=14, bold=True)
                self._line(cell, "(Ký, ghi rõ họ tên)", size=13, italic=True)
                for _ in range(4):
                    self._line(cell, "", size=14)
            drawing.drop_first(one)
            drawing.drop_first(two)
            return
        if self.is_party:
            self._underlined(self._line(one, "Nơi nhận:", size=14, align=LEFT))
        else:
            self._line(one, "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
        size = 12 if self.is_party else 11
        self._line(one, "{%p for n in noi_nhan %}", size=size)
        self._line(one, "- {{ n }}", size=size, align=LEFT)
        self._line(one, "{%p endfor %}", size=size)
        self._line(two, "{%p if quyen_han %}")
        self._line(two, "{{ quyen_han }}", size=14, bold=True)
        self._line(two, "{%p endif %}")
        # The Party writes the post of who signs for a body in plain letters, under the bold name of that body.
        self._line(two, "{{ chuc_vu }}", size=14, bold=not self.is_party)
        for _ in range(4):
            self._line(two, "", size=14)
        self._line(two, "{{ nguoi_ky }}", size=14, bold=True)
        drawing.drop_first(one)
        drawing.drop_first(two)

    def appendix(self, number, name, *, of="{{ kem_theo }}"):
        """A landscape section with pages of its own numbering; `number` is '' where there is one appendix alone."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        drawing.set_page(section, landscape=True)
        drawing.number_pages_from_one(section)
        self._line(self.document, f"Phụ lục {number}".strip(), size=14, bold=True)
        self._line(self.document, name, size=14, bold=True)
        self._line(self.document, f"({of})", size=13, italic=True)
        self.illustrative()

    def saved(self) -> bytes:
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    # -- how it is drawn ----------------------------------------------------------------------------------------------

    def _styles(self):
        styles = self.document.styles
        drawing.name_fonts(styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:rFonts")))
        drawing.set_font(styles["Normal"], 14)
        styles["Normal"].paragraph_format.space_after = Pt(0)
        for name, (size, bold, align, first_line, after, spacing) in STYLES.items():
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.quick_style = styles["Normal"], True
            drawing.set_font(style, size)
            style.font.bold = bold
            given = style.paragraph_format
            given.alignment, given.first_line_indent = align, Cm(first_line)
            given.space_after, given.space_before = Pt(after), Pt(0)
            given.line_spacing = spacing
        for level, name in enumerate((SECTION, SUBSECTION)):
            drawing.set_level(styles[name], level)

    def _number_pages(self, section):
        paragraph = section.header.paragraphs[0]
        paragraph.style = self.document.styles[EDGE]
        drawing.add_page_number(paragraph, 14 if self.is_party else 13)

    def _add(self, text, style):
        return self.document.add_paragraph(text, style=style)

    def _line(self, where, text, *, size=13, bold=False, italic=False, align=CENTRE, before=0, after=0):
        """A line of letterhead, title or signature."""
        paragraph = where.add_paragraph(style=self.document.styles[EDGE])
        paragraph.alignment = align
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        run = paragraph.add_run(text)
        run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
        if not text:
            drawing.size_empty(paragraph, size)
        return paragraph

    def _underlined(self, paragraph):
        for run in paragraph.runs:
            run.font.underline = True

    def _rule(self, where, length_cm, room):
        drawing.make_rule(where.add_paragraph(style=self.document.styles[EDGE]), length_cm, room)

    def _halves(self, *, keep=False):
        table = self.document.add_table(1, 2)
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        drawing.set_widths(table, HALVES)
        if keep:
            drawing.mark_row(table.rows[0], "w:cantSplit")
        return table.rows[0].cells

    def _bordered(self, columns, widths):
        table = self.document.add_table(1, columns, style=self.document.styles["Table Grid"])
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        drawing.set_widths(table, widths)
        return table

    def _row(self, table, widths, *, whole=False):
        row = table.add_row()
        if whole:
            drawing.mark_row(row, "w:cantSplit")
        drawing.set_row_widths(row, widths)
        return row

    def _control(self, table, words, widths):
        """A row that says what becomes of the rows below it; it is not printed."""
        self._cell(self._row(table, widths).cells[0], words, LEFT)

    def _cell(self, cell, words, align, *, bold=False, size=11):
        paragraph = cell.paragraphs[0]
        paragraph.style, paragraph.alignment = self.document.styles[CELL], align
        run = paragraph.add_run(words)
        run.font.bold, run.font.size = bold, Pt(size)
