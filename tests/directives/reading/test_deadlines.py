"""Every row of the table of deadlines (LABELLING.md, 4.9), and dates that are none."""

from datetime import date

import pytest

from directives.reading.deadlines import Calendar, deadline_of, with_problem
from directives.reading.text import key_of

CALENDAR = Calendar(date(2024, 3, 28), 2024)


def found(words, *, column=False, calendar=CALENDAR):
    return deadline_of(key_of(words), words, 0, len(words), calendar, column=column)


@pytest.mark.parametrize(
    ("words", "kind", "due"),
    [
        ("Hoàn thành trước ngày 30/4/2024.", "date", "2024-04-30"),
        ("Hoàn thành trước 30/4/2024.", "date", "2024-04-30"),
        ("Gửi hồ sơ chậm nhất là ngày 09-12-2024", "date", "2024-12-09"),
        ("Giải ngân đến hết ngày 15 tháng 11 năm 2024", "date", "2024-11-15"),
        ("Thực hiện từ ngày 10/8/2024 đến ngày 10/9/2024", "date", "2024-09-10"),
        ("Xong trước 10 giờ 00 ngày 21/7/2024", "date", "2024-07-21"),
        ("Thời gian hoàn thành: 15/02/2025", "date", "2025-02-15"),
        ("Đưa vào vận hành trước tháng 9/2024", "month", "2024-08-31"),
        ("Đưa vào vận hành trước tháng 01/2025", "month", "2024-12-31"),
        ("Hoàn thành trong tháng 6/2024", "month", "2024-06-30"),
        ("Báo cáo tại phiên họp tháng 8 năm 2024", "month", "2024-08-31"),
        ("Làm hồ sơ trong tháng 9, tháng 10/2024", "month", "2024-10-31"),
        ("Trình UBND huyện trong quý III/2024", "quarter", "2024-09-30"),
        ("Trình UBND huyện trong quý II năm 2024", "quarter", "2024-06-30"),
        ("muộn nhất giữa năm 2024 phải hoàn thành", "half_year", "2024-06-30"),
        ("chưa điều chỉnh giá trong Quý I và Quý II năm 2024", "quarter", "2024-06-30"),
        ("sử dụng kết quả rà soát cuối năm 2023 đã được phê duyệt", "none", None),
        ("hoàn thành trong 6 tháng đầu năm", "half_year", "2024-06-30"),
        ("hoàn thành trong năm 2024", "year", "2024-12-31"),
        ("hoàn thành vào cuối năm 2024", "year", "2024-12-31"),
        ("tập trung thực hiện, phấn đấu hoàn thành năm 2025", "year", "2025-12-31"),
        ("Tổ chức lễ công bố, dự kiến đầu năm 2025", "quarter", "2025-03-31"),
        ("Báo cáo trước ngày 15/6", "date", None),
        ("Báo cáo trong thời hạn 10 ngày làm việc kể từ ngày ban hành Thông báo này", "date", None),
        ("Di dời dân trước khi mưa lớn xảy ra", "date", None),
        ("Báo cáo UBND xã trong vòng 03 ngày sau khi kết thúc", "date", None),
        ("Báo cáo UBND huyện trong thời hạn 07 ngày.", "date", None),
        ("Thống kê số xã đạt chuẩn (trước khi sắp xếp)", "none", None),
        ("phấn đấu được công nhận đạt chuẩn nông thôn mới trong năm 2024", "year", "2024-12-31"),
        ("điều chỉnh lộ trình đạt chuẩn từ năm 2024 sang năm 2025", "none", None),
        ("Khẩn trương rà soát các tiêu chí", "asap", None),
        ("Tham mưu sớm việc bổ sung cán bộ", "asap", None),
        ("Kịp thời tháo gỡ khó khăn, đúng tiến độ, theo kế hoạch", "none", None),
        ("Khẩn trương rà soát, hoàn thành trước ngày 30/4/2024", "date", "2024-04-30"),
        ("Trường hợp phát sinh phải khẩn trương xử lý", "none", None),
    ],
)
def test_one_deadline(words, kind, due):
    deadline = found(words)
    assert (deadline.kind, deadline.due and deadline.due.isoformat()) == (kind, due)
    if kind != "none":
        assert words[deadline.start : deadline.end] == deadline.text


@pytest.mark.parametrize(
    ("words", "recurrence"),
    [
        ("giao ban hàng tuần với các xã", "weekly"),
        ("xuống địa bàn 01 lần/tuần", "weekly"),
        ("phát sóng chuyên mục 01 số/tuần", "weekly"),
        ("thực hiện báo cáo tháng (trước ngày 18), báo cáo quý", "monthly:18"),
        ("báo cáo trước ngày 25 hàng tháng", "monthly:25"),
        ("báo cáo trước ngày 05 hằng tháng", "monthly:5"),
        ("Hằng tháng tổng hợp, báo cáo UBND huyện", "monthly"),
        ("kiểm tra định kỳ hằng quý", "quarterly"),
        ("định kỳ hằng năm sơ kết", "yearly"),
        ("báo cáo trước ngày 30 tháng 6 hằng năm", "yearly:06-30"),
        ("đánh giá lại hai năm một lần", "biennial"),
    ],
)
def test_what_repeats(words, recurrence):
    deadline = found(words)
    assert (deadline.kind, deadline.recurrence, deadline.due) == ("recurring", recurrence, None)


@pytest.mark.parametrize(
    "words",
    [
        "Thực hiện Nghị quyết số 44/2021/NQ-HĐND ngày 16/12/2021 của HĐND tỉnh",
        "Rà soát theo Công văn số 12/UBND-NN ngày 5/3/2024",
        "Khắc phục tồn tại theo Biên bản làm việc ngày 04/8/2023",
        "Tính đến ngày 30/9/2023, vốn giải ngân còn thấp",
        "Sử dụng kinh phí được giao năm 2024",
        "Rà soát nhiệm vụ năm 2022 chuyển sang",
        "Thực hiện Chương trình giai đoạn 2022-2025",
        "Kiểm tra các hộ được hỗ trợ năm 2022",
        "Xây dựng kế hoạch 5 năm và hằng năm",
        "Tham mưu chỉ tiêu đánh giá hằng năm",
        "Báo cáo thời hạn công nhận kể từ ngày 01/01/2024",
        "Đăng ký số xã nông thôn mới kiểu mẫu năm 2025",
        "Không để hồ sơ tồn đọng quá 01 ngày làm việc kể từ khi nhận",
    ],
)
def test_dates_that_are_no_deadline(words):
    deadline = found(words)
    assert (deadline.kind, deadline.due, deadline.recurrence) == ("none", None, None)


@pytest.mark.parametrize(
    ("words", "kind", "due"),
    [
        ("31/01/2025", "date", "2025-01-31"),
        ("Tháng 8/2024", "month", "2024-08-31"),
        ("9/2024", "month", "2024-09-30"),
        ("Quý IV/2024", "quarter", "2024-12-31"),
        ("6 tháng đầu năm 2025", "half_year", "2025-06-30"),
        ("Cả năm", "year", "2024-12-31"),
        ("2024 - 2025", "year", "2025-12-31"),
        ("Thường xuyên", "none", None),
    ],
)
def test_a_time_column_needs_no_word_before_the_date(words, kind, due):
    deadline = found(words, column=True)
    assert (deadline.kind, deadline.due and deadline.due.isoformat()) == (kind, due)


def test_a_day_without_a_year_is_proposed_not_settled():
    assert found("Báo cáo trước ngày 15/6").proposed == date(2024, 6, 15)
    # The year is over by then: the day meant is next year's.
    assert found("Báo cáo trước ngày 15/1").proposed == date(2025, 1, 15)
    assert found("Báo cáo trước ngày 15/6", calendar=Calendar()).proposed is None


def test_a_day_the_calendar_lacks_is_a_problem_for_the_officer():
    deadline = found("Hoàn thành trước ngày 31/4/2024")
    assert (deadline.kind, deadline.due, deadline.problem) == ("date", None, "Ngày 31/4/2024 không có trong lịch.")


def test_a_day_before_the_document_is_kept_and_told():
    early = found("Hoàn thành trước ngày 15/3/2024")
    deadline = with_problem(early, date(2024, 3, 28))
    assert deadline.due == date(2024, 3, 15)
    assert deadline.problem == "Thời hạn 15/3/2024 trước ngày văn bản (28/3/2024)."
    assert with_problem(early, date(2024, 3, 15)).problem == ""
