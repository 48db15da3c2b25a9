"""Loading criteria sets: the shipped ones whole, malformed ones by line, sets in use never."""

from datetime import date
from decimal import Decimal

import pytest
import yaml
from django.core.management import CommandError, call_command

from communes.models import Agency, AgencyKind, Level, Locality
from criteria.actions.thresholds import confirm_threshold
from criteria.imports import SHIPPED, ImportRefused, import_sets
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    CriterionLead,
    Indicator,
    Period,
    Threshold,
    ValueType,
    Verification,
)
from tests import factories

pytestmark = pytest.mark.django_db

SMALL = """\
code: thon-mau
name: Bộ tiêu chí thôn mẫu
legal_basis:
- number: 1/QĐ-UBND
  date: 2024-01-02
- number: 2/QĐ-UBND
  date: 2024-06-01
subject: village
tier: basic
effective_from: 2024-01-02
effective_to: 2025-12-31
expected_counts:
  criteria: 2
  indicators: 2
regions:
- code: TDMNPB
  name: Trung du miền núi phía Bắc
- code: DBSH
  name: Đồng bằng sông Hồng
groups:
- code: I
  name: Nhà và vườn
criteria:
- number: 1
  name: Nhà ở
  group: I
  name_status: verified
  indicators:
  - code: '1'
    text: Tỷ lệ nhà đạt chuẩn
    value_type: percent
    unit: '%'
    direction: at_least
    threshold: 80
    threshold_by_region:
      TDMNPB: 75
      DBSH: null
    delegated: false
    text_status: verified
    threshold_status: recalled
    source: trí nhớ
- number: 2
  name: Vườn
  group: I
  name_status: recalled
  indicators:
  - code: '2.1'
    text: Vườn được cải tạo
    value_type: boolean
    unit: null
    direction: achieved
    threshold: Đạt
    delegated: false
    text_status: recalled
    threshold_status: recalled
    source: trí nhớ
    amended:
      number: 2/QĐ-UBND
      date: 2024-06-01
      text: Tỷ lệ vườn được cải tạo
      value_type: percent
      unit: '%'
      direction: at_least
      threshold: null
      text_status: verified
      threshold_status: unknown
      source: báo
"""


@pytest.fixture
def write(tmp_path):
    def write(text=SMALL, name="thon.yaml", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def line_of(text, fragment):
    """The number of the line that holds the fragment, which must be on one line only."""
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if fragment in line]
    assert len(lines) == 1, f"{fragment!r} is on lines {lines}"
    return lines[0]


def open_sheet(criteria_set):
    place = Locality.objects.create(level=Level.COMMUNE, kind="xã", name="Sơn Bình")
    period = Period.objects.create(code="q1", name="Quý I", starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 31))
    return Assessment.objects.create(locality=place, criteria_set=criteria_set, period=period)


# The shipped sets


@pytest.fixture
def shipped():
    return {report.criteria_set.code: report for report in import_sets()}


def test_shipped_sets_have_the_counts_of_their_decisions(shipped):
    counts = {code: (r.criteria, r.indicators, r.verified, r.criteria_set.is_complete) for code, r in shipped.items()}
    assert counts == {
        "do-thi-van-minh-2022": (9, 0, 0, False),
        "huyen-ntm-2021-2025": (9, 14, 3, False),
        "huyen-ntm-nang-cao-2021-2025": (9, 0, 0, False),
        "tinh-ntm-2026-2030": (3, 3, 3, False),
        "xa-ntm-2016-2020": (19, 49, 21, True),
        "xa-ntm-2021-2025": (19, 57, 5, True),
        "xa-ntm-2026-2030": (10, 9, 0, False),
        "xa-ntm-hien-dai-2026-2030": (0, 0, 0, False),
        "xa-ntm-kieu-mau-2021-2025": (4, 4, 4, True),
        "xa-ntm-nang-cao-2021-2025": (19, 75, 1, True),
    }
    assert Criterion.objects.filter(criteria_set__code="xa-ntm-2021-2025").count() == 19
    assert Indicator.objects.filter(criterion__criteria_set__code="xa-ntm-2021-2025", since_on=None).count() == 57


def test_incomplete_sets_say_why(shipped):
    assert "Mới có 9 trên 47 chỉ tiêu." in shipped["xa-ntm-2026-2030"].criteria_set.incomplete_reason
    assert "Chưa có tiêu chí nào." in shipped["xa-ntm-hien-dai-2026-2030"].criteria_set.incomplete_reason
    complete = [report.criteria_set for report in shipped.values() if report.criteria_set.is_complete]
    assert all(s.incomplete_reason == "" for s in complete)


def test_shipped_sets_know_what_comes_first_and_their_bands(shipped):
    sets = {s.code: s for s in CriteriaSet.objects.select_related("requires")}
    assert sets["xa-ntm-kieu-mau-2021-2025"].requires.code == "xa-ntm-nang-cao-2021-2025"
    assert sets["xa-ntm-nang-cao-2021-2025"].requires.code == "xa-ntm-2021-2025"
    assert sets["xa-ntm-2021-2025"].requires is None
    assert sets["xa-ntm-2021-2025"].bands == [19, 15, 10, 5, 0]
    assert sets["xa-ntm-2026-2030"].bands == [10, 5, 0]
    assert sets["xa-ntm-hien-dai-2026-2030"].bands == []
    assert sets["xa-ntm-2021-2025"].legal_basis[0]["number"] == "318/QĐ-TTg"
    assert sets["xa-ntm-2021-2025"].legal_basis[0]["date"] == "2022-03-08"


def test_short_names_fit_the_head_of_the_matrix(shipped):
    for code in ("xa-ntm-2016-2020", "xa-ntm-2021-2025", "xa-ntm-nang-cao-2021-2025"):
        names = list(Criterion.objects.filter(criteria_set__code=code).values_list("short_name", flat=True))
        assert len(set(names)) == 19
        assert all(0 < len(name) <= 17 for name in names)


def thresholds(code, indicator):
    return Threshold.objects.filter(
        indicator__criterion__criteria_set__code=code, indicator__code=indicator, indicator__since_on=None
    )


def test_income_has_a_threshold_for_each_year_and_region_and_none_without_a_year(shipped):
    income = thresholds("xa-ntm-2021-2025", "10")
    assert income.get(zone="TDMNPB", year_from=2024, year_to=2024).value == 45
    assert income.get(zone="", year_from=2024).value == 54
    assert income.count() == 5 * 8
    assert not income.filter(year_from=None).exists()


def test_regions_keep_rows_of_their_own_and_decimals(shipped):
    poverty = {row.zone: row.value for row in thresholds("xa-ntm-2021-2025", "11")}
    assert poverty[""] == 5
    assert poverty["DBSH"] == Decimal("1.5")
    assert len(poverty) == 8


def test_a_region_without_a_figure_keeps_an_empty_row(shipped):
    rows = {row.zone: row for row in thresholds("xa-ntm-2021-2025", "15.4")}
    assert rows["TDMNPB"].value == 50
    assert rows["TDMNPB"].status == Verification.VERIFIED
    assert rows["BTB"].value is None
    assert rows["BTB"].status == Verification.UNKNOWN
    assert "" not in rows


@pytest.mark.parametrize(
    ("code", "zone", "status"),
    [
        ("3.1", "TDMNPB", Verification.VERIFIED),
        ("5", "TDMNPB", Verification.VERIFIED),
        ("5", "", Verification.RECALLED),
        ("15.1", "", Verification.VERIFIED),
        ("15.1", "TDMNPB", Verification.RECALLED),
        ("4.2", "", Verification.RECALLED),
    ],
)
def test_a_row_is_as_sure_as_the_file_says(shipped, code, zone, status):
    assert thresholds("xa-ntm-2021-2025", code).get(zone=zone).status == status


def test_an_unconfirmed_threshold_is_a_note_and_never_a_figure(shipped):
    village = Indicator.objects.get(criterion__criteria_set__code="xa-ntm-2021-2025", code="16")
    assert not village.thresholds.exists()
    assert "không dùng để đánh giá: QĐ 1980 đặt 70%" in village.notes


def test_an_amended_indicator_has_both_wordings_with_their_dates(shipped):
    first, later = Indicator.objects.filter(criterion__criteria_set__code="xa-ntm-2021-2025", code="15.4").order_by(
        "pk"
    )
    assert (first.value_type, first.until_on, first.decision) == ("percent", date(2024, 2, 29), "318/QĐ-TTg")
    assert (later.value_type, later.direction, later.unit) == ("boolean", "achieved", "")
    assert (later.since_on, later.decision, later.position) == (date(2024, 3, 1), "211/QĐ-TTg", first.position)
    assert not later.thresholds.exists()
    assert Indicator.objects.in_force(date(2024, 2, 29)).filter(code="15.4", pk=first.pk).exists()
    assert Indicator.objects.in_force(date(2024, 3, 1)).filter(code="15.4", pk=later.pk).exists()


def test_an_amended_indicator_takes_words_but_no_threshold_from_the_first(shipped):
    water = Indicator.objects.get(
        criterion__criteria_set__code="xa-ntm-2021-2025", code="17.1", since_on=date(2024, 3, 1)
    )
    assert (water.value_type, water.unit, water.direction) == ("percent", "%", "at_least")
    assert water.threshold_status == Verification.UNKNOWN
    assert not water.thresholds.exists()


def test_loading_again_changes_nothing(shipped):
    before = list(Indicator.objects.values_list("pk", flat=True).order_by("pk"))
    assert {report.outcome for report in import_sets()} == {"không đổi"}
    assert list(Indicator.objects.values_list("pk", flat=True).order_by("pk")) == before


def test_the_command_prints_a_line_for_each_set(capsys):
    call_command("load_criteria", str(SHIPPED / "xa-ntm-2021-2025.yaml"))
    assert capsys.readouterr().out.strip() == (
        "xa-ntm-2021-2025: đã nạp; 19/19 tiêu chí, 57/57 chỉ tiêu (5 đã đối chiếu, 52 chưa đối chiếu); đủ để đánh giá"
    )


# Changing a set


def test_comments_and_line_endings_do_not_make_another_set(write):
    import_sets([write()])
    [report] = import_sets([write("# đã xem lại\r\n" + SMALL.replace("\n", "\r\n"))])
    assert report.outcome == "không đổi"


def test_a_changed_set_is_updated_where_it_stands(write):
    import_sets([write()])
    house = Criterion.objects.get(name="Nhà ở")
    agency = Agency.objects.create(
        name="Phòng",
        kind=AgencyKind.DEPARTMENT,
        locality=Locality.objects.create(level="district", kind="huyện", name="A"),
    )
    CriterionLead.objects.create(criterion=house, agency=agency)
    own = Threshold.objects.create(
        indicator=Indicator.objects.get(code="1"), locality=agency.locality, value=60, status="verified"
    )
    [report] = import_sets([write(SMALL.replace("threshold: 80", "threshold: 82"))])
    assert report.outcome == "đã cập nhật"
    assert CriterionLead.objects.get().criterion_id == house.pk
    assert Indicator.objects.get(code="1").thresholds.get(zone="", locality=None).value == 82
    assert Threshold.objects.get(pk=own.pk).indicator.code == "1"


def test_a_criterion_that_is_led_is_not_dropped(write):
    import_sets([write()])
    garden = Criterion.objects.get(name="Vườn")
    place = Locality.objects.create(level="district", kind="huyện", name="A")
    CriterionLead.objects.create(
        criterion=garden, agency=Agency.objects.create(name="Phòng", kind=AgencyKind.DEPARTMENT, locality=place)
    )
    with pytest.raises(ImportRefused, match="đang có cơ quan phụ trách"):
        import_sets([write(SMALL[: SMALL.index("- number: 2\n")])])
    assert Criterion.objects.filter(pk=garden.pk).exists()


def test_a_set_in_use_is_not_changed_and_nothing_else_is_written(write):
    import_sets([write()])
    open_sheet(CriteriaSet.objects.get())
    changed = write(SMALL.replace("threshold: 80", "threshold: 82"))
    other = write(SMALL.replace("thon-mau", "thon-khac"), "khac.yaml")
    with pytest.raises(ImportRefused, match="“thon-mau” đang được dùng trong 1 phiếu đánh giá"):
        import_sets([other, changed])
    assert Threshold.objects.get(zone="").value == 80
    assert CriteriaSet.objects.count() == 1


def test_a_set_in_use_may_be_loaded_again_unchanged(write):
    import_sets([write()])
    open_sheet(CriteriaSet.objects.get())
    assert import_sets([write()])[0].outcome == "không đổi"


def test_what_an_officer_confirmed_stays_when_the_file_changes(write):
    import_sets([write()])
    indicator = Indicator.objects.get(code="1")
    row = Threshold.objects.get(indicator=indicator, zone="")
    confirmed = confirm_threshold(row=row, value=Decimal(85), document="1/QĐ-UBND", by=factories.user()).threshold
    import_sets([write(SMALL.replace("threshold: 80", "threshold: 82"))])
    rows = Threshold.objects.filter(indicator=indicator, zone="")
    assert rows.at(None).get() == confirmed
    former = rows.exclude(pk=confirmed.pk).get()
    assert (former.value, former.replaced_at, former.replaced_by) == (82, confirmed.entered_at, confirmed.entered_by)
    start, end = SMALL.index("  indicators:\n  - code: '1'"), SMALL.index("- number: 2\n  name: Vườn")
    with pytest.raises(ImportRefused, match="bỏ chỉ tiêu đang có mức do cán bộ nhập"):
        import_sets([write(SMALL[:start] + "  indicators: []\n" + SMALL[end:])])


# Malformed files

MALFORMED = [
    ("threshold: 80", "threshold: tám", "threshold: tám", "mức “threshold” phải là số"),
    ("threshold: 80", "threshold: true", "threshold: true", "mức “threshold” phải là số"),
    ("threshold: 80", "threshold: -1", "threshold: -1", "từ 0 đến dưới 10 tỷ"),
    ("threshold: 80", "threshold: 101", "threshold: 101", "quá 100 %"),
    ("threshold: 80", "threshold: .inf", "threshold: .inf", "phải là số"),
    ("TDMNPB: 75", "TDMN: 75", "TDMN: 75", "không biết vùng “TDMN”"),
    ("      DBSH: null\n", "", "threshold_by_region:", "thiếu mức của vùng DBSH"),
    ("- code: DBSH", "- code: MIENBAC", "- code: MIENBAC", "không biết vùng hoặc nhóm xã “MIENBAC”"),
    ("value_type: boolean", "value_type: bool", "value_type: bool", "“value_type” không nhận giá trị “bool”"),
    ("direction: achieved", "direction: at_least", None, "chiều “at_least” không hợp với kiểu giá trị “boolean”"),
    ("direction: achieved", "direction: up", "direction: up", "“direction” không nhận giá trị “up”"),
    ("name_status: verified", "name_status: sure", "name_status: sure", "“name_status” không nhận giá trị “sure”"),
    ("threshold_status: unknown", "threshold_status: maybe", "threshold_status: maybe", "“threshold_status” không nhận"),
    ("      threshold: null\n", "      threshold: 70\n", "threshold_status: unknown", "là unknown mà có mức bằng số"),
    ("code: '2.1'", "code: '1'", None, "mã chỉ tiêu “1” đã dùng ở dòng"),
    ("code: '2.1'", "code: '3.1'", "code: '3.1'", "mã chỉ tiêu “3.1” không thuộc tiêu chí 2"),
    ("code: '2.1'", "code: 2.1", "code: 2.1", "“code” phải là chữ"),
    ("- number: 2\n  name: Vườn", "- number: 3\n  name: Vườn", "- number: 3", "tiêu chí số 3 đứng ở chỗ của số 2"),
    ("  name: Vườn\n  group: I", "  name: Vườn\n  group: IX", "group: IX", "nhóm “IX” không có trong “groups”"),
    ("effective_from: 2024-01-02", "effective_from: 2024-02-31", "2024-02-31", "phải là ngày có thật"),
    ("effective_to: 2025-12-31", "effective_to: 2023-12-31", "2023-12-31", "“effective_to” trước “effective_from”"),
    ("      date: 2024-06-01", "      date: 2024-01-01", "      date: 2024-01-01", "ngày sửa đổi phải sau ngày áp dụng"),
    ("      number: 2/QĐ-UBND", "      number: 9/QĐ-UBND", "9/QĐ-UBND", "không có trong “legal_basis”"),
    ("  criteria: 2\n", "  criteria: 1\n", None, "nhiều hơn 1 tiêu chí"),
    ("  indicators: 2\n", "  indicators: 1\n", None, "nhiều hơn 1 chỉ tiêu"),
    ("  criteria: 2\n", "  criteria: hai\n", "criteria: hai", "phải là số nguyên"),
    ("    text: Tỷ lệ nhà đạt chuẩn\n", "", None, "thiếu “text”"),
    ("subject: village\n", "", None, "thiếu “subject”"),
    ("tier: basic\n", "tier: basic\ntier: model\n", "tier: model", "khóa “tier” ghi hai lần"),
    ("    delegated: false\n", "    delegate: false\n", "delegate: false", "không biết khóa “delegate”"),
    ("unit: '%'\n    direction", "unit: 5\n    direction", "unit: 5", "“unit” phải là chữ"),
    ("code: thon-mau", "code: Thôn Mẫu", "code: Thôn Mẫu", "chỉ gồm chữ thường không dấu"),
    ("tier: basic\n", "tier: basic\nbands: [1, 2]\n", "bands", "giảm dần"),
    ("tier: basic\n", "tier: basic\ndepends_on: khong-co\n", "depends_on", "không có bộ tiêu chí “khong-co”"),
    ("criteria:\n- number: 1\n", "criteria: 5\nrest:\n- number: 1\n", "criteria: 5", "“criteria” không phải là danh sách"),
    ("regions:\n- code: TDMNPB\n", "regions: 5\nrest:\n- code: TDMNPB\n", "regions: 5", "“regions” không phải là danh sách"),
    ("unit: '%'\n    direction", "unit: chiếc\n    direction", "unit: chiếc", "không biết đơn vị tính “chiếc”"),
    ("tier: basic\n", "tier: [basic\n", None, "không đúng cú pháp YAML"),
    ("tier: basic\n", "tier: basic\n\tx: 1\n", "\tx", "không đúng cú pháp YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "at", "sentence"), MALFORMED)
def test_a_malformed_file_is_refused_by_line_and_nothing_is_written(write, right, wrong, at, sentence):
    text = SMALL.replace(right, wrong, 1)
    assert text != SMALL
    good = write(SMALL.replace("thon-mau", "thon-tot"), "tot.yaml")
    with pytest.raises(ImportRefused) as refused:
        import_sets([good, write(text)])
    told = [problem for problem in refused.value.problems if sentence in problem]
    assert told, refused.value.problems
    assert "tệp thon.yaml, dòng " in told[0]
    if at:
        assert f"dòng {line_of(text, at)}:" in told[0], told
    assert not CriteriaSet.objects.exists()
    assert not Indicator.objects.exists()


def test_every_problem_is_told_not_only_the_first(write):
    text = SMALL.replace("threshold: 80", "threshold: tám").replace("tier: basic", "tier: best")
    with pytest.raises(CommandError) as refused:
        call_command("load_criteria", str(write(text)))
    assert "Không nạp bộ tiêu chí nào." in str(refused.value)
    assert f"dòng {line_of(text, 'tier: best')}:" in str(refused.value)
    assert f"dòng {line_of(text, 'threshold: tám')}:" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "encoding", "sentence"),
    [
        (SMALL, "utf-16", "dòng 1: chữ không ở bảng mã UTF-8"),
        ("", "utf-8", "dòng 1: tệp không có nội dung"),
        ("- a\n- b\n", "utf-8", "dòng 1: tệp không có nội dung"),
        (SMALL.replace("Vườn\n", "V\x01ườn\n", 1), "utf-8", "dòng 43: có ký tự không được phép"),
    ],
)
def test_a_file_of_another_kind_is_refused(write, text, encoding, sentence):
    with pytest.raises(ImportRefused) as refused:
        import_sets([write(text, encoding=encoding)])
    assert any(sentence in problem for problem in refused.value.problems), refused.value.problems


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImportRefused, match="khong-co.yaml: không mở được"):
        import_sets([tmp_path / "khong-co.yaml"])


def test_a_set_twice_in_one_run_is_refused(write):
    with pytest.raises(ImportRefused, match="đã có trong tệp"):
        import_sets([write(), write(name="lai.yaml")])


def test_shipped_marks_agree_with_confidence(shipped):
    """`confidence: verified` in the files and `is_verified` on the screen say the same."""
    for path in SHIPPED.glob("*.yaml"):
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        said = [i["confidence"] == "verified" for c in data["criteria"] for i in c["indicators"]]
        kept = Indicator.objects.filter(criterion__criteria_set__code=data["code"], since_on=None)
        assert [i.is_verified for i in kept.order_by("criterion__number", "position")] == said, path.name


def test_types_of_values_agree_with_their_thresholds(shipped):
    assert not Threshold.objects.filter(indicator__value_type__in=[ValueType.BOOLEAN, ValueType.TEXT]).exists()
