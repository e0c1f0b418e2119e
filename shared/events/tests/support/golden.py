"""Golden payloads: one of each event, byte for byte as it goes over the wire."""

from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"


def golden(type: str) -> bytes:
    """Return the golden payload of this type."""
    return (GOLDEN / f"{type}.json").read_bytes().removesuffix(b"\n")
