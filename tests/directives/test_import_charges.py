"""Who is in charge of communes and of criteria, what communes are to reach, how they were recognised: from their tables."""

from datetime import date

import pytest

from accounts.models import Role
from communes.models import Charge
from criteria.imports import recognitions, targets
from criteria.imports.intake import NotTaken, Scope
from criteria.models import CriterionLead, Recognition, Target, Tier
from directives.imports import charges, leads
from ntm_tracker.history import history
from tests import factories
from tests.directives.factories import District
from tests.workbooks import book, sheet_of

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        self.district = District(communes=["Sơn Bình", "Bản Bo"])
        self.set, self.period = factories.small_set(), factories.period()
        self.first, self.second = self.district.communes
        self.officer = self.district.user(Role.OFFICER)

    def read(self, kind, rows, **more):
        scope = Scope("bieu.xlsx", self.officer, self.period, self.set, year=2024, **more)
        table = kind.find(sheet_of(book(rows, name="Bảng", start="BẢNG TỔNG HỢP")), scope)
        return kind.read(table, scope), scope

    def take(self, kind, rows):
        reading, scope = self.read(kind, rows)
        assert reading.is_ready, (reading.problems, reading.unknown)
        record = kind.write(reading, scope)
        again, _ = self.read(kind, rows)
        assert again.changes == [], "a second time nothing is new"
        return record


@pytest.fixture
def world():
    return World()


def told(reading):
    return [str(problem) for problem in reading.problems]


# Recognitions

RECOGNISED = ["STT", "Tên xã", "Năm đạt chuẩn", "Mức", "Số, ngày QĐ công nhận"]


def test_decisions_come_in_lower_tiers_first_and_are_logged(world):
    rows = [
        RECOGNISED,
        [1, "Sơn Bình", 2022, "Nâng cao", "45/QĐ-UBND ngày 05/01/2022"],
        [2, "Sơn Bình", 2019, "Đạt chuẩn", "QĐ số 1234/QĐ-UBND, ngày 12/12/2019"],
        [3, "Bản Bo", None, "Chưa đạt", None],
    ]
    record = world.take(recognitions, rows)
    assert record.summary == "2 quyết định công nhận"
    kept = Recognition.objects.order_by("year")
    assert [(r.tier, r.year, r.decision_number, r.decided_on) for r in kept] == [
        (Tier.BASIC, 2019, "1234/QĐ-UBND", date(2019, 12, 12)),
        (Tier.ADVANCED, 2022, "45/QĐ-UBND", date(2022, 1, 5)),
    ]
    assert history(kept[0]).count() == 1


def test_a_decision_completes_one_that_lacks_its_number_and_another_year_stays(world):
    old = Recognition.objects.create(locality=world.first, year=2019, decided_on=date(2019, 12, 12))
    world.take(recognitions, [RECOGNISED, [1, "Sơn Bình", 2019, "NTM", "1234/QĐ-UBND"]])
    old.refresh_from_db()
    assert (old.decision_number, old.decided_on) == ("1234/QĐ-UBND", date(2019, 12, 12))
    reading, _ = world.read(recognitions, [RECOGNISED, [1, "Sơn Bình", 2020, "NTM", None]])
    assert reading.changes == []
    assert "đã có quyết định năm 2019" in reading.kept[0].reason


@pytest.mark.parametrize(
    ("row", "at"),
    [
        ([1, "Sơn Bình", 1999, "Đạt chuẩn", None], "ô C7: “1999” không phải là năm"),
        ([1, "Sơn Bình", "năm ngoái", "Đạt chuẩn", None], "ô C7: “năm ngoái” không phải là năm"),
        ([1, "Sơn Bình", 2019, "Xuất sắc", None], "ô D7: không hiểu mức “Xuất sắc”"),
        ([1, "Sơn Bình", 2019, "Chưa đạt", None], "ô D7: ghi “Chưa đạt” mà có năm đạt chuẩn 2019"),
        ([1, "Sơn Bình", 2019, "Đạt chuẩn", "chờ công bố"], "ô E7: không hiểu “chờ công bố”"),
        ([1, "Sơn Bình", 2019, "Đạt chuẩn", "12/QĐ-UBND ngày 31/02/2019"], "ô E7: Ngày 31/2/2019 không có"),
    ],
)
def test_a_decision_that_cannot_be_is_told_by_cell(world, row, at):
    reading, _ = world.read(recognitions, [RECOGNISED, row])
    (problem,) = told(reading)
    assert at in problem


def test_a_tier_without_the_one_before_is_refused_and_nothing_written(world):
    factories.criteria_set("nang-cao", tier=Tier.ADVANCED, requires=world.set)
    rows = [RECOGNISED, [1, "Bản Bo", 2019, "Đạt chuẩn", None], [2, "Sơn Bình", 2022, "Nâng cao", None]]
    reading, scope = world.read(recognitions, rows)
    with pytest.raises(NotTaken, match="trang “Bảng”, ô C8: Xã Sơn Bình chưa có quyết định công nhận đạt chuẩn"):
        recognitions.write(reading, scope)
    assert not Recognition.objects.exists()


# Targets

AIMS = ["STT", "Tên xã", "Tiêu chí phấn đấu", "Mức đăng ký", "Văn bản giao"]


def test_targets_are_given_and_none_is_taken_back(world):
    third = world.set.criteria.get(number=3)
    Target.objects.create(locality=world.first, year=2024, criterion=third)
    rows = [AIMS, [1, "Sơn Bình", "1; 2", "Nâng cao", "12/KH-UBND"], [2, "Bản Bo", "TC 3", None, None]]
    record = world.take(targets, rows)
    assert record.summary == "4 chỉ tiêu phấn đấu năm 2024"
    live = Target.objects.filter(dropped_at=None).select_related("criterion", "locality")
    assert {(t.locality.name, t.criterion.number if t.criterion else t.tier, t.document) for t in live} == {
        ("Sơn Bình", 1, "12/KH-UBND"),
        ("Sơn Bình", 2, "12/KH-UBND"),
        ("Sơn Bình", 3, ""),
        ("Sơn Bình", "advanced", "12/KH-UBND"),
        ("Bản Bo", 3, "Tệp bieu.xlsx"),
    }


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("1; 9", "ô C7: “9” không phải là số tiêu chí của Bộ bo-thu"),
        (11.17, "ô C7: Excel đã đổi thành số 11,17"),
        ("tất cả", "ô C7: “tất” không phải"),
    ],
)
def test_a_target_that_is_none_is_told(world, cell, at):
    reading, _ = world.read(targets, [AIMS, [1, "Sơn Bình", cell, None, None]])
    assert at in told(reading)[0]


# Charges and leads


def test_bodies_and_members_come_to_be_in_charge(world):
    district = world.district
    rows = [
        ["TT", "Cơ quan, đơn vị", "Xã được phân công", "Vai trò"],
        [1, district.education.name, "Sơn Bình, Bản Bo", None],
        [2, "Trung tâm Y tế huyện", "xã Bản Bo", "Đỡ đầu"],
    ]
    record = world.take(charges, rows)
    assert record.summary == "3 phân công phụ trách xã"
    kept = {(charge.locality.name, str(charge.agency), charge.role) for charge in Charge.objects.all()}
    assert kept == {
        ("Sơn Bình", "Phòng GD&ĐT", "in_charge"),
        ("Bản Bo", "Phòng GD&ĐT", "in_charge"),
        ("Bản Bo", "Trung tâm Y tế huyện", "sponsor"),
    }
    assert set(Charge.objects.values_list("document", flat=True)) == {"Tệp bieu.xlsx"}


@pytest.mark.parametrize(
    ("body", "role", "at"),
    [
        ("Phòng Không Rõ", None, "ô C7: “Phòng Không Rõ” không rõ là cơ quan, đồng chí nào"),
        ("UBND xã Bản Bo", None, "ô C7: “UBND xã Bản Bo” là cơ quan của xã"),
        ("Phòng GD&ĐT", "Giám sát", "ô D7: không hiểu vai trò “Giám sát”"),
    ],
)
def test_who_is_not_known_is_told(world, body, role, at):
    reading, _ = world.read(charges, [["STT", "Tên xã", "Cơ quan phụ trách", "Vai trò"], [1, "Sơn Bình", body, role]])
    assert at in told(reading)[0]


def test_leads_of_criteria_by_number_and_by_name(world):
    rows = [
        ["TC", "Tên tiêu chí", "Cơ quan phụ trách"],
        ["1", "Quy hoạch", "Phòng GD&ĐT"],
        ["2", "", "Phòng NN&PTNT; Trung tâm Y tế huyện"],
        ["Người lập biểu", None, None],
    ]
    record = world.take(leads, rows)
    assert record.summary == "3 phân công phụ trách tiêu chí"
    assert {(lead.criterion.number, str(lead.agency)) for lead in CriterionLead.objects.all()} == {
        (1, "Phòng GD&ĐT"),
        (2, "Phòng NN&PTNT"),
        (2, "Trung tâm Y tế huyện"),
    }
    reading, _ = world.read(leads, [["Tiêu chí", "Cơ quan phụ trách"], ["25. Khác", "Phòng GD&ĐT"]])
    assert "“25. Khác” không phải là tiêu chí của Bộ bo-thu" in told(reading)[0]
