from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from ntm_tracker.operation import NotDone
from ntm_tracker.operation.move import move
from ntm_tracker.vietnamese import format_number


class Command(BaseCommand):
    help = (
        "Chuyển toàn bộ cơ sở dữ liệu sang một cơ sở dữ liệu trống khác (SQLite sang PostgreSQL hoặc ngược lại), so lại "
        "từng dòng. Dừng chương trình trước khi chuyển. Cơ sở dữ liệu gốc giữ nguyên."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "url",
            metavar="ĐỊA CHỈ",
            help="ví dụ postgres://ntm@127.0.0.1:5432/ntm; mật khẩu nên để trong ~/.pgpass, vì người khác trên máy thấy "
            "được dòng lệnh",
        )

    def handle(self, *, url, **options):
        media = Path(settings.MEDIA_ROOT)
        try:
            report = move(url=url, media=media)
        except NotDone as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"Cơ sở dữ liệu báo lỗi, chưa chuyển gì: {error}") from error
        self.stdout.write(
            f"Đã chuyển và so lại {format_number(report.rows)} dòng của {report.tables} bảng. Tệp tải lên ở nguyên trong "
            f"{media}: {format_number(report.files - len(report.missing))} trên {format_number(report.files)} tệp có đủ."
        )
        if report.missing:
            self.stderr.write(f"Chú ý: thiếu {len(report.missing)} tệp trên đĩa, ví dụ {report.missing[0]}.")
        self.stdout.write(
            "Tiếp theo: đặt DATABASE_URL trong .env thành địa chỉ mới rồi khởi động lại. Mọi người đăng nhập lại."
        )
