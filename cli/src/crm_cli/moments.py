"""Moments as people write them on a command line."""

import re
from datetime import datetime, timedelta, timezone

from crm_cli.leaving import CannotBeDone, Code

# The time of which the histories' sentences speak.
CHINA = timezone(timedelta(hours=8), "China")
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d")


class MomentUnclear(CannotBeDone):
    """A moment is a day, or a day with a time."""

    code = Code.UNCLEAR


def moment(text: str) -> datetime:
    """`2026-11-20T09:30` in China, as the histories show it, with an offset there; a day alone means until its end."""
    at = beginning(text)
    if not _DAY.fullmatch(text):
        return at
    try:
        # A day is over with its last microsecond: what happened on that day has happened as of it.
        return at + timedelta(days=1) - timedelta(microseconds=1)
    except OverflowError:
        raise _unclear(text) from None


def beginning(text: str) -> datetime:
    """The same moments, but a day alone means from its beginning."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _unclear(text) from None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _unclear(text: str) -> MomentUnclear:
    return MomentUnclear(f"{text} is no moment: write 2026-11-20, 2026-11-20T09:30 or 2026-11-20T09:30+08:00")
