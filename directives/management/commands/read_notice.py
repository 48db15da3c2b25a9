import json
import time
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from directives import reading
from directives.files import CannotRead, text_of
from ntm_tracker.vietnamese import format_number

# What a line of the summary shows of a task's words.
SHOWN = 100


class Command(BaseCommand):
    help = (
        "Đọc thông báo kết luận, văn bản chỉ đạo (.txt, .docx, .doc, .pdf, ảnh quét): số, ngày, các nhiệm vụ, thời hạn "
        "và số liệu. Chỉ đọc, không ghi vào cơ sở dữ liệu."
    )
    # Nothing is looked up: it runs where there is no database.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="TỆP", help="các tệp văn bản")
        parser.add_argument(
            "--json", dest="folder", type=Path, metavar="THƯ-MỤC", help="ghi mỗi văn bản thành một tệp .json vào đây"
        )

    def handle(self, *, files, folder: Path | None, **options):
        if folder:
            _refuse_same_names(files)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CommandError(f"Không tạo được thư mục “{folder}”: {error.strerror}.") from error
        unread = 0
        for file in files:
            started = time.monotonic()
            try:
                found = text_of(file.name, _content(file))
            except CannotRead as sentence:
                unread += 1
                self.stderr.write(str(sentence))
                continue
            labels = reading.read(found.text).as_labels()
            if folder:
                _write(folder / f"{file.stem}.json", labels)
            self.stdout.write(f"{file.name}: {_counted(labels)}, {format_number(time.monotonic() - started, 1)} giây.")
            if found.remark:
                self.stdout.write(f"  {found.remark}")
            if not folder:
                self.stdout.write(_summary(labels))
        if unread:
            raise CommandError(f"Không đọc được {unread}/{len(files)} tệp.")


def _refuse_same_names(files):
    seen = {}
    for file in files:
        # Files that differ only in case are one on some disks.
        other = seen.setdefault(file.stem.casefold(), file)
        if other is not file:
            raise CommandError(
                f"“{other}” và “{file}” sẽ cùng ghi vào {file.stem}.json. Đổi tên một tệp; chưa ghi gì cả."
            )


def _content(file):
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CannotRead(f"Không có tệp “{file}”.") from error
    except OSError as error:
        raise CannotRead(f"Không mở được tệp “{file}”: {error.strerror}.") from error


def _write(path, labels):
    path.write_text(json.dumps(labels, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _counted(labels):
    tasks = labels["tasks"]
    dated = sum(1 for task in tasks if _due(task))
    return f"{len(tasks)} nhiệm vụ, {dated} có thời hạn"


def _due(task):
    deadline = task.get("deadline") or {}
    return deadline.get("due") or deadline.get("recurrence")


def _summary(labels):
    header = labels["header"]
    lines = [
        f"  {label}: {header[name]}"
        for label, name in (
            ("Loại", "kind"),
            ("Số", "number"),
            ("Ngày", "issued_on"),
            ("Cơ quan", "issuer"),
            ("Trích yếu", "title"),
            ("Người ký", "signer_name"),
        )
        if header.get(name)
    ]
    for position, task in enumerate(labels["tasks"], start=1):
        text = task["text"] if len(task["text"]) <= SHOWN else task["text"][:SHOWN].rstrip() + "…"
        lines.append(f"  {position}. {text}")
        said = [", ".join(task.get("lead") or []), (task.get("deadline") or {}).get("text") if _due(task) else ""]
        if any(said):
            lines.append(f"     {' · '.join(filter(None, said))}")
    lines += [f"  Số liệu: {' '.join(figure.get('text', '').split())[:SHOWN]}" for figure in labels["figures"]]
    return "\n".join(lines)
