"""Meeting mode: what each slide finds, how many slides there are, the one file, and who may write a decision."""

import re
from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from communes.models import Charge
from criteria.models import Recognition
from dashboards import meeting
from directives import actions
from directives.models import Directive, Task
from tests import factories
from tests.dashboards.long_meeting import Long
from tests.factories import MIXED_YEAR, letters
from tests.reading import counted, fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    made = factories.Year(MIXED_YEAR)
    Recognition.objects.create(locality=made.places["Bản Hon"], year=2019)
    return made


def get(user, query="", page="meeting", **more):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"dashboards:{page}") + query, **more)


def slides_of(year, query=""):
    """The slides by anchor, as the page shows them."""
    response = get(year.officer, year.query + query)
    assert response.status_code == 200
    return {slide.anchor: slide for slide in response.context["slides"]}


def text_of(response, anchor):
    """What one slide says."""
    html = re.search(rf'<section[^>]*id="/{anchor}".*?</section>', response.content.decode(), re.S).group()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def order(year, agency, days=-5, text="Rà soát hộ nghèo", **fields):
    """A notice handed out with one task, due so many days from 20/04/2024."""
    directive = actions.register_directive(
        by=None, title="Kết luận", issuer="UBND huyện", locality=year.district, meeting_on=date(2024, 3, 28)
    )
    due_on = date(2024, 4, 20) + timedelta(days=days)
    actions.save_task(directive=directive, by=None, text=text, leads=[agency], due_on=due_on, **fields)
    return actions.issue_directive(directive=directive, by=None)


ON = "&ngay=20/04/2024"


# -- what the slides find ---------------------------------------------------------------------------------------------


def test_the_slides_stand_in_the_order_of_the_meeting(year):
    order(year, factories.agency(year.places["Bản Bo"], "UBND xã Bản Bo"))
    assert list(slides_of(year, ON)) == [
        "tong-quan",
        "phan-nhom",
        "ma-tran",
        "thay-doi",
        "tieu-chi",
        # The nearest first: waiting for the decision, one criterion short, four, ten not known.
        "xa-ban-bo",
        "xa-son-binh",
        "xa-ban-hon",
        "xa-khun-ha",
        "cac-xa-khac",
        "qua-han",
        "sap-den-han",
        "can-quyet-dinh",
        "ket-luan",
    ]


def test_each_title_says_the_finding(year):
    order(year, factories.agency(year.district, "Trung tâm Y tế"), communes=[year.places["Sơn Bình"]])
    titles = {anchor: slide.title for anchor, slide in slides_of(year, ON).items()}
    assert titles == {
        "tong-quan": "1/5 xã đã được công nhận; bình quân 14,0 tiêu chí",
        "phan-nhom": "1/4 xã đủ 19 tiêu chí; Khun Há và Bản Hon còn xa nhất",
        "ma-tran": "4/19 tiêu chí đạt ở mọi xã có số liệu; vướng nhất ở tiêu chí 1 và 16",
        "thay-doi": "So với Quý IV/2023: thêm 2, mất 2 tiêu chí; mất ở Bản Hon và Sơn Bình",
        "tieu-chi": "Vướng nhất: Tiêu chí thứ 1, 1/4 xã chưa đạt",
        "xa-ban-bo": "Bản Bo: đủ 19/19 tiêu chí, chờ quyết định công nhận",
        "xa-son-binh": "Sơn Bình: 18/19 tiêu chí, 1 chưa đạt; 1 việc quá hạn",
        "xa-ban-hon": "Bản Hon: công nhận năm 2019, nay 15/19 tiêu chí, 4 chưa đạt",
        "xa-khun-ha": "Khun Há: 4/14 tiêu chí, 10 chưa đánh giá",
        "cac-xa-khac": "1 xã chưa có số liệu",
        "qua-han": "1 phần việc quá hạn ở 1 cơ quan, nhiều nhất là Trung tâm Y tế (1)",
        "sap-den-han": "Không có phần việc nào đến hạn trong 7 ngày tới",
        "can-quyet-dinh": "4 việc cần quyết định",
        "ket-luan": f"Kết luận cuộc họp ngày {timezone.localdate():%d/%m/%Y}",
    }


def test_the_figures_are_those_of_the_overview_and_the_matrix(year):
    ours = get(year.officer, year.query + ON).context
    overview = get(year.officer, year.query + ON, "overview").context
    for name in ("mean", "mean_change", "recognised_percent", "basis", "tasks_as_of"):
        assert ours[name] == overview[name]
    slides = {slide.anchor: slide.facts for slide in ours["slides"]}
    assert slides["tong-quan"]["tasks"] == overview["tasks"]
    for side in ("gainers", "losers"):
        assert {row.name for row in slides["thay-doi"][side]} == {row.name for row in overview[side]}
    worst = [line["column"].criterion for line in slides["tieu-chi"]["lines"]]
    assert worst[: len(overview["worst"])] == [column.criterion for column in overview["worst"]]


def test_every_slide_says_number_basis_period_and_day(year):
    order(year, factories.agency(year.district, "Trung tâm Y tế"))
    response = get(year.officer, year.query + ON)
    slides = response.context["slides"]
    for number, slide in enumerate(slides, start=1):
        text = text_of(response, slide.anchor)
        assert f"{number}/{len(slides)} đã thẩm định 3/5 xã · 1 xã mới tự đánh giá, 1 xã chưa có số liệu" in text
        assert "số liệu đến 31/03/2024" in text
        assert "Quý I/2024" in text
        assert ("nhiệm vụ đến 20/04/2024" in text) == slide.is_work
        assert "số liệu minh họa" not in text
    assert [slide.anchor for slide in slides if slide.is_work] == ["qua-han", "sap-den-han"]


def test_illustrative_figures_say_so_on_every_slide():
    long = Long(places=3)
    response = get(long.officer, long.query)
    assert all("số liệu minh họa" in text_of(response, slide.anchor) for slide in response.context["slides"])


def test_a_communes_slide_says_what_is_missing_by_how_much_whose_and_what_is_late():
    long = Long(places=3)
    office = Charge.objects.first().agency
    text = text_of(get(long.officer, long.query), "xa-nghia-trung-ha-2")
    assert "1.1 Tỷ lệ thôn, bản, ấp" in text
    assert "✗ thiếu 8,5 điểm % 41,5 %, cần ≥ 50 %" in text
    assert f"Phụ trách: {office}" in text
    assert f"Giúp đỡ: {office}" in text
    assert "! 3 việc quá hạn" in text
    assert "15 ngày hạn 05/04/2024" in text
    # The longest overdue first.
    assert text.index("hạn 05/04/2024") < text.index("hạn 08/04/2024") < text.index("hạn 15/04/2024")


def test_a_recognised_commune_has_a_slide_only_for_what_is_late(year):
    Recognition.objects.create(locality=year.places["Bản Bo"], year=2020)
    assert "xa-ban-bo" not in slides_of(year, ON)
    order(year, factories.agency(year.places["Bản Bo"], "UBND xã Bản Bo"))
    slides = slides_of(year, ON)
    assert slides["xa-ban-bo"].title == "Bản Bo: công nhận năm 2020, 19/19 tiêu chí; 1 việc quá hạn"
    # Behind those that lack something.
    anchors = list(slides)
    assert anchors.index("xa-khun-ha") < anchors.index("xa-ban-bo")


def test_what_another_commune_must_do_is_not_a_communes_work(year):
    body = factories.agency(year.places["Khun Há"], "UBND xã Khun Há")
    order(year, body, communes=[year.places["Khun Há"], year.places["Sơn Bình"]])
    slides = slides_of(year, ON)
    assert slides["xa-khun-ha"].facts["overdue_count"] == 1
    assert slides["xa-son-binh"].facts["overdue_count"] == 0


def test_what_falls_due_soon_stands_a_task_a_line(year):
    bodies = [factories.agency(place, f"UBND xã {name}") for name, place in year.places.items()]
    directive = actions.register_directive(
        by=None, title="Kết luận", issuer="UBND huyện", locality=year.district, meeting_on=date(2024, 3, 28)
    )
    actions.save_task(directive=directive, by=None, text="Sau", leads=bodies[:1], due_on=date(2024, 4, 27))
    actions.save_task(directive=directive, by=None, text="Trước", leads=bodies, due_on=date(2024, 4, 20))
    actions.save_task(directive=directive, by=None, text="Còn lâu", leads=bodies, due_on=date(2024, 4, 28))
    actions.issue_directive(directive=directive, by=None)
    response = get(year.officer, year.query + ON)
    slide = {slide.anchor: slide for slide in response.context["slides"]}["sap-den-han"]
    assert slide.title == "6 phần việc đến hạn trong 7 ngày tới"
    assert [(line.text, len(line.bodies)) for line in slide.facts["lines"]] == [("Trước", 5), ("Sau", 1)]
    text = text_of(response, "sap-den-han")
    assert "◷ 20/04 hôm nay Trước UBND xã Bản Bo và 4 cơ quan khác" in text
    assert "◷ 27/04 còn 7 ngày Sau" in text


def test_the_matters_are_what_the_figures_ask_to_decide(year):
    factories.target(year.places["Sơn Bình"], year.set.criteria.get(number=1))
    order(year, factories.agency(year.district, "Trung tâm Y tế"))
    matters = {matter.name: matter.words for matter in slides_of(year, ON)["can-quyet-dinh"].facts["matters"]}
    assert matters == {
        "Đề nghị công nhận": "Bản Bo đủ 19 tiêu chí, chưa có quyết định công nhận",
        "Khôi phục tiêu chí": "Bản Hon đã công nhận nhưng không còn đủ",
        "Kế hoạch năm 2024 chậm": "0/1 tiêu chí được giao đã đạt, năm đã qua 25 %",
        "Đôn đốc việc quá hạn": "Trung tâm Y tế (1 việc, lâu nhất 5 ngày)",
        "Nộp số liệu": "Nà Tăm chưa có số liệu kỳ Quý I/2024",
    }


def test_a_meeting_without_figures_or_places_still_opens():
    empty = factories.Year(dict.fromkeys(["Bản Bo"], ("", "")))
    assert [slide.title for slide in slides_of(empty).values()] == [
        "Kỳ Quý I/2024 chưa có số liệu nào",
        "Không có phần việc nào quá hạn",
        "Không có phần việc nào đến hạn trong 7 ngày tới",
        f"Kết luận cuộc họp ngày {timezone.localdate():%d/%m/%Y}",
    ]
    stranger = factories.user(Role.OFFICER, factories.district("Than Uyên"))
    first = get(stranger, empty.query).context["slides"][0]
    assert first.title == "Địa bàn không có xã nào dùng bộ tiêu chí này"


def test_all_met_says_so_and_leaves_no_commune_to_settle():
    year = factories.Year({"Bản Bo": (letters(19), "")})
    Recognition.objects.create(locality=year.places["Bản Bo"], year=2019)
    titles = {anchor: slide.title for anchor, slide in slides_of(year).items()}
    assert titles["phan-nhom"] == "Cả 1 xã có số liệu đều đủ 19 tiêu chí"
    assert titles["thay-doi"] == "Chưa có kỳ trước để so sánh"
    assert titles["tieu-chi"] == "Không còn tiêu chí nào chưa đạt"
    assert not any(anchor.startswith("xa-") for anchor in titles)
    assert "can-quyet-dinh" not in titles


def test_nobody_sees_beyond_their_place(year):
    own = factories.user(Role.COMMUNE_OFFICER, year.places["Sơn Bình"])
    response = get(own, year.query)
    assert not any(name in response.content.decode() for name in MIXED_YEAR if name != "Sơn Bình")
    assert [slide.anchor for slide in response.context["slides"] if slide.place] == ["xa-son-binh"]


# -- many -------------------------------------------------------------------------------------------------------------


def test_many_communes_take_several_matrices_and_the_rest_is_said_in_words():
    year = factories.Year(places=80)
    slides = slides_of(year)
    matrices = [slide for anchor, slide in slides.items() if anchor.startswith("ma-tran")]
    assert [[len(table) for table in slide.facts["tables"]] for slide in matrices] == [[18, 18], [18, 18], [8]]
    assert [slide.label for slide in matrices] == ["Ma trận (1/3)", "Ma trận (2/3)", "Ma trận (3/3)"]
    assert sum(anchor.startswith("xa-") for anchor in slides) == meeting.COMMUNE_SLIDES
    rest = slides["cac-xa-khac"]
    assert rest.title.startswith("60 xã khác còn thiếu")
    assert (len(rest.facts["rest"]), rest.facts["more_rest"]) == (60, 0)


def test_of_a_whole_country_the_matrix_shows_those_that_have_met_least(monkeypatch):
    monkeypatch.setattr(meeting, "MATRIX_SLIDES", 1)
    monkeypatch.setattr(meeting, "MATRIX_ROWS", 2)
    year = factories.Year(MIXED_YEAR)
    response = get(year.officer, year.query)
    (slide,) = [slide for slide in response.context["slides"] if slide.kind == "matrix"]
    assert [line.row.name for line in slide.facts["tables"][0]] == ["Khun Há", "Nà Tăm"]
    assert "3 xã đạt nhiều tiêu chí nhất không ghi ở đây" in text_of(response, "ma-tran")


def test_two_communes_of_one_name_have_addresses_of_their_own():
    year = factories.Year({"Sơn Bình": (letters(18), "")})
    place = factories.commune("Sơn Bình", factories.district("Than Uyên", parent=factories.province()))
    factories.assessment(place, year.set, year.now, strip=letters(17))
    anchors = [s.anchor for s in get(factories.user(Role.ADMINISTRATOR), year.query).context["slides"]]
    assert [anchor for anchor in anchors if anchor.startswith("xa-")] == ["xa-son-binh", "xa-son-binh-2"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["A"], "A"),
        (["A", "B"], "A và B"),
        (["A", "B", "C"], "A, B và C"),
        (["A", "B", "C", "D", "E"], "A, B, C và 2 xã khác"),
    ],
)
def test_names_in_a_sentence(names, said):
    assert meeting.listed(names, 3, "xã") == said


def test_as_many_names_as_fit():
    assert meeting.fitting([]) == 0
    assert meeting.fitting(["a" * 200]) == 1
    assert meeting.fitting(["Bản Bo"] * 40) == 10


@pytest.mark.parametrize("places", [13, 60])
def test_the_meeting_takes_the_same_queries_for_any_number_of_places_and_tasks(places):
    year = factories.Year(places=places)
    for place in list(year.places.values())[: places // 4]:
        criteria = year.set.criteria.filter(number=16)
        order(year, factories.agency(place, f"UBND {place}"), communes=year.places.values(), criteria=criteria)
        order(year, factories.agency(place, f"Trường {place}"), days=3)
    client = Client()
    client.force_login(year.officer)
    with counted() as queries:
        client.get(reverse("dashboards:meeting") + year.query + ON)
    # Session, person, periods, sets; criteria, places, plan; state of the work, its counts, those by body; of the nearest the
    # places in line, sheets, what is unmet and the thresholds for their order, then indicators, thresholds, results,
    # evidence, conditions and their results, work, its criteria and communes, who leads; overdue work and its communes,
    # its rows, who is in charge; what is soon due; decisions; in the form bodies, communes, criteria.
    assert len(queries) == 33


# -- decisions --------------------------------------------------------------------------------------------------------


def decide(user, year, data, **headers):
    client = Client()
    client.force_login(user)
    return client.post(reverse("dashboards:meeting-decisions") + year.query, data, headers=headers)


HTMX = {"HX-Request": "true"}


def test_a_decision_typed_in_the_form_ends_as_a_draft_task(year):
    agency = factories.agency(year.district, "Trung tâm Y tế")
    response = get(year.officer, f"{year.query}&xa={year.places['Sơn Bình'].pk}")
    fields = fields_of(response, having="text")
    # The commune of the address is chosen already.
    assert fields["communes"] == str(year.places["Sơn Bình"].pk)
    criterion = year.set.criteria.get(number=1)
    sent = fields | {"text": "Rà soát hộ nghèo", "lead": agency.pk, "due_on": "31/12/2099", "criterion": criterion.pk}
    answer = decide(year.officer, year, sent)
    assert answer.status_code == 302
    assert answer.url.endswith("#/ket-luan")
    assert answer.url.startswith(reverse("dashboards:meeting") + "?ky=2024-q1&bo=bo-lon")
    task = Task.objects.get()
    assert (task.text, task.due_on, task.is_assigned) == ("Rà soát hộ nghèo", date(2099, 12, 31), False)
    assert [*task.leads.all(), *task.communes.all(), *task.criteria.all()] == [
        agency,
        year.places["Sơn Bình"],
        criterion,
    ]
    assert "Đã ghi 1 kết luận" in text_of(get(year.officer, year.query), "ket-luan")


def test_the_script_gets_the_list_and_the_errors_by_field(year):
    bad = decide(year.officer, year, {"text": " ", "due_on": "31/4/2030"}, **HTMX)
    assert bad.status_code == 422
    assert set(bad.json()["errors"]) == {"text", "due_on"}
    good = decide(year.officer, year, {"text": "Rà soát <b>ngay</b>"}, **HTMX)
    assert good.status_code == 200
    assert good.json()["number"] == 1
    assert "Rà soát &lt;b&gt;ngay&lt;/b&gt;" in good.json()["html"]
    client = Client()
    client.force_login(year.officer)
    assert client.get(reverse("dashboards:meeting-decisions"), headers=HTMX).json()["html"] == good.json()["html"]


def test_without_scripts_what_is_wrong_comes_back_with_what_was_typed(year):
    refused = decide(year.officer, year, {"text": "Giữ nguyên lời này", "due_on": "hôm qua"})
    assert refused.status_code == 422
    assert fields_of(refused, having="text")["text"] == "Giữ nguyên lời này"
    assert "“hôm qua” không phải là ngày" in text_of(refused, "ket-luan")
    assert not Task.objects.exists()


def test_a_decision_is_saved_whatever_has_become_of_the_period_on_the_page(year):
    client = Client()
    client.force_login(year.officer)
    address = reverse("dashboards:meeting-decisions")
    assert client.post(f"{address}?ky=khong-con", {"text": "Một"}, headers=HTMX).json()["number"] == 1
    # And what is refused there keeps what was typed on its way to the page.
    assert client.post(f"{address}?ky=khong-con", {"text": " "}).status_code == 307


def test_an_ended_session_keeps_the_decision(year):
    answer = Client().post(reverse("dashboards:meeting-decisions") + year.query, {"text": "Rà soát hộ nghèo"})
    assert answer.status_code == 200
    assert fields_of(answer)["kept"]
    # The script sees the redirect and keeps the field itself.
    sent = Client().post(reverse("dashboards:meeting-decisions") + year.query, {"text": "Một"}, headers=HTMX)
    assert sent.status_code == 302


@pytest.mark.parametrize("role", [Role.COMMITTEE_MEMBER, Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER])
def test_only_those_who_write_notices_write_decisions(year, role):
    decide(year.officer, year, {"text": "Rà soát hộ nghèo"})
    place = year.places["Sơn Bình"] if role == Role.COMMUNE_OFFICER else year.district
    user = factories.user(role, place)
    assert decide(user, year, {"text": "Của tôi"}).status_code == 403
    assert Task.objects.count() == 1
    page = get(user, year.query)
    html = page.content.decode()
    assert "data-decision" not in html
    assert "data-decide" not in html
    # The committee hears its decisions; it cannot change them.
    assert ("Rà soát hộ nghèo" in text_of(page, "ket-luan")) == (role == Role.COMMITTEE_MEMBER)
    assert reverse("directives:review", args=[Directive.objects.get().pk]) not in html


def test_each_decision_leads_to_where_it_is_corrected_or_removed_while_it_is_a_draft(year):
    decide(year.officer, year, {"text": "Rà soát hộ nghèo"})
    task = Task.objects.get()
    html = get(year.officer, year.query).content.decode()
    links = [reverse(f"directives:task-{what}", args=[task.directive_id, task.pk]) for what in ("edit", "delete")]
    assert all(link in html for link in links)
    assert reverse("directives:review", args=[task.directive_id]) in html


# -- the one file -----------------------------------------------------------------------------------------------------


def test_the_file_is_a_download_that_asks_for_nothing(year):
    answer = get(year.officer, year.query, "meeting-file")
    day = timezone.localdate()
    assert answer["Content-Disposition"] == f'attachment; filename="trinh-chieu-2024-q1-{day:%Y-%m-%d}.html"'
    # What the browser shows from this site stays under the site's own policy.
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    html = answer.content.decode()
    # Nothing leads out of it: no file, no address, no picture, no form that is sent.
    assert re.findall(r'(?:src|action|srcset|poster|data)="', html) == []
    assert {link[0] for link in re.findall(r'href="([^"]*)"', html)} == {"#"}
    assert "url(" not in html
    assert "@import" not in html
    assert 'name="csrfmiddlewaretoken"' not in html


def test_the_policy_of_the_file_lets_just_its_own_style_and_script_through(year):
    html = get(year.officer, year.query, "meeting-file").content.decode()
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]*)"', html).group(1)
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_the_file_holds_the_same_slides_as_the_page(year):
    page, file = get(year.officer, year.query + ON), get(year.officer, year.query + ON, "meeting-file")
    for slide in page.context["slides"][:-1]:
        # All but what is for a page without scripts alone.
        shown = text_of(page, slide.anchor).replace(" Ghi kết luận về xã này", "")
        assert text_of(file, slide.anchor) == shown
    assert "không gửi được" in text_of(file, "ket-luan")


def test_the_committees_file_has_nothing_to_type_in(year):
    member = factories.user(Role.COMMITTEE_MEMBER, year.district)
    html = get(member, year.query, "meeting-file").content.decode()
    assert "<form" not in html
    assert "Chép các kết luận" not in html


def test_overview_and_matrix_lead_to_the_meeting_of_what_they_show(year):
    for page in ("overview", "matrix"):
        html = unescape(get(year.officer, f"{year.query}{ON}", page).content.decode())
        assert f'href="{reverse("dashboards:meeting")}{year.query}&ngay=20%2F04%2F2024"' in html
