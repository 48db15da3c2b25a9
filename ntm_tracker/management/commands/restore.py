from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ntm_tracker.operation import NotDone, archive, sealing
from ntm_tracker.operation.restore import restore
from ntm_tracker.vietnamese import format_number


class Command(BaseCommand):
    help = (
        "Khôi phục một bản sao lưu vào nơi trống: kiểm tra toàn bộ trước khi ghi, so lại từng dòng sau khi ghi. Nhận bản "
        "sao lưu từ SQLite cũng như PostgreSQL."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TỆP", type=Path)
        parser.add_argument(
            "--encrypt-with", metavar="TỆP KHÓA", type=Path, help="tệp có dòng AGE-SECRET-KEY-1… để giải mã"
        )
        parser.add_argument("--check", action="store_true", help="chỉ kiểm tra tệp còn nguyên vẹn, không ghi gì")

    def handle(self, *, file, encrypt_with, check, **options):
        try:
            _, identities = sealing.read_keys(encrypt_with) if encrypt_with else ([], [])
            if check:
                self._say("Nguyên vẹn", archive.verify(file, identities))
                return
            report = restore(path=file, media=Path(settings.MEDIA_ROOT), identities=identities)
        except NotDone as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"Cơ sở dữ liệu báo lỗi, chưa khôi phục gì: {error}") from error
        self._say("Đã khôi phục và so lại từng dòng, từng tệp", report.manifest)
        if report.were_there:
            self.stdout.write(f"{report.were_there} tệp đã có sẵn từ lần khôi phục bị ngắt trước đó, giống hệt.")
        if report.migrated:
            self.stdout.write("Đã cập nhật các bảng lên phiên bản của chương trình này.")
        self.stdout.write("Mọi người đăng nhập lại: phiên đăng nhập không nằm trong bản sao lưu.")

    def _say(self, done, manifest):
        self.stdout.write(
            f"{done}: bản sao lưu lúc {manifest.made_at} của phiên bản {manifest.version} ({manifest.database}), "
            f"{format_number(manifest.rows)} dòng của {len(manifest.tables)} bảng, {format_number(len(manifest.files))} tệp."
        )
        if manifest.missing:
            self.stderr.write(
                f"Chú ý: khi sao lưu đã thiếu {len(manifest.missing)} tệp trên đĩa, ví dụ {manifest.missing[0]}."
            )
