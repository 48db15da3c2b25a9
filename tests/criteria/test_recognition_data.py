"""Conditions, withdrawal and crosswalk: loaded beside the sets, by line, without touching what people recorded."""

import pytest
from django.urls import reverse
from django.utils import timezone

from criteria.imports import SHIPPED, ImportRefused, import_sets
from criteria.imports.recognition import RECOGNITION, load_recognition
from criteria.models import Condition, ConditionResult, CriteriaSet, CriterionLink
from tests import factories

pytestmark = pytest.mark.django_db

SMALL = """\
sets:
- set: cu
  conditions:
  - code: hai-long
    name: Hài lòng
    text: Tỷ lệ hài lòng
    value_type: percent
    unit: '%'
    direction: at_least
    threshold: 90
    status: recalled
    source: trí nhớ
  - code: no-dong
    name: Nợ đọng
    text: Không có nợ đọng
    value_type: boolean
    direction: achieved
    status: verified
    source: QĐ 18
  revocation:
  - from_percent: 30
    below_percent: 50
    any_of: [1, 3]
    status: verified
    source: QĐ 18
  - from_percent: 50
    status: verified
    source: QĐ 18
links:
- from: cu
  to: moi
  status: recalled
  source: theo tên
  criteria:
  - {new: 1, old: [1, 2]}
"""


@pytest.fixture
def sets():
    return factories.small_set(code="cu"), factories.small_set(code="moi")


@pytest.fixture
def load(tmp_path):
    def load(text=SMALL):
        path = tmp_path / "recognition.yaml"
        path.write_text(text, encoding="utf-8")
        return load_recognition(path)

    return load


def rows():
    conditions = Condition.objects.order_by("pk").values_list("pk", "code", "threshold", "status", "text")
    links = CriterionLink.objects.order_by("pk").values_list("pk", "old", "new", "status", "source")
    return list(conditions), list(links), list(CriteriaSet.objects.order_by("pk").values_list("revocation", "checksum"))


def test_the_shipped_file_gives_conditions_withdrawal_and_crosswalk():
    import_sets()
    basic = CriteriaSet.objects.get(code="xa-ntm-2021-2025")
    assert [row.code for row in basic.conditions.order_by("position")] == ["hai-long", "no-dong", "an-ninh"]
    shares = [(rule["from_percent"], rule.get("below_percent"), rule.get("any_of")) for rule in basic.revocation]
    assert shares == [(30, 50, [10, 17, 19]), (50, None, None)]
    named = basic.criteria.filter(number__in=basic.revocation[0]["any_of"]).order_by("number")
    assert [row.name for row in named] == ["Thu nhập", "Môi trường và an toàn thực phẩm", "Quốc phòng và An ninh"]
    advanced = CriteriaSet.objects.get(code="xa-ntm-nang-cao-2021-2025")
    named = advanced.criteria.filter(number__in=advanced.revocation[0]["any_of"]).order_by("number")
    assert [row.name for row in named] == [
        "Thu nhập",
        "Môi trường",
        "Chất lượng môi trường sống",
        "Quốc phòng và An ninh",
    ]
    new = CriteriaSet.objects.get(code="xa-ntm-2026-2030")
    links = CriterionLink.objects.filter(old__criteria_set=basic, new__criteria_set=new)
    # Every one of the nineteen is taken up, every one of the ten has something to go by.
    assert set(links.values_list("old__number", flat=True)) == set(range(1, 20))
    assert set(links.values_list("new__number", flat=True)) == set(range(1, 11))
    assert set(links.values_list("status", flat=True)) == {"recalled"}


def test_what_was_not_read_is_not_marked_as_read():
    import_sets()
    satisfaction = Condition.objects.filter(code="hai-long")
    assert set(satisfaction.values_list("status", flat=True)) == {"recalled"}


def test_loading_again_changes_nothing_and_leaves_the_sets_alone():
    import_sets()
    before = rows()
    reports = import_sets()
    assert {report.outcome for report in reports} == {"không đổi"}
    assert rows() == before


def test_named_files_load_without_it():
    import_sets([SHIPPED / "xa-ntm-2021-2025.yaml"])
    assert not Condition.objects.exists()
    assert RECOGNITION.exists()


def test_texts_are_renewed_in_place_and_results_stay(sets, load):
    load()
    condition = Condition.objects.get(code="no-dong")
    sheet = factories.assessment(factories.commune(), sets[0], factories.period())
    result = ConditionResult.objects.create(
        assessment=sheet, condition=condition, status="met", recorded_at=timezone.now()
    )
    load(SMALL.replace("Không có nợ đọng", "Không có nợ đọng xây dựng"))
    assert Condition.objects.get(pk=condition.pk).text == "Không có nợ đọng xây dựng"
    assert ConditionResult.objects.get() == result
    start, end = SMALL.index("  - code: no-dong"), SMALL.index("  revocation:")
    with pytest.raises(ImportRefused, match="bỏ điều kiện “no-dong” của bộ “cu” đang có kết quả"):
        load(SMALL[:start] + SMALL[end:])
    with pytest.raises(ImportRefused, match="đổi kiểu của điều kiện “no-dong”"):
        load(SMALL.replace("value_type: boolean\n    direction: achieved", "value_type: count\n    unit: nhà\n    "
                           "threshold: 0\n    direction: equals"))  # fmt: skip
    assert ConditionResult.objects.count() == 1


def test_what_nobody_used_may_go(sets, load):
    load()
    load(SMALL.replace("old: [1, 2]", "old: [2]").replace("code: no-dong", "code: no-dong-2"))
    assert set(Condition.objects.values_list("code", flat=True)) == {"hai-long", "no-dong-2"}
    assert list(CriterionLink.objects.values_list("old__number", "new__number")) == [(2, 1)]


@pytest.mark.parametrize(
    ("right", "wrong", "at", "sentence"),
    [
        ("- set: cu", "- set: khac", "- set: khac", "không có bộ tiêu chí “khac”"),
        ("  to: moi", "  to: khac", "  to: khac", "không có bộ tiêu chí “khac”"),
        ("  to: moi", "  to: cu", "  to: cu", "không quy đổi một bộ tiêu chí sang chính nó"),
        ("any_of: [1, 3]", "any_of: [1, 9]", "any_of", "không có tiêu chí số “9”"),
        ("any_of: [1, 3]", "any_of: 3", "any_of", "phải là danh sách"),
        ("old: [1, 2]", "old: [1, 20]", "old: [1, 20]", "bộ “cu” không có tiêu chí số “20”"),
        ("{new: 1,", "{new: 7,", "new: 7", "bộ “moi” không có tiêu chí số “7”"),
        ("old: [1, 2]", "old: [1, 1]", "old: [1, 1]", "ghi hai lần"),
        ("below_percent: 50", "below_percent: 20", "below_percent", "phải lớn hơn"),
        ("from_percent: 30", "from_percent: 130", "from_percent: 130", "phải từ 1 đến 100"),
        ("threshold: 90", "threshold: 190", "threshold: 190", "quá 100 %"),
        ("threshold: 90\n    status: recalled", "status: recalled", None, "“status” là unknown"),
        ("code: no-dong", "code: hai-long", None, "mã điều kiện “hai-long” ghi hai lần"),
        ("    name: Nợ đọng", "    ten: Nợ đọng", "ten: Nợ đọng", "không biết khóa “ten”"),
        ("status: recalled", "status: sure", None, "“status” không nhận giá trị “sure”"),
    ],
)
def test_a_malformed_file_is_refused_by_line_and_nothing_is_written(sets, load, right, wrong, at, sentence):
    text = SMALL.replace(right, wrong, 1)
    assert text != SMALL
    with pytest.raises(ImportRefused) as refused:
        load(text)
    told = [problem for problem in refused.value.problems if sentence in problem]
    assert told, refused.value.problems
    assert "tệp recognition.yaml, dòng " in told[0]
    if at:
        (line,) = [number for number, words in enumerate(text.splitlines(), start=1) if at in words]
        assert f"dòng {line}:" in told[0]
    assert not Condition.objects.exists()
    assert not CriterionLink.objects.exists()


def test_the_page_of_a_set_shows_them_with_their_marks(client):
    import_sets()
    client.force_login(factories.user(place=factories.district()))
    text = client.get(reverse("criteria:set-detail", args=["xa-ntm-2021-2025"])).content.decode()
    assert "Không có nợ đọng xây dựng cơ bản" in text
    assert "<b>≥ 90 %</b>" in text
    assert (
        "Từ 30 % đến dưới 50 % số tiêu chí không còn đạt, trong đó có ít nhất một trong các tiêu chí 10. Thu nhập; "
        "17. Môi trường và an toàn thực phẩm; 19. Quốc phòng và An ninh"
    ) in text
    new = client.get(reverse("criteria:set-detail", args=["xa-ntm-2026-2030"])).content.decode()
    assert "đối chiếu theo tên tiêu chí, chưa có văn bản hướng dẫn quy đổi" in new
    assert "10. Thu nhập; 13. Tổ chức sản xuất và phát triển kinh tế nông thôn" in new
