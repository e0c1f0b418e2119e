"""Times as people write them on a command line."""

import re
from datetime import datetime, timedelta, timezone

from crm_cli.errors import CliError, ExitCode

# The time of which the histories' sentences speak.
CHINA = timezone(timedelta(hours=8), "China")
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d")


class InvalidTime(CliError):
    """A text that is neither a day nor a day with a time."""

    code = ExitCode.UNCLEAR


def parse_instant(text: str) -> datetime:
    """Return the instant; a day alone means its end, and a time without an offset is China's, as in the histories."""
    at = parse_start(text)
    if not _DAY.fullmatch(text):
        return at
    try:
        # A day is over with its last microsecond: what happened on that day has happened as of it.
        return at + timedelta(days=1) - timedelta(microseconds=1)
    except OverflowError:
        raise _invalid(text) from None


def parse_start(text: str) -> datetime:
    """Return the instant; a day alone means its beginning."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid(text) from None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _invalid(text: str) -> InvalidTime:
    return InvalidTime(f'"{text}" is not a valid time: use 2026-11-20, 2026-11-20T09:30 or 2026-11-20T09:30+08:00')
