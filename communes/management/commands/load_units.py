from django.core.management import BaseCommand, CommandError

from communes.imports import ImportRefused, load_units
from ntm_tracker.vietnamese import NotADate, parse_date


class Command(BaseCommand):
    help = (
        "Nạp tỉnh, huyện, xã từ danh sách đơn vị hành chính có hiệu lực vào một ngày. Danh sách từ 01/7/2025 nạp lên "
        "tỉnh đang có huyện thì thực hiện việc sắp xếp: huyện, xã cũ kết thúc, xã mới bắt đầu, ghi xã nào vào xã nào."
    )

    def add_arguments(self, parser):
        parser.add_argument("--province", required=True, help="mã tỉnh, ví dụ 12, hoặc all cho cả nước")
        parser.add_argument("--at", required=True, help="ngày, ví dụ 2025-01-01; trước 01/7/2025 còn có cấp huyện")
        parser.add_argument("--district", help="mã huyện, để chỉ nạp một huyện của tỉnh")
        parser.add_argument(
            "--anyway", action="store_true", help="sắp xếp dù xã cũ có kết quả đánh giá ở kỳ kết thúc sau 01/7/2025"
        )

    def handle(self, *, province, at, district, anyway, **options):
        try:
            day = parse_date(at)
        except NotADate as error:
            raise CommandError(f"--at: {error}") from error
        if day is None:
            raise CommandError("--at: nhập một ngày, ví dụ 2025-01-01.")
        try:
            report = load_units(province=province, at=day, district=district, anyway=anyway)
        except ImportRefused as refused:
            raise CommandError(f"Không nạp địa bàn nào.\n{refused}") from refused
        self.stdout.write(str(report))
