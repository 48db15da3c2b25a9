"""Who issues a document, in which layout, who signs it and who receives it: what stands at its head and foot.

Numbers and days nobody knows stay open for the pen, as the rules say.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from accounts.models import Role
from communes.models import Agency, AgencyKind, Level
from directives.models import DocumentKind
from ntm_tracker.documents import Layout
from ntm_tracker.vietnamese import fold, format_date

# The steering committee of the installation's office, which is no agency that could be given work.
OFFICE = "bcd"
MOST_ISSUERS = 300
COMMITTEE = "BAN CHỈ ĐẠO"
GAP = " " * 6
# The type of each kind in its number; a letter of the State has none (Nghị định 30/2020/NĐ-CP, Phụ lục III).
CODES = {
    DocumentKind.NOTICE_REPORT: "BC",
    DocumentKind.BULLETIN: "TB",
    DocumentKind.NEXT_NOTICE: "TB",
    DocumentKind.MINUTES: "BB",
    DocumentKind.REMINDER: "",
}
NAMES = {
    DocumentKind.NOTICE_REPORT: "Báo cáo",
    DocumentKind.BULLETIN: "Thông báo",
    DocumentKind.NEXT_NOTICE: "Thông báo",
    DocumentKind.MINUTES: "Biên bản",
    DocumentKind.REMINDER: "Công văn",
}
PARTY_CODES = {"tinh uy": "TU", "thanh uy": "TU", "huyen uy": "HU", "dang uy": "ĐU"}
PARTY_BODIES = {
    Level.PROVINCE: "TỈNH ỦY",
    Level.DISTRICT: "HUYỆN ỦY",
    Level.COMMUNE: "ĐẢNG ỦY",
    Level.VILLAGE: "CHI BỘ",
}
POSTS = {"phong ": "TRƯỞNG PHÒNG", "trung tam ": "GIÁM ĐỐC", "so ": "GIÁM ĐỐC"}
# No degree, rank or form of address stands before the name of who signs.
DEGREE = re.compile(
    r"(?:(?:gs|pgs|ts|ths|th\.s|cn|ks|bs|ls|dr|nsnd|nsưt|ông|bà|đ/c|đc|đồng chí|tiến sĩ|thạc sĩ|giáo sư|bác sĩ|kỹ sư|"
    r"cử nhân|đại tá|thượng tá|trung tá|thiếu tá)[.\s]+)+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Issuer:
    """Who issues a document: the office's steering committee, or a body."""

    agency: Agency | None = None

    @property
    def key(self) -> str:
        return str(self.agency.pk) if self.agency else OFFICE

    @property
    def label(self) -> str:
        return self.agency.name if self.agency else _sentence(settings.OFFICE_BODY)

    @property
    def is_committee(self) -> bool:
        return self.agency is not None and self.agency.kind == AgencyKind.COMMITTEE

    @property
    def is_party(self) -> bool:
        return self.agency is not None and self.agency.kind == AgencyKind.PARTY

    @property
    def layout(self) -> Layout:
        return Layout.PARTY if self.is_party else Layout.STATE

    @property
    def letterhead(self) -> str:
        """Its name at the head: 'ỦY BAN NHÂN DÂN' over 'HUYỆN TAM ĐƯỜNG'."""
        if self.agency is None:
            return settings.OFFICE_BODY
        if self.is_committee:
            return f"ỦY BAN NHÂN DÂN\n{self.agency.locality.full_name.upper()}"
        return self.agency.name.upper()

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        if self.agency is None:
            return "Ban Chỉ đạo" if settings.OFFICE_BODY.upper().startswith(COMMITTEE) else self.label
        if self.is_committee:
            return f"Ủy ban nhân dân {self.agency.locality.full_name}"
        return self.agency.name

    def is_called(self, name) -> bool:
        """Whether a document's words for a body mean this one."""
        names = {self.words, self.label, self.letterhead} | ({self.agency.short_name} if self.agency else set())
        return fold(name) in {fold(one) for one in names}

    def above(self, layout, user) -> str:
        """The body above it, as far as it is known; '' where there is none or nobody wrote it down."""
        if self.agency is None and layout == Layout.PARTY:
            # A committee under the Party's layout is one of the Party committee of the same place.
            return f"{PARTY_BODIES[user.place.level]} {user.place.name}".upper() if user.place_id else ""
        if self.agency is None:
            return settings.OFFICE_PARENT
        place = self.agency.locality
        if self.is_party:
            return f"ĐẢNG BỘ {place.parent.full_name.upper()}" if place.parent_id else ""
        if self.agency.kind == AgencyKind.DEPARTMENT:
            return f"ỦY BAN NHÂN DÂN {place.full_name.upper()}"
        return ""

    def symbol(self) -> str:
        """How it is written in a number, as far as it is known."""
        if self.agency is None:
            return "BCĐ" if settings.OFFICE_BODY.upper().startswith(COMMITTEE) else ""
        if self.is_committee:
            return "UBND"
        known = (code for name, code in PARTY_CODES.items() if fold(self.agency.name).startswith(name))
        return next(known, "")

    def signing(self, layout) -> tuple[str, str]:
        """For whom is signed, and the post of who signs, as far as they are known."""
        mark = "T/M" if layout == Layout.PARTY else "TM."
        if self.agency is None:
            is_known = settings.OFFICE_BODY.upper().startswith(COMMITTEE)
            return (f"{mark} {COMMITTEE}", "TRƯỞNG BAN") if is_known else ("", "")
        if self.is_committee:
            return f"{mark} ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
        if self.is_party:
            return f"{mark} BAN THƯỜNG VỤ", "BÍ THƯ"
        name = f"{fold(self.agency.name)} "
        return "", next((post for begin, post in POSTS.items() if name.startswith(begin)), "")

    def place(self, user) -> str:
        if self.agency:
            return self.agency.locality.name
        return user.place.name if user.place_id else settings.OFFICE_NAME.partition(" ")[2]


def issuers(user) -> list[Issuer]:
    """The bodies a person's documents may be issued by, their own first. Two queries at most.

    A department or a commune speaks for itself; the office and the committee for the bodies of their place.
    """
    if user.role in (Role.SECTOR_OFFICER, Role.COMMUNE_OFFICER):
        return [Issuer(user.agency)] if user.agency_id else []
    agencies = Agency.objects.visible_to(user).filter(is_active=True).select_related("locality__parent")
    if user.place_id:
        agencies = agencies.filter(locality=user.place_id)
    else:
        agencies = agencies.filter(locality__level__in=[Level.PROVINCE, Level.DISTRICT])
    first = [AgencyKind.COMMITTEE, AgencyKind.PARTY]
    found = sorted(
        agencies.in_order()[:MOST_ISSUERS], key=lambda one: first.index(one.kind) if one.kind in first else len(first)
    )
    return [Issuer()] * bool(settings.OFFICE_BODY) + [Issuer(agency) for agency in found]


def defaults(issuer: Issuer, layout, user) -> dict[str, str]:
    """What the fields of the head hold until a person changes them."""
    behalf, post = issuer.signing(layout)
    return {
        "dia_danh": issuer.place(user),
        "cap_tren": issuer.above(layout, user),
        "ky_hieu": issuer.symbol(),
        "quyen_han": behalf,
        "chuc_vu": post,
        "nguoi_ky": "",
    }


def head(*, kind, layout, issuer: Issuer, chosen: dict, receivers: list[str], today: date) -> dict:
    """What stands at the head and the foot of every document."""
    number = number_line(kind, layout, chosen["ky_hieu"])
    day = f"ngày{GAP}tháng{GAP}năm {today.year}"
    place = f"{chosen['dia_danh']}, {day}" if chosen["dia_danh"] else day
    stored = "Lưu Văn phòng" if layout == Layout.PARTY else "Lưu: VT"
    lines = [line.strip(" -;.") for line in receivers]
    lines = [line for line in lines if line]
    if not any(fold(line).startswith("luu") for line in lines):
        lines.append(stored)
    return {
        "co_quan_cap_tren": re.sub("^ỦY BAN NHÂN DÂN ", "ỦY BAN NHÂN DÂN\n", chosen["cap_tren"]),
        "co_quan": issuer.letterhead or "…………",
        "ten_co_quan": issuer.words,
        "so": number,
        "noi_ngay": place,
        "quyen_han": chosen["quyen_han"],
        "chuc_vu": chosen["chuc_vu"],
        "nguoi_ky": chosen["nguoi_ky"],
        "noi_nhan": [f"{line};" for line in lines[:-1]] + [f"{lines[-1]}."],
        "kem_theo": f"Kèm theo {NAMES[kind]} {number[:1].lower()}{number[1:]} {day} của {issuer.words}",
    }


def number_line(kind, layout, symbol) -> str:
    """'Số:        /BC-BCĐ'; of the Party 'Số        -BC/HU'. The number is given when the document is issued."""
    code = CODES[kind]
    if layout == Layout.PARTY:
        return f"Số{GAP}-{code or 'CV'}/{symbol}"
    return f"Số:{GAP}/{f'{code}-' if code else ''}{symbol}"


def named(directive) -> str:
    """A document in a sentence: 'Thông báo số 253/TB-UBND ngày 28/03/2024 của UBND huyện'."""
    if not directive.number:
        return f"{directive.label} của {directive.issuer}"
    return f"{directive.get_kind_display()} số {directive.number} ngày {format_date(directive.dated_on)} của {directive.issuer}"


def about(title: str) -> str:
    """What a document is about, behind its name: 'về kết luận cuộc họp'."""
    title = title.strip().rstrip(".")
    bare = re.sub(r"^(?:về việc|về|v/v)\s+", "", title, flags=re.IGNORECASE)
    if not bare:
        return ""
    # A proper name keeps its capital: of the words documents begin with, only those are written small.
    small = ("kết luận", "triển khai", "tổ chức", "thực hiện", "rà soát", "tăng cường", "giao", "phân công", "đẩy mạnh")
    if bare.lower().startswith(small):
        bare = bare[:1].lower() + bare[1:]
    return f"về {bare}"


def _sentence(words: str) -> str:
    """A name in capitals as it is written in a list; abbreviations keep theirs."""
    kept = {"MTQG", "NTM", "UBND", "HĐND"}
    small = [word if word in kept else word.lower() for word in words.split()]
    text = " ".join(small)
    text = text[:1].upper() + text[1:]
    return re.sub("chỉ đạo", "Chỉ đạo", text, count=1)


# What `head` fills in: what each place is, and a sample.
PLACES = {
    "co_quan_cap_tren": ("Cơ quan cấp trên, dòng đầu bên trái", "ỦY BAN NHÂN DÂN HUYỆN TAM ĐƯỜNG"),
    "co_quan": ("Cơ quan ban hành, chữ in hoa", "BAN CHỈ ĐẠO"),
    "ten_co_quan": ("Cơ quan ban hành, viết trong câu", "Ban Chỉ đạo"),
    "so": ("Số, ký hiệu; số để trống", f"Số:{GAP}/BC-BCĐ"),
    "noi_ngay": ("Địa danh và ngày; ngày, tháng để trống", f"Tam Đường, ngày{GAP}tháng{GAP}năm 2024"),
    "trich_yeu": ("Trích yếu", "Kết quả thực hiện Thông báo số 253/TB-UBND"),
    "quyen_han": ("Quyền hạn người ký: TM., KT.", "TM. BAN CHỈ ĐẠO"),
    "chuc_vu": ("Chức vụ người ký", "TRƯỞNG BAN"),
    "nguoi_ky": ("Họ tên người ký", "Nguyễn Văn A"),
    "noi_nhan": ("Nơi nhận, mỗi nơi một dòng", ["Như trên;", "Lưu: VT."]),
    "kem_theo": ("Câu kèm theo dưới tên phụ lục", "Kèm theo Báo cáo"),
    "so_lieu_minh_hoa": ("“Số liệu minh họa” khi có số liệu minh họa, không thì trống", "Số liệu minh họa"),
    "ngay_so_lieu": ("Ngày tính số liệu", "20/04/2024"),
}
