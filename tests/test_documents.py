"""What a Word document looks like, what may be filled in, and what a template somebody sends may not do."""

import io
import random
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from ntm_tracker.documents import Layout
from ntm_tracker.documents.drawing import FONT
from ntm_tracker.documents.layout import BODY, Paper
from ntm_tracker.documents.packages import problem_with
from ntm_tracker.documents.rendering import CannotFill, fill, plain, problems_of, text_of

HEAD = {
    "co_quan_cap_tren": "ỦY BAN NHÂN DÂN HUYỆN",
    "co_quan": "BAN CHỈ ĐẠO",
    "so": "Số:      /BC-BCĐ",
    "noi_ngay": "Tam Đường, ngày      tháng      năm 2024",
    "trich_yeu": "Kết quả",
    "so_lieu_minh_hoa": "",
    "noi_nhan": ["Như trên;", "Lưu: VT."],
    "quyen_han": "TM. BAN CHỈ ĐẠO",
    "chuc_vu": "TRƯỞNG BAN",
    "nguoi_ky": "",
    "cau": ["một", "hai"],
    "dong": [{"nhom": "Nhóm"}, {"nhom": "", "ten": "A"}],
    "kem_theo": "Kèm theo",
}


def drawn(layout=Layout.STATE):
    paper = Paper(layout)
    paper.letterhead()
    paper.title("BÁO CÁO")
    paper.section("I. KẾT QUẢ")
    paper.paragraphs("c in cau", "- {{ c }}")
    paper.signature()
    paper.appendix("I", "BẢNG")
    paper.table([("STT", 20, 0), ("Tên", 40, 0)], "d in dong", ["{{ loop.index }}", "{{ d.ten }}"], group="nhom")
    return paper.saved()


def opened(content):
    return Document(io.BytesIO(content))


def filled(template, facts=HEAD, **given):
    return fill(template, facts, **{"title": "Báo cáo", "author": "Nguyễn Thị Hoa", **given})


def template(*paragraphs):
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def repacked(content, **changed):
    """The file with some of its parts changed or added; names with '/' as '__' and '.' as '_DOT_'."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {part.filename: package.read(part) for part in package.infolist()}
    parts |= {name.replace("__", "/").replace("_DOT_", "."): text for name, text in changed.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return stream.getvalue()


def part_of(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


# -- the layouts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", Layout)
def test_page_margins_font_and_number_follow_the_rules(layout):
    document = opened(filled(drawn(layout)))
    first, appendix = document.sections
    assert millimetres(first.page_width, first.page_height) == [210, 297]
    assert millimetres(appendix.page_width, appendix.page_height) == [297, 210]
    for section in document.sections:
        margins = millimetres(section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert margins == [20, 20, 30, 15]
        # The number stands in the header, and the first page has another header, without one.
        assert section.different_first_page_header_footer
        assert not "".join(one.text for one in section.first_page_header.paragraphs).strip()
    header = first.header.paragraphs[0]
    assert "PAGE" in "".join(code.text for code in header._p.iter(qn("w:instrText")))
    assert header.style.paragraph_format.alignment == 1
    assert appendix._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    styles = document.styles
    assert (styles["Normal"].font.name, styles[BODY].font.name) == (FONT, FONT)
    assert styles[BODY].font.size == Pt(14)
    assert (styles[BODY].paragraph_format.first_line_indent.cm, styles[BODY].paragraph_format.alignment) == (
        pytest.approx(1.27, abs=0.01),
        3,
    )
    # A font of the theme would count before ours.
    assert not [name for name in styles["Normal"].element.rPr.rFonts.attrib if "Theme" in name]
    assert {styles["Normal"].element.rPr.rFonts.get(qn(f"w:{script}")) for script in ("eastAsia", "cs")} == {FONT}


def millimetres(*lengths):
    return [round(length.mm) for length in lengths]


def sizes(document, words):
    return {
        (run.font.size.pt, bool(run.font.bold), bool(run.font.italic))
        for paragraph in document.element.body.iter(qn("w:p"))
        for run in Paragraph(paragraph, document).runs
        if words in run.text
    }


def test_the_head_of_the_state():
    document = opened(filled(drawn()))
    words = text_of(filled(drawn()))
    for line in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số:      /BC-BCĐ"):
        assert line in words
    assert not {"*", "ĐẢNG CỘNG SẢN VIỆT NAM"} & set(words.split("\n"))
    assert sizes(document, "CỘNG HÒA") == {(12, True, False)}
    assert sizes(document, "Độc lập") == {(13, True, False)}
    assert sizes(document, "ỦY BAN NHÂN DÂN HUYỆN") == {(12, False, False)}
    assert sizes(document, "Tam Đường, ngày") == {(13, False, True)}
    assert sizes(document, "BÁO CÁO") == {(14, True, False)}
    assert sizes(document, "Nơi nhận:") == {(12, True, True)}
    assert sizes(document, "Như trên") == {(11, False, False)}
    # The rules under motto and issuing body, and under what it is about.
    assert len(list(document.element.body.iter(qn("w:pBdr")))) == 3
    assert Paper(Layout.STATE).end == "./."


def test_the_head_of_the_party():
    document = opened(filled(drawn(Layout.PARTY)))
    lines = text_of(filled(drawn(Layout.PARTY))).split("\n")
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in lines
    assert "*" in lines
    assert "-----" in lines
    assert not [line for line in lines if "CỘNG HÒA" in line or "Độc lập" in line]
    assert sizes(document, "ĐẢNG CỘNG SẢN") == {(15, True, False)}
    runs = [run for cell in document.tables[0].rows[0].cells for one in cell.paragraphs for run in one.runs]
    assert [run.font.underline for run in runs if "ĐẢNG CỘNG" in run.text] == [True]
    assert Paper(Layout.PARTY).end == "."


def test_a_table_repeats_its_head_and_groups_its_rows():
    document = opened(filled(drawn()))
    table = document.tables[-1]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["STT", "Tên"], ["Nhóm", "Nhóm"], ["2", "A"]]


# -- what is filled in is text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<w:p>&amp; </w:t> < & > \" '",
        "{{ 7*7 }} {% for x in y %} {# #} {_{ }_} {_% %_}",
        "=HYPERLINK(1) +cmd|' /C calc'!A0",
        "\u202etừ phải sang trái\u202c \u200f",
        "Thuỷ sản, Đảng uỷ – “ngoặc”",
    ],
)
def test_a_text_comes_through_letter_by_letter_and_does_nothing(text):
    document = opened(filled(template("Trước {{ so }} sau"), {"so": text}))
    assert [one.text for one in document.paragraphs] == [f"Trước {text} sau"]


def test_control_characters_go_and_line_breaks_become_paragraphs():
    text = "một\x00\x07\x0b\x1b\ud800\ufffe\r\nhai\rba\n"
    document = opened(filled(template("- {{ so }}"), {"so": text}))
    assert [one.text for one in document.paragraphs] == ["- một", "hai", "ba"]
    assert plain({"a": ["x\x01", 3, None]}) == {"a": ["x", 3, None]}


def test_a_megabyte_of_text_comes_through():
    text = "chữ <&{{ }} " * 90_000
    assert opened(filled(template("{{ so }}"), {"so": text})).paragraphs[0].text == text


def test_it_says_who_made_it_and_what_it_must_say_even_where_the_template_does_not():
    content = filled(template("{{ so }}"), {"so": "1"}, must_say="Số liệu minh họa")
    assert text_of(content).split("\n")[0] == "(Số liệu minh họa)"
    properties = opened(content).core_properties
    assert (properties.title, properties.author) == ("Báo cáo", "Nguyễn Thị Hoa")
    once = text_of(filled(template("(số liệu minh họa) {{ so }}"), {"so": "1"}, must_say="Số liệu minh họa"))
    assert once.casefold().count("số liệu minh họa") == 1


# -- what a template may not do ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{{ ''.__class__ }}", "không được dùng"),
        ("{{ so.__class__.__mro__ }}", "không được dùng"),
        ("{{ so|attr('x') }}", "không được dùng"),
        ("{{ range(9) }}", "không được dùng"),
        ("{{ so * 9999 }}", "không được dùng"),
        ("{{ so ~ so }}", "không được dùng"),
        ("{% set x = 1 %}", "không được dùng"),
        ("{% include 'x' %}", "không được dùng"),
        ("{% macro a() %}{% endmacro %}", "không được dùng"),
        ("{% if so %}", "chưa đúng"),
        ("{{ sai_ten }}", "“sai_ten”"),
        ("{% for n in cau %}{{ n.sai_truong }}{% endfor %}", "“sai_truong”"),
        ("{% if so == '9' %}{{ sai_trong_nhanh }}{% endif %}", "“sai_trong_nhanh”"),
        ("Không có chỗ điền", "không có chỗ điền nào"),
    ],
)
def test_a_template_that_asks_for_more_is_told_what(words, told):
    (problem,) = problems_of(template(words), HEAD)
    assert told in problem


def test_a_template_cannot_repeat_without_end():
    many = {"cau": ["x"] * 400}
    nested = "{% for a in cau %}{% for b in cau %}{% endfor %}{% endfor %}"
    assert "lặp quá nhiều" in problems_of(template(nested), many)[0]
    with pytest.raises(CannotFill, match="lặp quá nhiều"):
        filled(template(nested), many)
    long = {"cau": ["x"] * 5_000, "so": "y" * 20_000}
    assert "lặp quá nhiều" in problems_of(template("{% for a in cau %}{{ so }}{% endfor %}"), long)[0]


def test_what_may_stand_in_a_template():
    words = "{% for c in cau %}{{ loop.index }}) {{ c|upper }}{% if not loop.last %}, {% endif %}{% endfor %}"
    assert problems_of(template(words), HEAD) == []
    assert opened(filled(template(words))).paragraphs[0].text == "1) MỘT, 2) HAI"
    # A name that is not there any more is left out of an old template's document.
    assert opened(filled(template("a{{ da_bo.ten }}b"))).paragraphs[0].text == "ab"


def rels(kind, target="http://x.vn/a", mode=' TargetMode="External"'):
    relation = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}" Target="{target}"{mode}/></Relationships>'
    )


def with_field(code):
    field = f'<w:p><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r></w:p>'.encode()
    return part_of(drawn(), "word/document.xml").replace(b"<w:sectPr", field + b"<w:sectPr", 1)


def of_part(name, change):
    """A good file with one of its parts changed, or added."""
    good = drawn()
    return repacked(good, **{name.replace("/", "__").replace(".", "_DOT_"): change(part_of(good, name))})


def relating(*given):
    return lambda: repacked(drawn(), word___rels__a_DOT_xml_DOT_rels=rels(*given))


HOSTILE = {
    "macros": (lambda: repacked(drawn(), word__vbaProject_DOT_bin=b"x"), "macro"),
    "object inside": (lambda: repacked(drawn(), word__embeddings__a_DOT_xlsx=b"x"), "nhúng"),
    "template elsewhere": (relating("attachedTemplate"), "nơi khác"),
    "picture elsewhere": (relating("image"), "nơi khác"),
    "object by relation": (relating("oleObject", "a.bin", ""), "nhúng"),
    "entities": (
        lambda: of_part("word/document.xml", lambda text: b'<!DOCTYPE a [<!ENTITY b "c">]>' + text),
        "DOCTYPE",
    ),
    "program": (lambda: repacked(drawn(), word__document_DOT_xml=with_field("DDEAUTO cmd x")), "DDE"),
    "file": (lambda: repacked(drawn(), word__document_DOT_xml=with_field('INCLUDETEXT "C:/x"')), "INCLUDETEXT"),
    "with macros": (lambda: of_part("[Content_Types].xml", lambda text: text.replace(b"document.main", b"x")), ".docm"),
    "not closed": (lambda: of_part("word/document.xml", lambda text: text.replace(b"{{ so }}", b"{{ so")), "thiếu dấu"),
    "bomb": (lambda: repacked(drawn(), word__media__a_DOT_png=b"\0" * (41 << 20)), "bung ra"),
    "long text": (lambda: of_part("word/document.xml", lambda text: text + b" " * (3 << 20)), "quá 2 MB"),
    "cut off": (lambda: drawn()[:-30], "không mở được"),
    "text": (lambda: b"a,b,c", "không mở được"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_may_not_be_kept_says_why(name):
    content, told = HOSTILE[name]
    assert told in problem_with(content())


def test_a_harmless_file_may_be_kept():
    assert problem_with(drawn()) == ""
    assert problem_with(repacked(drawn(), word___rels__settings_DOT_xml_DOT_rels=rels("hyperlink"))) == ""
    assert problem_with(repacked(drawn(), customXml__item1_DOT_xml=b'<a>{"b": {"c": 1}}</a>')) == ""


def test_broken_files_are_refused_and_never_crash():
    chance = random.Random(6)
    good = drawn()
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        names = [part.filename for part in package.infolist() if part.filename.endswith((".xml", ".rels"))]
    outcomes = set()
    for round_ in range(60):
        if round_ % 4 == 0:
            content = bytearray(good)
            for _ in range(8):
                content[chance.randrange(len(content))] = chance.randrange(256)
            content = bytes(content)
        else:
            name = chance.choice([*names, "word/document.xml", "word/document.xml"])
            part = bytearray(part_of(good, name))
            at = chance.randrange(len(part))
            if round_ % 4 == 1:
                del part[at : at + chance.randrange(1, 300)]
            else:
                part[at:at] = chance.choice([b"{{", b"{%p for a in b %}", b"</w:tbl>", b"\x00", part[:200]])
            content = repacked(good, **{name.replace("/", "__").replace(".", "_DOT_"): bytes(part)})
        problem = problem_with(content) or next(iter(problems_of(content, HEAD)), "")
        if not problem:
            # A changed byte in a style harms nothing: then it is filled.
            assert "BAN CHỈ ĐẠO" in text_of(filled(content))
        outcomes.add(bool(problem))
    assert outcomes == {True, False}
