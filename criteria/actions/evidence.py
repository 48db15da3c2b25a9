"""Writes: evidence put on a sheet, taken off it, carried to another. Files never leave the disk."""

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from criteria.actions.results import NotOpen, check_writable, read_periods_again
from criteria.models import Assessment, Evidence, Indicator, Opinion
from ntm_tracker.uploads import clean_name, extension

# Names are compared as Windows compares them when the files lie in one folder: letters large or small are the same.
TAKEN = "Chỉ tiêu này đã có tệp “{name}”. Đổi tên tệp, hoặc gỡ tệp cũ trước."
TWICE = "Tệp “{name}” có hai lần. Mỗi chỉ tiêu giữ một tệp một tên."


@dataclass
class NewFile:
    """A checked file for one indicator. `content` is an uploaded file, or one that is waiting on the disk."""

    indicator_id: int
    content: File
    name: str
    note: str = ""
    expires_on: date | None = None

    @property
    def key(self):
        return self.indicator_id, self.name.casefold()


class NameTaken(Exception):
    """Files that cannot stand beside one another: `problems` holds a sentence by the position of the file."""

    def __init__(self, problems: dict[int, str]):
        self.problems = problems
        super().__init__(" ".join(problems.values()))


def attach(*, assessment: Assessment, opinion: Opinion, files: Iterable[NewFile], by) -> list[Evidence]:
    """Put files on a sheet, all or none of them, in three queries however many.

    The files come checked (`ntm_tracker.uploads.check_upload`) and for indicators that the person may write on.
    `assessment` comes from `Assessment.objects.for_writing()`, in the caller's transaction. Raises NotOpen if the sheet is
    closed or locked for that side, and NameTaken if an indicator would hold two files of a name.
    """
    files = list(files)
    read_periods_again([assessment])
    check_writable(assessment, opinion)
    if problems := find_name_problems(assessment, files):
        raise NameTaken(problems)
    now = timezone.now()
    with _kept_together() as stored:
        rows = [
            Evidence(
                assessment=assessment,
                indicator_id=file.indicator_id,
                file=stored(file),
                name=clean_name(file.name),
                size=file.content.size,
                note=file.note,
                expires_on=file.expires_on,
                uploaded_at=now,
                uploaded_by=by,
            )
            for file in files
        ]
        return Evidence.objects.bulk_create(rows, batch_size=500)


def find_name_problems(assessment: Assessment, files: Iterable[NewFile]) -> dict[int, str]:
    """What is wrong with the names of files, by their positions: one is on the sheet already, or twice among them."""
    files = list(files)
    kept = Evidence.objects.kept().filter(assessment=assessment).order_by().values_list("indicator", "name")
    taken = {(indicator, name.casefold()) for indicator, name in kept}
    keys = [file.key for file in files]
    problems = {}
    for position, file in enumerate(files):
        if file.key in taken:
            problems[position] = TAKEN.format(name=file.name)
        elif keys.count(file.key) > 1:
            problems[position] = TWICE.format(name=file.name)
    return problems


@contextmanager
def _kept_together():
    """A transaction whose files go back to where they came from, or away, if it fails."""
    moved = []

    def store(file: NewFile) -> str:
        source = getattr(file.content, "temporary_file_path", None)
        # Never the name that was sent: it goes to the database, and comes back as the name of a download.
        wanted = f"evidence/{timezone.localdate():%Y}/{uuid4().hex}{extension(file.name)}"
        name = default_storage.save(wanted, file.content)
        moved.append((Path(default_storage.path(name)), Path(source()) if source else None))
        return name

    try:
        with transaction.atomic():
            yield store
    except BaseException:
        for path, source in moved:
            if source:
                path.replace(source)
            else:
                path.unlink(missing_ok=True)
        raise


@transaction.atomic
def take_off(*, evidence: Evidence, opinion: Opinion, by) -> bool:
    """Take a file off its sheet; it stays in the history. False if somebody did so before.

    `evidence.assessment` comes locked, as in `attach`. Raises NotOpen as `attach` does.
    """
    read_periods_again([evidence.assessment])
    check_writable(evidence.assessment, opinion)
    still_there = Evidence.objects.kept().filter(pk=evidence.pk)
    return bool(still_there.update(removed_at=timezone.now(), removed_by=by))


@transaction.atomic
def copy_evidence(pairs: Iterable[tuple[Assessment, Assessment]], *, by) -> int:
    """Carry the evidence that is kept and valid today from sheets to others; returns how many rows were made.

    `pairs` are (from, to); the sheets they lead to are of one period, and come with their periods. The files stay
    where they are, and both rows name them. An indicator is found again by its code, in the wording in force for the
    sheet; what has none there is left behind, and so is a name that the indicator holds already. Takes four queries,
    however many sheets. Raises NotOpen if a sheet that would be written is closed or approved.
    """
    pairs = list(pairs)
    if not pairs:
        return 0
    targets = {source.pk: target for source, target in pairs}
    for target in targets.values():
        if target.is_frozen:
            raise NotOpen(
                f"Phiếu của {target.locality} kỳ {target.period.name} đã chốt, không chuyển minh chứng vào được."
            )
    period = pairs[0][1].period
    indicators = {
        (criteria_set, code): pk
        for pk, criteria_set, code in Indicator.objects.filter(
            criterion__criteria_set__in={target.criteria_set_id for target in targets.values()}
        )
        .in_force(period.ends_on)
        .values_list("pk", "criterion__criteria_set", "code")
    }
    there = Evidence.objects.kept().filter(assessment__in=targets.values()).order_by()
    taken = {(sheet, ind, name.casefold()) for sheet, ind, name in there.values_list("assessment", "indicator", "name")}
    now, today = timezone.now(), timezone.localdate()
    rows = []
    for old in Evidence.objects.kept().filter(assessment__in=targets).select_related("indicator"):
        target = targets[old.assessment_id]
        indicator = indicators.get((target.criteria_set_id, old.indicator.code))
        key = target.pk, indicator, old.name.casefold()
        if indicator is None or key in taken or (old.expires_on and old.expires_on < today):
            continue
        taken.add(key)
        rows.append(
            Evidence(
                assessment=target,
                indicator_id=indicator,
                file=old.file.name,
                name=old.name,
                size=old.size,
                note=old.note,
                expires_on=old.expires_on,
                uploaded_at=now,
                uploaded_by=by,
            )
        )
    Evidence.objects.bulk_create(rows, batch_size=500)
    return len(rows)
