"""What a Word document says, with the numbers Word sets itself."""

import pytest

from directives.files import CannotRead, text_of
from tests.directives.files.making import docx, item, p, sample, table


def read(*body, **parts):
    return text_of("tb.docx", docx("".join(body), **parts)).text.split("\n\n")


def level(depth, form, pattern, more=""):
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{pattern}"/></w:lvl>'


def numbering(*levels, instances='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'):
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{instances}'


OUTLINE = numbering(
    level(0, "upperRoman", "%1."),
    level(1, "decimal", "%2."),
    level(2, "lowerLetter", "%3)"),
    level(3, "bullet", "-"),
    level(4, "decimal", "%2.%5", "<w:isLgl/>"),
)


def test_numbers_of_lists_stand_before_the_words():
    found = read(
        item("ĐÁNH GIÁ"),
        item("NHIỆM VỤ"),
        item("Các xã", level=1),
        item("Rà soát", level=2),
        item("Báo cáo", level=2),
        p("Chen giữa"),
        item("Các phòng", level=1),
        item("Hướng dẫn", level=2),
        item("Hồ sơ", level=3),
        item("Biểu", level=4),
        item("TỔ CHỨC"),
        item("Giao", level=1),
        numbering=OUTLINE,
    )
    assert found == [
        "I. ĐÁNH GIÁ",
        "II. NHIỆM VỤ",
        "1. Các xã",
        "a) Rà soát",
        "b) Báo cáo",
        "Chen giữa",
        "2. Các phòng",
        "a) Hướng dẫn",
        "- Hồ sơ",
        "2.1 Biểu",
        "III. TỔ CHỨC",
        "1. Giao",
    ]


def test_a_list_counts_on_unless_it_says_where_to_begin():
    instances = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{override}</w:num>'
        for number, override in (
            (1, ""),
            (2, ""),
            (3, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        )
    )
    lists = numbering(level(0, "decimal", "%1."), instances=instances)
    found = read(item("a", 1), item("b", 2), item("c", 3), item("d", 3), item("e", 0), item("f", 9), numbering=lists)
    assert found == ["1. a", "2. b", "1. c", "2. d", "e", "f"]


@pytest.mark.parametrize(
    ("form", "count", "label"),
    [
        ("lowerLetter", 27, "aa"),
        ("upperLetter", 2, "B"),
        ("lowerRoman", 4, "iv"),
        ("upperRoman", 19, "XIX"),
        ("decimalZero", 3, "03"),
        ("bullet", 1, "-"),
    ],
)
def test_forms_of_numbers(form, count, label):
    pattern = "\uf0b7" if form == "bullet" else "%1"
    found = read(*[item("x")] * count, numbering=numbering(level(0, form, pattern)))
    assert found[-1] == f"{label} x"


def test_plus_signs_of_bullets_stay():
    assert read(item("x"), numbering=numbering(level(0, "bullet", "+"))) == ["+ x"]


def test_a_style_may_number_its_paragraphs():
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="H3"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    lists = numbering(level(0, "decimal", "%1."), level(1, "decimal", "%1.%2.", '<w:pStyle w:val="H3"/>'))
    styled = [p(name, properties=f'<w:pStyle w:val="{name}"/>') for name in ("H1", "H2", "H3")]
    assert read(*styled, styles=styles, numbering=lists) == ["1. H1", "2. H2", "2.1. H3"]


def test_insertions_are_in_and_deletions_are_out():
    gone = "<w:del><w:r><w:delText>15/4</w:delText></w:r></w:del>"
    new = "<w:ins><w:r><w:t>30/4</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>cũ</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t> mới</w:t></w:r></w:moveTo>"
    joined = p("Đầu ", properties="<w:rPr><w:del/></w:rPr>")
    row_gone = "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("bỏ") + "</w:tc></w:tr></w:tbl>"
    assert read(p("Trước ", gone, new, moved), joined, p("cuối"), row_gone) == ["Trước 30/4 mới", "Đầu cuối"]


def test_breaks_tabs_hidden_words_and_capitals():
    run = "<w:r><w:t>một</w:t><w:br/><w:t>hai</w:t><w:tab/><w:t>ba</w:t><w:noBreakHyphen/><w:t>bốn</w:t></w:r>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
    capitals = "<w:r><w:rPr><w:caps/></w:rPr><w:t> năm</w:t></w:r>"
    code = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    assert read(p(run, hidden, capitals, code)) == ["một\nhai ba-bốn NĂM"]


def test_wrappers_are_looked_through():
    control = "<w:sdt><w:sdtContent>" + p("khung") + "</w:sdtContent></w:sdt>"
    link = "<w:hyperlink><w:r><w:t>liên kết</w:t></w:r></w:hyperlink>"
    assert read(control, p("Xem ", link)) == ["khung", "Xem liên kết"]


def test_a_text_box_comes_once_after_its_paragraph():
    namespaces = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent>" + p("HỎA TỐC") + "</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent {namespaces}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read(p("Số: 1", both), p("sau")) == ["Số: 1", "HỎA TỐC", "sau"]


def test_rows_of_a_table_and_the_columns_of_a_letterhead():
    letterhead = table(["UBND HUYỆN", "CỘNG HÒA"], ["Số: 1", "ngày 2"], borders=False)
    plan = table(["STT", "Việc", "Hạn"], ["1", p("Rà") + p("soát"), ""])
    pair = table(["Việc", "Hạn"], ["Rà soát", "15/4"])
    assert read(letterhead, plan, pair) == [
        *("UBND HUYỆN", "Số: 1", "CỘNG HÒA", "ngày 2"),
        "STT | Việc | Hạn\n1 | Rà soát | ",
        "Việc | Hạn\nRà soát | 15/4",
    ]


def test_old_fonts_are_made_readable_run_by_run():
    def run(font, text):
        return f'<w:r><w:rPr><w:rFonts w:ascii="{font}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'

    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr></w:style>'
    )
    assert read(
        p(run(".VnTimeH", "th«ng b¸o"), " cña x· ", run("VNI-Times", "huyeän "), run("Times New Roman", "cá")),
        styles=styles,
    ) == ["THÔNG BÁO của xã huyện cá"]


def test_footnotes_are_left_out_and_said():
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    found = text_of("tb.docx", docx(p("Câu", note, " tiếp")))
    assert found.text == "Câu tiếp"
    assert found.remark == "Bỏ qua 1 chú thích cuối trang."


def test_a_document_of_a_real_program():
    text = text_of("thong-bao.docx", sample("thong-bao.docx")).text
    assert "BAN CHỈ ĐẠO NÔNG THÔN MỚI\nSố: 17/TB-BCĐ\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    for heading in ("I. ĐÁNH GIÁ CHUNG", "II. NHIỆM VỤ", "1. Ủy ban nhân dân các xã", "2. Phòng Nông nghiệp"):
        assert f"\n\n{heading}" in text
    assert "\n2 | Lắp biển báo | UBND các xã | Quý III\n" in text


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (docx(p("&b;"), prolog=BOMB), "khai báo lạ"),
        (docx(p("x"), prolog='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "khai báo lạ"),
        (docx(p("x" * (25 << 20))), "phình to bất thường"),
        (docx(p("x"), **{f"m{i}": b"" for i in range(5001)}), "phình to bất thường"),
        (docx(p("x")).replace(b"word/document.xml", b"word/dokument.xml"), "không có nội dung văn bản"),
        (docx(p("x")).replace(b"word/document.xml", b"xl/workbook.xml\0\0"), "không"),
        (docx("<w:p>"), "bị hỏng"),
        (docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "bị hỏng"),
        (docx(p("x"))[:-40], "bị hỏng"),
        (b"PK\x03\x04" + b"\0" * 100, "bị hỏng"),
        (docx(""), "không có chữ nào"),
    ],
    ids=[
        "entities",
        "outside",
        "swollen",
        "members",
        "no document",
        "spreadsheet",
        "xml",
        "deep",
        "cut",
        "no zip",
        "blank",
    ],
)
def test_what_is_wrong_is_said(content, words):
    with pytest.raises(CannotRead, match=words) as error:
        text_of("thư mục/tb.docx", content)
    assert str(error.value).startswith("Tệp “tb.docx” ")
