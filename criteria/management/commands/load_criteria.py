from django.core.management import BaseCommand, CommandError

from criteria.imports import ImportRefused, import_sets


class Command(BaseCommand):
    help = "Nạp các bộ tiêu chí từ tệp YAML: kiểm tra tất cả trước, rồi ghi trong một lần."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", metavar="TỆP", help="mặc định: mọi bộ kèm theo chương trình")

    def handle(self, *, files, **options):
        try:
            reports = import_sets(files)
        except ImportRefused as refused:
            raise CommandError(f"Không nạp bộ tiêu chí nào.\n{refused}") from refused
        for report in reports:
            self.stdout.write(str(report))
