"""The text of a notice out of the file it came in: .txt, .docx, .doc, .pdf, a scan or a photograph.

Whatever the bytes, `text_of` gives text or raises CannotRead with a sentence for the officer. A stranger's file is
opened in a process of its own, with limits (see programs); nothing that is in it is ever run.
"""

import json
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from directives.files import encodings, ocr, programs
from directives.files.layout import Line, paragraphs

LARGEST_MB = 20
# A notice has four pages, a programme with its annexes a hundred.
MOST_PAGES = 200
# Recognising letters takes one to four seconds a page.
MOST_SCANNED_PAGES = 20
SECONDS, OCR_SECONDS = 20, 90

OCR_REMARK = "Đọc bằng nhận dạng chữ (OCR): đối chiếu kỹ chữ và số với bản gốc."
OLD_WORD_REMARK = (
    "Đọc từ Word đời cũ: số mục tự động và bảng có thể thiếu, đối chiếu với bản gốc hoặc lưu lại thành .docx."
)

_OLE, _ZIP, _RTF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK", b"{\\rtf"
_PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_NAMED = (".pdf", ".doc", ".docx", ".xlsx", ".jpg", ".jpeg", ".png")
_PASTE = "dán nội dung văn bản vào ô"
_RESAVE = f"Mở tệp, lưu lại thành .docx rồi chọn lại, hoặc {_PASTE}."

# What the readers of .docx and .pdf report, said to the officer.
_PROBLEMS = {
    "broken": f"bị hỏng hoặc không đúng định dạng, không đọc được. {_RESAVE}",
    "locked": f"có đặt mật khẩu. Bỏ mật khẩu rồi chọn lại, hoặc {_PASTE}.",
    "swollen": f"khi mở ra phình to bất thường nên không đọc. {_RESAVE}",
    "declares": f"chứa khai báo lạ (DTD) mà Word không ghi, có thể gây hại, nên không đọc. {_RESAVE}",
    "wordy": f"dài hơn một triệu ký tự. Tách lấy phần thông báo rồi chọn lại, hoặc {_PASTE}.",
    "spreadsheet": f"là bảng tính, không phải văn bản. Chọn tệp .docx hoặc .pdf của văn bản, hoặc {_PASTE}.",
    "not_word": f"không có nội dung văn bản của Word bên trong. {_RESAVE}",
}


class CannotRead(Exception):
    """The file gives no text; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FileText:
    """`pages` is None where the kind of file has none; `remark` is for the officer, or ''."""

    text: str
    pages: int | None = None
    remark: str = ""


def text_of(name: str, content: bytes, *, seconds: float = SECONDS, ocr_seconds: float = OCR_SECONDS) -> FileText:
    """The text of the file, blank lines between paragraphs and ' | ' between the cells of a table.

    Known by its content; its name is for the sentences. Letters in pictures are recognised within `ocr_seconds`,
    everything else is done within `seconds`. Raises CannotRead.
    """
    shown = name.replace("\\", "/").rsplit("/", 1)[-1] or "không tên"
    if not content.strip():
        raise CannotRead(f"Tệp “{shown}” trống. Chọn tệp khác, hoặc {_PASTE}.")
    if len(content) > LARGEST_MB << 20:
        raise CannotRead(f"Tệp “{shown}” nặng hơn {LARGEST_MB} MB. Giảm độ phân giải bản quét hoặc tách tệp.")
    try:
        with tempfile.TemporaryDirectory(prefix="ntm-", ignore_cleanup_errors=True) as folder:
            found = _Reader(shown, content, Path(folder), seconds, ocr_seconds).read()
    except programs.TookTooLong as error:
        raise CannotRead(f"Đọc tệp “{shown}” quá lâu nên đã dừng. {_RESAVE}") from error
    except programs.ProgramFailed as error:
        raise CannotRead(f"Tệp “{shown}” {_PROBLEMS['broken']}") from error
    # Before anything is done with it that takes its time.
    if len(found.text) > programs.MOST_CHARACTERS:
        raise CannotRead(f"Tệp “{shown}” {_PROBLEMS['wordy']}")
    text = encodings.repair(found.text).strip()
    if not any(map(str.isalnum, text)):
        raise CannotRead(f"Tệp “{shown}” không có chữ nào. Chọn tệp khác, hoặc {_PASTE}.")
    return FileText(text, found.pages, found.remark)


class _Reader:
    """One file, and the folder it is opened in."""

    def __init__(self, name, content, folder, seconds, ocr_seconds):
        self.name, self.content, self.folder = name, content, folder
        self.seconds, self.ocr_seconds = seconds, ocr_seconds

    def read(self) -> FileText:
        content = self.content
        if b"%PDF-" in content[:1024]:
            return self._pdf()
        if content.startswith(_ZIP):
            return self._docx(self._saved("docx"))
        if content.startswith(_OLE):
            return self._ole()
        if content.lstrip().startswith(_RTF):
            return self._doc("rtf")
        for signature, extension in _PICTURES.items():
            if content.startswith(signature):
                return self._picture(extension)
        extension = Path(self.name).suffix.lower()
        if extension in _NAMED:
            raise self._refusal(f"không phải là {extension}: nội dung bị hỏng hoặc sai loại. {_RESAVE}")
        return self._plain()

    def _plain(self):
        # No encoding takes more than four bytes a letter.
        if len(self.content) > 4 * programs.MOST_CHARACTERS:
            raise self._refusal(_PROBLEMS["wordy"])
        text = encodings.decode(self.content)
        if text is None:
            raise self._refusal(
                "không phải văn bản, hoặc dùng bảng mã không nhận ra (nhận Unicode, TCVN3, VNI, Windows-1258). "
                + _RESAVE
            )
        return FileText(text.replace("\r\n", "\n").replace("\r", "\n"))

    def _docx(self, path):
        answer = self._ask("docx", str(path))
        notes = answer["footnotes"]
        return FileText(answer["text"], remark=_about_notes(notes))

    def _ole(self):
        def holds(stream):
            return stream.encode("utf-16-le") in self.content

        if holds("EncryptedPackage"):
            raise self._refusal(_PROBLEMS["locked"])
        if holds("WordDocument"):
            return self._doc("doc")
        if holds("Workbook") or holds("Book"):
            raise self._refusal(_PROBLEMS["spreadsheet"])
        raise self._refusal(_PROBLEMS["not_word"])

    def _doc(self, extension):
        """A document of Word 97–2003, or RTF, by the first of the installed programs that gets words out of it."""
        path = self._saved(extension)
        tried = False
        # LibreOffice is slowest and loses nothing; the others leave out the numbers that Word itself sets.
        for convert in (_by_libreoffice, _by_antiword, _by_catdoc):
            try:
                found = convert(self, path)
            except programs.TookTooLong:
                raise
            except (programs.ProgramFailed, CannotRead):
                # antiword refuses very small files, catdoc some others: the next may do.
                tried = True
                continue
            if found is not None:
                if any(map(str.isalnum, found.text)):
                    return found
                tried = True
        if tried:
            raise self._refusal(_PROBLEMS["broken"])
        raise self._refusal(f"là Word đời cũ (.{extension}) mà máy chủ chưa có chương trình đọc. {_RESAVE}")

    def _pdf(self):
        path = self._saved("pdf")
        answer = self._ask("pdf", "text", str(path), str(MOST_PAGES))
        pages = [[Line(*line) for line in page] for page in answer["pages"]]
        scans, remarks = answer["scans"], []
        if scans:
            try:
                for number, lines in zip(scans, self._recognised(path, scans), strict=True):
                    pages[number - 1] = lines
                remarks.append(OCR_REMARK if len(scans) == len(pages) else f"Trang {_listed(scans)}: {OCR_REMARK}")
            except CannotRead:
                # What is text already is worth having, if the officer knows what is missing.
                if len(scans) == len(pages):
                    raise
                remarks.append(f"Trang {_listed(scans)} là ảnh quét, chưa đọc được: xem bản gốc.")
        text, notes = paragraphs(pages)
        remarks.append(_about_notes(notes))
        return FileText(text, len(pages), " ".join(filter(None, remarks)))

    def _recognised(self, path, numbers):
        if not ocr.is_installed():
            raise self._refusal(
                f"là bản quét (ảnh), máy chủ chưa có chương trình nhận dạng chữ tiếng Việt. Tìm bản có chữ, hoặc {_PASTE}."
            )
        if len(numbers) > MOST_SCANNED_PAGES:
            raise self._refusal(
                f"có {len(numbers)} trang quét, nhiều nhất nhận dạng được {MOST_SCANNED_PAGES} trang. "
                f"Tách lấy phần thông báo rồi chọn lại, hoặc {_PASTE}."
            )
        programs.run_python(
            "directives.files.pdf",
            *("draw", str(path), str(self.folder), ",".join(map(str, numbers))),
            folder=self.folder,
            seconds=self.seconds,
        )
        return self._letters_in([self.folder / f"{number}.pgm" for number in numbers])

    def _picture(self, extension):
        if not ocr.is_installed():
            raise self._refusal(
                f"là ảnh, máy chủ chưa có chương trình nhận dạng chữ tiếng Việt. Tìm bản có chữ, hoặc {_PASTE}."
            )
        lines = self._letters_in([self._saved(extension)])
        return FileText(paragraphs(lines)[0], 1, OCR_REMARK)

    def _letters_in(self, pictures):
        try:
            return ocr.read_pictures(pictures, folder=self.folder, seconds=self.ocr_seconds)
        except programs.TookTooLong as error:
            raise self._refusal(
                f"là ảnh quét, nhận dạng quá lâu nên đã dừng. Tách lấy phần thông báo rồi chọn lại, hoặc {_PASTE}."
            ) from error
        except programs.ProgramFailed as error:
            raise self._refusal(
                f"là ảnh bị hỏng hoặc quá lớn, không nhận dạng được. Quét lại rồi chọn lại, hoặc {_PASTE}."
            ) from error

    def _ask(self, module, *arguments):
        """The answer of a reader in its own process; its problem as a sentence."""
        written = programs.run_python(
            f"directives.files.{module}", *arguments, folder=self.folder, seconds=self.seconds
        )
        answer = json.loads(written)
        problem = answer.get("problem")
        if problem == "long":
            raise self._refusal(
                f"có {answer['pages']} trang, nhiều nhất đọc được {MOST_PAGES} trang. "
                f"Tách lấy phần thông báo rồi chọn lại, hoặc {_PASTE}."
            )
        if problem:
            raise self._refusal(_PROBLEMS[problem])
        return answer

    def _saved(self, extension):
        # Under a name of ours: theirs is for sentences only.
        path = self.folder / f"file.{extension}"
        path.write_bytes(self.content)
        return path

    def _refusal(self, words):
        return CannotRead(f"Tệp “{self.name}” {words}")


def _by_antiword(reader, path):
    text = _by_program(reader, path, "antiword", "-m", "UTF-8.txt", "-w", "0")
    return text and FileText(_tables_of_antiword(text), remark=OLD_WORD_REMARK)


def _by_catdoc(reader, path):
    text = _by_program(reader, path, "catdoc", "-d", "utf-8", "-w")
    return text and FileText(text.replace("\t", "\n"), remark=OLD_WORD_REMARK)


def _by_program(reader, path, name, *options):
    program = programs.find(name)
    if program is None:
        return None
    written = programs.run([program, *options, str(path)], folder=reader.folder, seconds=reader.seconds)
    return written.decode("utf-8", "replace")


def _tables_of_antiword(text):
    """antiword draws tables with bars and breaks lines inside cells: rows again, two columns one after the other."""
    blocks = []
    for is_table, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|")):
        if not is_table:
            blocks += lines
            continue
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        for width, same in groupby(rows, key=len):
            if width == 2:
                blocks += [cell for column in zip(*same, strict=True) for cell in (*filter(None, column), "")]
                continue
            table = []
            for row in same:
                if table and not row[0]:
                    table[-1] = [f"{above} {cell}".strip() for above, cell in zip(table[-1], row, strict=True)]
                else:
                    table.append(row)
            blocks += ["", *(" | ".join(row) for row in table), ""]
    return "\n".join(blocks)


def _by_libreoffice(reader, path):
    program = programs.find("soffice", "libreoffice")
    if program is None:
        return None
    target = reader.folder / "converted"
    options = ["--headless", "--norestore", "--convert-to", "docx", "--outdir", str(target)]
    profile = f"-env:UserInstallation={(reader.folder / 'profile').as_uri()}"
    # It reserves far more memory than it uses.
    programs.run(
        [program, profile, *options, str(path)], folder=reader.folder, seconds=3 * reader.seconds, megabytes=8192
    )
    converted = target / "file.docx"
    return reader._docx(converted) if converted.exists() else None


def _about_notes(count):
    return f"Bỏ qua {count} chú thích cuối trang." if count else ""


def _listed(numbers):
    """'2, 4–6' for 2, 4, 5, 6."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][-1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in runs)
