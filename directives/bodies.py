"""From the words of a document to the bodies it means: "UBND các xã", "phòng Nông nghiệp & PTNT", "04 xã: Sơn Bình, …"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from communes.models import Agency, AgencyKind, BodyAlias, CommitteeMember, Level, Locality
from ntm_tracker.vietnamese import fold

# How offices shorten their own names, as they read without marks and signs; longer ones first.
_ABBREVIATIONS = {
    "ldtb va xh": "lao dong thuong binh va xa hoi",
    "ld tb va xh": "lao dong thuong binh va xa hoi",
    "ld tbxh": "lao dong thuong binh va xa hoi",
    "ldtbxh": "lao dong thuong binh va xa hoi",
    "nn va ptnt": "nong nghiep va phat trien nong thon",
    "nn ptnt": "nong nghiep va phat trien nong thon",
    "nnptnt": "nong nghiep va phat trien nong thon",
    "nn va mt": "nong nghiep va moi truong",
    "tn va mt": "tai nguyen va moi truong",
    "tnmt": "tai nguyen va moi truong",
    "gd va dt": "giao duc va dao tao",
    "gd dt": "giao duc va dao tao",
    "gddt": "giao duc va dao tao",
    "kt va ht": "kinh te va ha tang",
    "kt ht": "kinh te va ha tang",
    "tc kh": "tai chinh ke hoach",
    "tckh": "tai chinh ke hoach",
    "kh va dt": "ke hoach va dau tu",
    "vh va tt": "van hoa va thong tin",
    "vh tt": "van hoa va thong tin",
    "vhtt": "van hoa va thong tin",
    "vh xh": "van hoa xa hoi",
    "ubmttq": "uy ban mat tran to quoc",
    "mttq": "mat tran to quoc",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "ptnt": "phat trien nong thon",
    "ntm": "nong thon moi",
    "bcd": "ban chi dao",
    "vpdp": "van phong dieu phoi",
    "hlhpn": "hoi lien hiep phu nu",
    "lhpn": "lien hiep phu nu",
    "ccb": "cuu chien binh",
    "ldld": "lien doan lao dong",
    "nhcsxh": "ngan hang chinh sach xa hoi",
    "bhxh": "bao hiem xa hoi",
    "qlda": "quan ly du an",
    "btv": "ban thuong vu",
    "ttr": "thuong truc",
    "ub": "uy ban",
    "vp": "van phong",
}
_ABBREVIATION = re.compile(rf"\b(?:{'|'.join(sorted(_ABBREVIATIONS, key=len, reverse=True))})\b")
# Old spelling, and the post that speaks for its body.
_POSTS = re.compile(
    r"^(?:(?:cac )?(?:dong chi|d/c|ong|ba) |giao |yeu cau |doi voi |rieng |(?:tap the |lanh dao )|"
    r"(?:pho )?chu tich (?=uy ban)|(?:pho )?truong (?=phong|ban)|(?:pho )?giam doc (?=trung tam|so|ban)|"
    r"thu truong (?=cac|co quan|phong))+"
)
_TOWN = re.compile(r"(?:^|\b)tt\.? (?=\w)")
# Words that one writes and another leaves out.
_FILLERS = {"va", "cua", "huyen", "tinh", "cap", "xay", "dung", "chuong", "trinh", "tren", "dia", "ban_", "viet", "nam"}

_KINDS = r"xa|thi tran|phuong|dac khu"
_ALL_COMMUNES = re.compile(
    rf"(?:uy ban nhan dan |chinh quyen )?(?:(?:tat ca |toan bo )?cac|\d{{1,3}}/\d{{1,3}}|100%)\s+"
    rf"(?P<kinds>(?:{_KINDS})(?:\s*(?:,|va|-|/)\s*(?:cac )?(?:{_KINDS}))*)"
    r"(?: tren dia ban(?: huyen| tinh| toan huyen| toan tinh)?| trong huyen| trong toan huyen| toan huyen| cua huyen| khac)?"
)
_COMMUNE_LEVEL = re.compile(r"(?:uy ban nhan dan |chinh quyen )?cap xa|chinh quyen cac xa")
_LIST = re.compile(
    rf"(?:uy ban nhan dan )?(?P<count>\d{{1,3}})?\s*(?:cac )?(?P<kind>{_KINDS})\s*(?:gom|la)?\s*[:(]?\s*(?P<names>\S.*?)\)?"
)
_MEMBERS = re.compile(r"(?:cac |toan the )*(?:dong chi )?(?:uy vien|thanh vien) (?:cua )?ban chi dao\b(?P<rest>.*)")
# "Chưa đạt chuẩn", "còn lại", "phấn đấu", "đã": which communes these are the words do not say.
_SOME = re.compile(r"\b(?:chua|con lai|phan dau|da|dang ky|duoc chon|dac biet kho khan|khac)\b")
_GENERAL = re.compile(r"^(?:(?:cac|toan the|tat ca|nhung) )+")
# Looked for with its marks: without them "bản" is "ban".
_VILLAGES = re.compile(r"\b(?:bản|thôn|xóm|ấp|buôn)\b", re.IGNORECASE)
_RELATED = re.compile(r"\b(?:lien quan|khac co)\b")
_DEPARTMENTS = re.compile(r"\b(?:co quan|phong|ban nganh|ban|nganh|chuyen mon|so)\b")
_ORGANISATIONS = re.compile(r"\b(?:doan the|hoi|to chuc chinh tri|to chuc)\b")
_LIST_OF_BODIES = re.compile(
    r"\s*[,;]\s*|\s+và\s+(?=(?:phòng|UBND|ủy ban|hội|trung tâm|văn phòng|công an|ban|các|đài|chi cục)\s)", re.IGNORECASE
)

# Between the words of a document where several are kept in one column.
SEPARATOR = "; "


@dataclass(frozen=True)
class Match:
    """Whom some words mean. A proposal is a guess to be confirmed by a person; nothing found is an empty one."""

    words: str
    agencies: tuple[Agency, ...] = ()
    members: tuple[CommitteeMember, ...] = ()
    is_proposal: bool = False
    # Whether it names all communes in general, or some of them by name.
    is_all_communes: bool = False
    is_named_communes: bool = False

    @property
    def is_sure(self) -> bool:
        return bool(self.agencies or self.members) and not self.is_proposal


@dataclass
class Bodies:
    """Whom the words of a document can mean in one place on one day. `load` takes four queries; matching takes none."""

    place: Locality
    # Those that work may be given to: bodies of the place and of the places inside it.
    agencies: list[Agency]
    # Those of the places above, which work is sent or reported to.
    above: list[Agency] = field(default_factory=list)
    members: list[CommitteeMember] = field(default_factory=list)
    aliases: dict[str, BodyAlias] = field(default_factory=dict)

    @classmethod
    def load(cls, place: Locality, day: date) -> "Bodies":
        higher = [int(pk) for pk in place.path.split(".") if pk and int(pk) != place.pk]
        found = (
            Agency.objects.serving_on(day)
            .filter(Q(locality__path__startswith=place.path) | Q(locality__in=higher))
            .select_related("locality")
            .in_order()
        )
        inside = [agency for agency in found if agency.locality.path.startswith(place.path)]
        names = BodyAlias.objects.filter(locality=place).prefetch_related("agencies", "members__agency")
        return cls(
            place=place,
            agencies=inside,
            above=[agency for agency in found if agency.locality_id in higher],
            members=list(serving_members(place, day)),
            aliases={alias.key: alias for alias in names},
        )

    def __post_init__(self):
        self._by_pk = {agency.pk: agency for agency in [*self.agencies, *self.above]}
        self._members = {member.pk: member for member in self.members}
        self._office = [agency for agency in self.agencies if agency.locality.level != Level.COMMUNE]
        self._committees = [
            agency
            for agency in self.agencies
            if agency.locality.level == Level.COMMUNE and agency.kind == AgencyKind.COMMITTEE
        ]
        self._places = {}
        for agency in self._committees:
            self._places.setdefault(fold(agency.locality.name), []).append(agency)
        self._keys = [
            (agency, _tokens(name, self.place)) for agency in [*self._office, *self.above] for name in _names(agency)
        ]
        self._known = {}

    # -- one name -----------------------------------------------------------------------------------------------------

    def match(self, words: str) -> Match:
        """Whom one name in a document means. What an officer once said it means comes first."""
        if words not in self._known:
            self._known[words] = self._match(words)
        return self._known[words]

    def _match(self, words):
        if alias := self.aliases.get(alias_key(words)):
            agencies = tuple(self._by_pk[a.pk] for a in alias.agencies.all() if a.pk in self._by_pk)
            members = tuple(self._members[m.pk] for m in alias.members.all() if m.pk in self._members)
            return Match(words, agencies, members)
        key = plain(words)
        for find in (self._all_communes, self._named_communes, self._committee_members, self._agency, self._vague):
            if found := find(words, key):
                return found
        return self._several(words, key) or Match(words)

    def _all_communes(self, words, key):
        level = _COMMUNE_LEVEL.fullmatch(key)
        match = None if level else _ALL_COMMUNES.fullmatch(key)
        if not level and not match:
            return None
        kinds = None if level else {fold(kind) for kind in re.findall(_KINDS, match["kinds"])}
        bodies = tuple(a for a in self._committees if kinds is None or fold(a.locality.kind) in kinds)
        return Match(words, bodies, is_all_communes=True)

    def _named_communes(self, words, key):
        match = _LIST.fullmatch(key)
        if not match:
            return None
        found, missing = [], False
        kind = match["kind"]
        for piece in re.split(r"\s*[,;]\s*(?:va )?|\s+va\s+", match["names"]):
            if not piece:
                continue
            own = re.match(rf"(?:uy ban nhan dan )?(?P<kind>{_KINDS}) (?=\S)", piece)
            kind = own["kind"] if own else kind
            name = piece[own.end() :] if own else piece
            places = self._places.get(name, [])
            agency = next((a for a in places if fold(a.locality.kind) == kind), None) or (
                places[0] if len(places) == 1 else None
            )
            if agency is None:
                missing = True
            elif agency not in found:
                found.append(agency)
        if not found:
            return None
        miscounted = match["count"] and int(match["count"]) != len(found)
        return Match(words, tuple(found), is_proposal=bool(missing or miscounted), is_named_communes=True)

    def _committee_members(self, words, key):
        match = _MEMBERS.fullmatch(key)
        if not match or re.search(r"\b(?:xa|(?<!nong )thon|phu trach)\b", match["rest"]):
            return None
        return Match(words, members=tuple(self.members))

    def _agency(self, words, key):
        if key == fold(self.place.kind):
            key = f"uy ban nhan dan {key}"
        tokens = _tokens(words, self.place, key)
        exact = _only(agency for agency, own in self._keys if own == tokens)
        if exact:
            return Match(words, (exact,))
        # "Phòng Nông nghiệp" for "Phòng Nông nghiệp và PTNT": only where no other could be meant.
        if len(tokens) < 2 or _GENERAL.match(key) or key.startswith("uy ban nhan dan"):
            return None
        short = _only(agency for agency, own in self._keys if own[0] == tokens[0] and _is_within(tokens, own))
        return Match(words, (short,)) if short else None

    def _vague(self, words, key):
        """Bodies named by their kind: proposed, for it takes a person to say who is meant."""
        if (
            not _GENERAL.match(key)
            or re.search(r"\b(?:xa(?! hoi)|thi tran|phuong|thon)\b", key)
            or _VILLAGES.search(words)
        ):
            return None
        if _RELATED.search(key):
            return Match(words)
        kinds = set()
        if _DEPARTMENTS.search(key):
            kinds |= {AgencyKind.DEPARTMENT, AgencyKind.OTHER}
        if _ORGANISATIONS.search(key):
            kinds.add(AgencyKind.ORGANISATION)
        if "chuyen mon" in key or key.startswith("cac phong"):
            kinds.discard(AgencyKind.OTHER)
        own = tuple(a for a in self._office if a.kind in kinds and a.locality_id == self.place.pk)
        return Match(words, own, is_proposal=True)

    def _several(self, words, key):
        """A list of names of which each is known: "Phòng Nội vụ, Phòng Tư pháp"."""
        if _SOME.search(key):
            return None
        parts = [part for part in _LIST_OF_BODIES.split(words) if part]
        if len(parts) < 2:
            return None
        found = [self.match(part) for part in parts]
        if not all(one.is_sure for one in found):
            return None
        return Match(
            words, _unique(a for one in found for a in one.agencies), _unique(m for one in found for m in one.members)
        )

    # -- all that a task says -----------------------------------------------------------------------------------------

    def leads(self, names: Iterable[str]) -> "Leads":
        """Who must act by all the names of a task. Where a heading names all communes and the sentence some of them, these."""
        matches = [self.match(name) for name in names]
        sure = [match for match in matches if match.is_sure]
        if any(match.is_named_communes for match in sure):
            sure = [match for match in sure if not match.is_all_communes]
        inside = {agency.pk for agency in self.agencies}
        return Leads(
            agencies=_unique(a for match in sure for a in match.agencies if a.pk in inside),
            members=_unique(m for match in sure for m in match.members),
            open=[match for match in matches if not match.is_sure],
        )

    def supports(self, names: Iterable[str]) -> "Leads":
        matches = [self.match(name) for name in names]
        sure = [match for match in matches if match.is_sure]
        return Leads(
            agencies=_unique(a for match in sure for a in match.agencies),
            members=(),
            open=[match for match in matches if not match.agencies or match.is_proposal],
        )


@dataclass(frozen=True)
class Leads:
    """The bodies that the words of a task mean for sure, and the words that somebody must explain."""

    agencies: tuple[Agency, ...]
    members: tuple[CommitteeMember, ...]
    open: list[Match]


def serving_members(place: Locality, day: date):
    """The members of the steering committee of a place who serve on a day."""
    return (
        CommitteeMember.objects.filter(
            Q(since_on=None) | Q(since_on__lte=day),
            Q(until_on=None) | Q(until_on__gte=day),
            agency__locality__path__startswith=place.path,
        )
        .select_related("agency")
        .order_by("agency__sort_key", "pk")
    )


def names_in(text: str) -> list[str]:
    """The single names of a column that keeps several."""
    return [name for name in text.split(SEPARATOR) if name.strip()]


def alias_key(words: str) -> str:
    """How `BodyAlias` looks a name up."""
    return fold(words)[:300]


def plain(words: str) -> str:
    """A name without marks, signs and posts, its abbreviations in full: what two ways to write it have in common."""
    key = fold(words.replace("*", " "))
    # What stands in brackets explains, unless it is the list of communes that was announced.
    key = re.sub(rf"(?P<kind>\b(?:{_KINDS})) ?\((?P<names>[^)]*)\)", r"\g<kind>: \g<names>", key)
    key = _TOWN.sub("thi tran ", re.sub(r"\([^)]*\)", " ", key))
    key = key.replace("&", " va ").replace("“", "").replace("”", "").replace('"', "")
    key = re.sub(r"\s*[-–—]\s*", " ", key)
    key = " ".join(key.split()).strip(" .,;:")
    key = _ABBREVIATION.sub(lambda found: _ABBREVIATIONS[found[0]], key)
    return re.sub(r"^uy ban (?=mat tran)", "", _POSTS.sub("", key).strip())


def _names(agency):
    return {name for name in (agency.name, agency.short_name) if name}


def _tokens(words, place, key=None):
    """The words of a name that tell bodies apart: without the place's own name and what is left out at will."""
    key = plain(words) if key is None else key
    rank = fold(place.kind)
    key = re.sub(rf"\b{re.escape(fold(place.full_name))}\b", rank, key)
    # The committee of the place is told from others by its rank alone.
    if key.startswith(("uy ban nhan dan", "hoi dong nhan dan")):
        return key.replace(",", " ").split()
    tokens = [token for token in re.split(r"[\s,;:/.]+", key) if token]
    kept = [token for token in tokens if token not in _FILLERS]
    return kept or tokens


def _is_within(tokens, own):
    """Whether the tokens stand in the name, in their order."""
    rest = iter(own)
    return all(token in rest for token in tokens)


def _only(agencies):
    found = _unique(agencies)
    return found[0] if len(found) == 1 else None


def _unique(items):
    return tuple(dict.fromkeys(items))
