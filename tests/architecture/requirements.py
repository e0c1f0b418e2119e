"""Requirements as a `pyproject.toml` writes them."""

import re


def bare(requirement: str) -> str:
    """Return the name in a requirement: `psycopg` of `psycopg[binary]>=3.2`."""
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")
