"""Small texts in the manner of such documents: each layout and each rule of what a task is."""

from datetime import date

import pytest

from directives.reading import read
from directives.reading.criteria import criteria_of
from directives.reading.places import places_of
from directives.reading.text import key_of


def tasks(text):
    return read(text).tasks


def test_hard_line_breaks_are_undone():
    (task,) = tasks(
        "I. NHIỆM VỤ TRỌNG TÂM\n\n"
        "- Rà soát, hoàn thiện hồ sơ đề nghị công nhận xã đạt chuẩn nông thôn\n"
        "mới nâng cao, trình Ủy ban nhân dân huyện trước\n"
        "ngày 30/6/2024.\n"
    )
    assert task.text.endswith("trước ngày 30/6/2024.")
    assert task.deadline.due == date(2024, 6, 30)


def test_a_page_break_in_mid_sentence_is_no_end():
    first, second = tasks(
        "II. NHIỆM VỤ\n\n- Đẩy mạnh tuyên truyền, vận động cán bộ, công\n\n"
        "        2\n\nchức đóng góp kinh phí trong quý III/2024.\n\n- Hoàn thiện hồ sơ.\n"
    )
    assert first.deadline.kind == "quarter"
    assert second.text == "Hoàn thiện hồ sơ."


def test_a_footnote_gives_no_date_and_no_task():
    (task,) = tasks(
        "II. NHIỆM VỤ\n\n- Rà soát các hộ nghèo trên địa bàn huyện,\n\n"
        "1 Theo Quyết định số 12/QĐ-UBND trước ngày 20/10/2021 của UBND huyện.\n\n"
        "báo cáo kết quả trước ngày 30/6/2024.\n"
    )
    assert task.deadline.due == date(2024, 6, 30)


@pytest.mark.parametrize(
    "rows",
    [
        "| TT | Nhiệm vụ | Chủ trì | Phối hợp | Thời gian |\n|---|---|---|---|---|\n"
        "| 1 | Rà soát quy hoạch chung xã | Phòng Kinh tế | Các thôn | Trước 15/9/2025 |\n"
        "| 2 | Vận hành tổ thu gom rác thải | Hội LHPN xã | Trưởng các thôn | Hằng tuần |\n",
        "TT\tNhiệm vụ\tChủ trì\tPhối hợp\tThời gian\n"
        "1\tRà soát quy hoạch chung xã\tPhòng Kinh tế\tCác thôn\tTrước 15/9/2025\n"
        "2\tVận hành tổ thu gom rác thải\tHội LHPN xã\tTrưởng các thôn\tHằng tuần\n",
        "TT   Nhiệm vụ                       Chủ trì         Phối hợp          Thời gian\n"
        "1    Rà soát quy hoạch chung xã     Phòng Kinh tế   Các thôn          Trước 15/9/2025\n"
        "2    Vận hành tổ thu gom rác thải   Hội LHPN xã     Trưởng các thôn   Hằng tuần\n",
        "TT\nNhiệm vụ\nChủ trì\nPhối hợp\nThời gian\n"
        "1\nRà soát quy hoạch chung xã\nPhòng Kinh tế\nCác thôn\nTrước 15/9/2025\n"
        "2\nVận hành tổ thu gom rác thải\nHội LHPN xã\nTrưởng các thôn\nHằng tuần\n",
    ],
    ids=["pipes", "tabs", "columns", "stacked"],
)
def test_a_row_of_a_plan_is_a_task(rows):
    first, second = tasks("III. PHÂN CÔNG NHIỆM VỤ\n\n" + rows)
    assert (first.text, first.lead, first.support) == ("Rà soát quy hoạch chung xã", ("Phòng Kinh tế",), ("Các thôn",))
    assert first.deadline.due == date(2025, 9, 15)
    assert (second.lead, second.deadline.recurrence) == (("Hội LHPN xã",), "weekly")


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("I. NHIỆM VỤ\n1. Giao Sở Tài chính chủ trì, phối hợp với Sở Xây dựng tham mưu UBND tỉnh.", ("Sở Tài chính",)),
        ("I. NHIỆM VỤ\n1. UBND huyện yêu cầu Phòng Nội vụ rà soát biên chế của các xã.", ("Phòng Nội vụ",)),
        ("I. NHIỆM VỤ\n1. Đối với UBND các xã\n- Rà soát hộ nghèo trên địa bàn quản lý.", ("UBND các xã",)),
        ("I. NHIỆM VỤ\n1. UBND huyện:\n- Rà soát hộ nghèo trên địa bàn quản lý.", ("UBND huyện",)),
        ("UBND tỉnh đề nghị UBND các huyện thực hiện các nội dung sau:\n1. Rà soát hộ nghèo.", ("UBND các huyện",)),
        (
            "I. NHIỆM VỤ\n1. Về đất đai: Giao Phòng Tài nguyên và Môi trường hướng dẫn các xã.",
            ("Phòng Tài nguyên và Môi trường",),
        ),
        ("I. NHIỆM VỤ\n1. UBND xã Tân An hoàn chỉnh tờ trình gửi Sở trước ngày 5/6/2024.", ("UBND xã Tân An",)),
        ("I. NHIỆM VỤ\n1. Giao Sở Nội vụ dự thảo văn bản của UBND tỉnh trình Bộ.", ("Sở Nội vụ",)),
        (
            "I. NHIỆM VỤ\n1. Đảng ủy xã phân công đảng ủy viên phụ trách thôn, kiểm điểm tiến độ.",
            ("Đảng ủy xã",),
        ),
        ("I. NHIỆM VỤ\n1. Đối với UBND các xã\n- Phân công 01 công chức làm đầu mối theo dõi.", ("UBND các xã",)),
        ("I. NHIỆM VỤ\n1. Ban CHQS xã, Công an xã huy động dân quân dọn cây đổ.", ("Ban CHQS xã", "Công an xã")),
        ("I. NHIỆM VỤ\n1. Các đồng chí Ủy viên luân phiên hàng tuần dự họp với xã.", ("Các đồng chí Ủy viên",)),
        ("I. NHIỆM VỤ\n1. Xã Tân An chưa đạt tiêu chí số 17; UBND xã nghiêm túc kiểm điểm.", ("UBND xã",)),
        (
            "I. NHIỆM VỤ\n1. Đối với 02 xã chưa đạt: Tân An, Tân Hòa phải hoàn thành hồ sơ.",
            ("02 xã chưa đạt: Tân An, Tân Hòa",),
        ),
        ("I. NHIỆM VỤ\n1. UBND các xã:\n- Đối với hộ nghèo: sử dụng kết quả đã được duyệt.", ("UBND các xã",)),
        ("I. NHIỆM VỤ\n1. Đề nghị Kiểm toán Nhà nước tạo điều kiện cho địa phương.", ("Kiểm toán Nhà nước",)),
        (
            "I. NHIỆM VỤ\n1. Mặt trận Tổ quốc và các tổ chức chính trị - xã hội xã vận động hội viên hiến đất.",
            ("Mặt trận Tổ quốc và các tổ chức chính trị - xã hội xã",),
        ),
        (
            "UBND tỉnh đề nghị UBND các xã thực hiện các nội dung sau:\n"
            "1. Đối với công trình (đường ấp, trường học, nhà văn hóa): thống kê số km đạt chuẩn.",
            ("UBND các xã",),
        ),
        (
            "I. NHIỆM VỤ\n1. Phòng Nội vụ, Phòng Tư pháp và UBND các xã, thị trấn rà soát biên chế.",
            ("Phòng Nội vụ", "Phòng Tư pháp", "UBND các xã, thị trấn"),
        ),
        (
            "I. NHIỆM VỤ\n1. Ban chỉ đạo xây dựng nông thôn mới xã phân công thành viên phụ trách thôn.",
            ("Ban chỉ đạo xây dựng nông thôn mới xã",),
        ),
        (
            "I. NHIỆM VỤ\n1. Trung tâm Phát triển quỹ đất huyện công khai kế hoạch đấu giá.",
            ("Trung tâm Phát triển quỹ đất huyện",),
        ),
        ("I. NHIỆM VỤ\n1. Tăng cường tuyên truyền, vận động nhân dân hiến đất làm đường.", ()),
    ],
)
def test_who_must_act(text, lead):
    (task,) = tasks(text)
    assert task.lead == lead


@pytest.mark.parametrize(
    "text",
    [
        "I. KẾT QUẢ THỰC HIỆN\n- Các xã đã tập trung rà soát các tiêu chí, đạt kết quả tốt.",
        "I. TỒN TẠI, HẠN CHẾ\n- Công tác tuyên truyền có lúc chưa sát sao.",
        "I. MỤC ĐÍCH, YÊU CẦU\n1. Nâng cao nhận thức của cấp ủy, chính quyền.",
        "Căn cứ Kế hoạch số 12/KH-UBND ngày 5/3/2024 của tỉnh, trong đó giao UBND các xã rà soát trước ngày 30/9/2024;",
        "Văn phòng UBND huyện thông báo để các cơ quan, đơn vị biết, thực hiện./.",
        "I. NHIỆM VỤ\nCác cấp, các ngành có trách nhiệm tổ chức thực hiện tốt nội dung Thông báo này.",
        "I. NHIỆM VỤ\nCụ thể như sau:",
        "Ngày 28/3/2024, đồng chí Chủ tịch UBND huyện chủ trì cuộc họp triển khai kế hoạch.",
        "Trang chủ | Tin tức | Liên hệ\nĐăng nhập\nBản quyền thuộc UBND huyện",
    ],
)
def test_what_is_no_task(text):
    assert tasks(text) == ()


def test_different_bodies_with_different_days_are_two_tasks():
    first, second = tasks(
        "I. NHIỆM VỤ\n1. Sở Tài chính hướng dẫn thủ tục chuyển nguồn trước ngày 31/10/2023; "
        "Kho bạc Nhà nước tỉnh kiểm soát, thanh toán kịp thời."
    )
    assert (first.lead, first.deadline.due) == (("Sở Tài chính",), date(2023, 10, 31))
    assert (second.lead, second.deadline.kind) == (("Kho bạc Nhà nước tỉnh",), "none")


def test_a_closing_sentence_dates_the_whole_item():
    (task,) = tasks(
        "I. NHIỆM VỤ\n1. Phòng Nội vụ rà soát biên chế; Phòng Tư pháp thẩm định. Hoàn thành trước ngày 30/6/2024."
    )
    assert task.deadline.due == date(2024, 6, 30)
    assert task.lead == ("Phòng Nội vụ", "Phòng Tư pháp")


def test_a_closing_paragraph_proposes_its_day_to_the_list():
    first, second, closing = tasks(
        "UBND huyện yêu cầu UBND các xã thực hiện các nội dung sau:\n- Rà soát hộ nghèo trên địa bàn.\n"
        "- Hoàn thiện hồ sơ xã đạt chuẩn.\n"
        "Các nội dung trên hoàn thành trước ngày 30/6/2024, báo cáo UBND huyện."
    )
    assert closing.deadline.due == date(2024, 6, 30)
    assert first.deadline.due is second.deadline.due is None
    assert first.deadline.proposed == second.deadline.proposed == date(2024, 6, 30)


LETTER = """ỦY BAN NHÂN DÂN                    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
  HUYỆN BA SAO                          Độc lập - Tự do - Hạnh phúc
Số: 1542 /UBND-NN                       Ba Sao, ngày 09 tháng 8 năm 2023
V/v đôn đốc tiến độ
xây dựng nông thôn mới

Kính gửi:
- Các phòng, ban huyện;
- UBND các xã.

Thực hiện Công văn số 3901/UBND-NL ngày 25/7/2023 của UBND tỉnh, UBND huyện yêu cầu UBND các xã báo cáo trước ngày 20/8/2023.

Nơi nhận:                               KT. CHỦ TỊCH
- Như trên;                             PHÓ CHỦ TỊCH
- Lưu: VT.
                                        Nguyễn Văn Sơn
"""


def test_header_of_a_letter_in_two_columns():
    notice = read(LETTER)
    header = notice.header
    assert (header.number, header.kind, header.place) == ("1542/UBND-NN", "Công văn", "Ba Sao")
    assert header.issued_on == date(2023, 8, 9)
    assert header.title == "đôn đốc tiến độ xây dựng nông thôn mới"
    assert header.issuer == "UBND huyện Ba Sao"
    assert header.addressees == ("Các phòng, ban huyện", "UBND các xã")
    assert header.recipients == ("Như trên", "Lưu: VT")
    assert (header.signer_authority, header.signer_title) == ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert header.signer_name == "Nguyễn Văn Sơn"
    assert header.meeting_on is None
    (task,) = notice.tasks
    assert (task.lead, task.deadline.due) == (("UBND các xã",), date(2023, 8, 20))


def test_header_of_a_party_document():
    header = read(
        "HUYỆN ỦY BA SAO\n*\nSố 215-TB/HU\nĐẢNG CỘNG SẢN VIỆT NAM\nBa Sao, ngày 14 tháng 6 năm 2022\n\nTHÔNG BÁO\n"
        "kết luận của Ban Thường vụ Huyện ủy tại phiên họp thứ 32\n-----\n\n"
        "Tại phiên họp ngày 10/6/2022, Ban Thường vụ Huyện ủy kết luận như sau:\n"
        "1. Giao Ban Tổ chức Huyện ủy hoàn thiện hồ sơ.\n\n"
        "Nơi nhận:\n- Thường trực Tỉnh ủy (báo cáo),\n- Lưu Văn phòng Huyện ủy.\nT/M BAN THƯỜNG VỤ\nBÍ THƯ\n\nĐỗ Thanh Tùng\n"
    ).header
    assert (header.number, header.issuer, header.kind) == ("215-TB/HU", "Huyện ủy Ba Sao", "Thông báo")
    assert header.meeting_on == date(2022, 6, 10)
    assert (header.signer_authority, header.signer_title, header.signer_name) == (
        "T/M BAN THƯỜNG VỤ",
        "BÍ THƯ",
        "Đỗ Thanh Tùng",
    )


def test_an_unfinished_number_and_day_are_not_made_up():
    header = read("Số:      /TB-UBND\nBa Sao, ngày     tháng 3 năm 2024\n\nTHÔNG BÁO\nKết luận cuộc họp\n").header
    assert (header.number, header.number_text) == ("", "/TB-UBND")
    assert (header.issued_on, header.issued_text) == (None, "ngày tháng 3 năm 2024")


@pytest.mark.parametrize(
    ("words", "criteria"),
    [
        ("hoàn thành tiêu chí số 17", (17,)),
        ("phụ trách các tiêu chí số 5, 6, 11 và 14", (5, 6, 11, 14)),
        ("nâng tỷ lệ BHYT (tiêu chí 15) đối với 03 xã", (15,)),
        ("hoàn thành tiêu chí Trường học, Cơ sở vật chất văn hóa", (5, 6)),
        ("các tiêu chí còn thấp như: Giao thông, Thu nhập, Môi trường.", (2, 10, 17)),
        ("thực hiện 4 tiêu chí chưa đạt", ()),
        ("đạt 19 tiêu chí; nội dung về môi trường", ()),
        ("tiêu chí nổi trội về y tế", ()),
        ("ban hành bộ tiêu chí cho thôn kiểu mẫu", ()),
        ("chỉ tiêu môi trường", ()),
    ],
)
def test_criteria(words, criteria):
    assert criteria_of(key_of(words)) == criteria


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("đối với 04 xã: Sơn Bình, Tả Lèng và Nà Tăm chỉ đạo", ("Sơn Bình", "Tả Lèng", "Nà Tăm")),
        ("UBND thị trấn Tam Đường, UBND xã Bản Bo xây dựng", ("Tam Đường", "Bản Bo")),
        ("nhà văn hóa bản 46, thôn Đồng Xá 1", ("bản 46", "thôn Đồng Xá 1")),
        ("các xã đăng ký năm 2023 (Phong An, Điền Hải)", ("Phong An", "Điền Hải")),
        ("Hội đồng nhân dân xã, hợp tác xã Phong Hiền", ()),
        ("trên địa bàn xã; huyện Tam Đường", ()),
        ("UBND các xã: Rà soát tiêu chí", ()),
    ],
)
def test_places(words, places):
    assert places_of(words, key_of(words), 0, len(words)) == places


def test_communes_of_the_office_are_known_without_their_kind():
    text = "I. NHIỆM VỤ\n1. Đội Quản lý thị trường hỗ trợ Suối Kiết hoàn thành hồ sơ chợ."
    assert read(text).tasks[0].communes == ()
    assert read(text, communes=["Suối Kiết"]).tasks[0].communes == ("Suối Kiết",)


def test_headings_are_found_with_number_and_level():
    found = [
        (h.level, h.number, h.text) for h in read("I. NHIỆM VỤ\n1. Đối với UBND các xã\n- Rà soát hộ nghèo.").headings
    ]
    assert found == [(1, "I", "NHIỆM VỤ"), (2, "1", "Đối với UBND các xã")]


def test_an_approval_with_an_instruction_is_one_task_of_the_one_instructed():
    (task,) = tasks(
        "II. NHIỆM VỤ TRỌNG TÂM\n1. Thường trực Huyện ủy nhất trí cho chủ trương phát động phong trào thi đua. "
        "Giao cho UBND huyện xây dựng kế hoạch chi tiết, trình trước ngày 30/6/2024."
    )
    assert task.text.startswith("Thường trực Huyện ủy nhất trí")
    assert (task.lead, task.deadline.due) == (("UBND huyện",), date(2024, 6, 30))


def test_a_year_that_tells_which_communes_is_no_deadline():
    (task,) = tasks("II. NHIỆM VỤ\n- Các xã thực hiện các tiêu chí trong năm 2022 tập trung rà soát phần việc cụ thể.")
    assert (task.deadline.kind, task.deadline.due) == ("none", None)


def test_paragraphs_without_a_mark_complete_the_letter_s_lead_in():
    found = tasks(
        "Kính gửi: UBND các huyện\n\nĐể có cơ sở tổng hợp, Sở Y tế đề nghị UBND các huyện:\n\n"
        "Chỉ đạo các xã rà soát hiện trạng trạm y tế, lập danh mục cần sửa chữa.\n\n"
        "Tổng hợp, gửi về Sở Y tế trước ngày 10/9/2023; quá thời hạn trên, địa phương không gửi được coi là không có "
        "nhu cầu.\n\nRất mong sự quan tâm phối hợp của quý cơ quan./.\n"
    )
    assert [task.lead for task in found] == [("UBND các huyện",), ("UBND các huyện",)]
    assert found[1].deadline.due == date(2023, 9, 10)


def test_paragraphs_with_a_subject_of_their_own_go_on_with_the_lead_in():
    found = tasks(
        "Chủ tịch UBND huyện yêu cầu Chủ tịch UBND các xã:\n\nRà soát các dự án chậm trước ngày 15/8/2024.\n\n"
        "Phòng Tài chính tổng hợp, trình tại kỳ họp tháng 10/2024.\n\nYêu cầu các đơn vị triển khai thực hiện nghiêm túc./.\n"
    )
    assert [task.lead for task in found] == [("Chủ tịch UBND các xã",), ("Phòng Tài chính",)]


def test_the_words_of_a_law_are_no_tasks():
    assert not tasks(
        "## Các hành vi bị cấm khi khai thác cát là gì?\n\n"
        "Căn cứ Điều 9 Luật Tài nguyên nước thì các hành vi bị cấm được quy định như sau:\n\n"
        "- Đổ chất thải, rác thải vào nguồn nước và công trình thủy lợi.\n\n"
        "- Sử dụng sai mục đích đất hành lang bảo vệ nguồn nước.\n"
    )


@pytest.mark.parametrize(
    "item",
    [
        "1. Về tình hình chung: Hạn hán làm 40 ha lúa mất trắng; UBND tỉnh đã ban hành công văn yêu cầu các xã chống hạn.",
        "1. Các xã đã cơ bản rà soát xong tiêu chí, xã Tân An đạt 16/19.",
        "1. Đề nghị của xã Tân An về vốn đối ứng: đã được HĐND tỉnh quyết định tại Nghị quyết số 4/NQ-HĐND.",
        "1. Đối với đề xuất của xã Tân An: chưa xem xét, do huyện chưa có nguồn vốn.",
        "- Văn phòng Điều phối tỉnh trân trọng cảm ơn sự phối hợp của quý cơ quan.",
        "Đáp: UBND xã tự đánh giá hằng năm theo quy định.",
        "Ban biên tập: Văn phòng Điều phối huyện",
        "In bài viết | Gửi email | Chia sẻ",
    ],
)
def test_reports_thanks_and_marks_of_a_page_are_no_tasks(item):
    assert not tasks(f"I. NỘI DUNG\n\n{item}\n")


def test_bodies_and_what_they_answer_for_make_a_plan():
    first, second = tasks(
        "V. TỔ CHỨC THỰC HIỆN\n\nSTT\tĐơn vị\tTrách nhiệm\n"
        "1\tPhòng Kinh tế\tChủ trì triển khai, báo cáo trước ngày 20/12/2025\n"
        "2\tĐề nghị Hội Nông dân xã\tVận động hội viên tham gia\n"
    )
    assert (first.lead, first.deadline.due) == (("Phòng Kinh tế",), date(2025, 12, 20))
    assert (second.text, second.lead) == ("Vận động hội viên tham gia", ("Hội Nông dân xã",))


def test_two_bodies_under_a_lead_in_part_where_their_days_differ():
    first, second = tasks(
        "Sở Y tế đề nghị UBND các tỉnh thực hiện các nội dung sau:\n\n"
        "1. Đề xuất nhu cầu vốn giai đoạn tới. Riêng các tỉnh biên giới gửi danh sách xã trước ngày 5/10/2025.\n"
    )
    assert (first.lead, first.deadline.kind) == (("UBND các tỉnh",), "none")
    assert second.deadline.due == date(2025, 10, 5)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Thực hiện chỉ đạo của Giám đốc Sở tại cuộc họp ngày 08/9/2025, Sở đề nghị các xã:", None),
        ("Ngày 24/8/2025, UBND tỉnh ban hành Công văn số 12/UBND giao Sở chủ trì rà soát.", None),
        ("Ngày 24/8/2025, Giám đốc Sở làm việc với UBND các xã về tiến độ giải ngân.", date(2025, 8, 24)),
    ],
)
def test_a_letter_cites_the_meetings_of_others(sentence, day):
    text = f"Số: 12/SYT\nV/v rà soát\n\nKính gửi: UBND các xã\n\n{sentence}\n\n- Rà soát hộ nghèo.\n"
    assert read(text).header.meeting_on == day


def test_recipients_may_stand_in_one_line():
    text = "THÔNG BÁO\nKết luận\n\n1. Giao Sở Y tế rà soát.\n\nNơi nhận: - UBND tỉnh (b/c); - Các sở, ban; - Lưu: VT.\n"
    assert read(text).header.recipients == ("UBND tỉnh (b/c)", "Các sở, ban", "Lưu: VT")


def test_the_line_that_numbers_the_columns_is_no_row():
    (task,) = tasks(
        "III. PHÂN CÔNG\n\n| TT | Nhiệm vụ | Chủ trì | Thời gian |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n"
        "| 1 | Rà soát quy hoạch chung xã | Phòng Kinh tế | Quý I/2025 |\n"
    )
    assert task.lead == ("Phòng Kinh tế",)


def test_a_page_tells_whose_telegram_it_quotes():
    header = read(
        "Công điện về việc ứng phó với bão số 3\n\nNgày 29/10/2023, Cục Quản lý đê điều đã có công điện số 37/TK gửi "
        "các đơn vị với nội dung: thực hiện Công điện số 5/CĐ-TW ngày 28/10/2023.\n\nCục đề nghị các đơn vị:\n\n"
        "1. Duy trì nghiêm chế độ trực ban.\n"
    ).header
    assert (header.number, header.issuer) == ("37/TK", "Cục Quản lý đê điều")


def test_who_speaks_is_no_lead():
    first, *_ = tasks(
        "I. KẾT LUẬN\n\nPhát biểu kết luận, đồng chí Chủ tịch UBND huyện ghi nhận kết quả; đồng thời yêu cầu các xã tập trung "
        "thu hoạch lúa trước ngày 15/5/2024.\n"
    )
    assert first.lead == ("các xã",)


def test_a_committee_of_the_party_is_written_as_a_name():
    notice = read(
        "THÔNG BÁO\n\nKẾT LUẬN CỦA BAN THƯỜNG VỤ HUYỆN ỦY về công tác tháng 3\n\nNgày 01/3/2024, Ban Thường vụ họp."
    )
    assert notice.header.issuer == "Ban Thường vụ Huyện ủy"
