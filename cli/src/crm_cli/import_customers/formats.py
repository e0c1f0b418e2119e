"""The formats of dates, and of several values in one cell."""

import re

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00)?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


def split_values(texts: list[str]) -> list[str]:
    """Return every value of cells that may hold several."""
    return [part.strip() for text in texts for part in re.split(r"[;；,，、|\n]", text) if part.strip()]


def normalise_date(text: str) -> str:
    """Return a date that begins with its year in ISO 8601; any other order is ambiguous, and stays."""
    found = _DATE.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is None:
        return text
    year, month, day = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"
