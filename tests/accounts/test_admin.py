"""The administration pages: in Vietnamese, bounded by place, and a sentence for each slip."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from communes.models import Agency, AgencyKind, CommitteeMember, Locality, PlaceAlias
from criteria.models import Assessment, CriteriaSet, Indicator, Period
from tests.accounts.factories import PASSWORD
from tests.reading import fields_of

pytestmark = pytest.mark.django_db
MODELS = [
    "accounts_user",
    "communes_locality",
    "communes_agency",
    "communes_committeemember",
    "communes_placealias",
    "criteria_criteriaset",
    "criteria_criterion",
    "criteria_indicator",
    "criteria_period",
    "criteria_assessment",
    "criteria_recognition",
]
READ_ONLY = {
    "communes_placealias",
    "criteria_criteriaset",
    "criteria_criterion",
    "criteria_indicator",
    "criteria_recognition",
}


def url(model, action="changelist", *args):
    return reverse(f"admin:{model}_{action}", args=args)


def new_user(**changes):
    return {
        "username": "moi",
        "password1": "Mat-khau-moi-2024",
        "password2": "Mat-khau-moi-2024",
        "full_name": "Lò Văn Mới",
        "email": "",
        "role": Role.OFFICER,
        "place": "",
        "agency": "",
        **changes,
    }


@pytest.mark.parametrize("model", MODELS)
def test_each_page_opens_in_vietnamese_and_searches_without_accents(admin_page, model, criteria_set, period):
    for address in (url(model), f"{url(model)}?q=son+binh"):
        page = admin_page.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert "Quản trị nông thôn mới" in text
        for english in ("Breadcrumbs", "Skip to main", "Select all", "Toggle theme", ">Search<", "View selected"):
            assert english not in text
    assert admin_page.get(url(model, "add")).status_code == (403 if model in READ_ONLY else 200)


def test_sets_and_indicators_are_only_looked_at(admin_page, criteria_set):
    for model, row in (("criteria_criteriaset", criteria_set), ("criteria_indicator", Indicator.objects.get())):
        page = admin_page.get(url(model, "change", row.pk))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert admin_page.post(url(model, "change", row.pk), {"name": "x"}).status_code == 403
        assert admin_page.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
def test_others_are_told_that_they_may_not_come_here(client, district, role):
    client.force_login(User.objects.create_user("ai", role=role, place=district))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_an_anonymous_person_is_led_to_the_one_sign_in_page_and_back(client, administrator):
    chain = client.get(reverse("admin:index"), follow=True).redirect_chain
    assert chain[-1][0] == f"{reverse('accounts:login')}?next=/quan-tri/"
    signed_in = client.post(
        chain[-1][0], {"username": "quantri", "password": PASSWORD, "next": "/quan-tri/"}, follow=True
    )
    assert signed_in.status_code == 200
    assert signed_in.request["PATH_INFO"] == "/quan-tri/"


# Within the person's place


def test_lists_show_the_persons_place_only(admin_page, commune, elsewhere):
    for at in (commune, elsewhere):
        agency = Agency.objects.create(name=f"UBND {at}", kind=AgencyKind.COMMITTEE, locality=at)
        CommitteeMember.objects.create(position=f"Chủ tịch {at}", agency=agency)
        User.objects.create_user(
            f"xa{at.pk}", full_name=f"Cán bộ {at}", role=Role.COMMUNE_OFFICER, place=at, agency=agency
        )
    for model in ("accounts_user", "communes_locality", "communes_agency", "communes_committeemember"):
        text = admin_page.get(url(model)).content.decode().lower()
        assert "xã sơn bình" in text, model
        assert "xã mường tè" not in text, model


def test_rows_of_another_place_are_not_found(admin_page, elsewhere):
    person = User.objects.create_user("xa", role=Role.COMMUNE_OFFICER, place=elsewhere)
    nowhere = User.objects.create_user("khong")
    for row in (person, nowhere):
        assert admin_page.get(url("accounts_user", "change", row.pk)).status_code == 302
        assert admin_page.get(reverse("admin:auth_user_password_change", args=[row.pk])).status_code == 404
    assert admin_page.get(url("communes_locality", "change", elsewhere.pk)).status_code == 302


def test_a_superuser_is_out_of_an_administrators_reach(admin_page, district):
    root = User.objects.create_superuser("goc", password=PASSWORD, place=district)
    assert admin_page.get(url("accounts_user", "change", root.pk)).status_code == 302
    assert admin_page.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 404


def test_autocomplete_finds_without_accents_within_the_place(admin_page, commune, elsewhere):
    query = {"app_label": "accounts", "model_name": "user", "field_name": "place", "term": "son binh"}
    found = admin_page.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["text"] for row in found] == ["xã Sơn Bình"]
    found = admin_page.get(reverse("admin:autocomplete"), {**query, "term": "muong te"}).json()["results"]
    assert found == []


def test_a_user_is_made_within_the_place(admin_page, commune, committee):
    answer = admin_page.post(
        url("accounts_user", "add"), new_user(role=Role.COMMUNE_OFFICER, place=commune.pk, agency=committee.pk)
    )
    assert answer.status_code == 302
    person = User.objects.get(username="moi")
    assert (person.place, person.agency, person.is_staff, person.is_superuser) == (commune, committee, False, False)
    assert person.check_password("Mat-khau-moi-2024")


@pytest.mark.parametrize("role", Role.values)
def test_a_user_without_a_place_or_of_another_is_refused(admin_page, elsewhere, role):
    for place in ("", elsewhere.pk):
        page = admin_page.post(url("accounts_user", "add"), new_user(role=role, place=place))
        assert page.status_code == 200
        assert page.context["adminform"].form.errors["place"]
    assert not User.objects.filter(username="moi").exists()


def test_nobody_becomes_a_superuser_by_a_posted_field(admin_page, commune):
    admin_page.post(url("accounts_user", "add"), new_user(place=commune.pk, is_superuser="on", is_staff="on"))
    person = User.objects.get(username="moi")
    assert not person.is_superuser
    assert not person.is_staff


def test_administrators_do_not_change_their_own_role_or_reach(admin_page, administrator, commune):
    address = url("accounts_user", "change", administrator.pk)
    data = fields_of(admin_page.get(address)) | {"full_name": "Mới", "role": Role.OFFICER, "place": "", "is_active": ""}
    assert admin_page.post(address, data).status_code == 302
    administrator.refresh_from_db()
    assert administrator.full_name == "Mới"
    assert administrator.role == Role.ADMINISTRATOR
    assert administrator.place_id
    assert administrator.is_active


def test_a_name_in_use_gets_its_sentence(admin_page, officer, district):
    page = admin_page.post(url("accounts_user", "add"), new_user(username="VanPhong", place=district.pk))
    assert "Đã có người dùng mang tên đăng nhập này." in page.content.decode()


def test_an_administrator_sets_a_password_but_takes_none_away(admin_page, officer):
    address = reverse("admin:auth_user_password_change", args=[officer.pk])
    assert "usable_password" not in admin_page.get(address).context["form"].fields
    assert admin_page.post(address, {"password1": "Moi-hoan-toan-1", "password2": "Moi-hoan-toan-1"}).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password("Moi-hoan-toan-1")


def test_an_officer_of_a_body_needs_that_body(admin_page, commune):
    page = admin_page.post(url("accounts_user", "add"), new_user(role=Role.COMMUNE_OFFICER, place=commune.pk))
    assert "Chọn cơ quan, đơn vị" in page.content.decode()


def test_a_place_is_added_under_the_persons_place(admin_page, district):
    data = {"level": "commune", "kind": "xã", "name": "Bản Bo", "parent": ""}
    page = admin_page.post(url("communes_locality", "add"), data)
    assert "Chọn một địa bàn thuộc huyện Tam Đường." in page.content.decode()
    assert admin_page.post(url("communes_locality", "add"), {**data, "parent": district.pk}).status_code == 302
    assert Locality.objects.get(name="Bản Bo").path.startswith(district.path)


def test_places_and_people_are_never_deleted(admin_page, commune, officer):
    assert admin_page.post(url("communes_locality", "delete", commune.pk), {"post": "yes"}).status_code == 403
    assert admin_page.post(url("accounts_user", "delete", officer.pk), {"post": "yes"}).status_code == 403


# Sheets and periods


def add_sheet(client, place, criteria_set, period):
    data = {"locality": place.pk, "criteria_set": criteria_set.pk, "period": period.pk, "source_note": ""}
    return client.post(url("criteria_assessment", "add"), data)


def test_a_second_sheet_of_the_same_place_set_and_period_gets_its_sentence(admin_page, commune, criteria_set, period):
    assert add_sheet(admin_page, commune, criteria_set, period).status_code == 302
    page = add_sheet(admin_page, commune, criteria_set, period)
    assert page.status_code == 200
    assert "Địa bàn này đã có phiếu đánh giá của bộ tiêu chí đó trong kỳ." in page.content.decode()
    assert "Sửa lỗi nêu dưới đây rồi lưu lại." in page.content.decode()
    assert Assessment.objects.count() == 1


def test_an_incomplete_set_cannot_be_assessed(admin_page, commune, criteria_set, period):
    CriteriaSet.objects.update(is_complete=False, incomplete_reason="Mới có 9 trên 47 chỉ tiêu.")
    page = add_sheet(admin_page, commune, criteria_set, period)
    assert "Xã NTM chưa đủ để đánh giá: Mới có 9 trên 47 chỉ tiêu." in page.content.decode()
    assert not Assessment.objects.exists()


def test_a_set_judges_only_its_kind_of_place(admin_page, district, criteria_set, period):
    page = add_sheet(admin_page, district, criteria_set, period)
    assert "Xã NTM không dùng để đánh giá huyện Tam Đường." in page.content.decode()


def test_a_closed_period_takes_no_new_sheet(admin_page, commune, criteria_set, period):
    Period.objects.update(closed_on=date(2024, 4, 10))
    page = add_sheet(admin_page, commune, criteria_set, period)
    assert "Kỳ Quý I/2024 đã khóa từ ngày 10/04/2024." in page.content.decode()


def test_a_sheet_of_another_place_is_refused(admin_page, elsewhere, criteria_set, period):
    assert add_sheet(admin_page, elsewhere, criteria_set, period).status_code == 200
    assert not Assessment.objects.exists()


def add_period(client, **changes):
    data = {
        "code": "2024-q2",
        "name": "Quý II/2024",
        "starts_on": "01/04/2024",
        "ends_on": "30/6/2024",
        "closed_on": "",
    }
    return client.post(url("criteria_period", "add"), {**data, **changes})


def test_a_period_takes_days_as_officers_write_them(admin_page):
    assert add_period(admin_page).status_code == 302
    period = Period.objects.get()
    assert (period.starts_on, period.ends_on) == (date(2024, 4, 1), date(2024, 6, 30))
    page = admin_page.get(url("criteria_period", "change", period.pk)).content.decode()
    assert 'value="01/04/2024"' in page
    assert "30/06/2024" in admin_page.get(url("criteria_period")).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": "31/6/2024"}, "Ngày 31/6/2024 không có trong lịch."),
        ({"ends_on": "cuối quý"}, "không phải là ngày"),
        ({"ends_on": "31/03/2024"}, "Ngày cuối kỳ phải sau ngày đầu kỳ."),
        ({"code": "quý hai"}, "Chỉ nhập chữ không dấu, số, gạch dưới hoặc gạch nối."),
    ],
)
def test_a_wrong_period_gets_a_sentence_and_keeps_what_was_typed(admin_page, changes, sentence):
    page = add_period(admin_page, **changes)
    text = page.content.decode()
    assert sentence in text
    assert all(f'value="{typed}"' in text for typed in changes.values())
    assert not Period.objects.exists()


def test_a_conflict_says_who_saved_what_and_when(admin_page, officer, factories, district):
    address = url("accounts_user", "change", officer.pk)
    opened = fields_of(admin_page.get(address), having="full_name")
    other = Client()
    other.force_login(factories.person("quantri2", "administrator", district))
    assert other.post(address, opened | {"full_name": "Lò Thị Mai"}).status_code == 302
    page = admin_page.post(address, opened | {"full_name": "Lò Thị Hoa", "email": "hoa@laichau.gov.vn"})
    text = page.content.decode()
    assert "quantri2, lưu" in text
    assert "Họ tên</th>" in text
    assert "<td>Lò Thị Mai</td>" in text
    assert "<td>Lò Thị Hoa</td>" in text
    assert fields_of(page, having="full_name")["email"] == "hoa@laichau.gov.vn"
    officer.refresh_from_db()
    assert officer.full_name == "Lò Thị Mai"


def test_a_wrong_spelling_is_deleted_and_never_changed(admin_page, commune, elsewhere):
    ours = PlaceAlias.objects.create(locality=commune, name="Thèn Xin")
    theirs = PlaceAlias.objects.create(locality=elsewhere, name="Xa lạ")
    page = admin_page.get(url("communes_placealias", "change", ours.pk))
    assert 'name="_save"' not in page.content.decode()
    assert admin_page.post(url("communes_placealias", "change", ours.pk), {"name": "x"}).status_code == 403
    assert admin_page.post(url("communes_placealias", "delete", theirs.pk), {"post": "yes"}).status_code == 302
    assert admin_page.post(url("communes_placealias", "delete", ours.pk), {"post": "yes"}).status_code == 302
    assert list(PlaceAlias.objects.all()) == [theirs]
