"""Health check of the service in this container: `python health.py live | ready | metrics`.

Exit code 0 if it is healthy. The service listens on loopback only, so the check runs inside. It needs the standard
library only.
"""

import os
import sys
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

PATHS = {"live": "/health/live", "ready": "/health/ready", "metrics": "/metrics"}
PATIENCE = 3.0


def address(environment: Mapping[str, str]) -> str:
    """Return the address of this container's service, from its own variables."""
    service = environment.get("CRM_SERVICE", "")
    port = environment.get(f"CRM_{service.upper()}_PORT", "0")
    if port == "0":
        sys.exit(f"CRM_{service.upper()}_PORT is not set: the port of the service is unknown")
    return f"http://127.0.0.1:{port}"


def ask(url: str) -> str:
    """Return the text of the answer, or exit with the reason."""
    # An empty handler, because a proxy for the outside world must not serve loopback.
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
