"""How people write several values in one cell, and dates."""

import re

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00)?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


def several(texts: list[str]) -> list[str]:
    """Each value of cells that may hold several, one after another."""
    return [part.strip() for text in texts for part in re.split(r"[;；,，、|\n]", text) if part.strip()]


def date_as_written(text: str) -> str:
    """A date that begins with its year as ISO 8601; any other order means one thing here and another there."""
    found = _DATE.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is None:
        return text
    year, month, day = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"
