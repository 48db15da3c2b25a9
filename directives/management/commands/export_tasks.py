from types import SimpleNamespace

from django.core.management import BaseCommand, CommandError
from django.http import Http404, QueryDict
from django.utils import timezone

from accounts.models import User
from directives import exports
from directives.views.board import asked_filters
from ntm_tracker import jobs
from ntm_tracker.vietnamese import NotADate, parse_date


class Command(BaseCommand):
    help = "Xuất Biểu 09 (tình hình thực hiện nhiệm vụ) ra tệp Excel, đúng như trang Nhiệm vụ của một người."

    def add_arguments(self, parser):
        parser.add_argument("--by", required=True, metavar="TÊN ĐĂNG NHẬP", help="lập với tên và phạm vi của người này")
        parser.add_argument("--output", required=True, metavar="TỆP", help="tệp .xlsx ghi ra; có sẵn thì ghi đè")
        parser.add_argument(
            "--as-of", default="", metavar="NGÀY", help="ngày tính, ví dụ 20/4/2024; không ghi là hôm nay"
        )
        parser.add_argument("--filters", default="", help="bộ lọc như trong địa chỉ trang, ví dụ trang_thai=overdue")
        parser.add_argument("--progress", help="tệp ghi tiến độ")

    def handle(self, *, by, output, as_of, filters, progress, **options):
        user = User.objects.filter(username=by, is_active=True).select_related("place").first()
        if user is None:
            raise CommandError(f"--by: không có người dùng “{by}” đang hoạt động.")
        try:
            day = parse_date(as_of) or timezone.localdate()
            chosen = asked_filters(SimpleNamespace(user=user, GET=QueryDict(filters)))
        except NotADate as error:
            raise CommandError(f"--as-of: {error}") from error
        except Http404 as error:
            raise CommandError("--filters: không có nội dung lọc này trong địa bàn của người dùng.") from error
        if progress:
            jobs.tell(progress, 0, 2, "Biểu 09")
        workbook = exports.task_workbook(user=user, as_of=day, filters=chosen)
        try:
            workbook.save(output)
        except OSError as error:
            raise CommandError(f"--output: không ghi được {output} ({error.strerror}). Chọn thư mục khác.") from error
