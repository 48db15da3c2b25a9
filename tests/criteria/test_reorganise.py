"""The guided page for merging, dividing and renaming places: asked, previewed, carried out; who may, and what is refused."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from communes.actions.reorganisation import reorganise as reorganise_places
from communes.models import Locality, Succession
from communes.reorganisation import Kind, NewPlace, NotPossible, Plan
from criteria.actions.succession import Keep, reorganise
from criteria.models import Recognition
from tests import factories
from tests.criteria.test_succession import ALL_MET
from tests.criteria.test_succession import Merger as Judged
from tests.factories import letters
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db
DAY = date(2024, 4, 1)


class Office(Judged):
    """The communes of a district that still stand, with an officer at the page."""

    def __init__(self):
        super().__init__()
        self.heir.delete()
        self.client = Client()
        self.client.force_login(self.officer)

    def old(self, name):
        return factories.commune(name, self.district, region="TDMNPB")

    def address(self, kind=Kind.MERGE):
        return reverse("criteria:reorganise", args=[kind.value])

    def typed(self, **more):
        return {
            "predecessors": [self.binh_lu.pk, self.son_binh.pk],
            "effective_on": "1/4/2024",
            "decision": "Nghị quyết 12/NQ-UBTVQH15",
            "number": "1",
            "moi-0-kind": "xã",
            "moi-0-name": "Bình Sơn",
            "moi-0-parent": self.district.pk,
            "step": "preview",
            **more,
        }

    def send(self, kind=Kind.MERGE, **more):
        return self.client.post(self.address(kind), self.typed(**more))

    def standing(self):
        return set(Locality.objects.living().communes().values_list("name", flat=True))


@pytest.fixture
def office():
    return Office()


def text(response):
    return response.content.decode()


# From the first page to the new commune


def test_an_officer_merges_two_communes_in_two_steps(office):
    page = text(office.client.get(office.address()))
    assert f'value="{office.binh_lu.pk}"' in page
    preview = office.send()
    assert preview.status_code == 200
    assert office.standing() == {"Bình Lư", "Sơn Bình"}
    # What the preview sends back is what was typed, the boxes of the list too.
    sent = {**fields_of(preview), "predecessors": [office.binh_lu.pk, office.son_binh.pk], "step": "confirm"}
    done = office.client.post(office.address(), sent, follow=True)
    assert "Đã sáp nhập: xã Bình Lư, xã Sơn Bình → xã Bình Sơn." in text(done)
    assert office.standing() == {"Bình Sơn"}
    assert [row[:2] for row in table_of(done, "list")[1:]] == [["01/04/2024", "xã Bình Lư, xã Sơn Bình"]]
    made = Locality.objects.get(name="Bình Sơn")
    assert (made.region, made.founded_on) == ("TDMNPB", DAY)
    assert set(Succession.objects.values_list("decision", "created_by")) == {
        ("Nghị quyết 12/NQ-UBTVQH15", office.officer.pk)
    }


def test_the_preview_carries_every_predecessor_in_hidden_fields(office):
    page = text(office.send())
    for place in (office.binh_lu, office.son_binh):
        assert f'<input type="hidden" name="predecessors" value="{place.pk}"' in page


def test_the_preview_shows_results_side_by_side_and_what_becomes_of_them(office):
    office.judged(office.binh_lu, **ALL_MET)
    office.judged(office.son_binh, **{**ALL_MET, "i2_1": "44", "i3_1": "20"})
    preview = office.send()
    rows = [row for row in table_of(preview, "list") if row and row[0][:2] in ("1.", "2.", "3.")]
    assert [row[1:] for row in rows] == [
        ["✓Đạt", "✓Đạt", "kế thừa, chưa xác nhận lại"],
        ["✓Đạt", "✗Chưa đạt", "phải chứng minh lại"],
        ["✓Đạt", "✗Chưa đạt", "phải chứng minh lại"],
    ]
    assert "kế thừa 1 tiêu chí, phải chứng minh lại 2" in text(preview)
    assert "Quý I/2024, 3/3" in text(preview)


def test_the_preview_counts_the_people_who_must_be_moved(office):
    factories.user(Role.COMMUNE_OFFICER, office.binh_lu)
    page = text(office.send())
    assert "1 người dùng" in page
    assert "xã Bình Lư: 1" in page
    assert "Lập cơ quan “UBND xã Bình Sơn”" in page


def test_pressing_twice_merges_once(office):
    office.send(step="confirm")
    again = office.client.post(office.address(), office.typed(step="confirm"), follow=True)
    assert "đã được ghi từ trước, không ghi lần nữa" in text(again)
    assert Succession.objects.count() == 2
    assert Locality.objects.filter(name="Bình Sơn").count() == 1


def test_going_back_keeps_what_was_typed(office):
    page = office.send(step="edit")
    assert page.status_code == 200
    fields = fields_of(page)
    assert (fields["moi-0-name"], fields["decision"]) == ("Bình Sơn", "Nghị quyết 12/NQ-UBTVQH15")
    assert text(page).count(" checked>") == 2


def test_a_split_has_as_many_parts_as_are_asked_for(office):
    longer = office.send(Kind.SPLIT, step="add", number="2", predecessors=[office.binh_lu.pk])
    assert "moi-2-name" in fields_of(longer)
    # A page still being filled in is not told off.
    assert "error" not in text(longer)
    parts = {
        f"moi-{i}-{name}": value
        for i, part in enumerate(["Bình A", "Bình B"])
        for name, value in {"kind": "xã", "name": part, "parent": office.district.pk}.items()
    }
    office.send(Kind.SPLIT, step="confirm", number="2", predecessors=[office.binh_lu.pk], main="1", **parts)
    rows = Succession.objects.order_by("pk").values_list("successor__name", "is_whole", "is_main")
    assert list(rows) == [("Bình A", False, False), ("Bình B", False, True)]


def test_a_rename_is_recorded_as_a_place_of_its_own(office):
    office.send(Kind.RENAME, step="confirm", predecessors=[office.binh_lu.pk])
    assert office.standing() == {"Bình Sơn", "Sơn Bình"}


def test_a_place_takes_another_in(office):
    sent = {"predecessors": [office.binh_lu.pk], "receiver": office.son_binh.pk, "moi-0-name": ""}
    assert "Giữ nguyên tên, mã, kết quả" in text(office.send(**sent))
    office.send(step="confirm", **sent)
    assert office.standing() == {"Sơn Bình"}


def test_communes_are_found_without_accents_and_the_chosen_ones_stay(office):
    factories.communes(60, office.district)
    page = text(office.client.get(office.address()))
    assert "Mới hiện 40 xã đầu tiên." in page
    found = text(office.send(step="find", q="son binh", predecessors=[office.binh_lu.pk]))
    assert found.count('name="predecessors"') == 2
    assert f'value="{office.binh_lu.pk}" id="id_predecessors_{office.binh_lu.pk}" checked' in found


# Recognition


def recognised(place, year=2019, **fields):
    return Recognition.objects.create(locality=place, year=year, **fields)


def test_a_new_place_keeps_a_recognition_by_the_decision_that_says_so(office):
    old = recognised(office.son_binh, decision_number="99/QĐ-UBND")
    assert f'value="0-{old.pk}"' in text(office.send())
    office.send(step="confirm", giu=f"0-{old.pk}", **{"giu-van-ban": "15/QĐ-UBND"})
    kept = Recognition.objects.get(locality__name="Bình Sơn")
    assert (kept.inherited_from, kept.year, kept.tier, kept.decision_number, kept.decided_on) == (
        old,
        2019,
        "basic",
        "15/QĐ-UBND",
        DAY,
    )


def test_nothing_is_kept_unless_it_is_ticked(office):
    recognised(office.son_binh)
    office.send(step="confirm")
    assert not Recognition.objects.filter(locality__name="Bình Sơn").exists()


def test_a_recognition_is_not_kept_without_a_decision_and_the_preview_stays(office):
    old = recognised(office.son_binh)
    page = office.send(step="confirm", giu=f"0-{old.pk}")
    assert page.status_code == 422
    assert "Ghi số văn bản cho giữ mức đạt chuẩn của xã Sơn Bình, tối đa 60 ký tự." in text(page)
    assert f'value="0-{old.pk}" id="giu-0-{old.pk}" checked' in text(page)
    assert office.standing() == {"Bình Lư", "Sơn Bình"}


def test_one_recognition_a_tier(office):
    first, second = recognised(office.son_binh), recognised(office.binh_lu, 2020)
    ticked = {"giu": [f"0-{first.pk}", f"0-{second.pk}"], "giu-van-ban": "15/QĐ-UBND"}
    page = office.send(step="confirm", **ticked)
    assert "Mỗi địa bàn mới chỉ giữ một quyết định mức đạt chuẩn. Bỏ bớt." in text(page)
    assert office.standing() == {"Bình Lư", "Sơn Bình"}


def test_a_revoked_or_foreign_recognition_is_not_kept(office):
    revoked = recognised(office.son_binh, revoked_on=date(2024, 1, 1))
    foreign = recognised(factories.commune("Bản Bo", office.district))
    assert "Giữ công nhận" not in text(office.send())
    plan = Plan(
        Kind.MERGE, [office.binh_lu, office.son_binh], DAY, "1/NQ", [NewPlace("Bình Sơn", "xã", office.district)]
    )
    for recognition in (revoked, foreign):
        with pytest.raises(NotPossible, match="không còn hiệu lực ở địa bàn cũ"):
            reorganise(plan=plan, keeps=[Keep(0, recognition, "15/QĐ-UBND")], by=office.officer)
    assert office.standing() == {"Bình Lư", "Sơn Bình", "Bản Bo"}


# What is refused, in words, with what was typed still there


def test_a_merger_before_the_last_assessment_is_refused(office):
    factories.assessment(office.son_binh, office.set, office.before, strip=letters(2, size=3))
    for step in ("preview", "confirm"):
        page = office.send(step=step, effective_on="31/3/2024")
        assert page.status_code == 422
        assert (
            "Xã Sơn Bình đã có kết quả đánh giá kỳ Quý I/2024 (đến ngày 31/03/2024), nên không thể kết thúc từ ngày "
            "31/03/2024. Chọn ngày hiệu lực sau ngày 31/03/2024"
        ) in text(page)
        assert fields_of(page)["moi-0-name"] == "Bình Sơn"
    assert office.standing() == {"Bình Lư", "Sơn Bình"}
    assert not Succession.objects.exists()


def test_a_circle_is_refused_on_the_page(office):
    """The page was opened while Bình Lư stood; meanwhile it went into Bình Sơn."""
    plan = Plan(Kind.RENAME, [office.binh_lu], DAY, "1/NQ", [NewPlace("Bình Sơn", "xã", office.district)])
    (binh_son,) = reorganise_places(plan=plan, by=office.officer).successors
    page = office.send(
        predecessors=[binh_son.pk], receiver=office.binh_lu.pk, effective_on="1/7/2024", **{"moi-0-name": ""}
    )
    assert page.status_code == 422
    assert "Xã Bình Lư đã nhập vào xã Bình Sơn (xã Bình Lư → xã Bình Sơn)" in text(page)
    assert Succession.objects.count() == 1


def test_what_is_missing_is_told_at_once(office):
    page = office.send(predecessors=[], effective_on="31/2/2024", decision="", **{"moi-0-kind": "làng"})
    assert page.status_code == 422
    assert "Ngày 31/2/2024 không có trong lịch" in text(page)
    assert "Ghi số nghị quyết hoặc quyết định sắp xếp." in text(page)
    assert "Địa bàn mới thứ 1, loại:" in text(page)


def test_several_reasons_are_told_together(office):
    factories.commune("Bình Sơn", office.district)
    page = text(office.send(predecessors=[office.binh_lu.pk]))
    assert "Sáp nhập cần từ hai địa bàn cũ" in page
    assert "Huyện Tam Đường đang có xã Bình Sơn." in page


# Who may


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER, Role.SECTOR_OFFICER])
def test_only_officers_and_administrators_reorganise(office, role):
    client = Client()
    client.force_login(factories.user(role, office.district))
    assert client.get(reverse("criteria:reorganisations")).status_code == 403
    assert client.get(office.address()).status_code == 403
    assert client.post(office.address(), office.typed(step="confirm")).status_code == 403
    assert "Sắp xếp địa bàn" not in text(client.get("/", follow=True))
    assert office.standing() == {"Bình Lư", "Sơn Bình"}


def test_the_tab_is_offered_to_those_who_may(office):
    assert "Sắp xếp địa bàn" in text(office.client.get(reverse("criteria:reorganisations")))


def test_places_and_parents_of_others_cannot_be_sent(office):
    elsewhere = factories.district("Mường Tè")
    theirs = factories.commune("Mù Cả", elsewhere)
    page = office.send(predecessors=[office.binh_lu.pk, theirs.pk])
    assert "Một địa bàn đã chọn không có trong phạm vi của anh chị." in text(page)
    assert "Mù Cả" not in text(page)
    page = office.send(**{"moi-0-parent": elsewhere.pk})
    assert page.status_code == 422
    assert "Mường Tè" not in text(page)
    page = office.send(receiver=theirs.pk)
    assert "Nơi nhận đã chọn không có trong phạm vi của anh chị." in text(page)


def test_the_list_shows_what_lies_in_the_readers_place(office):
    office.send(step="confirm")
    other = Client()
    other.force_login(factories.user(Role.OFFICER, factories.district("Mường Tè")))
    assert "Chưa ghi lần sắp xếp địa bàn nào." in text(other.get(reverse("criteria:reorganisations")))
    assert office.client.get(office.address(), {}).status_code == 200
    assert office.client.get("/dia-ban/sap-xep/khac/").status_code == 404


# Queries


@pytest.mark.parametrize("number", [2, 12])
def test_a_preview_takes_as_many_queries_for_two_places_as_for_twelve(office, number):
    places = [office.binh_lu, office.son_binh, *(office.old(f"Cũ {i}") for i in range(number - 2))]
    for place in places:
        office.judged(place, **ALL_MET)
        recognised(place)
        factories.user(Role.COMMUNE_OFFICER, place)
    with counted() as queries:
        page = office.send(predecessors=[place.pk for place in places])
    assert page.status_code == 200
    assert len(queries) == 15


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_as_many_queries_for_one_as_for_thirty(office, number):
    for old in factories.communes(number, office.district):
        heir = factories.commune(f"Mới {old.name}", office.district)
        Succession.objects.create(predecessor=old, successor=heir, effective_on=DAY)
    with counted() as queries:
        page = office.client.get(reverse("criteria:reorganisations"))
    assert len(table_of(page, "list")) == number + 1
    assert len(queries) == 6
