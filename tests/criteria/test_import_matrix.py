"""The matrix of criteria as offices keep it: heads, signs, names, totals, and what is told instead of guessed."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from communes.models import PlaceAlias
from criteria.imports import matrix
from criteria.imports.intake import Scope
from criteria.models import Assessment, CriterionStatement, FileImport, Opinion, State, Status
from dashboards.workbooks.book import tables_of, write_book
from dashboards.workbooks.report import Report
from ntm_tracker.spreadsheet.reading import read_workbook
from tests import factories
from tests.workbooks import book, bytes_of, sheet_of, upload

MET, UNMET, UNKNOWN, NA = Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE
HEAD = ["STT", "Tên xã", "TC1", "TC2", "TC3", "Tổng số"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        *((word, MET) for word in ("x", "X", "Đ", "đ", "Ð", "Đạt", "ĐẠT", "1", "✓", "✔", "✓▲", "✓ ▲")),
        *((word, UNMET) for word in ("", "0", "-", "CĐ", "Chưa đạt", "không đạt", "✗", "✗▼")),
        *((word, UNKNOWN) for word in ("–", "chưa đánh giá")),
        *((word, NA) for word in ("∅", "KAD", "Không áp dụng")),
        *((word, None) for word in ("?", "2", "xx", "đang làm", "17/19", "=A1")),
    ],
)
def test_signs(text, status):
    assert matrix.sign_of(text) == status


class World:
    def __init__(self):
        self.district = factories.district()
        names = ["Sơn Bình", "Thèn Sin", "Bình Lư"]
        self.places = {name: factories.commune(name, self.district) for name in names}
        self.set, self.period = factories.small_set(), factories.period()
        self.officer = factories.user(place=self.district)

    def scope(self, **more):
        fields = {"file_name": "bieu-01.xlsx", "user": self.officer, "period": self.period, "criteria_set": self.set}
        return Scope(**{**fields, **more})

    def read(self, rows, *, scope=None, **more):
        scope = scope or self.scope()
        table = matrix.find(sheet_of(book(rows, **more)), scope)
        return matrix.read(table, scope)

    def take(self, rows, **more):
        scope = self.scope(**more)
        reading = self.read(rows, scope=scope)
        assert reading.is_ready, (reading.problems, reading.unknown)
        return matrix.write(reading, scope)

    @property
    def strips(self):
        sheets = Assessment.objects.filter(period=self.period).select_related("locality")
        return {sheet.locality.name: sheet.strip for sheet in sheets}


@pytest.fixture
def world(db):
    return World()


def said(reading):
    return {change.label: change.after for change in reading.changes}


ROWS = [
    HEAD,
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
    [1, "Sơn Bình", "x", "x", None, 2],
    [2, "Xã Thèn Sin", "Đ", "0", "CĐ", 1],
    [3, "Bình Lư", "x", "x", "x", 3],
    [None, "Tổng cộng", 3, 2, 1, 6],
    [None, None, None, "Tam Đường, ngày 05 tháng 4 năm 2024"],
    ["NGƯỜI LẬP BIỂU", None, None, "CHỦ TỊCH"],
    ["Nguyễn Văn A", None, None, "Trần Văn B"],
]


def test_a_matrix_comes_in_with_letterhead_numbering_totals_and_signers_passed_over(world):
    record = world.take(ROWS)
    assert world.strips == {"Sơn Bình": "mmu", "Thèn Sin": "muu", "Bình Lư": "mmm"}
    assert (record.file_name, record.sheet_name, record.by) == ("bieu-01.xlsx", "Biểu 01", world.officer)
    assert record.summary == "9 kết quả tiêu chí của 3 xã, mở 3 phiếu"


def test_the_same_table_again_changes_nothing(world):
    world.take(ROWS)
    reading = world.read(ROWS)
    assert (reading.changes, reading.kept, reading.unchanged, reading.notes) == ([], [], 9, [])


HEADS = {
    "two rows with a merged head": (
        [["TT", "Tên xã", "Tiêu chí", None, None, "Tổng"], [None, None, 1, 2, 3, None]],
        ["A6:A7", "B6:B7", "C6:E6", "F6:F7"],
    ),
    "words": ([["Số TT", "Xã, thị trấn", "Tiêu chí 1", "Tiêu chí số 2", "TC 3", "Tổng cộng"]], []),
    "names": ([["STT", "ĐƠN VỊ", "Tiêu chí thứ 1", "Tiêu chí thứ 2", "Tiêu chí thứ 3", "Tổng số tiêu chí đạt"]], []),
    "number and name": (
        [["STT", "Tên xã", "1. Tiêu chí thứ 1", "2.Tiêu chí thứ 2", "3- Tiêu chí thứ 3", "Cộng"]],
        [],
    ),
    "line breaks": ([["STT", "Tên\nxã", "TC\n1", "TC\n2", "TC\n3", "Tổng\nsố"]], []),
    "numbers without brackets below": ([HEAD, [1, 2, 3, 4, 5, 6]], []),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads(world, name):
    head, merged = HEADS[name]
    reading = world.read([*head, *ROWS[2:]], merged=merged)
    assert reading.is_ready, (name, reading.problems, reading.unknown)
    assert (len(reading.changes), reading.notes) == (9, []), name
    assert said(reading)["Xã Sơn Bình, tiêu chí 3"] == "chưa đạt (xã tự đánh giá)"


def test_names_in_every_spelling(world):
    factories.commune("Thủy Hòa", world.district)
    factories.commune("Tam Đường", world.district, kind="thị trấn")
    names = ["SƠN BÌNH", "xã Thèn Sin", "X. Bình Lư", "Thuỷ Hoà", "Sơn Bình".encode().decode()]
    rows = [HEAD, *([number, name, "x", "x", "x", 3] for number, name in enumerate(names[:4], 1))]
    reading = world.read([*rows, [5, "TT. Tam Đường", "x", "x", "x", 3]])
    assert not reading.problems
    assert not reading.unknown
    assert {change.label.split(",")[0] for change in reading.changes} == {
        "Xã Sơn Bình",
        "Xã Thèn Sin",
        "Xã Bình Lư",
        "Xã Thủy Hòa",
    }
    # A town is not judged by a set for communes.
    assert "thị trấn Tam Đường không thuộc cấp đánh giá" in reading.notes[0]


def test_a_decomposed_name_is_found(world):
    import unicodedata

    reading = world.read([HEAD, [1, unicodedata.normalize("NFD", "Sơn Bình"), "x", "x", "x", 3]])
    assert len(reading.changes) == 3


def test_a_variant_is_asked_for_once_and_remembered(world):
    rows = [HEAD, [1, "Sơn Bình", "x", "x", "x", 3], [2, "Thèn Xin", "x", None, None, 1]]
    (unknown,) = world.read(rows).unknown
    assert (unknown.name, unknown.rows) == ("Thèn Xin", [8])
    assert unknown.near == [world.places["Thèn Sin"]]
    PlaceAlias.objects.create(locality=world.places["Thèn Sin"], name="Thèn Xin")
    assert world.read(rows).is_ready


def problems(reading):
    return [str(problem) for problem in reading.problems]


def test_a_sign_nobody_knows_is_told_by_sheet_and_cell(world):
    reading = world.read([HEAD, [1, "Sơn Bình", "x", "đang làm", "x", 2]])
    (told,) = problems(reading)
    assert told.startswith("trang “Biểu 01”, ô D7: “đang làm” không phải là dấu đã quy ước. Ghi: x, Đ")


def test_a_place_twice_is_told(world):
    (told,) = problems(world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3], [2, "xã Sơn Bình", "x", "x", None, 2]]))
    assert told == "trang “Biểu 01”, ô B8: xã Sơn Bình đã có ở dòng 7. Để lại một dòng cho mỗi xã."


def test_totals_are_counted_again_and_differences_told(world):
    rows = [
        HEAD,
        [1, "Sơn Bình", "x", "x", None, 3],
        [2, "Thèn Sin", "x", None, None, 1],
        [None, "Tổng số", 2, 2, 0, 4],
    ]
    reading = world.read(rows)
    assert reading.is_ready
    assert reading.notes == [
        "trang “Biểu 01”, ô F7: ghi 3, đánh dấu được 2 tiêu chí đạt.",
        "trang “Biểu 01”, ô D9: ghi 2 xã, đánh dấu được 1 xã đạt.",
    ]


def test_an_empty_line_is_no_result_and_a_total_without_signs_is_told(world):
    reading = world.read([HEAD, [1, "Sơn Bình"], [2, "Thèn Sin", None, None, None, 2]])
    assert "xã Sơn Bình để trống cả dòng" in reading.notes[0]
    (told,) = problems(reading)
    assert "ô F8: ghi 2 tiêu chí đạt mà không đánh dấu tiêu chí nào" in told


def test_a_table_of_another_district_is_told_once(world):
    rows = [HEAD, *([i, name, "x", "x", "x", 3] for i, name in enumerate(["Nhân Bình", "Xuân Khê", "Sơn Bình"], 1))]
    reading = world.read(rows, letterhead=False)
    (told,) = problems(reading)
    assert "2 trên 3 tên xã (Nhân Bình, Xuân Khê) không có trong địa bàn" in told
    assert not reading.unknown


def test_a_letterhead_of_another_district_is_told(world):
    rows = [HEAD, [1, "Sơn Bình", "x", "x", "x", 3]]
    reading = world.read(rows, start="Kết quả huyện Lý Nhân, tỉnh Hà Nam")
    assert (reading.other_district, reading.is_ready) == ("Lý Nhân", False)
    ours = world.read(rows, scope=world.scope(is_ours=True), start="Kết quả huyện Lý Nhân")
    assert ours.is_ready


def test_a_closed_period_is_told(world):
    world.period.closed_on, world.period.closed_at = date(2024, 4, 2), timezone.now()
    world.period.save()
    (told,) = problems(world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3]]))
    assert told == (
        "trang “Biểu 01”: kỳ Quý I/2024 đã khóa từ ngày 02/04/2024, không nhập được nữa. Chọn kỳ đang mở, hoặc mở lại kỳ."
    )


def test_a_file_of_another_period_is_told(world):
    factories.period(2024, 2)
    reading = world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3]], start="(Kỳ: Quý II/2024. Số liệu đến 30/06/2024)")
    assert reading.notes == ["Tệp ghi “Quý II/2024”, anh chị đang nhập vào kỳ Quý I/2024."]
    same = world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3]], start="(Kỳ: Quý I/2024)")
    assert same.notes == []


def test_districts_over_their_communes_tell_places_of_one_name_apart(world):
    other = factories.district("Phong Thổ")
    factories.commune("Sơn Bình", other)
    rows = [
        HEAD,
        ["I", "Huyện Tam Đường"],
        [1, "Sơn Bình", "x", "x", "x", 3],
        ["II", "Huyện Phong Thổ"],
        [1, "Sơn Bình", None, "x", None, 1],
    ]
    scope = Scope("tinh.xlsx", None, world.period, world.set)
    reading = world.read(rows, scope=scope, letterhead=False)
    assert reading.is_ready
    assert len(reading.changes) == 6
    twice = world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3]], scope=scope, letterhead=False)
    assert "có 2 nơi tên “Sơn Bình”: xã Sơn Bình (huyện Tam Đường), xã Sơn Bình (huyện Phong Thổ)" in problems(twice)[0]


def test_another_set_is_told_by_its_columns(world):
    head = ["STT", "Tên xã", "TC1", "TC2", "TC3", "TC4"]
    (told,) = problems(world.read([head, [1, "Sơn Bình", "x", "x", "x", "x"]]))
    assert "ô F6: Bộ bo-thu không có tiêu chí 4" in told
    head = ["STT", "Tên xã", "1. Tiêu chí thứ 2", "2. Tiêu chí thứ 1", "TC3"]
    told = problems(world.read([head, [1, "Sơn Bình", "x", "x", "x"]]))
    assert len(told) == 2
    assert "“Tiêu chí thứ 2” là tiêu chí 2" in told[0]


def test_a_locked_sheet_is_told_where_it_would_change(world):
    world.take(ROWS)
    Assessment.objects.filter(locality=world.places["Sơn Bình"]).update(state=State.APPROVED)
    assert world.read(ROWS).is_ready
    changed = [HEAD, [1, "Sơn Bình", None, "x", None, 1]]
    (told,) = problems(world.read(changed))
    assert "ô B7: Phiếu xã Sơn Bình đã duyệt" in told


def test_formulas_give_their_kept_value_or_are_told(world):
    workbook = book([HEAD, [1, "Sơn Bình", "x", "=IF(1,1,0)", "x", "=SUM(C7:E7)"]])
    scope = world.scope()
    reading = matrix.read(matrix.find(sheet_of(workbook), scope), scope)
    (told,) = problems(reading)
    assert "ô D7: có công thức nhưng tệp không giữ kết quả" in told


def test_what_indicators_say_stays_and_is_shown(world):
    sheet = factories.assessment(world.places["Sơn Bình"], world.set, world.period)
    cell = factories.indicators_of(world.set)["2.1"]
    from criteria.actions.results import save_results

    save_results(
        assessment=factories.writable(sheet),
        opinion=Opinion.VERIFIED,
        entries={cell.pk: factories.value("40")},
        by=world.officer,
    )
    reading = world.read([HEAD, [1, "Sơn Bình", "x", "x", "x", 3]])
    assert [(kept.label, kept.before, kept.after) for kept in reading.kept] == [
        ("Xã Sơn Bình, tiêu chí 2", "chưa đạt (thẩm định)", "đạt (xã tự đánh giá)")
    ]
    assert len(reading.changes) == 2


def test_queries_do_not_grow_with_the_places(world, django_assert_num_queries):
    for number in (3, 30):
        places = factories.communes(number, world.district)
        rows = [HEAD, *([i, place.name, "x", None, "x", 2] for i, place in enumerate(places, 1))]
        scope = world.scope()
        table = matrix.find(sheet_of(book(rows)), scope)
        with django_assert_num_queries(10):
            assert len(matrix.read(table, scope).changes) == 3 * number
        for place in places:
            place.delete()


# Round trip and command


def exported(year, user):
    report = Report.of(user=user, period=year.now, criteria_set=year.set)
    return write_book(report, tables_of("01,02,03"))


@pytest.mark.django_db
@pytest.mark.parametrize("opinion", Opinion.values)
def test_our_own_table_comes_back_unchanged(opinion):
    year = factories.Year(factories.MIXED_YEAR)
    workbook = read_workbook(upload(bytes_of(exported(year, year.officer))))
    scope = Scope("bieu-01-03.xlsx", year.officer, year.now, year.set, opinion)
    reading = matrix.read(matrix.find(workbook.sheet("Biểu 01"), scope), scope)
    assert (reading.problems, reading.unknown, reading.kept) == ([], [], [])
    if opinion == Opinion.REPORTED:
        assert (reading.changes, reading.notes) == ([], [])
    else:
        # What the commune said of itself is now verified: nothing else is new.
        assert {change.label.split(",")[0] for change in reading.changes} == {"Xã Khun Há"}


def command(world, rows, *options, tmp_path, **more):
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(bytes_of(book(rows, **more)))
    call_command("import_matrix", str(path), "--period", world.period.code, *options)


def test_the_command_writes_as_the_page_does(world, tmp_path, capsys):
    command(world, ROWS, "--dry-run", tmp_path=tmp_path)
    told = capsys.readouterr().out
    assert "C8 Xã Sơn Bình, tiêu chí 1: chưa đánh giá → đạt (xã tự đánh giá)" in told
    assert "Sẽ nhập 9 ô; chưa ghi gì (--dry-run)." in told
    assert not FileImport.objects.exists()
    command(world, ROWS, "--set", "bo-thu", "--verified", tmp_path=tmp_path)
    assert "Đã nhập từ tệp “bieu.xlsx”: 9 kết quả tiêu chí của 3 xã, mở 3 phiếu." in capsys.readouterr().out
    assert world.strips == {"Sơn Bình": "MMU", "Thèn Sin": "MUU", "Bình Lư": "MMM"}
    command(world, ROWS, tmp_path=tmp_path)
    assert "Không thay đổi: 9 ô" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([HEAD, [1, "Sơn Bình", "?", "x", "x", 3]], "trang “Biểu 01”, ô C7: “?” không phải"),
        (
            [HEAD, [1, "Sơn Bình", "x"], [2, "Thèn Xin", "x", "x", "x", 3]],
            "dòng 8: không có xã “Thèn Xin”. Gần nhất: xã Thèn Sin.",
        ),
        ([["Nội dung", "Số liệu"], ["a", 1]], "Không tìm thấy bảng."),
    ],
)
def test_the_command_fails_as_the_page_does_and_writes_nothing(world, tmp_path, rows, told):
    with pytest.raises(CommandError, match=None) as refused:
        command(world, rows, tmp_path=tmp_path)
    assert told in str(refused.value)
    assert not CriterionStatement.objects.exists()


def test_the_command_names_what_it_does_not_know(world, tmp_path):
    for options in (["--period", "2030-q1"], ["--period", world.period.code, "--set", "khac"]):
        with pytest.raises(CommandError, match="Không có"):
            call_command("import_matrix", "khong-co.xlsx", *options)
    with pytest.raises(CommandError, match="Không mở được tệp"):
        call_command("import_matrix", str(tmp_path / "khong-co.xlsx"), "--period", world.period.code)
