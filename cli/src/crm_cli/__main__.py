"""The entry point of `crm`, also as `python -m crm_cli`."""

import importlib.util
import sys

from crm_cli.app import app


def main() -> None:
    """Run the command line."""
    _spare_search_for_sniffio()
    app()


def _spare_search_for_sniffio() -> None:
    """Mark sniffio as absent, where it is."""
    # Under every request httpx looks for it five times; a search that is sure to fail takes longer than the call.
    if importlib.util.find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]


if __name__ == "__main__":
    main()
