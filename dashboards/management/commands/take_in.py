from pathlib import Path
from urllib.parse import parse_qsl

from django.core.management import BaseCommand, CommandError

from accounts import policy
from accounts.models import User
from criteria.imports.intake import NotTaken
from dashboards.taking_in import take_in
from ntm_tracker import jobs, waiting


class Command(BaseCommand):
    help = "Nhập một biểu đã xem trước ở trang “Nhập từ Excel”; trang đó tự gọi khi biểu lớn."

    def add_arguments(self, parser):
        parser.add_argument("token", help="mã tệp đang chờ")
        parser.add_argument("--by", required=True, metavar="TÊN ĐĂNG NHẬP")
        parser.add_argument("--choices", default="", help="các lựa chọn của trang, như trong địa chỉ")
        parser.add_argument("--mark", required=True, help="dấu của những gì đã xem")
        parser.add_argument("--output", required=True, help="tệp ghi kết quả")
        parser.add_argument("--progress", required=True, help="tệp ghi tiến độ")

    def handle(self, *, token, by, choices, mark, output, progress, **options):
        user = User.objects.filter(username=by, is_active=True).select_related("place").first()
        file = waiting.find(token, by=user) if user and user.role in policy.EDITORS else None
        if file is None:
            raise CommandError("Tệp đã nhập xong hoặc đã quá một ngày. Chọn lại tệp.")
        jobs.tell(progress, 1, 2, "vào cơ sở dữ liệu")
        try:
            outcome = take_in(user=user, file=file, choices=dict(parse_qsl(choices)), mark=mark)
        except NotTaken as refused:
            raise CommandError(str(refused)) from refused
        outcome.write(Path(output))
