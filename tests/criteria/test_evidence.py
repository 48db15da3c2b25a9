"""Evidence: what is taken, who may put it where and when, the drop of a folder, the ZIP, what expires, what is carried."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from criteria.actions.evidence import NameTaken, NewFile, attach, copy_evidence, take_off
from criteria.actions.results import NotOpen, save_results
from criteria.archive import CONTENTS, safe_name
from criteria.forms.evidence import DROP_FILES, DROP_MB
from criteria.models import Assessment, Evidence, Opinion, State, Status
from criteria.rules import Entry, Validity, validity
from criteria.sheet import add_evidence, load_sheet
from ntm_tracker import staging
from tests import factories
from tests.reading import counted, fields_of, table_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 minh chung"
EXE = b"MZ\x90\x00 this program cannot be run in DOS mode"
TODAY = date(2024, 3, 20)


class Office:
    """A district with a commune whose sheet may be written on, one beside it, and one beyond."""

    def __init__(self):
        self.district, other = factories.district(), factories.district("Than Uyên")
        self.place = factories.commune("Sơn Bình", self.district)
        self.beyond = factories.commune("Mường Than", other)
        self.set, self.period = factories.small_set(), factories.period()
        self.cells = {code: row.pk for code, row in factories.indicators_of(self.set).items()}
        self.sheet = factories.assessment(self.place, self.set, self.period)
        self.sheet_beyond = factories.assessment(self.beyond, self.set, self.period)
        agency = factories.agency(self.district)
        factories.lead(self.set.criteria.get(number=2), agency)
        self.officer = factories.user(Role.OFFICER, self.district)
        self.sector_officer = factories.user(Role.SECTOR_OFFICER, self.district, agency=agency)
        self.commune_officer = factories.user(Role.COMMUNE_OFFICER, self.place)
        self.committee_member = factories.user(Role.COMMITTEE_MEMBER, self.district)
        self.stranger = factories.user(Role.OFFICER, other)

    def client(self, user):
        client = Client()
        client.force_login(user)
        return client

    def address(self, page="evidence", *last, place=None):
        last = [self.cells.get(item, item) for item in last]
        return reverse(f"criteria:{page}", args=[self.period.code, self.set.code, (place or self.place).pk, *last])

    def attach(self, code="2.1", name="a.pdf", content=PDF, sheet=None, **fields):
        sheet = sheet or self.sheet
        (made,) = attach(
            assessment=factories.writable(sheet),
            opinion=Opinion.VERIFIED,
            files=[NewFile(self.cells[code], ContentFile(content), name, **fields)],
            by=self.officer,
        )
        return made

    def set_state(self, state):
        Assessment.objects.update(state=state, state_at=timezone.now())

    def close(self):
        self.period.closed_on = self.period.ends_on
        self.period.save()

    def save(self, code, status=Status.MET, opinion=Opinion.REPORTED):
        entry = Entry(judgement=status, note="theo hồ sơ")
        sheet = factories.writable(self.sheet)
        assert save_results(assessment=sheet, opinion=opinion, entries={self.cells[code]: entry}, by=None).is_written


@pytest.fixture
def office():
    return Office()


def upload(name="a.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def on_disk(settings, folder="evidence"):
    return sorted(path for path in (Path(settings.MEDIA_ROOT) / folder).rglob("*") if path.is_file())


def page_of(response):
    return response.content.decode()


# One cell: adding, reading, taking off


def test_several_files_are_added_at_once_and_come_back_as_downloads(office, settings):
    client = office.client(office.commune_officer)
    typed = {
        "files": [upload("Biên bản.pdf"), upload("ảnh.png", b"\x89PNG\r\n\x1a\n x")],
        "note": "Quyết định công nhận",
        "expires_on": "31/12/2030",
    }
    response = client.post(office.address("evidence", "2.1"), typed, follow=True)
    assert response.redirect_chain == [(office.address("evidence", "2.1"), 302)]
    assert "Đã thêm 2 tệp." in page_of(response)
    items = {item.name: item for item in Evidence.objects.all()}
    assert set(items) == {"Biên bản.pdf", "ảnh.png"}
    item = items["Biên bản.pdf"]
    assert (item.assessment, item.indicator_id, item.size) == (office.sheet, office.cells["2.1"], len(PDF))
    assert (item.note, item.expires_on) == ("Quyết định công nhận", date(2030, 12, 31))
    assert item.uploaded_by == office.commune_officer
    # Kept under a name of our own, inside the folder of uploads.
    assert "Biên" not in item.file.name
    assert len(on_disk(settings)) == 2
    table = table_of(response, "list")
    assert table[1][0].startswith("Biên bản.pdf") or table[2][0].startswith("Biên bản.pdf")

    answer = office.client(office.committee_member).get(office.address("evidence-file", item.pk))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload("hoa-don.pdf", EXE), "Nội dung tệp “hoa-don.pdf” không phải là .pdf"),
        (upload("cai-dat.exe", EXE), "Không nhận tệp “cai-dat.exe”"),
        (upload("trong.pdf", b""), "Tệp “trong.pdf” trống."),
        (upload("lon.pdf", PDF + b"0" * 20 * 1024 * 1024), "Tệp “lon.pdf” nặng 20,0 MB, nhiều nhất là 20 MB"),
    ],
)
def test_a_file_that_is_not_what_it_says_stops_them_all(office, settings, file, said):
    client = office.client(office.commune_officer)
    typed = {"files": [upload("tot.pdf"), file], "note": "Giữ nguyên nội dung", "expires_on": "1/2/2030"}
    response = client.post(office.address("evidence", "2.1"), typed)
    file.seek(0)
    assert response.status_code == 422
    assert said in page_of(response)
    assert not Evidence.objects.exists()
    assert not on_disk(settings)
    assert fields_of(response)["note"] == "Giữ nguyên nội dung"
    assert fields_of(response)["expires_on"] == "1/2/2030"


def test_a_wrong_day_and_no_file_are_said(office):
    client = office.client(office.commune_officer)
    response = client.post(office.address("evidence", "2.1"), {"expires_on": "31/2/2030"})
    assert response.status_code == 422
    assert "Ngày 31/2/2030 không có trong lịch." in page_of(response)
    assert "Chọn ít nhất một tệp." in page_of(response)


def test_a_name_stands_once_at_an_indicator_however_it_is_written(office, settings):
    office.attach("2.1", "Biên bản.pdf")
    client = office.client(office.commune_officer)
    response = client.post(office.address("evidence", "2.1"), {"files": [upload("mới.pdf"), upload("BIÊN BẢN.pdf")]})
    assert response.status_code == 422
    assert "Chỉ tiêu này đã có tệp “BIÊN BẢN.pdf”. Đổi tên tệp, hoặc gỡ tệp cũ trước." in page_of(response)
    response = client.post(office.address("evidence", "2.1"), {"files": [upload("b.pdf"), upload("b.pdf")]})
    assert "Tệp “b.pdf” có hai lần." in page_of(response)
    assert Evidence.objects.count() == len(on_disk(settings)) == 1
    assert client.post(office.address("evidence", "3.1"), {"files": [upload("Biên bản.pdf")]}).status_code == 302


def test_a_file_taken_off_stays_in_the_history_and_its_name_is_free_again(office, settings):
    item = office.attach("2.1", "cũ.pdf")
    client = office.client(office.commune_officer)
    response = client.post(office.address("evidence-remove", item.pk), follow=True)
    assert "Đã gỡ tệp “cũ.pdf”. Tệp vẫn còn trong lịch sử." in page_of(response)
    item.refresh_from_db()
    assert item.removed_by == office.commune_officer
    assert item.removed_at is not None
    assert "Đã gỡ:" in page_of(response)
    assert "Chưa có tệp nào." in page_of(response)
    assert len(on_disk(settings)) == 1
    assert b"".join(client.get(office.address("evidence-file", item.pk)).streaming_content) == PDF
    again = client.post(office.address("evidence-remove", item.pk), follow=True)
    assert f"đã được {office.commune_officer} gỡ trước đó" in page_of(again)
    removed_at = item.removed_at
    item.refresh_from_db()
    assert item.removed_at == removed_at
    assert client.post(office.address("evidence", "2.1"), {"files": [upload("cũ.pdf")]}).status_code == 302


# Rights, by role and by the state of the sheet


@pytest.mark.parametrize(
    ("who", "state", "code", "expected"),
    [
        ("commune_officer", State.DRAFT, "2.1", 302),
        ("commune_officer", State.SUBMITTED, "2.1", 422),
        ("commune_officer", State.VERIFIED, "2.1", 422),
        ("commune_officer", State.APPROVED, "2.1", 422),
        ("officer", State.DRAFT, "3.1", 302),
        ("officer", State.SUBMITTED, "3.1", 302),
        ("officer", State.VERIFIED, "3.1", 422),
        ("officer", State.APPROVED, "3.1", 422),
        ("sector_officer", State.DRAFT, "2.1", 302),
        ("sector_officer", State.SUBMITTED, "2.1", 302),
        ("sector_officer", State.SUBMITTED, "3.1", 404),
        ("sector_officer", State.APPROVED, "2.1", 422),
        ("committee_member", State.DRAFT, "2.1", 404),
        ("stranger", State.DRAFT, "2.1", 404),
    ],
)
def test_who_adds_and_takes_off_in_which_state(office, who, state, code, expected):
    item = office.attach(code, "trước.pdf")
    office.set_state(state)
    client = office.client(getattr(office, who))
    response = client.post(office.address("evidence", code), {"files": [upload()]})
    assert response.status_code == expected
    assert Evidence.objects.filter(name="a.pdf").exists() == (expected == 302)
    if expected == 422:
        assert "không sửa được; cần sửa thì đề nghị trả lại phiếu." in page_of(response)
    removed = client.post(office.address("evidence-remove", item.pk), follow=expected == 422)
    assert Evidence.objects.filter(name="trước.pdf", removed_at=None).exists() == (expected != 302)
    if expected == 422:
        assert "đề nghị trả lại phiếu" in page_of(removed)
    else:
        assert removed.status_code == expected


def test_a_closed_period_shows_why_and_offers_no_field(office):
    item = office.attach()
    office.close()
    client = office.client(office.officer)
    page = client.get(office.address("evidence", "2.1"))
    assert "Kỳ Quý I/2024 đã khóa từ ngày 31/03/2024, không sửa được nữa." in page_of(page)
    assert "files" not in fields_of(page)
    assert "Gỡ tệp này" not in page_of(page)
    assert "đã khóa" in page_of(client.get(office.address("evidence-drop")))
    assert client.post(office.address("evidence", "2.1"), {"files": [upload("b.pdf")]}).status_code == 422
    assert client.post(office.address("evidence-drop"), {"files": [upload("2.1.pdf")]}).status_code == 422
    client.post(office.address("evidence-remove", item.pk))
    assert Evidence.objects.kept().count() == 1


def test_readers_download_and_others_find_nothing(office):
    item = office.attach()
    pages = [
        office.address("evidence", "2.1"),
        office.address("evidence-file", item.pk),
        office.address("evidence-zip"),
        office.address("evidence-zip-criterion", 2),
    ]
    for page in pages:
        assert office.client(office.committee_member).get(page).status_code == 200, page
        assert office.client(office.stranger).get(page).status_code == 404, page
        assert Client().get(page).status_code == 302, page
    for page in (office.address("evidence-drop"), office.address("evidence-drop-check", "abc")):
        assert office.client(office.stranger).get(page).status_code == 404
    assert office.client(office.committee_member).get(office.address("evidence-drop")).status_code == 404


def test_a_file_is_only_found_on_its_own_sheet(office):
    item = office.attach(sheet=office.sheet_beyond)
    client = office.client(office.officer)
    assert client.get(office.address("evidence-file", item.pk)).status_code == 404
    assert client.get(office.address("evidence-file", item.pk, place=office.beyond)).status_code == 404
    assert client.post(office.address("evidence-remove", item.pk)).status_code == 404
    assert client.get(office.address("evidence", 10**12)).status_code == 404
    other = factories.indicators_of(factories.large_set(criteria=1, indicators=1))["1.1"]
    assert client.get(office.address("evidence", other.pk)).status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_not_found(office):
    item = office.attach()
    Path(item.file.path).unlink()
    assert office.client(office.officer).get(office.address("evidence-file", item.pk)).status_code == 404


# The actions


def test_nothing_stays_on_the_disk_when_saving_fails(office, settings, monkeypatch, tmp_path):
    waiting = tmp_path / "waiting.pdf"
    waiting.write_bytes(PDF)

    class Waiting(ContentFile):
        def temporary_file_path(self):
            return str(waiting)

    monkeypatch.setattr(Evidence.objects.__class__, "bulk_create", lambda *_, **__: 1 / 0, raising=False)
    files = [
        NewFile(office.cells["2.1"], ContentFile(PDF), "a.pdf"),
        NewFile(office.cells["2.1"], Waiting(PDF), "b.pdf"),
    ]
    sheet = factories.writable(office.sheet)
    with pytest.raises(ZeroDivisionError):
        attach(assessment=sheet, opinion=Opinion.REPORTED, files=files, by=None)
    assert not on_disk(settings)
    assert waiting.read_bytes() == PDF


def test_the_actions_refuse_what_the_state_forbids(office):
    item = office.attach()
    office.set_state(State.APPROVED)
    sheet = factories.writable(office.sheet)
    item.assessment = sheet
    with pytest.raises(NotOpen):
        attach(assessment=sheet, opinion=Opinion.VERIFIED, files=[], by=None)
    with pytest.raises(NotOpen):
        take_off(evidence=item, opinion=Opinion.VERIFIED, by=None)


def test_a_taken_name_raises_with_its_position(office):
    office.attach("2.1", "a.pdf")
    files = [NewFile(office.cells["2.1"], ContentFile(PDF), name) for name in ("b.pdf", "A.PDF")]
    with pytest.raises(NameTaken) as raised, transaction.atomic():
        attach(assessment=factories.writable(office.sheet), opinion=Opinion.VERIFIED, files=files, by=None)
    assert list(raised.value.problems) == [1]


def carried(office, number=1):
    """The evidence sheets get from `copy_evidence`, and the queries it took."""
    later = factories.period(2024, 2)
    pairs = []
    for place in [office.place, *(factories.communes(number - 1, office.district) if number > 1 else [])]:
        old = office.sheet if place == office.place else factories.assessment(place, office.set, office.period)
        if place != office.place:
            office.attach("2.1", sheet=old)
        pairs.append((factories.writable(old), factories.writable(factories.assessment(place, office.set, later))))
    with counted() as queries:
        made = copy_evidence(pairs, by=office.officer)
    return made, pairs, queries


def test_evidence_is_carried_to_the_next_period_by_the_code_of_its_indicator(office, settings):
    today = timezone.localdate()
    last_day = office.attach("2.1", "hôm nay.pdf", expires_on=today)
    office.attach("2.1", "hết hạn.pdf", expires_on=today - timedelta(days=1))
    gone = office.attach("2.1", "đã gỡ.pdf")
    Evidence.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    office.attach("1.1", "đổi lời.pdf", note="Nội dung")
    # From April on 1.1 is worded otherwise, and 3.1 is gone.
    office.attach("3.1", "bỏ.pdf")
    changed = factories.indicators_of(office.set)["1.1"]
    changed.until_on = date(2024, 3, 31)
    changed.save()
    newer = factories.indicator(changed.criterion, 1, since_on=date(2024, 4, 1))
    factories.indicators_of(office.set)["3.1"].__class__.objects.filter(code="3.1").update(until_on=date(2024, 3, 31))

    made, [(_, sheet)], _ = carried(office)
    items = {item.name: item for item in Evidence.objects.filter(assessment=sheet)}
    assert made == 2
    assert set(items) == {"hôm nay.pdf", "đổi lời.pdf"}
    assert items["hôm nay.pdf"].file.name == last_day.file.name
    assert items["hôm nay.pdf"].expires_on == today
    assert items["đổi lời.pdf"].indicator == newer
    assert (items["đổi lời.pdf"].note, items["đổi lời.pdf"].uploaded_by) == ("Nội dung", office.officer)
    assert len(on_disk(settings)) == 5
    assert copy_evidence([(factories.writable(office.sheet), sheet)], by=None) == 0
    assert copy_evidence([], by=None) == 0


@pytest.mark.parametrize("number", [1, 30])
def test_carrying_takes_four_queries_however_many_sheets(office, number):
    office.attach("2.1")
    made, _, queries = carried(office, number)
    assert made == number
    assert len(queries) == 4, queries


def test_nothing_is_carried_to_a_sheet_that_is_closed(office):
    office.attach("2.1")
    later = factories.assessment(office.place, office.set, factories.period(2024, 2, closed_on=date(2024, 7, 10)))
    with pytest.raises(NotOpen, match="đã chốt"):
        copy_evidence([(factories.writable(office.sheet), factories.writable(later))], by=None)
    assert Evidence.objects.count() == 1


# The drop of a folder


def drop(office, files, user=None, paths=None):
    """Send files as the page does; the answer after the redirect, and the address it led to."""
    data = {"files": files} | ({"files-path": paths} if paths else {})
    return office.client(user or office.commune_officer).post(office.address("evidence-drop"), data, follow=True)


def address_of(response):
    return response.redirect_chain[-1][0]


def test_a_drop_is_shown_first_and_saved_only_when_confirmed(office, settings):
    files = [upload("1.1_bien-ban.pdf"), upload("TC2 - Báo cáo.pdf"), upload("linh tinh.pdf"), upload("15.3 x.pdf")]
    response = drop(office, files)
    assert response.status_code == 200
    assert not Evidence.objects.exists()
    assert "4 tệp đã gửi: <b>2</b> khớp chỉ tiêu" in page_of(response)
    assert "2 chưa khớp" in page_of(response)
    fields = fields_of(response)
    chosen = [fields[f"i-{position}"] for position in range(1, 5)]
    assert chosen == [str(office.cells["1.1"]), str(office.cells["2.1"]), "", ""]

    # What is still open is asked for, and nothing is saved meanwhile; what was typed stays.
    client = office.client(office.commune_officer)
    fields |= {"i-3": str(office.cells["3.1"]), "n-3": "Ảnh hiện trường", "d-3": "30/6/2030", "d-1": "sai"}
    refused = client.post(address_of(response), fields)
    assert refused.status_code == 422
    assert "Chưa lưu tệp nào." in page_of(refused)
    assert "Còn 2 tệp cần sửa" in page_of(refused)
    assert "“sai” không phải là ngày" in page_of(refused)
    assert not Evidence.objects.exists()
    fields = fields_of(refused)
    assert (fields["n-3"], fields["d-3"], fields["d-1"]) == ("Ảnh hiện trường", "30/6/2030", "sai")

    fields |= {"i-4": "bo-qua", "d-1": ""}
    saved = client.post(address_of(response), fields, follow=True)
    assert "Đã lưu 3 tệp minh chứng cho 3 chỉ tiêu." in page_of(saved)
    assert {(i.indicator.code, i.name, i.note, i.expires_on) for i in Evidence.objects.select_related("indicator")} == {
        ("1.1", "1.1_bien-ban.pdf", "", None),
        ("2.1", "TC2 - Báo cáo.pdf", "", None),
        ("3.1", "linh tinh.pdf", "Ảnh hiện trường", date(2030, 6, 30)),
    }
    assert [path.read_bytes() for path in on_disk(settings)] == [PDF] * 3
    assert not on_disk(settings, "staging")

    again = client.post(address_of(response), fields, follow=True)
    assert "Lần nộp này đã lưu, đã hủy, hoặc đã quá một ngày." in page_of(again)
    assert Evidence.objects.count() == 3


def test_a_drop_says_what_is_wrong_with_each_file_and_keeps_the_others(office, settings):
    office.attach("2.1", "2.1 có rồi.pdf")
    files = [
        upload("1.1 hoa-don.pdf", EXE),
        upload("1.1 cài đặt.exe", EXE),
        upload("1.1 lớn.pdf", PDF + b"0" * 20 * 1024 * 1024),
        upload("Thumbs.db", b"x"),
        upload("2.1 có rồi.pdf"),
        upload("1.1 hai lần.pdf"),
        upload("1.1 hai lần.pdf"),
        upload("3.1 tốt.pdf"),
    ]
    response = drop(office, files)
    page = page_of(response)
    for sentence in (
        "Nội dung tệp “1.1 hoa-don.pdf” không phải là .pdf",
        "Không nhận tệp “1.1 cài đặt.exe”",
        "Tệp “1.1 lớn.pdf” nặng 20,0 MB",
        "Tệp do máy tính tự tạo, bỏ qua.",
        "Chỉ tiêu này đã có tệp “2.1 có rồi.pdf”",
        "Tệp “1.1 hai lần.pdf” có hai lần.",
        "4 không nhận",
    ):
        assert sentence in page
    assert "i-1" not in fields_of(response)
    assert len([path for path in on_disk(settings, "staging") if path.suffix == ".pdf"]) == 4

    client, fields = office.client(office.commune_officer), fields_of(response)
    assert client.post(address_of(response), fields).status_code == 422
    assert Evidence.objects.count() == 1
    fields |= {"i-5": "bo-qua", "i-6": str(office.cells["1.2"])}
    assert client.post(address_of(response), fields).status_code == 302
    assert set(Evidence.objects.values_list("indicator__code", "name")) == {
        ("2.1", "2.1 có rồi.pdf"),
        ("1.2", "1.1 hai lần.pdf"),
        ("1.1", "1.1 hai lần.pdf"),
        ("3.1", "3.1 tốt.pdf"),
    }


def test_folders_name_indicators_where_the_browser_tells_them(office):
    files = [upload("biên bản.pdf"), upload("ảnh.pdf")]
    response = drop(office, files, paths=["1/1.1/biên bản.pdf", "Tiêu chí 3/ảnh.pdf"])
    fields = fields_of(response)
    assert [fields["i-1"], fields["i-2"]] == [str(office.cells["1.1"]), str(office.cells["3.1"])]
    assert "1/1.1/biên bản.pdf" in page_of(response)
    # Paths that do not belong to the files count for nothing.
    fields = fields_of(drop(office, [upload("biên bản.pdf"), upload("ảnh.pdf")], paths=["1/1.1/biên bản.pdf"]))
    assert [fields["i-1"], fields["i-2"]] == ["", ""]


def test_a_path_never_leads_anywhere(office, settings):
    response = drop(office, [upload("../../../2.1 x.pdf")], paths=["../../../../2.1/../x.pdf"])
    fields = fields_of(response)
    office.client(office.commune_officer).post(address_of(response), fields | {"i-1": str(office.cells["2.1"])})
    (item,) = Evidence.objects.all()
    assert item.name == "2.1 x.pdf"
    assert on_disk(settings) == [Path(item.file.path)]


def test_a_sector_officer_drops_only_on_what_the_agency_leads(office):
    response = drop(office, [upload("2.1 a.pdf"), upload("3.1 b.pdf")], user=office.sector_officer)
    assert "Tên ghi chỉ tiêu 3.1, không thuộc phần anh chị phụ trách." in page_of(response)
    client = office.client(office.sector_officer)
    fields = {"i-1": str(office.cells["2.1"]), "i-2": str(office.cells["3.1"])}
    assert client.post(address_of(response), fields).status_code == 422
    assert not Evidence.objects.exists()
    assert client.post(address_of(response), fields | {"i-2": "bo-qua"}).status_code == 302
    assert Evidence.objects.get().indicator_id == office.cells["2.1"]


def test_a_drop_belongs_to_its_person_and_its_sheet(office):
    neighbour = factories.commune("Bản Bo", office.district)
    factories.assessment(neighbour, office.set, office.period)
    address = address_of(drop(office, [upload("2.1.pdf")], user=office.officer))
    token = address.rstrip("/").rsplit("/", 1)[1]
    fields = {"i-1": str(office.cells["2.1"])}
    for user in (office.commune_officer, factories.user(Role.OFFICER, office.district)):
        assert office.client(user).get(address).status_code == 404
        assert office.client(user).post(address, fields).status_code == 404
        assert office.client(user).post(address, {"cancel": "1"}).status_code == 404
    elsewhere = office.address("evidence-drop-check", token, place=neighbour)
    assert office.client(office.officer).post(elsewhere, fields).status_code == 404
    assert not Evidence.objects.exists()
    assert office.client(office.officer).post(address, fields).status_code == 302


def test_a_cancelled_drop_leaves_nothing(office, settings):
    response = drop(office, [upload("2.1.pdf")])
    cancelled = office.client(office.commune_officer).post(address_of(response), {"cancel": "1"}, follow=True)
    assert "Đã hủy, không tệp nào được lưu." in page_of(cancelled)
    assert not on_disk(settings, "staging")
    assert not Evidence.objects.exists()


def test_a_drop_waits_a_day_and_is_swept_by_the_next(office, settings, monkeypatch):
    first = address_of(drop(office, [upload("2.1.pdf")]))
    now = staging.time.time()
    monkeypatch.setattr(staging.time, "time", lambda: now + 23 * 3600)
    assert office.client(office.commune_officer).get(first).status_code == 200
    monkeypatch.setattr(staging.time, "time", lambda: now + 25 * 3600)
    assert office.client(office.commune_officer).get(first).status_code in (302, 404)
    staging.sweep()
    assert not on_disk(settings, "staging")


def test_a_sheet_that_was_sent_meanwhile_keeps_the_drop_and_says_why(office):
    response = drop(office, [upload("2.1.pdf")])
    office.set_state(State.SUBMITTED)
    client = office.client(office.commune_officer)
    refused = client.post(address_of(response), {"i-1": str(office.cells["2.1"]), "n-1": "Đã gõ"})
    assert refused.status_code == 422
    assert "đề nghị trả lại phiếu" in page_of(refused)
    assert fields_of(refused)["n-1"] == "Đã gõ"
    office.set_state(State.DRAFT)
    assert client.post(address_of(response), {"i-1": str(office.cells["2.1"])}).status_code == 302


def test_too_many_too_heavy_and_none_are_refused_in_words(office, settings, monkeypatch):
    response = drop(office, [upload(f"2.1 {i}.pdf") for i in range(DROP_FILES + 1)])
    assert response.status_code == 422
    assert "Anh chị gửi 201 tệp, mỗi lần nhận nhiều nhất 200 tệp." in page_of(response)
    response = drop(office, [])
    assert response.status_code == 422
    assert "Chọn ít nhất một tệp, hoặc một thư mục." in page_of(response)
    monkeypatch.setattr("criteria.views.evidence.DROP_MB", 1)
    response = drop(office, [upload("2.1.pdf", PDF + b"0" * 2 * 1024 * 1024)])
    assert response.status_code == 422
    assert "Các tệp nặng tất cả 2 MB; mỗi lần nhận nhiều nhất 1 MB." in page_of(response)
    assert not on_disk(settings, "staging")
    assert DROP_FILES < settings.DATA_UPLOAD_MAX_NUMBER_FILES
    assert DROP_MB >= 400


def test_a_flood_of_files_is_refused_with_a_page_of_ours(office, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    client = office.client(office.commune_officer)
    client.raise_request_exception = False
    response = client.post(office.address("evidence-drop"), {"files": [upload(f"2.1 {i}.pdf") for i in range(4)]})
    assert response.status_code == 400
    assert "mỗi lần nhiều nhất 200 tệp" in page_of(response)


@pytest.mark.parametrize("number", [2, DROP_FILES])
def test_a_drop_takes_the_same_queries_however_many_files(office, number):
    client = office.client(office.commune_officer)
    with counted() as sent:
        response = client.post(
            office.address("evidence-drop"), {"files": [upload(f"2.1 {i}.pdf") for i in range(number)]}
        )
    with counted() as shown:
        page = client.get(response.url)
    fields = fields_of(page)
    with counted() as saved:
        assert client.post(response.url, fields).status_code == 302
    assert Evidence.objects.kept().count() == number
    # SQLite takes 999 values in one statement: two hundred rows are three of them.
    inserts = [query for query in saved if query.startswith("INSERT")]
    assert len(inserts) <= 3
    # Session, person, sheet, indicators, thresholds, results; then names; period and names again before the rows.
    assert (len(sent), len(shown), len(saved) - len(inserts)) == (6, 7, 9), saved


# Beside the indicators of a sheet


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [
        (None, Validity.LASTING),
        (TODAY - timedelta(days=1), Validity.EXPIRED),
        (TODAY, Validity.EXPIRING),
        (TODAY + timedelta(days=30), Validity.EXPIRING),
        (TODAY + timedelta(days=31), Validity.LASTING),
    ],
)
def test_a_file_is_valid_on_its_last_day(expires_on, expected):
    assert validity(expires_on, day=TODAY, soon_days=30) == expected


def test_the_sheet_counts_files_and_those_that_expire(office):
    today = timezone.localdate()
    office.attach("2.1", "a.pdf")
    office.attach("2.1", "b.pdf", expires_on=today - timedelta(days=1))
    office.attach("2.1", "c.pdf", expires_on=today + timedelta(days=30))
    office.attach("3.1", "d.pdf", expires_on=today + timedelta(days=31))
    gone = office.attach("3.1", "e.pdf", expires_on=today)
    Evidence.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    page = load_sheet(factories.writable(office.sheet))
    with counted() as queries:
        add_evidence([page])
    assert len(queries) == 1
    counts = {r.indicator.code: (r.evidence, r.evidence_expired, r.evidence_expiring) for r in page.rows.values()}
    assert counts == {"1.1": (0, 0, 0), "1.2": (0, 0, 0), "2.1": (3, 1, 1), "3.1": (1, 0, 0)}
    assert page.evidence == 4


def test_a_closed_period_judges_validity_on_the_day_it_was_closed(office):
    office.attach("2.1", "a.pdf", expires_on=date(2024, 4, 20))
    office.close()
    page = load_sheet(factories.writable(office.sheet))
    add_evidence([page])
    row = page.rows[office.cells["2.1"]]
    assert (row.evidence_expired, row.evidence_expiring) == (0, 1)


def column(office, user):
    response = office.client(user).get(office.sheet.get_absolute_url())
    return {row[0]: row[-1] for row in table_of(response, "sheet") if row[0] in office.cells}, page_of(response)


def test_the_column_says_how_many_and_what_is_missing(office):
    office.save("1.1")
    office.save("1.2")
    office.save("3.1", Status.NOT_APPLICABLE)
    office.attach("1.1", "a.pdf", expires_on=timezone.localdate())
    cells, page = column(office, office.commune_officer)
    assert cells == {
        "1.1": "1 tệp chỉ tiêu 1.1 ◷ sắp hết hạn",
        "1.2": "+ Thêm minh chứng chỉ tiêu 1.2 ? thiếu",
        "2.1": "+ Thêm minh chứng chỉ tiêu 2.1",
        "3.1": "không cần",
    }
    assert "Nộp minh chứng theo thư mục" in page
    assert "Tải 1 tệp minh chứng (ZIP)" in page
    cells, page = column(office, office.committee_member)
    assert cells == {"1.1": "1 tệp chỉ tiêu 1.1 ◷ sắp hết hạn", "1.2": "? thiếu", "2.1": "–", "3.1": "không cần"}
    assert "Nộp minh chứng" not in page


def test_the_history_of_a_cell_shows_its_files(office):
    office.attach("2.1", "Biên bản.pdf")
    page = office.client(office.committee_member).get(office.address("cell", "2.1"))
    assert "Biên bản.pdf" in page_of(page)


@pytest.mark.parametrize("number", [1, 40])
def test_the_page_of_a_cell_takes_seven_queries_however_many_files(office, number):
    for i in range(number):
        office.attach("2.1", f"{i}.pdf")
    client = office.client(office.officer)
    with counted() as queries:
        assert client.get(office.address("evidence", "2.1")).status_code == 200
    # Session, person, sheet; indicator, indicators, thresholds, results; files.
    assert len(queries) == 8, queries


# The ZIP


def unpacked(response):
    content = io.BytesIO(b"".join(response.streaming_content))
    with zipfile.ZipFile(content) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def index_of(files):
    """The rows of the index by the file's path in the package, and the text of the whole sheet."""
    sheet = load_workbook(io.BytesIO(files.pop(CONTENTS))).active
    rows = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    text = " ".join(str(value) for row in rows for value in row)
    return {next((v for v in row if "/" in str(v)), ""): row for row in rows if isinstance(row[0], int)}, text


def test_the_zip_holds_folders_by_criterion_and_an_index(office):
    item = office.attach("1.1", "biên bản.pdf", b"%PDF-1", note="Biên bản nghiệm thu", expires_on=date(2030, 12, 31))
    office.attach("1.2", "1.2 biên bản.pdf", b"%PDF-2" * 1000)
    office.attach("3.1", "ảnh.png", b"%PDF-3")
    gone = office.attach("3.1", "cũ.pdf")
    Evidence.objects.filter(pk=gone.pk).update(removed_at=timezone.now())
    Evidence.objects.filter(pk=item.pk).update(uploaded_by=office.commune_officer)
    office.save("2.1")
    factories.indicators_of(office.set)["3.1"].__class__.objects.filter(code="3.1").update(code="3")
    response = office.client(office.committee_member).get(office.address("evidence-zip"))
    assert response["Content-Disposition"] == 'attachment; filename="minh-chung-xa-son-binh-2024-q1.zip"'
    files = unpacked(response)
    rows, text = index_of(files)
    assert files == {
        "01 Tiêu chí thứ 1/1.1 biên bản.pdf": b"%PDF-1",
        "01 Tiêu chí thứ 1/1.2 biên bản.pdf": b"%PDF-2" * 1000,
        "03 Tiêu chí thứ 3/3 ảnh.png": b"%PDF-3",
    }
    assert list(rows) == [*files, ""]
    number, criterion, indicator, path, size, note, until, who, when, state = rows["01 Tiêu chí thứ 1/1.1 biên bản.pdf"]
    assert (number, criterion, indicator) == (1, "1. Tiêu chí thứ 1", "1.1 Chỉ tiêu 1.1")
    assert (size, note, until.date(), who) == (
        1,
        "Biên bản nghiệm thu",
        date(2030, 12, 31),
        str(office.commune_officer),
    )
    assert when.date() == timezone.localdate()
    assert state == ""
    assert rows["01 Tiêu chí thứ 1/1.2 biên bản.pdf"][4] == 6
    assert rows["03 Tiêu chí thứ 3/3 ảnh.png"][6] == "không thời hạn"
    # What is said to be met without a file stands under its own head.
    assert rows[""][1:3] == ["2. Tiêu chí thứ 2", "2.1 Chỉ tiêu 2.1"]
    assert rows[""][-1] == "! chưa có tệp"
    for words in (
        "MỤC LỤC MINH CHỨNG, XÃ SƠN BÌNH, QUÝ I/2024",
        "mà chưa có tệp",
        office.committee_member.get_full_name(),
    ):
        assert words in text
    one = unpacked(office.client(office.committee_member).get(office.address("evidence-zip-criterion", 1)))
    assert set(one) == {*list(files)[:2], CONTENTS}
    assert set(index_of(one)[0]) == set(list(files)[:2])


def test_an_expired_file_and_made_up_figures_are_told_in_the_index(office):
    office.attach("1.1", "cũ.pdf", expires_on=timezone.localdate() - timedelta(days=1))
    Assessment.objects.filter(pk=office.sheet.pk).update(is_illustrative=True)
    rows, text = index_of(unpacked(office.client(office.officer).get(office.address("evidence-zip"))))
    assert next(iter(rows.values()))[-1] == "! hết hạn"
    assert "SỐ LIỆU MINH HỌA" in text


def test_names_in_the_zip_are_safe_and_never_the_same(office):
    office.attach("2.1", "a:b.pdf")
    office.attach("2.1", "a?b.pdf")
    office.attach("2.1", "CON.pdf")
    office.attach("2.1", "=HYPERLINK(1).pdf")
    Evidence.objects.filter(name="CON.pdf").update(name="..\\..\\x/../y.pdf")
    missing = office.attach("2.1", "mất.pdf")
    Path(missing.file.path).unlink()
    files = unpacked(office.client(office.officer).get(office.address("evidence-zip")))
    rows, _ = index_of(files)
    names = [name.rsplit("/", 1)[1] for name in files]
    assert sorted(names) == ["2.1 .. .. x .. y.pdf", "2.1 =HYPERLINK(1).pdf", "2.1 a b (2).pdf", "2.1 a b.pdf"]
    assert all(not name.startswith(("/", ".")) and "/../" not in name for name in files)
    assert rows["02 Tiêu chí thứ 2/2.1 mất.pdf"][-1] == "! Không còn tệp trên máy chủ"


def test_the_pack_is_made_while_it_is_sent(office):
    office.attach("1.1", "a.pdf")
    late = office.attach("3.1", "b.pdf")
    response = office.client(office.officer).get(office.address("evidence-zip"))
    pieces = iter(response.streaming_content)
    first = next(pieces)
    # Nothing was read of what comes later: it goes, and the index says so.
    Path(late.file.path).unlink()
    content = b"".join([first, *pieces])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    rows, _ = index_of(files)
    assert list(files) == ["01 Tiêu chí thứ 1/1.1 a.pdf"]
    assert rows["03 Tiêu chí thứ 3/3.1 b.pdf"][-1] == "! Không còn tệp trên máy chủ"


def test_the_longest_names_still_open_on_windows(office):
    office.attach("2.1", f"{'rất dài ' * 30}.pdf")
    factories.indicators_of(office.set)["2.1"].criterion.__class__.objects.update(name="Tên rất dài " * 15)
    (path,) = (
        name for name in unpacked(office.client(office.officer).get(office.address("evidence-zip"))) if "/" in name
    )
    assert path.endswith(".pdf")
    assert len(path) < 200


def test_the_pack_of_all_places_holds_what_one_sees_and_no_more(office):
    office.attach("1.1", "a.pdf")
    office.attach("3.1", "nơi khác.pdf", sheet=office.sheet_beyond)
    address = reverse("criteria:evidence-zip-all", args=[office.period.code, office.set.code])
    response = office.client(office.officer).get(address)
    assert response.streaming
    assert set(unpacked(response)) == {"01 Tiêu chí thứ 1/1.1 a.pdf", CONTENTS}
    beside = factories.commune("Bản Bo", office.district)
    sheet = factories.assessment(beside, office.set, office.period)
    office.attach("3.1", "b.pdf", sheet=sheet)
    files = unpacked(office.client(office.officer).get(address))
    assert set(files) == {
        "Xã Sơn Bình/01 Tiêu chí thứ 1/1.1 a.pdf",
        "Xã Bản Bo/03 Tiêu chí thứ 3/3.1 b.pdf",
        CONTENTS,
    }
    rows, text = index_of(files)
    assert [row[1] for row in rows.values()] == ["Xã Bản Bo", "Xã Sơn Bình"]
    assert office.district.full_name.upper() in text


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b\\c", "a b c"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("..", "_"),
        (".env", "_.env"),
        ("tên. ", "tên"),
        ("một hai ba", "một hai"),
        ("Tru\u031bo\u031b\u0300ng", "Trường"),
        ("", "_"),
    ],
)
def test_safe_names(name, safe):
    assert safe_name(name, longest=9 if " hai " in name else 200) == safe


def test_without_files_there_is_no_zip_but_a_word(office):
    response = office.client(office.officer).get(office.address("evidence-zip"), follow=True)
    assert "Chưa có tệp minh chứng nào để tải." in page_of(response)


@pytest.mark.parametrize("number", [1, 30])
def test_the_zip_takes_as_many_queries_however_many_files(office, number):
    for i in range(number):
        office.attach("2.1", f"{i}.pdf")
    client = office.client(office.officer)
    with counted() as queries:
        unpacked(client.get(office.address("evidence-zip")))
    # Session, person, sheet; sheets, files, missing counted; whether there are files, the files, what is missing.
    assert len(queries) == 9, queries


# Over many sheets


def listed(office, kind, user=None, **more):
    address = reverse("criteria:evidence-list")
    query = {"ky": office.period.code, "bo": office.set.code, "loai": kind, **more}
    return office.client(user or office.officer).get(address, query)


def test_the_list_finds_what_expires_and_what_is_met_without_a_file(office):
    today = timezone.localdate()
    office.attach("2.1", "hết.pdf", expires_on=today - timedelta(days=1))
    office.attach("2.1", "sắp hết.pdf", expires_on=today + timedelta(days=5))
    office.attach("2.1", "còn lâu.pdf", expires_on=today + timedelta(days=50))
    office.attach("3.1", "nơi khác.pdf", sheet=office.sheet_beyond, expires_on=today - timedelta(days=1))
    office.save("1.1")
    office.save("1.2")
    # What the commune says is met and the office finds unmet is not missing a file; the reverse is.
    office.save("1.2", Status.UNMET, Opinion.VERIFIED)
    office.save("3.1", Status.UNMET)
    office.save("3.1", Status.MET, Opinion.VERIFIED)
    office.save("2.1")

    def rows(kind):
        return [row[1][:3] + row[2] for row in table_of(listed(office, kind), "blocks")[1:]]

    assert rows("het-han") == [f"2.1hết.pdf {len(PDF)} byte"]
    assert rows("sap-het-han") == [f"2.1sắp hết.pdf {len(PDF)} byte"]
    assert rows("chua-co") == ["1.1✓Đạt xã tự đánh giá", "3.1✓Đạt kết quả thẩm định"]
    page = listed(office, "chua-co")
    for words in ("Hết hạn: 1", "Sắp hết hạn: 1", "Đạt mà chưa có minh chứng: 2", "3 tệp ở 1 phiếu"):
        assert words in page_of(page)
    tallies = table_of(page, "list")[-1]
    assert tallies == ["Xã Sơn Bình", "3", "1", "1", "2"]
    assert "Chỉ tiêu nào ghi đạt" in page_of(listed(office, "chua-co", office.stranger))
    other = listed(office, "het-han", office.stranger)
    assert "nơi khác.pdf" in page_of(other)
    assert "Sơn Bình" not in page_of(other)


def test_the_list_narrows_to_one_place_and_takes_no_other(office):
    neighbour = factories.commune("Bản Bo", office.district)
    sheet = factories.assessment(neighbour, office.set, office.period)
    past = timezone.localdate() - timedelta(days=1)
    office.attach("2.1", "của Sơn Bình.pdf", expires_on=past)
    office.attach("2.1", "của Bản Bo.pdf", sheet=sheet, expires_on=past)
    page = page_of(listed(office, "het-han", xa=neighbour.pk))
    assert "của Bản Bo.pdf" in page
    assert "của Sơn Bình.pdf" not in page
    for wrong in ("x", "²", str(office.beyond.pk)):
        assert "của Sơn Bình.pdf" in page_of(listed(office, "het-han", xa=wrong))
    assert listed(office, "gì đó").status_code == 200


@pytest.mark.parametrize(("places", "files"), [(1, 1), (40, 3)])
@pytest.mark.parametrize("kind", ["het-han", "sap-het-han", "chua-co"])
def test_the_list_takes_nine_queries_however_many_sheets(office, places, files, kind):
    past = timezone.localdate() - timedelta(days=1)
    for place in factories.communes(places, office.district):
        sheet = factories.assessment(place, office.set, office.period)
        now = timezone.now()
        Evidence.objects.bulk_create(
            Evidence(
                assessment=sheet,
                indicator_id=office.cells["2.1"],
                file="x",
                name=f"{i}.pdf",
                size=1,
                expires_on=past if i % 2 else timezone.localdate(),
                uploaded_at=now,
            )
            for i in range(files)
        )
        sheet = factories.writable(sheet)
        entries = {office.cells[code]: factories.value(90) for code in ("1.1", "2.1")}
        assert save_results(assessment=sheet, opinion=Opinion.REPORTED, entries=entries, by=None).is_written
    client = office.client(office.officer)
    query = {"ky": office.period.code, "bo": office.set.code, "loai": kind}
    with counted() as queries:
        response = client.get(reverse("criteria:evidence-list"), query)
    assert response.status_code == 200
    # Session, person, periods, sets; sheets, files, missing; the page's rows and how many there are.
    assert len(queries) <= 9, queries
    if places > 1:
        assert len(queries) == 9
