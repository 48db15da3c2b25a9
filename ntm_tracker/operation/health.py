"""How the installation is, for whatever watches over it: no sign-in, no session, nothing that is anybody's.

Watchers stand beside the process: they ask it without the proxy, over plain HTTP and by no name of the site. So both
addresses are answered before anything looks at host, session or person.
"""

import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ntm_tracker import __version__

logger = logging.getLogger(__name__)
_WORDS = {"ensure_ascii": False}


def health(get_response):
    """The middleware that answers both addresses; it stands before that of the sessions."""

    def middleware(request):
        view = VIEWS.get(request.path_info)
        return view(request) if view else get_response(request)

    return middleware


class _Migrated:
    """Whether all migrations were seen to have run: a process never loses tables, nor gets newer ones to want."""

    seen = False


@require_safe
@never_cache
@login_not_required
def live(request):
    """The process answers. Asks nothing of anybody: a database that is away is no reason to restart this."""
    return JsonResponse({"live": True})


@require_safe
@never_cache
@login_not_required
def ready(request):
    """Whether people can be sent here: 200, or 503 and which of it is wrong. What exactly was said is in the log."""
    said = {"database": database(), "migrations": "", "disk": disk(), "files": files()}
    said["migrations"] = migrations() if said["database"] == "ok" else "chưa xem được"
    is_ready = all(answer == "ok" for answer in said.values())
    answer = {"ready": is_ready, "version": __version__, **said}
    return JsonResponse(answer, status=200 if is_ready else 503, json_dumps_params=_WORDS)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error as error:
        logger.error("database: %s", error)
        return "không trả lời"
    return "ok"


def migrations() -> str:
    if not _Migrated.seen:
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error as error:
            logger.error("migrations: %s", error)
            return "chưa xem được"
        if waiting:
            return f"còn {len(waiting)} bước chưa chạy: manage.py migrate"
        _Migrated.seen = True
    return "ok"


def disk() -> str:
    """Whether there is room where files are uploaded and, with SQLite, where the database lies."""
    places = [Path(settings.MEDIA_ROOT)]
    if connection.vendor == "sqlite":
        places.append(Path(settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]).parent)
    for place in places:
        # A folder that the first upload makes lies on the disk of the one it will lie in.
        while not place.exists() and place != place.parent:
            place = place.parent
        if shutil.disk_usage(place).free < settings.DISK_FREE_MB * 1024 * 1024:
            return f"còn dưới {settings.DISK_FREE_MB} MB"
    return "ok"


def files() -> str:
    try:
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as probe:
            probe.write(b"?")
    except OSError as error:
        logger.error("files: %s", error)
        return "không ghi được vào thư mục tệp tải lên"
    return "ok"


VIEWS = {"/healthz": live, "/readyz": ready}
