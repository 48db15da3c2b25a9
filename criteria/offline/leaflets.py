"""What goes with the table of a form: how to fill it, and the hidden page by which the file is known again."""

from criteria.offline.layout import GUIDE, KEY, VERSION, Origin
from ntm_tracker.spreadsheet.measuring import height
from ntm_tracker.spreadsheet.writing import FONT, clean


def write_guide(book, form):
    sheet = book.add_worksheet(GUIDE)
    plain = book.add_format({"font_name": FONT, "font_size": 12, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": FONT, "font_size": 14, "bold": True, "text_wrap": True})
    sheet.set_column(0, 0, 110)
    lines = [
        "1. Ở trang “Phiếu đánh giá”, mỗi dòng là một chỉ tiêu của một địa bàn. Chỉ nhập vào các ô nền vàng.",
        "2. Chỉ tiêu có số: nhập “Giá trị”, hoặc nhập cả “Tử số” và “Mẫu số” để phần mềm tính tỷ lệ; không nhập cả hai.",
        "3. Chỉ tiêu phải đạt cho cả nam và nữ: nhập hai tỷ lệ ở cột “Nam (%)” và “Nữ (%)”.",
        "4. Chỉ tiêu đạt/chưa đạt: chọn ở cột “Kết luận”. Chỉ tiêu có số thì để trống cột này: phần mềm tự so với mức đạt "
        "chuẩn. Kết luận khác với mức, hoặc không áp dụng, thì ghi lý do ở cột “Ghi chú”.",
        "5. Xóa trắng các ô của một dòng là xóa kết quả đang lưu của chỉ tiêu đó.",
        "6. Không chèn, xóa, đổi chỗ dòng và cột; lọc theo địa bàn, tiêu chí bằng mũi tên ở dòng tiêu đề thì được. Dòng "
        "không cần nhập thì để nguyên.",
        "7. Gửi lại: mở “Phiếu đánh giá”, chọn “Gửi lại phiếu Excel”, chọn tệp này. Phần mềm cho xem từng ô mới, từng ô đổi "
        "từ giá trị nào thành giá trị nào rồi mới lưu; ô đã có người khác sửa sau khi tải phiếu thì hiện cả hai giá trị.",
    ]
    if form.enterable.locked:
        lines += ["", "Không có trong phiếu này:"]
        lines += [f"– {sentence}" for _, sentence in form.enterable.locked]
    sheet.write_string(0, 0, "CÁCH ĐIỀN VÀ GỬI LẠI PHIẾU", bold)
    for number, line in enumerate(lines, start=2):
        sheet.set_row(number, height(line, 110, 12, False))
        sheet.write_string(number, 0, clean(line), plain)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.protect()


def write_key(book, form, rows):
    """The hidden page by which the file is known again. It is not for people."""
    sheet = book.add_worksheet(KEY)
    origin = Origin(
        VERSION,
        form.period.code,
        form.criteria_set.code,
        str(form.opinion),
        rows,
        form.taken,
    )
    for number, (label, value) in enumerate(
        [
            ("Phiên bản", str(VERSION)),
            ("Chữ ký", origin.signed()),
        ]
    ):
        sheet.write_string(number, 0, label)
        sheet.write_string(number, 1, value)
    sheet.very_hidden()
    sheet.protect()
