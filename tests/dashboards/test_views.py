"""The overview, the matrix and the commune page: whose places, which rows, and how many queries."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from criteria.actions.results import save_results
from criteria.models import Assessment, Recognition, ReferenceFigure
from criteria.sheet import load_sheet
from directives import actions
from tests import factories
from tests.factories import MIXED_YEAR, letters
from tests.reading import counted, table_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    made = factories.Year(MIXED_YEAR)
    Recognition.objects.create(locality=made.places["Bản Hon"], year=2019)
    return made


@pytest.fixture
def plan(year):
    """Sơn Bình is to meet criteria 1 and 2 this year, and to be recognised."""
    for number in (1, 2):
        factories.target(year.places["Sơn Bình"], year.set.criteria.get(number=number))
    factories.target(year.places["Sơn Bình"], tier="basic")


def get(user, page, query="", **more):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"dashboards:{page}", args=more.pop("args", None)) + query, **more)


def matrix_rows(year, query="", user=None):
    response = get(user or year.officer, "matrix", year.query + query)
    assert response.status_code == 200
    # Two rows of head, two of foot.
    return table_of(response, "matrix")[2:-2]


def names(rows):
    """The names alone: what stands behind them are marks in words."""
    return [name for row in rows for name in MIXED_YEAR if row[0].startswith(name)]


# The matrix


def test_the_matrix_shows_each_place_with_its_signs_its_total_and_its_change(year):
    rows = dict(zip(MIXED_YEAR, matrix_rows(year), strict=True))
    assert names(rows.values()) == list(MIXED_YEAR)
    met, unmet = "✓ đạt", "✗ chưa đạt"
    assert rows["Bản Bo"][1:] == [met] * 18 + ["✓ đạt, mới đạt", "19/19", "▲tăng 1"]
    assert rows["Bản Hon"][1:] == [met] * 15 + ["✗ chưa đạt, mới mất"] + [unmet] * 3 + ["15/19", "▼giảm 1"]
    assert rows["Khun Há"][1:] == [met] * 4 + ["– chưa đánh giá"] * 10 + ["∅ không áp dụng"] * 5 + ["4/14", "0"]
    assert rows["Nà Tăm"][1:] == ["– chưa đánh giá"] * 19 + ["chưa có", "–"]
    assert rows["Sơn Bình"][1] == "✗ chưa đạt, mới mất"
    assert rows["Sơn Bình"][19] == "✓ đạt, mới đạt"
    assert rows["Bản Bo"][0] == "Bản Bo☆ chờ QĐ"
    assert rows["Bản Hon"][0] == "Bản Hon★công nhận năm 2019"
    assert rows["Khun Há"][0] == "Khun Hátự đánh giá"


def test_the_totals_of_the_matrix_stand_below(year):
    met, percent = table_of(get(year.officer, "matrix", year.query), "matrix")[-2:]
    assert met == [
        "Số xã đạt",
        *["3", "4", "4", "4", *["3"] * 11, *["2"] * 4],
        str(19 + 15 + 4 + 18),
        "không đổi",
    ]
    shares = ["75", "100", "100", "100", *["75"] * 10, "100", *["67"] * 4]
    assert percent == ["Tỷ lệ (%)", *shares, "TB 14,0", "không đổi"]


def test_the_page_says_period_basis_and_what_the_basis_leaves_open(year):
    page = get(year.officer, "matrix", year.query).content.decode()
    assert "đã thẩm định 3/5 xã" in page
    assert "1 xã mới tự đánh giá, 1 xã chưa có số liệu" in page
    assert "Quý I/2024, số liệu tính đến ngày 31/03/2024" in page
    assert "Quý IV/2023" in page
    assert "số liệu minh họa" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", list(MIXED_YEAR)),
        ("&loc=chua-du", ["Bản Hon", "Khun Há", "Nà Tăm", "Sơn Bình"]),
        ("&loc=thay-doi", ["Bản Bo", "Bản Hon", "Sơn Bình"]),
        ("&loc=cong-nhan", ["Bản Hon"]),
        ("&loc=ke-hoach", []),
        ("&chua_dat=1", ["Sơn Bình"]),
        ("&chua_dat=16", ["Bản Hon"]),
        ("&chua_dat=16&loc=cong-nhan", ["Bản Hon"]),
        ("&chua_dat=2", []),
        # What is no criterion chooses nothing.
        ("&chua_dat=99", list(MIXED_YEAR)),
        ("&chua_dat=x&loc=gi-do", list(MIXED_YEAR)),
    ],
)
def test_the_address_chooses_rows_and_never_changes_the_totals(year, query, shown):
    if shown:
        assert names(matrix_rows(year, query)) == shown
        everything = table_of(get(year.officer, "matrix", year.query), "matrix")[-2:]
        assert table_of(get(year.officer, "matrix", year.query + query), "matrix")[-2:] == everything
    else:
        assert "Không có xã nào khớp." in get(year.officer, "matrix", year.query + query).content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("&xep=so-dat", ["Bản Bo", "Sơn Bình", "Bản Hon", "Khun Há", "Nà Tăm"]),
        ("&xep=gan", ["Bản Bo", "Sơn Bình", "Bản Hon", "Khun Há", "Nà Tăm"]),
        ("&nhom=khu-vuc", ["Khu vực III", "Bản Hon", "Không thuộc", "Bản Bo", "Khun Há", "Nà Tăm", "Sơn Bình"]),
        ("&nhom=cong-nhan&loc=chua-du", ["Đã công nhận", "Bản Hon", "Chưa được", "Khun Há", "Nà Tăm", "Sơn Bình"]),
        ("&xep=gi-do&nhom=gi-do", list(MIXED_YEAR)),
    ],
)
def test_the_address_orders_and_groups_the_rows(year, query, shown):
    year.places["Bản Hon"].area = "III"
    year.places["Bản Hon"].save()
    rows = matrix_rows(year, query)
    assert len(rows) == len(shown)
    assert all(row[0].startswith(name) for row, name in zip(rows, shown, strict=True))


def test_the_plan_of_the_year_is_marked_by_the_name_and_in_the_open_cells(year, plan):
    assert names(matrix_rows(year, "&loc=ke-hoach")) == ["Sơn Bình"]
    rows = dict(zip(MIXED_YEAR, matrix_rows(year), strict=True))
    assert rows["Sơn Bình"][0] == "Sơn Bình◎kế hoạch công nhận năm 2024"
    assert rows["Sơn Bình"][1] == "✗ chưa đạt, mới mất, trong kế hoạch năm"
    # Met already.
    assert rows["Sơn Bình"][2] == "✓ đạt"
    assert "kế hoạch 2024, chưa đạt" in get(year.officer, "matrix", year.query).content.decode()


def test_what_is_kept_of_a_page_is_not_shown_after_a_change_or_to_somebody_else(year):
    assert names(matrix_rows(year)) == names(matrix_rows(year)) == list(MIXED_YEAR)
    sheet = Assessment.objects.get(period=year.now, locality=year.places["Bản Bo"])
    sheet.strip = letters(18)
    sheet.save()
    assert matrix_rows(year)[0][-2] == "18/19"
    year.places["Bản Bo"].name = "Bản Bò"
    year.places["Bản Bo"].save()
    assert matrix_rows(year)[0][0] == "Bản Bò"
    criterion = year.set.criteria.get(number=1)
    criterion.short_name = "Quy hoạch mới"
    criterion.save()
    assert "Quy hoạch mới" in get(year.officer, "matrix", year.query).content.decode()
    factories.recognition(year.places["Khun Há"], 2015)
    assert matrix_rows(year)[2][0] == "Khun Há★công nhận năm 2015tự đánh giá"
    year.now.name = "Quý Một"
    year.now.save()
    assert "Ma trận tiêu chí của" not in get(year.officer, "matrix", year.query).content.decode()
    page = get(year.officer, "matrix", year.query).content.decode()
    assert "19 tiêu chí của 5 xã, Quý Một" in page
    assert page.count("Quý Một</option>") == 1
    year.set.name = "Bộ tiêu chí đổi tên"
    year.set.save()
    assert "Bộ tiêu chí đổi tên" in get(year.officer, "matrix", year.query).content.decode()
    commune = factories.user(Role.COMMUNE_OFFICER, year.places["Sơn Bình"])
    assert names(matrix_rows(year, user=commune)) == ["Sơn Bình"]


# The cell beside the matrix


def opened(year, name="Sơn Bình", number=1, user=None, **more):
    return get(user or year.officer, "matrix", f"{year.query}&o={year.places[name].pk}-{number}", **more)


def test_an_open_cell_shows_what_the_sheet_has(year):
    sheet = Assessment.objects.get(period=year.now, locality=year.places["Sơn Bình"])
    first = year.set.criteria.get(number=1)
    second = factories.indicator(first, 2, **factories.BOOLEAN)
    codes = factories.indicators_of(year.set)
    for opinion, number in (("reported", "41"), ("verified", "38.5")):
        entries = {codes["1.1"].pk: factories.value(number)}
        save_results(assessment=factories.writable(sheet), opinion=opinion, entries=entries, by=year.officer)
    factories.evidence_file(sheet, codes["1.1"], "bao-hiem.pdf")
    factories.evidence_file(sheet, codes["2.1"], "cua-tieu-chi-khac.pdf")
    agency = factories.agency(year.district)
    order(year, agency, communes=[sheet.locality], criteria=[first])
    for response in (opened(year), opened(year, headers={"HX-Request": "true"})):
        text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
        assert "Xã Sơn Bình · Quý I/2024" in text
        assert "Chỉ tiêu: 0/2 đạt" in text
        row = page_row(sheet, codes["1.1"].pk)
        assert f"{row.verified_words} ✗ chưa đạt {row.shortfall_text}" in text
        assert row.shortfall_text == "thiếu 11,5 điểm %"
        assert "Mức: ≥ 50 %" in text
        assert "Xã tự đánh giá: 41 %" in text
        assert second.text in text
        assert "Minh chứng (1)" in text
        assert "bao-hiem.pdf" in text
        assert "cua-tieu-chi-khac" not in text
        assert "Nhiệm vụ liên quan (1)" in text
        assert "Quá hạn" in text
        assert f"{year.officer.full_name}: 1.1 (kết quả thẩm định) từ trống thành 38,5, chưa đạt" in text
        assert reverse("criteria:cell", args=[year.now.code, year.set.code, sheet.locality_id, codes["1.1"].pk]) in (
            response.content.decode()
        )


def page_row(sheet, indicator):
    return load_sheet(Assessment.objects.with_place().get(pk=sheet.pk)).rows[indicator]


def test_the_script_gets_the_cell_alone_and_the_page_gets_it_beside_the_table(year):
    alone, whole = opened(year, headers={"HX-Request": "true"}), opened(year)
    assert "HX-Request" in alone["Vary"]
    assert "<html" not in alone.content.decode()
    assert 'class="matrix"' in whole.content.decode()
    panel = alone.content.decode().strip()
    assert panel.startswith("<aside")
    assert panel in whole.content.decode()
    assert '"open u down" aria-current=true' in whole.content.decode()
    # Closing leads back to the row.
    assert f'href="{year.query}#x{year.places["Sơn Bình"].pk}"'.replace("&", "&amp;") in panel


def test_a_cell_without_a_sheet_says_so(year):
    text = opened(year, "Nà Tăm", 3).content.decode()
    assert "Kỳ này xã Nà Tăm chưa có phiếu đánh giá." in text
    assert "Lịch sử ô" not in text


def test_a_cell_of_somebody_else_or_of_no_criterion_is_not_there(year):
    other = factories.district("Than Uyên")
    beyond = factories.commune("Mường Than", other)
    factories.assessment(beyond, year.set, year.now, strip=letters(19))
    commune = factories.user(Role.COMMUNE_OFFICER, year.places["Sơn Bình"])
    assert opened(year, user=commune).status_code == 200
    assert opened(year, "Bản Bo", user=commune).status_code == 404
    assert opened(year, number=20).status_code == 404
    assert opened(year, number=0).status_code == 404
    for headers in ({}, {"HX-Request": "true"}):
        for place in (beyond.pk, year.district.pk, 999999999):
            query = f"{year.query}&o={place}-1"
            assert get(year.officer, "matrix", query, headers=headers).status_code == 404
    # What names no cell opens none.
    for nonsense in ("x", "1", "1-", "-1", "1-1-1", f"{10**30}-1"):
        response = get(year.officer, "matrix", f"{year.query}&o={nonsense}")
        assert response.status_code == 200
        assert b"<aside" not in response.content


def test_communes_of_another_district_are_never_in(year):
    other = factories.district("Than Uyên")
    beyond = factories.commune("Mường Than", other)
    factories.assessment(beyond, year.set, year.now, strip=letters(19))
    guest = factories.user(Role.OFFICER, other)
    for page in ("overview", "matrix", "communes"):
        ours, theirs = (get(user, page, year.query).content.decode() for user in (year.officer, guest))
        assert "Mường Than" not in ours
        assert "Mường Than" in theirs
        assert not any(name in theirs for name in MIXED_YEAR)
        assert f"/xa/{beyond.pk}/" not in ours
    assert "đã thẩm định 1/1 xã" in get(guest, "matrix", year.query).content.decode()
    assert get(year.officer, "commune", year.query, args=[beyond.pk]).status_code == 404
    assert get(guest, "commune", year.query, args=[beyond.pk]).status_code == 200
    everyone = get(factories.user(Role.ADMINISTRATOR), "matrix", year.query).content.decode()
    assert "Mường Than" in everyone
    assert "Sơn Bình" in everyone


def test_a_commune_officer_sees_their_commune_alone(year):
    user = factories.user(Role.COMMUNE_OFFICER, year.places["Sơn Bình"])
    assert names(matrix_rows(year, user=user)) == ["Sơn Bình"]
    assert get(user, "commune", year.query, args=[year.places["Bản Bo"].pk]).status_code == 404


@pytest.mark.parametrize("page", ["overview", "matrix", "communes", "commune", "near"])
def test_a_name_with_html_in_it_is_shown_as_it_is(year, page):
    place = year.places["Sơn Bình"]
    place.name = "<b>x</b>"
    place.save()
    response = get(year.officer, page, year.query, args=[place.pk] if page == "commune" else None)
    assert response.status_code == 200
    assert "<b>x</b>" not in response.content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in response.content.decode()


@pytest.mark.parametrize("page", ["overview", "matrix", "communes", "near", "workbook"])
def test_without_signing_in_the_page_leads_to_the_sign_in_and_back(client, year, page):
    address = reverse(f"dashboards:{page}") + f"?ky={year.now.code}"
    response = client.get(address)
    assert response.status_code == 302
    assert response.url == f"{reverse('accounts:login')}?next={address.replace('?', '%3F').replace('=', '%3D')}"


@pytest.mark.parametrize("page", ["overview", "matrix", "communes", "near", "workbook"])
def test_without_period_and_set_the_page_leads_to_its_full_address(year, page):
    response = get(year.officer, page, "?ky=khong-co")
    assert response.status_code == 302
    assert response.url == reverse(f"dashboards:{page}") + year.query


# The overview


def test_the_overview_says_where_we_are(year):
    page = " ".join(re.sub(r"<[^>]+>", " ", get(year.officer, "overview", year.query).content.decode()).split())
    assert "1 /5 xã 20 %" in page
    assert "14,0 /19" in page
    assert "56 tiêu chí đạt ở 4 xã: thêm 2, mất 2" in page
    assert "1 /4 xã 25 %" in page
    assert "Bản Bo đủ tiêu chí, chờ quyết định" in page
    assert "1 xã đã công nhận nay không còn đủ" in page


def overview(year):
    return " ".join(re.sub(r"<[^>]+>", " ", get(year.officer, "overview", year.query).content.decode()).split())


def test_the_overview_says_what_is_done_of_the_plan_and_how_much_of_the_year_is_over(year):
    assert "Chưa giao kế hoạch năm 2024" in overview(year)
    criteria = {criterion.number: criterion for criterion in year.set.criteria.all()}
    for name, numbers in {"Bản Bo": [19], "Bản Hon": [16, 17, 18, 19], "Nà Tăm": [1]}.items():
        for number in numbers:
            factories.target(year.places[name], criteria[number])
    # The 31st of March is day 91 of 366.
    assert "Kế hoạch năm 2024 1 /6 tiêu chí được giao 17 %" in overview(year)
    assert "Chậm hơn thời gian: năm đã qua 25 %; 1 chưa đánh giá" in overview(year)
    for number in (17, 18, 19):
        year.places["Bản Hon"].targets.filter(criterion=criteria[number]).delete()
    assert "1 /3 tiêu chí được giao 33 %" in overview(year)
    assert "Chậm hơn" not in overview(year)
    assert "Năm đã qua 25 %" in overview(year)


def test_the_overview_names_who_could_lose_the_recognition(year):
    assert "1 xã đã công nhận nay không còn đủ : Bản Hon (16, 17, 18, 19)." in overview(year)
    assert "thu hồi" not in overview(year)
    year.set.revocation = [{"from_percent": 20, "source": "Quy định thử", "status": "recalled"}]
    year.set.save()
    assert "1 xã đến mức xem xét thu hồi." in overview(year)
    page = get(year.officer, "commune", year.query, args=[year.places["Bản Hon"].pk]).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert (
        "Đến mức xem xét thu hồi 4 trên 19 tiêu chí không còn đạt (21,1 %): 16, 17, 18, 19; theo Quy định thử" in text
    )
    # Not recognised: nothing could be revoked.
    page = get(year.officer, "commune", year.query, args=[year.places["Sơn Bình"].pk]).content.decode()
    assert "thu hồi" not in page


def test_a_recognised_place_that_is_only_not_assessed_has_not_fallen(year):
    Recognition.objects.create(locality=year.places["Khun Há"], year=2019)
    assert "1 xã đã công nhận nay không còn đủ : Bản Hon" in overview(year)


def test_the_overview_puts_each_place_in_its_band(year):
    bands = get(year.officer, "overview", year.query).context["bands"]
    assert [(b["label"], [row.name for row in b["rows"]]) for b in bands] == [
        ("19", ["Bản Bo"]),
        ("15 – 18", ["Sơn Bình", "Bản Hon"]),
        ("10 – 14", []),
        ("5 – 9", []),
        ("Dưới 5", ["Khun Há"]),
    ]


def test_the_overview_names_the_criteria_most_often_unmet_first(year):
    worst = get(year.officer, "overview", year.query).context["worst"]
    assert [(c.criterion.number, c.unmet_places) for c in worst] == [
        (1, ["Sơn Bình"]),
        (16, ["Bản Hon"]),
        (17, ["Bản Hon"]),
        (18, ["Bản Hon"]),
    ]


def test_the_overview_says_which_tiers_the_places_hold(year):
    Recognition.objects.create(locality=year.places["Bản Hon"], tier="advanced", year=2023)
    Recognition.objects.create(locality=year.places["Bản Bo"], year=2020, revoked_on=date(2024, 1, 5))
    assert "đạt chuẩn 1 · nâng cao 1" in overview(year)


def test_the_overview_names_who_is_nearest_and_who_farthest(year):
    context = get(year.officer, "overview", year.query).context
    assert [row.name for row in context["nearest"]] == ["Bản Bo", "Sơn Bình", "Bản Hon", "Khun Há"]
    assert context["farthest"] == []
    text = overview(year)
    assert "Bản Bo đủ, chờ QĐ" in text
    assert "Sơn Bình thiếu 1: 1" in text
    assert "Bản Hon đã công nhận thiếu 4: 16, 17, 18, 19" in text.replace("★ ", "")
    assert "Khun Há thiếu 10" in text


def test_the_figures_of_the_level_above_stand_beside_ours(year):
    assert "Nhập số liệu cấp trên" in overview(year)
    ReferenceFigure.objects.create(
        locality=year.district,
        criteria_set=year.set,
        period=year.now,
        of_whom="tỉnh Lai Châu",
        mean_criteria="15.5",
        recognised=39,
        communes=94,
        source="Báo cáo 12/BC-UBND",
    )
    text = overview(year)
    # 14,0 here against 15,5; 39 of 94 are 41 %.
    assert "Tỉnh Lai Châu: 15,5 , xã ta thấp hơn 1,5" in text
    assert "tỉnh Lai Châu 41 %" in text
    # A commune below sees them, another district does not, and only the office enters them.
    below = factories.user(Role.COMMUNE_OFFICER, year.places["Sơn Bình"])
    said = get(below, "overview", year.query).content.decode()
    assert "15,5" in said
    assert reverse("criteria:figure-edit") not in said
    guest = factories.user(Role.OFFICER, factories.district("Than Uyên"))
    assert get(guest, "overview", year.query).context["reference"] is None


def test_the_overview_says_what_is_due_next(year):
    agency = factories.agency(year.district)
    order(year, agency)
    text = re.sub(r"<[^>]+>", " ", get(year.officer, "overview", year.query + "&ngay=2024-04-10").content.decode())
    assert "15/04/2024" in text.partition("Sắp tới hạn gì")[2]
    text = re.sub(r"<[^>]+>", " ", get(year.officer, "overview", year.query + "&ngay=2024-04-16").content.decode())
    assert "Không có phần việc nào có hạn từ 16/04/2024" in text


def test_an_overview_without_data_leads_to_the_sheets(year):
    Assessment.objects.all().delete()
    page = get(year.officer, "overview", year.query).content.decode()
    assert "Kỳ Quý I/2024 chưa có số liệu nào." in page
    assert reverse("criteria:sheets") in page


def test_a_day_that_is_none_is_said(year):
    page = get(year.officer, "overview", year.query + "&ngay=31/2/2024").content.decode()
    assert "Ngày 31/2/2024 không có trong lịch." in page
    assert "đến 20/04/2024" in get(year.officer, "overview", year.query + "&ngay=2024-04-20").content.decode()


# The commune page


def test_the_commune_page_says_what_it_lacks(year):
    sheet = Assessment.objects.get(period=year.now, locality=year.places["Sơn Bình"])
    codes = factories.indicators_of(year.set)
    entries = {codes["1.1"].pk: factories.value("38.5"), codes["2.1"].pk: factories.value("60")}
    save_results(assessment=factories.writable(sheet), opinion="verified", entries=entries, by=None)
    response = get(year.officer, "commune", year.query, args=[sheet.locality_id])
    page = response.content.decode()
    assert "<b>1</b>/19 tiêu chí" in page
    assert "thiếu 11,5 điểm %" in page
    assert "Căn cứ: <b>đã thẩm định 2/19 chỉ tiêu, còn lại xã tự đánh giá</b>" in page
    assert "Quý IV/2023: 18, Quý I/2024: 1" in page
    assert len(response.context["gaps"]) == 18


def answer(year, name, query=""):
    page = get(year.officer, "commune", year.query + query, args=[year.places[name].pk]).content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", page.split('<p class="answer">')[1].split("</p>")[0]).split())


def test_one_line_says_why_a_commune_is_not_recognised_and_what_is_missing(year):
    sheet = Assessment.objects.get(period=year.now, locality=year.places["Sơn Bình"])
    codes = factories.indicators_of(year.set)
    met = {codes[f"{number}.1"].pk: factories.value("50") for number in range(3, 19)}
    gaps = {codes["1.1"].pk: factories.value("38.5"), codes["2.1"].pk: factories.value("46.2")}
    save_results(assessment=factories.writable(sheet), opinion="verified", entries=met | gaps, by=None)
    factories.condition(year.set)
    assert answer(year, "Sơn Bình") == (
        "Chưa được công nhận đạt chuẩn: thiếu 2 tiêu chí (1, 2), gần nhất là 2 Tiêu chí thứ 2, còn thiếu 3,8 điểm %; "
        "1 tiêu chí chưa đánh giá (19); 1 điều kiện khác chưa đủ."
    )
    close = {codes["1.1"].pk: factories.value("50"), codes["19.1"].pk: factories.value("50")}
    save_results(assessment=factories.writable(sheet), opinion="verified", entries=close, by=None)
    assert answer(year, "Sơn Bình") == (
        "Chưa được công nhận đạt chuẩn: thiếu 1 tiêu chí (2), đó là 2 Tiêu chí thứ 2, còn thiếu 3,8 điểm %; "
        "1 điều kiện khác chưa đủ."
    )
    save_results(
        assessment=factories.writable(sheet),
        opinion="verified",
        entries={codes["2.1"].pk: factories.value("50")},
        by=None,
    )
    assert answer(year, "Sơn Bình") == ("Chưa được công nhận đạt chuẩn: đủ 19/19 tiêu chí; 1 điều kiện khác chưa đủ.")
    year.set.conditions.all().delete()
    assert answer(year, "Sơn Bình").endswith("đủ 19/19 tiêu chí và các điều kiện, chờ quyết định.")
    Recognition.objects.create(locality=year.places["Sơn Bình"], year=2023)
    assert answer(year, "Sơn Bình") == "Đã được công nhận đạt chuẩn năm 2023: giữ đủ 19/19 tiêu chí."
    save_results(
        assessment=factories.writable(sheet),
        opinion="verified",
        entries={codes["2.1"].pk: factories.value("40")},
        by=None,
    )
    assert answer(year, "Sơn Bình").startswith("Đã được công nhận đạt chuẩn năm 2023: nay thiếu 1 tiêu chí (2)")


def test_the_line_of_a_commune_says_which_tier_must_come_first_and_that_there_is_no_data(year):
    year.set.requires = factories.criteria_set("truoc")
    year.set.tier = "advanced"
    year.set.save()
    assert answer(year, "Nà Tăm") == "Chưa được công nhận đạt chuẩn nâng cao: kỳ này chưa có số liệu."
    assert answer(year, "Sơn Bình").endswith("; chưa được công nhận đạt chuẩn.")


def test_a_commune_without_a_sheet_says_so(year):
    page = get(year.officer, "commune", year.query, args=[year.places["Nà Tăm"].pk]).content.decode()
    assert "Chưa có số liệu của kỳ này." in page
    assert "Chưa được công nhận đạt chuẩn" in page


def test_a_district_is_no_commune(year):
    assert get(year.officer, "commune", year.query, args=[year.district.pk]).status_code == 404
    assert get(year.officer, "commune", year.query, args=[10**30]).status_code == 404


# Queries: everything the request asks, but BEGIN, SAVEPOINT, RELEASE and COMMIT


def asked(year, page, query="", args=None, **more):
    client = Client()
    client.force_login(year.officer)
    address = reverse(f"dashboards:{page}", args=args) + year.query + query
    with counted() as queries:
        response = client.get(address, **more)
    assert response.status_code == 200
    return len(queries), response


@pytest.mark.parametrize("places", [13, 600])
def test_the_matrix_takes_six_queries_for_13_places_and_for_600(places):
    number, response = asked(factories.Year(places=places), "matrix")
    assert len(table_of(response, "matrix")) == places + 4
    # Session, person, periods, sets, criteria, places.
    assert number == 6


@pytest.mark.parametrize("places", [2, 60])
def test_ordering_grouping_and_filtering_ask_nothing_more(places):
    year = factories.Year(places=places)
    for query in ("&xep=gan&nhom=khu-vuc", "&xep=so-dat&nhom=cong-nhan", "&nhom=so-dat&loc=ke-hoach&chua_dat=16"):
        assert asked(year, "matrix", query)[0] == 6


@pytest.mark.parametrize("indicators", [1, 4])
def test_a_cell_asks_the_same_however_much_is_behind_it(indicators):
    year = factories.Year(places=3)
    place = next(iter(year.places.values()))
    sheet = Assessment.objects.get(period=year.now, locality=place)
    first, agency = year.set.criteria.get(number=1), factories.agency(year.district)
    for position in range(2, indicators + 1):
        factories.indicator(first, position, threshold="50")
    codes = factories.indicators_of(year.set)
    for position in range(1, indicators + 1):
        factories.evidence_file(sheet, codes[f"1.{position}"], f"{position}.pdf")
        entries = {codes[f"1.{position}"].pk: factories.value("40")}
        save_results(assessment=factories.writable(sheet), opinion="verified", entries=entries, by=year.officer)
        order(year, agency, communes=[place], criteria=[first])
    # Session, person, periods, sets; criterion, sheet, work; of the sheet indicators, thresholds, results; files, changes.
    assert asked(year, "matrix", f"&o={place.pk}-1", headers={"HX-Request": "true"})[0] == 12
    # And the matrix itself.
    assert asked(year, "matrix", f"&o={place.pk}-1")[0] == 14


@pytest.mark.parametrize("places", [1, 60])
@pytest.mark.parametrize(("page", "expected"), [("overview", 12), ("communes", 6), ("workbook", 8)])
def test_other_pages_of_figures_take_the_same_number_however_many_places(page, expected, places):
    assert asked(factories.Year(places=places), page)[0] == expected


@pytest.mark.parametrize("places", [3, 60])
@pytest.mark.parametrize("indicators", [1, 3])
def test_a_commune_page_takes_the_same_number_however_many_cells_places_files_and_tasks(places, indicators):
    year = factories.Year(places=places)
    for criterion in year.set.criteria.all() if indicators > 1 else []:
        for position in range(2, indicators + 1):
            factories.indicator(criterion, position, threshold="50")
    place = next(iter(year.places.values()))
    sheet = Assessment.objects.get(period=year.now, locality=place)
    agency = factories.agency(year.district)
    for number in range(indicators):
        factories.condition(year.set, f"dieu-kien-{number}", number)
        factories.evidence_file(sheet, factories.indicators_of(year.set)["1.1"], f"{number}.pdf")
        factories.visit(place, by=year.officer, note=f"Lần {number}")
        order(year, agency, communes=[place], criteria=year.set.criteria.all()[: number + 1])
    # Session, person, periods, sets; place, its sheets; of the sheet indicators, thresholds, results, leads, evidence,
    # conditions and their results; tasks and their criteria; recognitions; the places before and after, who is in charge;
    # notes of visits.
    assert asked(year, "commune", args=[place.pk])[0] == 19
    earlier = factories.criteria_set("truoc")
    year.set.requires = earlier
    year.set.save()
    # The set it builds on and whether the place was recognised by it.
    assert asked(year, "commune", args=[place.pk])[0] == 21


def order(year, agency, **fields):
    """A directive handed out with one task of an agency, due on 15/04/2024."""
    directive = actions.register_directive(
        by=None, title="Kết luận", issuer="UBND huyện", locality=year.district, meeting_on=date(2024, 3, 28)
    )
    fields = {"text": "Hoàn thành tiêu chí", "leads": [agency], "due_on": date(2024, 4, 15), **fields}
    actions.save_task(directive=directive, by=None, **fields)
    actions.issue_directive(directive=directive, by=None)
