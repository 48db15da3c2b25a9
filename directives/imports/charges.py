"""Who is in charge of communes: bodies or members of the committee, by the tables that assign them (FORMS §5.1)."""

import re

from django.db import transaction

from communes.imports.places import Line
from communes.imports.tables import Headings, Problem, Table, find_table
from communes.models import Charge, Level
from criteria.imports.intake import COMMON, NAMES, Change, Reading, Scope, begin
from criteria.models import FileImport
from directives.bodies import Bodies
from directives.imports.tasks import bodies_in
from ntm_tracker.vietnamese import NotADate, fold, format_date, parse_date

KIND = FileImport.Kind.CHARGES
LABEL = "Phân công phụ trách xã"
NEEDS = "Tên xã, Cơ quan (hoặc Đồng chí) phụ trách; có thể thêm Vai trò (phụ trách, đỡ đầu), Từ ngày, Văn bản"
TAKEN = "tên cơ quan hoặc họ tên như trong danh mục; nhiều cơ quan cách nhau bằng ;"
HAS_OPINION = False

BODIES = (
    "co quan phu trach",
    "don vi phu trach",
    "co quan don vi phu trach",
    "dong chi phu trach",
    "co quan dong chi phu trach",
    "thanh vien phu trach",
    "thanh vien bcd phu trach",
    "nguoi phu trach",
    "phu trach",
    "don vi duoc phan cong",
    "co quan duoc phan cong",
    "don vi do dau",
    "co quan do dau",
    "don vi phu trach do dau",
    "phan cong phu trach",
)
_HEADINGS = Headings(
    {
        "number": COMMON["number"],
        "name": (
            *(name for name in NAMES if name not in ("don vi", "ten don vi")),
            "xa phu trach",
            "xa duoc phan cong",
            "xa duoc phu trach",
            "dia ban phu trach",
            "xa do dau",
            "xa duoc phan cong phu trach",
        ),
        "body": (*BODIES, "don vi", "co quan", "co quan don vi", "ten co quan don vi", "ten don vi"),
        "role": ("vai tro", "hinh thuc", "nhiem vu"),
        "since": ("tu ngay", "ngay phan cong", "thoi gian tu"),
        "document": ("van ban phan cong", "van ban", "quyet dinh phan cong", "so quyet dinh"),
    }
)
_ROLES = {"": Charge.Role.IN_CHARGE, "phu trach": Charge.Role.IN_CHARGE, "do dau": Charge.Role.SPONSOR}
LONGEST_DOCUMENT = Charge._meta.get_field("document").max_length


def find(sheet, scope: Scope) -> Table | None:
    return find_table(sheet, _HEADINGS, needs={"name", "body"})


def read(table: Table, scope: Scope) -> Reading:
    """Who the table puts in charge beside who is; nobody is taken off."""
    lines = scope.finder.read(table, [table.columns["body"]], repeats=True)
    _split_names(lines, scope)
    reading = begin(table, scope, lines, noun="phân công", into_period=False)
    if scope.place is None:
        reading.problems.append(no_place(table))
        return reading
    bodies = Bodies.load(scope.place, scope.day)
    in_force = Charge.objects.in_force(scope.day).filter(locality__in=[line.place.pk for line in lines.places])
    live = {(row.locality_id, row.agency_id, row.member_id, row.role) for row in in_force}
    for line in lines.places:
        role, since = _role(reading, line), _since(reading, line)
        if fault := table.fault(line.row, "body"):
            reading.problems.append(fault)
            continue
        found = bodies_of(reading, line.row, bodies)
        if role is None or since is False:
            continue
        document = table.text(line.row, "document")[:LONGEST_DOCUMENT] or f"Tệp {scope.file_name}"[:LONGEST_DOCUMENT]
        for agency, member in found:
            key = (line.place.pk, agency and agency.pk, member and member.pk, role)
            if key in live:
                reading.unchanged += 1
                continue
            live.add(key)
            days = f", từ ngày {format_date(since)}" if since else ""
            reading.changes.append(
                Change(
                    line.place.title,
                    "chưa phân công",
                    f"{agency or member} {role.label}{days}",
                    table.problem(line.row, "body", "").cell,
                    what=Charge(
                        locality=line.place, agency=agency, member=member, role=role, since_on=since, document=document
                    ),
                )
            )
    return reading


def _split_names(lines, scope):
    """A body may be in charge of several communes that share a cell."""
    for unknown in list(lines.unknown):
        parts = [part for part in re.split(r"\s*[,;]\s*|\s+và\s+", unknown.name) if part]
        found = [scope.finder.find(part) for part in parts]
        if len(parts) > 1 and all(len(places) == 1 for places in found):
            lines.unknown.remove(unknown)
            lines.places += [Line(row, places[0]) for row in unknown.rows for places in found]


def bodies_of(reading, row, bodies: Bodies):
    """The (agency, member) pairs of a row's cell; whoever is not known is told."""
    table = reading.table
    names = bodies_in(table.text(row, "body"))
    if not names:
        reading.problems.append(table.problem(row, "body", "chưa ghi ai phụ trách."))
    for name in names:
        match = bodies.match(name)
        above = [agency for agency in match.agencies if agency.locality.level != Level.COMMUNE]
        if not match.is_sure or len(above) < len(match.agencies):
            why = "là cơ quan của xã, không phụ trách xã" if match.is_sure else "không rõ là cơ quan, đồng chí nào"
            reading.problems.append(
                table.problem(
                    row, "body", f"“{name[:60]}” {why}. Ghi tên như trong danh mục cơ quan, hoặc thêm ở trang Quản trị."
                )
            )
            continue
        yield from ((agency, None) for agency in above)
        yield from ((None, member) for member in match.members)


def no_place(table):
    return Problem("tài khoản không gắn với địa bàn nào. Dùng tài khoản của địa bàn.", sheet=table.sheet.name)


def _role(reading, line):
    text = reading.table.text(line.row, "role")
    role = _ROLES.get(fold(text))
    if role is None:
        reading.problems.append(
            reading.table.problem(line.row, "role", f"không hiểu vai trò “{text[:30]}”. Ghi Phụ trách hoặc Đỡ đầu.")
        )
    return role


def _since(reading, line):
    """The day of a row; None where there is none, False where it cannot be read, which is told."""
    try:
        return parse_date(reading.table.text(line.row, "since"))
    except NotADate as error:
        reading.problems.append(reading.table.problem(line.row, "since", str(error)))
        return False


@transaction.atomic
def write(reading: Reading, scope: Scope) -> FileImport:
    Charge.objects.bulk_create([change.what for change in reading.changes], batch_size=500)
    return scope.record(kind=KIND, sheet=reading.sheet, summary=f"{len(reading.changes)} phân công phụ trách xã")
