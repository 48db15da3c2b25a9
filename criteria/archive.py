"""The evidence of a sheet as one ZIP: a folder for each criterion by its number, in it one for each indicator."""

import re
import zipfile
from collections.abc import Iterable
from tempfile import TemporaryFile

from criteria.models import Assessment, Evidence
from ntm_tracker.vietnamese import format_date, nfc

CONTENTS = "Mục lục.txt"
# Windows opens nothing whose whole path is longer than 260 characters.
_LONGEST_FOLDER = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def write_archive(assessment: Assessment, evidence: Iterable[Evidence]):
    """A temporary file that holds the files and their list; it is on the disk, and goes when it is closed.

    `evidence` comes with indicators and criteria, in their order. A file that is gone from the disk is named as such
    in the list.
    """
    archive = TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    lines = [
        f"MINH CHỨNG: {assessment.locality.title}, {assessment.period}",
        assessment.criteria_set.name,
        "Số liệu minh họa." if assessment.is_illustrative else "",
    ]
    taken = set()
    # Scans and office files are packed already.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as package:
        for item in evidence:
            path = _free(f"{folder_of(item.indicator)}/{safe_name(item.name)}", taken)
            indicator = item.indicator
            lines += [
                "",
                path,
                f"  Chỉ tiêu {indicator.code or indicator.criterion.number}: {nfc(indicator.text)}",
                f"  Nội dung: {item.note or '(không ghi)'}",
                f"  Có giá trị đến ngày: {format_date(item.expires_on) or 'không thời hạn'}",
            ]
            try:
                package.write(item.file.path, path)
            except FileNotFoundError:
                lines.append("  ! Không còn tệp trên máy chủ.")
        # With a mark that says UTF-8, or Notepad of old takes it for another alphabet.
        package.writestr(CONTENTS, "\r\n".join(line for line in lines).encode("utf-8-sig"))
    archive.seek(0)
    return archive


def folder_of(indicator) -> str:
    """'05 Trường học/5.2 Tỷ lệ trường học …'; the criterion's folder alone where its indicator has the same number."""
    criterion = indicator.criterion
    outer = safe_name(f"{criterion.number:02d} {criterion.label}", longest=_LONGEST_FOLDER)
    if indicator.code in ("", str(criterion.number)):
        return outer
    return f"{outer}/{safe_name(f'{indicator.code} {indicator.text}', longest=_LONGEST_FOLDER)}"


def safe_name(text: str, longest: int = 200) -> str:
    """A name that every system takes as one name: composed, no separators, no device of Windows."""
    text = nfc(re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', " ", text))
    if len(text) > longest:
        text = text[:longest].rsplit(" ", 1)[0]
    text = text.rstrip(" .,;") or "_"
    return f"_{text}" if _RESERVED.fullmatch(text) or text.startswith(".") else text


def _free(path: str, taken: set) -> str:
    """The path, or with a number where it is taken: two names may become one when they are made safe."""
    stem, dot, ending = path.rpartition(".") if "." in path.rsplit("/", 1)[-1] else (path, "", "")
    number, free = 1, path
    while free.casefold() in taken:
        number += 1
        free = f"{stem} ({number}){dot}{ending}"
    taken.add(free.casefold())
    return free
