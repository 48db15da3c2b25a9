from pathlib import Path

from django.core.management import BaseCommand, CommandError

from communes.models import Locality
from criteria.actions.results import NotOpen
from criteria.choices import set_in_force
from criteria.imports import counts, matrix
from criteria.imports.intake import Scope
from criteria.models import CriteriaSet, Opinion, Period
from ntm_tracker.spreadsheet.reading import NotReadable, read_workbook


class Command(BaseCommand):
    help = (
        "Nhập ma trận tiêu chí (Biểu 01) hoặc bảng chỉ có số tiêu chí từ tệp .xlsx, .xls, .ods vào một kỳ, như trang "
        "“Nhập từ Excel”: có chỗ sai thì không nhập gì và báo từng ô."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TỆP")
        parser.add_argument("--period", required=True, help="mã kỳ, ví dụ 2024-q1")
        parser.add_argument("--set", help="mã bộ tiêu chí; mặc định là bộ có hiệu lực vào cuối kỳ")
        parser.add_argument("--place", help="mã huyện hoặc tỉnh; mặc định là mọi xã")
        parser.add_argument("--sheet", help="tên trang tính; mặc định là trang đầu có bảng đọc được")
        parser.add_argument(
            "--verified", action="store_true", help="ghi là kết quả thẩm định; mặc định là xã tự đánh giá"
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ đọc và báo, không ghi")

    def handle(self, *, file, period, place, verified, dry_run, **options):
        scope = Scope(
            file_name=Path(file).name,
            period=_one(Period.objects.newest_first(), "kỳ", period),
            opinion=Opinion.VERIFIED if verified else Opinion.REPORTED,
            only=_one(Locality.objects.living(), "địa bàn", place) if place else None,
        )
        sets = CriteriaSet.objects.filter(is_complete=True).in_order()
        if options["set"]:
            scope.criteria_set = _one(sets, "bộ tiêu chí", options["set"])
        elif sets:
            scope.criteria_set = set_in_force(sets, scope.period.ends_on)
        else:
            raise CommandError("Chưa có bộ tiêu chí nào để đánh giá. Chạy lệnh load_criteria trước.")
        kind, reading = self._read(file, scope, options["sheet"])
        for note in reading.notes:
            self.stdout.write(note)
        if not reading.is_ready:
            raise CommandError("Chưa nhập gì.\n" + "\n".join(_obstacles(reading)))
        for change in reading.kept:
            self.stdout.write(f"Giữ nguyên {change.label}: {change.before}, tệp ghi {change.after} ({change.reason}).")
        if not reading.changes:
            self.stdout.write(f"Không thay đổi: {reading.unchanged} {reading.noun} giống số liệu đang có.")
        elif dry_run:
            for change in reading.changes:
                self.stdout.write(f"{change.cell} {change.label}: {change.before} → {change.after}")
            self.stdout.write(f"Sẽ nhập {len(reading.changes)} {reading.noun}; chưa ghi gì (--dry-run).")
        else:
            try:
                record = kind.write(reading, scope)
            except NotOpen as refused:
                raise CommandError(f"Chưa nhập gì. {refused}") from refused
            self.stdout.write(f"Đã nhập từ tệp “{record.file_name}”: {record.summary}.")

    def _read(self, file, scope, name):
        try:
            with open(file, "rb") as stream:
                workbook = read_workbook(stream)
        except OSError as error:
            raise CommandError(f"Không mở được tệp {file}: {error.strerror}.") from error
        except NotReadable as error:
            raise CommandError(str(error)) from error
        if name and workbook.sheet(name) is None:
            there = ", ".join(f"“{sheet.name}”" for sheet in workbook.sheets)
            raise CommandError(f"Không có trang “{name}”. Tệp có: {there}.")
        for sheet in [workbook.sheet(name)] if name else workbook.sheets:
            for kind in (matrix, counts):
                if table := kind.find(sheet, scope):
                    return kind, kind.read(table, scope)
        raise CommandError(
            f"Không tìm thấy bảng. {matrix.LABEL}: {matrix.NEEDS}. {counts.LABEL}: {counts.NEEDS}. Các cột đó phải có ở dòng "
            "tiêu đề."
        )


def _one(rows, what, code):
    rows = list(rows.filter(code=code)[:2])
    if len(rows) == 1:
        return rows[0]
    raise CommandError(f"Có hơn một {what} mã “{code}”." if rows else f"Không có {what} mã “{code}”.")


def _obstacles(reading):
    yield from map(str, reading.problems)
    for unknown in reading.unknown:
        near = f" Gần nhất: {', '.join(place.full_name for place in unknown.near)}." if unknown.near else ""
        rows = ", ".join(map(str, unknown.rows))
        yield (
            f"trang “{reading.sheet.name}”, dòng {rows}: không có xã “{unknown.name}”.{near} Sửa tên trong tệp, hoặc nhập ở "
            "trang “Nhập từ Excel” để chọn xã."
        )
