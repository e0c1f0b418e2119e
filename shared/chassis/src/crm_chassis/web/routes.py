"""The route and the host of a request."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope


def route_of(scope: Scope) -> str:
    """Return the route as a pattern, never with an id, a name or a phone number."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def host_of(scope: Scope) -> str:
    """Return the host of the request without its port, or "" if the header is not a host."""
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""
