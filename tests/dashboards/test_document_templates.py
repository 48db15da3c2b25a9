"""An office's own templates: ours to take away, theirs in its place, and back; nobody's taken off unseen."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from accounts.models import Role
from directives.actions import NotPossible, drop_template, use_template
from directives.models import DocumentKind, DocumentTemplate
from ntm_tracker.documents import Layout
from ntm_tracker.documents.rendering import text_of
from tests.directives.factories import District, issued
from tests.reading import counted, fields_of

KIND = DocumentKind.NOTICE_REPORT
HERE = {"slug": KIND.value, "layout": Layout.STATE.value}
PAGE = "dashboards:document-template"


@pytest.fixture
def district(db):
    return District(communes=["Sơn Bình", "Bản Bo"])


@pytest.fixture
def officer(district, client):
    person = district.officer()
    client.force_login(person)
    return person


@pytest.fixture
def notice(district, officer):
    return issued(district, [district.health])


def made(*paragraphs):
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def upload(content=None, name="mau-cua-phong.docx"):
    return SimpleUploadedFile(name, content or made("MẪU CỦA PHÒNG: {{ co_quan }} {{ tong_so }}"))


def send(client, file=None):
    page = client.get(reverse(PAGE, kwargs=HERE))
    data = fields_of(page, having="seen") | {"file": upload() if file is None else file}
    return client.post(reverse(PAGE, kwargs=HERE), data)


def report(client, notice, **query):
    response = client.get(reverse("dashboards:document-file", args=[KIND.value], query={"van_ban": notice.pk, **query}))
    assert response.status_code == 200, response.content.decode()
    return text_of(response.content)


def test_an_office_takes_our_template_changes_it_and_brings_it_back(client, officer, notice):
    ours = client.get(reverse("dashboards:document-template-default", kwargs=HERE))
    assert ours["Content-Disposition"] == 'attachment; filename="mau-bao-cao-nha-nuoc.docx"'
    document = Document(io.BytesIO(ours.content))
    document.paragraphs[-1].add_run("Lời thêm của văn phòng")
    stream = io.BytesIO()
    document.save(stream)
    response = send(client, upload(stream.getvalue()))
    assert response.status_code == 302
    words = report(client, notice)
    assert "Lời thêm của văn phòng" in words
    assert "BÁO CÁO" in words
    # Only in the layout it is for, and not where our own is asked for.
    assert "Lời thêm" not in report(client, notice, the_thuc=Layout.PARTY.value)
    assert "Lời thêm" not in report(client, notice, own="on")
    kept = DocumentTemplate.objects.get()
    assert (kept.file_name, kept.uploaded_by, kept.locality) == ("mau-cua-phong.docx", officer, officer.place)
    page = client.get(reverse(PAGE, kwargs=HERE)).content.decode()
    assert "mau-cua-phong.docx" in page


def test_the_earlier_ones_are_kept_and_ours_comes_back(client, officer, notice):
    send(client, upload(made("MỘT {{ so }}"), "mot.docx"))
    send(client, upload(made("HAI {{ so }}"), "hai.docx"))
    assert report(client, notice).startswith("HAI")
    dropped = client.post(
        reverse("dashboards:document-template-drop", kwargs=HERE), {"seen": DocumentTemplate.objects.in_use().get().pk}
    )
    assert dropped.status_code == 302
    assert "CỘNG HÒA XÃ HỘI" in report(client, notice)
    assert DocumentTemplate.objects.count() == 2
    page = client.get(reverse(PAGE, kwargs=HERE)).content.decode()
    for row in DocumentTemplate.objects.all():
        address = reverse("dashboards:document-template-file", args=[row.pk])
        assert address in page
        answer = client.get(address)
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content) == row.content()
        assert (row.removed_by, row.removed_at is None) == (officer, False)


def test_a_template_replaced_meanwhile_is_not_replaced_unseen(client, district, officer):
    opened = fields_of(client.get(reverse(PAGE, kwargs=HERE)), having="seen")
    other = district.officer()
    use_template(kind=KIND, layout=Layout.STATE, file=upload(name="nguoi-khac.docx"), seen=None, by=other)
    response = client.post(reverse(PAGE, kwargs=HERE), opened | {"file": upload()})
    assert response.status_code == 409
    assert "nay đang dùng “nguoi-khac.docx”" in response.content.decode()
    assert DocumentTemplate.objects.in_use().get().file_name == "nguoi-khac.docx"
    again = fields_of(response, having="seen") | {"file": upload()}
    assert client.post(reverse(PAGE, kwargs=HERE), again).status_code == 302
    assert DocumentTemplate.objects.in_use().get().file_name == "mau-cua-phong.docx"


def test_a_template_that_is_gone_is_not_dropped_again(client, district, officer):
    mine = use_template(kind=KIND, layout=Layout.STATE, file=upload(), seen=None, by=officer)
    with pytest.raises(NotPossible, match="người khác đã đổi mẫu"):
        drop_template(kind=KIND, layout=Layout.STATE, seen=None, by=officer)
    address = reverse("dashboards:document-template-drop", kwargs=HERE)
    for seen in (mine.pk, mine.pk, "x", "9" * 30):
        client.post(address, {"seen": seen})
    assert not DocumentTemplate.objects.in_use().exists()
    assert DocumentTemplate.objects.get().removed_by == officer


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (lambda: upload(b"%PDF-1.4 x", "mau.pdf"), "không phải"),
        (lambda: upload(b"a,b", "mau.docx"), "không phải là .docx"),
        (lambda: upload(made("{{ khong_co }}")), "“khong_co”"),
        (lambda: upload(made("{{ so")), "thiếu dấu"),
        (lambda: upload(made("{{ ''.__class__ }}")), "không được dùng"),
        (lambda: upload(made("không có gì")), "không có chỗ điền nào"),
        (lambda: upload(name=f"{'a' * 160}.docx"), "dài quá 150"),
        (lambda: "", "Chọn tệp .docx"),
    ],
)
def test_a_template_that_does_not_work_is_refused_in_words(client, officer, file, told):
    response = send(client, file())
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not DocumentTemplate.objects.exists()


def test_made_up_figures_stay_labelled_in_an_offices_own_template(client, officer, notice):
    send(client)
    assert "minh họa" not in report(client, notice)
    type(notice).objects.update(is_illustrative=True)
    assert report(client, notice).startswith("(Số liệu minh họa)")


def test_a_file_that_is_gone_from_the_disk_is_told_and_ours_still_works(client, officer, notice):
    send(client)
    kept = DocumentTemplate.objects.get()
    kept.file.storage.delete(kept.file.name)
    address = reverse("dashboards:document-file", args=[KIND.value], query={"van_ban": notice.pk})
    response = client.get(address)
    assert response.status_code == 422
    html = response.content.decode()
    assert "Không còn tệp mẫu “mau-cua-phong.docx”" in html
    assert "Dùng mẫu mặc định" in html
    assert "CỘNG HÒA" in report(client, notice, own="on")
    assert client.get(reverse("dashboards:document-template-file", args=[kept.pk])).status_code == 404


def test_a_template_is_of_its_office_and_serves_the_places_below(client, district, officer, notice):
    use_template(kind=KIND, layout=Layout.STATE, file=upload(), seen=None, by=officer)
    commune = district.commune_officer()
    nearest = DocumentTemplate.objects.nearest
    assert nearest(commune, KIND, Layout.STATE).file_name == "mau-cua-phong.docx"
    elsewhere = District(communes=["Xã Khác"], name="Than Uyên").officer()
    assert nearest(elsewhere, KIND, Layout.STATE) is None
    client.force_login(elsewhere)
    kept = DocumentTemplate.objects.get()
    assert client.get(reverse("dashboards:document-template-file", args=[kept.pk])).status_code == 404
    assert "mau-cua-phong" not in client.get(reverse("dashboards:document-templates")).content.decode()
    # Nor do they end it: each office has its own.
    use_template(kind=KIND, layout=Layout.STATE, file=upload(), seen=None, by=elsewhere)
    assert DocumentTemplate.objects.in_use().count() == 2
    # One of the commune itself comes before.
    local = district.user(Role.OFFICER, district.communes[0])
    use_template(kind=KIND, layout=Layout.STATE, file=upload(name="cua-xa.docx"), seen=None, by=local)
    assert nearest(commune, KIND, Layout.STATE).file_name == "cua-xa.docx"
    assert nearest(officer, KIND, Layout.STATE).file_name == "mau-cua-phong.docx"


@pytest.mark.parametrize("role", [Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER, Role.COMMITTEE_MEMBER])
def test_only_the_office_keeps_templates(client, district, officer, role):
    kept = use_template(kind=KIND, layout=Layout.STATE, file=upload(), seen=None, by=officer)
    client.force_login(district.user(role, agency=district.education))
    for name, given in (
        ("templates", {}),
        ("template", HERE),
        ("template-default", HERE),
        ("template-file", {"pk": kept.pk}),
    ):
        assert client.get(reverse(f"dashboards:document-{name}", kwargs=given)).status_code == 403
    assert client.post(reverse("dashboards:document-template-drop", kwargs=HERE)).status_code == 403
    assert client.post(reverse(PAGE, kwargs=HERE), {"file": upload()}).status_code == 403


def test_what_is_no_kind_or_layout_is_not_found(client, officer):
    for slug, layout in (("la", "nha-nuoc"), ("bao-cao", "la")):
        assert client.get(reverse(PAGE, args=[slug, layout])).status_code == 404


def test_the_pages_ask_no_more_for_more_templates(client, district, officer):
    asked = []
    for _ in range(2):
        with counted() as queries:
            client.get(reverse("dashboards:document-templates"))
            client.get(reverse(PAGE, kwargs=HERE))
        asked.append(len(queries))
        for kind in DocumentKind:
            for layout in Layout:
                replace(kind, layout, officer)
        for _ in range(3):
            replace(KIND, Layout.STATE, officer)
    assert asked[0] == asked[1]
    assert asked[0] <= 12


def replace(kind, layout, officer):
    now = DocumentTemplate.objects.in_use().filter(kind=kind, layout=layout).first()
    use_template(kind=kind, layout=layout, file=upload(), seen=now and now.pk, by=officer)
