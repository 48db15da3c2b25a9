from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ntm_tracker.operation import NotDone, sealing
from ntm_tracker.operation.backup import back_up
from ntm_tracker.vietnamese import format_number


class Command(BaseCommand):
    help = (
        "Sao lưu cơ sở dữ liệu và mọi tệp đã tải lên vào một tệp, đúng một thời điểm, trong khi mọi người vẫn làm việc. "
        "Kiểm tra một tệp sao lưu: restore TỆP --check."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="THƯ MỤC", type=Path, help="mặc định: BACKUP_ROOT trong .env")
        parser.add_argument(
            "--keep", metavar="N", type=int, help="giữ N bản mới nhất, xóa các bản cũ hơn; mặc định: giữ hết"
        )
        parser.add_argument(
            "--encrypt-with",
            metavar="TỆP KHÓA",
            type=Path,
            help="mã hóa cho các khóa age1… trong tệp (lệnh backup_key)",
        )

    def handle(self, *, to, keep, encrypt_with, **options):
        if keep is not None and keep < 1:
            raise CommandError("--keep phải từ 1 trở lên.")
        try:
            recipients, _ = sealing.read_keys(encrypt_with) if encrypt_with else ([], [])
            if encrypt_with and not recipients:
                raise CommandError(f"Tệp khóa {encrypt_with} không có khóa nào. Tạo khóa bằng lệnh backup_key.")
            report = back_up(
                folder=Path(to or settings.BACKUP_ROOT),
                media=Path(settings.MEDIA_ROOT),
                keep=keep,
                recipients=recipients,
            )
        except NotDone as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"Không đọc được cơ sở dữ liệu, chưa sao lưu: {error}") from error
        kept = report.manifest
        self.stdout.write(
            f"Đã sao lưu vào {report.path} ({format_number(report.size / 1e6, 1)} MB{', mã hóa' if recipients else ''}): "
            f"{format_number(kept.rows)} dòng của {len(kept.tables)} bảng, {format_number(len(kept.files))} tệp."
        )
        if report.removed:
            self.stdout.write(f"Đã xóa {len(report.removed)} bản cũ: {', '.join(report.removed)}.")
        if kept.missing:
            self.stderr.write(
                f"Chú ý: {len(kept.missing)} tệp có trong cơ sở dữ liệu mà không có trên đĩa, ví dụ {kept.missing[0]}. Bản sao "
                "lưu không có các tệp ấy; tìm lại trong bản sao lưu cũ hơn."
            )
