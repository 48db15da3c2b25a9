from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Role, User
from communes.models import Locality
from criteria.models import CriteriaSet, Period
from dashboards.workbooks.book import WHOLE, WITH_SHEETS, NothingToWrite, tables_of, write_book
from dashboards.workbooks.report import Report
from dashboards.workbooks.tables import BY_CODE
from ntm_tracker import jobs
from ntm_tracker.search import search_key
from ntm_tracker.vietnamese import NotADate, fold, parse_date

MOST_NAMED = 8


class Command(BaseCommand):
    help = "Xuất các biểu của một kỳ ra tệp Excel, đúng như trang Báo cáo. Tệp chỉ xuất hiện khi đã xong."

    def add_arguments(self, parser):
        codes = ", ".join(BY_CODE)
        parser.add_argument("--period", metavar="MÃ", help="mã kỳ đánh giá, ví dụ 2024-q1")
        parser.add_argument(
            "--place",
            metavar="ĐỊA BÀN",
            help="mã hoặc tên, ví dụ 'huyện Tam Đường' hay 'xã Sơn Bình, huyện Tam Đường'; không ghi là mọi địa bàn",
        )
        parser.add_argument("--output", metavar="TỆP", help="tệp .xlsx ghi ra; có sẵn thì ghi đè")
        parser.add_argument("--set", metavar="MÃ", help="mã bộ tiêu chí; không ghi là bộ đang hiệu lực cuối kỳ")
        parser.add_argument(
            "--table",
            default=WHOLE,
            metavar="BIỂU",
            help=f"{codes}, nhiều biểu cách nhau bằng dấu phẩy; all hoặc {WHOLE}: bộ biểu họp (mặc định); "
            f"{WITH_SHEETS}: kèm Biểu 10 từng xã",
        )
        parser.add_argument("--by", metavar="TÊN ĐĂNG NHẬP", help="lập với tên và phạm vi của người này")
        parser.add_argument("--as-of", metavar="NGÀY", help="ngày tính nhiệm vụ, ví dụ 20/4/2024; không ghi là hôm nay")
        # Where a page that waits reads how far it is.
        parser.add_argument("--progress", help="tệp ghi tiến độ")

    def handle(self, *, period, place, output, table, by, as_of, progress, **options):
        for option, given in (("--period", period), ("--output", output)):
            if not given:
                raise CommandError(f"{option}: phải ghi. Xem: python manage.py export_workbook --help")
        user = self._user(by)
        report = Report.of(
            user=user,
            period=self._one(Period.objects.newest_first(), period, "kỳ đánh giá", "--period"),
            criteria_set=self._set(options["set"]),
            place=self._place(place, user),
            as_of=_day(as_of),
        )
        tables = tables_of(WHOLE if table == "all" else table)
        if not tables:
            raise CommandError(f"--table: không có biểu “{table}”. Chọn: all, {WITH_SHEETS}, {', '.join(BY_CODE)}.")
        if not report.criteria_set.places().visible_to(report.user).exists():
            raise CommandError(f"Địa bàn {report.place_name} không có {report.noun} nào.")

        def say(done, whole, name):
            if progress:
                jobs.tell(progress, done, whole, name)

        try:
            book = write_book(report, tables, say=say)
        except NothingToWrite as problem:
            raise CommandError(str(problem)) from problem
        try:
            book.save(output)
        except OSError as error:
            raise CommandError(f"--output: không ghi được {output} ({error.strerror}). Chọn thư mục khác.") from error
        if not progress:
            self.stdout.write(f"Đã ghi {output}: {report.place_name}, {report.period.name}, {len(tables)} biểu.")

    def _user(self, username):
        """Who the file is made by: a person, or the office's own machine, which sees everything."""
        if not username:
            return User(role=Role.ADMINISTRATOR, full_name="hệ thống, lệnh export_workbook")
        user = User.objects.filter(username=username, is_active=True).select_related("place").first()
        if user is None:
            raise CommandError(f"--by: không có người dùng “{username}” đang hoạt động.")
        return user

    def _set(self, code):
        complete = CriteriaSet.objects.filter(is_complete=True).in_order()
        if not complete:
            raise CommandError("Chưa có bộ tiêu chí nào đủ để đánh giá. Nạp bằng lệnh load_criteria.")
        return self._one(complete, code, "bộ tiêu chí", "--set") if code else None

    def _one(self, rows, code, what, option):
        found = next((row for row in rows if row.code == code), None)
        if found is None:
            known = ", ".join(row.code for row in rows[:MOST_NAMED]) or "chưa có"
            raise CommandError(f"{option}: không có {what} “{code}”. Có: {known}.")
        return found

    def _place(self, typed, user):
        return find_place(typed, Locality.objects.visible_to(user)) if typed else None


def find_place(typed, places):
    """The one place a person means: by its code, its name, its name and what it lies in, or its number as '#12'."""
    if typed.startswith("#") and typed[1:].isdecimal():
        found = list(places.filter(pk=typed[1:]))
    else:
        found = list(places.filter(code=typed)) or _named(typed, places)
    # What stands before what has ended.
    found = [place for place in found if place.dissolved_on is None] or found
    if not found:
        raise CommandError(f"--place: không có địa bàn “{typed}”. Ghi mã hoặc tên, ví dụ “huyện Tam Đường”.")
    if len(found) > 1:
        names = "; ".join(_full(place) for place in found[:MOST_NAMED])
        raise CommandError(
            f"--place: có {len(found)} địa bàn “{typed}”: {names}. Ghi rõ hơn, kèm nơi trực thuộc hoặc mã."
        )
    return found[0]


def _named(typed, places):
    name, _, above = (part.strip() for part in typed.partition(","))
    wanted, above = fold(name), fold(above)
    near = places.filter(search_key__contains=search_key(name).strip()).select_related("parent")
    exact = [place for place in near if wanted in (fold(place.name), fold(place.full_name))]
    return [place for place in exact if not above or (place.parent and above in fold(place.parent.full_name))]


def _full(place):
    code = f" (mã {place.code})" if place.code else ""
    return f"{place.full_name}{f', {place.parent.full_name}' if place.parent_id else ''}{code}"


def _day(text):
    try:
        return parse_date(text or "") or timezone.localdate()
    except NotADate as error:
        raise CommandError(f"--as-of: {error}") from error
