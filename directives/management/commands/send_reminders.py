from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from communes.models import Agency
from directives import actions, letters, reminders
from directives.models import Assignment
from ntm_tracker.vietnamese import NotADate, format_date, parse_date


class Command(BaseCommand):
    help = (
        "Nhắc việc: mỗi người mỗi ngày nhiều nhất một bản, trong chuông và qua thư điện tử. Chạy mỗi sáng; ngày nào "
        "không chạy thì lần sau nhắc bù, chạy hai lần không nhắc hai lần."
    )

    def add_arguments(self, parser):
        parser.add_argument("--on", help="ngày nhắc, ví dụ 25/11/2026; không ghi là hôm nay")
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ in ra ai sẽ được nhắc việc gì, không ghi, không gửi"
        )

    def handle(self, *, on, dry_run, **options):
        day = _day(on)
        if dry_run:
            self._show(day)
            return
        digests, chosen = actions.make_digests(day)
        lines = sum(len(chosen.lines[digest.user]) for digest in digests)
        self.stdout.write(f"Ngày {format_date(day)}: {len(digests)} người được nhắc, {lines} việc.")
        self._warn_of_unheard(chosen)
        if not letters.can_send():
            self.stdout.write("Chưa đặt EMAIL_HOST nên không gửi thư, chỉ nhắc trong chuông.")
            return
        report = letters.send_digests(day)
        self.stdout.write(f"Đã gửi {report.sent} thư.")
        for user, error in report.refused:
            self.stderr.write(f"Không gửi được cho {user} ({user.username}, {user.email}): {error}. Lần sau gửi lại.")
        if report.failure:
            raise CommandError(
                f"Máy chủ thư không nhận: {report.failure}. Còn {report.waiting} người chưa có thư, lần chạy sau gửi lại; "
                "bản nhắc trong chuông vẫn có."
            )

    def _show(self, day):
        chosen = reminders.choose(reminders.recipients(), day)
        keys = {pk for lines in chosen.lines.values() for pk in lines}
        work = Assignment.objects.select_related("task", "agency", "member").in_bulk(keys)
        self.stdout.write(f"Ngày {format_date(day)} sẽ nhắc {len(chosen.lines)} người (chưa ghi gì, chưa gửi gì):")
        for user, lines in chosen.lines.items():
            self.stdout.write(f"{user} ({user.username}): {reminders.in_words(lines.values())}")
            for pk, reason in sorted(lines.items(), key=lambda line: (reminders.ORDER.index(line[1]), line[0])):
                part = work[pk]
                due = f", hạn {format_date(part.due_on)}" if part.due_on else ""
                self.stdout.write(f"  {reason.label}: {part.body}, {part.task}{due}")
        self._warn_of_unheard(chosen)

    def _warn_of_unheard(self, chosen):
        if not chosen.unheard:
            return
        total = sum(chosen.unheard.values())
        names = ", ".join(str(agency) for agency in Agency.objects.filter(pk__in=chosen.unheard).in_order()[:5])
        more = " …" if len(chosen.unheard) > 5 else ""
        self.stdout.write(
            f"{total} việc đang mở không ai được nhắc vì {len(chosen.unheard)} cơ quan chưa có tài khoản: {names}{more}"
        )


def _day(text):
    today = timezone.localdate()
    try:
        day = parse_date(text or "") or today
    except NotADate as error:
        raise CommandError(f"--on: {error}") from error
    if day > today and not settings.DEBUG:
        raise CommandError(f"--on: {format_date(day)} ở sau hôm nay ({format_date(today)}).")
    return day
