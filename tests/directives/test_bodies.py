"""Whom the words of documents mean: as notices write them, in a district with its communes, departments, organisations."""

import pytest

from communes.models import BodyAlias, CommitteeMember
from directives.bodies import Bodies
from tests.directives.factories import NOTICE_DAY, District


@pytest.fixture
def place(db):
    district = District(communes=["Sơn Bình", "Tả Lèng", "Giang Ma", "Nà Tăm", "Bản Bo", "Thèn Sin"])
    district.economy = district.agency("Phòng Kinh tế - Hạ tầng")
    district.nature = district.agency("Phòng Tài nguyên và Môi trường", short_name="Phòng TN&MT")
    district.labour = district.agency("Phòng Lao động - Thương binh và Xã hội", short_name="Phòng LĐ-TB&XH")
    district.front = district.agency("Ủy ban Mặt trận Tổ quốc huyện", kind="organisation")
    district.coordination = district.agency("Văn phòng Điều phối nông thôn mới huyện", kind="other")
    return district


@pytest.fixture
def bodies(place):
    return Bodies.load(place.place, NOTICE_DAY)


def names(match):
    return sorted(str(body) for body in (*match.agencies, *match.members))


@pytest.mark.parametrize(
    "words",
    [
        "UBND các xã",
        "Ủy ban nhân dân các xã",
        "Uỷ ban nhân dân các xã",
        "ubnd CÁC XÃ",
        "Các xã",
        "các xã trên địa bàn huyện",
        "Chủ tịch UBND các xã",
        "tất cả các xã",
    ],
)
def test_all_communes_of_the_kind_xa(bodies, place, words):
    match = bodies.match(words)
    assert match.is_sure
    assert set(match.agencies) == set(place.committees)


@pytest.mark.parametrize(
    "words",
    ["UBND các xã, thị trấn", "UBND các xã và thị trấn", "các xã, thị trấn", "UBND cấp xã", "UBND các xã, TT trấn"],
)
def test_all_communes_with_the_town(bodies, place, words):
    match = bodies.match(words)
    if words.endswith("TT trấn"):
        assert not match.is_sure
    else:
        assert set(match.agencies) == {*place.committees, place.town_committee}


@pytest.mark.parametrize(
    ("words", "communes"),
    [
        ("04 xã: Sơn Bình, Tả Lèng, Giang Ma và Nà Tăm", ["Sơn Bình", "Tả Lèng", "Giang Ma", "Nà Tăm"]),
        ("04 xã Sơn Bình, Tả Lèng, Giang Ma, Nà Tăm", ["Sơn Bình", "Tả Lèng", "Giang Ma", "Nà Tăm"]),
        ("02 xã (Sơn Bình, Bản Bo)", ["Sơn Bình", "Bản Bo"]),
        ("các xã Sơn Bình, Bản Bo", ["Sơn Bình", "Bản Bo"]),
        ("xã Sơn Bình", ["Sơn Bình"]),
        ("Xã sơn bình", ["Sơn Bình"]),
        ("UBND xã Bản Bo", ["Bản Bo"]),
        ("UBND các xã: Thèn Sin; Bản Bo", ["Thèn Sin", "Bản Bo"]),
        ("xã Sơn Bình, xã Bản Bo", ["Sơn Bình", "Bản Bo"]),
        ("xã Son Binh", ["Sơn Bình"]),
    ],
)
def test_communes_by_name(bodies, words, communes):
    match = bodies.match(words)
    assert match.is_sure
    assert names(match) == sorted(f"UBND xã {name}" for name in communes)


@pytest.mark.parametrize(
    "words", ["UBND thị trấn Tam Đường", "UBND TT Tam Đường", "thị trấn Tam Đường", "UBND TT. Tam Đường"]
)
def test_the_town(bodies, words):
    assert names(bodies.match(words)) == ["UBND thị trấn Tam Đường"]


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("Phòng Nông nghiệp và PTNT", "Phòng NN&PTNT"),
        ("phòng Nông nghiệp & PTNT", "Phòng NN&PTNT"),
        ("Phòng NN&PTNT", "Phòng NN&PTNT"),
        ("phòng NN và PTNT huyện", "Phòng NN&PTNT"),
        ("Phòng Nông nghiệp và Phát triển nông thôn", "Phòng NN&PTNT"),
        ("Phòng Nông nghiệp - PTNT", "Phòng NN&PTNT"),
        ("phòng Nông nghiệp", "Phòng NN&PTNT"),
        ("Trưởng phòng Nông nghiệp và PTNT", "Phòng NN&PTNT"),
        ("Phòng GD-ĐT", "Phòng GD&ĐT"),
        ("Phòng Giáo dục", "Phòng GD&ĐT"),
        ("phòng Kinh tế và Hạ tầng", "Phòng Kinh tế - Hạ tầng"),
        ("Phòng KT&HT", "Phòng Kinh tế - Hạ tầng"),
        ("phòng Tài nguyên và Môi trường huyện Tam Đường", "Phòng TN&MT"),
        ("Phòng LĐTB&XH", "Phòng LĐ-TB&XH"),
        ("Phòng Lao động, Thương binh và Xã hội", "Phòng LĐ-TB&XH"),
        ("Trung tâm Y tế", "Trung tâm Y tế huyện"),
        ("Giám đốc Trung tâm Y tế huyện", "Trung tâm Y tế huyện"),
        ("UBND huyện", "UBND huyện"),
        ("Ủy ban nhân dân huyện Tam Đường", "UBND huyện"),
        ("huyện", "UBND huyện"),
        ("MTTQ huyện", "Ủy ban Mặt trận Tổ quốc huyện"),
        ("Ủy ban MTTQ Việt Nam huyện", "Ủy ban Mặt trận Tổ quốc huyện"),
        ("Văn phòng Điều phối xây dựng NTM huyện", "Văn phòng Điều phối nông thôn mới huyện"),
    ],
)
def test_a_body_of_the_office(bodies, words, body):
    match = bodies.match(words)
    assert match.is_sure
    assert names(match) == [body]


@pytest.mark.parametrize(
    "words",
    [
        "14 xã chưa đạt chuẩn NTM",
        "14 xã chưa",
        "18 xã đã đạt chuẩn NTM",
        "9 xã phấn đấu đạt chuẩn năm 2020",
        "các xã còn lại",
        "các xã đăng ký về đích",
        "các bản",
        "Sở Công Thương",
        "UBND xã Bình Lư",
        "các đơn vị liên quan",
        "các ngành liên quan",
        "Ban",
        "phòng",
        "Ban Chỉ đạo NTM xã",
        "các thành viên Ban Chỉ đạo xã",
        "",
        "?!",
    ],
)
def test_what_the_words_do_not_say_is_not_guessed(bodies, words):
    match = bodies.match(words)
    assert not match.is_sure
    assert not match.agencies
    assert not match.members


@pytest.mark.parametrize(
    ("words", "departments", "organisations"),
    [
        ("Các cơ quan chuyên môn", True, False),
        ("các cơ quan chuyên môn của huyện", True, False),
        ("các phòng, ban", True, False),
        ("các cơ quan, ban, ngành, đoàn thể khác", True, True),
        ("các ban, ngành, đoàn thể huyện", True, True),
        ("các đoàn thể chính trị - xã hội của huyện", False, True),
    ],
)
def test_bodies_named_by_their_kind_are_a_proposal(bodies, place, words, departments, organisations):
    match = bodies.match(words)
    assert match.is_proposal
    assert not match.is_sure
    assert (place.education in match.agencies) is departments
    assert (place.union in match.agencies) is organisations
    assert place.office not in match.agencies
    assert not set(place.committees) & set(match.agencies)


@pytest.mark.parametrize("words", ["04 xã: Sơn Bình, Tả Lèng và Giang Ma", "2 xã: Sơn Bình, Bình Lư"])
def test_a_list_that_is_not_as_long_as_it_says_is_a_proposal(bodies, words):
    match = bodies.match(words)
    assert match.is_proposal
    assert "UBND xã Sơn Bình" in names(match)


@pytest.mark.parametrize(
    "words", ["các thành viên Ban Chỉ đạo NTM huyện", "Các thành viên BCĐ", "thành viên Ban Chỉ đạo huyện"]
)
def test_the_committee_is_those_who_serve_on_the_day(place, words):
    CommitteeMember.objects.filter(pk=place.members[0].pk).update(until_on="2024-03-01")
    CommitteeMember.objects.filter(pk=place.members[1].pk).update(since_on="2024-04-01")
    match = Bodies.load(place.place, NOTICE_DAY).match(words)
    assert set(match.members) == set(place.members[2:])


def test_what_an_officer_said_comes_first(place):
    alias = BodyAlias.objects.create(locality=place.place, name="Các đơn vị liên quan")
    alias.agencies.set([place.health, place.union])
    other = BodyAlias.objects.create(locality=place.place, name="UBND các xã")
    other.agencies.set(place.committees[:1])
    bodies = Bodies.load(place.place, NOTICE_DAY)
    assert set(bodies.match("các ĐƠN VỊ liên quan").agencies) == {place.health, place.union}
    assert bodies.match("UBND các xã").agencies == (place.committees[0],)


def test_the_sentence_narrows_its_heading(bodies, place):
    leads = bodies.leads(["UBND các xã", "04 xã: Sơn Bình, Tả Lèng, Giang Ma và Nà Tăm"])
    assert names(leads) == sorted(f"UBND xã {name}" for name in ("Sơn Bình", "Tả Lèng", "Giang Ma", "Nà Tăm"))
    assert set(bodies.leads(["Các xã", "UBND các xã"]).agencies) == set(place.committees)


def test_what_is_known_leads_and_what_is_not_stays_open(bodies, place):
    leads = bodies.leads(["14 xã chưa đạt chuẩn NTM", "Phòng Kinh tế và Hạ tầng"])
    assert leads.agencies == (place.economy,)
    assert [match.words for match in leads.open] == ["14 xã chưa đạt chuẩn NTM"]


def test_a_list_of_known_bodies_is_all_of_them(bodies, place):
    match = bodies.match("Phòng Giáo dục và Đào tạo, Phòng Kinh tế và Hạ tầng")
    assert set(match.agencies) == {place.education, place.economy}


def test_bodies_above_support_and_do_not_lead(place, bodies):
    from communes.models import Agency, Locality

    province = Locality.objects.create(level="province", kind="tỉnh", name="Lai Châu")
    place.place.parent = province
    place.place.save()
    above = Agency.objects.create(
        name="UBND tỉnh Lai Châu", short_name="UBND tỉnh", kind="committee", locality=province
    )
    bodies = Bodies.load(place.place, NOTICE_DAY)
    assert bodies.supports(["UBND tỉnh"]).agencies == (above,)
    assert bodies.leads(["UBND tỉnh"]).agencies == ()


def test_loading_takes_the_same_queries_however_much_is_asked(place, django_assert_num_queries):
    for number in range(3):
        BodyAlias.objects.create(locality=place.place, name=f"đơn vị {number}").agencies.set([place.health])
    with django_assert_num_queries(5):
        bodies = Bodies.load(place.place, NOTICE_DAY)
        for words in ("UBND các xã", "phòng Nông nghiệp", "các đoàn thể", "đơn vị 2", "các thành viên Ban Chỉ đạo"):
            bodies.match(words)
