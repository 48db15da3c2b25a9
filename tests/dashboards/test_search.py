"""Finding: what the words of people find, in which order, and never what is another's."""

import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import Agency, CommitteeMember, Locality
from criteria.models import Criterion, Indicator
from dashboards.search import KINDS, Question, find, marked
from directives import actions
from directives.models import Directive, Task
from tests import factories
from tests.directives.factories import District, draft, issued, task
from tests.reading import counted

pytestmark = pytest.mark.django_db
URL = "/tim/"


@pytest.fixture
def tam_duong():
    district = District(communes=["Sơn Bình", "Bình Lư", "Bản Thuỷ"])
    district.reader = district.officer()
    return district


@pytest.fixture
def sets():
    old = factories.criteria_set("cu", short_name="Xã NTM 2016–2020", effective_from=date(2016, 12, 1))
    new = factories.criteria_set("moi", short_name="Xã NTM 2021–2025", effective_from=date(2021, 1, 1))
    for made, name in ((old, "Hộ nghèo"), (new, "Nghèo đa chiều")):
        factories.criterion(made, 1, name="Quy hoạch")
        poor = factories.criterion(made, 11, name=name)
        factories.indicator(poor, 1, text="Tỷ lệ nghèo đa chiều")
        factories.indicator(poor, 2, text="Thuỷ lợi nhỏ")


def found(user, text, limit=8):
    """The names found by kind, without marks."""
    groups = find(Question(user, text, timezone.localdate()), limit)
    return {
        group.kind.name: [hit.name.replace("<mark>", "").replace("</mark>", "") for hit in group.hits]
        for group in groups
    }


def page(user, **query):
    client = Client()
    client.force_login(user)
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def places_in(html):
    return len(re.findall(r'href="/xa/\d+/"', html))


def notice(district, **fields):
    directive = draft(district, **{"number": "253/TB-UBND", "issued_on": date(2024, 4, 2), **fields})
    task(directive, [district.health], text="Khám sức khoẻ cho 05 xã", due_on=timezone.localdate() - timedelta(days=3))
    return actions.issue_directive(directive=directive, by=None)


# -- what finds what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["son binh", "SƠN BÌNH", "Bình Sơn", "xã sơn bình", "sơn bì"])
def test_a_commune_is_found_however_it_is_typed(tam_duong, text):
    assert found(tam_duong.reader, text)["xa"] == ["Xã Sơn Bình"]


@pytest.mark.parametrize("text", ["thuỷ", "thủy", "thuy", "Thu\u1ef7"])
def test_the_place_of_the_tone_does_not_matter(tam_duong, sets, text):
    kinds = found(tam_duong.reader, text)
    assert kinds["xa"] == ["Xã Bản Thuỷ"]
    assert kinds["chi-tieu"] == ["11.2 Thuỷ lợi nhỏ", "11.2 Thuỷ lợi nhỏ"]


@pytest.mark.parametrize(
    "text",
    ["253/TB", "253/TB-UBND", "tb 253", "TB253", "thông báo số 253", "253", "2/4/2024", "02/04/2024", "kết luận"],
)
def test_a_notice_is_found_by_number_day_and_title(tam_duong, text):
    notice(tam_duong)
    draft(tam_duong, number="1253/QĐ-UBND", title="Phân bổ vốn", issued_on=date(2024, 5, 9))
    assert found(tam_duong.reader, text)["van-ban"] == ["Thông báo 253/TB-UBND: Kết luận cuộc họp triển khai kế hoạch"]


@pytest.mark.parametrize("text", ["11", "tiêu chí 11", "TC11", "tc 11"])
def test_a_criterion_is_found_by_its_number_that_of_the_newest_set_first(tam_duong, sets, text):
    kinds = found(tam_duong.reader, text)
    assert kinds["tieu-chi"] == ["Tiêu chí 11. Nghèo đa chiều", "Tiêu chí 11. Hộ nghèo"]
    assert "Xã NTM 2016–2020" in page(tam_duong.reader, q=text)


@pytest.mark.parametrize("text", ["11.2", "11,2", "chỉ tiêu 11.2", "tiêu chí 11.2"])
def test_an_indicator_is_found_by_its_number(tam_duong, sets, text):
    assert found(tam_duong.reader, text)["chi-tieu"] == ["11.2 Thuỷ lợi nhỏ", "11.2 Thuỷ lợi nhỏ"]


def test_a_body_is_found_by_either_name_and_a_member_by_the_post(tam_duong):
    assert found(tam_duong.reader, "giao duc")["co-quan"] == ["Phòng Giáo dục và Đào tạo"]
    kinds = found(tam_duong.reader, "gd&đt")
    assert kinds["co-quan"] == ["Phòng Giáo dục và Đào tạo"]
    assert kinds["thanh-vien"] == ["Lãnh đạo Phòng GD&amp;ĐT"]


def test_a_task_says_how_it_stands_whose_it_is_and_when_due(tam_duong):
    notice(tam_duong)
    html = page(tam_duong.reader, q="khoe kham")
    due = timezone.localdate() - timedelta(days=3)
    assert "Quá hạn 3 ngày" in html
    assert f"Trung tâm Y tế huyện · hạn {due:%d/%m/%Y} · Thông báo 253/TB-UBND" in html
    assert "<mark>Khám</mark> sức <mark>khoẻ</mark>" in html


def test_a_place_says_what_it_reached_on_which_basis_and_where_it_lies():
    year = factories.Year({"Sơn Bình": ("M" * 14 + "u" * 5, ""), "Bản Bo": ("M" * 19, "M" * 19)})
    html = page(year.officer, q="sơn bình")
    assert "đạt 14/19 tiêu chí, Quý I/2024, có kết quả mới tự đánh giá · huyện Tam Đường" in html
    assert "đạt 19/19 tiêu chí, Quý I/2024, đã thẩm định" in page(year.officer, q="bản bo")
    factories.commune("Nà Tăm", year.district, dissolved_on=date(2025, 7, 1))
    assert "không còn từ 01/07/2025 · chưa có phiếu đánh giá" in page(year.officer, q="nà tăm")


def test_a_withdrawn_task_says_so_and_a_draft_is_not_a_task_yet(tam_duong):
    row = Task.objects.get(directive=notice(tam_duong))
    actions.withdraw_task(task=row, on=timezone.localdate(), document="", note="Không cần nữa", by=None)
    assert "đã thu hồi từ" in page(tam_duong.reader, q="khám sức khoẻ")
    task(draft(tam_duong), [tam_duong.health], text="Khám lại")
    assert "nhiem-vu" not in found(tam_duong.reader, "khám lại")


def test_a_long_text_is_cut_to_what_was_looked_for_and_nothing_in_it_is_markup():
    text = "Đầu câu dài. " * 30 + "Khám <b>sức khoẻ</b> & báo cáo. " + "Cuối câu. " * 30
    html = marked(text, ["suc", "khoe"])
    assert "&lt;b&gt;<mark>sức</mark> <mark>khoẻ</mark>&lt;/b&gt; &amp;" in html
    assert html.startswith("…")
    assert html.endswith("…")
    assert len(html) < 300


# -- how it is listed -------------------------------------------------------------------------------------------------


def test_a_kind_shows_eight_and_leads_to_all_of_it_page_by_page(tam_duong):
    factories.communes(70, tam_duong.place)
    html = page(tam_duong.reader, q="xã")
    assert places_in(html) == 8
    assert "nhom=xa" in html
    first = page(tam_duong.reader, q="xã", nhom="xa")
    assert "73 kết quả" in first
    assert places_in(first) == 30
    assert places_in(page(tam_duong.reader, q="xã", nhom="xa", page="3")) == 13
    for broken in ({"page": "x"}, {"page": "-1"}, {"nhom": "khong-co"}):
        page(tam_duong.reader, q="xã", **broken)


def test_the_kind_found_best_stands_first(tam_duong):
    issued(tam_duong, [tam_duong.health], text="Rà soát công trình thuỷ lợi")
    assert list(found(tam_duong.reader, "thuỷ lợi")) == ["nhiem-vu"]
    factories.commune("Lợi Thuỷ", tam_duong.place)
    assert list(found(tam_duong.reader, "thuỷ lợi")) == ["nhiem-vu", "xa"]


def test_the_part_below_the_box_is_only_a_part(tam_duong):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(tam_duong.reader)
    response = client.get(URL, {"q": "binh"})
    html = response.content.decode()
    assert "<html" not in html
    assert "Bình" in html
    assert "HX-Request" in response["Vary"]
    assert "Không có gì chứa đủ các từ" in client.get(URL, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Gõ vài chữ của điều cần tìm"),
        ("  \0 ", "Gõ vài chữ của điều cần tìm"),
        ("%_%", "không có chữ hay số nào để tìm"),
        ("'\";--", "không có chữ hay số nào để tìm"),
        ("khongcogi", "Không tìm thấy gì có đủ các từ “khongcogi”"),
        ("<script>alert(1)</script>", "“&lt;script&gt;alert(1)&lt;/script&gt;”"),
        ("a" * 500, "Chỉ tìm theo 100 ký tự"),
        ("sơn " * 20, "12 từ đầu"),
        ("\\", "không có chữ hay số nào để tìm"),
    ],
)
def test_whatever_is_typed_is_answered_with_a_sentence(tam_duong, text, said):
    html = page(tam_duong.reader, q=text)
    assert said in html
    assert "<script>alert" not in html
    page(tam_duong.reader, q=text, nhom="xa")


# -- rights -----------------------------------------------------------------------------------------------------------


def test_nothing_of_another_district_is_ever_found(tam_duong):
    other = District(communes=["Sơn Bình"], name="Phong Thổ")
    notice(other, number="77/TB-UBND", title="Sơn Bình của huyện khác")
    stranger, words = other.officer(), ("son binh", "khám", "77", "phòng")
    for reader in (tam_duong.reader, tam_duong.commune_officer(), tam_duong.user(Role.COMMITTEE_MEMBER)):
        for text in words:
            for group in find(Question(reader, text, timezone.localdate()), 50):
                for hit in group.hits:
                    assert "Phong Thổ" not in hit.note, (reader.role, text)
                    assert "huyện khác" not in hit.name, (reader.role, text)
        assert found(reader, "khám") == {}
    assert found(stranger, "khám")["nhiem-vu"] == ["Khám sức khoẻ cho 05 xã"]
    assert found(factories.user(place=None), "son binh") == {}


def test_a_commune_finds_itself_and_the_notices_that_gave_it_work(tam_duong):
    draft(tam_duong, number="9/TB-UBND")
    notice(tam_duong)
    directive = draft(tam_duong, number="8/TB-UBND")
    task(directive, [tam_duong.committees[0]], text="Làm đường", due_on=date(2030, 1, 1))
    actions.issue_directive(directive=directive, by=None)
    mine, neighbour = tam_duong.commune_officer(0), tam_duong.commune_officer(1)
    assert found(mine, "binh")["xa"] == ["Xã Sơn Bình"]
    assert found(mine, "tb")["van-ban"] == [f"Thông báo 8/TB-UBND: {directive.title}"]
    assert found(mine, "làm đường")["nhiem-vu"] == ["Làm đường"]
    assert found(neighbour, "làm đường") == found(neighbour, "tb") == {}
    assert len(found(tam_duong.reader, "tb")["van-ban"]) == 3


def test_each_hit_leads_to_a_page_its_finder_may_open(tam_duong, sets):
    factories.period()
    notice(tam_duong)
    for reader in (tam_duong.reader, tam_duong.user(Role.SECTOR_OFFICER, agency=tam_duong.health)):
        client = Client()
        client.force_login(reader)
        seen = set()
        for text in ("binh", "11", "thuỷ", "253", "khám", "phòng", "lãnh đạo"):
            for group in find(Question(reader, text, timezone.localdate()), 8):
                seen.add(group.kind.name)
                for hit in group.hits:
                    assert client.get(hit.url, follow=True).status_code == 200, hit
        assert seen == set(KINDS)


# -- cost and keys ----------------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_what_is_found(tam_duong, sets):
    notice(tam_duong)
    client = Client()
    client.force_login(tam_duong.reader)

    def asked(**query):
        with counted() as queries:
            client.get(reverse("dashboards:search"), query)
        return len(queries)

    # Session, person; one a kind, and one for how the tasks stand.
    few = asked(q="a"), asked(q="khám"), asked(q="khám", nhom="nhiem-vu")
    assert few == (9, 10, 5)
    factories.communes(40, tam_duong.place)
    for n in range(20):
        notice(tam_duong, number=f"{n}/TB-UBND")
    assert (asked(q="a"), asked(q="khám"), asked(q="khám", nhom="nhiem-vu")) == few
    assert asked(q="") == asked(q="%") == 2


def test_migrations_give_old_rows_the_keys_that_saving_gives(tam_duong, sets):
    notice(tam_duong)
    draft(tam_duong, meeting_on=date(2024, 5, 3), kind="", title="Không số")
    models = (Locality, Agency, CommitteeMember, Criterion, Indicator, Directive, Task)
    kept = {model: dict(model.objects.values_list("pk", "search_key")) for model in models}
    assert all(all(key.strip() for key in keys.values()) and keys for keys in kept.values())
    for model in models:
        model.objects.update(search_key="")
    for name in (
        "communes.migrations.0006_fill_search_keys",
        "criteria.migrations.0007_fill_search_keys",
        "directives.migrations.0008_fill_search_keys",
    ):
        import_module(name).fill(apps, None)
    assert {model: dict(model.objects.values_list("pk", "search_key")) for model in models} == kept
