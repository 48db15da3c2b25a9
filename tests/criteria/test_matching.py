"""criteria/matching.py: files are matched by their names as people write them, and dates are not taken for indicators."""

import unicodedata

import pytest

from criteria.matching import match_file

# Criteria 5, 11, 12 of one indicator: 5 and 11 with the criterion's own number, 12 with one below it.
CODES = {"1.1": 1, "1.2": 1, "5": 5, "6.3": 6, "9.1": 9, "9.2": 9, "11": 11, "12.1": 12}
CODES |= {f"15.{i}": 15 for i in range(1, 5)} | {f"17.{i}": 17 for i in range(1, 13)} | {"13.1": 13, "13.2": 13}
CODES_OF_SCHOOLS = {"5.1": 5, "5.2": 5, "5.3": 5, "17.1": 17, "17.10": 17, "3": 3}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("17.1_bien-ban.pdf", "17.1"),
        ("17.10 Quyết định.pdf", "17.10"),
        ("17.10.pdf", "17.10"),
        ("17.1.pdf", "17.1"),
        ("17.1.bien ban.pdf", "17.1"),
        ("17.1-2024 bien ban.pdf", "17.1"),
        ("17.10_2.pdf", "17.10"),
        ("17.01 ảnh.jpg", "17.1"),
        ("01.2 ảnh.jpg", "1.2"),
        ("[15.3] Danh sách.xlsx", "15.3"),
        ("TC15.3 - Biên bản.pdf", "15.3"),
        ("tc 15.3.pdf", "15.3"),
        ("TC_15_3 biên bản.pdf", "15.3"),
        ("Tiêu chí 15.3.docx", "15.3"),
        ("Chỉ tiêu 15.3.docx", "15.3"),
        ("CT15.3 ảnh.png", "15.3"),
        ("Biên bản TC15.3.pdf", "15.3"),
        ("Tieu chi so 5.docx", "5"),
        ("TC5.docx", "5"),
        ("TC05 - 2024.docx", "5"),
        ("TC5_2024.docx", "5"),
        ("Tiêu chí 11 năm 2024.pdf", "11"),
        ("5 Báo cáo.docx", "5"),
        ("05. Báo cáo.docx", "5"),
        ("5.docx", "5"),
        ("5 (2).docx", "5"),
        ("5_bao-cao.docx", "5"),
        ("12 Lao động.docx", "12.1"),
        ("15-3 bien ban.pdf", "15.3"),
        ("15_3_bien_ban.pdf", "15.3"),
        ("17/17.1/bien-ban.pdf", "17.1"),
        ("Tieu chi 17.1/bien-ban.pdf", "17.1"),
        ("Minh chứng/TC17/17.10 Rác thải/ảnh 1.jpg", "17.10"),
        ("Minh chứng 2024/5 Báo cáo.docx", "5"),
        ("17\\17.2\\bien-ban.pdf", "17.2"),
        ("17.1/1 Quyết định.pdf", "17.1"),
        ("05 Trường học/11 Quyết định.pdf", "5"),
        ("05 Trường học/2024-03-31.pdf", "5"),
        ("2. Hồ sơ xã/15.3 Biên bản.pdf", "15.3"),
        ("17.2/TC17 bien ban.pdf", "17.2"),
        ("15.3 Biên bản tiêu chí 15.pdf", "15.3"),
    ],
)
def test_names_that_say_their_indicator(path, code):
    assert match_file(path, CODES).code == code
    # Some systems send the marks of letters apart.
    assert match_file(unicodedata.normalize("NFD", path), CODES).code == code


@pytest.mark.parametrize(
    "path",
    [
        "bien-ban.pdf",
        "Biên bản 15.3.pdf",  # what stands behind words may be a day, a price, a number of something
        "2024-03-31 bien ban.pdf",
        "20240331.pdf",
        "15.4.2024.pdf",
        "15.4.2024 bien ban.pdf",
        "15.4.24.pdf",
        "TC15.4.2024.pdf",
        "15-4-2024.pdf",
        "15_4_2024.pdf",
        "31-03-2024 bien ban.pdf",
        "5-2024 bao cao.pdf",
        "5.2024 bao cao.pdf",
        "5 2024.pdf",
        "11_1.pdf",
        "11-2023.pdf",
        "5 tháng đầu năm.docx",
        "11 ngày.docx",
        "QĐ 318.pdf",
        "CT 05.pdf",
        "Chỉ thị 05-CT.pdf",
        "318 QĐ.pdf",
        "17.13.pdf",
        "17.100.pdf",
        "117.1.pdf",
        "20 Phụ lục.docx",
        "0 mục lục.docx",
        "5km đường.pdf",
        "atc5 ảnh.pdf",
        "",
        ".pdf",
    ],
)
def test_names_that_do_not(path):
    match = match_file(path, CODES)
    assert match.code == ""
    assert match.reason == "Tên không ghi chỉ tiêu nào của bộ này."


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("TC17.pdf", "Tiêu chí 17 có 12 chỉ tiêu: chọn một."),
        ("17 Môi trường/ảnh.jpg", "Tiêu chí 17 có 12 chỉ tiêu: chọn một."),
        ("17/1 ảnh.jpg", "Tiêu chí 17 có 12 chỉ tiêu: chọn một."),
        ("TC15.3, TC15.4.pdf", "Tên ghi nhiều chỉ tiêu (15.3, 15.4): chọn một."),
        ("13/15.4 bien ban.pdf", "Tên ghi cả tiêu chí 15 và 13: chọn một chỉ tiêu."),
        ("Tiêu chí 13/15.4 bien ban.pdf", "Tên ghi cả tiêu chí 15 và 13: chọn một chỉ tiêu."),
        ("13.1/TC5.pdf", "Tên ghi cả tiêu chí 5 và 13: chọn một chỉ tiêu."),
    ],
)
def test_names_that_leave_it_open_and_why(path, reason):
    match = match_file(path, CODES)
    assert (match.code, match.reason) == ("", reason)


def test_a_number_is_read_by_the_set_it_is_in():
    assert match_file("5.2_bien-ban.pdf", CODES_OF_SCHOOLS).code == "5.2"
    assert match_file("5.2_bien-ban.pdf", CODES).code == ""
    assert match_file("3 Đường.pdf", CODES_OF_SCHOOLS).code == "3"
    assert match_file("5 Trường học.pdf", CODES_OF_SCHOOLS).reason == "Tiêu chí 5 có 3 chỉ tiêu: chọn một."
