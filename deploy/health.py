"""Ask the service in this container how it is: `python health.py live | ready | metrics`; exit code 0 when it is well.

It listens on loopback only, so whoever wants to know must ask from inside. Needs nothing but the standard library.
"""

import os
import sys
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

PATHS = {"live": "/health/live", "ready": "/health/ready", "metrics": "/metrics"}
PATIENCE = 3.0


def address(environment: Mapping[str, str]) -> str:
    """Return where the service of this container listens, as its own variables say."""
    service = environment.get("CRM_SERVICE", "")
    port = environment.get(f"CRM_{service.upper()}_PORT", "0")
    if port == "0":
        sys.exit(f"CRM_{service.upper()}_PORT is not set: the service listens on a port that nobody knows")
    return f"http://127.0.0.1:{port}"


def ask(url: str) -> str:
    """The answer's text; the command ends with its reason when there is none, or one that says no."""
    # An empty handler: a proxy for the outside world is none for loopback.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text
    except (URLError, OSError) as trouble:
        told = trouble.read().decode() if hasattr(trouble, "read") else ""
        sys.exit(f"{url}: {trouble}\n{told}".rstrip())


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in PATHS):
        sys.exit(f"usage: health.py {' | '.join(PATHS)}")
    print(ask(address(os.environ) + PATHS[sys.argv[1]]))
