"""What the proxy in front says of the visitor."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed


def visitor_address(get_response):
    """The middleware that puts the visitor's address where the server put the proxy's.

    The last of X-Forwarded-For is what our own proxy wrote; those before it may be anybody's word. Without this whoever
    tries passwords would lock out everybody, for all come from one address.
    """
    if not settings.BEHIND_PROXY:
        raise MiddlewareNotUsed

    def middleware(request):
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        # Nothing there: a watcher beside us, or a proxy that does not say.
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(last))
        return get_response(request)

    return middleware
