"""What a request is for: its route as a pattern, and its host."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope


def route_of(scope: Scope) -> str:
    """The address as a pattern: never an id, a name or a phone number that somebody asked for."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def host_of(scope: Scope) -> str:
    """The host the request is for, without its port; empty when its header is no host."""
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""
