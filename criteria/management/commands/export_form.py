import os
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from accounts import policy
from accounts.models import User
from criteria.choices import set_in_force
from criteria.entering import enterable
from criteria.models import CriteriaSet, Period
from criteria.offline.writing import Form, write_form


class Command(BaseCommand):
    help = "Lập phiếu đánh giá để điền (.xlsx) với phạm vi của một người, đúng như nút “Tải phiếu Excel”."

    def add_arguments(self, parser):
        parser.add_argument("--period", required=True, metavar="MÃ", help="mã kỳ đánh giá, ví dụ 2024-q1")
        parser.add_argument("--set", metavar="MÃ", help="mã bộ tiêu chí; không ghi là bộ đang hiệu lực cuối kỳ")
        parser.add_argument("--by", required=True, metavar="TÊN ĐĂNG NHẬP", help="người sẽ điền phiếu")
        parser.add_argument("--output", required=True, metavar="TỆP", help="tệp .xlsx ghi ra; có sẵn thì ghi đè")
        # Where a page that waits reads how far it is: a line such as '40/600 Xã Sơn Bình'.
        parser.add_argument("--progress", help="tệp ghi tiến độ")

    def handle(self, *, period, by, output, progress, **options):
        user = User.objects.filter(username=by, is_active=True).select_related("place").first()
        if user is None or not policy.enters_results(user):
            raise CommandError(f"--by: không có người dùng “{by}” đang hoạt động và được nhập kết quả.")
        period = self._one(Period.objects.newest_first(), period, "kỳ đánh giá", "--period")
        sets = CriteriaSet.objects.filter(is_complete=True).in_order()
        code = options["set"]
        criteria_set = (
            self._one(sets, code, "bộ tiêu chí", "--set") if code else sets and set_in_force(sets, period.ends_on)
        )
        if not criteria_set:
            raise CommandError("Chưa có bộ tiêu chí nào đủ để đánh giá. Nạp bằng lệnh load_criteria.")
        places = criteria_set.places().visible_to(user)
        found = enterable(user, period=period, criteria_set=criteria_set, places=places)
        words = user.place.title if user.place else "tất cả địa bàn"

        def say(done, whole, name):
            if progress:
                _replace(progress, f"{done}/{whole} {name}")

        # Beside the file, so that nobody takes half of one.
        draft = Path(f"{output}.part")
        try:
            with draft.open("wb") as file:
                rows = write_form(Form(period, criteria_set, found, user, words), file, say=say)
            if not rows:
                raise CommandError("Không có phiếu nào người này nhập được lúc này.")
            os.replace(draft, output)
        except OSError as error:
            raise CommandError(f"--output: không ghi được {output} ({error.strerror}). Chọn thư mục khác.") from error
        finally:
            draft.unlink(missing_ok=True)
        if not progress:
            self.stdout.write(f"Đã ghi {output}: {words}, {period.name}, {rows} dòng.")

    def _one(self, rows, code, what, option):
        found = next((row for row in rows if row.code == code), None)
        if found is None:
            raise CommandError(
                f"{option}: không có {what} “{code}”. Có: {', '.join(row.code for row in rows[:8]) or 'chưa có'}."
            )
        return found


def _replace(path, text):
    beside = Path(f"{path}.part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
