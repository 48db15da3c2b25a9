import os
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ntm_tracker.operation import sealing


class Command(BaseCommand):
    help = "Tạo cặp khóa để mã hóa bản sao lưu: khóa mở ghi vào TỆP để cất đi, khóa đóng in ra để máy chủ dùng."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TỆP", type=Path)

    def handle(self, *, file, **options):
        secret, public = sealing.make_key()
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                out.write(f"# public key: {public}\n{secret}\n")
        except FileExistsError as error:
            raise CommandError(
                f"{file} đã có, không ghi đè: mất khóa là mất các bản sao lưu đã mã hóa bằng nó."
            ) from error
        except OSError as error:
            raise CommandError(f"Không ghi được {file}: {error.strerror}.") from error
        self.stdout.write(
            f"Khóa mở nằm trong {file}. Chép vào hai nơi an toàn ngoài máy chủ rồi xóa khỏi máy chủ: mất khóa này thì không "
            "ai mở được bản sao lưu.\nKhóa đóng, ghi vào một tệp trên máy chủ cho backup --encrypt-with:"
        )
        self.stdout.write(public)
