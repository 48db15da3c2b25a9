"""A list of tasks from Excel: it becomes a draft that the review screen shows; nothing is handed out by it (FORMS §6.4)."""

import re
from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils import timezone

from communes.imports.tables import Headings, Problem, Table, find_table, is_foot, is_total
from criteria.imports.intake import COMMON, Change, Reading, Scope, begin
from criteria.models import FileImport
from directives import actions, intake
from directives.actions.drafting import MOST_TASKS
from directives.intake import Here
from directives.models import Kind, Task
from directives.reading.deadlines import Calendar, deadline_of
from directives.reading.notice import Deadline, FoundTask
from directives.reading.text import key_of
from ntm_tracker.vietnamese import fold, format_date

KIND = FileImport.Kind.TASKS
LABEL = "Danh sách nhiệm vụ"
NEEDS = (
    "Nội dung nhiệm vụ, Cơ quan chủ trì (hoặc Đơn vị thực hiện), Thời hạn hoàn thành; có thể thêm Cơ quan phối hợp, Văn bản "
    "giao"
)
TAKEN = (
    "thời hạn là ngày, “trước ngày 30/6/2025”, “Quý II/2025”, “tháng 9/2025”, “Thường xuyên”; nhiều cơ quan cách nhau bằng ; "
    "hoặc ,"
)
HAS_OPINION = False

_HEADINGS = Headings(
    {
        "number": COMMON["number"],
        "text": (
            "noi dung nhiem vu",
            "nhiem vu",
            "ten nhiem vu",
            "noi dung",
            "noi dung cong viec",
            "cong viec",
            "noi dung thuc hien",
            "noi dung chi dao",
            "noi dung ket luan",
            "nhiem vu duoc giao",
            "noi dung nhiem vu duoc giao",
        ),
        "source": ("van ban giao", "van ban giao nhiem vu", "van ban chi dao", "van ban", "so van ban", "can cu"),
        "lead": (
            "co quan chu tri",
            "don vi chu tri",
            "don vi thuc hien",
            "co quan thuc hien",
            "co quan don vi chu tri",
            "co quan don vi thuc hien",
            "don vi chu tri thuc hien",
            "co quan chu tri thuc hien",
            "chu tri",
            "don vi",
            "co quan don vi",
            "trach nhiem thuc hien",
        ),
        "support": (
            "co quan phoi hop",
            "don vi phoi hop",
            "co quan don vi phoi hop",
            "phoi hop",
            "don vi phoi hop thuc hien",
        ),
        "due": (
            "thoi han",
            "thoi han hoan thanh",
            "thoi gian hoan thanh",
            "thoi gian thuc hien",
            "thoi han thuc hien",
            "han hoan thanh",
            "tien do",
            "tien do thuc hien",
            "thoi gian",
        ),
        "criteria": ("tieu chi", "tieu chi lien quan", "tc"),
    }
)
# Words in the column of deadlines that say there is none.
_NO_DEADLINE = re.compile(r"(thuong xuyen|lien tuc|khong( co)? thoi han|khong thoi han|-|–|x)?")
# Where an office parts its bodies by lines, the reader has joined the lines: a new body begins with its own word.
_NEXT_BODY = re.compile(
    r"(?<![,;])(?<!và)(?<!của)(?<!với)(?<!tịch)(?<!trưởng)(?<!phó)(?<!Chánh)\s+"
    r"(?=(?:Phòng|Văn phòng|Ban|Công an|Trung tâm|Hội|Chi cục|Sở|UBND|Ủy ban|Uỷ ban|Mặt trận|Đoàn|Liên đoàn|Hạt|Ngân hàng|"
    r"Bảo hiểm|Kho bạc|Đài|Các xã)\b)"
)
LONGEST_SECTION = Task._meta.get_field("section").max_length
# So many of the words of a task the preview shows.
SHOWN = 160


def find(sheet, scope: Scope) -> Table | None:
    return find_table(sheet, _HEADINGS, needs={"text", "lead"})


def read(table: Table, scope: Scope) -> Reading:
    """The tasks of the list beside those that are there already: one with the same words is not drafted again."""
    reading = begin(table, scope, noun="nhiệm vụ", into_period=False)
    if scope.place is None:
        reading.problems.append(
            Problem(
                "tài khoản không gắn với địa bàn nào nên không biết giao nhiệm vụ ở đâu. Dùng tài khoản của địa bàn.",
                sheet=table.sheet.name,
            )
        )
        return reading
    here = Here.load(scope.place, timezone.localdate())
    found = []
    section = ""
    for row, cells in table.rows():
        text = table.text(row, "text")
        label = text or next((t for c in sorted(cells) if (t := table.sheet.text(row, c))), "")
        others = [table.text(row, key) for key in ("lead", "support", "due")]
        if not any(other and other != label for other in others):
            if is_foot(label):
                break
            if not is_total(label) and text and table.text(row, "number").rstrip(".").isdecimal():
                found.append((row, section, text))
            elif not is_total(label):
                # A line over tasks: the document or the part they come from.
                section = label
            continue
        if is_foot(label) and not table.text(row, "number"):
            break
        if is_total(label) and not table.text(row, "number"):
            continue
        if not text:
            reading.problems.append(
                table.problem(row, "text", "dòng có cơ quan hoặc thời hạn mà không có nội dung nhiệm vụ.")
            )
            continue
        found.append((row, section, text))
    if len(found) > MOST_TASKS:
        reading.problems.append(
            Problem(
                f"có {len(found)} nhiệm vụ, mỗi lần nhận {MOST_TASKS}. Chia thành nhiều tệp.", sheet=table.sheet.name
            )
        )
        return reading
    known = _known(scope.place, [text for _, _, text in found])
    for row, section, text in found:
        task = _read_task(reading, row, section, text)
        if task is None:
            continue
        reading.lines += 1
        if fold(text) in known:
            reading.unchanged += 1
            continue
        draft = intake.draft_task(task, day=timezone.localdate(), here=here)
        reading.changes.append(
            Change(_cut(text), "chưa có", _words(draft, task), table.problem(row, "text", "").cell, what=task)
        )
    if not found and not reading.problems:
        reading.problems.append(Problem("không có nhiệm vụ nào dưới tiêu đề bảng.", sheet=table.sheet.name))
    return reading


def _known(place, texts):
    """The folded words of tasks that the place has already."""
    known = set()
    for start in range(0, len(texts), 500):
        some = Task.objects.filter(
            directive__locality__path__startswith=place.path, text__in=texts[start : start + 500]
        )
        known |= {fold(text) for text in some.values_list("text", flat=True)}
    return known


def _read_task(reading, row, section, text) -> FoundTask | None:
    """The task of a row; None where one of its cells cannot be read, which is told."""
    table = reading.table
    faults = [fault for key in ("text", "lead", "support", "due") if (fault := table.fault(row, key))]
    reading.problems += faults
    deadline = _deadline(reading, row)
    numbers = [int(number) for number in re.findall(r"\d{1,2}", table.text(row, "criteria"))]
    if faults or deadline is None:
        return None
    source = table.text(row, "source") or section
    return FoundTask(
        start=None,
        end=None,
        text=text,
        section=source if len(source) <= LONGEST_SECTION else source[: LONGEST_SECTION - 1] + "…",
        lead=tuple(bodies_in(table.text(row, "lead"))),
        support=tuple(bodies_in(table.text(row, "support"))),
        criteria=tuple(dict.fromkeys(numbers)),
        deadline=deadline,
    )


def bodies_in(text):
    """The single names of a cell that names several bodies."""
    if not fold(text).strip("-–. "):
        return []
    parts = [part for piece in re.split(r"\s*;\s*", text) for part in _NEXT_BODY.split(piece)]
    return [part.strip(" ,.;") for part in parts if part.strip(" ,.;")]


def _deadline(reading, row) -> Deadline | None:
    """The deadline of a row; None where its words give none, which is told."""
    table = reading.table
    if "due" not in table:
        return Deadline()
    value, text = table.value(row, "due"), table.text(row, "due")
    if isinstance(value, date):
        return Deadline("date", value, text=format_date(value))
    if _NO_DEADLINE.fullmatch(fold(text).strip(" .")):
        return Deadline(text=text)
    found = deadline_of(key_of(text), text, 0, len(text), Calendar(year=timezone.localdate().year), column=True)
    if found.problem:
        reading.problems.append(table.problem(row, "due", f"{found.problem} Ghi ngày/tháng/năm, ví dụ 30/6/2025."))
        return None
    if found.kind == "none" or not (found.due or found.recurrence or found.proposed or found.text):
        reading.problems.append(
            table.problem(
                row,
                "due",
                f"không hiểu thời hạn “{text[:40]}”. Ghi ngày (30/6/2025), quý (Quý II/2025), tháng (tháng 9/2025) hoặc “Thường "
                "xuyên”.",
            )
        )
        return None
    return found


def _words(draft, task):
    """Who is to do it by when, as it was understood."""
    known = [str(body) for body in [*draft.bodies["leads"], *draft.bodies["lead_members"]]]
    lead = ", ".join(known[:4]) + (f" và {len(known) - 4} cơ quan khác" if len(known) > 4 else "")
    due = format_date(draft.fields["due_on"]) or task.deadline.text or "không có thời hạn"
    unclear = "" if known or not task.lead else f" (chưa rõ “{'; '.join(task.lead)}”)"
    return f"{lead or 'chưa rõ chủ trì'}{unclear}; {due}"


def _cut(text):
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def write(reading: Reading, scope: Scope) -> FileImport:
    """Keep the tasks as a draft under the name of the file."""
    day, text, tasks = timezone.localdate(), [], []
    here = Here.load(scope.place, day)
    length = 0
    for number, change in enumerate(reading.changes, start=1):
        # The words of the list, so that the review shows each task where it stands.
        line = f"{number}. {change.what.text}"
        start = length + len(line) - len(change.what.text)
        draft = intake.draft_task(replace(change.what, start=start, end=length + len(line)), day=day, here=here)
        # The list has no day of its own yet: no deadline of it is too early.
        draft.fields["is_included"] = draft.can_go_out
        tasks.append(draft)
        text.append(line)
        length += len(line) + 1
    directive = actions.register_notice(
        by=scope.user,
        locality=scope.place,
        kind=Kind.OTHER,
        title=f"Danh sách nhiệm vụ nhập từ tệp “{scope.file_name}”",
        issuer="",
        text="\n".join(text),
        tasks=tasks,
        source_note=f"Nhập từ tệp “{scope.file_name}”, trang “{reading.sheet.name}”.",
    )
    record = replace(scope, period=None).record(
        kind=KIND, sheet=reading.sheet, summary=f"bản nháp có {len(tasks)} nhiệm vụ, chưa giao"
    )
    record.leads_to = reverse("directives:review", args=[directive.pk])
    return record
