from django.conf import settings
from django.core.management import BaseCommand, CommandError

from dashboards import demo


class Command(BaseCommand):
    help = "Nạp huyện trình diễn Tam Đường (số liệu minh họa). Chạy lại thì giữ nguyên dữ liệu đã có."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError(
                "Dữ liệu trình diễn có mật khẩu ai cũng biết nên chỉ nạp được khi DEBUG=1, không nạp vào máy chủ vận hành."
            )
        demo.build(say=self.stdout.write)
