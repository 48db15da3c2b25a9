"""The log: one line a request and one an event, without names, addresses of people, or what anybody typed.

A request is told by the route it took (`phieu/<str:period>/<int:pk>/`), never by its address: ids and search words
tell who looked at what. The person is the number of the account. A request has a name of its own, which the proxy may
give (X-Request-ID), which the answer carries and which stands on every line written while it is answered.
"""

import json
import logging
import re
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex

logger = logging.getLogger(__name__)
_current = ContextVar("request", default="")
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
# What watches over us asks every few seconds.
_QUIET = {"/healthz", "/readyz"}


def request_log(get_response):
    """The middleware around all others."""

    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        name = given if _GIVEN.fullmatch(given) else token_hex(8)
        token, began = _current.set(name), time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = name
            if request.path_info not in _QUIET or response.status_code >= 400:
                facts = {
                    "method": request.method if request.method in _METHODS else "other",
                    "route": route_of(request),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000),
                    # Whoever it was is known only if a view asked: the log asks the database nothing.
                    "user": getattr(getattr(request, "_cached_user", None), "pk", None),
                }
                logger.info("%(method)s %(route)s %(status)s %(ms)s ms user %(user)s", facts, extra={"facts": facts})
            return response
        finally:
            _current.reset(token)

    return middleware


_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def route_of(request) -> str:
    """The pattern of the address, '' where none fits."""
    return getattr(getattr(request, "resolver_match", None), "route", None) or ""


class WithoutAddress(logging.Filter):
    """Django names the address of a request that failed; its route stands there instead, and on each line its request."""

    def filter(self, record):
        record.request_id = _current.get()
        if (request := getattr(record, "request", None)) is not None and isinstance(record.args, tuple) and record.args:
            path = getattr(request, "path", None)
            record.args = tuple(route_of(request) or "?" if argument == path else argument for argument in record.args)
        return True


class Lines(logging.Formatter):
    """Lines for people. Where PostgreSQL refuses a row it repeats what stands in it: that is left out."""

    def formatException(self, exc_info):
        lines = super().formatException(exc_info).split("\n")
        return "\n".join(line for line in lines if not line.startswith("DETAIL:"))


class JsonLines(Lines):
    """Each event a line of JSON, its traceback in it."""

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := getattr(record, "request_id", ""):
            line["request"] = name
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
