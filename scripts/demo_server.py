"""Brings the database up to date, fills an empty one with the demo and serves it, in one process.

One process because each further start of Django would cost the second `make run` most of a second.
"""

import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.core.servers.basehttp import run

STAMPS = Path(__file__).resolve().parent.parent / ".venv"
DEMO_USERS = ["quantri", "vanphong", "phonggiaoduc", "xasonbinh", "bcd"]
DEMO_PASSWORD = "Ntm@2024!demo"


def migrate():
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Tạo bảng trong cơ sở dữ liệu…", flush=True)
        call_command("migrate", interactive=False)


def load_demo():
    """Load the demo into an empty database, or go on where an earlier run was cut off.

    A database that holds people this script did not bring is an office's own: it stays as it is.
    """
    from django.contrib.auth import get_user_model
    from django.db import connection

    settings = connection.settings_dict
    name = f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    begun = STAMPS / f"demo-begun-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    if begun.exists() or not get_user_model().objects.exists():
        print("Nạp dữ liệu trình diễn…", flush=True)
        begun.touch()
        call_command("demo")
        begun.unlink()


def serve(port):
    from django.core.handlers.wsgi import WSGIHandler

    def announce(bound):
        print(
            f"\nMở trong trình duyệt: http://127.0.0.1:{bound}/\n"
            f"Đăng nhập:            {', '.join(DEMO_USERS)}\n"
            f"Mật khẩu:             {DEMO_PASSWORD}\n"
            "Dừng: Ctrl+C\n",
            flush=True,
        )

    run("127.0.0.1", port, WSGIHandler(), threading=True, on_bind=announce)


def main(port):
    os.environ["DJANGO_SETTINGS_MODULE"] = "ntm_tracker.settings"
    os.environ["DEBUG"] = "1"
    django.setup()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import SystemCheckError
    from django.db import OperationalError

    try:
        checked = io.StringIO()
        call_command("check", stdout=checked, stderr=checked)
        migrate()
        load_demo()
        serve(port)
    except OperationalError as error:
        sys.exit(f"Không mở được cơ sở dữ liệu. Kiểm tra DATABASE_URL.\n{error}")
    except (CommandError, SystemCheckError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("\nĐã dừng. Dữ liệu còn nguyên; chạy lại bằng: make run")


if __name__ == "__main__":
    main(int(sys.argv[1]))
