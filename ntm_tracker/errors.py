"""The page for what went wrong: it tells the person what to do, which is not the same for every fault."""

import errno
import sys

from django.db import DatabaseError, Error, connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

# The disk has no room left, its owner's share is used up, or a file may not grow any more.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Seconds after which a browser may try again.
SOON = 30


@requires_csrf_token
def server_error(request):
    """500, or what the exception says more exactly: the database is away (503), the disk is full (507).

    Asks the database for nothing, for that may be what is broken.
    """
    fault = sys.exc_info()[1]
    if is_database_away(fault):
        return _page("503.html", 503, {"Retry-After": str(SOON)})
    if is_disk_full(fault):
        return _page("507.html", 507)
    return _page("500.html", 500)


def is_database_away(fault) -> bool:
    """Whether the database could not be reached, or went away in the middle."""
    if not isinstance(fault, Error):
        return False
    if connection.vendor == "sqlite":
        # Somebody else wrote for longer than one waits.
        return "locked" in str(fault)
    # The server says by its code what it does not like of a statement; where nobody was there to say it, there is none.
    code = getattr(fault.__cause__, "pgcode", None)
    if code is not None:
        return code[:2] in ("08", "57")
    return connection.connection is None or not connection.is_usable()


def is_disk_full(fault) -> bool:
    """Whether something could not be written for want of room: an upload, or what the database keeps."""
    if isinstance(fault, OSError):
        return fault.errno in NO_ROOM
    if isinstance(fault, DatabaseError):
        return "disk is full" in str(fault) or getattr(fault.__cause__, "pgcode", None) == "53100"
    return False


def _page(template, status, headers=None):
    return HttpResponse(render_to_string(template), status=status, headers=headers)
