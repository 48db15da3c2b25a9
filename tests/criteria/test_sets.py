"""The pages of criteria sets: what is complete, what was checked, and which wording counts when."""

import pytest
from django.urls import reverse

from accounts.models import Role, User
from communes.models import Locality
from criteria.imports import SHIPPED, import_sets
from criteria.models import CriteriaSet

pytestmark = pytest.mark.django_db
COMMUNE_SET = SHIPPED / "xa-ntm-2021-2025.yaml"


@pytest.fixture
def reader(client):
    place = Locality.objects.create(level="commune", kind="xã", name="Sơn Bình")
    client.force_login(User.objects.create_user("xa", role=Role.COMMUNE_OFFICER, place=place))
    return client


def detail(client, code):
    return client.get(reverse("criteria:set-detail", args=[code]))


def test_the_list_has_complete_sets_first_and_says_what_the_others_lack(reader):
    import_sets()
    page = reader.get(reverse("criteria:sets"))
    complete = [s.is_complete for s in page.context["sets"]]
    assert complete == sorted(complete, reverse=True)
    text = page.content.decode()
    assert text.count("chưa mở được để đánh giá") == 6
    assert "Mới có 9 trên 47 chỉ tiêu." in text
    assert "318/QĐ-TTg" in text


def test_an_empty_list_says_what_to_do(reader):
    assert "load_criteria" in reader.get(reverse("criteria:sets")).content.decode()


def test_a_set_shows_its_basis_thresholds_and_marks(reader):
    import_sets([COMMUNE_SET])
    text = detail(reader, "xa-ntm-2021-2025").content.decode()
    assert "318/QĐ-TTg ngày 08/03/2022" in text
    assert "19/19 tiêu chí, 57/57 chỉ tiêu; ✓ 5 đã đối chiếu, ◇ 52 chưa đối chiếu" in text
    assert "II. Hạ tầng kinh tế - xã hội" in text
    assert "Trung du miền núi phía Bắc" in text
    assert "≤ 1,5" in text
    assert "Mức do UBND cấp tỉnh quy định." in text
    assert "mức đạt chuẩn áp dụng theo quy định đối với vùng Trung du miền núi phía Bắc" in text


def test_both_wordings_of_an_amended_indicator_stand_with_their_dates(reader):
    import_sets([COMMUNE_SET])
    text = detail(reader, "xa-ntm-2021-2025").content.decode()
    assert "Đến hết 29/02/2024, theo 318/QĐ-TTg:" in text
    assert "Từ 01/03/2024, theo 211/QĐ-TTg:" in text
    assert "Xã triển khai thực hiện sổ khám chữa bệnh điện tử" in text


def test_an_incomplete_set_is_shown_with_the_reason(reader):
    import_sets([SHIPPED / "xa-ntm-2026-2030.yaml"])
    text = detail(reader, "xa-ntm-2026-2030").content.decode()
    assert "Chưa mở được để đánh giá." in text
    assert "Chưa có chỉ tiêu nào." in text


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_set_has_a_page(reader, path):
    import_sets(SHIPPED / f"{code}.yaml" for code in {path.stem, *_required(path.stem)})
    assert detail(reader, path.stem).status_code == 200


def _required(code):
    return {
        "xa-ntm-nang-cao-2021-2025": ["xa-ntm-2021-2025"],
        "xa-ntm-kieu-mau-2021-2025": ["xa-ntm-2021-2025", "xa-ntm-nang-cao-2021-2025"],
    }.get(code, [])


def test_an_unknown_set_is_not_found(reader):
    assert detail(reader, "khong-co").status_code == 404


def test_queries_do_not_grow_with_the_set(reader, django_assert_num_queries):
    import_sets([SHIPPED / "xa-ntm-hien-dai-2026-2030.yaml", COMMUNE_SET])
    assert CriteriaSet.objects.count() == 2
    # session, user, set, criteria, indicators, thresholds, conditions, crosswalk
    with django_assert_num_queries(8):
        detail(reader, "xa-ntm-2021-2025")
    with django_assert_num_queries(3):  # session, user, sets
        reader.get(reverse("criteria:sets"))
