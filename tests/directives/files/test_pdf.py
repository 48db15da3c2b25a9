"""What a PDF says: its letters in their places, its lines as paragraphs again."""

import pytest

from directives.files import MOST_PAGES, MOST_SCANNED_PAGES, OCR_REMARK, CannotRead, ocr, programs, text_of
from directives.files import pdf as pdf_file
from directives.files.layout import Line, paragraphs
from tests.directives.files.making import need, pdf, sample, scan


def lines(*texts, left=60, right=560, top=700, size=14, step=20):
    """Lines under one another, each as (text, left, right) or as a text that fills its line."""
    given = [text if isinstance(text, tuple) else (text, left, right) for text in texts]
    return [Line(text, x0, x1, top - step * index, size) for index, (text, x0, x1) in enumerate(given)]


def joined(*pages):
    return paragraphs(list(pages))[0].split("\n\n")


def test_a_document_of_a_real_program():
    found = text_of("thong-bao.pdf", sample("thong-bao.pdf"))
    assert (found.pages, found.remark) == (1, "")
    blocks = found.text.split("\n\n")
    assert blocks[:1] == ["UBND HUYỆN SÔNG TRĂNG"]
    assert blocks.index("Số: 17/TB-BCĐ") < blocks.index("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT")
    assert "II. NHIỆM VỤ" in blocks
    assert (
        "1. Ủy ban nhân dân các xã rà soát từng tiêu chí chưa đạt, lập kế hoạch thực hiện cụ thể, gửi Văn phòng Điều phối "
        "trước ngày 15/4/2024."
    ) in blocks
    assert (
        "1 | Đo lại các tuyến đường trục thôn chưa được cứng hóa của cả bốn xã phía tây | Phòng Hạ tầng | 30/6/2024"
        in blocks
    )
    assert blocks[-5:] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TRƯỞNG BAN", "Trần Thị Đặng"]


def test_letters_written_after_their_line_come_to_their_place():
    # As programs do whose font lacks a letter: the line with a gap, then the letter.
    stream = b"BT /F1 12 Tf 72 700 Td [(H)-610(p giao ban thang nay)] TJ ET BT /F1 12 Tf 80.9 700 Td (o) Tj ET"
    assert text_of("a.pdf", pdf(stream=stream)).text == "Hop giao ban thang nay"


def test_a_word_written_in_pieces_stays_one():
    stream = b"BT /F1 12 Tf 72 700 Td (Thong b) Tj (ao ket lu) Tj (an cuoc hop) Tj ET"
    assert text_of("a.pdf", pdf(stream=stream)).text == "Thong bao ket luan cuoc hop"


def test_wrapped_lines_are_one_paragraph():
    assert joined(
        lines(
            ("Ủy ban nhân dân các xã rà soát từng tiêu chí", 95, 560),
            "chưa đạt, báo cáo Phòng",
            ("Nông nghiệp.", 60, 150),
        )
    ) == ["Ủy ban nhân dân các xã rà soát từng tiêu chí chưa đạt, báo cáo Phòng Nông nghiệp."]


def test_a_line_that_had_room_for_the_next_word_ends_its_paragraph():
    page = lines("Một câu dài cho đến hết dòng này và", ("hết ở đây", 60, 300), ("Giao các xã", 60, 200))
    assert joined(page) == ["Một câu dài cho đến hết dòng này và hết ở đây", "Giao các xã"]


def test_marks_and_indents_begin_paragraphs():
    assert joined(
        lines(
            ("- Rà soát từng tiêu chí chưa đạt của xã;", 95, 560), ("- Báo cáo kết quả về Phòng Nông nghiệp.", 95, 555)
        )
    ) == [
        "- Rà soát từng tiêu chí chưa đạt của xã;",
        "- Báo cáo kết quả về Phòng Nông nghiệp.",
    ]
    assert len(joined(lines("Một câu dài cho đến hết dòng này", ("Đoạn sau lùi đầu dòng như thường lệ", 95, 560)))) == 2


def test_a_dash_between_two_words_may_begin_a_line():
    text = ("Đồng chí Phó Bí thư Huyện ủy", 95, 560), "- Trưởng Ban Chỉ đạo chủ trì cuộc họp và kết luận:"
    assert len(joined(lines(*text))) == 1


def test_a_sentence_goes_on_over_the_page_and_its_number_is_left_out():
    first = [*lines("2", top=800, left=300, right=306), *lines("Các xã hoàn thành hồ sơ đề nghị", top=60)]
    second = [*lines("3", top=800, left=300, right=306), *lines(("thẩm định trước ngày 30/9.", 60, 250), top=760)]
    assert joined(first, second) == ["Các xã hoàn thành hồ sơ đề nghị thẩm định trước ngày 30/9."]


def test_notes_at_the_foot_are_left_out_and_counted():
    page = lines("Câu chính của trang này rất dài", "kéo xuống dòng thứ hai của nó", top=700) + lines(
        "1 Theo Quyết định số 5", "2 Theo Kế hoạch số 6", top=80, size=10
    )
    assert paragraphs([page]) == ("Câu chính của trang này rất dài kéo xuống dòng thứ hai của nó", 2)


def test_recipients_in_small_letters_are_no_notes():
    page = lines("Câu chính của trang này rất dài") + lines("Nơi nhận:", "- Như trên;", top=80, size=10, right=150)
    assert paragraphs([page])[1] == 0


def test_a_date_broken_in_a_cell_is_whole():
    cells = [Line("1", 60, 66, 700, 14, 1), Line("30/6/202", 400, 450, 700, 14, 2), Line("4", 400, 407, 680, 14, 2)]
    assert joined(cells) == ["1 | 30/6/2024"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pdf(MOST_PAGES + 1), f"có {MOST_PAGES + 1} trang, nhiều nhất đọc được {MOST_PAGES} trang"),
        (
            pdf(trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/ID[(a)(b)]" % (b"x" * 32, b"y" * 32)),
            "có đặt mật khẩu",
        ),
        (b"%PDF-1.7 rubbish", "bị hỏng"),
        (pdf()[:300], "bị hỏng"),
        (pdf(stream=b""), "không có chữ nào"),
    ],
    ids=["long", "locked", "rubbish", "cut", "blank"],
)
def test_what_is_wrong_is_said(content, words):
    with pytest.raises(CannotRead, match=words) as error:
        text_of("quet.pdf", content)
    assert str(error.value).startswith("Tệp “quet.pdf” ")


def test_more_text_than_any_notice_has_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(pdf(2))
    monkeypatch.setattr(pdf_file, "MOST_CHARACTERS", 50)
    assert pdf_file.read(tmp_path / "a.pdf", 2) == {"problem": "wordy"}


def test_as_many_pages_as_allowed_are_read():
    assert text_of("dai.pdf", pdf(MOST_PAGES)).pages == MOST_PAGES


@pytest.fixture
def drawn(tmp_path):
    (tmp_path / "a.pdf").write_bytes(sample("thong-bao.pdf"))
    pdf_file.draw(tmp_path / "a.pdf", tmp_path, [1])
    return (tmp_path / "1.pgm").read_bytes()


def test_a_scan_is_read_by_its_looks(drawn):
    need("tesseract")
    found = text_of("quet.pdf", scan(drawn))
    assert (found.pages, found.remark) == (1, OCR_REMARK)
    assert "gửi Văn phòng Điều phối trước ngày 15/4/2024." in found.text


def test_the_words_of_a_signature_do_not_make_a_scan_a_text(drawn, monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    signed = scan(drawn).replace(
        b"/I Do Q", b"/I Do Q BT /F1 9 Tf 72 800 Td (Nguoi ky: Uy ban nhan dan huyen) Tj ET", 1
    )
    signed = signed.replace(b"/Length 27>>", b"/Length 88>>", 1)
    with pytest.raises(CannotRead, match="là bản quét"):
        text_of("quet.pdf", signed)


def test_a_scan_without_the_program_is_said(drawn, monkeypatch):
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    with pytest.raises(CannotRead, match="Tệp “quet.pdf” là bản quét .* dán nội dung văn bản vào ô"):
        text_of("quet.pdf", scan(drawn))


def test_scanned_pages_among_others_are_named(monkeypatch):
    answer = {"pages": [[["Giao các xã rà soát", 60, 560, 700, 14, 0]], [], [], []], "scans": [2, 3, 4], "footnotes": 0}
    monkeypatch.setattr("directives.files._Reader._ask", lambda self, *arguments: answer)
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    found = text_of("a.pdf", pdf())
    assert found.text == "Giao các xã rà soát"
    assert found.remark == "Trang 2–4 là ảnh quét, chưa đọc được: xem bản gốc."


def test_too_many_scanned_pages_are_refused(monkeypatch):
    count = MOST_SCANNED_PAGES + 1
    answer = {"pages": [[]] * count, "scans": list(range(1, count + 1))}
    monkeypatch.setattr("directives.files._Reader._ask", lambda self, *arguments: answer)
    monkeypatch.setattr(ocr, "is_installed", lambda: True)
    with pytest.raises(CannotRead, match=f"có {count} trang quét"):
        text_of("a.pdf", pdf())


@pytest.mark.parametrize(
    ("failure", "words"), [(programs.TookTooLong, "quá lâu"), (programs.ProgramFailed, "ảnh bị hỏng")]
)
def test_recognition_that_fails_is_said(drawn, monkeypatch, failure, words):
    def fail(*arguments, **options):
        raise failure

    monkeypatch.setattr(ocr, "is_installed", lambda: True)
    monkeypatch.setattr(ocr, "read_pictures", fail)
    with pytest.raises(CannotRead, match=words):
        text_of("quet.pdf", scan(drawn))
