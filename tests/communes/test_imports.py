"""Loading places: the shipped lists whole, malformed ones by line; the reform of 1/7/2025 is tried in test_reform.py."""

import shutil
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from communes.imports import SHIPPED, ImportRefused, load_units, read_units, unit_list
from communes.models import Agency, AgencyKind, Level, Locality

BEFORE, AFTER = date(2025, 1, 1), date(2025, 7, 1)
pytestmark = pytest.mark.django_db

UNITS = """\
code,level,type,name,parent_code,region,lat,lon
12,province,tỉnh,Lai Châu,,TDMNPB,,
106,district,huyện,Tam Đường,12,,,
03390,commune,thị trấn,Tam Đường,106,,22.36,103.62
03421,commune,xã,Sơn Bình,106,,,
"""


@pytest.fixture
def lists(tmp_path):
    """A folder with the list of January as given; write(text) puts another in its place."""

    def write(text=UNITS, encoding="utf-8"):
        (tmp_path / "units-2025-01.csv").write_bytes(text.encode(encoding))
        return tmp_path

    return write


def load(**options):
    return load_units(**{"province": "12", "at": BEFORE, **options})


def test_tam_duong_has_twelve_communes_and_a_town():
    load(district="106")
    district = Locality.objects.get(level=Level.DISTRICT)
    communes = district.children.alphabetical()
    assert [place.full_name for place in communes] == [
        "xã Bản Bo",
        "xã Bản Giang",
        "xã Bản Hon",
        "xã Bình Lư",
        "xã Giang Ma",
        "xã Hồ Thầu",
        "xã Khun Há",
        "xã Nà Tăm",
        "xã Nùng Nàng",
        "xã Sơn Bình",
        "xã Tả Lèng",
        "thị trấn Tam Đường",
        "xã Thèn Sin",
    ]
    assert {place.region for place in communes} == {"TDMNPB"}
    assert district.parent.full_name == "tỉnh Lai Châu"


def test_paths_and_keys_are_those_that_saving_would_give():
    load(district="106")
    for place in Locality.objects.select_related("parent"):
        kept = place.path, place.sort_key, place.search_key
        place.save()
        assert (place.path, place.sort_key, place.search_key) == kept
    assert Locality.objects.within(Locality.objects.get(level=Level.DISTRICT)).count() == 14


def test_each_commune_has_its_peoples_committee():
    load(district="106")
    committees = Agency.objects.filter(kind=AgencyKind.COMMITTEE)
    assert committees.count() == 13
    committee = committees.get(locality__name="Sơn Bình")
    assert (committee.name, committee.short_name) == ("UBND xã Sơn Bình", "UBND xã Sơn Bình")
    kept = committee.sort_key
    committee.save()
    assert committee.sort_key == kept != ""


def test_loading_again_adds_nothing_and_keeps_what_people_changed():
    load(district="106")
    Locality.objects.filter(name="Sơn Bình").update(area="III", name="Sơn Bình mới")
    report = load(district="106")
    assert (sum(report.created.values()), report.found, report.agencies) == (0, 15, 0)
    assert Locality.objects.get(area="III").name == "Sơn Bình mới"


def test_the_province_after_its_district_adds_the_rest():
    load(district="106")
    load()
    assert Locality.objects.filter(level=Level.DISTRICT).count() == 8
    assert Locality.objects.filter(level=Level.COMMUNE).count() == Agency.objects.count() == 106
    assert not Locality.objects.filter(path="").exists()


def test_all_provinces_of_january():
    load(province="all")
    counts = [Locality.objects.filter(level=level).count() for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)]
    assert counts == [63, 696, 10_051]
    assert not Locality.objects.filter(region="").exists()


def test_all_provinces_of_july():
    load(province="all", at=AFTER)
    assert Locality.objects.filter(level=Level.PROVINCE).count() == 34
    communes = Locality.objects.filter(level=Level.COMMUNE)
    kinds = {kind: communes.filter(kind=kind).count() for kind in ("xã", "phường", "đặc khu")}
    assert kinds == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert not Locality.objects.filter(level=Level.DISTRICT).exists()
    # Gia Lai joined Bình Định: its communes keep the region they had.
    assert set(communes.filter(parent__name="Gia Lai").values_list("region", flat=True)) == {"TN", "DHNTB"}


def test_the_day_decides_the_list():
    assert unit_list(date(2025, 6, 30)).path.name == "units-2025-01.csv"
    assert unit_list(AFTER).path.name == "units-2025-07.csv"


def test_the_list_of_before_is_not_loaded_over_that_of_after():
    load(at=AFTER)
    before = set(Locality.objects.values_list("pk", flat=True))
    with pytest.raises(ImportRefused, match="Cơ sở dữ liệu đang có tỉnh Lai Châu theo danh sách từ ngày 01/7/2025"):
        load(at=BEFORE)
    assert set(Locality.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"province": "Lai Chau"}, "Không có tỉnh mã “Lai Chau” trong danh sách. Gần nhất: 12 (Lai Châu)"),
        ({"province": "99"}, "Không có tỉnh mã “99” trong danh sách. Gần nhất:"),
        (
            {"district": "tam duong"},
            "Không có huyện mã “tam duong” của Lai Châu trong danh sách. Gần nhất: 106 (Tam Đường)",
        ),
        ({"district": "001"}, "Không có huyện mã “001” của Lai Châu"),
        ({"district": "106", "at": AFTER}, "Từ 01/7/2025 không còn cấp huyện"),
        ({"province": "all", "district": "106"}, "Chọn một tỉnh"),
    ],
)
def test_a_wrong_code_gets_the_nearest_names(options, sentence):
    with pytest.raises(ImportRefused) as refused:
        load(**options)
    assert sentence in str(refused.value)
    assert not Locality.objects.exists()


MALFORMED = [
    ("code,level", "ma,level", 1, "dòng tiêu đề phải là"),
    ("106,district", "106,county", 3, "cấp “county” không có trong danh sách này"),
    ("106,district,huyện", "106,district,xã", 3, "loại “xã” không phải là một loại đơn vị cấp huyện"),
    ("103.62", "103.62,thừa", 4, "có 9 cột, phải có 8 cột"),
    ("22.36", "bắc", 4, "cột lat phải là số độ"),
    ("22.36", "122", 4, "cột lat phải là số độ"),
    ("22.36", "nan", 4, "cột lat phải là số độ"),
    ("03421,", "03390,", 5, "mã “03390” đã dùng cho cấp xã ở dòng 4"),
    ("03421,", "3421,", 5, "mã “3421” phải gồm 5 chữ số"),
    ("03421,", "0342A,", 5, "mã “0342A” phải gồm 5 chữ số"),
    ("Sơn Bình,106", "Sơn Bình,107", 5, "không có đơn vị cấp huyện mã “107” mà Sơn Bình thuộc về"),
    ("Sơn Bình,106", "Sơn Bình,", 5, "không có đơn vị cấp huyện mã “” mà Sơn Bình thuộc về"),
    ("Sơn Bình,", ",", 5, "thiếu tên"),
    ("TDMNPB", "TAYBAC", 2, "vùng “TAYBAC” không đúng"),
    ("TDMNPB", "", 2, "vùng “” không đúng"),
    ("Sơn Bình", '"Sơn Bình', 5, "không đúng dạng CSV"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "sentence"), MALFORMED)
def test_a_malformed_list_is_refused_by_line_and_nothing_is_written(lists, right, wrong, line, sentence):
    text = UNITS.replace(right, wrong, 1)
    assert text != UNITS
    with pytest.raises(ImportRefused) as refused:
        load(folder=lists(text))
    assert any(
        f"tệp units-2025-01.csv, dòng {line}: " in problem and sentence in problem for problem in refused.value.problems
    ), refused.value.problems
    assert not Locality.objects.exists()
    assert not Agency.objects.exists()


def test_the_small_list_is_right_as_it_stands(lists):
    assert load(folder=lists()).created[Level.COMMUNE] == 2


def test_another_encoding_is_refused_by_line(lists):
    folder = lists()
    latin = UNITS.encode().replace("Châu".encode(), "Châu".encode("latin-1"))
    (folder / "units-2025-01.csv").write_bytes(latin)
    with pytest.raises(ImportRefused, match=r"tệp units-2025-01.csv, dòng 2: chữ không ở bảng mã UTF-8"):
        load(folder=folder)
    assert not Locality.objects.exists()


def test_every_problem_is_told(lists):
    text = UNITS.replace("TDMNPB", "TAYBAC").replace("22.36", "bắc")
    with pytest.raises(ImportRefused) as refused:
        load(folder=lists(text))
    assert len(refused.value.problems) == 2


def test_a_missing_or_empty_list_is_named(tmp_path, lists):
    with pytest.raises(ImportRefused, match="units-2025-01.csv: không mở được"):
        load(folder=tmp_path)
    with pytest.raises(ImportRefused, match="không có địa bàn nào"):
        load(folder=lists(UNITS.splitlines()[0] + "\n"))


def test_a_code_that_another_place_bears_is_refused_whole(lists):
    load(folder=lists())
    moved = UNITS + "107,district,huyện,Mường Tè,12,,,\n"
    moved = moved.replace("03421,commune,xã,Sơn Bình,106", "03421,commune,xã,Sơn Bình,107")
    with pytest.raises(ImportRefused, match="mã “03421” đang là của xã Sơn Bình, thuộc huyện Tam Đường"):
        load(folder=lists(moved))
    assert Locality.objects.count() == 4


def test_shipped_lists_are_well_formed():
    assert len(read_units(unit_list(BEFORE))) == 63 + 696 + 10_051
    assert len(read_units(unit_list(AFTER))) == 34 + 3321


def test_a_name_in_decomposed_unicode_is_stored_composed(lists):
    load(folder=lists(UNITS.replace("Sơn Bình", "So\u031bn Bi\u0300nh")))
    assert Locality.objects.filter(name="Sơn Bình", search_key=" xa son binh ").exists()


def test_the_command_says_what_it_did(capsys):
    call_command("load_units", "--province", "12", "--at", "2025-01-01", "--district", "106")
    assert capsys.readouterr().out.strip() == (
        "huyện Tam Đường, tỉnh Lai Châu theo units-2025-01.csv: thêm 1 đơn vị cấp tỉnh, 1 đơn vị cấp huyện, "
        "13 đơn vị cấp xã; đã có 0 địa bàn; thêm 13 Ủy ban nhân dân xã."
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--province", "12", "--at", "2025-02-31"], "Ngày 31/2/2025 không có trong lịch"),
        (["--province", "12", "--at", ""], "nhập một ngày"),
        (["--province", "0", "--at", "2025-01-01"], "Không nạp địa bàn nào."),
    ],
)
def test_the_command_refuses_in_words(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("load_units", *arguments)


def test_the_succession_must_have_its_header(tmp_path):
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, tmp_path)
    (tmp_path / "succession-2025-07.csv").write_text("old,new\n1,2\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="tệp succession-2025-07.csv, dòng 1: dòng tiêu đề"):
        load(at=AFTER, folder=tmp_path)
