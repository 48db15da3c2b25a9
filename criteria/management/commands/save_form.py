from pathlib import Path

from django.core.management import BaseCommand, CommandError

from accounts import policy
from accounts.models import User
from criteria.models import CriteriaSet, Period
from criteria.offline.saving import NotSaved, save_kept
from ntm_tracker import jobs, staging


class Command(BaseCommand):
    help = "Lưu một phiếu Excel đã xem trước ở trang “Gửi lại phiếu Excel”; trang đó tự gọi khi phiếu lớn."

    def add_arguments(self, parser):
        parser.add_argument("token", help="mã phiếu đang chờ")
        parser.add_argument("--by", required=True, metavar="TÊN ĐĂNG NHẬP")
        parser.add_argument("--conflicts", required=True, help="dấu của những ô trùng đã xem")
        parser.add_argument("--output", required=True, help="tệp ghi kết quả")
        parser.add_argument("--progress", required=True, help="tệp ghi tiến độ")

    def handle(self, *, token, by, conflicts, output, progress, **options):
        user = User.objects.filter(username=by, is_active=True).select_related("place", "agency").first()
        kept = staging.find(token, by=user) if user and policy.enters_results(user) else None
        if kept is None or "form" not in kept:
            raise CommandError("Phiếu này đã lưu, đã hủy, hoặc đã quá một ngày. Cần thì gửi lại.")
        period, criteria_set = kept["about"]
        jobs.tell(progress, 1, 2, "vào cơ sở dữ liệu")
        try:
            outcome = save_kept(
                token,
                kept,
                period=Period.objects.get(code=period),
                criteria_set=CriteriaSet.objects.get(code=criteria_set),
                user=user,
                conflicts=conflicts,
            )
        except NotSaved as refused:
            raise CommandError(str(refused)) from refused
        outcome.write(Path(output))
